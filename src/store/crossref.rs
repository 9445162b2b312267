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
use crate::store::schema::crossref_past;
use crate::store::schema::person;
use crate::store::schema::person_alias;
use crate::store::schema::roster_import;

/// The newest proposal for a complaint.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
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
    /// The complaint's first, second, … proposal.
    pub number: i64,
    /// The number says one person and the name another.
    pub conflict: bool,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for CrossrefRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "CrossrefRow({}, number {}, ***)",
            self.complaint_id, self.number
        )
    }
}

/// A proposal that a newer one replaced, without its explanation.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = crossref_past)]
pub struct PastRow {
    /// The complaint's first, second, … proposal.
    pub number: i64,
    /// Unix seconds.
    pub made_s: i64,
    /// Model version.
    pub model_version: String,
    /// Which roster.
    pub roster_snapshot: String,
    /// `match`, `possible` or `none`.
    pub decision: String,
    /// Unix seconds.
    pub replaced_s: i64,
}

/// What a person decided.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = crossref_decision)]
pub struct DecisionRow {
    /// Row id.
    pub id: i64,
    /// The complaint.
    pub complaint_id: i64,
    /// `person`, `nobody`, `reopened`, or `kept` where a decision is not reopened.
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
    /// Number of that proposal; none where it was not noted.
    pub number: Option<i64>,
    /// `alone`; or of two examiners' answers `first`, `second` (it agrees) or `differs`.
    pub step: String,
    /// JSON: what spoke for a person who is not in the proposal.
    pub evidence: Option<String>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for DecisionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DecisionRow({}, {} {}, ***)", self.id, self.step, self.outcome)
    }
}

impl DecisionRow {
    /// Whether it settled a complaint: an answer that waits, or one that differs, does not.
    pub fn settles(&self) -> bool {
        matches!(self.outcome.as_str(), "person" | "nobody")
            && matches!(self.step.as_str(), "alone" | "second")
    }
}

/// A decision before it has a row.
#[derive(Insertable)]
#[diesel(table_name = crossref_decision)]
pub struct NewDecision<'a> {
    /// The complaint.
    pub complaint_id: i64,
    /// `person`, `nobody`, `reopened` or `kept`.
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
    /// Number of that proposal.
    pub number: Option<i64>,
    /// `alone`, `first`, `second` or `differs`.
    pub step: &'a str,
    /// JSON: what spoke for a person who is not in the proposal.
    pub evidence: Option<&'a str>,
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
    /// Imports that were confirmed: two of them may fall into one second.
    pub imports: i64,
}

/// Saves the newest proposal of a complaint in place of the one before, which [`keep`] keeps.
pub fn save(conn: &mut Conn, row: &CrossrefRow) -> Result<(), StoreError> {
    let changed = diesel::update(crossref::table.find(row.complaint_id))
        .set(row)
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(crossref::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Keeps a proposal that is about to be replaced.
pub fn keep(conn: &mut Conn, row: &CrossrefRow, replaced_s: i64) -> Result<(), StoreError> {
    diesel::insert_into(crossref_past::table)
        .values((
            crossref_past::complaint_id.eq(row.complaint_id),
            crossref_past::number.eq(row.number),
            crossref_past::made_s.eq(row.made_s),
            crossref_past::model_version.eq(&row.model_version),
            crossref_past::roster_snapshot.eq(&row.roster_snapshot),
            crossref_past::decision.eq(&row.decision),
            crossref_past::explanation.eq(&row.explanation),
            crossref_past::replaced_s.eq(replaced_s),
        ))
        .execute(conn)?;
    Ok(())
}

/// The proposals that newer ones replaced, the latest first.
pub fn list_past(conn: &mut Conn, complaint_id: i64) -> Result<Vec<PastRow>, StoreError> {
    Ok(crossref_past::table
        .filter(crossref_past::complaint_id.eq(complaint_id))
        .order(crossref_past::number.desc())
        .select(PastRow::as_select())
        .load(conn)?)
}

/// A proposal that a newer one replaced, by its number, as it was while it was the newest; and when it was replaced, Unix seconds.
/// Whether it was a conflict its explanation tells.
pub fn find_past(
    conn: &mut Conn,
    complaint_id: i64,
    number: i64,
) -> Result<Option<(CrossrefRow, i64)>, StoreError> {
    let past: Option<(PastRow, String)> = crossref_past::table
        .filter(crossref_past::complaint_id.eq(complaint_id))
        .filter(crossref_past::number.eq(number))
        .select((PastRow::as_select(), crossref_past::explanation))
        .first(conn)
        .optional()?;
    Ok(past.map(|(past, explanation)| {
        let row = CrossrefRow {
            complaint_id,
            made_s: past.made_s,
            model_version: past.model_version,
            roster_snapshot: past.roster_snapshot,
            decision: past.decision,
            explanation,
            number: past.number,
            conflict: false,
        };
        (row, past.replaced_s)
    }))
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

/// A decision by row id.
pub fn find_decision(conn: &mut Conn, id: i64) -> Result<DecisionRow, StoreError> {
    Ok(crossref_decision::table
        .find(id)
        .select(DecisionRow::as_select())
        .first(conn)?)
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
    let imports = roster_import::table
        .filter(roster_import::state.eq("confirmed"))
        .count()
        .get_result(conn)?;
    Ok(RosterMark {
        persons,
        last_id: last_id.unwrap_or(0),
        updated_s: updated_s.unwrap_or(0),
        aliases,
        imports,
    })
}

/// Persons by their row ids; those that are not there are left out.
pub fn list_persons_by_id(conn: &mut Conn, ids: &[i64]) -> Result<Vec<PersonRow>, StoreError> {
    Ok(person::table
        .filter(person::id.eq_any(ids.to_vec()))
        .select(PersonRow::as_select())
        .load(conn)?)
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

/// People whose name, number, unit, position or city hold each of these words, lower case; by name.
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
