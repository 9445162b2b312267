//! What stands behind a published checkpoint: the log's keys and the witnesses' policy. Absent: files, the database.

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::cosignature::WitnessKey;
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
    ml_dsa: Option<Cosigner>,
    policy: Policy,
}

impl Publisher {
    /// With one key and no witness: `quorum none`.
    pub fn new(signer: NoteSigner) -> Self {
        let policy = Policy::none(signer.vkey());
        Self {
            signer,
            next: None,
            ml_dsa: None,
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

    /// A second signature by an ML-DSA-44 key of this seed stands beside the Ed25519 one, never alone.
    pub fn set_ml_dsa(&mut self, seed: [u8; 32]) -> Result<(), Error> {
        let name = self.vkey().name().clone();
        self.ml_dsa = Some(Cosigner::ml_dsa_44(name, seed).map_err(Error::internal)?);
        Ok(())
    }

    /// The ML-DSA-44 key, where there is one.
    pub fn ml_dsa(&self) -> Option<&WitnessKey> {
        self.ml_dsa.as_ref().map(Cosigner::key)
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
        if let Some(ml_dsa) = &self.ml_dsa {
            // A log's own signature makes no statement about time.
            let line = ml_dsa.cosign(checkpoint, 0).map_err(Error::internal)?;
            note = note.with(line).map_err(Error::internal)?;
        }
        Ok(note)
    }

    /// Signs a checkpoint with the next key alone: who cosigns that knows the key.
    pub fn sign_with_next(&self, checkpoint: &Checkpoint) -> Result<Note, Error> {
        let next = self.next.as_ref().ok_or(Error::NotFound)?;
        checkpoint.sign(next).map_err(Error::internal)
    }

    /// What the policy says of a note.
    pub fn judge(&self, note: &str) -> Result<Judgement, Error> {
        let note = Note::parse(note).map_err(Error::internal)?;
        self.policy
            .judge(&note)
            .map_err(|e| Error::Tampered(e.to_string()))
    }
}
