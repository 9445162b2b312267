//! The status table over a real folder, what survives a killed process, who may not pass at the same time, and what is bounded.

use std::path::PathBuf;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::domain::receipt::print_receipt;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::equivocation::Equivocation;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::NoteSigner;
use crate::ledger::proof::Proof;
use crate::ledger::tile::tile_bytes;
use crate::ledger::tile::tiles_for_growth;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::prove_consistency;
use crate::ledger::tree::prove_inclusion;

mod again;

const ORIGIN: &str = "example.com/log";
const NOW_S: i64 = 1_700_000_000;

fn signer(seed: u8) -> NoteSigner {
    NoteSigner::new(
        KeyName::parse(ORIGIN).unwrap(),
        SigningKey::from_bytes(&[seed; 32]),
    )
    .unwrap()
}

fn line(seed: u8) -> PolicyLog {
    PolicyLog {
        key: signer(seed).vkey().clone().into(),
        url: None,
    }
}

fn own(seed: u8) -> Vec<Cosigner> {
    let name = KeyName::parse("witness.example/w1").unwrap();
    vec![
        Cosigner::ed25519(name.clone(), SigningKey::from_bytes(&[seed; 32])).unwrap(),
        Cosigner::ml_dsa_44(name, [seed; 32]).unwrap(),
    ]
}

fn open(folder: &Path, clock: &Clock) -> anyhow::Result<Witness> {
    Witness::open(folder, own(9), &[line(1)], clock.clone())
}

/// An entry of a log's history; histories part where `salt` says.
fn entry(index: u64, salt: u64) -> Vec<u8> {
    let is_changed = salt > 0 && index + 1 >= salt;
    format!("entry {index} {is_changed}").into_bytes()
}

fn tree(size: u64, salt: u64) -> MemoryTree {
    (0..size).map(|index| leaf_hash(&entry(index, salt))).collect()
}

fn note(size: u64, salt: u64, seed: u8) -> Note {
    let checkpoint = Checkpoint {
        origin: KeyName::parse(ORIGIN).unwrap(),
        size,
        root: tree(size, salt).root(),
    };
    checkpoint.sign(&signer(seed)).unwrap()
}

/// The growth from one size to another of the honest history (`salt` 0) or another one.
fn request(old: u64, size: u64, salt: u64) -> String {
    let proof = prove_consistency(old.min(size), size, &mut tree(size, salt)).unwrap();
    let note = note(size, salt, 1);
    AddCheckpoint::new(old, proof, note).unwrap().to_string()
}

fn add(witness: &Witness, old: u64, size: u64, salt: u64) -> u16 {
    witness.add_checkpoint(request(old, size, salt).as_bytes()).status
}

fn hash() -> String {
    origin_hash(&KeyName::parse(ORIGIN).unwrap())
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn times(note: &str) -> Vec<u64> {
    let (note, _) = parse_checkpoint_note(note).unwrap();
    own(9)
        .iter()
        .filter_map(|key| key.key().verify(&note).unwrap())
        .collect()
}

#[test]
fn growth_is_cosigned_with_both_keys_and_remembered() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    assert_eq!(witness.newest_checkpoint(&hash()).status, 404);
    assert_eq!(add(&witness, 0, 3, 0), 200);
    assert_eq!(add(&witness, 3, 7, 0), 200);
    assert_eq!(add(&witness, 3, 9, 0), 409);
    let stale = witness.add_checkpoint(request(3, 9, 0).as_bytes());
    assert_eq!(
        (stale.body.as_str(), stale.content_type),
        ("7\n", "text/x.tlog.size")
    );
    let newest = witness.newest_checkpoint(&hash()).body;
    assert_eq!(times(&newest), [1_700_000_000; 2]);
    // A line of the log, two of the witness; nothing of strangers.
    assert_eq!(Note::parse(&newest).unwrap().signatures().len(), 3);
    drop(witness);
    let witness = open(folder.path(), &clock).unwrap();
    assert_eq!(witness.newest_checkpoint(&hash()).body, newest);
    assert_eq!(add(&witness, 7, 9, 0), 200);
    assert_eq!(add(&witness, 9, 9, 0), 200, "again");
    let kept = folder.path().join(hash()).join("cosigned/0");
    for size in [3, 7] {
        let note = std::fs::read_to_string(kept.join(size.to_string())).unwrap();
        assert_eq!(
            (times(&note).len(), parse_checkpoint_note(&note).unwrap().1.size),
            (2, size)
        );
    }
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 2);
}

#[test]
fn lines_of_strangers_are_not_kept() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    let stranger = signer(5).signature(note(3, 0, 1).text());
    let noisy = note(3, 0, 1).with(stranger).unwrap();
    let request = AddCheckpoint::new(0, Vec::new(), noisy).unwrap().to_string();
    assert_eq!(witness.add_checkpoint(request.as_bytes()).status, 200);
    let newest = witness.newest_checkpoint(&hash()).body;
    assert_eq!(Note::parse(&newest).unwrap().signatures().len(), 3);
}

#[test]
fn what_is_refused_changes_no_file() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    assert_eq!(add(&witness, 0, 7, 0), 200);
    let before = files(folder.path());
    let stranger = AddCheckpoint::new(7, Vec::new(), note(9, 0, 2))
        .unwrap()
        .to_string();
    let elsewhere = request(7, 9, 0).replace(ORIGIN, "example.com/other");
    let good = request(7, 9, 0);
    for (body, status) in [
        (stranger, 403),
        (elsewhere, 404),
        (request(9, 9, 0).replace("old 9", "old 10"), 400),
        (request(3, 9, 0), 409),
        (request(3, 3, 0), 409),
        (request(7, 3, 0), 400),
        (good.replace("old 7", "old 07"), 400),
        (good.replace('\n', "\r\n"), 400),
        (good.trim_end().to_owned(), 400),
        (format!("{good}\n"), 400),
        (format!("{good}{}", "x".repeat(300_000)), 413),
        (String::new(), 400),
    ] {
        assert_eq!(witness.add_checkpoint(body.as_bytes()).status, status, "{body}");
        assert_eq!(files(folder.path()), before, "{body}");
    }
}

#[test]
fn of_two_at_the_same_time_one_passes() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    let mut size = 0;
    for round in 1..=20_u64 {
        let (a, b) = (size + round, size + round + 1);
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let asked: Vec<_> = [a, b]
                .map(|new| {
                    let witness = &witness;
                    scope.spawn(move || add(witness, size, new, 0))
                })
                .into_iter()
                .collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "from {size}");
        let newest = witness.newest_checkpoint(&hash()).body;
        size = parse_checkpoint_note(&newest).unwrap().1.size;
        assert!([a, b].contains(&size));
    }
}

#[test]
fn a_second_process_is_kept_out() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    let refused = open(folder.path(), &clock).unwrap_err().to_string();
    assert!(refused.contains("another witness has"), "{refused}");
    drop(witness);
    open(folder.path(), &clock).unwrap();
}

#[test]
fn a_process_killed_between_two_steps_goes_on_from_the_one_before() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    add(&witness, 0, 3, 0);
    drop(witness);
    let log = folder.path().join(hash());
    let before = std::fs::read(log.join("checkpoint")).unwrap();
    // After the link, and with the next one half written.
    std::fs::create_dir_all(log.join("cosigned/0")).unwrap();
    std::fs::hard_link(log.join("checkpoint"), log.join("cosigned/0/3")).unwrap();
    for name in [
        ".staged",
        "refused/.staged",
        "disputes/.staged",
        "equivocation/.staged",
    ] {
        std::fs::create_dir_all(log.join(name).parent().unwrap()).unwrap();
        std::fs::write(log.join(name), "example.com/lo").unwrap();
    }
    let witness = open(folder.path(), &clock).unwrap();
    assert_eq!(witness.newest_checkpoint(&hash()).body.as_bytes(), before);
    assert_eq!(add(&witness, 3, 7, 0), 200);
    assert_eq!(std::fs::read(log.join("cosigned/0/3")).unwrap(), before);
    assert_eq!(add(&witness, 7, 8, 5), 422);
    assert!(!log.join(".staged").exists());
}

#[test]
fn a_damaged_record_is_not_taken_for_none() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    add(&open(folder.path(), &clock).unwrap(), 0, 3, 0);
    let path = folder.path().join(hash()).join("checkpoint");
    let good = std::fs::read_to_string(&path).unwrap();
    let forged = good.replace(note(3, 0, 1).text(), note(2, 0, 1).text());
    assert_ne!(forged, good);
    for bad in ["", ORIGIN, &forged, &good.replace(ORIGIN, "example.com/other")] {
        std::fs::write(&path, bad).unwrap();
        let refused = format!("{:#}", open(folder.path(), &clock).unwrap_err());
        assert!(refused.contains("is damaged"), "{refused}");
    }
    std::fs::write(&path, good).unwrap();
    // With a key of its own that is new, and the log's old key gone, there is nobody left to vouch for it.
    let stranger = Witness::open(folder.path(), own(8), &[line(2)], clock.clone());
    assert!(stranger.is_err());
    let witness = Witness::open(folder.path(), own(8), &[line(1)], clock).unwrap();
    assert_eq!(add(&witness, 3, 4, 0), 200);
}

#[test]
fn the_time_under_a_cosignature_never_goes_back() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    add(&witness, 0, 3, 0);
    clock.set(NOW_S - 500);
    add(&witness, 3, 3, 0);
    assert_eq!(
        times(&witness.newest_checkpoint(&hash()).body),
        [1_700_000_000; 2]
    );
    drop(witness);
    let witness = open(folder.path(), &clock).unwrap();
    add(&witness, 3, 4, 0);
    assert_eq!(
        times(&witness.newest_checkpoint(&hash()).body),
        [1_700_000_000; 2]
    );
    clock.set(NOW_S + 60);
    add(&witness, 4, 4, 0);
    assert_eq!(
        times(&witness.newest_checkpoint(&hash()).body),
        [1_700_000_060; 2]
    );
    clock.set(0);
    drop(witness);
    let fresh = tempfile::tempdir().unwrap();
    assert_eq!(
        add(&open(fresh.path(), &clock).unwrap(), 0, 3, 0),
        503,
        "a time of 0 says nothing"
    );
}

#[test]
fn a_disk_that_takes_nothing_cosigns_nothing_and_forgets_nothing() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    add(&witness, 0, 3, 0);
    let log = folder.path().join(hash());
    // Before the move: nothing has changed, and the next one may pass.
    std::fs::create_dir(log.join(".staged")).unwrap();
    assert_eq!(add(&witness, 3, 7, 0), 503);
    assert_eq!(add(&witness, 0, 7, 0), 409);
    std::fs::remove_dir(log.join(".staged")).unwrap();
    assert_eq!(add(&witness, 3, 7, 0), 200);
    // In the move: what is there is not known, so nothing is said until the next start.
    std::fs::rename(log.join("checkpoint"), log.join("aside")).unwrap();
    std::fs::create_dir(log.join("checkpoint")).unwrap();
    clock.set(NOW_S + 1);
    assert_eq!(witness.health().status, 200);
    assert_eq!(add(&witness, 7, 7, 0), 503);
    assert_eq!(
        witness.health().status,
        503,
        "whoever watches over it has to hear of it"
    );
    assert_eq!(add(&witness, 0, 9, 0), 503);
    std::fs::remove_dir(log.join("checkpoint")).unwrap();
    std::fs::rename(log.join("aside"), log.join("checkpoint")).unwrap();
    assert_eq!(add(&witness, 7, 9, 0), 503);
    drop(witness);
    assert_eq!(add(&open(folder.path(), &clock).unwrap(), 7, 9, 0), 200);
}

#[test]
fn old_and_next_key_of_a_log_are_both_taken() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = Witness::open(folder.path(), own(9), &[line(1), line(2)], clock).unwrap();
    assert_eq!((witness.logs().len(), add(&witness, 0, 3, 0)), (1, 200));
    let proof = prove_consistency(3, 7, &mut tree(7, 0)).unwrap();
    let next = AddCheckpoint::new(3, proof, note(7, 0, 2)).unwrap().to_string();
    assert_eq!(witness.add_checkpoint(next.as_bytes()).status, 200);
}

fn judged(witness: &Witness) -> Option<[Checkpoint; 2]> {
    let reply = witness.equivocation(&hash());
    (reply.status == 200).then(|| Equivocation::parse(&reply.body).unwrap().judge().unwrap())
}

#[test]
fn another_root_at_a_size_that_was_cosigned_is_proof_whatever_it_is_refused_for() {
    // Same size as the newest; an older size, asked for in two ways.
    for (old, size, status) in [(7, 7, 422), (7, 3, 400), (3, 3, 409)] {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
        let witness = open(folder.path(), &clock).unwrap();
        add(&witness, 0, 3, 0);
        add(&witness, 3, 7, 0);
        assert_eq!(judged(&witness), None);
        let forked = AddCheckpoint::new(old, Vec::new(), note(size, 1, 1))
            .unwrap()
            .to_string();
        assert_eq!(witness.add_checkpoint(forked.as_bytes()).status, status);
        let [a, b] = judged(&witness).unwrap();
        assert_eq!((a.size, b.size), (size, size));
        // Sent again, it is the one proof; the truth has not moved.
        witness.add_checkpoint(forked.as_bytes());
        let log = folder.path().join(hash());
        assert_eq!(std::fs::read_dir(log.join("equivocation")).unwrap().count(), 1);
        assert!(!log.join("refused").exists());
        assert_eq!(add(&witness, 7, 8, 0), 200);
        drop(witness);
        assert!(judged(&open(folder.path(), &clock).unwrap()).is_some());
    }
}

#[test]
fn a_proof_that_is_none_is_kept_until_it_is_clear_what_it_was() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    add(&witness, 0, 3, 0);
    let refused = folder.path().join(hash()).join("refused");
    let count = || std::fs::read_dir(&refused).map_or(0, Iterator::count);
    // Anybody can send the log's own checkpoint with a wrong proof.
    let wrong = |size, salt| {
        AddCheckpoint::new(3, Vec::new(), note(size, salt, 1))
            .unwrap()
            .to_string()
    };
    assert_eq!(witness.add_checkpoint(wrong(7, 0).as_bytes()).status, 422);
    assert_eq!(witness.add_checkpoint(wrong(8, 1).as_bytes()).status, 422);
    assert_eq!((count(), judged(&witness)), (2, None));
    assert_eq!(add(&witness, 3, 7, 0), 200);
    assert_eq!((count(), judged(&witness)), (1, None), "that one was innocent");
    drop(witness);
    let witness = open(folder.path(), &clock).unwrap();
    assert_eq!(add(&witness, 7, 8, 0), 200);
    assert_eq!(count(), 0);
    assert!(judged(&witness).is_some(), "that one was not");
}

#[test]
fn refused_checkpoints_cannot_fill_the_disk() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = open(folder.path(), &clock).unwrap();
    add(&witness, 0, 3, 0);
    for size in 4..4 + u64::try_from(REFUSED_MAX).unwrap() + 5 {
        let root = Hash::from_bytes([1; 32]);
        let origin = KeyName::parse(ORIGIN).unwrap();
        let note = Checkpoint { origin, size, root }.sign(&signer(1)).unwrap();
        let request = AddCheckpoint::new(3, Vec::new(), note).unwrap().to_string();
        for _ in 0..2 {
            assert_eq!(witness.add_checkpoint(request.as_bytes()).status, 422);
        }
    }
    let refused = folder.path().join(hash()).join("refused");
    assert_eq!(std::fs::read_dir(refused).unwrap().count(), REFUSED_MAX);
    assert_eq!(add(&witness, 3, 4, 0), 200);
}

/// A real entry of the known answers: a person's signature, or a dispute about entry 5.
fn known(kind: &str) -> Vec<u8> {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/vectors/entry.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["name"] == kind).unwrap();
    case["entry"].as_str().unwrap().as_bytes().to_vec()
}

/// A log with real entries at some places, and its files.
struct Book(Vec<Vec<u8>>);

impl Book {
    fn tree(&self, size: usize) -> MemoryTree {
        self.0[..size].iter().map(|entry| leaf_hash(entry)).collect()
    }

    fn note(&self, size: usize) -> Note {
        let tree = self.tree(size);
        let (size, root) = (tree.size(), tree.root());
        let origin = KeyName::parse(ORIGIN).unwrap();
        Checkpoint { origin, size, root }.sign(&signer(1)).unwrap()
    }

    fn grow(&self, witness: &Witness, old: usize, size: usize) {
        let from = u64::try_from(old).unwrap();
        let proof = prove_consistency(from, u64::try_from(size).unwrap(), &mut self.tree(size)).unwrap();
        let request = AddCheckpoint::new(from, proof, self.note(size)).unwrap();
        assert_eq!(witness.add_checkpoint(request.to_string().as_bytes()).status, 200);
    }

    fn proof(&self, index: u64, size: usize) -> String {
        let entry = &self.0[usize::try_from(index).unwrap()];
        let hashes = prove_inclusion(u64::try_from(size).unwrap(), index, &mut self.tree(size)).unwrap();
        let proof = Proof {
            extra: Some(print_receipt(entry)),
            index,
            hashes,
            checkpoint_note: self.note(size).to_string(),
        };
        proof.to_string()
    }

    fn look(&self, witness: &Witness, size: usize) {
        self.read(&self.0, witness, size).unwrap();
        assert!(!witness.logs()[0].has_news());
    }

    /// Has the witness read this log's tiles, and bundles of these entries.
    fn read(&self, entries: &[Vec<u8>], witness: &Witness, size: usize) -> anyhow::Result<()> {
        let growth = tiles_for_growth(0, u64::try_from(size).unwrap());
        let mut tree = self.tree(size);
        witness.logs()[0].look(|path| {
            if let Some(tile) = growth.tiles.iter().find(|tile| tile.path() == path) {
                return Ok(Some(tile_bytes(tile, &mut tree).unwrap()));
            }
            let bundle = growth.bundles.iter().find(|bundle| bundle.path() == path);
            Ok(bundle.map(|bundle| {
                let first = usize::try_from(bundle.first_entry()).unwrap();
                let part = &entries[first..first + usize::from(bundle.width())];
                bundle.encode(part).unwrap()
            }))
        })
    }
}

/// 300 entries; the signature at 5, the dispute about it at 290.
fn book(other: bool) -> Book {
    let mut entries: Vec<Vec<u8>> = (0..300).map(|index| entry(index, 0)).collect();
    entries[5] = known("signature");
    if other {
        let signature = String::from_utf8(known("signature")).unwrap();
        let line = signature
            .lines()
            .find(|line| line.starts_with("evidence "))
            .unwrap();
        entries[5] = signature
            .replace(line, &format!("evidence {}", "9".repeat(64)))
            .into_bytes();
    }
    let dispute = String::from_utf8(known("dispute")).unwrap();
    let about = dispute
        .lines()
        .find(|line| line.starts_with("signature "))
        .unwrap();
    entries[290] = dispute.replace(about, "signature 5").into_bytes();
    Book(entries)
}

fn pending(witness: &Witness) -> Vec<String> {
    let text = witness.list_disputes(&hash()).body;
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_dispute_is_shown_until_the_log_has_it() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let (witness, book) = (open(folder.path(), &clock).unwrap(), book(false));
    book.grow(&witness, 0, 280);
    let file = book.proof(5, 280);
    assert_eq!(witness.receive_dispute(&hash(), file.as_bytes()).status, 202);
    clock.set(NOW_S + 60);
    assert_eq!(
        witness.receive_dispute(&hash(), file.as_bytes()).status,
        202,
        "once is enough"
    );
    let shown = ["signature 5 received 2023-11-14T22:13:20Z"];
    assert_eq!(pending(&witness), shown);
    book.look(&witness, 280);
    drop(witness);
    let witness = open(folder.path(), &clock).unwrap();
    assert_eq!(pending(&witness), shown);
    book.look(&witness, 280);
    assert_eq!(pending(&witness), shown);
    book.grow(&witness, 280, 300);
    book.look(&witness, 300);
    assert!(pending(&witness).is_empty());
    let disputes = folder.path().join(hash()).join("disputes");
    assert_eq!(std::fs::read_dir(disputes).unwrap().count(), 0);
    let again = witness.receive_dispute(&hash(), file.as_bytes());
    assert_eq!(
        (again.status, again.body.as_str()),
        (200, "the log has it: entry 290\n")
    );
    drop(witness);
    let again = open(folder.path(), &clock)
        .unwrap()
        .receive_dispute(&hash(), file.as_bytes());
    assert_eq!(again.status, 200);
}

#[test]
fn what_is_no_proof_of_a_signature_in_this_log_is_not_kept() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let (witness, book) = (open(folder.path(), &clock).unwrap(), book(false));
    let good = book.proof(5, 280);
    for (hash, file, status) in [
        ("00".to_owned(), good.clone(), 404),
        (hash(), book.proof(6, 280), 400),
        (hash(), book.proof(290, 300), 400),
        (hash(), good.replace("index 5", "index 4"), 422),
        (hash(), good.replace(ORIGIN, "example.com/other"), 403),
        (hash(), good.trim_end().to_owned(), 400),
        (hash(), String::new(), 400),
    ] {
        let reply = witness.receive_dispute(&hash, file.as_bytes());
        assert_eq!(reply.status, status, "{}", reply.body);
    }
    assert!(pending(&witness).is_empty());
}

#[test]
fn a_receipt_of_another_history_is_proof_of_two() {
    // Of the size that was cosigned; of another size, found in the log's own files; of another size, beside a second receipt.
    let (honest, forked) = (book(false), book(true));
    for way in 0..3 {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
        let witness = open(folder.path(), &clock).unwrap();
        honest.grow(&witness, 0, 280);
        let receive = |file: String| witness.receive_dispute(&hash(), file.as_bytes()).status;
        match way {
            0 => assert_eq!(receive(forked.proof(5, 280)), 422),
            1 => {
                assert_eq!(receive(forked.proof(5, 270)), 202);
                assert_eq!(judged(&witness), None);
                honest.look(&witness, 280);
            }
            _ => {
                assert_eq!(receive(honest.proof(5, 100)), 202);
                assert_eq!(receive(forked.proof(5, 270)), 422);
            }
        }
        assert!(judged(&witness).is_some(), "way {way}");
    }
}

#[test]
fn the_logs_files_tell_an_innocent_refused_checkpoint_from_a_fork() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let (witness, honest, forked) = (open(folder.path(), &clock).unwrap(), book(false), book(true));
    honest.grow(&witness, 0, 3);
    for note in [honest.note(100), forked.note(101)] {
        let request = AddCheckpoint::new(3, Vec::new(), note).unwrap().to_string();
        assert_eq!(witness.add_checkpoint(request.as_bytes()).status, 422);
    }
    honest.grow(&witness, 3, 280);
    honest.look(&witness, 280);
    let names = std::fs::read_dir(folder.path().join(hash()).join("refused")).unwrap();
    let names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.len() == 1 && names[0].starts_with("101-"), "{names:?}");
    // It is said, shown, and remembered, whatever becomes of the log's files.
    let shown = "THE LOG SIGNED A CHECKPOINT OF ANOTHER HISTORY";
    let check = |witness: &Witness| {
        assert!(witness.describe().body.contains(shown));
        let foreign = witness.foreign(&hash());
        assert_eq!(
            (foreign.status, foreign.body),
            (200, forked.note(101).to_string())
        );
        assert!(!witness.logs()[0].has_news());
    };
    check(&witness);
    drop(witness);
    check(&open(folder.path(), &clock).unwrap());
}

#[test]
fn files_that_are_not_what_was_cosigned_settle_nothing() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let (witness, honest, forked) = (open(folder.path(), &clock).unwrap(), book(false), book(true));
    honest.grow(&witness, 0, 300);
    assert_eq!(
        witness
            .receive_dispute(&hash(), honest.proof(5, 300).as_bytes())
            .status,
        202
    );
    // All of another history; and the right tiles with entries of another.
    for tiles in [&forked, &honest] {
        assert!(tiles.read(&forked.0, &witness, 300).is_err());
    }
    assert_eq!(pending(&witness).len(), 1);
    honest.look(&witness, 300);
    assert!(pending(&witness).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_get_an_answer_and_nothing_is_kept(bytes: Vec<u8>, cut in 0usize..300, flip in 0usize..300) {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
        let witness = open(folder.path(), &clock).unwrap();
        let mut changed = request(0, 3, 0).into_bytes();
        let place = flip % changed.len();
        changed[place] ^= 1;
        let whole = request(0, 3, 0);
        for body in [bytes.as_slice(), &changed, &whole.as_bytes()[..cut % whole.len()]] {
            prop_assert!([400, 403, 404, 409, 422].contains(&witness.add_checkpoint(body).status));
            prop_assert!([400, 403, 422].contains(&witness.receive_dispute(&hash(), body).status));
        }
        prop_assert_eq!(witness.newest_checkpoint(&hash()).status, 404);
    }

    #[test]
    fn what_was_followed_comes_back(size: u32, disputes: std::collections::BTreeMap<u32, u32>) {
        let text = disputes.iter().fold(
            format!("ikrar/followed/v1\nsize {size}\n"),
            |text, (signature, dispute)| format!("{text}dispute {signature} {dispute}\n"),
        );
        prop_assert_eq!(follow::Followed::parse(&text).unwrap().to_string(), text);
    }
}
