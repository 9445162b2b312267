//! The witness's door: a dozen lines of routes, bodies bounded in bytes and time, and every answer plain text. Absent: what is answered.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::HttpResponse;
use actix_web::HttpServer;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Path;
use actix_web::web::Payload;
use actix_web::web::ServiceConfig;
use actix_web::web::get;
use actix_web::web::post;

use crate::ledger::witness::REQUEST_SIZE_BYTES_MAX;
use crate::witness::Reply;
use crate::witness::Witness;

/// A request's body may take so long, and its head too.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(5);
/// Connections at the same time, for each worker.
const CONNECTIONS_MAX: usize = 512;
/// Threads that take connections; the disk is slower than one of them.
const WORKERS: usize = 2;

type Shared = Data<Witness>;

/// Serves until the process gets SIGTERM; `ready` is called once connections are taken.
pub fn run(witness: Arc<Witness>, listener: TcpListener, ready: impl FnOnce()) -> std::io::Result<()> {
    let witness = Shared::from(witness);
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(move || App::new().app_data(witness.clone()).configure(routes))
            .workers(WORKERS)
            .max_connections(CONNECTIONS_MAX)
            .client_request_timeout(REQUEST_TIME_MAX)
            .shutdown_timeout(5)
            .listen(listener)?
            .run();
        ready();
        server.await
    })
}

fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(describe))
        .route("/healthz", get().to(alive))
        .route("/add-checkpoint", post().to(add_checkpoint))
        .route("/{hash}/checkpoint", get().to(checkpoint))
        .route("/{hash}/equivocation", get().to(equivocation))
        .route("/{hash}/foreign", get().to(foreign))
        .route("/{hash}/disputes", get().to(disputes))
        .route("/{hash}/disputes", post().to(receive_dispute));
}

async fn describe(witness: Shared) -> HttpResponse {
    shown(blocking(witness, Witness::describe).await)
}

async fn checkpoint(witness: Shared, hash: Path<String>) -> HttpResponse {
    shown(blocking(witness, move |witness| witness.newest_checkpoint(&hash)).await)
}

async fn equivocation(witness: Shared, hash: Path<String>) -> HttpResponse {
    shown(blocking(witness, move |witness| witness.equivocation(&hash)).await)
}

async fn disputes(witness: Shared, hash: Path<String>) -> HttpResponse {
    shown(blocking(witness, move |witness| witness.list_disputes(&hash)).await)
}

async fn foreign(witness: Shared, hash: Path<String>) -> HttpResponse {
    shown(blocking(witness, move |witness| witness.foreign(&hash)).await)
}

async fn alive(witness: Shared) -> HttpResponse {
    answer(blocking(witness, Witness::health).await)
}

async fn add_checkpoint(witness: Shared, payload: Payload) -> HttpResponse {
    match read(payload).await {
        Ok(body) => answer(blocking(witness, move |witness| witness.add_checkpoint(&body)).await),
        Err(refused) => refused,
    }
}

async fn receive_dispute(witness: Shared, hash: Path<String>, payload: Payload) -> HttpResponse {
    match read(payload).await {
        Ok(file) => answer(blocking(witness, move |witness| witness.receive_dispute(&hash, &file)).await),
        Err(refused) => refused,
    }
}

/// Reads a body, or says why not and ends the connection: what is still to come is not read.
async fn read(payload: Payload) -> Result<actix_web::web::Bytes, HttpResponse> {
    let refuse = |status: StatusCode, why: &'static str| {
        let mut response = HttpResponse::build(status);
        response.force_close();
        response.content_type("text/plain; charset=utf-8").body(why)
    };
    let reading = payload.to_bytes_limited(REQUEST_SIZE_BYTES_MAX);
    match tokio::time::timeout(REQUEST_TIME_MAX, reading).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_))) => Err(refuse(StatusCode::BAD_REQUEST, "the body was cut short\n")),
        Ok(Err(_)) => Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long\n")),
        Err(_) => Err(refuse(StatusCode::REQUEST_TIMEOUT, "the body came too slowly\n")),
    }
}

/// Runs what locks and writes where it holds nobody else up.
async fn blocking(witness: Shared, work: impl FnOnce(&Witness) -> Reply + Send + 'static) -> Reply {
    let done = tokio::task::spawn_blocking(move || work(&witness)).await;
    done.unwrap_or_else(|error| Reply::failed("the request failed", &error))
}

fn answer(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(reply.content_type)
        .body(reply.body)
}

/// For everybody's scripts to read, and never old.
fn shown(reply: Reply) -> HttpResponse {
    let mut response = answer(reply);
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::HeaderValue::from_static("*"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("public, max-age=1"),
    );
    response
}
