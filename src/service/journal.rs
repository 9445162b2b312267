//! The journal of personal data: who saw or changed what, by ids. Absent: what may be seen ([`crate::domain::role::may`]), its tree and
//! its seals ([`crate::service::seal`]).

use crate::domain::journal::Actor;
use crate::domain::journal::Line;
use crate::domain::text::Time;
use crate::service::Error;
use crate::service::access::Subject;
use crate::store::Conn;
use crate::store::journal;

pub use crate::store::journal::JournalRow;
pub use crate::store::journal::list_newest;

/// Notes that somebody (`None`: the command line) saw or changed something. `action` is a stable word, `subject` names ids only; both
/// must be able to stand in a sealed line ([`Line`]), so that no line ever stops the sealing.
pub fn note(
    conn: &mut Conn,
    now_s: i64,
    actor: Option<Subject>,
    action: &'static str,
    subject: &str,
) -> Result<(), Error> {
    let (account_id, person_id) = match actor {
        Some(Subject::Account(id)) => (Some(id), None),
        Some(Subject::Person(id)) => (None, Some(id)),
        None => (None, None),
    };
    Line::of(0, Time::default(), Actor::CommandLine, (action, subject), [0; 32]).map_err(Error::internal)?;
    Ok(journal::insert(
        conn, now_s, account_id, person_id, action, subject,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_leaves_a_line() {
        let mut conn = crate::store::memory();
        for actor in [None, Some(Subject::Account(4)), Some(Subject::Person(5))] {
            note(&mut conn, 60, actor, "people-viewed", "election a").unwrap();
        }
        let lines = list_newest(&mut conn, i64::MAX, 10).unwrap();
        let who: Vec<_> = lines
            .iter()
            .map(|line| (line.account_id, line.person_id))
            .collect();
        assert_eq!(who, [(None, Some(5)), (Some(4), None), (None, None)]);
        assert!(list_newest(&mut conn, lines[2].id, 10).unwrap().is_empty());
        for subject in ["two\nlines", " election a", &"x".repeat(401)] {
            let refused = note(&mut conn, 60, None, "people-viewed", subject);
            assert!(matches!(refused, Err(Error::Internal(_))), "{subject:?}");
        }
    }
}
