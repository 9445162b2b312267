//! A written name against a recorded one: which words answer which, at what level, for how many bits.

use std::collections::HashMap;

use super::Evidence;
use super::Field;
use super::Level;
use super::index::Facts;
use super::index::Index;
use super::name;
use super::name::Name;
use super::name::Word;
use super::text;
use super::vocabulary::Entry;
use super::vocabulary::count;
use super::weigh;

/// What one written word (or two joined) can reach in the roster's vocabulary.
#[derive(Debug)]
pub(super) struct Reached {
    /// The written words it stands for, as bits.
    pub(super) covers: u32,
    /// What was written.
    written: String,
    /// Somebody bears it as it is written, so that it is no misspelling.
    borne: bool,
    /// Words of the vocabulary, with level and bits.
    pub(super) words: HashMap<u32, (Level, f64)>,
}

/// A written name made ready to be compared with many.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    index: &'a Index,
    /// The written name.
    pub(super) name: &'a Name,
    /// Single words and joined neighbours.
    pub(super) reached: Vec<Reached>,
    /// Words that may be several of the vocabulary: place, those, bits.
    pub(super) split: Vec<(usize, Vec<u32>, f64)>,
}

/// How a name fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Fit {
    /// The sum of `lines`.
    pub(super) bits: f64,
    /// One line for each word.
    pub(super) lines: Vec<Evidence>,
    /// Every written word that was stated found its counterpart.
    pub(super) written_whole: bool,
    /// Every recorded word found its counterpart.
    pub(super) recorded_whole: bool,
    /// Words that agree by a short form, a part, an initial or damage.
    pub(super) loose: u32,
    /// Words one or two letters off, that nobody bears as they are written.
    pub(super) misspelt: u32,
    /// Words, other than initials, that agree.
    pub(super) agreeing: u32,
    /// The recorded name is one word.
    pub(super) mononym: bool,
    /// The recorded words that nothing written answers.
    pub(super) open: Vec<u32>,
}

impl Fit {
    /// Every word on both sides is accounted for, without short forms.
    pub(super) fn is_full(&self) -> bool {
        self.written_whole && self.recorded_whole && self.loose == 0 && self.agreeing > 0
    }
}

struct Pairing {
    bits: f64,
    covers: u32,
    takes: u32,
    level: Level,
    borne: bool,
    detail: String,
}

fn bit(place: usize) -> u32 {
    1_u32.checked_shl(count(place)).unwrap_or(0)
}

impl<'a> Reach<'a> {
    pub(super) fn new(index: &'a Index, name: &'a Name) -> Self {
        let mut reached: Vec<Reached> = Vec::new();
        let mut split = Vec::new();
        for (place, word) in name.words.iter().enumerate() {
            reached.push(reach_word(index, word, bit(place)));
            if word.text.chars().count() >= 5 {
                for words in index.names.split(&word.text, &word.keys) {
                    let bits = joined_bits(index, &words);
                    split.push((place, words, bits));
                }
            }
        }
        for (place, pair) in name.words.windows(2).enumerate() {
            if let [one, two] = pair {
                let joined = format!("{}{}", one.text, two.text);
                let word = Word {
                    keys: text::keys(&joined),
                    text: joined,
                    optional: one.optional && two.optional,
                };
                reached.push(reach_joined(index, &word, bit(place) | bit(place + 1)));
            }
        }
        Self {
            index,
            name,
            reached,
            split,
        }
    }

    /// Compares with one person's name.
    pub(super) fn fit(&self, facts: &Facts) -> Fit {
        if self.name.words.is_empty() {
            return Fit::default();
        }
        let mut options = self.options(facts);
        options.sort_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then(a.covers.cmp(&b.covers))
                .then(a.takes.cmp(&b.takes))
        });
        let (mut covered, mut taken) = (0, 0);
        let mut fit = Fit {
            mononym: facts.words.len() == 1,
            ..Fit::default()
        };
        for option in options {
            if covered & option.covers != 0 || taken & option.takes != 0 {
                continue;
            }
            covered |= option.covers;
            taken |= option.takes;
            fit.note(&option);
        }
        if fit.lines.is_empty() {
            let detail = format!("{} / {}", self.spelt(), self.recorded(facts));
            fit.push(Level::Differs, weigh::NAME_DIFFERS, detail);
            return fit;
        }
        self.leftovers(facts, (covered, taken), &mut fit);
        fit
    }

    fn spelt(&self) -> String {
        self.name
            .words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn recorded(&self, facts: &Facts) -> String {
        facts
            .words
            .iter()
            .filter_map(|word| self.index.names.entry(*word))
            .map(|entry| entry.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn options(&self, facts: &Facts) -> Vec<Pairing> {
        let mut options = Vec::new();
        for (place, number) in facts.words.iter().enumerate() {
            let Some(entry) = self.index.names.entry(*number) else {
                continue;
            };
            for reached in &self.reached {
                if let Some((level, bits)) = reached.words.get(number) {
                    let detail = format!("{} = {}", reached.written, entry.text);
                    options.push(Pairing {
                        bits: *bits,
                        covers: reached.covers,
                        takes: bit(place),
                        level: *level,
                        borne: reached.borne,
                        detail,
                    });
                }
            }
            self.initials(place, entry, &mut options);
        }
        for (written, split, bits) in &self.split {
            let starts = facts
                .words
                .windows(split.len())
                .enumerate()
                .filter(|(_, words)| words == split);
            for (start, words) in starts {
                let word = self
                    .name
                    .words
                    .get(*written)
                    .map_or("", |word| word.text.as_str());
                let parts = words.iter().filter_map(|number| self.index.names.entry(*number));
                let parts: Vec<&str> = parts.map(|entry| entry.text.as_str()).collect();
                let takes = (start..start.saturating_add(parts.len()))
                    .map(bit)
                    .fold(0, |all, one| all | one);
                options.push(Pairing {
                    bits: *bits,
                    covers: bit(*written),
                    takes,
                    level: Level::Joined,
                    borne: false,
                    detail: format!("{word} = {}", parts.join(" ")),
                });
            }
        }
        options
    }

    fn initials(&self, place: usize, entry: &Entry, options: &mut Vec<Pairing>) {
        for (written, word) in self
            .name
            .words
            .iter()
            .enumerate()
            .filter(|(_, word)| word.is_initial())
        {
            let Some(letter) = word
                .text
                .chars()
                .next()
                .filter(|letter| entry.text.starts_with(*letter))
            else {
                continue;
            };
            if entry.text.chars().count() > 1 {
                let bits = bits(
                    self.index,
                    Level::Initial,
                    self.index.names.bearers_of_initial(letter),
                )
                .max(0.1);
                let detail = format!("{} = {}", word.text, entry.text);
                options.push(Pairing {
                    bits,
                    covers: bit(written),
                    takes: bit(place),
                    level: Level::Initial,
                    borne: false,
                    detail,
                });
            }
        }
    }

    fn leftovers(&self, facts: &Facts, (covered, taken): (u32, u32), fit: &mut Fit) {
        fit.written_whole = true;
        for (place, word) in self
            .name
            .words
            .iter()
            .enumerate()
            .filter(|(place, _)| covered & bit(*place) == 0)
        {
            let bits = match word {
                word if word.optional => weigh::EXTRA_OPTIONAL,
                word if word.is_weak() || word.is_initial() => weigh::EXTRA_WEAK,
                _ => weigh::EXTRA,
            };
            fit.written_whole &= word.optional && place > 0;
            fit.push(Level::Extra, bits, word.text.clone());
        }
        fit.recorded_whole = true;
        for (_, number) in facts
            .words
            .iter()
            .enumerate()
            .filter(|(place, _)| taken & bit(*place) == 0)
        {
            let word = self
                .index
                .names
                .entry(*number)
                .map_or("", |entry| entry.text.as_str());
            fit.recorded_whole = false;
            fit.open.push(*number);
            fit.push(
                Level::Omitted,
                if name::is_weak(word) {
                    weigh::OMITTED_WEAK
                } else {
                    weigh::OMITTED
                },
                word.to_owned(),
            );
        }
    }
}

impl Fit {
    fn push(&mut self, level: Level, bits: f64, detail: String) {
        self.bits += bits;
        self.lines.push(Evidence {
            field: Field::Name,
            level,
            bits,
            detail,
        });
    }

    fn note(&mut self, option: &Pairing) {
        match option.level {
            Level::Exact | Level::Sound | Level::Joined => {}
            Level::OneOff | Level::TwoOff if !option.borne => self.misspelt += 1,
            _ => self.loose += 1,
        }
        self.agreeing += u32::from(option.level != Level::Initial);
        self.push(option.level, option.bits, option.detail.clone());
    }
}

/// log2(m/u) of a level that so many bear.
fn bits(index: &Index, level: Level, bearers: u32) -> f64 {
    let u = (f64::from(bearers) + 0.5) / (index.size() + 1.0);
    (weigh::name_m(level) / u.min(1.0)).log2()
}

/// Several words written as one: each is as rare as it is, and only the writing is unusual.
fn joined_bits(index: &Index, words: &[u32]) -> f64 {
    let rarity = |word: &u32| {
        -(f64::from(count(index.names.postings(*word).len())) + 0.5).log2() + (index.size() + 1.0).log2()
    };
    (words.iter().map(rarity).sum::<f64>() + weigh::name_m(Level::Joined).log2()).max(0.1)
}

fn reach_word(index: &Index, word: &Word, covers: u32) -> Reached {
    let mut bearers = 0_u32;
    let near = index.names.near(&word.text, &word.keys);
    let mut words = HashMap::with_capacity(near.len());
    // People reachable at a level are those at it and at every better one.
    for level in near.chunk_by(|one, two| one.level == two.level) {
        let here = level
            .iter()
            .map(|near| count(index.names.postings(near.word).len()))
            .fold(0, u32::saturating_add);
        bearers = bearers.saturating_add(here);
        for near in level {
            words.insert(near.word, (near.level, bits(index, near.level, bearers).max(0.1)));
        }
    }
    Reached {
        covers,
        written: word.text.clone(),
        borne: index.names.find(&word.text).is_some(),
        words,
    }
}

fn reach_joined(index: &Index, word: &Word, covers: u32) -> Reached {
    let mut reached = reach_word(index, word, covers);
    reached
        .words
        .retain(|_, (level, _)| matches!(level, Level::Exact | Level::Sound | Level::OneOff));
    for (level, bits) in reached.words.values_mut() {
        let exact = matches!(level, Level::Exact | Level::Sound);
        *bits +=
            (weigh::name_m(Level::Joined) / weigh::name_m(*level)).log2() - if exact { 0.0 } else { 2.0 };
        *bits = bits.max(0.1);
        *level = if exact { Level::Joined } else { Level::TwoOff };
    }
    reached
}
