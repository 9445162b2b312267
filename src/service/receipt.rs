//! What a signer gets to keep: the receipt, the opening, the address in its QR code. Absent: the proof
//! ([`crate::service::proof`]), what strangers see.

use serde::Serialize;

use crate::domain::pact::PactText;
use crate::domain::person::Fragment;
use crate::domain::person::Opening;
use crate::domain::person::PersonOpening;
use crate::domain::signer::Salts;
use crate::domain::signer::Shown;
use crate::domain::text::Origin;
use crate::ledger::encoding;
use crate::ledger::hash::leaf_hash;
use crate::service::Error;
use crate::store::Conn;
use crate::store::election;
use crate::store::ledger;
use crate::store::roster;
use crate::store::roster::MemberRow;
use crate::store::signature;
use crate::store::signature::SignatureRow;

/// A signature as its signer sees it.
#[derive(Clone, Serialize)]
pub struct Receipt {
    /// Its entry.
    pub leaf_index: i64,
    /// Election.
    pub election_id: String,
    /// Its title.
    pub title: String,
    /// Its zone.
    pub zone: String,
    /// The code of `/v/CODE`.
    pub code: String,
    /// Title of the pact.
    pub pact_title: String,
    /// Version of the pact.
    pub pact_version: u64,
    /// SHA-256 of the pact, hex.
    pub pact_hash: String,
    /// The entry's minute, Unix seconds.
    pub at_s: i64,
    /// How the signer stepped up.
    pub method: String,
    /// `live`, `disputed` or `voided`.
    pub state: String,
    /// The signer's key, base64.
    pub key: String,
    /// The label, hex.
    pub label: String,
    /// The entry's leaf hash, hex.
    pub leaf_hash: String,
    /// Name as signed.
    pub name: String,
    /// Unit as signed.
    pub unit: String,
    /// Position as signed.
    pub position: String,
}

struct Found {
    member: MemberRow,
    row: SignatureRow,
}

/// A person's newest signature, in one election or in any.
fn find_row(conn: &mut Conn, person_id: i64, election_id: Option<&str>) -> Result<Found, Error> {
    let mut newest: Option<Found> = None;
    for member in roster::list_memberships(conn, person_id)? {
        if election_id.is_some_and(|id| id != member.election_id) {
            continue;
        }
        let last = signature::list_of_member(conn, member.id)?.pop();
        if let Some(row) = last
            && newest
                .as_ref()
                .is_none_or(|found| found.row.leaf_index < row.leaf_index)
        {
            newest = Some(Found { member, row });
        }
    }
    newest.ok_or(Error::NotFound)
}

/// The receipt of a person's newest signature, in one election or in any.
pub fn find(conn: &mut Conn, person_id: i64, election_id: Option<&str>) -> Result<Receipt, Error> {
    let Found { member, row } = find_row(conn, person_id, election_id)?;
    let missing = |what: &str| Error::Tampered(format!("{what} of signature {} is missing", row.leaf_index));
    let election = election::find(conn, &row.election_id)?.ok_or_else(|| missing("election"))?;
    let pact = election::find_pact(conn, &row.pact_hash)?.ok_or_else(|| missing("pact"))?;
    let pact = PactText::parse(&pact.text).map_err(|e| Error::Tampered(e.to_string()))?;
    let entry = ledger::find_entry(conn, ledger::to_u64(row.leaf_index)?)?.ok_or_else(|| missing("entry"))?;
    Ok(Receipt {
        leaf_index: row.leaf_index,
        election_id: row.election_id,
        title: election.title,
        zone: election.zone,
        code: row.code,
        pact_title: pact.title.as_str().to_owned(),
        pact_version: pact.version,
        pact_hash: encoding::encode_hex(&row.pact_hash),
        at_s: row.at_s,
        method: row.method,
        state: row.state,
        key: encoding::encode_base64(&row.public_key),
        label: member.label.map(|l| encoding::encode_hex(&l)).unwrap_or_default(),
        leaf_hash: leaf_hash(&entry).to_string(),
        name: row.name,
        unit: row.unit,
        position: row.position,
    })
}

/// The opening of a person's newest signature: for the signer's own session alone, never mailed.
pub fn opening(
    conn: &mut Conn,
    origin: &Origin,
    person_id: i64,
    election_id: Option<&str>,
) -> Result<Opening, Error> {
    let Found { member, row } = find_row(conn, person_id, election_id)?;
    let damaged = |what: &str| Error::Tampered(format!("{what} of signature {}", row.leaf_index));
    let shown = Shown::of(&row.nip, &row.name, &row.unit, &row.position).map_err(|_bad| damaged("words"))?;
    let salts = Salts::from_bytes(&row.salts).ok_or_else(|| damaged("salts"))?;
    let label = *ledger::to_hash(member.label.as_deref().unwrap_or_default())?.as_bytes();
    let person = match &member.label_salt {
        Some(salt) => Some(PersonOpening {
            number: row.nip.parse().map_err(|_bad| damaged("number"))?,
            salt: *ledger::to_hash(salt)?.as_bytes(),
        }),
        None => None,
    };
    let election = row.election_id.parse().map_err(|_bad| damaged("election"))?;
    Ok(shown.opening(&salts, origin.clone(), election, label, person))
}

/// The address in a printed receipt's QR code. Its fragment opens name and unit to whoever scans it; no server sees it.
pub fn qr_address(public_url: &str, code: &str, opening: &Opening) -> String {
    let fragment = Fragment::of(opening).map(|f| f.encode()).unwrap_or_default();
    format!("{public_url}/v/{code}#{fragment}")
}
