//! The daily seal on the journal: places for its lines, the look back before each seal, the seal itself, and proofs for an auditor.
//!
//! Places are given when a day is about to be sealed, to every line without one in the order of ids: the order is fixed in one
//! transaction, whatever order lines were committed in. Before that everything sealed is computed again from the lines, so that a line
//! changed or taken out since stops the sealing, which a monitor reports. Absent: bytes ([`crate::domain::journal`]), the hour
//! ([`crate::app::chores`]).

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::election::civil_day;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::entry::Seal;
use crate::domain::journal::Actor;
use crate::domain::journal::Evidence;
use crate::domain::journal::Growth;
use crate::domain::journal::Line;
use crate::domain::journal::LineProof;
use crate::domain::journal::OpenSeal;
use crate::domain::journal::days_due;
use crate::ledger::hash::Hash;
use crate::ledger::tree;
use crate::ledger::tree::Frontier;
use crate::ledger::tree::MemoryTree;
use crate::service::Error;
use crate::service::act;
use crate::store::Conn;
use crate::store::journal;
use crate::store::journal::JournalRow;
use crate::store::journal::PlacedRow;
use crate::store::journal::SealRow;
use crate::store::ledger;
use crate::store::witness;

#[cfg(test)]
mod tests;

/// Lines that get their place in one transaction: the writer's other work waits no longer than for these.
pub const PLACED_AT_ONCE: i64 = 2000;
/// Lines that are read at a time.
const READ_AT_ONCE: i64 = 5000;

/// A day counts as over so many seconds after midnight: a line takes its time when its request is handled, and may reach the journal a
/// little later.
pub const SETTLED_S: i64 = 600;

/// Gives 32 fresh random bytes.
pub type Random<'a> = &'a mut dyn FnMut() -> Result<[u8; 32], Error>;

/// The journal as [`recheck`] found it.
#[derive(Clone, Debug)]
pub struct Checked {
    edge: Frontier,
    last: Option<SealRow>,
}

/// The days that wait for their seal.
pub fn due(conn: &mut Conn, now_s: i64) -> Result<Vec<Date>, Error> {
    let Some(begun_s) = ledger::find_at(conn, 0)? else {
        return Ok(Vec::new());
    };
    let size = ledger::head(conn)?.size;
    let last = match witness::newest_of_kind(conn, "seal", size)? {
        Some(entry) => Some(read_seal(&entry.bytes, entry.leaf_index)?.date),
        None => None,
    };
    Ok(days_due(
        last,
        day(begun_s)?,
        day(now_s.saturating_sub(SETTLED_S))?,
    ))
}

fn day(seconds: i64) -> Result<Date, Error> {
    Ok(civil_day(ledger::time(seconds)?, &TimeZone::UTC))
}

fn read_seal(bytes: &[u8], index: u64) -> Result<Seal, Error> {
    match Entry::parse(bytes).map(|entry| entry.body) {
        Ok(Body::Seal(seal)) => Ok(seal),
        _ => Err(Error::Tampered(format!("entry {index} is no seal"))),
    }
}

/// Gives at most `limit` lines their salt, leaf and place; how many. Inside a writing transaction.
pub fn place(conn: &mut Conn, limit: i64, random: Random<'_>) -> Result<i64, Error> {
    let from = journal::count_placed(conn)?;
    let mut count = 0;
    for row in journal::list_unplaced(conn, limit)? {
        let salt = random()?;
        let leaf = line_of(&row, salt)?.leaf();
        journal::place(conn, row.id, &salt, &leaf, from.saturating_add(count))?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn line_of(row: &JournalRow, salt: [u8; 32]) -> Result<Line, Error> {
    let damaged = |why: &dyn std::fmt::Display| Error::Tampered(format!("journal line {}: {why}", row.id));
    let actor = match (row.account_id, row.person_id) {
        (Some(id), None) => Actor::Account(ledger::to_u64(id)?),
        (None, Some(id)) => Actor::Person(ledger::to_u64(id)?),
        (None, None) => Actor::CommandLine,
        (Some(_), Some(_)) => return Err(damaged(&"two actors")),
    };
    let words = (row.action.as_str(), row.subject.as_str());
    Line::of(
        ledger::to_u64(row.id)?,
        ledger::time(row.at_s)?,
        actor,
        words,
        salt,
    )
    .map_err(|error| damaged(&error))
}

/// A placed line, if it still is what it was when it got its place, which is `expected`.
fn intact(row: &PlacedRow, expected: u64) -> Result<(Line, Hash), Error> {
    let place = row.place.map(ledger::to_u64).transpose()?;
    if place != Some(expected) {
        return Err(Error::Tampered(format!(
            "the journal's line at place {expected} was taken out after it had been placed"
        )));
    }
    let salt = row.salt.as_deref().unwrap_or_default();
    let line = line_of(&row.line, *ledger::to_hash(salt)?.as_bytes())?;
    let leaf = line.leaf();
    if row.leaf.as_deref() != Some(leaf.as_bytes()) {
        return Err(Error::Tampered(format!(
            "journal line {} was changed after it had been placed",
            row.line.id
        )));
    }
    Ok((line, leaf))
}

/// Goes through the placed lines in order, each compared with its leaf.
fn each_placed(conn: &mut Conn, mut take: impl FnMut(u64, &Hash) -> Result<(), Error>) -> Result<(), Error> {
    let mut next = 0_u64;
    loop {
        let rows = journal::list_placed(conn, next, READ_AT_ONCE)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let (_, leaf) = intact(&row, next)?;
            next = next.saturating_add(1);
            take(next, &leaf)?;
        }
    }
}

/// Computes everything that was sealed again from the lines, and compares it with the seals kept here and in the public log. Only reads.
pub fn recheck(conn: &mut Conn) -> Result<Checked, Error> {
    let seals = open_seals(conn)?;
    let last = journal::list_seals(conn)?.pop();
    let (mut edge, mut waiting) = (Frontier::default(), seals.iter().peekable());
    let mut compare = |size: u64, root: Hash| {
        while let Some(seal) = waiting.next_if(|seal| seal.size == size) {
            if seal.root != root {
                return Err(changed(seal));
            }
        }
        Ok(())
    };
    compare(0, edge.root())?;
    each_placed(conn, |size, leaf| {
        edge.append(leaf);
        compare(size, edge.root())
    })?;
    match waiting.next() {
        Some(seal) => Err(Error::Tampered(format!(
            "the journal had {} lines at the seal of {} and has {} now",
            seal.size,
            seal.date,
            edge.size()
        ))),
        None => Ok(Checked { edge, last }),
    }
}

fn changed(seal: &OpenSeal) -> Error {
    Error::Tampered(format!(
        "the journal's first {} lines are not those that were sealed on {}",
        seal.size, seal.date
    ))
}

/// The seals, each compared with its public entry; none may be missing here.
pub fn open_seals(conn: &mut Conn) -> Result<Vec<OpenSeal>, Error> {
    let rows = journal::list_seals(conn)?;
    let size = ledger::head(conn)?.size;
    let public = witness::list_of_kind(conn, "seal", 0, size)?;
    let known = |index: u64| rows.iter().any(|row| u64::try_from(row.leaf_index) == Ok(index));
    if let Some(lost) = public.iter().find(|entry| !known(entry.leaf_index)) {
        let seal = read_seal(&lost.bytes, lost.leaf_index)?;
        return Err(Error::Tampered(format!(
            "nothing here opens the seal of {} at entry {}: was the database made from tiles, or a row taken out?",
            seal.date, lost.leaf_index
        )));
    }
    let mut seals = Vec::with_capacity(rows.len());
    for row in rows {
        let seal = open(&row)?;
        let entry = ledger::find_entry(conn, seal.entry)?.unwrap_or_default();
        seal.check(&entry)
            .map_err(|why| Error::Tampered(format!("the seal of {}: {why}", seal.date)))?;
        seals.push(seal);
    }
    Ok(seals)
}

fn open(row: &SealRow) -> Result<OpenSeal, Error> {
    let date: Date = row
        .date
        .parse()
        .map_err(|_no_date| Error::Tampered(format!("a seal of {}", row.date)))?;
    Ok(OpenSeal {
        date,
        entry: ledger::to_u64(row.leaf_index)?,
        salt: *ledger::to_hash(&row.salt)?.as_bytes(),
        size: ledger::to_u64(row.size)?,
        root: ledger::to_hash(&row.root)?,
    })
}

/// Places what is left and enters the seals that are due; how many. Inside a writing transaction, after [`recheck`]; where another
/// process sealed meanwhile, nothing. Refused on a database made from tiles, whose journal is not the one that was kept.
pub fn append(conn: &mut Conn, checked: Checked, now_s: i64, random: Random<'_>) -> Result<usize, Error> {
    act::check_people(conn)?;
    let Checked { mut edge, last } = checked;
    if journal::list_seals(conn)?.pop() != last {
        return Ok(0);
    }
    place(conn, i64::MAX, random)?;
    for row in journal::list_placed(conn, edge.size(), i64::MAX)? {
        let (_, leaf) = intact(&row, edge.size())?;
        edge.append(&leaf);
    }
    let days = due(conn, now_s)?;
    for date in &days {
        let mut seal = OpenSeal {
            date: *date,
            entry: 0,
            salt: random()?,
            size: edge.size(),
            root: edge.root(),
        };
        let body = Body::Seal(Seal {
            date: *date,
            seal: seal.digest(),
        });
        seal.entry = ledger::append(conn, now_s, body, Vec::new())?.leaf_index;
        let row = SealRow {
            leaf_index: ledger::to_i64(seal.entry)?,
            date: date.to_string(),
            salt: seal.salt.to_vec(),
            size: ledger::to_i64(seal.size)?,
            root: seal.root.as_bytes().to_vec(),
        };
        journal::insert_seal(conn, &row)?;
    }
    Ok(days.len())
}

/// That a line is in the journal that was sealed first after it. [`Error::NotFound`] where there is no such line, [`Error::Busy`] before
/// its first seal, [`Error::Tampered`] with the line or the seal that no longer agrees.
pub fn prove_line(conn: &mut Conn, id: i64) -> Result<Evidence, Error> {
    let row = journal::find(conn, id)?;
    let Some(place) = row.place.map(ledger::to_u64).transpose()? else {
        return Err(Error::busy("problem-not-published"));
    };
    let (line, _) = intact(&row, place)?;
    let seals = open_seals(conn)?;
    let Some(seal) = seals.into_iter().find(|seal| seal.size > place) else {
        return Err(Error::busy("problem-not-published"));
    };
    let mut lines = load(conn, &seal)?;
    let hashes = tree::prove_inclusion(seal.size, place, &mut lines).map_err(Error::internal)?;
    Ok(Evidence::Line(LineProof {
        line,
        index: place,
        seal,
        hashes,
    }))
}

/// That the journal of one day's seal extends that of another's.
pub fn prove_growth(conn: &mut Conn, from: Date, to: Date) -> Result<Evidence, Error> {
    let seals = open_seals(conn)?;
    let find = |date: Date| {
        let found = seals.iter().find(|seal| seal.date == date);
        found.cloned().ok_or(Error::NotFound)
    };
    let (from, to) = (find(from)?, find(to)?);
    let mut lines = load(conn, &to)?;
    let known = tree::root(from.size, &mut lines).map_err(Error::internal)?;
    if known != from.root {
        return Err(changed(&from));
    }
    let hashes = tree::prove_consistency(from.size, to.size, &mut lines).map_err(Error::internal)?;
    Ok(Evidence::Growth(Growth { from, to, hashes }))
}

/// The tree under a seal, if the lines still give its root.
fn load(conn: &mut Conn, seal: &OpenSeal) -> Result<MemoryTree, Error> {
    let mut lines = MemoryTree::default();
    each_placed(conn, |size, leaf| {
        if size <= seal.size {
            lines.append(leaf);
        }
        Ok(())
    })?;
    if lines.size() == seal.size && lines.root() == seal.root {
        Ok(lines)
    } else {
        Err(changed(seal))
    }
}
