//! The checkpoint: which tree a log stands for (C2SP tlog-checkpoint). Absent: extension lines, cosignatures.

use std::fmt;

use thiserror::Error;

use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::ledger::note::NoteError;
use crate::ledger::note::NoteSigner;
use crate::ledger::note::OpenError;
use crate::ledger::note::Vkey;

/// A log's name, size and root. As text:
///
/// ```text
/// example.com/log
/// 109482
/// sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
/// ```
///
/// ```
/// use ikrar::ledger::checkpoint::Checkpoint;
/// let text = "example.com/log\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n";
/// let checkpoint = Checkpoint::parse(text)?;
/// assert_eq!(checkpoint.size, 109_482);
/// assert_eq!(checkpoint.to_string(), text);
/// # Ok::<(), ikrar::ledger::checkpoint::CheckpointError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is its key's name too.
    pub origin: KeyName,
    /// How many leaves the tree has.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
}

/// Why a checkpoint was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Not three lines of origin, size and root, each printed the one way.
    #[error("not a checkpoint of origin, size and root")]
    Malformed,
    /// Origin and key name differ.
    #[error("the checkpoint's origin is not the key's name")]
    Origin,
    /// The note around it is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note around it is not to be believed.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Checkpoint {
    /// Reads the text of a checkpoint, which says nothing about who signed it.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        Self::parse_option(text).ok_or(CheckpointError::Malformed)
    }

    fn parse_option(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = KeyName::parse(lines.next()?).ok()?;
        let size = parse_num(lines.next()?).ok()?;
        let root = Hash::parse_base64(lines.next()?).ok()?;
        lines.next().is_none().then_some(Self { origin, size, root })
    }

    /// Signs it with the log's key.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, CheckpointError> {
        if *signer.vkey().name() != self.origin {
            return Err(CheckpointError::Origin);
        }
        Ok(signer.sign(&self.to_string())?)
    }

    /// Reads a checkpoint that the log's key signed; other signatures may stand beside.
    ///
    /// ```
    /// use ed25519_dalek::SigningKey;
    /// use ikrar::ledger::{checkpoint::Checkpoint, hash::empty_root, note::{KeyName, NoteSigner}};
    /// let origin = KeyName::parse("example.com/log")?;
    /// let signer = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&[7; 32]))?;
    /// let checkpoint = Checkpoint { origin, size: 0, root: empty_root() };
    /// let note = checkpoint.sign(&signer)?.to_string();
    /// assert_eq!(Checkpoint::open(&note, signer.vkey())?, checkpoint);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(note: &str, vkey: &Vkey) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(note.verify(std::slice::from_ref(vkey))?)?;
        if checkpoint.origin == *vkey.name() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin)
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::hash::empty_root;

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(KeyName::parse(name).unwrap(), SigningKey::from_bytes(&[seed; 32])).unwrap()
    }

    fn checkpoint(size: u64) -> Checkpoint {
        Checkpoint {
            origin: KeyName::parse("example.com/log").unwrap(),
            size,
            root: empty_root(),
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let root = empty_root().to_base64();
        for bad in [
            format!("log\n1\n{root}"),
            format!("log\n1\n{root}\n\n"),
            format!("log\n1\n{root}\nextension\n"),
            format!("log\n01\n{root}\n"),
            format!("log\n-1\n{root}\n"),
            format!("log\n9223372036854775808\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("a log\n1\n{root}\n"),
            format!("log\r\n1\r\n{root}\r\n"),
            format!("log\n1\n{}\n", root.trim_end_matches('=')),
        ] {
            assert_eq!(
                Checkpoint::parse(&bad),
                Err(CheckpointError::Malformed),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn only_the_logs_own_key_signs() {
        let stranger = signer("example.com/other", 1);
        assert_eq!(checkpoint(3).sign(&stranger), Err(CheckpointError::Origin));
        let foreign = stranger.sign(&checkpoint(3).to_string()).unwrap().to_string();
        assert_eq!(
            Checkpoint::open(&foreign, stranger.vkey()),
            Err(CheckpointError::Origin)
        );
        let own = signer("example.com/log", 1);
        let denied = Err(CheckpointError::Open(OpenError::NoKnownKey));
        assert_eq!(Checkpoint::open(&foreign, own.vkey()), denied);
    }

    #[test]
    fn tlog_tiles_reads_the_same() {
        let text = checkpoint(300).to_string();
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        assert_eq!(
            (theirs.origin(), theirs.size(), theirs.extension()),
            ("example.com/log", 300, "")
        );
        assert_eq!(theirs.hash().0, *empty_root().as_bytes());
        assert_eq!(theirs.to_bytes(), text.as_bytes());
    }

    proptest! {
        #[test]
        fn what_is_read_prints_the_same(text in "[a-z./+ ]{0,9}\n?[0-9]{0,20}\n?[A-Za-z0-9+/]{43}=?\n{0,2}") {
            if let Ok(checkpoint) = Checkpoint::parse(&text) {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }

        #[test]
        fn any_checkpoint_comes_back(size in 0..=u64::MAX >> 1, root: [u8; 32]) {
            let checkpoint = Checkpoint { root: Hash::from_bytes(root), ..checkpoint(size) };
            prop_assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
        }

        #[test]
        fn arbitrary_texts_never_panic(text: String) {
            prop_assert!(Checkpoint::parse(&text).is_err());
        }
    }
}
