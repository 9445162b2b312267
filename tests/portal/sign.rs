//! Signing, end to end: the page, the code, the receipt, and everything that must not get through.

use crate::harness::Browser;
use crate::harness::CLOSES_S;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::OPENS_S;
use crate::harness::Page;
use crate::harness::TestPortal;
use ikrar::domain::person::Fragment;
use ikrar::domain::person::Opening;
use ikrar::ledger::encoding::encode_base64;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::proof::Proof;

fn portal() -> TestPortal {
    TestPortal::new().with_election().with_pact().with_people(3)
}

/// Posts fields of a signing form for [`ELECTION`].
fn post(browser: &mut Browser, fields: &[(&'static str, String)]) -> Page {
    let mut form = vec![("election", ELECTION)];
    form.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    browser.post("/sign", &form)
}

fn submit(portal: &TestPortal, browser: &mut Browser, person: usize) -> Page {
    let form = portal.sign_as(person).sign(portal);
    post(browser, &form.fields())
}

/// Types a code on the page that asks for it.
fn answer(browser: &mut Browser, code: &str) -> Page {
    let page = browser.get(&format!("/sign/code?election={ELECTION}"));
    let pending = page.ok().input("statement");
    browser.post(
        "/sign/code",
        &[("election", ELECTION), ("statement", &pending), ("code", code)],
    )
}

/// The whole act, to the receipt.
pub(crate) fn sign(portal: &TestPortal, browser: &mut Browser, person: usize) {
    submit(portal, browser, person).goes_to(&format!("/sign/code?election={ELECTION}"));
    let code = portal.newest_mail().code();
    answer(browser, &code).goes_to(&format!("/receipt?election={ELECTION}"));
}

fn size(portal: &TestPortal) -> u64 {
    portal.read(ikrar::service::ledger_size)
}

#[test]
fn a_signer_reads_signs_answers_the_code_and_keeps_a_proof() {
    let portal = portal();
    let before = size(&portal);
    let mut ani = portal.sign_in(0);
    let person = portal.person(0).clone();
    let page = ani.get("/sign");
    page.ok()
        .sees("Pakta Integritas Netralitas Aparatur Sipil Negara")
        .sees(&person.nip)
        .sees("Tandatangani pakta integritas")
        .sees("JavaScript diperlukan");
    assert_eq!(page.attribute("data-sign", "data-election"), ELECTION);
    assert_eq!(page.attribute("data-sign", "data-after-size"), before.to_string());

    submit(&portal, &mut ani, 0).goes_to(&format!("/sign/code?election={ELECTION}"));
    assert_eq!(size(&portal), before, "nothing is written before the step-up");
    let mail = portal.newest_mail();
    assert!(!mail.raw.contains(&person.nip));
    ani.get("/sign").ok().sees("Kode sudah dikirim");
    answer(&mut ani, &mail.code()).goes_to(&format!("/receipt?election={ELECTION}"));
    assert_eq!(size(&portal), before + 1);

    let receipt = ani.get("/receipt");
    receipt
        .ok()
        .sees("Pakta sudah ditandatangani")
        .sees("23 November 2023 pukul 09.00 WIB")
        .sees("Pasal 60")
        .sees("kotak surelnya")
        .lacks(&person.nip);
    ani.get("/sign").goes_to(&format!("/receipt?election={ELECTION}"));

    let proof = ani.get("/receipt/proof");
    let parsed = Proof::parse(&proof.ok().text()).unwrap();
    let extra = parsed.extra.clone().unwrap();
    let entry = extra.strip_prefix(b"ikrar/receipt/v1\n".as_slice()).unwrap();
    parsed
        .verify(portal.app.keys().log.vkey(), &leaf_hash(entry))
        .unwrap();
    proof.lacks(&person.name).lacks(&person.nip);

    let opening = ani.get("/receipt/opening");
    let parsed = Opening::parse(&opening.ok().bytes).unwrap();
    assert_eq!(parsed.person.as_ref().unwrap().number.as_str(), person.nip);
    assert!(Fragment::of(&parsed).is_some());
    let sheet = ani.get("/receipt/print");
    sheet.ok().sees("Lembar ini salinan").lacks(&person.nip);
    let image = ani.get("/receipt/qr.svg");
    assert_eq!(image.ok().header("content-type"), Some("image/svg+xml"));
    image.lacks("style=");

    let mail = portal.newest_mail();
    assert_eq!(mail.attached(), proof.bytes);
    let code = receipt.text();
    let code = code
        .split("class=\"reference\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    assert!(mail.text.contains(code), "{}", mail.text);
    for secret in [&person.nip, &person.unit, &person.position] {
        assert!(!mail.raw.contains(secret.as_str()), "{secret} is in the mail");
    }
}

#[test]
fn the_same_statement_again_gives_the_same_receipt_another_is_challenged() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    let form = portal.sign_as(0).sign(&portal);
    post(&mut ani, &form.fields()).is(303);
    // A second click while the code is on its way changes nothing and sends nothing.
    post(&mut ani, &form.fields()).is(303);
    let code = portal.newest_mail().code();
    assert_eq!(portal.mails().len(), 1);
    answer(&mut ani, &code).is(303);
    let grown = size(&portal);
    post(&mut ani, &form.fields()).goes_to(&format!("/receipt?election={ELECTION}"));
    let other = submit(&portal, &mut ani, 0);
    other
        .is(409)
        .sees("Apakah Anda yang membuatnya")
        .sees("23 November 2023 pukul 09.00 WIB")
        .sees("Kode yang dikirim ke surel");
    assert_eq!(size(&portal), grown);
}

#[test]
fn five_wrong_codes_spend_it_and_a_new_one_works() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    submit(&portal, &mut ani, 0).is(303);
    let code = portal.newest_mail().code();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    answer(&mut ani, "12a").is(422).sees("Ketik enam angka");
    for left in (1..5).rev() {
        answer(&mut ani, wrong)
            .is(422)
            .sees(&format!("masih dapat mencoba {left} kali"));
    }
    answer(&mut ani, wrong).is(422).sees("Minta kode baru");
    answer(&mut ani, &code).is(422).sees("Minta kode baru");
    let resend = |browser: &mut Browser| browser.post("/sign/code/resend", &[("election", ELECTION)]);
    resend(&mut ani).is(422).sees("Tunggu satu menit");
    portal.set_clock(NOW_S + 61);
    resend(&mut ani).is(303);
    let fresh = portal.newest_mail().code();
    answer(&mut ani, &fresh).goes_to(&format!("/receipt?election={ELECTION}"));
}

#[test]
fn codes_have_a_limit_an_hour_and_ten_minutes_each() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    for _ in 0..6 {
        submit(&portal, &mut ani, 0).is(303);
    }
    submit(&portal, &mut ani, 0).is(422).sees("enam kode");
    let mails = ikrar::mail::drain_once(&portal.app).unwrap();
    assert_eq!(mails, 1, "only the newest statement's code is sent");
    let page = ani.get(&format!("/sign/code?election={ELECTION}"));
    let pending = page.input("statement");
    let code = portal.newest_mail().code();
    portal.set_clock(NOW_S + 600);
    let late = ani.post(
        "/sign/code",
        &[("election", ELECTION), ("statement", &pending), ("code", &code)],
    );
    late.goes_to(&format!("/sign?election={ELECTION}"));
    ani.follow(&late)
        .ok()
        .sees("Waktu untuk memasukkan kode sudah habis");
    assert_eq!(portal.audit().size(), size(&portal));
}

/// Sends one code so many times at once; each is told that the signature stands.
fn answer_at_once(
    count: usize,
    browser: &Browser,
    pending: &str,
    code: &str,
) -> Vec<std::thread::JoinHandle<()>> {
    let send = || {
        let (mut browser, pending, code) = (browser.clone(), pending.to_owned(), code.to_owned());
        std::thread::spawn(move || {
            let form = [
                ("election", ELECTION),
                ("statement", pending.as_str()),
                ("code", code.as_str()),
            ];
            browser
                .post("/sign/code", &form)
                .goes_to(&format!("/receipt?election={ELECTION}"));
        })
    };
    (0..count).map(|_| send()).collect()
}

#[test]
fn two_browsers_at_once_leave_one_signature() {
    let portal = portal();
    let (mut phone, mut desk) = (portal.sign_in(0), portal.sign_in(0));
    submit(&portal, &mut phone, 0).is(303);
    let first = portal.newest_mail().code();
    let old = phone
        .get(&format!("/sign/code?election={ELECTION}"))
        .input("statement");
    submit(&portal, &mut desk, 0).is(303);
    let code = portal.newest_mail().code();
    phone
        .post(
            "/sign/code",
            &[("election", ELECTION), ("statement", &old), ("code", &first)],
        )
        .is(422)
        .sees("jendela lain");
    let before = size(&portal);
    let pending = desk
        .get(&format!("/sign/code?election={ELECTION}"))
        .input("statement");
    for thread in answer_at_once(8, &desk, &pending, &code) {
        thread.join().unwrap();
    }
    assert_eq!(size(&portal), before + 1);
    // The phone's statement is not the one that was recorded, and its owner is not told that it was.
    phone
        .post(
            "/sign/code",
            &[("election", ELECTION), ("statement", &old), ("code", &first)],
        )
        .is(409)
        .sees("kunci lain");
}

/// While another process holds the right to publish: what adds nothing is answered, what added something waits, and so does who only
/// hears that it was added.
#[test]
fn nobody_is_told_that_a_signature_stands_before_its_checkpoint_is_out() {
    let portal = portal();
    let (mut ani, mut other) = (portal.sign_in(0), portal.sign_in(1));
    submit(&portal, &mut ani, 0).is(303);
    let code = portal.newest_mail().code();
    let pending = ani
        .get(&format!("/sign/code?election={ELECTION}"))
        .input("statement");
    let recorded = size(&portal) + 1;
    let held = portal.app.log().lock().unwrap();
    let answers = answer_at_once(2, &ani, &pending, &code);
    let committed = || {
        portal
            .app
            .read_here(|conn| Ok(ikrar::service::ledger_size(conn)? == recorded))
            .unwrap()
    };
    while !committed() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    submit(&portal, &mut other, 1).is(303);
    assert!(answers.iter().all(|answer| !answer.is_finished()));
    drop(held);
    for answer in answers {
        answer.join().unwrap();
    }
    assert_eq!(size(&portal), recorded);
}

#[test]
fn a_statement_that_is_not_exactly_right_is_refused_by_name() {
    let portal = portal();
    let before = size(&portal);
    let mut ani = portal.sign_in(0);
    let device = portal.sign_as(0);
    let good = device.sign(&portal);
    let changed = |change: &dyn Fn(&mut ikrar::domain::statement::Statement)| {
        let mut statement = good.statement.clone();
        change(&mut statement);
        device.sign_statement(statement).fields()
    };
    let other = portal.sign_as(1).sign(&portal);
    let cases: Vec<(Vec<(&'static str, String)>, &str)> = vec![
        (
            changed(&|s| s.origin = "ikrar.example/2029".parse().unwrap()),
            "buku besar lain",
        ),
        (
            changed(&|s| s.election = "pemilu-2029".parse().unwrap()),
            "pemilihan lain",
        ),
        (changed(&|s| s.pact[0] ^= 1), "Pakta sudah diperbarui"),
        (changed(&|s| s.label[0] ^= 1), "bukan atas nama Anda"),
        (changed(&|s| s.commit[0] ^= 1), "Data Anda berubah"),
        (changed(&|s| s.after.root[0] ^= 1), "bukan milik layanan ini"),
        (changed(&|s| s.after.size += 99), "bukan milik layanan ini"),
        (
            changed(&|s| s.method = ikrar::domain::statement::Method::Oidc),
            "belum tersedia",
        ),
        (changed(&|s| s.key = [0; 32]), "lemah"),
        (other.fields(), "bukan atas nama Anda"),
    ];
    for (fields, words) in cases {
        post(&mut ani, &fields)
            .is(422)
            .sees(words)
            .sees("Tandatangani pakta integritas");
    }
    let text = String::from_utf8(good.statement.print()).unwrap();
    for bad in [
        text.replace("method email", "method  email"),
        text.replace('\n', "\r\n"),
        text.replace("after ", "after 0"),
        format!("{text}\n"),
        text.replace("ikrar/statement/v1", "ikrar/statement/v2"),
    ] {
        let mut fields = good.fields();
        fields[1].1 = encode_base64(bad.as_bytes());
        post(&mut ani, &fields).is(422).sees("rusak");
    }
    for place in [1, 2, 3] {
        let mut fields = good.fields();
        fields[place].1.truncate(10);
        post(&mut ani, &fields).is(422).sees("rusak");
    }
    let mut fields = good.fields();
    fields[2].1 = encode_base64(&other.signature);
    post(&mut ani, &fields).is(422).sees("tidak sah");
    let mut fields = good.fields();
    fields[0].1 = "no".to_owned();
    let page = post(&mut ani, &fields);
    page.is(422).sees("Centang pernyataan");
    assert_eq!(page.attribute("data-sign", "data-fresh"), "yes");
    post(&mut ani, &[("agree", "yes".to_owned())])
        .is(422)
        .sees("JavaScript");
    assert_eq!(portal.mails().len(), 0, "no code was sent for any of them");
    assert_eq!(size(&portal), before);
}

/// The same signature with the group's order added to `s`: verifiers without care take both for valid (RFC 8032, 8.4).
fn second_form(signature: &[u8; 64]) -> [u8; 64] {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut sum = *signature;
    let mut carry = 0_u16;
    for (byte, add) in sum[32..].iter_mut().zip(ORDER) {
        let [low, high] = (u16::from(*byte) + u16::from(add) + carry).to_le_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
    sum
}

#[test]
fn there_is_one_way_to_write_a_statement_and_a_signature() {
    let portal = portal();
    let before = size(&portal);
    let mut ani = portal.sign_in(0);
    let good = portal.sign_as(0).sign(&portal);
    let mut fields = good.fields();
    fields[2].1 = encode_base64(&second_form(&good.signature));
    post(&mut ani, &fields).is(422).sees("tidak sah");
    let [statement, signature] = [1, 2].map(|place| good.fields()[place].1.clone());
    let no_padding = signature.trim_end_matches('=').to_owned();
    let mut loose_bits = no_padding.clone();
    let last = loose_bits.pop().unwrap();
    loose_bits.push(char::from_u32(u32::from(last) + 1).unwrap());
    for (place, text) in [
        (1, format!("{statement}\n")),
        (1, format!(" {statement}")),
        (1, format!("{}\r\n{}", &statement[..40], &statement[40..])),
        (2, no_padding),
        (2, format!("{loose_bits}==")),
        (2, format!("{signature}====")),
        (2, signature.to_lowercase()),
    ] {
        let mut fields = good.fields();
        fields[place].1.clone_from(&text);
        post(&mut ani, &fields).is(422);
    }
    assert_eq!((portal.mails().len(), size(&portal)), (0, before));
    post(&mut ani, &good.fields()).goes_to(&format!("/sign/code?election={ELECTION}"));
}

#[test]
fn every_changed_byte_of_a_statement_is_refused() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    let good = portal.sign_as(0).sign(&portal);
    let bytes = good.statement.print();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let mut fields = good.fields();
        fields[1].1 = encode_base64(&changed);
        post(&mut ani, &fields).is(422);
    }
    post(&mut ani, &good.fields()).is(303);
}

#[test]
fn a_key_signs_once() {
    let portal = portal();
    let (mut ani, mut budi) = (portal.sign_in(0), portal.sign_in(1));
    let device = portal.sign_as(0);
    post(&mut ani, &device.sign(&portal).fields()).is(303);
    let code = portal.newest_mail().code();
    answer(&mut ani, &code).is(303);
    let mut stolen = portal.sign_as(1);
    stolen.key = device.key;
    post(&mut budi, &stolen.sign(&portal).fields())
        .is(409)
        .sees("sudah pernah dipakai");
}

#[test]
fn the_window_and_the_age_of_a_page_are_held() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    let early = portal.sign_as(0).sign(&portal);
    portal.set_clock(OPENS_S - 1);
    let mut ani_before = portal.sign_in(0);
    ani_before.get("/sign").ok().sees("belum dibuka");
    post(&mut ani_before, &early.fields())
        .is(409)
        .sees("belum dibuka");

    portal.set_clock(NOW_S);
    submit(&portal, &mut ani, 0).is(303);
    let code = portal.newest_mail().code();
    let mut budi = portal.sign_in(1);
    sign(&portal, &mut budi, 1);
    let old = early;
    // The log has grown, and half an hour has passed: the page is too old.
    portal.set_clock(NOW_S + 1860 + 60);
    let mut ani = portal.sign_in(0);
    post(&mut ani, &old.fields()).is(422).sees("tiga puluh menit");
    submit(&portal, &mut ani, 0).is(303);
    let fresh = portal.newest_mail().code();
    assert_eq!(fresh.len(), code.len());

    portal.set_clock(CLOSES_S - 60);
    let mut ani = portal.sign_in(0);
    submit(&portal, &mut ani, 0).is(303);
    let code = portal.newest_mail().code();
    let pending = ani
        .get(&format!("/sign/code?election={ELECTION}"))
        .input("statement");
    portal.set_clock(CLOSES_S);
    let late = ani.post(
        "/sign/code",
        &[("election", ELECTION), ("statement", &pending), ("code", &code)],
    );
    late.is(409).sees("sudah ditutup");
    ani.get("/sign").ok().sees("Sudah ditutup");
}

#[test]
fn a_clock_that_went_back_answers_no_code() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    submit(&portal, &mut ani, 0).is(303);
    let code = portal.newest_mail().code();
    portal.set_clock(NOW_S - 300);
    answer(&mut ani, &code).goes_to(&format!("/sign?election={ELECTION}"));
}

#[test]
fn a_value_that_changed_since_the_page_was_opened_is_not_signed_for() {
    let portal = portal();
    let mut ani = portal.sign_in(0);
    submit(&portal, &mut ani, 0).is(303);
    let code = portal.newest_mail().code();
    let id = portal.person(0).id;
    portal
        .write(move |conn| {
            use diesel::prelude::*;
            use ikrar::store::schema::person::dsl;
            diesel::update(dsl::person.find(id))
                .set(dsl::unit.eq("Biro Umum"))
                .execute(conn)
                .map_err(ikrar::service::StoreError::from)?;
            Ok(())
        })
        .unwrap();
    answer(&mut ani, &code)
        .is(422)
        .sees("Data Anda berubah")
        .sees("Biro Umum");
}

#[test]
fn who_is_on_no_roster_is_told_so() {
    let portal = TestPortal::new();
    let id = portal
        .write(|conn| {
            use diesel::prelude::*;
            use ikrar::store::schema::person::dsl;
            Ok(diesel::insert_into(dsl::person)
                .values((
                    dsl::nip.eq("198504122010011009"),
                    dsl::name.eq("<script>alert(1)</script>"),
                    dsl::unit.eq("Biro"),
                    dsl::unit_path.eq("Biro"),
                    dsl::position.eq(""),
                    dsl::city.eq(""),
                    dsl::grade.eq(""),
                    dsl::employment.eq("pns"),
                    dsl::search.eq(""),
                    dsl::updated_s.eq(NOW_S),
                ))
                .returning(dsl::id)
                .get_result(conn)
                .map_err(ikrar::service::StoreError::from)?)
        })
        .unwrap();
    let mut nobody = portal.enter(ikrar::service::access::Subject::Person(id));
    let page = nobody.get("/sign");
    page.ok().sees("belum ada dalam daftar pegawai");
    assert!(!page.text().contains("<script>alert"));
    nobody.get("/receipt").goes_to("/sign");
    nobody.get("/sign/code").goes_to("/sign");
    nobody.get("/sign?election=lain").ok();
    nobody.get("/receipt/proof").is(404);
    nobody.get("/receipt/opening").is(404);
    nobody.get(&format!("/sign/code?election={ELECTION}")).is(404);
    post(&mut nobody, &[("agree", "yes".to_owned())]).is(404);
}

#[test]
fn who_is_excluded_reads_why() {
    let portal = portal();
    let id = portal.person(2).id;
    portal
        .write(move |conn| {
            use diesel::prelude::*;
            use ikrar::store::schema::roster_member::dsl;
            diesel::update(dsl::roster_member.filter(dsl::person_id.eq(id)))
                .set((dsl::state.eq("excluded"), dsl::reason.eq(Some("unpaid-leave"))))
                .execute(conn)
                .map_err(ikrar::service::StoreError::from)?;
            Ok(())
        })
        .unwrap();
    let mut citra = portal.sign_in(2);
    citra
        .get("/sign")
        .ok()
        .sees("Tidak perlu menandatangani")
        .sees("cuti di luar tanggungan negara");
    submit(&portal, &mut citra, 2).is(303).goes_to("/sign");
}

#[test]
fn a_name_that_holds_markup_stays_a_name() {
    const NAME: &str = "<script>alert(1)</script> O'Neil & \"Ani\"";
    let portal = portal();
    let id = portal.person(0).id;
    portal
        .write(move |conn| {
            use diesel::prelude::*;
            use ikrar::store::schema::person::dsl;
            diesel::update(dsl::person.find(id))
                .set(dsl::name.eq(NAME))
                .execute(conn)
                .map_err(ikrar::service::StoreError::from)?;
            Ok(())
        })
        .unwrap();
    let mut ani = portal.sign_in(0);
    let mut device = portal.sign_as(0);
    device.person.name = NAME.to_owned();
    let sheet = ani.get("/sign");
    sheet.ok().sees(NAME);
    post(&mut ani, &device.sign(&portal).fields()).is(303);
    let code = portal.newest_mail().code();
    answer(&mut ani, &code).is(303);
    let receipt = ani.get("/receipt");
    receipt.ok().sees(NAME);
    let sheet_to_print = ani.get("/receipt/print");
    sheet_to_print.ok().sees(NAME);
    for page in [sheet, receipt, sheet_to_print] {
        assert!(!page.text().contains("<script>alert"), "{}", page.asked);
    }
    let mail = portal.newest_mail();
    assert!(!mail.raw.contains("<p>Yth. <script>"), "{}", mail.raw);
}

#[test]
fn several_elections_are_listed_and_each_has_its_own_page() {
    let portal = portal();
    let second = crate::harness::election("pilkada-2024");
    let act = ikrar::domain::entry::Body::Election(ikrar::domain::entry::Election {
        election: second,
        nonce: portal.nonce(),
    });
    portal.act(act, ikrar::service::election::publish).unwrap();
    let id = portal.person(0).id;
    portal
        .write(move |conn| {
            use diesel::prelude::*;
            use ikrar::store::schema::roster_member::dsl;
            diesel::insert_into(dsl::roster_member)
                .values((
                    dsl::election_id.eq("pilkada-2024"),
                    dsl::person_id.eq(id),
                    dsl::state.eq("required"),
                ))
                .execute(conn)
                .map_err(ikrar::service::StoreError::from)?;
            Ok(())
        })
        .unwrap();
    let mut ani = portal.sign_in(0);
    let tasks = ani.get("/sign");
    tasks
        .ok()
        .sees("Menunggu tanda tangan Anda")
        .sees("Belum dibuka")
        .lacks("Tandatangani pakta integritas");
    ani.get(&format!("/sign?election={ELECTION}"))
        .ok()
        .sees("Tandatangani pakta integritas");
    ani.get("/sign?election=pilkada-2024").ok().sees("Belum dibuka");
    sign(&portal, &mut ani, 0);
    ani.get("/sign").ok().sees("Sudah ditandatangani");
    ani.get("/receipt?election=pilkada-2024").goes_to("/sign");
    let elsewhere = portal.sign_as(0).sign(&portal).fields();
    let mut form = vec![("election", "pilkada-2024")];
    form.extend(elsewhere.iter().map(|(name, value)| (*name, value.as_str())));
    ani.post("/sign", &form).goes_to("/sign");
}

#[test]
fn the_point_of_the_log_is_the_same_for_a_minute_and_never_older_than_the_roster() {
    let portal = portal();
    let size_of = |person: usize| {
        portal
            .sign_in(person)
            .get("/sign")
            .attribute("data-sign", "data-after-size")
    };
    let start = size_of(0);
    let mut ani = portal.sign_in(0);
    sign(&portal, &mut ani, 0);
    assert_eq!(
        size_of(1),
        start,
        "a signature of this minute shows in nobody's statement"
    );
    portal.set_clock(NOW_S + 60);
    assert_eq!(size_of(1), (start.parse::<u64>().unwrap() + 1).to_string());
    let text = ikrar::domain::pact::PactText {
        version: 2,
        ..ikrar::domain::pact_default::default_pact(ELECTION.parse().unwrap(), "Kementerian Contoh").unwrap()
    };
    let act = ikrar::domain::entry::Body::Pact(Box::new(ikrar::domain::entry::Pact {
        election: ELECTION.parse().unwrap(),
        text,
        nonce: portal.nonce(),
    }));
    let old = portal.sign_as(1).sign(&portal);
    portal.act(act, ikrar::service::election::publish_pact).unwrap();
    assert_eq!(size_of(1), (start.parse::<u64>().unwrap() + 2).to_string());
    let mut budi = portal.sign_in(1);
    post(&mut budi, &old.fields())
        .is(422)
        .sees("Pakta sudah diperbarui");
    ani.get("/receipt").ok().sees("versi 1");
    sign(&portal, &mut budi, 1);
    budi.get("/receipt").ok().sees("versi 2");
}
