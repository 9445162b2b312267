//! Reads for the personnel office's dashboard: everybody on a roster with what became of their invitation. Absent: figures.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;
use crate::store::schema::outbox;
use crate::store::schema::person;
use crate::store::schema::roster_member;
use crate::store::schema::signature;

/// The templates that ask somebody to sign.
pub const ASKING: [&str; 2] = ["invitation", "reminder"];

/// Everybody on an election's roster, by unit and name, with the state and minute of a signature that stands.
#[expect(clippy::type_complexity, reason = "a row of a join")]
pub fn list(
    conn: &mut Conn,
    election_id: &str,
) -> Result<Vec<(PersonRow, MemberRow, Option<(String, i64)>)>, StoreError> {
    let live = signature::live_member_id.eq(roster_member::id.nullable());
    Ok(roster_member::table
        .inner_join(person::table)
        .left_join(signature::table.on(live))
        .filter(roster_member::election_id.eq(election_id.to_owned()))
        .order((person::unit_path, person::name, person::id))
        .select((
            PersonRow::as_select(),
            MemberRow::as_select(),
            (signature::state, signature::at_s).nullable(),
        ))
        .load(conn)?)
}

/// When each person was last asked to sign, or is about to be.
pub fn list_last_asked(conn: &mut Conn, election_id: &str) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows: Vec<(Option<i64>, i64)> = outbox::table
        .filter(outbox::election_id.eq(election_id.to_owned()))
        .filter(outbox::template.eq_any(ASKING.map(ToOwned::to_owned).to_vec()))
        .filter(outbox::state.ne("cancelled"))
        .select((outbox::person_id, outbox::created_s))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(person_id, created_s)| Some((person_id?, created_s)))
        .collect())
}
