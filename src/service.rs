//! Use-cases: one file each, plain functions over `&mut Conn`. Absent: HTTP, templates, SQL, the clock, threads.
//!
//! The recipe: parse (types did it) → load ([`crate::store`]) → **decide** (a pure function of [`crate::domain`]) → write →
//! queue mails ([`crate::store::outbox`]). `now_s` and random bytes are arguments; whoever calls owns the transaction
//! ([`crate::app::App::write`] for the portal, [`crate::store::write`] for the command line). A read that needs no thought is
//! offered as `pub use` of its store function, so that doors never name the store.

pub mod access;
pub mod act;
pub mod anchor;
pub mod bounds;
pub mod complaint;
pub mod crossref;
pub mod dashboard;
pub mod dispute;
pub mod election;
pub mod erasure;
pub mod error;
pub mod joint_act;
pub mod journal;
pub mod logkey;
pub mod mail;
pub mod map;
pub mod officer;
pub mod proof;
pub mod public;
pub mod publish;
pub mod rebuild;
pub mod receipt;
pub mod roster;
pub mod seal;
pub mod sign;
pub mod verify;
pub mod witness;

pub use error::Error;
pub use error::Problem;

pub use crate::store::Conn;
pub use crate::store::DatabaseUrl;
pub use crate::store::FileId;
pub use crate::store::Pool;
pub use crate::store::StoreError;
pub use crate::store::migrate;
pub use crate::store::migrations_pending;
pub use crate::store::savepoint;
pub use crate::store::write;

/// Number of committed entries.
pub fn ledger_size(conn: &mut Conn) -> Result<u64, Error> {
    Ok(crate::store::ledger::head(conn)?.size)
}
