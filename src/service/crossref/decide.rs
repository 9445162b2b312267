//! An examiner's answer about a complaint; where the setting asks for two examiners, the second one's too. Absent: what is proposed
//! ([`super::roster`]), what follows for the ledger ([`mod@super::join`]).
//!
//! With two examiners the first answer waits. An answer of another account that says the same settles the complaint; one that says
//! something else opens it again, and both stay in the record. What two have settled, two reopen: the first wish waits, and the
//! decision stands until another examiner agrees.
//!
//! Nobody answers about a complaint that may be about themselves.

use crate::service::Error;
use crate::service::Problem;
use crate::service::crossref::ByHand;
use crate::service::crossref::Candidate;
use crate::service::crossref::explanation;
use crate::store::Conn;
use crate::store::account;
use crate::store::complaint;
use crate::store::complaint::ComplaintRow;
use crate::store::crossref as store;
use crate::store::crossref::DecisionRow;
use crate::store::erasure::ERASED;

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;

/// What an examiner answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is this person, by row id.
    Person(i64),
    /// It is nobody on this roster, or none of the candidates.
    Nobody,
    /// The answer given before is taken back, or the decision is to be reopened.
    Reopened,
    /// The decision that somebody asked to reopen stands; of whoever asked: the wish is taken back.
    Kept,
}

impl Outcome {
    /// The stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Nobody => "nobody",
            Self::Reopened => "reopened",
            Self::Kept => "kept",
        }
    }

    fn person_id(self) -> Option<i64> {
        match self {
            Self::Person(id) => Some(id),
            Self::Nobody | Self::Reopened | Self::Kept => None,
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
    /// Number of the proposal that was on the screen; none where there is no proposal.
    pub seen: Option<i64>,
    /// Whether an answer needs a second examiner.
    pub two: bool,
    /// What speaks for the person; kept where the proposal does not hold them.
    pub by_hand: Option<&'a ByHand>,
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
    /// The decision is not reopened.
    Stands,
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
    if answer.seen != number {
        return Err(Error::conflict("case-problem-newer"));
    }
    let decisions = store::list_decisions(conn, complaint_id)?;
    let (step, settled) = weigh(&row, &decisions, answer)?;
    let candidates = match &proposal {
        Some(proposal) => explanation(proposal)?.candidates,
        None => Vec::new(),
    };
    check_people(conn, &candidates, &decisions, answer)?;
    let evidence = evidence(&candidates, answer)?;
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
        evidence: evidence.as_deref(),
    };
    let id = store::insert_decision(conn, &decision)?;
    let state = match (settled, answer.outcome) {
        (Settled::Decided, Outcome::Person(_)) => "identified",
        (Settled::Decided, _) => "nobody",
        (Settled::Waits | Settled::Stands, _) => &row.state,
        (Settled::Differs | Settled::Open, _) => "received",
    };
    let waits = (settled == Settled::Waits).then_some(id);
    complaint::set_standing(conn, complaint_id, state, waits)?;
    Ok((id, settled))
}

/// Which step an answer is, and what it does; `decisions` are those before it, the newest first.
fn weigh(
    row: &ComplaintRow,
    decisions: &[DecisionRow],
    answer: &Answer<'_>,
) -> Result<(&'static str, Settled), Error> {
    let first = row
        .first_answer_id
        .and_then(|id| decisions.iter().find(|decision| decision.id == id));
    if row.state == "received" {
        return weigh_open(first, answer);
    }
    let Some(first) = first else {
        return match answer.outcome {
            Outcome::Reopened if is_of_two(decisions, answer.two) => Ok(("first", Settled::Waits)),
            Outcome::Reopened => Ok(("alone", Settled::Open)),
            Outcome::Kept => Err(Error::conflict("case-problem-not-asked")),
            _ => Err(Error::conflict("case-problem-decided")),
        };
    };
    let is_own = first.account_id == answer.account_id;
    match answer.outcome {
        Outcome::Reopened if is_own => Err(Error::conflict("case-problem-same-examiner")),
        Outcome::Reopened => Ok(("second", Settled::Open)),
        Outcome::Kept if is_own => Ok(("alone", Settled::Stands)),
        Outcome::Kept => Ok(("differs", Settled::Stands)),
        _ => Err(Error::conflict("case-problem-decided")),
    }
}
/// The same while nothing is decided.
fn weigh_open(first: Option<&DecisionRow>, answer: &Answer<'_>) -> Result<(&'static str, Settled), Error> {
    match (answer.outcome, first) {
        (Outcome::Kept, _) | (Outcome::Reopened, None) => Err(Error::conflict("case-problem-open")),
        // Whoever answered first may think again; another examiner answers instead.
        (Outcome::Reopened, Some(first)) if first.account_id == answer.account_id => {
            Ok(("alone", Settled::Open))
        }
        (Outcome::Reopened, Some(_)) => Err(Error::conflict("case-problem-not-yours")),
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

/// Whether a decided complaint takes two examiners to reopen: as the setting `two` says now, or as it was decided. `decisions`:
/// the newest first.
pub fn is_of_two(decisions: &[DecisionRow], two: bool) -> bool {
    let standing = decisions.iter().find(|decision| decision.settles());
    two || standing.is_some_and(|decision| decision.step == "second")
}

/// Refuses a person who is gone, and an examiner whom the complaint may be about: the one who is chosen, whom it was decided or
/// answered to be, or who ranks first among the people proposed.
fn check_people(
    conn: &mut Conn,
    candidates: &[Candidate],
    decisions: &[DecisionRow],
    answer: &Answer<'_>,
) -> Result<(), Error> {
    let chosen = answer.outcome.person_id();
    let proposed = candidates.iter().find_map(|candidate| candidate.person_id);
    let answered = decisions.iter().filter_map(|decision| decision.person_id);
    let ids: Vec<i64> = chosen.into_iter().chain(proposed).chain(answered).collect();
    let people = store::list_persons_by_id(conn, &ids)?;
    let is_there = |id: i64| {
        people
            .iter()
            .any(|person| person.id == id && !person.nip.starts_with(ERASED))
    };
    if chosen.is_some_and(|id| !is_there(id)) {
        return Err(Error::NotFound);
    }
    let address = account::find(conn, answer.account_id)?.email;
    let mut addresses = people.iter().filter_map(|person| person.email.as_deref());
    if addresses.any(|other| other.trim().eq_ignore_ascii_case(&address)) {
        return Err(Error::conflict("case-problem-self"));
    }
    Ok(())
}

/// Whether a complaint's newest proposal says already what speaks for a person.
pub fn is_proposed(conn: &mut Conn, complaint_id: i64, person_id: i64) -> Result<bool, Error> {
    match store::find(conn, complaint_id)? {
        Some(proposal) => Ok(holds(&explanation(&proposal)?.candidates, person_id)),
        None => Ok(false),
    }
}

fn holds(candidates: &[Candidate], person_id: i64) -> bool {
    candidates
        .iter()
        .any(|candidate| candidate.person_id == Some(person_id))
}

/// What is kept with an answer: why somebody whom the proposal does not hold.
fn evidence(candidates: &[Candidate], answer: &Answer<'_>) -> Result<Option<String>, Error> {
    let by_hand = answer.outcome.person_id().and_then(|chosen| {
        answer
            .by_hand
            .filter(|by_hand| by_hand.candidate.person_id == Some(chosen) && !holds(candidates, chosen))
    });
    by_hand
        .map(serde_json::to_string)
        .transpose()
        .map_err(Error::internal)
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
