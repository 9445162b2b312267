//! Who a complaint may mean: the linkage proposes, a person decides, and the decision is joined to the ledger.
//!
//! Nothing here decides about a person by itself (UU 27/2022): a proposal is stored as a proposal, and [`decide`] takes an
//! officer's answer with its reason. Absent: how people are compared ([`crate::linkage`]).

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::complaint::Received;
use crate::ledger::hash::sha256;
use crate::linkage;
use crate::linkage::Decision;
use crate::linkage::Evidence;
use crate::linkage::Index;
use crate::linkage::Linkage;
use crate::linkage::MODEL_VERSION;
use crate::linkage::Policy;
use crate::service::Error;
use crate::service::Problem;
use crate::store::Conn;
use crate::store::complaint;
use crate::store::crossref as store;
use crate::store::crossref::RosterMark;
use crate::store::roster;

mod join;

pub use crate::store::crossref::CrossrefRow;
pub use crate::store::crossref::DecisionRow;
pub use crate::store::crossref::find;
pub use crate::store::crossref::list_decisions;
pub use join::Join;
pub use join::JoinRow;
pub use join::join;

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;
/// How many people a search by name shows.
pub const SEARCH_MAX: usize = 20;
/// How many persons are read at once while the index is built.
const PAGE: i64 = 10_000;

/// The roster, ready to be searched.
#[derive(Debug)]
pub struct Roster {
    index: Index,
    /// Row ids, by place in the index.
    ids: Vec<i64>,
    snapshot: String,
}

/// The newest [`Roster`], built once for as long as the persons stay as they are.
#[derive(Debug, Default)]
pub struct Rosters(Mutex<Option<(RosterMark, Arc<Roster>)>>);

impl Rosters {
    /// The roster as the tables have it now. Building it takes a while: never call this on the writer.
    pub fn current(&self, conn: &mut Conn) -> Result<Arc<Roster>, Error> {
        let mark = store::roster_mark(conn)?;
        // Held while building, so that two visitors never build the same index side by side.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, roster)) = kept.as_ref()
            && *of == mark
        {
            return Ok(Arc::clone(roster));
        }
        let roster = Arc::new(Roster::load(conn)?);
        *kept = Some((mark, Arc::clone(&roster)));
        Ok(roster)
    }
}

impl Roster {
    /// Reads everybody and builds the index.
    pub fn load(conn: &mut Conn) -> Result<Self, Error> {
        let mut former = store::former_numbers(conn)?;
        let (mut people, mut ids, mut after) = (Vec::new(), Vec::new(), 0);
        let mut digest = sha256(&[b"ikrar/roster-snapshot/v1\n"]);
        loop {
            let page = store::list_persons(conn, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                let former_nips = former.remove(&row.id).unwrap_or_default();
                let unit = if row.unit_path.is_empty() {
                    row.unit
                } else {
                    row.unit_path.replace('\u{1f}', ", ")
                };
                let fields = [&row.nip, &row.name, &unit, &row.position, &row.city];
                let line = serde_json::to_vec(&(fields, &former_nips)).map_err(Error::internal)?;
                digest = sha256(&[digest.as_bytes(), &line]);
                ids.push(row.id);
                people.push(linkage::Person {
                    nip: row.nip,
                    former_nips,
                    name: row.name,
                    unit,
                    position: row.position,
                    city: row.city,
                });
            }
        }
        Ok(Self {
            index: Index::build(people),
            ids,
            snapshot: hex::encode(digest),
        })
    }

    /// Names exactly this roster: SHA-256 over what the linkage reads of it.
    pub fn snapshot(&self) -> &str {
        &self.snapshot
    }

    /// What the linkage proposes for a complaint.
    pub fn propose(&self, received: &Received) -> Proposal {
        let complaint = linkage::Complaint {
            accused_name: received.accused_name.clone(),
            unit: received.unit.clone(),
            city: received.city.clone(),
            position: received.position.clone(),
            nip_fragment: received.nip_fragment.clone(),
            handle: received.handle.clone(),
            incident_date: received.incident_day.as_ref().map(ToString::to_string),
        };
        let answer = linkage::link(&self.index, &complaint, &Policy::default());
        Proposal {
            decision: answer.decision,
            explanation: self.explain(answer),
            snapshot: self.snapshot.clone(),
        }
    }

    fn explain(&self, answer: Linkage) -> Explanation {
        let person = |who: linkage::PersonId| {
            let place = usize::try_from(who.0).ok()?;
            self.ids.get(place).copied()
        };
        let candidates = answer.candidates.into_iter().map(|candidate| Candidate {
            person_id: candidate.who.and_then(person),
            score: candidate.score_bits,
            posterior: candidate.posterior,
            evidence: candidate.evidence.iter().map(Line::from).collect(),
            contradictions: candidate.contradictions.iter().map(Line::from).collect(),
        });
        Explanation {
            rule: answer.rule.key().to_owned(),
            conflict: answer.conflict,
            prior_bits: answer.prior_bits,
            namesakes: answer.namesakes,
            candidates: candidates.collect(),
        }
    }
}

/// What the linkage proposes: never a decision.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// How strong.
    pub decision: Decision,
    /// Why.
    pub explanation: Explanation,
    snapshot: String,
}

/// The explanation of a proposal, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The rule, by key.
    pub rule: String,
    /// The number says one person and the name another.
    pub conflict: bool,
    /// What every person's score starts from.
    pub prior_bits: f64,
    /// How many others bear the name nearly as well.
    pub namesakes: u32,
    /// Best first, *nobody* among them.
    pub candidates: Vec<Candidate>,
}

/// One hypothesis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Row id of the person; none for *nobody on this roster*.
    pub person_id: Option<i64>,
    /// Bits.
    pub score: f64,
    /// Probability among all that was weighed.
    pub posterior: f64,
    /// Lines that, with the prior, sum to the score.
    pub evidence: Vec<Line>,
    /// The lines that forbid a strong proposal.
    pub contradictions: Vec<Line>,
}

/// One line of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Field, by key.
    pub field: String,
    /// How well it agrees, by key.
    pub level: String,
    /// For or against.
    pub bits: f64,
    /// What was compared.
    pub detail: String,
}

impl From<&Evidence> for Line {
    fn from(evidence: &Evidence) -> Self {
        Self {
            field: evidence.field.key().to_owned(),
            level: evidence.level.key().to_owned(),
            bits: evidence.bits,
            detail: evidence.detail.clone(),
        }
    }
}

/// Stores a proposal in place of an older one. What people decided stays.
pub fn save(conn: &mut Conn, complaint_id: i64, proposal: &Proposal, now_s: i64) -> Result<(), Error> {
    let row = CrossrefRow {
        complaint_id,
        made_s: now_s,
        model_version: MODEL_VERSION.to_owned(),
        roster_snapshot: proposal.snapshot.clone(),
        decision: proposal.decision.key().to_owned(),
        explanation: serde_json::to_string(&proposal.explanation).map_err(Error::internal)?,
    };
    Ok(store::save(conn, &row)?)
}

/// The explanation of a stored proposal.
pub fn explanation(row: &CrossrefRow) -> Result<Explanation, Error> {
    serde_json::from_str(&row.explanation)
        .map_err(|_damaged| Error::Tampered(format!("crossref of complaint {}", row.complaint_id)))
}

/// What an officer answers.
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
}

/// Records an officer's answer. An answer stands until it is taken back; nothing is ever overwritten.
pub fn decide(
    conn: &mut Conn,
    complaint_id: i64,
    outcome: Outcome,
    account_id: i64,
    reason: &str,
    now_s: i64,
) -> Result<i64, Error> {
    let row = complaint::find(conn, complaint_id)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("case-problem-reason"));
    }
    if reason.chars().count() > REASON_CHARS_MAX || reason.contains('\0') {
        return Err(Error::Invalid(
            Problem::new("case-problem-reason-long").with("max", REASON_CHARS_MAX),
        ));
    }
    let is_open = row.state == "received";
    let (state, person_id) = match outcome {
        Outcome::Reopened if is_open => return Err(Error::conflict("case-problem-open")),
        Outcome::Reopened => ("received", None),
        _ if !is_open => return Err(Error::conflict("case-problem-decided")),
        Outcome::Person(id) => ("identified", Some(roster::find_person(conn, id)?.id)),
        Outcome::Nobody => ("nobody", None),
    };
    let proposal = store::find(conn, complaint_id)?;
    let (model_version, roster_snapshot) =
        proposal.map_or_else(Default::default, |row| (row.model_version, row.roster_snapshot));
    let decision = store::NewDecision {
        complaint_id,
        outcome: outcome.key(),
        person_id,
        account_id,
        reason,
        model_version: &model_version,
        roster_snapshot: &roster_snapshot,
        decided_s: now_s,
    };
    let id = store::insert_decision(conn, &decision)?;
    complaint::set_state(conn, complaint_id, state)?;
    Ok(id)
}

/// People by NIP (whole, current or former) or by words of their name.
pub fn search(conn: &mut Conn, query: &str) -> Result<Vec<roster::PersonRow>, Error> {
    let digits: String = query
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
        .collect();
    if digits.len() >= 18 && digits.chars().all(|c| c.is_ascii_digit()) {
        return Ok(roster::find_person_by_nip(conn, &digits)?.into_iter().collect());
    }
    let words: Vec<String> = query
        .to_lowercase()
        .replace('\0', " ")
        .split_whitespace()
        .take(8)
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(SEARCH_MAX).unwrap_or(i64::MAX);
    Ok(store::search_persons(conn, &words, limit)?)
}

#[cfg(test)]
mod tests;
