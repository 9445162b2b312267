//! Proofs made from published tiles alone, and what happens when a tile is changed, cut, missing or another tree's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;

use crate::ledger::hash::empty_root;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::KeyName;
use crate::ledger::tile::reader::*;
use crate::ledger::tile::tile_bytes;
use crate::ledger::tile::tiles_for_growth;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::TreeError;
use crate::ledger::tree::prove_consistency;
use crate::ledger::tree::prove_inclusion;
use crate::ledger::tree::root;
use crate::ledger::tree::stored_hash_count;
use crate::ledger::tree::verify_consistency;

type Files = BTreeMap<String, Vec<u8>>;
type Error = TileReaderError<Infallible>;

fn tree(size: u64) -> MemoryTree {
    (0..size).map(|entry| leaf_hash(&entry.to_be_bytes())).collect()
}

/// The files as they are when every size in between was published, without the partial tiles since replaced.
fn files(tree: &mut MemoryTree) -> Files {
    let tiles = tiles_for_growth(0, tree.size()).tiles;
    let file = |tile: &Tile| (tile.path(), tile_bytes(tile, tree).unwrap());
    tiles.iter().map(file).collect()
}

fn checkpoint(size: u64, tree: &mut MemoryTree) -> Checkpoint {
    Checkpoint {
        origin: KeyName::parse("example.com/log").unwrap(),
        size,
        root: root(size, tree).unwrap(),
    }
}

fn reader<'a>(checkpoint: &Checkpoint, files: &'a Files) -> impl HashReader<Error = Error> + use<'a> {
    TileReader::new(checkpoint, |path: &str| Ok(files.get(path).cloned()))
}

#[test]
fn every_stored_hash_is_read() {
    let mut whole = tree(70_000);
    let files = files(&mut whole);
    let mut published = reader(&checkpoint(70_000, &mut whole), &files);
    let indexes: Vec<u64> = (0..stored_hash_count(70_000)).step_by(37).collect();
    assert_eq!(
        published.read_hashes(&indexes).unwrap(),
        whole.read_hashes(&indexes).unwrap()
    );
    let beyond = stored_hash_count(70_000);
    let error = TileReaderError::Range {
        index: beyond,
        size: 70_000,
    };
    assert_eq!(published.read_hashes(&[beyond]), Err(error));
    assert!(published.read_hashes(&[u64::MAX]).is_err());
}

#[test]
fn an_older_checkpoint_is_read_from_the_tiles_of_a_newer_one() {
    let mut whole = tree(66_000);
    let files = files(&mut whole);
    for size in [1, 255, 256, 257, 300, 511, 512, 65_535, 65_536, 65_537] {
        let old = checkpoint(size, &mut whole);
        let mut published = reader(&old, &files);
        assert_eq!(root(size, &mut published), Ok(old.root), "{size}");
        assert_eq!(
            prove_inclusion(size, size / 2, &mut published).unwrap(),
            prove_inclusion(size, size / 2, &mut whole).unwrap()
        );
    }
}

#[test]
fn the_empty_tree_needs_no_tile() {
    let mut none = tree(0);
    let files = Files::new();
    assert_eq!(
        root(0, &mut reader(&checkpoint(0, &mut none), &files)),
        Ok(empty_root())
    );
    let mut published = reader(&checkpoint(0, &mut none), &files);
    assert_eq!(
        published.read_hashes(&[0]),
        Err(TileReaderError::Range { index: 0, size: 0 })
    );
}

#[test]
fn few_tiles_are_fetched_and_none_twice() {
    let mut whole = tree(70_000);
    let files = files(&mut whole);
    let asked = RefCell::new(Vec::new());
    let fetch = |path: &str| {
        asked.borrow_mut().push(path.to_owned());
        Ok::<_, Infallible>(files.get(path).cloned())
    };
    let mut published = TileReader::new(&checkpoint(70_000, &mut whole), fetch);
    prove_inclusion(70_000, 300, &mut published).unwrap();
    prove_inclusion(70_000, 301, &mut published).unwrap();
    assert_eq!(
        *asked.borrow(),
        [
            "tile/2/000.p/1",
            "tile/1/001.p/17",
            "tile/0/273.p/112",
            "tile/1/000",
            "tile/0/001"
        ]
    );
}

/// Every byte of every tile that a proof reads.
#[test]
fn a_changed_byte_is_never_believed() {
    let mut whole = tree(66_050);
    let files = files(&mut whole);
    let checkpoint = checkpoint(66_050, &mut whole);
    let proof = prove_inclusion(66_050, 700, &mut whole).unwrap();
    let read = [
        "tile/0/002",
        "tile/1/000",
        "tile/0/258.p/2",
        "tile/1/001.p/2",
        "tile/2/000.p/1",
    ];
    for (path, place) in read
        .iter()
        .flat_map(|path| (0..files[*path].len()).map(move |place| (*path, place)))
    {
        let step = if files[path].len() > 1000 { 61 } else { 1 };
        if place % step > 0 {
            continue;
        }
        let fetch = |name: &str| {
            let mut bytes = files.get(name).cloned();
            if let Some(bytes) = bytes.as_mut().filter(|_| name == path) {
                bytes[place] ^= 1 << (place % 8);
            }
            Ok::<_, Infallible>(bytes)
        };
        let verdict = prove_inclusion(66_050, 700, &mut TileReader::new(&checkpoint, fetch));
        let Err(TreeError::Read(error)) = verdict else {
            panic!("{path} byte {place}: {verdict:?}");
        };
        let is_full = files[path].len() == 8192;
        let named = matches!(&error, TileReaderError::Untrue { path: named } if named == path);
        assert!(
            is_full && named || !is_full && matches!(error, TileReaderError::Root { .. }),
            "{path}: {error}"
        );
    }
    assert_eq!(
        prove_inclusion(66_050, 700, &mut reader(&checkpoint, &files)),
        Ok(proof)
    );
}

#[test]
fn a_partial_tile_that_is_gone_is_read_from_the_full_one() {
    let mut whole = tree(600);
    let later = files(&mut whole);
    let old = checkpoint(300, &mut whole);
    assert!(!later.contains_key("tile/0/001.p/44") && !later.contains_key("tile/1/000.p/1"));
    // At 600 leaves level 1 has two hashes: its partial tile of one is gone, a full one is not there yet.
    let missing = reader(&old, &later).read_hashes(&[0]);
    let path = "tile/1/000.p/1".to_owned();
    assert_eq!(missing, Err(TileReaderError::Missing { path }));
    let mut kept = later.clone();
    kept.insert(
        "tile/1/000.p/1".to_owned(),
        later["tile/1/000.p/2"][..32].to_vec(),
    );
    assert_eq!(
        prove_inclusion(300, 299, &mut reader(&old, &kept)).unwrap(),
        prove_inclusion(300, 299, &mut whole).unwrap()
    );
}

#[test]
fn cut_missing_and_foreign_tiles_are_named() {
    let mut whole = tree(300);
    let files = files(&mut whole);
    let checkpoint = checkpoint(300, &mut whole);
    let with = |path: &str, bytes: Option<Vec<u8>>| {
        let mut changed = files.clone();
        changed.remove(path);
        changed.extend(bytes.map(|bytes| (path.to_owned(), bytes)));
        reader(&checkpoint, &changed).read_hashes(&[0]).unwrap_err()
    };
    for (path, bytes) in &files {
        let path = path.clone();
        assert_eq!(with(&path, None), TileReaderError::Missing { path: path.clone() });
        for length in [0, 1, 31, bytes.len() - 32, bytes.len() - 1] {
            let error = TileReaderError::Malformed {
                path: path.clone(),
                source: TileError::Width,
            };
            assert_eq!(with(&path, Some(bytes[..length].to_vec())), error);
        }
        let foreign = vec![7; bytes.len()];
        assert!(!matches!(
            with(&path, Some(foreign)),
            TileReaderError::Malformed { .. }
        ));
    }
    let mut refused = TileReader::new(&checkpoint, |_: &str| Err("the disk is gone"));
    let path = "tile/1/000.p/1".to_owned();
    let source = "the disk is gone";
    assert_eq!(
        refused.read_hashes(&[0]),
        Err(TileReaderError::Read { path, source })
    );
    let lie = Checkpoint {
        root: Hash::ZERO,
        ..checkpoint.clone()
    };
    let verdict = reader(&lie, &files).read_hashes(&[0]);
    assert!(matches!(verdict, Err(TileReaderError::Root { .. })));
}

#[test]
fn memory_is_bounded() {
    let mut reader = TileReader::new(&checkpoint(300, &mut tree(300)), |_: &str| {
        Ok::<_, Infallible>(None)
    });
    for index in 0..3000 {
        reader.keep(0, index, Vec::new());
    }
    assert!(reader.tiles.len() <= LEAF_TILES_KEPT_MAX + 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn proofs_from_tiles_are_those_from_the_tree(size in 1u64..3000, one: u64, two: u64) {
        let mut whole = tree(size);
        let files = files(&mut whole);
        let checkpoint = checkpoint(size, &mut whole);
        let mut published = reader(&checkpoint, &files);
        let (index, old) = (one % size, two % size + 1);
        let inclusion = prove_inclusion(size, index, &mut published).unwrap();
        prop_assert_eq!(inclusion, prove_inclusion(size, index, &mut whole).unwrap());
        let proof = prove_consistency(old, size, &mut published).unwrap();
        let old_root = root(old, &mut published).unwrap();
        prop_assert_eq!(verify_consistency(&proof, old, &old_root, size, &checkpoint.root), Ok(()));
    }

    #[test]
    fn arbitrary_files_never_panic(size: u64, root: [u8; 32], index: u64, byte: u8, full: bool) {
        let checkpoint = Checkpoint {
            origin: KeyName::parse("example.com/log").unwrap(),
            size: size >> 1,
            root: Hash::from_bytes(root),
        };
        let fetch = |path: &str| {
            let tile = Tile::parse(path).unwrap();
            let bytes = vec![byte; usize::from(tile.width()) * 32];
            Ok::<_, Infallible>((full || tile.width() == TILE_WIDTH).then_some(bytes))
        };
        prop_assert!(TileReader::new(&checkpoint, fetch).read_hashes(&[index]).is_err());
    }
}
