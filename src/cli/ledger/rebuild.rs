//! `ikrar ledger rebuild`: tiles from the database, or the public tables from tiles alone. Absent: how ([`crate::service::rebuild`]).

use std::time::Instant;

use anyhow::Context;
use anyhow::ensure;

use crate::app::keys::Keys;
use crate::app::witnesses;
use crate::cli::audit::source::Source;
use crate::cli::key;
use crate::config::Config;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Vkey;
use crate::service;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::rebuild;

/// Make tiles anew from the database, or the database's public tables from tiles.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct RebuildArgs {
    /// Write every tile of the log folder anew, from the database
    #[arg(long, conflicts_with = "from_tiles", required_unless_present = "from_tiles")]
    pub tiles: bool,
    /// Fill an empty database with what a published log says: folder or address. People, receipts and the journal are not in it
    #[arg(long, value_name = "DIR|URL")]
    pub from_tiles: Option<String>,
    /// The log's key, from a source you trust: a file or the key itself. Without it, this installation's own
    #[arg(long, value_name = "FILE|KEY", requires = "from_tiles")]
    pub vkey: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &RebuildArgs, config: &Config) -> anyhow::Result<()> {
    match &args.from_tiles {
        Some(place) => from_tiles(place, args.vkey.as_deref(), config),
        None => tiles(config),
    }
}

fn tiles(config: &Config) -> anyhow::Result<()> {
    let keys = Keys::of(config)?;
    let url = DatabaseUrl::new(config.database_url());
    let mut conn = url.connect()?;
    check_tables(&mut conn)?;
    ensure!(
        service::ledger_size(&mut conn)? > 0,
        "the ledger is empty: there is nothing to publish"
    );
    publish::check_identity(&mut conn, keys.log.vkey())?;
    let log = LogFolder::open(config.log_dir())?;
    witnesses::hear(&keys.log, &log, &url)?;
    let published = rebuild::remake_tiles(&mut conn, &log, &keys.log)?;
    println!(
        "{} entries, root {}: every tile in {} is made anew.",
        published.size,
        published.root,
        config.log_dir().display()
    );
    Ok(())
}

fn check_tables(conn: &mut Conn) -> anyhow::Result<()> {
    ensure!(
        !service::migrations_pending(conn)?,
        "the database's tables are not of this version: run `ikrar migrate` first"
    );
    Ok(())
}

fn from_tiles(place: &str, vkey: Option<&str>, config: &Config) -> anyhow::Result<()> {
    let vkey = trusted_key(vkey, config)?;
    ensure!(
        config.origin.is_empty() || config.origin == vkey.name().as_str(),
        "the key is of the log {}, the settings name {}",
        vkey.name(),
        config.origin
    );
    let mut source = Source::new(place);
    let size = [publish::LATEST, publish::CHECKPOINT]
        .into_iter()
        .filter_map(|name| source.read(name).ok().flatten())
        .filter_map(|bytes| Checkpoint::open(&String::from_utf8(bytes).ok()?, &vkey).ok())
        .map(|checkpoint| checkpoint.size)
        .max();
    source.expect_size(size.unwrap_or(0));
    std::fs::create_dir_all(&config.data)?;
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    service::migrate(&mut conn)?;
    let started = Instant::now();
    let mut shown = 0;
    let rebuilt = rebuild::from_tiles(&mut conn, &vkey, |name| source.read(name), &mut |entries| {
        if entries >= shown + 100_000 {
            shown = entries;
            println!("{entries} entries");
        }
    })
    .with_context(|| format!("{place} gives no ledger; nothing was written"))?;
    let took_ms = started.elapsed().as_millis().max(1);
    println!(
        "{} entries, root {}: the root that the log signed. {} entries a second.",
        rebuilt.size,
        rebuilt.root,
        u128::from(rebuilt.size) * 1000 / took_ms
    );
    println!(
        "Who signed is not in the tiles: people, receipts, complaints and the journal come back from a backup alone. The portal \
         shows and proves this ledger, and adds nothing to it where rosters stand in it."
    );
    Ok(())
}

/// The key given, or this installation's own; never the one beside the log.
fn trusted_key(vkey: Option<&str>, config: &Config) -> anyhow::Result<Vkey> {
    if let Some(text) = vkey {
        return key::given(text).map_err(|why| anyhow::anyhow!(why));
    }
    let keys = Keys::load(&config.keys_dir(), &config.origin)
        .context("no key to believe: give --vkey, from a source you trust")?;
    Ok(keys.log.vkey().clone())
}
