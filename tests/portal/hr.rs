//! The personnel office's dashboard over HTTP: numbers, filters, files, mails; and who may see what.

use ikrar::domain::cell::Cell;
use ikrar::domain::role::Role;
use ikrar::service::access::Subject;
use ikrar::service::officer;
use ikrar::store::outbox;

use crate::harness::Browser;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::TestPortal;

fn portal() -> TestPortal {
    TestPortal::new().with_election().with_pact().with_people(4)
}

fn hr(portal: &TestPortal) -> Browser {
    portal.officer("hr@contoh.example", &[Role::Hr])
}

fn form(filter: &'static str) -> [(&'static str, &'static str); 2] {
    [("election", ELECTION), ("state", filter)]
}

fn queued(portal: &TestPortal, template: &str) -> usize {
    let mails = portal.read(|conn| Ok(outbox::list_due(conn, i64::MAX, false, 1000)?));
    mails.iter().filter(|mail| mail.template == template).count()
}

#[test]
fn one_number_first_then_who_has_not_signed() {
    let portal = portal();
    let mut hr = hr(&portal);
    let page = hr.get("/hr");
    page.ok()
        .sees("0 dari 4")
        .sees(&portal.person(0).name)
        .sees("Belum diundang")
        .lacks(&portal.person(0).nip);
    let name = portal.person(1).name.clone();
    let query = name.replace(' ', "+");
    hr.get(&format!("/hr?election={ELECTION}&q={query}"))
        .ok()
        .sees(&name);
    hr.get(&format!("/hr?election={ELECTION}&state=signed"))
        .ok()
        .sees("Tidak ada orang yang cocok");
    hr.get("/hr?election=tidak-ada").is(404);
    hr.get("/hr?page=99999&q=%3Cscript%3E").ok().lacks("<script>\"");
}

#[test]
fn invitations_go_once_and_reminders_once_a_day() {
    let portal = portal();
    let mut hr = hr(&portal);
    hr.post("/hr/remind", &form("open")).is(303);
    assert_eq!(queued(&portal, "reminder"), 0, "nobody was invited yet");
    hr.post("/hr/invite", &form("open")).is(303);
    assert_eq!(queued(&portal, "invitation"), 4);
    hr.post("/hr/invite", &form("open")).is(303);
    hr.post("/hr/remind", &form("open")).is(303);
    assert_eq!(
        (queued(&portal, "invitation"), queued(&portal, "reminder")),
        (4, 0)
    );
    hr.get("/hr").ok().sees("Diundang");
    portal.set_clock(NOW_S + 25 * 3600);
    let mut later = self::hr(&portal);
    later.post("/hr/remind", &form("open")).is(303);
    later.post("/hr/remind", &form("open")).is(303);
    assert_eq!(queued(&portal, "reminder"), 4);
}

#[test]
fn nothing_is_mailed_outside_the_window_or_without_a_pact() {
    let portal = TestPortal::new().with_election().with_people(1);
    hr(&portal).post("/hr/invite", &form("open")).is(422);
    let portal = self::portal();
    portal.set_clock(crate::harness::CLOSES_S);
    let mut hr = hr(&portal);
    hr.post("/hr/invite", &form("open")).is(422);
    hr.get("/hr").ok().sees("Lewat batas waktu");
}

#[test]
fn files_hold_exactly_the_filter_with_numbers_as_text() {
    let portal = portal();
    let mut hr = hr(&portal);
    let csv = hr.get(&format!("/hr/export.csv?election={ELECTION}&state=all"));
    csv.ok();
    let text = csv.text();
    assert!(text.starts_with('\u{feff}') && text.contains("NIP;Nama;"));
    assert_eq!(text.lines().count(), 5);
    assert!(!text.contains(&portal.person(0).nip), "printed in groups");
    let xlsx = hr.get(&format!("/hr/export.xlsx?election={ELECTION}&state=all"));
    let table = ikrar::sheet::read(&xlsx.ok().bytes, &ikrar::sheet::Limits::UPLOAD).unwrap();
    let numbers: Vec<String> = table
        .rows
        .iter()
        .filter_map(|row| match row.cell(0) {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        })
        .collect();
    assert!(numbers.contains(&portal.person(0).nip));
    let none = hr.get(&format!("/hr/export.csv?election={ELECTION}&state=signed"));
    assert_eq!(none.ok().text().lines().count(), 1);
    let lines = portal.read(|conn| Ok(ikrar::service::journal::list_newest(conn, i64::MAX, 50)?));
    assert!(lines.iter().any(|line| line.action == "people-exported"));
}

#[test]
fn a_unit_head_sees_the_own_subtree_and_an_auditor_no_names() {
    let portal = portal();
    let unit =
        portal.read(|conn| Ok(ikrar::store::roster::find_person(conn, portal.person(0).id)?.unit_path));
    let head = |path: &str| {
        let path = path.to_owned();
        let id = portal
            .write(move |conn| {
                let email = format!("kepala{}@contoh.example", path.len());
                officer::add(conn, &email, "Kepala Contoh", &[Role::UnitHead], &path, NOW_S)
            })
            .unwrap();
        portal.enter(Subject::Account(id))
    };
    let mut own = head(&unit);
    own.get("/hr").ok().sees(&portal.person(0).name);
    own.get("/hr/export.csv").is(403);
    own.post("/hr/invite", &form("open")).is(403);
    let mut other = head("Unit Lain");
    let page = other.get("/hr");
    for person in 0..4 {
        page.ok().lacks(&portal.person(person).name);
    }
    let mut auditor = portal.officer("auditor@contoh.example", &[Role::Auditor]);
    auditor
        .get("/hr")
        .ok()
        .sees("0 dari 4")
        .lacks(&portal.person(0).name);
    portal.browser().get("/hr").goes_to("/sign-in");
    portal.sign_in(0).get("/hr").is(403);
}
