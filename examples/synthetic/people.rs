//! Synthetic rosters and complaints about them: invented people, pools of common names from several cultures,
//! a unit tree, homonyms by skewed choice, and a documented error model. No record of a real person.

use ikrar::linkage::Complaint;
use ikrar::linkage::Person;

/// A small deterministic generator of random numbers (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn pick<'a>(&mut self, pool: &[&'a str]) -> &'a str {
        pool[self.below(pool.len())]
    }

    /// Prefers the head of the pool, as the frequency of names does.
    fn skewed<'a>(&mut self, pool: &[&'a str]) -> &'a str {
        let end = self.below(pool.len()) + 1;
        let end = self.below(end) + 1;
        pool[if self.percent(35) {
            self.below(end)
        } else {
            self.below(pool.len())
        }]
    }
}

/// The culture that a name's structure comes from.
const CULTURES: [&str; 8] = [
    "javanese",
    "arabic",
    "sundanese",
    "batak",
    "balinese",
    "minang",
    "minahasa",
    "chinese",
];
const SHARES: [usize; 8] = [36, 20, 14, 9, 7, 6, 4, 4];

const JAVA_MALE: &str = "Agus Budi Joko Bambang Slamet Eko Dwi Tri Hadi Wahyu Suparman Sugeng Heru Teguh Sigit Yanto Arif Bayu Danang Edi Gatot Hendro Imam Kuncoro Mulyono Nugroho Pramono Rudi Sutrisno Suyanto Untung Widodo Yudi Adi Aris Catur Dimas Fajar Galih Ilham";
const JAVA_FEMALE: &str = "Sri Dewi Siti Endang Tri Dwi Wahyu Ratna Rini Retno Sulastri Suharti Lestari Ningsih Wulan Yuni Ani Indah Puji Titik Erna Heni Ika Kartika Lilis Murni Nanik Purwanti Rahayu Sumarni Tutik Umi Wiwik Yuliana Anik Diah Eni Fitri Galuh Hesti";
const JAVA_LAST: &str = "Santoso Setiawan Wibowo Susanto Nugroho Hartono Prasetyo Purnomo Utomo Wijaya Kurniawan Suryanto Handoko Saputra Pratama Hidayat Riyadi Supriyadi Subagyo Wicaksono Cahyono Haryanto Sulistyo Yulianto Nurcahyo Budiman Gunawan Irawan Kusuma Laksono Mulyadi Permadi Raharjo Sudibyo Tjahjono Waluyo Yuwono Atmojo Basuki Darmawan";
const JAVA_LAST_F: &str = "Wahyuni Lestari Rahayu Astuti Handayani Kusumawati Setyowati Wulandari Purwaningsih Widyastuti Susanti Hartati Sulistyowati Yuliastuti Maryati Kurniawati Anggraini Puspitasari Damayanti Ekawati Fitriani Hidayati Indrawati Mulyani Novitasari Permatasari Rohmawati Suryani Utami Winarni";
const MONO: &str = "Suharto Sutrisno Suparno Sugiyono Mulyono Sukardi Suwarno Supardi Sunarto Kasiman Ngatmin Poniman Sarjono Sutopo Tukiman Wagiman Sulastri Sumarni Suminah Painem Sukinah Warsini Daryanti Karsinah Juminten Maryam Aminah Rohani";
const ARAB_MALE: &str = "Muhammad Ahmad Abdul Rizki Yusuf Ibrahim Taufik Syarif Hasan Husein Umar Usman Ali Zainal Khairul Saiful Nurul Fauzan Faisal Hamzah Idris Ismail Jamaludin Kamaruddin Luthfi Mahmud Nasrudin Ridwan Salman Syamsul";
const ARAB_FEMALE: &str = "Siti Nur Nurul Fatimah Aisyah Khadijah Zainab Aminah Halimah Maryam Rahmah Salmah Laila Zahra Nadia Hafsah Ummi Rohmah Latifah Mardiah";
const ARAB_LAST: &str = "Rahman Hakim Aziz Hidayat Fauzi Ramadhan Maulana Rizki Anwar Syahputra Hasibuddin Karim Latif Ghani Malik Qodir Rasyid Salam Wahid Yusuf Zulkifli Arifin Bahri Effendi Firdaus Habibi Iskandar Khoiri Lubis Mubarak";
const ARAB_LAST_F: &str = "Hayati Aini Azizah Jannah Hasanah Rahmawati Fauziah Hidayah Khasanah Laili Maulida Nisa Qomariah Rosyidah Sholihah Ulfa Wardah Yusriah Zakiyah Fitria";
const SUNDA_MALE: &str = "Asep Dadang Ujang Cecep Dede Endang Iwan Jajang Kosasih Maman Nandang Opik Rahmat Tatang Usep Wawan Yayan Aep Dedi Encep";
const SUNDA_FEMALE: &str = "Neneng Euis Iis Imas Lilis Nining Nyai Cucu Dedeh Eneng Entin Ida Kokom Tati Yayah Ai Elis Teti Yeni Rina";
const SUNDA_LAST: &str = "Suherman Permana Kurnia Gumilar Hermawan Sutisna Ruhiyat Mulyana Supriatna Nugraha Saepudin Sopandi Wiguna Komara Rustandi Sobari Hidayat Suryana Sumarna Kusnadi";
const SUNDA_LAST_F: &str = "Nurhayati Kurniasih Rohaeti Sukaesih Suryati Komalasari Rosmiati Sumiati Nuraeni Mulyati Yulianti Herawati Rukmini Sariningsih Hartini Lestari";
const BATAK_MALE: &str = "Togar Parlindungan Hotman Jonathan Binsar Saut Poltak Maruli Ronald Jhon Tigor Sahat Marolop Pardomuan Manahan Andreas Daniel Samuel Yosef Michael";
const BATAK_FEMALE: &str = "Tiurma Rotua Lasma Romauli Duma Ester Ruth Maria Debora Christina Hotma Riama Sondang Nurmala Elisabeth Marta Theresia Rosalina Lamtiur Natalia";
const CLAN: &str = "Simanjuntak Sitorus Nainggolan Siregar Harahap Nasution Lubis Hutapea Sihombing Silalahi Tambunan Manurung Panjaitan Pasaribu Situmorang Sinaga Purba Saragih Ginting Sembiring Tarigan Marpaung Napitupulu Hutagalung Simatupang";
const BALI: &str = "Wayan Made Nyoman Ketut Putu Kadek Komang Gede";
const BALI_LAST: &str = "Sudarma Suardana Wirawan Arnawa Sukerta Budiasa Darmayasa Mahardika Suarjana Widiana Artawan Sumerta Parwata Yudana Sutarja Adnyana Astawa Dharmawan Pradnyana Sugiarta";
const BALI_LAST_F: &str = "Suartini Widiantari Ariani Purnamawati Sukerti Artini Darmayanti Lestari Suryani Astiti Wahyuni Pratiwi Sriasih Mariani Yuliantari Kusumadewi";
const MINANG_MALE: &str = "Zulfikar Afrizal Syafrizal Hendri Yulfian Rinaldi Masrul Desrizal Efrizal Novrizal Amrizal Erizal Jufri Syahrial Bustami Fadhli";
const MINANG_FEMALE: &str = "Yulianis Desmawati Erniwati Gusnita Hasnah Irdawati Marlina Nelfia Rosnidar Syafrida Upik Yusnidar Zulbaidah Elfira Murniati Nurhaida";
const MINANG_LAST: &str =
    "Chaniago Koto Piliang Tanjung Sikumbang Jambak Melayu Guci Bendang Putra Caniago Panyalai";
const MINAHASA: &str = "Ferdinand Johannes Steven Frangky Jemmy Hendrik Yantje Alfrits Maxi Novry Deisy Meike Olivia Jeane Syultje Vonny Grace Fenny Stella Merry";
const MINAHASA_CLAN: &str = "Rumengan Wowor Mandagi Lumentut Tumbelaka Sondakh Pangemanan Kaunang Supit Mokoginta Runtuwene Lasut Karundeng Sumual Walangitan Tendean";
const CHINESE: &str =
    "Lie Tan Lim Oei Tjan Kwee Hendra Kevin Felix Jessica Vivian Steven Linda Susanti Yenny Andrew";
const CHINESE_LAST: &str = "Gunawan Halim Wijaya Tanuwijaya Kusuma Santoso Hartono Salim Setiadi Lesmana Budiman Liong Swie Hoa Mei Giok";

const FIELDS: &str = "Kepegawaian|Keuangan|Statistik|Pengendalian Penduduk|Aplikasi Informatika|Penyiaran|Telekomunikasi|Pelayanan Publik|Tata Ruang|Sumber Daya Air|Pendidikan Dasar|Kesehatan Masyarakat|Perizinan|Pengawasan|Hukum|Hubungan Masyarakat|Perencanaan|Aset Daerah|Ketahanan Pangan|Pariwisata|Perikanan|Kehutanan|Energi|Transportasi Darat|Pemberdayaan Perempuan|Pajak Daerah|Arsip|Perpustakaan|Keamanan Siber|Standardisasi";
const PARTS: &str = "Tata Usaha|Program|Evaluasi|Layanan|Pembinaan|Kerja Sama|Pengembangan|Data|Umum|Penegakan|Sarana|Verifikasi";
const CITIES: &str = "Jakarta Pusat|Bandung|Surabaya|Semarang|Yogyakarta|Medan|Makassar|Denpasar|Padang|Manado|Palembang|Banjarmasin|Pontianak|Ambon|Jayapura|Kupang|Mataram|Serang|Bogor|Malang|Surakarta|Balikpapan";
const POSITIONS: &str = "Analis Kebijakan|Pranata Komputer|Arsiparis|Bendahara|Analis Kepegawaian|Auditor|Perencana|Pengelola Data|Pranata Humas|Analis Keuangan|Statistisi|Pengadministrasi Umum|Guru Ahli Muda|Perawat|Penyuluh|Pengemudi|Widyaiswara|Analis Hukum";

fn split(pool: &str) -> Vec<&str> {
    pool.split([' ', '|']).collect()
}

/// A roster with the culture that each person's name comes from.
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    pub(crate) cultures: Vec<&'static str>,
}

/// A complaint with its truth.
pub(crate) struct Case {
    pub(crate) complaint: Complaint,
    /// The person meant, by place in the roster; nobody for an outsider.
    pub(crate) truth: Option<usize>,
    /// The class of difficulty.
    pub(crate) class: &'static str,
    /// Whether what is written can tell the person from everybody else.
    pub(crate) resolvable: bool,
}

fn culture(dice: &mut Dice) -> usize {
    let mut rest = dice.below(SHARES.iter().sum());
    SHARES
        .iter()
        .position(|share| rest.checked_sub(*share).map(|left| rest = left).is_none())
        .unwrap_or(0)
}

fn name(dice: &mut Dice, culture: usize, male: bool) -> String {
    let two = |dice: &mut Dice, one: &str, two: &str| {
        format!("{} {}", dice.skewed(&split(one)), dice.skewed(&split(two)))
    };
    let either =
        |male_pool: &'static str, female_pool: &'static str| if male { male_pool } else { female_pool };
    match CULTURES[culture] {
        "javanese" if dice.percent(14) => dice.skewed(&split(MONO)).to_owned(),
        "javanese" => {
            let full = two(
                dice,
                either(JAVA_MALE, JAVA_FEMALE),
                either(JAVA_LAST, JAVA_LAST_F),
            );
            if dice.percent(30) {
                format!("{full} {}", dice.pick(&split(either(JAVA_LAST, JAVA_LAST_F))))
            } else {
                full
            }
        }
        "arabic" => {
            let full = two(
                dice,
                either(ARAB_MALE, ARAB_FEMALE),
                either(ARAB_LAST, ARAB_LAST_F),
            );
            if dice.percent(35) {
                format!("{} {full}", either("Muhammad", "Siti"))
            } else {
                full
            }
        }
        "sundanese" => two(
            dice,
            either(SUNDA_MALE, SUNDA_FEMALE),
            either(SUNDA_LAST, SUNDA_LAST_F),
        ),
        "batak" => {
            let given = two(dice, either(BATAK_MALE, BATAK_FEMALE), CLAN);
            if dice.percent(30) {
                format!("{} {given}", dice.pick(&split(either(BATAK_MALE, BATAK_FEMALE))))
            } else {
                given
            }
        }
        "balinese" => format!(
            "{} {}",
            either("I", "Ni"),
            two(dice, BALI, either(BALI_LAST, BALI_LAST_F))
        ),
        "minang" => two(dice, either(MINANG_MALE, MINANG_FEMALE), MINANG_LAST),
        "minahasa" => two(dice, MINAHASA, MINAHASA_CLAN),
        _ => {
            let full = two(dice, CHINESE, CHINESE_LAST);
            if dice.percent(40) {
                format!("{full} {}", dice.pick(&split(CHINESE_LAST)))
            } else {
                full
            }
        }
    }
}

fn titled(dice: &mut Dice, name: &str, male: bool) -> String {
    let before = if dice.percent(80) {
        ""
    } else {
        dice.pick(if male {
            &["Drs. ", "H. ", "Dr. ", "Ir. "]
        } else {
            &["Dra. ", "Hj. ", "Dr. ", "Ir. "]
        })
    };
    let after = if dice.percent(35) {
        ""
    } else {
        dice.pick(&[
            ", S.Kom.",
            ", S.E., M.M.",
            ", S.H.",
            ", S.Sos., M.Si.",
            ", A.Md.",
            ", S.T., M.T.",
        ])
    };
    format!("{before}{name}{after}")
}

/// A roster of so many people.
pub(crate) fn world(size: usize, seed: u64) -> World {
    let mut dice = Dice::new(seed);
    let (fields, parts): (Vec<&str>, Vec<&str>) = (FIELDS.split('|').collect(), PARTS.split('|').collect());
    let (cities, positions): (Vec<&str>, Vec<&str>) =
        (CITIES.split('|').collect(), POSITIONS.split('|').collect());
    let regional = seed % 2 == 1;
    let unit_count = (size / 28).max(6);
    let units: Vec<(String, &str)> = (0..unit_count)
        .map(|_| {
            let (field, part, city) = (dice.pick(&fields), dice.pick(&parts), dice.pick(&cities));
            let unit = if regional {
                format!("Bidang {part}, Dinas {field} Kota {city}")
            } else {
                format!("Subdirektorat {part}, Direktorat {field}")
            };
            (unit, if regional { city } else { cities[0] })
        })
        .collect();
    let mut world = World {
        people: Vec::new(),
        cultures: Vec::new(),
    };
    for serial in 0..size {
        let (culture, male) = (culture(&mut dice), dice.percent(52));
        let plain = name(&mut dice, culture, male);
        let (unit, home) = &units[dice.below(units.len())];
        let city = if dice.percent(85) {
            home
        } else {
            dice.pick(&cities)
        };
        let born = 1966 + dice.below(33);
        let nip = format!(
            "{born}{:02}{:02}{}{:02}{}{:03}",
            1 + dice.below(12),
            1 + dice.below(28),
            born + 22 + dice.below(4),
            1 + dice.below(12),
            if male { 1 } else { 2 },
            1 + serial % 29
        );
        let name = titled(&mut dice, &plain, male);
        let position = dice.skewed(&positions).to_owned();
        world.people.push(Person {
            nip,
            former_nips: Vec::new(),
            name,
            unit: unit.clone(),
            position,
            city: city.to_owned(),
        });
        world.cultures.push(CULTURES[culture]);
    }
    world
}

fn plain(name: &str) -> String {
    let name = name.split(',').next().unwrap_or("");
    ["Drs. ", "Dra. ", "H. ", "Hj. ", "Dr. ", "Ir. "]
        .iter()
        .fold(name, |name, title| name.strip_prefix(title).unwrap_or(name))
        .to_owned()
}

fn typo(dice: &mut Dice, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = 1 + dice.below(letters.len().saturating_sub(2));
    if letters[at] == ' ' || letters[at - 1] == ' ' {
        return name.to_owned();
    }
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() && letters[at + 1] != ' ' => letters.swap(at, at + 1),
        _ => letters[at] = char::from(b"aeiourntlskmd"[dice.below(13)]),
    }
    letters.into_iter().collect()
}

const RESPELL: [(&str, &str); 14] = [
    ("u", "oe"),
    ("j", "dj"),
    ("c", "tj"),
    ("y", "j"),
    ("f", "p"),
    ("i ", "y "),
    ("kh", "ch"),
    ("Muhammad", "Moh."),
    ("Muhammad", "M."),
    ("Siti", "St."),
    ("ti", "thi"),
    ("z", "s"),
    ("Ahmad", "Achmad"),
    ("iy", "i"),
];

fn respelt(dice: &mut Dice, name: &str) -> String {
    let start = dice.below(RESPELL.len());
    let rows = RESPELL.iter().cycle().skip(start).take(RESPELL.len());
    rows.map(|(from, to)| name.replacen(from, to, 1))
        .find(|changed| changed != name)
        .unwrap_or_else(|| name.to_owned())
}

fn scanned(dice: &mut Dice, name: &str) -> String {
    let read = |sign: char| match sign {
        'o' => '0',
        'i' | 'l' => '1',
        's' => '5',
        'e' => 'c',
        'n' => 'r',
        other => other,
    };
    name.chars()
        .map(|sign| if dice.percent(22) { read(sign) } else { sign })
        .collect()
}

/// What happens to the name, by class.
fn miswritten(dice: &mut Dice, class: &str, name: &str) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    match class {
        "typo" => typo(dice, name),
        "two-typos" => {
            let once = typo(dice, name);
            typo(dice, &once)
        }
        "respelt" => respelt(dice, name),
        "scanned" => scanned(dice, name),
        "partial" if words.len() >= 2 => words[..words.len() - 1].join(" "),
        "one-word" if words.len() >= 2 => words
            .iter()
            .max_by_key(|word| word.len())
            .map_or(name, |word| *word)
            .to_owned(),
        "initials" if words.len() >= 2 => {
            let last = words[words.len() - 1];
            format!(
                "{} {}.",
                words[..words.len() - 1].join(" "),
                last.chars().next().unwrap_or('x')
            )
        }
        "joined" => words.concat(),
        "swapped" => words.iter().rev().copied().collect::<Vec<_>>().join(" "),
        "short-form" => {
            let word = words[words.len() - 1];
            let cut = word.len().saturating_sub(4).min(word.len());
            [&words[..words.len() - 1], &[word.get(cut..).unwrap_or(word)]]
                .concat()
                .join(" ")
        }
        _ => name.to_owned(),
    }
}

const CLASSES: [&str; 20] = [
    "clean",
    "clean",
    "clean",
    "typo",
    "typo",
    "two-typos",
    "respelt",
    "respelt",
    "scanned",
    "partial",
    "one-word",
    "initials",
    "joined",
    "swapped",
    "short-form",
    "titled",
    "nip",
    "nip-part",
    "nip-wrong",
    "context-wrong",
];

fn short_unit(dice: &mut Dice, unit: &str) -> String {
    let short = [
        ("Subdirektorat", "Subdit"),
        ("Direktorat", "Dit."),
        ("Bidang", "Bid."),
        ("Kota ", ""),
        ("Hubungan Masyarakat", "Humas"),
    ];
    let whole = if dice.percent(40) {
        short
            .iter()
            .fold(unit.to_owned(), |unit, (from, to)| unit.replace(from, to))
    } else {
        unit.to_owned()
    };
    match dice.below(10) {
        0 | 1 => whole.split(", ").next().unwrap_or("").to_owned(),
        2 | 3 => whole.split(", ").last().unwrap_or("").to_owned(),
        4 => typo(dice, &whole),
        _ => whole,
    }
}

/// So many complaints about a world, of which 13 in a hundred are about outsiders.
pub(crate) fn cases(world: &World, size: usize, seed: u64) -> Vec<Case> {
    let mut dice = Dice::new(seed ^ 0x00C0_FFEE);
    let stranger = self::world(400, seed.wrapping_add(77));
    let mut names: std::collections::HashMap<String, Vec<usize>> = std::collections::HashMap::new();
    for (place, person) in world.people.iter().enumerate() {
        names
            .entry(plain(&person.name).to_lowercase())
            .or_default()
            .push(place);
    }
    (0..size)
        .map(|_| {
            if dice.percent(13) {
                outsider(&mut dice, world, &stranger)
            } else {
                insider(&mut dice, world, &names)
            }
        })
        .collect()
}

fn context(dice: &mut Dice, person: &Person, complaint: &mut Complaint) {
    if dice.percent(70) {
        complaint.unit = short_unit(dice, &person.unit);
    }
    if dice.percent(55) {
        complaint.city = if dice.percent(8) {
            typo(dice, &person.city)
        } else {
            person.city.clone()
        };
    }
    if dice.percent(35) {
        complaint.position.clone_from(&person.position);
    }
}

fn insider(dice: &mut Dice, world: &World, names: &std::collections::HashMap<String, Vec<usize>>) -> Case {
    let truth = dice.below(world.people.len());
    let person = &world.people[truth];
    let class = dice.pick(&CLASSES);
    let name = plain(&person.name);
    let mut complaint = Complaint {
        accused_name: miswritten(dice, class, &name),
        ..Complaint::default()
    };
    if class == "titled" || dice.percent(15) {
        let male = person.nip.as_bytes()[14] == b'1';
        complaint.accused_name = format!(
            "{} {}",
            dice.pick(if male {
                &["Pak", "Bpk.", "Sdr.", "H."]
            } else {
                &["Bu", "Ibu", "Sdri.", "Hj."]
            }),
            complaint.accused_name
        );
    }
    context(dice, person, &mut complaint);
    let other = &world.people[dice.below(world.people.len())];
    match class {
        "nip" => {
            complaint.nip_fragment = if dice.percent(75) {
                person.nip.clone()
            } else {
                person.nip.replacen('1', "7", 1)
            }
        }
        "nip-part" => {
            let parts = [&person.nip[..8], &person.nip[..14], &person.nip[14..]];
            parts[dice.below(3)].clone_into(&mut complaint.nip_fragment);
        }
        "nip-wrong" => complaint.nip_fragment.clone_from(&other.nip),
        "context-wrong" => {
            complaint.unit.clone_from(&other.unit);
            complaint.city = if dice.percent(50) {
                other.city.clone()
            } else {
                String::new()
            };
        }
        _ => {}
    }
    let bare = complaint.unit.is_empty() && !matches!(class, "nip" | "nip-part");
    let alone = names.get(&name.to_lowercase()).is_none_or(|all| all.len() == 1);
    let lossy = matches!(
        class,
        "partial" | "one-word" | "initials" | "short-form" | "scanned" | "two-typos"
    ) || !name.contains(' ');
    let resolvable = match (bare, class) {
        (true, _) | (_, "context-wrong") => alone && !lossy,
        _ => tells_apart(world, &complaint, truth),
    };
    Case {
        complaint,
        truth: Some(truth),
        class,
        resolvable,
    }
}

/// Whether nobody else in the same unit bears a word of the name.
fn tells_apart(world: &World, complaint: &Complaint, truth: usize) -> bool {
    let person = &world.people[truth];
    let name = plain(&person.name);
    let shared = |other: &Person| {
        let other = plain(&other.name);
        name.split(' ')
            .filter(|word| word.len() > 2 && other.split(' ').any(|its| its == *word))
            .count()
            * 2
            >= name.split(' ').count()
    };
    let near = |other: &Person| {
        complaint.unit.is_empty() || other.unit == person.unit || complaint.unit.split(", ").count() == 1
    };
    !complaint.nip_fragment.is_empty()
        || !world
            .people
            .iter()
            .enumerate()
            .any(|(place, other)| place != truth && near(other) && shared(other))
}

fn outsider(dice: &mut Dice, world: &World, strangers: &World) -> Case {
    let stranger = &strangers.people[dice.below(strangers.people.len())];
    let mut complaint = Complaint {
        accused_name: plain(&stranger.name),
        ..Complaint::default()
    };
    let class = dice.pick(&[
        "outsider",
        "outsider",
        "outsider-namesake",
        "outsider-near",
        "outsider-here",
    ]);
    let inside = &world.people[dice.below(world.people.len())];
    match class {
        "outsider-namesake" => complaint.accused_name = plain(&inside.name),
        "outsider-near" => complaint.accused_name = typo(dice, &plain(&inside.name)),
        _ => {}
    }
    let elsewhere = &world.people[dice.below(world.people.len())];
    let source = match class {
        "outsider-here" => Some(inside),
        _ if dice.percent(50) => Some(if dice.percent(50) { stranger } else { elsewhere }),
        _ => None,
    };
    // An outsider of the same name in the same unit cannot be told from the insider by anybody.
    let borne = |unit: &str| {
        let name = &complaint.accused_name;
        world
            .people
            .iter()
            .any(|person| person.unit == unit && plain(&person.name) == *name)
    };
    match source {
        Some(source) if !borne(&source.unit) => context(dice, source, &mut complaint),
        _ => {
            complaint.unit = format!(
                "Dinas {} Kabupaten Bojonglaut",
                dice.pick(&["Sosial", "Pertanian", "Perhubungan"])
            );
        }
    }
    if dice.percent(12) {
        complaint.nip_fragment.clone_from(&stranger.nip);
    }
    Case {
        complaint,
        truth: None,
        class,
        resolvable: false,
    }
}
