//! What anybody may know: entries, elections with their numbers by day, pacts, and what stands behind a receipt's code.
//!
//! Everything here is in the public log already, but for name and unit where an election keeps a register. Never a NIP, never
//! an address. Absent: proofs ([`crate::service::proof`]), checking them ([`crate::service::verify`]).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::code::Code;
use crate::domain::election;
use crate::domain::election::LookUp;
use crate::domain::entry::Counts;
use crate::domain::pact::PactText;
use crate::domain::text::Zone;
use crate::service::Error;
use crate::service::election::counts;
use crate::store::Conn;
use crate::store::election as elections;
use crate::store::election::ElectionRow;
use crate::store::election::PactRow;
use crate::store::ledger;
use crate::store::roster;
use crate::store::signature;

/// What anybody with a receipt's code may know of a signature.
#[derive(Clone, Debug)]
pub struct PublicSignature {
    /// The code, as printed.
    pub code: String,
    /// The entry.
    pub index: u64,
    /// `live`, `disputed` or `voided`.
    pub state: String,
    /// `email`, `oidc` or `passkey`.
    pub method: String,
    /// The entry's minute, Unix seconds.
    pub at_s: i64,
    /// The election.
    pub election: ElectionRow,
    /// The version signed.
    pub pact_version: i64,
    /// Name and unit, only where the election keeps a public register.
    pub register: Option<(String, String)>,
}

/// The signature behind a code. [`Error::NotFound`] says nothing about who signed: a code may be mistyped.
pub fn find_by_code(conn: &mut Conn, code: &Code) -> Result<PublicSignature, Error> {
    let row = signature::find_by_code(conn, &code.to_string())?.ok_or(Error::NotFound)?;
    let of = elections::find(conn, &row.election_id)?;
    let election = of.ok_or_else(|| Error::Tampered("a signature of no election".to_owned()))?;
    let pact = elections::find_pact(conn, &row.pact_hash)?
        .ok_or_else(|| Error::Tampered("a signature of no pact".to_owned()))?;
    let open = election.lookup == LookUp::Register.as_str();
    Ok(PublicSignature {
        code: row.code,
        index: ledger::to_u64(row.leaf_index)?,
        state: row.state,
        method: row.method,
        at_s: row.at_s,
        election,
        pact_version: pact.version,
        register: (open && !row.name.is_empty()).then_some((row.name, row.unit)),
    })
}

/// The exact bytes of an entry.
pub fn entry(conn: &mut Conn, index: u64) -> Result<Vec<u8>, Error> {
    // An index past the largest one that the database can hold is simply not there.
    if i64::try_from(index).is_err() {
        return Err(Error::NotFound);
    }
    ledger::find_entry(conn, index)?.ok_or(Error::NotFound)
}

/// An entry in a list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct EntryHead {
    /// Its place, from 0.
    pub index: i64,
    /// Its kind.
    pub kind: String,
    /// Its minute, Unix seconds.
    pub at_s: i64,
}

/// At most `limit` entries below an index, the newest first.
pub fn newest(conn: &mut Conn, below: u64, limit: i64) -> Result<Vec<EntryHead>, Error> {
    let below = below.min(u64::try_from(i64::MAX).unwrap_or(u64::MAX));
    Ok(ledger::list_newest(conn, below, limit)?
        .into_iter()
        .map(|(index, kind, at_s)| EntryHead { index, kind, at_s })
        .collect())
}

/// An election with everything its log tells of it in numbers.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// The terms in force.
    pub election: ElectionRow,
    /// N, M and the others.
    pub counts: Counts,
    /// People who were taken off the roster and have no signature: a better figure may come from them.
    pub off_unsigned: u64,
    /// Its pact versions, oldest first.
    pub pacts: Vec<PactRow>,
    /// The day on which it opens or opened, in its zone.
    pub opening_day: Date,
    /// N by day of signing in the election's zone; days without a signature are left out.
    pub by_day: BTreeMap<Date, u64>,
}

/// The numbers of every election, the latest to open first.
pub fn numbers(conn: &mut Conn) -> Result<Vec<Numbers>, Error> {
    let rows = elections::list(conn)?;
    rows.into_iter().map(|row| numbers_of(conn, row)).collect()
}

fn numbers_of(conn: &mut Conn, election: ElectionRow) -> Result<Numbers, Error> {
    let zone: Zone = election.zone.parse().map_err(Error::internal)?;
    let zone = election::known_zone(&zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let mut by_day: BTreeMap<Date, u64> = BTreeMap::new();
    for (at_s, valid) in signature::count_valid_by_minute(conn, &election.id)? {
        let day = election::civil_day(ledger::time(at_s)?, &zone);
        let count = by_day.entry(day).or_default();
        *count = count.saturating_add(ledger::to_u64(valid)?);
    }
    Ok(Numbers {
        counts: counts(conn, &election.id)?,
        off_unsigned: ledger::to_u64(roster::count_off_unsigned(conn, &election.id)?)?,
        opening_day: election::civil_day(ledger::time(election.opens_s)?, &zone),
        pacts: elections::list_pacts(conn, &election.id)?,
        by_day,
        election,
    })
}

/// A published version of a pact with its parsed text.
#[derive(Clone, Debug)]
pub struct PublicPact {
    /// The election.
    pub election: ElectionRow,
    /// As stored: exact bytes, hash and entry.
    pub row: PactRow,
    /// As read.
    pub text: PactText,
}

/// A version of an election's pact.
pub fn pact(conn: &mut Conn, election_id: &str, version: i64) -> Result<PublicPact, Error> {
    let election = elections::find(conn, election_id)?.ok_or(Error::NotFound)?;
    let rows = elections::list_pacts(conn, election_id)?;
    let found = rows.into_iter().find(|row| row.version == version);
    let row = found.ok_or(Error::NotFound)?;
    let text = PactText::parse(&row.text).map_err(|e| Error::Tampered(e.to_string()))?;
    Ok(PublicPact { election, row, text })
}
