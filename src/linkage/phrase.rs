//! Units, cities and positions as bags of words: who stands at which phrase, and how far a written one agrees
//! with each. The same arithmetic serves the three fields; only their tables of abbreviations differ.

use std::collections::HashMap;
use std::collections::HashSet;

use super::Level;
use super::office::Bond;
use super::office::Kind;
use super::office::Offices;
use super::office::Word;
use super::parts::Parts;
use super::parts::Reading;
use super::parts::Step;
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

/// What a phrase answers of the written words.
#[derive(Clone, Copy, Debug, Default)]
struct Gain {
    /// The weights of its words that answer one, a little less where they are misspelt.
    bits: f32,
    /// By how much they weigh less than the most telling words that those written may be: of a misspelt *Bandr* that is *Banda*, and *Bandar*
    /// may be in everybody's city.
    less: f32,
}

/// What a written word is.
struct Resolved {
    /// What it weighs: as much as the most telling word that it may be.
    weight: f32,
    /// The one word of the roster that is nearest; none where several are.
    nearest: Option<u32>,
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
        let (begins, joined) = marks(&parts);
        let seat = parts.seat.and_then(|seat| parts.words.get(seat));
        let seat = seat.map_or("", String::as_str);
        let form = format!(
            "\u{1}{} {seat} {begins} {joined} {}",
            parts.government,
            in_order.join(" ")
        );
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
        let (begins, joined) = marks(parts);
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

    /// Compares a written phrase with every phrase that shares a word with it.
    pub(super) fn survey(&self, written: &str) -> Survey {
        let parts = Parts::of(written, self.reading);
        if parts.words.is_empty() {
            return Survey::default();
        }
        let mut gained = vec![Gain::default(); self.known.len()];
        let mut of_word = vec![Gain::default(); self.known.len()];
        let (mut touched, mut here): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut weights: Vec<f32> = Vec::with_capacity(parts.words.len());
        let mut nearest: Vec<u32> = Vec::with_capacity(parts.words.len());
        let (mut strange, mut familiar) = (false, false);
        for (word, stranger) in parts.words.iter().zip((0..=u32::MAX).rev()) {
            let resolved = self.resolve(word, &mut of_word, &mut here);
            weights.push(resolved.weight);
            nearest.push(resolved.nearest.unwrap_or(stranger));
            strange |= here.is_empty();
            familiar |= !here.is_empty();
            for phrase in here.drain(..) {
                if let (Some(sum), Some(best)) = (gained.get_mut(at(phrase)), of_word.get_mut(at(phrase))) {
                    if sum.bits <= 0.0 {
                        touched.push(phrase);
                    }
                    let best = std::mem::take(best);
                    sum.bits += best.bits;
                    sum.less += best.less;
                }
            }
        }
        let word = |step: &Step| {
            let (id, text) = (*nearest.get(step.place)?, parts.words.get(step.place)?);
            let kind = match self.kinds.get(at(id)) {
                _ if step.is_joined => Kind::Name,
                Some(kind) => *kind,
                None => Kind::of(text),
            };
            let begins = step.begins;
            Some(Word { id, kind, begins })
        };
        let in_order: Vec<Word> = parts.order.iter().filter_map(word).collect();
        let written = Written {
            offices: Offices::of(in_order.iter().copied()),
            parts: &parts,
        };
        let whole = weights.iter().sum::<f32>().max(0.1);
        let mut survey = Survey::of(self.known.len(), strange && familiar);
        for number in touched {
            let Gain { bits, less } = gained.get(at(number)).copied().unwrap_or_default();
            let recorded = self.wholes.get(at(number)).copied().unwrap_or(0.1);
            let written_bits = (whole - less).max(0.1);
            self.note(
                &mut survey,
                number,
                Grade::of(bits / written_bits, bits / recorded),
                &written,
            );
        }
        self.acronyms(&written, &weights, &gained, &mut survey);
        survey.count(|phrase| self.people(phrase));
        survey.words = in_order;
        survey.seat = parts.seat.and_then(|seat| nearest.get(seat).copied());
        survey.offices = Some(written.offices);
        survey
    }

    /// Whether a phrase has every written word, behind the office behind which it was written, and each beside its neighbour but where
    /// another office begins. Who is said to be in a unit for the words alone may be in another.
    pub(super) fn follows(&self, survey: &Survey, phrase: u32) -> bool {
        if survey.short.contains(&phrase) {
            return true;
        }
        let (Some(recorded), Some(offices), Some(written)) = (
            self.known.get(at(phrase)),
            self.offices.get(at(phrase)),
            &survey.offices,
        ) else {
            return false;
        };
        let is_of_another = survey
            .seat
            .is_some_and(|seat| recorded.seat != NO_SEAT && recorded.seat != seat);
        let beside =
            |one: &Word, other: &Word| recorded.words.windows(2).any(|pair| pair == [one.id, other.id]);
        let is_office = |word: &Word| matches!(word.kind, Kind::Office(_));
        // After these another office may follow at once.
        let ends = ["jenderal", "sekretariat"].map(Kind::of);
        let mut neighbours = survey.words.iter().zip(survey.words.iter().skip(1));
        !is_of_another
            && survey.words.iter().all(|word| recorded.words.contains(&word.id))
            && offices.hold(written)
            && neighbours.all(|(one, other)| {
                let begins =
                    is_office(other) && (other.begins || ends.contains(&one.kind) || !is_office(one));
                begins || beside(one, other)
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

    /// What a written word is; notes what each phrase that holds it or a near one gains by it.
    fn resolve(&self, word: &str, gains: &mut [Gain], here: &mut Vec<u32>) -> Resolved {
        let mut found: Vec<(u32, Level, f32)> = Vec::new();
        let mut known = false;
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
            found.push((near.word, near.level, share));
        }
        let weights = found.iter().map(|(near, _, _)| self.weight(*near));
        let weight = weights.fold(0.0, f32::max);
        for (near, _, share) in &found {
            let own = self.weight(*near);
            let gain = Gain {
                bits: share * own,
                less: if known { 0.0 } else { weight - own },
            };
            for phrase in self.vocabulary.postings(*near) {
                if let Some(best) = gains.get_mut(at(*phrase)) {
                    if best.bits <= 0.0 {
                        here.push(*phrase);
                    }
                    if gain.bits > best.bits {
                        *best = gain;
                    }
                }
            }
        }
        let nearest = match found.as_slice() {
            [(_, one, _), (_, other, _), ..] if one == other => None,
            [(near, _, _), ..] => Some(*near),
            // A word that the roster does not know weighs what a middling one does.
            [] => {
                let weight = narrow((f64::from(self.people) + 1.0).log2() * 0.5);
                return Resolved {
                    weight,
                    nearest: None,
                };
            }
        };
        Resolved { weight, nearest }
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
    fn acronyms(&self, written: &Written<'_>, weights: &[f32], gained: &[Gain], survey: &mut Survey) {
        let gained = |number: u32| gained.get(at(number)).map_or(0.0, |gain| gain.bits);
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
