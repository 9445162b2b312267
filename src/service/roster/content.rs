//! What an import would change, as it is kept between preview and decision. Absent: how it is decided
//! ([`crate::service::roster::draft()`]).

use serde::Deserialize;
use serde::Serialize;

use crate::domain::nip::NipError;
use crate::domain::nip::NipWarning;
use crate::domain::roster::Duty;
use crate::domain::roster::Field;
use crate::domain::roster::Refusal;
use crate::domain::roster::RefusalReason;
use crate::domain::roster::RosterRow;
use crate::domain::roster::Warning;
use crate::domain::roster::WarningKind;
use crate::domain::roster::plan::Diff;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;

/// What waits for its decision, as it is stored. Personal data: emptied once decided.
#[derive(Clone, Serialize, Deserialize)]
pub struct Content {
    /// Digest of the people as they stood, hex.
    pub standing: String,
    /// By kind, then in the order of the file.
    pub changes: Vec<Change>,
    /// To be signed, in this order.
    pub acts: Vec<Act>,
    /// Rows that cannot be read.
    pub refused: Vec<Note>,
    /// Rows that are odd.
    pub warnings: Vec<Note>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({} changes)", self.changes.len())
    }
}

/// One prepared `roster` act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its exact text.
    pub text: String,
    /// Labels coming on.
    pub add: usize,
    /// Labels going off.
    pub off: usize,
}

/// What happens to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// New on this roster, must sign.
    Added,
    /// New on this roster, need not sign.
    Excluded,
    /// Other content or another duty.
    Changed,
    /// A new number.
    Renumbered,
    /// No longer in the file.
    Gone,
}

/// A person whom the import changes.
#[derive(Clone, Serialize, Deserialize)]
pub struct Change {
    /// How.
    pub kind: Kind,
    /// Line in the file; 0 for who is gone.
    pub line: u64,
    /// Who, where known.
    pub person_id: Option<i64>,
    /// The row on this roster, where there is one.
    pub member_id: Option<i64>,
    /// The number to be.
    pub nip: String,
    /// The number until now, where it changes.
    pub old_nip: Option<String>,
    /// Other numbers to keep as aliases.
    pub former_nip: Option<String>,
    /// Why a new number is taken for the same person: a key.
    pub evidence: Option<String>,
    /// Name to be.
    pub name: String,
    /// Own unit to be.
    pub unit: String,
    /// Units from the top down, joined by U+001F.
    pub unit_path: String,
    /// Position to be.
    pub position: String,
    /// City to be.
    pub city: String,
    /// Grade to be.
    pub grade: String,
    /// Address to be.
    pub email: Option<String>,
    /// Employment to be: a key.
    pub employment: String,
    /// Duty to be: `required` or the reason's key.
    pub duty: String,
    /// What differs.
    pub diffs: Vec<FieldDiff>,
    /// The label coming on, hex.
    pub add: Option<String>,
    /// The salt of a fresh label, hex.
    pub salt: Option<String>,
    /// The label going off, hex.
    pub off: Option<String>,
}

/// A field that differs.
#[derive(Clone, Serialize, Deserialize)]
pub struct FieldDiff {
    /// Its key.
    pub field: String,
    /// Until now.
    pub old: String,
    /// To be.
    pub new: String,
}

/// Something about a line of the file.
#[derive(Clone, Serialize, Deserialize)]
pub struct Note {
    /// Line in the file.
    pub line: u64,
    /// Title of the column; blank where it is about the whole row.
    pub column: String,
    /// Key of its sentence, without prefix.
    pub key: String,
    /// Values of its sentence.
    pub args: Vec<(String, String)>,
    /// The value, masked.
    pub hint: Option<String>,
    /// The name, where it could be read.
    pub name: Option<String>,
    /// In English, for the command line.
    pub text: String,
}

pub(super) fn change(
    kind: Kind,
    person_id: Option<i64>,
    member: Option<&MemberRow>,
    row: &RosterRow,
    diffs: &[Diff],
) -> Change {
    Change {
        kind,
        line: row.line,
        person_id,
        member_id: member.map(|m| m.id),
        nip: row.nip.as_str().to_owned(),
        old_nip: None,
        former_nip: row.former_nip.clone(),
        evidence: None,
        name: row.name.clone(),
        unit: row.unit.clone(),
        unit_path: row.unit_path.join("\u{1f}"),
        position: row.position.clone(),
        city: row.city.clone(),
        grade: row.grade.clone(),
        email: row.email.clone(),
        employment: row.employment.key().to_owned(),
        duty: row.duty.key().to_owned(),
        diffs: diffs.iter().map(differing).collect(),
        add: None,
        salt: None,
        off: None,
    }
}

/// A person who stays as stored but for the duty.
pub(super) fn of_person(person: &PersonRow, member: Option<&MemberRow>, duty: Duty) -> Change {
    Change {
        kind: Kind::Gone,
        line: 0,
        person_id: Some(person.id),
        member_id: member.map(|m| m.id),
        nip: person.nip.clone(),
        old_nip: None,
        former_nip: None,
        evidence: None,
        name: person.name.clone(),
        unit: person.unit.clone(),
        unit_path: person.unit_path.clone(),
        position: person.position.clone(),
        city: person.city.clone(),
        grade: person.grade.clone(),
        email: person.email.clone(),
        employment: person.employment.clone(),
        duty: duty.key().to_owned(),
        diffs: Vec::new(),
        add: None,
        salt: None,
        off: None,
    }
}

fn differing(diff: &Diff) -> FieldDiff {
    FieldDiff {
        field: field_key(diff.field).to_owned(),
        old: diff.old.clone(),
        new: diff.new.clone(),
    }
}

/// Stable name of a field that can differ.
fn field_key(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::Unit => "unit",
        Field::Position => "position",
        Field::City => "city",
        Field::Grade => "grade",
        Field::Email => "email",
        Field::Employment => "employment",
        _ => "duty",
    }
}

pub(super) fn refused(refusal: &Refusal) -> Note {
    let args = match &refusal.reason {
        RefusalReason::Nip(NipError::Length(length)) => vec![("digits", length.to_string())],
        RefusalReason::StandingUnknown { value } => vec![("value", value.clone())],
        RefusalReason::DuplicateNip { other_line } | RefusalReason::FormerNip { other_line } => {
            vec![("line", other_line.to_string())]
        }
        _ => Vec::new(),
    };
    Note {
        line: refusal.line,
        column: refusal.column.clone(),
        key: refusal.reason.key().to_owned(),
        args: args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        hint: refusal.hint.clone(),
        name: refusal.name.clone(),
        text: refusal.reason.to_string(),
    }
}

pub(super) fn warned(warning: &Warning) -> Note {
    let args = match warning.kind {
        WarningKind::SharedEmail { other_line } | WarningKind::RepeatedRow { other_line } => {
            vec![("line".to_owned(), other_line.to_string())]
        }
        WarningKind::Nip(NipWarning::AgeAtAppointment { years }) => {
            vec![("years".to_owned(), years.to_string())]
        }
        _ => Vec::new(),
    };
    Note {
        line: warning.line,
        column: String::new(),
        key: warning.kind.key().to_owned(),
        args,
        hint: None,
        name: None,
        text: warning.kind.to_string(),
    }
}
