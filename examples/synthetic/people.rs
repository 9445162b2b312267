//! The people of a roster, each made from the seed and a place alone, so that no roster need be held.

use super::dice::Dice;
use super::names::CULTURES;
use super::names::Names;
use super::places;
use super::units::Kind;
use super::units::Units;

/// Days on which people of a roster were born: those of 1967 to 1999 without leap days.
const DAYS: usize = 33 * 365;
/// Dates of appointment that people of one birthday share.
const SLOTS: usize = 30;
/// People who could stand on the roster and do not: where strangers come from.
const SPARE: usize = 100_000;

/// One person.
pub(crate) struct Somebody {
    pub(crate) nip: String,
    /// The words of the name without titles, each beginning with a capital.
    pub(crate) words: Vec<String>,
    /// The name as the roster writes it.
    pub(crate) name: String,
    /// The unit, by number.
    pub(crate) unit: usize,
    /// The position as the roster writes it.
    pub(crate) position: &'static str,
    /// The position as the public calls it.
    pub(crate) family: &'static str,
    /// The city, by number.
    pub(crate) city: usize,
    pub(crate) culture: &'static str,
    pub(crate) male: bool,
}

/// A roster: people by place.
pub(crate) struct World {
    pub(crate) size: usize,
    pub(crate) units: Units,
    pub(crate) names: Names,
    seed: u64,
    /// Places in the order of units, and numbers, are shuffled by a factor that shares no divisor with their count.
    numbers: usize,
    step: usize,
    stride: usize,
}

fn common_divisor(one: usize, two: usize) -> usize {
    if two == 0 {
        one
    } else {
        common_divisor(two, one % two)
    }
}

fn step_for(count: usize, from: usize) -> usize {
    (from % count.max(2)..from.max(count).saturating_mul(2))
        .find(|step| *step > 0 && common_divisor(*step, count) == 1)
        .unwrap_or(1)
}

impl World {
    pub(crate) fn new(size: usize, seed: u64) -> Self {
        let numbers = (size + SPARE).div_ceil(DAYS) * DAYS;
        Self {
            size,
            units: Units::grow(size, seed),
            names: Names::new(),
            seed,
            numbers,
            step: step_for(numbers, 7_368_787),
            stride: step_for(size, 2_654_435),
        }
    }

    /// The place of the person who stands at a place of the order of units.
    pub(crate) fn dice(&self, purpose: u64, number: usize) -> Dice {
        let number = u64::try_from(number).unwrap_or(0);
        Dice::new(self.seed.wrapping_add(purpose << 32), number)
    }

    /// The person at a place below [`World::size`]; above it, up to 100,000 people who are not on the roster.
    pub(crate) fn person(&self, place: usize) -> Somebody {
        let mut dice = self.dice(1, place);
        let desk = (place % self.size) * self.stride % self.size;
        let (unit, seat) = self.units.of(desk);
        let home = &self.units.all[unit];
        let male = match home.kind {
            Kind::School | Kind::Clinic => dice.percent(36),
            _ => dice.percent(57),
        };
        let (_, _, around) = places::CITIES[home.city];
        let culture = if dice.percent(30) {
            around
        } else {
            dice.weighted(&CULTURES)
        };
        let (words, culture) = self.names.draw(&mut dice, culture, male);
        let words: Vec<String> = words.into_iter().map(|word| variant(&mut dice, word)).collect();
        let (family, position) = if seat == 0 {
            (home.head.1, home.head.0)
        } else {
            post(&mut dice, home.kind)
        };
        let (nip, born) = self.nip(place, male);
        let name = self.written(&mut dice, &words, (culture, male, born), (unit, family));
        let city = if dice.percent(97) {
            home.city
        } else {
            dice.below(places::CITIES.len())
        };
        Somebody {
            nip,
            words,
            name,
            unit,
            position,
            family,
            city,
            culture,
            male,
        }
    }

    /// A colleague of the same unit.
    pub(crate) fn colleague(&self, dice: &mut Dice, unit: usize) -> usize {
        let desks = self.units.places(unit);
        let desk = desks.start + dice.below(desks.len());
        // The desk of a place is place * stride; the inverse of the stride leads back.
        let inverse = inverse(self.stride, self.size);
        usize::try_from(wide(desk) * wide(inverse) % wide(self.size).max(1)).unwrap_or(0)
    }

    /// A number that no other place has, and the year of birth.
    fn nip(&self, place: usize, male: bool) -> (String, usize) {
        let shuffled = wide(place % self.numbers) * wide(self.step) % wide(self.numbers);
        let shuffled = usize::try_from(shuffled).unwrap_or(0);
        let (day, turn) = (shuffled % DAYS, shuffled / DAYS);
        let mut of_day = self.dice(2, day);
        let (late, shift) = (of_day.below(3), of_day.below(SLOTS));
        let slot = (turn + shift) % SLOTS;
        let mut of_slot = self.dice(3, day * SLOTS + slot);
        let upto = 1 + of_slot.below(20);
        let serial = 1 + turn / SLOTS + of_slot.below(upto);
        let born = 1967 + day / 365;
        let (month, date) = calendar(day % 365);
        let sex = if male { 1 } else { 2 };
        let appointed = match slot {
            0..24 => {
                let year = born + 19 + slot % 8 + if born < 1990 { late } else { 0 };
                format!("{year}{:02}", [1, 3, 12][slot / 8])
            }
            24..29 => format!("{}21", 2021 + slot - 24),
            _ => "202322".to_owned(),
        };
        (
            format!("{born}{month:02}{date:02}{appointed}{sex}{serial:03}"),
            born,
        )
    }

    fn written(
        &self,
        dice: &mut Dice,
        words: &[String],
        (culture, male, born): (&str, bool, usize),
        (unit, family): (usize, &str),
    ) -> String {
        let agency = &self.units.agencies[self.units.all[unit].agency];
        let christian = matches!(
            culture,
            "batak" | "balinese" | "minahasa" | "eastern" | "chinese" | "dayak"
        );
        let mut front = Vec::new();
        if family == "dokter" {
            front.push("dr.");
        } else if dice.percent(2) {
            front.push("Dr.");
        } else if born < 1973 && dice.percent(35) {
            front.push(if male { "Drs." } else { "Dra." });
        } else if dice.percent(4) {
            front.push("Ir.");
        }
        if !christian && born < 1985 && dice.percent(14) {
            front.push(if male { "H." } else { "Hj." });
        }
        let back = degrees(dice, family);
        let plain = words.join(" ");
        let plain = if agency.capitals {
            plain.to_uppercase()
        } else {
            plain
        };
        let mut text = front.join(" ");
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&plain);
        for degree in back {
            text.push_str(", ");
            text.push_str(&spelled(degree, agency.degrees));
        }
        text
    }
}

fn wide(number: usize) -> u128 {
    u128::try_from(number).unwrap_or(0)
}

/// The number that undoes a multiplication by `step` among `count` numbers.
fn inverse(step: usize, count: usize) -> usize {
    let (mut old, mut new) = (
        i128::try_from(count).unwrap_or(1),
        i128::try_from(step).unwrap_or(1),
    );
    let (mut before, mut after) = (0_i128, 1_i128);
    while new != 0 {
        let whole = old / new;
        (old, new) = (new, old - whole * new);
        (before, after) = (after, before - whole * after);
    }
    usize::try_from(before.rem_euclid(i128::try_from(count).unwrap_or(1).max(1))).unwrap_or(0)
}

fn calendar(day: usize) -> (usize, usize) {
    let mut rest = day;
    for (month, days) in (1..).zip([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        match rest.checked_sub(days) {
            Some(left) => rest = left,
            None => return (month, rest + 1),
        }
    }
    (12, 31)
}

fn post(dice: &mut Dice, kind: Kind) -> (&'static str, &'static str) {
    let posts = match kind {
        Kind::Office => places::OFFICE_POSTS,
        Kind::School => places::SCHOOL_POSTS,
        Kind::Clinic => places::CLINIC_POSTS,
        Kind::Village => places::VILLAGE_POSTS,
    };
    let at = if kind == Kind::School && dice.percent(80) {
        0
    } else {
        dice.below(posts.len())
    };
    let (family, ranks) = posts[at];
    (family, dice.pick(ranks))
}

/// Registers do not spell the commonest words alike.
fn variant(dice: &mut Dice, word: String) -> String {
    let rows: &[(usize, &str)] = match word.as_str() {
        "Muhammad" => &[
            (58, "Muhammad"),
            (12, "Mohammad"),
            (6, "Mochamad"),
            (8, "Moh."),
            (9, "M."),
            (7, "Muh."),
        ],
        "Ahmad" => &[(70, "Ahmad"), (20, "Achmad"), (10, "Akhmad")],
        "Siti" => &[(88, "Siti"), (6, "Sitti"), (6, "St.")],
        "Rizki" => &[(50, "Rizki"), (35, "Rizky"), (15, "Rizqi")],
        "Yusuf" => &[(80, "Yusuf"), (10, "Jusuf"), (10, "Yusup")],
        "Taufik" => &[(60, "Taufik"), (40, "Taufiq")],
        "Abdul" => &[(90, "Abdul"), (10, "Abd.")],
        "Nur" => &[(92, "Nur"), (5, "Noor"), (3, "Noer")],
        "Khairul" => &[(50, "Khairul"), (30, "Khoirul"), (20, "Chairul")],
        "Yohanes" => &[(70, "Yohanes"), (30, "Johanes")],
        _ => return word,
    };
    dice.weighted(rows).to_owned()
}

fn degrees(dice: &mut Dice, family: &str) -> Vec<&'static str> {
    let first: &[&str] = match family {
        "guru" | "kepsek" => &["S.Pd.", "S.Pd.", "S.Pd.SD.", "S.Pd.I.", "S.Ag."],
        "bidan" => &["A.Md.Keb.", "S.Tr.Keb.", "S.ST."],
        "perawat" => &["A.Md.Kep.", "S.Kep.", "S.Kep., Ns."],
        "dokter" => &["Sp.PD.", "M.Kes."],
        "pranata komputer" => &["S.Kom.", "S.T.", "A.Md."],
        _ => &[
            "S.E.", "S.H.", "S.Sos.", "S.T.", "S.Kom.", "S.IP.", "S.I.Kom.", "A.Md.", "S.AP.", "S.STP.",
            "S.P.",
        ],
    };
    let second = [
        "M.M.", "M.Si.", "M.T.", "M.H.", "M.Kom.", "M.AP.", "M.Pd.", "M.T.I.", "M.P.A.", "Ph.D.",
    ];
    let mut all = Vec::new();
    if dice.percent(72) {
        all.push(dice.pick(first));
        if dice.percent(28) {
            all.push(dice.pick(&second));
        }
    }
    all
}

/// A degree in the manner of an office.
pub(crate) fn spelled(degree: &str, manner: usize) -> String {
    match manner {
        1 => degree.replace('.', ""),
        2 => degree.trim_end_matches('.').replace('.', ". ").replace("  ", " "),
        _ => degree.to_owned(),
    }
}
