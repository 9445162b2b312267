//! Disputes: whose signature, how it came in, what became of it. Absent: deciding.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::schema::dispute;
use crate::store::schema::signature;
use crate::store::signature::SignatureRow;

/// A dispute as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = dispute)]
pub struct DisputeRow {
    /// Its entry.
    pub leaf_index: i64,
    /// The signature's entry.
    pub signature_index: i64,
    /// `link` or `authority`.
    pub channel: String,
    /// Through whom it came.
    pub authority_id: Option<i64>,
    /// The officer who entered it for them.
    pub account_id: Option<i64>,
    /// Unix seconds.
    pub opened_s: i64,
    /// `upheld` or `dismissed`; none while it is open.
    pub outcome: Option<String>,
    /// The entry of the resolution.
    pub resolution_index: Option<i64>,
    /// Unix seconds.
    pub resolved_s: Option<i64>,
}

/// Adds a dispute; [`StoreError::Conflict`] where one about the signature is open.
pub fn insert(conn: &mut Conn, row: &DisputeRow) -> Result<(), StoreError> {
    diesel::insert_into(dispute::table).values(row).execute(conn)?;
    Ok(())
}

/// A dispute by its entry.
pub fn find(conn: &mut Conn, leaf_index: i64) -> Result<Option<DisputeRow>, StoreError> {
    Ok(dispute::table
        .find(leaf_index)
        .select(DisputeRow::as_select())
        .first(conn)
        .optional()?)
}

/// The newest dispute about a signature.
pub fn find_newest(conn: &mut Conn, signature_index: i64) -> Result<Option<DisputeRow>, StoreError> {
    Ok(dispute::table
        .filter(dispute::signature_index.eq(signature_index))
        .order(dispute::leaf_index.desc())
        .select(DisputeRow::as_select())
        .first(conn)
        .optional()?)
}

/// Disputes with their signatures: the open ones, the oldest first; or the settled ones, the newest first.
pub fn list(conn: &mut Conn, open: bool, limit: i64) -> Result<Vec<(DisputeRow, SignatureRow)>, StoreError> {
    let rows = dispute::table
        .inner_join(signature::table)
        .limit(limit)
        .select((DisputeRow::as_select(), SignatureRow::as_select()));
    Ok(if open {
        rows.filter(dispute::outcome.is_null())
            .order(dispute::leaf_index)
            .load(conn)?
    } else {
        rows.filter(dispute::outcome.is_not_null())
            .order(dispute::leaf_index.desc())
            .load(conn)?
    })
}

/// Notes what became of a dispute; false when it is no longer open.
pub fn resolve(
    conn: &mut Conn,
    leaf_index: i64,
    outcome: &str,
    resolution_index: i64,
    now_s: i64,
) -> Result<bool, StoreError> {
    let changed = diesel::update(dispute::table.find(leaf_index))
        .filter(dispute::outcome.is_null())
        .set((
            dispute::outcome.eq(Some(outcome)),
            dispute::resolution_index.eq(Some(resolution_index)),
            dispute::resolved_s.eq(Some(now_s)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Sets where a signature stands. A voided one is nobody's live signature any more.
pub fn set_signature_state(conn: &mut Conn, leaf_index: i64, state: &str) -> Result<(), StoreError> {
    let row = diesel::update(signature::table.find(leaf_index));
    if state == "voided" {
        row.set((
            signature::state.eq(state),
            signature::live_member_id.eq(None::<i64>),
        ))
        .execute(conn)?;
    } else {
        row.set(signature::state.eq(state)).execute(conn)?;
    }
    Ok(())
}
