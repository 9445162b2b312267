//! What a witness remembers of one log, in a folder of its own:
//!
//! ```text
//! checkpoint               the newest that was cosigned, with the log's lines and the witness's own: the one truth
//! cosigned/<N>/<size>      those before it, N = size / 10000
//! refused/<size>-<hash>    signed by the log, not cosigned, perhaps of another history
//! foreign/<size>-<hash>    those of them whose root is not the one that the log's own files give
//! equivocation/…           two checkpoints that cannot both be true: `ikrar verify` judges the file
//! disputes/<index>-<when>  proof files of signatures that somebody says are not theirs, until the log has a dispute
//! followed                 how far the log was read for disputes, and what was found
//! ```
//! A checkpoint is never written over: it gets its name in `cosigned/` first, then the next one is moved into its place. A process that
//! is killed between any two steps goes on from the one before. Absent: what is cosigned.

use std::collections::BTreeMap;
use std::fs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use anyhow::ensure;

use crate::domain::disputed::Disputed;
use crate::durable;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::is_signed_by_any;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::equivocation::Equivocation;
use crate::ledger::equivocation::LeafConflict;
use crate::ledger::hash::Hash;
use crate::ledger::hash::sha256;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::witness::files;
use crate::witness::follow::Followed;

/// Refused checkpoints that are kept; more are not, so that nobody can fill the disk with old ones.
pub const REFUSED_MAX: usize = 256;
/// Proofs of two histories that are kept; one is enough.
pub const EQUIVOCATIONS_MAX: usize = 64;
/// Disputes that are kept while the log does not have them.
pub const DISPUTES_MAX: usize = 10_000;

/// Cosigned checkpoints in one folder.
const SHARD: u64 = 10_000;
const CHECKPOINT: &str = "checkpoint";
const FOLLOWED: &str = "followed";
const PROOF_SUFFIX: &str = ".tlog-proof";

/// The newest cosigned checkpoint.
#[derive(Debug, Clone)]
pub(super) struct Newest {
    /// With the log's lines and the witness's own.
    pub(super) note: Note,
    pub(super) checkpoint: Checkpoint,
    /// The cosignature's time, Unix seconds.
    pub(super) time_s: u64,
}

/// A checkpoint that was refused and may be of another history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Note,
    /// The log's own files were asked and gave another root at this size.
    pub(super) is_foreign: bool,
}

/// A dispute that somebody brought.
#[derive(Debug, Clone)]
pub(super) struct Brought {
    pub(super) disputed: Disputed,
    /// Unix seconds.
    pub(super) received_s: i64,
    /// The log's own files have this entry.
    pub(super) is_found: bool,
}

/// See the module. Whoever has it holds its log's lock.
#[derive(Debug)]
pub(super) struct Record {
    folder: PathBuf,
    newest: Option<Newest>,
    refused: BTreeMap<String, Refused>,
    equivocations: Vec<String>,
    foreign: Vec<String>,
    disputes: BTreeMap<u64, Brought>,
    followed: Followed,
    /// The disk failed in a moment after which two states are possible: nothing more is said until the next start looks.
    is_broken: bool,
}

/// Why a checkpoint was not kept, and so not cosigned.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommitError {
    /// Nothing has changed.
    #[error("cannot write: {0}")]
    Unchanged(io::Error),
    /// What is on the disk is not known.
    #[error("the disk failed while the checkpoint was put in place: {0}")]
    Broken(io::Error),
}

impl Record {
    /// Opens a log's folder, makes it where it is missing, reads it whole and checks it.
    pub(super) fn open(
        folder: &Path,
        origin: &KeyName,
        keys: &[LogKey],
        own: &[Cosigner],
    ) -> anyhow::Result<Self> {
        durable::make_folder(folder)?;
        let mut record = Self {
            folder: folder.to_owned(),
            newest: None,
            refused: BTreeMap::new(),
            equivocations: files::list(&folder.join("equivocation"))?,
            foreign: files::list(&folder.join("foreign"))?,
            disputes: BTreeMap::new(),
            followed: Followed::default(),
            is_broken: false,
        };
        let path = folder.join(CHECKPOINT);
        if let Some(text) = files::read(&path)? {
            // What another process wrote may not have reached the disk before it was killed.
            File::open(&path)?.sync_all()?;
            durable::sync(folder)?;
            let newest = read_newest(&text, origin, keys, own).with_context(|| {
                format!(
                    "{} is damaged: put it back from a backup that is not older, or what was cosigned is forgotten",
                    path.display()
                )
            })?;
            record.newest = Some(newest);
        }
        record.read_refused(keys)?;
        record.read_disputes(keys)?;
        if let Some(text) = files::read(&folder.join(FOLLOWED))? {
            record.followed = Followed::parse(&text)
                .with_context(|| format!("{} is damaged: delete it", folder.join(FOLLOWED).display()))?;
        }
        Ok(record)
    }

    fn read_refused(&mut self, keys: &[LogKey]) -> anyhow::Result<()> {
        let folder = self.folder.join("refused");
        for name in files::list(&folder)? {
            let text = files::read(&folder.join(&name))?.unwrap_or_default();
            let Ok((note, checkpoint)) = parse_checkpoint_note(&text) else {
                bail!("{} is no checkpoint", folder.join(&name).display());
            };
            if is_signed_by_any(keys, &note).unwrap_or(false) {
                let is_foreign = self.foreign.contains(&name);
                let refused = Refused {
                    checkpoint,
                    note,
                    is_foreign,
                };
                self.refused.insert(name, refused);
            }
        }
        Ok(())
    }

    fn read_disputes(&mut self, keys: &[LogKey]) -> anyhow::Result<()> {
        let folder = self.folder.join("disputes");
        for name in files::list(&folder)? {
            let path = folder.join(&name);
            let received_s = name
                .strip_suffix(PROOF_SUFFIX)
                .and_then(|name| name.split_once('-')?.1.parse().ok())
                .with_context(|| format!("{} does not belong here", path.display()))?;
            let file = fs::read(&path)?;
            // The key that vouched for it may be one that this witness knows no longer. The file stays.
            let disputed = match Disputed::parse(&file, keys) {
                Ok(disputed) => disputed,
                Err(error) => {
                    tracing::warn!(file = %path.display(), %error, "a dispute is not shown: nothing vouches for it any more");
                    continue;
                }
            };
            let brought = Brought {
                disputed,
                received_s,
                is_found: false,
            };
            self.disputes.insert(brought.disputed.index, brought);
        }
        Ok(())
    }

    /// The newest cosigned checkpoint.
    pub(super) fn newest(&self) -> Option<&Newest> {
        self.newest.as_ref()
    }

    /// Whether the disk failed so that nothing can be said any more.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Keeps a cosigned checkpoint as the newest. It is durable when this returns.
    pub(super) fn commit(&mut self, newest: Newest) -> Result<(), CommitError> {
        let place = self.folder.join(CHECKPOINT);
        if let Some(before) = &self.newest
            && before.checkpoint.size != newest.checkpoint.size
        {
            let (folder, name) = self.cosigned_place(before.checkpoint.size);
            files::link(&place, &folder, &name).map_err(CommitError::Unchanged)?;
        }
        let staged =
            files::stage(&self.folder, newest.note.to_string().as_bytes()).map_err(CommitError::Unchanged)?;
        if let Err(error) = durable::put(&staged, &place) {
            self.is_broken = true;
            return Err(CommitError::Broken(error));
        }
        self.newest = Some(newest);
        Ok(())
    }

    fn cosigned_place(&self, size: u64) -> (PathBuf, String) {
        let shard = (size / SHARD).to_string();
        (self.folder.join("cosigned").join(shard), size.to_string())
    }

    /// The checkpoint of this size that was cosigned, if one was.
    pub(super) fn cosigned(&self, size: u64) -> anyhow::Result<Option<(Note, Checkpoint)>> {
        if let Some(newest) = self.newest.as_ref().filter(|kept| kept.checkpoint.size == size) {
            return Ok(Some((newest.note.clone(), newest.checkpoint.clone())));
        }
        let (folder, name) = self.cosigned_place(size);
        let Some(text) = files::read(&folder.join(name))? else {
            return Ok(None);
        };
        Ok(Some(parse_checkpoint_note(&text)?))
    }

    /// Refused checkpoints under the names of their files.
    pub(super) fn refused(&self) -> &BTreeMap<String, Refused> {
        &self.refused
    }

    /// Keeps a checkpoint that was refused, while there is room.
    pub(super) fn keep_refused(&mut self, note: Note, checkpoint: Checkpoint) -> anyhow::Result<()> {
        let text = note.to_string();
        let name = format!("{}-{}", checkpoint.size, short(&text));
        if self.refused.contains_key(&name) {
            return Ok(());
        }
        ensure!(self.refused.len() < REFUSED_MAX, "{REFUSED_MAX} are kept already");
        files::write(&self.folder.join("refused"), &name, text.as_bytes())?;
        let is_foreign = false;
        self.refused.insert(
            name,
            Refused {
                checkpoint,
                note,
                is_foreign,
            },
        );
        Ok(())
    }

    /// A refused checkpoint turned out to be of this history, or its proof is kept elsewhere.
    pub(super) fn forget_refused(&mut self, name: &str) {
        self.refused.remove(name);
        // One that stays is looked at again after the next start.
        let _unimportant = fs::remove_file(self.folder.join("refused").join(name));
    }

    /// A refused checkpoint is of another history by the log's own files: remembered, whatever those say later.
    pub(super) fn mark_foreign(&mut self, name: &str) -> io::Result<()> {
        let file = self.folder.join("refused").join(name);
        files::link(&file, &self.folder.join("foreign"), name)?;
        if let Some(refused) = self.refused.get_mut(name) {
            refused.is_foreign = true;
        }
        if !self.foreign.iter().any(|known| known == name) {
            self.foreign.push(name.to_owned());
        }
        Ok(())
    }

    /// A checkpoint that the log signed and that is not of the history which was cosigned, where there is one.
    pub(super) fn foreign(&self) -> io::Result<Option<String>> {
        match self.foreign.first() {
            Some(name) => files::read(&self.folder.join("foreign").join(name)),
            None => Ok(None),
        }
    }

    /// Whether there is such a checkpoint.
    pub(super) fn has_foreign(&self) -> bool {
        !self.foreign.is_empty()
    }

    /// Keeps the proof that the log told two stories, if these notes are one; whether they are.
    pub(super) fn keep_equivocation(
        &mut self,
        keys: &[LogKey],
        notes: [&Note; 2],
        conflict: Option<&LeafConflict>,
    ) -> anyhow::Result<bool> {
        let Some(found) = Equivocation::find(keys, notes, conflict) else {
            return Ok(false);
        };
        let [first, _] = found.judge()?;
        tracing::error!(
            origin = first.origin.as_str(),
            size = first.size,
            "the log signed two histories; the proof is kept in equivocation/"
        );
        let text = found.to_string();
        let name = format!("{}-{}", first.size, short(&text));
        if self.equivocations.contains(&name) || self.equivocations.len() >= EQUIVOCATIONS_MAX {
            return Ok(true);
        }
        files::write(&self.folder.join("equivocation"), &name, text.as_bytes())?;
        self.equivocations.push(name);
        Ok(true)
    }

    /// A proof that the log told two stories, where there is one.
    pub(super) fn equivocation(&self) -> io::Result<Option<String>> {
        match self.equivocations.first() {
            Some(name) => files::read(&self.folder.join("equivocation").join(name)),
            None => Ok(None),
        }
    }

    /// Whether there is such a proof.
    pub(super) fn has_equivocation(&self) -> bool {
        !self.equivocations.is_empty()
    }

    /// Disputes that the log does not have, as far as it was read; by the signature's index.
    pub(super) fn disputes(&self) -> &BTreeMap<u64, Brought> {
        &self.disputes
    }

    /// Keeps a dispute; `false` where there is no room.
    pub(super) fn keep_dispute(&mut self, disputed: Disputed, received_s: i64) -> io::Result<bool> {
        if self.disputes.len() >= DISPUTES_MAX {
            return Ok(false);
        }
        let name = dispute_name(disputed.index, received_s);
        files::write(&self.folder.join("disputes"), &name, disputed.print().as_bytes())?;
        let is_found = false;
        self.disputes.insert(
            disputed.index,
            Brought {
                disputed,
                received_s,
                is_found,
            },
        );
        Ok(true)
    }

    /// The log's own files have the entry of a brought dispute.
    pub(super) fn mark_found(&mut self, index: u64) {
        if let Some(brought) = self.disputes.get_mut(&index) {
            brought.is_found = true;
        }
    }

    /// How far the log was read.
    pub(super) fn followed(&self) -> &Followed {
        &self.followed
    }

    /// The log was read further: what it has now is pending no longer.
    pub(super) fn settle(&mut self, followed: Followed) -> io::Result<()> {
        files::write(&self.folder, FOLLOWED, followed.to_string().as_bytes())?;
        let folder = self.folder.join("disputes");
        self.disputes.retain(|index, brought| {
            let is_pending = followed.dispute_of(*index).is_none();
            if !is_pending {
                // One that stays is taken away after the next start.
                let _unimportant = fs::remove_file(folder.join(dispute_name(*index, brought.received_s)));
            }
            is_pending
        });
        self.followed = followed;
        Ok(())
    }
}

/// Reads the truth: it is this witness's own word, or at least the log's, where the witness has a new key.
fn read_newest(text: &str, origin: &KeyName, keys: &[LogKey], own: &[Cosigner]) -> anyhow::Result<Newest> {
    let (note, checkpoint) = parse_checkpoint_note(text)?;
    ensure!(checkpoint.origin == *origin, "it is of another log");
    let mut times = Vec::new();
    for key in own {
        times.extend(key.key().verify(&note)?);
    }
    ensure!(
        !times.is_empty() || is_signed_by_any(keys, &note)?,
        "neither this witness nor a known key of the log signed it"
    );
    Ok(Newest {
        note,
        checkpoint,
        time_s: times.into_iter().max().unwrap_or(0),
    })
}

fn dispute_name(index: u64, received_s: i64) -> String {
    format!("{index}-{received_s}{PROOF_SUFFIX}")
}

/// Enough of a hash to tell files apart.
fn short(text: &str) -> String {
    let hash: Hash = sha256(&[text.as_bytes()]);
    hash.to_string().chars().take(16).collect()
}
