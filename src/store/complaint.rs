//! Authorities and the complaints they sent; lists of them are in [`list`]. Absent: what the linkage proposed and people decided
//! ([`super::crossref`]).

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::schema::authority;
use crate::store::schema::complaint;

pub mod list;

/// A body that receives complaints.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = authority)]
pub struct AuthorityRow {
    /// Row id.
    pub id: i64,
    /// Short name in commands and addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// First day, ISO.
    pub valid_from: Option<String>,
    /// Last day, ISO.
    pub valid_to: Option<String>,
}

/// A complaint as received.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = complaint)]
pub struct ComplaintRow {
    /// Row id.
    pub id: i64,
    /// Who sent it.
    pub authority_id: i64,
    /// The authority's own number.
    pub reference: String,
    /// Channel.
    pub channel: String,
    /// The name as written.
    pub accused_name: String,
    /// Unit.
    pub unit: String,
    /// City.
    pub city: String,
    /// Position.
    pub position: String,
    /// NIP or part of one.
    pub nip_fragment: String,
    /// Account.
    pub handle: String,
    /// ISO day, with its zone in brackets where the complaint names one.
    pub incident_date: Option<String>,
    /// JSON list of title and content.
    pub as_received: String,
    /// Unix seconds.
    pub received_s: i64,
    /// `received`, `identified` or `nobody`.
    pub state: String,
    /// The decision that waits for a second examiner.
    pub first_answer_id: Option<i64>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for ComplaintRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ComplaintRow({})", self.id)
    }
}

/// A complaint before it has a row.
#[derive(Insertable)]
#[diesel(table_name = complaint)]
pub struct NewComplaint<'a> {
    /// Who sent it.
    pub authority_id: i64,
    /// The authority's own number.
    pub reference: &'a str,
    /// Channel.
    pub channel: &'a str,
    /// The name as written.
    pub accused_name: &'a str,
    /// Unit.
    pub unit: &'a str,
    /// City.
    pub city: &'a str,
    /// Position.
    pub position: &'a str,
    /// NIP or part of one.
    pub nip_fragment: &'a str,
    /// Account.
    pub handle: &'a str,
    /// ISO day.
    pub incident_date: Option<String>,
    /// JSON list of title and content.
    pub as_received: &'a str,
    /// Unix seconds.
    pub received_s: i64,
    /// `received`.
    pub state: &'a str,
}

/// Adds an authority; [`StoreError::Conflict`] where the slug is taken.
pub fn insert_authority(
    conn: &mut Conn,
    slug: &str,
    name: &str,
    valid_from: Option<&str>,
    valid_to: Option<&str>,
) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(authority::table)
        .values((
            authority::slug.eq(slug),
            authority::name.eq(name),
            authority::valid_from.eq(valid_from),
            authority::valid_to.eq(valid_to),
        ))
        .returning(authority::id)
        .get_result(conn)?)
}

/// An authority by its slug.
pub fn find_authority(conn: &mut Conn, slug: &str) -> Result<Option<AuthorityRow>, StoreError> {
    Ok(authority::table
        .filter(authority::slug.eq(slug))
        .select(AuthorityRow::as_select())
        .first(conn)
        .optional()?)
}

/// An authority by row id.
pub fn find_authority_by_id(conn: &mut Conn, id: i64) -> Result<AuthorityRow, StoreError> {
    Ok(authority::table
        .find(id)
        .select(AuthorityRow::as_select())
        .first(conn)?)
}

/// All authorities, by name.
pub fn list_authorities(conn: &mut Conn) -> Result<Vec<AuthorityRow>, StoreError> {
    Ok(authority::table
        .order((authority::name, authority::id))
        .select(AuthorityRow::as_select())
        .load(conn)?)
}

/// Adds a complaint; [`StoreError::Conflict`] where the authority sent this reference before.
pub fn insert(conn: &mut Conn, row: &NewComplaint<'_>) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(complaint::table)
        .values(row)
        .returning(complaint::id)
        .get_result(conn)?)
}

/// A complaint by row id.
pub fn find(conn: &mut Conn, id: i64) -> Result<ComplaintRow, StoreError> {
    Ok(complaint::table
        .find(id)
        .select(ComplaintRow::as_select())
        .first(conn)?)
}

/// A complaint by the authority's own number.
pub fn find_by_reference(
    conn: &mut Conn,
    authority_id: i64,
    reference: &str,
) -> Result<Option<ComplaintRow>, StoreError> {
    Ok(complaint::table
        .filter(complaint::authority_id.eq(authority_id))
        .filter(complaint::reference.eq(reference))
        .select(ComplaintRow::as_select())
        .first(conn)
        .optional()?)
}

/// Notes where a complaint stands, and which decision waits for a second examiner.
pub fn set_standing(
    conn: &mut Conn,
    id: i64,
    state: &str,
    first_answer_id: Option<i64>,
) -> Result<(), StoreError> {
    diesel::update(complaint::table.find(id))
        .set((
            complaint::state.eq(state),
            complaint::first_answer_id.eq(first_answer_id),
        ))
        .execute(conn)?;
    Ok(())
}
