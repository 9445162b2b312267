//! Erasing a person's data: what it waits for, two officers, and nothing of the person left anywhere in the database.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::role::Role;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::proof::Proof;
use ikrar::service;
use ikrar::service::Conn;

use crate::acts::keyed;
use crate::harness::CLOSES_S;
use crate::harness::ELECTION;
use crate::harness::Page;
use crate::harness::Person;
use crate::harness::TestPortal;
use crate::officer::fields;
use crate::officer::signed;
use crate::sign::sign;

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// Everything that the database holds, as bytes in which any text can be looked for.
fn dump(portal: &TestPortal) -> Vec<u8> {
    let copy = portal.folder().join("dump.sqlite");
    portal.read(|conn| {
        let mut bytes = Vec::new();
        if let Conn::Sqlite(conn) = conn {
            let _gone = std::fs::remove_file(&copy);
            conn.batch_execute(&format!("VACUUM INTO '{}'", copy.display()))
                .unwrap();
            return Ok(std::fs::read(&copy).unwrap());
        }
        let tables = "SELECT table_name::text AS text FROM information_schema.tables \
                      WHERE table_schema = current_schema()";
        let load = |conn: &mut Conn, sql: &str| -> Vec<Text> { diesel::sql_query(sql).load(conn).unwrap() };
        for table in load(conn, tables) {
            for row in load(conn, &format!("SELECT t::text AS text FROM {} t", table.text)) {
                bytes.extend_from_slice(row.text.as_bytes());
                bytes.push(b'\n');
            }
        }
        Ok(bytes)
    })
}

#[track_caller]
fn assert_found(portal: &TestPortal, person: &Person, found: bool) {
    let bytes = dump(portal);
    for word in [
        &person.nip,
        &person.name,
        &person.name.to_lowercase(),
        &person.email,
    ] {
        let plain = bytes.windows(word.len()).any(|part| part == word.as_bytes());
        let hexed = hex::encode(word);
        let in_hex = bytes.windows(hexed.len()).any(|part| part == hexed.as_bytes());
        assert_eq!(plain || in_hex, found, "{word}");
    }
}

/// Somebody signed, and the election is closed in the ledger.
fn closed() -> (TestPortal, String) {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut ani = portal.sign_in(0);
    sign(&portal, &mut ani, 0);
    let code = ani.get("/receipt").text();
    let code = code.split("class=\"reference\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap().to_owned();
    ikrar::mail::drain_once(&portal.app).unwrap();
    (portal, code)
}

fn close(portal: &TestPortal) {
    portal.set_clock(CLOSES_S + 60);
    let counts = portal.read(|conn| service::election::counts(conn, ELECTION));
    let body = Body::Close(entry::Close {
        election: ELECTION.parse().unwrap(),
        counts,
        nonce: portal.nonce(),
    });
    portal.act(body, service::election::close).unwrap();
}

fn member(page: &Page) -> String {
    page.attribute("name=\"member\"", "value")
}

#[test]
fn two_officers_erase_and_every_proof_stays_valid() {
    let (portal, code) = closed();
    let person = portal.person(0).clone();
    let mut anybody = portal.browser();
    let before = anybody.get(&format!("/v/{code}/proof"));
    let kept = Proof::parse(&before.ok().text()).unwrap();
    assert_found(&portal, &person, true);
    close(&portal);

    let (mut rina, rina_key) = keyed(&portal, "rina@kementerian.example", &[Role::Hr], 21);
    let (mut surya, surya_key) = keyed(&portal, "surya@kementerian.example", &[Role::Auditor], 22);
    rina.get("/erasures").ok();
    let query = format!("/erasures?q={}", person.nip);
    let list = rina.get(&query);
    list.ok().sees(&person.name).sees("Hapus data");
    let form = [("member", member(&list)), ("ground", "retention".to_owned())];
    let draft = rina.post("/erasures/draft", &fields(&form));
    draft.ok().sees(&person.name).sees("Masa simpan");
    let page = rina.post("/acts", &fields(&signed(&draft, &rina_key)));
    let act = page.location().to_owned();
    assert_found(&portal, &person, true);
    let second = surya.get(&act);
    second.ok().sees(&person.name);
    surya
        .post(&format!("{act}/join"), &fields(&signed(&second, &surya_key)))
        .goes_to("/acts");

    assert_found(&portal, &person, false);
    assert_found(&portal, &portal.person(1).clone(), true);
    rina.get(&query).ok().lacks(&person.name);
    anybody
        .get(&format!("/v/{code}"))
        .ok()
        .sees("Sah")
        .sees("Berlaku");
    let again = anybody.get(&format!("/v/{code}/proof"));
    for proof in [kept, Proof::parse(&again.ok().text()).unwrap()] {
        let entry = proof.extra.clone().unwrap();
        let entry = entry.strip_prefix(b"ikrar/receipt/v1\n".as_slice()).unwrap();
        proof
            .verify(portal.app.keys().log.vkey(), &leaf_hash(entry))
            .unwrap();
    }
    anybody
        .get("/ledger")
        .ok()
        .sees("1 sah, 0 disengketakan, 0 dibatalkan dari 3 wajib");
    rina.get(&format!("/hr?election={ELECTION}&state=all"))
        .ok()
        .sees("Data sudah dihapus")
        .sees(&portal.person(1).name);
    rina.get(&format!("/hr/export.csv?election={ELECTION}&state=all"))
        .ok()
        .lacks(&person.name);
    let state = portal.audit();
    let counts = state.elections().values().next().unwrap().counts();
    assert_eq!((counts.members, counts.valid), (3, 1));
}

#[test]
fn data_wait_while_something_needs_the_person() {
    let (portal, code) = closed();
    let person = portal.person(0).clone();
    let (mut rina, _) = keyed(&portal, "rina@kementerian.example", &[Role::Hr], 21);
    let query = format!("/erasures?q={}", person.nip);
    rina.get(&query)
        .ok()
        .sees("belum ditutup dalam buku besar")
        .lacks("Hapus data ini");
    let (nonce, now_s) = (portal.nonce(), portal.app.now_s());
    portal
        .write(move |conn| {
            let found = service::public::find_by_code(conn, &code.parse().unwrap())?;
            let index = i64::try_from(found.index).unwrap();
            service::dispute::enter_from_authority(conn, index, None, None, nonce, now_s)
        })
        .unwrap();
    close(&portal);
    let mut rina = portal.officer("rina@kementerian.example", &[Role::Hr]);
    rina.get(&query).ok().sees("masih ada sengketa");

    // Somebody else, whom nothing holds but a court.
    let other = portal.person(1).clone();
    let query = format!("/erasures?q={}", other.nip);
    let list = rina.get(&query);
    let member = member(&list);
    rina.post(
        "/erasures/hold",
        &[("person", &other.id.to_string()), ("reason", "Perkara 12/G/2024")],
    )
    .goes_to("/erasures");
    rina.get(&query).ok().sees("Perkara 12/G/2024");
    rina.post(
        "/erasures/draft",
        &[("member", &member), ("ground", "request"), ("q", &other.nip)],
    )
    .is(409)
    .sees("ditahan");
    rina.post("/erasures/hold/1/lift", &[]).goes_to("/erasures");
    rina.post("/erasures/hold/1/lift", &[]).is(404);
    rina.post("/erasures/draft", &[("member", &member), ("ground", "request")])
        .ok();
    rina.post("/erasures/hold", &[("person", "2"), ("reason", " ")])
        .is(422);
    rina.post("/erasures/draft", &[("member", "999"), ("ground", "request")])
        .is(404);
    rina.post(
        "/erasures/draft",
        &[("member", &member), ("ground", "Bukan Kode")],
    )
    .is(400);
}

#[test]
fn only_those_who_may_erase_see_the_page() {
    let portal = TestPortal::new().with_election().with_people(1);
    for role in [Role::Examiner, Role::UnitHead] {
        let mut officer = portal.officer(&format!("{role}@kementerian.example"), &[role]);
        officer.get("/erasures").is(403);
        officer
            .post("/erasures/draft", &[("member", "1"), ("ground", "request")])
            .is(403);
        officer
            .post("/erasures/hold", &[("person", "1"), ("reason", "x")])
            .is(403);
        officer.post("/erasures/hold/1/lift", &[]).is(403);
    }
    portal.sign_in(0).get("/erasures").is(403);
    portal.browser().get("/erasures").goes_to("/sign-in");
}
