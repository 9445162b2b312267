//! `ikrar link`: complaints in a file against a roster in a file, answers into a file. No database, no network.
//!
//! Complaints are streamed; only the roster's index is held. Absent: how a person is recognised (`crate::linkage`)
//! and what a roster's columns mean (`crate::domain::roster`).
#![expect(clippy::print_stderr, reason = "a command tells its user what it left out")]

use std::fs::File;
use std::io::BufReader;
use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::linkage::Complaint;
use crate::linkage::Index;
use crate::linkage::MODEL_VERSION;
use crate::linkage::Policy;
use crate::linkage::link;
use crate::sheet;
use crate::sheet::Limits;

mod complaints;
mod fit;
mod output;
mod report;
mod roster;
mod words;

use complaints::Complaints;
use output::Output;

/// How many complaints are held at once, for each thread.
const BATCH: usize = 256;

/// Cross-reference complaints with a roster, without a database.
///
/// The result has one row a proposed person: complaint_id,rank,nip,score,decision. The score is in bits; an empty
/// nip is "nobody on this roster". A match is a proposal for a person to confirm, never a verdict.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct LinkArgs {
    #[command(subcommand)]
    command: Option<LinkCommand>,
    #[command(flatten)]
    files: Option<Files>,
}

#[derive(Debug, clap::Subcommand)]
enum LinkCommand {
    /// Keep a roster's index in a file, to be named as --roster from then on: a large roster then loads in moments.
    ///
    /// The file holds names' words and numbers of everybody: keep it as you keep the roster.
    Index {
        /// The roster: a SIASN export, or CSV/XLSX with nip,name,unit,position,city
        #[arg(long, value_name = "R.csv")]
        roster: PathBuf,
        /// Where the index goes
        #[arg(long, value_name = "R.idx")]
        out: PathBuf,
    },
    /// Estimate from a file of complaints how often the right person is written at each level, and report it.
    ///
    /// Changes nothing: a maintainer reads the report. It holds counts alone, no name and no number of anybody.
    Fit(fit::FitArgs),
}

/// What is read and written.
#[derive(Debug, clap::Args)]
pub struct Files {
    /// The roster: a SIASN export, CSV/XLSX with nip,name,unit,position,city, or an index made by `ikrar link index`
    #[arg(long, value_name = "R.csv")]
    pub roster: PathBuf,
    /// The complaints: complaint_id,channel,accused_name,unit,city,position,nip_fragment,handle,incident_date
    #[arg(long, value_name = "C.csv")]
    pub complaints: PathBuf,
    /// Where the answers go
    #[arg(long, value_name = "P.csv")]
    pub out: PathBuf,
    /// Where the explanations go: one JSON object a complaint
    #[arg(long, value_name = "E.jsonl")]
    pub explain: Option<PathBuf>,
    /// How many threads compare; the answers are the same with any number [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

/// Runs the command.
pub fn run(args: &LinkArgs) -> anyhow::Result<()> {
    match (&args.command, &args.files) {
        (Some(LinkCommand::Index { roster, out }), _) => keep(roster, out),
        (Some(LinkCommand::Fit(args)), _) => fit::run(args),
        (None, Some(files)) => link_files(files),
        (None, None) => anyhow::bail!("name --roster, --complaints and --out; see `ikrar link --help`"),
    }
}

/// The index of a roster, or the one that was kept of it.
fn index_of(path: &Path) -> anyhow::Result<Index> {
    let shown = path.display();
    let progress = spinner();
    let index = if roster::is_kept(path)? {
        roster::load(path)?
    } else {
        let note = |line: u64, text: &str| progress.suspend(|| eprintln!("{shown}: line {line}: {text}"));
        roster::read(path, &note, &|people| {
            progress.set_message(format!("{people} people"));
        })?
    };
    progress.finish_and_clear();
    anyhow::ensure!(!index.is_empty(), "{shown}: no person could be read");
    Ok(index)
}

fn keep(roster: &Path, out: &Path) -> anyhow::Result<()> {
    output::check_apart(&[roster], &[out])?;
    let index = index_of(roster)?;
    let bytes = roster::keep(&index, out)?;
    eprintln!(
        "{}: {} people, {bytes} bytes ({MODEL_VERSION})",
        out.display(),
        index.len()
    );
    Ok(())
}

fn link_files(files: &Files) -> anyhow::Result<()> {
    let mut written = vec![files.out.as_path()];
    written.extend(files.explain.as_deref());
    output::check_apart(&[&files.complaints, &files.roster], &written)?;
    // A wrong complaints file is told before a large roster is read.
    let complaints = Complaints::open(&files.complaints)?;
    let index = index_of(&files.roster)?;
    let mut out = Output::create(&index, &files.out, files.explain.as_deref())?;
    let policy = Policy::default();
    let threads = threads(files.threads);
    let progress = spinner();
    let note = |line: u64, text: &str| {
        progress.suspend(|| eprintln!("{}: line {line}: {text}", files.complaints.display()));
    };
    let counted = each_batch(complaints, threads, &note, |batch, counted| {
        let answers = each(batch, threads, |(_, complaint)| link(&index, complaint, &policy));
        for ((id, _), answer) in batch.iter().zip(answers) {
            out.write(&index, id, &answer)?;
        }
        progress.set_message(format!("{counted} complaints"));
        Ok(())
    })?;
    progress.finish_and_clear();
    out.finish()?;
    eprintln!(
        "{counted} complaints linked to {} people ({MODEL_VERSION})",
        index.len()
    );
    Ok(())
}

/// As many as were asked for, else one a core.
fn threads(asked: Option<NonZeroUsize>) -> usize {
    let machine = std::thread::available_parallelism();
    asked.or(machine.ok()).map_or(1, NonZeroUsize::get)
}

/// Hands over a file's complaints, a batch at a time, with how many there were so far; their number.
fn each_batch(
    mut complaints: Complaints,
    threads: usize,
    note: &dyn Fn(u64, &str),
    mut work: impl FnMut(&[(String, Complaint)], usize) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let mut counted = 0_usize;
    loop {
        let batch = complaints.take(BATCH.saturating_mul(threads), note)?;
        if batch.is_empty() {
            return Ok(counted);
        }
        counted = counted.saturating_add(batch.len());
        work(&batch, counted)?;
    }
}

/// What `one` makes of everything in a batch, in its order: every thread takes a run of neighbours.
fn each<T: Sync, A: Send>(batch: &[T], threads: usize, one: impl Fn(&T) -> A + Sync) -> Vec<A> {
    if threads <= 1 {
        return batch.iter().map(one).collect();
    }
    let one = &one;
    std::thread::scope(|scope| {
        let runs = batch.chunks(batch.len().div_ceil(threads).max(1));
        let workers: Vec<_> = runs
            .map(|run| scope.spawn(move || run.iter().map(one).collect::<Vec<_>>()))
            .collect();
        let finished = workers.into_iter().map(|worker| match worker.join() {
            Ok(answers) => answers,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        finished.flatten().collect()
    })
}

/// Shown on a terminal only.
fn spinner() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]");
    let progress =
        ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}

fn open(path: &Path) -> anyhow::Result<sheet::Rows<'static>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    sheet::open(BufReader::new(file), &Limits::COMMAND_LINE).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROSTER: &str = "nip,name,unit,position,city,email\n\
        198505122010011003,\"Budi Santoso, S.Kom.\",Bagian Keuangan,Bendahara,Bandung,\n\
        199001012015012001,Dewi Lestari,Bagian Umum,Arsiparis,Bandung,\n\
        123,Rusak,Bagian Umum,Arsiparis,Bandung,\n";
    const HEADER: &str =
        "complaint_id,channel,accused_name,unit,city,position,nip_fragment,handle,incident_date\n";

    fn run_on(complaints: &str) -> anyhow::Result<(String, String)> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("r.csv"), ROSTER)?;
        std::fs::write(at("c.csv"), complaints)?;
        link_files(&Files {
            roster: at("r.csv"),
            complaints: at("c.csv"),
            out: at("p.csv"),
            explain: Some(at("e.jsonl")),
            threads: None,
        })?;
        Ok((
            std::fs::read_to_string(at("p.csv"))?,
            std::fs::read_to_string(at("e.jsonl"))?,
        ))
    }

    #[test]
    fn no_file_is_written_over_one_that_is_read_or_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let complaints = format!("{HEADER}A1,web,Budi Santoso,,,,,,\n");
        std::fs::write(at("r.csv"), ROSTER).unwrap();
        std::fs::write(at("c.csv"), &complaints).unwrap();
        std::fs::write(at("p.csv.part"), ROSTER).unwrap();
        std::os::unix::fs::symlink(at("c.csv"), at("other.csv")).unwrap();
        for (roster, out, explain) in [
            ("r.csv", "c.csv", "e.jsonl"),
            ("r.csv", "other.csv", "e.jsonl"),
            ("r.csv", "p.csv", "r.csv"),
            ("r.csv", "p.csv", "p.csv"),
            ("p.csv.part", "p.csv", "e.jsonl"),
        ] {
            let refused = link_files(&Files {
                roster: at(roster),
                complaints: at("c.csv"),
                out: at(out),
                explain: Some(at(explain)),
                threads: None,
            });
            let said = format!("{:#}", refused.unwrap_err());
            assert!(said.contains("a name of its own"), "{out} {explain}: {said}");
        }
        keep(&at("r.csv"), &at("r.csv")).unwrap_err();
        assert_eq!(std::fs::read_to_string(at("c.csv")).unwrap(), complaints);
        assert_eq!(std::fs::read_to_string(at("r.csv")).unwrap(), ROSTER);
    }

    #[test]
    fn every_complaint_gets_its_rows_and_its_explanation() {
        let text = format!(
            "{HEADER}A1,web,Pak Boedi Santoso,,,,198505122010011003,,2023-12-01\nA2,web,Zzyzx Qwfp,,,,,,\nA3,web,,,,,,,\n"
        );
        let (rows, explain) = run_on(&text).unwrap();
        let lines: Vec<&str> = rows.lines().collect();
        assert_eq!(lines[0], "complaint_id,rank,nip,score,decision");
        assert!(
            lines[1].starts_with("A1,1,198505122010011003,") && lines[1].ends_with(",match"),
            "{rows}"
        );
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("A2,1,,") && line.ends_with(",none")),
            "{rows}"
        );
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("A3,1,,") && line.ends_with(",none")),
            "{rows}"
        );
        assert_eq!(explain.lines().count(), 3);
        let first: serde_json::Value = serde_json::from_str(explain.lines().next().unwrap()).unwrap();
        let best = &first["candidates"][0];
        let bits: f64 = best["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["bits"].as_f64().unwrap())
            .sum();
        assert!(
            (bits + first["prior_bits"].as_f64().unwrap() - best["score"].as_f64().unwrap()).abs() < 0.01
        );
        assert!(
            best["evidence"][0]["words"]["id"]
                .as_str()
                .unwrap()
                .contains("nama"),
            "{best}"
        );
        assert!(
            best["evidence"][0]["words"]["en"]
                .as_str()
                .unwrap()
                .contains("name"),
            "{best}"
        );
        assert_eq!(run_on(&text).unwrap(), (rows, explain));
    }

    #[test]
    fn threads_and_a_kept_index_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("r.csv"), ROSTER).unwrap();
        let complaints: Vec<String> = (0..700)
            .map(|number| {
                format!(
                    "K{number},web,Budi Santos{},Bag. Umum,Bandung,,{number},,2023-12-01",
                    number % 7
                )
            })
            .collect();
        std::fs::write(at("c.csv"), format!("{HEADER}{}\n", complaints.join("\n"))).unwrap();
        keep(&at("r.csv"), &at("r.idx")).unwrap();
        let mut answers = [("r.csv", 1), ("r.csv", 3), ("r.idx", 2)].map(|(roster, threads)| {
            let files = Files {
                roster: at(roster),
                complaints: at("c.csv"),
                out: at("p.csv"),
                explain: Some(at("e.jsonl")),
                threads: NonZeroUsize::new(threads),
            };
            link_files(&files).unwrap();
            (
                std::fs::read(at("p.csv")).unwrap(),
                std::fs::read(at("e.jsonl")).unwrap(),
            )
        });
        assert_eq!(String::from_utf8_lossy(&answers[0].1).lines().count(), 700);
        answers.rotate_left(1);
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));

        let mut bytes = std::fs::read(at("r.idx")).unwrap();
        bytes.truncate(bytes.len() - 9);
        std::fs::write(at("r.idx"), bytes).unwrap();
        assert!(format!("{:#}", index_of(&at("r.idx")).unwrap_err()).contains("damaged"));
    }

    #[test]
    fn what_is_written_is_its_owners_alone_and_a_failed_run_leaves_nothing() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("r.csv"), ROSTER).unwrap();
        let run = |complaints: &str| {
            std::fs::write(at("c.csv"), complaints).unwrap();
            link_files(&Files {
                roster: at("r.csv"),
                complaints: at("c.csv"),
                out: at("p.csv"),
                explain: Some(at("e.jsonl")),
                threads: None,
            })
        };
        let rest = || {
            let names = std::fs::read_dir(folder.path()).unwrap();
            names
                .filter(|name| name.as_ref().unwrap().file_name() != "r.csv")
                .count()
                - 1
        };
        // What a stopped run left open to everybody does not stay so.
        std::fs::write(at("p.csv.part"), "").unwrap();
        let broken = format!("{HEADER}A1,web,{},,,,,,\n", "x".repeat(40_000));
        assert!(run(&broken).is_err());
        assert_eq!(rest(), 0);
        run(&format!("{HEADER}A1,web,Budi,,,,,,\nA1,web,Dewi,,,,,,\n")).unwrap();
        assert_eq!(rest(), 2);
        for name in ["p.csv", "e.jsonl"] {
            let mode = at(name).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let explain = std::fs::read_to_string(at("e.jsonl")).unwrap();
        assert_eq!(explain.lines().count(), 1, "a number is linked once");

        // The roster is named as its kept index ends.
        keep(&at("r.csv"), &at("r.idx")).unwrap();
        let index = std::fs::read(at("r.idx")).unwrap();
        let digest = hex::encode(&index[index.len() - 32..]);
        assert!(explain.contains(&format!("\"roster\":\"{digest}\"")), "{explain}");
    }

    #[test]
    fn missing_columns_are_named_and_long_fields_are_survived() {
        let refused = |complaints: &str| format!("{:#}", run_on(complaints).unwrap_err());
        assert!(refused("nomor,orang\n1,Budi\n").contains("complaint_id"));
        assert!(refused("complaint_id,accused_name,unit,Unit\nA1,Budi,,\n").contains("two columns"));
        // A title of the authority's own is known too, where the published one is not there.
        let (rows, _) =
            run_on("Nomor Aduan,Nama Terlapor,NIP,nip_fragment\nA1,Budi,x,198505122010011003\n").unwrap();
        assert!(rows.contains("A1,1,198505122010011003,"), "{rows}");
        let (rows, _) = run_on(&format!(
            "{HEADER}A1,web,{},,,,,,\n,web,Budi,,,,,,\nA2,web\n",
            "x".repeat(10_000)
        ))
        .unwrap();
        assert!(rows.contains("A1,1,") && rows.contains("A2,1,"), "{rows}");
    }
}
