//! Openings and fragments: round trips, and that nothing can be changed without notice.

use proptest::prelude::*;

use super::*;
use crate::domain::statement::After;
use crate::domain::statement::Statement;

fn opening() -> Opening {
    let number: PersonNumber = "198501012010011001".parse().unwrap();
    let (origin, election): (Origin, Id) = (
        "ikrar.example/log".parse().unwrap(),
        "pemilu-2024".parse().unwrap(),
    );
    let open = |salt: u8, value: &str| FieldOpening::Open {
        salt: [salt; 32],
        value: value.parse().unwrap(),
    };
    Opening {
        label: label(&[9; 32], &origin, &election, &number),
        nip: open(1, number.as_str()),
        name: open(2, "Budi Santoso"),
        unit: open(3, "Biro Umum"),
        position: open(4, "-"),
        person: Some(PersonOpening {
            number,
            salt: [9; 32],
        }),
        origin,
        election,
    }
}

fn statement(opening: &Opening) -> Statement {
    Statement {
        origin: opening.origin.clone(),
        election: opening.election.clone(),
        pact: [5; 32],
        label: opening.label,
        commit: opening.commit(),
        key: [6; 32],
        method: Method::Email,
        after: After {
            size: 4,
            root: [7; 32],
        },
    }
}

#[test]
fn an_opening_opens_its_statement_and_no_other() {
    let whole = opening();
    let statement = statement(&whole);
    assert_eq!(
        whole.check(&statement),
        OpeningCheck {
            same_statement: true,
            commit: true,
            person: Some(true)
        }
    );
    assert_eq!(whole.without_number().check(&statement).person, None);
    assert!(whole.without_number().check(&statement).holds());

    let renamed = Opening {
        name: FieldOpening::Open {
            salt: [2; 32],
            value: "Siti Aminah".parse().unwrap(),
        },
        ..whole.clone()
    };
    assert!(!renamed.check(&statement).commit);
    let wrong_salt = Opening {
        person: whole.person.clone().map(|person| PersonOpening {
            salt: [8; 32],
            ..person
        }),
        ..whole.clone()
    };
    assert_eq!(wrong_salt.check(&statement).person, Some(false));
    let other_nip = Opening {
        nip: FieldOpening::Open {
            salt: [1; 32],
            value: "198501012010011002".parse().unwrap(),
        },
        ..whole.clone()
    };
    assert_eq!(other_nip.check(&statement).person, Some(false));
    let elsewhere = Opening {
        election: "pilkada-2024".parse().unwrap(),
        ..whole
    };
    assert!(!elsewhere.check(&statement).same_statement);
}

#[test]
fn a_fragment_opens_name_and_unit() {
    let whole = opening();
    let fragment = Fragment::of(&whole).unwrap();
    let text = fragment.encode();
    assert_eq!(Fragment::decode(&text), Ok(fragment.clone()));
    let opened = fragment.opening(whole.origin.clone(), whole.election.clone(), whole.label);
    assert!(opened.check(&statement(&whole)).holds());
    assert_eq!(Fragment::of(&opened), Some(fragment));
    assert_eq!(Fragment::decode(&format!("{text}.")), Err(FragmentError::Form));
    assert_eq!(Fragment::decode(&format!("{text}=")), Err(FragmentError::Base64));
    assert_eq!(Fragment::decode("o1.AA.QQ.QQ"), Err(FragmentError::Base64));
    assert!(
        Fragment::of(&Opening {
            name: FieldOpening::Closed([0; 32]),
            ..whole
        })
        .is_none()
    );
}

#[test]
fn an_opening_has_one_spelling() {
    let text = String::from_utf8(opening().print()).unwrap();
    assert_eq!(Opening::parse(text.as_bytes()).unwrap(), opening());
    let changed = [
        text.replace("field name", "field unit"),
        text.replace("Budi Santoso", "Budi Santoso "),
        text.replace("person 1985", "person 985"),
        text.replace("field nip", "digest nip"),
        format!("{text}field name 00 x\n"),
    ];
    for changed in changed {
        assert!(Opening::parse(changed.as_bytes()).is_err(), "{changed}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, text in "o1(\\.[A-Za-z0-9_-]{0,8}){0,4}") {
        let _ = Opening::parse(&bytes);
        let _ = StepUp::parse(&bytes);
        if let Ok(fragment) = Fragment::decode(&text) {
            prop_assert_eq!(fragment.encode(), text);
        }
    }

    #[test]
    fn step_up_round_trip(sent in 0_u64..1 << 62, answered in 0_u64..1 << 62) {
        let step_up = StepUp { sent: Time::from_unix(sent).unwrap(), answered: Time::from_unix(answered).unwrap() };
        prop_assert_eq!(StepUp::parse(&step_up.print()), Ok(step_up));
    }
}
