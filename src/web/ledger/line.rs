//! An entry's lines as a person reads them: moments as moments, texts in base64 as texts, long lists as their number.

use serde::Serialize;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::ledger::encoding::decode_base64;

/// Keys whose value holds a text in base64.
const TEXTS: [&str; 4] = ["text", "statement", "policy", "checkpoint"];
/// Keys whose value is a moment.
const MOMENTS: [&str; 3] = ["at", "opens", "closes"];
/// Keys of which there may be hundreds.
const LISTS: [&str; 2] = ["add", "off"];
/// Keys with a word of their own in the catalogue (`ledger-line-…`).
const KNOWN: [&str; 42] = [
    "add",
    "at",
    "attested",
    "by",
    "channel",
    "checkpoint",
    "closes",
    "commit",
    "contest",
    "date",
    "dispute",
    "disputed",
    "election",
    "evidence",
    "ground",
    "key",
    "kind",
    "label",
    "lookup",
    "members",
    "nonce",
    "off",
    "officer",
    "opens",
    "origin",
    "outcome",
    "pact",
    "policy",
    "prev",
    "roles",
    "root",
    "scan",
    "seal",
    "signature",
    "size",
    "statement",
    "text",
    "title",
    "valid",
    "vkey",
    "voided",
    "zone",
];

/// One line, or one run of lines of a list.
#[derive(Serialize)]
pub(super) struct Line {
    key: String,
    known: bool,
    form: Form,
}

#[derive(Serialize)]
#[serde(tag = "is", content = "value", rename_all = "lowercase")]
enum Form {
    Plain(String),
    Moment(i64),
    Text(String),
    List(usize),
}

/// The lines of an entry after its first, in their order.
pub(super) fn lines_of(entry: &Entry) -> Vec<Line> {
    let text = String::from_utf8(entry.print()).unwrap_or_default();
    let mut lines: Vec<Line> = Vec::new();
    for (key, value) in text.lines().skip(1).filter_map(|line| line.split_once(' ')) {
        if LISTS.contains(&key) {
            match lines.last_mut() {
                Some(Line {
                    key: last,
                    form: Form::List(count),
                    ..
                }) if last == key => {
                    *count = count.saturating_add(1);
                }
                _ => lines.push(Line::new(key, Form::List(1))),
            }
            continue;
        }
        lines.push(Line::new(key, form(key, value)));
    }
    lines
}

fn form(key: &str, value: &str) -> Form {
    if MOMENTS.contains(&key)
        && let Ok(moment) = value.parse()
    {
        return Form::Moment(moment);
    }
    if TEXTS.contains(&key)
        && let Ok(bytes) = decode_base64(value)
        && let Ok(text) = String::from_utf8(bytes)
    {
        return Form::Text(text);
    }
    Form::Plain(value.to_owned())
}

impl Line {
    fn new(key: &str, form: Form) -> Self {
        Self {
            known: KNOWN.contains(&key),
            key: key.to_owned(),
            form,
        }
    }
}

/// The pact that an entry publishes: election and version.
pub(super) fn pact_of(entry: &Entry) -> Option<(String, u64)> {
    match &entry.body {
        Body::Pact(pact) => Some((pact.election.to_string(), pact.text.version)),
        _ => None,
    }
}
