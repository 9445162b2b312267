//! How a written unit, city or position agrees with each phrase of the roster, and how many bits that is. Which words
//! answer which is the affair of `phrase`.

use super::Level;
use super::office::Offices;
use super::office::Word;
use super::phrase::narrow;
use super::vocabulary::at;

/// How a phrase of the roster agrees with the written one, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// The same words.
    Exact,
    /// What is written stands whole within what is recorded: the leaf of a path, or what stands above it.
    Inside,
    /// What is recorded stands within what is written, or is an acronym of it.
    Around,
    /// Some of the telling words are shared.
    Some,
}

const GRADES: [Grade; 4] = [Grade::Exact, Grade::Inside, Grade::Around, Grade::Some];

impl Grade {
    /// By the share of the written words, by weight, that the recorded phrase answers, and of the recorded ones.
    pub(super) fn of(written: f32, recorded: f32) -> Option<Self> {
        let (least, most) = (written.min(recorded), written.max(recorded));
        if least >= 0.9 {
            Some(Self::Exact)
        } else if written >= 0.85 {
            // Also where it is the path's least telling part.
            Some(Self::Inside)
        } else if most >= 0.85 && least >= 0.15 {
            Some(Self::Around)
        } else if most >= 0.5 && least >= 0.1 {
            Some(Self::Some)
        } else {
            None
        }
    }

    /// The level that it is shown at.
    pub(super) fn level(self) -> Level {
        match self {
            Self::Exact => Level::Exact,
            Self::Inside | Self::Around => Level::Within,
            Self::Some => Level::Some,
        }
    }

    fn place(self) -> usize {
        match self {
            Self::Exact => 0,
            Self::Inside => 1,
            Self::Around => 2,
            Self::Some => 3,
        }
    }
}

/// How far a written phrase agrees with those of the roster.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of one phrase, each asked for by itself"
)]
pub(super) struct Survey {
    /// Whether anything was written.
    pub(super) written: bool,
    /// Whether any phrase agrees at any grade, and whether one holds all that was written.
    known: bool,
    held: bool,
    /// One of the words that were written no phrase of the roster has, nor anything near it, while it has another of them.
    strange: bool,
    /// The written words as they follow each other, in words of the roster.
    pub(super) words: Vec<Word>,
    /// The word that says whose government is written.
    pub(super) seat: Option<u32>,
    /// The written offices, where anything was written.
    pub(super) offices: Option<Offices>,
    /// Phrases that are an acronym of what is written, or the reverse.
    pub(super) short: Vec<u32>,
    /// By phrase, the grade at which it agrees.
    grades: Vec<Option<Grade>>,
    /// The phrases that have one.
    agreeing: Vec<u32>,
    /// People at phrases of each grade.
    people: [u32; 4],
    /// What a person at a phrase of each grade is worth, and at one that does not agree.
    bits: [f64; 4],
    against: f64,
}

impl Survey {
    pub(super) fn of(phrases: usize, strange: bool) -> Self {
        Self {
            written: true,
            strange,
            grades: vec![None; phrases],
            ..Self::default()
        }
    }

    /// Notes the better of a grade and what is known. A phrase where nobody stands any more is none.
    pub(super) fn note(&mut self, phrase: u32, grade: Grade, people: u32) {
        if people == 0 {
            return;
        }
        if let Some(known) = self.grades.get_mut(at(phrase)) {
            if known.is_none() {
                self.agreeing.push(phrase);
            }
            *known = Some(known.map_or(grade, |other| other.min(grade)));
            self.known = true;
            self.held |= grade <= Grade::Inside;
        }
    }

    /// Notes that a phrase would agree at a grade, but is known to be another one.
    pub(super) fn note_other(&mut self, grade: Grade, people: u32) {
        self.known |= people > 0;
        self.held |= people > 0 && grade <= Grade::Inside;
    }

    /// Counts the people at each grade; to be called after the last [`Survey::note`].
    pub(super) fn count(&mut self, people: impl Fn(u32) -> u32) {
        for phrase in &self.agreeing {
            let grade = self.grades.get(at(*phrase)).copied().flatten();
            if let Some(sum) = grade.and_then(|grade| self.people.get_mut(grade.place())) {
                *sum = sum.saturating_add(people(*phrase));
            }
        }
    }

    /// How the written phrase agrees with this one.
    pub(super) fn grade(&self, phrase: u32) -> Option<Grade> {
        self.grades.get(at(phrase)).copied().flatten()
    }

    /// The level at which it agrees, or how it does not.
    pub(super) fn level(&self, phrase: u32) -> Level {
        match self.grade(phrase) {
            Some(grade) => grade.level(),
            None if self.is_elsewhere() || !self.known => Level::Unknown,
            None => Level::Differs,
        }
    }

    /// A phrase of the roster holds all that was written.
    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    /// The roster has such offices or places, but none of this name.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.strange && !self.held
    }

    /// People at phrases of this grade or a better one.
    pub(super) fn reach(&self, grade: Grade) -> u32 {
        let better = self.people.iter().take(grade.place().saturating_add(1));
        better.copied().fold(0, u32::saturating_add)
    }

    /// What each grade is worth among so many people; `m` says how often the right person's phrase is written at a level,
    /// `against` is what a phrase costs that does not agree.
    pub(super) fn weigh(&mut self, size: f64, m: impl Fn(Level) -> f64, against: f64) {
        self.against = against;
        self.bits = GRADES.map(|grade| {
            let people = |grade: Grade| f64::from(self.people.get(grade.place()).copied().unwrap_or(0));
            let m = |grade: Grade| m(grade.level());
            // Whoever stands below a named office may be meant by its name as well as those who stand in it, though more
            // seldom each: the written words are as rare as all of them together make them.
            let chance = if grade <= Grade::Inside {
                m(Grade::Exact) * (people(Grade::Exact) + 0.5) + m(Grade::Inside) * people(Grade::Inside)
            } else {
                f64::from(self.reach(grade)) + 0.5
            };
            let chance = (chance / (size + 1.0)).min(1.0);
            (m(grade) / chance).log2().max(0.0)
        });
    }

    /// What a grade is worth.
    pub(super) fn bits(&self, grade: Grade) -> f64 {
        self.bits.get(grade.place()).copied().unwrap_or(0.0)
    }

    /// What a person at a phrase is roughly worth.
    pub(super) fn rough(&self, phrase: u32) -> f32 {
        narrow(self.grade(phrase).map_or(self.against, |grade| self.bits(grade)))
    }

    /// The most that anybody is roughly worth: somebody who stands at a phrase that agrees, or at none; 0 where nothing was written.
    pub(super) fn rough_max(&self) -> f32 {
        let borne = self
            .bits
            .iter()
            .zip(&self.people)
            .filter(|(_, people)| **people > 0);
        narrow(borne.map(|(bits, _)| *bits).fold(self.against.max(0.0), f64::max))
    }
}
