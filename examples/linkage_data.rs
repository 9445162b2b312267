//! Writes a synthetic roster, complaints about it, and the truth.
//!
//! `cargo run --release --example linkage_data -- --roster N --complaints M --seed S --out DIR` makes `DIR/roster.csv`,
//! `DIR/complaints.csv` and `DIR/truth.csv` (`complaint_id,nip,class,culture,resolvable,fits`). An outsider has no nip; `fits`
//! is how many people of the roster what was written fits, at most 50. Odd seeds make regional governments, even ones a
//! ministry. The roster is streamed; five million people need about a gigabyte for counting whom a complaint fits.
#![expect(
    dead_code,
    reason = "the benchmark counts words and groups, which are not written here"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the generator indexes its own pools"
)]

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;

#[path = "synthetic/generator.rs"]
mod generator;

use generator::Census;
use generator::World;
use generator::complaints;
use generator::places;

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
    let world = World::new(args.roster.max(1), args.seed);
    let census = roster(&world, &args)?;
    cases(&world, &census, &args)
}

fn writer(args: &Args, name: &str) -> anyhow::Result<csv::Writer<std::fs::File>> {
    let path = args.out.join(name);
    csv::Writer::from_path(&path).with_context(|| path.display().to_string())
}

fn roster(world: &World, args: &Args) -> anyhow::Result<Census> {
    let mut census = Census::new();
    let mut file = writer(args, "roster.csv")?;
    file.write_record(["nip", "name", "unit", "position", "city", "email"])?;
    for place in 0..world.size {
        let one = world.person(place);
        let unit = world.units.text(&world.units.all[one.unit]);
        let (_, city, _) = places::CITIES[one.city];
        let email = format!(
            "{}{}@instansi.example",
            one.words.join(".").to_lowercase(),
            &one.nip[2..4]
        );
        file.write_record([
            &one.nip,
            &one.name,
            &unit,
            one.position,
            city,
            &email.replace(['\'', ' '], ""),
        ])?;
        census.add(&one);
    }
    file.flush()?;
    census.close();
    Ok(census)
}

fn cases(world: &World, census: &Census, args: &Args) -> anyhow::Result<()> {
    let mut file = writer(args, "complaints.csv")?;
    let mut truth = writer(args, "truth.csv")?;
    file.write_record([
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
    truth.write_record(["complaint_id", "nip", "class", "culture", "resolvable", "fits"])?;
    for number in 0..args.complaints {
        let id = format!("C{:06}", number + 1);
        let case = complaints::case(world, census, number);
        file.write_record([
            &id,
            case.channel,
            &case.name,
            &case.unit,
            &case.city,
            &case.position,
            &case.nip,
            &case.handle,
            &case.date,
        ])?;
        let nip = case
            .truth
            .map_or_else(String::new, |place| world.person(place).nip);
        let resolvable = if case.resolvable() { "yes" } else { "no" };
        truth.write_record([
            &id,
            &nip,
            case.class,
            case.culture,
            resolvable,
            &case.fits.to_string(),
        ])?;
    }
    file.flush()?;
    truth.flush()?;
    Ok(())
}
