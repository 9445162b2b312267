//! The composition root: what a running portal is made of, and the two ways to its database.
//!
//! [`App::read`] runs a use-case on a pooled connection; [`App::write`] hands it to the one writer, which commits in batches and
//! publishes before it answers. Absent: HTTP, use-cases.

use std::path::Path;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::text::Origin;
use crate::render::Render;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::Pool;
use crate::service::crossref::Rosters;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::sign::Memory;

pub mod chores;
pub mod complaint_file;
pub mod keys;
pub mod roster_file;
pub mod witnesses;
mod writer;

use chores::Chores;
use keys::Keys;
use witnesses::Witnesses;
use witnesses::gate::GateState;
use writer::Writer;

/// A running portal. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    pool: Pool,
    render: Render,
    clock: Clock,
    keys: Keys,
    log: LogFolder,
    rosters: Rosters,
    witnesses: Witnesses,
    chores: Chores,
    memory: Memory,
    writer: Writer,
}

impl App {
    /// Opens database, keys and log folder, brings the tables up to date, repairs the published view forward and starts the writer.
    ///
    /// Where database and published log disagree, e.g. after an old copy was restored, it opens all the same: what is there can
    /// be read, `/readyz` says that something is wrong, and nothing is added to the ledger.
    pub fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let url = DatabaseUrl::new(config.database_url());
        create_data_dir(&config.data)?;
        let mut conn = url.connect()?;
        crate::service::migrate(&mut conn)?;
        let keys = Keys::of(&config)?;
        publish::check_identity(&mut conn, keys.log.vkey())?;
        let log = LogFolder::open(config.log_dir())?;
        let pool = Pool::new(url.clone(), config.database_connections_max)?;
        let witnesses = Witnesses::new(keys.log.clone(), log.clone(), pool.clone());
        let gate = witnesses.gate().clone();
        publish::write_policy(&log, &keys.log)?;
        let opened = match gate.state() {
            GateState::Open => publish::repair(&mut conn, &log, &keys.log),
            GateState::Waiting | GateState::Stopped => publish::repair_unsigned(&mut conn, &log, &keys.log),
        };
        let writer = Writer::start(url, conn, log.clone(), keys.log.clone(), gate, &opened)?;
        let render = Render::new()?;
        Ok(Self(Arc::new(Inner {
            config,
            pool,
            render,
            clock,
            keys,
            log,
            rosters: Rosters::default(),
            witnesses,
            chores: Chores::default(),
            memory: Memory::default(),
            writer,
        })))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Pages and mails.
    pub fn render(&self) -> &Render {
        &self.0.render
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// This installation's keys.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The public log.
    pub fn log(&self) -> &LogFolder {
        &self.0.log
    }

    /// The roster as the linkage searches it.
    pub fn rosters(&self) -> &Rosters {
        &self.0.rosters
    }

    /// Who is asked to cosign, and what they have told.
    pub fn witnesses(&self) -> &Witnesses {
        &self.0.witnesses
    }

    /// The log's own entries, and what they need to be known for.
    pub fn chores(&self) -> &Chores {
        &self.0.chores
    }

    /// What was found of the statements that came in lately.
    pub fn memory(&self) -> &Memory {
        &self.0.memory
    }

    /// The log's name.
    pub fn origin(&self) -> Result<Origin, Error> {
        self.0.config.origin.parse().map_err(Error::internal)
    }

    /// Unix seconds.
    pub fn now_s(&self) -> i64 {
        self.0.clock.now_s()
    }

    /// Runs a use-case that only reads, on a thread of its own.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let app = self.clone();
        tokio::task::spawn_blocking(move || app.read_here(work))
            .await
            .map_err(Error::internal)?
    }

    /// [`App::read`] for callers that may block.
    pub fn read_here<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
        let mut conn = self.0.pool.get()?;
        work(&mut conn)
    }

    /// Runs a use-case in the writer's next transaction; the answer comes after COMMIT and, if the ledger grew, after the
    /// checkpoint that covers it is published. A failing use-case is undone alone.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.check_clock()?;
        answered(self.0.writer.submit(work)?).await
    }

    /// [`App::write`] for callers that may block.
    pub fn write_here<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.submit_here(work)?.wait()
    }

    /// [`App::write_here`] in two steps, so that many requests share a transaction. Waits for room in the writer's queue.
    pub fn submit_here<T, F>(&self, work: F) -> Result<Submitted<T>, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.check_clock()?;
        self.0.writer.submit_here(work).map(Submitted)
    }

    /// Waits until everything that was committed before is published: for answers about what an earlier request recorded.
    pub async fn settle(&self) -> Result<(), Error> {
        answered(self.0.writer.settle()?).await
    }

    /// [`App::settle`] for callers that may block.
    pub fn settle_here(&self) -> Result<(), Error> {
        Submitted(self.0.writer.settle()?).wait()
    }

    /// Changes whenever a transaction has ended or a checkpoint is published: there may be something new to look for.
    pub fn batches(&self) -> tokio::sync::watch::Receiver<u64> {
        self.0.writer.batches()
    }

    fn check_clock(&self) -> Result<(), Error> {
        if self.0.clock.is_steady() {
            return Ok(());
        }
        tracing::error!(
            drift_s = self.0.clock.drift_s(),
            "the clock jumped: nothing is written until a restart"
        );
        Err(Error::busy("problem-clock"))
    }

    /// Whether the last publication succeeded: part of `/readyz`.
    pub fn is_published(&self) -> bool {
        self.0.writer.is_published()
    }
}

async fn answered<T>(answer: writer::Answer<T>) -> Result<T, Error> {
    answer.await.map_err(|_dropped| Error::busy("problem-stopping"))?
}

/// A request that the writer has in its queue.
#[must_use]
pub struct Submitted<T>(writer::Answer<T>);

impl<T> Submitted<T> {
    /// The answer, as [`App::write`] gives it. Blocks.
    pub fn wait(self) -> Result<T, Error> {
        self.0
            .blocking_recv()
            .map_err(|_dropped| Error::busy("problem-stopping"))?
    }
}

/// Fresh random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

fn create_data_dir(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path)?;
    Ok(())
}
