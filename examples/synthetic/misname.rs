//! The name of a complaint about somebody on the roster: which error it gets, and what was meant by what was written.

use super::census::Query;
use super::census::Want;
use super::dice::Dice;
use super::miswrite;
use super::people::Somebody;
use super::people::World;
use super::sound;

fn wants(words: &[String]) -> Vec<Want> {
    let written = words.iter().filter(|word| !sound::letters(word).is_empty());
    written.map(|word| want(word)).collect()
}

fn want(word: &str) -> Want {
    let plain = sound::letters(word);
    match (plain.len(), plain.chars().next()) {
        (1, Some(first)) if sound::key(word) == plain => Want::Initial(first),
        _ => Want::Sound(sound::key(word)),
    }
}

/// What a text says when it is taken at its word, damage and all.
pub(crate) fn literal(text: &str) -> Vec<Want> {
    let words = text.split(|sign: char| !sign.is_ascii_alphabetic());
    words.filter(|word| word.len() > 1).map(want).collect()
}

const MALE: &[&str] = &[
    "Pak", "Pak", "Bpk.", "Bapak", "Sdr.", "Mas", "Bang", "Kang", "Om", "pak",
];
const FEMALE: &[&str] = &["Bu", "Bu", "Ibu", "Sdri.", "Mbak", "Teh", "Kak", "bu", "Ny."];

/// A salutation before a name.
pub(crate) fn saluted(dice: &mut Dice, text: &str, male: bool) -> String {
    format!("{} {text}", dice.pick(if male { MALE } else { FEMALE }))
}

fn nickname(dice: &mut Dice, one: &Somebody, words: &[String], query: &mut Query) -> Option<String> {
    let rows: Vec<(usize, String)> = words
        .iter()
        .enumerate()
        .flat_map(|(place, word)| sound::shorts(word).into_iter().map(move |short| (place, short)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let (place, short) = rows[dice.below(rows.len())].clone();
    let shown = short[..1].to_uppercase() + &short[1..];
    if words.len() == 1 || dice.percent(35) {
        query.words = vec![Want::Short(short)];
        query.male = Some(one.male);
        return Some(saluted(dice, &shown, one.male));
    }
    let mut all = words.to_vec();
    all[place] = shown;
    query.words = wants(&all);
    query.words[place] = Want::Short(short);
    Some(all.join(" "))
}

fn initials(dice: &mut Dice, words: &[String], query: &mut Query) -> Option<String> {
    if words.len() < 2 {
        return None;
    }
    let last = words.len() - 1;
    let cut: Vec<bool> = match dice.below(3) {
        0 => (0..words.len()).map(|at| at > 0).collect(),
        1 => (0..words.len()).map(|at| at == 0).collect(),
        _ if last > 1 => (0..words.len()).map(|at| at < last).collect(),
        _ => (0..words.len()).map(|at| at == last).collect(),
    };
    let dot = if dice.percent(80) { "." } else { "" };
    let shown: Vec<String> = words
        .iter()
        .zip(&cut)
        .map(|(word, cut)| {
            if *cut {
                format!("{}{dot}", &word[..1])
            } else {
                word.clone()
            }
        })
        .collect();
    query.words = shown
        .iter()
        .zip(&cut)
        .map(|(word, cut)| match word.chars().next() {
            Some(first) if *cut => Want::Initial(first.to_ascii_lowercase()),
            _ => want(word),
        })
        .collect();
    Some(shown.join(" "))
}

fn titled(dice: &mut Dice, one: &Somebody, plain: &str) -> String {
    if dice.percent(45) {
        return one.name.clone();
    }
    let front = dice.pick(&[
        "",
        "Drs. ",
        "Ir. ",
        "Dr. ",
        "H. ",
        "Hj. ",
        "drs ",
        "dr. ",
        "Prof. Dr. ",
    ]);
    let front = match (front, one.male) {
        ("Drs. " | "H. " | "drs ", false) => "Hj. ",
        ("Hj. ", true) => "H. ",
        (front, _) => front,
    };
    let back = dice.pick(&[
        ", S.E.",
        " SE",
        ", S.H., M.H.",
        " SH MH",
        ", M.Si",
        " S.Kom",
        ", S. Sos, M. Si",
        " S.Pd",
        ", ST., MT",
        " MM",
        "",
    ]);
    format!("{front}{plain}{back}")
}

fn called_by_post(dice: &mut Dice, one: &Somebody, words: &[String], query: &mut Query) -> Option<String> {
    let word = match one.family {
        "camat" => "Camat",
        "lurah" => "Lurah",
        "kepsek" => "Kepsek",
        "kadis" => "Kadis",
        "kabid" => "Kabid",
        "kabag" => "Kabag",
        "kasubdit" => "Kasubdit",
        "kapus" => "Kapus",
        "sekdis" => "Sekdis",
        "direktur" => "Direktur",
        "kasi" => "Kasi",
        "kasubbag" => "Kasubbag",
        "guru" => "Guru",
        "bidan" => "Bidan",
        "dokter" => "Dokter",
        "perawat" => "Mantri",
        _ => return None,
    };
    let name = if words.len() > 1 && dice.percent(30) {
        words[..1].to_vec()
    } else {
        words.to_vec()
    };
    query.words = wants(&name);
    query.male = Some(one.male);
    query.family = Some(one.family);
    let salutation = match (one.male, dice.percent(80)) {
        (true, true) => "Pak ",
        (false, true) => "Bu ",
        _ => {
            query.male = None;
            ""
        }
    };
    Some(format!("{salutation}{word} {}", name.join(" ")))
}

fn alias(dice: &mut Dice, words: &[String], plain: &str) -> String {
    let other = match dice.below(3) {
        0 => dice
            .pick(&[
                "Boy", "Gondrong", "Ucok", "Gus Dur", "Kumis", "Bos", "Gendut", "Cak To", "Jhony", "Pakde",
            ])
            .to_owned(),
        _ => words
            .iter()
            .flat_map(|word| sound::shorts(word))
            .next()
            .map_or_else(
                || "Bos".to_owned(),
                |short| short[..1].to_uppercase() + &short[1..],
            ),
    };
    match dice.below(5) {
        0 => format!("{plain} alias {other}"),
        1 => format!("{plain} ({other})"),
        2 => format!("{plain} dikenal sebagai {other}"),
        3 => format!("{other} alias {plain}"),
        _ => format!("{plain} biasa dipanggil {other}"),
    }
}

fn several(dice: &mut Dice, world: &World, one: &Somebody, plain: &str) -> String {
    let place = if dice.percent(70) {
        world.colleague(dice, one.unit)
    } else {
        world.size + dice.below(50_000)
    };
    let other = world.person(place).words.join(" ");
    match dice.below(4) {
        0 => format!("{plain} dan {other}"),
        1 => format!("{plain} & {other}"),
        2 => format!("{plain}, {other}"),
        _ => format!("{plain} bersama {other}"),
    }
}

/// The name as a class of error leaves it, and into the query what it says; nothing if the name does not allow the error.
pub(crate) fn name(
    dice: &mut Dice,
    world: &World,
    class: &str,
    (one, words): (&Somebody, &[String]),
    query: &mut Query,
) -> Option<String> {
    let plain = words.join(" ");
    query.words = wants(words);
    let last = words.len() - 1;
    match class {
        "typo" => miswrite::typo(dice, &plain),
        "two-typos" => {
            let changed = miswrite::typo(dice, &plain)?;
            miswrite::typo(dice, &changed).filter(|twice| *twice != plain)
        }
        "old-spelling" => miswrite::old_spelling(dice, &plain),
        "phonetic" => miswrite::phonetic(dice, &plain),
        "scanned" => miswrite::scanned(dice, &plain),
        "joined" => miswrite::joined(dice, words),
        "parted" => miswrite::parted(dice, words),
        "swapped" if last > 0 => {
            let mut all = words.to_vec();
            all.rotate_left(1 + dice.below(last));
            if dice.percent(25) {
                return Some(format!("{}, {}", words[last], words[..last].join(" ")));
            }
            Some(all.join(" "))
        }
        "middle-dropped" if last > 1 => {
            let mut all = words.to_vec();
            all.remove(1 + dice.below(last - 1));
            query.words = wants(&all);
            Some(all.join(" "))
        }
        "last-dropped" if last > 0 => {
            query.words = wants(&words[..last]);
            Some(words[..last].join(" "))
        }
        "one-word" if last > 0 => {
            let chosen = words[dice.below(words.len())].clone();
            if chosen.len() < 4 {
                return None;
            }
            query.words = wants(std::slice::from_ref(&chosen));
            Some(chosen)
        }
        "nickname" => nickname(dice, one, words, query),
        "initials" => initials(dice, words, query),
        "titled" => Some(titled(dice, one, &plain)),
        "by-post" => called_by_post(dice, one, words, query),
        "alias" => Some(alias(dice, words, &plain)),
        "bin" => {
            let father = world.names.father(dice);
            query.male = Some(one.male);
            Some(format!(
                "{plain} {} {father}",
                if one.male { "bin" } else { "binti" }
            ))
        }
        "several" => Some(several(dice, world, one, &plain)),
        "swapped" | "middle-dropped" | "last-dropped" | "one-word" => None,
        _ => Some(plain),
    }
}
