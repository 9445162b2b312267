//! Getting in: the sign-in page, the mailed link (a page with a button, since mail scanners open links), signing out.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Form;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use tokio::time::Instant;

use crate::app;
use crate::domain::role::Role;
use crate::render::FlashKind;
use crate::service;
use crate::service::Problem;
use crate::service::access;
use crate::service::access::LinkState;
use crate::service::access::Subject;
use crate::service::access::Token;
use crate::service::journal;
use crate::web::error::Failure;
use crate::web::extract::Visitor;
use crate::web::extract::Who;
use crate::web::extract::parse_token;

/// A known address costs a write to the disk, an unknown one does not: answered no sooner than this, they take the same time.
const ANSWER_AFTER: Duration = Duration::from_millis(200);

/// An error of a form, as the components take it.
#[derive(Debug, Serialize)]
pub struct FormError {
    /// The field's name.
    pub field: &'static str,
    /// What to do, in the reader's words.
    pub text: String,
}

impl FormError {
    /// In this visitor's words.
    pub fn new(visitor: &Visitor, field: &'static str, problem: &Problem) -> Result<Self, Failure> {
        let text = visitor.words(problem)?;
        Ok(Self { field, text })
    }
}

#[derive(Serialize)]
struct Content<'a> {
    email: &'a str,
    minutes: i64,
    errors: Vec<FormError>,
}

impl Default for Content<'_> {
    fn default() -> Self {
        Self {
            email: "",
            minutes: access::SIGNIN_LINK_S / 60,
            errors: Vec::new(),
        }
    }
}

/// What the sign-in page asks.
#[derive(Deserialize)]
pub struct SigninForm {
    email: String,
}

/// `GET /sign-in`.
pub async fn form(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page("signin/form", Content::default())
}

/// `POST /sign-in`: the same answer whether the address is known or not.
pub async fn request(visitor: Visitor, form: Form<SigninForm>) -> Result<HttpResponse, Failure> {
    let email = form.into_inner().email.trim().to_lowercase();
    if email.len() > 254 || email.parse::<lettre::Address>().is_err() {
        let problem = Problem::new("signin-problem-email");
        let content = Content {
            errors: vec![FormError::new(&visitor, "email", &problem)?],
            email: &email,
            ..Content::default()
        };
        return visitor.page_with(StatusCode::UNPROCESSABLE_ENTITY, "signin/form", content);
    }
    let now_s = visitor.app.now_s();
    let answer_at = Instant::now() + ANSWER_AFTER;
    visitor
        .app
        .write(move |conn| access::request_link(conn, &email, now_s))
        .await?;
    tokio::time::sleep_until(answer_at).await;
    Ok(see_other("/sign-in/sent"))
}

/// `GET /sign-in/sent`.
pub async fn sent(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page("signin/sent", Content::default())
}

#[derive(Serialize)]
struct Enter {
    state: &'static str,
    officer: bool,
}

async fn state_of(visitor: &Visitor, token: Option<Token>) -> Result<LinkState, Failure> {
    let now_s = visitor.app.now_s();
    Ok(match token {
        None => LinkState::Unknown,
        Some(token) => {
            visitor
                .app
                .read(move |conn| access::link_state(conn, &token, now_s))
                .await?
        }
    })
}

/// `GET /enter/{token}`: never uses the link up, never says whose it is.
pub async fn link(visitor: Visitor, token: Path<String>) -> Result<HttpResponse, Failure> {
    let state = state_of(&visitor, parse_token(&token)).await?;
    show_link(&visitor, state)
}

fn show_link(visitor: &Visitor, state: LinkState) -> Result<HttpResponse, Failure> {
    let (status, state, officer) = match state {
        LinkState::Ready(subject) => (StatusCode::OK, "ready", matches!(subject, Subject::Account(_))),
        LinkState::Used => (StatusCode::GONE, "used", false),
        LinkState::Expired => (StatusCode::GONE, "expired", false),
        LinkState::Unknown => (StatusCode::NOT_FOUND, "unknown", false),
    };
    visitor.page_with(status, "signin/enter", Enter { state, officer })
}

/// `POST /enter/{token}`: uses the link up, ends the session before, opens a fresh one.
pub async fn enter(visitor: Visitor, token: Path<String>) -> Result<HttpResponse, Failure> {
    let link = parse_token(&token);
    let (session, old, now_s): (Token, _, _) = (app::random()?, visitor.session(), visitor.app.now_s());
    let entered = match link {
        None => None,
        Some(link) => {
            visitor
                .app
                .write(move |conn| open(conn, &link, &session, old, now_s))
                .await?
        }
    };
    let Some(to) = entered else {
        let state = state_of(&visitor, link).await?;
        return show_link(&visitor, state);
    };
    let mut response = see_other(to);
    response
        .add_cookie(&visitor.session_cookie(&session))
        .map_err(Failure::malformed)?;
    Ok(response)
}

/// Enters, and says where to go.
fn open(
    conn: &mut service::Conn,
    link: &Token,
    session: &Token,
    old: Option<Token>,
    now_s: i64,
) -> Result<Option<&'static str>, service::Error> {
    let Some(subject) = access::enter(conn, link, session, now_s)? else {
        return Ok(None);
    };
    if let Some(old) = old {
        access::leave(conn, &old, now_s)?;
    }
    journal::note(conn, now_s, Some(subject), "signed-in", "")?;
    Ok(Some(match subject {
        Subject::Person(_) => "/sign",
        Subject::Account(id) => start_of(&access::officer(conn, id)?),
    }))
}

/// The page an officer begins with.
fn start_of(officer: &access::Officer) -> &'static str {
    let has = |role: Role| officer.roles.iter().any(|(held, _)| *held == role);
    if has(Role::Hr) || has(Role::UnitHead) {
        "/hr"
    } else if has(Role::Examiner) || has(Role::Auditor) {
        "/complaints"
    } else if has(Role::Operator) {
        "/officers"
    } else {
        "/"
    }
}

/// `POST /sign-out`.
pub async fn leave(visitor: Visitor) -> Result<HttpResponse, Failure> {
    if let Some(session) = visitor.session() {
        let now_s = visitor.app.now_s();
        visitor
            .app
            .write(move |conn| access::leave(conn, &session, now_s))
            .await?;
    }
    gone(&visitor, "signin-left")
}

/// `POST /sign-out/everywhere`: ends every session of whoever asks, e.g. after a lost phone.
pub async fn leave_everywhere(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let subject = match &visitor.who {
        Who::Stranger => None,
        Who::Signer(person) => Some(Subject::Person(person.id)),
        Who::Officer(officer) => Some(Subject::Account(officer.account.id)),
    };
    if let Some(subject) = subject {
        let now_s = visitor.app.now_s();
        visitor
            .app
            .write(move |conn| access::leave_everywhere(conn, subject, now_s))
            .await?;
    }
    gone(&visitor, "signin-left-everywhere")
}

fn gone(visitor: &Visitor, message: &'static str) -> Result<HttpResponse, Failure> {
    let mut response = visitor.go("/", FlashKind::Good, message)?;
    response
        .add_cookie(&visitor.no_session_cookie())
        .map_err(Failure::malformed)?;
    Ok(response)
}

/// On to another page, without a message.
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}
