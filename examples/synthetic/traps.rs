//! Outsiders who all but fit an insider: the twin government, the school of another number, a single word of a name, a number
//! that a spreadsheet rounded, an acronym that happens to be a unit's. Whoever is matched here is accused for somebody else.

use super::around;
use super::census::Query;
use super::complaints::Case;
use super::dice::Dice;
use super::people::Somebody;
use super::people::World;

/// People who are looked at for one whom a trap can be laid for.
const TRIES: usize = 400;
/// Words of names that people leave out.
const LEFT_OUT: &[&str] = &["Sri", "Siti", "Nur", "Muhammad", "Abdul", "Ahmad", "Andi", "Ayu"];

/// An outsider of the class, if the roster has anybody to be taken for.
pub(crate) fn trap(dice: &mut Dice, world: &World, class: &'static str) -> Option<Case> {
    (0..TRIES).find_map(|_| {
        let insider = world.person(dice.below(world.size));
        let mut case = Case::new(class, &insider);
        case.name = insider.words.join(" ");
        match class {
            "twin" => case.unit = twin(dice, world, &insider)?,
            "numbered" => case.unit = numbered(dice, world, &insider)?,
            "acronym" => case.unit = acronym(world, &insider)?,
            "rounded-nip" => case.nip = rounded(dice, &insider)?,
            _ => {
                case.name = single(dice, &insider)?;
                case.unit = around::unit(dice, world, &insider, &mut Query::default());
            }
        }
        Some(case)
    })
}

/// The same office of the other government that bears the name of the place.
fn twin(dice: &mut Dice, world: &World, insider: &Somebody) -> Option<String> {
    let text = world.units.text(&world.units.all[insider.unit]);
    let (own, others) = [
        ("Kota ", ["Kabupaten ", "Kab. ", "Provinsi "]),
        ("Kabupaten ", ["Kota ", "Kota ", "Prov. "]),
    ]
    .into_iter()
    .find(|(own, _)| {
        let (_, name, _) = super::places::CITIES[world.units.all[insider.unit].city];
        text.contains(&format!("{own}{name}"))
    })?;
    Some(text.replace(own, dice.pick(&others)))
}

/// The school of the next number, run together with it or not.
fn numbered(dice: &mut Dice, world: &World, insider: &Somebody) -> Option<String> {
    let leaf = world.units.name(*world.units.all[insider.unit].levels.first()?);
    let (kind, rest) = leaf.split_once(" Negeri ")?;
    let (number, place) = rest.split_once(' ')?;
    let number: usize = number.parse().ok()?;
    let other = 1 + (number + dice.below(8)) % 9;
    let written = [
        format!("{kind} Negeri {other} {place}"),
        format!("{kind}N {other} {place}"),
        format!("{kind}N{other} {place}"),
    ];
    let taken = |name: &String| *name == format!("{kind} Negeri {other} {place}");
    (!world.units.names.iter().any(taken))
        .then(|| dice.pick(&[&written[0], &written[1], &written[2]]).clone())
}

/// A foreign office whose short name is made of the first letters of the insider's unit.
fn acronym(world: &World, insider: &Somebody) -> Option<String> {
    let text = world.units.text(&world.units.all[insider.unit]);
    let mut words: Vec<String> = Vec::new();
    for word in text
        .split(|sign: char| !sign.is_alphanumeric())
        .map(str::to_uppercase)
    {
        let empty = ["", "DAN", "KOTA", "KABUPATEN", "KEMENTERIAN"].contains(&word.as_str());
        if !empty && !words.contains(&word) {
            words.push(word);
        }
    }
    let letters: String = words.iter().filter_map(|word| word.chars().next()).collect();
    (words.len() >= 3).then(|| format!("Kantor {letters} Muaraselatan"))
}

/// `1.98511E+17`: of eighteen digits six are left, and the power looks like the day of a birth.
fn rounded(dice: &mut Dice, insider: &Somebody) -> Option<String> {
    let nip = &insider.nip;
    let sign = dice.pick(&[".", ","]);
    (&nip[6..8] == "17").then(|| format!("{}{sign}{}E+17", &nip[..1], &nip[1..6]))
}

/// One word of two, of which the other is often left out.
fn single(dice: &mut Dice, insider: &Somebody) -> Option<String> {
    let [one, two] = insider.words.as_slice() else {
        return None;
    };
    let before = match (insider.male, dice.percent(25)) {
        (_, true) => "Kepala",
        (true, false) => "Pak",
        (false, false) => "Bu",
    };
    LEFT_OUT
        .contains(&one.as_str())
        .then(|| format!("{before} {two}"))
}
