//! Lives here: `signature`, `attested` and `erasure`: what concerns one person, without naming the person.
//! Absent: when a signature is valid ([`crate::domain::log`]).

use crate::domain::statement::Statement;
use crate::domain::text::Id;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::base64_array;
use crate::domain::text::base64_bytes;
use crate::domain::text::hex_array;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;

/// A person signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The election.
    pub election: Id,
    /// What the person signed.
    pub statement: Statement,
    /// The Ed25519 signature over it.
    pub signature: [u8; 64],
    /// Commitment to what shows that the person stepped up.
    pub evidence: [u8; 32],
}

impl Signature {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            election: reader.read("election", str::parse)?,
            statement: reader.read("statement", |value| {
                Statement::parse(&base64_bytes(value)?).map_err(|_malformed| ValueError::Inner)
            })?,
            signature: reader.read("signature", base64_array)?,
            evidence: reader.read("evidence", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .line("statement", print_base64(&self.statement.print()))
            .line("signature", print_base64(&self.signature))
            .line("evidence", print_hex(&self.evidence))
    }
}

/// A person signed on paper: two officers vouch for the scan. Counted apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// The election.
    pub election: Id,
    /// SHA-256 of the pact text.
    pub pact: [u8; 32],
    /// Who.
    pub label: [u8; 32],
    /// Commitment to the person's fields.
    pub commit: [u8; 32],
    /// SHA-256 of the scan.
    pub scan: [u8; 32],
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Attested {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            election: reader.read("election", str::parse)?,
            pact: reader.read("pact", hex_array)?,
            label: reader.read("label", hex_array)?,
            commit: reader.read("commit", hex_array)?,
            scan: reader.read("scan", hex_array)?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .line("pact", print_hex(&self.pact))
            .line("label", print_hex(&self.label))
            .line("commit", print_hex(&self.commit))
            .line("scan", print_hex(&self.scan))
            .line("nonce", print_hex(&self.nonce))
    }
}

/// The data behind a label were erased. The label keeps counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The election.
    pub election: Id,
    /// Whose.
    pub label: [u8; 32],
    /// On what ground, as a code.
    pub ground: Id,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Erasure {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            election: reader.read("election", str::parse)?,
            label: reader.read("label", hex_array)?,
            ground: reader.read("ground", str::parse)?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .line("label", print_hex(&self.label))
            .line("ground", &self.ground)
            .line("nonce", print_hex(&self.nonce))
    }
}
