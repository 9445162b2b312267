//! How written phrases agree with recorded ones.

use super::*;
use crate::linkage::table::CITIES;
use crate::linkage::table::POSITIONS;
use crate::linkage::table::UNITS;

#[test]
fn every_abbreviation_meets_its_long_form() {
    for table in [UNITS, CITIES, POSITIONS] {
        for (short, long) in table {
            let mut phrases = Phrases::new(table);
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

#[test]
fn a_match_rests_on_no_unit_whose_words_stand_elsewhere() {
    for (written, recorded, follows) in [
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
    ] {
        let mut phrases = Phrases::new(UNITS);
        let number = phrases.bear(recorded).unwrap();
        phrases.bear(written).unwrap();
        phrases.seal();
        let survey = phrases.survey(written);
        assert_eq!(
            phrases.follows(&survey, number),
            follows,
            "{written} / {recorded}"
        );
    }
}

#[test]
fn agreement_is_graded() {
    let mut phrases = Phrases::new(UNITS);
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
