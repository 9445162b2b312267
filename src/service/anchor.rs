//! Anchors: the log's own entries that carry a cosigned checkpoint, so that what comes after one is bounded from below in time.
//!
//! At most one a minute and only when needed: a log that nobody signs in and nobody looks at does not grow. Absent: asking the witnesses
//! ([`crate::app::witnesses`]), reading bounds ([`crate::domain`]).

use crate::domain::entry::Anchor;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::service::Error;
use crate::service::act;
use crate::service::publish::Publisher;
use crate::service::witness::Cosigned;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::witness;

/// An anchor older than this is no lower bound to be proud of, seconds.
const AGE_S: i64 = 60;

/// What is to be done about the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchoring {
    /// Nothing.
    Enough,
    /// The witnesses' newest word is too old: they are to be asked again.
    Ask,
    /// This checkpoint is to be appended.
    Append(Cosigned),
}

/// The last anchor: its place, its minute, the latest time in it.
struct Last {
    next_index: u64,
    at_s: i64,
    latest_s: u64,
}

/// Decides. `page_s` is when a signing page was last asked for.
pub fn decide(
    conn: &mut Conn,
    publisher: &Publisher,
    newest: Option<&Cosigned>,
    page_s: Option<i64>,
    now_s: i64,
) -> Result<Anchoring, Error> {
    if !publisher.is_witnessed() {
        return Ok(Anchoring::Enough);
    }
    let last = find_last(conn, publisher)?;
    if !is_due(last.as_ref(), now_s) || !is_needed(conn, last.as_ref(), page_s)? {
        return Ok(Anchoring::Enough);
    }
    let newer = newest.filter(|cosigned| last.as_ref().is_none_or(|last| cosigned.latest_s > last.latest_s));
    let fresh = |cosigned: &&Cosigned| {
        let age_s = cosigned
            .received_s
            .map(|received_s| now_s.saturating_sub(received_s));
        age_s.is_some_and(|age_s| age_s < AGE_S)
    };
    Ok(match newer.filter(fresh) {
        Some(cosigned) => Anchoring::Append(cosigned.clone()),
        None => Anchoring::Ask,
    })
}

fn find_last(conn: &mut Conn, publisher: &Publisher) -> Result<Option<Last>, Error> {
    let size = ledger::head(conn)?.size;
    let Some(stored) = witness::newest_of_kind(conn, "anchor", size)? else {
        return Ok(None);
    };
    let damaged = |why: &str| Error::Tampered(format!("the anchor at {}: {why}", stored.leaf_index));
    let entry = Entry::parse(&stored.bytes).map_err(|e| damaged(&e.to_string()))?;
    let Body::Anchor(anchor) = entry.body else {
        return Err(damaged("it is of another kind"));
    };
    // One that an earlier policy or key made says nothing under this one; whatever follows is newer.
    let note = String::from_utf8(anchor.checkpoint).map_err(|_not_text| damaged("no text"))?;
    let latest_s = publisher
        .judge(&note)
        .ok()
        .and_then(|judgement| judgement.span())
        .map_or(0, |(_, latest_s)| latest_s);
    Ok(Some(Last {
        next_index: stored.leaf_index.saturating_add(1),
        at_s: stored.at_s,
        latest_s,
    }))
}

/// At most one a minute.
fn is_due(last: Option<&Last>, now_s: i64) -> bool {
    let minute_s = now_s.saturating_sub(now_s.rem_euclid(60));
    last.is_none_or(|last| last.at_s < minute_s)
}

/// Something but the log's own entries stands above it, or somebody looked at a signing page when it was old.
fn is_needed(conn: &mut Conn, last: Option<&Last>, page_s: Option<i64>) -> Result<bool, Error> {
    let Some(last) = last else {
        return Ok(ledger::head(conn)?.size > 0);
    };
    if page_s.is_some_and(|page_s| page_s >= last.at_s.saturating_add(AGE_S)) {
        return Ok(true);
    }
    Ok(witness::grew_by_others(conn, last.next_index)?)
}

/// Appends one, unless another process was first within the minute. Inside a writing transaction. Refused on a database made from tiles,
/// to which nothing is added.
pub fn append(
    conn: &mut Conn,
    publisher: &Publisher,
    cosigned: &Cosigned,
    now_s: i64,
) -> Result<Option<u64>, Error> {
    act::check_people(conn)?;
    if !is_due(find_last(conn, publisher)?.as_ref(), now_s) {
        return Ok(None);
    }
    let body = Body::Anchor(Anchor {
        checkpoint: cosigned.note.as_bytes().to_vec(),
    });
    Ok(Some(ledger::append(conn, now_s, body, Vec::new())?.leaf_index))
}
