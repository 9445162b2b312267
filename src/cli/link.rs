//! `ikrar link`: complaints in a file against a roster in a file, answers into a file. No database, no network.
//!
//! Complaints are streamed; only the roster's index is held. Absent: how a person is recognised (`crate::linkage`)
//! and what a roster's columns mean (`crate::domain::roster`).
#![expect(clippy::print_stderr, reason = "a command tells its user what it left out")]

use std::fs::File;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use crate::domain::cell::Row;
use crate::linkage::Candidate;
use crate::linkage::Complaint;
use crate::linkage::Index;
use crate::linkage::Linkage;
use crate::linkage::MODEL_VERSION;
use crate::linkage::Policy;
use crate::linkage::link;
use crate::sheet;
use crate::sheet::Limits;

mod roster;

/// The most characters of a field that are read; the rest is left out, with a note.
const FIELD_CHARS_MAX: usize = 400;

/// The columns of a complaint file, in the order that [`Columns`] keeps them.
const COLUMNS: [&str; 8] = [
    "complaint_id",
    "accused_name",
    "unit",
    "city",
    "position",
    "nip_fragment",
    "handle",
    "incident_date",
];

/// Cross-reference complaints with a roster, without a database.
///
/// The result has one row a proposed person: complaint_id,rank,nip,score,decision. The score is in bits; an empty
/// nip is "nobody on this roster". A match is a proposal for a person to confirm, never a verdict.
#[derive(Debug, clap::Args)]
pub struct LinkArgs {
    /// The roster: a SIASN export, or CSV/XLSX with nip,name,unit,position,city
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
}

/// Runs the command.
pub fn run(args: &LinkArgs) -> anyhow::Result<()> {
    let shown = args.roster.display();
    let people = roster::read(&args.roster, &mut |line, text| {
        eprintln!("{shown}: line {line}: {text}");
    })?;
    let index = Index::build(people);
    anyhow::ensure!(
        !index.is_empty(),
        "{}: no person could be read",
        args.roster.display()
    );
    let mut out = Output::create(args)?;
    let counted = link_all(&index, &args.complaints, &mut out)?;
    out.finish(args)?;
    eprintln!(
        "{counted} complaints linked to {} people ({MODEL_VERSION})",
        index.len()
    );
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<sheet::Rows<'static>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    sheet::open(BufReader::new(file), &Limits::COMMAND_LINE).with_context(|| path.display().to_string())
}

/// Where each of [`COLUMNS`] stands in a file.
struct Columns([Option<usize>; 8]);

impl Columns {
    fn find(head: &Row) -> anyhow::Result<Self> {
        let plain = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
        let titles: Vec<String> = head.cells().map(|cell| plain(&cell.to_text())).collect();
        let columns = COLUMNS.map(|name| titles.iter().position(|title| title == name));
        for (name, found) in COLUMNS.iter().zip(columns).take(2) {
            anyhow::ensure!(
                found.is_some(),
                "line {}: there is no column {name}; expected {}",
                head.line(),
                COLUMNS.join(",")
            );
        }
        Ok(Self(columns))
    }

    /// The complaint's id and content; what is too long is cut, and `note` is told.
    fn read(&self, row: &Row, note: &mut dyn FnMut(&str)) -> (String, Complaint) {
        let [
            id,
            accused_name,
            unit,
            city,
            position,
            nip_fragment,
            handle,
            incident_date,
        ] = self.0.map(|column| {
            let text = column
                .map(|column| row.cell(column).to_text())
                .unwrap_or_default();
            let text = text.trim();
            if text.chars().count() > FIELD_CHARS_MAX {
                note("a field is longer than 400 characters; only its beginning is read");
                text.chars().take(FIELD_CHARS_MAX).collect()
            } else {
                text.to_owned()
            }
        });
        let incident_date = Some(incident_date).filter(|date| !date.is_empty());
        (
            id,
            Complaint {
                accused_name,
                unit,
                city,
                position,
                nip_fragment,
                handle,
                incident_date,
            },
        )
    }
}

fn link_all(index: &Index, path: &Path, out: &mut Output) -> anyhow::Result<u64> {
    let policy = Policy::default();
    let mut columns: Option<Columns> = None;
    let mut counted = 0;
    for row in open(path)? {
        let row = row.with_context(|| path.display().to_string())?;
        let Some(columns) = &columns else {
            columns = Some(Columns::find(&row).with_context(|| path.display().to_string())?);
            continue;
        };
        let mut note = |text: &str| eprintln!("{}: line {}: {text}", path.display(), row.line());
        let (id, complaint) = columns.read(&row, &mut note);
        if id.is_empty() {
            note("complaint_id is missing; this row is left out");
            continue;
        }
        out.write(index, &id, &link(index, &complaint, &policy))?;
        counted += 1;
    }
    anyhow::ensure!(columns.is_some(), "{}: the file has no header", path.display());
    Ok(counted)
}

/// The files being written, under provisional names until they are whole.
struct Output {
    rows: csv::Writer<BufWriter<File>>,
    explain: Option<BufWriter<File>>,
}

fn provisional(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let path = provisional(path);
    Ok(BufWriter::new(
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))?,
    ))
}

impl Output {
    fn create(args: &LinkArgs) -> anyhow::Result<Self> {
        let mut rows = csv::Writer::from_writer(create(&args.out)?);
        rows.write_record(["complaint_id", "rank", "nip", "score", "decision"])?;
        let explain = args.explain.as_deref().map(create).transpose()?;
        Ok(Self { rows, explain })
    }

    fn write(&mut self, index: &Index, id: &str, answer: &Linkage) -> anyhow::Result<()> {
        for (rank, candidate) in (1_u32..).zip(&answer.candidates) {
            let score = format!("{:.2}", candidate.score_bits);
            self.rows.write_record([
                id,
                &rank.to_string(),
                &nip(index, candidate),
                &score,
                answer.decision.key(),
            ])?;
        }
        if let Some(explain) = &mut self.explain {
            serde_json::to_writer(&mut *explain, &explanation(index, id, answer))?;
            explain.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(mut self, args: &LinkArgs) -> anyhow::Result<()> {
        self.rows.flush()?;
        std::fs::rename(provisional(&args.out), &args.out)?;
        if let (Some(mut explain), Some(path)) = (self.explain.take(), &args.explain) {
            explain.flush()?;
            std::fs::rename(provisional(path), path)?;
        }
        Ok(())
    }
}

fn nip(index: &Index, candidate: &Candidate) -> String {
    candidate
        .who
        .and_then(|who| index.person(who))
        .map_or_else(String::new, |person| person.nip.clone())
}

fn explanation(index: &Index, id: &str, answer: &Linkage) -> serde_json::Value {
    let candidates = (1_u32..).zip(&answer.candidates).map(|(rank, candidate)| {
        serde_json::json!({
            "rank": rank,
            "nip": nip(index, candidate),
            "score": candidate.score_bits,
            "posterior": candidate.posterior,
            "evidence": candidate.evidence,
            "contradictions": candidate.contradictions,
        })
    });
    serde_json::json!({
        "complaint_id": id,
        "model": MODEL_VERSION,
        "decision": answer.decision,
        "conflict": answer.conflict,
        "rule": answer.rule,
        "prior_bits": answer.prior_bits,
        "namesakes": answer.namesakes,
        "candidates": candidates.collect::<Vec<_>>(),
    })
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
        run(&LinkArgs {
            roster: at("r.csv"),
            complaints: at("c.csv"),
            out: at("p.csv"),
            explain: Some(at("e.jsonl")),
        })?;
        Ok((
            std::fs::read_to_string(at("p.csv"))?,
            std::fs::read_to_string(at("e.jsonl"))?,
        ))
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
        assert_eq!(run_on(&text).unwrap(), (rows, explain));
    }

    #[test]
    fn missing_columns_are_named_and_long_fields_are_survived() {
        assert!(format!("{:#}", run_on("id,name\n1,Budi\n").unwrap_err()).contains("complaint_id"));
        let (rows, _) = run_on(&format!(
            "{HEADER}A1,web,{},,,,,,\n,web,Budi,,,,,,\nA2,web\n",
            "x".repeat(10_000)
        ))
        .unwrap();
        assert!(rows.contains("A1,1,") && rows.contains("A2,1,"), "{rows}");
    }
}
