//! Taking a person's data out of the tables: which rows hold them, and what stays so that label and counts keep standing.
//! Absent: whether it may be done now.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;
use crate::store::schema::attestation;
use crate::store::schema::crossref;
use crate::store::schema::crossref_decision;
use crate::store::schema::crossref_past;
use crate::store::schema::legal_hold;
use crate::store::schema::outbox;
use crate::store::schema::pending_statement;
use crate::store::schema::person;
use crate::store::schema::person_alias;
use crate::store::schema::roster_import;
use crate::store::schema::roster_member;
use crate::store::schema::session;
use crate::store::schema::signature;
use crate::store::schema::signin_link;

/// What stands in the number of a person whose data were erased, before the row id of the membership.
pub const ERASED: &str = "erased-";

/// A reason why a person's data must stay.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = legal_hold)]
pub struct HoldRow {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub person_id: i64,
    /// Why.
    pub reason: String,
    /// Unix seconds.
    pub set_s: i64,
}

/// The member behind a label.
pub fn find_member_by_label(conn: &mut Conn, label: &[u8]) -> Result<Option<MemberRow>, StoreError> {
    Ok(roster_member::table
        .filter(roster_member::label.eq(label))
        .select(MemberRow::as_select())
        .first(conn)
        .optional()?)
}

/// Holds on a person's data that stand.
pub fn list_holds(conn: &mut Conn, person_id: i64) -> Result<Vec<HoldRow>, StoreError> {
    Ok(legal_hold::table
        .filter(legal_hold::person_id.eq(person_id))
        .filter(legal_hold::lifted_s.is_null())
        .order(legal_hold::id)
        .select(HoldRow::as_select())
        .load(conn)?)
}

/// Sets a hold.
pub fn insert_hold(
    conn: &mut Conn,
    person_id: i64,
    reason: &str,
    account_id: Option<i64>,
    now_s: i64,
) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(legal_hold::table)
        .values((
            legal_hold::person_id.eq(person_id),
            legal_hold::reason.eq(reason),
            legal_hold::account_id.eq(account_id),
            legal_hold::set_s.eq(now_s),
        ))
        .returning(legal_hold::id)
        .get_result(conn)?)
}

/// Lifts a hold; false where none stood.
pub fn lift_hold(conn: &mut Conn, id: i64, now_s: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(legal_hold::table.find(id))
        .filter(legal_hold::lifted_s.is_null())
        .set(legal_hold::lifted_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Complaints whose stored proposal may speak of a person: id, state, proposal. The caller reads the proposal.
pub fn list_proposals(conn: &mut Conn) -> Result<Vec<(i64, String, String)>, StoreError> {
    use crate::store::schema::complaint;
    Ok(crossref::table
        .inner_join(complaint::table)
        .order(crossref::complaint_id)
        .select((crossref::complaint_id, complaint::state, crossref::explanation))
        .load(conn)?)
}

/// Complaints that officers once took to be about a person, with their state now.
pub fn list_complaints_about(conn: &mut Conn, person_id: i64) -> Result<Vec<(i64, String)>, StoreError> {
    use crate::store::schema::complaint;
    Ok(crossref_decision::table
        .inner_join(complaint::table)
        .filter(crossref_decision::person_id.eq(person_id))
        .select((complaint::id, complaint::state))
        .distinct()
        .order(complaint::id)
        .load(conn)?)
}

/// Proposals that newer ones replaced: row id, complaint, proposal.
pub fn list_past_proposals(conn: &mut Conn) -> Result<Vec<(i64, i64, String)>, StoreError> {
    Ok(crossref_past::table
        .order(crossref_past::id)
        .select((
            crossref_past::id,
            crossref_past::complaint_id,
            crossref_past::explanation,
        ))
        .load(conn)?)
}

/// Puts another content in the place of a replaced proposal's.
pub fn set_past_proposal(conn: &mut Conn, id: i64, explanation: &str) -> Result<(), StoreError> {
    diesel::update(crossref_past::table.find(id))
        .set(crossref_past::explanation.eq(explanation))
        .execute(conn)?;
    Ok(())
}

/// Puts a proposal in another's place.
pub fn set_proposal(conn: &mut Conn, complaint_id: i64, explanation: &str) -> Result<(), StoreError> {
    diesel::update(crossref::table.find(complaint_id))
        .set(crossref::explanation.eq(explanation))
        .execute(conn)?;
    Ok(())
}

/// Empties what a membership and its signatures tell of the person: values, salts, evidence, what waits. Label, state and
/// indexes stay.
pub fn empty_member(conn: &mut Conn, member_id: i64) -> Result<(), StoreError> {
    diesel::delete(pending_statement::table.filter(pending_statement::member_id.eq(member_id)))
        .execute(conn)?;
    let nothing: &[u8] = &[];
    diesel::update(signature::table.filter(signature::member_id.eq(member_id)))
        .set((
            signature::nip.eq(""),
            signature::name.eq(""),
            signature::unit.eq(""),
            signature::position.eq(""),
            signature::salts.eq(nothing),
            signature::evidence_salt.eq(nothing),
            signature::evidence.eq(nothing),
        ))
        .execute(conn)?;
    diesel::update(attestation::table.filter(attestation::member_id.eq(member_id)))
        .set((
            attestation::nip.eq(""),
            attestation::name.eq(""),
            attestation::unit.eq(""),
            attestation::position.eq(""),
            attestation::salts.eq(nothing),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a membership to a new, empty person, without its salt: nothing leads from the label to anybody any more.
pub fn detach_member(conn: &mut Conn, member_id: i64, now_s: i64) -> Result<(), StoreError> {
    let blank: i64 = diesel::insert_into(person::table)
        .values((
            person::nip.eq(format!("{ERASED}{member_id}")),
            person::name.eq(""),
            person::unit.eq(""),
            person::unit_path.eq(""),
            person::position.eq(""),
            person::city.eq(""),
            person::grade.eq(""),
            person::email.eq(None::<String>),
            person::employment.eq(""),
            person::search.eq(""),
            person::updated_s.eq(now_s),
        ))
        .returning(person::id)
        .get_result(conn)?;
    diesel::update(roster_member::table.find(member_id))
        .set((
            roster_member::person_id.eq(blank),
            roster_member::label_salt.eq(None::<Vec<u8>>),
            roster_member::invited_s.eq(None::<i64>),
            roster_member::opened_s.eq(None::<i64>),
            roster_member::bounced_s.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes mails about one election from the outbox.
pub fn delete_mails(conn: &mut Conn, person_id: i64, election_id: &str) -> Result<(), StoreError> {
    diesel::delete(
        outbox::table
            .filter(outbox::person_id.eq(person_id))
            .filter(outbox::election_id.eq(election_id)),
    )
    .execute(conn)?;
    Ok(())
}

/// Takes a membership out that never had a label.
pub fn delete_member(conn: &mut Conn, member_id: i64) -> Result<(), StoreError> {
    diesel::delete(roster_member::table.find(member_id)).execute(conn)?;
    Ok(())
}

/// Takes a person out who has no membership any more, with everything that is theirs alone.
pub fn delete_person(conn: &mut Conn, person: &PersonRow) -> Result<(), StoreError> {
    let id = person.id;
    diesel::delete(outbox::table.filter(outbox::person_id.eq(id))).execute(conn)?;
    diesel::delete(signin_link::table.filter(signin_link::person_id.eq(id))).execute(conn)?;
    diesel::delete(session::table.filter(session::person_id.eq(id))).execute(conn)?;
    diesel::delete(person_alias::table.filter(person_alias::person_id.eq(id))).execute(conn)?;
    diesel::delete(legal_hold::table.filter(legal_hold::person_id.eq(id))).execute(conn)?;
    diesel::update(crossref_decision::table.filter(crossref_decision::person_id.eq(id)))
        .set((
            crossref_decision::person_id.eq(None::<i64>),
            crossref_decision::reason.eq(""),
            crossref_decision::evidence.eq(None::<String>),
        ))
        .execute(conn)?;
    diesel::delete(person::table.find(id)).execute(conn)?;
    Ok(())
}

/// Drops previews that hold this number: their content is read no more.
pub fn drop_previews(conn: &mut Conn, nip: &str) -> Result<usize, StoreError> {
    Ok(diesel::update(roster_import::table)
        .filter(roster_import::content.like(format!("%{nip}%")))
        .set((
            roster_import::content.eq(None::<String>),
            roster_import::state.eq("discarded"),
        ))
        .execute(conn)?)
}
