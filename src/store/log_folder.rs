//! The public log as plain files: `checkpoint`, `checkpoint.latest`, `log.vkey`, `tile/…`, each written atomically and durably.
//!
//! Any web server may serve this folder. Absent: what is written when ([`crate::service::publish`]).

use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::durable;

/// What a file is called while it is being written.
const TEMPORARY: &str = ".writing";

/// The folder of one log.
#[derive(Clone, Debug)]
pub struct LogFolder(PathBuf);

/// Held while publishing: one publisher at a time, across processes.
#[derive(Debug)]
pub struct PublisherLock(#[expect(dead_code, reason = "dropping the file gives the lock back")] File);

impl LogFolder {
    /// Opens the folder, making it where it is missing.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        durable::make_folder(&path.join("tile"))?;
        Ok(Self(path))
    }

    /// Waits for the right to publish.
    pub fn lock(&self) -> io::Result<PublisherLock> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.0.join(".publisher.lock"))?;
        file.lock()?;
        Ok(PublisherLock(file))
    }

    /// The bytes of a file, or `None` where there is none.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Writes a file beside its place, makes it durable, moves it into place, makes the move durable. One writer at a time: whoever
    /// may not be alone holds the [`LogFolder::lock`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        // The same name for every process: what one that was killed left behind, the next one writes over, or
        // [`LogFolder::delete_staged`] deletes.
        durable::write(&self.0.join(name), TEMPORARY, bytes)
    }

    /// [`LogFolder::write`] for several files, moved into place in their order.
    pub fn write_all(&self, files: &[(&str, &[u8])]) -> io::Result<()> {
        let places: Vec<PathBuf> = files.iter().map(|(name, _)| self.0.join(name)).collect();
        let files: Vec<(&Path, &[u8])> = places
            .iter()
            .map(PathBuf::as_path)
            .zip(files.iter().map(|(_, bytes)| *bytes))
            .collect();
        durable::write_all(&files, TEMPORARY)
    }

    /// Writes files that never change. Where the same bytes are there already only their place is made durable: whoever moved
    /// them there may have ended, or failed, before that.
    pub fn write_once(&self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        let mut missing: Vec<(&str, &[u8])> = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            if self.read(name)?.as_ref() == Some(bytes) {
                let target = self.0.join(name);
                durable::sync(target.parent().unwrap_or(&self.0))?;
            } else {
                missing.push((name, bytes));
            }
        }
        self.write_all(&missing)
    }

    /// Writes a file that no checkpoint depends on, unless the same bytes are there.
    pub fn write_if_changed(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if self.read(name)?.as_deref() == Some(bytes) {
            return Ok(());
        }
        self.write(name, bytes)
    }

    /// Deletes the partial tiles in `name.p/` if their full tile is older than `age`; whether any were there.
    pub fn delete_partials(&self, name: &str, age: Duration) -> io::Result<bool> {
        let partials = self.0.join(format!("{name}.p"));
        let Ok(full) = std::fs::metadata(self.0.join(name)) else {
            return Ok(false);
        };
        if !partials.is_dir() || full.modified()?.elapsed().unwrap_or_default() < age {
            return Ok(false);
        }
        std::fs::remove_dir_all(&partials)?;
        Ok(true)
    }

    /// Deletes what processes that were killed left beside its place. With the [`LogFolder::lock`]: nothing else is being written.
    pub fn delete_staged(&self, _lock: &PublisherLock) -> io::Result<()> {
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for found in std::fs::read_dir(folder)? {
                let found = found?;
                if found.file_type()?.is_dir() {
                    folders.push(found.path());
                } else if found.file_name().to_string_lossy().starts_with(TEMPORARY) {
                    std::fs::remove_file(found.path())?;
                }
            }
        }
        Ok(())
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else_remains() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFolder::open(folder.path()).unwrap();
        log.write("tile/0/000.p/1", b"x").unwrap();
        assert_eq!(log.read("tile/0/000.p/1").unwrap().unwrap(), b"x");
        assert_eq!(log.read("tile/0/001").unwrap(), None);
        assert_eq!(log.read("tile/0/000.p/1/2").unwrap(), None);
        assert_eq!(
            std::fs::read_dir(folder.path().join("tile/0/000.p"))
                .unwrap()
                .count(),
            1
        );
    }

    #[test]
    fn what_a_killed_process_left_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFolder::open(folder.path()).unwrap();
        log.write("tile/0/000.p/1", b"x").unwrap();
        std::fs::write(folder.path().join("tile/0/000.p").join(TEMPORARY), b"half").unwrap();
        log.write("tile/0/000.p/2", b"xy").unwrap();
        let names = std::fs::read_dir(folder.path().join("tile/0/000.p")).unwrap();
        assert_eq!(names.count(), 2);
        assert_eq!(log.read("tile/0/000.p/2").unwrap().unwrap(), b"xy");
    }

    #[test]
    fn what_killed_processes_left_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFolder::open(folder.path()).unwrap();
        log.write("tile/entries/000", b"x").unwrap();
        for left in ["tile/entries/.writing.3", ".writing"] {
            std::fs::write(folder.path().join(left), b"half").unwrap();
        }
        log.delete_staged(&log.lock().unwrap()).unwrap();
        assert_eq!(log.read("tile/entries/.writing.3").unwrap(), None);
        assert_eq!(log.read(".writing").unwrap(), None);
        assert_eq!(log.read("tile/entries/000").unwrap().unwrap(), b"x");
    }

    #[test]
    fn partials_go_once_their_full_tile_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFolder::open(folder.path()).unwrap();
        log.write("tile/0/000.p/1", b"x").unwrap();
        assert!(!log.delete_partials("tile/0/000", Duration::ZERO).unwrap());
        log.write("tile/0/000", b"full").unwrap();
        assert!(
            !log.delete_partials("tile/0/000", Duration::from_hours(1))
                .unwrap()
        );
        assert!(log.delete_partials("tile/0/000", Duration::ZERO).unwrap());
        assert_eq!(log.read("tile/0/000.p/1").unwrap(), None);
    }
}
