//! Which word of a unit belongs to which office. "Bidang Pendidikan, Dinas Kesehatan" has the words of "Bidang Kesehatan, Dinas
//! Pendidikan", and "Sekretariat Jenderal" those of "Sekretariat Direktorat Jenderal Pajak"; neither is the other.
//!
//! Absent: how many words two units share ([`super::phrase`]).

use super::table::OFFICES;

/// What a word of a unit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// What an office is named after, or its number.
    #[default]
    Name,
    /// A word of [`OFFICES`], as a bit.
    Office(u64),
}

impl Kind {
    /// What this word is.
    pub(super) fn of(word: &str) -> Self {
        match OFFICES.iter().position(|office| *office == word) {
            Some(place) => Self::Office(1 << place),
            None => Self::Name,
        }
    }
}

/// A word of a unit in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its number.
    pub(super) id: u32,
    /// What it is there.
    pub(super) kind: Kind,
    /// A part of a path begins with it.
    pub(super) begins: bool,
}

/// The bit of one of [`OFFICES`].
fn office(word: &str) -> u64 {
    match Kind::of(word) {
        Kind::Office(bit) => bit,
        Kind::Name => 0,
    }
}

/// A word, and the office that it stands behind: the words of [`OFFICES`] that follow each other, as a set.
pub(super) type Bond = (u64, u32);

/// The offices of a unit.
#[derive(Debug)]
pub(super) struct Offices {
    /// Each with what it is named after, in their order; what stands before the first has none, 0.
    named: Vec<(u64, Vec<u32>)>,
    /// Those right below a minister.
    tops: Vec<u64>,
}

impl Offices {
    /// Reads a unit word by word.
    pub(super) fn of(words: impl Iterator<Item = Word>) -> Self {
        let general = office("jenderal");
        let mut offices: Vec<(u64, Vec<u32>)> = Vec::new();
        for Word { id, kind, begins } in words {
            match (kind, offices.last_mut()) {
                // Sub Direktorat, Direktorat Jenderal: one office. None goes on after Jenderal.
                (Kind::Office(office), Some((head, names)))
                    if names.is_empty() && !begins && *head & general == 0 =>
                {
                    *head |= office;
                }
                (Kind::Office(office), _) => offices.push((office, Vec::new())),
                (Kind::Name, Some((_, names))) => names.push(id),
                (Kind::Name, None) => offices.push((0, vec![id])),
            }
        }
        Self {
            tops: tops(&offices),
            named: offices,
        }
    }

    /// Every word with its office.
    pub(super) fn bonds(&self) -> impl Iterator<Item = Bond> {
        let named = self.named.iter().filter(|(head, _)| *head != 0);
        named.flat_map(|(head, names)| names.iter().map(|word| (*head, *word)))
    }

    /// Whether each office of a written unit, with all that it is named after, is one of these. What its secretariat does, an office does,
    /// and an Upt bears the name of what it runs; of any other office within it, it is another one that bears the name.
    pub(super) fn hold(&self, written: &Self) -> bool {
        let secretariat = office("sekretariat");
        let has_secretariat = self
            .named
            .iter()
            .any(|(head, names)| *head == secretariat && names.is_empty());
        let mut asked = written
            .named
            .iter()
            .filter(|(head, names)| *head != 0 && !names.is_empty());
        asked.all(|(head, names)| {
            // Its secretariat may stand for itself.
            let least = match head & !secretariat {
                rest if rest != 0 && has_secretariat => rest,
                _ => *head,
            };
            let run = if head & (office("dinas") | office("badan")) == 0 {
                office("upt")
            } else {
                0
            };
            let within = *head | secretariat | run;
            self.named.iter().any(|(here, theirs)| {
                here & least == least && here & !within == 0 && names.iter().all(|name| theirs.contains(name))
            })
        })
    }

    /// Those of these words that `other` does not hold and that stand behind another office than number `place`.
    fn moved(&self, place: usize, words: &[u32], other: &[u32]) -> Vec<u32> {
        let elsewhere = |word: &u32| {
            let mut offices = self.named.iter().enumerate();
            offices.any(|(number, (_, names))| number != place && names.contains(word))
        };
        let gone = words.iter().filter(|word| !other.contains(word));
        gone.filter(|word| elsewhere(word)).copied().collect()
    }

    /// Whether a written unit cannot be this recorded one, however many words they share: each names an office right below the minister
    /// that the other has not; or, of an office of one name, each holds a word that stands behind another office of the other; or such an
    /// office holds nothing in common, and `is_known` has it elsewhere as it is written.
    pub(super) fn contradicts(&self, recorded: &Self, is_known: impl Fn(Bond) -> bool) -> bool {
        let (ours, theirs) = (&self.tops, &recorded.tops);
        if ours.iter().any(|top| !theirs.contains(top)) && theirs.iter().any(|top| !ours.contains(top)) {
            return true;
        }
        let same = |one: &[u32], other: &[u32]| other.iter().filter(|word| one.contains(word)).count();
        self.named.iter().enumerate().any(|(place, (head, words))| {
            let of_that_name = recorded
                .named
                .iter()
                .enumerate()
                .filter(|(_, (other, theirs))| other == head && !theirs.is_empty());
            // Of several in one unit, the one that has most in common.
            let Some((there, (_, recorded_words))) = of_that_name
                .rev()
                .max_by_key(|(_, (_, theirs))| same(words, theirs))
            else {
                return false;
            };
            let gone = recorded.moved(there, words, recorded_words);
            let is_elsewhere = || gone.iter().any(|word| is_known((*head, *word)));
            !gone.is_empty()
                && (!self.moved(place, recorded_words, words).is_empty()
                    || same(words, recorded_words) == 0 && is_elsewhere())
        })
    }
}

/// The offices right below a minister. The secretariat of a directorate general or of the inspectorate general is part of it.
fn tops(offices: &[(u64, Vec<u32>)]) -> Vec<u64> {
    let general = office("jenderal");
    let (directorate, inspectorate) = (office("direktorat") | general, office("inspektorat") | general);
    let kinds = directorate | inspectorate | office("sekretariat");
    let named = offices.iter().map(|(head, _)| head & kinds);
    let mut tops: Vec<u64> = named
        .filter(|top| top & general != 0 && *top != general)
        .collect();
    let secretariat = inspectorate | office("sekretariat");
    if tops.iter().any(|top| top & directorate == directorate) {
        tops.push(directorate);
    }
    if tops.contains(&secretariat) {
        tops.push(inspectorate);
    }
    tops
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::super::parts::UNIT;
    use super::super::phrase::Phrases;
    use super::*;

    #[test]
    fn there_are_no_more_offices_than_bits() {
        assert!(OFFICES.len() <= 64);
        for word in OFFICES {
            assert_ne!(office(word), 0, "{word}");
        }
    }

    /// At which level a written unit agrees with the first of these, in a roster of them and others.
    fn level(written: &str, recorded: &[&str]) -> Level {
        let mut units = Phrases::new(UNIT);
        let numbers: Vec<u32> = recorded.iter().filter_map(|unit| units.bear(unit)).collect();
        for place in 0..60 {
            units.bear(&format!(
                "Seksi Tugas{place}, Bidang Tugas{}, Kantor Pos",
                place % 7
            ));
        }
        units.seal();
        units.survey(written).level(numbers[0])
    }

    #[test]
    fn the_same_words_about_another_office_do_not_agree() {
        for (written, recorded) in [
            (
                "Bagian Akuntansi, Sekretariat Jenderal",
                "Bagian Akuntansi, Sekretariat Direktorat Jenderal Pajak",
            ),
            (
                "Bagian Akuntansi, Setditjen Pajak",
                "Bagian Akuntansi, Sekretariat Jenderal, Kementerian Pajak",
            ),
            (
                "Inspektorat Jenderal Pajak",
                "Direktorat Inspektorat, Direktorat Jenderal Pajak",
            ),
            (
                "Bidang Pendidikan, Dinas Kesehatan",
                "Bidang Kesehatan, Dinas Pendidikan",
            ),
            (
                "Dinas Pendidikan, Bidang Kesehatan",
                "Bidang Pendidikan, Dinas Kesehatan",
            ),
            ("Bagian II, Inspektorat I", "Bagian I, Inspektorat II"),
            ("SD Negeri 3 Desa 12", "SD Negeri 12 Desa 3"),
            ("KPP Jakarta, Kanwil Bandung", "KPP Bandung, Kanwil Jakarta"),
            (
                "Kantor Pelayanan Pajak Jakarta, Kantor Wilayah Bandung",
                "Kantor Pelayanan Pajak Bandung, Kantor Wilayah Jakarta",
            ),
            (
                "Ditjen Tata Kelola, Direktorat Layanan Digital",
                "Ditjen Layanan Digital, Direktorat Tata Kelola",
            ),
            (
                "Subdit Kelembagaan, Dit Kelembagaan, Ditjen Pemberdayaan",
                "Subdit Kelembagaan, Dit Pemberdayaan, Ditjen Pemberdayaan",
            ),
            (
                "Bidang Pendidkan, Dinas Kesehtan",
                "Bidang Kesehatan, Dinas Pendidikan",
            ),
        ] {
            assert_eq!(
                level(written, &[recorded]),
                Level::Differs,
                "{written} / {recorded}"
            );
        }
    }

    #[test]
    fn an_office_that_the_roster_has_is_not_one_that_only_shares_its_words() {
        let recorded = "Subdit Umum, Dit Kelembagaan, Ditjen Pemberdayaan";
        assert_eq!(level("Direktorat Pemberdayaan", &[recorded]), Level::Within);
        let named = "Subdit Umum, Dit Pemberdayaan, Ditjen Kelembagaan";
        assert_eq!(
            level("Direktorat Pemberdayaan", &[recorded, named]),
            Level::Differs
        );
        assert_eq!(
            level("Direktorat Pemberdayaan", &[named, recorded]),
            Level::Within
        );
    }

    #[test]
    fn the_same_office_agrees_however_it_is_written() {
        for (written, recorded, expected) in [
            (
                "Bagian Akuntansi, Ditjen Pajak",
                "Bagian Akuntansi, Setditjen Pajak",
                Level::Within,
            ),
            (
                "Setditjen Pajak",
                "Bagian Akuntansi, Sekretariat Direktorat Jenderal Pajak",
                Level::Within,
            ),
            ("Sekretariat", "Bagian Umum, Sekretariat Jenderal", Level::Within),
            (
                "Inspektorat Jenderal, Bagian Keuangan",
                "Bagian Keuangan, Sekretariat Inspektorat Jenderal",
                Level::Within,
            ),
            (
                "Sesditjen Pajak",
                "Bagian Akuntansi, Sekretariat Direktorat Jenderal Pajak",
                Level::Within,
            ),
            (
                "Sekretaris Jenderal, Bagian Umum",
                "Bagian Umum, Sekretariat Jenderal",
                Level::Exact,
            ),
            (
                "Sekolah Dasar Negeri 3 Cilenggor",
                "SDN 3 Cilenggor",
                Level::Exact,
            ),
            (
                "KPP Pratama Cilenggor",
                "Seksi Penagihan, Kantor Pelayanan Pajak Pratama Cilenggor",
                Level::Within,
            ),
            (
                "Dinas Kesehatan, Bidang Pendidikan",
                "Bidang Pendidikan, Dinas Kesehatan",
                Level::Exact,
            ),
            (
                "Drektorat Jendral Pajak",
                "Subdit Data, Direktorat Jenderal Pajak",
                Level::Within,
            ),
            ("Seksi Umum", "Seksi Umum, Kecamatan Merapi", Level::Within),
            (
                "Kantor Kecamatan Merapi, Kepala Seksi Umum",
                "Seksi Umum, Kecamatan Merapi",
                Level::Exact,
            ),
            ("SMA Negeri Satu Cilenggor", "SMAN 1 Cilenggor", Level::Exact),
            ("SDN 12 Desa 3", "SD Negeri 12 Desa 3", Level::Exact),
            (
                "Dinas Kesehatan",
                "Puskesmas Melati, Dinas Kesehatan",
                Level::Within,
            ),
        ] {
            assert_eq!(level(written, &[recorded]), expected, "{written} / {recorded}");
        }
    }
}
