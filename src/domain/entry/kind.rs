//! Lives here: the table of kinds: names, authors, and where each is read and printed. Absent: any kind's own lines.

use crate::domain::entry::Anchor;
use crate::domain::entry::Attested;
use crate::domain::entry::Close;
use crate::domain::entry::Dispute;
use crate::domain::entry::Election;
use crate::domain::entry::Erasure;
use crate::domain::entry::Genesis;
use crate::domain::entry::LogKey;
use crate::domain::entry::Map;
use crate::domain::entry::Officer;
use crate::domain::entry::Pact;
use crate::domain::entry::Policy;
use crate::domain::entry::Resolution;
use crate::domain::entry::Roster;
use crate::domain::entry::Seal;
use crate::domain::entry::Signature;
use crate::domain::role::Role;
use crate::domain::text::Id;
use crate::domain::text::Reader;
use crate::domain::text::TextError;
use crate::domain::text::Writer;

/// An entry of a kind that this version does not know. Chain and tree can be checked; counts cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The kind's name.
    pub kind: Id,
    /// Its lines before the first `by`, key and value.
    pub lines: Vec<(String, String)>,
}

impl Unknown {
    fn read(kind: &Id, reader: &mut Reader<'_>) -> Result<Self, TextError> {
        let mut lines = Vec::new();
        while reader.peek()?.is_some_and(|(key, _)| key != "by") {
            let (key, value) = reader.any()?;
            lines.push((key.to_owned(), value.to_owned()));
        }
        Ok(Self {
            kind: kind.clone(),
            lines,
        })
    }

    fn print(&self) -> Writer {
        self.lines
            .iter()
            .fold(Writer::lines(), |writer, (key, value)| writer.line(key, value))
    }
}

/// How many officers author a kind, and which roles each of them may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authorship {
    /// How many `by` lines.
    pub count: usize,
    /// Each author has at least one of these.
    pub roles: &'static [Role],
}

const NOBODY: Authorship = Authorship { count: 0, roles: &[] };
const fn one(roles: &'static [Role]) -> Authorship {
    Authorship { count: 1, roles }
}
const fn two(roles: &'static [Role]) -> Authorship {
    Authorship { count: 2, roles }
}

/// What an entry records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The log begins.
    Genesis(Genesis),
    /// An officer's key gets roles, or ends.
    Officer(Officer),
    /// An election opens or is amended.
    Election(Election),
    /// A version of a pact is published.
    Pact(Box<Pact>),
    /// People come onto a roster, or leave it.
    Roster(Roster),
    /// A person signed.
    Signature(Box<Signature>),
    /// A person signed on paper, two officers say.
    Attested(Attested),
    /// A person says "this was not me".
    Dispute(Dispute),
    /// What a dispute's examination found.
    Resolution(Resolution),
    /// A person's data were erased.
    Erasure(Erasure),
    /// A cosigned checkpoint.
    Anchor(Anchor),
    /// A map's size and root.
    Map(Map),
    /// A seal on the private journal.
    Seal(Seal),
    /// The witnesses' policy.
    Policy(Policy),
    /// The log's next key.
    LogKey(LogKey),
    /// An election's numbers.
    Close(Close),
    /// Something later than this version.
    Unknown(Unknown),
}

impl Body {
    /// The kind's name.
    pub fn kind(&self) -> &str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Officer(_) => "officer",
            Self::Election(_) => "election",
            Self::Pact(_) => "pact",
            Self::Roster(_) => "roster",
            Self::Signature(_) => "signature",
            Self::Attested(_) => "attested",
            Self::Dispute(_) => "dispute",
            Self::Resolution(_) => "resolution",
            Self::Erasure(_) => "erasure",
            Self::Anchor(_) => "anchor",
            Self::Map(_) => "map",
            Self::Seal(_) => "seal",
            Self::Policy(_) => "policy",
            Self::LogKey(_) => "logkey",
            Self::Close(_) => "close",
            Self::Unknown(unknown) => unknown.kind.as_str(),
        }
    }

    /// Who authors it; `None` for an unknown kind.
    pub fn authorship(&self) -> Option<Authorship> {
        Some(match self {
            Self::Genesis(_)
            | Self::Signature(_)
            | Self::Dispute(_)
            | Self::Anchor(_)
            | Self::Map(_)
            | Self::Seal(_) => NOBODY,
            Self::Officer(_) => one(&[Role::Operator]),
            Self::Election(_) | Self::Pact(_) | Self::Roster(_) | Self::Close(_) => one(&[Role::Hr]),
            Self::Attested(_) => two(&[Role::Hr]),
            Self::Resolution(_) => two(&[Role::Hr, Role::Auditor, Role::Examiner]),
            Self::Erasure(_) => two(&[Role::Hr, Role::Auditor, Role::Operator]),
            Self::Policy(_) | Self::LogKey(_) => two(&[Role::Operator, Role::Auditor]),
            Self::Unknown(_) => return None,
        })
    }

    /// The kind's own lines.
    pub fn own_lines(&self) -> Vec<u8> {
        match self {
            Self::Genesis(body) => body.print(),
            Self::Officer(body) => body.print(),
            Self::Election(body) => body.print(),
            Self::Pact(body) => body.print(),
            Self::Roster(body) => body.print(),
            Self::Signature(body) => body.print(),
            Self::Attested(body) => body.print(),
            Self::Dispute(body) => body.print(),
            Self::Resolution(body) => body.print(),
            Self::Erasure(body) => body.print(),
            Self::Anchor(body) => body.print(),
            Self::Map(body) => body.print(),
            Self::Seal(body) => body.print(),
            Self::Policy(body) => body.print(),
            Self::LogKey(body) => body.print(),
            Self::Close(body) => body.print(),
            Self::Unknown(body) => body.print(),
        }
        .finish()
    }

    /// Reads the own lines of a kind.
    pub(super) fn read(kind: &Id, reader: &mut Reader<'_>) -> Result<Self, TextError> {
        Ok(match kind.as_str() {
            "genesis" => Self::Genesis(Genesis::read(reader)?),
            "officer" => Self::Officer(Officer::read(reader)?),
            "election" => Self::Election(Election::read(reader)?),
            "pact" => Self::Pact(Box::new(Pact::read(reader)?)),
            "roster" => Self::Roster(Roster::read(reader)?),
            "signature" => Self::Signature(Box::new(Signature::read(reader)?)),
            "attested" => Self::Attested(Attested::read(reader)?),
            "dispute" => Self::Dispute(Dispute::read(reader)?),
            "resolution" => Self::Resolution(Resolution::read(reader)?),
            "erasure" => Self::Erasure(Erasure::read(reader)?),
            "anchor" => Self::Anchor(Anchor::read(reader)?),
            "map" => Self::Map(Map::read(reader)?),
            "seal" => Self::Seal(Seal::read(reader)?),
            "policy" => Self::Policy(Policy::read(reader)?),
            "logkey" => Self::LogKey(LogKey::read(reader)?),
            "close" => Self::Close(Close::read(reader)?),
            _ => Self::Unknown(Unknown::read(kind, reader)?),
        })
    }

    /// The rules that types alone do not keep.
    pub fn check(&self) -> Result<(), TextError> {
        match self {
            Self::Genesis(body) => body.check(),
            Self::Election(body) => body.election.check(),
            Self::Pact(body) => body.text.check(),
            Self::Roster(body) => body.check(),
            Self::Anchor(body) => body.check(),
            Self::Policy(body) => body.check(),
            _ => Ok(()),
        }
    }
}
