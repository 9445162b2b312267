//! Synthetic rosters, and complaints about people on them and about others. Nobody here is real: names are composed of
//! common given names, clans and syllables that anybody may know.
//!
//! It knows nothing of the engine that it tests: no table, no key and no type is shared. A person is a function of seed and
//! place, so a roster of millions is streamed and never held ([`World::person`]). What complaints fit is counted by a
//! [`Census`]. The errors, and how many of them there are, are listed at [`complaints`].

pub(crate) mod around;
pub(crate) mod census;
pub(crate) mod complaints;
pub(crate) mod dice;
pub(crate) mod misname;
pub(crate) mod miswrite;
pub(crate) mod names;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod pools;
pub(crate) mod sound;
pub(crate) mod traps;
pub(crate) mod units;

pub(crate) use census::Census;
pub(crate) use people::World;
