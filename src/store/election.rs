//! Elections, their contests' determination dates, and the versions of their pacts.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::conn::on_database;
use crate::store::schema::election;
use crate::store::schema::election_contest;
use crate::store::schema::pact;

/// An election as the ledger's newest entry about it says.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = election, treat_none_as_null = true)]
pub struct ElectionRow {
    /// The id in the ledger.
    pub id: String,
    /// Title.
    pub title: String,
    /// Unix seconds, whole minutes.
    pub opens_s: i64,
    /// Unix seconds, whole minutes; the first moment that is too late.
    pub closes_s: i64,
    /// IANA time zone.
    pub zone: String,
    /// `receipt`, `counts` or `register`.
    pub lookup: String,
    /// The entry in force.
    pub leaf_index: i64,
    /// The `close` entry.
    pub closed_index: Option<i64>,
}

/// A published version of a pact.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pact)]
pub struct PactRow {
    /// SHA-256 of the text.
    pub hash: Vec<u8>,
    /// Of which election.
    pub election_id: String,
    /// From 1.
    pub version: i64,
    /// The exact text, `ikrar/pact/v1`.
    pub text: Vec<u8>,
    /// The entry that published it.
    pub leaf_index: i64,
}

/// A published version of a pact without its text, which is long.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pact)]
pub struct PactVersionRow {
    /// SHA-256 of the text.
    pub hash: Vec<u8>,
    /// The entry that published it.
    pub leaf_index: i64,
}

/// Saves an election with its contests, replacing what an earlier entry said.
pub fn save(conn: &mut Conn, row: &ElectionRow, contests: &[(String, i64)]) -> Result<(), StoreError> {
    let changed = diesel::update(election::table.find(&row.id))
        .set(row)
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(election::table).values(row).execute(conn)?;
    }
    diesel::delete(election_contest::table.filter(election_contest::election_id.eq(&row.id)))
        .execute(conn)?;
    for (contest, determined_s) in contests {
        diesel::insert_into(election_contest::table)
            .values((
                election_contest::election_id.eq(&row.id),
                election_contest::contest.eq(contest),
                election_contest::determined_s.eq(determined_s),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Notes the `close` entry.
pub fn close(conn: &mut Conn, id: &str, leaf_index: i64) -> Result<(), StoreError> {
    diesel::update(election::table.find(id))
        .set(election::closed_index.eq(Some(leaf_index)))
        .execute(conn)?;
    Ok(())
}

/// An election by id.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<ElectionRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(election::table
            .find(id)
            .select(ElectionRow::as_select())
            .first(conn)
            .optional()?)
    })
}

/// All elections, the latest to open first.
pub fn list(conn: &mut Conn) -> Result<Vec<ElectionRow>, StoreError> {
    Ok(election::table
        .order((election::opens_s.desc(), election::id))
        .select(ElectionRow::as_select())
        .load(conn)?)
}

/// Determination dates by contest.
pub fn list_contests(conn: &mut Conn, election_id: &str) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(election_contest::table
        .filter(election_contest::election_id.eq(election_id))
        .order(election_contest::contest)
        .select((election_contest::contest, election_contest::determined_s))
        .load(conn)?)
}

/// Adds a published version.
pub fn insert_pact(conn: &mut Conn, row: &PactRow) -> Result<(), StoreError> {
    diesel::insert_into(pact::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest version of an election's pact.
pub fn find_pact_in_force(conn: &mut Conn, election_id: &str) -> Result<Option<PactRow>, StoreError> {
    Ok(pact::table
        .filter(pact::election_id.eq(election_id))
        .order(pact::version.desc())
        .select(PactRow::as_select())
        .first(conn)
        .optional()?)
}

/// The newest version of an election's pact that stands below a size of the log, without its text.
pub fn find_pact_version(
    conn: &mut Conn,
    election_id: &str,
    below: i64,
) -> Result<Option<PactVersionRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(pact::table
            .filter(pact::election_id.eq(election_id))
            .filter(pact::leaf_index.lt(below))
            .order(pact::version.desc())
            .select(PactVersionRow::as_select())
            .first(conn)
            .optional()?)
    })
}

/// A version by the hash of its text.
pub fn find_pact(conn: &mut Conn, hash: &[u8]) -> Result<Option<PactRow>, StoreError> {
    Ok(pact::table
        .find(hash.to_vec())
        .select(PactRow::as_select())
        .first(conn)
        .optional()?)
}

/// All versions, oldest first.
pub fn list_pacts(conn: &mut Conn, election_id: &str) -> Result<Vec<PactRow>, StoreError> {
    Ok(pact::table
        .filter(pact::election_id.eq(election_id))
        .order(pact::version)
        .select(PactRow::as_select())
        .load(conn)?)
}
