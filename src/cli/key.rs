//! The log's key for a check: given on the command line, or the one beside the log, which proves no origin.

use std::path::Path;

use crate::cli::file;
use crate::ledger::note::Vkey;

/// Nobody's key file is longer.
const KEY_BYTES_MAX: usize = 64 * 1024;

/// Reads `--vkey`: a file that exists, or the key itself.
pub(super) fn given(text: &str) -> Result<Vkey, String> {
    let path = Path::new(text);
    if path.is_file() {
        let bytes = file::read(path, KEY_BYTES_MAX)?;
        return parse(&bytes).map_err(|error| format!("{text}: {error}"));
    }
    parse(text.as_bytes()).map_err(|error| format!("--vkey {text:?} is neither a file nor a key: {error}"))
}

/// Reads the bytes of a key file: one line.
pub(super) fn parse(bytes: &[u8]) -> Result<Vkey, String> {
    if bytes.len() > KEY_BYTES_MAX {
        return Err("too long for a key".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|_not_utf8| "not UTF-8".to_owned())?;
    Vkey::parse(text.trim()).map_err(|error| error.to_string())
}
