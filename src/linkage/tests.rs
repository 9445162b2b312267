//! What the door promises: curated cases, and properties that hold for any input.

use proptest::prelude::*;

use super::*;

mod pinned;
mod wrong_person;

fn person(nip: &str, name: &str, unit: &str, city: &str, position: &str) -> Person {
    Person {
        nip: nip.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        city: city.to_owned(),
        position: position.to_owned(),
        former_nips: Vec::new(),
    }
}

/// Two hundred people in twenty units, and those the cases speak of.
fn roster() -> Vec<Person> {
    let given = [
        "Rini", "Tono", "Yayuk", "Parto", "Lestari", "Gatot", "Mega", "Udin", "Sarah", "Kokom",
    ];
    let last = [
        "Wiguna", "Hartati", "Samosir", "Mahendra", "Pertiwi", "Kesuma", "Zebua", "Lontoh", "Sudirja",
        "Baskoro",
    ];
    let mut people: Vec<Person> = (0..200)
        .map(|serial| {
            let name = format!("{} {}", given[serial % 10], last[serial / 10 % 10]);
            let unit = format!("Bidang Urusan{:02}, Dinas Percontohan", serial / 10);
            let nip = format!(
                "19{:02}0{}1{}20100{}{}{:03}",
                70 + serial % 25,
                1 + serial % 9,
                serial % 9,
                1 + serial % 9,
                1 + serial % 2,
                1 + serial
            );
            person(
                &nip,
                &name,
                &unit,
                if serial % 3 == 0 { "Bandung" } else { "Bogor" },
                "Pengelola Data",
            )
        })
        .collect();
    people.push(person(
        "198505122010011003",
        "Drs. Budi Santoso, M.Si.",
        "Bidang Keuangan, Dinas Percontohan",
        "Bandung",
        "Bendahara",
    ));
    people.push(person(
        "198608172011011004",
        "Budi Santoso",
        "Bidang Hukum, Dinas Percontohan",
        "Bogor",
        "Arsiparis",
    ));
    people.push(person(
        "199001012015012001",
        "Nurhayati",
        "Bidang Hukum, Dinas Percontohan",
        "Bogor",
        "Auditor",
    ));
    people.push(person(
        "198707072012012007",
        "Khairunnisa Damanik, S.H.",
        "Bidang Statistik, Dinas Percontohan",
        "Medan",
        "Statistisi",
    ));
    people.push(person(
        "198303032009011002",
        "I Wayan Sudarsana",
        "Bidang Arsip, Dinas Percontohan",
        "Denpasar",
        "Arsiparis",
    ));
    people
}

fn index() -> Index {
    Index::build(roster())
}

fn about(name: &str) -> Complaint {
    Complaint {
        accused_name: name.to_owned(),
        ..Complaint::default()
    }
}

fn ask(complaint: &Complaint) -> (Linkage, Option<String>) {
    let index = index();
    let answer = link(&index, complaint, &Policy::default());
    let first = answer.candidates.first().and_then(|one| one.who);
    let name = first.map(|who| roster()[usize::try_from(who.0).unwrap()].name.clone());
    (answer, name)
}

#[test]
fn a_full_name_in_its_unit_matches() {
    let (answer, name) = ask(&Complaint {
        unit: "Bid. Statistik".to_owned(),
        city: "Medan".to_owned(),
        ..about("Chairunnisa Damanik")
    });
    assert_eq!(
        (answer.decision, name.as_deref()),
        (Decision::Match, Some("Khairunnisa Damanik, S.H.")),
        "{answer:#?}"
    );
    assert_eq!(answer.namesakes, 0);
}

#[test]
fn homonyms_never_match_without_more_evidence() {
    let (answer, name) = ask(&about("Budi Santoso"));
    assert_ne!(answer.decision, Decision::Match);
    assert_eq!((answer.namesakes, name.is_some()), (1, true), "{answer:#?}");
    let (answer, _) = ask(&Complaint {
        unit: "Bidang Keuangan".to_owned(),
        ..about("Budi Santoso")
    });
    assert_eq!(answer.decision, Decision::Possible, "{answer:#?}");
    assert!(answer.candidates[0].score_bits > answer.candidates[1].score_bits);
}

#[test]
fn a_mononym_without_a_number_never_matches() {
    let full = Complaint {
        unit: "Bidang Hukum, Dinas Percontohan".to_owned(),
        city: "Bogor".to_owned(),
        position: "Auditor".to_owned(),
        ..about("Ibu Nur Hayati")
    };
    let (answer, name) = ask(&full);
    assert_eq!(
        (answer.decision, answer.rule, name.as_deref()),
        (Decision::Possible, RuleId::NamePartial, Some("Nurhayati"))
    );
    let (answer, _) = ask(&Complaint {
        nip_fragment: "199001012015012001".to_owned(),
        ..full
    });
    assert_eq!(
        (answer.decision, answer.rule),
        (Decision::Match, RuleId::NipAndName),
        "{answer:#?}"
    );
}

#[test]
fn partial_names_initials_and_short_forms_never_match_without_a_number() {
    for name in ["Khairunnisa", "Khairunnisa D.", "Nisa Damanik", "K. Damanik"] {
        let (answer, _) = ask(&Complaint {
            unit: "Bidang Statistik, Dinas Percontohan".to_owned(),
            city: "Medan".to_owned(),
            position: "Statistisi".to_owned(),
            ..about(name)
        });
        assert_ne!(answer.decision, Decision::Match, "{name}: {answer:#?}");
    }
    for (name, rule) in [
        ("Wayan Darsana", None),
        ("I Wayan Sudarsana", Some(Decision::Match)),
    ] {
        let (answer, found) = ask(&Complaint {
            unit: "Bidang Arsip, Dinas Percontohan".to_owned(),
            city: "Denpasar".to_owned(),
            position: "Arsiparis".to_owned(),
            ..about(name)
        });
        assert_eq!(found.as_deref(), Some("I Wayan Sudarsana"), "{name}");
        assert_eq!(
            Some(answer.decision).filter(|one| *one == Decision::Match),
            rule,
            "{name}: {answer:#?}"
        );
    }
}

#[test]
fn a_number_that_contradicts_the_name_is_a_conflict() {
    let complaint = Complaint {
        nip_fragment: "198303032009011002".to_owned(),
        unit: "Bidang Statistik".to_owned(),
        ..about("Khairunnisa Damanik")
    };
    let (answer, _) = ask(&complaint);
    assert_eq!(
        (answer.decision, answer.conflict, answer.rule),
        (Decision::Possible, true, RuleId::ConflictNip),
        "{answer:#?}"
    );
}

#[test]
fn an_outsider_who_shares_a_name_is_not_matched() {
    for unit in [
        "Bidang Urusan03, Dinas Percontohan",
        "Kantor Imigrasi Pulau Bulan",
    ] {
        let (answer, _) = ask(&Complaint {
            unit: unit.to_owned(),
            city: "Medan".to_owned(),
            ..about("Khairunnisa Damanik")
        });
        assert_ne!(answer.decision, Decision::Match, "{unit}: {answer:#?}");
    }
    let (answer, name) = ask(&Complaint {
        unit: "Kantor Imigrasi Pulau Bulan".to_owned(),
        ..about("Oktavianus Walangitan")
    });
    assert_eq!((answer.decision, name), (Decision::None, None), "{answer:#?}");
}

#[test]
fn a_name_alone_and_a_name_with_a_city_are_never_enough() {
    assert_eq!(ask(&about("Khairunnisa Damanik")).0.decision, Decision::Possible);
    let (answer, _) = ask(&Complaint {
        city: "Medan".to_owned(),
        ..about("Khairunnisa Damanik")
    });
    assert_eq!(
        (answer.decision, answer.rule),
        (Decision::Possible, RuleId::NotEnough),
        "{answer:#?}"
    );
}

#[test]
fn numbers_are_read_in_every_state() {
    for number in [
        "198707072012012007",
        "19870707 201201 2 007",
        "198707072012012008",
        "19870707201201200",
        "19870707201201",
        "2007",
        "07-07-1987",
        "19870707****",
    ] {
        let (answer, name) = ask(&Complaint {
            nip_fragment: number.to_owned(),
            ..about("Nisa Damanik")
        });
        assert_eq!(
            name.as_deref(),
            Some("Khairunnisa Damanik, S.H."),
            "{number}: {answer:#?}"
        );
    }
    let mut people = roster();
    people[203].former_nips.push("198707072012012099".to_owned());
    let complaint = Complaint {
        nip_fragment: "198707072012012099".to_owned(),
        ..about("Khairunnisa Damanik")
    };
    let answer = link(&Index::build(people), &complaint, &Policy::default());
    assert_eq!(
        (answer.decision, answer.candidates[0].who),
        (Decision::Match, Some(PersonId(203))),
        "{answer:#?}"
    );
}

#[test]
fn damaged_names_still_rank_first() {
    for name in [
        "KHAIRUNNISA DAMANIK",
        "Damanik Khairunnisa",
        "khairunnisadamanik",
        "Khairun nisa Damanik",
        "Khairunisa Damanlk",
        "Hj. Choirunnisa Damanik SH",
        "Кhаirunnisа Dаmаnik",
        "Kha1runn1sa Daman1k",
        "@ Khairunnisa Damanik \u{202e}",
    ] {
        let (answer, found) = ask(&about(name));
        assert_eq!(
            found.as_deref(),
            Some("Khairunnisa Damanik, S.H."),
            "{name}: {answer:#?}"
        );
    }
}

#[test]
fn two_people_named_and_sex_contradicted_do_not_match() {
    let unit = || "Bidang Statistik, Dinas Percontohan".to_owned();
    let (answer, _) = ask(&Complaint {
        unit: unit(),
        ..about("Khairunnisa Damanik dan Budi Santoso")
    });
    assert_eq!(
        (answer.decision, answer.rule),
        (Decision::Possible, RuleId::SeveralNamed),
        "{answer:#?}"
    );
    let (answer, _) = ask(&Complaint {
        unit: unit(),
        city: "Medan".to_owned(),
        ..about("Bapak Khairunnisa Damanik")
    });
    assert_eq!(
        (answer.decision, answer.rule),
        (Decision::Possible, RuleId::Contradicted),
        "{answer:#?}"
    );
}

#[test]
fn nothing_written_and_nobody_enrolled_are_answered() {
    let (answer, _) = ask(&Complaint::default());
    assert_eq!(
        (answer.decision, answer.rule, answer.candidates.len()),
        (Decision::None, RuleId::NothingWritten, 1)
    );
    let answer = link(&Index::build(Vec::new()), &about("Budi"), &Policy::default());
    assert_eq!((answer.decision, answer.candidates.len()), (Decision::None, 1));
}

#[test]
fn answers_name_five_people_at_most_and_do_not_depend_on_the_rosters_order() {
    let complaint = Complaint {
        city: "Bogor".to_owned(),
        ..about("Rini")
    };
    let (answer, _) = ask(&complaint);
    assert!(answer.candidates.iter().filter(|one| one.who.is_some()).count() <= 5);
    assert_eq!(
        answer.candidates.iter().filter(|one| one.who.is_none()).count(),
        1
    );
    let mut turned = roster();
    turned.reverse();
    let numbers = |index: &Index| {
        let found = link(index, &complaint, &Policy::default());
        let number = |one: &Candidate| one.who.and_then(|who| index.nip(who));
        found
            .candidates
            .iter()
            .map(|one| (number(one), format!("{:.4}", one.score_bits)))
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&index()), numbers(&Index::build(turned)));
}

/// Answers as they can be compared between indexes: ids are an index's own.
fn answers(index: &Index) -> Vec<String> {
    let complaints = [
        "Budi Santoso",
        "Rini",
        "Chairunnisa Damanik",
        "Nur Hayati",
        "I Wayan Sudarsana",
        "Bpk. Agoes",
    ];
    let units = ["", "Bid. Statistik", "Bidang Hukum, Dinas Percontohan", "BSDP"];
    let asked = complaints
        .iter()
        .flat_map(|name| units.iter().map(move |unit| (name, unit)));
    asked
        .flat_map(|(name, unit)| {
            let complaint = Complaint {
                unit: (*unit).to_owned(),
                nip_fragment: "1990".to_owned(),
                ..about(name)
            };
            let answer = link(index, &complaint, &Policy::default());
            let (decision, rule, namesakes) = (answer.decision, answer.rule, answer.namesakes);
            answer.candidates.into_iter().map(move |one| {
                let lines = one.evidence.iter().map(|line| {
                    format!(
                        "{}.{} {:.5} {}",
                        line.field.key(),
                        line.level.key(),
                        line.bits,
                        line.detail
                    )
                });
                format!(
                    "{decision:?} {rule:?} {namesakes} {:?} {:.5} {}",
                    one.who.and_then(|who| index.nip(who)),
                    one.score_bits,
                    lines.collect::<Vec<_>>().join("; ")
                )
            })
        })
        .collect()
}

#[test]
fn an_index_that_followed_the_roster_answers_as_one_built_anew() {
    let (before, after): (Vec<Person>, Vec<Person>) =
        (roster().drain(..150).collect(), roster().drain(40..).collect());
    let mut followed = Index::build(before);
    let leave: Vec<PersonId> = (0..40).map(PersonId).collect();
    let come = &roster()[150..];
    let ids = followed.update(&leave, come);
    let built = Index::build(after);
    assert_eq!((followed.len(), ids.len()), (built.len(), come.len()));
    assert_eq!(answers(&followed), answers(&built));
    assert_eq!(
        (followed.nip(PersonId(3)), followed.nip(ids[0])),
        (None, Some(come[0].nip.clone()))
    );
    followed.update(&leave, &[]);
    assert_eq!(followed.len(), built.len(), "who left cannot leave again");

    let mut bytes = Vec::new();
    followed.save(&mut bytes).unwrap();
    assert_eq!(
        answers(&Index::load(&mut bytes.as_slice()).unwrap()),
        answers(&built)
    );
}

#[test]
fn a_unit_that_everybody_left_hides_no_other() {
    let unit = |unit: &str| person("199001012015012001", "Khairunnisa Damanik", unit, "", "");
    let mut followed = Index::build(vec![unit("Bidang Giza"), unit("Bidang Gizi")]);
    followed.update(&[PersonId(0)], &[]);
    let complaint = Complaint {
        unit: "Bidang Giza".to_owned(),
        ..about("Khairunnisa Damanik")
    };
    let asked = |index: &Index| {
        format!(
            "{:.6}",
            link(index, &complaint, &Policy::default()).candidates[0].score_bits
        )
    };
    assert_eq!(asked(&followed), asked(&Index::build(vec![unit("Bidang Gizi")])));
}

#[test]
fn a_damaged_snapshot_is_refused_with_its_reason() {
    let mut bytes = Vec::new();
    index().save(&mut bytes).unwrap();
    assert_eq!(
        answers(&Index::load(&mut bytes.as_slice()).unwrap()),
        answers(&index())
    );
    let refused = |bytes: &[u8]| Index::load(&mut &bytes[..]).unwrap_err().to_string();
    assert!(refused(b"nip,name\n").contains("no snapshot"));
    let mut other = bytes.clone();
    other[SNAPSHOT_LINE.len()] = b'x';
    assert!(refused(&other).contains("another version"));
    for cut in [bytes.len() - 1, bytes.len() / 2, 60] {
        assert!(refused(&bytes[..cut]).contains("too early"), "{cut}");
    }
    for at in (40..bytes.len()).step_by(97) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(refused(&changed).contains("damaged"), "{at}");
    }
}

#[test]
fn a_snapshot_that_names_what_is_not_there_is_refused() {
    let harms: [fn(&mut Index); 6] = [
        |index| index.columns.words[0] = 1 << 20,
        |index| index.columns.unit[0] = 1 << 20,
        |index| index.units.known[0].words[0] = 1 << 20,
        |index| index.numbers.ordered.reverse(),
        |index| index.numbers.ordered[0].1 = 1 << 20,
        |index| index.live -= 1,
    ];
    for (number, harm) in harms.iter().enumerate() {
        let mut damaged = index();
        harm(&mut damaged);
        let mut bytes = Vec::new();
        damaged.save(&mut bytes).unwrap();
        let refused = Index::load(&mut bytes.as_slice()).unwrap_err().to_string();
        assert!(refused.contains("do not belong together"), "{number}: {refused}");
    }
}

fn text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Budi", "Santoso", "Nur", "hayati", "H.", "S.Kom", ",", "dan", "1985", "Bidang", "Hukum", "\u{202e}",
        "Я", "🙂",
    ]);
    prop_oneof![
        ".{0,60}",
        prop::collection::vec(words, 0..8).prop_map(|words| words.join(" ")),
        "[0-9x*. ]{0,22}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_survived_and_every_explanation_sums(name in text(), unit in text(), city in text(), nip in text(), handle in text()) {
        let complaint = Complaint { accused_name: name, unit, city, position: String::new(), nip_fragment: nip, handle, incident_date: None };
        let index = Index::build(roster().into_iter().skip(190));
        let answer = link(&index, &complaint, &Policy::default());
        prop_assert!(!answer.candidates.is_empty());
        for one in &answer.candidates {
            let sum = answer.prior_bits + one.evidence.iter().map(|line| line.bits).sum::<f64>();
            prop_assert!((sum - one.score_bits).abs() < 0.01, "{one:#?}");
            prop_assert!((0.0..=1.0).contains(&one.posterior));
        }
        let ranked = answer.candidates.windows(2).all(|pair| pair[0].score_bits >= pair[1].score_bits);
        prop_assert!(ranked);
        prop_assert_eq!(&answer, &link(&index, &complaint, &Policy::default()));
    }

    #[test]
    fn an_index_that_followed_any_change_answers_as_one_built_anew(stays in prop::collection::vec(0..4_u8, 200)) {
        let people = roster();
        let of = |wanted: fn(u8) -> bool| {
            let kept = people.iter().zip(&stays).filter(move |(_, state)| wanted(**state));
            kept.map(|(person, _)| person.clone()).collect::<Vec<Person>>()
        };
        // Who is 0 leaves, who is 3 comes, the others stay; the units of those who leave may stand empty.
        let mut followed = Index::build(of(|state| state < 3));
        let before = stays.iter().filter(|state| **state < 3);
        let leave: Vec<PersonId> = before.zip(0..).filter(|(state, _)| **state == 0).map(|(_, id)| PersonId(id)).collect();
        followed.update(&leave, &of(|state| state == 3));
        let built = Index::build(of(|state| state == 1 || state == 2).into_iter().chain(of(|state| state == 3)));
        prop_assert_eq!(answers(&followed), answers(&built));
    }

    #[test]
    fn any_roster_is_survived(name in text(), unit in text(), nip in text()) {
        let index = Index::build(vec![person(&nip, &name, &unit, &unit, &name)]);
        let complaint = Complaint { accused_name: name, unit, nip_fragment: nip, ..Complaint::default() };
        let answer = link(&index, &complaint, &Policy::default());
        let nobodies = answer.candidates.iter().filter(|one| one.who.is_none()).count();
        prop_assert_eq!(nobodies, 1);
        prop_assert!(answer.candidates.iter().all(|one| one.score_bits.is_finite()));
    }
}

#[test]
fn a_pasted_number_and_one_word_of_the_name_are_not_the_person() {
    let (answer, _) = ask(&Complaint {
        nip_fragment: "198707072012012007".to_owned(),
        unit: "Bidang Statistik".to_owned(),
        ..about("Karunika Damanik")
    });
    assert_ne!(answer.decision, Decision::Match, "{answer:#?}");
}

#[test]
fn who_stands_at_the_head_of_an_office_is_not_meant_by_its_name_alone() {
    let mut people = roster();
    people.truncate(200);
    for serial in 0..3 {
        let unit = if serial == 0 {
            "Dinas Percontohan"
        } else {
            "Bidang Urusan03, Dinas Percontohan"
        };
        people.push(person(
            &format!("19850512201001100{serial}"),
            "Cecep Nugraha",
            unit,
            "Bandung",
            "Perencana",
        ));
    }
    let complaint = Complaint {
        unit: "Dinas Percontohan".to_owned(),
        ..about("Cecep Nugraya")
    };
    let answer = link(&Index::build(people), &complaint, &Policy::default());
    assert_ne!(answer.decision, Decision::Match, "{answer:#?}");
}

#[test]
fn an_office_of_another_name_speaks_for_nobody() {
    let (answer, _) = ask(&Complaint {
        unit: "Bidang Gizi, Dinas Pertambangan Bojonglaut".to_owned(),
        city: "Bojonglaut".to_owned(),
        ..about("Khairunnisa Damanik")
    });
    assert_eq!(answer.decision, Decision::None, "{answer:#?}");
}

#[test]
fn a_strangers_name_is_miswritten_as_often_as_anybodys() {
    let (answer, name) = ask(&about("Kbairunmisa Damamik"));
    assert_eq!(name.as_deref(), Some("Khairunnisa Damanik, S.H."), "{answer:#?}");
    let nobody = answer.candidates.iter().find(|one| one.who.is_none()).unwrap();
    let lost = |one: &&Evidence| one.level == Level::Miswritten && one.bits < 0.0;
    assert!(nobody.evidence.iter().any(|one| lost(&one)), "{answer:#?}");
}
