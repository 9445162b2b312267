//! What the command line's officer works with: the database, this installation's keys, the published log.
//!
//! Each act is signed with `keys/officer.key`, committed, then published, as the portal would. A running portal may use the same
//! database meanwhile. Absent: what the acts say.

use anyhow::Context;
use anyhow::bail;
use ed25519_dalek::SigningKey;

use crate::app::keys;
use crate::app::keys::Keys;
use crate::app::witnesses;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::entry::Body;
use crate::domain::text::Origin;
use crate::service;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::act::SignedAct;
use crate::service::officer;
use crate::service::publish;
use crate::service::publish::LogFolder;

/// See the module.
pub(super) struct Desk {
    pub(super) config: Config,
    pub(super) conn: Conn,
    pub(super) origin: Origin,
    clock: Clock,
    keys: Keys,
    log: LogFolder,
    heard: bool,
}

impl Desk {
    /// Opens database, keys and log, and brings the tables up to date.
    pub(super) fn open(config: Config) -> anyhow::Result<Self> {
        if config.origin.is_empty() {
            bail!("name the log first: `origin` in the configuration, or IKRAR_ORIGIN (it can never change)");
        }
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("make the folder {}", config.data.display()))?;
        let origin = config
            .origin
            .parse()
            .with_context(|| format!("origin {:?}", config.origin))?;
        let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
        service::migrate(&mut conn)?;
        Ok(Self {
            keys: Keys::of(&config)?,
            log: LogFolder::open(config.log_dir())?,
            clock: Clock::machine(),
            config,
            conn,
            origin,
            heard: false,
        })
    }

    /// Unix seconds.
    pub(super) fn now_s(&self) -> i64 {
        self.clock.now_s()
    }

    /// The officer key of the command line.
    pub(super) fn officer_key(&self) -> anyhow::Result<SigningKey> {
        keys::load_key(&self.keys.folder.join(keys::OFFICER_KEY))
    }

    /// Begins the log, with the command line's key as its first officer, where that has not been done.
    pub(super) fn begin(&mut self) -> anyhow::Result<bool> {
        let (origin, vkey) = (self.origin.clone(), self.keys.log.vkey().clone());
        let (key, nonce, now_s) = (self.officer_key()?, crate::app::random()?, self.now_s());
        self.write(|conn| officer::begin(conn, &origin, &vkey, &key, nonce, now_s))
    }

    /// Runs a use-case in one transaction, then publishes what it entered.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> anyhow::Result<T> {
        publish::check_identity(&mut self.conn, self.keys.log.vkey())?;
        self.hear()?;
        publish::publish(&mut self.conn, &self.log, &self.keys.log)
            .context("nothing was written; `ikrar doctor` says more")?;
        let done = service::write(&mut self.conn, work).map_err(|error| explain(&error))?;
        publish::publish(&mut self.conn, &self.log, &self.keys.log)
            .context("recorded, but not published yet; `ikrar serve` publishes it at its start")?;
        Ok(done)
    }

    /// Nothing is signed before enough witnesses have told what they know.
    fn hear(&mut self) -> anyhow::Result<()> {
        if !self.heard {
            let url = DatabaseUrl::new(self.config.database_url());
            witnesses::hear(&self.keys.log, &self.log, &url).map_err(|error| explain(&error))?;
            self.heard = true;
        }
        Ok(())
    }

    /// Reads through a use-case.
    pub(super) fn read<T>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> anyhow::Result<T> {
        work(&mut self.conn).map_err(|error| explain(&error))
    }

    /// Signs an act with the officer key and enters it; the result is its place in the ledger.
    pub(super) fn act(
        &mut self,
        body: Body,
        enter: impl FnOnce(&mut Conn, &Origin, SignedAct, i64) -> Result<u64, Error>,
    ) -> anyhow::Result<u64> {
        let act = officer::sign_act(&self.origin, body, &self.officer_key()?);
        let (origin, now_s) = (self.origin.clone(), self.now_s());
        self.write(|conn| enter(conn, &origin, act, now_s))
    }
}

/// A refusal in the command line's words; anything without words of its own is told by its key.
fn explain(error: &Error) -> anyhow::Error {
    let problem = match error {
        Error::NotFound => return anyhow::anyhow!("there is no such thing"),
        Error::Invalid(problem)
        | Error::Conflict(problem)
        | Error::Closed(problem)
        | Error::Busy(problem) => problem,
        other => return anyhow::anyhow!("{other}"),
    };
    let words = match problem.key {
        "act-problem-key" => {
            "keys/officer.key is not in force for this act; `ikrar officer add` begins the log with it"
        }
        "act-problem-signature" => "the signature does not fit the act",
        "act-problem-waiting" => "an act about the same thing waits already; `ikrar act list` shows it",
        "act-problem-same-officer" => "the second signature must be of another officer and another key",
        "act-problem-settled" => "this act is in the ledger already, or was taken back",
        "act-problem-expired" => "this act has waited too long: propose it again",
        "act-problem-logkey" => "the next key must be an Ed25519 key that bears the log's name",
        "act-problem-logkey-known" => {
            "this is a key of the log already: `ikrar keygen --next` makes another one"
        }
        "act-problem-policy" => "that file is no policy (C2SP tlog-policy) that names this log",
        "act-problem-policy-known" => "this policy is the ledger's newest already",
        "erasure-problem-election" => "the data must stay: the election is not closed in the ledger",
        "erasure-problem-dispute" => "the data must stay: a dispute is open",
        "erasure-problem-complaint" => "the data must stay: a complaint may be about this person",
        "erasure-problem-hold" => "the data must stay: a hold is set on them",
        "erasure-problem-label" => "no label of this person stands in the ledger",
        "erasure-problem-done" => "these data are erased already",
        "dispute-problem-unknown" => "there is no dispute with this index",
        "dispute-problem-settled" => "this dispute is settled",
        "officer-problem-email" => "that is no e-mail address",
        "officer-problem-roles" => {
            "give a name and at least one role (hr, unit_head, examiner, auditor, operator)"
        }
        "officer-problem-disabled" => "the account with this address is switched off",
        "officer-problem-key-ended" => "this key is not in force",
        "officer-problem-last" => "this is the last operator's key in force: approve another one first",
        "election-problem-window" => "the closing time must be after the opening time, both whole minutes",
        "election-problem-zone" => "unknown time zone; use Asia/Jakarta, Asia/Makassar or Asia/Jayapura",
        "election-problem-closed" => "this election has been closed in the ledger",
        "election-problem-opens" => "the opening time of a published election cannot be changed",
        "election-problem-still-open" => "the election's closing time has not come yet",
        "pact-problem-version" => "the version must be one above the newest",
        "pact-problem-election" => "this text is for another election",
        "problem-conflict" => "somebody changed this just now: try again",
        "problem-witnesses" => {
            "nothing was written: too few witnesses have told how many entries they know of this log. Try again when they answer"
        }
        "problem-busy" => "the database is busy: try again",
        _ => return anyhow::anyhow!("{problem}"),
    };
    anyhow::anyhow!("{words}")
}
