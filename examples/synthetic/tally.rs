//! What is counted of an answer: the measures of the goals, for a group of complaints.

use super::generator::complaints::Case;

/// An answer against the truth.
pub(crate) struct Outcome {
    /// The row of the person meant, from 0, if among the first five.
    pub(crate) place: Option<usize>,
    /// Nobody was offered first.
    pub(crate) nobody: bool,
    pub(crate) matched: bool,
    /// Why it was decided so, as the engine says it.
    pub(crate) rule: String,
}

impl Outcome {
    /// What went wrong, worst first; an empty text if nothing did.
    pub(crate) fn kind(&self, case: &Case) -> &'static str {
        match (case.truth, self.matched) {
            (Some(_), true) if self.place != Some(0) => "WRONG MATCH",
            (None, true) => "OUTSIDER MATCHED",
            (_, true) if case.fits > 1 => "RECKLESS",
            (Some(_), false) if self.nobody && case.resolvable() => "DROPPED TO NOBODY",
            (Some(_), _) if case.resolvable() && self.place.is_none() => "NOT AMONG FIVE",
            (Some(_), _) if case.resolvable() && self.place != Some(0) => "NOT FIRST",
            (Some(_), false) if case.resolvable() => "not decided",
            (None, false) if !self.nobody => "not nobody",
            _ => "",
        }
    }

    pub(crate) fn failed(&self, case: &Case) -> bool {
        !self.kind(case).is_empty()
    }
}

/// Counts of a group.
#[derive(Default)]
pub(crate) struct Tally {
    cases: u32,
    insiders: u32,
    resolvable: u32,
    first: u32,
    fifth: u32,
    covered: u32,
    matches: u32,
    wrong: u32,
    outsiders_matched: u32,
    reckless: u32,
    outsiders_nobody: u32,
    insiders_nobody: u32,
}

/// The head of the table that [`Tally::row`] makes lines of.
pub(crate) const HEAD: &str = "\
| group                    |  cases | resolv | rec@1 | rec@5 | cover | match | wrong | outsd | reckl | nobody(out) | nobody(in) |
|--------------------------|-------:|-------:|------:|------:|------:|------:|------:|------:|------:|------------:|-----------:|";

impl Tally {
    pub(crate) fn count(&mut self, case: &Case, outcome: &Outcome) {
        let insider = case.truth.is_some();
        let yes = |condition: bool| u32::from(condition);
        self.cases += 1;
        self.insiders += yes(insider);
        self.matches += yes(outcome.matched);
        self.wrong += yes(outcome.matched && insider && outcome.place != Some(0));
        self.outsiders_matched += yes(outcome.matched && !insider);
        self.reckless += yes(outcome.matched && case.fits > 1);
        self.outsiders_nobody += yes(!insider && outcome.nobody);
        self.insiders_nobody += yes(insider && outcome.nobody);
        if case.resolvable() {
            self.resolvable += 1;
            self.first += yes(outcome.place == Some(0));
            self.fifth += yes(outcome.place.is_some());
            self.covered += yes(outcome.matched);
        }
    }

    /// A line of the table.
    pub(crate) fn row(&self, label: &str) -> String {
        let share = |part: u32, of: u32| {
            if of == 0 {
                "    –".to_owned()
            } else {
                format!("{:.3}", f64::from(part) / f64::from(of))
            }
        };
        format!(
            "| {label:<24} | {:>6} | {:>6} | {} | {} | {} | {:>5} | {:>5} | {:>5} | {:>5} | {:>11} | {:>10} |",
            self.cases,
            self.resolvable,
            share(self.first, self.resolvable),
            share(self.fifth, self.resolvable),
            share(self.covered, self.resolvable),
            self.matches,
            self.wrong,
            self.outsiders_matched,
            self.reckless,
            share(self.outsiders_nobody, self.cases - self.insiders),
            share(self.insiders_nobody, self.insiders),
        )
    }

    /// The counts, by name.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "cases": self.cases, "insiders": self.insiders, "resolvable": self.resolvable, "first": self.first,
            "fifth": self.fifth, "covered": self.covered, "matches": self.matches, "wrong": self.wrong,
            "outsiders_matched": self.outsiders_matched, "reckless": self.reckless,
            "outsiders_nobody": self.outsiders_nobody, "insiders_nobody": self.insiders_nobody,
        })
    }
}
