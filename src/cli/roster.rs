//! `ikrar roster import`: preview, confirmation, and the acts signed with the command line's officer key; and `openings`.

use std::fs::File;
use std::io::BufReader;
use std::io::IsTerminal;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use clap::Args;
use clap::Subcommand;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use sha2::Digest;
use sha2::Sha256;

use crate::app;
use crate::app::App;
use crate::app::keys;
use crate::app::roster_file;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::entry::Body;
use crate::domain::nip::Nip;
use crate::domain::roster::Roster;
use crate::domain::text::Origin;
use crate::service::act::SignedAct;
use crate::service::election;
use crate::service::journal;
use crate::service::officer;
use crate::service::roster;
use crate::service::roster::Draft;
use crate::service::roster::Kind;
use crate::sheet::Limits;

mod openings;

/// People of each kind that are listed.
const LISTED_MAX: usize = 20;

/// Subcommands of `roster`.
#[derive(Debug, Subcommand)]
pub enum RosterCommand {
    /// Bring a personnel office's file (CSV or XLSX, SIASN or your own) onto an election's roster.
    ///
    /// Shows first what would change: people added, changed, gone, renumbered, and rows refused with line, column and reason.
    /// Nothing is written before you confirm. The same file twice changes nothing.
    Import(ImportArgs),
    /// Write whom every label of an election stands for, for an oversight body: with it the body sees that no signer is invented.
    ///
    /// Only with a key of HR in force; the journal gets a line. The file holds numbers and salts, no names, and tells who signed.
    Openings(openings::OpeningsArgs),
}

/// Arguments of `roster import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file.
    pub file: PathBuf,
    /// For which election.
    #[arg(long, value_name = "ID")]
    pub election: String,
    /// Show what would change and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Confirm without being asked.
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
}

pub(super) fn run(command: &RosterCommand, config: Config, clock: Clock) -> anyhow::Result<()> {
    let args = match command {
        RosterCommand::Import(args) => args,
        RosterCommand::Openings(args) => return openings::run(args, config),
    };
    let app = App::open(config, clock)?;
    app.witnesses().hear().context("the witnesses")?;
    import(&app, args)
}

fn import(app: &App, args: &ImportArgs) -> anyhow::Result<()> {
    let id = args.election.clone();
    if app
        .read_here(move |conn| Ok(election::find(conn, &id)?))?
        .is_none()
    {
        bail!(
            "no election {:?}; `ikrar election create` makes one",
            args.election
        );
    }
    let (roster, sha256) = read(&args.file)?;
    let origin: Origin = app.config().origin.parse().context("origin")?;
    let draft =
        app.read_here(|conn| roster::draft(conn, &origin, &args.election, &roster, &mut app::random::<32>))?;
    show(&draft);
    if draft.counts.is_nothing() {
        println!("Nothing to do: the roster already says what the file says.");
        return Ok(());
    }
    if args.dry_run {
        println!("Nothing was written (--dry-run).");
        return Ok(());
    }
    if !args.yes && !confirmed()? {
        println!("Nothing was written.");
        return Ok(());
    }
    write(app, args, &origin, draft, sha256)
}

fn write(
    app: &App,
    args: &ImportArgs,
    origin: &Origin,
    draft: Draft,
    sha256: [u8; 32],
) -> anyhow::Result<()> {
    let key = keys::load_key(&app.config().keys_dir().join(keys::OFFICER_KEY))?;
    let mut acts: Vec<SignedAct> = Vec::new();
    for act in &draft.content.acts {
        let (_, body) = Body::parse_act(act.text.as_bytes())?;
        acts.push(officer::sign_act(origin, body, &key));
    }
    let name = args
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let (election, origin, now_s, entries) = (args.election.clone(), origin.clone(), app.now_s(), acts.len());
    let bar = ProgressBar::new_spinner().with_message("writing");
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    app.write_here(move |conn| {
        let file = roster::File {
            name: &name,
            sha256: &sha256,
        };
        let id = roster::begin(conn, &election, file, None, now_s)?;
        roster::keep(conn, id, &draft)?;
        journal::note(conn, now_s, None, "roster-imported", &format!("import {id}"))?;
        roster::confirm(conn, &origin, id, acts, now_s)
    })?;
    bar.finish_and_clear();
    println!("Done; {entries} entries in the ledger.");
    Ok(())
}

/// Reads the file with a bar, and its SHA-256.
fn read(path: &Path) -> anyhow::Result<(Roster, [u8; 32])> {
    let open = || File::open(path).with_context(|| format!("open {}", path.display()));
    let length = open()?.metadata()?.len();
    let style = ProgressStyle::with_template("{msg} {bar:40} {percent}% {bytes}/{total_bytes}")?;
    let bar = ProgressBar::new(length).with_style(style).with_message("reading");
    let roster = roster_file::read(BufReader::new(open()?), &Limits::COMMAND_LINE, &mut |bytes| {
        bar.set_position(bytes);
    });
    bar.finish_and_clear();
    let roster = roster.with_context(|| path.display().to_string())?;
    Ok((roster, hash(open()?)?))
}

fn hash(mut file: File) -> anyhow::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hasher.finalize().into());
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
}

/// Numbers first, then who, then what was refused.
fn show(draft: &Draft) {
    let counts = &draft.counts;
    for (label, number) in [
        ("added", counts.added),
        ("excluded from the start", counts.excluded),
        ("changed", counts.changed),
        ("renumbered", counts.renumbered),
        ("gone", counts.gone),
        ("held (their row was refused)", counts.held),
        ("unchanged", counts.unchanged),
        ("rows refused", counts.refused),
        ("rows with a warning", counts.warnings),
    ] {
        println!("{number:>8}  {label}");
    }
    for (kind, title) in [
        (Kind::Added, "Added"),
        (Kind::Excluded, "Excluded from the start"),
        (Kind::Changed, "Changed"),
        (Kind::Renumbered, "Renumbered"),
        (Kind::Gone, "Gone"),
    ] {
        show_kind(draft, kind, title);
    }
    let content = &draft.content;
    for (notes, title) in [(&content.refused, "Refused"), (&content.warnings, "Warnings")] {
        if notes.is_empty() {
            continue;
        }
        println!("\n{title}:");
        for note in notes {
            let column = if note.column.is_empty() {
                String::new()
            } else {
                format!(", column {}", note.column)
            };
            let hint = note
                .hint
                .as_deref()
                .map(|h| format!(" [{h}]"))
                .unwrap_or_default();
            println!("  line {}{column}: {}{hint}", note.line, note.text);
        }
    }
    println!();
}

fn show_kind(draft: &Draft, kind: Kind, title: &str) {
    let changes = draft.content.changes.iter().filter(|c| c.kind == kind);
    let total = changes.clone().count();
    if total == 0 {
        return;
    }
    println!("\n{title}:");
    for change in changes.take(LISTED_MAX) {
        let nip = Nip::parse(&change.nip)
            .map(|nip| nip.masked())
            .unwrap_or_default();
        let why = match kind {
            Kind::Excluded | Kind::Gone => format!(" ({})", change.duty),
            _ => String::new(),
        };
        println!("  {}  {}, {}{why}", nip, change.name, change.unit);
        for diff in &change.diffs {
            println!("      {}: {:?} becomes {:?}", diff.field, diff.old, diff.new);
        }
    }
    if total > LISTED_MAX {
        println!("  … and {} more", total - LISTED_MAX);
    }
}

fn confirmed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody here to confirm; look at `--dry-run`, then add `--yes`");
    }
    println!("Write this? Type yes:");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
