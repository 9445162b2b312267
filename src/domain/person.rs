//! Lives here: how a person stands in the log without personal data (docs/format.md §6): label, field digests, commit,
//! evidence. Absent: salts' origin (they are arguments), and where the values come from.

mod fragment;
mod opening;

pub use fragment::Fragment;
pub use fragment::FragmentError;
pub use opening::FieldOpening;
pub use opening::Opening;
pub use opening::OpeningCheck;
pub use opening::PersonOpening;

use std::fmt;
use std::str::FromStr;

use crate::domain::nip::Nip;
use crate::domain::statement::Method;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::domain::text::Prose;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::Time;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::digest;
use crate::domain::text::print_hex;

/// The value of a field: what is shown to the signer, or a lone `-` where it is not known.
pub type FieldValue = Prose<400>;

/// The number that names a person in a label: NIP or NI PPPK, 18 digits, whose parts are [`Nip`]'s matter. `Debug`
/// hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonNumber(String);

impl PersonNumber {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonNumber {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let is_number = text.len() == 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::Num)
        }
    }
}

impl From<&Nip> for PersonNumber {
    fn from(nip: &Nip) -> Self {
        Self(nip.as_str().to_owned())
    }
}

impl fmt::Debug for PersonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonNumber(***)")
    }
}

impl fmt::Display for PersonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A field that a statement commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// NIP or NI PPPK.
    Nip,
    /// Name as shown to the signer.
    Name,
    /// Unit.
    Unit,
    /// Position.
    Position,
}

impl Field {
    /// Every field, in the order of commit and opening.
    pub const ALL: [Self; 4] = [Self::Nip, Self::Name, Self::Unit, Self::Position];

    /// The word that is hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nip => "nip",
            Self::Name => "name",
            Self::Unit => "unit",
            Self::Position => "position",
        }
    }
}

/// The digests of the four fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digests {
    /// Of the NIP.
    pub nip: [u8; 32],
    /// Of the name.
    pub name: [u8; 32],
    /// Of the unit.
    pub unit: [u8; 32],
    /// Of the position.
    pub position: [u8; 32],
}

/// The label of a person in one election of one log.
pub fn label(salt: &[u8; 32], origin: &Origin, election: &Id, person: &PersonNumber) -> [u8; 32] {
    let lines = Writer::lines()
        .line("origin", origin)
        .line("election", election)
        .line("person", person)
        .finish();
    digest(&[b"ikrar/label/v1\n", salt, &lines])
}

/// The digest of one field under its own salt.
pub fn field_digest(salt: &[u8; 32], field: Field, value: &FieldValue) -> [u8; 32] {
    digest(&[
        b"ikrar/field/v1\n",
        salt,
        &Writer::lines().line(field.as_str(), value).finish(),
    ])
}

/// The commitment of a statement to a label and four fields.
pub fn commit(label: &[u8; 32], digests: &Digests) -> [u8; 32] {
    let lines = Writer::open("ikrar/commit/v1")
        .line("label", print_hex(label))
        .line("nip", print_hex(&digests.nip))
        .line("name", print_hex(&digests.name))
        .line("unit", print_hex(&digests.unit))
        .line("position", print_hex(&digests.position))
        .finish();
    digest(&[&lines])
}

/// The commitment of a signature entry to what shows that the person stepped up.
pub fn evidence(salt: &[u8; 32], method: Method, statement_hash: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let lines = Writer::lines()
        .line("method", method)
        .line("statement", print_hex(statement_hash))
        .finish();
    digest(&[b"ikrar/evidence/v1\n", salt, &lines, bytes])
}

/// What shows that a code sent by e-mail was answered: the evidence bytes of the method `email`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUp {
    /// When the code was sent.
    pub sent: Time,
    /// When it was answered.
    pub answered: Time,
}

impl StepUp {
    /// Reads the text; only the bytes that [`StepUp::print`] makes are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        let mut reader = Reader::open(bytes, "ikrar/stepup/v1")?;
        let step_up = Self {
            sent: reader.read("sent", str::parse)?,
            answered: reader.read("answered", str::parse)?,
        };
        reader.finish()?;
        Ok(step_up)
    }

    /// The text's bytes.
    pub fn print(&self) -> Vec<u8> {
        Writer::open("ikrar/stepup/v1")
            .line("sent", self.sent)
            .line("answered", self.answered)
            .finish()
    }
}

#[cfg(test)]
mod tests;
