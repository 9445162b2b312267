//! What the map of labels costs: time of inserts and of roots, memory, size of proofs. Prints one line of JSON.
//! `cargo run --release --example map_scale -- [labels]`
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::fs;
use std::time::Instant;

use ikrar::ledger::hash::sha256;
use ikrar::ledger::map::LabelMap;
use serde_json::json;

/// Inserts between two roots, some signatures of one second.
const BATCH: u64 = 8_000;

fn label(number: u64) -> [u8; 32] {
    *sha256(&[b"map_scale", &number.to_be_bytes()]).as_bytes()
}

fn rss_bytes() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits: String = line
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    Ok(digits.parse::<u64>()? * 1024)
}

fn main() -> Result<(), Box<dyn Error>> {
    let labels: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |labels| labels.parse())?;
    let before = rss_bytes()?;
    let mut map = LabelMap::default();
    let start = Instant::now();
    for number in 0..labels {
        map.insert(label(number), number);
    }
    let insert_s = start.elapsed().as_secs_f64();
    let bytes = rss_bytes()?.saturating_sub(before);
    let start = Instant::now();
    map.root();
    let root_all_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    for number in labels..labels + BATCH {
        map.insert(label(number), number);
    }
    let root = map.root();
    let batch_ms = start.elapsed().as_secs_f64() * 1e3;
    let mut longest = 0;
    let start = Instant::now();
    for number in (labels..labels + 4 * BATCH).step_by(4) {
        let proof = map.prove(&label(number));
        let expected = (number < labels + BATCH).then_some(number);
        assert_eq!(proof.verify(&root, &label(number))?, expected);
        longest = longest.max(proof.to_string().len());
    }
    let proofs_s = start.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({
            "labels": labels,
            "bytes_per_label": bytes / labels.max(1),
            "insert_s": insert_s,
            "root_all_s": root_all_s,
            "batch_of_8000_and_root_ms": batch_ms,
            "proofs_8000_s": proofs_s,
            "proof_bytes_max": longest,
        })
    );
    Ok(())
}
