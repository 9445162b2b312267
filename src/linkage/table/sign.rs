//! Letters and digits: what passes for another to the eye or to a scanner, and the names of months.

/// Cyrillic and Greek letters that pass for Latin ones: letter, Latin letter.
pub(in crate::linkage) const LOOKALIKES: &[(char, char)] = &[
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('м', 'm'),
    ('н', 'h'),
    ('т', 't'),
    ('в', 'b'),
    ('к', 'k'),
    ('ο', 'o'),
    ('α', 'a'),
    ('ι', 'i'),
    ('Ν', 'n'),
    ('ν', 'v'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('ı', 'i'),
    ('ł', 'l'),
    ('ø', 'o'),
    ('đ', 'd'),
];

/// Digits that a scanner reads for letters: digit, letter.
pub(in crate::linkage) const SCANNED: &[(char, char)] = &[
    ('0', 'o'),
    ('1', 'i'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('6', 'g'),
    ('8', 'b'),
    ('9', 'g'),
];

/// Letters as strokes: what a scanner or a hurried eye takes for one another gets the same strokes. Letter, strokes, and two
/// spellings of which the first is what a scan makes of the second. Letters that have no row stand for themselves.
pub(in crate::linkage) const SHAPES: &[(char, &str, [&str; 2])] = &[
    ('m', "iii", ["rnaria", "maria"]),
    ('n', "ii", ["hariyariti", "hariyanti"]),
    ('u', "ii", ["siisanto", "susanto"]),
    ('w', "iiii", ["uuahyu", "wahyu"]),
    ('h', "ii", ["siti nurnayati", "siti nurhayati"]),
    ('r', "i", ["hatijono", "harijono"]),
    ('l', "i", ["a1i", "ali"]),
    ('t', "i", ["sifi", "siti"]),
    ('f', "i", ["aritin", "arifin"]),
    ('j', "i", ["ioko", "joko"]),
    ('k', "ii", ["erihno", "erikno"]),
    ('d', "oi", ["acli", "adi"]),
    ('b', "oi", ["rooli", "robi"]),
    ('a', "o", ["mario", "maria"]),
    ('e', "o", ["pcrmata", "permata"]),
    ('c', "o", ["eahyo", "cahyo"]),
    ('q', "g", ["taufig", "taufiq"]),
    ('p', "g", ["gutra", "putra"]),
    ('y', "v", ["vuni", "yuni"]),
    ('z', "s", ["asis", "azis"]),
];

/// Month names of written dates, with their numbers.
pub(in crate::linkage) const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("feb", 2),
    ("peb", 2),
    ("mar", 3),
    ("apr", 4),
    ("mei", 5),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("agu", 8),
    ("ags", 8),
    ("aug", 8),
    ("sep", 9),
    ("okt", 10),
    ("oct", 10),
    ("nov", 11),
    ("nop", 11),
    ("des", 12),
    ("dec", 12),
];
