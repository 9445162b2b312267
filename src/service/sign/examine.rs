//! What can be told of a statement for good, before the writer's turn: what it says, whether its signature verifies, and this
//! log's root at the size it names. What is committed never changes, so none of it can be another when the turn comes.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::domain::signer::Salts;
use crate::domain::statement::Statement;
use crate::ledger::hash::Hash;
use crate::service::Error;
use crate::service::publish;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::signature;
use crate::store::signature::PendingRow;

/// The committed root that was asked for last: the statements of one minute all name the same.
#[derive(Clone, Debug, Default)]
pub struct Roots(Arc<Mutex<Option<(u64, Hash)>>>);

impl Roots {
    /// The root at a size, `None` where nothing so large is committed. Never for a connection with a transaction of its own.
    fn at(&self, conn: &mut Conn, size: u64) -> Result<Option<Hash>, Error> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, root)) = known.filter(|(of, _)| *of == size) {
            return Ok(Some(root));
        }
        if !(1..=ledger::head(conn)?.size).contains(&size) {
            return Ok(None);
        }
        let root = publish::root_at(conn, size)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((size, root));
        Ok(Some(root))
    }
}

/// What the signing page posts.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// Exact bytes of the statement.
    pub statement: Vec<u8>,
    /// The signature over them.
    pub signature: [u8; 64],
    /// Salts of the four values.
    pub salts: Salts,
}

/// A submission with what can be told of it for good.
pub struct Examined {
    pub(super) submission: Submission,
    pub(super) statement: Statement,
    pub(super) verifies: bool,
    /// This log's root at the size named; `None` where it was not committed yet.
    pub(super) root_at_after: Option<Hash>,
}

impl Examined {
    /// Whether it was this row that was examined.
    pub(super) fn is_of(&self, row: &PendingRow) -> bool {
        self.submission.statement == row.statement && self.submission.signature.as_slice() == row.signature
    }
}

/// Examines what was posted. Outside any transaction.
pub fn examine(conn: &mut Conn, roots: &Roots, submission: Submission) -> Result<Examined, Error> {
    let statement = Statement::parse(&submission.statement)
        .map_err(|_malformed| Error::invalid("sign-problem-statement"))?;
    let root_at_after = roots.at(conn, statement.after.size)?;
    Ok(Examined {
        verifies: statement.verify(&submission.signature),
        root_at_after,
        statement,
        submission,
    })
}

/// Examines what a person has waiting for its code. Outside any transaction.
pub fn examine_waiting(
    conn: &mut Conn,
    roots: &Roots,
    person_id: i64,
    election_id: &str,
) -> Result<Option<Examined>, Error> {
    match signature::find_pending_of(conn, election_id, person_id)? {
        Some(row) => examine(conn, roots, submission(&row)?).map(Some),
        None => Ok(None),
    }
}

/// What was posted, from its row.
pub(super) fn submission(row: &PendingRow) -> Result<Submission, Error> {
    let damaged = |what: &str| Error::Tampered(format!("{what} of pending statement {}", row.id));
    Ok(Submission {
        statement: row.statement.clone(),
        signature: row
            .signature
            .as_slice()
            .try_into()
            .map_err(|_length| damaged("signature"))?,
        salts: Salts::from_bytes(&row.salts).ok_or_else(|| damaged("salts"))?,
    })
}
