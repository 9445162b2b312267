//! What a use-case may answer instead of its result: eight kinds, told apart by what the caller should do.
//!
//! Absent: status codes ([`crate::web::error`]) and sentences (the catalogues, by [`Problem::key`]).

use crate::store::StoreError;

/// A refusal or a failure.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// What was sent does not fit; sending it again unchanged will not help.
    #[error("invalid: {0}")]
    Invalid(Problem),
    /// No such thing, or not for this person to know of.
    #[error("not found")]
    NotFound,
    /// Known, but not allowed.
    #[error("forbidden")]
    Forbidden,
    /// The election's window is not open.
    #[error("closed: {0}")]
    Closed(Problem),
    /// It collides with what is already there.
    #[error("conflict: {0}")]
    Conflict(Problem),
    /// Too much at once, or too often; the same request may succeed later.
    #[error("busy: {0}")]
    Busy(Problem),
    /// The log or the database is not what it was when last published. Writing stops until a person has looked.
    #[error("tampered: {0}")]
    Tampered(String),
    /// Nobody's fault out there.
    #[error("internal: {0}")]
    Internal(String),
}

/// A reason: a key of the catalogues and the values its sentence needs. No personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A message id, e.g. `sign-problem-code-wrong`.
    pub key: &'static str,
    /// Values for the sentence.
    pub args: Vec<(&'static str, String)>,
}

impl Problem {
    /// A reason without values.
    pub fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Vec::new(),
        }
    }

    /// With one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

impl Error {
    /// [`Error::Invalid`] for a key.
    pub fn invalid(key: &'static str) -> Self {
        Self::Invalid(Problem::new(key))
    }

    /// [`Error::Conflict`] for a key.
    pub fn conflict(key: &'static str) -> Self {
        Self::Conflict(Problem::new(key))
    }

    /// [`Error::Busy`] for a key.
    pub fn busy(key: &'static str) -> Self {
        Self::Busy(Problem::new(key))
    }

    /// [`Error::Internal`] with its cause, which only the log sees.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Conflict(_) => Self::conflict("problem-conflict"),
            StoreError::Text => Self::invalid("problem-text"),
            StoreError::Busy => Self::busy("problem-busy"),
            StoreError::Gone(_) => Self::busy("problem-database"),
            StoreError::Damaged(what) => Self::Tampered(what),
            other => Self::Internal(other.to_string()),
        }
    }
}
