//! Who asks, parsed and authorised before a handler runs: [`Visitor`], [`SignerVisitor`], [`OfficerVisitor`].
//!
//! A handler that takes an [`OfficerVisitor`] still names the action it needs: [`OfficerVisitor::check`].

use std::future::Future;
use std::pin::Pin;

use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::cookie::SameSite;
use actix_web::cookie::time::Duration;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use serde::Serialize;

use crate::app::App;
use crate::domain::role::Action;
use crate::ledger::encoding;
use crate::render::Account;
use crate::render::Flash;
use crate::render::FlashKind;
use crate::render::Lang;
use crate::render::Page;
use crate::render::PageFrame;
use crate::render::Site;
use crate::service::Problem;
use crate::service::access;
use crate::service::access::Officer;
use crate::service::access::Subject;
use crate::service::access::Token;
use crate::service::journal;
use crate::service::roster::PersonRow;
use crate::web::error;
use crate::web::error::Failure;

/// The session cookie.
const SESSION: &str = "ikrar";
/// What the request before this one did: a message key, never a person's data.
const FLASH: &str = "ikrar-flash";

/// A request's id: in its answer's header, in the log, on an error page.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Whoever asks, signed in or not, and everything needed to answer with a page.
#[derive(Clone)]
pub struct Visitor {
    /// The portal.
    pub app: App,
    /// The reader's language.
    pub lang: Lang,
    /// Who it is.
    pub who: Who,
    session: Option<Token>,
    path: String,
    request_id: String,
    flash: Option<Flash>,
}

/// Who asks.
#[derive(Clone)]
pub enum Who {
    /// Nobody we know.
    Stranger,
    /// A person of a roster.
    Signer(PersonRow),
    /// An officer.
    Officer(Officer),
}

impl Visitor {
    async fn from_http(request: &HttpRequest) -> Result<Self, Failure> {
        let app = request
            .app_data::<Data<App>>()
            .ok_or_else(|| Failure::malformed("no app"))?
            .get_ref()
            .clone();
        let session = request.cookie(SESSION).and_then(|c| parse_token(c.value()));
        let now_s = app.now_s();
        let who = match session {
            None => Who::Stranger,
            Some(token) => app.read(move |conn| identify(conn, &token, now_s)).await?,
        };
        let lang = Lang::Id;
        let flash = request
            .cookie(FLASH)
            .and_then(|c| read_flash(&app, lang, c.value()));
        Ok(Self {
            app,
            lang,
            who,
            session,
            path: request.path().to_owned(),
            request_id: request
                .extensions()
                .get::<RequestId>()
                .map(|id| id.0.clone())
                .unwrap_or_default(),
            flash,
        })
    }

    /// Anybody but a stranger, who is sent to the sign-in page.
    async fn signed_in(request: &HttpRequest) -> Result<Self, actix_web::Error> {
        let visitor = Self::from_http(request).await?;
        if matches!(visitor.who, Who::Stranger) {
            return Err(SignInFirst.into());
        }
        Ok(visitor)
    }

    fn frame(&self) -> PageFrame {
        let config = self.app.config();
        let account = match &self.who {
            Who::Stranger => None,
            Who::Signer(person) => Some(Account {
                name: person.name.clone(),
                roles: Vec::new(),
                signer: true,
            }),
            Who::Officer(officer) => Some(Account {
                name: officer.account.name.clone(),
                roles: officer
                    .roles
                    .iter()
                    .map(|(role, _)| role.as_str().to_owned())
                    .collect(),
                signer: false,
            }),
        };
        let host = config
            .web
            .public_url
            .split_once("://")
            .map_or("", |(_, host)| host)
            .to_owned();
        PageFrame {
            lang: self.lang,
            path: self.path.clone(),
            account,
            demo: config.demo,
            flash: self.flash.clone(),
            site: Site {
                ministry_name: config.ministry.clone(),
                host,
            },
            request_id: self.request_id.clone(),
        }
    }

    /// `templates/page/<name>.html` with this content.
    pub fn page(&self, name: &str, content: impl Serialize) -> Result<HttpResponse, Failure> {
        self.page_with(StatusCode::OK, name, content)
    }

    /// [`Visitor::page`] with another status, e.g. 422 for a form that comes back with its errors.
    pub fn page_with(
        &self,
        status: StatusCode,
        name: &str,
        content: impl Serialize,
    ) -> Result<HttpResponse, Failure> {
        let html = self.app.render().page(
            name,
            self.lang,
            &Page {
                page: &self.frame(),
                content,
            },
        )?;
        let mut response = HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(html);
        if self.flash.is_some() {
            let mut gone = Cookie::new(FLASH, "");
            gone.set_path("/");
            gone.make_removal();
            response.add_cookie(&gone).map_err(Failure::malformed)?;
        }
        Ok(response)
    }

    /// On to another page (303), where a message by its key says what was done.
    pub fn go(&self, to: &str, kind: FlashKind, message: &'static str) -> Result<HttpResponse, Failure> {
        let kind = match kind {
            FlashKind::Good => "good",
            FlashKind::Info => "info",
            FlashKind::Warning => "warning",
            FlashKind::Bad => "bad",
        };
        let cookie = self.cookie(FLASH, format!("{kind}.{message}"), Duration::minutes(2));
        Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, to))
            .cookie(cookie)
            .finish())
    }

    /// A problem in the reader's words.
    pub fn words(&self, problem: &Problem) -> Result<String, Failure> {
        Ok(self.app.render().text(self.lang, problem.key, &problem.args)?)
    }

    /// The token of this visitor's session.
    pub fn session(&self) -> Option<Token> {
        self.session
    }

    /// The cookie that carries a fresh session.
    pub fn session_cookie(&self, token: &Token) -> Cookie<'static> {
        self.cookie(
            SESSION,
            encoding::encode_base64url(token),
            Duration::seconds(access::SESSION_S),
        )
    }

    /// The cookie that ends one.
    pub fn no_session_cookie(&self) -> Cookie<'static> {
        let mut cookie = self.cookie(SESSION, String::new(), Duration::ZERO);
        cookie.make_removal();
        cookie
    }

    fn cookie(&self, name: &'static str, value: String, age: Duration) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.app.config().web.public_url.starts_with("https://"))
            .max_age(age)
            .finish()
    }

    /// The page for a refusal or a failure; plain text where even that cannot be made.
    pub async fn error_page(
        request: &HttpRequest,
        status: StatusCode,
        problem: Option<&Problem>,
        closed: bool,
    ) -> HttpResponse {
        #[derive(Serialize)]
        struct Content {
            status: u16,
            reason: Option<String>,
            closed: bool,
        }
        let made = async {
            let visitor = Self::from_http(request).await?;
            let reason = problem.map(|p| visitor.words(p)).transpose()?;
            visitor.page_with(
                status,
                "error",
                Content {
                    status: status.as_u16(),
                    reason,
                    closed,
                },
            )
        };
        match made.await {
            Ok(page) => page,
            Err(failure) => {
                tracing::error!(cause = failure.cause, "no error page could be made");
                error::plain(
                    status,
                    "Layanan sedang terganggu. Coba lagi beberapa menit lagi.\n",
                )
            }
        }
    }
}

fn identify(
    conn: &mut crate::service::Conn,
    token: &Token,
    now_s: i64,
) -> Result<Who, crate::service::Error> {
    if let Some(person) = access::person_of(conn, token, now_s)? {
        return Ok(Who::Signer(person));
    }
    Ok(match access::subject_of(conn, token, now_s)? {
        None => Who::Stranger,
        Some(Subject::Person(id)) => Who::Signer(crate::service::roster::find_person(conn, id)?),
        Some(Subject::Account(id)) => match access::officer(conn, id) {
            Ok(officer) => Who::Officer(officer),
            Err(crate::service::Error::Forbidden) => Who::Stranger,
            Err(error) => return Err(error),
        },
    })
}

/// A token from a cookie or a link.
pub fn parse_token(text: &str) -> Option<Token> {
    encoding::decode_base64url(text).ok()?.try_into().ok()
}

fn read_flash(app: &App, lang: Lang, value: &str) -> Option<Flash> {
    let (kind, key) = value.split_once('.')?;
    let kind = match kind {
        "good" => FlashKind::Good,
        "info" => FlashKind::Info,
        "warning" => FlashKind::Warning,
        _ => FlashKind::Bad,
    };
    let text = app.render().text(lang, key, &[]).ok()?;
    Some(Flash { kind, text })
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

impl FromRequest for Visitor {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self::from_http(&request).await?) })
    }
}

/// A signed-in signer. Anybody else is sent to the sign-in page.
#[derive(Clone)]
pub struct SignerVisitor {
    /// The visitor.
    pub visitor: Visitor,
    /// The person.
    pub person: PersonRow,
}

impl FromRequest for SignerVisitor {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let visitor = Visitor::signed_in(&request).await?;
            let Who::Signer(person) = visitor.who.clone() else {
                return Err(Failure::from(crate::service::Error::Forbidden).into());
            };
            Ok(Self { visitor, person })
        })
    }
}

/// A signed-in officer. Anybody else is sent to the sign-in page.
#[derive(Clone)]
pub struct OfficerVisitor {
    /// The visitor.
    pub visitor: Visitor,
    /// The officer.
    pub officer: Officer,
}

impl OfficerVisitor {
    /// Refuses an officer none of whose roles allows the action on the installation as a whole.
    pub fn check(&self, action: Action) -> Result<(), Failure> {
        Ok(self.officer.check(action, None)?)
    }

    /// Writes in the journal what the officer saw or did, in a transaction of its own; `subject` names ids only.
    pub async fn note(&self, action: &'static str, subject: String) -> Result<(), Failure> {
        let app = &self.visitor.app;
        let (actor, now_s) = (Some(Subject::Account(self.officer.account.id)), app.now_s());
        Ok(app
            .write(move |conn| journal::note(conn, now_s, actor, action, &subject))
            .await?)
    }
}

impl FromRequest for OfficerVisitor {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let visitor = Visitor::signed_in(&request).await?;
            let Who::Officer(officer) = visitor.who.clone() else {
                return Err(Failure::from(crate::service::Error::Forbidden).into());
            };
            Ok(Self { visitor, officer })
        })
    }
}

/// Not a failure: the way to the sign-in page.
#[derive(Debug, thiserror::Error)]
#[error("sign in first")]
struct SignInFirst;

impl actix_web::ResponseError for SignInFirst {
    fn status_code(&self) -> StatusCode {
        StatusCode::SEE_OTHER
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/sign-in"))
            .finish()
    }
}
