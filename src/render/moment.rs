//! Moments as people read them: unix seconds in, the civil time of a zone with its name out. What time it is now is
//! `clock`'s business.

use jiff::Timestamp;
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use tera::Kwargs;
use tera::State;
use tera::Tera;
use tera::TeraResult;

use crate::render::Lang;

const MONTHS_ID: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Date, minute and zone: `23 November 2023 pukul 09.15 WIB`. None when the moment or the zone does not exist.
///
/// ```
/// use ikrar::render::{Lang, datetime};
/// assert_eq!(
///     datetime(1_700_705_700, "Asia/Jakarta", Lang::Id).as_deref(),
///     Some("23 November 2023 pukul 09.15 WIB"),
/// );
/// ```
pub fn datetime(unix_s: i64, zone: &str, lang: Lang) -> Option<String> {
    let moment = civil(unix_s, zone)?;
    let (day, hour, minute) = (day_of(&moment, lang)?, moment.hour(), moment.minute());
    let name = zone_name(&moment, zone);
    Some(match lang {
        Lang::Id => format!("{day} pukul {hour:02}.{minute:02} {name}"),
        Lang::En => format!("{day} at {hour:02}:{minute:02} {name}"),
    })
}

/// The date alone: `23 November 2023`. None when the moment or the zone does not exist.
pub fn date(unix_s: i64, zone: &str, lang: Lang) -> Option<String> {
    day_of(&civil(unix_s, zone)?, lang)
}

/// The last minute before `closes_s`, the first one that is too late. People read it as "paling lambat" without having to ask
/// whether midnight belongs to the day before or after it: `13 Februari 2024 pukul 23.59 WIB`.
///
/// ```
/// use ikrar::render::{Lang, deadline};
/// assert_eq!(
///     deadline(1_707_843_600, "Asia/Jakarta", Lang::Id).as_deref(),
///     Some("13 Februari 2024 pukul 23.59 WIB"),
/// );
/// ```
pub fn deadline(closes_s: i64, zone: &str, lang: Lang) -> Option<String> {
    datetime(last_minute(closes_s), zone, lang)
}

/// The start of the last minute that is in time.
const fn last_minute(closes_s: i64) -> i64 {
    closes_s.saturating_sub(60)
}

fn civil(unix_s: i64, zone: &str) -> Option<ZonedDateTime> {
    let zone = TimeZone::get(zone).ok()?;
    Some(Timestamp::from_second(unix_s).ok()?.to_zoned_datetime(zone))
}

fn day_of(moment: &ZonedDateTime, lang: Lang) -> Option<String> {
    let months = match lang {
        Lang::Id => MONTHS_ID,
        Lang::En => MONTHS_EN,
    };
    let month = usize::try_from(moment.month()).ok()?;
    let month = months.get(month.checked_sub(1)?)?;
    Some(format!("{} {month} {}", moment.day(), moment.year()))
}

/// The zone's name as Indonesians say it (Keppres 41/1987), else UTC or its offset.
fn zone_name(moment: &ZonedDateTime, zone: &str) -> String {
    match zone {
        "Asia/Jakarta" | "Asia/Pontianak" => "WIB".to_owned(),
        "Asia/Makassar" | "Asia/Ujung_Pandang" => "WITA".to_owned(),
        "Asia/Jayapura" => "WIT".to_owned(),
        "UTC" | "Etc/UTC" => "UTC".to_owned(),
        _ => format!("UTC{}", moment.offset()),
    }
}

fn or_refuse<T>(value: Option<T>, unix_s: i64, zone: &str) -> TeraResult<T> {
    value.ok_or_else(|| tera::Error::message(format!("no moment {unix_s} in zone {zone}")))
}

/// Teaches templates `at | datetime(zone=…)`, `at | date(zone=…)`, `at | utc`, `at | iso`, `closes | deadline(zone=…)` and
/// `closes | last_minute`. Pages use the components `<when at={…} zone={…} />` and `<deadline closes={…} zone={…} />`, which show
/// the moment with UTC beneath.
pub(super) fn register(engine: &mut Tera, lang: Lang) {
    engine.register_filter(
        "datetime",
        move |at: i64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
            let zone = kwargs.must_get::<&str>("zone")?;
            or_refuse(datetime(at, zone, lang), at, zone)
        },
    );
    engine.register_filter(
        "date",
        move |at: i64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
            let zone = kwargs.must_get::<&str>("zone")?;
            or_refuse(date(at, zone, lang), at, zone)
        },
    );
    engine.register_filter(
        "deadline",
        move |closes: i64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
            let zone = kwargs.must_get::<&str>("zone")?;
            or_refuse(deadline(closes, zone, lang), closes, zone)
        },
    );
    engine.register_filter("last_minute", |closes: i64, _: Kwargs, _: &State| {
        last_minute(closes)
    });
    engine.register_filter(
        "utc",
        move |at: i64, _: Kwargs, _: &State| -> TeraResult<String> {
            or_refuse(datetime(at, "UTC", lang), at, "UTC")
        },
    );
    engine.register_filter("iso", |at: i64, _: Kwargs, _: &State| -> TeraResult<String> {
        let moment = Timestamp::from_second(at).ok().map(|moment| moment.to_string());
        or_refuse(moment, at, "UTC")
    });
}
