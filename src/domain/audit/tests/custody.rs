//! For each rule about how the log is kept, a log that keeps it and one that breaks it.

use super::book::*;
use super::*;
use crate::domain::entry::Channel;
use crate::domain::entry::Dispute;
use crate::domain::entry::OffReason;
use crate::domain::entry::Outcome;
use crate::domain::log::Off;
use crate::ledger::map::LabelMap;

fn fault<T>(change: impl Fn(&mut Book) -> T) -> &'static str {
    let mut book = signed();
    change(&mut book);
    book.fault().1
}

#[test]
fn an_anchor_is_a_checkpoint_of_this_log() {
    let mut book = signed();
    let old = book.checkpoint();
    book.minute = 3;
    let index = book.anchor(&old);
    assert_eq!(book.audit().fault, None);
    let state = book.state();
    let custody = state.custody();
    assert_eq!(custody.anchor_below(index), None);
    let anchor = custody.anchor_below(index + 1).unwrap();
    assert_eq!((anchor.index, anchor.size), (index, 6));

    let other = NoteSigner::new(KeyName::parse(origin().as_str()).unwrap(), key(99)).unwrap();
    let elsewhere = NoteSigner::new(KeyName::parse("elsewhere").unwrap(), key(1)).unwrap();
    assert_eq!(fault(|book| book.anchor("nothing")), "anchor_note");
    assert_eq!(
        fault(|book| book.anchor(&book.checkpoint_by(&other))),
        "anchor_note"
    );
    assert_eq!(
        fault(|book| book.anchor(&book.checkpoint_by(&elsewhere))),
        "anchor_note"
    );
    let mut longer = signed();
    longer.roster(&[9], &[]);
    let future = longer.checkpoint();
    assert_eq!(fault(|book| book.anchor(&future)), "anchor_size");
    let empty = Book::default().checkpoint();
    assert_eq!(fault(|book| book.anchor(&empty)), "anchor_size");
    let fork = fault(|book| {
        book.roster(&[8], &[]);
        book.anchor(&future);
    });
    assert_eq!(fork, "anchor_root");
}

#[test]
fn another_log_key_counts_from_its_entry_on() {
    let next = NoteSigner::new(KeyName::parse(origin().as_str()).unwrap(), key(98)).unwrap();
    let announce = |book: &mut Book, vkey: &str| {
        let nonce = book.nonce();
        let vkey = vkey.parse().unwrap();
        book.add(Body::LogKey(entry::LogKey { vkey, nonce }), &[2, 5])
    };
    let mut book = signed();
    let early = book.checkpoint_by(&next);
    let audit = |book: &Book, note: &str, key: &Vkey| {
        audit(book.entries.iter().map(Ok::<_, Infallible>), note, key).unwrap()
    };
    let report = audit(&book, &early, next.vkey());
    assert_eq!(report.fault.unwrap().key, "other_log");
    let mut too_early = book.clone();
    too_early.anchor(&early);
    assert_eq!(too_early.fault().1, "anchor_note");

    announce(&mut book, &next.vkey().to_string());
    book.anchor(&early);
    assert_eq!(book.audit().fault, None, "the first key signs on");
    let report = audit(&book, &book.checkpoint_by(&next), next.vkey());
    assert_eq!((report.verdict, report.fault), (Verdict::Valid, None));

    let elsewhere = NoteSigner::new(KeyName::parse("elsewhere").unwrap(), key(98)).unwrap();
    for bad in [
        elsewhere.vkey().to_string(),
        "nothing".to_owned(),
        log_signer().vkey().to_string(),
    ] {
        assert_eq!(fault(|book| announce(book, &bad)), "log_key");
    }
}

#[test]
fn seals_ascend_and_are_never_of_tomorrow() {
    let seal = |book: &mut Book, date: &str| {
        let date = date.parse().unwrap();
        let seal = [3; 32];
        book.add(Body::Seal(entry::Seal { date, seal }), &[]);
    };
    let mut book = signed();
    seal(&mut book, "2023-11-20");
    seal(&mut book, "2023-11-22");
    seal(&mut book, "2023-11-23");
    assert_eq!(book.audit().fault, None);
    let day = |text: &str| text.parse().unwrap();
    let state = book.state();
    let custody = state.custody();
    assert_eq!(
        custody.missing_seals(day("2023-11-25"), 9),
        (3, vec![day("2023-11-21"), day("2023-11-24"), day("2023-11-25")])
    );
    assert_eq!(custody.missing_seals(day("2023-11-25"), 1).1.len(), 1);
    assert_eq!(LogState::new().custody().missing_seals(day("2023-11-25"), 9).0, 0);
    assert_eq!((book.audit().seals.count, book.audit().seals.missing), (3, 1));
    let mut never = signed();
    never.minute = 3 * 24 * 60;
    never.roster(&[9], &[]);
    let seals = never.audit().seals;
    assert_eq!(
        (seals.count, seals.missing),
        (0, 3),
        "one that never seals is told of too"
    );
    assert_eq!(seals.missing_days[0], "2023-11-23");
    assert_eq!(fault(|book| seal(book, "2023-11-24")), "seal_date");
    let again = fault(|book| {
        seal(book, "2023-11-22");
        seal(book, "2023-11-21");
    });
    assert_eq!(again, "seal_date");
}

#[test]
fn an_erasure_names_a_label_that_was_on() {
    let erase = |book: &mut Book, label: u8| {
        let nonce = book.nonce();
        let erasure = entry::Erasure {
            election: terms().id,
            label: [label; 32],
            ground: "retention".parse().unwrap(),
            nonce,
        };
        book.add(Body::Erasure(erasure), &[2, 5]);
    };
    let mut book = signed();
    book.roster(&[], &[3]);
    erase(&mut book, 3);
    erase(&mut book, 1);
    assert_eq!(book.counts().valid, 2, "an erased label keeps counting");
    let state = book.state();
    let election = &state.elections()[&terms().id];
    let erased: Vec<_> = [1, 2, 3, 4].map(|n| election.is_erased(&[n; 32])).into();
    assert_eq!(erased, [Some(true), Some(false), Some(true), None]);
    assert_eq!(fault(|book| erase(book, 9)), "unknown_label");
}

#[test]
fn a_map_is_recomputed() {
    let map = |book: &mut Book, size: u64, root: [u8; 32]| {
        let election = terms().id;
        book.add(Body::Map(entry::Map { election, size, root }), &[]);
    };
    assert_eq!(fault(|book| map(book, 5, [0; 32])), "map_size");
    let root_of = |pairs: &[(u8, u64)]| {
        let mut map = LabelMap::default();
        for (label, index) in pairs {
            map.insert([*label; 32], *index);
        }
        *map.root().as_bytes()
    };
    assert_eq!(fault(|book| map(book, 6, [0; 32])), "map_root");
    assert_eq!(fault(|book| map(book, 6, root_of(&[(1, 4)]))), "map_root");
    let mut book = signed();
    map(&mut book, 6, root_of(&[(1, 4), (2, 5)]));
    book.minute = 1;
    let dispute = book.dispute(4);
    book.resolve(dispute, Outcome::Upheld);
    book.sign(book.statement(3, 63), 63);
    let mut late = book.clone();
    map(&mut late, 10, root_of(&[(1, 4), (2, 5), (3, 9)]));
    assert_eq!(late.fault().1, "map_root", "what was voided is in it no more");
    map(&mut book, 10, root_of(&[(2, 5), (3, 9)]));
    assert_eq!(book.audit().fault, None);
    map(&mut book, 11, root_of(&[(2, 5), (3, 9)]));
    assert_eq!(book.fault().1, "map_too_soon");
}

#[test]
fn a_policy_is_in_force_after_a_week() {
    let mut book = signed();
    let nonce = book.nonce();
    let policy = format!("log {}\nquorum none\n", log_signer().vkey()).into_bytes();
    book.minute = 7;
    book.add(Body::Policy(entry::Policy { policy, nonce }), &[2, 5]);
    assert_eq!(book.audit().fault, None);
    let state = book.state();
    let week = 7 * 24 * 60;
    assert_eq!(state.custody().policy_at(time(7 + week - 1)), None);
    assert_eq!(state.custody().policy_at(time(7 + week)).unwrap().index, 6);
}

#[test]
fn a_policy_parses() {
    let log = format!("log {}\n", log_signer().vkey());
    let file = |end: &[u8]| [log.as_bytes(), end].concat();
    for bad in [
        file(b""),
        file(b"quorum nobody\n"),
        file(b"quorum none\n\xff\n"),
        b"{}\n".to_vec(),
    ] {
        let broken = fault(|book| {
            let (nonce, policy) = (book.nonce(), bad.clone());
            book.add(Body::Policy(entry::Policy { policy, nonce }), &[2, 5]);
        });
        assert_eq!(broken, "policy");
    }
}

#[test]
fn disputes_of_one_signature_are_settled_one_by_one() {
    let mut book = signed();
    let (first, second) = (book.dispute(4), book.dispute(4));
    assert_eq!(book.counts().disputed, 1, "one signature, twice disputed");
    let mut dismissed = book.clone();
    dismissed.resolve(second, Outcome::Dismissed);
    assert_eq!(dismissed.counts().disputed, 1);
    dismissed.resolve(first, Outcome::Dismissed);
    assert_eq!(dismissed.counts().disputed, 0);
    let third = dismissed.dispute(4);
    dismissed.resolve(third, Outcome::Upheld);
    assert_eq!((dismissed.counts().valid, dismissed.counts().voided), (1, 1));

    book.resolve(first, Outcome::Upheld);
    let again = book.sign(book.statement(1, 71), 71);
    book.resolve(second, Outcome::Upheld);
    let counts = book.counts();
    assert_eq!(
        (counts.valid, counts.disputed, counts.voided),
        (2, 0, 1),
        "the old dispute says nothing of the new signature"
    );
    let nonce = book.nonce();
    let signature = 4;
    let channel = Channel::Authority;
    let mut voided = book.clone();
    voided.add(
        Body::Dispute(Dispute {
            signature,
            channel,
            nonce,
        }),
        &[],
    );
    assert_eq!(voided.fault().1, "no_live_signature");
    book.dispute(again);
    assert_eq!(book.counts().disputed, 1);
    book.resolve(second, Outcome::Upheld);
    assert_eq!(book.fault().1, "no_open_dispute");
}

#[test]
fn what_happened_to_the_roster_since_the_opening_is_kept() {
    let mut book = signed();
    book.minute = 5;
    book.roster(&[7], &[1, 3]);
    let state = book.state();
    let election = &state.elections()[&terms().id];
    // The book's first entries stand at the very minute of the opening.
    assert_eq!(election.members_at_opening(), Some(0));
    let last = election.movements().last().unwrap();
    assert_eq!((last.index, last.at, last.added()), (6, time(5), 1));
    let off: Vec<_> = last.off().filter(|(_, off)| off.all > 0).collect();
    assert_eq!(off, [(OffReason::Left, Off { all: 2, unsigned: 1 })]);
    let unsigned: Vec<_> = election
        .unsigned_off()
        .iter()
        .map(|off| (off.index, off.label, off.reason))
        .collect();
    assert_eq!(unsigned, [(6, [3; 32], OffReason::Left)]);
}
