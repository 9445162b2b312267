//! Whom what was written fits, counted over the whole roster: the generator's own honest answer to "can anybody tell?"
//!
//! A person fits when every word written is a word of the name (by sound, by initial, or as a short form), and the sex,
//! unit, city, position and digits written, if any, are the person's. What a complaint leaves out excludes nobody.

use std::collections::HashMap;
use std::collections::HashSet;

use super::people::Somebody;
use super::people::World;
use super::sound;

/// Counting stops here; a name alone may fit thousands.
pub(crate) const FITS_MAX: usize = 50;

/// What a word written asks of a word recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// The same sound.
    Sound(String),
    Initial(char),
    /// A short form of it.
    Short(String),
}

/// What was written, before any damage, as conditions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) words: Vec<Want>,
    pub(crate) male: Option<bool>,
    /// Names of units that were written, all of which must be on the person's path.
    pub(crate) units: Vec<u32>,
    pub(crate) agency: Option<usize>,
    pub(crate) city: Option<usize>,
    pub(crate) family: Option<&'static str>,
    pub(crate) position: Option<&'static str>,
    /// Eighteen digits, `?` where nothing was written.
    pub(crate) nip: Option<String>,
}

struct Word {
    first: char,
    sound: String,
    shorts: Vec<String>,
}

struct Facts {
    words: [u32; 5],
    unit: u32,
    city: u16,
    post: u16,
    nip: u64,
    male: bool,
}

/// The roster in short, by place.
pub(crate) struct Census {
    words: Vec<Word>,
    numbers: HashMap<String, u32>,
    by_sound: HashMap<String, Vec<u32>>,
    by_short: HashMap<String, Vec<u32>>,
    posts: Vec<(&'static str, &'static str)>,
    post_numbers: HashMap<&'static str, u16>,
    facts: Vec<Facts>,
    starts: Vec<usize>,
    bearers: Vec<u32>,
}

const NONE: u32 = u32::MAX;

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Census {
    pub(crate) fn new() -> Self {
        Self {
            words: Vec::new(),
            numbers: HashMap::new(),
            by_sound: HashMap::new(),
            by_short: HashMap::new(),
            posts: Vec::new(),
            post_numbers: HashMap::new(),
            facts: Vec::new(),
            starts: Vec::new(),
            bearers: Vec::new(),
        }
    }

    /// Distinct words of names.
    pub(crate) fn vocabulary(&self) -> usize {
        self.words.len()
    }

    /// The next person of the roster.
    pub(crate) fn add(&mut self, one: &Somebody) {
        let mut words = [NONE; 5];
        for (slot, word) in words.iter_mut().zip(&one.words) {
            *slot = self.number(word);
        }
        let next = u16::try_from(self.posts.len()).unwrap_or(u16::MAX);
        let post = *self.post_numbers.entry(one.position).or_insert_with(|| {
            self.posts.push((one.family, one.position));
            next
        });
        self.facts.push(Facts {
            words,
            unit: u32::try_from(one.unit).unwrap_or(NONE),
            city: u16::try_from(one.city).unwrap_or(u16::MAX),
            post,
            nip: one.nip.parse().unwrap_or(0),
            male: one.male,
        });
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(NONE);
        self.numbers.insert(word.to_owned(), number);
        let entry = Word {
            first: sound::letters(word).chars().next().unwrap_or('?'),
            sound: sound::key(word),
            shorts: sound::shorts(word),
        };
        self.by_sound.entry(entry.sound.clone()).or_default().push(number);
        for short in &entry.shorts {
            self.by_short.entry(sound::key(short)).or_default().push(number);
        }
        self.words.push(entry);
        number
    }

    /// To be called when everybody was added: who bears which word.
    pub(crate) fn close(&mut self) {
        self.numbers = HashMap::new();
        let mut counts = vec![0_usize; self.words.len() + 1];
        let borne = |facts: &Facts| facts.words.into_iter().filter(|word| *word != NONE);
        for facts in &self.facts {
            borne(facts).for_each(|word| counts[at(word) + 1] += 1);
        }
        for word in 1..counts.len() {
            counts[word] += counts[word - 1];
        }
        let mut next = counts.clone();
        self.bearers = vec![0; counts[counts.len() - 1]];
        for (place, facts) in (0_u32..).zip(&self.facts) {
            for word in borne(facts) {
                self.bearers[next[at(word)]] = place;
                next[at(word)] += 1;
            }
        }
        self.starts = counts;
    }

    fn bearers(&self, word: u32) -> &[u32] {
        &self.bearers[self.starts[at(word)]..self.starts[at(word) + 1]]
    }

    /// Recorded words that satisfy a written one; nothing for an initial, which is only ever checked.
    fn reached(&self, want: &Want) -> Option<Vec<u32>> {
        match want {
            Want::Sound(sound) => Some(self.by_sound.get(sound).cloned().unwrap_or_default()),
            Want::Short(short) => {
                let mut all = self.by_short.get(&sound::key(short)).cloned().unwrap_or_default();
                all.extend(self.by_sound.get(&sound::key(short)).into_iter().flatten());
                Some(all)
            }
            Want::Initial(_) => None,
        }
    }

    fn grants(&self, want: &Want, word: u32) -> bool {
        let word = &self.words[at(word)];
        match want {
            Want::Sound(sound) => word.sound == *sound,
            Want::Initial(first) => word.first == *first,
            Want::Short(short) => word.shorts.contains(short) || word.sound == sound::key(short),
        }
    }

    /// Whether each written word has a recorded word of its own.
    fn named(&self, wants: &[Want], words: &[u32]) -> bool {
        let Some((want, rest)) = wants.split_first() else {
            return true;
        };
        words.iter().enumerate().any(|(place, word)| {
            *word != NONE && self.grants(want, *word) && {
                let mut left = words.to_vec();
                left[place] = NONE;
                self.named(rest, &left)
            }
        })
    }

    /// Whether all that was written fits this person.
    fn fits_one(&self, world: &World, query: &Query, facts: &Facts) -> bool {
        let unit = &world.units.all[at(facts.unit)];
        let (family, position) = self.posts[usize::from(facts.post)];
        query.male.is_none_or(|male| male == facts.male)
            && query.city.is_none_or(|city| city == usize::from(facts.city))
            && query.agency.is_none_or(|agency| agency == unit.agency)
            && query.units.iter().all(|level| unit.levels.contains(level))
            && query.family.is_none_or(|wanted| wanted == family)
            && query.position.is_none_or(|wanted| wanted == position)
            && query.nip.as_ref().is_none_or(|wanted| {
                let nip = format!("{:018}", facts.nip);
                wanted
                    .bytes()
                    .zip(nip.bytes())
                    .all(|(wanted, digit)| wanted == b'?' || wanted == digit)
            })
            && self.named(&query.words, &facts.words)
    }

    /// The people whom what was written fits, up to [`FITS_MAX`], by place.
    pub(crate) fn fits(&self, world: &World, query: &Query) -> HashSet<u32> {
        let reached = query.words.iter().filter_map(|want| self.reached(want));
        let weight = |words: &Vec<u32>| words.iter().map(|word| self.bearers(*word).len()).sum::<usize>();
        let rarest = reached.min_by_key(weight);
        let everybody = 0..u32::try_from(self.facts.len()).unwrap_or(0);
        let people: Box<dyn Iterator<Item = u32>> = match rarest {
            Some(words) => Box::new(
                words
                    .into_iter()
                    .flat_map(|word| self.bearers(word).iter().copied()),
            ),
            None => Box::new(everybody),
        };
        let mut found = HashSet::new();
        for place in people {
            if self.fits_one(world, query, &self.facts[at(place)]) {
                found.insert(place);
                if found.len() >= FITS_MAX {
                    break;
                }
            }
        }
        found
    }
}
