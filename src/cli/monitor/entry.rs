//! Which entries are worth a line, and what it says. Absent: whether they keep the rules ([`crate::domain::log`]).

use crate::cli::monitor::fold::Fold;
use crate::cli::monitor::line::Line;
use crate::cli::monitor::watch::Watch;
use crate::domain::election::civil_day;
use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::entry::Outcome;
use crate::domain::entry::Roster;
use crate::domain::entry::Seal;
use crate::domain::entry::Signature;
use crate::domain::log::POLICY_DELAY_S;
use crate::domain::log::SignatureFault;
use crate::domain::log::Verdict;
use crate::render::Lang;

/// Unix seconds as a moment in UTC.
pub(super) fn moment(seconds: i64) -> String {
    crate::render::datetime(seconds, "UTC", Lang::En).unwrap_or_else(|| seconds.to_string())
}

/// The lines of one entry that the rules let in. Notes in `fold` where watched labels sign, and which signatures do not count.
pub(super) fn lines(
    index: u64,
    entry: &Entry,
    verdict: &Verdict,
    fold: &mut Fold,
    watch: &Watch,
) -> Vec<Line> {
    let named = |label: &[u8; 32], what: String| {
        watch
            .name(label)
            .map(|name| Line::notice(format!("{name}: {what}")))
    };
    match &entry.body {
        Body::Signature(body) => signature(index, entry, body, verdict, fold, watch),
        Body::Roster(roster) => on_and_off(index, roster, watch),
        Body::Attested(body) => named(&body.label, format!("attested on paper at entry {index}"))
            .into_iter()
            .collect(),
        Body::Erasure(body) => named(
            &body.label,
            format!(
                "its person's data are erased, entry {index}, ground {}",
                body.ground
            ),
        )
        .into_iter()
        .collect(),
        Body::Dispute(body) => {
            let at = body.signature;
            let Some(label) = fold.signed.get(&at).copied() else {
                return vec![Line::change(format!(
                    "dispute at entry {index}: of the signature at {at}"
                ))];
            };
            fold.disputed.insert(index, label);
            let what = format!("its signature at entry {at} is disputed at entry {index}");
            named(&label, what).into_iter().collect()
        }
        Body::Resolution(body) => {
            let outcome = match body.outcome {
                Outcome::Upheld => "upheld: the signature is voided",
                Outcome::Dismissed => "dismissed: the signature stands",
            };
            let what = format!(
                "resolution at entry {index}: the dispute at {} is {outcome}",
                body.dispute
            );
            match fold.disputed.get(&body.dispute) {
                Some(label) => named(label, what).into_iter().collect(),
                None => vec![Line::change(what)],
            }
        }
        other => of_the_log(index, entry, other),
    }
}

fn signature(
    index: u64,
    entry: &Entry,
    body: &Signature,
    verdict: &Verdict,
    fold: &mut Fold,
    watch: &Watch,
) -> Vec<Line> {
    let label = &body.statement.label;
    if let Verdict::InvalidSignature(faults) = verdict {
        let reasons: Vec<&str> = faults.iter().map(|fault| SignatureFault::key(*fault)).collect();
        fold.note_uncounted(format!(
            "signature at entry {index} does not count: {}",
            reasons.join(", ")
        ));
        return Vec::new();
    }
    let Some(name) = watch.name(label) else {
        return Vec::new();
    };
    fold.signed.insert(index, *label);
    let at = moment(entry.at.unix_i64());
    let method = body.statement.method;
    vec![Line::notice(format!(
        "{name}: signed at entry {index}, {at}, by {method}"
    ))]
}

fn on_and_off(index: u64, roster: &Roster, watch: &Watch) -> Vec<Line> {
    let added = roster.add.iter().filter_map(|label| {
        let name = watch.name(label)?;
        Some(format!(
            "{name}: put on the roster of {} at entry {index}",
            roster.election
        ))
    });
    let removed = roster.off.iter().filter_map(|(label, reason)| {
        let name = watch.name(label)?;
        Some(format!(
            "{name}: taken off the roster of {} at entry {index}, reason {reason}",
            roster.election
        ))
    });
    let off = (!roster.off.is_empty()).then(|| {
        format!(
            "roster of {}: entry {index} takes {} off; `ikrar audit` lists those who had not signed",
            roster.election,
            roster.off.len()
        )
    });
    off.into_iter()
        .chain(added)
        .chain(removed)
        .map(Line::notice)
        .collect()
}

/// A day is sealed on the day after it; one that was sealed later says when the portal stood still.
fn is_late(entry: &Entry, seal: &Seal) -> bool {
    let written = civil_day(entry.at, &jiff::tz::TimeZone::UTC);
    seal.date.tomorrow().is_ok_and(|next| next < written)
}

/// What concerns the log or an election, and no single person.
fn of_the_log(index: u64, entry: &Entry, body: &Body) -> Vec<Line> {
    let at = entry.at.unix_i64();
    let line = match body {
        Body::Policy(_) => {
            let delay_s = i64::try_from(POLICY_DELAY_S).unwrap_or(i64::MAX);
            Line::notice(format!(
                "policy: entry {index} changes which witnesses count, in force from {}",
                moment(at.saturating_add(delay_s))
            ))
        }
        Body::LogKey(body) => Line::notice(format!(
            "log key: entry {index} names another key of this log, {}",
            body.vkey.as_str()
        )),
        Body::Election(body) => Line::change(format!(
            "election {}: published or amended at entry {index}: {}",
            body.election.id, body.election.title
        )),
        Body::Pact(body) => Line::change(format!(
            "pact of {}: version {} at entry {index}",
            body.election, body.text.version
        )),
        Body::Close(body) => Line::change(format!(
            "election {}: closed at entry {index}, {} of {} signed",
            body.election, body.counts.valid, body.counts.members
        )),
        Body::Officer(_) => Line::change(format!(
            "officers: one more, another or one less at entry {index}"
        )),
        Body::Seal(seal) if is_late(entry, seal) => Line::notice(format!(
            "seal of {}: written only at entry {index}, {}",
            seal.date,
            moment(at)
        )),
        Body::Unknown(_) => Line::notice(format!(
            "entry {index} is of a kind unknown to this version: numbers cannot be told; a newer ikrar may know it"
        )),
        _ => return Vec::new(),
    };
    vec![line]
}
