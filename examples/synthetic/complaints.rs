//! Complaints with their truth. The error model: each complaint has one class; what stands around the name is drawn apart
//! from it. Shares are of a thousand complaints.
//!
//! | class | share | what it does |
//! |---|---|---|
//! | clean | 105 | the name as registered, without titles |
//! | typo, two-typos | 95, 35 | neighbouring key, omission, doubling, transposition |
//! | old-spelling | 50 | oe, dj, tj, j for y, nj, sj, ch, in the whole name |
//! | phonetic | 80 | f/p/v, z/s/j, q/k, kh/h, y/i, th/t, dh/d, doubled letters, final h, -uddin, Muhammad, Siti … once to three times |
//! | scanned | 45 | o/0, l/1/i, rn/m, cl/d, s/5, b/8 … up to five times, at most one letter in four |
//! | joined, parted, swapped | 30, 20, 25 | words run together, taken apart, in another order |
//! | middle-dropped, last-dropped, one-word | 25, 40, 35 | words left out |
//! | nickname | 50 | a short form for one word, or nothing but a salutation and a short form |
//! | initials | 45 | "Budi S.", "M. Rizki", "A. A. Putra" |
//! | titled, by-post | 35, 35 | titles as registered or invented; "Pak Camat Budi" |
//! | alias, bin, several | 20, 10, 10 | "alias Yudi", "bin Sulaiman", two people in one field |
//! | handle | 15 | only a name on a social network, made from the name |
//! | name-nip | 15 | the NIP stands in the field of the name |
//! | nip, nip-part, nip-slip, nip-other, birth | 25, 30, 15, 15, 15 | whole; 8 or 14 digits, the last four, masked; one digit off; somebody else's; a birth date |
//! | unit-wrong, city-wrong | 20, 10 | the unit, the city of somebody else |
//! | stranger | 50 | outsider: a name that fits nobody; no unit, or one outside |
//! | namesake | 30 | outsider: the very name of an insider, unit or city outside the roster |
//! | near | 20 | outsider: an insider's name but for one word that is another |
//! | here | 20 | outsider: a stranger with a unit of the roster (a visitor, somebody who left) |
//! | foreign-nip | 10 | outsider: a stranger with a number not on the roster, or with an insider's, pasted |
//! | twin, numbered | 4, 3 | outsider: an insider's name in the unit of the twin government (Kota for Kabupaten), of the school of another number |
//! | acronym | 2 | outsider: an insider's name in an office whose short name is made of the first letters of the insider's unit |
//! | single | 3 | outsider: one word of an insider's name, the other being one that people leave out, in the insider's unit |
//! | rounded-nip | 2 | outsider: an insider's name, and a number of which a spreadsheet left six digits that are the insider's |
//!
//! Around the name (of a hundred): nothing 14, unit 30, city 11, both 18, unit and position 9, city and position 6, position 3,
//! all 9. A unit is whole, leaf only, abbreviated (22), of the parent only (10), misspelt (7), by its old name (4) or the agency
//! alone (4); a city goes by another word (20) or is misspelt (5). One name in four has a salutation, one in three lost its
//! capitals. Half of the Balinese I and Ni are left out. Absent: complaints without any name ("Pak Camat"), and outsiders whom
//! all that was written fits an insider, since nobody can tell them apart; but for *single* and *rounded-nip*, where what was
//! written is too little for a match.

use super::around;
use super::census::Census;
use super::census::FITS_MAX;
use super::census::Query;
use super::dice::Dice;
use super::misname;
use super::miswrite;
use super::people::Somebody;
use super::people::World;
use super::sound;
use super::traps;

const INSIDERS: &[(usize, &str)] = &[
    (105, "clean"),
    (95, "typo"),
    (35, "two-typos"),
    (50, "old-spelling"),
    (80, "phonetic"),
    (45, "scanned"),
    (30, "joined"),
    (20, "parted"),
    (25, "swapped"),
    (25, "middle-dropped"),
    (40, "last-dropped"),
    (35, "one-word"),
    (50, "nickname"),
    (45, "initials"),
    (35, "titled"),
    (35, "by-post"),
    (20, "alias"),
    (10, "bin"),
    (10, "several"),
    (15, "handle"),
    (15, "name-nip"),
    (25, "nip"),
    (30, "nip-part"),
    (15, "nip-slip"),
    (15, "nip-other"),
    (15, "birth"),
    (20, "unit-wrong"),
    (10, "city-wrong"),
];
const OUTSIDERS: &[(usize, &str)] = &[
    (50, "stranger"),
    (30, "namesake"),
    (20, "near"),
    (20, "here"),
    (10, "foreign-nip"),
    (4, "twin"),
    (3, "numbered"),
    (2, "acronym"),
    (3, "single"),
    (2, "rounded-nip"),
];
/// Those of [`OUTSIDERS`] that are made apart.
const TRAPS: &[&str] = &["twin", "numbered", "acronym", "single", "rounded-nip"];
/// Outsiders among a hundred complaints.
const OUTSIDE: usize = 13;

/// Unit, city, position.
const AROUND: &[(usize, [bool; 3])] = &[
    (14, [false, false, false]),
    (30, [true, false, false]),
    (11, [false, true, false]),
    (18, [true, true, false]),
    (9, [true, false, true]),
    (6, [false, true, true]),
    (3, [false, false, true]),
    (9, [true, true, true]),
];

/// A complaint and the truth about it.
pub(crate) struct Case {
    pub(crate) channel: &'static str,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) city: String,
    pub(crate) position: String,
    pub(crate) nip: String,
    pub(crate) handle: String,
    pub(crate) date: String,
    /// The person meant, by place in the roster; nobody for an outsider.
    pub(crate) truth: Option<usize>,
    pub(crate) class: &'static str,
    pub(crate) culture: &'static str,
    /// People of the roster whom what was written fits, counted up to [`FITS_MAX`].
    pub(crate) fits: usize,
}

impl Case {
    pub(crate) fn new(class: &'static str, one: &Somebody) -> Self {
        Self {
            channel: "",
            name: String::new(),
            unit: String::new(),
            city: String::new(),
            position: String::new(),
            nip: String::new(),
            handle: String::new(),
            date: String::new(),
            truth: None,
            class,
            culture: one.culture,
            fits: 0,
        }
    }

    /// Whether what was written fits the person meant and nobody else.
    pub(crate) fn resolvable(&self) -> bool {
        self.truth.is_some() && self.fits == 1
    }

    /// Which of unit, city and position stand around the name.
    pub(crate) fn around(&self) -> String {
        let sign = |text: &str, sign: char| if text.is_empty() { '-' } else { sign };
        let signs = [
            (&self.unit, 'u'),
            (&self.city, 'c'),
            (&self.position, 'p'),
            (&self.nip, 'n'),
        ];
        signs.iter().map(|(text, letter)| sign(text, *letter)).collect()
    }
}

/// The complaint of a number; the same seed and number give the same complaint.
pub(crate) fn case(world: &World, census: &Census, number: usize) -> Case {
    let mut dice = world.dice(4, number);
    let outside = dice.percent(OUTSIDE);
    let mut case = loop {
        let made = if outside {
            outsider(&mut dice, world, census)
        } else {
            insider(&mut dice, world, census)
        };
        if let Some(made) = made {
            break made;
        }
    };
    case.channel = dice.weighted(&[
        (40, "web"),
        (25, "lapor"),
        (15, "medsos"),
        (12, "surat"),
        (8, "email"),
    ]);
    case.date = date(&mut dice);
    if case.class != "name-nip" {
        case.name = cased(&mut dice, case.name);
    }
    case
}

fn date(dice: &mut Dice) -> String {
    let (year, month, day) = (2022 + dice.below(3), 1 + dice.below(12), 1 + dice.below(28));
    match dice.below(100) {
        0..=14 => String::new(),
        15..=21 => format!("{day:02}-{month:02}-{year}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn cased(dice: &mut Dice, name: String) -> String {
    match dice.below(100) {
        0..=22 => name.to_lowercase(),
        23..=32 => name.to_uppercase(),
        _ => name,
    }
}

fn insider(dice: &mut Dice, world: &World, census: &Census) -> Option<Case> {
    let place = dice.below(world.size);
    let one = world.person(place);
    let class = dice.weighted(INSIDERS);
    let mut case = Case::new(class, &one);
    case.truth = Some(place);
    let mut query = Query::default();
    let prefix = matches!(one.words[0].as_str(), "I" | "Ni") && one.words.len() > 2 && dice.percent(50);
    let words = &one.words[usize::from(prefix)..];
    case.name = misname::name(dice, world, class, (&one, words), &mut query)?;
    let [unit, city, position] = dice.weighted(AROUND);
    if unit {
        case.unit = around::unit(dice, world, &one, &mut query);
    }
    if city {
        case.city = around::city(dice, one.city, &mut query);
    }
    if position && class != "by-post" {
        case.position = around::position(dice, &one, &mut query);
    }
    let bare = matches!(
        class,
        "nickname" | "by-post" | "handle" | "titled" | "several" | "name-nip"
    );
    if !bare && dice.percent(25) {
        case.name = misname::saluted(dice, &case.name, one.male);
        query.male = Some(one.male);
    }
    let wrong = digits(dice, world, (&one, class), (&mut case, &mut query)).ok()?;
    if class == "handle" || dice.percent(8) {
        let said;
        (case.handle, said) = around::handle(dice, words, &one.nip);
        if class == "handle" {
            query.words = said;
        }
    }
    if class == "handle" {
        case.name = if dice.percent(50) {
            String::new()
        } else {
            words[0].to_lowercase()
        };
    }
    let mut fits = census.fits(world, &query);
    fits.insert(u32::try_from(place).ok()?);
    // Damage may have made somebody else's name of it, and a wrong unit may have a namesake.
    let literal = Query {
        words: misname::literal(&case.name),
        ..query.clone()
    };
    if class != "handle" && !literal.words.is_empty() {
        fits.extend(census.fits(world, &literal));
    }
    if let Some(wrong) = wrong {
        fits.extend(census.fits(world, &wrong));
    }
    case.fits = fits.len().min(FITS_MAX) + usize::from(class == "several");
    Some(case)
}

/// The class cannot be had of this person.
struct Unfit;

/// Number, wrong unit and wrong city; the conditions as written where they are wrong.
fn digits(
    dice: &mut Dice,
    world: &World,
    (one, class): (&Somebody, &str),
    (case, query): (&mut Case, &mut Query),
) -> Result<Option<Query>, Unfit> {
    let nip = &one.nip;
    let mut wrong = None;
    match class {
        "nip" | "name-nip" => {
            let shown = around::whole(dice, nip);
            query.nip = Some(nip.clone());
            if class == "nip" {
                case.nip = shown;
            } else {
                let text = match dice.below(3) {
                    0 => format!("{} NIP {nip}", case.name),
                    1 => format!("{} (NIP. {})", case.name, shown.trim_start_matches("NIP. ")),
                    _ => format!("{} / {nip}", case.name),
                };
                case.name = text;
            }
        }
        "nip-part" | "birth" => {
            let (shown, said) = if class == "birth" {
                around::birth(dice, nip)
            } else {
                around::part(dice, nip)
            };
            case.nip = shown;
            query.nip = Some(said);
        }
        "nip-slip" => {
            case.nip = around::slipped(dice, nip);
            query.nip = Some(nip.clone());
        }
        "nip-other" => case.nip = world.person(dice.below(world.size)).nip,
        "unit-wrong" => {
            let other = other(dice, world, one).ok_or(Unfit)?;
            let mut said = query.clone();
            case.unit = around::unit(dice, world, &other, &mut said);
            case.city = String::new();
            (query.units, query.agency, query.city) = (Vec::new(), None, None);
            said.city = None;
            wrong = Some(said);
        }
        "city-wrong" => {
            let other = world.person(dice.below(world.size));
            if other.city == one.city {
                return Err(Unfit);
            }
            query.city = None;
            let mut said = query.clone();
            case.city = around::city(dice, other.city, &mut said);
            wrong = Some(said);
        }
        _ => {}
    }
    Ok(wrong)
}

/// Somebody of another unit.
fn other(dice: &mut Dice, world: &World, one: &Somebody) -> Option<Somebody> {
    let other = world.person(dice.below(world.size));
    let (here, there) = (&world.units.all[one.unit], &world.units.all[other.unit]);
    (here.levels[0] != there.levels[0]).then_some(other)
}

/// Letters to change, at least, from one word to another.
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (line, sign) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = line + 1;
        for at in 0..two.len() {
            let changed = before + usize::from(two[at] != sign);
            before = row[at + 1];
            row[at + 1] = changed.min(before + 1).min(row[at] + 1);
        }
    }
    row[two.len()]
}

fn outsider(dice: &mut Dice, world: &World, census: &Census) -> Option<Case> {
    let class = dice.weighted(OUTSIDERS);
    if TRAPS.contains(&class) {
        return traps::trap(dice, world, class);
    }
    let stranger = world.person(world.size + dice.below(90_000));
    let insider = world.person(dice.below(world.size));
    let source = if class == "namesake" || class == "near" {
        &insider
    } else {
        &stranger
    };
    let mut words = source.words.clone();
    if class == "near" {
        let at = dice.below(words.len());
        let near = (0..40).map(|_| world.person(world.size + dice.below(90_000)));
        let near = near.filter_map(|other| other.words.get(at).cloned());
        let near = near.filter(|word| distance(&sound::key(word), &sound::key(&words[at])) >= 3);
        words[at] = near.min_by_key(|word| distance(&word.to_lowercase(), &words[at].to_lowercase()))?;
    }
    let mut case = Case::new(class, source);
    case.name = words.join(" ");
    let mut query = Query {
        words: misname::literal(&case.name),
        ..Query::default()
    };
    if class != "namesake" && !census.fits(world, &query).is_empty() {
        return None;
    }
    surroundings(dice, world, &insider, (&mut case, &mut query));
    if class == "foreign-nip" {
        let pasted = dice.percent(50);
        case.nip = around::whole(dice, if pasted { &insider.nip } else { &stranger.nip });
    }
    // Units and cities outside are conditions that nobody fulfils.
    let outside = !case.unit.is_empty() && query.units.is_empty() && query.agency.is_none()
        || !case.city.is_empty() && query.city.is_none();
    if !outside && !census.fits(world, &query).is_empty() {
        return None;
    }
    if matches!(class, "stranger" | "here") && dice.percent(25) {
        case.name = miswrite::typo(dice, &case.name)?;
    }
    if dice.percent(25) {
        case.name = misname::saluted(dice, &case.name, source.male);
    }
    if dice.percent(10) {
        (case.handle, _) = around::handle(dice, &words, &stranger.nip);
    }
    Some(case)
}

/// Unit, city and position of an outsider.
fn surroundings(dice: &mut Dice, world: &World, insider: &Somebody, (case, query): (&mut Case, &mut Query)) {
    let [mut unit, mut city, position] = dice.weighted(AROUND);
    let here = match case.class {
        "here" => true,
        "namesake" => false,
        "near" => dice.percent(30),
        _ => dice.percent(15),
    };
    unit |= case.class == "here" || (case.class == "namesake" && !city);
    let (office, town) = around::elsewhere(dice);
    if unit {
        case.unit = if here {
            around::unit(dice, world, insider, query)
        } else {
            office
        };
        city &= here || dice.percent(50);
    }
    if city {
        case.city = if here || dice.percent(45) {
            around::city(dice, insider.city, query)
        } else {
            town
        };
    }
    if position {
        case.position = around::position(dice, insider, query);
        (query.family, query.position) = (None, None);
    }
}
