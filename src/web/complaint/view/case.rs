//! One complaint beside its candidates, and what the ledger says once it is settled. Absent: who was found by hand ([`super::found`]), what
//! examiners answered ([`super::trail`]).

use serde::Serialize;

use crate::domain::complaint::Field;
use crate::domain::complaint::may_tell_complainant;
use crate::service::Conn;
use crate::service::Error;
use crate::service::complaint;
use crate::service::complaint::ComplaintRow;
use crate::service::crossref;
use crate::service::crossref::Candidate;
use crate::service::crossref::CrossrefRow;
use crate::service::crossref::DecisionRow;
use crate::service::crossref::Explanation;
use crate::service::crossref::Found;
use crate::service::crossref::Join;
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
use crate::web::complaint::view::found::FoundView;
use crate::web::complaint::view::trail;
use crate::web::complaint::view::trail::DecisionView;
use crate::web::complaint::view::trail::FirstView;
use crate::web::complaint::view::trail::PastView;
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
    /// Number of a proposal that was replaced, to be shown instead of the newest.
    pub(in crate::web::complaint) past: Option<i64>,
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
    /// Whether it takes two examiners to reopen it.
    reopen_two: bool,
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
    /// [`Explanation::is_compared`].
    compared: bool,
    rule: String,
    conflict: bool,
    namesakes: u32,
    model: String,
    snapshot: String,
    made_s: i64,
    /// Roster or model have changed since.
    stale: bool,
    /// When a newer one replaced it: this one is shown because it was asked for.
    replaced_s: Option<i64>,
}

/// A person, or *nobody*, and why.
#[derive(Debug, Serialize)]
pub(super) struct CandidateView {
    /// 0: not in the proposal.
    pub(super) rank: usize,
    /// None is *nobody on this roster*.
    pub(super) person: Option<PersonView>,
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

pub(in crate::web::complaint) fn case(
    conn: &mut Conn,
    roster: &Roster,
    asked: Asked,
) -> Result<CasePage, Error> {
    let row = complaint::find(conn, asked.id)?;
    let authority = complaint::find_authority_by_id(conn, row.authority_id)?;
    let queue = asked.queue.known(&complaint::list_authorities(conn)?);
    let Compared {
        proposal,
        candidates,
        found,
    } = compared(conn, &row, roster, &asked.typed.find, asked.past)?;
    let decisions = crossref::list_decisions(conn, asked.id)?;
    let reopen_two = crossref::is_of_two(&decisions, asked.two);
    let person = settled_on(conn, &row, &decisions)?;
    let join = person
        .as_ref()
        .map(|person| crossref::join(conn, &row, person.id))
        .transpose()?;
    let (first, trail) = trail::answers(conn, &row, decisions, asked.account_id)?;
    let others = others(&row)?;
    let past = crossref::list_past(conn, asked.id)?;
    Ok(CasePage {
        id: row.id,
        fields: fields(&row),
        written: WrittenView::from(&row),
        choices: people_to_choose(&candidates, &found),
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
        past: past.into_iter().map(|row| PastView::new(row, &queue)).collect(),
        found,
        two: asked.two,
        reopen_two,
        first,
        person,
        join,
        trail,
        // Nobody answers about a proposal that is no longer the newest.
        may_decide: asked.may_decide && asked.past.is_none(),
        back: queue.behind("/complaints"),
        behind: queue.behind(""),
        next: next(&queue, asked.id),
        queue,
        typed: asked.typed,
        errors: asked.errors,
    })
}

/// Whom a complaint was decided to be about; it stands while somebody asks to reopen it.
fn settled_on(
    conn: &mut Conn,
    row: &ComplaintRow,
    decisions: &[DecisionRow],
) -> Result<Option<PersonView>, Error> {
    let standing = decisions
        .iter()
        .find(|decision| decision.settles())
        .filter(|_| row.state == "identified");
    let person = standing
        .and_then(|decision| decision.person_id)
        .map(|id| roster::find_person(conn, id))
        .transpose()?;
    Ok(person.map(PersonView::from))
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

/// Everybody who is shown with their evidence, on one scale.
struct Compared {
    proposal: Option<ProposalView>,
    candidates: Vec<CandidateView>,
    found: FoundView,
}

/// The newest proposal, or the one numbered `past`, and whoever a search by hand found beside it.
fn compared(
    conn: &mut Conn,
    row: &ComplaintRow,
    roster: &Roster,
    find: &str,
    past: Option<i64>,
) -> Result<Compared, Error> {
    let stored = match past {
        Some(number) => {
            let (past, replaced_s) = crossref::find_past(conn, row.id, number)?.ok_or(Error::NotFound)?;
            Some((past, Some(replaced_s)))
        }
        None => crossref::find(conn, row.id)?.map(|newest| (newest, None)),
    };
    let explained = stored
        .as_ref()
        .map(|(proposal, _)| crossref::explanation(proposal))
        .transpose()?;
    let (prior_bits, listed) = explained.as_ref().map_or((0.0, &[][..]), |explained| {
        (explained.prior_bits, explained.candidates.as_slice())
    });
    let found = crossref::look_up(conn, find)?;
    let (by_hand_bits, by_hand) = by_hand(row, roster, &found, listed)?;
    let of_proposal = listed.iter().map(|candidate| (prior_bits, candidate));
    let of_search = by_hand.iter().map(|candidate| (by_hand_bits, candidate));
    let scale = Scale::of(of_proposal.chain(of_search));

    let ids: Vec<i64> = listed
        .iter()
        .filter_map(|candidate| candidate.person_id)
        .collect();
    let people = crossref::list_persons_by_id(conn, &ids)?;
    let view = |rank: usize, prior_bits: f64, candidate: &Candidate, people: &[PersonRow]| {
        let steps = waterfall::steps(prior_bits, candidate, &scale);
        CandidateView::new(rank, candidate, people, steps)
    };
    let candidates: Vec<CandidateView> = (1_usize..)
        .zip(listed)
        .map(|(rank, candidate)| view(rank, prior_bits, candidate, &people))
        .collect();
    let by_hand = by_hand
        .iter()
        .map(|candidate| view(0, by_hand_bits, candidate, &found.people))
        .collect();
    let proposal = stored
        .zip(explained)
        .map(|((row, replaced_s), explained)| ProposalView::new(row, explained, roster, replaced_s));
    Ok(Compared {
        proposal,
        found: FoundView::new(found, by_hand, &candidates, roster),
        candidates,
    })
}

/// Whoever was found and is not proposed already, compared as the linkage compares; before them what their scores start from.
fn by_hand(
    row: &ComplaintRow,
    roster: &Roster,
    found: &Found,
    listed: &[Candidate],
) -> Result<(f64, Vec<Candidate>), Error> {
    let is_listed = |id: i64| listed.iter().any(|candidate| candidate.person_id == Some(id));
    let ids: Vec<i64> = found
        .people
        .iter()
        .map(|person| person.id)
        .filter(|id| !is_listed(*id))
        .collect();
    if ids.is_empty() {
        return Ok((0.0, Vec::new()));
    }
    Ok(roster.explain_people(&complaint::received(row)?, &ids))
}

pub(super) fn shortened(snapshot: &str) -> String {
    snapshot.chars().take(SNAPSHOT_CHARS).collect()
}

/// Every candidate and everybody found by search, once each; nobody is chosen beforehand.
fn people_to_choose(candidates: &[CandidateView], found: &FoundView) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let candidates = candidates
        .iter()
        .filter_map(|candidate| candidate.person.as_ref());
    for person in candidates.chain(found.persons()) {
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

impl ProposalView {
    fn new(row: CrossrefRow, explained: Explanation, roster: &Roster, replaced_s: Option<i64>) -> Self {
        Self {
            stale: replaced_s.is_none() && !crossref::is_current(&row, roster),
            number: row.number,
            decision: row.decision,
            compared: explained.is_compared(),
            rule: explained.rule,
            conflict: explained.conflict,
            namesakes: explained.namesakes,
            model: row.model_version,
            snapshot: shortened(&row.roster_snapshot),
            made_s: row.made_s,
            replaced_s,
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
