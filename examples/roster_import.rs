//! Measures a roster import with its database: file to preview to ledger and tables. Prints one JSON line for each size.
#![expect(clippy::print_stdout, reason = "the measurement is the output")]

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use anyhow::Result;
use ed25519_dalek::SigningKey;

use ikrar::app;
use ikrar::app::roster_file;
use ikrar::domain::election::Election;
use ikrar::domain::election::LookUp;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::Election as ElectionEntry;
use ikrar::domain::text::Origin;
use ikrar::domain::text::Time;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::NoteSigner;
use ikrar::service;
use ikrar::service::DatabaseUrl;
use ikrar::service::Error;
use ikrar::service::officer;
use ikrar::service::roster;
use ikrar::sheet::Limits;

const NOW_S: i64 = 1_700_000_040;
const ID: &str = "pemilu-2024";

fn main() -> Result<()> {
    for rows in [5_000, 100_000] {
        let text = roster_csv(rows)?;
        measure(rows, &text)?;
    }
    Ok(())
}

fn measure(rows: u32, text: &str) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("ikrar-roster-import-{}-{rows}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut conn = DatabaseUrl::new(folder.join("db.sqlite").to_string_lossy()).connect()?;
    service::migrate(&mut conn)?;
    let origin: Origin = "ikrar.example/2024".parse()?;
    let officer = SigningKey::from_bytes(&[7; 32]);
    let log = NoteSigner::new(
        KeyName::parse("ikrar.example/2024")?,
        SigningKey::from_bytes(&[8; 32]),
    )?;
    let election = officer::sign_act(&origin, election()?, &officer);
    service::write(&mut conn, |conn| {
        officer::begin(conn, &origin, log.vkey(), &officer, [0; 16], NOW_S)?;
        service::election::publish(conn, &origin, election, NOW_S)
    })?;
    let start = Instant::now();
    let roster = roster_file::read(Cursor::new(text.as_bytes()), &Limits::COMMAND_LINE, &mut |_| {})?;
    let read_s = start.elapsed().as_secs_f64();
    let draft = roster::draft(&mut conn, &origin, ID, &roster, &mut app::random::<32>)?;
    let drafted_s = start.elapsed().as_secs_f64();
    let mut acts = Vec::new();
    for act in &draft.content.acts {
        acts.push(officer::sign_act(
            &origin,
            Body::parse_act(act.text.as_bytes())?.1,
            &officer,
        ));
    }
    let entries = acts.len();
    service::write(&mut conn, |conn| {
        let file = roster::File {
            name: "roster.csv",
            sha256: &[0; 32],
        };
        let id = roster::begin(conn, ID, file, None, NOW_S)?;
        roster::keep(conn, id, &draft)?;
        roster::confirm(conn, &origin, id, acts, NOW_S)?;
        Ok::<_, Error>(())
    })?;
    let written_s = start.elapsed().as_secs_f64();
    let again = roster::draft(&mut conn, &origin, ID, &roster, &mut app::random::<32>)?;
    let line = serde_json::json!({
        "rows": rows,
        "added": draft.counts.added,
        "entries": entries,
        "same_again": again.counts.is_nothing(),
        "read_seconds": read_s,
        "draft_seconds": drafted_s - read_s,
        "write_seconds": written_s - drafted_s,
        "seconds": written_s,
        "again_seconds": start.elapsed().as_secs_f64() - written_s,
    });
    println!("{line}");
    drop(conn);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn election() -> Result<Body> {
    Ok(Body::Election(ElectionEntry {
        election: Election {
            id: ID.parse()?,
            title: "Pemilu 2024".parse()?,
            opens: Time::from_unix(1_700_000_100)?,
            closes: Time::from_unix(1_710_000_000)?,
            zone: "Asia/Jakarta".parse()?,
            contests: Vec::new(),
            lookup: LookUp::Receipt,
        },
        nonce: [1; 16],
    }))
}

/// A file as wide as a SIASN export.
fn roster_csv(rows: u32) -> Result<String> {
    let mut text = String::from("NIP BARU;NAMA;KEDUDUKAN HUKUM NAMA;JABATAN NAMA;UNOR NAMA;EMAIL GOV");
    for column in 7..=67 {
        write!(text, ";KOLOM {column}")?;
    }
    text.push('\n');
    for row in 0..rows {
        let (year, month, day) = (1970 + row % 30, 1 + row / 30 % 12, 1 + row / 360 % 28);
        let (serial, sex) = (1 + row / 10_080 % 999, 1 + row % 2);
        write!(text, "'{year}{month:02}{day:02}{}01{sex}{serial:03};", year + 25)?;
        write!(text, "Budi Santoso {};Aktif;Analis;", row % 97)?;
        write!(
            text,
            "Bagian {} - Biro {};pegawai{row}@kementerian.example",
            row % 90,
            row % 30
        )?;
        text.push_str(&";isi yang tidak dibaca".repeat(61));
        text.push('\n');
    }
    Ok(text)
}
