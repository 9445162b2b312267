//! Lives here: which signatures a sample draws (docs/format.md §13): from a checkpoint that was published, by hashes alone, so that
//! anybody draws the same and nobody can choose. Absent: whose signatures they are, and asking the people.

use std::collections::HashSet;

use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::Writer;
use crate::domain::text::digest;
use crate::domain::text::print_hex;
use crate::ledger::checkpoint::Checkpoint;

/// The most that a sample draws.
pub const SAMPLE_MAX: usize = 100_000;

/// Where a sample's numbers come from: a checkpoint, an election, and what the body added that no operator could know.
pub fn seed(checkpoint: &Checkpoint, election: &Id, beacon: Option<&Prose<400>>) -> [u8; 32] {
    let mut text = Writer::open("ikrar/sample/v1")
        .line("origin", &checkpoint.origin)
        .line("election", election)
        .line("size", checkpoint.size)
        .line("root", print_hex(checkpoint.root.as_bytes()));
    if let Some(beacon) = beacon {
        text = text.line("beacon", beacon);
    }
    digest(&[&text.finish()])
}

/// Draws `count` different places of `population`, in the order of drawing: a larger sample begins with the smaller one. All of
/// them where there are no more; at most [`SAMPLE_MAX`].
///
/// ```
/// let three = ikrar::domain::sample::draw(&[7; 32], 1000, 3);
/// assert_eq!(ikrar::domain::sample::draw(&[7; 32], 1000, 4)[..3], three);
/// ```
pub fn draw(seed: &[u8; 32], population: u64, count: usize) -> Vec<u64> {
    let count = usize::try_from(population)
        .map_or(count, |all| count.min(all))
        .min(SAMPLE_MAX);
    let mut drawn = Vec::with_capacity(count);
    let mut taken = HashSet::with_capacity(count);
    for step in 0_u64.. {
        if drawn.len() == count {
            break;
        }
        if let Some(place) = place(number(seed, step), population)
            && taken.insert(place)
        {
            drawn.push(place);
        }
    }
    drawn
}

/// The first eight bytes of a hash, as a number.
fn number(seed: &[u8; 32], step: u64) -> u64 {
    let hash = digest(&[b"ikrar/draw/v1\n", seed, &step.to_be_bytes()]);
    hash.iter()
        .take(8)
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// A number's place among so many; none for the last numbers, which would favour the first places.
fn place(number: u64, population: u64) -> Option<u64> {
    let left_over = (u64::MAX.checked_rem(population)? + 1) % population;
    (number <= u64::MAX - left_over).then(|| number % population)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::hash::Hash;
    use crate::ledger::note::KeyName;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: KeyName::parse("ikrar.example/log").unwrap(),
            size: 1000,
            root: Hash::from_bytes([9; 32]),
        }
    }

    /// Computed by another program, from docs/format.md §13 alone.
    #[test]
    fn known_answers() {
        let id = "pemilu".parse().unwrap();
        let plain = seed(&checkpoint(), &id, None);
        assert_eq!(
            print_hex(&plain),
            "1226c48280bc032a3c981c486ecca36664880e5b571509a1946ab3e4c6846871"
        );
        assert_eq!(draw(&plain, 900, 5), [6, 309, 823, 716, 151]);
        let large = [
            1_056_255_129_777_852_906,
            558_662_832_884_040_116,
            1_375_783_162_971_045_631,
            5_772_333_368_921_898_754,
        ];
        assert_eq!(
            draw(&plain, (1 << 63) + 1, 4),
            large,
            "nearly every second number is left out"
        );
        let beacon = "undian 27 November 2026: 4 8 15 16 23 42".parse().unwrap();
        let other = seed(&checkpoint(), &id, Some(&beacon));
        assert_eq!(draw(&other, 900, 5), [385, 538, 759, 280, 282]);
    }

    #[test]
    fn numbers_that_would_favour_some_are_left_out() {
        assert_eq!(place(u64::MAX, 1 << 63), Some((1 << 63) - 1));
        let third = (1_u64 << 63) + 1;
        assert_eq!(place(third - 1, third), Some(third - 1));
        assert_eq!(place(third, third), None, "2^64 holds it once, and a rest");
        assert_eq!(place(u64::MAX, 3), None, "2^64 is 3 n + 1");
        assert_eq!(place(u64::MAX - 1, 3), Some(2));
        assert_eq!(place(7, 0), None);
    }

    #[test]
    fn everybody_is_drawn_once_and_nobody_twice() {
        let id = "pemilu".parse().unwrap();
        let seed = seed(&checkpoint(), &id, None);
        for population in [0, 1, 2, 7, 500] {
            let mut all = draw(&seed, population, 1000);
            all.sort_unstable();
            assert!(all.iter().copied().eq(0..population), "{population}");
        }
        let few = draw(&seed, 4_700_000, 300);
        assert_eq!(few.len(), 300);
        assert_eq!(draw(&seed, 4_700_000, 500)[..300], few);
    }
}
