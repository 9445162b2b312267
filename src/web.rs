//! The whole route table on one page, and the server that carries it.
//!
//! Handlers are short because their argument types did the work ([`extract`]); what guards every request is in [`guard`]; what
//! a refusal looks like in [`error`]. Absent: SQL, decisions.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::App as Server;
use actix_web::HttpServer;
use actix_web::dev;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::web::FormConfig;
use actix_web::web::JsonConfig;
use actix_web::web::PathConfig;
use actix_web::web::PayloadConfig;
use actix_web::web::QueryConfig;
use actix_web::web::ServiceConfig;
use actix_web::web::get;
use actix_web::web::post;
use actix_web::web::resource;
use futures_util::FutureExt;

use crate::app::App;

pub mod act;
pub mod acts;
pub mod api;
pub mod asset;
pub mod complaint;
pub mod dispute;
pub mod election;
pub mod erasure;
pub mod error;
pub mod extract;
pub mod guard;
pub mod health;
pub mod home;
pub mod hr;
pub mod ledger;
pub mod log;
pub mod officer;
pub mod receipt;
pub mod roster;
pub mod sign;
pub mod signin;
pub mod verify;

use error::Failure;

/// The largest ordinary form, in bytes; uploads and long acts set their own limit beside their route.
const FORM_BYTES_MAX: usize = 128 * 1024;

/// The largest form of signed acts: a roster of 100,000 people has some 150.
const ACTS_BYTES_MAX: usize = 32 << 20;

/// How often addresses that have been quiet are forgotten.
const SWEEP: Duration = Duration::from_mins(5);

/// Every route of the portal.
#[expect(clippy::too_many_lines, reason = "the table is one page, a route a line")]
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(home::start))
        .route("/privacy", get().to(home::privacy))
        .route("/accessibility", get().to(home::accessibility))
        .route("/sign-in", get().to(signin::form))
        .route("/sign-in", post().to(signin::request))
        .route("/sign-in/sent", get().to(signin::sent))
        .route("/enter/{token}", get().to(signin::link))
        .route("/enter/{token}", post().to(signin::enter))
        .route("/sign-out", post().to(signin::leave))
        .route("/sign-out/everywhere", post().to(signin::leave_everywhere))
        .route("/sign", get().to(sign::page))
        .route("/sign", post().to(sign::post))
        .route("/sign/code", get().to(sign::code))
        .route("/sign/code", post().to(sign::answer))
        .route("/sign/code/resend", post().to(sign::resend))
        .route("/receipt", get().to(receipt::page))
        .route("/receipt/print", get().to(receipt::print))
        .route("/receipt/proof", get().to(receipt::proof))
        .route("/receipt/opening", get().to(receipt::opening))
        .route("/receipt/qr.svg", get().to(receipt::qr))
        .route("/assets/{build}/{path:.*}", get().to(asset::file))
        .route("/verify", get().to(verify::form))
        .route("/v/{code}", get().to(verify::code))
        .route("/v/{code}/proof", get().to(verify::proof))
        .route("/ledger", get().to(ledger::index))
        .route("/ledger/map/{election}/{label}", get().to(ledger::map))
        .route("/ledger/{index}", get().to(ledger::entry))
        .route("/ledger/{index}/proof", get().to(ledger::proof))
        .route("/pact/{election}/{version}", get().to(ledger::pact))
        .route("/api/v1/verify/{code}", get().to(api::code))
        .route("/api/v1/ledger/{index}", get().to(api::entry))
        .route("/api/v1/elections", get().to(api::elections))
        .route("/api/v1/checkpoint", get().to(api::checkpoint))
        .route("/elections", get().to(election::list))
        .route("/elections/new", get().to(election::new))
        .route("/elections/draft", post().to(election::draft))
        .route("/elections/act", post().to(election::enter))
        .route("/elections/{id}", get().to(election::show))
        .route("/elections/{id}/amend", get().to(election::amend))
        .route("/elections/{id}/pact", get().to(election::pact))
        .route("/elections/{id}/pact", post().to(election::draft_pact))
        .route("/elections/{id}/close", get().to(election::close))
        .route("/officers", get().to(officer::list))
        .route("/officers", post().to(officer::add))
        .route("/officers/draft", post().to(officer::draft))
        .route("/officers/act", post().to(officer::enter))
        .route("/officers/{id}/disable", post().to(officer::disable))
        .route("/acts", get().to(acts::list))
        .route("/acts", post().to(acts::propose))
        .route("/acts/{id}", get().to(acts::show))
        .route("/acts/{id}/join", post().to(acts::join))
        .route("/acts/{id}/withdraw", post().to(acts::withdraw))
        .route("/disputes", get().to(dispute::list))
        .route("/disputes", post().to(dispute::enter))
        .route("/disputes/{index}/draft", post().to(dispute::draft))
        .route("/erasures", get().to(erasure::list))
        .route("/erasures/draft", post().to(erasure::draft))
        .route("/erasures/hold", post().to(erasure::hold))
        .route("/erasures/hold/{id}/lift", post().to(erasure::lift))
        .route("/dispute/{code}", get().to(dispute::page))
        .route("/dispute/{code}", post().to(dispute::open))
        .route("/key", get().to(officer::key))
        .route("/key", post().to(officer::request_key))
        .route("/complaints", get().to(complaint::list))
        .route("/complaints/import", get().to(complaint::intake::file::form))
        .route("/complaints/import", post().to(complaint::intake::file::import))
        .route("/complaints/new", get().to(complaint::intake::typed::form))
        .route("/complaints/new", post().to(complaint::intake::typed::add))
        .route("/complaints/authorities", get().to(complaint::authority::form))
        .route("/complaints/authorities", post().to(complaint::authority::add))
        .route("/complaints/next", get().to(complaint::decide::next))
        .route("/complaints/compare", post().to(complaint::decide::compare_all))
        .route("/complaints/{id}", get().to(complaint::show))
        .route("/complaints/{id}/decide", post().to(complaint::decide::decide))
        .route("/complaints/{id}/reopen", post().to(complaint::decide::reopen))
        .route("/complaints/{id}/compare", post().to(complaint::decide::compare))
        .route("/checkpoint", get().to(log::checkpoint))
        .route("/checkpoint.latest", get().to(log::checkpoint_latest))
        .route("/log.vkey", get().to(log::vkey))
        .route("/policy", get().to(log::policy))
        .route("/tile/{path:.*}", get().to(log::tile))
        .route("/hr", get().to(hr::dashboard))
        .route("/hr/export.csv", get().to(hr::export::csv))
        .route("/hr/export.xlsx", get().to(hr::export::xlsx))
        .route("/hr/invite", post().to(hr::invite))
        .route("/hr/remind", post().to(hr::remind))
        .route("/roster", get().to(roster::start))
        .route("/roster", post().to(roster::upload))
        .route("/roster/{id}", get().to(roster::show))
        .route("/roster/{id}/progress", get().to(roster::progress))
        .service(
            resource("/roster/{id}/confirm")
                .app_data(
                    FormConfig::default()
                        .limit(ACTS_BYTES_MAX)
                        .error_handler(|e, _| Failure::from(e).into()),
                )
                .route(post().to(roster::confirm)),
        )
        .route("/roster/{id}/discard", post().to(roster::discard))
        .route("/healthz", get().to(health::alive))
        .route("/readyz", get().to(health::ready))
        .default_service(actix_web::web::to(error::unknown_page));
}

/// Everything around the routes: state, limits, guards. Tests and [`serve`] build the same.
pub fn configure(app: &App, limits: &guard::Limits) -> impl FnOnce(&mut ServiceConfig) + Clone + use<> {
    let (app, limits) = (app.clone(), limits.clone());
    move |config| {
        config
            .app_data(Data::new(app))
            .app_data(Data::new(limits))
            .app_data(PayloadConfig::new(FORM_BYTES_MAX))
            .app_data(
                FormConfig::default()
                    .limit(FORM_BYTES_MAX)
                    .error_handler(|e, _| Failure::from(e).into()),
            )
            .app_data(
                JsonConfig::default()
                    .limit(FORM_BYTES_MAX)
                    .error_handler(|e, _| Failure::from(e).into()),
            )
            .app_data(PathConfig::default().error_handler(|_, _| Failure::not_found().into()))
            .app_data(QueryConfig::default().error_handler(|_, _| Failure::not_found().into()))
            .configure(routes);
    }
}

/// Starts the web server on a listening socket; it runs until stopped or the process gets SIGTERM.
pub fn serve(app: &App, listener: TcpListener) -> std::io::Result<dev::Server> {
    serve_limited(app, listener, &guard::Limits::new(&app.config().web))
}

fn serve_limited(app: &App, listener: TcpListener, limits: &guard::Limits) -> std::io::Result<dev::Server> {
    let configure = configure(app, limits);
    let workers = app.config().web.workers;
    let server = HttpServer::new(move || {
        Server::new()
            .wrap(from_fn(guard::guard))
            .configure(configure.clone())
    })
    .shutdown_timeout(10);
    let server = if workers == 0 {
        server
    } else {
        server.workers(workers)
    };
    Ok(server.listen(listener)?.run())
}

/// Serves until stopped, with `beside` running next to it; `ready` is called once connections are taken.
pub fn run(
    app: &App,
    listener: TcpListener,
    beside: impl Future<Output = ()> + 'static,
    ready: impl FnOnce(),
) -> std::io::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let limits = guard::Limits::new(&app.config().web);
        let mut server = serve_limited(app, listener, &limits)?;
        // Its first turn opens the doors and takes the signals over; who reads "ready" may send one at once.
        if let Some(ended) = (&mut server).now_or_never() {
            return ended;
        }
        let beside = actix_web::rt::spawn(beside);
        let sweeping = actix_web::rt::spawn(async move {
            let mut tick = tokio::time::interval(SWEEP);
            loop {
                tick.tick().await;
                limits.sweep();
            }
        });
        ready();
        server.await?;
        beside.abort();
        sweeping.abort();
        Ok(())
    })
}
