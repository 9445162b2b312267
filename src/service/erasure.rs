//! Erasing a person's data: two officers, a ground, and only once nothing needs the person any more.
//!
//! What goes: record, numbers, salts, evidence, mails, sign-ins, proposals of complaints. What stays: the label in the ledger, which
//! keeps counting, every proof, and lines of the private journal, which hold row ids alone. A membership goes by its own act; with
//! the last one the person goes. Absent: the officers' signatures ([`crate::service::joint_act`]).

use serde::Serialize;

use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::service::Error;
use crate::service::Problem;
use crate::service::act;
use crate::service::act::SignedAct;
use crate::service::crossref;
use crate::service::crossref::Explanation;
use crate::store::Conn;
use crate::store::crossref as proposals;
use crate::store::dispute;
use crate::store::election;
use crate::store::erasure as store;
use crate::store::ledger;
use crate::store::roster;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;
use crate::store::signature;

pub use crate::store::erasure::HoldRow;

/// The grounds that the portal offers; the ledger takes any short word.
pub const GROUNDS: [&str; 4] = ["retention", "request", "deceased", "court"];

/// The longest reason of a hold, in characters.
const REASON_CHARS_MAX: usize = 500;

/// Why a membership's data cannot be erased now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "why", content = "which", rename_all = "snake_case")]
pub enum Wait {
    /// The election is not closed in the ledger.
    Election(String),
    /// A dispute about a signature is open.
    Dispute(i64),
    /// A complaint is open that may be about the person, or was found to be.
    Complaint(i64),
    /// Somebody set a hold.
    Hold(String),
}

impl Wait {
    fn problem(&self) -> Problem {
        match self {
            Self::Election(_) => Problem::new("erasure-problem-election"),
            Self::Dispute(_) => Problem::new("erasure-problem-dispute"),
            Self::Complaint(_) => Problem::new("erasure-problem-complaint"),
            Self::Hold(_) => Problem::new("erasure-problem-hold"),
        }
    }
}

/// A membership with what still needs it.
#[derive(Clone, Debug, Serialize)]
pub struct Membership {
    /// Row id.
    pub member_id: i64,
    /// The election.
    pub election_id: String,
    /// Its title.
    pub election: String,
    /// Whether a label stands in the ledger; without one there is nothing to sign for.
    pub has_label: bool,
    /// What it waits for.
    pub waits: Vec<Wait>,
}

/// A person found, with holds and memberships.
#[derive(Clone)]
pub struct Found {
    /// The person.
    pub person: PersonRow,
    /// Holds that stand.
    pub holds: Vec<HoldRow>,
    /// Memberships.
    pub memberships: Vec<Membership>,
}

/// People by number or by words of their name, as for complaints.
pub fn search(conn: &mut Conn, query: &str) -> Result<Vec<Found>, Error> {
    let people = crossref::search(conn, query)?;
    people.into_iter().map(|person| found(conn, person)).collect()
}

fn found(conn: &mut Conn, person: PersonRow) -> Result<Found, Error> {
    let mut memberships = Vec::new();
    for member in roster::list_memberships(conn, person.id)? {
        let row = election::find(conn, &member.election_id)?.ok_or(Error::NotFound)?;
        memberships.push(Membership {
            member_id: member.id,
            election_id: row.id,
            election: row.title,
            has_label: member.label.is_some(),
            waits: waits(conn, &member)?,
        });
    }
    Ok(Found {
        holds: store::list_holds(conn, person.id)?,
        person,
        memberships,
    })
}

/// Whatever still needs a membership's data.
pub fn waits(conn: &mut Conn, member: &MemberRow) -> Result<Vec<Wait>, Error> {
    let mut waits = Vec::new();
    let row = election::find(conn, &member.election_id)?.ok_or(Error::NotFound)?;
    if row.closed_index.is_none() {
        waits.push(Wait::Election(row.title));
    }
    for signature in signature::list_of_member(conn, member.id)? {
        if signature.state == "disputed"
            && let Some(open) = dispute::find_newest(conn, signature.leaf_index)?
        {
            waits.push(Wait::Dispute(open.leaf_index));
        }
    }
    for complaint in complaints(conn, member.person_id)? {
        waits.push(Wait::Complaint(complaint));
    }
    for hold in store::list_holds(conn, member.person_id)? {
        waits.push(Wait::Hold(hold.reason));
    }
    Ok(waits)
}

/// Complaints that need a person: those found to be about them, and undecided ones that may be.
fn complaints(conn: &mut Conn, person_id: i64) -> Result<Vec<i64>, Error> {
    let mut open = Vec::new();
    for (id, state) in store::list_complaints_about(conn, person_id)? {
        // What settled the complaint, even while somebody asks to reopen it.
        let decisions = proposals::list_decisions(conn, id)?;
        let settled = decisions.iter().find(|decision| decision.settles());
        let about = settled.is_some_and(|decision| decision.person_id == Some(person_id));
        // An open complaint that somebody once answered with this person is not settled for them.
        if state == "received" || (state == "identified" && about) {
            open.push(id);
        }
    }
    for (id, state, explanation) in store::list_proposals(conn)? {
        if state == "received" && names(&read(id, &explanation)?, person_id) {
            open.push(id);
        }
    }
    open.sort_unstable();
    open.dedup();
    Ok(open)
}

fn read(complaint_id: i64, explanation: &str) -> Result<Explanation, Error> {
    serde_json::from_str(explanation)
        .map_err(|_damaged| Error::Tampered(format!("crossref of complaint {complaint_id}")))
}

fn names(explanation: &Explanation, person_id: i64) -> bool {
    let mut candidates = explanation.candidates.iter();
    candidates.any(|candidate| candidate.person_id == Some(person_id))
}

/// A proposal that no longer names a person; none where it never did.
fn without(mut proposal: Explanation, person_id: i64) -> Result<Option<String>, Error> {
    if !names(&proposal, person_id) {
        return Ok(None);
    }
    proposal
        .candidates
        .retain(|candidate| candidate.person_id != Some(person_id));
    serde_json::to_string(&proposal)
        .map(Some)
        .map_err(Error::internal)
}

/// The member whom an act is about, for the officers who sign it; none once the data are gone.
pub fn subject(conn: &mut Conn, body: &entry::Erasure) -> Result<Option<PersonRow>, Error> {
    match store::find_member_by_label(conn, &body.label)? {
        Some(member) => {
            let person = roster::find_person(conn, member.person_id)?;
            Ok(Some(person).filter(|person| !person.nip.starts_with(store::ERASED)))
        }
        None => Ok(None),
    }
}

/// The act that would erase a membership's data.
pub fn draft(conn: &mut Conn, member_id: i64, ground: &Id, nonce: [u8; 16]) -> Result<Body, Error> {
    let member = roster::find_member_by_id(conn, member_id)?;
    let label = member
        .label
        .as_deref()
        .ok_or_else(|| Error::conflict("erasure-problem-label"))?;
    let body = entry::Erasure {
        election: member.election_id.parse().map_err(Error::internal)?,
        label: *ledger::to_hash(label)?.as_bytes(),
        ground: ground.clone(),
        nonce,
    };
    check(conn, &body)?;
    Ok(Body::Erasure(body))
}

/// Whether an erasure may be done now.
pub(crate) fn check(conn: &mut Conn, body: &entry::Erasure) -> Result<(), Error> {
    find_member(conn, body).map(|_| ())
}

fn find_member(conn: &mut Conn, body: &entry::Erasure) -> Result<MemberRow, Error> {
    let member = store::find_member_by_label(conn, &body.label)?
        .filter(|member| member.election_id == body.election.as_str())
        .ok_or_else(|| Error::invalid("erasure-problem-label"))?;
    if member.label_salt.is_none() {
        return Err(Error::conflict("erasure-problem-done"));
    }
    match waits(conn, &member)?.first() {
        Some(wait) => Err(Error::Conflict(wait.problem())),
        None => Ok(member),
    }
}

/// Enters an `erasure` act of two officers and takes the data out.
pub(crate) fn erase(conn: &mut Conn, origin: &Origin, signed: SignedAct, now_s: i64) -> Result<u64, Error> {
    let Body::Erasure(body) = &signed.body else {
        return Err(Error::invalid("act-problem-malformed"));
    };
    let member = find_member(conn, body)?;
    let person = roster::find_person(conn, member.person_id)?;
    let entered = act::admit(conn, origin, signed, now_s)?.leaf_index;
    store::empty_member(conn, member.id)?;
    store::delete_mails(conn, person.id, &member.election_id)?;
    store::detach_member(conn, member.id, now_s)?;
    take_out_person(conn, &person)?;
    Ok(entered)
}

/// Takes the person out too, once no membership with a label is left.
fn take_out_person(conn: &mut Conn, person: &PersonRow) -> Result<(), Error> {
    let left = roster::list_memberships(conn, person.id)?;
    for member in &left {
        let row = election::find(conn, &member.election_id)?.ok_or(Error::NotFound)?;
        if member.label.is_some() || row.closed_index.is_none() {
            return Ok(());
        }
    }
    for member in &left {
        store::delete_member(conn, member.id)?;
    }
    for (id, _, explanation) in store::list_proposals(conn)? {
        if let Some(text) = without(read(id, &explanation)?, person.id)? {
            store::set_proposal(conn, id, &text)?;
        }
    }
    for (id, complaint_id, explanation) in store::list_past_proposals(conn)? {
        if let Some(text) = without(read(complaint_id, &explanation)?, person.id)? {
            store::set_past_proposal(conn, id, &text)?;
        }
    }
    store::drop_previews(conn, &person.nip)?;
    Ok(store::delete_person(conn, person)?)
}

/// Sets a hold: the person's data stay until it is lifted.
pub fn hold(
    conn: &mut Conn,
    person_id: i64,
    reason: &str,
    account_id: Option<i64>,
    now_s: i64,
) -> Result<i64, Error> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::invalid("erasure-problem-reason"));
    }
    let person = roster::find_person(conn, person_id)?;
    Ok(store::insert_hold(conn, person.id, reason, account_id, now_s)?)
}

/// Lifts a hold.
pub fn lift(conn: &mut Conn, hold_id: i64, now_s: i64) -> Result<(), Error> {
    if store::lift_hold(conn, hold_id, now_s)? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
