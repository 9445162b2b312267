//! The published view of the ledger: tiles, then the signed checkpoint, from the published size to the committed size.
//!
//! The database is the truth, the folder its view. No signature over a root leaves this process before that root is
//! committed; a checkpoint is never replaced by a smaller or a different one.

use std::time::Duration;

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
const PARTIALS_KEPT: Duration = Duration::from_secs(3600);

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
    if head.size == 0 {
        return Ok(None);
    }
    let published = read(folder, signer.vkey())?;
    let old_size = published.as_ref().map_or(0, |p| p.size);
    if let Some(published) = published {
        check_extends(conn, &published, head.size)?;
        if published.size == head.size {
            return Ok(Some(published));
        }
    }
    folder
        .write_once(VKEY, format!("{}\n", signer.vkey()).as_bytes())
        .map_err(Error::internal)?;
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

/// The checkpoint that stands in the folder, its signature verified; an unreadable one is [`Error::Tampered`].
pub fn read(folder: &LogFolder, vkey: &Vkey) -> Result<Option<Published>, Error> {
    let Some(bytes) = folder.read(LATEST).map_err(Error::internal)? else {
        return Ok(None);
    };
    let tampered = |why: String| Error::Tampered(format!("{LATEST}: {why}"));
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
        let from = bundle.first_entry();
        let entries = ledger::list_entries(conn, from, from.saturating_add(u64::from(bundle.width())))?;
        let bytes = bundle.encode(&entries).map_err(Error::internal)?;
        folder
            .write_once(&bundle.path(), &bytes)
            .map_err(Error::internal)?;
    }
    for tile in &growth.tiles {
        let bytes =
            tile::tile_bytes(tile, &mut StoredHashes(conn)).map_err(|e| Error::Tampered(e.to_string()))?;
        folder.write_once(&tile.path(), &bytes).map_err(Error::internal)?;
    }
    Ok(())
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
