//! The complaints of a file, a batch at a time. Absent: what is made of them.

use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use super::FIELD_CHARS_MAX;
use crate::domain::cell::Row;
use crate::linkage::Complaint;
use crate::sheet;

/// The columns of a complaint file, in the order that [`Columns`] keeps them.
const COLUMNS: [&str; 8] = [
    "complaint_id",
    "accused_name",
    "unit",
    "city",
    "position",
    "nip_fragment",
    "handle",
    "incident_date",
];

/// A complaint file whose header was understood.
pub(super) struct Complaints {
    path: PathBuf,
    rows: sheet::Rows<'static>,
    columns: Columns,
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
    fn find(head: &Row) -> anyhow::Result<Self> {
        let plain = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
        let titles: Vec<String> = head.cells().map(|cell| plain(&cell.to_text())).collect();
        let columns = COLUMNS.map(|name| titles.iter().position(|title| title == name));
        for (name, found) in COLUMNS.iter().zip(columns).take(2) {
            anyhow::ensure!(
                found.is_some(),
                "line {}: there is no column {name}; expected {}",
                head.line(),
                COLUMNS.join(",")
            );
        }
        Ok(Self(columns))
    }

    /// The complaint's id and content; what is too long is cut, and `note` is told.
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
            let text = column
                .map(|column| row.cell(column).to_text())
                .unwrap_or_default();
            let text = text.trim();
            if text.chars().count() > FIELD_CHARS_MAX {
                note("a field is longer than 400 characters; only its beginning is read");
                text.chars().take(FIELD_CHARS_MAX).collect()
            } else {
                text.to_owned()
            }
        });
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
