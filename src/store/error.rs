//! What can go wrong below the services, each kind once. Absent: what a screen says about it.

/// A failed look-up or write.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row.
    #[error("not found")]
    NotFound,
    /// A constraint refused the write: somebody else was first.
    #[error("conflict: {0}")]
    Conflict(String),
    /// The database did not give a connection or a lock in time. Nothing was written.
    #[error("the database is busy")]
    Busy,
    /// The connection broke. What was under way may be written or not.
    #[error("the connection to the database broke: {0}")]
    Gone(String),
    /// The database cannot be reached.
    #[error("cannot connect to the database: {0}")]
    Connect(String),
    /// The tables cannot be brought to this version.
    #[error("cannot migrate the database: {0}")]
    Migrate(String),
    /// A text holds what no text column can: PostgreSQL has no place for U+0000.
    #[error("a text that cannot be stored")]
    Text,
    /// What is stored cannot be what this program stored.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// A file of the log folder could not be read or written.
    #[error("log folder: {0}")]
    Io(#[from] std::io::Error),
    /// Anything else the database said.
    #[error("database: {0}")]
    Failed(diesel::result::Error),
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error;
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(Kind::UniqueViolation, info) => Self::Conflict(
                info.constraint_name()
                    .unwrap_or_else(|| info.message())
                    .to_owned(),
            ),
            Error::DatabaseError(Kind::SerializationFailure, _) => Self::Busy,
            Error::DatabaseError(Kind::ClosedConnection, info) => Self::Gone(info.message().to_owned()),
            Error::DatabaseError(_, ref info) if info.message().contains("database is locked") => Self::Busy,
            Error::DatabaseError(_, ref info) if info.message().contains("invalid byte sequence") => {
                Self::Text
            }
            other => Self::Failed(other),
        }
    }
}
