//! Writing a confirmed import: acts into the ledger, people and memberships into the tables, all in one transaction.

use std::collections::HashMap;

use crate::domain::entry::Body;
use crate::domain::roster::Exclusion;
use crate::domain::text::Origin;
use crate::service::Error;
use crate::service::act;
use crate::service::act::SignedAct;
use crate::service::roster::Change;
use crate::service::roster::Content;
use crate::service::roster::Counts;
use crate::service::roster::Kind;
use crate::service::roster::content;
use crate::service::roster::find;
use crate::service::roster::moved;
use crate::service::roster::open_election;
use crate::service::roster::standing::Standing;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::roster;
use crate::store::roster::import as store;
use crate::store::signature;

/// Writes what was previewed, with its acts signed, in their order. [`Error::Conflict`] when the people do not stand any more as
/// they stood for the preview: nothing is written then, and the file is to be read again.
pub fn confirm(
    conn: &mut Conn,
    origin: &Origin,
    id: i64,
    acts: Vec<SignedAct>,
    now_s: i64,
) -> Result<Counts, Error> {
    let import = find(conn, id)?;
    let counts = Counts::of(&import)?;
    let content = content(conn, id)?;
    act::check_people(conn)?;
    open_election(conn, &import.election_id)?;
    let standing = Standing::load(conn, &import.election_id)?;
    if hex::encode(standing.digest.as_bytes()) != content.standing {
        return Err(Error::conflict("roster-problem-changed"));
    }
    let entered = enter(conn, origin, &content, acts, now_s)?;
    let writer = Writer {
        election_id: &import.election_id,
        entered,
        now_s,
    };
    // Numbers are unique: who leaves one makes room before who takes it.
    let (renumbered, others): (Vec<&Change>, Vec<&Change>) = content
        .changes
        .iter()
        .partition(|change| change.kind == Kind::Renumbered);
    for change in renumbered.into_iter().chain(others) {
        writer.write(conn, change)?;
    }
    moved(store::move_import(
        conn,
        id,
        ("preview", "confirmed"),
        &import.counts,
        None,
        Some(now_s),
    )?)?;
    Ok(counts)
}

/// Where each label was entered.
#[derive(Default)]
struct Entered {
    on: HashMap<String, i64>,
    off: HashMap<String, i64>,
}

/// Admits the acts; each must be exactly the one prepared.
fn enter(
    conn: &mut Conn,
    origin: &Origin,
    content: &Content,
    acts: Vec<SignedAct>,
    now_s: i64,
) -> Result<Entered, Error> {
    if acts.len() != content.acts.len() {
        return Err(Error::invalid("roster-problem-acts"));
    }
    let mut entered = Entered::default();
    for (act, prepared) in acts.into_iter().zip(&content.acts) {
        if act.body.act_bytes(origin) != prepared.text.as_bytes() {
            return Err(Error::invalid("roster-problem-acts"));
        }
        let Body::Roster(roster) = act.body.clone() else {
            return Err(Error::invalid("roster-problem-acts"));
        };
        let appended = act::admit(conn, origin, act, now_s)?;
        let index = ledger::to_i64(appended.leaf_index)?;
        entered
            .on
            .extend(roster.add.iter().map(|label| (hex::encode(label), index)));
        entered
            .off
            .extend(roster.off.iter().map(|(label, _)| (hex::encode(label), index)));
    }
    Ok(entered)
}

struct Writer<'a> {
    election_id: &'a str,
    entered: Entered,
    now_s: i64,
}

impl Writer<'_> {
    fn write(&self, conn: &mut Conn, change: &Change) -> Result<(), Error> {
        let person_id = self.write_person(conn, change)?;
        for nip in [&change.old_nip, &change.former_nip].into_iter().flatten() {
            if *nip != change.nip {
                store::insert_alias(conn, nip, person_id)?;
            }
        }
        self.write_member(conn, change, person_id)
    }

    fn write_person(&self, conn: &mut Conn, change: &Change) -> Result<i64, Error> {
        if let (Kind::Gone, Some(id)) = (change.kind, change.person_id) {
            return Ok(id);
        }
        let search = format!(
            "{} {} {} {} {}",
            change.name, change.nip, change.unit, change.position, change.city
        )
        .to_lowercase();
        let person = store::PersonContent {
            nip: &change.nip,
            name: &change.name,
            unit: &change.unit,
            unit_path: &change.unit_path,
            position: &change.position,
            city: &change.city,
            grade: &change.grade,
            email: change.email.as_deref(),
            employment: &change.employment,
            search: &search,
            updated_s: self.now_s,
        };
        Ok(match change.person_id {
            None => store::insert_person(conn, &person)?,
            Some(id) => {
                store::update_person(conn, id, &person)?;
                if change.diffs.iter().any(|diff| diff.field == "email") {
                    roster::clear_bounced(conn, id)?;
                }
                id
            }
        })
    }

    fn write_member(&self, conn: &mut Conn, change: &Change, person_id: i64) -> Result<(), Error> {
        let label = bytes(change.add.as_deref())?;
        let salt = bytes(change.salt.as_deref())?;
        let entered = |label: &Option<String>, places: &HashMap<String, i64>| {
            label.as_ref().map(|label| {
                places
                    .get(label)
                    .copied()
                    .ok_or_else(|| Error::internal("a label that no act entered"))
            })
        };
        let added_index = entered(&change.add, &self.entered.on).transpose()?;
        let off_index = entered(&change.off, &self.entered.off).transpose()?;
        let reason = Exclusion::from_key(&change.duty).map(Exclusion::key);
        let state = if reason.is_some() { "excluded" } else { "required" };
        let Some(member_id) = change.member_id else {
            let member = store::NewMember {
                election_id: self.election_id,
                person_id,
                label: label.as_deref(),
                label_salt: salt.as_deref(),
                state,
                reason,
                added_index,
            };
            return Ok(store::insert_member(conn, &member)?);
        };
        if change.add.is_some() || change.off.is_some() {
            // What is pending was signed for a label that has gone off.
            signature::delete_pending(conn, member_id)?;
        }
        let is_on_again = change.add.is_some();
        Ok(store::update_member(
            conn,
            member_id,
            &store::MemberChange {
                state,
                reason: Some(reason),
                label: if salt.is_some() { label.as_deref() } else { None },
                label_salt: salt.as_deref(),
                added_index,
                off_index: if is_on_again {
                    Some(None)
                } else {
                    off_index.map(Some)
                },
            },
        )?)
    }
}

fn bytes(hexed: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
    hexed.map(hex::decode).transpose().map_err(Error::internal)
}
