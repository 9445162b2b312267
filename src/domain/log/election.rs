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
use crate::domain::log::Removal;
use crate::domain::log::labels::Labels;
use crate::domain::log::labels::Slot;
use crate::domain::text::Time;
use crate::ledger::hash::Hash;
use crate::ledger::map::LabelMap;

/// A pact version's name and the index of its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PactVersion {
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// Where it stands.
    pub index: u64,
}

/// What a log says of one label of an election.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelState {
    /// The label.
    pub label: [u8; 32],
    /// Is it on?
    pub on: bool,
    /// Index of the roster entry that last put it on or off.
    pub since: u64,
    /// Index of its live signature.
    pub signature: Option<u64>,
    /// Did two officers attest that the person signed on paper?
    pub attested: bool,
    /// Were the person's data erased?
    pub erased: bool,
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
    /// Labels that went off without a live signature, in their order.
    unsigned_off: Vec<Removal>,
    /// The live signatures, from the first `map` entry on: nobody else needs them so.
    map: Option<LabelMap>,
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
            unsigned_off: Vec::new(),
            map: None,
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

    /// What each roster entry changed, in their order.
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Every label that went off without a live signature, in their order.
    pub fn unsigned_off(&self) -> &[Removal] {
        &self.unsigned_off
    }

    /// The day of a time in the election's zone.
    pub fn day_of(&self, at: Time) -> Date {
        civil_day(at, &self.zone)
    }

    /// How many labels ever were on: each has a place below it, in the order of coming.
    pub fn label_count(&self) -> u32 {
        self.labels.count()
    }

    /// A label's place.
    pub fn place_of(&self, label: &[u8; 32]) -> Option<u32> {
        self.labels.place(label)
    }

    /// What the log says of the label at a place.
    pub fn label_at(&self, place: u32) -> Option<LabelState> {
        let (label, slot) = self.labels.at(place)?;
        Some(LabelState {
            label: *label,
            on: slot.on,
            since: slot.since,
            signature: slot.live().map(|(index, _)| index),
            attested: slot.attested,
            erased: slot.erased,
        })
    }

    /// Indexes of the signature entries that were valid when they came, voided ones too, ascending.
    pub fn signatures(&self) -> &[u64] {
        self.labels.signed()
    }

    /// Whose signature the nth of [`ElectionState::signatures`] is.
    pub fn signer_at(&self, nth: usize) -> Option<LabelState> {
        self.label_at(self.labels.signer(nth)?)
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
        let mut movement = Movement::new(index, at, self.at_opening.is_some(), roster.add.len());
        for label in &roster.add {
            self.turn(label, true, index)?;
        }
        for (label, reason) in &roster.off {
            let has_signed = self.live_signature(label).is_some();
            movement.take_off(*reason, has_signed);
            self.turn(label, false, index)?;
            if !has_signed {
                self.unsigned_off.push(Removal {
                    index,
                    label: *label,
                    reason: *reason,
                });
            }
        }
        self.movements.push(movement);
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
        let mut live = self.map.take().unwrap_or_else(|| self.map_now());
        let agrees = live.root() == Hash::from_bytes(map.root);
        self.map = Some(live);
        if agrees { Ok(()) } else { Err(Fault::MapRoot) }
    }

    fn map_now(&self) -> LabelMap {
        let mut map = LabelMap::default();
        for (label, index) in self.live_signatures() {
            map.insert(*label, index);
        }
        map
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
        if let Some(map) = self.map.as_mut().filter(|_| before.live() != after.live()) {
            match after.live() {
                Some((index, _)) => map.insert(*label, index),
                None => map.remove(label),
            };
        }
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
