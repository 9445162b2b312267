//! Who besides the log stands behind the checkpoint that was audited. An audit shows that a log holds by itself; that others are shown the
//! same one, only witnesses do. Absent: what a policy is ([`crate::ledger::policy`]).

use serde::Serialize;

use crate::domain::verdict::Verdict;
use crate::ledger::note::Note;
use crate::ledger::policy::JudgeError;
use crate::ledger::policy::Policy;

/// What is said wherever nobody but the log stands behind it.
const ALONE: &str = "who runs the log may show this history to you alone";

/// The answer, also as JSON.
#[derive(Debug, Serialize)]
pub(super) struct Witnesses {
    /// What it adds to the log's own verdict: where nobody was asked, nothing.
    #[serde(skip)]
    pub(super) verdict: Verdict,
    /// Whether witnesses that are enough by the policy stand behind the checkpoint.
    pub(super) has_quorum: bool,
    /// The policy's witnesses that cosigned it, by their names there.
    pub(super) cosigned: Vec<String>,
    /// The same in words.
    pub(super) words: String,
}

impl Witnesses {
    /// Asks a policy, where there is one, about the checkpoint that was audited.
    pub(super) fn ask(policy: Option<&Policy>, note: &str) -> Self {
        let alone = |verdict, words: String| Self {
            verdict,
            has_quorum: false,
            cosigned: Vec::new(),
            words,
        };
        let Some(policy) = policy else {
            let words = format!("not asked (give --policy FILE): {ALONE}");
            return alone(Verdict::Valid, words);
        };
        let judged = Note::parse(note).map(|note| policy.judge(&note));
        match judged {
            Ok(Ok(_)) if policy.is_quorum_none() => {
                alone(Verdict::Valid, format!("the policy asks for none: {ALONE}"))
            }
            Ok(Ok(judgement)) => {
                let cosigned: Vec<String> = judgement.cosigned.into_iter().map(|(name, _)| name).collect();
                let (verdict, words) = if judgement.has_quorum {
                    let words = format!("the policy's quorum cosigned: {}", cosigned.join(", "));
                    (Verdict::Valid, words)
                } else {
                    let words = format!(
                        "the checkpoint lacks the policy's quorum: {} of its witnesses cosigned; {ALONE}",
                        cosigned.len()
                    );
                    (Verdict::CannotTell, words)
                };
                Self {
                    verdict,
                    has_quorum: judgement.has_quorum,
                    cosigned,
                    words,
                }
            }
            Ok(Err(error @ JudgeError::Signature(_))) => alone(Verdict::NotValid, error.to_string()),
            Ok(Err(error)) => alone(Verdict::CannotTell, error.to_string()),
            Err(error) => alone(Verdict::NotValid, error.to_string()),
        }
    }
}
