//! The log as a monitor understands it: rules and tree, entry by entry. Absent: files, network, and what is worth a line.

use std::collections::HashMap;

use crate::domain::log::LogState;
use crate::domain::log::Prepared;
use crate::domain::log::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::root;

/// Rules and tree of the entries so far.
#[derive(Debug, Default)]
pub(super) struct Fold {
    /// What the rules say.
    pub(super) log: LogState,
    /// Every hash of the tree: for roots of earlier sizes and for proofs.
    pub(super) tree: MemoryTree,
    /// Where watched labels have signed, so that a dispute finds its label.
    pub(super) signed: HashMap<u64, [u8; 32]>,
    /// Disputes of those.
    pub(super) disputed: HashMap<u64, [u8; 32]>,
    /// The root asked for last: many statements in a row name the same size.
    root: Option<(u64, Hash)>,
}

impl Fold {
    /// How many entries there are so far.
    pub(super) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root that the tree had at a size.
    pub(super) fn root_at(&mut self, size: u64) -> Option<Hash> {
        root(size, &mut self.tree).ok()
    }

    /// Applies the rules to the next entry. After an error nothing more can be added.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(Prepared, Verdict), String> {
        let index = self.size();
        let prepared =
            Prepared::read(bytes).map_err(|error| format!("entry {index}: not an entry: {error}"))?;
        let (tree, known) = (&mut self.tree, &mut self.root);
        let mut root_at = |size: u64| match *known {
            Some((at, hash)) if at == size => Some(hash),
            _ => {
                let hash = root(size, tree).ok()?;
                *known = Some((size, hash));
                Some(hash)
            }
        };
        let verdict = self
            .log
            .apply_prepared(index, &prepared, &mut root_at)
            .map_err(|error| error.to_string())?;
        self.tree.append(&prepared.leaf());
        Ok((prepared, verdict))
    }

    /// Does the log name itself as its checkpoint does?
    pub(super) fn is_of(&self, checkpoint: &Checkpoint) -> bool {
        self.log
            .genesis()
            .is_none_or(|genesis| genesis.origin.as_str() == checkpoint.origin.as_str())
    }
}
