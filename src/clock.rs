//! The one place that asks the time.
//!
//! A log whose clock jumped would carry the jump for ever, since `at` never decreases. So the wall clock is held against the
//! machine's steady clock: when the two part by more than [`DRIFT_MAX_S`], writing stops until somebody looks.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Instant;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

/// How far wall clock and steady clock may part, in seconds, before nothing more is written.
pub const DRIFT_MAX_S: i64 = 300;

/// A clock to hand around; [`Clock::fixed`] stands still for tests.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Machine { started: Instant, started_s: i64 },
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self(Source::Machine {
            started: Instant::now(),
            started_s: wall_s(),
        })
    }

    /// A clock that stands at `now_s` until [`Clock::set`] moves it.
    pub fn fixed(now_s: i64) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(now_s))))
    }

    /// Unix seconds, UTC.
    pub fn now_s(&self) -> i64 {
        match &self.0 {
            Source::Machine { .. } => wall_s(),
            Source::Fixed(now) => now.load(Ordering::SeqCst),
        }
    }

    /// How many seconds the wall clock has run ahead of (or behind, negative) the steady clock since the start.
    pub fn drift_s(&self) -> i64 {
        match &self.0 {
            Source::Machine { started, started_s } => {
                let steady = i64::try_from(started.elapsed().as_secs()).unwrap_or(i64::MAX);
                wall_s().saturating_sub(started_s.saturating_add(steady))
            }
            Source::Fixed(_) => 0,
        }
    }

    /// Whether the clock can be trusted with an entry's minute.
    pub fn is_steady(&self) -> bool {
        self.drift_s().abs() <= DRIFT_MAX_S
    }

    /// Moves a fixed clock; the machine's own clock is nobody's to move.
    pub fn set(&self, now_s: i64) {
        if let Source::Fixed(now) = &self.0 {
            now.store(now_s, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that asks")]
fn wall_s() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|d| i64::try_from(d.as_secs()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_set() {
        let clock = Clock::fixed(60);
        assert_eq!((clock.now_s(), clock.is_steady()), (60, true));
        clock.set(120);
        assert_eq!(clock.now_s(), 120);
    }

    #[test]
    fn the_machine_clock_is_steady_at_first() {
        assert!(Clock::machine().is_steady());
    }
}
