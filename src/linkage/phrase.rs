//! Units, cities and positions of the roster: who stands at which phrase, what its words weigh, and which offices it has. The three fields
//! differ only in how they are read ([`super::parts`]). Absent: how a written phrase agrees with one (`compare`).

use std::collections::HashMap;
use std::collections::HashSet;

use super::office::Bond;
use super::office::Kind;
use super::office::Offices;
use super::office::Word;
use super::parts::Parts;
use super::parts::Reading;
use super::parts::Step;
use super::parts::acronym;
use super::vocabulary::Vocabulary;
use super::vocabulary::at;
use super::vocabulary::count;

mod compare;
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
    /// Whose government that is: a word, or [`NO_SEAT`].
    pub(super) seat: u32,
    /// Where a part of the path begins, a bit a word.
    pub(super) begins: u64,
    /// Which words stand after *dan*, a bit a word.
    pub(super) joined: u64,
}

/// What a snapshot keeps of phrases beside their words, a column a field.
pub(super) struct Kept {
    pub(super) people: Vec<u32>,
    pub(super) governments: Vec<u32>,
    pub(super) seats: Vec<u32>,
    pub(super) begins: Vec<u64>,
    pub(super) joined: Vec<u64>,
}

/// No word says whose government it is.
pub(super) const NO_SEAT: u32 = u32::MAX;

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
        let marks = marks(&parts);
        let seat = parts.seat.and_then(|seat| parts.words.get(seat));
        let seat = seat.map_or("", String::as_str);
        let form = format!(
            "\u{1}{} {seat} {} {} {}",
            parts.government,
            marks.0,
            marks.1,
            in_order.join(" ")
        );
        let number = match self.by_form.get(&form) {
            Some(number) => *number,
            None => self.enter(form, &parts, marks),
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

    fn enter(&mut self, form: String, parts: &Parts, (begins, joined): (u64, u64)) -> u32 {
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
                .filter_map(|step| ids.get(step.place).copied())
                .collect(),
            people: 0,
            government: parts.government,
            seat: parts
                .seat
                .and_then(|seat| ids.get(seat).copied())
                .unwrap_or(NO_SEAT),
            begins,
            joined,
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
        self.offices = self.known.iter().map(|phrase| self.offices_of(phrase)).collect();
        let borne = self.known.iter().zip(&self.offices);
        self.bonds = borne
            .filter(|(phrase, _)| phrase.people > 0)
            .flat_map(|(_, offices)| offices.bonds())
            .collect();
    }

    fn offices_of(&self, phrase: &Phrase) -> Offices {
        Offices::of((0_u32..).zip(&phrase.words).map(|(place, id)| {
            let marked = |marks: u64| marks.checked_shr(place).is_some_and(|marks| marks & 1 == 1);
            let kind = self.kinds.get(at(*id)).copied().unwrap_or_default();
            Word {
                id: *id,
                kind: if marked(phrase.joined) { Kind::Name } else { kind },
                begins: marked(phrase.begins),
            }
        }))
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
        kept: Kept,
        forms: HashMap<String, u32>,
        acronyms: Vec<(String, u32)>,
    ) {
        let mut rest = words.into_iter();
        let people = kept.people.into_iter().zip(kept.governments).zip(kept.seats);
        let marks = kept.begins.into_iter().zip(kept.joined);
        let phrases = lengths.into_iter().zip(people).zip(marks);
        for (((length, ((people, government), seat)), (begins, joined)), number) in phrases.zip(0_u32..) {
            let phrase = Phrase {
                words: rest.by_ref().take(at(length)).collect(),
                people,
                government,
                seat,
                begins,
                joined,
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
}

/// Where parts of a path begin, and which words stand after *dan*: a bit a word, of which there are fewer than 64.
fn marks(parts: &Parts) -> (u64, u64) {
    let bits = |is: fn(&Step) -> bool| {
        let steps = (0_u32..).zip(&parts.order).filter(|(_, step)| is(step));
        steps.fold(0, |bits, (place, _)| bits | 1_u64.checked_shl(place).unwrap_or(0))
    };
    (bits(|step| step.begins), bits(|step| step.is_joined))
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
