//! Lives here: what can be wrong with a log or with one signature in it, each with a key that never changes.
//! Absent: words for screens.

use thiserror::Error;

use crate::domain::text::TextError;

/// Why a log is not valid: the first entry that breaks a rule of docs/format.md §7, and which.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("entry {index}: {fault}")]
pub struct Inconsistency {
    /// The entry's index.
    pub index: u64,
    /// What it breaks.
    pub fault: Fault,
}

/// A rule that an entry breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The bytes are no entry.
    #[error("not an entry: {0}")]
    Malformed(#[from] TextError),
    /// It does not stand at the end of the log.
    #[error("the log has {expected} entries before it")]
    Index {
        /// The index it should have.
        expected: u64,
    },
    /// `prev` is not the leaf hash of the entry before.
    #[error("prev is not the leaf hash of the entry before")]
    Prev,
    /// `at` is less than in the entry before.
    #[error("its time lies before that of the entry before")]
    Time,
    /// The first entry is not `genesis`, or a later one is.
    #[error("genesis stands first and only there")]
    Genesis,
    /// `genesis` names another log than the checkpoint.
    #[error("genesis names another log or key")]
    OtherLog,
    /// An author's key is not in force for this kind.
    #[error("an author's key is not in force for this kind")]
    AuthorNotInForce,
    /// An author's signature does not verify over the act.
    #[error("an author's signature does not verify")]
    AuthorSignature,
    /// The own lines have stood in the log before.
    #[error("the same own lines stand in an earlier entry")]
    Replayed,
    /// The election is not in the log.
    #[error("the election is not in the log")]
    UnknownElection,
    /// An amendment changes `opens`.
    #[error("an amendment cannot change when the election opens")]
    Opens,
    /// The election was closed by an entry.
    #[error("the election is closed")]
    ElectionClosed,
    /// The pact text is of another election.
    #[error("the pact text is of another election")]
    PactElection,
    /// The pact's version is not one more than the last.
    #[error("the pact's version should be {expected}")]
    PactVersion {
        /// The version it should have.
        expected: u64,
    },
    /// `add` of a label that is on.
    #[error("a label is added that is on")]
    AlreadyOn,
    /// `off` of a label that is not on, or an attestation for one.
    #[error("the label is not on")]
    NotOn,
    /// An attestation names a pact that is not the version in force.
    #[error("the pact is not the version in force")]
    PactNotInForce,
    /// `dispute` does not name a live signature.
    #[error("there is no live signature at {0}")]
    NoLiveSignature(u64),
    /// `resolution` does not name an open dispute.
    #[error("there is no open dispute at {0}")]
    NoOpenDispute(u64),
    /// `close` before the window is over.
    #[error("the election's window is not over")]
    CloseTooEarly,
    /// The numbers of `close` are not those of the log.
    #[error("the numbers are not those of the log")]
    CloseCounts,
    /// An anchor holds no checkpoint of this log signed by a key in force.
    #[error("the anchor is no checkpoint of this log signed by a log key in force")]
    AnchorNote,
    /// An anchor's checkpoint is empty, or of a size that the log had not reached.
    #[error("the log had no such size before the anchor")]
    AnchorSize,
    /// An anchor's checkpoint has another root than this log at that size: evidence of a fork.
    #[error("the anchor's root is not this log's at that size")]
    AnchorRoot,
    /// A policy that does not parse.
    #[error("the policy is malformed")]
    Policy,
    /// A log key that does not parse, has another name than the log, or shares its id with one in force.
    #[error("the log key is malformed, of another log, or has the id of one in force")]
    LogKey,
    /// A seal's date is not after that of the seal before, or lies after the entry's own day.
    #[error("the seal's date is not after the last one's, or in the future")]
    SealDate,
    /// An erasure names a label that never was on.
    #[error("the label never was on")]
    UnknownLabel,
    /// More labels than a roster may hold.
    #[error("more labels than a roster may hold")]
    TooManyLabels,
    /// A map's size is not its own index.
    #[error("the map's size is not its own index")]
    MapSize,
    /// A second map of one election within a minute.
    #[error("the election has a map of this minute already")]
    MapTooSoon,
    /// A map's root is not that of the election's live signatures.
    #[error("the map's root is not that of the live signatures")]
    MapRoot,
    /// The entries do not lead to the root that the checkpoint says.
    #[error("entries and checkpoint lead to different trees")]
    Tree,
}

impl Fault {
    /// A word for files and programs, stable for ever.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Index { .. } => "index",
            Self::Prev => "prev",
            Self::Time => "time",
            Self::Genesis => "genesis",
            Self::OtherLog => "other_log",
            Self::AuthorNotInForce => "author_not_in_force",
            Self::AuthorSignature => "author_signature",
            Self::Replayed => "replayed",
            Self::UnknownElection => "unknown_election",
            Self::Opens => "opens",
            Self::ElectionClosed => "election_closed",
            Self::PactElection => "pact_election",
            Self::PactVersion { .. } => "pact_version",
            Self::AlreadyOn => "already_on",
            Self::NotOn => "not_on",
            Self::PactNotInForce => "pact_not_in_force",
            Self::NoLiveSignature(_) => "no_live_signature",
            Self::NoOpenDispute(_) => "no_open_dispute",
            Self::CloseTooEarly => "close_too_early",
            Self::CloseCounts => "close_counts",
            Self::AnchorNote => "anchor_note",
            Self::AnchorSize => "anchor_size",
            Self::AnchorRoot => "anchor_root",
            Self::Policy => "policy",
            Self::LogKey => "log_key",
            Self::SealDate => "seal_date",
            Self::UnknownLabel => "unknown_label",
            Self::TooManyLabels => "too_many_labels",
            Self::MapSize => "map_size",
            Self::MapTooSoon => "map_too_soon",
            Self::MapRoot => "map_root",
            Self::Tree => "tree",
        }
    }
}

/// Why a signature entry does not count, though the log may be consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum SignatureFault {
    /// Entry and statement name different elections.
    #[error("entry and statement name different elections")]
    ElectionMismatch,
    /// The statement is for another log.
    #[error("the statement is for another log")]
    Origin,
    /// `after.size` is 0 or beyond this entry.
    #[error("the log had no such size before this entry")]
    AfterSize,
    /// `after.root` is not this log's: evidence of a fork.
    #[error("the root is not this log's at that size")]
    ForeignRoot,
    /// The election is not in the log.
    #[error("the election is not in the log")]
    UnknownElection,
    /// The pact was not the version in force.
    #[error("the pact was not the version in force")]
    PactNotInForce,
    /// The label was not on when the statement was made.
    #[error("the label was not on when the statement was made")]
    NotOnAtStatement,
    /// The label is not on.
    #[error("the label is not on")]
    NotOn,
    /// Before the window.
    #[error("the election was not open yet")]
    NotOpenYet,
    /// After the window.
    #[error("the election was over")]
    Over,
    /// The signature does not strictly verify, or the key is weak.
    #[error("the signature does not verify")]
    Signature,
    /// An earlier signature entry has the key.
    #[error("an earlier signature has the same key")]
    KeySeen,
    /// A live signature of the same election and label lies before it.
    #[error("the label has a live signature already")]
    AlreadySigned,
}

impl SignatureFault {
    /// A word for files and programs, stable for ever.
    pub fn key(self) -> &'static str {
        match self {
            Self::ElectionMismatch => "election_mismatch",
            Self::Origin => "origin",
            Self::AfterSize => "after_size",
            Self::ForeignRoot => "foreign_root",
            Self::UnknownElection => "unknown_election",
            Self::PactNotInForce => "pact_not_in_force",
            Self::NotOnAtStatement => "not_on_at_statement",
            Self::NotOn => "not_on",
            Self::NotOpenYet => "not_open_yet",
            Self::Over => "over",
            Self::Signature => "signature",
            Self::KeySeen => "key_seen",
            Self::AlreadySigned => "already_signed",
        }
    }
}
