//! Lives here: a signer's side of a signature: the four values as shown, their salts, the point of the log that a statement
//! names, the six digits of a step-up. Absent: where values, randomness and the log come from.

use crate::domain::person::Digests;
use crate::domain::person::Field;
use crate::domain::person::FieldOpening;
use crate::domain::person::FieldValue;
use crate::domain::person::Opening;
use crate::domain::person::PersonOpening;
use crate::domain::person::field_digest;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::domain::text::ValueError;

/// How long a statement waits for its code, seconds.
pub const PENDING_S: i64 = 10 * 60;
/// How old the point of the log that a statement names may be, seconds.
pub const AFTER_AGE_S: i64 = 30 * 60;
/// Wrong codes before the code is spent.
pub const TRIES_MAX: i64 = 5;

/// The four values that a signer sees and a statement commits to.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// NIP or NI PPPK.
    pub nip: FieldValue,
    /// Name with titles.
    pub name: FieldValue,
    /// Unit.
    pub unit: FieldValue,
    /// Position.
    pub position: FieldValue,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(***)")
    }
}

/// The salts of the four values, made by the signer's browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Salts {
    /// Of the NIP.
    pub nip: [u8; 32],
    /// Of the name.
    pub name: [u8; 32],
    /// Of the unit.
    pub unit: [u8; 32],
    /// Of the position.
    pub position: [u8; 32],
}

impl Salts {
    /// 4 x 32 bytes in the order nip, name, unit, position.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ([nip, name, unit, position], []) = bytes.as_chunks::<32>() else {
            return None;
        };
        Some(Self {
            nip: *nip,
            name: *name,
            unit: *unit,
            position: *position,
        })
    }

    /// The same bytes again.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.nip, self.name, self.unit, self.position].concat()
    }
}

impl Shown {
    /// The values of a roster; an empty one is shown as `-`.
    pub fn of(nip: &str, name: &str, unit: &str, position: &str) -> Result<Self, ValueError> {
        let value = |text: &str| {
            if text.is_empty() {
                "-".parse()
            } else {
                text.parse()
            }
        };
        Ok(Self {
            nip: value(nip)?,
            name: value(name)?,
            unit: value(unit)?,
            position: value(position)?,
        })
    }

    /// The digests that a statement's commit is made of.
    pub fn digests(&self, salts: &Salts) -> Digests {
        Digests {
            nip: field_digest(&salts.nip, Field::Nip, &self.nip),
            name: field_digest(&salts.name, Field::Name, &self.name),
            unit: field_digest(&salts.unit, Field::Unit, &self.unit),
            position: field_digest(&salts.position, Field::Position, &self.position),
        }
    }

    /// The opening of all four fields.
    pub fn opening(
        &self,
        salts: &Salts,
        origin: Origin,
        election: Id,
        label: [u8; 32],
        person: Option<PersonOpening>,
    ) -> Opening {
        let open = |salt: [u8; 32], value: &FieldValue| FieldOpening::Open {
            salt,
            value: value.clone(),
        };
        Opening {
            origin,
            election,
            label,
            person,
            nip: open(salts.nip, &self.nip),
            name: open(salts.name, &self.name),
            unit: open(salts.unit, &self.unit),
            position: open(salts.position, &self.position),
        }
    }
}

/// The size of the log that a fresh statement names: what was published when this minute began, so that it tells nothing about
/// the signer; more only where what the signer needs (election, pact, roster) is younger. `None` while that is not published.
pub fn after_size(published: u64, at_minute: u64, needed: u64) -> Option<u64> {
    (needed <= published && published > 0).then(|| at_minute.max(needed).max(1).min(published))
}

/// Six digits of 64 random bits; the bias is below 2^-44.
pub fn six_digits(random: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
}

/// What was typed as a code, without the spaces and dashes people put in; `None` when it is not six digits.
pub fn typed_digits(typed: &str) -> Option<String> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_of_the_log_is_the_minutes_unless_something_needed_is_younger() {
        assert_eq!(after_size(100, 80, 10), Some(80));
        assert_eq!(after_size(100, 80, 90), Some(90));
        assert_eq!(after_size(100, 120, 10), Some(100));
        assert_eq!(after_size(100, 80, 101), None);
        assert_eq!(after_size(1, 0, 0), Some(1));
        assert_eq!(after_size(0, 0, 0), None);
    }

    #[test]
    fn codes_are_six_digits_however_they_are_typed() {
        assert_eq!(six_digits([0; 8]), "000000");
        assert_eq!(six_digits(1_234_567_u64.to_be_bytes()), "234567");
        assert_eq!(typed_digits(" 123-456 ").as_deref(), Some("123456"));
        for bad in ["", "12345", "1234567", "12345a", "\u{661}23456"] {
            assert_eq!(typed_digits(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_not_known_is_shown_as_a_dash() {
        let shown = Shown::of("199001012015041001", "Siti Rahmawati, S.E.", "Biro Umum", "").unwrap();
        assert_eq!(shown.position.as_str(), "-");
        assert!(Shown::of("1", "a\u{200B}b", "c", "d").is_err());
        assert_eq!(format!("{shown:?}"), "Shown(***)");
        assert!(Salts::from_bytes(&[0; 127]).is_none());
        let salts = Salts::from_bytes(&[7; 128]).unwrap();
        assert_eq!(salts.to_bytes(), [7; 128]);
    }
}
