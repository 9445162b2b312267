//! Complaints in the rows of a table: finds the header, reads row by row. Absent: where rows come from (`crate::sheet`).

use crate::domain::cell::Row;
use crate::domain::complaint::Field;
use crate::domain::complaint::Reason;
use crate::domain::complaint::Received;
use crate::domain::complaint::Refusal;

/// How many rows may stand above the header, such as a title.
const ROWS_ABOVE_MAX: u64 = 20;

/// Reads one row after another.
#[derive(Debug, Default)]
pub struct Parser {
    titles: Option<Vec<String>>,
    seen: u64,
}

impl Parser {
    /// The complaint in a row; none for the header and what stands above it. `Err` with [`Parser::has_header`] false means
    /// that the file as a whole cannot be read.
    pub fn push(&mut self, row: &Row) -> Result<Option<Received>, Refusal> {
        if let Some(titles) = &self.titles {
            return read(titles, row).map(Some);
        }
        self.find_header(row)?;
        Ok(None)
    }

    /// Whether the header was found.
    pub fn has_header(&self) -> bool {
        self.titles.is_some()
    }

    /// To be asked after the last row: the refusal of a file that had no header.
    pub fn finish(&self) -> Result<(), Refusal> {
        if self.has_header() {
            Ok(())
        } else {
            Err(refusal(1, Some(Field::Reference), Reason::NoColumn))
        }
    }

    fn find_header(&mut self, row: &Row) -> Result<(), Refusal> {
        let titles: Vec<String> = row.cells().map(|cell| cell.to_text()).collect();
        let fields: Vec<Field> = titles.iter().filter_map(|title| Field::of_title(title)).collect();
        self.seen += 1;
        if fields.len() < 2 && self.seen < ROWS_ABOVE_MAX {
            return Ok(());
        }
        for field in Field::ALL {
            let times = fields.iter().filter(|other| **other == field).count();
            if times > 1 {
                return Err(refusal(row.line(), Some(field), Reason::TwoColumns));
            }
            if times == 0 && matches!(field, Field::Reference | Field::AccusedName) {
                return Err(refusal(row.line(), Some(field), Reason::NoColumn));
            }
        }
        self.titles = Some(titles);
        Ok(())
    }
}

fn read(titles: &[String], row: &Row) -> Result<Received, Refusal> {
    let mut pairs = Vec::with_capacity(titles.len());
    let mut reference = String::new();
    for column in 0..titles.len().max(row.len()) {
        let title = titles.get(column).cloned().unwrap_or_default();
        let cell = row.cell(column);
        let field = Field::of_title(&title);
        if cell.is_damaged_number() && field.is_some() {
            return Err(Refusal {
                reference,
                ..refusal(row.line(), field, Reason::Rounded)
            });
        }
        let text = cell.to_text();
        if field == Some(Field::Reference) {
            reference = text.chars().take(60).collect();
        }
        if !title.trim().is_empty() || !text.is_empty() {
            pairs.push((title, text));
        }
    }
    Received::new(pairs).map_err(|(field, reason)| Refusal {
        reference,
        ..refusal(row.line(), field, reason)
    })
}

fn refusal(line: u64, field: Option<Field>, reason: Reason) -> Refusal {
    Refusal {
        line,
        field,
        reason,
        reference: String::new(),
    }
}
