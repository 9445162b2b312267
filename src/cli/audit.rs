//! `ikrar audit`: a whole published log, from a folder or over HTTP: every file, every signature, every rule, every count.
//!
//! No database and no configuration: what it needs is public. Absent: the rules ([`crate::domain::log`]).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report goes to the terminal, what kept it from being made too"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::key;
use crate::cli::policy;
use crate::domain::audit::FaultReport;
use crate::domain::text::Prose;
use crate::domain::verdict::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::policy::Policy;

mod further;
mod kept;
pub mod pass;
pub mod source;
mod text;
mod witnesses;

use further::Asked;
use further::Draw;
use further::Further;
use kept::Kept;
use pass::Pass;
use source::Source;
use witnesses::Witnesses;

/// What was not asked rightly.
const USAGE: u8 = 2;

const EXAMPLES: &str = "Examples:
  ikrar audit https://PORTAL --vkey log.vkey --election pemilu-2024
  ikrar audit https://PORTAL --policy policy.txt
  ikrar audit https://PORTAL --vkey log.vkey --openings openings.txt
  ikrar audit https://PORTAL --vkey log.vkey --sample 300 --seed checkpoint --openings openings.txt --numbers drawn.txt

The second also asks whether witnesses have seen the same log. The last two are an oversight body's, with the file that `ikrar roster openings` makes. Nothing printed names a person.";

/// Check a whole published log: chain, tree, tiles, checkpoint, authors, every signature, the rules, N of M per day, who came onto
/// the roster and left it.
///
/// Exit code: 0 valid, 1 not valid, 2 wrong usage, 3 cannot tell (no log there, a file missing or unreadable).
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct AuditArgs {
    /// The log: its folder, or the portal's address (https://…)
    #[arg(value_name = "DIR|URL")]
    pub log: String,
    /// The log's key, from a source you trust: a file or the key itself. Without it and without --policy, the key beside the log
    #[arg(long, value_name = "FILE|KEY")]
    pub vkey: Option<String>,
    /// Log keys, witnesses and quorum that you believe (C2SP tlog-policy): enough of them must have seen the log that is audited
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Only this election's numbers
    #[arg(long, value_name = "ID")]
    pub election: Option<String>,
    /// A checkpoint or a receipt of this log that you kept: the log must have grown from it, the receipt's entry be in its place
    #[arg(long, value_name = "CHECKPOINT|PROOF")]
    pub since: Option<PathBuf>,
    /// An openings file of an election: every label on its roster must open, and nobody stand behind two
    #[arg(long, value_name = "FILE")]
    pub openings: Option<PathBuf>,
    /// Draw so many signatures of an election, for their people to be asked
    #[arg(long, value_name = "COUNT", requires = "seed", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub sample: Option<u32>,
    /// The published checkpoint that draws them, among the signatures below its size
    #[arg(long, value_name = "CHECKPOINT", requires = "sample")]
    pub seed: Option<PathBuf>,
    /// Public words of chance, named beforehand and drawn after the checkpoint (a lottery's numbers): they join the seed
    #[arg(long, value_name = "WORDS", requires = "sample")]
    pub beacon: Option<Prose<400>>,
    /// Write the numbers of the people drawn into a new file, for its owner alone
    #[arg(long, value_name = "FILE", requires = "sample", requires = "openings")]
    pub numbers: Option<PathBuf>,
    /// The report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: &AuditArgs) -> ExitCode {
    match audit(args) {
        Ok(verdict) => ExitCode::from(verdict.exit_code()),
        Err((code, message)) => {
            eprintln!("ikrar: {message}");
            ExitCode::from(code)
        }
    }
}

fn audit(args: &AuditArgs) -> Result<Verdict, (u8, String)> {
    let mut source = Source::new(&args.log);
    let policy = args.policy.as_deref().map(policy::read).transpose();
    let policy = policy.map_err(|message| (USAGE, message))?;
    let (vkey, beside) = find_key(args, policy.as_ref(), &mut source)?;
    let keep = |path: &Option<PathBuf>| {
        let kept = path.as_ref().map(|path| Kept::read(path, &vkey));
        kept.transpose().map_err(|message| (USAGE, message))
    };
    let (since, seed) = (keep(&args.since)?, keep(&args.seed)?);
    let known: Vec<pass::Known<'_>> = [("the checkpoint kept from earlier", &since), ("the seed", &seed)]
        .into_iter()
        .filter_map(|(what, kept)| Some((what, kept.as_ref()?.note.as_str())))
        .collect();
    let asked = Asked::open(args)?;
    let size = peek_size(&mut source, &vkey);
    source.expect_size(size);
    let (mut pass, audited) = pass::audit_whole(|name| source.read(name), &vkey, &known);
    for kept in since.iter().chain(&seed) {
        name_the_lost(&mut pass, kept, &mut source);
    }
    if let Some(id) = &args.election {
        pass.report.elections.retain(|election| election.election == *id);
        if pass.report.elections.is_empty() && pass.report.fault.is_none() {
            return Err((USAGE, format!("there is no election {id:?} in this log")));
        }
    }
    let draw = draw(args, seed.as_ref(), &vkey);
    let further = match audited.filter(|_| pass.report.fault.is_none()) {
        Some(audited) => asked.answer(args, &audited.state, draw.as_ref())?,
        None => Further::default(),
    };
    let witnesses = pass.note.as_deref();
    let witnesses = witnesses.map(|note| Witnesses::ask(policy.as_ref(), note));
    let found = Found {
        pass,
        witnesses,
        further,
    };
    if args.json {
        println!("{}", as_json(&found, beside));
    } else {
        print!("{}", text::text(&found, &vkey, beside));
    }
    Ok(found.verdict())
}

/// All that was found.
struct Found {
    pass: Pass,
    /// Where there is a checkpoint to go by.
    witnesses: Option<Witnesses>,
    further: Further,
}

impl Found {
    fn verdict(&self) -> Verdict {
        Verdict::all([self.pass.report.verdict, self.further.verdict(), self.seen()])
    }

    /// What the witnesses add to the log's own verdict.
    fn seen(&self) -> Verdict {
        let witnesses = self.witnesses.as_ref();
        witnesses.map_or(Verdict::Valid, |witnesses| witnesses.verdict)
    }
}

/// What is to be drawn; the seed's signature has been checked with the log.
fn draw<'a>(args: &'a AuditArgs, seed: Option<&Kept>, vkey: &Vkey) -> Option<Draw<'a>> {
    Some(Draw {
        seed: Checkpoint::open(&seed?.note, vkey).ok()?,
        count: args.sample?,
        beacon: args.beacon.as_ref(),
    })
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

/// The key, and whether it is only the one beside the log.
fn find_key(
    args: &AuditArgs,
    policy: Option<&Policy>,
    source: &mut Source,
) -> Result<(Vkey, bool), (u8, String)> {
    if let Some(text) = &args.vkey {
        return key::given(text)
            .map(|vkey| (vkey, false))
            .map_err(|error| (USAGE, error));
    }
    if let Some(policy) = policy {
        let note = source.read("checkpoint").ok().flatten();
        let note = note.and_then(|bytes| Note::parse(&String::from_utf8(bytes).ok()?).ok());
        return policy::signer(policy, note.as_ref())
            .map(|vkey| (vkey, false))
            .ok_or_else(|| {
                (
                    USAGE,
                    "the policy names no log that this audit can read".to_owned(),
                )
            });
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
    Checkpoint::open(&note, vkey).map_or(0, |checkpoint| checkpoint.size)
}

fn as_json(found: &Found, beside: bool) -> serde_json::Value {
    let pass = &found.pass;
    let mut value = json!(pass.report);
    if let (Some(object), serde_json::Value::Object(more)) = (value.as_object_mut(), json!(found.further)) {
        let key = if beside { "beside_the_log" } else { "given" };
        object.insert("key".to_owned(), json!(key));
        object.insert("root".to_owned(), json!(pass.root.map(|root| root.to_string())));
        object.insert("witnesses".to_owned(), json!(found.witnesses));
        object.insert("verdict".to_owned(), json!(found.verdict()));
        object.extend(more);
    }
    value
}
