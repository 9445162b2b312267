//! The way from a complaint to a decision and its join, on a real database.

use diesel::connection::SimpleConnection;

use std::sync::Arc;

use super::*;
use crate::domain::complaint::Received;
use crate::service::complaint as intake;
use crate::service::complaint::Taken;
use crate::store::DatabaseUrl;

/// 2023-11-23 00:00 UTC.
const DAY: i64 = 1_700_697_600;

/// Two people, one election from 1 November 2023 to 14 February 2024 (Jakarta); nobody has signed.
fn ministry() -> Conn {
    let mut conn = DatabaseUrl::new(":memory:").connect().unwrap();
    crate::store::migrate(&mut conn).unwrap();
    conn.batch_execute(
        "INSERT INTO account (id, email, name, created_s) VALUES (1, 'p@example.test', 'Pemeriksa', 0), (2, 'q@example.test', 'Pemeriksa', 0);
         INSERT INTO election (id, title, opens_s, closes_s, zone, lookup, leaf_index)
             VALUES ('pemilu-2024', 'Pemilu 2024', 1698771600, 1707930000, 'Asia/Jakarta', 'receipt', 1);
         INSERT INTO pact (hash, election_id, version, text, leaf_index) VALUES (x'aa', 'pemilu-2024', 3, x'00', 2);
         INSERT INTO person (id, nip, name, unit, unit_path, position, city, grade, employment, search, updated_s) VALUES
             (7, '198505122010011003', 'Budi Santoso, S.Kom.', 'Bagian Keuangan', 'Bagian Keuangan', 'Bendahara', 'Bandung', '', 'pns',
              'budi santoso, s.kom. 198505122010011003', 5),
             (9, '199001012015012001', 'Dewi Lestari', 'Bagian Umum', 'Bagian Umum', 'Arsiparis', 'Bandung', '', 'pns',
              'dewi lestari 199001012015012001', 5);
         INSERT INTO roster_member (id, election_id, person_id, label, label_salt, state) VALUES
             (70, 'pemilu-2024', 7, x'01', x'01', 'required'), (90, 'pemilu-2024', 9, x'02', x'02', 'required');",
    )
    .unwrap();
    conn
}

fn sign(conn: &mut Conn, leaf_index: i64, at_s: i64, state: &str) {
    let live = if state == "voided" { "NULL" } else { "70" };
    conn.batch_execute(&format!(
        "INSERT INTO signature (leaf_index, election_id, member_id, live_member_id, public_key, statement_hash, pact_hash, at_s,
             accepted_s, method, code, state, evidence_salt, evidence, salts, nip, name, unit, position)
         VALUES ({leaf_index}, 'pemilu-2024', 70, {live}, x'{leaf_index:02}', x'{leaf_index:02}', x'aa', {at_s}, {at_s}, 'email',
             'CODE-{leaf_index}', '{state}', x'00', x'00', x'00', '', '', '', '')"
    ))
    .unwrap();
}

fn received(name: &str, day: &str) -> Received {
    let pairs = [
        ("complaint_id", "A1"),
        ("accused_name", name),
        ("nip", "198505122010011003"),
        ("incident_date", day),
    ];
    Received::new(
        pairs
            .map(|(title, text)| (title.to_owned(), text.to_owned()))
            .to_vec(),
    )
    .unwrap()
}

fn taken(conn: &mut Conn, day: &str) -> i64 {
    let authority = intake::add_authority(conn, "bawaslu", "Bawaslu", None, None).unwrap();
    let complaint = received("Budi Santoso", day);
    let proposal = Roster::load(conn).unwrap().propose(&complaint);
    match intake::take(conn, authority.id, &complaint, &proposal, DAY).unwrap() {
        Taken::Added(id) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proposal_is_explained_and_decides_nothing() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let stored = find(&mut conn, id).unwrap().unwrap();
    assert_eq!(stored.decision, "match");
    let explained = explanation(&stored).unwrap();
    let first = &explained.candidates[0];
    assert_eq!(first.person_id, Some(7));
    let bits: f64 = first.evidence.iter().map(|line| line.bits).sum();
    assert!((bits + explained.prior_bits - first.score).abs() < 0.01);
    assert_eq!(intake::find(&mut conn, id).unwrap().state, "received");
    assert_eq!(list_decisions(&mut conn, id).unwrap(), []);
}

/// An answer of an account, with the first proposal on the screen.
fn answer(outcome: Outcome, account_id: i64, reason: &str) -> Answer<'_> {
    Answer {
        outcome,
        account_id,
        reason,
        seen: Some(1),
        two: false,
        by_hand: None,
    }
}

/// The same where two examiners are needed.
fn of_two(outcome: Outcome, account_id: i64) -> Answer<'static> {
    Answer {
        two: true,
        ..answer(outcome, account_id, "sebab")
    }
}

fn refused<T: std::fmt::Debug>(made: Result<T, Error>) -> &'static str {
    match made.unwrap_err() {
        Error::Invalid(problem) | Error::Conflict(problem) => problem.key,
        other => panic!("{other}"),
    }
}

#[test]
fn a_decision_stands_until_it_is_taken_back() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let mut decide = |outcome, reason| decide(&mut conn, id, &answer(outcome, 1, reason), DAY);
    assert_eq!(refused(decide(Outcome::Person(7), " ")), "case-problem-reason");
    assert!(matches!(decide(Outcome::Person(8), "x"), Err(Error::NotFound)));
    assert_eq!(refused(decide(Outcome::Reopened, "x")), "case-problem-open");
    decide(Outcome::Person(7), "NIP dan nama cocok").unwrap();
    assert_eq!(refused(decide(Outcome::Nobody, "x")), "case-problem-decided");
    decide(Outcome::Reopened, "Unit ternyata lain").unwrap();
    decide(Outcome::Nobody, "Bukan pegawai di sini").unwrap();
    assert_eq!(intake::find(&mut conn, id).unwrap().state, "nobody");
    let trail: Vec<(String, Option<i64>, Option<i64>)> = list_decisions(&mut conn, id)
        .unwrap()
        .into_iter()
        .map(|row| (row.outcome, row.person_id, row.number))
        .collect();
    let wanted = [
        ("nobody", None, Some(1)),
        ("reopened", None, Some(1)),
        ("person", Some(7), Some(1)),
    ];
    assert_eq!(
        trail,
        wanted.map(|(outcome, person, number)| (outcome.to_owned(), person, number))
    );
}

#[test]
fn a_second_examiner_who_says_the_same_decides() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let first = decide(&mut conn, id, &of_two(Outcome::Person(7), 1), DAY).unwrap();
    assert_eq!(first.1, Settled::Waits);
    let row = intake::find(&mut conn, id).unwrap();
    assert_eq!(
        (row.state.as_str(), row.first_answer_id),
        ("received", Some(first.0))
    );
    for outcome in [Outcome::Person(7), Outcome::Nobody] {
        let again = decide(&mut conn, id, &of_two(outcome, 1), DAY);
        assert_eq!(refused(again), "case-problem-same-examiner");
    }
    // Switching the setting off does not make one examiner's answer a decision.
    let alone = decide(&mut conn, id, &answer(Outcome::Person(7), 1, "x"), DAY);
    assert_eq!(refused(alone), "case-problem-same-examiner");
    let other = decide(&mut conn, id, &of_two(Outcome::Reopened, 2), DAY);
    assert_eq!(refused(other), "case-problem-not-yours");
    let second = decide(&mut conn, id, &of_two(Outcome::Person(7), 2), DAY + 60).unwrap();
    assert_eq!(second.1, Settled::Decided);
    let row = intake::find(&mut conn, id).unwrap();
    assert_eq!((row.state.as_str(), row.first_answer_id), ("identified", None));
    let steps: Vec<(i64, String)> = list_decisions(&mut conn, id)
        .unwrap()
        .into_iter()
        .map(|row| (row.account_id, row.step))
        .collect();
    assert_eq!(steps, [(2, "second".to_owned()), (1, "first".to_owned())]);
}

#[test]
fn a_second_examiner_who_says_otherwise_opens_it_again() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let mut say = |outcome, account| decide(&mut conn, id, &of_two(outcome, account), DAY).unwrap().1;
    assert_eq!(say(Outcome::Person(7), 1), Settled::Waits);
    assert_eq!(say(Outcome::Person(9), 2), Settled::Differs);
    assert_eq!(say(Outcome::Nobody, 2), Settled::Waits);
    assert_eq!(say(Outcome::Reopened, 2), Settled::Open);
    assert_eq!(say(Outcome::Person(7), 2), Settled::Waits);
    assert_eq!(say(Outcome::Nobody, 1), Settled::Differs);
    let row = intake::find(&mut conn, id).unwrap();
    assert_eq!((row.state.as_str(), row.first_answer_id), ("received", None));
    assert_eq!(list_decisions(&mut conn, id).unwrap().len(), 6);
}

#[test]
fn an_answer_is_about_the_proposal_that_was_on_the_screen() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let first = find(&mut conn, id).unwrap().unwrap();
    let anew = Roster::load(&mut conn)
        .unwrap()
        .propose(&received("Budi Santoso", "2023-12-01"));
    assert!(save_anew(&mut conn, id, &anew, DAY + 5).unwrap());
    let old = Answer {
        seen: Some(1),
        ..answer(Outcome::Person(7), 1, "x")
    };
    for seen in [None, Some(1)] {
        let old = Answer { seen, ..old };
        assert_eq!(refused(decide(&mut conn, id, &old, DAY)), "case-problem-newer");
    }
    let new = Answer { seen: Some(2), ..old };
    decide(&mut conn, id, &new, DAY).unwrap();
    assert_eq!(list_decisions(&mut conn, id).unwrap()[0].number, Some(2));
    assert!(
        !save_anew(&mut conn, id, &anew, DAY + 9).unwrap(),
        "it is decided"
    );
    let past = list_past(&mut conn, id).unwrap();
    assert_eq!(past.len(), 1);
    assert_eq!(
        (past[0].number, past[0].made_s, past[0].replaced_s),
        (1, DAY, DAY + 5)
    );
    let (was, replaced_s) = find_past(&mut conn, id, 1).unwrap().unwrap();
    assert_eq!((was.number, replaced_s), (1, DAY + 5));
    assert_eq!(was.explanation, first.explanation);
    assert_eq!(find_past(&mut conn, id, 2).unwrap(), None);
}

#[test]
fn what_two_examiners_decided_two_reopen() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    for account in [1, 2] {
        decide(&mut conn, id, &of_two(Outcome::Person(7), account), DAY).unwrap();
    }
    // Whatever the setting says by now.
    let alone = |outcome, account| answer(outcome, account, "sebab");
    let state = |conn: &mut Conn| {
        let row = intake::find(conn, id).unwrap();
        (row.state, row.first_answer_id.is_some())
    };
    let stands = |waits| ("identified".to_owned(), waits);
    let kept = decide(&mut conn, id, &alone(Outcome::Kept, 1), DAY);
    assert_eq!(refused(kept), "case-problem-not-asked");
    for end in [1, 2] {
        let asked = decide(&mut conn, id, &alone(Outcome::Reopened, 1), DAY).unwrap();
        assert_eq!((asked.1, state(&mut conn)), (Settled::Waits, stands(true)));
        let again = decide(&mut conn, id, &alone(Outcome::Reopened, 1), DAY);
        assert_eq!(refused(again), "case-problem-same-examiner");
        let other = decide(&mut conn, id, &alone(Outcome::Nobody, 2), DAY);
        assert_eq!(refused(other), "case-problem-decided");
        // The second examiner refuses, or the first takes the wish back: the decision stands.
        let kept = decide(&mut conn, id, &alone(Outcome::Kept, end), DAY).unwrap();
        assert_eq!((kept.1, state(&mut conn)), (Settled::Stands, stands(false)));
    }
    decide(&mut conn, id, &alone(Outcome::Reopened, 2), DAY).unwrap();
    let agreed = decide(&mut conn, id, &alone(Outcome::Reopened, 1), DAY).unwrap();
    assert_eq!(
        (agreed.1, state(&mut conn)),
        (Settled::Open, ("received".to_owned(), false))
    );
    let steps: Vec<String> = list_decisions(&mut conn, id)
        .unwrap()
        .into_iter()
        .map(|row| format!("{} {}", row.outcome, row.step))
        .collect();
    let wanted = [
        "reopened second",
        "reopened first",
        "kept differs",
        "reopened first",
        "kept alone",
        "reopened first",
        "person second",
        "person first",
    ];
    assert_eq!(steps, wanted);
}

#[test]
fn a_wish_to_reopen_waits_in_the_queue_of_the_other_examiner() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    decide(&mut conn, id, &of_two(Outcome::Nobody, 1), DAY).unwrap();
    decide(&mut conn, id, &of_two(Outcome::Nobody, 2), DAY).unwrap();
    decide(&mut conn, id, &of_two(Outcome::Reopened, 1), DAY).unwrap();
    let waiting = intake::Filter {
        waits: Some(true),
        ..intake::Filter::default()
    };
    let mut next = |account| intake::find_next(&mut conn, &waiting, account, None, None).unwrap();
    assert_eq!((next(1), next(2)), (None, Some(id)));
}

#[test]
fn nobody_answers_about_themselves() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    // Account 1 is Budi, whom the complaint means, with another spelling of the address; account 2 is Dewi.
    conn.batch_execute(
        "UPDATE person SET email = 'P@Example.test' WHERE id = 7; UPDATE person SET email = 'q@example.test' WHERE id = 9",
    )
    .unwrap();
    for outcome in [Outcome::Person(7), Outcome::Person(9), Outcome::Nobody] {
        let own = decide(&mut conn, id, &answer(outcome, 1, "x"), DAY);
        assert_eq!(refused(own), "case-problem-self", "{outcome:?}");
    }
    let own = decide(&mut conn, id, &answer(Outcome::Person(9), 2, "x"), DAY);
    assert_eq!(refused(own), "case-problem-self");
    decide(&mut conn, id, &answer(Outcome::Person(7), 2, "x"), DAY).unwrap();
    let own = decide(&mut conn, id, &answer(Outcome::Reopened, 1, "x"), DAY);
    assert_eq!(refused(own), "case-problem-self");
}

#[test]
fn somebody_found_by_hand_is_weighed_and_kept_with_the_answer() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let complaint = received("Budi Santoso", "2023-12-01");
    let roster = Roster::load(&mut conn).unwrap();
    let stored = find(&mut conn, id).unwrap().unwrap();
    let listed = explanation(&stored).unwrap().candidates;
    assert!(
        listed.iter().all(|one| one.person_id != Some(9)),
        "nobody lists Dewi"
    );
    let (prior_bits, people) = roster.explain_people(&complaint, &[9, 8, 7]);
    let ids: Vec<Option<i64>> = people.iter().map(|one| one.person_id).collect();
    assert_eq!(ids, [Some(9), Some(7)], "who is not on the roster is left out");
    for person in &people {
        let bits: f64 = person.evidence.iter().map(|line| line.bits).sum();
        assert!(!person.evidence.is_empty() && (bits + prior_bits - person.score).abs() < 0.01);
    }
    assert_eq!(
        people[1].evidence, listed[0].evidence,
        "as the linkage weighs those it lists"
    );

    let by_hand = ByHand::compare(&roster, &complaint, 9).unwrap();
    assert_eq!((by_hand.prior_bits, &by_hand.candidate), (prior_bits, &people[0]));
    assert_eq!(ByHand::compare(&roster, &complaint, 8), None);
    let found = Answer {
        by_hand: Some(&by_hand),
        ..answer(Outcome::Person(9), 1, "surat lain")
    };
    decide(&mut conn, id, &found, DAY).unwrap();
    let row = &list_decisions(&mut conn, id).unwrap()[0];
    assert_eq!(ByHand::of(row).unwrap(), Some(by_hand.clone()));
    assert_eq!(by_hand.roster_snapshot, roster.snapshot());

    // Of a candidate the proposal has it already; and what speaks for somebody else is not kept.
    decide(&mut conn, id, &answer(Outcome::Reopened, 1, "x"), DAY).unwrap();
    let of_seven = ByHand::compare(&roster, &complaint, 7).unwrap();
    for (by_hand, person) in [(&of_seven, 7), (&of_seven, 9)] {
        let listed = Answer {
            by_hand: Some(by_hand),
            ..answer(Outcome::Person(person), 1, "x")
        };
        decide(&mut conn, id, &listed, DAY).unwrap();
        assert_eq!(list_decisions(&mut conn, id).unwrap()[0].evidence, None);
        decide(&mut conn, id, &answer(Outcome::Reopened, 1, "x"), DAY).unwrap();
    }
}

#[test]
fn no_log_shows_whom_a_proposal_names() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    decide(&mut conn, id, &answer(Outcome::Person(7), 1, "Budi Santoso"), DAY).unwrap();
    let stored = find(&mut conn, id).unwrap().unwrap();
    let explained = explanation(&stored).unwrap();
    let roster = Roster::load(&mut conn).unwrap();
    let decisions = list_decisions(&mut conn, id).unwrap();
    let logged = format!(
        "{stored:?} {explained:?} {:?} {roster:?} {decisions:?}",
        explained.candidates
    );
    for personal in ["antoso", "ANTOSO", "1985", "Keuangan", "Bandung"] {
        assert!(!logged.contains(personal), "{personal} in {logged}");
    }
}

#[test]
fn only_proposals_of_another_roster_or_model_are_made_anew() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let before = Roster::load(&mut conn).unwrap();
    assert_eq!(count_stale(&mut conn, &before).unwrap(), 0);
    conn.batch_execute("UPDATE person SET city = 'Cimahi', updated_s = 6 WHERE id = 9")
        .unwrap();
    let after = Roster::load(&mut conn).unwrap();
    assert_eq!(count_stale(&mut conn, &after).unwrap(), 1);
    let anew = propose_anew(&mut conn, &after, 0, 10).unwrap();
    assert_eq!(anew.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [id]);
    assert!(propose_anew(&mut conn, &after, id, 10).unwrap().is_empty());
    assert!(save_anew(&mut conn, id, &anew[0].1, DAY).unwrap());
    assert_eq!(count_stale(&mut conn, &after).unwrap(), 0);
    // An answer that waits for a second examiner keeps the proposal that it was given about.
    let seen = Answer {
        seen: Some(2),
        ..of_two(Outcome::Nobody, 1)
    };
    decide(&mut conn, id, &seen, DAY).unwrap();
    assert_eq!(count_stale(&mut conn, &before).unwrap(), 0);
    conn.batch_execute(
        "UPDATE complaint SET first_answer_id = NULL; UPDATE crossref SET model_version = 'old'",
    )
    .unwrap();
    assert_eq!(count_stale(&mut conn, &after).unwrap(), 1);
}

#[test]
fn a_line_says_both_sides_and_how_many_share_what_is_recorded() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let stored = find(&mut conn, id).unwrap().unwrap();
    let explained = explanation(&stored).unwrap();
    let lines = &explained.candidates[0].evidence;
    let name = lines.iter().find(|line| line.recorded == "santoso").unwrap();
    assert_eq!((name.written.as_str(), name.bearers), ("santoso", Some(1)));
    let nip = lines.iter().find(|line| line.field == "nip").unwrap();
    assert_eq!(nip.recorded, "198505122010011003");
    assert_eq!(compared("name", "omitted", "bin"), ("", "bin"));
    assert_eq!(
        compared("name", "differs", "budi / dewi lestari"),
        ("budi", "dewi lestari")
    );
    let handle = compared("handle", "exact", "@a \u{220b} b \u{220b} santoso");
    assert_eq!(handle, ("@a \u{220b} b", "santoso"));
}

#[test]
fn a_complaint_cannot_write_the_rosters_side() {
    let mut conn = ministry();
    let roster = Roster::load(&mut conn).unwrap();
    for sign in [" / ", " = ", " \u{220b} "] {
        let mut forged = received("Boedi Santoso", "");
        for field in [
            &mut forged.unit,
            &mut forged.city,
            &mut forged.position,
            &mut forged.nip_fragment,
        ] {
            *field = format!("Rekaan{sign}palsu");
        }
        let proposal = roster.propose(&forged);
        let budi = &proposal.explanation.candidates;
        let budi = budi.iter().find(|one| one.person_id == Some(7)).unwrap();
        for (field, recorded) in [
            ("unit", "Bagian Keuangan"),
            ("city", "Bandung"),
            ("position", "Bendahara"),
        ] {
            let line = budi.evidence.iter().find(|line| line.field == field);
            let line = line.unwrap_or_else(|| panic!("{field}"));
            assert_eq!(
                (line.written.as_str(), line.recorded.as_str()),
                (forged.unit.as_str(), recorded)
            );
        }
        assert!(budi.evidence.iter().all(|line| !line.recorded.contains("palsu")));
    }
}

#[test]
fn words_of_another_model_do_not_break_a_page() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let mut stored = find(&mut conn, id).unwrap().unwrap();
    stored.explanation = r#"{"rule":"by-stars","conflict":false,"prior_bits":-1.0,"namesakes":0,"candidates":[{"person_id":7,"score":0.5,"posterior":0.5,"evidence":[{"field":"aura","level":"bright","bits":1.5,"detail":"a = b"}],"contradictions":[]}]}"#.to_owned();
    let explained = explanation(&stored).unwrap();
    let line = &explained.candidates[0].evidence[0];
    for key in [&explained.rule, &line.field, &line.level] {
        assert_eq!(key, "other");
    }
    // Of a field that it does not know, it does not know either which side would be the roster's.
    assert_eq!((line.written.as_str(), line.recorded.as_str()), ("a = b", ""));
}

#[test]
fn a_search_by_hand_has_limits() {
    let mut conn = ministry();
    assert!(look_up(&mut conn, "de").unwrap().short);
    assert!(look_up(&mut conn, "%%%").unwrap().people.is_empty());
    assert_eq!(look_up(&mut conn, "dew").unwrap().people[0].id, 9);
    for id in 100..130 {
        conn.batch_execute(&format!(
            "INSERT INTO person (id, nip, name, unit, unit_path, position, city, grade, employment, search, updated_s)
                VALUES ({id}, 'n{id}', 'Agus', '', '', '', '', '', 'pns', 'agus n{id} bagian umum', 5)"
        ))
        .unwrap();
    }
    let found = look_up(&mut conn, "umum agus").unwrap();
    assert!(found.more && found.people.len() == SEARCH_MAX);
}

#[test]
fn the_join_compares_days_in_the_zone_of_the_complaint() {
    let relation = |day: &str, signatures: &[(i64, i64, &str)]| {
        let mut conn = ministry();
        let id = taken(&mut conn, day);
        for (leaf_index, at_s, state) in signatures {
            sign(&mut conn, *leaf_index, *at_s, state);
        }
        let row = intake::find(&mut conn, id).unwrap();
        let joined = join(&mut conn, &row, 7).unwrap();
        let row = &joined.rows[0];
        (
            row.relation,
            row.signature.as_ref().map(|signed| signed.leaf_index),
            joined.covered,
        )
    };
    // 23 November 2023, 17:30 UTC: the 24th in Jakarta.
    let evening = DAY + 17 * 3600 + 1800;
    assert_eq!(
        relation("2023-11-25", &[(10, evening, "live")]),
        (Some("before"), Some(10), true)
    );
    assert_eq!(
        relation("2023-11-24", &[(10, evening, "live")]),
        (Some("same_day"), Some(10), true)
    );
    assert_eq!(
        relation("2023-11-23", &[(10, evening, "live")]),
        (Some("after"), Some(10), true)
    );
    assert_eq!(
        relation("2023-11-23 20:00 UTC", &[(10, evening, "live")]),
        (Some("same_day"), Some(10), true)
    );
    assert_eq!(relation("2023-11-25", &[]), (Some("never"), None, true));
    assert_eq!(
        relation("2023-11-25", &[(10, evening, "voided")]),
        (Some("never"), None, true)
    );
    assert_eq!(relation("", &[(10, evening, "live")]), (None, Some(10), false));
    assert_eq!(
        relation("2022-01-01", &[(10, evening, "live")]),
        (Some("after"), Some(10), false)
    );
    let later = [(10, DAY - 864_000, "voided"), (11, evening, "disputed")];
    assert_eq!(relation("2023-12-01", &later), (Some("before"), Some(11), true));
}

#[test]
fn the_index_is_built_once_for_one_roster() {
    let mut conn = ministry();
    let rosters = Rosters::default();
    let first = rosters.current(&mut conn).unwrap();
    assert!(Arc::ptr_eq(&first, &rosters.current(&mut conn).unwrap()));
    conn.batch_execute("UPDATE person SET name = 'Dewi Lestari Putri', updated_s = 6 WHERE id = 9")
        .unwrap();
    let second = rosters.current(&mut conn).unwrap();
    assert_ne!(first.snapshot(), second.snapshot());
    assert_eq!(second.snapshot(), Roster::load(&mut conn).unwrap().snapshot());
}

#[test]
fn search_takes_numbers_and_words() {
    let mut conn = ministry();
    let mut ids = |query: &str| -> Vec<i64> {
        search(&mut conn, query)
            .unwrap()
            .iter()
            .map(|row| row.id)
            .collect()
    };
    assert_eq!(ids("19850512 201001 1 003"), [7]);
    assert_eq!(ids("LESTARI dewi"), [9]);
    assert_eq!(ids("%"), [0_i64; 0]);
    assert_eq!(ids("'; DROP TABLE person; --"), [0_i64; 0]);
    assert_eq!(ids(" "), [0_i64; 0]);
}

#[test]
fn a_roster_of_nobody_and_a_complaint_about_two_people() {
    let mut conn = DatabaseUrl::new(":memory:").connect().unwrap();
    crate::store::migrate(&mut conn).unwrap();
    let nobody = Roster::load(&mut conn).unwrap().propose(&received("Budi", ""));
    assert_eq!(nobody.decision, Decision::None);
    let mut conn = ministry();
    let roster = Roster::load(&mut conn).unwrap();
    // The number and the first name would do for a match, were it not for the second name.
    let one = roster.propose(&received("Budi Santoso", ""));
    assert_eq!(one.decision, Decision::Match);
    let two = roster.propose(&received("Budi Santoso dan Dewi Lestari", ""));
    assert_eq!(
        (two.decision, two.explanation.rule.as_str()),
        (Decision::Possible, "several-named")
    );
}
