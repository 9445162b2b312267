//! What speaks for a person whom an examiner found by hand: weighed as the linkage weighs those it lists, and kept with the answer that
//! names the person. Absent: what the linkage lists by itself ([`super::roster`]), the answer ([`mod@super::decide`]).

use serde::Deserialize;
use serde::Serialize;

use crate::domain::complaint::Received;
use crate::linkage::MODEL_VERSION;
use crate::service::Error;
use crate::service::crossref::Candidate;
use crate::service::crossref::Roster;
use crate::service::crossref::make_readable;
use crate::store::crossref::DecisionRow;

/// One person beside one complaint, and what they were compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByHand {
    /// Model version.
    pub model_version: String,
    /// Which roster, by its digest.
    pub roster_snapshot: String,
    /// What every person's score starts from, in bits.
    pub prior_bits: f64,
    /// The person; the posterior is among all that was weighed then.
    pub candidate: Candidate,
}

impl ByHand {
    /// A person of the roster beside a complaint; none where the roster that is searched does not hold the person.
    pub fn compare(roster: &Roster, received: &Received, person_id: i64) -> Option<Self> {
        let (prior_bits, people) = roster.explain_people(received, &[person_id]);
        Some(Self {
            model_version: MODEL_VERSION.to_owned(),
            roster_snapshot: roster.snapshot().to_owned(),
            prior_bits,
            candidate: people.into_iter().next()?,
        })
    }

    /// What stands with a decision; none where it names nobody, or somebody of the proposal.
    pub fn of(row: &DecisionRow) -> Result<Option<Self>, Error> {
        let Some(text) = &row.evidence else {
            return Ok(None);
        };
        let mut kept: Self = serde_json::from_str(text)
            .map_err(|_damaged| Error::Tampered(format!("evidence of decision {}", row.id)))?;
        make_readable(&mut kept.candidate);
        Ok(Some(kept))
    }
}
