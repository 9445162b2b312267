//! The proof file: that an entry is in a log, checkable offline (C2SP tlog-proof). Absent: what the entry and `extra` say,
//! and which key to trust.

use std::fmt;

use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::encoding::decode_base64;
use crate::ledger::encoding::encode_base64;
use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::tree::ProofError;
use crate::ledger::tree::verify_inclusion;

/// A longer proof file is refused unread: a note, an entry in base64, and room for the hashes.
pub const PROOF_SIZE_BYTES_MAX: usize = 1_200_000;

/// A tree of 2^63 leaves needs no more.
const HASH_COUNT_MAX: usize = 63;

/// The first line, with the version.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Index, path and signed checkpoint of one entry. As text:
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// extra <base64>                    optional, not authenticated
/// index 73894
/// <base64 hash>                     none or more
///
/// <the checkpoint as it was signed>
/// ```
///
/// ```
/// use ed25519_dalek::SigningKey;
/// use ikrar::ledger::{checkpoint::Checkpoint, hash::leaf_hash, note::{KeyName, NoteSigner}, proof::Proof};
/// let (origin, leaf) = (KeyName::parse("example.com/log")?, leaf_hash(b"entry"));
/// let signer = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&[7; 32]))?;
/// let checkpoint_note = Checkpoint { origin, size: 1, root: leaf }.sign(&signer)?.to_string();
/// let proof = Proof { extra: None, index: 0, hashes: Vec::new(), checkpoint_note };
/// assert_eq!(Proof::parse(&proof.to_string())?, proof);
/// assert_eq!(proof.verify(signer.vkey(), &leaf)?.size, 1);
/// assert!(proof.verify(signer.vkey(), &leaf_hash(b"another")).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What the application adds. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's place in the log.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The note around the checkpoint, verbatim, with all signatures and cosignatures.
    pub checkpoint_note: String,
}

/// Why a proof file was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofFileError {
    /// Longer than [`PROOF_SIZE_BYTES_MAX`].
    #[error("the proof file is longer than {PROOF_SIZE_BYTES_MAX} bytes")]
    Size,
    /// Not the lines of a proof file, each printed the one way.
    #[error("not a c2sp.org/tlog-proof@v1 file")]
    Malformed,
    /// The checkpoint is none, or the key did not sign it.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the entry to the checkpoint.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

impl Proof {
    /// Reads a proof file. The note in it must be a note; who signed it, [`Proof::verify`] asks.
    pub fn parse(text: &str) -> Result<Self, ProofFileError> {
        if text.len() > PROOF_SIZE_BYTES_MAX {
            return Err(ProofFileError::Size);
        }
        let proof = Self::parse_option(text).ok_or(ProofFileError::Malformed)?;
        Note::parse(&proof.checkpoint_note).map_err(CheckpointError::Note)?;
        Ok(proof)
    }

    fn parse_option(text: &str) -> Option<Self> {
        let (head, checkpoint_note) = text.split_once("\n\n")?;
        let mut lines = head
            .strip_prefix(HEADER)?
            .strip_prefix('\n')?
            .split('\n')
            .peekable();
        let extra = match lines.peek()?.strip_prefix("extra ") {
            Some(extra) => {
                lines.next();
                Some(decode_base64(extra).ok()?)
            }
            None => None,
        };
        let index = parse_num(lines.next()?.strip_prefix("index ")?).ok()?;
        let hashes: Vec<Hash> = lines.map(Hash::parse_base64).collect::<Result<_, _>>().ok()?;
        let checkpoint_note = checkpoint_note.to_owned();
        (hashes.len() <= HASH_COUNT_MAX).then_some(Self {
            extra,
            index,
            hashes,
            checkpoint_note,
        })
    }

    /// Checks that the log's key signed the checkpoint and that `leaf` is in its tree; gives the checkpoint.
    pub fn verify(&self, vkey: &Vkey, leaf: &Hash) -> Result<Checkpoint, ProofFileError> {
        let checkpoint = Checkpoint::open(&self.checkpoint_note, vkey)?;
        verify_inclusion(&self.hashes, checkpoint.size, &checkpoint.root, self.index, leaf)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", encode_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint_note)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::hash::leaf_hash;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;
    use crate::ledger::tree::MemoryTree;
    use crate::ledger::tree::prove_inclusion;

    fn signer() -> NoteSigner {
        NoteSigner::new(
            KeyName::parse("example.com/log").unwrap(),
            SigningKey::from_bytes(&[3; 32]),
        )
        .unwrap()
    }

    fn leaf(index: u64) -> Hash {
        leaf_hash(&index.to_be_bytes())
    }

    fn proof(size: u64, index: u64, extra: Option<Vec<u8>>) -> Proof {
        let mut tree: MemoryTree = (0..size).map(leaf).collect();
        let origin = signer().vkey().name().clone();
        let checkpoint_note = Checkpoint {
            origin,
            size,
            root: tree.root(),
        }
        .sign(&signer())
        .unwrap()
        .to_string();
        Proof {
            extra,
            index,
            hashes: prove_inclusion(size, index, &mut tree).unwrap(),
            checkpoint_note,
        }
    }

    #[test]
    fn a_single_changed_byte_is_noticed() {
        let text = proof(6, 4, None).to_string();
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let verdict = Proof::parse(&changed).and_then(|proof| proof.verify(signer().vkey(), &leaf(4)));
            assert!(verdict.is_err(), "byte {place} of {text}");
        }
        assert_eq!(
            Proof::parse(&text)
                .unwrap()
                .verify(signer().vkey(), &leaf(4))
                .unwrap()
                .size,
            6
        );
    }

    #[test]
    fn other_texts_are_refused() {
        let text = proof(3, 1, Some(b"extra".to_vec())).to_string();
        let extra = format!("extra {}\n", encode_base64(b"extra"));
        for bad in [
            text.replace("@v1", "@v2"),
            text.replace("index 1", "index 01"),
            text.replace("index 1\n", ""),
            text.replace("index 1\n", &format!("index 1\n{extra}")),
            text.replace(&extra, &extra.repeat(2)),
            text.replace('\n', "\r\n"),
            text.replace("\n\n", "\n"),
            text.replace(
                "index 1\n",
                &format!("index 1\n{}", format!("{}\n", Hash::ZERO.to_base64()).repeat(62)),
            ),
        ] {
            assert!(Proof::parse(&bad).is_err(), "{bad}");
        }
        assert_eq!(
            Proof::parse(text.trim_end()),
            Err(ProofFileError::Checkpoint(CheckpointError::Note(
                crate::ledger::note::NoteError::Malformed
            )))
        );
        assert_eq!(
            Proof::parse(&"x".repeat(PROOF_SIZE_BYTES_MAX + 1)),
            Err(ProofFileError::Size)
        );
    }

    proptest! {
        #[test]
        fn proofs_come_back(size in 1u64..40, index: u64, extra: Option<Vec<u8>>) {
            let proof = proof(size, index % size, extra);
            prop_assert_eq!(Proof::parse(&proof.to_string()), Ok(proof.clone()));
            prop_assert!(proof.verify(signer().vkey(), &leaf(index % size)).is_ok());
        }

        #[test]
        fn arbitrary_texts_never_panic(text: String, behind: String) {
            for text in [text.clone(), format!("{HEADER}\n{text}"), format!("{HEADER}\nindex 0\n\n{text}\n\n{behind}")] {
                if let Ok(proof) = Proof::parse(&text) {
                    prop_assert_eq!(proof.to_string(), text);
                }
            }
        }
    }
}
