//! The verdict on an equivocation file: that one key signed two checkpoints which cannot both be true. *Valid* means that the log lied.
//! Absent: how such files are made.
#![expect(clippy::print_stdout, reason = "the verdict goes to the terminal")]

use serde_json::json;

use crate::domain::verdict::Verdict;
use crate::ledger::cosignature::LogKey;
use crate::ledger::equivocation::Equivocation;
use crate::ledger::note::Vkey;

/// What a file proves.
#[derive(Debug)]
pub(super) struct Judged {
    /// The answer.
    pub(super) verdict: Verdict,
    detail: String,
    facts: Vec<(&'static str, String)>,
}

/// Judges a file; without the log's key from elsewhere it cannot be told whose lie it is.
pub(super) fn judge(file: &[u8], vkey: Option<&Vkey>) -> Judged {
    let refused = |detail: String| Judged {
        verdict: Verdict::NotValid,
        detail,
        facts: Vec::new(),
    };
    let read = std::str::from_utf8(file)
        .map_err(|error| error.to_string())
        .and_then(|text| Equivocation::parse(text).map_err(|error| error.to_string()));
    let found = match read {
        Ok(found) => found,
        Err(error) => return refused(error),
    };
    if vkey.is_some_and(|vkey| found.key != LogKey::from(vkey.clone())) {
        return refused("it accuses another key than the one that was given".to_owned());
    }
    let [first, second] = match found.judge() {
        Ok(both) => both,
        Err(error) => return refused(format!("it proves nothing: {error}")),
    };
    let mut facts = vec![
        ("log", first.origin.to_string()),
        ("key", found.key.to_string()),
        ("first", format!("{} entries, root {}", first.size, first.root)),
        ("second", format!("{} entries, root {}", second.size, second.root)),
    ];
    if let Some(conflict) = &found.conflict {
        facts.push(("entry", format!("{} differs", conflict.index)));
    }
    let (verdict, detail) = match vkey {
        Some(_) => (
            Verdict::Valid,
            "the log's key signed two checkpoints that cannot both be true",
        ),
        None => (
            Verdict::CannotTell,
            "the key in the file signed both; use --vkey with the log's key from a source you trust",
        ),
    };
    Judged {
        verdict,
        detail: detail.to_owned(),
        facts,
    }
}

impl Judged {
    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            let facts: serde_json::Map<String, serde_json::Value> = self
                .facts
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect();
            println!(
                "{}",
                json!({ "verdict": self.verdict, "detail": self.detail, "facts": facts })
            );
            return;
        }
        for (name, value) in &self.facts {
            println!("  {name:<9} {value}");
        }
        let word = match self.verdict {
            Verdict::Valid => "VALID: two histories",
            Verdict::NotValid => "NOT VALID",
            Verdict::CannotTell => "CANNOT TELL",
        };
        println!("{word}: {}", self.detail);
    }
}
