//! Where a published log is read from: a folder, or a web server with limits on size and time. Absent: what the files mean.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::Tile;

/// No file of a log is larger: a full bundle of the largest entries, and some room.
const FILE_BYTES_MAX: u64 = 17 << 20;
/// One request may take so long, from first byte to last.
const REQUEST_TIME_MAX: Duration = Duration::from_mins(1);
/// Requests at the same time.
const REQUESTS_AT_ONCE: usize = 8;
/// Bundles that are fetched before they are asked for; each has a tile beside it.
const BUNDLES_AHEAD: u64 = 16;
/// A request that failed on its way is tried again so often.
const TRIES: usize = 3;

/// Reading failed, which says nothing about the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub(super) String);

/// A published log.
#[derive(Debug)]
pub enum Source {
    /// Its files.
    Folder(PathBuf),
    /// Its address.
    Site(Box<Site>),
}

impl Source {
    /// `http://…` and `https://…` are addresses; anything else is a folder.
    pub fn new(place: &str) -> Self {
        if place.starts_with("http://") || place.starts_with("https://") {
            Self::Site(Box::new(Site::new(place)))
        } else {
            Self::Folder(PathBuf::from(place))
        }
    }

    /// The file of that name, or `None` where there is none.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, SourceError> {
        match self {
            Self::Folder(folder) => read_file(&folder.join(name)),
            Self::Site(site) => site.read(name),
        }
    }

    /// Says how large the log is, so that files can be fetched ahead.
    pub fn expect_size(&mut self, size: u64) {
        if let Self::Site(site) = self {
            site.size = size;
        }
    }
}

fn read_file(path: &std::path::Path) -> Result<Option<Vec<u8>>, SourceError> {
    let failed = |error: io::Error| SourceError(error.to_string());
    let file = match File::open(path) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        other => other.map_err(failed)?,
    };
    let mut bytes = Vec::new();
    let read = file
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if u64::try_from(read).is_ok_and(|read| read <= FILE_BYTES_MAX) {
        Ok(Some(bytes))
    } else {
        Err(SourceError(format!("larger than {FILE_BYTES_MAX} bytes")))
    }
}

type Answer = Result<Option<Vec<u8>>, SourceError>;

/// A log on a web server.
#[derive(Debug)]
pub struct Site {
    agent: ureq::Agent,
    base: String,
    size: u64,
    ahead: HashMap<String, Answer>,
}

impl Site {
    fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(REQUEST_TIME_MAX))
            .http_status_as_error(false)
            .max_redirects(3)
            .user_agent(concat!("ikrar/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
            base: base.trim_end_matches('/').to_owned(),
            size: 0,
            ahead: HashMap::new(),
        }
    }

    fn read(&mut self, name: &str) -> Answer {
        if let Some(found) = self.ahead.remove(name) {
            return found;
        }
        let names = names_ahead(name, self.size);
        if names.is_empty() {
            return self.fetch(name);
        }
        for part in names.chunks(REQUESTS_AT_ONCE) {
            let answers: Vec<Answer> = std::thread::scope(|scope| {
                let site = &*self;
                let running: Vec<_> = part
                    .iter()
                    .map(|name| scope.spawn(move || site.fetch(name)))
                    .collect();
                running
                    .into_iter()
                    .map(|thread| {
                        thread
                            .join()
                            .unwrap_or_else(|_panic| Err(SourceError("a request ended early".to_owned())))
                    })
                    .collect()
            });
            self.ahead.extend(part.iter().cloned().zip(answers));
        }
        self.ahead.remove(name).unwrap_or_else(|| self.fetch(name))
    }

    fn fetch(&self, name: &str) -> Answer {
        let mut last = SourceError("not asked".to_owned());
        for _ in 0..TRIES {
            match self.fetch_once(name) {
                Err(error) => last = error,
                answer => return answer,
            }
        }
        Err(last)
    }

    fn fetch_once(&self, name: &str) -> Answer {
        let failed = |error: ureq::Error| SourceError(error.to_string());
        let address = format!("{}/{name}", self.base);
        let mut response = self.agent.get(&address).call().map_err(failed)?;
        match response.status().as_u16() {
            200 => {}
            404 | 410 => return Ok(None),
            status => return Err(SourceError(format!("the server answered {status}"))),
        }
        let body = response.body_mut().with_config().limit(FILE_BYTES_MAX);
        Ok(Some(body.read_to_vec().map_err(failed)?))
    }
}

/// Which files an audit asks for next when it asks for a tile of leaves: it and the following ones with their bundles.
fn names_ahead(name: &str, size: u64) -> Vec<String> {
    let Ok(tile) = Tile::parse(name) else {
        return Vec::new();
    };
    let full = u64::from(TILE_WIDTH);
    let wanted = size.saturating_sub(tile.index().saturating_mul(full)).min(full);
    // Anything but the next tile of a sequential reading is fetched alone.
    if tile.level() != 0 || u64::from(tile.width()) != wanted {
        return Vec::new();
    }
    let last = tile
        .index()
        .saturating_add(BUNDLES_AHEAD)
        .min(size.div_ceil(full));
    (tile.index()..last)
        .filter_map(|number| {
            let width = (size - number * full).min(full);
            EntryBundle::new(number, u16::try_from(width).ok()?).ok()
        })
        .flat_map(|bundle| [bundle.leaf_tile().path(), bundle.path()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_from_the_front_is_fetched_ahead() {
        let names = names_ahead("tile/0/000", 300);
        assert_eq!(
            names,
            [
                "tile/0/000",
                "tile/entries/000",
                "tile/0/001.p/44",
                "tile/entries/001.p/44"
            ]
        );
        assert_eq!(names_ahead("tile/0/000", 256 * 100).len(), 32);
        assert!(names_ahead("tile/1/000.p/1", 300).is_empty());
        assert!(
            names_ahead("tile/0/001", 300).is_empty(),
            "the full tile after its partial one was missing"
        );
        assert!(names_ahead("checkpoint", 300).is_empty());
    }

    #[test]
    fn a_folder_without_the_file_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut source = Source::new(&folder.path().to_string_lossy());
        assert!(source.read("checkpoint").unwrap().is_none());
        assert!(source.read("checkpoint/x").unwrap().is_none());
        std::fs::create_dir(folder.path().join("checkpoint")).unwrap();
        assert!(source.read("checkpoint").is_err());
    }
}
