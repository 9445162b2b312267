//! The openings of an election's labels, for an oversight body: label by label, in bounded memory. Absent: the file, and what it
//! shows ([`crate::domain::openings`]).

use std::collections::VecDeque;

use crate::domain::openings::LabelOpening;
use crate::domain::openings::NUMBERS_MAX;
use crate::domain::openings::OpeningsHeader;
use crate::domain::person::PersonNumber;
use crate::domain::role::Action;
use crate::domain::role::Roles;
use crate::domain::role::Scope;
use crate::domain::role::may;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::service::Error;
use crate::service::journal;
use crate::service::ledger_size;
use crate::service::roster::draft::array;
use crate::store::Conn;
use crate::store::account;
use crate::store::election;
use crate::store::roster as store;
use crate::store::roster::OpenableRow;
use crate::store::witness;

/// Labels read at a time.
const PAGE: i64 = 1000;

/// May the officer with this key hand out whom labels stand for?
pub fn may_open(conn: &mut Conn, key: &[u8; 32]) -> Result<bool, Error> {
    let key = account::find_key(conn, key)?.filter(|key| key.state == "active");
    let roles = key.and_then(|key| key.roles.parse::<Roles>().ok());
    Ok(roles.is_some_and(|roles| {
        let installation = Scope::Installation;
        roles
            .list()
            .into_iter()
            .any(|role| may(role, &installation, Action::ExportOpenings, None))
    }))
}

/// The openings of one election, from the first label to the last.
pub struct Openings {
    /// What they are about.
    pub header: OpeningsHeader,
    after: Vec<u8>,
    waiting: VecDeque<LabelOpening>,
    /// How many do not open their label: the database is damaged, or lies.
    pub broken: u64,
}

impl Openings {
    /// Begins, with a line in the journal: whoever gets the file knows every signer.
    pub fn begin(conn: &mut Conn, origin: &Origin, election_id: &Id, now_s: i64) -> Result<Self, Error> {
        let subject = format!("election {election_id}");
        journal::note(conn, now_s, None, "openings-exported", &subject)?;
        if election::find(conn, election_id.as_str())?.is_none() {
            return Err(Error::NotFound);
        }
        Ok(Self {
            header: OpeningsHeader {
                origin: origin.clone(),
                election: election_id.clone(),
                size: ledger_size(conn)?,
            },
            after: Vec::new(),
            waiting: VecDeque::new(),
            broken: 0,
        })
    }

    /// The next label; none after the last.
    pub fn next(&mut self, conn: &mut Conn) -> Result<Option<LabelOpening>, Error> {
        if self.waiting.is_empty() {
            let rows = store::list_openable(conn, self.header.election.as_str(), &self.after, PAGE)?;
            for row in rows {
                let opening = self.opening(&row)?;
                self.waiting.push_back(opening);
                self.after = row.label;
            }
        }
        Ok(self.waiting.pop_front())
    }

    /// Was a roster changed since they began? Then they may be of neither the one nor the other.
    pub fn is_stale(&self, conn: &mut Conn) -> Result<bool, Error> {
        let size = ledger_size(conn)?;
        Ok(!witness::list_of_kind(conn, "roster", self.header.size, size)?.is_empty())
    }

    /// The number in the label first: a person who signed and got another number since stands under the former one.
    fn opening(&mut self, row: &OpenableRow) -> Result<LabelOpening, Error> {
        // A number of before (nine digits, until 2009) is nobody's label.
        let numbers: Vec<PersonNumber> = row
            .numbers
            .iter()
            .filter_map(|number| number.parse().ok())
            .collect();
        if numbers.is_empty() {
            return Err(Error::Tampered("a label of somebody without a number".to_owned()));
        }
        let mut opening = LabelOpening {
            label: array(&row.label)?,
            salt: array(&row.salt)?,
            numbers,
        };
        let count = opening.numbers.len();
        for _ in 0..count {
            if opening.opens(&self.header.origin, &self.header.election) {
                break;
            }
            opening.numbers.rotate_left(1);
        }
        if !opening.opens(&self.header.origin, &self.header.election) {
            self.broken = self.broken.saturating_add(1);
        }
        opening.numbers.truncate(NUMBERS_MAX);
        Ok(opening)
    }
}
