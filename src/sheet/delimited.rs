//! Text with a delimiter, row by row (RFC 4180, and what spreadsheets make of it). Absent: encodings, meaning.
//!
//! Own parser of few lines, because a refusal must name the line as the office's program counts it, a quote in the
//! middle of a cell is a letter, and a quote that is never closed must not swallow the file.

use std::io::Read;

use crate::domain::cell::Row;
use crate::sheet::Limits;
use crate::sheet::SheetError;
use crate::sheet::sniff;
use crate::sheet::sniff::Mark;
use crate::sheet::text::Lines;

/// Cells in a row at which reading stops, empty ones at the right end included.
const CELLS_MAX: usize = 20_000;

/// Rows of a delimited text.
pub(crate) struct Delimited<'a> {
    lines: Lines<'a>,
    delimiter: char,
    text: String,
    cell: String,
    limits: Limits,
}

impl<'a> Delimited<'a> {
    /// Looks ahead for the delimiter; a first line `sep=;` decides it.
    pub(crate) fn open(
        reader: impl Read + Send + 'a,
        mark: Mark,
        limits: &Limits,
    ) -> Result<Self, SheetError> {
        let cell = u64::try_from(limits.cell_bytes_max).unwrap_or(u64::MAX);
        let columns = u64::try_from(limits.columns_max).unwrap_or(u64::MAX);
        let line_bytes_max = cell.saturating_mul(columns).min(16 << 20);
        let mut lines = Lines::new(reader, mark, line_bytes_max);
        let head = lines.peek()?;
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let announced = announced(head);
        let delimiter = announced.unwrap_or_else(|| sniff::delimiter(head));
        if head.contains(&b'\r') && !head.contains(&b'\n') {
            lines.end_at_return();
        }
        if announced.is_some() {
            lines.next_into(&mut String::new())?;
        }
        Ok(Self {
            lines,
            delimiter: char::from(delimiter),
            text: String::new(),
            cell: String::new(),
            limits: *limits,
        })
    }

    /// The delimiter in use.
    pub(crate) fn delimiter(&self) -> char {
        self.delimiter
    }

    /// The next row with content.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, SheetError> {
        loop {
            if !self.next_line()? {
                return Ok(None);
            }
            let mut row = Row::new(self.lines.line());
            let mut open = self.split(&mut row, false)?;
            while open {
                if !self.next_line()? {
                    return Err(SheetError::CellTooLong {
                        line: row.line(),
                        max: self.limits.cell_bytes_max,
                    });
                }
                open = self.split(&mut row, true)?;
            }
            row.trim_end();
            if row.len() > self.limits.columns_max {
                return Err(SheetError::TooManyColumns {
                    line: row.line(),
                    max: self.limits.columns_max,
                });
            }
            if !row.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    fn next_line(&mut self) -> Result<bool, SheetError> {
        self.text.clear();
        self.lines.next_into(&mut self.text)
    }

    /// Splits one physical line into cells. `open`: it begins inside a quoted cell. Gives whether it ends in one.
    fn split(&mut self, row: &mut Row, mut open: bool) -> Result<bool, SheetError> {
        let line = row.line();
        let max = self.limits.cell_bytes_max;
        let mut rest = self.text.as_str();
        loop {
            if !open {
                self.cell.clear();
                if let Some(quoted) = rest.strip_prefix('"') {
                    (open, rest) = (true, quoted);
                }
            }
            if open {
                let after = unquote(rest, &mut self.cell);
                check(&self.cell, line, max)?;
                match after {
                    Some(after) => rest = after,
                    None => return Ok(true),
                }
                open = false;
            }
            let end = rest.find(self.delimiter).unwrap_or(rest.len());
            let (tail, next) = rest.split_at_checked(end).unwrap_or((rest, ""));
            self.cell.push_str(tail.trim_end_matches(['\n', '\r']));
            check(&self.cell, line, max)?;
            if row.len() >= CELLS_MAX {
                return Err(SheetError::TooManyColumns {
                    line,
                    max: self.limits.columns_max,
                });
            }
            row.push_text(&self.cell);
            match next.strip_prefix(self.delimiter) {
                Some(next) => rest = next,
                None => return Ok(false),
            }
        }
    }
}

/// Takes the content of a quoted cell, doubled quotes made one; gives what follows, or `None` if it does not end here.
fn unquote<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let mut rest = text;
    loop {
        let Some((content, after)) = rest.split_once('"') else {
            out.push_str(rest);
            return None;
        };
        out.push_str(content);
        match after.strip_prefix('"') {
            Some(next) => {
                out.push('"');
                rest = next;
            }
            None => return Some(after),
        }
    }
}

fn check(cell: &str, line: u64, max: usize) -> Result<(), SheetError> {
    if cell.len() > max {
        Err(SheetError::CellTooLong { line, max })
    } else {
        Ok(())
    }
}

/// Excel's own first line, `sep=;`.
fn announced(head: &[u8]) -> Option<u8> {
    match head {
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            delimiter,
            b'\r' | b'\n',
            ..,
        ] => Some(*delimiter),
        _ => None,
    }
}
