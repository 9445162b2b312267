//! What `ikrar verify` says about witnesses and time: the upper bound from the file's own checkpoint, the lower one from the log. Absent:
//! what a bound is ([`crate::domain::bounds`]).

use crate::cli::published::PublishedError;
use crate::cli::published::PublishedLog;
use crate::domain::bounds::After;
use crate::domain::bounds::Bounds;
use crate::domain::bounds::after_anchor;
use crate::domain::bounds::before_checkpoint;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::receipt::Check;
use crate::domain::receipt::ProofReport;
use crate::domain::verdict::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::note::Note;
use crate::ledger::policy::JudgeError;
use crate::ledger::policy::Policy;
use crate::ledger::proof::Proof;
use crate::ledger::tile::TILE_WIDTH;

/// An anchor is looked for in so many entry bundles below what was signed: a million entries.
const BUNDLES_MAX: usize = 4096;

/// Where a bound was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// There was no policy to judge witnesses by.
    NoPolicy,
    /// The policy asks for no witness.
    NoWitness,
    /// In the file alone: the lower bound stands in the log.
    File,
    /// In the log too.
    Log,
}

/// The bounds of a proof's signature under a policy. That the policy's witnesses have seen the file's tree is a row of the report, and so
/// is, with a log, that its trees are those that the file names.
pub(super) fn find(
    report: &mut ProofReport,
    file: &[u8],
    policy: Option<&Policy>,
    log: Option<&str>,
) -> (Bounds, Looked) {
    let (Some(policy), Some(shown)) = (policy, report.shown.clone()) else {
        return (Bounds::default(), Looked::NoPolicy);
    };
    let note = std::str::from_utf8(file)
        .ok()
        .and_then(|text| Proof::parse(text).ok())
        .map(|proof| proof.checkpoint_note)
        .unwrap_or_default();
    let mut bounds = Bounds {
        after: None,
        before: before_checkpoint(&note, std::slice::from_ref(policy)),
    };
    let looked = |looked| {
        if policy.is_quorum_none() {
            Looked::NoWitness
        } else {
            looked
        }
    };
    let Some(place) = log else {
        add_witnesses(report, &note, policy, false);
        return (bounds, looked(Looked::File));
    };
    let found = PublishedLog::open(place, policy).and_then(|mut log| {
        let (_, checkpoint) =
            parse_checkpoint_note(&note).map_err(|error| PublishedError::Untrue(error.to_string()))?;
        let after = find_anchor(&mut log, policy, &checkpoint, &shown.entry)?;
        log.check_quorum()?;
        Ok(after)
    });
    add_witnesses(report, &note, policy, found.is_ok());
    match found {
        Ok(after) => {
            bounds.after = after;
            report.add(Check::Log, Verdict::Valid, "");
        }
        Err(PublishedError::Unread(why)) => report.add(Check::Log, Verdict::CannotTell, &why),
        Err(PublishedError::Untrue(why)) => {
            report.add(Check::Log, Verdict::NotValid, &why);
            bounds = Bounds::default();
        }
    }
    (bounds, looked(Looked::Log))
}

/// The row on the policy's witnesses. Those who cosigned a larger tree that holds the file's (`in_log`) have seen that one too. A quorum
/// of nobody needs no row.
fn add_witnesses(report: &mut ProofReport, note: &str, policy: &Policy, in_log: bool) {
    let judged = match Note::parse(note) {
        Ok(note) => policy.judge(&note),
        Err(error) => return report.add(Check::Witnesses, Verdict::NotValid, &error.to_string()),
    };
    match judged {
        Ok(_) if policy.is_quorum_none() => {}
        Ok(judgement) if judgement.has_quorum || in_log => {
            report.add(Check::Witnesses, Verdict::Valid, "");
        }
        Ok(judgement) => {
            let words = format!(
                "the file's checkpoint lacks the policy's quorum of witnesses: {} of them cosigned. Who runs the log may show this \
                 history to you alone; fetch the file again once the portal calls it final, or give --log",
                judgement.cosigned.len()
            );
            report.add(Check::Witnesses, Verdict::CannotTell, &words);
        }
        Err(error @ JudgeError::Signature(_)) => {
            report.add(Check::Witnesses, Verdict::NotValid, &error.to_string());
        }
        Err(error) => report.add(Check::Witnesses, Verdict::CannotTell, &error.to_string()),
    }
}

/// The newest anchor with the policy's quorum in the tree that was signed upon. Whatever the entry is, the log must hold the tree of the
/// receipt's checkpoint.
fn find_anchor(
    log: &mut PublishedLog,
    policy: &Policy,
    checkpoint: &Checkpoint,
    entry: &Entry,
) -> Result<Option<After>, PublishedError> {
    compare(
        log,
        checkpoint.size,
        checkpoint.root.as_bytes(),
        "the receipt's checkpoint",
    )?;
    let Body::Signature(signature) = &entry.body else {
        return Ok(None);
    };
    let signed = &signature.statement.after;
    compare(log, signed.size, &signed.root, "what was signed")?;
    let width = u64::from(TILE_WIDTH);
    let numbers = (0..signed.size.div_ceil(width)).rev();
    for number in numbers.take(BUNDLES_MAX) {
        let entries = log.bundle(number)?;
        let below = (number.saturating_mul(width)..signed.size).zip(&entries);
        for (index, bytes) in below.collect::<Vec<_>>().into_iter().rev() {
            let anchor = Entry::parse(bytes)
                .ok()
                .and_then(|entry| after_anchor(&entry, index, std::slice::from_ref(policy)));
            if anchor.is_some() {
                return Ok(anchor);
            }
        }
    }
    Ok(None)
}

fn compare(log: &mut PublishedLog, size: u64, root: &[u8; 32], of: &str) -> Result<(), PublishedError> {
    if size > log.size() {
        return Err(PublishedError::Unread(format!(
            "the published log has {} entries, {of} names {size}",
            log.size()
        )));
    }
    if log.root_at(size)?.as_bytes() == root {
        return Ok(());
    }
    Err(PublishedError::Untrue(format!(
        "{of} names another history of {size} entries than the log: a fork. Keep the file: it proves the fork"
    )))
}

/// The bounds in words, a line each: name and value.
pub(super) fn facts(
    bounds: &Bounds,
    looked: Looked,
    moment: fn(i64) -> String,
) -> Vec<(&'static str, String)> {
    use crate::domain::bounds::Known;
    let (after_s, before_s) = bounds.minutes();
    let minute = |time_s: Option<u64>| time_s.and_then(|time_s| i64::try_from(time_s).ok()).map(moment);
    let by = "by the witnesses' clocks";
    let lower = match (minute(after_s), bounds.after, looked) {
        (Some(at), Some(after), _) => format!("{at}, {by} (anchor at entry {})", after.anchor),
        (_, _, Looked::NoPolicy) => {
            "no independent lower bound: --policy and --log DIR|URL look for one".to_owned()
        }
        (_, _, Looked::NoWitness) => "no independent lower bound: the policy asks for no witness".to_owned(),
        (_, _, Looked::File) => {
            "no independent lower bound in this file: it stands in the log, --log DIR|URL reads it".to_owned()
        }
        (_, _, Looked::Log) => "no independent lower bound: no anchor lies below what was signed".to_owned(),
    };
    let upper = match (minute(before_s), bounds.before, looked) {
        (Some(at), Some(before), _) => format!("{at}, {by} (checkpoint of {} entries)", before.size),
        (_, _, Looked::NoPolicy) => {
            "no independent upper bound: --policy says which witnesses count".to_owned()
        }
        (_, _, Looked::NoWitness) => "no independent upper bound: the policy asks for no witness".to_owned(),
        _ => "no independent upper bound: the file's checkpoint lacks the policy's quorum of witnesses"
            .to_owned(),
    };
    if bounds.known() == Known::Contradiction {
        let words = "no bound holds: the witnesses' clocks contradict each other";
        return vec![("time", words.to_owned())];
    }
    vec![("after", lower), ("before", upper)]
}
