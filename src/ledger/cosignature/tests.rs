//! Known answers made with Python's `cryptography` 48 (OpenSSL and its ML-DSA), round trips, and what must be refused.

use proptest::prelude::*;

use super::*;
use crate::ledger::hash::Hash;
use crate::ledger::hash::empty_root;
use crate::ledger::note::NoteSigner;

/// The checkpoint that tlog-cosignature shows.
const CHECKPOINT: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const TIME_S: u64 = 1_679_315_147;

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint::parse(CHECKPOINT).unwrap()
}

fn both() -> [Cosigner; 2] {
    let witness = name("witness.example.com/w1");
    [
        Cosigner::ed25519(witness.clone(), SigningKey::from_bytes(&[11; 32])).unwrap(),
        Cosigner::ml_dsa_44(witness, [12; 32]).unwrap(),
    ]
}

fn note_with(lines: Vec<NoteSignature>) -> Note {
    let log = NoteSigner::new(checkpoint().origin, SigningKey::from_bytes(&[3; 32])).unwrap();
    lines
        .into_iter()
        .fold(checkpoint().sign(&log).unwrap(), |note, line| {
            note.with(line).unwrap()
        })
}

#[test]
fn the_example_of_the_specification_parses() {
    let line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";
    let line = NoteSignature::parse(line).unwrap();
    assert_eq!((line.id, line.bytes.len()), (0x8d66_cf3f, 72));
    assert_eq!(line.bytes[..8], TIME_S.to_be_bytes());
}

#[test]
fn ed25519_known_answer() {
    let [ed25519, _] = both();
    let vkey = "witness.example.com/w1+663c16cc+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6";
    assert_eq!(ed25519.key().to_string(), vkey);
    let line = "— witness.example.com/w1 ZjwWzAAAAABkGFDLAIrnnJkINrRh7QxdqVjMuJ5GB9YwJ0fFtJK4D/D4IFFpZMw15TXTtag1eElH4DurRT8vRxAJWO3bJgVN8MBGBg==";
    assert_eq!(ed25519.cosign(&checkpoint(), TIME_S).unwrap().to_string(), line);
    let note = Note::parse(&format!("{CHECKPOINT}\n{line}\n")).unwrap();
    assert_eq!(WitnessKey::parse(vkey).unwrap().verify(&note), Ok(Some(TIME_S)));
}

#[test]
fn ml_dsa_44_known_answer() {
    let [ed25519, ml_dsa] = both();
    let vkey = include_str!("ml_dsa_44.vkey");
    assert_eq!(ml_dsa.key().to_string(), vkey.trim_end());
    let note = Note::parse(include_str!("ml_dsa_44.note")).unwrap();
    let key = WitnessKey::parse(vkey.trim_end()).unwrap();
    assert_eq!(key.kind(), CosignatureKind::MlDsa44);
    assert_eq!(key.verify(&note), Ok(Some(TIME_S)));
    assert_eq!(ed25519.key().verify(&note), Ok(None));
}

#[test]
fn the_signed_struct_is_the_specified_one() {
    let message = ml_dsa_message(&name("w"), &checkpoint(), 1).unwrap();
    let expected = [
        b"subtree/v1\n\0\x01w".as_slice(),
        &1u64.to_be_bytes(),
        b"\x1bexample.com/behind-the-sofa",
        &0u64.to_be_bytes(),
        &20_852_163u64.to_be_bytes(),
        checkpoint().root.as_bytes(),
    ]
    .concat();
    assert_eq!(message, expected);
}

#[test]
fn every_part_is_bound() {
    for cosigner in both() {
        let line = cosigner.cosign(&checkpoint(), TIME_S).unwrap();
        let key = cosigner.key();
        assert_eq!(key.verify_line(&line, &checkpoint()), Ok(TIME_S));
        let others = [
            Checkpoint {
                origin: name("example.com/other"),
                ..checkpoint()
            },
            Checkpoint {
                size: 20_852_164,
                ..checkpoint()
            },
            Checkpoint {
                root: empty_root(),
                ..checkpoint()
            },
        ];
        for other in others {
            assert_eq!(
                key.verify_line(&line, &other),
                Err(CosignatureError::Bad(key.id()))
            );
        }
        for at in [0, 7, 8, 40, line.bytes.len() - 1] {
            let mut bad = line.clone();
            bad.bytes[at] ^= 1;
            assert!(
                key.verify(&note_with(vec![bad]))
                    .is_err_and(|error| at == 0 || error == CosignatureError::Bad(key.id()))
            );
        }
        for length in [0, 7, 8, line.bytes.len() - 1] {
            let mut bad = line.clone();
            bad.bytes.truncate(length);
            assert_eq!(
                key.verify_line(&bad, &checkpoint()),
                Err(CosignatureError::Bad(key.id()))
            );
        }
    }
}

#[test]
fn twice_or_past_the_end_of_time_is_refused() {
    for cosigner in both() {
        let line = |time_s| cosigner.cosign(&checkpoint(), time_s);
        let note = note_with(vec![line(1).unwrap(), line(2).unwrap()]);
        assert_eq!(
            cosigner.key().verify(&note),
            Err(CosignatureError::Repeated(cosigner.key().id()))
        );
        assert_eq!(line(NUM_MAX + 1), Err(CosignatureError::Time));
        let mut late = line(1).unwrap();
        late.bytes[0] = 0x80;
        assert_eq!(
            cosigner.key().verify_line(&late, &checkpoint()),
            Err(CosignatureError::Time)
        );
    }
}

#[test]
fn a_stranger_of_the_same_name_is_skipped() {
    let stranger =
        Cosigner::ed25519(name("witness.example.com/w1"), SigningKey::from_bytes(&[99; 32])).unwrap();
    let note = note_with(vec![stranger.cosign(&checkpoint(), 5).unwrap()]);
    for cosigner in both() {
        assert_eq!(cosigner.key().verify(&note), Ok(None));
    }
}

#[test]
fn weak_and_foreign_keys_are_refused() {
    let weak = |public: [u8; 32]| {
        let name = name("w");
        let id = key_id(&name, 0x04, &public);
        let key = [&[0x04], public.as_slice()].concat();
        WitnessKey::parse(&format!("w+{id:08x}+{}", encode_base64(&key)))
    };
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(weak(identity), Err(VkeyError::Key(SignatureError::WeakKey)));
    assert_eq!(weak([0; 32]), Err(VkeyError::Key(SignatureError::WeakKey)));
    for byte in [0x00, 0xff] {
        let key = WitnessKey::ml_dsa_44(name("w"), [byte; ML_DSA_44_KEY_BYTES]);
        assert_eq!(key, Err(VkeyError::Key(SignatureError::WeakKey)));
    }
    let log = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert_eq!(WitnessKey::parse(log), Err(VkeyError::Type(0x01)));
    let [ed25519, ml_dsa] = both();
    assert_eq!(
        LogKey::parse(&ed25519.key().to_string()),
        Err(VkeyError::Type(0x04))
    );
    assert!(LogKey::parse(&ml_dsa.key().to_string()).is_ok());
    assert!(LogKey::parse(log).is_ok());
}

#[test]
fn anyone_signs_under_a_constant_ml_dsa_key() {
    // With t1 = 0 the verifier computes A z: c for any small z is a signature. Hence the check when a key is named.
    assert!(is_degenerate(&[0; ML_DSA_44_KEY_BYTES]));
    assert!(
        !both()
            .iter()
            .any(|cosigner| { cosigner.key().public().try_into().is_ok_and(is_degenerate) })
    );
}

#[test]
fn names_longer_than_a_byte_counts_are_refused() {
    let long = name(&"x".repeat(256));
    assert!(matches!(
        Cosigner::ml_dsa_44(long.clone(), [1; 32]),
        Err(VkeyError::Name)
    ));
    let [ed25519, ml_dsa] = both();
    let far = Checkpoint {
        origin: long,
        ..checkpoint()
    };
    assert!(ed25519.cosign(&far, 1).is_ok());
    assert_eq!(ml_dsa.cosign(&far, 1), Err(CosignatureError::Name));
}

#[test]
fn a_log_key_of_each_type() {
    let ml_dsa = Cosigner::ml_dsa_44(checkpoint().origin, [5; 32]).unwrap();
    let note = note_with(vec![ml_dsa.cosign(&checkpoint(), 0).unwrap()]);
    let second = LogKey::parse(&ml_dsa.key().to_string()).unwrap();
    let first = NoteSigner::new(checkpoint().origin, SigningKey::from_bytes(&[3; 32])).unwrap();
    let first = LogKey::from(first.vkey().clone());
    assert_eq!(is_signed_by_any([&first, &second], &note), Ok(true));
    assert_eq!(second.verify(&note_with(Vec::new())), Ok(false));
    let mut line = ml_dsa.cosign(&checkpoint(), 0).unwrap();
    line.bytes[100] ^= 1;
    assert!(is_signed_by_any([&first, &second], &note_with(vec![line])).is_err());
}

#[test]
fn secrets_do_not_print() {
    for cosigner in both() {
        assert!(format!("{cosigner:?}").len() < 90);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_cosigned_verifies(seed: [u8; 32], size in 0..=NUM_MAX, root: [u8; 32], time_s in 0..=NUM_MAX) {
        let checkpoint = Checkpoint { origin: name("a/b"), size, root: Hash::from_bytes(root) };
        for cosigner in [
            Cosigner::ed25519(name("w"), SigningKey::from_bytes(&seed)).unwrap(),
            Cosigner::ml_dsa_44(name("w"), seed).unwrap(),
        ] {
            let line = cosigner.cosign(&checkpoint, time_s).unwrap();
            prop_assert_eq!(NoteSignature::parse(&line.to_string()), Ok(line.clone()));
            prop_assert_eq!(cosigner.key().verify_line(&line, &checkpoint), Ok(time_s));
            let parsed = WitnessKey::parse(&cosigner.key().to_string());
            prop_assert_eq!(parsed.as_ref(), Ok(cosigner.key()));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3000), text: String) {
        for cosigner in both() {
            let line = NoteSignature { name: cosigner.key().name().clone(), id: cosigner.key().id(), bytes: bytes.clone() };
            prop_assert!(cosigner.key().verify_line(&line, &checkpoint()).is_err());
        }
        for text in [text.clone(), format!("w+00000000+{}", encode_base64(&bytes)), format!("w+{text}+AQ==")] {
            if let Ok(key) = WitnessKey::parse(&text) {
                prop_assert_eq!(key.to_string(), text.clone());
            }
            if let Ok(key) = LogKey::parse(&text) {
                prop_assert_eq!(key.to_string(), text.clone());
            }
        }
    }
}
