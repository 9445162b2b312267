//! The roster made searchable: built once, changed as the roster changes, read by every query. No scoring lives here.
//!
//! Columns of plain numbers, so that 4.7 million people fit into a few hundred megabytes; the names and units themselves stay
//! with whoever owns the roster.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::Person;
use super::name;
use super::name::Side;
use super::number;
use super::numbers::Numbers;
use super::parts;
use super::phrase::Phrases;
use super::table::Sex;
use super::vocabulary::Vocabulary;
use super::vocabulary::at;
use super::vocabulary::count;
use super::weigh::Weights;

/// A person's place in the roster that an [`Index`] was built from; never given to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// Stands in a column where a person has no such field.
pub(super) const NONE: u32 = u32::MAX;

/// What the index knows of one person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    /// Words of the name, in order.
    pub(super) words: &'a [u32],
    /// The current number, if it is one.
    pub(super) number: Option<u64>,
    /// The unit's phrase.
    pub(super) unit: Option<u32>,
    /// The city's phrase.
    pub(super) city: Option<u32>,
    /// The position's phrase.
    pub(super) position: Option<u32>,
}

impl Facts<'_> {
    /// Sex, by the number.
    pub(super) fn sex(&self) -> Option<Sex> {
        self.number.and_then(number::sex)
    }
}

/// A roster, indexed.
#[derive(Debug)]
pub struct Index {
    /// One value a person, by [`PersonId`]; [`NONE`] where there is none.
    pub(super) columns: Columns,
    /// People who are on the roster now.
    pub(super) live: u32,
    /// Current numbers that are none, as they were given.
    pub(super) odd: BTreeMap<u32, String>,
    pub(super) names: Vocabulary,
    pub(super) units: Phrases,
    pub(super) cities: Phrases,
    pub(super) positions: Phrases,
    /// People in a unit who share a city, and a position.
    pub(super) unit_city: HashMap<(u32, u32), u32>,
    pub(super) unit_position: HashMap<(u32, u32), u32>,
    pub(super) numbers: Numbers,
    /// The model's, but while an estimation tries others.
    pub(super) weights: Weights,
}

/// The people, a column a field.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Where each person's words begin in `words`; one more than people, so that the last one has an end.
    pub(super) starts: Vec<u32>,
    /// Words of the names.
    pub(super) words: Vec<u32>,
    /// Current numbers; 0 where there is none.
    pub(super) numbers: Vec<u64>,
    pub(super) unit: Vec<u32>,
    pub(super) city: Vec<u32>,
    pub(super) position: Vec<u32>,
}

impl Index {
    /// Indexes a roster. The order of `people` fixes their [`PersonId`]s and nothing else.
    pub fn build(people: impl IntoIterator<Item = Person>) -> Self {
        let mut index = Self::empty();
        for person in people {
            index.enter(&person);
        }
        index.seal();
        index
    }

    pub(super) fn empty() -> Self {
        Self {
            columns: Columns {
                starts: vec![0],
                ..Columns::default()
            },
            live: 0,
            odd: BTreeMap::new(),
            names: Vocabulary::default(),
            units: Phrases::new(parts::UNIT),
            cities: Phrases::new(parts::CITY),
            positions: Phrases::new(parts::POSITION),
            unit_city: HashMap::new(),
            unit_position: HashMap::new(),
            numbers: Numbers::default(),
            weights: Weights::default(),
        }
    }

    /// Follows a change of the roster: some leave, some come. Whoever changed leaves and comes anew.
    ///
    /// The answers are those of an index that was built from the roster as it is now. Returns the ids of those who came,
    /// in their order.
    pub fn update(&mut self, leave: &[PersonId], come: &[Person]) -> Vec<PersonId> {
        for id in leave {
            self.take_off(id.0);
        }
        self.numbers.drop_owners(&leave.iter().map(|id| id.0).collect());
        let ids = come.iter().map(|person| PersonId(self.enter(person))).collect();
        self.seal();
        ids
    }

    fn enter(&mut self, person: &Person) -> u32 {
        let id = count(self.columns.numbers.len());
        let words = name::parse(&person.name, Side::Recorded).words;
        for word in &words {
            let word = self.names.bear(&word.text, id);
            self.columns.words.push(word);
        }
        self.columns.starts.push(count(self.columns.words.len()));
        let current = number::recorded(&person.nip);
        if current.is_none() && !person.nip.is_empty() {
            self.odd.insert(id, person.nip.clone());
        }
        let former = person.former_nips.iter().filter_map(|nip| number::recorded(nip));
        for number in former.chain(current) {
            self.numbers.push(number, id);
        }
        self.columns.numbers.push(current.unwrap_or(0));
        let unit = self.units.bear(&person.unit);
        let city = self.cities.bear(&person.city);
        let position = self.positions.bear(&person.position);
        self.columns.unit.push(unit.unwrap_or(NONE));
        self.columns.city.push(city.unwrap_or(NONE));
        self.columns.position.push(position.unwrap_or(NONE));
        if let (Some(unit), Some(city)) = (unit, city) {
            *self.unit_city.entry((unit, city)).or_default() += 1;
        }
        if let (Some(unit), Some(position)) = (unit, position) {
            *self.unit_position.entry((unit, position)).or_default() += 1;
        }
        self.live = self.live.saturating_add(1);
        id
    }

    /// Takes a person out of every list; an id that is unknown or was taken off before changes nothing.
    fn take_off(&mut self, id: u32) {
        let Some(facts) = self.facts(id) else { return };
        let (unit, city, position) = (facts.unit, facts.city, facts.position);
        let words: Vec<u32> = facts.words.to_vec();
        for word in words {
            self.names.drop_bearer(word, id);
        }
        for (phrases, phrase) in [
            (&mut self.units, unit),
            (&mut self.cities, city),
            (&mut self.positions, position),
        ] {
            phrases.drop_bearer(phrase);
        }
        let less = |counts: &mut HashMap<(u32, u32), u32>, of: Option<u32>| {
            if let (Some(unit), Some(of)) = (unit, of)
                && let Some(shared) = counts.get_mut(&(unit, of))
            {
                *shared = shared.saturating_sub(1);
            }
        };
        less(&mut self.unit_city, city);
        less(&mut self.unit_position, position);
        self.odd.remove(&id);
        let columns = &mut self.columns;
        for column in [&mut columns.unit, &mut columns.city, &mut columns.position] {
            if let Some(value) = column.get_mut(at(id)) {
                *value = NONE;
            }
        }
        if let Some(number) = columns.numbers.get_mut(at(id)) {
            *number = GONE;
        }
        self.live = self.live.saturating_sub(1);
    }

    pub(super) fn seal(&mut self) {
        self.names.seal();
        self.units.seal();
        self.cities.seal();
        self.positions.seal();
        self.numbers.seal();
    }

    /// The person's current number as it was given, digits alone if it is one; none for somebody who left.
    pub fn nip(&self, id: PersonId) -> Option<String> {
        match *self.columns.numbers.get(at(id.0))? {
            GONE => None,
            0 => Some(self.odd.get(&id.0).cloned().unwrap_or_default()),
            number => Some(format!("{number:018}")),
        }
    }

    /// Whose number this is: whoever bears it now, else the one person who bore it before.
    pub fn bearer(&self, nip: &str) -> Option<PersonId> {
        let Some(number) = number::recorded(nip) else {
            let mut odd = self.odd.iter();
            return odd
                .find(|(_, odd)| odd.as_str() == nip)
                .map(|(id, _)| PersonId(*id));
        };
        let owners = self.numbers.owners(number);
        let bears = |id: &&u32| self.facts(**id).is_some_and(|facts| facts.number == Some(number));
        match (owners.iter().find(bears), owners.as_slice()) {
            (Some(id), _) | (None, [id]) => Some(PersonId(*id)),
            _ => None,
        }
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        at(self.live)
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The number of people as a quantity, at least one.
    pub(super) fn size(&self) -> f64 {
        f64::from(self.live.max(1))
    }

    /// Ids that were ever given.
    pub(super) fn ids(&self) -> u32 {
        count(self.columns.numbers.len())
    }

    /// Nothing for an id that is unknown or of somebody who left.
    pub(super) fn facts(&self, id: u32) -> Option<Facts<'_>> {
        let place = at(id);
        let columns = &self.columns;
        let number = *columns.numbers.get(place).filter(|number| **number != GONE)?;
        let some = |column: &[u32]| column.get(place).copied().filter(|value| *value != NONE);
        Some(Facts {
            words: columns.words_of(place)?,
            number: Some(number).filter(|number| *number != 0),
            unit: some(&columns.unit),
            city: some(&columns.city),
            position: some(&columns.position),
        })
    }
}

/// Stands in the column of numbers for somebody who left.
pub(super) const GONE: u64 = u64::MAX;

impl Columns {
    pub(super) fn words_of(&self, place: usize) -> Option<&[u32]> {
        let from = at(*self.starts.get(place)?);
        let to = at(*self.starts.get(place.saturating_add(1))?);
        self.words.get(from..to)
    }
}
