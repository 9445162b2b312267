//! One complaint, typed by hand. Absent: a file of them ([`super::file`]).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::complaint::Field;
use crate::domain::complaint::Reason;
use crate::domain::complaint::Received;
use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::complaint;
use crate::service::complaint::Different;
use crate::service::complaint::Taken;
use crate::web::complaint::intake::authorities;
use crate::web::complaint::intake::error;
use crate::web::complaint::intake::note_different;
use crate::web::complaint::intake::take;
use crate::web::complaint::view::Choice;
use crate::web::complaint::view::FieldError;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// A complaint as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Typed {
    #[serde(default)]
    authority: String,
    #[serde(default)]
    complaint_id: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    accused_name: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    position: String,
    #[serde(default)]
    nip_fragment: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    incident_date: String,
    #[serde(default)]
    note: String,
}

impl Typed {
    fn pairs(&self) -> Vec<(String, String)> {
        [
            ("complaint_id", &self.complaint_id),
            ("channel", &self.channel),
            ("accused_name", &self.accused_name),
            ("unit", &self.unit),
            ("city", &self.city),
            ("position", &self.position),
            ("nip_fragment", &self.nip_fragment),
            ("handle", &self.handle),
            ("incident_date", &self.incident_date),
            ("note", &self.note),
        ]
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(title, text)| (title.to_owned(), text.clone()))
        .collect()
    }
}

#[derive(Serialize)]
struct NewPage {
    authorities: Vec<Choice>,
    typed: Typed,
    errors: Vec<FieldError>,
    different: Option<Different>,
}

/// `GET /complaints/new`.
pub async fn form(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportComplaints)?;
    page(&officer, StatusCode::OK, Typed::default(), Vec::new(), None).await
}

/// `POST /complaints/new`.
pub async fn add(officer: OfficerVisitor, form: Form<Typed>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportComplaints)?;
    let typed = form.into_inner();
    let received = match Received::new(typed.pairs()) {
        Ok(received) => received,
        Err((field, reason)) => {
            let errors = vec![refusal(&officer, field, &reason)?];
            return page(&officer, StatusCode::UNPROCESSABLE_ENTITY, typed, errors, None).await;
        }
    };
    let app = officer.visitor.app.clone();
    let (reader, slug) = (app.clone(), typed.authority.clone());
    let prepared = app
        .read(move |conn| {
            let Some(authority) = complaint::find_authority(conn, &slug)? else {
                return Ok(None);
            };
            let proposal = reader.rosters().current(conn)?.propose(&received);
            Ok(Some((authority.id, received, proposal)))
        })
        .await?;
    let Some((authority_id, received, proposal)) = prepared else {
        let errors = vec![error(&officer, "authority", "complaint-problem-authority")?];
        return page(&officer, StatusCode::UNPROCESSABLE_ENTITY, typed, errors, None).await;
    };
    let taken = take(&officer, authority_id, vec![(received, proposal)])
        .await?
        .pop();
    let go = |id: i64, kind, key| officer.visitor.go(&format!("/complaints/{id}"), kind, key);
    match taken {
        Some(Taken::Added(id)) => go(id, FlashKind::Good, "complaint-added"),
        Some(Taken::Unchanged(id)) => go(id, FlashKind::Info, "complaint-known"),
        Some(Taken::Different(different)) => {
            note_different(&officer, std::slice::from_ref(&different)).await?;
            let errors = vec![error(&officer, "complaint_id", "complaint-problem-different")?];
            page(&officer, StatusCode::CONFLICT, typed, errors, Some(different)).await
        }
        None => Err(Error::internal("a complaint without an answer").into()),
    }
}

fn refusal(officer: &OfficerVisitor, field: Option<Field>, reason: &Reason) -> Result<FieldError, Failure> {
    let key = format!("complaint-reason-{}", reason.key());
    let visitor = &officer.visitor;
    let text = visitor.app.render().text(visitor.lang, &key, &[])?;
    Ok(FieldError {
        field: field.map_or("accused_name", Field::key),
        text,
    })
}

async fn page(
    officer: &OfficerVisitor,
    status: StatusCode,
    typed: Typed,
    errors: Vec<FieldError>,
    different: Option<Different>,
) -> Result<HttpResponse, Failure> {
    let content = NewPage {
        authorities: authorities(officer).await?,
        typed,
        errors,
        different,
    };
    officer.visitor.page_with(status, "complaint/new", content)
}
