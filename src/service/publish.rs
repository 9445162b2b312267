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
use crate::ledger::note::Vkey;
use crate::ledger::tile;
use crate::ledger::tree;
use crate::service::Error;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::ledger::StoredHashes;
pub use crate::store::log_folder::LogFolder;
use crate::store::witness;

mod publisher;
#[cfg(test)]
mod tests;

pub use publisher::Publisher;

/// File of the newest checkpoint with the log's signature alone.
pub const LATEST: &str = "checkpoint.latest";
/// File of the newest checkpoint that carries the policy's quorum.
pub const CHECKPOINT: &str = "checkpoint";
/// File of the log's verifier key.
pub const VKEY: &str = "log.vkey";
/// File of the witnesses' policy (C2SP tlog-policy).
pub const POLICY: &str = "policy";
/// Tiles that are made durable together at most; more are in memory at no time.
const FILES_AT_ONCE: usize = 16;
/// How long partial tiles outlive their full tile: clients may still be reading an older checkpoint.
const PARTIALS_KEPT: Duration = Duration::from_hours(1);

/// A state of the ledger: all its entries up to a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root at that size.
    pub root: Hash,
}

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

impl Published {
    /// Size and root.
    pub fn head(&self) -> Head {
        Head {
            size: self.size,
            root: self.root,
        }
    }
}

/// Brings the folder up to what is committed. Called outside any transaction; safe to call again, by any process.
pub fn publish(conn: &mut Conn, folder: &LogFolder, log: &Publisher) -> Result<Option<Published>, Error> {
    let _lock = folder.lock().map_err(Error::internal)?;
    let head = ledger::head(conn)?;
    let published = check_published(conn, folder, log, head.size)?;
    if head.size == 0 {
        return Ok(None);
    }
    let old_size = published.as_ref().map_or(0, |p| p.size);
    if let Some(published) = published
        && published.size == head.size
    {
        complete(conn, folder, log, &published)?;
        return Ok(Some(published));
    }
    write_tiles(conn, folder, old_size, head.size)?;
    let checkpoint = Checkpoint {
        origin: log.vkey().name().clone(),
        size: head.size,
        root: head.root,
    };
    let with_next = next_is_in_force(conn, log, head.size)?;
    let note = log.sign(&checkpoint, with_next)?.to_string();
    // Where no witness is asked, one note is both.
    let is_full = !log.is_witnessed();
    let mut files = vec![(LATEST, note.as_bytes())];
    if is_full {
        files.push((CHECKPOINT, note.as_bytes()));
    }
    folder.write_all(&files).map_err(Error::internal)?;
    let published = Published {
        size: head.size,
        root: head.root,
        note,
    };
    if is_full {
        write_vkey(folder, log.vkey())?;
    } else {
        complete(conn, folder, log, &published)?;
    }
    Ok(Some(published))
}

/// What is published; the database must hold it.
fn check_published(
    conn: &mut Conn,
    folder: &LogFolder,
    log: &Publisher,
    committed_size: u64,
) -> Result<Option<Published>, Error> {
    let published = read(folder, log.vkey())?;
    // Where no witness is asked both files hold the same note, and one look at it and at the tree is enough.
    let same = |bytes: &[u8]| published.as_ref().is_some_and(|p| p.note.as_bytes() == bytes);
    let full = match folder.read(CHECKPOINT) {
        Ok(Some(bytes)) if !same(&bytes) => open(CHECKPOINT, bytes, log.vkey()).ok(),
        _ => None,
    };
    for known in published.iter().chain(full.as_ref()) {
        check_extends(conn, known.head(), committed_size)?;
    }
    Ok(published)
}

/// What is committed.
pub fn head(conn: &mut Conn) -> Result<Head, Error> {
    let head = ledger::head(conn)?;
    Ok(Head {
        size: head.size,
        root: head.root,
    })
}

/// Before anything is added: the database must hold what this process knows to be published.
pub fn check_held(conn: &mut Conn, published: Head) -> Result<(), Error> {
    let head = head(conn)?;
    if head == published {
        return Ok(());
    }
    check_extends(conn, published, head.size)
}

/// Before anybody is told that an entry stands: what is published must hold the heads that were committed with it. It may not where the
/// connection that committed leads to another server by now.
pub fn check_holds(conn: &mut Conn, published: Option<&Published>, heads: &[Head]) -> Result<(), Error> {
    let published = published.map(Published::head);
    let size = published.map_or(0, |published| published.size);
    heads
        .iter()
        .filter(|head| Some(**head) != published)
        .try_for_each(|head| check_extends(conn, *head, size))
}

/// Whether the ledger names the publisher's next key.
fn next_is_in_force(conn: &mut Conn, log: &Publisher, size: u64) -> Result<bool, Error> {
    match log.next() {
        None => Ok(false),
        Some(next) => Ok(log_keys(conn, size)?.contains(&next.to_string())),
    }
}

/// The log's keys, oldest first: that of its first entry and every later one.
pub fn log_keys(conn: &mut Conn, size: u64) -> Result<Vec<String>, Error> {
    let mut keys = Vec::new();
    if let Some(first) = ledger::find_entry(conn, 0)?
        && let Body::Genesis(genesis) = parse(&first, 0)?.body
    {
        keys.push(genesis.vkey.to_string());
    }
    for entry in witness::list_of_kind(conn, "logkey", 0, size)? {
        if let Body::LogKey(key) = parse(&entry.bytes, entry.leaf_index)?.body {
            keys.push(key.vkey.to_string());
        }
    }
    Ok(keys)
}

fn parse(bytes: &[u8], index: u64) -> Result<Entry, Error> {
    Entry::parse(bytes).map_err(|e| Error::Tampered(format!("entry {index}: {e}")))
}

/// The log in the database must be this installation's: begun under the same name, with this key or one that followed.
///
/// Another key or name in the settings is no reason to go on: what would be signed with it, nobody could verify.
pub fn check_identity(conn: &mut Conn, vkey: &Vkey) -> Result<(), Error> {
    if ledger::find_entry(conn, 0)?.is_none() {
        return Ok(());
    }
    let size = ledger::head(conn)?.size;
    let keys = log_keys(conn, size)?;
    if keys.contains(&vkey.to_string()) {
        return Ok(());
    }
    let Some(first) = keys.first() else {
        return Err(Error::Tampered("the first entry begins no log".to_owned()));
    };
    Err(Error::Tampered(format!(
        "this database holds the log {first}, the settings and keys are of {vkey}: is `origin` or the key file another one?"
    )))
}

/// Once at the start: [`publish`], then whatever is missing or damaged in the folder is made again.
///
/// No public file is replaced unless the files made from the database give, all together, the root that was signed: what the
/// database has lost or changed since must not spread.
pub fn repair(conn: &mut Conn, folder: &LogFolder, log: &Publisher) -> Result<Option<Published>, Error> {
    let published = publish(conn, folder, log)?;
    make_again(conn, folder, log, published)
}

/// [`repair`] without signing anything: for a start at which the witnesses have to be heard first. What is committed and not published is
/// an [`Error::Busy`].
pub fn repair_unsigned(
    conn: &mut Conn,
    folder: &LogFolder,
    log: &Publisher,
) -> Result<Option<Published>, Error> {
    let committed_size = ledger::head(conn)?.size;
    let published = {
        let _lock = folder.lock().map_err(Error::internal)?;
        check_published(conn, folder, log, committed_size)?
    };
    let size = published.as_ref().map_or(0, |p| p.size);
    let published = make_again(conn, folder, log, published)?;
    if size < committed_size {
        return Err(Error::busy("problem-not-published"));
    }
    Ok(published)
}

fn make_again(
    conn: &mut Conn,
    folder: &LogFolder,
    log: &Publisher,
    published: Option<Published>,
) -> Result<Option<Published>, Error> {
    let Some(published) = published else {
        return Ok(None);
    };
    let checkpoint = Checkpoint::open(&published.note, log.vkey()).map_err(Error::internal)?;
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

/// Brings the files beside the newest checkpoint up to it: what a process killed between two files left out, and `checkpoint`,
/// which only one with the quorum replaces.
fn complete(
    conn: &mut Conn,
    folder: &LogFolder,
    log: &Publisher,
    published: &Published,
) -> Result<(), Error> {
    write_vkey(folder, log.vkey())?;
    let size = read_full(folder, log.vkey()).map_or(0, |full| full.size);
    if !log.is_witnessed() {
        if size == published.size {
            return Ok(());
        }
        return write_full(folder, &published.note);
    }
    match witness::find_newest(conn, published.size)? {
        Some(row) if size < ledger::to_u64(row.size)? => write_full(folder, &row.note),
        _ => Ok(()),
    }
}

fn write_full(folder: &LogFolder, note: &str) -> Result<(), Error> {
    folder.write(CHECKPOINT, note.as_bytes()).map_err(Error::internal)
}

/// Makes a note with the quorum the public checkpoint, unless one of a larger size is already.
pub fn publish_cosigned(folder: &LogFolder, log: &Publisher, note: &str) -> Result<(), Error> {
    let judgement = log.judge(note)?;
    if !judgement.has_quorum {
        return Err(Error::internal("a checkpoint without the quorum"));
    }
    let _lock = folder.lock().map_err(Error::internal)?;
    let size = read_full(folder, log.vkey()).map_or(0, |full| full.size);
    if judgement.checkpoint.size < size {
        return Ok(());
    }
    write_full(folder, note)
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
    folder
        .read(name)
        .map_err(Error::internal)?
        .map(|bytes| open(name, bytes, vkey))
        .transpose()
}

fn open(name: &str, bytes: Vec<u8>, vkey: &Vkey) -> Result<Published, Error> {
    let tampered = |why: String| Error::Tampered(format!("{name}: {why}"));
    let note = String::from_utf8(bytes).map_err(|e| tampered(e.to_string()))?;
    let checkpoint = Checkpoint::open(&note, vkey).map_err(|e| tampered(e.to_string()))?;
    Ok(Published {
        size: checkpoint.size,
        root: checkpoint.root,
        note,
    })
}

/// The database, as far as `size`, must hold what was published or committed: at least as many entries, and the same root there.
fn check_extends(conn: &mut Conn, known: Head, size: u64) -> Result<(), Error> {
    if known.size > size {
        return Err(Error::Tampered(format!(
            "{} entries are known, the database holds {size}: was an old copy restored?",
            known.size
        )));
    }
    if root_at(conn, known.size)? != known.root {
        return Err(Error::Tampered(format!(
            "another root at size {} than is known",
            known.size
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
    let mut files = Vec::new();
    for bundle in &growth.bundles {
        files.push((bundle.path(), bundle_bytes(conn, bundle)?));
        write_some(folder, &mut files)?;
    }
    for tile in &growth.tiles {
        files.push((tile.path(), tile_bytes(conn, tile)?));
        write_some(folder, &mut files)?;
    }
    folder.write_once(&files).map_err(Error::internal)
}

/// Writes what has come together, once it is much.
fn write_some(folder: &LogFolder, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), Error> {
    if files.len() >= FILES_AT_ONCE {
        folder
            .write_once(&std::mem::take(files))
            .map_err(Error::internal)?;
    }
    Ok(())
}

/// Makes the policy public, in the order that every reader prints it.
pub fn write_policy(folder: &LogFolder, log: &Publisher) -> Result<(), Error> {
    let _lock = folder.lock().map_err(Error::internal)?;
    folder
        .write_if_changed(POLICY, log.policy().to_string().as_bytes())
        .map_err(Error::internal)
}

fn write_vkey(folder: &LogFolder, vkey: &Vkey) -> Result<(), Error> {
    folder
        .write_if_changed(VKEY, format!("{vkey}\n").as_bytes())
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

/// Deletes partial tiles whose full tile has been there for an hour, and what processes that were killed left half written. Run every hour.
pub fn sweep_partials(folder: &LogFolder, size: u64) -> Result<u64, Error> {
    let lock = folder.lock().map_err(Error::internal)?;
    folder.delete_staged(&lock).map_err(Error::internal)?;
    drop(lock);
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
