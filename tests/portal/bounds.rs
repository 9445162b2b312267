//! Between which times a signature was made, by the witnesses' clocks: on the receipt, its sheet, `/v/CODE`, as JSON, and offline.

use ikrar::app::chores;
use ikrar::app::keys;
use ikrar::app::witnesses;
use serde_json::Value;

use crate::harness::Browser;
use crate::harness::NOW_S;
use crate::harness::TestPortal;
use crate::harness::TestWitness;
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
    verify(&saved.early, &saved.policy, &[], 0, "lacks the policy's quorum");
    let strict = path(saved.place.path(), "strict");
    let words = std::fs::read_to_string(&saved.policy).unwrap();
    std::fs::write(&strict, words.replace("group all 2", "group all 3")).unwrap();
    let words = "no independent upper bound";
    let text = verify(&saved.early, &strict, &["--log", &saved.log], 0, words);
    let none = "no anchor lies below";
    assert!(text.contains(none), "two cosignatures are not three: {text}");
    says(&["verify", &saved.file, "--log", &saved.log], 2, "--policy");
    let nowhere = path(saved.place.path(), "");
    let words = "no published log";
    verify(&saved.file, &saved.policy, &["--log", &nowhere], 3, words);
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
