//! Five invented complaints as an authority might send them: one of each relation to a signature, and one that nobody fits.

use anyhow::bail;

use crate::cli::demo::people::Person;
use crate::domain::complaint::Received;

/// Days of incidents, seen from the signatures of those concerned.
pub(super) struct Days {
    pub(super) after: String,
    pub(super) before: String,
    pub(super) same: String,
    pub(super) late: String,
}

#[expect(clippy::too_many_lines, reason = "a table, one complaint after the other")]
pub(super) fn received(people: &[Person], days: &Days) -> anyhow::Result<Vec<Received>> {
    let [_, one, .., last] = people else {
        bail!("too few people")
    };
    let at = |index: usize| people.get(index).unwrap_or(last);
    let unit = |person: &Person| person.unit.split(" / ").nth(1).unwrap_or(&person.unit).to_owned();
    let plain = |person: &Person| person.name.split(',').next().unwrap_or(&person.name).to_owned();
    let tail = |person: &Person| {
        person
            .nip
            .chars()
            .skip(person.nip.len().saturating_sub(4))
            .collect::<String>()
    };
    let rows = [
        (
            "001",
            "surat",
            plain(one),
            unit(one),
            one.city,
            String::new(),
            &days.after,
        ),
        (
            "002",
            "laman",
            plain(at(4)).to_uppercase(),
            String::new(),
            at(4).city,
            at(4).nip.clone(),
            &days.before,
        ),
        (
            "003",
            "hotline",
            format!("Sdr. {}", plain(at(7))),
            unit(at(7)),
            "",
            tail(at(7)),
            &days.same,
        ),
        (
            "004",
            "surat",
            plain(last),
            unit(last),
            last.city,
            String::new(),
            &days.late,
        ),
        (
            "005",
            "laman",
            "Bambang Tanpanama".to_owned(),
            "Dinas Pasar".to_owned(),
            "Surabaya",
            String::new(),
            &days.late,
        ),
    ];
    rows.into_iter()
        .map(|(number, channel, name, unit, city, nip, day)| {
            let pairs = [
                ("complaint_id", format!("PERAGAAN-{number}")),
                ("channel", channel.to_owned()),
                ("accused_name", name),
                ("unit", unit),
                ("city", city.to_owned()),
                ("position", String::new()),
                ("nip_fragment", nip),
                ("handle", String::new()),
                ("incident_date", day.clone()),
            ];
            let pairs = pairs.map(|(title, text)| (title.to_owned(), text)).to_vec();
            Received::new(pairs)
                .map_err(|(_, reason)| anyhow::anyhow!("complaint {number} of the demo: {reason}"))
        })
        .collect()
}
