//! A roster comes in over HTTP: upload, preview, signature, confirmation; and the files that are refused.

use ed25519_dalek::Signer;
use ikrar::domain::role::Role;
use ikrar::ledger::encoding::decode_base64;
use ikrar::ledger::encoding::encode_base64;

use crate::harness::Browser;
use crate::harness::ELECTION;
use crate::harness::TestPortal;
use crate::harness::office_key;

pub(crate) const FILE: &str = "nip,name,unit,position,city,email\n\
    198609262009011001,Budi Santoso,Biro SDM,Analis,Jakarta,budi@contoh.example\n\
    199202292023232004,<script>alert(1)</script> Siti,Biro Hukum,Pranata,Jakarta,siti@contoh.example\n\
    1.98503E+17,Rina Marlina,Biro Umum,Arsiparis,Bandung,rina@contoh.example\n";

fn hr(portal: &TestPortal) -> Browser {
    portal.officer("hr@contoh.example", &[Role::Hr])
}

pub(crate) fn upload(browser: &mut Browser, name: &str, bytes: &[u8]) -> String {
    let page = browser.upload("/roster", "file", (name, bytes), &[("election", ELECTION)]);
    page.is(303);
    page.location().to_owned()
}

/// Values of hidden inputs of a name, as the page holds them.
fn inputs(page: &str, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let unescape = |text: &str| {
        text.replace("&#x2F;", "/")
            .replace("&#x3D;", "=")
            .replace("&#x2B;", "+")
    };
    page.split(&mark)
        .skip(1)
        .map(|rest| unescape(rest.split('"').next().unwrap()))
        .collect()
}

/// What `officer.js` would post.
fn signed(page: &str) -> Vec<(&'static str, String)> {
    let key = office_key();
    inputs(page, "act")
        .into_iter()
        .flat_map(|act| {
            let signature = key.sign(&decode_base64(&act).unwrap()).to_bytes();
            [
                ("act", act),
                ("key", encode_base64(key.verifying_key().as_bytes())),
                ("signature", encode_base64(&signature)),
            ]
        })
        .collect()
}

fn post(browser: &mut Browser, path: &str, form: &[(&str, String)]) -> crate::harness::Page {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &form)
}

#[test]
fn a_file_is_previewed_signed_and_confirmed() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    hr.get("/roster")
        .ok()
        .sees("Lihat pratinjau")
        .sees("Belum ada impor");
    let path = upload(&mut hr, "pegawai <b>.csv", FILE.as_bytes());
    let preview = hr.get(&path);
    preview
        .ok()
        .sees("Budi Santoso")
        .sees("Ditolak")
        .lacks("198609262009011001");
    let source = preview.text();
    assert!(source.contains("&lt;script&gt;alert(1)") && !source.contains("<script>alert(1)"));
    hr.get(&format!("{path}?show=refused"))
        .ok()
        .sees("Baris 4")
        .sees("Excel mengubah NIP")
        .sees("Teks");
    let form = signed(&preview.text());
    assert_eq!(form.len(), 3);
    post(&mut hr, &format!("{path}/confirm"), &form).goes_to(&path);
    hr.get(&path).ok().sees("Dikonfirmasi");
    post(&mut hr, &format!("{path}/confirm"), &form).is(409);
    let people: i64 = portal.read(|conn| Ok(ikrar::store::roster::count_required(conn, ELECTION)?));
    assert_eq!(people, 2);
    let again = upload(&mut hr, "sama.csv", FILE.as_bytes());
    hr.get(&again).ok().sees("Tidak ada perubahan");
    hr.post(&format!("{again}/discard"), &[]).goes_to("/roster");
    hr.get("/roster").ok().sees("Dibuang").sees("Dikonfirmasi");
    let lines = portal.read(|conn| Ok(ikrar::service::journal::list_newest(conn, i64::MAX, 50)?));
    assert!(lines.iter().any(|line| line.action == "roster-imported"));
}

#[test]
fn what_was_previewed_before_another_import_is_refused() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let first = upload(&mut hr, "a.csv", FILE.as_bytes());
    let second = upload(&mut hr, "b.csv", FILE.replace("Analis", "Arsiparis").as_bytes());
    let form = signed(&hr.get(&first).text());
    post(&mut hr, &format!("{first}/confirm"), &form).is(303);
    let form = signed(&hr.get(&second).text());
    post(&mut hr, &format!("{second}/confirm"), &form)
        .is(409)
        .sees("sudah berubah sejak pratinjau");
}

#[test]
fn an_unsigned_or_foreign_confirmation_changes_nothing() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let path = upload(&mut hr, "a.csv", FILE.as_bytes());
    hr.post(&format!("{path}/confirm"), &[]).is(422);
    let mut form = signed(&hr.get(&path).text());
    form[2].1 = encode_base64(&[7; 64]);
    post(&mut hr, &format!("{path}/confirm"), &form).is(422);
    hr.get(&path).ok().sees("Tandatangani dan terapkan");
}

#[test]
fn files_that_are_no_roster_get_a_reason() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    for (name, bytes, words) in [
        (
            "foto.csv",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".as_slice(),
            "Kirim berkas CSV atau XLSX",
        ),
        (
            "web.xls",
            b"<html><table><tr><td>NIP</td></tr></table></html>",
            "halaman web",
        ),
        ("tanpa.csv", b"satu,dua\n1,2\n", "kolom bernama NIP"),
        (
            "nama.csv",
            b"NIP,JABATAN\n198609262009011001,Analis\n",
            "kolom nama",
        ),
    ] {
        let path = upload(&mut hr, name, bytes);
        hr.get(&path).ok().sees(words).sees("Tidak ada yang disimpan");
    }
    hr.upload("/roster", "file", ("", b""), &[("election", ELECTION)])
        .is(422)
        .sees("Pilih berkas");
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let path = upload(&mut hr, "bom.xlsx", &bomb());
    hr.get(&path).ok().sees("membesar jauh melebihi");
}

/// Shared with the complaints' stories. A workbook whose one sheet is 64 MiB of zeros, packed.
pub(crate) fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("[Content_Types].xml", options).unwrap();
    zip.write_all(b"<Types/>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_upload_beyond_the_limit_is_refused() {
    let portal = TestPortal::configured(|config| config.web.upload_bytes_max = 1 << 20).with_election();
    let mut hr = hr(&portal);
    let large = vec![b'x'; (1 << 20) + 1];
    hr.upload(
        "/roster",
        "file",
        ("besar.csv", &large),
        &[("election", ELECTION)],
    )
    .is(413)
    .sees("terlalu besar");
}

#[test]
fn an_upload_of_more_than_fifty_megabytes_is_refused_and_the_next_one_works() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let large = [FILE.as_bytes(), &vec![b'x'; 50 << 20]].concat();
    hr.upload(
        "/roster",
        "file",
        ("besar.csv", &large),
        &[("election", ELECTION)],
    )
    .is(413)
    .sees("terlalu besar");
    hr.get("/roster").ok().sees("Belum ada impor");
    let path = upload(&mut hr, "a.csv", FILE.as_bytes());
    hr.get(&path).ok().sees("Budi Santoso");
}

#[test]
fn one_person_twice_in_a_file_is_refused_on_both_lines() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let twice = format!("{FILE}198609262009011001,Budi Santosa,Biro Umum,Analis,Jakarta,b@contoh.example\n");
    let path = upload(&mut hr, "dua.csv", twice.as_bytes());
    hr.get(&format!("{path}?show=refused"))
        .ok()
        .sees("NIP yang sama ada di baris 5")
        .sees("NIP yang sama ada di baris 2");
}

#[test]
fn files_in_other_encodings_are_read_and_broken_ones_named() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    let text = "nip,name,unit\n198609262009011001,Andr\u{e9} Wijaya,Biro SDM\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let marked = format!("\u{feff}{text}");
    for bytes in [latin.as_slice(), &utf16, marked.as_bytes()] {
        let path = upload(&mut hr, "a.csv", bytes);
        hr.get(&path).ok().sees("Andr\u{e9} Wijaya");
    }
    let half = [marked.as_bytes(), b"198609262009011002,Andr\xe9,Biro\n"].concat();
    let path = upload(&mut hr, "campur.csv", &half);
    hr.get(&path).ok().sees("Pengodean huruf di baris 3");
}

#[test]
fn forms_that_are_none_are_refused_in_words() {
    let portal = TestPortal::new().with_election();
    let mut hr = hr(&portal);
    for (kind, body) in [
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=q", ""),
        (
            "multipart/form-data; boundary=q",
            "--q\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc",
        ),
        ("text/plain", "abc"),
    ] {
        let headers = [("content-type", kind), ("sec-fetch-site", "same-origin")];
        let page = hr.send("/roster", &headers, body.as_bytes());
        page.is(400);
        assert!(
            page.header("content-type").unwrap().starts_with("text/html"),
            "{kind}"
        );
    }
    hr.get("/roster").ok().sees("Belum ada impor");
}

#[test]
fn only_hr_may_import() {
    let portal = TestPortal::new().with_election().with_people(1);
    portal.browser().get("/roster").goes_to("/sign-in");
    portal.sign_in(0).get("/roster").is(403);
    let mut head = portal.officer("kepala@contoh.example", &[Role::UnitHead]);
    head.get("/roster").is(403);
    head.upload(
        "/roster",
        "file",
        ("a.csv", FILE.as_bytes()),
        &[("election", ELECTION)],
    )
    .is(403);
}
