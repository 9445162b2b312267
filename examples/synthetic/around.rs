//! What a complaint says besides the name: unit, city, position, number, handle; and how badly.

use super::census::Query;
use super::census::Want;
use super::dice::Dice;
use super::miswrite;
use super::people::Somebody;
use super::people::World;
use super::places;
use super::sound;

/// Units outside every roster.
const ELSEWHERE: &[&str] = &[
    "Dinas Sosial Kabupaten Bojonglaut",
    "Dinas Pertanian Kabupaten Tanjungseribu",
    "Kecamatan Watukelir Lor, Kab. Bojonglaut",
    "BUMDes Harapan Makmur",
    "Dinas Perhubungan Kota Muaraselatan",
    "Bank Daerah Muaraselatan",
    "PT Angkasa Niaga Persada",
    "Badan Kepegawaian Kab. Tanjungseribu",
    "Kelurahan Sendangombo, Kota Muaraselatan",
    "SMAN 12 Muaraselatan",
    "Puskesmas Sendangombo",
    "Universitas Negeri Muaraselatan",
    "Polsek Watukelir Lor",
    "Kantor Desa Ngembul",
];
const CITIES_ELSEWHERE: &[&str] = &["Muaraselatan", "Bojonglaut", "Tanjungseribu", "Watukelir"];

/// How a unit was written.
fn short(dice: &mut Dice, text: &str) -> String {
    let mut text = text.to_owned();
    for (office, short) in places::OFFICES {
        if text.contains(office) && dice.percent(75) {
            text = text.replace(office, short);
        }
    }
    for (long, shorts) in places::UNIT_SHORT {
        if text.contains(long) && dice.percent(70) {
            text = text.replace(long, dice.pick(shorts));
        }
    }
    text.replace("  ", " ").trim().to_owned()
}

fn former(dice: &mut Dice, text: &str) -> Option<String> {
    let rows: Vec<&(&str, &str)> = places::UNIT_OLD
        .iter()
        .filter(|(now, _)| text.contains(now))
        .collect();
    (!rows.is_empty()).then(|| {
        let (now, then) = dice.pick(&rows);
        text.replacen(now, then, 1)
    })
}

/// The unit of a person as the public writes it, and what it says by that.
pub(crate) fn unit(dice: &mut Dice, world: &World, one: &Somebody, query: &mut Query) -> String {
    let unit = &world.units.all[one.unit];
    let levels = &unit.levels;
    let agency = &world.units.agencies[unit.agency];
    let named = |levels: &[u32]| {
        let names: Vec<&str> = levels.iter().map(|level| world.units.name(*level)).collect();
        names.join(if levels.len().is_multiple_of(2) { ", " } else { " " })
    };
    let two = &levels[..levels.len().min(2)];
    let roll = dice.below(100);
    let said: &[u32] = match roll {
        0..=21 => levels,
        39..=52 => &levels[..1],
        53..=74 => {
            if dice.percent(50) {
                two
            } else {
                &levels[..1]
            }
        }
        75..=84 if levels.len() > 1 => &levels[1..],
        96..=99 => {
            query.agency = Some(unit.agency);
            return if dice.percent(50) {
                agency.short.clone()
            } else {
                agency.name.clone()
            };
        }
        _ => two,
    };
    query.units = said.to_vec();
    let mut text = named(said);
    match roll {
        53..=74 => text = short(dice, &text),
        85..=91 => {
            for _ in 0..=dice.below(2) {
                text = miswrite::typo(dice, &text).unwrap_or(text);
            }
        }
        92..=95 => text = former(dice, &text).unwrap_or(text),
        _ => {}
    }
    if roll < 85 && dice.percent(12) {
        text = short(dice, &text);
    }
    text
}

/// The city as the public writes it.
pub(crate) fn city(dice: &mut Dice, number: usize, query: &mut Query) -> String {
    let (kind, name, _) = places::CITIES[number];
    query.city = Some(number);
    let others: Vec<&str> = places::CITY_WORDS
        .iter()
        .filter(|(city, _)| *city == name)
        .map(|(_, word)| *word)
        .collect();
    match dice.below(100) {
        0..=19 if !others.is_empty() => {
            let word = dice.pick(&others);
            if word == "Jakarta" {
                query.city = None;
            }
            word.to_owned()
        }
        20..=34 => format!(
            "{} {name}",
            if kind == "Kota" {
                "Kota"
            } else {
                dice.pick(&["Kab.", "Kabupaten"])
            }
        ),
        35..=39 => miswrite::typo(dice, name).unwrap_or_else(|| name.to_owned()),
        _ => name.to_owned(),
    }
}

/// The position as the public writes it: of the roster, or what people call it.
pub(crate) fn position(dice: &mut Dice, one: &Somebody, query: &mut Query) -> String {
    if dice.percent(45) {
        query.position = Some(one.position);
        return one.position.to_owned();
    }
    query.family = Some(one.family);
    let wide: &[&str] = match one.family {
        "kasubdit" => &["Kasubdit", "Kasubdit.", "kepala subdit"],
        "kabag" => &["Kabag", "kepala bagian"],
        "kabid" => &["Kabid", "kepala bidang"],
        "kadis" => &["Kadis", "kepala dinas"],
        "sekdis" => &["Sekdis", "sekretaris dinas"],
        "kepsek" => &["Kepsek", "kepala sekolah", "Ka. Sekolah"],
        "kapus" => &["Kapus", "kepala puskesmas", "Ka PKM"],
        "kasi" => &["Kasi", "Kasie", "kepala seksi"],
        "kasubbag" => &["Kasubbag", "Kasubag", "kepala subbagian"],
        "sopir" => &["sopir", "driver"],
        "humas" => &["humas", "staf humas"],
        "staf" => &["staf", "staff", "pegawai"],
        "analis SDM" => &["staf kepegawaian", "analis SDM"],
        other => return other.to_owned(),
    };
    dice.pick(wide).to_owned()
}

pub(crate) fn elsewhere(dice: &mut Dice) -> (String, String) {
    (
        dice.pick(ELSEWHERE).to_owned(),
        dice.pick(CITIES_ELSEWHERE).to_owned(),
    )
}

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// A whole number as people type it.
pub(crate) fn whole(dice: &mut Dice, nip: &str) -> String {
    let (birth, rest) = nip.split_at(8);
    let (since, rest) = rest.split_at(6);
    let (sex, serial) = rest.split_at(1);
    match dice.below(100) {
        0..=59 => nip.to_owned(),
        60..=79 => format!("{birth} {since} {sex} {serial}"),
        80..=86 => format!("{birth}.{since}.{sex}.{serial}"),
        87..=93 => format!("NIP. {nip}"),
        _ => format!("'{nip}"),
    }
}

/// A part of a number, and the digits that it says.
pub(crate) fn part(dice: &mut Dice, nip: &str) -> (String, String) {
    let (birth, _) = nip.split_at(8);
    let (upto, last) = nip.split_at(14);
    match dice.below(100) {
        0..=27 => (birth.to_owned(), format!("{birth}??????????")),
        28..=49 => (upto.to_owned(), format!("{upto}????")),
        50..=69 => (last.to_owned(), format!("??????????????{last}")),
        70..=84 => {
            let sign = dice.pick(&["x", "*", "X"]);
            (
                format!("{birth}{}{last}", sign.repeat(6)),
                format!("{birth}??????{last}"),
            )
        }
        _ => {
            let sign = dice.pick(&["x", "*", "X"]);
            (
                format!("{}{}", &nip[..12], sign.repeat(6)),
                format!("{}??????", &nip[..12]),
            )
        }
    }
}

/// A birth date in words or digits, and the digits of a number that it says.
pub(crate) fn birth(dice: &mut Dice, nip: &str) -> (String, String) {
    let (year, month, day) = (&nip[..4], &nip[4..6], &nip[6..8]);
    let number: usize = month.parse().unwrap_or(1);
    let text = match dice.below(100) {
        0..=39 => format!("{day}-{month}-{year}"),
        40..=54 => format!("{day}/{month}/{year}"),
        55..=79 => format!("{} {} {year}", day.trim_start_matches('0'), MONTHS[number - 1]),
        80..=89 => format!(
            "lahir {} {} {year}",
            day.trim_start_matches('0'),
            MONTHS[number - 1]
        ),
        _ => format!("{year}-{month}-{day}"),
    };
    (text, format!("{}??????????", &nip[..8]))
}

/// One digit wrong, or two neighbours in the wrong order.
pub(crate) fn slipped(dice: &mut Dice, nip: &str) -> String {
    let mut digits: Vec<char> = nip.chars().collect();
    loop {
        let at = dice.below(digits.len() - 1);
        if dice.percent(30) && digits[at] != digits[at + 1] {
            digits.swap(at, at + 1);
            break;
        }
        let digit = char::from(b"0123456789"[dice.below(10)]);
        if digit != digits[at] {
            digits[at] = digit;
            break;
        }
    }
    digits.into_iter().collect()
}

/// A name on a social network, and what of the person's name it says.
pub(crate) fn handle(dice: &mut Dice, words: &[String], nip: &str) -> (String, Vec<Want>) {
    let plain: Vec<String> = words
        .iter()
        .map(|word| sound::letters(word))
        .filter(|word| word.len() > 1)
        .collect();
    let (Some(first), Some(last)) = (plain.first(), plain.last()) else {
        return (String::new(), Vec::new());
    };
    let whole = |words: &[&String]| {
        words
            .iter()
            .map(|word| Want::Sound(sound::key(word)))
            .collect::<Vec<Want>>()
    };
    let initial = |word: &str| Want::Initial(word.chars().next().unwrap_or('?'));
    let every: Vec<&String> = plain.iter().collect();
    let (body, mut said) = match dice.below(if plain.len() > 1 { 100 } else { 70 }) {
        0..=34 => (plain.join("_"), whole(&every)),
        35..=54 => (plain.concat(), whole(&every)),
        55..=69 => (plain.join("."), whole(&every)),
        70..=79 => (format!("{}{last}", &first[..1]), whole(&[last])),
        80..=89 => (format!("{last}{first}"), whole(&[first, last])),
        _ => (format!("{first}_{}", &last[..last.len().min(3)]), whole(&[first])),
    };
    if body.len() < first.len() + last.len() && plain.len() > 1 {
        said.push(initial(if body.ends_with(last.as_str()) {
            first
        } else {
            last
        }));
    }
    let tail = match dice.below(100) {
        0..=39 => String::new(),
        40..=64 => nip[2..4].to_owned(),
        65..=79 => format!("{}", 1 + dice.below(99)),
        80..=89 => "_official".to_owned(),
        _ => "_".to_owned(),
    };
    (
        format!("{}{body}{tail}", if dice.percent(70) { "@" } else { "" }),
        said,
    )
}
