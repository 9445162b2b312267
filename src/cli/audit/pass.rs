//! One pass over a published log: every file against the checkpoint, every entry against the rules, side by side.
//!
//! A thread reads files and hashes them; the other applies the rules to what the first let through. Absent: printing.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;

use crate::cli::audit::source::SourceError;
use crate::domain::audit::AuditReport;
use crate::domain::audit::FaultReport;
use crate::domain::audit::audit;
use crate::domain::verdict::Verdict;
use crate::ledger::audit::AuditError;
use crate::ledger::audit::audit_files;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::Vkey;
use crate::ledger::tree::Frontier;

/// Entries that go from one thread to the other at a time.
const BATCH: usize = 256;

/// What a pass found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The report of the rules, with what the files gave put in where that is worse.
    pub report: AuditReport,
    /// The checkpoint's root, where a checkpoint is to be believed.
    pub root: Option<Hash>,
}

/// Audits a whole log. `read` gives a file of the log, or `None` where there is none; `since` is a checkpoint of the same
/// log kept from earlier, which this one must extend.
pub fn audit_log<R>(mut read: R, vkey: &Vkey, since: Option<&str>) -> Pass
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError> + Send,
{
    let note = match read("checkpoint") {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let message = "there is no published log here: no file named checkpoint";
            return refusal(vkey, Verdict::CannotTell, "unpublished", message);
        }
        Err(error) => {
            return refusal(
                vkey,
                Verdict::CannotTell,
                "read",
                &format!("cannot read checkpoint: {error}"),
            );
        }
    };
    let Ok(note) = String::from_utf8(note) else {
        return refusal(
            vkey,
            Verdict::NotValid,
            "checkpoint",
            "the checkpoint is not UTF-8",
        );
    };
    let checkpoint = match Checkpoint::open(&note, vkey) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return refusal(vkey, Verdict::NotValid, "checkpoint", &error.to_string()),
    };
    let since = match since.map(|kept| Checkpoint::open(kept, vkey)).transpose() {
        Ok(since) => since,
        Err(error) => {
            let message = format!("the checkpoint kept from earlier: {error}");
            return refusal(vkey, Verdict::CannotTell, "since", &message);
        }
    };
    let (files, mut report, earlier_root) = run(read, vkey, &note, &checkpoint, since.as_ref());
    if let Err(error) = files {
        // The rules saw fewer entries only because the files ended early; any other fault lies before that place.
        if report.fault.as_ref().is_none_or(|fault| fault.key == "size") {
            (report.verdict, report.fault) = judge(&error);
        }
    } else if report.fault.is_none()
        && let Some(fault) = fork(since.as_ref(), &checkpoint, earlier_root)
    {
        (report.verdict, report.fault) = (Verdict::NotValid, Some(fault));
    }
    Pass {
        report,
        root: Some(checkpoint.root),
    }
}

type Files = Result<(), AuditError<SourceError>>;

fn run<R>(
    mut read: R,
    vkey: &Vkey,
    note: &str,
    checkpoint: &Checkpoint,
    since: Option<&Checkpoint>,
) -> (Files, AuditReport, Option<Hash>)
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError> + Send,
{
    let stop = AtomicBool::new(false);
    let (sender, receiver) = sync_channel::<Vec<Vec<u8>>>(8);
    std::thread::scope(|scope| {
        let stopped = &stop;
        let reader = scope.spawn(move || {
            let mut batch = Batch::new(sender, stopped, since.map(|since| since.size));
            let files = audit_files(
                checkpoint,
                |name| {
                    if stopped.load(Ordering::Relaxed) {
                        return Err(SourceError("no longer needed".to_owned()));
                    }
                    read(name)
                },
                |_, entry| batch.push(entry),
            );
            batch.send();
            (files, batch.earlier_root)
        });
        let entries = receiver.iter().flatten().map(Ok::<_, SourceError>);
        let report = audit(entries, note, vkey);
        stop.store(true, Ordering::Relaxed);
        // Whoever still waits to hand something over is told that nobody takes it.
        drop(receiver);
        let (files, earlier_root) = reader.join().unwrap_or_else(|_panic| (Err(lost()), None));
        let report = report
            .unwrap_or_else(|error| refusal(vkey, Verdict::CannotTell, "read", &error.to_string()).report);
        (files, report, earlier_root)
    })
}

fn lost() -> AuditError<SourceError> {
    AuditError::Read {
        path: "the log".to_owned(),
        source: SourceError("the reader ended early".to_owned()),
    }
}

/// Entries on their way to the rules, and the root of the size that an earlier checkpoint names.
struct Batch<'a> {
    sender: SyncSender<Vec<Vec<u8>>>,
    stopped: &'a AtomicBool,
    entries: Vec<Vec<u8>>,
    since: Option<u64>,
    frontier: Frontier,
    earlier_root: Option<Hash>,
}

impl<'a> Batch<'a> {
    fn new(sender: SyncSender<Vec<Vec<u8>>>, stopped: &'a AtomicBool, since: Option<u64>) -> Self {
        Self {
            sender,
            stopped,
            entries: Vec::with_capacity(BATCH),
            since,
            frontier: Frontier::default(),
            earlier_root: None,
        }
    }

    fn push(&mut self, entry: &[u8]) {
        if let Some(size) = self.since.filter(|size| *size > self.frontier.size()) {
            self.frontier.append(&leaf_hash(entry));
            if self.frontier.size() == size {
                self.earlier_root = Some(self.frontier.root());
            }
        }
        self.entries.push(entry.to_vec());
        if self.entries.len() == BATCH {
            self.send();
        }
    }

    fn send(&mut self) {
        let batch = std::mem::replace(&mut self.entries, Vec::with_capacity(BATCH));
        if self.sender.send(batch).is_err() {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// A log that does not extend what the same key signed before is two logs: the strongest evidence there is.
fn fork(
    since: Option<&Checkpoint>,
    checkpoint: &Checkpoint,
    earlier_root: Option<Hash>,
) -> Option<FaultReport> {
    let since = since?;
    let message = if since.size > checkpoint.size {
        format!(
            "the log had {} entries before and has {} now",
            since.size, checkpoint.size
        )
    } else if since.size == 0 || earlier_root == Some(since.root) {
        return None;
    } else {
        format!(
            "another root at size {} was signed before: this log is a fork. Keep both checkpoints",
            since.size
        )
    };
    Some(FaultReport {
        index: None,
        key: "fork",
        message,
    })
}

fn judge(error: &AuditError<SourceError>) -> (Verdict, Option<FaultReport>) {
    let (verdict, index, key) = match error {
        AuditError::Size { .. } => (Verdict::NotValid, None, "size"),
        AuditError::Entry { index } => (Verdict::NotValid, Some(*index), "entry"),
        AuditError::Tile { .. } => (Verdict::NotValid, None, "tile"),
        AuditError::Root { .. } => (Verdict::NotValid, None, "tree"),
        AuditError::Malformed { .. } => (Verdict::NotValid, None, "malformed_file"),
        AuditError::Missing { .. } => (Verdict::CannotTell, None, "missing"),
        AuditError::Read { .. } => (Verdict::CannotTell, None, "read"),
    };
    let message = match error {
        AuditError::Malformed { source, .. } => format!("{error}: {source}"),
        AuditError::Read { source, .. } => format!("{error}: {source}"),
        AuditError::Missing { .. } => format!("{error}, though the checkpoint promises it"),
        _ => error.to_string(),
    };
    (verdict, Some(FaultReport { index, key, message }))
}

fn refusal(vkey: &Vkey, verdict: Verdict, key: &'static str, message: &str) -> Pass {
    Pass {
        report: AuditReport {
            verdict,
            origin: vkey.name().to_string(),
            size: None,
            entries: 0,
            kinds: BTreeMap::new(),
            elections: Vec::new(),
            invalid_signature_count: 0,
            invalid_signatures: Vec::new(),
            fault: Some(FaultReport {
                index: None,
                key,
                message: message.to_owned(),
            }),
        },
        root: None,
    }
}
