//! A verifiable append-only log: hashes, tree, tiles, notes, checkpoints, proofs. Absent: entries' meaning, storage, HTTP, time.
