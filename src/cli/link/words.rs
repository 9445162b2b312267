//! An explanation in words, Indonesian and English, beside its keys and bits. Screens have their own words (`locales/`).

use serde::Serialize;

use crate::linkage::Evidence;
use crate::linkage::Field;
use crate::linkage::Level;
use crate::linkage::RuleId;

/// The same thing in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Words {
    id: String,
    en: String,
}

/// One line: what was compared, how it fits, the words compared.
pub(super) fn evidence(line: &Evidence) -> Words {
    let ((field_id, field_en), (level_id, level_en)) = (field(line.field), level(line.level));
    let detail = if line.detail.is_empty() {
        String::new()
    } else {
        format!(" ({})", line.detail)
    };
    Words {
        id: format!("{field_id}: {level_id}{detail}"),
        en: format!("{field_en}: {level_en}{detail}"),
    }
}

fn field(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::Name => ("nama", "name"),
        Field::Nip => ("NIP", "NIP"),
        Field::Birth => ("tanggal lahir", "birth date"),
        Field::Sex => ("jenis kelamin", "sex"),
        Field::Unit => ("unit kerja", "unit"),
        Field::City => ("kota", "city"),
        Field::Position => ("jabatan", "position"),
        Field::Handle => ("akun", "handle"),
        Field::Roster => ("daftar", "roster"),
    }
}

fn level(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Exact => ("sama", "the same"),
        Level::Sound => (
            "ejaan lain dari bunyi yang sama",
            "another spelling of the same sound",
        ),
        Level::Joined => ("sama, digabung atau dipisah", "the same, joined or split"),
        Level::OneOff => ("berbeda satu huruf atau angka", "one letter or digit off"),
        Level::TwoOff => ("berbeda dua huruf", "two letters off"),
        Level::Nickname => ("nama panggilan", "a short form"),
        Level::Part => ("sebagian dari kata itu", "a part of the word"),
        Level::Initial => ("huruf awal", "an initial"),
        Level::Similar => ("rusak, tetapi mirip", "damaged, but alike"),
        Level::Within => ("yang satu memuat yang lain", "one contains the other"),
        Level::Some => ("sebagian kata sama", "some of the words are the same"),
        Level::Former => (
            "nomor yang dahulu dimiliki",
            "a number that the person bore before",
        ),
        Level::First14 => ("angka-angka pertama sama", "the first digits are the same"),
        Level::Last4 => ("angka-angka terakhir sama", "the last digits are the same"),
        Level::Inside => ("memuat angka itu", "holds these digits"),
        Level::Omitted => ("ada di daftar, tidak ditulis", "on the roster, not written"),
        Level::Extra => ("ditulis, tidak ada di daftar", "written, not on the roster"),
        Level::Frequency => (
            "ditarik kembali: sebuah nama tidak berkata lebih daripada banyaknya pemiliknya",
            "taken back: a name says no more than how many bear it",
        ),
        Level::Agrees => ("cocok", "agrees"),
        Level::Differs => ("berbeda", "differs"),
        Level::Unknown => ("tidak dikenal di daftar", "unknown to the roster"),
        Level::SomebodyElse => ("milik orang lain", "somebody else's"),
        Level::Outside => ("bukan siapa pun di daftar ini", "nobody on this roster"),
        Level::Miswritten => (
            "nama orang luar pun harus salah ditulis",
            "a stranger's name would have to be written wrongly too",
        ),
    }
}

/// What the deciding rule says.
pub(super) fn rule(rule: RuleId) -> Words {
    let (id, en) = match rule {
        RuleId::NipAndName => ("NIP lengkap dan nama cocok", "the whole NIP, and the name agrees"),
        RuleId::UnitAndUniqueName => (
            "unit kerja cocok dan tidak ada orang lain bernama itu",
            "the unit agrees, and nobody else bears the name",
        ),
        RuleId::UnitAndName => (
            "unit kerja sedemikian kecil sehingga orang lain bernama sama tidak mungkin ada di dalamnya",
            "the unit is so small that nobody else of that name can be expected in it",
        ),
        RuleId::NipPartAndName => (
            "sebagian NIP atau tanggal lahir cocok, dan nama lengkapnya",
            "a part of the NIP or the birth date agrees, and the whole name",
        ),
        RuleId::UnitAndSecond => (
            "unit kerja dan satu hal lain yang tidak bergantung padanya cocok",
            "the unit and a second, independent thing agree",
        ),
        RuleId::ConflictNip => (
            "NIP menunjuk satu orang, nama menunjuk orang lain",
            "the NIP says one person, the name another",
        ),
        RuleId::Contradicted => (
            "ada yang bertentangan dengan calon pertama",
            "something contradicts the first candidate",
        ),
        RuleId::SeveralNamed => ("lebih dari satu orang disebut", "more than one person is named"),
        RuleId::NamePartial => (
            "nama hanya sebagian, berupa singkatan, atau satu kata tanpa NIP",
            "only a part of a name, a short form, or a single word without a NIP",
        ),
        RuleId::NotAhead => ("orang lain hampir sama cocoknya", "others fit about as well"),
        RuleId::NotEnough => ("terlalu sedikit selain nama", "too little beside the name"),
        RuleId::NobodyFirst => (
            "kemungkinan terbesar: bukan siapa pun di daftar ini",
            "nobody on this roster is the likeliest",
        ),
        RuleId::NothingWritten => (
            "tidak ada yang dapat dibandingkan dengan daftar",
            "nothing that was written can be compared with the roster",
        ),
    };
    Words {
        id: id.to_owned(),
        en: en.to_owned(),
    }
}
