//! Signing: what a signer has to do, what they are shown, and the two steps that put a signature in the ledger.
//!
//! Order of the act: show ([`sheet`]), sign in the browser, post ([`examine()`], then [`admit::post`]), step up ([`answer::answer`]), append. The
//! session alone never signs. Absent: HTTP, mails' words, the bytes' grammar ([`crate::domain`]).

use serde::Serialize;

use crate::domain::election::Stage;
use crate::domain::pact::PactText;
use crate::domain::signer;
use crate::domain::signer::Shown;
use crate::domain::statement::After;
use crate::domain::text::Origin;
use crate::ledger::note::Vkey;
use crate::service::Error;
use crate::service::election;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::witness::MAIL_WAIT_S;
use crate::store::Conn;
use crate::store::election as elections;
use crate::store::election::ElectionRow;
use crate::store::election::PactVersionRow;
use crate::store::ledger;
use crate::store::roster;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;
use crate::store::signature::LiveRow;
use crate::store::signature::PendingRow;

mod admit;
mod answer;
mod examine;

pub use admit::Posted;
pub use admit::post;
pub use answer::Answer;
pub use answer::Entropy;
pub use answer::Typed;
pub use answer::Waiting;
pub use answer::answer;
pub use answer::code_hash;
pub use answer::resend;
pub use answer::waiting;
pub use examine::Examined;
pub use examine::Memory;
pub use examine::Submission;
pub use examine::examine;
pub use examine::examine_waiting;

/// The log that is signed for, as this portal has it.
#[derive(Clone, Debug)]
pub struct LogView {
    /// Its name.
    pub origin: Origin,
    /// Its published view.
    pub folder: LogFolder,
    /// Its key.
    pub vkey: Vkey,
    /// How long a receipt's mail may wait for the witnesses, seconds.
    pub mail_wait_s: i64,
}

impl LogView {
    /// The log of this key; its name is the origin.
    pub fn new(folder: LogFolder, vkey: Vkey) -> Result<Self, Error> {
        let origin = vkey.name().as_str().parse().map_err(Error::internal)?;
        Ok(Self {
            origin,
            folder,
            vkey,
            mail_wait_s: 0,
        })
    }

    /// With receipts that wait a little for the witnesses.
    #[must_use]
    pub fn witnessed(mut self, is_witnessed: bool) -> Self {
        self.mail_wait_s = if is_witnessed { MAIL_WAIT_S } else { 0 };
        self
    }
}

/// Where a person stands in one election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// May sign now.
    Ready,
    /// Has posted a statement that waits for its code.
    Pending,
    /// The window is not open yet, or pact or roster are not in the ledger yet.
    Before,
    /// The window is over.
    Closed,
    /// Need not sign, for a reason.
    Excluded,
    /// Has signed.
    Signed,
}

/// One election that asks a person, for pages.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// Election.
    pub election_id: String,
    /// Its title.
    pub title: String,
    /// Unix seconds.
    pub opens_s: i64,
    /// Unix seconds.
    pub closes_s: i64,
    /// IANA zone.
    pub zone: String,
    /// Where the person stands.
    pub state: TaskState,
    /// Why excluded.
    pub reason: Option<String>,
}

/// Everything the signing page shows and its module needs.
#[derive(Clone)]
pub struct Sheet {
    /// The election.
    pub task: Task,
    /// The pact in force.
    pub pact: PactText,
    /// The person's label.
    pub label: [u8; 32],
    /// Its salt.
    pub label_salt: [u8; 32],
    /// The person's values.
    pub shown: Shown,
    /// The point of the log that the statement will name.
    pub after: After,
}

/// A member with the election and pact around it, as they stand in this transaction.
pub(crate) struct Place {
    pub(crate) person: PersonRow,
    pub(crate) member: MemberRow,
    pub(crate) election: ElectionRow,
    /// The newest version.
    pub(crate) pact: Option<PactVersionRow>,
    /// The signature that stands.
    live: Option<LiveRow>,
    /// What waits for its code, in time or not.
    pending: Option<PendingRow>,
}

impl Place {
    pub(crate) fn find(conn: &mut Conn, person_id: i64, election_id: &str) -> Result<Self, Error> {
        let row = roster::find_place(conn, election_id, person_id)?.ok_or(Error::NotFound)?;
        let pact = elections::find_pact_version(conn, &row.election.id, i64::MAX)?;
        Ok(Self {
            person: row.person,
            member: row.member,
            election: row.election,
            pact,
            live: row.live,
            pending: row.pending,
        })
    }

    /// What waits for its code and may still be answered.
    fn waiting(&self, now_s: i64) -> Option<&PendingRow> {
        self.pending.as_ref().filter(|pending| pending.expires_s > now_s)
    }

    /// The size below which election, pact and roster entry all lie; `None` while one of them is not in the ledger.
    fn needed_size(&self) -> Result<Option<u64>, Error> {
        let (Some(pact), Some(added)) = (&self.pact, self.member.added_index) else {
            return Ok(None);
        };
        let newest = self.election.leaf_index.max(pact.leaf_index).max(added);
        Ok(Some(ledger::to_u64(newest)?.saturating_add(1)))
    }

    fn state(&self, now_s: i64) -> Result<TaskState, Error> {
        if self.live.is_some() {
            return Ok(TaskState::Signed);
        }
        if self.member.state != "required" {
            return Ok(TaskState::Excluded);
        }
        match election::stage(&self.election, now_s) {
            Stage::Closed => return Ok(TaskState::Closed),
            Stage::Before => return Ok(TaskState::Before),
            Stage::Open => {}
        }
        if self.member.label.is_none() || self.needed_size()?.is_none() {
            return Ok(TaskState::Before);
        }
        Ok(match self.waiting(now_s) {
            Some(_) => TaskState::Pending,
            None => TaskState::Ready,
        })
    }

    fn task(&self, now_s: i64) -> Result<Task, Error> {
        Ok(Task {
            election_id: self.election.id.clone(),
            title: self.election.title.clone(),
            opens_s: self.election.opens_s,
            closes_s: self.election.closes_s,
            zone: self.election.zone.clone(),
            state: self.state(now_s)?,
            reason: self.member.reason.clone(),
        })
    }

    pub(crate) fn label(&self) -> Result<[u8; 32], Error> {
        bytes32(self.member.label.as_deref())
    }

    /// The values of the roster, as they are shown and committed to.
    pub(crate) fn shown(&self) -> Result<Shown, Error> {
        let person = &self.person;
        Shown::of(&person.nip, &person.name, &person.unit, &person.position)
            .map_err(|_bad| Error::Tampered(format!("words of person {}", person.id)))
    }
}

fn bytes32(column: Option<&[u8]>) -> Result<[u8; 32], Error> {
    column
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Error::Tampered("a column that should hold 32 bytes".to_owned()))
}

/// Every election that asks a person, or exempts them, the latest to open first.
pub fn list_tasks(conn: &mut Conn, person_id: i64, now_s: i64) -> Result<Vec<Task>, Error> {
    let mut tasks = Vec::new();
    for member in roster::list_memberships(conn, person_id)? {
        tasks.push(Place::find(conn, person_id, &member.election_id)?.task(now_s)?);
    }
    tasks.sort_by_key(|task| (std::cmp::Reverse(task.opens_s), task.election_id.clone()));
    Ok(tasks)
}

/// What the signing page shows. [`Error::Conflict`] where there is nothing to sign: [`list_tasks`] says why.
pub fn sheet(
    conn: &mut Conn,
    log: &LogView,
    person_id: i64,
    election_id: &str,
    now_s: i64,
) -> Result<Sheet, Error> {
    let place = Place::find(conn, person_id, election_id)?;
    let task = place.task(now_s)?;
    let (Some(pact), TaskState::Ready | TaskState::Pending) = (&place.pact, task.state) else {
        return Err(Error::conflict("sign-problem-state"));
    };
    let pact = elections::find_pact(conn, &pact.hash)?.ok_or(Error::NotFound)?;
    let pact =
        PactText::parse(&pact.text).map_err(|e| Error::Tampered(format!("pact of {election_id}: {e}")))?;
    Ok(Sheet {
        pact,
        label: place.label()?,
        label_salt: bytes32(place.member.label_salt.as_deref())?,
        shown: place.shown()?,
        after: after(conn, log, &place, now_s)?,
        task,
    })
}

/// The point of the log for statements of this minute.
fn after(conn: &mut Conn, log: &LogView, place: &Place, now_s: i64) -> Result<After, Error> {
    let unpublished = || Error::busy("problem-not-published");
    let needed = place.needed_size()?.ok_or_else(unpublished)?;
    let published = publish::read(&log.folder, &log.vkey)?
        .ok_or_else(unpublished)?
        .size;
    let minute_s = now_s.saturating_sub(now_s.rem_euclid(60));
    let at_minute = ledger::size_before(conn, minute_s, published)?;
    let size = signer::after_size(published, at_minute, needed).ok_or_else(unpublished)?;
    Ok(After {
        size,
        root: *publish::root_at(conn, size)?.as_bytes(),
    })
}
