//! Tampering with a published log: every change is found and named.

use std::collections::BTreeMap;
use std::convert::Infallible;

use crate::ledger::audit::*;
use crate::ledger::note::KeyName;
use crate::ledger::tile::tile_bytes;
use crate::ledger::tile::tiles_for_growth;
use crate::ledger::tree::MemoryTree;

type Published = BTreeMap<String, Vec<u8>>;

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn publish(size: u64) -> (Published, Checkpoint) {
    let mut tree: MemoryTree = (0..size).map(|index| leaf_hash(&entry(index))).collect();
    let growth = tiles_for_growth(0, size);
    let mut files = Published::new();
    for tile in growth.tiles {
        files.insert(tile.path(), tile_bytes(&tile, &mut tree).unwrap());
    }
    for bundle in growth.bundles {
        let first = bundle.first_entry();
        let entries: Vec<_> = (first..first + u64::from(bundle.width())).map(entry).collect();
        files.insert(bundle.path(), bundle.encode(&entries).unwrap());
    }
    (
        files,
        Checkpoint {
            origin: KeyName::parse("example.com/log").unwrap(),
            size,
            root: tree.root(),
        },
    )
}

fn audit(files: &Published, checkpoint: &Checkpoint) -> Result<(), AuditError<Infallible>> {
    audit_files(checkpoint, |path| Ok(files.get(path).cloned()), |_, _| ())
}

#[test]
fn a_published_log_agrees() {
    for size in [0, 1, 2, 255, 256, 257, 512, 700, 65_536, 65_537 + 256] {
        let (files, checkpoint) = publish(size);
        let mut seen = 0;
        let count = |index, bytes: &[u8]| {
            assert_eq!((index, bytes), (seen, entry(index).as_slice()));
            seen += 1;
        };
        let read = |path: &str| Ok::<_, Infallible>(files.get(path).cloned());
        assert_eq!(audit_files(&checkpoint, read, count), Ok(()), "size {size}");
        assert_eq!(seen, size);
        assert_eq!(
            audit_entries(
                (0..size).map(|index| Ok::<_, Infallible>(entry(index))),
                &checkpoint
            ),
            Ok(())
        );
    }
}

#[test]
fn every_changed_file_is_named() {
    let (files, checkpoint) = publish(700);
    for path in files.keys() {
        let mut changed = files.clone();
        *changed.get_mut(path).unwrap().last_mut().unwrap() ^= 1;
        let error = audit(&changed, &checkpoint).unwrap_err();
        let expected = match path.as_str() {
            "tile/0/000" | "tile/entries/000" => AuditError::Entry { index: 255 },
            "tile/0/001" | "tile/entries/001" => AuditError::Entry { index: 511 },
            "tile/0/002.p/188" | "tile/entries/002.p/188" => AuditError::Entry { index: 699 },
            _ => AuditError::Tile { path: path.clone() },
        };
        assert_eq!(error, expected);
        changed.remove(path);
        assert_eq!(
            audit(&changed, &checkpoint),
            Err(AuditError::Missing { path: path.clone() })
        );
        changed.insert(path.clone(), vec![0]);
        let error = audit(&changed, &checkpoint).unwrap_err();
        assert_eq!(
            error,
            AuditError::Malformed {
                path: path.clone(),
                source: TileError::Width
            }
        );
    }
}

#[test]
fn full_tiles_of_the_levels_above_are_compared() {
    let (files, checkpoint) = publish(65_536);
    for path in ["tile/1/000", "tile/2/000.p/1"] {
        let mut changed = files.clone();
        changed.get_mut(path).unwrap()[0] ^= 1;
        assert_eq!(
            audit(&changed, &checkpoint),
            Err(AuditError::Tile {
                path: path.to_owned()
            })
        );
    }
}

#[test]
fn a_full_tile_stands_in_for_its_partial() {
    let (_, old) = publish(300);
    let (files, _) = publish(65_536);
    assert_eq!(audit(&files, &old), Ok(()));
}

#[test]
fn swapped_entries_are_found() {
    let (mut files, checkpoint) = publish(5);
    let bundle = EntryBundle::new(0, 5).unwrap();
    let swapped: Vec<_> = [0, 2, 1, 3, 4].map(entry).into();
    files.insert(bundle.path(), bundle.encode(&swapped).unwrap());
    assert_eq!(audit(&files, &checkpoint), Err(AuditError::Entry { index: 1 }));
    let error = audit_entries(swapped.iter().map(Ok::<_, Infallible>), &checkpoint).unwrap_err();
    assert!(matches!(error, AuditError::Root { .. }));
}

#[test]
fn a_consistent_log_of_another_tree_is_found() {
    let (files, checkpoint) = publish(300);
    let other = Checkpoint {
        root: Hash::ZERO,
        ..checkpoint
    };
    assert!(matches!(
        audit(&files, &other),
        Err(AuditError::Root {
            expected: Hash::ZERO,
            ..
        })
    ));
}

#[test]
fn missing_and_additional_entries_are_found() {
    let (_, checkpoint) = publish(5);
    let entries = |count| (0..count).map(|index| Ok::<_, Infallible>(entry(index)));
    let wrong = |found| Err(AuditError::Size { expected: 5, found });
    assert_eq!(audit_entries(entries(4), &checkpoint), wrong(4));
    assert_eq!(audit_entries(entries(6), &checkpoint), wrong(6));
}

#[test]
fn a_reader_that_fails_says_where() {
    let (_, checkpoint) = publish(5);
    let read = |_: &str| Err(MalfunctionError);
    let expected = AuditError::Read {
        path: "tile/0/000.p/5".to_owned(),
        source: MalfunctionError,
    };
    assert_eq!(audit_files(&checkpoint, read, |_, _| ()), Err(expected));
}

#[test]
fn an_absurd_size_ends_at_the_first_missing_file() {
    let (files, checkpoint) = publish(5);
    let absurd = Checkpoint {
        size: u64::MAX >> 1,
        ..checkpoint
    };
    assert_eq!(
        audit(&files, &absurd),
        Err(AuditError::Missing {
            path: "tile/0/000".to_owned()
        })
    );
}

/// A reader's own error.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("malfunction")]
struct MalfunctionError;
