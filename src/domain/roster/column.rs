//! Which column holds what, by its name in the header. Absent: the values; a column not named here is never read.

use std::cmp::Reverse;

use crate::domain::cell::Cell;
use crate::domain::cell::Row;
use crate::domain::nip::Nip;
use crate::domain::roster::column::name::field_of;

mod name;

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// NIP or NI PPPK.
    Nip,
    /// NIP LAMA.
    FormerNip,
    /// Name, perhaps with titles.
    Name,
    /// GELAR DEPAN.
    TitleBefore,
    /// GELAR BELAKANG.
    TitleAfter,
    /// Birth date; checked against the NIP, never kept.
    BirthDate,
    /// Sex; checked against the NIP, never kept.
    Sex,
    /// Official mail address.
    Email,
    /// Another mail address, where the official one is blank.
    EmailOther,
    /// JENIS PEGAWAI.
    Employment,
    /// STATUS CPNS PNS.
    Probation,
    /// KEDUDUKAN HUKUM.
    Standing,
    /// Grade.
    Grade,
    /// Position.
    Position,
    /// Unit of the organisation.
    Unit,
    /// SATUAN KERJA, above the unit.
    UnitRoot,
    /// Unit at level 1 to 5, one column each.
    UnitLevel(u8),
    /// Place of work.
    City,
}

/// Why no header was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// No row names a NIP column.
    #[error("no column is called NIP in the first 50 rows: give the table a header row")]
    NoNip,
    /// The header at this line has no name column.
    #[error("the header on line {line} has no column for the name: call it NAMA")]
    NoName {
        /// Where the header stands.
        line: u64,
    },
}

impl HeaderError {
    /// Stable name for catalogues and JSON.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NoNip => "roster-no-nip",
            Self::NoName { .. } => "roster-no-name",
        }
    }
}

/// Where each field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    line: u64,
    found: Vec<Found>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    field: Field,
    column: usize,
    /// Less is better: how the name was found, then its place among the field's names.
    rank: (u8, usize),
    title: String,
}

impl Columns {
    /// Rows within which the header must stand.
    pub const HEAD_ROWS: usize = 50;

    /// Finds the header among the first rows; gives the columns and how many of the rows it used up. Of several
    /// rows that could be it, the one that names the most fields wins; two rows under each other may be one header.
    pub fn find(head: &[Row]) -> Result<(Self, usize), HeaderError> {
        let mut best: Option<(Self, usize)> = None;
        let mut best_score = (false, 0, Reverse(0));
        for (index, row) in head.iter().take(Self::HEAD_ROWS).enumerate() {
            let single = Self::of(row.line(), &titles(row, None));
            let below = head.get(index + 1).filter(|below| is_second_header(row, below));
            let double = below.map(|below| Self::of(row.line(), &titles(row, Some(below))));
            for (columns, rows) in [(Some(single), 1), (double, 2)] {
                let Some(columns) = columns.filter(|columns| columns.has(Field::Nip)) else {
                    continue;
                };
                // A header with a name beats one without; then the fields count; then one row beats two.
                let score = (columns.has(Field::Name), columns.found.len(), Reverse(rows));
                if best.is_none() || score > best_score {
                    best = Some((columns, index + rows));
                    best_score = score;
                }
            }
        }
        let (columns, used) = best.ok_or(HeaderError::NoNip)?;
        if columns.column(Field::Name).is_none() {
            return Err(HeaderError::NoName { line: columns.line });
        }
        Ok((columns, used))
    }

    fn of(line: u64, titles: &[Vec<String>]) -> Self {
        let mut found: Vec<Found> = Vec::new();
        for (column, ways) in titles.iter().enumerate() {
            let known = (0_u8..).zip(ways).find_map(|(way, title)| {
                let (field, place) = field_of(title)?;
                Some(Found {
                    field,
                    column,
                    rank: (way, place),
                    title: title.clone(),
                })
            });
            let Some(known) = known else { continue };
            match found.iter_mut().find(|other| other.field == known.field) {
                Some(other) if known.rank < other.rank => *other = known,
                Some(_) => {}
                None => found.push(known),
            }
        }
        Self { line, found }
    }

    /// The line of the header.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The column of a field, from 0.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.found
            .iter()
            .find(|found| found.field == field)
            .map(|found| found.column)
    }

    /// Whether the file has the field at all; an absent one changes nothing that is known.
    pub fn has(&self, field: Field) -> bool {
        self.column(field).is_some()
    }

    /// Every field with the title of its column, for the preview.
    pub fn titles(&self) -> impl Iterator<Item = (Field, &str)> {
        self.found.iter().map(|found| (found.field, found.title.as_str()))
    }

    /// The title of a field's column as the file has it, or the field's own name.
    pub fn title(&self, field: Field) -> &str {
        self.found
            .iter()
            .find(|found| found.field == field)
            .map_or("", |found| found.title.as_str())
    }

    /// The field's cell in a row.
    pub(crate) fn cell<'r>(&self, row: &'r Row, field: Field) -> Cell<'r> {
        self.column(field).map_or(Cell::Empty, |column| row.cell(column))
    }

    /// Whether the row repeats the header, as printed lists do on each page.
    pub(crate) fn is_repeated(&self, row: &Row) -> bool {
        let same = |field| matches!(self.cell(row, field), Cell::Text(text) if field_of(text).is_some_and(|(f, _)| f == field));
        same(Field::Nip) && same(Field::Name)
    }
}

/// The ways a column may be called: its title; with a second header row both together, the lower, the upper.
fn titles(upper: &Row, lower: Option<&Row>) -> Vec<Vec<String>> {
    let width = upper.len().max(lower.map_or(0, Row::len));
    let text = |row: &Row, column: usize| match row.cell(column) {
        Cell::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Cell::Empty | Cell::Number(_) => String::new(),
    };
    (0..width)
        .map(|column| {
            let top = text(upper, column);
            let Some(lower) = lower else { return vec![top] };
            let bottom = text(lower, column);
            if bottom.is_empty() || bottom == top {
                return vec![top];
            }
            let mut words: Vec<&str> = Vec::new();
            for word in top.split(' ').chain(bottom.split(' ')) {
                if !word.is_empty() && !words.iter().any(|other| other.eq_ignore_ascii_case(word)) {
                    words.push(word);
                }
            }
            let both = words.join(" ");
            vec![both, bottom, top]
        })
        .collect()
}

/// Whether `below` continues the header `row`: nothing like a person in it.
fn is_second_header(row: &Row, below: &Row) -> bool {
    let is_person = |cell: Cell<'_>| match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => text.bytes().filter(u8::is_ascii_digit).count() >= 8 || Nip::parse(text).is_ok(),
        Cell::Empty => false,
    };
    if below.cells().any(is_person) {
        return false;
    }
    let upper = Columns::of(row.line(), &titles(row, None));
    let continues = |field| {
        let Some(column) = upper.column(field) else {
            return true;
        };
        let cell = below.cell(column);
        cell == Cell::Empty
            || cell == row.cell(column)
            || matches!(cell, Cell::Text(text) if field_of(text).is_some())
    };
    continues(Field::Nip) && continues(Field::Name)
}

#[cfg(test)]
mod tests;
