//! The proof that a log told two stories: the first entry in which two trees under one key part, proved in both. Absent: what to do.

use crate::ledger::cosignature::LogKey;
use crate::ledger::equivocation::Equivocation;
use crate::ledger::equivocation::Leaf;
use crate::ledger::equivocation::LeafConflict;
use crate::ledger::note::Note;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::TreeError;
use crate::ledger::tree::prove_inclusion;
use crate::ledger::tree::root;
use crate::ledger::tree::stored_hash_index;

/// A signed tree, and its hashes.
pub(super) struct Side<'a, R> {
    /// The checkpoint as it was signed.
    pub(super) note: Note,
    /// Its size.
    pub(super) size: u64,
    /// Its hashes, each tied to its root.
    pub(super) hashes: &'a mut R,
}

/// Why there is no proof.
#[derive(Debug)]
pub(super) enum NoProof<A, B> {
    /// One tree is the beginning of the other: no lie.
    Agree,
    /// The first tree's hashes cannot be had.
    First(TreeError<A>),
    /// The second tree's hashes cannot be had.
    Second(TreeError<B>),
}

/// Finds where two trees part and proves it.
pub(super) fn prove<A: HashReader, B: HashReader>(
    key: LogKey,
    first: Side<'_, A>,
    second: Side<'_, B>,
) -> Result<Equivocation, NoProof<A::Error, B::Error>> {
    let notes = [first.note, second.note];
    let common = first.size.min(second.size);
    let mut agree = |size: u64| {
        let a = root(size, first.hashes).map_err(NoProof::First)?;
        let b = root(size, second.hashes).map_err(NoProof::Second)?;
        Ok(a == b)
    };
    if agree(common)? {
        return Err(NoProof::Agree);
    }
    // The largest size at which both agree: trees that agree at a size agree at every smaller one.
    let (mut same, mut other) = (0, common);
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if agree(middle)? {
            same = middle;
        } else {
            other = middle;
        }
    }
    let index = same;
    let leaves = [
        leaf(first.size, index, first.hashes).map_err(NoProof::First)?,
        leaf(second.size, index, second.hashes).map_err(NoProof::Second)?,
    ];
    Ok(Equivocation {
        key,
        notes,
        conflict: Some(LeafConflict { index, leaves }),
    })
}

fn leaf<R: HashReader>(size: u64, index: u64, hashes: &mut R) -> Result<Leaf, TreeError<R::Error>> {
    let place = stored_hash_index(0, index);
    let found = hashes.read_hashes(&[place]).map_err(TreeError::Read)?;
    let hash = found
        .first()
        .copied()
        .ok_or(TreeError::Count { asked: 1, got: 0 })?;
    let path = prove_inclusion(size, index, hashes)?;
    Ok(Leaf { hash, path })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::hash::leaf_hash;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;
    use crate::ledger::tree::MemoryTree;

    #[test]
    fn the_first_difference_is_found_and_proved_in_both() {
        let name = KeyName::parse("example.com/log").unwrap();
        let signer = NoteSigner::new(name.clone(), SigningKey::from_bytes(&[7; 32])).unwrap();
        let tree = |size: u64, changed: u64| {
            let mut tree = MemoryTree::default();
            for index in 0..size {
                let word = if index == changed { "changed" } else { "entry" };
                tree.append(&leaf_hash(format!("{word} {index}").as_bytes()));
            }
            let (size, root) = (tree.size(), tree.root());
            let origin = name.clone();
            (tree, Checkpoint { origin, size, root }.sign(&signer).unwrap())
        };
        for (changed, size_a, size_b) in [(0, 1, 1), (0, 9, 4), (3, 4, 9), (8, 9, 9), (299, 300, 700)] {
            let (mut a, note_a) = tree(size_a, u64::MAX);
            let (mut b, note_b) = tree(size_b, changed);
            let first = Side {
                note: note_a.clone(),
                size: size_a,
                hashes: &mut a,
            };
            let second = Side {
                note: note_b,
                size: size_b,
                hashes: &mut b,
            };
            let found = prove(signer.vkey().clone().into(), first, second).unwrap();
            found.judge().unwrap();
            assert_eq!(
                found.conflict.clone().map(|conflict| conflict.index),
                Some(changed)
            );
            assert_eq!(Equivocation::parse(&found.to_string()).unwrap(), found);
            let (mut c, note_c) = tree(size_a + 5, u64::MAX);
            let first = Side {
                note: note_a,
                size: size_a,
                hashes: &mut a,
            };
            let second = Side {
                note: note_c,
                size: size_a + 5,
                hashes: &mut c,
            };
            let innocent = prove(signer.vkey().clone().into(), first, second);
            assert!(matches!(innocent, Err(NoProof::Agree)));
        }
    }
}
