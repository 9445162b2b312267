//! Lives here: `dispute` and `resolution`. Absent: what they do to a signature ([`crate::domain::log`]).

use std::fmt;
use std::str::FromStr;

use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::print_hex;

/// How a dispute came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// By the link in the person's mail.
    Link,
    /// Through an authority.
    Authority,
}

impl FromStr for Channel {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "link" => Ok(Self::Link),
            "authority" => Ok(Self::Authority),
            _ => Err(ValueError::Word),
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "link",
            Self::Authority => "authority",
        })
    }
}

/// What the examination of a dispute found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The person did not sign: the signature is voided.
    Upheld,
    /// The signature stands.
    Dismissed,
}

impl FromStr for Outcome {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "upheld" => Ok(Self::Upheld),
            "dismissed" => Ok(Self::Dismissed),
            _ => Err(ValueError::Word),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upheld => "upheld",
            Self::Dismissed => "dismissed",
        })
    }
}

/// A person says "this was not me".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Index of the signature entry.
    pub signature: u64,
    /// How it came in.
    pub channel: Channel,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Dispute {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            signature: reader.read("signature", num)?,
            channel: reader.read("channel", str::parse)?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("signature", self.signature)
            .line("channel", self.channel)
            .line("nonce", print_hex(&self.nonce))
    }
}

/// A dispute's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Index of the dispute entry.
    pub dispute: u64,
    /// What was found.
    pub outcome: Outcome,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Resolution {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            dispute: reader.read("dispute", num)?,
            outcome: reader.read("outcome", str::parse)?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("dispute", self.dispute)
            .line("outcome", self.outcome)
            .line("nonce", print_hex(&self.nonce))
    }
}
