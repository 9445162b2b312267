//! The witness protocol as text and decisions (C2SP tlog-witness, `add-checkpoint`): request, status table, answer.
//! Absent: HTTP, storage, time, `sign-subtree`; checkpoints with extension lines are refused, as everywhere here.

use std::fmt;

use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::cosignature::CosignatureError;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::WitnessKey;
use crate::ledger::cosignature::is_signed_by_any;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::encoding::NUM_MAX;
use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::hash::sha256;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::ledger::tree::ProofError;
use crate::ledger::tree::verify_consistency;

#[cfg(test)]
mod tests;

/// A longer request is refused unread: 63 hashes and a checkpoint with 64 signatures of the largest type.
pub const REQUEST_SIZE_BYTES_MAX: usize = 256 * 1024;

/// A longer answer is refused: cosignatures of a few keys of one witness.
pub const ANSWER_SIZE_BYTES_MAX: usize = 64 * 1024;

/// A client sends no more (C2SP tlog-witness).
pub const PROOF_LINES_MAX: usize = 63;

/// The content type of a 409 that tells the witness's size.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// Where a witness publishes what it saw of a log: lower-case hex of SHA-256 of the origin.
///
/// ```
/// use ikrar::ledger::{note::KeyName, witness::origin_hash};
/// let hash = origin_hash(&KeyName::parse("example.com/behind-the-sofa")?);
/// assert_eq!(hash, "5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4");
/// # Ok::<(), ikrar::ledger::note::VkeyError>(())
/// ```
pub fn origin_hash(origin: &KeyName) -> String {
    sha256(&[origin.as_str().as_bytes()]).to_string()
}

/// Why a request is no request: 400, or 413 where it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestError {
    /// Longer than [`REQUEST_SIZE_BYTES_MAX`].
    #[error("the request is longer than {REQUEST_SIZE_BYTES_MAX} bytes")]
    Size,
    /// Not an old size, hashes, a blank line and a note, each printed the one way.
    #[error("not an add-checkpoint request")]
    Malformed,
    /// More than [`PROOF_LINES_MAX`] hashes.
    #[error("more than {PROOF_LINES_MAX} proof lines")]
    ProofLines,
    /// What follows the blank line is no signed checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// What a log asks a witness. As text:
///
/// ```text
/// old 20852014
/// PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=     at most 63
///
/// <the checkpoint as it was signed>
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: u64,
    proof: Vec<Hash>,
    note: Note,
    checkpoint: Checkpoint,
}

impl AddCheckpoint {
    /// Asks for a cosignature of `note`, with the consistency proof from the tree of `old` leaves.
    pub fn new(old: u64, proof: Vec<Hash>, note: Note) -> Result<Self, RequestError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        if proof.len() > PROOF_LINES_MAX {
            return Err(RequestError::ProofLines);
        }
        if old > NUM_MAX {
            return Err(RequestError::Malformed);
        }
        let request = Self {
            old,
            proof,
            note,
            checkpoint,
        };
        if request.to_string().len() > REQUEST_SIZE_BYTES_MAX {
            return Err(RequestError::Size);
        }
        Ok(request)
    }

    /// Reads a request's body.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > REQUEST_SIZE_BYTES_MAX {
            return Err(RequestError::Size);
        }
        let text = std::str::from_utf8(body).or(Err(RequestError::Malformed))?;
        let (head, note) = text.split_once("\n\n").ok_or(RequestError::Malformed)?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(|number| parse_num(number).ok())
            .ok_or(RequestError::Malformed)?;
        let proof: Vec<Hash> = lines
            .take(PROOF_LINES_MAX + 1)
            .map(Hash::parse_base64)
            .collect::<Result<_, _>>()
            .or(Err(RequestError::Malformed))?;
        let (note, _) = parse_checkpoint_note(note)?;
        Self::new(old, proof, note)
    }

    /// The size that the log believes the witness has.
    pub fn old(&self) -> u64 {
        self.old
    }

    /// The consistency proof.
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The checkpoint as it was signed.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// What the note says; who signed it, [`decide`] asks.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.note)
    }
}

/// Why a witness does not cosign, in the order in which it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// 404: nobody told this witness of such a log.
    #[error("this witness does not know the log")]
    UnknownOrigin,
    /// 403: none of the log's keys signed it, or a line of such a key does not verify.
    #[error("no valid signature of a trusted key of the log")]
    Signature,
    /// 400: the old size is larger than the new one.
    #[error("the old size is larger than the checkpoint's size")]
    OldSize,
    /// 409: the old size is not that of the newest checkpoint cosigned here.
    #[error("the newest cosigned checkpoint has size {size}")]
    Stale {
        /// The size of that checkpoint; 0 where there is none.
        size: u64,
    },
    /// 422: an empty tree with a root that is not the empty tree's.
    #[error("the root of an empty tree is the hash of nothing")]
    EmptyRoot,
    /// 422: the same size as the newest cosigned checkpoint, and another root. A fork.
    #[error("the cosigned checkpoint of this size has another root")]
    OtherRoot,
    /// 422: the proof does not show that the log only grew.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Refusal {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::UnknownOrigin => 404,
            Self::Signature => 403,
            Self::OldSize => 400,
            Self::Stale { .. } => 409,
            Self::EmptyRoot | Self::OtherRoot | Self::Proof(_) => 422,
        }
    }

    /// Whether the log did sign what is refused, so that it may be evidence.
    pub const fn is_signed(self) -> bool {
        !matches!(self, Self::UnknownOrigin | Self::Signature)
    }

    /// Whether what is refused may belong to another history than what was cosigned. No proof of it: with a checkpoint of the log
    /// anybody can send a proof that is none.
    pub const fn is_suspect(self) -> bool {
        matches!(self, Self::EmptyRoot | Self::OtherRoot | Self::Proof(_))
    }
}

/// The status table: whether to cosign, with the keys trusted for the request's origin and the newest cosigned checkpoint.
///
/// Two requests must not be decided on the same stored checkpoint: whoever calls holds the log's lock until the new one is kept.
pub fn decide(
    request: &AddCheckpoint,
    keys: Option<&[LogKey]>,
    stored: Option<&Checkpoint>,
) -> Result<(), Refusal> {
    let checkpoint = &request.checkpoint;
    let keys = keys.ok_or(Refusal::UnknownOrigin)?;
    let own = keys.iter().filter(|key| *key.name() == checkpoint.origin);
    if !is_signed_by_any(own, &request.note).unwrap_or(false) {
        return Err(Refusal::Signature);
    }
    if request.old > checkpoint.size {
        return Err(Refusal::OldSize);
    }
    let (size, root) = stored.map_or((0, empty_root()), |stored| (stored.size, stored.root));
    if request.old != size {
        return Err(Refusal::Stale { size });
    }
    if checkpoint.size == 0 && checkpoint.root != empty_root() {
        return Err(Refusal::EmptyRoot);
    }
    if checkpoint.size == size && checkpoint.root != root {
        return Err(Refusal::OtherRoot);
    }
    verify_consistency(&request.proof, size, &root, checkpoint.size, &checkpoint.root)?;
    Ok(())
}

/// What a witness answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: these lines verify, with their times in unix seconds.
    Cosigned(Vec<(NoteSignature, u64)>),
    /// 409: the witness has this size.
    Stale(u64),
    /// Any other status: what it means differs between witnesses.
    Refused(u16),
}

/// Why an answer of 200 is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// Longer than [`ANSWER_SIZE_BYTES_MAX`].
    #[error("the answer is longer than {ANSWER_SIZE_BYTES_MAX} bytes")]
    Size,
    /// Not signature lines.
    #[error("the answer has something other than signature lines")]
    Malformed,
    /// A line of a known key does not verify.
    #[error(transparent)]
    Cosignature(#[from] CosignatureError),
    /// A known key cosigned without saying when.
    #[error("the cosignature has no time")]
    NoTime,
    /// No line is of a known key.
    #[error("no line of the answer is of a known key")]
    NoKnownKey,
}

impl Answer {
    /// Reads an answer to [`AddCheckpoint`]. Every line of a known key is verified, others are skipped.
    ///
    /// Tolerant where witnesses differ: a 409 tells its size whatever its content type says.
    pub fn read(
        status: u16,
        body: &[u8],
        keys: &[WitnessKey],
        checkpoint: &Checkpoint,
    ) -> Result<Self, AnswerError> {
        if body.len() > ANSWER_SIZE_BYTES_MAX {
            return Err(AnswerError::Size);
        }
        let text = std::str::from_utf8(body);
        match (status, text) {
            (200, Ok(text)) => Self::read_lines(text, keys, checkpoint).map(Self::Cosigned),
            (200, Err(_)) => Err(AnswerError::Malformed),
            (409, Ok(text)) => Ok(parse_num(text.trim_end()).map_or(Self::Refused(409), Self::Stale)),
            _ => Ok(Self::Refused(status)),
        }
    }

    fn read_lines(
        text: &str,
        keys: &[WitnessKey],
        checkpoint: &Checkpoint,
    ) -> Result<Vec<(NoteSignature, u64)>, AnswerError> {
        let mut found: Vec<(NoteSignature, u64)> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let line = NoteSignature::parse(line).or(Err(AnswerError::Malformed))?;
            let is_of = |key: &&WitnessKey| key.id() == line.id && *key.name() == line.name;
            let Some(key) = keys.iter().find(is_of) else {
                continue;
            };
            if found
                .iter()
                .any(|(other, _)| other.id == line.id && other.name == line.name)
            {
                return Err(AnswerError::Cosignature(CosignatureError::Repeated(line.id)));
            }
            match key.verify_line(&line, checkpoint)? {
                0 => return Err(AnswerError::NoTime),
                time_s => found.push((line, time_s)),
            }
        }
        if found.is_empty() {
            return Err(AnswerError::NoKnownKey);
        }
        Ok(found)
    }
}
