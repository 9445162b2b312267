//! Officers: accounts, their keys, and who may give them.

use ed25519_dalek::Signer as _;
use ed25519_dalek::SigningKey;
use ikrar::domain::role::Role;
use ikrar::ledger::encoding::decode_base64;
use ikrar::ledger::encoding::encode_base64;

use crate::harness::Page;
use crate::harness::TestPortal;
use crate::harness::office_key;

/// What `officer.js` posts for the act on a page.
pub(crate) fn signed(page: &Page, key: &SigningKey) -> Vec<(&'static str, String)> {
    let act = page.input("act");
    let signature = key.sign(&decode_base64(&act).unwrap()).to_bytes();
    vec![
        ("act", act),
        ("key", encode_base64(key.verifying_key().as_bytes())),
        ("signature", encode_base64(&signature)),
    ]
}

pub(crate) fn fields<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[test]
fn a_key_made_in_a_browser_is_approved_used_and_ended() {
    let portal = TestPortal::new();
    let mut operator = portal.officer("operator@kementerian.example", &[Role::Operator]);
    let mut hr = portal.officer("hr@kementerian.example", &[Role::Hr]);
    let key = SigningKey::from_bytes(&[9; 32]);
    let public = encode_base64(key.verifying_key().as_bytes());

    hr.get("/key").ok().sees("Belum ada kunci");
    hr.post("/key", &[("key", &public), ("device", "Laptop")])
        .goes_to("/key");
    hr.get("/key")
        .ok()
        .sees("Kunci Anda diterima")
        .sees("Menunggu persetujuan");

    operator
        .get("/officers")
        .ok()
        .sees("1 kunci menunggu")
        .sees(&public);
    let draft = operator.post("/officers/draft", &[("key", &public)]);
    draft.ok().sees(&public).sees("Peran menurut buku besar hr");
    let form = signed(&draft, &office_key());
    operator
        .post("/officers/act", &fields(&form))
        .goes_to("/officers");
    hr.get("/key").ok().sees("Berlaku").sees("catatan nomor 1");

    let draft = operator.post("/officers/draft", &[("key", &public), ("end", "yes")]);
    let form = signed(&draft, &office_key());
    operator
        .post("/officers/act", &fields(&form))
        .goes_to("/officers");
    hr.get("/key").ok().sees("Berakhir");
    // The same act once more is refused, and the draft is shown again.
    operator
        .post("/officers/act", &fields(&form))
        .is(409)
        .sees("Belum tercatat");
}

#[test]
fn the_last_operators_key_stays() {
    let portal = TestPortal::new();
    let mut operator = portal.officer("operator@kementerian.example", &[Role::Operator]);
    let public = encode_base64(office_key().verifying_key().as_bytes());
    operator
        .post("/officers/draft", &[("key", &public), ("end", "yes")])
        .is(409)
        .sees("kunci operator terakhir");
}

#[test]
fn a_form_for_a_new_officer_comes_back_with_what_was_typed() {
    let portal = TestPortal::new();
    let mut operator = portal.officer("operator@kementerian.example", &[Role::Operator]);
    let bad = operator.post("/officers", &[("email", "bukan surel"), ("name", "<b>Rina</b>")]);
    bad.is(422)
        .sees("Alamat surel tidak dapat dipakai")
        .sees("Pilih setidaknya satu peran");
    assert_eq!(bad.input("email"), "bukan surel");
    assert_eq!(bad.input("name"), "<b>Rina</b>");
    assert!(!bad.text().contains("<b>Rina"));
    let good = [
        ("email", "rina@kementerian.example"),
        ("name", "Rina"),
        ("role_unit_head", "yes"),
        ("unit", "Sekretariat > Biro"),
    ];
    operator.post("/officers", &good).goes_to("/officers");
    operator
        .get("/officers")
        .ok()
        .sees("Pimpinan unit: Sekretariat › Biro");
}

#[test]
fn a_disabled_account_is_out_at_once_and_nobody_disables_the_own() {
    let portal = TestPortal::new();
    let mut operator = portal.officer("operator@kementerian.example", &[Role::Operator]);
    let mut hr = portal.officer("hr@kementerian.example", &[Role::Hr]);
    hr.get("/elections").ok();
    operator.post("/officers/1/disable", &[]).is(409);
    operator.post("/officers/2/disable", &[]).goes_to("/officers");
    hr.get("/elections").goes_to("/sign-in");
}

#[test]
fn only_operators_manage_officers() {
    let portal = TestPortal::new().with_election().with_people(1);
    portal.browser().get("/officers").goes_to("/sign-in");
    portal.sign_in(0).get("/officers").is(403);
    let mut hr = portal.officer("hr@kementerian.example", &[Role::Hr]);
    hr.get("/officers").is(403);
    hr.post("/officers", &[("email", "a@b.example")]).is(403);
    hr.post("/officers/draft", &[("key", "AAAA")]).is(403);
    hr.post("/officers/1/disable", &[]).is(403);
    hr.post("/key", &[("key", "not a key")]).is(400);
    let weak = encode_base64(&[0; 32]);
    hr.post("/key", &[("key", &weak)])
        .is(422)
        .sees("Kunci ini tidak dapat dipakai");
}
