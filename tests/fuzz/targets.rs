//! What fuzzing does with bytes, one function a family of parsers: nothing may panic, what is accepted prints again to the
//! same bytes where the format says so, and limits hold. Shared by `fuzz/` (coverage-guided, nightly) and by
//! `tests/replay.rs` (the kept corpora and their mutations, stable). Absent: making inputs.

mod domain;
mod files;
mod ledger;

/// A family of parsers under its name, which is also its folder in `fuzz/corpus/`.
pub(crate) struct Target {
    /// The name.
    pub(crate) name: &'static str,
    /// Takes any bytes; a panic is a finding.
    pub(crate) run: fn(&[u8]),
}

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// All of them. `fuzz/Cargo.toml` has a binary for each.
pub(crate) const TARGETS: &[Target] = &[
    target("audit", files::audit),
    target("backup", domain::backup),
    target("checkpoint", ledger::checkpoint),
    target("code", domain::code),
    target("complaints", files::complaints),
    target("config", files::config),
    target("cosignature", ledger::cosignature),
    target("encoding", ledger::encoding),
    target("entry", domain::entry),
    target("equivocation", ledger::equivocation),
    target("fragment", domain::fragment),
    target("journal", domain::journal),
    target("linkage", files::linkage),
    target("log", domain::log),
    target("map", ledger::map),
    target("map_proof", ledger::map_proof),
    target("nip", domain::nip),
    target("note", ledger::note),
    target("opening", domain::opening),
    target("openings", domain::openings),
    target("pact", domain::pact),
    target("policy", ledger::policy),
    target("proof", domain::proof),
    target("receipt", domain::receipt),
    target("roster", files::roster),
    target("statement", domain::statement),
    target("tile", ledger::tile),
    target("tile_reader", ledger::tile_reader),
    target("values", domain::values),
    target("vkey", ledger::vkey),
    target("witness", ledger::witness),
];

/// Runs the target of that name.
pub(crate) fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap_or_else(|| panic!("no target {name}")).run)(bytes);
}

/// The bytes as text, which most formats are.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// The log key that the seeds were signed with, and that of `tests/vectors/log.json`.
const LOG_VKEY: &str = "ikrar.example/log+04f542a5+AekutgVP6bxoKhvPO3WfZas4pM+9gcTR8zQuTMnN7YsL";
