//! `ikrar verify`, `ikrar audit` and `ikrar ledger export` as a stranger runs them: what they say and how they end.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::ELECTION;
use crate::harness::TestPortal;

/// Runs the program; its exit code and everything it said.
fn ikrar(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ikrar"))
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[track_caller]
pub(crate) fn says(arguments: &[&str], code: i32, words: &str) -> String {
    let (ended, text) = ikrar(arguments);
    assert_eq!(ended, code, "{arguments:?}\n{text}");
    assert!(text.contains(words), "{words:?} is not in\n{text}");
    text
}

pub(crate) fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

#[test]
fn an_audit_from_the_folder_and_over_http_says_the_same() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let folder = path(portal.folder(), "log");
    let key = portal.app.keys().log.vkey().to_string();
    says(&["audit", &folder], 0, "this proves no origin");
    let text = says(&["audit", &folder, "--vkey", &key], 0, "VALID");
    assert!(
        text.contains("0 of 3 signed") && text.contains("1 genesis"),
        "{text}"
    );
    assert_eq!(says(&["audit", &portal.url, "--vkey", &key], 0, "VALID"), text);
    let json = says(&["audit", &portal.url, "--json", "--election", ELECTION], 0, "{");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["verdict"], &json["key"]),
        (&"valid".into(), &"beside_the_log".into())
    );
    assert_eq!(json["elections"][0]["counts"]["members"], 3);
    says(&["audit", &folder, "--election", "lain"], 2, "no election");
    let kept = path(&portal.folder().join("log"), "checkpoint");
    says(&["audit", &portal.url, "--since", &kept], 0, "VALID");
}

#[test]
fn an_audit_ends_with_words_where_there_is_no_log_or_a_broken_one() {
    let portal = TestPortal::new().with_election().unaudited();
    let log = portal.folder().join("log");
    let (folder, key) = (
        path(portal.folder(), "log"),
        portal.app.keys().log.vkey().to_string(),
    );
    let empty = tempfile::tempdir().unwrap();
    says(&["audit", &path(empty.path(), "")], 3, "no published log");
    says(
        &["audit", &path(empty.path(), ""), "--vkey", &key],
        3,
        "no published log",
    );
    says(&["audit", "http://127.0.0.1:9", "--vkey", &key], 3, "cannot read");
    says(
        &["audit", &folder, "--vkey", "nonsense"],
        2,
        "neither a file nor a key",
    );
    says(&["audit"], 2, "Usage");
    let bundle = log.join("tile/entries/000.p/2");
    let bytes = std::fs::read(&bundle).unwrap();
    let mut changed = bytes.clone();
    changed[100] ^= 1;
    std::fs::write(&bundle, &changed).unwrap();
    says(&["audit", &folder, "--vkey", &key], 1, "NOT VALID");
    says(&["audit", &portal.url, "--vkey", &key], 1, "NOT VALID");
    std::fs::write(&bundle, &bytes[..bytes.len() - 1]).unwrap();
    says(&["audit", &folder], 1, "malformed");
    std::fs::remove_file(&bundle).unwrap();
    says(&["audit", &folder], 3, "missing");
}

#[test]
fn a_proof_is_verified_from_its_file_alone() {
    let portal = TestPortal::new().with_election();
    let place = tempfile::tempdir().unwrap();
    let file = path(place.path(), "entry.tlog-proof");
    let key = portal.app.keys().log.vkey().to_string();
    std::fs::write(&file, portal.browser().get("/ledger/1/proof").ok().text()).unwrap();
    // An entry that nobody signed as a person: included, and no signature to speak of.
    says(&["verify", &file, "--vkey", &key], 3, "CANNOT TELL");
    says(&["verify", &file], 3, "no key of the log");
    std::fs::write(place.path().join("log.vkey"), format!("{key}\n")).unwrap();
    let json = says(&["verify", &file, "--json"], 3, "beside_the_file");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["rows"][2]["outcome"], "valid");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("index 1", "index 0")).unwrap();
    says(&["verify", &file, "--vkey", &key], 1, "NOT VALID");
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    says(&["verify", &file, "--vkey", &key], 1, "not UTF-8");
    says(&["verify", &path(place.path(), "none")], 2, "cannot read");
    // A file that never ends.
    for option in ["--policy", "--opening"] {
        says(&["verify", &file, option, "/dev/zero"], 2, "longer than");
    }
    says(&["verify", "/dev/zero", "--vkey", &key], 2, "longer than");
    for option in ["--since", "--policy"] {
        says(
            &[
                "audit",
                &path(portal.folder(), "log"),
                "--vkey",
                &key,
                option,
                "/dev/zero",
            ],
            2,
            "longer than",
        );
    }
    says(
        &["verify", &file, "--opening", &path(place.path(), "none")],
        2,
        "cannot read",
    );
}
