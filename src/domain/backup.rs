//! Lives here: the manifest of a backup, `ikrar/backup/v1`: of which log, how far, and every file with its hash. Absent: files.

use crate::domain::text::Origin;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::Time;
use crate::domain::text::ValueError;
use crate::domain::text::VkeyText;
use crate::domain::text::Writer;
use crate::domain::text::hex_array;
use crate::domain::text::num;
use crate::domain::text::pair;
use crate::domain::text::print_hex;

/// The first line.
const FIRST_LINE: &str = "ikrar/backup/v1";
/// The largest manifest: half a million files.
pub const MANIFEST_SIZE_BYTES_MAX: usize = 64 << 20;
/// The longest path of a file.
const PATH_BYTES_MAX: usize = 200;

/// Which database a backup was taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// `database` is an SQLite file.
    Sqlite,
    /// `database` is PostgreSQL's custom dump format.
    Postgres,
}

impl DatabaseKind {
    /// The word in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        [Self::Sqlite, Self::Postgres]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(ValueError::Word)
    }
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// Its length.
    pub size_bytes: u64,
    /// Its place in the backup, parts joined by `/`.
    pub path: String,
}

/// What a backup holds.
///
/// ```
/// use ikrar::domain::backup::Manifest;
/// let text = "ikrar/backup/v1\norigin o\nvkey o+e2adc9d7+AZ0vj4NEE8dBGAB9f8OJFXzVdsi79TpLEvVd6qBb2gWK\n";
/// assert!(Manifest::parse(text.as_bytes()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The log's name.
    pub origin: Origin,
    /// The log's key.
    pub vkey: VkeyText,
    /// When it was made.
    pub made: Time,
    /// What kind of database.
    pub database: DatabaseKind,
    /// How many entries the database held at least: what the log in the backup shows.
    pub size: u64,
    /// The root at that size.
    pub root: [u8; 32],
    /// Every file but the manifest, ascending by path.
    pub files: Vec<BackupFile>,
}

impl Manifest {
    /// Reads a manifest; only the bytes that [`Manifest::print`] makes are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextError> {
        if bytes.len() > MANIFEST_SIZE_BYTES_MAX {
            return Err(TextError::TooLong {
                max: MANIFEST_SIZE_BYTES_MAX,
            });
        }
        let mut reader = Reader::open(bytes, FIRST_LINE)?;
        let mut manifest = Self {
            origin: reader.read("origin", str::parse)?,
            vkey: reader.read("vkey", str::parse)?,
            made: reader.read("made", str::parse)?,
            database: reader.read("database", DatabaseKind::parse)?,
            size: reader.read("size", num)?,
            root: reader.read("root", hex_array)?,
            files: Vec::new(),
        };
        while let Some(file) = reader.read_if("file", read_file)? {
            manifest.files.push(file);
        }
        reader.finish()?;
        if !manifest.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(TextError::Rule("files are not in ascending order of their paths"));
        }
        Ok(manifest)
    }

    /// The manifest's bytes.
    pub fn print(&self) -> Vec<u8> {
        Writer::open(FIRST_LINE)
            .line("origin", &self.origin)
            .line("vkey", &self.vkey)
            .line("made", self.made)
            .line("database", self.database.as_str())
            .line("size", self.size)
            .line("root", print_hex(&self.root))
            .each("file", &self.files, |file| {
                format!("{} {} {}", print_hex(&file.sha256), file.size_bytes, file.path)
            })
            .finish()
    }
}

fn read_file(value: &str) -> Result<BackupFile, ValueError> {
    let (sha256, rest) = pair(value)?;
    let (size, path) = pair(rest)?;
    if !is_path(path) {
        return Err(ValueError::Word);
    }
    Ok(BackupFile {
        sha256: hex_array(sha256)?,
        size_bytes: num(size)?,
        path: path.to_owned(),
    })
}

/// Whether this names a file inside the backup and nowhere else: parts of `[A-Za-z0-9._-]`, none of them `.` or `..`.
pub fn is_path(path: &str) -> bool {
    let is_part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    path.len() <= PATH_BYTES_MAX && path.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let file = |path: &str| BackupFile {
            sha256: [7; 32],
            size_bytes: 12,
            path: path.to_owned(),
        };
        Manifest {
            origin: "ikrar.test/1".parse().unwrap(),
            vkey: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
                .parse()
                .unwrap(),
            made: Time::from_unix(1_700_000_001).unwrap(),
            database: DatabaseKind::Sqlite,
            size: 3,
            root: [1; 32],
            files: vec![file("database"), file("keys/log.key"), file("log/tile/0/000.p/3")],
        }
    }

    #[test]
    fn what_is_printed_is_read() {
        let bytes = manifest().print();
        assert_eq!(Manifest::parse(&bytes), Ok(manifest()));
        for end in 0..bytes.len() {
            let cut = Manifest::parse(&bytes[..end]);
            assert!(
                cut.is_err() || cut.is_ok_and(|read| read.print() == bytes[..end]),
                "{end}"
            );
        }
    }

    #[test]
    fn nothing_leads_out_of_the_backup_or_is_spelled_twice() {
        let text = String::from_utf8(manifest().print()).unwrap();
        for (from, to) in [
            ("keys/log.key", "../log.key"),
            ("keys/log.key", "/keys/log.key"),
            ("keys/log.key", "keys//log.key"),
            ("keys/log.key", "keys/./log.key"),
            ("keys/log.key", "keys/log key"),
            ("keys/log.key", "database"),
            ("keys/log.key", "aaa"),
            ("size 3\n", "size 03\n"),
            ("database sqlite\n", "database mysql\n"),
            (" 12 database", " 012 database"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert!(Manifest::parse(changed.as_bytes()).is_err(), "{to}");
        }
    }
}
