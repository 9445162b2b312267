//! `ikrar demo`: a synthetic ministry to click through, made by the real use-cases; SQLite, mails in a folder, no other service.
//!
//! Everything is marked as a demonstration, and a folder that holds anything else is refused. Absent: shortcuts past the use-cases, but for
//! the six digits, which the demonstration answers itself.

use std::net::TcpListener;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use clap::Args;
use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;

use crate::app;
use crate::app::App;
use crate::app::keys;
use crate::app::roster_file;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::MailTransport;
use crate::domain::election;
use crate::domain::election::Contest;
use crate::domain::election::Election;
use crate::domain::election::LookUp;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::pact_default::default_pact;
use crate::domain::person::commit;
use crate::domain::role::Role;
use crate::domain::signer::Salts;
use crate::domain::statement::Method;
use crate::domain::statement::Statement;
use crate::domain::text::Origin;
use crate::domain::text::Time;
use crate::ledger::encoding::encode_base64url;
use crate::service;
use crate::service::DatabaseUrl;
use crate::service::Error;
use crate::service::access;
use crate::service::access::Subject;
use crate::service::complaint;
use crate::service::crossref::Roster;
use crate::service::election as elections;
use crate::service::officer;
use crate::service::roster;
use crate::service::sign;
use crate::service::sign::Entropy;
use crate::service::sign::LogView;
use crate::service::sign::Submission;
use crate::sheet::Limits;
use crate::store;

mod complaints;
mod people;

use people::Person;

const ORIGIN: &str = "ikrar.example/demo";
const MINISTRY: &str = "Kementerian Peragaan";
const ELECTION: &str = "pemilu-peragaan";
const AUTHORITY: &str = "bawaslu-peragaan";
/// The settings, beside the data.
const CONFIG: &str = "ikrar.toml";
/// Fewer people make no story.
const PEOPLE_MIN: i64 = 12;
const OPERATOR: &str = "operator@kementerian.example";
const HR: &str = "sdm@kementerian.example";
const EXAMINER: &str = "pemeriksa@kementerian.example";
const SECOND_EXAMINER: &str = "pemeriksa.dua@kementerian.example";
const HEAD: &str = "pimpinan@kementerian.example";
const DAY_S: i64 = 86_400;

/// Arguments of `ikrar demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Port to listen on; 0 or a busy one: any free port.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where everything goes: db.sqlite, keys/, mail/, log/. Started again on it, the demonstration goes on.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    data: PathBuf,
    /// People on the roster of a fresh demonstration.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(PEOPLE_MIN..=20_000))]
    people: u16,
    /// Who a complaint means is settled by two examiners; a fresh demonstration has a second one then.
    #[arg(long)]
    two_examiners: bool,
}

pub(super) fn run(args: &DemoArgs) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .or_else(|_busy| TcpListener::bind(("127.0.0.1", 0)))
        .context("listen on 127.0.0.1")?;
    let port = listener.local_addr()?.port();
    if args.port != 0 && args.port != port {
        println!("Port {} is busy, so this is another one: {port}.", args.port);
    }
    let config = config(args, port);
    refuse_other_data(&config)?;
    super::serve::start_logging(&config.logging)?;
    keys::generate(&config.keys_dir())?;
    let app = App::open(config, Clock::machine())?;
    let people = people::people(count_people(&app, args)?);
    seed(&app, &people)?;
    write_config(&app)?;
    tell(&app, &people)?;
    super::serve::run_until_stopped(&app, listener, |app| {
        println!("ready {}", app.config().web.public_url);
        // Whoever waits for the line goes on either way.
        let _reader_gone = std::io::Write::flush(&mut std::io::stdout());
    })
}

/// Leaves the settings beside the data, for the other commands.
fn write_config(app: &App) -> anyhow::Result<()> {
    let mut config = app.config().clone();
    config.data = std::path::absolute(&config.data)?;
    let path = config.data.join(CONFIG);
    std::fs::write(&path, config.show()?).with_context(|| format!("write {}", path.display()))
}

/// How many people there are: those of an earlier start, once it had got as far as the roster.
fn count_people(app: &App, args: &DemoArgs) -> anyhow::Result<usize> {
    let known = app.read_here(|conn| Ok(store::roster::count_required(conn, ELECTION)?))?;
    Ok(match usize::try_from(known)? {
        0 => usize::from(args.people),
        known => known.max(usize::try_from(PEOPLE_MIN)?),
    })
}

fn config(args: &DemoArgs, port: u16) -> Config {
    let mut config = Config {
        data: args.data.clone(),
        origin: ORIGIN.to_owned(),
        ministry: MINISTRY.to_owned(),
        demo: true,
        ..Config::default()
    };
    config.web.listen = format!("127.0.0.1:{port}");
    config.web.public_url = format!("http://127.0.0.1:{port}");
    config.web.requests_per_minute = 6000;
    config.complaints.two_examiners = args.two_examiners;
    config.mail.transport = MailTransport::Folder;
    config.mail.per_minute_max = 6000;
    "warn".clone_into(&mut config.logging.filter);
    config
}

/// The midnight of Jakarta that ends the day of `unix_s`.
const fn midnight(unix_s: i64) -> i64 {
    const JAKARTA_S: i64 = 7 * 3600;
    ((unix_s + JAKARTA_S).div_euclid(DAY_S) + 1) * DAY_S - JAKARTA_S
}

/// A database whose log is not the demonstration's is somebody's own.
fn refuse_other_data(config: &Config) -> anyhow::Result<()> {
    let shown = config.data.display();
    let database = config.data.join("db.sqlite");
    if database.exists() {
        let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
        service::migrate(&mut conn)?;
        if let Some(first) = store::ledger::find_entry(&mut conn, 0)? {
            let of_demo = format!("\norigin {ORIGIN}\n");
            if !String::from_utf8_lossy(&first).contains(&of_demo) {
                bail!(
                    "{shown} holds data of another installation; give the demo a folder of its own with --data"
                );
            }
        }
    } else if config.keys_dir().join(keys::LOG_KEY).exists() || config.log_dir().join("checkpoint").exists() {
        bail!(
            "{shown} holds keys or a log without the demo's database; give the demo a folder of its own with --data"
        );
    }
    Ok(())
}

/// What the steps share.
struct Seed<'a> {
    app: &'a App,
    origin: Origin,
    key: SigningKey,
    log: LogView,
    /// When the story begins.
    start_s: i64,
}

/// Makes the ministry, unless it is there whole. Each step looks what an interrupted start has left.
fn seed(app: &App, people: &[Person]) -> anyhow::Result<()> {
    if app
        .read_here(|conn| Ok(complaint::find_authority(conn, AUTHORITY)?))?
        .is_some()
    {
        return Ok(());
    }
    let seed = Seed {
        app,
        origin: ORIGIN.parse()?,
        key: keys::load_key(&app.keys().folder.join(keys::OFFICER_KEY))?,
        log: LogView::new(app.log().clone(), app.keys().log.vkey().clone())?,
        start_s: (app.now_s() - 20 * DAY_S).div_euclid(3600) * 3600,
    };
    seed.begin()?;
    seed.election()?;
    seed.roster(people)?;
    let signed = people.len() * 25 / 60;
    for (index, person) in people.iter().enumerate().take(signed) {
        seed.sign(person, seed.signed_s(index, signed))?;
    }
    seed.complaints(people, signed)
}

impl Seed<'_> {
    /// When the person of this index signs: over the two weeks after the opening, by day.
    fn signed_s(&self, index: usize, signed: usize) -> i64 {
        let span = 14 * DAY_S;
        let step = i64::try_from(index).unwrap_or(0) * span / i64::try_from(signed.max(1)).unwrap_or(1);
        self.start_s + DAY_S + step
    }

    fn begin(&self) -> anyhow::Result<()> {
        let (origin, vkey, key) = (
            self.origin.clone(),
            self.app.keys().log.vkey().clone(),
            self.key.clone(),
        );
        let (nonce, now_s) = (app::random()?, self.start_s);
        let two = self.app.config().complaints.two_examiners;
        self.app.write_here(move |conn| {
            officer::begin(conn, &origin, &vkey, &key, nonce, now_s)?;
            for (email, name, role, unit) in [
                (OPERATOR, "Operator Peragaan", Role::Operator, ""),
                (HR, "Petugas Kepegawaian", Role::Hr, ""),
                (EXAMINER, "Pemeriksa Aduan", Role::Examiner, ""),
                (HEAD, "Pimpinan Unit", Role::UnitHead, people::HEADED),
            ] {
                officer::add(conn, email, name, &[role], unit, now_s)?;
            }
            if two {
                officer::add(
                    conn,
                    SECOND_EXAMINER,
                    "Pemeriksa Kedua",
                    &[Role::Examiner],
                    "",
                    now_s,
                )?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn act(
        &self,
        body: Body,
        enter: fn(&mut service::Conn, &Origin, service::act::SignedAct, i64) -> Result<u64, Error>,
    ) -> anyhow::Result<()> {
        let (origin, now_s) = (self.origin.clone(), self.start_s);
        let act = officer::sign_act(&origin, body, &self.key);
        self.app
            .write_here(move |conn| enter(conn, &origin, act, now_s))?;
        Ok(())
    }

    fn election(&self) -> anyhow::Result<()> {
        let (found, pact) = self.app.read_here(|conn| {
            Ok((
                elections::find(conn, ELECTION)?,
                elections::find_pact_in_force(conn, ELECTION)?,
            ))
        })?;
        let time = |seconds: i64| Time::from_unix(seconds.unsigned_abs());
        if found.is_none() {
            let contest = |id: &str, day: i64| -> anyhow::Result<Contest> {
                Ok(Contest {
                    id: id.parse()?,
                    determined: time(self.start_s + day * DAY_S)?,
                })
            };
            let terms = Election {
                id: ELECTION.parse()?,
                title: "Pemilu (peragaan)".parse()?,
                opens: time(self.start_s + 3600)?,
                closes: time(midnight(self.start_s + 60 * DAY_S))?,
                zone: "Asia/Jakarta".parse()?,
                contests: vec![contest("dpr", 5)?, contest("presiden", 10)?],
                lookup: LookUp::Receipt,
            };
            let nonce = app::random()?;
            self.act(
                Body::Election(entry::Election {
                    election: terms,
                    nonce,
                }),
                elections::publish,
            )?;
        }
        if pact.is_none() {
            let text = default_pact(ELECTION.parse()?, MINISTRY)?;
            let pact = entry::Pact {
                election: ELECTION.parse()?,
                text,
                nonce: app::random()?,
            };
            self.act(Body::Pact(Box::new(pact)), elections::publish_pact)?;
        }
        Ok(())
    }

    /// The way of `ikrar roster import --yes`, then an invitation for everybody.
    fn roster(&self, people: &[Person]) -> anyhow::Result<()> {
        let csv = people::csv(people);
        let read = roster_file::read(
            std::io::Cursor::new(csv.clone()),
            &Limits::COMMAND_LINE,
            &mut |_| {},
        )?;
        let draft = self
            .app
            .read_here(|conn| roster::draft(conn, &self.origin, ELECTION, &read, &mut app::random::<32>))?;
        if draft.counts.is_nothing() {
            return Ok(());
        }
        let mut acts = Vec::new();
        for act in &draft.content.acts {
            let (_, body) = Body::parse_act(act.text.as_bytes())?;
            acts.push(officer::sign_act(&self.origin, body, &self.key));
        }
        let (origin, now_s) = (self.origin.clone(), self.start_s);
        let sha256 = *crate::ledger::hash::sha256(&[csv.as_bytes()]).as_bytes();
        let numbers: Vec<String> = people.iter().map(|p| p.nip.clone()).collect();
        self.app.write_here(move |conn| {
            let file = roster::File {
                name: "pegawai-peragaan.csv",
                sha256: &sha256,
            };
            let id = roster::begin(conn, ELECTION, file, None, now_s)?;
            roster::keep(conn, id, &draft)?;
            roster::confirm(conn, &origin, id, acts, now_s)?;
            for nip in numbers {
                if let Some(person) = store::roster::find_person_by_nip(conn, &nip)? {
                    let to = Subject::Person(person.id);
                    store::outbox::insert(conn, "invitation", to, Some(ELECTION), None, now_s)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// What the signer's browser, mailbox and portal do together, at a time in the past.
    fn sign(&self, person: &Person, now_s: i64) -> anyhow::Result<()> {
        let (nip, log) = (person.nip.clone(), self.log.clone());
        let found = self.app.read_here(|conn| {
            let id = store::roster::find_person_by_nip(conn, &nip)?
                .ok_or(Error::NotFound)?
                .id;
            match sign::sheet(conn, &log, id, ELECTION, now_s) {
                Ok(sheet) => Ok(Some((id, sheet))),
                // Signed before an interrupted start ended.
                Err(Error::Conflict(_)) => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        let Some((id, sheet)) = found else {
            return Ok(());
        };
        let key = SigningKey::from_bytes(&app::random()?);
        let salts = Salts {
            nip: app::random()?,
            name: app::random()?,
            unit: app::random()?,
            position: app::random()?,
        };
        let statement = Statement {
            origin: self.origin.clone(),
            election: ELECTION.parse()?,
            pact: sheet.pact.hash(),
            label: sheet.label,
            commit: commit(&sheet.label, &sheet.shown.digests(&salts)),
            key: key.verifying_key().to_bytes(),
            method: Method::Email,
            after: sheet.after,
        }
        .print();
        let submission = Submission {
            signature: key.sign(&statement).to_bytes(),
            statement,
            salts,
        };
        let entropy = Entropy {
            evidence_salt: app::random()?,
            code: app::random()?,
        };
        let pepper = self.app.keys().pepper.clone();
        self.app.write_here(move |conn| {
            let examined = sign::examine(conn, &sign::Memory::default(), submission)?;
            sign::post(conn, &log, id, ELECTION, &examined, now_s)?;
            let waits = sign::waiting(conn, id, ELECTION, now_s)?.ok_or(Error::NotFound)?;
            let (digits, salt) = ("042042", [4; 16]);
            let hash = sign::code_hash(&pepper, &salt, digits)?;
            store::signature::set_code(conn, waits.pending_id, &salt, &hash, now_s, now_s + 600)?;
            let place = (id, ELECTION, waits.statement_hash);
            let typed = sign::Typed {
                code: digits,
                examined: Some(examined),
            };
            match sign::answer(conn, &log, &pepper, place, typed, (&entropy, now_s + 20))? {
                sign::Answer::Signed(_) => Ok(()),
                other => Err(Error::internal(format!("a signature of the demo: {other:?}"))),
            }
        })?;
        Ok(())
    }

    /// The last step: an authority with its complaints says that the demonstration is whole.
    fn complaints(&self, people: &[Person], signed: usize) -> anyhow::Result<()> {
        let zone = election::known_zone(&"Asia/Jakarta".parse()?).context("Asia/Jakarta")?;
        let day = |seconds: i64| -> anyhow::Result<String> {
            let time = Time::from_unix(seconds.unsigned_abs())?;
            Ok(election::civil_day(time, &zone).to_string())
        };
        let at = |index: usize| self.signed_s(index, signed);
        let received = complaints::received(
            people,
            &complaints::Days {
                after: day(at(1) + 3 * DAY_S)?,
                before: day(at(4) - 2 * DAY_S)?,
                same: day(at(7))?,
                late: day(self.start_s + 17 * DAY_S)?,
            },
        )?;
        let now_s = self.app.now_s();
        self.app.write_here(move |conn| {
            let authority = complaint::add_authority(conn, AUTHORITY, "Bawaslu (peragaan)", None, None)?;
            let index = Roster::load(conn)?;
            for one in &received {
                complaint::take(conn, authority.id, one, &index.propose(one), now_s)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// Where to go, with a fresh one-time link for each.
fn tell(app: &App, people: &[Person]) -> anyhow::Result<()> {
    let url = app.config().web.public_url.clone();
    let data = app.config().data.display().to_string();
    println!("A demonstration with invented people. One-time links:");
    for (who, subject) in doors(app, people)? {
        let (token, now_s) = (app::random::<32>()?, app.now_s());
        app.write_here(move |conn| access::make_link(conn, subject, &token, now_s, access::LINK_S))?;
        println!("  {who:<10} {url}/enter/{}", encode_base64url(&token));
    }
    println!("Mails are files in {data}/mail; the public log is in {data}/log.");
    println!("Check it from outside: ikrar audit {url}");
    println!("Other commands on it: ikrar -c {data}/{CONFIG} roster openings --help");
    Ok(())
}

fn doors(app: &App, people: &[Person]) -> anyhow::Result<Vec<(&'static str, Subject)>> {
    let numbers: Vec<String> = people.iter().rev().map(|p| p.nip.clone()).collect();
    Ok(app.read_here(move |conn| {
        let mut doors = Vec::new();
        for nip in numbers {
            let Some(person) = store::roster::find_person_by_nip(conn, &nip)? else {
                continue;
            };
            let member = roster::find_member(conn, ELECTION, person.id)?;
            let unsigned = match member {
                Some(member) => store::signature::find_live(conn, member.id)?.is_none(),
                None => false,
            };
            if unsigned {
                doors.push(("signer", Subject::Person(person.id)));
                break;
            }
        }
        for (who, email) in [
            ("hr", HR),
            ("examiner", EXAMINER),
            ("second examiner", SECOND_EXAMINER),
            ("unit head", HEAD),
            ("operator", OPERATOR),
        ] {
            if let Some(account) = officer::find_by_email(conn, email)? {
                doors.push((who, Subject::Account(account.id)));
            }
        }
        Ok(doors)
    })?)
}
