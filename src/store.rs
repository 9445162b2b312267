//! Everything that knows SQL: one connection type over two databases, a pool by URL, migrations, a file a table family.
//!
//! Absent: decisions. A function here loads or saves; what may be saved is decided in [`crate::domain`] and called by
//! [`crate::service`]. A writing transaction begins with a write ([`ledger::lock`]), which takes SQLite's write lock and
//! PostgreSQL's row lock alike; reading first and writing later fails half the time under load (ADR 2).

use std::ops::Deref;
use std::ops::DerefMut;
use std::os::unix::fs::MetadataExt;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::connection::TransactionManager;
use diesel::r2d2::ManageConnection;
use diesel_migrations::EmbeddedMigrations;
use diesel_migrations::MigrationHarness;
use diesel_migrations::embed_migrations;

pub mod account;
pub mod complaint;
mod conn;
pub mod copy;
pub mod crossref;
pub mod dashboard;
pub mod dispute;
pub mod election;
pub mod erasure;
pub mod error;
pub mod joint_act;
pub mod journal;
pub mod ledger;
pub mod log_folder;
pub mod map;
pub mod outbox;
pub mod rebuild;
pub mod roster;
pub mod schema;
pub mod signature;
pub mod witness;

pub use conn::Conn;
pub use error::StoreError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The database a URL names: `postgres://…`, or a path (with or without `sqlite:`) for an embedded file.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes any text; an unknown scheme fails when connecting.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.0.starts_with("postgres://") || self.0.starts_with("postgresql://")
    }

    /// The file of an embedded database.
    fn path(&self) -> &str {
        self.0.strip_prefix("sqlite:").unwrap_or(&self.0)
    }

    /// Which file is there now; none on PostgreSQL, in memory, and where there is no file.
    pub fn file(&self) -> Option<FileId> {
        if self.is_postgres() {
            return None;
        }
        let found = std::fs::metadata(self.path()).ok()?;
        Some(FileId {
            device: found.dev(),
            inode: found.ino(),
        })
    }

    /// Opens a connection and sets it up: WAL, `synchronous=FULL` and foreign keys on SQLite, whose file is made where there is none.
    pub fn connect(&self) -> Result<Conn, StoreError> {
        if self.is_postgres() {
            return self.connect_postgres();
        }
        Self::open_sqlite(self.path())
    }

    /// [`DatabaseUrl::connect`] to a database that was there before: one that is gone is missed, never replaced by an empty one.
    pub fn reconnect(&self) -> Result<Conn, StoreError> {
        let path = self.path();
        if self.is_postgres() || path == ":memory:" || path.starts_with("file:") {
            return self.connect();
        }
        let encoded = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Self::open_sqlite(&format!("file:{encoded}?mode=rw"))
    }

    fn open_sqlite(path: &str) -> Result<Conn, StoreError> {
        let mut connection =
            diesel::SqliteConnection::establish(path).map_err(|e| StoreError::Connect(e.to_string()))?;
        connection.batch_execute(
            "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000;",
        )?;
        Ok(Conn::Sqlite(connection))
    }

    #[cfg(feature = "postgres")]
    fn connect_postgres(&self) -> Result<Conn, StoreError> {
        let connection =
            diesel::PgConnection::establish(&self.0).map_err(|e| StoreError::Connect(e.to_string()))?;
        Ok(Conn::Postgres(connection))
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_self, reason = "the other build of this method uses it")]
    fn connect_postgres(&self) -> Result<Conn, StoreError> {
        Err(StoreError::Connect(
            "this build has no PostgreSQL: build it with `--features postgres`".to_owned(),
        ))
    }
}

/// A file, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_postgres() {
            "DatabaseUrl(postgres)"
        } else {
            "DatabaseUrl(sqlite)"
        })
    }
}

/// Makes and checks pooled connections; the derived `establish` would try each backend and swallow the error.
#[derive(Debug)]
struct Manager(DatabaseUrl);

/// A connection with the file that it was opened on.
struct Pooled {
    conn: Conn,
    file: Option<FileId>,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = StoreError;

    fn connect(&self) -> Result<Pooled, StoreError> {
        let file = self.0.file();
        let conn = self.0.reconnect()?;
        Ok(Pooled { conn, file })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), StoreError> {
        if self.0.is_postgres() {
            return Ok(pooled.conn.batch_execute("SELECT 1")?);
        }
        // Another file stands there now, as when a copy is restored: reading on from the old one would tell of two databases.
        if pooled.file == self.0.file() {
            Ok(())
        } else {
            Err(StoreError::Gone("another file is in its place".to_owned()))
        }
    }

    fn has_broken(&self, _pooled: &mut Pooled) -> bool {
        std::thread::panicking()
    }
}

/// A bounded pool of connections.
#[derive(Clone, Debug)]
pub struct Pool(diesel::r2d2::Pool<Manager>);

/// A connection on loan from the [`Pool`].
pub struct Loan(diesel::r2d2::PooledConnection<Manager>);

impl Deref for Loan {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0.conn
    }
}

impl DerefMut for Loan {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0.conn
    }
}

impl Pool {
    /// Opens up to `connections_max` connections, each when it is asked for. None ahead: a process that ends while one is being made in the
    /// background ends by a fault in the TLS library that libpq brings along, whatever it had to say.
    pub fn new(url: DatabaseUrl, connections_max: u32) -> Result<Self, StoreError> {
        diesel::r2d2::Pool::builder()
            .max_size(connections_max)
            .min_idle(Some(0))
            .test_on_check_out(true)
            .connection_timeout(std::time::Duration::from_secs(15))
            .build(Manager(url))
            .map(Self)
            .map_err(|e| StoreError::Connect(e.to_string()))
    }

    /// A connection, waiting a little for one to be free; [`StoreError::Busy`] after that.
    pub fn get(&self) -> Result<Loan, StoreError> {
        self.0.get().map(Loan).map_err(|_pool_timed_out| StoreError::Busy)
    }
}

/// Brings the tables to this program's version.
pub fn migrate(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let done = match conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE_MIGRATIONS).map(|v| names(&v)),
        #[cfg(feature = "postgres")]
        Conn::Postgres(c) => c.run_pending_migrations(POSTGRES_MIGRATIONS).map(|v| names(&v)),
    };
    done.map_err(|e| StoreError::Migrate(e.to_string()))
}

/// Whether migrations are missing.
pub fn migrations_pending(conn: &mut Conn) -> Result<bool, StoreError> {
    let pending = match conn {
        Conn::Sqlite(c) => c.has_pending_migration(SQLITE_MIGRATIONS),
        #[cfg(feature = "postgres")]
        Conn::Postgres(c) => c.has_pending_migration(POSTGRES_MIGRATIONS),
    };
    pending.map_err(|e| StoreError::Migrate(e.to_string()))
}

/// Whether no table of this program is there. Asking makes none.
fn has_no_tables(conn: &mut Conn) -> bool {
    conn.batch_execute("SELECT 1 FROM ledger_head LIMIT 1").is_err()
}

fn names(versions: &[diesel::migration::MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// Runs `work` in a transaction that begins by locking the head of the ledger: every writing transaction does.
pub fn write<T, E: From<StoreError>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let done = transaction(conn, |conn| {
        ledger::lock(conn)?;
        work(conn)
    })?;
    // A savepoint that could not be ended leaves the outer transaction open, and its COMMIT was none.
    if <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn) {
        return Err(StoreError::Failed(diesel::result::Error::BrokenTransactionManager).into());
    }
    Ok(done)
}

/// Runs `work` in a savepoint, so that its failure leaves the enclosing transaction usable.
pub fn savepoint<T, E: From<StoreError>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    transaction(conn, work)
}

fn transaction<T, E: From<StoreError>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(|conn| work(conn).map_err(Undo::Work))
        .map_err(|undo| match undo {
            Undo::Work(error) => error,
            Undo::Database(error) => StoreError::from(error).into(),
        })
}

/// Why a transaction was undone: its work said so, or the database did.
enum Undo<E> {
    Work(E),
    Database(diesel::result::Error),
}

impl<E> From<diesel::result::Error> for Undo<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

/// An empty database in memory, for the tests of these modules.
#[cfg(test)]
pub(crate) fn memory() -> Conn {
    let mut conn = DatabaseUrl::new(":memory:").connect().unwrap();
    migrate(&mut conn).unwrap();
    conn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_gone_is_not_replaced_by_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("100% #1?.sqlite");
        let url = DatabaseUrl::new(path.to_string_lossy());
        assert!(url.reconnect().is_err() && !path.exists());
        migrate(&mut url.connect().unwrap()).unwrap();
        assert!(path.exists());
        assert!(
            !migrations_pending(&mut url.reconnect().unwrap()).unwrap(),
            "the same file"
        );
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(url.reconnect(), Err(StoreError::Connect(_))));
        assert!(!path.exists());
    }

    /// A savepoint whose end fails stays open for the library, and what it then takes for COMMIT may end only that.
    #[test]
    fn a_commit_that_was_none_is_an_error() {
        let mut conn = memory();
        let run = |conn: &mut Conn, sql: &str| conn.batch_execute(sql).map_err(StoreError::from);
        let written: Result<(), StoreError> = write(&mut conn, |conn| {
            let lost: Result<(), StoreError> =
                savepoint(conn, |conn| run(conn, "RELEASE SAVEPOINT diesel_savepoint_1"));
            assert!(lost.is_err());
            run(conn, "SAVEPOINT diesel_savepoint_1")
        });
        assert!(written.is_err());
    }
}
