//! What stands behind a published checkpoint: the log's keys and the witnesses' policy. Absent: files, the database.

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSigner;
use crate::ledger::note::Vkey;
use crate::ledger::policy::Judgement;
use crate::ledger::policy::Policy;
use crate::service::Error;

/// The log's keys and its policy.
#[derive(Debug)]
pub struct Publisher {
    signer: NoteSigner,
    next: Option<NoteSigner>,
    policy: Policy,
}

impl Publisher {
    /// With one key and no witness: `quorum none`.
    pub fn new(signer: NoteSigner) -> Self {
        let policy = Policy::none(signer.vkey());
        Self {
            signer,
            next: None,
            policy,
        }
    }

    /// With a policy. It must name this log.
    pub fn with_policy(mut self, policy: Policy) -> Result<Self, Error> {
        let named = policy
            .logs()
            .iter()
            .any(|log| log.key.to_string() == self.signer.vkey().to_string());
        if !named {
            return Err(Error::Tampered(format!(
                "the policy does not name the log {}",
                self.signer.vkey()
            )));
        }
        self.policy = policy;
        Ok(self)
    }

    /// With the key that follows; it signs beside the other once the ledger names it.
    #[must_use]
    pub fn with_next(mut self, next: NoteSigner) -> Self {
        self.next = Some(next);
        self
    }

    /// What others verify with.
    pub fn vkey(&self) -> &Vkey {
        self.signer.vkey()
    }

    /// The key that follows, where one was made.
    pub fn next(&self) -> Option<&Vkey> {
        self.next.as_ref().map(NoteSigner::vkey)
    }

    /// Which witnesses, and how many of them.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether any witness is asked.
    pub fn is_witnessed(&self) -> bool {
        !self.policy.is_quorum_none()
    }

    /// Signs a checkpoint; with the next key too, where the ledger names it.
    pub fn sign(&self, checkpoint: &Checkpoint, with_next: bool) -> Result<Note, Error> {
        let mut note = checkpoint.sign(&self.signer).map_err(Error::internal)?;
        if let Some(next) = self.next.as_ref().filter(|_| with_next) {
            let line = next.signature(note.text());
            note = note.with(line).map_err(Error::internal)?;
        }
        Ok(note)
    }

    /// What the policy says of a note.
    pub fn judge(&self, note: &str) -> Result<Judgement, Error> {
        let note = Note::parse(note).map_err(Error::internal)?;
        self.policy
            .judge(&note)
            .map_err(|e| Error::Tampered(e.to_string()))
    }
}
