//! Writes the known answers of `tests/vectors/`, which every reader of our formats shares. `make vectors` runs it; a test
//! holds the files to what the code makes. Nothing here is random, and everybody in it is made up.
#![expect(
    clippy::unwrap_used,
    reason = "a tool for developers: a wrong constant should stop it at once"
)]

use std::fs;
use std::path::Path;

#[path = "vectors/make.rs"]
mod make;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in make::files() {
        fs::write(folder.join(name), text).unwrap();
    }
}
