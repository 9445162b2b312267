//! What a monitor keeps, so that nothing a portal showed can be denied later:
//!
//! ```text
//! DIR/log/              the log as far as it was verified: checkpoint, tiles, entry bundles; `ikrar audit DIR/log` reads it
//! DIR/checkpoints/      every checkpoint that was properly signed, as it came
//! DIR/equivocation-…    two checkpoints that cannot both be true: `ikrar verify` judges the file
//! DIR/sent              the alarms that were sent last
//! DIR/unsent            notices that nobody could be told yet, a line each
//! ```
//! The checkpoint in `log/` is written last, after everything that it covers: a monitor that is killed goes on from the one before.
//! Absent: judging what is kept.

use std::fs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::domain::text::digest;
use crate::domain::text::print_hex;
use crate::durable;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::Tile;

/// Bytes of a hash that tell files apart.
const NAME_BYTES: usize = 8;

/// A monitor's folder, held by this process alone.
#[derive(Debug)]
pub(super) struct State {
    folder: PathBuf,
    _lock: File,
}

impl State {
    /// Opens a folder, makes it where it is missing, and keeps other monitors out.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        let said = |error: io::Error| format!("cannot use {}: {error}", folder.display());
        durable::make_folder(&folder.join("log")).map_err(said)?;
        durable::make_folder(&folder.join("checkpoints")).map_err(said)?;
        let lock = File::create(folder.join("lock")).map_err(said)?;
        lock.try_lock().map_err(|_held| {
            format!(
                "another monitor has {}: one folder, one monitor",
                folder.display()
            )
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// The verified log's own folder.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The checkpoint up to which everything was verified.
    pub(super) fn checkpoint(&self) -> Result<Option<String>, String> {
        match fs::read_to_string(self.log().join("checkpoint")) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read the kept checkpoint: {error}")),
        }
    }

    /// Keeps a file of the verified log: a tile, a bundle, at last the checkpoint.
    pub(super) fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        self.write(&Path::new("log").join(name), bytes)
    }

    /// Keeps a checkpoint that was properly signed, whatever else is wrong with it.
    pub(super) fn keep_evidence(&self, size: u64, note: &str) -> Result<(), String> {
        let name = format!("checkpoints/{size}-{}", short(note.as_bytes()));
        if self.folder.join(&name).exists() {
            return Ok(());
        }
        self.write(Path::new(&name), note.as_bytes())
    }

    /// Keeps the proof of a fork; gives its place.
    pub(super) fn keep_equivocation(&self, text: &str) -> Result<PathBuf, String> {
        let name = format!("equivocation-{}", short(text.as_bytes()));
        self.write(Path::new(&name), text.as_bytes())?;
        Ok(self.folder.join(name))
    }

    /// The alarms that were sent last.
    pub(super) fn sent(&self) -> String {
        fs::read_to_string(self.folder.join("sent")).unwrap_or_default()
    }

    /// Remembers which alarms were sent.
    pub(super) fn keep_sent(&self, alarms: &str) -> Result<(), String> {
        self.write(Path::new("sent"), alarms.as_bytes())
    }

    /// The notices that nobody was told yet, oldest first.
    pub(super) fn unsent(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("unsent")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Keeps the notices that nobody was told yet, in the place of those before.
    pub(super) fn keep_unsent(&self, notices: &[String]) -> Result<(), String> {
        let text = notices
            .iter()
            .fold(String::new(), |text, notice| text + notice + "\n");
        self.write(Path::new("unsent"), text.as_bytes())
    }

    /// Partial tiles and bundles of a size that another has replaced.
    pub(super) fn forget_partials(&self, old: u64, new: u64) {
        for path in partials(old) {
            if !partials(new).contains(&path) {
                // What stays costs a little room and nothing else.
                let _unimportant = fs::remove_file(self.log().join(path));
            }
        }
    }

    /// Writes a file so that it is there whole or not at all, also after a power cut.
    fn write(&self, name: &Path, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(name);
        durable::write(&path, ".partial", bytes)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }
}

fn short(bytes: &[u8]) -> String {
    print_hex(digest(&[bytes]).get(..NAME_BYTES).unwrap_or_default())
}

/// The paths of the partial tiles and of the partial bundle of a tree.
fn partials(size: u64) -> Vec<String> {
    let mut paths = Vec::new();
    let width_full = u64::from(TILE_WIDTH);
    for level in 0..8_u8 {
        let hashes = size >> (8 * level);
        let width = u16::try_from(hashes % width_full).unwrap_or(0);
        if width == 0 {
            continue;
        }
        let index = hashes / width_full;
        paths.extend(Tile::new(level, index, width).map(|tile| tile.path()));
        if level == 0 {
            paths.extend(EntryBundle::new(index, width).map(|bundle| bundle.path()));
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_has_one_monitor() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert!(
            State::open(folder.path())
                .unwrap_err()
                .contains("another monitor")
        );
        drop(state);
        State::open(folder.path()).unwrap();
    }

    #[test]
    fn what_is_kept_is_read_again_and_old_partials_go() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert_eq!(state.checkpoint().unwrap(), None);
        state.keep("checkpoint", b"note").unwrap();
        assert_eq!(state.checkpoint().unwrap().as_deref(), Some("note"));
        assert_eq!(
            partials(256 + 3),
            ["tile/0/001.p/3", "tile/entries/001.p/3", "tile/1/000.p/1"]
        );
        for path in partials(3).iter().chain(&partials(5)) {
            state.keep(path, b"x").unwrap();
        }
        state.forget_partials(3, 5);
        assert!(!state.log().join("tile/0/000.p/3").exists());
        assert!(state.log().join("tile/0/000.p/5").exists());
        state.forget_partials(5, 5);
        assert!(state.log().join("tile/entries/000.p/5").exists());
    }
}
