//! Mails waiting to be sent: rows of template and ids. No address, link or code is stored here.

use diesel::prelude::*;

use crate::store::Conn;
use crate::store::StoreError;
use crate::store::account::Subject;
use crate::store::conn::on_database;
use crate::store::ledger::to_i64;
use crate::store::schema::outbox;

/// Templates of mails that somebody is waiting for.
const URGENT: [&str; 2] = ["code", "signin"];

/// A mail to be.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct OutboxMail {
    /// Row id.
    pub id: i64,
    /// Folder in `templates/mail/`.
    pub template: String,
    /// To a signer.
    pub person_id: Option<i64>,
    /// To an officer.
    pub account_id: Option<i64>,
    /// About an election.
    pub election_id: Option<String>,
    /// What the template is about: a pending statement's id, a signature's leaf index.
    pub subject_id: Option<i64>,
    /// Attempts so far.
    pub attempts: i64,
    /// Unix seconds.
    pub created_s: i64,
}

impl OutboxMail {
    /// Whom it goes to.
    pub fn to(&self) -> Result<Subject, StoreError> {
        match (self.person_id, self.account_id) {
            (Some(id), None) => Ok(Subject::Person(id)),
            (None, Some(id)) => Ok(Subject::Account(id)),
            _ => Err(StoreError::Damaged("a mail to nobody".to_owned())),
        }
    }
}

/// Queues a mail, due at once.
pub fn insert(
    conn: &mut Conn,
    template: &str,
    to: Subject,
    election_id: Option<&str>,
    subject_id: Option<i64>,
    now_s: i64,
) -> Result<i64, StoreError> {
    let (person_id, account_id) = match to {
        Subject::Person(id) => (Some(id), None),
        Subject::Account(id) => (None, Some(id)),
    };
    let row = (
        outbox::template.eq(template),
        outbox::person_id.eq(person_id),
        outbox::account_id.eq(account_id),
        outbox::election_id.eq(election_id),
        outbox::subject_id.eq(subject_id),
        outbox::state.eq("queued"),
        outbox::created_s.eq(now_s),
        outbox::due_s.eq(now_s),
        outbox::attempts.eq(0_i64),
        outbox::urgent.eq(URGENT.contains(&template)),
    );
    let insert = diesel::insert_into(outbox::table)
        .values(row)
        .returning(outbox::id);
    Ok(on_database!(conn, |conn| insert.get_result(conn))?)
}

/// Lets a mail wait until a time, at the longest.
pub fn set_due(conn: &mut Conn, id: i64, due_s: i64) -> Result<(), StoreError> {
    diesel::update(outbox::table.find(id))
        .set(outbox::due_s.eq(due_s))
        .execute(conn)?;
    Ok(())
}

/// Makes the receipts of entries below a size due that still wait for their first attempt.
pub fn release_receipts(conn: &mut Conn, size: u64, now_s: i64) -> Result<(), StoreError> {
    diesel::update(outbox::table)
        .filter(outbox::state.eq("queued"))
        .filter(outbox::template.eq("receipt"))
        .filter(outbox::attempts.eq(0_i64))
        .filter(outbox::due_s.gt(now_s))
        .filter(outbox::subject_id.lt(to_i64(size)?))
        .set(outbox::due_s.eq(now_s))
        .execute(conn)?;
    Ok(())
}

/// The next mails that are due, longest due first: the urgent ones (codes and links), or all others.
pub fn list_due(
    conn: &mut Conn,
    now_s: i64,
    urgent: bool,
    limit: i64,
) -> Result<Vec<OutboxMail>, StoreError> {
    on_database!(conn, |conn| {
        Ok(outbox::table
            .filter(outbox::state.eq("queued"))
            .filter(outbox::urgent.eq(urgent))
            .filter(outbox::due_s.le(now_s))
            .order((outbox::due_s, outbox::id))
            .limit(limit)
            .select(OutboxMail::as_select())
            .load(conn)?)
    })
}

/// Claims a mail for sending, so that two senders never send it twice; false when somebody was first.
pub fn claim(conn: &mut Conn, mail: &OutboxMail, retry_due_s: i64) -> Result<bool, StoreError> {
    on_database!(conn, |conn| {
        let claimed = diesel::update(outbox::table.find(mail.id))
            .filter(outbox::state.eq("queued"))
            .filter(outbox::attempts.eq(mail.attempts))
            .set((
                outbox::attempts.eq(mail.attempts.saturating_add(1)),
                outbox::due_s.eq(retry_due_s),
            ))
            .execute(conn)?;
        Ok(claimed == 1)
    })
}

/// Notes that mails left.
pub fn mark_sent(conn: &mut Conn, ids: &[i64], now_s: i64) -> Result<(), StoreError> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set((
            outbox::state.eq("sent"),
            outbox::sent_s.eq(Some(now_s)),
            outbox::error.eq(None::<&str>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a mail up, with the reason as the server gave it (never an address).
pub fn mark_failed(conn: &mut Conn, id: i64, error: &str) -> Result<(), StoreError> {
    mark(conn, id, "failed", Some(error))
}

/// Drops a mail that has no reason any more, e.g. a reminder to somebody who signed meanwhile.
pub fn cancel(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    mark(conn, id, "cancelled", None)
}

fn mark(conn: &mut Conn, id: i64, state: &str, error: Option<&str>) -> Result<(), StoreError> {
    diesel::update(outbox::table.find(id))
        .set((outbox::state.eq(state), outbox::error.eq(error)))
        .execute(conn)?;
    Ok(())
}

/// Notes why an attempt failed; it stays queued.
pub fn note_error(conn: &mut Conn, id: i64, error: &str) -> Result<(), StoreError> {
    diesel::update(outbox::table.find(id))
        .set(outbox::error.eq(Some(error)))
        .execute(conn)?;
    Ok(())
}

/// How many mails are in a state.
pub fn count(conn: &mut Conn, state: &str) -> Result<i64, StoreError> {
    Ok(outbox::table
        .filter(outbox::state.eq(state))
        .count()
        .get_result(conn)?)
}

/// How many mails of a template were queued for a person since a time.
pub fn count_since(conn: &mut Conn, person_id: i64, template: &str, since_s: i64) -> Result<i64, StoreError> {
    on_database!(conn, |conn| {
        Ok(outbox::table
            .filter(outbox::person_id.eq(person_id))
            .filter(outbox::template.eq(template))
            .filter(outbox::created_s.ge(since_s))
            .count()
            .get_result(conn)?)
    })
}

/// How many mails of a template wait for somebody.
pub fn count_waiting(conn: &mut Conn, to: Subject, template: &str) -> Result<i64, StoreError> {
    let waiting = outbox::table
        .filter(outbox::template.eq(template))
        .filter(outbox::state.eq("queued"));
    Ok(match to {
        Subject::Person(id) => waiting
            .filter(outbox::person_id.eq(id))
            .count()
            .get_result(conn)?,
        Subject::Account(id) => waiting
            .filter(outbox::account_id.eq(id))
            .count()
            .get_result(conn)?,
    })
}
