//! What follows from the witnesses' cosignatures: which checkpoints are kept, and how final an entry is. Absent: asking them
//! ([`crate::app::witnesses`]), the log's own entries ([`crate::service::anchor`]).

use serde::Serialize;

use crate::ledger::hash::Hash;
use crate::ledger::tree;
use crate::service::Error;
use crate::service::publish::Publisher;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::ledger::StoredHashes;
use crate::store::outbox;
use crate::store::witness;

/// How long a receipt's mail waits for the witnesses, seconds.
pub const MAIL_WAIT_S: i64 = 30;

/// A checkpoint that has the quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// Number of entries.
    pub size: u64,
    /// The whole note.
    pub note: String,
    /// The latest of the cosignatures' times, Unix seconds by the witnesses' clocks.
    pub latest_s: u64,
    /// When the quorum had seen it by its own clocks ([`crate::ledger::policy::QuorumTimes::by_s`]): what is kept beside the note.
    pub by_s: u64,
    /// When it was complete, by this portal's clock; `None` where that is not known any more.
    pub received_s: Option<i64>,
}

impl Cosigned {
    /// Reads a note; `None` without the quorum, or where no witness is needed for one.
    pub fn of(publisher: &Publisher, note: String, now_s: i64) -> Result<Option<Self>, Error> {
        let judgement = publisher.judge(&note)?;
        Ok(judgement.span().map(|(_, latest_s)| Self {
            size: judgement.checkpoint.size,
            note,
            latest_s,
            by_s: judgement.times.map_or(latest_s, |times| times.by_s),
            received_s: Some(now_s),
        }))
    }
}

/// How much stands behind an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Finality {
    /// The policy asks no witness: the log's word alone.
    Unwitnessed,
    /// The log's word; the witnesses have not answered yet.
    Provisional,
    /// A checkpoint with the witnesses' quorum covers it.
    Final,
}

impl Finality {
    /// Of an entry.
    pub fn of(conn: &mut Conn, publisher: &Publisher, leaf_index: u64) -> Result<Self, Error> {
        if witness::find_covering(conn, leaf_index)?.is_some() {
            return Ok(Self::Final);
        }
        Ok(if publisher.is_witnessed() {
            Self::Provisional
        } else {
            Self::Unwitnessed
        })
    }
}

/// Keeps a checkpoint with the quorum, and lets the receipts that waited for it go.
pub fn keep(conn: &mut Conn, cosigned: &Cosigned, now_s: i64) -> Result<(), Error> {
    let by_s = ledger::to_i64(cosigned.by_s)?;
    if witness::insert(conn, cosigned.size, &cosigned.note, by_s)? {
        outbox::release_receipts(conn, cosigned.size, now_s)?;
    }
    Ok(())
}

/// The proof that the log of `size` entries extends that of `old`.
pub fn prove_consistency(conn: &mut Conn, old: u64, size: u64) -> Result<Vec<Hash>, Error> {
    tree::prove_consistency(old, size, &mut StoredHashes(conn)).map_err(|e| Error::Tampered(e.to_string()))
}
