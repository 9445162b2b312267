//! Persons, the numbers they had before, and their membership in an election's roster.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::conn::on_database;
use crate::store::election::ElectionRow;
use crate::store::schema::election;
use crate::store::schema::pending_statement;
use crate::store::schema::person;
use crate::store::schema::person_alias;
use crate::store::schema::roster_member;
use crate::store::schema::signature;
use crate::store::signature::LiveRow;
use crate::store::signature::PendingRow;

pub mod import;

/// A person as last imported.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = person)]
pub struct PersonRow {
    /// Row id.
    pub id: i64,
    /// Current NIP or NI PPPK.
    pub nip: String,
    /// Name with titles, as displayed.
    pub name: String,
    /// Unit as imported.
    pub unit: String,
    /// Units from top to bottom, joined by U+001F.
    pub unit_path: String,
    /// Position.
    pub position: String,
    /// City.
    pub city: String,
    /// Rank and grade.
    pub grade: String,
    /// Address for mail.
    pub email: Option<String>,
    /// `pns`, `cpns` or `pppk`.
    pub employment: String,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonRow({})", self.id)
    }
}

/// A person's place on one election's roster.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = roster_member)]
pub struct MemberRow {
    /// Row id.
    pub id: i64,
    /// Election.
    pub election_id: String,
    /// Person.
    pub person_id: i64,
    /// The label in the ledger.
    pub label: Option<Vec<u8>>,
    /// Its salt.
    pub label_salt: Option<Vec<u8>>,
    /// `required` or `excluded`.
    pub state: String,
    /// Why excluded.
    pub reason: Option<String>,
    /// The `roster` entry that added the label.
    pub added_index: Option<i64>,
    /// The `roster` entry that took it off.
    pub off_index: Option<i64>,
    /// Unix seconds of the first invitation sent.
    pub invited_s: Option<i64>,
    /// Unix seconds when its link was first opened.
    pub opened_s: Option<i64>,
    /// Unix seconds when mail was refused for good.
    pub bounced_s: Option<i64>,
}

/// With label and salt together anybody could tell whose label it is.
impl std::fmt::Debug for MemberRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemberRow({})", self.id)
    }
}

/// A person by row id.
pub fn find_person(conn: &mut Conn, id: i64) -> Result<PersonRow, StoreError> {
    on_database!(conn, |conn| {
        Ok(person::table
            .find(id)
            .select(PersonRow::as_select())
            .first(conn)?)
    })
}

/// A person by current or former number.
pub fn find_person_by_nip(conn: &mut Conn, nip: &str) -> Result<Option<PersonRow>, StoreError> {
    let direct = person::table
        .filter(person::nip.eq(nip))
        .select(PersonRow::as_select())
        .first(conn)
        .optional()?;
    if direct.is_some() {
        return Ok(direct);
    }
    Ok(person_alias::table
        .inner_join(person::table)
        .filter(person_alias::nip.eq(nip))
        .select(PersonRow::as_select())
        .first(conn)
        .optional()?)
}

/// Everybody with this address, lower case. More than one is possible: a shared mailbox never signs anybody in.
pub fn list_persons_by_email(conn: &mut Conn, email: &str) -> Result<Vec<PersonRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(person::table
            .filter(person::email.eq(email.to_lowercase()))
            .order(person::id)
            .limit(10)
            .select(PersonRow::as_select())
            .load(conn)?)
    })
}

/// A person by row id, and whether somebody else has the same address.
pub fn find_recipient(conn: &mut Conn, id: i64) -> Result<(PersonRow, bool), StoreError> {
    let other = diesel::alias!(person as other);
    let shares = other
        .field(person::email)
        .eq(person::email)
        .and(other.field(person::id).ne(person::id));
    on_database!(conn, |conn| {
        let (person, sharing) = person::table
            .left_join(other.on(shares))
            .filter(person::id.eq(id))
            .select((PersonRow::as_select(), other.field(person::id).nullable()))
            .first::<(PersonRow, Option<i64>)>(conn)?;
        Ok((person, sharing.is_some()))
    })
}

/// A person's memberships, by election.
pub fn list_memberships(conn: &mut Conn, person_id: i64) -> Result<Vec<MemberRow>, StoreError> {
    Ok(roster_member::table
        .filter(roster_member::person_id.eq(person_id))
        .order(roster_member::election_id)
        .select(MemberRow::as_select())
        .load(conn)?)
}

/// A person's membership of one election's roster.
pub fn find_member(
    conn: &mut Conn,
    election_id: &str,
    person_id: i64,
) -> Result<Option<MemberRow>, StoreError> {
    Ok(roster_member::table
        .filter(roster_member::election_id.eq(election_id))
        .filter(roster_member::person_id.eq(person_id))
        .select(MemberRow::as_select())
        .first(conn)
        .optional()?)
}

/// A membership by row id.
pub fn find_member_by_id(conn: &mut Conn, id: i64) -> Result<MemberRow, StoreError> {
    Ok(roster_member::table
        .find(id)
        .select(MemberRow::as_select())
        .first(conn)?)
}

/// A membership with all that a signer's step depends on.
#[derive(Queryable)]
pub struct PlaceRow {
    /// The membership.
    pub member: MemberRow,
    /// Whose.
    pub person: PersonRow,
    /// Of which election.
    pub election: ElectionRow,
    /// The live (or disputed) signature.
    pub live: Option<LiveRow>,
    /// What waits for its code.
    pub pending: Option<PendingRow>,
}

/// A person's membership of one election's roster, with all around it.
pub fn find_place(
    conn: &mut Conn,
    election_id: &str,
    person_id: i64,
) -> Result<Option<PlaceRow>, StoreError> {
    let is_live = signature::live_member_id.eq(roster_member::id.nullable());
    on_database!(conn, |conn| {
        Ok(roster_member::table
            .inner_join(person::table)
            .inner_join(election::table)
            .left_join(signature::table.on(is_live))
            .left_join(pending_statement::table)
            .filter(roster_member::election_id.eq(election_id))
            .filter(roster_member::person_id.eq(person_id))
            .select((
                MemberRow::as_select(),
                PersonRow::as_select(),
                ElectionRow::as_select(),
                Option::<LiveRow>::as_select(),
                Option::<PendingRow>::as_select(),
            ))
            .first(conn)
            .optional()?)
    })
}

/// M: how many labels are on.
pub fn count_required(conn: &mut Conn, election_id: &str) -> Result<i64, StoreError> {
    Ok(roster_member::table
        .filter(roster_member::election_id.eq(election_id))
        .filter(roster_member::state.eq("required"))
        .count()
        .get_result(conn)?)
}

/// How many were on the roster, are off it now, and have no signature that stands.
pub fn count_off_unsigned(conn: &mut Conn, election_id: &str) -> Result<i64, StoreError> {
    let signed = signature::table.filter(signature::live_member_id.eq(roster_member::id.nullable()));
    Ok(roster_member::table
        .filter(roster_member::election_id.eq(election_id))
        .filter(roster_member::off_index.is_not_null())
        .filter(roster_member::state.ne("required"))
        .filter(diesel::dsl::not(diesel::dsl::exists(signed)))
        .count()
        .get_result(conn)?)
}

/// Notes the first time something happened to a member's invitation.
pub fn note_invited(conn: &mut Conn, member_id: i64, now_s: i64) -> Result<(), StoreError> {
    diesel::update(roster_member::table.find(member_id))
        .filter(roster_member::invited_s.is_null())
        .set(roster_member::invited_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(())
}

/// Notes that a member's link was opened, in every election that asks the person.
pub fn note_opened(conn: &mut Conn, person_id: i64, now_s: i64) -> Result<(), StoreError> {
    diesel::update(roster_member::table.filter(roster_member::person_id.eq(person_id)))
        .filter(roster_member::opened_s.is_null())
        .set(roster_member::opened_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(())
}

/// Notes that a person's mailbox refused mail for good.
pub fn note_bounced(conn: &mut Conn, person_id: i64, now_s: i64) -> Result<(), StoreError> {
    diesel::update(roster_member::table.filter(roster_member::person_id.eq(person_id)))
        .set(roster_member::bounced_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(())
}

/// Forgets that mail was refused: the person has another address now.
pub fn clear_bounced(conn: &mut Conn, person_id: i64) -> Result<(), StoreError> {
    diesel::update(roster_member::table.filter(roster_member::person_id.eq(person_id)))
        .set(roster_member::bounced_s.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
}

/// A label of an election with its salt and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenableRow {
    /// The label.
    pub label: Vec<u8>,
    /// Its salt.
    pub salt: Vec<u8>,
    /// The person's current number first, then former ones.
    pub numbers: Vec<String>,
}

/// Whoever sees it knows whose label it is.
impl std::fmt::Debug for OpenableRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenableRow(***)")
    }
}

/// Label, salt, person and current number, as they are stored.
type Openable = (Option<Vec<u8>>, Option<Vec<u8>>, i64, String);

/// Labels of an election beyond a label, ascending, on or off, but for those whose person's data were erased.
pub fn list_openable(
    conn: &mut Conn,
    election_id: &str,
    after: &[u8],
    limit: i64,
) -> Result<Vec<OpenableRow>, StoreError> {
    let rows: Vec<Openable> = roster_member::table
        .inner_join(person::table)
        .filter(roster_member::election_id.eq(election_id))
        .filter(roster_member::label.gt(after.to_vec()))
        .filter(roster_member::label_salt.is_not_null())
        .order(roster_member::label)
        .limit(limit)
        .select((
            roster_member::label,
            roster_member::label_salt,
            person::id,
            person::nip,
        ))
        .load(conn)?;
    let people: Vec<i64> = rows.iter().map(|(_, _, person_id, _)| *person_id).collect();
    let aliases: Vec<(i64, String)> = person_alias::table
        .filter(person_alias::person_id.eq_any(people))
        .order(person_alias::nip)
        .select((person_alias::person_id, person_alias::nip))
        .load(conn)?;
    let mut former: HashMap<i64, Vec<String>> = HashMap::new();
    for (person_id, nip) in aliases {
        former.entry(person_id).or_default().push(nip);
    }
    Ok(rows
        .into_iter()
        .filter_map(|(label, salt, person_id, nip)| {
            let mut numbers = vec![nip];
            numbers.extend(former.get(&person_id).into_iter().flatten().cloned());
            Some(OpenableRow {
                label: label?,
                salt: salt?,
                numbers,
            })
        })
        .collect())
}
