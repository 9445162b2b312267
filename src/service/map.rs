//! The maps from labels to signatures (docs/format.md §9): kept in memory by following the ledger, entered in it as `map` entries, and
//! asked for proofs. Absent: the tree of a map ([`crate::ledger::map`]), when to enter ([`crate::app::chores`]).

use std::collections::BTreeMap;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::entry::Map;
use crate::domain::entry::Outcome;
use crate::domain::label_proof::LabelProof;
use crate::domain::text::Id;
use crate::ledger::hash::Hash;
use crate::ledger::map::LabelMap;
use crate::service::Error;
use crate::service::act;
use crate::service::proof;
use crate::service::publish::LogFolder;
use crate::service::publish::Publisher;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::map as store;
use crate::store::witness;

/// Entries that are looked through at a time.
const STEP: u64 = 1 << 14;

/// The maps of all elections, up to some size of the log.
#[derive(Default)]
pub struct Maps {
    followed: u64,
    elections: BTreeMap<Id, ElectionMap>,
}

#[derive(Default)]
struct ElectionMap {
    map: LabelMap,
    entered: Option<Entered>,
}

/// The newest `map` entry of an election.
#[derive(Clone, Copy)]
struct Entered {
    leaf_index: u64,
    at_s: i64,
    root: Hash,
}

impl ElectionMap {
    /// Whether the newest entry says something else than the map. A map that was always empty needs none.
    fn has_changed(&mut self) -> bool {
        self.map.root() != self.entered.map_or(Hash::ZERO, |entered| entered.root)
    }
}

impl Maps {
    /// Takes in what the log recorded up to its present size.
    pub fn follow(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let size = ledger::head(conn)?.size;
        while self.followed < size {
            let to = self.followed.saturating_add(STEP).min(size);
            self.follow_to(conn, to)?;
            self.followed = to;
        }
        Ok(())
    }

    fn follow_to(&mut self, conn: &mut Conn, to: u64) -> Result<(), Error> {
        for stored in witness::list_of_kind(conn, "map", self.followed, to)? {
            if let Body::Map(map) = parse(&stored.bytes, stored.leaf_index)?.body {
                self.of(map.election).entered = Some(Entered {
                    leaf_index: stored.leaf_index,
                    at_s: stored.at_s,
                    root: Hash::from_bytes(map.root),
                });
            }
        }
        // What was voided goes first: a label may have signed again since.
        for stored in witness::list_of_kind(conn, "resolution", self.followed, to)? {
            if let Body::Resolution(resolution) = parse(&stored.bytes, stored.leaf_index)?.body
                && resolution.outcome == Outcome::Upheld
            {
                self.void(conn, resolution.dispute)?;
            }
        }
        for (index, bytes) in store::list_live_entries(conn, self.followed, to)? {
            let index = ledger::to_u64(index)?;
            if let Body::Signature(signature) = parse(&bytes, index)?.body {
                self.of(signature.election)
                    .map
                    .insert(signature.statement.label, index);
            }
        }
        Ok(())
    }

    fn of(&mut self, election: Id) -> &mut ElectionMap {
        self.elections.entry(election).or_default()
    }

    /// Takes out what an upheld dispute was about.
    fn void(&mut self, conn: &mut Conn, dispute_index: u64) -> Result<(), Error> {
        let missing = || {
            Error::Tampered(format!(
                "the dispute at {dispute_index} or its signature is missing"
            ))
        };
        let bytes = ledger::find_entry(conn, dispute_index)?.ok_or_else(missing)?;
        let Body::Dispute(dispute) = parse(&bytes, dispute_index)?.body else {
            return Err(missing());
        };
        let bytes = ledger::find_entry(conn, dispute.signature)?.ok_or_else(missing)?;
        let Body::Signature(signature) = parse(&bytes, dispute.signature)?.body else {
            return Err(missing());
        };
        let label = signature.statement.label;
        let map = &mut self.of(signature.election).map;
        if map.get(&label) == Some(dispute.signature) {
            map.remove(&label);
        }
        Ok(())
    }

    /// Whether some election's newest entry is not what its map says.
    pub fn has_changed(&mut self) -> bool {
        self.elections.values_mut().any(ElectionMap::has_changed)
    }

    /// Enters every map that changed, each at most once a minute; how many. Inside a writing transaction, whose failure makes these maps
    /// worthless. Refused on a database made from tiles: it does not know who signed, and a map without them would be false for ever.
    pub fn append(&mut self, conn: &mut Conn, now_s: i64) -> Result<usize, Error> {
        act::check_people(conn)?;
        self.follow(conn)?;
        let mut count = 0_usize;
        for (election, state) in &mut self.elections {
            let head = ledger::head(conn)?;
            let at_s = now_s.saturating_sub(now_s.rem_euclid(60)).max(head.last_at_s);
            if state.entered.is_some_and(|entered| entered.at_s >= at_s) || !state.has_changed() {
                continue;
            }
            let root = state.map.root();
            let body = Body::Map(Map {
                election: election.clone(),
                size: head.size,
                root: *root.as_bytes(),
            });
            let appended = ledger::append(conn, now_s, body, Vec::new())?;
            state.entered = Some(Entered {
                leaf_index: appended.leaf_index,
                at_s: appended.at_s,
                root,
            });
            count = count.saturating_add(1);
        }
        self.followed = ledger::head(conn)?.size;
        Ok(count)
    }

    /// The newest entered map of an election, if it speaks of an entry: its own index.
    pub fn covering(&self, election: &str, leaf_index: u64) -> Option<u64> {
        let (_, state) = self.elections.iter().find(|(id, _)| id.as_str() == election)?;
        let entered = state.entered.filter(|entered| leaf_index < entered.leaf_index)?;
        Some(entered.leaf_index)
    }

    /// What the newest entered map of an election says of a label, with the proof of its entry. [`Error::NotFound`] where no map was ever
    /// entered, [`Error::Busy`] while the newest is being made.
    pub fn prove(
        &mut self,
        conn: &mut Conn,
        (folder, publisher): (&LogFolder, &Publisher),
        election: &Id,
        label: &[u8; 32],
    ) -> Result<LabelProof, Error> {
        let state = self.elections.get_mut(election).ok_or(Error::NotFound)?;
        let entered = state.entered.ok_or(Error::NotFound)?;
        if state.map.root() != entered.root {
            return Err(Error::busy("problem-not-published"));
        }
        Ok(LabelProof {
            map: state.map.prove(label),
            entry: proof::proof_of(conn, folder, publisher.vkey(), entered.leaf_index)?,
        })
    }
}

fn parse(bytes: &[u8], index: u64) -> Result<Entry, Error> {
    Entry::parse(bytes).map_err(|e| Error::Tampered(format!("entry {index}: {e}")))
}
