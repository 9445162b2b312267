//! Single entries of a published log, from a folder or over HTTP, each tied to a checkpoint that a policy believes. Absent: reading a
//! log whole ([`crate::cli::audit`]), what an entry says.

use std::cell::RefCell;
use std::rc::Rc;

use crate::cli::audit::source::Source;
use crate::cli::audit::source::SourceError;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::policy::Judgement;
use crate::ledger::policy::Policy;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::TileReader;
use crate::ledger::tile::TileReaderError;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::TreeError;
use crate::ledger::tree::root;
use crate::ledger::tree::stored_hash_index;

/// Why something could not be read from a published log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PublishedError {
    /// It could not be had, which says nothing about the log.
    #[error("{0}")]
    Unread(String),
    /// What is there is not what the log's key signed.
    #[error("{0}")]
    Untrue(String),
}

type Fetch = Box<dyn FnMut(&str) -> Result<Option<Vec<u8>>, SourceError>>;

/// A published log at the newest checkpoint that has a policy's quorum; where none has, at the newest one that the log signed.
pub(super) struct PublishedLog {
    source: Rc<RefCell<Source>>,
    tiles: TileReader<Fetch>,
    checkpoint: Checkpoint,
    has_quorum: bool,
}

impl PublishedLog {
    /// Reads the checkpoints, which a log key of the policy must have signed.
    pub(super) fn open(place: &str, policy: &Policy) -> Result<Self, PublishedError> {
        let mut source = Source::new(place);
        let Judgement {
            checkpoint,
            has_quorum,
            ..
        } = newest(&mut source, place, policy)?;
        let source = Rc::new(RefCell::new(source));
        let files = Rc::clone(&source);
        let fetch: Fetch = Box::new(move |name: &str| files.borrow_mut().read(name));
        Ok(Self {
            source,
            tiles: TileReader::new(&checkpoint, fetch),
            checkpoint,
            has_quorum,
        })
    }

    /// Without the policy's quorum what is read here may contradict a file, but never bears one out: the log may show it to one reader
    /// alone.
    pub(super) fn check_quorum(&self) -> Result<(), PublishedError> {
        if self.has_quorum {
            return Ok(());
        }
        Err(PublishedError::Unread(
            "no checkpoint of the published log has the policy's quorum of witnesses: who runs it may show this history to you alone"
                .to_owned(),
        ))
    }

    /// Number of entries.
    pub(super) fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The log's root at a size that it has had.
    pub(super) fn root_at(&mut self, size: u64) -> Result<Hash, PublishedError> {
        root(size, &mut self.tiles).map_err(|error| unread(&error))
    }

    /// The entry at an index; `None` where the log is shorter.
    pub(super) fn entry(&mut self, index: u64) -> Result<Option<Vec<u8>>, PublishedError> {
        if index >= self.size() {
            return Ok(None);
        }
        let width = u64::from(TILE_WIDTH);
        let place = usize::try_from(index % width).unwrap_or(usize::MAX);
        Ok(self.bundle(index / width)?.into_iter().nth(place))
    }

    /// All entries of a bundle, each compared with its leaf.
    pub(super) fn bundle(&mut self, number: u64) -> Result<Vec<Vec<u8>>, PublishedError> {
        let width_full = u64::from(TILE_WIDTH);
        let from = number.saturating_mul(width_full);
        let width = self.size().saturating_sub(from).min(width_full);
        let width = u16::try_from(width).unwrap_or(TILE_WIDTH);
        let bundle =
            EntryBundle::new(number, width).map_err(|error| PublishedError::Untrue(error.to_string()))?;
        let places: Vec<u64> = (from..from.saturating_add(width.into()))
            .map(|index| stored_hash_index(0, index))
            .collect();
        let leaves = self
            .tiles
            .read_hashes(&places)
            .map_err(|error| unread(&TreeError::Read(error)))?;
        let entries = self.entries(&bundle)?;
        for ((index, entry), leaf) in (from..).zip(&entries).zip(&leaves) {
            if leaf_hash(entry) != *leaf {
                return Err(PublishedError::Untrue(format!(
                    "entry {index} is not the one that the checkpoint covers"
                )));
            }
        }
        Ok(entries)
    }

    /// The bytes of a bundle; where a partial one is gone, of the full one that replaced it.
    fn entries(&self, bundle: &EntryBundle) -> Result<Vec<Vec<u8>>, PublishedError> {
        for found in [*bundle, bundle.full()] {
            let path = found.path();
            let bytes = self.source.borrow_mut().read(&path);
            let Some(bytes) = bytes.map_err(|error| cannot_read(&path, &error))? else {
                continue;
            };
            let entries = found
                .decode(&bytes)
                .map_err(|error| PublishedError::Untrue(format!("{path}: {error}")))?;
            return Ok(entries
                .into_iter()
                .take(bundle.width().into())
                .map(<[u8]>::to_vec)
                .collect());
        }
        let path = bundle.path();
        Err(PublishedError::Unread(format!(
            "{path} is missing, though the checkpoint promises it"
        )))
    }
}

/// The newest checkpoint with the quorum, or else the newest that the log's key signed: `checkpoint.latest` runs ahead of the one
/// with the quorum.
fn newest(source: &mut Source, place: &str, policy: &Policy) -> Result<Judgement, PublishedError> {
    let mut found: Option<Judgement> = None;
    let rank = |judgement: &Judgement| (judgement.has_quorum, judgement.checkpoint.size);
    for name in ["checkpoint", "checkpoint.latest"] {
        let bytes = source.read(name).map_err(|error| cannot_read(name, &error))?;
        let Some(bytes) = bytes else { continue };
        let refused = |error: &dyn std::fmt::Display| {
            PublishedError::Untrue(format!("the {name} at {place} is not to be believed: {error}"))
        };
        let text = String::from_utf8(bytes).map_err(|error| refused(&error))?;
        let (note, _) = parse_checkpoint_note(&text).map_err(|error| refused(&error))?;
        let judgement = policy.judge(&note).map_err(|error| refused(&error))?;
        if found.as_ref().is_none_or(|found| rank(found) < rank(&judgement)) {
            found = Some(judgement);
        }
    }
    found.ok_or_else(|| {
        PublishedError::Unread(format!(
            "there is no published log at {place}: no file named checkpoint"
        ))
    })
}

fn cannot_read(name: &str, error: &SourceError) -> PublishedError {
    PublishedError::Unread(format!("cannot read {name}: {error}"))
}

/// Tiles that are missing or unread say nothing about the log; tiles of another tree do.
fn unread(error: &TreeError<TileReaderError<SourceError>>) -> PublishedError {
    match error {
        TreeError::Read(inner @ (TileReaderError::Missing { .. } | TileReaderError::Range { .. })) => {
            PublishedError::Unread(format!("{inner}, though the checkpoint promises it"))
        }
        TreeError::Read(inner @ TileReaderError::Read { source, .. }) => {
            PublishedError::Unread(format!("{inner}: {source}"))
        }
        TreeError::Read(inner) => PublishedError::Untrue(inner.to_string()),
        other => PublishedError::Unread(other.to_string()),
    }
}
