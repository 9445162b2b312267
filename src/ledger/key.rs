//! Ed25519 as this log understands it: strict. Absent: signing, and where keys come from.

use ed25519_dalek::Signature;
use ed25519_dalek::VerifyingKey;
use thiserror::Error;

/// Why a public key or a signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The key is not the canonical encoding of a curve point.
    #[error("the public key is not a canonical Ed25519 key")]
    MalformedKey,
    /// The key is of small order: nearly any signature would pass under it.
    #[error("the public key is weak")]
    WeakKey,
    /// The signature is malformed or not of this key and message.
    #[error("the signature does not verify")]
    Invalid,
}

/// Accepts a public key that is canonical (RFC 8032 section 5.1.3) and not of small order.
pub fn check_key(public: &[u8; 32]) -> Result<(), SignatureError> {
    strict_key(public).map(|_| ())
}

/// Verifies a signature strictly: key and R canonical and not of small order, s reduced, equation without cofactor.
///
/// ```
/// use ed25519_dalek::{Signer, SigningKey};
/// use ikrar::ledger::key::verify_strict;
/// let key = SigningKey::from_bytes(&[7; 32]);
/// let signature = key.sign(b"text").to_bytes();
/// let public = key.verifying_key().to_bytes();
/// assert!(verify_strict(&public, b"text", &signature).is_ok());
/// assert!(verify_strict(&public, b"other", &signature).is_err());
/// ```
pub fn verify_strict(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureError> {
    let key = strict_key(public)?;
    let signature = Signature::from_bytes(signature);
    // dalek compares the recomputed R with the bytes of R, so a second encoding of the same point fails too.
    key.verify_strict(message, &signature)
        .or(Err(SignatureError::Invalid))
}

/// Reads a key. dalek reduces the y coordinate, hence the comparison with what the point prints to.
fn strict_key(public: &[u8; 32]) -> Result<VerifyingKey, SignatureError> {
    let key = VerifyingKey::from_bytes(public).or(Err(SignatureError::MalformedKey))?;
    if key.to_edwards().compress().as_bytes() != public {
        return Err(SignatureError::MalformedKey);
    }
    if key.is_weak() {
        return Err(SignatureError::WeakKey);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signer;
    use ed25519_dalek::SigningKey;
    use ed25519_dalek::Verifier;

    use super::*;

    /// y = 1: the identity point.
    fn identity() -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[0] = 1;
        bytes
    }

    #[test]
    fn identity_key_signs_nothing() {
        // key = identity, R = identity, s = 0 satisfies the equation for every message; lenient verifiers accept it.
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&identity());
        let lenient = VerifyingKey::from_bytes(&identity()).unwrap();
        assert!(
            lenient
                .verify(b"anything", &Signature::from_bytes(&signature))
                .is_ok()
        );
        assert_eq!(
            verify_strict(&identity(), b"anything", &signature),
            Err(SignatureError::WeakKey)
        );
    }

    #[test]
    fn small_order_key_is_weak() {
        // y = 0 is of order 4, y = -1 of order 2.
        let mut minus_one = [0xff; 32];
        minus_one[0] = 0xec;
        minus_one[31] = 0x7f;
        assert_eq!(check_key(&[0; 32]), Err(SignatureError::WeakKey));
        assert_eq!(check_key(&minus_one), Err(SignatureError::WeakKey));
    }

    #[test]
    fn second_encoding_of_a_point_is_malformed() {
        // y = p + 1 is y = 1 again; y = 1 with the sign bit is the identity a third time.
        let mut unreduced = [0xff; 32];
        unreduced[0] = 0xee;
        unreduced[31] = 0x7f;
        let mut negative_zero = identity();
        negative_zero[31] = 0x80;
        assert_eq!(check_key(&unreduced), Err(SignatureError::MalformedKey));
        assert_eq!(check_key(&negative_zero), Err(SignatureError::MalformedKey));
    }

    #[test]
    fn small_order_r_and_unreduced_s_are_refused() {
        let key = SigningKey::from_bytes(&[9; 32]);
        let public = key.verifying_key().to_bytes();
        let good = key.sign(b"text").to_bytes();
        assert_eq!(verify_strict(&public, b"text", &good), Ok(()));

        // R = identity and s = H(R, A, text) * a: the equation holds, and a lenient verifier accepts it.
        let scalar = "38406212c30d0c5817f47ba1b185eabf9f9d5f34b4ed2c58c00a435c67f6d204";
        let scalar = crate::ledger::encoding::decode_hex_array::<32>(scalar).unwrap();
        let mut small_r = [0; 64];
        small_r[..32].copy_from_slice(&identity());
        small_r[32..].copy_from_slice(&scalar);
        assert!(
            key.verifying_key()
                .verify(b"text", &Signature::from_bytes(&small_r))
                .is_ok()
        );
        assert_eq!(
            verify_strict(&public, b"text", &small_r),
            Err(SignatureError::Invalid)
        );

        // s + L, the group order, is the same scalar in another dress.
        let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
        let order = crate::ledger::encoding::decode_hex_array::<32>(order).unwrap();
        let mut unreduced = good;
        let mut carry = 0u16;
        for (byte, add) in unreduced[32..].iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert_eq!(
            verify_strict(&public, b"text", &unreduced),
            Err(SignatureError::Invalid)
        );
    }

    #[test]
    fn any_flipped_bit_fails() {
        let key = SigningKey::from_bytes(&[9; 32]);
        let public = key.verifying_key().to_bytes();
        let good = key.sign(b"text").to_bytes();
        for bit in 0..512 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(verify_strict(&public, b"text", &bad).is_err(), "bit {bit}");
        }
    }
}
