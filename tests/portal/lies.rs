//! Five lies of an operator who holds the log's key and the database, and rewrites everything so that it agrees with itself.
//! Each is caught by a tool that an outsider has, with what an outsider keeps, and the output names the lie and the entry.
//!
//! Also said: what an outsider cannot see who kept nothing. Absent: how the logs are forged (`forge.rs`).

use std::fs;
use std::path::PathBuf;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::person;
use ikrar::domain::statement::After;
use ikrar::domain::text::print_hex;

use crate::forge::Forgery;
use crate::forge::label;
use crate::forge::signed;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::ORIGIN;
use crate::harness::TestPortal;
use crate::harness::office_key;
use crate::recovery::beside;
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

    /// The honest log with one label more, for which the operator signs with a key of his own: with HR's key in his hands, every
    /// rule holds.
    fn with_invented(&self, label: [u8; 32]) -> Forgery<'_> {
        let (mut log, first, _) = self.honest();
        let add = Body::Roster(entry::Roster {
            election: ELECTION.parse().unwrap(),
            add: vec![label],
            off: vec![],
            nonce: [0xee; 16],
        });
        log.push(add, &[&office_key()]);
        let Body::Signature(honest) = log.entries[first].body.clone() else {
            panic!("a signature was expected")
        };
        let own = SigningKey::from_bytes(&[77; 32]);
        let tree = log.tree(log.entries.len());
        let mut invented = honest;
        invented.statement.label = label;
        invented.statement.key = own.verifying_key().to_bytes();
        invented.statement.after = After {
            size: tree.size(),
            root: *tree.root().as_bytes(),
        };
        invented.signature = own.sign(&invented.statement.print()).to_bytes();
        log.push(Body::Signature(invented), &[]);
        log
    }

    /// HR's openings file, as of a size of the log, with a line more.
    fn openings(&self, name: &str, honest: &str, size: usize, more: Option<&str>) -> String {
        let mut lines: Vec<&str> = honest.lines().filter(|line| line.starts_with("open ")).collect();
        lines.extend(more);
        lines.sort_unstable();
        let (count, lines) = (lines.len(), lines.join("\n"));
        let text = format!(
            "ikrar/openings/v1\norigin {ORIGIN}\nelection {ELECTION}\nsize {size}\n{lines}\nend {count}\n"
        );
        fs::write(self.place.path().join(name), text).unwrap();
        path(self.place.path(), name)
    }

    #[track_caller]
    fn opens(&self, log: &str, openings: &str, code: i32, words: &str) -> String {
        let arguments = ["audit", log, "--vkey", &self.key, "--openings", openings];
        says(&arguments, code, words)
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

#[test]
fn an_invented_signer_is_named() {
    let stage = Stage::set();
    let file = path(stage.place.path(), "openings.txt");
    let arguments = ["roster", "openings", "--election", ELECTION, "--out", &file];
    beside(&stage.portal, &arguments, 0, "3 labels of pemilu-2024");
    let honest = fs::read_to_string(&file).unwrap();
    let log = path(stage.portal.folder(), "log");
    let text = stage.opens(&log, &file, 0, "3 of 3 labels on the roster open");
    assert!(
        text.contains("VALID") && !text.contains(&stage.portal.person(0).nip),
        "{text}"
    );

    // A label that nobody stands behind. By the log alone, three of four have signed and everything holds.
    let label = [0xab; 32];
    let invented = stage.with_invented(label);
    let (size, signature) = (invented.entries.len(), invented.entries.len() - 1);
    let log = stage.publish(&invented, "invented");
    stage.audit(&log, None, 0, "3 of 4 signed");
    stage.audit(&log, Some(&stage.checkpoint), 0, "3 of 4 signed");
    // HR's file of before cannot know the label; one of now should open it, and cannot.
    stage.opens(
        &log,
        &file,
        3,
        "1 came on after the file was made and cannot be opened; 1 of them have signed",
    );
    let named = format!(
        "label abababababababab…, put on by entry {}, signed at entry {signature}: an invented signer",
        size - 2
    );
    let now = stage.openings("now.txt", &honest, size, None);
    let text = stage.opens(&log, &now, 1, &named);
    assert!(
        text.contains("NOT VALID   the log holds by itself, but not with its openings"),
        "{text}"
    );

    // The operator adds a line with whatever salt and number: it does not open.
    let number = &stage.portal.person(0).nip;
    let line = format!("open {} {} {number}", print_hex(&label), print_hex(&[1; 32]));
    let now = stage.openings("guess.txt", &honest, size, Some(&line));
    let text = stage.opens(&log, &now, 1, ", not opened by line ");
    assert!(
        text.contains("an invented signer") && !text.contains(number.as_str()),
        "{text}"
    );

    // The label is really of somebody who is on the roster already: twice.
    let (origin, election) = (ORIGIN.parse().unwrap(), ELECTION.parse().unwrap());
    let label = person::label(&[1; 32], &origin, &election, &number.parse().unwrap());
    let log = stage.publish(&stage.with_invented(label), "twice");
    let line = format!("open {} {} {number}", print_hex(&label), print_hex(&[1; 32]));
    let now = stage.openings("twice.txt", &honest, size, Some(&line));
    let text = stage.opens(&log, &now, 1, "one person behind two labels: 1");
    assert!(
        text.contains("2 of the two signed") && !text.contains(number.as_str()),
        "{text}"
    );

    // Of somebody who does not exist: it opens. That the number is nobody's, a register of another body tells, or the people when asked.
    let nobody = "199912312020122999".parse().unwrap();
    let label = person::label(&[1; 32], &origin, &election, &nobody);
    let log = stage.publish(&stage.with_invented(label), "nobody");
    let line = format!("open {} {} {nobody}", print_hex(&label), print_hex(&[1; 32]));
    let now = stage.openings("nobody.txt", &honest, size, Some(&line));
    stage.opens(&log, &now, 0, "4 of 4 labels on the roster open");
}
