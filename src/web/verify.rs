//! What a stranger does with a receipt: `/verify` (drop, choose or paste it; or type its code) and `/v/CODE` with its proof.
//!
//! The page answers without JavaScript by what this portal found; with it the reader's browser checks the proof itself.
//! Absent: the checks ([`crate::service::verify`], `assets/js/verify.js`).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::bounds::Bounds;
use crate::domain::bounds::Known;
use crate::domain::code::Code;
use crate::domain::code::CodeError;
use crate::service::Problem;
use crate::service::public::PublicSignature;
use crate::service::verify;
use crate::service::verify::Check;
use crate::service::verify::Verified;
use crate::service::witness::Finality;
use crate::web::error::Failure;
use crate::web::extract::Visitor;

/// What the code form sends.
#[derive(Deserialize)]
pub struct Typed {
    code: Option<String>,
}

#[derive(Serialize)]
struct FieldError {
    field: &'static str,
    text: String,
}

#[derive(Serialize)]
struct VerifyPage {
    code: String,
    errors: Vec<FieldError>,
    public_url: String,
}

/// `GET /verify`, and `GET /verify?code=…` from its form: on to the code's page, or what is wrong with the code.
pub async fn form(visitor: Visitor, typed: Query<Typed>) -> Result<HttpResponse, Failure> {
    let Some(typed) = typed.into_inner().code else {
        return page(&visitor, StatusCode::OK, "", None);
    };
    match typed.parse::<Code>() {
        Ok(code) => Ok(to_code(&code)),
        Err(wrong) => page(
            &visitor,
            StatusCode::UNPROCESSABLE_ENTITY,
            &typed,
            Some(&problem(wrong)),
        ),
    }
}

/// `GET /v/{code}`: tolerant of case, spaces and look-alikes; one form is the address.
pub async fn code(visitor: Visitor, typed: Path<String>) -> Result<HttpResponse, Failure> {
    let typed = typed.into_inner();
    let code = match typed.parse::<Code>() {
        Ok(code) if code.to_string() == typed => code,
        Ok(code) => return Ok(to_code(&code)),
        Err(wrong) => return page(&visitor, StatusCode::NOT_FOUND, &typed, Some(&problem(wrong))),
    };
    match find(&visitor.app, code).await? {
        Some(found) => visitor.page("verify/code", CodePage::of(&visitor, &found)),
        None => page(
            &visitor,
            StatusCode::NOT_FOUND,
            &typed,
            Some(&Problem::new("verify-problem-unknown")),
        ),
    }
}

/// `GET /v/{code}/proof`: the proof file, with nothing personal in it.
pub async fn proof(visitor: Visitor, typed: Path<String>) -> Result<HttpResponse, Failure> {
    let code: Code = typed
        .parse()
        .map_err(|_mistyped: CodeError| Failure::not_found())?;
    let app = visitor.app.clone();
    let proof = visitor
        .app
        .read(move |conn| verify::proof_by_code(conn, app.log(), app.keys().log.vkey(), &code))
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(proof_file(&format!("ikrar-{code}"), proof))
}

/// A proof as a download.
pub(super) fn proof_file(name: &str, proof: String) -> HttpResponse {
    // Check symbols such as `*` have no place in a file's name.
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
    HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.tlog-proof\""),
        ))
        .content_type("text/plain; charset=utf-8")
        .body(proof)
}

/// What this portal finds behind a code.
pub(super) async fn find(app: &crate::app::App, code: Code) -> Result<Option<Verified>, Failure> {
    let portal = app.clone();
    Ok(app
        .read(move |conn| verify::by_code(conn, portal.log(), &portal.keys().log, &code))
        .await?)
}

fn to_code(code: &Code) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/v/{code}")))
        .finish()
}

fn page(
    visitor: &Visitor,
    status: StatusCode,
    typed: &str,
    problem: Option<&Problem>,
) -> Result<HttpResponse, Failure> {
    let mut errors = Vec::new();
    if let Some(problem) = problem {
        let text = visitor.words(problem)?;
        errors.push(FieldError { field: "code", text });
    }
    let content = VerifyPage {
        code: typed.chars().take(64).collect(),
        errors,
        public_url: visitor.app.config().web.public_url.clone(),
    };
    visitor.page_with(status, "verify/form", content)
}

fn problem(wrong: CodeError) -> Problem {
    match wrong {
        CodeError::Empty => Problem::new("verify-problem-empty"),
        CodeError::TooShort { found } => Problem::new("verify-problem-short").with("found", found),
        CodeError::TooLong => Problem::new("verify-problem-long"),
        CodeError::Symbol(symbol) => Problem::new("verify-problem-symbol").with("symbol", symbol),
        CodeError::Check => Problem::new("verify-problem-check"),
    }
}

#[derive(Serialize)]
struct CodePage {
    code: String,
    verdict: &'static str,
    kind: &'static str,
    checks: Vec<Check>,
    state: String,
    election_id: String,
    election_title: String,
    zone: String,
    pact_version: i64,
    at_s: i64,
    method: String,
    index: u64,
    finality: Finality,
    bounds: BoundsView,
    public_url: String,
    register: Option<Register>,
}

/// Time bounds as a page shows them: in whole minutes that claim no more than is known.
#[derive(Serialize)]
pub(super) struct BoundsView {
    known: Known,
    after_s: Option<u64>,
    before_s: Option<u64>,
    zone: String,
}

impl BoundsView {
    pub(super) fn of(bounds: &Bounds, zone: &str) -> Self {
        let (after_s, before_s) = bounds.minutes();
        Self {
            known: bounds.known(),
            after_s,
            before_s,
            zone: zone.to_owned(),
        }
    }
}

#[derive(Serialize)]
struct Register {
    name: String,
    unit: String,
}

impl CodePage {
    fn of(visitor: &Visitor, found: &Verified) -> Self {
        let PublicSignature { election, .. } = &found.signature;
        let signature = &found.signature;
        Self {
            code: signature.code.clone(),
            verdict: found.verdict,
            kind: match (found.verdict, signature.state.as_str()) {
                ("valid", "live") => "good",
                ("valid", _) => "warning",
                ("invalid", _) => "bad",
                _ => "unknown",
            },
            checks: found.checks.clone(),
            state: signature.state.clone(),
            election_id: election.id.clone(),
            election_title: election.title.clone(),
            zone: election.zone.clone(),
            pact_version: signature.pact_version,
            at_s: signature.at_s,
            method: signature.method.clone(),
            index: signature.index,
            finality: found.finality,
            bounds: BoundsView::of(&found.bounds, &election.zone),
            public_url: visitor.app.config().web.public_url.clone(),
            register: signature.register.clone().map(|(name, unit)| Register {
                name,
                unit: unit.replace('\u{1f}', " / "),
            }),
        }
    }
}
