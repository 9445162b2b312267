//! The one writer: natural batching. While one transaction commits, requests queue; the next transaction takes them all.
//!
//! Each request runs in a savepoint of its own, so that a bad one never fails its batch. Order: COMMIT, then the answers to requests
//! that added nothing to the ledger; those that did go to [`publishing`], which answers them once tiles and checkpoint are published, while
//! the next transaction runs. A connection that a batch may have left broken (the server went, a request panicked) is replaced. Absent:
//! what the requests do.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::mpsc;

use tokio::sync::watch;

use crate::app::witnesses::gate::Gate;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::publish;
use crate::service::publish::Head;
use crate::service::publish::LogFolder;
use crate::service::publish::Published;
use crate::service::publish::Publisher;

mod job;
mod link;
mod publishing;

pub(super) use job::Answer;
use job::BatchFailure;
use job::Job;
use link::Link;
use publishing::Board;
use publishing::Publishing;
use publishing::Round;
use publishing::Standing;

/// Requests in one transaction at most.
const BATCH_MAX: usize = 512;
/// Requests that may wait for the writer at most: at a thousand a second some four seconds' worth. Whoever comes on top is told to
/// come again at once, which is better than an answer that nobody waits for any more.
const QUEUE_MAX: usize = 4096;

/// The queue in front of the writer's thread.
pub(super) struct Writer {
    queue: mpsc::SyncSender<Box<dyn Job>>,
    board: Arc<Board>,
    batches: watch::Receiver<u64>,
}

impl Writer {
    /// Starts the threads, the writer's on `conn`, a connection to `url`; `opened` is what became of the published view before.
    pub(super) fn start(
        url: DatabaseUrl,
        conn: Conn,
        folder: LogFolder,
        publisher: Arc<Publisher>,
        gate: Arc<Gate>,
        opened: &Result<Option<Published>, Error>,
    ) -> anyhow::Result<Self> {
        let (queue, jobs) = mpsc::sync_channel(QUEUE_MAX);
        let (answered, batches) = watch::channel(0);
        let second = Link::new(url.clone(), url.reconnect()?, Arc::clone(&gate));
        let publishing = Publishing::start(
            second,
            folder,
            publisher,
            Arc::clone(&gate),
            opened,
            answered.clone(),
        )?;
        let board = Arc::clone(publishing.board());
        let desk = Desk {
            link: Link::new(url, conn, Arc::clone(&gate)),
            held: None,
            gate,
            publishing,
            answered,
        };
        std::thread::Builder::new()
            .name("ledger-writer".to_owned())
            .spawn(move || desk.work(&jobs))?;
        Ok(Self {
            queue,
            board,
            batches,
        })
    }

    /// Queues a request; refused at once where too many wait already.
    pub(super) fn submit<T, F>(&self, work: F) -> Result<Answer<T>, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.queue_now(job::job(work))
    }

    /// Queues a request that is answered once everything committed before it is published.
    pub(super) fn settle(&self) -> Result<Answer<()>, Error> {
        self.queue_now(job::settled())
    }

    fn queue_now<T>(&self, (job, answer): (Box<dyn Job>, Answer<T>)) -> Result<Answer<T>, Error> {
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
        let (job, answer) = job::job(work);
        self.queue
            .send(job)
            .map_err(|_stopped| Error::busy("problem-stopping"))?;
        Ok(answer)
    }

    /// Changes with every batch that was committed and every checkpoint that was published.
    pub(super) fn batches(&self) -> watch::Receiver<u64> {
        self.batches.clone()
    }

    pub(super) fn is_published(&self) -> bool {
        self.board.standing() == Standing::Published
    }
}

/// What the writer's thread works with.
struct Desk {
    link: Link,
    /// The last published head that the database behind this connection was seen to hold. It keeps what it holds.
    held: Option<Head>,
    gate: Arc<Gate>,
    publishing: Publishing,
    answered: watch::Sender<u64>,
}

/// What a batch left behind.
struct Committed {
    /// Which of the requests added to the ledger, in their order.
    grew: Vec<bool>,
    head: Head,
    /// Whether what was published is in the database.
    is_held: bool,
}

impl Desk {
    fn work(mut self, jobs: &mpsc::Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            self.serve(first, jobs);
        }
    }

    fn serve(&mut self, first: Box<dyn Job>, jobs: &mpsc::Receiver<Box<dyn Job>>) {
        let mut batch = vec![first];
        batch.extend(jobs.try_iter().take(BATCH_MAX.saturating_sub(1)));
        if self.link.check() {
            self.look_behind();
        }
        match self.commit(&mut batch) {
            Err(error) => {
                tracing::error!(%error, requests = batch.len(), "a batch could not be committed");
                self.held = None;
                if self.link.replace() {
                    self.look_behind();
                }
                for job in batch {
                    job.answer(Some(BatchFailure::Commit));
                }
            }
            Ok(committed) => {
                let mut waiting = Vec::new();
                for (job, grew) in batch.into_iter().zip(&committed.grew) {
                    if *grew || job.waits_for_others() {
                        waiting.push(job);
                    } else {
                        job.answer(None);
                    }
                }
                // Also what an earlier batch or another process recorded may still wait.
                self.publishing.hand(Round {
                    jobs: waiting,
                    head: Some(committed.head),
                });
            }
        }
        self.answered
            .send_modify(|batches| *batches = batches.wrapping_add(1));
    }

    /// A fresh connection is there: behind it may be the outcome of a COMMIT whose answer was lost, or a database that does not
    /// hold what was published.
    fn look_behind(&mut self) {
        self.held = None;
        self.publishing.hand(Round {
            jobs: Vec::new(),
            head: None,
        });
    }

    /// Runs the batch in one transaction. A panic is a fault of one request: it undoes the batch.
    fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Committed, Error> {
        catch_unwind(AssertUnwindSafe(|| self.run(batch)))
            .unwrap_or_else(|_reported| Err(Error::internal("a request panicked")))
    }

    fn run(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Committed, Error> {
        let frozen = self.check_growth().err();
        let published = self.publishing.board().published();
        let unseen = published.filter(|_| published != self.held);
        let committed = crate::service::write::<_, Error>(self.link.conn(), |conn| {
            let missed = unseen.and_then(|published| publish::check_held(conn, published).err());
            let frozen = frozen.or(missed);
            let is_held = frozen.is_none();
            let mut head = publish::head(conn)?;
            let mut grew = Vec::with_capacity(batch.len());
            for job in batch {
                let kept = crate::service::savepoint(conn, |conn| {
                    if !job.run(conn) {
                        return Err(Error::Internal("undo".to_owned()));
                    }
                    let after = publish::head(conn)?;
                    if let Some(reason) = &frozen
                        && after.size > head.size
                    {
                        job.refuse(reason.clone());
                        return Err(Error::Internal("undo".to_owned()));
                    }
                    Ok(after)
                });
                if kept.is_err() {
                    // Its work is gone, whatever it believes.
                    job.refuse(Error::busy("problem-not-written"));
                }
                let after = kept.unwrap_or(head);
                grew.push(after.size > head.size);
                head = after;
            }
            Ok(Committed { grew, head, is_held })
        })?;
        self.held = published.filter(|_| committed.is_held);
        Ok(committed)
    }

    /// Whether anything may be added to the ledger.
    fn check_growth(&self) -> Result<(), Error> {
        if self.publishing.board().standing() == Standing::Disagrees {
            return Err(Error::Tampered(
                "the database does not hold what was published".to_owned(),
            ));
        }
        self.gate.check()
    }
}
