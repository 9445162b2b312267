//! Checkpoints with the witnesses' quorum, and the log's own entries by kind. Absent: asking witnesses, what a quorum is.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::conn::on_database;
use crate::store::ledger::to_i64;
use crate::store::ledger::to_u64;
use crate::store::schema::cosigned_checkpoint;
use crate::store::schema::ledger_entry;

/// The kinds that the log appends by itself: they alone are no reason for an anchor.
const OWN_KINDS: [&str; 3] = ["anchor", "map", "seal"];

/// A checkpoint that got the quorum.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct CosignedRow {
    /// Number of entries.
    pub size: i64,
    /// The whole note, with its cosignatures.
    pub note: String,
    /// When the quorum had seen it, Unix seconds by the witnesses' clocks: what it covers is no later. Kept, since a later policy must
    /// not move the bound of an old receipt.
    pub cosigned_s: i64,
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its place, from 0.
    pub leaf_index: u64,
    /// Its minute, Unix seconds.
    pub at_s: i64,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
}

impl StoredEntry {
    fn of((leaf_index, at_s, bytes): (i64, i64, Vec<u8>)) -> Result<Self, StoreError> {
        Ok(Self {
            leaf_index: to_u64(leaf_index)?,
            at_s,
            bytes,
        })
    }
}

/// Keeps a checkpoint, unless one of that size is kept already: the first one bounds the time best. Whether it was new.
pub fn insert(conn: &mut Conn, size: u64, note: &str, cosigned_s: i64) -> Result<bool, StoreError> {
    let size = to_i64(size)?;
    let known: i64 = cosigned_checkpoint::table
        .filter(cosigned_checkpoint::size.eq(size))
        .count()
        .get_result(conn)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(cosigned_checkpoint::table)
        .values((
            cosigned_checkpoint::size.eq(size),
            cosigned_checkpoint::note.eq(note),
            cosigned_checkpoint::cosigned_s.eq(cosigned_s),
        ))
        .execute(conn)?;
    Ok(true)
}

/// The first checkpoint with the quorum that covers an entry.
pub fn find_covering(conn: &mut Conn, leaf_index: u64) -> Result<Option<CosignedRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(cosigned_checkpoint::table
            .filter(cosigned_checkpoint::size.gt(to_i64(leaf_index)?))
            .order(cosigned_checkpoint::size)
            .first(conn)
            .optional()?)
    })
}

/// The newest checkpoint with the quorum, of at most a size.
pub fn find_newest(conn: &mut Conn, size_max: u64) -> Result<Option<CosignedRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(cosigned_checkpoint::table
            .filter(cosigned_checkpoint::size.le(to_i64(size_max)?))
            .order(cosigned_checkpoint::size.desc())
            .first(conn)
            .optional()?)
    })
}

/// The newest entry of a kind (any but `signature`) below a size.
pub fn newest_of_kind(conn: &mut Conn, kind: &str, below: u64) -> Result<Option<StoredEntry>, StoreError> {
    ledger_entry::table
        .filter(sql::<Bool>("kind <> 'signature'"))
        .filter(ledger_entry::kind.eq(kind))
        .filter(ledger_entry::leaf_index.lt(to_i64(below)?))
        .order(ledger_entry::leaf_index.desc())
        .select((ledger_entry::leaf_index, ledger_entry::at_s, ledger_entry::bytes))
        .first(conn)
        .optional()?
        .map(StoredEntry::of)
        .transpose()
}

/// The entries of a kind (any but `signature`) from one index to before another, in order.
pub fn list_of_kind(conn: &mut Conn, kind: &str, from: u64, to: u64) -> Result<Vec<StoredEntry>, StoreError> {
    ledger_entry::table
        .filter(sql::<Bool>("kind <> 'signature'"))
        .filter(ledger_entry::kind.eq(kind))
        .filter(ledger_entry::leaf_index.ge(to_i64(from)?))
        .filter(ledger_entry::leaf_index.lt(to_i64(to)?))
        .order(ledger_entry::leaf_index)
        .select((ledger_entry::leaf_index, ledger_entry::at_s, ledger_entry::bytes))
        .load(conn)?
        .into_iter()
        .map(StoredEntry::of)
        .collect()
}

/// Whether anything but the log's own entries stands at or above an index.
pub fn grew_by_others(conn: &mut Conn, from: u64) -> Result<bool, StoreError> {
    let first: Option<i64> = ledger_entry::table
        .filter(ledger_entry::leaf_index.ge(to_i64(from)?))
        .filter(ledger_entry::kind.ne_all(OWN_KINDS))
        .order(ledger_entry::leaf_index)
        .select(ledger_entry::leaf_index)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

#[cfg(test)]
mod tests {
    use crate::domain::entry::Anchor;
    use crate::domain::entry::Body;
    use crate::domain::entry::Channel;
    use crate::domain::entry::Dispute;
    use crate::store::ledger;

    use super::*;

    #[test]
    fn the_first_checkpoint_that_covers_an_entry_is_found() {
        let mut conn = crate::store::memory();
        assert!(insert(&mut conn, 3, "three\n", 60).unwrap());
        assert!(insert(&mut conn, 7, "seven\n", 90).unwrap());
        assert!(!insert(&mut conn, 3, "again\n", 120).unwrap());
        let size = |row: Option<CosignedRow>| row.map(|row| (row.size, row.note));
        let three = Some((3, "three\n".to_owned()));
        assert_eq!(size(find_covering(&mut conn, 2).unwrap()), three);
        assert_eq!(
            size(find_covering(&mut conn, 3).unwrap()),
            Some((7, "seven\n".to_owned()))
        );
        assert_eq!(find_covering(&mut conn, 7).unwrap(), None);
        assert_eq!(size(find_newest(&mut conn, 6).unwrap()), three);
        assert_eq!(find_newest(&mut conn, 2).unwrap(), None);
    }

    #[test]
    fn the_logs_own_entries_are_told_from_others() {
        let mut conn = crate::store::memory();
        let anchor = || {
            Body::Anchor(Anchor {
                checkpoint: b"note".to_vec(),
            })
        };
        let dispute = Body::Dispute(Dispute {
            signature: 1,
            channel: Channel::Link,
            nonce: [1; 16],
        });
        for body in [dispute, anchor(), anchor()] {
            crate::store::write::<_, StoreError>(&mut conn, |conn| ledger::append(conn, 60, body, vec![]))
                .unwrap();
        }
        assert!(grew_by_others(&mut conn, 0).unwrap());
        assert!(!grew_by_others(&mut conn, 1).unwrap());
        let newest = |conn: &mut Conn, below| {
            newest_of_kind(conn, "anchor", below)
                .unwrap()
                .map(|e| e.leaf_index)
        };
        assert_eq!(
            [3, 2, 1].map(|below| newest(&mut conn, below)),
            [Some(2), Some(1), None]
        );
        assert_eq!(list_of_kind(&mut conn, "anchor", 0, 9).unwrap().len(), 2);
    }
}
