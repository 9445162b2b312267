//! Lives here: `election` and `close`. Absent: what a window means ([`crate::domain::election`]).

use crate::domain::election;
use crate::domain::election::Contest;
use crate::domain::text::Id;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::Time;
use crate::domain::text::Writer;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::pair;
use crate::domain::text::print_hex;

/// An election opens, or the one of the same name is amended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Election {
    /// The election.
    pub election: election::Election,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Election {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        let id = reader.read("election", str::parse)?;
        let title = reader.read("title", str::parse)?;
        let opens = reader.read("opens", Time::minute)?;
        let closes = reader.read("closes", Time::minute)?;
        let zone = reader.read("zone", str::parse)?;
        let mut contests = Vec::new();
        while let Some(contest) = reader.read_if("contest", |value| {
            let (id, determined) = pair(value)?;
            Ok(Contest {
                id: id.parse()?,
                determined: determined.parse()?,
            })
        })? {
            contests.push(contest);
        }
        let lookup = reader.read("lookup", str::parse)?;
        let nonce = reader.read("nonce", hex_array)?;
        Ok(Self {
            election: election::Election {
                id,
                title,
                opens,
                closes,
                zone,
                contests,
                lookup,
            },
            nonce,
        })
    }

    pub(super) fn print(&self) -> Writer {
        let election = &self.election;
        Writer::lines()
            .line("election", &election.id)
            .line("title", &election.title)
            .line("opens", election.opens)
            .line("closes", election.closes)
            .line("zone", &election.zone)
            .each("contest", &election.contests, |contest| {
                format!("{} {}", contest.id, contest.determined)
            })
            .line("lookup", election.lookup)
            .line("nonce", print_hex(&self.nonce))
    }
}

/// The numbers of an election at its close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// M: the labels that are on.
    pub members: u64,
    /// N: the live valid signatures whose label is on.
    pub valid: u64,
    /// The labels that are on and attested, without a live valid signature.
    pub attested: u64,
    /// The live signatures with an open dispute.
    pub disputed: u64,
    /// The signatures that upheld disputes voided.
    pub voided: u64,
}

/// An election closes with its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The election.
    pub election: Id,
    /// Its numbers.
    pub counts: Counts,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Close {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            election: reader.read("election", str::parse)?,
            counts: Counts {
                members: reader.read("members", num)?,
                valid: reader.read("valid", num)?,
                attested: reader.read("attested", num)?,
                disputed: reader.read("disputed", num)?,
                voided: reader.read("voided", num)?,
            },
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("election", &self.election)
            .line("members", self.counts.members)
            .line("valid", self.counts.valid)
            .line("attested", self.counts.attested)
            .line("disputed", self.counts.disputed)
            .line("voided", self.counts.voided)
            .line("nonce", print_hex(&self.nonce))
    }
}
