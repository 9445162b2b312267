//! The verdict on an equivocation file: that one key signed two checkpoints which cannot both be true. *Valid* means that the log lied.
//! Absent: how such files are made.
#![expect(clippy::print_stdout, reason = "the verdict goes to the terminal")]

use serde_json::json;

use crate::domain::verdict::Verdict;
use crate::ledger::cosignature::LogKey;
use crate::ledger::equivocation::Equivocation;

/// What a file proves.
#[derive(Debug)]
pub(super) struct Judged {
    /// The answer.
    pub(super) verdict: Verdict,
    detail: String,
    facts: Vec<(&'static str, String)>,
}

/// Judges a file; without the log's key from elsewhere it cannot be told whose lie it is.
pub(super) fn judge(file: &[u8], log_key: Option<&LogKey>) -> Judged {
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
    if log_key.is_some_and(|key| found.key != *key) {
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
    let (verdict, detail) = match log_key {
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
        print!("{}", self.text());
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Names come from the file: nothing in them may move a terminal's cursor.
        let mut line = |line: String| {
            text.push_str(&line.replace(|c: char| c.is_control(), "?"));
            text.push('\n');
        };
        for (name, value) in &self.facts {
            line(format!("  {name:<9} {value}"));
        }
        let word = match self.verdict {
            Verdict::Valid => "VALID: two histories",
            Verdict::NotValid => "NOT VALID",
            Verdict::CannotTell => "CANNOT TELL",
        };
        line(format!("{word}: {}", self.detail));
        text
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::cosignature::Cosigner;
    use crate::ledger::hash::leaf_hash;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;

    /// Two histories of one entry by both keys of a log; the file accuses the key that `of` chooses.
    fn file(origin: &str, of: impl Fn([LogKey; 2]) -> LogKey) -> (Vec<u8>, LogKey) {
        let name = KeyName::parse(origin).unwrap();
        let signer = NoteSigner::new(name.clone(), SigningKey::from_bytes(&[7; 32])).unwrap();
        let second = Cosigner::ml_dsa_44(name.clone(), [8; 32]).unwrap();
        let note = |entry: &[u8]| {
            let (origin, root) = (name.clone(), leaf_hash(entry));
            let checkpoint = Checkpoint {
                origin,
                size: 1,
                root,
            };
            let line = second.cosign(&checkpoint, 0).unwrap();
            checkpoint.sign(&signer).unwrap().with(line).unwrap()
        };
        let later = LogKey::parse(&second.key().to_string()).unwrap();
        let key = of([signer.vkey().clone().into(), later]);
        let found = Equivocation::same_size(key.clone(), note(b"one"), note(b"two"));
        (found.to_string().into_bytes(), key)
    }

    #[test]
    fn keys_of_both_types_are_judged() {
        for of in [|[plain, _]: [LogKey; 2]| plain, |[_, later]: [LogKey; 2]| later] {
            let (file, key) = file("example.com/log", of);
            assert_eq!(judge(&file, Some(&key)).verdict, Verdict::Valid);
            assert_eq!(judge(&file, None).verdict, Verdict::CannotTell);
        }
    }

    #[test]
    fn a_hostile_name_moves_no_cursor() {
        let (file, key) = file("evil\u{9b}2J\u{7f}", |[plain, _]| plain);
        let text = judge(&file, Some(&key)).text();
        assert!(text.contains("evil?2J?"), "{text}");
        assert!(
            text.lines().all(|line| !line.contains(char::is_control)),
            "{text}"
        );
    }
}
