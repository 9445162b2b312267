//! The published form of a tree: hash tiles and entry bundles, their paths and bytes (C2SP tlog-tiles).
//! Absent: files, HTTP, and when to publish.

use thiserror::Error;

use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::TreeError;
use crate::ledger::tree::read;
use crate::ledger::tree::stored_hash_index;

pub use crate::ledger::tile::reader::TileReader;
pub use crate::ledger::tile::reader::TileReaderError;

mod reader;
#[cfg(test)]
mod tests;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The longest entry a bundle can hold.
pub const ENTRY_SIZE_BYTES_MAX: usize = 65_535;

/// A tile spans 2^8 nodes of its level.
const TILE_HEIGHT: u8 = 8;

/// Tiles beyond this would hold leaves beyond 2^63.
const INDEX_LIMIT: u64 = 1 << 55;

/// Why a path, a tile or a bundle was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TileError {
    /// Not a path of this kind.
    #[error("not the path of a tile or an entry bundle")]
    Path,
    /// Level above 63, an index beyond any tree, or a width outside 1 to 256.
    #[error("no tile has such a level, index or width")]
    Range,
    /// The bytes are not as many hashes or entries as the width says.
    #[error("the bytes do not hold as many hashes or entries as the width says")]
    Width,
    /// An entry is longer than 65,535 bytes.
    #[error("an entry is longer than 65535 bytes")]
    EntrySize,
}

/// Consecutive hashes of one tree level: 256, or fewer at the right edge.
///
/// ```
/// use ikrar::ledger::tile::Tile;
/// let tile = Tile::new(0, 1_234_067, 17)?;
/// assert_eq!(tile.path(), "tile/0/x001/x234/067.p/17");
/// assert_eq!(Tile::parse(&tile.path())?, tile);
/// assert_eq!(tile.full().path(), "tile/0/x001/x234/067");
/// # Ok::<(), ikrar::ledger::tile::TileError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// The tile number `index` of tile level `level` (0 is leaves, each level 256 times as wide) with `width` hashes.
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, TileError> {
        let valid = level <= 63 && index < INDEX_LIMIT && (1..=TILE_WIDTH).contains(&width);
        if valid {
            Ok(Self { level, index, width })
        } else {
            Err(TileError::Range)
        }
    }

    /// Tile level, 0 to 63.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Number of the tile within its level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes it holds, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The full tile at the same place.
    #[must_use]
    pub fn full(&self) -> Self {
        Self {
            width: TILE_WIDTH,
            ..*self
        }
    }

    /// Its path under the log's prefix: `tile/<L>/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, print_place(self.index, self.width))
    }

    /// Reads a path.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let rest = path.strip_prefix("tile/").ok_or(TileError::Path)?;
        let (level, place) = rest.split_once('/').ok_or(TileError::Path)?;
        let level = parse_num(level)
            .ok()
            .and_then(|level| u8::try_from(level).ok())
            .ok_or(TileError::Path)?;
        let (index, width) = parse_place(place).ok_or(TileError::Path)?;
        Self::new(level, index, width).or(Err(TileError::Path))
    }

    /// The hashes in a tile's bytes.
    pub fn decode(&self, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != usize::from(self.width) {
            return Err(TileError::Width);
        }
        Ok(hashes.iter().copied().map(Hash::from_bytes).collect())
    }
}

/// The bytes of a hash tile: its hashes, one after the other.
pub fn tile_bytes<R: HashReader + ?Sized>(
    tile: &Tile,
    reader: &mut R,
) -> Result<Vec<u8>, TreeError<R::Error>> {
    let first = tile.index * u64::from(TILE_WIDTH);
    let level = tile.level.saturating_mul(TILE_HEIGHT);
    let places = first..first + u64::from(tile.width);
    let indexes: Vec<u64> = places.map(|n| stored_hash_index(level, n)).collect();
    Ok(read(reader, &indexes)?
        .iter()
        .flat_map(|hash| *hash.as_bytes())
        .collect())
}

/// Consecutive entries: 256, or fewer at the end of the log.
///
/// ```
/// use ikrar::ledger::tile::EntryBundle;
/// let bundle = EntryBundle::new(0, 2)?;
/// assert_eq!(bundle.path(), "tile/entries/000.p/2");
/// let bytes = bundle.encode(&["one", "2"])?;
/// assert_eq!(bytes, b"\x00\x03one\x00\x012");
/// assert_eq!(bundle.decode(&bytes)?, [b"one".as_slice(), b"2"]);
/// # Ok::<(), ikrar::ledger::tile::TileError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryBundle {
    index: u64,
    width: u16,
}

impl EntryBundle {
    /// The bundle number `index` with `width` entries.
    pub fn new(index: u64, width: u16) -> Result<Self, TileError> {
        Tile::new(0, index, width).map(|tile| Self {
            index: tile.index,
            width: tile.width,
        })
    }

    /// Number of the bundle.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many entries it holds, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Index in the log of its first entry.
    pub fn first_entry(&self) -> u64 {
        self.index * u64::from(TILE_WIDTH)
    }

    /// The full bundle at the same place.
    #[must_use]
    pub fn full(&self) -> Self {
        Self {
            width: TILE_WIDTH,
            ..*self
        }
    }

    /// The tile that holds the leaf hashes of these entries.
    pub fn leaf_tile(&self) -> Tile {
        Tile {
            level: 0,
            index: self.index,
            width: self.width,
        }
    }

    /// Its path under the log's prefix: `tile/entries/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        format!("tile/entries/{}", print_place(self.index, self.width))
    }

    /// Reads a path.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let place = path.strip_prefix("tile/entries/").ok_or(TileError::Path)?;
        let (index, width) = parse_place(place).ok_or(TileError::Path)?;
        Self::new(index, width).or(Err(TileError::Path))
    }

    /// The bytes: each entry behind its length as a big-endian u16.
    pub fn encode<E: AsRef<[u8]>>(&self, entries: &[E]) -> Result<Vec<u8>, TileError> {
        if entries.len() != usize::from(self.width) {
            return Err(TileError::Width);
        }
        let mut bytes = Vec::new();
        for entry in entries.iter().map(AsRef::as_ref) {
            let length = u16::try_from(entry.len()).or(Err(TileError::EntrySize))?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        Ok(bytes)
    }

    /// The entries in a bundle's bytes, as many as the width says and nothing behind them.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, TileError> {
        let mut rest = bytes;
        let mut entries = Vec::with_capacity(self.width.into());
        for _ in 0..self.width {
            let (length, behind) = rest.split_first_chunk::<2>().ok_or(TileError::Width)?;
            let length = u16::from_be_bytes(*length).into();
            let (entry, behind) = behind.split_at_checked(length).ok_or(TileError::Width)?;
            entries.push(entry);
            rest = behind;
        }
        if rest.is_empty() {
            Ok(entries)
        } else {
            Err(TileError::Width)
        }
    }
}

/// The files to write when the published tree grows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Growth {
    /// Hash tiles, lowest level first.
    pub tiles: Vec<Tile>,
    /// Entry bundles in order.
    pub bundles: Vec<EntryBundle>,
}

/// Which tiles and bundles a tree of `new` leaves has that one of `old` leaves had not. A full tile comes without the
/// partial ones that it replaces.
///
/// ```
/// use ikrar::ledger::tile::tiles_for_growth;
/// let growth = tiles_for_growth(200, 300);
/// let paths: Vec<String> = growth.tiles.iter().map(|tile| tile.path()).collect();
/// assert_eq!(paths, ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]);
/// let paths: Vec<String> = growth.bundles.iter().map(|bundle| bundle.path()).collect();
/// assert_eq!(paths, ["tile/entries/000", "tile/entries/001.p/44"]);
/// ```
pub fn tiles_for_growth(old: u64, new: u64) -> Growth {
    let mut growth = Growth::default();
    for level in 0..8u8 {
        let shift = level * TILE_HEIGHT;
        let (before, after) = (old >> shift, new >> shift);
        if before >= after {
            break;
        }
        let width_full = u64::from(TILE_WIDTH);
        for index in before / width_full..after.div_ceil(width_full) {
            let width = (after - index * width_full).min(width_full);
            let width = u16::try_from(width).unwrap_or(TILE_WIDTH);
            growth.tiles.push(Tile { level, index, width });
            if level == 0 {
                growth.bundles.push(EntryBundle { index, width });
            }
        }
    }
    growth
}

/// `<N>[.p/<W>]`: groups of three digits, all but the last behind an `x`.
fn print_place(index: u64, width: u16) -> String {
    let mut place = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        place = format!("x{:03}/{place}", rest % 1000);
        rest /= 1000;
    }
    if width == TILE_WIDTH {
        place
    } else {
        format!("{place}.p/{width}")
    }
}

/// Undoes [`print_place`], and accepts nothing that does not print again.
fn parse_place(place: &str) -> Option<(u64, u16)> {
    let (groups, width) = match place.split_once(".p/") {
        Some((groups, width)) => (groups, parse_num(width).ok()?.try_into().ok()?),
        None => (place, TILE_WIDTH),
    };
    let digits: String = groups
        .split('/')
        .map(|group| group.strip_prefix('x').unwrap_or(group))
        .collect();
    let index = digits.parse().ok()?;
    (print_place(index, width) == place).then_some((index, width))
}
