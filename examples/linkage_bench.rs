//! Measures the cross-reference against its goals on synthetic people: recall, coverage, wrong and reckless matches, time, memory.
//!
//! `cargo run --release --example linkage_bench -- --roster N --complaints M --seed S [--threads T] [--show K]`. The
//! people and complaints are those of `linkage_data` with the same numbers. One line of JSON ends the report. Nothing is timed
//! but `Index::build` and `link`; with more threads than one, complaints are shared among them and a complaint's time is still
//! its own. On a machine that does other work, the processor's time says more. Memory is the process's after the generator's count
//! of the roster was dropped and the index built.
#![expect(clippy::print_stdout, reason = "a table on the terminal is what it is for")]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the generator indexes its own pools"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use clap::Parser;
use ikrar::linkage::Complaint;
use ikrar::linkage::Decision;
use ikrar::linkage::Index;
use ikrar::linkage::Linkage;
use ikrar::linkage::MODEL_VERSION;
use ikrar::linkage::Person;
use ikrar::linkage::PersonId;
use ikrar::linkage::Policy;
use ikrar::linkage::link;

#[path = "synthetic/generator.rs"]
mod generator;
#[path = "synthetic/tally.rs"]
mod tally;

use generator::Census;
use generator::World;
use generator::complaints;
use generator::complaints::Case;
use generator::places;
use tally::Outcome;
use tally::Tally;

/// The cross-reference against its goals, on synthetic people.
#[derive(Parser)]
struct Args {
    /// People on the roster
    #[arg(long, default_value_t = 5_000)]
    roster: usize,
    /// Complaints
    #[arg(long, default_value_t = 2_000)]
    complaints: usize,
    /// What the dice begin with; odd seeds make regional governments, even ones a ministry
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that complaints are shared among
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// So many failures of each kind and class are shown with their evidence
    #[arg(long, default_value_t = 0)]
    show: usize,
}

fn person(world: &World, place: usize) -> Person {
    let one = world.person(place);
    let (_, city, _) = places::CITIES[one.city];
    Person {
        nip: one.nip,
        former_nips: Vec::new(),
        name: one.name,
        unit: world.units.text(&world.units.all[one.unit]),
        position: one.position.to_owned(),
        city: city.to_owned(),
    }
}

/// The index of the roster, and the seconds that it took, the making of people left out.
fn build(world: &World) -> (Index, f64) {
    // The roster is never held whole, so making it stands within the time, and is measured alone to be taken off.
    let people = || (0..world.size).map(|place| person(world, place));
    let started = Instant::now();
    people().for_each(|person| drop(std::hint::black_box(person)));
    let making = started.elapsed();
    let started = Instant::now();
    let index = Index::build(people());
    (index, started.elapsed().saturating_sub(making).as_secs_f64())
}

fn nip(index: &Index, who: PersonId) -> String {
    index.nip(who).unwrap_or_default()
}

fn complaint(case: &Case) -> Complaint {
    Complaint {
        accused_name: case.name.clone(),
        unit: case.unit.clone(),
        city: case.city.clone(),
        position: case.position.clone(),
        nip_fragment: case.nip.clone(),
        handle: case.handle.clone(),
        incident_date: Some(case.date.clone()).filter(|date| !date.is_empty()),
    }
}

/// A figure of `/proc/self/status`, in mebibytes; 0 where there is none.
fn memory(label: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with(label))
        .unwrap_or_default();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<u64>().unwrap_or(0) / 1024
}

/// Seconds of processor that this process has used, to a hundredth; 0 where nobody tells.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split(' ');
    let ticks = fields
        .skip(12)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok());
    ticks.map(f64::from).sum::<f64>() / 100.0
}

/// Does the work for every number below `count`, shared among threads, in order.
fn shared<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.max(1);
    let parts = std::thread::scope(|scope| {
        let work = &work;
        let hands: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || (thread..count).step_by(threads).map(work).collect::<Vec<T>>()))
            .collect();
        hands
            .into_iter()
            .map(|hand| hand.join().unwrap_or_default())
            .collect::<Vec<_>>()
    });
    let mut parts: Vec<_> = parts.into_iter().map(Vec::into_iter).collect();
    (0..count)
        .filter_map(|number| parts[number % threads].next())
        .collect()
}

fn cases(world: &World, args: &Args) -> (Vec<Case>, usize) {
    let mut census = Census::new();
    (0..world.size).for_each(|place| census.add(&world.person(place)));
    census.close();
    let cases = shared(args.complaints, args.threads, |number| {
        complaints::case(world, &census, number)
    });
    (cases, census.vocabulary())
}

fn outcome(index: &Index, answer: &Linkage, truth: &str) -> Outcome {
    let row = |wanted: &str| {
        let rows = answer
            .candidates
            .iter()
            .map(|one| one.who.map_or_else(String::new, |who| nip(index, who)));
        rows.take(5).position(|nip| nip == wanted)
    };
    Outcome {
        place: if truth.is_empty() { None } else { row(truth) },
        nobody: row("") == Some(0),
        matched: answer.decision == Decision::Match,
        rule: format!("{:?}", answer.rule),
    }
}

fn main() {
    let args = Args::parse();
    let world = World::new(args.roster.max(1), args.seed);
    let (cases, vocabulary) = cases(&world, &args);
    let empty = memory("VmRSS");
    let (index, built) = build(&world);
    let (resident, peak) = (memory("VmRSS"), memory("VmHWM"));
    let policy = Policy::default();
    let used = processor();
    let answers = shared(cases.len(), args.threads, |number| {
        let complaint = complaint(&cases[number]);
        let started = Instant::now();
        let answer = link(&index, &complaint, &policy);
        let time = started.elapsed().as_secs_f64() * 1_000.0;
        let truth = cases[number]
            .truth
            .map(|place| world.person(place).nip)
            .unwrap_or_default();
        let outcome = outcome(&index, &answer, &truth);
        let shown = if args.show > 0 && outcome.failed(&cases[number]) {
            shown(&world, &cases[number], &truth, &answer)
        } else {
            String::new()
        };
        (outcome, time, shown)
    });
    let used = processor() - used;
    show(&args, &cases, &answers);
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (case, (outcome, _, _)) in cases.iter().zip(&answers) {
        for label in labels(case) {
            tallies.entry(label).or_default().count(case, outcome);
        }
    }
    println!(
        "{MODEL_VERSION}: {} people with {vocabulary} words of names, {} complaints, seed {}",
        world.size,
        cases.len(),
        args.seed
    );
    println!("{}", tally::HEAD);
    for (label, tally) in &tallies {
        println!("{}", tally.row(label));
    }
    let undecided = undecided(&cases, &answers);
    println!("resolvable and not decided, by the rule that held it back: {undecided:?}");
    let mut times: Vec<f64> = answers.iter().map(|(_, time, _)| *time).collect();
    times.sort_by(f64::total_cmp);
    let count = f64::from(u32::try_from(times.len().max(1)).unwrap_or(u32::MAX));
    let (mean, processor) = (times.iter().sum::<f64>() / count, used * 1_000.0 / count);
    let at = |of_hundred: usize| times.get(times.len() * of_hundred / 100).copied().unwrap_or(0.0);
    println!(
        "ms a complaint: mean {mean:.3}, p50 {:.3}, p99 {:.3}; of processor {processor:.3}",
        at(50),
        at(99)
    );
    println!("index: {built:.2} s; resident {resident} MiB, {empty} before it was built, {peak} at the most");
    let json = serde_json::json!({
        "model": MODEL_VERSION, "roster": world.size, "complaints": cases.len(), "seed": args.seed, "threads": args.threads,
        "words": vocabulary, "ms_mean": mean, "ms_processor": processor, "ms_p50": at(50), "ms_p99": at(99), "build_s": built,
        "undecided": undecided, "resident_mib": resident, "resident_before_mib": empty, "peak_mib": peak,
        "groups": tallies.iter().map(|(label, tally)| (label.clone(), tally.json())).collect::<serde_json::Map<_, _>>(),
    });
    println!("{json}");
}

/// The groups that a case counts in.
fn labels(case: &Case) -> Vec<String> {
    let side = if case.truth.is_some() {
        "insiders"
    } else {
        "outsiders"
    };
    let mut all = vec![
        " all".to_owned(),
        format!(" {side}"),
        format!("{side}: {}", case.class),
    ];
    if case.truth.is_some() {
        all.push(format!("~ {}", case.culture));
        all.push(format!("written {}", case.around()));
    }
    all
}

/// Resolvable cases that are no match, counted by the rule.
fn undecided(cases: &[Case], answers: &[(Outcome, f64, String)]) -> BTreeMap<String, u32> {
    let mut rules = BTreeMap::new();
    for (case, (outcome, _, _)) in cases.iter().zip(answers) {
        if case.resolvable() && !outcome.matched {
            *rules.entry(outcome.rule.clone()).or_default() += 1;
        }
    }
    rules
}

fn show(args: &Args, cases: &[Case], answers: &[(Outcome, f64, String)]) {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut slow: Vec<(f64, &Case)> = answers.iter().map(|(_, time, _)| *time).zip(cases).collect();
    slow.sort_by(|one, two| two.0.total_cmp(&one.0));
    for (time, case) in slow.iter().take(args.show) {
        println!(
            "slow: {time:.1} ms {} | {} | {}",
            case.name, case.unit, case.class
        );
    }
    for (case, (outcome, _, text)) in cases.iter().zip(answers) {
        let count = counts.entry((outcome.kind(case), case.class)).or_default();
        *count += 1;
        if !text.is_empty() && *count <= args.show {
            println!("\n## {} {}\n{text}", outcome.kind(case), case.class);
        }
    }
}

/// A complaint, the truth and the first three of the answer with their evidence.
fn shown(world: &World, case: &Case, truth: &str, answer: &Linkage) -> String {
    let described = |person: &Person| {
        format!(
            "{} | {} | {} | {} | {}",
            person.name, person.unit, person.city, person.position, person.nip
        )
    };
    let mut text = format!(
        "written: {} | {} | {} | {} | {} | {} (fits {})\ndecided: {:?} {:?}\n",
        case.name,
        case.unit,
        case.city,
        case.position,
        case.nip,
        case.handle,
        case.fits,
        answer.decision,
        answer.rule
    );
    let meant = (0..world.size)
        .filter(|_| !truth.is_empty())
        .find_map(|id| Some(person(world, id)).filter(|person| person.nip == truth));
    text.push_str("meant:   ");
    text.push_str(&meant.map_or_else(|| "nobody here".to_owned(), |person| described(&person)));
    text.push('\n');
    for one in answer.candidates.iter().take(3) {
        let name = one
            .who
            .map(|who| person(world, usize::try_from(who.0).unwrap_or(0)))
            .map_or_else(|| "nobody".to_owned(), |person| described(&person));
        let lines: Vec<String> = one
            .evidence
            .iter()
            .map(|line| {
                format!(
                    "{}.{} {:+.1} {}",
                    line.field.key(),
                    line.level.key(),
                    line.bits,
                    line.detail
                )
            })
            .collect();
        let head = format!("  {:+.1} p{:.3} {name}\n      ", one.score_bits, one.posterior);
        text.push_str(&head);
        text.push_str(&lines.join("; "));
        text.push('\n');
    }
    text
}
