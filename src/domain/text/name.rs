//! Lives here: ids, origins, zones, verifier keys as text, times (docs/format.md §1). Absent: what they name.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::ValueError;
use crate::domain::text::num;

/// Makes a newtype over text with one check and one error.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $error:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(ValueError::$error) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// An `id`: `[a-z0-9][a-z0-9-]{0,62}`.
    ///
    /// ```
    /// use ikrar::domain::text::Id;
    /// assert!("pemilu-2024".parse::<Id>().is_ok());
    /// assert!("-pemilu".parse::<Id>().is_err());
    /// ```
    Id, Id, is_id);
name!(
    /// A log's name: 1 to 128 bytes of `[a-z0-9./_-]`.
    Origin, Origin, is_origin);
name!(
    /// An IANA time-zone name: 1 to 64 bytes of `[A-Za-z0-9_+/-]`. Whether it is known is not checked here.
    Zone, Zone, is_zone);
name!(
    /// A verifier key as C2SP signed-note prints it, kept as text: a later log key may be of a type unknown today.
    VkeyText, Vkey, is_vkey);

fn is_id(text: &str) -> bool {
    text.len() <= 63
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !text.is_empty()
        && !text.starts_with('-')
}

fn is_origin(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'/' | b'_' | b'-'))
}

fn is_zone(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'-'))
}

fn is_vkey(text: &str) -> bool {
    (1..=4096).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A `time`: Unix seconds, at most 2^63 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u64);

impl Time {
    /// The time so many seconds after 1970 (UTC), without leap seconds.
    pub fn from_unix(seconds: u64) -> Result<Self, ValueError> {
        if i64::try_from(seconds).is_ok() {
            Ok(Self(seconds))
        } else {
            Err(ValueError::Num)
        }
    }

    /// Reads a `time` of whole minutes.
    pub fn minute(text: &str) -> Result<Self, ValueError> {
        let time = Self(num(text)?);
        if time.is_minute() {
            Ok(time)
        } else {
            Err(ValueError::Minute)
        }
    }

    /// This time with its seconds cut off.
    #[must_use]
    pub fn floor_minute(self) -> Self {
        Self(self.0 - self.0 % 60)
    }

    /// True for a multiple of 60.
    pub fn is_minute(self) -> bool {
        self.0.is_multiple_of(60)
    }

    /// Unix seconds.
    pub fn unix(self) -> u64 {
        self.0
    }

    /// Unix seconds, signed as calendars want them.
    pub fn unix_i64(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl FromStr for Time {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        num(text).map(Self)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_limits() {
        assert!("a".repeat(63).parse::<Id>().is_ok());
        for bad in ["", "A", "a_b", "a b", "-a", &"a".repeat(64)] {
            assert_eq!(bad.parse::<Id>(), Err(ValueError::Id), "{bad:?}");
        }
        assert!("ikrar.example.go.id/log-1".parse::<Origin>().is_ok());
        for bad in ["", "Ikrar", "a b", &"a".repeat(129), "a+b"] {
            assert_eq!(bad.parse::<Origin>(), Err(ValueError::Origin), "{bad:?}");
        }
        assert!("Asia/Jakarta".parse::<Zone>().is_ok() && "Etc/GMT+7".parse::<Zone>().is_ok());
        assert_eq!("Asia Jakarta".parse::<Zone>(), Err(ValueError::Zone));
        assert_eq!(Time::minute("61"), Err(ValueError::Minute));
        assert_eq!(Time::minute("120").map(Time::unix), Ok(120));
    }
}
