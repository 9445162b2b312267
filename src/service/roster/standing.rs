//! The people as they stand before an import: for the plan, and as a digest that shows whether they still stand so.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::domain::nip::Nip;
use crate::domain::roster::Duty;
use crate::domain::roster::Employment;
use crate::domain::roster::Exclusion;
use crate::domain::roster::plan::Known;
use crate::ledger::hash::Hash;
use crate::ledger::hash::sha256;
use crate::service::Error;
use crate::store::Conn;
use crate::store::roster::MemberRow;
use crate::store::roster::PersonRow;
use crate::store::roster::import as store;

/// Everybody known, as of now.
pub(super) struct Standing {
    /// For the plan, by person. Who has no place on this election's roster counts as not listed.
    pub(super) known: Vec<Known>,
    /// By person id.
    pub(super) people: HashMap<i64, (PersonRow, Option<MemberRow>)>,
    /// Members with a signature of any state: their label stays whatever their number becomes.
    pub(super) signed: HashSet<i64>,
    /// Of all of it.
    pub(super) digest: Hash,
}

impl Standing {
    pub(super) fn load(conn: &mut Conn, election_id: &str) -> Result<Self, Error> {
        let mut former: HashMap<i64, Vec<String>> = HashMap::new();
        for (nip, person_id) in store::list_aliases(conn)? {
            former.entry(person_id).or_default().push(nip);
        }
        let signed: HashSet<i64> = store::list_members_with_signature(conn, election_id)?
            .into_iter()
            .collect();
        let rows = store::list_known(conn, election_id)?;
        let mut bytes = Vec::with_capacity(rows.len().saturating_mul(300));
        let mut known = Vec::with_capacity(rows.len());
        let mut people = HashMap::with_capacity(rows.len());
        for (person, member) in rows {
            let former_nips = former.remove(&person.id).unwrap_or_default();
            let has_signed = member.as_ref().is_some_and(|m| signed.contains(&m.id));
            digest_row(&mut bytes, &person, member.as_ref(), has_signed);
            known.push(know(&person, member.as_ref(), former_nips)?);
            people.insert(person.id, (person, member));
        }
        Ok(Self {
            known,
            people,
            signed,
            digest: sha256(&[b"ikrar/roster-standing/v1\n", &bytes]),
        })
    }

    pub(super) fn member(&self, person_id: i64) -> Option<&MemberRow> {
        self.people.get(&person_id)?.1.as_ref()
    }
}

/// Every column that a plan looks at; U+001E and U+001D stand in no value.
fn digest_row(bytes: &mut Vec<u8>, person: &PersonRow, member: Option<&MemberRow>, has_signed: bool) {
    let id = person.id.to_string();
    let state = member.map_or("", |m| m.state.as_str());
    let reason = member.and_then(|m| m.reason.as_deref()).unwrap_or_default();
    let columns = [
        id.as_str(),
        &person.nip,
        &person.name,
        &person.unit_path,
        &person.position,
        &person.city,
        &person.grade,
        person.email.as_deref().unwrap_or_default(),
        &person.employment,
        state,
        reason,
        if has_signed { "signed" } else { "" },
    ];
    for column in columns {
        bytes.extend_from_slice(column.as_bytes());
        bytes.push(0x1e);
    }
    bytes.extend_from_slice(member.and_then(|m| m.label.as_deref()).unwrap_or_default());
    bytes.push(0x1d);
}

fn know(person: &PersonRow, member: Option<&MemberRow>, former_nips: Vec<String>) -> Result<Known, Error> {
    let damaged = |what: &str| Error::Tampered(format!("{what} of person {}", person.id));
    let duty = match member {
        None => Duty::Excluded(Exclusion::NotListed),
        Some(member) if member.state == "required" => Duty::Required,
        Some(member) => member
            .reason
            .as_deref()
            .and_then(Duty::from_key)
            .filter(|duty| *duty != Duty::Required)
            .ok_or_else(|| damaged("reason"))?,
    };
    Ok(Known {
        person_id: person.id,
        nip: Nip::parse(&person.nip).map_err(|_malformed| damaged("number"))?,
        former_nips,
        name: person.name.clone(),
        unit_path: split_path(&person.unit_path),
        position: person.position.clone(),
        city: person.city.clone(),
        grade: person.grade.clone(),
        email: person.email.clone(),
        employment: Employment::from_key(&person.employment).ok_or_else(|| damaged("employment"))?,
        duty,
    })
}

fn split_path(path: &str) -> Vec<String> {
    path.split('\u{1f}')
        .filter(|unit| !unit.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}
