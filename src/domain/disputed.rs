//! Lives here: a signature that somebody says is not theirs, as it is brought to a witness: the proof file of its entry.
//!
//! It shows that the signature is in the log, and nothing about who brings it: proofs are public. Absent: the dispute in the
//! ledger ([`crate::domain::entry::Dispute`]), keeping what was brought.

use thiserror::Error;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::receipt::parse_receipt;
use crate::domain::text::TextError;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::cosignature::CosignatureError;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::only_signed_by;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::equivocation::Leaf;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::Note;
use crate::ledger::proof::Proof;
use crate::ledger::proof::ProofFileError;
use crate::ledger::tree::ProofError;
use crate::ledger::tree::verify_inclusion;

/// A signature's entry that a log's key vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    /// The entry's index.
    pub index: u64,
    /// The entry's leaf in the checkpoint's tree.
    pub leaf: Leaf,
    /// The checkpoint as the log signed it, with no other lines.
    pub note: Note,
    /// What it says.
    pub checkpoint: Checkpoint,
    extra: Vec<u8>,
}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DisputedError {
    /// No proof file.
    #[error(transparent)]
    File(#[from] ProofFileError),
    /// No receipt in it.
    #[error("the proof file carries no receipt")]
    Receipt,
    /// What the receipt holds is no entry.
    #[error(transparent)]
    Entry(#[from] TextError),
    /// Nobody's signature.
    #[error("the receipt's entry is no signature of a person")]
    Kind,
    /// The checkpoint in it is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// No key of the log signed the checkpoint, or it is of another log.
    #[error("no key of this log signed the checkpoint in the proof file")]
    NotSigned,
    /// A line of a key of the log does not verify.
    #[error(transparent)]
    Signature(#[from] CosignatureError),
    /// The entry is not in the checkpoint's tree.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

impl Disputed {
    /// Reads a proof file; `keys` are those of the log that it has to be of.
    pub fn parse(file: &[u8], keys: &[LogKey]) -> Result<Self, DisputedError> {
        let text = std::str::from_utf8(file).or(Err(ProofFileError::Malformed))?;
        let proof = Proof::parse(text)?;
        let extra = proof.extra.ok_or(DisputedError::Receipt)?;
        let bytes = parse_receipt(&extra).ok_or(DisputedError::Receipt)?;
        let Body::Signature(_) = Entry::parse(bytes)?.body else {
            return Err(DisputedError::Kind);
        };
        let (note, checkpoint) = parse_checkpoint_note(&proof.checkpoint_note)?;
        if keys.iter().any(|key| *key.name() != checkpoint.origin) {
            return Err(DisputedError::NotSigned);
        }
        let note = only_signed_by(keys, &note)?.ok_or(DisputedError::NotSigned)?;
        let (size, root, hash) = (checkpoint.size, checkpoint.root, leaf_hash(bytes));
        verify_inclusion(&proof.hashes, size, &root, proof.index, &hash)?;
        let path = proof.hashes;
        Ok(Self {
            index: proof.index,
            leaf: Leaf { hash, path },
            note,
            checkpoint,
            extra,
        })
    }

    /// The proof file with the log's signatures alone.
    pub fn print(&self) -> String {
        let proof = Proof {
            extra: Some(self.extra.clone()),
            index: self.index,
            hashes: self.leaf.path.clone(),
            checkpoint_note: self.note.to_string(),
        };
        proof.to_string()
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::domain::receipt::print_receipt;
    use crate::ledger::hash::Hash;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(KeyName::parse(name).unwrap(), SigningKey::from_bytes(&[seed; 32])).unwrap()
    }

    fn proof(entry: &[u8], signer: &NoteSigner) -> Proof {
        let checkpoint = Checkpoint {
            origin: signer.vkey().name().clone(),
            size: 1,
            root: leaf_hash(entry),
        };
        Proof {
            extra: Some(print_receipt(entry)),
            index: 0,
            hashes: Vec::new(),
            checkpoint_note: checkpoint.sign(signer).unwrap().to_string(),
        }
    }

    /// An entry of the known answers.
    fn entry(kind: &str) -> Vec<u8> {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/entry.json")).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        let case = cases.iter().find(|case| case["name"] == kind).unwrap();
        case["entry"].as_str().unwrap().as_bytes().to_vec()
    }

    #[test]
    fn a_signatures_proof_is_read_and_lines_of_strangers_are_left_out() {
        let log = signer("example.com/log", 1);
        let keys = [LogKey::from(log.vkey().clone())];
        let plain = proof(&entry("signature"), &log);
        let read = Disputed::parse(plain.to_string().as_bytes(), &keys).unwrap();
        assert_eq!((read.index, read.print()), (0, plain.to_string()));
        let mut decorated = plain.clone();
        let line = signer("example.com/stranger", 2).signature("anything\n");
        decorated.checkpoint_note = Note::parse(&plain.checkpoint_note)
            .unwrap()
            .with(line)
            .unwrap()
            .to_string();
        assert_eq!(Disputed::parse(decorated.to_string().as_bytes(), &keys), Ok(read));
    }

    #[test]
    fn anything_else_is_refused() {
        let log = signer("example.com/log", 1);
        let keys = [LogKey::from(log.vkey().clone())];
        let read = |proof: &Proof| Disputed::parse(proof.to_string().as_bytes(), &keys).unwrap_err();
        let good = proof(&entry("signature"), &log);
        assert_eq!(read(&proof(&entry("close"), &log)), DisputedError::Kind);
        assert_eq!(
            read(&proof(&entry("signature"), &signer("example.com/log", 2))),
            DisputedError::NotSigned
        );
        assert_eq!(
            read(&proof(&entry("signature"), &signer("example.com/other", 1))),
            DisputedError::NotSigned
        );
        let bare = Proof {
            extra: None,
            ..good.clone()
        };
        assert_eq!(read(&bare), DisputedError::Receipt);
        let elsewhere = Proof {
            hashes: vec![Hash::ZERO],
            ..good.clone()
        };
        assert!(matches!(read(&elsewhere), DisputedError::Inclusion(_)));
        for place in 0..good.to_string().len() {
            let mut bytes = good.to_string().into_bytes();
            bytes[place] ^= 1;
            assert!(Disputed::parse(&bytes, &keys).is_err(), "byte {place}");
        }
    }
}
