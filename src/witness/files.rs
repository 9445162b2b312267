//! A witness's files, by name: written, linked, read, listed. Absent: how one becomes durable ([`crate::durable`]), and what is in them.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::durable;

/// Where a file is written before it is moved into its place; one that a killed process left is written over.
const STAGED: &str = ".staged";

/// Writes bytes beside their place and makes them durable there: [`durable::stage`].
pub(super) fn stage(folder: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let staged = folder.join(STAGED);
    durable::stage(&staged, bytes)?;
    Ok(staged)
}

/// Writes a file, whole and durable.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    durable::write(&folder.join(name), STAGED, bytes)
}

/// Gives a file a second name in another folder, durably. Done twice, it is done.
pub(super) fn link(file: &Path, folder: &Path, name: &str) -> io::Result<()> {
    durable::make_folder(folder)?;
    match fs::hard_link(file, folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => durable::sync(folder),
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
