//! Lives here: the bytes of the private journal's tree, what opens a seal, and the files that prove a line or a growth
//! (docs/format.md §11). Absent: who saw what, where lines are kept, when a day is sealed.

use std::fmt;

use jiff::civil::Date;
use thiserror::Error;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::entry::Seal;
use crate::domain::entry::read_date;
use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::Time;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::base64_bytes;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::pair;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::tree::verify_consistency;
use crate::ledger::tree::verify_inclusion;

#[cfg(test)]
mod tests;

const LINE: &str = "ikrar/journal/v1";
const LINE_PROOF: &str = "ikrar/journal-proof/v1";
const GROWTH: &str = "ikrar/journal-growth/v1";

/// No file of this kind is longer.
pub const EVIDENCE_SIZE_BYTES_MAX: usize = 16 * 1024;

/// A tree of 2^63 leaves needs no more in an inclusion proof; a consistency proof has one more.
const HASH_COUNT_MAX: usize = 64;

/// The subject of a line that has none.
const NO_SUBJECT: &str = "-";

/// At most so many days are sealed at a time: after a long standstill the rest follows.
const DAYS_AT_ONCE: usize = 31;

/// Who did what a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An officer, by the account's id.
    Account(u64),
    /// A signer, by the person's id.
    Person(u64),
    /// Whoever had the machine's command line.
    CommandLine,
}

impl Actor {
    fn read(value: &str) -> Result<Self, ValueError> {
        if value == "command-line" {
            return Ok(Self::CommandLine);
        }
        match pair(value)? {
            ("account", id) => num(id).map(Self::Account),
            ("person", id) => num(id).map(Self::Person),
            _ => Err(ValueError::Word),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account {id}"),
            Self::Person(id) => write!(f, "person {id}"),
            Self::CommandLine => f.write_str("command-line"),
        }
    }
}

/// A line of the journal as the tree holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The row's id.
    pub id: u64,
    /// When, to the second.
    pub at: Time,
    /// Who.
    pub actor: Actor,
    /// What was done, a stable word.
    pub action: Id,
    /// What it was about, by ids; none where the action says it all.
    pub subject: Option<Prose<400>>,
    /// 32 random bytes, so that nobody guesses a line from its leaf.
    pub salt: [u8; 32],
}

impl Line {
    /// A stored line; an error where a word of it may not stand in a text.
    pub fn of(
        id: u64,
        at: Time,
        actor: Actor,
        (action, subject): (&str, &str),
        salt: [u8; 32],
    ) -> Result<Self, ValueError> {
        Ok(Self {
            id,
            at,
            actor,
            action: action.parse()?,
            subject: read_subject(subject)?,
            salt,
        })
    }

    /// Reads a line's text.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        let mut reader = Reader::open(bytes, LINE)?;
        let line = Self {
            id: reader.read("id", num)?,
            at: reader.read("at", |value| Time::from_unix(num(value)?))?,
            actor: reader.read("actor", Actor::read)?,
            action: reader.read("action", str::parse)?,
            subject: reader.read("subject", read_subject)?,
            salt: reader.read("salt", hex_array)?,
        };
        reader.finish()?;
        Ok(line)
    }

    /// Prints it.
    pub fn print(&self) -> Vec<u8> {
        Writer::open(LINE)
            .line("id", self.id)
            .line("at", self.at.unix())
            .line("actor", self.actor)
            .line("action", &self.action)
            .line("subject", self.subject.as_ref().map_or(NO_SUBJECT, Prose::as_str))
            .line("salt", print_hex(&self.salt))
            .finish()
    }

    /// Its leaf in the journal's tree.
    pub fn leaf(&self) -> Hash {
        leaf_hash(&self.print())
    }
}

fn read_subject(text: &str) -> Result<Option<Prose<400>>, ValueError> {
    if text.is_empty() || text == NO_SUBJECT {
        return Ok(None);
    }
    text.parse().map(Some)
}

/// What a `seal` entry hides, and where that entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSeal {
    /// The day that is sealed (UTC).
    pub date: Date,
    /// The entry's index in the public log.
    pub entry: u64,
    /// The seal's own salt.
    pub salt: [u8; 32],
    /// How many lines the journal had.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
}

impl OpenSeal {
    /// The bytes in the public entry.
    pub fn digest(&self) -> [u8; 32] {
        Seal::digest(&self.salt, self.size, self.root.as_bytes())
    }

    /// Whether this is what the public log's entry at the index commits to.
    pub fn check(&self, entry: &[u8]) -> Result<(), Unproved> {
        match Entry::parse(entry).map(|entry| entry.body) {
            Ok(Body::Seal(seal)) if seal.date == self.date && seal.seal == self.digest() => Ok(()),
            Ok(Body::Seal(_)) => Err(Unproved::Seal),
            _ => Err(Unproved::NoSeal),
        }
    }

    fn read(value: &str) -> Result<Self, ValueError> {
        let parts: Vec<&str> = value.split(' ').collect();
        let [date, entry, salt, size, root] = parts.as_slice() else {
            return Err(ValueError::Parts);
        };
        Ok(Self {
            date: read_date(date)?,
            entry: num(entry)?,
            salt: hex_array(salt)?,
            size: num(size)?,
            root: read_hash(root)?,
        })
    }
}

impl fmt::Display for OpenSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (salt, root) = (print_hex(&self.salt), print_hex(self.root.as_bytes()));
        write!(f, "{} {} {salt} {} {root}", self.date, self.entry, self.size)
    }
}

fn read_hash(value: &str) -> Result<Hash, ValueError> {
    hex_array(value).map(Hash::from_bytes)
}

/// Why a file proves nothing, though it is well formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unproved {
    /// The line is not where the file says, or was changed.
    #[error(
        "the line is not in the journal that was sealed: it, its place, the path or the root was changed"
    )]
    Line,
    /// The later journal is not the earlier one with lines added.
    #[error(
        "the later seal does not extend the earlier one: lines were changed, taken out or put in between"
    )]
    Growth,
    /// The public entry is of another date, or hides something else.
    #[error("the seal in the log is another one: date, salt, size or root is not what was sealed")]
    Seal,
    /// The public entry is none.
    #[error("the log's entry there is no seal")]
    NoSeal,
}

/// That a line is in the sealed journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProof {
    /// The line.
    pub line: Line,
    /// Its place in the tree.
    pub index: u64,
    /// The seal that covers it.
    pub seal: OpenSeal,
    /// The inclusion proof.
    pub hashes: Vec<Hash>,
}

/// That one seal's journal extends an earlier one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The earlier seal.
    pub from: OpenSeal,
    /// The later one.
    pub to: OpenSeal,
    /// The consistency proof.
    pub hashes: Vec<Hash>,
}

/// A file that an auditor is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Of a line.
    Line(LineProof),
    /// Of two seals.
    Growth(Growth),
}

impl Evidence {
    /// Reads a file of either kind.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        if bytes.len() > EVIDENCE_SIZE_BYTES_MAX {
            return Err(TextError::TooLong {
                max: EVIDENCE_SIZE_BYTES_MAX,
            });
        }
        if bytes.starts_with(GROWTH.as_bytes()) {
            let mut reader = Reader::open(bytes, GROWTH)?;
            let growth = Growth {
                from: reader.read("from", OpenSeal::read)?,
                to: reader.read("to", OpenSeal::read)?,
                hashes: read_hashes(reader)?,
            };
            return Ok(Self::Growth(growth));
        }
        let mut reader = Reader::open(bytes, LINE_PROOF)?;
        let proof = LineProof {
            line: reader.read("line", |value| {
                Line::parse(&base64_bytes(value)?).map_err(|_malformed| ValueError::Inner)
            })?,
            index: reader.read("index", num)?,
            seal: reader.read("seal", OpenSeal::read)?,
            hashes: read_hashes(reader)?,
        };
        Ok(Self::Line(proof))
    }

    /// Prints it.
    pub fn print(&self) -> Vec<u8> {
        let hashes = |hash: &Hash| print_hex(hash.as_bytes());
        match self {
            Self::Line(proof) => Writer::open(LINE_PROOF)
                .line("line", print_base64(&proof.line.print()))
                .line("index", proof.index)
                .line("seal", &proof.seal)
                .each("hash", &proof.hashes, hashes)
                .finish(),
            Self::Growth(growth) => Writer::open(GROWTH)
                .line("from", &growth.from)
                .line("to", &growth.to)
                .each("hash", &growth.hashes, hashes)
                .finish(),
        }
    }

    /// The seals that the public log must hold.
    pub fn seals(&self) -> Vec<&OpenSeal> {
        match self {
            Self::Line(proof) => vec![&proof.seal],
            Self::Growth(growth) => vec![&growth.from, &growth.to],
        }
    }

    /// Whether the hashes lead where they should; that the seals stand in the public log is [`OpenSeal::check`]'s affair.
    pub fn check(&self) -> Result<(), Unproved> {
        match self {
            Self::Line(LineProof {
                line,
                index,
                seal,
                hashes,
            }) => verify_inclusion(hashes, seal.size, &seal.root, *index, &line.leaf())
                .map_err(|_elsewhere| Unproved::Line),
            Self::Growth(Growth { from, to, hashes }) => {
                if from.date >= to.date || from.entry >= to.entry {
                    return Err(Unproved::Growth);
                }
                verify_consistency(hashes, from.size, &from.root, to.size, &to.root)
                    .map_err(|_elsewhere| Unproved::Growth)
            }
        }
    }
}

fn read_hashes(mut reader: Reader<'_>) -> Result<Vec<Hash>, TextError> {
    let mut hashes = Vec::new();
    while let Some(hash) = reader.read_if("hash", read_hash)? {
        hashes.push(hash);
    }
    reader.finish()?;
    if hashes.len() > HASH_COUNT_MAX {
        return Err(TextError::Rule("more hashes than any tree needs"));
    }
    Ok(hashes)
}

/// The days to seal now: from the one after the last seal through yesterday, each of them, also those of a standstill; of a long one the
/// first thirty-one. A log without a seal begins with yesterday, whose seal covers what came before.
pub fn days_due(last: Option<Date>, begun: Date, today: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let Ok(yesterday) = today.yesterday() else {
        return days;
    };
    let mut day = match last.map(Date::tomorrow) {
        Some(Ok(next)) => next,
        Some(Err(_end_of_time)) => return days,
        // Nothing was sealed yet: what came before the first seal is covered by it.
        None if begun <= yesterday => yesterday,
        None => return days,
    };
    while day <= yesterday && days.len() < DAYS_AT_ONCE {
        days.push(day);
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    days
}
