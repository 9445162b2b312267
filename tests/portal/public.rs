//! What the public sees: codes, proofs, the ledger, pacts, JSON. Nothing of it names a person.

use ikrar::domain::code::Code;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::receipt::verify_proof;
use ikrar::domain::verdict::Verdict;
use ikrar::store::ledger;
use ikrar::store::signature;
use ikrar::store::signature::SignatureRow;
use serde_json::Value;

use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::Page;
use crate::harness::TestPortal;

/// A portal with an election, a pact, three people, and the signature of the first of them behind a known code.
fn signed() -> (TestPortal, String) {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let code = sign(&portal, 0);
    (portal, code)
}

/// Enters a person's signature as the use-case of signing does; gives its code.
pub(crate) fn sign(portal: &TestPortal, person: usize) -> String {
    let form = portal.sign_as(person).sign(portal);
    let who = portal.person(person).clone();
    let mut bits = [7; 10];
    bits[0] = u8::try_from(person).unwrap();
    let code = Code::from_bytes(bits).to_string();
    let of = code.clone();
    portal
        .write(move |conn| {
            let member = ikrar::service::roster::find_member(conn, ELECTION, who.id)?.unwrap();
            let body = Body::Signature(Box::new(entry::Signature {
                election: ELECTION.parse().unwrap(),
                statement: form.statement.clone(),
                signature: form.signature,
                evidence: [5; 32],
            }));
            let appended = ledger::append(conn, NOW_S, body, Vec::new())?;
            let row = SignatureRow {
                leaf_index: i64::try_from(appended.leaf_index).unwrap(),
                election_id: ELECTION.to_owned(),
                member_id: member.id,
                live_member_id: Some(member.id),
                public_key: form.statement.key.to_vec(),
                statement_hash: form.statement.hash().to_vec(),
                pact_hash: form.statement.pact.to_vec(),
                at_s: appended.at_s,
                accepted_s: NOW_S,
                method: "email".to_owned(),
                code: of,
                state: "live".to_owned(),
                evidence_salt: vec![1; 32],
                evidence: Vec::new(),
                salts: form.salts.concat(),
                nip: who.nip,
                name: who.name,
                unit: who.unit,
                position: who.position,
            };
            Ok(signature::insert(conn, &row)?)
        })
        .unwrap();
    code
}

fn json(page: &Page) -> Value {
    serde_json::from_slice(&page.bytes).unwrap()
}

#[test]
fn a_code_says_whether_its_signature_is_valid_without_naming_the_person() {
    let (portal, code) = signed();
    let mut stranger = portal.browser();
    let page = stranger.get(&format!("/v/{code}"));
    page.ok()
        .sees("Sah")
        .sees("asli, tercatat di buku besar, dan berlaku")
        .sees("Pemilu 2024")
        .sees("23 November 2023 pukul 09.00 WIB")
        .sees("Tanda tangan cocok dengan pernyataan: cocok");
    assert_eq!(
        page.attribute("data-verify", "data-proof-url"),
        format!("/v/{code}/proof")
    );
    let spoken = code.to_lowercase().replace('-', "%20");
    stranger
        .get(&format!("/v/{spoken}"))
        .goes_to(&format!("/v/{code}"));
    stranger
        .get(&format!("/verify?code={spoken}"))
        .goes_to(&format!("/v/{code}"));
}

#[test]
fn a_code_that_is_not_known_never_says_that_somebody_did_not_sign() {
    let (portal, _) = signed();
    let mut stranger = portal.browser();
    let other = Code::from_bytes([9; 10]);
    let unknown = stranger.get(&format!("/v/{other}"));
    unknown
        .is(404)
        .sees("tidak dikenal")
        .sees("Periksa ketikan")
        .lacks("belum menandatangani");
    assert_eq!(unknown.input("code"), other.to_string());
    stranger.get("/v/ABCD").is(404).sees("4 dari 17");
    stranger.get("/verify?code=").is(422).sees("Ketik kode");
    stranger
        .get("/verify?code=0000-0000-0000-0000-1")
        .is(422)
        .sees("keliru");
    stranger
        .get("/verify?code=%3Cscript%3E")
        .is(422)
        .lacks("<script>\"");
    stranger.get(&format!("/v/{other}/proof")).is(404);
    stranger.get("/v/ABCD/proof").is(404);
    let answer = stranger.get(&format!("/api/v1/verify/{other}"));
    assert_eq!(json(answer.is(404))["error"], "unknown-code");
    assert_eq!(
        json(stranger.get("/api/v1/verify/x").is(404))["error"],
        "malformed-code"
    );
}

#[test]
fn the_proof_behind_a_code_stands_without_the_portal() {
    let (portal, code) = signed();
    sign(&portal, 1);
    let mut stranger = portal.browser();
    let proof = stranger.get(&format!("/v/{code}/proof"));
    assert_eq!(proof.ok().header("access-control-allow-origin"), Some("*"));
    let report = verify_proof(&proof.bytes, Some(portal.app.keys().log.vkey()), None);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.rows);
    let answer = json(stranger.get(&format!("/api/v1/verify/{code}")).ok());
    assert_eq!(answer["verdict"], "valid");
    assert_eq!(
        (&answer["state"], &answer["pact_version"]),
        (&"live".into(), &1.into())
    );
    assert_eq!(answer["index"], report.shown.unwrap().index);
}

#[test]
fn a_voided_signature_says_so_first() {
    use diesel::prelude::*;
    use ikrar::store::schema::signature::dsl;
    let (portal, code) = signed();
    let of = code.clone();
    portal
        .write(move |conn| {
            diesel::update(dsl::signature.filter(dsl::code.eq(of)))
                .set((dsl::state.eq("voided"), dsl::live_member_id.eq(None::<i64>)))
                .execute(conn)
                .unwrap();
            Ok(())
        })
        .unwrap();
    let page = portal.browser().get(&format!("/v/{code}"));
    page.ok()
        .sees("sudah dibatalkan")
        .sees("Dibatalkan")
        .lacks("dan berlaku");
}

#[test]
fn a_tampered_entry_shows_nothing_as_true() {
    use diesel::prelude::*;
    use ikrar::store::schema::ledger_entry::dsl;
    let (portal, code) = signed();
    let portal = portal.unaudited();
    portal
        .write(|conn| {
            let bytes: Vec<u8> = dsl::ledger_entry
                .filter(dsl::kind.eq("signature"))
                .select(dsl::bytes)
                .first(conn)
                .unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let changed = text.replace("evidence 05", "evidence 06").into_bytes();
            diesel::update(dsl::ledger_entry.filter(dsl::kind.eq("signature")))
                .set(dsl::bytes.eq(changed))
                .execute(conn)
                .unwrap();
            Ok(())
        })
        .unwrap();
    let mut stranger = portal.browser();
    let page = stranger.get(&format!("/v/{code}"));
    page.ok()
        .sees("Tidak sah")
        .sees("Catatan ada di dalam buku besar: tidak cocok")
        .lacks("Pemilu 2024")
        .lacks("check-good");
    let answer = json(stranger.get(&format!("/api/v1/verify/{code}")).ok());
    assert_eq!(answer["verdict"], "invalid");
    assert!(answer.get("election").is_none() && answer.get("state").is_none());
}

#[test]
fn the_ledger_reads_entry_by_entry() {
    let (portal, _) = signed();
    let mut stranger = portal.browser();
    let page = stranger.get("/ledger");
    page.ok()
        .sees("Buku besar")
        .sees("1 dari 3")
        .sees("Tanda tangan")
        .sees(&portal.app.keys().log.vkey().to_string());
    stranger
        .get("/ledger?below=2")
        .ok()
        .sees("Pemilihan")
        .sees("Awal buku besar")
        .lacks("/ledger/3");
    let kinds = [
        "Awal buku besar",
        "Pemilihan",
        "Naskah pakta",
        "Daftar penanda tangan",
        "Tanda tangan",
    ];
    for (index, kind) in kinds.iter().enumerate() {
        stranger
            .get(&format!("/ledger/{index}"))
            .ok()
            .sees(kind)
            .sees("ikrar/entry/v1");
        let proof = stranger.get(&format!("/ledger/{index}/proof"));
        let report = verify_proof(&proof.ok().bytes, Some(portal.app.keys().log.vkey()), None);
        assert_ne!(report.verdict, Verdict::NotValid, "{:?}", report.rows);
    }
    stranger.get("/ledger/3").sees("3 sidik penanda tangan");
    stranger.get("/ledger/4").sees("ikrar/statement/v1");
    for missing in [
        "/ledger/5",
        "/ledger/5/proof",
        "/ledger/18446744073709551615",
        "/ledger/x",
        "/ledger/-1",
    ] {
        stranger.get(missing).is(404);
    }
    assert_eq!(
        json(stranger.get("/api/v1/ledger/5").is(404))["error"],
        "unknown-entry"
    );
    let entry = json(stranger.get("/api/v1/ledger/4").ok());
    assert_eq!(entry["kind"], "signature");
    assert!(
        entry["text"]
            .as_str()
            .unwrap()
            .starts_with("ikrar/entry/v1\nkind signature\n")
    );
}

#[test]
fn a_pact_reads_as_text_and_as_the_bytes_that_are_hashed() {
    let portal = TestPortal::new().with_election().with_pact();
    let mut stranger = portal.browser();
    let raw = stranger.get(&format!("/pact/{ELECTION}/1.txt"));
    assert_eq!(raw.ok().header("content-type"), Some("text/plain; charset=utf-8"));
    let hash = ikrar::ledger::hash::sha256(&[&raw.bytes]).to_string();
    stranger
        .get(&format!("/pact/{ELECTION}/1"))
        .ok()
        .sees("versi 1")
        .sees(&ikrar::render::groups(&hash, 4));
    for missing in [
        "/pact/pemilu-2024/2",
        "/pact/pemilu-2024/01",
        "/pact/lain/1",
        "/pact/pemilu-2024/1.html",
    ] {
        stranger.get(missing).is(404);
    }
    let list = json(stranger.get("/api/v1/elections").ok());
    assert_eq!(list["elections"][0]["pacts"][0]["sha256"], hash);
}

#[test]
fn an_empty_ledger_says_that_it_is_empty() {
    let portal = TestPortal::new();
    let mut stranger = portal.browser();
    stranger.get("/ledger").ok().sees("Belum ada pemilihan");
    let checkpoint = json(stranger.get("/api/v1/checkpoint").ok());
    assert_eq!(checkpoint["size"], 1);
    assert_eq!(
        json(stranger.get("/api/v1/elections").ok())["elections"],
        Value::Array(Vec::new())
    );
}

/// Printed on paper and in other people's programs: none of these addresses may ever change.
#[test]
fn public_addresses_are_for_ever() {
    let (portal, code) = signed();
    let mut stranger = portal.browser();
    for path in [
        "/",
        "/verify",
        &format!("/v/{code}"),
        &format!("/v/{code}/proof"),
        "/ledger",
        "/ledger/0",
        "/ledger/0/proof",
        "/pact/pemilu-2024/1",
        "/pact/pemilu-2024/1.txt",
        "/checkpoint",
        "/checkpoint.latest",
        "/log.vkey",
        "/tile/0/000.p/5",
        "/tile/entries/000.p/5",
        &format!("/api/v1/verify/{code}"),
        "/api/v1/ledger/0",
        "/api/v1/elections",
        "/api/v1/checkpoint",
    ] {
        let page = stranger.get(path);
        page.ok();
        for person in 0..3 {
            let person = portal.person(person);
            for secret in [
                &person.nip,
                &person.name,
                &person.email,
                &person.unit,
                &person.position,
            ] {
                page.lacks(secret);
            }
        }
        if path.starts_with("/api/") {
            assert_eq!(page.header("access-control-allow-origin"), Some("*"), "{path}");
        }
    }
}
