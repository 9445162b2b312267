//! Targets of what offices, operators and strangers send: tables, complaints, settings, names, and whole published logs.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ikrar::config::Config;
use ikrar::domain::complaint::COMPLAINT_BYTES_MAX;
use ikrar::domain::complaint::Received;
use ikrar::domain::complaint::json;
use ikrar::domain::complaint::table;
use ikrar::domain::roster::Roster;
use ikrar::ledger::audit::audit_files;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::KeyName;
use ikrar::linkage;
use ikrar::sheet;

use super::text;

/// Small enough that a run stays short, each limit within reach.
const LIMITS: sheet::Limits = sheet::Limits {
    file_bytes_max: 1 << 20,
    unpacked_bytes_max: 4 << 20,
    ratio_max: 300,
    members_max: 60,
    rows_max: 300,
    columns_max: 40,
    cell_bytes_max: 2048,
};

fn table(bytes: &[u8]) -> Option<sheet::Table> {
    let table = sheet::read(bytes, &LIMITS).ok()?;
    assert!(!table.rows.is_empty() && table.rows.len() <= 300);
    assert!(table.rows.iter().all(|row| row.len() <= LIMITS.columns_max));
    assert!(table.rows.is_sorted_by(|one, next| one.line() < next.line()));
    Some(table)
}

/// A roster file, in any of the forms that offices send.
pub(super) fn roster(bytes: &[u8]) {
    let Some(table) = table(bytes) else { return };
    let Ok(roster) = Roster::read(table.rows) else {
        return;
    };
    let mut numbers: Vec<&str> = roster.people.iter().map(|person| person.nip.as_str()).collect();
    numbers.sort_unstable();
    assert!(
        numbers.windows(2).all(|pair| pair[0] != pair[1]),
        "a number stands twice"
    );
    for person in &roster.people {
        for text in [&person.name, &person.unit, &person.position, &person.city] {
            assert!(text.len() <= 400 && text.trim() == text);
        }
    }
}

/// Complaints as a table or as JSON.
pub(super) fn complaints(bytes: &[u8]) {
    let read: Vec<Received> = if json::looks_like(bytes) {
        json::parse(bytes, 100_000)
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    } else {
        let Some(table) = table(bytes) else { return };
        let mut parser = table::Parser::default();
        let read = table
            .rows
            .iter()
            .filter_map(|row| parser.push(row).ok().flatten())
            .collect();
        let _ = parser.finish();
        read
    };
    for complaint in read {
        assert!(!complaint.reference.is_empty());
        let bytes: usize = complaint
            .pairs
            .iter()
            .map(|(title, text)| title.len() + text.len())
            .sum();
        assert!(bytes <= COMPLAINT_BYTES_MAX);
        assert!(complaint.says_the_same(&complaint.pairs));
    }
}

/// The configuration file.
pub(super) fn config(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(config) = toml::from_str::<Config>(text) {
        let _ = config.check();
        let shown = config.show().expect("what was read can be shown");
        let secret = config.database.expose();
        assert!(secret.len() < 12 || !shown.contains(secret), "a secret is shown");
    }
}

fn people() -> Vec<linkage::Person> {
    let person = |nip: &str, name: &str, unit: &str| linkage::Person {
        nip: nip.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        position: "Analis Kebijakan Ahli Muda".to_owned(),
        city: "Jakarta".to_owned(),
        ..linkage::Person::default()
    };
    vec![
        person("198501012010011001", "Drs. Budi Santoso, M.Si.", "Biro Umum"),
        person(
            "199002022015022002",
            "Siti Aminah",
            "Direktorat Pengendalian Aplikasi",
        ),
        person(
            "197903032005031003",
            "I Wayan Sudana",
            "Biro Umum > Bagian Rumah Tangga",
        ),
        person(
            "198804042012042004",
            "Muhammad Rizky Pratama",
            "Sekretariat Jenderal",
        ),
    ]
}

/// A complaint, a field a line, about a small roster; further lines are a person more on it.
pub(super) fn linkage(bytes: &[u8]) {
    static INDEX: OnceLock<linkage::Index> = OnceLock::new();
    // What is no snapshot of an index is refused, whatever it claims about its size.
    assert!(
        linkage::Index::load(&mut &*bytes).is_err(),
        "a snapshot without its digest"
    );
    let Some(text) = text(bytes).filter(|text| text.len() <= 2048) else {
        return;
    };
    let mut lines = text.split('\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    let complaint = linkage::Complaint {
        accused_name: next(),
        unit: next(),
        city: next(),
        position: next(),
        nip_fragment: next(),
        handle: next(),
        incident_date: None,
    };
    let more = linkage::Person {
        name: next(),
        nip: next(),
        unit: next(),
        ..linkage::Person::default()
    };
    let policy = linkage::Policy::default();
    let index = INDEX.get_or_init(|| linkage::Index::build(people()));
    let with = linkage::Index::build(people().into_iter().chain([more]));
    for index in [index, &with] {
        let answer = linkage::link(index, &complaint, &policy);
        assert_eq!(
            answer,
            linkage::link(index, &complaint, &policy),
            "the same answer twice"
        );
        for candidate in &answer.candidates {
            assert!(candidate.score_bits.is_finite() && (0.0..=1.0).contains(&candidate.posterior));
        }
    }
}

/// A log of two entries as files: length of a change, its place, its bytes.
pub(super) fn audit(bytes: &[u8]) {
    let entries = [b"first".as_slice(), b"second"];
    let leaves = entries.map(leaf_hash);
    let checkpoint = Checkpoint {
        origin: KeyName::parse("ikrar.example/log").expect("a constant"),
        size: 2,
        root: ikrar::ledger::hash::node_hash(&leaves[0], &leaves[1]),
    };
    let mut files = BTreeMap::from([
        (
            "tile/0/000.p/2",
            leaves
                .iter()
                .flat_map(|leaf: &Hash| *leaf.as_bytes())
                .collect::<Vec<u8>>(),
        ),
        ("tile/entries/000.p/2", b"\0\x05first\0\x06second".to_vec()),
    ]);
    let original = files.clone();
    if let [which, place, cut, rest @ ..] = bytes {
        let path = if which % 2 == 0 {
            "tile/0/000.p/2"
        } else {
            "tile/entries/000.p/2"
        };
        if let Some(file) = files.get_mut(path) {
            let place = usize::from(*place).min(file.len());
            let end = (place + usize::from(*cut)).min(file.len());
            file.splice(place..end, rest.iter().copied());
        }
    }
    let read = |path: &str| Ok::<_, std::convert::Infallible>(files.get(path).cloned());
    let verdict = audit_files(&checkpoint, read, |_, _| ());
    assert_eq!(
        verdict.is_ok(),
        files == original,
        "a change that an audit does not see"
    );
}
