//! A written or recorded unit, city or position taken apart: its words, with abbreviations spelt out, and the government that it names.
//!
//! Absent: what is compared with it ([`super::phrase`]).

use super::table::BEFORE_NAMES;
use super::table::CITIES;
use super::table::EMPTY;
use super::table::GOVERNMENTS;
use super::table::OFFICES;
use super::table::OLD_CITIES;
use super::table::POSITIONS;
use super::table::PROVINCE;
use super::table::SAID_BEFORE;
use super::table::UNIT_PAIRS;
use super::table::UNITS;
use super::text;

/// The most words of a phrase that are weighed.
const WORDS_MAX: usize = 40;

/// Where one part of a path ends and the next begins.
const ENDS: [char; 9] = [',', ';', '/', '>', '|', '(', ')', '\n', '\u{1f}'];

/// What joins the words of a name.
const AND: [&str; 2] = ["dan", "and"];

/// Pairs of words.
type Table = &'static [(&'static str, &'static str)];

/// Two words, and what they are another name of.
type Pairs = &'static [((&'static str, &'static str), &'static str)];

/// How a field is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// Abbreviations with their long forms.
    pub(super) long_forms: Table,
    /// Names of two words, and what they are today.
    pub(super) pairs: Pairs,
    /// Words that say nothing before others, as [`SAID_BEFORE`] has them.
    pub(super) said_before: Table,
}

/// How units are read.
pub(super) const UNIT: Reading = Reading {
    long_forms: UNITS,
    pairs: UNIT_PAIRS,
    said_before: SAID_BEFORE,
};
/// How cities are read.
pub(super) const CITY: Reading = Reading {
    long_forms: CITIES,
    pairs: OLD_CITIES,
    said_before: &[],
};
/// How positions are read.
pub(super) const POSITION: Reading = Reading {
    long_forms: POSITIONS,
    pairs: &[],
    said_before: &[],
};

/// A phrase taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Its words, abbreviations spelt out, empty ones dropped, each once.
    pub(super) words: Vec<String>,
    /// How they follow each other.
    pub(super) order: Vec<Step>,
    /// The government that it names; 0 if none.
    pub(super) government: u32,
    /// The word after that one, as a place in `words`: whose government it is.
    pub(super) seat: Option<usize>,
}

/// A word in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// As a place in [`Parts::words`].
    pub(super) place: usize,
    /// A part of a path begins here.
    pub(super) begins: bool,
    /// It stands after *dan*: what kind of office it may name elsewhere, here it is part of a name.
    pub(super) is_joined: bool,
}

/// A word of a text, before each is counted once.
struct Spelt {
    word: String,
    begins: bool,
    is_joined: bool,
}

impl Parts {
    pub(super) fn of(text: &str, reading: Reading) -> Self {
        let text: String = text.chars().take(text::READ_MAX).collect();
        let parts = text.split(ENDS).flat_map(|part| part.split(" - "));
        let mut spelt: Vec<Spelt> = parts.flat_map(|part| spell(part, reading)).collect();
        let (government, seat) = government(&spelt);
        let empty = |one: &Spelt| EMPTY.contains(&one.word.as_str());
        if !spelt.iter().all(empty) {
            let mut begins = false;
            for one in &mut spelt {
                // Where the first word of a part is an empty one, the next begins it.
                begins |= one.begins;
                one.begins = begins;
                begins &= empty(one);
            }
            spelt.retain(|one| !empty(one));
        }
        spelt.truncate(WORDS_MAX);
        let mut parts = Self {
            government,
            ..Self::default()
        };
        for one in spelt {
            let known = parts.words.iter().position(|other| *other == one.word);
            let place = known.unwrap_or(parts.words.len());
            parts.order.push(Step {
                place,
                begins: one.begins,
                is_joined: one.is_joined,
            });
            if known.is_none() {
                parts.words.push(one.word);
            }
        }
        parts.seat = seat.and_then(|seat| parts.words.iter().position(|word| *word == seat));
        parts
    }

    /// Its words as they follow each other.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &str> {
        let words = self.order.iter().filter_map(|step| self.words.get(step.place));
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
fn spell(part: &str, reading: Reading) -> Vec<Spelt> {
    let written = text::words(part);
    let mut written = written.iter().flat_map(|word| pieces(word)).peekable();
    let mut words: Vec<String> = Vec::new();
    while let Some(word) = written.next() {
        let pair = written.peek().and_then(|next| {
            let mut pairs = reading.pairs.iter();
            pairs
                .find(|(pair, _)| *pair == (word, *next))
                .map(|(_, long)| *long)
        });
        let _taken = pair.and_then(|_| written.next());
        let long = reading.long_forms.iter().find(|(short, _)| *short == word);
        match pair.or(long.map(|(_, long)| *long)) {
            Some(long) => words.extend(long.split(' ').map(str::to_owned)),
            None => words.push(word.to_owned()),
        }
    }
    let is_said = |word: &str, next: &str| {
        let is_office = OFFICES.contains(&next);
        let mut said = reading.said_before.iter().filter(|(said, _)| *said == word);
        // Kadis Dinkes: the office once.
        said.any(|(_, before)| *before == next || before.is_empty() && is_office)
            || is_office && word == next && !reading.said_before.is_empty()
    };
    // From the last word on: Kantor Kepala Desa is Kantor Desa, and that the Desa.
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    for word in words.into_iter().rev() {
        if kept.last().is_none_or(|next| !is_said(&word, next)) {
            kept.push(word);
        }
    }
    let mut spelt: Vec<Spelt> = Vec::with_capacity(kept.len());
    for word in kept.into_iter().rev() {
        let before = spelt.last().map(|one| one.word.as_str());
        spelt.push(Spelt {
            begins: before.is_none(),
            is_joined: before.is_some_and(|before| AND.contains(&before)),
            word,
        });
    }
    spelt
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

/// The government that the words name, 0 if none, and the word after it, whose government it is. A path goes up, so the last one is it; a
/// province named beside a city or a regency is where that lies.
fn government(words: &[Spelt]) -> (u32, Option<String>) {
    let before = std::iter::once("").chain(words.iter().map(|one| one.word.as_str()));
    let next = words.iter().skip(1).map(Some).chain(std::iter::once(None));
    let named = before.zip(words).zip(next).filter_map(|((before, one), next)| {
        let (_, government) = GOVERNMENTS.iter().find(|(name, _)| *name == one.word)?;
        let (province, name) = (*government == PROVINCE, BEFORE_NAMES.contains(&before));
        let seat = next.filter(|next| !next.begins).map(|next| next.word.clone());
        Some((
            *government,
            seat,
            u8::from(!province) + u8::from(!province && !name),
        ))
    });
    // Of the equally telling ones `max_by_key` takes the last.
    named
        .max_by_key(|(_, _, telling)| *telling)
        .map_or((0, None), |(government, seat, _)| (government, seat))
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
    fn whose_government_it_is_is_known() {
        for (text, seat) in [
            (
                "Puskesmas Merapi, Dinas Kesehatan Kabupaten Lembayan",
                Some("lembayan"),
            ),
            ("Kabupaten Merapi, Dinas Kesehatan", Some("merapi")),
            ("Dinas Sosial Kota Melati, Provinsi Mawar", Some("melati")),
            ("Kecamatan Kota, Kab. Karawang", Some("karawang")),
            ("Dinas Sosial Kota", None),
            ("Dinas Sosial Bogor", None),
        ] {
            let parts = Parts::of(text, UNIT);
            let found = parts.seat.and_then(|place| parts.words.get(place));
            assert_eq!(found.map(String::as_str), seat, "{text}");
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
            ("Kantor Kepala Desa Melati", "desa melati"),
            ("Kepala Sekolah SDN 1", "sekolah dasar negeri 1"),
            ("Kadis Dinkes Melati", "dinas kesehatan melati"),
            ("Dinkes Kab. Lima Puluh Kota", "dinas kesehatan 50"),
            ("Dinkes Kab. 50 Kota", "dinas kesehatan 50"),
            ("SMA Negeri Satu", "sekolah menengah atas negeri 1"),
            ("Inspektorat II", "inspektorat 2"),
            ("0", "0"),
        ] {
            assert_eq!(Parts::of(text, UNIT).words.join(" "), words, "{text}");
        }
    }
}
