//! The roster made searchable: built once, read by every query. No scoring lives here.

use std::collections::HashMap;

use super::Person;
use super::name;
use super::name::Side;
use super::number;
use super::phrase::Phrases;
use super::table::CITIES;
use super::table::POSITIONS;
use super::table::Sex;
use super::table::UNITS;
use super::vocabulary::Vocabulary;
use super::vocabulary::count;

/// A person's place in the roster that an [`Index`] was built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// What the index keeps of a person beside the record.
#[derive(Debug)]
pub(super) struct Facts {
    /// Words of the name, in order.
    pub(super) words: Box<[u32]>,
    /// The current number, if it is one.
    pub(super) number: Option<u64>,
    /// Sex, by the number.
    pub(super) sex: Option<Sex>,
    /// The unit's phrase.
    pub(super) unit: Option<u32>,
    /// The city's phrase.
    pub(super) city: Option<u32>,
    /// The position's phrase.
    pub(super) position: Option<u32>,
}

/// A roster, indexed.
#[derive(Debug)]
pub struct Index {
    people: Vec<Person>,
    pub(super) facts: Vec<Facts>,
    pub(super) names: Vocabulary,
    pub(super) units: Phrases,
    pub(super) cities: Phrases,
    pub(super) positions: Phrases,
    /// People in a unit who share a city, and a position.
    pub(super) unit_city: HashMap<(u32, u32), u32>,
    pub(super) unit_position: HashMap<(u32, u32), u32>,
    /// Numbers, current and former, ascending; and with their digits turned round.
    numbers: Vec<(u64, u32)>,
    turned: Vec<(u64, u32)>,
}

impl Index {
    /// Indexes a roster. The order of `people` fixes their [`PersonId`]s and nothing else.
    pub fn build(people: Vec<Person>) -> Self {
        let mut index = Self {
            people: Vec::new(),
            facts: Vec::with_capacity(people.len()),
            names: Vocabulary::default(),
            units: Phrases::new(UNITS),
            cities: Phrases::new(CITIES),
            positions: Phrases::new(POSITIONS),
            unit_city: HashMap::new(),
            unit_position: HashMap::new(),
            numbers: Vec::with_capacity(people.len()),
            turned: Vec::with_capacity(people.len()),
        };
        for (id, person) in (0u32..).zip(&people) {
            index.enter(id, person);
        }
        index.people = people;
        index.names.seal();
        index.units.seal();
        index.cities.seal();
        index.positions.seal();
        index.numbers.sort_unstable();
        index.numbers.dedup();
        index.turned.sort_unstable();
        index.turned.dedup();
        index
    }

    fn enter(&mut self, id: u32, person: &Person) {
        let words = name::parse(&person.name, Side::Recorded).words;
        let words = words.iter().map(|word| self.names.bear(&word.text, id)).collect();
        let current = number::recorded(&person.nip);
        for number in person
            .former_nips
            .iter()
            .filter_map(|nip| number::recorded(nip))
            .chain(current)
        {
            self.numbers.push((number, id));
            self.turned.push((turn(number), id));
        }
        let unit = self.units.bear(&person.unit, id);
        let city = self.cities.bear(&person.city, id);
        let position = self.positions.bear(&person.position, id);
        if let (Some(unit), Some(city)) = (unit, city) {
            *self.unit_city.entry((unit, city)).or_default() += 1;
        }
        if let (Some(unit), Some(position)) = (unit, position) {
            *self.unit_position.entry((unit, position)).or_default() += 1;
        }
        let sex = current.and_then(number::sex);
        self.facts.push(Facts {
            words,
            number: current,
            sex,
            unit,
            city,
            position,
        });
    }

    /// The person's record as it was given.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(usize::try_from(id.0).ok()?)
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The number of people as a quantity, at least one.
    pub(super) fn size(&self) -> f64 {
        f64::from(count(self.people.len()).max(1))
    }

    pub(super) fn facts(&self, id: u32) -> Option<&Facts> {
        self.facts.get(usize::try_from(id).ok()?)
    }

    /// Who bears or bore exactly this number.
    pub(super) fn owners(&self, number: u64) -> Vec<u32> {
        between(&self.numbers, number, number.saturating_add(1))
    }

    /// Whose number begins with these digits.
    pub(super) fn beginning(&self, digits: &str) -> Vec<u32> {
        range(digits).map_or_else(Vec::new, |(from, to)| between(&self.numbers, from, to))
    }

    /// Whose number ends with these digits.
    pub(super) fn ending(&self, digits: &str) -> Vec<u32> {
        let turned: String = digits.chars().rev().collect();
        range(&turned).map_or_else(Vec::new, |(from, to)| between(&self.turned, from, to))
    }

    /// Whose number holds these digits anywhere; looked for in rosters up to `SCAN_MAX` only.
    pub(super) fn holding(&self, digits: &str) -> Vec<u32> {
        const SCAN_MAX: usize = 200_000;
        if self.numbers.len() > SCAN_MAX {
            return Vec::new();
        }
        let holds = |number: u64| format!("{number:018}").contains(digits);
        let mut found: Vec<u32> = self
            .numbers
            .iter()
            .filter(|(number, _)| holds(*number))
            .map(|(_, id)| *id)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
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
    let short = u32::try_from(18_usize.checked_sub(digits.len())?).ok()?;
    let scale = 10_u64.pow(short);
    let from = digits.parse::<u64>().ok()?.checked_mul(scale)?;
    Some((from, from.saturating_add(scale)))
}

fn between(sorted: &[(u64, u32)], from: u64, to: u64) -> Vec<u32> {
    let start = sorted.partition_point(|(number, _)| *number < from);
    let mut ids: Vec<u32> = sorted
        .iter()
        .skip(start)
        .take_while(|(number, _)| *number < to)
        .map(|(_, id)| *id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_whole_by_their_beginning_their_end_and_their_middle() {
        let person = |nip: &str, former: &str| Person {
            nip: nip.to_owned(),
            former_nips: vec![former.to_owned()],
            ..Person::default()
        };
        let index = Index::build(vec![
            person("198505122010011003", ""),
            person("199001012015012001", "199001012015012009"),
        ]);
        assert_eq!(index.owners(198_505_122_010_011_003), [0]);
        assert_eq!(index.owners(199_001_012_015_012_009), [1]);
        assert_eq!(index.beginning("19850512"), [0]);
        assert_eq!(index.ending("2001"), [1]);
        assert_eq!(index.holding("20150120"), [1]);
        assert!(index.beginning("2000").is_empty());
    }
}
