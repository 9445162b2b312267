//! The openings file: round trips, what is refused and where, and what a file shows about a roster.

use proptest::prelude::*;

use super::*;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::entry::OffReason;
use crate::domain::log::LogState;
use crate::domain::role::Role;
use crate::domain::role::Roles;
use crate::domain::text::Time;
use crate::domain::verdict::Verdict;

fn origin() -> Origin {
    "ikrar.example/log".parse().unwrap()
}

fn election() -> Id {
    "pemilu".parse().unwrap()
}

fn number(n: u16) -> PersonNumber {
    format!("198504122010011{n:03}").parse().unwrap()
}

/// The opening of person `n` under a salt of its own.
fn opening(n: u16, salt: u8) -> LabelOpening {
    let salt = [salt; 32];
    LabelOpening {
        label: label(&salt, &origin(), &election(), &number(n)),
        salt,
        numbers: vec![number(n)],
    }
}

fn header(size: u64) -> OpeningsHeader {
    OpeningsHeader {
        origin: origin(),
        election: election(),
        size,
    }
}

fn file(size: u64, openings: &[LabelOpening]) -> Vec<u8> {
    let mut openings = openings.to_vec();
    openings.sort_by_key(|opening| opening.label);
    let mut bytes = header(size).print();
    bytes.extend(openings.iter().flat_map(LabelOpening::print));
    bytes.extend(print_end(u64::try_from(openings.len()).unwrap()));
    bytes
}

/// Reads a whole file; what it printed again, if it was one.
fn read(bytes: &[u8]) -> Result<Vec<u8>, OpeningsError> {
    let mut reader = OpeningsReader::new();
    let mut again = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match reader.take(line)? {
            OpeningsLine::Head => {}
            OpeningsLine::Header(header) => again.extend(header.print()),
            OpeningsLine::Open(opening) => again.extend(opening.print()),
            OpeningsLine::End => again.extend(print_end(reader.openings())),
        }
    }
    reader.finish()?;
    Ok(again)
}

/// A line of a file, in nine of ten cases a good one; whether it stands where it may is another question.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        9 => (0_u16..40).prop_map(|n| opening(n, 1).print()),
        1 => "(end|size|x) [0-9a-f ]{0,200}".prop_map(|line| format!("{line}\n").into_bytes()),
    ]
}

proptest! {
    #[test]
    fn a_file_prints_again_and_no_change_goes_unnoticed(
        people in prop::collection::btree_map(0_u16..900, any::<u8>(), 0..6),
        size in 0_u64..1 << 40, at in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        let openings: Vec<LabelOpening> = people.iter().map(|(n, salt)| opening(*n, *salt)).collect();
        let bytes = file(size, &openings);
        prop_assert_eq!(read(&bytes), Ok(bytes.clone()));
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= 1 << bit;
        if let Ok(again) = read(&changed) {
            prop_assert_eq!(again, changed, "only what prints again is accepted");
        }
        let short = &bytes[..at.index(bytes.len())];
        prop_assert!(read(short).is_err(), "a file that was cut off");
    }

    #[test]
    fn any_bytes_are_refused_with_a_line(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(&bytes).unwrap_err().line >= 1);
    }

    #[test]
    fn any_lines_are_refused_or_print_again(lines in prop::collection::vec(line(), 0..4), end in 0_u8..4) {
        let mut bytes = header(1).print();
        bytes.extend(lines.concat());
        bytes.extend(format!("end {end}\n").bytes());
        let labels: Vec<&[u8]> = lines.iter().filter_map(|line| line.get(5..69)).collect();
        let is_file = lines.iter().all(|line| line.starts_with(b"open "))
            && lines.len() == usize::from(end)
            && labels.is_sorted_by(|a, b| a < b);
        match read(&bytes) {
            Ok(again) => {
                prop_assert!(is_file, "accepted");
                prop_assert_eq!(again, bytes);
            }
            Err(error) => prop_assert!(!is_file, "{error}"),
        }
    }
}

#[test]
fn a_bad_line_is_named_and_nothing_of_it_is_said() {
    let good = String::from_utf8(file(9, &[opening(1, 1), opening(2, 2), opening(3, 3)])).unwrap();
    let swapped = {
        let mut lines: Vec<&str> = good.lines().collect();
        lines.swap(4, 5);
        lines.join("\n") + "\n"
    };
    let doubled = good.replacen(" 198504122010011", " 198504122010011999 198504122010011", 1);
    assert!(read(doubled.as_bytes()).is_ok(), "a former number");
    let first = good.lines().nth(4).unwrap().rsplit(' ').next().unwrap();
    let twice = good.replacen(first, &format!("{first} {first}"), 1);
    let others: Vec<String> = (991..999).map(|n| format!("198504122010011{n}")).collect();
    let many = good.replacen(first, &format!("{first} {}", others.join(" ")), 1);
    for (text, line, words) in [
        (good.replace("openings/v1", "openings/v2"), 1, "first line"),
        (good.replace("election pemilu", "election Pemilu"), 3, "not an id"),
        (good.replace("size 9", "size 09"), 4, "not a decimal"),
        (good.replacen(first, "19850412201001100", 1), 5, "not a decimal"),
        (good.replacen("open ", "open  ", 1), 5, "hex"),
        (twice, 5, "twice"),
        (many, 5, "parts"),
        (swapped, 6, "ascending"),
        (good.replace("end 3", "end 4"), 8, "says 4 openings, there are 3"),
        (format!("{good}x y\n"), 9, "behind the last"),
        (good.replace("end 3\n", ""), 8, "cut off"),
        (good.replace("end 3", &"x".repeat(600)), 8, "longer"),
        (String::new(), 1, "cut off"),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        let said = error.to_string();
        assert!(said.contains(words) && !said.contains("19850412"), "{said}");
    }
    assert_eq!(format!("{:?}", opening(1, 1)), "LabelOpening(***)");
}

/// A log with these labels on, those off again, the last ones added late; without authors' checks, which the fold does elsewhere.
struct Log {
    state: LogState,
    index: u64,
    prev: crate::ledger::hash::Hash,
}

impl Log {
    fn begin() -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
        let mut log = Self {
            state: LogState::new(),
            index: 0,
            prev: crate::ledger::hash::Hash::ZERO,
        };
        let vkey = crate::ledger::note::Vkey::new(
            crate::ledger::note::KeyName::parse("ikrar.example/log").unwrap(),
            key.verifying_key().to_bytes(),
        )
        .unwrap();
        log.add(Body::Genesis(entry::Genesis {
            origin: origin(),
            vkey: vkey.to_string().parse().unwrap(),
            officers: vec![(
                key.verifying_key().to_bytes(),
                Roles::of(&[Role::Hr, Role::Auditor]).unwrap(),
            )],
            nonce: [0; 16],
        }));
        log.add(Body::Election(entry::Election {
            election: crate::domain::election::Election {
                id: election(),
                title: "Pemilu".parse().unwrap(),
                opens: Time::from_unix(60).unwrap(),
                closes: Time::from_unix(6000).unwrap(),
                zone: "Asia/Jakarta".parse().unwrap(),
                contests: vec![],
                lookup: crate::domain::election::LookUp::Receipt,
            },
            nonce: [1; 16],
        }));
        log
    }

    fn add(&mut self, body: Body) {
        use ed25519_dalek::Signer;
        let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
        let by = match &body {
            Body::Genesis(_) => vec![],
            body => vec![entry::By {
                key: key.verifying_key().to_bytes(),
                signature: key.sign(&body.act_bytes(&origin())).to_bytes(),
            }],
        };
        let entry = Entry {
            prev: *self.prev.as_bytes(),
            at: Time::from_unix(60).unwrap(),
            body,
            by,
        };
        self.state.apply(self.index, &entry, &mut |_| None).unwrap();
        self.prev = crate::ledger::hash::leaf_hash(&entry.print());
        self.index += 1;
    }

    fn roster(&mut self, add: &[&LabelOpening], off: &[&LabelOpening]) {
        let mut add: Vec<[u8; 32]> = add.iter().map(|opening| opening.label).collect();
        add.sort_unstable();
        let mut off: Vec<_> = off
            .iter()
            .map(|opening| (opening.label, OffReason::Left))
            .collect();
        off.sort_unstable();
        let nonce = [u8::try_from(self.index).unwrap(); 16];
        self.add(Body::Roster(entry::Roster {
            election: election(),
            add,
            off,
            nonce,
        }));
    }

    fn check(&self, size: u64, openings: &[LabelOpening]) -> OpeningsReport {
        let mut openings = openings.to_vec();
        openings.sort_by_key(|opening| opening.label);
        let mut audit = OpeningsAudit::new(header(size), &self.state.elections()[&election()]);
        for (line, opening) in (5..).zip(&openings) {
            audit.take(line, opening);
        }
        audit.finish()
    }
}

#[test]
fn a_file_opens_a_roster_or_the_report_says_what_does_not() {
    let [ani, budi, citra] = [opening(1, 1), opening(2, 2), opening(3, 3)];
    let mut log = Log::begin();
    log.roster(&[&ani, &budi, &citra], &[]);
    log.roster(&[], &[&citra]);
    let whole = [ani.clone(), budi.clone(), citra.clone()];
    let good = log.check(4, &whole);
    assert_eq!(
        (good.verdict, good.members, good.opened, good.opened_off),
        (Verdict::Valid, 2, 2, 1)
    );
    assert_eq!(
        log.check(4, &whole[..2]).verdict,
        Verdict::Valid,
        "who left may be missing"
    );

    let missing = log.check(4, &whole[1..]);
    assert_eq!(
        (missing.verdict, missing.unopened_count, missing.invented_signers),
        (Verdict::NotValid, 1, 0)
    );
    assert_eq!(
        (missing.unopened[0].roster_index, missing.unopened[0].line),
        (2, None)
    );

    let mut lying = budi.clone();
    lying.salt[0] ^= 1;
    let refused = log.check(4, &[ani.clone(), lying]);
    assert_eq!((refused.verdict, refused.unopened_count), (Verdict::NotValid, 1));
    assert!(refused.unopened[0].line.is_some());

    let stranger = log.check(4, &[ani.clone(), budi.clone(), opening(9, 9)]);
    assert_eq!(
        (stranger.verdict, stranger.stranger_count),
        (Verdict::NotValid, 1)
    );
}

#[test]
fn one_person_behind_two_labels_is_found_under_a_former_number_too() {
    let [ani, budi, again] = [opening(1, 1), opening(2, 2), opening(1, 7)];
    let mut log = Log::begin();
    log.roster(&[&ani, &budi, &again], &[]);
    let twice = log.check(3, &[ani.clone(), budi.clone(), again.clone()]);
    assert_eq!(
        (twice.verdict, twice.twice_count, twice.opened),
        (Verdict::NotValid, 1, 3)
    );
    assert_ne!(twice.twice[0].lines[0], twice.twice[0].lines[1]);

    let mut former = opening(4, 4);
    former.numbers.push(number(2));
    log.roster(&[&former], &[&again]);
    let twice = log.check(4, &[ani.clone(), budi.clone(), former.clone()]);
    assert_eq!((twice.verdict, twice.twice_count), (Verdict::NotValid, 1));
    // Off the roster the same person's earlier label harms nobody.
    log.roster(&[], &[&budi]);
    let gone = log.check(5, &[ani, budi, former]);
    assert_eq!((gone.verdict, gone.twice_count), (Verdict::Valid, 0));
}

#[test]
fn what_cannot_open_any_more_or_not_yet_is_told_apart() {
    let [ani, budi, late] = [opening(1, 1), opening(2, 2), opening(3, 3)];
    let mut log = Log::begin();
    log.roster(&[&ani, &budi], &[]);
    log.roster(&[&late], &[]);
    let both = [ani.clone(), budi.clone()];
    let report = log.check(3, &both);
    assert_eq!(
        (report.verdict, report.later, report.unopened_count),
        (Verdict::CannotTell, 1, 0)
    );
    assert_eq!(
        log.check(4, &both).verdict,
        Verdict::NotValid,
        "the file should know it"
    );

    let mut impossible = opening(1, 5);
    impossible.numbers = vec!["000000000000000000".parse().unwrap()];
    impossible.label = label(&impossible.salt, &origin(), &election(), &impossible.numbers[0]);
    log.roster(&[&impossible], &[]);
    let report = log.check(5, &[ani, budi, late, impossible]);
    assert_eq!((report.verdict, report.impossible_count), (Verdict::NotValid, 1));
}
