//! What every reader must refuse.

use ed25519_dalek::Signer;
use ikrar::domain::text::hex_array;
use ikrar::domain::text::print_base64;
use ikrar::domain::text::print_hex;
use serde_json::Value;
use serde_json::json;

use super::key;
use super::log::entry_text;
use super::log::statement_text;
use super::pact;
use super::person::opening;
use super::public;
use super::utf8;

fn changed(kind: &str, text: &str, changes: &[(&str, &str, &str)]) -> Vec<Value> {
    let cases = changes.iter().map(|(name, from, to)| {
        assert!(text.contains(from), "{kind} has no {from:?}");
        json!({ "name": format!("{kind}: {name}"), kind: text.replacen(from, to, 1) })
    });
    cases.collect()
}

pub(super) fn texts() -> Value {
    let statement = statement_text();
    let mut cases = changed(
        "statement",
        &statement,
        &[
            ("CRLF", "\n", "\r\n"),
            ("no LF at the end", "BQU=\n", "BQU="),
            ("another version", "/v1\n", "/v2\n"),
            ("two spaces", "origin ", "origin  "),
            ("a trailing space", "email\n", "email \n"),
            ("an empty line", "method", "\nmethod"),
            ("upper-case hex", "pact ", "pact A"),
            ("another order", "method email\nafter", "after email\nmethod"),
            ("a leading zero", "after 5", "after 05"),
            ("a sign", "after 5", "after +5"),
            ("a number too large", "after 5", "after 9223372036854775808"),
            ("base64 with trailing bits", "BQU=\n", "BQV=\n"),
            ("base64 without padding", "BQU=\n", "BQU\n"),
            ("an unknown method", "email", "fax"),
            ("an id that begins with a hyphen", "election ", "election -"),
            ("a line too many", "BQU=\n", "BQU=\nmore yes\n"),
        ],
    );
    cases.extend(changed(
        "entry",
        &entry_text(4),
        &[
            ("at within a minute", "at 17", "at 117"),
            (
                "labels not ascending",
                "add ",
                "add ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\nadd ",
            ),
            ("no author", "\nby ", "\nbuy "),
            ("a nonce too short", "nonce 0505", "nonce 05"),
            ("a kind that is no id", "kind roster", "kind Roster"),
        ],
    ));
    cases.extend(changed(
        "entry",
        &entry_text(2),
        &[
            ("closes before it opens", "closes 1701", "closes 1601"),
            ("a zero-width space in the title", "title P", "title \u{200B}P"),
            ("a title that is not NFC", "title P", "title e\u{301}P"),
            ("an unknown look-up mode", "lookup receipt", "lookup all"),
        ],
    ));
    cases.extend(changed(
        "entry",
        &entry_text(1),
        &[("roles out of order", "roles hr", "roles hr,auditor")],
    ));
    cases.extend(longer_texts());
    json!({ "refused": { "cases": cases } })
}

fn longer_texts() -> Vec<Value> {
    let mut cases = Vec::new();
    cases.extend(changed(
        "pact",
        &utf8(pact().print()),
        &[
            ("clauses from 2", "clause 1 ", "clause 2 "),
            ("a clause twice", "clause 2 ", "clause 1 "),
            ("version 0", "version 1", "version 0"),
            ("an unknown language", "language id", "language jv"),
            ("a bidi control", "preamble S", "preamble \u{202E}S"),
        ],
    ));
    cases.extend(changed(
        "opening",
        &utf8(opening(1).print()),
        &[
            ("fields out of order", "field name", "field unit"),
            ("a value with a space at the end", "Budi Santoso", "Budi Santoso "),
            ("a number too short", "person 1", "person "),
        ],
    ));
    cases
}

pub(super) fn prose() -> Value {
    let accepted = [
        "Pakta Integritas",
        "a  b",
        "\u{E9}",
        "Jum\u{2019}at",
        "\u{2010}",
        "a",
        "100 %",
        "<b>tebal</b>",
        "\u{1F58A}",
    ];
    let spaces = [
        ("a space first", " a".to_owned()),
        ("a space last", "a ".to_owned()),
        ("empty", String::new()),
    ];
    let long = [("401 bytes", "a".repeat(401)), ("not NFC", "e\u{301}".to_owned())];
    let mut refused: Vec<Value> = spaces
        .into_iter()
        .chain(long)
        .map(|(name, text)| json!({ "name": name, "text": text }))
        .collect();
    for code in [
        0x00,
        0x09,
        0x0A,
        0x1F,
        0x7F,
        0x85,
        0xA0,
        0xAD,
        0x061C,
        0x1680,
        0x180E,
        0x2000,
        0x200B,
        0x200F,
        0x2028,
        0x202E,
        0x202F,
        0x205F,
        0x2066,
        0x206F,
        0x3000,
        0xE000,
        0xF8FF,
        0xFE00,
        0xFE0F,
        0xFEFF,
        0xFFF0,
        0xFFFD,
        0xFFFF,
        0xE0000,
        0xE0061,
        0x0010_FFFF,
    ] {
        let text = format!("a{}b", char::from_u32(code).unwrap());
        refused.push(json!({ "name": format!("U+{code:04X}"), "text": text }));
    }
    let accepted: Vec<Value> = accepted
        .into_iter()
        .map(|text| json!({ "name": text, "text": text }))
        .collect();
    json!({ "max_bytes": 400, "accepted": { "cases": accepted }, "refused": { "cases": refused } })
}

/// Signatures that lenient verifiers accept and strict ones refuse. Messages are hex of plain bytes.
pub(super) fn strict() -> Value {
    let message = b"one message, one key, one signature";
    let (public, signature) = (public(61), key(61).sign(message).to_bytes());
    let case = |name: &str, key: &[u8; 32], message: &[u8], signature: &[u8; 64]| {
        json!({
            "name": name, "key": print_base64(key), "message": print_hex(message),
            "signature": print_base64(signature),
        })
    };
    let identity: [u8; 32] = std::array::from_fn(|place| u8::from(place == 0));
    let zero_s: [u8; 64] = std::array::from_fn(|place| u8::from(place == 0));
    // s + L, the group's order, is the same scalar in another dress.
    let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let order: [u8; 32] = hex_array(order).unwrap();
    let mut unreduced = signature;
    let mut carry = 0_u16;
    for (byte, add) in unreduced.iter_mut().skip(32).zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    let mut flipped = signature;
    flipped[0] ^= 1;
    let refused = [
        case("key and R are the identity, s is 0", &identity, message, &zero_s),
        case("key is of order 4", &[0; 32], message, &zero_s),
        case("s is not reduced", &public, message, &unreduced),
        case("a bit of R is changed", &public, message, &flipped),
        case("another message", &public, b"another message", &signature),
        case("another key", &super::public(62), message, &signature),
    ];
    json!({
        "accepted": { "cases": [case("good", &public, message, &signature)] },
        "refused": { "cases": refused },
    })
}
