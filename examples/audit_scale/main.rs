//! What it costs an outsider to audit a whole log, and to rebuild its tables from tiles alone. Prints one line of JSON.
//!
//! ```text
//! cargo run --release --example audit_scale -- --entries 4700000 [--dir DIR] [--keep] [--only audit]
//! ```
//! The log is made first and is not in the times: real keys and signatures, roster entries, maps and anchors, in tiles on disk. A log of
//! that size that is in DIR already is taken. Then each measurement is a process of its own, so that its memory is its own: `audit` is
//! what `ikrar audit DIR` does, `openings` is `ikrar audit DIR --openings FILE` with a line a person, `rebuild` is what
//! `ikrar ledger rebuild --from-tiles DIR` does, into a fresh SQLite file. Memory is the highest that the process ever held (VmHWM).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is its purpose, progress is for who waits"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "an object of serde_json gives null for what it lacks"
)]

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;
use anyhow::ensure;
use clap::Parser;
use ikrar::cli::audit;
use ikrar::cli::audit::AuditArgs;
use ikrar::cli::audit::pass::audit_log;
use ikrar::cli::audit::source::Source;
use ikrar::domain::verdict::Verdict;
use ikrar::ledger::note::Vkey;
use ikrar::service;
use ikrar::service::DatabaseUrl;
use ikrar::service::rebuild;
use serde_json::Value;
use serde_json::json;

mod generate;

/// What it costs to audit a whole log, and to rebuild its tables from tiles alone
#[derive(Parser)]
struct Asked {
    /// Entries of the log
    #[arg(long, default_value_t = 100_000)]
    entries: u64,
    /// Where the log is made, or is already; without it, a folder that is removed again
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Leave the log in DIR
    #[arg(long)]
    keep: bool,
    /// One measurement of the log in DIR: audit, openings or rebuild
    #[arg(long, requires = "dir")]
    only: Option<String>,
}

fn main() -> Result<ExitCode> {
    let asked = Asked::parse();
    match (asked.only.as_deref(), &asked.dir) {
        (Some(what), Some(dir)) => measure(what, dir),
        _ => run(&asked).map(|()| ExitCode::SUCCESS),
    }
}

fn run(asked: &Asked) -> Result<()> {
    let own = tempfile::tempdir()?;
    let dir = asked.dir.clone().unwrap_or_else(|| own.path().to_owned());
    let made = make(&dir, asked.entries)?;
    let (files, public_bytes) = size_of(&dir.join("log"))?;
    let audit = child("audit", &dir)?;
    eprintln!("audit {audit}");
    let openings = child("openings", &dir)?;
    eprintln!("openings {openings}");
    let rebuild = child("rebuild", &dir)?;
    eprintln!("rebuild {rebuild}");
    ensure!(
        audit["root"] == rebuild["root"],
        "another root came out of the tiles"
    );
    let entry_bytes = made["entry_bytes"].as_f64().unwrap_or_default();
    let count = asked.entries.to_string().parse::<f64>()?;
    let per_entry = |bytes: f64| (bytes / count * 10.0).round() / 10.0;
    let public = public_bytes.to_string().parse::<f64>()?;
    let us = |value: &Value| per_entry(value["s"].as_f64().unwrap_or_default() * 1e6);
    println!(
        "{}",
        json!({
            "entries": asked.entries,
            "audit_s": audit["s"], "rebuild_s": rebuild["s"], "rss_mb": audit["rss_mb"],
            "bytes_per_entry": per_entry(public),
            "entry_bytes": per_entry(entry_bytes),
            "public_over_entry_percent": ((public / entry_bytes - 1.0) * 1e4).round() / 100.0,
            "files": files,
            "audit_us_per_entry": us(&audit), "rebuild_us_per_entry": us(&rebuild),
            "signers": made["signers"],
            "openings_s": openings["s"], "openings_rss_mb": openings["rss_mb"],
            "rebuild_rss_mb": rebuild["rss_mb"], "database_bytes_per_entry": per_entry(rebuild["bytes"].as_f64().unwrap_or_default()),
            "generate_s": made["s"],
            "processors": std::thread::available_parallelism()?.get(),
        })
    );
    if !asked.keep && asked.dir.is_some() {
        for name in ["log", "openings.txt", "made.json"] {
            let path = dir.join(name);
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            } else {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// Makes the log, or takes the one that is there.
fn make(dir: &Path, entries: u64) -> Result<Value> {
    let note = dir.join("made.json");
    if let Ok(text) = fs::read_to_string(&note) {
        let made: Value = serde_json::from_str(&text)?;
        ensure!(
            made["entries"] == entries,
            "{} holds a log of another size",
            dir.display()
        );
        return Ok(made);
    }
    fs::create_dir_all(dir)?;
    eprintln!("making a log of {entries} entries in {}", dir.display());
    let start = Instant::now();
    let (entry_bytes, signers) = generate::log(&dir.join("log"), entries)?;
    generate::openings(&dir.join("openings.txt"), entries, signers)?;
    let made = json!({
        "entries": entries, "signers": signers, "entry_bytes": entry_bytes, "s": seconds(start),
    });
    fs::write(note, made.to_string())?;
    eprintln!("made {made}");
    Ok(made)
}

/// Runs one measurement in a process of its own.
fn child(what: &str, dir: &Path) -> Result<Value> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--only", what, "--dir"])
        .arg(dir)
        .output()?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{what} failed: {errors}");
    let line = errors.lines().last().context("a measurement said nothing")?;
    Ok(serde_json::from_str(line)?)
}

fn measure(what: &str, dir: &Path) -> Result<ExitCode> {
    let log = dir.join("log");
    let vkey = Vkey::parse(fs::read_to_string(log.join("log.vkey"))?.trim_end())?;
    let place = log.to_string_lossy().into_owned();
    let mut source = Source::new(&place);
    let start = Instant::now();
    let found = match what {
        "audit" => {
            let pass = audit_log(|name| source.read(name), &vkey, None);
            let s = seconds(start);
            ensure!(pass.report.verdict == Verdict::Valid, "{:?}", pass.report.fault);
            ensure!(
                pass.report.invalid_signature_count == 0,
                "a signature does not count"
            );
            json!({ "s": s, "root": pass.root.map(|root| root.to_string()) })
        }
        "openings" => {
            let args = AuditArgs {
                log: place,
                vkey: Some(vkey.to_string()),
                policy: None,
                election: None,
                since: None,
                openings: Some(dir.join("openings.txt")),
                sample: None,
                seed: None,
                beacon: None,
                numbers: None,
                json: false,
            };
            let code = audit::run(&args);
            eprintln!("{}", json!({ "s": seconds(start), "rss_mb": peak_mb()? }));
            return Ok(code);
        }
        "rebuild" => {
            let file = dir.join("rebuilt.sqlite");
            let mut conn = DatabaseUrl::new(file.to_string_lossy()).connect()?;
            service::migrate(&mut conn)?;
            let rebuilt = rebuild::from_tiles(&mut conn, &vkey, |name| source.read(name), &mut |_| {})?;
            drop(conn);
            let s = seconds(start);
            let bytes = fs::metadata(&file)?.len();
            for end in ["", "-wal", "-shm"] {
                let _not_there = fs::remove_file(dir.join(format!("rebuilt.sqlite{end}")));
            }
            json!({ "s": s, "root": rebuilt.root.to_string(), "bytes": bytes })
        }
        other => bail!("what is {other}?"),
    };
    let mut found = found;
    found["rss_mb"] = json!(peak_mb()?);
    eprintln!("{found}");
    Ok(ExitCode::SUCCESS)
}

fn seconds(start: Instant) -> f64 {
    (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}

/// The most memory that this process ever held.
fn peak_mb() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits: String = line
        .context("no VmHWM")?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    Ok(digits.parse::<u64>()? / 1024)
}

/// Files in a folder and below, and their bytes.
fn size_of(folder: &Path) -> Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else {
                files += 1;
                bytes += entry.metadata()?.len();
            }
        }
    }
    Ok((files, bytes))
}
