//! Why a row is refused, skipped or odd, by line and column. Absent: whole files that are refused.

use crate::domain::nip::Nip;
use crate::domain::nip::NipError;
use crate::domain::nip::NipWarning;
use crate::domain::roster::RosterRow;

/// A row that should be a person and cannot be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line in the file, from 1.
    pub line: u64,
    /// The column's title as the file has it.
    pub column: String,
    /// Why.
    pub reason: RefusalReason,
    /// The value, masked, for the officer to find it.
    pub hint: Option<String>,
    /// The number, where it could be read: its holder is then not *gone* from the file.
    pub nip: Option<Nip>,
    /// The name, where it could be read, for the same reason.
    pub name: Option<String>,
}

/// Shows no value: a refusal may reach a log.
impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusal")
            .field("line", &self.line)
            .field("reason", &self.reason.key())
            .finish_non_exhaustive()
    }
}

impl Refusal {
    /// Refuses a person that could be read.
    pub(crate) fn of_person(row: &RosterRow, column: String, reason: RefusalReason) -> Self {
        Self {
            line: row.line,
            column,
            reason,
            hint: Some(row.nip.masked()),
            nip: Some(row.nip.clone()),
            name: Some(row.name.clone()),
        }
    }
}

/// Why a row is refused, each with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusalReason {
    /// The number is none.
    #[error("{0}")]
    Nip(NipError),
    /// The name is blank or has no letter.
    #[error("the name is missing: fill it in")]
    NameMissing,
    /// Letters that stand for damage.
    #[error("the cell holds letters that a wrong encoding left behind: export again as CSV UTF-8 or XLSX")]
    Letters,
    /// Too long.
    #[error("the cell is longer than 400 bytes: shorten it")]
    TooLong,
    /// KEDUDUKAN HUKUM is blank.
    #[error("the standing (KEDUDUKAN HUKUM) is missing: fill it in")]
    StandingMissing,
    /// KEDUDUKAN HUKUM is none we know.
    #[error(
        "the standing (KEDUDUKAN HUKUM) \"{value}\" is not known: correct it, or exempt the person in the portal"
    )]
    StandingUnknown {
        /// As it stands in the file.
        value: String,
    },
    /// The same number with other content stands elsewhere.
    #[error("the same NIP stands on line {other_line} with other content: keep the right one")]
    DuplicateNip {
        /// Where.
        other_line: u64,
    },
    /// The number is the former one of somebody who is in the file with the present one.
    #[error("this is the former NIP of the person on line {other_line}: remove one of the two rows")]
    FormerNip {
        /// Where.
        other_line: u64,
    },
}

impl RefusalReason {
    /// Stable name for catalogues and JSON.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Nip(error) => error.key(),
            Self::NameMissing => "name-missing",
            Self::Letters => "letters",
            Self::TooLong => "too-long",
            Self::StandingMissing => "standing-missing",
            Self::StandingUnknown { .. } => "standing-unknown",
            Self::DuplicateNip { .. } => "duplicate-nip",
            Self::FormerNip { .. } => "former-nip",
        }
    }
}

/// Why a row is no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skip {
    /// Nothing in it.
    Blank,
    /// `Jumlah`, `Total` and the like.
    Footer,
    /// The header again.
    RepeatedHeader,
    /// The row that numbers the columns.
    ColumnNumbers,
    /// Neither a number nor a name: a heading, a signature block.
    NoPerson,
}

impl Skip {
    /// Stable name for catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Footer => "footer",
            Self::RepeatedHeader => "repeated-header",
            Self::ColumnNumbers => "column-numbers",
            Self::NoPerson => "no-person",
        }
    }
}

/// Something odd on a line that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Line in the file, from 1.
    pub line: u64,
    /// What.
    pub kind: WarningKind,
}

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WarningKind {
    /// About the number.
    #[error("{0}")]
    Nip(NipWarning),
    /// The address is none; the person is kept without.
    #[error("the mail address is not one and is left out")]
    BadEmail,
    /// No unit.
    #[error("the unit is missing")]
    NoUnit,
    /// Two people, one address.
    #[error("line {other_line} has the same mail address")]
    SharedEmail {
        /// Where it stood first.
        other_line: u64,
    },
    /// The row says what another said already.
    #[error("the row repeats line {other_line} and is read once")]
    RepeatedRow {
        /// Where it stood first.
        other_line: u64,
    },
}

impl WarningKind {
    /// Stable name for catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Nip(warning) => warning.key(),
            Self::BadEmail => "bad-email",
            Self::NoUnit => "no-unit",
            Self::SharedEmail { .. } => "shared-email",
            Self::RepeatedRow { .. } => "repeated-row",
        }
    }
}
