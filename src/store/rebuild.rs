//! The ledger's tables written in bulk, into an empty database, as they come out of published tiles. Absent: whether they are right.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::ledger::hash::Hash;
use crate::store::Conn;
use crate::store::StoreError;
use crate::store::ledger::Head;
use crate::store::ledger::to_i64;
use crate::store::schema::account;
use crate::store::schema::complaint;
use crate::store::schema::journal;
use crate::store::schema::ledger_entry;
use crate::store::schema::ledger_hash;
use crate::store::schema::ledger_head;
use crate::store::schema::officer_key;
use crate::store::schema::outbox;
use crate::store::schema::person;
use crate::store::schema::roster_member;

/// Entries and the tree's hashes, as columns.
#[derive(Debug, Default)]
pub struct Columns {
    /// Index of the first entry.
    first: i64,
    kinds: Vec<String>,
    at_s: Vec<i64>,
    bytes: Vec<Vec<u8>>,
    /// Place of the first hash.
    first_position: i64,
    hashes: Vec<Vec<u8>>,
}

impl Columns {
    /// Begins behind what is stored: that many entries, that many hashes.
    pub fn behind(entries: u64, hashes: u64) -> Result<Self, StoreError> {
        Ok(Self {
            first: to_i64(entries)?,
            first_position: to_i64(hashes)?,
            ..Self::default()
        })
    }

    /// Adds an entry with the hashes that it completes.
    pub fn push(&mut self, kind: &str, at_s: i64, bytes: &[u8], hashes: &[Hash]) {
        self.kinds.push(kind.to_owned());
        self.at_s.push(at_s);
        self.bytes.push(bytes.to_vec());
        self.hashes
            .extend(hashes.iter().map(|hash| hash.as_bytes().to_vec()));
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Writes them: prepared single rows on SQLite, where that is as fast as anything, arrays on PostgreSQL, where a row is a round trip.
pub fn insert(conn: &mut Conn, columns: &Columns) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => insert_rows(conn, columns),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => insert_arrays(conn, columns),
    }
}

fn insert_rows(conn: &mut SqliteConnection, columns: &Columns) -> Result<(), StoreError> {
    let rows = columns.kinds.iter().zip(&columns.at_s).zip(&columns.bytes);
    for (leaf_index, ((kind, at_s), bytes)) in (columns.first..).zip(rows) {
        diesel::insert_into(ledger_entry::table)
            .values((
                ledger_entry::leaf_index.eq(leaf_index),
                ledger_entry::kind.eq(kind),
                ledger_entry::at_s.eq(at_s),
                ledger_entry::bytes.eq(bytes),
            ))
            .execute(conn)?;
    }
    for (position, hash) in (columns.first_position..).zip(&columns.hashes) {
        diesel::insert_into(ledger_hash::table)
            .values((ledger_hash::position.eq(position), ledger_hash::hash.eq(hash)))
            .execute(conn)?;
    }
    Ok(())
}

#[cfg(feature = "postgres")]
fn insert_arrays(conn: &mut PgConnection, columns: &Columns) -> Result<(), StoreError> {
    use diesel::sql_types::Array;
    use diesel::sql_types::Binary;
    use diesel::sql_types::Text;
    diesel::sql_query(
        "INSERT INTO ledger_entry (leaf_index, kind, at_s, bytes)
         SELECT $1 + n - 1, kind, at_s, bytes
         FROM unnest($2, $3, $4) WITH ORDINALITY AS row (kind, at_s, bytes, n)",
    )
    .bind::<BigInt, _>(columns.first)
    .bind::<Array<Text>, _>(&columns.kinds)
    .bind::<Array<BigInt>, _>(&columns.at_s)
    .bind::<Array<Binary>, _>(&columns.bytes)
    .execute(conn)?;
    diesel::sql_query(
        "INSERT INTO ledger_hash (position, hash)
         SELECT $1 + n - 1, hash FROM unnest($2) WITH ORDINALITY AS row (hash, n)",
    )
    .bind::<BigInt, _>(columns.first_position)
    .bind::<Array<Binary>, _>(&columns.hashes)
    .execute(conn)?;
    Ok(())
}

/// Sets the head to what stands there now.
pub fn set_head(conn: &mut Conn, head: &Head) -> Result<(), StoreError> {
    diesel::update(ledger_head::table.find(1))
        .set((
            ledger_head::size.eq(to_i64(head.size)?),
            ledger_head::root.eq(head.root.as_bytes().to_vec()),
            ledger_head::last_leaf.eq(head.last_leaf.as_bytes().to_vec()),
            ledger_head::last_at_s.eq(head.last_at_s),
        ))
        .execute(conn)?;
    Ok(())
}

/// The first table that holds something; none: nothing was ever written into this database.
pub fn find_used_table(conn: &mut Conn) -> Result<Option<&'static str>, StoreError> {
    macro_rules! look {
        ($($table:ident)*) => {$(
            let first = $table::table.select(sql::<BigInt>("CAST(1 AS BIGINT)")).limit(1).load::<i64>(conn)?;
            if !first.is_empty() {
                return Ok(Some(stringify!($table)));
            }
        )*};
    }
    look!(ledger_entry ledger_hash person roster_member account officer_key outbox complaint journal);
    Ok(None)
}

/// Whether rosters stand in the ledger, but no person in the database: it was made from tiles, which do not say who is meant.
pub fn lacks_people(conn: &mut Conn) -> Result<bool, StoreError> {
    let member = roster_member::table
        .select(roster_member::id)
        .limit(1)
        .load::<i64>(conn)?;
    if !member.is_empty() {
        return Ok(false);
    }
    let roster = ledger_entry::table
        .filter(ledger_entry::kind.eq("roster"))
        .select(ledger_entry::leaf_index)
        .limit(1)
        .load::<i64>(conn)?;
    Ok(!roster.is_empty())
}
