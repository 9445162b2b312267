//! Lives here: what a log says of one election: terms, pact versions, roster with its history, signatures, counts.
//! Absent: officers, chain, statements' checking.

use std::collections::BTreeMap;
use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::election::Election;
use crate::domain::election::civil_day;
use crate::domain::entry::Counts;
use crate::domain::entry::Map;
use crate::domain::entry::Roster;
use crate::domain::log::Fault;
use crate::domain::log::Movement;
use crate::domain::log::labels::Labels;
use crate::domain::log::labels::Slot;
use crate::domain::text::Time;

/// A pact version's name and the index of its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PactVersion {
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// Where it stands.
    pub index: u64,
}

/// One election as its log tells it.
#[derive(Debug, Clone)]
pub struct ElectionState {
    terms: Election,
    zone: TimeZone,
    pacts: Vec<PactVersion>,
    labels: Labels,
    /// Earlier changes of labels that changed more than once: indexes, `add` first, then in turn.
    history: HashMap<[u8; 32], Vec<u64>>,
    counts: Counts,
    by_day: BTreeMap<Date, u64>,
    at_opening: Option<u64>,
    movements: Vec<Movement>,
    last_map: Option<Time>,
    closed: bool,
}

impl ElectionState {
    pub(super) fn new(terms: Election) -> Self {
        Self {
            zone: terms.time_zone(),
            terms,
            pacts: Vec::new(),
            labels: Labels::default(),
            history: HashMap::new(),
            counts: Counts::default(),
            by_day: BTreeMap::new(),
            at_opening: None,
            movements: Vec::new(),
            last_map: None,
            closed: false,
        }
    }

    /// The terms in force.
    pub fn terms(&self) -> &Election {
        &self.terms
    }

    /// The numbers now.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// N by the day of signing, in the zone in force.
    pub fn valid_by_day(&self) -> &BTreeMap<Date, u64> {
        &self.by_day
    }

    /// Has an entry closed it?
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The pact versions, oldest first.
    pub fn pacts(&self) -> &[PactVersion] {
        &self.pacts
    }

    /// The version in force at a size of the log: the newest below it.
    pub fn pact_at(&self, size: u64) -> Option<PactVersion> {
        self.pacts.iter().rev().find(|pact| pact.index < size).copied()
    }

    /// Is the label on?
    pub fn is_on(&self, label: &[u8; 32]) -> bool {
        self.labels.get(label).is_some_and(|slot| slot.on)
    }

    /// Was the label on when the log had this size?
    pub fn was_on(&self, label: &[u8; 32], size: u64) -> bool {
        let Some(slot) = self.labels.get(label) else {
            return false;
        };
        if slot.since < size {
            return slot.on;
        }
        let earlier = self
            .history
            .get(label)
            .map_or(0, |changes| changes.iter().filter(|index| **index < size).count());
        earlier % 2 == 1
    }

    /// The index of the label's live signature.
    pub fn live_signature(&self, label: &[u8; 32]) -> Option<u64> {
        self.labels.get(label)?.live().map(|(index, _)| index)
    }

    /// Whose live signature stands at this index.
    pub(super) fn signer_of(&self, signature: u64) -> Option<[u8; 32]> {
        self.labels.signer_of(signature)
    }

    /// Every label that ever was on, and whether it is on, in the order of coming.
    pub fn labels(&self) -> impl Iterator<Item = (&[u8; 32], bool)> {
        self.labels.iter().map(|(label, slot)| (label, slot.on))
    }

    /// Label and index of every live signature: what a map holds.
    pub fn live_signatures(&self) -> impl Iterator<Item = (&[u8; 32], u64)> {
        self.labels
            .iter()
            .filter_map(|(label, slot)| Some((label, slot.live()?.0)))
    }

    /// Were the person's data erased? `None` for a label that never was on.
    pub fn is_erased(&self, label: &[u8; 32]) -> Option<bool> {
        self.labels.get(label).map(|slot| slot.erased)
    }

    /// M when the window opened; `None` while no entry stands at or after that time.
    pub fn members_at_opening(&self) -> Option<u64> {
        self.at_opening
    }

    /// What roster entries changed since the window opened.
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Time passes before the next entry is applied.
    pub(super) fn reach(&mut self, at: Time) {
        if self.at_opening.is_none() && at >= self.terms.opens {
            self.at_opening = Some(self.counts.members);
        }
    }

    pub(super) fn ensure_open(&self) -> Result<(), Fault> {
        if self.closed {
            Err(Fault::ElectionClosed)
        } else {
            Ok(())
        }
    }

    pub(super) fn amend(&mut self, terms: &Election) -> Result<(), Fault> {
        self.ensure_open()?;
        if terms.opens != self.terms.opens {
            return Err(Fault::Opens);
        }
        if terms.zone != self.terms.zone {
            self.zone = terms.time_zone();
            self.by_day.clear();
            for (_, slot) in self.labels.iter().filter(|(_, slot)| slot.on) {
                if let Some((_, at)) = slot.live() {
                    *self.by_day.entry(civil_day(at, &self.zone)).or_default() += 1;
                }
            }
        }
        self.terms = terms.clone();
        Ok(())
    }

    pub(super) fn publish(&mut self, version: u64, pact: PactVersion) -> Result<(), Fault> {
        self.ensure_open()?;
        let expected = u64::try_from(self.pacts.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        if version != expected {
            return Err(Fault::PactVersion { expected });
        }
        self.pacts.push(pact);
        Ok(())
    }

    pub(super) fn change_roster(&mut self, index: u64, at: Time, roster: &Roster) -> Result<(), Fault> {
        self.ensure_open()?;
        let mut movement = Movement::new(index, at, roster.add.len());
        for label in &roster.add {
            self.turn(label, true, index)?;
        }
        for (label, reason) in &roster.off {
            movement.take_off(*reason, self.live_signature(label).is_some());
            self.turn(label, false, index)?;
        }
        if self.at_opening.is_some() {
            self.movements.push(movement);
        }
        Ok(())
    }

    fn turn(&mut self, label: &[u8; 32], on: bool, index: u64) -> Result<(), Fault> {
        let slot = self.labels.get(label).copied();
        if slot.is_some_and(|slot| slot.on) == on {
            return Err(if on { Fault::AlreadyOn } else { Fault::NotOn });
        }
        if let Some(slot) = slot {
            self.history.entry(*label).or_default().push(slot.since);
        } else if !self.labels.insert(*label) {
            return Err(Fault::TooManyLabels);
        }
        self.change(label, |slot| {
            slot.on = on;
            slot.since = index;
        });
        Ok(())
    }

    pub(super) fn attest(&mut self, label: &[u8; 32], pact: &[u8; 32], size: u64) -> Result<(), Fault> {
        self.ensure_open()?;
        if self.pact_at(size).map(|version| version.hash) != Some(*pact) {
            return Err(Fault::PactNotInForce);
        }
        if !self.is_on(label) {
            return Err(Fault::NotOn);
        }
        self.change(label, |slot| slot.attested = true);
        Ok(())
    }

    pub(super) fn sign(&mut self, label: &[u8; 32], index: u64, at: Time) {
        self.change(label, |slot| slot.set_live(Some((index, at))));
        self.labels.note_signature(label, index);
    }

    pub(super) fn erase(&mut self, label: &[u8; 32]) -> Result<(), Fault> {
        self.labels.get_mut(label).ok_or(Fault::UnknownLabel)?.erased = true;
        Ok(())
    }

    pub(super) fn enter_map(&mut self, index: u64, at: Time, map: &Map) -> Result<(), Fault> {
        if map.size != index {
            return Err(Fault::MapSize);
        }
        if self.last_map == Some(at) {
            return Err(Fault::MapTooSoon);
        }
        self.last_map = Some(at);
        Ok(())
    }

    pub(super) fn dispute(&mut self, label: &[u8; 32]) {
        self.change(label, |slot| slot.disputes = slot.disputes.saturating_add(1));
    }

    pub(super) fn resolve(&mut self, label: &[u8; 32], signature: u64, upheld: bool) {
        if self.live_signature(label) != Some(signature) {
            return; // An earlier dispute has voided it.
        }
        if upheld {
            self.counts.voided = self.counts.voided.saturating_add(1);
        }
        self.change(label, |slot| {
            if upheld {
                slot.set_live(None);
                slot.disputes = 0;
            } else {
                slot.disputes = slot.disputes.saturating_sub(1);
            }
        });
    }

    pub(super) fn close(&mut self, counts: &Counts, at: Time) -> Result<(), Fault> {
        self.ensure_open()?;
        if at < self.terms.closes {
            return Err(Fault::CloseTooEarly);
        }
        if *counts != self.counts {
            return Err(Fault::CloseCounts);
        }
        self.closed = true;
        Ok(())
    }

    /// Changes a label and keeps the numbers in step.
    fn change(&mut self, label: &[u8; 32], change: impl FnOnce(&mut Slot)) {
        let Some(slot) = self.labels.get_mut(label) else {
            return; // The rules let nothing happen to a label that never was on.
        };
        let before = *slot;
        change(slot);
        let after = *slot;
        let step = |count: &mut u64, was: bool, is: bool| match (was, is) {
            (false, true) => *count = count.saturating_add(1),
            (true, false) => *count = count.saturating_sub(1),
            _ => {}
        };
        step(&mut self.counts.members, before.on, after.on);
        step(
            &mut self.counts.valid,
            before.counts_valid(),
            after.counts_valid(),
        );
        step(
            &mut self.counts.attested,
            before.counts_attested(),
            after.counts_attested(),
        );
        step(&mut self.counts.disputed, before.disputes > 0, after.disputes > 0);
        if before.counts_valid() != after.counts_valid()
            && let Some((_, at)) = before.live().or(after.live())
        {
            let day = civil_day(at, &self.zone);
            step(
                self.by_day.entry(day).or_default(),
                before.counts_valid(),
                after.counts_valid(),
            );
            self.by_day.retain(|_, count| *count > 0);
        }
    }
}
