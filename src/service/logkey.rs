//! The log's next key and the witnesses' policy as acts of two officers: what they say, and whether they may be entered.
//!
//! Who signs them is [`crate::service::joint_act`]'s affair; what follows from a key is [`crate::service::publish`]'s: from its entry on
//! the log signs with both.

use crate::domain::entry::Body;
use crate::domain::entry::CARRIED_SIZE_MAX;
use crate::domain::entry::LogKey;
use crate::domain::entry::Policy;
use crate::ledger::note::Vkey;
use crate::ledger::policy;
use crate::service::Error;
use crate::service::publish;
use crate::service::publish::Publisher;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::witness;

/// The act that names the key that `ikrar keygen --next` made. [`Error::NotFound`] without one.
pub fn draft_key(conn: &mut Conn, publisher: &Publisher, nonce: [u8; 16]) -> Result<Body, Error> {
    let next = publisher.next().ok_or(Error::NotFound)?;
    let vkey = next.to_string().parse().map_err(Error::internal)?;
    let key = LogKey { vkey, nonce };
    check_key(conn, publisher.vkey(), &key)?;
    Ok(Body::LogKey(key))
}

/// The act that puts the installation's policy in the ledger.
pub fn draft_policy(conn: &mut Conn, publisher: &Publisher, nonce: [u8; 16]) -> Result<Body, Error> {
    let policy = Policy {
        policy: publisher.policy().to_string().into_bytes(),
        nonce,
    };
    check_policy(conn, publisher.vkey(), &policy)?;
    Ok(Body::Policy(policy))
}

/// A next key has the log's name and is none of its keys yet.
pub fn check_key(conn: &mut Conn, log: &Vkey, key: &LogKey) -> Result<(), Error> {
    let malformed = || Error::invalid("act-problem-logkey");
    let next = Vkey::parse(key.vkey.as_str()).map_err(|_bad| malformed())?;
    if next.name() != log.name() {
        return Err(malformed());
    }
    let size = ledger::head(conn)?.size;
    for known in publish::log_keys(conn, size)? {
        let known = Vkey::parse(&known).map_err(|e| Error::Tampered(e.to_string()))?;
        if known.id() == next.id() {
            return Err(Error::conflict("act-problem-logkey-known"));
        }
    }
    Ok(())
}

/// A policy parses, names this log, fits an entry, and is not what the ledger says already.
pub fn check_policy(conn: &mut Conn, log: &Vkey, act: &Policy) -> Result<(), Error> {
    let malformed = || Error::invalid("act-problem-policy");
    if act.policy.len() > CARRIED_SIZE_MAX {
        return Err(malformed());
    }
    let text = std::str::from_utf8(&act.policy).map_err(|_not_text| malformed())?;
    let policy = policy::Policy::parse(text).map_err(|_bad| malformed())?;
    if policy.log_keys(log.name()).next().is_none() {
        return Err(malformed());
    }
    if newest_policy(conn)?.is_some_and(|(known, _)| known == act.policy) {
        return Err(Error::conflict("act-problem-policy-known"));
    }
    Ok(())
}

/// The ledger's newest policy, and the minute of its entry.
pub fn newest_policy(conn: &mut Conn) -> Result<Option<(Vec<u8>, i64)>, Error> {
    let size = ledger::head(conn)?.size;
    let Some(stored) = witness::newest_of_kind(conn, "policy", size)? else {
        return Ok(None);
    };
    let entry =
        crate::domain::entry::Entry::parse(&stored.bytes).map_err(|e| Error::Tampered(e.to_string()))?;
    let Body::Policy(policy) = entry.body else {
        return Err(Error::Tampered("a policy entry of another kind".to_owned()));
    };
    Ok(Some((policy.policy, stored.at_s)))
}
