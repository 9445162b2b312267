//! The second step: the code that only the mailbox knows. Right, and the signature stands in the ledger; wrong five times, and
//! the code is spent.

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;

use crate::domain::code::Code;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::person;
use crate::domain::person::StepUp;
use crate::domain::signer;
use crate::domain::text::digest;
use crate::service::Error;
use crate::service::sign::Examined;
use crate::service::sign::LogView;
use crate::service::sign::Memory;
use crate::service::sign::Place;
use crate::service::sign::admit;
use crate::service::sign::examine::examine;
use crate::service::sign::examine::submission;
use crate::store::Conn;
use crate::store::StoreError;
use crate::store::account::Subject;
use crate::store::ledger;
use crate::store::outbox;
use crate::store::signature;
use crate::store::signature::SignatureRow;

/// How long before another code can be asked for, seconds.
const RESEND_AFTER_S: i64 = 60;

/// Fresh random bytes for one signature.
#[derive(Clone)]
pub struct Entropy {
    /// Salt of the evidence commitment.
    pub evidence_salt: [u8; 32],
    /// The bits of the receipt's code.
    pub code: [u8; 10],
}

/// What became of a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Right: the signature stands at this index.
    Signed(i64),
    /// The signature that the code is for stands there already.
    Recorded(i64),
    /// Another one, with another key, stands there already: was it you?
    Another,
    /// Wrong; so many tries are left.
    Wrong(i64),
    /// Not six digits; not counted as a try.
    Malformed,
    /// Too many wrong codes: ask for another.
    Spent,
    /// The ten minutes are over, or nothing was posted.
    Expired,
    /// Another window posted later: only its code works.
    Replaced,
    /// The code has not been sent yet.
    NotSent,
}

/// A statement that waits for its code, for the page that asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its row.
    pub pending_id: i64,
    /// SHA-256 of the statement, which no other one has.
    pub statement_hash: [u8; 32],
    /// Whether the code's mail has left.
    pub sent: bool,
    /// Unix seconds.
    pub expires_s: i64,
    /// Wrong codes so far.
    pub tries: i64,
}

/// What a person has waiting in an election.
pub fn waiting(
    conn: &mut Conn,
    person_id: i64,
    election_id: &str,
    now_s: i64,
) -> Result<Option<Waiting>, Error> {
    let place = Place::find(conn, person_id, election_id)?;
    Ok(place.waiting(now_s).map(|p| Waiting {
        pending_id: p.id,
        statement_hash: digest(&[&p.statement]),
        sent: p.code_sent_s.is_some(),
        expires_s: p.expires_s,
        tries: p.tries,
    }))
}

/// Sends another code for what waits; the one before stops working when it leaves.
pub fn resend(conn: &mut Conn, person_id: i64, election_id: &str, now_s: i64) -> Result<(), Error> {
    let place = Place::find(conn, person_id, election_id)?;
    let pending = place
        .waiting(now_s)
        .ok_or_else(|| Error::conflict("sign-problem-expired"))?;
    if pending
        .code_sent_s
        .is_none_or(|sent_s| now_s.saturating_sub(sent_s) < RESEND_AFTER_S)
    {
        return Err(Error::busy("sign-problem-code-coming"));
    }
    admit::check_code_rate(conn, person_id, now_s)?;
    admit::queue_code(conn, person_id, election_id, pending.id, now_s)
}

/// HMAC-SHA-256 under this installation's pepper, so that the database alone does not give six digits away.
pub fn code_hash(pepper: &[u8], salt: &[u8], code: &str) -> Result<Vec<u8>, Error> {
    Ok(code_mac(pepper, salt, code)?.finalize().into_bytes().to_vec())
}

fn code_mac(pepper: &[u8], salt: &[u8], code: &str) -> Result<Hmac<Sha256>, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper).map_err(Error::internal)?;
    mac.update(b"ikrar/code/v1\n");
    mac.update(salt);
    mac.update(code.as_bytes());
    Ok(mac)
}

/// What was typed, and what waits for it as [`crate::service::sign::examine_waiting`] found it.
pub struct Typed<'a> {
    /// As typed.
    pub code: &'a str,
    /// Another statement, or none, is examined in its turn.
    pub examined: Option<Examined>,
}

/// Answers a step-up for the statement of this hash. A wrong code is an answer, not an error: it must be counted.
pub fn answer(
    conn: &mut Conn,
    log: &LogView,
    pepper: &[u8],
    (person_id, election_id, statement_hash): (i64, &str, [u8; 32]),
    typed: Typed<'_>,
    (entropy, now_s): (&Entropy, i64),
) -> Result<Answer, Error> {
    let place = Place::find(conn, person_id, election_id)?;
    if let Some(live) = &place.live {
        let same = live.statement_hash == statement_hash;
        return Ok(if same {
            Answer::Recorded(live.leaf_index)
        } else {
            Answer::Another
        });
    }
    let Some(pending) = &place.pending else {
        return Ok(Answer::Expired);
    };
    if digest(&[&pending.statement]) != statement_hash {
        return Ok(Answer::Replaced);
    }
    // A clock that went back would put the answer before the question.
    if pending.expires_s <= now_s || now_s < pending.created_s {
        return Ok(Answer::Expired);
    }
    let Some(digits) = signer::typed_digits(typed.code) else {
        return Ok(Answer::Malformed);
    };
    let (Some(salt), Some(hash), Some(sent_s)) =
        (&pending.code_salt, &pending.code_hash, pending.code_sent_s)
    else {
        return Ok(Answer::NotSent);
    };
    if pending.tries >= signer::TRIES_MAX {
        return Ok(Answer::Spent);
    }
    // Compared in constant time.
    if code_mac(pepper, salt, &digits)?.verify_slice(hash).is_err() {
        signature::count_try(conn, pending.id)?;
        let left = signer::TRIES_MAX.saturating_sub(pending.tries).saturating_sub(1);
        return Ok(if left > 0 {
            Answer::Wrong(left)
        } else {
            Answer::Spent
        });
    }
    let examined = match typed.examined.filter(|examined| examined.is_of(pending)) {
        Some(examined) => examined,
        // A fresh memory: what this transaction has not committed must not be remembered.
        None => examine(conn, &Memory::default(), submission(pending)?)
            .map_err(|_bad| Error::Tampered(format!("text of pending statement {}", pending.id)))?,
    };
    record(conn, log, &place, &examined, sent_s, (entropy, now_s)).map(Answer::Signed)
}

/// Appends the entry and keeps what only the signer and this portal know.
fn record(
    conn: &mut Conn,
    log: &LogView,
    place: &Place,
    examined: &Examined,
    sent_s: i64,
    (entropy, now_s): (&Entropy, i64),
) -> Result<i64, Error> {
    let statement = examined.statement.clone();
    let step_up = StepUp {
        sent: admit::moment(sent_s)?,
        answered: admit::moment(now_s)?,
    }
    .print();
    let hash = statement.hash();
    let entry = entry::Signature {
        election: statement.election.clone(),
        evidence: person::evidence(&entropy.evidence_salt, statement.method, &hash, &step_up),
        signature: examined.submission.signature,
        statement,
    };
    admit::check(conn, log, place, (&entry, examined), now_s)?;
    // The roster may have changed since the statement was posted.
    let salts = &examined.submission.salts;
    admit::check_person(place, &entry.statement, salts)?;
    let shown = place.shown()?;
    let (key, pact, method) = (entry.statement.key, entry.statement.pact, entry.statement.method);
    let appended = ledger::append(conn, now_s, Body::Signature(Box::new(entry)), Vec::new())?;
    let leaf_index = ledger::to_i64(appended.leaf_index)?;
    let row = SignatureRow {
        leaf_index,
        election_id: place.election.id.clone(),
        member_id: place.member.id,
        live_member_id: Some(place.member.id),
        public_key: key.to_vec(),
        statement_hash: hash.to_vec(),
        pact_hash: pact.to_vec(),
        at_s: appended.at_s,
        accepted_s: now_s,
        method: method.as_str().to_owned(),
        code: Code::from_bytes(entropy.code).to_string(),
        state: "live".to_owned(),
        evidence_salt: entropy.evidence_salt.to_vec(),
        evidence: step_up,
        salts: salts.to_bytes(),
        nip: shown.nip.as_str().to_owned(),
        name: shown.name.as_str().to_owned(),
        unit: shown.unit.as_str().to_owned(),
        position: shown.position.as_str().to_owned(),
    };
    signature::insert(conn, &row).map_err(|error| match error {
        StoreError::Conflict(_) => Error::conflict("sign-problem-signed"),
        other => other.into(),
    })?;
    signature::delete_pending(conn, place.member.id)?;
    let to = Subject::Person(place.person.id);
    let mail = outbox::insert(
        conn,
        "receipt",
        to,
        Some(&place.election.id),
        Some(leaf_index),
        now_s,
    )?;
    if log.mail_wait_s > 0 {
        // It leaves with the witnesses' quorum, or without after this wait.
        outbox::set_due(conn, mail, now_s.saturating_add(log.mail_wait_s))?;
    }
    Ok(leaf_index)
}
