//! `/erasures`: finding a person, what still needs their data, holds, and the act that two officers sign to erase them.
//!
//! Absent: what goes and what stays ([`crate::service::erasure`]), the signatures ([`crate::web::acts`]).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;

use crate::app;
use crate::domain::nip::Nip;
use crate::domain::role::Action;
use crate::domain::text::Id;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::access::Subject;
use crate::service::erasure;
use crate::service::erasure::Found;
use crate::service::erasure::Membership;
use crate::service::journal;
use crate::web::act::About;
use crate::web::act::Draft;
use crate::web::act::refusal;
use crate::web::election::FieldError;
use crate::web::election::field_errors;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// The search.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

#[derive(Serialize)]
struct Person {
    id: i64,
    name: String,
    nip: String,
    unit: String,
    holds: Vec<Hold>,
    memberships: Vec<Membership>,
}

#[derive(Serialize)]
struct Hold {
    id: i64,
    reason: String,
    set_s: i64,
}

impl From<Found> for Person {
    fn from(found: Found) -> Self {
        let person = found.person;
        Self {
            id: person.id,
            nip: Nip::parse(&person.nip).map_or_else(|_odd| person.nip.clone(), |nip| nip.spaced()),
            name: person.name,
            unit: person.unit,
            holds: found
                .holds
                .into_iter()
                .map(|hold| Hold {
                    id: hold.id,
                    reason: hold.reason,
                    set_s: hold.set_s,
                })
                .collect(),
            memberships: found.memberships,
        }
    }
}

#[derive(Serialize)]
struct Ground {
    value: &'static str,
    label: String,
}

#[derive(Serialize)]
struct Page {
    q: String,
    people: Vec<Person>,
    grounds: Vec<Ground>,
    errors: Vec<FieldError>,
}

async fn page(
    officer: &OfficerVisitor,
    status: StatusCode,
    q: String,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let words = q.trim().to_owned();
    let people = if words.is_empty() {
        Vec::new()
    } else {
        officer
            .note("people-searched", "for an erasure".to_owned())
            .await?;
        app.read(move |conn| erasure::search(conn, &words)).await?
    };
    let grounds = erasure::GROUNDS
        .into_iter()
        .map(|value| {
            let key = format!("erasure-ground-{value}");
            Ok(Ground {
                value,
                label: app.render().text(officer.visitor.lang, &key, &[])?,
            })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let page = Page {
        q,
        people: people.into_iter().map(Person::from).collect(),
        grounds,
        errors,
    };
    officer.visitor.page_with(status, "erasure/list", page)
}

/// `GET /erasures?q=…`.
pub async fn list(officer: OfficerVisitor, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    officer.check(Action::EraseData)?;
    page(&officer, StatusCode::OK, asked.into_inner().q, Vec::new()).await
}

/// What is to be erased, and on what ground.
#[derive(Deserialize)]
pub struct DraftForm {
    member: i64,
    ground: String,
    #[serde(default)]
    q: String,
}

/// `POST /erasures/draft`: the act that two officers sign; or the page again, with what the data wait for.
pub async fn draft(officer: OfficerVisitor, form: Form<DraftForm>) -> Result<HttpResponse, Failure> {
    officer.check(Action::EraseData)?;
    let app = &officer.visitor.app;
    let (form, nonce, now_s) = (form.into_inner(), app::random()?, app.now_s());
    officer
        .note("erasure-drafted", format!("member {}", form.member))
        .await?;
    let ground: Id = form.ground.parse().map_err(Failure::malformed)?;
    let drafted = app
        .read(move |conn| {
            let body = erasure::draft(conn, form.member, &ground, nonce)?;
            let about = About::of(conn, &body, now_s)?;
            Ok((body, about))
        })
        .await;
    match drafted {
        Ok((body, about)) => {
            let draft = Draft::new(&app.origin()?, officer.officer.account.id, &body)?.about(about);
            officer.visitor.page("election/draft", draft)
        }
        Err(error) => refuse(&officer, form.q, error).await,
    }
}

async fn refuse(officer: &OfficerVisitor, q: String, error: Error) -> Result<HttpResponse, Failure> {
    let Some(problem) = refusal(&error).cloned() else {
        return Err(error.into());
    };
    let errors = field_errors(&officer.visitor, &vec![("q", problem)])?;
    page(officer, Failure::from(error).status, q, errors).await
}

/// Whose data must stay, and why.
#[derive(Deserialize)]
pub struct HoldForm {
    person: i64,
    #[serde(default)]
    reason: String,
}

/// `POST /erasures/hold`.
pub async fn hold(officer: OfficerVisitor, form: Form<HoldForm>) -> Result<HttpResponse, Failure> {
    officer.check(Action::EraseData)?;
    let app = &officer.visitor.app;
    let (form, now_s, account_id) = (form.into_inner(), app.now_s(), officer.officer.account.id);
    let held = app
        .write(move |conn| {
            let id = erasure::hold(conn, form.person, &form.reason, Some(account_id), now_s)?;
            let subject = format!("person {}, hold {id}", form.person);
            journal::note(
                conn,
                now_s,
                Some(Subject::Account(account_id)),
                "hold-set",
                &subject,
            )
        })
        .await;
    match held {
        Ok(()) => officer
            .visitor
            .go("/erasures", FlashKind::Good, "erasure-flash-held"),
        Err(error) => refuse(&officer, String::new(), error).await,
    }
}

/// `POST /erasures/hold/{id}/lift`.
pub async fn lift(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    officer.check(Action::EraseData)?;
    let (id, now_s, account_id) = (
        id.into_inner(),
        officer.visitor.app.now_s(),
        officer.officer.account.id,
    );
    officer
        .visitor
        .app
        .write(move |conn| {
            erasure::lift(conn, id, now_s)?;
            let subject = format!("hold {id}");
            journal::note(
                conn,
                now_s,
                Some(Subject::Account(account_id)),
                "hold-lifted",
                &subject,
            )
        })
        .await?;
    officer
        .visitor
        .go("/erasures", FlashKind::Good, "erasure-flash-lifted")
}
