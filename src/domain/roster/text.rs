//! A cell's words as they may enter a statement: docs/format.md §1, `prose`. Absent: what the words mean.

use unicode_normalization::UnicodeNormalization;

use crate::domain::cell::Cell;

/// Bytes of a value at most.
pub(crate) const VALUE_BYTES_MAX: usize = 400;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextError {
    /// Letters that stand for damage or for nothing: U+FFFD, private use, above U+E0000.
    Letters,
    /// Longer than [`VALUE_BYTES_MAX`].
    Long,
}

/// Blanks of every kind become one space, invisible letters go, the rest is NFC. A lone dash means nothing.
pub(crate) fn clean(cell: Cell<'_>) -> Result<String, TextError> {
    let text = match cell {
        Cell::Empty => return Ok(String::new()),
        Cell::Text(text) => tidy(text)?,
        Cell::Number(_) => cell.to_text(),
    };
    let text = if matches!(text.as_str(), "-" | "--" | "." | "null" | "NULL" | "#N/A") {
        String::new()
    } else {
        text
    };
    if text.len() > VALUE_BYTES_MAX {
        Err(TextError::Long)
    } else {
        Ok(text)
    }
}

fn tidy(text: &str) -> Result<String, TextError> {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut put = |letter: char| match letter {
        letter if letter.is_whitespace() => {
            gap = true;
            Ok(())
        }
        letter if is_invisible(letter) => Ok(()),
        letter if is_refused(letter) => Err(TextError::Letters),
        letter => {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(letter);
            Ok(())
        }
    };
    if text.is_ascii() {
        text.chars().try_for_each(&mut put)?;
    } else {
        text.nfc().try_for_each(&mut put)?;
        // What is gone may have stood between letters that now compose.
        out = out.nfc().collect();
    }
    Ok(out)
}

/// Control, zero-width and direction letters, which show nothing.
fn is_invisible(letter: char) -> bool {
    matches!(u32::from(letter),
        0..=0x1f | 0x7f..=0x9f | 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff)
}

/// What `prose` forbids beyond that.
fn is_refused(letter: char) -> bool {
    matches!(u32::from(letter), 0xd800..=0xf8ff | 0xfff0..=0xffff | 0xe_0000..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Result<String, TextError> {
        clean(Cell::Text(text))
    }

    #[test]
    fn blanks_and_invisible_letters_go() {
        assert_eq!(of(" Budi\u{a0}\t\n Santoso\u{3000}").unwrap(), "Budi Santoso");
        assert_eq!(of("Bu\u{200b}di\u{202e}\u{ad}\u{7}").unwrap(), "Budi");
        assert_eq!(of("Jose\u{301}").unwrap(), "José");
        assert_eq!(of("-").unwrap(), "");
    }

    #[test]
    fn script_stays_text() {
        assert_eq!(
            of("<script>alert(1)</script>").unwrap(),
            "<script>alert(1)</script>"
        );
    }

    #[test]
    fn damage_and_length_are_refused() {
        assert_eq!(of("Bu\u{fffd}di"), Err(TextError::Letters));
        assert_eq!(of("\u{e000}"), Err(TextError::Letters));
        assert_eq!(of("\u{e0041}"), Err(TextError::Letters));
        assert_eq!(of(&"x".repeat(401)), Err(TextError::Long));
    }

    proptest! {
        #[test]
        fn what_comes_out_is_prose(text in "\\PC{0,60}|.{0,60}") {
            let Ok(text) = of(&text) else { return Ok(()) };
            prop_assert!(text.nfc().eq(text.chars()));
            prop_assert_eq!(text.trim(), &text);
            prop_assert!(!text.chars().any(|c| is_invisible(c) || is_refused(c) || (c.is_whitespace() && c != ' ')));
            prop_assert_eq!(of(&text).unwrap(), text);
        }
    }
}
