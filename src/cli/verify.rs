//! `ikrar verify`: one proof file, row by row, perhaps with an opening; or the proof that a log told two stories (`equivocation`). No
//! database, no configuration, and no network but where `--log` names an address.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report goes to the terminal, what kept it from being made too"
)]

use std::fmt::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::file;
use crate::cli::key;
use crate::cli::policy;
use crate::domain::bounds::Bounds;
use crate::domain::entry::Body;
use crate::domain::person::Field;
use crate::domain::person::Opening;
use crate::domain::receipt::Check;
use crate::domain::receipt::ProofReport;
use crate::domain::receipt::Shown;
use crate::domain::receipt::verify_proof;
use crate::domain::text::print_hex;
use crate::domain::verdict::Verdict;
use crate::ledger::cosignature::LogKey;
use crate::ledger::equivocation::Equivocation;
use crate::ledger::equivocation::HEADER;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::policy::Policy;
use crate::ledger::proof::PROOF_SIZE_BYTES_MAX;
use crate::ledger::proof::Proof;

mod equivocation;
mod time;

use time::Looked;

/// What was not asked rightly.
const USAGE: u8 = 2;

/// Check a receipt's proof file: form, checkpoint, inclusion, statement, signature, and the opening if there is one.
///
/// Exit code: 0 valid, 1 not valid, 2 wrong usage, 3 cannot tell. One proof does not show that the signature counts
/// (pact in force, on the roster, not voided since): `ikrar audit` does.
///
/// An equivocation file, which a monitor or a witness writes, is valid when the log's key did sign two histories.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The proof file (.tlog-proof) or the equivocation file; - reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The opening file that names the person
    #[arg(long, value_name = "FILE")]
    pub opening: Option<PathBuf>,
    /// The pact text that you read, as it was served or printed (docs/format.md §4): it must be the one that was signed
    #[arg(long, value_name = "FILE")]
    pub pact: Option<PathBuf>,
    /// The log's key, from a source you trust: a file or the key itself. Without it, log.vkey beside FILE
    #[arg(long, value_name = "FILE|KEY")]
    pub vkey: Option<String>,
    /// Log keys, witnesses and quorum that you believe (C2SP tlog-policy): says when witnesses had seen the signature
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The published log (its folder, or https://…): it must hold what the file names, and shows after which time was signed
    #[arg(long, value_name = "DIR|URL", requires = "policy")]
    pub log: Option<String>,
    /// The report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: &VerifyArgs) -> ExitCode {
    match check(args) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("ikrar: {message}");
            ExitCode::from(USAGE)
        }
    }
}

fn check(args: &VerifyArgs) -> Result<ExitCode, String> {
    let file = read(&args.file)?;
    let opening = args.opening.as_deref().map(read).transpose()?;
    let policy = args.policy.as_deref().map(policy::read).transpose()?;
    let (vkey, beside) = match (&args.vkey, &policy) {
        (Some(text), _) => (Some(key::given(text)?), false),
        (None, Some(policy)) => (key_of(policy, &file), false),
        (None, None) => (key_beside(&args.file)?, true),
    };
    if file.starts_with(HEADER.as_bytes()) {
        let accused = match (&vkey, &policy) {
            (_, Some(policy)) if args.vkey.is_none() => accused_key(policy, &file),
            (vkey, _) => vkey.clone().map(LogKey::from),
        };
        let judged = equivocation::judge(&file, accused.as_ref());
        judged.print(args.json);
        return Ok(ExitCode::from(judged.verdict.exit_code()));
    }
    let mut report = verify_proof(&file, vkey.as_ref(), opening.as_deref());
    if let Some(path) = &args.pact {
        report.check_pact(&read(path)?);
    }
    let time = time::find(&mut report, &file, policy.as_ref(), args.log.as_deref());
    let source = match (&vkey, beside) {
        (None, _) => "none",
        (Some(_), true) => "beside_the_file",
        (Some(_), false) => "given",
    };
    if args.json {
        println!("{}", as_json(&report, &time, source));
    } else {
        print!("{}", as_text(&report, &time, source));
    }
    Ok(ExitCode::from(report.verdict.exit_code()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    file::read(path, PROOF_SIZE_BYTES_MAX)
}

/// The policy's log key that signed the file's checkpoint; where there is none, one that shows it.
fn key_of(policy: &Policy, file: &[u8]) -> Option<Vkey> {
    let note = std::str::from_utf8(file).ok().and_then(|text| {
        let proof = Proof::parse(text).ok()?;
        Note::parse(&proof.checkpoint_note).ok()
    });
    policy::signer(policy, note.as_ref())
}

/// The policy's log key, of whatever type, that an equivocation file accuses; where it is none of them, one that shows it.
fn accused_key(policy: &Policy, file: &[u8]) -> Option<LogKey> {
    let accused = std::str::from_utf8(file)
        .ok()
        .and_then(|text| Equivocation::parse(text).ok());
    let keys = || policy.logs().iter().map(|log| &log.key);
    let named = keys().find(|key| accused.as_ref().is_some_and(|accused| accused.key == **key));
    named.or_else(|| keys().next()).cloned()
}

fn key_beside(file: &Path) -> Result<Option<Vkey>, String> {
    let path = file.parent().unwrap_or(Path::new("")).join("log.vkey");
    if file == Path::new("-") || !path.is_file() {
        return Ok(None);
    }
    let bytes = read(&path)?;
    key::parse(&bytes)
        .map(Some)
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// What may be shown as true: only when every row is valid.
fn facts(shown: &Shown) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("entry", format!("{} of {}", shown.index, shown.size)),
        ("kind", shown.entry.body.kind().to_owned()),
        ("at", moment(shown.entry.at.unix_i64())),
    ];
    if let Body::Signature(signature) = &shown.entry.body {
        let statement = &signature.statement;
        facts.extend([
            ("log", statement.origin.to_string()),
            ("election", statement.election.to_string()),
            ("pact", print_hex(&statement.pact)),
            ("label", print_hex(&statement.label)),
            ("method", statement.method.to_string()),
        ]);
    }
    facts.extend(shown.opening.iter().flat_map(opened));
    facts
}

fn opened(opening: &Opening) -> Vec<(&'static str, String)> {
    Field::ALL
        .into_iter()
        .filter_map(|field| Some((field.as_str(), opening.field(field).value()?.as_str().to_owned())))
        .collect()
}

fn moment(seconds: i64) -> String {
    crate::render::datetime(seconds, "UTC", crate::render::Lang::En).unwrap_or_else(|| seconds.to_string())
}

/// Whether all that fails is the opening or the pact beside the file.
fn is_only_beside(report: &ProofReport) -> bool {
    let mut failed = report.rows.iter().filter(|row| row.outcome != Verdict::Valid);
    failed.all(|row| matches!(row.check, Check::Opening | Check::Pact))
}

fn shown(report: &ProofReport, time: &(Bounds, Looked)) -> Vec<(&'static str, String)> {
    let valid = report.verdict == Verdict::Valid;
    let Some(shown) = report.shown.as_ref().filter(|_| valid) else {
        return Vec::new();
    };
    let mut facts = facts(shown);
    facts.extend(time::facts(&time.0, time.1, moment));
    facts
}

fn as_json(report: &ProofReport, time: &(Bounds, Looked), source: &str) -> serde_json::Value {
    let facts: serde_json::Map<String, serde_json::Value> = shown(report, time)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    // Beside anything but a valid proof no time is shown as true.
    let bounds = (report.verdict == Verdict::Valid).then_some(&time.0);
    let bounds = bounds
        .map(|bounds| json!({ "known": bounds.known(), "after": bounds.after, "before": bounds.before }));
    json!({ "verdict": report.verdict, "rows": report.rows, "key": source, "facts": facts, "bounds": bounds })
}

fn as_text(report: &ProofReport, time: &(Bounds, Looked), source: &str) -> String {
    let failed = report.verdict == Verdict::NotValid;
    let mut text = String::new();
    for row in report
        .rows
        .iter()
        .filter(|row| !failed || row.outcome == Verdict::NotValid)
    {
        let word = match row.outcome {
            Verdict::Valid => "valid",
            Verdict::NotValid => "NOT VALID",
            Verdict::CannotTell => "cannot tell",
        };
        let name = format!("{:?}", row.check).to_lowercase();
        let line = format!("{name:<11} {word:<12} {}", row.detail);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (name, value) in shown(report, time) {
        let value = value.replace(|c: char| c.is_control(), "?");
        let _infallible = writeln!(text, "  {name:<9} {value}");
    }
    text.push_str(match source {
        "none" => "no key of the log was given: use --vkey with a key from a source you trust\n",
        "beside_the_file" => {
            "the key beside the file was used: this proves no origin; give --vkey from a source you trust\n"
        }
        _ => "",
    });
    text.push_str(match report.verdict {
        Verdict::Valid => "VALID: this entry is in the log, and everything in it agrees\n",
        Verdict::NotValid if is_only_beside(report) => {
            "NOT VALID: the receipt holds by itself, but what was given with it is not what was signed\n"
        }
        Verdict::NotValid => "NOT VALID: take nothing in this file for true\n",
        Verdict::CannotTell => "CANNOT TELL\n",
    });
    text
}
