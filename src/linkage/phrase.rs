//! Units, cities and positions as bags of words: who stands at which phrase, and how far a written one agrees
//! with each. The same arithmetic serves the three fields; only their tables of abbreviations differ.

use std::collections::HashMap;

use super::Level;
use super::survey::Grade;
use super::survey::Survey;
use super::table::EMPTY;
use super::text;
use super::vocabulary::Vocabulary;
use super::vocabulary::at;
use super::vocabulary::count;

/// The most words of a phrase that are weighed.
const WORDS_MAX: usize = 40;

/// Abbreviations with their long forms.
type Table = &'static [(&'static str, &'static str)];

/// One distinct phrase of the roster.
#[derive(Debug, Default)]
pub(super) struct Phrase {
    pub(super) words: Vec<u32>,
    /// How many people stand at it.
    pub(super) people: u32,
}

/// The distinct phrases of one field.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    table: Table,
    pub(super) vocabulary: Vocabulary,
    pub(super) known: Vec<Phrase>,
    by_form: HashMap<String, u32>,
    by_acronym: HashMap<String, Vec<u32>>,
    /// By word: how telling it is, in bits.
    weights: Vec<f32>,
    /// By phrase: the weights of its words together.
    wholes: Vec<f32>,
    /// People who have this field, and who have not.
    pub(super) people: u32,
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
    pub(super) fn bear(&mut self, text: &str) -> Option<u32> {
        self.people = self.people.saturating_add(1);
        // A roster says the same few units over and over.
        if let Some(number) = self.by_form.get(text) {
            let number = *number;
            self.more(number);
            return Some(number);
        }
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
        if words.len() >= 3 {
            let phrases = self.by_acronym.entry(acronym(&words)).or_default();
            if !phrases.contains(&number) {
                phrases.push(number);
            }
        }
        self.by_form.insert(text.to_owned(), number);
        self.more(number);
        Some(number)
    }

    fn more(&mut self, number: u32) {
        if let Some(phrase) = self.known.get_mut(at(number)) {
            phrase.people = phrase.people.saturating_add(1);
        }
    }

    /// Takes a person off a phrase, or off the count of those who have none.
    pub(super) fn drop_bearer(&mut self, number: Option<u32>) {
        self.people = self.people.saturating_sub(1);
        if let Some(phrase) = number.and_then(|number| self.known.get_mut(at(number))) {
            phrase.people = phrase.people.saturating_sub(1);
        }
    }

    fn enter(&mut self, form: String, words: &[String]) -> u32 {
        let number = count(self.known.len());
        let ids = words
            .iter()
            .map(|word| self.vocabulary.bear(word, number))
            .collect();
        self.known.push(Phrase {
            words: ids,
            people: 0,
        });
        self.by_form.insert(form, number);
        number
    }

    /// Orders the vocabulary and weighs its words; to be called after the last person of each change.
    pub(super) fn seal(&mut self) {
        self.vocabulary.seal();
        let mut bearers = vec![0_u32; self.vocabulary.entries().len()];
        for phrase in &self.known {
            for word in &phrase.words {
                if let Some(bearers) = bearers.get_mut(at(*word)) {
                    *bearers = bearers.saturating_add(phrase.people);
                }
            }
        }
        let people = narrow(f64::from(self.people) + 1.0);
        self.weights = bearers
            .into_iter()
            .map(|bearers| (people / (narrow(f64::from(bearers)) + 0.5)).log2().max(0.2))
            .collect();
        let weight = |word: &u32| self.weights.get(at(*word)).copied().unwrap_or(0.2);
        self.wholes = self
            .known
            .iter()
            .map(|phrase| phrase.words.iter().map(weight).sum::<f32>().max(0.1))
            .collect();
    }

    /// Every text that was entered, with its phrase, in order.
    pub(super) fn forms(&self) -> Vec<(&str, u32)> {
        let mut forms: Vec<(&str, u32)> = self
            .by_form
            .iter()
            .map(|(text, number)| (text.as_str(), *number))
            .collect();
        forms.sort_unstable();
        forms
    }

    /// Every acronym with each phrase that it may stand for, in order.
    pub(super) fn acronyms_sorted(&self) -> Vec<(&str, u32)> {
        let pairs = self.by_acronym.iter();
        let mut pairs: Vec<(&str, u32)> = pairs
            .flat_map(|(text, numbers)| numbers.iter().map(move |number| (text.as_str(), *number)))
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// Puts back what a snapshot kept: the words of the phrases one after another, with how many each has.
    pub(super) fn restore(
        &mut self,
        mut vocabulary: Vocabulary,
        (lengths, words): (Vec<u32>, Vec<u32>),
        people: Vec<u32>,
        forms: HashMap<String, u32>,
        acronyms: Vec<(String, u32)>,
    ) {
        let mut rest = words.into_iter();
        for ((length, people), number) in lengths.into_iter().zip(people).zip(0_u32..) {
            let words: Vec<u32> = rest.by_ref().take(at(length)).collect();
            for word in &words {
                vocabulary.bear_again(*word, number);
            }
            self.known.push(Phrase { words, people });
        }
        self.vocabulary = vocabulary;
        self.by_form = forms;
        for (text, number) in acronyms {
            self.by_acronym.entry(text).or_default().push(number);
        }
    }

    fn weight(&self, word: u32) -> f32 {
        self.weights.get(at(word)).copied().unwrap_or(0.2)
    }

    /// How many people stand at a phrase.
    pub(super) fn people(&self, number: u32) -> u32 {
        self.known.get(at(number)).map_or(0, |phrase| phrase.people)
    }

    /// Compares a written phrase with every phrase that shares a word with it.
    pub(super) fn survey(&self, written: &str) -> Survey {
        let words = phrase_words(written, self.table);
        if words.is_empty() {
            return Survey::default();
        }
        let mut gained = vec![0.0_f32; self.known.len()];
        let mut of_word = vec![0.0_f32; self.known.len()];
        let (mut touched, mut here): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let (mut whole, mut strange, mut familiar) = (0.0, false, false);
        for word in &words {
            whole += self.resolve(word, &mut of_word, &mut here);
            strange |= here.is_empty();
            familiar |= !here.is_empty();
            for phrase in here.drain(..) {
                if let (Some(sum), Some(best)) = (gained.get_mut(at(phrase)), of_word.get_mut(at(phrase))) {
                    if *sum <= 0.0 {
                        touched.push(phrase);
                    }
                    *sum += std::mem::take(best);
                }
            }
        }
        let mut survey = Survey::of(self.known.len(), strange && familiar);
        for number in touched {
            let gained = gained.get(at(number)).copied().unwrap_or(0.0);
            let recorded = self.wholes.get(at(number)).copied().unwrap_or(0.1);
            if let Some(grade) = Grade::of(gained / whole.max(0.1), gained / recorded) {
                survey.note(number, grade, self.people(number));
            }
        }
        self.acronyms(&words, &mut survey);
        survey.count(|phrase| self.people(phrase));
        survey
    }

    /// What a written word weighs; notes what each phrase that holds it or a near one gains by it.
    fn resolve(&self, word: &str, gains: &mut [f32], here: &mut Vec<u32>) -> f32 {
        let mut weight: f32 = 0.0;
        let mut known = false;
        for near in self.vocabulary.near(word, &text::keys(word)) {
            known |= near.level == Level::Exact;
            // A word that the roster knows is no misspelling of another, and no short form.
            let share = match near.level {
                Level::Exact | Level::Sound => 1.0,
                _ if known => continue,
                Level::OneOff if word.len() >= 4 => 0.92,
                Level::TwoOff if word.len() >= 6 => 0.88,
                Level::Part if word.len() >= 3 => 0.8,
                Level::Similar => 0.75,
                _ => continue,
            };
            let gained = share * self.weight(near.word);
            weight = weight.max(self.weight(near.word));
            for phrase in self.vocabulary.postings(near.word) {
                if let Some(best) = gains.get_mut(at(*phrase)) {
                    if *best <= 0.0 {
                        here.push(*phrase);
                    }
                    *best = best.max(gained);
                }
            }
            if near.level == Level::Exact && word.chars().any(|sign| sign.is_ascii_digit()) {
                break;
            }
        }
        if here.is_empty() {
            // A word that the roster does not know weighs what a middling one does.
            weight = narrow((f64::from(self.people) + 1.0).log2() * 0.5);
        }
        weight
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
            survey.note(*number, Grade::Around, self.people(*number));
        }
    }
}

/// A weight at half the width: weights are compared, never added up over many.
pub(super) fn narrow(value: f64) -> f32 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "a weight of a word, far inside the range"
    )]
    let narrow = value as f32;
    narrow
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
                let number = phrases.bear(&format!("{long} Merapi")).unwrap();
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
            .bear("Bidang Statistik, Dinas Komunikasi dan Informatika")
            .unwrap();
        let health = phrases.bear("Bidang Gizi, Dinas Kesehatan").unwrap();
        for person in 2..40 {
            phrases.bear(&format!("Bidang Tugas{person}, Dinas Pekerjaan Umum"));
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
