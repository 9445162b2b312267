//! Asking the witnesses beside the signing: one worker a witness, one question in flight each, for the newest checkpoint.
//!
//! All of them are asked for the same checkpoint, a *round*, since only cosignatures of one size make a quorum together. A round ends
//! with its quorum, or after a while without one; the next begins at least a second after it. When the quorum is there, the checkpoint is kept
//! ([`crate::service::witness::keep`]) and becomes the public one. A witness never slows or stops signing, but at the [`gate`]. Absent:
//! what a witness answers (`exchange`), what a quorum is ([`crate::ledger::policy`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::app::App;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::ledger::policy::PolicyWitness;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::Pool;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::publish::Publisher;
use crate::service::witness::Cosigned;

mod exchange;
pub mod gate;
mod worker;

use exchange::AskError;
use exchange::Reply;
use gate::Gate;
use gate::GateState;

pub use worker::Running;
pub use worker::start;

/// No two rounds begin within this.
const PERIOD: Duration = Duration::from_secs(1);
/// A round without a quorum is given up after this: longer than the slowest answer.
const ROUND_TIME_MAX: Duration = Duration::from_secs(12);
/// Questions to one witness in one round: the first may only tell its size.
const QUESTIONS: usize = 3;

/// Why a witness's round came to nothing.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    /// Of the witness.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// It is ahead of what it was asked, or says another size each time.
    #[error("it says that it knows {0} entries")]
    Size(u64),
    /// Of this portal.
    #[error(transparent)]
    Ours(#[from] Error),
}

/// What all workers share.
pub struct Witnesses {
    publisher: Arc<Publisher>,
    folder: LogFolder,
    pool: Pool,
    gate: Arc<Gate>,
    agent: ureq::Agent,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    rounds: u64,
    round: Option<Round>,
    fresh_wanted: bool,
    sizes: BTreeMap<String, u64>,
    newest: Option<Cosigned>,
}

struct Round {
    job: Job,
    begun: Instant,
    lines: BTreeMap<String, NoteSignature>,
    done: bool,
}

/// What is asked in a round.
#[derive(Clone)]
struct Job {
    round: u64,
    size: u64,
    note: Note,
}

impl Witnesses {
    /// For a log and its policy.
    pub fn new(publisher: Arc<Publisher>, folder: LogFolder, pool: Pool) -> Self {
        Self {
            gate: Arc::new(Gate::new(Arc::clone(&publisher))),
            publisher,
            folder,
            pool,
            agent: exchange::agent(),
            inner: Mutex::new(Inner::default()),
        }
    }

    /// What keeps the log from signing too early.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// The newest checkpoint that got the quorum since the start.
    pub fn newest(&self) -> Option<Cosigned> {
        self.inner().newest.clone()
    }

    /// Asks for cosignatures of the present size again, for the sake of their time.
    pub fn want_fresh(&self) {
        self.inner().fresh_wanted = true;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks every witness once, at the same time, only to open the gate: for the command line, which signs beside a portal or without one.
    pub fn hear(&self) -> Result<(), Error> {
        if self.gate.state() == GateState::Waiting
            && let Some(job) = self.job(true)?
        {
            let asked = self.publisher.policy().witnesses();
            std::thread::scope(|scope| {
                for witness in asked {
                    let job = &job;
                    scope.spawn(move || {
                        match self.ask(witness, job) {
                            // A size is what was asked for.
                            Ok(_) | Err(RoundError::Size(_)) => {}
                            Err(error) => {
                                tracing::warn!(witness = witness.name, %error, "a witness did not answer");
                            }
                        }
                    });
                }
            });
        }
        self.gate.check()
    }

    /// Asks every witness to cosign the newest checkpoint signed by the log's next key alone: who does knows that key.
    /// The others, each with what it answered.
    pub fn list_unaware(&self) -> Result<Vec<String>, Error> {
        let published = publish::read(&self.folder, self.publisher.vkey())?
            .ok_or_else(|| Error::busy("problem-not-published"))?;
        let checkpoint = Checkpoint {
            origin: self.publisher.vkey().name().clone(),
            size: published.size,
            root: published.root,
        };
        let job = Job {
            round: 0,
            size: published.size,
            note: self.publisher.sign_with_next(&checkpoint)?,
        };
        let asked = self.publisher.policy().witnesses().iter();
        Ok(asked
            .filter_map(|witness| Some(format!("{}: {}", witness.name, self.ask(witness, &job).err()?)))
            .collect())
    }

    /// The round to work on. A new one begins where there is something new to ask, `at_once` even if the last is still young.
    fn job(&self, at_once: bool) -> Result<Option<Job>, Error> {
        let (old, fresh) = {
            let inner = self.inner();
            let Some(round) = &inner.round else {
                drop(inner);
                return self.begin();
            };
            let age = round.begun.elapsed();
            // The empty log's round never gets a quorum: it gives way to the first entry.
            let done = round.done || round.job.size == 0;
            let may_begin = at_once || (age >= PERIOD && (done || age >= ROUND_TIME_MAX));
            if !may_begin {
                return Ok(Some(round.job.clone()));
            }
            (round.job.clone(), inner.fresh_wanted || !done)
        };
        let size = publish::read(&self.folder, self.publisher.vkey())?.map_or(0, |published| published.size);
        if at_once || fresh || size != old.size {
            return self.begin();
        }
        Ok(Some(old))
    }

    fn begin(&self) -> Result<Option<Job>, Error> {
        let Some((size, note)) = self.newest_signed()? else {
            return Ok(None);
        };
        let mut inner = self.inner();
        inner.rounds = inner.rounds.saturating_add(1);
        inner.fresh_wanted = false;
        let job = Job {
            round: inner.rounds,
            size,
            note,
        };
        inner.round = Some(Round {
            job: job.clone(),
            begun: Instant::now(),
            lines: BTreeMap::new(),
            done: false,
        });
        Ok(Some(job))
    }

    /// The newest checkpoint that the log signed. Where the folder has none and nothing may be signed yet, that of the empty log, which
    /// every history extends: enough for a witness to tell its size.
    fn newest_signed(&self) -> Result<Option<(u64, Note)>, Error> {
        if let Some(published) = publish::read(&self.folder, self.publisher.vkey())? {
            let note = Note::parse(&published.note).map_err(Error::internal)?;
            return Ok(Some((published.size, note)));
        }
        if self.gate.state() == GateState::Open {
            return Ok(None);
        }
        let empty = Checkpoint {
            origin: self.publisher.vkey().name().clone(),
            size: 0,
            root: empty_root(),
        };
        Ok(Some((0, self.publisher.sign(&empty, false)?)))
    }

    /// Asks one witness in a round, with the proof from the size that it has.
    fn ask(&self, witness: &PolicyWitness, job: &Job) -> Result<NoteSignature, RoundError> {
        let known = self.inner().sizes.get(&witness.name).copied();
        let mut old = known.unwrap_or(job.size).min(job.size);
        for _ in 0..QUESTIONS {
            let proof = self.prove(old, job.size)?;
            match exchange::ask(&self.agent, witness, (old, proof), &job.note)? {
                Reply::Cosigned(cosignature) => {
                    self.tell(&witness.name, job.size)?;
                    return Ok(cosignature);
                }
                Reply::Size(size) => {
                    self.tell(&witness.name, size)?;
                    if size > job.size || size == old {
                        return Err(RoundError::Size(size));
                    }
                    old = size;
                }
            }
        }
        Err(RoundError::Size(old))
    }

    fn prove(&self, old: u64, size: u64) -> Result<Vec<Hash>, Error> {
        if old == size {
            return Ok(Vec::new());
        }
        crate::service::witness::prove_consistency(&mut *self.pool.get()?, old, size)
    }

    /// A witness told its size: remembered, and shown to the gate beside what the database holds now.
    fn tell(&self, witness: &str, size: u64) -> Result<(), Error> {
        let ours = crate::service::ledger_size(&mut *self.pool.get()?)?;
        self.inner().sizes.insert(witness.to_owned(), size);
        self.gate.tell(witness, size, ours);
        Ok(())
    }

    /// Adds a verified cosignature to its round; the checkpoint, once that gives it the quorum. That of the empty log asks for sizes alone
    /// and is never kept.
    fn merge(
        &self,
        witness: &str,
        job: &Job,
        cosignature: NoteSignature,
        now_s: i64,
    ) -> Result<Option<Cosigned>, Error> {
        let mut inner = self.inner();
        let Some(round) = inner
            .round
            .as_mut()
            .filter(|round| round.job.round == job.round && !round.done && job.size > 0)
        else {
            return Ok(None);
        };
        round.lines.insert(witness.to_owned(), cosignature);
        let mut note = round.job.note.clone();
        for cosignature in round.lines.values() {
            note = note.with(cosignature.clone()).map_err(Error::internal)?;
        }
        let Some(cosigned) = Cosigned::of(&self.publisher, note.to_string(), now_s)? else {
            return Ok(None);
        };
        round.done = true;
        Ok(Some(cosigned))
    }

    /// A kept checkpoint is the newest from now on; one that could not be kept is asked for again.
    fn settle(&self, job: &Job, kept: Option<&Cosigned>) {
        let mut inner = self.inner();
        match kept {
            Some(cosigned) => inner.newest = Some(cosigned.clone()),
            None => {
                if let Some(round) = inner.round.as_mut().filter(|round| round.job.round == job.round) {
                    round.done = false;
                }
            }
        }
    }
}

/// Opens the gate for whoever signs beside a portal or without one: hears every witness once, where the policy has any.
pub fn hear(publisher: &Arc<Publisher>, folder: &LogFolder, url: &DatabaseUrl) -> Result<(), Error> {
    if !publisher.is_witnessed() {
        return Ok(());
    }
    // One, so that none is still being made when the command ends.
    let pool = Pool::new(url.clone(), 1)?;
    Witnesses::new(Arc::clone(publisher), folder.clone(), pool).hear()
}

/// Asks one witness in a round and does what follows from its answer.
fn ask_and_keep(app: &App, witness: &PolicyWitness, job: &Job) -> Result<bool, RoundError> {
    let witnesses = app.witnesses();
    let cosignature = witnesses.ask(witness, job)?;
    let Some(cosigned) = witnesses.merge(&witness.name, job, cosignature, app.now_s())? else {
        return Ok(false);
    };
    let kept = keep(app, &cosigned);
    witnesses.settle(job, kept.is_ok().then_some(&cosigned));
    kept?;
    Ok(true)
}

/// First the row, then the file: a process killed between them makes the file at its next start.
fn keep(app: &App, cosigned: &Cosigned) -> Result<(), Error> {
    let (row, now_s) = (cosigned.clone(), app.now_s());
    app.write_here(move |conn| crate::service::witness::keep(conn, &row, now_s))?;
    publish::publish_cosigned(app.log(), &app.keys().log, &cosigned.note)
}

/// Asks every witness once, at the same time, and waits for all of them; whether the newest checkpoint got its quorum. For tests and
/// the command line; a running portal has [`start`].
pub fn ask_once(app: &App) -> Result<bool, Error> {
    let Some(job) = app.witnesses().job(true)? else {
        return Ok(false);
    };
    let policy = app.keys().log.policy();
    let answers: Vec<Result<bool, RoundError>> = std::thread::scope(|scope| {
        let asked: Vec<_> = policy
            .witnesses()
            .iter()
            .map(|witness| scope.spawn(|| ask_and_keep(app, witness, &job)))
            .collect();
        asked
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_panic| Err(Error::internal("a witness's thread panicked").into()))
            })
            .collect()
    });
    for (witness, answer) in policy.witnesses().iter().zip(&answers) {
        if let Err(error) = answer {
            tracing::warn!(witness = witness.name, %error, "a witness did not cosign");
        }
    }
    Ok(answers.iter().any(|answer| matches!(answer, Ok(true))))
}
