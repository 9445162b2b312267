//! "This was not me", from the mail's link to the decision and a signature of one's own.

use ikrar::domain::role::Role;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::proof::Proof;

use crate::acts::keyed;
use crate::harness::Browser;
use crate::harness::ELECTION;
use crate::harness::Mail;
use crate::harness::TestPortal;
use crate::officer::fields;
use crate::officer::signed;
use crate::sign::sign;

/// Two people, of whom the first has signed, with her browser and the path of her page.
fn portal() -> (TestPortal, Browser, String) {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut ani = portal.sign_in(0);
    sign(&portal, &mut ani, 0);
    let mail = portal.newest_mail();
    let path = mail
        .text
        .lines()
        .find_map(|line| line.strip_prefix("https://ikrar.example/dispute/"))
        .unwrap_or_else(|| panic!("no link in:\n{}", mail.text));
    let path = format!("/dispute/{path}");
    (portal, ani, path)
}

fn size(portal: &TestPortal) -> u64 {
    portal.read(ikrar::service::ledger_size)
}

fn mails(portal: &TestPortal) -> Vec<Mail> {
    ikrar::mail::drain_once(&portal.app).unwrap();
    portal.mails().iter().map(|raw| Mail::parse(raw)).collect()
}

/// Two officers decide about a dispute.
fn decide(portal: &TestPortal, dispute: u64, outcome: &str) {
    let (mut rina, rina_key) = keyed(portal, "rina@kementerian.example", &[Role::Hr], 21);
    let (mut surya, surya_key) = keyed(portal, "surya@kementerian.example", &[Role::Auditor], 22);
    let draft = rina.post(&format!("/disputes/{dispute}/draft"), &[("outcome", outcome)]);
    let page = rina.post("/acts", &fields(&signed(&draft, &rina_key)));
    let path = page.location().to_owned();
    let second = surya.get(&path);
    surya
        .post(&format!("{path}/join"), &fields(&signed(second.ok(), &surya_key)))
        .goes_to("/acts");
}

fn is_disputed_for_all(anybody: &mut Browser, code: &str) {
    anybody
        .get(&format!("/v/{code}"))
        .ok()
        .sees("Asli, tetapi disengketakan")
        .lacks(">Sah<");
    anybody
        .get(&format!("/api/v1/verify/{code}"))
        .ok()
        .sees("\"state\":\"disputed\"");
    anybody
        .get("/ledger")
        .ok()
        .sees("1 sah, 1 disengketakan, 0 dibatalkan dari 3 wajib");
    anybody
        .get("/")
        .ok()
        .sees("1 sah, 1 disengketakan, 0 dibatalkan dari 3 wajib");
}

/// The person has the proof, the officers know, and no mail names a number.
fn is_told_to_both(portal: &TestPortal) {
    let sent = mails(portal);
    let received = sent.iter().find(|mail| mail.text.contains("Bukti terlampir"));
    assert!(received.unwrap().raw.contains("tlog-proof"));
    assert!(
        sent.iter()
            .any(|mail| mail.text.contains("menunggu putusan dua petugas"))
    );
    let person = portal.person(0).clone();
    assert!(sent.iter().all(|mail| !mail.raw.contains(&person.nip)));
}

#[test]
fn a_person_disputes_and_signs_for_themselves_after_two_officers_uphold_it() {
    let (portal, mut ani, path) = portal();
    let before = size(&portal);
    portal.officer("rina@kementerian.example", &[Role::Hr]);
    // A scanner that opens the link disputes nothing, and nobody does it for her.
    portal
        .browser()
        .get(&path)
        .ok()
        .sees("Masuk lewat surel")
        .lacks("Nyatakan bukan saya");
    portal.browser().post(&path, &[]).goes_to("/sign-in");
    let mut budi = portal.sign_in(1);
    budi.get(&path).ok().sees("bukan atas nama Anda");
    budi.post(&path, &[]).is(403);
    ani.get(&path)
        .ok()
        .sees("Anda tidak perlu membuktikan apa pun sekarang")
        .sees("Nyatakan bukan saya");
    assert_eq!(size(&portal), before);

    ani.post(&path, &[]).goes_to(&path);
    ani.post(&path, &[]).goes_to(&path);
    assert_eq!(size(&portal), before + 1, "twice is the one dispute");
    ani.get(&path).ok().sees("Pernyataan Anda tercatat");
    let proof = portal.browser().get(&format!("/ledger/{before}/proof"));
    let proof = Proof::parse(&proof.ok().text()).unwrap();
    let entry = proof.extra.clone().unwrap();
    let entry = entry.strip_prefix(b"ikrar/receipt/v1\n".as_slice()).unwrap();
    assert!(String::from_utf8_lossy(entry).contains("channel link"));
    proof
        .verify(portal.app.keys().log.vkey(), &leaf_hash(entry))
        .unwrap();

    is_told_to_both(&portal);
    let code = path.strip_prefix("/dispute/").unwrap().to_owned();
    let mut anybody = portal.browser();
    is_disputed_for_all(&mut anybody, &code);
    ani.get("/receipt").ok().sees("Tanda tangan ini disengketakan");

    decide(&portal, before, "upheld");
    anybody.get(&format!("/v/{code}")).ok().sees("Dibatalkan");
    anybody
        .get("/ledger")
        .ok()
        .sees("0 sah, 0 disengketakan, 1 dibatalkan dari 3 wajib");
    anybody.get("/api/v1/elections").ok().sees("\"voided\":1");
    let mut hr = portal.officer("rina@kementerian.example", &[Role::Hr]);
    hr.get("/hr")
        .ok()
        .sees("0 sah, 0 disengketakan, 1 dibatalkan dari 3 wajib");
    ani.get(&path).ok().sees("sudah dibatalkan");
    let sent = mails(&portal);
    assert!(
        sent.iter()
            .any(|mail| mail.text.contains("dikabulkan oleh dua petugas"))
    );
    assert!(
        sent.iter().any(|mail| mail.text.contains("/enter/")),
        "asked to sign again"
    );

    ani.get("/sign").ok().sees("Tandatangani pakta integritas");
    sign(&portal, &mut ani, 0);
    ani.get("/receipt").ok().sees("Pakta sudah ditandatangani");
    anybody
        .get("/ledger")
        .ok()
        .sees("1 sah, 0 disengketakan, 1 dibatalkan dari 3 wajib");
    let counts = portal.audit();
    let counts = counts.elections().values().next().unwrap().counts();
    assert_eq!((counts.valid, counts.disputed, counts.voided), (1, 0, 1));
}

#[test]
fn an_authority_speaks_for_somebody_without_a_mailbox() {
    let (portal, mut ani, path) = portal();
    let code = path.strip_prefix("/dispute/").unwrap().to_owned();
    let (mut surya, _) = keyed(&portal, "surya@kementerian.example", &[Role::Examiner], 22);
    surya.get("/disputes").ok().sees("Tidak ada sengketa");
    for about in ["", "1", "999", "ABCD", "-5"] {
        surya.post("/disputes", &[("about", about)]).is(422);
    }
    let before = size(&portal);
    surya
        .post("/disputes", &[("about", &code.to_lowercase())])
        .goes_to("/disputes");
    surya.post("/disputes", &[("about", &code)]).goes_to("/disputes");
    assert_eq!(size(&portal), before + 1);
    surya
        .get("/disputes")
        .ok()
        .sees("Melalui lembaga")
        .sees("0 hari menunggu")
        .lacks(&portal.person(0).name);
    let sent = mails(&portal);
    assert!(
        sent.iter()
            .any(|mail| mail.text.contains("Bila Anda tidak pernah memintanya"))
    );

    decide(&portal, before, "dismissed");
    ani.get(&path).ok().sees("tetap berlaku");
    ani.get("/receipt").ok().sees("Pakta sudah ditandatangani");
    // By the link there is nothing more to say; an authority may bring it once more.
    ani.post(&path, &[]).goes_to(&path);
    let now = size(&portal);
    surya.post("/disputes", &[("about", &code)]).goes_to("/disputes");
    assert_eq!(size(&portal), now + 1);
    let mut hr = portal.officer("rina@kementerian.example", &[Role::Hr]);
    hr.get(&format!("/hr?election={ELECTION}&state=disputed"))
        .ok()
        .sees(&portal.person(0).name);
    let state = portal.audit();
    let counts = state.elections().values().next().unwrap().counts();
    assert_eq!((counts.valid, counts.disputed, counts.voided), (1, 1, 0));
}

#[test]
fn nobody_disputes_what_is_not_there() {
    let (portal, mut ani, _) = portal();
    ani.get("/dispute/bukan-kode").is(404);
    ani.post("/dispute/bukan-kode", &[]).is(404);
    ani.get("/dispute/0000-0000-0000-0000-0").is(404);
    let mut head = portal.officer("kepala@kementerian.example", &[Role::UnitHead]);
    head.get("/disputes").is(403);
    head.post("/disputes", &[("about", "5")]).is(403);
    head.post("/disputes/5/draft", &[("outcome", "upheld")]).is(403);
    portal.browser().get("/disputes").goes_to("/sign-in");
}
