//! For load balancers and supervisors: `healthz` (the process answers) and `readyz` (it can do its work).

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::app::App;
use crate::app::witnesses::gate::GateState;
use crate::service;
use crate::service::Error;

/// `GET /healthz`.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line of its own in the answer"
)]
struct Ready {
    database: bool,
    migrations: bool,
    published: bool,
    clock: bool,
    witnesses: GateState,
    entries: u64,
    mails_waiting: i64,
    mails_failed: i64,
}

/// `GET /readyz`: 200 when everything holds, else 503 and which does not.
pub async fn ready(app: Data<App>) -> HttpResponse {
    let asked = app
        .read(|conn| {
            Ok((
                !service::migrations_pending(conn).map_err(Error::from)?,
                service::ledger_size(conn)?,
                service::mail::count(conn, "queued")?,
                service::mail::count(conn, "failed")?,
            ))
        })
        .await;
    let (database, (migrations, entries, mails_waiting, mails_failed)) = match asked {
        Ok(facts) => (true, facts),
        Err(_) => (false, (false, 0, 0, 0)),
    };
    let ready = Ready {
        database,
        migrations,
        published: app.is_published(),
        clock: app.clock().is_steady(),
        witnesses: app.witnesses().gate().state(),
        entries,
        mails_waiting,
        mails_failed,
    };
    let well = ready.database
        && ready.migrations
        && ready.published
        && ready.clock
        && ready.witnesses == GateState::Open;
    if well {
        HttpResponse::Ok().json(ready)
    } else {
        HttpResponse::ServiceUnavailable().json(ready)
    }
}
