//! The tables' tests: dialects, encodings, workbooks, every refusal, and bombs.

use std::io::Write;

use proptest::prelude::*;
use rust_xlsxwriter::Format as CellFormat;
use rust_xlsxwriter::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::domain::cell::Cell;

const NIP: &str = "198609262009011001";

fn texts(row: &Row) -> Vec<String> {
    row.cells().map(|cell| cell.to_text()).collect()
}

fn all(bytes: &[u8]) -> Vec<Vec<String>> {
    read(bytes, &Limits::UPLOAD)
        .unwrap()
        .rows
        .iter()
        .map(texts)
        .collect()
}

fn key(bytes: &[u8]) -> &'static str {
    read(bytes, &Limits::UPLOAD).unwrap_err().key()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn finds_the_delimiter_though_names_carry_commas() {
    let text = "NIP;NAMA;UNIT\n1;Budi, S.Kom., M.Si.;A\n2;Siti, S.H., M.H.;B\n3;Agus, S.T., M.T.;C\n";
    let table = read(text.as_bytes(), &Limits::UPLOAD).unwrap();
    assert_eq!(table.format, Format::Delimited { delimiter: ';' });
    assert_eq!(texts(&table.rows[1])[1], "Budi, S.Kom., M.Si.");
    assert_eq!(all(b"a,b\n1,2"), [["a", "b"], ["1", "2"]]);
    assert_eq!(all(b"a\tb\r\n1\t2\r\n"), [["a", "b"], ["1", "2"]]);
    assert_eq!(all(b"a;b\r1;2\r"), [["a", "b"], ["1", "2"]], "CSV (Macintosh)");
    assert_eq!(all(b"sep=|\r\na|b,c\r\n"), [["a", "b,c"]]);
    assert_eq!(all(b"alone"), [["alone"]]);
}

#[test]
fn quotes_may_hold_delimiters_newlines_and_quotes() {
    assert_eq!(
        all(b"a,\"x, \"\"y\"\"\nz\",b\n1,2,3"),
        [["a", "x, \"y\"\nz", "b"], ["1", "2", "3"]]
    );
    assert_eq!(all(b"a,layar 17\" lebar,b\n"), [["a", "layar 17\" lebar", "b"]]);
    assert_eq!(all(b"\"a\" b,c\n\"\",d\n"), [["a b", "c"], ["", "d"]]);
}

#[test]
fn lines_are_counted_as_the_office_sees_them() {
    let table = read(b"\r\n\r\na,b\r\n;;\r\n,,\r\n\"x\ny\",2\nlast,3", &Limits::UPLOAD).unwrap();
    let lines: Vec<u64> = table.rows.iter().map(Row::line).collect();
    assert_eq!(
        lines,
        [3, 4, 6, 8],
        "a row of delimiters alone is blank: {:?}",
        table.rows
    );
}

#[test]
fn reads_the_encodings_offices_use() {
    let text = "NAMA;KOTA\nJosé Müller;Köln\n";
    let with_mark = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
    let (windows, ..) = encoding_rs::WINDOWS_1252.encode(text);
    let little: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [text.as_bytes(), &with_mark, &windows, &little, &big] {
        assert_eq!(all(bytes), [["NAMA", "KOTA"], ["José Müller", "Köln"]]);
    }
}

#[test]
fn an_encoding_that_changes_midway_is_refused_with_its_line() {
    let mixed = [&b"NAMA;KOTA\nJos\xc3\xa9;A\n"[..], b"M\xfcller;B\n"].concat();
    let error = read(&mixed, &Limits::UPLOAD).unwrap_err();
    assert_eq!((error.key(), error.line()), ("sheet-encoding", Some(3)));
    assert_eq!(key(b"\xef\xbb\xbfM\xfcller;B\n"), "sheet-encoding");
}

#[test]
fn what_is_no_table_is_told_apart() {
    let ole = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat();
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let encrypted = [&ole[..], &name].concat();
    let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    for (bytes, expected) in [
        (Vec::new(), "sheet-empty"),
        (b"\n\n;;\n".to_vec(), "sheet-empty"),
        (b"%PDF-1.7".to_vec(), "sheet-not-a-table"),
        (b"a,b\0c".to_vec(), "sheet-not-a-table"),
        (b"  <HTML><table>".to_vec(), "sheet-web-page"),
        (ole, "sheet-old-excel"),
        (encrypted, "sheet-encrypted"),
        (b"PK\x03\x04garbage".to_vec(), "sheet-damaged"),
        (zipped(&[("word/document.xml", b"")]), "sheet-not-a-table"),
        (zipped(&[("content.xml", b"")]), "sheet-other-spreadsheet"),
        (
            zipped(&[types, ("xl/workbook.bin", b"")]),
            "sheet-other-spreadsheet",
        ),
        (
            zipped(&[types, ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")]),
            "sheet-macros",
        ),
        (zipped(&[types, ("xl/workbook.xml", b"<w")]), "sheet-damaged"),
    ] {
        assert_eq!(key(&bytes), expected);
    }
}

#[test]
fn a_workbook_keeps_lines_numbers_dates_and_merges() {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Petunjuk")
        .unwrap()
        .write(0, 0, "Isi lembar Data")
        .unwrap();
    let sheet = book.add_worksheet().set_name("Data").unwrap();
    sheet
        .merge_range(0, 0, 0, 2, "DAFTAR PEGAWAI", &CellFormat::new())
        .unwrap();
    sheet.write(2, 0, "NIP").unwrap();
    sheet.write(2, 1, "UNIT").unwrap();
    sheet.write_string(3, 0, NIP).unwrap();
    sheet.write_number(4, 0, 198_609_262_009_011_001.0).unwrap();
    sheet
        .merge_range(3, 1, 4, 1, "Biro Umum", &CellFormat::new())
        .unwrap();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(1986, 9, 26).unwrap();
    sheet
        .write_with_format(3, 2, &day, &CellFormat::new().set_num_format("dd-mm-yyyy"))
        .unwrap();
    let hidden = book.add_worksheet().set_name("Arsip").unwrap();
    hidden.set_hidden(true);
    for row in 0..20 {
        hidden.write(row, 0, "x").unwrap();
    }
    let table = read(&book.save_to_buffer().unwrap(), &Limits::UPLOAD).unwrap();
    assert_eq!(
        table.format,
        Format::Workbook {
            sheet: "Data".into(),
            others: vec!["Petunjuk".into()]
        }
    );
    assert_eq!(table.rows.iter().map(Row::line).collect::<Vec<_>>(), [1, 3, 4, 5]);
    assert_eq!(table.rows[0].cell(2), Cell::Text("DAFTAR PEGAWAI"));
    assert_eq!(texts(&table.rows[2]), [NIP, "Biro Umum", "1986-09-26"]);
    assert!(table.rows[3].cell(0).is_damaged_number());
    assert_eq!(table.rows[3].cell(1), Cell::Text("Biro Umum"));
}

#[test]
fn a_bomb_is_refused_before_it_unpacks() {
    let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    let zeros = vec![0; 16 << 20];
    assert_eq!(
        key(&zipped(&[types, ("xl/workbook.xml", &zeros)])),
        "sheet-bomb",
        "by ratio"
    );
    let tight = Limits {
        unpacked_bytes_max: 1 << 20,
        ratio_max: u64::MAX,
        ..Limits::UPLOAD
    };
    let parts = zipped(&[types, ("xl/a", &zeros[..700_000]), ("xl/b", &zeros[..700_000])]);
    assert_eq!(read(&parts, &tight).unwrap_err().key(), "sheet-bomb", "by sum");
    let few = Limits {
        members_max: 2,
        ..Limits::UPLOAD
    };
    assert_eq!(read(&parts, &few).unwrap_err().key(), "sheet-bomb", "by count");
}

#[test]
fn a_bomb_that_lies_about_its_size_is_refused_too() {
    let mut bytes = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", &vec![0; 16 << 20]),
    ]);
    let lie = 100_u32.to_le_bytes();
    let truth = (16_u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..*at + 4] == truth)
        .collect();
    assert!(places.len() >= 2, "local and central header");
    for at in places {
        bytes[at..at + 4].copy_from_slice(&lie);
    }
    assert_eq!(key(&bytes), "sheet-bomb");
}

#[test]
fn a_shared_text_named_a_million_times_is_a_bomb() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let long = "x".repeat(30_000);
    for row in 0..200 {
        sheet.write(row, 0, &long).unwrap();
    }
    let limits = Limits {
        unpacked_bytes_max: 1 << 20,
        ..Limits::UPLOAD
    };
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(read(&bytes, &limits).unwrap_err().key(), "sheet-bomb");
    assert!(read(&bytes, &Limits::UPLOAD).is_ok());
}

#[test]
fn every_limit_has_its_answer() {
    let big = vec![b'a'; (50 << 20) + 1];
    assert_eq!(
        key(&big),
        "sheet-cell-too-long",
        "one cell of 50 MiB is refused long before its end"
    );
    let wide = format!("a,{}\n", "b".repeat(30_000)).repeat(1_748);
    let refused = open(wide.as_bytes(), &Limits::UPLOAD)
        .unwrap()
        .find_map(Result::err)
        .unwrap();
    assert_eq!(refused.key(), "sheet-too-large");
    let few = Limits {
        rows_max: 3,
        ..Limits::UPLOAD
    };
    assert_eq!(
        read(&b"a,b\n".repeat(4), &few).unwrap_err().key(),
        "sheet-too-many-rows"
    );
    assert_eq!(
        key(&[b"PK\x03\x04".to_vec(), vec![7; 50 << 20]].concat()),
        "sheet-too-large"
    );
    assert_eq!(key(&b"a,".repeat(600)), "sheet-too-many-columns");
    assert_eq!(
        all(&[&b"a,b"[..], &b",".repeat(600)].concat()),
        [["a", "b"]],
        "empty cells do not count"
    );
    let long = format!("a,{}\n", "b".repeat((32 << 10) + 1));
    assert_eq!(key(long.as_bytes()), "sheet-cell-too-long");
    let open = read(b"a,b\n1,\"open\n2,3\n", &Limits::UPLOAD).unwrap_err();
    assert_eq!((open.key(), open.line()), ("sheet-cell-too-long", Some(2)));
}

#[test]
fn a_stream_ends_after_its_first_error() {
    let limits = Limits {
        rows_max: 2,
        ..Limits::UPLOAD
    };
    let rows: Vec<_> = open(&b"a\nb\nc\nd\n"[..], &limits).unwrap().collect();
    assert_eq!(rows.len(), 3);
    assert!(rows[2].is_err());
}

fn small_book() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "NIP").unwrap();
    sheet.write(1, 0, NIP).unwrap();
    sheet.merge_range(2, 0, 3, 1, "x", &CellFormat::new()).unwrap();
    book.save_to_buffer().unwrap()
}

/// The workbook again, its parts not packed, so that a changed byte reaches the XML.
fn stored_book() -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(small_book())).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        writer.start_file(member.name(), options).unwrap();
        std::io::copy(&mut member, &mut writer).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes, &Limits::UPLOAD);
    }

    #[test]
    fn no_table_like_text_makes_it_panic(text in "[a-c\"',;\t\r\n=é]{0,200}") {
        let _ = read(text.as_bytes(), &Limits::UPLOAD);
    }

    #[test]
    fn quoted_cells_come_back(cells in prop::collection::vec(prop::collection::vec("[a-z\"',; é\n]{0,9}z", 2..5), 1..6)) {
        let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let lines: Vec<String> = cells.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join("\t")).collect();
        let text = format!("sep=\t\n{}", lines.join("\r\n"));
        prop_assert_eq!(all(text.as_bytes()), cells);
    }

    #[test]
    fn no_damaged_workbook_makes_it_panic(at in 0..20_000_usize, byte in any::<u8>()) {
        let mut bytes = stored_book();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes, &Limits::UPLOAD);
    }
}
