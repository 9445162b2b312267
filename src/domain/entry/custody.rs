//! Lives here: `anchor`, `map`, `seal`, `policy`, `logkey`: how the log itself is kept. Absent: elections and people.

use jiff::civil::Date;

use crate::domain::text::Id;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::VkeyText;
use crate::domain::text::Writer;
use crate::domain::text::base64_bytes;
use crate::domain::text::digest;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;

/// The largest note or policy file that an entry carries, in bytes.
pub const CARRIED_SIZE_MAX: usize = 32_768;

fn check_size(bytes: &[u8]) -> Result<(), TextError> {
    if bytes.is_empty() {
        Err(TextError::Rule("what the entry carries is empty"))
    } else if bytes.len() > CARRIED_SIZE_MAX {
        Err(TextError::TooLong {
            max: CARRIED_SIZE_MAX,
        })
    } else {
        Ok(())
    }
}

/// A cosigned checkpoint of this log: bounds what follows from below in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The whole note.
    pub checkpoint: Vec<u8>,
}

impl Anchor {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            checkpoint: reader.read("checkpoint", base64_bytes)?,
        })
    }

    pub(super) fn check(&self) -> Result<(), TextError> {
        check_size(&self.checkpoint)
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines().line("checkpoint", print_base64(&self.checkpoint))
    }
}

/// A map of an election's labels: size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// The election.
    pub election: Id,
    /// The log's size it covers.
    pub size: u64,
    /// Its root.
    pub root: [u8; 32],
}

impl Map {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            election: reader.read("election", str::parse)?,
            size: reader.read("size", num)?,
            root: reader.read("root", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .line("size", self.size)
            .line("root", print_hex(&self.root))
    }
}

/// A day's seal on the private journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The day (UTC).
    pub date: Date,
    /// The seal, see [`Seal::digest`].
    pub seal: [u8; 32],
}

impl Seal {
    /// The seal of a journal's size and root under a salt.
    pub fn digest(salt: &[u8], size: u64, root: &[u8; 32]) -> [u8; 32] {
        let lines = Writer::lines()
            .line("size", size)
            .line("root", print_hex(root))
            .finish();
        digest(&[b"ikrar/seal/v1\n", salt, &lines])
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            date: reader.read("date", read_date)?,
            seal: reader.read("seal", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("date", self.date)
            .line("seal", print_hex(&self.seal))
    }
}

/// A `date`: `YYYY-MM-DD`.
pub(crate) fn read_date(text: &str) -> Result<Date, ValueError> {
    let date: Date = text.parse().map_err(|_no_date| ValueError::Word)?;
    if date.to_string() == text && date.year() >= 0 {
        Ok(date)
    } else {
        Err(ValueError::Word)
    }
}

/// The witnesses' policy, in force seven days later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The whole policy file (C2SP tlog-policy).
    pub policy: Vec<u8>,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Policy {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            policy: reader.read("policy", base64_bytes)?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn check(&self) -> Result<(), TextError> {
        check_size(&self.policy)
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("policy", print_base64(&self.policy))
            .line("nonce", print_hex(&self.nonce))
    }
}

/// The log's next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    /// Its verifier key.
    pub vkey: VkeyText,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl LogKey {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            vkey: reader.read("vkey", str::parse)?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("vkey", &self.vkey)
            .line("nonce", print_hex(&self.nonce))
    }
}
