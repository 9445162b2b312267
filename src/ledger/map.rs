//! A map from labels to indexes with one root: a prefix tree whose proofs say "this label is at index i" and "this label
//! is not here" (docs/format.md, "Map of labels"). Absent: which labels are in it, which is the log's affair, and storage.
//!
//! The root depends on the set alone, never on the order of inserts and removals. Only labels, indexes and the hashes of
//! buckets are kept, so a map costs some 55 bytes a label; a change makes the hashes on its path forgotten, and the next
//! [`LabelMap::root`] computes just those anew.

use crate::ledger::hash::Hash;
use crate::ledger::hash::sha256;

pub use crate::ledger::map::proof::MAP_PROOF_SIZE_BYTES_MAX;
pub use crate::ledger::map::proof::MapEnd;
pub use crate::ledger::map::proof::MapError;
pub use crate::ledger::map::proof::MapProof;

mod proof;
#[cfg(test)]
mod tests;

/// A bucket with more labels than this becomes a fork of two.
const BUCKET_MAX: usize = 32;

/// Two buckets with together no more labels than this become one again.
const BUCKET_JOIN: usize = BUCKET_MAX / 2;

/// Room that a full bucket gets at a time.
const BUCKET_GROWTH: usize = 4;

/// The hash of a subtree that holds one label.
pub fn map_leaf_hash(label: &[u8; 32], index: u64) -> Hash {
    sha256(&[b"ikrar/map-leaf/v1\n", label, &index.to_be_bytes()])
}

/// The hash of a subtree that holds several labels.
pub fn map_node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[b"ikrar/map-node/v1\n", left.as_ref(), right.as_ref()])
}

/// Labels and their indexes under one root.
///
/// ```
/// use ikrar::ledger::map::LabelMap;
/// let mut map = LabelMap::default();
/// map.insert([7; 32], 42);
/// let root = map.root();
/// assert_eq!(map.prove(&[7; 32]).verify(&root, &[7; 32])?, Some(42));
/// assert_eq!(map.prove(&[8; 32]).verify(&root, &[8; 32])?, None);
/// # Ok::<(), ikrar::ledger::map::MapError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct LabelMap {
    top: Node,
    len: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leaf {
    label: [u8; 32],
    index: u64,
}

/// A subtree. `hash` is none when something below has changed since it was computed.
#[derive(Debug, Clone)]
enum Node {
    /// Leaves, ascending by label.
    Bucket {
        leaves: Vec<Leaf>,
        hash: Option<Hash>,
    },
    Fork(Box<Fork>),
}

#[derive(Debug, Clone)]
struct Fork {
    hash: Option<Hash>,
    zero: Node,
    one: Node,
}

impl Default for Node {
    fn default() -> Self {
        Self::bucket(Vec::new())
    }
}

impl LabelMap {
    /// How many labels are in the map.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether no label is in the map.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The index that the label has.
    pub fn get(&self, label: &[u8; 32]) -> Option<u64> {
        let (mut node, mut depth) = (&self.top, 0);
        loop {
            match node {
                Node::Fork(fork) => node = if bit(label, depth) { &fork.one } else { &fork.zero },
                Node::Bucket { leaves, .. } => {
                    let place = find(leaves, label).ok()?;
                    return leaves.get(place).map(|leaf| leaf.index);
                }
            }
            depth += 1;
        }
    }

    /// Gives the label this index, and tells the one that it had before.
    pub fn insert(&mut self, label: [u8; 32], index: u64) -> Option<u64> {
        let (mut node, mut depth) = (&mut self.top, 0);
        loop {
            match node {
                Node::Fork(fork) => {
                    fork.hash = None;
                    node = fork.side_mut(bit(&label, depth));
                }
                Node::Bucket { leaves, hash } => {
                    *hash = None;
                    let leaf = Leaf { label, index };
                    let old = put(leaves, leaf);
                    if old.is_none() {
                        self.len += 1;
                        node.split(depth);
                    }
                    return old;
                }
            }
            depth += 1;
        }
    }

    /// Takes the label out, and tells the index that it had.
    pub fn remove(&mut self, label: &[u8; 32]) -> Option<u64> {
        let old = self.top.remove(label, 0);
        if old.is_some() {
            self.len -= 1;
        }
        old
    }

    /// The root: 32 zero bytes for an empty map.
    pub fn root(&mut self) -> Hash {
        self.top.hash(0)
    }

    /// The proof of what the map says about the label, under the present root.
    pub fn prove(&mut self, label: &[u8; 32]) -> MapProof {
        let (mut node, mut depth) = (&mut self.top, 0);
        let mut siblings = Vec::new();
        loop {
            match node {
                Node::Fork(fork) => {
                    let side = bit(label, depth);
                    siblings.push(fork.side_mut(!side).hash(depth + 1));
                    node = fork.side_mut(side);
                }
                Node::Bucket { leaves, .. } => {
                    let leaf = descend(leaves, depth, label, &mut siblings);
                    siblings.reverse();
                    return MapProof::new(*label, leaf.map(|leaf| (leaf.label, leaf.index)), siblings);
                }
            }
            depth += 1;
        }
    }
}

impl FromIterator<([u8; 32], u64)> for LabelMap {
    fn from_iter<I: IntoIterator<Item = ([u8; 32], u64)>>(pairs: I) -> Self {
        let mut map = Self::default();
        for (label, index) in pairs {
            map.insert(label, index);
        }
        map
    }
}

impl Node {
    fn bucket(leaves: Vec<Leaf>) -> Self {
        Self::Bucket { leaves, hash: None }
    }

    /// Makes a bucket that is too full a fork, as deep as it takes. Different labels part at bit 255 at the latest.
    fn split(&mut self, depth: u16) {
        let Self::Bucket { leaves, .. } = self else {
            return;
        };
        if leaves.len() <= BUCKET_MAX {
            return;
        }
        let ones = leaves.split_off(middle(leaves, depth));
        leaves.shrink_to_fit();
        let mut fork = Box::new(Fork {
            hash: None,
            zero: Self::bucket(std::mem::take(leaves)),
            one: Self::bucket(ones),
        });
        fork.zero.split(depth + 1);
        fork.one.split(depth + 1);
        *self = Self::Fork(fork);
    }

    fn remove(&mut self, label: &[u8; 32], depth: u16) -> Option<u64> {
        match self {
            Self::Bucket { leaves, hash } => {
                let place = find(leaves, label).ok()?;
                *hash = None;
                Some(leaves.remove(place).index)
            }
            Self::Fork(fork) => {
                let index = fork.side_mut(bit(label, depth)).remove(label, depth + 1)?;
                fork.hash = None;
                if let Some(leaves) = fork.joined() {
                    *self = Self::bucket(leaves);
                }
                Some(index)
            }
        }
    }

    /// The hash of the subtree at this depth, computed only where something has changed.
    fn hash(&mut self, depth: u16) -> Hash {
        match self {
            Self::Bucket { leaves, hash } => *hash.get_or_insert_with(|| subtree(leaves, depth)),
            Self::Fork(fork) => {
                if let Some(hash) = fork.hash {
                    return hash;
                }
                let hash = map_node_hash(&fork.zero.hash(depth + 1), &fork.one.hash(depth + 1));
                fork.hash = Some(hash);
                hash
            }
        }
    }
}

impl Fork {
    fn side_mut(&mut self, one: bool) -> &mut Node {
        if one { &mut self.one } else { &mut self.zero }
    }

    /// The leaves of both sides, if they are few enough for one bucket.
    fn joined(&mut self) -> Option<Vec<Leaf>> {
        let (Node::Bucket { leaves: zeros, .. }, Node::Bucket { leaves: ones, .. }) =
            (&mut self.zero, &mut self.one)
        else {
            return None;
        };
        if zeros.len() + ones.len() > BUCKET_JOIN {
            return None;
        }
        let mut leaves = std::mem::take(zeros);
        leaves.append(ones);
        leaves.shrink_to_fit();
        Some(leaves)
    }
}

/// Bit number `depth` of a label, from the most significant bit of its first byte.
fn bit(label: &[u8; 32], depth: u16) -> bool {
    let byte = label.get(usize::from(depth / 8)).copied().unwrap_or(0);
    byte >> (7 - depth % 8) & 1 == 1
}

fn find(leaves: &[Leaf], label: &[u8; 32]) -> Result<usize, usize> {
    leaves.binary_search_by(|leaf| leaf.label.cmp(label))
}

/// Puts a leaf in its place and gives the index of the one that was there.
fn put(leaves: &mut Vec<Leaf>, leaf: Leaf) -> Option<u64> {
    match find(leaves, &leaf.label) {
        Ok(place) => leaves
            .get_mut(place)
            .map(|there| std::mem::replace(there, leaf).index),
        Err(place) => {
            if leaves.len() == leaves.capacity() {
                leaves.reserve_exact(BUCKET_GROWTH);
            }
            leaves.insert(place, leaf);
            None
        }
    }
}

/// Where those leaves begin whose bit `depth` is 1, among leaves that agree before it.
fn middle(leaves: &[Leaf], depth: u16) -> usize {
    leaves.partition_point(|leaf| !bit(&leaf.label, depth))
}

/// The definition: nothing is zero bytes, one label is a leaf, more are a node.
fn subtree(leaves: &[Leaf], depth: u16) -> Hash {
    match leaves {
        [] => Hash::ZERO,
        [leaf] => map_leaf_hash(&leaf.label, leaf.index),
        _ => {
            let (zeros, ones) = leaves.split_at(middle(leaves, depth));
            map_node_hash(&subtree(zeros, depth + 1), &subtree(ones, depth + 1))
        }
    }
}

/// Goes on towards a label within a bucket, collects the siblings, and gives the one leaf at the end, if there is one.
fn descend(leaves: &[Leaf], depth: u16, label: &[u8; 32], siblings: &mut Vec<Hash>) -> Option<Leaf> {
    let (mut rest, mut depth) = (leaves, depth);
    while rest.len() > 1 {
        let (zeros, ones) = rest.split_at(middle(rest, depth));
        let (side, other) = if bit(label, depth) {
            (ones, zeros)
        } else {
            (zeros, ones)
        };
        siblings.push(subtree(other, depth + 1));
        rest = side;
        depth += 1;
    }
    rest.first().copied()
}
