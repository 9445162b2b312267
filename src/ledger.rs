//! A verifiable append-only log: hashes, tree, tiles, notes, checkpoints, proofs. Absent: entries' meaning, storage, HTTP, time.
//!
//! Each file is one specification and one type that parses and prints. A parser accepts only what prints again to the
//! same bytes. Keys are arguments, hashes come through [`tree::HashReader`]: nothing here can fail for the world's reasons.
//!
//! Read in this order: [`hash`], [`tree`], [`tile`] (RFC 6962 and C2SP tlog-tiles); [`key`], [`note`], [`checkpoint`],
//! [`proof`] (C2SP signed-note, tlog-checkpoint, tlog-proof); [`cosignature`], [`policy`], [`witness`] (who else saw a
//! checkpoint, who must have, how to ask); [`equivocation`] (a log that told two stories); [`audit`] reads a published log
//! back; [`map`] is our own tree from labels to indexes. [`encoding`] holds the strict hex, base64 and decimal that all use.

pub mod audit;
pub mod checkpoint;
pub mod cosignature;
pub mod encoding;
pub mod equivocation;
pub mod hash;
pub mod key;
pub mod map;
pub mod note;
pub mod policy;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod witness;
