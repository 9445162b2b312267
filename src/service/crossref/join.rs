//! Identity settled, the ledger asked: had the person signed when the act was done? Absent: who the person is.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::complaint::Field;
use crate::domain::complaint::IncidentDay;
use crate::domain::complaint::ZONE;
use crate::domain::election::Relation;
use crate::service::Error;
use crate::service::complaint as intake;
use crate::store::Conn;
use crate::store::complaint::ComplaintRow;
use crate::store::election;
use crate::store::election::ElectionRow;
use crate::store::roster;
use crate::store::signature;
use crate::store::signature::SignatureRow;

/// What the ledger says about a person and the day of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Join {
    /// The day of the act, ISO; none where the complaint gives none.
    pub day: Option<String>,
    /// The same as the complaint writes it, perhaps with a time of day.
    pub written: Option<String>,
    /// The zone in which days are compared.
    pub zone: String,
    /// Whether the complaint itself names that zone.
    pub names_zone: bool,
    /// Whether these are the elections whose period covers the day; otherwise they are all there are.
    pub covered: bool,
    /// Per election, the latest to open first.
    pub rows: Vec<JoinRow>,
}

/// One election.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JoinRow {
    /// Id.
    pub election_id: String,
    /// Title.
    pub election: String,
    /// `required`, `excluded`, or none where the person is not on this election's roster.
    pub member: Option<String>,
    /// `before`, `after`, `same_day`, `never`; none where the complaint gives no day.
    pub relation: Option<&'static str>,
    /// The signature that the relation speaks of.
    pub signature: Option<Signed>,
    /// How many signatures of this person were voided; they do not count.
    pub voided: usize,
}

/// A signature in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// Version of the pact.
    pub version: i64,
    /// The entry's minute, Unix seconds.
    pub at_s: i64,
    /// Its day in the zone of [`Join::zone`].
    pub day: String,
    /// The code of `/v/CODE`.
    pub code: String,
    /// Index in the ledger.
    pub leaf_index: i64,
    /// Whether its signer says that they did not sign.
    pub disputed: bool,
}

/// Joins a complaint, whose respondent is settled, to the ledger.
pub fn join(conn: &mut Conn, complaint: &ComplaintRow, person_id: i64) -> Result<Join, Error> {
    let incident = complaint
        .incident_date
        .as_deref()
        .map(IncidentDay::parse)
        .transpose()
        .map_err(|_damaged| Error::Tampered(format!("complaint {}: incident date", complaint.id)))?;
    let elections = election::list(conn)?;
    let covering: Vec<&ElectionRow> = incident.as_ref().map_or_else(Vec::new, |incident| {
        elections.iter().filter(|row| covers(row, incident)).collect()
    });
    let covered = !covering.is_empty();
    let chosen = if covered {
        covering
    } else {
        elections.iter().collect()
    };
    let mut rows = Vec::with_capacity(chosen.len());
    for election in chosen {
        rows.push(row(conn, election, person_id, incident.as_ref())?);
    }
    Ok(Join {
        written: written(complaint)?,
        day: incident.as_ref().map(|incident| incident.day.to_string()),
        zone: incident.as_ref().map_or(ZONE, IncidentDay::zone_name).to_owned(),
        names_zone: incident.as_ref().is_some_and(IncidentDay::names_zone),
        covered,
        rows,
    })
}

fn written(complaint: &ComplaintRow) -> Result<Option<String>, Error> {
    Ok(intake::pairs(complaint)?
        .into_iter()
        .filter(|(title, _)| Field::of_title(title) == Some(Field::IncidentDate))
        .map(|(_, text)| text.trim().to_owned())
        .find(|text| !text.is_empty()))
}

/// Whether the day lies between an election's opening and closing, both days included.
fn covers(election: &ElectionRow, incident: &IncidentDay) -> bool {
    let first = day_of(election.opens_s, incident);
    let last = day_of(election.closes_s.saturating_sub(1), incident);
    first <= incident.day && incident.day <= last
}

fn day_of(at_s: i64, incident: &IncidentDay) -> Date {
    day_in(at_s, &incident.time_zone())
}

fn day_in(at_s: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(Timestamp::from_second(at_s).unwrap_or(Timestamp::MAX))
        .date()
}

fn row(
    conn: &mut Conn,
    election: &ElectionRow,
    person_id: i64,
    incident: Option<&IncidentDay>,
) -> Result<JoinRow, Error> {
    let member = roster::find_member(conn, &election.id, person_id)?;
    let mut signatures = match &member {
        Some(member) => signature::list_of_member(conn, member.id)?,
        None => Vec::new(),
    };
    let all = signatures.len();
    signatures.retain(|row| row.state != "voided");
    let voided = all - signatures.len();
    let (relation, chosen) = relate(&signatures, incident);
    let signature = chosen.map(|row| signed(conn, row, incident)).transpose()?;
    Ok(JoinRow {
        election_id: election.id.clone(),
        election: election.title.clone(),
        member: member.map(|member| member.state),
        relation: relation.map(Relation::as_str),
        signature,
        voided,
    })
}

/// The latest signature before the day; else one of that day; else the first after it. Signatures stand oldest first.
fn relate<'a>(
    signatures: &'a [SignatureRow],
    incident: Option<&IncidentDay>,
) -> (Option<Relation>, Option<&'a SignatureRow>) {
    let Some(incident) = incident else {
        return (None, signatures.last());
    };
    let relation = |row: &SignatureRow| Relation::of(Some(day_of(row.at_s, incident)), incident.day);
    let is = |wanted: Relation| move |row: &&SignatureRow| relation(row) == wanted;
    let chosen = signatures
        .iter()
        .rev()
        .find(is(Relation::Before))
        .or_else(|| signatures.iter().find(is(Relation::SameDay)))
        .or_else(|| signatures.first());
    (Some(chosen.map_or(Relation::Never, relation)), chosen)
}

fn signed(conn: &mut Conn, row: &SignatureRow, incident: Option<&IncidentDay>) -> Result<Signed, Error> {
    let pact = election::find_pact(conn, &row.pact_hash)?
        .ok_or_else(|| Error::Tampered(format!("the pact of signature {}", row.leaf_index)))?;
    let zone = incident.map_or_else(
        || TimeZone::get(ZONE).unwrap_or(TimeZone::UTC),
        IncidentDay::time_zone,
    );
    Ok(Signed {
        version: pact.version,
        at_s: row.at_s,
        day: day_in(row.at_s, &zone).to_string(),
        code: row.code.clone(),
        leaf_index: row.leaf_index,
        disputed: row.state == "disputed",
    })
}
