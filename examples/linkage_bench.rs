//! Measures the cross-reference on synthetic data with seeds of its own: recall, coverage, wrong matches, time.
//!
//! `cargo run --release --example linkage_bench -- [ROSTER [COMPLAINTS [SEED]]]`
#![expect(clippy::print_stdout, reason = "a table on the terminal is what it is for")]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the generator indexes its own pools"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use ikrar::linkage::Decision;
use ikrar::linkage::Index;
use ikrar::linkage::Linkage;
use ikrar::linkage::Policy;
use ikrar::linkage::link;

#[path = "synthetic/people.rs"]
mod people;

use people::Case;

#[derive(Default)]
struct Tally {
    all: u32,
    resolvable: u32,
    first: u32,
    fifth: u32,
    matched: u32,
    decided: u32,
    wrong: u32,
    nobody: u32,
}

impl Tally {
    fn count(&mut self, case: &Case, answer: &Linkage) {
        let truth = case.truth;
        let ranks = answer
            .candidates
            .iter()
            .map(|one| one.who.and_then(|who| usize::try_from(who.0).ok()));
        let place = ranks.clone().position(|who| who.is_some() && who == truth);
        let first = ranks.clone().next().flatten();
        let nobody_first = answer.candidates.first().is_none_or(|one| one.who.is_none());
        self.all += 1;
        self.nobody += u32::from(nobody_first);
        let matched = answer.decision == Decision::Match;
        self.decided += u32::from(matched);
        self.wrong += u32::from(matched && first != truth);
        if case.resolvable {
            self.resolvable += 1;
            self.first += u32::from(place == Some(0));
            self.fifth += u32::from(place.is_some_and(|place| place < 5));
            self.matched += u32::from(matched);
        }
    }

    fn print(&self, label: &str) {
        let share = |part: u32, of: u32| {
            if of == 0 {
                "    –".to_owned()
            } else {
                format!("{:.3}", f64::from(part) / f64::from(of))
            }
        };
        println!(
            "| {label:<18} | {:>6} | {:>6} | {} | {} | {} | {:>3} | {} |",
            self.all,
            self.resolvable,
            share(self.first, self.resolvable),
            share(self.fifth, self.resolvable),
            share(self.matched, self.resolvable),
            self.wrong,
            share(self.nobody, self.all)
        );
    }
}

fn main() {
    let mut given = std::env::args()
        .skip(1)
        .map(|text| text.parse::<u64>().unwrap_or(0));
    let size = usize::try_from(given.next().unwrap_or(5_000)).unwrap_or(5_000);
    let complaints = usize::try_from(given.next().unwrap_or(2_000)).unwrap_or(2_000);
    let seed = given.next().unwrap_or(1);
    let world = people::world(size, seed);
    let cases = people::cases(&world, complaints, seed + 1_000);
    let started = Instant::now();
    let index = Index::build(world.people.clone());
    println!(
        "{size} people, {complaints} complaints, seed {seed}; index built in {:.2} s",
        started.elapsed().as_secs_f64()
    );
    let policy = Policy::default();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut times: Vec<f64> = Vec::new();
    for case in &cases {
        let started = Instant::now();
        let answer = link(&index, &case.complaint, &policy);
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        let whole = if case.truth.is_some() {
            "all insiders"
        } else {
            "all outsiders"
        };
        let culture = case.truth.map(|truth| format!("~ {}", world.cultures[truth]));
        for label in [Some(whole.to_owned()), Some(case.class.to_owned()), culture]
            .into_iter()
            .flatten()
        {
            tallies.entry(label).or_default().count(case, &answer);
        }
        if std::env::args().any(|text| text == "--show") {
            show(&index, case, &answer);
        }
    }
    println!(
        "| {:<18} | cases  | resolv | rec@1 | rec@5 | match | wrong | nobody |",
        "class"
    );
    for (label, tally) in &tallies {
        tally.print(label);
    }
    let sum = |of: fn(&Tally) -> u32| {
        tallies
            .iter()
            .filter(|(label, _)| label.starts_with("all"))
            .map(|(_, one)| of(one))
            .sum::<u32>()
    };
    println!(
        "{} matches decided, {} of them wrong",
        sum(|one| one.decided),
        sum(|one| one.wrong)
    );
    times.sort_by(f64::total_cmp);
    let mean = times.iter().sum::<f64>() / f64::from(u32::try_from(times.len()).unwrap_or(1));
    println!(
        "mean {mean:.3} ms, p99 {:.3} ms",
        times.get(times.len() * 99 / 100).unwrap_or(&0.0)
    );
}

/// What went wrong, case by case.
fn show(index: &Index, case: &Case, answer: &Linkage) {
    let first = answer.candidates.first().and_then(|one| one.who);
    let right = first.and_then(|who| usize::try_from(who.0).ok()) == case.truth;
    if right || !(case.resolvable || answer.decision == Decision::Match) {
        return;
    }
    println!(
        "\n{} {:?} {:?} {:?}",
        case.class, case.complaint, answer.decision, answer.rule
    );
    println!(
        "  truth: {:?}",
        case.truth
            .and_then(|truth| index.person(ikrar::linkage::PersonId(u32::try_from(truth).ok()?)))
    );
    for one in answer.candidates.iter().take(3) {
        let name = one
            .who
            .and_then(|who| index.person(who))
            .map_or("nobody".to_owned(), |person| {
                format!("{} / {} / {}", person.name, person.unit, person.city)
            });
        println!("  {:.2} {name}", one.score_bits);
        one.evidence.iter().for_each(|line| {
            println!(
                "      {:+.2} {}.{} {}",
                line.bits,
                line.field.key(),
                line.level.key(),
                line.detail
            );
        });
    }
}
