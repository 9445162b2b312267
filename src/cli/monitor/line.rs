//! One line of a monitor's report. Absent: when a line is due.

use std::fmt;

/// How much a line matters, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The log grew as logs do.
    Change,
    /// Somebody asked to be told, or ought to know.
    Notice,
    /// It could not be looked at: says nothing about the log.
    Unsure,
    /// Something is wrong.
    Alarm,
}

impl Weight {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Notice => "notice",
            Self::Unsure => "unsure",
            Self::Alarm => "alarm",
        }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// How much it matters.
    pub(super) weight: Weight,
    /// What it says; nothing in it can move a terminal's cursor.
    pub(super) text: String,
}

impl Line {
    fn new(weight: Weight, text: &str) -> Self {
        // Titles, names and a server's words come from outside.
        let text = text.replace(|c: char| c.is_control(), "?");
        Self { weight, text }
    }

    pub(super) fn change(text: impl AsRef<str>) -> Self {
        Self::new(Weight::Change, text.as_ref())
    }

    pub(super) fn notice(text: impl AsRef<str>) -> Self {
        Self::new(Weight::Notice, text.as_ref())
    }

    pub(super) fn unsure(text: impl AsRef<str>) -> Self {
        Self::new(Weight::Unsure, text.as_ref())
    }

    pub(super) fn alarm(text: impl AsRef<str>) -> Self {
        Self::new(Weight::Alarm, text.as_ref())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<7} {}", self.weight.as_str(), self.text)
    }
}
