//! The tree against its definition (RFC 6962 section 2.1), against `tlog_tiles`, and under tampering.

use proptest::prelude::*;

use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::hash::leaf_hash;
use crate::ledger::hash::node_hash;
use crate::ledger::tree::*;

fn leaf(index: u64) -> Hash {
    leaf_hash(&index.to_be_bytes())
}

fn tree(size: u64) -> MemoryTree {
    (0..size).map(leaf).collect()
}

/// The definition, word for word.
fn merkle_tree_hash(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&merkle_tree_hash(left), &merkle_tree_hash(right))
        }
    }
}

struct Oracle<'a>(&'a MemoryTree);

impl tlog_tiles::HashReader for Oracle<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::tlog::Error> {
        let hashes = self.0.clone().read_hashes(indexes).unwrap();
        Ok(hashes
            .iter()
            .map(|hash| tlog_tiles::Hash(*hash.as_bytes()))
            .collect())
    }
}

fn foreign(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes
        .iter()
        .map(|hash| tlog_tiles::Hash(*hash.as_bytes()))
        .collect()
}

#[test]
fn roots_follow_the_definition() {
    let leaves: Vec<Hash> = (0..300).map(leaf).collect();
    let mut whole = tree(300);
    let mut frontier = Frontier::default();
    for size in 0..=300 {
        let expected = merkle_tree_hash(&leaves[..size]);
        let count = u64::try_from(size).unwrap();
        assert_eq!(root(count, &mut whole), Ok(expected));
        assert_eq!(frontier.root(), expected);
        assert_eq!(Frontier::load(count, &mut whole), Ok(frontier.clone()));
        frontier.append(&leaf(count));
    }
}

#[test]
fn every_leaf_of_every_size_is_included() {
    let mut whole = tree(300);
    for size in 1..=300 {
        let expected = root(size, &mut whole).unwrap();
        for index in 0..size {
            let proof = prove_inclusion(size, index, &mut whole).unwrap();
            assert_eq!(
                verify_inclusion(&proof, size, &expected, index, &leaf(index)),
                Ok(()),
                "{index} in {size}"
            );
        }
    }
}

#[test]
fn every_pair_of_sizes_is_consistent() {
    let mut whole = tree(70);
    for new in 0..=70 {
        let new_root = root(new, &mut whole).unwrap();
        for old in 0..=new {
            let old_root = root(old, &mut whole).unwrap();
            let proof = prove_consistency(old, new, &mut whole).unwrap();
            assert_eq!(
                verify_consistency(&proof, old, &old_root, new, &new_root),
                Ok(()),
                "{old} to {new}"
            );
        }
    }
}

#[test]
fn proofs_equal_those_of_tlog_tiles() {
    let mut whole = tree(130);
    for size in 1..=130 {
        let hash = root(size, &mut whole).unwrap();
        assert_eq!(
            tlog_tiles::tlog::tree_hash(size, &Oracle(&whole)).unwrap().0,
            *hash.as_bytes()
        );
        for other in (0..size).step_by(7) {
            let ours = foreign(&prove_inclusion(size, other, &mut whole).unwrap());
            assert_eq!(
                tlog_tiles::tlog::prove_record(size, other, &Oracle(&whole)).unwrap(),
                ours
            );
            let ours = foreign(&prove_consistency(other + 1, size, &mut whole).unwrap());
            assert_eq!(
                tlog_tiles::tlog::prove_tree(size, other + 1, &Oracle(&whole)).unwrap(),
                ours
            );
        }
    }
}

#[test]
fn stored_hashes_are_those_of_the_frontier() {
    let mut whole = tree(0);
    let mut frontier = Frontier::default();
    for index in 0..260 {
        let stored = stored_hashes_for_leaf(index, &leaf(index), &mut whole).unwrap();
        assert_eq!(stored, frontier.append(&leaf(index)));
        whole.append(&leaf(index));
    }
}

#[test]
fn any_flipped_bit_of_an_inclusion_proof_fails() {
    for (size, index) in [(2, 1), (7, 6), (13, 4), (64, 63)] {
        let mut whole = tree(size);
        let expected = whole.root();
        let proof = prove_inclusion(size, index, &mut whole).unwrap();
        for bad in flips(&proof) {
            assert!(verify_inclusion(&bad, size, &expected, index, &leaf(index)).is_err());
        }
        for other in (0..size).filter(|other| *other != index) {
            assert!(verify_inclusion(&proof, size, &expected, other, &leaf(index)).is_err());
        }
        assert_eq!(
            verify_inclusion(&proof[1..], size, &expected, index, &leaf(index)),
            Err(ProofError::Length)
        );
        let long = [proof.as_slice(), &[expected]].concat();
        assert_eq!(
            verify_inclusion(&long, size, &expected, index, &leaf(index)),
            Err(ProofError::Length)
        );
    }
}

#[test]
fn any_flipped_bit_of_a_consistency_proof_fails() {
    for (old, new) in [(1, 2), (3, 7), (6, 8), (8, 13), (33, 64)] {
        let mut whole = tree(new);
        let (old_root, new_root) = (root(old, &mut whole).unwrap(), whole.root());
        let proof = prove_consistency(old, new, &mut whole).unwrap();
        for bad in flips(&proof) {
            assert!(verify_consistency(&bad, old, &old_root, new, &new_root).is_err());
        }
        assert!(verify_consistency(&proof, old, &new_root, new, &old_root).is_err());
        assert_eq!(
            verify_consistency(&proof, old, &leaf(99), new, &new_root),
            Err(ProofError::Root)
        );
        assert_eq!(
            verify_consistency(&proof, old, &old_root, new, &leaf(99)),
            Err(ProofError::Root)
        );
        assert!(verify_consistency(&proof[1..], old, &old_root, new, &new_root).is_err());
        let long = [proof.as_slice(), &[new_root]].concat();
        assert_eq!(
            verify_consistency(&long, old, &old_root, new, &new_root),
            Err(ProofError::Length)
        );
    }
}

/// Every proof that differs from this one in a single bit.
fn flips(proof: &[Hash]) -> impl Iterator<Item = Vec<Hash>> {
    (0..proof.len() * 256).map(|bit| {
        let mut bytes = *proof[bit / 256].as_bytes();
        bytes[bit % 256 / 8] ^= 1 << (bit % 8);
        let mut bad = proof.to_vec();
        bad[bit / 256] = Hash::from_bytes(bytes);
        bad
    })
}

#[test]
fn empty_and_equal_trees_need_no_proof() {
    let (zero, one) = (empty_root(), leaf(0));
    assert_eq!(verify_consistency(&[], 0, &zero, 0, &zero), Ok(()));
    assert_eq!(verify_consistency(&[], 0, &zero, 5, &one), Ok(()));
    assert_eq!(verify_consistency(&[], 0, &one, 5, &one), Err(ProofError::Root));
    assert_eq!(verify_consistency(&[], 0, &zero, 0, &one), Err(ProofError::Root));
    assert_eq!(
        verify_consistency(&[one], 0, &zero, 5, &one),
        Err(ProofError::Length)
    );
    assert_eq!(verify_consistency(&[], 5, &one, 5, &zero), Err(ProofError::Root));
    assert_eq!(verify_consistency(&[], 6, &one, 5, &one), Err(ProofError::Range));
    assert_eq!(verify_inclusion(&[], 0, &zero, 0, &one), Err(ProofError::Range));
}

#[test]
fn a_reader_that_lacks_hashes_is_no_panic() {
    let mut small = tree(3);
    assert_eq!(root(4, &mut small), Err(TreeError::Read(MissingHash(6))));
    assert_eq!(
        prove_inclusion(3, 3, &mut small),
        Err(TreeError::Range { position: 3, size: 3 })
    );
    assert_eq!(
        prove_consistency(4, 3, &mut small),
        Err(TreeError::Range { position: 4, size: 3 })
    );
}

proptest! {
    #[test]
    fn stored_indexes_split_back(level in 0u8..40, n in 0u64..1 << 22) {
        let index = stored_hash_index(level, n);
        prop_assert_eq!(split_stored_hash_index(index), (level, n));
        prop_assert_eq!(tlog_tiles::tlog::stored_hash_index(level, n), index);
    }

    #[test]
    fn any_stored_index_is_split(index: u64) {
        let (level, n) = split_stored_hash_index(index);
        if index < u64::MAX / 2 {
            prop_assert_eq!(stored_hash_index(level, n), index);
        }
    }

    #[test]
    fn arbitrary_proofs_never_panic(hashes: Vec<[u8; 32]>, size: u64, index: u64) {
        let proof: Vec<Hash> = hashes.into_iter().map(Hash::from_bytes).collect();
        let hash = empty_root();
        prop_assert!(verify_inclusion(&proof, size, &hash, index, &hash).is_err());
        if index != 0 && index != size {
            prop_assert!(verify_consistency(&proof, index, &hash, size, &hash).is_err());
        }
    }

    #[test]
    fn large_sizes_are_planned(size in 1u64..1 << 62, index: u64) {
        /// Pretends to have every hash.
        struct Endless;
        impl HashReader for Endless {
            type Error = std::convert::Infallible;
            fn read_hashes(&mut self, indexes: &[u64]) -> Result<Vec<Hash>, Self::Error> {
                Ok(vec![empty_root(); indexes.len()])
            }
        }
        let index = index % size;
        let proof = prove_inclusion(size, index, &mut Endless).unwrap();
        prop_assert!(proof.len() <= 62);
        let verdict = verify_inclusion(&proof, size, &Hash::ZERO, index, &Hash::ZERO);
        prop_assert_eq!(verdict, Err(ProofError::Root));
        let proof = prove_consistency(index, size, &mut Endless).unwrap();
        if index > 0 {
            let verdict = verify_consistency(&proof, index, &Hash::ZERO, size, &Hash::ZERO);
            prop_assert_eq!(verdict, Err(ProofError::Root));
        }
    }
}
