//! A portal of its own for each test: real server, real database, fixed clock, fixed keys, mails in a folder.
//!
//! ```text
//! let portal = TestPortal::new().with_election().with_pact().with_people(3);
//! let mut ani = portal.sign_in(0);
//! ani.get("/sign").ok().sees("Pakta integritas");
//! ```
//!
//! When a test ends well, what it left in the log folder is audited as an outsider would. Absent: stories.

mod browser;
mod database;
mod mail;
mod person;
mod witness;
mod witness_program;

pub(crate) use browser::Browser;
pub(crate) use browser::Page;
pub(crate) use database::Database;
pub(crate) use mail::Mail;
pub(crate) use person::Person;
pub(crate) use person::Signer;
pub(crate) use witness::Behaviour;
pub(crate) use witness::TestWitness;
pub(crate) use witness_program::WitnessProgram;

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ikrar::app::App;
use ikrar::app::keys;
use ikrar::app::witnesses;
use ikrar::clock::Clock;
use ikrar::config::Config;
use ikrar::config::MailTransport;
use ikrar::domain::election::Contest;
use ikrar::domain::election::Election;
use ikrar::domain::election::LookUp;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::domain::log::LogState;
use ikrar::domain::pact_default::default_pact;
use ikrar::domain::role::Role;
use ikrar::domain::text::Origin;
use ikrar::domain::text::Time;
use ikrar::ledger::audit::audit_files;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::cosignature::LogKey;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::Vkey;
use ikrar::ledger::tree::Frontier;
use ikrar::service;
use ikrar::service::Conn;
use ikrar::service::Error;
use ikrar::service::access;
use ikrar::service::access::Subject;
use ikrar::service::act;
use ikrar::service::officer;
use ikrar::service::publish;

/// The log's name.
pub(crate) const ORIGIN: &str = "ikrar.example/2024";
/// The address that mails and receipts name; [`Browser`] takes it for the test's own server.
pub(crate) const PUBLIC_URL: &str = "https://ikrar.example";
/// The election that [`TestPortal::with_election`] opens.
pub(crate) const ELECTION: &str = "pemilu-2024";
/// When every test begins: 23 November 2023, 09.00 WIB.
pub(crate) const NOW_S: i64 = 1_700_704_800;
/// When the election opens: an hour earlier.
pub(crate) const OPENS_S: i64 = NOW_S - 3600;
/// When it closes: 14 February 2024, 00.00 WIB.
pub(crate) const CLOSES_S: i64 = 1_707_843_600;

/// A running portal. See the module.
pub(crate) struct TestPortal {
    /// What the server runs on: for use-cases and for looking inside.
    pub(crate) app: App,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    begun_s: i64,
    people: Vec<Person>,
    nonce: AtomicU64,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
    database: Option<Database>,
    audited: bool,
}

impl TestPortal {
    /// A portal whose log has begun, with nothing else in it.
    pub(crate) fn new() -> Self {
        Self::configured(|_| {})
    }

    /// [`TestPortal::new`] with other settings.
    pub(crate) fn configured(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::clocked(Clock::fixed(NOW_S), adjust)
    }

    /// A portal whose policy asks `names` for cosignatures, any `quorum` of them, and these witnesses.
    pub(crate) fn witnessed(names: &[&str], quorum: usize) -> (Self, Vec<TestWitness>) {
        let clock = Clock::fixed(NOW_S);
        let log = log_key();
        let witnesses: Vec<TestWitness> = (50..)
            .zip(names)
            .map(|(seed, name)| TestWitness::start(name, seed, log.clone(), clock.clone()))
            .collect();
        let lines: String = witnesses.iter().map(|witness| witness.line.as_str()).collect();
        (Self::asking(clock, &lines, names, quorum), witnesses)
    }

    /// A portal whose policy asks the witness programs of these names, any `quorum` of them, and these programs.
    pub(crate) fn witnessed_by_programs(names: &[&str], quorum: usize) -> (Self, Vec<WitnessProgram>) {
        let programs: Vec<WitnessProgram> = names
            .iter()
            .map(|name| WitnessProgram::start(name, &log_key()))
            .collect();
        let lines: String = programs.iter().map(WitnessProgram::line).collect();
        let portal = Self::asking(Clock::fixed(NOW_S), &lines, names, quorum);
        (portal, programs)
    }

    fn asking(clock: Clock, lines: &str, names: &[&str], quorum: usize) -> Self {
        let policy = format!(
            "log {}\n{lines}group all {quorum} {}\nquorum all\n",
            log_key(),
            names.join(" ")
        );
        Self::clocked(clock, |config| {
            std::fs::create_dir_all(config.keys_dir()).unwrap();
            std::fs::write(config.keys_dir().join(keys::POLICY), policy).unwrap();
        })
    }

    /// A portal of today's date, for stories with the real program, whose clock nobody holds.
    pub(crate) fn of_today(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::clocked(Clock::machine(), adjust)
    }

    fn clocked(clock: Clock, adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::from_env();
        let mut config = config(folder.path(), database.as_ref());
        adjust(&mut config);
        write_keys(&config.keys_dir());
        let now_s = clock.now_s();
        let begun_s = now_s - now_s.rem_euclid(60);
        let app = App::open(config, clock).unwrap();
        if app.keys().log.is_witnessed() {
            // Nobody knows this log yet, which its witnesses have to say before it may begin.
            witnesses::ask_once(&app).unwrap();
        }
        let (url, server, thread) = serve(&app);
        let portal = Self {
            app,
            url,
            begun_s,
            people: Vec::new(),
            nonce: AtomicU64::new(1),
            server,
            thread: Some(thread),
            folder,
            database,
            audited: true,
        };
        let (origin, nonce) = (portal.origin(), portal.nonce());
        let vkey = portal.app.keys().log.vkey().clone();
        portal
            .write(move |conn| officer::begin(conn, &origin, &vkey, &office_key(), nonce, begun_s))
            .unwrap();
        portal
    }

    /// With the election [`ELECTION`], open from an hour ago until the day of the vote.
    pub(crate) fn with_election(self) -> Self {
        let election = election_around(ELECTION, self.begun_s);
        let act = Body::Election(entry::Election {
            election,
            nonce: self.nonce(),
        });
        self.act(act, service::election::publish).unwrap();
        self
    }

    /// With the default pact, version 1, in force.
    pub(crate) fn with_pact(self) -> Self {
        let text = default_pact(ELECTION.parse().unwrap(), "Kementerian Contoh").unwrap();
        let act = Body::Pact(Box::new(entry::Pact {
            election: ELECTION.parse().unwrap(),
            text,
            nonce: self.nonce(),
        }));
        self.act(act, service::election::publish_pact).unwrap();
        self
    }

    /// With so many people on the roster, who must sign.
    pub(crate) fn with_people(mut self, count: usize) -> Self {
        self.people = person::enrol(&self, count);
        self
    }

    /// With an invitation queued for each of them.
    pub(crate) fn invited(self) -> Self {
        let people: Vec<i64> = self.people.iter().map(|person| person.id).collect();
        self.write(move |conn| {
            for id in people {
                ikrar::store::outbox::insert(
                    conn,
                    "invitation",
                    Subject::Person(id),
                    Some(ELECTION),
                    None,
                    NOW_S,
                )?;
            }
            Ok(())
        })
        .unwrap();
        self
    }

    /// A person of the roster, in the order of enrolment.
    pub(crate) fn person(&self, index: usize) -> &Person {
        &self.people[index]
    }

    /// All of them.
    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    /// A stranger's browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser in which a person of the roster is signed in.
    pub(crate) fn sign_in(&self, person: usize) -> Browser {
        self.enter(Subject::Person(self.person(person).id))
    }

    /// A browser in which an officer with these roles, over the whole ministry, is signed in. The same address is the same officer.
    pub(crate) fn officer(&self, email: &str, roles: &[Role]) -> Browser {
        let (email, roles) = (email.to_owned(), roles.to_vec());
        let id = self
            .write(move |conn| officer::add(conn, &email, "Petugas Contoh", &roles, "", NOW_S))
            .unwrap();
        self.enter(Subject::Account(id))
    }

    /// A browser with a session of somebody.
    pub(crate) fn enter(&self, subject: Subject) -> Browser {
        let mut token = [0_u8; 32];
        token[..16].copy_from_slice(&self.nonce());
        let now_s = self.app.now_s();
        self.write(move |conn| {
            access::make_link(conn, subject, &token, now_s, 60)?;
            access::enter(conn, &token, &token, now_s)
        })
        .unwrap();
        let mut browser = self.browser();
        browser.set_cookie("ikrar", &ikrar::ledger::encoding::encode_base64url(&token));
        browser
    }

    /// A signer's device for a person: makes the statement and signature that the page's script would post.
    pub(crate) fn sign_as(&self, person: usize) -> Signer {
        Signer::new(self.person(person).clone(), self.nonce())
    }

    /// Signs an act with the installation's officer key and hands it to the use-case that enters it.
    pub(crate) fn act(
        &self,
        body: Body,
        enter: impl FnOnce(&mut Conn, &Origin, act::SignedAct, i64) -> Result<u64, Error> + Send + 'static,
    ) -> Result<u64, Error> {
        let (origin, now_s) = (self.origin(), self.app.now_s());
        let act = officer::sign_act(&origin, body, &office_key());
        self.write(move |conn| enter(conn, &origin, act, now_s))
    }

    /// Runs a use-case as the portal would.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.app.write_here(work)
    }

    /// Reads what a use-case sees.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> T {
        self.app.read_here(work).unwrap()
    }

    /// The mails in the folder, oldest first, as they went out.
    pub(crate) fn mails(&self) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.app.config().mail_dir())
            .into_iter()
            .flatten()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|suffix| suffix == "eml"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }

    /// Sends what is due and gives the newest mail.
    #[track_caller]
    pub(crate) fn newest_mail(&self) -> Mail {
        ikrar::mail::drain_once(&self.app).unwrap();
        let mails = self.mails();
        Mail::parse(mails.last().unwrap_or_else(|| panic!("no mail was sent")))
    }

    /// Moves the clock; it never stands still again at [`NOW_S`].
    pub(crate) fn set_clock(&self, now_s: i64) {
        self.app.clock().set(now_s);
    }

    /// The log's name as a type.
    #[expect(clippy::unused_self, reason = "stories ask their portal")]
    pub(crate) fn origin(&self) -> Origin {
        ORIGIN.parse().unwrap()
    }

    /// Sixteen bytes that no other call returns.
    pub(crate) fn nonce(&self) -> [u8; 16] {
        let number = self.nonce.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    /// The folder of database, keys, mail and log.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database's address where tests run on PostgreSQL.
    pub(crate) fn database_url(&self) -> Option<String> {
        self.database.as_ref().map(|database| database.url().to_owned())
    }

    /// For a story that damages the log on purpose: no audit at its end.
    pub(crate) fn unaudited(mut self) -> Self {
        self.audited = false;
        self
    }

    /// What an outsider makes of the published log; panics where it is not whole.
    pub(crate) fn audit(&self) -> LogState {
        audit(&self.app)
    }
}

impl Drop for TestPortal {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
        if self.audited && !std::thread::panicking() {
            audit(&self.app);
        }
        if let Some(database) = &self.database {
            database.remove();
        }
    }
}

/// The key of `keys/officer.key`: hr and operator from the log's first entry on.
pub(crate) fn office_key() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

/// What witnesses know the log by.
pub(crate) fn log_key() -> LogKey {
    let key = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
    Vkey::new(KeyName::parse(ORIGIN).unwrap(), key).unwrap().into()
}

/// An election with one contest, open from [`OPENS_S`] to [`CLOSES_S`].
pub(crate) fn election(id: &str) -> Election {
    election_around(id, NOW_S)
}

/// The same, as far before and after another moment.
fn election_around(id: &str, now_s: i64) -> Election {
    let time = |seconds: i64| Time::from_unix((seconds - NOW_S + now_s).unsigned_abs()).unwrap();
    Election {
        id: id.parse().unwrap(),
        title: "Pemilu 2024".parse().unwrap(),
        opens: time(OPENS_S),
        closes: time(CLOSES_S),
        zone: "Asia/Jakarta".parse().unwrap(),
        contests: vec![Contest {
            id: "presiden".parse().unwrap(),
            determined: time(1_699_808_400),
        }],
        lookup: LookUp::Receipt,
    }
}

fn config(folder: &Path, database: Option<&Database>) -> Config {
    let mut config = Config {
        data: folder.to_owned(),
        origin: ORIGIN.to_owned(),
        ministry: "Kementerian Contoh".to_owned(),
        database_connections_max: 4,
        ..Config::default()
    };
    if let Some(database) = database {
        config.database = database.url().to_owned().into();
    }
    PUBLIC_URL.clone_into(&mut config.web.public_url);
    config.web.workers = 1;
    config.web.requests_per_minute = 100_000;
    config.mail.transport = MailTransport::Folder;
    "Ikrar <ikrar@ikrar.example>".clone_into(&mut config.mail.from);
    config
}

fn write_keys(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let pem = |seed: u8| {
        let key = SigningKey::from_bytes(&[seed; 32]);
        key.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes().to_vec()
    };
    let files = [
        (keys::LOG_KEY, pem(1)),
        (keys::OFFICER_KEY, pem(2)),
        (keys::PEPPER, vec![3; 32]),
    ];
    for (name, bytes) in files {
        let mut file = std::fs::File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.join(name))
            .unwrap();
        file.write_all(&bytes).unwrap();
    }
}

fn serve(app: &App) -> (String, ServerHandle, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    let app = app.clone();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = ikrar::web::serve(&app, listener).unwrap();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (url, receiver.recv().unwrap(), thread)
}

fn audit(app: &App) -> LogState {
    let note = app.log().read(publish::LATEST).unwrap().unwrap();
    let note = String::from_utf8(note).unwrap();
    let checkpoint = Checkpoint::open(&note, app.keys().log.vkey()).unwrap();
    let mut entries = Vec::new();
    audit_files(
        &checkpoint,
        |path| app.log().read(path),
        |_, bytes| entries.push(bytes.to_vec()),
    )
    .unwrap();
    let (mut state, mut frontier) = (LogState::new(), Frontier::default());
    let mut roots: Vec<Hash> = Vec::new();
    for (index, bytes) in (0..).zip(&entries) {
        roots.push(frontier.root());
        frontier.append(&ikrar::ledger::hash::leaf_hash(bytes));
        let entry = Entry::parse(bytes).unwrap();
        let mut root_at = |size: u64| roots.get(usize::try_from(size).unwrap()).copied();
        let verdict = state.apply(index, &entry, &mut root_at).unwrap();
        assert!(
            !matches!(verdict, ikrar::domain::log::Verdict::InvalidSignature(_)),
            "the portal wrote a signature that does not count: {verdict:?}"
        );
    }
    state
}
