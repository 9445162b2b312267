//! Files that are there whole or not at all, also after a power cut, in folders that are as durable. Absent: what is in them, and who
//! may read them.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;

/// The folder of a path.
fn above(path: &Path) -> &Path {
    path.parent()
        .filter(|above| !above.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Makes a folder with those above it, each new one durable in the one that holds it: no file outlives the folder of another that it
/// depends on.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(above(folder))?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync(above(folder)),
    }
}

/// Makes what a folder holds durable: which names are in it.
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes bytes beside their place and makes them durable there. Nothing has changed for readers when this fails. What a killed
/// process left under this name is written over.
pub fn stage(staged: &Path, bytes: &[u8]) -> io::Result<()> {
    let write = || -> io::Result<()> {
        let mut file = File::create(staged)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().inspect_err(|_failed| {
        // A half-written file on a full disk would keep the disk full.
        let _already_gone = fs::remove_file(staged);
    })
}

/// Moves a staged file into its place in the same folder and makes the move durable. When this fails, either may be there.
pub fn put(staged: &Path, target: &Path) -> io::Result<()> {
    fs::rename(staged, target)?;
    sync(above(target))
}

/// All of it: a file, whole and durable, by way of one called `staged` beside it. One writer at a time.
pub fn write(target: &Path, staged: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = above(target);
    make_folder(folder)?;
    let staged = folder.join(staged);
    stage(&staged, bytes)?;
    put(&staged, target).inspect_err(|_failed| {
        let _already_moved = fs::remove_file(&staged);
    })
}
