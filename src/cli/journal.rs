//! `ikrar journal`: the private log of who saw or changed what, for an auditor: its lines, proofs against the daily seals, and the check
//! of such proofs, which needs nothing but the files and the public log. Absent: the bytes ([`crate::domain::journal`]).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "lines and proofs go to the terminal, what kept them from being made too"
)]

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use jiff::civil::Date;
use serde_json::json;

use crate::cli::file;
use crate::cli::key;
use crate::cli::policy;
use crate::cli::published::PublishedError;
use crate::cli::published::PublishedLog;
use crate::config::Config;
use crate::domain::journal::EVIDENCE_SIZE_BYTES_MAX;
use crate::domain::journal::Evidence;
use crate::domain::journal::Line;
use crate::domain::text::Prose;
use crate::domain::verdict::Verdict;
use crate::ledger::policy::Policy;
use crate::render::Lang;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::journal;
use crate::service::seal;

/// What was not asked rightly.
const USAGE: u8 = 2;

/// The private journal.
#[derive(Debug, clap::Subcommand)]
pub enum JournalCommand {
    /// The newest lines: id, time, who, what, about what.
    List {
        /// Only lines below this id
        #[arg(long, value_name = "ID", default_value_t = i64::MAX, hide_default_value = true)]
        below: i64,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: i64,
    },
    /// The daily seals: day, entry in the public log, lines. Everything that was sealed is computed again first.
    Seals,
    /// Prove that a line is in the sealed journal, as a file for an auditor.
    Prove {
        /// The line
        #[arg(value_name = "ID")]
        id: i64,
        /// Where to; without it, to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Prove that the journal sealed on one day extends that of an earlier one: nothing was changed or taken out in between.
    ProveGrowth {
        /// The earlier day, YYYY-MM-DD
        #[arg(value_name = "FROM")]
        from: Date,
        /// The later day
        #[arg(value_name = "TO")]
        to: Date,
        /// Where to; without it, to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check such files against the public log. No database, no configuration. Exit code: 0 valid, 1 not valid, 2 wrong usage, 3 cannot tell.
    Verify(VerifyArgs),
}

/// Which files, which log.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Proofs of lines or growths; - reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The public log: its folder, or the portal's address (https://…)
    #[arg(long, value_name = "DIR|URL")]
    pub log: String,
    /// The log's key, from a source you trust: a file or the key itself
    #[arg(long, value_name = "FILE|KEY", required_unless_present = "policy")]
    pub vkey: Option<String>,
    /// Instead of a key: log keys, witnesses and quorum that you believe (C2SP tlog-policy)
    #[arg(long, value_name = "FILE", conflicts_with = "vkey")]
    pub policy: Option<PathBuf>,
    /// The answers as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. `load` reads the configuration, which `verify` does without.
pub fn run(
    command: &JournalCommand,
    load: impl FnOnce() -> anyhow::Result<Config>,
) -> anyhow::Result<ExitCode> {
    if let JournalCommand::Verify(args) = command {
        return Ok(verify(args));
    }
    let mut conn = open(&load()?)?;
    match command {
        JournalCommand::Verify(_) => {}
        JournalCommand::List { below, limit } => list(&mut conn, *below, *limit)?,
        JournalCommand::Seals => {
            seal::recheck(&mut conn)?;
            for seal in seal::open_seals(&mut conn)? {
                println!("{}  entry {}  {} lines", seal.date, seal.entry, seal.size);
            }
        }
        JournalCommand::Prove { id, out } => {
            let proof = match seal::prove_line(&mut conn, *id) {
                Err(Error::NotFound) => anyhow::bail!("the journal has no line {id}"),
                Err(Error::Busy(_)) => anyhow::bail!(
                    "line {id} is not sealed yet: its day's seal is written when the day is over (UTC)"
                ),
                other => other?,
            };
            put(&proof, out.as_deref())?;
        }
        JournalCommand::ProveGrowth { from, to, out } => {
            anyhow::ensure!(from < to, "{from} is not before {to}");
            let proof = match seal::prove_growth(&mut conn, *from, *to) {
                Err(Error::NotFound) => anyhow::bail!("one of the two days has no seal"),
                other => other?,
            };
            put(&proof, out.as_deref())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn open(config: &Config) -> anyhow::Result<Conn> {
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    anyhow::ensure!(
        !crate::service::migrations_pending(&mut conn)?,
        "the database's tables are not of this version: run `ikrar migrate` first"
    );
    Ok(conn)
}

fn list(conn: &mut Conn, below: i64, limit: i64) -> anyhow::Result<()> {
    for row in journal::list_newest(conn, below, limit)? {
        let who = match (row.account_id, row.person_id) {
            (Some(id), _) => format!("account {id}"),
            (None, Some(id)) => format!("person {id}"),
            (None, None) => "command-line".to_owned(),
        };
        let line = format!(
            "{:>8}  {}  {who:<14}  {:<20}  {}",
            row.id,
            moment(row.at_s),
            row.action,
            row.subject
        );
        println!("{}", line.trim_end());
    }
    Ok(())
}

fn moment(seconds: i64) -> String {
    crate::render::datetime(seconds, "UTC", Lang::En).unwrap_or_else(|| seconds.to_string())
}

fn put(proof: &Evidence, out: Option<&Path>) -> anyhow::Result<()> {
    match out {
        Some(path) => {
            std::fs::write(path, proof.print()).with_context(|| format!("write {}", path.display()))?;
        }
        None => std::io::stdout().write_all(&proof.print())?,
    }
    Ok(())
}

/// A file's answer.
struct Answer {
    file: String,
    verdict: Verdict,
    /// What it shows, or why it shows nothing.
    words: String,
}

fn verify(args: &VerifyArgs) -> ExitCode {
    let policy = match policy(args) {
        Ok(policy) => policy,
        Err(message) => {
            eprintln!("ikrar: {message}");
            return ExitCode::from(USAGE);
        }
    };
    let mut log = PublishedLog::open(&args.log, &policy);
    let answers: Vec<Answer> = args
        .files
        .iter()
        .map(|path| {
            let (verdict, words) = match answer(path, &mut log) {
                Ok(words) => (Verdict::Valid, words),
                Err((verdict, why)) => (verdict, why),
            };
            Answer {
                file: path.display().to_string(),
                verdict,
                words,
            }
        })
        .collect();
    if args.json {
        let files: Vec<_> = answers
            .iter()
            .map(|answer| json!({"file": answer.file, "verdict": answer.verdict, "says": answer.words}))
            .collect();
        println!("{}", json!({ "files": files }));
    } else {
        for answer in &answers {
            let word = match answer.verdict {
                Verdict::Valid => "VALID",
                Verdict::NotValid => "NOT VALID",
                Verdict::CannotTell => "CANNOT TELL",
            };
            println!("{word}: {}: {}", answer.file, answer.words);
        }
    }
    ExitCode::from(Verdict::all(answers.iter().map(|answer| answer.verdict)).exit_code())
}

fn policy(args: &VerifyArgs) -> Result<Policy, String> {
    if let Some(text) = &args.vkey {
        return Ok(Policy::none(&key::given(text)?));
    }
    policy::read(args.policy.as_deref().unwrap_or(Path::new("")))
}

fn answer(path: &Path, log: &mut Result<PublishedLog, PublishedError>) -> Result<String, (Verdict, String)> {
    let bytes = file::take(path, EVIDENCE_SIZE_BYTES_MAX)
        .map_err(|error| (Verdict::CannotTell, format!("cannot read it: {error}")))?;
    let not_valid = |why: &dyn std::fmt::Display| (Verdict::NotValid, why.to_string());
    let evidence = Evidence::parse(&bytes).map_err(|error| not_valid(&error))?;
    evidence.check().map_err(|error| not_valid(&error))?;
    let of_log = |error: PublishedError| match error {
        PublishedError::Unread(why) => (Verdict::CannotTell, why),
        PublishedError::Untrue(why) => (Verdict::NotValid, why),
    };
    let log = log.as_mut().map_err(|error| of_log(error.clone()))?;
    for seal in evidence.seals() {
        let entry = log.entry(seal.entry).map_err(of_log)?.ok_or_else(|| {
            let why = format!(
                "the public log has no entry {} yet: is it an older copy?",
                seal.entry
            );
            (Verdict::CannotTell, why)
        })?;
        seal.check(&entry).map_err(|error| not_valid(&error))?;
    }
    log.check_quorum().map_err(of_log)?;
    Ok(words(&evidence))
}

fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Line(proof) => {
            let Line {
                id,
                at,
                actor,
                action,
                subject,
                ..
            } = &proof.line;
            let about = subject.as_ref().map_or("", Prose::as_str);
            format!(
                "line {id}, {}, {actor}, {action} {about}: in the journal sealed for {}, entry {}",
                moment(at.unix_i64()),
                proof.seal.date,
                proof.seal.entry
            )
        }
        Evidence::Growth(growth) => format!(
            "the journal of {} lines sealed for {} only grew to the {} sealed for {}",
            growth.from.size, growth.from.date, growth.to.size, growth.to.date
        ),
    }
}
