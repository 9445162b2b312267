//! The plan's tests: each kind of change, and that the same file twice changes nothing.

use super::*;
use crate::domain::cell::Row;

const HEADER: [&str; 7] = [
    "NIP",
    "NAMA",
    "UNIT",
    "JABATAN",
    "EMAIL",
    "KEDUDUKAN HUKUM",
    "NIP LAMA",
];
const BUDI: &str = "198609262009011001";
const SITI: &str = "199202292023212004";

fn roster(rows: &[[&str; 7]]) -> Roster {
    let people = (2..).zip(rows).map(|(line, cells)| Row::of_text(line, cells));
    Roster::read(std::iter::once(Row::of_text(1, &HEADER)).chain(people)).unwrap()
}

fn known(person_id: i64, row: &RosterRow) -> Known {
    let row = row.clone();
    Known {
        person_id,
        nip: row.nip,
        former_nips: row.former_nip.into_iter().collect(),
        name: row.name,
        unit_path: row.unit_path,
        position: row.position,
        city: row.city,
        grade: row.grade,
        email: row.email,
        employment: row.employment,
        duty: row.duty,
    }
}

fn all_known(roster: &Roster) -> Vec<Known> {
    (1..)
        .zip(&roster.people)
        .map(|(id, row)| known(id, row))
        .collect()
}

fn two() -> Roster {
    roster(&[
        [
            BUDI,
            "Budi Santoso, S.H.",
            "Biro Umum",
            "Arsiparis",
            "budi@contoh.example",
            "Aktif",
            "",
        ],
        [
            SITI,
            "Siti Rahayu",
            "Biro Hukum",
            "Analis",
            "siti@contoh.example",
            "Aktif",
            "",
        ],
    ])
}

#[test]
fn the_same_file_twice_changes_nothing() {
    for bytes in [
        &include_bytes!("../../../../tests/data/roster_siasn.csv")[..],
        include_bytes!("../../../../tests/data/roster_local.csv"),
        include_bytes!("../../../../tests/data/roster_plain.csv"),
    ] {
        let table = crate::sheet::read(bytes, &crate::sheet::Limits::UPLOAD).unwrap();
        let file = Roster::read(table.rows).unwrap();
        let first = plan(&[], &file);
        assert_eq!(first.added.len() + first.excluded.len(), file.people.len());
        let second = plan(&all_known(&file), &file);
        assert!(second.is_empty(), "{second:?}");
        assert_eq!(second.unchanged.len(), file.people.len());
        assert_eq!(second.refused, file.refused);
    }
}

#[test]
fn changes_name_their_fields() {
    let current = all_known(&two());
    let next = roster(&[
        [
            BUDI,
            "Budi Santoso, S.H.",
            "Biro Hukum",
            "Arsiparis",
            "budi@contoh.example",
            "Pensiun",
            "",
        ],
        [
            SITI,
            "Siti Rahayu",
            "Biro Hukum",
            "Analis",
            "siti@contoh.example",
            "Aktif",
            "",
        ],
    ]);
    let plan = plan(&current, &next);
    let diff = |field, old: &str, new: &str| Diff {
        field,
        old: old.into(),
        new: new.into(),
    };
    assert_eq!(plan.changed.len(), 1);
    assert_eq!(
        plan.changed[0].diffs,
        [
            diff(Field::Unit, "Biro Umum", "Biro Hukum"),
            diff(Field::Standing, "required", "retired")
        ]
    );
    assert_eq!(plan.unchanged, [2]);
}

#[test]
fn a_column_the_file_lacks_changes_nothing() {
    let current = all_known(&two());
    let rows = [
        Row::of_text(1, &["NIP", "NAMA"]),
        Row::of_text(2, &[BUDI, "Budi Santoso, S.H."]),
        Row::of_text(3, &[SITI, "Siti Rahayu, S.H."]),
    ];
    let plan = plan(&current, &Roster::read(rows).unwrap());
    assert_eq!(plan.unchanged, [1]);
    assert_eq!(plan.changed[0].diffs.len(), 1);
    assert_eq!(
        plan.changed[0].row.email.as_deref(),
        Some("siti@contoh.example"),
        "the row is complete"
    );
    assert_eq!(plan.changed[0].row.unit, "Biro Hukum");
}

#[test]
fn the_absent_are_gone_once_and_may_come_back() {
    let file = two();
    let mut current = all_known(&file);
    let shorter = roster(&[[
        BUDI,
        "Budi Santoso, S.H.",
        "Biro Umum",
        "Arsiparis",
        "budi@contoh.example",
        "Aktif",
        "",
    ]]);
    assert_eq!(plan(&current, &shorter).gone, [2]);
    current[1].duty = Duty::Excluded(Exclusion::NotListed);
    assert!(plan(&current, &shorter).is_empty());
    assert_eq!(plan(&current, &file).changed[0].diffs[0].field, Field::Standing);
    let bare = [
        Row::of_text(1, &["NIP", "NAMA"]),
        Row::of_text(2, &[SITI, "Siti Rahayu"]),
    ];
    assert_eq!(
        plan(&current, &Roster::read(bare).unwrap()).changed[0].row.duty,
        Duty::Required
    );
}

#[test]
fn who_was_refused_is_not_gone() {
    let current = all_known(&two());
    let file = roster(&[
        [
            "198609262009011000",
            "BUDI SANTOSO",
            "Biro Umum",
            "",
            "",
            "Aktif",
            "",
        ],
        [SITI, "Siti Rahayu", "Biro Hukum", "", "", "Entah", ""],
    ]);
    let plan = plan(&current, &file);
    assert_eq!(
        (plan.held.as_slice(), plan.gone.len(), plan.refused.len()),
        (&[1, 2][..], 0, 2)
    );
    assert!(plan.is_empty());
}

#[test]
fn a_new_number_is_recognised() {
    let current = all_known(&two());
    let contract = "199202292024222004";
    for (cells, evidence) in [
        (
            [contract, "Siti R.", "Lain", "", "", "Aktif", SITI],
            Evidence::FormerNip,
        ),
        (
            [contract, "SITI RAHAYU, S.H.", "Biro Hukum", "", "", "Aktif", ""],
            Evidence::NameBirthUnit,
        ),
        (
            [
                contract,
                "Hj. Siti Rahayu",
                "Lain",
                "",
                "siti@contoh.example",
                "Aktif",
                "",
            ],
            Evidence::NameBirthEmail,
        ),
        (
            [
                "199203012023212004",
                "Siti Rahayu",
                "Lain",
                "",
                "siti@contoh.example",
                "Aktif",
                "",
            ],
            Evidence::NameEmail,
        ),
    ] {
        let plan = plan(&current, &roster(&[cells]));
        let [one] = plan.renumbered.as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!(
            (one.person_id, one.old.as_str(), one.evidence),
            (2, SITI, evidence)
        );
        assert_eq!((plan.gone.as_slice(), plan.added.len()), (&[1][..], 0));
    }
}

#[test]
fn a_namesake_is_no_new_number() {
    let current = all_known(&two());
    for cells in [
        ["199202292024222004", "Siti Rahayu", "Lain", "", "", "Aktif", ""],
        [
            "199203012024222004",
            "Siti Rahayu",
            "Biro Hukum",
            "",
            "",
            "Aktif",
            "",
        ],
    ] {
        let plan = plan(&current, &roster(&[cells]));
        assert_eq!(
            (plan.added.len(), plan.gone.as_slice(), plan.renumbered.len()),
            (1, &[1, 2][..], 0)
        );
    }
    let twins = [
        [
            "199202292024222004",
            "Siti Rahayu",
            "Biro Hukum",
            "",
            "",
            "Aktif",
            "",
        ],
        [
            "199202292024222005",
            "Siti Rahayu",
            "Biro Hukum",
            "",
            "",
            "Aktif",
            "",
        ],
    ];
    let plan = plan(&current, &roster(&twins));
    assert_eq!(
        (plan.added.len(), plan.renumbered.len()),
        (2, 0),
        "two could be her, so nobody is"
    );
}

#[test]
fn a_person_with_both_numbers_in_the_file_is_refused_under_the_former() {
    let mut current = all_known(&two());
    let former = "199202292020212004";
    current[1].former_nips = vec![former.into()];
    let plan = plan(
        &current,
        &roster(&[
            [
                SITI,
                "Siti Rahayu",
                "Biro Hukum",
                "Analis",
                "siti@contoh.example",
                "Aktif",
                "",
            ],
            [former, "Siti Rahayu", "Biro Hukum", "Analis", "", "Aktif", ""],
        ]),
    );
    assert_eq!(plan.refused[0].reason, RefusalReason::FormerNip { other_line: 2 });
    assert_eq!((plan.added.len(), plan.gone.as_slice()), (0, &[1][..]));
}

#[test]
fn bare_names_lose_titles_and_keep_the_last_word() {
    assert_eq!(
        renumber::bare_name("Prof. Dr. H. Ahmad Fauzi, S.H., M.H."),
        "ahmad fauzi"
    );
    assert_eq!(renumber::bare_name("Dr."), "dr");
    assert_eq!(renumber::bare_name(""), "");
}
