//! The policy for a check: a file that somebody trusts, and which of its log keys signed. Absent: what a policy is
//! ([`crate::ledger::policy`]).

use std::io::Read;
use std::path::Path;

use crate::ledger::cosignature::LogKey;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::policy::POLICY_SIZE_BYTES_MAX;
use crate::ledger::policy::Policy;

/// Reads `--policy`.
pub(super) fn read(path: &Path) -> Result<Policy, String> {
    let shown = path.display();
    // One byte more than any policy has, so that a longer one is refused and not cut.
    let limit = u64::try_from(POLICY_SIZE_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot read {shown}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{shown}: {error}"))?;
    Policy::parse(&text).map_err(|error| format!("{shown}: {error}"))
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
