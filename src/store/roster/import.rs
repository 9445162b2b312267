//! Imports of a roster: the people as they stand, what an import writes, and the import's own row. Absent: what changes.

#![expect(clippy::ref_option_ref, reason = "`AsChangeset` writes it")]

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::erasure::ERASED;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;
use crate::store::schema::person;
use crate::store::schema::person_alias;
use crate::store::schema::roster_import;
use crate::store::schema::roster_member;
use crate::store::schema::signature;

/// An import, from its upload to its end.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = roster_import)]
pub struct ImportRow {
    /// Row id.
    pub id: i64,
    /// For which election.
    pub election_id: String,
    /// Name of the file as it was sent.
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_sha256: Vec<u8>,
    /// Who sent it; none for the command line.
    pub account_id: Option<i64>,
    /// Unix seconds.
    pub created_s: i64,
    /// Unix seconds.
    pub confirmed_s: Option<i64>,
    /// `reading`, `preview`, `confirmed`, `discarded` or `failed`.
    pub state: String,
    /// JSON of numbers, no personal data.
    pub counts: String,
}

/// A fresh import, before its file is read.
#[derive(Insertable)]
#[diesel(table_name = roster_import)]
pub struct NewImport<'a> {
    /// For which election.
    pub election_id: &'a str,
    /// Name of the file as it was sent.
    pub file_name: &'a str,
    /// SHA-256 of the file.
    pub file_sha256: &'a [u8],
    /// Who sends it.
    pub account_id: Option<i64>,
    /// Unix seconds.
    pub created_s: i64,
    /// `reading`.
    pub state: &'a str,
    /// JSON of numbers.
    pub counts: &'a str,
}

/// A person's columns as an import writes them.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = person, treat_none_as_null = true)]
pub struct PersonContent<'a> {
    /// Current NIP or NI PPPK.
    pub nip: &'a str,
    /// Name with titles.
    pub name: &'a str,
    /// Own unit.
    pub unit: &'a str,
    /// Units from top to bottom, joined by U+001F.
    pub unit_path: &'a str,
    /// Position.
    pub position: &'a str,
    /// City.
    pub city: &'a str,
    /// Rank and grade.
    pub grade: &'a str,
    /// Address for mail, lower case.
    pub email: Option<&'a str>,
    /// `pns`, `cpns` or `pppk`.
    pub employment: &'a str,
    /// Lower case, for search.
    pub search: &'a str,
    /// Unix seconds.
    pub updated_s: i64,
}

/// A fresh membership.
#[derive(Insertable)]
#[diesel(table_name = roster_member)]
pub struct NewMember<'a> {
    /// Election.
    pub election_id: &'a str,
    /// Person.
    pub person_id: i64,
    /// The label in the ledger.
    pub label: Option<&'a [u8]>,
    /// Its salt.
    pub label_salt: Option<&'a [u8]>,
    /// `required` or `excluded`.
    pub state: &'a str,
    /// Why excluded.
    pub reason: Option<&'a str>,
    /// The entry that added the label.
    pub added_index: Option<i64>,
}

/// What an import changes of a membership.
#[derive(AsChangeset)]
#[diesel(table_name = roster_member)]
pub struct MemberChange<'a> {
    /// `required` or `excluded`.
    pub state: &'a str,
    /// Why excluded; the outer `None` leaves it.
    pub reason: Option<Option<&'a str>>,
    /// A label, where it changes.
    pub label: Option<&'a [u8]>,
    /// Its salt.
    pub label_salt: Option<&'a [u8]>,
    /// The entry that added the label, where it changes.
    pub added_index: Option<i64>,
    /// The entry that took it off, or its being on again.
    pub off_index: Option<Option<i64>>,
}

/// Everybody known, with their place on this election's roster where they have one, by person.
pub fn list_known(
    conn: &mut Conn,
    election_id: &str,
) -> Result<Vec<(PersonRow, Option<MemberRow>)>, StoreError> {
    let of_election = roster_member::person_id
        .eq(person::id)
        .and(roster_member::election_id.eq(election_id.to_owned()));
    Ok(person::table
        .left_join(roster_member::table.on(of_election))
        .filter(person::nip.not_like(format!("{ERASED}%")))
        .order(person::id)
        .select((PersonRow::as_select(), Option::<MemberRow>::as_select()))
        .load(conn)?)
}

/// Every former number with its person.
pub fn list_aliases(conn: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(person_alias::table
        .order(person_alias::nip)
        .select((person_alias::nip, person_alias::person_id))
        .load(conn)?)
}

/// The members who have a signature of any state in an election.
pub fn list_members_with_signature(conn: &mut Conn, election_id: &str) -> Result<Vec<i64>, StoreError> {
    Ok(signature::table
        .filter(signature::election_id.eq(election_id))
        .select(signature::member_id)
        .load(conn)?)
}

/// Adds a person.
pub fn insert_person(conn: &mut Conn, content: &PersonContent<'_>) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(person::table)
        .values(content)
        .returning(person::id)
        .get_result(conn)?)
}

/// Replaces a person's columns.
pub fn update_person(conn: &mut Conn, id: i64, content: &PersonContent<'_>) -> Result<(), StoreError> {
    diesel::update(person::table.find(id))
        .set(content)
        .execute(conn)?;
    Ok(())
}

/// Keeps a former number; once is enough.
pub fn insert_alias(conn: &mut Conn, nip: &str, person_id: i64) -> Result<(), StoreError> {
    let known: i64 = person_alias::table
        .filter(person_alias::nip.eq(nip))
        .count()
        .get_result(conn)?;
    if known == 0 {
        diesel::insert_into(person_alias::table)
            .values((person_alias::nip.eq(nip), person_alias::person_id.eq(person_id)))
            .execute(conn)?;
    }
    Ok(())
}

/// Puts a person on a roster.
pub fn insert_member(conn: &mut Conn, member: &NewMember<'_>) -> Result<(), StoreError> {
    diesel::insert_into(roster_member::table)
        .values(member)
        .execute(conn)?;
    Ok(())
}

/// Changes a membership.
pub fn update_member(conn: &mut Conn, id: i64, change: &MemberChange<'_>) -> Result<(), StoreError> {
    diesel::update(roster_member::table.find(id))
        .set(change)
        .execute(conn)?;
    Ok(())
}

/// Adds an import.
pub fn insert_import(conn: &mut Conn, import: &NewImport<'_>) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(roster_import::table)
        .values(import)
        .returning(roster_import::id)
        .get_result(conn)?)
}

/// An import by row id, without its content.
pub fn find_import(conn: &mut Conn, id: i64) -> Result<Option<ImportRow>, StoreError> {
    Ok(roster_import::table
        .find(id)
        .select(ImportRow::as_select())
        .first(conn)
        .optional()?)
}

/// The content of an import that waits for its decision.
pub fn find_import_content(conn: &mut Conn, id: i64) -> Result<Option<String>, StoreError> {
    Ok(roster_import::table
        .find(id)
        .select(roster_import::content)
        .first::<Option<String>>(conn)
        .optional()?
        .flatten())
}

/// The newest imports, of one election or of all.
pub fn list_imports(
    conn: &mut Conn,
    election_id: Option<&str>,
    limit: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    let newest = || roster_import::table.order(roster_import::id.desc()).limit(limit);
    Ok(match election_id {
        Some(id) => newest()
            .filter(roster_import::election_id.eq(id.to_owned()))
            .select(ImportRow::as_select())
            .load(conn)?,
        None => newest().select(ImportRow::as_select()).load(conn)?,
    })
}

/// The newest confirmed import of an election.
pub fn find_last_confirmed(conn: &mut Conn, election_id: &str) -> Result<Option<ImportRow>, StoreError> {
    Ok(roster_import::table
        .filter(roster_import::election_id.eq(election_id))
        .filter(roster_import::state.eq("confirmed"))
        .order(roster_import::id.desc())
        .select(ImportRow::as_select())
        .first(conn)
        .optional()?)
}

/// Takes an import from one state to another; false where it was not in the first.
pub fn move_import(
    conn: &mut Conn,
    id: i64,
    (from, to): (&str, &str),
    counts: &str,
    content: Option<&str>,
    confirmed_s: Option<i64>,
) -> Result<bool, StoreError> {
    let moved = diesel::update(roster_import::table.find(id))
        .filter(roster_import::state.eq(from))
        .set((
            roster_import::state.eq(to),
            roster_import::counts.eq(counts),
            roster_import::content.eq(content),
            roster_import::confirmed_s.eq(confirmed_s),
        ))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Notes how far the reading of a file has come.
pub fn note_progress(conn: &mut Conn, id: i64, counts: &str) -> Result<(), StoreError> {
    diesel::update(roster_import::table.find(id))
        .filter(roster_import::state.eq("reading"))
        .set(roster_import::counts.eq(counts))
        .execute(conn)?;
    Ok(())
}
