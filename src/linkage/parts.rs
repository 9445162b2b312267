//! A written or recorded unit, city or position taken apart: its words, with abbreviations spelt out, and the government that it names.
//!
//! Absent: what is compared with it ([`super::phrase`]).

use super::table::BEFORE_NAMES;
use super::table::EMPTY;
use super::table::GOVERNMENTS;
use super::table::PROVINCE;
use super::text;

/// The most words of a phrase that are weighed.
const WORDS_MAX: usize = 40;

/// Abbreviations with their long forms.
pub(super) type Table = &'static [(&'static str, &'static str)];

/// A phrase taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Its words, abbreviations spelt out, empty ones dropped, each once.
    pub(super) words: Vec<String>,
    /// How they follow each other, as places in `words`.
    pub(super) order: Vec<usize>,
    /// The government that it names; 0 if none.
    pub(super) government: u32,
}

impl Parts {
    pub(super) fn of(text: &str, table: Table) -> Self {
        let mut words: Vec<String> = Vec::new();
        for word in text::words(text).iter().flat_map(|word| pieces(word)) {
            let long = table.iter().find(|(short, _)| *short == word);
            match long {
                Some((_, long)) => words.extend(long.split(' ').map(str::to_owned)),
                None => words.push(word.to_owned()),
            }
        }
        let government = government(&words);
        let empty = |word: &String| EMPTY.contains(&word.as_str());
        if !words.iter().all(empty) {
            words.retain(|word| !empty(word));
        }
        words.truncate(WORDS_MAX);
        let (mut once, mut order) = (Vec::with_capacity(words.len()), Vec::with_capacity(words.len()));
        for word in words {
            let place = once.iter().position(|other| *other == word);
            order.push(place.unwrap_or(once.len()));
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
        let words = self.order.iter().filter_map(|place| self.words.get(*place));
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
fn government(words: &[String]) -> u32 {
    let before = std::iter::once("").chain(words.iter().map(String::as_str));
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
    use super::super::table::UNITS;
    use super::*;

    #[test]
    fn every_government_is_told_from_the_others_of_its_name() {
        for (word, government) in GOVERNMENTS {
            let parts = Parts::of(&format!("Dinas Sosial {word} Merapi"), UNITS);
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
            assert_eq!(Parts::of(text, UNITS).government, government, "{text}");
        }
    }

    #[test]
    fn a_word_and_its_number_come_apart_but_not_a_digit_within() {
        for (text, words) in [
            ("SMPN2 Bogor", "smp negeri 2 bogor"),
            ("SDN 03", "sd negeri 3"),
            ("Dinas P3A", "dinas p3a"),
            ("Inspektorat II", "inspektorat 2"),
            ("0", "0"),
        ] {
            assert_eq!(Parts::of(text, UNITS).words.join(" "), words, "{text}");
        }
    }
}
