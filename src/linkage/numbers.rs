//! Whose number is it? Numbers in order, from either end. Knows digits and owners, not names.

use std::collections::BTreeSet;

use super::vocabulary::at;
use super::vocabulary::count;

/// Numbers, current and former, with their owners.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Ascending, once sealed.
    pub(super) ordered: Vec<(u64, u32)>,
    /// The same with the digits turned round, as places in `ordered`.
    pub(super) turned: Vec<u32>,
    /// Whether `ordered` has to be put in order again.
    loose: bool,
}

/// The most numbers among which a run of digits is looked for in the middle.
const SCAN_MAX: usize = 200_000;

impl Numbers {
    /// What was sealed before.
    pub(super) fn of(ordered: Vec<(u64, u32)>, turned: Vec<u32>) -> Self {
        let loose = turned.len() != ordered.len();
        Self {
            ordered,
            turned,
            loose,
        }
    }

    /// Whether they are in order and belong to these people: they are searched by halves.
    pub(super) fn is_sound(&self, people: usize) -> bool {
        let there = |(_, owner): &(u64, u32)| at(*owner) < people;
        self.ordered.is_sorted()
            && self.ordered.iter().all(there)
            && self.turned.iter().all(|place| at(*place) < self.ordered.len())
    }

    pub(super) fn push(&mut self, number: u64, owner: u32) {
        self.ordered.push((number, owner));
        self.loose = true;
    }

    pub(super) fn drop_owners(&mut self, owners: &BTreeSet<u32>) {
        if !owners.is_empty() {
            self.ordered.retain(|(_, id)| !owners.contains(id));
            self.loose = true;
        }
    }

    pub(super) fn seal(&mut self) {
        if !self.loose {
            return;
        }
        self.ordered.sort_unstable();
        self.ordered.dedup();
        let mut turned: Vec<(u64, u32)> = self
            .ordered
            .iter()
            .zip(0_u32..)
            .map(|((number, _), place)| (turn(*number), place))
            .collect();
        turned.sort_unstable();
        self.turned = turned.into_iter().map(|(_, place)| place).collect();
        self.ordered.shrink_to_fit();
        self.loose = false;
    }

    /// Who bears or bore exactly this number.
    pub(super) fn owners(&self, number: u64) -> Vec<u32> {
        self.between(number, number.saturating_add(1))
    }

    /// Whose number begins with these digits.
    pub(super) fn beginning(&self, digits: &str) -> Vec<u32> {
        range(digits).map_or_else(Vec::new, |(from, to)| self.between(from, to))
    }

    /// Whose number ends with these digits.
    pub(super) fn ending(&self, digits: &str) -> Vec<u32> {
        let turned: String = digits.chars().rev().collect();
        let Some((from, to)) = range(&turned) else {
            return Vec::new();
        };
        let entry = |place: &u32| {
            usize::try_from(*place)
                .ok()
                .and_then(|place| self.ordered.get(place))
        };
        let value = |place: &u32| entry(place).map_or(0, |(number, _)| turn(*number));
        let start = self.turned.partition_point(|place| value(place) < from);
        let found = self
            .turned
            .iter()
            .skip(start)
            .take_while(|place| value(place) < to);
        sorted(found.filter_map(entry).map(|(_, id)| *id).collect())
    }

    /// Whose number holds these digits anywhere; nobody among more than two hundred thousand.
    pub(super) fn holding(&self, digits: &str) -> Vec<u32> {
        if self.ordered.len() > SCAN_MAX {
            return Vec::new();
        }
        let holds = |number: u64| format!("{number:018}").contains(digits);
        let found = self.ordered.iter().filter(|(number, _)| holds(*number));
        sorted(found.map(|(_, id)| *id).collect())
    }

    fn between(&self, from: u64, to: u64) -> Vec<u32> {
        let start = self.ordered.partition_point(|(number, _)| *number < from);
        let found = self
            .ordered
            .iter()
            .skip(start)
            .take_while(|(number, _)| *number < to);
        sorted(found.map(|(_, id)| *id).collect())
    }
}

fn sorted(mut ids: Vec<u32>) -> Vec<u32> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn turn(number: u64) -> u64 {
    (0..18)
        .fold((0, number), |(turned, rest), _| {
            (turned * 10 + rest % 10, rest / 10)
        })
        .0
}

/// The numbers that begin with these digits, from and below.
fn range(digits: &str) -> Option<(u64, u64)> {
    let short = count(18_usize.checked_sub(digits.len())?);
    let scale = 10_u64.pow(short);
    let from = digits.parse::<u64>().ok()?.checked_mul(scale)?;
    Some((from, from.saturating_add(scale)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_from_both_ends_and_by_owner() {
        let mut numbers = Numbers::default();
        for (number, owner) in [
            (198_505_122_010_011_003, 0),
            (199_001_012_015_012_001, 1),
            (198_505_122_010_011_004, 2),
        ] {
            numbers.push(number, owner);
        }
        numbers.seal();
        assert_eq!(numbers.owners(198_505_122_010_011_003), [0]);
        assert_eq!(numbers.beginning("19850512"), [0, 2]);
        assert_eq!(numbers.ending("2001"), [1]);
        assert_eq!(numbers.holding("2201001"), [0, 2]);
        numbers.drop_owners(&BTreeSet::from([0]));
        numbers.seal();
        assert_eq!(numbers.beginning("19850512"), [2]);
        assert_eq!(numbers.ending("1003"), [0_u32; 0]);
        assert_eq!(numbers.beginning(&"9".repeat(30)), [0_u32; 0]);
    }
}
