//! What the pages about complaints show. Absent: routes, decisions.

use serde::Serialize;

use crate::domain::complaint::Field;
use crate::domain::complaint::is_about_complainant;
use crate::service::Conn;
use crate::service::Error;
use crate::service::access;
use crate::service::complaint;
use crate::service::complaint::ComplaintRow;
use crate::service::complaint::Filter;
use crate::service::crossref;
use crate::service::crossref::Candidate;
use crate::service::crossref::Join;
use crate::service::crossref::Line;
use crate::service::crossref::Roster;
use crate::service::roster;
use crate::service::roster::PersonRow;
use crate::web::complaint::ListQuery;

/// The zone that officers read times in.
const ZONE: &str = crate::domain::complaint::ZONE;
/// Fewest characters of the reference column that a filter may hold.
const QUERY_CHARS_MAX: usize = 100;

/// A refusal beside its field.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    pub(super) text: String,
}

/// What was typed or asked for, kept when the page comes again.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Typed {
    pub(super) who: String,
    pub(super) reason: String,
    pub(super) search: String,
    pub(super) complainant: bool,
}

/// An entry of a select or of radios.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: String,
}

/// The list.
#[derive(Debug, Serialize)]
pub(super) struct ListPage {
    figures: Vec<Figure>,
    people: bool,
    state: String,
    proposal: String,
    authority: String,
    q: String,
    authorities: Vec<Choice>,
    rows: Vec<ListRow>,
    found: i64,
    current: i64,
    last: i64,
    /// The address without its page number.
    href: String,
    zone: &'static str,
}

#[derive(Debug, Serialize)]
struct Figure {
    state: &'static str,
    count: i64,
}

#[derive(Debug, Serialize)]
struct ListRow {
    id: i64,
    reference: String,
    authority: String,
    name: String,
    unit: String,
    received_s: i64,
    state: String,
    proposal: Option<String>,
}

pub(super) fn list(conn: &mut Conn, query: &ListQuery, people: bool, page: i64) -> Result<ListPage, Error> {
    let mut figures = Vec::new();
    for state in ["received", "identified", "nobody"] {
        let filter = Filter {
            state: Some(state.to_owned()),
            ..Filter::default()
        };
        figures.push(Figure {
            state,
            count: complaint::count(conn, &filter)?,
        });
    }
    let authorities = complaint::list_authorities(conn)?;
    let reference: String = query.q.trim().chars().take(QUERY_CHARS_MAX).collect();
    let some = |text: &str, known: &[&str]| known.contains(&text).then(|| text.to_owned());
    let filter = Filter {
        state: some(&query.state, &["received", "identified", "nobody"]),
        proposal: some(&query.proposal, &["match", "possible", "none"]),
        authority_id: authorities
            .iter()
            .find(|row| row.slug == query.authority)
            .map(|row| row.id),
        reference: Some(reference.replace('\0', "")).filter(|text| !text.is_empty()),
    };
    let found = complaint::count(conn, &filter)?;
    let last = (found.saturating_sub(1) / page).saturating_add(1);
    let current = query.page.parse().unwrap_or(1_i64).clamp(1, last);
    let rows = if people {
        complaint::list(conn, &filter, (current - 1).saturating_mul(page), page)?
    } else {
        Vec::new()
    };
    let name_of = |id: i64| {
        let row = authorities.iter().find(|row| row.id == id);
        row.map(|row| row.name.clone()).unwrap_or_default()
    };
    let rows = rows.into_iter().map(|(row, proposal)| ListRow {
        id: row.id,
        authority: name_of(row.authority_id),
        name: row.accused_name,
        unit: row.unit,
        reference: row.reference,
        received_s: row.received_s,
        state: row.state,
        proposal,
    });
    Ok(ListPage {
        rows: rows.collect(),
        figures,
        people,
        href: address(&filter, &query.authority),
        state: filter.state.unwrap_or_default(),
        proposal: filter.proposal.unwrap_or_default(),
        authority: query.authority.clone(),
        q: filter.reference.unwrap_or_default(),
        authorities: choices(&authorities),
        found,
        current,
        last,
        zone: ZONE,
    })
}

/// Authorities to choose from.
pub(super) fn choices(rows: &[complaint::AuthorityRow]) -> Vec<Choice> {
    let choice = |row: &complaint::AuthorityRow| Choice {
        value: row.slug.clone(),
        label: row.name.clone(),
        hint: String::new(),
    };
    rows.iter().map(choice).collect()
}

fn address(filter: &Filter, authority: &str) -> String {
    let mut pairs: Vec<String> = Vec::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            pairs.push(format!("{name}={}", encode(value)));
        }
    };
    add("state", filter.state.as_deref().unwrap_or_default());
    add("proposal", filter.proposal.as_deref().unwrap_or_default());
    add("authority", authority);
    add("q", filter.reference.as_deref().unwrap_or_default());
    pairs.push("page=".to_owned());
    format!("?{}", pairs.join("&"))
}

/// A value as it stands in a query: anything but letters, digits and `-._~` as `%XX` (RFC 3986, 2.3).
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// One complaint beside its candidates.
#[derive(Debug, Serialize)]
pub(super) struct CasePage {
    id: i64,
    reference: String,
    authority: String,
    state: String,
    received_s: i64,
    zone: &'static str,
    fields: Vec<Shown>,
    others: Vec<Shown>,
    complainant_columns: usize,
    proposal: Option<ProposalView>,
    candidates: Vec<CandidateView>,
    found: Vec<PersonView>,
    choices: Vec<Choice>,
    person: Option<PersonView>,
    join: Option<Join>,
    trail: Vec<DecisionView>,
    may_decide: bool,
    typed: Typed,
    errors: Vec<FieldError>,
}

#[derive(Debug, Serialize)]
struct Shown {
    title: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct ProposalView {
    decision: String,
    rule: String,
    conflict: bool,
    namesakes: u32,
    prior: String,
    model: String,
    snapshot: String,
    made_s: i64,
    /// The roster has changed since.
    stale: bool,
}

#[derive(Clone, Debug, Serialize)]
struct PersonView {
    id: i64,
    nip: String,
    name: String,
    unit: String,
    position: String,
    city: String,
}

#[derive(Debug, Serialize)]
struct CandidateView {
    rank: usize,
    /// None is *nobody on this roster*.
    person: Option<PersonView>,
    score: String,
    /// Per cent, whole.
    share: i64,
    lines: Vec<LineView>,
    contradictions: usize,
}

#[derive(Debug, Serialize)]
struct LineView {
    field: String,
    level: String,
    detail: String,
    bits: String,
    /// `for`, `against` or `neutral`.
    side: &'static str,
    /// Whole tenths of a bit, for a bar.
    weight: i64,
}

#[derive(Debug, Serialize)]
struct DecisionView {
    outcome: String,
    person: Option<PersonView>,
    officer: String,
    reason: String,
    decided_s: i64,
    model: String,
}

pub(super) fn case(
    conn: &mut Conn,
    id: i64,
    roster: &Roster,
    typed: Typed,
    errors: Vec<FieldError>,
    may_decide: bool,
) -> Result<CasePage, Error> {
    let row = complaint::find(conn, id)?;
    let authority = complaint::find_authority_by_id(conn, row.authority_id)?;
    let (proposal, candidates) = proposal(conn, id, roster)?;
    let found: Vec<PersonView> = crossref::search(conn, &typed.search)?
        .into_iter()
        .map(PersonView::from)
        .collect();
    let trail = trail(conn, id)?;
    let person = trail
        .first()
        .filter(|_| row.state == "identified")
        .and_then(|decision| decision.person.clone());
    let join = person
        .as_ref()
        .map(|person| crossref::join(conn, &row, person.id))
        .transpose()?;
    let (others, complainant_columns) = others(&row, typed.complainant)?;
    Ok(CasePage {
        id,
        fields: fields(&row),
        choices: people_to_choose(&candidates, &found),
        reference: row.reference,
        authority: authority.name,
        state: row.state,
        received_s: row.received_s,
        zone: ZONE,
        others,
        complainant_columns,
        proposal,
        candidates,
        found,
        person,
        join,
        trail,
        may_decide,
        typed,
        errors,
    })
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

/// The other columns as they came, without what tells who complained unless that was asked for; and how many tell it.
fn others(row: &ComplaintRow, complainant: bool) -> Result<(Vec<Shown>, usize), Error> {
    let pairs = complaint::pairs(row)?;
    let hidden = pairs
        .iter()
        .filter(|(title, _)| is_about_complainant(title))
        .count();
    let shown = pairs
        .into_iter()
        .filter(|(title, text)| Field::of_title(title).is_none() && !text.trim().is_empty())
        .filter(|(title, _)| complainant || !is_about_complainant(title))
        .map(|(title, text)| Shown { title, text });
    Ok((shown.collect(), hidden))
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
    let mut candidates = Vec::with_capacity(explained.candidates.len());
    for (rank, candidate) in (1_usize..).zip(&explained.candidates) {
        candidates.push(CandidateView::new(conn, rank, candidate)?);
    }
    let view = ProposalView {
        stale: row.roster_snapshot != roster.snapshot(),
        decision: row.decision,
        rule: explained.rule,
        conflict: explained.conflict,
        namesakes: explained.namesakes,
        prior: bits(explained.prior_bits),
        model: row.model_version,
        snapshot: row.roster_snapshot.chars().take(16).collect(),
        made_s: row.made_s,
    };
    Ok((Some(view), candidates))
}

fn trail(conn: &mut Conn, id: i64) -> Result<Vec<DecisionView>, Error> {
    let mut trail = Vec::new();
    for row in crossref::list_decisions(conn, id)? {
        let person = row
            .person_id
            .map(|id| roster::find_person(conn, id))
            .transpose()?;
        trail.push(DecisionView {
            outcome: row.outcome,
            person: person.map(PersonView::from),
            officer: access::find_account(conn, row.account_id)?.name,
            reason: row.reason,
            decided_s: row.decided_s,
            model: row.model_version,
        });
    }
    Ok(trail)
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

impl From<PersonRow> for PersonView {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id,
            nip: row.nip,
            name: row.name,
            unit: row.unit,
            position: row.position,
            city: row.city,
        }
    }
}

impl CandidateView {
    fn new(conn: &mut Conn, rank: usize, candidate: &Candidate) -> Result<Self, Error> {
        let person = candidate
            .person_id
            .map(|id| roster::find_person(conn, id))
            .transpose()?;
        Ok(Self {
            rank,
            person: person.map(PersonView::from),
            score: bits(candidate.score),
            share: whole(candidate.posterior * 100.0),
            lines: candidate.evidence.iter().map(LineView::from).collect(),
            contradictions: candidate.contradictions.len(),
        })
    }
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        let side = if line.bits > 0.05 {
            "for"
        } else if line.bits < -0.05 {
            "against"
        } else {
            "neutral"
        };
        Self {
            field: line.field.clone(),
            level: line.level.clone(),
            detail: line.detail.clone(),
            bits: bits(line.bits),
            side,
            weight: whole(line.bits.abs() * 10.0),
        }
    }
}

/// Bits with their sign and one decimal, as Indonesian writes them.
fn bits(bits: f64) -> String {
    format!("{bits:+.1}").replace('.', ",").replace('-', "\u{2212}")
}

/// A small number without its fraction. Never called with what a whole number cannot hold.
fn whole(number: f64) -> i64 {
    format!("{:.0}", number.clamp(0.0, 1000.0)).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(
            (bits(4.25).as_str(), bits(-0.5).as_str()),
            ("+4,2", "\u{2212}0,5")
        );
        assert_eq!((whole(99.6), whole(f64::NAN), whole(-3.0)), (100, 0, 0));
        assert_eq!(encode("A/1 &b"), "A%2F1%20%26b");
    }
}
