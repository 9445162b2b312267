//! Lives here: the openings file, which shows an oversight body whom every label of an election stands for (docs/format.md §12):
//! its lines, read one by one in bounded memory, and printed. Absent: what they prove ([`OpeningsAudit`]), files, who may have one.

mod check;

pub use check::OpeningsAudit;
pub use check::OpeningsReport;
pub use check::Stranger;
pub use check::Twice;
pub use check::Unopened;

use std::fmt;

use thiserror::Error;

use crate::domain::person::PersonNumber;
use crate::domain::person::label;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::print_hex;

const FIRST_LINE: &str = "ikrar/openings/v1";

/// Numbers of one person in a line: the one in the label, the others that the person has or had.
pub const NUMBERS_MAX: usize = 8;

/// No line is longer, without its LF; a reader need hold no more.
pub const LINE_BYTES_MAX: usize = 512;

/// What an openings file is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningsHeader {
    /// The log.
    pub origin: Origin,
    /// The election.
    pub election: Id,
    /// How many entries the log had when it was made.
    pub size: u64,
}

impl OpeningsHeader {
    /// The lines before the first opening.
    pub fn print(&self) -> Vec<u8> {
        Writer::open(FIRST_LINE)
            .line("origin", &self.origin)
            .line("election", &self.election)
            .line("size", self.size)
            .finish()
    }
}

/// The line behind the last of so many openings.
pub fn print_end(openings: u64) -> Vec<u8> {
    Writer::lines().line("end", openings).finish()
}

/// One label, opened. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct LabelOpening {
    /// The label.
    pub label: [u8; 32],
    /// Its salt.
    pub salt: [u8; 32],
    /// The number in the label first, then others of the same person; 1 to [`NUMBERS_MAX`], none twice.
    pub numbers: Vec<PersonNumber>,
}

impl fmt::Debug for LabelOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LabelOpening(***)")
    }
}

impl LabelOpening {
    /// Do salt and first number give the label?
    pub fn opens(&self, origin: &Origin, election: &Id) -> bool {
        self.numbers
            .first()
            .is_some_and(|number| label(&self.salt, origin, election, number) == self.label)
    }

    /// Its line.
    pub fn print(&self) -> Vec<u8> {
        let mut value = format!("{} {}", print_hex(&self.label), print_hex(&self.salt));
        for number in &self.numbers {
            value.push(' ');
            value.push_str(number.as_str());
        }
        Writer::lines().line("open", value).finish()
    }

    fn read(value: &str) -> Result<Self, OpeningsFault> {
        let bad = |source| OpeningsFault::Value { key: "open", source };
        let mut parts = value.split(' ');
        let mut next = || parts.next().ok_or(bad(ValueError::Parts));
        let label = hex_array(next()?).map_err(bad)?;
        let salt = hex_array(next()?).map_err(bad)?;
        let mut numbers: Vec<PersonNumber> = Vec::with_capacity(1);
        for part in parts {
            let number = part.parse().map_err(bad)?;
            if numbers.contains(&number) {
                return Err(OpeningsFault::SameNumber);
            }
            numbers.push(number);
        }
        if !(1..=NUMBERS_MAX).contains(&numbers.len()) {
            return Err(bad(ValueError::Parts));
        }
        Ok(Self { label, salt, numbers })
    }
}

/// Why a file is no openings file, and in which line. Never with anything of the line's content.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub struct OpeningsError {
    /// Line number, from 1.
    pub line: u64,
    /// What is wrong.
    pub fault: OpeningsFault,
}

/// What is wrong with a line of an openings file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpeningsFault {
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Longer than [`LINE_BYTES_MAX`].
    #[error("longer than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// The first line names another kind of file.
    #[error("the first line is not `{FIRST_LINE}`")]
    FirstLine,
    /// Another line was expected here.
    #[error("should be `{0} ...`")]
    Expected(&'static str),
    /// A value is not of its type.
    #[error("`{key}`: {source}")]
    Value {
        /// The line's key.
        key: &'static str,
        /// What is wrong with the value.
        source: ValueError,
    },
    /// A label stands before one that is less, or twice.
    #[error("labels are not in strictly ascending order")]
    Order,
    /// A person's number stands twice in the line.
    #[error("a number stands twice in the line")]
    SameNumber,
    /// The last line counts other openings than there are.
    #[error("says {said} openings, there are {found}")]
    Count {
        /// What it says.
        said: u64,
        /// How many there are.
        found: u64,
    },
    /// Behind the last line.
    #[error("stands behind the last line")]
    Extra,
    /// There is no last line.
    #[error("the file ends without its last line: it was cut off")]
    Cut,
}

/// What a line turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpeningsLine {
    /// One of the first.
    Head,
    /// The last of the first.
    Header(OpeningsHeader),
    /// A label, opened.
    Open(LabelOpening),
    /// The last.
    End,
}

#[derive(Debug, Clone)]
enum Stage {
    First,
    Origin,
    Election(Origin),
    Size(Origin, Id),
    Openings,
    Ended,
}

/// Reads an openings file line by line. Only the bytes that the printers here make are accepted.
///
/// ```
/// use ikrar::domain::openings::{OpeningsHeader, OpeningsLine, OpeningsReader};
/// let mut reader = OpeningsReader::new();
/// for line in ["ikrar/openings/v1\n", "origin ikrar.example/log\n", "election pemilu\n"] {
///     assert_eq!(reader.take(line.as_bytes())?, OpeningsLine::Head);
/// }
/// assert!(matches!(reader.take(b"size 12\n")?, OpeningsLine::Header(_)));
/// assert_eq!(reader.take(b"end 0\n")?, OpeningsLine::End);
/// reader.finish()?;
/// # Ok::<(), ikrar::domain::openings::OpeningsError>(())
/// ```
#[derive(Debug)]
pub struct OpeningsReader {
    line: u64,
    stage: Stage,
    last: Option<[u8; 32]>,
    openings: u64,
}

impl Default for OpeningsReader {
    fn default() -> Self {
        Self::new()
    }
}

impl OpeningsReader {
    /// Before the first line.
    pub fn new() -> Self {
        Self {
            line: 0,
            stage: Stage::First,
            last: None,
            openings: 0,
        }
    }

    /// The number of the line taken last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many openings were taken.
    pub fn openings(&self) -> u64 {
        self.openings
    }

    /// Takes the next line with its LF, or as much of it as is longer than any line. After an error nothing more can be taken.
    pub fn take(&mut self, line: &[u8]) -> Result<OpeningsLine, OpeningsError> {
        self.line = self.line.saturating_add(1);
        self.step(line).map_err(|fault| OpeningsError {
            line: self.line,
            fault,
        })
    }

    /// Ends; an error when the last line has not come.
    pub fn finish(self) -> Result<(), OpeningsError> {
        if matches!(self.stage, Stage::Ended) {
            return Ok(());
        }
        Err(OpeningsError {
            line: self.line.saturating_add(1),
            fault: OpeningsFault::Cut,
        })
    }

    fn step(&mut self, line: &[u8]) -> Result<OpeningsLine, OpeningsFault> {
        if line.len() > LINE_BYTES_MAX.saturating_add(1) {
            return Err(OpeningsFault::TooLong);
        }
        let line = line.strip_suffix(b"\n").ok_or(OpeningsFault::Cut)?;
        let line = std::str::from_utf8(line).map_err(|_not_utf8| OpeningsFault::NotUtf8)?;
        // What an error leaves behind takes no more lines.
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::First if line == FIRST_LINE => self.stage = Stage::Origin,
            Stage::First => return Err(OpeningsFault::FirstLine),
            Stage::Origin => self.stage = Stage::Election(value(line, "origin", str::parse)?),
            Stage::Election(origin) => {
                self.stage = Stage::Size(origin, value(line, "election", str::parse)?);
            }
            Stage::Size(origin, election) => {
                let size = value(line, "size", num)?;
                self.stage = Stage::Openings;
                return Ok(OpeningsLine::Header(OpeningsHeader {
                    origin,
                    election,
                    size,
                }));
            }
            Stage::Openings => return self.opening(line),
            Stage::Ended => return Err(OpeningsFault::Extra),
        }
        Ok(OpeningsLine::Head)
    }

    fn opening(&mut self, line: &str) -> Result<OpeningsLine, OpeningsFault> {
        let Some(opening) = line.strip_prefix("open ") else {
            if !line.starts_with("end ") {
                return Err(OpeningsFault::Expected("open"));
            }
            let (said, found) = (value(line, "end", num)?, self.openings);
            return if said == found {
                Ok(OpeningsLine::End)
            } else {
                Err(OpeningsFault::Count { said, found })
            };
        };
        let opening = LabelOpening::read(opening)?;
        if self.last.is_some_and(|last| last >= opening.label) {
            return Err(OpeningsFault::Order);
        }
        self.last = Some(opening.label);
        self.openings = self.openings.saturating_add(1);
        self.stage = Stage::Openings;
        Ok(OpeningsLine::Open(opening))
    }
}

fn value<T>(
    line: &str,
    key: &'static str,
    parse: impl FnOnce(&str) -> Result<T, ValueError>,
) -> Result<T, OpeningsFault> {
    let value = line
        .strip_prefix(key)
        .and_then(|rest| rest.strip_prefix(' '))
        .ok_or(OpeningsFault::Expected(key))?;
    parse(value).map_err(|source| OpeningsFault::Value { key, source })
}

#[cfg(test)]
mod tests;
