//! The complaints of a file, a batch at a time. Absent: what is made of them, and which an import would refuse
//! (`crate::domain::complaint`): here every complaint gets its rows, and what is wrong with it is told by line.

use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use crate::domain::cell::Cell;
use crate::domain::cell::Row;
use crate::domain::complaint::FIELD_CHARS_MAX;
use crate::domain::complaint::Field;
use crate::domain::nip::is_scientific;
use crate::linkage::Complaint;
use crate::sheet;

/// The columns that are read, in the order that [`Columns`] keeps them.
const COLUMNS: [Field; 8] = [
    Field::Reference,
    Field::AccusedName,
    Field::Unit,
    Field::City,
    Field::Position,
    Field::NipFragment,
    Field::Handle,
    Field::IncidentDate,
];

/// A complaint file whose header was understood.
pub(super) struct Complaints {
    path: PathBuf,
    rows: sheet::Rows<'static>,
    columns: Columns,
    seen: HashSet<Box<str>>,
}

impl Complaints {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut rows = super::open(path)?;
        let shown = || path.display().to_string();
        let head = rows
            .next()
            .with_context(|| format!("{}: the file has no header", path.display()))?;
        let columns = Columns::find(&head.with_context(shown)?).with_context(shown)?;
        Ok(Self {
            path: path.to_owned(),
            rows,
            columns,
            seen: HashSet::new(),
        })
    }

    /// The next complaints with their ids; none at the end. `note` hears of what is left out, by line.
    pub(super) fn take(
        &mut self,
        most: usize,
        note: &dyn Fn(u64, &str),
    ) -> anyhow::Result<Vec<(String, Complaint)>> {
        let mut batch = Vec::new();
        for row in self.rows.by_ref() {
            let row = row.with_context(|| self.path.display().to_string())?;
            let note = |text: &str| note(row.line(), text);
            let (id, complaint) = self.columns.read(&row, &note);
            if id.is_empty() {
                note("complaint_id is missing; this row is left out");
                continue;
            }
            if !self.seen.insert(id.as_str().into()) {
                note("the same complaint_id stands on a line before; only the first is linked");
                continue;
            }
            batch.push((id, complaint));
            if batch.len() >= most {
                break;
            }
        }
        Ok(batch)
    }
}

/// Where each of [`COLUMNS`] stands in a file.
struct Columns([Option<usize>; 8]);

impl Columns {
    /// A published title goes before one of an authority's own.
    fn find(head: &Row) -> anyhow::Result<Self> {
        let plain = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
        let titles: Vec<String> = head.cells().map(|cell| cell.to_text()).collect();
        let mut columns = [None; 8];
        for (field, column) in COLUMNS.into_iter().zip(&mut columns) {
            let all = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
                let places = titles.iter().enumerate();
                places
                    .filter(|(_, title)| is(title))
                    .map(|(place, _)| place)
                    .collect()
            };
            let mut found = all(&|title| plain(title) == field.key());
            if found.is_empty() {
                found = all(&|title| Field::of_title(title) == Some(field));
            }
            let name = field.key();
            anyhow::ensure!(
                found.len() < 2,
                "line {}: two columns are {name}: remove one",
                head.line()
            );
            anyhow::ensure!(
                !found.is_empty() || !matches!(field, Field::Reference | Field::AccusedName),
                "line {}: there is no column {name}; expected {}",
                head.line(),
                Field::ALL.map(Field::key).join(",")
            );
            *column = found.first().copied();
        }
        Ok(Self(columns))
    }

    /// The complaint's id and content; what is too long is cut, a rounded number is left out, and `note` is told.
    fn read(&self, row: &Row, note: &dyn Fn(&str)) -> (String, Complaint) {
        let [
            id,
            accused_name,
            unit,
            city,
            position,
            nip_fragment,
            handle,
            incident_date,
        ] = self.0.map(|column| {
            let cell = column.map(|column| row.cell(column));
            let text = cell.map(|cell| cell.to_text()).unwrap_or_default();
            let text = text.trim();
            if text.chars().count() > FIELD_CHARS_MAX {
                note("a field is longer than 400 characters; only its beginning is read");
                text.chars().take(FIELD_CHARS_MAX).collect()
            } else {
                text.to_owned()
            }
        });
        let [.., nip, _handle, _date] = self.0;
        let cell = nip.map_or(Cell::Empty, |column| row.cell(column));
        let rounded = cell.is_damaged_number() || is_scientific(&nip_fragment);
        if rounded {
            note("a spreadsheet has rounded the number, which is not read: export the column as text");
        }
        let nip_fragment = Some(nip_fragment).filter(|_| !rounded).unwrap_or_default();
        let incident_date = Some(incident_date).filter(|date| !date.is_empty());
        (
            id,
            Complaint {
                accused_name,
                unit,
                city,
                position,
                nip_fragment,
                handle,
                incident_date,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn a_rounded_number_is_noted_and_not_read() {
        let head = Row::of_text(1, &["complaint_id", "accused_name", "nip_fragment"]);
        let columns = Columns::find(&head).unwrap();
        let noted = RefCell::new(0);
        let read = |row: &Row| {
            columns
                .read(row, &|_text| *noted.borrow_mut() += 1)
                .1
                .nip_fragment
        };
        let mut number = Row::of_text(2, &["A1", "Budi"]);
        number.push_number(198_505_122_010_011_000.0);
        assert_eq!(read(&number), "");
        assert_eq!(read(&Row::of_text(3, &["A2", "Budi", "1,98511E+17"])), "");
        assert_eq!(*noted.borrow(), 2);
        assert_eq!(
            read(&Row::of_text(4, &["1E5", "Budi", "198505122010011003"])),
            "198505122010011003"
        );
        assert_eq!(*noted.borrow(), 2);
    }
}
