//! Evidence beside the name: number, sex, unit, city, position, handle.

use super::Complaint;
use super::Field;
use super::Level;
use super::index::Columns;
use super::index::Facts;
use super::index::Index;
use super::name::Name;
use super::number;
use super::number::Number;
use super::survey::Survey;
use super::table::ANY_POSITION;
use super::table::Sex;
use super::table::WHOLE_GOVERNMENTS;
use super::text;
use super::vocabulary::count;
use super::weigh;

/// What was written beside the name, compared once with the whole roster.
#[derive(Debug)]
pub(super) struct Context<'a> {
    index: &'a Index,
    complaint: &'a Complaint,
    /// The number as it was written, in its field and in the name.
    number: String,
    position: String,
    units: Survey,
    cities: Survey,
    positions: Survey,
    /// The most that unit, city and position are roughly worth to anybody.
    most: [f32; 3],
    pub(super) numbers: Fitting,
    sex: Option<Sex>,
    handle: String,
}

/// Who fits the written number, and what it says of everybody else.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    /// Ascending.
    pub(super) people: Vec<u32>,
    level: Option<Level>,
    pub(super) bits: f64,
    /// The number as a whole, where it is one.
    whole: Option<u64>,
    /// Several whole numbers are written, and they are not one person's.
    pub(super) conflict: bool,
    pub(super) miss: Option<(Level, f64)>,
}

/// One line beside the name; [`Context::spell`] says what was compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContextLine {
    pub(super) field: Field,
    pub(super) level: Level,
    pub(super) bits: f64,
}

/// How many of those who bear the written name are of either sex: most names have said it already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sexes {
    men: u32,
    women: u32,
}

impl Sexes {
    pub(super) fn note(&mut self, sex: Sex) {
        match sex {
            Sex::Male => self.men = self.men.saturating_add(1),
            Sex::Female => self.women = self.women.saturating_add(1),
        }
    }

    /// The share of this sex, drawn towards a name that says it.
    fn share(self, sex: Sex) -> f64 {
        let same = match sex {
            Sex::Male => self.men,
            Sex::Female => self.women,
        };
        let all = f64::from(self.men) + f64::from(self.women);
        (f64::from(same) + 2.0 * weigh::SEX_BY_NAME) / (all + 2.0)
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(index: &'a Index, complaint: &'a Complaint, name: &Name) -> Self {
        let mut position = format!("{} {}", complaint.position, name.position);
        if text::words(&position)
            .iter()
            .all(|word| ANY_POSITION.contains(&word.as_str()))
        {
            position.clear();
        }
        let fragment = complaint.nip_fragment.trim();
        let number = match name.number.as_deref() {
            Some(number) if fragment.is_empty() => number.to_owned(),
            Some(number) => format!("{fragment}, {number}"),
            None => fragment.to_owned(),
        };
        let surveyed = |field: Field, mut survey: Survey, against: f64| {
            survey.weigh(index.size(), |level| index.weights.context(field, level), against);
            survey
        };
        let units = index.units.survey(&complaint.unit);
        let cities = index.cities.survey(&complaint.city);
        let positions = index.positions.survey(&position);
        let units = surveyed(Field::Unit, units, weigh::UNIT_DIFFERS);
        let cities = surveyed(Field::City, cities, weigh::CITY_DIFFERS);
        let positions = surveyed(Field::Position, positions, weigh::POSITION_DIFFERS);
        Self {
            most: [&units, &cities, &positions].map(Survey::rough_max),
            units,
            cities,
            positions,
            handle: text::fold(&complaint.handle)
                .chars()
                .filter(|sign| sign.is_alphabetic())
                .collect(),
            sex: name.sex,
            position,
            index,
            complaint,
            numbers: numbers(index, &number),
            number,
        }
    }

    /// A quick estimate of what unit, city and position will say, to rank people before they are compared whole; `None` as soon as the
    /// most that it can still come to is not wanted. Of a person, the place and the unit.
    pub(super) fn estimate(
        &self,
        columns: &Columns,
        (place, unit): (usize, u32),
        is_wanted: impl Fn(f32) -> bool,
    ) -> Option<f32> {
        let rough = |survey: &Survey, phrase: u32| {
            if survey.written { survey.rough(phrase) } else { 0.0 }
        };
        let of =
            |survey: &Survey, column: &[u32]| column.get(place).map_or(0.0, |phrase| rough(survey, *phrase));
        let [_, city_max, position_max] = self.most;
        let unit = rough(&self.units, unit);
        // Who shares the unit mostly shares its city.
        let share = if unit > 0.0 { 4.0 } else { 1.0 };
        if !is_wanted(unit + city_max / share + position_max / 2.0) {
            return None;
        }
        let city = of(&self.cities, &columns.city) / share;
        if !is_wanted(unit + city + position_max / 2.0) {
            return None;
        }
        Some(unit + city + of(&self.positions, &columns.position) / 2.0)
    }

    /// The most that [`Context::estimate`] gives anybody.
    pub(super) fn estimate_max(&self) -> f32 {
        let [unit, city, position] = self.most;
        unit + city + position / 2.0
    }

    /// The lines for one person; `open` are the words of the name that nothing written answers.
    pub(super) fn lines(&self, id: u32, facts: &Facts<'_>, open: &[u32], sexes: Sexes) -> Vec<ContextLine> {
        let lines = [
            self.number(id, facts),
            self.sex(facts, sexes),
            self.unit(facts),
            self.city(facts),
            self.position(facts),
            self.handle(open),
        ];
        lines.into_iter().flatten().collect()
    }

    /// What a line compares.
    pub(super) fn spell(&self, line: ContextLine, open: &[u32]) -> String {
        match line.field {
            Field::Nip | Field::Birth => self.number.clone(),
            Field::Unit => self.complaint.unit.trim().to_owned(),
            Field::City => self.complaint.city.trim().to_owned(),
            Field::Position => self.position.trim().to_owned(),
            Field::Handle => {
                let held: Vec<&str> = self.held(open).map(|(word, _)| word).collect();
                format!("{} ∋ {}", self.complaint.handle.trim(), held.join(" "))
            }
            _ => String::new(),
        }
    }

    fn number(&self, id: u32, facts: &Facts<'_>) -> Option<ContextLine> {
        let numbers = &self.numbers;
        let (level, bits) = if numbers.people.binary_search(&id).is_ok() {
            match (numbers.level?, numbers.whole) {
                (Level::Exact, number) if facts.number != number => (Level::Former, numbers.bits),
                (level, _) => (level, numbers.bits),
            }
        } else {
            numbers.miss?
        };
        let field = if level == Level::Agrees {
            Field::Birth
        } else {
            Field::Nip
        };
        Some(ContextLine { field, level, bits })
    }

    fn sex(&self, facts: &Facts<'_>, sexes: Sexes) -> Option<ContextLine> {
        let sex = facts.sex()?;
        let (level, bits) = if self.sex? == sex {
            (Level::Agrees, (weigh::SEX_M / sexes.share(sex)).log2().max(0.0))
        } else {
            (Level::Differs, weigh::SEX_DIFFERS)
        };
        let field = Field::Sex;
        Some(ContextLine { field, level, bits })
    }

    fn unit(&self, facts: &Facts<'_>) -> Option<ContextLine> {
        let unit = facts.unit.filter(|_| self.units.written)?;
        let field = Field::Unit;
        let (level, bits) = match (self.units.grade(unit), self.units.level(unit)) {
            (Some(grade), level) if self.index.units.follows(&self.units, unit) => {
                (level, self.units.bits(grade))
            }
            // The bits rank; the level says that no match may rest on it.
            (Some(grade), _) => (Level::Some, self.units.bits(grade)),
            (None, _) if self.is_agency() && !self.units.is_held() => (Level::Unknown, weigh::AGENCY_UNKNOWN),
            (None, Level::Unknown) if self.units.is_elsewhere() => (Level::Unknown, weigh::UNIT_ELSEWHERE),
            (None, Level::Unknown) => (Level::Unknown, weigh::UNIT_UNKNOWN),
            (None, level) => (level, weigh::UNIT_DIFFERS),
        };
        Some(ContextLine { field, level, bits })
    }

    /// A whole ministry is named, not a unit in one.
    fn is_agency(&self) -> bool {
        let words = text::words(&self.complaint.unit);
        words
            .first()
            .is_some_and(|word| word.starts_with("kemen") || WHOLE_GOVERNMENTS.contains(&word.as_str()))
    }

    /// Somebody who has the unit wrong has its city wrong too: the second error is not news.
    fn unit_disagrees(&self, facts: &Facts<'_>) -> bool {
        self.units.written
            && facts
                .unit
                .is_some_and(|unit| self.units.level(unit) > Level::Some)
    }

    fn city(&self, facts: &Facts<'_>) -> Option<ContextLine> {
        let city = facts.city.filter(|_| self.cities.written)?;
        let level = self.cities.level(city);
        let bits = match level {
            Level::Unknown | Level::Differs if self.unit_disagrees(facts) => weigh::CITY_DIFFERS_TOO,
            Level::Unknown => weigh::CITY_UNKNOWN,
            Level::Differs => weigh::CITY_DIFFERS,
            _ => self.given_unit(Field::City, city, facts)?,
        };
        let field = Field::City;
        Some(ContextLine { field, level, bits })
    }

    fn position(&self, facts: &Facts<'_>) -> Option<ContextLine> {
        let position = facts.position.filter(|_| self.positions.written)?;
        let level = self.positions.level(position);
        let bits = match level {
            Level::Unknown | Level::Differs => weigh::POSITION_DIFFERS,
            _ => self.given_unit(Field::Position, position, facts)?,
        };
        let field = Field::Position;
        Some(ContextLine { field, level, bits })
    }

    /// City and position follow from the unit to a degree: when the unit agrees they count only for what they
    /// add, measured on the person's colleagues without the person.
    fn given_unit(&self, field: Field, phrase: u32, facts: &Facts<'_>) -> Option<f64> {
        let (survey, shared) = match field {
            Field::City => (&self.cities, &self.index.unit_city),
            _ => (&self.positions, &self.index.unit_position),
        };
        let grade = survey.grade(phrase)?;
        let alone = survey.bits(grade);
        let agrees = |unit: &u32| self.units.written && self.units.grade(*unit).is_some();
        let Some(unit) = facts.unit.filter(agrees) else {
            return Some(alone);
        };
        let others = f64::from(self.index.units.people(unit).saturating_sub(1));
        let alike = shared.get(&(unit, phrase)).copied().unwrap_or(1);
        let alike = f64::from(alike.saturating_sub(1));
        let marginal = (f64::from(survey.reach(grade)) + 0.5) / (self.index.size() + 1.0);
        let u = (alike + 2.0 * marginal) / (others + 2.0);
        let m = self.index.weights.context(field, grade.level());
        let added = (m / u.clamp(marginal.min(1.0), 1.0)).log2();
        Some(added.clamp(0.0, alone))
    }

    fn handle(&self, open: &[u32]) -> Option<ContextLine> {
        let bits = self
            .held(open)
            .map(|(_, bits)| bits)
            .sum::<f64>()
            .min(weigh::HANDLE_MAX);
        let (field, level) = (Field::Handle, Level::Within);
        (bits > 0.0).then_some(ContextLine { field, level, bits })
    }

    /// The omitted words of the name that the handle holds, with their bits.
    fn held(&self, open: &[u32]) -> impl Iterator<Item = (&str, f64)> {
        open.iter().filter_map(|word| {
            let text = self.index.names.text(*word);
            let u =
                (f64::from(count(self.index.names.postings(*word).len())) + 0.5) / (self.index.size() + 1.0);
            let bits = (weigh::HANDLE_M / u.min(1.0)).log2().max(0.0);
            (text.chars().count() >= 4 && bits > 0.0 && self.handle.contains(text)).then_some((text, bits))
        })
    }
}

/// Who fits the written number.
fn numbers(index: &Index, written: &str) -> Fitting {
    match number::parse(written) {
        Number::Nothing => Fitting::default(),
        Number::Whole(number) => whole(index, number),
        Number::Several(all) => several(index, &all),
        Number::Slipped(all) => {
            let owners = all
                .iter()
                .flat_map(|number| index.numbers.owners(*number))
                .collect();
            fitting(
                index,
                owners,
                Level::OneOff,
                (Level::Unknown, weigh::NIP_ILL_FORMED),
            )
        }
        Number::Birth(digits) => {
            let miss = (Level::Differs, weigh::NIP_DIFFERS);
            fitting(index, index.numbers.beginning(&digits), Level::Agrees, miss)
        }
        Number::Parts { prefix, suffix } => parts(index, prefix.as_deref(), suffix.as_deref()),
        Number::Run(digits) => run(index, &digits),
    }
}

fn whole(index: &Index, number: u64) -> Fitting {
    let people = index.numbers.owners(number);
    if !people.is_empty() {
        return Fitting {
            people,
            level: Some(Level::Exact),
            bits: index.size().log2() + weigh::NIP_ABOVE,
            whole: Some(number),
            conflict: false,
            miss: Some((Level::SomebodyElse, weigh::NIP_SOMEBODY_ELSE)),
        };
    }
    let near: Vec<u32> = number::one_off(number)
        .into_iter()
        .flat_map(|other| index.numbers.owners(other))
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
        .map_or_else(Vec::new, |start| index.numbers.beginning(start));
    fitting(index, same_start, Level::First14, miss)
}

/// Numbers of one person, present and former, are one; those of several are everybody's who bears one, and a conflict.
fn several(index: &Index, all: &[u64]) -> Fitting {
    let owners: Vec<Vec<u32>> = all.iter().map(|number| index.numbers.owners(*number)).collect();
    if let (Some(first), Some([_])) = (all.first(), owners.first().map(Vec::as_slice))
        && owners.iter().all(|other| Some(other) == owners.first())
    {
        return whole(index, *first);
    }
    let people: Vec<u32> = owners.concat();
    let (conflict, miss) = if people.is_empty() {
        (false, (Level::Unknown, weigh::NIP_UNKNOWN))
    } else {
        (true, (Level::SomebodyElse, weigh::NIP_SOMEBODY_ELSE))
    };
    Fitting {
        conflict,
        ..fitting(index, people, Level::Inside, miss)
    }
}

fn parts(index: &Index, prefix: Option<&str>, suffix: Option<&str>) -> Fitting {
    let miss = (Level::Differs, weigh::NIP_DIFFERS);
    let first = prefix.map(|digits| index.numbers.beginning(digits));
    let last = suffix.map(|digits| index.numbers.ending(digits));
    let long = prefix.is_some_and(|digits| digits.len() >= 14);
    match (first, last) {
        (Some(first), Some(last)) => {
            let both = first.into_iter().filter(|id| last.binary_search(id).is_ok());
            fitting(index, both.collect(), Level::First14, miss)
        }
        (Some(first), None) => {
            let level = if long { Level::First14 } else { Level::Inside };
            fitting(index, first, level, miss)
        }
        (None, Some(last)) => fitting(index, last, Level::Last4, miss),
        (None, None) => Fitting::default(),
    }
}

fn run(index: &Index, digits: &str) -> Fitting {
    let miss = (Level::Differs, weigh::NIP_DIFFERS);
    let mut ends = index.numbers.ending(digits);
    let level = if ends.is_empty() {
        Level::Inside
    } else {
        Level::Last4
    };
    if digits.len() >= 4 {
        ends.extend(index.numbers.beginning(digits));
    }
    if ends.is_empty() && digits.len() >= 5 {
        ends = index.numbers.holding(digits);
    }
    fitting(index, ends, level, miss)
}

fn fitting(index: &Index, mut people: Vec<u32>, level: Level, miss: (Level, f64)) -> Fitting {
    people.sort_unstable();
    people.dedup();
    let m = if level == Level::OneOff {
        weigh::NUMBER_ONE_OFF_M
    } else {
        weigh::NUMBER_PART_M
    };
    let u = (f64::from(count(people.len())) + 0.1) / (index.size() + 1.0);
    Fitting {
        people,
        level: Some(level),
        bits: (m / u.min(1.0)).log2().max(0.0),
        whole: None,
        conflict: false,
        miss: Some(miss),
    }
}
