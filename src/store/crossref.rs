//! What the linkage proposed for a complaint, what people decided, and the roster as the linkage reads it.
//! Absent: complaints themselves ([`super::complaint`]).

use std::collections::HashMap;

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::erasure::ERASED;
use crate::store::roster::PersonRow;
use crate::store::schema::crossref;
use crate::store::schema::crossref_decision;
use crate::store::schema::person;
use crate::store::schema::person_alias;

/// The newest proposal for a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = crossref)]
pub struct CrossrefRow {
    /// The complaint.
    pub complaint_id: i64,
    /// Unix seconds.
    pub made_s: i64,
    /// Model version.
    pub model_version: String,
    /// Which roster.
    pub roster_snapshot: String,
    /// `match`, `possible` or `none`.
    pub decision: String,
    /// JSON.
    pub explanation: String,
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = crossref_decision)]
pub struct DecisionRow {
    /// Row id.
    pub id: i64,
    /// The complaint.
    pub complaint_id: i64,
    /// `person`, `nobody` or `reopened`.
    pub outcome: String,
    /// Who it is, for `person`.
    pub person_id: Option<i64>,
    /// Who decided.
    pub account_id: i64,
    /// Why.
    pub reason: String,
    /// The model whose proposal was on the screen.
    pub model_version: String,
    /// The roster that proposal was made from.
    pub roster_snapshot: String,
    /// Unix seconds.
    pub decided_s: i64,
}

/// A decision before it has a row.
#[derive(Insertable)]
#[diesel(table_name = crossref_decision)]
pub struct NewDecision<'a> {
    /// The complaint.
    pub complaint_id: i64,
    /// `person`, `nobody` or `reopened`.
    pub outcome: &'a str,
    /// Who it is.
    pub person_id: Option<i64>,
    /// Who decided.
    pub account_id: i64,
    /// Why.
    pub reason: &'a str,
    /// The model whose proposal was on the screen.
    pub model_version: &'a str,
    /// The roster that proposal was made from.
    pub roster_snapshot: &'a str,
    /// Unix seconds.
    pub decided_s: i64,
}

/// What changes whenever the persons or their former numbers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterMark {
    /// Persons.
    pub persons: i64,
    /// The newest person's row id.
    pub last_id: i64,
    /// Unix seconds of the latest change.
    pub updated_s: i64,
    /// Former numbers.
    pub aliases: i64,
}

/// Saves the newest proposal in place of an older one.
pub fn save(conn: &mut Conn, row: &CrossrefRow) -> Result<(), StoreError> {
    let changed = diesel::update(crossref::table.find(row.complaint_id))
        .set(row)
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(crossref::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// The newest proposal.
pub fn find(conn: &mut Conn, complaint_id: i64) -> Result<Option<CrossrefRow>, StoreError> {
    Ok(crossref::table
        .find(complaint_id)
        .select(CrossrefRow::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a decision.
pub fn insert_decision(conn: &mut Conn, row: &NewDecision<'_>) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(crossref_decision::table)
        .values(row)
        .returning(crossref_decision::id)
        .get_result(conn)?)
}

/// Every decision about a complaint, the newest first.
pub fn list_decisions(conn: &mut Conn, complaint_id: i64) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(crossref_decision::table
        .filter(crossref_decision::complaint_id.eq(complaint_id))
        .order(crossref_decision::id.desc())
        .select(DecisionRow::as_select())
        .load(conn)?)
}

/// Which roster stands in the tables now.
pub fn roster_mark(conn: &mut Conn) -> Result<RosterMark, StoreError> {
    let (persons, last_id, updated_s): (i64, Option<i64>, Option<i64>) = person::table
        .select((
            diesel::dsl::count_star(),
            diesel::dsl::max(person::id),
            diesel::dsl::max(person::updated_s),
        ))
        .first(conn)?;
    let aliases = person_alias::table.count().get_result(conn)?;
    Ok(RosterMark {
        persons,
        last_id: last_id.unwrap_or(0),
        updated_s: updated_s.unwrap_or(0),
        aliases,
    })
}

/// Everybody, by row id, after `after`: a page of a walk over the whole roster.
pub fn list_persons(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<PersonRow>, StoreError> {
    Ok(person::table
        .filter(person::id.gt(after))
        .filter(person::nip.not_like(format!("{ERASED}%")))
        .order(person::id)
        .limit(limit)
        .select(PersonRow::as_select())
        .load(conn)?)
}

/// The numbers that persons had before, by row id of the person.
pub fn former_numbers(conn: &mut Conn) -> Result<HashMap<i64, Vec<String>>, StoreError> {
    let rows: Vec<(i64, String)> = person_alias::table
        .order(person_alias::nip)
        .select((person_alias::person_id, person_alias::nip))
        .load(conn)?;
    let mut numbers: HashMap<i64, Vec<String>> = HashMap::new();
    for (person_id, nip) in rows {
        numbers.entry(person_id).or_default().push(nip);
    }
    Ok(numbers)
}

/// People whose name holds every one of these words, lower case; one more than `limit` tells that there are more.
pub fn search_persons(conn: &mut Conn, words: &[String], limit: i64) -> Result<Vec<PersonRow>, StoreError> {
    let mut query = person::table
        .filter(person::nip.not_like(format!("{ERASED}%")))
        .order((person::name, person::id))
        .limit(limit)
        .select(PersonRow::as_select())
        .into_boxed();
    for word in words {
        let word = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query = query.filter(person::search.like(format!("%{word}%")).escape('\\'));
    }
    Ok(query.load(conn)?)
}
