//! Complaints: a file comes in, the linkage proposes, an examiner decides, the ledger answers.

use std::fmt::Write as _;

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
    let page = answer(examiner, id, who, "NIP dan nama cocok");
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
        .sees("Tampilkan kolom lain (2)")
        .lacks("Wati")
        .lacks("alert(1)")
        .lacks("Menurut buku besar");
    let page = examiner.get(&format!("/complaints/{id}?complainant=show"));
    page.ok().sees("Wati").sees("<script>alert(1)</script>");
    assert!(
        !page.text().contains("<script>alert"),
        "the complaint's own words stay words"
    );
    decide(&mut examiner, id, &first)
        .ok()
        .sees("Menandatangani sebelum kejadian")
        .sees(&code);
    let id = id_of(&portal, "S-1");
    decide(&mut examiner, id, &first)
        .ok()
        .sees("Hari yang sama, urutan belum pasti")
        .sees("Bandingkan kedua waktunya")
        .sees("23 November 2023 pukul 09.");
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
        .post(
            &at("decide"),
            &[("who", "nobody"), ("reason", " "), ("number", "1")],
        )
        .is(422)
        .sees("Tulis alasan");
    for number in ["", "x", "2"] {
        let form = [("who", "nobody"), ("reason", "x"), ("number", number)];
        examiner
            .post(&at("decide"), &form)
            .is(409)
            .sees("Usulan untuk aduan ini sudah diperbarui");
    }
    answer(&mut examiner, id, "987654", "x").is(404);
    let x = [("reason", "x"), ("number", "1")];
    examiner.post(&at("reopen"), &x).is(409).sees("belum diputuskan");
    let third = portal.person(2).clone();
    examiner
        .get(&format!("/complaints/{id}?find={}", third.nip))
        .ok()
        .sees("1 orang ditemukan")
        .sees(&third.name);
    decide(&mut examiner, id, "nobody")
        .ok()
        .sees("Terlapor tidak ada dalam daftar pegawai ini");
    answer(&mut examiner, id, &third.id.to_string(), "x")
        .is(409)
        .sees("Buka kembali");
    let page = examiner.post(&at("reopen"), &[("reason", "ada surat baru"), ("number", "1")]);
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
fn a_file_that_breaks_off_stores_nothing_and_one_of_many_records_is_refused() {
    let (_portal, mut examiner, _) = office();
    let rows: Vec<String> = (0..300).map(|number| format!("R-{number},Budi\n")).collect();
    let whole = format!("complaint_id,accused_name\n{}", rows.concat());
    let broken = format!("{whole}R-x,{}\n", "x".repeat(40_000));
    import(&mut examiner, "a.csv", broken.as_bytes(), "import").is(422);
    examiner.get("/complaints").ok().sees("Tidak ada aduan");
    import(&mut examiner, "a.csv", whole.as_bytes(), "check")
        .ok()
        .sees("Akan ditambahkan 300");
    import(&mut examiner, "a.csv", whole.as_bytes(), "import")
        .ok()
        .sees("Ditambahkan 300");
    let more = format!("{whole}R-301,Budi\nR-5,Dewi\n");
    import(&mut examiner, "a.csv", more.as_bytes(), "import")
        .ok()
        .sees("Ditambahkan 1")
        .sees("Sudah ada, sama 300")
        .sees("Sudah ada, berbeda 1");
    let many = format!("[{}{{}}]", "{},".repeat(100_010));
    import(&mut examiner, "a.json", many.as_bytes(), "import")
        .is(422)
        .sees("terlalu banyak aduan");
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
    for path in ["decide", "reopen", "compare"] {
        let path = format!("/complaints/{id}/{path}");
        hr.post(&path, &[("who", "nobody"), ("reason", "x")]).is(403);
        auditor.post(&path, &[("who", "nobody"), ("reason", "x")]).is(403);
    }
    for officer in [&mut hr, &mut auditor] {
        officer.get("/complaints/next").is(403);
        officer.post("/complaints/compare", &[]).is(403);
    }
    portal.browser().get("/complaints").goes_to("/sign-in");
    portal.sign_in(0).get(&format!("/complaints/{id}")).is(403);
    examiner.get("/complaints/99999").is(404);
    examiner.get("/complaints/abc").is(404);
}

/// The complaint at `id` answered by an examiner.
fn answer(examiner: &mut Browser, id: i64, who: &str, reason: &str) -> Page {
    examiner.post(
        &format!("/complaints/{id}/decide"),
        &[("who", who), ("reason", reason), ("number", "1")],
    )
}

#[test]
fn two_examiners_decide_together_where_the_setting_says_so() {
    let portal = TestPortal::configured(|config| config.complaints.two_examiners = true)
        .with_election()
        .with_pact()
        .with_people(3);
    let code = sign(&portal, 0);
    let mut one = portal.officer("satu@example.test", &[Role::Examiner]);
    let mut two = portal.officer("dua@example.test", &[Role::Examiner]);
    let authority = [("slug", "bawaslu"), ("name", "Badan Pengawas")];
    one.post("/complaints/authorities", &authority)
        .goes_to("/complaints/authorities");
    let table = [HEADER.to_owned(), line(&portal, "B-1", 0, "24-11-2023")].concat();
    import(&mut one, "a.csv", table.as_bytes(), "import").ok();
    let id = id_of(&portal, "B-1");
    let at = format!("/complaints/{id}");
    let person = portal.person(0).id.to_string();
    let other = portal.person(1).id.to_string();

    let page = answer(&mut one, id, &person, "alasan pertama");
    page.goes_to(&at);
    one.follow(&page)
        .ok()
        .sees("menunggu pemeriksa kedua")
        .sees("alasan pertama")
        .lacks("Menurut buku besar")
        .lacks("name=\"who\"");
    answer(&mut one, id, &person, "sekali lagi")
        .is(409)
        .sees("Jawaban pertama adalah jawaban Anda");
    one.get("/complaints?state=second")
        .ok()
        .sees("B-1")
        .sees("1 aduan");
    one.get("/complaints/next").goes_to("/complaints");
    two.get("/complaints/next").goes_to(&at);

    two.get(&at)
        .ok()
        .sees("Jawaban pertama sudah ada")
        .lacks("alasan pertama")
        .lacks("Terlapor ditentukan")
        .lacks("Menurut buku besar");
    two.post(&format!("{at}/reopen"), &[("reason", "x"), ("number", "1")])
        .is(409)
        .sees("bukan jawaban Anda");
    two.post(&format!("{at}/compare"), &[]).is(409);
    let page = answer(&mut two, id, &other, "alasan kedua");
    page.goes_to(&at);
    for examiner in [&mut one, &mut two] {
        examiner
            .get(&at)
            .ok()
            .sees("Jawaban pertama dari dua")
            .sees("berbeda dari yang pertama")
            .sees("alasan pertama")
            .sees("alasan kedua")
            .sees("Menunggu pemeriksa")
            .lacks("Menurut buku besar");
    }

    answer(&mut two, id, &person, "setelah dibicarakan").goes_to(&at);
    let page = answer(&mut one, id, &person, "NIP dan nama cocok");
    one.follow(&page)
        .ok()
        .sees("Jawaban kedua, sama dengan yang pertama")
        .sees("Menandatangani sebelum kejadian")
        .sees(&code);
    two_reopen(&mut one, &mut two, id);
    every_answer_is_journalled(&portal);
}

fn every_answer_is_journalled(portal: &TestPortal) {
    let actions: Vec<String> = portal.read(|conn| {
        let lines = ikrar::service::journal::list_newest(conn, i64::MAX, 100)?;
        Ok(lines.into_iter().map(|line| line.action).collect())
    });
    for action in [
        "complaint-answered",
        "complaint-disagreed",
        "complaint-decided",
        "complaint-kept",
        "complaint-reopened",
    ] {
        assert!(actions.iter().any(|known| known == action), "{action}");
    }
}

/// What two examiners decided stands until both want it reopened.
fn two_reopen(one: &mut Browser, two: &mut Browser, id: i64) {
    let at = format!("/complaints/{id}");
    let reopen = |examiner: &mut Browser, act: &str| {
        let form = [("reason", "surat baru"), ("number", "1"), ("act", act)];
        let page = examiner.post(&format!("{at}/reopen"), &form);
        page.goes_to(&at);
        examiner.follow(&page)
    };
    reopen(one, "")
        .ok()
        .sees("Permintaan membuka kembali menunggu pemeriksa kedua")
        .sees("Tarik permintaan")
        .lacks("Setuju, buka kembali")
        .sees("Menandatangani sebelum kejadian");
    one.get("/complaints/next").goes_to("/complaints");
    two.get("/complaints/next").goes_to(&at);
    two.get(&at).ok().sees("surat baru").sees("Setuju, buka kembali");
    reopen(two, "keep")
        .ok()
        .sees("Keputusan tetap berlaku")
        .sees("Menandatangani sebelum kejadian");
    reopen(one, "").ok();
    reopen(two, "")
        .ok()
        .sees("Menunggu pemeriksa")
        .lacks("Menurut buku besar");
}

/// An office with 300 complaints, `M-000` to `M-299`; every other one names an outsider.
fn hundreds() -> (TestPortal, Browser) {
    let (portal, mut examiner, _) = office();
    let mut table = HEADER.to_owned();
    for number in 0..300 {
        let name = if number % 2 == 0 {
            "Orang Luar"
        } else {
            "Budi Santoso"
        };
        writeln!(table, "M-{number:03},laman,{name} {number},,,,,,,,").unwrap();
    }
    import(&mut examiner, "a.csv", table.as_bytes(), "import")
        .ok()
        .sees("Ditambahkan 300");
    (portal, examiner)
}

#[test]
fn hundreds_of_complaints_are_gone_through_one_by_one() {
    let (portal, mut examiner) = hundreds();
    let page = examiner.get("/complaints?state=undecided&page=2");
    page.ok().sees("300 aduan").sees("Halaman 2 dari 6");
    assert!(page.bytes.len() < 150_000, "{} bytes", page.bytes.len());
    assert_eq!(page.text().matches("<th scope=\"row\">").count(), 50);

    // The one that has waited longest first; an answer leads on to the next, and the filter with it.
    let queue = "authority=bawaslu&q=M-00";
    let first = id_of(&portal, "M-000");
    examiner
        .get(&format!("/complaints/next?{queue}"))
        .goes_to(&format!("/complaints/{first}?{queue}"));
    let form = [
        ("who", "nobody"),
        ("reason", "bukan pegawai"),
        ("number", "1"),
        ("then", "next"),
        ("authority", "bawaslu"),
        ("q", "M-00"),
    ];
    let mut id = first;
    for number in 1..=10 {
        let page = examiner.post(&format!("/complaints/{id}/decide"), &form);
        if number == 10 {
            page.goes_to(&format!("/complaints/{id}?{queue}"));
        } else {
            id = id_of(&portal, &format!("M-{number:03}"));
            page.goes_to(&format!("/complaints/{id}?{queue}"));
        }
    }
    let page = examiner.get(&format!("/complaints/next?after={id}&{queue}"));
    page.goes_to(&format!("/complaints?{queue}"));
    examiner.follow(&page).ok().sees("Tidak ada lagi aduan");

    // Overdue after the days of the setting, and only while nobody has decided.
    examiner
        .get("/complaints?overdue=yes")
        .ok()
        .sees("Tidak ada aduan yang cocok");
    portal.set_clock(crate::harness::NOW_S + 8 * 86_400);
    examiner = portal.officer("periksa@example.test", &[Role::Examiner]);
    examiner
        .get("/complaints?overdue=yes")
        .ok()
        .sees("290 aduan")
        .sees("Terlambat");
}

#[test]
fn after_a_roster_changed_undecided_complaints_are_compared_anew_and_the_old_proposals_kept() {
    let (portal, mut examiner) = hundreds();
    let decided = id_of(&portal, "M-002");
    answer(&mut examiner, decided, "nobody", "bukan pegawai").is(303);
    rename(&portal, portal.person(2).id, "<b>Orang</b> Luar");
    examiner
        .get("/complaints")
        .ok()
        .sees("299 usulan dibuat dari daftar pegawai atau model sebelumnya");
    examiner
        .post("/complaints/compare", &[("state", "undecided")])
        .goes_to("/complaints?state=undecided");
    let page = examiner.get("/complaints?q=M-010");
    page.ok().sees("<b>Orang</b> Luar").lacks("usulan dibuat dari");
    assert!(!page.text().contains("<b>Orang"), "a name is text");
    let page = examiner.get(&format!("/complaints/{}", id_of(&portal, "M-010")));
    page.ok()
        .sees("Usulan ke-2")
        .sees("Usulan sebelumnya (1)")
        .sees("<b>Orang</b> Luar");
    assert!(!page.text().contains("<b>Orang"), "a name is text");
    examiner
        .get(&format!("/complaints/{}?past=1", id_of(&portal, "M-010")))
        .ok()
        .sees("Anda melihat usulan ke-1, yang sudah diganti")
        .sees("Titik awal")
        .lacks("name=\"who\"");
    examiner
        .get(&format!("/complaints/{}?past=7", id_of(&portal, "M-010")))
        .is(404);
    examiner
        .get(&format!("/complaints/{decided}"))
        .ok()
        .sees("Usulan ke-1")
        .lacks("Usulan ke-2");
}

/// Gives a person another name, as an import does.
fn rename(portal: &TestPortal, person: i64, name: &str) {
    use diesel::prelude::*;
    use ikrar::store::schema::person::dsl;
    let name = name.to_owned();
    let now_s = portal.app.now_s();
    portal
        .write(move |conn| {
            let change = (dsl::name.eq(name), dsl::updated_s.eq(now_s + 1));
            diesel::update(dsl::person.find(person))
                .set(change)
                .execute(conn)
                .map_err(ikrar::service::StoreError::from)?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_answer_about_an_older_proposal_is_shown_the_newer_one() {
    let (portal, mut examiner, _) = office();
    let table = [HEADER.to_owned(), line(&portal, "B-1", 0, "")].concat();
    import(&mut examiner, "a.csv", table.as_bytes(), "import").ok();
    let id = id_of(&portal, "B-1");
    let at = format!("/complaints/{id}");
    let seen = examiner.get(&at).ok().input("number");
    rename(&portal, portal.person(1).id, "Budi Santosa");
    examiner.get(&at).ok().sees("sudah berubah sejak usulan ini");
    examiner.post(&format!("{at}/compare"), &[]).goes_to(&at);
    let form = [("who", "nobody"), ("reason", "kata saya"), ("number", &seen)];
    let page = examiner.post(&format!("{at}/decide"), &form);
    page.is(409).sees("sudah diperbarui").sees("kata saya");
    let newer = page.input("number");
    assert_ne!(newer, seen);
    let form = [("who", "nobody"), ("reason", "kata saya"), ("number", &newer)];
    examiner.post(&format!("{at}/decide"), &form).goes_to(&at);
}

#[test]
fn candidates_stand_side_by_side_with_their_reasons_in_words() {
    let (portal, mut examiner, _) = office();
    let row = format!("W-1,laman,{},,,,198001012005011002,,,,\n", portal.person(0).name);
    import(
        &mut examiner,
        "a.csv",
        (HEADER.to_owned() + &row).as_bytes(),
        "import",
    )
    .ok();
    let id = id_of(&portal, "W-1");
    let page = examiner.get(&format!("/complaints/{id}"));
    page.ok()
        .sees("Titik awal")
        .sees("sama dengan yang tercatat")
        .sees("Hanya satu orang dalam daftar tercatat demikian")
        .sees("mendukung")
        .sees("Tidak ada dalam daftar ini")
        .sees("Tidak ada orang lain dalam daftar yang namanya hampir sama");
    assert!(page.text().contains("aria-hidden=\"true\""));
    examiner
        .get(&format!("/complaints/{id}?find=ab"))
        .ok()
        .sees("Ketik sedikitnya tiga huruf");
    examiner
        .get(&format!("/complaints/{id}?find=tidakadaorangnya"))
        .ok()
        .sees("Tidak ada pegawai yang cocok");
    let searched = portal.read(|conn| {
        let lines = ikrar::service::journal::list_newest(conn, i64::MAX, 10)?;
        let lines = lines.into_iter().filter(|line| line.action == "people-searched");
        Ok(lines.map(|line| line.subject).collect::<Vec<_>>())
    });
    assert_eq!(searched, [format!("complaint {id}"), format!("complaint {id}")]);
}

#[test]
fn somebody_found_by_hand_has_a_waterfall_on_the_page_and_in_the_record() {
    let (portal, mut examiner, _) = office();
    let table = [HEADER.to_owned(), line(&portal, "B-1", 0, "")].concat();
    import(&mut examiner, "a.csv", table.as_bytes(), "import").ok();
    let id = id_of(&portal, "B-1");
    let (first, third) = (portal.person(0).clone(), portal.person(2).clone());
    let page = examiner.get(&format!("/complaints/{id}?find={}", third.nip));
    page.ok()
        .sees("menurut daftar pegawai sekarang")
        .sees(&format!("Tampilkan petunjuk dan bobot {}", third.name))
        .sees(&format!("Petunjuk {}: dari titik awal", third.name));
    assert!(page.text().contains(&format!("id=\"found-{}\"", third.id)));
    examiner
        .get(&format!("/complaints/{id}?find={}", first.nip))
        .ok()
        .sees("Sudah menjadi calon urutan 1")
        .lacks(&format!("Tampilkan petunjuk dan bobot {}", first.name));
    decide(&mut examiner, id, &third.id.to_string())
        .ok()
        .sees("Petunjuk tentang orang ini, yang dicari sendiri oleh pemeriksa")
        .sees(&format!("Petunjuk {}: dari titik awal", third.name));
}
