//! The published view of the ledger: tiles, then the signed checkpoint, from the published size to the committed size.
//!
//! The database is the truth, the folder its view. No signature over a root leaves this process before that root is
//! committed; a checkpoint is never replaced by a smaller or a different one.

use std::time::Duration;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::ledger::audit::audit_files;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::note::NoteSigner;
use crate::ledger::note::Vkey;
use crate::ledger::tile;
use crate::ledger::tree;
use crate::service::Error;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::ledger::StoredHashes;
pub use crate::store::log_folder::LogFolder;

/// File of the newest checkpoint with the log's signature alone.
pub const LATEST: &str = "checkpoint.latest";
/// File of the newest checkpoint that carries the policy's quorum.
pub const CHECKPOINT: &str = "checkpoint";
/// File of the log's verifier key.
pub const VKEY: &str = "log.vkey";
/// How long partial tiles outlive their full tile: clients may still be reading an older checkpoint.
const PARTIALS_KEPT: Duration = Duration::from_hours(1);

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Number of entries.
    pub size: u64,
    /// Root at that size.
    pub root: Hash,
    /// The signed checkpoint's exact text.
    pub note: String,
}

/// Brings the folder up to what is committed. Called outside any transaction; safe to call again, by any process.
pub fn publish(conn: &mut Conn, folder: &LogFolder, signer: &NoteSigner) -> Result<Option<Published>, Error> {
    let _lock = folder.lock().map_err(Error::internal)?;
    let head = ledger::head(conn)?;
    let published = read(folder, signer.vkey())?;
    // Usually both files hold the same checkpoint, and one look at the tree is enough.
    let full = read_full(folder, signer.vkey()).filter(|full| Some(full) != published.as_ref());
    for known in published.iter().chain(full.as_ref()) {
        check_extends(conn, known, head.size)?;
    }
    if head.size == 0 {
        return Ok(None);
    }
    let old_size = published.as_ref().map_or(0, |p| p.size);
    if let Some(published) = published
        && published.size == head.size
    {
        complete(folder, signer.vkey(), &published)?;
        return Ok(Some(published));
    }
    write_vkey(folder, signer.vkey())?;
    write_tiles(conn, folder, old_size, head.size)?;
    let checkpoint = Checkpoint {
        origin: signer.vkey().name().clone(),
        size: head.size,
        root: head.root,
    };
    let note = checkpoint.sign(signer).map_err(Error::internal)?.to_string();
    folder.write(LATEST, note.as_bytes()).map_err(Error::internal)?;
    // No witness is asked yet: the policy is `quorum none`, so every checkpoint is a full one.
    folder
        .write(CHECKPOINT, note.as_bytes())
        .map_err(Error::internal)?;
    Ok(Some(Published {
        size: head.size,
        root: head.root,
        note,
    }))
}

/// The log in the database must be this installation's: begun under the same name, with the same key.
///
/// Another key or name in the settings is no reason to go on: what would be signed with it, nobody could verify.
pub fn check_identity(conn: &mut Conn, vkey: &Vkey) -> Result<(), Error> {
    let Some(first) = ledger::find_entry(conn, 0)? else {
        return Ok(());
    };
    let entry = Entry::parse(&first).map_err(|e| Error::Tampered(format!("the first entry: {e}")))?;
    let Body::Genesis(genesis) = entry.body else {
        return Err(Error::Tampered("the first entry begins no log".to_owned()));
    };
    if genesis.vkey.to_string() == vkey.to_string() {
        return Ok(());
    }
    Err(Error::Tampered(format!(
        "this database holds the log {}, the settings and keys are of {vkey}: is `origin` or the key file another one?",
        genesis.vkey
    )))
}

/// Once at the start: [`publish`], then whatever is missing or damaged in the folder is made again.
///
/// No public file is replaced unless the files made from the database give, all together, the root that was signed: what the
/// database has lost or changed since must not spread.
pub fn repair(conn: &mut Conn, folder: &LogFolder, signer: &NoteSigner) -> Result<Option<Published>, Error> {
    let Some(published) = publish(conn, folder, signer)? else {
        return Ok(None);
    };
    let checkpoint = Checkpoint::open(&published.note, signer.vkey()).map_err(Error::internal)?;
    let Err(damage) = audit_files(&checkpoint, |path| folder.read(path), |_, _| {}) else {
        return Ok(Some(published));
    };
    tracing::warn!(%damage, "the log folder is damaged: making it again from the database");
    let _lock = folder.lock().map_err(Error::internal)?;
    audit_files(&checkpoint, |path| made(conn, path), |_, _| {})
        .map_err(|e| Error::Tampered(format!("the database does not hold what was published: {e}")))?;
    write_tiles(conn, folder, 0, published.size)?;
    Ok(Some(published))
}

/// A file of the log as the database gives it.
pub(crate) fn made(conn: &mut Conn, path: &str) -> Result<Option<Vec<u8>>, Error> {
    if let Ok(bundle) = tile::EntryBundle::parse(path) {
        return bundle_bytes(conn, &bundle).map(Some);
    }
    let Ok(tile) = tile::Tile::parse(path) else {
        return Ok(None);
    };
    tile_bytes(conn, &tile).map(Some)
}

/// What a process killed between two files, or a careless hand, left out beside the newest checkpoint.
fn complete(folder: &LogFolder, vkey: &Vkey, published: &Published) -> Result<(), Error> {
    write_vkey(folder, vkey)?;
    if read_full(folder, vkey).is_some_and(|full| full.size == published.size) {
        return Ok(());
    }
    folder
        .write(CHECKPOINT, published.note.as_bytes())
        .map_err(Error::internal)
}

/// The checkpoint with the quorum, if there is one that the log signed.
fn read_full(folder: &LogFolder, vkey: &Vkey) -> Option<Published> {
    read_file(folder, CHECKPOINT, vkey).ok().flatten()
}

/// The checkpoint that stands in the folder, its signature verified; an unreadable one is [`Error::Tampered`].
pub fn read(folder: &LogFolder, vkey: &Vkey) -> Result<Option<Published>, Error> {
    read_file(folder, LATEST, vkey)
}

fn read_file(folder: &LogFolder, name: &str, vkey: &Vkey) -> Result<Option<Published>, Error> {
    let Some(bytes) = folder.read(name).map_err(Error::internal)? else {
        return Ok(None);
    };
    let tampered = |why: String| Error::Tampered(format!("{name}: {why}"));
    let note = String::from_utf8(bytes).map_err(|e| tampered(e.to_string()))?;
    let checkpoint = Checkpoint::open(&note, vkey).map_err(|e| tampered(e.to_string()))?;
    Ok(Some(Published {
        size: checkpoint.size,
        root: checkpoint.root,
        note,
    }))
}

/// The database must hold what was published: at least as many entries, and the same root at that size.
fn check_extends(conn: &mut Conn, published: &Published, committed_size: u64) -> Result<(), Error> {
    if published.size > committed_size {
        return Err(Error::Tampered(format!(
            "{} entries were published, the database holds {committed_size}: was an old copy restored?",
            published.size
        )));
    }
    let root = root_at(conn, published.size)?;
    if root != published.root {
        return Err(Error::Tampered(format!(
            "another root at size {} than was published",
            published.size
        )));
    }
    Ok(())
}

/// Root of this log at an earlier size.
pub fn root_at(conn: &mut Conn, size: u64) -> Result<Hash, Error> {
    tree::root(size, &mut StoredHashes(conn)).map_err(|e| Error::Tampered(e.to_string()))
}

fn write_tiles(conn: &mut Conn, folder: &LogFolder, old_size: u64, new_size: u64) -> Result<(), Error> {
    let growth = tile::tiles_for_growth(old_size, new_size);
    for bundle in &growth.bundles {
        let bytes = bundle_bytes(conn, bundle)?;
        folder
            .write_once(&bundle.path(), &bytes)
            .map_err(Error::internal)?;
    }
    for tile in &growth.tiles {
        let bytes = tile_bytes(conn, tile)?;
        folder.write_once(&tile.path(), &bytes).map_err(Error::internal)?;
    }
    Ok(())
}

fn write_vkey(folder: &LogFolder, vkey: &Vkey) -> Result<(), Error> {
    folder
        .write_once(VKEY, format!("{vkey}\n").as_bytes())
        .map_err(Error::internal)
}

fn tile_bytes(conn: &mut Conn, tile: &tile::Tile) -> Result<Vec<u8>, Error> {
    tile::tile_bytes(tile, &mut StoredHashes(conn)).map_err(|e| Error::Tampered(e.to_string()))
}

fn bundle_bytes(conn: &mut Conn, bundle: &tile::EntryBundle) -> Result<Vec<u8>, Error> {
    let from = bundle.first_entry();
    let entries = ledger::list_entries(conn, from, from.saturating_add(u64::from(bundle.width())))?;
    bundle.encode(&entries).map_err(Error::internal)
}

/// Deletes partial tiles whose full tile has been there for an hour. Run at start and every hour.
pub fn sweep_partials(folder: &LogFolder, size: u64) -> Result<u64, Error> {
    let mut deleted = 0_u64;
    let growth = tile::tiles_for_growth(0, size);
    let full_tiles = growth
        .tiles
        .iter()
        .filter(|t| t.full() == **t)
        .map(tile::Tile::path);
    let full_bundles = growth
        .bundles
        .iter()
        .filter(|b| b.full() == **b)
        .map(tile::EntryBundle::path);
    for path in full_tiles.chain(full_bundles) {
        if folder
            .delete_partials(&path, PARTIALS_KEPT)
            .map_err(Error::internal)?
        {
            deleted = deleted.saturating_add(1);
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use crate::domain::entry::Channel;
    use crate::domain::entry::Dispute;
    use crate::ledger::note::KeyName;

    use super::*;

    struct Log {
        conn: Conn,
        folder: LogFolder,
        signer: NoteSigner,
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
            signer,
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

        fn publish(&mut self) -> Result<Option<Published>, Error> {
            publish(&mut self.conn, &self.folder, &self.signer)
        }

        fn audit(&self) {
            let note = String::from_utf8(self.folder.read(CHECKPOINT).unwrap().unwrap()).unwrap();
            let checkpoint = Checkpoint::open(&note, self.signer.vkey()).unwrap();
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
            repair(&mut log.conn, &log.folder, &log.signer).unwrap();
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
        let repaired = repair(&mut log.conn, &log.folder, &log.signer);
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
        crate::store::write::<_, Error>(&mut other.conn, |conn| {
            let body = Body::Dispute(Dispute {
                signature: 9,
                channel: Channel::Authority,
                nonce: [9; 16],
            });
            Ok(ledger::append(conn, 60, body, vec![])?)
        })
        .unwrap();
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
}
