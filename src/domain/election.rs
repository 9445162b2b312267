//! Lives here: an election as a pact is about it: window, zone, contests, look-up mode; and how an incident's day
//! relates to a signature. Absent: who signs, and whether an election was closed early by an entry.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::TextError;
use crate::domain::text::Time;
use crate::domain::text::ValueError;
use crate::domain::text::Zone;

/// The most contests of an election.
pub const CONTESTS_MAX: usize = 64;

/// What strangers may look up about an election's signers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LookUp {
    /// Only a receipt somebody shows.
    Receipt,
    /// Counts by unit too.
    Counts,
    /// A register of names and units too.
    Register,
}

impl LookUp {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Receipt, Self::Counts, Self::Register];

    /// The word that stands in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Counts => "counts",
            Self::Register => "register",
        }
    }
}

impl FromStr for LookUp {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or(ValueError::Word)
    }
}

impl fmt::Display for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A contest within an election, with the time its candidates were determined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// Its name.
    pub id: Id,
    /// When its candidates were determined: before it the ethics rules apply, after it the discipline rules.
    pub determined: Time,
}

/// Where an election's window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Not yet open.
    Before,
    /// Open: `opens <= now < closes`.
    Open,
    /// Over.
    Closed,
}

/// A vote that a pact is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Election {
    /// Its name.
    pub id: Id,
    /// Its title.
    pub title: Prose<200>,
    /// The first minute in which the pact may be signed.
    pub opens: Time,
    /// The first minute in which it may no longer.
    pub closes: Time,
    /// The zone its days are counted in.
    pub zone: Zone,
    /// Its contests, ascending by name.
    pub contests: Vec<Contest>,
    /// What strangers may look up.
    pub lookup: LookUp,
}

impl Election {
    /// The rules an election made by hand must keep before it is printed; reading an entry checks them too.
    pub fn check(&self) -> Result<(), TextError> {
        if !self.opens.is_minute() || !self.closes.is_minute() {
            return Err(TextError::Rule("opens and closes are whole minutes"));
        }
        if self.closes <= self.opens {
            return Err(TextError::Rule("closes is not later than opens"));
        }
        if self.contests.len() > CONTESTS_MAX {
            return Err(TextError::Rule("more than 64 contests"));
        }
        if !self.contests.is_sorted_by(|a, b| a.id < b.id) {
            return Err(TextError::Rule("contests are not in ascending order"));
        }
        Ok(())
    }

    /// Where the window is at a time.
    pub fn stage_at(&self, now: Time) -> Stage {
        if now < self.opens {
            Stage::Before
        } else if now < self.closes {
            Stage::Open
        } else {
            Stage::Closed
        }
    }

    /// The day of a time in the election's zone; in UTC when this program's tables do not know the zone.
    pub fn day_of(&self, time: Time) -> Date {
        civil_day(time, &self.time_zone())
    }

    /// The election's zone as a calendar; UTC when this program's tables do not know it.
    pub fn time_zone(&self) -> TimeZone {
        known_zone(&self.zone).unwrap_or(TimeZone::UTC)
    }
}

/// A zone's calendar, when this program's tables know it. Asks only the bundled tables that jiff was built with,
/// or the system's; both are IANA's.
pub fn known_zone(zone: &Zone) -> Option<TimeZone> {
    TimeZone::get(zone.as_str()).ok()
}

/// The time of a clock on a wall: `2023-11-23T09:00` (a space may stand for the T), or `2023-11-23` for that day's first minute.
///
/// ```
/// use ikrar::domain::election::{known_zone, local_minute};
/// let jakarta = known_zone(&"Asia/Jakarta".parse()?).unwrap();
/// assert_eq!(local_minute("2023-11-23T09:00", &jakarta).map(|t| t.unix()), Some(1_700_704_800));
/// assert_eq!(local_minute("23 November", &jakarta), None);
/// # Ok::<(), ikrar::domain::text::ValueError>(())
/// ```
pub fn local_minute(text: &str, zone: &TimeZone) -> Option<Time> {
    let clock: DateTime = text.trim().parse().ok()?;
    let second = zone.to_timestamp(clock).ok()?.as_second();
    let time = Time::from_unix(u64::try_from(second).ok()?).ok()?;
    time.is_minute().then_some(time)
}

/// [`local_minute`] the other way round.
pub fn print_local_minute(time: Time, zone: &TimeZone) -> String {
    let clock = zone.to_datetime(Timestamp::from_second(time.unix_i64()).unwrap_or(Timestamp::MAX));
    clock.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The day of a time in a zone. Times beyond the calendar's end (year 9999) are the last day.
pub fn civil_day(time: Time, zone: &TimeZone) -> Date {
    zone.to_datetime(Timestamp::from_second(time.unix_i64()).unwrap_or(Timestamp::MAX))
        .date()
}

/// When a person signed, seen from the day of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The signature came before the incident: the person knew.
    Before,
    /// The signature came after the incident.
    After,
    /// Both on one day: days alone cannot tell the order.
    SameDay,
    /// There is no signature.
    Never,
}

impl Relation {
    /// Compares days; both in one zone.
    ///
    /// ```
    /// use ikrar::domain::election::Relation;
    /// use jiff::civil::date;
    /// let incident = date(2023, 12, 1);
    /// assert_eq!(Relation::of(Some(date(2023, 11, 23)), incident), Relation::Before);
    /// assert_eq!(Relation::of(None, incident), Relation::Never);
    /// ```
    pub fn of(signed: Option<Date>, incident: Date) -> Self {
        match signed {
            None => Self::Never,
            Some(day) if day < incident => Self::Before,
            Some(day) if day > incident => Self::After,
            Some(_) => Self::SameDay,
        }
    }

    /// The word used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::SameDay => "same_day",
            Self::Never => "never",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn election(zone: &str) -> Election {
        Election {
            id: "pemilu-2024".parse().unwrap(),
            title: "Pemilu 2024".parse().unwrap(),
            opens: Time::from_unix(1_700_697_600).unwrap(),
            closes: Time::from_unix(1_707_868_800).unwrap(),
            zone: zone.parse().unwrap(),
            contests: vec![],
            lookup: LookUp::Receipt,
        }
    }

    #[test]
    fn the_window_is_half_open() {
        let election = election("Asia/Jakarta");
        let at = |seconds| election.stage_at(Time::from_unix(seconds).unwrap());
        assert_eq!(at(1_700_697_599), Stage::Before);
        assert_eq!(at(1_700_697_600), Stage::Open);
        assert_eq!(at(1_707_868_799), Stage::Open);
        assert_eq!(at(1_707_868_800), Stage::Closed);
    }

    #[test]
    fn days_are_those_of_the_zone() {
        // 2023-11-23 17:30 UTC is already the 24th in Jakarta.
        let time = Time::from_unix(1_700_760_600).unwrap();
        assert_eq!(election("Asia/Jakarta").day_of(time), date(2023, 11, 24));
        assert_eq!(election("UTC").day_of(time), date(2023, 11, 23));
        assert_eq!(election("Nowhere/Known").day_of(time), date(2023, 11, 23));
        let far = Time::from_unix(u64::try_from(i64::MAX).unwrap()).unwrap();
        assert_eq!(election("UTC").day_of(far).year(), 9999);
    }

    #[test]
    fn relation_of_days() {
        let day = date(2023, 12, 1);
        assert_eq!(Relation::of(Some(day), day), Relation::SameDay);
        assert_eq!(Relation::of(Some(day.tomorrow().unwrap()), day), Relation::After);
    }
}
