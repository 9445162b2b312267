//! Files named on the command line, read up to a limit: whoever names one by mistake, or one that never ends, is told. Absent: their form.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes of a file, or of standard input for `-`; of one that is longer than the limit, one byte more than that, for its parser to
/// refuse.
pub(super) fn take(path: &Path, bytes_max: usize) -> std::io::Result<Vec<u8>> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// As [`take`]; one that is longer than the limit is refused here.
pub(super) fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let bytes = take(path, bytes_max).map_err(|error| format!("cannot read {shown}: {error}"))?;
    if bytes.len() > bytes_max {
        return Err(format!(
            "{shown} is longer than {bytes_max} bytes: not such a file"
        ));
    }
    Ok(bytes)
}

/// As [`read`], as text.
pub(super) fn read_text(path: &Path, bytes_max: usize) -> Result<String, String> {
    String::from_utf8(read(path, bytes_max)?).map_err(|error| format!("{}: {error}", path.display()))
}
