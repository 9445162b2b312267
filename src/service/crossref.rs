//! Who a complaint may mean: the linkage proposes, a person decides, and the decision is joined to the ledger.
//!
//! Nothing here decides about a person by itself (UU 27/2022): a proposal is stored as a proposal, and [`decide()`] takes an
//! examiner's answer with its reason. Absent: how people are compared ([`crate::linkage`]).

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::linkage;
use crate::linkage::Decision;
use crate::linkage::MODEL_VERSION;
use crate::linkage::RuleId;
use crate::service::Error;
use crate::service::complaint as intake;
use crate::store::Conn;
use crate::store::complaint::ComplaintRow;
use crate::store::complaint::list as complaints;
use crate::store::crossref as store;
use crate::store::roster as people;

mod by_hand;
mod decide;
mod join;
mod roster;

pub use crate::store::crossref::CrossrefRow;
pub use crate::store::crossref::DecisionRow;
pub use crate::store::crossref::PastRow;
pub use crate::store::crossref::find;
pub use crate::store::crossref::find_decision;
pub use crate::store::crossref::find_past;
pub use crate::store::crossref::list_decisions;
pub use crate::store::crossref::list_past;
pub use crate::store::crossref::list_persons_by_id;
pub use by_hand::ByHand;
pub use decide::Answer;
pub use decide::Outcome;
pub use decide::REASON_CHARS_MAX;
pub use decide::Settled;
pub use decide::decide;
pub use decide::is_of_two;
pub use decide::is_proposed;
pub use join::Join;
pub use join::JoinRow;
pub use join::join;
pub use roster::Roster;
pub use roster::Rosters;

/// How many people a search shows.
pub const SEARCH_MAX: usize = 20;
/// Fewest characters of a search.
pub const SEARCH_CHARS_MIN: usize = 3;

/// What the linkage proposes for a complaint: never a decision.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// How strong.
    pub decision: Decision,
    /// Why.
    pub explanation: Explanation,
    snapshot: String,
}

/// The explanation of a proposal, as stored.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The rule, by key.
    pub rule: String,
    /// The number says one person and the name another.
    pub conflict: bool,
    /// What every person's score starts from.
    pub prior_bits: f64,
    /// How many others bear the name nearly as well.
    pub namesakes: u32,
    /// Best first, *nobody* among them.
    pub candidates: Vec<Candidate>,
}

impl Explanation {
    /// Whether anything that was written could be compared with anybody.
    pub fn is_compared(&self) -> bool {
        self.rule != RuleId::NothingWritten.key()
    }
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Explanation({}, {} candidates ***)",
            self.rule,
            self.candidates.len()
        )
    }
}

/// One hypothesis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Row id of the person; none for *nobody on this roster*.
    pub person_id: Option<i64>,
    /// Bits.
    pub score: f64,
    /// Probability among all that was weighed.
    pub posterior: f64,
    /// Lines that, with the prior, sum to the score.
    pub evidence: Vec<Line>,
    /// The lines that forbid a strong proposal.
    pub contradictions: Vec<Line>,
}

/// One line of evidence.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Field, by key.
    pub field: String,
    /// How well it agrees, by key.
    pub level: String,
    /// For or against.
    pub bits: f64,
    /// What was compared.
    pub detail: String,
    /// What the complaint says, where it says something.
    #[serde(default)]
    pub written: String,
    /// What the roster said when the line was made.
    #[serde(default)]
    pub recorded: String,
    /// How many people on that roster bear what is recorded; none where that says nothing.
    #[serde(default)]
    pub bearers: Option<u32>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({} {}, ***)", self.field, self.level)
    }
}

/// The two sides of what was compared, as `written = recorded`; either may be empty. Only of a name and of a handle does the
/// linkage tell both: any other detail is the complaint's own text, whatever signs it holds.
fn compared<'a>(field: &str, level: &str, detail: &'a str) -> (&'a str, &'a str) {
    let sides = if field == linkage::Field::Handle.key() {
        // The handle is as written; the words behind the last sign are the roster's.
        detail.rsplit_once(" \u{220b} ")
    } else if field != linkage::Field::Name.key() || level == linkage::Level::Extra.key() {
        None
    } else if level == linkage::Level::Omitted.key() {
        Some(("", detail))
    } else {
        [" = ", " / "].iter().find_map(|sign| detail.split_once(sign))
    };
    sides.unwrap_or((detail, ""))
}

/// Stores a proposal. The one before is kept beside it, and so is what people decided.
pub fn save(conn: &mut Conn, complaint_id: i64, proposal: &Proposal, now_s: i64) -> Result<(), Error> {
    let before = store::find(conn, complaint_id)?;
    if let Some(before) = &before {
        store::keep(conn, before, now_s)?;
    }
    let row = CrossrefRow {
        complaint_id,
        made_s: now_s,
        model_version: MODEL_VERSION.to_owned(),
        roster_snapshot: proposal.snapshot.clone(),
        decision: proposal.decision.key().to_owned(),
        explanation: serde_json::to_string(&proposal.explanation).map_err(Error::internal)?,
        number: before.map_or(1, |before| before.number.saturating_add(1)),
        conflict: proposal.explanation.conflict,
    };
    Ok(store::save(conn, &row)?)
}

/// The explanation of a stored proposal. What another model said in words that this program does not know becomes `other`.
pub fn explanation(row: &CrossrefRow) -> Result<Explanation, Error> {
    let mut explained: Explanation = serde_json::from_str(&row.explanation)
        .map_err(|_damaged| Error::Tampered(format!("crossref of complaint {}", row.complaint_id)))?;
    replace_unknown::<RuleId>(&mut explained.rule);
    explained.candidates.iter_mut().for_each(make_readable);
    Ok(explained)
}

/// Fills both sides of lines that were stored without them, and words that this program does not know.
fn make_readable(candidate: &mut Candidate) {
    let lines = candidate.evidence.iter_mut();
    for line in lines.chain(candidate.contradictions.iter_mut()) {
        if line.written.is_empty() && line.recorded.is_empty() {
            let (written, recorded) = compared(&line.field, &line.level, &line.detail);
            (line.written, line.recorded) = (written.to_owned(), recorded.to_owned());
        }
        replace_unknown::<linkage::Field>(&mut line.field);
        replace_unknown::<linkage::Level>(&mut line.level);
    }
}

fn replace_unknown<T: DeserializeOwned>(key: &mut String) {
    if serde_json::from_value::<T>(serde_json::Value::String(key.clone())).is_err() {
        "other".clone_into(key);
    }
}

/// Whether a proposal was made by this model from this roster.
pub fn is_current(row: &CrossrefRow, roster: &Roster) -> bool {
    row.model_version == MODEL_VERSION && row.roster_snapshot == roster.snapshot()
}

/// How many undecided complaints were compared with another roster, or by another model.
pub fn count_stale(conn: &mut Conn, roster: &Roster) -> Result<i64, Error> {
    Ok(complaints::count_stale(conn, MODEL_VERSION, roster.snapshot())?)
}

/// Proposals for such complaints after the row id `after`, `limit` at most; with each the complaint's row id.
pub fn propose_anew(
    conn: &mut Conn,
    roster: &Roster,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Proposal)>, Error> {
    let made_of = (MODEL_VERSION, roster.snapshot());
    complaints::list_stale(conn, made_of, after, limit)?
        .iter()
        .map(|row| Ok((row.id, roster.propose(&intake::received(row)?))))
        .collect()
}

/// Stores a proposal that was made anew, unless somebody has answered meanwhile: an answer stays with what its examiner saw.
pub fn save_anew(conn: &mut Conn, complaint_id: i64, proposal: &Proposal, now_s: i64) -> Result<bool, Error> {
    let row = intake::find(conn, complaint_id)?;
    let open = is_open(&row);
    if open {
        save(conn, complaint_id, proposal, now_s)?;
    }
    Ok(open)
}

/// Whether nobody has answered about a complaint.
pub fn is_open(row: &ComplaintRow) -> bool {
    row.state == "received" && row.first_answer_id.is_none()
}

/// What a search by hand found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// At most [`SEARCH_MAX`], by name.
    pub people: Vec<people::PersonRow>,
    /// There are more.
    pub more: bool,
    /// Too short to search for.
    pub short: bool,
}

/// People for an examiner who looks for somebody by hand, as [`search`] finds them.
pub fn look_up(conn: &mut Conn, query: &str) -> Result<Found, Error> {
    let said = query.chars().filter(|c| c.is_alphanumeric()).count();
    if said < SEARCH_CHARS_MIN {
        return Ok(Found {
            short: said > 0,
            ..Found::default()
        });
    }
    let mut people = search_some(conn, query, SEARCH_MAX.saturating_add(1))?;
    let more = people.len() > SEARCH_MAX;
    people.truncate(SEARCH_MAX);
    Ok(Found {
        people,
        more,
        short: false,
    })
}

/// People by NIP (whole, current or former), or by words of name, number, unit, position and city: [`SEARCH_MAX`] at most.
pub fn search(conn: &mut Conn, query: &str) -> Result<Vec<people::PersonRow>, Error> {
    search_some(conn, query, SEARCH_MAX)
}

fn search_some(conn: &mut Conn, query: &str, most: usize) -> Result<Vec<people::PersonRow>, Error> {
    let digits: String = query
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
        .collect();
    if digits.len() >= 18 && digits.chars().all(|c| c.is_ascii_digit()) {
        return Ok(people::find_person_by_nip(conn, &digits)?.into_iter().collect());
    }
    let words: Vec<String> = query
        .to_lowercase()
        .replace('\0', " ")
        .split_whitespace()
        .take(8)
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(store::search_persons(conn, &words, limit)?)
}

#[cfg(test)]
mod tests;
