//! What an import would change, made ready to be shown, signed and written.

use crate::domain::entry::Body;
use crate::domain::entry::OffReason;
use crate::domain::entry::Roster as RosterEntry;
use crate::domain::nip::Nip;
use crate::domain::person::PersonNumber;
use crate::domain::person::label;
use crate::domain::roster::Duty;
use crate::domain::roster::Exclusion;
use crate::domain::roster::Roster;
use crate::domain::roster::RosterRow;
use crate::domain::roster::plan::Diff;
use crate::domain::roster::plan::plan;
use crate::domain::text::Id;
use crate::domain::text::Origin;
use crate::service::Error;
use crate::service::roster::Counts;
use crate::service::roster::content::Act;
use crate::service::roster::content::Change;
use crate::service::roster::content::Content;
use crate::service::roster::content::Kind;
use crate::service::roster::content::change;
use crate::service::roster::content::of_person;
use crate::service::roster::content::refused;
use crate::service::roster::content::warned;
use crate::service::roster::open_election;
use crate::service::roster::standing::Standing;
use crate::store::Conn;
use crate::store::roster::MemberRow;

/// Labels in one act at most: below the format's own limits, in entries and in bytes.
pub const LABELS_PER_ACT: usize = 700;

/// A draft: [`crate::service::roster::keep`] makes it a preview.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it comes to.
    pub counts: Counts,
    /// All of it.
    pub content: Content,
}

/// Decides what a file would change on an election's roster. Writes nothing; `random` gives fresh bytes.
pub fn draft(
    conn: &mut Conn,
    origin: &Origin,
    election_id: &str,
    roster: &Roster,
    random: &mut dyn FnMut() -> Result<[u8; 32], Error>,
) -> Result<Draft, Error> {
    open_election(conn, election_id)?;
    let election: Id = election_id.parse().map_err(|_malformed| Error::NotFound)?;
    let standing = Standing::load(conn, election_id)?;
    let plan = plan(&standing.known, roster);
    let mut drafter = Drafter {
        origin,
        election: &election,
        standing: &standing,
        random,
        add: Vec::new(),
        off: Vec::new(),
        changes: Vec::new(),
    };
    for row in plan.added.iter().chain(&plan.excluded) {
        drafter.newcomer(row)?;
    }
    for changed in &plan.changed {
        drafter.changed(changed.person_id, &changed.row, &changed.diffs)?;
    }
    for renumbered in &plan.renumbered {
        drafter.renumbered(
            renumbered.person_id,
            &renumbered.old,
            &renumbered.row,
            &renumbered.diffs,
            renumbered.evidence.key(),
        )?;
    }
    for person_id in &plan.gone {
        drafter.gone(*person_id)?;
    }
    let (labels_on, labels_off) = (drafter.add.len(), drafter.off.len());
    let acts = drafter.acts()?;
    let changes = drafter.changes;
    let of_kind = |kind| changes.iter().filter(|change| change.kind == kind).count();
    let counts = Counts {
        added: of_kind(Kind::Added),
        excluded: of_kind(Kind::Excluded),
        changed: of_kind(Kind::Changed),
        renumbered: of_kind(Kind::Renumbered),
        gone: of_kind(Kind::Gone),
        held: plan.held.len(),
        unchanged: plan.unchanged.len(),
        refused: plan.refused.len(),
        warnings: roster.warnings.len(),
        labels_on,
        labels_off,
        percent: 100,
        failure: None,
    };
    let content = Content {
        standing: hex::encode(standing.digest.as_bytes()),
        changes,
        acts,
        refused: plan.refused.iter().map(refused).collect(),
        warnings: roster.warnings.iter().map(warned).collect(),
    };
    Ok(Draft { counts, content })
}

struct Drafter<'a> {
    origin: &'a Origin,
    election: &'a Id,
    standing: &'a Standing,
    random: &'a mut dyn FnMut() -> Result<[u8; 32], Error>,
    add: Vec<[u8; 32]>,
    off: Vec<([u8; 32], OffReason)>,
    changes: Vec<Change>,
}

impl Drafter<'_> {
    fn newcomer(&mut self, row: &RosterRow) -> Result<(), Error> {
        let kind = if row.duty == Duty::Required {
            Kind::Added
        } else {
            Kind::Excluded
        };
        let mut change = change(kind, None, None, row, &[]);
        self.label(&mut change, None, &row.nip, row.duty)?;
        self.changes.push(change);
        Ok(())
    }

    fn changed(&mut self, person_id: i64, row: &RosterRow, diffs: &[Diff]) -> Result<(), Error> {
        let member = self.standing.member(person_id);
        // Known from another election's roster: new on this one.
        let kind = match (member, row.duty) {
            (Some(_), _) => Kind::Changed,
            (None, Duty::Required) => Kind::Added,
            (None, Duty::Excluded(_)) => Kind::Excluded,
        };
        let mut change = change(kind, Some(person_id), member, row, diffs);
        self.label(&mut change, member, &row.nip, row.duty)?;
        self.changes.push(change);
        Ok(())
    }

    fn renumbered(
        &mut self,
        person_id: i64,
        old: &Nip,
        row: &RosterRow,
        diffs: &[Diff],
        evidence: &str,
    ) -> Result<(), Error> {
        let member = self.standing.member(person_id);
        let mut change = change(Kind::Renumbered, Some(person_id), member, row, diffs);
        change.old_nip = Some(old.as_str().to_owned());
        change.evidence = Some(evidence.to_owned());
        self.label(&mut change, member, &row.nip, row.duty)?;
        self.changes.push(change);
        Ok(())
    }

    fn gone(&mut self, person_id: i64) -> Result<(), Error> {
        let Some((person, member)) = self.standing.people.get(&person_id) else {
            return Err(Error::internal("a plan about a person nobody knows"));
        };
        let duty = Duty::Excluded(Exclusion::NotListed);
        let mut change = of_person(person, member.as_ref(), duty);
        let nip = Nip::parse(&person.nip).map_err(|_malformed| Error::internal("a number"))?;
        self.label(&mut change, member.as_ref(), &nip, duty)?;
        self.changes.push(change);
        Ok(())
    }

    /// Which label comes on or goes off when a member's duty becomes `duty`.
    fn label(
        &mut self,
        change: &mut Change,
        member: Option<&MemberRow>,
        nip: &Nip,
        duty: Duty,
    ) -> Result<(), Error> {
        let stored = member.and_then(|m| m.label.as_deref()).map(array).transpose()?;
        let relabel = member.is_some_and(|m| self.is_outdated(m, nip));
        let was_on = member.is_some_and(|m| m.state == "required");
        if let (true, Some(label)) = (was_on, stored) {
            let reason = match duty {
                Duty::Required if relabel => Some(OffReason::Error),
                Duty::Required => None,
                Duty::Excluded(exclusion) => Some(off_reason(exclusion)?),
            };
            if let Some(reason) = reason {
                self.off.push((label, reason));
                change.off = Some(hex::encode(label));
            }
        }
        if duty != Duty::Required || (was_on && stored.is_some() && !relabel) {
            return Ok(());
        }
        let label = match stored {
            Some(label) if !relabel => label,
            _ => {
                let salt = (self.random)()?;
                change.salt = Some(hex::encode(salt));
                label(&salt, self.origin, self.election, &PersonNumber::from(nip))
            }
        };
        self.add.push(label);
        change.add = Some(hex::encode(label));
        Ok(())
    }

    /// A signature binds its label for ever. Who has not signed yet gets a label over the number that the signing page will
    /// show, since a browser refuses to sign under a label of another number.
    fn is_outdated(&self, member: &MemberRow, nip: &Nip) -> bool {
        let (Some(stored), Some(salt)) = (&member.label, &member.label_salt) else {
            return false;
        };
        let Ok(salt) = <&[u8; 32]>::try_from(salt.as_slice()) else {
            return false;
        };
        let of_number = label(salt, self.origin, self.election, &PersonNumber::from(nip));
        !self.standing.signed.contains(&member.id) && of_number.as_slice() != stored.as_slice()
    }

    /// The acts that enter the labels: those coming on first, each list ascending.
    fn acts(&mut self) -> Result<Vec<Act>, Error> {
        self.add.sort_unstable();
        self.off.sort_unstable();
        let mut acts = Vec::new();
        let (mut add, mut off) = (self.add.as_slice(), self.off.as_slice());
        while !(add.is_empty() && off.is_empty()) {
            let (adds, rest) = add.split_at(add.len().min(LABELS_PER_ACT));
            add = rest;
            let (offs, rest) = off.split_at(off.len().min(LABELS_PER_ACT - adds.len()));
            off = rest;
            let [nonce @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = (self.random)()?;
            let body = Body::Roster(RosterEntry {
                election: self.election.clone(),
                add: adds.to_vec(),
                off: offs.to_vec(),
                nonce,
            });
            acts.push(Act {
                text: String::from_utf8(body.act_bytes(self.origin)).map_err(Error::internal)?,
                add: adds.len(),
                off: offs.len(),
            });
        }
        Ok(acts)
    }
}

fn off_reason(exclusion: Exclusion) -> Result<OffReason, Error> {
    exclusion.off_reason().parse().map_err(Error::internal)
}

pub(super) fn array(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes
        .try_into()
        .map_err(|_length| Error::Tampered(format!("a label of {} bytes", bytes.len())))
}
