//! One question to one witness over HTTP (C2SP tlog-witness, `add-checkpoint`), and what its answer is worth.
//!
//! Whatever comes back is hostile until verified: bounded in time and bytes, no redirects, every cosignature checked against the
//! policy's key before it counts. Tolerant of what witnesses in the field do (403 for an unknown log, 500 for a bad signature, lines
//! of other keys, a wrong content type). Absent: when to ask, merging.

use std::time::Duration;

use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::ledger::policy::PolicyWitness;

/// One question may take so long, from first byte to last.
pub(super) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// More bytes of an answer are not read: some dozen cosignatures of the largest kind.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// What a witness said.
#[derive(Debug)]
pub(super) enum Reply {
    /// It cosigned.
    Cosigned(NoteSignature),
    /// It knows the log at another size (409).
    Size(u64),
}

/// Why a question has no answer that counts. No address, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    /// The policy gives no address.
    #[error("the policy names no address for it")]
    NoAddress,
    /// Nothing came back.
    #[error("no answer: {0}")]
    Transport(String),
    /// It refused.
    #[error("it answered with status {0}")]
    Status(u16),
    /// It says that the log has another history (422).
    #[error("it knows another history of this log (status 422)")]
    Conflict,
    /// What came back is none of the answers there are.
    #[error("its answer cannot be read")]
    Malformed,
    /// No line of its answer is a good cosignature by its key.
    #[error("its answer holds no good cosignature")]
    NoCosignature,
}

/// Makes the client that asks.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(ANSWER_TIME_MAX))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("ikrar/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Asks once. `note` carries the log's signatures alone.
pub(super) fn ask(
    agent: &ureq::Agent,
    witness: &PolicyWitness,
    (old, proof): (u64, Vec<Hash>),
    note: &Note,
) -> Result<Reply, AskError> {
    let url = witness.url.as_deref().ok_or(AskError::NoAddress)?;
    let body = request(old, &proof, note);
    let failed = |error: ureq::Error| AskError::Transport(kind(&error));
    let mut response = agent
        .post(format!("{}/add-checkpoint", url.trim_end_matches('/')))
        .content_type("text/plain; charset=utf-8")
        .send(body)
        .map_err(failed)?;
    let status = response.status().as_u16();
    let mut text = || {
        response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec()
            .map_err(failed)
    };
    match status {
        200 => find_cosignature(witness, note, &text()?).map(Reply::Cosigned),
        409 => read_size(&text()?).map(Reply::Size),
        422 => Err(AskError::Conflict),
        other => Err(AskError::Status(other)),
    }
}

/// The body of `add-checkpoint`.
fn request(old: u64, proof: &[Hash], note: &Note) -> String {
    let proof: String = proof
        .iter()
        .map(|hash| format!("{}\n", hash.to_base64()))
        .collect();
    format!("old {old}\n{proof}\n{note}")
}

/// The error without the address.
fn kind(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "too slow".to_owned(),
        ureq::Error::HostNotFound => "its host is unknown".to_owned(),
        ureq::Error::BodyExceedsLimit(_) => "its answer is too long".to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        _ => "the exchange failed".to_owned(),
    }
}

/// The first line that is a good cosignature by the witness's key; lines of others, and what is no line, are passed over.
fn find_cosignature(witness: &PolicyWitness, note: &Note, answer: &[u8]) -> Result<NoteSignature, AskError> {
    let answer = std::str::from_utf8(answer).map_err(|_not_text| AskError::Malformed)?;
    for line in answer
        .lines()
        .filter_map(|line| NoteSignature::parse(line.trim_end()).ok())
    {
        let Ok(cosigned) = note.clone().with(line.clone()) else {
            continue;
        };
        // A time of 0 would say nothing.
        if let Ok(Some(1..)) = witness.key.verify(&cosigned) {
            return Ok(line);
        }
    }
    Err(AskError::NoCosignature)
}

fn read_size(answer: &[u8]) -> Result<u64, AskError> {
    let answer = std::str::from_utf8(answer).map_err(|_not_text| AskError::Malformed)?;
    parse_num(answer.trim()).map_err(|_no_number| AskError::Malformed)
}
