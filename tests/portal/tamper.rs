//! Change any byte that the log's signature covers, in any file reachable from the checkpoint, and the audit refuses the log.
//!
//! Two logs made in memory: a short one with every kind of entry, of which every byte is changed; and one of more than 256
//! entries, so that full tiles exist, of which a fixed sample is.

use std::collections::BTreeMap;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ikrar::cli::audit::pass::Pass;
use ikrar::cli::audit::pass::audit_log;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::By;
use ikrar::domain::entry::Counts;
use ikrar::domain::entry::Entry;
use ikrar::domain::pact_default::default_pact;
use ikrar::domain::role::Role;
use ikrar::domain::role::Roles;
use ikrar::domain::statement::After;
use ikrar::domain::statement::Method;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::Time;
use ikrar::domain::text::digest;
use ikrar::domain::verdict::Verdict;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::NoteSigner;
use ikrar::ledger::tile::tile_bytes;
use ikrar::ledger::tile::tiles_for_growth;
use ikrar::ledger::tree::MemoryTree;

use crate::harness::CLOSES_S;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::ORIGIN;
use crate::harness::election;
use crate::harness::office_key;

/// A published log's files by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

fn key(seed: &[u8]) -> SigningKey {
    SigningKey::from_bytes(&digest(&[b"tamper", seed]))
}

fn log_signer(seed: &[u8]) -> NoteSigner {
    NoteSigner::new(KeyName::parse(ORIGIN).unwrap(), key(seed)).unwrap()
}

#[derive(Clone, Default)]
struct Book {
    entries: Vec<Vec<u8>>,
    tree: MemoryTree,
    last: [u8; 32],
    nonce: u64,
    at_s: i64,
}

impl Book {
    /// Genesis, a second key, an election, its pact, and so many people on the roster, one entry each.
    fn begin(people: u8) -> Self {
        let mut book = Self {
            at_s: NOW_S,
            ..Self::default()
        };
        let roles = Roles::of(&[Role::Hr, Role::Operator]).unwrap();
        let genesis = entry::Genesis {
            origin: ORIGIN.parse().unwrap(),
            vkey: log_signer(b"log").vkey().to_string().parse().unwrap(),
            officers: vec![(office_key().verifying_key().to_bytes(), roles)],
            nonce: book.nonce(),
        };
        book.add(Body::Genesis(genesis));
        let nonce = book.nonce();
        book.add(Body::Officer(entry::Officer {
            key: key(b"second").verifying_key().to_bytes(),
            roles: Roles::of(&[Role::Hr]),
            nonce,
        }));
        let (election, nonce) = (election(ELECTION), book.nonce());
        book.add(Body::Election(entry::Election { election, nonce }));
        let nonce = book.nonce();
        book.add(Body::Pact(Box::new(entry::Pact {
            election: ELECTION.parse().unwrap(),
            text: default_pact(ELECTION.parse().unwrap(), "Kementerian Contoh").unwrap(),
            nonce,
        })));
        for person in 0..people {
            let nonce = book.nonce();
            book.add(Body::Roster(entry::Roster {
                election: ELECTION.parse().unwrap(),
                add: vec![[person; 32]],
                off: Vec::new(),
                nonce,
            }));
        }
        book
    }

    fn nonce(&mut self) -> [u8; 16] {
        self.nonce += 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.nonce.to_be_bytes());
        bytes
    }

    fn add(&mut self, body: Body) {
        let act = body.act_bytes(&ORIGIN.parse().unwrap());
        let by = By {
            key: office_key().verifying_key().to_bytes(),
            signature: office_key().sign(&act).to_bytes(),
        };
        let authors = body.authorship().unwrap().count;
        let entry = Entry {
            prev: self.last,
            at: Time::from_unix(self.at_s.unsigned_abs()).unwrap().floor_minute(),
            body,
            by: std::iter::repeat_n(by, authors).collect(),
        };
        let bytes = entry.print();
        let leaf = leaf_hash(&bytes);
        self.tree.append(&leaf);
        self.last = *leaf.as_bytes();
        self.entries.push(bytes);
    }

    fn sign(&mut self, person: u8) {
        let pact = default_pact(ELECTION.parse().unwrap(), "Kementerian Contoh").unwrap();
        let signer = key(&[person]);
        let statement = Statement {
            origin: ORIGIN.parse().unwrap(),
            election: ELECTION.parse().unwrap(),
            pact: pact.hash(),
            label: [person; 32],
            commit: [1; 32],
            key: signer.verifying_key().to_bytes(),
            method: Method::Email,
            after: After {
                size: self.tree.size(),
                root: *self.tree.root().as_bytes(),
            },
        };
        let signature = signer.sign(&statement.print()).to_bytes();
        self.add(Body::Signature(Box::new(entry::Signature {
            election: ELECTION.parse().unwrap(),
            statement,
            signature,
            evidence: [2; 32],
        })));
    }

    fn close(&mut self, members: u64, valid: u64) {
        self.at_s = CLOSES_S;
        let (nonce, election) = (self.nonce(), ELECTION.parse().unwrap());
        let counts = Counts {
            members,
            valid,
            ..Counts::default()
        };
        self.add(Body::Close(entry::Close {
            election,
            counts,
            nonce,
        }));
    }

    fn checkpoint(&self) -> String {
        let checkpoint = Checkpoint {
            origin: KeyName::parse(ORIGIN).unwrap(),
            size: self.tree.size(),
            root: self.tree.root(),
        };
        checkpoint.sign(&log_signer(b"log")).unwrap().to_string()
    }

    fn files(&mut self) -> Files {
        let mut files = Files::from([("checkpoint".to_owned(), self.checkpoint().into_bytes())]);
        let growth = tiles_for_growth(0, self.tree.size());
        for bundle in &growth.bundles {
            let from = usize::try_from(bundle.first_entry()).unwrap();
            let entries = &self.entries[from..from + usize::from(bundle.width())];
            files.insert(bundle.path(), bundle.encode(entries).unwrap());
        }
        for tile in &growth.tiles {
            files.insert(tile.path(), tile_bytes(tile, &mut self.tree).unwrap());
        }
        files
    }
}

/// Every kind that this version writes.
fn short() -> Book {
    let mut book = Book::begin(2);
    book.sign(0);
    book.close(2, 1);
    book
}

fn audit(files: &Files) -> Pass {
    audit_with(files, None, b"log")
}

fn audit_with(files: &Files, since: Option<&str>, key: &[u8]) -> Pass {
    let read = |name: &str| Ok(files.get(name).cloned());
    audit_log(read, log_signer(key).vkey(), since)
}

fn fault(pass: &Pass) -> (Verdict, &'static str) {
    (
        pass.report.verdict,
        pass.report.fault.as_ref().map_or("", |fault| fault.key),
    )
}

/// Flips one bit of a byte, another one at each place, and expects a refusal.
fn assert_refused(files: &Files, name: &str, place: usize) {
    let mut changed = files.clone();
    changed.get_mut(name).unwrap()[place] ^= 1 << (place % 8);
    let pass = audit(&changed);
    assert_eq!(
        pass.report.verdict,
        Verdict::NotValid,
        "{name} byte {place}: {:?}",
        pass.report.fault
    );
}

#[test]
fn every_changed_byte_of_a_log_is_refused() {
    let files = short().files();
    let pass = audit(&files);
    assert_eq!(pass.report.verdict, Verdict::Valid, "{:?}", pass.report.fault);
    let kinds: Vec<&str> = pass.report.kinds.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "close",
            "election",
            "genesis",
            "officer",
            "pact",
            "roster",
            "signature"
        ]
    );
    let places: Vec<(&String, usize)> = files
        .iter()
        .flat_map(|(name, bytes)| (0..bytes.len()).map(move |place| (name, place)))
        .collect();
    let half = places.len() / 2;
    std::thread::scope(|scope| {
        for part in [&places[..half], &places[half..]] {
            let files = &files;
            scope.spawn(move || {
                for (name, place) in part {
                    assert_refused(files, name, *place);
                }
            });
        }
    });
}

#[test]
fn changed_bytes_of_full_tiles_and_bundles_are_refused() {
    let mut book = Book::begin(254);
    for person in 0..6 {
        book.sign(person);
    }
    let files = book.files();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/8",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/8",
    ];
    assert_eq!(names, expected);
    assert_eq!(audit(&files).report.elections[0].counts.unwrap().valid, 6);
    for (name, bytes) in &files {
        let step = (bytes.len() / 16).max(1) | 1;
        for place in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            assert_refused(&files, name, place);
        }
    }
}

#[test]
fn what_the_logs_signature_does_not_cover_may_change() {
    let mut files = short().files();
    let other = NoteSigner::new(KeyName::parse("witness.example").unwrap(), key(b"witness")).unwrap();
    let note = String::from_utf8(files["checkpoint"].clone()).unwrap();
    let text = note.split_once("\n\n").unwrap().0;
    let line = other.signature(&format!("{text}\n"));
    let cosigned = format!("{note}{line}\n");
    files.insert("checkpoint".to_owned(), cosigned.clone().into_bytes());
    assert_eq!(audit(&files).report.verdict, Verdict::Valid, "{cosigned}");
    // A changed signature of somebody whom nobody asked for changes nothing.
    let place = cosigned.len() - 10;
    let old = cosigned.as_bytes()[place];
    files.get_mut("checkpoint").unwrap()[place] = if old == b'A' { b'B' } else { b'A' };
    assert_eq!(audit(&files).report.verdict, Verdict::Valid);
}

#[test]
fn what_is_not_there_cannot_be_told_and_what_is_broken_is_not_valid() {
    let whole = Book::begin(254).files();
    let with = |change: &dyn Fn(&mut Files)| {
        let mut files = whole.clone();
        change(&mut files);
        fault(&audit(&files))
    };
    let broken = Verdict::NotValid;
    assert_eq!(with(&Files::clear), (Verdict::CannotTell, "unpublished"));
    assert_eq!(
        with(&|files| drop(files.remove("tile/entries/000"))),
        (Verdict::CannotTell, "missing")
    );
    assert_eq!(
        with(&|files| drop(files.remove("tile/1/000.p/1"))),
        (Verdict::CannotTell, "missing")
    );
    let cut = |name: &'static str, length: usize| {
        with(&move |files: &mut Files| files.get_mut(name).unwrap().truncate(length))
    };
    assert_eq!(cut("tile/0/000", 4000), (broken, "malformed_file"));
    assert_eq!(cut("tile/entries/000", 5000), (broken, "malformed_file"));
    assert_eq!(cut("tile/0/000", 0), (broken, "malformed_file"));
    assert_eq!(cut("checkpoint", 0), (broken, "checkpoint"));
    assert_eq!(
        with(&|files| drop(files.insert("checkpoint".to_owned(), vec![0xff, 0xfe]))),
        (broken, "checkpoint")
    );
}

#[test]
fn another_key_another_origin_and_another_history_are_told_apart() {
    let mut book = short();
    let files = book.files();
    assert_eq!(
        fault(&audit_with(&files, None, b"other")),
        (Verdict::NotValid, "checkpoint")
    );
    let elsewhere = NoteSigner::new(KeyName::parse("elsewhere.example").unwrap(), key(b"log")).unwrap();
    let pass = audit_log(|name| Ok(files.get(name).cloned()), elsewhere.vkey(), None);
    assert_eq!(fault(&pass), (Verdict::NotValid, "checkpoint"));
    let mut other = Book::begin(1);
    let note = other.checkpoint();
    assert_eq!(
        fault(&audit_with(&files, Some(&note), b"log")),
        (Verdict::Valid, "")
    );
    other.add(Body::Roster(entry::Roster {
        election: ELECTION.parse().unwrap(),
        add: vec![[99; 32]],
        off: Vec::new(),
        nonce: [9; 16],
    }));
    let forked = audit_with(&files, Some(&other.checkpoint()), b"log");
    assert_eq!(fault(&forked), (Verdict::NotValid, "fork"));
    let shrunk = audit_with(&Book::begin(1).files(), Some(&book.checkpoint()), b"log");
    assert_eq!(fault(&shrunk), (Verdict::NotValid, "fork"));
    assert_eq!(forked.root, Some(Hash::from_bytes(*book.tree.root().as_bytes())));
}
