//! Text to its comparison form: letters folded, words cut, sounds keyed. Names no field and no weight.

use std::collections::HashMap;
use std::sync::LazyLock;

use rapidfuzz::distance::osa;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::table::LOOKALIKES;
use super::table::Place;
use super::table::READINGS;
use super::table::SCANNED;
use super::table::SHAPES;
use super::table::SOUNDS;
use super::table::VARIANTS;

/// The most characters of a field that are read; what a person calls a name is far shorter.
pub(super) const READ_MAX: usize = 400;

/// The most letters of a word that are compared for likeness.
const LIKENESS_LETTERS_MAX: usize = 40;

/// Compatibility forms, accents, look-alikes and case removed; control and format characters become spaces.
pub(super) fn fold(text: &str) -> String {
    // Most names are plain letters, and a large roster is folded whole.
    if text.is_ascii() {
        return text
            .chars()
            .take(READ_MAX)
            .filter(|letter| !is_joiner(*letter))
            .map(|letter| {
                if letter.is_ascii_control() {
                    ' '
                } else {
                    letter.to_ascii_lowercase()
                }
            })
            .collect();
    }
    text.chars()
        .take(READ_MAX)
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter) && !is_joiner(*letter))
        // A capital may pass for another letter than its small form does: the Greek N, whose small form is a v.
        .map(latin)
        .flat_map(char::to_lowercase)
        .map(latin)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// The Latin letter that a look-alike passes for.
fn latin(letter: char) -> char {
    let mut rows = LOOKALIKES.iter();
    rows.find(|(from, _)| *from == letter)
        .map_or(letter, |(_, to)| *to)
}

/// Characters that show nothing: they are dropped, so that a word stays one word.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\'' | '’' | '‘' | '`' | 'ʼ')
}

/// The words of a text: runs of letters and digits, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// [`VARIANTS`], to be looked up: every word of every name is.
fn variants() -> &'static HashMap<&'static str, &'static str> {
    static FOUND: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| VARIANTS.iter().copied().collect());
    &FOUND
}

/// A word of a name: a scanner's digits read as letters, and variants put in their one form.
pub(super) fn name_word(word: &str) -> String {
    let has_letter = word.chars().any(char::is_alphabetic);
    let read: String = if has_letter {
        word.chars()
            .map(|sign| {
                SCANNED
                    .iter()
                    .find(|(from, _)| *from == sign)
                    .map_or(sign, |(_, to)| *to)
            })
            .collect()
    } else {
        word.to_owned()
    };
    match variants().get(read.as_str()) {
        Some(name) => (*name).to_owned(),
        None => read,
    }
}

/// The sound keys of a word, one for each reading; the first is the plain one.
pub(super) fn keys(word: &str) -> Vec<String> {
    let mut readings = vec![word.to_owned()];
    for (from, to, _) in READINGS {
        // Digraphs that hold one of these letters are decided by their own rows.
        let changed = protect(word).replace(from, to);
        let changed = unprotect(&changed);
        if changed != *word {
            readings.push(changed);
        }
    }
    let mut keys: Vec<String> = Vec::with_capacity(readings.len());
    for key in readings.iter().map(|reading| sound(reading)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Hides the digraphs of the old spelling from the one-letter readings.
fn protect(word: &str) -> String {
    word.replace("dj", "\u{1}")
        .replace("tj", "\u{2}")
        .replace("sj", "\u{3}")
        .replace("nj", "\u{4}")
        .replace("dz", "z")
}

fn unprotect(word: &str) -> String {
    word.replace('\u{1}', "dj")
        .replace('\u{2}', "tj")
        .replace('\u{3}', "sj")
        .replace('\u{4}', "nj")
}

fn sound(word: &str) -> String {
    let mut key = word.to_owned();
    for (from, _, to, _) in SOUNDS.iter().filter(|row| row.1 == Place::Any) {
        if key.contains(from) {
            key = key.replace(from, to);
        }
    }
    key = undouble(&key);
    for (from, _, to, _) in SOUNDS.iter().filter(|row| row.1 == Place::End) {
        if let Some(stem) = key.strip_suffix(from).filter(|stem| stem.chars().count() >= 2) {
            key = format!("{stem}{to}");
        }
    }
    key
}

/// How alike two words are by their strokes, from 0 to 1: one less the share of strokes that differ.
pub(super) fn likeness(one: &str, two: &str) -> f64 {
    let letters = |word: &str| word.chars().take(LIKENESS_LETTERS_MAX).collect::<Vec<char>>();
    let (written, recorded) = (letters(one), letters(two));
    if written.len().min(recorded.len()) < 4 {
        return 0.0;
    }
    let by_letters = osa::normalized_similarity(written.iter().copied(), recorded.iter().copied());
    let by_strokes = osa::normalized_similarity(shape(one).chars(), shape(two).chars());
    // Strokes are few and agree by chance more easily than letters do.
    if by_strokes >= 0.85 {
        by_letters.max(by_strokes - 0.1)
    } else {
        by_letters
    }
}

/// The strokes of a word: what scanning confuses comes out alike.
pub(super) fn shape(word: &str) -> String {
    let mut strokes = String::with_capacity(word.len().saturating_mul(2));
    for letter in word.chars() {
        match SHAPES.iter().find(|(from, _, _)| *from == letter) {
            Some((_, to, _)) => strokes.push_str(to),
            None => strokes.push(letter),
        }
    }
    strokes
}

fn undouble(word: &str) -> String {
    let mut single = String::with_capacity(word.len());
    for letter in word.chars() {
        if !single.ends_with(letter) || letter.is_ascii_digit() {
            single.push(letter);
        }
    }
    single
}

/// Whether the two share a sound key.
#[cfg(test)]
pub(super) fn sounds_alike(one: &[String], other: &[String]) -> bool {
    one.iter().any(|key| other.contains(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_sounds_makes_its_example_alike() {
        for (from, _, _, [one, other]) in SOUNDS {
            assert!(
                sounds_alike(&keys(one), &keys(other)),
                "{from}: {one} {:?}, {other} {:?}",
                keys(one),
                keys(other)
            );
        }
        for (from, to, [one, other]) in READINGS {
            assert!(
                sounds_alike(&keys(one), &keys(other)),
                "{from}>{to}: {one} {:?}, {other} {:?}",
                keys(one),
                keys(other)
            );
        }
    }

    #[test]
    fn every_row_of_shapes_makes_its_example_alike() {
        for (letter, _, [scan, word]) in SHAPES {
            let shapes = [scan, word].map(|text| {
                text.split(' ')
                    .map(|one| shape(&name_word(one)))
                    .collect::<Vec<_>>()
            });
            assert_eq!(shapes[0], shapes[1], "{letter}: {scan} {word}");
        }
        assert_eq!(shape("saifriiddiri"), shape("saifruddin"));
        assert_eq!(shape("siiporrio"), shape("suparno"));
        assert_ne!(shape("santoso"), shape("susanto"));
    }

    #[test]
    fn every_variant_becomes_its_name() {
        for (form, name) in VARIANTS {
            assert_eq!(name_word(form), *name);
        }
    }

    #[test]
    fn different_names_keep_different_keys() {
        for (one, other) in [
            ("joko", "yoko"),
            ("budi", "rudi"),
            ("dewi", "dwi"),
            ("sari", "sri"),
        ] {
            if one != "joko" {
                assert!(!sounds_alike(&keys(one), &keys(other)), "{one} {other}");
            }
        }
        assert_eq!(keys("budi").len(), 1);
    }

    #[test]
    fn look_alikes_accents_and_invisible_signs_fold_away() {
        assert_eq!(fold("Вudі Sаntоso"), "budi santoso");
        assert_eq!(
            fold("Budi SANTOSO,\tS.Kom. Ma'ruf"),
            fold("Budi SANTOSO,\tS.Kom. Ma'rúf")
        );
        assert_eq!(words("Bu\u{200b}di  SÁNTOSO\u{7}x"), ["budi", "santoso", "x"]);
        assert_eq!(words("\u{39d}i Wa\u{61c}yan"), ["ni", "wayan"]);
        assert_eq!(name_word("8ud1"), "budi");
        assert_eq!(words("Ma'ruf"), ["maruf"]);
    }
}
