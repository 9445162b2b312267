//! Both ways between database and published log: tiles from the database, public tables from tiles alone.
//!
//! Neither believes the other: what is written ends in the root that the log signed, or nothing is written. Tiles do not say who
//! is meant by a label: people, evidence, openings, complaints and the journal come back from a backup only.

use std::cell::RefCell;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::role::Roles;
use crate::ledger::audit::AuditError;
use crate::ledger::audit::audit_files;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::hash::sha256;
use crate::ledger::note::Vkey;
use crate::ledger::tile;
use crate::ledger::tree::Frontier;
use crate::ledger::tree::stored_hash_count;
use crate::service::Error;
use crate::service::election;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::publish::Published;
use crate::service::publish::Publisher;
use crate::store::Conn;
use crate::store::StoreError;
use crate::store::account;
use crate::store::account::OfficerKey;
use crate::store::election as elections;
use crate::store::ledger;
use crate::store::ledger::Head;
use crate::store::rebuild as store;
use crate::store::rebuild::Columns;

pub use crate::store::rebuild::find_used_table;
pub use crate::store::rebuild::lacks_people;

/// Entries written at a time: bounds the memory.
const BATCH: usize = 4096;

/// What came out of the tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Number of entries.
    pub size: u64,
    /// Their root, which is the one that the log signed.
    pub root: Hash,
}

/// Why nothing came out of them.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError<E: std::error::Error + 'static> {
    /// The database is in use.
    #[error("the database is not empty: its table `{0}` holds something")]
    Used(&'static str),
    /// There is no checkpoint.
    #[error("there is no published log here: no file named checkpoint or checkpoint.latest")]
    Unpublished,
    /// A checkpoint is not the log's.
    #[error("{name}: {source}")]
    Checkpoint {
        /// Which of the two files.
        name: &'static str,
        /// What is wrong with it.
        source: CheckpointError,
    },
    /// A file could not be read, which says nothing about the log.
    #[error("cannot read {name}: {source}")]
    Read {
        /// Which.
        name: String,
        /// Why.
        source: E,
    },
    /// The files do not hold together.
    #[error(transparent)]
    Files(AuditError<E>),
    /// The first entry that cannot stand where it stands.
    #[error("entry {index}: {why}")]
    Entry {
        /// Which.
        index: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The two checkpoints are of different logs.
    #[error("another root at size {size} than {name} says: two histories were signed. Keep both checkpoints")]
    Fork {
        /// The smaller checkpoint's size.
        size: u64,
        /// Its file.
        name: &'static str,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes every tile and bundle of the published log anew, from the database. Returns what is published.
///
/// Nothing is written unless the database gives the root that was signed.
pub fn remake_tiles(conn: &mut Conn, folder: &LogFolder, log: &Publisher) -> Result<Published, Error> {
    let published = publish::publish(conn, folder, log)?
        .ok_or_else(|| Error::internal("the ledger is empty: there is nothing to publish"))?;
    let checkpoint = Checkpoint::open(&published.note, log.vkey()).map_err(Error::internal)?;
    let _lock = folder.lock().map_err(Error::internal)?;
    audit_files(&checkpoint, |path| publish::made(conn, path), |_, _| {})
        .map_err(|e| Error::Tampered(format!("the database does not hold what was published: {e}")))?;
    let growth = tile::tiles_for_growth(0, published.size);
    let bundles = growth.bundles.iter().map(tile::EntryBundle::path);
    for path in bundles.chain(growth.tiles.iter().map(tile::Tile::path)) {
        let bytes = publish::made(conn, &path)?.ok_or_else(|| Error::internal(&path))?;
        folder.write(&path, &bytes).map_err(Error::internal)?;
    }
    Ok(published)
}

/// Fills an empty database with the public tables of a published log: all or nothing, in one transaction.
///
/// `read` gives a file of the log or `None`; `progress` hears how many entries stand.
pub fn from_tiles<R, E>(
    conn: &mut Conn,
    vkey: &Vkey,
    mut read: R,
    progress: &mut dyn FnMut(u64),
) -> Result<Rebuilt, RebuildError<E>>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    E: std::error::Error + 'static,
{
    if let Some(table) = find_used_table(conn)? {
        return Err(RebuildError::Used(table));
    }
    let (checkpoint, kept) = find_checkpoint(vkey, &mut read)?;
    crate::store::write(conn, |conn| {
        let sink = RefCell::new(Sink::new(conn, vkey, kept, progress)?);
        let files = audit_files(
            &checkpoint,
            |name| {
                if sink.borrow().fault.is_some() {
                    return Err(Halt::Stopped);
                }
                read(name).map_err(Halt::Read)
            },
            |index, bytes| sink.borrow_mut().take(index, bytes),
        );
        let mut sink = sink.into_inner();
        if let Some(fault) = sink.fault.take() {
            return Err(fault);
        }
        files.map_err(failed)?;
        sink.finish()
    })
}

/// Why the files are no longer asked for.
#[derive(Debug, thiserror::Error)]
enum Halt<E> {
    #[error("no longer needed")]
    Stopped,
    #[error("{0}")]
    Read(E),
}

fn failed<E: std::error::Error + 'static>(error: AuditError<Halt<E>>) -> RebuildError<E> {
    RebuildError::Files(match error {
        AuditError::Read {
            path,
            source: Halt::Read(source),
        } => return RebuildError::Read { name: path, source },
        // A stopped sink carries its own fault, which was returned before.
        AuditError::Read { path, .. } | AuditError::Missing { path } => AuditError::Missing { path },
        AuditError::Size { expected, found } => AuditError::Size { expected, found },
        AuditError::Entry { index } => AuditError::Entry { index },
        AuditError::Tile { path } => AuditError::Tile { path },
        AuditError::Root { expected, found } => AuditError::Root { expected, found },
        AuditError::Malformed { path, source } => AuditError::Malformed { path, source },
    })
}

/// A checkpoint and the file it stands in.
type Named = (&'static str, Checkpoint);

/// The larger of the two checkpoints, and the other one, which must lie on the way to it.
fn find_checkpoint<R, E>(vkey: &Vkey, read: &mut R) -> Result<(Checkpoint, Option<Named>), RebuildError<E>>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    E: std::error::Error + 'static,
{
    let mut found: Vec<Named> = Vec::new();
    for name in [publish::LATEST, publish::CHECKPOINT] {
        let bytes = read(name).map_err(|source| RebuildError::Read {
            name: name.to_owned(),
            source,
        })?;
        let Some(bytes) = bytes else { continue };
        let note = String::from_utf8(bytes).unwrap_or_default();
        let checkpoint =
            Checkpoint::open(&note, vkey).map_err(|source| RebuildError::Checkpoint { name, source })?;
        found.push((name, checkpoint));
    }
    found.sort_by_key(|(_, checkpoint)| checkpoint.size);
    let (_, largest) = found.pop().ok_or(RebuildError::Unpublished)?;
    Ok((largest, found.pop()))
}

/// Where entries go as they come out of the tiles.
struct Sink<'a, E: std::error::Error + 'static> {
    conn: &'a mut Conn,
    vkey: &'a Vkey,
    kept: Option<Named>,
    progress: &'a mut dyn FnMut(u64),
    frontier: Frontier,
    last_leaf: Hash,
    last_at_s: i64,
    columns: Columns,
    fault: Option<RebuildError<E>>,
}

impl<'a, E: std::error::Error + 'static> Sink<'a, E> {
    fn new(
        conn: &'a mut Conn,
        vkey: &'a Vkey,
        kept: Option<Named>,
        progress: &'a mut dyn FnMut(u64),
    ) -> Result<Self, StoreError> {
        Ok(Self {
            conn,
            vkey,
            kept,
            progress,
            frontier: Frontier::default(),
            last_leaf: Hash::ZERO,
            last_at_s: 0,
            columns: Columns::behind(0, 0)?,
            fault: None,
        })
    }

    /// Takes the next entry; after the first fault, nothing more.
    fn take(&mut self, index: u64, bytes: &[u8]) {
        if self.fault.is_none()
            && let Err(fault) = self.push(index, bytes)
        {
            self.fault = Some(fault);
        }
    }

    fn push(&mut self, index: u64, bytes: &[u8]) -> Result<(), RebuildError<E>> {
        let refused = |why: String| RebuildError::Entry { index, why };
        let entry = Entry::parse(bytes).map_err(|e| refused(e.to_string()))?;
        let at_s = entry.at.unix_i64();
        if entry.prev != *self.last_leaf.as_bytes() {
            return Err(refused(
                "`prev` is not the leaf hash of the entry before".to_owned(),
            ));
        }
        if at_s < self.last_at_s {
            return Err(refused("`at` lies before that of the entry before".to_owned()));
        }
        if !self.may_stand(index, &entry) {
            return Err(refused(
                "the log does not begin here, or not under this name".to_owned(),
            ));
        }
        let leaf = leaf_hash(bytes);
        let hashes = self.frontier.append(&leaf);
        self.columns.push(entry.body.kind(), at_s, bytes, &hashes);
        (self.last_leaf, self.last_at_s) = (leaf, at_s);
        record(self.conn, index, &entry, at_s).map_err(|e| refused(e.to_string()))?;
        if let Some((name, kept)) = self.kept.take_if(|(_, kept)| kept.size == self.frontier.size())
            && kept.root != self.frontier.root()
        {
            return Err(RebuildError::Fork {
                size: kept.size,
                name,
            });
        }
        if self.columns.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn may_stand(&self, index: u64, entry: &Entry) -> bool {
        match &entry.body {
            Body::Genesis(genesis) => index == 0 && genesis.origin.as_str() == self.vkey.name().as_str(),
            _ => index > 0,
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let size = self.frontier.size();
        let next = Columns::behind(size, stored_hash_count(size))?;
        store::insert(self.conn, &std::mem::replace(&mut self.columns, next))?;
        (self.progress)(size);
        Ok(())
    }

    fn finish(mut self) -> Result<Rebuilt, RebuildError<E>> {
        self.flush()?;
        let head = Head {
            size: self.frontier.size(),
            root: self.frontier.root(),
            last_leaf: self.last_leaf,
            last_at_s: self.last_at_s,
        };
        store::set_head(self.conn, &head)?;
        Ok(Rebuilt {
            size: head.size,
            root: head.root,
        })
    }
}

/// What the tables repeat of an entry: elections, pacts, officers' keys, acts.
fn record(conn: &mut Conn, index: u64, entry: &Entry, at_s: i64) -> Result<(), Error> {
    if entry.body.authorship().is_some_and(|a| a.count > 0) {
        ledger::insert_act(conn, &sha256(&[&entry.body.own_lines()]), index)?;
    }
    let leaf_index = ledger::to_i64(index)?;
    match &entry.body {
        Body::Genesis(genesis) => {
            for (key, roles) in &genesis.officers {
                put_key(conn, *key, Some(*roles), leaf_index, at_s)?;
            }
        }
        Body::Officer(officer) => put_key(conn, officer.key, officer.roles, leaf_index, at_s)?,
        Body::Election(entry) => {
            let (row, contests) = election::row_of(&entry.election, leaf_index);
            elections::save(conn, &row, &contests)?;
        }
        Body::Pact(pact) => elections::insert_pact(conn, &election::pact_row_of(&pact.text, leaf_index)?)?,
        Body::Close(close) => elections::close(conn, close.election.as_str(), leaf_index)?,
        _ => {}
    }
    Ok(())
}

fn put_key(
    conn: &mut Conn,
    key: [u8; 32],
    roles: Option<Roles>,
    leaf_index: i64,
    at_s: i64,
) -> Result<(), StoreError> {
    let state = if roles.is_some() { "active" } else { "ended" };
    let roles = roles.map_or_else(String::new, |roles| roles.to_string());
    if account::find_key(conn, &key)?.is_some() {
        return account::update_key(conn, &key, state, &roles, leaf_index);
    }
    account::insert_key(
        conn,
        &OfficerKey {
            public_key: key.to_vec(),
            // Whose it is, the log does not say.
            account_id: None,
            device: format!("entry {leaf_index}"),
            state: state.to_owned(),
            roles,
            requested_s: at_s,
            leaf_index: Some(leaf_index),
        },
    )
}

#[cfg(test)]
mod tests;
