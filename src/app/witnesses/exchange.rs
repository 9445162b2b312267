//! One question to one witness over HTTP (C2SP tlog-witness, `add-checkpoint`), and what its answer is worth.
//!
//! Whatever comes back is hostile until verified: bounded in time and bytes, no redirects, every cosignature checked against the
//! policy's key before it counts. Tolerant of what witnesses in the field do (403 for an unknown log, 500 for a bad signature, lines
//! of other keys, a wrong content type). Absent: when to ask, merging.

use std::time::Duration;

use crate::ledger::hash::Hash;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::ledger::policy::PolicyWitness;
use crate::ledger::witness::ANSWER_SIZE_BYTES_MAX;
use crate::ledger::witness::AddCheckpoint;
use crate::ledger::witness::Answer;
use crate::ledger::witness::AnswerError;
use crate::ledger::witness::RequestError;

/// One question may take so long, from first byte to last.
pub(super) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// What a witness said.
#[derive(Debug)]
pub(super) enum Reply {
    /// It cosigned.
    Cosigned(NoteSignature),
    /// It knows the log at another size (409), or not at all where it was shown the empty log (404).
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
    /// What came back is worth nothing.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// What was to be asked is no question.
    #[error(transparent)]
    Request(#[from] RequestError),
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
    let request = AddCheckpoint::new(old, proof, note.clone())?;
    let failed = |error: ureq::Error| AskError::Transport(kind(&error));
    let mut response = agent
        .post(format!("{}/add-checkpoint", url.trim_end_matches('/')))
        .content_type("text/plain; charset=utf-8")
        .send(request.to_string())
        .map_err(failed)?;
    let status = response.status().as_u16();
    let limit = u64::try_from(ANSWER_SIZE_BYTES_MAX).unwrap_or(u64::MAX);
    let body = response
        .body_mut()
        .with_config()
        .limit(limit)
        .read_to_vec()
        .map_err(failed)?;
    let keys = std::slice::from_ref(&witness.key);
    match Answer::read(status, &body, keys, request.checkpoint())? {
        Answer::Cosigned(lines) => {
            let (line, _) = lines
                .into_iter()
                .next()
                .ok_or(AskError::Answer(AnswerError::NoKnownKey))?;
            Ok(Reply::Cosigned(line))
        }
        Answer::Stale(size) => Ok(Reply::Size(size)),
        // It never cosigned this log: all that has to be known before the first entry. No other refusal says so; 403 may come from one
        // that knows a later key of the log alone.
        Answer::Refused(404) if request.checkpoint().size == 0 => Ok(Reply::Size(0)),
        Answer::Refused(422) => Err(AskError::Conflict),
        Answer::Refused(status) => Err(AskError::Status(status)),
    }
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
