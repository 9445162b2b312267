//! The header's tests: every synonym in every spelling, and headers of two rows.

use super::name::NAMES;
use super::*;

fn find(rows: &[&[&str]]) -> (Columns, usize) {
    let rows: Vec<Row> = (1..)
        .zip(rows)
        .map(|(line, cells)| Row::of_text(line, cells))
        .collect();
    Columns::find(&rows).unwrap()
}

#[test]
fn every_name_is_known_in_every_spelling() {
    for (field, names) in NAMES {
        for name in names {
            let spaced: String = name.chars().flat_map(|letter| [letter, ' ']).collect();
            for title in [
                (*name).to_owned(),
                name.to_uppercase(),
                format!(" {name}. "),
                spaced.replace(' ', "_"),
            ] {
                assert_eq!(field_of(&title).map(|(field, _)| field), Some(field), "{title}");
            }
        }
    }
}

#[test]
fn no_name_stands_for_two_fields() {
    let mut all: Vec<&str> = NAMES
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn titles_as_offices_write_them() {
    for (title, field) in [
        ("NIP", Field::Nip),
        ("NIP BARU", Field::Nip),
        ("NIP/NI PPPK", Field::Nip),
        ("nip_baru", Field::Nip),
        ("Nama Lengkap", Field::Name),
        ("NAMA PEGAWAI", Field::Name),
        ("Nama & Gelar", Field::Name),
        ("Unit  Kerja", Field::Unit),
        ("UNOR NAMA", Field::Unit),
        ("Satuan Kerja", Field::UnitRoot),
        ("Jabatan", Field::Position),
        ("Email Gov", Field::Email),
        ("e-mail", Field::EmailOther),
        ("LOKASI KERJA", Field::City),
        ("Kab./Kota", Field::City),
        ("Pangkat/Gol. Ruang", Field::Grade),
    ] {
        assert_eq!(field_of(title).map(|(field, _)| field), Some(field), "{title}");
    }
    for none in [
        "NIK",
        "ALAMAT",
        "NPWP NOMOR",
        "AGAMA NAMA",
        "NOMOR HP",
        "TMT",
        "",
        "SATUAN KERJA INDUK NAMA",
    ] {
        assert_eq!(field_of(none), None, "{none}");
    }
}

#[test]
fn the_better_name_wins() {
    let (columns, used) = find(&[&["NIP LAMA", "NIP", "NIP BARU", "Nama", "Unit Kerja", "UNOR NAMA"]]);
    assert_eq!(
        (columns.column(Field::Nip), columns.column(Field::Unit), used),
        (Some(2), Some(5), 1)
    );
}

#[test]
fn a_header_may_take_two_rows_and_stand_below_a_title() {
    let merged: &[&[&str]] = &[
        &["DAFTAR NIP DAN NAMA"],
        &[
            "No",
            "Data Pegawai",
            "Data Pegawai",
            "Jabatan",
            "Jabatan",
            "Pangkat",
        ],
        &["No", "NIP", "Nama", "Nama", "TMT", "Gol"],
        &["1", "198609262009011001", "Budi", "Arsiparis", "x", "III/a"],
    ];
    let (columns, used) = find(merged);
    assert_eq!(used, 3);
    let of = |field| columns.column(field);
    assert_eq!(
        (of(Field::Nip), of(Field::Name), of(Field::Position)),
        (Some(1), Some(2), Some(3))
    );
    assert_eq!(of(Field::Grade), Some(5));
}

#[test]
fn a_person_is_no_second_header() {
    let (_, used) = find(&[&["NIP", "NAMA", "UNIT"], &["", "Budi", "Unit"]]);
    assert_eq!(
        used, 1,
        "a row with a name and no number is refused later, not swallowed"
    );
    let (_, used) = find(&[&["NIP", "NAMA"], &["198609262009011001", "Nama"]]);
    assert_eq!(used, 1);
}
