//! The threads that ask, one a witness, each with its own patience. Absent: what is asked.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use crate::app::App;
use crate::app::witnesses::RoundError;
use crate::app::witnesses::ask_and_keep;
use crate::app::witnesses::gate::GateState;
use crate::ledger::policy::PolicyWitness;

/// How often a worker looks whether there is something to ask.
const LOOK: Duration = Duration::from_millis(100);
/// The wait after a first failure; it doubles with each.
const RETRY: Duration = Duration::from_secs(1);
/// The longest wait between failures.
const RETRY_MAX: Duration = Duration::from_mins(1);

/// Threads that stop when this is dropped.
pub struct Running {
    stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            // One that panicked has said so already.
            let _ended = thread.join();
        }
    }
}

/// Starts a worker for each witness of the policy, and one for the log's own entries.
pub fn start(app: &App) -> std::io::Result<Running> {
    let stopped = Arc::new(AtomicBool::new(false));
    let mut running = Running {
        stopped: Arc::clone(&stopped),
        threads: Vec::new(),
    };
    let policy = app.keys().log.policy();
    let asked = policy.witnesses().iter().filter(|witness| witness.url.is_some());
    for witness in asked {
        let worker = Worker {
            app: app.clone(),
            witness: witness.clone(),
            stopped: Arc::clone(&stopped),
            answered: 0,
            failures: 0,
            not_before: Instant::now(),
        };
        let name = format!("witness-{}", witness.name);
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || worker.work())?;
        running.threads.push(thread);
    }
    let app = app.clone();
    let chores = move || crate::app::chores::work(&app, &stopped);
    running.threads.push(
        std::thread::Builder::new()
            .name("log-chores".to_owned())
            .spawn(chores)?,
    );
    Ok(running)
}

struct Worker {
    app: App,
    witness: PolicyWitness,
    stopped: Arc<AtomicBool>,
    /// The last round that it answered.
    answered: u64,
    failures: u32,
    not_before: Instant,
}

impl Worker {
    fn work(mut self) {
        while !self.stopped.load(Ordering::SeqCst) {
            if Instant::now() < self.not_before || !self.ask() {
                std::thread::park_timeout(LOOK);
            }
        }
    }

    /// Whether there was something to ask.
    fn ask(&mut self) -> bool {
        let witnesses = self.app.witnesses();
        let job = match witnesses.job(false) {
            Ok(Some(job)) => job,
            Ok(None) => return false,
            Err(error) => {
                self.fail(&error.into());
                return false;
            }
        };
        let silent =
            witnesses.gate().state() == GateState::Waiting && !witnesses.gate().has_told(&self.witness.name);
        if job.round == self.answered && !silent {
            return false;
        }
        match ask_and_keep(&self.app, &self.witness, &job) {
            Ok(_) => {
                if self.failures > 0 {
                    tracing::info!(witness = self.witness.name, "a witness cosigns again");
                }
                (self.answered, self.failures) = (job.round, 0);
            }
            // It told a size that this round cannot use: no fault, and no hurry.
            Err(RoundError::Size(_)) => {
                self.answered = job.round;
                self.wait();
            }
            Err(error) => self.fail(&error),
        }
        true
    }

    fn fail(&mut self, error: &RoundError) {
        if self.failures == 0 {
            tracing::warn!(witness = self.witness.name, %error, "a witness did not cosign; asking again at growing intervals");
        }
        self.wait();
    }

    fn wait(&mut self) {
        let wait = RETRY.saturating_mul(1 << self.failures.min(6)).min(RETRY_MAX);
        self.failures = self.failures.saturating_add(1);
        self.not_before = Instant::now() + wait;
    }
}
