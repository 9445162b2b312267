//! Lives here: the text of a pact (docs/format.md §4), named by its SHA-256. Absent: markup, drafts, who published it.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::digest;
use crate::domain::text::num;
use crate::domain::text::pair;

const FIRST_LINE: &str = "ikrar/pact/v1";

/// The largest pact text in bytes.
pub const PACT_SIZE_MAX: usize = 32_768;

/// The most clauses a pact may have.
pub const CLAUSES_MAX: usize = 64;

/// The language a pact is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Indonesian.
    Id,
    /// English.
    En,
}

impl Language {
    /// The tag that stands in the text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }
}

impl FromStr for Language {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        [Self::Id, Self::En]
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or(ValueError::Word)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A pact as it is signed: plain numbered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PactText {
    /// The election it is for.
    pub election: Id,
    /// From 1, one more than the version before.
    pub version: u64,
    /// Its language.
    pub language: Language,
    /// Its title.
    pub title: Prose<200>,
    /// What stands before the clauses.
    pub preamble: Prose<4096>,
    /// The clauses; the first is number 1.
    pub clauses: Vec<Prose<4096>>,
    /// What stands after the clauses.
    pub closing: Option<Prose<4096>>,
}

impl PactText {
    /// Reads a pact text; only the bytes that [`PactText::print`] makes are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        let mut reader = Reader::open(bytes, FIRST_LINE)?;
        let mut text = Self {
            election: reader.read("election", str::parse)?,
            version: reader.read("version", num)?,
            language: reader.read("language", str::parse)?,
            title: reader.read("title", str::parse)?,
            preamble: reader.read("preamble", str::parse)?,
            clauses: Vec::new(),
            closing: None,
        };
        while let Some((number, clause)) = reader.read_if("clause", |value| {
            let (number, words) = pair(value)?;
            Ok((num(number)?, words.parse()?))
        })? {
            text.clauses.push(clause);
            if u64::try_from(text.clauses.len()) != Ok(number) {
                return Err(TextError::Rule("clauses are not numbered from 1"));
            }
        }
        text.closing = reader.read_if("closing", str::parse)?;
        reader.finish()?;
        text.check()?;
        Ok(text)
    }

    /// The rules a text made by hand must keep before it is printed; [`PactText::parse`] checks them too.
    pub fn check(&self) -> Result<(), TextError> {
        if self.version == 0 {
            return Err(TextError::Rule("versions are numbered from 1"));
        }
        if !(1..=CLAUSES_MAX).contains(&self.clauses.len()) {
            return Err(TextError::Rule("a pact has 1 to 64 clauses"));
        }
        if self.print().len() > PACT_SIZE_MAX {
            return Err(TextError::TooLong { max: PACT_SIZE_MAX });
        }
        Ok(())
    }

    /// The text's bytes.
    pub fn print(&self) -> Vec<u8> {
        let mut writer = Writer::open(FIRST_LINE)
            .line("election", &self.election)
            .line("version", self.version)
            .line("language", self.language)
            .line("title", &self.title)
            .line("preamble", &self.preamble);
        for (index, clause) in self.clauses.iter().enumerate() {
            writer = writer.line("clause", format_args!("{} {clause}", index.saturating_add(1)));
        }
        if let Some(closing) = &self.closing {
            writer = writer.line("closing", closing);
        }
        writer.finish()
    }

    /// SHA-256 of the text: the pact's name.
    pub fn hash(&self) -> [u8; 32] {
        digest(&[&self.print()])
    }
}
