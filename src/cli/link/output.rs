//! The answers in a file, under a provisional name until they are whole. Absent: how they came about.

use std::fs::File;
use std::fs::OpenOptions;
use std::io::BufWriter;
use std::io::ErrorKind;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use super::words;
use crate::durable;
use crate::linkage::Candidate;
use crate::linkage::Evidence;
use crate::linkage::Index;
use crate::linkage::Linkage;
use crate::linkage::MODEL_VERSION;

/// The files being written.
pub(super) struct Output {
    rows: csv::Writer<Provisional>,
    explain: Option<Explained>,
}

/// Where explanations go, and which roster they are about.
struct Explained {
    to: Provisional,
    roster: String,
}

/// A file that takes its name when it is whole, and goes when it does not become so. Only its owner may read it: numbers and names
/// of people stand in it.
pub(super) struct Provisional {
    to: BufWriter<File>,
    path: PathBuf,
    is_whole: bool,
}

impl Provisional {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let provisional = part(path);
        let told = || format!("cannot write {}", path.display());
        // One that a stopped run left may be readable by others, or be somebody's link.
        match std::fs::remove_file(&provisional) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).with_context(told),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(provisional).with_context(told)?;
        Ok(Self {
            to: BufWriter::new(file),
            path: path.to_owned(),
            is_whole: false,
        })
    }

    /// Gives the file its name, durably; how long it is.
    pub(super) fn finish(mut self) -> anyhow::Result<u64> {
        self.to.flush()?;
        let file = self.to.get_ref();
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        std::fs::rename(part(&self.path), &self.path)?;
        self.is_whole = true;
        Ok(bytes)
    }
}

impl Drop for Provisional {
    fn drop(&mut self) {
        if !self.is_whole {
            // Nothing can be done about a file that does not go; the next run tries again.
            let _ = std::fs::remove_file(part(&self.path));
        }
    }
}

impl Write for Provisional {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn part(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Refuses to write a file over one that is read, or two over each other.
pub(super) fn check_apart(read: &[&Path], written: &[&Path]) -> anyhow::Result<()> {
    // A file that is not there yet lies in the folder that it will be in.
    let place = |path: &Path| {
        let there = std::fs::canonicalize(path);
        there.or_else(|_not_there| {
            let folder = std::fs::canonicalize(durable::above(path))?;
            Ok::<_, std::io::Error>(folder.join(path.file_name().unwrap_or_default()))
        })
    };
    let mut taken: Vec<PathBuf> = read.iter().filter_map(|path| place(path).ok()).collect();
    for path in written {
        let shown = path.display();
        let place = place(path).with_context(|| format!("cannot write {shown}"))?;
        anyhow::ensure!(
            !taken.contains(&place) && !taken.contains(&part(&place)),
            "{shown} is read or written already: give each file a name of its own"
        );
        taken.push(part(&place));
        taken.push(place);
    }
    Ok(())
}

impl Output {
    pub(super) fn create(index: &Index, rows: &Path, explain: Option<&Path>) -> anyhow::Result<Self> {
        let mut rows = csv::Writer::from_writer(Provisional::create(rows)?);
        rows.write_record(["complaint_id", "rank", "nip", "score", "decision"])?;
        let explained = |path| {
            Ok::<_, anyhow::Error>(Explained {
                to: Provisional::create(path)?,
                roster: digest(index)?,
            })
        };
        let explain = explain.map(explained).transpose()?;
        Ok(Self { rows, explain })
    }

    pub(super) fn write(&mut self, index: &Index, id: &str, answer: &Linkage) -> anyhow::Result<()> {
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
            serde_json::to_writer(&mut explain.to, &explanation(index, &explain.roster, id, answer))?;
            explain.to.write_all(b"\n")?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        let rows = self.rows.into_inner().map_err(csv::IntoInnerError::into_error)?;
        if let Some(explain) = self.explain {
            explain.to.finish()?;
        }
        rows.finish()?;
        Ok(())
    }
}

fn nip(index: &Index, candidate: &Candidate) -> String {
    candidate.who.and_then(|who| index.nip(who)).unwrap_or_default()
}

/// Names exactly the roster that was compared: the digest that ends its kept index, in hexadecimal.
fn digest(index: &Index) -> anyhow::Result<String> {
    let mut tail = Tail::default();
    index.save(&mut tail)?;
    Ok(hex::encode(tail.0))
}

/// The last bytes that were written.
#[derive(Default)]
struct Tail([u8; 32]);

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let new = bytes.len().min(self.0.len());
        let (_, last) = bytes.split_at(bytes.len() - new);
        self.0.rotate_left(new);
        self.0
            .iter_mut()
            .rev()
            .zip(last.iter().rev())
            .for_each(|(kept, byte)| *kept = *byte);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn explanation(index: &Index, roster: &str, id: &str, answer: &Linkage) -> serde_json::Value {
    let lines = |evidence: &[Evidence]| evidence.iter().map(line).collect::<Vec<_>>();
    let candidates = (1_u32..).zip(&answer.candidates).map(|(rank, candidate)| {
        serde_json::json!({
            "rank": rank,
            "nip": nip(index, candidate),
            "score": shown(candidate.score_bits),
            "posterior": shown(candidate.posterior),
            "evidence": lines(&candidate.evidence),
            "contradictions": lines(&candidate.contradictions),
        })
    });
    serde_json::json!({
        "complaint_id": id,
        "model": MODEL_VERSION,
        "roster": roster,
        "decision": answer.decision,
        "conflict": answer.conflict,
        "rule": answer.rule,
        "rule_words": words::rule(answer.rule),
        "prior_bits": shown(answer.prior_bits),
        "namesakes": answer.namesakes,
        "candidates": candidates.collect::<Vec<_>>(),
    })
}

/// To six decimals: what stands behind them depends on the order in which people were added up.
fn shown(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn line(evidence: &Evidence) -> serde_json::Value {
    serde_json::json!({
        "field": evidence.field,
        "level": evidence.level,
        "bits": shown(evidence.bits),
        "detail": evidence.detail,
        "words": words::evidence(evidence),
    })
}
