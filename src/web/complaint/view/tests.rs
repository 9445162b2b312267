//! Numbers, waterfalls and sentences as they stand on the page, and what a list costs.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use diesel::Connection;
use diesel::connection::InstrumentationEvent;

use super::waterfall::Scale;
use super::waterfall::bits;
use super::waterfall::steps;
use super::*;
use crate::domain::complaint::Received;
use crate::render::Lang;
use crate::render::Render;
use crate::service::complaint;
use crate::service::crossref::Candidate;
use crate::service::crossref::Roster;
use crate::web::complaint::queue::Queue;

#[test]
fn numbers_are_written_as_people_read_them() {
    assert_eq!((whole(99.6), whole(f64::NAN), whole(-3.0)), (100, 0, 0));
    let share = |probability| Share::of(probability).kind;
    assert_eq!(
        [share(0.996), share(0.5), share(0.001)],
        ["most", "about", "least"]
    );
    assert_eq!(
        [bits(4.25), bits(-0.5), bits(-0.001)],
        ["+4,25", "\u{2212}0,50", "+0,00"]
    );
}

fn line(bits: f64) -> Line {
    Line {
        field: "name".to_owned(),
        level: "exact".to_owned(),
        bits,
        detail: "a = a".to_owned(),
        written: "a".to_owned(),
        recorded: "a".to_owned(),
        bearers: Some(37),
    }
}

#[test]
fn the_bits_of_a_waterfall_add_up_as_they_are_written() {
    let lines = [6.666, 0.334, 1.004, -2.504, -0.004];
    let prior_bits = -5.914;
    let candidate = Candidate {
        person_id: Some(1),
        score: prior_bits + lines.iter().sum::<f64>(),
        posterior: 0.5,
        evidence: lines.map(line).to_vec(),
        contradictions: Vec::new(),
    };
    let scale = Scale::of([(prior_bits, &candidate)]);
    let steps = serde_json::to_value(steps(prior_bits, &candidate, &scale)).unwrap();
    let steps = steps.as_array().unwrap();
    let number = |text: &serde_json::Value| -> f64 {
        let text = text.as_str().unwrap().replace(',', ".").replace('\u{2212}', "-");
        text.parse().unwrap()
    };
    let mut sum = 0.0;
    for step in &steps[..steps.len() - 1] {
        sum += number(&step["bits"]);
        assert!((sum - number(&step["sum"])).abs() < 0.000_1, "{step}");
    }
    let total = steps.last().unwrap();
    assert!((sum - number(&total["bits"])).abs() < 0.000_1, "{total}");
    let sides: Vec<&str> = steps.iter().map(|step| step["side"].as_str().unwrap()).collect();
    assert_eq!(
        sides[1..6],
        ["for-strong", "for-weak", "for-weak", "against-medium", "neutral"]
    );
}

/// The keys that a type of `linkage::answer` may say: what stands between quotes in its `fn key`.
fn keys_of(name: &str) -> Vec<&'static str> {
    let source = include_str!("../../../linkage/answer.rs");
    let start = format!("impl {name} {{");
    let body = source.split(&start).nth(1).unwrap();
    let body = body.split("\n}\n").next().unwrap();
    let keys = body.split("=> \"").skip(1);
    keys.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// A field, level or rule that the linkage gains fails here until the catalogues have its words.
#[test]
fn everything_the_linkage_may_say_has_its_words() {
    let render = Render::new().unwrap();
    let args = ["field", "written", "recorded"].map(|name| (name, "x".to_owned()));
    let args: Vec<(&str, String)> = args.into_iter().chain([("n", "2".to_owned())]).collect();
    let say = |prefix: &str, name: &str| {
        let keys = keys_of(name);
        assert!(keys.len() > 2, "{name} has its keys elsewhere");
        for key in keys.into_iter().chain((name != "Decision").then_some("other")) {
            let text = render.text(Lang::Id, &format!("{prefix}{key}"), &args);
            assert!(text.is_ok(), "{text:?}");
        }
    };
    say("evidence-field-", "Field");
    say("evidence-level-", "Level");
    say("evidence-line-", "Level");
    say("case-rule-", "RuleId");
    say("case-proposal-", "Decision");
    say("complaint-proposal-", "Decision");
}

fn full(count: usize) -> crate::service::Conn {
    let mut conn = crate::store::memory();
    let authority = complaint::add_authority(&mut conn, "bawaslu", "Bawaslu", None, None).unwrap();
    let roster = Roster::load(&mut conn).unwrap();
    for number in 0..count {
        let pairs = [
            ("complaint_id", format!("A{number}")),
            ("accused_name", "Budi".to_owned()),
        ];
        let pairs = pairs.map(|(title, text)| (title.to_owned(), text)).to_vec();
        let received = Received::new(pairs).unwrap();
        complaint::take(&mut conn, authority.id, &received, &roster.propose(&received), 0).unwrap();
    }
    conn
}

#[test]
fn a_page_of_the_list_asks_as_much_of_the_database_for_fifty_rows_as_for_one() {
    let cost = |count: usize| {
        let mut conn = full(count);
        let roster = Roster::load(&mut conn).unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        let sizes = Sizes {
            page: 1,
            page_size: 50,
            overdue_days: 7,
            due_s: 0,
            may_decide: true,
        };
        list(&mut conn, Queue::default(), Some(&roster), &sizes).unwrap();
        asked.load(Ordering::SeqCst)
    };
    let one = cost(1);
    assert_eq!(cost(50), one);
    assert!((1..=16).contains(&one), "{one} queries");
}
