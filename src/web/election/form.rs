//! What officers type about elections and pacts, checked field by field. What was typed is kept whatever it was. Absent: IO.

use std::collections::BTreeMap;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::domain::election;
use crate::domain::election::Contest;
use crate::domain::election::Election;
use crate::domain::election::LookUp;
use crate::domain::election::print_local_minute;
use crate::domain::pact::Language;
use crate::domain::pact::PactText;
use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::Zone;
use crate::service::Problem;

/// Contests of a general election, each with the day its candidates were determined in 2023, to begin with.
pub(super) const CONTESTS: [(&str, &str); 5] = [
    ("presiden", "2023-11-13"),
    ("dpr", "2023-11-03"),
    ("dpd", "2023-11-03"),
    ("dprd-provinsi", "2023-11-03"),
    ("dprd-kabupaten-kota", "2023-11-03"),
];

/// What a form holds, by field.
pub(super) type Typed = Vec<(String, String)>;

/// Which field is wrong, and why.
pub(super) type Faults = Vec<(&'static str, Problem)>;

/// The election form as typed.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ElectionForm {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) opens: String,
    pub(super) closes: String,
    pub(super) zone: String,
    pub(super) lookup: String,
    /// Known contest to day.
    pub(super) contests: BTreeMap<String, String>,
    /// Further contests, a line each: name and day.
    pub(super) others: String,
}

impl ElectionForm {
    /// An empty form with what is likely.
    pub(super) fn fresh() -> Self {
        Self {
            zone: "Asia/Jakarta".to_owned(),
            lookup: "receipt".to_owned(),
            contests: CONTESTS.map(|(id, day)| (id.to_owned(), day.to_owned())).into(),
            ..Self::default()
        }
    }

    /// The form of a published election.
    pub(super) fn of(terms: &Election) -> Self {
        let zone = terms.time_zone();
        let mut form = Self {
            id: terms.id.to_string(),
            title: terms.title.to_string(),
            opens: print_local_minute(terms.opens, &zone),
            closes: print_local_minute(terms.closes, &zone),
            zone: terms.zone.to_string(),
            lookup: terms.lookup.to_string(),
            contests: CONTESTS.map(|(id, _)| (id.to_owned(), String::new())).into(),
            others: String::new(),
        };
        for contest in &terms.contests {
            let day = terms.day_of(contest.determined).to_string();
            if let Some(known) = form.contests.get_mut(contest.id.as_str()) {
                *known = day;
            } else {
                form.others.extend([contest.id.as_str(), " ", &day, "\n"]);
            }
        }
        form
    }

    /// What was posted.
    pub(super) fn read(typed: &Typed) -> Self {
        let take = |name: &str| value(typed, name);
        Self {
            id: take("id"),
            title: take("title"),
            opens: take("opens"),
            closes: take("closes"),
            zone: take("zone"),
            lookup: take("lookup"),
            contests: CONTESTS
                .map(|(id, _)| (id.to_owned(), take(&format!("contest-{id}"))))
                .into(),
            others: take("others"),
        }
    }

    /// The election it says, or every field that does not fit.
    pub(super) fn parse(&self) -> Result<Election, Faults> {
        let mut faults = Faults::new();
        let mut wrong = |field, key| faults.push((field, Problem::new(key)));
        let id: Option<Id> = self.id.trim().parse().ok();
        if id.is_none() {
            wrong("id", "election-problem-id");
        }
        let title: Option<Prose<200>> = tidy(&self.title).parse().ok();
        if title.is_none() {
            wrong("title", "election-problem-title");
        }
        let zone: Option<Zone> = self.zone.parse().ok();
        let known = zone.as_ref().and_then(election::known_zone);
        let Some((zone, calendar)) = zone.zip(known) else {
            wrong("zone", "election-problem-zone");
            return Err(faults);
        };
        let opens = election::local_minute(&self.opens, &calendar);
        if opens.is_none() {
            wrong("opens", "election-problem-time");
        }
        let closes = election::local_minute(&self.closes, &calendar);
        if closes.is_none() {
            wrong("closes", "election-problem-time");
        }
        if opens.zip(closes).is_some_and(|(opens, closes)| closes <= opens) {
            wrong("closes", "election-problem-window");
        }
        let lookup: Option<LookUp> = self.lookup.parse().ok();
        if lookup.is_none() {
            wrong("lookup", "election-problem-lookup");
        }
        let contests = self.parse_contests(&calendar, &mut faults);
        match (id, title, opens, closes, lookup) {
            (Some(id), Some(title), Some(opens), Some(closes), Some(lookup)) if faults.is_empty() => {
                Ok(Election {
                    id,
                    title,
                    opens,
                    closes,
                    zone,
                    contests,
                    lookup,
                })
            }
            _ => Err(faults),
        }
    }

    fn parse_contests(&self, calendar: &jiff::tz::TimeZone, faults: &mut Faults) -> Vec<Contest> {
        let known = CONTESTS
            .iter()
            .filter_map(|(id, _)| Some((field_of(id), (*id).to_owned(), self.contests.get(*id)?.clone())))
            .filter(|(_, _, day)| !day.trim().is_empty());
        let lines = self.others.lines().filter(|line| !line.trim().is_empty());
        let others = lines.map(|line| {
            let (id, day) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            ("others", id.to_owned(), day.to_owned())
        });
        let mut contests = BTreeMap::new();
        for (field, id, day) in known.chain(others) {
            let contest = id.parse::<Id>().ok().zip(election::local_minute(&day, calendar));
            match contest {
                Some((id, determined)) if !contests.contains_key(&id) => {
                    contests.insert(id.clone(), Contest { id, determined });
                }
                _ => faults.push((
                    field,
                    Problem::new("election-problem-contest").with("contest", &id),
                )),
            }
        }
        contests.into_values().collect()
    }
}

fn field_of(contest: &str) -> &'static str {
    match contest {
        "presiden" => "contest-presiden",
        "dpr" => "contest-dpr",
        "dpd" => "contest-dpd",
        "dprd-provinsi" => "contest-dprd-provinsi",
        _ => "contest-dprd-kabupaten-kota",
    }
}

/// The pact form as typed.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct PactForm {
    pub(super) title: String,
    pub(super) preamble: String,
    /// One a line.
    pub(super) clauses: String,
    pub(super) closing: String,
}

impl PactForm {
    /// The form of a text.
    pub(super) fn of(text: &PactText) -> Self {
        let clauses: Vec<&str> = text.clauses.iter().map(Prose::as_str).collect();
        Self {
            title: text.title.to_string(),
            preamble: text.preamble.to_string(),
            clauses: clauses.join("\n\n"),
            closing: text.closing.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// What was posted.
    pub(super) fn read(typed: &Typed) -> Self {
        let take = |name: &str| value(typed, name);
        Self {
            title: take("title"),
            preamble: take("preamble"),
            clauses: take("clauses"),
            closing: take("closing"),
        }
    }

    /// The text it says, or every field that does not fit.
    pub(super) fn parse(&self, election: Id, version: u64) -> Result<PactText, Faults> {
        let mut faults = Faults::new();
        let title: Option<Prose<200>> = tidy(&self.title).parse().ok();
        if title.is_none() {
            faults.push(("title", Problem::new("pact-problem-title")));
        }
        let preamble: Option<Prose<4096>> = tidy(&self.preamble).parse().ok();
        if preamble.is_none() {
            faults.push(("preamble", Problem::new("pact-problem-prose")));
        }
        let closing = tidy(&self.closing);
        let closing: Option<Prose<4096>> = if closing.is_empty() {
            None
        } else {
            let parsed = closing.parse().ok();
            if parsed.is_none() {
                faults.push(("closing", Problem::new("pact-problem-prose")));
            }
            parsed
        };
        let mut clauses: Vec<Prose<4096>> = Vec::new();
        for line in self.clauses.lines().map(tidy).filter(|line| !line.is_empty()) {
            match line.parse() {
                Ok(clause) => clauses.push(clause),
                Err(_) => faults.push((
                    "clauses",
                    Problem::new("pact-problem-clause").with("number", clauses.len().saturating_add(1)),
                )),
            }
        }
        let (Some(title), Some(preamble), true) = (title, preamble, faults.is_empty()) else {
            return Err(faults);
        };
        let text = PactText {
            election,
            version,
            language: Language::Id,
            title,
            preamble,
            clauses,
            closing,
        };
        match text.check() {
            Ok(()) => Ok(text),
            Err(_rule) => Err(vec![("clauses", Problem::new("pact-problem-clauses"))]),
        }
    }
}

/// The first value of a field; empty when it was not sent.
pub(super) fn value(typed: &Typed, name: &str) -> String {
    typed
        .iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

/// White space as one reads it, composed characters: what word processors leave behind when text is pasted.
fn tidy(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> ElectionForm {
        ElectionForm {
            id: "pemilu-2024".to_owned(),
            title: "  Pemilu   2024 ".to_owned(),
            opens: "2023-11-01T08:00".to_owned(),
            closes: "2024-02-14T00:00".to_owned(),
            others: "walikota 2024-09-22\n".to_owned(),
            ..ElectionForm::fresh()
        }
    }

    #[test]
    fn a_form_becomes_an_election_and_back() {
        let election = good().parse().unwrap();
        election.check().unwrap();
        assert_eq!(election.title.as_str(), "Pemilu 2024");
        assert_eq!(election.contests.len(), 6);
        assert_eq!(ElectionForm::of(&election).parse().unwrap(), election);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let form = ElectionForm {
            id: "Pemilu 2024".to_owned(),
            title: String::new(),
            opens: "besok".to_owned(),
            others: "walikota\npresiden 2024-01-01".to_owned(),
            lookup: "all".to_owned(),
            ..good()
        };
        let fields: Vec<&str> = form.parse().unwrap_err().iter().map(|(f, _)| *f).collect();
        assert_eq!(fields, ["id", "title", "opens", "lookup", "others", "others"]);
        let form = ElectionForm {
            closes: "2023-11-01T08:00".to_owned(),
            ..good()
        };
        assert_eq!(form.parse().unwrap_err().first().unwrap().0, "closes");
        let form = ElectionForm {
            zone: "Mars/Olympus".to_owned(),
            ..good()
        };
        assert_eq!(form.parse().unwrap_err().first().unwrap().0, "zone");
    }

    #[test]
    fn pasted_text_becomes_a_pact() {
        let form = PactForm {
            title: "Pakta".to_owned(),
            preamble: "Saya\r\n menyatakan:".to_owned(),
            clauses: "netral;\r\n\r\n jujur\u{a0}selalu.".to_owned(),
            closing: String::new(),
        };
        let text = form.parse("p".parse().unwrap(), 3).unwrap();
        assert_eq!((text.version, text.clauses.len()), (3, 2));
        let bad = PactForm {
            clauses: "netral\nju\u{202e}jur".to_owned(),
            ..form.clone()
        };
        let faults = bad.parse("p".parse().unwrap(), 3).unwrap_err();
        assert_eq!(faults.first().unwrap().1.args, [("number", "2".to_owned())]);
        let none = PactForm {
            clauses: " \n".to_owned(),
            ..form
        };
        assert!(none.parse("p".parse().unwrap(), 3).is_err());
    }
}
