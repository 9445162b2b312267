//! The normalisation tables: every rule a row, every row with an example that is a test.
//!
//! A file for each family of tables. No code that applies a row lives here.

mod government;
mod office;
mod sign;
mod spelling;
mod title;

pub(super) use government::BEFORE_NAMES;
#[cfg(test)]
pub(super) use government::CITY;
pub(super) use government::GOVERNMENTS;
pub(super) use government::PROVINCE;
#[cfg(test)]
pub(super) use government::REGENCY;
pub(super) use government::WHOLE_GOVERNMENTS;
pub(super) use office::ANY_POSITION;
pub(super) use office::CITIES;
pub(super) use office::EMPTY;
pub(super) use office::OFFICES;
pub(super) use office::OLD_CITIES;
pub(super) use office::POSITIONS;
pub(super) use office::SAID_BEFORE;
pub(super) use office::UNIT_PAIRS;
pub(super) use office::UNITS;
pub(super) use sign::LOOKALIKES;
pub(super) use sign::MONTHS;
pub(super) use sign::SCANNED;
pub(super) use sign::SHAPES;
pub(super) use spelling::HANDLE_WORDS;
pub(super) use spelling::NICKNAMES;
pub(super) use spelling::Place;
pub(super) use spelling::READINGS;
pub(super) use spelling::SOUNDS;
pub(super) use spelling::VARIANTS;
pub(super) use spelling::WEAK;
pub(super) use title::DEGREES;
pub(super) use title::SALUTATIONS;
pub(super) use title::Sex;
pub(super) use title::TITLE_LETTERS;
pub(super) use title::TITLES_BEFORE;
