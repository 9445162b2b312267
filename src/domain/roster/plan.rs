//! What an import would change, decided before anything is written. Absent: the writing, and who may confirm it.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::domain::nip::Nip;
use crate::domain::roster::Columns;
use crate::domain::roster::Duty;
use crate::domain::roster::Employment;
use crate::domain::roster::Exclusion;
use crate::domain::roster::Field;
use crate::domain::roster::Refusal;
use crate::domain::roster::RefusalReason;
use crate::domain::roster::Roster;
use crate::domain::roster::RosterRow;

mod renumber;

pub use renumber::Evidence;

/// A person the portal knows already.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// The store's number of the person.
    pub person_id: i64,
    /// Present number.
    pub nip: Nip,
    /// Numbers the person had, digits only.
    pub former_nips: Vec<String>,
    /// Name as it is shown.
    pub name: String,
    /// Units from the top down.
    pub unit_path: Vec<String>,
    /// Position.
    pub position: String,
    /// Place of work.
    pub city: String,
    /// Grade.
    pub grade: String,
    /// Mail address.
    pub email: Option<String>,
    /// Kind of employment.
    pub employment: Employment,
    /// Whether the person must sign.
    pub duty: Duty,
}

/// Shows the person's number in the store only.
impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known")
            .field("person_id", &self.person_id)
            .finish_non_exhaustive()
    }
}

/// What an import would change. Rows in it are complete: a field whose column the file lacks keeps the known value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// New people who must sign.
    pub added: Vec<RosterRow>,
    /// New people who need not, each with its reason in `duty`; stored, so that the list can say why.
    pub excluded: Vec<RosterRow>,
    /// Known people with other content, a change of duty included.
    pub changed: Vec<Changed>,
    /// Known people under a new number, to be confirmed.
    pub renumbered: Vec<Renumbered>,
    /// Known people (by `person_id`) who are no longer in the file; to become [`Exclusion::NotListed`].
    pub gone: Vec<i64>,
    /// Known people whose row was refused: left as they are.
    pub held: Vec<i64>,
    /// Known people who are the same.
    pub unchanged: Vec<i64>,
    /// Rows refused, those of the file and those found here.
    pub refused: Vec<Refusal>,
}

impl Plan {
    /// Whether confirming the plan would write nothing.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.excluded.is_empty()
            && self.changed.is_empty()
            && self.renumbered.is_empty()
            && self.gone.is_empty()
    }
}

/// A known person with other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Who.
    pub person_id: i64,
    /// The content to be.
    pub row: RosterRow,
    /// What differs; never empty.
    pub diffs: Vec<Diff>,
}

/// A known person under a new number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renumbered {
    /// Who.
    pub person_id: i64,
    /// The number until now.
    pub old: Nip,
    /// The content to be, the new number in it.
    pub row: RosterRow,
    /// What differs beside the number; may be empty.
    pub diffs: Vec<Diff>,
    /// Why it is taken for the same person.
    pub evidence: Evidence,
}

/// One field that differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Diff {
    /// Which field.
    pub field: Field,
    /// Known until now; a unit's path is joined by ` / `, a duty is its key.
    pub old: String,
    /// In the file.
    pub new: String,
}

/// Shows the field only.
impl std::fmt::Debug for Diff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Diff")
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}

/// Compares a file with the people known. The same file twice gives an empty plan the second time.
pub fn plan(current: &[Known], roster: &Roster) -> Plan {
    let mut plan = Plan {
        refused: roster.refused.clone(),
        ..Plan::default()
    };
    let by_nip: HashMap<&str, &Known> = current.iter().map(|known| (known.nip.as_str(), known)).collect();
    let mut seen: HashMap<i64, u64> = HashMap::with_capacity(current.len());
    let mut strangers = Vec::new();
    for row in &roster.people {
        match by_nip.get(row.nip.as_str()) {
            Some(known) => {
                seen.insert(known.person_id, row.line);
                plan.compare(known, row, &roster.columns);
            }
            None => strangers.push(row),
        }
    }
    let held = held(current, &seen, roster);
    let missing: Vec<&Known> = current
        .iter()
        .filter(|known| !seen.contains_key(&known.person_id) && !held.contains(&known.person_id))
        .collect();
    let strangers = plan.refuse_former(strangers, current, &seen, &roster.columns);
    let matches = renumber::find(&strangers, &missing);
    let mut moved = HashSet::new();
    for row in strangers {
        match matches.get(&row.line) {
            Some((known, evidence)) => {
                moved.insert(known.person_id);
                plan.renumber(known, row, *evidence, &roster.columns);
            }
            None if row.duty == Duty::Required => plan.added.push(row.clone()),
            None => plan.excluded.push(row.clone()),
        }
    }
    for known in missing.iter().filter(|known| !moved.contains(&known.person_id)) {
        if known.duty == Duty::Excluded(Exclusion::NotListed) {
            plan.unchanged.push(known.person_id);
        } else {
            plan.gone.push(known.person_id);
        }
    }
    plan.held = held.into_iter().collect();
    plan.held.sort_unstable();
    plan.refused.sort_by_key(|refusal| refusal.line);
    plan
}

impl Plan {
    fn compare(&mut self, known: &Known, row: &RosterRow, columns: &Columns) {
        let row = complete(known, row, columns);
        let diffs = diffs(known, &row);
        if diffs.is_empty() {
            self.unchanged.push(known.person_id);
        } else {
            self.changed.push(Changed {
                person_id: known.person_id,
                row,
                diffs,
            });
        }
    }

    fn renumber(&mut self, known: &Known, row: &RosterRow, evidence: Evidence, columns: &Columns) {
        let row = complete(known, row, columns);
        let diffs = diffs(known, &row);
        self.renumbered.push(Renumbered {
            person_id: known.person_id,
            old: known.nip.clone(),
            row,
            diffs,
            evidence,
        });
    }

    /// Refuses rows under the former number of somebody who is in the file with the present one.
    fn refuse_former<'r>(
        &mut self,
        strangers: Vec<&'r RosterRow>,
        current: &[Known],
        seen: &HashMap<i64, u64>,
        columns: &Columns,
    ) -> Vec<&'r RosterRow> {
        let mut former: HashMap<&str, u64> = HashMap::new();
        for known in current {
            let Some(line) = seen.get(&known.person_id) else {
                continue;
            };
            former.extend(known.former_nips.iter().map(|nip| (nip.as_str(), *line)));
        }
        let (refused, kept): (Vec<_>, Vec<_>) = strangers
            .into_iter()
            .partition(|row| former.contains_key(row.nip.as_str()));
        for row in refused {
            let other_line = former.get(row.nip.as_str()).copied().unwrap_or_default();
            let column = columns.title(Field::Nip).to_owned();
            self.refused.push(Refusal::of_person(
                row,
                column,
                RefusalReason::FormerNip { other_line },
            ));
        }
        kept
    }
}

/// Known people whose row was refused: by the number, or by the name where the number is damaged.
fn held(current: &[Known], seen: &HashMap<i64, u64>, roster: &Roster) -> HashSet<i64> {
    let nips: HashSet<&str> = roster
        .refused
        .iter()
        .filter_map(|r| Some(r.nip.as_ref()?.as_str()))
        .collect();
    let without_nip = roster.refused.iter().filter(|refusal| refusal.nip.is_none());
    let names: HashSet<String> = without_nip
        .filter_map(|r| Some(renumber::bare_name(r.name.as_ref()?)))
        .collect();
    let is_held = |known: &&Known| {
        nips.contains(known.nip.as_str())
            || known.former_nips.iter().any(|nip| nips.contains(nip.as_str()))
            || (!names.is_empty() && names.contains(&renumber::bare_name(&known.name)))
    };
    let absent = current
        .iter()
        .filter(|known| !seen.contains_key(&known.person_id));
    absent.filter(is_held).map(|known| known.person_id).collect()
}

/// The row with what its file has no column for taken from what is known.
fn complete(known: &Known, row: &RosterRow, columns: &Columns) -> RosterRow {
    let mut row = row.clone();
    let lacks = |fields: &[Field]| !fields.iter().any(|field| columns.has(*field));
    let levels = (1..=5).map(Field::UnitLevel);
    if lacks(&[Field::Unit, Field::UnitRoot]) && !levels.into_iter().any(|level| columns.has(level)) {
        row.unit_path.clone_from(&known.unit_path);
        row.unit = known.unit_path.last().cloned().unwrap_or_default();
    }
    if lacks(&[Field::Position]) {
        row.position.clone_from(&known.position);
    }
    if lacks(&[Field::City]) {
        row.city.clone_from(&known.city);
    }
    if lacks(&[Field::Grade]) {
        row.grade.clone_from(&known.grade);
    }
    if lacks(&[Field::Email, Field::EmailOther]) {
        row.email.clone_from(&known.email);
    }
    let is_permanent = row.employment != Employment::Pppk && known.employment != Employment::Pppk;
    if lacks(&[Field::Employment, Field::Probation, Field::Standing]) && is_permanent {
        row.employment = known.employment;
    }
    // Who was only missing from an earlier file is back by standing in this one.
    if lacks(&[Field::Standing]) && known.duty != Duty::Excluded(Exclusion::NotListed) {
        row.duty = known.duty;
    }
    row
}

fn diffs(known: &Known, row: &RosterRow) -> Vec<Diff> {
    let old_email = known.email.clone().unwrap_or_default();
    let new_email = row.email.clone().unwrap_or_default();
    let pairs = [
        (Field::Name, known.name.clone(), row.name.clone()),
        (
            Field::Unit,
            known.unit_path.join(" / "),
            row.unit_path.join(" / "),
        ),
        (Field::Position, known.position.clone(), row.position.clone()),
        (Field::City, known.city.clone(), row.city.clone()),
        (Field::Grade, known.grade.clone(), row.grade.clone()),
        (Field::Email, old_email, new_email),
        (
            Field::Employment,
            known.employment.key().to_owned(),
            row.employment.key().to_owned(),
        ),
        (
            Field::Standing,
            known.duty.key().to_owned(),
            row.duty.key().to_owned(),
        ),
    ];
    pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| Diff { field, old, new })
        .collect()
}

#[cfg(test)]
mod tests;
