//! What typists, scanners, ears and hurry make of a name. Each function changes the words it is given, or says that it
//! cannot. Absent: which error a complaint gets (`complaints`) and what happens to units and numbers (`around`).

use super::dice::Dice;

const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

fn neighbour(dice: &mut Dice, sign: char) -> char {
    let lower = sign.to_ascii_lowercase();
    for (row, keys) in KEYS.iter().enumerate() {
        let Some(at) = keys.find(lower) else { continue };
        let mut near: Vec<char> = Vec::new();
        for (other, signs) in KEYS.iter().enumerate() {
            let reach = match other.abs_diff(row) {
                0 => at.saturating_sub(1)..at + 2,
                1 => at.saturating_sub(1)..at + 1,
                _ => 0..0,
            };
            near.extend(
                signs
                    .char_indices()
                    .filter(|(place, _)| reach.contains(place))
                    .map(|(_, sign)| sign),
            );
        }
        near.retain(|other| *other != lower);
        return dice.pick(&near);
    }
    sign
}

/// One slip of the fingers: a neighbouring key, an omitted, doubled or transposed letter; seldom in the first letter.
pub(crate) fn typo(dice: &mut Dice, text: &str) -> Option<String> {
    let mut signs: Vec<char> = text.chars().collect();
    let first = usize::from(!dice.percent(8));
    let places: Vec<usize> = (0..signs.len())
        .filter(|at| signs[*at].is_ascii_alphabetic())
        .filter(|at| *at >= first && (first == 0 || signs[at - 1] != ' '))
        .collect();
    if places.len() < 2 {
        return None;
    }
    let at = dice.pick(&places);
    match dice.weighted(&[(38, 0), (26, 1), (16, 2), (20, 3)]) {
        0 => {
            let near = neighbour(dice, signs[at]);
            signs[at] = if signs[at].is_ascii_uppercase() {
                near.to_ascii_uppercase()
            } else {
                near
            };
        }
        1 => {
            signs.remove(at);
        }
        2 => signs.insert(at, signs[at].to_ascii_lowercase()),
        _ => {
            let next = at + 1;
            if signs
                .get(next)
                .is_none_or(|sign| !sign.is_ascii_alphabetic() || *sign == signs[at])
            {
                return None;
            }
            signs.swap(at, next);
        }
    }
    let changed: String = signs.into_iter().collect();
    (changed != text).then_some(changed)
}

/// Keeps a capital where there was one.
fn capital(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + signs.as_str()
    })
}

fn each_word(text: &str, change: impl Fn(&str) -> String) -> String {
    let words: Vec<String> = text
        .split(' ')
        .map(|word| capital(&change(&word.to_lowercase())))
        .collect();
    words.join(" ")
}

/// The spelling of before 1972, or of before 1947, in the whole name.
pub(crate) fn old_spelling(dice: &mut Dice, text: &str) -> Option<String> {
    let rows: &[(&str, &str)] = match dice.below(10) {
        0..=4 => &[
            ("sy", "sj"),
            ("ny", "nj"),
            ("kh", "ch"),
            ("y", "%"),
            ("j", "dj"),
            ("c", "tj"),
            ("%", "j"),
            ("u", "oe"),
        ],
        5..=7 => &[("u", "oe")],
        _ => &[
            ("sy", "sj"),
            ("ny", "nj"),
            ("kh", "ch"),
            ("y", "%"),
            ("j", "dj"),
            ("c", "tj"),
            ("%", "j"),
        ],
    };
    let change = |word: &str| {
        // What is old already stays.
        if ["oe", "dj", "tj"].iter().any(|old| word.contains(old)) {
            return word.to_owned();
        }
        rows.iter()
            .fold(word.to_owned(), |word, (from, to)| word.replace(from, to))
            .replace("tjh", "ch")
    };
    let changed = each_word(text, change);
    (changed != text).then_some(changed)
}

/// Spellings that sound alike; `$` is the end of a word, `^` its beginning.
const ALIKE: &[(&str, &str)] = &[
    ("f", "p"),
    ("p", "f"),
    ("v", "f"),
    ("v", "p"),
    ("z", "s"),
    ("z", "j"),
    ("s", "z"),
    ("q", "k"),
    ("k", "q"),
    ("kh", "h"),
    ("h", "kh"),
    ("kh", "k"),
    ("y", "i"),
    ("iy", "y"),
    ("i$", "y$"),
    ("y$", "i$"),
    ("t", "th"),
    ("th", "t"),
    ("dh", "d"),
    ("d", "dh"),
    ("ll", "l"),
    ("l", "ll"),
    ("n", "nn"),
    ("mm", "m"),
    ("m", "mm"),
    ("s", "ss"),
    ("ah$", "a$"),
    ("a$", "ah$"),
    ("uddin$", "udin$"),
    ("udin$", "uddin$"),
    ("uddin$", "oeddin$"),
    ("^muhammad$", "^moh.$"),
    ("^muhammad$", "^mohamad$"),
    ("^muhammad$", "^mochammad$"),
    ("^muhammad$", "^m.$"),
    ("^muhammad$", "^muh$"),
    ("^muhammad$", "^mhd.$"),
    ("^mohammad$", "^muhammad$"),
    ("^siti$", "^st.$"),
    ("^siti$", "^sitti$"),
    ("^ahmad$", "^achmad$"),
    ("^ahmad$", "^akhmad$"),
    ("^abdul$", "^abd.$"),
    ("sy", "sh"),
    ("sy", "s"),
    ("sh", "s"),
    ("ai", "ae"),
    ("au", "aw"),
    ("ie", "i"),
    ("ei", "ai"),
    ("o$", "a$"),
    ("x", "ks"),
    ("ks", "x"),
    ("ph", "f"),
    ("c", "k"),
    ("dz", "z"),
    ("aa", "a"),
    ("^nur$", "^noor$"),
    ("^yohanes$", "^johannes$"),
    ("^y", "^j"),
    ("setia", "setya"),
    ("tyo$", "tio$"),
    ("j", "dj"),
    ("ck", "k"),
    ("g$", "k$"),
    ("wh", "w"),
    ("b$", "p$"),
    ("d$", "t$"),
    ("ng", "nk"),
    ("iah$", "iyah$"),
    ("ia$", "iya$"),
];

/// One to three changes of spelling that do not change the sound much.
pub(crate) fn phonetic(dice: &mut Dice, text: &str) -> Option<String> {
    let mut words: Vec<String> = text
        .split(' ')
        .map(|word| format!("^{}$", word.to_lowercase()))
        .collect();
    let times = dice.weighted(&[(60, 1), (30, 2), (10, 3)]);
    let mut done = 0;
    for _ in 0..40 {
        let (from, to) = dice.pick(ALIKE);
        let at = dice.below(words.len());
        if words[at].contains(from) && words[at].len() > 4 {
            words[at] = words[at].replacen(from, to, 1);
            done += 1;
        }
        if done == times {
            break;
        }
    }
    let changed: Vec<String> = words
        .iter()
        .map(|word| capital(word.trim_matches(['^', '$'])))
        .collect();
    let changed = changed.join(" ");
    (changed != text).then_some(changed)
}

const SCANS: &[(&str, &str)] = &[
    ("o", "0"),
    ("l", "1"),
    ("i", "1"),
    ("i", "l"),
    ("l", "i"),
    ("rn", "m"),
    ("m", "rn"),
    ("cl", "d"),
    ("d", "cl"),
    ("s", "5"),
    ("b", "8"),
    ("B", "8"),
    ("S", "5"),
    ("O", "0"),
    ("I", "l"),
    ("e", "c"),
    ("h", "b"),
    ("n", "ri"),
    ("u", "ii"),
    ("g", "9"),
    ("w", "vv"),
    ("a", "o"),
    ("t", "f"),
    ("y", "v"),
    ("G", "6"),
    ("D", "0"),
    ("ni", "m"),
    ("f", "t"),
];

/// What a scanner misreads: up to five signs, and no more than one in four.
pub(crate) fn scanned(dice: &mut Dice, text: &str) -> Option<String> {
    let mut changed = text.to_owned();
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let times = (2 + dice.below(4)).min(letters / 4).max(1);
    let mut done = 0;
    for _ in 0..60 {
        let (from, to) = dice.pick(SCANS);
        let places: Vec<usize> = changed.match_indices(from).map(|(at, _)| at).collect();
        if places.is_empty() {
            continue;
        }
        let at = dice.pick(&places);
        changed.replace_range(at..at + from.len(), to);
        done += 1;
        if done == times {
            break;
        }
    }
    (done == times && changed != text).then_some(changed)
}

/// All words run together, or two of them.
pub(crate) fn joined(dice: &mut Dice, words: &[String]) -> Option<String> {
    if words.len() < 2 {
        return None;
    }
    let at = 1 + dice.below(words.len() - 1);
    let mut text = words[0].clone();
    for (place, word) in words.iter().enumerate().skip(1) {
        if place == at {
            text.push_str(&word.to_lowercase());
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    Some(text)
}

/// A word taken apart where syllables meet.
pub(crate) fn parted(dice: &mut Dice, words: &[String]) -> Option<String> {
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].len() >= 7 && words[*at].is_ascii())
        .collect();
    if long.is_empty() {
        return None;
    }
    let at = dice.pick(&long);
    let signs: Vec<char> = words[at].chars().collect();
    let vowel = |sign: char| "aeiou".contains(sign.to_ascii_lowercase());
    let cuts: Vec<usize> = (3..signs.len() - 2)
        .filter(|cut| !vowel(signs[*cut]) && vowel(signs[cut + 1]))
        .collect();
    if cuts.is_empty() {
        return None;
    }
    let (one, two) = words[at].split_at(dice.pick(&cuts));
    let mut all = words.to_vec();
    all[at] = format!("{one} {}", capital(two));
    Some(all.join(" "))
}
