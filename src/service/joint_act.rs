//! Acts of two officers: the first signs and the act waits; a second one, of another account and with another key, signs the
//! very same text, and only then it comes into the ledger.
//!
//! Absent: what an act changes or may say ([`crate::service::dispute`], [`crate::service::erasure`], [`crate::service::logkey`]), how one is written down for a reader (`web`).

use crate::domain::entry::Body;
use crate::domain::entry::By;
use crate::domain::role::Role;
use crate::domain::text::Origin;
use crate::domain::text::print_hex;
use crate::service::Error;
use crate::service::act;
use crate::service::act::SignedAct;
use crate::service::dispute;
use crate::service::erasure;
use crate::service::logkey;
use crate::store::Conn;
use crate::store::account;
use crate::store::account::OfficerKey;
use crate::store::joint_act as store;
use crate::store::joint_act::PendingActRow;
use crate::store::ledger;

/// How long an act waits for its second officer, seconds.
pub const WAIT_S: i64 = 14 * 24 * 3600;

/// Where a signature comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    /// A browser in which this account is signed in: the key must be its own.
    Account(i64),
    /// The command line, with a key file.
    CommandLine,
}

/// An act that waits for its second officer.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Row id.
    pub id: i64,
    /// What would be recorded.
    pub body: Body,
    /// The exact text that both sign.
    pub act: Vec<u8>,
    /// The first officer.
    pub first: Author,
    /// Unix seconds.
    pub proposed_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
    /// How many officers of another body could be the second, where the first alone would leave them out.
    pub other_body: usize,
}

/// Who signed.
#[derive(Clone, Debug)]
pub struct Author {
    /// Whose key; none for a key file of the command line.
    pub account_id: Option<i64>,
    /// The officer's name.
    pub name: Option<String>,
    /// What the officer calls the device.
    pub device: String,
    /// Roles as the ledger has them.
    pub roles: String,
}

/// What an act is about: two acts about the same thing never wait at once.
fn subject(body: &Body) -> Option<String> {
    Some(match body {
        Body::Resolution(body) => format!("dispute {}", body.dispute),
        Body::Erasure(body) => format!("label {}", print_hex(&body.label)),
        Body::Attested(body) => format!("paper {}", print_hex(&body.label)),
        Body::Policy(_) => "policy".to_owned(),
        Body::LogKey(_) => "logkey".to_owned(),
        _ => return None,
    })
}

/// Whether the ledger and the tables would take the act as they stand.
fn check(conn: &mut Conn, origin: &Origin, body: &Body) -> Result<(), Error> {
    match body {
        Body::Resolution(body) => dispute::check_resolution(conn, body),
        Body::Erasure(body) => erasure::check(conn, body),
        Body::Policy(body) => logkey::check_policy(conn, origin, body),
        Body::LogKey(body) => logkey::check_key(conn, origin, body),
        _ => Err(Error::invalid("act-problem-malformed")),
    }
}

/// Enters an act that has both signatures, and does what it says.
fn enter(conn: &mut Conn, origin: &Origin, act: SignedAct, now_s: i64) -> Result<u64, Error> {
    match &act.body {
        Body::Resolution(_) => dispute::resolve(conn, origin, act, now_s),
        Body::Erasure(_) => erasure::erase(conn, origin, act, now_s),
        _ => {
            // Days lie between the two signatures: what held at the first need not hold now.
            check(conn, origin, &act.body)?;
            Ok(act::admit(conn, origin, act, now_s)?.leaf_index)
        }
    }
}

fn check_desk(desk: Desk, key: &OfficerKey) -> Result<(), Error> {
    match desk {
        Desk::Account(id) if key.account_id != Some(id) => Err(Error::invalid("act-problem-other-key")),
        Desk::Account(_) | Desk::CommandLine => Ok(()),
    }
}

/// Takes the first officer's signature; the act's row id. The same act again is the same row.
pub fn propose(
    conn: &mut Conn,
    origin: &Origin,
    act: &SignedAct,
    desk: Desk,
    now_s: i64,
) -> Result<i64, Error> {
    let malformed = || Error::invalid("act-problem-malformed");
    let authorship = act.body.authorship().ok_or_else(malformed)?;
    let ([by], 2) = (act.by.as_slice(), authorship.count) else {
        return Err(Error::invalid("act-problem-authors"));
    };
    let subject = subject(&act.body).ok_or_else(malformed)?;
    let bytes = act.body.act_bytes(origin);
    let key = act::check_author(conn, authorship, by, &bytes)?;
    check_desk(desk, &key)?;
    store::expire(conn, now_s)?;
    if let Some(waiting) = store::find_waiting(conn, &subject)? {
        return if waiting.act == bytes && waiting.first_key == by.key {
            Ok(waiting.id)
        } else {
            Err(Error::conflict("act-problem-waiting"))
        };
    }
    check(conn, origin, &act.body)?;
    Ok(store::insert(
        conn,
        &store::NewPendingAct {
            kind: act.body.kind(),
            subject: &subject,
            act: &bytes,
            first_key: &by.key,
            first_signature: &by.signature,
            proposed_s: now_s,
            expires_s: now_s.saturating_add(WAIT_S),
            state: "waiting",
        },
    )?)
}

/// Takes the second officer's signature and enters the act; its place in the ledger.
pub fn join(
    conn: &mut Conn,
    origin: &Origin,
    id: i64,
    second: By,
    desk: Desk,
    now_s: i64,
) -> Result<u64, Error> {
    let row = find_row(conn, id, now_s)?;
    let body = read(&row, origin)?;
    let authorship = body
        .authorship()
        .ok_or_else(|| Error::invalid("act-problem-malformed"))?;
    let key = act::check_author(conn, authorship, &second, &row.act)?;
    check_desk(desk, &key)?;
    let first = account::find_key(conn, &row.first_key)?
        .ok_or_else(|| Error::Tampered(format!("first key of act {id}")))?;
    if key.public_key == first.public_key || key.account_id == first.account_id {
        return Err(Error::conflict("act-problem-same-officer"));
    }
    let mut by = vec![first_by(&row)?, second];
    by.sort_by_key(|by| by.key);
    let index = enter(conn, origin, SignedAct { body, by }, now_s)?;
    let entered = Some((second.key.as_slice(), ledger::to_i64(index)?));
    settled(store::settle(conn, id, "entered", entered, now_s)?)?;
    Ok(index)
}

/// Gives an act up: the first officer takes it back, or the second declines.
pub fn withdraw(conn: &mut Conn, id: i64, now_s: i64) -> Result<(), Error> {
    find_row(conn, id, now_s)?;
    settled(store::settle(conn, id, "withdrawn", None, now_s)?)
}

/// An act that waits.
pub fn find(conn: &mut Conn, origin: &Origin, id: i64, now_s: i64) -> Result<Waiting, Error> {
    let row = find_row(conn, id, now_s)?;
    waiting(conn, origin, row)
}

/// Every act that waits, the oldest first.
pub fn list(conn: &mut Conn, origin: &Origin, now_s: i64) -> Result<Vec<Waiting>, Error> {
    let rows = store::list_waiting(conn, now_s)?;
    rows.into_iter().map(|row| waiting(conn, origin, row)).collect()
}

/// The act that waits about a dispute, by its row id.
pub fn find_about_dispute(conn: &mut Conn, dispute: i64, now_s: i64) -> Result<Option<i64>, Error> {
    let found = store::find_waiting(conn, &format!("dispute {dispute}"))?;
    Ok(found.filter(|row| row.expires_s > now_s).map(|row| row.id))
}

fn find_row(conn: &mut Conn, id: i64, now_s: i64) -> Result<PendingActRow, Error> {
    let row = store::find(conn, id)?;
    if row.state != "waiting" {
        return Err(Error::conflict("act-problem-settled"));
    }
    if row.expires_s <= now_s {
        return Err(Error::conflict("act-problem-expired"));
    }
    Ok(row)
}

fn settled(done: bool) -> Result<(), Error> {
    if done {
        Ok(())
    } else {
        Err(Error::conflict("act-problem-settled"))
    }
}

fn read(row: &PendingActRow, origin: &Origin) -> Result<Body, Error> {
    match Body::parse_act(&row.act) {
        Ok((of, body)) if of == *origin => Ok(body),
        _ => Err(Error::Tampered(format!("text of act {}", row.id))),
    }
}

fn first_by(row: &PendingActRow) -> Result<By, Error> {
    let damaged = || Error::Tampered(format!("first signature of act {}", row.id));
    Ok(By {
        key: row.first_key.as_slice().try_into().map_err(|_length| damaged())?,
        signature: row
            .first_signature
            .as_slice()
            .try_into()
            .map_err(|_length| damaged())?,
    })
}

fn waiting(conn: &mut Conn, origin: &Origin, row: PendingActRow) -> Result<Waiting, Error> {
    let body = read(&row, origin)?;
    let key = account::find_key(conn, &row.first_key)?
        .ok_or_else(|| Error::Tampered(format!("first key of act {}", row.id)))?;
    let other_body = match body {
        Body::Resolution(_) => other_body(conn, &key)?,
        _ => 0,
    };
    let name = match key.account_id {
        Some(account_id) => Some(account::find(conn, account_id)?.name),
        None => None,
    };
    Ok(Waiting {
        id: row.id,
        body,
        act: row.act,
        first: Author {
            account_id: key.account_id,
            name,
            device: key.device,
            roles: key.roles,
        },
        proposed_s: row.proposed_s,
        expires_s: row.expires_s,
        other_body,
    })
}

/// Examiners and auditors who are not of the personnel office and whose keys are in force, where the first officer is of it:
/// the second is to be one of them ("two officers, one of another body where there is one").
fn other_body(conn: &mut Conn, first: &OfficerKey) -> Result<usize, Error> {
    let is_other = |roles: &str| {
        let has = |role: Role| roles.split(',').any(|word| word == role.as_str());
        (has(Role::Examiner) || has(Role::Auditor)) && !has(Role::Hr)
    };
    if is_other(&first.roles) {
        return Ok(0);
    }
    let mut accounts: Vec<Option<i64>> = account::list_keys(conn, "active")?
        .into_iter()
        .filter(|key| key.account_id != first.account_id && is_other(&key.roles))
        .map(|key| key.account_id)
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts.len())
}
