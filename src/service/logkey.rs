//! The log's next key and the witnesses' policy as acts of two officers: whether they may be entered. An entry that breaks the rules of
//! docs/format.md §7 stays, and makes the log *not valid* for every reader from then on.
//!
//! Who signs them is [`crate::service::joint_act`]'s affair; what follows from a key is [`crate::service::publish`]'s: from its entry on
//! the log signs with both.

use crate::domain::entry::Body;
use crate::domain::entry::CARRIED_SIZE_MAX;
use crate::domain::entry::Entry;
use crate::domain::entry::LogKey;
use crate::domain::entry::Policy;
use crate::domain::text::Origin;
use crate::ledger::note::Vkey;
use crate::ledger::policy;
use crate::service::Error;
use crate::service::publish;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::witness;

/// A next key is an Ed25519 key of the log's name, and none of its keys yet.
pub fn check_key(conn: &mut Conn, origin: &Origin, key: &LogKey) -> Result<(), Error> {
    let malformed = || Error::invalid("act-problem-logkey");
    let next = Vkey::parse(key.vkey.as_str()).map_err(|_bad| malformed())?;
    if next.name().as_str() != origin.as_str() {
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
pub fn check_policy(conn: &mut Conn, origin: &Origin, act: &Policy) -> Result<(), Error> {
    let malformed = || Error::invalid("act-problem-policy");
    if act.policy.len() > CARRIED_SIZE_MAX {
        return Err(malformed());
    }
    let text = std::str::from_utf8(&act.policy).map_err(|_not_text| malformed())?;
    let policy = policy::Policy::parse(text).map_err(|_bad| malformed())?;
    if !policy
        .logs()
        .iter()
        .any(|log| log.key.name().as_str() == origin.as_str())
    {
        return Err(malformed());
    }
    if newest_policy(conn)?.is_some_and(|known| known == act.policy) {
        return Err(Error::conflict("act-problem-policy-known"));
    }
    Ok(())
}

/// The ledger's newest policy, as its file.
fn newest_policy(conn: &mut Conn) -> Result<Option<Vec<u8>>, Error> {
    let size = ledger::head(conn)?.size;
    let Some(stored) = witness::newest_of_kind(conn, "policy", size)? else {
        return Ok(None);
    };
    match Entry::parse(&stored.bytes).map(|entry| entry.body) {
        Ok(Body::Policy(policy)) => Ok(Some(policy.policy)),
        _ => Err(Error::Tampered(format!(
            "entry {} is no policy",
            stored.leaf_index
        ))),
    }
}
