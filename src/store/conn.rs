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
