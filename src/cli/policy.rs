//! The policy for a check: a file that somebody trusts, and which of its log keys signed. Absent: what a policy is
//! ([`crate::ledger::policy`]).

use std::path::Path;

use crate::cli::file;
use crate::ledger::cosignature::LogKey;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::policy::POLICY_SIZE_BYTES_MAX;
use crate::ledger::policy::Policy;

/// Reads `--policy`.
pub(super) fn read(path: &Path) -> Result<Policy, String> {
    let text = file::read_text(path, POLICY_SIZE_BYTES_MAX)?;
    Policy::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The policy's log key that signed a checkpoint; where none did, one that shows it.
pub(super) fn signer(policy: &Policy, note: Option<&Note>) -> Option<Vkey> {
    let keys = || policy.logs().iter().filter_map(|log| log.key.vkey());
    let signed = |vkey: &&Vkey| {
        let key = LogKey::from((*vkey).clone());
        note.is_some_and(|note| key.verify(note).unwrap_or(false))
    };
    keys().find(signed).or_else(|| keys().next()).cloned()
}
