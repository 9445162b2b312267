//! Files that are there whole or not at all, also after a power cut, in folders that are as durable. Absent: what is in them, and who
//! may read them.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

/// The folder of a path.
pub fn above(path: &Path) -> &Path {
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
    write_all(&[(target, bytes)], staged)
}

/// [`write()`] for several files: all are durable beside their places before the first is moved, in their order, and the moves are made
/// durable together, a folder at a time. When this fails, some may be there.
pub fn write_all(files: &[(&Path, &[u8])], staged: &str) -> io::Result<()> {
    let mut moves = Vec::with_capacity(files.len());
    let done = stage_all(files, staged, &mut moves).and_then(|()| {
        let mut folders: Vec<&Path> = Vec::with_capacity(moves.len());
        for (beside, target) in &moves {
            fs::rename(beside, target)?;
            if !folders.contains(&above(target)) {
                folders.push(above(target));
            }
        }
        folders.into_iter().try_for_each(sync)
    });
    done.inspect_err(|_failed| {
        for (beside, _) in &moves {
            let _already_moved = fs::remove_file(beside);
        }
    })
}

fn stage_all<'a>(
    files: &[(&'a Path, &[u8])],
    staged: &str,
    moves: &mut Vec<(PathBuf, &'a Path)>,
) -> io::Result<()> {
    for (target, bytes) in files {
        let folder = above(target);
        make_folder(folder)?;
        let before = moves.iter().filter(|(_, other)| above(other) == folder);
        let beside = match before.count() {
            0 => folder.join(staged),
            number => folder.join(format!("{staged}.{number}")),
        };
        stage(&beside, bytes)?;
        moves.push((beside, target));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_moved_before_everything_is_staged() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("a/one"), folder.path().join("a/two"));
        write_all(&[(&one, b"1"), (&two, b"22")], ".staged").unwrap();
        assert_eq!(fs::read(&one).unwrap(), b"1");
        assert_eq!(fs::read(&two).unwrap(), b"22");
        // A folder stands where the second is to be staged.
        fs::create_dir(folder.path().join("a/.staged.1")).unwrap();
        write_all(&[(&one, b"3"), (&two, b"44")], ".staged").unwrap_err();
        assert_eq!(fs::read(&one).unwrap(), b"1");
        assert!(!folder.path().join("a/.staged").exists());
    }
}
