//! Whom an examiner found by hand, each beside the complaint as the linkage weighs them. Absent: the search itself.

use serde::Serialize;

use crate::linkage::MODEL_VERSION;
use crate::service::crossref::Found;
use crate::service::crossref::Roster;
use crate::web::complaint::view::PersonView;
use crate::web::complaint::view::case::CandidateView;
use crate::web::complaint::view::case::shortened;

/// What the search by hand found.
#[derive(Debug, Serialize)]
pub(super) struct FoundView {
    people: Vec<FoundPerson>,
    more: bool,
    short: bool,
    /// What they were compared with: the roster as it is now, whatever the proposal was made from.
    model: String,
    snapshot: String,
}

/// One of them.
#[derive(Debug, Serialize)]
struct FoundPerson {
    person: PersonView,
    /// The place among the candidates; 0 for whoever is none of them.
    rank: usize,
    /// Why; none for a candidate, who has it already, and for somebody who came to the roster this moment.
    compared: Option<CandidateView>,
}

impl FoundView {
    /// `by_hand` are those found who are not among the candidates.
    pub(super) fn new(
        found: Found,
        mut by_hand: Vec<CandidateView>,
        candidates: &[CandidateView],
        roster: &Roster,
    ) -> Self {
        let people = found.people.into_iter().map(PersonView::from).map(|person| {
            let is = |view: &CandidateView| view.person.as_ref().is_some_and(|other| other.id == person.id);
            let place = by_hand.iter().position(is);
            FoundPerson {
                rank: candidates
                    .iter()
                    .find(|view| is(view))
                    .map_or(0, |view| view.rank),
                compared: place.map(|place| by_hand.swap_remove(place)),
                person,
            }
        });
        Self {
            people: people.collect(),
            more: found.more,
            short: found.short,
            model: MODEL_VERSION.to_owned(),
            snapshot: shortened(roster.snapshot()),
        }
    }

    /// Everybody found.
    pub(super) fn persons(&self) -> impl Iterator<Item = &PersonView> {
        self.people.iter().map(|found| &found.person)
    }
}
