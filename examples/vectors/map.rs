//! A small map of labels: roots, proofs, and texts that are no proof.

use ikrar::domain::text::print_hex;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::map::LabelMap;
use serde_json::Value;
use serde_json::json;

/// A label with these first and last bytes and zeros between.
fn label(first: u8, last: u8) -> [u8; 32] {
    let mut label = [0; 32];
    label[0] = first;
    label[31] = last;
    label
}

/// Two that part at the last bit, one that parts early, one far away on an empty side.
fn pairs() -> Vec<([u8; 32], u64)> {
    vec![
        (label(0x11, 0), 6),
        (label(0x11, 1), 7),
        (label(0x13, 0), 300),
        (label(0xc0, 9), (1 << 63) - 1),
    ]
}

fn map(count: usize) -> LabelMap {
    pairs().into_iter().take(count).collect()
}

fn case(map: &mut LabelMap, label: [u8; 32]) -> Value {
    json!({
        "label": print_hex(&label),
        "index": map.get(&label).map(|index| index.to_string()),
        "proof": map.prove(&label).to_string(),
    })
}

fn built(count: usize, name: &str) -> Value {
    let mut map = map(count);
    let asked = [label(0x11, 0), label(0x11, 1), label(0x13, 0), label(0xc0, 9)];
    let absent = [label(0x12, 0), label(0x80, 0), label(0x11, 2), label(0xff, 0xff)];
    let proofs: Vec<Value> = asked
        .into_iter()
        .chain(absent)
        .map(|label| case(&mut map, label))
        .collect();
    let pairs: Vec<Value> = pairs()
        .iter()
        .take(count)
        .map(|(label, index)| json!({ "label": print_hex(label), "index": index.to_string() }))
        .collect();
    json!({ "name": name, "pairs": pairs, "root": map.root().to_string(), "proofs": proofs })
}

/// Well formed, but not what the map says.
fn untrue() -> Vec<Value> {
    let (present, absent) = (label(0x11, 1), label(0x80, 0));
    let mut map = map(4);
    let root = map.root().to_string();
    let good = map.prove(&present).to_string();
    let gone = map.prove(&absent).to_string();
    let other = format!("end other {} {}", print_hex(&label(0xc0, 9)), u64::MAX >> 1);
    let case = |name: &str, label: [u8; 32], proof: String| json!({ "name": name, "root": root, "label": print_hex(&label), "proof": proof });
    vec![
        case("another index", present, good.replace("index 7", "index 6")),
        case(
            "present told as absent",
            present,
            good.replace("index 7", "empty"),
        ),
        case(
            "absent told as present",
            absent,
            gone.replace(&other, "end index 7"),
        ),
        case(
            "absent with nothing there",
            absent,
            gone.replace(&other, "end empty"),
        ),
        case("a proof for another label", label(0x11, 0), good.clone()),
        case(
            "another label written over",
            label(0x11, 0),
            good.replacen(&print_hex(&present), &print_hex(&label(0x11, 0)), 1),
        ),
        json!({ "name": "another root", "root": Hash::ZERO.to_string(), "label": print_hex(&present), "proof": good }),
    ]
}

/// Not the one way to write a proof.
fn refused() -> Vec<Value> {
    let mut map = map(4);
    let good = map.prove(&label(0x13, 0)).to_string();
    let gone = map.prove(&label(0x80, 0)).to_string();
    let head: Vec<&str> = good.lines().take(3).collect();
    let far = print_hex(&label(0x13, 0));
    let zero = Hash::ZERO.to_base64();
    let first = good.lines().nth(4).unwrap_or_default();
    let case = |name: &str, proof: String| json!({ "name": name, "proof": proof });
    vec![
        case("another version", good.replace("/v1", "/v2")),
        case("no end of line", good.trim_end().to_owned()),
        case("an empty line more", format!("{good}\n")),
        case("carriage returns", good.replace('\n', "\r\n")),
        case("a leading zero", good.replace("index 300", "index 0300")),
        case(
            "a number beyond 2^63 - 1",
            good.replace("index 300", "index 9223372036854775808"),
        ),
        case("an unknown end", good.replace("end index 300", "end nowhere")),
        case("words after empty", good.replace("end index 300", "end empty 3")),
        case(
            "upper case",
            good.replace(&far, &far.to_uppercase().replace('0', "A")),
        ),
        case(
            "a depth that is not the number of lines",
            good.replace("depth ", "depth 1"),
        ),
        case(
            "an empty subtree in zeros",
            good.replace("\n-\n", &format!("\n{zero}\n")),
        ),
        case("nothing beside a lone label", good.replacen(first, "-", 1)),
        case("a short hash", good.replacen(first, "AAAA", 1)),
        case(
            "the other label is the label",
            good.replace("end index 300", &format!("end other {far} 300")),
        ),
        case(
            "the other label is off the path",
            gone.replace(&print_hex(&label(0xc0, 9)), &far),
        ),
        case(
            "deeper than a label",
            format!(
                "{}\ndepth 257\n{}",
                head.join("\n"),
                format!("{first}\n").repeat(257)
            ),
        ),
    ]
}

/// `map.json`.
pub(super) fn map_file() -> Value {
    json!({
        "maps": [
            built(0, "empty"),
            built(1, "one label"),
            built(2, "two that part at the last bit"),
            built(4, "four"),
        ],
        "untrue": untrue(),
        "refused": refused(),
    })
}
