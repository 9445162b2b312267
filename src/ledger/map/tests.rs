//! The map against its definition, whatever the order of changes, and its proofs under tampering.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::ledger::encoding::encode_hex;
use crate::ledger::hash::Hash;
use crate::ledger::hash::sha256;
use crate::ledger::map::*;

type Pairs = BTreeMap<[u8; 32], u64>;

/// The definition, bit by bit, without buckets.
fn defined(pairs: &[([u8; 32], u64)], depth: u16) -> Hash {
    match pairs {
        [] => Hash::from_bytes([0; 32]),
        [(label, index)] => sha256(&[b"ikrar/map-leaf/v1\n", label, &index.to_be_bytes()]),
        _ => {
            let side = |one| -> Vec<_> {
                let of_side = |(label, _): &&([u8; 32], u64)| {
                    (label[usize::from(depth / 8)] & (0x80 >> (depth % 8)) != 0) == one
                };
                pairs.iter().filter(of_side).copied().collect()
            };
            let (left, right) = (defined(&side(false), depth + 1), defined(&side(true), depth + 1));
            sha256(&[b"ikrar/map-node/v1\n", left.as_ref(), right.as_ref()])
        }
    }
}

fn defined_root(pairs: &Pairs) -> Hash {
    defined(
        &pairs
            .iter()
            .map(|(label, index)| (*label, *index))
            .collect::<Vec<_>>(),
        0,
    )
}

fn label(number: u64) -> [u8; 32] {
    *sha256(&[b"label", &number.to_be_bytes()]).as_bytes()
}

fn of(numbers: impl IntoIterator<Item = u64>) -> LabelMap {
    numbers
        .into_iter()
        .map(|number| (label(number), number))
        .collect()
}

/// Labels that share many bits as well as ones that share none.
fn some_label() -> impl Strategy<Value = [u8; 32]> {
    let near = (0u16..256, 0u8..4).prop_map(|(place, tail)| {
        let mut label = [0x55; 32];
        label[usize::from(place / 8)] ^= 0x80 >> (place % 8);
        label[31] ^= tail;
        label
    });
    prop_oneof![any::<[u8; 32]>(), near]
}

fn some_pairs() -> impl Strategy<Value = Pairs> {
    prop::collection::btree_map(some_label(), 0u64..1 << 40, 0..150)
}

fn proofs_of(pairs: &Pairs) -> Vec<(MapProof, Hash)> {
    let mut map: LabelMap = pairs.clone().into_iter().collect();
    let root = map.root();
    pairs.keys().map(|label| (map.prove(label), root)).collect()
}

#[test]
fn known_answers() {
    let mut other = [0; 32];
    other[0] = 0x40;
    let mut map = LabelMap::default();
    assert_eq!(map.root(), Hash::ZERO);
    assert_eq!(map.prove(&[0; 32]).end(), MapEnd::Empty);
    map.insert([0; 32], 5);
    assert_eq!(map.root(), map_leaf_hash(&[0; 32], 5));
    map.insert(other, 6);
    let left = map_node_hash(&map_leaf_hash(&[0; 32], 5), &map_leaf_hash(&other, 6));
    assert_eq!(map.root(), map_node_hash(&left, &Hash::ZERO));
    // The known answer of docs/format.md.
    let hex = "796164a06e6398a07687e51bfc1d898c1e2ccade155fc79551e59ff2f39dd27b";
    assert_eq!(map.root().to_string(), hex);
    assert_eq!(map.insert([0; 32], 7), Some(5));
    assert_eq!((map.len(), map.get(&[0; 32])), (2, Some(7)));
    let text = map.prove(&[0; 32]).to_string();
    let sibling = map_leaf_hash(&other, 6).to_base64();
    let zeros = "0".repeat(64);
    assert_eq!(
        text,
        format!("ikrar/map-proof/v1\nlabel {zeros}\nend index 7\ndepth 2\n{sibling}\n-\n")
    );
}

#[test]
fn labels_that_part_at_the_last_bit() {
    let mut last = [9; 32];
    last[31] ^= 1;
    let mut map: LabelMap = [([9; 32], 1), (last, 2)].into_iter().collect();
    let root = map.root();
    for (label, index) in [([9; 32], 1), (last, 2)] {
        let proof = map.prove(&label);
        assert_eq!(proof.verify(&root, &label), Ok(Some(index)));
        assert_eq!(MapProof::parse(&proof.to_string()), Ok(proof));
    }
    let absent = map.prove(&[0x89; 32]);
    assert_eq!(
        (absent.end(), absent.verify(&root, &[0x89; 32])),
        (MapEnd::Empty, Ok(None))
    );
}

#[test]
fn a_crowd_with_one_long_prefix_splits_and_joins() {
    let crowd = |number: u8| {
        let mut label = [3; 32];
        label[31] = number;
        label
    };
    let mut map: LabelMap = (0..=255).map(|number| (crowd(number), number.into())).collect();
    let pairs: Pairs = (0..=255).map(|number| (crowd(number), number.into())).collect();
    assert_eq!(map.root(), defined_root(&pairs));
    for number in 0..=254 {
        assert_eq!(map.remove(&crowd(number)), Some(number.into()));
        assert_eq!(map.remove(&crowd(number)), None);
    }
    assert_eq!(map.root(), map_leaf_hash(&crowd(255), 255));
    assert!(
        matches!(map.top, Node::Bucket { .. }),
        "empty forks are left behind"
    );
    map.remove(&crowd(255));
    assert_eq!((map.root(), map.is_empty()), (Hash::ZERO, true));
}

#[test]
fn only_what_has_changed_is_hashed_again() {
    let mut map = of(0..5000);
    map.root();
    map.insert(label(5000), 5000);
    let mut dirty = 0;
    let mut nodes = vec![&map.top];
    while let Some(node) = nodes.pop() {
        match node {
            Node::Bucket { hash, .. } => dirty += u32::from(hash.is_none()),
            Node::Fork(fork) => {
                nodes.extend([&fork.zero, &fork.one]);
                dirty += u32::from(fork.hash.is_none());
            }
        }
    }
    assert!((1..20).contains(&dirty), "{dirty} nodes are to be hashed anew");
    assert_eq!(map.root(), of(0..=5000).root());
}

#[test]
fn any_flipped_bit_of_the_text_is_noticed() {
    let mut map = of(0..40);
    let root = map.root();
    let mut kinds = [0; 3];
    for (number, label) in (0..60).map(|number| (number, label(number))) {
        let proof = map.prove(&label);
        kinds[match proof.end() {
            MapEnd::Index(_) => 0,
            MapEnd::Other { .. } => 1,
            MapEnd::Empty => 2,
        }] += 1;
        assert_eq!(proof.verify(&root, &label), Ok((number < 40).then_some(number)));
        let text = proof.to_string();
        for (place, bit) in (0..text.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let verdict = String::from_utf8(bytes)
                .ok()
                .map(|text| MapProof::parse(&text).and_then(|proof| proof.verify(&root, &label)));
            assert!(
                verdict.is_none_or(|verdict| verdict.is_err()),
                "byte {place} of {text}"
            );
        }
    }
    assert!(
        kinds.iter().all(|count| *count > 0),
        "every kind of end is tried: {kinds:?}"
    );
}

#[test]
fn other_texts_are_refused() {
    let mut map = of(0..3);
    let text = map.prove(&label(1)).to_string();
    let depth = map.prove(&label(1)).siblings().len();
    for bad in [
        text.replace("/v1", "/v2"),
        text.replace("label ", "label  "),
        text.replace("index 1", "index 01"),
        text.replace("index 1", "index 9223372036854775808"),
        text.replace("index 1", "nothing"),
        text.replace(&format!("depth {depth}"), &format!("depth {}", depth + 1)),
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        text.replace("end index 1", &format!("end other {} 1", encode_hex(&label(1)))),
        text.replace(&text.lines().nth(4).unwrap().to_owned(), &Hash::ZERO.to_base64()),
        text.replace(&text.lines().nth(4).unwrap().to_owned(), "-"),
        format!(
            "ikrar/map-proof/v1\nlabel {}\nend index 1\ndepth 257\n{}",
            encode_hex(&label(1)),
            format!("{}\n", map_leaf_hash(&label(1), 1).to_base64()).repeat(257)
        ),
    ] {
        assert_eq!(MapProof::parse(&bad), Err(MapError::Malformed), "{bad}");
    }
    assert_eq!(
        MapProof::parse(&"x".repeat(MAP_PROOF_SIZE_BYTES_MAX + 1)),
        Err(MapError::Size)
    );
    let deepest = format!(
        "ikrar/map-proof/v1\nlabel {}\nend index {}\ndepth 256\n{}",
        encode_hex(&label(1)),
        u64::MAX >> 1,
        format!("{}\n", map_leaf_hash(&label(1), 1).to_base64()).repeat(256)
    );
    assert_eq!(
        MapProof::parse(&deepest).map(|proof| proof.to_string()),
        Ok(deepest)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn roots_follow_the_definition(pairs in some_pairs()) {
        let mut map: LabelMap = pairs.clone().into_iter().collect();
        prop_assert_eq!(map.root(), defined_root(&pairs));
        prop_assert_eq!(map.len(), u64::try_from(pairs.len()).unwrap());
    }

    #[test]
    fn the_order_of_changes_does_not_matter(
        changes in prop::collection::vec((0u64..120, prop::option::weighted(0.6, 0u64..1000), any::<bool>()), 0..400),
    ) {
        let (mut map, mut pairs) = (LabelMap::default(), Pairs::new());
        for (number, index, ask) in changes {
            let label = label(number);
            let (now, expected) = if let Some(index) = index {
                (map.insert(label, index), pairs.insert(label, index))
            } else {
                (map.remove(&label), pairs.remove(&label))
            };
            prop_assert_eq!(now, expected);
            if ask {
                map.root();
            }
            prop_assert_eq!(map.get(&label), pairs.get(&label).copied());
        }
        prop_assert_eq!(map.root(), defined_root(&pairs));
        let mut backwards: LabelMap = pairs.iter().rev().map(|(label, index)| (*label, *index)).collect();
        prop_assert_eq!(map.root(), backwards.root());
    }

    #[test]
    fn present_and_absent_are_proved_and_never_confused(pairs in some_pairs(), asked in some_label(), other in some_label()) {
        let mut map: LabelMap = pairs.clone().into_iter().collect();
        let root = map.root();
        for label in pairs.keys().copied().chain([asked]) {
            let proof = map.prove(&label);
            prop_assert_eq!(proof.verify(&root, &label), Ok(pairs.get(&label).copied()));
            prop_assert_eq!(MapProof::parse(&proof.to_string()), Ok(proof.clone()));
            if other != label {
                prop_assert_eq!(proof.verify(&root, &other), Err(MapError::Label));
                // Even if the text says so: what is told of the other label is then true of it, or refused.
                let renamed = proof.to_string().replacen(&encode_hex(&label), &encode_hex(&other), 1);
                let verdict = MapProof::parse(&renamed).and_then(|proof| proof.verify(&root, &other));
                prop_assert!(verdict.is_err() || verdict == Ok(pairs.get(&other).copied()));
            }
            if let Some(index) = pairs.get(&label) {
                let absent = proof.to_string().replace(&format!("end index {index}\n"), "end empty\n");
                let verdict = MapProof::parse(&absent).and_then(|proof| proof.verify(&root, &label));
                prop_assert!(verdict.is_err());
            } else {
                let present = MapProof::new(label, Some((label, 7)), proof.siblings().to_vec());
                prop_assert_eq!(present.verify(&root, &label), Err(MapError::Root));
            }
        }
    }

    #[test]
    fn proofs_die_with_their_root(pairs in some_pairs(), more in some_label()) {
        prop_assume!(!pairs.contains_key(&more));
        let mut map: LabelMap = pairs.clone().into_iter().collect();
        map.insert(more, 1);
        let root = map.root();
        for (proof, _) in proofs_of(&pairs).into_iter().take(20) {
            let label = *proof.label();
            // A path with the newcomer below it has another sibling now.
            prop_assert_eq!(proof.verify(&root, &label), Err(MapError::Root));
        }
    }

    #[test]
    fn arbitrary_texts_never_panic(
        text in "(ikrar/map-proof/v1\n)?(label [0-9a-f]{0,64}\n)?(end (index|other|empty) ?[0-9a-f ]{0,70}\n)?(depth [0-9]{1,3}\n)?([A-Za-z0-9+/=-]{0,44}\n){0,4}",
        junk: String,
    ) {
        for text in [text.clone(), junk.clone(), format!("{text}{junk}")] {
            if let Ok(proof) = MapProof::parse(&text) {
                prop_assert_eq!(proof.to_string(), text);
            }
        }
    }
}
