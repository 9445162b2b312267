//! What the pages about complaints show: here what [`mod@list`], [`mod@case`] and forms share. Absent: routes, decisions.

use serde::Serialize;

use crate::linkage::Level;
use crate::service::complaint::AuthorityRow;
use crate::service::crossref::Line;
use crate::service::roster::PersonRow;

mod case;
mod found;
mod list;
mod trail;
mod waterfall;

pub(super) use case::Asked;
pub(super) use case::CasePage;
pub(super) use case::Typed;
pub(super) use case::case;
pub(super) use list::Sizes;
pub(super) use list::list;

/// The zone that officers read times in.
const ZONE: &str = crate::domain::complaint::ZONE;

/// A refusal beside its field.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    pub(super) text: String,
}

/// An entry of a select or of radios.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: String,
}

/// Authorities to choose from.
pub(super) fn choices(rows: &[AuthorityRow]) -> Vec<Choice> {
    let choice = |row: &AuthorityRow| Choice {
        value: row.slug.clone(),
        label: row.name.clone(),
        hint: String::new(),
    };
    rows.iter().map(choice).collect()
}

/// A person of the roster as it is now.
#[derive(Clone, Debug, Serialize)]
struct PersonView {
    id: i64,
    nip: String,
    name: String,
    unit: String,
    position: String,
    city: String,
}

impl From<PersonRow> for PersonView {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id,
            nip: row.nip,
            name: row.name,
            // The whole path, as the linkage compares it.
            unit: if row.unit_path.is_empty() {
                row.unit
            } else {
                row.unit_path.replace('\u{1f}', ", ")
            },
            position: row.position,
            city: row.city,
        }
    }
}

/// What a sentence about a line of evidence needs; template `evidence`.
#[derive(Clone, Debug, Serialize)]
struct Words {
    field: String,
    level: String,
    written: String,
    recorded: String,
    /// How many on the roster bear what is recorded; 0: nothing to say.
    bearers: u32,
}

impl From<&Line> for Words {
    fn from(line: &Line) -> Self {
        // How many share something says how much an agreement is worth; of what differs it says nothing.
        let says = line.bits > 0.0 || line.level == Level::Frequency.key();
        Self {
            field: line.field.clone(),
            level: line.level.clone(),
            written: line.written.clone(),
            recorded: line.recorded.clone(),
            bearers: line.bearers.filter(|_| says).unwrap_or(0),
        }
    }
}

/// A probability in words: `most` and `least` where a whole number of a hundred would say too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Share {
    kind: &'static str,
    of_100: i64,
}

impl Share {
    fn of(probability: f64) -> Self {
        let of_100 = whole(probability * 100.0);
        let kind = match of_100 {
            100.. => "most",
            1..=99 => "about",
            _ => "least",
        };
        Self { kind, of_100 }
    }
}

/// A small number without its fraction. Never called with what a whole number cannot hold.
fn whole(number: f64) -> i64 {
    format!("{:.0}", number.clamp(0.0, 1000.0)).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests;
