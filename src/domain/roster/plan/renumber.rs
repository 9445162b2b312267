//! One person, several numbers: a new contract, a corrected birth date. Absent: the decision, which an officer takes.

use std::collections::HashMap;
use std::collections::HashSet;

use jiff::civil::Date;

use crate::domain::roster::RosterRow;
use crate::domain::roster::plan::Known;

/// Why a new number is taken for a known person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The file names the old number, or the new number is known as the person's.
    FormerNip,
    /// Same name and birth date, same unit.
    NameBirthUnit,
    /// Same name and birth date, same mail address.
    NameBirthEmail,
    /// Same name and mail address; the birth date may have been corrected.
    NameEmail,
}

impl Evidence {
    /// Stable name for catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::FormerNip => "former-nip",
            Self::NameBirthUnit => "name-birth-unit",
            Self::NameBirthEmail => "name-birth-email",
            Self::NameEmail => "name-email",
        }
    }
}

/// Matches by line. Only a match that is the only one on both sides counts.
pub(crate) type Matches<'k> = HashMap<u64, (&'k Known, Evidence)>;

/// Finds among the people `missing` from the file those whom `strangers` are: by number first, the rest by name.
pub(crate) fn find<'k>(strangers: &[&RosterRow], missing: &[&'k Known]) -> Matches<'k> {
    let by_number = numbers(missing);
    let numbered = strangers.iter().filter_map(|row| {
        let former = row.former_nip.as_deref().and_then(|nip| by_number.get(nip));
        let known = former.or_else(|| by_number.get(row.nip.as_str()))?;
        Some((row.line, *known, Evidence::FormerNip))
    });
    let mut matches = only_ones(numbered.collect());
    let taken: HashSet<i64> = matches.values().map(|(known, _)| known.person_id).collect();
    let mut by_name: HashMap<String, Vec<&'k Known>> = HashMap::new();
    for known in missing.iter().filter(|known| !taken.contains(&known.person_id)) {
        by_name.entry(bare_name(&known.name)).or_default().push(known);
    }
    let mut named = Vec::new();
    for row in strangers.iter().filter(|row| !matches.contains_key(&row.line)) {
        let namesakes = by_name
            .get(&bare_name(&row.name))
            .map(Vec::as_slice)
            .unwrap_or_default();
        named.extend(
            namesakes
                .iter()
                .filter_map(|known| Some((row.line, *known, weigh(row, known)?))),
        );
    }
    matches.extend(only_ones(named));
    matches
}

/// Every number of the missing people that belongs to one of them alone.
fn numbers<'k>(missing: &[&'k Known]) -> HashMap<&'k str, &'k Known> {
    let mut numbers: HashMap<&str, Option<&Known>> = HashMap::new();
    for known in missing {
        let all = std::iter::once(known.nip.as_str()).chain(known.former_nips.iter().map(String::as_str));
        for number in all {
            let holder = numbers.entry(number).or_insert(Some(known));
            if holder.is_some_and(|holder| holder.person_id != known.person_id) {
                *holder = None;
            }
        }
    }
    numbers
        .into_iter()
        .filter_map(|(number, known)| Some((number, known?)))
        .collect()
}

fn weigh(row: &RosterRow, known: &Known) -> Option<Evidence> {
    let birth = |date: Date| date == known.nip.birth_date();
    let is_same_email = row.email.is_some() && row.email == known.email;
    let is_same_unit = known
        .unit_path
        .last()
        .is_some_and(|unit| unit.to_lowercase() == row.unit.to_lowercase());
    match (birth(row.nip.birth_date()), is_same_email, is_same_unit) {
        (true, true, _) => Some(Evidence::NameBirthEmail),
        (true, false, true) => Some(Evidence::NameBirthUnit),
        (false, true, _) => Some(Evidence::NameEmail),
        _ => None,
    }
}

fn only_ones(proposals: Vec<(u64, &Known, Evidence)>) -> Matches<'_> {
    let mut per_line: HashMap<u64, usize> = HashMap::new();
    let mut per_person: HashMap<i64, usize> = HashMap::new();
    for (line, known, _) in &proposals {
        *per_line.entry(*line).or_default() += 1;
        *per_person.entry(known.person_id).or_default() += 1;
    }
    let is_only = |(line, known, _): &(u64, &Known, Evidence)| {
        per_line.get(line) == Some(&1) && per_person.get(&known.person_id) == Some(&1)
    };
    proposals
        .into_iter()
        .filter(is_only)
        .map(|(line, known, evidence)| (line, (known, evidence)))
        .collect()
}

/// A name for comparing two exports of one office: no titles, no case, no punctuation. The last word always stays.
pub(crate) fn bare_name(name: &str) -> String {
    let before_titles = name.split(',').next().unwrap_or(name).to_lowercase();
    let mut words: Vec<&str> = before_titles
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    while words.len() > 1 {
        match words.first() {
            Some(&("prof" | "dr" | "drs" | "dra" | "drg" | "ir" | "h" | "hj")) => drop(words.remove(0)),
            _ => break,
        }
    }
    words.join(" ")
}
