//! Anchors: the log's own entries that carry a cosigned checkpoint, so that what comes after one is bounded from below in time.
//!
//! At most one a minute and only when needed: a log that nobody signs in and nobody looks at does not grow. Absent: asking the witnesses
//! ([`crate::app::witnesses`]), reading bounds ([`crate::domain`]).

use crate::domain::entry::Anchor;
use crate::domain::entry::Body;
use crate::domain::entry::CARRIED_SIZE_MAX;
use crate::domain::entry::Entry;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::service::Error;
use crate::service::act;
use crate::service::publish::Publisher;
use crate::service::witness::Cosigned;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::witness;

/// An anchor older than this is no lower bound to be proud of, seconds.
const AGE_S: i64 = 60;

/// What is to be done about the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchoring {
    /// Nothing.
    Enough,
    /// The witnesses' newest word is too old: they are to be asked again.
    Ask,
    /// This checkpoint is to be appended.
    Append(Cosigned),
}

/// The last anchor: its place, its minute, the latest time in it.
struct Last {
    next_index: u64,
    at_s: i64,
    latest_s: u64,
}

/// Decides. `page_s` is when a signing page was last asked for.
pub fn decide(
    conn: &mut Conn,
    publisher: &Publisher,
    newest: Option<&Cosigned>,
    page_s: Option<i64>,
    now_s: i64,
) -> Result<Anchoring, Error> {
    if !publisher.is_witnessed() {
        return Ok(Anchoring::Enough);
    }
    let last = find_last(conn, publisher)?;
    if !is_due(last.as_ref(), now_s) || !is_needed(conn, last.as_ref(), page_s)? {
        return Ok(Anchoring::Enough);
    }
    let newer = newest.filter(|cosigned| last.as_ref().is_none_or(|last| cosigned.latest_s > last.latest_s));
    let fresh = |cosigned: &&Cosigned| {
        let age_s = cosigned
            .received_s
            .map(|received_s| now_s.saturating_sub(received_s));
        age_s.is_some_and(|age_s| age_s < AGE_S)
    };
    let Some(cosigned) = newer.filter(fresh) else {
        return Ok(Anchoring::Ask);
    };
    Ok(match fit(publisher, &cosigned.note)? {
        Some(note) => Anchoring::Append(Cosigned {
            note,
            ..cosigned.clone()
        }),
        None => Anchoring::Enough,
    })
}

/// A cosigned note as an entry can carry it: whole where it fits, else with those witnesses' lines alone without which the quorum is
/// lost. `None` where these are too long too, as some ten lines of ML-DSA-44 are: such a policy gets no anchors.
fn fit(publisher: &Publisher, note: &str) -> Result<Option<String>, Error> {
    if note.len() <= CARRIED_SIZE_MAX {
        return Ok(Some(note.to_owned()));
    }
    let mut fitted = Note::parse(note).map_err(Error::internal)?;
    for witness in publisher.policy().witnesses() {
        let others = |line: &NoteSignature| line.id != witness.key.id() || line.name != *witness.key.name();
        let Some(without) = fitted.with_only(others) else {
            continue;
        };
        if publisher.judge(&without.to_string())?.has_quorum {
            fitted = without;
        }
    }
    let fitted = fitted.to_string();
    Ok((fitted.len() <= CARRIED_SIZE_MAX).then_some(fitted))
}

fn find_last(conn: &mut Conn, publisher: &Publisher) -> Result<Option<Last>, Error> {
    let size = ledger::head(conn)?.size;
    let Some(stored) = witness::newest_of_kind(conn, "anchor", size)? else {
        return Ok(None);
    };
    let damaged = |why: &str| Error::Tampered(format!("the anchor at {}: {why}", stored.leaf_index));
    let entry = Entry::parse(&stored.bytes).map_err(|e| damaged(&e.to_string()))?;
    let Body::Anchor(anchor) = entry.body else {
        return Err(damaged("it is of another kind"));
    };
    // One that an earlier policy or key made says nothing under this one; whatever follows is newer.
    let note = String::from_utf8(anchor.checkpoint).map_err(|_not_text| damaged("no text"))?;
    let latest_s = publisher
        .judge(&note)
        .ok()
        .and_then(|judgement| judgement.span())
        .map_or(0, |(_, latest_s)| latest_s);
    Ok(Some(Last {
        next_index: stored.leaf_index.saturating_add(1),
        at_s: stored.at_s,
        latest_s,
    }))
}

/// At most one a minute.
fn is_due(last: Option<&Last>, now_s: i64) -> bool {
    let minute_s = now_s.saturating_sub(now_s.rem_euclid(60));
    last.is_none_or(|last| last.at_s < minute_s)
}

/// Something but the log's own entries stands above it, or somebody looked at a signing page when it was old.
fn is_needed(conn: &mut Conn, last: Option<&Last>, page_s: Option<i64>) -> Result<bool, Error> {
    let Some(last) = last else {
        return Ok(ledger::head(conn)?.size > 0);
    };
    if page_s.is_some_and(|page_s| page_s >= last.at_s.saturating_add(AGE_S)) {
        return Ok(true);
    }
    Ok(witness::grew_by_others(conn, last.next_index)?)
}

/// Appends one, unless another process was first within the minute. Inside a writing transaction. Refused on a database made from tiles,
/// to which nothing is added.
pub fn append(
    conn: &mut Conn,
    publisher: &Publisher,
    cosigned: &Cosigned,
    now_s: i64,
) -> Result<Option<u64>, Error> {
    act::check_people(conn)?;
    if !is_due(find_last(conn, publisher)?.as_ref(), now_s) {
        return Ok(None);
    }
    let body = Body::Anchor(Anchor {
        checkpoint: cosigned.note.as_bytes().to_vec(),
    });
    Ok(Some(ledger::append(conn, now_s, body, Vec::new())?.leaf_index))
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::cosignature::Cosigner;
    use crate::ledger::hash::empty_root;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;
    use crate::ledger::policy::Policy;

    /// What `fit` makes of a note that twelve witnesses with ML-DSA-44 keys cosigned, under a policy that asks for so many of them.
    fn fitted(quorum: usize) -> (Publisher, Option<String>) {
        let origin = KeyName::parse("ikrar.test/log").unwrap();
        let signer = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&[7; 32])).unwrap();
        let witnesses: Vec<Cosigner> = (0..12_u8)
            .map(|n| Cosigner::ml_dsa_44(KeyName::parse(&format!("w{n}.test")).unwrap(), [n; 32]).unwrap())
            .collect();
        let numbered = || witnesses.iter().enumerate();
        let lines: Vec<String> = numbered()
            .map(|(n, witness)| format!("witness w{n} {}\n", witness.key()))
            .collect();
        let names: Vec<String> = numbered().map(|(n, _)| format!("w{n}")).collect();
        let policy = format!(
            "log {}\n{}group enough {quorum} {}\nquorum enough\n",
            signer.vkey(),
            lines.concat(),
            names.join(" ")
        );
        let checkpoint = Checkpoint {
            origin,
            size: 0,
            root: empty_root(),
        };
        let mut note = checkpoint.sign(&signer).unwrap();
        for witness in &witnesses {
            note = note
                .with(witness.cosign(&checkpoint, 1_700_000_000).unwrap())
                .unwrap();
        }
        assert!(note.to_string().len() > CARRIED_SIZE_MAX);
        let policy = Policy::parse(&policy).unwrap();
        let publisher = Publisher::new(signer).with_policy(policy).unwrap();
        let fitted = fit(&publisher, &note.to_string()).unwrap();
        (publisher, fitted)
    }

    #[test]
    fn of_many_long_cosignatures_a_quorum_is_carried() {
        let (publisher, note) = fitted(3);
        let judged = publisher.judge(&note.unwrap()).unwrap();
        assert_eq!((judged.has_quorum, judged.cosigned.len()), (true, 3));
        assert_eq!(fitted(11).1, None, "no entry can carry these");
    }
}
