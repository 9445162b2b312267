//! The labels that somebody asked to watch. Absent: what happens to them ([`crate::cli::monitor::entry`]).

use std::collections::HashMap;
use std::path::Path;

use crate::cli::file;
use crate::domain::text::hex_array;
use crate::domain::text::print_hex;

/// A longer file is refused: some 200,000 labels.
const FILE_BYTES_MAX: usize = 16 << 20;
/// A longer name is cut.
const NAME_CHARS_MAX: usize = 80;

/// Labels, and what their watchers call them.
#[derive(Debug, Default)]
pub(super) struct Watch(HashMap<[u8; 32], String>);

impl Watch {
    /// Reads a file: `<hex> [name]` a line; empty lines and those that begin with # are skipped.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let said = |error: String| format!("{}: {error}", path.display());
        let text = file::read_text(path, FILE_BYTES_MAX)?;
        Self::parse(&text).map_err(said)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut labels = HashMap::new();
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (hex, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let label = hex_array::<32>(hex)
                .map_err(|_malformed| format!("line {number}: not a label in lower-case hex"))?;
            labels.insert(label, name.trim().chars().take(NAME_CHARS_MAX).collect());
        }
        Ok(Self(labels))
    }

    /// What to call a label, when it is watched.
    pub(super) fn name(&self, label: &[u8; 32]) -> Option<String> {
        let name = self.0.get(label)?;
        let hex = print_hex(label);
        Some(if name.is_empty() {
            format!("label {hex}")
        } else {
            format!("label {hex} ({name})")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_labels_is_read_line_by_line() {
        let hex = "ab".repeat(32);
        let watch = Watch::parse(&format!("# ours\n\n{hex}  Ani Lestari \n{}\n", "00".repeat(32))).unwrap();
        assert_eq!(
            watch.name(&[0xab; 32]),
            Some(format!("label {hex} (Ani Lestari)"))
        );
        assert_eq!(watch.name(&[0; 32]), Some(format!("label {}", "00".repeat(32))));
        assert_eq!(watch.name(&[1; 32]), None);
        for bad in ["ab", "xyz", &"AB".repeat(32)] {
            assert!(Watch::parse(bad).unwrap_err().contains("line 1"), "{bad}");
        }
    }
}
