//! How far an election has come: numbers, units, days, and who has not signed yet; and asking those who have not.
//!
//! An officer sees what [`may`](crate::domain::role::may) lets them see: a unit head the own subtree, an auditor numbers alone.

use std::collections::HashMap;

use crate::domain::election::Stage;
use crate::domain::role::Action;
use crate::domain::role::UnitPath;
use crate::service::Error;
use crate::service::access::Officer;
use crate::service::access::Subject;
use crate::service::election;
use crate::service::election::ElectionRow;
use crate::store::Conn;
use crate::store::dashboard as store;
use crate::store::outbox;
use crate::store::roster::PersonRow;

/// At most one mail within this, seconds.
pub const MAIL_EVERY_S: i64 = 24 * 3600;

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// No invitation went out.
    NotInvited,
    /// An invitation went out, or is about to.
    Invited,
    /// Its link was opened.
    Opened,
    /// The mailbox refuses mail, or there is none.
    Unreachable,
    /// The window is over.
    Overdue,
    /// Signed, and under examination.
    Disputed,
    /// Signed.
    Signed,
    /// Need not sign.
    Excluded,
}

impl State {
    /// All, in the order of a list.
    pub const ALL: [Self; 8] = [
        Self::NotInvited,
        Self::Invited,
        Self::Opened,
        Self::Unreachable,
        Self::Overdue,
        Self::Disputed,
        Self::Signed,
        Self::Excluded,
    ];

    /// Stable name for addresses and catalogues.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotInvited => "not-invited",
            Self::Invited => "invited",
            Self::Opened => "opened",
            Self::Unreachable => "unreachable",
            Self::Overdue => "overdue",
            Self::Disputed => "disputed",
            Self::Signed => "signed",
            Self::Excluded => "excluded",
        }
    }

    /// Whether the person must sign and has not.
    pub fn is_open(self) -> bool {
        self < Self::Disputed
    }
}

/// A person on the roster.
#[derive(Clone, Debug)]
pub struct Member {
    /// Row on the roster.
    pub member_id: i64,
    /// The person.
    pub person: PersonRow,
    /// Where they stand.
    pub state: State,
    /// Why excluded: a key.
    pub reason: Option<String>,
    /// Minute of the signature that stands.
    pub signed_s: Option<i64>,
    /// When last asked to sign, or about to be.
    pub asked_s: Option<i64>,
}

/// What part of the roster is looked at; every filter is an address.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Below this unit; blank: everywhere.
    pub unit: String,
    /// A state's key, `open` for all who have not signed, `all`.
    pub state: String,
    /// Words that name, unit or position hold, or a number.
    pub query: String,
}

impl Filter {
    /// Whether a person is shown.
    pub fn takes(&self, member: &Member) -> bool {
        let state = match self.state.as_str() {
            "all" => true,
            "" | "open" => member.state.is_open(),
            key => member.state.key() == key,
        };
        state && self.takes_unit(&member.person) && self.takes_words(&member.person)
    }

    /// Whether a person's unit is looked at.
    pub fn takes_unit(&self, person: &PersonRow) -> bool {
        self.unit.is_empty() || UnitPath::new(&self.unit).contains(&UnitPath::new(&person.unit_path))
    }

    fn takes_words(&self, person: &PersonRow) -> bool {
        if self.query.is_empty() {
            return true;
        }
        let text = format!(
            "{} {} {} {}",
            person.name, person.nip, person.unit, person.position
        )
        .to_lowercase();
        self.query
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    }
}

/// Everybody of an election's roster whom the officer may see for this action, in the order of units and names.
pub fn list(
    conn: &mut Conn,
    officer: &Officer,
    action: Action,
    election: &ElectionRow,
    now_s: i64,
) -> Result<Vec<Member>, Error> {
    let mut asked: HashMap<i64, i64> = HashMap::new();
    for (person_id, created_s) in store::list_last_asked(conn, &election.id)? {
        let last = asked.entry(person_id).or_insert(created_s);
        *last = (*last).max(created_s);
    }
    let is_over = election::stage(election, now_s) == Stage::Closed;
    let sees_all = officer.may(action, None);
    let mut members = Vec::new();
    for (person, member, signature) in store::list(conn, &election.id)? {
        if !sees_all && !officer.may(action, Some(&UnitPath::new(&person.unit_path))) {
            continue;
        }
        let asked_s = asked.get(&person.id).copied();
        let has_address = person.email.is_some();
        let state = match &signature {
            _ if member.state != "required" => State::Excluded,
            Some((state, _)) if state == "disputed" => State::Disputed,
            Some(_) => State::Signed,
            None if is_over => State::Overdue,
            None if member.bounced_s.is_some() || !has_address => State::Unreachable,
            None if member.opened_s.is_some() => State::Opened,
            None if member.invited_s.is_some() || asked_s.is_some() => State::Invited,
            None => State::NotInvited,
        };
        members.push(Member {
            member_id: member.id,
            person,
            state,
            reason: member.reason,
            signed_s: signature.map(|(_, at_s)| at_s),
            asked_s,
        });
    }
    Ok(members)
}

/// Queues an invitation to everybody of the filter who was never invited; how many.
pub fn invite(
    conn: &mut Conn,
    officer: &Officer,
    election_id: &str,
    filter: &Filter,
    now_s: i64,
) -> Result<usize, Error> {
    ask(
        conn,
        officer,
        election_id,
        filter,
        ("invitation", now_s),
        |member| member.state == State::NotInvited,
    )
}

/// Queues a reminder to everybody of the filter who was invited and has not signed, at most one mail a day each; how many.
pub fn remind(
    conn: &mut Conn,
    officer: &Officer,
    election_id: &str,
    filter: &Filter,
    now_s: i64,
) -> Result<usize, Error> {
    ask(
        conn,
        officer,
        election_id,
        filter,
        ("reminder", now_s),
        |member| {
            matches!(member.state, State::Invited | State::Opened)
                && member
                    .asked_s
                    .is_none_or(|asked_s| asked_s <= now_s.saturating_sub(MAIL_EVERY_S))
        },
    )
}

fn ask(
    conn: &mut Conn,
    officer: &Officer,
    election_id: &str,
    filter: &Filter,
    (template, now_s): (&str, i64),
    wants: impl Fn(&Member) -> bool,
) -> Result<usize, Error> {
    let row = election::find(conn, election_id)?.ok_or(Error::NotFound)?;
    if election::stage(&row, now_s) != Stage::Open {
        return Err(Error::invalid("hr-problem-not-open"));
    }
    if election::find_pact_in_force(conn, election_id)?.is_none() {
        return Err(Error::invalid("hr-problem-no-pact"));
    }
    let members = list(conn, officer, Action::Invite, &row, now_s)?;
    let mut count = 0;
    for member in members.iter().filter(|m| filter.takes(m) && wants(m)) {
        let to = Subject::Person(member.person.id);
        outbox::insert(conn, template, to, Some(election_id), None, now_s)?;
        count += 1;
    }
    Ok(count)
}
