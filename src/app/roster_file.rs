//! A personnel office's file as a roster: the table reader and the roster's parser, joined. Absent: what becomes of it.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::domain::roster::HeaderError;
use crate::domain::roster::Parser;
use crate::domain::roster::Roster;
use crate::sheet;
use crate::sheet::Limits;
use crate::sheet::SheetError;

/// Rows between two reports of progress.
const REPORT_ROWS: u64 = 2_000;

/// Why a whole file is refused.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is no table we read.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// It has no header we know.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

impl FileError {
    /// The message that says what to do, with its values.
    pub fn message(&self) -> (&'static str, Vec<(String, String)>) {
        let mut values = Vec::new();
        let mut value = |name: &str, value: u64| values.push((name.to_owned(), value.to_string()));
        let key = match self {
            Self::Sheet(error) => {
                match error {
                    SheetError::TooLarge { max_bytes } => value("mib", max_bytes >> 20),
                    SheetError::TooManyRows { max } => value("max", *max),
                    SheetError::TooManyColumns { max, .. } | SheetError::CellTooLong { max, .. } => {
                        value("max", u64::try_from(*max).unwrap_or(u64::MAX));
                    }
                    _ => {}
                }
                if let Some(line) = error.line() {
                    value("line", line);
                }
                error.key()
            }
            Self::Header(error) => {
                if let HeaderError::NoName { line } = error {
                    value("line", *line);
                }
                error.key()
            }
        };
        (key, values)
    }
}

/// Reads a file to its end. `progress` hears every few thousand rows how many bytes are behind.
pub fn read(
    reader: impl Read + Send,
    limits: &Limits,
    progress: &mut dyn FnMut(u64),
) -> Result<Roster, FileError> {
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        inner: reader,
        bytes: Arc::clone(&bytes),
    };
    let mut parsed = Vec::new();
    let mut sink = |one| parsed.push(one);
    let mut parser = Parser::default();
    let mut rows = 0_u64;
    for row in sheet::open(counted, limits)? {
        parser.push(row?, &mut sink)?;
        rows += 1;
        if rows.is_multiple_of(REPORT_ROWS) {
            progress(bytes.load(Ordering::Relaxed));
        }
    }
    if rows == 0 {
        return Err(SheetError::Empty.into());
    }
    let columns = parser.finish(&mut sink)?;
    Ok(Roster::gather(columns, parsed))
}

/// A reader that counts what it gave.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes
            .fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(count)
    }
}
