//! `ikrar election`: open, amend and close elections with the officer key file.

use anyhow::Context;
use anyhow::bail;
use clap::Args;
use clap::Subcommand;
use jiff::tz::TimeZone;

use crate::app;
use crate::cli::desk::Desk;
use crate::config::Config;
use crate::domain::election;
use crate::domain::election::Contest;
use crate::domain::election::Election;
use crate::domain::election::LookUp;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::text::Id;
use crate::domain::text::Time;
use crate::domain::text::Zone;
use crate::service::election as service;

const CREATE_EXAMPLES: &str = "Example:
  ikrar election create --id pemilu-2024 --title \"Pemilu 2024\" \\
      --opens 2023-11-01T08:00 --closes 2024-02-14T00:00 --zone Asia/Jakarta \\
      --contest presiden=2023-11-13 --contest dpr=2023-11-03

A contest's date is the day its candidates were determined: it divides ethics from discipline. The opening time can never change.";

/// Elections that a pact is about.
#[derive(Debug, Subcommand)]
pub enum ElectionCommand {
    /// Publish a new election.
    #[command(after_help = CREATE_EXAMPLES)]
    Create(CreateArgs),
    /// Change title, closing time, contests or look-up of a published election.
    Amend(AmendArgs),
    /// Close an election whose time is over, with its final numbers.
    Close {
        /// The election's id.
        id: Id,
        /// Enter the numbers; without it they are only shown.
        #[arg(long)]
        yes: bool,
    },
    /// List elections and how they stand.
    List,
}

/// A new election.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Short name: lower-case letters, digits, hyphens. Can never change.
    #[arg(long)]
    id: Id,
    /// Title as people read it.
    #[arg(long)]
    title: String,
    /// First minute of signing, on the clocks of the zone: 2023-11-01T08:00.
    #[arg(long, value_name = "TIME")]
    opens: String,
    /// First minute in which signing is over; people read the minute before as the last one.
    #[arg(long, value_name = "TIME")]
    closes: String,
    /// Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT).
    #[arg(long, default_value = "Asia/Jakarta")]
    zone: Zone,
    /// A contest and the day its candidates were determined. Give it several times for several.
    #[arg(long = "contest", value_name = "ID=DATE")]
    contests: Vec<String>,
    /// What strangers may look up: receipt (only a receipt shown to them), counts (by unit), register (names and units).
    #[arg(long, default_value = "receipt")]
    lookup: LookUp,
}

/// What changes; the rest stays.
#[derive(Debug, Args)]
pub struct AmendArgs {
    /// The election's id.
    id: Id,
    /// New title.
    #[arg(long)]
    title: Option<String>,
    /// New closing time, on the clocks of the election's zone.
    #[arg(long, value_name = "TIME")]
    closes: Option<String>,
    /// All contests anew.
    #[arg(long = "contest", value_name = "ID=DATE")]
    contests: Vec<String>,
    /// New look-up mode.
    #[arg(long)]
    lookup: Option<LookUp>,
}

pub(super) fn run(command: &ElectionCommand, config: Config) -> anyhow::Result<()> {
    let mut desk = Desk::open(config)?;
    match command {
        ElectionCommand::Create(args) => create(&mut desk, args),
        ElectionCommand::Amend(args) => amend(&mut desk, args),
        ElectionCommand::Close { id, yes } => close(&mut desk, id, *yes),
        ElectionCommand::List => list(&mut desk),
    }
}

fn create(desk: &mut Desk, args: &CreateArgs) -> anyhow::Result<()> {
    let zone = calendar(&args.zone)?;
    let id = args.id.clone();
    if desk.read(|conn| Ok(service::find(conn, id.as_str())?))?.is_some() {
        bail!("{id} is published already; `ikrar election amend {id}` changes it");
    }
    publish(
        desk,
        Election {
            id,
            title: args.title.trim().parse().context("--title")?,
            opens: time(&args.opens, &zone, "--opens")?,
            closes: time(&args.closes, &zone, "--closes")?,
            zone: args.zone.clone(),
            contests: contests(&args.contests, &zone)?,
            lookup: args.lookup,
        },
    )
}

fn amend(desk: &mut Desk, args: &AmendArgs) -> anyhow::Result<()> {
    let id = args.id.clone();
    let mut wanted = desk
        .read(|conn| service::terms(conn, id.as_str()))
        .with_context(|| format!("election {id}; `ikrar election list` shows all"))?;
    let zone = calendar(&wanted.zone)?;
    if let Some(title) = &args.title {
        wanted.title = title.trim().parse().context("--title")?;
    }
    if let Some(closes) = &args.closes {
        wanted.closes = time(closes, &zone, "--closes")?;
    }
    if !args.contests.is_empty() {
        wanted.contests = contests(&args.contests, &zone)?;
    }
    wanted.lookup = args.lookup.unwrap_or(wanted.lookup);
    publish(desk, wanted)
}

fn publish(desk: &mut Desk, election: Election) -> anyhow::Result<()> {
    let id = election.id.clone();
    let body = Body::Election(entry::Election {
        election,
        nonce: app::random()?,
    });
    let index = desk.act(body, service::publish)?;
    println!("{id} is published (entry {index}).");
    Ok(())
}

fn close(desk: &mut Desk, id: &Id, yes: bool) -> anyhow::Result<()> {
    desk.read(|conn| Ok(service::find(conn, id.as_str())?))?
        .with_context(|| format!("there is no election {id}; `ikrar election list` shows all"))?;
    let counts = desk.read(|conn| service::counts(conn, id.as_str()))?;
    println!(
        "{id}: {} of {} signed; attested {}, disputed {}, voided {}.",
        counts.valid, counts.members, counts.attested, counts.disputed, counts.voided
    );
    if !yes {
        println!("Nothing was entered. With --yes these numbers close the election for ever.");
        return Ok(());
    }
    let body = Body::Close(entry::Close {
        election: id.clone(),
        counts,
        nonce: app::random()?,
    });
    let index = desk.act(body, service::close)?;
    println!("{id} is closed (entry {index}).");
    Ok(())
}

fn list(desk: &mut Desk) -> anyhow::Result<()> {
    let now_s = desk.now_s();
    let standings = desk.read(|conn| service::list_standings(conn, now_s))?;
    if standings.is_empty() {
        println!("No elections yet. `ikrar election create --help` shows how to publish one.");
    }
    for s in standings {
        println!(
            "{}  {}  {}  {} of {} signed",
            s.id, s.title, s.state, s.valid, s.members
        );
    }
    Ok(())
}

fn calendar(zone: &Zone) -> anyhow::Result<TimeZone> {
    election::known_zone(zone)
        .with_context(|| format!("unknown zone {zone}; use Asia/Jakarta, Asia/Makassar or Asia/Jayapura"))
}

fn time(text: &str, zone: &TimeZone, option: &str) -> anyhow::Result<Time> {
    election::local_minute(text, zone)
        .with_context(|| format!("{option} {text:?}: write it like 2023-11-23T09:00"))
}

fn contests(texts: &[String], zone: &TimeZone) -> anyhow::Result<Vec<Contest>> {
    let mut contests = texts
        .iter()
        .map(|text| {
            let (id, day) = text
                .split_once('=')
                .with_context(|| format!("--contest {text:?}: write it like presiden=2023-11-13"))?;
            Ok(Contest {
                id: id.trim().parse().with_context(|| format!("contest {id:?}"))?,
                determined: time(day, zone, "--contest")?,
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    contests.sort_by(|a, b| a.id.cmp(&b.id));
    if contests
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a.id == b.id))
    {
        bail!("a contest is named twice");
    }
    Ok(contests)
}
