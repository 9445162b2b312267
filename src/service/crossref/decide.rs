//! An examiner's answer about a complaint; where the setting asks for two examiners, the second one's too. Absent: what is proposed
//! ([`super::roster`]), what follows for the ledger ([`mod@super::join`]).
//!
//! With two examiners the first answer waits. An answer of another account that says the same settles the complaint; one that says
//! something else opens it again, and both stay in the record.

use crate::service::Error;
use crate::service::Problem;
use crate::store::Conn;
use crate::store::complaint;
use crate::store::complaint::ComplaintRow;
use crate::store::crossref as store;
use crate::store::crossref::DecisionRow;
use crate::store::erasure::ERASED;
use crate::store::roster;

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;

/// What an examiner answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is this person, by row id.
    Person(i64),
    /// It is nobody on this roster, or none of the candidates.
    Nobody,
    /// The answer given before is taken back.
    Reopened,
}

impl Outcome {
    /// The stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Nobody => "nobody",
            Self::Reopened => "reopened",
        }
    }

    fn person_id(self) -> Option<i64> {
        match self {
            Self::Person(id) => Some(id),
            Self::Nobody | Self::Reopened => None,
        }
    }
}

/// An answer with who gives it, why, and what was on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The answer.
    pub outcome: Outcome,
    /// Who answers.
    pub account_id: i64,
    /// Why.
    pub reason: &'a str,
    /// Number of the proposal that was on the screen; none: the newest.
    pub seen: Option<i64>,
    /// Whether an answer needs a second examiner.
    pub two: bool,
}

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The complaint is decided.
    Decided,
    /// The answer waits for a second examiner.
    Waits,
    /// Two examiners do not agree: the complaint is open again.
    Differs,
    /// The answer before was taken back: the complaint is open.
    Open,
}

/// Records an examiner's answer; the row id of the record, and what it did. Nothing is ever overwritten.
pub fn decide(
    conn: &mut Conn,
    complaint_id: i64,
    answer: &Answer<'_>,
    now_s: i64,
) -> Result<(i64, Settled), Error> {
    let row = complaint::find(conn, complaint_id)?;
    let reason = check_reason(answer.reason)?;
    let proposal = store::find(conn, complaint_id)?;
    let number = proposal.as_ref().map(|proposal| proposal.number);
    if answer.seen.is_some() && answer.seen != number {
        return Err(Error::conflict("case-problem-newer"));
    }
    let first = row
        .first_answer_id
        .map(|id| store::find_decision(conn, id))
        .transpose()?;
    let (step, settled) = weigh(&row, first.as_ref(), answer)?;
    if let Some(id) = answer.outcome.person_id() {
        let person = roster::find_person(conn, id)?;
        if person.nip.starts_with(ERASED) {
            return Err(Error::NotFound);
        }
    }
    let (model_version, roster_snapshot) =
        proposal.map_or_else(Default::default, |row| (row.model_version, row.roster_snapshot));
    let decision = store::NewDecision {
        complaint_id,
        outcome: answer.outcome.key(),
        person_id: answer.outcome.person_id(),
        account_id: answer.account_id,
        reason,
        model_version: &model_version,
        roster_snapshot: &roster_snapshot,
        decided_s: now_s,
        number,
        step,
    };
    let id = store::insert_decision(conn, &decision)?;
    let state = match (settled, answer.outcome) {
        (Settled::Decided, Outcome::Person(_)) => "identified",
        (Settled::Decided, _) => "nobody",
        _ => "received",
    };
    let waits = (settled == Settled::Waits).then_some(id);
    complaint::set_standing(conn, complaint_id, state, waits)?;
    Ok((id, settled))
}

/// Which step an answer is, and what it does; `first` is the answer that waits.
fn weigh(
    row: &ComplaintRow,
    first: Option<&DecisionRow>,
    answer: &Answer<'_>,
) -> Result<(&'static str, Settled), Error> {
    let is_open = row.state == "received";
    match (answer.outcome, first) {
        // Whoever answered first may think again; another examiner answers instead.
        (Outcome::Reopened, Some(first)) if first.account_id == answer.account_id => {
            Ok(("alone", Settled::Open))
        }
        (Outcome::Reopened, Some(_)) => Err(Error::conflict("case-problem-not-yours")),
        (Outcome::Reopened, None) if is_open => Err(Error::conflict("case-problem-open")),
        (Outcome::Reopened, None) => Ok(("alone", Settled::Open)),
        _ if !is_open => Err(Error::conflict("case-problem-decided")),
        (_, Some(first)) if first.account_id == answer.account_id => {
            Err(Error::conflict("case-problem-same-examiner"))
        }
        (outcome, Some(first)) => {
            let agrees = first.outcome == outcome.key() && first.person_id == outcome.person_id();
            Ok(if agrees {
                ("second", Settled::Decided)
            } else {
                ("differs", Settled::Differs)
            })
        }
        (_, None) if answer.two => Ok(("first", Settled::Waits)),
        (_, None) => Ok(("alone", Settled::Decided)),
    }
}

fn check_reason(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("case-problem-reason"));
    }
    if reason.chars().count() > REASON_CHARS_MAX || reason.contains('\0') {
        return Err(Error::Invalid(
            Problem::new("case-problem-reason-long").with("max", REASON_CHARS_MAX),
        ));
    }
    Ok(reason)
}
