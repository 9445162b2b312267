//! The house rules, as a test: which floor may name which, what only one place may do, and what every file looks like.
//!
//! One package means that Cargo does not keep the floors apart, so this does. Every rule is a function from a file's text to
//! complaints; `planted` shows each of them a violation. Absent: what clippy already checks (see `Cargo.toml`, `clippy.toml`).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics has failed"
)]
#![expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "our own files are named in lower case"
)]

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/rust_text.rs"]
mod rust_text;

use rules::Complaint;

/// Folders that are not ours to judge: build products, packages, an installation's data, samples as offices send them.
const SKIPPED: [&str; 6] = [
    ".git",
    "target",
    "demo",
    "tests/data",
    "tests/browser/node_modules",
    "tests/browser/shots",
];

/// Every text file of the repository below `folder`, as (path from the root with `/`, text), in order.
fn texts(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.unwrap();
            let path = entry.path();
            let kind = entry.file_type().unwrap();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if SKIPPED.contains(&name.as_str()) || kind.is_symlink() {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.insert(name, text);
            }
        }
    }
    found
}

/// Fails with all complaints at once, so that one run shows the whole work.
fn expect_none(complaints: impl IntoIterator<Item = Complaint>) {
    let complaints: Vec<String> = complaints
        .into_iter()
        .map(|complaint| complaint.to_string())
        .collect();
    assert!(
        complaints.is_empty(),
        "{} against the house rules:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

/// Applies a rule for Rust files to those below `folder`.
fn each_rust_file(folder: &str, rule: fn(&str, &str) -> Vec<Complaint>) {
    let files = texts(folder);
    let rust = files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "rs"));
    expect_none(rust.flat_map(|(path, text)| rule(path, text)));
}

#[test]
fn floors_name_only_floors_below() {
    each_rust_file("src", rules::direction);
}

#[test]
fn every_module_has_its_floor() {
    let known: BTreeSet<&str> = rules::FLOORS.iter().map(|(module, _)| *module).collect();
    let here: BTreeSet<String> = texts("src")
        .into_keys()
        .filter_map(|path| rules::module_of(&path))
        .collect();
    let unknown: Vec<&String> = here
        .iter()
        .filter(|module| !known.contains(module.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "say in tests/tidy/rules.rs what these may name: {unknown:?}"
    );
}

#[test]
fn only_one_place_does_it() {
    each_rust_file("src", rules::places);
}

#[test]
fn every_file_says_what_it_holds_and_stays_small() {
    each_rust_file("src", rules::shape);
    each_rust_file("tests", rules::shape);
}

#[test]
fn migrations_exist_for_both_databases() {
    let paths: Vec<String> = texts("migrations").into_keys().collect();
    expect_none(rules::migrations(&paths));
}

#[test]
fn templates_need_no_inline_script_or_style() {
    expect_none(
        texts("templates")
            .iter()
            .flat_map(|(path, text)| rules::template(path, text)),
    );
}

#[test]
fn catalogues_parse_and_agree() {
    expect_none(rules::catalogues(&texts("locales")));
}

#[test]
fn the_repository_names_no_machine() {
    expect_none(
        texts("")
            .iter()
            .flat_map(|(path, text)| rules::machine(path, text)),
    );
}

mod planted {
    //! Each rule is shown a violation and must see it, and something innocent and must not.

    use super::*;

    fn words(complaints: &[Complaint]) -> String {
        complaints
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[track_caller]
    fn caught(complaints: &[Complaint], expected: &str) {
        assert!(
            words(complaints).contains(expected),
            "{expected:?} is not in:\n{}",
            words(complaints)
        );
    }

    #[track_caller]
    fn innocent(complaints: &[Complaint]) {
        assert!(complaints.is_empty(), "{}", words(complaints));
    }

    #[test]
    fn an_upward_import_is_caught() {
        let rule = rules::direction;
        caught(
            &rule("src/ledger/tree.rs", "//! x\nuse crate::domain::entry::Entry;\n"),
            "src/ledger/tree.rs:2",
        );
        caught(
            &rule("src/domain/nip.rs", "fn f() { crate::sheet::read() }"),
            "`domain` may not name `sheet`",
        );
        caught(
            &rule("src/web/sign.rs", "use crate::store::pact;"),
            "`web` may not name `store`",
        );
        caught(
            &rule("src/service.rs", "use crate::web;"),
            "`service` may not name `web`",
        );
        caught(
            &rule("src/mail.rs", "pub(in crate::cli) fn f() {}"),
            "`mail` may not name `cli`",
        );
        innocent(&rule(
            "src/web/sign.rs",
            "use crate::service::sign;\nuse crate::web::extract::Signer;",
        ));
        innocent(&rule(
            "src/domain/nip.rs",
            "//! See [`crate::store`].\n/* crate::web */ const A: &str = \"crate::cli\";",
        ));
        innocent(&rule(
            "src/cli/demo.rs",
            "use crate::store::Pool;\nuse crate::web;",
        ));
    }

    #[test]
    fn a_way_around_the_import_rule_is_caught() {
        let rule = rules::direction;
        caught(
            &rule("src/domain.rs", "use crate::{ledger, store};"),
            "one path per `use`",
        );
        caught(
            &rule("src/domain/nip.rs", "use super::super::store::Pool;"),
            "super::super",
        );
        caught(
            &rule("src/domain.rs", "use super::store::Pool;"),
            "`super` of a top module is the crate",
        );
        innocent(&rule("src/domain.rs", "mod tests {\n    use super::*;\n}"));
    }

    #[test]
    fn tests_may_do_what_their_module_may_not() {
        let text = "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::store::Pool;\n    fn g() { std::fs::read(\"}\") }\n}\n";
        innocent(&rules::direction("src/domain/nip.rs", text));
        innocent(&rules::places("src/domain/nip.rs", text));
        let after = format!("{text}use crate::store::Pool;\n");
        caught(
            &rules::direction("src/domain/nip.rs", &after),
            "src/domain/nip.rs:7",
        );
        innocent(&rules::direction(
            "src/domain/nip/tests.rs",
            "use crate::store::Pool;",
        ));
    }

    #[test]
    fn the_wrong_place_is_caught() {
        let rule = rules::places;
        caught(
            &rule("src/service/sign.rs", "let now = std::time::SystemTime::now();"),
            "src/clock.rs",
        );
        caught(&rule("src/web/sign.rs", "jiff::Timestamp::now()"), "src/clock.rs");
        caught(&rule("src/mail.rs", "std::env::var(\"HOME\")"), "src/config.rs");
        caught(
            &rule("src/service/sign.rs", "use diesel::prelude::*;"),
            "src/store",
        );
        caught(&rule("src/render.rs", "use actix_web::HttpResponse;"), "src/web");
        caught(&rule("src/ledger/tile.rs", "std::fs::read(path)"), "ground floor");
        caught(
            &rule("src/domain/label.rs", "getrandom::fill(&mut salt)"),
            "ground floor",
        );
        innocent(&rule("src/clock.rs", "jiff::Timestamp::now()"));
        innocent(&rule("src/store/ledger.rs", "use diesel::prelude::*;"));
        innocent(&rule("src/web/error.rs", "use actix_web::http::StatusCode;"));
        innocent(&rule(
            "src/service/sign.rs",
            "//! Not SystemTime::now().\nlet a = \"diesel::x\";",
        ));
    }

    #[test]
    fn a_silent_or_endless_file_is_caught() {
        caught(&rules::shape("src/a.rs", "use std::fs;\n"), "//!");
        innocent(&rules::shape("src/a.rs", "//! What lives here.\n"));
        caught(
            &rules::shape("src/a.rs", &"//! x\n".repeat(rules::LINES_MAX + 1)),
            "lines",
        );
    }

    #[test]
    fn a_lonely_migration_is_caught() {
        let both = ["sqlite", "postgres"]
            .map(|db| ["up", "down"].map(|way| format!("migrations/{db}/0001_a/{way}.sql")));
        let mut paths: Vec<String> = both.into_iter().flatten().collect();
        innocent(&rules::migrations(&paths));
        paths.push("migrations/sqlite/0002_b/up.sql".to_owned());
        caught(&rules::migrations(&paths), "migrations/sqlite/0002_b/down.sql");
        caught(&rules::migrations(&paths), "migrations/postgres/0002_b/up.sql");
    }

    #[test]
    fn an_inline_script_or_style_is_caught() {
        let rule = |text| rules::template("templates/page/home.html", text);
        caught(
            &rule("<p>\n<b style=\"color: red\">"),
            "templates/page/home.html:2",
        );
        caught(&rule("<a onclick='go()'>"), "onclick");
        caught(&rule("<SCRIPT nonce=\"x\">go()</SCRIPT>"), "script");
        caught(&rule("<style>"), "style");
        caught(&rule("<a href=\"javascript:go()\">"), "javascript:");
        innocent(&rule(
            "<script type=\"module\" src=\"{{ asset(path='js/sign.js') }}\"></script>",
        ));
        innocent(&rule(
            "<link rel=\"stylesheet\"> once = on {# style= #} <i data-style=\"a\">",
        ));
        innocent(&rules::template(
            "templates/mail/invite/body.html",
            "<p style=\"margin: 0\">",
        ));
        caught(
            &rules::template("templates/mail/invite/body.html", "<script src=\"a\"></script>"),
            "script",
        );
    }

    #[test]
    fn a_broken_catalogue_is_caught() {
        let catalogues = |files: &[(&str, &str)]| {
            rules::catalogues(
                &files
                    .iter()
                    .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                    .collect(),
            )
        };
        innocent(&catalogues(&[
            ("locales/id/a.ftl", "hello = Halo\n"),
            ("locales/en/a.ftl", "hello = Hello\n"),
        ]));
        caught(
            &catalogues(&[("locales/id/a.ftl", "hello = { $x\n")]),
            "locales/id/a.ftl",
        );
        caught(
            &catalogues(&[("locales/id/a.ftl", "a = 1\n"), ("locales/id/b.ftl", "a = 2\n")]),
            "twice",
        );
        caught(
            &catalogues(&[("locales/id/a.ftl", "a = 1\n"), ("locales/en/a.ftl", "b = 1\n")]),
            "lacks `a`",
        );
    }

    #[test]
    fn a_path_of_somebodys_machine_is_caught() {
        let home = ["/ho", "me/budi/ikrar"].concat();
        caught(
            &rules::machine("docs/a.md", &format!("Look in {home}.")),
            "docs/a.md:1",
        );
        innocent(&rules::machine("docs/a.md", "GET /v/CODE, src/work/home/x"));
        let lock = format!(
            "\"{}\": \"https://registry.example/a.tgz\"",
            ["resol", "ved"].concat()
        );
        caught(
            &rules::machine("tests/browser/package-lock.json", &lock),
            "registry",
        );
    }

    #[test]
    fn code_is_told_from_comments_and_strings() {
        let text = "a /* b /* c */ d */ e // f\n'g' \"h \\\" i\" r#\"j \" k\"# 'l: loop { b'm' '\\'' n";
        let code: String = rust_text::code(text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(code, "a e ' ' \" \" r#\" \"# 'l: loop { b' ' ' ' n");
        assert_eq!(rust_text::code(text).lines().count(), text.lines().count());
    }
}
