//! How often true pairs show each level: counted, or expected of complaints that nobody has decided (EM). What comes out is
//! for a maintainer to read; no index goes on weighing with it. No file is read here.

use std::collections::BTreeMap;

use super::Candidate;
use super::Field;
use super::Index;
use super::Level;
use super::Linkage;
use super::RuleId;
use super::weigh::Weights;

/// How many observations the present m of a field is worth: few pairs move it little.
pub const PSEUDO_COUNT: f64 = 20.0;
/// Rounds of EM, at most.
const ROUNDS_MAX: u32 = 20;
/// A round that changes no m by this much is the last.
const CHANGE_MIN: f64 = 0.001;
/// The fields whose m the model keeps in one table.
const CONTEXT: [Field; 3] = [Field::Unit, Field::City, Field::Position];

/// The levels that pairs showed. Pairs that are only likely count by their probability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    lines: BTreeMap<(Field, Level), f64>,
    pairs: f64,
    outsiders: f64,
}

/// One level of one field, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The field.
    pub field: Field,
    /// The level.
    pub level: Level,
    /// How many lines showed it.
    pub counted: f64,
    /// The model's m; none for a level that the model weighs by other means.
    pub now: Option<f64>,
    /// Where there is an m: the estimate, drawn towards it by [`PSEUDO_COUNT`]. Elsewhere the plain share: of all names' words
    /// for *omitted* and *extra*, of the pairs for a name that differs, of the field's lines for the rest.
    pub estimated: f64,
}

impl Estimate {
    /// How many bits a line of this level would gain or lose.
    pub fn bits(&self) -> Option<f64> {
        self.now.map(|now| (self.estimated / now).log2())
    }
}

impl Tally {
    /// Counts a pair: the candidate is the person who was meant, with this probability. *Nobody* counts as an outsider.
    pub fn add(&mut self, candidate: &Candidate, probability: f64) {
        if candidate.who.is_none() {
            self.outsiders += probability;
            return;
        }
        self.pairs += probability;
        for line in &candidate.evidence {
            *self.lines.entry((line.field, line.level)).or_default() += probability;
        }
    }

    /// Counts an outsider: the complaint is about nobody on the roster.
    pub fn add_outsider(&mut self) {
        self.outsiders += 1.0;
    }

    /// Counts every hypothesis of an undecided complaint by its posterior; the answer must list everybody
    /// (`Policy::people_max`). A complaint that names nobody says nothing.
    pub fn expect(&mut self, answer: &Linkage) {
        if answer.rule != RuleId::NothingWritten {
            for candidate in &answer.candidates {
                self.add(candidate, candidate.posterior);
            }
        }
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.outsiders += other.outsiders;
        for (line, counted) in &other.lines {
            *self.lines.entry(*line).or_default() += counted;
        }
    }

    /// How many pairs were counted.
    pub fn pairs(&self) -> f64 {
        self.pairs
    }

    /// Outsiders among all that was counted; none if nothing was.
    pub fn outsider_share(&self) -> Option<f64> {
        let all = self.pairs + self.outsiders;
        (all > 0.0).then(|| self.outsiders / all)
    }

    /// Every level with an m beside its estimate, then the levels that have none but were seen.
    pub fn estimates(&self) -> Vec<Estimate> {
        let mut rows = self.name();
        for field in CONTEXT {
            rows.extend(self.context(field));
        }
        rows.extend(self.others());
        rows
    }

    fn counted(&self, field: Field, level: Level) -> f64 {
        self.lines.get(&(field, level)).copied().unwrap_or(0.0)
    }

    fn name(&self) -> Vec<Estimate> {
        let weights = Weights::default();
        let table = weights.table(Field::Name);
        let answered = table.iter().map(|(level, _)| self.counted(Field::Name, *level));
        let answered: f64 = answered.sum();
        let whole: f64 = table.iter().map(|(_, m)| m).sum();
        let row = |level, now: Option<f64>, of: f64| {
            let counted = self.counted(Field::Name, level);
            let estimated = match now {
                Some(now) => smoothed(counted, of, now / whole),
                None => counted / of.max(1.0),
            };
            Estimate {
                field: Field::Name,
                level,
                counted,
                now,
                estimated,
            }
        };
        let mut rows: Vec<Estimate> = table
            .iter()
            .map(|(level, m)| row(*level, Some(*m), answered))
            .collect();
        for level in [Level::Omitted, Level::Extra] {
            let of = answered + self.counted(Field::Name, level);
            rows.push(row(level, None, of));
        }
        rows.push(row(Level::Differs, None, self.pairs));
        rows
    }

    fn context(&self, field: Field) -> Vec<Estimate> {
        let weights = Weights::default();
        let table = weights.table(field);
        let against = [Level::Differs, Level::Unknown];
        let levels = table.iter().map(|(level, _)| *level).chain(against);
        let written: f64 = levels.map(|level| self.counted(field, level)).sum();
        // What the agreeing levels leave is that of the two others, half each: the model weighs these by constants.
        let rest = 1.0 - table.iter().map(|(_, m)| m).sum::<f64>();
        let agreeing = table.iter().map(|(level, m)| (*level, Some(*m), *m));
        let rows = agreeing.chain(against.map(|level| (level, None, rest.max(0.0) / 2.0)));
        rows.map(|(level, now, prior)| Estimate {
            field,
            level,
            counted: self.counted(field, level),
            now,
            estimated: smoothed(self.counted(field, level), written, prior),
        })
        .collect()
    }

    /// Number, birth date and sex: what was seen, as shares of the field's lines.
    fn others(&self) -> Vec<Estimate> {
        let group = |field: Field| match field {
            Field::Nip | Field::Birth => Some(0_u8),
            Field::Sex => Some(1),
            _ => None,
        };
        let seen = self
            .lines
            .iter()
            .filter(|((field, _), _)| group(*field).is_some());
        let of = |wanted: Field| -> f64 {
            let same = seen
                .clone()
                .filter(|((field, _), _)| group(*field) == group(wanted));
            same.map(|(_, counted)| counted).sum()
        };
        seen.clone()
            .map(|((field, level), counted)| Estimate {
                field: *field,
                level: *level,
                counted: *counted,
                now: None,
                estimated: counted / of(*field).max(f64::MIN_POSITIVE),
            })
            .collect()
    }

    /// Puts the estimates into the index in place of its m; the largest change.
    fn try_on(&self, index: &mut Index) -> f64 {
        let mut change = 0.0_f64;
        for row in self.estimates() {
            if row.now.is_some() {
                change = change.max(index.weights.set(row.field, row.level, row.estimated));
            }
        }
        change
    }
}

/// A share of counts, drawn towards `prior`.
fn smoothed(counted: f64, of: f64, prior: f64) -> f64 {
    (counted + PSEUDO_COUNT * prior) / (of + PSEUDO_COUNT)
}

/// EM: `expect` counts all complaints by their posteriors under the index as it stands (E), the counts become its m (M), and so
/// on until a round changes little. The last tally and the number of rounds; the index weighs as before when this returns.
///
/// # Errors
///
/// Those of `expect`.
pub fn maximise<E>(
    index: &mut Index,
    mut expect: impl FnMut(u32, &Index) -> Result<Tally, E>,
) -> Result<(Tally, u32), E> {
    let frozen = index.weights;
    let mut round = 1;
    let found = loop {
        match expect(round, index) {
            Ok(tally) if round >= ROUNDS_MAX || tally.try_on(index) < CHANGE_MIN => break Ok((tally, round)),
            Ok(_) => round += 1,
            Err(error) => break Err(error),
        }
    };
    index.weights = frozen;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::Complaint;
    use crate::linkage::Evidence;
    use crate::linkage::Person;
    use crate::linkage::PersonId;
    use crate::linkage::Policy;
    use crate::linkage::explain_person;
    use crate::linkage::link;

    fn of(rows: &[Estimate], field: Field, level: Level) -> Estimate {
        let found = rows.iter().find(|row| row.field == field && row.level == level);
        found.unwrap().clone()
    }

    #[test]
    fn counts_are_drawn_towards_the_model() {
        let line = |field, level| Evidence {
            field,
            level,
            bits: 1.0,
            detail: String::new(),
        };
        let pair = |lines: Vec<Evidence>| Candidate {
            who: Some(PersonId(0)),
            score_bits: 0.0,
            posterior: 1.0,
            evidence: lines,
            contradictions: Vec::new(),
        };
        let mut tally = Tally::default();
        for serial in 0..80 {
            let unit = if serial < 60 {
                Level::Within
            } else {
                Level::Unknown
            };
            tally.add(
                &pair(vec![
                    line(Field::Name, Level::Exact),
                    line(Field::Name, Level::Frequency),
                    line(Field::Unit, unit),
                ]),
                1.0,
            );
        }
        tally.add_outsider();
        let rows = tally.estimates();
        let within = of(&rows, Field::Unit, Level::Within);
        // (60 + 20 · 0.34) / (80 + 20)
        assert!(
            (within.estimated - 0.668).abs() < 1e-9 && within.now == Some(0.34),
            "{within:?}"
        );
        let exact = of(&rows, Field::Unit, Level::Exact);
        assert!((exact.estimated - 0.112).abs() < 1e-9, "{exact:?}");
        assert!(exact.bits().unwrap() < -2.0);
        // Nothing was written of a city: the model stands.
        let city = of(&rows, Field::City, Level::Exact);
        assert!((city.estimated - 0.88).abs() < 1e-9, "{city:?}");
        let shares = |field| -> f64 {
            let rows = rows
                .iter()
                .filter(|row| row.field == field && (field != Field::Name || row.now.is_some()));
            rows.map(|row| row.estimated).sum()
        };
        assert!((shares(Field::Unit) - 1.0).abs() < 1e-9 && (shares(Field::Name) - 1.0).abs() < 1e-9);
        assert!((tally.outsider_share().unwrap() - 1.0 / 81.0).abs() < 1e-9);
    }

    /// Two people a name, in different units.
    fn roster() -> Vec<Person> {
        let given = [
            "Gunardi", "Winarsih", "Parlindo", "Mahendra", "Kusmiati", "Baskoro",
        ];
        let last = [
            "Tambunan",
            "Pramudita",
            "Wulandari",
            "Hendrawan",
            "Lesmanah",
            "Sudirgo",
        ];
        let names = given
            .iter()
            .flat_map(|one| last.iter().map(move |two| format!("{one} {two}")));
        let people = (0_usize..).zip(names).flat_map(|(serial, name)| {
            [0, 1].map(|side| Person {
                nip: format!("1985051220100110{:02}", serial * 2 + side),
                name: name.clone(),
                unit: UNITS[(serial + side * 5) % UNITS.len()].to_owned(),
                ..Person::default()
            })
        });
        people.collect()
    }

    const UNITS: [&str; 12] = [
        "Bagian Keuangan",
        "Bagian Hukum",
        "Bagian Kepegawaian",
        "Bagian Perencanaan",
        "Bagian Arsip",
        "Bagian Statistik",
        "Bagian Pertanahan",
        "Bagian Kehutanan",
        "Bagian Perikanan",
        "Bagian Peternakan",
        "Bagian Kebudayaan",
        "Bagian Pariwisata",
    ];

    /// Unit right in nine of ten, first word of the name one letter off in three of five.
    fn complaints(people: &[Person]) -> Vec<Complaint> {
        let wrong = |serial: usize| serial % 10 == 9;
        let complaints = (0..720).map(|serial| {
            let person = &people[serial * 7 % people.len()];
            let mut name = person.name.clone();
            if serial % 5 < 3 {
                name.replace_range(4..5, "x");
            }
            let unit = if wrong(serial) {
                UNITS[(serial + 7) % UNITS.len()]
            } else {
                &person.unit
            };
            Complaint {
                accused_name: name,
                unit: unit.to_owned(),
                ..Complaint::default()
            }
        });
        complaints.collect()
    }

    #[test]
    fn em_recovers_what_was_planted_and_leaves_the_index_as_it_was() {
        let people = roster();
        let complaints = complaints(&people);
        let mut index = Index::build(people);
        let before = link(&index, &complaints[0], &Policy::default());
        let policy = Policy {
            people_max: usize::MAX,
            ..Policy::default()
        };
        let (tally, rounds) = maximise(&mut index, |_, index| {
            let mut tally = Tally::default();
            for complaint in &complaints {
                tally.expect(&link(index, complaint, &policy));
            }
            Ok::<_, std::convert::Infallible>(tally)
        })
        .unwrap();
        let rows = tally.estimates();
        let near = |field, level, planted: f64| {
            let row = of(&rows, field, level);
            assert!(
                (row.estimated - planted).abs() < 0.05,
                "{row:?}, planted {planted}"
            );
        };
        near(Field::Unit, Level::Exact, 0.9);
        near(Field::Name, Level::OneOff, 0.3);
        near(Field::Name, Level::Exact, 0.7);
        assert!((2..20).contains(&rounds), "{rounds}");
        assert_eq!(before, link(&index, &complaints[0], &Policy::default()));
    }

    #[test]
    fn somebody_whom_nothing_leads_to_is_explained_too() {
        let people = roster();
        let unit = people[0].unit.clone();
        let index = Index::build(people);
        let complaint = Complaint {
            accused_name: "Winarsih Pramudita".into(),
            unit,
            ..Complaint::default()
        };
        let policy = Policy::default();
        let answer = link(&index, &complaint, &policy);
        let best = &answer.candidates[0];
        assert_eq!(
            explain_person(&index, &complaint, &policy, best.who.unwrap()).as_ref(),
            Some(best)
        );
        let stranger = PersonId(0);
        assert!(answer.candidates.iter().all(|one| one.who != Some(stranger)));
        let one = explain_person(&index, &complaint, &policy, stranger).unwrap();
        let bits: f64 = one.evidence.iter().map(|line| line.bits).sum();
        assert!((bits + answer.prior_bits - one.score_bits).abs() < 1e-6);
        assert!(
            one.evidence
                .iter()
                .any(|line| (line.field, line.level) == (Field::Name, Level::Differs))
        );
        assert!(
            one.evidence
                .iter()
                .any(|line| (line.field, line.level) == (Field::Unit, Level::Exact))
        );
        assert_eq!(explain_person(&index, &complaint, &policy, PersonId(900)), None);
    }
}
