//! The public ledger to read: its newest state, each entry, each pact, each entry's proof.
//!
//! The files that programs read are in [`crate::web::log`]. Absent: anything personal; the log has none.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::entry::Entry;
use crate::domain::text::Id;
use crate::domain::text::print_hex;
use crate::ledger::encoding::decode_hex_array;
use crate::ledger::hash::leaf_hash;
use crate::service::Error;
use crate::service::proof::proof_of;
use crate::service::public;
use crate::service::public::EntryHead;
use crate::service::public::Numbers;
use crate::service::publish;
use crate::web::error::Failure;
use crate::web::extract::Visitor;
use crate::web::verify::proof_file;

mod line;

use line::Line;

/// Entries on a page of the ledger.
const ENTRIES: i64 = 25;

/// Which part of the ledger is wanted.
#[derive(Deserialize)]
pub struct Part {
    /// Entries below this index.
    below: Option<u64>,
}

#[derive(Serialize)]
struct LedgerPage {
    checkpoint: Option<CheckpointFacts>,
    vkey: String,
    public_url: String,
    zone: String,
    elections: Vec<ElectionFacts>,
    entries: Vec<EntryHead>,
    older: Option<i64>,
    newest: bool,
}

#[derive(Serialize)]
struct CheckpointFacts {
    size: u64,
    root: String,
    at_s: i64,
}

#[derive(Serialize)]
struct ElectionFacts {
    id: String,
    title: String,
    valid: u64,
    members: u64,
    attested: u64,
    disputed: u64,
    voided: u64,
    off_unsigned: u64,
    points: Vec<u64>,
    first: i64,
    last: i64,
    zone: String,
    pacts: Vec<i64>,
}

/// `GET /ledger`.
pub async fn index(visitor: Visitor, part: Query<Part>) -> Result<HttpResponse, Failure> {
    let (app, below) = (visitor.app.clone(), part.below);
    let (checkpoint, numbers, entries) = visitor
        .app
        .read(move |conn| {
            let published = publish::read(app.log(), app.keys().log.vkey())?;
            let size = published.as_ref().map_or(0, |p| p.size);
            let entries = public::newest(conn, below.unwrap_or(size).min(size), ENTRIES)?;
            let last = public::newest(conn, size, 1)?;
            let at_s = last.first().map_or(0, |entry| entry.at_s);
            let checkpoint = published.map(|p| CheckpointFacts {
                size: p.size,
                root: p.root.to_string(),
                at_s,
            });
            Ok((checkpoint, public::numbers(conn)?, entries))
        })
        .await?;
    let config = visitor.app.config();
    let older = entries.last().map(|e| e.index).filter(|index| *index > 0);
    let content = LedgerPage {
        checkpoint,
        vkey: visitor.app.keys().log.vkey().to_string(),
        public_url: config.web.public_url.clone(),
        zone: numbers
            .first()
            .map_or_else(|| "Asia/Jakarta".to_owned(), |n| n.election.zone.clone()),
        elections: numbers.iter().map(ElectionFacts::of).collect(),
        entries,
        older,
        newest: below.is_none(),
    };
    visitor.page("ledger/index", content)
}

impl ElectionFacts {
    fn of(numbers: &Numbers) -> Self {
        let row = &numbers.election;
        let (points, last) = cumulative(numbers);
        Self {
            id: row.id.clone(),
            title: row.title.clone(),
            valid: numbers.counts.valid,
            members: numbers.counts.members,
            attested: numbers.counts.attested,
            disputed: numbers.counts.disputed,
            voided: numbers.counts.voided,
            off_unsigned: numbers.off_unsigned,
            points,
            first: row.opens_s,
            last,
            zone: row.zone.clone(),
            pacts: numbers.pacts.iter().map(|pact| pact.version).collect(),
        }
    }
}

/// N at the end of each day from the opening's to that of the last signature, and a moment of that last day.
fn cumulative(numbers: &Numbers) -> (Vec<u64>, i64) {
    const DAYS_MAX: usize = 400;
    const DAY_S: i64 = 86_400;
    let opens_s = numbers.election.opens_s;
    let (mut points, mut sum, mut last) = (vec![0], 0_u64, opens_s);
    let Some(end) = numbers.by_day.keys().next_back().copied() else {
        return (points, last);
    };
    let mut day = numbers.opening_day;
    while day <= end && points.len() < DAYS_MAX {
        sum = sum.saturating_add(numbers.by_day.get(&day).copied().unwrap_or(0));
        points.push(sum);
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    let days = i64::try_from(points.len()).unwrap_or(0).saturating_sub(2).max(0);
    last = last.saturating_add(days.saturating_mul(DAY_S));
    (points, last)
}

#[derive(Serialize)]
struct EntryPage {
    index: u64,
    size: u64,
    kind: String,
    known: bool,
    at_s: i64,
    zone: String,
    leaf: String,
    lines: Vec<Line>,
    text: String,
    previous: Option<u64>,
    next: Option<u64>,
    pact: Option<(String, u64)>,
}

/// `GET /ledger/{index}`.
pub async fn entry(visitor: Visitor, index: Path<u64>) -> Result<HttpResponse, Failure> {
    let (app, index) = (visitor.app.clone(), index.into_inner());
    let (bytes, size, zone) = visitor
        .app
        .read(move |conn| {
            let published = publish::read(app.log(), app.keys().log.vkey())?;
            let size = published.map(|p| p.size).filter(|size| index < *size);
            let zone = crate::service::election::list(conn)?
                .into_iter()
                .next()
                .map(|e| e.zone);
            let size = size.ok_or(Error::NotFound)?;
            Ok((public::entry(conn, index)?, size, zone))
        })
        .await?;
    let entry = Entry::parse(&bytes).map_err(|e| Failure::from(Error::Tampered(e.to_string())))?;
    let content = EntryPage {
        index,
        size,
        kind: entry.body.kind().to_owned(),
        known: entry.body.authorship().is_some(),
        at_s: entry.at.unix_i64(),
        zone: zone.unwrap_or_else(|| "Asia/Jakarta".to_owned()),
        leaf: leaf_hash(&bytes).to_string(),
        lines: line::lines_of(&entry),
        text: String::from_utf8_lossy(&bytes).into_owned(),
        previous: index.checked_sub(1),
        next: index.checked_add(1).filter(|next| *next < size),
        pact: line::pact_of(&entry),
    };
    visitor.page("ledger/entry", content)
}

/// `GET /ledger/{index}/proof`.
pub async fn proof(visitor: Visitor, index: Path<u64>) -> Result<HttpResponse, Failure> {
    let (app, index) = (visitor.app.clone(), index.into_inner());
    let proof = visitor
        .app
        .read(move |conn| {
            public::entry(conn, index)?;
            proof_of(conn, app.log(), app.keys().log.vkey(), index)
        })
        .await?;
    Ok(proof_file(&format!("ikrar-entry-{index}"), proof.to_string()))
}

/// `GET /ledger/map/{election}/{label}`: what the newest map says of a label, with its proofs (docs/format.md §9).
pub async fn map(visitor: Visitor, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (election, label) = path.into_inner();
    let election: Id = election.parse().map_err(|_bad| Failure::not_found())?;
    let label: [u8; 32] = decode_hex_array(&label).map_err(|_bad| Failure::not_found())?;
    let app = visitor.app.clone();
    let proof = visitor
        .app
        .read(move |conn| app.chores().prove_label(&app, conn, &election, &label))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("text/plain; charset=utf-8")
        .body(proof.to_string()))
}

#[derive(Serialize)]
struct PactPage {
    election_id: String,
    election_title: String,
    version: u64,
    language: &'static str,
    title: String,
    preamble: String,
    clauses: Vec<String>,
    closing: Option<String>,
    hash: String,
    index: i64,
}

/// `GET /pact/{election}/{version}` as a page, or with `.txt` behind it as the exact bytes that are hashed.
pub async fn pact(visitor: Visitor, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (election, wanted) = path.into_inner();
    let (number, raw) = match wanted.strip_suffix(".txt") {
        Some(number) => (number, true),
        None => (wanted.as_str(), false),
    };
    let version = crate::ledger::encoding::parse_num(number)
        .ok()
        .and_then(|number| i64::try_from(number).ok())
        .ok_or_else(Failure::not_found)?;
    let found = visitor
        .app
        .read(move |conn| public::pact(conn, &election, version))
        .await?;
    if raw {
        return Ok(HttpResponse::Ok()
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .content_type("text/plain; charset=utf-8")
            .body(found.row.text));
    }
    let text = found.text;
    let content = PactPage {
        election_id: found.election.id,
        election_title: found.election.title,
        version: text.version,
        language: text.language.as_str(),
        title: text.title.to_string(),
        preamble: text.preamble.to_string(),
        clauses: text.clauses.iter().map(ToString::to_string).collect(),
        closing: text.closing.as_ref().map(ToString::to_string),
        hash: print_hex(&found.row.hash),
        index: found.row.leaf_index,
    };
    visitor.page("ledger/pact", content)
}
