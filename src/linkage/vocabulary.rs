//! The words of a field, with who bears them, and the words near a given one. Knows no weight.

use std::collections::HashMap;

use rapidfuzz::distance::osa;

use super::Level;
use super::table::NICKNAMES;
use super::text;

/// The most readings of one word as several, and the most words of a reading.
const SPLITS_MAX: usize = 64;
const PIECES_MAX: usize = 4;
/// The most letters of a word that are compared.
const LETTERS_MAX: usize = 40;

/// The fewest letters of a word that is recognised by its shape.
const SHAPED_MIN: usize = 4;

/// One word of the vocabulary.
#[derive(Debug)]
pub(super) struct Entry {
    /// In comparison form.
    pub(super) text: String,
    /// Its sound keys.
    pub(super) keys: Vec<String>,
    /// Who bears it, ascending and without repetition.
    pub(super) postings: Vec<u32>,
}

/// Words, with the inverted indexes that find their neighbours.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    entries: Vec<Entry>,
    by_text: HashMap<String, u32>,
    by_key: HashMap<String, Vec<u32>>,
    by_shape: HashMap<String, Vec<u32>>,
    by_pair: HashMap<(char, char), Vec<u32>>,
    by_first: HashMap<char, u32>,
    /// By word: how many letters it has, at most 255.
    lengths: Vec<u8>,
    /// By word: its letters and those of its first sound key.
    letters: Vec<[Letters; 2]>,
    /// How many entries the indexes below and `by_pair` know.
    sealed: usize,
    sorted: Vec<u32>,
    reversed: Vec<(String, u32)>,
    /// Short forms of [`NICKNAMES`] with the words that they may stand for.
    by_nickname: HashMap<&'static str, Vec<u32>>,
}

/// A word near another, and how near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Near {
    /// The word's number.
    pub(super) word: u32,
    /// How near.
    pub(super) level: Level,
}

pub(super) fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A count as a number that arithmetic takes.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Vocabulary {
    /// The word's number, entering it if it is new, with one more bearer. Bearers come in ascending order.
    pub(super) fn bear(&mut self, word: &str, bearer: u32) -> u32 {
        let number = match self.by_text.get(word) {
            Some(number) => *number,
            None => self.enter(word),
        };
        self.bear_again(number, bearer);
        number
    }

    /// A vocabulary of these words in this order, borne by nobody yet.
    pub(super) fn of(words: Vec<String>) -> Self {
        let mut vocabulary = Self::default();
        for word in words {
            vocabulary.enter(&word);
        }
        vocabulary
    }

    /// One more bearer of a word that is known. Bearers come in ascending order.
    pub(super) fn bear_again(&mut self, word: u32, bearer: u32) {
        if let Some(entry) = self.entries.get_mut(at(word))
            && entry.postings.last() != Some(&bearer)
        {
            entry.postings.push(bearer);
        }
    }

    /// Takes a bearer off a word. A word that nobody bears stays, and is found by nobody.
    pub(super) fn drop_bearer(&mut self, word: u32, bearer: u32) {
        if let Some(entry) = self.entries.get_mut(at(word))
            && let Ok(place) = entry.postings.binary_search(&bearer)
        {
            entry.postings.remove(place);
        }
    }

    fn enter(&mut self, word: &str) -> u32 {
        let number = count(self.entries.len());
        let keys = text::keys(word);
        for key in &keys {
            self.by_key.entry(key.clone()).or_default().push(number);
        }
        self.by_text.insert(word.to_owned(), number);
        let letters = word.chars().count();
        self.lengths.push(u8::try_from(letters).unwrap_or(u8::MAX));
        let sound = keys.first().map_or(word, String::as_str);
        self.letters.push([Letters::of(word), Letters::of(sound)]);
        self.entries.push(Entry {
            text: word.to_owned(),
            keys,
            postings: Vec::new(),
        });
        number
    }

    /// Orders what [`Vocabulary::bear`] has entered; to be called after the last word of each change.
    pub(super) fn seal(&mut self) {
        self.by_first.clear();
        for entry in &mut self.entries {
            entry.postings.shrink_to_fit();
            if let Some(first) = entry.text.chars().next() {
                let bearers = self.by_first.entry(first).or_default();
                *bearers = bearers.saturating_add(count(entry.postings.len()));
            }
        }
        if self.sealed == self.entries.len() {
            return;
        }
        let unsealed = self.entries.iter().zip(&self.lengths);
        for (number, (entry, letters)) in (0u32..).zip(unsealed).skip(self.sealed) {
            if usize::from(*letters) >= SHAPED_MIN {
                self.by_shape
                    .entry(text::shape(&entry.text))
                    .or_default()
                    .push(number);
            }
            for pair in pairs(&entry.text) {
                self.by_pair.entry(pair).or_default().push(number);
            }
            self.reversed.push((entry.text.chars().rev().collect(), number));
        }
        self.sealed = self.entries.len();
        self.reversed.sort_unstable();
        self.by_nickname.clear();
        for (short, long) in NICKNAMES {
            let words: Vec<u32> = self.sounding(&text::keys(long)).collect();
            self.by_nickname.entry(short).or_default().extend(words);
        }
        let mut sorted: Vec<(&str, u32)> = self
            .entries
            .iter()
            .map(|entry| entry.text.as_str())
            .zip(0u32..)
            .collect();
        sorted.sort_unstable();
        self.sorted = sorted.into_iter().map(|(_, number)| number).collect();
    }

    /// All the words, by number.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The word with this number.
    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(at(number))
    }

    /// Who bears the word.
    pub(super) fn postings(&self, number: u32) -> &[u32] {
        self.entry(number).map_or(&[], |entry| entry.postings.as_slice())
    }

    /// The text of a word.
    pub(super) fn text(&self, number: u32) -> &str {
        self.entry(number).map_or("", |entry| entry.text.as_str())
    }

    fn is_borne(&self, number: u32) -> bool {
        !self.postings(number).is_empty()
    }

    /// The word with this text, if somebody bears it.
    pub(super) fn find(&self, word: &str) -> Option<u32> {
        self.by_text
            .get(word)
            .copied()
            .filter(|number| self.is_borne(*number))
    }

    /// How many bear a word that begins with this letter.
    pub(super) fn bearers_of_initial(&self, letter: char) -> u32 {
        self.by_first.get(&letter).copied().unwrap_or(0)
    }

    /// The words that share a sound key with one of these.
    pub(super) fn sounding(&self, keys: &[String]) -> impl Iterator<Item = u32> {
        keys.iter()
            .filter_map(|key| self.by_key.get(key))
            .flatten()
            .copied()
    }

    /// The words near this one that somebody bears, each at its best level, nearest first.
    pub(super) fn near(&self, word: &str, keys: &[String]) -> Vec<Near> {
        let mut near: Vec<Near> = Vec::new();
        let mut note = |word: u32, level: Level| near.push(Near { word, level });
        self.find(word)
            .into_iter()
            .for_each(|number| note(number, Level::Exact));
        self.sounding(keys).for_each(|number| note(number, Level::Sound));
        if word.chars().count() > 1 {
            self.misspelt(word, keys, &mut note);
            for number in self.by_shape.get(&text::shape(word)).into_iter().flatten() {
                note(*number, Level::Similar);
            }
            self.beginning(word).for_each(|number| note(number, Level::Part));
            self.ending(word).for_each(|number| note(number, Level::Part));
            for number in self.by_nickname.get(word).into_iter().flatten() {
                note(*number, Level::Nickname);
            }
            for (short, _) in NICKNAMES.iter().filter(|(_, long)| *long == word) {
                self.find(short)
                    .into_iter()
                    .for_each(|number| note(number, Level::Nickname));
            }
            let initial: String = word.chars().take(1).filter(|letter| *letter != 'i').collect();
            self.find(&initial)
                .into_iter()
                .for_each(|number| note(number, Level::Initial));
        }
        near.sort_unstable_by_key(|near| (near.word, near.level));
        near.dedup_by_key(|near| near.word);
        near.retain(|near| self.is_borne(near.word));
        near.sort_unstable_by_key(|near| (near.level, near.word));
        near
    }

    /// Words that begin with this one and are at least two letters longer.
    fn beginning<'a>(&'a self, word: &'a str) -> impl Iterator<Item = u32> + 'a {
        let long = word.chars().count() >= 3;
        let start = self.sorted.partition_point(|number| self.text(*number) < word);
        self.sorted
            .iter()
            .skip(start)
            .copied()
            .take_while(move |number| long && self.text(*number).starts_with(word))
            .filter(move |number| self.text(*number).len() >= word.len() + 2)
    }

    /// Words that end with this one and are at least two letters longer.
    fn ending<'a>(&'a self, word: &'a str) -> impl Iterator<Item = u32> + 'a {
        let long = word.chars().count() >= 3;
        let turned: String = word.chars().rev().collect();
        let start = self.reversed.partition_point(|(text, _)| *text < turned);
        self.reversed
            .iter()
            .skip(start)
            .take_while(move |(text, _)| long && text.starts_with(&turned))
            .filter(move |(text, _)| text.len() >= word.len() + 2)
            .map(|(_, number)| *number)
    }

    /// Words one letter off, two from six letters on, and damaged ones that keep most letter pairs.
    fn misspelt(&self, word: &str, keys: &[String], note: &mut impl FnMut(u32, Level)) {
        let length = word.chars().count();
        if !(3..=LETTERS_MAX).contains(&length) {
            return;
        }
        let floor = (length + 1)
            .saturating_sub(if length >= 6 { 5 } else { 3 })
            .max(1);
        let floor = u8::try_from(floor).unwrap_or(u8::MAX);
        let mut shared = vec![0_u8; self.entries.len()];
        let mut reached: Vec<u32> = Vec::new();
        for number in pairs(word)
            .iter()
            .filter_map(|pair| self.by_pair.get(pair))
            .flatten()
        {
            if let Some(pairs) = shared.get_mut(at(*number)) {
                *pairs = pairs.saturating_add(1);
                if *pairs == floor {
                    reached.push(*number);
                }
            }
        }
        let written = Written::new(word, keys);
        for number in reached {
            let pairs = shared.get(at(number)).copied().unwrap_or(0);
            // Two letters off is five pairs at most; the length stands apart, since looking up a word costs more.
            let other = self.lengths.get(at(number)).copied().map_or(0, usize::from);
            if usize::from(pairs) + 5 <= length.max(other) || length.abs_diff(other) > 3 {
                continue;
            }
            let most = written.distance_max(other, pairs);
            let Some(may_be) = self.letters.get(at(number)).map(|letters| {
                let [of_word, of_sound] = written.letters;
                [
                    letters[0].may_be(of_word, most),
                    letters[1].may_be(of_sound, most),
                ]
            }) else {
                continue;
            };
            if may_be == [false; 2] {
                continue;
            }
            if let Some(level) = self
                .entry(number)
                .and_then(|entry| written.misspelling(entry, other, pairs, may_be))
            {
                note(number, level);
            }
        }
    }

    /// How the word may be several words of the vocabulary written as one.
    pub(super) fn split(&self, word: &str, keys: &[String]) -> Vec<Vec<u32>> {
        let mut found = Vec::new();
        for written in std::iter::once(word).chain(keys.iter().map(String::as_str)) {
            self.split_on(written, &mut Vec::new(), &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn split_on(&self, rest: &str, heads: &mut Vec<u32>, found: &mut Vec<Vec<u32>>) {
        if found.len() >= SPLITS_MAX || heads.len() >= PIECES_MAX {
            return;
        }
        if rest.is_empty() {
            if heads.len() >= 2 {
                found.push(heads.clone());
            }
            return;
        }
        // A single letter stands alone only at the beginning: the `I` of Balinese names.
        let least = if heads.is_empty() { 1 } else { 2 };
        let ends = rest
            .char_indices()
            .map(|(place, _)| place)
            .skip(least)
            .chain(std::iter::once(rest.len()));
        for end in ends {
            let (Some(head), Some(tail)) = (rest.get(..end), rest.get(end..)) else {
                continue;
            };
            let sounding = self
                .by_key
                .get(head)
                .into_iter()
                .flatten()
                .copied()
                .filter(|word| end > 1 && self.is_borne(*word));
            let mut words: Vec<u32> = self.find(head).into_iter().chain(sounding).collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                heads.push(word);
                self.split_on(tail, heads, found);
                heads.pop();
            }
        }
    }
}

/// Which letters a word has, a bit a letter. A slip changes two at most, so that words of very different letters need no comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letters(u32);

impl Letters {
    fn of(word: &str) -> Self {
        Self(
            word.chars()
                .fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 32)),
        )
    }

    /// Whether a word of these letters may be at most so many slips off one of those.
    fn may_be(self, other: Self, slips: u32) -> bool {
        (self.0 ^ other.0).count_ones() <= 2 * slips
    }
}

/// A written word made ready to be compared with many.
struct Written<'a> {
    length: usize,
    by_letters: osa::BatchComparator<char>,
    by_sound: Option<osa::BatchComparator<char>>,
    /// Its own and those of its sound.
    letters: [Letters; 2],
    word: &'a str,
}

impl<'a> Written<'a> {
    fn new(word: &'a str, keys: &[String]) -> Self {
        let key = keys.first().filter(|key| key.len() >= 5);
        Self {
            length: word.chars().count(),
            by_letters: osa::BatchComparator::new(word.chars()),
            by_sound: key.map(|key| osa::BatchComparator::new(key.chars())),
            letters: [Letters::of(word), Letters::of(key.map_or(word, String::as_str))],
            word,
        }
    }

    /// Whether a word of so many letters keeps half of all letter pairs.
    fn is_alike(&self, other: usize, shared: u8) -> bool {
        let both = self.length + other + 2;
        2 * usize::from(shared) >= both - both / 2
    }

    /// The most slips of a misspelling.
    fn distance_max(&self, other: usize, shared: u8) -> u32 {
        if self.is_alike(other, shared) { 3 } else { 2 }
    }

    /// How near an entry of so many letters is that shares so many letter pairs; by word and by sound, whether its letters allow for it.
    fn misspelling(&self, entry: &Entry, other: usize, shared: u8, may_be: [bool; 2]) -> Option<Level> {
        let length = self.length;
        if length.abs_diff(other) > 3 || other > LETTERS_MAX || entry.text == self.word {
            return None;
        }
        let [may_be_by_letters, may_be_by_sound] = may_be;
        let by_letters = if may_be_by_letters {
            self.by_letters.distance(entry.text.chars())
        } else {
            usize::MAX
        };
        let by_sound = match (&self.by_sound, entry.keys.first()) {
            (Some(one), Some(two)) if may_be_by_sound && by_letters > 1 && two.len() >= 5 => {
                one.distance(two.chars())
            }
            _ => by_letters,
        };
        let (shorter, distance) = (length.min(other), by_letters.min(by_sound));
        match distance {
            0 | 1 if shorter >= 3 && (shorter > 3 || by_letters == 1) => Some(Level::OneOff),
            // Two letters less at an end are a part of the word, not two slips.
            2 if shorter >= 6 && !(entry.text.starts_with(self.word) || entry.text.ends_with(self.word)) => {
                Some(Level::TwoOff)
            }
            2 | 3 if shorter >= 5 && self.is_alike(other, shared) => Some(Level::Similar),
            _ => None,
        }
    }
}

/// The letter pairs of a word with its two ends marked, each once.
fn pairs(word: &str) -> Vec<(char, char)> {
    let padded: Vec<char> = std::iter::once('^')
        .chain(word.chars().take(LETTERS_MAX))
        .chain(std::iter::once('$'))
        .collect();
    let mut pairs: Vec<(char, char)> = padded
        .windows(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.last()?)))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn letters_never_rule_out_a_word_that_is_near(one in "[a-h0-9é]{0,9}", two in "[a-h0-9é]{0,9}") {
            let slips = count(osa::distance(one.chars(), two.chars()));
            prop_assert!(Letters::of(&one).may_be(Letters::of(&two), slips));
        }
    }

    #[test]
    fn letters_rule_out_most_others() {
        let written = Letters::of("suwarno");
        assert!(written.may_be(Letters::of("suwarna"), 1));
        assert!(!written.may_be(Letters::of("sumarti"), 2));
    }
}
