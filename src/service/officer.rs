//! Officers: the log's beginning, accounts with their roles, and the keys that the ledger puts in force.

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;

use crate::domain::entry::Body;
use crate::domain::entry::By;
use crate::domain::entry::Genesis;
use crate::domain::entry::Officer;
use crate::domain::role::Role;
use crate::domain::role::Roles;
use crate::domain::text::Origin;
use crate::ledger::key;
use crate::ledger::note::Vkey;
use crate::service::Error;
use crate::service::act;
use crate::service::act::SignedAct;
use crate::store::Conn;
use crate::store::account;
use crate::store::ledger;
use crate::store::outbox;

pub use crate::store::account::Account;
pub use crate::store::account::OfficerKey;
pub use crate::store::account::find;
pub use crate::store::account::find_by_email;
pub use crate::store::account::find_key;
pub use crate::store::account::list;
pub use crate::store::account::list_keys;
pub use crate::store::account::list_keys_of;
pub use crate::store::account::list_roles;

/// Writes entry 0, with the command line's key as the first officer (hr and operator). Nothing where the log has begun.
pub fn begin(
    conn: &mut Conn,
    origin: &Origin,
    vkey: &Vkey,
    first: &SigningKey,
    nonce: [u8; 16],
    now_s: i64,
) -> Result<bool, Error> {
    if ledger::head(conn)?.size > 0 {
        return Ok(false);
    }
    let roles = Roles::of(&[Role::Hr, Role::Operator]).ok_or_else(|| Error::internal("no roles"))?;
    let public_key = first.verifying_key().to_bytes();
    let genesis = Genesis {
        origin: origin.clone(),
        vkey: vkey.to_string().parse().map_err(Error::internal)?,
        officers: vec![(public_key, roles)],
        nonce,
    };
    let appended = ledger::append(conn, now_s, Body::Genesis(genesis), Vec::new())?;
    account::insert_key(
        conn,
        &OfficerKey {
            public_key: public_key.to_vec(),
            account_id: None,
            device: "command line".to_owned(),
            state: "active".to_owned(),
            roles: roles.to_string(),
            requested_s: now_s,
            leaf_index: Some(ledger::to_i64(appended.leaf_index)?),
        },
    )?;
    Ok(true)
}

/// Signs a body with a key file: the command line's way to act.
pub fn sign_act(origin: &Origin, body: Body, key: &SigningKey) -> SignedAct {
    let signature = key.sign(&body.act_bytes(origin)).to_bytes();
    SignedAct {
        body,
        by: vec![By {
            key: key.verifying_key().to_bytes(),
            signature,
        }],
    }
}

/// Adds an account (or finds it), gives it roles over a unit's subtree (empty: everywhere) and queues a sign-in mail.
pub fn add(
    conn: &mut Conn,
    email: &str,
    name: &str,
    roles: &[Role],
    unit_path: &str,
    now_s: i64,
) -> Result<i64, Error> {
    if email.parse::<lettre::Address>().is_err() {
        return Err(Error::invalid("officer-problem-email"));
    }
    if name.trim().is_empty() || roles.is_empty() || roles.contains(&Role::Signer) {
        return Err(Error::invalid("officer-problem-roles"));
    }
    let id = match account::find_any_by_email(conn, email)? {
        Some(account) if account.disabled_s.is_some() => {
            return Err(Error::conflict("officer-problem-disabled"));
        }
        Some(account) => account.id,
        None => account::insert(conn, email, name, now_s)?,
    };
    for role in roles {
        account::add_role(conn, id, role.as_str(), unit_path)?;
    }
    outbox::insert(conn, "signin", account::Subject::Account(id), None, None, now_s)?;
    Ok(id)
}

/// The roles that an account's keys get in the ledger: all of its own.
pub fn roles_of(conn: &mut Conn, account_id: i64) -> Result<Roles, Error> {
    let roles: Vec<Role> = account::list_roles(conn, account_id)?
        .iter()
        .filter_map(|(role, _)| role.parse().ok())
        .collect();
    Roles::of(&roles).ok_or_else(|| Error::invalid("officer-problem-roles"))
}

/// Notes the key that an officer's browser made; it is of no use until an operator has entered it in the ledger.
pub fn request_key(
    conn: &mut Conn,
    account_id: i64,
    public_key: [u8; 32],
    device: &str,
    now_s: i64,
) -> Result<(), Error> {
    key::check_key(&public_key).map_err(|_weak| Error::invalid("officer-problem-key"))?;
    let roles = roles_of(conn, account_id)?;
    if let Some(known) = account::find_key(conn, &public_key)? {
        // The same officer asking again with the same key changes nothing.
        return if known.account_id == Some(account_id) {
            Ok(())
        } else {
            Err(Error::conflict("officer-problem-key"))
        };
    }
    let key = OfficerKey {
        public_key: public_key.to_vec(),
        account_id: Some(account_id),
        device: device.chars().take(80).collect(),
        state: "pending".to_owned(),
        roles: roles.to_string(),
        requested_s: now_s,
        leaf_index: None,
    };
    Ok(account::insert_key(conn, &key)?)
}

/// The act that would put a key in force, with the roles that its account has now.
pub fn draft_approval(conn: &mut Conn, public_key: [u8; 32], nonce: [u8; 16]) -> Result<Body, Error> {
    let known = account::find_key(conn, &public_key)?.ok_or(Error::NotFound)?;
    let roles = match known.account_id {
        Some(account_id) => roles_of(conn, account_id)?,
        None => known
            .roles
            .parse()
            .map_err(|_bad| Error::Tampered("roles of a key".to_owned()))?,
    };
    Ok(Body::Officer(Officer {
        key: public_key,
        roles: Some(roles),
        nonce,
    }))
}

/// The act that would end a key.
pub fn draft_end(conn: &mut Conn, public_key: [u8; 32], nonce: [u8; 16]) -> Result<Body, Error> {
    let known = account::find_key(conn, &public_key)?.ok_or(Error::NotFound)?;
    if known.state != "active" {
        return Err(Error::conflict("officer-problem-key-ended"));
    }
    check_remains(conn, &public_key)?;
    Ok(Body::Officer(Officer {
        key: public_key,
        roles: None,
        nonce,
    }))
}

/// Without any operator's key nobody could ever put another key in force: the last one stays.
fn check_remains(conn: &mut Conn, ending: &[u8; 32]) -> Result<(), Error> {
    let others = account::list_keys(conn, "active")?;
    let remains = others.iter().any(|key| {
        key.public_key != ending
            && key
                .roles
                .parse::<Roles>()
                .is_ok_and(|r| r.contains(Role::Operator))
    });
    if remains {
        Ok(())
    } else {
        Err(Error::conflict("officer-problem-last"))
    }
}

/// Puts an officer's key in force at once, approved by a key file: how a demo answers its officers, and how the command line
/// approves.
pub fn approve_with(
    conn: &mut Conn,
    origin: &Origin,
    public_key: [u8; 32],
    by: &SigningKey,
    nonce: [u8; 16],
    now_s: i64,
) -> Result<u64, Error> {
    let body = draft_approval(conn, public_key, nonce)?;
    enter_key(conn, origin, sign_act(origin, body, by), now_s)
}

/// An officer as the operator sees them.
#[derive(Clone, Debug)]
pub struct OfficerView {
    /// The account.
    pub account: Account,
    /// Roles, each with its unit's path; empty: the whole installation.
    pub roles: Vec<(String, String)>,
    /// Device keys, newest first.
    pub keys: Vec<OfficerKey>,
}

/// Every officer with roles and keys, by address.
pub fn list_views(conn: &mut Conn) -> Result<Vec<OfficerView>, Error> {
    let mut views = Vec::new();
    for account in account::list(conn)? {
        views.push(OfficerView {
            roles: account::list_roles(conn, account.id)?,
            keys: account::list_keys_of(conn, account.id)?,
            account,
        });
    }
    Ok(views)
}

/// Switches an account off: no sign-in any more, every session ends at once. Its keys stand in the ledger until they are ended there.
pub fn disable(conn: &mut Conn, account_id: i64, now_s: i64) -> Result<(), Error> {
    account::find(conn, account_id)?;
    account::disable(conn, account_id, now_s)?;
    account::revoke_sessions(conn, account::Subject::Account(account_id), now_s)?;
    Ok(())
}

/// Enters an `officer` act: a key comes in force, changes its roles or ends.
pub fn enter_key(conn: &mut Conn, origin: &Origin, act: SignedAct, now_s: i64) -> Result<u64, Error> {
    let Body::Officer(officer) = &act.body else {
        return Err(Error::invalid("act-problem-malformed"));
    };
    let (public_key, roles) = (officer.key, officer.roles);
    if account::find_key(conn, &public_key)?.is_none() {
        return Err(Error::NotFound);
    }
    if !roles.is_some_and(|roles| roles.contains(Role::Operator)) {
        check_remains(conn, &public_key)?;
    }
    let appended = act::admit(conn, origin, act, now_s)?;
    let (state, roles) = match roles {
        Some(roles) => ("active", roles.to_string()),
        None => ("ended", String::new()),
    };
    account::update_key(
        conn,
        &public_key,
        state,
        &roles,
        ledger::to_i64(appended.leaf_index)?,
    )?;
    Ok(appended.leaf_index)
}
