//! Random numbers that a seed repeats (SplitMix64), and pools of words whose head is drawn more often.

/// Dice that a seed repeats.
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice for one purpose: the same seed and number give the same throws, whatever was thrown elsewhere.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xA076_1D64_78BD_642F);
        let spread = dice
            .next()
            .wrapping_add(number.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let mut dice = Self(spread);
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// A number from 0 up to 1.
    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// One of the rows, each with its weight.
    pub(crate) fn weighted<T: Copy>(&mut self, rows: &[(usize, T)]) -> T {
        let mut rest = self.below(rows.iter().map(|(weight, _)| weight).sum());
        for (weight, row) in rows {
            match rest.checked_sub(*weight) {
                Some(left) => rest = left,
                None => return *row,
            }
        }
        rows[0].1
    }
}

/// Words in the order of their frequency, drawn by Zipf's law.
pub(crate) struct Pool {
    words: Vec<&'static str>,
    upto: Vec<f64>,
}

impl Pool {
    /// The words of a text, parted by `|` if it has one and by spaces else; word k weighs 1 / (k + 2) to the `power`.
    pub(crate) fn new(text: &'static str, power: f64) -> Self {
        let sign = if text.contains('|') { '|' } else { ' ' };
        let words: Vec<&str> = text.split(sign).filter(|word| !word.is_empty()).collect();
        let mut sum = 0.0;
        let mut rank = 1.0_f64;
        let upto = words.iter().map(|_| {
            rank += 1.0;
            sum += rank.powf(-power);
            sum
        });
        let upto = upto.collect();
        Self { words, upto }
    }

    pub(crate) fn draw(&self, dice: &mut Dice) -> &'static str {
        let at = dice.unit() * self.upto[self.upto.len() - 1];
        let place = self.upto.partition_point(|upto| *upto <= at);
        self.words[place.min(self.words.len() - 1)]
    }
}
