//! Lives here: the three answers of every check. Absent: what is checked.

use serde::Serialize;

/// The answer of a check, or of all checks together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Valid,
    /// It cannot be told.
    CannotTell,
    /// It does not hold.
    NotValid,
}

impl Verdict {
    /// The exit code of a command: 0, 3, 1 (2 is a usage error).
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::CannotTell => 3,
            Self::NotValid => 1,
        }
    }

    /// The answer of several checks together: the worst; nothing checked cannot be told.
    ///
    /// ```
    /// use ikrar::domain::verdict::Verdict;
    /// assert_eq!(Verdict::all([Verdict::Valid, Verdict::CannotTell]), Verdict::CannotTell);
    /// assert_eq!(Verdict::all([Verdict::NotValid, Verdict::CannotTell]), Verdict::NotValid);
    /// assert_eq!(Verdict::all([]), Verdict::CannotTell);
    /// ```
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        answers.into_iter().max().unwrap_or(Self::CannotTell)
    }

    /// Valid or not valid.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Valid } else { Self::NotValid }
    }
}
