//! Which complaints an examiner goes through: part of every address of these pages, so that a filter can be kept and passed on.
//! Absent: what the list shows (`super::view`).

use serde::Deserialize;
use serde::Serialize;

use crate::service::complaint::AuthorityRow;
use crate::service::complaint::Filter;

/// The states that a list can be narrowed to.
const STATES: [&str; 5] = ["undecided", "received", "second", "identified", "nobody"];
/// The classes of proposals.
const PROPOSALS: [&str; 4] = ["match", "conflict", "possible", "none"];
/// The longest reference that is looked for, in characters.
const REFERENCE_CHARS_MAX: usize = 100;
/// A day, in seconds.
const DAY_S: i64 = 24 * 60 * 60;

/// A filter as an address says it. Empty is everything; what is not known counts as empty.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Queue {
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) proposal: String,
    /// The authority's short name.
    #[serde(default)]
    pub(super) authority: String,
    /// `yes`: only overdue ones.
    #[serde(default)]
    pub(super) overdue: String,
    /// The beginning of a reference.
    #[serde(default)]
    pub(super) q: String,
}

impl Queue {
    /// All of one state.
    pub(super) fn of_state(state: &str) -> Self {
        Self {
            state: state.to_owned(),
            ..Self::default()
        }
    }

    /// Without what no list can be narrowed to.
    pub(super) fn known(mut self, authorities: &[AuthorityRow]) -> Self {
        let keep = |text: String, known: bool| if known { text } else { String::new() };
        let has_state = STATES.contains(&self.state.as_str());
        let has_proposal = PROPOSALS.contains(&self.proposal.as_str());
        let has_authority = authorities.iter().any(|row| row.slug == self.authority);
        let is_overdue = self.overdue == "yes";
        self.state = keep(self.state, has_state);
        self.proposal = keep(self.proposal, has_proposal);
        self.authority = keep(self.authority, has_authority);
        self.overdue = keep(self.overdue, is_overdue);
        let reference = self.q.trim().replace('\0', "");
        self.q = reference.chars().take(REFERENCE_CHARS_MAX).collect();
        self
    }

    /// The filter itself; what was received before `due_s` is overdue while it is undecided.
    pub(super) fn filter(&self, authorities: &[AuthorityRow], due_s: i64) -> Filter {
        let overdue = self.overdue == "yes";
        let undecided = |is_so: bool| is_so.then(|| "received".to_owned());
        let (state, waits) = match self.state.as_str() {
            "identified" | "nobody" => (Some(self.state.clone()), Some(false)),
            "received" => (undecided(true), Some(false)),
            // A decided complaint waits too, where somebody wants to reopen it.
            "second" => (undecided(overdue), Some(true)),
            "undecided" => (undecided(true), None),
            _ => (undecided(overdue), None),
        };
        let authority = authorities.iter().find(|row| row.slug == self.authority);
        Filter {
            state,
            waits,
            proposal: Some(self.proposal.clone()).filter(|text| !text.is_empty()),
            authority_id: authority.map(|row| row.id),
            reference: Some(self.q.clone()).filter(|text| !text.is_empty()),
            before_s: overdue.then_some(due_s),
        }
    }

    /// The same among complaints that nobody has decided, whatever state the list was narrowed to.
    pub(super) fn undecided(&self) -> Self {
        let state = match self.state.as_str() {
            "received" | "second" => self.state.clone(),
            _ => "undecided".to_owned(),
        };
        Self {
            state,
            ..self.clone()
        }
    }

    /// The same among complaints that an examiner may have to answer: what is undecided, then what somebody wants to reopen.
    pub(super) fn to_answer(&self) -> Vec<Self> {
        let undecided = self.undecided();
        let waiting = Self {
            state: "second".to_owned(),
            ..self.clone()
        };
        let is_narrow = undecided.state != "undecided";
        [undecided, waiting]
            .into_iter()
            .take(if is_narrow { 1 } else { 2 })
            .collect()
    }

    /// As it stands in an address, without `?`; empty where nothing is narrowed.
    pub(super) fn address(&self) -> String {
        let pairs = [
            ("state", &self.state),
            ("proposal", &self.proposal),
            ("authority", &self.authority),
            ("overdue", &self.overdue),
            ("q", &self.q),
        ];
        let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(name, value)| format!("{name}={}", encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// A path with this filter behind it.
    pub(super) fn behind(&self, path: &str) -> String {
        let address = self.address();
        if address.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{address}")
        }
    }
}

/// The moment before which an undecided complaint must have come to be overdue now.
pub(super) fn due_s(now_s: i64, overdue_days: u32) -> i64 {
    now_s.saturating_sub(i64::from(overdue_days).saturating_mul(DAY_S))
}

/// A value as it stands in a query: anything but letters, digits and `-._~` as `%XX` (RFC 3986, 2.3).
pub(super) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(state: &str, proposal: &str, overdue: &str, q: &str) -> Queue {
        let [state, proposal, overdue, q] = [state, proposal, overdue, q].map(str::to_owned);
        Queue {
            state,
            proposal,
            overdue,
            q,
            authority: "tidak-ada".to_owned(),
        }
    }

    #[test]
    fn an_address_says_what_is_known_and_nothing_else() {
        let known = queue("second", "conflict", "yes", " A/1 &b\0 ").known(&[]);
        assert_eq!(
            known.behind("/complaints"),
            "/complaints?state=second&proposal=conflict&overdue=yes&q=A%2F1%20%26b"
        );
        let unknown = queue("x", "y", "z", "").known(&[]);
        assert_eq!(unknown.behind("/complaints"), "/complaints");
    }

    #[test]
    fn overdue_are_the_undecided_ones_alone() {
        let filter = queue("", "", "yes", "").filter(&[], 60);
        assert_eq!(
            (filter.state.as_deref(), filter.before_s),
            (Some("received"), Some(60))
        );
        let decided = queue("nobody", "", "", "").undecided();
        assert_eq!(decided.state, "undecided");
        let states = |queue: Queue| {
            queue
                .to_answer()
                .into_iter()
                .map(|one| one.state)
                .collect::<Vec<_>>()
        };
        assert_eq!(states(queue("", "", "", "")), ["undecided", "second"]);
        assert_eq!(states(queue("received", "", "", "")), ["received"]);
        let wanted = queue("second", "", "", "").filter(&[], 60);
        assert_eq!((wanted.state, wanted.waits), (None, Some(true)));
        assert_eq!(due_s(8 * DAY_S, 7), DAY_S);
    }
}
