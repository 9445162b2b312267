//! The start page and the two statements every public service owes: privacy and accessibility.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::service::election;
use crate::web::error::Failure;
use crate::web::extract::Visitor;

#[derive(Serialize)]
struct Start {
    elections: Vec<election::Standing>,
}

/// `GET /`.
pub async fn start(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let now_s = visitor.app.now_s();
    let elections = visitor
        .app
        .read(move |conn| election::list_standings(conn, now_s))
        .await?;
    visitor.page("home", Start { elections })
}

/// `GET /privacy`.
pub async fn privacy(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page("privacy", ())
}

/// `GET /accessibility`.
pub async fn accessibility(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page("accessibility", ())
}
