//! The Merkle tree as arithmetic over stored hashes: root, inclusion proof, consistency proof. Absent: what a leaf means
//! and where hashes are kept, which is a [`HashReader`]'s affair.
//!
//! Hashes of full subtrees are stored in the order in which appending leaves completes them (a post-order), so storage
//! only ever grows at its end; see Crosby and Wallach, "Efficient Data Structures for Tamper-Evident Logging" (2009), and
//! Go's checksum database, which numbers them the same way.

use thiserror::Error;

use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::hash::node_hash;

pub use crate::ledger::tree::memory::MemoryTree;
pub use crate::ledger::tree::memory::MissingHash;
pub use crate::ledger::tree::verify::ProofError;
pub use crate::ledger::tree::verify::verify_consistency;
pub use crate::ledger::tree::verify::verify_inclusion;

mod memory;
#[cfg(test)]
mod tests;
mod verify;

/// Gives stored hashes by index, all or none, in the order asked for.
pub trait HashReader {
    /// Why reading failed.
    type Error;

    /// Reads the hashes stored at `indexes` (see [`stored_hash_index`]).
    fn read_hashes(&mut self, indexes: &[u64]) -> Result<Vec<Hash>, Self::Error>;
}

/// Why a root or a proof could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreeError<E> {
    /// The leaf or the old size lies beyond the tree.
    #[error("{position} does not lie in a tree of {size} leaves")]
    Range {
        /// The leaf's index or the old size.
        position: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The reader gave another number of hashes than it was asked for.
    #[error("asked for {asked} hashes, got {got}")]
    Count {
        /// How many were wanted.
        asked: usize,
        /// How many came.
        got: usize,
    },
    /// The reader failed.
    #[error("cannot read stored hashes")]
    Read(#[source] E),
}

/// How many hashes are stored for a tree of `size` leaves: size + size/2 + size/4 + ...
///
/// ```
/// use ikrar::ledger::tree::stored_hash_count;
/// assert_eq!([0, 1, 3, 4, 7], [0, 1, 2, 3, 4].map(stored_hash_count));
/// ```
pub fn stored_hash_count(size: u64) -> u64 {
    u64::try_from(count(size)).unwrap_or(u64::MAX)
}

/// Where the `n`-th hash of `level` is stored; level 0 is the leaves, a node of level k spans 2^k of them.
///
/// ```
/// use ikrar::ledger::tree::stored_hash_index;
/// assert_eq!(stored_hash_index(0, 0), 0);
/// assert_eq!(stored_hash_index(1, 0), 2);
/// assert_eq!(stored_hash_index(2, 0), 6);
/// ```
pub fn stored_hash_index(level: u8, n: u64) -> u64 {
    let width = 1u64.checked_shl(level.into()).unwrap_or(u64::MAX);
    let last_leaf = n.saturating_add(1).saturating_mul(width).saturating_sub(1);
    stored_hash_count(last_leaf).saturating_add(level.into())
}

/// The level and place of the hash stored at `index`; undoes [`stored_hash_index`].
pub fn split_stored_hash_index(index: u64) -> (u8, u64) {
    // Leaf n lies at 2n - ones(n), so it is at most 32 leaves beyond index / 2.
    let mut leaf = index / 2;
    while count(leaf + 1) <= index.into() {
        leaf += 1;
    }
    let level = u8::try_from(u128::from(index) - count(leaf)).unwrap_or(u8::MAX);
    (level, leaf.checked_shr(level.into()).unwrap_or(0))
}

/// The hashes to store when the leaf `index` is appended to a tree of `index` leaves: the leaf, then each node it completes.
/// For many leaves at a time, [`Frontier`] reads only once.
pub fn stored_hashes_for_leaf<R: HashReader + ?Sized>(
    index: u64,
    leaf: &Hash,
    reader: &mut R,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    let lefts: Vec<u64> = (0u8..64)
        .take_while(|level| index >> level & 1 == 1)
        .map(|level| stored_hash_index(level, (index >> level) - 1))
        .collect();
    let mut stored = vec![*leaf];
    let mut node = *leaf;
    for left in read(reader, &lefts)? {
        node = node_hash(&left, &node);
        stored.push(node);
    }
    Ok(stored)
}

/// The root of the first `size` leaves (RFC 6962 section 2.1).
pub fn root<R: HashReader + ?Sized>(size: u64, reader: &mut R) -> Result<Hash, TreeError<R::Error>> {
    Ok(Frontier::load(size, reader)?.root())
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves, from the leaf's sibling up (RFC 6962 section 2.1.1).
///
/// ```
/// use ikrar::ledger::hash::leaf_hash;
/// use ikrar::ledger::tree::{MemoryTree, prove_inclusion, verify_inclusion};
/// let mut tree: MemoryTree = ["a", "b", "c"].iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
/// let proof = prove_inclusion(3, 1, &mut tree)?;
/// verify_inclusion(&proof, 3, &tree.root(), 1, &leaf_hash(b"b"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prove_inclusion<R: HashReader + ?Sized>(
    size: u64,
    index: u64,
    reader: &mut R,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if index >= size {
        return Err(TreeError::Range {
            position: index,
            size,
        });
    }
    let (mut start, mut end) = (0, size);
    let mut beside = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            beside.push((middle, end));
            end = middle;
        } else {
            beside.push((start, middle));
            start = middle;
        }
    }
    beside.reverse();
    read_ranges(&beside, reader)
}

/// The consistency proof between the trees of `old` and `new` leaves (RFC 6962 section 2.1.2). Empty when `old` is 0 or `new`.
///
/// ```
/// use ikrar::ledger::hash::leaf_hash;
/// use ikrar::ledger::tree::{MemoryTree, prove_consistency, root, verify_consistency};
/// let mut tree: MemoryTree = ["a", "b", "c"].iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
/// let old = root(2, &mut tree)?;
/// let proof = prove_consistency(2, 3, &mut tree)?;
/// verify_consistency(&proof, 2, &old, 3, &tree.root())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prove_consistency<R: HashReader + ?Sized>(
    old: u64,
    new: u64,
    reader: &mut R,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if old > new {
        return Err(TreeError::Range {
            position: old,
            size: new,
        });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut beside = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            beside.push((middle, end));
            end = middle;
        } else {
            beside.push((start, middle));
            start = middle;
        }
    }
    if start != 0 {
        // The old tree's right edge; when the edge is the whole old tree, the verifier has its root already.
        beside.push((start, end));
    }
    beside.reverse();
    read_ranges(&beside, reader)
}

/// The right edge of a growing tree: the roots of its full subtrees, at most 64. Enough to append and to know the root,
/// so millions of leaves need no memory.
///
/// ```
/// use ikrar::ledger::hash::{empty_root, leaf_hash, node_hash};
/// use ikrar::ledger::tree::Frontier;
/// let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
/// let mut frontier = Frontier::default();
/// assert_eq!(frontier.root(), empty_root());
/// assert_eq!(frontier.append(&a), [a]);
/// assert_eq!(frontier.append(&b), [b, node_hash(&a, &b)]);
/// assert_eq!(frontier.root(), node_hash(&a, &b));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Largest subtree first, one for each 1 in the binary form of `size`.
    nodes: Vec<Hash>,
}

impl Frontier {
    /// Reads the edge of a stored tree of `size` leaves.
    pub fn load<R: HashReader + ?Sized>(size: u64, reader: &mut R) -> Result<Self, TreeError<R::Error>> {
        let nodes = read(reader, &subtrees(0, size))?;
        Ok(Self { size, nodes })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and returns the hashes to store for it, in their order: the leaf, then each node it completes.
    pub fn append(&mut self, leaf: &Hash) -> Vec<Hash> {
        let mut stored = vec![*leaf];
        let mut node = *leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
                stored.push(node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
        stored
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.nodes)
    }
}

/// `stored_hash_count` without overflow: n/2 + n/4 + ... = n - ones(n).
fn count(size: u64) -> u128 {
    u128::from(size) * 2 - u128::from(size.count_ones())
}

/// The largest power of two below `width`, for a width of at least 2: where RFC 6962 splits a range.
fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// The stored indexes of the full subtrees that make up the leaves from `start` to `end`, largest first.
fn subtrees(mut start: u64, end: u64) -> Vec<u64> {
    let mut indexes = Vec::new();
    while let Some(level) = (end - start).checked_ilog2() {
        indexes.push(stored_hash_index(
            u8::try_from(level).unwrap_or(u8::MAX),
            start >> level,
        ));
        start += 1 << level;
    }
    indexes
}

/// The root over full subtrees of falling size.
pub(crate) fn fold(nodes: &[Hash]) -> Hash {
    let folded = nodes
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right));
    folded.unwrap_or_else(empty_root)
}

/// The hash of each range of leaves, with a single read.
fn read_ranges<R: HashReader + ?Sized>(
    ranges: &[(u64, u64)],
    reader: &mut R,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    let plan: Vec<Vec<u64>> = ranges.iter().map(|&(start, end)| subtrees(start, end)).collect();
    let mut hashes = read(reader, &plan.concat())?.into_iter();
    Ok(plan
        .iter()
        .map(|indexes| fold(&hashes.by_ref().take(indexes.len()).collect::<Vec<_>>()))
        .collect())
}

/// Reads, and insists on as many hashes as were asked for. Nothing to read needs no reader.
pub(crate) fn read<R: HashReader + ?Sized>(
    reader: &mut R,
    indexes: &[u64],
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if indexes.is_empty() {
        return Ok(Vec::new());
    }
    let hashes = reader.read_hashes(indexes).map_err(TreeError::Read)?;
    if hashes.len() != indexes.len() {
        return Err(TreeError::Count {
            asked: indexes.len(),
            got: hashes.len(),
        });
    }
    Ok(hashes)
}
