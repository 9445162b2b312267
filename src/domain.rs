//! The words of the institution: NIP, roster, election, pact, statement, entry, complaint. Absent: IO, clock, randomness, SQL.

pub mod audit;
pub mod backup;
pub mod bounds;
pub mod cell;
pub mod code;
pub mod complaint;
pub mod disputed;
pub mod election;
pub mod entry;
pub mod journal;
pub mod label_proof;
pub mod log;
pub mod nip;
pub mod openings;
pub mod pact;
pub mod pact_default;
pub mod person;
pub mod receipt;
pub mod role;
pub mod roster;
pub mod sample;
pub mod signer;
pub mod statement;
pub mod tally;
pub mod text;
pub mod verdict;
