//! `/hr`: how far an election has come, who has not signed, and asking them. Every filter is an address.
//!
//! Absent: what counts ([`crate::service::dashboard`], [`crate::domain::tally`]); files ([`export`]).

use actix_web::HttpResponse;
use actix_web::web::Form;
use actix_web::web::Query;
use serde::Deserialize;

use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Conn;
use crate::service::Error;
use crate::service::access::Officer;
use crate::service::access::Subject;
use crate::service::dashboard;
use crate::service::dashboard::Filter;
use crate::service::dashboard::Member;
use crate::service::election;
use crate::service::election::ElectionRow;
use crate::service::journal;
use crate::service::roster;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

pub mod export;
mod view;

/// A filter as an address or a form carries it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    election: String,
    unit: String,
    state: String,
    q: String,
    page: usize,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            unit: self.unit.clone(),
            state: self.state.clone(),
            query: self.q.trim().to_owned(),
        }
    }
}

/// The election asked for; without one, an open one before any other.
fn choose(conn: &mut Conn, asked: &str, now_s: i64) -> Result<Option<ElectionRow>, Error> {
    if !asked.is_empty() {
        return Ok(Some(election::find(conn, asked)?.ok_or(Error::NotFound)?));
    }
    let mut rows = election::list(conn)?;
    let open = rows
        .iter()
        .position(|row| election::stage(row, now_s) == crate::domain::election::Stage::Open);
    let index = open.unwrap_or(0);
    Ok((index < rows.len()).then(|| rows.swap_remove(index)))
}

/// Refuses officers none of whose roles allows an action, for whatever unit.
fn check(officer: &Officer, action: Action) -> Result<(), Error> {
    let anywhere = officer.roles.iter().any(|(role, scope)| {
        let unit = match scope {
            crate::domain::role::Scope::Installation => None,
            crate::domain::role::Scope::Unit(unit) => Some(unit),
        };
        crate::domain::role::may(*role, scope, action, unit)
    });
    if anywhere { Ok(()) } else { Err(Error::Forbidden) }
}

/// `GET /hr`.
pub async fn dashboard(officer: OfficerVisitor, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    check(&officer.officer, Action::ViewDashboard)?;
    let app = officer.visitor.app.clone();
    let (asked, now_s, who) = (asked.into_inner(), app.now_s(), officer.officer.clone());
    let names = check(&who, Action::ListPeople).is_ok();
    let page = app
        .read(move |conn| {
            let elections = election::list(conn)?;
            let Some(row) = choose(conn, &asked.election, now_s)? else {
                return Ok(None);
            };
            let members = dashboard::list(conn, &who, Action::ViewDashboard, &row, now_s)?;
            let last = roster::find_last_confirmed(conn, &row.id)?;
            let standing = election::standing(conn, &row, now_s)?;
            Ok(Some(view::Page::new(
                &asked,
                &elections,
                &row,
                &members,
                (last, standing),
                (&who, now_s),
            )))
        })
        .await?;
    let Some(page) = page else {
        return officer.visitor.page("hr/none", ());
    };
    if names {
        officer
            .note("people-viewed", format!("election {}", page.election()))
            .await?;
    }
    officer.visitor.page("hr/dashboard", page)
}

/// Everybody the filter takes, for a file.
async fn filtered(
    officer: &OfficerVisitor,
    asked: Asked,
    action: Action,
) -> Result<(ElectionRow, Vec<Member>), Failure> {
    let (who, now_s) = (officer.officer.clone(), officer.visitor.app.now_s());
    Ok(officer
        .visitor
        .app
        .read(move |conn| {
            let row = choose(conn, &asked.election, now_s)?.ok_or(Error::NotFound)?;
            let filter = asked.filter();
            let mut members = dashboard::list(conn, &who, action, &row, now_s)?;
            members.retain(|member| filter.takes(member));
            Ok((row, members))
        })
        .await?)
}

/// `POST /hr/invite`: everybody of the filter who was never invited.
pub async fn invite(officer: OfficerVisitor, asked: Form<Asked>) -> Result<HttpResponse, Failure> {
    ask(officer, asked.into_inner(), dashboard::invite, "people-invited").await
}

/// `POST /hr/remind`: everybody of the filter who was invited, has not signed and had no mail within a day.
pub async fn remind(officer: OfficerVisitor, asked: Form<Asked>) -> Result<HttpResponse, Failure> {
    ask(officer, asked.into_inner(), dashboard::remind, "people-reminded").await
}

type Asking = fn(&mut Conn, &Officer, &str, &Filter, i64) -> Result<usize, Error>;

async fn ask(
    officer: OfficerVisitor,
    asked: Asked,
    asking: Asking,
    action: &'static str,
) -> Result<HttpResponse, Failure> {
    check(&officer.officer, Action::Invite)?;
    let app = &officer.visitor.app;
    let (who, now_s) = (officer.officer.clone(), app.now_s());
    let (filter, election_id) = (asked.filter(), asked.election.clone());
    let count = app
        .write(move |conn| {
            let count = asking(conn, &who, &election_id, &filter, now_s)?;
            let subject = format!("election {election_id}, {count} people");
            journal::note(
                conn,
                now_s,
                Some(Subject::Account(who.account.id)),
                action,
                &subject,
            )?;
            Ok(count)
        })
        .await?;
    let back = view::address("/hr", &asked, &asked.state, &asked.unit);
    if count == 0 {
        officer.visitor.go(&back, FlashKind::Info, "hr-asked-nobody")
    } else {
        officer.visitor.go(&back, FlashKind::Good, "hr-asked")
    }
}
