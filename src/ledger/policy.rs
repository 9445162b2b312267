//! Which checkpoint is to be believed: known logs, known witnesses, and how many of them (C2SP tlog-policy).
//! Absent: where a policy comes from, since when one is in force, and asking witnesses.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::cosignature::CosignatureError;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::WitnessKey;
use crate::ledger::cosignature::is_signed_by_any;
use crate::ledger::encoding::parse_num;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::ledger::note::Vkey;
use crate::ledger::note::VkeyError;

#[cfg(test)]
mod tests;

/// A longer policy is refused unread: room for 64 keys of the largest type.
pub const POLICY_SIZE_BYTES_MAX: usize = 256 * 1024;

/// More logs, more witnesses or more groups are refused. C2SP wants at least 32 of each accepted.
pub const POLICY_ITEMS_MAX: usize = 64;

/// The quorum that asks for nobody.
const NONE: &str = "none";

/// Why a policy was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// Longer than [`POLICY_SIZE_BYTES_MAX`].
    #[error("the policy is longer than {POLICY_SIZE_BYTES_MAX} bytes")]
    Size,
    /// A control character other than tab and newline, or no newline at the end.
    #[error("the policy has a control character, or no newline at its end")]
    Characters,
    /// One line is wrong.
    #[error("line {line} of the policy: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: LineError,
    },
    /// No `quorum` line.
    #[error("the policy has no quorum line")]
    NoQuorum,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LineError {
    /// Not one of the four forms.
    #[error("not a log, witness, group or quorum line")]
    Form,
    /// The key is none of the right type.
    #[error(transparent)]
    Key(#[from] VkeyError),
    /// The same public key a second time in the same role.
    #[error("this key stands in the policy already")]
    SameKey,
    /// A name that is taken, or `none`.
    #[error("the name {0:?} is taken")]
    Taken(String),
    /// A name that no line above defines.
    #[error("no line above defines {0:?}")]
    Unknown(String),
    /// A name that is a member of a group already.
    #[error("{0:?} is a member of a group already")]
    Member(String),
    /// Not all, any or a number from 1 to the number of members.
    #[error("the threshold is not all, any, or a number from 1 to the number of members")]
    Threshold,
    /// A second quorum line.
    #[error("a second quorum line")]
    SecondQuorum,
    /// More than [`POLICY_ITEMS_MAX`].
    #[error("more than {POLICY_ITEMS_MAX} of a kind")]
    Count,
}

/// A log that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, named as the log.
    pub key: LogKey,
    /// Where it is published, if the policy says so.
    pub url: Option<String>,
}

/// A witness that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name inside this policy.
    pub name: String,
    /// Its key.
    pub key: WitnessKey,
    /// Where it takes checkpoints, if the policy says so.
    pub url: Option<String>,
}

/// `k` of these members must have seen a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    k: usize,
    members: Vec<String>,
}

/// Logs, witnesses and the quorum. Prints in one canonical order: logs, witnesses, groups, quorum, without comments.
///
/// ```
/// use ikrar::ledger::policy::Policy;
/// let text = "# the ministry's log, one witness
/// log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k https://example.com/log
/// witness w1 witness.example.com/w1+663c16cc+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6
/// quorum w1
/// ";
/// let policy = Policy::parse(text)?;
/// assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 1));
/// assert_eq!(Policy::parse(&policy.to_string())?, policy);
/// # Ok::<(), ikrar::ledger::policy::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    /// The name of a witness or a group; none asks for nobody.
    quorum: Option<String>,
}

/// Why a checkpoint was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JudgeError {
    /// It is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The policy knows no log of this origin.
    #[error("the policy knows no log of this origin")]
    UnknownLog,
    /// No key of the log signed it.
    #[error("no key of the log signed the checkpoint")]
    NotSigned,
    /// A known key's line does not verify.
    #[error(transparent)]
    Signature(#[from] CosignatureError),
}

/// A checkpoint that its log signed, and who else saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// The policy's witnesses that cosigned, by their names in the policy, with their times in unix seconds.
    pub cosigned: Vec<(String, u64)>,
    /// Whether these are enough.
    pub has_quorum: bool,
    /// When they were enough; none without the quorum, or where the quorum asks for nobody.
    pub times: Option<QuorumTimes>,
}

/// What a quorum's cosignatures say about time, by the witnesses' clocks. Both hold as long as one honest witness, with a clock
/// that is right, is in every set of witnesses that is enough; more than that nobody can ask of a quorum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuorumTimes {
    /// The earliest time by which those who had cosigned were enough (with k of n: the k-th earliest). The checkpoint was there by
    /// then: one of them is honest and cosigned it no later.
    pub by_s: u64,
    /// The latest time at which those who cosigned then or later are enough (with k of n: the k-th latest). The cosignatures
    /// were not all there before: one of them is honest and cosigned no earlier.
    pub from_s: u64,
}

impl Judgement {
    /// The earliest and the latest time of the cosignatures: only with the quorum, and if there is at least one.
    pub fn span(&self) -> Option<(u64, u64)> {
        let times = || self.cosigned.iter().map(|(_, time_s)| *time_s);
        self.has_quorum.then_some(())?;
        Some((times().min()?, times().max()?))
    }
}

impl Policy {
    /// A policy that believes one log's key and asks for no witness.
    pub fn none(log: &Vkey) -> Self {
        let log = PolicyLog {
            key: LogKey::from(log.clone()),
            url: None,
        };
        Self {
            logs: vec![log],
            witnesses: Vec::new(),
            groups: Vec::new(),
            quorum: None,
        }
    }

    /// Reads a policy file: comments, blank lines and any white space of tabs and spaces are allowed.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > POLICY_SIZE_BYTES_MAX {
            return Err(PolicyError::Size);
        }
        let forbidden = |c: char| (c < ' ' && c != '\t' && c != '\n') || c == '\u{7f}';
        if text.contains(forbidden) || !text.ends_with('\n') {
            return Err(PolicyError::Characters);
        }
        let mut draft = Draft::default();
        for (content, line) in text.split('\n').zip(1..) {
            let words: Vec<&str> = content
                .split([' ', '\t'])
                .filter(|word| !word.is_empty())
                .collect();
            draft
                .line(&words)
                .map_err(|what| PolicyError::Line { line, what })?;
        }
        let quorum = draft.quorum.ok_or(PolicyError::NoQuorum)?;
        Ok(Self {
            logs: draft.logs,
            witnesses: draft.witnesses,
            groups: draft.groups,
            quorum: (quorum != NONE).then_some(quorum),
        })
    }

    /// The logs in the file's order.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The keys of the log of this origin.
    pub fn log_keys<'a>(&'a self, origin: &'a KeyName) -> impl Iterator<Item = &'a LogKey> {
        self.logs
            .iter()
            .map(|log| &log.key)
            .filter(move |key| key.name() == origin)
    }

    /// The witnesses in the file's order, also those that no group names.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Whether the quorum asks for nobody.
    pub fn is_quorum_none(&self) -> bool {
        self.quorum.is_none()
    }

    /// Reads a signed checkpoint: the log of its origin must have signed it; who cosigned, and whether these are enough.
    ///
    /// A line of a known key that does not verify rejects the note. A cosignature of time 0 says nothing and is skipped.
    pub fn judge(&self, note: &Note) -> Result<Judgement, JudgeError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        if self.log_keys(&checkpoint.origin).next().is_none() {
            return Err(JudgeError::UnknownLog);
        }
        if !is_signed_by_any(self.log_keys(&checkpoint.origin), note)? {
            return Err(JudgeError::NotSigned);
        }
        let mut cosigned = Vec::new();
        for witness in &self.witnesses {
            if let Some(time_s) = witness.key.verify(note)?.filter(|&time_s| time_s > 0) {
                cosigned.push((witness.name.clone(), time_s));
            }
        }
        let names = cosigned.iter().map(|(name, _)| name.as_str()).collect();
        let has_quorum = self.can_form_quorum(&names);
        let times = self.quorum_times(&cosigned);
        Ok(Judgement {
            checkpoint,
            cosigned,
            has_quorum,
            times,
        })
    }

    fn quorum_times(&self, cosigned: &[(String, u64)]) -> Option<QuorumTimes> {
        self.quorum.as_ref()?;
        let enough = |counts: &dyn Fn(u64) -> bool| {
            let names = cosigned.iter().filter(|(_, time_s)| counts(*time_s));
            self.can_form_quorum(&names.map(|(name, _)| name.as_str()).collect())
        };
        let times = || cosigned.iter().map(|(_, time_s)| *time_s);
        let by_s = times().filter(|by_s| enough(&|time_s| time_s <= *by_s)).min()?;
        let from_s = times()
            .filter(|from_s| enough(&|time_s| time_s >= *from_s))
            .max()?;
        Some(QuorumTimes { by_s, from_s })
    }

    /// Whether witnesses of these names are enough.
    pub fn can_form_quorum(&self, names: &BTreeSet<&str>) -> bool {
        let Some(quorum) = &self.quorum else { return true };
        // Members stand above their group, so one pass from the top decides all.
        let mut seen: BTreeMap<&str, bool> = self
            .witnesses
            .iter()
            .map(|witness| (witness.name.as_str(), names.contains(witness.name.as_str())))
            .collect();
        for group in &self.groups {
            let count = group
                .members
                .iter()
                .filter(|name| seen.get(name.as_str()) == Some(&true))
                .count();
            seen.insert(&group.name, count >= group.k);
        }
        seen.get(quorum.as_str()) == Some(&true)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = |url: &Option<String>| url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        for log in &self.logs {
            writeln!(f, "log {}{}", log.key, url(&log.url))?;
        }
        for witness in &self.witnesses {
            writeln!(f, "witness {} {}{}", witness.name, witness.key, url(&witness.url))?;
        }
        for group in &self.groups {
            writeln!(f, "group {} {} {}", group.name, group.k, group.members.join(" "))?;
        }
        writeln!(f, "quorum {}", self.quorum.as_deref().unwrap_or(NONE))
    }
}

/// A policy while it is read.
#[derive(Default)]
struct Draft {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    /// The name on the quorum line, also `none`.
    quorum: Option<String>,
    members: BTreeSet<String>,
}

impl Draft {
    fn line(&mut self, words: &[&str]) -> Result<(), LineError> {
        match words {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", vkey] => self.log(vkey, None),
            ["log", vkey, url] => self.log(vkey, Some(url)),
            ["witness", name, vkey] => self.witness(name, vkey, None),
            ["witness", name, vkey, url] => self.witness(name, vkey, Some(url)),
            ["group", name, k, members @ ..] => self.group(name, k, members),
            ["quorum", name] => self.quorum(name),
            _ => Err(LineError::Form),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&str>) -> Result<(), LineError> {
        let key = LogKey::parse(vkey)?;
        if self.logs.iter().any(|log| log.key.public() == key.public()) {
            return Err(LineError::SameKey);
        }
        let url = url.map(str::to_owned);
        push(&mut self.logs, PolicyLog { key, url })
    }

    fn witness(&mut self, name: &str, vkey: &str, url: Option<&str>) -> Result<(), LineError> {
        let key = WitnessKey::parse(vkey)?;
        if self
            .witnesses
            .iter()
            .any(|witness| witness.key.public() == key.public())
        {
            return Err(LineError::SameKey);
        }
        let witness = PolicyWitness {
            name: self.free(name)?,
            key,
            url: url.map(str::to_owned),
        };
        push(&mut self.witnesses, witness)
    }

    fn group(&mut self, name: &str, k: &str, members: &[&str]) -> Result<(), LineError> {
        let k = match k {
            "all" => members.len(),
            "any" => 1,
            number => parse_num(number)
                .ok()
                .and_then(|number| usize::try_from(number).ok())
                .ok_or(LineError::Threshold)?,
        };
        if k == 0 || k > members.len() {
            return Err(LineError::Threshold);
        }
        let name = self.free(name)?;
        for member in members {
            self.defined(member)?;
            if !self.members.insert((*member).to_owned()) {
                return Err(LineError::Member((*member).to_owned()));
            }
        }
        let members = members.iter().map(|&member| member.to_owned()).collect();
        push(&mut self.groups, Group { name, k, members })
    }

    fn quorum(&mut self, name: &str) -> Result<(), LineError> {
        if self.quorum.is_some() {
            return Err(LineError::SecondQuorum);
        }
        if name != NONE {
            self.defined(name)?;
        }
        self.quorum = Some(name.to_owned());
        Ok(())
    }

    fn is_defined(&self, name: &str) -> bool {
        self.witnesses.iter().any(|witness| witness.name == name)
            || self.groups.iter().any(|group| group.name == name)
    }

    fn defined(&self, name: &str) -> Result<(), LineError> {
        if self.is_defined(name) {
            Ok(())
        } else {
            Err(LineError::Unknown(name.to_owned()))
        }
    }

    fn free(&self, name: &str) -> Result<String, LineError> {
        if name == NONE || self.is_defined(name) {
            Err(LineError::Taken(name.to_owned()))
        } else {
            Ok(name.to_owned())
        }
    }
}

fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), LineError> {
    if list.len() == POLICY_ITEMS_MAX {
        return Err(LineError::Count);
    }
    list.push(item);
    Ok(())
}
