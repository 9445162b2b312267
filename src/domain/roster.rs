//! A roster as the personnel office exports it: rows of a table become people, or a reason for each refusal; and a plan
//! of what an import would change. Absent: reading files (`crate::sheet`), writing anything, who is invited.
//!
//! A [`Parser`] takes rows one by one and finds the header itself; a [`Roster`] gathers what it gives and sees what
//! only the whole file shows (duplicates); [`plan::plan`] compares it with the people already known.

use std::collections::HashMap;

use crate::domain::cell::Row;
use crate::domain::nip::Nip;

pub mod column;
pub mod plan;
mod refusal;
mod row;
mod standing;
mod text;

pub use column::Columns;
pub use column::Field;
pub use column::HeaderError;
pub use refusal::Refusal;
pub use refusal::RefusalReason;
pub use refusal::Skip;
pub use refusal::Warning;
pub use refusal::WarningKind;
pub use row::parse_row;
pub use standing::Duty;
pub use standing::Exclusion;

/// Kind of employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Employment {
    /// Permanent.
    Pns,
    /// On probation.
    Cpns,
    /// On contract.
    Pppk,
}

impl Employment {
    /// Stable name for storing, catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pns => "pns",
            Self::Cpns => "cpns",
            Self::Pppk => "pppk",
        }
    }

    /// Reads [`Employment::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Pns, Self::Cpns, Self::Pppk]
            .into_iter()
            .find(|employment| employment.key() == key)
    }
}

/// One person of the file: only what is needed. Texts are NFC, without blanks at the ends, at most 400 bytes; blank
/// where the file has nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// The number.
    pub nip: Nip,
    /// NIP LAMA, digits only: 9 or 18.
    pub former_nip: Option<String>,
    /// Name as it is shown, titles included.
    pub name: String,
    /// The person's own unit: the last of `unit_path`.
    pub unit: String,
    /// Units from the top down to the person's own.
    pub unit_path: Vec<String>,
    /// Position.
    pub position: String,
    /// Place of work.
    pub city: String,
    /// Grade.
    pub grade: String,
    /// Mail address, the official one before any other.
    pub email: Option<String>,
    /// Kind of employment.
    pub employment: Employment,
    /// Whether the person must sign.
    pub duty: Duty,
}

/// Shows the line only: a row is a person's data, which no log may carry.
impl std::fmt::Debug for RosterRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RosterRow")
            .field("line", &self.line)
            .field("duty", &self.duty)
            .finish_non_exhaustive()
    }
}

/// What one row of the table came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// A person, and what is odd about the row.
    Person(Box<RosterRow>, Vec<WarningKind>),
    /// A row that should be a person and cannot be read.
    Refused(Box<Refusal>),
    /// A row that is no person.
    Skipped(u64, Skip),
}

/// Takes rows one by one; the first of them wait until the header is found.
///
/// ```
/// use ikrar::domain::cell::Row;
/// use ikrar::domain::roster::{Parsed, Parser};
/// let mut parser = Parser::default();
/// let mut people = 0;
/// let mut sink = |parsed| people += usize::from(matches!(parsed, Parsed::Person(..)));
/// parser.push(Row::of_text(1, &["Nama", "NIP"]), &mut sink).unwrap();
/// parser.push(Row::of_text(2, &["Budi Santoso", "19860926 200901 1 001"]), &mut sink).unwrap();
/// parser.finish(&mut sink).unwrap();
/// assert_eq!(people, 1);
/// ```
#[derive(Debug, Default)]
pub struct Parser {
    head: Vec<Row>,
    columns: Option<Columns>,
}

impl Parser {
    /// Takes the next row. What is known already goes to `sink`.
    pub fn push(&mut self, row: Row, sink: &mut dyn FnMut(Parsed)) -> Result<(), HeaderError> {
        if let Some(columns) = &self.columns {
            sink(parse_row(columns, &row));
            return Ok(());
        }
        self.head.push(row);
        if self.head.len() > Columns::HEAD_ROWS {
            self.settle(sink)
        } else {
            Ok(())
        }
    }

    /// Ends the file and gives the columns that were found.
    pub fn finish(mut self, sink: &mut dyn FnMut(Parsed)) -> Result<Columns, HeaderError> {
        if self.columns.is_none() {
            self.settle(sink)?;
        }
        self.columns.ok_or(HeaderError::NoNip)
    }

    fn settle(&mut self, sink: &mut dyn FnMut(Parsed)) -> Result<(), HeaderError> {
        let (columns, used) = Columns::find(&self.head)?;
        for row in std::mem::take(&mut self.head).iter().skip(used) {
            sink(parse_row(&columns, row));
        }
        self.columns = Some(columns);
        Ok(())
    }
}

/// What a whole file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The columns that were read.
    pub columns: Columns,
    /// People, in the order of the file, each number once.
    pub people: Vec<RosterRow>,
    /// Rows that cannot be read, by line.
    pub refused: Vec<Refusal>,
    /// Rows that are no people, by line.
    pub skipped: Vec<(u64, Skip)>,
    /// What is odd, by line.
    pub warnings: Vec<Warning>,
}

impl Roster {
    /// Reads rows at hand. For rows that may fail on the way use [`Parser`] and [`Roster::gather`].
    pub fn read(rows: impl IntoIterator<Item = Row>) -> Result<Self, HeaderError> {
        let mut parsed = Vec::new();
        let mut sink = |one| parsed.push(one);
        let mut parser = Parser::default();
        for row in rows {
            parser.push(row, &mut sink)?;
        }
        let columns = parser.finish(&mut sink)?;
        Ok(Self::gather(columns, parsed))
    }

    /// Gathers what a [`Parser`] gave and finds what only the whole file shows: a number that stands twice and an
    /// address that two people share.
    pub fn gather(columns: Columns, parsed: impl IntoIterator<Item = Parsed>) -> Self {
        let mut roster = Self {
            columns,
            people: Vec::new(),
            refused: Vec::new(),
            skipped: Vec::new(),
            warnings: Vec::new(),
        };
        for one in parsed {
            match one {
                Parsed::Person(person, warnings) => {
                    let line = person.line;
                    roster
                        .warnings
                        .extend(warnings.into_iter().map(|kind| Warning { line, kind }));
                    roster.people.push(*person);
                }
                Parsed::Refused(refusal) => roster.refused.push(*refusal),
                Parsed::Skipped(line, skip) => roster.skipped.push((line, skip)),
            }
        }
        roster.part_duplicates();
        roster.warn_of_shared_mail();
        roster.refused.sort_by_key(|refusal| refusal.line);
        roster.warnings.sort_by_key(|warning| warning.line);
        roster
    }

    /// A row that says the same as one before is dropped with a warning; rows that differ under one number are all
    /// refused, since nobody here can tell which is right.
    fn part_duplicates(&mut self) {
        let mut by_nip: HashMap<Nip, Vec<usize>> = HashMap::with_capacity(self.people.len());
        for (index, person) in self.people.iter().enumerate() {
            by_nip.entry(person.nip.clone()).or_default().push(index);
        }
        let mut dropped = vec![false; self.people.len()];
        for indexes in by_nip.values().filter(|indexes| indexes.len() > 1) {
            self.judge_duplicates(indexes, &mut dropped);
        }
        let mut dropped = dropped.into_iter();
        self.people.retain(|_| !dropped.next().unwrap_or(false));
    }

    fn judge_duplicates(&mut self, indexes: &[usize], dropped: &mut [bool]) {
        let rows: Vec<(usize, &RosterRow)> = indexes
            .iter()
            .filter_map(|index| Some((*index, self.people.get(*index)?)))
            .collect();
        let Some((_, first)) = rows.first() else { return };
        let Some((_, second)) = rows.get(1) else { return };
        let is_same = rows.iter().all(|(_, row)| {
            RosterRow {
                line: first.line,
                ..(*row).clone()
            } == **first
        });
        for (place, (index, row)) in rows.iter().enumerate() {
            if is_same && place == 0 {
                continue;
            }
            if let Some(dropped) = dropped.get_mut(*index) {
                *dropped = true;
            }
            let other_line = if place == 0 { second.line } else { first.line };
            if is_same {
                self.warnings.push(Warning {
                    line: row.line,
                    kind: WarningKind::RepeatedRow { other_line },
                });
            } else {
                let reason = RefusalReason::DuplicateNip { other_line };
                let column = self.columns.title(Field::Nip).to_owned();
                self.refused.push(Refusal::of_person(row, column, reason));
            }
        }
    }

    fn warn_of_shared_mail(&mut self) {
        let mut first: HashMap<&str, u64> = HashMap::new();
        for person in &self.people {
            let Some(email) = &person.email else { continue };
            match first.get(email.as_str()) {
                Some(other_line) => {
                    let kind = WarningKind::SharedEmail {
                        other_line: *other_line,
                    };
                    self.warnings.push(Warning {
                        line: person.line,
                        kind,
                    });
                }
                None => {
                    first.insert(email, person.line);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
