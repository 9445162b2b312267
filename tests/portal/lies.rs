//! Five lies of an operator who holds the log's key and the database, and rewrites everything so that it agrees with itself.
//! Each is caught by a tool that an outsider has, with what an outsider keeps, and the output names the lie and the entry.
//!
//! Also said: what an outsider cannot see who kept nothing. Absent: how the logs are forged (`forge.rs`).

use std::fs;
use std::path::PathBuf;

use ed25519_dalek::Signer;
use ikrar::domain::entry::Body;
use ikrar::domain::text::print_hex;

use crate::forge::Forgery;
use crate::forge::label;
use crate::forge::signed;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::ORIGIN;
use crate::harness::TestPortal;
use crate::harness::office_key;
use crate::terminal::path;
use crate::terminal::says;

/// An honest portal where two of three have signed, a day apart, and what the two and a reader kept of it.
struct Stage {
    portal: TestPortal,
    place: tempfile::TempDir,
    /// The log's key, from before.
    key: String,
    /// The first signer's receipt.
    first: String,
    /// The second signer's receipt.
    second: String,
    /// The checkpoint of the day on which both had signed.
    checkpoint: String,
}

impl Stage {
    fn set() -> Self {
        let portal = TestPortal::new().with_election().with_pact().with_people(3);
        let place = tempfile::tempdir().unwrap();
        let keep = |name: &str, bytes: &str| {
            fs::write(place.path().join(name), bytes).unwrap();
            path(place.path(), name)
        };
        let first = signed(&portal, 0).get("/receipt/proof").ok().text();
        portal.set_clock(NOW_S + 86_400);
        let second = signed(&portal, 1).get("/receipt/proof").ok().text();
        Self {
            key: portal.app.keys().log.vkey().to_string(),
            first: keep("first.tlog-proof", &first),
            second: keep("second.tlog-proof", &second),
            checkpoint: keep("checkpoint", &portal.browser().get("/checkpoint").ok().text()),
            portal,
            place,
        }
    }

    /// What the portal honestly has, and where the two signatures stand.
    fn honest(&self) -> (Forgery<'_>, usize, usize) {
        let log = Forgery::of(&self.portal);
        let signatures = log.all("signature");
        (log, signatures[0], signatures[1])
    }

    /// Publishes a forged log as if it were the portal's.
    fn publish(&self, forgery: &Forgery<'_>, name: &str) -> String {
        let folder: PathBuf = self.place.path().join(name);
        forgery.publish(&folder);
        folder.to_string_lossy().into_owned()
    }

    #[track_caller]
    fn audit(&self, log: &str, since: Option<&str>, code: i32, words: &str) -> String {
        let mut arguments = vec!["audit", log, "--vkey", &self.key];
        arguments.extend(since.iter().flat_map(|since| ["--since", since]));
        says(&arguments, code, words)
    }
}

#[test]
fn the_honest_log_passes_every_tool() {
    let stage = Stage::set();
    let log = path(stage.portal.folder(), "log");
    for kept in [
        None,
        Some(&stage.first),
        Some(&stage.second),
        Some(&stage.checkpoint),
    ] {
        let text = stage.audit(&log, kept.map(String::as_str), 0, "VALID");
        assert!(
            text.contains("2 of 3 signed") && !text.contains("not counted"),
            "{text}"
        );
    }
    let pact = stage.portal.browser().get(&format!("/pact/{ELECTION}/1.txt"));
    let file = path(stage.place.path(), "pact.txt");
    fs::write(&file, &pact.ok().bytes).unwrap();
    says(
        &["verify", &stage.first, "--vkey", &stage.key, "--pact", &file],
        0,
        "pact        valid",
    );
}

#[test]
fn a_backdated_signature_is_named() {
    let stage = Stage::set();
    let (honest, first, second) = stage.honest();
    let earlier = honest.entries[first].at;

    // Clumsy: an earlier time than that of the entry before.
    let mut clumsy = honest.clone();
    clumsy.entries[second].at = honest.entries[0].at;
    clumsy.entries[first].at = honest.entries[second].at;
    let log = stage.publish(&clumsy.chain(), "clumsy");
    stage.audit(
        &log,
        None,
        1,
        &format!(
            "entry {}: its time lies before that of the entry before",
            first + 1
        ),
    );

    // Careful: moved to an earlier place, at an earlier time. What the person signed names a tree that came later.
    let mut moved = honest.clone();
    let mut entry = moved.entries.remove(second);
    entry.at = earlier;
    moved.entries.insert(first, entry);
    let log = stage.publish(&moved.chain(), "moved");
    let text = stage.audit(&log, None, 0, &format!("entry {first}: after_size"));
    assert!(text.contains("1 of 3 signed"), "{text}");
    stage.audit(
        &log,
        Some(&stage.second),
        1,
        &format!("entry {second}: the receipt shows the signature of label"),
    );

    // Perfect: only the time is another. Nothing in the log tells; what anybody kept does.
    let mut perfect = honest;
    perfect.entries[second].at = earlier;
    let log = stage.publish(&perfect.chain(), "perfect");
    stage.audit(&log, None, 0, "2 of 3 signed");
    stage.audit(&log, Some(&stage.first), 0, "2 of 3 signed");
    stage.audit(&log, Some(&stage.checkpoint), 1, "this log is a fork");
    let text = stage.audit(
        &log,
        Some(&stage.second),
        1,
        &format!("NOT VALID   entry {second}: "),
    );
    assert!(
        text.contains(&format!("at {}, now ", NOW_S + 86_400))
            && text.contains(&format!(" at {earlier} stands there")),
        "{text}"
    );
}

#[test]
fn a_dropped_signature_is_named() {
    let stage = Stage::set();
    let (honest, first, second) = stage.honest();
    let dropped = print_hex(&label(&honest.entries[first]));

    // The first one: the second signer's statement names the tree that held it.
    let mut log = honest.clone();
    log.entries.remove(first);
    let log = stage.publish(&log.chain(), "first");
    let text = stage.audit(&log, None, 0, "not counted 1 signatures");
    assert!(
        text.contains(&format!("entry {}: after_size", second - 1)),
        "{text}"
    );
    stage.audit(&log, Some(&stage.checkpoint), 1, "entries before and has");
    let text = stage.audit(
        &log,
        Some(&stage.first),
        1,
        &format!("NOT VALID   entry {first}: "),
    );
    assert!(
        text.contains(&format!("the signature of label {dropped}"))
            && text.contains("was dropped or changed"),
        "{text}"
    );

    // The newest one: the log agrees with itself, so it takes somebody who kept something.
    let mut log = honest;
    log.entries.truncate(second);
    let log = stage.publish(&log, "newest");
    stage.audit(&log, None, 0, "1 of 3 signed");
    stage.audit(
        &log,
        Some(&stage.checkpoint),
        1,
        &format!("the log had {} entries before and has {second} now", second + 1),
    );
    stage.audit(
        &log,
        Some(&stage.second),
        1,
        &format!("entry {second}: the receipt shows the signature"),
    );
}

#[test]
fn two_histories_for_two_readers_are_named() {
    let stage = Stage::set();
    let (honest, _, second) = stage.honest();
    let mut other = honest.clone();
    other.entries[second].at = honest.entries[second - 1].at;
    let other = other.chain();
    let shown = stage.publish(&other, "other");
    // Each reader alone sees a log without fault.
    stage.audit(&path(stage.portal.folder(), "log"), None, 0, "2 of 3 signed");
    stage.audit(&shown, None, 0, "2 of 3 signed");
    // One compares with what the other has.
    let size = honest.entries.len();
    let words = format!("another root at size {size} was signed before: this log is a fork");
    stage.audit(&shown, Some(&stage.checkpoint), 1, &words);
    let theirs = path(&stage.place.path().join("other"), "checkpoint");
    stage.audit(&path(stage.portal.folder(), "log"), Some(&theirs), 1, &words);
}

#[test]
fn a_swapped_pact_text_is_named() {
    let stage = Stage::set();
    let (honest, first, _) = stage.honest();
    let index = honest.all("pact")[0];
    let Body::Pact(mut pact) = honest.entries[index].body.clone() else {
        panic!("a pact was expected")
    };
    pact.text.title = "Ikrar setia".parse().unwrap();
    let mut swapped = honest.clone();
    swapped.entries[index].body = Body::Pact(pact);

    // With the log's key alone: no officer signed this text.
    let log = stage.publish(&swapped.clone().chain(), "unsigned");
    let words = format!("entry {index}: an author's signature does not verify");
    stage.audit(&log, None, 1, &words);

    // With the officer's key as well: nobody signed this text as a person, and nobody's statement knows this tree.
    let act = swapped.entries[index].body.act_bytes(&ORIGIN.parse().unwrap());
    swapped.entries[index].by[0].signature = office_key().sign(&act).to_bytes();
    let log = stage.publish(&swapped.clone().chain(), "signed");
    let text = stage.audit(&log, None, 0, "0 of 3 signed");
    let line = text
        .lines()
        .find(|line| line.contains(&format!("entry {first}:")))
        .unwrap_or_default();
    assert!(
        line.contains("pact_not_in_force") && line.contains("foreign_root"),
        "{text}"
    );
    stage.audit(&log, Some(&stage.checkpoint), 1, "this log is a fork");

    // The log stays honest and another text is shown: it is not the one that was signed.
    let Body::Pact(pact) = &swapped.entries[index].body else {
        panic!("a pact was expected")
    };
    let file = path(stage.place.path(), "shown.txt");
    fs::write(&file, pact.text.print()).unwrap();
    let text = says(
        &["verify", &stage.first, "--vkey", &stage.key, "--pact", &file],
        1,
        "this text is not the one that was signed",
    );
    assert!(!text.contains("label"), "nothing is shown as true: {text}");
}
