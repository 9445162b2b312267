//! An authority's file as complaints, one after another: the table reader or JSON, and the complaint's parser, joined for web and command
//! line alike. Absent: what becomes of a complaint.
//!
//! Nothing but the row at hand is held of a table as text; a workbook and JSON are held whole, within their limits.

use std::io::Cursor;
use std::io::Read;

use crate::domain::complaint::Received;
use crate::domain::complaint::Refusal;
use crate::domain::complaint::json;
use crate::domain::complaint::table::Parser;
use crate::sheet;
use crate::sheet::Limits;
use crate::sheet::Rows;
use crate::sheet::SheetError;

/// Bytes that are looked at to tell JSON from a table.
const HEAD_BYTES: u64 = 1024;

/// What a file may cost.
#[derive(Clone, Copy, Debug)]
pub struct FileLimits {
    /// As a table.
    table: Limits,
    /// As JSON, in bytes.
    json_bytes_max: u64,
    /// As JSON, in records.
    json_records_max: usize,
}

impl FileLimits {
    /// For a file that somebody uploads.
    pub const UPLOAD: Self = Self {
        table: Limits::UPLOAD,
        json_bytes_max: 20 << 20,
        json_records_max: 100_000,
    };

    /// For the command line, where the owner of the machine chose the file.
    pub const COMMAND_LINE: Self = Self {
        table: Limits::COMMAND_LINE,
        json_bytes_max: 256 << 20,
        json_records_max: 1_000_000,
    };
}

/// Why a whole file is refused.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is no table we read, or larger than allowed.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// It has no header we know, or is no JSON.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The complaints of a file. It ends after the first error of the file as a whole.
pub struct ComplaintFile {
    source: Source,
    is_done: bool,
}

enum Source {
    Json(json::Records),
    Table(Box<Rows<'static>>, Parser),
}

impl ComplaintFile {
    /// Reads as far as is needed to tell what the file is.
    pub fn open(mut reader: impl Read + Send + 'static, limits: &FileLimits) -> Result<Self, FileError> {
        let mut head = Vec::new();
        reader
            .by_ref()
            .take(HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(SheetError::from_io)?;
        let source = if json::looks_like(&head) {
            let max_bytes = limits.json_bytes_max;
            reader
                .take(max_bytes.saturating_add(1))
                .read_to_end(&mut head)
                .map_err(SheetError::from_io)?;
            if u64::try_from(head.len()).unwrap_or(u64::MAX) > max_bytes {
                return Err(SheetError::TooLarge { max_bytes }.into());
            }
            Source::Json(json::parse(&head, limits.json_records_max)?)
        } else {
            let rows = sheet::open(Cursor::new(head).chain(reader), &limits.table)?;
            Source::Table(Box::new(rows), Parser::default())
        };
        Ok(Self {
            source,
            is_done: false,
        })
    }

    fn pull(&mut self) -> Result<Option<Result<Received, Refusal>>, FileError> {
        let (rows, parser) = match &mut self.source {
            Source::Json(records) => return Ok(records.next()),
            Source::Table(rows, parser) => (rows, parser),
        };
        for row in rows {
            match parser.push(&row?) {
                Err(refusal) if !parser.has_header() => return Err(refusal.into()),
                Err(refusal) => return Ok(Some(Err(refusal))),
                Ok(Some(received)) => return Ok(Some(Ok(received))),
                Ok(None) => {}
            }
        }
        parser.finish()?;
        Ok(None)
    }
}

impl Iterator for ComplaintFile {
    type Item = Result<Result<Received, Refusal>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let next = self.pull().transpose();
        self.is_done = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: &'static [u8], limits: &FileLimits) -> Result<ComplaintFile, FileError> {
        ComplaintFile::open(bytes, limits)
    }

    #[test]
    fn a_table_is_read_as_it_goes_and_ends_at_its_first_error() {
        let mut file = open(
            b"Daftar\nid,nama\nA1,Budi\n,Tanpa\nA3,Dewi\n",
            &FileLimits::UPLOAD,
        )
        .unwrap();
        assert_eq!(file.next().unwrap().unwrap().unwrap().reference, "A1");
        assert_eq!(file.next().unwrap().unwrap().unwrap_err().line, 4);
        assert_eq!(file.next().unwrap().unwrap().unwrap().reference, "A3");
        assert!(file.next().is_none());
        let mut file = open(b"id,kota\nA1,Bandung\n", &FileLimits::UPLOAD).unwrap();
        assert!(matches!(file.next(), Some(Err(FileError::Refused(_)))));
        assert!(file.next().is_none());
        let mut file = open(b"satu baris\n", &FileLimits::UPLOAD).unwrap();
        assert!(matches!(file.next(), Some(Err(FileError::Refused(_)))));
    }

    #[test]
    fn a_json_file_that_is_too_large_is_said_to_be_so() {
        let text = br#" [{"id":"A1","nama":"Budi"},{"id":"A2","nama":"Dewi"}]"#;
        let limits = FileLimits {
            json_bytes_max: u64::try_from(text.len()).unwrap(),
            ..FileLimits::UPLOAD
        };
        assert_eq!(
            open(text, &limits)
                .unwrap()
                .filter_map(Result::ok)
                .flatten()
                .count(),
            2
        );
        let smaller = FileLimits {
            json_bytes_max: limits.json_bytes_max - 1,
            ..limits
        };
        let error = open(text, &smaller).err().unwrap();
        assert!(
            matches!(error, FileError::Sheet(SheetError::TooLarge { .. })),
            "{error}"
        );
        // A list and one object, as of `{"complaints": […]}`, go unreckoned.
        let fewer = FileLimits {
            json_records_max: 0,
            ..limits
        };
        let error = open(text, &fewer).err().unwrap();
        assert!(error.to_string().contains("too many"), "{error}");
    }
}
