//! A small log that grows, with made-up keys, for the tamper tests.

use std::convert::Infallible;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;

use crate::domain::audit::*;
use crate::domain::election::Election;
use crate::domain::election::LookUp;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::entry::By;
use crate::domain::entry::Entry;
use crate::domain::log::LogState;
use crate::domain::pact_default::default_pact;
use crate::domain::role::Role;
use crate::domain::role::Roles;
use crate::domain::statement::After;
use crate::domain::statement::Method;
use crate::domain::statement::Statement;
use crate::domain::text::Origin;
use crate::domain::text::Time;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::KeyName;
use crate::ledger::note::NoteSigner;

pub(super) const OPENS: u64 = 1_700_697_600;

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(super) fn public(seed: u8) -> [u8; 32] {
    key(seed).verifying_key().to_bytes()
}

pub(super) fn origin() -> Origin {
    "ikrar.example/log".parse().unwrap()
}

pub(super) fn log_signer() -> NoteSigner {
    NoteSigner::new(KeyName::parse(origin().as_str()).unwrap(), key(1)).unwrap()
}

pub(super) fn time(minutes: u64) -> Time {
    Time::from_unix(OPENS + 60 * minutes).unwrap()
}

pub(super) fn terms() -> Election {
    Election {
        id: "pemilu".parse().unwrap(),
        title: "Pemilu".parse().unwrap(),
        opens: time(0),
        closes: time(1000),
        zone: "Asia/Jakarta".parse().unwrap(),
        contests: vec![],
        lookup: LookUp::Receipt,
    }
}

/// A log in the making: 2 is an operator, 3 and 4 are HR, 5 an auditor.
#[derive(Clone, Default)]
pub(super) struct Book {
    pub(super) entries: Vec<Vec<u8>>,
    pub(super) nonce: u8,
    pub(super) minute: u64,
}

impl Book {
    pub(super) fn tree(&self) -> MemoryTree {
        self.entries.iter().map(|entry| leaf_hash(entry)).collect()
    }

    pub(super) fn after(&self) -> After {
        After {
            size: self.tree().size(),
            root: *self.tree().root().as_bytes(),
        }
    }

    pub(super) fn nonce(&mut self) -> [u8; 16] {
        self.nonce += 1;
        [self.nonce; 16]
    }

    pub(super) fn add(&mut self, body: Body, authors: &[u8]) -> u64 {
        let act = body.act_bytes(&origin());
        let mut by: Vec<By> = authors
            .iter()
            .map(|seed| By {
                key: public(*seed),
                signature: key(*seed).sign(&act).to_bytes(),
            })
            .collect();
        by.sort();
        let prev = self.entries.last().map_or(Hash::ZERO, |entry| leaf_hash(entry));
        let entry = Entry {
            prev: *prev.as_bytes(),
            at: time(self.minute),
            body,
            by,
        };
        self.entries.push(entry.print());
        u64::try_from(self.entries.len()).unwrap() - 1
    }

    pub(super) fn begin() -> Self {
        let mut book = Self::default();
        let mut officers: Vec<_> = [
            (2, Role::Operator),
            (3, Role::Hr),
            (4, Role::Hr),
            (5, Role::Auditor),
        ]
        .map(|(seed, role)| (public(seed), Roles::of(&[role]).unwrap()))
        .into();
        officers.sort_by_key(|(key, _)| *key);
        let vkey = log_signer().vkey().to_string().parse().unwrap();
        let genesis = entry::Genesis {
            origin: origin(),
            vkey,
            officers,
            nonce: book.nonce(),
        };
        book.add(Body::Genesis(genesis), &[]);
        book.election(terms());
        book.pact(1);
        book.roster(&[1, 2, 3], &[]);
        book
    }

    pub(super) fn election(&mut self, election: Election) {
        let nonce = self.nonce();
        self.add(Body::Election(entry::Election { election, nonce }), &[3]);
    }

    pub(super) fn pact(&mut self, version: u64) {
        let mut text = default_pact(terms().id, "Kementerian Contoh").unwrap();
        text.version = version;
        let nonce = self.nonce();
        self.add(
            Body::Pact(Box::new(entry::Pact {
                election: terms().id,
                text,
                nonce,
            })),
            &[3],
        );
    }

    pub(super) fn roster(&mut self, add: &[u8], off: &[u8]) {
        let add = add.iter().map(|seed| [*seed; 32]).collect();
        let off = off
            .iter()
            .map(|seed| ([*seed; 32], entry::OffReason::Left))
            .collect();
        let nonce = self.nonce();
        self.add(
            Body::Roster(entry::Roster {
                election: terms().id,
                add,
                off,
                nonce,
            }),
            &[4],
        );
    }

    pub(super) fn statement(&self, label: u8, seed: u8) -> Statement {
        Statement {
            origin: origin(),
            election: terms().id,
            pact: default_pact(terms().id, "Kementerian Contoh").unwrap().hash(),
            label: [label; 32],
            commit: [9; 32],
            key: public(seed),
            method: Method::Email,
            after: self.after(),
        }
    }

    pub(super) fn sign(&mut self, statement: Statement, seed: u8) -> u64 {
        let signature = key(seed).sign(&statement.print()).to_bytes();
        let election = terms().id;
        self.add(
            Body::Signature(Box::new(entry::Signature {
                election,
                statement,
                signature,
                evidence: [0; 32],
            })),
            &[],
        )
    }

    pub(super) fn dispute(&mut self, signature: u64) -> u64 {
        let nonce = self.nonce();
        self.add(
            Body::Dispute(entry::Dispute {
                signature,
                channel: entry::Channel::Link,
                nonce,
            }),
            &[],
        )
    }

    pub(super) fn resolve(&mut self, dispute: u64, outcome: entry::Outcome) {
        let nonce = self.nonce();
        self.add(
            Body::Resolution(entry::Resolution {
                dispute,
                outcome,
                nonce,
            }),
            &[3, 5],
        );
    }

    pub(super) fn close(&mut self, counts: Counts) {
        let nonce = self.nonce();
        self.add(
            Body::Close(entry::Close {
                election: terms().id,
                counts,
                nonce,
            }),
            &[3],
        );
    }

    pub(super) fn checkpoint(&self) -> String {
        self.checkpoint_by(&log_signer())
    }

    pub(super) fn checkpoint_by(&self, signer: &NoteSigner) -> String {
        let tree = self.tree();
        Checkpoint {
            origin: signer.vkey().name().clone(),
            size: tree.size(),
            root: tree.root(),
        }
        .sign(signer)
        .unwrap()
        .to_string()
    }

    pub(super) fn anchor(&mut self, note: &str) -> u64 {
        let checkpoint = note.as_bytes().to_vec();
        self.add(Body::Anchor(entry::Anchor { checkpoint }), &[])
    }

    /// Folds the rules over the entries, without a checkpoint.
    pub(super) fn state(&self) -> LogState {
        let mut state = LogState::new();
        for (index, bytes) in self.entries.iter().enumerate() {
            let mut tree = self.tree();
            let mut root_at = |size| crate::ledger::tree::root(size, &mut tree).ok();
            let entry = Entry::parse(bytes).unwrap();
            let index = u64::try_from(index).unwrap();
            state.apply(index, &entry, &mut root_at).unwrap();
        }
        state
    }

    pub(super) fn audit_with(&self, checkpoint: &str) -> AuditReport {
        audit(
            self.entries.iter().map(Ok::<_, Infallible>),
            checkpoint,
            log_signer().vkey(),
        )
        .unwrap()
    }

    /// Audits under an honest checkpoint of whatever the book holds.
    pub(super) fn audit(&self) -> AuditReport {
        self.audit_with(&self.checkpoint())
    }

    pub(super) fn fault(&self) -> (Option<u64>, &'static str) {
        let fault = self.audit().fault.expect("a fault");
        (fault.index, fault.key)
    }

    pub(super) fn reasons(&self) -> Vec<&'static str> {
        let report = self.audit();
        assert_eq!(report.fault, None);
        report
            .invalid_signatures
            .into_iter()
            .flat_map(|signature| signature.reasons)
            .collect()
    }

    pub(super) fn counts(&self) -> Counts {
        self.audit().elections[0].counts.unwrap()
    }
}
