//! Complaints: a file comes in, the linkage proposes, an examiner decides, the ledger answers.

use ikrar::domain::role::Role;
use ikrar::service::complaint;

use crate::harness::Browser;
use crate::harness::Page;
use crate::harness::TestPortal;
use crate::public::sign;

const HEADER: &str = "complaint_id,channel,accused_name,unit,city,position,nip_fragment,handle,incident_date,nama_pelapor,uraian\n";

/// Three people of whom the first has signed on 23 November 2023 in Jakarta, an examiner, and an authority.
fn office() -> (TestPortal, Browser, String) {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let code = sign(&portal, 0);
    let mut examiner = portal.officer("periksa@example.test", &[Role::Examiner]);
    examiner
        .post(
            "/complaints/authorities",
            &[
                ("slug", "bawaslu"),
                ("name", "Badan Pengawas"),
                ("valid_from", "2018-08-01"),
            ],
        )
        .goes_to("/complaints/authorities");
    (portal, examiner, code)
}

fn import(examiner: &mut Browser, name: &str, bytes: &[u8], act: &str) -> Page {
    let others = [("authority", "bawaslu"), ("act", act)];
    examiner.upload("/complaints/import", "file", (name, bytes), &others)
}

/// A complaint about a person of the roster, by whole number.
fn line(portal: &TestPortal, reference: &str, person: usize, day: &str) -> String {
    let who = portal.person(person);
    format!(
        "{reference},laman,\"{}\",\"{}\",,,{},,{day},Wati,<script>alert(1)</script>\n",
        who.name, who.unit, who.nip
    )
}

fn id_of(portal: &TestPortal, reference: &str) -> i64 {
    let reference = Some(reference.to_owned());
    portal.read(move |conn| {
        let filter = complaint::Filter {
            reference,
            ..complaint::Filter::default()
        };
        Ok(complaint::list(conn, &filter, 0, 1)?[0].0.id)
    })
}

fn decide(examiner: &mut Browser, id: i64, who: &str) -> Page {
    let page = examiner.post(
        &format!("/complaints/{id}/decide"),
        &[("who", who), ("reason", "NIP dan nama cocok")],
    );
    page.goes_to(&format!("/complaints/{id}"));
    examiner.follow(&page)
}

#[test]
fn from_a_file_to_a_decision_to_the_ledger() {
    let (portal, mut examiner, code) = office();
    let table = [
        HEADER.to_owned(),
        line(&portal, "B-1", 0, "24-11-2023"),
        line(&portal, "S-1", 0, "2023-11-23"),
        line(&portal, "A-1", 0, "22-11-2023"),
        line(&portal, "N-1", 1, "2023-12-01"),
    ]
    .concat();
    import(&mut examiner, "a.csv", table.as_bytes(), "check")
        .ok()
        .sees("Belum ada yang disimpan");
    examiner.get("/complaints").ok().sees("Tidak ada aduan");
    import(&mut examiner, "a.csv", table.as_bytes(), "import")
        .ok()
        .sees("Ditambahkan 4");
    import(&mut examiner, "a.csv", table.as_bytes(), "import")
        .ok()
        .sees("Sudah ada, sama 4");
    examiner
        .get("/complaints?state=received&proposal=match")
        .ok()
        .sees("4 aduan")
        .sees("Usulan kuat");
    let first = portal.person(0).id.to_string();
    let id = id_of(&portal, "B-1");
    let page = examiner.get(&format!("/complaints/{id}"));
    page.ok()
        .sees("Ini hanya usulan")
        .sees("Tidak ada dalam daftar ini")
        .lacks("Wati")
        .lacks("Menurut buku besar");
    assert!(
        !page.text().contains("<script>alert"),
        "the complaint's own words stay words"
    );
    examiner
        .get(&format!("/complaints/{id}?complainant=show"))
        .ok()
        .sees("Wati");
    decide(&mut examiner, id, &first)
        .ok()
        .sees("Menandatangani sebelum kejadian")
        .sees(&code);
    let id = id_of(&portal, "S-1");
    decide(&mut examiner, id, &first).ok().sees("Hari yang sama");
    let id = id_of(&portal, "A-1");
    decide(&mut examiner, id, &first)
        .ok()
        .sees("Menandatangani sesudah kejadian");
    let id = id_of(&portal, "N-1");
    let second = portal.person(1).id.to_string();
    decide(&mut examiner, id, &second)
        .ok()
        .sees("Tidak pernah menandatangani")
        .sees("Belum menandatangani");
}

#[test]
fn a_decision_needs_a_person_and_a_reason_and_can_be_taken_back() {
    let (portal, mut examiner, _) = office();
    let table = [HEADER.to_owned(), line(&portal, "B-1", 0, "")].concat();
    import(&mut examiner, "a.csv", table.as_bytes(), "import").ok();
    let id = id_of(&portal, "B-1");
    let at = |what: &str| format!("/complaints/{id}/{what}");
    examiner
        .post(&at("decide"), &[("reason", "alasan saya")])
        .is(422)
        .sees("Pilih salah satu orang")
        .sees("alasan saya");
    examiner
        .post(&at("decide"), &[("who", "nobody"), ("reason", " ")])
        .is(422)
        .sees("Tulis alasan");
    examiner
        .post(&at("decide"), &[("who", "987654"), ("reason", "x")])
        .is(404);
    examiner.post(&at("reopen"), &[("reason", "x")]).is(409);
    let third = portal.person(2).clone();
    examiner
        .get(&format!("/complaints/{id}?q={}", third.nip))
        .ok()
        .sees("1 orang ditemukan")
        .sees(&third.name);
    decide(&mut examiner, id, "nobody")
        .ok()
        .sees("Terlapor tidak ada dalam daftar pegawai ini");
    examiner
        .post(&at("decide"), &[("who", &third.id.to_string()), ("reason", "x")])
        .is(409)
        .sees("Buka kembali");
    let page = examiner.post(&at("reopen"), &[("reason", "ada surat baru")]);
    examiner
        .follow(&page)
        .ok()
        .sees("ada surat baru")
        .sees("Menunggu pemeriksa");
    decide(&mut examiner, id, &third.id.to_string())
        .ok()
        .sees("tidak menyebut tanggal kejadian");
}

#[test]
fn what_cannot_be_taken_is_told_by_line_and_nothing_is_lost() {
    let (portal, mut examiner, _) = office();
    let long = "x".repeat(10_000);
    let table = format!(
        "{HEADER}A1,,Budi,,,,,,\n,,Tanpa Nomor,,,,,,\nA3,,{long},,,,,,\nA4,,Budi dan Dewi,,,,,,30-02-2023\nA1,,Bambang,,,,,,\nA1,,Budi,,,,,,\n"
    );
    import(&mut examiner, "a.csv", table.as_bytes(), "import")
        .ok()
        .sees("Ditambahkan 1")
        .sees("Sudah ada, sama 1")
        .sees("Sudah ada, berbeda 1")
        .sees("Ditolak 3")
        .sees("lebih dari 400 huruf")
        .sees("tidak ada di kalender")
        .sees("Bambang");
    import(&mut examiner, "a.csv", b"nomor,kota\n1,Bandung\n", "import")
        .is(422)
        .sees("Kolom ini tidak ditemukan");
    import(&mut examiner, "a.json", b"{\"a\":", "import")
        .is(422)
        .sees("bukan JSON");
    import(&mut examiner, "a.pdf", b"%PDF-1.7 \x00\x01", "import").is(422);
    import(&mut examiner, "a.csv", b"", "import")
        .is(422)
        .sees("Pilih berkas");
    import(
        &mut examiner,
        "a.csv",
        b"complaint_id;accused_name\nL1;Andr\xe9\n",
        "import",
    )
    .ok()
    .sees("Ditambahkan 1");
    examiner
        .upload(
            "/complaints/import",
            "file",
            ("a.csv", b"x"),
            &[("authority", "tidak-ada")],
        )
        .is(422)
        .sees("Pilih instansi");
    let json =
        br#"[{"complaint_id":"J1","accused_name":"Dewi","incident_date":"2023-12-01T10:00:00+08:00"}]"#;
    import(&mut examiner, "a.json", json, "import")
        .ok()
        .sees("Ditambahkan 1");
    let id = id_of(&portal, "J1");
    examiner
        .get(&format!("/complaints/{id}"))
        .ok()
        .sees("2023-12-01[+08:00]");
}

#[test]
fn a_file_of_fifty_megabytes_is_refused() {
    let (_portal, mut examiner, _) = office();
    let large = vec![b'a'; 50 << 20];
    import(&mut examiner, "a.csv", &large, "import").is(413);
}

#[test]
fn a_workbook_of_complaints_that_unpacks_without_end_is_refused() {
    let (_portal, mut examiner, _) = office();
    import(&mut examiner, "a.xlsx", &crate::roster::bomb(), "import")
        .is(422)
        .sees("mengembang jauh melebihi");
    examiner.get("/complaints").ok();
}

#[test]
fn a_typed_complaint_keeps_what_was_typed() {
    let (_portal, mut examiner, _) = office();
    let typed = [
        ("authority", "bawaslu"),
        ("complaint_id", "H-1"),
        ("accused_name", "Budi <b>S</b>"),
        ("incident_date", "kemarin"),
    ];
    examiner
        .post("/complaints/new", &typed)
        .is(422)
        .sees("Tanggal tidak dapat dibaca")
        .lacks("<b>S");
    let mut typed = typed;
    typed[3].1 = "01-12-2023";
    let page = examiner.post("/complaints/new", &typed);
    page.is(303);
    examiner.follow(&page).ok().sees("2023-12-01");
    typed[2].1 = "Bambang";
    examiner
        .post("/complaints/new", &typed)
        .is(409)
        .sees("Tersimpan")
        .sees("Bambang");
}

#[test]
fn only_examiners_see_people() {
    let (portal, mut examiner, _) = office();
    let table = [HEADER.to_owned(), line(&portal, "B-1", 0, "")].concat();
    import(&mut examiner, "a.csv", table.as_bytes(), "import").ok();
    let id = id_of(&portal, "B-1");
    let name = portal.person(0).name.clone();
    let mut auditor = portal.officer("audit@example.test", &[Role::Auditor]);
    auditor
        .get("/complaints")
        .ok()
        .sees("tanpa data orang")
        .lacks(&name);
    auditor.get(&format!("/complaints/{id}")).is(403);
    let mut hr = portal.officer("hr@example.test", &[Role::Hr]);
    for path in [
        "/complaints",
        "/complaints/new",
        "/complaints/import",
        "/complaints/authorities",
    ] {
        hr.get(path).is(403);
    }
    hr.post(
        &format!("/complaints/{id}/decide"),
        &[("who", "nobody"), ("reason", "x")],
    )
    .is(403);
    portal.browser().get("/complaints").goes_to("/sign-in");
    portal.sign_in(0).get(&format!("/complaints/{id}")).is(403);
    examiner.get("/complaints/99999").is(404);
    examiner.get("/complaints/abc").is(404);
}
