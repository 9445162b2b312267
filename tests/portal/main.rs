//! Whole stories through HTTP, the real guard and a real database; a file per story. One binary, so that it links once.
//!
//! `harness` gives each test a portal of its own: SQLite, or PostgreSQL where `TEST_DATABASE_URL` names one.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on may panic"
)]

mod harness;

mod acts;
mod bounds;
mod complaint;
mod completeness;
mod crash;
mod dispute;
mod election;
mod erasure;
mod fault;
mod forge;
mod guard;
mod hr;
mod lies;
mod log;
mod mail;
mod monitor;
mod officer;
mod outside;
mod public;
mod recovery;
mod roster;
mod seal;
mod sign;
mod signin;
mod tamper;
mod terminal;
mod witness;
mod witness_program;
