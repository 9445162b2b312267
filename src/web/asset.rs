//! Style, scripts and pictures, embedded and fingerprinted: their addresses change when they do, so they may be kept for ever.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Path;

use crate::app::App;
use crate::web::error::Failure;

/// `GET /assets/<build>/<path>`.
pub async fn file(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (build, path) = path.into_inner();
    let asset = app.render().asset(&path).ok_or_else(Failure::not_found)?;
    let cache = if build == app.render().build() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ETAG, asset.etag))
        .content_type(asset.mime)
        .body(asset.bytes.into_owned()))
}
