//! The thread behind the writer: makes tiles and checkpoint of what is committed, then lets the requests that added to the ledger
//! have their answers.
//!
//! Natural batching once more: while one checkpoint is made and synced, batches commit, and the next checkpoint covers them all.
//! What is published is whatever is found to be committed, whoever wrote it: a COMMIT without an answer may have been carried out all the
//! same, and another process may commit beside this one. Absent: the transactions.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::watch;

use crate::app::witnesses::gate::Gate;
use crate::app::writer::job::BatchFailure;
use crate::app::writer::job::Job;
use crate::app::writer::link::Link;
use crate::service::Error;
use crate::service::publish;
use crate::service::publish::Head;
use crate::service::publish::LogFolder;
use crate::service::publish::Published;
use crate::service::publish::Publisher;

/// Rounds that may wait at most: with more the writer waits, so that its own queue fills and newcomers are told to come again.
const ROUNDS_MAX: usize = 16;
/// How long the thread rests after a checkpoint that many waited for. Each costs the same few files whatever it covers; a rest lets more
/// signatures come under the next one. A longer one cost more in waiting than it saved (5 to 40 ms were tried).
const REST: Duration = Duration::from_millis(4);
/// How many waited where the rest is a whole one; with fewer it is shorter in proportion, so that who signs alone never waits.
const CROWD: u32 = 16;
/// How long the thread idles before it looks whether another process left something to publish.
const IDLE: Duration = Duration::from_secs(5);

/// How the published log stands to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The folder shows what is committed, or is about to.
    Published,
    /// It could not be written; the next attempt may succeed.
    Behind,
    /// What was published is not what the database holds: nothing may be added until a person has looked.
    Disagrees,
}

impl Standing {
    /// After an attempt to publish; a failed one goes to the log, one that disagrees as `before` only once.
    fn of<T>(attempt: &Result<T, Error>, before: Self) -> Self {
        match attempt {
            Ok(_) => Self::Published,
            Err(Error::Tampered(_)) if before == Self::Disagrees => Self::Disagrees,
            Err(error @ Error::Tampered(_)) => {
                tracing::error!(%error, "database and published log disagree: nothing is added to the ledger");
                Self::Disagrees
            }
            Err(error) => {
                tracing::error!(%error, "the log folder could not be brought up to date");
                Self::Behind
            }
        }
    }
}

/// What the thread tells everybody else.
struct State {
    standing: Standing,
    /// What was published last, as far as this process knows.
    published: Option<Published>,
}

/// What one batch leaves to be published.
pub(super) struct Round {
    /// Who waits for it.
    pub(super) jobs: Vec<Box<dyn Job>>,
    /// What the batch committed; `None` where that is not known.
    pub(super) head: Option<Head>,
}

/// The way to the thread.
pub(super) struct Publishing {
    rounds: mpsc::SyncSender<Round>,
    board: Arc<Board>,
}

/// A [`State`] that others read while the thread sets it.
pub(super) struct Board(Mutex<State>);

impl Board {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the published log stands to the database.
    pub(super) fn standing(&self) -> Standing {
        self.lock().standing
    }

    /// What was published last.
    pub(super) fn published(&self) -> Option<Head> {
        self.lock().published.as_ref().map(Published::head)
    }

    /// Whether this head is what was published last.
    fn shows(&self, head: &Head) -> bool {
        let state = self.lock();
        state.standing == Standing::Published
            && state
                .published
                .as_ref()
                .map_or(head.size == 0, |published| published.head() == *head)
    }
}

impl Publishing {
    /// Starts the thread; `opened` is what became of the published view before, `told` changes with every checkpoint.
    pub(super) fn start(
        link: Link,
        folder: LogFolder,
        publisher: Arc<Publisher>,
        gate: Arc<Gate>,
        opened: &Result<Option<Published>, Error>,
        told: watch::Sender<u64>,
    ) -> std::io::Result<Self> {
        let board = Arc::new(Board(Mutex::new(State {
            standing: Standing::of(opened, Standing::Published),
            published: publish::read(&folder, publisher.vkey()).ok().flatten(),
        })));
        let (rounds, coming) = mpsc::sync_channel(ROUNDS_MAX);
        let press = Press {
            link,
            folder,
            publisher,
            gate,
            board: Arc::clone(&board),
            told,
        };
        std::thread::Builder::new()
            .name("ledger-publisher".to_owned())
            .spawn(move || press.work(&coming))?;
        Ok(Self { rounds, board })
    }

    /// What the thread tells.
    pub(super) fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// Hands a round over. Nothing to do where nobody waits and everything is published.
    pub(super) fn hand(&self, round: Round) {
        if let (true, Some(head)) = (round.jobs.is_empty(), round.head) {
            if !self.board.shows(&head) {
                // Where the row is full, the thread comes to it by itself, and nobody waits.
                let _comes_anyway = self.rounds.try_send(round);
            }
            return;
        }
        if let Err(mpsc::SendError(round)) = self.rounds.send(round) {
            // The thread is gone, as at the end of the program.
            answer(vec![round], Some(BatchFailure::Publish));
        }
    }
}

/// What the thread works with.
struct Press {
    link: Link,
    folder: LogFolder,
    publisher: Arc<Publisher>,
    gate: Arc<Gate>,
    board: Arc<Board>,
    told: watch::Sender<u64>,
}

impl Press {
    fn work(mut self, coming: &mpsc::Receiver<Round>) {
        let mut rested = Instant::now();
        loop {
            match coming.recv_timeout(IDLE) {
                Ok(first) => {
                    let mut rounds = vec![first];
                    while let Ok(round) =
                        coming.recv_timeout(rested.saturating_duration_since(Instant::now()))
                    {
                        rounds.push(round);
                    }
                    rested = self.serve(rounds);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _logged = self.publish(&[]);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Publishes and answers; until when to rest.
    fn serve(&mut self, rounds: Vec<Round>) -> Instant {
        let waited: usize = rounds.iter().map(|round| round.jobs.len()).sum();
        let heads: Vec<Head> = rounds.iter().filter_map(|round| round.head).collect();
        let is_known = heads.len() == rounds.len();
        if !is_known {
            // The writer has a fresh connection: where it leads now, this one has to lead, too.
            self.link.replace();
        }
        let is_there = is_known && heads.iter().all(|head| self.board.shows(head));
        let failed = if is_there {
            None
        } else {
            self.publish(&heads).err()
        };
        answer(rounds, failed);
        let crowd = u32::try_from(waited).unwrap_or(CROWD).min(CROWD);
        Instant::now() + REST * crowd / CROWD
    }

    /// Publishes what is committed, which must hold these heads.
    fn publish(&mut self, heads: &[Head]) -> Result<(), BatchFailure> {
        // Nothing leaves with the log's signature before the witnesses have told what they know.
        self.gate.check().map_err(|_closed| BatchFailure::Publish)?;
        self.link.check();
        let mut attempt = self.attempt(heads);
        let is_worth_another = match &attempt {
            Ok(()) => false,
            // What the writer has just committed is not there: does this connection lead where the writer's does?
            Err(Error::Tampered(_)) => !heads.is_empty() && self.board.standing() != Standing::Disagrees,
            Err(_) => true,
        };
        if is_worth_another && self.link.replace() && self.gate.check().is_ok() {
            // Where no witness has to be heard again, the fresh connection is tried at once.
            attempt = self.attempt(heads);
        }
        let mut state = self.board.lock();
        state.standing = Standing::of(&attempt, state.standing);
        attempt.map_err(|_logged| BatchFailure::Publish)
    }

    /// A panic is a failure: without this thread nothing would ever be published again, and nobody would hear of it.
    fn attempt(&mut self, heads: &[Head]) -> Result<(), Error> {
        let attempt = AssertUnwindSafe(|| {
            let published = publish::publish(self.link.conn(), &self.folder, &self.publisher)?;
            self.board.lock().published.clone_from(&published);
            self.told.send_modify(|count| *count = count.wrapping_add(1));
            publish::check_holds(self.link.conn(), published.as_ref(), heads)
        });
        catch_unwind(attempt).unwrap_or_else(|_reported| Err(Error::internal("publishing panicked")))
    }
}

fn answer(rounds: Vec<Round>, failed: Option<BatchFailure>) {
    for job in rounds.into_iter().flat_map(|round| round.jobs) {
        job.answer(failed);
    }
}
