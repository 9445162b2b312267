//! Lives here: human words that may stand in a signed text (docs/format.md §1, `prose(n)`). Absent: what they say.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use unicode_normalization::is_nfc;

use crate::domain::text::ValueError;

/// Why words may not stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProseError {
    /// No word at all.
    #[error("empty")]
    Empty,
    /// Longer than allowed.
    #[error("longer than {max} bytes")]
    TooLong {
        /// The largest size in bytes.
        max: usize,
    },
    /// Begins or ends with a space.
    #[error("a space at the beginning or end")]
    Space,
    /// A character that cannot be seen, or changes how others are seen.
    #[error("character U+{code:04X} may not stand in a text")]
    Character {
        /// The first such code point.
        code: u32,
    },
    /// Not in Unicode's composed normal form.
    #[error("not in Unicode NFC")]
    NotNfc,
}

/// Words of 1 to `MAX` bytes in NFC, of visible characters and inner spaces only.
///
/// ```
/// use ikrar::domain::text::Prose;
/// assert!("Pakta Integritas".parse::<Prose<200>>().is_ok());
/// assert!("Pakta\u{200B}".parse::<Prose<200>>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    /// Checks words without changing them.
    pub fn new(text: &str) -> Result<Self, ProseError> {
        check(text, MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Ok(Self::new(text)?)
    }
}

impl<const MAX: usize> fmt::Display for Prose<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(text: &str, max: usize) -> Result<(), ProseError> {
    if text.is_empty() {
        return Err(ProseError::Empty);
    }
    if text.len() > max {
        return Err(ProseError::TooLong { max });
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(ProseError::Space);
    }
    if let Some(bad) = text.chars().find(|c| is_forbidden(*c)) {
        return Err(ProseError::Character { code: u32::from(bad) });
    }
    if !text.is_ascii() && !is_nfc(text) {
        return Err(ProseError::NotNfc);
    }
    Ok(())
}

/// Controls, spaces but U+0020, joiners, bidi controls, variation selectors, private use, specials, tags. The list is
/// fixed by docs/format.md §1 and not taken from Unicode tables, so that every reader agrees for ever.
fn is_forbidden(c: char) -> bool {
    matches!(u32::from(c),
        0x0000..=0x001F | 0x007F..=0x00A0 | 0x00AD | 0x061C | 0x1680 | 0x180E | 0x2000..=0x200F | 0x2028..=0x202F
        | 0x205F..=0x206F | 0x3000 | 0xD800..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFF | 0xE0000..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_are_those_of_the_format() {
        let inside = [
            0x00, 0x1F, 0x7F, 0xA0, 0xAD, 0x061C, 0x1680, 0x180E, 0x2000, 0x200F, 0x2028, 0x202F, 0x205F,
            0x206F, 0x3000, 0xE000, 0xF8FF, 0xFE00, 0xFE0F, 0xFEFF, 0xFFF0, 0xFFFF, 0xE0000, 0x10_FFFF,
        ];
        for code in inside {
            let text = format!("a{}b", char::from_u32(code).unwrap());
            assert_eq!(
                Prose::<9>::new(&text),
                Err(ProseError::Character { code }),
                "{code:04X}"
            );
        }
        let outside = [
            0x20, 0x7E, 0xA1, 0xAC, 0xAE, 0x1681, 0x2010, 0x2027, 0x2030, 0x205E, 0x2070, 0x3001, 0xFDFF,
            0xFE10,
        ];
        for code in outside {
            let text = format!("a{}b", char::from_u32(code).unwrap());
            assert!(Prose::<9>::new(&text).is_ok(), "{code:04X}");
        }
    }

    #[test]
    fn ends_length_and_normal_form() {
        assert_eq!(Prose::<3>::new(""), Err(ProseError::Empty));
        assert_eq!(Prose::<3>::new("abcd"), Err(ProseError::TooLong { max: 3 }));
        assert_eq!(Prose::<3>::new(" a"), Err(ProseError::Space));
        assert_eq!(Prose::<3>::new("a "), Err(ProseError::Space));
        assert_eq!(Prose::<9>::new("e\u{301}"), Err(ProseError::NotNfc));
        assert!(Prose::<9>::new("\u{E9}").is_ok());
        assert!(Prose::<9>::new("a  b").is_ok());
    }
}
