//! The equivocation file: two checkpoints of one log key that cannot both be true. Absent: finding them, and whose fault it is.

use std::fmt;

use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::cosignature::CosignatureError;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::encoding::decode_base64;
use crate::ledger::encoding::encode_base64;
use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::note::Note;
use crate::ledger::tree::ProofError;
use crate::ledger::tree::verify_inclusion;

#[cfg(test)]
mod tests;

/// The first line, with the version.
pub const HEADER: &str = "ikrar/equivocation/v1";

/// A longer file is refused unread: two checkpoints with a few dozen signatures each, and two paths.
pub const EQUIVOCATION_SIZE_BYTES_MAX: usize = 1_200_000;

/// A tree of 2^63 leaves needs no more.
const PATH_LENGTH_MAX: usize = 63;

/// Why a file is no equivocation file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EquivocationFileError {
    /// Longer than [`EQUIVOCATION_SIZE_BYTES_MAX`].
    #[error("the equivocation file is longer than {EQUIVOCATION_SIZE_BYTES_MAX} bytes")]
    Size,
    /// Not the lines of such a file, each printed the one way.
    #[error("not an {HEADER} file")]
    Malformed,
    /// One of the two is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Why a file that reads well proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InnocentError {
    /// A checkpoint names another origin than the key.
    #[error("a checkpoint is of another log than the key")]
    Origin,
    /// The key did not sign one of them.
    #[error("the key did not sign both checkpoints")]
    NotSigned,
    /// A line of the key does not verify.
    #[error(transparent)]
    Signature(#[from] CosignatureError),
    /// Same size and same root, or different sizes and no leaf to compare.
    #[error("the two checkpoints can both be true")]
    Compatible,
    /// Both trees have the same leaf there.
    #[error("both trees have the same leaf at this index")]
    SameLeaf,
    /// A leaf does not lie in its tree.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

/// What one of the trees has at the index in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The leaf's hash.
    pub hash: Hash,
    /// Its inclusion proof, from the sibling up.
    pub path: Vec<Hash>,
}

/// Two different leaves at one index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafConflict {
    /// The index.
    pub index: u64,
    /// The leaf in the tree of each checkpoint, in their order.
    pub leaves: [Leaf; 2],
}

/// Two signed checkpoints and what makes them contradict. As text:
///
/// ```text
/// ikrar/equivocation/v1
/// log <vkey>
/// checkpoint <base64 of the note>
/// checkpoint <base64 of the note>
/// index <n>                          only where the sizes differ, with these:
/// leaf <base64 hash>
/// path <base64 hash>                 none or more
/// leaf <base64 hash>
/// path <base64 hash>                 none or more
/// ```
///
/// ```
/// use ed25519_dalek::SigningKey;
/// use ikrar::ledger::{checkpoint::Checkpoint, equivocation::Equivocation, hash::leaf_hash, note::{KeyName, NoteSigner}};
/// let origin = KeyName::parse("example.com/log")?;
/// let signer = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&[7; 32]))?;
/// let note = |entry: &[u8]| Checkpoint { origin: origin.clone(), size: 1, root: leaf_hash(entry) }.sign(&signer);
/// let found = Equivocation::same_size(signer.vkey().clone(), note(b"one")?, note(b"two")?);
/// let [first, second] = Equivocation::parse(&found.to_string())?.judge()?;
/// assert!(first.size == second.size && first.root != second.root);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivocation {
    /// The log's key, as the file claims it: whether it is the log's, the reader must know.
    pub key: LogKey,
    /// The checkpoints with all their signatures.
    pub notes: [Note; 2],
    /// What differs, where the sizes do.
    pub conflict: Option<LeafConflict>,
}

impl Equivocation {
    /// Two checkpoints of one size.
    pub fn same_size(key: impl Into<LogKey>, first: Note, second: Note) -> Self {
        Self {
            key: key.into(),
            notes: [first, second],
            conflict: None,
        }
    }

    /// The proof that one of a log's keys signed both notes and that they contradict; `None` where nothing is proved, also where
    /// each was signed by another key. An Ed25519 key comes first: every reader can judge what it signed.
    pub fn find(keys: &[LogKey], notes: [&Note; 2], conflict: Option<&LeafConflict>) -> Option<Self> {
        let of = |is_ed25519: bool| keys.iter().filter(move |key| key.vkey().is_some() == is_ed25519);
        of(true)
            .chain(of(false))
            .map(|key| Self {
                key: key.clone(),
                notes: notes.map(Note::clone),
                conflict: conflict.cloned(),
            })
            .find(|found| found.judge().is_ok())
    }

    /// Reads a file. That it proves something, [`Equivocation::judge`] says.
    pub fn parse(text: &str) -> Result<Self, EquivocationFileError> {
        if text.len() > EQUIVOCATION_SIZE_BYTES_MAX {
            return Err(EquivocationFileError::Size);
        }
        let mut lines = Lines::open(text).ok_or(EquivocationFileError::Malformed)?;
        let malformed = EquivocationFileError::Malformed;
        let key = lines
            .value("log")
            .and_then(|vkey| LogKey::parse(vkey).ok())
            .ok_or(malformed)?;
        let notes = [lines.note()?, lines.note()?];
        let conflict = match lines.value("index") {
            None => None,
            Some(index) => Some(LeafConflict {
                index: parse_num(index).or(Err(malformed))?,
                leaves: [lines.leaf().ok_or(malformed)?, lines.leaf().ok_or(malformed)?],
            }),
        };
        if lines.next.is_some() {
            return Err(malformed);
        }
        Ok(Self { key, notes, conflict })
    }

    /// The two checkpoints, if the key signed both and they cannot both be true of a log that only grows.
    pub fn judge(&self) -> Result<[Checkpoint; 2], InnocentError> {
        let [first, second] = &self.notes;
        let (first, second) = (self.open(first)?, self.open(second)?);
        match &self.conflict {
            None if first.size == second.size && first.root != second.root => {}
            None => return Err(InnocentError::Compatible),
            Some(conflict) => {
                let [a, b] = &conflict.leaves;
                if a.hash == b.hash {
                    return Err(InnocentError::SameLeaf);
                }
                for (leaf, tree) in [(a, &first), (b, &second)] {
                    verify_inclusion(&leaf.path, tree.size, &tree.root, conflict.index, &leaf.hash)?;
                }
            }
        }
        Ok([first, second])
    }

    fn open(&self, note: &Note) -> Result<Checkpoint, InnocentError> {
        let checkpoint = Checkpoint::parse(note.text()).or(Err(InnocentError::Origin))?;
        if checkpoint.origin != *self.key.name() {
            return Err(InnocentError::Origin);
        }
        if !self.key.verify(note)? {
            return Err(InnocentError::NotSigned);
        }
        Ok(checkpoint)
    }
}

impl fmt::Display for Equivocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nlog {}", self.key)?;
        for note in &self.notes {
            writeln!(f, "checkpoint {}", encode_base64(note.to_string().as_bytes()))?;
        }
        let Some(conflict) = &self.conflict else {
            return Ok(());
        };
        writeln!(f, "index {}", conflict.index)?;
        for leaf in &conflict.leaves {
            writeln!(f, "leaf {}", leaf.hash.to_base64())?;
            leaf.path
                .iter()
                .try_for_each(|hash| writeln!(f, "path {}", hash.to_base64()))?;
        }
        Ok(())
    }
}

/// The lines behind the header, one ahead.
struct Lines<'a> {
    next: Option<&'a str>,
    rest: std::str::Split<'a, char>,
}

impl<'a> Lines<'a> {
    fn open(text: &'a str) -> Option<Self> {
        let body = text
            .strip_suffix('\n')?
            .strip_prefix(HEADER)?
            .strip_prefix('\n')?;
        let mut rest = body.split('\n');
        Some(Self {
            next: rest.next(),
            rest,
        })
    }

    /// The value of the next line, if it has this key; else the line stays.
    fn value(&mut self, key: &str) -> Option<&'a str> {
        let value = self.next?.strip_prefix(key)?.strip_prefix(' ')?;
        self.next = self.rest.next();
        Some(value)
    }

    fn note(&mut self) -> Result<Note, EquivocationFileError> {
        let malformed = EquivocationFileError::Malformed;
        let bytes = decode_base64(self.value("checkpoint").ok_or(malformed)?).or(Err(malformed))?;
        let text = String::from_utf8(bytes).or(Err(malformed))?;
        Ok(parse_checkpoint_note(&text)?.0)
    }

    fn leaf(&mut self) -> Option<Leaf> {
        let hash = Hash::parse_base64(self.value("leaf")?).ok()?;
        let mut path = Vec::new();
        while let Some(value) = self.value("path") {
            if path.len() == PATH_LENGTH_MAX {
                return None;
            }
            path.push(Hash::parse_base64(value).ok()?);
        }
        Some(Leaf { hash, path })
    }
}
