//! A written or recorded name, taken apart: words, titles, salutations, position words, what they say of sex.
//!
//! The display name stays with the record; nothing here is ever shown as somebody's name.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::table::DEGREES;
use super::table::HANDLE_WORDS;
use super::table::POSITIONS;
use super::table::SALUTATIONS;
use super::table::Sex;
use super::table::TITLE_LETTERS;
use super::table::TITLES_BEFORE;
use super::table::WEAK;
use super::text;

/// The most words of a name that are weighed.
pub(super) const WORDS_MAX: usize = 10;

/// Who wrote a name: salutations and position words are taken off what the public writes only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Side {
    /// A complaint.
    Written,
    /// A roster.
    #[default]
    Recorded,
}

/// One word of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In comparison form.
    pub(super) text: String,
    /// Its sound keys, if a complaint wrote it.
    pub(super) keys: Vec<String>,
    /// Added rather than stated (an alias, a father's name, a letter that may be a title): its absence elsewhere says nothing.
    pub(super) optional: bool,
}

impl Word {
    /// A word of which an absence says little, because many bear it and leave it out.
    pub(super) fn is_weak(&self) -> bool {
        is_weak(&self.text)
    }

    /// A single letter.
    pub(super) fn is_initial(&self) -> bool {
        self.text.chars().count() == 1
    }
}

/// Whether a word is one of [`WEAK`].
pub(super) fn is_weak(word: &str) -> bool {
    WEAK.contains(&word)
}

/// A name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// Its words in order.
    pub(super) words: Vec<Word>,
    /// What titles and salutations say of sex, unless they disagree.
    pub(super) sex: Option<Sex>,
    /// Position words found in it, in long form.
    pub(super) position: String,
    /// Numbers of eighteen digits written in it, parted by commas.
    pub(super) number: Option<String>,
    /// It names more than one person.
    pub(super) several: bool,
    /// Nobody wrote it: it was read out of a handle.
    pub(super) from_handle: bool,
}

/// What a complaint calls somebody: the name, or, where none is written, what the handle says.
pub(super) fn written(name: &str, handle: &str) -> Name {
    let parsed = parse(name, Side::Written);
    if !parsed.words.is_empty() || parsed.number.is_some() {
        return parsed;
    }
    let letters: String = text::fold(handle)
        .chars()
        .map(|sign| if sign.is_alphabetic() { sign } else { ' ' })
        .collect();
    let words: Vec<&str> = letters
        .split(' ')
        .filter(|word| !HANDLE_WORDS.contains(word))
        .collect();
    let mut name = parse(&words.join(" "), Side::Recorded);
    for word in &mut name.words {
        word.keys = text::keys(&word.text);
    }
    name.from_handle = true;
    name
}

/// Takes a name apart.
pub(super) fn parse(text: &str, side: Side) -> Name {
    let mut found = Found {
        side,
        ..Found::default()
    };
    for (place, segment) in text::fold(text)
        .replace(['(', '[', '"', '\u{201c}'], ",\u{1} ")
        .split([',', ';', '|', '\n'])
        .enumerate()
    {
        let aside = segment.starts_with('\u{1}');
        found.segment(segment.trim_start_matches('\u{1}'), place, aside);
    }
    found.finish()
}

#[derive(Default)]
struct Found {
    side: Side,
    words: Vec<(String, bool)>,
    shed: Vec<String>,
    sexes: Vec<Sex>,
    position: Vec<&'static str>,
    number: Option<String>,
    several: bool,
    optional: bool,
}

impl Found {
    fn segment(&mut self, segment: &str, place: usize, aside: bool) {
        let pieces: Vec<&str> = segment
            .split(|sign: char| sign.is_whitespace() || sign == '/' || sign == '_')
            .filter(|piece| !piece.is_empty())
            .collect();
        self.optional = aside;
        if place > 0 && (all_degrees(&pieces) || self.is_titles(&pieces)) {
            return;
        }
        let mut at = 0;
        while let Some(rest) = pieces.get(at..).filter(|rest| !rest.is_empty()) {
            let end_of_name = self.words.len() >= 2 || place > 0;
            let degree = if end_of_name {
                degree_length(rest, place > 0)
            } else if !self.words.is_empty() && all_degrees(rest) {
                rest.len()
            } else {
                dotted_degree(rest)
            };
            if degree > 0 {
                at += degree;
                continue;
            }
            if let Some(piece) = rest.first() {
                self.piece(piece);
            }
            at += 1;
        }
    }

    /// What a roster writes after a comma is a title when it has dots, also one that no table knows: `S.Pd.SD`, `Sp.PD`.
    fn is_titles(&self, pieces: &[&str]) -> bool {
        let dotted = |piece: &&str| {
            let parts = piece.split('.').filter(|part| !part.is_empty());
            piece.contains('.') && parts.clone().count() >= 2 && parts.clone().all(|part| part.len() <= 5)
        };
        let known = |piece: &&str| is_degree(&bare(&[piece]));
        match self.side {
            Side::Recorded => pieces.iter().any(|piece| piece.contains('.')),
            Side::Written => !pieces.is_empty() && pieces.iter().all(|piece| dotted(piece) || known(piece)),
        }
    }

    fn piece(&mut self, piece: &str) {
        if matches!(piece, "dan" | "&" | "serta" | "bersama")
            && self.side == Side::Written
            && !self.words.is_empty()
        {
            self.several = true;
            return;
        }
        if matches!(
            piece.trim_end_matches(['.', ':']),
            "alias" | "als" | "aka" | "panggilan" | "dipanggil" | "dikenal" | "bin" | "binti"
        ) {
            self.optional = true;
            return;
        }
        for part in piece
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|part| !part.is_empty())
        {
            self.word(part);
        }
    }

    fn word(&mut self, part: &str) {
        if part.chars().all(|sign| sign.is_ascii_digit()) {
            if part.len() == 18 {
                let number = self.number.get_or_insert_default();
                number.push_str(if number.is_empty() { "" } else { ", " });
                number.push_str(part);
            }
            return;
        }
        if self.side == Side::Written && matches!(part, "nip" | "nippppk" | "nrk") {
            return;
        }
        let first = self.words.is_empty();
        if first && self.side == Side::Written && TITLE_LETTERS.contains(&part) {
            // Haji or Hendrik, Raden or Ridwan: whoever has such a word is not worse off, and nobody else either.
            self.words.push((part.to_owned(), true));
            return;
        }
        let first = self
            .words
            .iter()
            .all(|(word, _)| TITLE_LETTERS.contains(&word.as_str()));
        if first && self.take_off(part) {
            self.shed.push(part.to_owned());
            return;
        }
        if self.side == Side::Written
            && (first || self.optional)
            && let Some((_, long)) = POSITIONS.iter().find(|(word, _)| *word == part)
        {
            self.position.push(long);
            self.shed.push(part.to_owned());
            return;
        }
        let word = if first && part == "st" {
            "siti".to_owned()
        } else {
            text::name_word(part)
        };
        self.words.push((word, self.optional));
    }

    /// Whether the part is a title or salutation before the name; notes what it says of sex.
    fn take_off(&mut self, part: &str) -> bool {
        let salutation = SALUTATIONS
            .iter()
            .find(|(word, _)| *word == part)
            .filter(|_| self.side == Side::Written);
        let title = TITLES_BEFORE.iter().find(|(word, _)| *word == part);
        let found = salutation.or(title);
        self.sexes.extend(found.and_then(|(_, sex)| *sex));
        found.is_some()
    }

    fn finish(mut self) -> Name {
        if self.words.iter().all(|(_, optional)| *optional) {
            for (_, optional) in &mut self.words {
                *optional = false;
            }
        }
        if self.words.is_empty()
            && let Some(last) = self.shed.pop()
            && self
                .position
                .last()
                .is_none_or(|_| !POSITIONS.iter().any(|(word, _)| *word == last))
        {
            // The last word is never taken off: `Sdr. Mas` may be called Mas.
            self.words.push((text::name_word(&last), false));
        }
        let several = self.several;
        // The vocabulary keys a roster's words, each once.
        let written = self.side == Side::Written;
        let words = self.words.into_iter().take(WORDS_MAX);
        let words = words
            .map(|(text, optional)| Word {
                keys: if written { text::keys(&text) } else { Vec::new() },
                text,
                optional: optional || several,
            })
            .collect();
        let agree = self.sexes.windows(2).all(|pair| pair.first() == pair.last());
        let sex = self.sexes.first().copied().filter(|_| agree);
        Name {
            words,
            sex,
            position: self.position.join(" "),
            number: self.number,
            several,
            from_handle: false,
        }
    }
}

fn bare(pieces: &[&str]) -> String {
    pieces
        .iter()
        .flat_map(|piece| piece.chars())
        .filter(|sign| sign.is_alphanumeric())
        .collect()
}

/// Whether the letters spell a degree: asked of every piece of every name.
fn is_degree(letters: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| DEGREES.iter().copied().collect());
    KNOWN.contains(letters)
}

/// Whether every piece after a comma is a degree, so that the comma ends the name.
fn all_degrees(pieces: &[&str]) -> bool {
    let mut rest = pieces;
    while !rest.is_empty() {
        match degree_length(rest, true) {
            0 => return false,
            length => rest = rest.get(length..).unwrap_or_default(),
        }
    }
    true
}

/// How many of the next pieces make a degree: `S.Kom`, `S. Kom.`, `M T I`.
fn degree_length(pieces: &[&str], after_comma: bool) -> usize {
    for length in (1..=3).rev() {
        let Some(taken) = pieces.get(..length) else {
            continue;
        };
        let dotted = taken.iter().any(|piece| piece.contains('.'));
        let known = is_degree(&bare(taken));
        if known && (length == 1 || dotted || after_comma) {
            return length;
        }
    }
    0
}

/// A degree before the name is complete must show its dots: `S.Kom.`, never `St Aminah`.
fn dotted_degree(pieces: &[&str]) -> usize {
    let inner_dot = |piece: &&&str| piece.trim_end_matches('.').contains('.');
    let degree = pieces
        .first()
        .filter(inner_dot)
        .is_some_and(|piece| is_degree(&bare(&[piece])));
    usize::from(degree)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        spell(&parse(text, Side::Written))
    }

    fn spell(name: &Name) -> String {
        name.words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn titles_salutations_and_degrees_come_off() {
        for (text, words) in [
            ("Drs. H. Budi Santoso, M.Si.", "h budi santoso"),
            ("Dr. Ir. Sri Wahyuni, S.T., M.T.I.", "sri wahyuni"),
            ("Budi Santoso S. Kom., M. T.", "budi santoso"),
            ("BUDI SANTOSO ST MM", "budi santoso"),
            ("St. Aminah", "siti aminah"),
            ("Pak Budi", "budi"),
            ("Bu Camat Sri Wahyuni", "sri wahyuni"),
            ("H.M. Yusuf", "h m yusuf"),
            ("suminah sh mh", "suminah"),
            ("Siti Lathifah, S.Pd.SD.", "siti lathifah"),
            ("H. Hutabarat", "h hutabarat"),
            ("Santoso, Budi", "santoso budi"),
            ("Moh.Rizki", "muhammad rizki"),
            ("Ibu Hj. Nur'aini", "nuraini"),
            ("Sdr. Mas", "mas"),
        ] {
            assert_eq!(written(text), words, "{text}");
        }
        assert_eq!(
            spell(&parse("Mas Ayu Lestari", Side::Recorded)),
            "mas ayu lestari"
        );
    }

    #[test]
    fn every_title_row_comes_off_and_tells_its_sex() {
        for (title, sex) in TITLES_BEFORE {
            let name = parse(&format!("{title}. Budi Santoso"), Side::Recorded);
            assert_eq!(
                (spell(&name).as_str(), name.sex),
                ("budi santoso", *sex),
                "{title}"
            );
        }
        for (word, sex) in SALUTATIONS {
            let name = parse(&format!("{word} Budi Santoso"), Side::Written);
            assert_eq!(
                (spell(&name).as_str(), name.sex),
                ("budi santoso", *sex),
                "{word}"
            );
        }
        for degree in DEGREES {
            assert_eq!(
                spell(&parse(&format!("Budi Santoso, {degree}"), Side::Recorded)),
                "budi santoso",
                "{degree}"
            );
        }
    }

    #[test]
    fn every_position_word_moves_to_the_position() {
        for (word, long) in POSITIONS {
            let name = parse(&format!("Pak {word} Budi"), Side::Written);
            assert_eq!(
                (spell(&name).as_str(), name.position.as_str()),
                ("budi", *long),
                "{word}"
            );
        }
    }

    #[test]
    fn sex_numbers_aliases_and_two_people_are_noticed() {
        assert_eq!(parse("Dra. Dewi", Side::Written).sex, Some(Sex::Female));
        assert_eq!(parse("Bapak Dra. Dewi", Side::Written).sex, None);
        assert_eq!(
            parse("Budi 198001012005011001", Side::Written).number.as_deref(),
            Some("198001012005011001")
        );
        assert!(parse("Budi Santoso dan Siti Aminah", Side::Written).several);
        let alias = parse("Budi Santoso alias Bowo", Side::Written);
        assert_eq!(
            alias.words.iter().map(|word| word.optional).collect::<Vec<_>>(),
            [false, false, true]
        );
        assert!(parse("", Side::Written).words.is_empty());
    }
}
