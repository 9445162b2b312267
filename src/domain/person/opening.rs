//! Lives here: the opening, a person's private file that shows whom a label and a commit stand for (docs/format.md §6).
//! Absent: the entry it belongs to; checking that is the caller's.

use crate::domain::person::Digests;
use crate::domain::person::Field;
use crate::domain::person::FieldValue;
use crate::domain::person::PersonNumber;
use crate::domain::person::commit;
use crate::domain::person::field_digest;
use crate::domain::person::label;
use crate::domain::statement::Statement;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::Writer;
use crate::domain::text::hex_array;
use crate::domain::text::pair;
use crate::domain::text::print_hex;

const FIRST_LINE: &str = "ikrar/opening/v1";

/// One field of an opening: shown, or kept closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldOpening {
    /// Shown: salt and value.
    Open {
        /// The field's own salt.
        salt: [u8; 32],
        /// What it holds.
        value: FieldValue,
    },
    /// Kept closed: the digest alone.
    Closed([u8; 32]),
}

impl FieldOpening {
    /// The field's digest, computed when it is shown.
    pub fn digest(&self, field: Field) -> [u8; 32] {
        match self {
            Self::Open { salt, value } => field_digest(salt, field, value),
            Self::Closed(digest) => *digest,
        }
    }

    /// The value, when it is shown.
    pub fn value(&self) -> Option<&FieldValue> {
        match self {
            Self::Open { value, .. } => Some(value),
            Self::Closed(_) => None,
        }
    }

    /// The same field, kept closed.
    #[must_use]
    pub fn close(&self, field: Field) -> Self {
        Self::Closed(self.digest(field))
    }
}

/// The person's number and the label's salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonOpening {
    /// NIP or NI PPPK.
    pub number: PersonNumber,
    /// The label's salt, made at import.
    pub salt: [u8; 32],
}

/// A person's private file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The log.
    pub origin: Origin,
    /// The election.
    pub election: Id,
    /// The label.
    pub label: [u8; 32],
    /// Whom the label stands for; may be left out.
    pub person: Option<PersonOpening>,
    /// NIP.
    pub nip: FieldOpening,
    /// Name.
    pub name: FieldOpening,
    /// Unit.
    pub unit: FieldOpening,
    /// Position.
    pub position: FieldOpening,
}

/// What an opening shows about a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningCheck {
    /// Origin, election and label are the statement's.
    pub same_statement: bool,
    /// Label and fields give the statement's commit.
    pub commit: bool,
    /// The person's number and salt give the label, and agree with an opened NIP; `None` when not shown.
    pub person: Option<bool>,
}

impl OpeningCheck {
    /// Everything that is shown is true.
    pub fn holds(self) -> bool {
        self.same_statement && self.commit && self.person != Some(false)
    }
}

impl Opening {
    /// Reads an opening; only the bytes that [`Opening::print`] makes are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        let mut reader = Reader::open(bytes, FIRST_LINE)?;
        let opening = Self {
            origin: reader.read("origin", str::parse)?,
            election: reader.read("election", str::parse)?,
            label: reader.read("label", hex_array)?,
            person: reader.read_if("person", |value| {
                let (number, salt) = pair(value)?;
                Ok(PersonOpening {
                    number: number.parse()?,
                    salt: hex_array(salt)?,
                })
            })?,
            nip: read_field(&mut reader, Field::Nip)?,
            name: read_field(&mut reader, Field::Name)?,
            unit: read_field(&mut reader, Field::Unit)?,
            position: read_field(&mut reader, Field::Position)?,
        };
        reader.finish()?;
        Ok(opening)
    }

    /// The opening's bytes.
    pub fn print(&self) -> Vec<u8> {
        let mut writer = Writer::open(FIRST_LINE)
            .line("origin", &self.origin)
            .line("election", &self.election)
            .line("label", print_hex(&self.label));
        if let Some(PersonOpening { number, salt }) = &self.person {
            writer = writer.line("person", format_args!("{number} {}", print_hex(salt)));
        }
        for field in Field::ALL {
            let name = field.as_str();
            writer = match self.field(field) {
                FieldOpening::Open { salt, value } => {
                    writer.line("field", format_args!("{name} {} {value}", print_hex(salt)))
                }
                FieldOpening::Closed(digest) => {
                    writer.line("digest", format_args!("{name} {}", print_hex(digest)))
                }
            };
        }
        writer.finish()
    }

    /// One of the four fields.
    pub fn field(&self, field: Field) -> &FieldOpening {
        match field {
            Field::Nip => &self.nip,
            Field::Name => &self.name,
            Field::Unit => &self.unit,
            Field::Position => &self.position,
        }
    }

    /// The digests of the four fields.
    pub fn digests(&self) -> Digests {
        Digests {
            nip: self.nip.digest(Field::Nip),
            name: self.name.digest(Field::Name),
            unit: self.unit.digest(Field::Unit),
            position: self.position.digest(Field::Position),
        }
    }

    /// The commit that label and fields give.
    pub fn commit(&self) -> [u8; 32] {
        commit(&self.label, &self.digests())
    }

    /// Compares with a statement whose signature the caller has verified.
    pub fn check(&self, statement: &Statement) -> OpeningCheck {
        OpeningCheck {
            same_statement: self.origin == statement.origin
                && self.election == statement.election
                && self.label == statement.label,
            commit: self.commit() == statement.commit,
            person: self.person.as_ref().map(|person| {
                let agrees = self
                    .nip
                    .value()
                    .is_none_or(|nip| nip.as_str() == person.number.as_str());
                agrees && label(&person.salt, &self.origin, &self.election, &person.number) == self.label
            }),
        }
    }

    /// The same opening without the person's number: name, unit and position as they are, the NIP closed.
    #[must_use]
    pub fn without_number(&self) -> Self {
        Self {
            person: None,
            nip: self.nip.close(Field::Nip),
            ..self.clone()
        }
    }
}

fn read_field(reader: &mut Reader<'_>, field: Field) -> Result<FieldOpening, TextError> {
    let named = |value: &'_ str| -> Result<String, ValueError> {
        let (name, rest) = pair(value)?;
        if name == field.as_str() {
            Ok(rest.to_owned())
        } else {
            Err(ValueError::Word)
        }
    };
    let opened = reader.read_if("field", |line| {
        let rest = named(line)?;
        let (salt, value) = pair(&rest)?;
        Ok(FieldOpening::Open {
            salt: hex_array(salt)?,
            value: value.parse()?,
        })
    })?;
    match opened {
        Some(opened) => Ok(opened),
        None => reader.read("digest", |line| {
            Ok(FieldOpening::Closed(hex_array(&named(line)?)?))
        }),
    }
}
