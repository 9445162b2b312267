//! Writes a synthetic roster, complaints about it, and the truth.
//!
//! `cargo run --example linkage_data -- --roster N --complaints M --seed S --out DIR` makes `DIR/roster.csv`,
//! `DIR/complaints.csv` and `DIR/truth.csv` (complaint_id,nip,class,resolvable; an outsider has no nip).
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the generator indexes its own pools"
)]

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;

#[path = "synthetic/people.rs"]
mod people;

/// Synthetic rosters and complaints. No record of a real person.
#[derive(Parser)]
struct Args {
    /// People on the roster
    #[arg(long, default_value_t = 5_000)]
    roster: usize,
    /// Complaints
    #[arg(long, default_value_t = 2_000)]
    complaints: usize,
    /// What the dice begin with; odd seeds make regional governments, even ones a ministry
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder to write to
    #[arg(long)]
    out: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let world = people::world(args.roster, args.seed);
    let cases = people::cases(&world, args.complaints, args.seed.wrapping_add(1_000));
    let writer = |name: &str| csv::Writer::from_path(args.out.join(name));

    let mut roster = writer("roster.csv")?;
    roster.write_record(["nip", "name", "unit", "position", "city", "email"])?;
    for person in &world.people {
        roster.write_record([
            &person.nip,
            &person.name,
            &person.unit,
            &person.position,
            &person.city,
            "",
        ])?;
    }
    roster.flush()?;

    let mut complaints = writer("complaints.csv")?;
    let mut truth = writer("truth.csv")?;
    complaints.write_record([
        "complaint_id",
        "channel",
        "accused_name",
        "unit",
        "city",
        "position",
        "nip_fragment",
        "handle",
        "incident_date",
    ])?;
    truth.write_record(["complaint_id", "nip", "class", "resolvable"])?;
    for (number, case) in (1_u32..).zip(&cases) {
        let id = format!("C{number:06}");
        let one = &case.complaint;
        complaints.write_record([
            &id,
            "web",
            &one.accused_name,
            &one.unit,
            &one.city,
            &one.position,
            &one.nip_fragment,
            &one.handle,
            "2023-12-01",
        ])?;
        let nip = case.truth.map_or("", |place| world.people[place].nip.as_str());
        let resolvable = if case.resolvable { "yes" } else { "no" };
        truth.write_record([id.as_str(), nip, case.class, resolvable])?;
    }
    complaints.flush()?;
    truth.flush()?;
    Ok(())
}
