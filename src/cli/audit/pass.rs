//! One pass over a published log: every file against the checkpoint, every entry against the rules, side by side.
//!
//! One thread reads files and hashes them. As many as there are processors read entries ahead of the rules and verify the
//! people's signatures, strictly; the last applies the rules, in the log's order. What waits between them is bounded in entries
//! and bytes. Absent: printing.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;

use crate::cli::audit::source::SourceError;
use crate::domain::audit::AuditReport;
use crate::domain::audit::Audited;
use crate::domain::audit::FaultReport;
use crate::domain::audit::SealsReport;
use crate::domain::audit::audit_prepared;
use crate::domain::log::Prepared;
use crate::domain::text::TextError;
use crate::domain::verdict::Verdict;
use crate::ledger::audit::AuditError;
use crate::ledger::audit::audit_files;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::note::Vkey;

/// Entries that go from one thread to the other at a time.
const BATCH: usize = 256;
/// Bytes of entries that go at a time; one entry may exceed it.
const BATCH_BYTES: usize = 1 << 20;
/// Batches that wait at most.
const WAITING: usize = 8;

/// What a pass found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The report of the rules, with what the files gave put in where that is worse.
    pub report: AuditReport,
    /// The checkpoint's root, where a checkpoint is to be believed.
    pub root: Option<Hash>,
    /// That checkpoint, with all its signatures.
    pub note: Option<String>,
}

/// A checkpoint of the same log from elsewhere, which the log must extend: what it is, in words, and its note.
pub type Known<'a> = (&'a str, &'a str);

/// Audits a whole log. `read` gives a file of the log, or `None` where there is none; `since` is a checkpoint of the same
/// log kept from earlier, which this one must extend.
pub fn audit_log<R>(read: R, vkey: &Vkey, since: Option<&str>) -> Pass
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError> + Send,
{
    let known: Vec<Known<'_>> = since
        .iter()
        .map(|note| ("the checkpoint kept from earlier", *note))
        .collect();
    audit_whole(read, vkey, &known).0
}

/// As [`audit_log`], with what the log says where that could be read to its end.
pub fn audit_whole<R>(mut read: R, vkey: &Vkey, known: &[Known<'_>]) -> (Pass, Option<Audited>)
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError> + Send,
{
    let (note, checkpoint) = match open(&mut read, vkey) {
        Ok(opened) => opened,
        Err(pass) => return (*pass, None),
    };
    let mut earlier = Vec::new();
    for (what, note) in known {
        match Checkpoint::open(note, vkey) {
            Ok(opened) => earlier.push(opened),
            Err(error) => {
                let message = format!("{what}: {error}");
                return (refusal(vkey, Verdict::CannotTell, "since", &message), None);
            }
        }
    }
    let (files, audited) = run(read, vkey, &note, &checkpoint);
    let (mut report, mut audited) = match audited {
        Ok(audited) => audited,
        Err(error) => {
            let pass = refusal(vkey, Verdict::CannotTell, "read", &error.to_string());
            return (pass, None);
        }
    };
    if let Err(error) = files {
        // The rules saw fewer entries only because the files ended early; any other fault lies before that place.
        if report.fault.as_ref().is_none_or(|fault| fault.key == "size") {
            (report.verdict, report.fault) = judge(&error);
        }
    } else if report.fault.is_none()
        && let Some(fault) = earlier
            .iter()
            .find_map(|earlier| fork(earlier, &checkpoint, audited.root_at(earlier.size)))
    {
        (report.verdict, report.fault) = (Verdict::NotValid, Some(fault));
    }
    let whole = report.fault.is_none().then_some(audited);
    let root = Some(checkpoint.root);
    let note = Some(note);
    (Pass { report, root, note }, whole)
}

/// The published checkpoint, or why there is none to go by.
fn open<R>(read: &mut R, vkey: &Vkey) -> Result<(String, Checkpoint), Box<Pass>>
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError>,
{
    let refuse = |verdict, key, message: &str| Err(Box::new(refusal(vkey, verdict, key, message)));
    let note = match read("checkpoint") {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let message = "there is no published log here: no file named checkpoint";
            return refuse(Verdict::CannotTell, "unpublished", message);
        }
        Err(error) => {
            let message = format!("cannot read checkpoint: {error}");
            return refuse(Verdict::CannotTell, "read", &message);
        }
    };
    let Ok(note) = String::from_utf8(note) else {
        return refuse(Verdict::NotValid, "checkpoint", "the checkpoint is not UTF-8");
    };
    match Checkpoint::open(&note, vkey) {
        Ok(checkpoint) => Ok((note, checkpoint)),
        Err(error) => refuse(Verdict::NotValid, "checkpoint", &error.to_string()),
    }
}

type Files = Result<(), AuditError<SourceError>>;
/// Entries read ahead, in order.
type Ready = Vec<Result<Prepared, TextError>>;
/// Entries to read ahead, and where they go then.
type Job = (Vec<Vec<u8>>, SyncSender<Ready>);

fn run<R>(
    mut read: R,
    vkey: &Vkey,
    note: &str,
    checkpoint: &Checkpoint,
) -> (Files, Result<(AuditReport, Audited), SourceError>)
where
    R: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError> + Send,
{
    let stop = AtomicBool::new(false);
    let (work, jobs) = sync_channel::<Job>(WAITING);
    let (order, line) = sync_channel::<Receiver<Ready>>(WAITING);
    let jobs = Mutex::new(jobs);
    std::thread::scope(|scope| {
        let (stopped, jobs) = (&stop, &jobs);
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(move || read_ahead(jobs));
        }
        let reader = scope.spawn(move || {
            let mut batch = Batch::new(work, order, stopped);
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
            files
        });
        let entries = line.iter().flat_map(|ready| match ready.recv() {
            Ok(ready) => ready.into_iter().map(Ok).collect(),
            Err(_ended) => vec![Err(SourceError("a thread ended early".to_owned()))],
        });
        let audited = audit_prepared(entries, note, vkey);
        stop.store(true, Ordering::Relaxed);
        // Whoever still waits to hand something over is told that nobody takes it.
        drop(line);
        let files = reader.join().unwrap_or_else(|_panic| Err(lost()));
        (files, audited)
    })
}

/// Reads and verifies what comes, until nothing more can come.
fn read_ahead(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((entries, ready)) = job else { return };
        let done = entries.iter().map(|bytes| Prepared::read(bytes)).collect();
        // Nobody may want it any more.
        let _ = ready.send(done);
    }
}

fn lost() -> AuditError<SourceError> {
    AuditError::Read {
        path: "the log".to_owned(),
        source: SourceError("the reader ended early".to_owned()),
    }
}

/// Entries on their way to the rules.
struct Batch<'a> {
    work: SyncSender<Job>,
    order: SyncSender<Receiver<Ready>>,
    stopped: &'a AtomicBool,
    entries: Vec<Vec<u8>>,
    bytes: usize,
}

impl<'a> Batch<'a> {
    fn new(work: SyncSender<Job>, order: SyncSender<Receiver<Ready>>, stopped: &'a AtomicBool) -> Self {
        Self {
            work,
            order,
            stopped,
            entries: Vec::with_capacity(BATCH),
            bytes: 0,
        }
    }

    fn push(&mut self, entry: &[u8]) {
        self.entries.push(entry.to_vec());
        self.bytes = self.bytes.saturating_add(entry.len());
        if self.entries.len() == BATCH || self.bytes >= BATCH_BYTES {
            self.send();
        }
    }

    fn send(&mut self) {
        let batch = std::mem::replace(&mut self.entries, Vec::with_capacity(BATCH));
        self.bytes = 0;
        let (done, ready) = sync_channel(1);
        if self.order.send(ready).is_err() || self.work.send((batch, done)).is_err() {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// A log that does not extend what the same key signed before is two logs: the strongest evidence there is.
fn fork(since: &Checkpoint, checkpoint: &Checkpoint, root_then: Option<Hash>) -> Option<FaultReport> {
    let message = if since.size > checkpoint.size {
        format!(
            "the log had {} entries before and has {} now",
            since.size, checkpoint.size
        )
    } else if since.size == 0 || root_then == Some(since.root) {
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
            seals: SealsReport::default(),
            fault: Some(FaultReport {
                index: None,
                key,
                message: message.to_owned(),
            }),
        },
        root: None,
        note: None,
    }
}
