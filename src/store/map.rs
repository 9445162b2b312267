//! Which signatures are live, by the entries that made them: what the maps of labels are built from. Absent: maps.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::ledger::to_i64;
use crate::store::schema::ledger_entry;
use crate::store::schema::signature;

/// The entries of the signatures from one index to before another that are live now, in order.
pub fn list_live_entries(conn: &mut Conn, from: u64, to: u64) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    Ok(signature::table
        .inner_join(ledger_entry::table.on(ledger_entry::leaf_index.eq(signature::leaf_index)))
        .filter(signature::leaf_index.ge(to_i64(from)?))
        .filter(signature::leaf_index.lt(to_i64(to)?))
        .filter(signature::live_member_id.is_not_null())
        .order(signature::leaf_index)
        .select((ledger_entry::leaf_index, ledger_entry::bytes))
        .load(conn)?)
}
