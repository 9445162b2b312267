//! Titles, degrees and salutations: what stands around a name, and what it says of sex.

/// What a title or a salutation says of sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linkage) enum Sex {
    /// Digit 1 of a NIP.
    Male,
    /// Digit 2 of a NIP.
    Female,
}

/// Letters before a written name that may be a title or an initial: H. is Haji or Hendrik, R. is Raden or Ridwan.
pub(in crate::linkage) const TITLE_LETTERS: &[&str] = &["h", "r"];

/// Titles and degrees that stand before a name, without dots: title, and what it says of sex.
pub(in crate::linkage) const TITLES_BEFORE: &[(&str, Option<Sex>)] = &[
    ("prof", None),
    ("dr", None),
    ("drg", None),
    ("drh", None),
    ("drs", Some(Sex::Male)),
    ("dra", Some(Sex::Female)),
    ("ir", None),
    ("apt", None),
    ("ns", None),
    ("h", Some(Sex::Male)),
    ("haji", Some(Sex::Male)),
    ("hj", Some(Sex::Female)),
    ("hjh", Some(Sex::Female)),
    ("hajjah", Some(Sex::Female)),
    ("kh", Some(Sex::Male)),
    ("r", None),
    ("rd", None),
    ("rm", Some(Sex::Male)),
    ("rr", Some(Sex::Female)),
    ("ra", Some(Sex::Female)),
    ("raden", None),
    ("ust", Some(Sex::Male)),
    ("ustadz", Some(Sex::Male)),
    ("pdt", None),
    ("tgk", None),
];

/// Salutations of complaints, and what they say of sex. They are never taken off a roster's names.
pub(in crate::linkage) const SALUTATIONS: &[(&str, Option<Sex>)] = &[
    ("bpk", Some(Sex::Male)),
    ("bapak", Some(Sex::Male)),
    ("pak", Some(Sex::Male)),
    ("bp", Some(Sex::Male)),
    ("bu", Some(Sex::Female)),
    ("ibu", Some(Sex::Female)),
    ("sdr", None),
    ("sdri", Some(Sex::Female)),
    ("sdra", None),
    ("saudara", None),
    ("saudari", Some(Sex::Female)),
    ("mas", Some(Sex::Male)),
    ("mbak", Some(Sex::Female)),
    ("mba", Some(Sex::Female)),
    ("kang", Some(Sex::Male)),
    ("bang", Some(Sex::Male)),
    ("teh", Some(Sex::Female)),
    ("om", Some(Sex::Male)),
    ("tante", Some(Sex::Female)),
    ("tn", Some(Sex::Male)),
    ("tuan", Some(Sex::Male)),
    ("ny", Some(Sex::Female)),
    ("nyonya", Some(Sex::Female)),
    ("nn", Some(Sex::Female)),
    ("nona", Some(Sex::Female)),
    ("kak", None),
    ("yth", None),
    ("oknum", None),
    ("an", None),
];

/// Degrees that stand after a name, without dots and spaces.
pub(in crate::linkage) const DEGREES: &[&str] = &[
    "skom", "st", "sh", "se", "ssos", "sikom", "sip", "ssip", "spd", "spdi", "ssi", "sag", "sth", "skm",
    "skep", "sfarm", "sp", "spt", "spi", "shut", "sstp", "sst", "stp", "sps", "spsi", "ss", "shi", "sei",
    "sak", "sab", "sap", "sds", "ssn", "sked", "sgz", "strkeb", "strkep", "stars", "sars", "skh", "mm",
    "msi", "mt", "mti", "mkom", "mh", "mhum", "mpd", "mpdi", "mag", "mkes", "map", "mp", "msc", "ma", "mba",
    "mpa", "mpp", "mikom", "msos", "mak", "me", "mec", "meng", "mip", "mps", "mpsi", "mkn", "mcs", "mtr",
    "mtp", "march", "mstr", "phd", "llm", "llb", "bsc", "ba", "bac", "amd", "amdkom", "amdkeb", "amdkep",
    "amk", "amkeb", "ahli", "ak", "ca", "cpa", "cisa", "cpns", "ipu", "ipm", "ner", "ners", "ns", "apt",
    "spog", "span", "spb", "spa", "sppd", "cfra", "cgcae", "qia", "crmo", "cipm", "asean", "eng", "dea",
    "dess", "des",
];
