//! What a map says about one label, checkable with the root alone, and its text. Absent: making it, which is the map's affair.

use std::fmt;

use thiserror::Error;

use crate::ledger::encoding::decode_hex_array;
use crate::ledger::encoding::encode_hex;
use crate::ledger::encoding::parse_num;
use crate::ledger::hash::Hash;
use crate::ledger::map::bit;
use crate::ledger::map::map_leaf_hash;
use crate::ledger::map::map_node_hash;

/// A longer text is refused unread: 256 siblings in base64 and room for the lines before them.
pub const MAP_PROOF_SIZE_BYTES_MAX: usize = 12_288;

/// The first line, with the version.
const HEADER: &str = "ikrar/map-proof/v1";

/// Two labels part at their last bit at the latest.
const DEPTH_MAX: usize = 256;

/// How an empty subtree is written.
const EMPTY: &str = "-";

/// What lies where the path of the label ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapEnd {
    /// The label itself, at this index.
    Index(u64),
    /// Another label, alone in the subtree where the label would have to be.
    Other {
        /// The label that is there.
        label: [u8; 32],
        /// The index it has.
        index: u64,
    },
    /// Nothing.
    Empty,
}

/// That a label is in a map at an index, or that it is not in it. As text:
///
/// ```text
/// ikrar/map-proof/v1
/// label <hex>
/// end index <num>                   or: end other <hex> <num>, or: end empty
/// depth <num>
/// <base64 hash>                     as many as the depth, from the end up to the root; `-` for an empty subtree
/// ```
///
/// ```
/// use ikrar::ledger::map::{LabelMap, MapProof};
/// let mut map: LabelMap = [([0; 32], 5), ([255; 32], 9)].into_iter().collect();
/// let proof = map.prove(&[255; 32]);
/// assert_eq!(MapProof::parse(&proof.to_string())?, proof);
/// assert_eq!(proof.verify(&map.root(), &[255; 32])?, Some(9));
/// # Ok::<(), ikrar::ledger::map::MapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapProof {
    label: [u8; 32],
    end: MapEnd,
    /// From the end up; [`Hash::ZERO`] for an empty subtree.
    siblings: Vec<Hash>,
}

/// Why a proof about a label was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MapError {
    /// Longer than [`MAP_PROOF_SIZE_BYTES_MAX`].
    #[error("the proof is longer than {MAP_PROOF_SIZE_BYTES_MAX} bytes")]
    Size,
    /// Not the lines of such a proof, each printed the one way.
    #[error("not an ikrar/map-proof/v1 text")]
    Malformed,
    /// It is about another label.
    #[error("the proof is about another label")]
    Label,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root of the map")]
    Root,
}

impl MapProof {
    /// `leaf` is what was found at the end.
    pub(super) fn new(label: [u8; 32], leaf: Option<([u8; 32], u64)>, siblings: Vec<Hash>) -> Self {
        let end = match leaf {
            None => MapEnd::Empty,
            Some((found, index)) if found == label => MapEnd::Index(index),
            Some((found, index)) => MapEnd::Other { label: found, index },
        };
        Self { label, end, siblings }
    }

    /// The label it is about.
    pub fn label(&self) -> &[u8; 32] {
        &self.label
    }

    /// What lies where the label's path ends.
    pub fn end(&self) -> MapEnd {
        self.end
    }

    /// The hashes beside the path, from the end up; zero bytes for an empty subtree.
    pub fn siblings(&self) -> &[Hash] {
        &self.siblings
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        if text.len() > MAP_PROOF_SIZE_BYTES_MAX {
            return Err(MapError::Size);
        }
        Self::parse_option(text).ok_or(MapError::Malformed)
    }

    fn parse_option(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != HEADER {
            return None;
        }
        let label = decode_hex_array(lines.next()?.strip_prefix("label ")?).ok()?;
        let end = parse_end(lines.next()?.strip_prefix("end ")?)?;
        let depth = parse_num(lines.next()?.strip_prefix("depth ")?).ok()?;
        let siblings: Vec<Hash> = lines.map(parse_sibling).collect::<Option<_>>()?;
        let proof = Self { label, end, siblings };
        let counted = u64::try_from(proof.siblings.len()).ok()? == depth;
        (counted && proof.is_well_formed()).then_some(proof)
    }

    /// What holds in every proof that a map makes: a lone or empty subtree never has an empty one beside it, and the other
    /// label lies on the path.
    fn is_well_formed(&self) -> bool {
        let depth = self.siblings.len();
        let on_path = match self.end {
            MapEnd::Other { label, .. } => {
                let mut places = 0u16..256;
                let shared = places.position(|place| bit(&label, place) != bit(&self.label, place));
                shared.is_some_and(|shared| shared >= depth)
            }
            MapEnd::Index(_) | MapEnd::Empty => true,
        };
        depth <= DEPTH_MAX && on_path && self.siblings.first() != Some(&Hash::ZERO)
    }

    /// Checks that the map with this root has the label at the index returned, or, with none, that it has it not.
    pub fn verify(&self, root: &Hash, label: &[u8; 32]) -> Result<Option<u64>, MapError> {
        if self.label != *label {
            return Err(MapError::Label);
        }
        if !self.is_well_formed() {
            return Err(MapError::Malformed);
        }
        let (end, found) = match self.end {
            MapEnd::Index(index) => (map_leaf_hash(label, index), Some(index)),
            MapEnd::Other { label, index } => (map_leaf_hash(&label, index), None),
            MapEnd::Empty => (Hash::ZERO, None),
        };
        let depths = (0..u16::try_from(self.siblings.len()).unwrap_or(u16::MAX)).rev();
        let computed = self
            .siblings
            .iter()
            .zip(depths)
            .fold(end, |hash, (sibling, depth)| {
                if bit(label, depth) {
                    map_node_hash(sibling, &hash)
                } else {
                    map_node_hash(&hash, sibling)
                }
            });
        if computed == *root {
            Ok(found)
        } else {
            Err(MapError::Root)
        }
    }
}

fn parse_end(text: &str) -> Option<MapEnd> {
    if text == "empty" {
        return Some(MapEnd::Empty);
    }
    if let Some(index) = text.strip_prefix("index ") {
        return Some(MapEnd::Index(parse_num(index).ok()?));
    }
    let (label, index) = text.strip_prefix("other ")?.split_once(' ')?;
    Some(MapEnd::Other {
        label: decode_hex_array(label).ok()?,
        index: parse_num(index).ok()?,
    })
}

fn parse_sibling(line: &str) -> Option<Hash> {
    if line == EMPTY {
        return Some(Hash::ZERO);
    }
    Hash::parse_base64(line).ok().filter(|hash| *hash != Hash::ZERO)
}

impl fmt::Display for MapProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nlabel {}", encode_hex(&self.label))?;
        match self.end {
            MapEnd::Index(index) => writeln!(f, "end index {index}")?,
            MapEnd::Other { label, index } => writeln!(f, "end other {} {index}", encode_hex(&label))?,
            MapEnd::Empty => writeln!(f, "end empty")?,
        }
        writeln!(f, "depth {}", self.siblings.len())?;
        self.siblings.iter().try_for_each(|hash| {
            if *hash == Hash::ZERO {
                writeln!(f, "{EMPTY}")
            } else {
                writeln!(f, "{}", hash.to_base64())
            }
        })
    }
}
