//! The fuzz targets on stable: every kept input of `fuzz/corpus/` is run, and inputs made from them by small changes.
//! `IKRAR_TEST_LONG=1` makes two hundred times as many. Absent: coverage guidance, which `fuzz/` has.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that panics has failed"
)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::Index;

#[path = "fuzz/targets.rs"]
mod targets;

use targets::TARGETS;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Inputs by file name.
type Inputs = Vec<(String, Vec<u8>)>;

/// The kept inputs of each target, by name.
fn corpora() -> &'static BTreeMap<String, Inputs> {
    static CORPORA: OnceLock<BTreeMap<String, Inputs>> = OnceLock::new();
    CORPORA.get_or_init(|| {
        let list = |path: &Path| {
            let mut paths: Vec<PathBuf> = fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            paths
        };
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let inputs = |path: &Path| {
            list(path)
                .iter()
                .map(|file| (name(file), fs::read(file).unwrap()))
                .collect()
        };
        list(&folder().join("corpus"))
            .iter()
            .map(|path| (name(path), inputs(path)))
            .collect()
    })
}

/// Runs a target, and says which input it failed on.
fn run(target: &str, input: &str, bytes: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| targets::run(target, bytes))) {
        eprintln!("{target}: {input}: {}", bytes.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn every_target_has_a_corpus_and_a_binary() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert!(names.is_sorted());
    let kept: Vec<&str> = corpora().keys().map(String::as_str).collect();
    assert_eq!(kept, names, "folders of fuzz/corpus");
    assert!(corpora().values().all(|inputs| !inputs.is_empty()));
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let manifest: toml::Value = manifest.parse::<toml::Table>().unwrap().into();
    let binaries = manifest["bin"].as_array().unwrap().iter();
    let binaries: Vec<&str> = binaries.map(|binary| binary["name"].as_str().unwrap()).collect();
    assert_eq!(binaries, names, "binaries of fuzz/Cargo.toml");
}

#[test]
fn kept_inputs_pass() {
    for (target, inputs) in corpora() {
        for (name, bytes) in inputs {
            run(target, name, bytes);
        }
    }
}

/// One small change.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Cut(Index, Index),
    Repeat(Index, Index),
    Put(Index, Vec<u8>),
    /// A piece of another input of the same target.
    Borrow(Index, Index, Index, Index),
}

/// Bytes that parsers stumble over.
const TRICKY: [&[u8]; 16] = [
    b"\n",
    b"\r\n",
    b"\n\n",
    b" ",
    b"\0",
    b"0",
    b"-1",
    b"9223372036854775808",
    b"18446744073709551616",
    b"=",
    b"AAAA",
    b"\xc3\x28",
    "\u{feff}".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{2014} ".as_bytes(),
];

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let piece = prop_oneof![
        prop::sample::select(&TRICKY[..]).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 1..6)
    ];
    prop_oneof![
        (at(), 0u8..8).prop_map(|(place, bit)| Change::Flip(place, bit)),
        (at(), at()).prop_map(|(from, to)| Change::Cut(from, to)),
        (at(), at()).prop_map(|(from, to)| Change::Repeat(from, to)),
        (at(), piece).prop_map(|(place, bytes)| Change::Put(place, bytes)),
        (at(), at(), at(), at()).prop_map(|(place, input, from, to)| Change::Borrow(place, input, from, to)),
    ]
}

/// A stretch of at most 200 bytes.
fn stretch(bytes: &[u8], from: Index, to: Index) -> std::ops::Range<usize> {
    let from = from.index(bytes.len() + 1);
    from..from + to.index(bytes.len() + 1 - from).min(200)
}

fn apply(bytes: &mut Vec<u8>, change: &Change, inputs: &[(String, Vec<u8>)]) {
    match change {
        Change::Flip(place, bit) if !bytes.is_empty() => {
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
        }
        Change::Flip(..) => {}
        Change::Cut(from, to) => drop(bytes.drain(stretch(bytes, *from, *to))),
        Change::Repeat(from, to) => {
            let range = stretch(bytes, *from, *to);
            let piece = bytes[range.clone()].to_vec();
            bytes.splice(range.start..range.start, piece);
        }
        Change::Put(place, piece) => {
            let place = place.index(bytes.len() + 1);
            bytes.splice(place..place, piece.iter().copied());
        }
        Change::Borrow(place, input, from, to) => {
            let other = &inputs[input.index(inputs.len())].1;
            let place = place.index(bytes.len() + 1);
            bytes.splice(place..place, other[stretch(other, *from, *to)].to_vec());
        }
    }
}

fn cases() -> ProptestConfig {
    let is_long = std::env::var_os("IKRAR_TEST_LONG").is_some_and(|value| value == "1");
    ProptestConfig::with_cases(if is_long { 400_000 } else { 2_000 })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn changed_inputs_pass(target: Index, input: Index, changes in prop::collection::vec(change(), 1..6)) {
        let target = TARGETS[target.index(TARGETS.len())].name;
        let inputs = &corpora()[target];
        let (name, bytes) = &inputs[input.index(inputs.len())];
        let mut bytes = bytes.clone();
        for change in &changes {
            apply(&mut bytes, change, inputs);
        }
        run(target, name, &bytes);
    }
}
