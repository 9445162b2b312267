//! Tables as offices send them: CSV in whatever dialect and encoding, and XLSX, as rows with line numbers.
//! Absent: what a column means (`crate::domain::roster`, `crate::domain::complaint`) and any file or network of its own.
//!
//! The content decides what a file is, never its name. Everything is limited before it is believed: [`Limits`].

use std::io::Cursor;
use std::io::Read;

use crate::domain::cell::Row;

mod container;
mod delimited;
mod error;
mod sniff;
mod text;
mod workbook;

pub use error::SheetError;

/// What one file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes_max: u64,
    /// Bytes of a workbook's parts together, unpacked; also what its cells may take in memory.
    pub unpacked_bytes_max: u64,
    /// How many times larger a workbook's part of more than 4 MiB may be than its packed bytes.
    pub ratio_max: u64,
    /// Parts in a workbook.
    pub members_max: usize,
    /// Rows with content.
    pub rows_max: u64,
    /// Cells in a row, up to the last one with content.
    pub columns_max: usize,
    /// Bytes of one cell's text.
    pub cell_bytes_max: usize,
}

impl Limits {
    /// For a file that somebody uploads.
    pub const UPLOAD: Self = Self {
        file_bytes_max: 50 << 20,
        unpacked_bytes_max: 400 << 20,
        ratio_max: 300,
        members_max: 10_000,
        rows_max: 500_000,
        columns_max: 500,
        cell_bytes_max: 32 << 10,
    };

    /// For the command line, where the owner of the machine chose the file.
    pub const COMMAND_LINE: Self = Self {
        file_bytes_max: 8 << 30,
        unpacked_bytes_max: 2 << 30,
        rows_max: 6_000_000,
        ..Self::UPLOAD
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::UPLOAD
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Text with a delimiter.
    Delimited {
        /// `,`, `;`, tab or `|`.
        delimiter: char,
    },
    /// XLSX. The fullest visible sheet is read.
    Workbook {
        /// Name of the sheet that was read.
        sheet: String,
        /// Names of visible sheets with content that were not read.
        others: Vec<String>,
    },
}

/// A whole table in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What the file turned out to be.
    pub format: Format,
    /// Rows with content, in order.
    pub rows: Vec<Row>,
}

/// Reads a whole table from memory.
///
/// ```
/// use ikrar::domain::cell::Cell;
/// use ikrar::sheet::{Limits, read};
/// let table = read(b"NIP;NAMA\n\n'198609262009011001;Budi", &Limits::UPLOAD).unwrap();
/// assert_eq!(table.rows[1].line(), 3);
/// assert_eq!(table.rows[1].cell(1), Cell::Text("Budi"));
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, SheetError> {
    let mut opened = open(bytes, limits)?;
    let rows = opened.by_ref().collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Err(SheetError::Empty);
    }
    Ok(Table {
        format: opened.format,
        rows,
    })
}

/// Rows one after another: text is read as it goes, a workbook is read whole first. The iterator ends after its
/// first error.
pub struct Rows<'a> {
    format: Format,
    source: Source<'a>,
    count: u64,
    max: u64,
    done: bool,
}

enum Source<'a> {
    Delimited(Box<delimited::Delimited<'a>>),
    Workbook(std::vec::IntoIter<Row>),
}

/// Opens a table for reading row by row, from memory, a file or a pipe.
pub fn open<'a>(reader: impl Read + Send + 'a, limits: &Limits) -> Result<Rows<'a>, SheetError> {
    let mut reader: Box<dyn Read + Send + 'a> = Box::new(Metered::new(reader, limits.file_bytes_max));
    let mut head = Vec::new();
    reader
        .by_ref()
        .take(sniff::HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(SheetError::from_io)?;
    let (format, source) = match sniff::kind(&head)? {
        sniff::Kind::Zip => {
            reader.read_to_end(&mut head).map_err(SheetError::from_io)?;
            container::check(&head, limits)?;
            let book = workbook::read(&head, limits)?;
            let format = Format::Workbook {
                sheet: book.name,
                others: book.others,
            };
            (format, Source::Workbook(book.rows.into_iter()))
        }
        sniff::Kind::Ole => {
            reader.read_to_end(&mut head).map_err(SheetError::from_io)?;
            return Err(sniff::ole(&head));
        }
        sniff::Kind::Text(encoding) => {
            let whole = Cursor::new(head).chain(reader);
            let rows = delimited::Delimited::open(whole, encoding, limits)?;
            (
                Format::Delimited {
                    delimiter: rows.delimiter(),
                },
                Source::Delimited(Box::new(rows)),
            )
        }
    };
    Ok(Rows {
        format,
        source,
        count: 0,
        max: limits.rows_max,
        done: false,
    })
}

impl Rows<'_> {
    /// What the file turned out to be.
    pub fn format(&self) -> &Format {
        &self.format
    }

    fn pull(&mut self) -> Option<Result<Row, SheetError>> {
        let next = match &mut self.source {
            Source::Delimited(rows) => rows.next_row().transpose(),
            Source::Workbook(rows) => rows.next().map(Ok),
        };
        if matches!(next, Some(Ok(_))) {
            self.count += 1;
            if self.count > self.max {
                return Some(Err(SheetError::TooManyRows { max: self.max }));
            }
        }
        next
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.pull();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

/// A reader that refuses to give more than `max` bytes.
struct Metered<R> {
    inner: R,
    left: u64,
    max: u64,
}

impl<R> Metered<R> {
    fn new(inner: R, max: u64) -> Self {
        Self {
            inner,
            left: max,
            max,
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let count_wide = u64::try_from(count).unwrap_or(u64::MAX);
        match self.left.checked_sub(count_wide) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(std::io::Error::other(SheetError::TooLarge {
                max_bytes: self.max,
            })),
        }
    }
}

#[cfg(test)]
mod tests;
