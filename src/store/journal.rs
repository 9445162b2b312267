//! Who saw or changed what: ids and words, never a name, number or address.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::schema::journal;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = journal)]
pub struct JournalRow {
    /// Row id.
    pub id: i64,
    /// Unix seconds.
    pub at_s: i64,
    /// An officer.
    pub account_id: Option<i64>,
    /// A signer; with neither, the command line.
    pub person_id: Option<i64>,
    /// A stable word, e.g. `people-viewed`.
    pub action: String,
    /// What it was about, e.g. `election pemilu-2024`.
    pub subject: String,
}

/// Adds a line.
pub fn insert(
    conn: &mut Conn,
    at_s: i64,
    account_id: Option<i64>,
    person_id: Option<i64>,
    action: &str,
    subject: &str,
) -> Result<(), StoreError> {
    diesel::insert_into(journal::table)
        .values((
            journal::at_s.eq(at_s),
            journal::account_id.eq(account_id),
            journal::person_id.eq(person_id),
            journal::action.eq(action),
            journal::subject.eq(subject),
        ))
        .execute(conn)?;
    Ok(())
}

/// The newest lines below an id.
pub fn list_newest(conn: &mut Conn, below: i64, limit: i64) -> Result<Vec<JournalRow>, StoreError> {
    Ok(journal::table
        .filter(journal::id.lt(below))
        .order(journal::id.desc())
        .limit(limit)
        .select(JournalRow::as_select())
        .load(conn)?)
}
