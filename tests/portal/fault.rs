//! Faults under load: the real program as a process, real statements and keys over HTTP from several browsers at once, and something
//! that breaks. Whatever a browser was told stands in the log at the end, byte for byte; every checkpoint that anybody saw lies on
//! one history; an auditor finds nothing.
//!
//! `site` is the installation and its process, `load` the browsers, `outcome` what is asked at the end; the rest are stories, a file per
//! fault. `IKRAR_TEST_LONG=1` makes a thousand rounds of those that count.

#![expect(
    clippy::print_stdout,
    reason = "how many were acknowledged is worth a line; the rest is silent"
)]

mod clock;
mod disk;
mod full;
mod kill;
mod load;
mod mailroom;
mod outcome;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod proxy;
mod site;
mod snapshot;
mod twice;

use std::time::Duration;

/// Rounds of a story: few for every day, a thousand in the long mode, or as many as `IKRAR_TEST_ROUNDS` says.
#[expect(clippy::disallowed_methods, reason = "the tests' own settings")]
fn rounds(usual: usize) -> usize {
    let is_long = std::env::var("IKRAR_TEST_LONG").is_ok_and(|value| value == "1");
    match std::env::var("IKRAR_TEST_ROUNDS") {
        Ok(count) => count.parse().unwrap(),
        Err(_) if is_long => 1000,
        Err(_) => usual,
    }
}

/// The server that these tests were given, where they run on PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
fn given_server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// Where the moments of a story come from. Said at the start, since a failure may need the same ones again.
struct Dice(u64);

impl Dice {
    fn new(story: &str) -> Self {
        let seed: [u8; 8] = ikrar::app::random().unwrap();
        let dice = Self(u64::from_be_bytes(seed) | 1);
        println!("{story}: dice begin at {}", dice.0);
        dice
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A while of no particular length: a fault strikes at any moment, so there is nothing to wait for.
    fn pause(&mut self, ms_max: u64) {
        std::thread::sleep(Duration::from_millis(self.below(ms_max)));
    }
}
