//! Elections and pacts as their officers publish, amend and close them: form, draft, the signed act. Absent: the roster.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Path;
use serde::Serialize;

use crate::app;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::pact::PactText;
use crate::domain::pact_default::default_pact;
use crate::domain::role::Action;
use crate::domain::text::Id;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::election;
use crate::service::election::Standing;
use crate::web::act;
use crate::web::act::Draft;
use crate::web::act::SignedForm;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;
use crate::web::extract::Visitor;

mod form;

use form::ElectionForm;
use form::Faults;
use form::PactForm;
use form::Typed;

/// A sentence at its field.
#[derive(Serialize)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    pub(super) text: String,
}

pub(super) fn field_errors(visitor: &Visitor, faults: &Faults) -> Result<Vec<FieldError>, Failure> {
    faults
        .iter()
        .map(|(field, problem)| {
            Ok(FieldError {
                field,
                text: visitor.words(problem)?,
            })
        })
        .collect()
}

/// `GET /elections`.
pub async fn list(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    #[derive(Serialize)]
    struct Content {
        elections: Vec<Standing>,
        may_publish: bool,
    }
    let now_s = officer.visitor.app.now_s();
    let elections = officer
        .visitor
        .app
        .read(move |conn| election::list_standings(conn, now_s))
        .await?;
    let may_publish = officer.officer.may(Action::PublishElection, None);
    officer.visitor.page(
        "election/list",
        Content {
            elections,
            may_publish,
        },
    )
}

#[derive(Serialize)]
struct FormPage {
    form: ElectionForm,
    amends: bool,
    errors: Vec<FieldError>,
}

/// `GET /elections/new`.
pub async fn new(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::PublishElection)?;
    officer.visitor.page(
        "election/form",
        FormPage {
            form: ElectionForm::fresh(),
            amends: false,
            errors: Vec::new(),
        },
    )
}

/// `GET /elections/{id}/amend`.
pub async fn amend(officer: OfficerVisitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    officer.check(Action::PublishElection)?;
    let id = id.into_inner();
    let terms = officer
        .visitor
        .app
        .read(move |conn| election::terms(conn, &id))
        .await?;
    officer.visitor.page(
        "election/form",
        FormPage {
            form: ElectionForm::of(&terms),
            amends: true,
            errors: Vec::new(),
        },
    )
}

/// `POST /elections/draft`: the form, checked, as the act to sign; or the form again, with its errors or for a change.
pub async fn draft(officer: OfficerVisitor, typed: Form<Typed>) -> Result<HttpResponse, Failure> {
    officer.check(Action::PublishElection)?;
    let (visitor, mut typed) = (&officer.visitor, typed.into_inner());
    let again = form::value(&typed, "edit") == "yes";
    let amends = form::value(&typed, "amends") == "yes";
    typed.retain(|(name, _)| name != "edit");
    let form = ElectionForm::read(&typed);
    let (status, faults) = match form.parse() {
        Ok(wanted) if !again => {
            let id = wanted.id.clone();
            let taken = visitor
                .app
                .read(move |conn| Ok(election::find(conn, id.as_str())?.is_some()))
                .await?;
            if taken == amends {
                return election_draft(&officer, wanted, typed);
            }
            let problem = crate::service::Problem::new("election-problem-taken");
            (StatusCode::UNPROCESSABLE_ENTITY, vec![("id", problem)])
        }
        Err(faults) if !again => (StatusCode::UNPROCESSABLE_ENTITY, faults),
        _ => (StatusCode::OK, Faults::new()),
    };
    let errors = field_errors(visitor, &faults)?;
    let page = FormPage { form, amends, errors };
    visitor.page_with(status, "election/form", page)
}

fn election_draft(
    officer: &OfficerVisitor,
    wanted: crate::domain::election::Election,
    typed: Typed,
) -> Result<HttpResponse, Failure> {
    let body = Body::Election(entry::Election {
        election: wanted,
        nonce: app::random()?,
    });
    let draft = draft_of(officer, &body)?.editable("/elections/draft".to_owned(), typed);
    officer.visitor.page("election/draft", draft)
}

fn draft_of(officer: &OfficerVisitor, body: &Body) -> Result<Draft, Failure> {
    Ok(Draft::new(
        &officer.visitor.app.origin()?,
        officer.officer.account.id,
        body,
    )?)
}

/// `POST /elections/act`: a signed election, pact or close comes into the ledger; a refusal shows the same draft again.
pub async fn enter(officer: OfficerVisitor, form: Form<SignedForm>) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let (origin, now_s) = (app.origin()?, app.now_s());
    let act = form.parse(&origin)?;
    let body = act.body.clone();
    let (id, action, said) = match &body {
        Body::Election(entry) => (
            &entry.election.id,
            Action::PublishElection,
            "elections-flash-published",
        ),
        Body::Pact(entry) => (&entry.election, Action::PublishPact, "elections-flash-pact"),
        Body::Close(entry) => (&entry.election, Action::CloseElection, "elections-flash-closed"),
        _ => return Err(Error::invalid("act-problem-malformed").into()),
    };
    officer.check(action)?;
    let entered = app
        .write(move |conn| match &act.body {
            Body::Pact(_) => election::publish_pact(conn, &origin, act, now_s),
            Body::Close(_) => election::close(conn, &origin, act, now_s),
            _ => election::publish(conn, &origin, act, now_s),
        })
        .await;
    match entered {
        Ok(_) => officer
            .visitor
            .go(&format!("/elections/{id}"), FlashKind::Good, said),
        Err(error) => {
            let Some(problem) = act::refusal(&error) else {
                return Err(error.into());
            };
            let words = officer.visitor.words(problem)?;
            let draft = draft_of(&officer, &body)?.refused(words);
            officer
                .visitor
                .page_with(Failure::from(error).status, "election/draft", draft)
        }
    }
}

/// `GET /elections/{id}`.
pub async fn show(officer: OfficerVisitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    #[derive(Serialize)]
    struct Content {
        election: Standing,
        lookup: String,
        leaf_index: i64,
        closed_index: Option<i64>,
        contests: Vec<(String, i64)>,
        pacts: Vec<PactView>,
        may: Rights,
    }
    #[derive(Serialize)]
    struct PactView {
        version: i64,
        hash: String,
        leaf_index: i64,
    }
    #[derive(Serialize)]
    struct Rights {
        amend: bool,
        pact: bool,
        close: bool,
    }
    let (id, now_s) = (id.into_inner(), officer.visitor.app.now_s());
    let (row, standing, contests, pacts) = officer
        .visitor
        .app
        .read(move |conn| {
            let row = election::find(conn, &id)?.ok_or(Error::NotFound)?;
            let standing = election::standing(conn, &row, now_s)?;
            let contests = election::list_contests(conn, &id)?;
            Ok((row, standing, contests, election::list_pacts(conn, &id)?))
        })
        .await?;
    let open = row.closed_index.is_none();
    let may = |action| open && officer.officer.may(action, None);
    let content = Content {
        may: Rights {
            amend: may(Action::PublishElection),
            pact: may(Action::PublishPact),
            close: may(Action::CloseElection) && now_s >= row.closes_s,
        },
        election: standing,
        lookup: row.lookup,
        leaf_index: row.leaf_index,
        closed_index: row.closed_index,
        contests,
        pacts: pacts
            .into_iter()
            .map(|pact| PactView {
                version: pact.version,
                hash: hex::encode(pact.hash),
                leaf_index: pact.leaf_index,
            })
            .collect(),
    };
    officer.visitor.page("election/show", content)
}

#[derive(Serialize)]
struct PactPage {
    id: String,
    title: String,
    version: u64,
    form: PactForm,
    errors: Vec<FieldError>,
}

/// The election's id and title, the next version, and the newest text there is.
async fn next_pact(
    officer: &OfficerVisitor,
    id: String,
) -> Result<(Id, String, u64, Option<PactText>), Failure> {
    officer.check(Action::PublishPact)?;
    let found = officer.visitor.app.read(move |conn| {
        let row = election::find(conn, &id)?.ok_or(Error::NotFound)?;
        let newest = election::find_pact_in_force(conn, &id)?;
        let text = newest.and_then(|pact| PactText::parse(&pact.text).ok());
        let id: Id = row.id.parse().map_err(|_bad| Error::NotFound)?;
        Ok((
            id.clone(),
            row.title,
            election::next_pact_version(conn, id.as_str())?,
            text,
        ))
    });
    Ok(found.await?)
}

/// `GET /elections/{id}/pact`: the next version's form, filled with the newest text or the default pact.
pub async fn pact(officer: OfficerVisitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (id, title, version, newest) = next_pact(&officer, id.into_inner()).await?;
    let text = match newest {
        Some(text) => Some(text),
        None => default_pact(id.clone(), &officer.visitor.app.config().ministry).ok(),
    };
    let page = PactPage {
        id: id.to_string(),
        title,
        version,
        form: text.as_ref().map(PactForm::of).unwrap_or_default(),
        errors: Vec::new(),
    };
    officer.visitor.page("election/pact", page)
}

/// `POST /elections/{id}/pact`: the text, checked, as the act to sign; or the form again.
pub async fn draft_pact(
    officer: OfficerVisitor,
    id: Path<String>,
    typed: Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (id, title, version, _) = next_pact(&officer, id.into_inner()).await?;
    let mut typed = typed.into_inner();
    let again = form::value(&typed, "edit") == "yes";
    typed.retain(|(name, _)| name != "edit");
    let form = PactForm::read(&typed);
    let (status, faults) = match form.parse(id.clone(), version) {
        Ok(text) if !again => {
            let body = Body::Pact(Box::new(entry::Pact {
                election: id.clone(),
                text,
                nonce: app::random()?,
            }));
            let draft = draft_of(&officer, &body)?.editable(format!("/elections/{id}/pact"), typed);
            return officer.visitor.page("election/draft", draft);
        }
        Err(faults) if !again => (StatusCode::UNPROCESSABLE_ENTITY, faults),
        _ => (StatusCode::OK, Faults::new()),
    };
    let page = PactPage {
        id: id.to_string(),
        title,
        version,
        form,
        errors: field_errors(&officer.visitor, &faults)?,
    };
    officer.visitor.page_with(status, "election/pact", page)
}

/// `GET /elections/{id}/close`: the final numbers as the act to sign.
pub async fn close(officer: OfficerVisitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    officer.check(Action::CloseElection)?;
    let (id, now_s) = (id.into_inner(), officer.visitor.app.now_s());
    let (election, counts) = officer
        .visitor
        .app
        .read(move |conn| {
            let row = election::find(conn, &id)?.ok_or(Error::NotFound)?;
            if row.closed_index.is_some() {
                return Err(Error::conflict("election-problem-closed"));
            }
            if now_s < row.closes_s {
                return Err(Error::conflict("election-problem-still-open"));
            }
            let id = row.id.parse().map_err(|_bad| Error::NotFound)?;
            Ok((id, election::counts(conn, &row.id)?))
        })
        .await?;
    let body = Body::Close(entry::Close {
        election,
        counts,
        nonce: app::random()?,
    });
    let draft = draft_of(&officer, &body)?;
    officer.visitor.page("election/draft", draft)
}
