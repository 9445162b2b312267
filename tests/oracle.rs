//! Trees, proofs, tiles and notes against two libraries that others wrote, `tlog_tiles` and `signed_note`: every size to
//! 600, sizes at random to 70,000. `IKRAR_TEST_LONG=1` tries every leaf and every pair of sizes, and more at random.
//! Absent: what is a fact of one module, which its own tests hold.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use std::collections::BTreeMap;
use std::convert::Infallible;

use ed25519_dalek::SigningKey;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::encoding::encode_base64;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::empty_root;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::Note;
use ikrar::ledger::note::NoteSigner;
use ikrar::ledger::tile::Tile;
use ikrar::ledger::tile::TileReader;
use ikrar::ledger::tile::tile_bytes;
use ikrar::ledger::tile::tiles_for_growth;
use ikrar::ledger::tree;
use ikrar::ledger::tree::Frontier;
use ikrar::ledger::tree::HashReader;
use ikrar::ledger::tree::stored_hash_count;
use ikrar::ledger::tree::verify_consistency;
use ikrar::ledger::tree::verify_inclusion;
use proptest::prelude::*;
use tlog_tiles::tlog;

/// Every size up to here is tried.
const EVERY_SIZE: u64 = 600;

/// Beyond two levels of full tiles.
const LARGEST: u64 = 70_000;

type Files = BTreeMap<String, Vec<u8>>;

fn is_long() -> bool {
    std::env::var_os("IKRAR_TEST_LONG").is_some_and(|value| value == "1")
}

/// In the long run all, else about one in `of`, others at each `turn`.
fn is_tried(number: u64, turn: u64, of: u64) -> bool {
    is_long() || (number + turn).is_multiple_of(of)
}

fn random_cases() -> ProptestConfig {
    ProptestConfig::with_cases(if is_long() { 4000 } else { 96 })
}

fn leaf(index: u64) -> Hash {
    leaf_hash(&index.to_be_bytes())
}

fn theirs(hash: &Hash) -> tlog::Hash {
    tlog::Hash(*hash.as_bytes())
}

fn all_theirs(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().map(theirs).collect()
}

/// The stored hashes of one tree, for both libraries.
struct Stored {
    hashes: Vec<Hash>,
}

impl Stored {
    /// As `Frontier` makes them.
    fn new(size: u64) -> Self {
        let mut frontier = Frontier::default();
        let hashes = (0..size)
            .flat_map(|index| frontier.append(&leaf(index)))
            .collect();
        Self { hashes }
    }

    fn get(&self, indexes: &[u64]) -> Option<Vec<Hash>> {
        let one = |index: &u64| self.hashes.get(usize::try_from(*index).ok()?).copied();
        indexes.iter().map(one).collect()
    }
}

impl HashReader for &Stored {
    type Error = &'static str;

    fn read_hashes(&mut self, indexes: &[u64]) -> Result<Vec<Hash>, Self::Error> {
        self.get(indexes).ok_or("no such hash")
    }
}

impl tlog::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(all_theirs(&self.get(indexes).unwrap()))
    }
}

/// The large tree, made once a process.
fn large() -> &'static Stored {
    static LARGE: std::sync::OnceLock<Stored> = std::sync::OnceLock::new();
    LARGE.get_or_init(|| Stored::new(LARGEST))
}

/// Inclusion of one leaf: the same proof as theirs, which both accept, and neither for another leaf.
fn assert_included(stored: &Stored, size: u64, root: &Hash, index: u64) {
    let mut ours = stored;
    let proof = tree::prove_inclusion(size, index, &mut ours).unwrap();
    let their_proof = tlog::prove_record(size, index, stored).unwrap();
    assert_eq!(their_proof, all_theirs(&proof), "{index} in {size}");
    let (leaf, other) = (leaf(index), leaf(index + 1));
    assert_eq!(verify_inclusion(&proof, size, root, index, &leaf), Ok(()));
    assert!(tlog::check_record(&their_proof, size, theirs(root), index, theirs(&leaf)).is_ok());
    assert!(verify_inclusion(&proof, size, root, index, &other).is_err());
    assert!(tlog::check_record(&their_proof, size, theirs(root), index, theirs(&other)).is_err());
}

/// Consistency of two sizes, in the same way.
fn assert_consistent(stored: &Stored, old: u64, old_root: &Hash, size: u64, root: &Hash) {
    let mut ours = stored;
    let proof = tree::prove_consistency(old, size, &mut ours).unwrap();
    let their_proof = tlog::prove_tree(size, old, stored).unwrap();
    assert_eq!(their_proof, all_theirs(&proof), "{old} to {size}");
    assert_eq!(verify_consistency(&proof, old, old_root, size, root), Ok(()));
    assert!(tlog::check_tree(&their_proof, size, theirs(root), old, theirs(old_root)).is_ok());
    if old < size {
        assert!(verify_consistency(&proof, old, root, size, root).is_err());
        assert!(tlog::check_tree(&their_proof, size, theirs(root), old, theirs(root)).is_err());
    }
}

#[test]
fn roots_and_stored_hashes_of_every_size() {
    let stored = Stored::new(EVERY_SIZE);
    let (mut ours, mut frontier) = (&stored, Frontier::default());
    assert_eq!(tree::root(0, &mut ours), Ok(empty_root()));
    for size in 1..=EVERY_SIZE {
        let index = size - 1;
        let hashes = tree::stored_hashes_for_leaf(index, &leaf(index), &mut ours).unwrap();
        let their_hashes = tlog::stored_hashes_for_record_hash(index, theirs(&leaf(index)), &stored).unwrap();
        assert_eq!(all_theirs(&hashes), their_hashes, "leaf {index}");
        assert_eq!(frontier.append(&leaf(index)), hashes);
        assert_eq!(stored_hash_count(size), tlog::stored_hash_count(size));
        let root = tree::root(size, &mut ours).unwrap();
        assert_eq!(theirs(&root), tlog::tree_hash(size, &stored).unwrap(), "{size}");
        assert_eq!(frontier.root(), root);
        assert_eq!(Frontier::load(size, &mut ours), Ok(frontier.clone()));
    }
    for index in 0..stored_hash_count(EVERY_SIZE) {
        let place = tree::split_stored_hash_index(index);
        assert_eq!(place, tlog::split_stored_hash_index(index));
        assert_eq!(tree::stored_hash_index(place.0, place.1), index);
    }
}

#[test]
fn proofs_of_every_size() {
    let stored = Stored::new(EVERY_SIZE);
    let mut ours = &stored;
    let roots: Vec<Hash> = (0..=EVERY_SIZE)
        .map(|size| tree::root(size, &mut ours).unwrap())
        .collect();
    for (size, root) in (1..=EVERY_SIZE).zip(&roots[1..]) {
        for index in (0..size).filter(|index| *index + 1 == size || is_tried(*index, size, 29)) {
            assert_included(&stored, size, root, index);
        }
        for (old, old_root) in (1..=size).zip(&roots[1..]) {
            if size - old < 2 || is_tried(old, size, 31) {
                assert_consistent(&stored, old, old_root, size, root);
            }
        }
    }
}

/// Puts the files of growth from `old` to `new` in a folder, and drops the partial tiles that full ones replace.
fn publish(files: &mut Files, stored: &Stored, old: u64, new: u64) {
    for tile in tiles_for_growth(old, new).tiles {
        if tile == tile.full() {
            files.retain(|path, _| !path.starts_with(&format!("{}.p/", tile.path())));
        }
        let mut ours = stored;
        files.insert(tile.path(), tile_bytes(&tile, &mut ours).unwrap());
    }
}

/// Their reader of tiles over our files.
struct Folder<'a>(&'a Files);

impl tlog_tiles::TileReader for Folder<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog::Error> {
        let read = |tile: &tlog_tiles::Tile| {
            let width = u16::try_from(tile.width()).unwrap();
            let ours = Tile::new(tile.level(), tile.level_index(), width).unwrap();
            let file = self
                .0
                .get(&ours.path())
                .or_else(|| self.0.get(&ours.full().path()));
            file.unwrap()[..usize::from(width) * 32].to_vec()
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

fn checkpoint(size: u64, root: Hash) -> Checkpoint {
    let origin = KeyName::parse("example.com/log").unwrap();
    Checkpoint { origin, size, root }
}

/// Both libraries find the same tree in the files, and make the same proofs from them.
fn assert_published(files: &Files, stored: &Stored, size: u64, index: u64, old: u64) {
    let mut ours = stored;
    let root = tree::root(size, &mut ours).unwrap();
    let checkpoint = checkpoint(size, root);
    let mut published = TileReader::new(&checkpoint, |path: &str| {
        Ok::<_, Infallible>(files.get(path).cloned())
    });
    let folder = Folder(files);
    let their_reader = tlog_tiles::TileHashReader::new(size, theirs(&root), &folder);
    assert_eq!(tree::root(size, &mut published), Ok(root));
    let proof = tree::prove_inclusion(size, index, &mut published).unwrap();
    assert_eq!(
        all_theirs(&proof),
        tlog::prove_record(size, index, &their_reader).unwrap()
    );
    assert_eq!(proof, tree::prove_inclusion(size, index, &mut ours).unwrap());
    let proof = tree::prove_consistency(old, size, &mut published).unwrap();
    assert_eq!(
        all_theirs(&proof),
        tlog::prove_tree(size, old, &their_reader).unwrap()
    );
    assert_eq!(proof, tree::prove_consistency(old, size, &mut ours).unwrap());
}

#[test]
fn tiles_of_every_size() {
    let stored = Stored::new(EVERY_SIZE);
    let mut files = Files::new();
    for size in 1..=EVERY_SIZE {
        publish(&mut files, &stored, size - 1, size);
        assert_published(&files, &stored, size, size * 7 % size, size / 3 + 1);
    }
    // What grew by ones is what grows at once, and the partial tiles of every size on the way.
    let mut at_once = Files::new();
    publish(&mut at_once, &stored, 0, EVERY_SIZE);
    assert!(at_once.iter().all(|(path, bytes)| files.get(path) == Some(bytes)));
    assert!(
        files
            .keys()
            .all(|path| at_once.contains_key(path) || path.contains(".p/"))
    );
}

#[test]
fn tiles_of_a_tree_that_grows_at_random() {
    let stored = large();
    let (mut files, mut size, mut state) = (Files::new(), 0, 1u64);
    let steps = if is_long() { 700 } else { 40 };
    while size < LARGEST {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let new = (size + 1 + (state >> 33) % (2 * LARGEST / steps)).min(LARGEST);
        publish(&mut files, stored, size, new);
        size = new;
        assert_published(
            &files,
            stored,
            size,
            (state >> 20) % size,
            (state >> 10) % size + 1,
        );
    }
}

proptest! {
    #![proptest_config(random_cases())]

    #[test]
    fn random_sizes(size in 1u64..=LARGEST, one: u64, two: u64) {
        let stored = large();
        let mut ours = stored;
        let root = tree::root(size, &mut ours).unwrap();
        prop_assert_eq!(theirs(&root), tlog::tree_hash(size, stored).unwrap());
        prop_assert_eq!(stored_hash_count(size), tlog::stored_hash_count(size));
        let mut frontier = Frontier::load(size - 1, &mut ours).unwrap();
        let appended = frontier.append(&leaf(size - 1));
        let from = usize::try_from(stored_hash_count(size - 1)).unwrap();
        prop_assert_eq!(&appended[..], &stored.hashes[from..from + appended.len()]);
        prop_assert_eq!(frontier.root(), root);
        assert_included(stored, size, &root, one % size);
        let old = two % size + 1;
        let old_root = tree::root(old, &mut ours).unwrap();
        assert_consistent(stored, old, &old_root, size, &root);
    }

    #[test]
    fn checkpoints_and_notes(
        size in 0u64..1 << 62,
        root: [u8; 32],
        seed: [u8; 32],
        name in "[a-z0-9][a-z0-9./-]{0,40}",
        text in "([^\u{0}-\u{1f}\u{7f}]{0,30}\n){1,5}",
        changed: u16,
    ) {
        let origin = KeyName::parse(&name).unwrap();
        let signer = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&seed)).unwrap();
        let vkey = signer.vkey().to_string();
        let checkpoint = Checkpoint { origin, size, root: Hash::from_bytes(root) };
        let signed = checkpoint.sign(&signer).unwrap().to_string();
        for ours in [signed.clone(), signer.sign(&text).map(|note| note.to_string()).unwrap_or_default()] {
            let Ok(note) = signed_note::Note::from_bytes(ours.as_bytes()) else {
                prop_assert!(Note::parse(&ours).is_err(), "only we take {:?}", ours);
                continue;
            };
            prop_assert_eq!(note.to_bytes(), ours.as_bytes());
            prop_assert!(opens(&note, &vkey));
            // The same text signed by them is the same note.
            prop_assert_eq!(sign_theirs(&name, &seed, note.text()), ours);
        }
        let mut bytes = signed.into_bytes();
        let place = usize::from(changed) % bytes.len();
        bytes[place] ^= 1 << (changed >> 13);
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(Checkpoint::open(&text, signer.vkey()).is_err());
        }
    }
}

fn opens(note: &signed_note::Note, vkey: &str) -> bool {
    let verifier = signed_note::StandardVerifier::new(vkey).unwrap();
    let list = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    note.verify(&list).is_ok_and(|(trusted, _)| trusted.len() == 1)
}

/// A private key of theirs is `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`.
fn sign_theirs(name: &str, seed: &[u8; 32], text: &[u8]) -> String {
    let origin = KeyName::parse(name).unwrap();
    let id = NoteSigner::new(origin, SigningKey::from_bytes(seed))
        .unwrap()
        .vkey()
        .id();
    let key = encode_base64(&[&[1], seed.as_slice()].concat());
    let skey = format!("PRIVATE+KEY+{name}+{id:08x}+{key}");
    let mut note = signed_note::Note::new(text, &[]).unwrap();
    note.add_sigs(&[&signed_note::StandardSigner::new(&skey).unwrap()])
        .unwrap();
    String::from_utf8(note.to_bytes()).unwrap()
}
