//! A file of complaints, as an authority sends it. Absent: one complaint by hand ([`super::typed`]).
//!
//! A file is read to its end before anything is stored; what is refused is listed by line, field and reason, and what is good is taken.

use std::io::Cursor;
use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::rt::task::spawn_blocking;
use futures_util::TryStreamExt;
use serde::Serialize;

use crate::app::complaint_file::ComplaintFile;
use crate::app::complaint_file::FileError;
use crate::app::complaint_file::FileLimits;
use crate::domain::complaint::Field;
use crate::domain::complaint::Received;
use crate::domain::complaint::Refusal;
use crate::domain::role::Action;
use crate::service::Error;
use crate::service::complaint;
use crate::service::complaint::Different;
use crate::service::complaint::Taken;
use crate::service::crossref::Proposal;
use crate::service::crossref::Roster;
use crate::sheet::SheetError;
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
/// Refusals, and complaints that differ, listed in full.
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
    different_count: usize,
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
    let slug = sent.authority.clone();
    let report = take_file(&officer, authority.id, sent).await?;
    let subject = format!("authority {} added {}", authority.id, report.added);
    officer.note("complaints-imported", subject).await?;
    note_different(&officer, &report.different).await?;
    let status = if report.unreadable.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    import_page(&officer, status, slug, Vec::new(), Some(report)).await
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

impl From<FileError> for Unreadable {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Sheet(error) => error.into(),
            FileError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<SheetError> for Unreadable {
    fn from(error: SheetError) -> Self {
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

/// Reads, compares and stores a file. It is read to its end first, so that nothing is stored of one that breaks off; then each
/// batch is whole or not at all, and the file sent again goes on where it stopped. Only a batch is held at a time.
async fn take_file(officer: &OfficerVisitor, authority_id: i64, sent: Sent) -> Result<Report, Failure> {
    let mut report = Report {
        file: sent.file,
        check: sent.check,
        ..Report::default()
    };
    let bytes: Arc<[u8]> = sent.bytes.into();
    let whole = Arc::clone(&bytes);
    let read = spawn_blocking(move || refusals(whole)).await;
    match read.map_err(Error::internal)? {
        Ok((count, refused)) => report.refuse(count, refused),
        Err(unreadable) => {
            report.unreadable = Some(unreadable);
            return Ok(report);
        }
    }
    let mut left = None;
    loop {
        let (bytes, check, app) = (Arc::clone(&bytes), sent.check, officer.visitor.app.clone());
        let read = officer.visitor.app.read(move |conn| {
            let mut file = match left {
                Some(file) => file,
                // It was read once: only another program that writes into this memory could break it.
                None => {
                    ComplaintFile::open(Cursor::new(bytes), &FileLimits::UPLOAD).map_err(Error::internal)?
                }
            };
            let batch: Vec<Received> = file.by_ref().flatten().flatten().take(BATCH).collect();
            let is_last = batch.len() < BATCH;
            let (known, new) = complaint::sort_out_known(conn, authority_id, batch)?;
            let to_propose = if check || new.is_empty() {
                None
            } else {
                Some(app.rosters().current(conn)?)
            };
            let added = if check { new.len() } else { 0 };
            let proposed = to_propose.map_or_else(Vec::new, |roster| propose(&roster, new));
            Ok((file, is_last, known, added, proposed))
        });
        let (file, is_last, known, added, proposed) = read.await?;
        report.added += added;
        for taken in known {
            report.note(taken, false);
        }
        let is_strong = |(_, proposal): &(Received, Proposal)| proposal.decision.key() == "match";
        let strong: Vec<bool> = proposed.iter().map(is_strong).collect();
        if !proposed.is_empty() {
            let taken = take(officer, authority_id, proposed).await?;
            for (one, strong) in taken.into_iter().zip(strong) {
                report.note(one, strong);
            }
        }
        if is_last {
            return Ok(report);
        }
        left = Some(file);
    }
}

/// How many complaints of a file are refused, and the first of them.
fn refusals(bytes: Arc<[u8]>) -> Result<(usize, Vec<Refusal>), Unreadable> {
    let (mut count, mut refused) = (0, Vec::new());
    for one in ComplaintFile::open(Cursor::new(bytes), &FileLimits::UPLOAD)? {
        if let Err(refusal) = one? {
            count += 1;
            if count <= LISTED_MAX {
                refused.push(refusal);
            }
        }
    }
    Ok((count, refused))
}

fn propose(roster: &Roster, complaints: Vec<Received>) -> Vec<(Received, Proposal)> {
    let proposed = complaints.into_iter().map(|received| {
        let proposal = roster.propose(&received);
        (received, proposal)
    });
    proposed.collect()
}

impl Report {
    /// Notes how many were refused, and the first of them.
    fn refuse(&mut self, count: usize, refused: Vec<Refusal>) {
        self.refused_count = count;
        let view = |refusal: Refusal| RefusedView {
            line: refusal.line,
            field: field_key(refusal.field),
            reason: refusal.reason.key(),
            reference: refusal.reference,
        };
        self.refused = refused.into_iter().map(view).collect();
    }

    fn note(&mut self, taken: Taken, strong: bool) {
        match taken {
            Taken::Added(_) => {
                self.added += 1;
                self.strong += usize::from(strong);
            }
            Taken::Unchanged(_) => self.unchanged += 1,
            Taken::Different(different) => {
                self.different_count += 1;
                if self.different.len() < LISTED_MAX {
                    self.different.push(different);
                }
            }
        }
    }
}
