//! Taking complaints in: once each, nothing lost, nothing overwritten.

use super::*;
use crate::service::crossref::Roster;
use crate::store::DatabaseUrl;

fn open() -> (Conn, i64) {
    let mut conn = DatabaseUrl::new(":memory:").connect().unwrap();
    crate::store::migrate(&mut conn).unwrap();
    let row = add_authority(&mut conn, "bawaslu", "Bawaslu", Some("2018-08-01"), None).unwrap();
    (conn, row.id)
}

fn complaint(reference: &str, name: &str) -> Received {
    let pairs = [
        ("Nomor Aduan", reference),
        ("Nama Terlapor", name),
        ("Kronologi", " <b>x</b>\n"),
    ];
    Received::new(
        pairs
            .map(|(title, text)| (title.to_owned(), text.to_owned()))
            .to_vec(),
    )
    .unwrap()
}

fn put(conn: &mut Conn, authority: i64, received: &Received) -> Taken {
    let proposal = Roster::load(conn).unwrap().propose(received);
    take(conn, authority, received, &proposal, 100).unwrap()
}

#[test]
fn the_same_reference_is_taken_once_per_authority() {
    let (mut conn, bawaslu) = open();
    let other = add_authority(&mut conn, "bkn", "BKN", None, None).unwrap().id;
    let first = complaint("A1", "Budi");
    let Taken::Added(id) = put(&mut conn, bawaslu, &first) else {
        panic!()
    };
    assert_eq!(put(&mut conn, bawaslu, &first), Taken::Unchanged(id));
    assert!(matches!(put(&mut conn, other, &first), Taken::Added(_)));
    let Taken::Different(different) = put(&mut conn, bawaslu, &complaint("A1", "Bambang")) else {
        panic!()
    };
    assert_eq!((different.complaint_id, different.columns.len()), (id, 1));
    let column = &different.columns[0];
    assert_eq!(
        (column.stored.as_str(), column.offered.as_str()),
        ("Budi", "Bambang")
    );
    let row = find(&mut conn, id).unwrap();
    assert_eq!(row.accused_name, "Budi");
    assert_eq!(pairs(&row).unwrap(), first.pairs);
    assert_eq!(super::received(&row).unwrap(), first);
    assert_eq!(known(&mut conn, bawaslu, &complaint("A2", "Budi")).unwrap(), None);
}

#[test]
fn what_may_tell_who_complained_is_no_difference_that_is_shown() {
    let (mut conn, bawaslu) = open();
    let told = |name: &str, phone: &str| {
        let pairs = [("complaint_id", "A1"), ("accused_name", name), ("no_hp", phone)];
        let pairs = pairs.map(|(title, text)| (title.to_owned(), text.to_owned()));
        Received::new(pairs.to_vec()).unwrap()
    };
    put(&mut conn, bawaslu, &told("Budi", "0811-555"));
    let Taken::Different(different) = put(&mut conn, bawaslu, &told("Bambang", "0822-555")) else {
        panic!()
    };
    assert_eq!(
        (different.columns.len(), different.others.as_slice()),
        (1, ["no_hp".to_owned()].as_slice())
    );
    let shown = serde_json::to_string(&different).unwrap() + &format!("{different:?}");
    assert!(shown.contains("Bambang") && !shown.contains("555"), "{shown}");
    assert!(!format!("{different:?} {:?}", different.columns).contains("Bambang"));
}

#[test]
fn lists_filter_and_page() {
    let (mut conn, bawaslu) = open();
    for number in 0..25 {
        put(&mut conn, bawaslu, &complaint(&format!("A_{number}"), "Budi"));
    }
    put(&mut conn, bawaslu, &complaint("AB9", "Budi"));
    let all = Filter::default();
    assert_eq!(count(&mut conn, &all).unwrap(), 26);
    assert_eq!(list(&mut conn, &all, 20, 20).unwrap().len(), 6);
    let literal = Filter {
        reference: Some("A_".to_owned()),
        ..Filter::default()
    };
    assert_eq!(count(&mut conn, &literal).unwrap(), 25);
    let none = Filter {
        proposal: Some("none".to_owned()),
        authority_id: Some(bawaslu),
        state: Some("received".to_owned()),
        ..Filter::default()
    };
    assert_eq!(count(&mut conn, &none).unwrap(), 26);
}

#[test]
fn authorities_are_rows_with_their_days() {
    let (mut conn, _) = open();
    let key = |error: Error| match error {
        Error::Invalid(problem) | Error::Conflict(problem) => problem.key,
        other => panic!("{other}"),
    };
    let mut add =
        |slug: &str, name: &str, from, to| add_authority(&mut conn, slug, name, from, to).map_err(key);
    assert_eq!(
        add("bawaslu", "x", None, None).unwrap_err(),
        "authority-problem-taken"
    );
    assert_eq!(
        add("Bawaslu!", "x", None, None).unwrap_err(),
        "authority-problem-slug"
    );
    assert_eq!(add("bkn", " ", None, None).unwrap_err(), "authority-problem-name");
    assert_eq!(
        add("bkn", "x", Some("kemarin"), None).unwrap_err(),
        "authority-problem-day"
    );
    assert_eq!(
        add("bkn", "x", Some("2024-02-01"), Some("2024-01-01")).unwrap_err(),
        "authority-problem-days"
    );
    let row = add("kasn", "Komisi", Some("2014-01-15"), Some("2024-09-01")).unwrap();
    assert_eq!(row.valid_to.as_deref(), Some("2024-09-01"));
}
