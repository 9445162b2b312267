//! Units, cities and positions as bags of words: who stands at which phrase, and how far a written one agrees
//! with each. The same arithmetic serves the three fields; only their tables of abbreviations differ.

use std::collections::HashMap;
use std::collections::HashSet;

use super::Level;
use super::office::Bond;
use super::office::Kind;
use super::office::Offices;
use super::parts::Parts;
use super::parts::Reading;
use super::parts::acronym;
use super::parts::is_number;
use super::survey::Grade;
use super::survey::Survey;
use super::text;
use super::vocabulary::Vocabulary;
use super::vocabulary::at;
use super::vocabulary::count;

#[cfg(test)]
mod tests;

/// One distinct phrase of the roster.
#[derive(Debug, Default)]
pub(super) struct Phrase {
    /// As they follow each other, some more than once.
    pub(super) words: Vec<u32>,
    /// How many people stand at it.
    pub(super) people: u32,
    /// The government that it names, as a row of [`super::table::GOVERNMENTS`] has it; 0 if none.
    pub(super) government: u32,
}

/// The distinct phrases of one field.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    reading: Reading,
    pub(super) vocabulary: Vocabulary,
    pub(super) known: Vec<Phrase>,
    by_form: HashMap<String, u32>,
    by_acronym: HashMap<String, Vec<u32>>,
    /// By word: how telling it is, in bits.
    weights: Vec<f32>,
    /// By word: what it is.
    kinds: Vec<Kind>,
    /// By phrase: its offices.
    offices: Vec<Offices>,
    /// Every office by what it is named after.
    bonds: HashSet<Bond>,
    /// By phrase: the weights of its words together.
    wholes: Vec<f32>,
    /// People who have this field, and who have not.
    pub(super) people: u32,
}

impl Phrase {
    /// Its words, each once.
    fn distinct(&self) -> impl Iterator<Item = u32> {
        let words = self.words.iter().enumerate();
        let first = words.filter(|(place, word)| !self.words.iter().take(*place).any(|other| other == *word));
        first.map(|(_, word)| *word)
    }
}

/// A written phrase beside those of the roster.
struct Written<'a> {
    parts: &'a Parts,
    /// Its offices, in words of the roster.
    offices: Offices,
}

impl Phrases {
    pub(super) fn new(reading: Reading) -> Self {
        Self {
            reading,
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
        let parts = Parts::of(text, self.reading);
        if parts.words.is_empty() {
            return None;
        }
        let in_order: Vec<&str> = parts.in_order().collect();
        // A roster writes no control character, so forms and texts are told apart.
        let form = format!("\u{1}{} {}", parts.government, in_order.join(" "));
        let number = match self.by_form.get(&form) {
            Some(number) => *number,
            None => self.enter(form, &parts),
        };
        if parts.words.len() >= 3 {
            let phrases = self.by_acronym.entry(acronym(&parts.words)).or_default();
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

    fn enter(&mut self, form: String, parts: &Parts) -> u32 {
        let number = count(self.known.len());
        let ids: Vec<u32> = parts
            .words
            .iter()
            .map(|word| self.vocabulary.bear(word, number))
            .collect();
        self.known.push(Phrase {
            words: parts
                .order
                .iter()
                .filter_map(|(place, _)| ids.get(*place).copied())
                .collect(),
            people: 0,
            government: parts.government,
        });
        self.by_form.insert(form, number);
        number
    }

    /// Orders the vocabulary and weighs its words; to be called after the last person of each change.
    pub(super) fn seal(&mut self) {
        self.vocabulary.seal();
        let mut bearers = vec![0_u32; self.vocabulary.entries().len()];
        for phrase in &self.known {
            for word in phrase.distinct() {
                if let Some(bearers) = bearers.get_mut(at(word)) {
                    *bearers = bearers.saturating_add(phrase.people);
                }
            }
        }
        let people = narrow(f64::from(self.people) + 1.0);
        self.weights = bearers
            .into_iter()
            .map(|bearers| (people / (narrow(f64::from(bearers)) + 0.5)).log2().max(0.2))
            .collect();
        let weight = |word: u32| self.weights.get(at(word)).copied().unwrap_or(0.2);
        self.wholes = self
            .known
            .iter()
            .map(|phrase| phrase.distinct().map(weight).sum::<f32>().max(0.1))
            .collect();
        let words = self.vocabulary.entries().iter();
        self.kinds = words.map(|word| Kind::of(&word.text)).collect();
        let kind = |word: u32| self.kinds.get(at(word)).copied().unwrap_or_default();
        let phrases = self.known.iter();
        self.offices = phrases
            .map(|phrase| Offices::of(phrase.words.iter().map(|word| (*word, kind(*word), false))))
            .collect();
        let borne = self.known.iter().zip(&self.offices);
        self.bonds = borne
            .filter(|(phrase, _)| phrase.people > 0)
            .flat_map(|(_, offices)| offices.bonds())
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

    /// Every phrase that a text or an acronym leads to.
    pub(super) fn phrases_named(&self) -> impl Iterator<Item = u32> {
        let forms = self.by_form.values();
        forms.chain(self.by_acronym.values().flatten()).copied()
    }

    /// Puts back what a snapshot kept: the words of the phrases one after another, with how many each has.
    pub(super) fn restore(
        &mut self,
        mut vocabulary: Vocabulary,
        (lengths, words): (Vec<u32>, Vec<u32>),
        (people, governments): (Vec<u32>, Vec<u32>),
        forms: HashMap<String, u32>,
        acronyms: Vec<(String, u32)>,
    ) {
        let mut rest = words.into_iter();
        let people = people.into_iter().zip(governments);
        for ((length, (people, government)), number) in lengths.into_iter().zip(people).zip(0_u32..) {
            let phrase = Phrase {
                words: rest.by_ref().take(at(length)).collect(),
                people,
                government,
            };
            for word in phrase.distinct() {
                vocabulary.bear_again(word, number);
            }
            self.known.push(phrase);
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
        let parts = Parts::of(written, self.reading);
        if parts.words.is_empty() {
            return Survey::default();
        }
        let mut gained = vec![0.0_f32; self.known.len()];
        let mut of_word = vec![0.0_f32; self.known.len()];
        let (mut touched, mut here): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut weights: Vec<f32> = Vec::with_capacity(parts.words.len());
        let mut nearest: Vec<(u32, Kind)> = Vec::with_capacity(parts.words.len());
        let (mut strange, mut familiar) = (false, false);
        for (word, stranger) in parts.words.iter().zip((0..=u32::MAX).rev()) {
            let (weight, near) = self.resolve(word, &mut of_word, &mut here);
            weights.push(weight);
            let kind = near.and_then(|near| self.kinds.get(at(near)).copied());
            nearest.push((near.unwrap_or(stranger), kind.unwrap_or_else(|| Kind::of(word))));
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
        let in_order = parts.order.iter().filter_map(|(place, begins)| {
            let (word, kind) = nearest.get(*place)?;
            Some((*word, *kind, *begins))
        });
        let in_order: Vec<(u32, Kind, bool)> = in_order.collect();
        let written = Written {
            offices: Offices::of(in_order.iter().copied()),
            parts: &parts,
        };
        let whole = weights.iter().sum::<f32>().max(0.1);
        let mut survey = Survey::of(self.known.len(), strange && familiar);
        for number in touched {
            let gained = gained.get(at(number)).copied().unwrap_or(0.0);
            let recorded = self.wholes.get(at(number)).copied().unwrap_or(0.1);
            self.note(
                &mut survey,
                number,
                Grade::of(gained / whole, gained / recorded),
                &written,
            );
        }
        self.acronyms(&written, &weights, &gained, &mut survey);
        survey.count(|phrase| self.people(phrase));
        survey.words = in_order;
        survey.offices = Some(written.offices);
        survey
    }

    /// Whether a phrase has every written word, behind the office behind which it was written, and each beside its neighbour but where
    /// another office begins. Who is said to be in a unit for the words alone may be in another.
    pub(super) fn follows(&self, survey: &Survey, phrase: u32) -> bool {
        if survey.short.contains(&phrase) {
            return true;
        }
        let recorded = self.known.get(at(phrase)).map_or(&[][..], |phrase| &phrase.words);
        let beside = |one: u32, other: u32| recorded.windows(2).any(|pair| pair == [one, other]);
        let is_office = |kind: Kind| matches!(kind, Kind::Office(_));
        let general = Kind::of("jenderal");
        let offices = self.offices.get(at(phrase)).zip(survey.offices.as_ref());
        let written = &survey.words;
        offices.is_some_and(|(recorded, written)| recorded.hold(written))
            && written.iter().all(|(word, _, _)| recorded.contains(word))
            && written.iter().zip(written.iter().skip(1)).all(|(one, other)| {
                let begins = is_office(other.1) && (other.2 || one.1 == general || !is_office(one.1));
                begins || beside(one.0, other.0)
            })
    }

    /// Notes how a phrase agrees; one that agrees but for its government, its number or the order of its offices is another one.
    fn note(&self, survey: &mut Survey, phrase: u32, grade: Option<Grade>, written: &Written<'_>) {
        if let Some(grade) = grade {
            let people = self.people(phrase);
            let is_moved = || grade <= Grade::Around && people > 0 && self.is_moved(phrase, &written.offices);
            if self.may_be(phrase, written.parts) && !is_moved() {
                survey.note(phrase, grade, people);
            } else {
                survey.note_other(grade, people);
            }
        }
    }

    /// Whether the two can be one: not if they name different governments, nor if each has a number that the other has not.
    fn may_be(&self, phrase: u32, written: &Parts) -> bool {
        let Some(phrase) = self.known.get(at(phrase)) else {
            return false;
        };
        let (one, other) = (phrase.government, written.government);
        if one != 0 && other != 0 && one != other {
            return false;
        }
        let recorded = || {
            phrase
                .words
                .iter()
                .map(|word| self.vocabulary.text(*word))
                .filter(|word| is_number(word))
        };
        written
            .numbers()
            .all(|number| recorded().any(|other| other == number))
            || recorded().all(|number| written.numbers().any(|other| other == number))
    }

    /// Whether the words that the two share belong to other offices.
    fn is_moved(&self, phrase: u32, written: &Offices) -> bool {
        let recorded = self.offices.get(at(phrase));
        recorded.is_some_and(|recorded| written.contradicts(recorded, |bond| self.bonds.contains(&bond)))
    }

    /// What a written word weighs, and the word of the roster that is nearest; notes what each phrase that holds it or a near one gains
    /// by it.
    fn resolve(&self, word: &str, gains: &mut [f32], here: &mut Vec<u32>) -> (f32, Option<u32>) {
        let mut weight: f32 = 0.0;
        let mut known = false;
        let mut nearest = None;
        let numbered = word.chars().any(|sign| sign.is_ascii_digit());
        for near in self.vocabulary.near(word, &text::keys(word)) {
            // Where nobody stands any more is no place. What has another digit is another thing.
            if !self.is_borne(near.word) || (numbered && near.level != Level::Exact) {
                continue;
            }
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
            nearest = nearest.or(Some(near.word));
            weight = weight.max(self.weight(near.word));
            for phrase in self.vocabulary.postings(near.word) {
                if let Some(best) = gains.get_mut(at(*phrase)) {
                    if *best <= 0.0 {
                        here.push(*phrase);
                    }
                    *best = best.max(gained);
                }
            }
        }
        if here.is_empty() {
            // A word that the roster does not know weighs what a middling one does.
            weight = narrow((f64::from(self.people) + 1.0).log2() * 0.5);
        }
        (weight, nearest)
    }

    /// Whether somebody stands at a phrase with this word.
    fn is_borne(&self, word: u32) -> bool {
        self.vocabulary
            .postings(word)
            .iter()
            .any(|phrase| self.people(*phrase) > 0)
    }

    /// `BPSDM` for a unit of those initials, and the reverse. Three letters are soon met with by chance: short name and common
    /// words together must make up the phrase that holds the short name, or a foreign unit would agree for it.
    fn acronyms(&self, written: &Written<'_>, weights: &[f32], gained: &[f32], survey: &mut Survey) {
        let gained = |number: u32| gained.get(at(number)).copied().unwrap_or(0.0);
        let whole = weights.iter().sum::<f32>().max(0.1);
        let words = &written.parts.words;
        for (word, weight) in words.iter().zip(weights).filter(|(word, _)| word.len() >= 3) {
            for number in self.by_acronym.get(word).into_iter().flatten() {
                self.note_short(survey, *number, (gained(*number) + weight) / whole, written);
            }
        }
        let short = self.vocabulary.find(&acronym(words)).filter(|_| words.len() >= 3);
        let spelt = short.map_or(&[][..], |word| self.vocabulary.postings(word));
        for (number, short) in spelt.iter().zip(short.into_iter().cycle()) {
            let recorded = self.wholes.get(at(*number)).copied().unwrap_or(0.1);
            let share = (gained(*number) + self.weight(short)) / recorded;
            self.note_short(survey, *number, share, written);
        }
    }

    /// Notes a phrase that a short name agrees with, which, with the words in common, is this share of what holds it.
    fn note_short(&self, survey: &mut Survey, phrase: u32, share: f32, written: &Written<'_>) {
        let grade = if share >= 0.85 {
            survey.short.push(phrase);
            Some(Grade::Around)
        } else {
            (share >= 0.5).then_some(Grade::Some)
        };
        self.note(survey, phrase, grade, written);
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
