//! From weighed candidates to a decision: the posterior over people *and* nobody, and the rules for *match*.
//!
//! A *match* is proposed only when all of a rule's conditions hold; a wrong accusation is the worst that this
//! module can do. No evidence is weighed here.

use super::Candidate;
use super::Decision;
use super::Evidence;
use super::Field;
use super::Level;
use super::Policy;
use super::RuleId;
use super::naming::Fit;

/// How near another name must come, in bits, to make a name not unique.
pub(super) const NAMESAKE_BITS: f64 = 3.0;
/// Least bits of unit evidence that a second agreement can complete.
const UNIT_WITH_SECOND_BITS: f64 = 2.0;
/// Least bits of the second agreement.
const SECOND_BITS: f64 = 3.0;
/// Least bits by which another's name must fit better to make a number a conflict.
const CONFLICT_BITS: f64 = 4.0;
/// Least bits of a name that is written only in part beside a whole number.
const NAME_WITH_NIP_BITS: f64 = 6.0;
/// Least bits of unit evidence when a word of the name is misspelt.
const UNIT_WITH_MISSPELLING_BITS: f64 = 6.0;

/// A candidate with what the rules look at.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub(super) candidate: Candidate,
    /// How the name fits, before what its frequency takes back.
    pub(super) fit: Fit,
}

impl Weighed {
    fn bits(&self, field: Field) -> f64 {
        self.candidate
            .evidence
            .iter()
            .filter(|line| line.field == field)
            .map(|line| line.bits)
            .sum()
    }

    fn level(&self, field: Field) -> Option<Level> {
        self.candidate
            .evidence
            .iter()
            .find(|line| line.field == field)
            .map(|line| line.level)
    }

    /// The whole number is this person's.
    pub(super) fn has_number(&self) -> bool {
        matches!(self.level(Field::Nip), Some(Level::Exact | Level::Former))
    }

    /// Whether unit evidence is an agreement on the whole of what was written or recorded.
    fn unit_agrees(&self) -> bool {
        matches!(self.level(Field::Unit), Some(Level::Exact | Level::Within))
    }

    /// An agreement that does not follow from name or unit.
    fn second_agrees(&self) -> bool {
        [
            Field::City,
            Field::Position,
            Field::Birth,
            Field::Nip,
            Field::Handle,
        ]
        .iter()
        .any(|field| self.bits(*field) >= SECOND_BITS)
    }
}

/// Whether a line speaks so plainly against somebody that it forbids a *match*.
pub(super) fn is_contradiction(line: &Evidence) -> bool {
    line.field != Field::Position
        && match line.level {
            Level::Differs | Level::SomebodyElse => true,
            Level::Unknown => line.bits <= -2.0,
            _ => false,
        }
}

/// Gives every candidate its posterior among them all; they must include *nobody*.
pub(super) fn posteriors(weighed: &mut [Weighed]) {
    let top = weighed
        .iter()
        .map(|one| one.candidate.score_bits)
        .fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = weighed
        .iter()
        .map(|one| (one.candidate.score_bits - top).exp2())
        .sum();
    for one in weighed {
        one.candidate.posterior = (one.candidate.score_bits - top).exp2() / total;
    }
}

/// The decision on candidates in their final order, whether it is a conflict, and the rule that made it.
pub(super) fn decide(
    weighed: &[Weighed],
    namesakes: u32,
    several: bool,
    policy: &Policy,
) -> (Decision, bool, RuleId) {
    let Some(first) = weighed.first() else {
        return (Decision::None, false, RuleId::NothingWritten);
    };
    if first.candidate.who.is_none() {
        let rule = if weighed.len() == 1 && first.fit.lines.is_empty() {
            RuleId::NothingWritten
        } else {
            RuleId::NobodyFirst
        };
        return (Decision::None, false, rule);
    }
    if is_conflict(weighed) {
        return (Decision::Possible, true, RuleId::ConflictNip);
    }
    let rule = match_rule(first, namesakes, policy);
    let second = weighed
        .get(1)
        .map_or(f64::NEG_INFINITY, |second| second.candidate.score_bits);
    let ahead = first.candidate.score_bits - second >= policy.match_lead_bits_min;
    let refused = if several {
        RuleId::SeveralNamed
    } else if !first.candidate.contradictions.is_empty() {
        RuleId::Contradicted
    } else if !first.has_number() && (!first.fit.is_full() || first.fit.mononym) {
        RuleId::NamePartial
    } else if !ahead {
        RuleId::NotAhead
    } else {
        match rule.filter(|_| first.candidate.posterior >= policy.match_posterior_min) {
            Some(rule) => return (Decision::Match, false, rule),
            None => RuleId::NotEnough,
        }
    };
    (Decision::Possible, false, refused)
}

/// The rule whose evidence the first candidate has, if any.
fn match_rule(first: &Weighed, namesakes: u32, policy: &Policy) -> Option<RuleId> {
    let fit = &first.fit;
    if first.has_number() {
        let enough =
            fit.is_full() || (fit.written_whole && fit.agreeing > 0 && fit.bits >= NAME_WITH_NIP_BITS);
        return enough.then_some(RuleId::NipAndName);
    }
    if !fit.is_full() || fit.mononym || fit.misspelt > 1 || !first.unit_agrees() {
        return None;
    }
    let unit = first.bits(Field::Unit);
    let least = if fit.misspelt == 0 {
        policy.match_unit_bits_min
    } else {
        UNIT_WITH_MISSPELLING_BITS.max(policy.match_unit_bits_min)
    };
    if unit >= least && namesakes == 0 {
        Some(RuleId::UnitAndUniqueName)
    } else if unit >= UNIT_WITH_SECOND_BITS && first.second_agrees() {
        Some(RuleId::UnitAndSecond)
    } else {
        None
    }
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
