//! The words of an answer: decision, candidates, evidence. No arithmetic lives here.

use serde::Deserialize;
use serde::Serialize;

use super::PersonId;

/// What is proposed for a complaint. A person opens and confirms it (UU 27/2022).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Proposed, strong: every condition of a match rule holds for the first candidate.
    Match,
    /// Somebody ranks first, but a person must look.
    Possible,
    /// *Nobody on this roster* ranks first.
    None,
}

impl Decision {
    /// The stable key: `match`, `possible` or `none`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Possible => "possible",
            Self::None => "none",
        }
    }
}

/// The field of the complaint that an evidence speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The written name.
    Name,
    /// The written number.
    Nip,
    /// A written birth date.
    Birth,
    /// Sex, by salutation or title against the number's digit.
    Sex,
    /// The unit.
    Unit,
    /// The city.
    City,
    /// The position.
    Position,
    /// The handle.
    Handle,
    /// The roster as a whole: carried by *nobody* alone.
    Roster,
}

impl Field {
    /// The stable key, e.g. `name`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nip => "nip",
            Self::Birth => "birth",
            Self::Sex => "sex",
            Self::Unit => "unit",
            Self::City => "city",
            Self::Position => "position",
            Self::Handle => "handle",
            Self::Roster => "roster",
        }
    }
}

/// How well a field agrees. Not every level occurs with every field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The same after normalisation.
    Exact,
    /// The same sound: spelling variants, old spelling.
    Sound,
    /// One token written as two, or two as one.
    Joined,
    /// One letter (or digit) off.
    OneOff,
    /// Two letters off.
    TwoOff,
    /// A known short form of the name.
    Nickname,
    /// The beginning or the end of it.
    Part,
    /// An initial.
    Initial,
    /// Damaged, but most letter pairs remain.
    Similar,
    /// One contains the other.
    Within,
    /// Some of the words that matter are shared.
    Some,
    /// A number the person bore before.
    Former,
    /// The first fourteen digits (birth date and appointment).
    First14,
    /// The last four digits or more.
    Last4,
    /// A run of five digits or more from the middle.
    Inside,
    /// A word that the roster's name has and the complaint omits.
    Omitted,
    /// A word of the complaint that the roster's name has not.
    Extra,
    /// What the frequency of the whole name takes back from its words.
    Frequency,
    /// Agrees.
    Agrees,
    /// Contradicts.
    Differs,
    /// Written in full and well formed, but on nobody's record.
    Unknown,
    /// Belongs to somebody else on the roster.
    SomebodyElse,
    /// All the people who are on no roster here, weighed as one hypothesis.
    Outside,
    /// What a stranger's name too would have to be written wrongly for.
    Miswritten,
}

impl Level {
    /// The stable key, e.g. `one-off`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sound => "sound",
            Self::Joined => "joined",
            Self::OneOff => "one-off",
            Self::TwoOff => "two-off",
            Self::Nickname => "nickname",
            Self::Part => "part",
            Self::Initial => "initial",
            Self::Similar => "similar",
            Self::Within => "within",
            Self::Some => "some",
            Self::Former => "former",
            Self::First14 => "first14",
            Self::Last4 => "last4",
            Self::Inside => "inside",
            Self::Omitted => "omitted",
            Self::Extra => "extra",
            Self::Frequency => "frequency",
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Unknown => "unknown",
            Self::SomebodyElse => "somebody-else",
            Self::Outside => "outside",
            Self::Miswritten => "miswritten",
        }
    }
}

/// One line of an explanation. `field` and `level` are what a screen translates; `detail` shows the words
/// compared, as `written = recorded`, and is data rather than prose.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The field it speaks of.
    pub field: Field,
    /// How well that agrees.
    pub level: Level,
    /// For (positive) or against (negative), log2 of m/u.
    pub bits: f64,
    /// What was compared.
    pub detail: String,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}.{} {:+.2} ***",
            self.field.key(),
            self.level.key(),
            self.bits
        )
    }
}

/// One hypothesis with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The person, or `None` for *nobody on this roster*.
    pub who: Option<PersonId>,
    /// Prior plus evidence, in bits.
    pub score_bits: f64,
    /// Its probability among all the hypotheses weighed.
    pub posterior: f64,
    /// The lines that, with the prior, sum to the score.
    pub evidence: Vec<Evidence>,
    /// Those lines that speak against it so plainly that they forbid a *match*.
    pub contradictions: Vec<Evidence>,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleId {
    /// *Match*: the whole NIP, and the name agrees.
    NipAndName,
    /// *Match*: strong unit evidence and a name that nobody else bears.
    UnitAndUniqueName,
    /// *Match*: a unit so rare that no namesake can be expected in it.
    UnitAndName,
    /// *Match*: the unit and a second, independent agreement.
    UnitAndSecond,
    /// *Match*: a part of the NIP or the birth date, and the whole name.
    NipPartAndName,
    /// *Possible*, flagged: the NIP names one person, the name another.
    ConflictNip,
    /// *Possible*: something contradicts the first candidate.
    Contradicted,
    /// *Possible*: the complaint names more than one person.
    SeveralNamed,
    /// *Possible*: only a part of a name, an initial or a short form, or a single name without a NIP.
    NamePartial,
    /// *Possible*: others fit about as well.
    NotAhead,
    /// *Possible*: too little beside the name.
    NotEnough,
    /// *None*: nobody on this roster ranks first.
    NobodyFirst,
    /// *None*: the complaint names nobody in any way.
    NothingWritten,
}

impl RuleId {
    /// The stable key, e.g. `nip-and-name`.
    pub fn key(self) -> &'static str {
        match self {
            Self::NipAndName => "nip-and-name",
            Self::UnitAndUniqueName => "unit-and-unique-name",
            Self::UnitAndName => "unit-and-name",
            Self::UnitAndSecond => "unit-and-second",
            Self::NipPartAndName => "nip-part-and-name",
            Self::ConflictNip => "conflict-nip",
            Self::Contradicted => "contradicted",
            Self::SeveralNamed => "several-named",
            Self::NamePartial => "name-partial",
            Self::NotAhead => "not-ahead",
            Self::NotEnough => "not-enough",
            Self::NobodyFirst => "nobody-first",
            Self::NothingWritten => "nothing-written",
        }
    }
}

/// The answer to one complaint.
#[derive(Clone, Debug, PartialEq)]
pub struct Linkage {
    /// What is proposed.
    pub decision: Decision,
    /// The number says one person and the name another.
    pub conflict: bool,
    /// Hypotheses, best first: at most `Policy::people_max` people, and *nobody* at its own rank among them.
    pub candidates: Vec<Candidate>,
    /// What every person's score starts from: log2 of (1 - outsiders' share) / people.
    pub prior_bits: f64,
    /// How many others on the roster bear what was written about as well as the first person listed.
    pub namesakes: u32,
    /// The rule that decided.
    pub rule: RuleId,
}
