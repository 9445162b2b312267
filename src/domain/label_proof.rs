//! Lives here: what a log's newest map says of one label, as one file that anybody can check: the map's proof, a blank line, the proof file
//! of the `map` entry (docs/format.md §9). Absent: making either.

use std::fmt;

use thiserror::Error;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::receipt::parse_receipt;
use crate::domain::text::Id;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::map::MapError;
use crate::ledger::map::MapProof;
use crate::ledger::note::Vkey;
use crate::ledger::proof::Proof;
use crate::ledger::proof::ProofFileError;

/// Both proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelProof {
    /// What the map says of the label.
    pub map: MapProof,
    /// That the map's entry is in the log.
    pub entry: Proof,
}

/// What it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelFact {
    /// Of which election.
    pub election: Id,
    /// The log's size that the map speaks of.
    pub size: u64,
    /// The live signature of the label below that size; `None`: there was none.
    pub signature: Option<u64>,
}

/// Why it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LabelProofError {
    /// Not two proofs with a blank line between them, or no `map` entry in the second.
    #[error("not the proof of a label: a map proof, a blank line, the proof of a map entry")]
    Malformed,
    /// The map's proof.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The entry's proof.
    #[error(transparent)]
    Entry(#[from] ProofFileError),
}

impl LabelProof {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, LabelProofError> {
        let (map, entry) = text.split_once("\n\n").ok_or(LabelProofError::Malformed)?;
        Ok(Self {
            map: MapProof::parse(&format!("{map}\n"))?,
            entry: Proof::parse(entry)?,
        })
    }

    /// Checks both, with the log's key.
    pub fn verify(&self, vkey: &Vkey, label: &[u8; 32]) -> Result<LabelFact, LabelProofError> {
        let malformed = || LabelProofError::Malformed;
        let extra = self.entry.extra.as_deref().ok_or_else(malformed)?;
        let bytes = parse_receipt(extra).ok_or_else(malformed)?;
        self.entry.verify(vkey, &leaf_hash(bytes))?;
        let entry = Entry::parse(bytes).map_err(|_no_entry| malformed())?;
        let Body::Map(map) = entry.body else {
            return Err(malformed());
        };
        if map.size != self.entry.index {
            return Err(malformed());
        }
        Ok(LabelFact {
            signature: self.map.verify(&Hash::from_bytes(map.root), label)?,
            election: map.election,
            size: map.size,
        })
    }
}

impl fmt::Display for LabelProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.map, self.entry)
    }
}
