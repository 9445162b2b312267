//! The civil servant's number: NIP of a PNS, NI PPPK of a contract employee. Parse, read its parts, print, mask.
//! Absent: who holds which number, and any hash of it (a bare hash of a NIP is guessed in seconds).
//!
//! 18 digits. PNS: `YYYYMMDD YYYYMM G NNN`, birth date, year and month of appointment, sex, serial (Perka BKN
//! 22/2007). PPPK: `YYYYMMDD YYYY 2 F G NNN`, where F counts the contracts. There is no check digit.

use std::fmt;

use jiff::civil::Date;

use crate::domain::cell::Cell;

mod error;

pub use error::NipError;
pub use error::NipWarning;

/// Digits in a number.
const LEN: usize = 18;

/// A number of 18 digits whose parts make sense. `Debug` hides it and there is no `Display`: print it by
/// [`Nip::as_str`] or [`Nip::masked`], knowingly.
///
/// ```
/// use ikrar::domain::nip::{Kind, Nip, Sex};
/// let nip = Nip::parse("'19860926 200901 1 001").unwrap();
/// assert_eq!(nip.as_str(), "198609262009011001");
/// assert_eq!(nip.kind(), Kind::Pns { month: 1 });
/// assert_eq!(nip.sex(), Sex::Male);
/// assert_eq!(nip.birth_date(), jiff::civil::date(1986, 9, 26));
/// assert_eq!(format!("{nip:?}"), "Nip(***)");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nip {
    digits: String,
    birth_date: Date,
    appointed_year: i16,
    kind: Kind,
    sex: Sex,
}

/// What kind of civil servant the number belongs to (digits 13 and 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Permanent: the digits are the month of appointment.
    Pns {
        /// Month of appointment, 1 to 12.
        month: i8,
    },
    /// On contract: 2, then the number of the contract.
    Pppk {
        /// Which contract, 1 to 9.
        contract: i8,
    },
}

/// Sex as the number records it (digit 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Digit 1.
    Male,
    /// Digit 2.
    Female,
}

impl Nip {
    /// Reads a number, tolerating what cells hold around it: blanks, dots, dashes, quotes, `="…"`.
    ///
    /// ```
    /// use ikrar::domain::nip::{Nip, NipError};
    /// assert_eq!(Nip::parse("1,98609E+17"), Err(NipError::Scientific));
    /// assert_eq!(Nip::parse("198609262009011000"), Err(NipError::Rounded));
    /// ```
    pub fn parse(text: &str) -> Result<Self, NipError> {
        let text = text.trim_matches(is_filler);
        if text.is_empty() {
            return Err(NipError::Empty);
        }
        if is_scientific(text) {
            return Err(NipError::Scientific);
        }
        let digits = digits_of(text)?;
        match digits.len() {
            LEN => Self::from_digits(digits),
            9 => Err(NipError::Old),
            len => Err(NipError::Length(len)),
        }
    }

    /// Reads a cell. A number cell of a workbook has room for 15 digits only, so 18 of them are damaged.
    pub fn from_cell(cell: Cell<'_>) -> Result<Self, NipError> {
        match cell {
            Cell::Empty => Err(NipError::Empty),
            Cell::Text(text) => Self::parse(text),
            Cell::Number(_) if cell.is_damaged_number() => Err(NipError::Rounded),
            Cell::Number(_) => Self::parse(&cell.to_text()),
        }
    }

    fn from_digits(digits: String) -> Result<Self, NipError> {
        let part = |from: usize, to: usize| -> Result<i16, NipError> {
            digits
                .get(from..to)
                .and_then(|part| part.parse().ok())
                .ok_or(NipError::Characters)
        };
        let small = |from: usize, to: usize| -> Result<i8, NipError> {
            digits
                .get(from..to)
                .and_then(|part| part.parse().ok())
                .ok_or(NipError::Characters)
        };
        if part(15, 18)? == 0 {
            return Err(NipError::Rounded);
        }
        let birth_date = Date::new(part(0, 4)?, small(4, 6)?, small(6, 8)?)
            .ok()
            .filter(|date| (1900..=2099).contains(&date.year()))
            .ok_or(NipError::BirthDate)?;
        let kind = match small(12, 14)? {
            month @ 1..=12 => Kind::Pns { month },
            contract @ 21..=29 => Kind::Pppk {
                contract: contract - 20,
            },
            _ => return Err(NipError::Appointment),
        };
        let appointed_year = part(8, 12)?;
        if !(1900..=2099).contains(&appointed_year) {
            return Err(NipError::Appointment);
        }
        let sex = match small(14, 15)? {
            1 => Sex::Male,
            2 => Sex::Female,
            _ => return Err(NipError::Sex),
        };
        Ok(Self {
            digits,
            birth_date,
            appointed_year,
            kind,
            sex,
        })
    }

    /// The 18 digits, for storing and for the officer who needs them.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The number in groups as it is printed on letters: `19860926 200901 1 001`.
    pub fn spaced(&self) -> String {
        let group = |from, to| self.digits.get(from..to).unwrap_or_default();
        format!(
            "{} {} {} {}",
            group(0, 8),
            group(8, 14),
            group(14, 15),
            group(15, 18)
        )
    }

    /// Year of birth and serial only, for an officer's own screens: `1986 •••• •••••• • 001`. Never for a public page.
    pub fn masked(&self) -> String {
        let group = |from, to| self.digits.get(from..to).unwrap_or_default();
        format!("{} •••• •••••• • {}", group(0, 4), group(15, 18))
    }

    /// Birth date, a real day.
    pub fn birth_date(&self) -> Date {
        self.birth_date
    }

    /// PNS or PPPK.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Sex as the number records it.
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Year of appointment, or of the first contract.
    pub fn appointed_year(&self) -> i16 {
        self.appointed_year
    }

    /// What looks odd but is not refused. `birth_date` and `sex` are the file's own columns, where it has them.
    pub fn warnings(&self, birth_date: Option<Date>, sex: Option<Sex>) -> Vec<NipWarning> {
        let mut warnings = Vec::new();
        let years = self.age_at_appointment();
        // PP 49/2018 article 16 lets PPPK begin until a year before the end of their service.
        let most = if matches!(self.kind, Kind::Pns { .. }) {
            46
        } else {
            64
        };
        if !(18..=most).contains(&years) {
            warnings.push(NipWarning::AgeAtAppointment { years });
        }
        if birth_date.is_some_and(|date| date != self.birth_date) {
            warnings.push(NipWarning::BirthDateDiffers);
        }
        if sex.is_some_and(|sex| sex != self.sex) {
            warnings.push(NipWarning::SexDiffers);
        }
        warnings
    }

    /// Whole years from birth to the first day of appointment; a contract counts from the end of its year.
    fn age_at_appointment(&self) -> i16 {
        let years = self.appointed_year - self.birth_date.year();
        match self.kind {
            Kind::Pns { month } if month < self.birth_date.month() => years - 1,
            _ => years,
        }
    }
}

impl fmt::Debug for Nip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nip(***)")
    }
}

/// An older number of the same person, digits only: 9 of before 2007 or 18. `None` where the cell holds neither.
pub fn former_number(cell: Cell<'_>) -> Option<String> {
    if cell.is_damaged_number() {
        return None;
    }
    let digits = digits_of(cell.to_text().trim_matches(is_filler)).ok()?;
    let plausible = match digits.len() {
        9 => digits.bytes().any(|digit| digit != b'0'),
        LEN => Nip::parse(&digits).is_ok(),
        _ => false,
    };
    plausible.then_some(digits)
}

/// The digits of a text that has nothing else but the separators cells hold.
fn digits_of(text: &str) -> Result<String, NipError> {
    let (whole, fraction) = text.rsplit_once(['.', ',']).unwrap_or((text, ""));
    let was_number = matches!(fraction, "0" | "00") && whole.len() == LEN;
    if was_number && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NipError::Rounded);
    }
    let mut digits = String::with_capacity(LEN);
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else if !is_filler(letter) {
            return Err(NipError::Characters);
        }
    }
    if digits.is_empty() {
        Err(NipError::Empty)
    } else {
        Ok(digits)
    }
}

/// What offices put around and between the digits.
fn is_filler(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '.' | ',' | '-' | '_' | '/' | '\'' | '"' | '`' | '=' | '*')
        || matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201d}' | '\u{b4}')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Whether a spreadsheet has rounded the number: `1.98609E+17`, with a dot or a comma.
pub fn is_scientific(text: &str) -> bool {
    let text = text.trim_matches(is_filler);
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_mantissa = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.chars().all(is_mantissa)
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
