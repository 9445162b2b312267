//! Notes against the specification's rules, against `signed_note`, and under tampering.

use proptest::prelude::*;

use crate::ledger::note::*;

const KNOWN: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).unwrap(), SigningKey::from_bytes(&[seed; 32])).unwrap()
}

#[test]
fn signed_note_opens_ours_and_we_open_theirs() {
    let ours = signer("example.com/log", 5);
    let note = ours.sign("hello\n\nworld\n").unwrap();
    let theirs = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
    let verifier = signed_note::StandardVerifier::new(&ours.vkey().to_string()).unwrap();
    let list = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    let (trusted, unknown) = theirs.verify(&list).unwrap();
    assert_eq!((trusted.len(), unknown.len()), (1, 0));
    assert_eq!(theirs.to_bytes(), note.to_string().as_bytes());

    // A private key of theirs is `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`.
    let seed = encode_base64(&[&[ED25519], [6; 32].as_slice()].concat());
    let other = signer("example.com/other", 6);
    let skey = format!("PRIVATE+KEY+example.com/other+{:08x}+{seed}", other.vkey().id());
    let mut theirs = signed_note::Note::new(b"hello\n", &[]).unwrap();
    theirs
        .add_sigs(&[&signed_note::StandardSigner::new(&skey).unwrap()])
        .unwrap();
    let text = String::from_utf8(theirs.to_bytes()).unwrap();
    assert_eq!(open(&text, &[other.vkey().clone()]), Ok("hello\n".to_owned()));
    assert_eq!(other.sign("hello\n").unwrap().to_string(), text);
}

#[test]
fn unknown_keys_are_skipped_and_bad_signatures_reject() {
    let (log, witness, stranger) = (signer("log", 1), signer("witness", 2), signer("stranger", 3));
    let text = "text\n";
    let note = log.sign(text).unwrap().with(witness.signature(text)).unwrap();
    let keys = |signers: &[&NoteSigner]| {
        signers
            .iter()
            .map(|signer| signer.vkey().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(note.verify(&keys(&[&log])), Ok(text));
    assert_eq!(note.verify(&keys(&[&witness, &stranger])), Ok(text));
    assert_eq!(note.verify(&keys(&[&stranger])), Err(OpenError::NoKnownKey));
    assert_eq!(note.verify(&[]), Err(OpenError::NoKnownKey));

    let bad = log
        .sign(text)
        .unwrap()
        .with(witness.signature("other\n"))
        .unwrap();
    assert_eq!(bad.verify(&keys(&[&log])), Ok(text));
    assert_eq!(bad.verify(&keys(&[&log, &witness])), Err(OpenError::BadSignature));

    let short = NoteSignature {
        bytes: vec![1; 63],
        ..witness.signature(text)
    };
    let short = log.sign(text).unwrap().with(short).unwrap();
    assert_eq!(
        short.verify(&keys(&[&log, &witness])),
        Err(OpenError::BadSignature)
    );
}

#[test]
fn same_name_with_another_key_is_another_signer() {
    let (old, new) = (signer("log", 1), signer("log", 2));
    let note = old.sign("text\n").unwrap();
    assert_eq!(note.verify(&[new.vkey().clone()]), Err(OpenError::NoKnownKey));
    assert_eq!(
        note.verify(&[new.vkey().clone(), old.vkey().clone()]),
        Ok("text\n")
    );

    let twin = Vkey {
        id: old.vkey().id,
        ..new.vkey().clone()
    };
    assert_eq!(
        note.verify(&[old.vkey().clone(), old.vkey().clone()]),
        Ok("text\n")
    );
    assert_eq!(
        note.verify(&[old.vkey().clone(), twin]),
        Err(OpenError::Ambiguous)
    );
}

#[test]
fn signature_lines_are_bounded() {
    let log = signer("log", 1);
    let mut note = log.sign("text\n").unwrap();
    for _ in 1..SIGNATURE_COUNT_MAX {
        note = note.with(log.signature("text\n")).unwrap();
    }
    assert_eq!(
        open(&note.to_string(), &[log.vkey().clone()]),
        Ok("text\n".to_owned())
    );
    let one_more = format!("{note}{}\n", log.signature("text\n"));
    assert_eq!(Note::parse(&one_more), Err(NoteError::SignatureCount));
    assert_eq!(note.with(log.signature("text\n")), Err(NoteError::SignatureCount));
}

#[test]
fn sizes_are_bounded() {
    let log = signer("log", 1);
    let text = format!("{}\n", "x".repeat(NOTE_SIZE_BYTES_MAX - 10));
    assert_eq!(log.sign(&text), Err(NoteError::Size));
    assert_eq!(
        Note::parse(&"x".repeat(NOTE_SIZE_BYTES_MAX + 1)),
        Err(NoteError::Size)
    );
}

#[test]
fn malformed_notes_are_refused() {
    let log = signer("log", 1);
    let good = log.sign("text\n").unwrap().to_string();
    let line = log.signature("text\n").to_string();
    for (bad, error) in [
        (good.trim_end().to_owned(), NoteError::Malformed),
        (format!("text\n{line}\n"), NoteError::Malformed),
        ("text\n\n".to_owned(), NoteError::Malformed),
        ("text\n\n\n".to_owned(), NoteError::Malformed),
        (good.replace("text", "te\txt"), NoteError::Malformed),
        (good.replace('\n', "\r\n"), NoteError::Malformed),
        (good.replace('\u{2014}', "-"), NoteError::SignatureLine),
        (good.replace("log ", "log  "), NoteError::SignatureLine),
        (good.replace("log ", "lo+g "), NoteError::SignatureLine),
        (good.replace("log ", ""), NoteError::SignatureLine),
        (format!("text\n\n{line} \n"), NoteError::SignatureLine),
        (
            "text\n\n\u{2014} log AAAAAA==\n".to_owned(),
            NoteError::SignatureLine,
        ),
    ] {
        assert_eq!(Note::parse(&bad), Err(error), "{bad:?}");
    }
    assert_eq!(log.sign("text"), Err(NoteError::Malformed));
    assert_eq!(log.sign(""), Err(NoteError::Malformed));
    assert_eq!(log.sign("a\u{0}\n"), Err(NoteError::Malformed));
}

#[test]
fn malformed_verifier_keys_are_refused() {
    let identity = {
        let mut public = [0; 32];
        public[0] = 1;
        public
    };
    let name = KeyName::parse("example.com/foo").unwrap();
    let weak = Vkey {
        name: name.clone(),
        id: key_id(&name, ED25519, &identity),
        public: identity,
    };
    let other_type = [&[4], [7; 32].as_slice()].concat();
    let other_type = format!(
        "{name}+{:08x}+{}",
        key_id(&name, 4, &[7; 32]),
        encode_base64(&other_type)
    );
    for (bad, error) in [
        (KNOWN.replace("530d903a", "530d903b"), VkeyError::Id),
        (KNOWN.replace("530d903a", "530D903A"), VkeyError::Malformed),
        (KNOWN.replace("530d903a", "30d903a"), VkeyError::Malformed),
        (KNOWN.replace("foo", "bar"), VkeyError::Id),
        (KNOWN.replace("foo", "f oo"), VkeyError::Name),
        (KNOWN.replace("example.com/foo", ""), VkeyError::Name),
        (format!("{KNOWN}\n"), VkeyError::Malformed),
        (format!("{KNOWN}="), VkeyError::Malformed),
        (KNOWN.replace('+', "-"), VkeyError::Malformed),
        (weak.to_string(), VkeyError::Key(SignatureError::WeakKey)),
        (other_type, VkeyError::Type(4)),
    ] {
        assert_eq!(Vkey::parse(&bad), Err(error), "{bad:?}");
    }
}

#[test]
fn base64_of_a_key_may_hold_plus_signs() {
    let signer = (0..=255).map(|seed| signer("log", seed));
    let vkeys: Vec<Vkey> = signer.map(|signer| signer.vkey().clone()).collect();
    assert!(vkeys.iter().any(|vkey| vkey.to_string().matches('+').count() > 2));
    assert!(
        vkeys
            .iter()
            .all(|vkey| Vkey::parse(&vkey.to_string()).as_ref() == Ok(vkey))
    );
}

#[test]
fn a_signer_prints_no_secret() {
    let signer = signer("log", 1);
    assert_eq!(format!("{signer:?}"), format!("NoteSigner({})", signer.vkey()));
}

proptest! {
    #[test]
    fn any_text_comes_back(lines in prop::collection::vec("[^\u{0}-\u{1f}]{0,20}", 1..6), count in 1u8..4) {
        let text = format!("{}\n", lines.join("\n"));
        let mut note = signer("log", 1).sign(&text).unwrap();
        for seed in 1..count {
            note = note.with(signer("witness", seed).signature(&text)).unwrap();
        }
        prop_assert_eq!(Note::parse(&note.to_string()), Ok(note));
    }

    #[test]
    fn a_changed_character_is_noticed(place in 0usize..200, flip in 0u32..7) {
        let log = signer("example.com/log", 1);
        let good = log.sign("one\n\ntwo\n").unwrap().to_string();
        let mut bytes = good.into_bytes();
        let place = place % bytes.len();
        bytes[place] ^= 1 << flip;
        if let Ok(bad) = String::from_utf8(bytes) {
            prop_assert!(open(&bad, &[log.vkey().clone()]).is_err(), "{}", bad);
        }
    }

    #[test]
    fn what_is_read_prints_the_same(text: String, name in "[a-z +]{0,4}", base64 in "[A-Za-z0-9+/]{4,12}=?") {
        let note = format!("{text}\n\n\u{2014} {name} {base64}\n");
        for text in [text, note] {
            if let Ok(note) = Note::parse(&text) {
                prop_assert_eq!(note.to_string(), text);
            }
        }
    }

    #[test]
    fn arbitrary_verifier_keys_never_panic(text: String, name in "[a-z+]{0,4}", id in "[0-9a-f]{7,9}", key in "[A-Za-z0-9+/=]{0,50}") {
        for text in [text, format!("{name}+{id}+{key}")] {
            if let Ok(vkey) = Vkey::parse(&text) {
                prop_assert_eq!(vkey.to_string(), text);
            }
        }
    }
}
