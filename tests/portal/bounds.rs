//! Between which times a signature was made, by the witnesses' clocks: on the receipt, its sheet, `/v/CODE`, as JSON, and offline.

use ikrar::app::chores;
use ikrar::app::keys;
use ikrar::app::witnesses;
use ikrar::service::proof;
use serde_json::Value;

use crate::harness::Browser;
use crate::harness::NOW_S;
use crate::harness::TestPortal;
use crate::harness::TestWitness;
use crate::harness::log_key;
use crate::terminal::path;
use crate::terminal::says;
use crate::witness::sign;
use crate::witness::witnessed;

fn code(browser: &mut Browser) -> String {
    let page = browser.get("/receipt").ok().text();
    let (_, rest) = page.split_once("href=\"/v/").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn api(portal: &TestPortal, code: &str) -> Value {
    let text = portal
        .browser()
        .get(&format!("/api/v1/verify/{code}"))
        .ok()
        .text();
    serde_json::from_str::<Value>(&text).unwrap()["bounds"].clone()
}

#[test]
fn a_receipt_says_before_when_and_after_when_it_was_signed_and_keeps_saying_it() {
    let (portal, _witnesses) = witnessed();
    let mut ani = sign(&portal, 0);
    let early = ani.get("/receipt");
    early
        .ok()
        .sees("Belum ada batas waktu yang independen")
        .lacks("Ditandatangani sebelum");
    portal.set_clock(NOW_S + 70);
    assert!(witnesses::ask_once(&portal.app).unwrap());
    // 02.01.10 UTC: before 09.02 WIB. Nothing bounds it from below, though its `after` names a size.
    for page in ["/receipt", "/receipt/print"] {
        let page = ani.get(page);
        page.ok().sees("Ditandatangani sebelum").sees("09.02 WIB");
        page.sees("Batas awal yang independen tidak ada")
            .lacks("Ditandatangani sesudah");
    }
    let anchor = portal.read(ikrar::service::ledger_size);
    chores::run_once(&portal.app).unwrap();
    portal.set_clock(NOW_S + 200);
    let mut budi = sign(&portal, 1);
    budi.get("/receipt")
        .ok()
        .sees("Ditandatangani sesudah")
        .sees("Batas akhirnya menyusul");
    portal.set_clock(NOW_S + 230);
    witnesses::ask_once(&portal.app).unwrap();
    let (first, second) = (code(&mut ani), code(&mut budi));
    let page = portal.browser().get(&format!("/v/{second}"));
    page.ok()
        .sees("Ditandatangani sesudah")
        .sees("09.01 WIB")
        .sees("09.04 WIB");
    let bounds = api(&portal, &second);
    assert_eq!(bounds["known"], "both");
    assert_eq!(
        (&bounds["after"], &bounds["before"]),
        (&(NOW_S + 70).into(), &(NOW_S + 230).into())
    );
    // The map of the same round may stand before the anchor.
    let at = bounds["anchor"].as_u64().unwrap();
    assert!((anchor..anchor + 2).contains(&at), "{at}");
    // Later cosignatures of larger trees, and of the same, move no bound.
    portal.set_clock(NOW_S + 7200);
    sign(&portal, 2);
    witnesses::ask_once(&portal.app).unwrap();
    assert_eq!(api(&portal, &second), bounds);
    assert_eq!(api(&portal, &first)["before"], NOW_S + 70);
    assert_eq!(api(&portal, &first)["known"], "before");
}

#[test]
fn without_witnesses_no_time_is_claimed() {
    let portal = TestPortal::new().with_election().with_pact().with_people(1);
    let mut ani = sign(&portal, 0);
    let page = ani.get("/receipt");
    page.ok()
        .sees("Tidak ada batas waktu yang independen, awal maupun akhir");
    page.lacks("Ditandatangani sesudah")
        .lacks("Ditandatangani sebelum");
    let code = code(&mut ani);
    assert_eq!(api(&portal, &code)["known"], "none");
}

/// A receipt with both bounds, saved while it was provisional and when it was final.
struct Saved {
    portal: TestPortal,
    _witnesses: Vec<TestWitness>,
    place: tempfile::TempDir,
    early: String,
    file: String,
    policy: String,
    log: String,
}

fn saved() -> Saved {
    let (portal, witnesses) = witnessed();
    sign(&portal, 0);
    witnesses::ask_once(&portal.app).unwrap();
    chores::run_once(&portal.app).unwrap();
    portal.set_clock(NOW_S + 200);
    let mut budi = sign(&portal, 1);
    let place = tempfile::tempdir().unwrap();
    let (file, early) = (path(place.path(), "budi"), path(place.path(), "early"));
    std::fs::write(&early, budi.get("/receipt/proof").ok().text()).unwrap();
    portal.set_clock(NOW_S + 260);
    witnesses::ask_once(&portal.app).unwrap();
    std::fs::write(&file, budi.get("/receipt/proof").ok().text()).unwrap();
    Saved {
        policy: path(&portal.app.config().keys_dir(), keys::POLICY),
        log: path(portal.folder(), "log"),
        portal,
        _witnesses: witnesses,
        place,
        early,
        file,
    }
}

/// Runs `ikrar verify FILE --policy POLICY` with more words.
#[track_caller]
fn verify(file: &str, policy: &str, more: &[&str], code: i32, words: &str) -> String {
    says(
        &[&["verify", file, "--policy", policy], more].concat(),
        code,
        words,
    )
}

#[test]
fn a_saved_proof_tells_its_upper_bound_and_the_log_its_lower_one() {
    let saved = saved();
    let text = verify(&saved.file, &saved.policy, &[], 0, "VALID");
    assert!(text.contains("before    23 November 2023 at 02:05 UTC"), "{text}");
    assert!(text.contains("--log DIR|URL reads it"), "{text}");
    for log in [&saved.log, &saved.portal.url] {
        let text = verify(&saved.file, &saved.policy, &["--log", log], 0, "VALID");
        assert!(text.contains("after     23 November 2023 at 02:00 UTC"), "{text}");
    }
    let json = verify(
        &saved.file,
        &saved.policy,
        &["--log", &saved.log, "--json"],
        0,
        "{",
    );
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["bounds"]["after"]["time_s"], NOW_S);
    assert_eq!(json["bounds"]["before"]["time_s"], NOW_S + 260);
}

#[test]
fn what_the_policy_or_the_log_does_not_show_is_no_bound() {
    let saved = saved();
    let lacks = "lacks the policy's quorum of witnesses: 0 of them cosigned";
    let text = verify(&saved.early, &saved.policy, &[], 3, lacks);
    assert!(
        text.contains("CANNOT TELL") && !text.contains("before "),
        "{text}"
    );
    // Who cosigned the log since has seen the early tree in it; when it was seen first, this file does not say.
    let log = ["--log", saved.log.as_str()];
    let text = verify(&saved.early, &saved.policy, &log, 0, "no independent upper bound");
    assert!(text.contains("after     23 November 2023 at 02:00 UTC"), "{text}");
    let strict = path(saved.place.path(), "strict");
    let words = std::fs::read_to_string(&saved.policy).unwrap();
    std::fs::write(&strict, words.replace("group all 2", "group all 3")).unwrap();
    let lacks = "lacks the policy's quorum of witnesses: 2 of them cosigned";
    let text = verify(&saved.file, &strict, &log, 3, lacks);
    assert!(text.contains("no checkpoint of the published log has"), "{text}");
    says(&["verify", &saved.file, "--log", &saved.log], 2, "--policy");
    let nowhere = path(saved.place.path(), "");
    let words = "no published log";
    verify(&saved.file, &saved.policy, &["--log", &nowhere], 3, words);
    // A quorum of nobody asks for nobody, and no policy for nothing.
    std::fs::write(&strict, format!("log {}\nquorum none\n", log_key())).unwrap();
    for more in [&[][..], &log] {
        let text = verify(&saved.early, &strict, more, 0, "VALID");
        let said = text.matches("bound: the policy asks for no witness").count();
        assert!(said == 2 && !text.contains("lacks"), "{text}");
    }
    let key = log_key().to_string();
    says(&["verify", &saved.early, "--vkey", &key], 0, "VALID");
}

#[test]
fn an_audit_says_whether_witnesses_have_seen_the_log() {
    let saved = saved();
    let audit =
        |more: &[&str], code, words: &str| says(&[&["audit", &saved.log], more].concat(), code, words);
    let policy = ["--policy", saved.policy.as_str()];
    audit(&policy, 0, "witnesses   the policy's quorum cosigned: ");
    let alone =
        "witnesses   not asked (give --policy FILE): who runs the log may show this history to you alone";
    audit(&["--vkey", &log_key().to_string()], 0, alone);
    let json: Value = serde_json::from_str(&audit(&[&policy[..], &["--json"]].concat(), 0, "{")).unwrap();
    assert_eq!(json["key"], "given");
    assert_eq!(json["witnesses"]["has_quorum"], true);
    assert_eq!(json["witnesses"]["cosigned"].as_array().unwrap().len(), 2);

    let strict = path(saved.place.path(), "strict");
    let words = std::fs::read_to_string(&saved.policy).unwrap();
    std::fs::write(&strict, words.replace("group all 2", "group all 3")).unwrap();
    let text = audit(
        &["--policy", &strict],
        3,
        "lacks the policy's quorum: 2 of its witnesses cosigned",
    );
    assert!(text.contains("CANNOT TELL the log holds by itself"), "{text}");
    std::fs::write(&strict, format!("log {}\nquorum none\n", log_key())).unwrap();
    audit(&["--policy", &strict], 0, "the policy asks for none");

    // A policy witness's line over something else: the whole log is not to be believed.
    let checkpoint = std::path::Path::new(&saved.log).join("checkpoint");
    let note = std::fs::read_to_string(&checkpoint).unwrap();
    let (rest, line) = note.trim_end().rsplit_once(' ').unwrap();
    let mut bytes = line.to_owned();
    let place = line.len() / 2;
    let other = if line.as_bytes()[place] == b'A' { "B" } else { "A" };
    bytes.replace_range(place..=place, other);
    std::fs::remove_file(&checkpoint).unwrap();
    std::fs::write(&checkpoint, format!("{rest} {bytes}\n")).unwrap();
    let text = audit(
        &policy,
        1,
        "NOT VALID   the log holds by itself, but not with its witnesses",
    );
    assert!(text.contains("witnesses   "), "{text}");
    audit(&["--policy", &path(saved.place.path(), "none")], 2, "cannot read");
}

#[test]
fn a_history_that_no_witness_has_seen_is_never_valid() {
    let saved = saved();
    // The same key, another history, for one reader alone.
    let private = TestPortal::new().with_election().with_pact().with_people(2);
    let mut ani = sign(&private, 0);
    let (file, log) = (path(saved.place.path(), "private"), path(private.folder(), "log"));
    std::fs::write(&file, ani.get("/receipt/proof").ok().text()).unwrap();
    let text = verify(&file, &saved.policy, &[], 3, "CANNOT TELL");
    assert!(text.contains("witnesses   cannot tell"), "{text}");
    let text = verify(&file, &saved.policy, &["--log", &log], 3, "CANNOT TELL");
    assert!(text.contains("log         cannot tell"), "{text}");
    assert!(!text.contains("election"), "{text}");
    let json = verify(&file, &saved.policy, &["--json"], 3, "{");
    let json: Value = serde_json::from_str(&json).unwrap();
    let row = json["rows"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&row["check"], &row["outcome"]),
        (&"witnesses".into(), &"cannot_tell".into())
    );
    assert_eq!(json["bounds"], Value::Null);
}

#[test]
fn an_entry_that_is_no_signature_is_compared_with_the_log_too() {
    let saved = saved();
    let app = &saved.portal.app;
    let proof = app
        .read_here(|conn| proof::proof_of(conn, app.log(), app.keys().log.vkey(), 0))
        .unwrap();
    let file = path(saved.place.path(), "genesis");
    std::fs::write(&file, proof.to_string()).unwrap();
    let log = ["--log", saved.log.as_str()];
    let text = verify(&file, &saved.policy, &log, 3, "log         valid");
    assert!(text.contains("an entry of kind genesis"), "{text}");
    let other = TestPortal::new();
    let other = path(other.folder(), "log");
    verify(&file, &saved.policy, &["--log", &other], 3, "names");
    let forked = TestPortal::new().with_election().with_pact().with_people(9);
    for person in 0..8 {
        sign(&forked, person);
    }
    let forked = path(forked.folder(), "log");
    verify(&file, &saved.policy, &["--log", &forked], 1, "a fork");
}

#[test]
fn a_log_of_another_history_is_a_fork_and_no_time_is_shown() {
    let saved = saved();
    let other = TestPortal::new().with_election().with_pact().with_people(9);
    for person in 0..8 {
        sign(&other, person);
    }
    let log = path(other.folder(), "log");
    let text = verify(&saved.file, &saved.policy, &["--log", &log], 1, "a fork");
    assert!(!text.contains("before "), "{text}");
}
