//! From a refusal to an answer: the only place with status codes. The page says what to do; the log gets the cause.
//!
//! A handler returns [`Failure`]; [`crate::web::guard`] turns it into a page (or JSON under `/api/`), since only there the
//! request and its reader's language are at hand.

use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::error::JsonPayloadError;
use actix_web::error::UrlencodedError;
use actix_web::http::StatusCode;

use crate::render::RenderError;
use crate::service::Error;
use crate::service::Problem;

/// A request that gets no page of its own.
#[derive(Debug, thiserror::Error)]
#[error("{status}: {cause}")]
pub struct Failure {
    /// HTTP status.
    pub status: StatusCode,
    /// What to tell the reader, beyond the status.
    pub problem: Option<Problem>,
    /// Whether the reason is a window that is not open.
    pub closed: bool,
    /// What to tell the log.
    pub cause: String,
}

impl Failure {
    fn new(status: StatusCode, cause: impl std::fmt::Display) -> Self {
        Self {
            status,
            problem: None,
            closed: false,
            cause: cause.to_string(),
        }
    }

    /// No such page or thing.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found")
    }

    /// A request from another site's page.
    pub fn cross_site() -> Self {
        Self {
            problem: Some(Problem::new("problem-cross-site")),
            ..Self::new(StatusCode::FORBIDDEN, "a cross-site request")
        }
    }

    /// Too many requests from one place.
    pub fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate limit")
    }

    /// More bytes than this route takes.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body too large")
    }

    /// A request that does not have the shape its route takes.
    pub fn malformed(cause: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, cause)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let cause = error.to_string();
        let closed = matches!(error, Error::Closed(_));
        let (status, problem) = match error {
            Error::Invalid(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Some(problem)),
            Error::NotFound => (StatusCode::NOT_FOUND, None),
            Error::Forbidden => (StatusCode::FORBIDDEN, None),
            Error::Closed(problem) | Error::Conflict(problem) => (StatusCode::CONFLICT, Some(problem)),
            Error::Busy(problem) => (StatusCode::SERVICE_UNAVAILABLE, Some(problem)),
            Error::Tampered(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                Some(Problem::new("problem-tampered")),
            ),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self {
            status,
            problem,
            closed,
            cause,
        }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error)
    }
}

impl From<UrlencodedError> for Failure {
    fn from(error: UrlencodedError) -> Self {
        match error {
            UrlencodedError::Overflow { .. } => Self::too_large(),
            other => Self::malformed(other),
        }
    }
}

impl From<JsonPayloadError> for Failure {
    fn from(error: JsonPayloadError) -> Self {
        match error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                Self::too_large()
            }
            other => Self::malformed(other),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status)
    }
}

/// Any address that no route knows.
pub async fn unknown_page() -> Result<HttpResponse, Failure> {
    Err(Failure::not_found())
}

/// The status of a plain answer, for handlers that have no page.
pub(crate) fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(text)
}
