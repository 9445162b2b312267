//! Lives here: `roster`, labels coming on and off. Absent: the people behind labels.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::Id;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::hex_array;
use crate::domain::text::pair;
use crate::domain::text::print_hex;

/// The most labels that one entry adds and takes off together. [`crate::domain::entry::ENTRY_SIZE_MAX`] holds too:
/// some 800 labels taken off fill an entry.
pub const LABELS_MAX: usize = 900;

/// Why a label goes off, no finer than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OffReason {
    /// Left the agency.
    Left,
    /// Not serving now.
    NotServing,
    /// Excused.
    Exempt,
    /// Should not have been on.
    Error,
}

impl OffReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Left, Self::NotServing, Self::Exempt, Self::Error];

    /// The word that stands in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::NotServing => "not-serving",
            Self::Exempt => "exempt",
            Self::Error => "error",
        }
    }
}

impl FromStr for OffReason {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or(ValueError::Word)
    }
}

impl fmt::Display for OffReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Labels come onto an election's roster, or leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The election.
    pub election: Id,
    /// Labels coming on, strictly ascending.
    pub add: Vec<[u8; 32]>,
    /// Labels going off, strictly ascending, each with its reason.
    pub off: Vec<([u8; 32], OffReason)>,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Roster {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        let election = reader.read("election", str::parse)?;
        let mut add = Vec::new();
        while let Some(label) = reader.read_if("add", hex_array)? {
            add.push(label);
        }
        let mut off = Vec::new();
        while let Some(label) = reader.read_if("off", |value| {
            let (label, reason) = pair(value)?;
            Ok((hex_array(label)?, reason.parse()?))
        })? {
            off.push(label);
        }
        Ok(Self {
            election,
            add,
            off,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn check(&self) -> Result<(), TextError> {
        let count = self.add.len().saturating_add(self.off.len());
        if !(1..=LABELS_MAX).contains(&count) {
            return Err(TextError::Rule("a roster entry has 1 to 900 labels"));
        }
        if !self.add.is_sorted_by(|a, b| a < b) || !self.off.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(TextError::Rule("labels are not in strictly ascending order"));
        }
        Ok(())
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .each("add", &self.add, |label| print_hex(label))
            .each("off", &self.off, |(label, reason)| {
                format!("{} {reason}", print_hex(label))
            })
            .line("nonce", print_hex(&self.nonce))
    }
}
