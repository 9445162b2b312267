//! Lives here: `pact`, which enters a version of a pact whole. Absent: the text's own lines ([`crate::domain::pact`]).

use crate::domain::pact::PactText;
use crate::domain::text::Id;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::base64_bytes;
use crate::domain::text::hex_array;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;

/// A version of a pact is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pact {
    /// The election.
    pub election: Id,
    /// The whole text.
    pub text: PactText,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Pact {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            election: reader.read("election", str::parse)?,
            text: reader.read("text", |value| {
                PactText::parse(&base64_bytes(value)?).map_err(|_malformed| ValueError::Inner)
            })?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .line("text", print_base64(&self.text.print()))
            .line("nonce", print_hex(&self.nonce))
    }
}
