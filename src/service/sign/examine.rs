//! What can be told of a statement for good, before the writer's turn: what it says, whether its signature verifies, and this
//! log's root at the size it names. What is committed never changes, so none of it can be another when the turn comes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::domain::signer;
use crate::domain::signer::Salts;
use crate::domain::statement::Statement;
use crate::ledger::hash::Hash;
use crate::service::Error;
use crate::service::publish;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::signature;
use crate::store::signature::PendingRow;

/// Statements that wait for their codes of which is remembered what was found; twice as many while an older half fades.
const WAITING_MAX: usize = 2048;

/// What this process remembers of what it examined. It may forget at any time: then the same is found again.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    /// The point of the log that was asked for last: the statements of one minute all name the same.
    point: Option<Point>,
    /// Unix seconds; when `waiting` began.
    begun_s: i64,
    /// By election and person.
    waiting: HashMap<(String, i64), Examined>,
    /// Those before.
    fading: HashMap<(String, i64), Examined>,
}

/// What is committed at a size of the log.
#[derive(Clone, Copy)]
pub(super) struct Point {
    size: u64,
    /// This log's root there. It never changes.
    pub(super) root: Hash,
    /// Minute of the entry that stands there, Unix seconds; `None` where none does yet.
    pub(super) next_at_s: Option<i64>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The point of the log at a size, `None` where nothing so large is committed. Never for a connection with a transaction of its own.
    fn point_at(&self, conn: &mut Conn, size: u64) -> Result<Option<Point>, Error> {
        let known = self.lock().point;
        if let Some(point) = known.filter(|point| point.size == size) {
            return Ok(Some(point));
        }
        if !(1..=ledger::head(conn)?.size).contains(&size) {
            return Ok(None);
        }
        let point = Point {
            size,
            next_at_s: ledger::find_at(conn, size)?,
            root: publish::root_at(conn, size)?,
        };
        if point.next_at_s.is_some() {
            self.lock().point = Some(point);
        }
        Ok(Some(point))
    }

    /// Remembers what a person has waiting for its code, and forgets what nobody can answer any more.
    pub fn keep_waiting(&self, election_id: &str, person_id: i64, examined: Examined, now_s: i64) {
        let mut remembered = self.lock();
        let is_old = now_s.abs_diff(remembered.begun_s) > signer::PENDING_S.unsigned_abs();
        if is_old || remembered.waiting.len() >= WAITING_MAX {
            remembered.fading = std::mem::take(&mut remembered.waiting);
            remembered.begun_s = now_s;
        }
        remembered
            .waiting
            .insert((election_id.to_owned(), person_id), examined);
    }

    /// What a person had waiting when it was posted, once: another window may have posted since.
    pub fn take_waiting(&self, election_id: &str, person_id: i64) -> Option<Examined> {
        let (mut remembered, key) = (self.lock(), (election_id.to_owned(), person_id));
        let faded = remembered.fading.remove(&key);
        remembered.waiting.remove(&key).or(faded)
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

/// A submission with what can be told of it for good. No `Debug`: it holds a person's salts.
pub struct Examined {
    pub(super) submission: Submission,
    pub(super) statement: Statement,
    pub(super) verifies: bool,
    /// This log at the size named; `None` where that was not committed yet.
    pub(super) after: Option<Point>,
}

impl Examined {
    /// Whether it was this row that was examined.
    pub(super) fn is_of(&self, row: &PendingRow) -> bool {
        let submission = &self.submission;
        submission.statement == row.statement
            && submission.signature.as_slice() == row.signature
            && submission.salts.to_bytes() == row.salts
    }
}

/// Examines what was posted. Outside any transaction.
pub fn examine(conn: &mut Conn, memory: &Memory, submission: Submission) -> Result<Examined, Error> {
    let statement = Statement::parse(&submission.statement)
        .map_err(|_malformed| Error::invalid("sign-problem-statement"))?;
    let after = memory.point_at(conn, statement.after.size)?;
    Ok(Examined {
        verifies: statement.verify(&submission.signature),
        after,
        statement,
        submission,
    })
}

/// Examines what a person has waiting for its code. Outside any transaction.
pub fn examine_waiting(
    conn: &mut Conn,
    memory: &Memory,
    person_id: i64,
    election_id: &str,
) -> Result<Option<Examined>, Error> {
    match signature::find_pending_of(conn, election_id, person_id)? {
        Some(row) => examine(conn, memory, submission(&row)?).map(Some),
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
