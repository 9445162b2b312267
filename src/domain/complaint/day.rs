//! The day of the act, with its zone where the complaint names one. Absent: how it relates to a signature
//! ([`crate::domain::election::Relation`]).

use std::fmt;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::tz::TimeZone;

/// The zone of a complaint that names none.
pub const ZONE: &str = "Asia/Jakarta";

/// Why a date cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Neither `2023-12-01` nor `01-12-2023`.
    #[error("is no date: write 2023-12-01 or 01-12-2023")]
    Shape,
    /// A day that no calendar has.
    #[error("is a day that does not exist")]
    Calendar,
    /// A zone that is not known.
    #[error("names a time zone that is not known: write WIB, WITA, WIT, +07:00 or Asia/Jakarta")]
    Zone,
}

/// A calendar day, in the zone that the complaint names or in Jakarta's.
///
/// ```
/// use ikrar::domain::complaint::IncidentDay;
/// let day = |text| IncidentDay::parse(text).unwrap().to_string();
/// assert_eq!(day("01-12-2023"), "2023-12-01");
/// assert_eq!(day("2023-12-01T23:30:00+09:00"), "2023-12-01[+09:00]");
/// assert_eq!(day("1/12/2023 23.30 WIT"), "2023-12-01[Asia/Jayapura]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentDay {
    /// The day.
    pub day: Date,
    /// The zone as the complaint names it: an IANA name or an offset.
    zone: Option<String>,
}

impl IncidentDay {
    /// Reads a day, a time that may follow it (it is not kept), and a zone that may follow that.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '/' | '.')))
            .unwrap_or(text.len());
        let (date, rest) = text.split_at_checked(end).ok_or(DayError::Shape)?;
        let day = parse_date(date)?;
        let rest = rest
            .trim_start_matches(['T', 't', ' ', ','])
            .trim_start_matches("pukul")
            .trim_start();
        let zone = skip_time(rest).trim();
        if zone.is_empty() {
            return Ok(Self { day, zone: None });
        }
        let zone = zone_name(zone.trim_start_matches('[').trim_end_matches(']'))?;
        Ok(Self {
            day,
            zone: Some(zone),
        })
    }

    /// The zone's name: as the complaint names it, or [`ZONE`].
    pub fn zone_name(&self) -> &str {
        self.zone.as_deref().unwrap_or(ZONE)
    }

    /// Whether the complaint itself names the zone.
    pub fn names_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// The zone's calendar.
    pub fn time_zone(&self) -> TimeZone {
        calendar(self.zone_name()).unwrap_or(TimeZone::UTC)
    }
}

impl fmt::Display for IncidentDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        match &self.zone {
            Some(zone) => write!(f, "[{zone}]"),
            None => Ok(()),
        }
    }
}

fn parse_date(text: &str) -> Result<Date, DayError> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [one, two, three] = parts.as_slice() else {
        return Err(DayError::Shape);
    };
    let (year, day) = match (one.len(), three.len()) {
        (4, 1 | 2) => (one, three),
        (1 | 2, 4) => (three, one),
        _ => return Err(DayError::Shape),
    };
    let number = |text: &str| text.parse::<i8>().map_err(|_not_a_number| DayError::Shape);
    let year = year.parse::<i16>().map_err(|_not_a_number| DayError::Shape)?;
    if two.len() > 2 {
        return Err(DayError::Shape);
    }
    Date::new(year, number(two)?, number(day)?).map_err(|_range| DayError::Calendar)
}

/// What follows a time like `23:30`, `23.30` or `23:30:05.123`.
fn skip_time(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
        .unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

fn zone_name(text: &str) -> Result<String, DayError> {
    let name = match text.to_uppercase().as_str() {
        "WIB" => "Asia/Jakarta",
        "WITA" => "Asia/Makassar",
        "WIT" => "Asia/Jayapura",
        "Z" | "UTC" | "GMT" => "UTC",
        _ => text,
    };
    calendar(name).ok_or(DayError::Zone)?;
    Ok(name.to_owned())
}

fn calendar(name: &str) -> Option<TimeZone> {
    if let Some(rest) = name.strip_prefix(['+', '-']) {
        let digits: String = rest.chars().filter(|c| *c != ':').collect();
        let is_plain =
            digits.len() <= 4 && digits.len().is_multiple_of(2) && digits.chars().all(|c| c.is_ascii_digit());
        let (hours, minutes) = is_plain.then(|| digits.split_at_checked(2)).flatten()?;
        let minutes = if minutes.is_empty() {
            0
        } else {
            minutes.parse().ok()?
        };
        let seconds: i32 = hours.parse::<i32>().ok()? * 3600 + minutes * 60;
        let seconds = if name.starts_with('-') { -seconds } else { seconds };
        return Some(Offset::from_seconds(seconds).ok()?.to_time_zone());
    }
    if !name.contains('/') && name != "UTC" {
        return None;
    }
    TimeZone::get(name).ok()
}
