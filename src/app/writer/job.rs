//! One request to the writer: run in a transaction, answered when what it did stands as promised. Absent: queues, threads.

use tokio::sync::oneshot;

use crate::service::Conn;
use crate::service::Error;

/// A request in a queue, for its answer.
pub(in crate::app) type Answer<T> = oneshot::Receiver<Result<T, Error>>;

/// One request: run in the transaction, answered after it.
pub(super) trait Job: Send {
    /// Runs the use-case; `false` undoes it.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Replaces the use-case's answer by a refusal, since its work is undone. One that refused by itself keeps its own.
    fn refuse(&mut self, error: Error);
    /// Whether it waits for what others added to the ledger before it, too.
    fn waits_for_others(&self) -> bool;
    /// Sends the answer; with `failed`, the batch's fate instead of the use-case's own result.
    fn answer(self: Box<Self>, failed: Option<BatchFailure>);
}

/// Why a whole batch has no result.
#[derive(Clone, Copy, Debug)]
pub(super) enum BatchFailure {
    /// COMMIT failed, or its answer never came: it may be written or not.
    Commit,
    /// Committed and durable, but not published yet: the same request sent again gets its answer.
    Publish,
}

struct UseCase<T, F> {
    work: Option<F>,
    result: Option<Result<T, Error>>,
    waits_for_others: bool,
    sender: oneshot::Sender<Result<T, Error>>,
}

/// A use-case as a request.
pub(super) fn job<T, F>(work: F) -> (Box<dyn Job>, Answer<T>)
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
{
    make(work, false)
}

/// A request that does nothing and is answered once everything before it is published.
pub(super) fn settled() -> (Box<dyn Job>, Answer<()>) {
    make(|_conn| Ok(()), true)
}

fn make<T, F>(work: F, waits_for_others: bool) -> (Box<dyn Job>, Answer<T>)
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
{
    let (sender, answer) = oneshot::channel();
    let job = UseCase {
        work: Some(work),
        result: None,
        waits_for_others,
        sender,
    };
    (Box::new(job), answer)
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

    fn waits_for_others(&self) -> bool {
        self.waits_for_others
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
