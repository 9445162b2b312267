//! How written phrases agree with recorded ones.

use super::*;
use crate::linkage::parts::CITY;
use crate::linkage::parts::POSITION;
use crate::linkage::parts::UNIT;

#[test]
fn every_abbreviation_meets_its_long_form() {
    for reading in [UNIT, CITY, POSITION] {
        for (short, long) in reading.long_forms {
            let mut phrases = Phrases::new(reading);
            let number = phrases.bear(&format!("{long} Merapi")).unwrap();
            phrases.seal();
            assert_eq!(
                phrases.survey(&format!("{short} Merapi")).level(number),
                Level::Exact,
                "{short}"
            );
        }
    }
}

/// What is written, what is recorded, and whether a match may rest on it.
const FOLLOWING: &[(&str, &str, bool)] = &[
    (
        "Kecamatan Lembayan, Kabupaten Sumedengan",
        "Kecamatan Sumedengan, Kabupaten Lembayan",
        false,
    ),
    (
        "Puskesmas Melatiraya, Kota Anggrekan",
        "Puskesmas Anggrekan, Kota Melatiraya",
        false,
    ),
    ("SD Negeri 1 Sekaran 2", "SD Negeri 2 Sekaran 1", false),
    (
        "Polsek Bangsalrejo, Polres Mojolebak",
        "Polsek Mojolebak, Polres Bangsalrejo",
        false,
    ),
    (
        "Bidang Kesehatan, Dinas Pendidikan dan Kesehatan Lobakidul",
        "Bidang Pendidikan dan Kesehatan, Dinas Kesehatan Lobakidul",
        false,
    ),
    (
        "Direktorat Jenderal Pajak",
        "Direktorat Pajak, Direktorat Jenderal Anggaran",
        false,
    ),
    ("Balai Pelatihan Sikka", "Kantor Pelatihan Sikka", false),
    ("Direktorat Wanarupa", "Subdit Wanarupa, Dit Pemasaran", false),
    (
        "Subdit Purbamulya Pemasaran, Dit Purbamulya",
        "Subdit Purbamulya, Dit Purbamulya Pemasaran",
        false,
    ),
    (
        "Dinas Pendidikan Gedongmulyo",
        "Cabang Dinas Pendidikan Gedongmulyo",
        false,
    ),
    ("Dinas Kesehatan", "Sekretariat Dinas Kesehatan", true),
    ("Puskesmas Wonogede Timur", "Puskesmas Wonogede Barat", false),
    (
        "Dinas Kesehatan, Bidang Gizi",
        "Seksi Data, Bidang Gizi, Dinas Kesehatan",
        true,
    ),
    (
        "Bid. Gizi Dinkes Kota Merapi",
        "Bidang Gizi, Dinas Kesehatan Kota Merapi",
        true,
    ),
    ("Bagian Umum, Setjen", "Bagian Umum, Sekretariat Jenderal", true),
    ("Setjen bagian umum", "Bagian Umum, Sekretariat Jenderal", true),
    (
        "Dinas Sosial Merapi, Sekretariat, Subbag Umum",
        "Subbagian Umum, Sekretariat, Dinas Sosial Merapi",
        true,
    ),
    (
        "Kantor Kelurahan Melati",
        "Kelurahan Melati, Kecamatan Mawar",
        true,
    ),
];

#[test]
fn a_match_rests_on_no_unit_whose_words_stand_elsewhere() {
    for (written, recorded, follows) in FOLLOWING {
        let mut phrases = Phrases::new(UNIT);
        let number = phrases.bear(recorded).unwrap();
        phrases.bear(written).unwrap();
        phrases.seal();
        let survey = phrases.survey(written);
        assert_eq!(
            phrases.follows(&survey, number),
            *follows,
            "{written} / {recorded}"
        );
    }
}

#[test]
fn agreement_is_graded() {
    let mut phrases = Phrases::new(UNIT);
    let statistics = phrases
        .bear("Bidang Statistik, Dinas Komunikasi dan Informatika")
        .unwrap();
    let health = phrases.bear("Bidang Gizi, Dinas Kesehatan").unwrap();
    for person in 2..40 {
        phrases.bear(&format!("Bidang Tugas{person}, Dinas Pekerjaan Umum"));
    }
    phrases.seal();
    let survey = phrases.survey("diskominfo bid. statistik");
    assert_eq!(
        (survey.level(statistics), survey.level(health)),
        (Level::Exact, Level::Differs)
    );
    assert_eq!(phrases.survey("Bidang Statistk").level(statistics), Level::Within);
    assert_eq!(
        phrases.survey("Kantor Pos Pluto").level(statistics),
        Level::Unknown
    );
    assert_eq!(phrases.survey("BSKI").level(statistics), Level::Unknown);
    assert!(!phrases.survey(" - ").written);
}
