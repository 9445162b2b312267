//! The public answers as JSON, for other programs (docs/api.md). The same as the pages say, open to every origin.
//!
//! Absent: anything that needs to be signed in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Path;
use serde_json::Value;
use serde_json::json;

use crate::app::App;
use crate::domain::bounds::Bounds;
use crate::domain::code::Code;
use crate::domain::entry::Entry;
use crate::domain::text::print_hex;
use crate::ledger::encoding::encode_base64;
use crate::ledger::hash::Hash;
use crate::ledger::hash::leaf_hash;
use crate::service::Error;
use crate::service::election;
use crate::service::public;
use crate::service::public::Numbers;
use crate::service::publish;
use crate::service::verify::Verified;
use crate::web::error::Failure;
use crate::web::verify;

/// `GET /api/v1/verify/{code}`.
pub async fn code(app: Data<App>, typed: Path<String>) -> Result<HttpResponse, Failure> {
    let Ok(code) = typed.parse::<Code>() else {
        return Ok(answer(StatusCode::NOT_FOUND, &json!({"error": "malformed-code"})));
    };
    Ok(match verify::find(&app, code).await? {
        Some(found) => answer(StatusCode::OK, &signature(&found)),
        None => answer(StatusCode::NOT_FOUND, &json!({"error": "unknown-code"})),
    })
}

/// `GET /api/v1/ledger/{index}`.
pub async fn entry(app: Data<App>, index: Path<u64>) -> Result<HttpResponse, Failure> {
    let (portal, index) = (app.clone(), index.into_inner());
    let found = app
        .read(move |conn| {
            let published = publish::read(portal.log(), portal.keys().log.vkey())?;
            let size = published.map_or(0, |p| p.size);
            if index >= size {
                return Err(Error::NotFound);
            }
            Ok((public::entry(conn, index)?, size))
        })
        .await;
    let (bytes, size) = match found {
        Err(Error::NotFound) => {
            return Ok(answer(StatusCode::NOT_FOUND, &json!({"error": "unknown-entry"})));
        }
        other => other?,
    };
    let entry = Entry::parse(&bytes).map_err(|e| Failure::from(Error::Tampered(e.to_string())))?;
    let value = json!({
        "index": index,
        "size": size,
        "kind": entry.body.kind(),
        "at": entry.at.unix(),
        "leaf": leaf_hash(&bytes).to_string(),
        "prev": Hash::from_bytes(entry.prev).to_string(),
        "text": String::from_utf8_lossy(&bytes),
        "proof": format!("/ledger/{index}/proof"),
    });
    Ok(answer(StatusCode::OK, &value))
}

/// `GET /api/v1/elections`.
pub async fn elections(app: Data<App>) -> Result<HttpResponse, Failure> {
    let numbers = app.read(public::numbers).await?;
    let now_s = app.now_s();
    let list: Vec<Value> = numbers
        .iter()
        .map(|numbers| one_election(numbers, now_s))
        .collect();
    Ok(answer(StatusCode::OK, &json!({ "elections": list })))
}

/// `GET /api/v1/checkpoint`.
pub async fn checkpoint(app: Data<App>) -> Result<HttpResponse, Failure> {
    let portal = app.clone();
    let published = app
        .read(move |_| publish::read(portal.log(), portal.keys().log.vkey()))
        .await?;
    let Some(published) = published else {
        return Ok(answer(StatusCode::NOT_FOUND, &json!({"error": "empty-log"})));
    };
    let vkey = app.keys().log.vkey();
    let value = json!({
        "origin": vkey.name().as_str(),
        "size": published.size,
        "root": encode_base64(published.root.as_bytes()),
        "root_hex": published.root.to_string(),
        "vkey": vkey.to_string(),
        "note": published.note,
    });
    Ok(answer(StatusCode::OK, &value))
}

fn signature(found: &Verified) -> Value {
    let signature = &found.signature;
    let mut value = json!({
        "code": signature.code,
        "verdict": found.verdict,
        "checks": found.checks,
        "proof": format!("/v/{}/proof", signature.code),
    });
    // Nothing is said to be true of a signature whose check failed.
    if found.verdict != "invalid"
        && let Some(object) = value.as_object_mut()
    {
        object.insert("state".to_owned(), json!(signature.state));
        object.insert("election".to_owned(), json!(signature.election.id));
        object.insert("pact_version".to_owned(), json!(signature.pact_version));
        object.insert("at".to_owned(), json!(signature.at_s));
        object.insert("zone".to_owned(), json!(signature.election.zone));
        object.insert("method".to_owned(), json!(signature.method));
        object.insert("index".to_owned(), json!(signature.index));
        object.insert("finality".to_owned(), json!(found.finality));
        object.insert("bounds".to_owned(), bounds(&found.bounds));
    }
    value
}

fn bounds(bounds: &Bounds) -> Value {
    json!({
        "known": bounds.known(),
        "after": bounds.after.map(|after| after.time_s),
        "anchor": bounds.after.map(|after| after.anchor),
        "before": bounds.before.map(|before| before.time_s),
        "checkpoint": bounds.before.map(|before| before.size),
    })
}

fn one_election(numbers: &Numbers, now_s: i64) -> Value {
    let (row, counts) = (&numbers.election, numbers.counts);
    let pacts: Vec<Value> = numbers
        .pacts
        .iter()
        .map(|pact| {
            json!({"version": pact.version, "sha256": print_hex(&pact.hash), "index": pact.leaf_index,
                "text": format!("/pact/{}/{}.txt", row.id, pact.version)})
        })
        .collect();
    let days: Vec<Value> = numbers
        .by_day
        .iter()
        .map(|(day, valid)| json!({"date": day.to_string(), "valid": valid}))
        .collect();
    json!({
        "id": row.id,
        "title": row.title,
        "opens": row.opens_s,
        "closes": row.closes_s,
        "zone": row.zone,
        "state": election::state_word(row, now_s),
        "closed_index": row.closed_index,
        "counts": {"valid": counts.valid, "members": counts.members, "attested": counts.attested,
            "disputed": counts.disputed, "voided": counts.voided},
        "off_unsigned": numbers.off_unsigned,
        "valid_by_day": days,
        "pacts": pacts,
    })
}

fn answer(status: StatusCode, value: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(value)
}
