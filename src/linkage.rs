//! Who on the roster may a complaint mean, or is it nobody? One door: [`link`].
//!
//! A complaint names a person as the public wrote it; the answer is a ranked list of people, with the
//! hypothesis *nobody on this roster* standing in it at its own rank, every step of it in bits that can be
//! added up by hand (`docs/cross-reference.md`). A person decides; this only proposes.
//!
//! Absent here: files, clock, randomness, database, and every other module of this crate. The same roster,
//! [`MODEL_VERSION`] and complaint give the same answer, byte for byte.

mod answer;
mod context;
mod decide;
mod index;
mod name;
mod naming;
mod number;
mod phrase;
mod retrieve;
mod table;
mod text;
mod vocabulary;
mod weigh;

use context::Context;
use decide::Weighed;
use naming::Fit;
use naming::Reach;

pub use answer::{Candidate, Decision, Evidence, Field, Level, Linkage, RuleId};
pub use index::{Index, PersonId};

/// Names the rules, tables and weights that made an answer; it changes whenever one of them does.
pub const MODEL_VERSION: &str = "ikrar-link-1";

/// One person as the roster records them; nothing here need be clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The current NIP or NI PPPK.
    pub nip: String,
    /// Numbers the same person bore before.
    pub former_nips: Vec<String>,
    /// The name with whatever titles the roster gives.
    pub name: String,
    /// The unit, alone or as a path of units.
    pub unit: String,
    /// The position.
    pub position: String,
    /// The city of work.
    pub city: String,
}

/// What a complaint says about its respondent, as it says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// The name as the public wrote it.
    pub accused_name: String,
    /// The unit or agency.
    pub unit: String,
    /// The city.
    pub city: String,
    /// The position.
    pub position: String,
    /// A NIP, or a part of one, or a birth date.
    pub nip_fragment: String,
    /// A social-media handle.
    pub handle: String,
    /// The day of the act; it joins the ledger after identity is settled, and is not evidence of identity.
    pub incident_date: Option<String>,
}

/// What an installation may decide about the rules. The weights are not among it: they are the model's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Least posterior of a *match*.
    pub match_posterior_min: f64,
    /// Least distance in bits from a *match* to whatever ranks second.
    pub match_lead_bits_min: f64,
    /// Least bits of unit evidence that let a unique name *match*.
    pub match_unit_bits_min: f64,
    /// The share of complaints expected to be about nobody on the roster.
    pub outsider_share: f64,
    /// The most people an answer names; *nobody* is listed beside them.
    pub people_max: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            match_posterior_min: 0.995,
            match_lead_bits_min: 7.0,
            match_unit_bits_min: 4.0,
            outsider_share: 0.05,
            people_max: 5,
        }
    }
}

/// Links one complaint to the roster.
///
/// ```
/// use ikrar::linkage::{Complaint, Decision, Index, Person, Policy, link};
///
/// let person = |nip: &str, name: &str, unit: &str| Person {
///     nip: nip.into(), name: name.into(), unit: unit.into(), ..Person::default()
/// };
/// let index = Index::build(vec![
///     person("198505122010011003", "Budi Santoso, S.Kom.", "Bagian Keuangan"),
///     person("199001012015012001", "Dewi Lestari", "Bagian Umum"),
/// ]);
/// let complaint = Complaint {
///     accused_name: "Pak Boedi Santoso".into(),
///     nip_fragment: "198505122010011003".into(),
///     ..Complaint::default()
/// };
/// let answer = link(&index, &complaint, &Policy::default());
/// assert_eq!(answer.decision, Decision::Match);
/// ```
pub fn link(index: &Index, complaint: &Complaint, policy: &Policy) -> Linkage {
    let name = name::parse(&complaint.accused_name, name::Side::Written);
    let reach = Reach::new(index, &name);
    let context = Context::new(index, complaint, &name);
    let prior_bits = ((1.0 - policy.outsider_share) / index.size()).log2();
    let people = retrieve::retrieve(index, &reach, &context);
    let mut weighed = weigh_people(index, &reach, &context, &people, prior_bits);
    weighed.push(nobody(prior_bits, policy));
    weighed.sort_by(|one, two| rank(index, one, two));
    decide::posteriors(&mut weighed);
    let namesakes = namesakes(&weighed);
    let (decision, conflict, rule) = decide::decide(&weighed, namesakes, name.several, policy);
    let mut named = 0_usize;
    let candidates = weighed.into_iter().map(|one| one.candidate).filter(|candidate| {
        named = named.saturating_add(usize::from(candidate.who.is_some()));
        candidate.who.is_none() || named <= policy.people_max
    });
    Linkage {
        decision,
        conflict,
        candidates: candidates.collect(),
        prior_bits,
        namesakes,
        rule,
    }
}

/// Best first; people who fit equally well stand in the order of their numbers, and before *nobody*.
fn rank(index: &Index, one: &Weighed, two: &Weighed) -> std::cmp::Ordering {
    let number = |weighed: &Weighed| {
        weighed
            .candidate
            .who
            .and_then(|who| index.person(who))
            .map(|person| person.nip.clone())
    };
    let scores = two.candidate.score_bits.total_cmp(&one.candidate.score_bits);
    scores
        .then_with(|| number(two).is_some().cmp(&number(one).is_some()))
        .then_with(|| number(one).cmp(&number(two)))
        .then(one.candidate.who.cmp(&two.candidate.who))
}

fn weigh_people(
    index: &Index,
    reach: &Reach<'_>,
    context: &Context<'_>,
    people: &[u32],
    prior_bits: f64,
) -> Vec<Weighed> {
    let fits: Vec<(u32, Fit)> = people
        .iter()
        .filter_map(|id| Some((*id, reach.fit(index.facts(*id)?))))
        .collect();
    let mut by_bits: Vec<f64> = fits.iter().map(|(_, fit)| fit.bits).collect();
    by_bits.sort_by(f64::total_cmp);
    let weighed = fits.into_iter().filter_map(|(id, fit)| {
        let facts = index.facts(id)?;
        let mut evidence = fit.lines.clone();
        // A name cannot say more than that one of those who bear it as well is meant.
        let alike = by_bits.len() - by_bits.partition_point(|bits| *bits < fit.bits - 0.5);
        let most = index.size().log2() - f64::from(vocabulary::count(alike.max(1))).log2();
        if fit.bits > most {
            let detail = format!("1/{alike}");
            evidence.push(Evidence {
                field: Field::Name,
                level: Level::Frequency,
                bits: most - fit.bits,
                detail,
            });
        }
        evidence.extend(context.lines(id, facts, &fit.open));
        let score_bits = prior_bits + evidence.iter().map(|line| line.bits).sum::<f64>();
        let contradictions = evidence
            .iter()
            .filter(|line| decide::is_contradiction(line))
            .cloned()
            .collect();
        let candidate = Candidate {
            who: Some(PersonId(id)),
            score_bits,
            posterior: 0.0,
            evidence,
            contradictions,
        };
        Some(Weighed { candidate, fit })
    });
    weighed.collect()
}

/// The hypothesis that no one here is meant: it takes the share of the outsiders whole.
fn nobody(prior_bits: f64, policy: &Policy) -> Weighed {
    let score_bits = policy.outsider_share.log2();
    let line = Evidence {
        field: Field::Roster,
        level: Level::Outside,
        bits: score_bits - prior_bits,
        detail: String::new(),
    };
    let candidate = Candidate {
        who: None,
        score_bits,
        posterior: 0.0,
        evidence: vec![line],
        contradictions: Vec::new(),
    };
    Weighed {
        candidate,
        fit: Fit::default(),
    }
}

/// How many others bear what was written nearly as well as the first person.
fn namesakes(weighed: &[Weighed]) -> u32 {
    let mut people = weighed.iter().filter(|one| one.candidate.who.is_some());
    let Some(first) = people.next() else { return 0 };
    let near =
        |other: &&Weighed| other.fit.agreeing > 0 && other.fit.bits >= first.fit.bits - decide::NAMESAKE_BITS;
    vocabulary::count(people.filter(near).count())
}

#[cfg(test)]
mod tests;
