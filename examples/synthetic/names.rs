//! How a name is composed, by culture: given names by Zipf's law, clans, birth-order words, and a long tail of rare words
//! made of syllables, so that the vocabulary grows with the roster as it does among people.
//!
//! Absent: titles (`people`) and what complaints make of a name (`miswrite`).

use super::dice::Dice;
use super::dice::Pool;
use super::pools;

/// The culture that a name's structure comes from, with its share of a hundred in the country.
pub(crate) const CULTURES: [(usize, &str); 14] = [
    (33, "javanese"),
    (14, "arabic"),
    (12, "sundanese"),
    (6, "batak"),
    (5, "minangkabau"),
    (4, "balinese"),
    (3, "minahasa"),
    (5, "bugis-makassar"),
    (4, "malay"),
    (3, "acehnese"),
    (3, "chinese"),
    (6, "eastern"),
    (2, "dayak"),
    (2, "mononym"),
];

struct Sexed {
    male: Pool,
    female: Pool,
}

impl Sexed {
    fn new(male: &'static str, female: &'static str, power: f64) -> Self {
        Self {
            male: Pool::new(male, power),
            female: Pool::new(female, power),
        }
    }

    fn draw(&self, dice: &mut Dice, male: bool) -> String {
        let pool = if male { &self.male } else { &self.female };
        pool.draw(dice).to_owned()
    }
}

/// Rare words made of a beginning, some middles and an end.
struct Syllables {
    heads: Pool,
    middles: Pool,
    ends: Sexed,
}

impl Syllables {
    fn new(parts: [&'static str; 4]) -> Self {
        let [heads, middles, men, women] = parts;
        Self {
            heads: Pool::new(heads, 1.0),
            middles: Pool::new(middles, 0.9),
            ends: Sexed::new(men, women, 1.0),
        }
    }

    fn draw(&self, dice: &mut Dice, male: bool) -> String {
        let mut word = self.heads.draw(dice).to_owned();
        let middles = dice.weighted(&[(38, 0), (53, 1), (9, 2)]);
        for _ in 0..middles {
            word.push_str(self.middles.draw(dice));
        }
        word.push_str(&self.ends.draw(dice, male));
        word
    }
}

/// The pools, read once.
pub(crate) struct Names {
    stock: Sexed,
    java: Sexed,
    java_last: Sexed,
    mononym: Sexed,
    arab: Sexed,
    arab_last: Sexed,
    sunda: Sexed,
    sunda_last: Sexed,
    batak: Sexed,
    clan: Pool,
    bali: Pool,
    bali_second: Pool,
    bali_last: Sexed,
    minang: Sexed,
    minang_last: Sexed,
    minahasa: Sexed,
    minahasa_clan: Pool,
    bugis: Sexed,
    bugis_last: Pool,
    malay_last: Pool,
    aceh: Sexed,
    aceh_last: Pool,
    western: Pool,
    chinese_last: Pool,
    chinese_clan: Pool,
    chinese_syllable: Pool,
    east: Sexed,
    east_clan: Pool,
    dayak: Pool,
    dayak_clan: Pool,
    rare: [Syllables; 5],
}

const JAVA: usize = 0;
const SUNDA: usize = 1;
const ARAB: usize = 2;
const MINANG: usize = 3;
const CLANS: usize = 4;

impl Names {
    pub(crate) fn new() -> Self {
        use pools as p;
        Self {
            stock: Sexed::new(p::STOCK_MALE, p::STOCK_FEMALE, 0.8),
            java: Sexed::new(p::JAVA_MALE, p::JAVA_FEMALE, 1.0),
            java_last: Sexed::new(p::JAVA_LAST, p::JAVA_LAST_F, 0.9),
            mononym: Sexed::new(p::JAVA_MONO, p::JAVA_MONO_F, 0.6),
            arab: Sexed::new(p::ARAB_MALE, p::ARAB_FEMALE, 1.1),
            arab_last: Sexed::new(p::ARAB_LAST, p::ARAB_LAST_F, 0.8),
            sunda: Sexed::new(p::SUNDA_MALE, p::SUNDA_FEMALE, 0.8),
            sunda_last: Sexed::new(p::SUNDA_LAST, p::SUNDA_LAST_F, 0.8),
            batak: Sexed::new(p::BATAK_MALE, p::BATAK_FEMALE, 0.5),
            clan: Pool::new(p::CLANS, 0.7),
            bali: Pool::new(p::BALI_MALE, 0.4),
            bali_second: Pool::new(p::BALI_SECOND, 0.6),
            bali_last: Sexed::new(p::BALI_LAST, p::BALI_LAST_F, 0.4),
            minang: Sexed::new(p::MINANG_MALE, p::MINANG_FEMALE, 0.4),
            minang_last: Sexed::new(p::MINANG_LAST, p::MINANG_LAST_F, 0.6),
            minahasa: Sexed::new(p::MINAHASA_MALE, p::MINAHASA_FEMALE, 0.3),
            minahasa_clan: Pool::new(p::MINAHASA_CLAN, 0.4),
            bugis: Sexed::new(p::BUGIS_MALE, p::BUGIS_FEMALE, 0.5),
            bugis_last: Pool::new(p::BUGIS_LAST, 0.4),
            malay_last: Pool::new(p::MALAY_LAST, 0.6),
            aceh: Sexed::new(p::ACEH_MALE, p::ACEH_FEMALE, 0.5),
            aceh_last: Pool::new(p::ACEH_LAST, 0.5),
            western: Pool::new(p::CHINESE_WESTERN, 0.6),
            chinese_last: Pool::new(p::CHINESE_LAST, 0.6),
            chinese_clan: Pool::new(p::CHINESE_CLAN, 0.9),
            chinese_syllable: Pool::new(p::CHINESE_SYLLABLE, 0.3),
            east: Sexed::new(p::EAST_MALE, p::EAST_FEMALE, 0.6),
            east_clan: Pool::new(p::EAST_CLAN, 0.3),
            dayak: Pool::new(p::DAYAK_GIVEN, 0.4),
            dayak_clan: Pool::new(p::DAYAK_CLAN, 0.3),
            rare: [
                Syllables::new(p::JAVA_SYLLABLES),
                Syllables::new(p::SUNDA_SYLLABLES),
                Syllables::new(p::ARAB_SYLLABLES),
                Syllables::new(p::MINANG_SYLLABLES),
                Syllables::new(p::CLAN_SYLLABLES),
            ],
        }
    }

    /// The words of a name, each beginning with a capital, and the culture as it came out.
    pub(crate) fn draw(
        &self,
        dice: &mut Dice,
        culture: &'static str,
        male: bool,
    ) -> (Vec<String>, &'static str) {
        let words = match culture {
            "javanese" => self.javanese(dice, male),
            "arabic" => self.arabic(dice, male),
            "sundanese" => self.sundanese(dice, male),
            "batak" => self.batak(dice, male),
            "minangkabau" => self.minangkabau(dice, male),
            "balinese" => self.balinese(dice, male),
            "minahasa" => self.minahasa(dice, male),
            "bugis-makassar" => self.bugis(dice, male),
            "malay" => self.malay(dice, male),
            "acehnese" => self.acehnese(dice, male),
            "chinese" => self.chinese(dice),
            "eastern" => self.eastern(dice, male),
            "dayak" => self.dayak(dice, male),
            _ => self.mononym(dice, male),
        };
        let culture = if words.len() == 1 { "mononym" } else { culture };
        (words, culture)
    }

    fn rare(&self, dice: &mut Dice, kind: usize, male: bool) -> String {
        self.rare[kind].draw(dice, male)
    }

    fn mononym(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        vec![if dice.percent(55) {
            self.mononym.draw(dice, male)
        } else {
            self.rare(dice, JAVA, male)
        }]
    }

    fn stock(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let name = self.stock.draw(dice, male);
        name.split(' ').map(str::to_owned).collect()
    }

    fn javanese(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        if dice.percent(17) {
            return self.mononym(dice, male);
        }
        if dice.percent(6) {
            return self.stock(dice, male);
        }
        let mut words = vec![if dice.percent(12) {
            self.rare(dice, JAVA, male)
        } else {
            self.java.draw(dice, male)
        }];
        if dice.percent(22) {
            words.push(self.java.draw(dice, male));
        }
        words.push(if dice.percent(18) {
            self.rare(dice, JAVA, male)
        } else {
            self.java_last.draw(dice, male)
        });
        if dice.percent(9) {
            words.push(self.java_last.draw(dice, male));
        }
        without_repeats(words)
    }

    fn arabic(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        if dice.percent(5) {
            return self.stock(dice, male);
        }
        let mut words = Vec::new();
        if dice.percent(30) {
            words.push(if male { "Muhammad" } else { "Siti" }.to_owned());
        }
        words.push(if dice.percent(14) {
            self.rare(dice, ARAB, male)
        } else {
            self.arab.draw(dice, male)
        });
        if words.len() == 1 || dice.percent(70) {
            words.push(if dice.percent(14) {
                self.rare(dice, ARAB, male)
            } else {
                self.arab_last.draw(dice, male)
            });
        }
        if !male && dice.percent(15) && words.len() == 2 && words[0] == "Nur" {
            return vec![format!("Nur{}", words[1].to_lowercase())];
        }
        without_repeats(words)
    }

    fn sundanese(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![if dice.percent(8) {
            self.rare(dice, SUNDA, male)
        } else {
            self.sunda.draw(dice, male)
        }];
        if dice.percent(14) {
            words.push(self.sunda.draw(dice, male));
        }
        words.push(if dice.percent(18) {
            self.rare(dice, SUNDA, male)
        } else {
            self.sunda_last.draw(dice, male)
        });
        without_repeats(words)
    }

    fn clan(&self, dice: &mut Dice) -> String {
        self.clan.draw(dice).to_owned()
    }

    fn batak(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![self.batak.draw(dice, male)];
        if dice.percent(40) {
            words.push(self.batak.draw(dice, male));
        }
        let clan = if dice.percent(10) {
            self.rare(dice, CLANS, male)
        } else {
            self.clan(dice)
        };
        words.extend(clan.split(' ').map(str::to_owned));
        without_repeats(words)
    }

    fn minangkabau(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![if dice.percent(35) {
            self.rare(dice, MINANG, male)
        } else {
            self.minang.draw(dice, male)
        }];
        if words.len() == 1 && dice.percent(10) {
            return words;
        }
        words.push(self.minang_last.draw(dice, male));
        without_repeats(words)
    }

    fn balinese(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let sex = if male { "I" } else { "Ni" };
        let mut words: Vec<String> = match dice.weighted(&[(55, 0), (20, 1), (9, 2), (6, 3), (10, 4)]) {
            0 => vec![sex, self.bali.draw(dice)],
            1 if male => vec![self.bali.draw(dice)],
            1 => vec!["Ni", "Luh"],
            2 => vec![
                if male { "I" } else { "Ni" },
                "Gusti",
                if male { "Ngurah" } else { "Ayu" },
            ],
            3 => vec![
                if male { "Anak Agung" } else { "Anak Agung Istri" },
                self.bali.draw(dice),
            ],
            _ => vec![
                if male { "Ida Bagus" } else { "Ida Ayu" },
                self.bali_second.draw(dice),
            ],
        }
        .iter()
        .flat_map(|part| part.split(' '))
        .map(str::to_owned)
        .collect();
        if dice.percent(40) {
            words.push(self.bali_second.draw(dice).to_owned());
        }
        words.push(if dice.percent(10) {
            self.rare(dice, JAVA, male)
        } else {
            self.bali_last.draw(dice, male)
        });
        without_repeats(words)
    }

    fn minahasa(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![self.minahasa.draw(dice, male)];
        if dice.percent(35) {
            words.push(self.minahasa.draw(dice, male));
        }
        words.push(if dice.percent(14) {
            self.rare(dice, CLANS, male)
        } else {
            self.minahasa_clan.draw(dice).to_owned()
        });
        without_repeats(words)
    }

    fn bugis(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = Vec::new();
        if dice.percent(25) {
            words.push("Andi".to_owned());
        }
        words.push(self.bugis.draw(dice, male));
        if dice.percent(8) {
            words.push("Daeng".to_owned());
        }
        words.push(if dice.percent(25) {
            self.rare(dice, ARAB, male)
        } else {
            self.bugis_last.draw(dice).to_owned()
        });
        without_repeats(words)
    }

    fn malay(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![self.arab.draw(dice, male)];
        if dice.percent(12) {
            words.insert(0, if male { "Tengku" } else { "Sharifah" }.to_owned());
        }
        words.push(if male {
            self.malay_last.draw(dice).to_owned()
        } else {
            self.arab_last.draw(dice, male)
        });
        if dice.percent(15) {
            words.push(self.rare(dice, ARAB, male));
        }
        without_repeats(words)
    }

    fn acehnese(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = Vec::new();
        if dice.percent(22) {
            words.push(if male { "Teuku" } else { "Cut" }.to_owned());
        }
        words.push(self.aceh.draw(dice, male));
        words.push(if dice.percent(12) {
            self.rare(dice, ARAB, male)
        } else {
            self.aceh_last.draw(dice).to_owned()
        });
        without_repeats(words)
    }

    fn chinese(&self, dice: &mut Dice) -> Vec<String> {
        let western = self.western.draw(dice).to_owned();
        let clan = self.chinese_clan.draw(dice).to_owned();
        let (one, two) = (self.chinese_syllable.draw(dice), self.chinese_syllable.draw(dice));
        match dice.below(10) {
            0..=3 => vec![clan, one.to_owned(), two.to_owned()],
            4..=6 => vec![western, self.chinese_last.draw(dice).to_owned()],
            7 => vec![western, clan],
            8 => vec![
                western,
                format!("{}.", &clan[..1]),
                self.chinese_last.draw(dice).to_owned(),
            ],
            _ => vec![clan, one.to_owned(), self.chinese_last.draw(dice).to_owned()],
        }
    }

    fn eastern(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![self.east.draw(dice, male)];
        if dice.percent(40) {
            words.push(self.east.draw(dice, male));
        }
        let clan = if dice.percent(30) {
            self.rare(dice, CLANS, male)
        } else {
            self.east_clan.draw(dice).to_owned()
        };
        words.extend(clan.split(' ').map(str::to_owned));
        without_repeats(words)
    }

    fn dayak(&self, dice: &mut Dice, male: bool) -> Vec<String> {
        let mut words = vec![if male || dice.percent(50) {
            self.dayak.draw(dice).to_owned()
        } else {
            self.east.draw(dice, male)
        }];
        if dice.percent(30) {
            words.push(self.dayak.draw(dice).to_owned());
        }
        words.push(if dice.percent(20) {
            self.rare(dice, CLANS, male)
        } else {
            self.dayak_clan.draw(dice).to_owned()
        });
        without_repeats(words)
    }

    /// A father's name, for bin and binti.
    pub(crate) fn father(&self, dice: &mut Dice) -> String {
        self.arab.draw(dice, true)
    }
}

/// Nobody is called Agus Agus.
fn without_repeats(words: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}
