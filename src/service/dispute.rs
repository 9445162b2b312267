//! "This was not me": a dispute about a signature, and what two officers decide about it.
//!
//! A dispute is the person's own word, so it needs no officer: it stands in the ledger at once. Absent: who may act for whom on
//! the screens (`web`), how two officers sign ([`crate::service::joint_act`]).

use serde::Serialize;

use crate::domain::code::Code;
use crate::domain::election::Stage;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::entry::Channel;
use crate::domain::entry::Outcome;
use crate::domain::entry::Resolution;
use crate::domain::role::Action;
use crate::domain::text::Origin;
use crate::service::Error;
use crate::service::access;
use crate::service::act;
use crate::service::act::SignedAct;
use crate::service::election;
use crate::store::Conn;
use crate::store::account;
use crate::store::account::Subject;
use crate::store::dispute as store;
use crate::store::election as elections;
use crate::store::ledger;
use crate::store::outbox;
use crate::store::roster;
use crate::store::signature;
use crate::store::signature::SignatureRow;

pub use crate::store::dispute::DisputeRow;

/// Settled disputes that a list shows.
const SETTLED_MAX: i64 = 50;
/// Open disputes that a list shows.
const OPEN_MAX: i64 = 500;

/// A dispute as officers see it: nobody's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisputeView {
    /// Its entry.
    pub leaf_index: i64,
    /// The signature's entry.
    pub signature_index: i64,
    /// The signature's code.
    pub code: String,
    /// The election.
    pub election_id: String,
    /// Its title.
    pub election: String,
    /// Its zone.
    pub zone: String,
    /// The signature's minute, Unix seconds.
    pub at_s: i64,
    /// `email`, `oidc` or `passkey`.
    pub method: String,
    /// `link` or `authority`.
    pub channel: String,
    /// Unix seconds.
    pub opened_s: i64,
    /// Whole days since then, until it was settled.
    pub days: i64,
    /// `upheld` or `dismissed`; none while it is open.
    pub outcome: Option<String>,
    /// The resolution's entry.
    pub resolution_index: Option<i64>,
}

/// What a person may do about a signature behind a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The signature is not this person's.
    NotYours,
    /// It may be disputed.
    Open,
    /// It was, and this is the newest dispute.
    Disputed(Box<DisputeView>),
}

/// What this person may do about the signature behind a code.
pub fn standing(conn: &mut Conn, person_id: i64, code: &Code, now_s: i64) -> Result<Standing, Error> {
    let row = signature::find_by_code(conn, &code.to_string())?.ok_or(Error::NotFound)?;
    if person_of(conn, &row)? != person_id {
        return Ok(Standing::NotYours);
    }
    Ok(match store::find_newest(conn, row.leaf_index)? {
        Some(dispute) => Standing::Disputed(Box::new(view(conn, dispute, row, now_s)?)),
        None => Standing::Open,
    })
}

/// A person's own dispute, in their own session. Asked twice, it is the one dispute; [`Error::Forbidden`] for anybody else's
/// signature.
pub fn open(
    conn: &mut Conn,
    person_id: i64,
    code: &Code,
    nonce: [u8; 16],
    now_s: i64,
) -> Result<DisputeRow, Error> {
    let row = signature::find_by_code(conn, &code.to_string())?.ok_or(Error::NotFound)?;
    if person_of(conn, &row)? != person_id {
        return Err(Error::Forbidden);
    }
    if let Some(known) = store::find_newest(conn, row.leaf_index)? {
        return Ok(known);
    }
    enter(conn, &row, Through::Link, nonce, now_s)
}

/// A dispute that a person brought to an authority, entered by an officer (`account_id`: none for the command line, or for what
/// a witness showed). Asked twice, it is the one open dispute; after a dismissal an authority may bring another.
pub fn enter_from_authority(
    conn: &mut Conn,
    signature_index: i64,
    authority_id: Option<i64>,
    account_id: Option<i64>,
    nonce: [u8; 16],
    now_s: i64,
) -> Result<DisputeRow, Error> {
    let row =
        signature::find(conn, signature_index)?.ok_or_else(|| Error::invalid("dispute-problem-none"))?;
    let through = Through::Authority {
        authority_id,
        account_id,
    };
    match store::find_newest(conn, row.leaf_index)? {
        Some(known) if known.outcome.is_none() => Ok(known),
        _ => enter(conn, &row, through, nonce, now_s),
    }
}

#[derive(Clone, Copy)]
enum Through {
    Link,
    Authority {
        authority_id: Option<i64>,
        account_id: Option<i64>,
    },
}

fn enter(
    conn: &mut Conn,
    of: &SignatureRow,
    through: Through,
    nonce: [u8; 16],
    now_s: i64,
) -> Result<DisputeRow, Error> {
    if of.state != "live" {
        return Err(Error::conflict("dispute-problem-voided"));
    }
    let (channel, authority_id, account_id) = match through {
        Through::Link => (Channel::Link, None, None),
        Through::Authority {
            authority_id,
            account_id,
        } => (Channel::Authority, authority_id, account_id),
    };
    let body = Body::Dispute(entry::Dispute {
        signature: ledger::to_u64(of.leaf_index)?,
        channel,
        nonce,
    });
    let appended = ledger::append(conn, now_s, body, Vec::new())?;
    let row = DisputeRow {
        leaf_index: ledger::to_i64(appended.leaf_index)?,
        signature_index: of.leaf_index,
        channel: channel.to_string(),
        authority_id,
        account_id,
        opened_s: now_s,
        outcome: None,
        resolution_index: None,
        resolved_s: None,
    };
    store::insert(conn, &row)?;
    store::set_signature_state(conn, of.leaf_index, "disputed")?;
    tell(conn, of, &row, "dispute-received", now_s)?;
    for account_id in deciders(conn)? {
        let to = Subject::Account(account_id);
        let about = Some(row.leaf_index);
        outbox::insert(conn, "dispute-open", to, Some(&of.election_id), about, now_s)?;
    }
    Ok(row)
}

/// Queues a mail to the person whose signature it is.
fn tell(
    conn: &mut Conn,
    of: &SignatureRow,
    dispute: &DisputeRow,
    template: &str,
    now_s: i64,
) -> Result<(), Error> {
    let to = Subject::Person(person_of(conn, of)?);
    let about = Some(dispute.leaf_index);
    outbox::insert(conn, template, to, Some(&of.election_id), about, now_s)?;
    Ok(())
}

/// Accounts that may decide disputes.
fn deciders(conn: &mut Conn) -> Result<Vec<i64>, Error> {
    let mut deciders = Vec::new();
    for account in account::list(conn)? {
        if account.disabled_s.is_none()
            && access::officer(conn, account.id)?.may(Action::ResolveDispute, None)
        {
            deciders.push(account.id);
        }
    }
    Ok(deciders)
}

fn person_of(conn: &mut Conn, row: &SignatureRow) -> Result<i64, Error> {
    Ok(roster::find_member_by_id(conn, row.member_id)?.person_id)
}

/// Whether a dispute can be resolved now.
pub(crate) fn check_resolution(conn: &mut Conn, resolution: &Resolution) -> Result<(), Error> {
    let index = ledger::to_i64(resolution.dispute)?;
    let row = store::find(conn, index)?.ok_or_else(|| Error::invalid("dispute-problem-unknown"))?;
    if row.outcome.is_some() {
        return Err(Error::conflict("dispute-problem-settled"));
    }
    Ok(())
}

/// Enters a `resolution` act of two officers: the signature stands, or it is voided and the person may sign again.
pub(crate) fn resolve(conn: &mut Conn, origin: &Origin, signed: SignedAct, now_s: i64) -> Result<u64, Error> {
    let Body::Resolution(resolution) = &signed.body else {
        return Err(Error::invalid("act-problem-malformed"));
    };
    check_resolution(conn, resolution)?;
    let (index, outcome) = (ledger::to_i64(resolution.dispute)?, resolution.outcome);
    let dispute = store::find(conn, index)?.ok_or(Error::NotFound)?;
    let of = signature::find(conn, dispute.signature_index)?
        .ok_or_else(|| Error::Tampered(format!("dispute {index} about no signature")))?;
    let entered = act::admit(conn, origin, signed, now_s)?.leaf_index;
    let word = outcome.to_string();
    if !store::resolve(conn, index, &word, ledger::to_i64(entered)?, now_s)? {
        return Err(Error::conflict("dispute-problem-settled"));
    }
    let state = match outcome {
        Outcome::Upheld => "voided",
        Outcome::Dismissed => "live",
    };
    store::set_signature_state(conn, of.leaf_index, state)?;
    tell(conn, &of, &dispute, "dispute-resolved", now_s)?;
    if outcome == Outcome::Upheld {
        invite_again(conn, &of, now_s)?;
    }
    Ok(entered)
}

/// Whose signature was voided is asked to sign for themselves, while the election is open.
fn invite_again(conn: &mut Conn, of: &SignatureRow, now_s: i64) -> Result<(), Error> {
    let row = elections::find(conn, &of.election_id)?.ok_or(Error::NotFound)?;
    let member = roster::find_member_by_id(conn, of.member_id)?;
    if election::stage(&row, now_s) == Stage::Open && member.state == "required" {
        let to = Subject::Person(member.person_id);
        outbox::insert(conn, "invitation", to, Some(&row.id), None, now_s)?;
    }
    Ok(())
}

/// A dispute by its entry.
pub fn find(conn: &mut Conn, leaf_index: i64, now_s: i64) -> Result<DisputeView, Error> {
    let row = store::find(conn, leaf_index)?.ok_or(Error::NotFound)?;
    let of = signature::find(conn, row.signature_index)?
        .ok_or_else(|| Error::Tampered(format!("dispute {leaf_index} about no signature")))?;
    view(conn, row, of, now_s)
}

/// Open disputes, the oldest first, and the newest settled ones.
pub fn list(conn: &mut Conn, now_s: i64) -> Result<(Vec<DisputeView>, Vec<DisputeView>), Error> {
    let mut views = |open, limit| {
        let rows = store::list(conn, open, limit)?;
        rows.into_iter()
            .map(|(row, of)| view(conn, row, of, now_s))
            .collect::<Result<Vec<_>, Error>>()
    };
    Ok((views(true, OPEN_MAX)?, views(false, SETTLED_MAX)?))
}

fn view(conn: &mut Conn, row: DisputeRow, of: SignatureRow, now_s: i64) -> Result<DisputeView, Error> {
    let election = elections::find(conn, &of.election_id)?
        .ok_or_else(|| Error::Tampered(format!("signature {} of no election", of.leaf_index)))?;
    let until_s = row.resolved_s.unwrap_or(now_s);
    Ok(DisputeView {
        leaf_index: row.leaf_index,
        signature_index: of.leaf_index,
        code: of.code,
        election_id: of.election_id,
        election: election.title,
        zone: election.zone,
        at_s: of.at_s,
        method: of.method,
        channel: row.channel,
        opened_s: row.opened_s,
        days: until_s.saturating_sub(row.opened_s).max(0).div_euclid(24 * 3600),
        outcome: row.outcome,
        resolution_index: row.resolution_index,
    })
}
