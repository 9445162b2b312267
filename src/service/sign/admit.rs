//! The first step: a statement comes from the browser and waits for its code. Everything the log will ask is asked here, by
//! the log's own rule ([`check_signature`]), so that nobody types a code for nothing.

use crate::domain::election::Stage;
use crate::domain::entry;
use crate::domain::log::SignatureFacts;
use crate::domain::log::SignatureFault;
use crate::domain::log::check_signature;
use crate::domain::person;
use crate::domain::signer;
use crate::domain::signer::Salts;
use crate::domain::statement::Method;
use crate::domain::statement::Statement;
use crate::domain::text::Time;
use crate::ledger::key;
use crate::service;
use crate::service::Error;
use crate::service::Problem;
use crate::service::publish;
use crate::service::sign::Examined;
use crate::service::sign::LogView;
use crate::service::sign::Place;
use crate::store::Conn;
use crate::store::account::Subject;
use crate::store::election;
use crate::store::ledger;
use crate::store::outbox;
use crate::store::signature;

/// Codes that one person can be sent within [`CODES_WINDOW_S`].
pub(super) const CODES_MAX: i64 = 6;
/// The window of [`CODES_MAX`], seconds.
pub(super) const CODES_WINDOW_S: i64 = 3600;

/// Where a posted statement ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It waits for its code, which is on its way.
    Waiting,
    /// This very statement stands in the ledger already.
    Recorded(i64),
    /// Another one, with another key, stands there already: was it you?
    Another(i64),
}

/// Takes a statement in.
pub fn post(
    conn: &mut Conn,
    log: &LogView,
    person_id: i64,
    election_id: &str,
    examined: &Examined,
    now_s: i64,
) -> Result<Posted, Error> {
    let place = Place::find(conn, person_id, election_id)?;
    let (submission, statement) = (&examined.submission, &examined.statement);
    if let Some(live) = &place.live {
        let same = live.statement_hash == statement.hash();
        return Ok(if same {
            Posted::Recorded(live.leaf_index)
        } else {
            Posted::Another(live.leaf_index)
        });
    }
    if place.member.label.is_none() || place.needed_size()?.is_none() {
        return Err(Error::invalid("sign-problem-state"));
    }
    let entry = entry::Signature {
        election: election_id
            .parse()
            .map_err(|_bad| Error::invalid("sign-problem-election"))?,
        statement: statement.clone(),
        signature: submission.signature,
        evidence: [0; 32],
    };
    check(conn, log, &place, (&entry, examined), now_s)?;
    check_person(&place, statement, &submission.salts)?;
    check_fresh(&place, examined, now_s)?;
    if place.waiting(now_s).is_some_and(|row| examined.is_of(row)) {
        return Ok(Posted::Waiting);
    }
    check_code_rate(conn, person_id, now_s)?;
    if place.pending.is_some() {
        signature::delete_pending(conn, place.member.id)?;
    }
    let id = signature::insert_pending(
        conn,
        &signature::NewPending {
            member_id: place.member.id,
            statement: &submission.statement,
            signature: &submission.signature,
            salts: &submission.salts.to_bytes(),
            created_s: now_s,
            expires_s: now_s.saturating_add(signer::PENDING_S),
            tries: 0,
        },
    )?;
    queue_code(conn, person_id, election_id, id, now_s)?;
    Ok(Posted::Waiting)
}

pub(super) fn queue_code(
    conn: &mut Conn,
    person_id: i64,
    election_id: &str,
    pending_id: i64,
    now_s: i64,
) -> Result<(), Error> {
    outbox::insert(
        conn,
        "code",
        Subject::Person(person_id),
        Some(election_id),
        Some(pending_id),
        now_s,
    )?;
    Ok(())
}

pub(super) fn check_code_rate(conn: &mut Conn, person_id: i64, now_s: i64) -> Result<(), Error> {
    let since_s = now_s.saturating_sub(CODES_WINDOW_S);
    if outbox::count_since(conn, person_id, "code", since_s)? >= CODES_MAX {
        return Err(Error::busy("sign-problem-codes"));
    }
    Ok(())
}

/// Holds an entry to be against the log's own rule, as it would stand at this moment. That the person has no live signature is
/// for the caller to have seen.
pub(super) fn check(
    conn: &mut Conn,
    log: &LogView,
    place: &Place,
    (entry, examined): (&entry::Signature, &Examined),
    now_s: i64,
) -> Result<(), Error> {
    match service::election::stage(&place.election, now_s) {
        Stage::Before => return Err(refusal(SignatureFault::NotOpenYet)),
        Stage::Closed => return Err(refusal(SignatureFault::Over)),
        Stage::Open => {}
    }
    let statement = &entry.statement;
    if !examined.verifies {
        key::check_key(&statement.key).map_err(|_weak| Error::invalid("sign-problem-weak-key"))?;
    }
    let head = ledger::head(conn)?;
    let at_s = now_s.saturating_sub(now_s.rem_euclid(60)).max(head.last_at_s);
    let after = statement.after.size;
    let root_at_after = match examined.after.map(|point| point.root) {
        None if (1..=head.size).contains(&after) => Some(publish::root_at(conn, after)?),
        known => known,
    };
    let terms = service::election::window_of(&place.election)?;
    let label = place.label()?;
    let on_now = place.member.state == "required" && statement.label == label;
    let added = place.member.added_index.map(ledger::to_u64).transpose()?;
    let faults = check_signature(
        entry,
        &SignatureFacts {
            origin: &log.origin,
            index: head.size,
            at: ledger::time(at_s)?,
            root_at_after,
            election: (statement.election == terms.id).then_some(&terms),
            pact_at_after: pact_at(conn, place, after)?,
            on_at_after: on_now && added.is_some_and(|added| added < after),
            on_now,
            verifies: examined.verifies,
            key_seen: signature::key_exists(conn, &statement.key)?,
            already_signed: false,
        },
    );
    faults.first().map_or(Ok(()), |fault| Err(refusal(*fault)))
}

/// The version in force at a size of the log: usually the newest.
fn pact_at(conn: &mut Conn, place: &Place, size: u64) -> Result<Option<[u8; 32]>, Error> {
    let newest = place.pact.as_ref();
    let below = match newest {
        Some(pact) if ledger::to_u64(pact.leaf_index)? >= size => {
            election::find_pact_version(conn, &place.election.id, ledger::to_i64(size)?)?
        }
        newest => newest.cloned(),
    };
    below
        .map(|pact| Ok(*ledger::to_hash(&pact.hash)?.as_bytes()))
        .transpose()
}

fn refusal(fault: SignatureFault) -> Error {
    match fault {
        SignatureFault::ElectionMismatch | SignatureFault::UnknownElection => {
            Error::invalid("sign-problem-election")
        }
        SignatureFault::Origin => Error::invalid("sign-problem-origin"),
        SignatureFault::AfterSize | SignatureFault::ForeignRoot => Error::invalid("sign-problem-root"),
        SignatureFault::PactNotInForce => Error::invalid("sign-problem-pact"),
        SignatureFault::NotOnAtStatement | SignatureFault::NotOn => Error::invalid("sign-problem-label"),
        SignatureFault::NotOpenYet => Error::Closed(Problem::new("sign-problem-early")),
        SignatureFault::Over => Error::Closed(Problem::new("sign-problem-over")),
        SignatureFault::Signature => Error::invalid("sign-problem-signature"),
        SignatureFault::KeySeen => Error::conflict("sign-problem-key"),
        SignatureFault::AlreadySigned => Error::conflict("sign-problem-signed"),
    }
}

/// What no log can ask: that the commitment is to this person's values, that the newest pact was read, and a step-up that this
/// portal has.
pub(super) fn check_person(place: &Place, statement: &Statement, salts: &Salts) -> Result<(), Error> {
    if statement.method != Method::Email {
        return Err(Error::invalid("sign-problem-method"));
    }
    if place.pact.as_ref().map(|p| p.hash.as_slice()) != Some(&statement.pact) {
        return Err(Error::invalid("sign-problem-pact"));
    }
    let commit = person::commit(&place.label()?, &place.shown()?.digests(salts));
    if commit == statement.commit {
        Ok(())
    } else {
        Err(Error::invalid("sign-problem-commit"))
    }
}

/// The point of the log must be what a page of the last half hour would have named: nothing that is older may stand there.
fn check_fresh(place: &Place, examined: &Examined, now_s: i64) -> Result<(), Error> {
    let needed = place.needed_size()?.unwrap_or(u64::MAX);
    let oldest_s = now_s.saturating_sub(signer::AFTER_AGE_S);
    let next_at_s = examined.after.and_then(|point| point.next_at_s);
    let is_old = next_at_s.is_some_and(|at_s| at_s < oldest_s);
    if is_old || examined.statement.after.size < needed {
        return Err(Error::invalid("sign-problem-stale"));
    }
    Ok(())
}

/// The minute of a stored second, as the formats write it.
pub(super) fn moment(seconds: i64) -> Result<Time, Error> {
    Ok(ledger::time(seconds)?)
}
