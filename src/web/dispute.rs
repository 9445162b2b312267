//! "This was not me": the person's own page behind a receipt's code, and the officers' list of disputes.
//!
//! A GET never disputes anything: mail scanners open links. Absent: what a dispute does ([`crate::service::dispute`]), the two
//! signatures of a decision ([`crate::web::acts`]).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;

use crate::app;
use crate::domain::code::Code;
use crate::domain::entry::Body;
use crate::domain::entry::Outcome;
use crate::domain::entry::Resolution;
use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Conn;
use crate::service::Error;
use crate::service::Problem;
use crate::service::access::Subject;
use crate::service::complaint;
use crate::service::dispute;
use crate::service::dispute::DisputeView;
use crate::service::dispute::Standing;
use crate::service::joint_act;
use crate::service::journal;
use crate::service::public;
use crate::service::public::PublicSignature;
use crate::web::act::About;
use crate::web::act::Draft;
use crate::web::election::FieldError;
use crate::web::election::field_errors;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;
use crate::web::extract::SignerVisitor;
use crate::web::extract::Visitor;
use crate::web::extract::Who;

#[derive(Serialize)]
struct PersonPage {
    code: String,
    index: u64,
    election: String,
    zone: String,
    at_s: i64,
    method: String,
    /// `sign-in`, `not-yours`, `open`, `disputed`, `upheld` or `dismissed`.
    standing: &'static str,
    dispute: Option<DisputeView>,
}

fn read(code: &str) -> Result<Code, Failure> {
    code.parse().map_err(|_mistyped| Failure::not_found())
}

/// `GET /dispute/{code}`: what "this was not me" means, and the button for the person whose signature it is.
pub async fn page(visitor: Visitor, code: Path<String>) -> Result<HttpResponse, Failure> {
    let (code, now_s) = (read(&code)?, visitor.app.now_s());
    let person_id = match &visitor.who {
        Who::Signer(person) => Some(person.id),
        Who::Stranger | Who::Officer(_) => None,
    };
    let (found, standing) = visitor
        .app
        .read(move |conn| {
            let found = public::find_by_code(conn, &code)?;
            let standing = match person_id {
                Some(id) => Some(dispute::standing(conn, id, &code, now_s)?),
                None => None,
            };
            Ok((found, standing))
        })
        .await?;
    visitor.page("dispute/person", PersonPage::new(found, standing))
}

impl PersonPage {
    fn new(found: PublicSignature, standing: Option<Standing>) -> Self {
        let (word, dispute) = match standing {
            None => ("sign-in", None),
            Some(Standing::NotYours) => ("not-yours", None),
            Some(Standing::Open) => ("open", None),
            Some(Standing::Disputed(view)) => (
                match view.outcome.as_deref() {
                    None => "disputed",
                    Some("upheld") => "upheld",
                    Some(_) => "dismissed",
                },
                Some(*view),
            ),
        };
        Self {
            code: found.code,
            index: found.index,
            election: found.election.title,
            zone: found.election.zone,
            at_s: found.at_s,
            method: found.method,
            standing: word,
            dispute,
        }
    }
}

/// `POST /dispute/{code}`: the person's own signature, in the person's own session. Sent twice, it is one dispute.
pub async fn open(signer: SignerVisitor, code: Path<String>) -> Result<HttpResponse, Failure> {
    let code = read(&code)?;
    let app = &signer.visitor.app;
    let (person_id, nonce, now_s) = (signer.person.id, app::random()?, app.now_s());
    app.write(move |conn| {
        let row = dispute::open(conn, person_id, &code, nonce, now_s)?;
        let subject = format!("signature {}, dispute {}", row.signature_index, row.leaf_index);
        let actor = Some(Subject::Person(person_id));
        journal::note(conn, now_s, actor, "signature-disputed", &subject)
    })
    .await?;
    // Sent twice, the checkpoint of the first may still be in the making.
    app.settle().await?;
    let to = format!("/dispute/{code}");
    signer.visitor.go(&to, FlashKind::Good, "dispute-flash-opened")
}

/// What an officer types for an authority.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AuthorityForm {
    about: String,
    authority: String,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

#[derive(Serialize)]
struct OpenDispute {
    #[serde(flatten)]
    dispute: DisputeView,
    /// The act that waits about it.
    act: Option<i64>,
}

#[derive(Serialize)]
struct ListPage {
    open: Vec<OpenDispute>,
    settled: Vec<DisputeView>,
    authorities: Vec<Choice>,
    form: AuthorityForm,
    errors: Vec<FieldError>,
}

async fn list_page(
    officer: &OfficerVisitor,
    status: StatusCode,
    form: AuthorityForm,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let now_s = app.now_s();
    let (open, settled, mut authorities) = app.read(move |conn| load(conn, now_s)).await?;
    let nobody = officer.visitor.words(&Problem::new("disputes-authority-none"))?;
    authorities.insert(
        0,
        Choice {
            value: String::new(),
            label: nobody,
        },
    );
    let page = ListPage {
        open,
        settled,
        authorities,
        form,
        errors,
    };
    officer.visitor.page_with(status, "dispute/list", page)
}

type Loaded = (Vec<OpenDispute>, Vec<DisputeView>, Vec<Choice>);

fn load(conn: &mut Conn, now_s: i64) -> Result<Loaded, Error> {
    let (open, settled) = dispute::list(conn, now_s)?;
    let open = open
        .into_iter()
        .map(|dispute| {
            let act = joint_act::find_about_dispute(conn, dispute.leaf_index, now_s)?;
            Ok(OpenDispute { dispute, act })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let authorities = complaint::list_authorities(conn)?
        .into_iter()
        .map(|row| Choice {
            value: row.slug,
            label: row.name,
        })
        .collect();
    Ok((open, settled, authorities))
}

/// `GET /disputes`.
pub async fn list(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::ResolveDispute)?;
    list_page(&officer, StatusCode::OK, AuthorityForm::default(), Vec::new()).await
}

/// `POST /disputes`: a dispute that a person brought to an authority, by a receipt's code or an entry's number.
pub async fn enter(officer: OfficerVisitor, form: Form<AuthorityForm>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ResolveDispute)?;
    let form = form.into_inner();
    let app = &officer.visitor.app;
    let (typed, nonce, now_s) = (form.clone(), app::random()?, app.now_s());
    let account_id = officer.officer.account.id;
    let entered = app
        .write(move |conn| {
            let index = find_index(conn, typed.about.trim())?;
            let authority = match typed.authority.as_str() {
                "" => None,
                slug => complaint::find_authority(conn, slug)?.map(|row| row.id),
            };
            let row = dispute::enter_from_authority(conn, index, authority, Some(account_id), nonce, now_s)?;
            let subject = format!("signature {}, dispute {}", row.signature_index, row.leaf_index);
            let actor = Some(Subject::Account(account_id));
            journal::note(conn, now_s, actor, "dispute-entered", &subject)
        })
        .await;
    match entered {
        Ok(()) => {
            app.settle().await?;
            officer
                .visitor
                .go("/disputes", FlashKind::Good, "disputes-flash-entered")
        }
        Err(Error::Invalid(problem) | Error::Conflict(problem)) => {
            let errors = field_errors(&officer.visitor, &vec![("about", problem)])?;
            list_page(&officer, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A signature's entry, by its number or its receipt's code.
fn find_index(conn: &mut Conn, about: &str) -> Result<i64, Error> {
    if let Ok(index) = about.parse::<i64>() {
        return Ok(index);
    }
    let unknown = || Error::invalid("dispute-problem-about");
    let code: Code = about.parse().map_err(|_mistyped| unknown())?;
    match public::find_by_code(conn, &code) {
        Ok(found) => i64::try_from(found.index).map_err(Error::internal),
        Err(Error::NotFound) => Err(unknown()),
        Err(error) => Err(error),
    }
}

/// What the examination found.
#[derive(Deserialize)]
pub struct OutcomeForm {
    outcome: String,
}

/// `POST /disputes/{index}/draft`: the decision as the act that two officers sign.
pub async fn draft(
    officer: OfficerVisitor,
    index: Path<i64>,
    form: Form<OutcomeForm>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::ResolveDispute)?;
    let app = &officer.visitor.app;
    let (index, now_s) = (index.into_inner(), app.now_s());
    let outcome: Outcome = form.outcome.parse().map_err(Failure::malformed)?;
    let waits = app
        .read(move |conn| joint_act::find_about_dispute(conn, index, now_s))
        .await?;
    if let Some(id) = waits {
        let to = format!("/acts/{id}");
        return officer.visitor.go(&to, FlashKind::Info, "act-problem-waiting");
    }
    let body = Body::Resolution(Resolution {
        dispute: u64::try_from(index).map_err(|_negative| Failure::not_found())?,
        outcome,
        nonce: app::random()?,
    });
    let shown = body.clone();
    let about = app.read(move |conn| About::of(conn, &shown, now_s)).await?;
    let draft = Draft::new(&app.origin()?, officer.officer.account.id, &body)?.about(about);
    officer.visitor.page("election/draft", draft)
}
