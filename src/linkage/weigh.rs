//! The model's numbers: how often a true pair shows each level (m), and what a line against costs.
//!
//! Set by hand from the field's descriptions and checked on the repository's own generator; frozen under
//! [`super::MODEL_VERSION`]. How often a random person shows a level (u) is counted per query, not kept here.

use super::Field;
use super::Level;

/// The levels of a word of a name that answers a written one.
const NAME_LEVELS: [Level; 9] = [
    Level::Exact,
    Level::Sound,
    Level::OneOff,
    Level::Joined,
    Level::TwoOff,
    Level::Part,
    Level::Initial,
    Level::Nickname,
    Level::Similar,
];
/// The levels at which a unit, a city or a position agrees.
const CONTEXT_LEVELS: [Level; 3] = [Level::Exact, Level::Within, Level::Some];

/// The m of every level. An index weighs with the model's, which is the default; only an estimation tries others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weights {
    name: [(Level, f64); 9],
    unit: [(Level, f64); 3],
    city: [(Level, f64); 3],
    position: [(Level, f64); 3],
}

impl Default for Weights {
    fn default() -> Self {
        let context = |field| CONTEXT_LEVELS.map(|level| (level, context_m(field, level)));
        Self {
            name: NAME_LEVELS.map(|level| (level, name_m(level))),
            unit: context(Field::Unit),
            city: context(Field::City),
            position: context(Field::Position),
        }
    }
}

impl Weights {
    /// The levels of a field with their m; none for a field that has no such table.
    pub(super) fn table(&self, field: Field) -> &[(Level, f64)] {
        match field {
            Field::Name => &self.name,
            Field::Unit => &self.unit,
            Field::City => &self.city,
            Field::Position => &self.position,
            _ => &[],
        }
    }

    /// How often a word of the right person's name is written at this level.
    pub(super) fn name(&self, level: Level) -> f64 {
        self.find(Field::Name, level).unwrap_or_else(|| name_m(level))
    }

    /// How often the right person's unit, city or position is written at this level.
    pub(super) fn context(&self, field: Field, level: Level) -> f64 {
        self.find(field, level).unwrap_or_else(|| context_m(field, level))
    }

    fn find(&self, field: Field, level: Level) -> Option<f64> {
        let mut table = self.table(field).iter();
        table.find(|(held, _)| *held == level).map(|(_, m)| *m)
    }

    /// Puts another m in a level's place; how far it is from the one before.
    pub(super) fn set(&mut self, field: Field, level: Level, m: f64) -> f64 {
        let table: &mut [(Level, f64)] = match field {
            Field::Name => &mut self.name,
            Field::Unit => &mut self.unit,
            Field::City => &mut self.city,
            Field::Position => &mut self.position,
            _ => return 0.0,
        };
        let Some((_, held)) = table.iter_mut().find(|(held, _)| *held == level) else {
            return 0.0;
        };
        (std::mem::replace(held, m) - m).abs()
    }
}

/// How often a word of the right person's name is written at this level.
fn name_m(level: Level) -> f64 {
    match level {
        Level::Exact => 0.70,
        Level::Sound | Level::OneOff => 0.09,
        Level::Joined | Level::Part | Level::Initial => 0.03,
        Level::TwoOff | Level::Nickname => 0.02,
        _ => 0.01,
    }
}

/// How often the right person's unit, city or position is written at this level.
fn context_m(field: Field, level: Level) -> f64 {
    match (field, level) {
        // A unit is named whole, or by its leaf or by what stands above it.
        (Field::Unit, Level::Exact) => 0.56,
        (Field::Unit, Level::Within) => 0.34,
        (Field::Unit, Level::Some) => 0.04,
        // A city is one word or two: whoever writes it writes it whole.
        (Field::City, Level::Exact) => 0.88,
        // People call a position by its everyday name.
        (Field::Position, Level::Exact) => 0.50,
        (Field::Position, Level::Within) => 0.38,
        (Field::Position, Level::Some) | (Field::City, Level::Within) => 0.05,
        _ => 0.02,
    }
}

/// How alike two leftover words must be to be one word, damaged.
pub(super) const ALIKE_MIN: f64 = 0.5;

/// Two leftover words that are so alike: bits, from against to for.
pub(super) fn alike(share: f64) -> f64 {
    if share >= 0.7 {
        1.5
    } else if share >= 0.6 {
        -0.5
    } else {
        -2.5
    }
}

/// A word of the roster's name that the complaint omits: bits.
pub(super) const OMITTED: f64 = -1.6;
/// The same, for a word that many bear and leave out.
pub(super) const OMITTED_WEAK: f64 = -0.3;
/// Every further omitted word: who shortens a name shortens it all at once.
pub(super) const OMITTED_MORE: f64 = -0.4;
/// A word of the complaint that the roster's name has not.
pub(super) const EXTRA: f64 = -5.0;
/// The same, for a word that many bear, and for an initial.
pub(super) const EXTRA_WEAK: f64 = -1.5;
/// The same, for an alias or a father's name.
pub(super) const EXTRA_OPTIONAL: f64 = -0.2;
/// Nothing of the written name is in the recorded one.
pub(super) const NAME_DIFFERS: f64 = -9.0;

/// Bits above log2(N) that the whole number is worth: it is rarer than a name can be.
pub(super) const NIP_ABOVE: f64 = 3.0;
/// How often the right person's number is written with one digit off.
pub(super) const NUMBER_ONE_OFF_M: f64 = 0.3;
/// How often a part of a number, or a birth date, is the right person's.
pub(super) const NUMBER_PART_M: f64 = 0.8;
/// The number is somebody else's: pasted, about people here and strangers alike.
pub(super) const NIP_SOMEBODY_ELSE: f64 = -2.8;
/// The number is well formed and nobody's: a stranger's own.
pub(super) const NIP_UNKNOWN: f64 = -3.8;
/// A part of a number, or a birth date, that does not fit.
pub(super) const NIP_DIFFERS: f64 = -3.5;
/// An ill-formed number that fits nobody.
pub(super) const NIP_ILL_FORMED: f64 = -1.0;

/// How often a title or salutation is of the right person's sex.
pub(super) const SEX_M: f64 = 0.97;
/// How often a name alone says the sex of whoever bears it.
pub(super) const SEX_BY_NAME: f64 = 0.9;
/// Sex by title or salutation, contradicting.
pub(super) const SEX_DIFFERS: f64 = -4.0;

/// The unit is another one of the roster's.
pub(super) const UNIT_DIFFERS: f64 = -2.8;
/// The unit is a whole agency, by name or in general, that the roster does not mention: it is somebody's roster.
pub(super) const AGENCY_UNKNOWN: f64 = -1.0;
/// The roster has such offices, but none of this name: one complaint in thirty about somebody here, every second one about
/// an outsider.
pub(super) const UNIT_ELSEWHERE: f64 = -4.2;
/// The unit is nothing the roster knows.
pub(super) const UNIT_UNKNOWN: f64 = -3.2;
/// The city is another one: people are seen, and complained about, elsewhere than where they work.
pub(super) const CITY_DIFFERS: f64 = -2.2;
/// The city is none where anybody of the roster works.
pub(super) const CITY_UNKNOWN: f64 = -3.0;
/// Either, beside a unit that is another one.
pub(super) const CITY_DIFFERS_TOO: f64 = -0.6;
/// The position is another one: people guess at positions.
pub(super) const POSITION_DIFFERS: f64 = -1.2;

/// Most bits that words found in a handle are worth.
pub(super) const HANDLE_MAX: f64 = 6.0;
/// How often a handle holds a given word of its owner's name.
pub(super) const HANDLE_M: f64 = 0.4;
