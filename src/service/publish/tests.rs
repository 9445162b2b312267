//! Publishing, with and without witnesses, and what is made good after a kill or a damage.

use ed25519_dalek::SigningKey;

use crate::domain::entry::Channel;
use crate::domain::entry::Dispute;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSigner;
use crate::ledger::policy::Policy;

use super::*;

struct Log {
    conn: Conn,
    folder: LogFolder,
    publisher: Publisher,
    _keep: tempfile::TempDir,
}

fn log() -> Log {
    let keep = tempfile::tempdir().unwrap();
    let signer = NoteSigner::new(
        KeyName::parse("ikrar.test/1").unwrap(),
        SigningKey::from_bytes(&[7; 32]),
    )
    .unwrap();
    Log {
        conn: crate::store::memory(),
        folder: LogFolder::open(keep.path()).unwrap(),
        publisher: Publisher::new(signer),
        _keep: keep,
    }
}

impl Log {
    fn append(&mut self, count: u64) {
        for _ in 0..count {
            let nonce = crate::store::ledger::head(&mut self.conn)
                .unwrap()
                .size
                .to_be_bytes();
            let nonce = [nonce, nonce].concat().try_into().unwrap();
            let body = Body::Dispute(Dispute {
                signature: 1,
                channel: Channel::Link,
                nonce,
            });
            crate::store::write::<_, Error>(&mut self.conn, |conn| {
                Ok(ledger::append(conn, 60, body, vec![])?)
            })
            .unwrap();
        }
    }

    /// An entry that no other log of these tests has.
    fn append_foreign(&mut self) {
        crate::store::write::<_, Error>(&mut self.conn, |conn| {
            let body = Body::Dispute(Dispute {
                signature: 9,
                channel: Channel::Authority,
                nonce: [9; 16],
            });
            Ok(ledger::append(conn, 60, body, vec![])?)
        })
        .unwrap();
    }

    fn publish(&mut self) -> Result<Option<Published>, Error> {
        publish(&mut self.conn, &self.folder, &self.publisher)
    }

    fn audit(&self) {
        let note = String::from_utf8(self.folder.read(CHECKPOINT).unwrap().unwrap()).unwrap();
        let checkpoint = Checkpoint::open(&note, self.publisher.vkey()).unwrap();
        audit_files(&checkpoint, |path| self.folder.read(path), |_, _| {}).unwrap();
    }
}

#[test]
fn every_published_size_is_a_whole_log() {
    let mut log = log();
    assert_eq!(log.publish().unwrap(), None);
    for step in [1, 1, 253, 1, 1, 300] {
        log.append(step);
        log.publish().unwrap();
        log.audit();
    }
}

fn witnessed() -> (Log, Cosigner) {
    let mut log = log();
    let witness = Cosigner::ed25519(
        KeyName::parse("witness.test/1").unwrap(),
        SigningKey::from_bytes(&[8; 32]),
    )
    .unwrap();
    let policy = format!(
        "log {}\nwitness w {}\nquorum w\n",
        log.publisher.vkey(),
        witness.key()
    );
    let signer = NoteSigner::new(
        log.publisher.vkey().name().clone(),
        SigningKey::from_bytes(&[7; 32]),
    )
    .unwrap();
    log.publisher = Publisher::new(signer)
        .with_policy(Policy::parse(&policy).unwrap())
        .unwrap();
    (log, witness)
}

fn cosign(note: &str, witness: &Cosigner) -> String {
    let note = Note::parse(note).unwrap();
    let checkpoint = Checkpoint::parse(note.text()).unwrap();
    let line = witness.cosign(&checkpoint, 1_700_000_000).unwrap();
    note.with(line).unwrap().to_string()
}

#[test]
fn only_a_checkpoint_with_the_quorum_becomes_the_full_one() {
    let (mut log, witness) = witnessed();
    log.append(2);
    let first = log.publish().unwrap().unwrap().note;
    assert_eq!(log.folder.read(CHECKPOINT).unwrap(), None);
    assert!(publish_cosigned(&log.folder, &log.publisher, &first).is_err());
    let full = cosign(&first, &witness);
    publish_cosigned(&log.folder, &log.publisher, &full).unwrap();
    log.append(1);
    let second = log.publish().unwrap().unwrap().note;
    assert_eq!(log.folder.read(CHECKPOINT).unwrap().unwrap(), full.as_bytes());
    let newer = cosign(&second, &witness);
    publish_cosigned(&log.folder, &log.publisher, &newer).unwrap();
    publish_cosigned(&log.folder, &log.publisher, &full).unwrap();
    assert_eq!(log.folder.read(CHECKPOINT).unwrap().unwrap(), newer.as_bytes());
}

#[test]
fn a_process_killed_after_it_kept_a_checkpoint_makes_the_file_later() {
    let (mut log, witness) = witnessed();
    log.append(2);
    let full = cosign(&log.publish().unwrap().unwrap().note, &witness);
    crate::store::witness::insert(&mut log.conn, 2, &full, 1_700_000_000).unwrap();
    log.publish().unwrap();
    assert_eq!(log.folder.read(CHECKPOINT).unwrap().unwrap(), full.as_bytes());
}

#[test]
fn without_a_word_from_the_witnesses_a_start_signs_nothing() {
    let (mut log, _witness) = witnessed();
    log.append(2);
    let first = log.publish().unwrap().unwrap().note;
    log.append(1);
    std::fs::remove_file(log.folder.path().join("tile/0/000.p/2")).unwrap();
    let waiting = repair_unsigned(&mut log.conn, &log.folder, &log.publisher);
    assert!(matches!(waiting, Err(Error::Busy(_))));
    assert_eq!(log.folder.read(LATEST).unwrap().unwrap(), first.as_bytes());
    assert!(log.folder.read("tile/0/000.p/2").unwrap().is_some());
}

#[test]
fn a_publisher_that_died_between_its_last_two_writes_is_made_good() {
    let mut log = log();
    log.append(2);
    let old = log.publish().unwrap().unwrap().note;
    log.append(1);
    let new = log.publish().unwrap().unwrap().note;
    log.folder.write(CHECKPOINT, old.as_bytes()).unwrap();
    log.publish().unwrap();
    assert_eq!(log.folder.read(CHECKPOINT).unwrap().unwrap(), new.as_bytes());
}

#[test]
fn what_is_lost_or_damaged_in_the_folder_is_made_again_at_the_start() {
    let mut log = log();
    log.append(300);
    log.publish().unwrap();
    let damage: [(&str, Option<&[u8]>); 8] = [
        (CHECKPOINT, None),
        (CHECKPOINT, Some(b"ikrar.test/1\n1")),
        (VKEY, None),
        (LATEST, None),
        ("tile/0/000", None),
        ("tile/0/001.p/44", Some(b"short")),
        ("tile/entries/000", Some(b"")),
        ("tile/entries/001.p/44", None),
    ];
    for (name, bytes) in damage {
        match bytes {
            None => std::fs::remove_file(log.folder.path().join(name)).unwrap(),
            Some(bytes) => log.folder.write(name, bytes).unwrap(),
        }
        repair(&mut log.conn, &log.folder, &log.publisher).unwrap();
        assert!(log.folder.read(VKEY).unwrap().is_some(), "{name}");
        log.audit();
    }
}

#[test]
fn a_changed_database_is_not_spread_over_the_public_files() {
    let (mut log, mut other) = (log(), log());
    log.append(5);
    log.publish().unwrap();
    other.append(4);
    let damaged = log.folder.path().join("tile/0/000.p/5");
    std::fs::remove_file(&damaged).unwrap();
    std::mem::swap(&mut log.conn, &mut other.conn);
    let repaired = repair(&mut log.conn, &log.folder, &log.publisher);
    assert!(matches!(repaired, Err(Error::Tampered(_))));
    assert!(!damaged.exists());
}

#[test]
fn an_empty_database_beside_a_published_log_is_no_new_log() {
    let mut log = log();
    log.append(2);
    log.publish().unwrap();
    log.conn = crate::store::memory();
    assert!(matches!(log.publish(), Err(Error::Tampered(_))));
    std::fs::remove_file(log.folder.path().join(LATEST)).unwrap();
    assert!(matches!(log.publish(), Err(Error::Tampered(_))));
}

#[test]
fn a_database_that_lost_entries_is_not_published_over_the_log() {
    let (mut log, mut old) = (log(), log());
    log.append(5);
    log.publish().unwrap();
    old.append(3);
    std::mem::swap(&mut log.conn, &mut old.conn);
    assert!(matches!(log.publish(), Err(Error::Tampered(_))));
    log.audit();
}

#[test]
fn a_database_with_another_history_is_not_published_over_the_log() {
    let (mut log, mut other) = (log(), log());
    log.append(5);
    log.publish().unwrap();
    other.append_foreign();
    other.append(6);
    std::mem::swap(&mut log.conn, &mut other.conn);
    assert!(matches!(log.publish(), Err(Error::Tampered(_))));
}

#[test]
fn a_checkpoint_that_is_not_ours_stops_the_publisher() {
    let mut log = log();
    log.append(2);
    log.publish().unwrap();
    log.folder.write(LATEST, b"ikrar.test/1\n1\nx\n\n").unwrap();
    log.append(1);
    assert!(matches!(log.publish(), Err(Error::Tampered(_))));
}

#[test]
fn what_is_published_must_hold_every_state_that_was_committed() {
    let (mut log, mut other) = (log(), log());
    let mut heads = Vec::new();
    for step in [1, 4, 300] {
        log.append(step);
        heads.push(head(&mut log.conn).unwrap());
    }
    let published = log.publish().unwrap();
    check_holds(&mut log.conn, published.as_ref(), &heads).unwrap();
    let empty = head(&mut crate::store::memory()).unwrap();
    check_holds(&mut log.conn, None, &[empty]).unwrap();
    // Committed through a connection to another server: more, as much, and less than is published, with other entries.
    other.append_foreign();
    for step in [2, 302, 1] {
        other.append(step);
        let elsewhere = head(&mut other.conn).unwrap();
        let held = check_holds(&mut log.conn, published.as_ref(), &[heads[0], elsewhere]);
        assert!(matches!(held, Err(Error::Tampered(_))), "{}", elsewhere.size);
    }
    assert!(matches!(
        check_holds(&mut log.conn, None, &heads),
        Err(Error::Tampered(_))
    ));
}
