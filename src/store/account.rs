//! Officers' accounts, roles and keys; sign-in links and sessions of officers and signers. Tokens are kept as hashes only.

use diesel::prelude::*;

use crate::ledger::hash::Hash;
use crate::store::Conn;
use crate::store::StoreError;
use crate::store::conn::on_database;
use crate::store::roster::PersonRow;
use crate::store::schema::account;
use crate::store::schema::account_role;
use crate::store::schema::officer_key;
use crate::store::schema::person;
use crate::store::schema::session;
use crate::store::schema::signin_link;

/// An officer's account.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = account)]
pub struct Account {
    /// Row id.
    pub id: i64,
    /// Sign-in address, lower case.
    pub email: String,
    /// Name shown to other officers.
    pub name: String,
    /// Unix seconds.
    pub created_s: i64,
    /// Unix seconds, when it was switched off.
    pub disabled_s: Option<i64>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.id)
    }
}

/// A device key of an officer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = officer_key)]
pub struct OfficerKey {
    /// 32 bytes, Ed25519.
    pub public_key: Vec<u8>,
    /// Whose; none for a key file of the command line.
    pub account_id: Option<i64>,
    /// What the officer calls the device.
    pub device: String,
    /// `pending`, `active` or `ended`.
    pub state: String,
    /// Roles as the ledger has them, joined by commas.
    pub roles: String,
    /// Unix seconds.
    pub requested_s: i64,
    /// The entry that put it in force.
    pub leaf_index: Option<i64>,
}

/// Who a link or a session is for: exactly one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A signer, by row id of the person.
    Person(i64),
    /// An officer, by row id of the account.
    Account(i64),
}

impl Subject {
    fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Person(id) => (Some(id), None),
            Self::Account(id) => (None, Some(id)),
        }
    }

    fn from_columns(person_id: Option<i64>, account_id: Option<i64>) -> Result<Self, StoreError> {
        match (person_id, account_id) {
            (Some(id), None) => Ok(Self::Person(id)),
            (None, Some(id)) => Ok(Self::Account(id)),
            _ => Err(StoreError::Damaged("a session of nobody, or of two".to_owned())),
        }
    }
}

/// A one-time sign-in link as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigninLink {
    /// Whom it lets in.
    pub subject: Subject,
    /// Unix seconds.
    pub expires_s: i64,
    /// Unix seconds, when it was used.
    pub used_s: Option<i64>,
}

/// A session as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub subject: Subject,
    /// Unix seconds.
    pub created_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
}

/// Adds an account; [`StoreError::Conflict`] where the address is taken.
pub fn insert(conn: &mut Conn, email: &str, name: &str, now_s: i64) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(account::table)
        .values((
            account::email.eq(email.to_lowercase()),
            account::name.eq(name),
            account::created_s.eq(now_s),
        ))
        .returning(account::id)
        .get_result(conn)?)
}

/// An account by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Account, StoreError> {
    Ok(account::table.find(id).select(account::all_columns).first(conn)?)
}

/// An account that is not switched off, by address.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>, StoreError> {
    Ok(account::table
        .filter(account::email.eq(email.to_lowercase()))
        .filter(account::disabled_s.is_null())
        .select(account::all_columns)
        .first(conn)
        .optional()?)
}

/// An account by address, switched off or not: an address stays taken.
pub fn find_any_by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>, StoreError> {
    Ok(account::table
        .filter(account::email.eq(email.to_lowercase()))
        .select(account::all_columns)
        .first(conn)
        .optional()?)
}

/// Switches an account off.
pub fn disable(conn: &mut Conn, id: i64, now_s: i64) -> Result<(), StoreError> {
    diesel::update(account::table.find(id))
        .filter(account::disabled_s.is_null())
        .set(account::disabled_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(())
}

/// All accounts by address.
pub fn list(conn: &mut Conn) -> Result<Vec<Account>, StoreError> {
    Ok(account::table
        .order(account::email)
        .select(account::all_columns)
        .load(conn)?)
}

/// Gives a role over a unit's subtree; `unit_path` empty is the whole installation. Giving it twice changes nothing.
pub fn add_role(conn: &mut Conn, account_id: i64, role: &str, unit_path: &str) -> Result<(), StoreError> {
    let there: i64 = account_role::table
        .filter(account_role::account_id.eq(account_id))
        .filter(account_role::role.eq(role))
        .filter(account_role::unit_path.eq(unit_path))
        .count()
        .get_result(conn)?;
    if there == 0 {
        diesel::insert_into(account_role::table)
            .values((
                account_role::account_id.eq(account_id),
                account_role::role.eq(role),
                account_role::unit_path.eq(unit_path),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Roles and the subtree each holds for.
pub fn list_roles(conn: &mut Conn, account_id: i64) -> Result<Vec<(String, String)>, StoreError> {
    Ok(account_role::table
        .filter(account_role::account_id.eq(account_id))
        .order((account_role::role, account_role::unit_path))
        .select((account_role::role, account_role::unit_path))
        .load(conn)?)
}

/// Notes a key that its officer made; [`StoreError::Conflict`] where it is known already.
pub fn insert_key(conn: &mut Conn, key: &OfficerKey) -> Result<(), StoreError> {
    diesel::insert_into(officer_key::table)
        .values((
            officer_key::public_key.eq(&key.public_key),
            officer_key::account_id.eq(key.account_id),
            officer_key::device.eq(&key.device),
            officer_key::state.eq(&key.state),
            officer_key::roles.eq(&key.roles),
            officer_key::requested_s.eq(key.requested_s),
            officer_key::leaf_index.eq(key.leaf_index),
        ))
        .execute(conn)?;
    Ok(())
}

/// A key by its bytes.
pub fn find_key(conn: &mut Conn, public_key: &[u8]) -> Result<Option<OfficerKey>, StoreError> {
    Ok(officer_key::table
        .find(public_key.to_vec())
        .select(officer_key::all_columns)
        .first(conn)
        .optional()?)
}

/// Keys in a state, oldest request first.
pub fn list_keys(conn: &mut Conn, state: &str) -> Result<Vec<OfficerKey>, StoreError> {
    Ok(officer_key::table
        .filter(officer_key::state.eq(state))
        .order(officer_key::requested_s)
        .select(officer_key::all_columns)
        .load(conn)?)
}

/// Keys of one account, newest first.
pub fn list_keys_of(conn: &mut Conn, account_id: i64) -> Result<Vec<OfficerKey>, StoreError> {
    Ok(officer_key::table
        .filter(officer_key::account_id.eq(account_id))
        .order(officer_key::requested_s.desc())
        .select(officer_key::all_columns)
        .load(conn)?)
}

/// Records what the ledger now says of a key.
pub fn update_key(
    conn: &mut Conn,
    public_key: &[u8],
    state: &str,
    roles: &str,
    leaf_index: i64,
) -> Result<(), StoreError> {
    diesel::update(officer_key::table.find(public_key.to_vec()))
        .set((
            officer_key::state.eq(state),
            officer_key::roles.eq(roles),
            officer_key::leaf_index.eq(Some(leaf_index)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps the hash of a fresh link.
pub fn insert_link(
    conn: &mut Conn,
    token_hash: &Hash,
    subject: Subject,
    now_s: i64,
    expires_s: i64,
) -> Result<(), StoreError> {
    let (person_id, account_id) = subject.columns();
    diesel::insert_into(signin_link::table)
        .values((
            signin_link::token_hash.eq(token_hash.as_bytes().to_vec()),
            signin_link::person_id.eq(person_id),
            signin_link::account_id.eq(account_id),
            signin_link::created_s.eq(now_s),
            signin_link::expires_s.eq(expires_s),
        ))
        .execute(conn)?;
    Ok(())
}

/// A link by its hash.
pub fn find_link(conn: &mut Conn, token_hash: &Hash) -> Result<Option<SigninLink>, StoreError> {
    let row = signin_link::table
        .find(token_hash.as_bytes().to_vec())
        .select((
            signin_link::person_id,
            signin_link::account_id,
            signin_link::expires_s,
            signin_link::used_s,
        ))
        .first::<(Option<i64>, Option<i64>, i64, Option<i64>)>(conn)
        .optional()?;
    row.map(|(person_id, account_id, expires_s, used_s)| {
        Ok(SigninLink {
            subject: Subject::from_columns(person_id, account_id)?,
            expires_s,
            used_s,
        })
    })
    .transpose()
}

/// Uses a link up; false when somebody was first.
pub fn use_link(conn: &mut Conn, token_hash: &Hash, now_s: i64) -> Result<bool, StoreError> {
    let used = diesel::update(signin_link::table.find(token_hash.as_bytes().to_vec()))
        .filter(signin_link::used_s.is_null())
        .set(signin_link::used_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(used == 1)
}

/// How many links were made for somebody since a time: the rate limit of an account.
pub fn count_links_since(conn: &mut Conn, subject: Subject, since_s: i64) -> Result<i64, StoreError> {
    let recent = signin_link::table.filter(signin_link::created_s.ge(since_s));
    Ok(match subject {
        Subject::Person(id) => recent
            .filter(signin_link::person_id.eq(id))
            .count()
            .get_result(conn)?,
        Subject::Account(id) => recent
            .filter(signin_link::account_id.eq(id))
            .count()
            .get_result(conn)?,
    })
}

/// Keeps the hash of a fresh session's token.
pub fn insert_session(conn: &mut Conn, token_hash: &Hash, session: &Session) -> Result<(), StoreError> {
    let (person_id, account_id) = session.subject.columns();
    diesel::insert_into(session::table)
        .values((
            session::token_hash.eq(token_hash.as_bytes().to_vec()),
            session::person_id.eq(person_id),
            session::account_id.eq(account_id),
            session::created_s.eq(session.created_s),
            session::seen_s.eq(session.created_s),
            session::expires_s.eq(session.expires_s),
        ))
        .execute(conn)?;
    Ok(())
}

/// A session that is neither expired nor revoked.
pub fn find_session(conn: &mut Conn, token_hash: &Hash, now_s: i64) -> Result<Option<Session>, StoreError> {
    let row = session::table
        .find(token_hash.as_bytes().to_vec())
        .filter(session::expires_s.gt(now_s))
        .filter(session::revoked_s.is_null())
        .select((
            session::person_id,
            session::account_id,
            session::created_s,
            session::expires_s,
        ))
        .first::<(Option<i64>, Option<i64>, i64, i64)>(conn)
        .optional()?;
    row.map(|(person_id, account_id, created_s, expires_s)| {
        Ok(Session {
            subject: Subject::from_columns(person_id, account_id)?,
            created_s,
            expires_s,
        })
    })
    .transpose()
}

/// Whose session it is, where it is a signer's that is neither expired nor revoked.
pub fn find_session_person(
    conn: &mut Conn,
    token_hash: &Hash,
    now_s: i64,
) -> Result<Option<PersonRow>, StoreError> {
    on_database!(conn, |conn| {
        Ok(session::table
            .inner_join(person::table)
            .filter(session::token_hash.eq(token_hash.as_bytes().to_vec()))
            .filter(session::expires_s.gt(now_s))
            .filter(session::revoked_s.is_null())
            .select(PersonRow::as_select())
            .first(conn)
            .optional()?)
    })
}

/// Ends one session.
pub fn revoke_session(conn: &mut Conn, token_hash: &Hash, now_s: i64) -> Result<(), StoreError> {
    diesel::update(session::table.find(token_hash.as_bytes().to_vec()))
        .set(session::revoked_s.eq(Some(now_s)))
        .execute(conn)?;
    Ok(())
}

/// Ends every session of somebody.
pub fn revoke_sessions(conn: &mut Conn, subject: Subject, now_s: i64) -> Result<usize, StoreError> {
    let open = diesel::update(session::table).filter(session::revoked_s.is_null());
    Ok(match subject {
        Subject::Person(id) => open
            .filter(session::person_id.eq(id))
            .set(session::revoked_s.eq(Some(now_s)))
            .execute(conn)?,
        Subject::Account(id) => open
            .filter(session::account_id.eq(id))
            .set(session::revoked_s.eq(Some(now_s)))
            .execute(conn)?,
    })
}

/// Throws away links and sessions that ended before a time.
pub fn sweep(conn: &mut Conn, ended_before_s: i64) -> Result<(), StoreError> {
    diesel::delete(signin_link::table.filter(signin_link::expires_s.lt(ended_before_s))).execute(conn)?;
    diesel::delete(session::table.filter(session::expires_s.lt(ended_before_s))).execute(conn)?;
    Ok(())
}
