//! The known answers of `tests/vectors/`: the files are what the code makes, and the code judges them as they say.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::Path;

use ikrar::domain::code::Code;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::domain::pact::PactText;
use ikrar::domain::person::Fragment;
use ikrar::domain::person::Opening;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::Prose;
use ikrar::domain::text::base64_array;
use ikrar::ledger::encoding::decode_hex;
use ikrar::ledger::encoding::decode_hex_array;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::key::verify_strict;
use ikrar::ledger::map::LabelMap;
use ikrar::ledger::map::MapError;
use ikrar::ledger::map::MapProof;
use serde_json::Value;

#[path = "../examples/vectors/make.rs"]
mod make;

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn cases(value: &Value) -> &Vec<Value> {
    value["cases"].as_array().unwrap()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap()
}

#[test]
fn the_files_are_what_the_code_makes() {
    for (name, made) in make::files() {
        assert_eq!(
            read(name),
            serde_json::from_str::<Value>(&made).unwrap(),
            "{name}: run `make vectors`"
        );
    }
}

#[test]
fn texts_are_accepted_and_print_again() {
    for case in cases(&read("entry.json")) {
        let bytes = text(case, "entry").as_bytes();
        let entry = Entry::parse(bytes).unwrap();
        assert_eq!(entry.print(), bytes);
        assert_eq!(leaf_hash(bytes).to_string(), text(case, "leaf"));
        if let Some(act) = case["act"].as_str() {
            let (_, body) = Body::parse_act(act.as_bytes()).unwrap();
            assert_eq!(body, entry.body);
            assert!(entry.by.iter().all(|by| by.verifies(act.as_bytes())));
        }
    }
    for case in cases(&read("statement.json")) {
        let statement = Statement::parse(text(case, "statement").as_bytes()).unwrap();
        assert!(statement.verify(&base64_array(text(case, "signature")).unwrap()));
    }
    let person = read("person.json");
    for case in cases(&person["opening"]) {
        assert!(Opening::parse(text(case, "opening").as_bytes()).is_ok());
    }
    for case in cases(&person["fragment"]) {
        assert_eq!(
            Fragment::decode(text(case, "fragment")).unwrap().encode(),
            text(case, "fragment")
        );
    }
    for case in cases(&read("code.json")) {
        assert_eq!(
            text(case, "typed").parse::<Code>().unwrap().to_string(),
            text(case, "code")
        );
    }
}

#[test]
fn what_must_be_refused_is_refused() {
    for case in cases(&read("refused.json")["refused"]) {
        let refused = if let Some(entry) = case["entry"].as_str() {
            Entry::parse(entry.as_bytes()).is_err()
        } else if let Some(statement) = case["statement"].as_str() {
            Statement::parse(statement.as_bytes()).is_err()
        } else if let Some(pact) = case["pact"].as_str() {
            PactText::parse(pact.as_bytes()).is_err()
        } else {
            Opening::parse(text(case, "opening").as_bytes()).is_err()
        };
        assert!(refused, "{}", case["name"]);
    }
    for case in cases(&read("person.json")["fragment_refused"]) {
        assert!(
            Fragment::decode(text(case, "fragment")).is_err(),
            "{}",
            case["name"]
        );
    }
    for case in cases(&read("code.json")["refused"]) {
        assert!(text(case, "typed").parse::<Code>().is_err(), "{}", case["name"]);
    }
    let prose = read("prose.json");
    for (key, accepted) in [("accepted", true), ("refused", false)] {
        for case in cases(&prose[key]) {
            assert_eq!(
                Prose::<400>::new(text(case, "text")).is_ok(),
                accepted,
                "{}",
                case["name"]
            );
        }
    }
    let strict = read("strict.json");
    for (key, accepted) in [("accepted", true), ("refused", false)] {
        for case in cases(&strict[key]) {
            let public = base64_array(text(case, "key")).unwrap();
            let signature = base64_array(text(case, "signature")).unwrap();
            let verdict = verify_strict(&public, &decode_hex(text(case, "message")).unwrap(), &signature);
            assert_eq!(verdict.is_ok(), accepted, "{}", case["name"]);
        }
    }
}

fn label(case: &Value) -> [u8; 32] {
    decode_hex_array(text(case, "label")).unwrap()
}

fn index(case: &Value) -> Option<u64> {
    case["index"].as_str().map(|index| index.parse().unwrap())
}

#[test]
fn maps_of_labels_are_proved_and_nothing_else() {
    let file = read("map.json");
    for map in file["maps"].as_array().unwrap() {
        let pairs = map["pairs"].as_array().unwrap().iter();
        let mut built: LabelMap = pairs.map(|pair| (label(pair), index(pair).unwrap())).collect();
        let root = Hash::parse_hex(text(map, "root")).unwrap();
        assert_eq!(built.root(), root, "{}", map["name"]);
        for case in map["proofs"].as_array().unwrap() {
            let proof = MapProof::parse(text(case, "proof")).unwrap();
            assert_eq!(proof.to_string(), text(case, "proof"));
            assert_eq!(proof.verify(&root, &label(case)), Ok(index(case)));
        }
    }
    for case in file["untrue"].as_array().unwrap() {
        let root = Hash::parse_hex(text(case, "root")).unwrap();
        let proof = MapProof::parse(text(case, "proof")).unwrap();
        assert!(proof.verify(&root, &label(case)).is_err(), "{}", case["name"]);
    }
    for case in file["refused"].as_array().unwrap() {
        let verdict = MapProof::parse(text(case, "proof"));
        assert_eq!(verdict, Err(MapError::Malformed), "{}", case["name"]);
    }
}
