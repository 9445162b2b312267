//! The dashboard's values, worked out from the people an officer may see.

use serde::Serialize;

use crate::domain::election::Stage;
use crate::domain::nip::Nip;
use crate::domain::role::Action;
use crate::domain::tally;
use crate::domain::tally::Share;
use crate::service::access::Officer;
use crate::service::dashboard::Member;
use crate::service::dashboard::State;
use crate::service::election;
use crate::service::election::ElectionRow;
use crate::service::election::Standing;
use crate::service::roster::ImportRow;
use crate::web::hr::Asked;

/// People on a page.
const PAGE_ROWS: usize = 50;

/// `hr/dashboard`.
#[expect(clippy::struct_field_names, reason = "the template's names")]
#[derive(Serialize)]
pub(super) struct Page {
    election: Election,
    elections: Vec<Choice>,
    signed: u64,
    required: u64,
    disputed: usize,
    /// The numbers of the whole election, for those who see the whole of it.
    standing: Option<Standing>,
    excluded: usize,
    bounced: usize,
    not_invited: usize,
    trend: Vec<u64>,
    trend_first_s: i64,
    trend_last_s: i64,
    crumbs: Vec<Link>,
    units: Vec<Unit>,
    unit: String,
    states: Vec<Choice>,
    state: String,
    q: String,
    people: Vec<Person>,
    shown: usize,
    names: bool,
    may_invite: bool,
    may_export: bool,
    csv_href: String,
    xlsx_href: String,
    page_now: usize,
    page_last: usize,
    page_href: String,
    last_import_s: Option<i64>,
}

#[derive(Serialize)]
struct Election {
    id: String,
    title: String,
    zone: String,
    closes_s: i64,
    open: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    count: usize,
}

#[derive(Serialize)]
struct Link {
    label: String,
    href: String,
}

#[derive(Serialize)]
struct Unit {
    name: String,
    href: String,
    signed: u64,
    required: u64,
    hidden: bool,
}

#[derive(Serialize)]
struct Person {
    name: String,
    nip: String,
    unit: String,
    position: String,
    state: &'static str,
    reason: Option<String>,
    signed_s: Option<i64>,
    asked_s: Option<i64>,
}

impl Page {
    pub(super) fn new(
        asked: &Asked,
        elections: &[ElectionRow],
        row: &ElectionRow,
        members: &[Member],
        (last_import, standing): (Option<ImportRow>, Standing),
        (officer, now_s): (&Officer, i64),
    ) -> Self {
        let asked = &Asked {
            election: row.id.clone(),
            ..asked.clone()
        };
        let filter = asked.filter();
        let names = super::check(officer, Action::ListPeople).is_ok();
        let here: Vec<&Member> = members.iter().filter(|m| filter.takes_unit(&m.person)).collect();
        let of = |state: State| here.iter().filter(|m| m.state == state).count();
        let mut share = Share::default();
        for member in here.iter().filter(|m| m.state != State::Excluded) {
            share.count(!member.state.is_open());
        }
        let trend = trend(row, &here, now_s);
        let found: Vec<&&Member> = here.iter().filter(|m| names && filter.takes(m)).collect();
        let page_last = found.len().div_ceil(PAGE_ROWS).max(1);
        let page_now = asked.page.clamp(1, page_last);
        let people = found.iter().skip((page_now - 1) * PAGE_ROWS).take(PAGE_ROWS);
        let state = if asked.state.is_empty() {
            "open"
        } else {
            &asked.state
        };
        Self {
            signed: share.part,
            required: share.whole,
            disputed: of(State::Disputed),
            standing: (asked.unit.is_empty() && officer.may(Action::ViewDashboard, None)).then_some(standing),
            excluded: of(State::Excluded),
            bounced: of(State::Unreachable),
            not_invited: of(State::NotInvited),
            trend,
            trend_first_s: row.opens_s,
            trend_last_s: now_s.clamp(row.opens_s, row.closes_s.max(row.opens_s)),
            crumbs: crumbs(asked, state),
            units: units(asked, state, &here, names),
            states: states(&here),
            people: people.map(|m| person(m)).collect(),
            shown: found.len(),
            names,
            may_invite: super::check(officer, Action::Invite).is_ok(),
            may_export: super::check(officer, Action::ExportPeople).is_ok(),
            csv_href: address("/hr/export.csv", asked, state, &asked.unit),
            xlsx_href: address("/hr/export.xlsx", asked, state, &asked.unit),
            page_href: format!("{}&page=", address("/hr", asked, state, &asked.unit)),
            page_now,
            page_last,
            last_import_s: last_import.and_then(|import| import.confirmed_s),
            election: Election {
                id: row.id.clone(),
                title: row.title.clone(),
                zone: row.zone.clone(),
                closes_s: row.closes_s,
                open: election::stage(row, now_s) == Stage::Open,
            },
            elections: elections
                .iter()
                .map(|row| Choice {
                    value: row.id.clone(),
                    label: row.title.clone(),
                    count: 0,
                })
                .collect(),
            unit: asked.unit.clone(),
            state: state.to_owned(),
            q: asked.q.clone(),
        }
    }

    pub(super) fn election(&self) -> &str {
        &self.election.id
    }
}

fn trend(row: &ElectionRow, here: &[&Member], now_s: i64) -> Vec<u64> {
    let Some(zone) = row
        .zone
        .parse()
        .ok()
        .and_then(|zone| crate::domain::election::known_zone(&zone))
    else {
        return Vec::new();
    };
    let signed: Vec<i64> = here
        .iter()
        .filter(|m| m.state != State::Excluded)
        .filter_map(|m| m.signed_s)
        .collect();
    tally::trend(&signed, row.opens_s, now_s.min(row.closes_s), &zone)
        .into_iter()
        .map(|(_, sum)| sum)
        .collect()
}

/// Everybody below a unit, in numbers; those of a small unit are kept from who may not see names.
fn units(asked: &Asked, state: &str, here: &[&Member], names: bool) -> Vec<Unit> {
    let people = here
        .iter()
        .filter(|m| m.state != State::Excluded)
        .map(|m| (m.person.unit_path.as_str(), !m.state.is_open()));
    tally::rollup(people, &asked.unit)
        .into_iter()
        .map(|unit| Unit {
            href: address("/hr", asked, state, &unit.path),
            hidden: !names && unit.share.is_small(),
            signed: unit.share.part,
            required: unit.share.whole,
            name: unit.name,
        })
        .collect()
}

fn crumbs(asked: &Asked, state: &str) -> Vec<Link> {
    let mut path = String::new();
    let mut crumbs = Vec::new();
    for name in asked.unit.split('\u{1f}').filter(|name| !name.is_empty()) {
        if !path.is_empty() {
            path.push('\u{1f}');
        }
        path.push_str(name);
        crumbs.push(Link {
            label: name.to_owned(),
            href: address("/hr", asked, state, &path),
        });
    }
    if !crumbs.is_empty() {
        let all = Link {
            label: String::new(),
            href: address("/hr", asked, state, ""),
        };
        crumbs.insert(0, all);
    }
    crumbs
}

fn states(here: &[&Member]) -> Vec<Choice> {
    let choice = |key: &str, count| Choice {
        value: key.to_owned(),
        label: String::new(),
        count,
    };
    let open = here.iter().filter(|m| m.state.is_open()).count();
    let mut states = vec![choice("open", open), choice("all", here.len())];
    for state in State::ALL {
        let count = here.iter().filter(|m| m.state == state).count();
        states.push(choice(state.key(), count));
    }
    states
}

fn person(member: &Member) -> Person {
    let person = &member.person;
    Person {
        name: person.name.clone(),
        nip: Nip::parse(&person.nip)
            .map(|nip| nip.masked())
            .unwrap_or_default(),
        unit: person.unit.clone(),
        position: person.position.clone(),
        state: member.state.key(),
        reason: member.reason.clone(),
        signed_s: member.signed_s,
        asked_s: member.asked_s,
    }
}

/// A filter's address.
pub(super) fn address(path: &str, asked: &Asked, state: &str, unit: &str) -> String {
    let mut address = format!("{path}?election={}", encode(&asked.election));
    for (name, value) in [("state", state), ("unit", unit), ("q", asked.q.as_str())] {
        if !value.is_empty() {
            address.extend(["&", name, "=", &encode(value)]);
        }
    }
    address
}

/// Percent-encoding of everything but RFC 3986's unreserved letters.
fn encode(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _infallible = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
