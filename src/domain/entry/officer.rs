//! Lives here: `genesis` and `officer`, which say whose keys may author what. Absent: the officers' accounts.

use crate::domain::role::Roles;
use crate::domain::text::Origin;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::ValueError;
use crate::domain::text::VkeyText;
use crate::domain::text::Writer;
use crate::domain::text::base64_array;
use crate::domain::text::hex_array;
use crate::domain::text::pair;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;

/// The most officers that `genesis` may name.
pub const FIRST_OFFICERS_MAX: usize = 16;

/// The log begins: its name, its key, its first officers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// The log's name.
    pub origin: Origin,
    /// The log's verifier key.
    pub vkey: VkeyText,
    /// The first officers' keys and roles, ascending by key.
    pub officers: Vec<([u8; 32], Roles)>,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Genesis {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        let origin = reader.read("origin", str::parse)?;
        let vkey = reader.read("vkey", str::parse)?;
        let mut officers = Vec::new();
        while let Some(officer) = reader.read_if("officer", |value| {
            let (key, roles) = pair(value)?;
            Ok((base64_array(key)?, roles.parse()?))
        })? {
            officers.push(officer);
        }
        Ok(Self {
            origin,
            vkey,
            officers,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn check(&self) -> Result<(), TextError> {
        if !(1..=FIRST_OFFICERS_MAX).contains(&self.officers.len()) {
            return Err(TextError::Rule("genesis names 1 to 16 officers"));
        }
        if !self.officers.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(TextError::Rule(
                "officers are not in ascending order of their keys",
            ));
        }
        Ok(())
    }

    pub(super) fn print(&self) -> Writer {
        Writer::lines()
            .line("origin", &self.origin)
            .line("vkey", &self.vkey)
            .each("officer", &self.officers, |(key, roles)| {
                format!("{} {roles}", print_base64(key))
            })
            .line("nonce", print_hex(&self.nonce))
    }
}

/// An officer's key gets these roles from now on; none: the key ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// The key.
    pub key: [u8; 32],
    /// Its roles.
    pub roles: Option<Roles>,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Officer {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(Self {
            key: reader.read("key", base64_array)?,
            roles: reader.read("roles", |value| -> Result<_, ValueError> {
                if value == "none" {
                    Ok(None)
                } else {
                    value.parse().map(Some)
                }
            })?,
            nonce: reader.read("nonce", hex_array)?,
        })
    }

    pub(super) fn print(&self) -> Writer {
        let roles = self
            .roles
            .map_or_else(|| "none".to_owned(), |roles| roles.to_string());
        Writer::lines()
            .line("key", print_base64(&self.key))
            .line("roles", roles)
            .line("nonce", print_hex(&self.nonce))
    }
}
