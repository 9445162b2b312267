//! Strict hex, base64 and decimal: exactly one text for each value. Absent: lenient reading, which no signed byte may need.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

/// The largest number a text may carry, 2^63 - 1: what both databases and Go's `int64` can hold.
pub const NUM_MAX: u64 = u64::MAX >> 1;

/// Why a hex, base64 or decimal text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// Not lower-case hex of the wanted length.
    #[error("not lower-case hex of the wanted length")]
    Hex,
    /// Not canonical base64 of the wanted length (RFC 4648 section 4, or section 5 where url-safe).
    #[error("not canonical base64 of the wanted length")]
    Base64,
    /// Not a canonical decimal of at most 2^63 - 1.
    #[error("not a decimal number without leading zero, at most 2^63 - 1")]
    Num,
}

/// Lower-case hex.
///
/// ```
/// assert_eq!(ikrar::ledger::encoding::encode_hex(&[0x0a, 0xff]), "0aff");
/// ```
pub fn encode_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)])
        .collect()
}

/// Reads lower-case hex; upper case and odd lengths are refused.
///
/// ```
/// use ikrar::ledger::encoding::decode_hex;
/// assert_eq!(decode_hex("0aff"), Ok(vec![0x0a, 0xff]));
/// assert!(decode_hex("0AFF").is_err());
/// ```
pub fn decode_hex(text: &str) -> Result<Vec<u8>, EncodingError> {
    let nibble = |c: &u8| match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(EncodingError::Hex),
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(EncodingError::Hex);
    }
    pairs
        .iter()
        .map(|[high, low]| Ok(nibble(high)? << 4 | nibble(low)?))
        .collect()
}

/// Reads lower-case hex of exactly `N` bytes.
pub fn decode_hex_array<const N: usize>(text: &str) -> Result<[u8; N], EncodingError> {
    decode_hex(text)?.try_into().or(Err(EncodingError::Hex))
}

/// Standard base64 with padding (RFC 4648 section 4).
pub fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64: padding required, trailing bits zero, no white space.
///
/// ```
/// use ikrar::ledger::encoding::decode_base64;
/// assert_eq!(decode_base64("AQ=="), Ok(vec![1]));
/// assert!(decode_base64("AQ").is_err());
/// assert!(decode_base64("AR==").is_err());
/// ```
pub fn decode_base64(text: &str) -> Result<Vec<u8>, EncodingError> {
    match STANDARD.decode(text) {
        Ok(bytes) if STANDARD.encode(&bytes) == text => Ok(bytes),
        _ => Err(EncodingError::Base64),
    }
}

/// Reads standard base64 of exactly `N` bytes.
pub fn decode_base64_array<const N: usize>(text: &str) -> Result<[u8; N], EncodingError> {
    decode_base64(text)?.try_into().or(Err(EncodingError::Base64))
}

/// Url-safe base64 without padding (RFC 4648 section 5), for addresses and QR codes.
pub fn encode_base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads url-safe base64: no padding, trailing bits zero.
pub fn decode_base64url(text: &str) -> Result<Vec<u8>, EncodingError> {
    match URL_SAFE_NO_PAD.decode(text) {
        Ok(bytes) if URL_SAFE_NO_PAD.encode(&bytes) == text => Ok(bytes),
        _ => Err(EncodingError::Base64),
    }
}

/// Reads a `num`: decimal, no sign, no leading zero but `0`, at most [`NUM_MAX`].
///
/// ```
/// use ikrar::ledger::encoding::parse_num;
/// assert_eq!(parse_num("109482"), Ok(109_482));
/// assert!(parse_num("007").is_err());
/// assert!(parse_num("+7").is_err());
/// assert!(parse_num("9223372036854775808").is_err());
/// ```
pub fn parse_num(text: &str) -> Result<u64, EncodingError> {
    match text.parse::<u64>() {
        Ok(number) if number <= NUM_MAX && number.to_string() == text => Ok(number),
        _ => Err(EncodingError::Num),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_byte_string_comes_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode_hex(&encode_hex(&bytes)), Ok(bytes.clone()));
            prop_assert_eq!(decode_base64(&encode_base64(&bytes)), Ok(bytes.clone()));
            prop_assert_eq!(decode_base64url(&encode_base64url(&bytes)), Ok(bytes));
        }

        #[test]
        fn what_is_read_prints_the_same(text in "[0-9a-fA-F+/=_-]{0,12}") {
            if let Ok(bytes) = decode_hex(&text) {
                prop_assert_eq!(encode_hex(&bytes), text.clone());
            }
            if let Ok(bytes) = decode_base64(&text) {
                prop_assert_eq!(encode_base64(&bytes), text.clone());
            }
            if let Ok(bytes) = decode_base64url(&text) {
                prop_assert_eq!(encode_base64url(&bytes), text.clone());
            }
            if let Ok(number) = parse_num(&text) {
                prop_assert_eq!(number.to_string(), text);
            }
        }
    }

    #[test]
    fn arrays_demand_their_length() {
        assert_eq!(decode_hex_array::<2>("0aff"), Ok([0x0a, 0xff]));
        assert_eq!(decode_hex_array::<3>("0aff"), Err(EncodingError::Hex));
        assert_eq!(decode_base64_array::<1>("AQ=="), Ok([1]));
        assert_eq!(decode_base64_array::<2>("AQ=="), Err(EncodingError::Base64));
    }

    #[test]
    fn numbers_stop_at_the_signed_limit() {
        assert_eq!(parse_num("9223372036854775807"), Ok(NUM_MAX));
        assert_eq!(parse_num("0"), Ok(0));
        assert!(
            ["", "-0", " 1", "00", "1 "]
                .iter()
                .all(|text| parse_num(text).is_err())
        );
    }
}
