//! The trees of units: a ministry with directorates general and outposts, or a regional government with offices,
//! districts, villages, clinics and schools; above twenty thousand people, many of them.

use std::collections::HashMap;

use super::dice::Dice;
use super::places;

/// The most people of a roster of one agency.
const ONE_AGENCY_MAX: usize = 20_000;

/// People of an agency among many, on average.
const AGENCY_PEOPLE: usize = 9_000;

/// Ministries among many agencies; the rest are regional governments.
const MINISTRIES_MAX: usize = 40;

/// What works in a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Office,
    School,
    Clinic,
    Village,
}

/// The head of a unit: the position as a roster writes it, and as the public calls it.
pub(crate) type Head = (&'static str, &'static str);

/// A unit: its name and those of the units above it, as numbers into [`Units::names`], lowest first.
pub(crate) struct Unit {
    pub(crate) levels: Vec<u32>,
    pub(crate) kind: Kind,
    pub(crate) head: Head,
    pub(crate) city: usize,
    pub(crate) agency: usize,
    first: usize,
}

/// An agency: how its personnel office writes.
pub(crate) struct Agency {
    pub(crate) name: String,
    pub(crate) short: String,
    pub(crate) separator: &'static str,
    /// Names of people in capitals.
    pub(crate) capitals: bool,
    /// Degrees: 0 with dots, 1 without, 2 with dots and spaces.
    pub(crate) degrees: usize,
}

/// All units of a roster.
pub(crate) struct Units {
    pub(crate) names: Vec<String>,
    pub(crate) all: Vec<Unit>,
    pub(crate) agencies: Vec<Agency>,
    numbers: HashMap<String, u32>,
    people: usize,
    many: bool,
}

impl Units {
    /// The units of so many people.
    pub(crate) fn grow(people: usize, seed: u64) -> Self {
        let mut units = Self {
            names: Vec::new(),
            all: Vec::new(),
            agencies: Vec::new(),
            numbers: HashMap::new(),
            people: 0,
            many: people > ONE_AGENCY_MAX,
        };
        while units.people < people {
            let number = units.agencies.len();
            let mut dice = Dice::new(seed, 1_000_000_007 + u64::try_from(number).unwrap_or(0));
            let size = if units.many {
                AGENCY_PEOPLE * (40 + dice.below(121)) / 100
            } else {
                people
            };
            let upto = (units.people + size).min(people);
            if seed.is_multiple_of(2) && number < MINISTRIES_MAX {
                units.ministry(&mut dice, number, upto);
            } else {
                units.region(&mut dice, number, upto);
            }
        }
        units.numbers = HashMap::new();
        units
    }

    /// The number of the unit where the person of this place works, and the person's place in it; 0 is its head.
    pub(crate) fn of(&self, place: usize) -> (usize, usize) {
        let unit = self
            .all
            .partition_point(|unit| unit.first <= place)
            .saturating_sub(1);
        (unit, place - self.all[unit].first)
    }

    /// People of a unit, as places.
    pub(crate) fn places(&self, unit: usize) -> std::ops::Range<usize> {
        let end = self.all.get(unit + 1).map_or(self.people, |next| next.first);
        self.all[unit].first..end
    }

    /// The unit as the roster writes it.
    pub(crate) fn text(&self, unit: &Unit) -> String {
        let agency = &self.agencies[unit.agency];
        let mut names: Vec<&str> = unit.levels.iter().map(|level| self.name(*level)).collect();
        if self.many {
            names.push(&agency.name);
        }
        names.join(agency.separator)
    }

    pub(crate) fn name(&self, level: u32) -> &str {
        usize::try_from(level)
            .ok()
            .and_then(|level| self.names.get(level))
            .map_or("", String::as_str)
    }

    fn number(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(name.to_owned()).or_insert_with_key(|name| {
            self.names.push(name.clone());
            next
        })
    }

    fn add(&mut self, plan: &Plan) {
        let levels = plan.names.iter().map(|name| self.number(name)).collect();
        self.all.push(Unit {
            levels,
            kind: plan.kind,
            head: plan.head,
            city: plan.city,
            agency: self.agencies.len() - 1,
            first: self.people,
        });
        self.people += plan.people.max(1);
    }

    fn found(&mut self, dice: &mut Dice, name: String, short: String) {
        self.agencies.push(Agency {
            name,
            short,
            separator: dice.weighted(&[(60, ", "), (25, " - "), (15, " / ")]),
            capitals: dice.percent(35),
            degrees: dice.weighted(&[(60, 0), (15, 1), (25, 2)]),
        });
    }

    fn ministry(&mut self, dice: &mut Dice, number: usize, upto: usize) {
        let (about, short) = places::MINISTRIES[(number + dice.below(3)) % places::MINISTRIES.len()];
        let ordinal = number / places::MINISTRIES.len();
        let suffix = if ordinal == 0 { "" } else { " dan Reformasi" };
        self.found(dice, format!("Kementerian {about}{suffix}"), short.to_owned());
        let subjects = split(places::SUBJECTS);
        let generals: Vec<General> = (0..5)
            .map(|_| {
                (
                    dice.pick(&subjects),
                    std::array::from_fn(|_| dice.pick(&subjects)),
                )
            })
            .collect();
        while self.people < upto {
            let general = dice.pick(&generals);
            self.add(&central(dice, general));
        }
    }

    fn region(&mut self, dice: &mut Dice, number: usize, upto: usize) {
        let count = places::CITIES.len();
        // The first takes any, the others one after the other, so that two have not the same name.
        let start = dice.below(if number == 0 { count } else { 1 });
        let city = (start + number * 7) % count;
        let (kind, name, _) = places::CITIES[city];
        let quarter = ["", " Utara", " Selatan", " Timur", " Barat"][(number / count) % 5];
        let place = format!("{kind} {name}{quarter}");
        let short = if kind == "Kota" { "Pemkot" } else { "Pemkab" };
        self.found(
            dice,
            format!("Pemerintah {place}"),
            format!("{short} {name}{quarter}"),
        );
        let villages: Vec<String> = (0..24).map(|_| village(dice)).collect();
        while self.people < upto {
            let district = &villages[dice.below(villages.len())];
            self.add(&regional(dice, (city, &place), district));
        }
    }
}

/// What a directorate general is about, and its directorates.
type General = (&'static str, [&'static str; 5]);

/// A unit to be.
struct Plan {
    names: Vec<String>,
    kind: Kind,
    head: Head,
    city: usize,
    people: usize,
}

impl Plan {
    fn new(names: &[&str], kind: Kind, head: Head, people: usize) -> Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            names,
            kind,
            head,
            city: 0,
            people,
        }
    }
}

fn split(text: &'static str) -> Vec<&'static str> {
    text.split('|').collect()
}

fn central(dice: &mut Dice, (about, directorates): General) -> Plan {
    let size = 5 + dice.below(26);
    let general = format!("Direktorat Jenderal {about}");
    let directorate = format!("Direktorat {}", dice.pick(&directorates));
    let division = dice.pick(&split(places::DIVISIONS));
    let section = format!("Bagian {division}");
    let kabag = ("Kepala Bagian", "kabag");
    match dice.below(100) {
        0..=39 => {
            let leaf = format!("Subdirektorat {division}");
            let head = ("Kepala Subdirektorat", "kasubdit");
            Plan::new(&[&leaf, &directorate, &general], Kind::Office, head, size)
        }
        40..=43 => Plan::new(
            &[&directorate, &general],
            Kind::Office,
            ("Direktur", "direktur"),
            4,
        ),
        44..=51 => {
            let middle = format!("Sekretariat {general}");
            Plan::new(&[&section, &middle, &general], Kind::Office, kabag, size)
        }
        52..=64 => {
            let bureau = format!("Biro {}", dice.pick(&split(places::BUREAUS)));
            Plan::new(
                &[&section, &bureau, "Sekretariat Jenderal"],
                Kind::Office,
                kabag,
                size,
            )
        }
        65..=68 => {
            let leaf = format!("Inspektorat {}", dice.pick(&["I", "II", "III", "IV"]));
            let head = ("Inspektur", "inspektur");
            Plan::new(&[&leaf, "Inspektorat Jenderal"], Kind::Office, head, size)
        }
        _ => {
            let city = dice.below(places::CITIES.len());
            let (_, place, _) = places::CITIES[city];
            let leaf = format!("{} {place}", dice.pick(&split(places::OUTPOSTS)));
            let head = ("Kepala Balai", "kabalai");
            let plan = Plan::new(&[&leaf, &general], Kind::Office, head, size + 10);
            Plan { city, ..plan }
        }
    }
}

fn office(dice: &mut Dice, place: &str) -> Plan {
    let (office, _) = dice.pick(places::OFFICES);
    let (above, subject) = (format!("{office} {place}"), dice.pick(&split(places::DIVISIONS)));
    let (leaf, head) = match dice.below(100) {
        0..=17 => ("Sekretariat".to_owned(), ("Sekretaris Dinas", "sekdis")),
        18..=61 => (format!("Bidang {subject}"), ("Kepala Bidang", "kabid")),
        62..=88 => (format!("Bagian {subject}"), ("Kepala Bagian", "kabag")),
        _ => return Plan::new(&[&above], Kind::Office, ("Kepala Dinas", "kadis"), 2),
    };
    Plan::new(&[&leaf, &above], Kind::Office, head, 5 + dice.below(22))
}

fn regional(dice: &mut Dice, (city, place): (usize, &str), district: &str) -> Plan {
    let of = |office: &str| format!("{office} {place}");
    let (above, village) = (format!("Kecamatan {district}"), village(dice));
    let plan = match dice.below(100) {
        0..=33 => office(dice, place),
        34..=38 => Plan::new(&[&above], Kind::Village, ("Camat", "camat"), 8 + dice.below(14)),
        39..=50 => {
            let leaf = format!("Kelurahan {village}");
            Plan::new(
                &[&leaf, &above],
                Kind::Village,
                ("Lurah", "lurah"),
                4 + dice.below(8),
            )
        }
        51..=62 => {
            let leaf = format!("Puskesmas {village}");
            let head = ("Kepala Puskesmas", "kapus");
            let names = [leaf.as_str(), &of("Dinas Kesehatan")];
            Plan::new(&names, Kind::Clinic, head, 18 + dice.below(45))
        }
        roll => {
            let level = ["SD Negeri", "SD Negeri", "SMP Negeri", "SMA Negeri"][roll % 4];
            let leaf = format!("{level} {} {village}", 1 + dice.below(9));
            let head = ("Kepala Sekolah", "kepsek");
            let names = [leaf.as_str(), &of("Dinas Pendidikan")];
            Plan::new(&names, Kind::School, head, 8 + dice.below(40))
        }
    };
    Plan { city, ..plan }
}

/// The name of a village or district.
pub(crate) fn village(dice: &mut Dice) -> String {
    let heads: Vec<&str> = places::VILLAGE_HEADS.split('|').collect();
    let ends: Vec<&str> = places::VILLAGE_ENDS.split('|').collect();
    let (head, end) = (dice.pick(&heads), dice.pick(&ends));
    if dice.percent(70) {
        format!("{head}{end}")
    } else {
        format!("{head} {}{}", end[..1].to_uppercase(), &end[1..])
    }
}
