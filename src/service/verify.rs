//! What this portal finds when it checks the proof behind a code: the answer for readers without JavaScript, and as JSON.
//!
//! Absent: the checks themselves ([`crate::domain::receipt`]), and whether to believe this portal; the proof file is for that.

use serde::Serialize;

use crate::domain::bounds::Bounds;
use crate::domain::code::Code;
use crate::domain::receipt::verify_proof;
use crate::domain::verdict::Verdict;
use crate::ledger::note::Vkey;
use crate::service::Error;
use crate::service::bounds;
use crate::service::proof::proof_of;
use crate::service::public;
use crate::service::public::PublicSignature;
use crate::service::publish::LogFolder;
use crate::service::publish::Publisher;
use crate::service::witness::Finality;
use crate::store::Conn;

/// One check and its outcome, in the words that `verify.js` uses too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `format`, `checkpoint`, `inclusion`, `statement` or `signature`.
    pub check: String,
    /// `valid`, `invalid` or `unknown`.
    pub outcome: &'static str,
}

/// A signature with what its check gave.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What the portal knows of it.
    pub signature: PublicSignature,
    /// `valid`, `invalid` or `unknown`.
    pub verdict: &'static str,
    /// The checks; where one failed, only those that failed.
    pub checks: Vec<Check>,
    /// Whether the witnesses have seen it.
    pub finality: Finality,
    /// Between which times it was made, by the witnesses' clocks.
    pub bounds: Bounds,
}

/// Looks a code up and checks its proof. `None` where the code is not known, which says nothing about who signed.
pub fn by_code(
    conn: &mut Conn,
    log: &LogFolder,
    publisher: &Publisher,
    code: &Code,
) -> Result<Option<Verified>, Error> {
    let vkey = publisher.vkey();
    let Some(signature) = known(public::find_by_code(conn, code))? else {
        return Ok(None);
    };
    let finality = Finality::of(conn, publisher, signature.index)?;
    let bounds = bounds::of(conn, publisher, signature.index)?;
    let proof = match proof_of(conn, log, vkey, signature.index) {
        // Recorded, and not yet under a checkpoint: nothing can be shown, nothing has failed.
        Err(Error::Busy(_)) => None,
        other => Some(other?),
    };
    let Some(proof) = proof else {
        return Ok(Some(Verified {
            signature,
            verdict: word(Verdict::CannotTell),
            checks: Vec::new(),
            finality,
            bounds,
        }));
    };
    let report = verify_proof(proof.to_string().as_bytes(), Some(vkey), None);
    let failed = report.verdict == Verdict::NotValid;
    let checks = report
        .rows
        .iter()
        .filter(|row| !failed || row.outcome == Verdict::NotValid)
        .map(|row| Check {
            check: format!("{:?}", row.check).to_lowercase(),
            outcome: word(row.outcome),
        })
        .collect();
    Ok(Some(Verified {
        signature,
        verdict: word(report.verdict),
        checks,
        finality,
        bounds,
    }))
}

/// The proof file behind a code.
pub fn proof_by_code(
    conn: &mut Conn,
    log: &LogFolder,
    vkey: &Vkey,
    code: &Code,
) -> Result<Option<String>, Error> {
    let Some(signature) = known(public::find_by_code(conn, code))? else {
        return Ok(None);
    };
    Ok(Some(proof_of(conn, log, vkey, signature.index)?.to_string()))
}

fn known<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Err(Error::NotFound) => Ok(None),
        other => other.map(Some),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::NotValid => "invalid",
        Verdict::CannotTell => "unknown",
    }
}
