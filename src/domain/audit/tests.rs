//! Tamper tests: whatever is changed in a log, the audit says where.

mod book;
mod custody;

use std::convert::Infallible;

use super::*;
use crate::domain::election::Election;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::receipt::Check;
use crate::domain::receipt::print_receipt;
use crate::domain::receipt::verify_proof;
use crate::domain::statement::Statement;
use crate::ledger::note::KeyName;
use crate::ledger::note::NoteSigner;
use crate::ledger::proof::Proof;
use crate::ledger::tree::prove_inclusion;
use book::*;

fn signed() -> Book {
    let mut book = Book::begin();
    book.sign(book.statement(1, 61), 61);
    book.sign(book.statement(2, 62), 62);
    book
}

#[test]
fn a_good_log_is_valid_and_counted() {
    let mut book = signed();
    book.roster(&[], &[3]);
    book.minute = 1000;
    book.close(Counts {
        members: 2,
        valid: 2,
        ..Counts::default()
    });
    let report = book.audit();
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!((report.entries, report.invalid_signature_count), (8, 0));
    assert_eq!(
        report.elections[0].valid_by_day,
        BTreeMap::from([("2023-11-23".to_owned(), 2)])
    );
    assert!(report.elections[0].closed);
    assert_eq!(report.kinds["signature"], 2);
}

#[test]
fn an_edited_entry_is_named() {
    let book = signed();
    let note = book.checkpoint();
    for (index, entry) in book.entries.iter().enumerate() {
        for place in 0..entry.len() {
            let mut changed = book.clone();
            changed.entries[index][place] ^= 1;
            let report = changed.audit_with(&note);
            assert_eq!(report.verdict, Verdict::NotValid);
            let fault = report.fault.unwrap();
            let named = fault.index.map_or(index, |named| usize::try_from(named).unwrap());
            assert!(
                named == index || (named == index + 1 && fault.key == "prev"),
                "{index} {place}: {fault:?}"
            );
        }
    }
}

#[test]
fn dropped_reordered_and_added_entries_are_noticed() {
    let book = signed();
    let note = book.checkpoint();
    let fault = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut changed = book.clone();
        change(&mut changed.entries);
        let fault = changed.audit_with(&note).fault.unwrap();
        (fault.index, fault.key)
    };
    assert_eq!(fault(&|entries| drop(entries.remove(3))), (Some(3), "prev"));
    assert_eq!(fault(&|entries| drop(entries.remove(0))), (Some(0), "genesis"));
    assert_eq!(fault(&|entries| drop(entries.pop())), (None, "size"));
    assert_eq!(fault(&|entries| entries.swap(2, 3)), (Some(2), "prev"));
    assert_eq!(fault(&|entries| entries.push(entries[5].clone())), (None, "size"));
    let other = NoteSigner::new(KeyName::parse(origin().as_str()).unwrap(), key(99)).unwrap();
    let report = audit(book.entries.iter().map(Ok::<_, Infallible>), &note, other.vkey()).unwrap();
    assert_eq!(report.fault.unwrap().key, "checkpoint");
}

#[test]
fn authors_must_be_in_force() {
    let mut book = Book::begin();
    let nonce = book.nonce();
    let roster = Body::Roster(entry::Roster {
        election: terms().id,
        add: vec![[7; 32]],
        off: vec![],
        nonce,
    });
    for author in [2, 5, 77] {
        let mut forged = book.clone();
        forged.add(roster.clone(), &[author]);
        assert_eq!(forged.fault(), (Some(4), "author_not_in_force"), "{author}");
    }
    let mut forged = book.clone();
    forged.add(roster.clone(), &[3]);
    let mut entry = Entry::parse(forged.entries.last().unwrap()).unwrap();
    entry.by[0].key = public(4);
    *forged.entries.last_mut().unwrap() = entry.print();
    assert_eq!(forged.fault(), (Some(4), "author_signature"));

    let nonce = book.nonce();
    book.add(
        Body::Officer(entry::Officer {
            key: public(3),
            roles: None,
            nonce,
        }),
        &[2],
    );
    book.add(roster, &[3]);
    assert_eq!(book.fault(), (Some(5), "author_not_in_force"));
}

#[test]
fn references_must_hold() {
    let fault = |change: &dyn Fn(&mut Book)| {
        let mut book = signed();
        change(&mut book);
        book.fault().1
    };
    assert_eq!(fault(&|book| book.roster(&[1], &[])), "already_on");
    assert_eq!(fault(&|book| book.roster(&[], &[7])), "not_on");
    assert_eq!(fault(&|book| book.pact(3)), "pact_version");
    assert_eq!(
        fault(&|book| book.election(Election {
            opens: time(1),
            ..terms()
        })),
        "opens"
    );
    assert_eq!(fault(&|book| book.close(Counts::default())), "close_too_early");
    assert_eq!(
        fault(&|book| {
            book.minute = 1000;
            book.close(Counts::default());
        }),
        "close_counts"
    );
    assert_eq!(
        fault(&|book| {
            book.dispute(3);
        }),
        "no_live_signature"
    );
    assert_eq!(
        fault(&|book| book.resolve(4, entry::Outcome::Upheld)),
        "no_open_dispute"
    );
    assert_eq!(
        fault(&|book| {
            book.nonce = 3;
            book.roster(&[1, 2, 3], &[]);
        }),
        "replayed"
    );
    assert_eq!(fault(&|book| book.entries.push(b"nothing".to_vec())), "malformed");
    assert_eq!(
        fault(&|book| {
            book.minute = 1000;
            book.close(Counts {
                members: 3,
                valid: 2,
                ..Counts::default()
            });
            book.roster(&[9], &[]);
        }),
        "election_closed"
    );
    assert_eq!(
        fault(&|book| {
            book.minute = 5;
            book.roster(&[8], &[]);
            book.minute = 4;
            book.roster(&[9], &[]);
        }),
        "time"
    );
}

#[test]
fn a_signature_that_does_not_count_stays_and_says_why() {
    let reasons = |change: &dyn Fn(&mut Book)| {
        let mut book = signed();
        change(&mut book);
        assert_eq!(book.counts().valid, 2);
        book.reasons()
    };
    let with = |change: &dyn Fn(&mut Statement)| {
        reasons(&|book: &mut Book| {
            let mut statement = book.statement(3, 63);
            change(&mut statement);
            book.sign(statement, 63);
        })
    };
    assert_eq!(
        with(&|statement| statement.origin = "other".parse().unwrap()),
        ["origin"]
    );
    assert_eq!(
        with(&|statement| statement.after.root = [1; 32]),
        ["foreign_root"]
    );
    assert_eq!(with(&|statement| statement.pact = [1; 32]), ["pact_not_in_force"]);
    assert_eq!(
        with(&|statement| statement.label = [8; 32]),
        ["not_on_at_statement", "not_on"]
    );
    assert_eq!(
        with(&|statement| statement.election = "other".parse().unwrap()),
        ["election_mismatch"]
    );
    assert_eq!(with(&|statement| statement.label = [1; 32]), ["already_signed"]);
    assert_eq!(with(&|statement| statement.key = public(64)), ["signature"]);
    assert_eq!(with(&|statement| statement.after.size = 7), ["after_size"]);
    assert_eq!(
        reasons(&|book| {
            book.sign(book.statement(3, 61), 61);
        }),
        ["key_seen"]
    );
    assert_eq!(
        reasons(&|book| {
            book.minute = 1000;
            book.sign(book.statement(3, 63), 63);
        }),
        ["over"]
    );
    let late = reasons(&|book| {
        let early = book.statement(4, 63);
        book.roster(&[4], &[]);
        book.sign(early, 63);
    });
    assert_eq!(late, ["not_on_at_statement"]);
}

#[test]
fn the_version_in_force_is_that_at_the_statement() {
    let mut book = signed();
    let statement = book.statement(3, 63);
    book.pact(2);
    let old_after_new = Statement {
        after: book.after(),
        ..book.statement(3, 64)
    };
    book.sign(old_after_new, 64);
    book.sign(statement, 63);
    assert_eq!(book.reasons(), ["pact_not_in_force"]);
    assert_eq!(book.counts().valid, 3);
}

#[test]
fn disputes_void_and_the_label_may_sign_again() {
    let mut book = signed();
    let dispute = book.dispute(4);
    assert_eq!(
        book.counts(),
        Counts {
            members: 3,
            valid: 2,
            disputed: 1,
            ..Counts::default()
        }
    );
    let mut dismissed = book.clone();
    dismissed.resolve(dispute, entry::Outcome::Dismissed);
    assert_eq!(
        dismissed.counts(),
        Counts {
            members: 3,
            valid: 2,
            ..Counts::default()
        }
    );
    book.resolve(dispute, entry::Outcome::Upheld);
    assert_eq!(
        book.counts(),
        Counts {
            members: 3,
            valid: 1,
            voided: 1,
            ..Counts::default()
        }
    );
    book.sign(book.statement(1, 71), 71);
    assert_eq!(
        book.counts(),
        Counts {
            members: 3,
            valid: 2,
            voided: 1,
            ..Counts::default()
        }
    );
    book.roster(&[], &[1]);
    assert_eq!(
        book.counts(),
        Counts {
            members: 2,
            valid: 1,
            voided: 1,
            ..Counts::default()
        }
    );
    book.roster(&[1], &[]);
    assert_eq!(
        book.counts(),
        Counts {
            members: 3,
            valid: 2,
            voided: 1,
            ..Counts::default()
        }
    );
}

#[test]
fn paper_counts_apart_and_unknown_kinds_hide_the_numbers() {
    let mut book = signed();
    let nonce = book.nonce();
    let statement = book.statement(3, 63);
    let (pact, label) = (statement.pact, statement.label);
    let attested = entry::Attested {
        election: terms().id,
        pact,
        label,
        commit: [1; 32],
        scan: [2; 32],
        nonce,
    };
    book.add(Body::Attested(attested), &[3, 4]);
    assert_eq!(
        book.counts(),
        Counts {
            members: 3,
            valid: 2,
            attested: 1,
            ..Counts::default()
        }
    );
    book.add(
        Body::Unknown(entry::Unknown {
            kind: "tomorrow".parse().unwrap(),
            lines: vec![],
        }),
        &[],
    );
    let report = book.audit();
    assert_eq!(
        (report.verdict, report.elections[0].counts),
        (Verdict::CannotTell, None)
    );
}

#[test]
fn a_proof_is_checked_row_by_row() {
    let book = signed();
    let hashes = prove_inclusion(6, 4, &mut book.tree()).unwrap();
    let extra = Some(print_receipt(&book.entries[4]));
    let proof = Proof {
        extra,
        index: 4,
        hashes,
        checkpoint_note: book.checkpoint(),
    };
    let file = proof.to_string().into_bytes();
    let signer = log_signer();
    let report = verify_proof(&file, Some(signer.vkey()), None);
    assert_eq!((report.verdict, report.rows.len()), (Verdict::Valid, 5));
    assert_eq!(report.shown.unwrap().index, 4);
    let report = verify_proof(&file, None, None);
    assert_eq!(report.verdict, Verdict::CannotTell);
    let report = verify_proof(&file, Some(signer.vkey()), Some(b"no opening"));
    assert_eq!((report.verdict, report.shown), (Verdict::NotValid, None));
    for place in 0..file.len() {
        let mut changed = file.clone();
        changed[place] ^= 1;
        let report = verify_proof(&changed, Some(signer.vkey()), None);
        // Only the name before a note's key id may change without notice where nothing reads it; no such place here.
        assert_eq!(
            (report.verdict, report.shown),
            (Verdict::NotValid, None),
            "{place}"
        );
    }
}

#[test]
fn a_proof_of_another_kind_cannot_tell_and_a_bad_signature_shows_nothing() {
    let mut book = signed();
    let mut statement = book.statement(3, 63);
    statement.key = public(64);
    book.sign(statement, 63);
    let prove = |index: u64| {
        let hashes = prove_inclusion(7, index, &mut book.tree()).unwrap();
        let extra = Some(print_receipt(&book.entries[usize::try_from(index).unwrap()]));
        let file = Proof {
            extra,
            index,
            hashes,
            checkpoint_note: book.checkpoint(),
        }
        .to_string();
        verify_proof(file.as_bytes(), Some(log_signer().vkey()), None)
    };
    assert_eq!(prove(3).verdict, Verdict::CannotTell);
    let bad = prove(6);
    let failed: Vec<Check> = bad
        .rows
        .iter()
        .filter(|row| row.outcome == Verdict::NotValid)
        .map(|row| row.check)
        .collect();
    assert_eq!((failed, bad.shown), (vec![Check::Signature], None));
}
