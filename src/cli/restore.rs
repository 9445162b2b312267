//! `ikrar restore`: a backup into an empty installation, checked before, while and after. Absent: making one ([`super::backup`]).

use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use anyhow::ensure;

use crate::app::keys::Keys;
use crate::app::witnesses;
use crate::cli::audit::source::Source;
use crate::cli::backup;
use crate::config::Config;
use crate::domain::backup::DatabaseKind;
use crate::domain::backup::MANIFEST_SIZE_BYTES_MAX;
use crate::domain::backup::Manifest;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Vkey;
use crate::service;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::store::copy;

/// Restore a backup where there is no database yet. A log folder that survived may stay: it is held against the backup.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// What `ikrar backup` made
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// A mirror of the public log, or anything else that holds its checkpoint: folder or address. May be given more than once
    #[arg(long, value_name = "DIR|URL")]
    pub known: Vec<String>,
}

pub(super) fn run(args: &RestoreArgs, config: &Config) -> anyhow::Result<()> {
    let folder = &args.folder;
    let manifest = read_manifest(folder)?;
    ensure!(
        manifest.origin.as_str() == config.origin,
        "this backup is of the log {}, the settings name {}: set `origin`, it is in {}",
        manifest.origin,
        config.origin,
        folder.join(backup::SETTINGS).display()
    );
    backup::check_files(folder, &manifest)?;
    let size = backup::check_database(folder, &manifest)?;
    let url = DatabaseUrl::new(config.database_url());
    check_vacant(folder, config, &url, &manifest)?;
    let vkey = Vkey::parse(manifest.vkey.as_str())?;
    let own = config.log_dir().to_string_lossy().into_owned();
    let has_log = !known_checkpoints(&own, &vkey)?.is_empty();
    let mut known: Vec<(&str, Checkpoint)> = Vec::new();
    for place in std::iter::once(&own).chain(&args.known) {
        let shown = known_checkpoints(place, &vkey)?;
        known.extend(shown.into_iter().map(|checkpoint| (place.as_str(), checkpoint)));
    }
    for (place, checkpoint) in &known {
        ensure!(
            checkpoint.size <= size,
            "ALARM: {place} knows {} entries, this backup holds {size}. Nothing was restored: entries that were acknowledged \
             would be lost, and a second history begun. Look for a newer backup or replica",
            checkpoint.size
        );
    }
    put_in_place(folder, config, &url, &manifest, !has_log)?;
    check_known(&mut url.connect()?, &known)?;
    finish(config, &url, &manifest)
}

/// What the world has seen must be what came back, and not only as long. Before anything is signed or published.
fn check_known(conn: &mut Conn, known: &[(&str, Checkpoint)]) -> anyhow::Result<()> {
    for (place, checkpoint) in known {
        ensure!(
            publish::root_at(conn, checkpoint.size)? == checkpoint.root,
            "ALARM: {place} shows another history of {} entries, signed with the log's key, than this backup holds. The database is \
             in place and must not be used: do not start the portal. Keep both, and compare them with other mirrors",
            checkpoint.size
        );
    }
    Ok(())
}

fn read_manifest(folder: &Path) -> anyhow::Result<Manifest> {
    let path = folder.join(backup::MANIFEST);
    let shown = path.display();
    let length = std::fs::metadata(&path)
        .with_context(|| format!("{shown}: is this a backup?"))?
        .len();
    ensure!(
        length <= u64::try_from(MANIFEST_SIZE_BYTES_MAX)?,
        "{shown} is too large for a manifest"
    );
    Manifest::parse(&std::fs::read(&path)?).with_context(|| shown.to_string())
}

/// Nothing that is there may be lost.
fn check_vacant(
    folder: &Path,
    config: &Config,
    url: &DatabaseUrl,
    manifest: &Manifest,
) -> anyhow::Result<()> {
    let wanted = match manifest.database {
        DatabaseKind::Sqlite => false,
        DatabaseKind::Postgres => true,
    };
    ensure!(
        url.is_postgres() == wanted,
        "this backup is of {}: set `database` to one of that kind",
        manifest.database.as_str()
    );
    if !wanted {
        backup::make_folder(backup::parent(Path::new(&config.database_url())))?;
    }
    ensure!(
        copy::is_vacant(url)?,
        "there is a database already: nothing is ever restored over one"
    );
    for (name, path) in keys_of(manifest) {
        let there = config.keys_dir().join(&name);
        if there.exists() && std::fs::read(&there)? != std::fs::read(folder.join(path))? {
            bail!("{} is another key than the backup's", there.display());
        }
    }
    Ok(())
}

/// Names of the backed-up keys and their paths in the backup.
fn keys_of(manifest: &Manifest) -> Vec<(String, &str)> {
    manifest
        .files
        .iter()
        .filter_map(|file| {
            let name = file.path.strip_prefix(backup::KEYS)?.strip_prefix('/')?;
            Some((name.to_owned(), file.path.as_str()))
        })
        .collect()
}

/// What a place shows under the log's own signature; nothing where nothing is published.
fn known_checkpoints(place: &str, vkey: &Vkey) -> anyhow::Result<Vec<Checkpoint>> {
    let mut source = Source::new(place);
    let mut found = Vec::new();
    for name in [publish::LATEST, publish::CHECKPOINT] {
        let bytes = source
            .read(name)
            .with_context(|| format!("read {name} of {place}"))?;
        if let Some(bytes) = bytes {
            let note = String::from_utf8(bytes).with_context(|| format!("{name} of {place}"))?;
            found.push(Checkpoint::open(&note, vkey).with_context(|| format!("{name} of {place}"))?);
        }
    }
    Ok(found)
}

/// Keys and log first, the database last: a restore that was cut short can be run again.
fn put_in_place(
    folder: &Path,
    config: &Config,
    url: &DatabaseUrl,
    manifest: &Manifest,
    with_log: bool,
) -> anyhow::Result<()> {
    backup::make_folder(&config.keys_dir())?;
    for (name, path) in keys_of(manifest) {
        let target = config.keys_dir().join(name);
        if !target.exists() {
            let bytes = zeroize::Zeroizing::new(std::fs::read(folder.join(path))?);
            backup::write_private(&target, &bytes)?;
        }
    }
    backup::sync_folder(&config.keys_dir())?;
    if with_log {
        let log = LogFolder::open(config.log_dir())?;
        let mut paths: Vec<&str> = manifest
            .files
            .iter()
            .filter_map(|file| file.path.strip_prefix(backup::LOG)?.strip_prefix('/'))
            .collect();
        // No checkpoint before its tiles.
        paths.sort_by_key(|path| !path.starts_with("tile/"));
        for path in paths {
            log.write(path, &std::fs::read(folder.join(backup::LOG).join(path))?)
                .with_context(|| format!("write {path} of the log"))?;
        }
    }
    copy::restore_from(url, &folder.join(backup::DATABASE)).context("restore the database")
}

/// Repairs forward, as a start does, and audits what came out.
fn finish(config: &Config, url: &DatabaseUrl, manifest: &Manifest) -> anyhow::Result<()> {
    let keys = Keys::of(config)?;
    let mut conn = url.connect()?;
    service::migrate(&mut conn)?;
    backup::check_history(&mut conn, manifest)?;
    let log = LogFolder::open(config.log_dir())?;
    let repaired = match witnesses::hear(&keys.log, &log, url) {
        Ok(()) => publish::repair(&mut conn, &log, &keys.log),
        Err(error) => {
            println!("Nothing is signed yet: {error}.");
            publish::repair_unsigned(&mut conn, &log, &keys.log)
        }
    };
    let published = repaired
        .context("the database is in place and can be read; nothing may be added")?
        .context("the restored ledger is empty")?;
    backup::audit(&config.log_dir(), keys.log.vkey())?;
    println!(
        "{} entries, root {}: restored, published and audited.",
        published.size, published.root
    );
    println!("Start the portal; then invite nobody before `ikrar doctor` says that everything holds.");
    Ok(())
}
