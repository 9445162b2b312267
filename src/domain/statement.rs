//! Lives here: the statement, the exact bytes a person signs (docs/format.md §5), and its strict verification.
//! Absent: the entry that carries it, and whether the log may count it.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::base64_array;
use crate::domain::text::digest;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::pair;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;
use crate::domain::text::verifies;

const FIRST_LINE: &str = "ikrar/statement/v1";

/// How the person stepped up at the act of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// A fresh code by e-mail: the portal and the mailbox vouch, nobody else.
    Email,
    /// A fresh login at the agency's single sign-on.
    Oidc,
    /// A passkey enrolled before.
    Passkey,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::Email, Self::Oidc, Self::Passkey];

    /// The word that stands in a statement.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Oidc => "oidc",
            Self::Passkey => "passkey",
        }
    }
}

impl FromStr for Method {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or(ValueError::Word)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A size of the log and its root there: what the signer saw the log to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct After {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: [u8; 32],
}

/// What a person signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The log it is for.
    pub origin: Origin,
    /// The election it is for.
    pub election: Id,
    /// SHA-256 of the pact text.
    pub pact: [u8; 32],
    /// Who signs, as the roster in the log names the person.
    pub label: [u8; 32],
    /// Commitment to the person's fields.
    pub commit: [u8; 32],
    /// The key made for this one signature.
    pub key: [u8; 32],
    /// How the person stepped up.
    pub method: Method,
    /// The log as it was.
    pub after: After,
}

impl Statement {
    /// Reads a statement; only the bytes that [`Statement::print`] makes are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        let mut reader = Reader::open(bytes, FIRST_LINE)?;
        let statement = Self {
            origin: reader.read("origin", str::parse)?,
            election: reader.read("election", str::parse)?,
            pact: reader.read("pact", hex_array)?,
            label: reader.read("label", hex_array)?,
            commit: reader.read("commit", hex_array)?,
            key: reader.read("key", base64_array)?,
            method: reader.read("method", str::parse)?,
            after: reader.read("after", |value| {
                let (size, root) = pair(value)?;
                Ok(After {
                    size: num(size)?,
                    root: base64_array(root)?,
                })
            })?,
        };
        reader.finish()?;
        Ok(statement)
    }

    /// The bytes that are signed.
    pub fn print(&self) -> Vec<u8> {
        Writer::open(FIRST_LINE)
            .line("origin", &self.origin)
            .line("election", &self.election)
            .line("pact", print_hex(&self.pact))
            .line("label", print_hex(&self.label))
            .line("commit", print_hex(&self.commit))
            .line("key", print_base64(&self.key))
            .line("method", self.method)
            .line(
                "after",
                format_args!("{} {}", self.after.size, print_base64(&self.after.root)),
            )
            .finish()
    }

    /// SHA-256 of the statement's bytes.
    pub fn hash(&self) -> [u8; 32] {
        digest(&[&self.print()])
    }

    /// Does this signature verify strictly under the statement's own key (RFC 8032, docs/format.md §1)?
    pub fn verify(&self, signature: &[u8; 64]) -> bool {
        verifies(&self.key, &self.print(), signature)
    }
}
