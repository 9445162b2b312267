//! How far an election has come, as arithmetic: shares, days, units. Absent: who the people are, and where numbers come from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::role::UnitPath;

/// Below this many people a unit's numbers say something about each of them.
pub const SMALL_UNIT: u64 = 5;

/// Some of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Who signed.
    pub part: u64,
    /// Who must.
    pub whole: u64,
}

impl Share {
    /// Tenths of a percent, rounded down, so that only all of them are 100 %; `None` of nobody.
    ///
    /// ```
    /// use ikrar::domain::tally::Share;
    /// assert_eq!(Share { part: 1999, whole: 2000 }.per_mille(), Some(999));
    /// assert_eq!(Share { part: 0, whole: 0 }.per_mille(), None);
    /// ```
    pub fn per_mille(self) -> Option<u64> {
        self.part.saturating_mul(1000).checked_div(self.whole)
    }

    /// Whether a reader who may not see names may see these numbers.
    pub fn is_small(self) -> bool {
        self.whole < SMALL_UNIT
    }

    /// One more person.
    pub fn count(&mut self, signed: bool) {
        self.whole += 1;
        self.part += u64::from(signed);
    }
}

/// The day of a moment in a zone; `None` past what a calendar holds.
pub fn day(at_s: i64, zone: &TimeZone) -> Option<Date> {
    Some(
        Timestamp::from_second(at_s)
            .ok()?
            .to_zoned_datetime(zone.clone())
            .date(),
    )
}

/// How many had signed by the end of each day, from the opening's day to the last moment's.
pub fn trend(signed_at_s: &[i64], opens_s: i64, until_s: i64, zone: &TimeZone) -> Vec<(Date, u64)> {
    let (Some(mut today), Some(last)) = (day(opens_s, zone), day(until_s, zone)) else {
        return Vec::new();
    };
    let mut by_day: BTreeMap<Date, u64> = BTreeMap::new();
    for date in signed_at_s.iter().filter_map(|at_s| day(*at_s, zone)) {
        *by_day.entry(date.max(today)).or_default() += 1;
    }
    let mut sum = 0;
    let mut days = Vec::new();
    while today <= last {
        sum += by_day.get(&today).copied().unwrap_or(0);
        days.push((today, sum));
        let Ok(tomorrow) = today.tomorrow() else { break };
        today = tomorrow;
    }
    days
}

/// A unit with everybody in it and below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitTally {
    /// Its own name.
    pub name: String,
    /// Its place.
    pub path: String,
    /// Who signed of who must.
    pub share: Share,
    /// Whether it has units below.
    pub has_below: bool,
}

/// The units right below one (`""`: the top ones), each with its subtree's numbers, by name.
pub fn rollup<'a>(people: impl IntoIterator<Item = (&'a str, bool)>, under: &str) -> Vec<UnitTally> {
    let above = UnitPath::new(under);
    let mut units: BTreeMap<&str, UnitTally> = BTreeMap::new();
    for (path, signed) in people {
        let rest = if under.is_empty() {
            path
        } else if above.contains(&UnitPath::new(path)) {
            path.get(above.as_str().len()..)
                .unwrap_or_default()
                .trim_start_matches('\u{1f}')
        } else {
            continue;
        };
        let (name, below) = rest.split_once('\u{1f}').unwrap_or((rest, ""));
        if name.is_empty() {
            continue;
        }
        let unit = units.entry(name).or_insert_with(|| UnitTally {
            name: name.to_owned(),
            path: if under.is_empty() {
                name.to_owned()
            } else {
                format!("{}\u{1f}{name}", above.as_str())
            },
            share: Share::default(),
            has_below: false,
        });
        unit.share.count(signed);
        unit.has_below |= !below.is_empty();
    }
    units.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_and_add_up() {
        let zone = TimeZone::get("Asia/Jakarta").unwrap();
        // 23 November 2023, 23.59 and 24 November, 00.00 WIB.
        let days = trend(
            &[1_700_758_740, 1_700_758_800, 1_700_758_800],
            1_700_700_000,
            1_700_900_000,
            &zone,
        );
        let sums: Vec<u64> = days.iter().map(|(_, sum)| *sum).collect();
        assert_eq!(sums, [1, 3, 3]);
        assert_eq!(days[0].0, jiff::civil::date(2023, 11, 23));
        assert!(trend(&[], 100, 0, &zone).len() <= 1);
    }

    #[test]
    fn units_roll_up_by_prefix_and_not_by_likeness() {
        let people = [
            ("A\u{1f}B\u{1f}C", true),
            ("A\u{1f}B", false),
            ("A\u{1f}BB", true),
            ("AA", false),
            ("", true),
        ];
        let top = rollup(people, "");
        let shown: Vec<_> = top
            .iter()
            .map(|unit| {
                (
                    unit.name.as_str(),
                    unit.share.part,
                    unit.share.whole,
                    unit.has_below,
                )
            })
            .collect();
        assert_eq!(shown, [("A", 2, 3, true), ("AA", 0, 1, false)]);
        let below = rollup(people, "A");
        let shown: Vec<_> = below
            .iter()
            .map(|unit| (unit.path.as_str(), unit.share.whole))
            .collect();
        assert_eq!(shown, [("A\u{1f}B", 2), ("A\u{1f}BB", 1)]);
    }

    #[test]
    fn only_all_are_a_hundred_percent() {
        for (part, whole, expected) in [
            (0, 0, None),
            (2, 3, Some(666)),
            (999, 1000, Some(999)),
            (5, 5, Some(1000)),
        ] {
            assert_eq!(Share { part, whole }.per_mille(), expected);
        }
    }
}
