//! The roster's tests: whole files of every kind offices send, single rows, and that nothing makes the reading panic.

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::*;
use crate::domain::nip::NipError;
use crate::domain::nip::NipWarning;
use crate::sheet::Limits;
use crate::sheet::read;

const SIASN: &[u8] = include_bytes!("../../../tests/data/roster_siasn.csv");
const LOCAL: &[u8] = include_bytes!("../../../tests/data/roster_local.csv");
const PLAIN: &[u8] = include_bytes!("../../../tests/data/roster_plain.csv");
const NIP: &str = "198609262009011001";

fn roster(bytes: &[u8]) -> Roster {
    Roster::read(read(bytes, &Limits::UPLOAD).unwrap().rows).unwrap()
}

/// One person under a header of a single row.
fn one(header: &[&str], cells: &[&str]) -> Roster {
    Roster::read([Row::of_text(1, header), Row::of_text(2, cells)]).unwrap()
}

fn refused(roster: &Roster) -> Vec<(u64, &str, &str)> {
    roster
        .refused
        .iter()
        .map(|r| (r.line, r.column.as_str(), r.reason.key()))
        .collect()
}

fn duties(roster: &Roster) -> Vec<(&str, &str)> {
    roster
        .people
        .iter()
        .map(|person| (person.name.as_str(), person.duty.key()))
        .collect()
}

fn check_siasn(roster: &Roster, lines: [u64; 9]) {
    let budi = &roster.people[0];
    assert_eq!(budi.nip.as_str(), NIP);
    assert_eq!(budi.former_nip.as_deref(), Some("130123456"));
    assert_eq!(budi.name, "Dr. BUDI SANTOSO, S.Kom., M.Si.");
    assert_eq!(
        budi.unit_path,
        [
            "Sekretariat Jenderal",
            "Biro SDM",
            "Bagian Kepegawaian",
            "Subbagian Mutasi"
        ]
    );
    assert_eq!(budi.unit, "Subbagian Mutasi");
    assert_eq!(
        (budi.position.as_str(), budi.grade.as_str()),
        ("Analis SDM Aparatur", "III/d")
    );
    assert_eq!((budi.city.as_str(), budi.line), ("Kota Jakarta Pusat", lines[0]));
    assert_eq!(budi.email.as_deref(), Some("budi.santoso@kementerian.example"));
    assert_eq!(
        roster.people[1].email.as_deref(),
        Some("siti@contoh.example"),
        "EMAIL where EMAIL GOV is blank"
    );
    let employment: Vec<&str> = roster
        .people
        .iter()
        .map(|person| person.employment.key())
        .collect();
    assert_eq!(employment, ["pns", "pppk", "cpns", "pns", "pns", "pns", "pns"]);
    assert_eq!(
        duties(roster)[1..],
        [
            ("SITI RAHAYU, S.H.", "required"),
            ("AGUS WIJAYA, S.T.", "required"),
            ("Dra. DEWI LESTARI", "retired"),
            ("RINA MARLINA", "required"),
            ("MADE AYU LAKSMI, S.E.", "required"),
            ("JOKO SUSILO", "unpaid-leave"),
        ]
    );
    assert_eq!(
        refused(roster),
        [
            (lines[6], "KEDUDUKAN HUKUM NAMA", "standing-unknown"),
            (lines[7], "NIP BARU", "nip-rounded")
        ]
    );
    assert!(
        roster.refused[0]
            .reason
            .to_string()
            .contains("Menunggu Keputusan")
    );
    assert_eq!(roster.refused[0].name.as_deref(), Some("ANDRÉ WIBOWO"));
    let sex = Warning {
        line: lines[4],
        kind: WarningKind::Nip(NipWarning::SexDiffers),
    };
    assert_eq!(roster.warnings, [sex]);
}

#[test]
fn reads_a_siasn_csv_in_windows_1252() {
    assert!(SIASN.contains(&0xc9), "one name holds an É of Windows-1252");
    let roster = roster(SIASN);
    // The address holds a line break, so every person takes two lines.
    check_siasn(&roster, [2, 4, 6, 8, 10, 12, 14, 16, 18]);
    let kept: Vec<String> = roster
        .people
        .iter()
        .map(|p| format!("{}{}{:?}", p.name, p.position, p.unit_path))
        .collect();
    assert!(
        !kept.concat().contains("RAHASIA"),
        "columns that are not needed stay unread"
    );
}

#[test]
fn reads_a_siasn_workbook_alike() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0..).zip(read(SIASN, &Limits::UPLOAD).unwrap().rows) {
        for (column, cell) in (0..).zip(row.cells()) {
            let text = cell.to_text();
            match text.parse::<f64>() {
                Ok(number) if text.len() == 18 => sheet.write_number(line, column, number).unwrap(),
                _ => sheet
                    .write_string(line, column, text.trim_start_matches('\''))
                    .unwrap(),
            };
        }
    }
    let roster = roster(&book.save_to_buffer().unwrap());
    check_siasn(&roster, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn reads_a_local_list_with_titles_merged_header_and_footer() {
    let roster = roster(LOCAL);
    assert_eq!(
        duties(&roster),
        [
            ("Dr. Ir. H. Ahmad Fauzi, S.T., M.M.", "required"),
            ("Hj. Nur Hayati, S.Sos.", "required"),
            ("Suparman", "required")
        ]
    );
    let second = &roster.people[1];
    assert_eq!(
        (second.position.as_str(), second.city.as_str()),
        ("Kepala Bagian", "Jakarta Pusat")
    );
    assert_eq!(second.unit_path, ["Biro Umum", "Bagian Rumah Tangga"]);
    assert_eq!(refused(&roster), [(11, "N I P", "nip-scientific")]);
    assert_eq!(roster.refused[0].hint.as_deref(), Some("1.99•+••"));
    assert_eq!(
        roster.skipped,
        [
            (5, Skip::NoPerson),
            (6, Skip::ColumnNumbers),
            (9, Skip::NoPerson),
            (12, Skip::Footer),
            (13, Skip::NoPerson)
        ]
    );
}

#[test]
fn reads_the_plain_file_and_keeps_script_as_text() {
    let roster = roster(PLAIN);
    assert_eq!(roster.people[0].unit_path, ["Sekretariat Jenderal", "Biro SDM"]);
    assert_eq!(roster.people[2].name, "<script>alert(1)</script> Ratna");
    assert_eq!(roster.people[2].email, None);
    assert_eq!(
        roster.warnings,
        [Warning {
            line: 4,
            kind: WarningKind::BadEmail
        }]
    );
    assert!(roster.refused.is_empty());
}

#[test]
fn every_fault_of_a_row_names_its_column() {
    let header = ["NIP", "NAMA", "KEDUDUKAN HUKUM", "JABATAN"];
    let long = "x".repeat(401);
    for (cells, column, key) in [
        (["", "Budi", "Aktif", ""], "NIP", "nip-empty"),
        (["1234", "Budi", "Aktif", ""], "NIP", "nip-length"),
        ([NIP, "", "Aktif", ""], "NAMA", "name-missing"),
        ([NIP, "123", "Aktif", ""], "NAMA", "name-missing"),
        ([NIP, "Bu\u{fffd}di", "Aktif", ""], "NAMA", "letters"),
        ([NIP, "Budi", "", ""], "KEDUDUKAN HUKUM", "standing-missing"),
        ([NIP, "Budi", "Entah", ""], "KEDUDUKAN HUKUM", "standing-unknown"),
        ([NIP, "Budi", "Aktif", long.as_str()], "JABATAN", "too-long"),
    ] {
        let roster = one(&header, &cells);
        assert_eq!(refused(&roster), [(2, column, key)]);
        assert!(
            !roster.refused[0]
                .hint
                .as_deref()
                .unwrap_or_default()
                .contains("86"),
            "hints are masked"
        );
    }
}

#[test]
fn a_number_cell_is_refused_as_damage() {
    let mut row = Row::new(2);
    row.push_number(198_609_262_009_011_008.0);
    row.push_text("Budi");
    let roster = Roster::read([Row::of_text(1, &["NIP", "NAMA"]), row]).unwrap();
    assert_eq!(roster.refused[0].reason, RefusalReason::Nip(NipError::Rounded));
}

#[test]
fn a_number_that_stands_twice_is_refused_on_both_lines() {
    let rows = |second| {
        [
            Row::of_text(1, &["NIP", "NAMA", "UNIT"]),
            Row::of_text(2, &[NIP, "Budi", "Biro Umum"]),
            Row::of_text(3, &["199202292023232004", "Siti", "Biro Umum"]),
            Row::of_text(4, &[NIP, second, "Biro Umum"]),
        ]
    };
    let differ = Roster::read(rows("Budi S.")).unwrap();
    assert_eq!(
        refused(&differ),
        [(2, "NIP", "duplicate-nip"), (4, "NIP", "duplicate-nip")]
    );
    assert_eq!(
        differ.refused[0].reason,
        RefusalReason::DuplicateNip { other_line: 4 }
    );
    assert_eq!(
        differ.refused[1].reason,
        RefusalReason::DuplicateNip { other_line: 2 }
    );
    assert_eq!(differ.people.len(), 1);
    let same = Roster::read(rows("Budi")).unwrap();
    assert_eq!((same.people.len(), same.refused.len()), (2, 0));
    assert_eq!(
        same.warnings,
        [Warning {
            line: 4,
            kind: WarningKind::RepeatedRow { other_line: 2 }
        }]
    );
}

#[test]
fn a_shared_address_is_a_warning() {
    let roster = Roster::read([
        Row::of_text(1, &["NIP", "NAMA", "UNIT", "Email"]),
        Row::of_text(2, &[NIP, "Budi", "A", "Tu@Contoh.example"]),
        Row::of_text(3, &["199202292023232004", "Siti", "A", "tu@contoh.example"]),
    ])
    .unwrap();
    assert_eq!(
        roster.warnings,
        [Warning {
            line: 3,
            kind: WarningKind::SharedEmail { other_line: 2 }
        }]
    );
}

#[test]
fn repeated_headers_and_headings_are_skipped() {
    let roster = Roster::read([
        Row::of_text(1, &["NIP", "NAMA"]),
        Row::of_text(2, &["BIRO UMUM", "BIRO UMUM"]),
        Row::of_text(3, &[NIP, "Jumlah Suparman"]),
        Row::of_text(4, &["N I P", "Nama"]),
        Row::of_text(5, &["", "", "Kepala Biro"]),
        Row::of_text(6, &["Total: 1"]),
    ])
    .unwrap();
    let skips: Vec<Skip> = roster.skipped.iter().map(|(_, skip)| *skip).collect();
    assert_eq!(
        skips,
        [Skip::NoPerson, Skip::RepeatedHeader, Skip::NoPerson, Skip::Footer]
    );
    assert_eq!(roster.people.len(), 1);
}

#[test]
fn titles_are_not_doubled() {
    let header = ["NIP", "NAMA", "GELAR DEPAN", "GELAR BELAKANG"];
    assert_eq!(
        one(&header, &[NIP, "Dr. Budi, S.H.", "Dr.", "S.H."]).people[0].name,
        "Dr. Budi, S.H."
    );
    assert_eq!(
        one(&header, &[NIP, "Budi", "-", ", S.H."]).people[0].name,
        "Budi, S.H."
    );
}

#[test]
fn unit_levels_make_a_path() {
    let header = ["NIP", "NAMA", "Unit Eselon I", "Unit Eselon II", "Unit Kerja"];
    let roster = one(&header, &[NIP, "Budi", "Setjen", "Biro Umum", "BIRO UMUM"]);
    assert_eq!(roster.people[0].unit_path, ["Setjen", "Biro Umum"]);
}

#[test]
fn files_without_a_header_are_refused_as_a_whole() {
    assert_eq!(
        Roster::read([Row::of_text(1, &[NIP, "Budi"])]),
        Err(HeaderError::NoNip)
    );
    assert_eq!(
        Roster::read([Row::of_text(4, &["NIP", "JABATAN"])]),
        Err(HeaderError::NoName { line: 4 })
    );
    assert_eq!(Roster::read([]), Err(HeaderError::NoNip));
}

#[test]
fn nothing_printed_for_debugging_names_a_person() {
    let roster = roster(SIASN);
    let text = format!("{roster:?}");
    assert!(!text.contains(NIP) && !text.contains("BUDI") && !text.contains("ANDR") && !text.contains('@'));
}

proptest! {
    #[test]
    fn no_row_makes_it_panic(cells in prop::collection::vec("\\PC{0,12}|[0-9]{17,19}|.{0,8}", 0..8)) {
        let columns = Columns::find(&[Row::of_text(1, &["NIP", "NAMA", "UNIT", "KEDUDUKAN HUKUM", "EMAIL", "NIP LAMA"])]);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let _ = parse_row(&columns.unwrap().0, &Row::of_text(2, &cells));
    }

    #[test]
    fn no_table_makes_it_panic(cells in prop::collection::vec(prop::collection::vec("(NIP|Nama|Unit|1|2|3|[0-9]{18}|Aktif|)", 0..5), 0..6)) {
        let rows = (1..).zip(&cells).map(|(line, cells)| {
            Row::of_text(line, &cells.iter().map(String::as_str).collect::<Vec<_>>())
        });
        let _ = Roster::read(rows);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [b"NIP,NAMA,UNIT\n", bytes.as_slice()].concat();
        if let Ok(table) = read(&bytes, &Limits::UPLOAD) {
            let _ = Roster::read(table.rows);
        }
    }
}
