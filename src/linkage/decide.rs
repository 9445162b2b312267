//! From weighed candidates to a decision: the posterior over people *and* nobody, and the rules for *match*.
//!
//! A *match* is proposed only when all of a rule's conditions hold; a wrong accusation is the worst that this
//! module can do. No evidence is weighed here.

use super::Decision;
use super::Field;
use super::Level;
use super::Policy;
use super::RuleId;
use super::Unseen;
use super::context::ContextLine;
use super::name::Name;
use super::naming::Fit;
use super::naming::NameLine;

/// How near another name must come, in bits, to make a name not unique.
pub(super) const NAMESAKE_BITS: f64 = 3.0;
/// Least bits of unit evidence that a second agreement can complete.
const UNIT_WITH_SECOND_BITS: f64 = 2.0;
/// Least bits of the second agreement.
const SECOND_BITS: f64 = 3.0;
/// Least bits by which another's name must fit better to make a number a conflict.
const CONFLICT_BITS: f64 = 4.0;
/// Least bits that a name others bear, the unit and all else but the number give beside a whole number.
const NAME_WITH_NIP_BITS: f64 = 10.0;
/// Least bits of a part of a number, or of a birth date, that complete a whole name.
const NUMBER_PART_BITS: f64 = 8.0;
/// Least bits of unit evidence when two words of the name are misspelt.
const UNIT_WITH_TWO_MISSPELLINGS_BITS: f64 = 6.0;
/// Least bits by which the first stands before all others who bear the name together, by all that was written: that one of
/// them is meant, and the unit wrong, must be rare.
const APART_BITS: f64 = 10.0;
/// Fewer rivals than this are none.
const RIVALS_NONE: f64 = 0.03;
/// Least bits of unit evidence when a word of the name is misspelt, or one is left out that many bear.
const UNIT_WITH_MISSPELLING_BITS: f64 = 4.5;

/// A hypothesis with what the rules look at.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    /// The person, or nobody.
    pub(super) who: Option<u32>,
    pub(super) score_bits: f64,
    pub(super) posterior: f64,
    /// How the name fits, before what its frequency takes back.
    pub(super) fit: Fit,
    /// What the frequency of the name takes back, and how many bear it as well.
    pub(super) frequency: Option<(f64, u32)>,
    /// *Nobody*: what a stranger's name loses for being written wrongly too. Nothing of it counts towards a *match*.
    pub(super) miswritten: f64,
    pub(super) context: Vec<ContextLine>,
}

impl Weighed {
    /// The score of the hypothesis as a whole: *nobody* is not one peer, but all of them.
    fn mass_bits(&self) -> f64 {
        match (self.who, self.frequency) {
            (None, Some((shared, _))) => self.score_bits - shared,
            _ => self.score_bits,
        }
    }

    fn bits(&self, field: Field) -> f64 {
        self.context
            .iter()
            .filter(|line| line.field == field)
            .map(|line| line.bits)
            .sum()
    }

    fn level(&self, field: Field) -> Option<Level> {
        self.context
            .iter()
            .find(|line| line.field == field)
            .map(|line| line.level)
    }

    fn is_contradicted(&self) -> bool {
        let name = |line: &NameLine| forbids(Field::Name, line.level, line.bits);
        let context = |line: &ContextLine| forbids(line.field, line.level, line.bits);
        self.fit.lines.iter().any(name) || self.context.iter().any(context)
    }

    /// The whole number is this person's.
    pub(super) fn has_number(&self) -> bool {
        matches!(self.level(Field::Nip), Some(Level::Exact | Level::Former))
    }

    /// Whether unit evidence is an agreement on the whole of what was written or recorded.
    fn unit_agrees(&self) -> bool {
        matches!(self.level(Field::Unit), Some(Level::Exact | Level::Within))
    }

    /// What the name gives, less what its frequency takes back.
    pub(super) fn name_bits(&self) -> f64 {
        self.fit.bits + self.frequency.map_or(0.0, |(bits, _)| bits)
    }

    /// What unit, city and the rest give.
    fn beside_number(&self) -> f64 {
        let number = [Field::Nip, Field::Birth];
        let others = self.context.iter().filter(|line| !number.contains(&line.field));
        others.map(|line| line.bits.max(0.0)).sum()
    }

    /// What was written may just as well mean this person: every written word is answered, and nothing speaks against it.
    fn is_meant_as_well(&self) -> bool {
        let fit = &self.fit;
        self.who.is_some()
            && fit.written_whole
            && fit.agreeing > 0
            && fit.damaged == 0
            && !self.is_contradicted()
    }

    /// Agreements that do not follow from name or unit.
    fn seconds(&self) -> impl Iterator<Item = f64> {
        [
            Field::City,
            Field::Position,
            Field::Birth,
            Field::Nip,
            Field::Handle,
        ]
        .into_iter()
        .map(|field| self.bits(field))
    }
}

/// Whether a line speaks so plainly against somebody that it forbids a *match*.
pub(super) fn forbids(field: Field, level: Level, bits: f64) -> bool {
    field != Field::Position
        && match level {
            Level::Differs | Level::SomebodyElse => true,
            Level::Unknown => bits <= -2.0,
            _ => false,
        }
}

/// Gives every candidate its posterior among them all; they must include *nobody*.
pub(super) fn posteriors(weighed: &mut [Weighed]) {
    let top = weighed
        .iter()
        .map(|one| one.score_bits)
        .fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = weighed.iter().map(|one| (one.mass_bits() - top).exp2()).sum();
    for one in weighed {
        one.posterior = (one.mass_bits() - top).exp2() / total;
    }
}

/// The decision on candidates in their final order, whether it is a conflict, and the rule that made it. Beside the name,
/// whether numbers of several people are written.
pub(super) fn decide(
    weighed: &[Weighed],
    unseen: &Unseen,
    (name, numbers): (&Name, bool),
    policy: &Policy,
) -> (Decision, bool, RuleId) {
    let (several, from_handle) = (name.several, name.from_handle);
    let Some(first) = weighed.first() else {
        return (Decision::None, false, RuleId::NothingWritten);
    };
    // Also where *nobody* ranks first: somebody's number was written beside another's name, and that is for a person to see.
    if numbers || is_conflict(weighed) {
        return (Decision::Possible, true, RuleId::ConflictNip);
    }
    if first.who.is_none() {
        let rule = if weighed.len() == 1 && first.fit.lines.is_empty() {
            RuleId::NothingWritten
        } else {
            RuleId::NobodyFirst
        };
        return (Decision::None, false, rule);
    }
    let others = || weighed.iter().skip(1);
    let second = others()
        .map(|other| other.score_bits - other.miswritten)
        .fold(f64::NEG_INFINITY, f64::max);
    let ahead = first.score_bits - second >= policy.match_lead_bits_min;
    let against = others()
        .map(|other| (other.mass_bits() - other.miswritten - first.score_bits).exp2())
        .sum::<f64>()
        + unseen.odds(first.score_bits);
    let refused = if several {
        RuleId::SeveralNamed
    } else if first.is_contradicted() {
        RuleId::Contradicted
    } else if from_handle || (!first.has_number() && !first.fit.is_named()) {
        RuleId::NamePartial
    } else if !ahead || weighed.iter().skip(1).any(Weighed::is_meant_as_well) {
        RuleId::NotAhead
    } else {
        match match_rule(
            first,
            rivals(weighed) + unseen.people,
            apart(weighed, unseen),
            policy,
        )
        .filter(|_| 1.0 / (1.0 + against) >= policy.match_posterior_min)
        {
            Some(rule) => return (Decision::Match, false, rule),
            None => RuleId::NotEnough,
        }
    };
    (Decision::Possible, false, refused)
}

/// The rule whose evidence the first candidate has, if any.
fn match_rule(first: &Weighed, rivals: f64, apart: f64, policy: &Policy) -> Option<RuleId> {
    let fit = &first.fit;
    if first.has_number() {
        // Whoever pastes a stranger's number hits upon a namesake the more easily, the commoner the name is.
        // A word that merely resembles one of the name may be a stranger's own.
        let named = fit.is_full() || (fit.written_whole && fit.paired == 0 && fit.agreeing > 0);
        let own = rivals <= RIVALS_NONE || first.name_bits() + first.beside_number() >= NAME_WITH_NIP_BITS;
        let enough = named && own;
        return enough.then_some(RuleId::NipAndName);
    }
    let clean = fit.misspelt == 0 && fit.weak == 0;
    if fit.misspelt > 2 || fit.is_guessed() {
        return None;
    }
    if fit.misspelt <= 1 && first.bits(Field::Nip) + first.bits(Field::Birth) >= NUMBER_PART_BITS {
        return Some(RuleId::NipPartAndName);
    }
    let unit = first.bits(Field::Unit);
    let least = match fit.misspelt {
        0 if clean => policy.match_unit_bits_min,
        0 | 1 => UNIT_WITH_MISSPELLING_BITS.max(policy.match_unit_bits_min),
        _ => UNIT_WITH_TWO_MISSPELLINGS_BITS.max(policy.match_unit_bits_min),
    };
    let second = first.seconds().fold(0.0, f64::max);
    if apart < APART_BITS {
        return None;
    }
    if first.unit_agrees() && unit >= least {
        Some(if rivals <= RIVALS_NONE {
            RuleId::UnitAndUniqueName
        } else {
            RuleId::UnitAndName
        })
    } else if fit.misspelt <= 1
        && first.unit_agrees()
        && unit >= UNIT_WITH_SECOND_BITS
        && second >= SECOND_BITS
    {
        Some(RuleId::UnitAndSecond)
    } else {
        None
    }
}

/// How many others bear the name as well as the first, counted by how well they bear it.
fn rivals(weighed: &[Weighed]) -> f64 {
    let mut people = weighed.iter().filter(|one| one.who.is_some());
    let Some(first) = people.next() else { return 0.0 };
    people
        .filter(|other| other.fit.agreeing > 0)
        .map(|other| (other.fit.bits - first.fit.bits).exp2())
        .sum::<f64>()
        .max(f64::MIN_POSITIVE)
}

/// By how many bits the first stands before all the others who bear a word of the name, together.
fn apart(weighed: &[Weighed], unseen: &Unseen) -> f64 {
    let mut people = weighed.iter().filter(|one| one.who.is_some());
    let Some(first) = people.next() else { return 0.0 };
    let others = people.filter(|other| other.fit.agreeing > 0);
    let odds: f64 = others
        .map(|other| (other.score_bits - first.score_bits).exp2())
        .sum();
    -(odds + unseen.odds(first.score_bits))
        .max(f64::MIN_POSITIVE)
        .log2()
}

/// The number names one person and the name another, or nobody.
fn is_conflict(weighed: &[Weighed]) -> bool {
    weighed
        .iter()
        .filter(|one| one.has_number() && !one.fit.lines.is_empty())
        .any(|owner| {
            let better = |other: &Weighed| {
                let clearly = other.fit.bits >= owner.fit.bits + CONFLICT_BITS;
                other.fit.agreeing > 0 && (clearly || (other.fit.is_full() && !owner.fit.is_full()))
            };
            owner.fit.agreeing == 0
                || owner.fit.bits < 0.0
                || weighed.iter().filter(|other| !other.has_number()).any(better)
        })
}
