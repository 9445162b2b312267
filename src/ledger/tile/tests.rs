//! Tiles and bundles against the specification's examples and against `tlog_tiles`.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::ledger::hash::leaf_hash;
use crate::ledger::tile::*;
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
        let long = [bytes.as_slice(), &[0]].concat();
        prop_assert_eq!(bundle.decode(&long), Err(TileError::Width));
    }
}
