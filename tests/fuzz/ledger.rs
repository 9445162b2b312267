//! Targets of the ground floor: encodings, keys, notes, checkpoints, tiles, maps, and what witnesses send.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::OnceLock;

use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::cosignature::LogKey;
use ikrar::ledger::cosignature::WitnessKey;
use ikrar::ledger::cosignature::parse_checkpoint_note;
use ikrar::ledger::encoding;
use ikrar::ledger::equivocation::EQUIVOCATION_SIZE_BYTES_MAX;
use ikrar::ledger::equivocation::Equivocation;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::map::LabelMap;
use ikrar::ledger::map::MAP_PROOF_SIZE_BYTES_MAX;
use ikrar::ledger::map::MapProof;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::Note;
use ikrar::ledger::note::NoteSignature;
use ikrar::ledger::note::Vkey;
use ikrar::ledger::policy::POLICY_SIZE_BYTES_MAX;
use ikrar::ledger::policy::Policy;
use ikrar::ledger::tile::EntryBundle;
use ikrar::ledger::tile::Tile;
use ikrar::ledger::tile::TileReader;
use ikrar::ledger::tile::tile_bytes;
use ikrar::ledger::tile::tiles_for_growth;
use ikrar::ledger::tree;
use ikrar::ledger::tree::HashReader;
use ikrar::ledger::tree::MemoryTree;
use ikrar::ledger::witness::AddCheckpoint;
use ikrar::ledger::witness::Answer;
use ikrar::ledger::witness::PROOF_LINES_MAX;
use ikrar::ledger::witness::REQUEST_SIZE_BYTES_MAX;
use ikrar::ledger::witness::decide;

use super::LOG_VKEY;
use super::text;

/// A witness of the corpora: type 0x04.
const WITNESS_VKEY: &str = "witness.example.com/w1+663c16cc+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6";

fn log_vkey() -> Vkey {
    Vkey::parse(LOG_VKEY).expect("a constant")
}

fn witness_key() -> WitnessKey {
    WitnessKey::parse(WITNESS_VKEY).expect("a constant")
}

/// Hex, base64 and decimal, one text each.
pub(super) fn encoding(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(value) = encoding::decode_hex(text) {
        assert_eq!(encoding::encode_hex(&value), text);
    }
    if let Ok(value) = encoding::decode_base64(text) {
        assert_eq!(encoding::encode_base64(&value), text);
    }
    if let Ok(value) = encoding::decode_base64url(text) {
        assert_eq!(encoding::encode_base64url(&value), text);
    }
    if let Ok(value) = encoding::parse_num(text) {
        assert!(value <= encoding::NUM_MAX);
        assert_eq!(value.to_string(), text);
    }
    if let Ok(hash) = Hash::parse_hex(text) {
        assert_eq!(hash.to_string(), text);
    }
    if let Ok(hash) = Hash::parse_base64(text) {
        assert_eq!(hash.to_base64(), text);
    }
}

/// Verifier keys of all types, and names.
pub(super) fn vkey(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(vkey) = Vkey::parse(text) {
        assert_eq!(vkey.to_string(), text);
        assert_eq!(
            LogKey::parse(text).map(|key| key.to_string()),
            Ok(text.to_owned())
        );
    }
    if let Ok(key) = WitnessKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = LogKey::parse(text) {
        assert_eq!(key.to_string(), text);
        assert_eq!(key.vkey().is_some(), Vkey::parse(text).is_ok());
    }
    if let Ok(name) = KeyName::parse(text) {
        assert_eq!(name.to_string(), text);
    }
}

/// Notes and single signature lines.
pub(super) fn note(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(signature) = NoteSignature::parse(text) {
        assert_eq!(signature.to_string(), text);
    }
    let Ok(note) = Note::parse(text) else { return };
    assert_eq!(note.to_string(), text);
    if let Ok(signed) = note.verify(&[log_vkey()]) {
        assert_eq!(signed, note.text());
    }
    for signature in note.signatures() {
        assert_eq!(
            NoteSignature::parse(&signature.to_string()).as_ref(),
            Ok(signature)
        );
    }
}

/// The text of a checkpoint, and the note around one.
pub(super) fn checkpoint(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text);
        assert!(checkpoint.size <= encoding::NUM_MAX);
    }
    if let Ok((note, checkpoint)) = parse_checkpoint_note(text) {
        assert_eq!(note.to_string(), text);
        assert_eq!(note.text(), checkpoint.to_string());
    }
    if let Ok(checkpoint) = Checkpoint::open(text, &log_vkey()) {
        assert!(
            text.starts_with(&checkpoint.to_string()),
            "signed and read differ"
        );
        assert_eq!(checkpoint.origin, *log_vkey().name());
    }
}

/// The first line is a path, what follows are the file's bytes.
pub(super) fn tile(bytes: &[u8]) {
    let place = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let (path, rest) = bytes.split_at(place);
    let file = rest.strip_prefix(b"\n").unwrap_or_default();
    let Some(path) = text(path) else { return };
    if let Ok(tile) = Tile::parse(path) {
        assert_eq!(tile.path(), path);
        assert!((1..=256).contains(&tile.width()));
        if let Ok(hashes) = tile.decode(file) {
            assert_eq!(hashes.len(), usize::from(tile.width()));
        }
    }
    if let Ok(bundle) = EntryBundle::parse(path) {
        assert_eq!(bundle.path(), path);
        if let Ok(entries) = bundle.decode(file) {
            assert_eq!(bundle.encode(&entries).as_deref(), Ok(file));
        }
    }
}

/// A published tree of 600 leaves, of which something is changed.
fn published() -> &'static (MemoryTree, BTreeMap<String, Vec<u8>>) {
    static PUBLISHED: OnceLock<(MemoryTree, BTreeMap<String, Vec<u8>>)> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let mut tree: MemoryTree = (0u16..600).map(|entry| leaf_hash(&entry.to_be_bytes())).collect();
        let tiles = tiles_for_growth(0, 600).tiles;
        let file = |tile: &Tile| {
            (
                tile.path(),
                tile_bytes(tile, &mut tree).expect("it is in the tree"),
            )
        };
        let files = tiles.iter().map(file).collect();
        (tree, files)
    })
}

/// Which hash to ask for, which file to change, where and how: no change leads to another hash, only to an error.
pub(super) fn tile_reader(bytes: &[u8]) {
    let [a, b, file, c, d, change, rest @ ..] = bytes else {
        return;
    };
    let (tree, files) = published();
    let index = u64::from(u16::from_be_bytes([*a, *b]));
    let place = usize::from(u16::from_be_bytes([*c, *d]));
    let changed = usize::from(*file) % files.len();
    let fetch = |path: &str| {
        let mut bytes = files.get(path).cloned();
        if let Some(bytes) = bytes
            .as_mut()
            .filter(|_| files.keys().position(|name| name == path) == Some(changed))
        {
            match rest.first().map(|kind| kind % 4) {
                Some(0) => bytes.truncate(place),
                Some(1) => bytes.extend_from_slice(rest),
                Some(2) => return Ok(None),
                _ => {
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte ^= change;
                    }
                }
            }
        }
        Ok::<_, Infallible>(bytes)
    };
    let checkpoint = Checkpoint {
        origin: log_vkey().name().clone(),
        size: 600,
        root: tree.root(),
    };
    let read = TileReader::new(&checkpoint, fetch).read_hashes(&[index]);
    if let Ok(hashes) = read {
        assert_eq!(
            Ok(hashes),
            tree.clone().read_hashes(&[index]),
            "a hash that the tree does not have"
        );
    }
    if let Ok(proof) = tree::prove_inclusion(600, index % 600, &mut TileReader::new(&checkpoint, fetch)) {
        assert_eq!(
            Ok(proof),
            tree::prove_inclusion(600, index % 600, &mut tree.clone())
        );
    }
}

/// The text of a proof about a label.
pub(super) fn map_proof(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let Ok(proof) = MapProof::parse(text) else { return };
    assert_eq!(proof.to_string(), text);
    assert!(text.len() <= MAP_PROOF_SIZE_BYTES_MAX);
    assert!(proof.verify(&Hash::ZERO, proof.label()).is_err() || proof.siblings().is_empty());
    assert!(proof.verify(&Hash::from_bytes([7; 32]), proof.label()).is_err());
}

/// Inserts and removals, three bytes each, of labels that share many bits: as a set says, and as a map built at once.
pub(super) fn map(bytes: &[u8]) {
    let label = |first: u8, last: u8| {
        let mut label = [0x5a; 32];
        label[usize::from(first >> 3)] ^= 0x80 >> (first & 7);
        label[31] ^= last;
        label
    };
    let (mut map, mut set) = (LabelMap::default(), BTreeMap::new());
    for [first, last, what] in bytes.as_chunks::<3>().0 {
        let label = label(*first, *last);
        match what % 4 {
            0 => assert_eq!(map.remove(&label), set.remove(&label)),
            3 => {
                let root = map.root();
                let proof = map.prove(&label);
                assert_eq!(proof.verify(&root, &label), Ok(set.get(&label).copied()));
                assert_eq!(MapProof::parse(&proof.to_string()), Ok(proof));
            }
            _ => assert_eq!(
                map.insert(label, (*what).into()),
                set.insert(label, (*what).into())
            ),
        }
    }
    assert_eq!(usize::try_from(map.len()), Ok(set.len()));
    assert_eq!(map.root(), set.into_iter().collect::<LabelMap>().root());
}

/// Policies, which print in one canonical order.
pub(super) fn policy(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let Ok(policy) = Policy::parse(text) else { return };
    assert!(text.len() <= POLICY_SIZE_BYTES_MAX);
    let printed = policy.to_string();
    assert_eq!(Policy::parse(&printed).as_ref(), Ok(&policy), "{printed}");
    assert_eq!(
        Policy::parse(&printed).map(|policy| policy.to_string()),
        Ok(printed)
    );
    let names = policy
        .witnesses()
        .iter()
        .map(|witness| witness.name.as_str())
        .collect();
    assert!(
        policy.can_form_quorum(&names),
        "all witnesses together form the quorum"
    );
}

/// A note, judged by a witness's key, by the log's, and by a policy of both.
pub(super) fn cosignature(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let Ok((note, checkpoint)) = parse_checkpoint_note(text) else {
        return;
    };
    let key = witness_key();
    let cosigned = key.verify(&note);
    let policy = format!("log {LOG_VKEY}\nwitness w1 {WITNESS_VKEY}\nquorum w1\n");
    let policy = Policy::parse(&policy).expect("a constant");
    if let Ok(judgement) = policy.judge(&note) {
        assert_eq!(judgement.checkpoint, checkpoint);
        assert_eq!(judgement.has_quorum, matches!(cosigned, Ok(Some(_))));
    }
    let lines: Vec<String> = note.signatures().iter().map(ToString::to_string).collect();
    let lines = lines.join("\n");
    let answer = Answer::read(200, lines.as_bytes(), &[key], &checkpoint);
    assert!(answer.is_err() || matches!(cosigned, Ok(Some(time_s)) if time_s > 0));
}

/// A request to a witness, and the same bytes as an answer of one.
pub(super) fn witness(bytes: &[u8]) {
    let checkpoint = Checkpoint {
        origin: log_vkey().name().clone(),
        size: 9,
        root: Hash::ZERO,
    };
    for status in [200, 404, 409] {
        let _ = Answer::read(status, bytes, &[witness_key()], &checkpoint);
    }
    let Ok(request) = AddCheckpoint::parse(bytes) else {
        return;
    };
    assert_eq!(request.to_string().as_bytes(), bytes);
    assert!(bytes.len() <= REQUEST_SIZE_BYTES_MAX && request.proof().len() <= PROOF_LINES_MAX);
    let keys = [LogKey::from(log_vkey())];
    assert!(decide(&request, None, None).is_err());
    if decide(&request, Some(&keys), None).is_ok() {
        assert_eq!(request.old(), 0);
    }
    if decide(&request, Some(&keys), Some(&checkpoint)).is_ok() {
        assert!(request.checkpoint().size >= 9);
    }
}

/// Two checkpoints that cannot both be true.
pub(super) fn equivocation(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let Ok(file) = Equivocation::parse(text) else {
        return;
    };
    assert!(text.len() <= EQUIVOCATION_SIZE_BYTES_MAX);
    assert_eq!(file.to_string(), text);
    if let Ok([first, second]) = file.judge() {
        assert_eq!(first.origin, second.origin);
        assert_ne!(first, second);
    }
}
