//! A portal to measure: a folder or schema of its own, real keys, an election with its pact, web server and mailer.

use std::net::SocketAddr;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use anyhow::Result;
use anyhow::anyhow;
use anyhow::ensure;
use diesel::connection::SimpleConnection;
use ed25519_dalek::SigningKey;
use ikrar::app::App;
use ikrar::app::keys;
use ikrar::app::random;
use ikrar::clock::Clock;
use ikrar::config::Config;
use ikrar::config::MailTransport;
use ikrar::domain::election::Contest;
use ikrar::domain::election::Election;
use ikrar::domain::election::LookUp;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::pact_default::default_pact;
use ikrar::domain::text::Time;
use ikrar::mail::Mailer;
use ikrar::service;
use ikrar::service::DatabaseUrl;
use ikrar::service::officer;

use crate::mailbox::Mailboxes;

/// The log's name.
const ORIGIN: &str = "ikrar.example/load";
/// The one election.
pub(crate) const ELECTION: &str = "pemilu-2024";
const HOUR_S: i64 = 3600;

/// A portal that nobody asks yet.
pub(crate) struct Portal {
    /// What it runs on.
    pub(crate) app: App,
    /// Signs roster, election and pact.
    pub(crate) office: SigningKey,
    schema: Option<Schema>,
}

/// A running web server with its mailer.
pub(crate) struct Serving {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<std::io::Result<()>>,
}

impl Portal {
    /// Makes keys and tables, begins the log, publishes election and pact.
    pub(crate) fn start(data: &Path, database: &str, workers: usize) -> Result<Self> {
        let schema = (database != "sqlite")
            .then(|| Schema::make(database))
            .transpose()?;
        let mut config = Config {
            data: data.to_owned(),
            origin: ORIGIN.to_owned(),
            ministry: "Kementerian Contoh".to_owned(),
            ..Config::default()
        };
        if let Some(schema) = &schema {
            config.database = schema.url.clone().into();
        }
        config.web.workers = workers;
        // Everybody comes from one address here.
        config.web.requests_per_minute = u32::MAX;
        config.web.guesses_per_minute = u32::MAX;
        config.mail.transport = MailTransport::Folder;
        "Ikrar <ikrar@ikrar.example>".clone_into(&mut config.mail.from);
        ensure!(
            !config.log_dir().join("checkpoint").exists(),
            "--data must be an empty folder"
        );
        keys::generate(&config.keys_dir())?;
        let office = keys::load_key(&config.keys_dir().join(keys::OFFICER_KEY))?;
        let app = App::open(config, Clock::machine())?;
        let portal = Self { app, office, schema };
        portal.begin()?;
        Ok(portal)
    }

    fn begin(&self) -> Result<()> {
        let (origin, now_s, nonce) = (self.app.origin()?, self.app.now_s(), random()?);
        let (vkey, office) = (self.app.keys().log.vkey().clone(), self.office.clone());
        self.app
            .write_here(move |conn| officer::begin(conn, &origin, &vkey, &office, nonce, now_s))?;
        let minute_s = now_s - now_s.rem_euclid(60);
        let time = |seconds: i64| -> Result<Time> { Ok(Time::from_unix(u64::try_from(seconds)?)?) };
        let election = Election {
            id: ELECTION.parse()?,
            title: "Pemilu 2024".parse()?,
            opens: time(minute_s - HOUR_S)?,
            closes: time(minute_s + 24 * HOUR_S)?,
            zone: "Asia/Jakarta".parse()?,
            contests: vec![Contest {
                id: "presiden".parse()?,
                determined: time(minute_s - HOUR_S)?,
            }],
            lookup: LookUp::Receipt,
        };
        let nonce = random()?;
        self.act(
            Body::Election(entry::Election { election, nonce }),
            service::election::publish,
        )?;
        let pact = entry::Pact {
            election: ELECTION.parse()?,
            text: default_pact(ELECTION.parse()?, "Kementerian Contoh")?,
            nonce: random()?,
        };
        self.act(Body::Pact(Box::new(pact)), service::election::publish_pact)?;
        Ok(())
    }

    /// Signs an act with the office's key and enters it.
    pub(crate) fn act(
        &self,
        body: Body,
        enter: impl FnOnce(
            &mut service::Conn,
            &ikrar::domain::text::Origin,
            service::act::SignedAct,
            i64,
        ) -> Result<u64, service::Error>
        + Send
        + 'static,
    ) -> Result<u64> {
        let (origin, now_s) = (self.app.origin()?, self.app.now_s());
        let act = officer::sign_act(&origin, body, &self.office);
        Ok(self
            .app
            .write_here(move |conn| enter(conn, &origin, act, now_s))?)
    }

    /// Opens the doors, with the mailer beside them.
    pub(crate) fn serve(&self, mailboxes: &Arc<Mailboxes>) -> Result<Serving> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let mailboxes = Arc::clone(mailboxes);
        let mailer = Mailer::handing(
            &self.app,
            Box::new(move |mail, message| mailboxes.deliver(&mail.template, message)),
        );
        let app = self.app.clone();
        let (ready, handle) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("portal".to_owned())
            .spawn(move || {
                actix_web::rt::System::new().block_on(async move {
                    let server = ikrar::web::serve(&app, listener)?;
                    // Nobody waits for it only when the start failed already.
                    let _gone = ready.send(server.handle());
                    let mailing = actix_web::rt::spawn(mailer.send_for_ever());
                    server.await?;
                    mailing.abort();
                    Ok(())
                })
            })?;
        let handle = handle.recv()?;
        Ok(Serving {
            address,
            handle,
            thread,
        })
    }

    /// Mails with receipts that have not left yet.
    pub(crate) fn receipts_waiting(&self) -> Result<i64> {
        Ok(self
            .app
            .read_here(|conn| Ok(service::mail::count(conn, "queued")?))?)
    }

    /// Removes a schema that was made for it.
    pub(crate) fn remove(&self) -> Result<()> {
        self.schema.as_ref().map_or(Ok(()), Schema::remove)
    }
}

impl Serving {
    /// Closes the doors.
    pub(crate) fn stop(self) -> Result<()> {
        drop(self.handle.stop(false));
        self.thread
            .join()
            .map_err(|_panic| anyhow!("the web server panicked"))??;
        Ok(())
    }
}

/// A PostgreSQL schema of its own.
struct Schema {
    server: String,
    name: String,
    url: String,
}

impl Schema {
    fn make(server: &str) -> Result<Self> {
        let name = format!("ikrar_load_{}", std::process::id());
        let mark = if server.contains('?') { '&' } else { '?' };
        let schema = Self {
            url: format!("{server}{mark}options=-csearch_path%3D{name}"),
            server: server.to_owned(),
            name,
        };
        schema.run(&format!("CREATE SCHEMA {}", schema.name))?;
        Ok(schema)
    }

    fn remove(&self) -> Result<()> {
        self.run(&format!("DROP SCHEMA {} CASCADE", self.name))
    }

    fn run(&self, sql: &str) -> Result<()> {
        let mut conn = DatabaseUrl::new(self.server.as_str()).connect()?;
        conn.batch_execute(&format!("SET client_min_messages = warning; {sql}"))?;
        Ok(())
    }
}
