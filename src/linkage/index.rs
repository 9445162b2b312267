//! The roster made searchable: built once, read by every query. No scoring lives here.

use super::Person;

/// A person's place in the roster that an [`Index`] was built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// A roster, indexed.
#[derive(Debug, Default)]
pub struct Index {
    people: Vec<Person>,
}

impl Index {
    /// Indexes a roster. The order of `people` fixes their [`PersonId`]s and nothing else.
    pub fn build(people: Vec<Person>) -> Self {
        Self { people }
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
}
