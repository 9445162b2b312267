//! The one connection type. Absent: opening it ([`super::DatabaseUrl`]).

/// One connection, to whichever database the URL named.
#[cfg(feature = "postgres")]
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// A file, or `:memory:`.
    Sqlite(diesel::SqliteConnection),
    /// A PostgreSQL server.
    Postgres(diesel::PgConnection),
}

/// One connection. Built without the `postgres` feature it is SQLite's.
#[cfg(not(feature = "postgres"))]
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// A file, or `:memory:`.
    Sqlite(diesel::SqliteConnection),
}

/// Runs a query on the database behind a [`Conn`], as that database's own type. Diesel keeps such a statement prepared by its type
/// alone; through `Conn` it spells the statement out three times to find it again, which was a third of the writer's time. For what
/// every signature asks; everything else goes through `Conn`.
macro_rules! on_database {
    ($conn:expr, |$native:ident| $query:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($native) => $query,
            #[cfg(feature = "postgres")]
            $crate::store::Conn::Postgres($native) => $query,
        }
    };
}
pub(in crate::store) use on_database;
