//! Between which times a signature was made, from what the witnesses said and this database kept. Absent: what a bound is
//! ([`crate::domain::bounds`]), when anchors are written ([`crate::service::anchor`]).

use crate::domain::bounds;
use crate::domain::bounds::After;
use crate::domain::bounds::Before;
use crate::domain::bounds::Bounds;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::ledger::policy::Policy;
use crate::service::Error;
use crate::service::publish::Publisher;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::witness;

/// The bounds of the entry at an index. From below only of a signature: other entries name nothing that somebody else signed.
pub fn of(conn: &mut Conn, publisher: &Publisher, leaf_index: u64) -> Result<Bounds, Error> {
    let bytes = ledger::find_entry(conn, leaf_index)?.ok_or(Error::NotFound)?;
    let after = match bounds::signed_size(&parse(&bytes, leaf_index)?) {
        Some(size) => after(conn, publisher, size)?,
        None => None,
    };
    // The first checkpoint with the quorum over an entry is kept for ever, and with it its time.
    let before = match witness::find_covering(conn, leaf_index)? {
        Some(row) => Some(Before {
            time_s: ledger::to_u64(row.cosigned_s)?,
            size: ledger::to_u64(row.size)?,
        }),
        None => None,
    };
    Ok(Bounds { after, before })
}

/// What the newest anchor below a size says.
fn after(conn: &mut Conn, publisher: &Publisher, size: u64) -> Result<Option<After>, Error> {
    let Some(anchor) = witness::newest_of_kind(conn, "anchor", size)? else {
        return Ok(None);
    };
    let entry = parse(&anchor.bytes, anchor.leaf_index)?;
    let policies = policies(conn, publisher)?;
    Ok(bounds::after_anchor(&entry, anchor.leaf_index, &policies))
}

/// The portal's policy, then those of the ledger, the newest first: an old anchor keeps its meaning under the policy that made it.
fn policies(conn: &mut Conn, publisher: &Publisher) -> Result<Vec<Policy>, Error> {
    let mut policies = vec![publisher.policy().clone()];
    let size = ledger::head(conn)?.size;
    for stored in witness::list_of_kind(conn, "policy", 0, size)?.iter().rev() {
        if let Body::Policy(entered) = parse(&stored.bytes, stored.leaf_index)?.body {
            let text = String::from_utf8(entered.policy).unwrap_or_default();
            policies.extend(Policy::parse(&text));
        }
    }
    Ok(policies)
}

fn parse(bytes: &[u8], leaf_index: u64) -> Result<Entry, Error> {
    Entry::parse(bytes).map_err(|error| Error::Tampered(format!("entry {leaf_index}: {error}")))
}
