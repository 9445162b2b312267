//! Complaints as examiners look through them: filtered, counted, one after the other. Absent: one complaint ([`super`]).

use diesel::Connection;
use diesel::dsl::IntoBoxed;
use diesel::dsl::LeftJoin;
use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::complaint::ComplaintRow;
use crate::store::crossref::CrossrefRow;
use crate::store::schema::complaint;
use crate::store::schema::crossref;
use crate::store::schema::crossref_decision;

/// What a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `received`, `identified` or `nobody`.
    pub state: Option<String>,
    /// Whether an answer, or the wish to reopen, waits for a second examiner.
    pub waits: Option<bool>,
    /// The proposal: `match`, `possible`, `conflict` or `none`, of which every proposal is one.
    pub proposal: Option<String>,
    /// Row id of the authority.
    pub authority_id: Option<i64>,
    /// The beginning of a reference.
    pub reference: Option<String>,
    /// Received before this moment, Unix seconds.
    pub before_s: Option<i64>,
}

/// Complaints with their newest proposal, if there is one.
type Listed<'a> = IntoBoxed<'a, LeftJoin<complaint::table, crossref::table>, <Conn as Connection>::Backend>;

fn filtered(filter: &Filter) -> Listed<'static> {
    let mut query = complaint::table.left_join(crossref::table).into_boxed();
    if let Some(state) = &filter.state {
        query = query.filter(complaint::state.eq(state.clone()));
    }
    query = match filter.waits {
        None => query,
        Some(true) => query.filter(complaint::first_answer_id.is_not_null()),
        Some(false) => query.filter(complaint::first_answer_id.is_null()),
    };
    match filter.proposal.as_deref() {
        None => {}
        Some("conflict") => query = query.filter(crossref::conflict.eq(true)),
        Some(class) => {
            query = query
                .filter(crossref::conflict.eq(false))
                .filter(crossref::decision.eq(class.to_owned()));
        }
    }
    if let Some(id) = filter.authority_id {
        query = query.filter(complaint::authority_id.eq(id));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(complaint::reference.like(beginning(reference)).escape('\\'));
    }
    if let Some(before_s) = filter.before_s {
        query = query.filter(complaint::received_s.lt(before_s));
    }
    query
}

/// One page of complaints with their proposal, the latest first.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<Vec<(ComplaintRow, Option<CrossrefRow>)>, StoreError> {
    Ok(filtered(filter)
        .order((complaint::received_s.desc(), complaint::id.desc()))
        .offset(offset)
        .limit(limit)
        .select((ComplaintRow::as_select(), Option::<CrossrefRow>::as_select()))
        .load(conn)?)
}

/// How many complaints a list would show.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(filtered(filter).count().get_result(conn)?)
}

/// The complaint that has waited longest, of those received after `after` (second and row id), for an answer of this account: one
/// that is open or asked to be reopened, and that no first answer of its own waits in. Not the complaint `but`.
pub fn find_next(
    conn: &mut Conn,
    filter: &Filter,
    account_id: i64,
    after: Option<(i64, i64)>,
    but: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    let of_others = crossref_decision::table
        .filter(crossref_decision::account_id.ne(account_id))
        .select(crossref_decision::id.nullable());
    let mut query = filtered(filter)
        .filter(
            complaint::state
                .eq("received")
                .or(complaint::first_answer_id.is_not_null()),
        )
        .filter(
            complaint::first_answer_id
                .is_null()
                .or(complaint::first_answer_id.eq_any(of_others).assume_not_null()),
        );
    if let Some((second, id)) = after {
        query = query.filter(
            complaint::received_s
                .gt(second)
                .or(complaint::received_s.eq(second).and(complaint::id.gt(id))),
        );
    }
    if let Some(id) = but {
        query = query.filter(complaint::id.ne(id));
    }
    Ok(query
        .order((complaint::received_s, complaint::id))
        .select(complaint::id)
        .first(conn)
        .optional()?)
}

/// How many undecided complaints have a proposal of another model or roster, or none. Those that wait for a second examiner are
/// not among them: both answer about one proposal.
pub fn count_stale(conn: &mut Conn, model: &str, snapshot: &str) -> Result<i64, StoreError> {
    Ok(stale(model, snapshot).count().get_result(conn)?)
}

/// These complaints, by row id, after `after`: a page of a walk.
pub fn list_stale(
    conn: &mut Conn,
    (model, snapshot): (&str, &str),
    after: i64,
    limit: i64,
) -> Result<Vec<ComplaintRow>, StoreError> {
    Ok(stale(model, snapshot)
        .filter(complaint::id.gt(after))
        .order(complaint::id)
        .limit(limit)
        .select(ComplaintRow::as_select())
        .load(conn)?)
}

fn stale(model: &str, snapshot: &str) -> Listed<'static> {
    let undecided = Filter {
        state: Some("received".to_owned()),
        waits: Some(false),
        ..Filter::default()
    };
    filtered(&undecided).filter(
        crossref::complaint_id
            .nullable()
            .is_null()
            .or(crossref::model_version
                .ne(model.to_owned())
                .or(crossref::roster_snapshot.ne(snapshot.to_owned()))
                .assume_not_null()),
    )
}

fn beginning(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{text}%")
}
