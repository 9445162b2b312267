//! Lives here: who may do what in the portal, and which roles an officer's key has in the ledger.
//!
//! One pure function, [`may`], answers every door. Absent: accounts, sessions, and how a person came by a role.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::ValueError;

/// What a person is to the portal. Officers' roles stand in the ledger; `Signer` never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads the journal and the figures, co-signs what concerns the log itself.
    Auditor,
    /// Handles complaints.
    Examiner,
    /// Runs elections, pacts and rosters.
    Hr,
    /// Keeps the installation and its officers.
    Operator,
    /// Sees who in the own unit has not signed.
    UnitHead,
    /// Is asked to sign a pact.
    Signer,
}

impl Role {
    /// Every role, officers' first, in the order the ledger prints them.
    pub const ALL: [Self; 6] = [
        Self::Auditor,
        Self::Examiner,
        Self::Hr,
        Self::Operator,
        Self::UnitHead,
        Self::Signer,
    ];

    /// The word that stands in the ledger and in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Examiner => "examiner",
            Self::Hr => "hr",
            Self::Operator => "operator",
            Self::UnitHead => "unit_head",
            Self::Signer => "signer",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Auditor => 1,
            Self::Examiner => 2,
            Self::Hr => 4,
            Self::Operator => 8,
            Self::UnitHead => 16,
            Self::Signer => 0,
        }
    }
}

impl FromStr for Role {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(ValueError::Word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One or more officers' roles, as docs/format.md §3 prints them: ascending, joined by commas.
///
/// ```
/// use ikrar::domain::role::{Role, Roles};
/// let roles: Roles = "hr,operator".parse()?;
/// assert!(roles.contains(Role::Hr) && !roles.contains(Role::Auditor));
/// assert!("operator,hr".parse::<Roles>().is_err());
/// # Ok::<(), ikrar::domain::text::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// These roles; `None` when they are none, or name `Signer`, which is no officer.
    pub fn of(roles: &[Role]) -> Option<Self> {
        let bits = roles.iter().fold(0, |bits, role| bits | role.bit());
        (bits != 0 && !roles.contains(&Role::Signer)).then_some(Self(bits))
    }

    /// Is this one among them?
    pub fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Is any of those among them?
    pub fn any_of(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.contains(*role))
    }

    /// The roles in the order they are printed.
    pub fn list(self) -> Vec<Role> {
        Role::ALL
            .into_iter()
            .filter(|role| self.contains(*role))
            .collect()
    }
}

impl FromStr for Roles {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let list: Vec<Role> = text
            .split(',')
            .map(Role::from_str)
            .collect::<Result<_, _>>()
            .map_err(|_unknown_word| ValueError::Roles)?;
        let ascending = list.iter().zip(list.iter().skip(1)).all(|(a, b)| a < b);
        if !ascending {
            return Err(ValueError::Roles);
        }
        Self::of(&list).ok_or(ValueError::Roles)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.list().into_iter().map(Role::as_str).collect();
        f.write_str(&words.join(","))
    }
}

/// Something a person does in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Read and sign the own pact.
    SignOwnPact,
    /// See and download the own receipt.
    ViewOwnReceipt,
    /// Say "this was not me" of the own signature.
    DisputeOwnSignature,
    /// Signed of required, by unit.
    ViewDashboard,
    /// The names of those who have not signed.
    ListPeople,
    /// That list as a file.
    ExportPeople,
    /// Preview and confirm a roster's import.
    ImportRoster,
    /// Whom every label stands for, as a file for an oversight body.
    ExportOpenings,
    /// Excuse a person from signing, with a reason.
    GrantExemption,
    /// Open or amend an election.
    PublishElection,
    /// Publish a version of a pact.
    PublishPact,
    /// Close an election with its numbers.
    CloseElection,
    /// Send invitations and reminders.
    Invite,
    /// Say what a disputed signature's examination found.
    ResolveDispute,
    /// Vouch for a pact signed on paper.
    AttestPaper,
    /// Erase a person's data.
    EraseData,
    /// Change the witnesses' policy or the log's key.
    KeepLog,
    /// Give and end officers' roles.
    ManageOfficers,
    /// Enter an officer's key in the ledger.
    ApproveKeys,
    /// Read complaints and their candidates.
    ViewComplaints,
    /// Bring complaints in, by file or by hand.
    ImportComplaints,
    /// Say which candidate is the respondent, or that none is.
    DecideComplaints,
    /// See who complained.
    ViewComplainant,
    /// Complaints as numbers, without people.
    ViewComplaintFigures,
    /// A case's bundle for the authority.
    ExportCase,
    /// The journal: who saw or changed what.
    ViewJournal,
    /// Health, outbox and settings of the installation.
    ViewOperation,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 27] = [
        Self::SignOwnPact,
        Self::ViewOwnReceipt,
        Self::DisputeOwnSignature,
        Self::ViewDashboard,
        Self::ListPeople,
        Self::ExportPeople,
        Self::ImportRoster,
        Self::ExportOpenings,
        Self::GrantExemption,
        Self::PublishElection,
        Self::PublishPact,
        Self::CloseElection,
        Self::Invite,
        Self::ResolveDispute,
        Self::AttestPaper,
        Self::EraseData,
        Self::KeepLog,
        Self::ManageOfficers,
        Self::ApproveKeys,
        Self::ViewComplaints,
        Self::ImportComplaints,
        Self::DecideComplaints,
        Self::ViewComplainant,
        Self::ViewComplaintFigures,
        Self::ExportCase,
        Self::ViewJournal,
        Self::ViewOperation,
    ];

    /// Who may, before any question of units.
    fn roles(self) -> &'static [Role] {
        match self {
            Self::SignOwnPact | Self::ViewOwnReceipt | Self::DisputeOwnSignature => &[Role::Signer],
            Self::ViewDashboard => &[Role::Auditor, Role::Hr, Role::UnitHead],
            Self::ListPeople => &[Role::Hr, Role::UnitHead],
            Self::ExportPeople
            | Self::ImportRoster
            | Self::ExportOpenings
            | Self::GrantExemption
            | Self::PublishElection
            | Self::PublishPact
            | Self::CloseElection
            | Self::AttestPaper
            | Self::Invite => &[Role::Hr],
            Self::ResolveDispute => &[Role::Auditor, Role::Examiner, Role::Hr],
            Self::EraseData => &[Role::Auditor, Role::Hr, Role::Operator],
            Self::KeepLog => &[Role::Auditor, Role::Operator],
            Self::ManageOfficers | Self::ApproveKeys | Self::ViewOperation => &[Role::Operator],
            Self::ViewComplaints
            | Self::ImportComplaints
            | Self::DecideComplaints
            | Self::ViewComplainant
            | Self::ExportCase => &[Role::Examiner],
            Self::ViewComplaintFigures => &[Role::Auditor, Role::Examiner],
            Self::ViewJournal => &[Role::Auditor],
        }
    }

    /// How far a right over some units reaches.
    fn reach(self) -> Reach {
        match self {
            Self::SignOwnPact | Self::ViewOwnReceipt | Self::DisputeOwnSignature => Reach::Own,
            Self::ViewDashboard
            | Self::ListPeople
            | Self::ExportPeople
            | Self::GrantExemption
            | Self::Invite => Reach::Unit,
            _ => Reach::Installation,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The own person: no unit matters.
    Own,
    /// People of a unit: a scope over that unit is enough.
    Unit,
    /// The whole installation.
    Installation,
}

/// A unit's place in the tree: names from the top down, joined by U+001F, which no name can hold.
///
/// ```
/// use ikrar::domain::role::UnitPath;
/// assert!(UnitPath::new("1\u{1f}4").contains(&UnitPath::new("1\u{1f}4\u{1f}17")));
/// assert!(!UnitPath::new("1\u{1f}4").contains(&UnitPath::new("1\u{1f}40")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPath(String);

impl UnitPath {
    /// A path; slashes at either end do not count.
    pub fn new(path: &str) -> Self {
        Self(path.trim_matches('\u{1f}').to_owned())
    }

    /// Is the other this unit, or below it? The empty path contains nothing, not even itself.
    pub fn contains(&self, other: &Self) -> bool {
        !self.0.is_empty()
            && other
                .0
                .strip_prefix(&self.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('\u{1f}'))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a role holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everywhere.
    Installation,
    /// In this unit and all below it.
    Unit(UnitPath),
}

/// May a person with this role, holding in this scope, do this to people of this unit (`None`: of all units)?
///
/// ```
/// use ikrar::domain::role::{Action, Role, Scope, UnitPath, may};
/// let unit = Scope::Unit(UnitPath::new("1\u{1f}4"));
/// assert!(may(Role::UnitHead, &unit, Action::ListPeople, Some(&UnitPath::new("1\u{1f}4\u{1f}17"))));
/// assert!(!may(Role::UnitHead, &unit, Action::ListPeople, None));
/// ```
pub fn may(role: Role, scope: &Scope, action: Action, target: Option<&UnitPath>) -> bool {
    if !action.roles().contains(&role) {
        return false;
    }
    match (action.reach(), scope) {
        (Reach::Own, _) | (_, Scope::Installation) => true,
        (Reach::Unit, Scope::Unit(unit)) => target.is_some_and(|target| unit.contains(target)),
        (Reach::Installation, Scope::Unit(_)) => false,
    }
}

#[cfg(test)]
mod tests;
