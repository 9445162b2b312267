//! Lives here: ledger entries: one text each, sixteen kinds, and the acts officers sign (docs/format.md §3).
//! Absent: the rules over the whole log ([`crate::domain::log`]), hashing ([`crate::ledger`]).

mod custody;
mod dispute;
mod election;
mod kind;
mod officer;
mod pact;
mod roster;
mod signature;

#[cfg(test)]
pub(crate) mod sample;

pub use custody::Anchor;
pub use custody::CARRIED_SIZE_MAX;
pub use custody::LogKey;
pub use custody::Map;
pub use custody::Policy;
pub use custody::Seal;
pub(crate) use custody::read_date;
pub use dispute::Channel;
pub use dispute::Dispute;
pub use dispute::Outcome;
pub use dispute::Resolution;
pub use election::Close;
pub use election::Counts;
pub use election::Election;
pub use kind::Authorship;
pub use kind::Body;
pub use kind::Unknown;
pub use officer::FIRST_OFFICERS_MAX;
pub use officer::Genesis;
pub use officer::Officer;
pub use pact::Pact;
pub use roster::LABELS_MAX;
pub use roster::OffReason;
pub use roster::Roster;
pub use signature::Attested;
pub use signature::Erasure;
pub use signature::Signature;

use crate::domain::text::Origin;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::Time;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::base64_array;
use crate::domain::text::hex_array;
use crate::domain::text::pair;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;
use crate::domain::text::verifies;

const FIRST_LINE: &str = "ikrar/entry/v1";
const ACT_FIRST_LINE: &str = "ikrar/act/v1";

/// The largest entry in bytes: what an entry bundle can carry (C2SP tlog-tiles).
pub const ENTRY_SIZE_MAX: usize = 65_535;

/// An officer's signature over an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct By {
    /// The officer's Ed25519 key.
    pub key: [u8; 32],
    /// The signature over the act's text.
    pub signature: [u8; 64],
}

impl By {
    /// Does the signature verify strictly over this act?
    pub fn verifies(&self, act: &[u8]) -> bool {
        verifies(&self.key, act, &self.signature)
    }
}

/// One thing recorded in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Leaf hash of the entry before; zeros in the first.
    pub prev: [u8; 32],
    /// When it was appended, a whole minute.
    pub at: Time,
    /// What is recorded.
    pub body: Body,
    /// The authors' signatures, ascending by key.
    pub by: Vec<By>,
}

impl Entry {
    /// Reads an entry; only the bytes that [`Entry::print`] makes are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        if bytes.len() > ENTRY_SIZE_MAX {
            return Err(TextError::TooLong { max: ENTRY_SIZE_MAX });
        }
        let mut reader = Reader::open(bytes, FIRST_LINE)?;
        let kind = reader.read("kind", str::parse)?;
        let prev = reader.read("prev", hex_array)?;
        let at = reader.read("at", Time::minute)?;
        let body = Body::read(&kind, &mut reader)?;
        let mut by = Vec::new();
        while let Some(line) = reader.read_if("by", read_by)? {
            by.push(line);
        }
        reader.finish()?;
        let entry = Self { prev, at, body, by };
        entry.check()?;
        Ok(entry)
    }

    /// The rules an entry made by hand must keep before it is printed; [`Entry::parse`] checks them too.
    pub fn check(&self) -> Result<(), TextError> {
        if !self.at.is_minute() {
            return Err(TextError::Rule("at is not a whole minute"));
        }
        if !self.by.is_sorted_by(|a, b| a.key < b.key) {
            return Err(TextError::Rule(
                "authors are not in ascending order of their keys",
            ));
        }
        if self
            .body
            .authorship()
            .is_some_and(|authorship| authorship.count != self.by.len())
        {
            return Err(TextError::Rule("not as many authors as this kind has"));
        }
        self.body.check()
    }

    /// The entry's bytes: what the tree hashes.
    pub fn print(&self) -> Vec<u8> {
        let mut bytes = Writer::open(FIRST_LINE)
            .line("kind", self.body.kind())
            .line("prev", print_hex(&self.prev))
            .line("at", self.at)
            .finish();
        bytes.extend(self.body.own_lines());
        for by in &self.by {
            let line = format_args!("{} {}", print_base64(&by.key), print_base64(&by.signature)).to_string();
            bytes.extend(Writer::lines().line("by", line).finish());
        }
        bytes
    }
}

fn read_by(value: &str) -> Result<By, ValueError> {
    let (key, signature) = pair(value)?;
    Ok(By {
        key: base64_array(key)?,
        signature: base64_array(signature)?,
    })
}

impl Body {
    /// The act's text: what an officer signs.
    pub fn act_bytes(&self, origin: &Origin) -> Vec<u8> {
        let mut bytes = Writer::open(ACT_FIRST_LINE)
            .line("origin", origin)
            .line("kind", self.kind())
            .finish();
        bytes.extend(self.own_lines());
        bytes
    }

    /// Reads an act's text as a browser sends it. Kinds that no officer authors are refused.
    pub fn parse_act(bytes: &[u8]) -> Result<(Origin, Self), TextError> {
        if bytes.len() > ENTRY_SIZE_MAX {
            return Err(TextError::TooLong { max: ENTRY_SIZE_MAX });
        }
        let mut reader = Reader::open(bytes, ACT_FIRST_LINE)?;
        let origin = reader.read("origin", str::parse)?;
        let kind = reader.read("kind", str::parse)?;
        let body = Self::read(&kind, &mut reader)?;
        reader.finish()?;
        body.check()?;
        if body.authorship().is_some_and(|authorship| authorship.count > 0) {
            Ok((origin, body))
        } else {
            Err(TextError::Rule("no officer authors this kind"))
        }
    }
}

#[cfg(test)]
mod tests;
