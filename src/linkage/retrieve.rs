//! Which people are worth comparing whole. Everybody who is reached by a word of the name or by a number is weighed
//! roughly, context included, before anybody is cut: what is left out here is never seen again.

use super::context::Context;
use super::index::Index;
use super::index::NONE;
use super::name::WORDS_MAX;
use super::naming::Reach;
use super::naming::bit;
use super::naming::extra_bits;
use super::phrase::narrow;
use super::vocabulary::at;
use super::vocabulary::count;
use super::weigh;

/// People compared whole.
const COMPARED_MAX: usize = 200;
/// People weighed at once: their sums stay in the processor's cache.
const WINDOW: u32 = 1 << 15;
/// The mask of somebody who was reached by a number alone.
const BY_NUMBER: u32 = 1 << 31;

/// The people that one reached word leads to.
struct List<'a> {
    postings: &'a [u32],
    bits: f32,
    covers: u32,
}

/// Somebody whose name weighs enough to look at what else is known of them.
struct Near {
    id: u32,
    /// What name and number weigh.
    named: f32,
    number: f32,
    /// How many words of the name are answered.
    answered: u32,
    /// Where they stand, looked up for a window of people together: the processor waits for many at once.
    unit: u32,
}

/// Whom to compare.
pub(super) struct Found {
    /// Ascending.
    pub(super) people: Vec<u32>,
    /// How many more of the whole roster bear the most telling words of the name than can be among `people`.
    pub(super) unseen: u32,
}

/// The people to compare.
pub(super) fn retrieve(index: &Index, reach: &Reach<'_>, context: &Context<'_>) -> Found {
    let mut lists = lists(index, reach);
    lists.push(List {
        postings: &context.numbers.people,
        bits: narrow(context.numbers.bits),
        covers: BY_NUMBER,
    });
    let rough = Rough::new(index, reach, context);
    let mut best = Best::default();
    let size = at(WINDOW);
    let (mut sums, mut masks) = (vec![0.0_f32; size], vec![0_u32; size]);
    let mut touched: Vec<u32> = Vec::with_capacity(size);
    let mut near: Vec<Near> = Vec::new();
    let (mut most, mut bearers) = (0.0_f32, 0_u32);
    let mut from = 0_u32;
    while from < index.ids() {
        let to = from.saturating_add(WINDOW);
        for list in &mut lists {
            while let [id, later @ ..] = list.postings
                && *id < to
            {
                list.postings = later;
                let cell = at(id.wrapping_sub(from));
                if let (Some(sum), Some(mask)) = (sums.get_mut(cell), masks.get_mut(cell)) {
                    if *mask == 0 {
                        touched.push(*id);
                    }
                    // Lists come best first: the first one that answers a written word is the one that counts.
                    if *mask & list.covers == 0 {
                        *sum += list.bits;
                        *mask |= list.covers;
                    }
                }
            }
        }
        for id in touched.drain(..) {
            let cell = at(id.wrapping_sub(from));
            if let (Some(sum), Some(mask)) = (sums.get_mut(cell), masks.get_mut(cell)) {
                // The same words give the same sum, to the last bit.
                if *sum > most {
                    (most, bearers) = (*sum, 1);
                } else if sum.total_cmp(&most).is_eq() {
                    bearers = bearers.saturating_add(1);
                }
                near.extend(rough.near(id, (*sum, *mask), |most| best.may_take(most)));
                *sum = 0.0;
                *mask = 0;
            }
        }
        let units = &index.columns.unit;
        for one in &mut near {
            one.unit = units.get(at(one.id)).copied().unwrap_or(NONE);
        }
        for one in near.drain(..) {
            if let Some(weight) = rough.weigh(&one, |most| best.may_take(most)) {
                best.offer(weight, one.id, index);
            }
        }
        from = to;
    }
    Found {
        people: best.finish(index),
        unseen: bearers.saturating_sub(count(COMPARED_MAX)),
    }
}

/// The postings of every reachable word with what the word is worth: joined words first, then the most telling ones.
fn lists<'a>(index: &'a Index, reach: &Reach<'_>) -> Vec<List<'a>> {
    let mut lists: Vec<List<'a>> = Vec::new();
    for reached in &reach.reached {
        lists.extend(reached.words.iter().map(|target| List {
            postings: index.names.postings(target.word),
            bits: narrow(target.bits),
            covers: reached.covers,
        }));
    }
    for split in &reach.splits {
        let share = split.bits / f64::from(count(split.words.len()).max(1));
        lists.extend(split.words.iter().map(|word| List {
            postings: index.names.postings(*word),
            bits: narrow(share),
            covers: bit(split.place),
        }));
    }
    lists.sort_by(|one, two| {
        let wide = two.covers.count_ones().cmp(&one.covers.count_ones());
        wide.then(two.bits.total_cmp(&one.bits))
            .then(one.covers.cmp(&two.covers))
    });
    lists
}

/// A quick weight, near enough to the real one to tell who may rank among the first.
struct Rough<'a> {
    index: &'a Index,
    context: &'a Context<'a>,
    /// What leaves written words unanswered costs, by the mask of those that are answered.
    extras: Vec<f32>,
    name_max: f32,
    /// What somebody is worth whom the written number does not lead to.
    number_miss: f32,
    context_max: f32,
}

impl<'a> Rough<'a> {
    fn new(index: &'a Index, reach: &Reach<'_>, context: &'a Context<'a>) -> Self {
        let costs: Vec<f32> = reach
            .name
            .words
            .iter()
            .take(WORDS_MAX)
            .map(|word| narrow(extra_bits(word)))
            .collect();
        let masks = 1_u32.checked_shl(count(costs.len())).unwrap_or(1);
        let cost = |mask: u32| {
            let open = costs
                .iter()
                .enumerate()
                .filter(|(place, _)| mask & bit(*place) == 0);
            open.map(|(_, cost)| cost).sum()
        };
        Self {
            index,
            context,
            extras: (0..masks).map(cost).collect(),
            name_max: narrow(index.size().log2()),
            number_miss: narrow(context.numbers.miss.map_or(0.0, |(_, bits)| bits)),
            context_max: context.estimate_max(),
        }
    }

    /// Somebody whose name weighs so much, if the most that it can still come to is wanted: nothing about the person is looked up before.
    fn near(&self, id: u32, (sum, mask): (f32, u32), is_wanted: impl Fn(f32) -> bool) -> Option<Near> {
        let name = mask & !BY_NUMBER;
        let extras = self.extras.get(at(name)).copied().unwrap_or(0.0);
        let number = if mask & BY_NUMBER == 0 {
            self.number_miss
        } else {
            0.0
        };
        let named = sum.min(self.name_max) + extras;
        is_wanted(named + number + self.context_max).then_some(Near {
            id,
            named,
            number,
            answered: name.count_ones(),
            unit: NONE,
        })
    }

    /// What somebody weighs; `None` as soon as the most that it can still come to is not wanted. The most is added up in the order of
    /// the weight itself, so that rounding never makes it less.
    fn weigh(&self, near: &Near, is_wanted: impl Fn(f32) -> bool) -> Option<f32> {
        let &Near { named, number, .. } = near;
        let (columns, place) = (&self.index.columns, at(near.id));
        let most = |most| is_wanted(named + number + most);
        let context = self.context.estimate(columns, (place, near.unit), most)?;
        // What is left out of a name only costs.
        if !most(context) {
            return None;
        }
        let words = match (
            columns.starts.get(place),
            columns.starts.get(place.saturating_add(1)),
        ) {
            (Some(from), Some(to)) => to.saturating_sub(*from),
            _ => 0,
        };
        let omitted = words.saturating_sub(near.answered);
        let more = f32::from(u16::try_from(omitted.saturating_sub(1)).unwrap_or(u16::MAX));
        let omitted = if omitted == 0 {
            0.0
        } else {
            narrow(weigh::OMITTED) + more * narrow(weigh::OMITTED_MORE)
        };
        Some(named + omitted + number + context)
    }
}

/// The best of those who were offered.
#[derive(Default)]
struct Best {
    people: Vec<(f32, u32)>,
    least: Option<f32>,
}

impl Best {
    /// Whether somebody of at most this weight may be among the best.
    fn may_take(&self, most: f32) -> bool {
        self.least.is_none_or(|least| most >= least)
    }

    fn offer(&mut self, weight: f32, id: u32, index: &Index) {
        if !self.may_take(weight) {
            return;
        }
        self.people.push((weight, id));
        if self.people.len() >= COMPARED_MAX * 8 {
            self.cut(index);
        }
    }

    fn cut(&mut self, index: &Index) {
        if self.people.len() <= COMPARED_MAX {
            return;
        }
        // Among equals the number decides, not the order in which the roster was read.
        let number = |id: u32| index.columns.numbers.get(at(id)).copied().unwrap_or(0);
        let order = |one: &(f32, u32), two: &(f32, u32)| {
            let weights = two.0.total_cmp(&one.0);
            weights.then_with(|| number(one.1).cmp(&number(two.1)).then(one.1.cmp(&two.1)))
        };
        self.people.select_nth_unstable_by(COMPARED_MAX - 1, order);
        self.people.truncate(COMPARED_MAX);
        self.least = self
            .people
            .iter()
            .map(|(weight, _)| *weight)
            .min_by(f32::total_cmp);
    }

    fn finish(mut self, index: &Index) -> Vec<u32> {
        self.cut(index);
        let mut people: Vec<u32> = self.people.into_iter().map(|(_, id)| id).collect();
        people.sort_unstable();
        people
    }
}
