//! What examiners do about a complaint: answer, take back, compare anew, go on to the next. Absent: what is shown (`super::view`),
//! what an answer means ([`crate::service::crossref::decide`]).

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Form;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;

use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::Problem;
use crate::service::access::Subject;
use crate::service::complaint;
use crate::service::crossref;
use crate::service::crossref::Answer;
use crate::service::crossref::ByHand;
use crate::service::crossref::Outcome;
use crate::service::crossref::Settled;
use crate::service::journal;
use crate::web::complaint::load;
use crate::web::complaint::queue::Queue;
use crate::web::complaint::queue::due_s;
use crate::web::complaint::view::FieldError;
use crate::web::complaint::view::Typed;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// Complaints compared anew in one transaction.
const BATCH: i64 = 250;

/// An examiner's answer as the form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DecideForm {
    #[serde(default)]
    who: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    find: String,
    /// Number of the proposal that was on the screen.
    #[serde(default)]
    number: String,
    /// `next`: on to the next undecided complaint.
    #[serde(default)]
    then: String,
    /// `keep`: a decision that somebody wants to reopen stands.
    #[serde(default)]
    act: String,
    #[serde(flatten)]
    queue: Queue,
}

/// `POST /complaints/{id}/decide`.
pub async fn decide(
    officer: OfficerVisitor,
    id: Path<i64>,
    form: Form<DecideForm>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let form = form.into_inner();
    let outcome = match form.who.as_str() {
        "nobody" => Some(Outcome::Nobody),
        who => who.parse().ok().map(Outcome::Person),
    };
    let Some(outcome) = outcome else {
        let problem = Problem::new("case-problem-who");
        return refuse(
            &officer,
            *id,
            form,
            StatusCode::UNPROCESSABLE_ENTITY,
            "who",
            &problem,
        )
        .await;
    };
    record(&officer, *id, outcome, form).await
}

/// `POST /complaints/{id}/reopen`.
pub async fn reopen(
    officer: OfficerVisitor,
    id: Path<i64>,
    form: Form<DecideForm>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let form = form.into_inner();
    let outcome = if form.act == "keep" {
        Outcome::Kept
    } else {
        Outcome::Reopened
    };
    record(&officer, *id, outcome, form).await
}

async fn record(
    officer: &OfficerVisitor,
    id: i64,
    outcome: Outcome,
    form: DecideForm,
) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let (account_id, reason, now_s) = (officer.officer.account.id, form.reason.clone(), app.now_s());
    let (two, seen) = (app.config().complaints.two_examiners, form.number.parse().ok());
    let by_hand = compare_by_hand(officer, id, outcome).await?;
    let made = app
        .write(move |conn| {
            let answer = Answer {
                outcome,
                account_id,
                reason: &reason,
                seen,
                two,
                by_hand: by_hand.as_ref(),
            };
            let (decision, settled) = crossref::decide(conn, id, &answer, now_s)?;
            let action = match settled {
                Settled::Waits => "complaint-answered",
                Settled::Decided => "complaint-decided",
                Settled::Differs => "complaint-disagreed",
                Settled::Open => "complaint-reopened",
                Settled::Stands => "complaint-kept",
            };
            let actor = Some(Subject::Account(account_id));
            let subject = format!("complaint {id} decision {decision}");
            journal::note(conn, now_s, actor, action, &subject)?;
            Ok(settled)
        })
        .await;
    let settled = match made {
        Ok(settled) => settled,
        Err(Error::Invalid(problem)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return refuse(officer, id, form, status, "reason", &problem).await;
        }
        Err(Error::Conflict(problem)) => {
            return refuse(officer, id, form, StatusCode::CONFLICT, "reason", &problem).await;
        }
        Err(other) => return Err(other.into()),
    };
    let (kind, said) = match settled {
        Settled::Decided => (FlashKind::Good, "case-decided"),
        Settled::Waits => (FlashKind::Good, "case-waits"),
        Settled::Differs => (FlashKind::Warning, "case-differs"),
        Settled::Open => (FlashKind::Good, "case-reopened"),
        Settled::Stands => (FlashKind::Good, "case-kept"),
    };
    // Two answers that differ are looked at together, before anything else.
    let to = if form.then == "next" && settled != Settled::Differs {
        find_next(officer, &form.queue, Some(id)).await?
    } else {
        None
    };
    let to = form.queue.behind(&format!("/complaints/{}", to.unwrap_or(id)));
    officer.visitor.go(&to, kind, said)
}

/// What speaks for the person of an answer whom the proposal does not hold, compared before the lock: a roster's index may have to be built
/// for it. Another proposal that comes meanwhile makes the answer one about an older one.
async fn compare_by_hand(
    officer: &OfficerVisitor,
    id: i64,
    outcome: Outcome,
) -> Result<Option<ByHand>, Failure> {
    let Outcome::Person(person_id) = outcome else {
        return Ok(None);
    };
    let app = officer.visitor.app.clone();
    let compared = officer
        .visitor
        .app
        .read(move |conn| {
            if crossref::is_proposed(conn, id, person_id)? {
                return Ok(None);
            }
            let received = complaint::received(&complaint::find(conn, id)?)?;
            let roster = app.rosters().current(conn)?;
            Ok(ByHand::compare(&roster, &received, person_id))
        })
        .await?;
    Ok(compared)
}

/// Which complaint was looked at last, and which are gone through.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NextQuery {
    #[serde(default)]
    after: String,
    #[serde(flatten)]
    queue: Queue,
}

/// `GET /complaints/next`: on to the complaint that has waited longest for this examiner's answer, after the one last looked at.
pub async fn next(officer: OfficerVisitor, query: Query<NextQuery>) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let NextQuery { after, queue } = query.into_inner();
    match find_next(&officer, &queue, after.parse().ok()).await? {
        Some(id) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, queue.behind(&format!("/complaints/{id}"))))
            .finish()),
        None => officer
            .visitor
            .go(&queue.behind("/complaints"), FlashKind::Info, "case-no-next"),
    }
}

/// The next complaint of the queue after this one, or from its beginning again, that waits for an answer of this examiner.
async fn find_next(
    officer: &OfficerVisitor,
    queue: &Queue,
    after: Option<i64>,
) -> Result<Option<i64>, Failure> {
    let app = &officer.visitor.app;
    let account_id = officer.officer.account.id;
    let due_s = due_s(app.now_s(), app.config().complaints.overdue_days);
    let queue = queue.clone();
    let found = app
        .read(move |conn| {
            let authorities = complaint::list_authorities(conn)?;
            let queue = queue.known(&authorities);
            let place = match after {
                Some(id) => {
                    let row = complaint::find(conn, id)?;
                    Some((row.received_s, row.id))
                }
                None => None,
            };
            for queue in queue.to_answer() {
                let filter = queue.filter(&authorities, due_s);
                let mut found = complaint::find_next(conn, &filter, account_id, place, after)?;
                if found.is_none() && place.is_some() {
                    found = complaint::find_next(conn, &filter, account_id, None, after)?;
                }
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
        .await?;
    Ok(found)
}

/// `POST /complaints/{id}/compare`: the comparison once more, with the roster as it is now.
pub async fn compare(
    officer: OfficerVisitor,
    id: Path<i64>,
    queue: Form<Queue>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let (app, id) = (officer.visitor.app.clone(), *id);
    let reader = app.clone();
    let proposal = app
        .read(move |conn| {
            let row = complaint::find(conn, id)?;
            Ok(reader
                .rosters()
                .current(conn)?
                .propose(&complaint::received(&row)?))
        })
        .await?;
    let now_s = app.now_s();
    let actor = Some(Subject::Account(officer.officer.account.id));
    app.write(move |conn| {
        if !crossref::save_anew(conn, id, &proposal, now_s)? {
            return Err(Error::conflict("case-problem-answered"));
        }
        let subject = format!("complaint {id}");
        journal::note(conn, now_s, actor, "complaint-compared", &subject)
    })
    .await?;
    let to = queue.behind(&format!("/complaints/{id}"));
    officer.visitor.go(&to, FlashKind::Good, "case-compared")
}

/// `POST /complaints/compare`: every undecided complaint once more whose proposal is of another roster or model.
pub async fn compare_all(officer: OfficerVisitor, queue: Form<Queue>) -> Result<HttpResponse, Failure> {
    officer.check(Action::DecideComplaints)?;
    let app = officer.visitor.app.clone();
    let (now_s, actor) = (app.now_s(), Some(Subject::Account(officer.officer.account.id)));
    let reader = app.clone();
    // All of them are compared with one roster, even if another one is confirmed meanwhile.
    let roster = app.read(move |conn| reader.rosters().current(conn)).await?;
    let (mut after, mut compared) = (0, 0_usize);
    loop {
        let of = Arc::clone(&roster);
        let batch = app
            .read(move |conn| crossref::propose_anew(conn, &of, after, BATCH))
            .await?;
        let Some((last, _)) = batch.last() else { break };
        after = *last;
        compared += app
            .write(move |conn| {
                let mut saved = 0;
                for (id, proposal) in &batch {
                    saved += usize::from(crossref::save_anew(conn, *id, proposal, now_s)?);
                }
                Ok(saved)
            })
            .await?;
    }
    app.write(move |conn| {
        let subject = format!("complaints {compared}");
        journal::note(conn, now_s, actor, "complaints-compared", &subject)
    })
    .await?;
    let to = queue.behind("/complaints");
    officer.visitor.go(&to, FlashKind::Good, "case-compared-all")
}

/// The page once more, with what was typed and what is wrong with it.
async fn refuse(
    officer: &OfficerVisitor,
    id: i64,
    form: DecideForm,
    status: StatusCode,
    field: &'static str,
    problem: &Problem,
) -> Result<HttpResponse, Failure> {
    let typed = Typed {
        who: form.who,
        reason: form.reason,
        find: form.find,
        complainant: false,
    };
    let text = officer.visitor.words(problem)?;
    let page = load(
        officer,
        id,
        None,
        form.queue,
        typed,
        vec![FieldError { field, text }],
    )
    .await?;
    officer
        .note("complaint-viewed", format!("complaint {id}"))
        .await?;
    officer.visitor.page_with(status, "complaint/show", page)
}
