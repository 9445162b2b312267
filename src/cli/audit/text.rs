//! The report of an audit, for people. Absent: the report ([`crate::domain::audit`]).

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::cli::audit::Found;
use crate::cli::audit::further::Further;
use crate::cli::audit::further::Openings;
use crate::domain::audit::AuditReport;
use crate::domain::audit::ElectionReport;
use crate::domain::audit::MovementReport;
use crate::domain::audit::RosterReport;
use crate::domain::audit::SealsReport;
use crate::domain::openings::OpeningsReport;
use crate::domain::verdict::Verdict;
use crate::ledger::note::Vkey;

/// Things of one kind that the text names; `--json` names more.
const NAMED_MAX: usize = 20;
/// Where a continued line begins.
const INDENT: &str = "            ";

/// The whole text.
pub(super) fn text(found: &Found, vkey: &Vkey, beside: bool) -> String {
    let (pass, further) = (&found.pass, &found.further);
    let report = &pass.report;
    let mut text = Text::default();
    text.line(&format!("log         {}", report.origin));
    text.line(&format!("key         {vkey}"));
    if beside {
        text.more("taken from beside the log: this proves no origin; give --vkey from a source you trust");
    }
    if let (Some(size), Some(root)) = (report.size, pass.root) {
        text.line(&format!("checkpoint  {size} entries, root {root}"));
    }
    let is_refuted = report.verdict == Verdict::NotValid;
    if let Some(witnesses) = found.witnesses.as_ref().filter(|_| !is_refuted) {
        text.line(&format!("witnesses   {}", witnesses.words));
    }
    if is_refuted || found.witnesses.is_none() || found.seen() == Verdict::NotValid {
        // Beside a failure nothing is shown as true.
        text.verdict(found);
        return text.out;
    }
    let kinds: Vec<String> = report
        .kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    text.line(&format!("entries     {}: {}", report.entries, kinds.join(", ")));
    text.seals(&report.seals);
    for election in &report.elections {
        text.election(election);
    }
    if report.invalid_signature_count > 0 {
        text.line(&format!(
            "not counted {} signatures",
            report.invalid_signature_count
        ));
        for invalid in report.invalid_signatures.iter().take(NAMED_MAX) {
            text.more(&format!(
                "entry {}: {}",
                invalid.index,
                invalid.reasons.join(", ")
            ));
        }
    }
    text.further(further);
    text.verdict(found);
    text.out
}

#[derive(Default)]
struct Text {
    out: String,
}

impl Text {
    fn line(&mut self, line: &str) {
        // Titles come from the log: nothing in them may move a terminal's cursor.
        let line = line.replace(|c: char| c.is_control(), "?");
        let _infallible = writeln!(self.out, "{line}");
    }

    fn more(&mut self, line: &str) {
        self.line(&format!("{INDENT}{line}"));
    }

    /// As many as are named, and how many are not.
    fn list<T>(&mut self, count: u64, listed: &[T], print: impl Fn(&T) -> String) {
        for one in listed.iter().take(NAMED_MAX) {
            self.more(&format!("  {}", print(one)));
        }
        let shown = u64::try_from(listed.len().min(NAMED_MAX)).unwrap_or(u64::MAX);
        if count > shown {
            self.more(&format!("  and {} more; --json lists more", count - shown));
        }
    }

    fn seals(&mut self, seals: &SealsReport) {
        if seals.missing == 0 {
            self.line(&format!("seals       {} days; none is missing", seals.count));
            return;
        }
        self.line(&format!(
            "seals       {} days; MISSING for {} days before the newest entry's",
            seals.count, seals.missing
        ));
        self.list(seals.missing, &seals.missing_days, String::clone);
    }

    fn election(&mut self, election: &ElectionReport) {
        self.line(&format!("election    {}: {}", election.election, election.title));
        match &election.counts {
            None => {
                self.more(
                    "its numbers cannot be told: the log has entries of a kind unknown to this version",
                );
            }
            Some(counts) => self.more(&format!(
                "{} of {} signed; {} attested, {} disputed, {} voided{}",
                counts.valid,
                counts.members,
                counts.attested,
                counts.disputed,
                counts.voided,
                if election.closed { "; closed" } else { "" }
            )),
        }
        let mut sum = 0_u64;
        for (day, count) in &election.valid_by_day {
            sum = sum.saturating_add(*count);
            self.more(&format!("{day}  {count:>8}  {sum:>8}"));
        }
        if let Some(roster) = &election.roster {
            self.roster(roster);
        }
    }

    fn roster(&mut self, roster: &RosterReport) {
        let before = Days::of(roster.entries.iter().filter(|entry| !entry.since_opening));
        let since = Days::of(roster.entries.iter().filter(|entry| entry.since_opening));
        match roster.members_at_opening {
            None => self.line("roster      not opened yet"),
            Some(members) => self.line(&format!(
                "roster      {members} had to sign when it opened; since then {} put on, {} taken off",
                since.added(),
                since.off()
            )),
        }
        for (when, days) in [("before it opened", before), ("since it opened", since)] {
            for (day, changes) in days.0 {
                self.more(&format!(
                    "{day}  {}  {when}, {}",
                    changes.numbers(),
                    changes.entries()
                ));
            }
        }
        let removed = &roster.off_unsigned;
        if !removed.is_empty() {
            let count = u64::try_from(removed.len()).unwrap_or(u64::MAX);
            self.more(&format!("taken off without having signed: {count}"));
            self.list(count, removed, |removal| {
                format!(
                    "entry {}: label {}, {}{}",
                    removal.index,
                    removal.label,
                    removal.reason,
                    if removal.on_again { "; on again now" } else { "" }
                )
            });
        }
    }

    fn further(&mut self, further: &Further) {
        match &further.openings {
            None => {}
            Some(Openings::Unreadable(why)) => self.line(&format!("openings    cannot be read: {why}")),
            Some(Openings::Read(report)) => self.openings(report),
        }
        if let Some(sample) = &further.sample {
            self.line(&format!(
                "sample      {} of {} signatures of {} below entry {}, drawn by the checkpoint of root {}",
                sample.drawn.len(),
                sample.population,
                sample.election,
                sample.size,
                sample.root
            ));
            self.more(&match &sample.beacon {
                Some(beacon) => format!("with the beacon {beacon:?}"),
                None => "without a beacon: who made the checkpoint may have chosen it".to_owned(),
            });
            for (nth, drawn) in (1..).zip(&sample.drawn) {
                self.more(&format!(
                    "{nth:>6}  entry {:>8}  label {}  {}",
                    drawn.index, drawn.label, drawn.state
                ));
            }
        }
        if let Some(path) = &further.numbers {
            self.more(&format!("their numbers are in {path}, for its owner alone"));
        }
    }

    fn openings(&mut self, report: &OpeningsReport) {
        self.line(&format!(
            "openings    of {}, made when the log had {} entries",
            report.election, report.size
        ));
        self.more(&format!(
            "{} of {} labels on the roster open; {} that were taken off open too",
            report.opened, report.members, report.opened_off
        ));
        for (count, signed, why) in [
            (report.erased, report.erased_signed, "were erased by two officers"),
            (
                report.later,
                report.later_signed,
                "came on after the file was made",
            ),
        ] {
            if count > 0 {
                self.more(&format!(
                    "{count} {why} and cannot be opened; {signed} of them have signed"
                ));
            }
        }
        self.unopened(report);
        if report.twice_count > 0 {
            self.more(&format!("one person behind two labels: {}", report.twice_count));
            self.list(report.twice_count, &report.twice, |twice| {
                let [one, other] = &twice.labels;
                let [line, next] = twice.lines;
                let signed = twice.signature_indexes.iter().flatten().count();
                format!("lines {line} and {next}: labels {one}… and {other}…, {signed} of the two signed")
            });
        }
        for (count, listed, what) in [
            (
                report.stranger_count,
                &report.strangers,
                "labels that never were on the roster",
            ),
            (
                report.impossible_count,
                &report.impossible,
                "numbers that nobody can have",
            ),
        ] {
            if count > 0 {
                self.more(&format!("{what}: {count}"));
                self.list(count, listed, |line| {
                    format!("line {}: label {}…", line.line, line.label)
                });
            }
        }
    }

    fn unopened(&mut self, report: &OpeningsReport) {
        if report.unopened_count > 0 {
            self.more(&format!(
                "do not open: {}; of them invented signers: {}",
                report.unopened_count, report.invented_signers
            ));
            self.list(report.unopened_count, &report.unopened, |unopened| {
                let mut text = format!(
                    "label {}…, put on by entry {}",
                    unopened.label, unopened.roster_index
                );
                if let Some(line) = unopened.line {
                    let _infallible = write!(text, ", not opened by line {line}");
                }
                if let Some(index) = unopened.signature_index {
                    let _infallible = write!(text, ", signed at entry {index}: an invented signer");
                } else if unopened.attested {
                    text.push_str(", attested on paper: an invented signer");
                }
                text
            });
        }
    }

    fn verdict(&mut self, found: &Found) {
        let report = &found.pass.report;
        let fault = fault(report);
        let line = match (report.verdict, found.further.verdict(), found.seen()) {
            (Verdict::NotValid, ..) => format!("NOT VALID   {fault}"),
            (_, Verdict::NotValid, _) => {
                "NOT VALID   the log holds by itself, but not with its openings: see above".to_owned()
            }
            (_, _, Verdict::NotValid) => {
                "NOT VALID   the log holds by itself, but not with its witnesses: see above".to_owned()
            }
            (Verdict::CannotTell, ..) if fault.is_empty() => {
                "CANNOT TELL chain, tree and checkpoint hold; an entry is of a kind unknown to this version"
                    .to_owned()
            }
            (Verdict::CannotTell, ..) => format!("CANNOT TELL {fault}"),
            (_, Verdict::CannotTell, _) => {
                "CANNOT TELL the log holds by itself; the openings do not show everything: see above"
                    .to_owned()
            }
            (_, _, Verdict::CannotTell) => {
                "CANNOT TELL the log holds by itself; its witnesses do not bear it out: see above".to_owned()
            }
            (Verdict::Valid, Verdict::Valid, Verdict::Valid) => {
                "VALID       every file, hash, signature and rule of this log holds".to_owned()
            }
        };
        self.line(&line);
    }
}

fn fault(report: &AuditReport) -> String {
    report
        .fault
        .as_ref()
        .map_or_else(String::new, |fault| match fault.index {
            Some(index) if !fault.message.starts_with("entry ") => {
                format!("entry {index}: {}", fault.message)
            }
            _ => fault.message.clone(),
        })
}

/// What a day's roster entries changed.
#[derive(Default)]
struct Changes<'a> {
    added: u64,
    off: BTreeMap<&'a str, u64>,
    indexes: Vec<u64>,
}

impl Changes<'_> {
    fn numbers(&self) -> String {
        let off: u64 = self.off.values().sum();
        let mut text = format!(
            "{:>+8}  {:>8}",
            self.added,
            if off == 0 {
                "-0".to_owned()
            } else {
                format!("-{off}")
            }
        );
        if off > 0 {
            let reasons: Vec<String> = self
                .off
                .iter()
                .map(|(reason, count)| format!("{reason} {count}"))
                .collect();
            let _infallible = write!(text, "  ({})", reasons.join(", "));
        }
        text
    }

    fn entries(&self) -> String {
        let named: Vec<String> = self
            .indexes
            .iter()
            .take(NAMED_MAX)
            .map(ToString::to_string)
            .collect();
        match self.indexes.as_slice() {
            [one] => format!("entry {one}"),
            [.., last] if self.indexes.len() > NAMED_MAX => {
                format!("{} entries, {} … {last}", self.indexes.len(), named.join(", "))
            }
            _ => format!("entries {}", named.join(", ")),
        }
    }
}

/// Changes by day.
struct Days<'a>(BTreeMap<&'a str, Changes<'a>>);

impl<'a> Days<'a> {
    fn of(entries: impl Iterator<Item = &'a MovementReport>) -> Self {
        let mut days: BTreeMap<&str, Changes<'a>> = BTreeMap::new();
        for entry in entries {
            let day = days.entry(&entry.day).or_default();
            day.added = day.added.saturating_add(entry.added);
            day.indexes.push(entry.index);
            for (reason, count) in &entry.off {
                let sum = day.off.entry(reason).or_default();
                *sum = sum.saturating_add(*count);
            }
        }
        Self(days)
    }

    fn added(&self) -> u64 {
        self.0.values().map(|day| day.added).sum()
    }

    fn off(&self) -> u64 {
        self.0.values().flat_map(|day| day.off.values()).sum()
    }
}
