//! Files that are there whole or not at all, also after a power cut, in folders that are as durable. Absent: what is in them.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

/// Where a file is written before it is moved into its place; one that a killed process left is written over.
const STAGED: &str = ".staged";

/// Makes a folder with those above it, each new one durable in the one that holds it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder
        .parent()
        .filter(|above| !above.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    make_folder(above)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync(above),
    }
}

/// Makes what a folder holds durable: which names are in it.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes bytes beside their place and makes them durable there. Nothing has changed for readers when this fails.
pub(super) fn stage(folder: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let staged = folder.join(STAGED);
    let write = || -> io::Result<()> {
        let mut file = File::create(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    match write() {
        Ok(()) => Ok(staged),
        Err(error) => {
            // A half-written file on a full disk would keep the disk full.
            let _already_gone = fs::remove_file(&staged);
            Err(error)
        }
    }
}

/// Moves a staged file into its place in the same folder and makes the move durable. When this fails, either may be there.
pub(super) fn put(staged: &Path, target: &Path) -> io::Result<()> {
    fs::rename(staged, target)?;
    target.parent().map_or(Ok(()), sync)
}

/// Both: a file, whole and durable.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    make_folder(folder)?;
    let staged = stage(folder, bytes)?;
    put(&staged, &folder.join(name))
}

/// Gives a file a second name in another folder, durably. Done twice, it is done.
pub(super) fn link(file: &Path, folder: &Path, name: &str) -> io::Result<()> {
    make_folder(folder)?;
    match fs::hard_link(file, folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync(folder),
    }
}

/// A file's text, `None` where there is none. What is no text is an error.
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names of a folder's files, none where there is no folder; those that were being written when a process was killed are left out.
pub(super) fn list(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
