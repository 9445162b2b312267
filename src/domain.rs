//! The words of the institution: NIP, roster, election, pact, statement, entry, complaint. Absent: IO, clock, randomness, SQL.

pub mod cell;
pub mod nip;
pub mod roster;
