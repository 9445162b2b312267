//! Statements that wait for their step-up, and the signatures that stand in the ledger.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::conn::on_database;
use crate::store::schema::pending_statement;
use crate::store::schema::roster_member;
use crate::store::schema::signature;

/// A statement that its signer's browser posted and no code has confirmed yet.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pending_statement)]
pub struct PendingRow {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub member_id: i64,
    /// Exact bytes.
    pub statement: Vec<u8>,
    /// 64 bytes.
    pub signature: Vec<u8>,
    /// nip, name, unit, position: 4 x 32 bytes.
    pub salts: Vec<u8>,
    /// Unix seconds.
    pub created_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
    /// Made when the code's mail is sent.
    pub code_salt: Option<Vec<u8>>,
    /// SHA-256 under the salt.
    pub code_hash: Option<Vec<u8>>,
    /// Unix seconds.
    pub code_sent_s: Option<i64>,
    /// Wrong codes so far.
    pub tries: i64,
}

/// A signature that stands in the ledger, with what only its signer and this portal know.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signature)]
pub struct SignatureRow {
    /// Its entry.
    pub leaf_index: i64,
    /// Election.
    pub election_id: String,
    /// Whose.
    pub member_id: i64,
    /// The member again while the signature is live: the constraint "one live signature per person and election".
    pub live_member_id: Option<i64>,
    /// The signer's key, 32 bytes.
    pub public_key: Vec<u8>,
    /// SHA-256 of the statement.
    pub statement_hash: Vec<u8>,
    /// The version signed.
    pub pact_hash: Vec<u8>,
    /// The entry's minute, Unix seconds.
    pub at_s: i64,
    /// When the step-up was answered, Unix seconds.
    pub accepted_s: i64,
    /// `email`, `oidc` or `passkey`.
    pub method: String,
    /// The code of `/v/CODE`, as printed.
    pub code: String,
    /// `live`, `disputed` or `voided`.
    pub state: String,
    /// Salt of the evidence commitment.
    pub evidence_salt: Vec<u8>,
    /// The bytes committed to.
    pub evidence: Vec<u8>,
    /// nip, name, unit, position: 4 x 32 bytes.
    pub salts: Vec<u8>,
    /// NIP as shown when signing.
    pub nip: String,
    /// Name as shown when signing.
    pub name: String,
    /// Unit as shown when signing.
    pub unit: String,
    /// Position as shown when signing.
    pub position: String,
}

/// What a signer's next step needs to know of the signature that stands.
#[derive(Queryable, Selectable)]
#[diesel(table_name = signature)]
pub struct LiveRow {
    /// Its entry.
    pub leaf_index: i64,
    /// SHA-256 of the statement.
    pub statement_hash: Vec<u8>,
}

/// A fresh pending statement, before it has a row.
#[derive(Insertable)]
#[diesel(table_name = pending_statement)]
pub struct NewPending<'a> {
    /// Whose.
    pub member_id: i64,
    /// Exact bytes.
    pub statement: &'a [u8],
    /// 64 bytes.
    pub signature: &'a [u8],
    /// 4 x 32 bytes.
    pub salts: &'a [u8],
    /// Unix seconds.
    pub created_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
    /// 0.
    pub tries: i64,
}

/// Adds what a member has pending from now on; [`StoreError::Conflict`] where something is.
pub fn insert_pending(conn: &mut Conn, pending: &NewPending<'_>) -> Result<i64, StoreError> {
    on_database!(conn, |conn| {
        Ok(diesel::insert_into(pending_statement::table)
            .values(pending)
            .returning(pending_statement::id)
            .get_result(conn)?)
    })
}

/// What a person has pending in an election.
pub fn find_pending_of(
    conn: &mut Conn,
    election_id: &str,
    person_id: i64,
) -> Result<Option<PendingRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(pending_statement::table
            .inner_join(roster_member::table)
            .filter(roster_member::election_id.eq(election_id))
            .filter(roster_member::person_id.eq(person_id))
            .select(PendingRow::as_select())
            .first(conn)
            .optional()?)
    })
}

/// Keeps the hash of the code that is being sent, with its new time to answer; false where the statement waits no more.
pub fn set_code(
    conn: &mut Conn,
    id: i64,
    salt: &[u8],
    hash: &[u8],
    sent_s: i64,
    expires_s: i64,
) -> Result<bool, StoreError> {
    on_database!(conn, |conn| {
        let set = diesel::update(pending_statement::table.find(id))
            .filter(pending_statement::expires_s.gt(sent_s))
            .set((
                pending_statement::code_salt.eq(Some(salt)),
                pending_statement::code_hash.eq(Some(hash)),
                pending_statement::code_sent_s.eq(Some(sent_s)),
                pending_statement::expires_s.eq(expires_s),
                pending_statement::tries.eq(0_i64),
            ))
            .execute(conn)?;
        Ok(set == 1)
    })
}

/// Counts a wrong code.
pub fn count_try(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    diesel::update(pending_statement::table.find(id))
        .set(pending_statement::tries.eq(pending_statement::tries + 1))
        .execute(conn)?;
    Ok(())
}

/// Drops what a member has pending.
pub fn delete_pending(conn: &mut Conn, member_id: i64) -> Result<(), StoreError> {
    on_database!(conn, |conn| {
        diesel::delete(pending_statement::table.filter(pending_statement::member_id.eq(member_id)))
            .execute(conn)?;
        Ok(())
    })
}

/// Adds a signature; [`StoreError::Conflict`] where the member has a live one, or key or statement were seen before.
pub fn insert(conn: &mut Conn, row: &SignatureRow) -> Result<(), StoreError> {
    on_database!(conn, |conn| {
        diesel::insert_into(signature::table).values(row).execute(conn)?;
        Ok(())
    })
}

/// The live (or disputed) signature of a member.
pub fn find_live(conn: &mut Conn, member_id: i64) -> Result<Option<SignatureRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(signature::table
            .filter(signature::live_member_id.eq(member_id))
            .select(SignatureRow::as_select())
            .first(conn)
            .optional()?)
    })
}

/// Every signature of a member, oldest first.
pub fn list_of_member(conn: &mut Conn, member_id: i64) -> Result<Vec<SignatureRow>, StoreError> {
    Ok(signature::table
        .filter(signature::member_id.eq(member_id))
        .order(signature::leaf_index)
        .select(SignatureRow::as_select())
        .load(conn)?)
}

/// A signature by its public code, as printed.
pub fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<SignatureRow>, StoreError> {
    Ok(signature::table
        .filter(signature::code.eq(code))
        .select(SignatureRow::as_select())
        .first(conn)
        .optional()?)
}

/// A signature by its entry.
pub fn find(conn: &mut Conn, leaf_index: i64) -> Result<Option<SignatureRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(signature::table
            .find(leaf_index)
            .select(SignatureRow::as_select())
            .first(conn)
            .optional()?)
    })
}

/// Whether a key stands in the ledger already.
pub fn key_exists(conn: &mut Conn, public_key: &[u8]) -> Result<bool, StoreError> {
    on_database!(conn, |conn| {
        let n: i64 = signature::table
            .filter(signature::public_key.eq(public_key))
            .count()
            .get_result(conn)?;
        Ok(n > 0)
    })
}

/// N: live signatures whose member is still required.
pub fn count_valid(conn: &mut Conn, election_id: &str) -> Result<i64, StoreError> {
    Ok(signature::table
        .inner_join(roster_member::table)
        .filter(signature::election_id.eq(election_id))
        .filter(signature::live_member_id.is_not_null())
        .filter(roster_member::state.eq("required"))
        .count()
        .get_result(conn)?)
}

/// How many signatures of an election are in a state.
pub fn count_state(conn: &mut Conn, election_id: &str, state: &str) -> Result<i64, StoreError> {
    Ok(signature::table
        .filter(signature::election_id.eq(election_id))
        .filter(signature::state.eq(state))
        .count()
        .get_result(conn)?)
}

/// N by the minute of signing, oldest first: as [`count_valid`] counts.
pub fn count_valid_by_minute(conn: &mut Conn, election_id: &str) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(signature::table
        .inner_join(roster_member::table)
        .filter(signature::election_id.eq(election_id))
        .filter(signature::live_member_id.is_not_null())
        .filter(roster_member::state.eq("required"))
        .group_by(signature::at_s)
        .order(signature::at_s)
        .select((signature::at_s, diesel::dsl::count_star()))
        .load(conn)?)
}
