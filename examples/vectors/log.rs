//! A small log with every kind, its checkpoint, and a proof file.

use ed25519_dalek::Signer;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::domain::role::Role;
use ikrar::domain::role::Roles;
use ikrar::domain::statement::After;
use ikrar::domain::statement::Method;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::Time;
use ikrar::domain::text::print_base64;
use ikrar::domain::text::print_hex;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::NoteSigner;
use ikrar::ledger::proof::Proof;
use ikrar::ledger::tree::MemoryTree;
use ikrar::ledger::tree::prove_inclusion;
use serde_json::Value;
use serde_json::json;

use super::by;
use super::election;
use super::election_id;
use super::key;
use super::origin;
use super::pact;
use super::person::opening;
use super::public;
use super::time;
use super::utf8;

const LOG_KEY: u8 = 40;
const OPERATOR: u8 = 41;
const HR: u8 = 42;
const SECOND_HR: u8 = 43;
const AUDITOR: u8 = 44;

fn signer() -> NoteSigner {
    NoteSigner::new(KeyName::parse(origin().as_str()).unwrap(), key(LOG_KEY)).unwrap()
}

/// A log that grows.
#[derive(Default)]
struct Book {
    tree: MemoryTree,
    prev: Option<Hash>,
    entries: Vec<Entry>,
}

impl Book {
    fn append(&mut self, at: Time, body: Body, seeds: &[u8]) {
        let by = by(&body, seeds);
        let entry = Entry {
            prev: *self.prev.unwrap_or(Hash::ZERO).as_bytes(),
            at,
            body,
            by,
        };
        assert_eq!(Entry::parse(&entry.print()).as_ref(), Ok(&entry));
        let leaf = leaf_hash(&entry.print());
        self.tree.append(&leaf);
        self.prev = Some(leaf);
        self.entries.push(entry);
    }

    fn after(&self) -> After {
        After {
            size: self.tree.size(),
            root: *self.tree.root().as_bytes(),
        }
    }

    fn case(&self, index: usize) -> Value {
        let entry = self.entries.get(index).unwrap();
        let bytes = entry.print();
        let mut case = json!({
            "name": entry.body.kind(), "index": index, "entry": utf8(bytes.clone()),
            "leaf": leaf_hash(&bytes).to_string(),
        });
        if !entry.by.is_empty() {
            case["act"] = utf8(entry.body.act_bytes(&origin())).into();
        }
        case
    }

    fn checkpoint(&self) -> String {
        let origin = KeyName::parse(origin().as_str()).unwrap();
        let checkpoint = Checkpoint {
            origin,
            size: self.tree.size(),
            root: self.tree.root(),
        };
        checkpoint.sign(&signer()).unwrap().to_string()
    }
}

fn nonce(seed: u8) -> [u8; 16] {
    [seed; 16]
}

fn genesis() -> Body {
    let roles = |roles: &[Role]| Roles::of(roles).unwrap();
    let mut officers = vec![
        (public(OPERATOR), roles(&[Role::Operator])),
        (public(HR), roles(&[Role::Hr])),
        (public(AUDITOR), roles(&[Role::Auditor])),
    ];
    officers.sort_by_key(|(key, _)| *key);
    let vkey = signer().vkey().to_string().parse().unwrap();
    Body::Genesis(entry::Genesis {
        origin: origin(),
        vkey,
        officers,
        nonce: nonce(1),
    })
}

fn labels(seeds: &[u8]) -> Vec<[u8; 32]> {
    let mut labels: Vec<[u8; 32]> = seeds.iter().map(|seed| opening(*seed).label).collect();
    labels.sort_unstable();
    labels
}

fn statement(seed: u8, after: After) -> Statement {
    let opening = opening(seed);
    Statement {
        origin: origin(),
        election: election_id(),
        pact: pact().hash(),
        label: opening.label,
        commit: opening.commit(),
        key: public(60 + seed),
        method: Method::Email,
        after,
    }
}

fn signature(seed: u8, after: After) -> Body {
    let statement = statement(seed, after);
    let signature = key(60 + seed).sign(&statement.print()).to_bytes();
    Body::Signature(Box::new(entry::Signature {
        election: election_id(),
        statement,
        signature,
        evidence: [seed; 32],
    }))
}

/// Nine entries of the kinds that are written today, but the last.
fn nine() -> Book {
    let mut book = Book::default();
    let id = election_id();
    book.append(time(0), genesis(), &[]);
    let officer = entry::Officer {
        key: public(SECOND_HR),
        roles: Roles::of(&[Role::Hr]),
        nonce: nonce(2),
    };
    book.append(time(0), Body::Officer(officer), &[OPERATOR]);
    let body = entry::Election {
        election: election(),
        nonce: nonce(3),
    };
    book.append(time(1), Body::Election(body), &[HR]);
    let body = entry::Pact {
        election: id.clone(),
        text: pact(),
        nonce: nonce(4),
    };
    book.append(time(2), Body::Pact(Box::new(body)), &[HR]);
    let body = entry::Roster {
        election: id.clone(),
        add: labels(&[1, 2, 3]),
        off: vec![],
        nonce: nonce(5),
    };
    book.append(time(3), Body::Roster(body), &[HR]);
    book.append(time(4), signature(1, book.after()), &[]);
    book.append(time(5), signature(2, book.after()), &[]);
    let off = vec![(opening(3).label, entry::OffReason::NotServing)];
    let body = entry::Roster {
        election: id.clone(),
        add: vec![],
        off,
        nonce: nonce(6),
    };
    book.append(time(6), Body::Roster(body), &[SECOND_HR]);
    let counts = entry::Counts {
        members: 2,
        valid: 2,
        ..entry::Counts::default()
    };
    let body = entry::Close {
        election: id,
        counts,
        nonce: nonce(7),
    };
    book.append(election().closes, Body::Close(body), &[HR]);
    book
}

/// The kinds that are fixed today and written later. They parse and print; the log they make is not judged.
fn later(book: &mut Book) {
    let (id, at) = (election_id(), election().closes);
    let label = opening(3).label;
    let body = entry::Attested {
        election: id.clone(),
        pact: pact().hash(),
        label,
        commit: opening(3).commit(),
        scan: [9; 32],
        nonce: nonce(8),
    };
    book.append(at, Body::Attested(body), &[HR, SECOND_HR]);
    book.append(
        at,
        Body::Dispute(entry::Dispute {
            signature: 5,
            channel: entry::Channel::Link,
            nonce: nonce(9),
        }),
        &[],
    );
    let body = entry::Resolution {
        dispute: 10,
        outcome: entry::Outcome::Upheld,
        nonce: nonce(10),
    };
    book.append(at, Body::Resolution(body), &[HR, AUDITOR]);
    let body = entry::Erasure {
        election: id,
        label,
        ground: "request".parse().unwrap(),
        nonce: nonce(11),
    };
    book.append(at, Body::Erasure(body), &[HR, AUDITOR]);
    later_custody(book);
}

fn later_custody(book: &mut Book) {
    let (id, at) = (election_id(), election().closes);
    book.append(
        at,
        Body::Anchor(entry::Anchor {
            checkpoint: book.checkpoint().into_bytes(),
        }),
        &[],
    );
    let After { size, root } = book.after();
    book.append(
        at,
        Body::Map(entry::Map {
            election: id,
            size,
            root,
        }),
        &[],
    );
    let seal = entry::Seal::digest(&[3; 32], 12, &[4; 32]);
    book.append(
        at,
        Body::Seal(entry::Seal {
            date: jiff::civil::date(2023, 11, 23),
            seal,
        }),
        &[],
    );
    let policy = format!("log {}\nquorum none\n", signer().vkey()).into_bytes();
    book.append(
        at,
        Body::Policy(entry::Policy {
            policy,
            nonce: nonce(12),
        }),
        &[OPERATOR, AUDITOR],
    );
    let vkey = signer().vkey().to_string().parse().unwrap();
    book.append(
        at,
        Body::LogKey(entry::LogKey {
            vkey,
            nonce: nonce(13),
        }),
        &[OPERATOR, AUDITOR],
    );
    let lines = vec![("colour".to_owned(), "blue and white".to_owned())];
    book.append(
        at,
        Body::Unknown(entry::Unknown {
            kind: "tomorrow".parse().unwrap(),
            lines,
        }),
        &[],
    );
}

pub(super) fn statements() -> Value {
    let book = nine();
    let mut cases = Vec::new();
    for index in [5, 6] {
        let Body::Signature(signature) = &book.entries.get(index).unwrap().body else {
            continue;
        };
        let statement = &signature.statement;
        cases.push(json!({
            "name": format!("statement in entry {index}"), "statement": utf8(statement.print()),
            "hash": print_hex(&statement.hash()), "key": print_base64(&statement.key),
            "signature": print_base64(&signature.signature),
        }));
    }
    json!({ "cases": cases })
}

/// `entry.json` and `log.json`.
pub(super) fn files() -> (Value, Value) {
    let mut book = nine();
    let size = book.tree.size();
    let mut receipt = b"ikrar/receipt/v1\n".to_vec();
    receipt.extend(book.entries.get(5).unwrap().print());
    let hashes = prove_inclusion(size, 5, &mut book.tree).unwrap();
    let proof = Proof {
        extra: Some(receipt),
        index: 5,
        hashes,
        checkpoint_note: book.checkpoint(),
    };
    let entries: Vec<Value> = (0..book.entries.len()).map(|index| book.case(index)).collect();
    let log = json!({
        "vkey": signer().vkey().to_string(), "checkpoint": book.checkpoint(), "root": book.tree.root().to_string(),
        "size": size, "entries": entries, "proof": proof.to_string(), "opening": utf8(opening(1).print()),
        "opening_without_number": utf8(opening(1).without_number().print()),
    });
    later(&mut book);
    let cases: Vec<Value> = (0..book.entries.len()).map(|index| book.case(index)).collect();
    (json!({ "cases": cases }), log)
}

/// An entry's text, by index, for the texts that must be refused.
pub(super) fn entry_text(index: usize) -> String {
    let mut book = nine();
    later(&mut book);
    utf8(book.entries.get(index).unwrap().print())
}

/// A statement's text.
pub(super) fn statement_text() -> String {
    utf8(
        statement(
            1,
            After {
                size: 5,
                root: [5; 32],
            },
        )
        .print(),
    )
}
