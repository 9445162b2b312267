//! Every kind prints and parses to itself; every other spelling is refused; nothing panics.

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::domain::statement::Statement;

proptest! {
    #[test]
    fn every_kind_round_trips(entry in sample::entry()) {
        let bytes = entry.print();
        prop_assert_eq!(Entry::parse(&bytes), Ok(entry));
    }

    #[test]
    fn acts_round_trip(body in sample::body()) {
        let origin: Origin = "ikrar.example/log".parse().unwrap();
        let act = body.act_bytes(&origin);
        match body.authorship() {
            Some(authorship) if authorship.count > 0 => prop_assert_eq!(Body::parse_act(&act), Ok((origin, body))),
            _ => prop_assert!(Body::parse_act(&act).is_err()),
        }
    }

    #[test]
    fn statements_round_trip(statement in sample::statement()) {
        prop_assert_eq!(Statement::parse(&statement.print()), Ok(statement));
    }

    #[test]
    fn what_is_accepted_prints_to_the_same_bytes(
        entry in sample::entry(), place: prop::sample::Index, byte: u8, remove: bool,
    ) {
        let mut bytes = entry.print();
        let place = place.index(bytes.len());
        if remove { bytes.remove(place); } else { bytes[place] = byte; }
        if let Ok(parsed) = Entry::parse(&bytes) {
            prop_assert_eq!(parsed.print(), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, text: String) {
        let head = "ikrar/entry/v1\nkind x\n";
        for bytes in [&bytes[..], text.as_bytes(), format!("{head}{text}").as_bytes()] {
            let _ = Entry::parse(bytes);
            let _ = Body::parse_act(bytes);
            let _ = Statement::parse(bytes);
            let _ = crate::domain::pact::PactText::parse(bytes);
        }
    }
}

fn roster(add: Vec<[u8; 32]>, off: Vec<([u8; 32], OffReason)>) -> Entry {
    let body = Body::Roster(Roster {
        election: "pemilu".parse().unwrap(),
        add,
        off,
        nonce: [1; 16],
    });
    Entry {
        prev: [0; 32],
        at: Time::from_unix(60).unwrap(),
        body,
        by: vec![By {
            key: [1; 32],
            signature: [2; 64],
        }],
    }
}

#[test]
fn rosters_are_strict() {
    assert!(Entry::parse(&roster(vec![[1; 32], [2; 32]], vec![]).print()).is_ok());
    for bad in [
        roster(vec![], vec![]),
        roster(vec![[2; 32], [1; 32]], vec![]),
        roster(vec![[1; 32], [1; 32]], vec![]),
        roster(
            vec![],
            vec![([2; 32], OffReason::Left), ([1; 32], OffReason::Left)],
        ),
        Entry {
            by: vec![],
            ..roster(vec![[1; 32]], vec![])
        },
        Entry {
            at: Time::from_unix(61).unwrap(),
            ..roster(vec![[1; 32]], vec![])
        },
    ] {
        assert!(Entry::parse(&bad.print()).is_err());
        assert!(bad.check().is_err());
    }
    let label =
        |n: usize| -> [u8; 32] { std::array::from_fn(|i| if i < 2 { n.to_be_bytes()[6 + i] } else { 0 }) };
    assert!(Entry::parse(&roster((0..900).map(label).collect(), vec![]).print()).is_ok());
    assert!(Entry::parse(&roster((0..901).map(label).collect(), vec![]).print()).is_err());
}

#[test]
fn an_act_is_signed_for_one_log_and_one_kind() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let origin: Origin = "ikrar.example/log".parse().unwrap();
    let body = roster(vec![[1; 32]], vec![]).body;
    let act = body.act_bytes(&origin);
    let by = By {
        key: key.verifying_key().to_bytes(),
        signature: key.sign(&act).to_bytes(),
    };
    assert!(by.verifies(&act));
    assert!(!by.verifies(&body.act_bytes(&"ikrar.example/other".parse().unwrap())));
}
