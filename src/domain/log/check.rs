//! Lives here: when a signature entry is valid (docs/format.md §7), as one pure function over facts. Admission and audit
//! gather the facts in their own ways and share the rule. Absent: gathering them.

use crate::domain::election::Election;
use crate::domain::election::Stage;
use crate::domain::entry::Signature;
use crate::domain::log::SignatureFault;
use crate::domain::text::Origin;
use crate::domain::text::Time;
use crate::ledger::hash::Hash;

/// What a log says around a signature entry.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact of its own, gathered and named"
)]
#[derive(Debug, Clone, Copy)]
pub struct SignatureFacts<'a> {
    /// The log's name.
    pub origin: &'a Origin,
    /// The entry's index: where it stands, or would.
    pub index: u64,
    /// The entry's time.
    pub at: Time,
    /// This log's root at the statement's `after.size`; `None` where it has no such size.
    pub root_at_after: Option<Hash>,
    /// The election of that name, as in force at the index.
    pub election: Option<&'a Election>,
    /// The pact version in force at `after.size`.
    pub pact_at_after: Option<[u8; 32]>,
    /// Was the label on at `after.size`?
    pub on_at_after: bool,
    /// Is it on at the index?
    pub on_now: bool,
    /// Does the signature strictly verify ([`crate::domain::statement::Statement::verify`])?
    pub verifies: bool,
    /// Does an earlier signature entry have the key?
    pub key_seen: bool,
    /// Does a live signature of the same election and label lie before it?
    pub already_signed: bool,
}

/// Every reason why the signature is not valid; none when it is. The statement names its key, so that the rule about
/// statements seen before is part of the rule about keys.
pub fn check_signature(signature: &Signature, facts: &SignatureFacts<'_>) -> Vec<SignatureFault> {
    let statement = &signature.statement;
    let size_known = (1..=facts.index).contains(&statement.after.size);
    let root_agrees = facts
        .root_at_after
        .is_some_and(|root| *root.as_bytes() == statement.after.root);
    let stage = facts.election.map(|election| election.stage_at(facts.at));
    let rules = [
        (
            statement.election == signature.election,
            SignatureFault::ElectionMismatch,
        ),
        (statement.origin == *facts.origin, SignatureFault::Origin),
        (size_known, SignatureFault::AfterSize),
        (!size_known || root_agrees, SignatureFault::ForeignRoot),
        (stage.is_some(), SignatureFault::UnknownElection),
        (
            facts.pact_at_after == Some(statement.pact),
            SignatureFault::PactNotInForce,
        ),
        (facts.on_at_after, SignatureFault::NotOnAtStatement),
        (facts.on_now, SignatureFault::NotOn),
        (stage != Some(Stage::Before), SignatureFault::NotOpenYet),
        (stage != Some(Stage::Closed), SignatureFault::Over),
        (facts.verifies, SignatureFault::Signature),
        (!facts.key_seen, SignatureFault::KeySeen),
        (!facts.already_signed, SignatureFault::AlreadySigned),
    ];
    rules
        .into_iter()
        .filter(|(holds, _)| !holds)
        .map(|(_, fault)| fault)
        .collect()
}
