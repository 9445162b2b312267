//! Getting in: asking for a link, the page with its button, sessions and their end.

use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::TestPortal;
use ikrar::domain::role::Role;
use ikrar::service::mail;

fn portal() -> TestPortal {
    TestPortal::new().with_election().with_pact().with_people(2)
}

#[test]
fn a_link_from_a_mail_lets_its_reader_in_once() {
    let portal = portal();
    let mut ani = portal.browser();
    ani.get("/sign").goes_to("/sign-in");
    ani.get("/sign-in").ok().sees("Kirim tautan");
    let email = portal.person(0).email.to_uppercase();
    ani.post("/sign-in", &[("email", &email)])
        .goes_to("/sign-in/sent");
    ani.get("/sign-in/sent")
        .ok()
        .sees("Periksa surel Anda")
        .lacks(&email);
    let link = portal.newest_mail().link();

    // Mail scanners open links, as often as they like.
    for _ in 0..3 {
        ani.get(&link).ok().sees("Masuk").lacks(&portal.person(0).name);
    }
    ani.post(&link, &[]).goes_to("/sign");
    ani.get("/sign").ok().sees(&portal.person(0).name);

    let mut thief = portal.browser();
    thief.get(&link).is(410).sees("sudah dipakai");
    thief.post(&link, &[]).is(410).sees("Minta tautan baru");
    thief.get("/sign").goes_to("/sign-in");
}

#[test]
fn the_answer_is_the_same_for_an_address_that_nobody_has() {
    let portal = portal();
    let mut stranger = portal.browser();
    let known = stranger.post("/sign-in", &[("email", &portal.person(0).email)]);
    let unknown = stranger.post("/sign-in", &[("email", "tidak-ada@kementerian.example")]);
    assert_eq!(
        (known.status, known.location()),
        (unknown.status, unknown.location())
    );
    assert_eq!(known.bytes, unknown.bytes);
    portal.newest_mail();
    assert_eq!(portal.mails().len(), 1);
}

#[test]
fn an_address_that_is_none_is_asked_for_again() {
    let portal = TestPortal::new();
    let mut browser = portal.browser();
    let page = browser.post("/sign-in", &[("email", "ani\"><script>")]);
    page.is(422)
        .sees("Ketik alamat surel lengkap")
        .lacks("\"><script>");
    assert_eq!(page.input("email"), "ani\"><script>");
    browser.post("/sign-in", &[]).is(400);
}

#[test]
fn links_end_and_have_a_limit() {
    let portal = portal();
    let mut ani = portal.browser();
    let email = portal.person(0).email.clone();
    for _ in 0..8 {
        ani.post("/sign-in", &[("email", &email)])
            .goes_to("/sign-in/sent");
        ikrar::mail::drain_once(&portal.app).unwrap();
    }
    assert_eq!(portal.mails().len(), 5, "five links an hour");
    let link = portal.newest_mail().link();
    portal.set_clock(NOW_S + 1801);
    ani.get(&link).is(410).sees("kedaluwarsa");
    ani.post(&link, &[]).is(410);
    ani.get("/enter/AAAA").is(404).sees("tidak dikenal");
    ani.post("/enter/AAAA", &[]).is(404);
}

#[test]
fn a_burst_of_requests_does_not_overtake_the_limit() {
    let portal = portal();
    let email = portal.person(0).email.clone();
    let mut ani = portal.browser();
    for _ in 0..8 {
        ani.post("/sign-in", &[("email", &email)])
            .goes_to("/sign-in/sent");
    }
    ikrar::mail::drain_once(&portal.app).unwrap();
    assert_eq!(portal.mails().len(), 5, "mails that wait count too");
}

#[test]
fn entering_ends_the_session_before_and_signing_out_ends_this_one() {
    let portal = portal();
    let mut first = portal.sign_in(0);
    let mut copy = first.clone();
    first.post("/sign-in", &[("email", &portal.person(1).email)]);
    let link = portal.newest_mail().link();
    let old = first.cookie("ikrar").unwrap().to_owned();
    let entered = first.post(&link, &[]);
    let cookie = entered.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Secure"));
    assert_ne!(first.cookie("ikrar"), Some(old.as_str()));
    first.get("/sign").ok().sees(&portal.person(1).name);
    copy.get("/sign").goes_to("/sign-in");

    let mut stolen = first.clone();
    first.post("/sign-out", &[]).goes_to("/");
    assert_eq!(first.cookie("ikrar"), None);
    stolen.get("/sign").goes_to("/sign-in");
}

#[test]
fn everywhere_means_every_device() {
    let portal = portal();
    let (mut phone, mut desk) = (portal.sign_in(0), portal.sign_in(0));
    let mut other = portal.sign_in(1);
    phone.post("/sign-out/everywhere", &[]).goes_to("/");
    desk.get("/sign").goes_to("/sign-in");
    other.get("/sign").ok();
    portal.browser().post("/sign-out/everywhere", &[]).goes_to("/");
}

#[test]
fn officers_begin_where_their_work_is() {
    let portal = TestPortal::new();
    for (email, role, to) in [
        ("hr@kementerian.example", Role::Hr, "/hr"),
        ("periksa@kementerian.example", Role::Examiner, "/complaints"),
        ("operator@kementerian.example", Role::Operator, "/officers"),
    ] {
        portal.officer(email, &[role]);
        let mail = portal.newest_mail();
        assert!(mail.text.contains("sebagai petugas"), "{}", mail.text);
        portal.browser().post(&mail.link(), &[]).goes_to(to);
    }
}

#[test]
fn a_form_of_another_site_changes_nothing() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for headers in [
        [kind, ("sec-fetch-site", "cross-site")],
        [kind, ("origin", "https://evil.example")],
    ] {
        ani.send("/sign-out", &headers, b"").is(403);
    }
    ani.get("/sign").ok();
}

#[test]
fn an_invitation_is_one_mail_with_one_way_in_and_no_number() {
    let portal = portal().invited();
    portal.newest_mail();
    let mails = portal.mails();
    assert_eq!(mails.len(), 2);
    for (index, raw) in mails.iter().enumerate() {
        let person = portal.person(index);
        for header in [
            "Date: Thu, 23 Nov 2023 02:00:00",
            "Message-ID: <",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(raw.contains(header), "no {header} in {raw}");
        }
        assert!(raw.contains(&person.email) && !raw.contains(&person.nip));
    }
    let mail = portal.newest_mail();
    portal.browser().post(&mail.link(), &[]).goes_to("/sign");
    let member = |index: usize| {
        let id = portal.person(index).id;
        portal.read(|conn| Ok(ikrar::service::roster::find_member(conn, ELECTION, id)?.unwrap()))
    };
    assert_eq!((member(0).invited_s, member(0).opened_s), (Some(NOW_S), None));
    assert_eq!(member(1).opened_s, Some(NOW_S));
    assert_eq!(portal.read(|conn| Ok(mail::count(conn, "sent")?)), 2);
}
