//! The people of a roster file as the linkage compares them. Absent: whom an import would refuse.
//!
//! An import refuses a row that it cannot vouch for, since people sign from it. Here a refused row still names somebody a
//! complaint may mean, and leaving the person out would point the complaint at a namesake: so the row is told and kept.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;

use anyhow::Context;

use super::output::Provisional;
use crate::domain::cell::Row;
use crate::domain::complaint::FIELD_CHARS_MAX;
use crate::domain::roster::Columns;
use crate::domain::roster::Field;
use crate::domain::roster::Parsed;
use crate::domain::roster::RosterRow;
use crate::domain::roster::parse_row;
use crate::linkage::Index;
use crate::linkage::Person;
use crate::linkage::SNAPSHOT_LINE;

/// Everybody the file names, whatever their standing, indexed. The same number twice is one person: the first row counts.
pub(super) fn read(path: &Path, note: &dyn Fn(u64, &str), progress: &dyn Fn(u64)) -> anyhow::Result<Index> {
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
    };
    let mut failed = None;
    let mut counted = 0_u64;
    // The index takes one person at a time, so that the roster is never held whole.
    let rows = head.into_iter().skip(used).map(Ok).chain(rows);
    let index = Index::build(
        rows.map_while(|row| row.map_err(|error| failed = Some(error)).ok())
            .filter_map(|row| {
                counted = counted.saturating_add(1);
                if counted.is_multiple_of(10_000) {
                    progress(counted);
                }
                people.take(&row, note)
            }),
    );
    match failed {
        Some(error) => Err(error).with_context(shown),
        None => Ok(index),
    }
}

/// Whether a file is an index that was kept.
pub(super) fn is_kept(path: &Path) -> anyhow::Result<bool> {
    let mut start = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    file.take(SNAPSHOT_LINE.len().try_into()?)
        .read_to_end(&mut start)?;
    Ok(start == SNAPSHOT_LINE)
}

/// Loads an index that was kept.
pub(super) fn load(path: &Path) -> anyhow::Result<Index> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Index::load(&mut BufReader::new(file)).with_context(|| path.display().to_string())
}

/// Keeps an index in a file that only its owner may read; how many bytes.
pub(super) fn keep(index: &Index, path: &Path) -> anyhow::Result<u64> {
    let mut file = Provisional::create(path)?;
    index
        .save(&mut file)
        .with_context(|| path.display().to_string())?;
    file.finish()
}

struct People {
    columns: Columns,
    /// Numbers of people before. One that is none is never the same person's.
    seen: HashSet<u64>,
}

impl People {
    fn take(&mut self, row: &Row, note: &dyn Fn(u64, &str)) -> Option<Person> {
        let person = match parse_row(&self.columns, row) {
            Parsed::Person(person, _) => person_of(*person),
            Parsed::Skipped(..) => return None,
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
                person?
            }
        };
        let number: Option<u64> = person.nip.parse().ok();
        if number.is_none_or(|number| self.seen.insert(number)) {
            return Some(person);
        }
        note(
            row.line(),
            "the same NIP stands on a line before; only the first is compared",
        );
        None
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
                .take(FIELD_CHARS_MAX)
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
    use std::cell::RefCell;

    use super::*;
    use crate::linkage::PersonId;

    #[test]
    fn a_row_that_an_import_refuses_is_told_and_kept() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let rows = "nip,name,unit,position,city,email\n\
                    198609262009011001,Budi Santoso,Biro Umum,Analis,Jakarta,b@uji.invalid\n\
                    198609262009011001,Budi Santosa,Biro Umum,Analis,Jakarta,b@uji.invalid\n\
                    1.98609E+17,Citra Lestari,Biro Hukum,Analis,Bandung,c@uji.invalid\n\
                    198609262009011002,,Biro Hukum,Analis,Bandung,\n";
        std::fs::write(file.path(), rows).unwrap();
        let notes = RefCell::new(Vec::new());
        let index = read(file.path(), &|line, _| notes.borrow_mut().push(line), &|_| ()).unwrap();
        let numbers = [0, 1].map(|id| index.nip(PersonId(id)).unwrap());
        assert_eq!(numbers, ["198609262009011001", "1.98609E+17"]);
        assert_eq!((index.len(), notes.into_inner()), (2, vec![3, 4, 5]));
    }
}
