//! The ledger's tables: the head that every writer locks, entries, and the tree's stored hashes.
//!
//! Absent: what an entry means, publishing, signing.

use std::cell::Cell;
use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::entry::Body;
use crate::domain::entry::By;
use crate::domain::entry::ENTRY_SIZE_MAX;
use crate::domain::entry::Entry;
use crate::domain::text::Time;
use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::hash::leaf_hash;
use crate::ledger::tree;
use crate::ledger::tree::HashReader;
use crate::store::Conn;
use crate::store::StoreError;
use crate::store::conn::on_database;
use crate::store::schema::ledger_act;
use crate::store::schema::ledger_entry;
use crate::store::schema::ledger_hash;
use crate::store::schema::ledger_head;

thread_local! {
    /// The right edge of the tree that this thread appended to last, with its root. Which log or transaction it was of does not
    /// matter: size and root are known to no other tree, so whoever takes it compares them with the head.
    static EDGE: Cell<Option<(tree::Frontier, Hash)>> = const { Cell::new(None) };
}

/// The state of the log after its last committed entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree at that size.
    pub root: Hash,
    /// Leaf hash of the last entry; zeros in an empty log.
    pub last_leaf: Hash,
    /// `at` of the last entry, Unix seconds.
    pub last_at_s: i64,
}

/// An entry as it came to stand in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its place, from 0.
    pub leaf_index: u64,
    /// Its minute, Unix seconds.
    pub at_s: i64,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
}

#[derive(Queryable)]
struct HeadRow {
    size: i64,
    root: Vec<u8>,
    last_leaf: Vec<u8>,
    last_at_s: i64,
}

/// Takes the one write lock, by writing: SQLite's for the whole file, PostgreSQL's for this row. Until the end of the transaction.
pub fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    let touch = diesel::update(ledger_head::table.find(1)).set(ledger_head::size.eq(ledger_head::size));
    let locked = on_database!(conn, |conn| touch.execute(conn))?;
    if locked == 0 {
        diesel::insert_into(ledger_head::table)
            .values((
                ledger_head::id.eq(1_i64),
                ledger_head::size.eq(0_i64),
                ledger_head::root.eq(empty_root().as_bytes().to_vec()),
                ledger_head::last_leaf.eq(vec![0_u8; 32]),
                ledger_head::last_at_s.eq(0_i64),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The head; that of an empty log where nothing was ever written.
pub fn head(conn: &mut Conn) -> Result<Head, StoreError> {
    let head = ledger_head::table.find(1).select((
        ledger_head::size,
        ledger_head::root,
        ledger_head::last_leaf,
        ledger_head::last_at_s,
    ));
    let row = on_database!(conn, |conn| head.first::<HeadRow>(conn)).optional()?;
    let Some(row) = row else {
        return Ok(Head {
            size: 0,
            root: empty_root(),
            last_leaf: Hash::from_bytes([0; 32]),
            last_at_s: 0,
        });
    };
    Ok(Head {
        size: to_u64(row.size)?,
        root: to_hash(&row.root)?,
        last_leaf: to_hash(&row.last_leaf)?,
        last_at_s: row.last_at_s,
    })
}

/// Appends one entry. To be called inside a transaction that began with [`lock`].
pub fn append(conn: &mut Conn, now_s: i64, body: Body, by: Vec<By>) -> Result<Appended, StoreError> {
    let head = head(conn)?;
    let minute_s = now_s.saturating_sub(now_s.rem_euclid(60));
    let at_s = minute_s.max(head.last_at_s);
    let entry = Entry {
        prev: *head.last_leaf.as_bytes(),
        at: time(at_s)?,
        body,
        by,
    };
    entry
        .check()
        .map_err(|e| StoreError::Damaged(format!("an entry that no reader would accept: {e}")))?;
    let bytes = entry.print();
    if bytes.len() > ENTRY_SIZE_MAX {
        return Err(StoreError::Damaged(format!("an entry of {} bytes", bytes.len())));
    }
    let leaf = leaf_hash(&bytes);
    let mut frontier = edge(conn, &head)?;
    let hashes = frontier.append(&leaf);
    if frontier.size() != head.size.saturating_add(1) {
        return Err(StoreError::Damaged("the tree did not grow by one".to_owned()));
    }
    let first = tree::stored_hash_index(0, head.size);
    for (position, hash) in (first..).zip(&hashes) {
        let insert = diesel::insert_into(ledger_hash::table).values((
            ledger_hash::position.eq(to_i64(position)?),
            ledger_hash::hash.eq(hash.as_bytes().as_slice()),
        ));
        on_database!(conn, |conn| insert.execute(conn))?;
    }
    let insert = diesel::insert_into(ledger_entry::table).values((
        ledger_entry::leaf_index.eq(to_i64(head.size)?),
        ledger_entry::kind.eq(entry.body.kind()),
        ledger_entry::at_s.eq(at_s),
        ledger_entry::bytes.eq(&bytes),
    ));
    on_database!(conn, |conn| insert.execute(conn))?;
    let size = head.size.saturating_add(1);
    let root = frontier.root();
    let update = diesel::update(ledger_head::table.find(1)).set((
        ledger_head::size.eq(to_i64(size)?),
        ledger_head::root.eq(root.as_bytes().as_slice()),
        ledger_head::last_leaf.eq(leaf.as_bytes().as_slice()),
        ledger_head::last_at_s.eq(at_s),
    ));
    on_database!(conn, |conn| update.execute(conn))?;
    EDGE.set(Some((frontier, root)));
    Ok(Appended {
        leaf_index: head.size,
        at_s,
        bytes,
    })
}

/// The right edge of the tree under this head.
fn edge(conn: &mut Conn, head: &Head) -> Result<tree::Frontier, StoreError> {
    match EDGE.take() {
        Some((frontier, root)) if frontier.size() == head.size && root == head.root => Ok(frontier),
        _ => tree::Frontier::load(head.size, &mut StoredHashes(conn))
            .map_err(|e| StoreError::Damaged(e.to_string())),
    }
}

/// Notes an act's own lines; [`StoreError::Conflict`] where they stand in the log already.
pub fn insert_act(conn: &mut Conn, own_lines: &Hash, leaf_index: u64) -> Result<(), StoreError> {
    on_database!(conn, |conn| {
        diesel::insert_into(ledger_act::table)
            .values((
                ledger_act::hash.eq(own_lines.as_bytes().to_vec()),
                ledger_act::leaf_index.eq(to_i64(leaf_index)?),
            ))
            .execute(conn)?;
        Ok(())
    })
}

/// The exact bytes of one entry.
pub fn find_entry(conn: &mut Conn, leaf_index: u64) -> Result<Option<Vec<u8>>, StoreError> {
    on_database!(conn, |conn| {
        Ok(ledger_entry::table
            .find(to_i64(leaf_index)?)
            .select(ledger_entry::bytes)
            .first::<Vec<u8>>(conn)
            .optional()?)
    })
}

/// The minute of one entry, Unix seconds.
pub fn find_at(conn: &mut Conn, leaf_index: u64) -> Result<Option<i64>, StoreError> {
    on_database!(conn, |conn| {
        Ok(ledger_entry::table
            .find(to_i64(leaf_index)?)
            .select(ledger_entry::at_s)
            .first(conn)
            .optional()?)
    })
}

/// The exact bytes of the entries from `from` up to, not including, `to`, in order.
pub fn list_entries(conn: &mut Conn, from: u64, to: u64) -> Result<Vec<Vec<u8>>, StoreError> {
    on_database!(conn, |conn| {
        Ok(ledger_entry::table
            .filter(ledger_entry::leaf_index.ge(to_i64(from)?))
            .filter(ledger_entry::leaf_index.lt(to_i64(to)?))
            .order(ledger_entry::leaf_index)
            .select(ledger_entry::bytes)
            .load(conn)?)
    })
}

/// The newest entries first: index, kind, minute.
pub fn list_newest(conn: &mut Conn, below: u64, limit: i64) -> Result<Vec<(i64, String, i64)>, StoreError> {
    Ok(ledger_entry::table
        .filter(ledger_entry::leaf_index.lt(to_i64(below)?))
        .order(ledger_entry::leaf_index.desc())
        .limit(limit)
        .select((ledger_entry::leaf_index, ledger_entry::kind, ledger_entry::at_s))
        .load(conn)?)
}

/// How many entries stand before a time (Unix seconds). `at` never decreases, so a search by halves finds it.
pub fn size_before(conn: &mut Conn, time_s: i64, size: u64) -> Result<u64, StoreError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low.midpoint(high);
        let at_s: i64 = ledger_entry::table
            .find(to_i64(middle)?)
            .select(ledger_entry::at_s)
            .first(conn)
            .optional()?
            .ok_or_else(|| StoreError::Damaged(format!("entry {middle} of {size} is missing")))?;
        if at_s < time_s {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Rows that may be read for one that is wanted, where they lie together.
const SPAN_MAX: usize = 4;

/// Reads the tree's hashes from the database.
pub struct StoredHashes<'a>(pub &'a mut Conn);

impl StoredHashes<'_> {
    /// What lies at these positions, in any order, and maybe more.
    fn load(&mut self, positions: &[i64]) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let (Some(first), Some(last)) = (positions.iter().min(), positions.iter().max()) else {
            return Ok(Vec::new());
        };
        let span = usize::try_from(last.saturating_sub(*first)).unwrap_or(usize::MAX);
        // A tile's own hashes lie between those above them. A range is kept prepared, a list of places is not.
        if span <= positions.len().saturating_mul(SPAN_MAX) {
            let query = ledger_hash::table.filter(ledger_hash::position.between(first, last));
            return Ok(on_database!(&mut *self.0, |conn| query.load(conn))?);
        }
        let mut rows = Vec::with_capacity(positions.len());
        for part in positions.chunks(500) {
            let query = ledger_hash::table.filter(ledger_hash::position.eq_any(part));
            rows.extend(on_database!(&mut *self.0, |conn| query.load::<(i64, Vec<u8>)>(conn))?);
        }
        Ok(rows)
    }
}

impl HashReader for StoredHashes<'_> {
    type Error = StoreError;

    fn read_hashes(&mut self, indexes: &[u64]) -> Result<Vec<Hash>, StoreError> {
        let mut positions = Vec::with_capacity(indexes.len());
        for index in indexes {
            positions.push(to_i64(*index)?);
        }
        let found: HashMap<i64, Vec<u8>> = self.load(&positions)?.into_iter().collect();
        positions
            .iter()
            .map(|position| {
                let bytes = found
                    .get(position)
                    .ok_or_else(|| StoreError::Damaged(format!("tree hash {position} is missing")))?;
                to_hash(bytes)
            })
            .collect()
    }
}

/// Stored seconds as a time of the formats.
pub(crate) fn time(seconds: i64) -> Result<Time, StoreError> {
    Time::from_unix(to_u64(seconds)?).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// A stored number as the unsigned one it is.
pub(crate) fn to_u64(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value)
        .map_err(|_negative| StoreError::Damaged(format!("{value} where no negative number can be")))
}

/// A number as the database keeps it.
pub(crate) fn to_i64(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_large| StoreError::Damaged(format!("{value} is past 2^63")))
}

/// 32 stored bytes as a hash.
pub(crate) fn to_hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    let array: [u8; 32] = bytes
        .try_into()
        .map_err(|_length| StoreError::Damaged(format!("a hash of {} bytes", bytes.len())))?;
    Ok(Hash::from_bytes(array))
}

#[cfg(test)]
mod tests {
    use crate::domain::entry::Dispute;
    use crate::ledger::audit::audit_entries;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::note::KeyName;

    use super::*;

    fn body(n: u64) -> Body {
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&n.to_be_bytes());
        Body::Dispute(Dispute {
            signature: n,
            channel: crate::domain::entry::Channel::Link,
            nonce,
        })
    }

    #[test]
    fn what_is_appended_chains_and_hashes_to_the_head() {
        let mut conn = crate::store::memory();
        for n in 0..300 {
            crate::store::write::<_, StoreError>(&mut conn, |conn| {
                append(conn, 1_700_000_000, body(n), vec![])
            })
            .unwrap();
        }
        let head = head(&mut conn).unwrap();
        let entries = list_entries(&mut conn, 0, 300).unwrap();
        let checkpoint = Checkpoint {
            origin: KeyName::parse("o").unwrap(),
            size: 300,
            root: head.root,
        };
        audit_entries(entries.iter().map(Ok::<_, StoreError>), &checkpoint).unwrap();
        assert_eq!(leaf_hash(entries.last().unwrap()), head.last_leaf);
        assert_eq!(tree::root(300, &mut StoredHashes(&mut conn)).unwrap(), head.root);
    }

    #[test]
    fn time_never_runs_backwards() {
        let mut conn = crate::store::memory();
        let mut at = |now_s, n| {
            crate::store::write::<_, StoreError>(&mut conn, |conn| append(conn, now_s, body(n), vec![]))
                .unwrap()
                .at_s
        };
        assert_eq!([at(3_659, 1), at(120, 2), at(3_661, 3)], [3_600, 3_600, 3_660]);
    }

    #[test]
    fn a_ledger_shorter_than_what_was_published_is_damaged_and_not_a_page_that_does_not_exist() {
        let mut conn = crate::store::memory();
        crate::store::write::<_, StoreError>(&mut conn, |conn| append(conn, 60, body(1), vec![])).unwrap();
        assert_eq!(size_before(&mut conn, 60, 1).unwrap(), 0);
        assert_eq!(size_before(&mut conn, 61, 1).unwrap(), 1);
        let shorter = size_before(&mut conn, 120, 9);
        assert!(matches!(shorter, Err(StoreError::Damaged(_))), "{shorter:?}");
    }

    #[test]
    fn a_failed_request_leaves_no_trace_in_its_batch() {
        let mut conn = crate::store::memory();
        crate::store::write::<_, StoreError>(&mut conn, |conn| {
            append(conn, 60, body(1), vec![])?;
            let failed: Result<(), StoreError> = crate::store::savepoint(conn, |conn| {
                append(conn, 60, body(2), vec![])?;
                Err(StoreError::NotFound)
            });
            assert!(failed.is_err());
            append(conn, 60, body(3), vec![])?;
            Ok(())
        })
        .unwrap();
        assert_eq!(head(&mut conn).unwrap().size, 2);
    }
}
