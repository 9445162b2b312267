//! Authorities and the complaints they send: taking them in, once each, and finding them again.
//! Absent: who is meant ([`crate::service::crossref`]), reading files (the doors do, with `crate::sheet`).

use serde::Serialize;

use crate::domain::complaint::Received;
use crate::domain::complaint::is_same_title;
use crate::domain::complaint::may_tell_complainant;
use crate::domain::text::Id;
use crate::service::Error;
use crate::service::crossref;
use crate::service::crossref::Proposal;
use crate::store::Conn;
use crate::store::complaint as store;

pub use crate::store::complaint::AuthorityRow;
pub use crate::store::complaint::ComplaintRow;
pub use crate::store::complaint::find;
pub use crate::store::complaint::find_authority;
pub use crate::store::complaint::find_authority_by_id;
pub use crate::store::complaint::list::Filter;
pub use crate::store::complaint::list::count;
pub use crate::store::complaint::list::find_next;
pub use crate::store::complaint::list::list;
pub use crate::store::complaint::list_authorities;

/// The longest name of an authority, in characters.
const NAME_CHARS_MAX: usize = 200;

/// What became of one complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// New, under this row id.
    Added(i64),
    /// The authority sent exactly this before.
    Unchanged(i64),
    /// The authority sent something else under this reference before; what was received stays as it is.
    Different(Different),
}

/// Two deliveries under one reference.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Different {
    /// The complaint that stands.
    pub complaint_id: i64,
    /// The authority's own number.
    pub reference: String,
    /// Known fields in which they differ.
    pub columns: Vec<DifferentColumn>,
    /// Titles of the other columns in which they differ. What these hold may tell who complained, so it is not here.
    pub others: Vec<String>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Different {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.columns.len() + self.others.len();
        write!(f, "Different({}, *** in {columns} columns)", self.complaint_id)
    }
}

/// A known field that two deliveries fill differently.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DifferentColumn {
    /// Its title.
    pub title: String,
    /// What stands.
    pub stored: String,
    /// What came now.
    pub offered: String,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for DifferentColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DifferentColumn(***)")
    }
}

/// Adds an authority. Days are ISO; either may be missing.
pub fn add_authority(
    conn: &mut Conn,
    slug: &str,
    name: &str,
    valid_from: Option<&str>,
    valid_to: Option<&str>,
) -> Result<AuthorityRow, Error> {
    let slug: Id = slug
        .parse()
        .map_err(|_not_an_id| Error::invalid("authority-problem-slug"))?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid("authority-problem-name"));
    }
    let day = |text: Option<&str>| -> Result<Option<jiff::civil::Date>, Error> {
        text.map(|text| {
            text.parse()
                .map_err(|_no_date| Error::invalid("authority-problem-day"))
        })
        .transpose()
    };
    let (from, to) = (day(valid_from)?, day(valid_to)?);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(Error::invalid("authority-problem-days"));
    }
    if store::find_authority(conn, slug.as_str())?.is_some() {
        return Err(Error::conflict("authority-problem-taken"));
    }
    let text = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let (from, to) = (text(from), text(to));
    let id = store::insert_authority(conn, slug.as_str(), name, from.as_deref(), to.as_deref())?;
    Ok(store::find_authority_by_id(conn, id)?)
}

/// What would become of a complaint: `None` when it would be added.
pub fn known(conn: &mut Conn, authority_id: i64, received: &Received) -> Result<Option<Taken>, Error> {
    let Some(row) = store::find_by_reference(conn, authority_id, &received.reference)? else {
        return Ok(None);
    };
    let stored = pairs(&row)?;
    if received.says_the_same(&stored) {
        return Ok(Some(Taken::Unchanged(row.id)));
    }
    let (others, columns): (Vec<_>, Vec<_>) = differences(&stored, &received.pairs)
        .into_iter()
        .partition(|column| may_tell_complainant(&column.title));
    Ok(Some(Taken::Different(Different {
        complaint_id: row.id,
        reference: row.reference,
        columns,
        others: others.into_iter().map(|column| column.title).collect(),
    })))
}

/// Sets what is known already apart from what would be added.
pub fn sort_out_known(
    conn: &mut Conn,
    authority_id: i64,
    complaints: Vec<Received>,
) -> Result<(Vec<Taken>, Vec<Received>), Error> {
    let (mut already, mut new) = (Vec::new(), Vec::new());
    for received in complaints {
        match known(conn, authority_id, &received)? {
            Some(taken) => already.push(taken),
            None => new.push(received),
        }
    }
    Ok((already, new))
}

/// Takes a complaint in, with what the linkage proposed for it.
pub fn take(
    conn: &mut Conn,
    authority_id: i64,
    received: &Received,
    proposal: &Proposal,
    now_s: i64,
) -> Result<Taken, Error> {
    if let Some(taken) = known(conn, authority_id, received)? {
        return Ok(taken);
    }
    let as_received = serde_json::to_string(&received.pairs).map_err(Error::internal)?;
    let row = store::NewComplaint {
        authority_id,
        reference: &received.reference,
        channel: &received.channel,
        accused_name: &received.accused_name,
        unit: &received.unit,
        city: &received.city,
        position: &received.position,
        nip_fragment: &received.nip_fragment,
        handle: &received.handle,
        incident_date: received.incident_day.as_ref().map(ToString::to_string),
        as_received: &as_received,
        received_s: now_s,
        state: "received",
    };
    let id = store::insert(conn, &row)?;
    crossref::save(conn, id, proposal, now_s)?;
    Ok(Taken::Added(id))
}

/// Every column of a complaint as it came.
pub fn pairs(row: &ComplaintRow) -> Result<Vec<(String, String)>, Error> {
    serde_json::from_str(&row.as_received)
        .map_err(|_damaged| Error::Tampered(format!("complaint {}: as received", row.id)))
}

/// The complaint as it was read when it came.
pub fn received(row: &ComplaintRow) -> Result<Received, Error> {
    Received::new(pairs(row)?)
        .map_err(|(_, reason)| Error::Tampered(format!("complaint {}: {reason}", row.id)))
}

fn differences(stored: &[(String, String)], offered: &[(String, String)]) -> Vec<DifferentColumn> {
    let content = |pairs: &[(String, String)], title: &str| {
        pairs
            .iter()
            .find(|(other, _)| is_same_title(other, title))
            .map(|(_, text)| text.trim().to_owned())
            .unwrap_or_default()
    };
    let mut titles: Vec<&String> = stored.iter().map(|(title, _)| title).collect();
    for (title, _) in offered {
        if !titles.iter().any(|other| is_same_title(other, title)) {
            titles.push(title);
        }
    }
    titles
        .into_iter()
        .map(|title| DifferentColumn {
            title: title.clone(),
            stored: content(stored, title),
            offered: content(offered, title),
        })
        .filter(|column| column.stored != column.offered)
        .collect()
}

#[cfg(test)]
mod tests;
