//! One function a house rule: the text of a file in, complaints out. Absent: reading files, and the tests of these (`tidy.rs`).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use fluent_bundle::FluentResource;

use crate::rust_text;

/// What is wrong, and where.
pub(crate) struct Complaint {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}:{}: {}", self.path, self.line, self.what)
    }
}

fn complaint(path: &str, line: usize, what: impl Into<String>) -> Complaint {
    Complaint {
        path: path.to_owned(),
        line,
        what: what.into(),
    }
}

/// No file is longer than this: past it, nobody reads a file whole.
pub(crate) const LINES_MAX: usize = 700;

/// What a door may name: all but the database and the other doors to the outside.
const BELOW_WEB: &[&str] = &[
    "ledger", "linkage", "domain", "service", "sheet", "render", "mail", "app", "config", "clock",
];

/// Which module may name which, from the ground up. A module may always name itself.
pub(crate) const FLOORS: &[(&str, &[&str])] = &[
    // Ground floor: pure. The first two can each become a crate of its own by moving a folder.
    ("ledger", &[]),
    ("linkage", &[]),
    ("domain", &["ledger"]),
    // Files, for whoever keeps some.
    ("durable", &[]),
    // The only Rust that knows SQL.
    ("store", &["ledger", "linkage", "domain", "durable"]),
    // Use-cases. The time is an argument, so no clock here.
    ("service", &["store", "ledger", "linkage", "domain"]),
    // Doors and what they share.
    ("clock", &[]),
    // Rows in, rows out: what a table is, the domain says; what a file looks like, this.
    ("sheet", &["domain"]),
    ("config", &["ledger", "domain"]),
    ("render", &["domain", "ledger"]),
    (
        "mail",
        &["service", "domain", "ledger", "render", "app", "config", "clock"],
    ),
    // The composition root: it wires everything below the doors to the outside.
    (
        "app",
        &[
            "store", "service", "ledger", "linkage", "domain", "sheet", "render", "mail", "config", "clock",
        ],
    ),
    ("web", BELOW_WEB),
    // A program of another body: no database, no configuration, nothing of a portal.
    ("witness", &["ledger", "domain", "clock", "durable"]),
    (
        "cli",
        &[
            "store", "service", "ledger", "linkage", "domain", "sheet", "render", "mail", "config", "clock",
            "app", "web", "witness", "durable",
        ],
    ),
];

/// The floor that a file of `src/` belongs to; none for the crate's roots.
pub(crate) fn module_of(path: &str) -> Option<String> {
    let first = path.strip_prefix("src/")?.split('/').next()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&module)).then(|| module.to_owned())
}

/// A test module in a file of its own.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// A file's code without its tests, or nothing if the file is one.
fn code_of(path: &str, text: &str) -> String {
    if is_test_file(path) {
        String::new()
    } else {
        rust_text::without_tests(&rust_text::code(text))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What stands after each whole-word occurrence of `word` in `line`.
fn after_each<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(word)
        .filter(|(at, _)| !line[..*at].ends_with(is_word))
        .map(|(at, _)| &line[at + word.len()..])
}

fn names(line: &str, word: &str) -> bool {
    after_each(line, word).any(|after| !after.starts_with(is_word))
}

/// A floor names only floors below it, and in a way that this function can read.
pub(crate) fn direction(path: &str, text: &str) -> Vec<Complaint> {
    let Some(module) = module_of(path) else {
        return Vec::new();
    };
    let allowed = FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .map_or(&[][..], |(_, allowed)| allowed);
    let is_top = path.matches('/').count() == 1;
    let mut found = Vec::new();
    for (line, number) in code_of(path, text).lines().zip(1..) {
        for after in after_each(line, "crate::") {
            let named: String = after.chars().take_while(|c| is_word(*c)).collect();
            let is_macro = after[named.len()..].starts_with('!');
            if named.is_empty() {
                found.push(complaint(
                    path,
                    number,
                    "one path per `use` of `crate::`: no group, no `*`, no line break",
                ));
            } else if named != module && !is_macro && !allowed.contains(&named.as_str()) {
                found.push(complaint(
                    path,
                    number,
                    format!("`{module}` may not name `{named}`"),
                ));
            }
        }
        if names(line, "super::super") {
            found.push(complaint(
                path,
                number,
                "`super::super` hides where it leads: write `crate::`",
            ));
        }
        if is_top
            && ["use super::", "pub use super::"]
                .iter()
                .any(|start| line.starts_with(start))
        {
            found.push(complaint(
                path,
                number,
                "`super` of a top module is the crate: write `crate::`",
            ));
        }
    }
    found
}

/// Something that only some files do.
struct Place {
    words: &'static [&'static str],
    /// Paths that may, by how they start.
    only: &'static [&'static str],
    why: &'static str,
}

const PLACES: &[Place] = &[
    Place {
        words: &[
            "SystemTime::now",
            "Timestamp::now",
            "Zoned::now",
            "Utc::now",
            "Local::now",
        ],
        only: &["src/clock.rs"],
        why: "only src/clock.rs asks the time, so that a test can hold it still",
    },
    Place {
        words: &["env::var", "env::vars", "env::var_os", "env::vars_os"],
        only: &["src/config.rs", "src/config/"],
        why: "only src/config.rs reads the environment, once",
    },
    Place {
        words: &["diesel", "diesel_migrations", "libsqlite3_sys"],
        only: &["src/store.rs", "src/store/"],
        why: "only src/store knows SQL",
    },
    Place {
        words: &["actix_web", "actix_multipart"],
        only: &["src/web.rs", "src/web/", "src/app.rs", "src/witness/http.rs"],
        why: "only src/web and the witness's door know HTTP's server",
    },
];

const GROUND: &[&str] = &["ledger", "linkage", "domain"];

/// What needs a machine, a moment or luck.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "getrandom",
    "tokio",
    "tera",
    "fluent_bundle",
    "lettre",
    "ureq",
];

/// Some things are done in one place only, and some never on the ground floor.
pub(crate) fn places(path: &str, text: &str) -> Vec<Complaint> {
    let on_ground = module_of(path).is_some_and(|module| GROUND.contains(&module.as_str()));
    let mut found = Vec::new();
    for (line, number) in code_of(path, text).lines().zip(1..) {
        for place in PLACES
            .iter()
            .filter(|place| !place.only.iter().any(|start| path.starts_with(start)))
        {
            if let Some(word) = place.words.iter().find(|word| names(line, word)) {
                found.push(complaint(path, number, format!("`{word}`: {}", place.why)));
            }
        }
        if let Some(word) = IMPURE.iter().find(|word| on_ground && names(line, word)) {
            found.push(complaint(
                path,
                number,
                format!("`{word}`: the ground floor is pure; make it an argument"),
            ));
        }
    }
    found
}

/// Every file opens by saying what it holds, and can be read whole.
pub(crate) fn shape(path: &str, text: &str) -> Vec<Complaint> {
    let mut found = Vec::new();
    if !text.starts_with("//! ") {
        found.push(complaint(
            path,
            1,
            "open with `//!`: what lives here, and what does not",
        ));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        found.push(complaint(
            path,
            lines,
            format!("{lines} lines, more than {LINES_MAX}: split it by idea"),
        ));
    }
    found
}

/// A migration exists under the same name for both databases, with both ways.
pub(crate) fn migrations(paths: &[String]) -> Vec<Complaint> {
    let here: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let folders: BTreeSet<&str> = here
        .iter()
        .filter_map(|path| Some(path.splitn(3, '/').nth(2)?.split_once('/')?.0))
        .collect();
    let mut found = Vec::new();
    for folder in folders {
        for database in ["sqlite", "postgres"] {
            for way in ["up", "down"] {
                let path = format!("migrations/{database}/{folder}/{way}.sql");
                if !here.contains(path.as_str()) {
                    found.push(complaint(
                        &path,
                        1,
                        "missing: a migration exists for both databases, both ways",
                    ));
                }
            }
        }
    }
    found
}

/// Pages run under a Content-Security-Policy that refuses inline script and style; a mail may carry its style.
pub(crate) fn template(path: &str, text: &str) -> Vec<Complaint> {
    if !path.ends_with(".html") {
        return Vec::new();
    }
    let is_mail = path.starts_with("templates/mail/");
    let html = without_tera(text).to_lowercase();
    let mut found = Vec::new();
    for (at, _) in html.match_indices('<') {
        let (tag, after) = split_tag(&html[at + 1..]);
        let name: String = tag.chars().take_while(|c| c.is_alphanumeric()).collect();
        let line = html[..at].matches('\n').count() + 1;
        let attributes = attributes(&tag[name.len()..]);
        let mut refuse = |what: String| found.push(complaint(path, line, what));
        if name == "script" && is_mail {
            refuse("script in a mail".to_owned());
        } else if name == "script" {
            let body = after.split("</script").next().unwrap_or_default();
            if !body.trim().is_empty() || !attributes.iter().any(|(name, _)| name == "src") {
                refuse("inline script: put it in assets/js".to_owned());
            }
        }
        if name == "style" && !is_mail {
            refuse("inline style: put it in assets/css".to_owned());
        }
        for (name, value) in attributes {
            if name == "style" && !is_mail {
                refuse("attribute `style`: use a class".to_owned());
            } else if name.starts_with("on") {
                refuse(format!("attribute `{name}`: listen from assets/js"));
            } else if value.trim_start().starts_with("javascript:") {
                refuse(format!("`javascript:` in `{name}`"));
            }
        }
    }
    found
}

/// `text` with Tera's comments, statements and expressions blanked out.
fn without_tera(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest
        .find("{#")
        .into_iter()
        .chain(rest.find("{%"))
        .chain(rest.find("{{"))
        .min()
    {
        let end_mark = match &rest[start..start + 2] {
            "{#" => "#}",
            "{%" => "%}",
            _ => "}}",
        };
        let end = rest[start..]
            .find(end_mark)
            .map_or(rest.len(), |at| start + at + 2);
        out.push_str(&rest[..start]);
        out.extend(rest[start..end].chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = &rest[end..];
    }
    out + rest
}

/// What stands before and after the `>` that ends a tag; one inside quotes does not.
fn split_tag(html: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '>') => return (&html[..at], &html[at + 1..]),
            _ => {}
        }
    }
    (html, "")
}

/// The attributes of a tag's inside, as (name, value).
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag.trim_start();
    while !rest.is_empty() {
        // A name has at least one character, whatever it is, so that this ends.
        let (name_end, _) = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '=' || c.is_whitespace())
            .unwrap_or((rest.len(), ' '));
        let (name, after) = rest.split_at(name_end);
        let (value, after) = match after.trim_start().strip_prefix('=') {
            None => ("", after),
            Some(value) => split_value(value.trim_start()),
        };
        found.push((name.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    found
}

fn split_value(text: &str) -> (&str, &str) {
    match text.chars().next().filter(|c| ['"', '\''].contains(c)) {
        Some(quote) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

/// Every catalogue parses, names a message once, and all languages have the same messages.
pub(crate) fn catalogues(files: &BTreeMap<String, String>) -> Vec<Complaint> {
    let mut found = Vec::new();
    let mut languages: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".ftl")) {
        if let Err((_, errors)) = FluentResource::try_new(text.clone()) {
            for error in errors {
                let line = text.get(..error.pos.start).unwrap_or(text).matches('\n').count() + 1;
                found.push(complaint(path, line, error.to_string()));
            }
        }
        let language = languages
            .entry(path.split('/').nth(1).unwrap_or_default())
            .or_default();
        for (line, number) in text.lines().zip(1..) {
            let Some((name, _)) = line.split_once('=') else {
                continue;
            };
            let name = name.trim_end();
            if name.is_empty() || !name.chars().all(|c| is_word(c) || c == '-') {
                continue;
            }
            if let Some(first) = language.insert(name.to_owned(), path) {
                found.push(complaint(
                    path,
                    number,
                    format!("`{name}` stands twice, first in {first}"),
                ));
            }
        }
    }
    let all: BTreeMap<&String, &str> = languages
        .values()
        .flatten()
        .map(|(name, path)| (name, *path))
        .collect();
    for (language, messages) in &languages {
        for (name, path) in all.iter().filter(|(name, _)| !messages.contains_key(**name)) {
            found.push(complaint(
                path,
                1,
                format!("the catalogue of `{language}` lacks `{name}`"),
            ));
        }
    }
    found
}

/// Nothing leads to a folder of one machine or to one package registry.
pub(crate) fn machine(path: &str, text: &str) -> Vec<Complaint> {
    // Written in two halves, so that this file passes its own rule.
    let folders =
        [["/ho", "me/"], ["/ro", "ot/"], ["/wo", "rk/"], ["/Us", "ers/"]].map(|halves| halves.concat());
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        for folder in &folders {
            if after_each(line, folder).any(|after| after.starts_with(is_word)) {
                found.push(complaint(
                    path,
                    number,
                    format!("`{folder}` is a folder of one machine"),
                ));
            }
        }
        if path.ends_with("package-lock.json") && line.contains(&["\"resol", "ved\""].concat()) {
            found.push(complaint(
                path,
                number,
                "a lock file names no registry: npm config set omit-lockfile-registry-resolved true",
            ));
        }
    }
    found
}
