//! `ikrar backup`: database, keys, settings and public log into one folder, while the portal runs. Absent: the way back ([`super::restore`]).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use anyhow::ensure;
use sha2::Digest;
use sha2::Sha256;

use crate::app::keys::Keys;
use crate::cli::audit::pass;
use crate::cli::audit::source::Source;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::backup::BackupFile;
use crate::domain::backup::DatabaseKind;
use crate::domain::backup::Manifest;
use crate::domain::backup::is_path;
use crate::domain::text::Time;
use crate::domain::verdict::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Vkey;
use crate::ledger::tile;
use crate::service;
use crate::service::DatabaseUrl;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::store::copy;

/// The manifest's file.
pub(super) const MANIFEST: &str = "manifest";
/// The database's file.
pub(super) const DATABASE: &str = "database";
/// The settings, secrets masked.
pub(super) const SETTINGS: &str = "ikrar.toml";
/// The folder of keys.
pub(super) const KEYS: &str = "keys";
/// The folder of the public log.
pub(super) const LOG: &str = "log";
/// No key file is larger.
const KEY_FILE_BYTES_MAX: u64 = 1 << 20;

/// Copy database, keys, settings (without secrets) and public log into a new folder, while the portal runs.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// A folder that is not there yet; it appears when it is complete
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

pub(super) fn run(args: &BackupArgs, config: &Config, clock: &Clock) -> anyhow::Result<()> {
    let target = &args.folder;
    ensure!(!target.exists(), "{} is there already", target.display());
    let keys = Keys::load(&config.keys_dir(), &config.origin)?;
    let name = target.file_name().context("name a folder")?.to_string_lossy();
    let aside = target.with_file_name(format!(".{name}.{}.partial", std::process::id()));
    let made = write(&aside, config, &keys, clock).and_then(|manifest| {
        check(&aside, &manifest)?;
        std::fs::rename(&aside, target).with_context(|| format!("move to {}", target.display()))?;
        sync_folder(parent(target))?;
        Ok(manifest)
    });
    let manifest = match made {
        Ok(manifest) => manifest,
        Err(error) => {
            let _nothing_was_written = std::fs::remove_dir_all(&aside);
            return Err(error);
        }
    };
    println!(
        "{} entries, {} files in {}: the copy was audited and holds.",
        manifest.size,
        manifest.files.len(),
        target.display()
    );
    println!("It holds the log's key and everybody's data: keep it as you keep these.");
    Ok(())
}

/// Writes everything but trust: the published checkpoint is read first, so that the database copied after it holds at least as much.
fn write(aside: &Path, config: &Config, keys: &Keys, clock: &Clock) -> anyhow::Result<Manifest> {
    let vkey = keys.log.vkey();
    let log = LogFolder::open(config.log_dir())?;
    // In this order: the one with the quorum is never the larger.
    let notes = [publish::CHECKPOINT, publish::LATEST, publish::VKEY]
        .into_iter()
        .filter_map(|name| Some((name, log.read(name).transpose()?)))
        .map(|(name, bytes)| Ok((name, bytes?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let published = newest(&notes, vkey)?
        .context("nothing is published yet: start the portal once, it publishes at its start")?;
    make_folder(aside)?;
    let mut files = Files::new(aside);
    let url = DatabaseUrl::new(config.database_url());
    let kind = if url.is_postgres() {
        DatabaseKind::Postgres
    } else {
        DatabaseKind::Sqlite
    };
    let database = aside.join(DATABASE);
    copy::copy_to(&url, &database).context("copy the database")?;
    files.adopt(DATABASE)?;
    for (name, bytes) in read_keys(&config.keys_dir())? {
        files.write(&format!("{KEYS}/{name}"), &bytes)?;
    }
    files.write(SETTINGS, config.show()?.as_bytes())?;
    for path in log_paths(&notes, vkey, published.size) {
        let (path, bytes) = read_tile(&log, &path)?;
        files.write(&format!("{LOG}/{path}"), &bytes)?;
    }
    for (name, bytes) in &notes {
        files.write(&format!("{LOG}/{name}"), bytes)?;
    }
    let manifest = Manifest {
        origin: config.origin.parse()?,
        vkey: vkey.to_string().parse()?,
        made: Time::from_unix(u64::try_from(clock.now_s())?)?,
        database: kind,
        size: published.size,
        root: *published.root.as_bytes(),
        files: files.done(),
    };
    write_private(&aside.join(MANIFEST), &manifest.print())?;
    for folder in files.folders {
        sync_folder(&folder)?;
    }
    Ok(manifest)
}

/// Audits what was copied: every byte against the manifest, the database against the log, the log against its checkpoint.
fn check(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    check_files(folder, manifest)?;
    check_database(folder, manifest)?;
    audit(&folder.join(LOG), &Vkey::parse(manifest.vkey.as_str())?)
}

/// The copied database must hold what the log beside it shows. Returns how many entries it holds.
pub(super) fn check_database(folder: &Path, manifest: &Manifest) -> anyhow::Result<u64> {
    let file = folder.join(DATABASE);
    if manifest.database == DatabaseKind::Postgres {
        copy::check_dump(&file)?;
        let size = copy::ledger_size_of_dump(&file)?;
        ensure!(size >= manifest.size, too_small(size, manifest.size));
        return Ok(size);
    }
    let mut conn = copy::open_copy(&file)?;
    let size = service::ledger_size(&mut conn)?;
    ensure!(size >= manifest.size, too_small(size, manifest.size));
    check_history(&mut conn, manifest)?;
    Ok(size)
}

fn too_small(size: u64, published: u64) -> String {
    format!("the copied database holds {size} entries, the log beside it {published}")
}

/// A database must hold the log of this backup, under the same name and key.
pub(super) fn check_history(conn: &mut service::Conn, manifest: &Manifest) -> anyhow::Result<()> {
    publish::check_identity(conn, &Vkey::parse(manifest.vkey.as_str())?)?;
    ensure!(
        publish::root_at(conn, manifest.size)?.as_bytes() == &manifest.root,
        "the copied database has another history than the log beside it"
    );
    Ok(())
}

/// The whole audit of a log folder, as an outsider would do it.
pub(super) fn audit(folder: &Path, vkey: &Vkey) -> anyhow::Result<()> {
    let mut source = Source::new(&folder.to_string_lossy());
    let pass = pass::audit_log(|name| source.read(name), vkey, None);
    if pass.report.verdict == Verdict::NotValid || pass.report.fault.is_some() {
        let fault = pass.report.fault.map_or_else(String::new, |fault| fault.message);
        bail!("the log in {} does not hold: {fault}", folder.display());
    }
    Ok(())
}

/// Every file of a backup is in its manifest, byte for byte, and nothing else is there.
pub(super) fn check_files(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let mut left = list_files(folder)?;
    ensure!(left.remove(MANIFEST), "there is no manifest");
    for file in &manifest.files {
        ensure!(left.remove(&file.path), "{} is missing", file.path);
        let (sha256, size_bytes) = hash_file(&folder.join(&file.path))?;
        ensure!(
            (sha256, size_bytes) == (file.sha256, file.size_bytes),
            "{} is not what the manifest says",
            file.path
        );
    }
    match left.first() {
        None => Ok(()),
        Some(path) => bail!("{path} is not in the manifest"),
    }
}

/// The paths of all files in a folder.
pub(super) fn list_files(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(place) = open.pop() {
        for file in std::fs::read_dir(&place).with_context(|| format!("read {}", place.display()))? {
            let file = file?;
            let (path, kind) = (file.path(), file.file_type()?);
            let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
            if kind.is_dir() {
                open.push(path);
            } else {
                ensure!(
                    kind.is_file() && is_path(&name),
                    "{name} does not belong in a backup"
                );
                found.insert(name);
            }
        }
    }
    Ok(found)
}

/// Regular files of the key folder.
fn read_keys(folder: &Path) -> anyhow::Result<Vec<(String, zeroize::Zeroizing<Vec<u8>>)>> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if !file.metadata()?.is_file() || !is_path(&name) {
            continue;
        }
        ensure!(
            file.metadata()?.len() <= KEY_FILE_BYTES_MAX,
            "{name} in {} is too large for a key",
            folder.display()
        );
        found.push((name, zeroize::Zeroizing::new(std::fs::read(file.path())?)));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

/// The newest of the copied checkpoints.
fn newest(notes: &[(&str, Vec<u8>)], vkey: &Vkey) -> anyhow::Result<Option<Checkpoint>> {
    notes
        .iter()
        .filter(|(name, _)| *name == publish::LATEST)
        .map(|(name, bytes)| {
            Checkpoint::open(&String::from_utf8_lossy(bytes), vkey).with_context(|| (*name).to_owned())
        })
        .next()
        .transpose()
}

/// The tiles and bundles that the copied checkpoints need.
fn log_paths(notes: &[(&str, Vec<u8>)], vkey: &Vkey, newest: u64) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (_, bytes) in notes {
        let Ok(checkpoint) = Checkpoint::open(&String::from_utf8_lossy(bytes), vkey) else {
            continue;
        };
        let growth = tile::tiles_for_growth(0, checkpoint.size.min(newest));
        paths.extend(growth.tiles.iter().map(tile::Tile::path));
        paths.extend(growth.bundles.iter().map(tile::EntryBundle::path));
    }
    paths
}

/// A tile, or the full one that took its place while the portal went on.
fn read_tile(log: &LogFolder, path: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let full = path.split_once(".p/").map_or(path, |(full, _)| full);
    for path in [path, full] {
        if let Some(bytes) = log.read(path).with_context(|| format!("read {path}"))? {
            return Ok((path.to_owned(), bytes));
        }
    }
    bail!("{path} is missing in the log folder: `ikrar ledger rebuild --tiles` makes it again");
}

/// The files of a backup as they are written.
struct Files<'a> {
    root: &'a Path,
    found: BTreeMap<String, BackupFile>,
    folders: BTreeSet<PathBuf>,
}

impl<'a> Files<'a> {
    fn new(root: &'a Path) -> Self {
        Self {
            root,
            found: BTreeMap::new(),
            folders: BTreeSet::from([root.to_owned()]),
        }
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let target = self.root.join(path);
        if self.found.contains_key(path) {
            return Ok(());
        }
        let folder = parent(&target).to_owned();
        if !self.folders.contains(&folder) {
            make_folder(&folder)?;
            self.folders.extend(
                folder
                    .ancestors()
                    .take_while(|f| f.starts_with(self.root))
                    .map(Path::to_owned),
            );
        }
        write_private(&target, bytes)?;
        self.note(path, Sha256::digest(bytes).into(), u64::try_from(bytes.len())?);
        Ok(())
    }

    /// Takes in a file that another program wrote.
    fn adopt(&mut self, path: &str) -> anyhow::Result<()> {
        let target = self.root.join(path);
        std::fs::set_permissions(&target, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let (sha256, size_bytes) = hash_file(&target)?;
        self.note(path, sha256, size_bytes);
        Ok(())
    }

    fn note(&mut self, path: &str, sha256: [u8; 32], size_bytes: u64) {
        let file = BackupFile {
            sha256,
            size_bytes,
            path: path.to_owned(),
        };
        self.found.insert(path.to_owned(), file);
    }

    fn done(&mut self) -> Vec<BackupFile> {
        std::mem::take(&mut self.found).into_values().collect()
    }
}

fn hash_file(path: &Path) -> anyhow::Result<([u8; 32], u64)> {
    let mut file = File::open(path).with_context(|| format!("read {}", path.display()))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            return Ok((hash.finalize().into(), size));
        }
        hash.update(part);
        size = size.saturating_add(u64::try_from(read)?);
    }
}

/// Writes a file for its owner alone, durably.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("write {}", path.display()))
}

/// Makes a folder for its owner alone, with those above it.
pub(super) fn make_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("make {}", path.display()))
}

pub(super) fn sync_folder(path: &Path) -> anyhow::Result<()> {
    Ok(File::open(path)?.sync_all()?)
}

pub(super) fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
