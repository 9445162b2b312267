//! Reading the log's own files for what the witness cosigned: which disputes the ledger has, whether the entries of those that were
//! brought are in it, and whether refused checkpoints are of this history.
//!
//! Every byte is tied to the cosigned root before it counts. Absent: the network; the caller hands in a reader of files.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use anyhow::Context;
use anyhow::anyhow;
use anyhow::bail;
use anyhow::ensure;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::encoding::parse_num;
use crate::ledger::equivocation::Leaf;
use crate::ledger::equivocation::LeafConflict;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::TileReader;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::prove_inclusion;
use crate::ledger::tree::root;
use crate::ledger::tree::stored_hash_index;
use crate::witness::Log;
use crate::witness::record::Brought;
use crate::witness::record::Refused;

const FIRST_LINE: &str = "ikrar/followed/v1";

/// Bundles that are read before what was found is kept: a killed witness begins again from there.
const BUNDLES_AT_ONCE: u64 = 64;

/// How far a log was read, and the disputes in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    size: u64,
    /// A dispute's index under that of its signature; the newest.
    disputes: BTreeMap<u64, u64>,
}

impl Followed {
    /// Number of entries that were read.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The dispute in the ledger about a signature.
    pub fn dispute_of(&self, signature: u64) -> Option<u64> {
        self.disputes.get(&signature).copied()
    }

    /// Reads what [`Followed`] prints.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines();
        ensure!(lines.next() == Some(FIRST_LINE), "not an {FIRST_LINE} file");
        let size = lines.next().and_then(|line| line.strip_prefix("size "));
        let size = parse_num(size.context("no size")?)?;
        let mut disputes = BTreeMap::new();
        for line in lines {
            let pair = line
                .strip_prefix("dispute ")
                .and_then(|rest| rest.split_once(' '));
            let (signature, dispute) = pair.context("a line that is no dispute")?;
            disputes.insert(parse_num(signature)?, parse_num(dispute)?);
        }
        let followed = Self { size, disputes };
        ensure!(followed.to_string() == text, "it was changed");
        Ok(followed)
    }
}

impl fmt::Display for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nsize {}", self.size)?;
        self.disputes
            .iter()
            .try_for_each(|(signature, dispute)| writeln!(f, "dispute {signature} {dispute}"))
    }
}

impl Log {
    /// Whether there is something to read: the log has grown, or something was brought since the last look.
    pub fn has_news(&self) -> bool {
        let record = self.record();
        let Some(newest) = record.newest() else {
            return false;
        };
        let size = newest.checkpoint.size;
        record.followed().size() < size
            || record.disputes().values().any(|brought| is_new(brought, size))
            || record.refused().values().any(|refused| is_unknown(refused, size))
    }

    /// Reads what is new out of the log's files. `fetch` gets a path such as `tile/0/000` and gives the file, `None` where there is none.
    pub fn look(&self, fetch: impl FnMut(&str) -> Result<Option<Vec<u8>>, Unread>) -> anyhow::Result<()> {
        let (newest, mut followed, brought, refused) = {
            let record = self.record();
            let Some(newest) = record.newest().cloned() else {
                return Ok(());
            };
            let size = newest.checkpoint.size;
            let brought = record.disputes().values().filter(|brought| is_new(brought, size));
            let refused = record
                .refused()
                .iter()
                .filter(|(_, refused)| is_unknown(refused, size));
            let brought: Vec<Brought> = brought.cloned().collect();
            let refused: Vec<(String, Refused)> = refused
                .map(|(name, refused)| (name.clone(), refused.clone()))
                .collect();
            (newest, record.followed().clone(), brought, refused)
        };
        let checkpoint = &newest.checkpoint;
        let mut files = Files::new(checkpoint, Box::new(fetch));
        while followed.size < checkpoint.size {
            files.read_on(&mut followed)?;
            self.record().settle(followed.clone())?;
        }
        for brought in brought {
            let index = brought.disputed.index;
            let leaf = files.leaf(index)?;
            let mut record = self.record();
            if leaf.hash == brought.disputed.leaf.hash {
                record.mark_found(index);
                continue;
            }
            let leaves = [leaf, brought.disputed.leaf.clone()];
            let notes = [&newest.note, &brought.disputed.note];
            record.keep_equivocation(self.keys(), notes, Some(&LeafConflict { index, leaves }))?;
            record.mark_found(index);
        }
        for (name, refused) in refused {
            let same = files.root_at(refused.checkpoint.size)? == refused.checkpoint.root;
            let mut record = self.record();
            if same {
                record.forget_refused(&name);
            } else {
                tracing::error!(
                    origin = checkpoint.origin.as_str(),
                    size = refused.checkpoint.size,
                    "the log signed a checkpoint of another history than its files; it is kept in foreign/"
                );
                record.mark_foreign(&name)?;
            }
        }
        Ok(())
    }
}

fn is_new(brought: &Brought, size: u64) -> bool {
    !brought.is_found && brought.disputed.index < size
}

fn is_unknown(refused: &Refused, size: u64) -> bool {
    !refused.is_foreign && refused.checkpoint.size <= size
}

/// A file could not be had, which says nothing about the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Unread(pub String);

type Fetch<'a> = Box<dyn FnMut(&str) -> Result<Option<Vec<u8>>, Unread> + 'a>;

/// The published files of one cosigned checkpoint.
struct Files<'a> {
    size: u64,
    fetch: Rc<RefCell<Fetch<'a>>>,
    tiles: TileReader<Fetch<'a>>,
}

impl<'a> Files<'a> {
    fn new(checkpoint: &Checkpoint, fetch: Fetch<'a>) -> Self {
        let fetch = Rc::new(RefCell::new(fetch));
        let shared = Rc::clone(&fetch);
        let of_tiles: Fetch<'a> = Box::new(move |name| (shared.borrow_mut())(name));
        Self {
            size: checkpoint.size,
            fetch,
            tiles: TileReader::new(checkpoint, of_tiles),
        }
    }

    /// Reads the next bundles.
    fn read_on(&mut self, followed: &mut Followed) -> anyhow::Result<()> {
        let width_full = u64::from(TILE_WIDTH);
        let first = followed.size / width_full;
        let last = self.size.div_ceil(width_full).min(first + BUNDLES_AT_ONCE);
        for number in first..last {
            let width = (self.size - number * width_full).min(width_full);
            let bundle = EntryBundle::new(number, u16::try_from(width).unwrap_or(TILE_WIDTH))?;
            let entries = self.entries(bundle)?;
            for (index, bytes) in (bundle.first_entry()..).zip(&entries) {
                let leaf = self.hash(index)?;
                ensure!(
                    leaf_hash(bytes) == leaf,
                    "entry {index} is not the one that was cosigned"
                );
                // Whether entries keep the rules is a monitor's question; one that does not even parse disputes nothing.
                if let Ok(Entry {
                    body: Body::Dispute(dispute),
                    ..
                }) = Entry::parse(bytes)
                {
                    followed.disputes.insert(dispute.signature, index);
                }
            }
            followed.size = bundle.first_entry() + width;
        }
        Ok(())
    }

    /// The entries of a bundle, from it or from the full one that replaced it.
    fn entries(&self, bundle: EntryBundle) -> anyhow::Result<Vec<Vec<u8>>> {
        for found in [bundle, bundle.full()] {
            let path = found.path();
            let bytes = (self.fetch.borrow_mut())(&path).map_err(|error| anyhow!("{path}: {error}"))?;
            let Some(bytes) = bytes else { continue };
            let entries = found
                .decode(&bytes)
                .with_context(|| format!("{path} is malformed"))?;
            return Ok(entries
                .into_iter()
                .take(bundle.width().into())
                .map(<[u8]>::to_vec)
                .collect());
        }
        bail!("{} is missing", bundle.path())
    }

    fn hash(&mut self, index: u64) -> anyhow::Result<Hash> {
        let found = self.tiles.read_hashes(&[stored_hash_index(0, index)])?;
        found.first().copied().context("a tile gave no hash")
    }

    fn leaf(&mut self, index: u64) -> anyhow::Result<Leaf> {
        let hash = self.hash(index)?;
        let path = prove_inclusion(self.size, index, &mut self.tiles)?;
        Ok(Leaf { hash, path })
    }

    fn root_at(&mut self, size: u64) -> anyhow::Result<Hash> {
        Ok(root(size, &mut self.tiles)?)
    }
}
