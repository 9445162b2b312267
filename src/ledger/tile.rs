//! The published form of a tree: hash tiles and entry bundles, their paths and bytes (C2SP tlog-tiles).
//! Absent: files, HTTP, and when to publish.

use thiserror::Error;

use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::TreeError;
use crate::ledger::tree::read;
use crate::ledger::tree::stored_hash_index;

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::ledger::hash::leaf_hash;
    use crate::ledger::tree::MemoryTree;

    fn oracle_tile(tile: &Tile) -> tlog_tiles::Tile {
        tlog_tiles::Tile::new(8, tile.level, tile.index, tile.width.into(), false)
    }

    #[test]
    fn the_example_of_the_specification() {
        let tiles = tiles_for_growth(0, 70_000).tiles;
        let level = |level| tiles.iter().filter(move |tile| tile.level == level);
        assert_eq!(level(0).count(), 274);
        assert_eq!(level(0).next_back().map(Tile::width), Some(112));
        assert_eq!(level(1).map(Tile::width).collect::<Vec<_>>(), [256, 17]);
        assert_eq!(level(2).map(Tile::width).collect::<Vec<_>>(), [1]);
        assert_eq!(level(3).count(), 0);
    }

    #[test]
    fn a_full_tile_begins_the_level_above() {
        let paths: Vec<_> = tiles_for_growth(0, 256).tiles.iter().map(Tile::path).collect();
        assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(tiles_for_growth(256, 256), Growth::default());
        assert_eq!(tiles_for_growth(300, 256), Growth::default());
    }

    #[test]
    fn bad_paths_are_refused() {
        let bad = [
            "tile/0/0",
            "tile/0/x000/000",
            "tile/00/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/007",
            "tile/64/000",
            "tile/0/001/234",
            "tile/0/x001/x234",
            "tile/0/",
            "tile/0/+01",
            "tile/0/-01",
            "tile/0",
            "tile/0/000/",
            "/tile/0/000",
            "tile/0/../000",
            "tile/0/x0001/000",
            "tile/entries/000",
        ];
        for path in bad {
            assert_eq!(Tile::parse(path), Err(TileError::Path), "{path}");
        }
        assert_eq!(EntryBundle::parse("tile/0/000"), Err(TileError::Path));
        assert_eq!(Tile::new(0, 0, 0), Err(TileError::Range));
        assert_eq!(Tile::new(0, u64::MAX, 1), Err(TileError::Range));
    }

    #[test]
    fn tile_bytes_are_those_of_tlog_tiles() {
        /// Reads for the oracle.
        struct Reader(MemoryTree);
        impl tlog_tiles::HashReader for Reader {
            fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::tlog::Error> {
                let hashes = self.0.clone().read_hashes(indexes).unwrap();
                Ok(hashes
                    .iter()
                    .map(|hash| tlog_tiles::Hash(*hash.as_bytes()))
                    .collect())
            }
        }
        let mut tree: MemoryTree = (0u32..600).map(|entry| leaf_hash(&entry.to_be_bytes())).collect();
        for tile in tiles_for_growth(0, 600).tiles {
            let bytes = tile_bytes(&tile, &mut tree).unwrap();
            assert_eq!(
                oracle_tile(&tile).read_data(&Reader(tree.clone())).unwrap(),
                bytes
            );
            assert_eq!(tile.decode(&bytes).unwrap().len(), usize::from(tile.width));
            assert_eq!(tile.decode(&bytes[1..]), Err(TileError::Width));
        }
    }

    #[test]
    fn entries_have_a_longest() {
        let bundle = EntryBundle::new(0, 1).unwrap();
        let longest = vec![7; ENTRY_SIZE_BYTES_MAX];
        let bytes = bundle.encode(std::slice::from_ref(&longest)).unwrap();
        assert_eq!(bundle.decode(&bytes).unwrap(), [longest.as_slice()]);
        assert_eq!(
            bundle.encode(&[vec![7; ENTRY_SIZE_BYTES_MAX + 1]]),
            Err(TileError::EntrySize)
        );
        assert_eq!(bundle.encode::<&str>(&[]), Err(TileError::Width));
    }

    proptest! {
        #[test]
        fn growth_is_that_of_tlog_tiles(old in 0u64..140_000, grow in 0u64..2_000) {
            let growth = tiles_for_growth(old, old + grow);
            let theirs: BTreeSet<String> =
                tlog_tiles::Tile::new_tiles(8, old, old + grow).iter().map(tlog_tiles::Tile::path).collect();
            let ours: BTreeSet<String> = growth.tiles.iter().map(|tile| oracle_tile(tile).path()).collect();
            prop_assert_eq!(ours, theirs);
            let leaves: Vec<Tile> = growth.tiles.into_iter().filter(|tile| tile.level == 0).collect();
            prop_assert_eq!(growth.bundles.iter().map(EntryBundle::leaf_tile).collect::<Vec<_>>(), leaves);
        }

        #[test]
        fn paths_come_back(level in 0u8..64, index in 0u64..INDEX_LIMIT, width in 1u16..=256) {
            let tile = Tile::new(level, index, width).unwrap();
            prop_assert_eq!(Tile::parse(&tile.path()), Ok(tile));
            let bundle = EntryBundle::new(index, width).unwrap();
            prop_assert_eq!(EntryBundle::parse(&bundle.path()), Ok(bundle));
        }

        #[test]
        fn arbitrary_paths_never_panic(path in "(tile/)?([0-9]{1,2}|entries)/(x?[0-9]{0,4}/?){0,9}(\\.p/[0-9]{0,4})?") {
            if let Ok(tile) = Tile::parse(&path) {
                prop_assert_eq!(tile.path(), path.clone());
            }
            if let Ok(bundle) = EntryBundle::parse(&path) {
                prop_assert_eq!(bundle.path(), path);
            }
        }

        #[test]
        fn arbitrary_bundles_never_panic(width in 1u16..=256, bytes: Vec<u8>) {
            let bundle = EntryBundle::new(0, width).unwrap();
            if let Ok(entries) = bundle.decode(&bytes) {
                prop_assert_eq!(bundle.encode(&entries), Ok(bytes));
            }
        }

        #[test]
        fn bundles_come_back(entries in prop::collection::vec(any::<Vec<u8>>(), 1..20)) {
            let bundle = EntryBundle::new(3, u16::try_from(entries.len()).unwrap()).unwrap();
            let bytes = bundle.encode(&entries).unwrap();
            prop_assert_eq!(bundle.decode(&bytes).unwrap(), entries);
            prop_assert_eq!(bundle.decode(&bytes[..bytes.len() - 1]), Err(TileError::Width));
        }
    }
}
