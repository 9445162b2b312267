//! Lives here: who came onto a roster and left it, before and after the opening, counted: what an operator could do to M; and
//! the labels that left it without having signed. Absent: what is to be thought of it.

use crate::domain::entry::OffReason;
use crate::domain::text::Time;

/// Labels taken off for one reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Off {
    /// All of them.
    pub all: u64,
    /// Those without a live signature then.
    pub unsigned: u64,
}

/// A label that went off without a live signature: who did not sign no longer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// The roster entry's index.
    pub index: u64,
    /// The label.
    pub label: [u8; 32],
    /// Why it went off.
    pub reason: OffReason,
}

/// What one roster entry changed. The small numbers fit: an entry holds at most 900 labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// The entry's index.
    pub index: u64,
    /// The entry's time.
    pub at: Time,
    /// Had the window opened?
    pub since_opening: bool,
    added: u16,
    off: [(u16, u16); 4],
}

impl Movement {
    pub(super) fn new(index: u64, at: Time, since_opening: bool, added: usize) -> Self {
        Self {
            index,
            at,
            since_opening,
            added: u16::try_from(added).unwrap_or(u16::MAX),
            off: [(0, 0); 4],
        }
    }

    pub(super) fn take_off(&mut self, reason: OffReason, has_signed: bool) {
        for (slot, other) in self.off.iter_mut().zip(OffReason::ALL) {
            if other == reason {
                slot.0 = slot.0.saturating_add(1);
                slot.1 = slot.1.saturating_add(u16::from(!has_signed));
            }
        }
    }

    /// Labels put on.
    pub fn added(&self) -> u64 {
        u64::from(self.added)
    }

    /// Labels taken off, by reason.
    pub fn off(&self) -> impl Iterator<Item = (OffReason, Off)> {
        OffReason::ALL
            .into_iter()
            .zip(self.off)
            .map(|(reason, (all, unsigned))| {
                let off = Off {
                    all: u64::from(all),
                    unsigned: u64::from(unsigned),
                };
                (reason, off)
            })
    }
}
