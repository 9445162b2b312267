//! Which of the governments of one name is meant: Kota Bogor is not Kabupaten Bogor.

/// The government of a city.
pub(in crate::linkage) const CITY: u32 = 1;
/// The government of a regency.
pub(in crate::linkage) const REGENCY: u32 = 2;
/// The government of a province.
pub(in crate::linkage) const PROVINCE: u32 = 4;

/// Words that tell which government is meant: word, government.
pub(in crate::linkage) const GOVERNMENTS: &[(&str, u32)] = &[
    ("kota", CITY),
    ("kotamadya", CITY),
    ("kodya", CITY),
    ("pemkot", CITY),
    ("kabupaten", REGENCY),
    ("kab", REGENCY),
    ("pemkab", REGENCY),
    ("provinsi", PROVINCE),
    ("propinsi", PROVINCE),
    ("prov", PROVINCE),
    ("prop", PROVINCE),
    ("pemprov", PROVINCE),
    ("istimewa", PROVINCE),
];

/// Words after which *Kota* is a name rather than a government, if another is named: Kecamatan Kota, Kelurahan Kota Baru.
pub(in crate::linkage) const BEFORE_NAMES: &[&str] = &["kecamatan", "kelurahan"];

/// How a whole government is called, other than a ministry.
pub(in crate::linkage) const WHOLE_GOVERNMENTS: &[&str] =
    &["pemerintah", "pemda", "pemkab", "pemkot", "pemprov"];
