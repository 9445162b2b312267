//! Lives here: the receipt in a proof file (docs/format.md §2), and its check, row by row. Absent: what one proof cannot
//! show (pact in force, on the roster, first signature, not voided); that needs the whole log ([`crate::domain::audit`]).

use serde::Serialize;

use crate::domain::entry::Body;
use crate::domain::entry::Entry;
use crate::domain::entry::Signature;
use crate::domain::person::Opening;
use crate::domain::text::digest;
use crate::domain::verdict::Verdict;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::Vkey;
use crate::ledger::proof::Proof;
use crate::ledger::tree::verify_inclusion;

const FIRST_LINE: &[u8] = b"ikrar/receipt/v1\n";

/// The bytes that a proof file carries as `extra`: a line that names the kind, and the exact entry.
pub fn print_receipt(entry: &[u8]) -> Vec<u8> {
    [FIRST_LINE, entry].concat()
}

/// The entry in a receipt; `None` when the bytes are no receipt.
pub fn parse_receipt(extra: &[u8]) -> Option<&[u8]> {
    extra.strip_prefix(FIRST_LINE)
}

/// One thing that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The file is a proof with a receipt whose entry is well formed.
    Format,
    /// The log's key signed the checkpoint.
    Checkpoint,
    /// The entry is in the checkpoint's tree.
    Inclusion,
    /// Entry, statement and log agree with each other.
    Statement,
    /// The person's signature strictly verifies.
    Signature,
    /// The opening opens this statement.
    Opening,
    /// The pact text is the one that the statement names.
    Pact,
    /// The witnesses of a policy, its quorum, have seen the tree that the checkpoint names.
    Witnesses,
    /// The published log holds the trees that checkpoint and statement name.
    Log,
}

/// A check and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What was checked.
    pub check: Check,
    /// The answer.
    pub outcome: Verdict,
    /// Why, in English, for the command line and for logs; empty when valid.
    pub detail: String,
}

/// What the checks showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofReport {
    /// The checks, in order.
    pub rows: Vec<Row>,
    /// All of them together.
    pub verdict: Verdict,
    /// What may be shown as true: nothing when any row is not valid.
    pub shown: Option<Shown>,
}

impl ProofReport {
    /// Checks a pact text too: its SHA-256 must be the one in the statement. Adds a row where everything else held so far.
    pub fn check_pact(&mut self, text: &[u8]) {
        let Some(shown) = &self.shown else { return };
        let (outcome, detail) = match &shown.entry.body {
            Body::Signature(signature) if digest(&[text]) == signature.statement.pact => (Verdict::Valid, ""),
            Body::Signature(_) => (
                Verdict::NotValid,
                "this text is not the one that was signed: it was swapped, or is another version",
            ),
            _ => (Verdict::CannotTell, "there is no statement that names a text"),
        };
        self.add(Check::Pact, outcome, detail);
    }

    /// Adds the answer of a check that needed more than the file.
    pub fn add(&mut self, check: Check, outcome: Verdict, detail: &str) {
        self.rows.push(Row {
            check,
            outcome,
            detail: detail.to_owned(),
        });
        self.verdict = Verdict::all(self.rows.iter().map(|row| row.outcome));
        if self.verdict == Verdict::NotValid {
            self.shown = None;
        }
    }
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The entry's place in the log.
    pub index: u64,
    /// The log's size at the checkpoint.
    pub size: u64,
    /// The entry.
    pub entry: Entry,
    /// The opening, when one was given and holds.
    pub opening: Option<Opening>,
}

/// Checks a proof file, with the log's key (without it, who signed cannot be told) and perhaps an opening.
pub fn verify_proof(file: &[u8], vkey: Option<&Vkey>, opening: Option<&[u8]>) -> ProofReport {
    let mut rows = Rows::default();
    let shown = check(&mut rows, file, vkey, opening);
    let verdict = Verdict::all(rows.0.iter().map(|row| row.outcome));
    ProofReport {
        shown: shown.filter(|_| verdict != Verdict::NotValid),
        rows: rows.0,
        verdict,
    }
}

fn check(rows: &mut Rows, file: &[u8], vkey: Option<&Vkey>, opening: Option<&[u8]>) -> Option<Shown> {
    let (proof, bytes, entry, checkpoint) = rows.keep(Check::Format, read(file))?;
    match vkey {
        None => rows.push(
            Check::Checkpoint,
            Verdict::CannotTell,
            "no key of the log was given",
        ),
        Some(vkey) => {
            rows.keep(
                Check::Checkpoint,
                Checkpoint::open(&proof.checkpoint_note, vkey).map_err(|e| e.to_string()),
            );
        }
    }
    let leaf = leaf_hash(&bytes);
    let included = verify_inclusion(
        &proof.hashes,
        checkpoint.size,
        &checkpoint.root,
        proof.index,
        &leaf,
    );
    rows.keep(Check::Inclusion, included.map_err(|error| error.to_string()));
    let Body::Signature(signature) = &entry.body else {
        let detail = format!("an entry of kind {}", entry.body.kind());
        rows.push(Check::Statement, Verdict::CannotTell, &detail);
        rows.push(Check::Signature, Verdict::CannotTell, &detail);
        if opening.is_some() {
            rows.push(Check::Opening, Verdict::NotValid, "there is no statement to open");
        }
        return Some(Shown {
            index: proof.index,
            size: checkpoint.size,
            entry,
            opening: None,
        });
    };
    rows.keep(Check::Statement, agrees(signature, &checkpoint, proof.index));
    let verifies = signature.statement.verify(&signature.signature);
    rows.keep(
        Check::Signature,
        verifies
            .then_some(())
            .ok_or("the signature does not verify".to_owned()),
    );
    let opening = opening.and_then(|bytes| rows.keep(Check::Opening, open(bytes, signature)));
    Some(Shown {
        index: proof.index,
        size: checkpoint.size,
        entry,
        opening,
    })
}

fn read(file: &[u8]) -> Result<(Proof, Vec<u8>, Entry, Checkpoint), String> {
    let text = std::str::from_utf8(file).map_err(|_not_utf8| "not UTF-8".to_owned())?;
    let proof = Proof::parse(text).map_err(|error| error.to_string())?;
    let extra = proof.extra.as_deref().ok_or("the proof carries no receipt")?;
    let bytes = parse_receipt(extra)
        .ok_or("the proof carries something else than a receipt")?
        .to_vec();
    let entry = Entry::parse(&bytes).map_err(|error| error.to_string())?;
    // The note's text, whoever signed it: the row below says who did.
    let (text, _) = proof
        .checkpoint_note
        .rsplit_once("\n\n")
        .ok_or("the proof carries no checkpoint")?;
    let checkpoint = Checkpoint::parse(&format!("{text}\n")).map_err(|error| error.to_string())?;
    Ok((proof, bytes, entry, checkpoint))
}

fn agrees(signature: &Signature, checkpoint: &Checkpoint, index: u64) -> Result<(), String> {
    let statement = &signature.statement;
    if statement.origin.as_str() != checkpoint.origin.as_str() {
        return Err("the statement is for another log".to_owned());
    }
    if statement.election != signature.election {
        return Err("entry and statement name different elections".to_owned());
    }
    if !(1..=index).contains(&statement.after.size) {
        return Err("the log had no such size before this entry".to_owned());
    }
    Ok(())
}

fn open(bytes: &[u8], signature: &Signature) -> Result<Opening, String> {
    let opening = Opening::parse(bytes).map_err(|error| error.to_string())?;
    if opening.check(&signature.statement).holds() {
        Ok(opening)
    } else {
        Err("the opening is not of this statement, or was changed".to_owned())
    }
}

#[derive(Default)]
struct Rows(Vec<Row>);

impl Rows {
    fn push(&mut self, check: Check, outcome: Verdict, detail: &str) {
        self.0.push(Row {
            check,
            outcome,
            detail: detail.to_owned(),
        });
    }

    /// Notes a result and keeps its value.
    fn keep<T>(&mut self, check: Check, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(value) => {
                self.push(check, Verdict::Valid, "");
                Some(value)
            }
            Err(detail) => {
                self.push(check, Verdict::NotValid, &detail);
                None
            }
        }
    }
}
