//! Units, cities and positions as bags of words: who stands at which phrase, and how far a written one agrees
//! with each. The same arithmetic serves the three fields; only their tables of abbreviations differ.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::Level;
use super::table::EMPTY;
use super::text;
use super::vocabulary::Vocabulary;
use super::vocabulary::count;

/// The most words of a phrase that are weighed.
const WORDS_MAX: usize = 40;

/// Abbreviations with their long forms.
type Table = &'static [(&'static str, &'static str)];

/// One distinct phrase of the roster.
#[derive(Debug, Default)]
struct Phrase {
    words: Vec<u32>,
    people: Vec<u32>,
}

/// The distinct phrases of one field.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    table: Table,
    vocabulary: Vocabulary,
    known: Vec<Phrase>,
    by_form: HashMap<String, u32>,
    by_acronym: HashMap<String, Vec<u32>>,
    weights: Vec<f64>,
    people: u32,
}

/// How far a written phrase agrees with those of the roster.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Whether anything was written.
    pub(super) written: bool,
    /// The phrases that agree at some level.
    levels: BTreeMap<u32, Level>,
    /// People at phrases that agree at each level or better.
    reach: BTreeMap<Level, u32>,
}

/// The words of a phrase, abbreviations spelt out, empty words dropped.
pub(super) fn phrase_words(text: &str, table: Table) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text::words(text) {
        let long = table
            .iter()
            .find(|(short, _)| *short == word)
            .map(|(_, long)| *long);
        match long {
            Some(long) => words.extend(long.split(' ').map(str::to_owned)),
            None => words.push(word),
        }
    }
    let empty = |word: &String| EMPTY.contains(&word.as_str());
    if !words.iter().all(empty) {
        words.retain(|word| !empty(word));
    }
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words.truncate(WORDS_MAX);
    words
}

fn acronym(words: &[String]) -> String {
    words.iter().filter_map(|word| word.chars().next()).collect()
}

impl Phrases {
    pub(super) fn new(table: Table) -> Self {
        Self {
            table,
            ..Self::default()
        }
    }

    /// Enters a person's phrase; an empty one has no number.
    pub(super) fn bear(&mut self, text: &str, person: u32) -> Option<u32> {
        self.people = self.people.saturating_add(1);
        let words = phrase_words(text, self.table);
        if words.is_empty() {
            return None;
        }
        let mut form = words.clone();
        form.sort_unstable();
        let form = form.join(" ");
        let number = match self.by_form.get(&form) {
            Some(number) => *number,
            None => self.enter(form, &words),
        };
        let phrase = self.known.get_mut(usize::try_from(number).unwrap_or(usize::MAX));
        if let Some(phrase) = phrase {
            phrase.people.push(person);
        }
        Some(number)
    }

    fn enter(&mut self, form: String, words: &[String]) -> u32 {
        let number = count(self.known.len());
        let ids = words
            .iter()
            .map(|word| self.vocabulary.bear(word, number))
            .collect();
        if words.len() >= 3 {
            self.by_acronym.entry(acronym(words)).or_default().push(number);
        }
        self.known.push(Phrase {
            words: ids,
            people: Vec::new(),
        });
        self.by_form.insert(form, number);
        number
    }

    /// Orders the vocabulary and weighs its words; to be called once, after the last person.
    pub(super) fn seal(&mut self) {
        self.vocabulary.seal();
        let mut bearers: Vec<u32> = Vec::new();
        for phrase in &self.known {
            for word in &phrase.words {
                let place = usize::try_from(*word).unwrap_or(usize::MAX);
                if bearers.len() <= place {
                    bearers.resize(place.saturating_add(1), 0);
                }
                if let Some(bearers) = bearers.get_mut(place) {
                    *bearers = bearers.saturating_add(count(phrase.people.len()));
                }
            }
        }
        let people = f64::from(self.people) + 1.0;
        self.weights = bearers
            .into_iter()
            .map(|bearers| (people / (f64::from(bearers) + 0.5)).log2().max(0.2))
            .collect();
    }

    fn weight(&self, word: u32) -> f64 {
        usize::try_from(word)
            .ok()
            .and_then(|place| self.weights.get(place))
            .copied()
            .unwrap_or(0.2)
    }

    fn phrase(&self, number: u32) -> Option<&Phrase> {
        self.known.get(usize::try_from(number).ok()?)
    }

    /// The people at a phrase, ascending.
    pub(super) fn people(&self, number: u32) -> &[u32] {
        self.phrase(number).map_or(&[], |phrase| phrase.people.as_slice())
    }

    /// Compares a written phrase with every phrase that shares a word with it.
    pub(super) fn survey(&self, written: &str) -> Survey {
        let words = phrase_words(written, self.table);
        let mut survey = Survey {
            written: !words.is_empty(),
            ..Survey::default()
        };
        let mut found: BTreeMap<u32, f64> = BTreeMap::new();
        let mut whole = 0.0;
        for word in &words {
            let (weight, phrases) = self.resolve(word);
            whole += weight;
            for (phrase, gained) in phrases {
                *found.entry(phrase).or_default() += gained;
            }
        }
        for (number, gained) in found {
            let recorded: f64 = self.phrase(number).map_or(0.0, |phrase| {
                phrase.words.iter().map(|word| self.weight(*word)).sum()
            });
            if let Some(level) = level(gained / whole.max(0.1), gained / recorded.max(0.1)) {
                survey.levels.insert(number, level);
            }
        }
        self.acronyms(&words, &mut survey);
        for level in [Level::Exact, Level::Within, Level::Some] {
            let reached = survey.levels.iter().filter(|(_, other)| **other <= level);
            let people = reached
                .map(|(number, _)| count(self.people(*number).len()))
                .fold(0, u32::saturating_add);
            survey.reach.insert(level, people);
        }
        survey
    }

    /// What a written word weighs, and what each phrase that holds it or a near one gains by it.
    fn resolve(&self, word: &str) -> (f64, BTreeMap<u32, f64>) {
        let mut phrases: BTreeMap<u32, f64> = BTreeMap::new();
        let mut weight: f64 = 0.0;
        for near in self.vocabulary.near(word, &text::keys(word)) {
            let share = match near.level {
                Level::Exact | Level::Sound => 1.0,
                Level::OneOff if word.len() >= 5 => 0.92,
                Level::TwoOff if word.len() >= 7 => 0.88,
                Level::Part if word.len() >= 4 => 0.8,
                _ => continue,
            };
            let gained = share * self.weight(near.word);
            weight = weight.max(self.weight(near.word));
            for phrase in self.vocabulary.postings(near.word) {
                let best = phrases.entry(*phrase).or_default();
                *best = best.max(gained);
            }
            if near.level == Level::Exact && word.chars().any(|sign| sign.is_ascii_digit()) {
                break;
            }
        }
        if phrases.is_empty() {
            // A word that the roster does not know weighs what a middling one does.
            weight = (f64::from(self.people) + 1.0).log2() * 0.5;
        }
        (weight, phrases)
    }

    /// `BPSDM` for a unit of those initials, and the reverse.
    fn acronyms(&self, words: &[String], survey: &mut Survey) {
        let known = words
            .iter()
            .filter(|word| word.len() >= 3)
            .filter_map(|word| self.by_acronym.get(word))
            .flatten();
        let short = self.vocabulary.find(&acronym(words)).filter(|_| words.len() >= 3);
        let spelt = short.map_or(&[][..], |word| self.vocabulary.postings(word));
        for number in known.chain(spelt) {
            let level = survey.levels.entry(*number).or_insert(Level::Within);
            *level = Level::Within.min(*level);
        }
    }
}

fn level(of_written: f64, of_recorded: f64) -> Option<Level> {
    let (least, most) = (of_written.min(of_recorded), of_written.max(of_recorded));
    if least >= 0.95 {
        Some(Level::Exact)
    } else if most >= 0.85 && least >= 0.15 {
        Some(Level::Within)
    } else if most >= 0.5 && least >= 0.1 {
        Some(Level::Some)
    } else {
        None
    }
}

impl Survey {
    /// How the written phrase agrees with this one.
    pub(super) fn level(&self, phrase: u32) -> Level {
        self.levels
            .get(&phrase)
            .copied()
            .unwrap_or(if self.levels.is_empty() {
                Level::Unknown
            } else {
                Level::Differs
            })
    }

    /// How many people stand at a phrase of this level or better.
    pub(super) fn reach(&self, level: Level) -> u32 {
        self.reach.get(&level).copied().unwrap_or(0)
    }

    /// The phrases that agree, best level first.
    pub(super) fn agreeing(&self) -> Vec<u32> {
        let mut all: Vec<(Level, u32)> = self
            .levels
            .iter()
            .map(|(number, level)| (*level, *number))
            .collect();
        all.sort_unstable();
        all.into_iter().map(|(_, number)| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::CITIES;
    use super::super::table::POSITIONS;
    use super::super::table::UNITS;
    use super::*;

    #[test]
    fn every_abbreviation_meets_its_long_form() {
        for table in [UNITS, CITIES, POSITIONS] {
            for (short, long) in table {
                let mut phrases = Phrases::new(table);
                let number = phrases.bear(&format!("{long} Merapi"), 0).unwrap();
                phrases.seal();
                assert_eq!(
                    phrases.survey(&format!("{short} Merapi")).level(number),
                    Level::Exact,
                    "{short}"
                );
            }
        }
    }

    #[test]
    fn agreement_is_graded() {
        let mut phrases = Phrases::new(UNITS);
        let statistics = phrases
            .bear("Bidang Statistik, Dinas Komunikasi dan Informatika", 0)
            .unwrap();
        let health = phrases.bear("Bidang Gizi, Dinas Kesehatan", 1).unwrap();
        for person in 2..40 {
            phrases.bear(&format!("Bidang Tugas{person}, Dinas Pekerjaan Umum"), person);
        }
        phrases.seal();
        let survey = phrases.survey("diskominfo bid. statistik");
        assert_eq!(
            (survey.level(statistics), survey.level(health)),
            (Level::Exact, Level::Differs)
        );
        assert_eq!(phrases.survey("Bidang Statistk").level(statistics), Level::Within);
        assert_eq!(
            phrases.survey("Kantor Pos Pluto").level(statistics),
            Level::Unknown
        );
        assert_eq!(phrases.survey("BSKI").level(statistics), Level::Unknown);
        assert!(!phrases.survey(" - ").written);
    }
}
