//! Complaints for examiners: the list, one complaint beside its candidates, an officer's decision, the authorities.
//!
//! Taking complaints in is in [`intake`], who sends them in [`authority`], what the pages show in `view`. A proposal is worded as a proposal everywhere: no
//! machine decides about a person (UU 27/2022).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;

use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::access::Subject;
use crate::service::complaint;
use crate::service::crossref;
use crate::service::crossref::Outcome;
use crate::service::journal;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

pub mod authority;
pub mod intake;
mod view;

use view::CasePage;
use view::FieldError;
use view::Typed;

/// Complaints on one page of the list.
const PAGE: i64 = 25;

/// The list's address: what is shown, and which page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    proposal: String,
    #[serde(default)]
    authority: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

/// `GET /complaints`: the list for examiners, figures alone for whoever may only see those.
pub async fn list(officer: OfficerVisitor, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let people = officer.officer.may(Action::ViewComplaints, None);
    if !people {
        officer.check(Action::ViewComplaintFigures)?;
    }
    let query = query.into_inner();
    let page = officer
        .visitor
        .app
        .read(move |conn| view::list(conn, &query, people, PAGE))
        .await?;
    if people {
        note(&officer, "complaints-listed", String::new()).await?;
    }
    officer.visitor.page("complaint/list", page)
}

/// What a page of one complaint may be asked to show besides.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CaseQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    complainant: String,
}

/// `GET /complaints/{id}`.
pub async fn show(
    officer: OfficerVisitor,
    id: Path<i64>,
    query: Query<CaseQuery>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::ViewComplaints)?;
    let complainant = query.complainant == "show";
    if complainant {
        officer.check(Action::ViewComplainant)?;
    }
    let typed = Typed {
        search: query.into_inner().q,
        complainant,
        ..Typed::default()
    };
    let page = load(&officer, *id, typed, Vec::new()).await?;
    let action = if complainant {
        "complainant-viewed"
    } else {
        "complaint-viewed"
    };
    note(&officer, action, format!("complaint {id}")).await?;
    officer.visitor.page("complaint/show", page)
}

/// An officer's answer as the form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DecideForm {
    #[serde(default)]
    who: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    q: String,
}

/// `POST /complaints/{id}/decide`.
pub async fn decide(
    officer: OfficerVisitor,
    id: Path<i64>,
    form: Form<DecideForm>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let form = form.into_inner();
    let outcome = match form.who.as_str() {
        "nobody" => Some(Outcome::Nobody),
        who => who.parse().ok().map(Outcome::Person),
    };
    let Some(outcome) = outcome else {
        return again(&officer, *id, form, "who", "case-problem-who").await;
    };
    record(&officer, *id, outcome, form, "case-decided").await
}

/// `POST /complaints/{id}/reopen`.
pub async fn reopen(
    officer: OfficerVisitor,
    id: Path<i64>,
    form: Form<DecideForm>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    record(
        &officer,
        *id,
        Outcome::Reopened,
        form.into_inner(),
        "case-reopened",
    )
    .await
}

/// `POST /complaints/{id}/compare`: the comparison once more, with the roster as it is now.
pub async fn compare(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let (app, id) = (officer.visitor.app.clone(), *id);
    let reader = app.clone();
    let proposal = app
        .read(move |conn| {
            let row = complaint::find(conn, id)?;
            Ok(reader
                .rosters()
                .current(conn)?
                .propose(&complaint::received(&row)?))
        })
        .await?;
    let now_s = app.now_s();
    let actor = Some(Subject::Account(officer.officer.account.id));
    app.write(move |conn| {
        crossref::save(conn, id, &proposal, now_s)?;
        journal::note(
            conn,
            now_s,
            actor,
            "complaint-compared",
            &format!("complaint {id}"),
        )
    })
    .await?;
    officer
        .visitor
        .go(&format!("/complaints/{id}"), FlashKind::Good, "case-compared")
}

async fn record(
    officer: &OfficerVisitor,
    id: i64,
    outcome: Outcome,
    form: DecideForm,
    done: &'static str,
) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let (account_id, reason, now_s) = (officer.officer.account.id, form.reason.clone(), app.now_s());
    let made = app
        .write(move |conn| {
            let decision = crossref::decide(conn, id, outcome, account_id, &reason, now_s)?;
            let actor = Some(Subject::Account(account_id));
            let subject = format!("complaint {id} decision {decision}");
            journal::note(conn, now_s, actor, "complaint-decided", &subject)
        })
        .await;
    match made {
        Ok(()) => officer
            .visitor
            .go(&format!("/complaints/{id}"), FlashKind::Good, done),
        Err(Error::Invalid(problem)) => {
            let text = officer.visitor.words(&problem)?;
            refuse(officer, id, form, "reason", text).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Writes in the journal what an officer saw or did; ids only.
async fn note(officer: &OfficerVisitor, action: &'static str, subject: String) -> Result<(), Failure> {
    let app = &officer.visitor.app;
    let (actor, now_s) = (Some(Subject::Account(officer.officer.account.id)), app.now_s());
    Ok(app
        .write(move |conn| journal::note(conn, now_s, actor, action, &subject))
        .await?)
}

async fn again(
    officer: &OfficerVisitor,
    id: i64,
    form: DecideForm,
    field: &'static str,
    key: &'static str,
) -> Result<HttpResponse, Failure> {
    let text = officer.visitor.words(&crate::service::Problem::new(key))?;
    refuse(officer, id, form, field, text).await
}

/// The page once more, with what was typed and what is wrong with it.
async fn refuse(
    officer: &OfficerVisitor,
    id: i64,
    form: DecideForm,
    field: &'static str,
    text: String,
) -> Result<HttpResponse, Failure> {
    let typed = Typed {
        who: form.who,
        reason: form.reason,
        search: form.q,
        complainant: false,
    };
    let page = load(officer, id, typed, vec![FieldError { field, text }]).await?;
    officer
        .visitor
        .page_with(StatusCode::UNPROCESSABLE_ENTITY, "complaint/show", page)
}

async fn load(
    officer: &OfficerVisitor,
    id: i64,
    typed: Typed,
    errors: Vec<FieldError>,
) -> Result<CasePage, Failure> {
    let app = officer.visitor.app.clone();
    let may_decide = officer.officer.may(Action::DecideComplaints, None);
    let page = officer
        .visitor
        .app
        .read(move |conn| {
            let roster = app.rosters().current(conn)?;
            view::case(conn, id, &roster, typed, errors, may_decide)
        })
        .await?;
    Ok(page)
}
