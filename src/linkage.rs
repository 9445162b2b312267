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
mod fit;
mod index;
mod name;
mod naming;
mod number;
mod numbers;
mod office;
mod parts;
mod phrase;
mod retrieve;
mod snapshot;
mod survey;
mod table;
mod text;
mod vocabulary;
mod weigh;

use context::Context;
use context::Sexes;
use decide::Weighed;
use naming::Fit;
use naming::Reach;
use retrieve::Found;

pub use answer::{Candidate, Decision, Evidence, Field, Level, Linkage, RuleId};
pub use fit::{Estimate, PSEUDO_COUNT, Tally, maximise};
pub use index::{Index, PersonId};
pub use snapshot::{SNAPSHOT_LINE, SnapshotError};

/// Names that fit no worse than this, in bits, are borne alike.
const ALIKE_BITS: f64 = 0.5;

/// Names the rules, tables and weights that made an answer; it changes whenever one of them does.
pub const MODEL_VERSION: &str = "ikrar-link-5";

/// One person as the roster records them; nothing here need be clean.
#[derive(Clone, Default, PartialEq, Eq)]
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
#[derive(Clone, Default, PartialEq, Eq)]
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

/// Personal data stay out of every log.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(***)")
    }
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Complaint(***)")
    }
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
            outsider_share: 0.06,
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
///     unit: "Bag. Keuangan".into(),
///     nip_fragment: "198505122010011003".into(),
///     ..Complaint::default()
/// };
/// let answer = link(&index, &complaint, &Policy::default());
/// assert_eq!(answer.decision, Decision::Match);
/// ```
pub fn link(index: &Index, complaint: &Complaint, policy: &Policy) -> Linkage {
    let name = name::written(&complaint.accused_name, &complaint.handle);
    let Compared {
        reach,
        context,
        prior_bits,
        weighed,
        unseen,
    } = compare(index, complaint, policy, &name, None);
    let namesakes = namesakes(&weighed, &unseen);
    let numbers = context.numbers.conflict;
    let (decision, conflict, rule) = decide::decide(&weighed, &unseen, (&name, numbers), policy);
    let mut named = 0_usize;
    let shown = weighed.iter().filter(|one| {
        named = named.saturating_add(usize::from(one.who.is_some()));
        one.who.is_none() || named <= policy.people_max
    });
    Linkage {
        decision,
        conflict,
        candidates: shown
            .map(|one| explain(one, index, &reach, &context, prior_bits))
            .collect(),
        prior_bits,
        namesakes,
        rule,
    }
}

/// What every person's score starts from, in bits: that one of the roster is meant, and each as likely.
pub fn prior_bits(index: &Index, policy: &Policy) -> f64 {
    ((1.0 - policy.outsider_share) / index.size()).log2()
}

/// One person weighed as [`link`] weighs those it finds, whether or not it would find or list this one. Nothing for an
/// id that is unknown or of somebody who left.
pub fn explain_person(
    index: &Index,
    complaint: &Complaint,
    policy: &Policy,
    who: PersonId,
) -> Option<Candidate> {
    let name = name::written(&complaint.accused_name, &complaint.handle);
    let compared = compare(index, complaint, policy, &name, Some(who.0));
    let one = compared.weighed.iter().find(|one| one.who == Some(who.0))?;
    Some(explain(
        one,
        index,
        &compared.reach,
        &compared.context,
        compared.prior_bits,
    ))
}

/// Everybody worth comparing, and *nobody*, weighed and in order.
struct Compared<'a> {
    reach: Reach<'a>,
    context: Context<'a>,
    prior_bits: f64,
    weighed: Vec<Weighed>,
    unseen: Unseen,
}

/// Compares with those who are found, and with `also`.
fn compare<'a>(
    index: &'a Index,
    complaint: &'a Complaint,
    policy: &Policy,
    name: &'a name::Name,
    also: Option<u32>,
) -> Compared<'a> {
    let reach = Reach::new(index, name);
    let context = Context::new(index, complaint, name);
    let prior_bits = prior_bits(index, policy);
    let mut found = retrieve::retrieve(index, &reach, &context);
    if let Some(also) = also
        && let Err(place) = found.people.binary_search(&also)
    {
        found.people.insert(place, also);
    }
    let fits: Vec<(u32, Fit)> = found
        .people
        .iter()
        .filter_map(|id| Some((*id, reach.fit(&index.facts(*id)?))))
        .collect();
    let name = Namesakes::new(index, &fits, &found);
    let mut weighed = weigh_people(index, &context, fits, &name, prior_bits);
    let unseen = Unseen::new(&weighed, &name);
    let miswritten = stranger(index, &reach, &weighed);
    weighed.push(Weighed::nobody(policy, &weighed, &unseen, miswritten));
    weighed.sort_by(|one, two| rank(index, one, two));
    decide::posteriors(&mut weighed);
    Compared {
        reach,
        context,
        prior_bits,
        weighed,
        unseen,
    }
}

/// Who bears the written name as well as the one it fits best.
struct Namesakes {
    best_bits: f64,
    /// Among those compared.
    compared: u32,
    /// Those who were too many to be compared.
    unseen: u32,
    sexes: Sexes,
}

impl Namesakes {
    fn new(index: &Index, fits: &[(u32, Fit)], found: &Found) -> Self {
        let best_bits = fits
            .iter()
            .map(|(_, fit)| fit.bits)
            .fold(f64::NEG_INFINITY, f64::max);
        let (mut sexes, mut compared) = (Sexes::default(), 0_u32);
        for (id, _) in fits.iter().filter(|(_, fit)| fit.bits >= best_bits - ALIKE_BITS) {
            compared = compared.saturating_add(1);
            if let Some(sex) = index.facts(*id).and_then(|facts| facts.sex()) {
                sexes.note(sex);
            }
        }
        Self {
            best_bits,
            compared,
            unseen: found.unseen,
            sexes,
        }
    }
}

/// Those who bear the name as well and were too many to be compared.
#[derive(Clone, Copy, Debug, Default)]
struct Unseen {
    people: f64,
    /// None of them fits better than the worst of those who were compared.
    score_bits: f64,
}

impl Unseen {
    fn new(weighed: &[Weighed], name: &Namesakes) -> Self {
        let alike = weighed
            .iter()
            .filter(|one| one.fit.bits >= name.best_bits - ALIKE_BITS);
        Self {
            people: f64::from(name.unseen),
            score_bits: alike.map(|one| one.score_bits).fold(f64::INFINITY, f64::min),
        }
    }

    /// Their odds together against one score.
    fn odds(&self, score_bits: f64) -> f64 {
        if self.people > 0.0 {
            self.people * (self.score_bits - score_bits).exp2()
        } else {
            0.0
        }
    }
}

/// Best first; people who fit equally well stand in the order of their numbers, and before *nobody*.
fn rank(index: &Index, one: &Weighed, two: &Weighed) -> std::cmp::Ordering {
    let number = |weighed: &Weighed| {
        weighed
            .who
            .and_then(|who| index.facts(who))
            .map(|facts| facts.number)
    };
    let scores = two.score_bits.total_cmp(&one.score_bits);
    scores
        .then_with(|| two.who.is_some().cmp(&one.who.is_some()))
        .then_with(|| number(one).cmp(&number(two)))
        .then(one.who.cmp(&two.who))
}

fn weigh_people(
    index: &Index,
    context: &Context<'_>,
    fits: Vec<(u32, Fit)>,
    name: &Namesakes,
    prior_bits: f64,
) -> Vec<Weighed> {
    let taken_back = overcount(index, name);
    let weighed = fits.into_iter().filter_map(|(id, fit)| {
        // Never more than the words gave.
        let frequency = taken_back
            .map(|(bits, alike)| (bits.max(-fit.gained()), alike))
            .filter(|(bits, _)| *bits < 0.0);
        let context = context.lines(id, &index.facts(id)?, &fit.open, name.sexes);
        let beside = context.iter().map(|line| line.bits).sum::<f64>();
        Some(Weighed {
            who: Some(id),
            score_bits: prior_bits + fit.bits + frequency.map_or(0.0, |(bits, _)| bits) + beside,
            posterior: 0.0,
            fit,
            frequency,
            miswritten: 0.0,
            context,
        })
    });
    weighed.collect()
}

/// What *nobody* loses because a stranger's name would have to be written wrongly too: with it, nobody's name says more than
/// that one person is meant.
fn stranger(index: &Index, reach: &Reach<'_>, people: &[Weighed]) -> f64 {
    let best = people.iter().map(Weighed::name_bits).fold(0.0, f64::max);
    let room = best - index.size().log2();
    reach.stranger_bits().max(room).min(0.0)
}

/// What the words of the written name give too much, and how many bear the name as well as the one it fits best.
///
/// A name cannot say more than that one of those who bear it as well is meant, however many bits its words add up to: the
/// words of a name depend on one another. What is too much for the best is too much for everybody, or somebody who shares
/// half of a long name would come out ahead.
fn overcount(index: &Index, name: &Namesakes) -> Option<(f64, u32)> {
    let alike = name.compared.saturating_add(name.unseen).max(1);
    let most = index.size().log2() - f64::from(alike).log2();
    (name.best_bits > most).then_some((most - name.best_bits, alike))
}

impl Weighed {
    /// The hypothesis that no one here is meant: it takes the share of the outsiders whole.
    ///
    /// An outsider who bears a common name is one of as many as the people here who bear it: the score, which is compared
    /// with one person's, is the share of one of them. So *nobody* ranks first just when it is likelier than everybody together.
    fn nobody(policy: &Policy, people: &[Self], unseen: &Unseen, miswritten: f64) -> Self {
        let top = people
            .iter()
            .map(|one| one.score_bits)
            .fold(f64::NEG_INFINITY, f64::max);
        let peers: f64 = people.iter().map(|one| (one.score_bits - top).exp2()).sum();
        let peers = (peers + unseen.odds(top)).max(1.0);
        Self {
            who: None,
            score_bits: policy.outsider_share.log2() - peers.log2() + miswritten,
            posterior: 0.0,
            fit: Fit::default(),
            frequency: Some((-peers.log2(), rounded(peers))).filter(|(bits, _)| *bits < 0.0),
            miswritten,
            context: Vec::new(),
        }
    }
}

/// A number of people, as a screen shows it.
fn rounded(people: f64) -> u32 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, at least one, saturating"
    )]
    let whole = people.round().max(1.0) as u32;
    whole
}

/// A hypothesis with every line of it in words that a screen can show.
fn explain(
    one: &Weighed,
    index: &Index,
    reach: &Reach<'_>,
    context: &Context<'_>,
    prior_bits: f64,
) -> Candidate {
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut push = |field, level, bits, detail| {
        evidence.push(Evidence {
            field,
            level,
            bits,
            detail,
        });
    };
    if let Some(facts) = one.who.and_then(|who| index.facts(who)) {
        for line in &one.fit.lines {
            push(Field::Name, line.level, line.bits, reach.spell(line, &facts));
        }
        if let Some((bits, alike)) = one.frequency {
            push(Field::Name, Level::Frequency, bits, format!("1/{alike}"));
        }
        for line in &one.context {
            push(
                line.field,
                line.level,
                line.bits,
                context.spell(*line, &one.fit.open),
            );
        }
    } else {
        let shared = one.frequency.map_or(0.0, |(bits, _)| bits);
        push(
            Field::Roster,
            Level::Outside,
            one.score_bits - shared - one.miswritten - prior_bits,
            String::new(),
        );
        if one.miswritten < 0.0 {
            push(Field::Roster, Level::Miswritten, one.miswritten, String::new());
        }
        if let Some((bits, peers)) = one.frequency {
            push(Field::Roster, Level::Frequency, bits, format!("1/{peers}"));
        }
    }
    let forbids = |line: &&Evidence| decide::forbids(line.field, line.level, line.bits);
    Candidate {
        who: one.who.map(PersonId),
        score_bits: one.score_bits,
        posterior: one.posterior,
        contradictions: evidence.iter().filter(forbids).cloned().collect(),
        evidence,
    }
}

/// How many others bear what was written nearly as well as the first person, whether or not they were compared.
fn namesakes(weighed: &[Weighed], unseen: &Unseen) -> u32 {
    let mut people = weighed.iter().filter(|one| one.who.is_some());
    let Some(first) = people.next().filter(|first| first.fit.agreeing > 0) else {
        return 0;
    };
    let near =
        |other: &&Weighed| other.fit.agreeing > 0 && other.fit.bits >= first.fit.bits - decide::NAMESAKE_BITS;
    let unseen = Some(rounded(unseen.people)).filter(|_| unseen.people > 0.0);
    vocabulary::count(people.filter(near).count()).saturating_add(unseen.unwrap_or(0))
}

#[cfg(test)]
mod tests;
