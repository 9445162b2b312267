//! A written name against a recorded one: which words answer which, at what level, for how many bits.

use super::Level;
use super::index::Facts;
use super::index::Index;
use super::name;
use super::name::Name;
use super::name::Word;
use super::text;
use super::vocabulary::count;
use super::weigh;

/// What one written word (or two joined) can reach in the roster's vocabulary.
#[derive(Debug)]
pub(super) struct Reached {
    /// The written words it stands for, as a mask.
    pub(super) covers: u32,
    /// What was written.
    written: String,
    /// Somebody bears it as it is written, so that it is no misspelling.
    borne: bool,
    /// Words of the vocabulary, ascending.
    pub(super) words: Vec<Target>,
    /// What a stranger's name loses, in bits, for having to be written wrongly too; 0 where somebody bears the word.
    pub(super) stranger: f64,
}

/// One word that can be reached, and what reaching it is worth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) word: u32,
    pub(super) level: Level,
    pub(super) bits: f64,
}

/// One written word read as several of the vocabulary.
#[derive(Debug)]
pub(super) struct Split {
    /// The written word's place.
    pub(super) place: usize,
    pub(super) words: Vec<u32>,
    pub(super) bits: f64,
}

/// A written name made ready to be compared with many.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    index: &'a Index,
    /// The written name.
    pub(super) name: &'a Name,
    /// Single words and joined neighbours.
    pub(super) reached: Vec<Reached>,
    pub(super) splits: Vec<Split>,
    /// By written word: its letter and the bits of a word with that initial, if it is an initial.
    initials: Vec<Option<(char, f64)>>,
}

/// What a line of the name compares; [`Reach::spell`] puts it into words.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// A reached word: places in `reached` and in the vocabulary.
    Reached(usize, u32),
    /// A place in `splits`.
    Split(usize),
    /// A written word's place and the recorded word.
    Initial(usize, u32),
    /// A written word's place and the recorded word that it resembles.
    Alike(usize, u32),
    /// A written word that nothing answers.
    Extra(usize),
    /// A recorded word that nothing answers.
    Omitted(u32),
    /// Nothing in common.
    Whole,
}

/// One line of the name.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameLine {
    pub(super) level: Level,
    pub(super) bits: f64,
    pub(super) what: What,
}

/// How a name fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Fit {
    /// The sum of `lines`.
    pub(super) bits: f64,
    /// One line for each word.
    pub(super) lines: Vec<NameLine>,
    /// Every written word that was stated found its counterpart.
    pub(super) written_whole: bool,
    /// Every recorded word found its counterpart, but for those that many bear and leave out.
    pub(super) recorded_whole: bool,
    /// Words that agree by a short form, a part, an initial or damage.
    pub(super) loose: u32,
    /// Words one or two letters off, that nobody bears as they are written.
    pub(super) misspelt: u32,
    /// Words that many bear and the complaint leaves out.
    pub(super) weak: u32,
    /// Words that agree in spite of damage, whoever bears them as written.
    pub(super) damaged: u32,
    /// Words left over on both sides that were paired because they look alike.
    pub(super) paired: u32,
    /// Words, other than initials, that agree.
    pub(super) agreeing: u32,
    /// Recorded words that something written answers.
    pub(super) answered: u32,
    /// The recorded words that nothing written answers.
    pub(super) open: Vec<u32>,
}

impl Fit {
    /// What the lines in favour give.
    pub(super) fn gained(&self) -> f64 {
        self.lines.iter().map(|line| line.bits.max(0.0)).sum()
    }

    /// Every word on both sides is accounted for, without short forms.
    pub(super) fn is_full(&self) -> bool {
        self.written_whole && self.recorded_whole && self.loose == 0 && self.agreeing > 0
    }

    /// So, and by two words at least: one word, whatever is left out beside it, is anybody's.
    pub(super) fn is_named(&self) -> bool {
        self.is_full() && self.answered >= 2
    }
}

struct Pairing {
    bits: f64,
    covers: u32,
    takes: u32,
    level: Level,
    borne: bool,
    what: What,
}

pub(super) fn bit(place: usize) -> u32 {
    1_u32.checked_shl(count(place)).unwrap_or(0)
}

impl<'a> Reach<'a> {
    pub(super) fn new(index: &'a Index, name: &'a Name) -> Self {
        let mut reached: Vec<Reached> = Vec::new();
        let mut splits = Vec::new();
        for (place, word) in name.words.iter().enumerate() {
            reached.push(reach_word(index, word, bit(place)));
            if word.text.chars().count() >= 5 {
                for words in index.names.split(&word.text, &word.keys) {
                    let bits = joined_bits(index, &words);
                    splits.push(Split { place, words, bits });
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
        let initial = |word: &Word| {
            let letter = word.text.chars().next().filter(|_| word.is_initial())?;
            let bearers = index.names.bearers_of_initial(letter);
            Some((letter, bits(index, Level::Initial, bearers).max(0.1)))
        };
        Self {
            index,
            name,
            reached,
            splits,
            initials: name.words.iter().map(initial).collect(),
        }
    }

    /// What a stranger loses who is called like those that the words reach, and is miswritten as they would be.
    ///
    /// A stranger bears a word of these names as often as anybody here, and then the writer has changed it as well; or bears
    /// the very word that was written, as half a person here would.
    pub(super) fn stranger_bits(&self) -> f64 {
        self.reached.iter().map(|reached| reached.stranger).sum()
    }

    /// Compares with one person's name.
    pub(super) fn fit(&self, facts: &Facts<'_>) -> Fit {
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
        let fit = self.assigned(facts, &options);
        let width = |option: &Pairing| option.covers.count_ones() + option.takes.count_ones();
        if options.iter().all(|option| width(option) == 2) {
            return fit;
        }
        // Two words written apart that are one word answer each other better than the half that resembles it.
        options.sort_by_key(|option| std::cmp::Reverse(width(option)));
        let wide = self.assigned(facts, &options);
        if wide.bits > fit.bits { wide } else { fit }
    }

    /// Each word answered once, by the first option that may.
    fn assigned(&self, facts: &Facts<'_>, options: &[Pairing]) -> Fit {
        let mut fit = Fit::default();
        let (mut covered, mut taken) = (0, 0);
        for option in options {
            if covered & option.covers != 0 || taken & option.takes != 0 {
                continue;
            }
            covered |= option.covers;
            taken |= option.takes;
            fit.note(option);
        }
        if fit.lines.is_empty() {
            fit.push(Level::Differs, weigh::NAME_DIFFERS, What::Whole);
            return fit;
        }
        self.damaged(facts, (&mut covered, &mut taken), &mut fit);
        self.leftovers(facts, (covered, taken), &mut fit);
        fit.answered = taken.count_ones();
        fit
    }

    /// Words left over on both sides that look alike: too damaged to be found by, but no strangers.
    fn damaged(&self, facts: &Facts<'_>, (covered, taken): (&mut u32, &mut u32), fit: &mut Fit) {
        for (place, word) in self.name.words.iter().enumerate() {
            if *covered & bit(place) != 0 || word.is_initial() {
                continue;
            }
            let alike = |at: usize, number: u32| {
                let free = *taken & bit(at) == 0;
                let share = free.then(|| text::likeness(&word.text, self.index.names.text(number)))?;
                (share >= weigh::ALIKE_MIN).then_some((share, at, number))
            };
            let words = facts.words.iter().enumerate();
            let best = words
                .filter_map(|(at, number)| alike(at, *number))
                .max_by(|one, two| one.0.total_cmp(&two.0).then(two.1.cmp(&one.1)));
            if let Some((share, at, number)) = best {
                *covered |= bit(place);
                *taken |= bit(at);
                fit.loose += 1;
                fit.damaged += 1;
                fit.paired += 1;
                fit.push(Level::Similar, weigh::alike(share), What::Alike(place, number));
            }
        }
    }

    /// What a line compares, as `written = recorded`.
    pub(super) fn spell(&self, line: &NameLine, facts: &Facts<'_>) -> String {
        let written = |place: usize| self.name.words.get(place).map_or("", |word| word.text.as_str());
        let recorded = |words: &[u32]| {
            let words: Vec<&str> = words.iter().map(|word| self.index.names.text(*word)).collect();
            words.join(" ")
        };
        match line.what {
            What::Reached(place, word) => {
                let written = self
                    .reached
                    .get(place)
                    .map_or("", |reached| reached.written.as_str());
                format!("{written} = {}", self.index.names.text(word))
            }
            What::Split(place) => self.splits.get(place).map_or_else(String::new, |split| {
                format!("{} = {}", written(split.place), recorded(&split.words))
            }),
            What::Initial(place, word) | What::Alike(place, word) => {
                format!("{} = {}", written(place), self.index.names.text(word))
            }
            What::Extra(place) => written(place).to_owned(),
            What::Omitted(word) => self.index.names.text(word).to_owned(),
            What::Whole => {
                let all: Vec<&str> = self.name.words.iter().map(|word| word.text.as_str()).collect();
                format!("{} / {}", all.join(" "), recorded(facts.words))
            }
        }
    }

    fn options(&self, facts: &Facts<'_>) -> Vec<Pairing> {
        let mut options = Vec::new();
        for (place, word) in facts.words.iter().enumerate() {
            for (at, reached) in self.reached.iter().enumerate() {
                if let Ok(found) = reached.words.binary_search_by_key(word, |target| target.word)
                    && let Some(target) = reached.words.get(found)
                {
                    options.push(Pairing {
                        bits: target.bits,
                        covers: reached.covers,
                        takes: bit(place),
                        level: target.level,
                        borne: reached.borne,
                        what: What::Reached(at, *word),
                    });
                }
            }
            self.initials(place, *word, &mut options);
        }
        for (at, split) in self.splits.iter().enumerate() {
            if let Some(takes) = taken_by(&split.words, facts.words) {
                options.push(Pairing {
                    bits: split.bits,
                    covers: bit(split.place),
                    takes,
                    level: Level::Joined,
                    borne: false,
                    what: What::Split(at),
                });
            }
        }
        options
    }

    fn initials(&self, place: usize, word: u32, options: &mut Vec<Pairing>) {
        for (written, initial) in self.initials.iter().enumerate() {
            let Some((letter, bits)) = initial else { continue };
            let text = self.index.names.text(word);
            if text.starts_with(*letter) && text.chars().nth(1).is_some() {
                options.push(Pairing {
                    bits: *bits,
                    covers: bit(written),
                    takes: bit(place),
                    level: Level::Initial,
                    borne: false,
                    what: What::Initial(written, word),
                });
            }
        }
    }

    fn leftovers(&self, facts: &Facts<'_>, (covered, taken): (u32, u32), fit: &mut Fit) {
        fit.written_whole = true;
        for (place, word) in self.name.words.iter().enumerate() {
            if covered & bit(place) == 0 {
                fit.written_whole &= word.optional && (place > 0 || word.is_initial());
                fit.push(Level::Extra, extra_bits(word), What::Extra(place));
            }
        }
        fit.recorded_whole = true;
        let mut charged = false;
        for (place, word) in facts.words.iter().enumerate() {
            if taken & bit(place) == 0 {
                let weak = name::is_weak(self.index.names.text(*word));
                fit.recorded_whole &= weak;
                fit.weak += u32::from(weak);
                let before = charged;
                charged |= !weak;
                let bits = match (weak, before) {
                    (true, _) => weigh::OMITTED_WEAK,
                    (false, false) => weigh::OMITTED,
                    (false, true) => weigh::OMITTED_MORE,
                };
                fit.open.push(*word);
                fit.push(Level::Omitted, bits, What::Omitted(*word));
            }
        }
    }
}

/// The places of the words among those recorded, in any order: a handle turns names round. Nothing if one is missing.
fn taken_by(words: &[u32], recorded: &[u32]) -> Option<u32> {
    words.iter().try_fold(0, |taken, word| {
        let mut places = recorded.iter().enumerate();
        let free = |(place, other): &(usize, &u32)| *other == word && taken & bit(*place) == 0;
        places.find(free).map(|(place, _)| taken | bit(place))
    })
}

/// What a written word costs that the recorded name has not.
pub(super) fn extra_bits(word: &Word) -> f64 {
    if word.optional {
        weigh::EXTRA_OPTIONAL
    } else if word.is_weak() || word.is_initial() {
        weigh::EXTRA_WEAK
    } else {
        weigh::EXTRA
    }
}

impl Fit {
    fn push(&mut self, level: Level, bits: f64, what: What) {
        self.bits += bits;
        self.lines.push(NameLine { level, bits, what });
    }

    /// Whether a word is two slips away from the name's, and fewer than two others are the name's own. Two names of one office may be as
    /// near to each other (Sunaeti, Suroeti): then one forename decides.
    pub(super) fn is_guessed(&self) -> bool {
        let two_off = count(
            self.lines
                .iter()
                .filter(|line| line.level == Level::TwoOff)
                .count(),
        );
        two_off > 0 && self.agreeing < two_off + 2
    }

    fn note(&mut self, option: &Pairing) {
        match option.level {
            Level::Exact | Level::Sound | Level::Joined => {}
            Level::OneOff | Level::TwoOff if !option.borne => self.misspelt += 1,
            _ => self.loose += 1,
        }
        let damaged = matches!(option.level, Level::OneOff | Level::TwoOff | Level::Similar);
        self.damaged += u32::from(damaged);
        self.agreeing += u32::from(option.level != Level::Initial);
        self.push(option.level, option.bits, option.what);
    }
}

/// log2(m/u) of a level that so many bear.
fn bits(index: &Index, level: Level, bearers: u32) -> f64 {
    let u = (f64::from(bearers) + 0.5) / (index.size() + 1.0);
    (index.weights.name(level) / u.min(1.0)).log2()
}

/// Several words written as one: each is as rare as it is, and only the writing is unusual.
fn joined_bits(index: &Index, words: &[u32]) -> f64 {
    let rarity = |word: &u32| {
        -(f64::from(count(index.names.postings(*word).len())) + 0.5).log2() + (index.size() + 1.0).log2()
    };
    (words.iter().map(rarity).sum::<f64>() + index.weights.name(Level::Joined).log2()).max(0.1)
}

fn reach_word(index: &Index, word: &Word, covers: u32) -> Reached {
    let near = index.names.near(&word.text, &word.keys);
    let mut words = Vec::with_capacity(near.len());
    // People reachable at a level are those at it and at every better one. Damage and clipping are two ways away from a
    // word: what is reached by the one is not rarer for what the other reaches.
    let (mut spelt, mut clipped) = (0_u32, 0_u32);
    let (mut misnamed, mut fewest) = (0.0, None);
    for level in near.chunk_by(|one, two| one.level == two.level) {
        let here = level
            .iter()
            .map(|near| count(index.names.postings(near.word).len()))
            .fold(0, u32::saturating_add);
        let clips = |level: Level| matches!(level, Level::Nickname | Level::Part | Level::Initial);
        let whole = |level: Level| matches!(level, Level::Exact | Level::Sound);
        let of = level.first().map_or(Level::Exact, |near| near.level);
        if !clips(of) {
            spelt = spelt.saturating_add(here);
        }
        if clips(of) || whole(of) {
            clipped = clipped.saturating_add(here);
        }
        let bearers = if clips(of) { clipped } else { spelt };
        let (here, all) = (f64::from(here), f64::from(bearers) + 0.5);
        misnamed += index.weights.name(of) * here / all;
        fewest.get_or_insert(all);
        words.extend(level.iter().map(|near| Target {
            word: near.word,
            level: near.level,
            bits: bits(index, near.level, bearers).max(0.1),
        }));
    }
    words.sort_unstable_by_key(|target| target.word);
    Reached {
        covers,
        written: word.text.clone(),
        borne: index.names.find(&word.text).is_some(),
        words,
        stranger: fewest.map_or(0.0, |all| {
            (misnamed + index.weights.name(Level::Exact) * 0.5 / all)
                .log2()
                .min(0.0)
        }),
    }
}

fn reach_joined(index: &Index, word: &Word, covers: u32) -> Reached {
    let mut words: Vec<u32> = index.names.find(&word.text).into_iter().collect();
    words.extend(index.names.sounding(&word.keys));
    words.sort_unstable();
    words.dedup();
    words.retain(|number| !index.names.postings(*number).is_empty());
    let bearers = words
        .iter()
        .map(|number| count(index.names.postings(*number).len()))
        .fold(0, u32::saturating_add);
    let bits = bits(index, Level::Joined, bearers).max(0.1);
    let target = |word: u32| Target {
        word,
        level: Level::Joined,
        bits,
    };
    Reached {
        covers,
        written: word.text.clone(),
        borne: true,
        words: words.into_iter().map(target).collect(),
        stranger: 0.0,
    }
}
