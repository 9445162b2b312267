//! Lines and proofs come back byte for byte, hostile files are refused, and every change of a proof is noticed.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::prove_consistency;
use crate::ledger::tree::prove_inclusion;
use crate::ledger::tree::root;

/// SHA-256 of 0x00 and the text below, made with another program.
const KNOWN_LEAF: &str = "ed4a853f6649a8c397c9d4ec7850092fe77cf4638ce38699c266165e372e97cc";

fn line(id: u64) -> Line {
    let actor = match id % 3 {
        0 => Actor::CommandLine,
        1 => Actor::Account(id),
        _ => Actor::Person(id),
    };
    let mut salt = [7; 32];
    salt[..8].copy_from_slice(&id.to_be_bytes());
    let words = (
        "people-viewed",
        if id.is_multiple_of(4) {
            ""
        } else {
            "election pemilu-2024, 3 people"
        },
    );
    Line::of(
        id,
        Time::from_unix(1_700_000_000 + id).unwrap(),
        actor,
        words,
        salt,
    )
    .unwrap()
}

fn tree(size: u64) -> MemoryTree {
    (0..size).map(|id| line(id).leaf()).collect()
}

fn seal(size: u64, day: i8) -> OpenSeal {
    OpenSeal {
        date: date(2024, 2, day),
        entry: 10 + u64::try_from(day).unwrap(),
        salt: [u8::try_from(day).unwrap(); 32],
        size,
        root: tree(size).root(),
    }
}

fn proof(size: u64, index: u64) -> LineProof {
    LineProof {
        line: line(index),
        index,
        seal: seal(size, 3),
        hashes: prove_inclusion(size, index, &mut tree(size)).unwrap(),
    }
}

fn growth(old: u64, new: u64) -> Growth {
    Growth {
        from: seal(old, 3),
        to: seal(new, 4),
        hashes: prove_consistency(old, new, &mut tree(new)).unwrap(),
    }
}

fn entry(seal: &OpenSeal) -> Vec<u8> {
    Entry {
        prev: [1; 32],
        at: Time::from_unix(1_706_918_460).unwrap(),
        body: Body::Seal(Seal {
            date: seal.date,
            seal: seal.digest(),
        }),
        by: Vec::new(),
    }
    .print()
}

#[test]
fn a_line_has_these_bytes() {
    let line = Line::of(
        17,
        Time::from_unix(1_700_704_801).unwrap(),
        Actor::Account(4),
        ("complaint-viewed", "complaint 9"),
        [0xab; 32],
    )
    .unwrap();
    let text = format!(
        "ikrar/journal/v1\nid 17\nat 1700704801\nactor account 4\naction complaint-viewed\nsubject complaint 9\nsalt {}\n",
        "ab".repeat(32)
    );
    assert_eq!(String::from_utf8(line.print()).unwrap(), text);
    assert_eq!(line.leaf().to_string(), KNOWN_LEAF);
    for (from, to) in [
        ("actor account 4", "actor account 04"),
        ("actor account 4", "actor account"),
        ("actor account 4", "actor robot 4"),
        ("id 17", "id 017"),
        ("subject complaint 9", "subject "),
        ("subject complaint 9\n", ""),
        ("action complaint-viewed", "action Complaint viewed"),
    ] {
        let changed = text.replace(from, to);
        assert!(Line::parse(changed.as_bytes()).is_err(), "{changed}");
    }
    assert!(Line::of(1, line.at, line.actor, ("a", "two\nlines"), [0; 32]).is_err());
}

#[test]
fn every_changed_byte_of_a_proof_is_noticed() {
    for evidence in [Evidence::Line(proof(11, 4)), Evidence::Growth(growth(5, 11))] {
        let bytes = evidence.print();
        let sealed: Vec<Vec<u8>> = evidence.seals().into_iter().map(entry).collect();
        let holds = |evidence: &Evidence| {
            evidence.check().is_ok()
                && evidence
                    .seals()
                    .iter()
                    .zip(&sealed)
                    .all(|(seal, entry)| seal.check(entry).is_ok())
        };
        assert!(holds(&evidence));
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            if let Ok(read) = Evidence::parse(&changed) {
                // The index of the public entry is a hint: with another one, another entry is read there.
                let hint = |seal: &OpenSeal| seal.entry;
                let moved = read
                    .seals()
                    .into_iter()
                    .map(hint)
                    .ne(evidence.seals().into_iter().map(hint));
                assert!(moved || !holds(&read), "byte {place}");
            }
        }
    }
}

#[test]
fn a_seal_is_of_its_date_salt_size_and_root() {
    let seal = seal(5, 3);
    let public = entry(&seal);
    assert_eq!(seal.check(&public), Ok(()));
    for other in [
        OpenSeal {
            date: date(2024, 2, 4),
            ..seal.clone()
        },
        OpenSeal {
            salt: [9; 32],
            ..seal.clone()
        },
        OpenSeal {
            size: 6,
            ..seal.clone()
        },
        OpenSeal {
            root: Hash::ZERO,
            ..seal
        },
    ] {
        assert_eq!(other.check(&public), Err(Unproved::Seal));
    }
    assert_eq!(seal.check(b"nothing"), Err(Unproved::NoSeal));
}

#[test]
fn a_journal_that_lost_a_line_does_not_extend_what_was_sealed() {
    let mut shorter: MemoryTree = (0..9).filter(|id| *id != 2).map(|id| line(id).leaf()).collect();
    let to = OpenSeal {
        size: 8,
        root: shorter.root(),
        ..seal(8, 4)
    };
    let forged = Growth {
        hashes: prove_consistency(5, 8, &mut shorter).unwrap(),
        from: seal(5, 3),
        to,
    };
    assert_eq!(Evidence::Growth(forged).check(), Err(Unproved::Growth));
    let backwards = Growth {
        from: seal(5, 4),
        to: seal(9, 3),
        hashes: growth(5, 9).hashes,
    };
    assert_eq!(Evidence::Growth(backwards).check(), Err(Unproved::Growth));
}

#[test]
fn hostile_files_are_refused() {
    let text = String::from_utf8(Evidence::Line(proof(11, 4)).print()).unwrap();
    let hash = format!("hash {}\n", "00".repeat(32));
    for bad in [
        text.replace("v1", "v2"),
        text.clone() + "\n",
        text.clone() + "more 1\n",
        text.clone() + &hash.repeat(65),
        text.clone() + &hash.repeat(400),
        text.replace("2024-02-03", "2024-2-3"),
        text.replace("2024-02-03", "2024-02-30"),
        text.replace(" 11 ", " 011 "),
        text.replace('\n', "\r\n"),
        String::new(),
    ] {
        assert!(Evidence::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(Evidence::parse(&[0xff; 40]).is_err());
}

#[test]
fn each_day_that_is_over_is_due_and_no_other() {
    let day = |day| date(2024, 2, day);
    assert_eq!(days_due(None, day(3), day(3)), []);
    assert_eq!(days_due(None, day(3), day(4)), [day(3)]);
    assert_eq!(
        days_due(None, day(3), day(20)),
        [day(19)],
        "an old log begins with yesterday"
    );
    assert_eq!(days_due(Some(day(3)), day(1), day(4)), []);
    assert_eq!(days_due(Some(day(3)), day(1), day(7)), [day(4), day(5), day(6)]);
    assert_eq!(
        days_due(Some(day(9)), day(1), day(7)),
        [],
        "a clock that went back"
    );
    let long = days_due(Some(date(2020, 1, 1)), date(2019, 1, 1), day(7));
    assert_eq!((long.len(), long[0]), (31, date(2020, 1, 2)));
}

proptest! {
    #[test]
    fn proofs_come_back(size in 1u64..40, more in 0u64..40, index: u64) {
        let line = Evidence::Line(proof(size, index % size));
        let growth = Evidence::Growth(growth(size, size + more));
        for evidence in [line, growth] {
            prop_assert_eq!(Evidence::parse(&evidence.print()), Ok(evidence.clone()));
            prop_assert_eq!(evidence.check(), Ok(()));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_print_again(bytes: Vec<u8>, tail: String) {
        let openings = [LINE_PROOF, GROWTH].map(|first| format!("{first}\n{tail}").into_bytes());
        for bytes in openings.into_iter().chain([bytes]) {
            if let Ok(evidence) = Evidence::parse(&bytes) {
                prop_assert_eq!(evidence.print(), bytes);
                let _any = evidence.check();
            }
        }
    }
}

#[test]
fn the_earlier_root_is_that_of_the_same_tree() {
    assert_eq!(root(5, &mut tree(11)).unwrap(), tree(5).root());
}
