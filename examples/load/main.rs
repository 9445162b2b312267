//! How many signatures a second a portal of its own takes, over HTTP, and how long each waits. One JSON line.
//!
//! Real statements, real keys, the real web server, mailer, database and log folder. Absent: the people ([`people`]), the
//! portal ([`portal`]), the client ([`client`]).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the measurement is the output, its progress goes beside it"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::ensure;
use clap::Parser;
use ikrar::cli::audit::pass::audit_log;
use ikrar::cli::audit::source::Source;
use ikrar::domain::verdict::Verdict;

mod client;
mod mailbox;
mod people;
mod portal;

use client::Times;
use mailbox::Mailboxes;
use portal::Portal;

/// Starts a portal of its own, lets people sign over HTTP, audits the log, prints one JSON line.
///
/// Prepared before the clock starts, as `prepared_s` says: the election with its roster, a sign-in session for everybody, what
/// the signing page would have shown, and everybody's key and signed statement. Measured, for each person in turn on one of
/// `--clients` kept-alive connections: the statement is posted; the six digits are read from the mail that the portal's
/// mailer hands over (they are nowhere else); the code is posted; the answer comes when the signature stands under a
/// published `checkpoint.latest`. `p50_ms`, `p95_ms`, `p99_ms` are of that last step, from sending the code to the answer;
/// `statement_*` of the first; `mail_*` from the first answer to the code in hand; `whole_*` of all three.
/// The mails with the receipts leave whenever no code waits: `receipts_waiting` counts those left at the end.
#[derive(Debug, Parser)]
#[command(name = "load", max_term_width = 110)]
struct Args {
    /// People on the roster; each signs once
    #[arg(long, default_value_t = 20_000)]
    people: usize,
    /// Connections, each with one person at a time
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Stop after so many signatures
    #[arg(long)]
    signatures: Option<usize>,
    /// Stop after so many seconds
    #[arg(long)]
    seconds: Option<f64>,
    /// `sqlite`, or the address of a PostgreSQL database, where a schema is made and removed again
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// An empty folder for everything the portal writes; without it, one that is removed again
    #[arg(long)]
    data: Option<PathBuf>,
    /// Worker threads of the web server; 0: one a core
    #[arg(long, default_value_t = 0)]
    workers: usize,
}

fn main() -> Result<()> {
    let args = Args::parse();
    ensure!(
        args.people > 0 && args.clients > 0,
        "at least one person and one client"
    );
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let temporary = tempfile::Builder::new().prefix("ikrar-load-").tempdir()?;
    let data = args.data.clone().unwrap_or_else(|| temporary.path().to_owned());

    let preparing = Instant::now();
    let mailboxes = Arc::new(Mailboxes::new(args.people));
    let portal = Portal::start(&data, &args.database, args.workers)?;
    eprintln!("load: enrolling {} people", args.people);
    let people = people::enrol(&portal, args.people)?;
    eprintln!("load: making their keys, statements and sessions");
    let requests = people::prepare(&portal, &people)?;
    let serving = portal.serve(&mailboxes)?;
    let prepared_s = preparing.elapsed().as_secs_f64();

    eprintln!("load: {} clients begin", args.clients);
    let limit = args.signatures.unwrap_or(args.people).min(args.people);
    let started = Instant::now();
    let times = client::run(&client::Plan {
        address: serving.address,
        clients: args.clients,
        people: limit,
        until: args.seconds.map(|s| started + Duration::from_secs_f64(s)),
        requests: Arc::new(requests),
        mailboxes,
    })?;
    let seconds = started.elapsed().as_secs_f64();
    serving.stop()?;

    eprintln!(
        "load: {} signatures in {seconds:.2} s; auditing the log",
        times.answer.len()
    );
    let receipts_waiting = portal.receipts_waiting()?;
    let audit = audit(&portal, times.answer.len());
    portal.remove()?;
    println!(
        "{}",
        report(
            &args,
            times,
            &Outcome {
                seconds,
                prepared_s,
                receipts_waiting,
                audit: &audit
            }
        )?
    );
    ensure!(audit == "ok", "the audit found: {audit}");
    Ok(())
}

/// The published log as an outsider checks it: valid, and with every signature that was acknowledged.
fn audit(portal: &Portal, acknowledged: usize) -> String {
    let mut source = Source::new(&portal.app.log().path().to_string_lossy());
    let pass = audit_log(|name| source.read(name), portal.app.keys().log.vkey(), None);
    let report = pass.report;
    if report.verdict != Verdict::Valid {
        return report
            .fault
            .map_or_else(|| "cannot tell".to_owned(), |fault| fault.message);
    }
    let valid = report
        .elections
        .first()
        .and_then(|election| election.counts)
        .map_or(0, |counts| counts.valid);
    if u64::try_from(acknowledged).is_ok_and(|acknowledged| valid >= acknowledged)
        && report.invalid_signature_count == 0
    {
        "ok".to_owned()
    } else {
        format!("{acknowledged} signatures were acknowledged, {valid} stand in the log")
    }
}

struct Outcome<'a> {
    seconds: f64,
    prepared_s: f64,
    receipts_waiting: i64,
    audit: &'a str,
}

fn report(args: &Args, mut times: Times, outcome: &Outcome<'_>) -> Result<serde_json::Value> {
    let count = u32::try_from(times.answer.len()).context("too many signatures to count")?;
    for list in [
        &mut times.statement,
        &mut times.mail,
        &mut times.answer,
        &mut times.whole,
    ] {
        list.sort_unstable();
    }
    let rounded = |value: f64, digits: f64| (value * digits).round() / digits;
    let at = |list: &[Duration], percent: usize| {
        let place = (list.len() * percent).div_ceil(100).saturating_sub(1);
        let time = list.get(place).copied().unwrap_or_default();
        rounded(time.as_secs_f64() * 1000.0, 100.0)
    };
    Ok(serde_json::json!({
        "signatures_per_second": rounded(f64::from(count) / outcome.seconds, 10.0),
        "p50_ms": at(&times.answer, 50),
        "p95_ms": at(&times.answer, 95),
        "p99_ms": at(&times.answer, 99),
        "clients": args.clients,
        "people": args.people,
        "audit": outcome.audit,
        "signatures": count,
        "seconds": rounded(outcome.seconds, 1000.0),
        "database": if args.database == "sqlite" { "sqlite" } else { "postgres" },
        "statement_p50_ms": at(&times.statement, 50),
        "statement_p99_ms": at(&times.statement, 99),
        "mail_p50_ms": at(&times.mail, 50),
        "mail_p99_ms": at(&times.mail, 99),
        "whole_p50_ms": at(&times.whole, 50),
        "whole_p99_ms": at(&times.whole, 99),
        "receipts_waiting": outcome.receipts_waiting,
        "prepared_s": rounded(outcome.prepared_s, 10.0),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
    }))
}
