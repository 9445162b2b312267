//! Acts that need two officers, from the first signature until they are entered or given up. Absent: what they do.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::schema::pending_act;

/// An act with its first signature.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pending_act)]
pub struct PendingActRow {
    /// Row id.
    pub id: i64,
    /// The entry's kind.
    pub kind: String,
    /// What it is about; one act about it waits at a time.
    pub subject: String,
    /// The exact text that both sign.
    pub act: Vec<u8>,
    /// 32 bytes.
    pub first_key: Vec<u8>,
    /// 64 bytes.
    pub first_signature: Vec<u8>,
    /// Unix seconds.
    pub proposed_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
    /// `waiting`, `entered`, `withdrawn` or `expired`.
    pub state: String,
    /// The entry.
    pub leaf_index: Option<i64>,
}

/// An act before it has a row.
#[derive(Insertable)]
#[diesel(table_name = pending_act)]
pub struct NewPendingAct<'a> {
    /// The entry's kind.
    pub kind: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// The exact text.
    pub act: &'a [u8],
    /// 32 bytes.
    pub first_key: &'a [u8],
    /// 64 bytes.
    pub first_signature: &'a [u8],
    /// Unix seconds.
    pub proposed_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
    /// `waiting`.
    pub state: &'a str,
}

/// Adds an act; [`StoreError::Conflict`] where another about the same thing waits.
pub fn insert(conn: &mut Conn, row: &NewPendingAct<'_>) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(pending_act::table)
        .values(row)
        .returning(pending_act::id)
        .get_result(conn)?)
}

/// An act by row id.
pub fn find(conn: &mut Conn, id: i64) -> Result<PendingActRow, StoreError> {
    Ok(pending_act::table
        .find(id)
        .select(PendingActRow::as_select())
        .first(conn)?)
}

/// The act that waits about something.
pub fn find_waiting(conn: &mut Conn, subject: &str) -> Result<Option<PendingActRow>, StoreError> {
    Ok(pending_act::table
        .filter(pending_act::subject.eq(subject))
        .filter(pending_act::state.eq("waiting"))
        .select(PendingActRow::as_select())
        .first(conn)
        .optional()?)
}

/// Every act that waits, the oldest first.
pub fn list_waiting(conn: &mut Conn, now_s: i64) -> Result<Vec<PendingActRow>, StoreError> {
    Ok(pending_act::table
        .filter(pending_act::state.eq("waiting"))
        .filter(pending_act::expires_s.gt(now_s))
        .order(pending_act::id)
        .select(PendingActRow::as_select())
        .load(conn)?)
}

/// Gives up what has waited too long.
pub fn expire(conn: &mut Conn, now_s: i64) -> Result<usize, StoreError> {
    Ok(diesel::update(pending_act::table)
        .filter(pending_act::state.eq("waiting"))
        .filter(pending_act::expires_s.le(now_s))
        .set((
            pending_act::state.eq("expired"),
            pending_act::settled_s.eq(Some(now_s)),
        ))
        .execute(conn)?)
}

/// Ends the waiting of one act; false when somebody was first. `entered`: the second key and the entry.
pub fn settle(
    conn: &mut Conn,
    id: i64,
    state: &str,
    entered: Option<(&[u8], i64)>,
    now_s: i64,
) -> Result<bool, StoreError> {
    let changed = diesel::update(pending_act::table.find(id))
        .filter(pending_act::state.eq("waiting"))
        .set((
            pending_act::state.eq(state),
            pending_act::second_key.eq(entered.map(|(key, _)| key)),
            pending_act::leaf_index.eq(entered.map(|(_, index)| index)),
            pending_act::settled_s.eq(Some(now_s)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
