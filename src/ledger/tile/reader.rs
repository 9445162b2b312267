//! Hashes out of published tiles, so that proofs can be made from public files alone; no hash is believed before its tile
//! is tied to the checkpoint's root. Absent: where the files are, and who signed the checkpoint.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::hash::node_hash;
use crate::ledger::tile::TILE_HEIGHT;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::Tile;
use crate::ledger::tile::TileError;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::fold;
use crate::ledger::tree::split_stored_hash_index;

#[cfg(test)]
mod tests;

/// Level-0 tiles kept beside those above, which are few: 8 MB.
const LEAF_TILES_KEPT_MAX: usize = 1024;

/// Reads stored hashes from the tiles of one checkpoint, as Go's `tlog.TileHashReader` does.
///
/// Tiles at the tree's right edge must together give the root; any other tile must give the hash that the tile above it,
/// checked in the same way, holds for it. So a proof made over this reader needs no check of its own, and a tile that was
/// changed, cut or taken from another tree is an error that names it.
///
/// ```
/// use std::convert::Infallible;
/// use ikrar::ledger::{checkpoint::Checkpoint, hash::leaf_hash, note::KeyName, tile::TileReader, tree};
/// let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
/// let root = ikrar::ledger::hash::node_hash(&a, &b);
/// let checkpoint = Checkpoint { origin: KeyName::parse("example.com/log")?, size: 2, root };
/// let tile = [*a.as_bytes(), *b.as_bytes()].concat();
/// let mut files = |path: &str| Ok::<_, Infallible>((path == "tile/0/000.p/2").then(|| tile.clone()));
/// assert_eq!(tree::prove_inclusion(2, 1, &mut TileReader::new(&checkpoint, &mut files))?, [a]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TileReader<F> {
    size: u64,
    root: Hash,
    fetch: F,
    /// Checked tiles, by level and index.
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
    /// Whether the tiles of the right edge are in `tiles`.
    has_edge: bool,
}

/// Why a hash could not be had from published tiles.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TileReaderError<E> {
    /// The hash does not exist in a tree of this size.
    #[error("a tree of {size} leaves stores no hash at {index}")]
    Range {
        /// Where a hash was asked for.
        index: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// Neither the tile nor the full tile at its place is there.
    #[error("{path} is missing")]
    Missing {
        /// Which.
        path: String,
    },
    /// The file does not have the form of a tile of its width.
    #[error("{path} is malformed")]
    Malformed {
        /// Which.
        path: String,
        /// How.
        source: TileError,
    },
    /// The tile is not the one that the checkpoint's root commits to.
    #[error("{path} does not belong to the checkpoint's tree")]
    Untrue {
        /// Which.
        path: String,
    },
    /// The tiles at the right edge do not give the checkpoint's root.
    #[error("the tiles at the end of the log lead to the root {found}, the checkpoint says {expected}")]
    Root {
        /// The checkpoint's root.
        expected: Hash,
        /// What the tiles give.
        found: Hash,
    },
    /// Reading failed, which says nothing about the log.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: String,
        /// The reason.
        source: E,
    },
}

impl<F, E> TileReader<F>
where
    F: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
{
    /// Reads the tiles of this checkpoint, whose signature is the caller's affair. `fetch` gets a path such as
    /// `tile/0/000.p/2` and gives the file's bytes, or none where there is no such file.
    pub fn new(checkpoint: &Checkpoint, fetch: F) -> Self {
        Self {
            size: checkpoint.size,
            root: checkpoint.root,
            fetch,
            tiles: BTreeMap::new(),
            has_edge: false,
        }
    }

    /// The hash stored at `index`.
    fn stored_hash(&mut self, index: u64) -> Result<Hash, TileReaderError<E>> {
        let (level, n) = split_stored_hash_index(index);
        let exists = n < self.size.checked_shr(level.into()).unwrap_or(0);
        if !exists {
            let size = self.size;
            return Err(TileReaderError::Range { index, size });
        }
        let below = level % TILE_HEIGHT;
        let first = n << below;
        let hashes = self.tile(level / TILE_HEIGHT, first / u64::from(TILE_WIDTH))?;
        let from = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        let part = hashes.get(from..from + (1 << below)).unwrap_or_default();
        Ok(full_root(part))
    }

    /// A checked tile.
    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], TileReaderError<E>> {
        self.check_edge()?;
        // From the tile that is wanted up to one that is known, then down again, each checked against the one above it.
        let mut wanted = vec![(level, index)];
        while let Some(&(level, index)) = wanted.last() {
            if self.tiles.contains_key(&(level, index)) || level >= 7 {
                break;
            }
            wanted.push((level + 1, index / u64::from(TILE_WIDTH)));
        }
        while let Some((level, index)) = wanted.pop() {
            if !self.tiles.contains_key(&(level, index)) {
                self.check_tile(level, index)?;
            }
        }
        Ok(self.tiles.get(&(level, index)).map_or(&[], Vec::as_slice))
    }

    /// Fetches a full tile and compares it with what the checked tile above it says.
    fn check_tile(&mut self, level: u8, index: u64) -> Result<(), TileReaderError<E>> {
        let (tile, hashes) = self.fetch_tile(level, index, TILE_WIDTH)?;
        let above = self.tiles.get(&(level + 1, index / u64::from(TILE_WIDTH)));
        let place = usize::try_from(index % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        let expected = above.and_then(|hashes| hashes.get(place));
        if expected != Some(&full_root(&hashes)) {
            let path = tile.path();
            return Err(TileReaderError::Untrue { path });
        }
        self.keep(level, index, hashes);
        Ok(())
    }

    fn keep(&mut self, level: u8, index: u64, hashes: Vec<Hash>) {
        let leaf_tiles = self.tiles.range((0, 0)..(1, 0)).count();
        if level == 0 && leaf_tiles >= LEAF_TILES_KEPT_MAX {
            let edge = self.size / u64::from(TILE_WIDTH);
            self.tiles
                .retain(|(level, index), _| *level > 0 || *index == edge);
        }
        self.tiles.insert((level, index), hashes);
    }

    /// Fetches the tiles at the right edge, one a level at most, and compares what they give with the root.
    fn check_edge(&mut self) -> Result<(), TileReaderError<E>> {
        if self.has_edge {
            return Ok(());
        }
        let mut edge = BTreeMap::new();
        let mut nodes = Vec::new();
        for level in (0..8u8).rev() {
            let count = self.size >> (level * TILE_HEIGHT);
            let width = u16::try_from(count % u64::from(TILE_WIDTH)).unwrap_or(0);
            if width > 0 {
                let index = count / u64::from(TILE_WIDTH);
                let (_, hashes) = self.fetch_tile(level, index, width)?;
                nodes.extend(full_subtrees(&hashes));
                edge.insert((level, index), hashes);
            }
        }
        let found = fold(&nodes);
        if found != self.root {
            let expected = self.root;
            return Err(TileReaderError::Root { expected, found });
        }
        self.tiles = edge;
        self.has_edge = true;
        Ok(())
    }

    /// Reads a tile; where a partial one is gone, the full one that replaced it.
    fn fetch_tile(
        &mut self,
        level: u8,
        index: u64,
        width: u16,
    ) -> Result<(Tile, Vec<Hash>), TileReaderError<E>> {
        let tile = Tile { level, index, width };
        let mut found = (tile, self.fetch_file(&tile)?);
        if found.1.is_none() && width < TILE_WIDTH {
            found = (tile.full(), self.fetch_file(&tile.full())?);
        }
        let (found, Some(bytes)) = found else {
            let path = tile.path();
            return Err(TileReaderError::Missing { path });
        };
        let mut hashes = found
            .decode(&bytes)
            .map_err(|source| TileReaderError::Malformed {
                path: found.path(),
                source,
            })?;
        hashes.truncate(width.into());
        Ok((found, hashes))
    }

    fn fetch_file(&mut self, tile: &Tile) -> Result<Option<Vec<u8>>, TileReaderError<E>> {
        let path = tile.path();
        (self.fetch)(&path).map_err(|source| TileReaderError::Read { path, source })
    }
}

impl<F, E> HashReader for TileReader<F>
where
    F: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
{
    type Error = TileReaderError<E>;

    fn read_hashes(&mut self, indexes: &[u64]) -> Result<Vec<Hash>, Self::Error> {
        indexes.iter().map(|index| self.stored_hash(*index)).collect()
    }
}

/// The root over a power of two of neighbouring hashes.
fn full_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [hash] => *hash,
        [] => Hash::ZERO,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&full_root(left), &full_root(right))
        }
    }
}

/// The roots of the full subtrees over a partial tile, largest first.
fn full_subtrees(hashes: &[Hash]) -> Vec<Hash> {
    let mut rest = hashes;
    let mut roots = Vec::new();
    while let Some(height) = rest.len().checked_ilog2() {
        let (full, behind) = rest.split_at(1 << height);
        roots.push(full_root(full));
        rest = behind;
    }
    roots
}
