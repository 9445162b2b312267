//! The log as a monitor understands it: rules and tree, entry by entry. Absent: files, network, and what is worth a line.

use std::collections::HashMap;

use crate::cli::monitor::line::Line;
use crate::domain::log::LogState;
use crate::domain::log::Prepared;
use crate::domain::log::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::root;

/// Signatures that do not count and are named one by one.
const UNCOUNTED_NAMED: usize = 20;

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
    /// Signatures that do not count, in words, as far as they are named.
    uncounted: Vec<String>,
    /// How many there are.
    uncounted_count: usize,
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

    /// Notes a signature that does not count. It never will, so it stays an alarm.
    pub(super) fn note_uncounted(&mut self, words: String) {
        self.uncounted_count = self.uncounted_count.saturating_add(1);
        if self.uncounted.len() < UNCOUNTED_NAMED {
            self.uncounted.push(words);
        }
    }

    /// The alarms about signatures that do not count.
    pub(super) fn uncounted_lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.uncounted.iter().map(Line::alarm).collect();
        let more = self.uncounted_count.saturating_sub(self.uncounted.len());
        if more > 0 {
            lines.push(Line::alarm(format!(
                "{more} more signatures do not count: `ikrar audit` lists them"
            )));
        }
        lines
    }

    /// Does the log name itself as its checkpoint does?
    pub(super) fn is_of(&self, checkpoint: &Checkpoint) -> bool {
        self.log
            .genesis()
            .is_none_or(|genesis| genesis.origin.as_str() == checkpoint.origin.as_str())
    }
}
