//! Completeness of the audit as an outsider and an oversight body run it: what became of the roster, whether every label opens, whose
//! signatures are drawn. Absent: the lie of an invented signer (`lies.rs`).

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::OffReason;
use ikrar::domain::text::print_hex;
use ikrar::service::act;
use ikrar::service::journal;
use ikrar::service::roster;
use serde_json::Value;

use crate::forge::Forgery;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::TestPortal;
use crate::harness::office_key;
use crate::recovery::beside;
use crate::sign::sign;
use crate::terminal::path;
use crate::terminal::says;

fn label_of(portal: &TestPortal, person: usize) -> [u8; 32] {
    let id = portal.person(person).id;
    let member = portal.read(move |conn| Ok(roster::find_member(conn, ELECTION, id)?.unwrap()));
    member.label.unwrap().try_into().unwrap()
}

/// Three of four have signed.
fn signed() -> TestPortal {
    let portal = TestPortal::new().with_election().with_pact().with_people(4);
    for person in 0..3 {
        sign(&portal, &mut portal.sign_in(person), person);
    }
    portal
}

fn openings(portal: &TestPortal, place: &std::path::Path) -> String {
    let file = path(place, "openings.txt");
    let arguments = ["roster", "openings", "--election", ELECTION, "--out", &file];
    beside(portal, &arguments, 0, "4 labels of pemilu-2024");
    file
}

#[test]
fn a_number_from_before_2009_opens_no_label_and_hinders_none() {
    let portal = signed();
    let id = portal.person(0).id;
    portal
        .write(move |conn| Ok(ikrar::store::roster::import::insert_alias(conn, "130123456", id)?))
        .unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = openings(&portal, place.path());
    let log = path(portal.folder(), "log");
    says(
        &["audit", &log, "--openings", &file],
        0,
        "4 of 4 labels on the roster open",
    );
}

#[test]
fn the_chart_ends_on_the_day_of_the_last_signature() {
    let portal = TestPortal::new().with_election().with_pact().with_people(2);
    portal.set_clock(NOW_S + 2 * 86_400);
    sign(&portal, &mut portal.sign_in(0), 0);
    portal
        .browser()
        .get("/ledger")
        .ok()
        .sees("23 November 2023 25 November 2023");
}

#[test]
fn who_was_taken_off_without_having_signed_is_listed() {
    let portal = signed();
    let (quiet, loud) = (label_of(&portal, 3), label_of(&portal, 0));
    let mut off = vec![(quiet, OffReason::Error), (loud, OffReason::Left)];
    off.sort_unstable();
    let body = Body::Roster(entry::Roster {
        election: ELECTION.parse().unwrap(),
        add: vec![],
        off,
        nonce: portal.nonce(),
    });
    let enter = |conn: &mut _, origin: &_, act, now_s| Ok(act::admit(conn, origin, act, now_s)?.leaf_index);
    let index = portal.act(body, enter).unwrap();
    let log = path(portal.folder(), "log");
    let text = says(&["audit", &log, "--election", ELECTION], 0, "2 of 2 signed");
    for words in [
        "since then 4 put on, 2 taken off".to_owned(),
        "2023-11-23        +4        -2  (error 1, left 1)  since it opened, entries 3, ".to_owned()
            + &index.to_string(),
        "taken off without having signed: 1".to_owned(),
        format!("entry {index}: label {}, error", print_hex(&quiet)),
    ] {
        assert!(text.contains(&words), "{words:?} is not in\n{text}");
    }
    assert!(
        !text.contains(&print_hex(&loud)),
        "who has signed is not suspicious"
    );
    let json = says(&["audit", &log, "--json"], 0, "{");
    let json: Value = serde_json::from_str(&json).unwrap();
    let told = &json["elections"][0]["roster"];
    assert_eq!(told["members_at_opening"], 0);
    assert_eq!(told["entries"][1]["off"]["error"], 1);
    assert_eq!(told["off_unsigned"][0]["label"], print_hex(&quiet));
    assert_eq!(told["off_unsigned"][0]["on_again"], false);
}

#[test]
fn a_kind_that_nobody_knows_leaves_the_roster_untold() {
    let portal = signed();
    let place = tempfile::tempdir().unwrap();
    let file = openings(&portal, place.path());
    let mut log = Forgery::of(&portal);
    let unknown = entry::Unknown {
        kind: "tomorrow".parse().unwrap(),
        lines: vec![],
    };
    log.push(Body::Unknown(unknown), &[]);
    log.publish(&place.path().join("log"));
    let text = says(
        &["audit", &path(place.path(), "log"), "--openings", &file],
        3,
        "its numbers cannot be told",
    );
    assert!(
        !text.contains("had to sign") && !text.contains("2023-11-23"),
        "{text}"
    );
}

#[test]
fn only_hr_gets_the_openings_and_the_journal_knows() {
    let portal = signed();
    let place = tempfile::tempdir().unwrap();
    let file = openings(&portal, place.path());
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let newest = portal.read(|conn| Ok(journal::list_newest(conn, i64::MAX, 1)?));
    assert_eq!(
        (newest[0].action.as_str(), newest[0].subject.as_str()),
        ("openings-exported", "election pemilu-2024")
    );
    let arguments = ["roster", "openings", "--election", ELECTION, "--out", &file];
    beside(&portal, &arguments, 1, "write ");
    let other = path(place.path(), "other.txt");
    let unknown = ["roster", "openings", "--election", "lain", "--out", &other];
    beside(&portal, &unknown, 1, "election lain");
    let key = office_key().verifying_key().to_bytes();
    portal
        .write(move |conn| {
            Ok(ikrar::store::account::update_key(
                conn, &key, "active", "operator", 0,
            )?)
        })
        .unwrap();
    let refused = ["roster", "openings", "--election", ELECTION, "--out", &other];
    beside(&portal, &refused, 1, "only HR");
    assert!(
        !fs::exists(&other).unwrap(),
        "nothing is left of what was refused"
    );
}

#[test]
fn an_openings_file_that_is_none_is_refused_by_its_line() {
    let portal = signed();
    let place = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(openings(&portal, place.path())).unwrap();
    let log = path(portal.folder(), "log");
    let file = path(place.path(), "changed.txt");
    let refuse = |changed: &str, code: i32, words: &str| {
        fs::write(&file, changed).unwrap();
        says(&["audit", &log, "--openings", &file], code, words);
    };
    refuse(
        &text.replace("end 4\n", ""),
        3,
        "line 9: the file ends without its last line",
    );
    refuse(
        &text.replace("end 4", "end 5"),
        3,
        "line 9: says 5 openings, there are 4",
    );
    refuse(
        &text.replacen("open ", "open x", 1),
        3,
        "line 5: `open`: not lower-case hex",
    );
    refuse(&"x".repeat(1 << 20), 3, "line 1: longer than 512 bytes");
    refuse("\u{0}\n", 3, "line 1: the first line is not");
    refuse(&text.replace("origin ikrar", "origin lain"), 2, "of another log");
    refuse(
        &text.replace("election pemilu-2024", "election lain"),
        2,
        "no election lain",
    );
    let size = text.lines().nth(3).unwrap();
    refuse(&text.replace(size, "size 99"), 3, "take a newer copy of the log");
    says(
        &["audit", &log, "--openings", &path(place.path(), "none")],
        2,
        "cannot read",
    );
}

#[test]
fn a_sample_is_drawn_by_a_checkpoint_and_its_people_are_told_to_the_body_alone() {
    let portal = signed();
    let place = tempfile::tempdir().unwrap();
    let file = openings(&portal, place.path());
    let log = path(portal.folder(), "log");
    let seed = path(place.path(), "seed");
    fs::copy(portal.folder().join("log/checkpoint"), &seed).unwrap();
    let out = path(place.path(), "drawn.txt");
    let arguments = [
        "audit",
        &log,
        "--sample",
        "2",
        "--seed",
        &seed,
        "--openings",
        &file,
        "--numbers",
        &out,
    ];
    let text = says(
        &arguments,
        0,
        "2 of 3 signatures of pemilu-2024 below entry 7, drawn by the checkpoint of root ",
    );
    let mode = fs::metadata(&out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let drawn = fs::read_to_string(&out).unwrap();
    assert_eq!(drawn.lines().count(), 2);
    for line in drawn.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let person = (0..3).find(|person| print_hex(&label_of(&portal, *person)) == parts[2]);
        assert_eq!(parts[3], portal.person(person.unwrap()).nip);
        assert!(text.contains(parts[2]) && !text.contains(parts[3]), "{text}");
    }
    says(&arguments, 2, "is there already");

    // The same from the same seed, whatever the log became since; a larger sample begins with the smaller one.
    sign(&portal, &mut portal.sign_in(3), 3);
    let larger = says(
        &["audit", &log, "--sample", "3", "--seed", &seed],
        0,
        "3 of 3 signatures",
    );
    let lines = |text: &str| -> Vec<String> {
        let drawn = text.lines().filter(|line| line.contains("  entry "));
        drawn.map(ToOwned::to_owned).collect()
    };
    assert_eq!(lines(&larger)[..2], lines(&text));
    let other = [
        "audit", &log, "--sample", "3", "--seed", &seed, "--beacon", "4 8 15", "--json",
    ];
    let json: Value = serde_json::from_str(&says(&other, 0, "{")).unwrap();
    assert_eq!(json["sample"]["population"], 3);

    // A seed that the log's key never signed, or signed over another history, draws nothing.
    let text = fs::read_to_string(&seed).unwrap();
    fs::write(&seed, text.replacen("\n7\n", "\n6\n", 1)).unwrap();
    says(
        &["audit", &log, "--sample", "2", "--seed", &seed],
        3,
        "the seed: ",
    );
    let mut forged = Forgery::of(&portal);
    forged.entries.pop();
    forged.entries.swap(4, 5);
    fs::write(&seed, forged.chain().checkpoint(7)).unwrap();
    let text = says(&["audit", &log, "--sample", "2", "--seed", &seed], 1, "is a fork");
    assert!(!text.contains("sample"), "{text}");
    says(&["audit", &log, "--sample", "2"], 2, "--seed");
}
