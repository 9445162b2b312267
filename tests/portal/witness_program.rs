//! `ikrar witness` beside a real portal: receipts become final by it, a killed one comes back and catches up, no lie passes, two histories
//! are proved, disputes are shown until the ledger has them.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use ed25519_dalek::SigningKey;
use ikrar::app::witnesses;
use ikrar::domain::entry::Body;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::cosignature::LogKey;
use ikrar::ledger::cosignature::parse_checkpoint_note;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::Note;
use ikrar::ledger::note::NoteSigner;
use ikrar::ledger::tree::MemoryTree;
use ikrar::ledger::tree::prove_consistency;
use ikrar::ledger::witness::AddCheckpoint;
use ikrar::ledger::witness::Answer;
use ikrar::ledger::witness::REQUEST_SIZE_BYTES_MAX;
use ikrar::ledger::witness::SIZE_CONTENT_TYPE;
use ikrar::service::dispute;
use ikrar::service::publish;

use crate::forge::Forgery;
use crate::forge::signed;
use crate::harness::NOW_S;
use crate::harness::ORIGIN;
use crate::harness::Page;
use crate::harness::TestPortal;
use crate::harness::WitnessProgram;
use crate::harness::log_key;
use crate::terminal::says;

fn portal(names: &[&str]) -> (TestPortal, Vec<WitnessProgram>) {
    let (portal, programs) = TestPortal::witnessed_by_programs(names, names.len());
    (portal.with_election().with_pact().with_people(3), programs)
}

fn size(portal: &TestPortal) -> u64 {
    portal.read(ikrar::service::ledger_size)
}

/// The public checkpoint and how many cosignatures it carries.
fn full(portal: &TestPortal) -> (u64, usize) {
    let note = portal.app.log().read(publish::CHECKPOINT).unwrap().unwrap();
    let (note, checkpoint) = parse_checkpoint_note(&String::from_utf8(note).unwrap()).unwrap();
    (checkpoint.size, note.signatures().len() - 1)
}

fn ask(witness: &WitnessProgram, old: u64, proof: Vec<Hash>, note: &str) -> Page {
    let request = AddCheckpoint::new(old, proof, Note::parse(note).unwrap()).unwrap();
    witness.post("/add-checkpoint", request.to_string().as_bytes())
}

#[track_caller]
fn is_stale(page: &Page, size: u64) {
    assert_eq!((page.status, page.text()), (409, format!("{size}\n")));
    assert_eq!(page.header("content-type"), Some(SIZE_CONTENT_TYPE));
}

#[test]
fn two_witness_programs_make_a_receipt_final_and_a_killed_one_catches_up() {
    let (portal, mut programs) = portal(&["koran", "bawaslu"]);
    let mut ani = signed(&portal, 0);
    ani.get("/receipt").ok().sees("Sementara");
    assert!(witnesses::ask_once(&portal.app).unwrap());
    ani.get("/receipt").ok().sees("Sudah disaksikan");
    let first = size(&portal);
    assert_eq!(full(&portal), (first, 2));

    programs[0].kill();
    portal.set_clock(NOW_S + 3600);
    let mut budi = signed(&portal, 1);
    assert!(!witnesses::ask_once(&portal.app).unwrap());
    budi.get("/receipt").ok().sees("Sementara");
    assert_eq!(full(&portal), (first, 2));
    programs[0].restart(None);
    let latest = portal.app.log().read(publish::LATEST).unwrap().unwrap();
    let latest = String::from_utf8(latest).unwrap();
    is_stale(&ask(&programs[0], 0, Vec::new(), &latest), first);
    assert!(witnesses::ask_once(&portal.app).unwrap());
    assert_eq!(full(&portal), (size(&portal), 2));
    budi.get("/receipt").ok().sees("Sudah disaksikan");

    for witness in &programs {
        let page = witness.get(&witness.path("checkpoint"));
        assert_eq!(page.ok().header("access-control-allow-origin"), Some("*"));
        let (note, checkpoint) = parse_checkpoint_note(&page.text()).unwrap();
        assert_eq!(checkpoint.size, size(&portal));
        assert!(witness.key().verify(&note).unwrap().is_some());
        assert!(log_key().verify(&note).unwrap());
        witness
            .get("/")
            .ok()
            .sees(&witness.key().to_string())
            .sees(ORIGIN);
        witness.get("/healthz").ok().sees("ok");
        witness.get("/nothing").is(404);
        witness.get("/00/checkpoint").is(404);
        witness.get(&witness.path("equivocation")).is(404);
    }
}

/// The log's own history, and one that parts from it at its first signature.
fn histories(portal: &TestPortal) -> (Forgery<'_>, Forgery<'_>) {
    let honest = Forgery::of(portal);
    let mut forked = honest.clone();
    let at = forked.all("signature")[0];
    if let Body::Signature(body) = &mut forked.entries[at].body {
        body.evidence = [9; 32];
    }
    (honest, forked.chain())
}

#[test]
fn a_log_that_shrinks_or_forks_gets_no_cosignature_and_the_proof_is_kept() {
    let (portal, programs) = portal(&["koran"]);
    signed(&portal, 0);
    assert!(witnesses::ask_once(&portal.app).unwrap());
    let witness = &programs[0];
    let truth = || fs::read(witness.record().join("checkpoint")).unwrap();
    let (before, now) = (truth(), size(&portal));
    let (honest, forked) = histories(&portal);
    let count = honest.entries.len();
    // Replayed, and shrunk.
    is_stale(
        &ask(witness, now - 1, Vec::new(), &honest.checkpoint(count - 1)),
        now,
    );
    ask(witness, now, Vec::new(), &honest.checkpoint(count - 1)).is(400);
    witness.get(&witness.path("equivocation")).is(404);
    // Another history that grew on, with a proof that holds in itself.
    let mut longer = forked.clone();
    longer.entries.push(longer.entries[count - 1].clone());
    let longer = longer.chain();
    let proof = prove_consistency(now, now + 1, &mut longer.tree(count + 1)).unwrap();
    ask(witness, now, proof, &longer.checkpoint(count + 1)).is(422);
    witness.get(&witness.path("equivocation")).is(404);
    // The same size under another root.
    ask(witness, now, Vec::new(), &forked.checkpoint(count)).is(422);
    assert_eq!(truth(), before);
    let proof = witness.get(&witness.path("equivocation"));
    let file = witness.folder().join("proof").to_string_lossy().into_owned();
    fs::write(&file, proof.ok().text()).unwrap();
    let key = log_key().to_string();
    says(&["verify", &file, "--vkey", &key], 0, "VALID: two histories");
    says(&["verify", &file], 3, "CANNOT TELL");
    let json = says(
        &["verify", &file, "--vkey", &key, "--json"],
        0,
        "\"verdict\":\"valid\"",
    );
    assert!(json.contains(ORIGIN), "{json}");
    let other = NoteSigner::new(KeyName::parse(ORIGIN).unwrap(), SigningKey::from_bytes(&[3; 32])).unwrap();
    says(
        &["verify", &file, "--vkey", &other.vkey().to_string()],
        1,
        "NOT VALID: it accuses another key",
    );
    // A policy may name a log's keys before and after a change; whichever is accused counts.
    let policy = witness.folder().join("policy").to_string_lossy().into_owned();
    fs::write(&policy, format!("log {}\nlog {key}\nquorum none\n", other.vkey())).unwrap();
    says(&["verify", &file, "--policy", &policy], 0, "VALID: two histories");
    let mut lines: Vec<String> = proof.text().lines().map(str::to_owned).collect();
    lines[3] = lines[2].clone();
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    says(
        &["verify", &file, "--vkey", &key],
        1,
        "NOT VALID: it proves nothing",
    );
    // The honest log goes on.
    portal.set_clock(NOW_S + 3600);
    signed(&portal, 1);
    assert!(witnesses::ask_once(&portal.app).unwrap());
    assert_eq!(full(&portal), (size(&portal), 1));
}

#[test]
fn a_body_that_is_no_request_gets_its_status_and_leaves_nothing() {
    let (portal, programs) = portal(&["koran"]);
    let witness = &programs[0];
    let honest = {
        assert!(witnesses::ask_once(&portal.app).unwrap());
        Forgery::of(&portal)
    };
    let now = size(&portal);
    let mut names: Vec<_> = walk(&witness.record());
    let good = AddCheckpoint::new(
        now,
        Vec::new(),
        Note::parse(&honest.checkpoint(honest.entries.len())).unwrap(),
    );
    let good = good.unwrap().to_string();
    let origin = KeyName::parse(ORIGIN).unwrap();
    let stranger = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&[3; 32])).unwrap();
    let root = honest.tree(honest.entries.len()).root();
    let note = Checkpoint {
        origin,
        size: now,
        root,
    }
    .sign(&stranger)
    .unwrap();
    let unsigned = AddCheckpoint::new(now, Vec::new(), note).unwrap().to_string();
    for (body, status) in [
        (unsigned, 403),
        (good.replace(ORIGIN, "ikrar.example/other"), 404),
        (good[..good.len() / 2].to_owned(), 400),
        (good.replace("old ", "old 0"), 400),
        (good.replace('\n', "\r\n"), 400),
        (format!("{good}{}", "x".repeat(REQUEST_SIZE_BYTES_MAX)), 413),
    ] {
        witness.post("/add-checkpoint", body.as_bytes()).is(status);
    }
    witness.get("/add-checkpoint").is(404);
    assert_eq!(slow(witness), "HTTP/1.1 408");
    assert_eq!(walk(&witness.record()), names);
    witness.post("/add-checkpoint", good.as_bytes()).ok();
    names.sort();
    let after: Vec<String> = walk(&witness.record())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(after, names.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
}

/// What a client is told that promises a body and sends a part of it.
fn slow(witness: &WitnessProgram) -> String {
    let mut stream = TcpStream::connect(witness.url.strip_prefix("http://").unwrap()).unwrap();
    stream
        .write_all(b"POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\nContent-Length: 900\r\n\r\nold 3\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.chars().take(12).collect()
}

/// Every file of a folder with its bytes.
fn walk(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.to_string_lossy().into_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What the witness shows, once it has read so many entries of the log.
fn disputes(witness: &WitnessProgram, read: u64) -> String {
    loop {
        let text = witness.get(&witness.path("disputes")).ok().text();
        if text.contains(&format!("its first {read} entries")) {
            return text;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_dispute_brought_to_a_witness_is_shown_until_the_ledger_has_it() {
    let (portal, mut programs) = portal(&["koran"]);
    signed(&portal, 0);
    assert!(witnesses::ask_once(&portal.app).unwrap());
    let index = Forgery::of(&portal).all("signature")[0];
    let proof = portal
        .browser()
        .get(&format!("/ledger/{index}/proof"))
        .ok()
        .text();
    let witness = &mut programs[0];
    let send =
        |witness: &WitnessProgram, file: &str| witness.post(&witness.path("disputes"), file.as_bytes());
    let line = format!("signature {index} received 20");
    send(witness, &proof).is(202).sees("received");
    witness
        .get(&witness.path("disputes"))
        .ok()
        .sees(&line)
        .sees("no address of it is known here");
    // Not a signature, not of this log, not in it.
    let genesis = portal.browser().get("/ledger/0/proof").ok().text();
    send(witness, &genesis).is(400);
    send(witness, &proof.replace(&format!("index {index}"), "index 1")).is(422);
    send(witness, &"x".repeat(REQUEST_SIZE_BYTES_MAX + 1)).is(413);
    witness.post("/00/disputes", proof.as_bytes()).is(404);
    // Killed, and started again with the log's address: it reads the log, which has no dispute yet.
    witness.restart(Some(&portal.url));
    assert!(disputes(witness, size(&portal)).contains(&line));
    let (entry, nonce) = (i64::try_from(index).unwrap(), portal.nonce());
    portal
        .write(move |conn| dispute::enter_from_authority(conn, entry, None, None, nonce, NOW_S))
        .unwrap();
    assert!(witnesses::ask_once(&portal.app).unwrap());
    let text = disputes(witness, size(&portal));
    assert!(!text.contains("signature"), "{text}");
    let entered = size(&portal) - 1;
    send(witness, &proof)
        .ok()
        .sees(&format!("the log has it: entry {entered}"));
}

#[test]
fn keys_are_guarded_and_a_folder_has_one_process() {
    let log = log_key();
    let witness = WitnessProgram::start("koran", &log);
    let folder = witness.folder().to_string_lossy().into_owned();
    let line = log.to_string();
    let serve = ["witness", "serve", "--listen", "127.0.0.1:0", "--dir", &folder];
    let with_log = [&serve[..], &["--log", &line]].concat();
    says(&with_log, 1, "another witness has");
    says(&serve, 1, "no log to watch");
    let key = witness.folder().join("witness.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    says(&with_log, 1, "can be read by others");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let keygen = ["witness", "keygen", "--dir", &folder, "--name"];
    let other = [&keygen[..], &["else.example/witness"]].concat();
    says(&other, 1, "another name");
    let same = [&keygen[..], &["koran.example/witness"]].concat();
    says(&same, 0, "All keys are there already");
    let second = [&same[..], &["--ml-dsa"]].concat();
    let text = says(&second, 0, "Made witness.ml-dsa-44.key");
    assert_eq!(text.matches("witness koran.example/witness ").count(), 2);
    assert!(text.contains("Or in its place, by its ML-DSA-44 key"), "{text}");
    // Nothing of a portal is asked for, and a list of logs may stand in the folder.
    drop(witness);
    let alone = tempfile::tempdir().unwrap();
    let folder = alone.path().to_string_lossy().into_owned();
    let none = ["witness", "serve", "--dir", &folder, "--log", &line];
    says(&none, 1, "`ikrar witness keygen` makes it");
    fs::write(alone.path().join("logs"), "log nonsense\n").unwrap();
    says(
        &["witness", "keygen", "--dir", &folder, "--name", "w.example/1"],
        0,
        "Made witness.key",
    );
    says(&["witness", "serve", "--dir", &folder], 1, "line 1 of the policy");
}

/// A log in memory that grows by one entry a request.
struct Growing {
    signer: NoteSigner,
    tree: MemoryTree,
}

impl Growing {
    fn request(&mut self, old: u64, size: u64) -> AddCheckpoint {
        while self.tree.size() < size {
            let entry = self.tree.size().to_be_bytes();
            self.tree.append(&leaf_hash(&entry));
        }
        let proof = prove_consistency(old, size, &mut self.tree).unwrap();
        let origin = self.signer.vkey().name().clone();
        let root = ikrar::ledger::tree::root(size, &mut self.tree).unwrap();
        let note = Checkpoint { origin, size, root }.sign(&self.signer).unwrap();
        AddCheckpoint::new(old, proof, note).unwrap()
    }
}

/// Status and body, or that nothing came back.
fn send(agent: &ureq::Agent, url: &str, request: &AddCheckpoint) -> Result<(u16, Vec<u8>), ureq::Error> {
    let mut response = agent
        .post(format!("{url}/add-checkpoint"))
        .send(request.to_string())?;
    let status = response.status().as_u16();
    Ok((status, response.body_mut().read_to_vec()?))
}

#[test]
fn no_kill_makes_a_witness_forget_what_it_answered() {
    let name = KeyName::parse("log.example/kill").unwrap();
    let mut log = Growing {
        signer: NoteSigner::new(name, SigningKey::from_bytes(&[11; 32])).unwrap(),
        tree: MemoryTree::default(),
    };
    let mut witness = WitnessProgram::start("koran", &LogKey::from(log.signer.vkey().clone()));
    let (keys, url) = ([witness.key()], witness.url.clone());
    let (mut answered, mut time_s, mut unanswered) = (0, 0, 0);
    for round in 0..12_u64 {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let heard = AtomicU64::new(0);
        std::thread::scope(|scope| {
            // It ends in the middle of some request after so many answers.
            let (heard, witness) = (&heard, &mut witness);
            scope.spawn(move || {
                while heard.load(Ordering::SeqCst) < 3 + round {
                    std::thread::yield_now();
                }
                for _ in 0..round * 400 {
                    std::thread::yield_now();
                }
                witness.kill();
            });
            let mut old = answered;
            loop {
                let request = log.request(old, old + 1);
                match send(&agent, &url, &request) {
                    Ok((status, body)) => {
                        match Answer::read(status, &body, &keys, request.checkpoint()).unwrap() {
                            Answer::Cosigned(lines) => {
                                assert!(lines[0].1 >= time_s, "the time went back");
                                time_s = lines[0].1;
                                old += 1;
                                answered = old;
                                heard.fetch_add(1, Ordering::SeqCst);
                            }
                            // What the killed process kept and did not answer.
                            Answer::Stale(size) => {
                                assert_eq!(size, old + 1, "round {round}");
                                unanswered += 1;
                                old = size;
                            }
                            Answer::Refused(status) => panic!("refused with {status}"),
                        }
                    }
                    Err(_killed) => break,
                }
            }
        });
        witness.restart(None);
        let size = stored(&agent, &witness, &mut log, answered);
        assert!(
            (answered..=answered + 1).contains(&size),
            "round {round}: it answered {answered} and has {size}"
        );
    }
    assert!(answered > 12 * 3, "{answered}, {unanswered} without an answer");
}

/// The size that the witness has, asked with a size that it has not.
fn stored(agent: &ureq::Agent, witness: &WitnessProgram, log: &mut Growing, answered: u64) -> u64 {
    let request = log.request(0, answered + 2);
    let (status, body) = send(agent, &witness.url, &request).unwrap();
    assert_eq!(status, 409);
    String::from_utf8(body).unwrap().trim_end().parse().unwrap()
}

#[test]
fn a_witness_with_a_second_key_answers_with_both() {
    let log = log_key();
    let mut witness = WitnessProgram::start("koran", &log);
    let made = Command::new(env!("CARGO_BIN_EXE_ikrar"))
        .args([
            "witness",
            "keygen",
            "--name",
            "koran.example/witness",
            "--ml-dsa",
            "--dir",
        ])
        .arg(witness.folder())
        .output()
        .unwrap();
    assert!(made.status.success());
    witness.restart(None);
    let portal = TestPortal::new();
    let latest = portal.app.log().read(publish::LATEST).unwrap().unwrap();
    let page = ask(&witness, 0, Vec::new(), &String::from_utf8(latest).unwrap());
    assert_eq!(page.ok().text().lines().count(), 2);
    let vkeys = fs::read_to_string(witness.folder().join("witness.vkey")).unwrap();
    let (note, _) = parse_checkpoint_note(&witness.get(&witness.path("checkpoint")).text()).unwrap();
    for vkey in vkeys.lines() {
        let key = ikrar::ledger::cosignature::WitnessKey::parse(vkey).unwrap();
        assert!(key.verify(&note).unwrap().is_some(), "{vkey}");
    }
}
