//! One complaint beside its candidates, what examiners answered, and what the ledger says then.

use serde::Serialize;

use crate::domain::complaint::Field;
use crate::domain::complaint::may_tell_complainant;
use crate::service::Conn;
use crate::service::Error;
use crate::service::access;
use crate::service::complaint;
use crate::service::complaint::ComplaintRow;
use crate::service::crossref;
use crate::service::crossref::Candidate;
use crate::service::crossref::DecisionRow;
use crate::service::crossref::Found;
use crate::service::crossref::Join;
use crate::service::crossref::PastRow;
use crate::service::crossref::Roster;
use crate::service::roster;
use crate::service::roster::PersonRow;
use crate::web::complaint::queue::Queue;
use crate::web::complaint::queue::encode;
use crate::web::complaint::view::Choice;
use crate::web::complaint::view::FieldError;
use crate::web::complaint::view::PersonView;
use crate::web::complaint::view::Share;
use crate::web::complaint::view::Words;
use crate::web::complaint::view::ZONE;
use crate::web::complaint::view::waterfall;
use crate::web::complaint::view::waterfall::Scale;
use crate::web::complaint::view::waterfall::Step;

/// Characters of a roster's snapshot that a page shows.
const SNAPSHOT_CHARS: usize = 16;

/// What was typed or asked for, kept when the page comes again.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::web::complaint) struct Typed {
    pub(in crate::web::complaint) who: String,
    pub(in crate::web::complaint) reason: String,
    pub(in crate::web::complaint) find: String,
    pub(in crate::web::complaint) complainant: bool,
}

/// How a page of one complaint is asked for.
#[derive(Debug)]
pub(in crate::web::complaint) struct Asked {
    pub(in crate::web::complaint) id: i64,
    pub(in crate::web::complaint) account_id: i64,
    pub(in crate::web::complaint) may_decide: bool,
    /// Whether an answer needs a second examiner.
    pub(in crate::web::complaint) two: bool,
    pub(in crate::web::complaint) queue: Queue,
    pub(in crate::web::complaint) typed: Typed,
    pub(in crate::web::complaint) errors: Vec<FieldError>,
}

/// One complaint beside its candidates.
#[derive(Debug, Serialize)]
pub(in crate::web::complaint) struct CasePage {
    id: i64,
    reference: String,
    authority: String,
    /// `received`, `second`, `identified` or `nobody`.
    state: String,
    received_s: i64,
    zone: &'static str,
    fields: Vec<Shown>,
    /// The other columns, where they were asked for.
    others: Vec<Shown>,
    /// How many other columns there are, and where they are asked for: they may tell who complained.
    others_count: usize,
    others_href: String,
    written: WrittenView,
    proposal: Option<ProposalView>,
    candidates: Vec<CandidateView>,
    past: Vec<PastView>,
    found: FoundView,
    choices: Vec<Choice>,
    two: bool,
    /// The answer that waits for a second examiner.
    first: Option<FirstView>,
    person: Option<PersonView>,
    join: Option<Join>,
    trail: Vec<DecisionView>,
    may_decide: bool,
    queue: Queue,
    /// The list that this complaint was opened from, and the next of its undecided complaints.
    back: String,
    behind: String,
    next: String,
    typed: Typed,
    errors: Vec<FieldError>,
}

/// What the search by hand found.
#[derive(Debug, Serialize)]
struct FoundView {
    people: Vec<PersonView>,
    more: bool,
    short: bool,
}

#[derive(Debug, Serialize)]
struct Shown {
    title: String,
    text: String,
}

/// What the complaint says of its respondent, beside the candidates.
#[derive(Debug, Serialize)]
struct WrittenView {
    name: String,
    nip: String,
    unit: String,
    position: String,
    city: String,
}

#[derive(Debug, Serialize)]
struct ProposalView {
    number: i64,
    decision: String,
    rule: String,
    conflict: bool,
    namesakes: u32,
    model: String,
    snapshot: String,
    made_s: i64,
    /// Roster or model have changed since.
    stale: bool,
}

#[derive(Debug, Serialize)]
struct PastView {
    number: i64,
    decision: String,
    model: String,
    snapshot: String,
    made_s: i64,
    replaced_s: i64,
}

#[derive(Debug, Serialize)]
struct CandidateView {
    rank: usize,
    /// None is *nobody on this roster*.
    person: Option<PersonView>,
    score: String,
    share: Share,
    steps: Vec<Step>,
    contradictions: Vec<Words>,
    /// How number, unit, position and city agree, by key.
    levels: Levels,
}

#[derive(Debug, Default, Serialize)]
struct Levels {
    nip: Option<String>,
    unit: Option<String>,
    position: Option<String>,
    city: Option<String>,
}

/// The first of two answers, for whoever may give the second.
#[derive(Debug, Serialize)]
struct FirstView {
    mine: bool,
    answer: DecisionView,
}

#[derive(Debug, Serialize)]
struct DecisionView {
    outcome: String,
    step: String,
    person: Option<PersonView>,
    officer: String,
    reason: String,
    decided_s: i64,
    number: Option<i64>,
    model: String,
    snapshot: String,
}

pub(in crate::web::complaint) fn case(
    conn: &mut Conn,
    roster: &Roster,
    asked: Asked,
) -> Result<CasePage, Error> {
    let row = complaint::find(conn, asked.id)?;
    let authority = complaint::find_authority_by_id(conn, row.authority_id)?;
    let queue = asked.queue.known(&complaint::list_authorities(conn)?);
    let (proposal, candidates) = proposal(conn, asked.id, roster)?;
    let found = FoundView::from(crossref::look_up(conn, &asked.typed.find)?);
    let (first, trail) = answers(conn, &row, asked.account_id)?;
    let person = trail
        .first()
        .filter(|_| row.state == "identified")
        .and_then(|decision| decision.person.clone());
    let join = person
        .as_ref()
        .map(|person| crossref::join(conn, &row, person.id))
        .transpose()?;
    let others = others(&row)?;
    let past = crossref::list_past(conn, asked.id)?;
    Ok(CasePage {
        id: row.id,
        fields: fields(&row),
        written: WrittenView::from(&row),
        choices: people_to_choose(&candidates, &found.people),
        reference: row.reference,
        authority: authority.name,
        state: if first.is_some() {
            "second".to_owned()
        } else {
            row.state
        },
        received_s: row.received_s,
        zone: ZONE,
        others_count: others.len(),
        others: if asked.typed.complainant {
            others
        } else {
            Vec::new()
        },
        others_href: others_href(&queue, asked.id, &asked.typed.find),
        proposal,
        candidates,
        past: past.into_iter().map(PastView::from).collect(),
        found,
        two: asked.two,
        first,
        person,
        join,
        trail,
        may_decide: asked.may_decide,
        back: queue.behind("/complaints"),
        behind: queue.behind(""),
        next: next(&queue, asked.id),
        queue,
        typed: asked.typed,
        errors: asked.errors,
    })
}

/// Where the undecided complaint behind this one is.
fn next(queue: &Queue, id: i64) -> String {
    let address = queue.address();
    let and = if address.is_empty() { "" } else { "&" };
    format!("/complaints/next?after={id}{and}{address}")
}

/// The known fields, by key; what the complaint leaves empty is said to be empty.
fn fields(row: &ComplaintRow) -> Vec<Shown> {
    let text = |field: Field| match field {
        Field::Reference => row.reference.clone(),
        Field::Channel => row.channel.clone(),
        Field::AccusedName => row.accused_name.clone(),
        Field::Unit => row.unit.clone(),
        Field::City => row.city.clone(),
        Field::Position => row.position.clone(),
        Field::NipFragment => row.nip_fragment.clone(),
        Field::Handle => row.handle.clone(),
        Field::IncidentDate => row.incident_date.clone().unwrap_or_default(),
    };
    Field::ALL
        .into_iter()
        .map(|field| Shown {
            title: field.key().replace('_', "-"),
            text: text(field),
        })
        .collect()
}

/// The columns beside the known fields that hold something, as they came: any of them may tell who complained.
fn others(row: &ComplaintRow) -> Result<Vec<Shown>, Error> {
    let shown = complaint::pairs(row)?
        .into_iter()
        .filter(|(title, text)| may_tell_complainant(title) && !text.trim().is_empty())
        .map(|(title, text)| Shown { title, text });
    Ok(shown.collect())
}

/// Where the same page shows the other columns too.
fn others_href(queue: &Queue, id: i64, find: &str) -> String {
    let (address, find) = (queue.address(), encode(find));
    let said = [
        ("complainant=show".to_owned(), true),
        (format!("find={find}"), !find.is_empty()),
        (address.clone(), !address.is_empty()),
    ];
    let said: Vec<String> = said
        .into_iter()
        .filter_map(|(text, is_said)| is_said.then_some(text))
        .collect();
    format!("/complaints/{id}?{}#others", said.join("&"))
}

fn proposal(
    conn: &mut Conn,
    id: i64,
    roster: &Roster,
) -> Result<(Option<ProposalView>, Vec<CandidateView>), Error> {
    let Some(row) = crossref::find(conn, id)? else {
        return Ok((None, Vec::new()));
    };
    let explained = crossref::explanation(&row)?;
    let scale = Scale::of(&explained);
    let ids: Vec<i64> = explained
        .candidates
        .iter()
        .filter_map(|candidate| candidate.person_id)
        .collect();
    let people = crossref::list_persons_by_id(conn, &ids)?;
    let ranked = (1_usize..).zip(&explained.candidates);
    let candidates = ranked.map(|(rank, candidate)| {
        let steps = waterfall::steps(explained.prior_bits, candidate, &scale);
        CandidateView::new(rank, candidate, &people, steps)
    });
    let candidates = candidates.collect();
    let view = ProposalView {
        stale: !crossref::is_current(&row, roster),
        number: row.number,
        decision: row.decision,
        rule: explained.rule,
        conflict: explained.conflict,
        namesakes: explained.namesakes,
        model: row.model_version,
        snapshot: shortened(&row.roster_snapshot),
        made_s: row.made_s,
    };
    Ok((Some(view), candidates))
}

fn shortened(snapshot: &str) -> String {
    snapshot.chars().take(SNAPSHOT_CHARS).collect()
}

/// The answer that waits, and the record of all others, the newest first. Whoever answered first sees the own answer in the record.
fn answers(
    conn: &mut Conn,
    row: &ComplaintRow,
    account_id: i64,
) -> Result<(Option<FirstView>, Vec<DecisionView>), Error> {
    let (mut first, mut trail) = (None, Vec::new());
    for decision in crossref::list_decisions(conn, row.id)? {
        let (id, mine) = (decision.id, decision.account_id == account_id);
        let answer = DecisionView::new(conn, decision)?;
        if row.first_answer_id == Some(id) {
            first = Some(FirstView { mine, answer });
        } else {
            trail.push(answer);
        }
    }
    Ok((first, trail))
}

/// Every candidate and everybody found by search, once each; nobody is chosen beforehand.
fn people_to_choose(candidates: &[CandidateView], found: &[PersonView]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let candidates = candidates
        .iter()
        .filter_map(|candidate| candidate.person.as_ref());
    for person in candidates.chain(found) {
        let value = person.id.to_string();
        if choices.iter().all(|choice| choice.value != value) {
            choices.push(Choice {
                value,
                label: format!("{} · {}", person.name, person.nip),
                hint: [&person.position, &person.unit, &person.city]
                    .iter()
                    .filter(|text| !text.is_empty())
                    .map(|text| text.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
    }
    choices
}

impl From<Found> for FoundView {
    fn from(found: Found) -> Self {
        Self {
            people: found.people.into_iter().map(PersonView::from).collect(),
            more: found.more,
            short: found.short,
        }
    }
}

impl From<&ComplaintRow> for WrittenView {
    fn from(row: &ComplaintRow) -> Self {
        Self {
            name: row.accused_name.clone(),
            nip: row.nip_fragment.clone(),
            unit: row.unit.clone(),
            position: row.position.clone(),
            city: row.city.clone(),
        }
    }
}

impl From<PastRow> for PastView {
    fn from(row: PastRow) -> Self {
        Self {
            number: row.number,
            decision: row.decision,
            model: row.model_version,
            snapshot: shortened(&row.roster_snapshot),
            made_s: row.made_s,
            replaced_s: row.replaced_s,
        }
    }
}

impl CandidateView {
    fn new(rank: usize, candidate: &Candidate, people: &[PersonRow], steps: Vec<Step>) -> Self {
        let person = candidate
            .person_id
            .and_then(|id| people.iter().find(|person| person.id == id));
        Self {
            rank,
            person: person.cloned().map(PersonView::from),
            score: waterfall::bits(candidate.score),
            share: Share::of(candidate.posterior),
            steps,
            contradictions: candidate.contradictions.iter().map(Words::from).collect(),
            levels: Levels::of(candidate),
        }
    }
}

impl Levels {
    fn of(candidate: &Candidate) -> Self {
        let mut levels = Self::default();
        for line in &candidate.evidence {
            let level = Some(line.level.clone());
            match line.field.as_str() {
                "nip" | "birth" => levels.nip = level,
                "unit" => levels.unit = level,
                "position" => levels.position = level,
                "city" => levels.city = level,
                _ => {}
            }
        }
        levels
    }
}

impl DecisionView {
    fn new(conn: &mut Conn, row: DecisionRow) -> Result<Self, Error> {
        let person = row
            .person_id
            .map(|id| roster::find_person(conn, id))
            .transpose()?;
        Ok(Self {
            outcome: row.outcome,
            step: row.step,
            person: person.map(PersonView::from),
            officer: access::find_account(conn, row.account_id)?.name,
            reason: row.reason,
            decided_s: row.decided_s,
            number: row.number,
            model: row.model_version,
            snapshot: shortened(&row.roster_snapshot),
        })
    }
}
