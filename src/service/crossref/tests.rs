//! The way from a complaint to a decision and its join, on a real database.

use diesel::connection::SimpleConnection;

use super::*;
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
        "INSERT INTO account (id, email, name, created_s) VALUES (1, 'p@example.test', 'Pemeriksa', 0);
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
    let complaint = received("Boedi Santoso", day);
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

#[test]
fn a_decision_stands_until_it_is_taken_back() {
    let mut conn = ministry();
    let id = taken(&mut conn, "2023-12-01");
    let refused = decide(&mut conn, id, Outcome::Person(7), 1, " ", DAY).unwrap_err();
    assert!(matches!(refused, Error::Invalid(problem) if problem.key == "case-problem-reason"));
    assert!(matches!(
        decide(&mut conn, id, Outcome::Person(8), 1, "x", DAY),
        Err(Error::NotFound)
    ));
    assert!(matches!(
        decide(&mut conn, id, Outcome::Reopened, 1, "x", DAY),
        Err(Error::Conflict(_))
    ));
    decide(&mut conn, id, Outcome::Person(7), 1, "NIP dan nama cocok", DAY).unwrap();
    assert_eq!(intake::find(&mut conn, id).unwrap().state, "identified");
    assert!(matches!(
        decide(&mut conn, id, Outcome::Nobody, 1, "x", DAY),
        Err(Error::Conflict(_))
    ));
    decide(&mut conn, id, Outcome::Reopened, 1, "Unit ternyata lain", DAY).unwrap();
    decide(&mut conn, id, Outcome::Nobody, 1, "Bukan pegawai di sini", DAY).unwrap();
    assert_eq!(intake::find(&mut conn, id).unwrap().state, "nobody");
    let trail: Vec<(String, Option<i64>)> = list_decisions(&mut conn, id)
        .unwrap()
        .into_iter()
        .map(|row| (row.outcome, row.person_id))
        .collect();
    let wanted = [("nobody", None), ("reopened", None), ("person", Some(7))];
    assert_eq!(
        trail,
        wanted.map(|(outcome, person)| (outcome.to_owned(), person))
    );
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
    let mut two = received("Budi Santoso dan Dewi Lestari", "");
    two.nip_fragment = String::new();
    let proposal = Roster::load(&mut conn).unwrap().propose(&two);
    assert_ne!(proposal.decision, Decision::Match);
}
