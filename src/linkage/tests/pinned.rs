//! Tables, weights, rules and a golden set of answers, pinned beside the version that names them.

use std::fmt::Write as _;

use sha2::Digest;
use sha2::Sha256;

use super::*;
use crate::linkage::table;

/// The version with the digest of everything that it names. Who changes a rule, a table or a weight raises the version and
/// pins the digest that the failure shows.
const PINNED: (&str, &str) = ("ikrar-link-5", "4b93b2254ff749a9");

/// Code as it counts: without blanks and comments.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(str::chars)
        .filter(|sign| !sign.is_whitespace() && *sign != ',')
        .collect()
}

#[test]
fn whoever_changes_the_model_raises_its_version() {
    let tables = format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
        table::SOUNDS,
        table::READINGS,
        table::VARIANTS,
        table::NICKNAMES,
        table::WEAK,
        table::TITLE_LETTERS,
        table::HANDLE_WORDS,
        table::TITLES_BEFORE,
        table::SALUTATIONS,
        table::DEGREES,
        table::POSITIONS,
        table::ANY_POSITION,
        table::UNITS,
        table::OFFICES,
        table::SAID_BEFORE,
        table::OLD_CITIES,
        table::UNIT_PAIRS,
        table::CITIES,
        table::EMPTY,
        table::GOVERNMENTS,
        table::BEFORE_NAMES,
        table::WHOLE_GOVERNMENTS,
        table::LOOKALIKES,
        table::SCANNED,
        table::SHAPES,
        table::MONTHS,
    );
    let mut digest = Sha256::new();
    for part in [
        tables,
        code(include_str!("../weigh.rs")),
        code(include_str!("../decide.rs")),
        format!("{:?}", Policy::default()),
        answers(&index()).join("\n"),
    ] {
        digest.update(part.as_bytes());
    }
    let mut found = String::new();
    for byte in digest.finalize().iter().take(8) {
        write!(found, "{byte:02x}").unwrap();
    }
    assert_eq!((MODEL_VERSION, found.as_str()), PINNED);
}
