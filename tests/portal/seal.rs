//! The private journal over several days: a seal each day, lines proved to an auditor, tampering named, and that views leave lines.

use diesel::connection::SimpleConnection;
use ed25519_dalek::SigningKey;
use ikrar::app::chores;
use ikrar::domain::role::Role;
use ikrar::ledger::encoding::encode_base64;
use ikrar::service::Error;
use ikrar::service::journal;
use ikrar::service::seal;
use serde_json::Value;

use crate::harness::NOW_S;
use crate::harness::TestPortal;
use crate::roster::FILE;
use crate::roster::upload;
use crate::terminal::path;
use crate::terminal::says;

const DAY_S: i64 = 86_400;

fn note(portal: &TestPortal, subject: &'static str) {
    let now_s = portal.app.now_s();
    portal
        .write(move |conn| journal::note(conn, now_s, None, "people-viewed", subject))
        .unwrap();
}

/// Days later, as the portal's own thread would look.
fn days_later(portal: &TestPortal, days: i64) -> Result<(), Error> {
    portal.set_clock(NOW_S + days * DAY_S);
    chores::run_once(&portal.app)
}

fn sealed(portal: &TestPortal) -> Vec<(String, u64)> {
    let seals = portal.read(seal::open_seals);
    seals
        .iter()
        .map(|seal| (seal.date.to_string(), seal.size))
        .collect()
}

/// Runs the command line on the portal's installation.
fn configured(portal: &TestPortal) -> String {
    let file = portal.folder().join("ikrar.toml");
    let database = portal.database_url().unwrap_or_default();
    let database = if database.is_empty() {
        String::new()
    } else {
        format!("database = \"{database}\"\n")
    };
    let text = format!(
        "data = \"{}\"\norigin = \"{}\"\n{database}",
        portal.folder().display(),
        crate::harness::ORIGIN
    );
    std::fs::write(&file, text).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn every_day_is_sealed_and_the_log_stays_valid() {
    let portal = TestPortal::new().with_election();
    note(&portal, "election a");
    chores::run_once(&portal.app).unwrap();
    assert_eq!(sealed(&portal), [], "the first day is not over");
    days_later(&portal, 1).unwrap();
    chores::run_once(&portal.app).unwrap();
    note(&portal, "election b");
    days_later(&portal, 2).unwrap();
    days_later(&portal, 3).unwrap();
    // Two days off: each gets its seal afterwards, and its entry's minute says so.
    days_later(&portal, 6).unwrap();
    let dates: Vec<_> = sealed(&portal);
    let expected = [(23, 1), (24, 2), (25, 2), (26, 2), (27, 2), (28, 2)];
    let expected: Vec<_> = expected
        .map(|(day, size)| (format!("2023-11-{day}"), size))
        .into();
    assert_eq!(dates, expected);
    let state = portal.audit();
    assert_eq!(state.custody().seals().len(), 6);
    let folder = path(portal.folder(), "log");
    let key = portal.app.keys().log.vkey().to_string();
    says(&["audit", &folder, "--vkey", &key], 0, "VALID");
}

#[test]
fn a_day_is_over_only_when_its_last_lines_have_come() {
    let portal = TestPortal::new();
    let midnight_s = NOW_S - NOW_S.rem_euclid(DAY_S) + DAY_S;
    for (after_s, count) in [(0, 0), (599, 0), (600, 1), (660, 1)] {
        portal.set_clock(midnight_s + after_s);
        chores::run_once(&portal.app).unwrap();
        assert_eq!(sealed(&portal).len(), count, "{after_s} s after midnight");
    }
}

/// Two sealed days and a third, and files that prove a line and the growth.
struct Sealed {
    portal: TestPortal,
    place: tempfile::TempDir,
    key: String,
    log: String,
    line: String,
    growth: String,
}

impl Sealed {
    fn new() -> Self {
        let portal = TestPortal::new().with_election();
        note(&portal, "election a");
        note(&portal, "election b");
        days_later(&portal, 1).unwrap();
        note(&portal, "election c");
        days_later(&portal, 2).unwrap();
        note(&portal, "election d");
        let place = tempfile::tempdir().unwrap();
        let sealed = Self {
            key: portal.app.keys().log.vkey().to_string(),
            log: path(portal.folder(), "log"),
            line: path(place.path(), "line"),
            growth: path(place.path(), "growth"),
            portal,
            place,
        };
        let (from, to) = ("2023-11-23", "2023-11-24");
        sealed.ask(&["prove", "3", "--out", &sealed.line], 0, "");
        sealed.ask(&["prove-growth", from, to, "--out", &sealed.growth], 0, "");
        sealed
    }

    /// `ikrar journal` on the installation.
    #[track_caller]
    fn ask(&self, words: &[&str], code: i32, said: &str) -> String {
        let config = configured(&self.portal);
        let all = [&["--config", config.as_str(), "journal"], words].concat();
        says(&all, code, said)
    }

    /// `ikrar journal verify` far from it.
    #[track_caller]
    fn verify(&self, file: &str, code: i32, said: &str) -> String {
        let words = ["journal", "verify", file, "--log", &self.log, "--vkey", &self.key];
        says(&words, code, said)
    }
}

#[test]
fn an_auditor_checks_a_line_and_a_growth_with_the_public_log_alone() {
    let sealed = Sealed::new();
    sealed.ask(&["list"], 0, "election d");
    sealed.ask(&["seals"], 0, "2023-11-24  entry 3  3 lines");
    sealed.ask(&["prove", "4"], 1, "not sealed yet");
    sealed.ask(&["prove", "99"], 1, "no line 99");
    let backwards = ["prove-growth", "2023-11-24", "2023-11-23"];
    sealed.ask(&backwards, 1, "is not before");
    let unsealed = ["prove-growth", "2023-11-23", "2023-12-24"];
    sealed.ask(&unsealed, 1, "has no seal");
    let Sealed {
        line, growth, key, ..
    } = &sealed;
    let grew = "2 lines sealed for 2023-11-23 only grew to the 3 sealed for 2023-11-24";
    for log in [&sealed.log, &sealed.portal.url] {
        let check = ["journal", "verify", line, growth, "--log", log, "--vkey", key];
        let text = says(&check, 0, "people-viewed election c");
        assert!(text.contains(grew), "{text}");
        let json = says(&[&check[..], &["--json"]].concat(), 0, "{");
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["files"][1]["verdict"], "valid");
    }
    // With a policy that names witnesses, a log that none of them has seen bears nothing out.
    let policy = path(sealed.place.path(), "policy");
    let witness = "witness.example.com/w1+663c16cc+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6";
    std::fs::write(&policy, format!("log {key}\nwitness w {witness}\nquorum w\n")).unwrap();
    let by_policy = [
        "journal",
        "verify",
        line,
        "--log",
        &sealed.log,
        "--policy",
        &policy,
    ];
    says(&by_policy, 3, "has the policy's quorum of witnesses");
    std::fs::write(&policy, format!("log {key}\nquorum none\n")).unwrap();
    says(&by_policy, 0, "VALID");
    says(&["journal", "verify", line, "--log", &sealed.log], 2, "--vkey");
    let nonsense = ["journal", "verify", line, "--log", &sealed.log, "--vkey", "x"];
    says(&nonsense, 2, "neither a file nor a key");
    let nowhere = path(sealed.place.path(), "");
    let nowhere = ["journal", "verify", line, "--log", &nowhere, "--vkey", key];
    says(&nowhere, 3, "no published log");
}

#[test]
fn a_changed_or_hostile_proof_of_a_line_is_refused() {
    let sealed = Sealed::new();
    let text = std::fs::read_to_string(&sealed.line).unwrap();
    let other = path(sealed.place.path(), "other");
    let seal = text.lines().find_map(|line| line.strip_prefix("seal ")).unwrap();
    let salt = seal.split(' ').nth(2).unwrap();
    let zeros = "0".repeat(64);
    let another = "the seal in the log is another one";
    for (from, to, words) in [
        (salt, zeros.as_str(), another),
        ("seal 2023-11-24", "seal 2023-11-23", another),
        ("index 2", "index 1", "the line is not in the journal"),
        (" 3 ", " 0 ", "no seal"),
        (" 3 ", " 2 ", another),
        ("v1", "v2", "the first line"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        std::fs::write(&other, changed).unwrap();
        sealed.verify(&other, 1, words);
    }
    std::fs::write(&other, text.replacen(" 3 ", " 300 ", 1)).unwrap();
    sealed.verify(&other, 3, "has no entry 300 yet");
    std::fs::write(&other, [0xff; 90]).unwrap();
    sealed.verify(&other, 1, "NOT VALID");
    std::fs::write(&other, vec![b'a'; 1 << 20]).unwrap();
    sealed.verify(&other, 1, "longer than");
    let missing = path(sealed.place.path(), "none");
    sealed.verify(&missing, 3, "cannot read it");
}

#[test]
fn a_journal_changed_in_the_database_gets_no_seal_and_no_proof() {
    let portal = TestPortal::new().with_election();
    note(&portal, "election a");
    note(&portal, "election b");
    days_later(&portal, 1).unwrap();
    let size = portal.read(ikrar::service::ledger_size);
    portal
        .write(|conn| {
            let sql = "UPDATE journal SET subject = 'election x' WHERE id = 1";
            conn.batch_execute(sql).map_err(Error::internal)
        })
        .unwrap();
    let config = configured(&portal);
    let refused = days_later(&portal, 2).unwrap_err();
    assert!(
        refused.to_string().contains("journal line 1 was changed"),
        "{refused}"
    );
    assert_eq!(
        portal.read(ikrar::service::ledger_size),
        size,
        "no seal over a changed journal"
    );
    for words in [["prove", "1"], ["prove", "2"]] {
        let words = [&["--config", config.as_str(), "journal"], words.as_slice()].concat();
        says(&words, 1, "journal line 1 was changed");
    }
    says(
        &["--config", &config, "journal", "seals"],
        1,
        "journal line 1 was changed",
    );
}

#[test]
fn whoever_sees_or_changes_personal_data_leaves_a_line_of_ids() {
    let portal = TestPortal::new().with_election().with_pact().with_people(2);
    let mut operator = portal.officer(
        "op@kementerian.example",
        &[Role::Operator, Role::Hr, Role::Examiner],
    );
    operator.get("/officers").ok();
    operator.get("/hr").ok();
    operator.get("/hr/export.csv?election=pemilu-2024").ok();
    operator.get("/hr/export.xlsx?election=pemilu-2024").ok();
    operator.get("/complaints").ok();
    operator.get("/erasures?q=a").ok();
    let form = [
        ("email", "baru@kementerian.example"),
        ("name", "Petugas Baru"),
        ("role_hr", "yes"),
    ];
    operator.post("/officers", &form).goes_to("/officers");
    let mut ani = crate::witness::sign(&portal, 0);
    ani.get("/receipt/opening").ok();
    let lines = portal.read(|conn| Ok(journal::list_newest(conn, i64::MAX, 100)?));
    let actions: Vec<&str> = lines.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "officers-viewed",
            "people-viewed",
            "people-exported",
            "people-exported",
            "complaints-listed",
            "people-searched",
            "officer-added",
            "opening-downloaded"
        ]
    );
    let person = portal.person(0);
    for line in &lines {
        for secret in [&person.name, &person.nip, &person.email] {
            assert!(!line.subject.contains(secret), "{line:?}");
        }
        assert!(line.account_id.is_some() != line.person_id.is_some(), "{line:?}");
    }
}

#[test]
fn sign_ins_rosters_and_keys_leave_their_lines_too() {
    let portal = TestPortal::new().with_election().with_pact().with_people(2);
    let mut ani = portal.browser();
    let email = portal.person(0).email.clone();
    ani.post("/sign-in", &[("email", &email)])
        .goes_to("/sign-in/sent");
    let link = portal.newest_mail().link();
    ani.post(&link, &[]).goes_to("/sign");
    let mut hr = portal.officer("hr@kementerian.example", &[Role::Hr]);
    let import = upload(&mut hr, "a.csv", FILE.as_bytes());
    hr.get(&import).ok();
    hr.post(&format!("{import}/discard"), &[]).goes_to("/roster");
    let key = encode_base64(&SigningKey::from_bytes(&[77; 32]).verifying_key().to_bytes());
    hr.post("/key", &[("key", &key), ("device", "Laptop")])
        .goes_to("/key");
    let lines = portal.read(|conn| Ok(journal::list_newest(conn, i64::MAX, 100)?));
    let lines: Vec<_> = lines
        .iter()
        .rev()
        .map(|line| (line.action.as_str(), line.subject.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            ("signed-in", ""),
            ("roster-uploaded", "import 1"),
            ("roster-previewed", "import 1"),
            ("roster-discarded", "import 1"),
            ("key-requested", "account 1")
        ]
    );
}
