//! Checking proofs, without any stored hash (RFC 9162 sections 2.1.3.2 and 2.1.4.2). Absent: making them.

use thiserror::Error;

use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::hash::node_hash;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The leaf or the old size lies beyond the tree.
    #[error("the proof is about a place beyond the tree")]
    Range,
    /// There are more or fewer hashes than this place and size need.
    #[error("the proof has too many or too few hashes")]
    Length,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    Root,
}

/// Checks that `leaf` is number `index` of the tree of `size` leaves with this `root`.
pub fn verify_inclusion(
    proof: &[Hash],
    size: u64,
    root: &Hash,
    index: u64,
    leaf: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip_lone_levels(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    ensure(last == 0, ProofError::Length)?;
    ensure(hash == *root, ProofError::Root)
}

/// Checks that the tree of `new` leaves is the tree of `old` leaves with others appended.
pub fn verify_consistency(
    proof: &[Hash],
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
) -> Result<(), ProofError> {
    ensure(old <= new, ProofError::Range)?;
    if old == 0 || old == new {
        ensure(proof.is_empty(), ProofError::Length)?;
        let expected = if old == 0 { empty_root() } else { *new_root };
        ensure(*old_root == expected, ProofError::Root)?;
        return ensure(new > 0 || *new_root == empty_root(), ProofError::Root);
    }
    // An old tree that is one full subtree is not repeated in the proof.
    let (seed, path) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some((seed, path)) => (seed, path),
        None => return Err(ProofError::Length),
    };
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*seed, *seed);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            skip_lone_levels(&mut node, &mut last);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    ensure(last == 0, ProofError::Length)?;
    ensure(old_hash == *old_root && new_hash == *new_root, ProofError::Root)
}

/// Climbs over levels where the right edge has no sibling.
fn skip_lone_levels(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

fn ensure(holds: bool, error: ProofError) -> Result<(), ProofError> {
    if holds { Ok(()) } else { Err(error) }
}
