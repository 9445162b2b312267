//! Persons and their place on an election's roster, and the import that puts them there.
//!
//! An import has three steps: [`begin`] notes the file, [`draft()`] decides what it would change ([`crate::domain::roster::plan`])
//! with labels and acts made ready, [`confirm()`] writes it, once its acts are signed and nothing has changed meanwhile.
//! Absent: reading files ([`crate::sheet`]), and who may do it ([`crate::domain::role::may`]).

use serde::Deserialize;
use serde::Serialize;

use crate::service::Error;
use crate::service::election;
use crate::store::Conn;
use crate::store::roster::import as store;

mod confirm;
mod content;
mod draft;
mod openings;
mod standing;
#[cfg(test)]
mod tests;

pub use confirm::confirm;
pub use content::Act;
pub use content::Change;
pub use content::Content;
pub use content::FieldDiff;
pub use content::Kind;
pub use content::Note;
pub use draft::Draft;
pub use draft::LABELS_PER_ACT;
pub use draft::draft;
pub use openings::Openings;
pub use openings::may_open;

pub use crate::store::roster::MemberRow;
pub use crate::store::roster::PersonRow;
pub use crate::store::roster::find_member;
pub use crate::store::roster::find_person;
pub use crate::store::roster::import::ImportRow;
pub use crate::store::roster::import::find_last_confirmed;
pub use crate::store::roster::import::list_imports;
pub use crate::store::roster::list_memberships;

/// How long the reading of a file may take before it is taken for abandoned, seconds.
const READING_S_MAX: i64 = 3600;

/// An import in numbers: kept for ever, without personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// New people who must sign.
    pub added: usize,
    /// New people who need not.
    pub excluded: usize,
    /// Known people with other content.
    pub changed: usize,
    /// Known people under a new number.
    pub renumbered: usize,
    /// Known people no longer in the file.
    pub gone: usize,
    /// Known people whose row was refused: left as they are.
    pub held: usize,
    /// Known people who are the same.
    pub unchanged: usize,
    /// Rows refused.
    pub refused: usize,
    /// Odd rows that are accepted.
    pub warnings: usize,
    /// Labels coming on in the ledger.
    pub labels_on: usize,
    /// Labels going off.
    pub labels_off: usize,
    /// How far the reading of the file has come, in percent.
    pub percent: u8,
    /// Why the file could not be read: a message key and its values.
    pub failure: Option<(String, Vec<(String, String)>)>,
}

impl Counts {
    /// Reads what a row holds; an unreadable one is damage.
    pub fn of(import: &ImportRow) -> Result<Self, Error> {
        serde_json::from_str(&import.counts)
            .map_err(|e| Error::Tampered(format!("counts of import {}: {e}", import.id)))
    }

    /// Whether confirming would write nothing.
    pub fn is_nothing(&self) -> bool {
        self.added + self.excluded + self.changed + self.renumbered + self.gone == 0
    }

    fn json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// The file an import reads.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Name as it was sent.
    pub name: &'a str,
    /// SHA-256 of its bytes.
    pub sha256: &'a [u8; 32],
}

/// Notes that a file is being read for an election; the import's id.
pub fn begin(
    conn: &mut Conn,
    election_id: &str,
    file: File<'_>,
    account_id: Option<i64>,
    now_s: i64,
) -> Result<i64, Error> {
    open_election(conn, election_id)?;
    let name: String = file.name.chars().filter(|c| !c.is_control()).take(120).collect();
    let import = store::NewImport {
        election_id,
        file_name: &name,
        file_sha256: file.sha256,
        account_id,
        created_s: now_s,
        state: "reading",
        counts: &Counts::default().json()?,
    };
    Ok(store::insert_import(conn, &import)?)
}

/// Notes how far the reading has come.
pub fn note_progress(conn: &mut Conn, id: i64, percent: u8) -> Result<(), Error> {
    let counts = Counts {
        percent: percent.min(100),
        ..Counts::default()
    };
    Ok(store::note_progress(conn, id, &counts.json()?)?)
}

/// Keeps a draft as the import's preview.
pub fn keep(conn: &mut Conn, id: i64, draft: &Draft) -> Result<(), Error> {
    let content = serde_json::to_string(&draft.content).map_err(Error::internal)?;
    moved(store::move_import(
        conn,
        id,
        ("reading", "preview"),
        &draft.counts.json()?,
        Some(&content),
        None,
    )?)
}

/// Gives an import up whose file could not be read; `key` is a message with its values.
pub fn fail(conn: &mut Conn, id: i64, key: &str, values: Vec<(String, String)>) -> Result<(), Error> {
    let counts = Counts {
        failure: Some((key.to_owned(), values)),
        ..Counts::default()
    };
    moved(store::move_import(
        conn,
        id,
        ("reading", "failed"),
        &counts.json()?,
        None,
        None,
    )?)
}

/// Drops a preview and everything it held but its numbers.
pub fn discard(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let import = find(conn, id)?;
    moved(store::move_import(
        conn,
        id,
        ("preview", "discarded"),
        &import.counts,
        None,
        None,
    )?)
}

/// Gives up imports whose reading ended with the process that did it.
pub fn abandon_stale(conn: &mut Conn, now_s: i64) -> Result<(), Error> {
    for import in store::list_imports(conn, None, 50)? {
        if import.state == "reading" && import.created_s < now_s.saturating_sub(READING_S_MAX) {
            fail(conn, import.id, "abandoned", Vec::new())?;
        }
    }
    Ok(())
}

/// An import by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<ImportRow, Error> {
    store::find_import(conn, id)?.ok_or(Error::NotFound)
}

/// What a waiting import would change.
pub fn content(conn: &mut Conn, id: i64) -> Result<Content, Error> {
    let text =
        store::find_import_content(conn, id)?.ok_or_else(|| Error::conflict("roster-problem-decided"))?;
    serde_json::from_str(&text).map_err(|e| Error::Tampered(format!("content of import {id}: {e}")))
}

fn moved(done: bool) -> Result<(), Error> {
    if done {
        Ok(())
    } else {
        Err(Error::conflict("roster-problem-decided"))
    }
}

/// The election, unless its `close` entry stands.
fn open_election(conn: &mut Conn, id: &str) -> Result<(), Error> {
    let row = election::find(conn, id)?.ok_or(Error::NotFound)?;
    if row.closed_index.is_some() {
        return Err(Error::conflict("election-problem-closed"));
    }
    Ok(())
}
