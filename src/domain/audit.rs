//! Lives here: the audit of a whole log: checkpoint, tree and chain, authors, every signature, the numbers. Absent: where
//! entries come from, hash tiles ([`crate::ledger::audit`]), and words for screens.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::election::civil_day;
use crate::domain::entry::Counts;
use crate::domain::log::ElectionState;
use crate::domain::log::Fault;
use crate::domain::log::LogState;
use crate::domain::log::Prepared;
use crate::domain::log::Verdict as EntryVerdict;
use crate::domain::text::TextError;
use crate::domain::text::print_hex;
use crate::domain::verdict::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::note::Vkey;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::root;

/// The most signatures that a report lists as not valid; it counts all of them.
pub const LISTED_MAX: usize = 1000;
/// The most days without a seal that a report lists; it counts all of them.
const SEALS_LISTED_MAX: usize = 100;

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// All together: not valid when an entry breaks a rule, cannot tell when a kind is unknown.
    pub verdict: Verdict,
    /// The log's name, from the key it was audited with.
    pub origin: String,
    /// The checkpoint's size; `None` when the checkpoint is not to be believed.
    pub size: Option<u64>,
    /// How many entries were read and kept the rules.
    pub entries: u64,
    /// Entries by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Elections by name.
    pub elections: Vec<ElectionReport>,
    /// Signature entries that do not count.
    pub invalid_signature_count: u64,
    /// The first of them.
    pub invalid_signatures: Vec<InvalidSignature>,
    /// The journal's seals.
    pub seals: SealsReport,
    /// The first thing that makes the log not valid.
    pub fault: Option<FaultReport>,
}

/// What the log's seals say by themselves; days are UTC. A day without one breaks no rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SealsReport {
    /// How many days are sealed.
    pub count: u64,
    /// How many are not, from the first seal (without any: from the log's first day) to the day before that of the newest entry.
    pub missing: u64,
    /// The first of those (`YYYY-MM-DD`).
    pub missing_days: Vec<String>,
}

/// An election's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElectionReport {
    /// Its name.
    pub election: String,
    /// Its title.
    pub title: String,
    /// Its numbers; `None` when they cannot be told.
    pub counts: Option<Counts>,
    /// Who had to sign, from the opening on; `None` when it cannot be told.
    pub roster: Option<RosterReport>,
    /// N by the day of signing in the election's zone (`YYYY-MM-DD`); empty when it cannot be told.
    pub valid_by_day: BTreeMap<String, u64>,
    /// Has an entry closed it?
    pub closed: bool,
}

/// What became of M.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RosterReport {
    /// M when the window opened; `None` while it has not.
    pub members_at_opening: Option<u64>,
    /// Every roster entry.
    pub entries: Vec<MovementReport>,
    /// Every label that was taken off without having signed.
    pub off_unsigned: Vec<RemovalReport>,
}

/// What one roster entry changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovementReport {
    /// The entry's index.
    pub index: u64,
    /// Its day in the election's zone (`YYYY-MM-DD`).
    pub day: String,
    /// Had the window opened?
    pub since_opening: bool,
    /// Labels put on.
    pub added: u64,
    /// Labels taken off, by reason.
    pub off: BTreeMap<&'static str, u64>,
}

/// A label that was taken off without having signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovalReport {
    /// The roster entry's index.
    pub index: u64,
    /// The label.
    pub label: String,
    /// Why it went off.
    pub reason: &'static str,
    /// Is it on again?
    pub on_again: bool,
}

/// A signature entry that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvalidSignature {
    /// Its index.
    pub index: u64,
    /// Every reason, by its stable key ([`crate::domain::log::SignatureFault::key`]).
    pub reasons: Vec<&'static str>,
}

/// What makes a log not valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultReport {
    /// The first entry that breaks a rule; `None` where no single entry does.
    pub index: Option<u64>,
    /// Which rule, stable ([`Fault::key`], `checkpoint` or `size`).
    pub key: &'static str,
    /// In English.
    pub message: String,
}

/// What a report was made from: for further questions about a log that holds.
#[derive(Debug)]
pub struct Audited {
    /// What the log says; of no use after a fault.
    pub state: LogState,
    tree: MemoryTree,
}

impl Audited {
    /// The log's root at a size.
    pub fn root_at(&mut self, size: u64) -> Option<Hash> {
        root(size, &mut self.tree).ok()
    }
}

/// Audits entries, first to last, against a checkpoint that this key must have signed. An error of the reader ends it: it
/// says nothing about the log.
pub fn audit<I, B, E>(entries: I, checkpoint_note: &str, vkey: &Vkey) -> Result<AuditReport, E>
where
    I: IntoIterator<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    let prepared = entries
        .into_iter()
        .map(|bytes| bytes.map(|bytes| Prepared::read(bytes.as_ref())));
    Ok(audit_prepared(prepared, checkpoint_note, vkey)?.0)
}

/// As [`audit`], of entries that were read ahead.
pub fn audit_prepared<I, E>(
    entries: I,
    checkpoint_note: &str,
    vkey: &Vkey,
) -> Result<(AuditReport, Audited), E>
where
    I: IntoIterator<Item = Result<Result<Prepared, TextError>, E>>,
{
    let mut audit = Audit::new(vkey);
    let checkpoint = match Checkpoint::open(checkpoint_note, vkey) {
        Ok(checkpoint) => checkpoint,
        Err(error) => {
            audit.fault = Some(FaultReport {
                index: None,
                key: "checkpoint",
                message: error.to_string(),
            });
            return Ok(audit.done(None));
        }
    };
    for prepared in entries {
        let index = audit.state.size();
        if index == checkpoint.size {
            audit.fail_size(checkpoint.size, "more");
            break;
        }
        if let Err(fault) = audit.entry(index, prepared?, vkey) {
            audit.fail(Some(index), &fault);
            break;
        }
    }
    audit.finish(&checkpoint, vkey);
    Ok(audit.done(Some(checkpoint.size)))
}

struct Audit {
    origin: String,
    state: LogState,
    tree: MemoryTree,
    /// The root asked for last: many signatures in a row name the same size.
    root: Option<(u64, Hash)>,
    kinds: BTreeMap<String, u64>,
    invalid_signature_count: u64,
    invalid_signatures: Vec<InvalidSignature>,
    fault: Option<FaultReport>,
}

impl Audit {
    fn new(vkey: &Vkey) -> Self {
        Self {
            origin: vkey.name().to_string(),
            state: LogState::new(),
            tree: MemoryTree::default(),
            root: None,
            kinds: BTreeMap::new(),
            invalid_signature_count: 0,
            invalid_signatures: Vec::new(),
            fault: None,
        }
    }

    fn entry(&mut self, index: u64, prepared: Result<Prepared, TextError>, vkey: &Vkey) -> Result<(), Fault> {
        let prepared = prepared?;
        let (tree, cached) = (&mut self.tree, &mut self.root);
        let mut root_at = |size: u64| match *cached {
            Some((known, hash)) if known == size => Some(hash),
            _ => {
                let hash = root(size, tree).ok()?;
                *cached = Some((size, hash));
                Some(hash)
            }
        };
        let verdict = self
            .state
            .apply_prepared(index, &prepared, &mut root_at)
            .map_err(|inconsistency| inconsistency.fault)?;
        if index == 0 {
            let genesis = self.state.genesis().ok_or(Fault::Genesis)?;
            if genesis.origin.as_str() != vkey.name().as_str() {
                return Err(Fault::OtherLog);
            }
        }
        self.tree.append(&prepared.leaf());
        let kind = prepared.entry().body.kind();
        match self.kinds.get_mut(kind) {
            Some(count) => *count = count.saturating_add(1),
            None => drop(self.kinds.insert(kind.to_owned(), 1)),
        }
        if let EntryVerdict::InvalidSignature(faults) = verdict {
            self.invalid_signature_count = self.invalid_signature_count.saturating_add(1);
            if self.invalid_signatures.len() < LISTED_MAX {
                let reasons = faults
                    .into_iter()
                    .map(crate::domain::log::SignatureFault::key)
                    .collect();
                self.invalid_signatures.push(InvalidSignature { index, reasons });
            }
        }
        Ok(())
    }

    fn finish(&mut self, checkpoint: &Checkpoint, vkey: &Vkey) {
        if self.fault.is_some() {
            return;
        }
        if self.state.size() < checkpoint.size {
            self.fail_size(checkpoint.size, "fewer");
        } else if !self.state.custody().keys().contains(vkey) {
            self.fail(Some(0), &Fault::OtherLog);
        } else if self.tree.root() != checkpoint.root {
            self.fail(None, &Fault::Tree);
        }
    }

    fn fail(&mut self, index: Option<u64>, fault: &Fault) {
        self.fault = Some(FaultReport {
            index,
            key: fault.key(),
            message: fault.to_string(),
        });
    }

    fn fail_size(&mut self, size: u64, how: &str) {
        let message = format!("the checkpoint says {size} entries, there are {how}");
        self.fault = Some(FaultReport {
            index: None,
            key: "size",
            message,
        });
    }

    fn done(self, size: Option<u64>) -> (AuditReport, Audited) {
        let unknown = self.state.has_unknown_kind();
        let elections = self
            .state
            .elections()
            .values()
            .map(|state| election(state, unknown))
            .collect();
        let verdict = match (&self.fault, unknown) {
            (Some(_), _) => Verdict::NotValid,
            (None, true) => Verdict::CannotTell,
            (None, false) => Verdict::Valid,
        };
        let seals = seals(&self.state);
        let report = AuditReport {
            verdict,
            origin: self.origin,
            size,
            entries: self.tree.size(),
            kinds: self.kinds,
            elections,
            invalid_signature_count: self.invalid_signature_count,
            invalid_signatures: self.invalid_signatures,
            seals,
            fault: self.fault,
        };
        let (state, tree) = (self.state, self.tree);
        (report, Audited { state, tree })
    }
}

fn seals(state: &LogState) -> SealsReport {
    let custody = state.custody();
    let through = state
        .last_at()
        .and_then(|at| civil_day(at, &TimeZone::UTC).yesterday().ok());
    let (missing, days) = through.map_or((0, Vec::new()), |through| {
        custody.missing_seals(through, SEALS_LISTED_MAX)
    });
    SealsReport {
        count: u64::try_from(custody.seals().len()).unwrap_or(u64::MAX),
        missing,
        missing_days: days.iter().map(ToString::to_string).collect(),
    }
}

fn election(state: &ElectionState, unknown: bool) -> ElectionReport {
    ElectionReport {
        election: state.terms().id.to_string(),
        title: state.terms().title.to_string(),
        counts: (!unknown).then(|| state.counts()),
        roster: (!unknown).then(|| roster(state)),
        valid_by_day: state
            .valid_by_day()
            .iter()
            .filter(|_| !unknown)
            .map(|(day, count)| (day.to_string(), *count))
            .collect(),
        closed: state.is_closed(),
    }
}

fn roster(state: &ElectionState) -> RosterReport {
    let entries = state.movements().iter().map(|movement| MovementReport {
        index: movement.index,
        day: state.day_of(movement.at).to_string(),
        since_opening: movement.since_opening,
        added: movement.added(),
        off: movement
            .off()
            .filter(|(_, off)| off.all > 0)
            .map(|(reason, off)| (reason.as_str(), off.all))
            .collect(),
    });
    let off_unsigned = state.unsigned_off().iter().map(|removal| RemovalReport {
        index: removal.index,
        label: print_hex(&removal.label),
        reason: removal.reason.as_str(),
        on_again: state.is_on(&removal.label),
    });
    RosterReport {
        members_at_opening: state.members_at_opening(),
        entries: entries.collect(),
        off_unsigned: off_unsigned.collect(),
    }
}

#[cfg(test)]
mod tests;
