//! Units, cities and positions as bags of words: who stands at which phrase, and how far a written one agrees
//! with each. The same arithmetic serves the three fields; only their tables of abbreviations differ.

use std::collections::HashMap;

use super::Level;
use super::survey::Grade;
use super::survey::Survey;
use super::table::BEFORE_NAMES;
use super::table::EMPTY;
use super::table::GOVERNMENTS;
use super::table::PROVINCE;
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
    /// The government that it names, as a row of [`GOVERNMENTS`] has it; 0 if none.
    pub(super) government: u32,
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

/// A phrase taken apart.
#[derive(Debug, Default)]
struct Parts {
    /// Its words, abbreviations spelt out, empty ones dropped.
    words: Vec<String>,
    /// The government that it names; 0 if none.
    government: u32,
}

impl Parts {
    fn of(text: &str, table: Table) -> Self {
        let mut words: Vec<String> = Vec::new();
        for word in text::words(text).iter().flat_map(|word| pieces(word)) {
            let long = table.iter().find(|(short, _)| *short == word);
            match long {
                Some((_, long)) => words.extend(long.split(' ').map(str::to_owned)),
                None => words.push(word.to_owned()),
            }
        }
        let government = government(&words);
        let empty = |word: &String| EMPTY.contains(&word.as_str());
        if !words.iter().all(empty) {
            words.retain(|word| !empty(word));
        }
        let mut seen = std::collections::HashSet::new();
        words.retain(|word| seen.insert(word.clone()));
        words.truncate(WORDS_MAX);
        Self { words, government }
    }

    /// The numbers among the words.
    fn numbers(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .map(String::as_str)
            .filter(|word| is_number(word))
    }
}

/// `SMPN2` is `SMPN 2`, and `02` is `2`; a digit within a word (`P3A`) is part of it.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let head = word.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let whole = head.chars().any(|sign| sign.is_ascii_digit());
    let (head, tail) = if whole {
        (word, "")
    } else {
        word.split_at(head.len())
    };
    let tail = match tail.trim_start_matches('0') {
        "" => tail,
        number => number,
    };
    [head, tail].into_iter().filter(|piece| !piece.is_empty())
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|sign| sign.is_ascii_digit())
}

/// The government that the words name; 0 if none. A path goes up, so the last one is it; a province named beside a city or a
/// regency is where that lies.
fn government(words: &[String]) -> u32 {
    let before = std::iter::once("").chain(words.iter().map(String::as_str));
    let named = before.zip(words).filter_map(|(before, word)| {
        let (_, government) = GOVERNMENTS.iter().find(|(name, _)| name == word)?;
        let (province, name) = (*government == PROVINCE, BEFORE_NAMES.contains(&before));
        Some((*government, u8::from(!province) + u8::from(!province && !name)))
    });
    // Of the equally telling ones `max_by_key` takes the last.
    named
        .max_by_key(|(_, telling)| *telling)
        .map_or(0, |(government, _)| government)
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
        let Parts { words, government } = Parts::of(text, self.table);
        if words.is_empty() {
            return None;
        }
        let mut form = words.clone();
        form.sort_unstable();
        // A roster writes no control character, so forms and texts are told apart.
        let form = format!("\u{1}{government} {}", form.join(" "));
        let number = match self.by_form.get(&form) {
            Some(number) => *number,
            None => self.enter(form, &words, government),
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

    fn enter(&mut self, form: String, words: &[String], government: u32) -> u32 {
        let number = count(self.known.len());
        let ids = words
            .iter()
            .map(|word| self.vocabulary.bear(word, number))
            .collect();
        self.known.push(Phrase {
            words: ids,
            people: 0,
            government,
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
        (people, governments): (Vec<u32>, Vec<u32>),
        forms: HashMap<String, u32>,
        acronyms: Vec<(String, u32)>,
    ) {
        let mut rest = words.into_iter();
        let people = people.into_iter().zip(governments);
        for ((length, (people, government)), number) in lengths.into_iter().zip(people).zip(0_u32..) {
            let words: Vec<u32> = rest.by_ref().take(at(length)).collect();
            for word in &words {
                vocabulary.bear_again(*word, number);
            }
            self.known.push(Phrase {
                words,
                people,
                government,
            });
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
        let parts = Parts::of(written, self.table);
        if parts.words.is_empty() {
            return Survey::default();
        }
        let mut gained = vec![0.0_f32; self.known.len()];
        let mut of_word = vec![0.0_f32; self.known.len()];
        let (mut touched, mut here): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut weights: Vec<f32> = Vec::with_capacity(parts.words.len());
        let (mut strange, mut familiar) = (false, false);
        for word in &parts.words {
            weights.push(self.resolve(word, &mut of_word, &mut here));
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
        let whole = weights.iter().sum::<f32>().max(0.1);
        let mut survey = Survey::of(self.known.len(), strange && familiar);
        for number in touched {
            let gained = gained.get(at(number)).copied().unwrap_or(0.0);
            let recorded = self.wholes.get(at(number)).copied().unwrap_or(0.1);
            self.note(
                &mut survey,
                number,
                Grade::of(gained / whole, gained / recorded),
                &parts,
            );
        }
        self.acronyms(&parts, &weights, &gained, &mut survey);
        survey.count(|phrase| self.people(phrase));
        survey
    }

    /// Notes how a phrase agrees; one that agrees but for its government or its number is another one.
    fn note(&self, survey: &mut Survey, phrase: u32, grade: Option<Grade>, written: &Parts) {
        if let Some(grade) = grade {
            let people = self.people(phrase);
            if self.may_be(phrase, written) {
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

    /// What a written word weighs; notes what each phrase that holds it or a near one gains by it.
    fn resolve(&self, word: &str, gains: &mut [f32], here: &mut Vec<u32>) -> f32 {
        let mut weight: f32 = 0.0;
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
        }
        if here.is_empty() {
            // A word that the roster does not know weighs what a middling one does.
            weight = narrow((f64::from(self.people) + 1.0).log2() * 0.5);
        }
        weight
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
    fn acronyms(&self, written: &Parts, weights: &[f32], gained: &[f32], survey: &mut Survey) {
        let gained = |number: u32| gained.get(at(number)).copied().unwrap_or(0.0);
        let whole = weights.iter().sum::<f32>().max(0.1);
        for (word, weight) in written
            .words
            .iter()
            .zip(weights)
            .filter(|(word, _)| word.len() >= 3)
        {
            for number in self.by_acronym.get(word).into_iter().flatten() {
                let grade = short_form((gained(*number) + weight) / whole);
                self.note(survey, *number, grade, written);
            }
        }
        let short = self
            .vocabulary
            .find(&acronym(&written.words))
            .filter(|_| written.words.len() >= 3);
        let spelt = short.map_or(&[][..], |word| self.vocabulary.postings(word));
        for (number, short) in spelt.iter().zip(short.into_iter().cycle()) {
            let recorded = self.wholes.get(at(*number)).copied().unwrap_or(0.1);
            let grade = short_form((gained(*number) + self.weight(short)) / recorded);
            self.note(survey, *number, grade, written);
        }
    }
}

/// The grade of a short name that, with the words in common, is this share of the phrase that holds it.
fn short_form(share: f32) -> Option<Grade> {
    if share >= 0.85 {
        Some(Grade::Around)
    } else {
        (share >= 0.5).then_some(Grade::Some)
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
    use super::super::table::CITY;
    use super::super::table::POSITIONS;
    use super::super::table::REGENCY;
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
    fn every_government_is_told_from_the_others_of_its_name() {
        for (word, government) in GOVERNMENTS {
            let parts = Parts::of(&format!("Dinas Sosial {word} Merapi"), UNITS);
            assert_eq!(parts.government, *government, "{word}");
        }
        for (text, government) in [
            ("Dinas Pemberdayaan Masyarakat dan Desa Kota Bogor", CITY),
            ("Kelurahan Kota Baru, Kec. Kota, Kab. Karawang", REGENCY),
            ("Kabupaten Kudus, Kecamatan Kota", REGENCY),
            ("Kota Bandung, Provinsi Jawa Barat", CITY),
            ("Kecamatan Kota", CITY),
            ("Dinas Sosial Bogor", 0),
        ] {
            assert_eq!(Parts::of(text, UNITS).government, government, "{text}");
        }
    }

    #[test]
    fn a_word_and_its_number_come_apart_but_not_a_digit_within() {
        for (text, words) in [
            ("SMPN2 Bogor", "smp negeri 2 bogor"),
            ("SDN 03", "sd negeri 3"),
            ("Dinas P3A", "dinas p3a"),
            ("Inspektorat II", "inspektorat 2"),
            ("0", "0"),
        ] {
            assert_eq!(Parts::of(text, UNITS).words.join(" "), words, "{text}");
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
