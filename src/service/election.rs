//! Elections and pacts: publishing, amending, closing, and how an election stands.
//!
//! The window, the determination dates and the final count are in the ledger; the tables repeat its newest word.

use serde::Serialize;

use crate::domain::election;
use crate::domain::election::Contest;
use crate::domain::election::Election;
use crate::domain::election::Stage;
use crate::domain::entry::Body;
use crate::domain::entry::Counts;
use crate::domain::pact::PactText;
use crate::domain::text::Origin;
use crate::service::Error;
use crate::service::act;
use crate::service::act::SignedAct;
use crate::store::Conn;
use crate::store::election as store;
use crate::store::ledger;
use crate::store::roster;
use crate::store::signature;

pub use crate::store::election::ElectionRow;
pub use crate::store::election::PactRow;
pub use crate::store::election::find;
pub use crate::store::election::find_pact;
pub use crate::store::election::find_pact_in_force;
pub use crate::store::election::list;
pub use crate::store::election::list_contests;
pub use crate::store::election::list_pacts;

/// How an election stands, for pages.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Unix seconds.
    pub opens_s: i64,
    /// Unix seconds.
    pub closes_s: i64,
    /// IANA zone.
    pub zone: String,
    /// `upcoming`, `open` or `closed`.
    pub state: &'static str,
    /// N.
    pub valid: u64,
    /// M.
    pub members: u64,
    /// Signed on paper only, two officers say.
    pub attested: u64,
    /// Of the valid ones, those with an open dispute.
    pub disputed: u64,
    /// Voided after a dispute.
    pub voided: u64,
}

/// The stage of an election: closed by the clock or by its `close` entry.
pub fn stage(row: &ElectionRow, now_s: i64) -> Stage {
    if row.closed_index.is_some() || now_s >= row.closes_s {
        Stage::Closed
    } else if now_s < row.opens_s {
        Stage::Before
    } else {
        Stage::Open
    }
}

/// The stage as pages and programs name it: `upcoming`, `open` or `closed`.
pub fn state_word(row: &ElectionRow, now_s: i64) -> &'static str {
    match stage(row, now_s) {
        Stage::Before => "upcoming",
        Stage::Open => "open",
        Stage::Closed => "closed",
    }
}

/// How one election stands.
pub fn standing(conn: &mut Conn, row: &ElectionRow, now_s: i64) -> Result<Standing, Error> {
    let counts = counts(conn, &row.id)?;
    Ok(Standing {
        id: row.id.clone(),
        title: row.title.clone(),
        opens_s: row.opens_s,
        closes_s: row.closes_s,
        zone: row.zone.clone(),
        state: state_word(row, now_s),
        valid: counts.valid,
        members: counts.members,
        attested: counts.attested,
        disputed: counts.disputed,
        voided: counts.voided,
    })
}

/// How every election stands, the latest to open first.
pub fn list_standings(conn: &mut Conn, now_s: i64) -> Result<Vec<Standing>, Error> {
    let rows = store::list(conn)?;
    rows.iter().map(|row| standing(conn, row, now_s)).collect()
}

/// N of M as an audit of the log would count them.
pub fn counts(conn: &mut Conn, election_id: &str) -> Result<Counts, Error> {
    Ok(Counts {
        members: ledger::to_u64(roster::count_required(conn, election_id)?)?,
        valid: ledger::to_u64(signature::count_valid(conn, election_id)?)?,
        attested: 0,
        disputed: ledger::to_u64(signature::count_state(conn, election_id, "disputed")?)?,
        voided: ledger::to_u64(signature::count_state(conn, election_id, "voided")?)?,
    })
}

/// The terms of a published election, as its newest entry says them.
pub fn terms(conn: &mut Conn, election_id: &str) -> Result<Election, Error> {
    let row = store::find(conn, election_id)?.ok_or(Error::NotFound)?;
    terms_of(conn, &row)
}

/// [`terms`] for who has the row at hand.
fn terms_of(conn: &mut Conn, row: &ElectionRow) -> Result<Election, Error> {
    let mut terms = window_of(row)?;
    for (id, determined_s) in store::list_contests(conn, &row.id)? {
        terms.contests.push(Contest {
            id: id
                .parse()
                .map_err(|_bad| Error::Tampered(format!("contest of election {}", row.id)))?,
            determined: ledger::time(determined_s)?,
        });
    }
    Ok(terms)
}

/// The terms without the contests, for rules that ask only when an election is open.
pub(crate) fn window_of(row: &ElectionRow) -> Result<Election, Error> {
    let damaged = |what: &str| Error::Tampered(format!("{what} of election {}", row.id));
    Ok(Election {
        id: row.id.parse().map_err(|_bad| damaged("id"))?,
        title: row.title.parse().map_err(|_bad| damaged("title"))?,
        opens: ledger::time(row.opens_s)?,
        closes: ledger::time(row.closes_s)?,
        zone: row.zone.parse().map_err(|_bad| damaged("zone"))?,
        contests: Vec::new(),
        lookup: row.lookup.parse().map_err(|_bad| damaged("look-up"))?,
    })
}

/// Enters an `election` act: a new election, or an amendment of one whose opening stays as it is.
pub fn publish(conn: &mut Conn, origin: &Origin, act: SignedAct, now_s: i64) -> Result<u64, Error> {
    let Body::Election(entry) = &act.body else {
        return Err(Error::invalid("act-problem-malformed"));
    };
    let wanted = entry.election.clone();
    wanted
        .check()
        .map_err(|_rule| Error::invalid("election-problem-window"))?;
    if election::known_zone(&wanted.zone).is_none() {
        return Err(Error::invalid("election-problem-zone"));
    }
    if let Some(row) = store::find(conn, wanted.id.as_str())? {
        if row.closed_index.is_some() {
            return Err(Error::conflict("election-problem-closed"));
        }
        if row.opens_s != wanted.opens.unix_i64() {
            return Err(Error::conflict("election-problem-opens"));
        }
    }
    let appended = act::admit(conn, origin, act, now_s)?;
    let (row, contests) = row_of(&wanted, ledger::to_i64(appended.leaf_index)?);
    store::save(conn, &row, &contests)?;
    Ok(appended.leaf_index)
}

/// An `election` entry as the tables repeat it, with its contests' determination dates.
pub(crate) fn row_of(election: &Election, leaf_index: i64) -> (ElectionRow, Vec<(String, i64)>) {
    let row = ElectionRow {
        id: election.id.to_string(),
        title: election.title.as_str().to_owned(),
        opens_s: election.opens.unix_i64(),
        closes_s: election.closes.unix_i64(),
        zone: election.zone.to_string(),
        lookup: election.lookup.to_string(),
        leaf_index,
        closed_index: None,
    };
    let contests = election
        .contests
        .iter()
        .map(|c| (c.id.to_string(), c.determined.unix_i64()))
        .collect();
    (row, contests)
}

/// A `pact` entry's text as the tables repeat it.
pub(crate) fn pact_row_of(text: &PactText, leaf_index: i64) -> Result<PactRow, Error> {
    Ok(PactRow {
        hash: text.hash().to_vec(),
        election_id: text.election.to_string(),
        version: ledger::to_i64(text.version)?,
        text: text.print(),
        leaf_index,
    })
}

/// The version number that the next pact of an election must have.
pub fn next_pact_version(conn: &mut Conn, election_id: &str) -> Result<u64, Error> {
    let newest = store::find_pact_in_force(conn, election_id)?.map_or(0, |pact| pact.version);
    Ok(ledger::to_u64(newest)?.saturating_add(1))
}

/// Enters a `pact` act.
pub fn publish_pact(conn: &mut Conn, origin: &Origin, act: SignedAct, now_s: i64) -> Result<u64, Error> {
    let Body::Pact(entry) = &act.body else {
        return Err(Error::invalid("act-problem-malformed"));
    };
    let text: PactText = entry.text.clone();
    if text.election != entry.election {
        return Err(Error::invalid("pact-problem-election"));
    }
    let row = store::find(conn, text.election.as_str())?.ok_or(Error::NotFound)?;
    if row.closed_index.is_some() {
        return Err(Error::conflict("election-problem-closed"));
    }
    if text.version != next_pact_version(conn, &row.id)? {
        return Err(Error::conflict("pact-problem-version"));
    }
    let appended = act::admit(conn, origin, act, now_s)?;
    store::insert_pact(conn, &pact_row_of(&text, ledger::to_i64(appended.leaf_index)?)?)?;
    Ok(appended.leaf_index)
}

/// Enters a `close` act, whose numbers must be those of the log at this moment.
pub fn close(conn: &mut Conn, origin: &Origin, act: SignedAct, now_s: i64) -> Result<u64, Error> {
    let Body::Close(entry) = &act.body else {
        return Err(Error::invalid("act-problem-malformed"));
    };
    let (id, counted) = (entry.election.to_string(), entry.counts);
    let row = store::find(conn, &id)?.ok_or(Error::NotFound)?;
    if row.closed_index.is_some() {
        return Err(Error::conflict("election-problem-closed"));
    }
    if now_s < row.closes_s {
        return Err(Error::conflict("election-problem-still-open"));
    }
    if counts(conn, &id)? != counted {
        return Err(Error::conflict("election-problem-counts"));
    }
    let appended = act::admit(conn, origin, act, now_s)?;
    store::close(conn, &id, ledger::to_i64(appended.leaf_index)?)?;
    Ok(appended.leaf_index)
}
