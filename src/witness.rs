//! A small witness, for a body that watches over a portal's log: sees each checkpoint, makes sure that the log only grew, cosigns
//! (C2SP tlog-witness), and keeps what it saw. No database and none of a portal's settings: a folder and a list of logs.
//!
//! What is cosigned, [`crate::ledger::witness::decide`] says; one lock a log is held from the decision until the checkpoint is durable, and
//! a lock on the folder keeps a second process out. Absent: key files and arguments (`cli::witness`), the network to the log.

use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use anyhow::Context;
use anyhow::ensure;

use crate::clock::Clock;
use crate::domain::disputed::Disputed;
use crate::domain::disputed::DisputedError;
use crate::durable;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::only_signed_by;
use crate::ledger::equivocation::LeafConflict;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::ledger::policy::PolicyLog;
use crate::ledger::witness::AddCheckpoint;
use crate::ledger::witness::Refusal;
use crate::ledger::witness::RequestError;
use crate::ledger::witness::SIZE_CONTENT_TYPE;
use crate::ledger::witness::decide;
use crate::ledger::witness::origin_hash;

mod files;
pub mod follow;
pub mod http;
mod record;

#[cfg(test)]
mod tests;

use record::CommitError;
use record::Newest;
use record::Record;

pub use record::DISPUTES_MAX;
pub use record::EQUIVOCATIONS_MAX;
pub use record::REFUSED_MAX;

const TEXT: &str = "text/plain; charset=utf-8";
/// What everybody is told after the disk failed in the wrong moment.
const BROKEN: &str = "the disk failed; this witness has to be started again";
/// What who brings a dispute is told.
const RECEIVED: &str = "received; it is shown here until the log has the dispute";

/// A witness with its keys, its logs and its memory.
#[derive(Debug)]
pub struct Witness {
    keys: Vec<Cosigner>,
    logs: Vec<Log>,
    clock: Clock,
    _lock: File,
}

/// A log that is watched.
#[derive(Debug)]
pub struct Log {
    origin: KeyName,
    hash: String,
    keys: Vec<LogKey>,
    url: Option<String>,
    record: Mutex<Record>,
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Reply {
    fn text(status: u16, body: impl std::fmt::Display) -> Self {
        Self {
            status,
            content_type: TEXT,
            body: format!("{body}\n"),
        }
    }

    fn not_found() -> Self {
        Self::text(404, "there is nothing here")
    }

    fn failed(what: &str, error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "{what}");
        Self::text(503, what)
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let status = refusal.status();
        match refusal {
            Refusal::Stale { size } => Self {
                content_type: SIZE_CONTENT_TYPE,
                ..Self::text(status, size)
            },
            other => Self::text(status, other),
        }
    }
}

impl Witness {
    /// Opens a witness's folder for these logs and keeps other processes out of it. Lines of one origin are keys of one log.
    pub fn open(
        folder: &Path,
        keys: Vec<Cosigner>,
        logs: &[PolicyLog],
        clock: Clock,
    ) -> anyhow::Result<Self> {
        ensure!(!keys.is_empty(), "a witness needs a key");
        durable::make_folder(folder)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))?;
        lock.try_lock().ok().with_context(|| {
            format!(
                "another witness has {}: one folder, one process",
                folder.display()
            )
        })?;
        let mut found: Vec<(KeyName, Vec<LogKey>, Option<String>)> = Vec::new();
        for line in logs {
            let origin = line.key.name();
            match found.iter_mut().find(|(known, _, _)| known == origin) {
                Some((_, keys, url)) => {
                    keys.push(line.key.clone());
                    *url = url.take().or_else(|| line.url.clone());
                }
                None => found.push((origin.clone(), vec![line.key.clone()], line.url.clone())),
            }
        }
        let logs = found
            .into_iter()
            .map(|(origin, log_keys, url)| {
                let hash = origin_hash(&origin);
                let record = Record::open(&folder.join(&hash), &origin, &log_keys, &keys)?;
                Ok(Log {
                    origin,
                    hash,
                    keys: log_keys,
                    url,
                    record: Mutex::new(record),
                })
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            keys,
            logs,
            clock,
            _lock: lock,
        })
    }

    /// The logs that are watched.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    fn by_hash(&self, hash: &str) -> Option<&Log> {
        self.logs.iter().find(|log| log.hash == hash)
    }

    /// `GET /healthz`: whether it can cosign.
    pub fn health(&self) -> Reply {
        if !self.clock.is_steady() {
            return Reply::text(503, "the clock jumped: set it right and start again");
        }
        if self.logs.iter().any(|log| log.record().is_broken()) {
            return Reply::text(503, BROKEN);
        }
        Reply::text(200, "ok")
    }

    /// `POST /add-checkpoint`.
    pub fn add_checkpoint(&self, body: &[u8]) -> Reply {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error @ RequestError::Size) => return Reply::text(413, error),
            Err(error) => return Reply::text(400, error),
        };
        let checkpoint = request.checkpoint();
        let Some(log) = self.logs.iter().find(|log| log.origin == checkpoint.origin) else {
            return Refusal::UnknownOrigin.into();
        };
        let mut record = log.record();
        if record.is_broken() {
            return Reply::text(503, BROKEN);
        }
        let newest = record.newest().map(|newest| &newest.checkpoint);
        match decide(&request, Some(&log.keys), newest) {
            Ok(()) => self.cosign(log, &mut record, &request),
            Err(refusal) => {
                if refusal.is_signed()
                    && let Err(error) = log.suspect(&mut record, refusal, &request)
                {
                    tracing::warn!(%error, "a refused checkpoint was not kept");
                }
                refusal.into()
            }
        }
    }

    /// Cosigns what was decided to be cosigned; it is durable before the answer is made.
    fn cosign(&self, log: &Log, record: &mut Record, request: &AddCheckpoint) -> Reply {
        let now_s = u64::try_from(self.clock.now_s()).unwrap_or(0);
        if !self.clock.is_steady() || now_s == 0 {
            return Reply::text(503, "the clock of this witness is not right");
        }
        let time_s = record.newest().map_or(now_s, |newest| now_s.max(newest.time_s));
        let checkpoint = request.checkpoint().clone();
        let known = record
            .newest()
            .filter(|newest| newest.checkpoint == checkpoint)
            .cloned();
        // The public checkpoint is anybody's to send again: within the second it costs neither a signature nor the disk.
        if let Some(lines) = known
            .as_ref()
            .filter(|known| known.time_s == time_s)
            .and_then(|known| self.own_lines(&known.note))
        {
            return Reply {
                status: 200,
                content_type: TEXT,
                body: lines,
            };
        }
        let known = known.as_ref().map(|known| &known.note);
        let (note, lines) = match self.sign(log, (request.note(), known), &checkpoint, time_s) {
            Ok(signed) => signed,
            Err(error) => return Reply::failed("the checkpoint cannot be cosigned", &error),
        };
        let newest = Newest {
            note: note.clone(),
            checkpoint: checkpoint.clone(),
            time_s,
        };
        match record.commit(newest) {
            Ok(()) => {}
            Err(error @ CommitError::Unchanged(_)) => {
                return Reply::failed("the checkpoint cannot be kept", &error);
            }
            Err(error @ CommitError::Broken(_)) => {
                return Reply::failed(BROKEN, &error);
            }
        }
        tracing::debug!(
            origin = checkpoint.origin.as_str(),
            size = checkpoint.size,
            "cosigned"
        );
        if let Err(error) = log.compare_refused(record, &note, &checkpoint) {
            tracing::warn!(%error, "refused checkpoints of this size were not compared");
        }
        Reply {
            status: 200,
            content_type: TEXT,
            body: lines,
        }
    }

    /// The lines of this witness's keys under a note; `None` where one of them is not there.
    fn own_lines(&self, note: &Note) -> Option<String> {
        let mut lines = String::new();
        for key in &self.keys {
            let key = key.key();
            let mut signatures = note.signatures().iter();
            let line = signatures.find(|line| line.id == key.id() && line.name == *key.name())?;
            writeln!(lines, "{line}").ok()?;
        }
        Some(lines)
    }

    /// The note with the log's lines and this witness's own, and these alone as text. Of the log's lines that were kept of the same
    /// checkpoint none goes: who sends it again with fewer takes nothing away.
    fn sign(
        &self,
        log: &Log,
        (note, known): (&Note, Option<&Note>),
        checkpoint: &Checkpoint,
        time_s: u64,
    ) -> anyhow::Result<(Note, String)> {
        let mut note = only_signed_by(&log.keys, note)?.context("no key of the log signed it")?;
        if let Some(known) = known.and_then(|known| only_signed_by(&log.keys, known).ok().flatten()) {
            for line in known.signatures() {
                let is_there = |other: &NoteSignature| other.id == line.id && other.name == line.name;
                if !note.signatures().iter().any(is_there) {
                    note = note.with(line.clone())?;
                }
            }
        }
        let mut lines = String::new();
        for key in &self.keys {
            let line = key.cosign(checkpoint, time_s)?;
            writeln!(lines, "{line}")?;
            note = note.with(line)?;
        }
        Ok((note, lines))
    }

    /// `POST /<origin hash>/disputes`: somebody says that a signature is not theirs. Who, nobody can tell; so it is kept as received.
    pub fn receive_dispute(&self, hash: &str, file: &[u8]) -> Reply {
        let Some(log) = self.by_hash(hash) else {
            return Refusal::UnknownOrigin.into();
        };
        let disputed = match Disputed::parse(file, &log.keys) {
            Ok(disputed) => disputed,
            Err(error @ (DisputedError::NotSigned | DisputedError::Signature(_))) => {
                return Reply::text(403, error);
            }
            Err(error @ DisputedError::Inclusion(_)) => return Reply::text(422, error),
            Err(error) => return Reply::text(400, error),
        };
        let mut record = log.record();
        match log.contradicts(&mut record, &disputed) {
            Ok(false) => {}
            Ok(true) => {
                return Reply::text(
                    422,
                    "the log signed this for you and something else for others; what shows that is kept",
                );
            }
            Err(error) => return Reply::failed("it cannot be compared with what was cosigned", &error),
        }
        if let Some(dispute) = record.followed().dispute_of(disputed.index) {
            return Reply::text(200, format_args!("the log has it: entry {dispute}"));
        }
        if record.disputes().contains_key(&disputed.index) {
            return Reply::text(202, RECEIVED);
        }
        match record.keep_dispute(disputed, self.clock.now_s()) {
            Ok(true) => Reply::text(202, RECEIVED),
            Ok(false) => Reply::text(507, "no more can be kept; bring it to this body in person"),
            Err(error) => Reply::failed("it cannot be kept", &error),
        }
    }

    /// `GET /<origin hash>/disputes`: what was received and is not in the log.
    pub fn list_disputes(&self, hash: &str) -> Reply {
        let Some(log) = self.by_hash(hash) else {
            return Reply::not_found();
        };
        let record = log.record();
        let read = match &log.url {
            Some(_) => format!("its first {} entries", record.followed().size()),
            None => "none of its entries: no address of it is known here".to_owned(),
        };
        let mut text = format!(
            "# Received about {}, and not in the log as far as it was read here ({read}).\n\
             # Anybody can send one, since proofs are public: it was received, nothing more is established.\n",
            log.origin
        );
        for (index, brought) in record.disputes() {
            let line = format!("signature {index} received {}\n", moment(brought.received_s));
            text.push_str(&line);
        }
        Reply {
            status: 200,
            content_type: TEXT,
            body: text,
        }
    }

    /// `GET /<origin hash>/checkpoint`: the newest that was cosigned, with the log's lines and this witness's.
    pub fn newest_checkpoint(&self, hash: &str) -> Reply {
        let record = self.by_hash(hash).map(Log::record);
        let Some(newest) = record.as_ref().and_then(|record| record.newest()) else {
            return Reply::not_found();
        };
        Reply {
            status: 200,
            content_type: TEXT,
            body: newest.note.to_string(),
        }
    }

    /// `GET /<origin hash>/equivocation`: a proof that the log told two stories, for `ikrar verify`.
    pub fn equivocation(&self, hash: &str) -> Reply {
        let found = self.by_hash(hash).map(|log| log.record().equivocation());
        match found {
            Some(Ok(Some(body))) => Reply {
                status: 200,
                content_type: TEXT,
                body,
            },
            Some(Err(error)) => Reply::failed("the proof cannot be read", &error),
            Some(Ok(None)) | None => Reply::not_found(),
        }
    }

    /// `GET /<origin hash>/foreign`: a checkpoint that the log signed, and that its own files contradict, for `ikrar audit --since`.
    pub fn foreign(&self, hash: &str) -> Reply {
        let found = self.by_hash(hash).map(|log| log.record().foreign());
        match found {
            Some(Ok(Some(body))) => Reply {
                status: 200,
                content_type: TEXT,
                body,
            },
            Some(Err(error)) => Reply::failed("the checkpoint cannot be read", &error),
            Some(Ok(None)) | None => Reply::not_found(),
        }
    }

    /// `GET /`: who this is and what it watches.
    pub fn describe(&self) -> Reply {
        let mut text = String::from("A witness of transparency logs (c2sp.org/tlog-witness).\n\n");
        for key in &self.keys {
            let line = format!("vkey {}\n", key.key());
            text.push_str(&line);
        }
        for log in &self.logs {
            text.push_str(&log.describe());
        }
        Reply {
            status: 200,
            content_type: TEXT,
            body: text,
        }
    }
}

impl Log {
    /// The log's name.
    pub fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// Where its files are, if that is known.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    fn keys(&self) -> &[LogKey] {
        &self.keys
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        // What a panicking thread left is what it had made durable.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a refused checkpoint that the log signed, if it contradicts what was cosigned or may do so.
    fn suspect(&self, record: &mut Record, refusal: Refusal, request: &AddCheckpoint) -> anyhow::Result<()> {
        let checkpoint = request.checkpoint();
        let Some(note) = only_signed_by(&self.keys, request.note())? else {
            return Ok(());
        };
        let is_kept = match record.cosigned(checkpoint.size)? {
            Some((_, cosigned)) if cosigned.root == checkpoint.root => true,
            Some((cosigned, _)) => record.keep_equivocation(&self.keys, [&cosigned, &note], None)?,
            None => !refusal.is_suspect(),
        };
        if is_kept {
            return Ok(());
        }
        record.keep_refused(note, checkpoint.clone())
    }

    /// A new checkpoint may be the other half of a proof, or show that one was refused for its request alone.
    fn compare_refused(
        &self,
        record: &mut Record,
        note: &Note,
        checkpoint: &Checkpoint,
    ) -> anyhow::Result<()> {
        let of_size: Vec<_> = record
            .refused()
            .iter()
            .filter(|(_, refused)| refused.checkpoint.size == checkpoint.size)
            .map(|(name, refused)| (name.clone(), refused.clone()))
            .collect();
        for (name, refused) in of_size {
            if refused.checkpoint.root == checkpoint.root
                || record.keep_equivocation(&self.keys, [note, &refused.note], None)?
            {
                record.forget_refused(&name);
            }
        }
        Ok(())
    }

    /// Whether the log vouched for a disputed entry in another history than the one that was cosigned; keeps the proof.
    fn contradicts(&self, record: &mut Record, disputed: &Disputed) -> anyhow::Result<bool> {
        if let Some((cosigned, checkpoint)) = record.cosigned(disputed.checkpoint.size)?
            && checkpoint.root != disputed.checkpoint.root
        {
            if !record.keep_equivocation(&self.keys, [&cosigned, &disputed.note], None)? {
                record.keep_refused(disputed.note.clone(), disputed.checkpoint.clone())?;
            }
            return Ok(true);
        }
        let index = disputed.index;
        let Some(other) = record.disputes().get(&index).map(|brought| &brought.disputed) else {
            return Ok(false);
        };
        if other.leaf.hash == disputed.leaf.hash {
            return Ok(false);
        }
        let leaves = [other.leaf.clone(), disputed.leaf.clone()];
        let note = other.note.clone();
        record.keep_equivocation(
            &self.keys,
            [&note, &disputed.note],
            Some(&LeafConflict { index, leaves }),
        )
    }

    fn describe(&self) -> String {
        let record = self.record();
        let newest = record.newest().map_or_else(
            || "nothing cosigned yet".to_owned(),
            |newest| {
                let time_s = i64::try_from(newest.time_s).unwrap_or(i64::MAX);
                format!("{} entries, cosigned {}", newest.checkpoint.size, moment(time_s))
            },
        );
        let histories = if record.has_equivocation() {
            "THE LOG SIGNED TWO HISTORIES: the proof"
        } else {
            "none; a proof of two histories would be here"
        };
        let foreign = if record.has_foreign() {
            "THE LOG SIGNED A CHECKPOINT OF ANOTHER HISTORY than its own files: for `ikrar audit --since`"
        } else {
            "none; a checkpoint of another history than the log's own files would be here"
        };
        let (origin, hash, count) = (&self.origin, &self.hash, record.disputes().len());
        format!(
            "\nlog {origin}\n  /{hash}/checkpoint    {newest}\n  /{hash}/disputes      {count} received and not in the log as far as it was read\n  /{hash}/equivocation  {histories}\n  /{hash}/foreign       {foreign}\n"
        )
    }
}

fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}
