//! Lives here: the code on a receipt, 80 random bits a person can read aloud (docs/format.md §6): Crockford base32 in
//! groups of four with a check symbol modulo 37. Absent: what a code leads to.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

const SYMBOLS: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
const DATA_SYMBOLS: usize = 16;

/// Why typed characters are not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Fewer than 17 symbols.
    #[error("too short: {found} of 17 symbols")]
    TooShort {
        /// How many symbols were typed.
        found: usize,
    },
    /// More than 17 symbols.
    #[error("too long: more than 17 symbols")]
    TooLong,
    /// A character that stands in no code.
    #[error("`{0}` stands in no code")]
    Symbol(char),
    /// The check symbol does not fit: something was mistyped.
    #[error("mistyped: the check symbol does not fit")]
    Check,
}

/// A receipt's code.
///
/// ```
/// use ikrar::domain::code::Code;
/// let code = Code::from_bytes([0xFF; 10]);
/// assert_eq!(code.to_string(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-~");
/// assert_eq!("zzzz zzzz zzzz zzzz ~".parse::<Code>(), Ok(code));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code([u8; 10]);

impl Code {
    /// The code of 80 random bits.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    /// Its bits.
    pub fn bytes(&self) -> &[u8; 10] {
        &self.0
    }

    fn value(self) -> u128 {
        self.0
            .iter()
            .fold(0, |value, byte| (value << 8) | u128::from(*byte))
    }
}

fn symbol(value: u128) -> char {
    usize::try_from(value)
        .ok()
        .and_then(|index| SYMBOLS.get(index))
        .map_or('?', |symbol| char::from(*symbol))
}

/// The value of a typed character: I and L are 1, O is 0, case does not count.
fn value_of(typed: char) -> Option<u128> {
    let upper = match typed.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let index = SYMBOLS.iter().position(|symbol| char::from(*symbol) == upper)?;
    u128::try_from(index).ok()
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value();
        for place in 0..DATA_SYMBOLS {
            if place > 0 && place.is_multiple_of(4) {
                f.write_str("-")?;
            }
            let shift = 5 * (DATA_SYMBOLS - 1 - place);
            write!(f, "{}", symbol((value >> shift) & 31))?;
        }
        write!(f, "-{}", symbol(value % 37))
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut values = Vec::with_capacity(DATA_SYMBOLS + 1);
        for typed in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            values.push((typed, value_of(typed).ok_or(CodeError::Symbol(typed))?));
            if values.len() > DATA_SYMBOLS + 1 {
                return Err(CodeError::TooLong);
            }
        }
        let Some(((_, check), data)) = values.split_last() else {
            return Err(CodeError::Empty);
        };
        // The five symbols above 31 are check symbols only.
        if let Some((typed, _)) = data.iter().find(|(_, value)| *value > 31) {
            return Err(CodeError::Symbol(*typed));
        }
        if data.len() < DATA_SYMBOLS {
            return Err(CodeError::TooShort { found: values.len() });
        }
        let value = data.iter().fold(0_u128, |sum, (_, value)| (sum << 5) | value);
        if value % 37 != *check {
            return Err(CodeError::Check);
        }
        let [_, _, _, _, _, _, bytes @ ..] = value.to_be_bytes();
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_type() {
        let code = Code::from_bytes([0, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF]);
        let printed = code.to_string();
        let typed = printed
            .to_lowercase()
            .replace('0', "o")
            .replace('1', "l")
            .replace('-', " ");
        assert_eq!(typed.parse(), Ok(code));
        assert_eq!(typed.replace('l', "I").parse(), Ok(code));
    }

    #[test]
    fn each_mistake_has_its_name() {
        assert_eq!(" - ".parse::<Code>(), Err(CodeError::Empty));
        assert_eq!("0000-0000".parse::<Code>(), Err(CodeError::TooShort { found: 8 }));
        assert_eq!("0".repeat(18).parse::<Code>(), Err(CodeError::TooLong));
        assert_eq!(
            "0000-0000-0000-000U-0".parse::<Code>(),
            Err(CodeError::Symbol('U'))
        );
        assert_eq!(
            "0000-0000-0000-00?0-0".parse::<Code>(),
            Err(CodeError::Symbol('?'))
        );
        assert_eq!("0000-0000-0000-0000-1".parse::<Code>(), Err(CodeError::Check));
    }

    proptest! {
        #[test]
        fn round_trip_and_one_wrong_symbol(bytes: [u8; 10], place in 0_usize..17, step in 1_u8..32) {
            let code = Code::from_bytes(bytes);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            let mut typed: Vec<char> = code.to_string().chars().filter(|c| *c != '-').collect();
            let old = value_of(typed[place]).unwrap();
            let base = if place == 16 { 37 } else { 32 };
            typed[place] = symbol((old + u128::from(step)) % base);
            prop_assert_eq!(typed.iter().collect::<String>().parse::<Code>(), Err(CodeError::Check));
        }

        #[test]
        fn any_text_gets_an_answer(text: String) {
            let _ = text.parse::<Code>();
        }
    }
}
