//! The roster as the linkage searches it: built once for as long as the persons stay as they are, named by a hash of what it was built
//! from. The one place where an index comes from. Absent: what becomes of a proposal ([`super`]).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::domain::complaint::Received;
use crate::ledger::hash::sha256;
use crate::linkage;
use crate::linkage::Evidence;
use crate::linkage::Field;
use crate::linkage::Index;
use crate::linkage::Level;
use crate::linkage::Policy;
use crate::service::Error;
use crate::service::crossref::Candidate;
use crate::service::crossref::Explanation;
use crate::service::crossref::Line;
use crate::service::crossref::Proposal;
use crate::service::crossref::compared;
use crate::store::Conn;
use crate::store::crossref as store;
use crate::store::crossref::RosterMark;

/// How many persons are read at once while the index is built.
const PAGE: i64 = 10_000;

/// The roster, ready to be searched.
pub struct Roster {
    index: Index,
    /// Who was indexed, by place in the index: an explanation keeps both sides as they were.
    people: Vec<linkage::Person>,
    /// Row ids, by place in the index.
    ids: Vec<i64>,
    bearers: Bearers,
    snapshot: String,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Roster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Roster({} people, {})", self.ids.len(), self.snapshot)
    }
}

/// How many people bear a word of a name, or work in a unit, a city, a position.
#[derive(Default)]
struct Bearers(HashMap<(Field, String), u32>);

impl Bearers {
    fn enter(&mut self, person: &linkage::Person) {
        let mut words = words(&person.name);
        words.sort_unstable();
        words.dedup();
        for word in words {
            self.add(Field::Name, word);
        }
        self.add(Field::Unit, person.unit.to_lowercase());
        self.add(Field::City, person.city.to_lowercase());
        self.add(Field::Position, person.position.to_lowercase());
    }

    fn add(&mut self, field: Field, text: String) {
        let count = self.0.entry((field, text)).or_default();
        *count = count.saturating_add(1);
    }

    fn of(&self, field: Field, recorded: &str) -> Option<u32> {
        self.0.get(&(field, recorded.to_lowercase())).copied()
    }
}

/// What the linkage reads of a complaint.
fn complaint(received: &Received) -> linkage::Complaint {
    linkage::Complaint {
        accused_name: received.accused_name.clone(),
        unit: received.unit.clone(),
        city: received.city.clone(),
        position: received.position.clone(),
        nip_fragment: received.nip_fragment.clone(),
        handle: received.handle.clone(),
        incident_date: received.incident_day.as_ref().map(ToString::to_string),
    }
}

fn place(who: linkage::PersonId) -> Option<usize> {
    usize::try_from(who.0).ok()
}

fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The newest [`Roster`], built once for as long as the persons stay as they are.
#[derive(Debug, Default)]
pub struct Rosters(Mutex<Option<(RosterMark, Arc<Roster>)>>);

impl Rosters {
    /// The roster as the tables have it now. Building it takes a while: never call this on the writer.
    pub fn current(&self, conn: &mut Conn) -> Result<Arc<Roster>, Error> {
        let mark = store::roster_mark(conn)?;
        // Held while building, so that two visitors never build the same index side by side.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, roster)) = kept.as_ref()
            && *of == mark
        {
            return Ok(Arc::clone(roster));
        }
        let roster = Arc::new(Roster::load(conn)?);
        *kept = Some((mark, Arc::clone(&roster)));
        Ok(roster)
    }
}

impl Roster {
    /// Reads everybody and builds the index.
    pub fn load(conn: &mut Conn) -> Result<Self, Error> {
        let mut former = store::former_numbers(conn)?;
        let (mut people, mut ids, mut after) = (Vec::new(), Vec::new(), 0);
        let mut bearers = Bearers::default();
        let mut digest = sha256(&[b"ikrar/roster-snapshot/v1\n"]);
        loop {
            let page = store::list_persons(conn, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                let former_nips = former.remove(&row.id).unwrap_or_default();
                let unit = if row.unit_path.is_empty() {
                    row.unit
                } else {
                    row.unit_path.replace('\u{1f}', ", ")
                };
                let fields = [&row.nip, &row.name, &unit, &row.position, &row.city];
                let line = serde_json::to_vec(&(fields, &former_nips)).map_err(Error::internal)?;
                digest = sha256(&[digest.as_bytes(), &line]);
                ids.push(row.id);
                let person = linkage::Person {
                    nip: row.nip,
                    former_nips,
                    name: row.name,
                    unit,
                    position: row.position,
                    city: row.city,
                };
                bearers.enter(&person);
                people.push(person);
            }
        }
        Ok(Self {
            index: Index::build(people.iter().cloned()),
            people,
            ids,
            bearers,
            snapshot: hex::encode(digest),
        })
    }

    /// Names exactly this roster: SHA-256 over what the linkage reads of it.
    pub fn snapshot(&self) -> &str {
        &self.snapshot
    }

    /// What the linkage proposes for a complaint.
    pub fn propose(&self, received: &Received) -> Proposal {
        let answer = linkage::link(&self.index, &complaint(received), &Policy::default());
        let explanation = Explanation {
            rule: answer.rule.key().to_owned(),
            conflict: answer.conflict,
            prior_bits: answer.prior_bits,
            namesakes: answer.namesakes,
            candidates: self.candidates(answer.candidates),
        };
        Proposal {
            decision: answer.decision,
            explanation,
            snapshot: self.snapshot.clone(),
        }
    }

    /// People beside a complaint, by row id, each weighed as [`Self::propose`] weighs those it lists; before them what everybody's
    /// score starts from, in bits. Who is not in this index is left out.
    pub fn explain_people(&self, received: &Received, ids: &[i64]) -> (f64, Vec<Candidate>) {
        let (complaint, policy) = (complaint(received), Policy::default());
        let prior_bits = linkage::prior_bits(&self.index, &policy);
        let explained = ids.iter().filter_map(|id| {
            // Persons are read in the order of their row ids.
            let place = self.ids.binary_search(id).ok()?;
            let who = linkage::PersonId(u32::try_from(place).ok()?);
            linkage::explain_person(&self.index, &complaint, &policy, who)
        });
        (prior_bits, self.candidates(explained))
    }

    fn candidates(&self, found: impl IntoIterator<Item = linkage::Candidate>) -> Vec<Candidate> {
        found.into_iter().map(|one| self.candidate(&one)).collect()
    }

    fn candidate(&self, found: &linkage::Candidate) -> Candidate {
        let person = found.who.and_then(|who| self.people.get(place(who)?));
        let lines = |all: &[Evidence]| all.iter().map(|one| self.line(one, person)).collect();
        Candidate {
            person_id: found.who.and_then(|who| self.row_id(who)),
            score: found.score_bits,
            posterior: found.posterior,
            evidence: lines(&found.evidence),
            contradictions: lines(&found.contradictions),
        }
    }

    fn row_id(&self, who: linkage::PersonId) -> Option<i64> {
        self.ids.get(place(who)?).copied()
    }

    /// A line with both sides as they are now, so that it can be read after the roster has changed.
    fn line(&self, evidence: &Evidence, person: Option<&linkage::Person>) -> Line {
        let (field, level) = (evidence.field, evidence.level);
        let (written, mut recorded) = compared(field.key(), level.key(), &evidence.detail);
        if recorded.is_empty() {
            recorded = person.map_or("", |person| match field {
                Field::Nip | Field::Birth => &person.nip,
                Field::Unit => &person.unit,
                Field::City => &person.city,
                Field::Position => &person.position,
                _ => "",
            });
        }
        let bearers = match (field, level) {
            (_, Level::Frequency) => evidence
                .detail
                .rsplit('/')
                .next()
                .and_then(|count| count.parse().ok()),
            (Field::Name | Field::Unit | Field::City | Field::Position, _) => {
                self.bearers.of(field, recorded)
            }
            _ => None,
        };
        Line {
            field: field.key().to_owned(),
            level: level.key().to_owned(),
            bits: evidence.bits,
            detail: evidence.detail.clone(),
            written: written.to_owned(),
            recorded: recorded.to_owned(),
            bearers,
        }
    }
}
