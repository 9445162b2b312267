//! Who on the roster may a complaint mean, or is it nobody? One door: [`link`].
//!
//! A complaint names a person as the public wrote it; the answer is a ranked list of people, with the
//! hypothesis *nobody on this roster* standing in it at its own rank, every step of it in bits that can be
//! added up by hand (`docs/cross-reference.md`). A person decides; this only proposes.
//!
//! Absent here: files, clock, randomness, database, and every other module of this crate. The same roster,
//! [`MODEL_VERSION`] and complaint give the same answer, byte for byte.

mod answer;
mod index;

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
            outsider_share: 0.1,
            people_max: 5,
        }
    }
}

/// Links one complaint to the roster.
pub fn link(index: &Index, complaint: &Complaint, policy: &Policy) -> Linkage {
    let people = f64::from(u32::try_from(index.len().max(1)).unwrap_or(u32::MAX));
    let prior_bits = ((1.0 - policy.outsider_share) / people).log2();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let plain = |text: &str| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    let (number, name) = (digits(&complaint.nip_fragment), plain(&complaint.accused_name));
    let line = |field, detail: &str| Evidence {
        field,
        level: Level::Exact,
        bits: people.log2(),
        detail: detail.to_owned(),
    };
    let mut candidates: Vec<Candidate> = (0u32..)
        .map(PersonId)
        .map_while(|id| index.person(id).map(|person| (id, person)))
        .filter_map(|(id, person)| {
            let mut evidence = Vec::new();
            if number.len() == 18 && digits(&person.nip) == number {
                evidence.push(line(Field::Nip, &number));
            }
            if !name.is_empty() && plain(&person.name) == name {
                evidence.push(line(Field::Name, &name));
            }
            let score_bits = prior_bits + evidence.iter().map(|line| line.bits).sum::<f64>();
            let who = Some(id);
            (!evidence.is_empty()).then_some(Candidate {
                who,
                score_bits,
                posterior: 0.0,
                evidence,
                contradictions: Vec::new(),
            })
        })
        .collect();
    let outside = policy.outsider_share.log2();
    candidates.push(Candidate {
        who: None,
        score_bits: outside,
        posterior: 0.0,
        evidence: vec![Evidence {
            field: Field::Roster,
            level: Level::Outside,
            bits: outside - prior_bits,
            detail: String::new(),
        }],
        contradictions: Vec::new(),
    });
    candidates.sort_by(|a, b| b.score_bits.total_cmp(&a.score_bits).then(a.who.cmp(&b.who)));
    candidates.truncate(policy.people_max.saturating_add(1));
    let total: f64 = candidates
        .iter()
        .map(|candidate| candidate.score_bits.exp2())
        .sum();
    for candidate in &mut candidates {
        candidate.posterior = candidate.score_bits.exp2() / total;
    }
    let nobody_first = candidates.first().is_none_or(|first| first.who.is_none());
    let (decision, rule) = if nobody_first {
        (Decision::None, RuleId::NobodyFirst)
    } else {
        (Decision::Possible, RuleId::NotEnough)
    };
    Linkage {
        decision,
        conflict: false,
        candidates,
        prior_bits,
        namesakes: 0,
        rule,
    }
}
