//! `ikrar link fit`: how often the right person is written at each level, from adjudicated pairs or, without them, by EM.
//!
//! Absent: the counting (`crate::linkage`) and the words of the report. Nothing learns: no index and no setting changes.
#![expect(clippy::print_stderr, reason = "a command tells its user what it left out")]

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use super::complaints::Complaints;
use super::output::Provisional;
use super::report;
use super::report::Findings;
use super::report::Labelled;
use super::report::Place;
use super::report::Source;
use crate::domain::cell::Row;
use crate::linkage::Complaint;
use crate::linkage::Index;
use crate::linkage::Linkage;
use crate::linkage::PersonId;
use crate::linkage::Policy;
use crate::linkage::Tally;
use crate::linkage::explain_person;
use crate::linkage::link;
use crate::linkage::maximise;
use crate::sheet;

/// Lines of the truth that were not used and are named one by one; the rest are counted.
const NAMED_MAX: usize = 20;

/// What is read and written.
#[derive(Debug, clap::Args)]
pub(super) struct FitArgs {
    /// The roster, or an index made by `ikrar link index`
    #[arg(long, value_name = "R.csv")]
    roster: PathBuf,
    /// The complaints, as for `ikrar link`
    #[arg(long, value_name = "C.csv")]
    complaints: PathBuf,
    /// Adjudicated pairs: complaint_id,nip, the nip empty for somebody who is not on the roster; without it, EM
    #[arg(long, value_name = "T.csv")]
    truth: Option<PathBuf>,
    /// Where the report goes
    #[arg(long, value_name = "REPORT.md")]
    out: PathBuf,
    /// How many threads compare; the report is the same with any number [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// Runs the command.
pub(super) fn run(args: &FitArgs) -> anyhow::Result<()> {
    let mut read = vec![args.complaints.as_path(), &args.roster];
    read.extend(args.truth.as_deref());
    super::output::check_apart(&read, &[&args.out])?;
    // A wrong file is told before a large roster is read.
    Complaints::open(&args.complaints)?;
    let truth = args.truth.as_deref().map(Truth::open).transpose()?;
    let mut out = Provisional::create(&args.out)?;
    let mut index = super::index_of(&args.roster)?;
    let findings = match truth {
        Some(truth) => labelled(args, &index, truth)?,
        None => unlabelled(args, &mut index)?,
    };
    out.write_all(report::text(&findings).as_bytes())?;
    out.finish()?;
    eprintln!("{}: {}", args.out.display(), report::line(&findings));
    Ok(())
}

fn labelled(args: &FitArgs, index: &Index, truth: Truth) -> anyhow::Result<Findings> {
    let path = truth.path.clone();
    let (mut truth, unknown_people) = truth.read(index)?;
    let policy = Policy::default();
    let threads = super::threads(args.threads);
    let (mut tally, mut seen) = (Tally::default(), Labelled::default());
    seen.unknown_people = unknown_people;
    let progress = super::spinner();
    let note = |line: u64, text: &str| {
        progress.suspend(|| eprintln!("{}: line {line}: {text}", args.complaints.display()));
    };
    let complaints = super::each_batch(
        Complaints::open(&args.complaints)?,
        threads,
        &note,
        |batch, counted| {
            let batch: Vec<(&Complaint, Option<Settled>)> = batch
                .iter()
                .map(|(id, complaint)| (complaint, truth.remove(id)))
                .collect();
            let answers = super::each(&batch, threads, |(complaint, settled)| {
                let who = settled.as_ref().and_then(|settled| settled.who);
                let pair = who.and_then(|who| explain_person(index, complaint, &policy, who));
                (link(index, complaint, &policy), pair)
            });
            for ((_, settled), (answer, pair)) in batch.iter().zip(&answers) {
                match (settled, pair) {
                    (Some(_), Some(pair)) => {
                        tally.add(pair, 1.0);
                        seen.pairs.add(answer, place(answer, pair.who));
                    }
                    (Some(_), None) => {
                        tally.add_outsider();
                        seen.outsiders.add(answer, place(answer, None));
                    }
                    (None, _) => seen.open.add(answer, place(answer, None)),
                }
            }
            progress.set_message(format!("{counted} complaints"));
            Ok(())
        },
    )?;
    progress.finish_and_clear();
    seen.unknown_complaints = truth.len();
    tell_unused(&path, &truth);
    Ok(Findings {
        people: index.len(),
        complaints,
        tally,
        source: Source::Labelled(seen),
    })
}

/// Where the one who was meant stands in an answer.
fn place(answer: &Linkage, who: Option<PersonId>) -> Place {
    let first = answer.candidates.first().and_then(|first| first.who);
    if first.is_none() {
        Place::NobodyFirst
    } else if first == who {
        Place::First
    } else if who.is_some() && answer.candidates.iter().any(|one| one.who == who) {
        Place::Listed
    } else {
        Place::Unlisted
    }
}

fn tell_unused(path: &Path, unused: &HashMap<String, Settled>) {
    let mut lines: Vec<u64> = unused.values().map(|settled| settled.line).collect();
    lines.sort_unstable();
    for line in lines.iter().take(NAMED_MAX) {
        eprintln!("{}: line {line}: no complaint has this id", path.display());
    }
    if lines.len() > NAMED_MAX {
        let more = lines.len().saturating_sub(NAMED_MAX);
        eprintln!("{}: {more} more lines of unknown complaints", path.display());
    }
}

fn unlabelled(args: &FitArgs, index: &mut Index) -> anyhow::Result<Findings> {
    // Every hypothesis that was compared counts.
    let policy = Policy {
        people_max: usize::MAX,
        ..Policy::default()
    };
    let threads = super::threads(args.threads);
    let progress = super::spinner();
    let mut complaints = 0;
    let (tally, rounds) = maximise(index, |round, index| {
        let mut tally = Tally::default();
        let note = |line: u64, text: &str| {
            if round == 1 {
                progress.suspend(|| eprintln!("{}: line {line}: {text}", args.complaints.display()));
            }
        };
        complaints = super::each_batch(
            Complaints::open(&args.complaints)?,
            threads,
            &note,
            |batch, counted| {
                let parts = super::each(batch, threads, |(_, complaint)| {
                    let mut one = Tally::default();
                    one.expect(&link(index, complaint, &policy));
                    one
                });
                for one in &parts {
                    tally.merge(one);
                }
                progress.set_message(format!("round {round}: {counted} complaints"));
                Ok(())
            },
        )?;
        anyhow::Ok(tally)
    })?;
    progress.finish_and_clear();
    Ok(Findings {
        people: index.len(),
        complaints,
        tally,
        source: Source::Unlabelled { rounds },
    })
}

/// What a person has decided of a complaint.
#[derive(Debug)]
struct Settled {
    /// Nobody: an outsider.
    who: Option<PersonId>,
    /// Its line in the file.
    line: u64,
}

/// A file of decided pairs whose header was understood.
struct Truth {
    path: PathBuf,
    rows: sheet::Rows<'static>,
    id: usize,
    nip: usize,
}

impl Truth {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = || path.display().to_string();
        let mut rows = super::open(path)?;
        let head = rows
            .next()
            .with_context(|| format!("{}: the file has no header", path.display()))?
            .with_context(shown)?;
        let column = |name: &str| {
            let mut cells = head.cells();
            let found = cells.position(|cell| cell.to_text().trim().eq_ignore_ascii_case(name));
            found.with_context(|| {
                format!(
                    "{}: line {}: there is no column {name}; expected complaint_id,nip",
                    path.display(),
                    head.line()
                )
            })
        };
        let (id, nip) = (column("complaint_id")?, column("nip")?);
        Ok(Self {
            path: path.to_owned(),
            rows,
            id,
            nip,
        })
    }

    /// The pairs by complaint, and how many lines were left out since their number is nobody's.
    fn read(self, index: &Index) -> anyhow::Result<(HashMap<String, Settled>, usize)> {
        let (mut settled, mut unknown) = (HashMap::new(), 0_usize);
        for row in self.rows {
            let row = row.with_context(|| self.path.display().to_string())?;
            let line = row.line();
            let note = |text: &str| eprintln!("{}: line {line}: {text}", self.path.display());
            let (id, nip) = (text(&row, self.id), text(&row, self.nip));
            let who = index.bearer(&nip);
            if id.is_empty() {
                note("complaint_id is missing; this row is left out");
            } else if !nip.is_empty() && who.is_none() {
                note("nobody on the roster bears this nip; this row is left out");
                unknown = unknown.saturating_add(1);
            } else {
                match settled.entry(id) {
                    Entry::Vacant(place) => {
                        place.insert(Settled { who, line });
                    }
                    Entry::Occupied(_) => {
                        note("the same complaint stands on a line before; only the first counts");
                    }
                }
            }
        }
        Ok((settled, unknown))
    }
}

fn text(row: &Row, column: usize) -> String {
    row.cell(column).to_text().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROSTER: &str = "nip,name,unit,position,city,email\n\
        198505122010011003,Budi Santoso,Bagian Keuangan,Bendahara,Bandung,\n\
        199001012015012001,Dewi Lestari,Bagian Umum,Arsiparis,Bogor,\n";
    const COMPLAINTS: &str = "complaint_id,accused_name,unit,city\n\
        A1,Budi Santoso,Bagian Keuangan,Bandung\nA2,Dewi Lestary,Bagian Umum,\n\
        A3,Zzyzx Qwfp,,\nA4,Dewi Lestari,,\n,Tanpa Nomor,,\n";

    fn fit(truth: Option<&str>, threads: usize) -> anyhow::Result<String> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("r.csv"), ROSTER)?;
        std::fs::write(at("c.csv"), COMPLAINTS)?;
        if let Some(truth) = truth {
            std::fs::write(at("t.csv"), truth)?;
        }
        run(&FitArgs {
            roster: at("r.csv"),
            complaints: at("c.csv"),
            truth: truth.map(|_| at("t.csv")),
            out: at("report.md"),
            threads: NonZeroUsize::new(threads),
        })?;
        Ok(std::fs::read_to_string(at("report.md"))?)
    }

    #[test]
    fn decided_pairs_are_counted_and_what_does_not_fit_is_told() {
        let truth = "class,nip,complaint_id\n\
            clean,198505122010011003,A1\ntypo,199001012015012001,A2\nout,,A3\n\
            clean,198505122010011003,A2\nclean,198505122010011009,A4\nclean,199001012015012001,B9\n";
        let report = fit(Some(truth), 1).unwrap();
        assert!(report.contains("2 pairs and 1 outsiders"), "{report}");
        // Both of unit's lines: (2 + 20 · 0.56) / 22.
        assert!(
            report.contains("| unit | exact | 2.0 | 0.560 | 0.600 |"),
            "{report}"
        );
        assert!(report.contains("| name | exact | 3.0 | 0.700 |"), "{report}");
        assert!(
            report.contains("Left out: 1 lines of an unknown complaint, 1 lines of an unknown nip"),
            "{report}"
        );
        assert!(report.contains("| nobody first | 0 | 1 | 0 |"), "{report}");
        assert!(report.contains("**Warning**"), "{report}");
        for secret in ["1985", "1990", "Budi", "Lestari"] {
            assert!(!report.contains(secret), "{secret}: {report}");
        }
        assert_eq!(fit(Some(truth), 3).unwrap(), report);
        let error = format!("{:#}", fit(Some("id,nip\nA1,\n"), 1).unwrap_err());
        assert!(
            error.contains("t.csv: line 1: there is no column complaint_id"),
            "{error}"
        );
    }

    #[test]
    fn undecided_complaints_are_estimated_by_em() {
        let report = fit(None, 1).unwrap();
        assert!(
            report.contains("EM") && report.contains("its own beliefs"),
            "{report}"
        );
        assert!(report.contains("4 complaints"), "{report}");
        assert_eq!(fit(None, 2).unwrap(), report);
    }
}
