//! `/roster`: a personnel office's file comes in, is previewed, signed and confirmed, or discarded.
//!
//! Absent: what a file means ([`crate::app::roster_file`]), what changes ([`crate::service::roster`]).

use actix_web::HttpResponse;
use actix_web::web::Form;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::access::Subject;
use crate::service::election;
use crate::service::election::Standing;
use crate::service::journal;
use crate::service::roster;
use crate::service::roster::Counts;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

mod upload;
mod view;

pub use upload::upload;

use view::FormError;
use view::Import;
use view::Preview;

/// Past imports shown.
const PAST_MAX: i64 = 20;

#[derive(Serialize)]
struct Start {
    elections: Vec<view::Choice>,
    election: String,
    imports: Vec<Import>,
    errors: Vec<FormError>,
    limit_mib: usize,
}

/// `GET /roster`.
pub async fn start(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportRoster)?;
    start_page(&officer, String::new(), Vec::new()).await
}

/// The start page, with what was chosen and what is wrong with it.
async fn start_page(
    officer: &OfficerVisitor,
    election: String,
    errors: Vec<FormError>,
) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let now_s = app.now_s();
    app.write(move |conn| roster::abandon_stale(conn, now_s)).await?;
    let (standings, imports) = app
        .read(move |conn| {
            Ok((
                election::list_standings(conn, now_s)?,
                roster::list_imports(conn, None, PAST_MAX)?,
            ))
        })
        .await?;
    let page = Start {
        elections: standings.iter().filter_map(view::choice).collect(),
        election,
        imports: view::imports(&imports, &standings)?,
        limit_mib: app.config().web.upload_bytes_max >> 20,
        errors,
    };
    let status = view::status(&page.errors);
    officer.visitor.page_with(status, "roster/start", page)
}

/// What part of a preview is looked at.
#[derive(Deserialize)]
pub struct Part {
    show: Option<String>,
    page: Option<usize>,
}

/// `GET /roster/{id}`: progress, preview or result, by the import's state.
pub async fn show(
    officer: OfficerVisitor,
    id: Path<i64>,
    part: Query<Part>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportRoster)?;
    let id = id.into_inner();
    let app = &officer.visitor.app;
    let import = app.read(move |conn| roster::find(conn, id)).await?;
    let standing = standing(&officer, &import.election_id).await?;
    let shown = view::import(&import, &standing)?;
    if import.state == "reading" {
        return officer
            .visitor
            .page("roster/progress", ImportPage { import: shown });
    }
    if import.state != "preview" {
        return officer
            .visitor
            .page("roster/result", ImportPage { import: shown });
    }
    officer.note("roster-previewed", format!("import {id}")).await?;
    let account_id = officer.officer.account.id;
    let origin = app.config().origin.clone();
    let part = part.into_inner();
    let preview = app
        .read(move |conn| {
            let content = roster::content(conn, id)?;
            let show = part.show.as_deref().unwrap_or_default();
            Ok(Preview::new(
                shown,
                &content,
                show,
                part.page.unwrap_or(1),
                account_id,
                origin,
            ))
        })
        .await?;
    officer.visitor.page("roster/preview", preview)
}

#[derive(Serialize)]
struct ImportPage {
    import: Import,
}

async fn standing(officer: &OfficerVisitor, election_id: &str) -> Result<Standing, Failure> {
    let (id, now_s) = (election_id.to_owned(), officer.visitor.app.now_s());
    Ok(officer
        .visitor
        .app
        .read(move |conn| {
            let row = election::find(conn, &id)?.ok_or(Error::NotFound)?;
            election::standing(conn, &row, now_s)
        })
        .await?)
}

/// What `progress.js` asks for.
#[derive(Serialize)]
struct Progress {
    done: u8,
    total: u8,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /roster/{id}/progress`.
pub async fn progress(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportRoster)?;
    let id = id.into_inner();
    let import = officer
        .visitor
        .app
        .read(move |conn| roster::find(conn, id))
        .await?;
    let is_reading = import.state == "reading";
    let progress = Progress {
        done: if is_reading {
            Counts::of(&import)?.percent
        } else {
            100
        },
        total: 100,
        state: if is_reading { "running" } else { "done" },
        next: (!is_reading).then(|| format!("/roster/{id}")),
    };
    Ok(HttpResponse::Ok().json(Json(progress).into_inner()))
}

/// `POST /roster/{id}/confirm`: fields `key` and `signature`, one each an act, in the acts' order.
pub async fn confirm(
    officer: OfficerVisitor,
    id: Path<i64>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportRoster)?;
    let id = id.into_inner();
    let signed = upload::signatures(&form)?;
    let app = officer.visitor.app.clone();
    let origin = view::origin(&app)?;
    let now_s = app.now_s();
    let actor = Subject::Account(officer.officer.account.id);
    app.write(move |conn| {
        let acts = upload::acts(conn, &origin, id, &signed)?;
        journal::note(
            conn,
            now_s,
            Some(actor),
            "roster-imported",
            &format!("import {id}"),
        )?;
        roster::confirm(conn, &origin, id, acts, now_s)
    })
    .await?;
    officer
        .visitor
        .go(&format!("/roster/{id}"), FlashKind::Good, "roster-confirmed")
}

/// `POST /roster/{id}/discard`.
pub async fn discard(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportRoster)?;
    let id = id.into_inner();
    let (actor, now_s) = (
        Some(Subject::Account(officer.officer.account.id)),
        officer.visitor.app.now_s(),
    );
    officer
        .visitor
        .app
        .write(move |conn| {
            roster::discard(conn, id)?;
            journal::note(conn, now_s, actor, "roster-discarded", &format!("import {id}"))
        })
        .await?;
    officer.visitor.go("/roster", FlashKind::Info, "roster-discarded")
}
