//! `ikrar monitor` against a real portal, against portals that lie, and against servers that are no portal at all.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;

use ed25519_dalek::SigningKey;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::OffReason;
use ikrar::domain::role::Role;
use ikrar::domain::role::Roles;
use ikrar::domain::text::Time;
use ikrar::domain::text::print_hex;
use ikrar::ledger::note::NoteSigner;
use serde_json::Value;

use crate::forge::Forgery;
use crate::forge::copy;
use crate::forge::label;
use crate::forge::signed;
use crate::harness::ELECTION;
use crate::harness::TestPortal;
use crate::harness::office_key;
use crate::terminal::path;
use crate::terminal::says;

/// So old may the log be: the portal's clock stands in 2023, the monitor's does not.
const AGES: &str = "1000000000";

/// A monitor with a folder of its own.
struct Post {
    place: tempfile::TempDir,
    key: String,
}

impl Post {
    fn new(portal: &TestPortal) -> Self {
        Self {
            place: tempfile::tempdir().unwrap(),
            key: portal.app.keys().log.vkey().to_string(),
        }
    }

    fn state(&self) -> PathBuf {
        self.place.path().join("state")
    }

    /// Looks once; everything it said.
    #[track_caller]
    fn looks(&self, log: &str, more: &[&str], code: i32, words: &str) -> String {
        let state = self.state().to_string_lossy().into_owned();
        let mut arguments = vec!["monitor", log, "--vkey", &self.key, "--state", &state];
        if !more.contains(&"--max-age") {
            arguments.extend(["--max-age", AGES]);
        }
        arguments.extend(more);
        says(&arguments, code, words)
    }

    fn publish(&self, forgery: &Forgery<'_>, name: &str) -> String {
        let folder = self.place.path().join(name);
        forgery.publish(&folder);
        folder.to_string_lossy().into_owned()
    }

    /// Everything it keeps of the verified log.
    fn kept(&self) -> Vec<u8> {
        fs::read(self.state().join("log/checkpoint")).unwrap_or_default()
    }
}

/// Labels are taken off in batches; this is the batch of one that tests may make.
fn take_off(portal: &TestPortal, label: [u8; 32]) {
    let body = Body::Roster(entry::Roster {
        election: ELECTION.parse().unwrap(),
        add: Vec::new(),
        off: vec![(label, OffReason::Left)],
        nonce: portal.nonce(),
    });
    portal
        .act(body, |conn, origin, act, now_s| {
            Ok(ikrar::service::act::admit(conn, origin, act, now_s)?.leaf_index)
        })
        .unwrap();
}

#[test]
fn a_real_portal_is_followed_from_round_to_round() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let post = Post::new(&portal);
    let text = post.looks(&portal.url, &["--once"], 0, "log: from 0 to");
    assert!(text.contains("pact of pemilu-2024: version 1"), "{text}");
    assert_eq!(post.looks(&portal.url, &[], 0, ""), "", "nothing has changed");
    signed(&portal, 0);
    let log = Forgery::of(&portal);
    let at = log.all("signature")[0];
    let mine = label(&log.entries[at]);
    let watch = path(post.place.path(), "labels");
    fs::write(&watch, format!("{} Ani\n", print_hex(&mine))).unwrap();
    let words = format!("label {} (Ani): signed at entry {at}", print_hex(&mine));
    post.looks(&portal.url, &["--watch", &watch], 0, &words);
    assert_eq!(post.looks(&portal.url, &["--watch", &watch], 0, ""), "");
    take_off(&portal, mine);
    let text = post.looks(
        &portal.url,
        &["--watch", &watch],
        0,
        "(Ani): taken off the roster",
    );
    assert!(text.contains("reason left"), "{text}");
    assert!(text.contains("takes 1 off; `ikrar audit` lists"), "{text}");
    // What it keeps is a whole log that others can audit.
    let folder = path(&post.state(), "log");
    says(&["audit", &folder, "--vkey", &post.key], 0, "VALID");
    let seen = fs::read_dir(post.state().join("checkpoints")).unwrap().count();
    assert_eq!(seen, 3);
    // And from the folder of files as well as over HTTP.
    post.looks(&path(portal.folder(), "log"), &[], 0, "");
}

#[test]
fn more_than_a_full_tile_is_followed_and_read_again() {
    let portal = TestPortal::new().with_election().with_pact();
    let post = Post::new(&portal);
    crate::outside::grow(&portal, 200);
    post.looks(&portal.url, &[], 0, "200 roster");
    crate::outside::grow(&portal, 120);
    let text = post.looks(&portal.url, &[], 0, "120 roster");
    assert_eq!(text.lines().count(), 1, "{text}");
    let log = post.state().join("log");
    assert!(log.join("tile/entries/000").exists());
    assert!(!log.join("tile/0/000.p/203").exists());
    says(
        &["audit", &log.to_string_lossy(), "--vkey", &post.key],
        0,
        "VALID",
    );
    // A byte of what is kept changes: the monitor does not go on as if nothing was.
    let bundle = log.join("tile/entries/000");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[500] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    post.looks(&portal.url, &[], 3, "is damaged: entry");
}

#[test]
fn a_fork_a_rollback_and_a_broken_rule_are_alarms_with_proof() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    signed(&portal, 0);
    let earlier = Forgery::of(&portal);
    signed(&portal, 1);
    let post = Post::new(&portal);
    post.looks(&portal.url, &[], 0, "2 signature");
    let (kept, honest) = (post.kept(), Forgery::of(&portal));
    let (size, last) = (honest.entries.len(), honest.all("signature")[1]);

    let rolled = post.publish(&earlier, "rolled");
    post.looks(
        &rolled,
        &[],
        1,
        &format!("rollback: the log shows {last} entries and had {size} before"),
    );
    // Two histories: of the same size, shorter, longer. Each time the first entry that differs is proved.
    for (name, grown) in [("same", 0), ("shorter", -1), ("longer", 1)] {
        let mut other = earlier.clone();
        let at = other.all("signature")[0];
        other.entries[at].at = other.entries[0].at;
        if grown >= 0 {
            other.entries.push(honest.entries[last].clone());
        }
        if grown > 0 {
            let mut roster = honest.entries[honest.all("roster")[0]].clone();
            roster.at = other.entries[last].at;
            other.entries.push(roster);
        }
        // The portal's own first signature stands where it stood, in the same minute; its evidence is another.
        if let Body::Signature(body) = &mut other.entries[at].body {
            body.evidence = [9; 32];
        }
        let other = post.publish(&other.chain(), name);
        let text = post.looks(&other, &[], 1, &format!("from entry {at} on; the proof is "));
        let proof = text
            .lines()
            .find_map(|line| line.split("the proof is ").nth(1))
            .unwrap();
        assert!(
            fs::read_to_string(proof)
                .unwrap()
                .starts_with("ikrar/equivocation/v1\n")
        );
        assert_eq!(post.kept(), kept, "nothing of it is kept as true");
    }
    let mut broken = honest;
    let again = broken.entries[broken.all("roster")[0]].clone();
    broken.entries.push(again);
    broken.entries[size].at = broken.entries[size - 1].at;
    let broken = post.publish(&broken.chain(), "broken");
    post.looks(&broken, &[], 1, &format!("rules: entry {size}: "));
    assert_eq!(post.kept(), kept);
    // The honest log is still followed from where it was.
    signed(&portal, 2);
    post.looks(&portal.url, &[], 0, "1 signature");
}

#[test]
fn changed_files_another_key_and_no_checkpoint_are_told_apart() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let post = Post::new(&portal);
    let log = portal.folder().join("log");
    let size = Forgery::of(&portal).entries.len();
    let with = |change: &dyn Fn(PathBuf)| {
        let folder = tempfile::tempdir_in(post.place.path()).unwrap().keep();
        copy(&log, &folder);
        change(folder.clone());
        folder.to_string_lossy().into_owned()
    };
    let flip = |name: String| {
        with(&move |folder| {
            let file = folder.join(&name);
            let mut bytes = fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        })
    };
    for name in [
        format!("tile/0/000.p/{size}"),
        format!("tile/entries/000.p/{size}"),
    ] {
        post.looks(
            &flip(name),
            &[],
            1,
            "files: they do not belong to the signed checkpoint",
        );
    }
    post.looks(&flip("checkpoint".to_owned()), &[], 1, "not to be believed");
    let without = |name: String| with(&move |folder| fs::remove_file(folder.join(&name)).unwrap());
    post.looks(&without("checkpoint".to_owned()), &[], 1, "the log shows none");
    post.looks(
        &without(format!("tile/entries/000.p/{size}")),
        &[],
        3,
        "is missing",
    );
    post.looks("http://127.0.0.1:9", &[], 3, "cannot read checkpoint");
    assert!(post.kept().is_empty(), "nothing was kept");
    post.looks(
        &path(portal.folder(), "log"),
        &["--max-age", "172800"],
        1,
        "age: nothing new since",
    );
}

#[test]
fn what_was_not_asked_rightly_is_told() {
    let portal = TestPortal::new().with_election();
    let post = Post::new(&portal);
    let policy = path(post.place.path(), "policy");
    fs::write(&policy, "quorum\n").unwrap();
    let state = path(post.place.path(), "other");
    let url = &portal.url;
    says(
        &["monitor", url, "--policy", &policy, "--state", &state],
        2,
        "line 1",
    );
    says(&["monitor", url, "--state", &state], 2, "--vkey");
    says(
        &["monitor", url, "--vkey", "x", "--state", &state],
        2,
        "neither a file",
    );
    says(
        &[
            "monitor",
            url,
            "--vkey",
            &post.key,
            "--state",
            &state,
            "--mail",
            "a@b.example",
        ],
        2,
        "--smtp",
    );
}

#[test]
fn policy_log_key_disputes_and_missing_seals_are_told() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    signed(&portal, 0);
    let post = Post::new(&portal);
    let watch = path(post.place.path(), "labels");
    let mut log = Forgery::of(&portal);
    let at = log.all("signature")[0];
    fs::write(&watch, print_hex(&label(&log.entries[at]))).unwrap();
    let more = ["--watch", watch.as_str()];
    post.looks(&portal.url, &more, 0, "signed at entry");

    let (first, second) = (office_key(), SigningKey::from_bytes(&[77; 32]));
    let nonce = |number: u8| [number; 16];
    let officer = entry::Officer {
        key: second.verifying_key().to_bytes(),
        roles: Roles::of(&[Role::Hr, Role::Operator]),
        nonce: nonce(201),
    };
    log.push(Body::Officer(officer), &[&first]);
    let vkey = portal.app.keys().log.vkey();
    let policy = entry::Policy {
        policy: format!("log {vkey}\nquorum none\n").into_bytes(),
        nonce: nonce(202),
    };
    log.push(Body::Policy(policy), &[&first, &second]);
    let next = NoteSigner::new(vkey.name().clone(), SigningKey::from_bytes(&[78; 32])).unwrap();
    let key = entry::LogKey {
        vkey: next.vkey().to_string().parse().unwrap(),
        nonce: nonce(203),
    };
    log.push(Body::LogKey(key), &[&first, &second]);
    let dispute = entry::Dispute {
        signature: at.try_into().unwrap(),
        channel: entry::Channel::Link,
        nonce: nonce(204),
    };
    log.push(Body::Dispute(dispute), &[]);
    let disputed = log.entries.len() - 1;
    let resolution = entry::Resolution {
        dispute: disputed.try_into().unwrap(),
        outcome: entry::Outcome::Upheld,
        nonce: nonce(205),
    };
    log.push(Body::Resolution(resolution), &[&first, &second]);
    let grown = post.publish(&log, "grown");
    let text = post.looks(&grown, &more, 0, "policy: entry");
    for words in [
        "log key: entry",
        "in force from",
        &format!("its signature at entry {at} is disputed at entry {disputed}"),
        "is upheld: the signature is voided",
        "1 dispute, 1 logkey, 1 officer, 1 policy, 1 resolution",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }

    // Three days older and never sealed, as its own entries say.
    let mut unsealed = log.clone();
    let last = unsealed.entries.len() - 1;
    unsealed.entries[last].at = Time::from_unix(unsealed.entries[last].at.unix() + 3 * 86_400).unwrap();
    let unsealed = post.publish(&unsealed.chain(), "unsealed");
    let other = Post::new(&portal);
    other.looks(&unsealed, &[], 1, "seal: 2 days have none, the first 2023-11-23");

    // Sealed on one day and never again: the portal's clock stands in 2023.
    let seal = entry::Seal {
        date: jiff::civil::date(2023, 11, 22),
        seal: [5; 32],
    };
    log.push(Body::Seal(seal), &[]);
    let sealed = post.publish(&log, "sealed");
    post.looks(&sealed, &more, 1, "have none, the first 2023-11-23, 2023-11-24");
}

/// Answers every request on a port of its own with the same bytes, then closes; keeps what it was sent.
fn server(answer: Vec<u8>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let request = read_request(&mut stream);
            sink.lock().unwrap().push(request);
            // Whoever has heard enough hangs up.
            let _gone = stream.write_all(&answer);
        }
    });
    (address, heard)
}

fn read_request(stream: &mut std::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0_usize);
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

#[test]
fn hostile_servers_leave_nothing_behind() {
    let portal = TestPortal::new().with_election();
    let post = Post::new(&portal);
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{more}\r\n").into_bytes();
    let with = |more: &str, body: &[u8]| [head(more), body.to_vec()].concat();
    let cases = [
        // Garbage, in and out of HTTP.
        (with("", &[0xff; 100]), 1, "not UTF-8"),
        (with("", b"<html>Welcome</html>"), 1, "not to be believed"),
        (b"SSH-2.0-x\r\n".to_vec(), 3, "cannot read checkpoint"),
        (Vec::new(), 3, "cannot read checkpoint"),
        // Less than promised, and a great deal more than a log's file can be.
        (
            with("content-length: 500\r\n", b"ikrar"),
            3,
            "cannot read checkpoint",
        ),
        (with("", &vec![b'a'; 18 << 20]), 3, "cannot read checkpoint"),
        (
            head("content-length: 99999999999\r\n"),
            3,
            "cannot read checkpoint",
        ),
        (
            b"HTTP/1.1 500 No\r\nconnection: close\r\n\r\n".to_vec(),
            3,
            "answered 500",
        ),
        (
            b"HTTP/1.1 302 Go\r\nlocation: /checkpoint\r\nconnection: close\r\n\r\n".to_vec(),
            3,
            "cannot read checkpoint",
        ),
    ];
    for (answer, code, words) in cases {
        let (address, _) = server(answer);
        post.looks(&address, &[], code, words);
        assert!(post.kept().is_empty());
        let seen = fs::read_dir(post.state().join("checkpoints")).unwrap().count();
        assert_eq!(seen, 0);
    }
    // A real checkpoint of a real log, and rubbish for every other file.
    let note = fs::read(portal.folder().join("log/checkpoint")).unwrap();
    let (address, _) = server(with("", &note));
    post.looks(&address, &[], 1, "files: they do not belong");
    assert!(post.kept().is_empty());
}

#[test]
fn alarms_go_out_once_and_so_does_their_end() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let post = Post::new(&portal);
    let url = portal.url.as_str();
    let (hook, heard) = server(b"HTTP/1.1 204 No\r\nconnection: close\r\n\r\n".to_vec());
    let more = ["--webhook", hook.as_str()];
    post.looks(url, &more, 0, "log: from 0");
    assert!(heard.lock().unwrap().is_empty(), "growth alone is no news");
    let mut forked = Forgery::of(&portal);
    let last = forked.entries.len() - 1;
    if let Body::Roster(roster) = &mut forked.entries[last].body {
        roster.nonce = [8; 16];
    }
    let forked = post.publish(&forked.chain(), "forked");
    for _ in 0..2 {
        post.looks(&forked, &more, 1, "fork: ");
    }
    post.looks("http://127.0.0.1:9", &more, 3, "cannot read");
    post.looks(url, &more, 0, "");
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 2, "{heard:?}");
    let body =
        |request: &str| -> Value { serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap() };
    let alarm = body(&heard[0]);
    assert_eq!(alarm["lines"][0]["weight"], "alarm");
    assert!(alarm["lines"][0]["text"].as_str().unwrap().starts_with("fork: "));
    assert_eq!(body(&heard[1])["lines"][0]["text"], "what was alarming is over");
    // Nobody there to take it: the next round tries again.
    let (refuses, _) = server(b"HTTP/1.1 500 No\r\nconnection: close\r\n\r\n".to_vec());
    post.looks(&forked, &["--webhook", &refuses], 1, "nobody was told");
}

#[test]
fn a_notice_that_nobody_took_is_told_by_the_next_round() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    signed(&portal, 0);
    let log = Forgery::of(&portal);
    let mine = print_hex(&label(&log.entries[log.all("signature")[0]]));
    let post = Post::new(&portal);
    let watch = path(post.place.path(), "labels");
    fs::write(&watch, format!("{mine}\n")).unwrap();
    let (refuses, _) = server(b"HTTP/1.1 500 No\r\nconnection: close\r\n\r\n".to_vec());
    let (takes, heard) = server(b"HTTP/1.1 204 No\r\nconnection: close\r\n\r\n".to_vec());
    let words = ["--watch", watch.as_str(), "--webhook"];
    let with = |hook: &str, code: i32, said: &str| {
        post.looks(&portal.url, &[&words[..], &[hook]].concat(), code, said)
    };
    with(&refuses, 3, "nobody was told");
    with(&refuses, 3, "nobody was told");
    with(&takes, 0, "");
    with(&takes, 0, "");
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(
        heard[0].contains("signed at entry") && heard[0].contains(&mine),
        "{heard:?}"
    );
}

#[test]
fn a_signature_that_does_not_count_stays_an_alarm() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    signed(&portal, 0);
    let post = Post::new(&portal);
    let mut log = Forgery::of(&portal);
    let at = log.all("signature")[0];
    let Body::Signature(mut again) = log.entries[at].body.clone() else {
        panic!("a signature was expected")
    };
    again.evidence = [9; 32];
    log.push(Body::Signature(again), &[]);
    let index = log.entries.len() - 1;
    let forged = post.publish(&log, "twice");
    let (hook, heard) = server(b"HTTP/1.1 204 No\r\nconnection: close\r\n\r\n".to_vec());
    let words = format!("signature at entry {index} does not count: ");
    for _ in 0..2 {
        post.looks(&forged, &["--webhook", &hook], 1, &words);
    }
    assert_eq!(
        heard.lock().unwrap().len(),
        1,
        "told once, and never that it is over"
    );
}

/// A mail server of few words; gives the mail.
fn mail_server() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 test\r\n").unwrap();
        let (mut text, mut buffer) = (String::new(), [0; 4096]);
        let mut has_data = false;
        loop {
            let read = stream.read(&mut buffer).unwrap();
            let heard = String::from_utf8_lossy(&buffer[..read]).into_owned();
            text.push_str(&heard);
            let answer: &[u8] = match heard.get(..4) {
                _ if has_data && !text.ends_with("\r\n.\r\n") => continue,
                _ if has_data => {
                    has_data = false;
                    b"250 taken\r\n"
                }
                Some("EHLO") => b"250 test\r\n",
                Some("DATA") => {
                    has_data = true;
                    b"354 go on\r\n"
                }
                Some("QUIT") | None => return text,
                _ => b"250 yes\r\n",
            };
            stream.write_all(answer).unwrap();
            if answer.starts_with(b"250 taken") {
                return text;
            }
        }
    });
    (address, thread)
}

#[test]
fn a_watched_label_that_signs_is_told_by_mail() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    signed(&portal, 0);
    let log = Forgery::of(&portal);
    let mine = print_hex(&label(&log.entries[log.all("signature")[0]]));
    let post = Post::new(&portal);
    let watch = path(post.place.path(), "labels");
    fs::write(&watch, format!("{mine}\n")).unwrap();
    let (smtp, thread) = mail_server();
    let mail = [
        "--watch",
        &watch,
        "--mail",
        "auditor@pengawas.example",
        "--smtp",
        &smtp,
    ];
    post.looks(&portal.url, &mail, 0, "signed at entry");
    let mail = thread.join().unwrap().replace("=\r\n", "");
    assert!(
        mail.contains("Subject: ikrar monitor: notice") && mail.contains(&mine),
        "{mail}"
    );
}

#[test]
fn one_that_goes_on_looks_again() {
    struct Running(Child);
    impl Drop for Running {
        fn drop(&mut self) {
            let _over = self.0.kill();
            let _over = self.0.wait();
        }
    }
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let post = Post::new(&portal);
    let child = Command::new(env!("CARGO_BIN_EXE_ikrar"))
        .args([
            "monitor",
            &portal.url,
            "--vkey",
            &post.key,
            "--every",
            "1",
            "--max-age",
            AGES,
        ])
        .arg("--state")
        .arg(post.state())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(running.0.stdout.take().unwrap()));
    let mut until = |words: &str| {
        lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains(words))
            .unwrap()
    };
    until("log: from 0");
    signed(&portal, 0);
    until("1 signature");
    signed(&portal, 1);
    until("1 signature");
}
