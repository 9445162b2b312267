//! Lives here: an entry with everything that can be computed without the log before it: a thread of its own may do so, ahead
//! of the fold. Absent: the fold ([`crate::domain::log::LogState`]).

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::text::TextError;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::hash::sha256;

/// An entry, read and hashed, and whether a person's signature in it verifies.
#[derive(Debug, Clone)]
pub struct Prepared {
    entry: Entry,
    leaf: Hash,
    own: Hash,
    verifies: bool,
}

impl Prepared {
    /// Reads an entry's bytes: the expensive part of applying it.
    pub fn read(bytes: &[u8]) -> Result<Self, TextError> {
        Ok(Self::of(Entry::parse(bytes)?, leaf_hash(bytes)))
    }

    /// Of an entry whose leaf hash is at hand.
    pub fn of(entry: Entry, leaf: Hash) -> Self {
        let own = sha256(&[&entry.body.own_lines()]);
        let verifies = match &entry.body {
            Body::Signature(signature) => signature.statement.verify(&signature.signature),
            _ => false,
        };
        Self {
            entry,
            leaf,
            own,
            verifies,
        }
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Its leaf hash.
    pub fn leaf(&self) -> Hash {
        self.leaf
    }

    /// SHA-256 of its own lines, which no other entry of a log carries.
    pub(super) fn own(&self) -> Hash {
        self.own
    }

    /// Does the person's signature strictly verify? False for any other kind.
    pub(super) fn verifies(&self) -> bool {
        self.verifies
    }
}
