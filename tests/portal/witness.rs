//! The log before its witnesses: provisional and final, one down, several bad ones, anchors, maps, the gate at a start.

use ikrar::app::App;
use ikrar::app::chores;
use ikrar::app::witnesses;
use ikrar::app::witnesses::gate::GateState;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::domain::label_proof::LabelProof;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::encoding::encode_hex;
use ikrar::ledger::note::Note;
use ikrar::ledger::proof::Proof;
use ikrar::service::Error;
use ikrar::service::journal;
use ikrar::service::publish;
use ikrar::service::roster;

use crate::harness::Behaviour;
use crate::harness::Browser;
use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::TestPortal;
use crate::harness::TestWitness;

const NAMES: [&str; 3] = ["koran", "bawaslu", "kampus"];

pub(crate) fn witnessed() -> (TestPortal, Vec<TestWitness>) {
    let (portal, witnesses) = TestPortal::witnessed(&NAMES, 2);
    (portal.with_election().with_pact().with_people(3), witnesses)
}

pub(crate) fn sign(portal: &TestPortal, person: usize) -> Browser {
    let mut browser = portal.sign_in(person);
    let form = portal.sign_as(person).sign(portal);
    let mut fields = vec![("election", ELECTION)];
    let signed = form.fields();
    fields.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
    browser.post("/sign", &fields);
    let code = portal.newest_mail().code();
    let page = browser.get(&format!("/sign/code?election={ELECTION}"));
    let pending = page.ok().input("statement");
    let fields = [("election", ELECTION), ("statement", &pending), ("code", &code)];
    browser
        .post("/sign/code", &fields)
        .goes_to(&format!("/receipt?election={ELECTION}"));
    browser
}

fn size(portal: &TestPortal) -> u64 {
    portal.read(ikrar::service::ledger_size)
}

/// The public checkpoint and how many cosignatures it carries.
fn full(portal: &TestPortal) -> Option<(u64, usize)> {
    let note = portal.app.log().read(publish::CHECKPOINT).unwrap()?;
    let note = Note::parse(&String::from_utf8(note).unwrap()).unwrap();
    let size = Checkpoint::parse(note.text()).unwrap().size;
    Some((size, note.signatures().len() - 1))
}

fn kind_at(portal: &TestPortal, index: u64) -> Body {
    let bytes = portal.read(|conn| ikrar::service::public::entry(conn, index));
    Entry::parse(&bytes).unwrap().body
}

#[test]
fn a_receipt_is_provisional_until_two_of_three_witnesses_have_cosigned() {
    let (portal, witnesses) = witnessed();
    witnesses[1].behave(Behaviour::Status(500));
    let mut ani = sign(&portal, 0);
    let mails = portal.mails().len();
    ani.get("/receipt").ok().sees("Sementara");
    portal.browser().get("/checkpoint").is(404);
    assert_eq!(
        ikrar::mail::drain_once(&portal.app).unwrap(),
        0,
        "the mail waits a little"
    );
    assert!(witnesses::ask_once(&portal.app).unwrap());
    let signed = size(&portal);
    assert_eq!(full(&portal), Some((signed, 2)));
    let receipt = ani.get("/receipt");
    receipt.ok().sees("Sudah disaksikan").lacks("Sementara");
    let proof = Proof::parse(&ani.get("/receipt/proof").ok().text()).unwrap();
    let judged = portal.app.keys().log.judge(&proof.checkpoint_note).unwrap();
    assert!(judged.has_quorum);
    let mail = portal.newest_mail();
    assert_eq!(portal.mails().len(), mails + 1);
    assert!(mail.text.contains("bukti akhir"), "{}", mail.text);
}

#[test]
fn the_first_quorum_over_an_entry_stays_its_proof() {
    let (portal, _witnesses) = witnessed();
    let mut ani = sign(&portal, 0);
    witnesses::ask_once(&portal.app).unwrap();
    let first = ani.get("/receipt/proof").ok().text();
    portal.set_clock(NOW_S + 3600);
    sign(&portal, 1);
    witnesses::ask_once(&portal.app).unwrap();
    assert_eq!(full(&portal).unwrap().0, size(&portal));
    assert_eq!(ani.get("/receipt/proof").ok().text(), first);
}

#[test]
fn without_witnesses_signing_goes_on_and_the_mail_says_that_the_proof_is_provisional() {
    let (portal, witnesses) = witnessed();
    for witness in &witnesses {
        witness.behave(Behaviour::Status(403));
    }
    let mut ani = sign(&portal, 0);
    assert!(!witnesses::ask_once(&portal.app).unwrap());
    portal.set_clock(NOW_S + 31);
    assert!(portal.newest_mail().text.contains("masih sementara"));
    ani.get("/receipt").ok().sees("Sementara");
    Proof::parse(&ani.get("/receipt/proof").ok().text()).unwrap();
    assert_eq!(full(&portal), None);
}

#[test]
fn what_a_bad_witness_answers_counts_for_nothing() {
    let (portal, witnesses) = witnessed();
    witnesses[0].behave(Behaviour::Status(404));
    let bad = [
        Behaviour::WrongKey,
        Behaviour::BadSignature,
        Behaviour::Garbage,
        Behaviour::Endless,
        Behaviour::Status(500),
        Behaviour::Status(200),
        Behaviour::Status(422),
        Behaviour::Status(307),
        Behaviour::Claims(0),
    ];
    for behaviour in bad {
        witnesses[1].behave(behaviour);
        assert!(!witnesses::ask_once(&portal.app).unwrap(), "{behaviour:?}");
        assert_eq!(full(&portal), None, "{behaviour:?}");
    }
    assert_eq!(portal.app.witnesses().gate().state(), GateState::Open);
    witnesses[0].behave(Behaviour::Honest);
    assert!(witnesses::ask_once(&portal.app).unwrap());
}

#[test]
fn workers_ask_by_themselves_and_a_witness_that_hangs_holds_nobody_up() {
    let (portal, witnesses) = witnessed();
    witnesses[2].behave(Behaviour::Hangs);
    let signed = size(&portal);
    // They stop when this is dropped; the one that hangs is let go first.
    let running = witnesses::start(&portal.app).unwrap();
    while full(&portal).is_none_or(|(size, _)| size < signed) {
        std::thread::yield_now();
    }
    sign(&portal, 0);
    drop(witnesses);
    drop(running);
}

#[test]
fn an_anchor_is_appended_once_a_minute_and_only_when_needed() {
    let (portal, _witnesses) = witnessed();
    let before = size(&portal);
    chores::run_once(&portal.app).unwrap();
    assert_eq!(size(&portal), before, "nothing is cosigned yet");
    witnesses::ask_once(&portal.app).unwrap();
    chores::run_once(&portal.app).unwrap();
    let Body::Anchor(anchor) = kind_at(&portal, before) else {
        panic!("no anchor");
    };
    let judged = portal
        .app
        .keys()
        .log
        .judge(std::str::from_utf8(&anchor.checkpoint).unwrap())
        .unwrap();
    assert_eq!(judged.checkpoint.size, before);
    assert!(judged.span().is_some());
    witnesses::ask_once(&portal.app).unwrap();
    chores::run_once(&portal.app).unwrap();
    assert_eq!(size(&portal), before + 1, "one a minute");
    portal.set_clock(NOW_S + 120);
    witnesses::ask_once(&portal.app).unwrap();
    chores::run_once(&portal.app).unwrap();
    assert_eq!(size(&portal), before + 1, "nobody wrote, nobody looked");
    portal.set_clock(NOW_S + 240);
    let mut ani = portal.sign_in(0);
    let page = ani.get("/sign");
    assert_eq!(
        page.ok().attribute("data-sign", "data-after-size"),
        (before + 1).to_string()
    );
    chores::run_once(&portal.app).unwrap();
    assert_eq!(size(&portal), before + 1, "the witnesses' word is old");
    witnesses::ask_once(&portal.app).unwrap();
    chores::run_once(&portal.app).unwrap();
    assert!(matches!(kind_at(&portal, before + 1), Body::Anchor(_)));
    ani.get("/sign").ok();
    portal.set_clock(NOW_S + 300);
    let page = ani.get("/sign");
    assert_eq!(
        page.ok().attribute("data-sign", "data-after-size"),
        (before + 2).to_string()
    );
}

#[test]
fn a_map_is_entered_once_a_minute_and_proves_who_signed_and_who_did_not() {
    let (portal, _witnesses) = witnessed();
    sign(&portal, 0);
    let signed = size(&portal) - 1;
    chores::run_once(&portal.app).unwrap();
    let Body::Map(map) = kind_at(&portal, signed + 1) else {
        panic!("no map");
    };
    assert_eq!(map.size, signed + 1);
    chores::run_once(&portal.app).unwrap();
    assert_eq!(size(&portal), signed + 2);
    let mut stranger = portal.browser();
    for (person, expected) in [(0, Some(signed)), (1, None)] {
        let id = portal.person(person).id;
        let member = portal
            .read(|conn| Ok(roster::find_member(conn, ELECTION, id)?))
            .unwrap();
        let label: [u8; 32] = member.label.unwrap().try_into().unwrap();
        let page = stranger.get(&format!("/ledger/map/{ELECTION}/{}", encode_hex(&label)));
        let proof = LabelProof::parse(&page.ok().text()).unwrap();
        assert!(proof.map.to_string().len() <= 1500);
        let fact = proof.verify(portal.app.keys().log.vkey(), &label).unwrap();
        assert_eq!((fact.signature, fact.size), (expected, signed + 1));
        assert!(proof.verify(portal.app.keys().log.vkey(), &[9; 32]).is_err());
    }
    stranger.get(&format!("/ledger/map/{ELECTION}/00")).is(404);
    stranger
        .get(&format!("/ledger/map/other/{}", "0".repeat(64)))
        .is(404);
    portal.set_clock(NOW_S + 60);
    chores::run_once(&portal.app).unwrap();
    assert_eq!(size(&portal), signed + 2, "nothing changed");
    sign(&portal, 1);
    portal.set_clock(NOW_S + 120);
    chores::run_once(&portal.app).unwrap();
    assert!(matches!(kind_at(&portal, signed + 3), Body::Map(_)));
}

#[test]
fn after_a_restart_nothing_is_signed_until_enough_witnesses_have_told_their_size() {
    let (portal, witnesses) = witnessed();
    witnesses::ask_once(&portal.app).unwrap();
    let latest = portal.app.log().read(publish::LATEST).unwrap();
    let again = App::open(portal.app.config().clone(), portal.app.clock().clone()).unwrap();
    let grow = |app: &App| {
        app.write_here(|conn| Ok(ikrar::store::ledger::append(conn, NOW_S, dispute(), Vec::new())?))
    };
    let note = |app: &App| app.write_here(|conn| journal::note(conn, NOW_S, None, "people-viewed", "a"));
    assert_eq!(again.witnesses().gate().state(), GateState::Waiting);
    assert!(matches!(grow(&again), Err(Error::Busy(_))));
    note(&again).unwrap();
    // One answers: the other two could still have signed something else together.
    for witness in &witnesses[1..] {
        witness.behave(Behaviour::Status(500));
    }
    witnesses::ask_once(&again).unwrap();
    assert_eq!(again.witnesses().gate().state(), GateState::Waiting);
    assert!(matches!(grow(&again), Err(Error::Busy(_))));
    assert_eq!(portal.app.log().read(publish::LATEST).unwrap(), latest);
    witnesses[1].behave(Behaviour::Honest);
    witnesses::ask_once(&again).unwrap();
    assert_eq!(again.witnesses().gate().state(), GateState::Open);
}

#[test]
fn a_witness_that_knows_more_than_the_database_stops_the_writer_and_nothing_else() {
    let (portal, witnesses) = witnessed();
    witnesses::ask_once(&portal.app).unwrap();
    let again = App::open(portal.app.config().clone(), portal.app.clock().clone()).unwrap();
    witnesses[0].behave(Behaviour::Claims(size(&portal) + 1));
    witnesses::ask_once(&again).unwrap();
    assert_eq!(again.witnesses().gate().state(), GateState::Stopped);
    let refused =
        again.write_here(|conn| Ok(ikrar::store::ledger::append(conn, NOW_S, dispute(), Vec::new())?));
    assert!(matches!(refused, Err(Error::Tampered(_))));
    assert!(again.read_here(ikrar::service::ledger_size).unwrap() > 0);
    // A running portal hears it too.
    witnesses::ask_once(&portal.app).unwrap();
    let ready = portal.browser().get("/readyz");
    ready.is(503).sees("\"witnesses\":\"stopped\"");
    portal.browser().get("/ledger").ok();
}

fn dispute() -> Body {
    Body::Dispute(ikrar::domain::entry::Dispute {
        signature: 1,
        channel: ikrar::domain::entry::Channel::Link,
        nonce: [7; 16],
    })
}

#[test]
fn the_policy_is_public() {
    let (portal, witnesses) = TestPortal::witnessed(&["koran"], 1);
    let policy = portal.browser().get("/policy");
    policy.ok().sees(witnesses[0].line.trim_end()).sees("quorum all");
    let alone = TestPortal::new();
    alone.browser().get("/policy").ok().sees("quorum none");
}
