//! Invented people of an invented ministry: three levels of units, numbers that are well formed, names from common ones. The same count
//! gives the same people. Absent: anybody real.

/// An invented person as a personnel office's file has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) nip: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) position: &'static str,
    pub(super) city: &'static str,
    pub(super) email: String,
}

const WOMEN: [&str; 12] = [
    "Siti", "Dewi", "Rina", "Wulan", "Ratna", "Lestari", "Fitri", "Indah", "Maya", "Nurul", "Putri", "Yuni",
];
const MEN: [&str; 12] = [
    "Budi", "Agus", "Eko", "Joko", "Rizki", "Hendra", "Dedi", "Fajar", "Bayu", "Arif", "Surya", "Yusuf",
];
const FAMILY: [&str; 17] = [
    "Santoso",
    "Wibowo",
    "Kurniawan",
    "Saputra",
    "Nugroho",
    "Hidayat",
    "Setiawan",
    "Rahmawati",
    "Lestari",
    "Handayani",
    "Pratama",
    "Siregar",
    "Wijaya",
    "Maharani",
    "Susanto",
    "Permata",
    "Utami",
];
const TITLES: [&str; 5] = ["", ", S.Sos.", ", S.H.", ", S.Kom., M.T.", ", S.E."];
const POSITIONS: [&str; 5] = [
    "Analis Kebijakan",
    "Pranata Komputer",
    "Arsiparis",
    "Analis SDM Aparatur",
    "Penata Layanan Operasional",
];
const CITIES: [&str; 4] = ["Jakarta", "Bandung", "Makassar", "Jayapura"];
/// Directorates general, with their directorates.
const UNITS: [(&str, [&str; 3]); 3] = [
    (
        "Sekretariat Jenderal",
        ["Biro Sumber Daya Manusia", "Biro Hukum", "Biro Umum"],
    ),
    (
        "Direktorat Jenderal Layanan Digital",
        [
            "Direktorat Layanan Publik",
            "Direktorat Tata Kelola",
            "Direktorat Pengendalian",
        ],
    ),
    (
        "Inspektorat Jenderal",
        ["Inspektorat I", "Inspektorat II", "Inspektorat III"],
    ),
];
const PARTS: [&str; 2] = ["Kelompok Perencanaan", "Kelompok Pelaksanaan"];

/// The unit whose head has an account.
pub(super) const HEADED: &str = "Sekretariat Jenderal";

fn pick<T: Copy + Default>(from: &[T], index: usize) -> T {
    from.get(index % from.len().max(1)).copied().unwrap_or_default()
}

/// So many people.
pub(super) fn people(count: usize) -> Vec<Person> {
    (0..count).map(person).collect()
}

fn person(index: usize) -> Person {
    let woman = index.is_multiple_of(2);
    let given = pick(if woman { &WOMEN } else { &MEN }, index / 2);
    let family = pick(&FAMILY, index.wrapping_mul(5) + index / 17);
    let (top, middle) = UNITS.get(index % UNITS.len()).copied().unwrap_or_default();
    let unit = format!(
        "{top} / {} / {}",
        pick(&middle, index / 3),
        pick(&PARTS, index / 9)
    );
    let nip = format!(
        "{}{:02}{:02}{}{:02}{}{:03}",
        // Everything else repeats after 900 people; 25 years of birth make 22,500 numbers.
        1970 + (index + index / 900) % 25,
        1 + index % 12,
        1 + index.wrapping_mul(7) % 28,
        2000 + index % 20,
        1 + index.wrapping_mul(5) % 12,
        if woman { 2 } else { 1 },
        1 + index % 900,
    );
    Person {
        nip,
        name: format!("{given} {family}{}", pick(&TITLES, index / 3)),
        unit,
        position: pick(&POSITIONS, index),
        city: pick(&CITIES, index / 4),
        email: format!(
            "{}.{}.{index}@kementerian.example",
            given.to_lowercase(),
            family.to_lowercase()
        ),
    }
}

/// As the plain file that `ikrar roster import` reads.
pub(super) fn csv(people: &[Person]) -> String {
    let mut file = "nip,name,unit,position,city,email\n".to_owned();
    for p in people {
        let line = [
            &p.nip,
            &format!("\"{}\"", p.name),
            &p.unit,
            p.position,
            p.city,
            &p.email,
        ]
        .join(",");
        file.push_str(&line);
        file.push('\n');
    }
    file
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::nip::Nip;

    use super::*;

    #[test]
    fn people_have_numbers_and_addresses_of_their_own() {
        let people = people(20_000);
        let numbers: BTreeSet<&str> = people.iter().map(|p| p.nip.as_str()).collect();
        let mails: BTreeSet<&str> = people.iter().map(|p| p.email.as_str()).collect();
        assert_eq!((numbers.len(), mails.len()), (20_000, 20_000));
        for person in &people {
            Nip::parse(&person.nip).unwrap_or_else(|e| panic!("{}: {e}", person.nip));
        }
    }
}
