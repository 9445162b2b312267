//! Complaints coming in: a [`mod@file`] of an authority, or one [`typed`] by hand; here what both do with what they have read. Absent: the
//! authorities ([`super::authority`]).

use crate::domain::complaint::Received;
use crate::service::Error;
use crate::service::Problem;
use crate::service::access::Subject;
use crate::service::complaint;
use crate::service::complaint::Different;
use crate::service::complaint::Taken;
use crate::service::crossref::Proposal;
use crate::service::journal;
use crate::web::complaint::view;
use crate::web::complaint::view::Choice;
use crate::web::complaint::view::FieldError;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

pub mod file;
pub mod typed;

async fn authorities(officer: &OfficerVisitor) -> Result<Vec<Choice>, Failure> {
    let rows = officer
        .visitor
        .app
        .read(|conn| Ok(complaint::list_authorities(conn)?))
        .await?;
    Ok(view::choices(&rows))
}

fn error(officer: &OfficerVisitor, field: &'static str, key: &'static str) -> Result<FieldError, Failure> {
    let text = officer.visitor.words(&Problem::new(key))?;
    Ok(FieldError { field, text })
}

/// The page shows what stands in these complaints beside what came now.
async fn note_different(officer: &OfficerVisitor, shown: &[Different]) -> Result<(), Failure> {
    for different in shown {
        let subject = format!("complaint {}", different.complaint_id);
        officer.note("complaint-viewed", subject).await?;
    }
    Ok(())
}

async fn take(
    officer: &OfficerVisitor,
    authority_id: i64,
    batch: Vec<(Received, Proposal)>,
) -> Result<Vec<Taken>, Error> {
    let app = &officer.visitor.app;
    let (actor, now_s) = (Some(Subject::Account(officer.officer.account.id)), app.now_s());
    app.write(move |conn| {
        let mut all = Vec::new();
        for (received, proposal) in &batch {
            let taken = complaint::take(conn, authority_id, received, proposal, now_s)?;
            if let Taken::Added(id) = taken {
                journal::note(
                    conn,
                    now_s,
                    actor,
                    "complaint-entered",
                    &format!("complaint {id}"),
                )?;
            }
            all.push(taken);
        }
        Ok(all)
    })
    .await
}
