//! The start-up gate: nothing is signed until enough witnesses have told their size that the rest cannot form a quorum.
//!
//! A database that an old copy was restored over, or that was lost and is empty again, knows less than was signed before; the witnesses
//! know better. A witness that does not know the log at all has told 0. What they say is forgotten when the connection to the database is replaced: behind it may stand another server. Absent: asking them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::service::Error;
use crate::service::publish::Publisher;

/// Whether the log may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GateState {
    /// It may.
    Open,
    /// Not yet: too few witnesses have told their size.
    Waiting,
    /// Never again without a person: a witness knows more than the database.
    Stopped,
}

/// See the module.
#[derive(Debug)]
pub struct Gate {
    publisher: Arc<Publisher>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: GateState,
    told: BTreeMap<String, u64>,
}

impl Gate {
    /// At the start. Open where no witness is needed. An empty database is no reason: it may be the new one of a log whose old one is
    /// lost, and only the witnesses know.
    pub fn new(publisher: Arc<Publisher>) -> Self {
        let state = if publisher.is_witnessed() {
            GateState::Waiting
        } else {
            GateState::Open
        };
        Self {
            publisher,
            inner: Mutex::new(Inner {
                state,
                told: BTreeMap::new(),
            }),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands.
    pub fn state(&self) -> GateState {
        self.inner().state
    }

    /// A witness told its size; `ours` is what the database held after that.
    pub fn tell(&self, witness: &str, size: u64, ours: u64) {
        let mut inner = self.inner();
        inner.told.insert(witness.to_owned(), size);
        if size > ours {
            if inner.state != GateState::Stopped {
                tracing::error!(
                    witness,
                    size,
                    ours,
                    "a witness knows more entries than the database: nothing more is signed. Was an old copy restored?"
                );
            }
            inner.state = GateState::Stopped;
        }
        if inner.state == GateState::Waiting && self.enough(&inner.told) {
            tracing::info!(
                witnesses = inner.told.len(),
                "enough witnesses have told their size: signing begins"
            );
            inner.state = GateState::Open;
        }
    }

    /// Whether a witness has told its size since the gate was closed.
    pub fn has_told(&self, witness: &str) -> bool {
        self.inner().told.contains_key(witness)
    }

    /// Whether those that have not answered could not form a quorum.
    fn enough(&self, told: &BTreeMap<String, u64>) -> bool {
        let policy = self.publisher.policy();
        let silent: BTreeSet<&str> = policy
            .witnesses()
            .iter()
            .map(|witness| witness.name.as_str())
            .filter(|name| !told.contains_key(*name))
            .collect();
        !policy.can_form_quorum(&silent)
    }

    /// Forgets what was told: the database may be another one now.
    pub fn close(&self) {
        let mut inner = self.inner();
        if inner.state == GateState::Open && self.publisher.is_witnessed() {
            inner.state = GateState::Waiting;
            inner.told.clear();
        }
    }

    /// The refusal of whatever would add to the ledger; nothing while it is open.
    pub fn check(&self) -> Result<(), Error> {
        match self.state() {
            GateState::Open => Ok(()),
            GateState::Waiting => Err(Error::busy("problem-witnesses")),
            GateState::Stopped => Err(Error::Tampered(
                "a witness knows more entries than the database".to_owned(),
            )),
        }
    }
}
