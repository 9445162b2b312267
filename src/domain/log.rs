//! Lives here: the rules over the whole log (docs/format.md §7), as a fold over its entries. Absent: hashing the tree,
//! reading entries, and the checkpoint: [`crate::domain::audit`] puts them together.

mod check;
mod custody;
mod dispute;
mod election;
mod fault;
mod labels;
mod movement;
mod prepared;

pub use check::SignatureFacts;
pub use check::check_signature;
pub use custody::AnchorAt;
pub use custody::Custody;
pub use custody::POLICY_DELAY_S;
pub use custody::PolicyAt;
pub use election::ElectionState;
pub use election::LabelState;
pub use election::PactVersion;
pub use fault::Fault;
pub use fault::Inconsistency;
pub use fault::SignatureFault;
pub use movement::Movement;
pub use movement::Off;
pub use movement::Removal;
pub use prepared::Prepared;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::domain::entry::Body;
use crate::domain::entry::Counts;
use crate::domain::entry::Entry;
use crate::domain::entry::Genesis;
use crate::domain::entry::Map;
use crate::domain::entry::Signature;
use crate::domain::log::dispute::OpenDispute;
use crate::domain::role::Roles;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::domain::text::Time;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;

/// What an entry that breaks no rule turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A signature that counts.
    ValidSignature,
    /// A signature that does not count, and every reason.
    InvalidSignature(Vec<SignatureFault>),
    /// Any other entry of a known kind.
    Accepted,
    /// A kind that this version does not know: counts cannot be told any more.
    UnknownKind,
}

/// The state of a log after some entries.
#[derive(Debug, Clone, Default)]
pub struct LogState {
    size: u64,
    last: Option<(Hash, Time)>,
    genesis: Option<Genesis>,
    officers: HashMap<[u8; 32], Roles>,
    elections: BTreeMap<Id, ElectionState>,
    custody: Custody,
    /// Own lines of all entries but signatures.
    own_lines: HashSet<Hash>,
    /// Keys of signature entries, each with the hash of the entry's own lines (its first half: it only tells a replay
    /// from another use of the key).
    keys: HashMap<[u8; 32], u128>,
    disputes: HashMap<u64, OpenDispute>,
    unknown: bool,
}

impl LogState {
    /// The state of a log without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries were applied.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The leaf hash of the last entry: the next one's `prev`. Zeros when there is none.
    pub fn prev(&self) -> Hash {
        self.last.map_or(Hash::ZERO, |(leaf, _)| leaf)
    }

    /// The time of the last entry.
    pub fn last_at(&self) -> Option<Time> {
        self.last.map(|(_, at)| at)
    }

    /// What the first entry said.
    pub fn genesis(&self) -> Option<&Genesis> {
        self.genesis.as_ref()
    }

    /// The roles of an officer's key in force.
    pub fn roles_of(&self, key: &[u8; 32]) -> Option<Roles> {
        self.officers.get(key).copied()
    }

    /// The elections by name.
    pub fn elections(&self) -> &BTreeMap<Id, ElectionState> {
        &self.elections
    }

    /// The log's keys, anchors, policies and seals.
    pub fn custody(&self) -> &Custody {
        &self.custody
    }

    /// True once an entry was of a kind that this version does not know.
    pub fn has_unknown_kind(&self) -> bool {
        self.unknown
    }

    /// Applies the entry at `index`. `root_at` gives this log's root at a size of at most `index`. After an error the
    /// state is of no further use.
    pub fn apply(
        &mut self,
        index: u64,
        entry: &Entry,
        root_at: &mut dyn FnMut(u64) -> Option<Hash>,
    ) -> Result<Verdict, Inconsistency> {
        let leaf = leaf_hash(&entry.print());
        self.apply_prepared(index, &Prepared::of(entry.clone(), leaf), root_at)
    }

    /// As [`LogState::apply`], for an entry that was read and hashed ahead, on another thread perhaps.
    pub fn apply_prepared(
        &mut self,
        index: u64,
        prepared: &Prepared,
        root_at: &mut dyn FnMut(u64) -> Option<Hash>,
    ) -> Result<Verdict, Inconsistency> {
        let verdict = self
            .step(index, prepared, root_at)
            .map_err(|fault| Inconsistency { index, fault })?;
        self.size = index.saturating_add(1);
        self.last = Some((prepared.leaf(), prepared.entry().at));
        Ok(verdict)
    }

    fn step(
        &mut self,
        index: u64,
        prepared: &Prepared,
        root_at: &mut dyn FnMut(u64) -> Option<Hash>,
    ) -> Result<Verdict, Fault> {
        let entry = prepared.entry();
        self.check_chain(index, entry)?;
        let own = prepared.own();
        self.check_replay(entry, &own)?;
        if let Body::Genesis(genesis) = &entry.body {
            self.officers = genesis.officers.iter().copied().collect();
            self.custody.begin(entry.at, genesis);
            self.genesis = Some(genesis.clone());
            return Ok(Verdict::Accepted);
        }
        let origin = self
            .genesis
            .as_ref()
            .map(|genesis| genesis.origin.clone())
            .ok_or(Fault::Genesis)?;
        self.check_authors(&origin, entry)?;
        for state in self.elections.values_mut() {
            state.reach(entry.at);
        }
        match &entry.body {
            Body::Signature(signature) => {
                let facts = self.gather(index, prepared, &origin, signature, root_at)?;
                let faults = check_signature(signature, &facts);
                return self.enter_signature(index, entry.at, signature, &own, faults);
            }
            Body::Unknown(_) => {
                self.unknown = true;
                return Ok(Verdict::UnknownKind);
            }
            Body::Anchor(anchor) => self.custody.enter_anchor(index, &origin, anchor, root_at)?,
            Body::LogKey(key) => self.custody.enter_key(&origin, key)?,
            other => self.apply_act(index, entry.at, other)?,
        }
        Ok(Verdict::Accepted)
    }

    fn check_chain(&self, index: u64, entry: &Entry) -> Result<(), Fault> {
        if index != self.size {
            return Err(Fault::Index { expected: self.size });
        }
        if matches!(entry.body, Body::Genesis(_)) != (index == 0) {
            return Err(Fault::Genesis);
        }
        if entry.prev != *self.prev().as_bytes() {
            return Err(Fault::Prev);
        }
        if self.last_at().is_some_and(|last| entry.at < last) {
            return Err(Fault::Time);
        }
        Ok(())
    }

    /// No two entries carry the same own lines. A signature's are known by its key, which a statement names.
    fn check_replay(&mut self, entry: &Entry, own: &Hash) -> Result<(), Fault> {
        let fresh = match &entry.body {
            Body::Signature(signature) => self.keys.get(&signature.statement.key) != Some(&first_half(own)),
            _ => self.own_lines.insert(*own),
        };
        if fresh { Ok(()) } else { Err(Fault::Replayed) }
    }

    fn check_authors(&self, origin: &Origin, entry: &Entry) -> Result<(), Fault> {
        let Some(authorship) = entry.body.authorship() else {
            return Ok(());
        };
        if authorship.count != entry.by.len() {
            return Err(Fault::AuthorNotInForce);
        }
        if entry.by.is_empty() {
            return Ok(());
        }
        let act = entry.body.act_bytes(origin);
        for by in &entry.by {
            if !self
                .roles_of(&by.key)
                .is_some_and(|roles| roles.any_of(authorship.roles))
            {
                return Err(Fault::AuthorNotInForce);
            }
            if !by.verifies(&act) {
                return Err(Fault::AuthorSignature);
            }
        }
        Ok(())
    }

    fn apply_act(&mut self, index: u64, at: Time, body: &Body) -> Result<(), Fault> {
        match body {
            Body::Officer(officer) => {
                match officer.roles {
                    Some(roles) => self.officers.insert(officer.key, roles),
                    None => self.officers.remove(&officer.key),
                };
                Ok(())
            }
            Body::Election(body) => {
                let terms = &body.election;
                if let Some(state) = self.elections.get_mut(&terms.id) {
                    return state.amend(terms);
                }
                self.elections
                    .insert(terms.id.clone(), ElectionState::new(terms.clone()));
                Ok(())
            }
            Body::Pact(pact) => {
                let state = self.election_mut(&pact.election)?;
                if pact.text.election != pact.election {
                    return Err(Fault::PactElection);
                }
                state.publish(
                    pact.text.version,
                    PactVersion {
                        hash: pact.text.hash(),
                        index,
                    },
                )
            }
            Body::Roster(roster) => self
                .election_mut(&roster.election)?
                .change_roster(index, at, roster),
            Body::Attested(body) => self
                .election_mut(&body.election)?
                .attest(&body.label, &body.pact, index),
            Body::Dispute(dispute) => self.apply_dispute(index, dispute),
            Body::Resolution(resolution) => self.apply_resolution(resolution),
            Body::Close(close) => self.apply_close(&close.election, &close.counts, at),
            Body::Erasure(erasure) => self.election_mut(&erasure.election)?.erase(&erasure.label),
            Body::Map(map) => self.apply_map(index, at, map),
            Body::Policy(policy) => self.custody.enter_policy(index, at, policy),
            Body::Seal(seal) => self.custody.enter_seal(at, seal),
            _ => Ok(()),
        }
    }

    fn apply_close(&mut self, id: &Id, counts: &Counts, at: Time) -> Result<(), Fault> {
        let unknown = self.unknown;
        match self.election_mut(id)?.close(counts, at) {
            // Whatever the unknown entries did may explain the numbers.
            Err(Fault::CloseCounts) if unknown => Ok(()),
            result => result,
        }
    }

    fn apply_map(&mut self, index: u64, at: Time, map: &Map) -> Result<(), Fault> {
        let unknown = self.unknown;
        match self.election_mut(&map.election)?.enter_map(index, at, map) {
            Err(Fault::MapRoot) if unknown => Ok(()),
            result => result,
        }
    }

    fn gather<'a>(
        &'a self,
        index: u64,
        prepared: &Prepared,
        origin: &'a Origin,
        signature: &Signature,
        root_at: &mut dyn FnMut(u64) -> Option<Hash>,
    ) -> Result<SignatureFacts<'a>, Fault> {
        let statement = &signature.statement;
        let (label, size) = (&statement.label, statement.after.size);
        let state = self.elections.get(&signature.election);
        if let Some(state) = state {
            state.ensure_open()?;
        }
        Ok(SignatureFacts {
            origin,
            index,
            at: prepared.entry().at,
            root_at_after: if (1..=index).contains(&size) {
                root_at(size)
            } else {
                None
            },
            election: state.map(ElectionState::terms),
            pact_at_after: state.and_then(|state| state.pact_at(size)).map(|pact| pact.hash),
            on_at_after: state.is_some_and(|state| state.was_on(label, size)),
            on_now: state.is_some_and(|state| state.is_on(label)),
            verifies: prepared.verifies(),
            key_seen: self.keys.contains_key(&statement.key),
            already_signed: state.is_some_and(|state| state.live_signature(label).is_some()),
        })
    }

    fn enter_signature(
        &mut self,
        index: u64,
        at: Time,
        signature: &Signature,
        own: &Hash,
        faults: Vec<SignatureFault>,
    ) -> Result<Verdict, Fault> {
        let statement = &signature.statement;
        self.keys.entry(statement.key).or_insert_with(|| first_half(own));
        if !faults.is_empty() {
            return Ok(Verdict::InvalidSignature(faults));
        }
        self.election_mut(&signature.election)?
            .sign(&statement.label, index, at);
        Ok(Verdict::ValidSignature)
    }

    fn election_mut(&mut self, id: &Id) -> Result<&mut ElectionState, Fault> {
        self.elections.get_mut(id).ok_or(Fault::UnknownElection)
    }
}

fn first_half(hash: &Hash) -> u128 {
    hash.as_bytes()
        .iter()
        .take(16)
        .fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}
