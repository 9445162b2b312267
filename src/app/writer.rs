//! The one writer: natural batching. While one transaction commits, requests queue; the next transaction takes them all.
//!
//! Each request runs in a savepoint of its own, so that a bad one never fails its batch. Order: COMMIT, then the answers to requests
//! that added nothing to the ledger, then tiles and checkpoint, then the answers to those that did. A connection that a batch may have left broken (the server went, a request panicked) is replaced,
//! so that one bad moment never ends all writing. A COMMIT without an answer may have been carried out all the same, and another
//! process may commit beside this one: whatever is found to be committed is published, whoever wrote it. Absent: what the
//! requests do.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::sync::watch;

use crate::app::witnesses::gate::Gate;
use crate::ledger::hash::Hash;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::FileId;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::publish::Published;
use crate::service::publish::Publisher;

/// Requests in one transaction at most.
const BATCH_MAX: usize = 512;
/// Requests that may wait for the writer at most: at a thousand a second some four seconds' worth. Whoever comes on top is told to
/// come again at once, which is better than an answer that nobody waits for any more.
const QUEUE_MAX: usize = 4096;
/// How long the writer idles before it looks whether another process left something to publish.
const IDLE: Duration = Duration::from_secs(5);

/// How the published log stands to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The folder shows what is committed.
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

/// A [`Standing`] that `/readyz` reads while the writer sets it.
struct Shared(Mutex<Standing>);

impl Shared {
    fn get(&self) -> Standing {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, standing: Standing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

/// One request: run in the transaction, answered after it.
trait Job: Send {
    /// Runs the use-case; `false` undoes it.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Replaces the use-case's answer by a refusal, since its work is undone. One that refused by itself keeps its own.
    fn refuse(&mut self, error: Error);
    /// Sends the answer; with `failed`, the batch's fate instead of the use-case's own result.
    fn answer(self: Box<Self>, failed: Option<BatchFailure>);
}

/// Why a whole batch has no result.
#[derive(Clone, Copy, Debug)]
enum BatchFailure {
    /// COMMIT failed, or its answer never came: it may be written or not.
    Commit,
    /// Committed and durable, but not published yet: the same request sent again gets its answer.
    Publish,
}

struct UseCase<T, F> {
    work: Option<F>,
    result: Option<Result<T, Error>>,
    sender: oneshot::Sender<Result<T, Error>>,
}

impl<T: Send, F: FnOnce(&mut Conn) -> Result<T, Error> + Send> Job for UseCase<T, F> {
    fn run(&mut self, conn: &mut Conn) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let result = work(conn);
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn refuse(&mut self, error: Error) {
        if !matches!(self.result, Some(Err(_))) {
            self.result = Some(Err(error));
        }
    }

    fn answer(self: Box<Self>, failed: Option<BatchFailure>) {
        let result = match (self.result, failed) {
            (Some(Err(refused)), _) => Err(refused),
            (_, Some(BatchFailure::Commit)) | (None, _) => Err(Error::busy("problem-not-written")),
            (_, Some(BatchFailure::Publish)) => Err(Error::busy("problem-not-published")),
            (Some(done), None) => done,
        };
        // The requester may have gone; what was committed stays committed.
        let _requester_gone = self.sender.send(result);
    }
}

/// The queue in front of the writer's thread.
pub(super) struct Writer {
    queue: mpsc::SyncSender<Box<dyn Job>>,
    standing: Arc<Shared>,
    batches: watch::Receiver<u64>,
}

/// A request in the queue, for its answer.
pub(super) type Answer<T> = oneshot::Receiver<Result<T, Error>>;

impl Writer {
    /// Starts the thread on `conn`, a connection to `url`; `opened` is what became of the published view before.
    pub(super) fn start(
        url: DatabaseUrl,
        conn: Conn,
        folder: LogFolder,
        publisher: Arc<Publisher>,
        gate: Arc<Gate>,
        opened: &Result<Option<Published>, Error>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::sync_channel(QUEUE_MAX);
        let (answered, batches) = watch::channel(0);
        let standing = Arc::new(Shared(Mutex::new(Standing::of(opened, Standing::Published))));
        let desk = Desk {
            file: url.file(),
            url,
            conn,
            is_broken: false,
            published: publish::read(&folder, publisher.vkey()).ok().flatten(),
            folder,
            publisher,
            gate,
            standing: Arc::clone(&standing),
            answered,
        };
        std::thread::Builder::new()
            .name("ledger-writer".to_owned())
            .spawn(move || desk.work(&jobs))?;
        Ok(Self {
            queue,
            standing,
            batches,
        })
    }

    /// Queues a request; refused at once where too many wait already.
    pub(super) fn submit<T, F>(&self, work: F) -> Result<Answer<T>, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let (job, answer) = job(work);
        self.queue.try_send(job).map_err(|refused| match refused {
            mpsc::TrySendError::Full(_) => Error::busy("problem-busy"),
            mpsc::TrySendError::Disconnected(_) => Error::busy("problem-stopping"),
        })?;
        Ok(answer)
    }

    /// Queues a request, waiting for room: for who is in no hurry. Blocks.
    pub(super) fn submit_here<T, F>(&self, work: F) -> Result<Answer<T>, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let (job, answer) = job(work);
        self.queue
            .send(job)
            .map_err(|_stopped| Error::busy("problem-stopping"))?;
        Ok(answer)
    }

    /// Changes with every batch that was answered.
    pub(super) fn batches(&self) -> watch::Receiver<u64> {
        self.batches.clone()
    }

    pub(super) fn is_published(&self) -> bool {
        self.standing.get() == Standing::Published
    }
}

fn job<T, F>(work: F) -> (Box<dyn Job>, Answer<T>)
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
{
    let (sender, answer) = oneshot::channel();
    let job = UseCase {
        work: Some(work),
        result: None,
        sender,
    };
    (Box::new(job), answer)
}

/// What the writer's thread works with.
struct Desk {
    url: DatabaseUrl,
    conn: Conn,
    /// Which file `conn` was opened on.
    file: Option<FileId>,
    /// `conn` is of no use, and no other could be had yet.
    is_broken: bool,
    /// What was published last, as far as this process knows.
    published: Option<Published>,
    folder: LogFolder,
    publisher: Arc<Publisher>,
    gate: Arc<Gate>,
    standing: Arc<Shared>,
    answered: watch::Sender<u64>,
}

/// What a batch left behind.
struct Committed {
    /// Which of the requests added to the ledger, in their order.
    grew: Vec<bool>,
    size: u64,
    root: Hash,
}

impl Desk {
    fn work(mut self, jobs: &mpsc::Receiver<Box<dyn Job>>) {
        loop {
            match jobs.recv_timeout(IDLE) {
                Ok(first) => self.serve(first, jobs),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _logged = self.publish();
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn serve(&mut self, first: Box<dyn Job>, jobs: &mpsc::Receiver<Box<dyn Job>>) {
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX {
            let Ok(job) = jobs.try_recv() else { break };
            batch.push(job);
        }
        self.check_connection();
        let failed = match self.commit(&mut batch) {
            Err(error) => {
                tracing::error!(%error, requests = batch.len(), "a batch could not be committed");
                self.reconnect();
                Some(BatchFailure::Commit)
            }
            Ok(committed) => {
                let mut unpublished = Vec::new();
                for (job, grew) in batch.into_iter().zip(&committed.grew) {
                    if *grew {
                        unpublished.push(job);
                    } else {
                        job.answer(None);
                    }
                }
                batch = unpublished;
                if batch.is_empty() && self.standing.get() == Standing::Published && self.is_known(&committed)
                {
                    None
                } else {
                    // Also what an earlier batch or another process recorded may still wait.
                    self.publish().err()
                }
            }
        };
        for job in batch {
            job.answer(failed);
        }
        self.answered
            .send_modify(|batches| *batches = batches.wrapping_add(1));
    }

    /// Whether this head is what was published last.
    fn is_known(&self, head: &Committed) -> bool {
        self.published.as_ref().map_or(head.size == 0, |published| {
            (published.size, published.root) == (head.size, head.root)
        })
    }

    /// Runs the batch in one transaction. A panic is a fault of one request: it undoes the batch.
    fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Committed, Error> {
        catch_unwind(AssertUnwindSafe(|| self.run(batch)))
            .unwrap_or_else(|_reported| Err(Error::internal("a request panicked")))
    }

    fn run(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Committed, Error> {
        let frozen = self.check_growth().err();
        let published = self.published.as_ref();
        crate::service::write(&mut self.conn, |conn| {
            let frozen = frozen.or_else(|| publish::check_held(conn, published).err());
            let mut before = crate::service::ledger_size(conn)?;
            let mut grew = Vec::with_capacity(batch.len());
            for job in batch {
                let kept = crate::service::savepoint(conn, |conn| {
                    if !job.run(conn) {
                        return Err(Error::Internal("undo".to_owned()));
                    }
                    let size = crate::service::ledger_size(conn)?;
                    if let Some(reason) = &frozen
                        && size > before
                    {
                        job.refuse(reason.clone());
                        return Err(Error::Internal("undo".to_owned()));
                    }
                    Ok(size)
                });
                if kept.is_err() {
                    // Its work is gone, whatever it believes.
                    job.refuse(Error::busy("problem-not-written"));
                }
                let size = kept.unwrap_or(before);
                grew.push(size > before);
                before = size;
            }
            let (size, root) = publish::head(conn)?;
            Ok(Committed { grew, size, root })
        })
    }

    /// Whether anything may be added to the ledger.
    fn check_growth(&self) -> Result<(), Error> {
        if self.standing.get() == Standing::Disagrees {
            return Err(Error::Tampered(
                "the database does not hold what was published".to_owned(),
            ));
        }
        self.gate.check()
    }

    fn publish(&mut self) -> Result<(), BatchFailure> {
        if self.gate.check().is_err() {
            // Nothing leaves with the log's signature before the witnesses have told what they know.
            return Err(BatchFailure::Publish);
        }
        let result = publish::publish(&mut self.conn, &self.folder, &self.publisher);
        let standing = Standing::of(&result, self.standing.get());
        self.standing.set(standing);
        match result {
            Ok(published) => {
                self.published = published;
                Ok(())
            }
            Err(_logged) => {
                if standing == Standing::Behind {
                    self.connect();
                }
                Err(BatchFailure::Publish)
            }
        }
    }

    /// A connection that is known to be of no use is replaced before a batch fails on it, and so is one to a file that is no
    /// longer where the database is: what is written there, nobody would find again.
    fn check_connection(&mut self) {
        let file = self.url.file();
        if file != self.file {
            tracing::error!(
                "the database is another file than it was: was a copy restored under the running portal?"
            );
        }
        if self.is_broken || file != self.file {
            self.reconnect();
        }
    }

    /// Puts a fresh connection in the place of one that may be broken, and looks what is behind it: the outcome of a COMMIT whose answer
    /// was lost, or a database that does not hold what was published.
    fn reconnect(&mut self) {
        if self.connect() {
            let _logged = self.publish();
        }
    }

    /// Whether there is a fresh connection; dropping the old one undoes what it had begun.
    fn connect(&mut self) -> bool {
        self.gate.close();
        let file = self.url.file();
        match self.url.reconnect() {
            Ok(conn) => {
                (self.conn, self.file, self.is_broken) = (conn, file, false);
            }
            Err(error) => {
                self.is_broken = true;
                tracing::error!(%error, "no connection to the database; the next request tries again");
            }
        }
        !self.is_broken
    }
}
