//! The outbox as the mailer sees it: what a queued row becomes at the moment it is sent, if it still has a reason.
//!
//! Links and codes are made here and nowhere else, stored as hashes in the same transaction that claims the row. Which mails
//! are queued is decided by the use-case that announces something. Absent: transports, templates.

use std::collections::HashMap;

use crate::domain::election::Stage;
use crate::domain::signer;
use crate::service::Error;
use crate::service::access;
use crate::service::access::Token;
use crate::service::dispute;
use crate::service::dispute::DisputeView;
use crate::service::election;
use crate::service::sign;
use crate::store::Conn;
use crate::store::account;
use crate::store::account::Subject;
use crate::store::election::ElectionRow;
use crate::store::ledger;
use crate::store::outbox;
use crate::store::roster;
use crate::store::signature;
use crate::store::witness;

pub use crate::store::outbox::OutboxMail;
pub use crate::store::outbox::cancel;
pub use crate::store::outbox::count;
pub use crate::store::outbox::list_due;
pub use crate::store::outbox::mark_failed;
pub use crate::store::outbox::note_error;

/// Attempts before a mail is given up.
pub const ATTEMPTS_MAX: i64 = 12;
/// The wait after a first failed attempt, seconds; it doubles with each.
const RETRY_S: i64 = 5;
/// The longest wait between attempts, seconds.
const RETRY_S_MAX: i64 = 3600;

/// Fresh random bytes for one mail.
#[derive(Clone)]
pub struct Secrets {
    /// Of a link.
    pub token: Token,
    /// Of a code.
    pub digits: [u8; 8],
    /// Salt of the code's hash.
    pub salt: [u8; 16],
}

/// A mail about to leave. No `Debug`: it holds an address and a secret.
pub struct Letter {
    /// Greeting.
    pub name: String,
    /// Address.
    pub address: String,
    /// What it says.
    pub kind: Kind,
}

/// What a mail says.
pub enum Kind {
    /// A link that somebody asked for.
    Signin {
        /// For an officer's account rather than a signer.
        officer: bool,
    },
    /// The first call to sign, or a later one.
    Invitation {
        /// A later one.
        reminder: bool,
        /// The election.
        election: ElectionRow,
    },
    /// The code of a step-up.
    Code {
        /// Six digits.
        code: String,
        /// The election.
        election: ElectionRow,
    },
    /// A dispute: to the person when it is recorded and when it is settled, to officers while it waits for them.
    Dispute {
        /// Which of the three.
        step: DisputeStep,
        /// The dispute.
        dispute: Box<DisputeView>,
        /// The election.
        election: ElectionRow,
    },
    /// The confirmation, with the proof file.
    Receipt {
        /// The signature's entry.
        leaf_index: i64,
        /// The code of `/v/CODE`.
        code: String,
        /// Unix seconds.
        at_s: i64,
        /// Whether the witnesses have seen it.
        is_final: bool,
        /// The election.
        election: ElectionRow,
    },
}

/// Which mail about a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStep {
    /// To the person: it is recorded.
    Received,
    /// To the person: what was decided.
    Resolved,
    /// To an officer: it waits.
    Waits,
}

/// What became of a queued mail.
pub enum Taken {
    /// Somebody else sends it.
    Elsewhere,
    /// It has no reason any more.
    Cancelled,
    /// It can never arrive, and why; no address in it.
    Failed(&'static str),
    /// Ours to send.
    Letter(Box<Letter>),
}

/// Claims mails and makes what they need, in their order.
pub fn take_all(
    conn: &mut Conn,
    mails: &[(OutboxMail, Secrets)],
    pepper: &[u8],
    now_s: i64,
) -> Result<Vec<Taken>, Error> {
    let mut elections = Elections::default();
    mails
        .iter()
        .map(|(mail, secrets)| take(conn, &mut elections, mail, (secrets, pepper), now_s))
        .collect()
}

/// The elections that a round of mails is about, each read once.
#[derive(Default)]
struct Elections(HashMap<String, Option<ElectionRow>>);

impl Elections {
    fn find(&mut self, conn: &mut Conn, id: &str) -> Result<Option<ElectionRow>, Error> {
        if let Some(known) = self.0.get(id) {
            return Ok(known.clone());
        }
        let found = election::find(conn, id)?;
        self.0.insert(id.to_owned(), found.clone());
        Ok(found)
    }
}

/// Claims a mail and makes what it needs.
fn take(
    conn: &mut Conn,
    elections: &mut Elections,
    mail: &OutboxMail,
    (secrets, pepper): (&Secrets, &[u8]),
    now_s: i64,
) -> Result<Taken, Error> {
    if !outbox::claim(conn, mail, now_s.saturating_add(retry_s(mail.attempts)))? {
        return Ok(Taken::Elsewhere);
    }
    let to = mail.to()?;
    let (name, address) = match recipient(conn, to)? {
        Ok(found) => found,
        Err(why) => {
            outbox::mark_failed(conn, mail.id, why)?;
            return Ok(Taken::Failed(why));
        }
    };
    let Some(kind) = kind(conn, elections, mail, (secrets, pepper), now_s)? else {
        outbox::cancel(conn, mail.id)?;
        return Ok(Taken::Cancelled);
    };
    let link_s = match kind {
        Kind::Signin { .. } => Some(access::SIGNIN_LINK_S),
        Kind::Invitation { .. } => Some(access::LINK_S),
        Kind::Code { .. } | Kind::Receipt { .. } | Kind::Dispute { .. } => None,
    };
    if let Some(valid_s) = link_s {
        access::make_link(conn, to, &secrets.token, now_s, valid_s)?;
    }
    Ok(Taken::Letter(Box::new(Letter { name, address, kind })))
}

fn retry_s(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or(20);
    RETRY_S.saturating_mul(1_i64 << doublings).min(RETRY_S_MAX)
}

/// Greeting and address, or why there is none. A mailbox of several persons gets nothing: it proves nobody.
fn recipient(conn: &mut Conn, to: Subject) -> Result<Result<(String, String), &'static str>, Error> {
    match to {
        Subject::Account(id) => {
            let account = account::find(conn, id)?;
            Ok(match account.disabled_s {
                None => Ok((account.name, account.email)),
                Some(_) => Err("the account is switched off"),
            })
        }
        Subject::Person(id) => {
            let (person, shares) = roster::find_recipient(conn, id)?;
            Ok(match person.email {
                None => Err("no address is known"),
                Some(_) if shares => Err("several persons share the address"),
                Some(email) => Ok((person.name, email)),
            })
        }
    }
}

/// What the mail says now; `None` when it has no reason any more.
fn kind(
    conn: &mut Conn,
    elections: &mut Elections,
    mail: &OutboxMail,
    (secrets, pepper): (&Secrets, &[u8]),
    now_s: i64,
) -> Result<Option<Kind>, Error> {
    let to = mail.to()?;
    if mail.template == "signin" {
        return Ok(Some(Kind::Signin {
            officer: matches!(to, Subject::Account(_)),
        }));
    }
    let Some(election_id) = &mail.election_id else {
        return Ok(None);
    };
    let Some(election) = elections.find(conn, election_id)? else {
        return Ok(None);
    };
    if mail.template.starts_with("dispute-") {
        return about_dispute(conn, mail, election, now_s);
    }
    let Subject::Person(person_id) = to else {
        return Ok(None);
    };
    match mail.template.as_str() {
        "invitation" | "reminder" => {
            let reminder = mail.template == "reminder";
            let asked = is_asked(conn, person_id, &election, now_s, reminder)?;
            Ok(asked.then_some(Kind::Invitation { reminder, election }))
        }
        "code" => code(conn, mail, secrets, pepper, now_s)
            .map(|code| code.map(|code| Kind::Code { code, election })),
        "receipt" => receipt(conn, mail.subject_id.unwrap_or(-1), election),
        _ => Ok(None),
    }
}

fn about_dispute(
    conn: &mut Conn,
    mail: &OutboxMail,
    election: ElectionRow,
    now_s: i64,
) -> Result<Option<Kind>, Error> {
    let step = match mail.template.as_str() {
        "dispute-received" => DisputeStep::Received,
        "dispute-resolved" => DisputeStep::Resolved,
        _ => DisputeStep::Waits,
    };
    let dispute = dispute::find(conn, mail.subject_id.unwrap_or(-1), now_s)?;
    let has_reason = match step {
        DisputeStep::Received => true,
        DisputeStep::Resolved => dispute.resolution_index.is_some(),
        DisputeStep::Waits => dispute.outcome.is_none(),
    };
    Ok(has_reason.then(|| Kind::Dispute {
        step,
        dispute: Box::new(dispute),
        election,
    }))
}

fn receipt(conn: &mut Conn, leaf_index: i64, election: ElectionRow) -> Result<Option<Kind>, Error> {
    let Some(row) = signature::find(conn, leaf_index)?.filter(|row| row.state == "live") else {
        return Ok(None);
    };
    let covering = witness::find_covering(conn, ledger::to_u64(row.leaf_index)?)?;
    Ok(Some(Kind::Receipt {
        leaf_index: row.leaf_index,
        code: row.code,
        at_s: row.at_s,
        is_final: covering.is_some(),
        election,
    }))
}

/// Whether an election still waits for a person's signature.
fn is_asked(
    conn: &mut Conn,
    person_id: i64,
    election: &ElectionRow,
    now_s: i64,
    reminder: bool,
) -> Result<bool, Error> {
    let Some(member) = roster::find_member(conn, &election.id, person_id)? else {
        return Ok(false);
    };
    let stage = election::stage(election, now_s);
    let in_time = stage == Stage::Open || (stage == Stage::Before && !reminder);
    Ok(in_time && member.state == "required" && signature::find_live(conn, member.id)?.is_none())
}

/// Six fresh digits for what waits, their hash stored; `None` when nothing waits any more.
fn code(
    conn: &mut Conn,
    mail: &OutboxMail,
    secrets: &Secrets,
    pepper: &[u8],
    now_s: i64,
) -> Result<Option<String>, Error> {
    let code = signer::six_digits(secrets.digits);
    let hash = sign::code_hash(pepper, &secrets.salt, &code)?;
    let expires_s = now_s.saturating_add(signer::PENDING_S);
    let pending_id = mail.subject_id.unwrap_or(-1);
    let waits = signature::set_code(conn, pending_id, &secrets.salt, &hash, now_s, expires_s)?;
    Ok(waits.then_some(code))
}

/// Notes that mails left.
pub fn mark_sent(conn: &mut Conn, mails: &[OutboxMail], now_s: i64) -> Result<(), Error> {
    let ids: Vec<i64> = mails.iter().map(|mail| mail.id).collect();
    outbox::mark_sent(conn, &ids, now_s)?;
    for mail in mails.iter().filter(|mail| mail.template == "invitation") {
        if let (Some(person_id), Some(election_id)) = (mail.person_id, &mail.election_id)
            && let Some(member) = roster::find_member(conn, election_id, person_id)?
        {
            roster::note_invited(conn, member.id, now_s)?;
        }
    }
    Ok(())
}

/// Gives a mail up whose mailbox refused it for good.
pub fn mark_refused(conn: &mut Conn, mail: &OutboxMail, status: &str, now_s: i64) -> Result<(), Error> {
    outbox::mark_failed(conn, mail.id, status)?;
    if let Some(person_id) = mail.person_id {
        roster::note_bounced(conn, person_id, now_s)?;
    }
    Ok(())
}

/// Throws away links and sessions that ended more than a day ago. Run every hour.
pub fn sweep(conn: &mut Conn, now_s: i64) -> Result<(), Error> {
    Ok(account::sweep(conn, now_s.saturating_sub(24 * 3600))?)
}
