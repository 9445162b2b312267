//! Which people are worth comparing whole: rarest words first, people named by number, colleagues of the unit
//! who bear a reachable word. What is left out here is never seen again, so context counts before the cut.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use super::context::Context;
use super::index::Index;
use super::naming::Reach;
use super::vocabulary::count;

/// People touched through words of the name, at most; common words beyond it only re-score.
const TOUCHED_MAX: usize = 20_000;
/// People named by a number or a unit, at most.
const NAMED_MAX: usize = 5_000;
/// People compared whole.
const COMPARED_MAX: usize = 200;

/// The people to compare, ascending.
pub(super) fn retrieve(index: &Index, reach: &Reach<'_>, context: &Context<'_>) -> Vec<u32> {
    let mut found: HashMap<u32, f64> = HashMap::new();
    let mut touched = 0_usize;
    let mut cut = false;
    for (postings, bits) in lists(index, reach) {
        touched = touched.saturating_add(postings.len());
        cut |= touched > TOUCHED_MAX;
        for id in postings {
            if cut {
                found.entry(*id).and_modify(|sum| *sum += bits);
            } else {
                *found.entry(*id).or_default() += bits;
            }
        }
    }
    if cut {
        for id in colleagues(index, reach, context) {
            found.entry(id).or_insert(0.1);
        }
    }
    for (id, (_, bits)) in context.numbers.iter().take(NAMED_MAX) {
        *found.entry(*id).or_default() += bits;
    }
    let mut ranked: Vec<(f64, u32)> = found
        .into_iter()
        .filter_map(|(id, bits)| Some((bits + context.estimate(index.facts(id)?), id)))
        .collect();
    ranked.sort_unstable_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
    ranked.truncate(COMPARED_MAX);
    let mut people: Vec<u32> = ranked.into_iter().map(|(_, id)| id).collect();
    people.sort_unstable();
    people
}

/// The postings of every reachable word with what the word is worth, shortest list first.
fn lists<'a>(index: &'a Index, reach: &Reach<'_>) -> Vec<(&'a [u32], f64)> {
    let mut words: BTreeMap<u32, f64> = BTreeMap::new();
    let reached = reach
        .reached
        .iter()
        .flat_map(|reached| &reached.words)
        .map(|(word, (_, bits))| (*word, *bits));
    let share = |words: &[u32], bits: f64| bits / f64::from(count(words.len()).max(1));
    let split = reach
        .split
        .iter()
        .flat_map(|(_, words, bits)| words.iter().map(move |word| (*word, share(words, *bits))));
    for (word, bits) in reached.chain(split) {
        let best = words.entry(word).or_insert(bits);
        *best = best.max(bits);
    }
    let mut lists: Vec<(&[u32], f64, u32)> = words
        .into_iter()
        .map(|(word, bits)| (index.names.postings(word), bits, word))
        .collect();
    lists.sort_by_key(|(postings, _, word)| (postings.len(), *word));
    lists
        .into_iter()
        .map(|(postings, bits, _)| (postings, bits))
        .collect()
}

/// Colleagues in the written unit who bear a reachable word.
fn colleagues(index: &Index, reach: &Reach<'_>, context: &Context<'_>) -> Vec<u32> {
    let words: HashSet<u32> = reach
        .reached
        .iter()
        .flat_map(|reached| reached.words.keys().copied())
        .collect();
    let bears = |id: &u32| {
        index
            .facts(*id)
            .is_some_and(|facts| facts.words.iter().any(|word| words.contains(word)))
    };
    context
        .colleagues(TOUCHED_MAX)
        .into_iter()
        .filter(bears)
        .collect()
}
