//! The people who sign: rows, labels, sessions, and for each a key and a signed statement, as their browsers would make them.

use anyhow::Context as _;
use anyhow::Result;
use diesel::prelude::*;
use ed25519_dalek::Signer as _;
use ed25519_dalek::SigningKey;
use ikrar::app::App;
use ikrar::app::random;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::LABELS_MAX;
use ikrar::domain::person;
use ikrar::domain::signer::Salts;
use ikrar::domain::signer::Shown;
use ikrar::domain::statement::After;
use ikrar::domain::statement::Method;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::Id;
use ikrar::domain::text::Origin;
use ikrar::ledger::encoding::encode_base64;
use ikrar::ledger::encoding::encode_base64url;
use ikrar::ledger::encoding::encode_hex;
use ikrar::service;
use ikrar::service::StoreError;
use ikrar::service::access;
use ikrar::service::access::Subject;
use ikrar::service::election;
use ikrar::service::publish;
use ikrar::store::account;
use ikrar::store::schema;

use crate::mailbox;
use crate::portal::ELECTION;
use crate::portal::Portal;

const GIVEN: [&str; 8] = ["Budi", "Siti", "Agus", "Dewi", "Rina", "Joko", "Made", "Putri"];
const SECOND: [&str; 8] = [
    "Santoso", "Rahayu", "Wijaya", "Lestari", "Marlina", "Susilo", "Laksmi", "Wibowo",
];
const UNIT: &str = "Direktorat Layanan Publik";
const POSITION: &str = "Analis Kebijakan";

/// A person of the roster.
#[derive(Clone)]
pub(crate) struct Person {
    /// The number in the address: whose mailbox.
    number: usize,
    id: i64,
    nip: String,
    name: String,
    email: String,
    label: [u8; 32],
    salt: [u8; 32],
}

/// What one person's browser sends: the whole request of the statement, and the beginning of the one with the code.
pub(crate) struct Requests {
    /// `POST /sign`.
    pub(crate) statement: Vec<u8>,
    /// What the page that asks for its code would name: the statement's hash.
    pub(crate) pending: String,
    /// The session cookie's value.
    pub(crate) session: String,
}

/// Puts so many people into the tables, and their labels into the ledger.
pub(crate) fn enrol(portal: &Portal, count: usize) -> Result<Vec<Person>> {
    let (origin, election): (Origin, Id) = (portal.app.origin()?, ELECTION.parse()?);
    let mut people = (0..count)
        .map(|index| invent(index, &origin, &election))
        .collect::<Result<Vec<_>>>()?;
    for chunk in people.chunks_mut(LABELS_MAX) {
        chunk.sort_unstable_by_key(|person| person.label);
        let rows = chunk.to_vec();
        let body = Body::Roster(entry::Roster {
            election: election.clone(),
            add: rows.iter().map(|person| person.label).collect(),
            off: Vec::new(),
            nonce: random()?,
        });
        let app = &portal.app;
        let now_s = app.now_s();
        let act = service::officer::sign_act(&origin, body, &portal.office);
        let of = origin.clone();
        let ids = app.write_here(move |conn| {
            let appended = service::act::admit(conn, &of, act, now_s)?;
            let index = i64::try_from(appended.leaf_index).map_err(service::Error::internal)?;
            rows.iter()
                .map(|person| Ok(insert(conn, person, index, now_s).map_err(StoreError::from)?))
                .collect::<Result<Vec<i64>, service::Error>>()
        })?;
        for (person, id) in chunk.iter_mut().zip(ids) {
            person.id = id;
        }
    }
    people.sort_unstable_by_key(|person| person.number);
    Ok(people)
}

fn invent(index: usize, origin: &Origin, election: &Id) -> Result<Person> {
    let pick = |names: &[&'static str], at: usize| names.get(at % names.len()).copied().unwrap_or_default();
    let (year, month, day) = (1970 + index % 30, 1 + index / 30 % 12, 1 + index / 360 % 28);
    let nip = format!(
        "{year}{month:02}{day:02}{}01{}{:03}",
        year + 25,
        1 + index % 2,
        1 + index / 10_080 % 999
    );
    let salt = random()?;
    let number = nip.parse()?;
    Ok(Person {
        number: index,
        id: 0,
        name: format!("{} {}", pick(&GIVEN, index), pick(&SECOND, index / 8)),
        email: mailbox::address(index),
        label: person::label(&salt, origin, election, &number),
        nip,
        salt,
    })
}

/// A person with the place on the roster, and with an open session.
fn insert(conn: &mut service::Conn, row: &Person, added_index: i64, now_s: i64) -> QueryResult<i64> {
    use schema::person::dsl as person;
    use schema::roster_member::dsl as member;
    let id = diesel::insert_into(person::person)
        .values((
            person::nip.eq(&row.nip),
            person::name.eq(&row.name),
            person::unit.eq(UNIT),
            person::unit_path.eq(UNIT),
            person::position.eq(POSITION),
            person::city.eq("Jakarta"),
            person::grade.eq(""),
            person::email.eq(Some(&row.email)),
            person::employment.eq("pns"),
            person::search.eq(row.name.to_lowercase()),
            person::updated_s.eq(now_s),
        ))
        .returning(person::id)
        .get_result(conn)?;
    diesel::insert_into(member::roster_member)
        .values((
            member::election_id.eq(ELECTION),
            member::person_id.eq(id),
            member::label.eq(Some(row.label.to_vec())),
            member::label_salt.eq(Some(row.salt.to_vec())),
            member::state.eq("required"),
            member::added_index.eq(Some(added_index)),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Signs everybody in, and makes their keys and statements against the newest checkpoint.
pub(crate) fn prepare(portal: &Portal, people: &[Person]) -> Result<Vec<Requests>> {
    let app = &portal.app;
    let pact = app
        .read_here(|conn| Ok(election::find_pact_in_force(conn, ELECTION)?))?
        .context("no pact in force")?;
    let published = publish::read(app.log(), app.keys().log.vkey())?.context("nothing is published")?;
    let page = PageSeen {
        origin: app.origin()?,
        election: ELECTION.parse()?,
        pact: pact.hash.as_slice().try_into()?,
        after: After {
            size: published.size,
            root: *published.root.as_bytes(),
        },
    };
    let tokens = sign_in(app, people)?;
    people
        .iter()
        .zip(tokens)
        .map(|(person, token)| page.sign(person, encode_base64url(&token)))
        .collect()
}

fn sign_in(app: &App, people: &[Person]) -> Result<Vec<[u8; 32]>> {
    let now_s = app.now_s();
    let mut tokens = Vec::with_capacity(people.len());
    for chunk in people.chunks(1000) {
        let fresh = chunk.iter().map(|person| Ok((person.id, random::<32>()?)));
        let fresh = fresh.collect::<Result<Vec<_>>>()?;
        tokens.extend(fresh.iter().map(|(_, token)| *token));
        app.write_here(move |conn| {
            for (id, token) in fresh {
                let session = account::Session {
                    subject: Subject::Person(id),
                    created_s: now_s,
                    expires_s: now_s + access::SESSION_S,
                };
                account::insert_session(conn, &access::token_hash(&token), &session)?;
            }
            Ok(())
        })?;
    }
    Ok(tokens)
}

/// What the signing page shows to everybody alike.
struct PageSeen {
    origin: Origin,
    election: Id,
    pact: [u8; 32],
    after: After,
}

impl PageSeen {
    fn sign(&self, person: &Person, session: String) -> Result<Requests> {
        let key = SigningKey::from_bytes(&random()?);
        let salts = Salts {
            nip: random()?,
            name: random()?,
            unit: random()?,
            position: random()?,
        };
        let shown = Shown::of(&person.nip, &person.name, UNIT, POSITION)?;
        let statement = Statement {
            origin: self.origin.clone(),
            election: self.election.clone(),
            pact: self.pact,
            label: person.label,
            commit: person::commit(&person.label, &shown.digests(&salts)),
            key: key.verifying_key().to_bytes(),
            method: Method::Email,
            after: self.after,
        };
        let pending = encode_hex(&statement.hash());
        let statement = statement.print();
        let signature = key.sign(&statement).to_bytes();
        let body = form(&[
            ("election", ELECTION),
            ("agree", "yes"),
            ("statement", &encode_base64(&statement)),
            ("signature", &encode_base64(&signature)),
            ("salt_nip", &encode_hex(&salts.nip)),
            ("salt_name", &encode_hex(&salts.name)),
            ("salt_unit", &encode_hex(&salts.unit)),
            ("salt_position", &encode_hex(&salts.position)),
        ]);
        Ok(Requests {
            statement: post("/sign", &session, &body),
            pending,
            session,
        })
    }
}

/// `POST /sign/code` of a person whose mail said so.
pub(crate) fn answer(mine: &Requests, code: &str) -> Vec<u8> {
    let body = form(&[
        ("election", ELECTION),
        ("statement", &mine.pending),
        ("code", code),
    ]);
    post("/sign/code", &mine.session, &body)
}

fn post(path: &str, session: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: ikrar.example\r\nCookie: ikrar={session}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Fields as a browser encodes them; base64 has three characters that need it.
fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |value: &str| value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    pairs.join("&")
}
