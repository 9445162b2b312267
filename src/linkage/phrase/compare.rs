//! How far a written phrase agrees with each of the roster, and whether a match may rest on it. Absent: what the roster's phrases are
//! ([`super`]), what an agreement is worth ([`crate::linkage::survey`]).

use super::Phrases;
use super::narrow;
use crate::linkage::Level;
use crate::linkage::office::Kind;
use crate::linkage::office::Offices;
use crate::linkage::office::Word;
use crate::linkage::parts::Parts;
use crate::linkage::parts::Step;
use crate::linkage::parts::acronym;
use crate::linkage::parts::is_number;
use crate::linkage::phrase::NO_SEAT;
use crate::linkage::survey::Grade;
use crate::linkage::survey::Survey;
use crate::linkage::text;
use crate::linkage::vocabulary::at;

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
    /// Compares a written phrase with every phrase that shares a word with it.
    pub(in crate::linkage) fn survey(&self, written: &str) -> Survey {
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
    pub(in crate::linkage) fn follows(&self, survey: &Survey, phrase: u32) -> bool {
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
