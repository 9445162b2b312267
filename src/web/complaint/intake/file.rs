//! A file of complaints, as an authority sends it. Absent: one complaint by hand ([`super::typed`]).
//!
//! A file is read whole before anything is stored; what is refused is listed by line, field and reason, and what is good is taken.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use futures_util::TryStreamExt;
use serde::Serialize;

use crate::domain::complaint::Field;
use crate::domain::complaint::Received;
use crate::domain::complaint::Refusal;
use crate::domain::complaint::json;
use crate::domain::complaint::table::Parser;
use crate::domain::role::Action;
use crate::service::complaint;
use crate::service::complaint::Different;
use crate::service::complaint::Taken;
use crate::service::crossref::Proposal;
use crate::sheet;
use crate::sheet::Limits;
use crate::web::complaint::intake::authorities;
use crate::web::complaint::intake::error;
use crate::web::complaint::intake::note_different;
use crate::web::complaint::intake::take;
use crate::web::complaint::view::Choice;
use crate::web::complaint::view::FieldError;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// The largest file of complaints, in bytes.
const FILE_BYTES_MAX: usize = 20 << 20;
/// The largest other field beside a file, in bytes.
const FIELD_BYTES_MAX: usize = 1024;
/// Complaints in one transaction.
const BATCH: usize = 250;
/// Refusals listed in full.
const LISTED_MAX: usize = 500;

#[derive(Serialize)]
struct ImportPage {
    authorities: Vec<Choice>,
    authority: String,
    errors: Vec<FieldError>,
    report: Option<Report>,
}

/// What became of a file.
#[derive(Debug, Default, Serialize)]
struct Report {
    file: String,
    /// Only looked at, nothing stored.
    check: bool,
    added: usize,
    unchanged: usize,
    different: Vec<Different>,
    refused_count: usize,
    refused: Vec<RefusedView>,
    /// Strong proposals among those added.
    strong: usize,
    /// A file that cannot be read at all: the key of its sentence, and the line.
    unreadable: Option<Unreadable>,
}

#[derive(Debug, Serialize)]
struct Unreadable {
    /// Whether the key is one of `sheet`'s, or a reason of `domain::complaint`.
    sheet: bool,
    key: String,
    line: Option<u64>,
    field: String,
}

#[derive(Debug, Serialize)]
struct RefusedView {
    line: u64,
    reference: String,
    field: String,
    reason: &'static str,
}

/// `GET /complaints/import`.
pub async fn form(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportComplaints)?;
    import_page(&officer, StatusCode::OK, String::new(), Vec::new(), None).await
}

/// `POST /complaints/import`.
pub async fn import(officer: OfficerVisitor, form: Multipart) -> Result<HttpResponse, Failure> {
    officer.check(Action::ImportComplaints)?;
    let sent = receive(form).await?;
    let app = officer.visitor.app.clone();
    let slug = sent.authority.clone();
    let authority = app
        .read(move |conn| Ok(complaint::find_authority(conn, &slug)?))
        .await?;
    let Some(authority) = authority else {
        let errors = vec![error(&officer, "authority", "complaint-problem-authority")?];
        return import_page(
            &officer,
            StatusCode::UNPROCESSABLE_ENTITY,
            sent.authority,
            errors,
            None,
        )
        .await;
    };
    if sent.bytes.is_empty() {
        let errors = vec![error(&officer, "file", "complaint-problem-file")?];
        return import_page(
            &officer,
            StatusCode::UNPROCESSABLE_ENTITY,
            sent.authority,
            errors,
            None,
        )
        .await;
    }
    let report = take_file(&officer, authority.id, &sent).await?;
    let subject = format!("authority {} added {}", authority.id, report.added);
    officer.note("complaints-imported", subject).await?;
    note_different(&officer, &report.different).await?;
    let status = if report.unreadable.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    import_page(&officer, status, sent.authority, Vec::new(), Some(report)).await
}

async fn import_page(
    officer: &OfficerVisitor,
    status: StatusCode,
    authority: String,
    errors: Vec<FieldError>,
    report: Option<Report>,
) -> Result<HttpResponse, Failure> {
    let page = ImportPage {
        authorities: authorities(officer).await?,
        authority,
        errors,
        report,
    };
    officer.visitor.page_with(status, "complaint/import", page)
}

#[derive(Default)]
struct Sent {
    authority: String,
    check: bool,
    file: String,
    bytes: Vec<u8>,
}

async fn receive(mut form: Multipart) -> Result<Sent, Failure> {
    let mut sent = Sent::default();
    while let Some(mut field) = form.try_next().await.map_err(Failure::malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = name == "file";
        if is_file {
            let file = field.content_disposition().and_then(|head| head.get_filename());
            sent.file = file.unwrap_or_default().chars().take(200).collect();
        }
        let max = if is_file { FILE_BYTES_MAX } else { FIELD_BYTES_MAX };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.try_next().await.map_err(Failure::malformed)? {
            if bytes.len() + chunk.len() > max {
                return Err(Failure::too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        match name.as_str() {
            "file" => sent.bytes = bytes,
            "authority" => sent.authority = String::from_utf8_lossy(&bytes).trim().to_owned(),
            "act" => sent.check = bytes == b"check",
            _ => {}
        }
    }
    Ok(sent)
}

struct Read {
    complaints: Vec<Received>,
    refused: Vec<Refusal>,
}

fn read(bytes: &[u8]) -> Result<Read, Unreadable> {
    let mut read = Read {
        complaints: Vec::new(),
        refused: Vec::new(),
    };
    let mut sort = |one: Result<Received, Refusal>| match one {
        Ok(received) => read.complaints.push(received),
        Err(refusal) => read.refused.push(refusal),
    };
    if json::looks_like(bytes) {
        json::parse(bytes)?.into_iter().for_each(&mut sort);
        return Ok(read);
    }
    let mut parser = Parser::default();
    for row in sheet::open(bytes, &Limits::UPLOAD)? {
        match parser.push(&row?) {
            Err(refusal) if !parser.has_header() => return Err(refusal.into()),
            one => one.transpose().into_iter().for_each(&mut sort),
        }
    }
    parser.finish()?;
    Ok(read)
}

impl From<sheet::SheetError> for Unreadable {
    fn from(error: sheet::SheetError) -> Self {
        Self {
            sheet: true,
            key: error.key().to_owned(),
            line: error.line(),
            field: String::new(),
        }
    }
}

impl From<Refusal> for Unreadable {
    fn from(refusal: Refusal) -> Self {
        Self {
            sheet: false,
            key: refusal.reason.key().to_owned(),
            line: Some(refusal.line),
            field: field_key(refusal.field),
        }
    }
}

fn field_key(field: Option<Field>) -> String {
    field.map_or_else(|| "record".to_owned(), |field| field.key().replace('_', "-"))
}

/// Reads, compares and stores a file; each batch is whole or not at all, and the file sent again goes on where it stopped.
async fn take_file(officer: &OfficerVisitor, authority_id: i64, sent: &Sent) -> Result<Report, Failure> {
    let app = &officer.visitor.app;
    let mut report = Report {
        file: sent.file.clone(),
        check: sent.check,
        ..Report::default()
    };
    let (bytes, reader) = (sent.bytes.clone(), app.clone());
    let check = sent.check;
    let prepared = app
        .read(move |conn| {
            let read = match read(&bytes) {
                Ok(read) => read,
                Err(unreadable) => return Ok(Err(unreadable)),
            };
            let mut known = Vec::new();
            if check {
                for received in &read.complaints {
                    known.push(complaint::known(conn, authority_id, received)?);
                }
                return Ok(Ok((read.refused, known, Vec::new())));
            }
            let roster = reader.rosters().current(conn)?;
            let proposed = read.complaints.into_iter().map(|received| {
                let proposal = roster.propose(&received);
                (received, proposal)
            });
            Ok(Ok((read.refused, known, proposed.collect::<Vec<_>>())))
        })
        .await?;
    let (refused, known, proposed) = match prepared {
        Ok(prepared) => prepared,
        Err(unreadable) => {
            report.unreadable = Some(unreadable);
            return Ok(report);
        }
    };
    report.refuse(refused);
    for one in known {
        report.note(one.unwrap_or(Taken::Added(0)), false);
    }
    let mut left = proposed.into_iter();
    loop {
        let batch: Vec<(Received, Proposal)> = left.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(report);
        }
        let strong: Vec<bool> = batch
            .iter()
            .map(|(_, proposal)| proposal.decision.key() == "match")
            .collect();
        let taken = take(officer, authority_id, batch).await?;
        for (one, strong) in taken.into_iter().zip(strong) {
            report.note(one, strong);
        }
    }
}

impl Report {
    fn refuse(&mut self, refused: Vec<Refusal>) {
        self.refused_count = refused.len();
        let view = |refusal: Refusal| RefusedView {
            line: refusal.line,
            field: field_key(refusal.field),
            reason: refusal.reason.key(),
            reference: refusal.reference,
        };
        self.refused = refused.into_iter().take(LISTED_MAX).map(view).collect();
    }

    fn note(&mut self, taken: Taken, strong: bool) {
        match taken {
            Taken::Added(_) => {
                self.added += 1;
                self.strong += usize::from(strong);
            }
            Taken::Unchanged(_) => self.unchanged += 1,
            Taken::Different(different) => self.different.push(different),
        }
    }
}
