//! Lives here: what an openings file shows about an election's roster: every label that is on opens, and nobody stands behind two.
//! Absent: whether the people exist, which a register of another body tells, and whether they signed, which they tell when asked.

use serde::Serialize;

use crate::domain::log::ElectionState;
use crate::domain::log::LabelState;
use crate::domain::nip::Nip;
use crate::domain::openings::LabelOpening;
use crate::domain::openings::OpeningsHeader;
use crate::domain::text::print_hex;
use crate::domain::verdict::Verdict;

/// The most of each kind that a report lists; it counts all of them.
const LISTED_MAX: usize = 1000;

/// Bytes of a label that a report shows: enough to find it, in hex.
const PREFIX_BYTES: usize = 8;

/// What an openings file shows. Nothing in it names a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpeningsReport {
    /// Valid: every label that is on opens, to another person each. Cannot tell: some were erased, or came after the file.
    pub verdict: Verdict,
    /// The election.
    pub election: String,
    /// How many entries the log had when the file was made.
    pub size: u64,
    /// Labels that are on: M.
    pub members: u64,
    /// Of them, those that open.
    pub opened: u64,
    /// Labels that open and are not on.
    pub opened_off: u64,
    /// Labels that are on and do not open because the person's data were erased by two officers.
    pub erased: u64,
    /// Of them, those that have signed.
    pub erased_signed: u64,
    /// Labels that do not open because they came on after the file was made.
    pub later: u64,
    /// Of them, those that have signed.
    pub later_signed: u64,
    /// Labels that are on and do not open, for no such reason.
    pub unopened_count: u64,
    /// Of them, those that have signed: invented signers.
    pub invented_signers: u64,
    /// The first of them, those that have signed first.
    pub unopened: Vec<Unopened>,
    /// How often two labels that are on open to one person.
    pub twice_count: u64,
    /// The first of these pairs.
    pub twice: Vec<Twice>,
    /// Lines whose label never was on this roster.
    pub stranger_count: u64,
    /// The first of them.
    pub strangers: Vec<Stranger>,
    /// Lines with a number that no civil servant can have.
    pub impossible_count: u64,
    /// The first of them.
    pub impossible: Vec<Stranger>,
}

/// A label that is on and does not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unopened {
    /// The beginning of the label.
    pub label: String,
    /// The roster entry that put it on.
    pub roster_index: u64,
    /// Its live signature.
    pub signature_index: Option<u64>,
    /// Two officers attested that this person signed on paper.
    pub attested: bool,
    /// The line of the file that does not open it; none where no line names it.
    pub line: Option<u64>,
}

/// Two labels that are on and open to the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Twice {
    /// The lines of the file.
    pub lines: [u64; 2],
    /// The beginnings of the labels.
    pub labels: [String; 2],
    /// Their live signatures.
    pub signature_indexes: [Option<u64>; 2],
}

/// A line of the file that should not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stranger {
    /// The line.
    pub line: u64,
    /// The beginning of its label.
    pub label: String,
}

/// A number of a person, packed into 16 bytes: there may be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Numbered {
    number: u64,
    line: u32,
    place: u32,
}

/// Holds an openings file against a log, line by line. Memory: 16 bytes a number and one bit a label, whatever the file holds:
/// labels ascend, so that each counts once.
#[derive(Debug)]
pub struct OpeningsAudit<'a> {
    header: OpeningsHeader,
    state: &'a ElectionState,
    opened: Vec<u64>,
    /// Place and line of what did not open its label.
    refused: Vec<(u32, u32)>,
    numbers: Vec<Numbered>,
    report: OpeningsReport,
}

impl<'a> OpeningsAudit<'a> {
    /// Begins. The header's origin and election are the log's and the state's: the caller has seen to that.
    pub fn new(header: OpeningsHeader, state: &'a ElectionState) -> Self {
        let words = state.label_count().div_ceil(64);
        let report = OpeningsReport {
            verdict: Verdict::Valid,
            election: header.election.to_string(),
            size: header.size,
            members: 0,
            opened: 0,
            opened_off: 0,
            erased: 0,
            erased_signed: 0,
            later: 0,
            later_signed: 0,
            unopened_count: 0,
            invented_signers: 0,
            unopened: Vec::new(),
            twice_count: 0,
            twice: Vec::new(),
            stranger_count: 0,
            strangers: Vec::new(),
            impossible_count: 0,
            impossible: Vec::new(),
        };
        Self {
            header,
            state,
            opened: vec![0; usize::try_from(words).unwrap_or_default()],
            refused: Vec::new(),
            numbers: Vec::new(),
            report,
        }
    }

    /// Takes an opening and its line's number; does it open its label?
    pub fn take(&mut self, line: u64, opening: &LabelOpening) -> bool {
        let Some(place) = self.state.place_of(&opening.label) else {
            add(&mut self.report.stranger_count);
            list(&mut self.report.strangers, || stranger(line, &opening.label));
            return false;
        };
        let line_short = u32::try_from(line).unwrap_or(u32::MAX);
        if !opening.opens(&self.header.origin, &self.header.election) {
            self.refused.push((place, line_short));
            return false;
        }
        set_bit(&mut self.opened, place);
        if opening
            .numbers
            .iter()
            .any(|number| Nip::parse(number.as_str()).is_err())
        {
            add(&mut self.report.impossible_count);
            list(&mut self.report.impossible, || stranger(line, &opening.label));
        }
        if self.state.is_on(&opening.label) {
            self.numbers.extend(opening.numbers.iter().map(|number| Numbered {
                number: number.as_str().parse().unwrap_or_default(),
                line: line_short,
                place,
            }));
        }
        true
    }

    /// What the whole file shows.
    pub fn finish(mut self) -> OpeningsReport {
        self.refused.sort_unstable();
        for place in 0..self.state.label_count() {
            if let Some(label) = self.state.label_at(place) {
                self.judge(place, &label);
            }
        }
        self.find_twice();
        let mut report = self.report;
        report
            .unopened
            .sort_by_key(|unopened| (!unopened.has_signed(), unopened.roster_index));
        report.unopened.truncate(LISTED_MAX);
        let wrong = report
            .unopened_count
            .saturating_add(report.twice_count)
            .saturating_add(report.stranger_count)
            .saturating_add(report.impossible_count);
        report.verdict = if wrong > 0 {
            Verdict::NotValid
        } else if report.erased > 0 || report.later > 0 {
            Verdict::CannotTell
        } else {
            Verdict::Valid
        };
        report
    }

    fn judge(&mut self, place: u32, label: &LabelState) {
        let report = &mut self.report;
        let opens = has_bit(&self.opened, place);
        if !label.on {
            report.opened_off = report.opened_off.saturating_add(u64::from(opens));
            return;
        }
        add(&mut report.members);
        let line = self
            .refused
            .binary_search_by_key(&place, |(place, _)| *place)
            .ok()
            .and_then(|at| self.refused.get(at))
            .map(|(_, line)| u64::from(*line));
        let signed = label.signature.is_some() || label.attested;
        if opens {
            add(&mut report.opened);
        } else if label.erased && line.is_none() {
            add(&mut report.erased);
            report.erased_signed = report.erased_signed.saturating_add(u64::from(signed));
        } else if label.since >= self.header.size && line.is_none() {
            add(&mut report.later);
            report.later_signed = report.later_signed.saturating_add(u64::from(signed));
        } else {
            add(&mut report.unopened_count);
            report.invented_signers = report.invented_signers.saturating_add(u64::from(signed));
            // Those that have signed are listed first, however late they come.
            if signed || report.unopened.len() < LISTED_MAX {
                report.unopened.push(Unopened {
                    label: prefix(&label.label),
                    roster_index: label.since,
                    signature_index: label.signature,
                    attested: label.attested,
                    line,
                });
            }
            if report.unopened.len() >= 4 * LISTED_MAX {
                report.unopened.sort_by_key(|unopened| !unopened.has_signed());
                report.unopened.truncate(LISTED_MAX);
            }
        }
    }

    fn find_twice(&mut self) {
        self.numbers.sort_unstable();
        let pairs = self.numbers.iter().zip(self.numbers.iter().skip(1));
        for (one, other) in pairs.filter(|(one, other)| one.number == other.number) {
            add(&mut self.report.twice_count);
            let state = self.state;
            let labels = [one, other].map(|numbered| state.label_at(numbered.place));
            list(&mut self.report.twice, || Twice {
                lines: [one.line, other.line].map(u64::from),
                labels: labels.map(|label| label.map(|label| prefix(&label.label)).unwrap_or_default()),
                signature_indexes: labels.map(|label| label.and_then(|label| label.signature)),
            });
        }
    }
}

impl Unopened {
    /// Does it count as somebody who signed?
    pub fn has_signed(&self) -> bool {
        self.signature_index.is_some() || self.attested
    }
}

fn stranger(line: u64, label: &[u8; 32]) -> Stranger {
    Stranger {
        line,
        label: prefix(label),
    }
}

/// The beginning of a label, in hex.
fn prefix(label: &[u8; 32]) -> String {
    print_hex(label.get(..PREFIX_BYTES).unwrap_or_default())
}

fn add(count: &mut u64) {
    *count = count.saturating_add(1);
}

fn list<T>(listed: &mut Vec<T>, one: impl FnOnce() -> T) {
    if listed.len() < LISTED_MAX {
        listed.push(one());
    }
}

fn set_bit(bits: &mut [u64], place: u32) {
    let word = usize::try_from(place / 64).ok();
    if let Some(word) = word.and_then(|word| bits.get_mut(word)) {
        *word |= 1 << (place % 64);
    }
}

fn has_bit(bits: &[u64], place: u32) -> bool {
    let word = usize::try_from(place / 64).ok();
    word.and_then(|word| bits.get(word))
        .is_some_and(|word| word & (1 << (place % 64)) != 0)
}
