//! `ikrar audit`: a whole published log, from a folder or over HTTP: every file, every signature, every rule, every count.
//!
//! No database and no configuration: what it needs is public. Absent: the rules ([`crate::domain::log`]).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report goes to the terminal, what kept it from being made too"
)]

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::key;
use crate::domain::audit::AuditReport;
use crate::domain::audit::ElectionReport;
use crate::domain::audit::FaultReport;
use crate::domain::verdict::Verdict;
use crate::ledger::note::Vkey;

mod kept;
pub mod pass;
pub mod source;

use kept::Kept;
use pass::Pass;
use source::Source;

/// What was not asked rightly.
const USAGE: u8 = 2;
/// Invalid signatures that the text report names; `--json` names more.
const NAMED_MAX: usize = 20;

/// Check a whole published log: chain, tree, tiles, checkpoint, authors, every signature, the rules, N of M per day.
///
/// Exit code: 0 valid, 1 not valid, 2 wrong usage, 3 cannot tell (no log there, a file missing or unreadable).
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    /// The log: its folder, or the portal's address (https://…)
    #[arg(value_name = "DIR|URL")]
    pub log: String,
    /// The log's key, from a source you trust: a file or the key itself. Without it, the key beside the log
    #[arg(long, value_name = "FILE|KEY")]
    pub vkey: Option<String>,
    /// Only this election's numbers
    #[arg(long, value_name = "ID")]
    pub election: Option<String>,
    /// A checkpoint or a receipt of this log that you kept: the log must have grown from it, the receipt's entry be in its place
    #[arg(long, value_name = "CHECKPOINT|PROOF")]
    pub since: Option<PathBuf>,
    /// The report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: &AuditArgs) -> ExitCode {
    let mut source = Source::new(&args.log);
    let (vkey, beside) = match find_key(args, &mut source) {
        Ok(found) => found,
        Err((code, message)) => return stop(code, &message),
    };
    let since = match &args.since {
        None => None,
        Some(path) => match Kept::read(path, &vkey) {
            Ok(kept) => Some(kept),
            Err(message) => return stop(USAGE, &message),
        },
    };
    let note = since.as_ref().map(|kept| kept.note.as_str());
    let size = peek_size(&mut source, &vkey);
    source.expect_size(size);
    let mut pass = pass::audit_log(|name| source.read(name), &vkey, note);
    if let Some(kept) = &since {
        name_the_lost(&mut pass, kept, &mut source);
    }
    if let Some(id) = &args.election {
        pass.report.elections.retain(|election| election.election == *id);
        if pass.report.elections.is_empty() && pass.report.fault.is_none() {
            return stop(USAGE, &format!("there is no election {id:?} in this log"));
        }
    }
    if args.json {
        println!("{}", as_json(&pass, beside));
    } else {
        print!("{}", as_text(&pass, &vkey, beside));
    }
    ExitCode::from(pass.report.verdict.exit_code())
}

/// Names the entry that a receipt shows and the log lacks; any other fault has been found before it.
fn name_the_lost(pass: &mut Pass, kept: &Kept, source: &mut Source) {
    let report = &mut pass.report;
    let Some(size) = report
        .size
        .filter(|_| report.fault.as_ref().is_none_or(|fault| fault.key == "fork"))
    else {
        return;
    };
    match kept.lost(size, |name| source.read(name)) {
        Ok(Some(fault)) => (report.verdict, report.fault) = (Verdict::NotValid, Some(fault)),
        Err(error) if report.fault.is_none() => {
            let message = format!("cannot look for the receipt's entry: {error}");
            let (index, key) = (None, "read");
            report.verdict = Verdict::CannotTell;
            report.fault = Some(FaultReport { index, key, message });
        }
        Ok(None) | Err(_) => {}
    }
}

fn stop(code: u8, message: &str) -> ExitCode {
    eprintln!("ikrar: {message}");
    ExitCode::from(code)
}

/// The key, and whether it is only the one beside the log.
fn find_key(args: &AuditArgs, source: &mut Source) -> Result<(Vkey, bool), (u8, String)> {
    if let Some(text) = &args.vkey {
        return key::given(text)
            .map(|vkey| (vkey, false))
            .map_err(|error| (USAGE, error));
    }
    let cannot_tell = Verdict::CannotTell.exit_code();
    match source.read("log.vkey") {
        Ok(Some(bytes)) => key::parse(&bytes)
            .map(|vkey| (vkey, true))
            .map_err(|error| (cannot_tell, format!("log.vkey beside the log: {error}"))),
        Ok(None) => Err((
            cannot_tell,
            format!(
                "there is no published log at {}: no log.vkey there, and no --vkey given",
                args.log
            ),
        )),
        Err(error) => Err((
            cannot_tell,
            format!("cannot read log.vkey at {}: {error}", args.log),
        )),
    }
}

/// The checkpoint's size, to fetch files ahead; whatever is wrong with it, the audit will say.
fn peek_size(source: &mut Source, vkey: &Vkey) -> u64 {
    let Source::Site(_) = source else { return 0 };
    let note = source.read("checkpoint").ok().flatten().unwrap_or_default();
    let note = String::from_utf8(note).unwrap_or_default();
    crate::ledger::checkpoint::Checkpoint::open(&note, vkey).map_or(0, |checkpoint| checkpoint.size)
}

fn as_json(pass: &Pass, beside: bool) -> serde_json::Value {
    let mut value = json!(pass.report);
    if let Some(object) = value.as_object_mut() {
        let key = if beside { "beside_the_log" } else { "given" };
        object.insert("key".to_owned(), json!(key));
        object.insert("root".to_owned(), json!(pass.root.map(|root| root.to_string())));
    }
    value
}

fn as_text(pass: &Pass, vkey: &Vkey, beside: bool) -> String {
    let report = &pass.report;
    let mut text = format!("log         {}\nkey         {vkey}\n", report.origin);
    if beside {
        text.push_str("            taken from beside the log: this proves no origin; give --vkey from a source you trust\n");
    }
    if let (Some(size), Some(root)) = (report.size, pass.root) {
        text.push_str(&lines(&[format!("checkpoint  {size} entries, root {root}")]));
    }
    if report.verdict == Verdict::NotValid {
        // Beside a failure nothing is shown as true.
        text.push_str(&verdict(report));
        return text;
    }
    let kinds: Vec<String> = report
        .kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    text.push_str(&lines(&[format!(
        "entries     {}: {}",
        report.entries,
        kinds.join(", ")
    )]));
    for election in &report.elections {
        text.push_str(&numbers(election));
    }
    if report.invalid_signature_count > 0 {
        text.push_str(&lines(&[format!(
            "not counted {} signatures",
            report.invalid_signature_count
        )]));
        for invalid in report.invalid_signatures.iter().take(NAMED_MAX) {
            text.push_str(&lines(&[format!(
                "            entry {}: {}",
                invalid.index,
                invalid.reasons.join(", ")
            )]));
        }
    }
    text.push_str(&verdict(report));
    text
}

fn numbers(election: &ElectionReport) -> String {
    let mut text = lines(&[format!("election    {}: {}", election.election, election.title)]);
    match &election.counts {
        None => text.push_str(
            "            its numbers cannot be told: the log has entries of a kind unknown to this version\n",
        ),
        Some(counts) => text.push_str(&lines(&[format!(
            "            {} of {} signed; {} attested, {} disputed, {} voided{}",
            counts.valid,
            counts.members,
            counts.attested,
            counts.disputed,
            counts.voided,
            if election.closed { "; closed" } else { "" }
        )])),
    }
    let mut sum = 0_u64;
    for (day, count) in &election.valid_by_day {
        sum = sum.saturating_add(*count);
        text.push_str(&lines(&[format!("            {day}  {count:>8}  {sum:>8}")]));
    }
    text
}

fn verdict(report: &AuditReport) -> String {
    let fault = report
        .fault
        .as_ref()
        .map_or_else(String::new, |fault| match fault.index {
            Some(index) if !fault.message.starts_with("entry ") => {
                format!("entry {index}: {}", fault.message)
            }
            _ => fault.message.clone(),
        });
    match report.verdict {
        Verdict::Valid => "VALID       every file, hash, signature and rule of this log holds\n".to_owned(),
        Verdict::NotValid => format!("NOT VALID   {fault}\n"),
        Verdict::CannotTell if fault.is_empty() => {
            "CANNOT TELL chain, tree and checkpoint hold; an entry is of a kind unknown to this version\n"
                .to_owned()
        }
        Verdict::CannotTell => format!("CANNOT TELL {fault}\n"),
    }
}

fn lines(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        // Titles come from the log: nothing in them may move a terminal's cursor.
        let _infallible = writeln!(text, "{}", line.replace(|c: char| c.is_control(), "?"));
        text
    })
}
