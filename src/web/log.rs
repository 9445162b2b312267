//! The public log over HTTP, as C2SP tlog-tiles lays it out: the files of the log folder, byte for byte.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Path;

use crate::app::App;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::Tile;
use crate::service::Error;
use crate::service::publish;
use crate::web::error::Failure;

/// `GET /checkpoint`: the newest with the policy's quorum.
pub async fn checkpoint(app: Data<App>) -> Result<HttpResponse, Failure> {
    serve(
        &app,
        publish::CHECKPOINT,
        "text/plain; charset=utf-8",
        "public, max-age=1",
    )
    .await
}

/// `GET /checkpoint.latest`: the newest with the log's signature.
pub async fn checkpoint_latest(app: Data<App>) -> Result<HttpResponse, Failure> {
    serve(
        &app,
        publish::LATEST,
        "text/plain; charset=utf-8",
        "public, max-age=1",
    )
    .await
}

/// `GET /log.vkey`.
pub async fn vkey(app: Data<App>) -> Result<HttpResponse, Failure> {
    serve(
        &app,
        publish::VKEY,
        "text/plain; charset=utf-8",
        "public, max-age=3600",
    )
    .await
}

/// `GET /policy`: which witnesses this portal asks (C2SP tlog-policy).
pub async fn policy(app: Data<App>) -> Result<HttpResponse, Failure> {
    serve(
        &app,
        publish::POLICY,
        "text/plain; charset=utf-8",
        "public, max-age=60",
    )
    .await
}

/// `GET /tile/…`: only the well-formed name of a tile or entry bundle reaches the disk.
pub async fn tile(app: Data<App>, path: Path<String>) -> Result<HttpResponse, Failure> {
    let name = format!("tile/{}", path.into_inner());
    if Tile::parse(&name).is_err() && EntryBundle::parse(&name).is_err() {
        return Err(Failure::not_found());
    }
    serve(
        &app,
        &name,
        "application/octet-stream",
        "public, max-age=31536000, immutable",
    )
    .await
}

async fn serve(
    app: &Data<App>,
    name: &str,
    mime: &'static str,
    cache: &'static str,
) -> Result<HttpResponse, Failure> {
    let (log, name) = (app.log().clone(), name.to_owned());
    let bytes = tokio::task::spawn_blocking(move || log.read(&name))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)?
        .ok_or_else(Failure::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .content_type(mime)
        .body(bytes))
}
