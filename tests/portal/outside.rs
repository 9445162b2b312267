//! Verifiers that nobody here wrote the core of: Go's checksum-database libraries on a log, Python's `cryptography` on a proof
//! (`tests/outside/`), and the shell script that `docs/verify-it-yourself.md` prints. Each accepts what a real portal published and refuses the same with a change.
//!
//! Where Go, its libraries, or a Python with `cryptography` are missing, these tests fail: `scripts/setup` installs them.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use ed25519_dalek::SigningKey;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::text::Time;
use ikrar::domain::text::digest;
use ikrar::ledger::encoding::decode_base64;
use ikrar::ledger::encoding::decode_hex;
use ikrar::ledger::encoding::encode_hex;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::NoteSigner;
use serde_json::Value;

use crate::forge::Forgery;
use crate::forge::copy;
use crate::forge::signed;
use crate::harness::ELECTION;
use crate::harness::TestPortal;

/// Where Debian puts Go's libraries.
const GOPATH: &str = "/usr/share/gocode";

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/outside")
        .join(name)
}

fn vectors() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/strict.json");
    path.to_string_lossy().into_owned()
}

/// Runs a program; its exit code and everything it said.
fn run(command: &mut Command) -> (i32, String) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; scripts/setup installs what is missing"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// The Go program, built once a process.
fn go(arguments: &[&str]) -> (i32, String) {
    static BUILT: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, built) = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("log");
        let mut command = Command::new("go");
        command
            .arg("build")
            .arg("-o")
            .arg(&built)
            .arg(program("log.go"))
            .env("GO111MODULE", "off")
            .env("GOFLAGS", "")
            .env("GOPATH", GOPATH)
            .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"));
        let (code, text) = run(&mut command);
        assert_eq!(code, 0, "scripts/setup installs Go and its libraries:\n{text}");
        (folder, built)
    });
    run(Command::new(built).args(arguments))
}

/// The Python program, with the first interpreter that has `cryptography`.
fn python(arguments: &[&str]) -> (i32, String) {
    static FOUND: OnceLock<&str> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let has = |name: &&str| {
            let mut command = Command::new(name);
            command.args(["-c", "import cryptography"]);
            command.output().is_ok_and(|output| output.status.success())
        };
        ["python3", "/usr/bin/python3"]
            .into_iter()
            .find(has)
            .unwrap_or_else(|| panic!("no Python has the package cryptography: scripts/setup installs one"))
    });
    run(Command::new(found).arg(program("proof.py")).args(arguments))
}

#[track_caller]
fn says(answer: (i32, String), code: i32, words: &str) -> String {
    let (ended, text) = answer;
    assert_eq!(ended, code, "{text}");
    assert!(text.contains(words), "{words:?} is not in\n{text}");
    text
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The size that a kept checkpoint names.
fn size_in(kept: &str) -> usize {
    let note = fs::read_to_string(kept).unwrap();
    note.lines().nth(1).unwrap().parse().unwrap()
}

/// More entries than a full tile holds: each adds a label to the roster.
pub(crate) fn grow(portal: &TestPortal, count: u32) {
    for _ in 0..count {
        let nonce = portal.nonce();
        let body = Body::Roster(entry::Roster {
            election: ELECTION.parse().unwrap(),
            add: vec![digest(&[b"outside", &nonce])],
            off: Vec::new(),
            nonce,
        });
        portal
            .act(body, |conn, origin, act, now_s| {
                Ok(ikrar::service::act::admit(conn, origin, act, now_s)?.leaf_index)
            })
            .unwrap();
    }
}

/// The script that docs/verify-it-yourself.md tells a stranger to save, word for word.
fn printed_script() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify-it-yourself.md");
    let text = fs::read_to_string(path).unwrap();
    let from = text.find("#!/bin/sh\n").unwrap();
    let script = &text[from..];
    script[..script.find("```").unwrap()].to_owned()
}

#[test]
fn the_printed_script_checks_a_real_proof_and_refuses_it_changed() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut ani = signed(&portal, 0);
    let proof = ani.get("/receipt/proof").ok().text();
    grow(&portal, 3);
    signed(&portal, 1);
    let later = ani.get("/receipt/proof").ok().text();
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = place.path().join(name);
        fs::write(&path, bytes).unwrap();
        text(&path)
    };
    let script = file("check.sh", printed_script().as_bytes());
    let key = file(
        "log.vkey",
        format!("{}\n", portal.app.keys().log.vkey()).as_bytes(),
    );
    let check = |proof: &str, key: &str| run(Command::new("sh").args([&script, proof, key]));
    for proof in [&proof, &later] {
        let words = says(check(&file("a", proof.as_bytes()), &key), 0, "VALID");
        assert!(words.contains("election pemilu-2024"), "{words}");
    }
    let places = (1..10).map(|part| proof.len() * part / 10);
    for at in places.chain(proof.match_indices('\n').map(|(at, _)| at.saturating_sub(3))) {
        let mut bytes = proof.clone().into_bytes();
        bytes[at] ^= 1;
        let (code, words) = check(&file("changed", &bytes), &key);
        assert!(code != 0 && !words.ends_with("\nVALID\n"), "byte {at}: {words}");
    }
    let stranger = NoteSigner::new(
        KeyName::parse("ikrar.example/2024").unwrap(),
        SigningKey::from_bytes(&[9; 32]),
    );
    let stranger = file("other.vkey", stranger.unwrap().vkey().to_string().as_bytes());
    says(
        check(&file("a", proof.as_bytes()), &stranger),
        1,
        "the log's key did not sign",
    );
    let other = portal.browser().get("/ledger/1/proof").ok().text();
    says(
        check(&file("other", other.as_bytes()), &key),
        1,
        "not a person's signature",
    );
}

/// The printed script's own Ed25519, cut out of it, on the strictness vectors.
#[test]
fn the_printed_script_refuses_the_strictness_vectors() {
    let script = printed_script();
    let unhex = script.lines().find(|line| line.starts_with("unhex()")).unwrap();
    let from = script.find("ed25519() {").unwrap();
    let function = &script[from..from + script[from..].find("\n}\n").unwrap() + 3];
    let place = tempfile::tempdir().unwrap();
    let json: Value = serde_json::from_str(&fs::read_to_string(vectors()).unwrap()).unwrap();
    for (group, code) in [("accepted", 0), ("refused", 1)] {
        for case in json[group]["cases"].as_array().unwrap() {
            let word = |key: &str| case[key].as_str().unwrap();
            let hex = |key: &str| encode_hex(&decode_base64(word(key)).unwrap());
            fs::write(place.path().join("message"), decode_hex(word("message")).unwrap()).unwrap();
            let line = format!(
                "set -eu; work=.\n{unhex}\n{function}ed25519 {} message {}",
                hex("key"),
                hex("signature")
            );
            let (ended, words) = run(Command::new("sh").arg("-c").arg(line).current_dir(place.path()));
            assert_eq!(ended, code, "{}: {words}", word("name"));
        }
    }
}

#[test]
fn the_strictness_vectors_are_refused_by_go_and_python() {
    says(go(&["-strict", &vectors()]), 0, "1 accepted, 6 refused");
    says(python(&["--strict", &vectors()]), 0, "1 accepted, 6 refused");
    // The programs judge, they do not just count: with the identity key among the accepted they fail.
    let folder = tempfile::tempdir().unwrap();
    let turned = folder.path().join("turned.json");
    let mut json: Value = serde_json::from_str(&fs::read_to_string(vectors()).unwrap()).unwrap();
    json["accepted"]["cases"] = serde_json::json!([json["refused"]["cases"][0]]);
    fs::write(&turned, json.to_string()).unwrap();
    says(go(&["-strict", &text(&turned)]), 1, "identity");
    says(python(&["--strict", &text(&turned)]), 1, "identity");
}

#[test]
fn go_opens_a_real_log_and_refuses_it_changed() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let log = portal.folder().join("log");
    let place = tempfile::tempdir().unwrap();
    let (kept, key) = (
        text(&place.path().join("kept")),
        text(&place.path().join("log.vkey")),
    );
    fs::copy(log.join("log.vkey"), &key).unwrap();
    signed(&portal, 0);
    fs::copy(log.join("checkpoint"), &kept).unwrap();
    grow(&portal, 290);
    signed(&portal, 1);
    let honest = Forgery::of(&portal);
    let (size, first) = (honest.entries.len(), honest.all("signature")[0].to_string());
    let words = says(
        go(&["-since", &kept, "-index", &first, &text(&log), &key]),
        0,
        &format!("growth from {} entries: consistent", size_in(&kept)),
    );
    assert!(words.contains("2 signatures verify strictly"), "{words}");
    assert!(words.contains(&format!("entry {first}: included")), "{words}");
    let over_http = go(&["-since", &kept, "-index", &first, &portal.url, &key]);
    assert_eq!(over_http, (0, words));

    // A signature line of somebody unknown is skipped, as a witness's would be.
    let cosigned = place.path().join("cosigned");
    copy(&log, &cosigned);
    let other = NoteSigner::new(
        KeyName::parse("witness.example").unwrap(),
        SigningKey::from_bytes(&[9; 32]),
    );
    let note = fs::read_to_string(log.join("checkpoint")).unwrap();
    let line = other.unwrap().signature("another text\n");
    fs::write(cosigned.join("checkpoint"), format!("{note}{line}\n")).unwrap();
    says(go(&[&text(&cosigned), &key]), 0, "VALID");

    for file in [
        "checkpoint",
        "tile/0/000",
        &format!("tile/0/001.p/{}", size - 256),
        "tile/1/000.p/1",
        "tile/entries/000",
        &format!("tile/entries/001.p/{}", size - 256),
    ] {
        let bytes = fs::read(log.join(file)).unwrap();
        for at in [0, bytes.len() / 2, bytes.len() - 2] {
            let changed = place.path().join("changed");
            copy(&log, &changed);
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            fs::write(changed.join(file), bytes).unwrap();
            says(go(&[&text(&changed), &key]), 1, "NOT VALID");
            fs::remove_file(changed.join(file)).unwrap();
            says(go(&[&text(&changed), &key]), 3, "CANNOT TELL");
            fs::remove_dir_all(&changed).unwrap();
        }
    }
    refuses_a_log_that_lies(&honest, place.path(), &kept, &key);
}

/// Logs that agree with themselves and are signed by the log's key, and still break a rule.
fn refuses_a_log_that_lies(honest: &Forgery<'_>, place: &Path, kept: &str, key: &str) {
    let (first, before) = (honest.all("signature")[0], size_in(kept));
    let refused = |forgery: Forgery<'_>, words: &str| {
        let folder = tempfile::tempdir_in(place).unwrap();
        forgery.publish(folder.path());
        says(go(&["-since", kept, &text(folder.path()), key]), 1, words);
    };
    let mut unchained = honest.clone();
    unchained.entries[200].prev = [7; 32];
    refused(unchained, "entry 200: prev is not the leaf hash");
    let mut backdated = honest.clone();
    backdated.entries[200].at = Time::from_unix(60).unwrap();
    refused(backdated.chain(), "entry 200: its time lies before");
    let mut forged = honest.clone();
    let Body::Signature(signature) = &mut forged.entries[first].body else {
        panic!("a signature was expected")
    };
    signature.signature[40] ^= 1;
    refused(
        forged.chain(),
        &format!("entry {first}: the person's signature does not verify strictly"),
    );
    let mut shorter = honest.clone();
    shorter.entries.remove(first);
    refused(
        shorter.chain(),
        &format!("fork: another root at size {before} was signed before"),
    );
    let mut shrunk = honest.clone();
    shrunk.entries.truncate(first);
    refused(
        shrunk,
        &format!("fork: the log had {before} entries before and has {first} now"),
    );
}

#[test]
fn python_checks_a_real_proof_and_refuses_it_changed() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut ani = signed(&portal, 0);
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = place.path().join(name);
        fs::write(&path, bytes).unwrap();
        text(&path)
    };
    let proof = ani.get("/receipt/proof").ok().text();
    let opening = ani.get("/receipt/opening").ok().text();
    let key = file(
        "log.vkey",
        format!("{}\n", portal.app.keys().log.vkey()).as_bytes(),
    );
    let (whole, opened) = (
        file("a.tlog-proof", proof.as_bytes()),
        file("opening", opening.as_bytes()),
    );
    says(python(&[&whole, "--vkey", &key]), 0, "signature   valid");
    let words = says(
        python(&[&whole, "--vkey", &key, "--opening", &opened]),
        0,
        "opening     valid",
    );
    assert!(words.contains(&portal.person(0).name), "{words}");

    // One byte in each line, and a dozen of them in the long one that holds the entry.
    let mut places: Vec<usize> = (1..12).map(|part| proof.len() / 2 * part / 12).collect();
    places.extend(proof.match_indices('\n').map(|(at, _)| at.saturating_sub(3)));
    for at in places {
        let mut bytes = proof.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = file("changed", &bytes);
        says(python(&[&changed, "--vkey", &key]), 1, "NOT VALID");
    }
    let changed = file("changed", opening.replacen("Ani", "Ina", 1).as_bytes());
    let words = says(
        python(&[&whole, "--vkey", &key, "--opening", &changed]),
        1,
        "NOT VALID",
    );
    assert!(!words.contains("Ina"), "nothing is shown as true: {words}");
    let stranger = NoteSigner::new(
        KeyName::parse("ikrar.example/2024").unwrap(),
        SigningKey::from_bytes(&[9; 32]),
    );
    let stranger = file("other.vkey", stranger.unwrap().vkey().to_string().as_bytes());
    says(python(&[&whole, "--vkey", &stranger]), 1, "did not sign");
    let other = file(
        "other.tlog-proof",
        portal.browser().get("/ledger/1/proof").ok().text().as_bytes(),
    );
    says(
        python(&[&other, "--vkey", &key]),
        3,
        "nobody signed it as a person",
    );
    says(
        python(&[&text(&place.path().join("none")), "--vkey", &key]),
        3,
        "CANNOT TELL",
    );
}
