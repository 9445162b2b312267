//! The bodies that send complaints: their list, and adding one. Absent: what they send ([`super::intake`]).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::access::Subject;
use crate::service::complaint;
use crate::service::journal;
use crate::web::complaint::view::FieldError;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// An authority as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Typed {
    #[serde(default)]
    slug: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    valid_to: String,
}

#[derive(Serialize)]
struct Row {
    slug: String,
    name: String,
    valid_from: String,
    valid_to: String,
}

#[derive(Serialize)]
struct Content {
    rows: Vec<Row>,
    typed: Typed,
    errors: Vec<FieldError>,
}

/// `GET /complaints/authorities`.
pub async fn form(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportComplaints)?;
    page(&officer, StatusCode::OK, Typed::default(), Vec::new()).await
}

/// `POST /complaints/authorities`.
pub async fn add(officer: OfficerVisitor, typed: Form<Typed>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportComplaints)?;
    let typed = typed.into_inner();
    let sent = typed.clone();
    let app = officer.visitor.app.clone();
    let (actor, now_s) = (Some(Subject::Account(officer.officer.account.id)), app.now_s());
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let made = app
        .write(move |conn| {
            let (from, to) = (some(&sent.valid_from), some(&sent.valid_to));
            let row =
                complaint::add_authority(conn, sent.slug.trim(), &sent.name, from.as_deref(), to.as_deref())?;
            journal::note(
                conn,
                now_s,
                actor,
                "authority-added",
                &format!("authority {}", row.id),
            )
        })
        .await;
    let problem = match made {
        Ok(()) => {
            return officer
                .visitor
                .go("/complaints/authorities", FlashKind::Good, "authority-added");
        }
        Err(Error::Invalid(problem) | Error::Conflict(problem)) => problem,
        Err(other) => return Err(other.into()),
    };
    let field = match problem.key {
        "authority-problem-name" => "name",
        "authority-problem-day" => "valid_from",
        "authority-problem-days" => "valid_to",
        _ => "slug",
    };
    let text = officer.visitor.words(&problem)?;
    let errors = vec![FieldError { field, text }];
    page(&officer, StatusCode::UNPROCESSABLE_ENTITY, typed, errors).await
}

async fn page(
    officer: &OfficerVisitor,
    status: StatusCode,
    typed: Typed,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Failure> {
    let rows = officer
        .visitor
        .app
        .read(|conn| Ok(complaint::list_authorities(conn)?))
        .await?;
    let rows = rows.into_iter().map(|row| Row {
        slug: row.slug,
        name: row.name,
        valid_from: row.valid_from.unwrap_or_default(),
        valid_to: row.valid_to.unwrap_or_default(),
    });
    let content = Content {
        rows: rows.collect(),
        typed,
        errors,
    };
    officer
        .visitor
        .page_with(status, "complaint/authorities", content)
}
