//! Numbers, shares and codes as people read them. Times are in `moment`.

use tera::Kwargs;
use tera::State;
use tera::Tera;
use tera::TeraResult;

use crate::render::Lang;

/// A whole number with its thousands grouped: `5.000` in Indonesian, `5,000` in English.
///
/// ```
/// use ikrar::render::{Lang, number};
/// assert_eq!(number(5_000, Lang::Id), "5.000");
/// assert_eq!(number(-1_234_567, Lang::En), "-1,234,567");
/// ```
pub fn number(value: i64, lang: Lang) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!(
        "{sign}{}",
        group_thousands(&value.unsigned_abs().to_string(), lang)
    )
}

/// A share of a whole, rounded to one decimal: `87,5 %` in Indonesian, `87.5%` in English. Nothing of nothing is 0.
/// Only the whole is 100 and only nothing is 0: 9,999 of 10,000 is 99.9, for "100 %" says that everybody did.
///
/// ```
/// use ikrar::render::{Lang, percent};
/// assert_eq!(percent(7, 8, Lang::Id), "87,5\u{a0}%");
/// assert_eq!(percent(9_999, 10_000, Lang::En), "99.9%");
/// assert_eq!(percent(0, 0, Lang::Id), "0\u{a0}%");
/// ```
pub fn percent(part: u64, whole: u64, lang: Lang) -> String {
    let (wide, of) = (u128::from(part) * 1_000, u128::from(whole));
    let tenths = (wide + of / 2).checked_div(of).unwrap_or(0);
    let tenths = match part {
        0 => 0,
        _ if part < whole => tenths.clamp(1, 999),
        _ => tenths,
    };
    let (point, unit) = match lang {
        Lang::Id => (',', "\u{a0}%"),
        Lang::En => ('.', "%"),
    };
    match tenths % 10 {
        0 => format!("{}{unit}", tenths / 10),
        rest => format!("{}{point}{rest}{unit}", tenths / 10),
    }
}

/// A hash or a code in groups of `size` characters, so that an eye can keep its place.
///
/// ```
/// assert_eq!(ikrar::render::groups("9f86d081884c", 4), "9f86 d081 884c");
/// ```
pub fn groups(code: &str, size: usize) -> String {
    let mut out = String::with_capacity(code.len() + code.len() / size.max(1));
    for (place, sign) in code.chars().filter(|sign| !sign.is_whitespace()).enumerate() {
        if place > 0 && place % size.max(1) == 0 {
            out.push(' ');
        }
        out.push(sign);
    }
    out
}

/// A decimal number as short as it is exact, grouped.
pub(super) fn decimal(value: f64, lang: Lang) -> String {
    let text = value.abs().to_string();
    let sign = if value < 0.0 { "-" } else { "" };
    match text.split_once('.') {
        None => format!("{sign}{}", group_thousands(&text, lang)),
        Some((whole, part)) => {
            let point = if lang == Lang::Id { ',' } else { '.' };
            format!("{sign}{}{point}{part}", group_thousands(whole, lang))
        }
    }
}

fn group_thousands(digits: &str, lang: Lang) -> String {
    let separator = if lang == Lang::Id { '.' } else { ',' };
    let count = digits.chars().count();
    let mut out = String::with_capacity(count + count / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (count - place).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// Teaches templates `n | number`, `part | percent(of=whole)`, `hash | groups4`.
pub(super) fn register(engine: &mut Tera, lang: Lang) {
    engine.register_filter("number", move |value: i64, _: Kwargs, _: &State| {
        number(value, lang)
    });
    engine.register_filter(
        "percent",
        move |part: u64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
            Ok(percent(part, kwargs.must_get::<u64>("of")?, lang))
        },
    );
    engine.register_filter("groups4", |code: &str, _: Kwargs, _: &State| groups(code, 4));
}
