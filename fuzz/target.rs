//! One binary a target, all from this file: the binary's name is the target's. Absent: what a target does (`tests/fuzz/`).
#![no_main]

#[path = "../tests/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::run(env!("CARGO_BIN_NAME"), bytes));
