//! Contradictions of both kinds, and everything that is none.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::KeyName;
use crate::ledger::note::NoteSigner;
use crate::ledger::tree::MemoryTree;
use crate::ledger::tree::prove_inclusion;

fn signer(seed: u8) -> NoteSigner {
    NoteSigner::new(
        KeyName::parse("example.com/log").unwrap(),
        SigningKey::from_bytes(&[seed; 32]),
    )
    .unwrap()
}

/// A tree whose leaf at `fork` and after is another one.
fn tree(size: u64, fork: u64) -> MemoryTree {
    let leaf = |index: u64| leaf_hash(&[&index.to_be_bytes(), [u8::from(index >= fork)].as_slice()].concat());
    (0..size).map(leaf).collect()
}

fn note(size: u64, fork: u64) -> Note {
    let root = tree(size, fork).root();
    let origin = signer(1).vkey().name().clone();
    Checkpoint { origin, size, root }.sign(&signer(1)).unwrap()
}

fn leaf(size: u64, fork: u64, index: u64) -> Leaf {
    let hash = leaf_hash(&[&index.to_be_bytes(), [u8::from(index >= fork)].as_slice()].concat());
    Leaf {
        hash,
        path: prove_inclusion(size, index, &mut tree(size, fork)).unwrap(),
    }
}

fn key() -> LogKey {
    LogKey::from(signer(1).vkey().clone())
}

fn grown(index: u64) -> Equivocation {
    Equivocation {
        key: key(),
        notes: [note(5, 9), note(8, 2)],
        conflict: Some(LeafConflict {
            index,
            leaves: [leaf(5, 9, index), leaf(8, 2, index)],
        }),
    }
}

#[test]
fn same_size_and_other_root() {
    let found = Equivocation::same_size(signer(1).vkey().clone(), note(5, 9), note(5, 2));
    assert_eq!(Equivocation::parse(&found.to_string()), Ok(found.clone()));
    let [first, second] = found.judge().unwrap();
    assert_eq!((first.size, second.size), (5, 5));
    let same = Equivocation::same_size(key(), note(5, 9), note(5, 9));
    assert_eq!(same.judge(), Err(InnocentError::Compatible));
    let grown = Equivocation::same_size(key(), note(5, 9), note(8, 9));
    assert_eq!(grown.judge(), Err(InnocentError::Compatible));
}

#[test]
fn other_sizes_and_another_leaf() {
    let found = grown(3);
    assert_eq!(Equivocation::parse(&found.to_string()), Ok(found.clone()));
    assert!(found.judge().is_ok());
    assert_eq!(grown(1).judge(), Err(InnocentError::SameLeaf));
}

#[test]
fn a_leaf_that_is_not_in_its_tree_proves_nothing() {
    let edits: [fn(&mut LeafConflict); 4] = [
        |conflict| conflict.leaves[0].hash = Hash::ZERO,
        |conflict| conflict.leaves[1].path[0] = Hash::ZERO,
        |conflict| conflict.index = 4,
        |conflict| conflict.index = 5,
    ];
    for edit in edits {
        let mut found = grown(3);
        edit(found.conflict.as_mut().unwrap());
        assert!(
            matches!(found.judge(), Err(InnocentError::Inclusion(_))),
            "{found}"
        );
    }
}

#[test]
fn only_the_key_itself_counts() {
    let mut found = grown(3);
    found.key = LogKey::from(signer(2).vkey().clone());
    assert_eq!(found.judge(), Err(InnocentError::NotSigned));
    let other = NoteSigner::new(
        KeyName::parse("example.com/other").unwrap(),
        SigningKey::from_bytes(&[1; 32]),
    )
    .unwrap();
    found.key = LogKey::from(other.vkey().clone());
    assert_eq!(found.judge(), Err(InnocentError::Origin));
    let mut found = grown(3);
    let mut line = found.notes[0].signatures()[0].clone();
    line.bytes[0] ^= 1;
    found.notes[0] = Note::parse(&format!("{}\n{line}\n", found.notes[0].text())).unwrap();
    assert!(matches!(found.judge(), Err(InnocentError::Signature(_))));
}

#[test]
fn a_log_key_of_type_6_equivocates_too() {
    let second = Cosigner::ml_dsa_44(signer(1).vkey().name().clone(), [4; 32]).unwrap();
    let both = |note: Note| {
        let checkpoint = Checkpoint::parse(note.text()).unwrap();
        note.with(second.cosign(&checkpoint, 0).unwrap()).unwrap()
    };
    let key = LogKey::parse(&second.key().to_string()).unwrap();
    let found = Equivocation::same_size(key.clone(), both(note(5, 9)), both(note(5, 2)));
    assert_eq!(Equivocation::parse(&found.to_string()), Ok(found.clone()));
    assert!(found.judge().is_ok());
    let half = Equivocation::same_size(key, both(note(5, 9)), note(5, 2));
    assert_eq!(half.judge(), Err(InnocentError::NotSigned));
}

#[test]
fn files_that_are_none() {
    let text = grown(3).to_string();
    let lines: Vec<&str> = text.lines().collect();
    for without in 0..lines.len() {
        let rest: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != without)
            .map(|(_, line)| *line)
            .collect();
        let rest = rest.join("\n") + "\n";
        let proves = Equivocation::parse(&rest).is_ok_and(|file| file.judge().is_ok());
        assert!(!proves, "{rest}");
    }
    for bad in [
        text.trim_end().to_owned(),
        format!("{text}\n"),
        format!("{text}path {}\n", "x".repeat(44)),
        format!("{text}more\n"),
        text.replacen("index 3", "index 03", 1),
        text.replacen("v1", "v2", 1),
        text.replace('\n', "\r\n"),
        format!(
            "{text}{}",
            format!("path {}\n", Hash::ZERO.to_base64()).repeat(64)
        ),
    ] {
        assert_eq!(
            Equivocation::parse(&bad),
            Err(EquivocationFileError::Malformed),
            "{bad}"
        );
    }
    let long = "x".repeat(EQUIVOCATION_SIZE_BYTES_MAX + 1);
    assert_eq!(Equivocation::parse(&long), Err(EquivocationFileError::Size));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_honest_log_is_never_guilty(small in 1u64..40, growth in 0u64..40, index in 0u64..40) {
        let (large, index) = (small + growth, index % small);
        let conflict = LeafConflict { index, leaves: [leaf(small, 99, index), leaf(large, 99, index)] };
        let found = Equivocation { key: key(), notes: [note(small, 99), note(large, 99)], conflict: Some(conflict) };
        prop_assert_eq!(found.judge(), Err(InnocentError::SameLeaf));
        let found = Equivocation { conflict: None, ..found };
        prop_assert_eq!(found.judge(), Err(InnocentError::Compatible));
    }

    #[test]
    fn any_fork_is_provable(fork in 0u64..20, more in 1u64..20, growth in 1u64..20) {
        let (small, large) = (fork + more, fork + more + growth);
        let conflict = LeafConflict { index: fork, leaves: [leaf(small, 99, fork), leaf(large, fork, fork)] };
        let found = Equivocation { key: key(), notes: [note(small, 99), note(large, fork)], conflict: Some(conflict) };
        prop_assert!(found.judge().is_ok());
        prop_assert_eq!(Equivocation::parse(&found.to_string()), Ok(found));
    }

    #[test]
    fn arbitrary_texts_never_panic(text: String, at in 0usize..2000, byte: u8) {
        let mut bytes = grown(3).to_string().into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        for text in [text.clone(), format!("{HEADER}\n{text}\n"), String::from_utf8_lossy(&bytes).into_owned()] {
            if let Ok(file) = Equivocation::parse(&text) {
                prop_assert_eq!(file.to_string(), text);
            }
        }
    }
}

#[test]
fn of_two_keys_that_signed_both_the_one_that_everybody_can_judge_is_named() {
    let second = Cosigner::ml_dsa_44(signer(1).vkey().name().clone(), [8; 32]).unwrap();
    let later = LogKey::parse(&second.key().to_string()).unwrap();
    let both = |fork: u64| {
        let note = note(5, fork);
        let checkpoint = Checkpoint::parse(note.text()).unwrap();
        note.with(second.cosign(&checkpoint, 0).unwrap()).unwrap()
    };
    let notes = [both(9), both(2)];
    let found = |keys: &[LogKey]| {
        Equivocation::find(keys, [&notes[0], &notes[1]], None)
            .unwrap()
            .key
    };
    assert_eq!(found(&[later.clone(), key()]), key());
    assert_eq!(found(std::slice::from_ref(&later)), later);
}
