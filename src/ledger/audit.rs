//! Reading a published log back: recompute the root from opaque entries, compare it with the checkpoint, and name the
//! first place that does not agree. Absent: what entries mean, and who signed the checkpoint.

use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::Tile;
use crate::ledger::tile::TileError;
use crate::ledger::tree::Frontier;

#[cfg(test)]
mod tests;

/// What an audit found wrong, or why it could not go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuditError<E> {
    /// The entries are fewer or more than the checkpoint says.
    #[error("the checkpoint says {expected} entries, there are {found}")]
    Size {
        /// The checkpoint's size.
        expected: u64,
        /// How many there are; one more than expected stands for any more.
        found: u64,
    },
    /// The entry is not what the published leaf hash says.
    #[error("entry {index} does not have the leaf hash that is published for it")]
    Entry {
        /// The first such entry.
        index: u64,
    },
    /// A hash tile does not follow from the tiles below it.
    #[error("{path} does not follow from the level below it")]
    Tile {
        /// The first such tile.
        path: String,
    },
    /// Entries and tiles agree, but on another tree.
    #[error("the entries lead to the root {found}, the checkpoint says {expected}")]
    Root {
        /// The checkpoint's root.
        expected: Hash,
        /// The recomputed root.
        found: Hash,
    },
    /// A file is not there.
    #[error("{path} is missing")]
    Missing {
        /// Which.
        path: String,
    },
    /// A file does not have the form of its kind.
    #[error("{path} is malformed")]
    Malformed {
        /// Which.
        path: String,
        /// How.
        source: TileError,
    },
    /// Reading failed, which says nothing about the log.
    #[error("cannot read {path}")]
    Read {
        /// Which file, or which entry.
        path: String,
        /// The reader's reason.
        source: E,
    },
}

/// Recomputes the root over entries as they come, in memory of a few hashes, and compares it with the checkpoint.
///
/// ```
/// use std::convert::Infallible;
/// use ikrar::ledger::{audit::audit_entries, checkpoint::Checkpoint, hash::leaf_hash, note::KeyName};
/// let checkpoint = Checkpoint { origin: KeyName::parse("example.com/log")?, size: 1, root: leaf_hash(b"entry") };
/// assert!(audit_entries([Ok::<_, Infallible>("entry")], &checkpoint).is_ok());
/// assert!(audit_entries([Ok::<_, Infallible>("changed")], &checkpoint).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn audit_entries<I, B, E>(entries: I, checkpoint: &Checkpoint) -> Result<(), AuditError<E>>
where
    I: IntoIterator<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    let mut frontier = Frontier::default();
    for entry in entries {
        let index = frontier.size();
        let entry = entry.map_err(|source| AuditError::Read {
            path: format!("entry {index}"),
            source,
        })?;
        if index == checkpoint.size {
            return Err(AuditError::Size {
                expected: checkpoint.size,
                found: index + 1,
            });
        }
        frontier.append(&leaf_hash(entry.as_ref()));
    }
    compare(&frontier, checkpoint)
}

/// Audits the published files of a log: every entry against its leaf tile, every tile against the level below, the root
/// against the checkpoint. `read` gives the file at a path, or `None` where there is none; `each` sees every entry that
/// agrees with its leaf tile, in order. What `each` saw counts only when the audit ends well.
pub fn audit_files<R, F, E>(checkpoint: &Checkpoint, read: R, mut each: F) -> Result<(), AuditError<E>>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    F: FnMut(u64, &[u8]),
{
    let mut files = Files(read);
    let mut frontier = Frontier::default();
    let mut levels = Vec::new();
    let width_full = u64::from(TILE_WIDTH);
    for number in 0..checkpoint.size.div_ceil(width_full) {
        let width = (checkpoint.size - number * width_full).min(width_full);
        let width = u16::try_from(width).unwrap_or(TILE_WIDTH);
        let bundle = EntryBundle::new(number, width).map_err(|source| malformed("checkpoint", source))?;
        let leaves = files.hashes(&bundle.leaf_tile())?;
        files.entries(&bundle, |entry, place| {
            let index = frontier.size();
            let leaf = leaf_hash(entry);
            if leaves.get(place) != Some(&leaf) {
                return Err(AuditError::Entry { index });
            }
            frontier.append(&leaf);
            each(index, entry);
            Ok(())
        })?;
        if width == TILE_WIDTH {
            climb(&mut levels, &leaves, &mut files)?;
        }
    }
    for (level, row) in (1u8..).zip(&levels) {
        row.compare(level, &mut files)?;
    }
    compare(&frontier, checkpoint)
}

/// The rightmost tile of a level above the leaves, as it follows from the level below.
#[derive(Default)]
struct Row {
    index: u64,
    hashes: Vec<Hash>,
}

impl Row {
    /// Compares with the published tile; an empty tile is not published.
    fn compare<R, E>(&self, level: u8, files: &mut Files<R>) -> Result<(), AuditError<E>>
    where
        R: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    {
        if self.hashes.is_empty() {
            return Ok(());
        }
        let width = u16::try_from(self.hashes.len()).unwrap_or(TILE_WIDTH);
        let tile = Tile::new(level, self.index, width).map_err(|source| malformed("checkpoint", source))?;
        if files.hashes(&tile)? == self.hashes {
            Ok(())
        } else {
            Err(AuditError::Tile { path: tile.path() })
        }
    }
}

/// Carries a full tile of leaves into the level above, and further while tiles fill up.
fn climb<R, E>(levels: &mut Vec<Row>, leaves: &[Hash], files: &mut Files<R>) -> Result<(), AuditError<E>>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
{
    let mut node = root_of(leaves);
    for level in 1u8..=8 {
        let above = usize::from(level - 1);
        if levels.len() == above {
            levels.push(Row::default());
        }
        let Some(row) = levels.get_mut(above) else { break };
        row.hashes.push(node);
        if row.hashes.len() < usize::from(TILE_WIDTH) {
            break;
        }
        row.compare(level, files)?;
        node = root_of(&row.hashes);
        *row = Row {
            index: row.index + 1,
            hashes: Vec::new(),
        };
    }
    Ok(())
}

/// The root over one tile's hashes.
fn root_of(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for hash in hashes {
        frontier.append(hash);
    }
    frontier.root()
}

fn compare<E>(frontier: &Frontier, checkpoint: &Checkpoint) -> Result<(), AuditError<E>> {
    if frontier.size() != checkpoint.size {
        return Err(AuditError::Size {
            expected: checkpoint.size,
            found: frontier.size(),
        });
    }
    let (expected, found) = (checkpoint.root, frontier.root());
    if expected == found {
        Ok(())
    } else {
        Err(AuditError::Root { expected, found })
    }
}

fn malformed<E>(path: &str, source: TileError) -> AuditError<E> {
    AuditError::Malformed {
        path: path.to_owned(),
        source,
    }
}

/// Published files. A partial one may have given way to its full one (C2SP tlog-tiles, "Partial Tiles").
struct Files<R>(R);

impl<R, E> Files<R>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
{
    fn find(&mut self, path: &str) -> Result<Option<Vec<u8>>, AuditError<E>> {
        (self.0)(path).map_err(|source| AuditError::Read {
            path: path.to_owned(),
            source,
        })
    }

    /// The hashes of a tile, from it or from the beginning of the full one.
    fn hashes(&mut self, tile: &Tile) -> Result<Vec<Hash>, AuditError<E>> {
        for tile_found in [*tile, tile.full()] {
            let path = tile_found.path();
            if let Some(bytes) = self.find(&path)? {
                let mut hashes = tile_found
                    .decode(&bytes)
                    .map_err(|source| malformed(&path, source))?;
                hashes.truncate(tile.width().into());
                return Ok(hashes);
            }
        }
        Err(AuditError::Missing { path: tile.path() })
    }

    /// Shows the entries of a bundle, from it or from the beginning of the full one, with their places in it.
    fn entries<F>(&mut self, bundle: &EntryBundle, mut each: F) -> Result<(), AuditError<E>>
    where
        F: FnMut(&[u8], usize) -> Result<(), AuditError<E>>,
    {
        for bundle_found in [*bundle, bundle.full()] {
            let path = bundle_found.path();
            if let Some(bytes) = self.find(&path)? {
                let entries = bundle_found
                    .decode(&bytes)
                    .map_err(|source| malformed(&path, source))?;
                let shown = entries.into_iter().take(bundle.width().into());
                return shown
                    .enumerate()
                    .try_for_each(|(place, entry)| each(entry, place));
            }
        }
        Err(AuditError::Missing { path: bundle.path() })
    }
}
