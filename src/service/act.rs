//! An officer's act comes into the ledger: the author's key in force, a strict signature, own lines never seen before.
//!
//! Every authored kind goes through [`admit`]; what the act then changes in the tables is the business of the file that knows
//! the kind ([`crate::service::officer`], [`crate::service::election`], [`crate::service::roster`]). Kinds that two officers author
//! come here by [`crate::service::joint_act`].

use crate::domain::entry::Authorship;
use crate::domain::entry::Body;
use crate::domain::entry::By;
use crate::domain::role::Roles;
use crate::domain::text::Origin;
use crate::ledger::hash::sha256;
use crate::service::Error;
use crate::store::Conn;
use crate::store::account;
use crate::store::account::OfficerKey;
use crate::store::ledger;
use crate::store::ledger::Appended;

/// A signed act as a browser or the command line hands it in.
#[derive(Clone, Debug)]
pub struct SignedAct {
    /// What is to be recorded.
    pub body: Body,
    /// The authors' signatures, ascending by key.
    pub by: Vec<By>,
}

impl SignedAct {
    /// Reads an act's text and its author's signature.
    pub fn parse(origin: &Origin, act: &[u8], key: [u8; 32], signature: [u8; 64]) -> Result<Self, Error> {
        let (of, body) =
            Body::parse_act(act).map_err(|_malformed| Error::invalid("act-problem-malformed"))?;
        if of != *origin {
            return Err(Error::invalid("act-problem-origin"));
        }
        Ok(Self {
            body,
            by: vec![By { key, signature }],
        })
    }
}

/// Refuses where rosters stand in the ledger but nobody in the database: made from tiles alone, it does not know who is meant,
/// would count nobody and ask everybody again.
pub(crate) fn check_people(conn: &mut Conn) -> Result<(), Error> {
    if crate::store::rebuild::lacks_people(conn)? {
        return Err(Error::Tampered(
            "this database was made from tiles alone: who is on the rosters comes back from a backup"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Appends an authored entry after checking its authors.
pub fn admit(conn: &mut Conn, origin: &Origin, act: SignedAct, now_s: i64) -> Result<Appended, Error> {
    let authorship = act
        .body
        .authorship()
        .ok_or_else(|| Error::invalid("act-problem-malformed"))?;
    if authorship.count != act.by.len() {
        return Err(Error::invalid("act-problem-authors"));
    }
    if !matches!(act.body, Body::Roster(_) | Body::Officer(_)) {
        check_people(conn)?;
    }
    let bytes = act.body.act_bytes(origin);
    for by in &act.by {
        check_author(conn, authorship, by, &bytes)?;
    }
    let own_lines = sha256(&[&act.body.own_lines()]);
    let appended = ledger::append(conn, now_s, act.body, act.by)?;
    ledger::insert_act(conn, &own_lines, appended.leaf_index)?;
    Ok(appended)
}

/// The author's key, once it is in force for such an act and its signature verifies strictly.
pub(crate) fn check_author(
    conn: &mut Conn,
    authorship: Authorship,
    by: &By,
    act: &[u8],
) -> Result<OfficerKey, Error> {
    let key = account::find_key(conn, &by.key)?.filter(|key| key.state == "active");
    let may = |key: &OfficerKey| {
        let roles = key.roles.parse::<Roles>();
        roles.is_ok_and(|roles| roles.any_of(authorship.roles))
    };
    let key = key.filter(may).ok_or_else(|| Error::invalid("act-problem-key"))?;
    if by.verifies(act) {
        Ok(key)
    } else {
        Err(Error::invalid("act-problem-signature"))
    }
}
