//! Taking a file in: streamed under the configured limit, then read on a thread of its own.

use std::io::Cursor;
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::header;
use futures_util::StreamExt;
use futures_util::TryStreamExt;
use sha2::Digest;
use sha2::Sha256;

use crate::app;
use crate::app::App;
use crate::app::roster_file;
use crate::domain::role::Action;
use crate::domain::text::Origin;
use crate::ledger::encoding;
use crate::service::Conn;
use crate::service::Error;
use crate::service::access::Subject;
use crate::service::act::SignedAct;
use crate::service::journal;
use crate::service::roster;
use crate::sheet::Limits;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;
use crate::web::roster::start_page;
use crate::web::roster::view;
use crate::web::roster::view::FormError;

/// How long the answer waits for the file to be read; a longer one is followed on the progress page.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Bytes of a field beside the file.
const FIELD_BYTES_MAX: usize = 1024;

/// What the form holds.
#[derive(Default)]
struct Sent {
    election: String,
    name: String,
    bytes: Vec<u8>,
}

/// `POST /roster`: fields `election` and `file`.
pub async fn upload(officer: OfficerVisitor, form: Multipart) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportRoster)?;
    let app = officer.visitor.app.clone();
    let sent = receive(form, app.config().web.upload_bytes_max).await?;
    if sent.bytes.is_empty() {
        let text = officer
            .visitor
            .words(&crate::service::Problem::new("roster-problem-no-file"))?;
        let errors = vec![FormError { field: "file", text }];
        return start_page(&officer, sent.election, errors).await;
    }
    let id = begin(&officer, &sent).await?;
    let reading = actix_web::rt::task::spawn_blocking(move || read(&app, id, &sent));
    // An answer that does not wait leaves the reading running.
    let _still_reading = tokio::time::timeout(PATIENCE, reading).await;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/roster/{id}")))
        .finish())
}

async fn begin(officer: &OfficerVisitor, sent: &Sent) -> Result<i64, Failure> {
    let app = &officer.visitor.app;
    let (election, name) = (sent.election.clone(), sent.name.clone());
    let sha256: [u8; 32] = Sha256::digest(&sent.bytes).into();
    let (account, now_s) = (officer.officer.account.id, app.now_s());
    Ok(app
        .write(move |conn| {
            let file = roster::File {
                name: &name,
                sha256: &sha256,
            };
            let id = roster::begin(conn, &election, file, Some(account), now_s)?;
            let (actor, subject) = (Some(Subject::Account(account)), format!("import {id}"));
            journal::note(conn, now_s, actor, "roster-uploaded", &subject)?;
            Ok(id)
        })
        .await?)
}

async fn receive(mut form: Multipart, bytes_max: usize) -> Result<Sent, Failure> {
    let mut sent = Sent::default();
    while let Some(mut field) = form.try_next().await.map_err(Failure::malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        let limit = if name == "file" {
            bytes_max
        } else {
            FIELD_BYTES_MAX
        };
        if name == "file" {
            sent.name = field
                .content_disposition()
                .and_then(|d| d.get_filename())
                .unwrap_or_default()
                .to_owned();
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(Failure::malformed)?;
            if bytes.len() + chunk.len() > limit {
                return Err(Failure::too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        match name.as_str() {
            "file" => sent.bytes = bytes,
            "election" => sent.election = String::from_utf8_lossy(&bytes).into_owned(),
            _ => {}
        }
    }
    Ok(sent)
}

/// Reads the file and keeps its preview, or why there is none.
fn read(app: &App, id: i64, sent: &Sent) {
    let total = u64::try_from(sent.bytes.len()).unwrap_or(u64::MAX).max(1);
    let mut progress = |bytes: u64| {
        let percent = u8::try_from(bytes.saturating_mul(90) / total).unwrap_or(90);
        // A report that is lost only makes the bar jump.
        let _lost = app.write_here(move |conn| roster::note_progress(conn, id, percent));
    };
    let limits = Limits {
        file_bytes_max: total,
        ..Limits::UPLOAD
    };
    let failed = |key: &str, values: Vec<(String, String)>| {
        let key = key.to_owned();
        app.write_here(move |conn| roster::fail(conn, id, &key, values))
    };
    let result = match roster_file::read(Cursor::new(&sent.bytes), &limits, &mut progress) {
        Ok(roster) => keep(app, id, &sent.election, &roster),
        Err(error) => {
            let (key, values) = error.message();
            failed(key, values)
        }
    };
    if let Err(error) = result {
        tracing::error!(%error, import = id, "a roster could not be read");
        let _logged_above = failed("internal", Vec::new());
    }
}

fn keep(app: &App, id: i64, election: &str, roster: &crate::domain::roster::Roster) -> Result<(), Error> {
    let origin = view::origin(app).map_err(|failure| Error::internal(failure.cause))?;
    let draft =
        app.read_here(|conn| roster::draft(conn, &origin, election, roster, &mut app::random::<32>))?;
    app.write_here(move |conn| roster::keep(conn, id, &draft))
}

/// A key and its signature over an act.
type Signed = ([u8; 32], [u8; 64]);

/// Keys and signatures as the form sends them, in order.
pub(super) fn signatures(form: &[(String, String)]) -> Result<Vec<Signed>, Failure> {
    let of = |name: &'static str| {
        form.iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| encoding::decode_base64(value).map_err(Failure::malformed))
    };
    of("key")
        .zip(of("signature"))
        .map(|(key, signature)| {
            let short = |_: Vec<u8>| Failure::malformed("a key or signature of another length");
            Ok((
                key?.try_into().map_err(short)?,
                signature?.try_into().map_err(short)?,
            ))
        })
        .collect()
}

/// The acts as they were prepared, with the signatures that came.
pub(super) fn acts(
    conn: &mut Conn,
    origin: &Origin,
    id: i64,
    signed: &[Signed],
) -> Result<Vec<SignedAct>, Error> {
    let content = roster::content(conn, id)?;
    content
        .acts
        .iter()
        .zip(signed)
        .map(|(act, (key, signature))| SignedAct::parse(origin, act.text.as_bytes(), *key, *signature))
        .collect()
}
