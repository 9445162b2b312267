//! Complaints about somebody else, in which an insider was once proposed: each must stay a question for a person.

use super::*;

/// Nine hundred people of a regency in ninety units, and whoever a case adds.
fn regency(more: &[[&str; 5]]) -> Index {
    let given = [
        "Parto", "Lestari", "Gatot", "Mega", "Sarah", "Kokom", "Yayuk", "Tono", "Rini", "Darmi",
    ];
    let about = [
        "Gizi", "Arsip", "Mutasi", "Anggaran", "Layanan", "Hukum", "Sarana", "Promosi", "Evaluasi", "Program",
    ];
    let office = [
        "Kesehatan",
        "Sosial",
        "Pendidikan",
        "Perhubungan",
        "Pertanian",
        "Perikanan",
        "Pariwisata",
        "Kehutanan",
        "Perdagangan",
    ];
    let filling = (0..900_usize).map(|serial| {
        let clan = [
            "Wiguna", "Hartati", "Samosir", "Mahendra", "Pertiwi", "Kesuma", "Zebua", "Lontoh", "Sudirja",
        ];
        let name = format!("{} {}", given[serial % 10], clan[serial / 10 % 9]);
        let unit = format!(
            "Bidang {}, Dinas {} Kabupaten Bogor",
            about[serial / 10 % 10],
            office[serial / 100]
        );
        let nip = format!(
            "19{:02}0{}1{}20100{}{}{:03}",
            70 + serial % 25,
            1 + serial % 9,
            serial % 9,
            1 + serial % 9,
            1 + serial % 2,
            1 + serial
        );
        person(&nip, &name, &unit, "Kabupaten Bogor", "Pengelola Data")
    });
    let more = more
        .iter()
        .map(|[nip, name, unit, city, position]| person(nip, name, unit, city, position));
    Index::build(filling.chain(more))
}

fn decided(index: &Index, complaint: &Complaint) -> Linkage {
    link(index, complaint, &Policy::default())
}

fn level(answer: &Linkage, field: Field) -> Option<Level> {
    let first = answer.candidates.iter().find(|one| one.who.is_some())?;
    first
        .evidence
        .iter()
        .find(|line| line.field == field)
        .map(|line| line.level)
}

const HEALTH: [&str; 5] = [
    "198707072012012007",
    "Khairunnisa Damanik",
    "Bidang Gizi, Dinas Kesehatan Kabupaten Bogor",
    "Kabupaten Bogor",
    "Analis Gizi",
];

#[test]
fn a_city_a_regency_and_a_province_of_one_name_are_three_governments() {
    let index = regency(&[HEALTH]);
    let asked = |unit: &str, city: &str| {
        decided(
            &index,
            &Complaint {
                unit: unit.to_owned(),
                city: city.to_owned(),
                ..about("Khairunnisa Damanik")
            },
        )
    };
    for unit in [
        "Bidang Gizi Dinas Kesehatan Kab. Bogor",
        "Bidang Gizi Dinkes Bogor",
        "Bid. Gizi, Dinkes, Pemkab Bogor",
    ] {
        let answer = asked(unit, "Bogor");
        assert_eq!(answer.decision, Decision::Match, "{unit}: {answer:#?}");
    }
    for unit in [
        "Bidang Gizi Dinas Kesehatan Kota Bogor",
        "Bidang Gizi, Dinkes, Pemkot Bogor",
        "Bidang Gizi Dinas Kesehatan Provinsi Bogor",
        "Bidang Gizi Dinkes Prov. Bogor",
    ] {
        let answer = asked(unit, "");
        assert_eq!(
            (answer.decision, level(&answer, Field::Unit)),
            (Decision::Possible, Some(Level::Differs)),
            "{unit}"
        );
    }
    let answer = asked("Bidang Gizi, Dinas Kesehatan", "Kota Bogor");
    assert_eq!(
        (answer.decision, level(&answer, Field::City)),
        (Decision::Possible, Some(Level::Differs))
    );
}

#[test]
fn a_single_written_word_never_matches_without_a_number_though_what_is_left_out_says_little() {
    let index = regency(&[[
        "198707072012012007",
        "Sri Walangitan",
        HEALTH[2],
        "Kabupaten Bogor",
        "Kepala Bidang",
    ]]);
    let unit = || HEALTH[2].to_owned();
    for name in [
        "Bu Walangitan",
        "Kepala Walangitan",
        "Walangitan (staf Okto)",
        "Walangitan",
    ] {
        let answer = decided(
            &index,
            &Complaint {
                unit: unit(),
                ..about(name)
            },
        );
        assert_eq!(
            (answer.decision, answer.rule),
            (Decision::Possible, RuleId::NamePartial),
            "{name}"
        );
        let answer = decided(
            &index,
            &Complaint {
                nip_fragment: "07-07-1987".to_owned(),
                ..about(name)
            },
        );
        assert_ne!(answer.decision, Decision::Match, "{name}");
    }
    for complaint in [
        Complaint {
            unit: unit(),
            ..about("Bu Sri Walangitan")
        },
        Complaint {
            nip_fragment: "198707072012012007".to_owned(),
            ..about("Bu Walangitan")
        },
    ] {
        assert_eq!(decided(&index, &complaint).decision, Decision::Match);
    }
}

#[test]
fn an_acronym_within_a_foreign_unit_is_not_the_unit() {
    let index = regency(&[[
        "198707072012012007",
        "Khairunnisa Damanik",
        "Seksi Aset Rumah",
        "",
        "",
    ]]);
    for (unit, agrees) in [
        ("Kantor SAR Banjarmasin", false),
        ("Pos SAR", false),
        ("SAR", true),
    ] {
        let answer = decided(
            &index,
            &Complaint {
                unit: unit.to_owned(),
                ..about("Khairunnisa Damanik")
            },
        );
        let unit_agrees = matches!(level(&answer, Field::Unit), Some(Level::Exact | Level::Within));
        assert_eq!(
            (answer.decision == Decision::Match, unit_agrees),
            (agrees, agrees),
            "{unit}"
        );
    }
    let index = regency(&[[
        "198707072012012007",
        "Khairunnisa Damanik",
        "Kantor SAR Banjarmasin",
        "",
        "",
    ]]);
    let answer = decided(
        &index,
        &Complaint {
            unit: "Seksi Aset Rumah".to_owned(),
            ..about("Khairunnisa Damanik")
        },
    );
    assert_ne!(answer.decision, Decision::Match, "{answer:#?}");
}

#[test]
fn a_number_that_a_spreadsheet_rounded_says_nothing() {
    let index = regency(&[[
        "198511172010011003",
        "Khairul Damanik",
        "Bidang Arsip, Dinas Sosial Kabupaten Bogor",
        "",
        "",
    ]]);
    for number in ["1.98511E+17", "1,98511e+17", "NIP 1.98511 E+17", "1.98511E17"] {
        let answer = decided(
            &index,
            &Complaint {
                nip_fragment: number.to_owned(),
                ..about("Khairul Damanik")
            },
        );
        assert_eq!(
            (
                answer.decision,
                level(&answer, Field::Birth),
                level(&answer, Field::Nip)
            ),
            (Decision::Possible, None, None),
            "{number}"
        );
    }
    let answer = decided(
        &index,
        &Complaint {
            nip_fragment: "17-11-1985".to_owned(),
            ..about("Khairul Damanik")
        },
    );
    assert_eq!(answer.decision, Decision::Match, "{answer:#?}");
}

#[test]
fn a_school_of_another_number_is_another_school() {
    let index = regency(&[[
        "198707072012012007",
        "Khairunnisa Damanik",
        "SMPN1 Sukaraja",
        "",
        "Guru",
    ]]);
    for (unit, agrees) in [
        ("SMPN2 Sukaraja", false),
        ("SMP Negeri 2 Sukaraja", false),
        ("SMPN 02 Sukaraja", false),
        ("SMPN1 Sukaraja", true),
        ("SMP Negeri 1 Sukaraja", true),
        ("SMPN 01 Sukaraja", true),
    ] {
        let answer = decided(
            &index,
            &Complaint {
                unit: unit.to_owned(),
                ..about("Khairunnisa Damanik")
            },
        );
        let differs = matches!(level(&answer, Field::Unit), Some(Level::Differs | Level::Unknown));
        assert_eq!(
            (answer.decision == Decision::Match, differs),
            (agrees, !agrees),
            "{unit}"
        );
    }
}

#[test]
fn a_word_two_slips_away_needs_two_others_that_are_the_names_own() {
    let index = regency(&[
        [
            "198605062011012003",
            "Yuyun Suroeti",
            "Bidang Rekam Jejak",
            "",
            "Arsiparis",
        ],
        [
            "198807082013012005",
            "Yuyun Suroeti Harnum",
            "Bidang Pustaka Muda",
            "",
            "Arsiparis",
        ],
    ]);
    for (name, unit, matches) in [
        ("Yuyun Sunaeti", "Bidang Rekam Jejak", false),
        ("Yuyun Suroeti", "Bidang Rekam Jejak", true),
        ("Yuyun Sunaeti Harnum", "Bidang Pustaka Muda", true),
    ] {
        let complaint = Complaint {
            unit: unit.to_owned(),
            position: "Arsiparis".to_owned(),
            ..about(name)
        };
        let answer = decided(&index, &complaint);
        assert_eq!(answer.decision == Decision::Match, matches, "{name}: {answer:#?}");
    }
}

#[test]
fn a_number_whose_owner_bears_another_name_is_a_conflict_though_nobody_ranks_first() {
    let index = regency(&[HEALTH]);
    let answer = decided(
        &index,
        &Complaint {
            nip_fragment: HEALTH[0].to_owned(),
            ..about("Oktavianus Walangitan")
        },
    );
    assert_eq!(
        (answer.decision, answer.conflict, answer.rule, answer.namesakes),
        (Decision::Possible, true, RuleId::ConflictNip, 0)
    );
}

#[test]
fn a_date_beside_a_number_does_not_hide_it_and_two_numbers_are_a_conflict() {
    let index = regency(&[
        ["198606062010012007", "Khairunnisa Damanik", HEALTH[2], "", ""],
        [
            "198202022008011045",
            "Oktavianus Walangitan",
            "Bidang Arsip, Dinas Sosial Kabupaten Bogor",
            "",
            "",
        ],
    ]);
    for number in [
        "198202022008011045, lahir 06-06-1986",
        "198202022008011045 06-06-1986",
        "lahir 06-06-1986, NIP 19820202 200801 1 045",
        "198202022008011045 / 198606062010012007",
        "198606062010012007 atau 198202022008011045",
    ] {
        let answer = decided(
            &index,
            &Complaint {
                nip_fragment: number.to_owned(),
                ..about("Khairunnisa Damanik")
            },
        );
        assert_eq!(
            (answer.decision, answer.conflict, answer.rule),
            (Decision::Possible, true, RuleId::ConflictNip),
            "{number}"
        );
    }
    let beside = Complaint {
        nip_fragment: "198202022008011045".to_owned(),
        ..about("Khairunnisa Damanik NIP 198606062010012007")
    };
    assert!(decided(&index, &beside).conflict);
    for number in [
        "198606062010012007, lahir 06-06-1986",
        "198606062010012007 (198606062010012007)",
    ] {
        let answer = decided(
            &index,
            &Complaint {
                nip_fragment: number.to_owned(),
                ..about("Khairunnisa Damanik")
            },
        );
        assert_eq!(
            (answer.decision, answer.rule),
            (Decision::Match, RuleId::NipAndName),
            "{number}"
        );
    }
}

#[test]
fn a_name_read_out_of_a_handle_never_matches() {
    let index = regency(&[HEALTH]);
    let complaint = Complaint {
        nip_fragment: HEALTH[0].to_owned(),
        handle: "@khairunnisa_damanik".to_owned(),
        ..Complaint::default()
    };
    let answer = decided(&index, &complaint);
    assert_eq!(
        (answer.decision, answer.rule),
        (Decision::Possible, RuleId::NamePartial)
    );
}

#[test]
fn only_a_whole_government_is_taken_for_an_agency() {
    let index = regency(&[HEALTH]);
    for (unit, forbids) in [
        ("Pemadam Kebakaran Muaraselatan", true),
        ("Pemuda dan Olahraga", true),
        ("Pemkot Muaraselatan", false),
        ("Pemprov Muaraselatan", false),
        ("Kementerian Kelautan", false),
    ] {
        let answer = decided(
            &index,
            &Complaint {
                unit: unit.to_owned(),
                ..about("Khairunnisa Damanik")
            },
        );
        let first = answer.candidates.iter().find(|one| one.who.is_some()).unwrap();
        assert_eq!(
            first.contradictions.iter().any(|line| line.field == Field::Unit),
            forbids,
            "{unit}"
        );
    }
}

#[test]
fn a_number_found_in_the_name_is_shown() {
    let index = regency(&[HEALTH]);
    let answer = decided(&index, &about("Khairunnisa Damanik NIP 198707072012012007"));
    let line = answer.candidates[0]
        .evidence
        .iter()
        .find(|line| line.field == Field::Nip)
        .unwrap();
    assert_eq!(line.detail, HEALTH[0]);
}

#[test]
fn namesakes_are_counted_on_the_whole_roster_and_not_among_those_compared() {
    let index = |bearers: usize| {
        let others = (0..4_000_usize).map(|serial| {
            let name = if serial < bearers {
                "Sri Wahyuni".to_owned()
            } else {
                format!("Yayuk Hartati{}", serial % 50)
            };
            let unit = format!(
                "Bidang {}, Dinas Sosial",
                ["Gizi", "Arsip", "Mutasi", "Anggaran"][serial % 4]
            );
            person(&format!("19780101200501{serial:04}"), &name, &unit, "", "")
        });
        let sought = (0..3).map(|serial| {
            let name = if serial == 0 { "Sri Wahyuni" } else { "Tono Parto" };
            person(
                &format!("19870707201201{serial:04}"),
                name,
                "Loka Sumberwangi",
                "",
                "",
            )
        });
        Index::build(others.chain(sought))
    };
    let asked = |bearers: usize| {
        let complaint = Complaint {
            unit: "Loka Sumberwangi".to_owned(),
            ..about("Sri Wahyuni")
        };
        decided(&index(bearers), &complaint)
    };
    let answer = asked(0);
    assert_eq!((answer.decision, answer.namesakes), (Decision::Match, 0));
    let answer = asked(2_000);
    assert_eq!(
        (answer.decision, answer.namesakes),
        (Decision::Possible, 2_000),
        "{answer:#?}"
    );
}
