//! What is asked after every fault: one history, with everything in it that anybody was told. Absent: how it came about.

use std::collections::BTreeMap;

use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::ledger::audit::audit_files;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::tree::Frontier;

use crate::fault::load::Known;
use crate::fault::load::Load;
use crate::fault::site::Site;
use crate::fault::site::run;

/// Nothing is added to the log while something else happens: the public files stay as they are. Who is told meanwhile that a signature
/// stands was told of an older one, or [`check`] does not find it.
pub(super) fn check_still(site: &Site, load: &Load, meanwhile: impl FnOnce()) {
    let latest = || std::fs::read(site.log().join("checkpoint.latest")).unwrap();
    load.wait_settled();
    let public = latest();
    meanwhile();
    load.wait_settled();
    assert_eq!(latest(), public);
}

/// Holds the public folder, as it lies there, against what is known; how many entries it has. Safe while nobody writes.
#[track_caller]
pub(super) fn check_folder(site: &Site, known: &Known) -> usize {
    let log = site.log();
    let note = std::fs::read_to_string(log.join("checkpoint.latest")).unwrap();
    let checkpoint = Checkpoint::open(&note, &site.vkey).unwrap();
    let mut entries = Vec::new();
    audit_files(
        &checkpoint,
        |path| match std::fs::read(log.join(path)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        },
        |_, bytes| entries.push(bytes.to_vec()),
    )
    .unwrap();
    check_checkpoints(&entries, known);
    check_signed(&entries, known);
    entries.len()
}

/// Every checkpoint that was seen is one of this history.
fn check_checkpoints(entries: &[Vec<u8>], known: &Known) {
    let mut frontier = Frontier::default();
    let mut left = known.checkpoints.clone();
    let mut minute = 0;
    for bytes in entries {
        frontier.append(&leaf_hash(bytes));
        if let Some(root) = left.remove(&frontier.size()) {
            assert_eq!(
                root,
                frontier.root(),
                "another history at size {}",
                frontier.size()
            );
        }
        let at = Entry::parse(bytes).unwrap().at.unix_i64();
        assert!(at >= minute, "the time runs backwards");
        minute = at;
    }
    assert!(
        left.is_empty(),
        "the log has {} entries; these sizes were seen: {:?}",
        entries.len(),
        left.keys()
    );
}

/// Every signature that somebody was told of is there once, byte for byte.
fn check_signed(entries: &[Vec<u8>], known: &Known) {
    let mut found: BTreeMap<Vec<u8>, (u64, &[u8])> = BTreeMap::new();
    let mut labels = BTreeMap::new();
    for (index, bytes) in (0_u64..).zip(entries) {
        if let Body::Signature(entry) = Entry::parse(bytes).unwrap().body {
            let first = labels.insert(entry.statement.label, index);
            assert_eq!(first, None, "the same person signed twice");
            let key = [entry.statement.print(), entry.signature.to_vec()].concat();
            found.insert(key, (index, bytes));
        }
    }
    for (person, told) in &known.signed {
        let key = [told.statement.as_slice(), &told.signature].concat();
        let Some((index, bytes)) = found.get(&key) else {
            panic!("the acknowledged signature of person {person} is lost");
        };
        assert!(
            told.covered > *index,
            "person {person} was told of entry {index} when {} were published",
            told.covered
        );
        if let Some((at, exact)) = &told.proof {
            assert_eq!((at, exact.as_slice()), (index, *bytes), "person {person}");
        }
    }
}

/// The end of a story, with nobody writing any more: the folder, and the auditor's own program.
#[track_caller]
pub(super) fn check(site: &Site, known: &Known, story: &str) {
    let entries = check_folder(site, known);
    let log = site.log().to_string_lossy().into_owned();
    let (code, said) = run(&["audit", &log, "--vkey", &site.vkey.to_string()], &site.data());
    assert_eq!(code, 0, "{said}");
    println!(
        "{story}: {} signatures acknowledged, 0 lost; {entries} entries, {} checkpoints seen, refused {:?}, {} unanswered",
        known.signed.len(),
        known.checkpoints.len(),
        known.refused,
        known.unanswered,
    );
}
