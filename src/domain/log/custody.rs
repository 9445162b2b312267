//! Lives here: how a log itself is kept: its keys, anchors, policies, seals, with the rules of docs/format.md §7 about them.
//! Absent: elections and people, maps (each is of an election), and judging cosignatures .

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::election::civil_day;
use crate::domain::entry::Anchor;
use crate::domain::entry::Genesis;
use crate::domain::entry::LogKey;
use crate::domain::entry::Policy;
use crate::domain::entry::Seal;
use crate::domain::log::Fault;
use crate::domain::text::Origin;
use crate::domain::text::Time;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::policy;

/// A policy is in force so many seconds after its entry: seven days in which anybody may object.
pub const POLICY_DELAY_S: u64 = 604_800;

/// Where an anchor stands, and which size of the log it anchors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorAt {
    /// The anchor entry's index.
    pub index: u64,
    /// The size that its checkpoint names.
    pub size: u64,
}

/// A policy and when it comes into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAt {
    /// Its entry's index.
    pub index: u64,
    /// Its entry's time.
    pub at: Time,
    /// Unix seconds from which it is in force.
    pub in_force_s: u64,
    /// The policy file (C2SP tlog-policy).
    pub text: String,
}

/// Keys, anchors, policies and seals so far.
#[derive(Debug, Clone, Default)]
pub struct Custody {
    keys: Vec<Vkey>,
    anchors: Vec<AnchorAt>,
    policies: Vec<PolicyAt>,
    seals: Vec<Date>,
    /// The day (UTC) on which the log began.
    begun: Option<Date>,
}

impl Custody {
    /// The log's keys: that of `genesis`, then that of every `logkey`.
    pub fn keys(&self) -> &[Vkey] {
        &self.keys
    }

    /// The anchors, in their order.
    pub fn anchors(&self) -> &[AnchorAt] {
        &self.anchors
    }

    /// The newest anchor below a size: who signed upon that size had seen it, if it has the quorum.
    pub fn anchor_below(&self, size: u64) -> Option<AnchorAt> {
        let end = self.anchors.partition_point(|anchor| anchor.index < size);
        self.anchors.get(..end)?.last().copied()
    }

    /// The policies, in their order.
    pub fn policies(&self) -> &[PolicyAt] {
        &self.policies
    }

    /// The policy in force at a time; `None` before the first.
    pub fn policy_at(&self, at: Time) -> Option<&PolicyAt> {
        self.policies
            .iter()
            .rev()
            .find(|policy| policy.in_force_s <= at.unix())
    }

    /// The days that are sealed, ascending.
    pub fn seals(&self) -> &[Date] {
        &self.seals
    }

    /// The days from the first seal to `through` that have none, and how many there are; at most `listed` are named. Without any seal
    /// they are counted from the day on which the log began.
    pub fn missing_seals(&self, through: Date, listed: usize) -> (u64, Vec<Date>) {
        let (mut count, mut named) = (0_u64, Vec::new());
        let mut sealed = self.seals.iter().copied().peekable();
        let Some(mut day) = sealed.peek().copied().or(self.begun) else {
            return (0, named);
        };
        while day <= through {
            if sealed.peek() == Some(&day) {
                sealed.next();
            } else {
                count = count.saturating_add(1);
                if named.len() < listed {
                    named.push(day);
                }
            }
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
        }
        (count, named)
    }

    /// A checkpoint of this log that one of its keys signed.
    pub fn open(&self, origin: &Origin, note: &str) -> Option<Checkpoint> {
        let note = Note::parse(note).ok()?;
        let checkpoint = Checkpoint::parse(note.verify(&self.keys).ok()?).ok()?;
        (checkpoint.origin.as_str() == origin.as_str()).then_some(checkpoint)
    }

    pub(super) fn begin(&mut self, at: Time, genesis: &Genesis) {
        self.begun = Some(civil_day(at, &TimeZone::UTC));
        self.keys = Vkey::parse(genesis.vkey.as_str()).into_iter().collect();
    }

    pub(super) fn enter_key(&mut self, origin: &Origin, entry: &LogKey) -> Result<(), Fault> {
        let key = Vkey::parse(entry.vkey.as_str()).map_err(|_malformed| Fault::LogKey)?;
        // Two keys of one id would make every signature by either ambiguous.
        if key.name().as_str() != origin.as_str() || self.keys.iter().any(|known| known.id() == key.id()) {
            return Err(Fault::LogKey);
        }
        self.keys.push(key);
        Ok(())
    }

    pub(super) fn enter_anchor(
        &mut self,
        index: u64,
        origin: &Origin,
        anchor: &Anchor,
        root_at: &mut dyn FnMut(u64) -> Option<Hash>,
    ) -> Result<(), Fault> {
        let note = std::str::from_utf8(&anchor.checkpoint).map_err(|_not_utf8| Fault::AnchorNote)?;
        let checkpoint = self.open(origin, note).ok_or(Fault::AnchorNote)?;
        let size = checkpoint.size;
        if !(1..=index).contains(&size) {
            return Err(Fault::AnchorSize);
        }
        if root_at(size) != Some(checkpoint.root) {
            return Err(Fault::AnchorRoot);
        }
        self.anchors.push(AnchorAt { index, size });
        Ok(())
    }

    pub(super) fn enter_policy(&mut self, index: u64, at: Time, policy: &Policy) -> Result<(), Fault> {
        let text = std::str::from_utf8(&policy.policy).map_err(|_not_utf8| Fault::Policy)?;
        policy::Policy::parse(text).map_err(|_malformed| Fault::Policy)?;
        self.policies.push(PolicyAt {
            index,
            at,
            in_force_s: at.unix().saturating_add(POLICY_DELAY_S),
            text: text.to_owned(),
        });
        Ok(())
    }

    pub(super) fn enter_seal(&mut self, at: Time, seal: &Seal) -> Result<(), Fault> {
        let ascends = self.seals.last().is_none_or(|last| *last < seal.date);
        if !ascends || seal.date > civil_day(at, &TimeZone::UTC) {
            return Err(Fault::SealDate);
        }
        self.seals.push(seal.date);
        Ok(())
    }
}
