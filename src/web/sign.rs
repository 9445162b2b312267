//! The signer's pages: what there is to sign, the pact with its button, the code. Three screens at most.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;

use crate::app;
use crate::app::App;
use crate::domain::signer::Salts;
use crate::ledger::encoding;
use crate::render::FlashKind;
use crate::service;
use crate::service::Error;
use crate::service::Problem;
use crate::service::receipt;
use crate::service::receipt::Receipt;
use crate::service::sign;
use crate::service::sign::Answer;
use crate::service::sign::Entropy;
use crate::service::sign::LogView;
use crate::service::sign::Posted;
use crate::service::sign::Sheet;
use crate::service::sign::Submission;
use crate::service::sign::Task;
use crate::service::sign::TaskState;
use crate::service::sign::Typed;
use crate::service::sign::Waiting;
use crate::web::error::Failure;
use crate::web::extract::SignerVisitor;
use crate::web::signin::FormError;
use crate::web::signin::see_other;

/// Which election a page is about, where a person has several.
#[derive(Deserialize)]
pub struct Which {
    pub(super) election: Option<String>,
}

/// The log this portal signs for.
pub(super) fn log_view(app: &App) -> Result<LogView, Error> {
    let publisher = &app.keys().log;
    Ok(LogView::new(app.log().clone(), publisher.vkey().clone())?.witnessed(publisher.is_witnessed()))
}

#[derive(Serialize)]
struct Tasks {
    tasks: Vec<Task>,
}

#[derive(Serialize)]
struct SheetPage {
    task: Task,
    origin: String,
    pact: PactPage,
    label: String,
    label_salt: String,
    after_size: String,
    after_root: String,
    nip: String,
    name: String,
    unit: String,
    position: String,
    errors: Vec<FormError>,
}

#[derive(Serialize)]
struct PactPage {
    hash: String,
    version: String,
    language: &'static str,
    title: String,
    preamble: String,
    clauses: Vec<String>,
    closing: Option<String>,
}

impl SheetPage {
    fn new(sheet: Sheet, log: &LogView, errors: Vec<FormError>) -> Self {
        let (pact, shown) = (sheet.pact, sheet.shown);
        Self {
            task: sheet.task,
            origin: log.origin.to_string(),
            pact: PactPage {
                hash: encoding::encode_hex(&pact.hash()),
                version: pact.version.to_string(),
                language: pact.language.as_str(),
                title: pact.title.as_str().to_owned(),
                preamble: pact.preamble.as_str().to_owned(),
                clauses: pact.clauses.iter().map(ToString::to_string).collect(),
                closing: pact.closing.as_ref().map(ToString::to_string),
            },
            label: encoding::encode_hex(&sheet.label),
            label_salt: encoding::encode_hex(&sheet.label_salt),
            after_size: sheet.after.size.to_string(),
            after_root: encoding::encode_base64(&sheet.after.root),
            nip: shown.nip.to_string(),
            name: shown.name.to_string(),
            unit: shown.unit.to_string(),
            position: shown.position.to_string(),
            errors,
        }
    }
}

/// `GET /sign`: the pact, when there is one to sign; else where the person stands.
pub async fn page(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    let (person_id, now_s) = (signer.person.id, signer.visitor.app.now_s());
    let tasks = signer
        .visitor
        .app
        .read(move |conn| sign::list_tasks(conn, person_id, now_s))
        .await?;
    let chosen = match (&which.election, tasks.as_slice()) {
        (Some(id), _) => tasks.iter().find(|task| task.election_id == *id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    match chosen.map(|task| (task.state, task.election_id.clone())) {
        Some((TaskState::Ready | TaskState::Pending, id)) => show(&signer, id, None).await,
        Some((TaskState::Signed, id)) => Ok(see_other(&format!("/receipt?election={id}"))),
        _ => signer.visitor.page("sign/tasks", Tasks { tasks }),
    }
}

async fn show(
    signer: &SignerVisitor,
    election_id: String,
    problem: Option<Problem>,
) -> Result<HttpResponse, Failure> {
    let app = &signer.visitor.app;
    let (log, person_id, now_s) = (log_view(app)?, signer.person.id, app.now_s());
    app.chores().note_page(now_s);
    let view = log.clone();
    let sheet = app
        .read(move |conn| sign::sheet(conn, &view, person_id, &election_id, now_s))
        .await?;
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let errors = problem
        .map(|p| FormError::new(&signer.visitor, "agree", &p))
        .transpose()?;
    let content = SheetPage::new(sheet, &log, errors.into_iter().collect());
    signer.visitor.page_with(status, "sign/sheet", content)
}

/// What the signing page's module posts.
#[derive(Deserialize)]
pub struct SignForm {
    election: String,
    #[serde(default)]
    agree: String,
    #[serde(default)]
    statement: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    salt_nip: String,
    #[serde(default)]
    salt_name: String,
    #[serde(default)]
    salt_unit: String,
    #[serde(default)]
    salt_position: String,
}

impl SignForm {
    /// The submission, its spellings checked strictly.
    fn read(&self) -> Result<Submission, Error> {
        if self.agree != "yes" {
            return Err(Error::invalid("sign-problem-agree"));
        }
        if self.statement.is_empty() {
            return Err(Error::invalid("sign-problem-script"));
        }
        let malformed = |_error: encoding::EncodingError| Error::invalid("sign-problem-statement");
        Ok(Submission {
            statement: encoding::decode_base64(&self.statement).map_err(malformed)?,
            signature: encoding::decode_base64_array(&self.signature).map_err(malformed)?,
            salts: Salts {
                nip: encoding::decode_hex_array(&self.salt_nip).map_err(malformed)?,
                name: encoding::decode_hex_array(&self.salt_name).map_err(malformed)?,
                unit: encoding::decode_hex_array(&self.salt_unit).map_err(malformed)?,
                position: encoding::decode_hex_array(&self.salt_position).map_err(malformed)?,
            },
        })
    }
}

/// `POST /sign`: the statement comes in and waits for its code.
pub async fn post(signer: SignerVisitor, form: Form<SignForm>) -> Result<HttpResponse, Failure> {
    let form = form.into_inner();
    let id = form.election.clone();
    let posted = match form.read() {
        Ok(submission) => take(&signer, id.clone(), submission).await,
        Err(error) => Err(error),
    };
    match posted {
        Ok(Posted::Waiting) => Ok(see_other(&format!("/sign/code?election={id}"))),
        Ok(Posted::Recorded(_)) => Ok(see_other(&format!("/receipt?election={id}"))),
        Ok(Posted::Another(_)) => another(&signer, id).await,
        Err(Error::Invalid(problem)) => again(&signer, id, problem).await,
        // Too many codes: a rule of signing, with a page of its own. Any other is a busy portal's.
        Err(Error::Busy(problem)) if problem.key.starts_with("sign-") => again(&signer, id, problem).await,
        Err(error) => Err(error.into()),
    }
}

async fn take(signer: &SignerVisitor, id: String, submission: Submission) -> Result<Posted, Error> {
    let app = &signer.visitor.app;
    let (log, person_id, now_s) = (log_view(app)?, signer.person.id, app.now_s());
    let memory = app.memory().clone();
    let examined = app
        .read(move |conn| sign::examine(conn, &memory, submission))
        .await?;
    let election = id.clone();
    let (posted, examined) = app
        .write(move |conn| {
            let posted = sign::post(conn, &log, person_id, &election, &examined, now_s)?;
            Ok((posted, examined))
        })
        .await?;
    match posted {
        Posted::Waiting => app.memory().keep_waiting(&id, person_id, examined, now_s),
        // By an earlier request, whose checkpoint may still be in the making: before it is out, nobody is told that it stands.
        Posted::Recorded(_) | Posted::Another(_) => app.settle().await?,
    }
    Ok(posted)
}

/// The page again with what is wrong; where there is no page any more, the reason why.
async fn again(signer: &SignerVisitor, id: String, problem: Problem) -> Result<HttpResponse, Failure> {
    match show(signer, id, Some(problem)).await {
        Err(failure) if failure.status == StatusCode::CONFLICT => Ok(see_other("/sign")),
        other => other,
    }
}

#[derive(Serialize)]
struct AnotherPage {
    receipt: Receipt,
}

/// Another signature with another key is there already: was it you?
async fn another(signer: &SignerVisitor, id: String) -> Result<HttpResponse, Failure> {
    let person_id = signer.person.id;
    let receipt = signer
        .visitor
        .app
        .read(move |conn| receipt::find(conn, person_id, Some(&id)))
        .await?;
    signer
        .visitor
        .page_with(StatusCode::CONFLICT, "sign/another", AnotherPage { receipt })
}

#[derive(Serialize)]
struct CodePage {
    election: String,
    statement_hash: String,
    sent: bool,
    spent: bool,
    minutes: i64,
    errors: Vec<FormError>,
}

/// `GET /sign/code`.
pub async fn code(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    let Some(id) = which.into_inner().election else {
        return Ok(see_other("/sign"));
    };
    show_code(&signer, id, None).await
}

async fn show_code(
    signer: &SignerVisitor,
    id: String,
    problem: Option<Problem>,
) -> Result<HttpResponse, Failure> {
    let Some(waiting) = waiting(signer, id.clone()).await? else {
        return Ok(see_other(&format!("/sign?election={id}")));
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let error = problem
        .map(|p| FormError::new(&signer.visitor, "code", &p))
        .transpose()?;
    let left_s = waiting.expires_s.saturating_sub(signer.visitor.app.now_s());
    let content = CodePage {
        election: id,
        statement_hash: encoding::encode_hex(&waiting.statement_hash),
        sent: waiting.sent,
        spent: waiting.tries >= crate::domain::signer::TRIES_MAX,
        minutes: left_s.saturating_add(59).div_euclid(60),
        errors: error.into_iter().collect(),
    };
    signer.visitor.page_with(status, "sign/code", content)
}

async fn waiting(signer: &SignerVisitor, id: String) -> Result<Option<Waiting>, Error> {
    let (person_id, now_s) = (signer.person.id, signer.visitor.app.now_s());
    signer
        .visitor
        .app
        .read(move |conn| sign::waiting(conn, person_id, &id, now_s))
        .await
}

/// What the code page posts. `statement`: the hash of the one that waits, in hex.
#[derive(Deserialize)]
pub struct CodeForm {
    election: String,
    #[serde(default)]
    statement: String,
    #[serde(default)]
    code: String,
}

/// `POST /sign/code`: the step-up.
pub async fn answer(signer: SignerVisitor, form: Form<CodeForm>) -> Result<HttpResponse, Failure> {
    let form = form.into_inner();
    let id = form.election.clone();
    let problem = match step_up(&signer, form).await {
        Ok(Answer::Another) => return another(&signer, id).await,
        Ok(Answer::Signed(_) | Answer::Recorded(_)) => {
            return Ok(see_other(&format!("/receipt?election={id}")));
        }
        Ok(Answer::Expired) => {
            let to = format!("/sign?election={id}");
            return signer.visitor.go(&to, FlashKind::Warning, "sign-problem-expired");
        }
        Ok(Answer::Wrong(left)) => Problem::new("sign-problem-code-wrong").with("left", left),
        Ok(Answer::Malformed) => Problem::new("sign-problem-code-form"),
        Ok(Answer::Spent) => Problem::new("sign-problem-code-spent"),
        Ok(Answer::Replaced) => Problem::new("sign-problem-code-replaced"),
        Ok(Answer::NotSent) => Problem::new("sign-problem-code-coming"),
        Err(Error::Invalid(problem)) => return again(&signer, id, problem).await,
        Err(error) => return Err(error.into()),
    };
    show_code(&signer, id, Some(problem)).await
}

async fn step_up(signer: &SignerVisitor, form: CodeForm) -> Result<Answer, Error> {
    let app = &signer.visitor.app;
    let (log, person_id, now_s) = (log_view(app)?, signer.person.id, app.now_s());
    let pepper = app.keys().pepper.clone();
    let entropy = Entropy {
        evidence_salt: app::random()?,
        code: app::random()?,
    };
    // What is no hash is that of no statement.
    let statement_hash = encoding::decode_hex_array(&form.statement).unwrap_or_default();
    let (memory, election) = (app.memory().clone(), form.election.clone());
    let examined = match memory.take_waiting(&election, person_id) {
        None => {
            app.read(move |conn| sign::examine_waiting(conn, &memory, person_id, &election))
                .await?
        }
        remembered => remembered,
    };
    let answer = app
        .write(move |conn: &mut service::Conn| {
            let which = (person_id, form.election.as_str(), statement_hash);
            let typed = Typed {
                code: &form.code,
                examined,
            };
            sign::answer(conn, &log, &pepper, which, typed, (&entropy, now_s))
        })
        .await?;
    if let Answer::Recorded(_) | Answer::Another = answer {
        app.settle().await?;
    }
    Ok(answer)
}

/// `POST /sign/code/resend`.
pub async fn resend(signer: SignerVisitor, form: Form<CodeForm>) -> Result<HttpResponse, Failure> {
    let id = form.into_inner().election;
    let (person_id, now_s, of) = (signer.person.id, signer.visitor.app.now_s(), id.clone());
    let queued = signer
        .visitor
        .app
        .write(move |conn| sign::resend(conn, person_id, &of, now_s))
        .await;
    match queued {
        Ok(()) => {
            let to = format!("/sign/code?election={id}");
            signer.visitor.go(&to, FlashKind::Info, "sign-code-resent")
        }
        Err(Error::Busy(problem) | Error::Conflict(problem)) => show_code(&signer, id, Some(problem)).await,
        Err(error) => Err(error.into()),
    }
}
