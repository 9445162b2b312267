//! From a starting point through each line of evidence to the score: the steps of a waterfall, with bars on one scale for all
//! candidates of a complaint. No words: the steps carry the keys of theirs.

use serde::Serialize;

use crate::service::crossref::Candidate;
use crate::service::crossref::Line;
use crate::web::complaint::view::Words;

/// Width of a bar's picture, in its own units; the template draws it in a view box of 400 by 18.
const WIDTH: f64 = 400.0;
/// What stays free at either side.
const MARGIN: f64 = 2.0;
/// Length of an arrow's head.
const HEAD: f64 = 7.0;
/// A bar is at least this long, so that it is seen.
const LENGTH_MIN: f64 = 3.0;
/// Bits below which a line says nothing either way.
const NEUTRAL_BITS: f64 = 0.05;
/// Bits from which a line is a middling one: four to one.
const MEDIUM_BITS: f64 = 2.0;
/// Bits from which a line is a strong one: thirty-two to one.
const STRONG_BITS: f64 = 5.0;

/// The same bits are as long in every candidate's waterfall of a complaint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
}

/// One row: what was weighed, what it adds, what the sum is then.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    /// None for the starting point and the total.
    words: Option<Words>,
    /// `start`, `line` or `total`.
    kind: &'static str,
    /// With sign and two decimals. Those of one candidate add up to its score exactly as they are written.
    bits: String,
    /// The sum so far.
    sum: String,
    /// `for-strong`, `against-weak`, … or `neutral`.
    side: &'static str,
    /// Corners of the bar, as an SVG polygon takes them.
    points: String,
    /// Where zero bits lie.
    zero: String,
}

impl Scale {
    /// Wide enough for every sum that any of these candidates passes, each with what its score starts from.
    pub(super) fn of<'a>(candidates: impl IntoIterator<Item = (f64, &'a Candidate)>) -> Self {
        let mut scale = Self { low: 0.0, high: 0.0 };
        for (prior_bits, candidate) in candidates {
            let mut sum = prior_bits;
            scale.widen(sum);
            for line in &candidate.evidence {
                sum += line.bits;
                scale.widen(sum);
            }
            scale.widen(candidate.score);
        }
        scale
    }

    fn widen(&mut self, bits: f64) {
        self.low = self.low.min(bits);
        self.high = self.high.max(bits);
    }

    fn place(&self, bits: f64) -> f64 {
        let span = (self.high - self.low).max(1.0);
        MARGIN + (bits - self.low) / span * (WIDTH - 2.0 * MARGIN)
    }

    /// An arrow from one sum to the next: it points right where the line speaks for, left where it speaks against.
    fn arrow(&self, from: f64, to: f64) -> String {
        let (start, mut end) = (self.place(from), self.place(to));
        let way = if to < from { -1.0 } else { 1.0 };
        if (end - start).abs() < LENGTH_MIN {
            end = start + way * LENGTH_MIN;
        }
        let neck = end - way * HEAD.min((end - start).abs());
        format!("{start:.1},3 {neck:.1},3 {end:.1},9 {neck:.1},15 {start:.1},15")
    }

    /// A block from zero to a sum.
    fn block(&self, to: f64) -> String {
        let (zero, mut end) = (self.place(0.0), self.place(to));
        if (end - zero).abs() < LENGTH_MIN {
            end = zero + if to < 0.0 { -LENGTH_MIN } else { LENGTH_MIN };
        }
        format!("{zero:.1},2 {end:.1},2 {end:.1},16 {zero:.1},16")
    }
}

/// The steps of one candidate: start, a step for each line, total.
pub(super) fn steps(prior_bits: f64, candidate: &Candidate, scale: &Scale) -> Vec<Step> {
    let ends = |kind: &'static str, sum: f64| Step {
        words: None,
        kind,
        bits: bits(rounded(sum)),
        sum: bits(rounded(sum)),
        side: "neutral",
        points: scale.block(sum),
        zero: format!("{:.1}", scale.place(0.0)),
    };
    let mut steps = vec![ends("start", prior_bits)];
    let mut sum = prior_bits;
    for line in &candidate.evidence {
        let before = sum;
        sum += line.bits;
        steps.push(Step {
            words: Some(Words::from(line)),
            kind: "line",
            bits: bits(rounded(sum) - rounded(before)),
            sum: bits(rounded(sum)),
            side: side(line),
            points: scale.arrow(before, sum),
            zero: format!("{:.1}", scale.place(0.0)),
        });
    }
    steps.push(ends("total", candidate.score));
    steps
}

fn side(line: &Line) -> &'static str {
    let size = line.bits.abs();
    match (line.bits > 0.0, size) {
        _ if size < NEUTRAL_BITS => "neutral",
        (true, STRONG_BITS..) => "for-strong",
        (true, MEDIUM_BITS..) => "for-medium",
        (true, _) => "for-weak",
        (false, STRONG_BITS..) => "against-strong",
        (false, MEDIUM_BITS..) => "against-medium",
        (false, _) => "against-weak",
    }
}

fn rounded(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

/// Bits with their sign and two decimals, as Indonesian writes them.
pub(super) fn bits(bits: f64) -> String {
    let text = format!("{bits:+.2}").replace('.', ",");
    match text.strip_prefix('-') {
        Some("0,00") => "+0,00".to_owned(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}
