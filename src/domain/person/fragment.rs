//! Lives here: the fragment of a receipt's QR code, which opens name and unit and which no server sees (docs/format.md
//! §6): `o1.<A>.<name>.<unit>`. Absent: the address before it.

use thiserror::Error;

use crate::domain::person::Field;
use crate::domain::person::FieldOpening;
use crate::domain::person::FieldValue;
use crate::domain::person::Opening;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::ledger::encoding::decode_base64url;
use crate::ledger::encoding::encode_base64url;

/// Why a fragment is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FragmentError {
    /// Not `o1.` and three parts.
    #[error("not `o1.` and three parts")]
    Form,
    /// A part is not base64url without padding, or of the wrong length.
    #[error("a part is not base64url of the right length")]
    Base64,
    /// Name or unit are not words that could have been signed.
    #[error("name or unit may not stand in a statement")]
    Words,
}

/// What a fragment holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Digest of the NIP, kept closed.
    pub nip_digest: [u8; 32],
    /// Digest of the position, kept closed.
    pub position_digest: [u8; 32],
    /// Salt of the name.
    pub name_salt: [u8; 32],
    /// Salt of the unit.
    pub unit_salt: [u8; 32],
    /// The name.
    pub name: FieldValue,
    /// The unit.
    pub unit: FieldValue,
}

impl Fragment {
    /// The fragment of an opening; `None` when name or unit are closed in it.
    pub fn of(opening: &Opening) -> Option<Self> {
        match (&opening.name, &opening.unit) {
            (
                FieldOpening::Open {
                    salt: name_salt,
                    value: name,
                },
                FieldOpening::Open {
                    salt: unit_salt,
                    value: unit,
                },
            ) => Some(Self {
                nip_digest: opening.nip.digest(Field::Nip),
                position_digest: opening.position.digest(Field::Position),
                name_salt: *name_salt,
                unit_salt: *unit_salt,
                name: name.clone(),
                unit: unit.clone(),
            }),
            _ => None,
        }
    }

    /// The opening it stands for, once the entry has told the rest.
    pub fn opening(&self, origin: Origin, election: Id, label: [u8; 32]) -> Opening {
        Opening {
            origin,
            election,
            label,
            person: None,
            nip: FieldOpening::Closed(self.nip_digest),
            name: FieldOpening::Open {
                salt: self.name_salt,
                value: self.name.clone(),
            },
            unit: FieldOpening::Open {
                salt: self.unit_salt,
                value: self.unit.clone(),
            },
            position: FieldOpening::Closed(self.position_digest),
        }
    }

    /// The text after `#`.
    pub fn encode(&self) -> String {
        let fixed = [
            self.nip_digest,
            self.position_digest,
            self.name_salt,
            self.unit_salt,
        ]
        .concat();
        format!(
            "o1.{}.{}.{}",
            encode_base64url(&fixed),
            encode_base64url(self.name.as_str().as_bytes()),
            encode_base64url(self.unit.as_str().as_bytes())
        )
    }

    /// Reads the text after `#`; only what [`Fragment::encode`] makes is accepted.
    pub fn decode(text: &str) -> Result<Self, FragmentError> {
        let mut parts = text.split('.');
        let (Some("o1"), Some(fixed), Some(name), Some(unit), None) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            return Err(FragmentError::Form);
        };
        let fixed: [u8; 128] = decode(fixed)?
            .try_into()
            .map_err(|_other_length| FragmentError::Base64)?;
        let mut chunks = fixed.as_chunks::<32>().0.iter().copied();
        let mut next = || chunks.next().ok_or(FragmentError::Base64);
        Ok(Self {
            nip_digest: next()?,
            position_digest: next()?,
            name_salt: next()?,
            unit_salt: next()?,
            name: words(name)?,
            unit: words(unit)?,
        })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, FragmentError> {
    decode_base64url(part).map_err(|_malformed| FragmentError::Base64)
}

fn words(part: &str) -> Result<FieldValue, FragmentError> {
    let text = String::from_utf8(decode(part)?).map_err(|_not_utf8| FragmentError::Words)?;
    text.parse().map_err(|_not_prose| FragmentError::Words)
}
