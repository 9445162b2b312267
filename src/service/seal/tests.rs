//! Several days of a journal, and what is noticed when somebody changes it afterwards.

use diesel::connection::SimpleConnection;
use jiff::civil::date;

use super::*;
use crate::domain::entry::Channel;
use crate::domain::entry::Dispute;
use crate::domain::journal::Unproved;
use crate::store;

const DAY_S: i64 = 86_400;
/// 3 February 2024, 00.00 UTC.
const BEGUN_S: i64 = 1_706_918_400;

fn random() -> impl FnMut() -> Result<[u8; 32], Error> {
    let mut count = 0_u8;
    move || {
        count += 1;
        Ok([count; 32])
    }
}

fn begin() -> Conn {
    let mut conn = store::memory();
    let body = Body::Dispute(Dispute {
        signature: 1,
        channel: Channel::Link,
        nonce: [1; 16],
    });
    store::write::<_, Error>(&mut conn, |conn| Ok(ledger::append(conn, BEGUN_S, body, vec![])?)).unwrap();
    conn
}

fn note(conn: &mut Conn, day: i64, count: i64) {
    for second in 0..count {
        journal::insert(
            conn,
            BEGUN_S + day * DAY_S + second,
            Some(4),
            None,
            "people-viewed",
            "election a",
        )
        .unwrap();
    }
}

/// What the portal does at a time.
fn seal(conn: &mut Conn, day: i64) -> Result<usize, Error> {
    let now_s = BEGUN_S + day * DAY_S + SETTLED_S;
    let mut random = random();
    while store::write(conn, |conn| place(conn, 3, &mut random))? == 3 {}
    let checked = recheck(conn)?;
    store::write(conn, |conn| append(conn, checked, now_s, &mut random))
}

/// Two days with lines and one without.
fn three_days() -> Conn {
    let mut conn = begin();
    note(&mut conn, 0, 7);
    assert_eq!(seal(&mut conn, 1).unwrap(), 1);
    note(&mut conn, 1, 4);
    assert_eq!(seal(&mut conn, 2).unwrap(), 1);
    assert_eq!(seal(&mut conn, 3).unwrap(), 1);
    conn
}

fn damage(conn: &mut Conn, sql: &str) {
    conn.batch_execute(sql).unwrap();
}

fn tampered<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Tampered(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_day_gets_one_seal_also_a_quiet_one_and_those_of_a_standstill() {
    let mut conn = begin();
    assert_eq!(seal(&mut conn, 0).unwrap(), 0, "the first day is not over");
    let mut conn = three_days();
    assert_eq!(seal(&mut conn, 3).unwrap(), 0, "one a day");
    let seals = open_seals(&mut conn).unwrap();
    let sizes: Vec<_> = seals.iter().map(|seal| (seal.date, seal.size)).collect();
    assert_eq!(
        sizes,
        [
            (date(2024, 2, 3), 7),
            (date(2024, 2, 4), 11),
            (date(2024, 2, 5), 11)
        ]
    );
    assert_ne!(seals[1].digest(), seals[2].digest(), "each has a salt of its own");
    assert_eq!(seal(&mut conn, 8).unwrap(), 5);
    assert_eq!(
        open_seals(&mut conn).unwrap().last().unwrap().date,
        date(2024, 2, 10)
    );
    // Another process was first: nothing is sealed twice.
    let old = recheck(&mut conn).unwrap();
    assert_eq!(seal(&mut conn, 9).unwrap(), 1);
    let late = store::write(&mut conn, |conn| {
        append(conn, old, BEGUN_S + 9 * DAY_S, &mut random())
    });
    assert_eq!(late.unwrap(), 0);
}

#[test]
fn a_line_and_a_growth_are_proved_and_nothing_else() {
    let mut conn = three_days();
    let public = |conn: &mut Conn, seal: &OpenSeal| ledger::find_entry(conn, seal.entry).unwrap().unwrap();
    for id in 1..=11 {
        let evidence = prove_line(&mut conn, id).unwrap();
        evidence.check().unwrap();
        let sealed = evidence.seals()[0].clone();
        assert_eq!(
            sealed.size,
            if id <= 7 { 7 } else { 11 },
            "the first seal over it"
        );
        sealed.check(&public(&mut conn, &sealed)).unwrap();
        assert_eq!(Evidence::parse(&evidence.print()).unwrap(), evidence);
    }
    let growth = prove_growth(&mut conn, date(2024, 2, 3), date(2024, 2, 5)).unwrap();
    growth.check().unwrap();
    let other = OpenSeal {
        date: date(2024, 2, 4),
        ..growth.seals()[0].clone()
    };
    assert_eq!(other.check(&public(&mut conn, &other)), Err(Unproved::Seal));
    note(&mut conn, 3, 1);
    assert!(
        matches!(prove_line(&mut conn, 12), Err(Error::Busy(_))),
        "not sealed yet"
    );
    assert!(matches!(prove_line(&mut conn, 13), Err(Error::NotFound)));
    let unknown = prove_growth(&mut conn, date(2024, 2, 3), date(2024, 2, 9));
    assert!(matches!(unknown, Err(Error::NotFound)));
}

#[test]
fn a_changed_line_is_named_and_stops_the_sealing() {
    let mut conn = three_days();
    damage(&mut conn, "UPDATE journal SET account_id = 5 WHERE id = 3");
    let why = tampered(seal(&mut conn, 4));
    assert!(why.contains("journal line 3 was changed"), "{why}");
    assert!(tampered(prove_line(&mut conn, 3)).contains("journal line 3"));
    assert!(
        tampered(prove_line(&mut conn, 9)).contains("journal line 3"),
        "no proof is made over it"
    );
}

#[test]
fn a_line_changed_together_with_its_leaf_contradicts_the_first_seal_over_it() {
    let mut conn = three_days();
    let row = journal::find(&mut conn, 9).unwrap();
    let salt = *ledger::to_hash(row.salt.as_deref().unwrap()).unwrap().as_bytes();
    let forged = JournalRow {
        subject: "election b".to_owned(),
        ..row.line
    };
    let leaf = line_of(&forged, salt).unwrap().leaf();
    journal::place(&mut conn, 9, &salt, &leaf, 8).unwrap();
    damage(
        &mut conn,
        "UPDATE journal SET subject = 'election b' WHERE id = 9",
    );
    let why = tampered(seal(&mut conn, 4));
    assert!(
        why.contains("11 lines are not those that were sealed on 2024-02-04"),
        "{why}"
    );
    tampered(prove_line(&mut conn, 9));
    prove_line(&mut conn, 3).unwrap().check().unwrap();
}

#[test]
fn a_line_taken_out_and_a_seal_taken_out_are_noticed() {
    let mut conn = three_days();
    damage(&mut conn, "DELETE FROM journal WHERE id = 5");
    assert!(tampered(seal(&mut conn, 4)).contains("at place 4 was taken out"));
    let mut conn = three_days();
    damage(&mut conn, "DELETE FROM journal WHERE id = 11");
    let why = tampered(seal(&mut conn, 4));
    assert!(
        why.contains("had 11 lines at the seal of 2024-02-04 and has 10 now"),
        "{why}"
    );
    let mut conn = three_days();
    damage(&mut conn, "DELETE FROM journal_seal WHERE size = 7");
    assert!(tampered(seal(&mut conn, 4)).contains("nothing here opens the seal of 2024-02-03"));
    let mut conn = three_days();
    damage(&mut conn, "UPDATE journal_seal SET size = 6 WHERE size = 7");
    assert!(tampered(seal(&mut conn, 4)).contains("the seal of 2024-02-03"));
}
