//! Elections and pacts: from the form to the ledger, and to the close.

use ikrar::domain::role::Role;

use crate::harness::Browser;
use crate::harness::CLOSES_S;
use crate::harness::ELECTION;
use crate::harness::TestPortal;
use crate::harness::office_key;
use crate::officer::fields;
use crate::officer::signed;

fn hr(portal: &TestPortal) -> Browser {
    portal.officer("hr@kementerian.example", &[Role::Hr])
}

const FORM: [(&str, &str); 8] = [
    ("id", "pilkada-2024"),
    ("title", "Pilkada <2024>"),
    ("opens", "2023-11-20T08:00"),
    ("closes", "2024-11-27T00:00"),
    ("zone", "Asia/Makassar"),
    ("contest-presiden", ""),
    ("others", "gubernur 2024-09-22"),
    ("lookup", "receipt"),
];

#[test]
fn an_election_is_published_amended_given_a_pact_and_closed() {
    let portal = TestPortal::new();
    let mut hr = hr(&portal);
    hr.get("/elections").ok().sees("Belum ada pemilihan");
    hr.get("/elections/new").ok().sees("Pemilihan baru");
    let draft = hr.post("/elections/draft", &FORM);
    draft
        .ok()
        .sees("Pilkada <2024>")
        .sees("gubernur, 2024-09-22T00:00");
    let form = signed(&draft, &office_key());
    hr.post("/elections/act", &fields(&form))
        .goes_to("/elections/pilkada-2024");
    let shown = hr.get("/elections/pilkada-2024");
    shown
        .ok()
        .sees("Pilkada <2024>")
        .sees("WITA")
        .sees("Belum ada pakta");

    let amend = hr.get("/elections/pilkada-2024/amend");
    amend.ok().sees("gubernur 2024-09-22");
    let mut changed = FORM.to_vec();
    changed.push(("amends", "yes"));
    changed[3] = ("closes", "2024-11-28T00:00");
    let draft = hr.post("/elections/draft", &changed);
    let form = signed(&draft, &office_key());
    hr.post("/elections/act", &fields(&form))
        .goes_to("/elections/pilkada-2024");

    let pact = hr.get("/elections/pilkada-2024/pact");
    pact.ok().sees("Pakta versi 1").sees("Kementerian Contoh");
    let typed = [
        ("title", "Pakta"),
        ("preamble", "Saya menyatakan:"),
        ("clauses", "netral;\r\n\r\njujur."),
        ("closing", ""),
    ];
    let draft = hr.post("/elections/pilkada-2024/pact", &typed);
    draft.ok().sees("netral;").sees("Versi 1");
    let form = signed(&draft, &office_key());
    hr.post("/elections/act", &fields(&form))
        .goes_to("/elections/pilkada-2024");
    hr.get("/elections/pilkada-2024").ok().sees("Versi 1");
    // The same version again: refused, and the draft stands there again.
    let again = hr.post("/elections/act", &fields(&form));
    again.is(409).sees("Belum tercatat").sees("netral;");

    hr.get("/elections/pilkada-2024/close")
        .is(409)
        .sees("belum melewati waktu tutupnya");
    portal.set_clock(1_735_000_000);
    let close = hr.get("/elections/pilkada-2024/close");
    // The session has ended by then.
    close.goes_to("/sign-in");
    let mut hr = portal.officer("hr@kementerian.example", &[Role::Hr]);
    hr.get("/elections/pilkada-2024").ok().sees("Tutup pemilihan");
    let close = hr.get("/elections/pilkada-2024/close");
    close.ok().sees("Wajib menandatangani 0");
    let form = signed(&close, &office_key());
    hr.post("/elections/act", &fields(&form))
        .goes_to("/elections/pilkada-2024");
    hr.get("/elections/pilkada-2024")
        .ok()
        .sees("Ditutup")
        .lacks("Terbitkan");
}

#[test]
fn what_was_typed_is_kept_with_an_error_at_each_field() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let mut typed = FORM.to_vec();
    typed[0] = ("id", "Pilkada 2024");
    typed[3] = ("closes", "2023-11-20T08:00");
    let page = hr.post("/elections/draft", &typed);
    page.is(422)
        .sees("Pakai huruf kecil")
        .sees("Waktu tutup harus setelah");
    assert_eq!(page.input("title"), "Pilkada <2024>");
    typed[0] = ("id", ELECTION);
    typed[3] = FORM[3];
    hr.post("/elections/draft", &typed).is(422).sees("sudah ada");
    // "Change" on the draft brings the form back as it was.
    let mut edit = FORM.to_vec();
    edit.push(("edit", "yes"));
    let page = hr.post("/elections/draft", &edit);
    page.ok();
    assert_eq!(page.input("id"), "pilkada-2024");
    let empty = hr.post("/elections/pemilu-2024/pact", &[("title", "Pakta")]);
    empty.is(422).sees("Isi dengan teks biasa");
    assert_eq!(empty.input("title"), "Pakta");
}

#[test]
fn nobody_but_hr_publishes_and_a_foreign_act_does_not_enter() {
    let portal = TestPortal::new().with_election();
    let mut operator = portal.officer("operator@kementerian.example", &[Role::Operator]);
    operator.get("/elections").ok().lacks("Buat pemilihan");
    operator.get("/elections/pemilu-2024").ok();
    operator.get("/elections/new").is(403);
    operator.get("/elections/pemilu-2024/pact").is(403);
    operator.post("/elections/draft", &FORM).is(403);
    operator.get("/elections/no-such-election").is(404);

    let mut hr = hr(&portal);
    let draft = hr.post("/elections/draft", &FORM);
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[77; 32]);
    let form = signed(&draft, &stranger);
    hr.post("/elections/act", &fields(&form))
        .is(422)
        .sees("belum berlaku");
    let mut form = signed(&draft, &office_key());
    form[2].1 = ikrar::ledger::encoding::encode_base64(&[1; 64]);
    hr.post("/elections/act", &fields(&form))
        .is(422)
        .sees("tidak sah");
    portal.audit();
}

#[test]
fn the_final_numbers_are_those_of_the_log_at_that_moment() {
    let portal = TestPortal::new().with_election().with_pact().with_people(2);
    portal.set_clock(CLOSES_S + 60);
    let mut hr = hr(&portal);
    let close = hr.get("/elections/pemilu-2024/close");
    close
        .ok()
        .sees("Wajib menandatangani 2")
        .sees("Sudah menandatangani 0");
    let form = signed(&close, &office_key());
    hr.post("/elections/act", &fields(&form))
        .goes_to("/elections/pemilu-2024");
    hr.get("/elections/pemilu-2024/close").is(409);
}
