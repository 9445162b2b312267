//! People of a roster, and a signer's device. All of them are invented.

use diesel::prelude::*;
use ed25519_dalek::Signer as _;
use ed25519_dalek::SigningKey;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::person;
use ikrar::domain::person::Digests;
use ikrar::domain::person::Field;
use ikrar::domain::statement::After;
use ikrar::domain::statement::Method;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::digest;
use ikrar::ledger::encoding::encode_base64;
use ikrar::ledger::encoding::encode_hex;
use ikrar::service::election;
use ikrar::service::publish;
use ikrar::service::roster;
use ikrar::store::schema;

use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::Page;
use crate::harness::TestPortal;

/// A person of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Row id.
    pub(crate) id: i64,
    /// 18 digits.
    pub(crate) nip: String,
    /// Name.
    pub(crate) name: String,
    /// Unit.
    pub(crate) unit: String,
    /// Position.
    pub(crate) position: String,
    /// Address.
    pub(crate) email: String,
}

/// An entry takes no more labels than it has bytes for.
const ENTRY_PEOPLE_MAX: usize = 500;

const NAMES: [&str; 8] = [
    "Ani Lestari",
    "Budi Santoso",
    "Citra Wulandari",
    "Dewi Anggraini",
    "Eko Prasetyo",
    "Fitri Handayani",
    "Galih Nugroho",
    "Hadi Susanto",
];

/// Puts so many people on the roster of [`ELECTION`], each with a label of its own.
pub(super) fn enrol(portal: &TestPortal, count: usize) -> Vec<Person> {
    let mut people: Vec<Person> = (0..count).map(invent).collect();
    let rows = people.clone();
    let ids = portal
        .write(move |conn| {
            let ids: QueryResult<Vec<i64>> = rows.iter().map(|row| insert(conn, row)).collect();
            Ok(ids.map_err(ikrar::service::StoreError::from)?)
        })
        .unwrap();
    for (person, id) in people.iter_mut().zip(ids) {
        person.id = id;
    }
    for part in people.chunks(ENTRY_PEOPLE_MAX) {
        enter(portal, part);
    }
    people
}

/// Puts some people on the roster, in one entry.
fn enter(portal: &TestPortal, people: &[Person]) {
    let election = ELECTION.parse().unwrap();
    let labels: Vec<(i64, [u8; 32], [u8; 32])> = people
        .iter()
        .map(|p| {
            let salt = digest(&[b"test salt", p.nip.as_bytes()]);
            let number = p.nip.parse().unwrap();
            let label = person::label(&salt, &portal.origin(), &election, &number);
            (p.id, salt, label)
        })
        .collect();
    let mut add: Vec<[u8; 32]> = labels.iter().map(|(_, _, label)| *label).collect();
    add.sort_unstable();
    let body = Body::Roster(entry::Roster {
        election,
        add,
        off: Vec::new(),
        nonce: portal.nonce(),
    });
    portal
        .act(body, move |conn, origin, act, now_s| {
            let appended = ikrar::service::act::admit(conn, origin, act, now_s)?;
            let index = i64::try_from(appended.leaf_index).unwrap();
            for (id, salt, label) in labels {
                insert_member(conn, id, &salt, &label, index).map_err(ikrar::service::StoreError::from)?;
            }
            Ok(appended.leaf_index)
        })
        .unwrap();
}

fn invent(index: usize) -> Person {
    let name = NAMES[index % NAMES.len()];
    let given = name.split(' ').next().unwrap().to_lowercase();
    Person {
        id: 0,
        // 999 of one birthday.
        nip: format!(
            "1985{:02}12201001{}{:03}",
            (4 + index / 999 - 1) % 12 + 1,
            1 + index % 2,
            index % 999 + 1
        ),
        name: name.to_owned(),
        unit: "Direktorat Layanan Publik".to_owned(),
        position: "Analis Kebijakan".to_owned(),
        email: format!("{given}{index}@kementerian.example"),
    }
}

fn insert(conn: &mut ikrar::service::Conn, row: &Person) -> QueryResult<i64> {
    use schema::person::dsl;
    diesel::insert_into(dsl::person)
        .values((
            dsl::nip.eq(&row.nip),
            dsl::name.eq(&row.name),
            dsl::unit.eq(&row.unit),
            dsl::unit_path.eq(&row.unit),
            dsl::position.eq(&row.position),
            dsl::city.eq("Jakarta"),
            dsl::grade.eq(""),
            dsl::email.eq(Some(&row.email)),
            dsl::employment.eq("pns"),
            dsl::search.eq(row.name.to_lowercase()),
            dsl::updated_s.eq(NOW_S),
        ))
        .returning(dsl::id)
        .get_result(conn)
}

fn insert_member(
    conn: &mut ikrar::service::Conn,
    person_id: i64,
    salt: &[u8; 32],
    label: &[u8; 32],
    added_index: i64,
) -> QueryResult<usize> {
    use schema::roster_member::dsl;
    diesel::insert_into(dsl::roster_member)
        .values((
            dsl::election_id.eq(ELECTION),
            dsl::person_id.eq(person_id),
            dsl::label.eq(Some(label.to_vec())),
            dsl::label_salt.eq(Some(salt.to_vec())),
            dsl::state.eq("required"),
            dsl::added_index.eq(Some(added_index)),
        ))
        .execute(conn)
}

/// A signer's device: what `sign.js` makes, made in Rust.
pub(crate) struct Signer {
    /// Whose.
    pub(crate) person: Person,
    /// The key of this one signature.
    pub(crate) key: SigningKey,
    salts: [[u8; 32]; 4],
}

/// What the signing form posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignForm {
    /// The statement.
    pub(crate) statement: Statement,
    /// Its signature.
    pub(crate) signature: [u8; 64],
    /// nip, name, unit, position.
    pub(crate) salts: [[u8; 32]; 4],
}

impl Signer {
    pub(crate) fn new(person: Person, nonce: [u8; 16]) -> Self {
        let secret = |what: &[u8]| digest(&[b"test secret", &nonce, what]);
        Self {
            person,
            key: SigningKey::from_bytes(&secret(b"key")),
            salts: Field::ALL.map(|field| secret(field.as_str().as_bytes())),
        }
    }

    /// Signs the pact in force of [`ELECTION`], on top of the newest checkpoint.
    pub(crate) fn sign(&self, portal: &TestPortal) -> SignForm {
        let id = self.person.id;
        let (member, pact) = portal.read(move |conn| {
            Ok((
                roster::find_member(conn, ELECTION, id)?.unwrap(),
                election::find_pact_in_force(conn, ELECTION)?.unwrap(),
            ))
        });
        let published = publish::read(portal.app.log(), portal.app.keys().log.vkey())
            .unwrap()
            .unwrap();
        let label: [u8; 32] = member.label.unwrap().try_into().unwrap();
        self.sign_statement(Statement {
            origin: portal.origin(),
            election: ELECTION.parse().unwrap(),
            pact: pact.hash.try_into().unwrap(),
            label,
            commit: self.commit(&label),
            key: self.key.verifying_key().to_bytes(),
            method: Method::Email,
            after: After {
                size: published.size,
                root: *published.root.as_bytes(),
            },
        })
    }

    /// Signs what the signing page shows, as its script does.
    pub(crate) fn sign_page(&self, page: &Page) -> SignForm {
        let shown = |name: &str| page.attribute("data-sign", name);
        let bytes = |name: &str| ikrar::ledger::encoding::decode_hex_array(&shown(name)).unwrap();
        let label = bytes("data-label");
        self.sign_statement(Statement {
            origin: shown("data-origin").parse().unwrap(),
            election: shown("data-election").parse().unwrap(),
            pact: bytes("data-pact"),
            label,
            commit: self.commit(&label),
            key: self.key.verifying_key().to_bytes(),
            method: Method::Email,
            after: After {
                size: shown("data-after-size").parse().unwrap(),
                root: ikrar::ledger::encoding::decode_base64_array(&shown("data-after-root")).unwrap(),
            },
        })
    }

    /// Signs any statement, also one that a story has changed.
    pub(crate) fn sign_statement(&self, statement: Statement) -> SignForm {
        SignForm {
            signature: self.key.sign(&statement.print()).to_bytes(),
            statement,
            salts: self.salts,
        }
    }

    fn commit(&self, label: &[u8; 32]) -> [u8; 32] {
        let [nip, name, unit, position] = self.salts;
        let digest = |salt: [u8; 32], field: Field, value: &str| {
            person::field_digest(&salt, field, &value.parse().unwrap())
        };
        let digests = Digests {
            nip: digest(nip, Field::Nip, &self.person.nip),
            name: digest(name, Field::Name, &self.person.name),
            unit: digest(unit, Field::Unit, &self.person.unit),
            position: digest(position, Field::Position, &self.person.position),
        };
        person::commit(label, &digests)
    }
}

impl SignForm {
    /// The fields as `sign.js` names them.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let [nip, name, unit, position] = self.salts.map(|salt| encode_hex(&salt));
        vec![
            ("agree", "yes".to_owned()),
            ("statement", encode_base64(&self.statement.print())),
            ("signature", encode_base64(&self.signature)),
            ("salt_nip", nip),
            ("salt_name", name),
            ("salt_unit", unit),
            ("salt_position", position),
        ]
    }
}
