//! The grammar line by line, the quorum by examples and against a naive count, and judging a note.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::hash::empty_root;
use crate::ledger::note::NoteSigner;

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn log(seed: u8) -> NoteSigner {
    NoteSigner::new(name("example.com/log"), SigningKey::from_bytes(&[seed; 32])).unwrap()
}

fn witness(number: u8) -> Cosigner {
    Cosigner::ed25519(
        name(&format!("witness.example.com/{number}")),
        SigningKey::from_bytes(&[100 + number; 32]),
    )
    .unwrap()
}

fn witness_lines(count: u8) -> String {
    (0..count)
        .map(|number| format!("witness w{number} {}\n", witness(number).key()))
        .collect::<Vec<_>>()
        .concat()
}

fn log_line() -> String {
    format!("log {}\n", log(1).vkey())
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: name("example.com/log"),
        size: 0,
        root: empty_root(),
    }
}

fn note(times_s: &[(u8, u64)]) -> Note {
    let mut note = checkpoint().sign(&log(1)).unwrap();
    for (number, time_s) in times_s {
        note = note
            .with(witness(*number).cosign(&checkpoint(), *time_s).unwrap())
            .unwrap();
    }
    note
}

fn line_error(text: &str) -> LineError {
    match Policy::parse(text) {
        Err(PolicyError::Line { what, .. }) => what,
        other => panic!("{text}\n{other:?}"),
    }
}

/// The example of the specification: two of three X and one of three Y.
fn example() -> Policy {
    let mut text = log_line();
    text += "\n # three here\n";
    for (number, name) in (0..6).zip(["X1", "X2", "X3", "Y1", "Y2", "Y3"]) {
        let line = format!("\twitness  {name}\t{} \n", witness(number).key());
        text += &line;
    }
    text += "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n";
    text += "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";
    Policy::parse(&text).unwrap()
}

#[test]
fn the_example_of_the_specification() {
    let policy = example();
    let enough = |names: &[&str]| policy.can_form_quorum(&names.iter().copied().collect());
    assert!(enough(&["X1", "X3", "Y2"]));
    assert!(enough(&["X1", "X2", "X3", "Y1", "Y2", "Y3"]));
    for few in [
        &[][..],
        &["X1", "Y1"],
        &["X1", "X2", "X3"],
        &["Y1", "Y2", "Y3", "X1"],
    ] {
        assert!(!enough(few), "{few:?}");
    }
    assert!(
        !enough(&["X-and-Y", "X-witnesses", "Y-witnesses"]),
        "a group is no witness"
    );
    assert_eq!(Policy::parse(&policy.to_string()), Ok(policy));
}

#[test]
fn a_checkpoint_is_judged() {
    let policy = example();
    let judged = policy.judge(&note(&[(0, 50), (2, 70), (4, 60)])).unwrap();
    assert_eq!(judged.checkpoint, checkpoint());
    let names: Vec<&str> = judged.cosigned.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X1", "X3", "Y2"]);
    assert_eq!((judged.has_quorum, judged.span()), (true, Some((50, 70))));

    let few = policy.judge(&note(&[(0, 50), (4, 60)])).unwrap();
    assert_eq!((few.has_quorum, few.span(), few.cosigned.len()), (false, None, 2));
    let timeless = policy.judge(&note(&[(0, 50), (2, 0), (4, 60)])).unwrap();
    assert_eq!((timeless.has_quorum, timeless.cosigned.len()), (false, 2));
    let strangers = policy.judge(&note(&[(0, 50), (2, 70), (4, 60), (9, 1)])).unwrap();
    assert_eq!(strangers.span(), Some((50, 70)));
}

#[test]
fn a_quorum_has_two_times_and_more_witnesses_make_both_better() {
    let times = |policy: &Policy, times_s: &[(u8, u64)]| {
        let times = policy.judge(&note(times_s)).unwrap().times;
        times.map(|times| (times.by_s, times.from_s))
    };
    let two = log_line() + &witness_lines(4) + "group two 2 w0 w1 w2\nquorum two\n";
    let two = Policy::parse(&two).unwrap();
    assert_eq!(times(&two, &[(0, 50), (1, 70)]), Some((70, 50)));
    // The second earliest, and the second latest: one witness whose clock is wrong moves neither.
    assert_eq!(times(&two, &[(0, 50), (1, 70), (2, 9_000)]), Some((70, 70)));
    assert_eq!(times(&two, &[(0, 1), (1, 70), (2, 80)]), Some((70, 70)));
    assert_eq!(times(&two, &[(0, 50), (3, 60)]), None, "w3 is in no group");
    // Groups in groups: X1 and X3 at 50 and 70, and one of Y.
    assert_eq!(times(&example(), &[(0, 50), (2, 70), (4, 60)]), Some((70, 50)));
    assert_eq!(
        times(&example(), &[(0, 50), (2, 70), (4, 60), (5, 90)]),
        Some((70, 50))
    );
    assert_eq!(
        times(&example(), &[(0, 50), (1, 60), (2, 70), (4, 90)]),
        Some((90, 60))
    );
    assert_eq!(times(&example(), &[(0, 50), (1, 60)]), None);
}

#[test]
fn nobody_asked_is_a_quorum_without_a_span() {
    let policy = Policy::none(log(1).vkey());
    let judged = policy.judge(&note(&[(0, 50)])).unwrap();
    assert_eq!((judged.has_quorum, judged.span()), (true, None));
    assert!(policy.is_quorum_none() && policy.can_form_quorum(&BTreeSet::new()));
    let listed = Policy::parse(&(log_line() + &witness_lines(1) + "quorum none\n")).unwrap();
    assert_eq!(listed.judge(&note(&[])).unwrap().span(), None);
    let listed = listed.judge(&note(&[(0, 50)])).unwrap();
    assert_eq!((listed.span(), listed.times), (Some((50, 50)), None));
}

#[test]
fn a_note_that_is_not_believed() {
    let policy = example();
    let stranger = checkpoint().sign(&log(2)).unwrap();
    assert_eq!(policy.judge(&stranger), Err(JudgeError::NotSigned));
    let other = NoteSigner::new(name("example.com/other"), SigningKey::from_bytes(&[1; 32])).unwrap();
    let elsewhere = Checkpoint {
        origin: name("example.com/other"),
        ..checkpoint()
    };
    assert_eq!(
        policy.judge(&elsewhere.sign(&other).unwrap()),
        Err(JudgeError::UnknownLog)
    );
    assert!(matches!(
        policy.judge(&log(1).sign("no checkpoint\n").unwrap()),
        Err(JudgeError::Checkpoint(_))
    ));
    let wrong = Checkpoint {
        size: 1,
        ..checkpoint()
    };
    let line = witness(0).cosign(&wrong, 5).unwrap();
    assert!(matches!(
        policy.judge(&note(&[]).with(line).unwrap()),
        Err(JudgeError::Signature(_))
    ));
    let mut line = log(1).signature(&checkpoint().to_string());
    line.bytes[0] ^= 1;
    assert!(matches!(
        policy.judge(&note(&[]).with(line).unwrap()),
        Err(JudgeError::Signature(_))
    ));
}

#[test]
fn a_log_key_that_signs_another_origin_proves_nothing() {
    let text = format!("log {}\nlog {}\nquorum none\n", log(1).vkey(), {
        let other = NoteSigner::new(name("example.com/other"), SigningKey::from_bytes(&[9; 32])).unwrap();
        other.vkey().clone()
    });
    let policy = Policy::parse(&text).unwrap();
    let other = NoteSigner::new(name("example.com/other"), SigningKey::from_bytes(&[9; 32])).unwrap();
    let forged = other.sign(&checkpoint().to_string()).unwrap();
    assert_eq!(policy.judge(&forged), Err(JudgeError::NotSigned));
}

#[test]
fn lines_that_are_refused() {
    let base = log_line() + &witness_lines(3);
    let vkey = witness(0).key().to_string();
    for (line, error) in [
        ("nonsense", LineError::Form),
        ("log", LineError::Form),
        ("Log x", LineError::Form),
        ("quorum", LineError::Form),
        ("quorum w0 w1", LineError::Form),
        ("group g all", LineError::Threshold),
        ("group g 0 w0", LineError::Threshold),
        ("group g 2 w0", LineError::Threshold),
        ("group g 01 w0", LineError::Threshold),
        ("group g some w0", LineError::Threshold),
        ("group g all w9", LineError::Unknown("w9".to_owned())),
        ("group g all none", LineError::Unknown("none".to_owned())),
        ("group g all g", LineError::Unknown("g".to_owned())),
        ("group w0 all w1", LineError::Taken("w0".to_owned())),
        ("group none all w1", LineError::Taken("none".to_owned())),
        ("group g all w0 w0", LineError::Member("w0".to_owned())),
        (
            "group g any w0\ngroup h any w0",
            LineError::Member("w0".to_owned()),
        ),
        ("quorum w9", LineError::Unknown("w9".to_owned())),
        ("quorum none\nquorum none", LineError::SecondQuorum),
        (log_line().trim_end(), LineError::SameKey),
        (&format!("witness v {vkey}"), LineError::SameKey),
        (
            &format!("witness w0 {}", witness(8).key()),
            LineError::Taken("w0".to_owned()),
        ),
        (
            &format!("witness none {}", witness(8).key()),
            LineError::Taken("none".to_owned()),
        ),
        (&format!("log {vkey}"), LineError::Key(VkeyError::Type(0x04))),
        (
            &format!("witness v {}", log(5).vkey()),
            LineError::Key(VkeyError::Type(0x01)),
        ),
        (&format!("log {} url more", log(5).vkey()), LineError::Form),
    ] {
        assert_eq!(line_error(&format!("{base}{line}\n")), error, "{line}");
    }
    assert_eq!(Policy::parse(&base), Err(PolicyError::NoQuorum));
    assert_eq!(Policy::parse("quorum none"), Err(PolicyError::Characters));
    assert_eq!(Policy::parse("quorum none\r\n"), Err(PolicyError::Characters));
    assert_eq!(Policy::parse("quorum\u{b}none\n"), Err(PolicyError::Characters));
    assert_eq!(Policy::parse("quorum none\u{7f}\n"), Err(PolicyError::Characters));
    assert_eq!(
        Policy::parse(&"#\n".repeat(POLICY_SIZE_BYTES_MAX)),
        Err(PolicyError::Size)
    );
    assert_eq!(
        line_error("\n\nx\nquorum none\n").to_string(),
        LineError::Form.to_string()
    );
}

#[test]
fn the_same_key_under_another_name_is_the_same_key() {
    let again = Cosigner::ed25519(name("elsewhere"), SigningKey::from_bytes(&[100; 32])).unwrap();
    let text = format!("{}witness other {}\nquorum none\n", witness_lines(1), again.key());
    assert_eq!(line_error(&text), LineError::SameKey);
}

#[test]
fn names_are_opaque_and_a_quorum_may_stand_early() {
    let key = witness(0).key().to_string();
    let text = format!(
        "witness Ķ#all {key} https://saksi.example/é\nquorum Ķ#all\nlog {}\n",
        log(1).vkey()
    );
    let policy = Policy::parse(&text).unwrap();
    assert!(policy.can_form_quorum(&BTreeSet::from(["Ķ#all"])));
    assert!(!policy.can_form_quorum(&BTreeSet::from(["K#all"])));
    assert_eq!(Policy::parse(&policy.to_string()), Ok(policy));
}

#[test]
fn sixty_four_of_a_kind_and_no_more() {
    let text = |count| witness_lines(count) + "quorum none\n";
    assert_eq!(Policy::parse(&text(64)).unwrap().witnesses().len(), 64);
    assert_eq!(line_error(&text(65)), LineError::Count);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_threshold_counts(count in 1u8..8, k in 1usize..8, present: [bool; 8]) {
        let k = k.min(usize::from(count));
        let names: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
        let text = format!("{}group g {k} {}\nquorum g\n", witness_lines(count), names.join(" "));
        let policy = Policy::parse(&text).unwrap();
        let here: BTreeSet<&str> = names.iter().zip(present).filter(|(_, here)| *here).map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(policy.can_form_quorum(&here), here.len() >= k);
        prop_assert_eq!(policy.to_string(), text);
    }

    #[test]
    fn arbitrary_texts_never_panic(text: String, words in "((log|witness|group|quorum|any|all|none|w0|g|1|#|\t| |\n) ?){0,12}") {
        for text in [text.clone(), format!("{text}\n"), words.clone(), format!("{}{words}\nquorum none\n", witness_lines(2))] {
            if let Ok(policy) = Policy::parse(&text) {
                prop_assert_eq!(Policy::parse(&policy.to_string()), Ok(policy));
            }
        }
    }
}
