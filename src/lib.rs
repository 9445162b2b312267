//! Ikrar: civil servants sign an integrity pact, the signatures stand in a ledger anyone can verify.
//!
//! Read from the ground up. A floor names only floors below it (`tests/tidy.rs` holds us to it):
//!
//! 1. [`ledger`] and [`linkage`] name nothing else here; [`domain`] may name `ledger`. Pure: no IO, no clock,
//!    no randomness, no database, no HTTP.
//! 2. [`store`] is the only Rust that knows SQL.
//! 3. [`service`] holds one use-case a file: parse, load, decide (pure), write, outbox.
//! 4. The doors: [`web`], [`cli`], [`mail`], [`render`], [`sheet`], [`witness`], with [`app`] to wire them, [`config`] and [`clock`].
//!
//! [`durable`] writes files for whoever keeps some.

pub mod ledger;
pub mod linkage;

pub mod domain;

pub mod store;

pub mod service;

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod durable;
pub mod mail;
pub mod render;
pub mod sheet;
pub mod web;
pub mod witness;
