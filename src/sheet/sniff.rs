//! What a file is, by its first bytes; and which delimiter a text uses. Absent: reading it.

use crate::sheet::SheetError;

/// How much of a file is looked at.
pub(crate) const HEAD_BYTES: u64 = 64 << 10;

/// Delimiters we know, the likelier first.
const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// What the first bytes announce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A zip: perhaps XLSX.
    Zip,
    /// Compound file: old Excel, or an encrypted workbook.
    Ole,
    /// Text.
    Text(Mark),
}

/// The mark at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// No mark: UTF-8 or Windows-1252, as the lines show.
    None,
    /// UTF-8 with its mark.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
}

/// Looks at the first bytes.
pub(crate) fn kind(head: &[u8]) -> Result<Kind, SheetError> {
    match head {
        [] => Err(SheetError::Empty),
        [b'P', b'K', 3, 4, ..] => Ok(Kind::Zip),
        [b'P', b'K', 5, 6, ..] => Err(SheetError::NotATable),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Ok(Kind::Ole),
        [b'%', b'P', b'D', b'F', ..] | [0x1f, 0x8b, ..] | [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, ..] => {
            Err(SheetError::NotATable)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => text(rest, Mark::Utf8),
        [0xff, 0xfe, ..] => Ok(Kind::Text(Mark::Utf16Le)),
        [0xfe, 0xff, ..] => Ok(Kind::Text(Mark::Utf16Be)),
        _ => text(head, Mark::None),
    }
}

fn text(head: &[u8], mark: Mark) -> Result<Kind, SheetError> {
    if head.contains(&0) {
        return Err(SheetError::NotATable);
    }
    let start: Vec<u8> = head.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let start = start.trim_ascii_start();
    let is_page = [
        &b"<!doctype"[..],
        b"<html",
        b"<table",
        b"<?xml",
        b"<head",
        b"<style",
        b"<meta",
    ]
    .iter()
    .any(|tag| start.starts_with(tag));
    if is_page {
        Err(SheetError::WebPage)
    } else {
        Ok(Kind::Text(mark))
    }
}

/// Tells an encrypted workbook from old Excel: the former names its stream in UTF-16.
pub(crate) fn ole(bytes: &[u8]) -> SheetError {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    if bytes.windows(name.len()).any(|window| window == name) {
        SheetError::Encrypted
    } else {
        SheetError::OldExcel
    }
}

/// The delimiter that divides the most lines into the same number of cells; `,` where none does.
pub(crate) fn delimiter(head: &[u8]) -> u8 {
    let mut best = (0, 0, b',');
    for delimiter in DELIMITERS {
        let counts = counts(head, delimiter);
        for count in &counts {
            let same = counts.iter().filter(|other| *other == count).count();
            if *count > 0 && (same, *count) > (best.0, best.1) {
                best = (same, *count, delimiter);
            }
        }
    }
    best.2
}

/// How often `delimiter` stands outside quotes in each of the first records.
fn counts(head: &[u8], delimiter: u8) -> Vec<usize> {
    let mut counts = Vec::new();
    let (mut count, mut quoted, mut any) = (0, false, false);
    for byte in head {
        match *byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if any {
                    counts.push(count);
                }
                (count, any) = (0, false);
            }
            other => {
                any |= !other.is_ascii_whitespace();
                if other == delimiter && !quoted {
                    count += 1;
                    any = true;
                }
            }
        }
        if counts.len() >= 50 {
            return counts;
        }
    }
    if counts.is_empty() && any {
        counts.push(count);
    }
    counts
}
