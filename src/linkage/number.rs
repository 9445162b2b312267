//! Written numbers: whole, partial, masked, one digit off, or a birth date. Knows digits, not people.

use super::table::MONTHS;
use super::table::Sex;
use super::text;

/// What a written number turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Nothing usable.
    Nothing,
    /// Eighteen digits.
    Whole(u64),
    /// Several numbers of eighteen digits, ascending.
    Several(Vec<u64>),
    /// Seventeen or nineteen digits: what an eighteen-digit number may have been.
    Slipped(Vec<u64>),
    /// The first digits, and perhaps the last ones.
    Parts {
        /// Digits from the beginning.
        prefix: Option<String>,
        /// Digits from the end.
        suffix: Option<String>,
    },
    /// A run of digits whose place is unknown.
    Run(String),
    /// A birth date, as the first eight digits of a number.
    Birth(String),
}

/// Reads what a complaint gives as a number.
pub(super) fn parse(written: &str) -> Number {
    let folded = text::fold(written);
    if is_scientific(&folded) {
        return Number::Nothing;
    }
    // A whole number says more than whatever stands beside it.
    match wholes(&folded).as_slice() {
        [] => {}
        [number] => return Number::Whole(*number),
        several => return Number::Several(several.to_vec()),
    }
    if let Some(date) = spelled_date(&folded) {
        return Number::Birth(date);
    }
    let runs = masked_runs(&folded);
    let digits: String = runs.concat();
    if runs.len() >= 2 {
        let prefix = runs.first().filter(|run| !run.is_empty()).cloned();
        let suffix = runs.last().filter(|run| run.len() >= 3).cloned();
        return if prefix.is_some() || suffix.is_some() {
            Number::Parts { prefix, suffix }
        } else {
            Number::Nothing
        };
    }
    match digits.len() {
        18 => digits.parse().map_or(Number::Nothing, Number::Whole),
        17 | 19 => Number::Slipped(slipped(&digits)),
        8 => birth_order(&digits).map_or(Number::Run(digits), Number::Birth),
        14..=16 => Number::Parts {
            prefix: Some(digits),
            suffix: None,
        },
        3..=13 => Number::Run(digits),
        _ => Number::Nothing,
    }
}

/// `1.98511e+17`: a spreadsheet has rounded the number, and its power is no part of it.
fn is_scientific(folded: &str) -> bool {
    let tight: String = folded.chars().filter(|sign| !sign.is_whitespace()).collect();
    tight.match_indices('e').any(|(at, _)| {
        let (before, after) = (
            tight.get(..at).unwrap_or_default(),
            tight.get(at + 1..).unwrap_or_default(),
        );
        let mantissa = before.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let power = after.strip_prefix(['+', '-']).unwrap_or(after);
        mantissa.len() < before.len() && power.starts_with(|sign: char| sign.is_ascii_digit())
    })
}

/// The numbers of eighteen digits that are written, ascending and each once: in one run of digits, or in neighbouring ones
/// that only blanks and marks part and that make up a number of the right shape.
fn wholes(folded: &str) -> Vec<u64> {
    let mut runs: Vec<(String, bool)> = Vec::new();
    let mut parted = true;
    let mut within = false;
    for sign in folded.chars() {
        if sign.is_ascii_digit() {
            match runs.last_mut().filter(|_| within) {
                Some((run, _)) => run.push(sign),
                None => runs.push((sign.to_string(), parted)),
            }
            (within, parted) = (true, false);
        } else {
            within = false;
            parted |= !matches!(sign, ' ' | '.' | '-' | '/' | '_' | ':');
        }
    }
    let mut found: Vec<u64> = Vec::new();
    let mut from = 0;
    while let Some(rest) = runs.get(from..).filter(|rest| !rest.is_empty()) {
        let (number, taken) = whole_at(rest).map_or((None, 1), |(number, taken)| (Some(number), taken));
        found.extend(number);
        from += taken;
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The number that the first runs make up, and how many they are. The flag of a run says that more than a mark stands before it.
fn whole_at(runs: &[(String, bool)]) -> Option<(u64, usize)> {
    let mut digits = String::new();
    for (taken, (run, parted)) in (1..).zip(runs) {
        if taken > 1 && *parted {
            return None;
        }
        digits.push_str(run);
        if digits.len() >= 18 {
            let number = Some(&digits).filter(|digits| digits.len() == 18)?.parse().ok()?;
            return (taken == 1 || is_well_formed(number)).then_some((number, taken));
        }
    }
    None
}

/// Runs of digits between masks (`xxxx`, `****`, `…`); separators inside a run do not cut it.
fn masked_runs(folded: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for (at, sign) in folded.chars().enumerate() {
        if sign.is_ascii_digit() {
            if let Some(run) = runs.last_mut() {
                run.push(sign);
            }
        } else if is_mask(sign) || (sign == '.' && folded.chars().nth(at.saturating_add(1)) == Some('.')) {
            let begun = runs.len() == 1 || runs.last().is_some_and(|run| !run.is_empty());
            runs.extend(begun.then(String::new));
        }
    }
    runs
}

fn is_mask(sign: char) -> bool {
    matches!(sign, 'x' | '*' | '?' | '…' | '#')
}

/// Eight digits as a birth date, whichever way round, in the order of a NIP.
fn birth_order(digits: &str) -> Option<String> {
    let part = |from: usize, to: usize| digits.get(from..to);
    let orders = [
        (part(0, 4)?, part(4, 6)?, part(6, 8)?),
        (part(4, 8)?, part(2, 4)?, part(0, 2)?),
    ];
    orders
        .iter()
        .find(|(year, month, day)| is_date(year, month, day))
        .map(|(year, month, day)| format!("{year}{month}{day}"))
}

fn is_date(year: &str, month: &str, day: &str) -> bool {
    let within =
        |text: &str, from: u32, to: u32| text.parse().is_ok_and(|value: u32| (from..=to).contains(&value));
    within(year, 1940, 2015) && within(month, 1, 12) && within(day, 1, 31)
}

/// `12 Mei 1985`, `12-5-1985`, `1985/05/12`.
fn spelled_date(folded: &str) -> Option<String> {
    let words = text::words(folded);
    let [first, second, third] = words.get(words.len().checked_sub(3)?..)? else {
        return None;
    };
    let month = MONTHS
        .iter()
        .find(|(name, _)| second.starts_with(name))
        .map_or_else(|| second.parse().ok(), |(_, month)| Some(*month))?;
    let (year, day) = if first.len() == 4 {
        (first, third)
    } else {
        (third, first)
    };
    if year.len() != 4 || day.len() > 2 {
        return None;
    }
    let (month, day) = (format!("{month:02}"), format!("{day:0>2}"));
    is_date(year, &month, &day).then(|| format!("{year}{month}{day}"))
}

/// Eighteen-digit numbers that one lost or doubled digit turns into the written one.
fn slipped(digits: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for at in 0..=digits.len() {
        let (Some(head), Some(tail)) = (digits.get(..at), digits.get(at..)) else {
            continue;
        };
        if digits.len() == 17 {
            found.extend((0..=9).filter_map(|digit| format!("{head}{digit}{tail}").parse::<u64>().ok()));
        } else if let Some(tail) = tail.get(1..) {
            found.extend(format!("{head}{tail}").parse::<u64>());
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Every eighteen-digit number with one digit changed or two neighbours exchanged.
pub(super) fn one_off(number: u64) -> Vec<u64> {
    let digits: Vec<char> = format!("{number:018}").chars().collect();
    let mut found = Vec::new();
    for at in 0..digits.len() {
        for digit in '0'..='9' {
            let mut changed = digits.clone();
            if let Some(place) = changed.get_mut(at) {
                *place = digit;
            }
            found.push(changed);
        }
        let mut turned = digits.clone();
        if at + 1 < turned.len() {
            turned.swap(at, at + 1);
            found.push(turned);
        }
    }
    let mut found: Vec<u64> = found
        .iter()
        .filter_map(|digits| digits.iter().collect::<String>().parse().ok())
        .collect();
    found.sort_unstable();
    found.dedup();
    found.retain(|other| *other != number);
    found
}

/// A recorded number of eighteen digits; separators are dropped.
pub(super) fn recorded(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (digits.len() == 18).then(|| digits.parse().ok()).flatten()
}

/// What the fifteenth digit says of sex.
pub(super) fn sex(number: u64) -> Option<Sex> {
    match number / 1_000 % 10 {
        1 => Some(Sex::Male),
        2 => Some(Sex::Female),
        _ => None,
    }
}

/// Whether a number has the shape of a NIP or NI PPPK, so that nobody's bearing it means something.
pub(super) fn is_well_formed(number: u64) -> bool {
    let digits = format!("{number:018}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    is_date(part(0, 4), part(4, 6), part(6, 8)) && sex(number).is_some() && part(15, 18) != "000"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_apart() {
        assert_eq!(
            parse("19850512 201001 1 003"),
            Number::Whole(198_505_122_010_011_003)
        );
        assert!(
            matches!(parse("19850512 201001 1 03"), Number::Slipped(all) if all.contains(&198_505_122_010_011_003))
        );
        assert_eq!(parse("12-05-1985"), Number::Birth("19850512".to_owned()));
        assert_eq!(parse("12 Mei 1985"), Number::Birth("19850512".to_owned()));
        assert_eq!(parse("1985/5/12"), Number::Birth("19850512".to_owned()));
        assert_eq!(parse("19850512"), Number::Birth("19850512".to_owned()));
        assert_eq!(parse("12051985"), Number::Birth("19850512".to_owned()));
        assert_eq!(parse("1003"), Number::Run("1003".to_owned()));
        assert_eq!(
            parse("NIP 19850512201001"),
            Number::Parts {
                prefix: Some("19850512201001".to_owned()),
                suffix: None
            }
        );
        assert_eq!(
            parse("19850512****1003"),
            Number::Parts {
                prefix: Some("19850512".to_owned()),
                suffix: Some("1003".to_owned())
            }
        );
        assert_eq!(
            parse("...1003"),
            Number::Parts {
                prefix: None,
                suffix: Some("1003".to_owned())
            }
        );
        for rounded in ["1.98511E+17", "1,98511e17", "NIP: 1.98511 E+17"] {
            assert_eq!(parse(rounded), Number::Nothing, "{rounded}");
        }
        for beside in [
            "198505122010011003 lahir 12-05-1985",
            "12-05-1985 / 19850512.201001.1.003",
            "19850512 201001 1 003 (198505122010011003)",
        ] {
            assert_eq!(parse(beside), Number::Whole(198_505_122_010_011_003), "{beside}");
        }
        assert_eq!(
            parse("198505122010011003, 198505122010011001"),
            Number::Several(vec![198_505_122_010_011_001, 198_505_122_010_011_003])
        );
        assert_eq!(parse("tidak tahu"), Number::Nothing);
        assert_eq!(parse(""), Number::Nothing);
    }

    #[test]
    fn one_digit_off_is_found_both_ways() {
        let number = 198_505_122_010_011_003;
        assert!(one_off(number).contains(&198_505_122_010_011_004));
        assert!(one_off(number).contains(&198_505_122_010_010_103));
        assert!(!one_off(number).contains(&number));
    }

    #[test]
    fn sex_and_shape_are_read() {
        assert_eq!(sex(198_505_122_010_011_003), Some(Sex::Male));
        assert_eq!(sex(198_505_122_010_012_003), Some(Sex::Female));
        assert!(is_well_formed(198_505_122_010_011_003));
        assert!(!is_well_formed(198_505_122_010_011_000));
        assert_eq!(recorded("'19850512 201001 1 003"), Some(198_505_122_010_011_003));
        assert_eq!(recorded("12"), None);
    }
}
