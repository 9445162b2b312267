//! SHA-256 values and the two hashes of a Merkle tree. Absent: the tree's shape, which is `tree`.

use std::fmt;

use sha2::Digest;
use sha2::Sha256;
use thiserror::Error;

use crate::ledger::encoding::decode_base64_array;
use crate::ledger::encoding::decode_hex_array;
use crate::ledger::encoding::encode_base64;
use crate::ledger::encoding::encode_hex;

/// A SHA-256 value (FIPS 180-4). Prints as lower-case hex; checkpoints and proofs carry base64.
///
/// ```
/// use ikrar::ledger::hash::Hash;
/// use ikrar::ledger::hash::empty_root;
/// let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// assert_eq!(empty_root().to_string(), text);
/// assert_eq!(Hash::parse_hex(text)?, empty_root());
/// assert_eq!(Hash::parse_base64(&empty_root().to_base64())?, empty_root());
/// # Ok::<(), ikrar::ledger::hash::ParseHashError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// Why a text or a byte string is no [`Hash`](struct@Hash).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a SHA-256 value: want 32 bytes, as lower-case hex or canonical base64")]
pub struct ParseHashError;

impl Hash {
    /// 32 zero bytes: what stands for "none" where a hash is due, as in the first entry's `prev`.
    pub const ZERO: Self = Self([0; 32]);

    /// Takes the 32 bytes as they are.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes a slice that must be 32 bytes long, such as a database's column.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ParseHashError> {
        bytes.try_into().map(Self).or(Err(ParseHashError))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hex digits.
    pub fn parse_hex(text: &str) -> Result<Self, ParseHashError> {
        decode_hex_array(text).map(Self).or(Err(ParseHashError))
    }

    /// Reads 44 characters of padded base64.
    pub fn parse_base64(text: &str) -> Result<Self, ParseHashError> {
        decode_base64_array(text).map(Self).or(Err(ParseHashError))
    }

    /// Padded base64, as in checkpoints and proofs.
    pub fn to_base64(&self) -> String {
        encode_base64(&self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// SHA-256 of the parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    for part in parts {
        state.update(part);
    }
    Hash(state.finalize().into())
}

/// A leaf: SHA-256(0x00 ‖ entry) (RFC 6962 section 2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0x00], entry])
}

/// An inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 section 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[0x01], &left.0, &right.0])
}

/// The root of the tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1).
pub fn empty_root() -> Hash {
    sha256(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_of_certificate_transparency() {
        // The vectors that the Certificate Transparency reference code publishes for RFC 6962.
        let hex = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(leaf_hash(b"").to_string(), hex);
        let hex = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
        assert_eq!(node_hash(&leaf_hash(b""), &leaf_hash(&[0x00])).to_string(), hex);
    }

    #[test]
    fn only_one_text_for_a_hash() {
        let hash = leaf_hash(b"");
        assert_eq!(
            Hash::parse_hex(&hash.to_string().to_uppercase()),
            Err(ParseHashError)
        );
        assert_eq!(
            Hash::parse_base64(hash.to_base64().trim_end_matches('=')),
            Err(ParseHashError)
        );
        assert_eq!(Hash::from_slice(&[0; 31]), Err(ParseHashError));
        assert_eq!(Hash::from_slice(hash.as_bytes()), Ok(hash));
    }
}
