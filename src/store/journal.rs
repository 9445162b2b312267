//! Who saw or changed what: ids and words, never a name, number or address; the places of its lines in their tree, and what each seal
//! hides. Absent: the tree's bytes, when a day is sealed.

use diesel::prelude::*;

use crate::ledger::hash::Hash;
use crate::store::Conn;
use crate::store::StoreError;
use crate::store::ledger::to_i64;
use crate::store::schema::journal;
use crate::store::schema::journal_seal;

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

/// A line with its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = journal)]
pub struct PlacedRow {
    /// The line.
    #[diesel(embed)]
    pub line: JournalRow,
    /// Its salt, 32 bytes; none before it has a place.
    pub salt: Option<Vec<u8>>,
    /// Its leaf as it was computed when it got its place.
    pub leaf: Option<Vec<u8>>,
    /// Its place, from 0.
    pub place: Option<i64>,
}

/// What a seal hides.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = journal_seal)]
pub struct SealRow {
    /// The public entry.
    pub leaf_index: i64,
    /// The day, `YYYY-MM-DD`, UTC.
    pub date: String,
    /// 32 bytes.
    pub salt: Vec<u8>,
    /// Lines of the journal.
    pub size: i64,
    /// The tree's root, 32 bytes.
    pub root: Vec<u8>,
}

/// A line by its id.
pub fn find(conn: &mut Conn, id: i64) -> Result<PlacedRow, StoreError> {
    journal::table
        .find(id)
        .select(PlacedRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StoreError::NotFound)
}

/// Lines in the order of their places, from one on.
pub fn list_placed(conn: &mut Conn, from: u64, limit: i64) -> Result<Vec<PlacedRow>, StoreError> {
    Ok(journal::table
        .filter(journal::place.ge(to_i64(from)?))
        .order(journal::place)
        .limit(limit)
        .select(PlacedRow::as_select())
        .load(conn)?)
}

/// Lines without a place, in the order of their ids.
pub fn list_unplaced(conn: &mut Conn, limit: i64) -> Result<Vec<JournalRow>, StoreError> {
    Ok(journal::table
        .filter(journal::place.is_null())
        .order(journal::id)
        .limit(limit)
        .select(JournalRow::as_select())
        .load(conn)?)
}

/// How many lines have a place.
pub fn count_placed(conn: &mut Conn) -> Result<i64, StoreError> {
    let last: Option<i64> = journal::table
        .select(diesel::dsl::max(journal::place))
        .first(conn)?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

/// Gives a line its place.
pub fn place(conn: &mut Conn, id: i64, salt: &[u8; 32], leaf: &Hash, place: i64) -> Result<(), StoreError> {
    diesel::update(journal::table.find(id))
        .set((
            journal::salt.eq(salt.to_vec()),
            journal::leaf.eq(leaf.as_bytes().to_vec()),
            journal::place.eq(place),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps what a seal hides.
pub fn insert_seal(conn: &mut Conn, row: &SealRow) -> Result<(), StoreError> {
    diesel::insert_into(journal_seal::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Every seal, oldest first: one a day.
pub fn list_seals(conn: &mut Conn) -> Result<Vec<SealRow>, StoreError> {
    Ok(journal_seal::table
        .order(journal_seal::leaf_index)
        .select(SealRow::as_select())
        .load(conn)?)
}
