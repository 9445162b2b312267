//! What a zip may be before anything unpacks it for good: an XLSX without macros, password or bomb.
//! Absent: the cells.

use std::io::Cursor;
use std::io::Read;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::sheet::Limits;
use crate::sheet::SheetError;

/// A part smaller than this may be packed as tightly as it likes.
const RATIO_FROM_BYTES: u64 = 4 << 20;

/// Refuses what is no plain workbook, and counts every part's bytes by unpacking it, since a zip may lie about them.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), SheetError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > limits.members_max {
        return Err(SheetError::Bomb);
    }
    check_names(&archive)?;
    let mut left = limits.unpacked_bytes_max;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| broken(&error))?;
        if member.encrypted() {
            return Err(SheetError::Encrypted);
        }
        if member.size() > left {
            return Err(SheetError::Bomb);
        }
        let packed = member.compressed_size().max(1);
        let by_ratio = packed.saturating_mul(limits.ratio_max).max(RATIO_FROM_BYTES);
        let size = count(member, left.min(by_ratio))?;
        left -= size;
    }
    Ok(())
}

/// Unpacks a part into nothing, at most `max` bytes.
fn count(member: impl Read, max: u64) -> Result<u64, SheetError> {
    let mut limited = member.take(max.saturating_add(1));
    let size = std::io::copy(&mut limited, &mut std::io::sink()).map_err(|_cause| SheetError::Damaged)?;
    if size > max {
        Err(SheetError::Bomb)
    } else {
        Ok(size)
    }
}

fn check_names<R: Read + std::io::Seek>(archive: &ZipArchive<R>) -> Result<(), SheetError> {
    let has = |name: &str| archive.file_names().any(|other| other.eq_ignore_ascii_case(name));
    if has("xl/vbaProject.bin") {
        return Err(SheetError::Macros);
    }
    if has("xl/workbook.bin") || has("content.xml") {
        return Err(SheetError::OtherSpreadsheet);
    }
    if has("[Content_Types].xml") && archive.file_names().any(|name| name.starts_with("xl/")) {
        return Ok(());
    }
    Err(SheetError::NotATable)
}

fn broken(error: &ZipError) -> SheetError {
    match error {
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            SheetError::Encrypted
        }
        _ => SheetError::Damaged,
    }
}
