//! How written phrases agree with recorded ones.

use super::*;
use crate::linkage::Level;
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
    (
        "Kabupaten Merapi, Dinas Kesehatan",
        "Puskesmas Merapi, Dinas Kesehatan Kabupaten Lembayan",
        false,
    ),
    (
        "Puskesmas Kota Anggrekan",
        "Puskesmas Anggrekan, Kota Melatiraya",
        false,
    ),
    (
        "Camat, Kab. Sumedengan",
        "Kecamatan Sumedengan, Kabupaten Lembayan",
        false,
    ),
    (
        "KPP Sukaraya",
        "KPP Pratama Cilenggor, Kanwil Pajak Sukaraya",
        false,
    ),
    (
        "Dinas Pendidikan Gedongmulyo",
        "UPT Dinas Pendidikan Gedongmulyo",
        false,
    ),
    (
        "SMP, Dinas Pendidikan Melati",
        "Bidang SMP, Dinas Pendidikan Melati",
        false,
    ),
    (
        "Kantor Desa Melati",
        "Dinas Pemberdayaan Masyarakat dan Desa Kabupaten Melati",
        false,
    ),
    (
        "Kecamatan Teluk Betung Barat",
        "Kecamatan Tanjung Karang Barat",
        false,
    ),
    (
        "Sekretariat Dinas Kesehatan Melati",
        "Dinas Kesehatan Melati, Sekretariat, Subbagian Umum",
        true,
    ),
    (
        "Subbag Umum, Sekretariat, Dinkes Melati",
        "Dinas Kesehatan Melati, Sekretariat, Subbagian Umum",
        true,
    ),
    (
        "Puskesmas Melati, Dinkes Kab. Lembayan",
        "Puskesmas Melati, Dinas Kesehatan Kabupaten Lembayan",
        true,
    ),
    ("Kantor Kepala Desa Melati", "Desa Melati, Kecamatan Mawar", true),
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
fn no_match_rests_on_a_misspelling_of_several_words() {
    let mut phrases = Phrases::new(UNIT);
    let units = ["Puskesmas Sukaraya", "Puskesmas Sukajaya", "Puskesmas Melatiraya"];
    let [one, other, alone] = units.map(|unit| phrases.bear(unit).unwrap());
    phrases.seal();
    let survey = phrases.survey("Puskesmas Sukamaya");
    assert!(!phrases.follows(&survey, one) && !phrases.follows(&survey, other));
    let survey = phrases.survey("Puskesmas Melatirya");
    assert!(phrases.follows(&survey, alone));
}

#[test]
fn a_misspelt_word_may_be_the_common_one() {
    let mut phrases = Phrases::new(CITY);
    let here = (0..5000)
        .map(|_| phrases.bear("Bandar Lampung").unwrap())
        .max()
        .unwrap();
    let there = ["Banda Aceh", "Bandung"].map(|city| phrases.bear(city).unwrap());
    phrases.seal();
    for written in [
        "Bandr Lampung",
        "Bandar Lamung",
        "Bagdar Lampung",
        "Tanjung Karang",
        "Teluk Betung",
    ] {
        let survey = phrases.survey(written);
        assert_eq!(survey.level(here), Level::Exact, "{written}");
        assert!(there.iter().all(|city| survey.level(*city) != Level::Exact));
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
