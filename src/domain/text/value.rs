//! Lives here: numbers, hex and base64 as they stand in our texts (docs/format.md §1). Absent: lines.

use thiserror::Error;

use crate::domain::text::ProseError;
use crate::ledger::encoding::decode_base64;
use crate::ledger::encoding::decode_hex_array;
use crate::ledger::encoding::encode_base64;
use crate::ledger::encoding::encode_hex;
use crate::ledger::encoding::parse_num;
use crate::ledger::hash::sha256;
use crate::ledger::key::verify_strict;

/// Why a value is not of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ValueError {
    /// Not `[a-z0-9][a-z0-9-]{0,62}`.
    #[error("not an id of a-z, 0-9 and - (63 at most)")]
    Id,
    /// Not a canonical decimal of at most 2^63 - 1.
    #[error("not a decimal number without sign or leading zero")]
    Num,
    /// Seconds that should be whole minutes.
    #[error("not a whole minute")]
    Minute,
    /// Not lower-case hex of the right length.
    #[error("not lower-case hex of the right length")]
    Hex,
    /// Not canonical base64, or of another length.
    #[error("not canonical base64 of the right length")]
    Base64,
    /// Not an origin.
    #[error("not an origin of a-z, 0-9 and ./_- (128 at most)")]
    Origin,
    /// Not a time-zone name.
    #[error("not a time-zone name")]
    Zone,
    /// Not a verifier key.
    #[error("not a verifier key")]
    Vkey,
    /// Prose that may not stand in a text.
    #[error(transparent)]
    Prose(#[from] ProseError),
    /// None of the words that may stand here.
    #[error("not one of the known words")]
    Word,
    /// Not a list of roles in ascending order.
    #[error("not roles in ascending order, joined by commas")]
    Roles,
    /// Not as many parts, separated by one space, as the line has.
    #[error("not as many parts as this line has")]
    Parts,
    /// The value holds a text of its own, which is malformed.
    #[error("holds a malformed text")]
    Inner,
}

/// A `num`: decimal, no sign, no leading zero, at most 2^63 - 1.
///
/// ```
/// use ikrar::domain::text::num;
/// assert_eq!(num("0"), Ok(0));
/// assert!(num("07").is_err() && num("+7").is_err() && num("9223372036854775808").is_err());
/// ```
pub fn num(text: &str) -> Result<u64, ValueError> {
    let value = parse_num(text).map_err(|_malformed| ValueError::Num)?;
    if i64::try_from(value).is_err() {
        return Err(ValueError::Num);
    }
    Ok(value)
}

/// `N` bytes as lower-case hex.
pub fn hex_array<const N: usize>(text: &str) -> Result<[u8; N], ValueError> {
    decode_hex_array(text).map_err(|_malformed| ValueError::Hex)
}

/// Bytes as base64 of RFC 4648 §4: padded, trailing bits zero, at least one byte.
pub fn base64_bytes(text: &str) -> Result<Vec<u8>, ValueError> {
    let bytes = decode_base64(text).map_err(|_malformed| ValueError::Base64)?;
    if bytes.is_empty() {
        Err(ValueError::Base64)
    } else {
        Ok(bytes)
    }
}

/// `N` bytes as base64 of RFC 4648 §4.
pub fn base64_array<const N: usize>(text: &str) -> Result<[u8; N], ValueError> {
    base64_bytes(text)?
        .try_into()
        .map_err(|_other_length| ValueError::Base64)
}

/// Lower-case hex.
pub fn print_hex(bytes: &[u8]) -> String {
    encode_hex(bytes)
}

/// Base64 of RFC 4648 §4, padded.
pub fn print_base64(bytes: &[u8]) -> String {
    encode_base64(bytes)
}

/// SHA-256 of the parts, one after the other.
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    *sha256(parts).as_bytes()
}

/// Strict Ed25519 (docs/format.md §1).
pub(crate) fn verifies(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    verify_strict(key, message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        assert_eq!(hex_array::<2>("00ff"), Ok([0, 255]));
        for bad in ["00FF", "00f", "00ff0", "", "0x00", "00 ff"] {
            assert_eq!(hex_array::<2>(bad), Err(ValueError::Hex), "{bad:?}");
        }
        assert_eq!(base64_array::<1>("AA=="), Ok([0]));
        for bad in ["AB==", "AA", "AA=", "AA==\n", "AAA=", "", "-_==", " AA=="] {
            assert_eq!(base64_array::<1>(bad), Err(ValueError::Base64), "{bad:?}");
        }
        assert_eq!(num("9223372036854775807"), Ok(9_223_372_036_854_775_807));
        for bad in ["", "-1", "1.0", " 1", "1 ", "00", "18446744073709551616", "٣"] {
            assert_eq!(num(bad), Err(ValueError::Num), "{bad:?}");
        }
    }
}
