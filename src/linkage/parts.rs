//! A written or recorded unit, city or position taken apart: its words, with abbreviations spelt out, and the government that it names.
//!
//! Absent: what is compared with it ([`super::phrase`]).

use super::table::BEFORE_NAMES;
use super::table::CITIES;
use super::table::EMPTY;
use super::table::GOVERNMENTS;
use super::table::OFFICES;
use super::table::POSITIONS;
use super::table::PROVINCE;
use super::table::SAID_BEFORE;
use super::table::UNITS;
use super::text;

/// The most words of a phrase that are weighed.
const WORDS_MAX: usize = 40;

/// Where one part of a path ends and the next begins.
const ENDS: [char; 9] = [',', ';', '/', '>', '|', '(', ')', '\n', '\u{1f}'];

/// Pairs of words.
type Table = &'static [(&'static str, &'static str)];

/// How a field is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// Abbreviations with their long forms.
    pub(super) long_forms: Table,
    /// Words that say nothing before others, as [`SAID_BEFORE`] has them.
    pub(super) said_before: Table,
}

/// How units are read.
pub(super) const UNIT: Reading = Reading {
    long_forms: UNITS,
    said_before: SAID_BEFORE,
};
/// How cities are read.
pub(super) const CITY: Reading = Reading {
    long_forms: CITIES,
    said_before: &[],
};
/// How positions are read.
pub(super) const POSITION: Reading = Reading {
    long_forms: POSITIONS,
    said_before: &[],
};

/// A phrase taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Its words, abbreviations spelt out, empty ones dropped, each once.
    pub(super) words: Vec<String>,
    /// How they follow each other, as places in `words`, and whether a part of a path begins there.
    pub(super) order: Vec<(usize, bool)>,
    /// The government that it names; 0 if none.
    pub(super) government: u32,
}

impl Parts {
    pub(super) fn of(text: &str, reading: Reading) -> Self {
        let parts = text.split(ENDS).flat_map(|part| part.split(" - "));
        let parts: Vec<Vec<String>> = parts.map(|part| spell(part, reading)).collect();
        let government = government(parts.iter().flatten());
        let empty = |word: &String| EMPTY.contains(&word.as_str());
        let all_empty = parts.iter().flatten().all(empty);
        let mut words: Vec<(String, bool)> = Vec::new();
        for part in parts {
            let kept = part.into_iter().filter(|word| all_empty || !empty(word));
            words.extend(kept.zip(std::iter::once(true).chain(std::iter::repeat(false))));
        }
        words.truncate(WORDS_MAX);
        let (mut once, mut order) = (Vec::with_capacity(words.len()), Vec::with_capacity(words.len()));
        for (word, begins) in words {
            let place = once.iter().position(|other| *other == word);
            order.push((place.unwrap_or(once.len()), begins));
            if place.is_none() {
                once.push(word);
            }
        }
        Self {
            words: once,
            order,
            government,
        }
    }

    /// Its words as they follow each other.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &str> {
        let words = self.order.iter().filter_map(|(place, _)| self.words.get(*place));
        words.map(String::as_str)
    }

    /// The numbers among the words.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .map(String::as_str)
            .filter(|word| is_number(word))
    }
}

/// The words of a part of a path, abbreviations spelt out, without those that say nothing before the next.
fn spell(part: &str, reading: Reading) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text::words(part).iter().flat_map(|word| pieces(word)) {
        let long = reading.long_forms.iter().find(|(short, _)| *short == word);
        match long {
            Some((_, long)) => words.extend(long.split(' ').map(str::to_owned)),
            None => words.push(word.to_owned()),
        }
    }
    let is_said = |word: &str, next: &str| {
        let mut said = reading.said_before.iter().filter(|(said, _)| *said == word);
        said.any(|(_, before)| *before == next || before.is_empty() && OFFICES.contains(&next))
    };
    let next = words
        .iter()
        .skip(1)
        .map(String::as_str)
        .chain(std::iter::once(""));
    let said: Vec<bool> = words
        .iter()
        .zip(next)
        .map(|(word, next)| is_said(word, next))
        .collect();
    let kept = words.into_iter().zip(said);
    kept.filter(|(_, said)| !said).map(|(word, _)| word).collect()
}

/// `SMPN2` is `SMPN 2`, and `02` is `2`; a digit within a word (`P3A`) is part of it.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let head = word.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let whole = head.chars().any(|sign| sign.is_ascii_digit());
    let (head, tail) = if whole {
        (word, "")
    } else {
        word.split_at(head.len())
    };
    let tail = match tail.trim_start_matches('0') {
        "" => tail,
        number => number,
    };
    [head, tail].into_iter().filter(|piece| !piece.is_empty())
}

/// Whether a word is a number.
pub(super) fn is_number(word: &str) -> bool {
    word.bytes().all(|sign| sign.is_ascii_digit())
}

/// The government that the words name; 0 if none. A path goes up, so the last one is it; a province named beside a city or a
/// regency is where that lies.
fn government<'a>(words: impl Iterator<Item = &'a String> + Clone) -> u32 {
    let before = std::iter::once("").chain(words.clone().map(String::as_str));
    let named = before.zip(words).filter_map(|(before, word)| {
        let (_, government) = GOVERNMENTS.iter().find(|(name, _)| name == word)?;
        let (province, name) = (*government == PROVINCE, BEFORE_NAMES.contains(&before));
        Some((*government, u8::from(!province) + u8::from(!province && !name)))
    });
    // Of the equally telling ones `max_by_key` takes the last.
    named
        .max_by_key(|(_, telling)| *telling)
        .map_or(0, |(government, _)| government)
}

/// The initials of its words.
pub(super) fn acronym(words: &[String]) -> String {
    words.iter().filter_map(|word| word.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::CITY;
    use super::super::table::REGENCY;
    use super::*;

    #[test]
    fn every_government_is_told_from_the_others_of_its_name() {
        for (word, government) in GOVERNMENTS {
            let parts = Parts::of(&format!("Dinas Sosial {word} Merapi"), UNIT);
            assert_eq!(parts.government, *government, "{word}");
        }
        for (text, government) in [
            ("Dinas Pemberdayaan Masyarakat dan Desa Kota Bogor", CITY),
            ("Kelurahan Kota Baru, Kec. Kota, Kab. Karawang", REGENCY),
            ("Kabupaten Kudus, Kecamatan Kota", REGENCY),
            ("Kota Bandung, Provinsi Jawa Barat", CITY),
            ("Kecamatan Kota", CITY),
            ("Dinas Sosial Bogor", 0),
        ] {
            assert_eq!(Parts::of(text, UNIT).government, government, "{text}");
        }
    }

    #[test]
    fn a_word_and_its_number_come_apart_but_not_a_digit_within() {
        for (text, words) in [
            ("SMPN2 Bogor", "sekolah menengah pertama negeri 2 bogor"),
            ("SDN 03", "sekolah dasar negeri 3"),
            ("Dinas P3A", "dinas p3a"),
            ("Kantor Kelurahan Melati", "kelurahan melati"),
            ("Kepala Bidang Gizi", "bidang gizi"),
            ("Kantor Wilayah Melati", "kantor wilayah melati"),
            ("SMA Negeri Satu", "sekolah menengah atas negeri 1"),
            ("Inspektorat II", "inspektorat 2"),
            ("0", "0"),
        ] {
            assert_eq!(Parts::of(text, UNIT).words.join(" "), words, "{text}");
        }
    }
}
