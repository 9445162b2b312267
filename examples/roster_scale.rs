//! Measures a roster import in memory: text and workbook to people to plan. Prints one JSON line for each size.
#![expect(clippy::print_stdout, reason = "the measurement is the output")]

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::Result;

use ikrar::domain::roster::Roster;
use ikrar::domain::roster::plan::Known;
use ikrar::domain::roster::plan::plan;
use ikrar::sheet::Limits;
use ikrar::sheet::read;

const GIVEN: [&str; 8] = ["Budi", "Siti", "Agus", "Dewi", "Rina", "Joko", "Made", "Putri"];
const SECOND: [&str; 8] = [
    "Santoso", "Rahayu", "Wijaya", "Lestari", "Marlina", "Susilo", "Laksmi", "Wibowo",
];

fn main() -> Result<()> {
    for (rows, format) in [(5_000, "csv"), (5_000, "xlsx"), (100_000, "csv")] {
        let text = roster_csv(rows)?.into_bytes();
        let bytes = if format == "csv" { text } else { workbook(&text)? };
        let start = Instant::now();
        let table = read(&bytes, &Limits::COMMAND_LINE)?;
        let read_s = start.elapsed().as_secs_f64();
        let roster = Roster::read(table.rows)?;
        let parsed_s = start.elapsed().as_secs_f64();
        let first = plan(&[], &roster);
        let known = known(&roster);
        let again = Instant::now();
        let second = plan(&known, &roster);
        let line = serde_json::json!({
            "rows": rows,
            "format": format,
            "bytes": bytes.len(),
            "added": first.added.len(),
            "refused": first.refused.len(),
            "same_again": second.is_empty(),
            "read_seconds": read_s,
            "parse_seconds": parsed_s - read_s,
            "plan_seconds": again.elapsed().as_secs_f64(),
            "seconds": parsed_s + again.elapsed().as_secs_f64(),
        });
        println!("{line}");
    }
    Ok(())
}

/// A file as wide as a SIASN export: 67 columns, most of which are dropped.
fn roster_csv(rows: u32) -> Result<String> {
    let mut text =
        String::from("NIP BARU;NAMA;GELAR BELAKANG;KEDUDUKAN HUKUM NAMA;JABATAN NAMA;UNOR NAMA;EMAIL GOV");
    for column in 8..=67 {
        write!(text, ";KOLOM {column}")?;
    }
    text.push('\n');
    for row in 0..rows {
        let (year, month, day) = (1970 + row % 30, 1 + row / 30 % 12, 1 + row / 360 % 28);
        let (serial, sex) = (1 + row / 10_080 % 999, 1 + row % 2);
        let given = GIVEN
            .iter()
            .cycle()
            .nth(usize::try_from(row % 8)?)
            .copied()
            .unwrap_or_default();
        let second = SECOND
            .iter()
            .cycle()
            .nth(usize::try_from(row / 8 % 8)?)
            .copied()
            .unwrap_or_default();
        write!(text, "'{year}{month:02}{day:02}{}01{sex}{serial:03};", year + 25)?;
        write!(
            text,
            "{given} {second};S.Kom.;Aktif;Analis;Bagian {} - Biro {};",
            row % 90,
            row % 30
        )?;
        write!(text, "pegawai{row}@kementerian.example")?;
        text.push_str(&";isi yang tidak dibaca".repeat(60));
        text.push('\n');
    }
    Ok(text)
}

/// The same table as XLSX, every cell a text.
fn workbook(text: &[u8]) -> Result<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0..).zip(read(text, &Limits::COMMAND_LINE)?.rows) {
        for (column, cell) in (0..).zip(row.cells()) {
            sheet.write_string(line, column, cell.to_text())?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn known(roster: &Roster) -> Vec<Known> {
    let known = |(person_id, row): (i64, &ikrar::domain::roster::RosterRow)| Known {
        person_id,
        nip: row.nip.clone(),
        former_nips: Vec::new(),
        name: row.name.clone(),
        unit_path: row.unit_path.clone(),
        position: row.position.clone(),
        city: row.city.clone(),
        grade: row.grade.clone(),
        email: row.email.clone(),
        employment: row.employment,
        duty: row.duty,
    };
    (1..).zip(&roster.people).map(known).collect()
}
