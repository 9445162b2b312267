//! The files and their texts, from fixed keys and salts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "constants: a wrong one should stop the tool"
)]

mod log;
mod map;
mod person;
mod refused;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ikrar::domain::election::Contest;
use ikrar::domain::election::Election;
use ikrar::domain::election::LookUp;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::By;
use ikrar::domain::pact::PactText;
use ikrar::domain::pact_default::default_pact;
use ikrar::domain::text::Id;
use ikrar::domain::text::Origin;
use ikrar::domain::text::Time;
use serde_json::Value;
use serde_json::json;

/// 2023-11-23 00:00 UTC.
const NOON: u64 = 1_700_697_600;

fn origin() -> Origin {
    "ikrar.example/log".parse().unwrap()
}

fn election_id() -> Id {
    "pemilu-2024".parse().unwrap()
}

fn time(minutes: u64) -> Time {
    Time::from_unix(NOON + 60 * minutes).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> [u8; 32] {
    key(seed).verifying_key().to_bytes()
}

fn election() -> Election {
    Election {
        id: election_id(),
        title: "Pemilihan Umum 2024".parse().unwrap(),
        opens: time(0),
        closes: time(60 * 24 * 7),
        zone: "Asia/Jakarta".parse().unwrap(),
        contests: vec![Contest {
            id: "presiden".parse().unwrap(),
            determined: time(0),
        }],
        lookup: LookUp::Receipt,
    }
}

fn pact() -> PactText {
    default_pact(election_id(), "Kementerian Contoh").unwrap()
}

/// The authors' lines, ascending by key.
fn by(body: &Body, seeds: &[u8]) -> Vec<By> {
    let act = body.act_bytes(&origin());
    let mut by: Vec<By> = seeds
        .iter()
        .map(|seed| By {
            key: public(*seed),
            signature: key(*seed).sign(&act).to_bytes(),
        })
        .collect();
    by.sort();
    by
}

fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn print(name: &'static str, value: &Value) -> (&'static str, String) {
    (name, format!("{value:#}\n"))
}

/// Every file's name and text.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let (entries, log) = log::files();
    vec![
        print("statement.json", &log::statements()),
        print("entry.json", &entries),
        print("log.json", &log),
        print("person.json", &person::person()),
        print("code.json", &person::code()),
        print("map.json", &map::map_file()),
        print("refused.json", &refused::texts()),
        print("prose.json", &refused::prose()),
        print("strict.json", &refused::strict()),
        print(
            "pact.json",
            &json!({ "cases": [{
            "name": "default pact",
            "pact": utf8(pact().print()),
            "hash": ikrar::domain::text::print_hex(&pact().hash()),
        }] }),
        ),
    ]
}
