//! Tables, JSON and dates, good and bad.

use proptest::prelude::*;

use super::*;
use crate::domain::cell::Row;

const HEADER: [&str; 9] = [
    "complaint_id",
    "channel",
    "accused_name",
    "unit",
    "city",
    "position",
    "nip_fragment",
    "handle",
    "incident_date",
];

fn one(titles: &[&str], cells: &[&str]) -> Result<Received, Refusal> {
    let mut parser = table::Parser::default();
    assert_eq!(parser.push(&Row::of_text(1, titles))?, None);
    Ok(parser.push(&Row::of_text(2, cells))?.unwrap())
}

fn with(field: &str, text: &str) -> Result<Received, Refusal> {
    let cells = HEADER.map(|title| match title {
        title if title == field => text,
        "complaint_id" => "A1",
        "accused_name" => "Budi Santoso",
        _ => "",
    });
    one(&HEADER, &cells)
}

#[test]
fn a_row_is_read_and_every_column_kept() {
    let titles = [
        "Nomor Aduan",
        "NAMA TERLAPOR",
        "Pelapor",
        "Tanggal-Kejadian",
        "Uraian",
    ];
    let read = one(
        &titles,
        &[
            "A 7/2023",
            "  Budi \n Santoso ",
            "Dewi",
            "01-12-2023",
            "mengunggah\nfoto",
        ],
    )
    .unwrap();
    assert_eq!(
        (read.reference.as_str(), read.accused_name.as_str()),
        ("A 7/2023", "Budi Santoso")
    );
    assert_eq!(read.incident_day.as_ref().unwrap().to_string(), "2023-12-01");
    assert_eq!(
        read.pairs[1],
        ("NAMA TERLAPOR".to_owned(), "  Budi \n Santoso ".to_owned())
    );
    assert_eq!(read.pairs[4].1, "mengunggah\nfoto");
}

#[test]
fn refusals_name_line_field_and_reason() {
    let long = "x".repeat(10_000);
    let table: [(&str, &str, Option<Field>, &str); 8] = [
        ("complaint_id", "", Some(Field::Reference), "missing"),
        ("accused_name", "", None, "nobody"),
        ("accused_name", &long, Some(Field::AccusedName), "too-long"),
        ("accused_name", "Budi\0", Some(Field::AccusedName), "control"),
        (
            "incident_date",
            "kemarin",
            Some(Field::IncidentDate),
            "date-shape",
        ),
        (
            "incident_date",
            "30-02-2023",
            Some(Field::IncidentDate),
            "date-calendar",
        ),
        (
            "incident_date",
            "2023-12-01 XYZ",
            Some(Field::IncidentDate),
            "date-zone",
        ),
        ("incident_date", "45261", Some(Field::IncidentDate), "date-shape"),
    ];
    for (field, text, wanted, key) in table {
        let refusal = with(field, text).unwrap_err();
        assert_eq!(
            (refusal.line, refusal.field, refusal.reason.key()),
            (2, wanted, key),
            "{field}"
        );
    }
    let large = "y".repeat(COMPLAINT_BYTES_MAX);
    let refusal = one(&["id", "nama", "uraian"], &["A1", "Budi", &large]).unwrap_err();
    assert_eq!((refusal.field, refusal.reference.as_str()), (None, "A1"));
    assert_eq!(refusal.reason, Reason::TooLarge);
}

#[test]
fn a_number_that_a_spreadsheet_rounded_is_refused() {
    let mut parser = table::Parser::default();
    parser.push(&Row::of_text(1, &["id", "nama", "nip"])).unwrap();
    let mut row = Row::of_text(2, &["A1", "Budi"]);
    row.push_number(198_505_122_010_011_000.0);
    let refusal = parser.push(&row).unwrap_err();
    assert_eq!(
        (refusal.field, refusal.reason),
        (Some(Field::NipFragment), Reason::Rounded)
    );
    for text in ["1.98505E+17", "1,98505e+17", "'1.98505E+17"] {
        let refusal = with("nip_fragment", text).unwrap_err();
        assert_eq!(
            (refusal.field, refusal.reason),
            (Some(Field::NipFragment), Reason::Rounded),
            "{text}"
        );
    }
}

#[test]
fn a_header_is_found_below_a_title_or_refused() {
    let mut parser = table::Parser::default();
    assert_eq!(parser.push(&Row::of_text(1, &["Daftar aduan"])).unwrap(), None);
    assert!(parser.finish().is_err());
    assert_eq!(parser.push(&Row::of_text(3, &["ID", "Nama"])).unwrap(), None);
    assert!(parser.push(&Row::of_text(4, &["A1", "Budi"])).unwrap().is_some());
    let missing = one(&["id", "kota"], &[]).unwrap_err();
    assert_eq!(
        (missing.field, missing.reason),
        (Some(Field::AccusedName), Reason::NoColumn)
    );
    let twice = one(&["id", "nama", "terlapor"], &[]).unwrap_err();
    assert_eq!(
        (twice.field, twice.reason),
        (Some(Field::AccusedName), Reason::TwoColumns)
    );
}

#[test]
fn json_is_read_in_its_three_shapes() {
    let object = r#"{"complaint_id":"A1","accused_name":"Budi","nip":198505122010011003,"lampiran":["a"]}"#;
    for text in [
        object.to_owned(),
        format!("[{object}]"),
        format!("{{\"complaints\":[{object}]}}"),
    ] {
        let read = json::parse(text.as_bytes(), 9).unwrap().next();
        let read = read.unwrap().unwrap();
        assert_eq!(read.nip_fragment, "198505122010011003");
        assert!(
            read.pairs
                .contains(&("lampiran".to_owned(), "[\"a\"]".to_owned()))
        );
    }
    let refused = |text: &str| {
        json::parse(text.as_bytes(), 9)
            .unwrap()
            .next()
            .unwrap()
            .unwrap_err()
    };
    assert_eq!(refused("3").reason, Reason::NotObject);
    assert_eq!(refused(r#"{"id":"A1","nama":["a"]}"#).reason, Reason::NotText);
    assert_eq!(
        refused(r#"{"id":"A1","nama":"a","name":"b"}"#).reason,
        Reason::TwoColumns
    );
    assert_eq!(json::parse(b"{\n\"a\":", 9).unwrap_err().line, 2);
    let deep = "[".repeat(100_000);
    assert_eq!(
        json::parse(deep.as_bytes(), 100_000).unwrap_err().reason,
        Reason::NotJson
    );
}

#[test]
fn json_that_would_grow_is_refused_before_it_is_built() {
    let parse = |text: &str| {
        json::parse(text.as_bytes(), 3)
            .map(Iterator::count)
            .map_err(|refusal| refusal.reason)
    };
    let list = |records: usize| format!("{{\"complaints\":[{}{{}}]}}", "{},".repeat(records - 1));
    assert_eq!(parse(&list(3)), Ok(3));
    assert_eq!(parse(&list(4)), Err(Reason::TooMany));
    assert_eq!(parse(&format!("[{}0]", "0,".repeat(200))), Err(Reason::TooMany));
    // What stands in a text opens nothing, and an escaped quote does not end it.
    assert_eq!(parse(&format!("[{{\"a\\\"{}\":0}}]", "[{,".repeat(200))), Ok(1));
}

#[test]
fn the_same_is_the_same_in_another_order() {
    let one_way = one(&["id", "nama", "kota"], &["A1", "Budi", ""]).unwrap();
    let other = json::parse(br#"{"accused_name":"Budi ","complaint_id":"A1"}"#, 1)
        .unwrap()
        .next();
    assert!(one_way.says_the_same(&other.unwrap().unwrap().pairs));
    let changed = json::parse(br#"{"accused_name":"Budi","complaint_id":"A1","uraian":"x"}"#, 1)
        .unwrap()
        .next();
    assert!(!one_way.says_the_same(&changed.unwrap().unwrap().pairs));
}

#[test]
fn days_and_zones() {
    let day = |text: &str| IncidentDay::parse(text).map(|day| day.to_string());
    assert_eq!(day("2023-12-01").unwrap(), "2023-12-01");
    assert_eq!(
        day("1.12.2023, pukul 23.30 WITA").unwrap(),
        "2023-12-01[Asia/Makassar]"
    );
    assert_eq!(day("2023-12-01T23:30:00.5Z").unwrap(), "2023-12-01[UTC]");
    assert_eq!(
        day("2023-12-01 23:30 Asia/Jayapura").unwrap(),
        "2023-12-01[Asia/Jayapura]"
    );
    assert_eq!(day("2023-12-01 23:30").unwrap(), "2023-12-01");
    assert_eq!(day("12-2023"), Err(DayError::Shape));
    assert_eq!(day("01-12-23"), Err(DayError::Shape));
    assert_eq!(day("2023-13-01"), Err(DayError::Calendar));
    assert_eq!(day("2023-12-01+99:99"), Err(DayError::Zone));
    assert_eq!(
        IncidentDay::parse("2023-12-01").unwrap().zone_name(),
        "Asia/Jakarta"
    );
    assert!(
        ["Nama Pelapor", "email", "No HP", "nik", "alamat", "uraian", ""]
            .iter()
            .all(|title| may_tell_complainant(title))
    );
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(title in ".{0,12}", text in ".{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = IncidentDay::parse(&text);
        let _ = json::parse(&bytes, 100);
        let _ = one(&["id", "nama", &title], &["A1", "Budi", &text]);
    }

    #[test]
    fn a_printed_day_reads_back(year in 1990_i16..2100, month in 1_i8..=12, day in 1_i8..=28, zone in prop::sample::select(vec!["", "[Asia/Makassar]", "[+09:00]", "[-0330]", "[UTC]"])) {
        let text = format!("{year:04}-{month:02}-{day:02}{zone}");
        prop_assert_eq!(IncidentDay::parse(&text).unwrap().to_string(), text);
    }
}
