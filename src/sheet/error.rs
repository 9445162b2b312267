//! Why a file is no table we read, each with what to do. Absent: what is wrong with a row's meaning.

/// A refusal of a whole file. [`SheetError::key`] names the sentence in the catalogues.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// No row with content.
    #[error("the file holds no rows: export it again")]
    Empty,
    /// More bytes than allowed.
    #[error("the file is larger than {} MiB: split it, or leave out columns that are not needed", max_bytes >> 20)]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// A workbook that unpacks into too much, or that was made to.
    #[error("the workbook unpacks into far more than it should: save it again as CSV")]
    Bomb,
    /// More rows than allowed.
    #[error("the file has more than {max} rows: split it")]
    TooManyRows {
        /// The limit.
        max: u64,
    },
    /// More columns than allowed.
    #[error("line {line} has more than {max} columns: is the delimiter right?")]
    TooManyColumns {
        /// Where.
        line: u64,
        /// The limit.
        max: usize,
    },
    /// A cell that is too long, or a quote that is never closed.
    #[error(
        "a cell in the row that begins on line {line} is longer than {max} bytes: look for a quote (\") that is not closed"
    )]
    CellTooLong {
        /// Where the row begins.
        line: u64,
        /// The limit.
        max: usize,
    },
    /// A password protects the workbook.
    #[error("the workbook is protected by a password: save it without, or as CSV")]
    Encrypted,
    /// The workbook holds macros.
    #[error("the workbook holds macros: save it as XLSX without macros, or as CSV")]
    Macros,
    /// The old binary XLS.
    #[error("this is the old XLS format: save it as XLSX or CSV")]
    OldExcel,
    /// Another kind of spreadsheet (XLSB, ODS).
    #[error("this kind of spreadsheet is not read: save it as XLSX or CSV")]
    OtherSpreadsheet,
    /// A web page with the name of a spreadsheet.
    #[error(
        "this is a web page under the name of a spreadsheet: open it in a spreadsheet and save it as XLSX or CSV"
    )]
    WebPage,
    /// Something else.
    #[error("this is not a table: send CSV or XLSX")]
    NotATable,
    /// A workbook without a visible worksheet.
    #[error("the workbook has no visible sheet with content")]
    NoSheet,
    /// The workbook cannot be read.
    #[error("the workbook is damaged: open it, save it again as XLSX, or as CSV")]
    Damaged,
    /// One line in UTF-8, another not.
    #[error("line {line} is in another encoding than the lines before it: save the file again as CSV UTF-8")]
    Encoding {
        /// Where.
        line: u64,
    },
    /// The file could not be read from its place.
    #[error("the file could not be read")]
    Io(#[source] std::io::Error),
}

impl SheetError {
    /// Stable name for catalogues and JSON.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "sheet-empty",
            Self::TooLarge { .. } => "sheet-too-large",
            Self::Bomb => "sheet-bomb",
            Self::TooManyRows { .. } => "sheet-too-many-rows",
            Self::TooManyColumns { .. } => "sheet-too-many-columns",
            Self::CellTooLong { .. } => "sheet-cell-too-long",
            Self::Encrypted => "sheet-encrypted",
            Self::Macros => "sheet-macros",
            Self::OldExcel => "sheet-old-excel",
            Self::OtherSpreadsheet => "sheet-other-spreadsheet",
            Self::WebPage => "sheet-web-page",
            Self::NotATable => "sheet-not-a-table",
            Self::NoSheet => "sheet-no-sheet",
            Self::Damaged => "sheet-damaged",
            Self::Encoding { .. } => "sheet-encoding",
            Self::Io(_) => "sheet-io",
        }
    }

    /// The line the refusal speaks of, where it speaks of one.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::TooManyColumns { line, .. } | Self::CellTooLong { line, .. } | Self::Encoding { line } => {
                Some(*line)
            }
            _ => None,
        }
    }

    /// Brings our own limit back out of the reader that carried it.
    pub(crate) fn from_io(error: std::io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => Self::Io(error),
        }
    }
}
