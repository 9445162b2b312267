//! Sounds and spellings: what is written in several ways and is one name, and short forms of names.
//!
//! After the public descriptions of Indonesian naming and of the spelling reforms of 1947 and 1972 (Edjaan Republik, EYD).

/// Where in a token a sound row applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linkage) enum Place {
    /// Anywhere.
    Any,
    /// At its end only.
    End,
}

/// One row of [`SOUNDS`]: what is replaced, where, by what, and two spellings that must come out alike.
type Sound = (&'static str, Place, &'static str, [&'static str; 2]);

/// Sounds that are written in several ways, in the order of application. They shape keys, never a display.
pub(in crate::linkage) const SOUNDS: &[Sound] = &[
    ("oe", Place::Any, "u", ["soekarno", "sukarno"]),
    ("tj", Place::Any, "c", ["tjahjo", "cahyo"]),
    ("dj", Place::Any, "j", ["djoko", "joko"]),
    ("nj", Place::Any, "ny", ["njoman", "nyoman"]),
    ("sj", Place::Any, "s", ["sjarif", "syarif"]),
    ("chr", Place::Any, "kr", ["christian", "kristian"]),
    ("kh", Place::Any, "h", ["akhmad", "ahmad"]),
    ("sy", Place::Any, "s", ["syamsul", "samsul"]),
    ("sh", Place::Any, "s", ["shofyan", "sofyan"]),
    ("ts", Place::Any, "s", ["utsman", "usman"]),
    ("th", Place::Any, "t", ["ruth", "rut"]),
    ("dh", Place::Any, "d", ["budhi", "budi"]),
    ("dz", Place::Any, "z", ["dzulkifli", "zulkifli"]),
    ("gh", Place::Any, "g", ["ghufron", "gufron"]),
    ("ph", Place::Any, "p", ["yoseph", "yosep"]),
    ("bh", Place::Any, "b", ["bhakti", "bakti"]),
    ("q", Place::Any, "k", ["taufiq", "taufik"]),
    ("x", Place::Any, "ks", ["felix", "feliks"]),
    ("f", Place::Any, "p", ["fajar", "pajar"]),
    ("v", Place::Any, "p", ["novi", "nopi"]),
    ("ae", Place::Any, "ai", ["zaenal", "zainal"]),
    ("oi", Place::Any, "ai", ["khoirul", "khairul"]),
    ("ay", Place::Any, "ai", ["hidayat", "hidaiat"]),
    ("iy", Place::Any, "i", ["supriyadi", "supriadi"]),
    ("uw", Place::Any, "u", ["suwardi", "suardi"]),
    ("ie", Place::Any, "i", ["arief", "arif"]),
    ("ee", Place::Any, "i", ["moetee", "muti"]),
    ("oo", Place::Any, "u", ["noor", "nur"]),
    ("ou", Place::Any, "u", ["nouval", "nuval"]),
    ("y", Place::End, "i", ["rizky", "rizki"]),
    ("h", Place::End, "", ["abdullah", "abdulla"]),
    ("d", Place::End, "t", ["rahmad", "rahmat"]),
    ("b", Place::End, "p", ["ayub", "ayup"]),
];

/// Letters with two readings; a token has a key for each. The pair must share one.
pub(in crate::linkage) const READINGS: &[(&str, &str, [&str; 2])] = &[
    ("ch", "h", ["chairul", "khairul"]),
    ("ch", "c", ["chandra", "candra"]),
    ("j", "y", ["jusuf", "yusuf"]),
    ("z", "s", ["aziz", "asis"]),
    ("z", "j", ["zainudin", "jaenudin"]),
];

/// Short and variant forms that are the same name: form, name.
pub(in crate::linkage) const VARIANTS: &[(&str, &str)] = &[
    ("mohammad", "muhammad"),
    ("mohamad", "muhammad"),
    ("mohamed", "muhammad"),
    ("mohammed", "muhammad"),
    ("muhamad", "muhammad"),
    ("muhammed", "muhammad"),
    ("mochamad", "muhammad"),
    ("mochammad", "muhammad"),
    ("muchamad", "muhammad"),
    ("muchammad", "muhammad"),
    ("mokhamad", "muhammad"),
    ("mokhammad", "muhammad"),
    ("mukhamad", "muhammad"),
    ("mukhammad", "muhammad"),
    ("moch", "muhammad"),
    ("much", "muhammad"),
    ("mokh", "muhammad"),
    ("moh", "muhammad"),
    ("muh", "muhammad"),
    ("mhd", "muhammad"),
    ("mohd", "muhammad"),
    ("muhd", "muhammad"),
    ("achmad", "ahmad"),
    ("ach", "ahmad"),
    ("akh", "ahmad"),
    ("ahmed", "ahmad"),
    ("abd", "abdul"),
    ("abdl", "abdul"),
    ("abdoel", "abdul"),
    ("gst", "gusti"),
    ("ngr", "ngurah"),
    ("nym", "nyoman"),
    ("wyn", "wayan"),
    ("kt", "ketut"),
    ("kdk", "kadek"),
    ("kd", "kadek"),
    ("md", "made"),
    ("pt", "putu"),
    ("gd", "gede"),
    ("tb", "tubagus"),
    ("ign", "ignatius"),
    ("yoh", "yohanes"),
    ("fx", "fransiskus"),
    ("fransiscus", "fransiskus"),
    ("franciscus", "fransiskus"),
    ("steven", "stefen"),
    ("stephen", "stefen"),
];

/// Everyday short forms that no sound rule explains: short form, name.
pub(in crate::linkage) const NICKNAMES: &[(&str, &str)] = &[
    ("ucup", "yusuf"),
    ("mamat", "muhammad"),
    ("mamat", "rahmat"),
    ("udin", "saifuddin"),
    ("jaja", "zakaria"),
    ("lia", "amalia"),
    ("nia", "kurnia"),
    ("tuti", "astuti"),
    ("yanti", "damayanti"),
    ("iwan", "setiawan"),
    ("iwan", "kurniawan"),
    ("wawan", "setiawan"),
    ("wawan", "kurniawan"),
    ("wawan", "gunawan"),
    ("gun", "gunawan"),
    ("hen", "hendra"),
    ("indra", "indrawan"),
    ("bams", "bambang"),
    ("totok", "sugiarto"),
    ("tito", "titus"),
    ("yayan", "wayan"),
    ("yan", "wayan"),
    ("man", "nyoman"),
    ("tut", "ketut"),
    ("dek", "kadek"),
    ("uci", "suci"),
    ("ade", "gede"),
    ("nining", "yuningsih"),
    ("neneng", "siti"),
    ("eko", "ekowati"),
    ("ning", "ningsih"),
    ("joni", "yohanes"),
    ("jon", "yohanes"),
    ("hans", "yohanes"),
    ("frans", "fransiskus"),
    ("anton", "antonius"),
    ("agus", "agustinus"),
    ("tinus", "agustinus"),
    ("mia", "maria"),
    ("beti", "elisabet"),
    ("lisa", "elisabet"),
    ("feri", "ferdinan"),
    ("ipul", "saiful"),
    ("ipung", "purnomo"),
    ("aji", "setiaji"),
    ("nunung", "nurhayati"),
    ("cecep", "asep"),
    ("ujang", "hujang"),
    ("obi", "robi"),
];

/// Words of a name that many bear and that are often left out: their absence or presence says little.
pub(in crate::linkage) const WEAK: &[&str] = &[
    "i", "ni", "ida", "bagus", "ayu", "anak", "agung", "wayan", "putu", "gede", "made", "kadek", "nengah",
    "nyoman", "komang", "ketut", "luh", "gusti", "desak", "dewa", "muhammad", "siti", "raden", "andi",
    "haji", "teuku", "cut", "tubagus", "lalu", "baiq", "sri", "nur", "abdul", "ahmad",
];

/// Words of a handle that say nothing of its owner's name.
pub(in crate::linkage) const HANDLE_WORDS: &[&str] = &[
    "official", "real", "the", "id", "asn", "pns", "its", "iam", "akun", "new", "ofc",
];
