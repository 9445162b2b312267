//! Evidence beside the name: number, sex, unit, city, position, handle.

use std::collections::BTreeMap;

use super::Complaint;
use super::Evidence;
use super::Field;
use super::Level;
use super::index::Facts;
use super::index::Index;
use super::name::Name;
use super::number;
use super::number::Number;
use super::phrase::Survey;
use super::text;
use super::vocabulary::count;
use super::weigh;

/// What was written beside the name, compared once with the whole roster.
#[derive(Debug)]
pub(super) struct Context<'a> {
    index: &'a Index,
    complaint: &'a Complaint,
    position: String,
    units: Survey,
    cities: Survey,
    positions: Survey,
    /// People whose number fits, with how.
    pub(super) numbers: BTreeMap<u32, (Level, f64)>,
    number_miss: Option<(Level, f64)>,
    sex: Option<super::table::Sex>,
    handle: String,
}

impl<'a> Context<'a> {
    pub(super) fn new(index: &'a Index, complaint: &'a Complaint, name: &Name) -> Self {
        let position = format!("{} {}", complaint.position, name.position);
        let written = name
            .number
            .as_deref()
            .filter(|_| complaint.nip_fragment.trim().is_empty());
        let (numbers, number_miss) = numbers(index, written.unwrap_or(&complaint.nip_fragment));
        Self {
            units: index.units.survey(&complaint.unit),
            cities: index.cities.survey(&complaint.city),
            positions: index.positions.survey(&position),
            handle: text::fold(&complaint.handle)
                .chars()
                .filter(|sign| sign.is_alphabetic())
                .collect(),
            sex: name.sex,
            position,
            index,
            complaint,
            numbers,
            number_miss,
        }
    }

    /// The people of the units that agree, best level first, while there are at most `most` of them.
    pub(super) fn colleagues(&self, most: usize) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        for unit in self.units.agreeing() {
            let people = self.index.units.people(unit);
            if found.len() + people.len() > most {
                break;
            }
            found.extend(people);
        }
        found
    }

    /// A quick estimate of what unit and city will say, to rank candidates before they are compared whole.
    pub(super) fn estimate(&self, facts: &Facts) -> f64 {
        let of = |survey: &Survey, phrase: Option<u32>| match phrase.map(|phrase| survey.level(phrase)) {
            _ if !survey.written => 0.0,
            Some(Level::Exact | Level::Within | Level::Some) => 4.0,
            _ => -2.0,
        };
        of(&self.units, facts.unit) + of(&self.cities, facts.city) / 2.0
    }

    /// The lines for one person; `open` are the words of the name that nothing written answers.
    pub(super) fn lines(&self, id: u32, facts: &Facts, open: &[u32]) -> Vec<Evidence> {
        let mut lines = Vec::new();
        lines.extend(self.number(id));
        lines.extend(self.sex(facts));
        lines.extend(self.unit(facts));
        lines.extend(self.city(facts));
        lines.extend(self.position(facts));
        lines.extend(self.handle(open));
        lines
    }

    fn number(&self, id: u32) -> Option<Evidence> {
        let (level, bits) = self.numbers.get(&id).copied().or(self.number_miss)?;
        let field = if level == Level::Agrees {
            Field::Birth
        } else {
            Field::Nip
        };
        Some(Evidence {
            field,
            level,
            bits,
            detail: self.complaint.nip_fragment.trim().to_owned(),
        })
    }

    fn sex(&self, facts: &Facts) -> Option<Evidence> {
        let agrees = self.sex? == facts.sex?;
        let (level, bits) = if agrees {
            (Level::Agrees, weigh::SEX_AGREES)
        } else {
            (Level::Differs, weigh::SEX_DIFFERS)
        };
        Some(Evidence {
            field: Field::Sex,
            level,
            bits,
            detail: String::new(),
        })
    }

    fn unit(&self, facts: &Facts) -> Option<Evidence> {
        let level = self.units.level(facts.unit.filter(|_| self.units.written)?);
        let bits = match level {
            Level::Unknown => weigh::UNIT_UNKNOWN,
            Level::Differs => weigh::UNIT_DIFFERS,
            level => context_bits(level, self.units.reach(level), self.index.size()),
        };
        Some(Evidence {
            field: Field::Unit,
            level,
            bits,
            detail: self.complaint.unit.trim().to_owned(),
        })
    }

    /// Somebody who has the unit wrong has its city wrong too: the second error is not news.
    fn unit_disagrees(&self, facts: &Facts) -> bool {
        self.units.written
            && facts
                .unit
                .is_some_and(|unit| self.units.level(unit) > Level::Some)
    }

    fn city(&self, facts: &Facts) -> Option<Evidence> {
        let city = facts.city.filter(|_| self.cities.written)?;
        let level = self.cities.level(city);
        let bits = match level {
            Level::Unknown | Level::Differs if self.unit_disagrees(facts) => weigh::CITY_DIFFERS_TOO,
            Level::Unknown | Level::Differs => weigh::CITY_DIFFERS,
            level => {
                let shared = facts
                    .unit
                    .and_then(|unit| self.index.unit_city.get(&(unit, city)));
                self.given_unit(level, self.cities.reach(level), facts, shared.copied())
            }
        };
        Some(Evidence {
            field: Field::City,
            level,
            bits,
            detail: self.complaint.city.trim().to_owned(),
        })
    }

    fn position(&self, facts: &Facts) -> Option<Evidence> {
        let position = facts.position.filter(|_| self.positions.written)?;
        let level = self.positions.level(position);
        let bits = match level {
            Level::Unknown | Level::Differs => weigh::POSITION_DIFFERS,
            level => {
                let shared = facts
                    .unit
                    .and_then(|unit| self.index.unit_position.get(&(unit, position)));
                self.given_unit(level, self.positions.reach(level), facts, shared.copied())
            }
        };
        Some(Evidence {
            field: Field::Position,
            level,
            bits,
            detail: self.position.trim().to_owned(),
        })
    }

    /// City and position follow from the unit to a degree: when the unit agrees they count only for what they
    /// add, measured on the person's colleagues without the person.
    fn given_unit(&self, level: Level, reach: u32, facts: &Facts, shared: Option<u32>) -> f64 {
        let alone = context_bits(level, reach, self.index.size());
        let Some(unit) = facts
            .unit
            .filter(|unit| self.units.written && self.units.level(*unit) <= Level::Some)
        else {
            return alone;
        };
        let others = f64::from(count(self.index.units.people(unit).len()).saturating_sub(1));
        let alike = f64::from(shared.unwrap_or(1).saturating_sub(1));
        let marginal = (f64::from(reach) + 0.5) / (self.index.size() + 1.0);
        let u = (alike + 2.0 * marginal) / (others + 2.0);
        (weigh::context_m(level) / u.clamp(marginal.min(1.0), 1.0))
            .log2()
            .clamp(0.0, alone.max(0.0))
    }

    fn handle(&self, open: &[u32]) -> Option<Evidence> {
        let mut bits = 0.0;
        let mut held: Vec<&str> = Vec::new();
        for entry in open.iter().filter_map(|word| self.index.names.entry(*word)) {
            if entry.text.chars().count() >= 4 && self.handle.contains(&entry.text) {
                let u = (f64::from(count(entry.postings.len())) + 0.5) / (self.index.size() + 1.0);
                bits += (weigh::HANDLE_M / u.min(1.0)).log2().max(0.0);
                held.push(&entry.text);
            }
        }
        let detail = format!("{} ∋ {}", self.complaint.handle.trim(), held.join(" "));
        (bits > 0.0).then(|| Evidence {
            field: Field::Handle,
            level: Level::Within,
            bits: bits.min(weigh::HANDLE_MAX),
            detail,
        })
    }
}

fn context_bits(level: Level, reach: u32, people: f64) -> f64 {
    let u = (f64::from(reach) + 0.5) / (people + 1.0);
    (weigh::context_m(level) / u.min(1.0)).log2().max(0.0)
}

type Numbers = (BTreeMap<u32, (Level, f64)>, Option<(Level, f64)>);

/// Who fits the written number, and what it says of everybody else.
fn numbers(index: &Index, written: &str) -> Numbers {
    match number::parse(written) {
        Number::Nothing => (BTreeMap::new(), None),
        Number::Whole(number) => whole(index, number),
        Number::Slipped(all) => {
            let owners = all.iter().flat_map(|number| index.owners(*number)).collect();
            fitting(
                index,
                owners,
                Level::OneOff,
                (Level::Unknown, weigh::NIP_ILL_FORMED),
            )
        }
        Number::Birth(digits) => fitting(
            index,
            index.beginning(&digits),
            Level::Agrees,
            (Level::Differs, weigh::NIP_DIFFERS),
        ),
        Number::Parts { prefix, suffix } => parts(index, prefix.as_deref(), suffix.as_deref()),
        Number::Run(digits) => run(index, &digits),
    }
}

fn whole(index: &Index, number: u64) -> Numbers {
    let owners = index.owners(number);
    if !owners.is_empty() {
        let level = |id: u32| {
            if index.facts(id).is_some_and(|facts| facts.number == Some(number)) {
                Level::Exact
            } else {
                Level::Former
            }
        };
        let bits = index.size().log2() + weigh::NIP_ABOVE;
        let found = owners.into_iter().map(|id| (id, (level(id), bits))).collect();
        return (found, Some((Level::SomebodyElse, weigh::NIP_SOMEBODY_ELSE)));
    }
    let near: Vec<u32> = number::one_off(number)
        .into_iter()
        .flat_map(|other| index.owners(other))
        .collect();
    if !near.is_empty() {
        return fitting(index, near, Level::OneOff, (Level::Unknown, weigh::NIP_UNKNOWN));
    }
    let miss = if number::is_well_formed(number) {
        (Level::Unknown, weigh::NIP_UNKNOWN)
    } else {
        (Level::Unknown, weigh::NIP_ILL_FORMED)
    };
    let digits = format!("{number:018}");
    let same_start = digits
        .get(..14)
        .map_or_else(Vec::new, |start| index.beginning(start));
    fitting(index, same_start, Level::First14, miss)
}

fn parts(index: &Index, prefix: Option<&str>, suffix: Option<&str>) -> Numbers {
    let miss = (Level::Differs, weigh::NIP_DIFFERS);
    let first = prefix.map(|digits| index.beginning(digits));
    let last = suffix.map(|digits| index.ending(digits));
    let long = prefix.is_some_and(|digits| digits.len() >= 14);
    match (first, last) {
        (Some(first), Some(last)) => {
            let both = first
                .into_iter()
                .filter(|id| last.binary_search(id).is_ok())
                .collect();
            fitting(index, both, Level::First14, miss)
        }
        (Some(first), None) => fitting(
            index,
            first,
            if long { Level::First14 } else { Level::Inside },
            miss,
        ),
        (None, Some(last)) => fitting(index, last, Level::Last4, miss),
        (None, None) => (BTreeMap::new(), None),
    }
}

fn run(index: &Index, digits: &str) -> Numbers {
    let miss = (Level::Differs, weigh::NIP_DIFFERS);
    let mut ends = index.ending(digits);
    let level = if ends.is_empty() {
        Level::Inside
    } else {
        Level::Last4
    };
    if digits.len() >= 4 {
        ends.extend(index.beginning(digits));
    }
    if ends.is_empty() && digits.len() >= 5 {
        ends = index.holding(digits);
    }
    ends.sort_unstable();
    ends.dedup();
    fitting(index, ends, level, miss)
}

fn fitting(index: &Index, people: Vec<u32>, level: Level, miss: (Level, f64)) -> Numbers {
    let mut people = people;
    people.sort_unstable();
    people.dedup();
    let m = if level == Level::OneOff { 0.3 } else { 0.8 };
    let u = (f64::from(count(people.len())) + 0.1) / (index.size() + 1.0);
    let bits = (m / u.min(1.0)).log2().max(0.0);
    (
        people.into_iter().map(|id| (id, (level, bits))).collect(),
        Some(miss),
    )
}
