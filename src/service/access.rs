//! Who gets in: one-time links, sessions, and what a signed-in subject may do.
//!
//! A link is a secret made when its mail is sent; only its hash is stored. A session is a random token in a cookie; only its
//! hash is stored, and revoking it works at once.

use crate::domain::role::Action;
use crate::domain::role::Role;
use crate::domain::role::Scope;
use crate::domain::role::UnitPath;
use crate::domain::role::may;
use crate::ledger::hash::Hash;
use crate::ledger::hash::sha256;
use crate::service::Error;
use crate::store::Conn;
use crate::store::account;
use crate::store::outbox;
use crate::store::roster;
use crate::store::roster::PersonRow;

pub use crate::store::account::Account;
pub use crate::store::account::Subject;
pub use crate::store::account::find as find_account;
pub use crate::store::account::find_by_email as find_account_by_email;

/// How long a mailed link works, seconds.
pub const LINK_S: i64 = 72 * 3600;
/// How long a link works that somebody asked for on the sign-in page, seconds.
pub const SIGNIN_LINK_S: i64 = 30 * 60;
/// How long a session lasts, seconds.
pub const SESSION_S: i64 = 8 * 3600;
/// How many links one person or account can be sent within [`LINK_WINDOW_S`].
pub const LINKS_MAX: i64 = 5;
/// The window of [`LINKS_MAX`], seconds.
pub const LINK_WINDOW_S: i64 = 3600;

/// A 32-byte random secret that goes out once, base64url in a link or a cookie.
pub type Token = [u8; 32];

/// What the database keeps of a token.
pub fn token_hash(token: &Token) -> Hash {
    sha256(&[b"ikrar/token/v1\n", token])
}

/// An officer with what they may do, and for which part of the ministry.
#[derive(Clone, Debug)]
pub struct Officer {
    /// The account.
    pub account: Account,
    /// Roles with their scope.
    pub roles: Vec<(Role, Scope)>,
}

impl Officer {
    /// Whether any of the roles allows an action on a unit (`None`: on the installation as a whole).
    pub fn may(&self, action: Action, unit: Option<&UnitPath>) -> bool {
        self.roles
            .iter()
            .any(|(role, scope)| may(*role, scope, action, unit))
    }

    /// [`Error::Forbidden`] unless [`Officer::may`].
    pub fn check(&self, action: Action, unit: Option<&UnitPath>) -> Result<(), Error> {
        if self.may(action, unit) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }
}

/// Loads an officer with roles.
pub fn officer(conn: &mut Conn, account_id: i64) -> Result<Officer, Error> {
    let account = account::find(conn, account_id)?;
    if account.disabled_s.is_some() {
        return Err(Error::Forbidden);
    }
    let mut roles = Vec::new();
    for (role, unit_path) in account::list_roles(conn, account_id)? {
        let role = role
            .parse()
            .map_err(|_unknown| Error::Tampered(format!("role {role} of an account")))?;
        let scope = if unit_path.is_empty() {
            Scope::Installation
        } else {
            Scope::Unit(UnitPath::new(&unit_path))
        };
        roles.push((role, scope));
    }
    Ok(Officer { account, roles })
}

/// Answers the sign-in page: queues a link to every subject of this address, and says nothing about whether there was any.
///
/// A mailbox that several persons share gets none: it proves nobody.
pub fn request_link(conn: &mut Conn, email: &str, now_s: i64) -> Result<(), Error> {
    let mut subjects = Vec::new();
    if let Some(account) = account::find_by_email(conn, email)? {
        subjects.push(Subject::Account(account.id));
    }
    if let [person] = roster::list_persons_by_email(conn, email)?.as_slice() {
        subjects.push(Subject::Person(person.id));
    }
    for subject in subjects {
        // Mails that wait count as well, else a burst of requests would overtake the limit before the first link is made.
        let made = account::count_links_since(conn, subject, now_s.saturating_sub(LINK_WINDOW_S))?;
        let waiting = outbox::count_waiting(conn, subject, "signin")?;
        if made.saturating_add(waiting) < LINKS_MAX {
            outbox::insert(conn, "signin", subject, None, None, now_s)?;
        }
    }
    Ok(())
}

/// Stores a fresh link for somebody: called when the mail is sent.
pub fn make_link(
    conn: &mut Conn,
    subject: Subject,
    token: &Token,
    now_s: i64,
    valid_s: i64,
) -> Result<(), Error> {
    Ok(account::insert_link(
        conn,
        &token_hash(token),
        subject,
        now_s,
        now_s.saturating_add(valid_s),
    )?)
}

/// What the GET page of a link shows: it never uses the link up, since mail scanners open links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It works.
    Ready(Subject),
    /// It worked once.
    Used,
    /// It is too old.
    Expired,
    /// There is none such.
    Unknown,
}

/// The state of a link.
pub fn link_state(conn: &mut Conn, token: &Token, now_s: i64) -> Result<LinkState, Error> {
    Ok(match account::find_link(conn, &token_hash(token))? {
        None => LinkState::Unknown,
        Some(link) if link.used_s.is_some() => LinkState::Used,
        Some(link) if link.expires_s <= now_s => LinkState::Expired,
        Some(link) => LinkState::Ready(link.subject),
    })
}

/// Uses a link up and opens a session under a fresh token; `None` when it no longer works.
pub fn enter(conn: &mut Conn, link: &Token, session: &Token, now_s: i64) -> Result<Option<Subject>, Error> {
    let LinkState::Ready(subject) = link_state(conn, link, now_s)? else {
        return Ok(None);
    };
    if !account::use_link(conn, &token_hash(link), now_s)? {
        return Ok(None);
    }
    if let Subject::Person(person_id) = subject {
        roster::note_opened(conn, person_id, now_s)?;
    }
    let row = account::Session {
        subject,
        created_s: now_s,
        expires_s: now_s.saturating_add(SESSION_S),
    };
    account::insert_session(conn, &token_hash(session), &row)?;
    Ok(Some(subject))
}

/// Whose session a token is, if it is a signer's.
pub fn person_of(conn: &mut Conn, session: &Token, now_s: i64) -> Result<Option<PersonRow>, Error> {
    Ok(account::find_session_person(conn, &token_hash(session), now_s)?)
}

/// Whose session a token is, if it is any.
pub fn subject_of(conn: &mut Conn, session: &Token, now_s: i64) -> Result<Option<Subject>, Error> {
    Ok(account::find_session(conn, &token_hash(session), now_s)?.map(|s| s.subject))
}

/// Ends a session.
pub fn leave(conn: &mut Conn, session: &Token, now_s: i64) -> Result<(), Error> {
    Ok(account::revoke_session(conn, &token_hash(session), now_s)?)
}

/// Ends every session of somebody, e.g. after a lost phone.
pub fn leave_everywhere(conn: &mut Conn, subject: Subject, now_s: i64) -> Result<usize, Error> {
    Ok(account::revoke_sessions(conn, subject, now_s)?)
}
