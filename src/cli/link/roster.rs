//! The people of a roster file as the linkage compares them. Absent: whom an import would refuse.
//!
//! An import refuses a row that it cannot vouch for, since people sign from it. Here a refused row still names somebody a
//! complaint may mean, and leaving the person out would point the complaint at a namesake: so the row is told and kept.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Context;

use crate::domain::cell::Row;
use crate::domain::roster::Columns;
use crate::domain::roster::Field;
use crate::domain::roster::Parsed;
use crate::domain::roster::RosterRow;
use crate::domain::roster::parse_row;
use crate::linkage::Person;

/// Everybody the file names, whatever their standing. The same number twice is one person: the first row counts.
pub(super) fn read(path: &Path, note: &mut dyn FnMut(u64, &str)) -> anyhow::Result<Vec<Person>> {
    let shown = || path.display().to_string();
    let mut rows = super::open(path)?;
    let mut head = Vec::new();
    for row in rows.by_ref().take(Columns::HEAD_ROWS) {
        head.push(row.with_context(shown)?);
    }
    let (columns, used) = Columns::find(&head).with_context(shown)?;
    let mut people = People {
        columns,
        seen: HashSet::new(),
        list: Vec::new(),
    };
    for row in head.iter().skip(used) {
        people.take(row, note);
    }
    for row in rows {
        people.take(&row.with_context(shown)?, note);
    }
    Ok(people.list)
}

struct People {
    columns: Columns,
    seen: HashSet<String>,
    list: Vec<Person>,
}

impl People {
    fn take(&mut self, row: &Row, note: &mut dyn FnMut(u64, &str)) {
        let person = match parse_row(&self.columns, row) {
            Parsed::Person(person, _) => person_of(*person),
            Parsed::Skipped(..) => return,
            Parsed::Refused(refusal) => {
                let person = self.as_written(row);
                let fate = if person.is_some() {
                    "the person is compared as written"
                } else {
                    "this row is left out"
                };
                note(
                    refusal.line,
                    &format!("{}: {}; {fate}", refusal.column, refusal.reason),
                );
                let Some(person) = person else { return };
                person
            }
        };
        if person.nip.is_empty() || self.seen.insert(person.nip.clone()) {
            self.list.push(person);
        } else {
            note(
                row.line(),
                "the same NIP stands on a line before; only the first is compared",
            );
        }
    }

    /// A refused row as it stands, if it has a name.
    fn as_written(&self, row: &Row) -> Option<Person> {
        let text = |field| {
            let cell = self
                .columns
                .column(field)
                .map(|column| row.cell(column).to_text());
            cell.unwrap_or_default()
                .trim()
                .chars()
                .take(super::FIELD_CHARS_MAX)
                .collect::<String>()
        };
        let name = [Field::TitleBefore, Field::Name, Field::TitleAfter]
            .map(text)
            .join(" ")
            .trim()
            .to_owned();
        let unit = [Field::Unit, Field::UnitRoot].map(text);
        name.chars().any(char::is_alphabetic).then(|| Person {
            nip: text(Field::Nip),
            former_nips: Vec::new(),
            name,
            unit: unit
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            position: text(Field::Position),
            city: text(Field::City),
        })
    }
}

fn person_of(row: RosterRow) -> Person {
    let unit = if row.unit_path.is_empty() {
        row.unit
    } else {
        row.unit_path.join(", ")
    };
    Person {
        nip: row.nip.as_str().to_owned(),
        former_nips: row.former_nip.into_iter().collect(),
        name: row.name,
        unit,
        position: row.position,
        city: row.city,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_an_import_refuses_is_told_and_kept() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let rows = "nip,name,unit,position,city,email\n\
                    198609262009011001,Budi Santoso,Biro Umum,Analis,Jakarta,b@uji.invalid\n\
                    198609262009011001,Budi Santosa,Biro Umum,Analis,Jakarta,b@uji.invalid\n\
                    1.98609E+17,Citra Lestari,Biro Hukum,Analis,Bandung,c@uji.invalid\n\
                    198609262009011002,,Biro Hukum,Analis,Bandung,\n";
        std::fs::write(file.path(), rows).unwrap();
        let mut notes = Vec::new();
        let people = read(file.path(), &mut |line, _| notes.push(line)).unwrap();
        let names: Vec<_> = people
            .iter()
            .map(|p| (p.name.as_str(), p.unit.as_str()))
            .collect();
        assert_eq!(
            names,
            [("Budi Santoso", "Biro Umum"), ("Citra Lestari", "Biro Hukum")]
        );
        assert_eq!(notes, [3, 4, 5]);
    }
}
