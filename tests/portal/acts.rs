//! Acts of two officers: the first signature waits, the second one enters; and everybody who may not be the second.

use ed25519_dalek::SigningKey;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::role::Role;
use ikrar::ledger::cosignature::Cosigner;
use ikrar::ledger::encoding::encode_base64;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::NoteSigner;
use ikrar::service::Error;
use ikrar::service::act;
use ikrar::service::joint_act;
use ikrar::service::joint_act::Desk;
use ikrar::service::officer;

use crate::harness::Browser;
use crate::harness::ORIGIN;
use crate::harness::TestPortal;
use crate::harness::log_key;
use crate::harness::office_key;
use crate::officer::fields;
use crate::officer::signed;
use crate::sign::sign;

/// An officer with a key in force, as the officers' pages put it there.
pub(crate) fn keyed(portal: &TestPortal, email: &str, roles: &[Role], seed: u8) -> (Browser, SigningKey) {
    let mut browser = portal.officer(email, roles);
    let key = SigningKey::from_bytes(&[seed; 32]);
    let public = key.verifying_key().to_bytes();
    browser
        .post("/key", &[("key", &encode_base64(&public)), ("device", "Laptop")])
        .goes_to("/key");
    let (origin, nonce, now_s) = (portal.origin(), portal.nonce(), portal.app.now_s());
    portal
        .write(move |conn| officer::approve_with(conn, &origin, public, &office_key(), nonce, now_s))
        .unwrap();
    (browser, key)
}

/// A portal in which Ani has signed and says that she did not: the dispute's entry.
pub(crate) fn disputed() -> (TestPortal, i64) {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut ani = portal.sign_in(0);
    sign(&portal, &mut ani, 0);
    let index = i64::try_from(portal.read(ikrar::service::ledger_size)).unwrap() - 1;
    let (nonce, now_s) = (portal.nonce(), portal.app.now_s());
    let row = portal
        .write(move |conn| {
            ikrar::service::dispute::enter_from_authority(conn, index, None, None, nonce, now_s)
        })
        .unwrap();
    (portal, row.leaf_index)
}

#[test]
fn a_decision_stands_only_with_two_officers() {
    let (portal, dispute) = disputed();
    let (mut rina, rina_key) = keyed(&portal, "rina@kementerian.example", &[Role::Hr], 21);
    let (mut surya, surya_key) = keyed(&portal, "surya@kementerian.example", &[Role::Examiner], 22);
    let draft = rina.post(&format!("/disputes/{dispute}/draft"), &[("outcome", "upheld")]);
    draft
        .ok()
        .sees("menunggu petugas kedua")
        .sees("Sengketa dikabulkan")
        .sees("Nomor sengketa");
    let form = signed(&draft, &rina_key);
    let size = portal.read(ikrar::service::ledger_size);
    rina.post("/acts", &fields(&form)).goes_to("/acts/1");
    // The same once more is the same act.
    rina.post("/acts", &fields(&form)).goes_to("/acts/1");
    assert_eq!(portal.read(ikrar::service::ledger_size), size);

    // Her own signature is not a second one, with whatever key.
    let mine = rina.get("/acts/1");
    mine.ok().sees("Menunggu petugas kedua").lacks("data-act ");
    rina.post("/acts/1/join", &fields(&form))
        .is(409)
        .sees("dua petugas yang berbeda");
    let second = SigningKey::from_bytes(&[23; 32]);
    let public = second.verifying_key().to_bytes();
    rina.post("/key", &[("key", &encode_base64(&public)), ("device", "Ponsel")])
        .goes_to("/key");
    let (origin, nonce, now_s) = (portal.origin(), portal.nonce(), portal.app.now_s());
    portal
        .write(move |conn| officer::approve_with(conn, &origin, public, &office_key(), nonce, now_s))
        .unwrap();
    let other_key = signed(&draft, &second);
    rina.post("/acts/1/join", &fields(&other_key))
        .is(409)
        .sees("dua petugas yang berbeda");

    // Another act about the same dispute does not wait beside it.
    rina.post(&format!("/disputes/{dispute}/draft"), &[("outcome", "dismissed")])
        .goes_to("/acts/1");
    surya
        .get("/acts")
        .ok()
        .sees("Putusan sengketa")
        .sees("Petugas Contoh");
    let page = surya.get("/acts/1");
    page.ok()
        .sees("Sebaiknya petugas kedua dari luar kepegawaian")
        .sees("jangan hanya percaya");
    // Somebody else's key in this browser is refused, and so is another text.
    surya
        .post("/acts/1/join", &fields(&signed(&page, &rina_key)))
        .is(422)
        .sees("milik akun lain");
    let mut changed = signed(&page, &surya_key);
    changed[2].1 = encode_base64(&[1; 64]);
    surya
        .post("/acts/1/join", &fields(&changed))
        .is(422)
        .sees("tidak sah");
    let good = signed(&page, &surya_key);
    surya.post("/acts/1/join", &fields(&good)).goes_to("/acts");
    surya.get("/acts").ok().sees("Tidak ada tindakan yang menunggu");
    surya.post("/acts/1/join", &fields(&good)).is(409);
    surya.get("/acts/1").goes_to("/acts");

    let state = portal.audit();
    let counts = state.elections().values().next().unwrap().counts();
    assert_eq!((counts.valid, counts.disputed, counts.voided), (0, 0, 1));
    let newest = portal.newest_mail();
    assert!(newest.raw.contains("tlog-proof") || newest.text.contains("/enter/"));
}

#[test]
fn an_act_is_taken_back_declined_or_forgotten() {
    let (portal, dispute) = disputed();
    let (mut rina, key) = keyed(&portal, "rina@kementerian.example", &[Role::Hr], 21);
    let (mut surya, _) = keyed(&portal, "surya@kementerian.example", &[Role::Auditor], 22);
    let propose = |rina: &mut Browser, to: &str| {
        let draft = rina.post(&format!("/disputes/{dispute}/draft"), &[("outcome", "dismissed")]);
        let form = signed(&draft, &key);
        rina.post("/acts", &fields(&form)).goes_to(to);
    };
    propose(&mut rina, "/acts/1");
    rina.post("/acts/1/withdraw", &[]).goes_to("/acts");
    propose(&mut rina, "/acts/2");
    surya.post("/acts/2/withdraw", &[]).goes_to("/acts");
    propose(&mut rina, "/acts/3");
    portal.set_clock(portal.app.now_s() + 15 * 24 * 3600);
    let mut surya = portal.officer("surya@kementerian.example", &[Role::Auditor]);
    surya.get("/acts").ok().sees("Tidak ada tindakan yang menunggu");
    surya.get("/acts/3").goes_to("/acts");
}

#[test]
fn nobody_signs_what_their_role_does_not_allow() {
    let (portal, dispute) = disputed();
    let (mut rina, key) = keyed(&portal, "rina@kementerian.example", &[Role::Hr], 21);
    let draft = rina.post(&format!("/disputes/{dispute}/draft"), &[("outcome", "upheld")]);
    rina.post("/acts", &fields(&signed(&draft, &key)))
        .goes_to("/acts/1");
    let (mut operator, operators) = keyed(&portal, "op@kementerian.example", &[Role::Operator], 24);
    operator.get("/acts").ok().lacks("Putusan sengketa");
    operator.get("/acts/1").is(403);
    operator
        .post("/acts/1/join", &fields(&signed(&draft, &operators)))
        .is(403);
    operator.post("/acts/1/withdraw", &[]).is(403);
    operator.get("/disputes").is(403);
    let mut head = portal.officer("kepala@kementerian.example", &[Role::UnitHead]);
    head.get("/acts").is(403);
    portal.sign_in(1).get("/acts").is(403);
    portal.browser().get("/acts").goes_to("/sign-in");
    // An act that one officer authors does not wait for two, and a dispute that is not there is no matter of an act.
    rina.post("/disputes/1/draft", &[("outcome", "upheld")]).is(404);
    rina.post(&format!("/disputes/{dispute}/draft"), &[("outcome", "maybe")])
        .is(400);
}

/// Two officers who may give the log another key or policy.
struct Pair<'a> {
    portal: &'a TestPortal,
    first: SigningKey,
    second: SigningKey,
}

impl Pair<'_> {
    fn propose(&self, body: Body) -> Result<i64, Error> {
        let (origin, now_s) = (self.portal.origin(), self.portal.app.now_s());
        let act = officer::sign_act(&origin, body, &self.first);
        self.portal
            .write(move |conn| joint_act::propose(conn, &origin, &act, Desk::CommandLine, now_s))
    }

    fn join(&self, id: i64, body: Body) -> Result<u64, Error> {
        let (origin, now_s) = (self.portal.origin(), self.portal.app.now_s());
        let by = officer::sign_act(&origin, body, &self.second).by[0];
        self.portal
            .write(move |conn| joint_act::join(conn, &origin, id, by, Desk::CommandLine, now_s))
    }

    /// Past the checks, as an older version would have.
    fn admit(&self, body: &Body) {
        let (origin, now_s) = (self.portal.origin(), self.portal.app.now_s());
        let signed =
            [&self.first, &self.second].map(|key| officer::sign_act(&origin, body.clone(), key).by[0]);
        let mut act = officer::sign_act(&origin, body.clone(), &self.first);
        act.by = signed.to_vec();
        act.by.sort_by_key(|by| by.key);
        self.portal
            .write(move |conn| act::admit(conn, &origin, act, now_s))
            .unwrap();
    }

    fn key(&self, vkey: &str) -> Body {
        Body::LogKey(entry::LogKey {
            vkey: vkey.parse().unwrap(),
            nonce: self.portal.nonce(),
        })
    }

    fn policy(&self, text: &str) -> Body {
        Body::Policy(entry::Policy {
            policy: text.as_bytes().to_vec(),
            nonce: self.portal.nonce(),
        })
    }
}

#[test]
fn a_key_or_policy_that_would_break_the_log_for_ever_is_refused() {
    let portal = TestPortal::new();
    let (_, first) = keyed(&portal, "op@kementerian.example", &[Role::Operator], 31);
    let (_, second) = keyed(&portal, "audit@kementerian.example", &[Role::Auditor], 32);
    let portal = &portal;
    let pair = Pair {
        portal,
        first,
        second,
    };
    let named = |name: &str, seed: u8| {
        let name = KeyName::parse(name).unwrap();
        NoteSigner::new(name, SigningKey::from_bytes(&[seed; 32])).unwrap()
    };
    let later = Cosigner::ml_dsa_44(KeyName::parse(ORIGIN).unwrap(), [9; 32]).unwrap();
    let bad = [
        log_key().to_string(),
        later.key().to_string(),
        named("elsewhere.example/log", 41).vkey().to_string(),
        format!("{ORIGIN}+x"),
        "nonsense".to_owned(),
    ];
    for vkey in bad {
        let refused = pair.propose(pair.key(&vkey));
        let known = vkey == log_key().to_string();
        match refused {
            Err(Error::Conflict(problem)) if known => assert_eq!(problem.key, "act-problem-logkey-known"),
            Err(Error::Invalid(problem)) if !known => assert_eq!(problem.key, "act-problem-logkey"),
            other => panic!("{vkey}: {other:?}"),
        }
    }
    let next = named(ORIGIN, 42).vkey().to_string();
    let act = pair.key(&next);
    let id = pair.propose(act.clone()).unwrap();
    pair.join(id, act).unwrap();
    assert!(matches!(pair.propose(pair.key(&next)), Err(Error::Conflict(_))));
    // What was right when the first officer signed is looked at again for the second.
    let third = named(ORIGIN, 43).vkey().to_string();
    let waiting = pair.key(&third);
    let id = pair.propose(waiting.clone()).unwrap();
    pair.admit(&pair.key(&third));
    let size = portal.read(ikrar::service::ledger_size);
    assert!(matches!(pair.join(id, waiting), Err(Error::Conflict(_))));
    assert_eq!(portal.read(ikrar::service::ledger_size), size);

    let other = named("elsewhere.example/log", 41);
    for bad in ["{}\n".to_owned(), format!("log {}\nquorum none\n", other.vkey())] {
        let refused = pair.propose(pair.policy(&bad));
        assert!(matches!(refused, Err(Error::Invalid(_))), "{bad}: {refused:?}");
    }
    let good = format!("log {}\nquorum none\n", log_key());
    let act = pair.policy(&good);
    let id = pair.propose(act.clone()).unwrap();
    pair.join(id, act).unwrap();
    assert!(matches!(
        pair.propose(pair.policy(&good)),
        Err(Error::Conflict(_))
    ));
    let state = portal.audit();
    assert_eq!(
        (state.custody().keys().len(), state.custody().policies().len()),
        (3, 1)
    );
}
