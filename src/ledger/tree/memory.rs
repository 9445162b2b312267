//! A tree held in memory: for proofs over few entries, for tests, for audits. Absent: durability.

use thiserror::Error;

use crate::ledger::hash::Hash;
use crate::ledger::tree::Frontier;
use crate::ledger::tree::HashReader;

/// A whole tree in memory, some two hashes a leaf.
///
/// ```
/// use ikrar::ledger::hash::leaf_hash;
/// use ikrar::ledger::tree::MemoryTree;
/// let mut tree = MemoryTree::default();
/// assert_eq!(tree.append(&leaf_hash(b"entry")), 0);
/// assert_eq!(tree.size(), 1);
/// assert_eq!(tree.root(), leaf_hash(b"entry"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    hashes: Vec<Hash>,
    frontier: Frontier,
}

/// A hash was asked for that the tree does not have yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no hash is stored at {0}")]
pub struct MissingHash(pub u64);

impl MemoryTree {
    /// Appends a leaf and returns its index.
    pub fn append(&mut self, leaf: &Hash) -> u64 {
        let index = self.frontier.size();
        self.hashes.extend(self.frontier.append(leaf));
        index
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all leaves; [`crate::ledger::tree::root`] gives those of smaller sizes.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }
}

impl HashReader for MemoryTree {
    type Error = MissingHash;

    fn read_hashes(&mut self, indexes: &[u64]) -> Result<Vec<Hash>, MissingHash> {
        let find = |index: u64| self.hashes.get(usize::try_from(index).ok()?).copied();
        indexes
            .iter()
            .map(|&index| find(index).ok_or(MissingHash(index)))
            .collect()
    }
}

impl FromIterator<Hash> for MemoryTree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.append(&leaf);
        }
        tree
    }
}
