//! The report of `ikrar link fit`, as Markdown: what was counted, what would change, how far it can be trusted.
//! Absent: the counting, and anybody's name or number.

use crate::linkage::Estimate;
use crate::linkage::Field;
use crate::linkage::Linkage;
use crate::linkage::MODEL_VERSION;
use crate::linkage::PSEUDO_COUNT;
use crate::linkage::Policy;
use crate::linkage::Tally;

/// A change of fewer bits is not worth a new model.
const MARGIN_BITS: f64 = 0.25;
/// So few lines of a level say little.
const COUNTED_MIN: f64 = 20.0;
/// A share of pairs on the first rank that looks like pairs that were chosen by their rank.
const FIRST_SHARE_MAX: f64 = 0.95;

/// What an estimation found.
pub(super) struct Findings {
    pub(super) people: usize,
    pub(super) complaints: usize,
    pub(super) tally: Tally,
    pub(super) source: Source,
}

/// What it was found from.
pub(super) enum Source {
    Labelled(Labelled),
    Unlabelled { rounds: u32 },
}

/// How the present model answers the complaints that were decided, and the others.
#[derive(Default)]
pub(super) struct Labelled {
    pub(super) pairs: Group,
    pub(super) outsiders: Group,
    pub(super) open: Group,
    pub(super) unknown_complaints: usize,
    pub(super) unknown_people: usize,
}

/// Where an answer puts the person who was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// First of all.
    First,
    /// Behind somebody else.
    Listed,
    /// Not among those it names, while somebody else stands first.
    Unlisted,
    /// Nobody on the roster stands first.
    NobodyFirst,
}

/// Answers, counted by place and by decision.
#[derive(Default)]
pub(super) struct Group {
    answers: Vec<(Place, &'static str)>,
}

impl Group {
    pub(super) fn add(&mut self, answer: &Linkage, place: Place) {
        self.answers.push((place, answer.decision.key()));
    }

    fn len(&self) -> usize {
        self.answers.len()
    }

    fn at(&self, place: Place) -> usize {
        self.answers.iter().filter(|(one, _)| *one == place).count()
    }

    fn decided(&self, key: &str) -> usize {
        self.answers.iter().filter(|(_, one)| *one == key).count()
    }
}

/// The report in one line.
pub(super) fn line(findings: &Findings) -> String {
    let pairs = findings.tally.pairs();
    format!(
        "{pairs:.0} pairs of {} complaints ({MODEL_VERSION}); nothing was changed",
        findings.complaints
    )
}

/// The whole report.
pub(super) fn text(findings: &Findings) -> String {
    let tally = &findings.tally;
    let (source, bias) = match &findings.source {
        Source::Labelled(seen) => (from_pairs(seen), bias_of_pairs(seen)),
        Source::Unlabelled { rounds } => (from_em(tally, *rounds), BIAS_OF_EM.to_owned()),
    };
    let share = tally
        .outsider_share()
        .map_or_else(|| "unknown".to_owned(), |share| format!("{share:.3}"));
    format!(
        "# How often the right person is written at each level\n\n\
        Model {MODEL_VERSION}, {} people, {} complaints. {source}\n\n\
        **Nothing was changed.** Whoever adopts a number edits `src/linkage/weigh.rs`, raises `MODEL_VERSION` and runs the benchmark \
        again.\n\n\
        Share of outsiders: {share} (the policy reckons with {}).\n\n\
        ## m, now and estimated\n\n\
        Where the model has an m, the estimate is (counted + {PSEUDO_COUNT} × the model's share) / (lines + {PSEUDO_COUNT}), so that a \
        few lines move it little; the bits are log2(estimated / now). A name's m are shares of the words that answer each other and \
        add up to 1 here, while the model's need not. A level without an m is weighed by a constant or by the number itself; its \
        figure is the plain share (`omitted`, `extra`: of the words on that side; a name that `differs`: of the pairs), for unit, city \
        and position smoothed as well.\n\n\
        {}\n\
        ## Constants that would change\n\n\
        By {MARGIN_BITS} bits or more:\n\n{}\n\
        ## Selection bias\n\n{bias}\n",
        findings.people,
        findings.complaints,
        Policy::default().outsider_share,
        table(&tally.estimates()),
        constants(tally),
    )
}

fn table(rows: &[Estimate]) -> String {
    const HEAD: &str = "| field | level | counted | m now | estimated | bits |\n|---|---|---|---|---|---|\n";
    let line = |row: &Estimate| {
        let now = row.now.map_or_else(String::new, |now| format!("{now:.3}"));
        let bits = row.bits().map_or_else(String::new, |bits| format!("{bits:+.2}"));
        format!(
            "| {} | {} | {:.1} | {now} | {:.3} | {bits} |\n",
            row.field.key(),
            row.level.key(),
            row.counted,
            row.estimated
        )
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("{HEAD}{}", lines.concat())
}

/// The constants of the model that the estimates contradict.
fn constants(tally: &Tally) -> String {
    let rows = tally.estimates().into_iter().map(|row| match row.field {
        Field::Name => ("name_m", row),
        _ => ("context_m", row),
    });
    let lines: Vec<String> = rows
        .filter_map(|(constant, row)| {
            let (now, bits) = (row.now?, row.bits().filter(|bits| bits.abs() >= MARGIN_BITS)?);
            let few = if row.counted < COUNTED_MIN {
                "; counted too seldom to rely on"
            } else {
                ""
            };
            let (field, level, estimated) = (row.field.key(), row.level.key(), row.estimated);
            Some(format!(
                "- `{constant}`, {field} {level}: {now:.3} to {estimated:.3} ({bits:+.2} bits{few})\n"
            ))
        })
        .collect();
    if lines.is_empty() {
        return "None.\n".to_owned();
    }
    lines.concat()
}

fn from_pairs(seen: &Labelled) -> String {
    format!(
        "Counted from {} pairs and {} outsiders that people decided; {} complaints have no decision. Left out: {} lines of an \
        unknown complaint, {} lines of an unknown nip.",
        seen.pairs.len(),
        seen.outsiders.len(),
        seen.open.len(),
        seen.unknown_complaints,
        seen.unknown_people
    )
}

fn from_em(tally: &Tally, rounds: u32) -> String {
    format!(
        "No decisions were given: EM in {rounds} rounds, every hypothesis counted by its posterior; that makes {:.1} pairs.",
        tally.pairs()
    )
}

const BIAS_OF_EM: &str = "Nobody decided these pairs. The estimate follows the model and its own beliefs: it counts as a true pair what \
    the present m, the prior and the constants already hold likely, so it confirms an error of theirs rather than finds it. Levels at \
    which the right person is seldom found are counted too low, and somebody else's who bears the same name too high. Read it as a \
    question to ask of decided pairs, and adopt nothing from it alone.";

fn bias_of_pairs(seen: &Labelled) -> String {
    let groups = [&seen.pairs, &seen.outsiders, &seen.open];
    let row = |name: &str, count: &dyn Fn(&Group) -> usize| {
        let [pairs, outsiders, open] = groups.map(count);
        format!("| {name} | {pairs} | {outsiders} | {open} |\n")
    };
    let rows = [
        row("all", &Group::len),
        row("match", &|group| group.decided("match")),
        row("possible", &|group| group.decided("possible")),
        row("none", &|group| group.decided("none")),
        row("the person first", &|group| group.at(Place::First)),
        row("behind somebody else", &|group| group.at(Place::Listed)),
        row("not listed, somebody else first", &|group| {
            group.at(Place::Unlisted)
        }),
        row("nobody first", &|group| group.at(Place::NobodyFirst)),
    ];
    format!(
        "A decided pair is one that an examiner could decide, mostly found among the first that this very engine listed. Whom it does \
        not list is seldom found, so damage that defeats it is counted too low, and the easy levels too high. How the present model \
        answers these complaints:\n\n\
        | | pairs | outsiders | undecided |\n|---|---|---|---|\n{}\n{}",
        rows.concat(),
        verdict(seen)
    )
}

fn verdict(seen: &Labelled) -> String {
    let (pairs, first) = (seen.pairs.len(), seen.pairs.at(Place::First));
    let share = quantity(first) / quantity(pairs).max(1.0);
    let open = if seen.open.len() == 0 {
        "Every complaint of the file was decided, which speaks against a choice by rank within the file."
    } else {
        "Compare the decisions of pairs with those of the undecided: where they differ, the pairs are not a sample of all complaints."
    };
    if pairs == 0 {
        "**Warning**: there is not one pair; the estimates are the model's own m.".to_owned()
    } else if share >= FIRST_SHARE_MAX {
        format!(
            "**Warning**: {first} of {pairs} pairs stand first in the engine's own answer. Pairs like these can hardly tell it that it \
            is wrong. {open}"
        )
    } else {
        format!("{first} of {pairs} pairs stand first in the engine's own answer. {open}")
    }
}

fn quantity(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
