//! What somebody kept of a log from earlier: a checkpoint, or a receipt, which carries one and shows an entry. Absent: the
//! comparison of checkpoints ([`crate::cli::audit::pass`]).

use std::path::Path;

use crate::cli::audit::source::SourceError;
use crate::cli::file;
use crate::domain::audit::FaultReport;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::receipt::parse_receipt;
use crate::domain::text::print_hex;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::Vkey;
use crate::ledger::proof::PROOF_SIZE_BYTES_MAX;
use crate::ledger::proof::Proof;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;

/// How a proof file begins, and a checkpoint never.
const PROOF: &str = "c2sp.org/tlog-proof@";

/// Something kept from earlier.
#[derive(Debug)]
pub(super) struct Kept {
    /// The checkpoint, as it was signed.
    pub(super) note: String,
    entry: Option<KeptEntry>,
}

#[derive(Debug)]
struct KeptEntry {
    index: u64,
    leaf: Hash,
    /// What it is, in words.
    what: String,
}

impl Kept {
    /// Reads a file. A receipt must hold by itself under this key: a broken one says nothing about the log.
    pub(super) fn read(path: &Path, vkey: &Vkey) -> Result<Self, String> {
        let text = file::read_text(path, PROOF_SIZE_BYTES_MAX)?;
        if !text.starts_with(PROOF) {
            return Ok(Self {
                note: text,
                entry: None,
            });
        }
        let said = |error: String| format!("{}: {error}", path.display());
        let proof = Proof::parse(&text).map_err(|error| said(error.to_string()))?;
        let bytes = proof
            .extra
            .as_deref()
            .and_then(parse_receipt)
            .ok_or_else(|| said("the proof carries no receipt".to_owned()))?;
        let leaf = leaf_hash(bytes);
        proof
            .verify(vkey, &leaf)
            .map_err(|error| said(error.to_string()))?;
        let entry = KeptEntry {
            index: proof.index,
            leaf,
            what: describe(bytes),
        };
        Ok(Self {
            note: proof.checkpoint_note,
            entry: Some(entry),
        })
    }

    /// What became of the receipt's entry in a log of this size: a fault where it no longer stands in its place.
    pub(super) fn lost<R>(&self, size: u64, read: R) -> Result<Option<FaultReport>, SourceError>
    where
        R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError>,
    {
        let Some(kept) = &self.entry else { return Ok(None) };
        let now = entry_at(kept.index, size, read)?;
        let there = now.as_deref().map_or_else(
            || "there is no such entry any more".to_owned(),
            |bytes| format!("now {} stands there", describe(bytes)),
        );
        let lost = now.is_none_or(|bytes| leaf_hash(&bytes) != kept.leaf);
        Ok(lost.then(|| FaultReport {
            index: Some(kept.index),
            key: "fork",
            message: format!(
                "the receipt shows {}, {there}: it was dropped or changed after the log gave a receipt for it. Keep the \
                 receipt: it proves the fork",
                kept.what
            ),
        }))
    }
}

fn describe(bytes: &[u8]) -> String {
    match Entry::parse(bytes).map(|entry| (entry.at.unix_i64(), entry.body)) {
        Err(_) => "an entry".to_owned(),
        Ok((at, Body::Signature(signature))) => format!(
            "the signature of label {} at {at}",
            print_hex(&signature.statement.label)
        ),
        Ok((at, body)) => format!("an entry of kind {} at {at}", body.kind()),
    }
}

/// The entry at an index, from its bundle; `None` where the log is shorter.
fn entry_at<R>(index: u64, size: u64, mut read: R) -> Result<Option<Vec<u8>>, SourceError>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError>,
{
    let width_full = u64::from(TILE_WIDTH);
    let (number, place) = (index / width_full, index % width_full);
    let Some(rest) = size
        .checked_sub(number.saturating_mul(width_full))
        .filter(|rest| *rest > place)
    else {
        return Ok(None);
    };
    let width = u16::try_from(rest.min(width_full)).unwrap_or(TILE_WIDTH);
    let Ok(bundle) = EntryBundle::new(number, width) else {
        return Ok(None);
    };
    for bundle in [bundle, bundle.full()] {
        if let Some(bytes) = read(&bundle.path())? {
            let entries = bundle
                .decode(&bytes)
                .map_err(|error| SourceError(error.to_string()))?;
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            return Ok(entries.get(place).map(|entry| entry.to_vec()));
        }
    }
    Err(SourceError(format!("{} is missing", bundle.path())))
}
