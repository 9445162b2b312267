//! Lives here: what `dispute` and `resolution` do to the log's state. Absent: how a signature's numbers change
//! ([`crate::domain::log::ElectionState`]).

use crate::domain::entry::Dispute;
use crate::domain::entry::Outcome;
use crate::domain::entry::Resolution;
use crate::domain::log::Fault;
use crate::domain::log::LogState;
use crate::domain::text::Id;

/// An open dispute: which signature, of which election and label.
#[derive(Debug, Clone)]
pub(super) struct OpenDispute {
    signature: u64,
    election: Id,
    label: [u8; 32],
}

impl LogState {
    pub(super) fn apply_dispute(&mut self, index: u64, dispute: &Dispute) -> Result<(), Fault> {
        let signature = dispute.signature;
        let found = self
            .elections
            .iter()
            .find_map(|(id, state)| Some((id.clone(), state.signer_of(signature)?)));
        let (election, label) = found.ok_or(Fault::NoLiveSignature(signature))?;
        self.election_mut(&election)?.dispute(&label);
        self.disputes.insert(
            index,
            OpenDispute {
                signature,
                election,
                label,
            },
        );
        Ok(())
    }

    pub(super) fn apply_resolution(&mut self, resolution: &Resolution) -> Result<(), Fault> {
        let dispute = self
            .disputes
            .remove(&resolution.dispute)
            .ok_or(Fault::NoOpenDispute(resolution.dispute))?;
        let upheld = resolution.outcome == Outcome::Upheld;
        self.election_mut(&dispute.election)?
            .resolve(&dispute.label, dispute.signature, upheld);
        Ok(())
    }
}
