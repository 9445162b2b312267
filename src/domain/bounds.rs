//! Lives here: between which times a signature was made, as people outside the portal saw it (docs/format.md §10). Absent: the
//! portal's own clock, which bounds nothing, and where checkpoints and anchors come from.

use serde::Serialize;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::ledger::note::Note;
use crate::ledger::policy::Policy;

/// Seconds of a minute: bounds are shown in whole ones.
const MINUTE_S: u64 = 60;

/// A signature is later than this: what it signs names a tree that holds the anchor, and so the witnesses' cosignatures in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct After {
    /// Unix seconds by the witnesses' clocks.
    pub time_s: u64,
    /// Where the anchor stands.
    pub anchor: u64,
}

/// A signature is earlier than this: witnesses saw a checkpoint that covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Before {
    /// Unix seconds by the witnesses' clocks.
    pub time_s: u64,
    /// The checkpoint's number of entries.
    pub size: u64,
}

/// What is known of a signature's time independently of the portal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// From below.
    pub after: Option<After>,
    /// From above.
    pub before: Option<Before>,
}

/// Which bounds there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// Both.
    Both,
    /// From below alone: the witnesses have not answered yet.
    After,
    /// From above alone: no anchor lies below what was signed.
    Before,
    /// None.
    None,
    /// The witnesses' clocks contradict each other: nothing can be said.
    Contradiction,
}

impl Bounds {
    /// Which there are.
    pub fn known(&self) -> Known {
        match (self.after, self.before) {
            (Some(after), Some(before)) if after.time_s > before.time_s => Known::Contradiction,
            (Some(_), Some(_)) => Known::Both,
            (Some(_), None) => Known::After,
            (None, Some(_)) => Known::Before,
            (None, None) => Known::None,
        }
    }

    /// The two times as minutes for people: the one begins before the lower bound, the other ends after the upper one. `None` where
    /// there is none, or where they contradict each other.
    pub fn minutes(&self) -> (Option<u64>, Option<u64>) {
        if self.known() == Known::Contradiction {
            return (None, None);
        }
        let begin = |time_s: u64| time_s - time_s % MINUTE_S;
        (
            self.after.map(|after| begin(after.time_s)),
            self.before
                .map(|before| begin(before.time_s).saturating_add(MINUTE_S)),
        )
    }
}

/// The size of the log that a signature names: only what lies below it can bound it from below.
pub fn signed_size(entry: &Entry) -> Option<u64> {
    match &entry.body {
        Body::Signature(signature) => Some(signature.statement.after.size),
        _ => None,
    }
}

/// The lower bound that an anchor at an index gives, under the first of these policies by which its note has a quorum. That it lies
/// below what was signed is the caller's affair.
pub fn after_anchor(anchor: &Entry, index: u64, policies: &[Policy]) -> Option<After> {
    let Body::Anchor(anchor) = &anchor.body else {
        return None;
    };
    let note = Note::parse(std::str::from_utf8(&anchor.checkpoint).ok()?).ok()?;
    let times = policies
        .iter()
        .find_map(|policy| policy.judge(&note).ok()?.times)?;
    Some(After {
        time_s: times.from_s,
        anchor: index,
    })
}

/// The upper bound that a checkpoint gives for what it covers.
pub fn before_checkpoint(note: &str, policies: &[Policy]) -> Option<Before> {
    let note = Note::parse(note).ok()?;
    let judgement = policies
        .iter()
        .filter_map(|policy| policy.judge(&note).ok())
        .find(|judgement| judgement.times.is_some())?;
    Some(Before {
        time_s: judgement.times?.by_s,
        size: judgement.checkpoint.size,
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::domain::entry::Anchor;
    use crate::domain::text::Time;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::cosignature::Cosigner;
    use crate::ledger::hash::empty_root;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;

    fn bounds(after_s: Option<u64>, before_s: Option<u64>) -> Bounds {
        Bounds {
            after: after_s.map(|time_s| After { time_s, anchor: 1 }),
            before: before_s.map(|time_s| Before { time_s, size: 9 }),
        }
    }

    #[test]
    fn the_minutes_shown_never_claim_more_than_is_known() {
        let minutes = |after_s, before_s| bounds(after_s, before_s).minutes();
        assert_eq!(minutes(Some(119), Some(119)), (Some(60), Some(120)));
        // Exactly on the minute: cosigned at 120, so signed before the minute that begins at 180 and maybe not before 120.
        assert_eq!(minutes(Some(120), Some(120)), (Some(120), Some(180)));
        assert_eq!(minutes(None, Some(61)), (None, Some(120)));
        assert_eq!(minutes(Some(61), None), (Some(60), None));
        assert_eq!(minutes(Some(200), Some(100)), (None, None));
    }

    #[test]
    fn what_is_known_has_a_word() {
        assert_eq!(bounds(Some(1), Some(1)).known(), Known::Both);
        assert_eq!(bounds(Some(2), Some(1)).known(), Known::Contradiction);
        assert_eq!(bounds(Some(2), None).known(), Known::After);
        assert_eq!(bounds(None, Some(2)).known(), Known::Before);
        assert_eq!(Bounds::default().known(), Known::None);
    }

    #[test]
    fn an_anchor_counts_under_the_policy_by_which_it_has_its_quorum() {
        let name = |text: &str| KeyName::parse(text).unwrap();
        let log = NoteSigner::new(name("example.com/log"), SigningKey::from_bytes(&[1; 32])).unwrap();
        let witness =
            |seed: u8| Cosigner::ed25519(name("w.example/w"), SigningKey::from_bytes(&[seed; 32])).unwrap();
        let policy = |seed: u8| {
            let text = format!(
                "log {}\nwitness w {}\nquorum w\n",
                log.vkey(),
                witness(seed).key()
            );
            Policy::parse(&text).unwrap()
        };
        let checkpoint = Checkpoint {
            origin: name("example.com/log"),
            size: 0,
            root: empty_root(),
        };
        let note = checkpoint
            .sign(&log)
            .unwrap()
            .with(witness(2).cosign(&checkpoint, 70).unwrap())
            .unwrap()
            .to_string();
        let entry = |body| Entry {
            prev: [0; 32],
            at: Time::from_unix(60).unwrap(),
            body,
            by: Vec::new(),
        };
        let anchor = |bytes: &[u8]| {
            entry(Body::Anchor(Anchor {
                checkpoint: bytes.to_vec(),
            }))
        };
        let found = Some(After {
            time_s: 70,
            anchor: 4,
        });
        assert_eq!(
            after_anchor(&anchor(note.as_bytes()), 4, &[policy(3), policy(2)]),
            found
        );
        assert_eq!(after_anchor(&anchor(note.as_bytes()), 4, &[policy(3)]), None);
        assert_eq!(
            after_anchor(&anchor(note.as_bytes()), 4, &[Policy::none(log.vkey())]),
            None
        );
        assert_eq!(after_anchor(&anchor(b"no note"), 4, &[policy(2)]), None);
        let upper = Some(Before { time_s: 70, size: 0 });
        assert_eq!(before_checkpoint(&note, &[policy(2)]), upper);
        assert_eq!(before_checkpoint(&note, &[policy(3)]), None);
    }
}
