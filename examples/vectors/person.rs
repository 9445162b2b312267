//! Labels, digests, commits, evidence, openings, fragments, codes.

use ikrar::domain::code::Code;
use ikrar::domain::person::Field;
use ikrar::domain::person::FieldOpening;
use ikrar::domain::person::Fragment;
use ikrar::domain::person::Opening;
use ikrar::domain::person::PersonNumber;
use ikrar::domain::person::PersonOpening;
use ikrar::domain::person::StepUp;
use ikrar::domain::person::evidence;
use ikrar::domain::person::label;
use ikrar::domain::statement::Method;
use ikrar::domain::text::Time;
use ikrar::domain::text::print_hex;
use serde_json::Value;
use serde_json::json;

use super::NOON;
use super::election_id;
use super::origin;
use super::utf8;

/// The opening of a made-up person; `seed` tells people apart.
pub(super) fn opening(seed: u8) -> Opening {
    let (digits, name, unit) = match seed {
        1 => ("198501012010011001", "Budi Santoso", "Biro Umum"),
        2 => (
            "199002022015022002",
            "Siti Aminah",
            "Direktorat Pengendalian Aplikasi",
        ),
        _ => ("197903032005031003", "I Wayan Sudana", "-"),
    };
    let number: PersonNumber = digits.parse().unwrap();
    let salt = [seed; 32];
    let open = |field: u8, value: &str| FieldOpening::Open {
        salt: [seed * 16 + field; 32],
        value: value.parse().unwrap(),
    };
    Opening {
        origin: origin(),
        election: election_id(),
        label: label(&salt, &origin(), &election_id(), &number),
        nip: open(1, digits),
        name: open(2, name),
        unit: open(3, unit),
        position: open(4, "Analis Kebijakan Ahli Muda"),
        person: Some(PersonOpening { number, salt }),
    }
}

fn fields(opening: &Opening) -> Vec<Value> {
    let mut cases = Vec::new();
    for field in Field::ALL {
        if let FieldOpening::Open { salt, value } = opening.field(field) {
            cases.push(json!({
                "name": format!("digest of {}", field.as_str()),
                "salt": print_hex(salt),
                "field": field.as_str(),
                "value": value.as_str(),
                "digest": print_hex(&opening.field(field).digest(field)),
            }));
        }
    }
    cases
}

pub(super) fn person() -> Value {
    let mut digests = Vec::new();
    let (mut labels, mut commits, mut openings, mut fragments) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for seed in 1..=3 {
        let opening = opening(seed);
        digests.extend(fields(&opening));
        let person = opening.person.clone().unwrap();
        labels.push(json!({
            "name": format!("label {seed}"), "salt": print_hex(&person.salt), "origin": opening.origin.as_str(),
            "election": opening.election.as_str(), "person": person.number.as_str(), "label": print_hex(&opening.label),
        }));
        let made = opening.digests();
        commits.push(json!({
            "case": format!("commit {seed}"), "label": print_hex(&opening.label), "nip": print_hex(&made.nip),
            "name": print_hex(&made.name), "unit": print_hex(&made.unit), "position": print_hex(&made.position),
            "commit": print_hex(&opening.commit()),
        }));
        for (name, opening) in [
            ("whole", opening.clone()),
            ("without number", opening.without_number()),
        ] {
            openings.push(json!({
                "name": format!("{name} {seed}"), "opening": utf8(opening.print()), "commit": print_hex(&opening.commit()),
            }));
        }
        let fragment = Fragment::of(&opening).unwrap();
        fragments.push(json!({
            "name": format!("fragment {seed}"), "fragment": fragment.encode(), "label": print_hex(&opening.label),
            "shown_name": fragment.name.as_str(), "shown_unit": fragment.unit.as_str(),
            "commit": print_hex(&opening.commit()),
        }));
    }
    json!({
        "digest": { "cases": digests }, "label": { "cases": labels }, "commit": { "cases": commits },
        "opening": { "cases": openings }, "fragment": { "cases": fragments }, "evidence": { "cases": [evidence_case()] },
        "fragment_refused": { "cases": fragments_refused() },
    })
}

fn fragments_refused() -> Vec<Value> {
    let good = Fragment::of(&opening(1)).unwrap().encode();
    let bad = [
        ("another version", good.replacen("o1.", "o2.", 1)),
        ("padded", format!("{good}=")),
        ("a part too many", format!("{good}.QQ")),
        ("a part too few", good.rsplit_once('.').unwrap().0.to_owned()),
        ("salts too short", good.replacen("o1.", "o1.AA.", 1)),
    ];
    bad.into_iter()
        .map(|(name, fragment)| json!({ "name": name, "fragment": fragment }))
        .collect()
}

fn evidence_case() -> Value {
    let step_up = StepUp {
        sent: Time::from_unix(NOON + 5).unwrap(),
        answered: Time::from_unix(NOON + 47).unwrap(),
    };
    let (salt, statement) = ([7; 32], [8; 32]);
    json!({
        "name": "email", "salt": print_hex(&salt), "method": "email", "statement_hash": print_hex(&statement),
        "bytes": utf8(step_up.print()),
        "evidence": print_hex(&evidence(&salt, Method::Email, &statement, &step_up.print())),
    })
}

pub(super) fn code() -> Value {
    let mut cases = Vec::new();
    for seed in [0_u8, 1, 36, 77, 128, 255] {
        let bytes = std::array::from_fn(|place| seed.wrapping_mul(u8::try_from(place).unwrap() + 1));
        let printed = Code::from_bytes(bytes).to_string();
        cases.push(json!({
            "name": format!("code {seed}"), "bytes": print_hex(&bytes), "code": printed,
            "typed": printed.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " "),
        }));
    }
    let good = Code::from_bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).to_string();
    let refused = [
        ("empty", String::new()),
        ("too short", good.chars().take(9).collect()),
        ("too long", format!("0{good}")),
        (
            "check symbol",
            format!(
                "{}{}",
                good.trim_end_matches(|c| c != '-'),
                if good.ends_with('7') { '8' } else { '7' }
            ),
        ),
        (
            "symbol u among the data",
            format!("U{}", good.chars().skip(1).collect::<String>()),
        ),
        (
            "strange symbol",
            format!("?{}", good.chars().skip(1).collect::<String>()),
        ),
    ];
    let refused: Vec<Value> = refused
        .into_iter()
        .map(|(name, typed)| json!({ "name": name, "typed": typed }))
        .collect();
    json!({ "cases": cases, "refused": { "cases": refused } })
}
