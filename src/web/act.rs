//! An act on its way into the ledger: what its page shows for the officer's browser to compare, and the signed form that comes back.
//!
//! A draft is kept nowhere: the page holds the act's bytes, so a refusal shows the very same page again. Absent: what is entered.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::election::print_local_minute;
use crate::domain::entry::Body;
use crate::domain::nip::Nip;
use crate::domain::text::Origin;
use crate::domain::text::base64_array;
use crate::domain::text::base64_bytes;
use crate::domain::text::print_base64;
use crate::domain::text::print_hex;
use crate::service::Conn;
use crate::service::Error;
use crate::service::Problem;
use crate::service::act::SignedAct;
use crate::service::dispute;
use crate::service::dispute::DisputeView;
use crate::service::election;
use crate::service::erasure;
use crate::service::roster::PersonRow;

/// What `officer.js` posts.
#[derive(Deserialize)]
pub struct SignedForm {
    act: String,
    key: String,
    signature: String,
}

impl SignedForm {
    /// The act with its author.
    pub fn parse(&self, origin: &Origin) -> Result<SignedAct, Error> {
        let malformed = |_| Error::invalid("act-problem-malformed");
        SignedAct::parse(
            origin,
            &base64_bytes(&self.act).map_err(malformed)?,
            base64_array(&self.key).map_err(malformed)?,
            base64_array(&self.signature).map_err(malformed)?,
        )
    }
}

/// The reason to show the same draft again; anything else is no matter of the act.
pub fn refusal(error: &Error) -> Option<&Problem> {
    match error {
        Error::Invalid(problem) | Error::Conflict(problem) | Error::Closed(problem) => Some(problem),
        _ => None,
    }
}

/// A draft for its page. Every own line of the act is in it, as the ledger will hold it.
#[derive(Serialize)]
pub struct Draft {
    /// Whose key in this browser.
    pub account_id: i64,
    /// The log.
    pub origin: String,
    /// The act's kind.
    pub kind: &'static str,
    /// Its text, base64.
    pub act: String,
    /// Where the signed form goes.
    pub action: String,
    /// Where "back" leads.
    pub back: String,
    /// What the form held, so that it can be changed: name and value.
    pub typed: Vec<(String, String)>,
    /// Where that goes.
    pub edit: String,
    /// Why it was not entered, in the reader's words.
    pub problem: Option<String>,
    /// The lines.
    pub lines: Lines,
    /// What the lines' numbers and hashes stand for, where a reader must know.
    pub about: Option<About>,
}

/// What an act of two officers is about, in words; never part of what is signed.
#[derive(Serialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum About {
    /// A dispute about a signature.
    Dispute(Box<DisputeView>),
    /// A person.
    Person {
        /// Name.
        name: String,
        /// Number, in its printed groups.
        nip: String,
        /// Unit.
        unit: String,
        /// Title of the election.
        election: String,
    },
}

/// The own lines of the kinds that pages draft.
#[derive(Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Lines {
    /// An `election` act.
    Election {
        /// Id.
        id: String,
        /// Title.
        title: String,
        /// On the zone's clocks, until the module writes it.
        opens: String,
        /// As `opens`.
        closes: String,
        /// IANA.
        zone: String,
        /// `id time` of each contest.
        contests: Vec<String>,
        /// Look-up mode.
        lookup: &'static str,
    },
    /// A `pact` act.
    Pact {
        /// The election.
        id: String,
        /// Version.
        version: u64,
        /// Language.
        language: &'static str,
        /// Title.
        title: String,
        /// Preamble.
        preamble: String,
        /// Clauses.
        clauses: Vec<String>,
        /// Closing.
        closing: Option<String>,
        /// The text's name.
        hash: String,
    },
    /// A `close` act: id, then the five numbers as the ledger prints them.
    Close {
        /// The election.
        id: String,
        /// M.
        members: String,
        /// N.
        valid: String,
        /// Attested.
        attested: String,
        /// Disputed.
        disputed: String,
        /// Voided.
        voided: String,
    },
    /// An `officer` act.
    Officer {
        /// The key.
        key: String,
        /// Its roles, or `none`.
        roles: String,
    },
    /// A `resolution` act.
    Resolution {
        /// The dispute's entry.
        dispute: String,
        /// `upheld` or `dismissed`.
        outcome: String,
    },
    /// An `erasure` act.
    Erasure {
        /// The election.
        election: String,
        /// The label, hex.
        label: String,
        /// The ground.
        ground: String,
        /// Whether the portal has words for this ground.
        known: bool,
    },
    /// A `policy` act.
    Policy {
        /// The whole file.
        policy: String,
    },
    /// A `logkey` act.
    LogKey {
        /// The next verifier key.
        vkey: String,
    },
}

impl Lines {
    /// The lines of a body; none of a kind that no page drafts.
    pub fn of(body: &Body) -> Option<Self> {
        Some(match body {
            Body::Election(entry) => {
                let (terms, zone) = (&entry.election, entry.election.time_zone());
                Self::Election {
                    id: terms.id.to_string(),
                    title: terms.title.to_string(),
                    opens: print_local_minute(terms.opens, &zone),
                    closes: print_local_minute(terms.closes, &zone),
                    zone: terms.zone.to_string(),
                    contests: terms
                        .contests
                        .iter()
                        .map(|c| format!("{}, {}", c.id, print_local_minute(c.determined, &zone)))
                        .collect(),
                    lookup: terms.lookup.as_str(),
                }
            }
            Body::Pact(entry) => Self::Pact {
                id: entry.election.to_string(),
                version: entry.text.version,
                language: entry.text.language.as_str(),
                title: entry.text.title.to_string(),
                preamble: entry.text.preamble.to_string(),
                clauses: entry.text.clauses.iter().map(ToString::to_string).collect(),
                closing: entry.text.closing.as_ref().map(ToString::to_string),
                hash: hex::encode(entry.text.hash()),
            },
            Body::Close(entry) => Self::Close {
                id: entry.election.to_string(),
                members: entry.counts.members.to_string(),
                valid: entry.counts.valid.to_string(),
                attested: entry.counts.attested.to_string(),
                disputed: entry.counts.disputed.to_string(),
                voided: entry.counts.voided.to_string(),
            },
            Body::Officer(entry) => Self::Officer {
                key: print_base64(&entry.key),
                roles: entry
                    .roles
                    .map_or_else(|| "none".to_owned(), |roles| roles.to_string()),
            },
            Body::Resolution(entry) => Self::Resolution {
                dispute: entry.dispute.to_string(),
                outcome: entry.outcome.to_string(),
            },
            Body::Erasure(entry) => Self::Erasure {
                election: entry.election.to_string(),
                label: print_hex(&entry.label),
                ground: entry.ground.to_string(),
                known: erasure::GROUNDS.contains(&entry.ground.as_str()),
            },
            Body::Policy(entry) => Self::Policy {
                policy: String::from_utf8(entry.policy.clone()).ok()?,
            },
            Body::LogKey(entry) => Self::LogKey {
                vkey: entry.vkey.to_string(),
            },
            _ => return None,
        })
    }
}

impl About {
    /// What a reader must know of a body besides its lines.
    pub fn of(conn: &mut Conn, body: &Body, now_s: i64) -> Result<Option<Self>, Error> {
        Ok(match body {
            Body::Resolution(entry) => {
                let index = i64::try_from(entry.dispute).map_err(Error::internal)?;
                Some(Self::Dispute(Box::new(dispute::find(conn, index, now_s)?)))
            }
            Body::Erasure(entry) => erasure::subject(conn, entry)?
                .map(|person| Self::person(conn, &person, entry.election.as_str()))
                .transpose()?,
            _ => None,
        })
    }

    fn person(conn: &mut Conn, person: &PersonRow, election_id: &str) -> Result<Self, Error> {
        let nip = Nip::parse(&person.nip).map_or_else(|_odd| person.nip.clone(), |nip| nip.spaced());
        Ok(Self::Person {
            name: person.name.clone(),
            nip,
            unit: person.unit.clone(),
            election: election::find(conn, election_id)?.ok_or(Error::NotFound)?.title,
        })
    }
}

impl Draft {
    /// The page of an act that this officer is to sign.
    pub fn new(origin: &Origin, account_id: i64, body: &Body) -> Result<Self, Error> {
        let lines = Lines::of(body).ok_or_else(|| Error::invalid("act-problem-malformed"))?;
        let (kind, action, back) = match &lines {
            Lines::Election { id, .. } => ("election", "/elections/act", format!("/elections/{id}")),
            Lines::Pact { id, .. } => ("pact", "/elections/act", format!("/elections/{id}")),
            Lines::Close { id, .. } => ("close", "/elections/act", format!("/elections/{id}")),
            Lines::Officer { .. } => ("officer", "/officers/act", "/officers".to_owned()),
            Lines::Resolution { .. } => ("resolution", "/acts", "/disputes".to_owned()),
            Lines::Erasure { .. } => ("erasure", "/acts", "/erasures".to_owned()),
            Lines::Policy { .. } => ("policy", "/acts", "/acts".to_owned()),
            Lines::LogKey { .. } => ("logkey", "/acts", "/acts".to_owned()),
        };
        Ok(Self {
            account_id,
            origin: origin.to_string(),
            kind,
            act: print_base64(&body.act_bytes(origin)),
            action: action.to_owned(),
            back,
            typed: Vec::new(),
            edit: String::new(),
            problem: None,
            lines,
            about: None,
        })
    }

    /// With the way back to the form that it was made from.
    #[must_use]
    pub fn editable(mut self, edit: String, typed: Vec<(String, String)>) -> Self {
        self.edit = edit;
        self.typed = typed;
        self
    }

    /// With what the act is about, for its readers.
    #[must_use]
    pub fn about(mut self, about: Option<About>) -> Self {
        self.about = about;
        self
    }

    /// With the reason why it was not entered.
    #[must_use]
    pub fn refused(mut self, problem: String) -> Self {
        self.problem = Some(problem);
        self
    }
}
