//! Lives here: the labels of one election with what the log says of each, small: there may be millions. Absent: rules.

use std::hash::BuildHasher;
use std::hash::RandomState;

use hashbrown::HashTable;

use crate::domain::text::Time;

/// Stands for no index: a log has no entry there.
const NONE: u64 = u64::MAX;

/// What a log says of a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Index of the roster entry that last put it on or off.
    pub(super) since: u64,
    /// Index of its live signature, or [`NONE`].
    live: u64,
    /// Time of its live signature.
    at: Time,
    /// Open disputes of the live signature.
    pub(super) disputes: u32,
    /// Is it on?
    pub(super) on: bool,
    /// Did two officers attest that the person signed on paper?
    pub(super) attested: bool,
    /// Were the person's data erased?
    pub(super) erased: bool,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            since: 0,
            live: NONE,
            at: Time::default(),
            disputes: 0,
            on: false,
            attested: false,
            erased: false,
        }
    }
}

impl Slot {
    /// Index and time of the live signature.
    pub(super) fn live(&self) -> Option<(u64, Time)> {
        (self.live != NONE).then_some((self.live, self.at))
    }

    pub(super) fn set_live(&mut self, live: Option<(u64, Time)>) {
        (self.live, self.at) = live.unwrap_or((NONE, Time::default()));
    }

    pub(super) fn counts_valid(&self) -> bool {
        self.on && self.live != NONE
    }

    pub(super) fn counts_attested(&self) -> bool {
        self.on && self.attested && self.live == NONE
    }
}

/// Labels by name, by place, and by their signatures. The table holds places alone, so that a label stands here once.
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    slots: Vec<([u8; 32], Slot)>,
    places: HashTable<u32>,
    hasher: RandomState,
    /// Indexes of valid signatures, ascending, and beside each the place of its label.
    signed: Vec<u64>,
    signers: Vec<u32>,
}

impl Labels {
    /// The label's place, in the order of coming.
    pub(super) fn place(&self, label: &[u8; 32]) -> Option<u32> {
        let same = |place: &u32| self.at(*place).is_some_and(|(other, _)| other == label);
        self.places.find(self.hasher.hash_one(label), same).copied()
    }

    /// The label at a place.
    pub(super) fn at(&self, place: u32) -> Option<&([u8; 32], Slot)> {
        self.slots.get(usize::try_from(place).ok()?)
    }

    pub(super) fn get(&self, label: &[u8; 32]) -> Option<&Slot> {
        Some(&self.at(self.place(label)?)?.1)
    }

    pub(super) fn get_mut(&mut self, label: &[u8; 32]) -> Option<&mut Slot> {
        let place = usize::try_from(self.place(label)?).ok()?;
        Some(&mut self.slots.get_mut(place)?.1)
    }

    /// A label that is not there yet; false where there is no room for more.
    pub(super) fn insert(&mut self, label: [u8; 32]) -> bool {
        let Ok(place) = u32::try_from(self.slots.len()) else {
            return false;
        };
        self.slots.push((label, Slot::default()));
        let (slots, hasher) = (&self.slots, &self.hasher);
        let rehash = |place: &u32| {
            let found = usize::try_from(*place).ok().and_then(|place| slots.get(place));
            found.map_or(0, |(label, _)| hasher.hash_one(label))
        };
        self.places.insert_unique(hasher.hash_one(label), place, rehash);
        true
    }

    /// Remembers whose valid signature stands at an index beyond all before.
    pub(super) fn note_signature(&mut self, label: &[u8; 32], index: u64) {
        if let Some(place) = self.place(label) {
            self.signed.push(index);
            self.signers.push(place);
        }
    }

    /// How many labels there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// Indexes of signatures that were valid when they came, ascending.
    pub(super) fn signed(&self) -> &[u64] {
        &self.signed
    }

    /// The place of the label whose signature is the nth of these.
    pub(super) fn signer(&self, nth: usize) -> Option<u32> {
        self.signers.get(nth).copied()
    }

    /// Whose live signature stands at this index.
    pub(super) fn signer_of(&self, index: u64) -> Option<[u8; 32]> {
        let nth = self.signed.binary_search(&index).ok()?;
        let (label, slot) = self.at(*self.signers.get(nth)?)?;
        (slot.live == index).then_some(*label)
    }

    /// Every label that ever was on, in the order of coming.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8; 32], &Slot)> {
        self.slots.iter().map(|(label, slot)| (label, slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::hash::sha256;

    #[test]
    fn a_slot_is_small() {
        assert_eq!(size_of::<([u8; 32], Slot)>(), 64);
    }

    #[test]
    fn labels_are_found_by_name_and_by_signature() {
        let label = |n: u32| *sha256(&[&n.to_be_bytes()]).as_bytes();
        let mut labels = Labels::default();
        for n in 0..2000 {
            assert!(labels.get(&label(n)).is_none());
            assert!(labels.insert(label(n)));
            labels.get_mut(&label(n)).unwrap().since = u64::from(n);
        }
        for n in (0..2000).step_by(3) {
            let index = u64::from(n) + 5000;
            labels
                .get_mut(&label(n))
                .unwrap()
                .set_live(Some((index, Time::default())));
            labels.note_signature(&label(n), index);
        }
        for n in 0..2000 {
            assert_eq!(labels.get(&label(n)).unwrap().since, u64::from(n));
            let signer = labels.signer_of(u64::from(n) + 5000);
            assert_eq!(signer, (n % 3 == 0).then(|| label(n)));
        }
        labels.get_mut(&label(3)).unwrap().set_live(None);
        assert_eq!(labels.signer_of(5003), None, "voided");
        assert_eq!(labels.iter().count(), 2000);
    }
}
