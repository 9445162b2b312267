//! Lives here: texts of `key value` lines (docs/format.md §1), their reader and writer, and the values that stand in them.
//!
//! Every parser built on [`Reader`] accepts only what its printer makes again, byte for byte: each value has one
//! form, the order of lines is fixed, and nothing may be left over. Absent: what any text means.

mod name;
mod prose;
mod value;

pub use name::Id;
pub use name::Origin;
pub use name::Time;
pub use name::VkeyText;
pub use name::Zone;
pub use prose::Prose;
pub use prose::ProseError;
pub use value::ValueError;
pub use value::base64_array;
pub use value::base64_bytes;
pub use value::digest;
pub use value::hex_array;
pub use value::num;
pub use value::print_base64;
pub use value::print_hex;
pub(crate) use value::verifies;

use std::fmt::Display;
use std::fmt::Write;

use thiserror::Error;

/// Why bytes are not the text they were read as.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The text is longer than its kind may be.
    #[error("longer than {max} bytes")]
    TooLong {
        /// The largest size in bytes.
        max: usize,
    },
    /// The first line does not name the expected kind and version.
    #[error("the first line is not `{expected}`")]
    FirstLine {
        /// The line that should stand first.
        expected: &'static str,
    },
    /// A line does not end with LF, or is not `key value` with one space between.
    #[error("line {line} is not `key value`")]
    Line {
        /// Line number, from 1.
        line: usize,
    },
    /// Another line was expected here.
    #[error("line {line} should be `{key} ...`")]
    Expected {
        /// Line number, from 1.
        line: usize,
        /// The key that should stand there.
        key: &'static str,
    },
    /// A value is not of its type.
    #[error("line {line}, `{key}`: {source}")]
    Value {
        /// Line number, from 1.
        line: usize,
        /// The line's key.
        key: &'static str,
        /// What is wrong with the value.
        source: ValueError,
    },
    /// Lines are left over.
    #[error("line {line} does not belong here")]
    Extra {
        /// Line number, from 1.
        line: usize,
    },
    /// The lines are well formed, but contradict a rule of this kind of text.
    #[error("{0}")]
    Rule(&'static str),
}

/// Reads a text line by line, in the order its kind fixes.
///
/// ```
/// use ikrar::domain::text::{Reader, num};
/// let mut reader = Reader::open(b"ikrar/example/v1\nsize 12\n", "ikrar/example/v1")?;
/// assert_eq!(reader.read("size", num)?, 12);
/// reader.finish()?;
/// # Ok::<(), ikrar::domain::text::TextError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Begins to read; the first line must be `first`.
    pub fn open(bytes: &'a [u8], first: &'static str) -> Result<Self, TextError> {
        let text = std::str::from_utf8(bytes).map_err(|_not_utf8| TextError::NotUtf8)?;
        let rest = text
            .strip_prefix(first)
            .and_then(|rest| rest.strip_prefix('\n'))
            .ok_or(TextError::FirstLine { expected: first })?;
        Ok(Self { rest, line: 2 })
    }

    /// The number of the next line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The next line as key and value, without consuming it; `None` at the end.
    pub fn peek(&self) -> Result<Option<(&'a str, &'a str)>, TextError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let malformed = TextError::Line { line: self.line };
        let (line, _) = self.rest.split_once('\n').ok_or_else(|| malformed.clone())?;
        let (key, value) = line.split_once(' ').ok_or_else(|| malformed.clone())?;
        if key.is_empty() || value.is_empty() || value.starts_with(' ') || value.ends_with(' ') {
            return Err(malformed);
        }
        Ok(Some((key, value)))
    }

    /// The next line, whatever its key.
    pub fn any(&mut self) -> Result<(&'a str, &'a str), TextError> {
        let pair = self.peek()?.ok_or(TextError::Line { line: self.line })?;
        if let Some((_, rest)) = self.rest.split_once('\n') {
            self.rest = rest;
        }
        self.line = self.line.saturating_add(1);
        Ok(pair)
    }

    /// The value of the next line, whose key must be `key`, through `parse`.
    pub fn read<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&'a str) -> Result<T, ValueError>,
    ) -> Result<T, TextError> {
        let line = self.line;
        match self.read_if(key, parse)? {
            Some(value) => Ok(value),
            None => Err(TextError::Expected { line, key }),
        }
    }

    /// As [`Reader::read`], but `None` and nothing consumed when the next line has another key, or there is none.
    pub fn read_if<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&'a str) -> Result<T, ValueError>,
    ) -> Result<Option<T>, TextError> {
        let line = self.line;
        match self.peek()? {
            Some((found, value)) if found == key => {
                self.any()?;
                parse(value)
                    .map(Some)
                    .map_err(|source| TextError::Value { line, key, source })
            }
            _ => Ok(None),
        }
    }

    /// Ends; an error when lines are left.
    pub fn finish(self) -> Result<(), TextError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(TextError::Extra { line: self.line })
        }
    }
}

/// Writes a text line by line.
///
/// ```
/// use ikrar::domain::text::Writer;
/// let text = Writer::open("ikrar/example/v1").line("size", 12).finish();
/// assert_eq!(text, b"ikrar/example/v1\nsize 12\n");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// Begins with the line that names kind and version.
    pub fn open(first: &str) -> Self {
        Self {
            out: format!("{first}\n"),
        }
    }

    /// Begins with nothing: lines alone.
    pub fn lines() -> Self {
        Self::default()
    }

    /// Adds `key value LF`.
    #[must_use]
    pub fn line(mut self, key: &str, value: impl Display) -> Self {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{key} {value}");
        self
    }

    /// Adds one line a value.
    #[must_use]
    pub fn each<T, D: Display>(self, key: &str, values: &[T], print: impl Fn(&T) -> D) -> Self {
        values
            .iter()
            .fold(self, |writer, value| writer.line(key, print(value)))
    }

    /// The bytes written.
    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}

/// Splits `a b` at its first space, as values of two parts are printed.
pub(crate) fn pair(value: &str) -> Result<(&str, &str), ValueError> {
    value.split_once(' ').ok_or(ValueError::Parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_every_second_spelling_of_a_line() {
        for bad in [
            "k v", "k  v\n", "k v \n", "k \n", "k\n", "\nk v\n", "k v\n\n", " v\n",
        ] {
            let text = format!("t/v1\n{bad}");
            let read = Reader::open(text.as_bytes(), "t/v1").and_then(|mut reader| {
                reader.read("k", |value| Ok(value.to_owned()))?;
                reader.finish()
            });
            assert!(read.is_err(), "{bad:?}");
        }
        assert_eq!(
            Reader::open(b"t/v1", "t/v1").err(),
            Some(TextError::FirstLine { expected: "t/v1" })
        );
        assert_eq!(
            Reader::open(b"t/v1\xff\n", "t/v1").err(),
            Some(TextError::NotUtf8)
        );
    }
}
