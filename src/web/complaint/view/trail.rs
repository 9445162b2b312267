//! What examiners answered about a complaint, and which proposals were replaced meanwhile. Absent: what an answer means
//! ([`crate::service::crossref::decide`]).

use serde::Serialize;

use crate::service::Conn;
use crate::service::Error;
use crate::service::access;
use crate::service::complaint::ComplaintRow;
use crate::service::crossref::ByHand;
use crate::service::crossref::DecisionRow;
use crate::service::crossref::PastRow;
use crate::service::roster;
use crate::web::complaint::queue::Queue;
use crate::web::complaint::view::PersonView;
use crate::web::complaint::view::case::shortened;
use crate::web::complaint::view::waterfall;
use crate::web::complaint::view::waterfall::Scale;
use crate::web::complaint::view::waterfall::Step;

/// The first of two answers.
#[derive(Debug, Serialize)]
pub(super) struct FirstView {
    /// Whether whoever looks gave it.
    mine: bool,
    /// Whether it asks to reopen a decision.
    reopening: bool,
    officer: String,
    /// None for whoever answers second: two answers are independent only while the first is not seen.
    answer: Option<DecisionView>,
}

/// An answer.
#[derive(Debug, Serialize)]
pub(super) struct DecisionView {
    outcome: String,
    step: String,
    person: Option<PersonView>,
    officer: String,
    reason: String,
    decided_s: i64,
    number: Option<i64>,
    model: String,
    snapshot: String,
    by_hand: Option<ByHandView>,
}

/// What spoke for a person who was not proposed.
#[derive(Debug, Serialize)]
struct ByHandView {
    score: String,
    steps: Vec<Step>,
    model: String,
    snapshot: String,
}

/// A proposal that a newer one replaced.
#[derive(Debug, Serialize)]
pub(super) struct PastView {
    number: i64,
    decision: String,
    model: String,
    snapshot: String,
    made_s: i64,
    replaced_s: i64,
    /// Where it is shown as it was.
    href: String,
}

/// The answer that waits, and the record of all others, the newest first. Whoever answered first sees the own answer.
pub(super) fn answers(
    conn: &mut Conn,
    row: &ComplaintRow,
    decisions: Vec<DecisionRow>,
    account_id: i64,
) -> Result<(Option<FirstView>, Vec<DecisionView>), Error> {
    let (mut first, mut trail) = (None, Vec::new());
    for decision in decisions {
        let (id, mine) = (decision.id, decision.account_id == account_id);
        let reopening = decision.outcome == "reopened" && decision.step == "first";
        let answer = DecisionView::new(conn, decision)?;
        if row.first_answer_id == Some(id) {
            first = Some(FirstView {
                mine,
                reopening,
                officer: answer.officer.clone(),
                // The wish to reopen is judged by its reason; an answer is given anew.
                answer: Some(answer).filter(|_| mine || reopening),
            });
        } else {
            trail.push(answer);
        }
    }
    Ok((first, trail))
}

impl DecisionView {
    fn new(conn: &mut Conn, row: DecisionRow) -> Result<Self, Error> {
        let by_hand = ByHand::of(&row)?.map(|kept| ByHandView::from(&kept));
        let person = row
            .person_id
            .map(|id| roster::find_person(conn, id))
            .transpose()?;
        // A wish that waits has not reopened anything yet, and may be refused.
        let is_wish = row.outcome == "reopened" && row.step == "first";
        Ok(Self {
            outcome: if is_wish {
                "reopening".to_owned()
            } else {
                row.outcome
            },
            step: row.step,
            person: person.map(PersonView::from),
            officer: access::find_account(conn, row.account_id)?.name,
            reason: row.reason,
            decided_s: row.decided_s,
            number: row.number,
            model: row.model_version,
            snapshot: shortened(&row.roster_snapshot),
            by_hand,
        })
    }
}

impl From<&ByHand> for ByHandView {
    fn from(kept: &ByHand) -> Self {
        let scale = Scale::of([(kept.prior_bits, &kept.candidate)]);
        Self {
            score: waterfall::bits(kept.candidate.score),
            steps: waterfall::steps(kept.prior_bits, &kept.candidate, &scale),
            model: kept.model_version.clone(),
            snapshot: shortened(&kept.roster_snapshot),
        }
    }
}

impl PastView {
    pub(super) fn new(row: PastRow, queue: &Queue) -> Self {
        let address = queue.address();
        let and = if address.is_empty() { "" } else { "&" };
        Self {
            href: format!("?past={}{and}{address}#candidates", row.number),
            number: row.number,
            decision: row.decision,
            model: row.model_version,
            snapshot: shortened(&row.roster_snapshot),
            made_s: row.made_s,
            replaced_s: row.replaced_s,
        }
    }
}
