//! When two spellings of a word are one name, and what a name is called for short: the generator's own opinion, by which
//! it counts whom a complaint fits. It shares nothing with the engine's tables.

/// Spellings of the commonest words, each row one name.
const SAME: &[&[&str]] = &[
    &[
        "muhammad",
        "mohammad",
        "mochamad",
        "mochammad",
        "muhamad",
        "mohamad",
        "moh",
        "muh",
        "mhd",
        "m",
        "moch",
        "much",
        "mohd",
    ],
    &["ahmad", "achmad", "akhmad"],
    &["siti", "sitti", "st"],
    &["abdul", "abd"],
    &["nur", "noor", "noer"],
    &["khairul", "khoirul", "chairul", "choirul"],
    &["yohanes", "johanes", "johannes", "yohannes"],
    &["yusuf", "jusuf", "yusup", "joesoef"],
];

const SOUNDS: &[(&str, &str)] = &[
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("sj", "s"),
    ("nj", "ny"),
    ("sy", "s"),
    ("sh", "s"),
    ("kh", "h"),
    ("ch", "h"),
    ("dz", "s"),
    ("dh", "d"),
    ("th", "t"),
    ("ph", "p"),
    ("gh", "g"),
    ("f", "p"),
    ("v", "p"),
    ("q", "k"),
    ("x", "ks"),
    ("z", "s"),
    ("ie", "i"),
    ("y", "i"),
    ("w", "w"),
];

/// Small letters without signs.
pub(crate) fn letters(word: &str) -> String {
    word.chars()
        .filter(char::is_ascii_alphabetic)
        .map(|sign| sign.to_ascii_lowercase())
        .collect()
}

/// What a word sounds like, whoever spells it.
pub(crate) fn key(word: &str) -> String {
    let plain = letters(word);
    if let Some(row) = SAME.iter().find(|row| row.contains(&plain.as_str())) {
        return row[0].to_owned();
    }
    let mut text = plain;
    for (from, to) in SOUNDS {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    let mut kept = String::new();
    for sign in text.chars() {
        if !kept.ends_with(sign) {
            kept.push(sign);
        }
    }
    if kept.len() > 3 && kept.ends_with('h') {
        kept.pop();
    }
    kept
}

/// Short forms that do not follow from the letters.
const CALLED: &[(&str, &str)] = &[
    ("bambang", "bams"),
    ("bambang", "mbang"),
    ("sulistyowati", "lis"),
    ("sulistyo", "lis"),
    ("wahyudi", "yudi"),
    ("suharto", "harto"),
    ("agus", "gus"),
    ("budi", "bud"),
    ("slamet", "met"),
    ("joko", "jek"),
    ("muhammad", "mamat"),
    ("ahmad", "mamat"),
    ("rahmat", "mamat"),
    ("endang", "ndang"),
    ("sugeng", "geng"),
    ("nurhayati", "nur"),
    ("nurhayati", "yati"),
    ("handayani", "yani"),
    ("suryani", "yani"),
    ("rahmawati", "rahma"),
    ("wulandari", "wulan"),
    ("kartika", "tika"),
    ("fitriani", "fitri"),
    ("yuliana", "yuli"),
    ("kurniawan", "iwan"),
    ("hermawan", "wawan"),
    ("setiawan", "wawan"),
    ("setiawan", "iwan"),
    ("gunawan", "gugun"),
    ("dedi", "ded"),
    ("supriyadi", "adi"),
    ("mulyadi", "adi"),
    ("herawati", "hera"),
    ("ernawati", "erna"),
    ("indrawati", "indra"),
    ("purwaningsih", "ning"),
    ("aisyah", "ais"),
    ("khadijah", "dijah"),
    ("fatimah", "fat"),
    ("zainab", "inab"),
    ("abdullah", "dul"),
    ("abdul", "dul"),
    ("ibrahim", "baim"),
    ("ismail", "mail"),
    ("yusuf", "ucup"),
    ("syarifuddin", "udin"),
    ("kamaruddin", "udin"),
    ("ferdinand", "ferdi"),
    ("johannes", "jhon"),
    ("yohanes", "jhon"),
    ("fransiskus", "frans"),
    ("antonius", "anton"),
    ("elisabeth", "lisbet"),
    ("theresia", "tere"),
    ("margaretha", "reta"),
    ("magdalena", "lena"),
    ("christina", "tina"),
    ("kristina", "tina"),
    ("stefanus", "stef"),
    ("parlindungan", "lindung"),
    ("hotman", "hot"),
    ("nyoman", "man"),
    ("ketut", "tut"),
    ("wayan", "yan"),
    ("komang", "mang"),
    ("kadek", "dek"),
    ("tatang", "tang"),
    ("dadang", "dang"),
    ("asep", "sep"),
    ("neneng", "neng"),
    ("lilis", "lis"),
    ("titik", "tik"),
    ("ningsih", "ning"),
    ("dewi", "wiwi"),
    ("bagus", "gus"),
    ("hendra", "hen"),
    ("rudi", "rud"),
    ("hidayat", "dayat"),
    ("santoso", "santo"),
    ("susanto", "anto"),
    ("prasetyo", "pras"),
    ("prasetyo", "tyo"),
    ("nugroho", "nug"),
    ("wibowo", "bowo"),
    ("kusuma", "kus"),
    ("pratama", "tama"),
    ("puspitasari", "pita"),
    ("puspitasari", "sari"),
    ("permatasari", "sari"),
    ("anggraini", "anggi"),
    ("novitasari", "novi"),
];

fn is_vowel(sign: char) -> bool {
    "aeiou".contains(sign)
}

/// What people call somebody of this name: listed forms, the end from the last or the last but one syllable, the beginning.
pub(crate) fn shorts(word: &str) -> Vec<String> {
    let plain = letters(word);
    let mut all: Vec<String> = CALLED
        .iter()
        .filter(|(name, _)| *name == plain)
        .map(|(_, short)| (*short).to_owned())
        .collect();
    if plain.len() < 6 {
        return all;
    }
    let signs: Vec<char> = plain.chars().collect();
    // Syllables begin at a consonant before a vowel.
    let starts: Vec<usize> = (1..signs.len())
        .filter(|at| !is_vowel(signs[*at]) && signs.get(at + 1).is_some_and(|next| is_vowel(*next)))
        .collect();
    if let [.., start, _] = starts[..] {
        all.push(signs[start..].iter().collect());
    }
    if let [start, ..] = starts[..] {
        let second = starts.get(1).copied().unwrap_or(signs.len());
        for end in [start + 1, second] {
            if (3..signs.len() - 1).contains(&end) {
                all.push(signs[..end].iter().collect());
            }
        }
    }
    all.retain(|short| short.len() >= 3 && *short != plain);
    all.dedup();
    all
}
