//! The list of complaints: figures, a filter, a page of rows, each with the first of its candidates.

use std::collections::HashMap;

use serde::Serialize;

use crate::service::Conn;
use crate::service::Error;
use crate::service::complaint;
use crate::service::complaint::AuthorityRow;
use crate::service::complaint::ComplaintRow;
use crate::service::complaint::Filter;
use crate::service::crossref;
use crate::service::crossref::CrossrefRow;
use crate::service::crossref::Explanation;
use crate::service::crossref::Roster;
use crate::web::complaint::queue::Queue;
use crate::web::complaint::view::Choice;
use crate::web::complaint::view::PersonView;
use crate::web::complaint::view::Share;
use crate::web::complaint::view::ZONE;
use crate::web::complaint::view::choices;

/// The list.
#[derive(Debug, Serialize)]
pub(in crate::web::complaint) struct ListPage {
    /// By state; `second` only where somebody waits for a second examiner.
    figures: Vec<Figure>,
    /// Undecided ones by class of their proposal, and the overdue.
    classes: Vec<Class>,
    overdue: i64,
    overdue_days: u32,
    /// Undecided ones whose proposal is out of date; 0 for whoever may not see people.
    stale: i64,
    people: bool,
    may_decide: bool,
    queue: Queue,
    authorities: Vec<Choice>,
    rows: Vec<ListRow>,
    found: i64,
    current: i64,
    last: i64,
    /// The address without its page number.
    href: String,
    /// The filter behind the address of a complaint, with `?`, or nothing.
    behind: String,
    /// Where the first undecided one is.
    next: String,
    zone: &'static str,
}

#[derive(Debug, Serialize)]
struct Figure {
    key: &'static str,
    count: i64,
}

#[derive(Debug, Serialize)]
struct Class {
    key: &'static str,
    count: i64,
    href: String,
}

#[derive(Debug, Serialize)]
struct ListRow {
    id: i64,
    reference: String,
    authority: String,
    name: String,
    unit: String,
    received_s: i64,
    overdue: bool,
    /// `received`, `second`, `identified` or `nobody`.
    state: String,
    /// `match`, `conflict`, `possible` or `none`; none where nothing was compared.
    class: Option<String>,
    /// None once it is decided: then the decision counts, not what was proposed.
    first: Option<First>,
}

/// What ranks first.
#[derive(Debug, Serialize)]
struct First {
    /// None is *nobody on this roster*.
    person: Option<PersonView>,
    /// [`Explanation::is_compared`].
    compared: bool,
    share: Share,
    contradictions: usize,
    namesakes: u32,
}

/// How much a list shows, and what is late.
#[derive(Debug)]
pub(in crate::web::complaint) struct Sizes {
    /// The page, from 1.
    pub(in crate::web::complaint) page: i64,
    /// Complaints on one page.
    pub(in crate::web::complaint) page_size: i64,
    pub(in crate::web::complaint) overdue_days: u32,
    /// What was received before is overdue.
    pub(in crate::web::complaint) due_s: i64,
    pub(in crate::web::complaint) may_decide: bool,
}

/// The list with people; `roster` none: figures alone.
pub(in crate::web::complaint) fn list(
    conn: &mut Conn,
    queue: Queue,
    roster: Option<&Roster>,
    sizes: &Sizes,
) -> Result<ListPage, Error> {
    let authorities = complaint::list_authorities(conn)?;
    let queue = queue.known(&authorities);
    let undecided = Queue::of_state("undecided").filter(&authorities, sizes.due_s);
    let filter = queue.filter(&authorities, sizes.due_s);
    let found = complaint::count(conn, &filter)?;
    let last = (found.saturating_sub(1) / sizes.page_size).saturating_add(1);
    let current = sizes.page.clamp(1, last);
    let (rows, stale) = match roster {
        None => (Vec::new(), 0),
        Some(roster) => {
            let offset = (current - 1).saturating_mul(sizes.page_size);
            let rows = complaint::list(conn, &filter, offset, sizes.page_size)?;
            let rows = list_rows(conn, rows, &authorities, sizes.due_s)?;
            (rows, crossref::count_stale(conn, roster)?)
        }
    };
    let overdue = Filter {
        before_s: Some(sizes.due_s),
        ..undecided.clone()
    };
    Ok(ListPage {
        figures: figures(conn, &authorities, sizes)?,
        classes: classes(conn, &undecided)?,
        overdue: complaint::count(conn, &overdue)?,
        overdue_days: sizes.overdue_days,
        stale,
        people: roster.is_some(),
        may_decide: sizes.may_decide,
        authorities: choices(&authorities),
        rows,
        found,
        current,
        last,
        href: format!("{}page=", prefix(&queue)),
        behind: queue.behind(""),
        next: queue.behind("/complaints/next"),
        zone: ZONE,
        queue,
    })
}

fn prefix(queue: &Queue) -> String {
    let address = queue.address();
    if address.is_empty() {
        "?".to_owned()
    } else {
        format!("?{address}&")
    }
}

fn figures(conn: &mut Conn, authorities: &[AuthorityRow], sizes: &Sizes) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for key in ["received", "second", "identified", "nobody"] {
        let filter = Queue::of_state(key).filter(authorities, sizes.due_s);
        let count = complaint::count(conn, &filter)?;
        if key != "second" || count > 0 {
            figures.push(Figure { key, count });
        }
    }
    Ok(figures)
}

fn classes(conn: &mut Conn, undecided: &Filter) -> Result<Vec<Class>, Error> {
    let mut classes = Vec::new();
    for key in ["match", "possible", "conflict", "none"] {
        let filter = Filter {
            proposal: Some(key.to_owned()),
            ..undecided.clone()
        };
        let queue = Queue {
            proposal: key.to_owned(),
            ..Queue::of_state("undecided")
        };
        classes.push(Class {
            key,
            count: complaint::count(conn, &filter)?,
            href: queue.behind("/complaints"),
        });
    }
    Ok(classes)
}

/// The rows with their first candidates, all of whom are read at once.
fn list_rows(
    conn: &mut Conn,
    rows: Vec<(ComplaintRow, Option<CrossrefRow>)>,
    authorities: &[AuthorityRow],
    due_s: i64,
) -> Result<Vec<ListRow>, Error> {
    let mut explained: HashMap<i64, Explanation> = HashMap::new();
    for (row, proposal) in &rows {
        if let Some(proposal) = proposal.as_ref().filter(|_| row.state == "received") {
            explained.insert(row.id, crossref::explanation(proposal)?);
        }
    }
    let first_of = |explained: &Explanation| explained.candidates.first().and_then(|first| first.person_id);
    let ids: Vec<i64> = explained.values().filter_map(first_of).collect();
    let people = crossref::list_persons_by_id(conn, &ids)?;
    let person_of = |id: i64| people.iter().find(|person| person.id == id).cloned();
    let listed = rows.into_iter().map(|(row, proposal)| {
        let authority = authorities.iter().find(|one| one.id == row.authority_id);
        let undecided = row.state == "received";
        let state = if row.first_answer_id.is_some() {
            "second".to_owned()
        } else {
            row.state
        };
        let first = explained.remove(&row.id).and_then(|explained| {
            let candidate = explained.candidates.first()?;
            Some(First {
                person: candidate.person_id.and_then(person_of).map(PersonView::from),
                compared: explained.is_compared(),
                share: Share::of(candidate.posterior),
                contradictions: candidate.contradictions.len(),
                namesakes: explained.namesakes,
            })
        });
        ListRow {
            id: row.id,
            authority: authority.map(|one| one.name.clone()).unwrap_or_default(),
            name: row.accused_name,
            unit: row.unit,
            reference: row.reference,
            received_s: row.received_s,
            overdue: undecided && row.received_s < due_s,
            state,
            class: proposal.map(|proposal| class(&proposal)),
            first,
        }
    });
    Ok(listed.collect())
}

/// The class of a proposal: a conflict is one of its own.
fn class(proposal: &CrossrefRow) -> String {
    if proposal.conflict {
        "conflict".to_owned()
    } else {
        proposal.decision.clone()
    }
}
