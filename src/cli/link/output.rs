//! The answers in a file, under a provisional name until they are whole. Absent: how they came about.

use std::fs::File;
use std::fs::Permissions;
use std::io::BufWriter;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use super::words;
use crate::linkage::Candidate;
use crate::linkage::Evidence;
use crate::linkage::Index;
use crate::linkage::Linkage;
use crate::linkage::MODEL_VERSION;

/// The files being written.
pub(super) struct Output {
    rows: csv::Writer<Provisional>,
    explain: Option<Provisional>,
}

/// A file that takes its name when it is whole.
pub(super) struct Provisional {
    to: BufWriter<File>,
    path: PathBuf,
}

impl Provisional {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(part(path)).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            to: BufWriter::new(file),
            path: path.to_owned(),
        })
    }

    /// A file that only its owner may read.
    pub(super) fn create_private(path: &Path) -> anyhow::Result<Self> {
        let file = Self::create(path)?;
        let owner = Permissions::from_mode(0o600);
        std::fs::set_permissions(part(path), owner)?;
        Ok(file)
    }

    /// Gives the file its name, durably; how long it is.
    pub(super) fn finish(mut self) -> anyhow::Result<u64> {
        self.to.flush()?;
        let file = self.to.get_ref();
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        std::fs::rename(part(&self.path), &self.path)?;
        Ok(bytes)
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

impl Output {
    pub(super) fn create(rows: &Path, explain: Option<&Path>) -> anyhow::Result<Self> {
        let mut rows = csv::Writer::from_writer(Provisional::create(rows)?);
        rows.write_record(["complaint_id", "rank", "nip", "score", "decision"])?;
        let explain = explain.map(Provisional::create).transpose()?;
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
            serde_json::to_writer(&mut *explain, &explanation(index, id, answer))?;
            explain.write_all(b"\n")?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        let rows = self.rows.into_inner().map_err(csv::IntoInnerError::into_error)?;
        rows.finish()?;
        if let Some(explain) = self.explain {
            explain.finish()?;
        }
        Ok(())
    }
}

fn nip(index: &Index, candidate: &Candidate) -> String {
    candidate.who.and_then(|who| index.nip(who)).unwrap_or_default()
}

fn explanation(index: &Index, id: &str, answer: &Linkage) -> serde_json::Value {
    let lines = |evidence: &[Evidence]| evidence.iter().map(line).collect::<Vec<_>>();
    let candidates = (1_u32..).zip(&answer.candidates).map(|(rank, candidate)| {
        serde_json::json!({
            "rank": rank,
            "nip": nip(index, candidate),
            "score": candidate.score_bits,
            "posterior": candidate.posterior,
            "evidence": lines(&candidate.evidence),
            "contradictions": lines(&candidate.contradictions),
        })
    });
    serde_json::json!({
        "complaint_id": id,
        "model": MODEL_VERSION,
        "decision": answer.decision,
        "conflict": answer.conflict,
        "rule": answer.rule,
        "rule_words": words::rule(answer.rule),
        "prior_bits": answer.prior_bits,
        "namesakes": answer.namesakes,
        "candidates": candidates.collect::<Vec<_>>(),
    })
}

fn line(evidence: &Evidence) -> serde_json::Value {
    serde_json::json!({
        "field": evidence.field,
        "level": evidence.level,
        "bits": evidence.bits,
        "detail": evidence.detail,
        "words": words::evidence(evidence),
    })
}
