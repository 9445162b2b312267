//! An installation with an open election and people who may sign, and `ikrar serve` on it as a process. Absent: who signs.

use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use ikrar::config::Config;
use ikrar::ledger::encoding::encode_base64url;
use ikrar::ledger::note::Vkey;
use ikrar::service::access;
use ikrar::service::access::Subject;

use crate::harness::Browser;
use crate::harness::Database;
use crate::harness::ORIGIN;
use crate::harness::PUBLIC_URL;
use crate::harness::Page;
use crate::harness::Person;
use crate::harness::TestPortal;

/// How long a start or an orderly stop may take, also under a tracer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// See the module.
pub(super) struct Site {
    pub(super) people: Vec<Person>,
    pub(super) vkey: Vkey,
    /// The cookie of each of them.
    sessions: Vec<String>,
    folder: tempfile::TempDir,
    url: Option<String>,
    schema: Option<Database>,
}

/// How a process is started.
#[derive(Default)]
pub(super) struct Start<'a> {
    /// A program, with its arguments, that starts the portal and stays beside it.
    pub(super) tracer: &'a [String],
    /// A shell's words before the portal takes the shell's place.
    pub(super) shell: &'a str,
    pub(super) env: &'a [(&'a str, &'a str)],
}

/// A running portal.
pub(super) struct Served {
    pub(super) url: String,
    child: Child,
    pid: u32,
    stderr: PathBuf,
}

impl Site {
    /// On SQLite, or in a schema of its own where `TEST_DATABASE_URL` names a server.
    pub(super) fn new(people: usize) -> Self {
        Self::new_in(tempfile::tempdir().unwrap(), people)
    }

    /// The same in a folder that has been prepared.
    pub(super) fn new_in(folder: tempfile::TempDir, people: usize) -> Self {
        let schema = Database::from_env();
        let url = schema.as_ref().map(|schema| schema.url().to_owned());
        let mut site = Self::on(folder, url, people);
        site.schema = schema;
        site
    }

    /// In a folder, and in a database if not in a file there.
    pub(super) fn on(folder: tempfile::TempDir, url: Option<String>, people: usize) -> Self {
        let data = folder.path().join("data");
        let portal = TestPortal::of_today(|config: &mut Config| {
            config.data = data;
            config.database = url.clone().unwrap_or_default().into();
        })
        .with_election()
        .with_pact()
        .with_people(people);
        Self {
            sessions: sign_in(&portal),
            people: portal.people().to_vec(),
            vkey: portal.app.keys().log.vkey().clone(),
            folder,
            url,
            schema: None,
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.data().join("log")
    }

    /// Apart from the rest: whatever happens to that, codes arrive.
    pub(super) fn mail(&self) -> PathBuf {
        self.beside("mail")
    }

    /// A place for the story's own files.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn database_url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The database by another address.
    pub(super) fn set_database_url(&mut self, url: String) {
        self.url = Some(url);
    }

    /// The browser in which a person is signed in, at one of the portals.
    pub(super) fn browser(&self, url: &str, person: usize) -> Browser {
        let mut browser = Browser::new(url);
        browser.set_cookie("ikrar", &self.sessions[person]);
        browser
    }

    pub(super) fn serve(&self) -> Served {
        self.start(&Start::default())
            .unwrap_or_else(|why| panic!("the portal did not start:\n{why}"))
    }

    /// Starts the portal and waits until it is ready; what it said where it ended before.
    pub(super) fn start(&self, how: &Start<'_>) -> Result<Served, String> {
        loop {
            let mut served = self.spawn(how);
            match served.wait_ready(!how.tracer.is_empty()) {
                // Somebody else was faster at the port.
                Err(why) if why.contains("listen on") => {}
                Err(why) => return Err(why),
                Ok(()) => return Ok(served),
            }
        }
    }

    /// Starts the portal and does not wait for anything.
    pub(super) fn spawn(&self, how: &Start<'_>) -> Served {
        let listen = format!("127.0.0.1:{}", free_port());
        let program = env!("CARGO_BIN_EXE_ikrar");
        let mut command = match how.tracer.split_first() {
            None => Command::new("bash"),
            Some((tracer, arguments)) => {
                let mut command = Command::new(tracer);
                command.args(arguments).arg("bash");
                command
            }
        };
        let stderr = self.beside(&format!("stderr-{listen}"));
        command
            .args([
                "-c",
                &format!("{} exec \"$0\" \"$@\"", how.shell),
                program,
                "serve",
            ])
            .env_remove("IKRAR_TEST_LONG")
            .env_remove("IKRAR_TEST_ROUNDS")
            .env("IKRAR_DATA", self.data())
            .env("IKRAR_ORIGIN", ORIGIN)
            .env("IKRAR_MINISTRY", "Kementerian Contoh")
            .env("IKRAR_DATABASE_CONNECTIONS_MAX", "4")
            .env("IKRAR_WEB__LISTEN", &listen)
            .env("IKRAR_WEB__PUBLIC_URL", PUBLIC_URL)
            .env("IKRAR_WEB__WORKERS", "2")
            .env("IKRAR_WEB__REQUESTS_PER_MINUTE", "1000000")
            .env("IKRAR_WEB__GUESSES_PER_MINUTE", "1000000")
            .env("IKRAR_MAIL__TRANSPORT", "folder")
            .env("IKRAR_MAIL__FOLDER", self.mail())
            .env("IKRAR_MAIL__FROM", "Ikrar <ikrar@ikrar.example>")
            .env("IKRAR_LOGGING__FILTER", "warn")
            .envs(how.env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&stderr).unwrap());
        if let Some(url) = &self.url {
            command.env("IKRAR_DATABASE", url);
        }
        let child = command.spawn().unwrap();
        Served {
            url: format!("http://{listen}"),
            pid: child.id(),
            child,
            stderr,
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            schema.remove();
        }
    }
}

/// Opens a session for everybody at once.
fn sign_in(portal: &TestPortal) -> Vec<String> {
    let now_s = portal.app.now_s();
    let fresh: Vec<(i64, [u8; 32])> = portal
        .people()
        .iter()
        .map(|person| (person.id, ikrar::app::random().unwrap()))
        .collect();
    let cookies = fresh.iter().map(|(_, token)| encode_base64url(token)).collect();
    portal
        .write(move |conn| {
            for (id, token) in fresh {
                access::make_link(conn, Subject::Person(id), &token, now_s, 60)?;
                access::enter(conn, &token, &token, now_s)?;
            }
            Ok(())
        })
        .unwrap();
    cookies
}

/// One below the range that the kernel gives out by itself, that nobody answers on.
fn free_port() -> u16 {
    loop {
        let [high, low] = ikrar::app::random::<2>().unwrap();
        let port = 15_000 + u16::from_be_bytes([high, low]) % 15_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Sends a signal by its name.
pub(super) fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &pid.to_string()])
        .stderr(Stdio::null())
        .status();
    // Whoever ended in the meantime needs none.
    let _ended = sent.unwrap();
}

impl Served {
    fn wait_ready(&mut self, is_traced: bool) -> Result<(), String> {
        let (said, line) = mpsc::channel();
        let output = BufReader::new(self.child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // Nobody listens after the first.
                let _heard = said.send(line);
            }
        });
        match line.recv_timeout(PATIENCE) {
            Ok(line) if line.starts_with("ready ") => {}
            Ok(line) => return Err(format!("{line}\n{}", self.stderr())),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                self.child.wait().unwrap();
                return Err(self.stderr());
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(format!("not ready after {PATIENCE:?}\n{}", self.stderr()));
            }
        }
        if is_traced {
            let id = self.child.id();
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
            self.pid = children.split_whitespace().next().unwrap().parse().unwrap();
        }
        Ok(())
    }

    /// What it wrote on standard error.
    pub(super) fn stderr(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// Ends it without warning, as a machine does that loses its power or its memory.
    pub(super) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        signal("KILL", self.pid);
        if self.pid != self.child.id() {
            signal("KILL", self.child.id());
        }
        self.child.wait().unwrap();
    }

    pub(super) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Asks it to end; its exit code, or why there is none.
    pub(super) fn stop(&mut self) -> Result<i32, String> {
        signal("TERM", self.pid);
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().ok_or_else(|| status.to_string());
            }
            if asked.elapsed() > PATIENCE {
                return Err(format!("still there {PATIENCE:?} after SIGTERM"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// `/readyz`.
    pub(super) fn ready(&self) -> Page {
        Browser::new(&self.url).get("/readyz")
    }

    /// Waits until `/readyz` says a word.
    #[track_caller]
    pub(super) fn wait_ready_says(&self, words: &str) {
        let begun = Instant::now();
        loop {
            let said = self.ready().text();
            if said.contains(words) {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{words:?} is not in {said}\n{}",
                self.stderr()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

/// Runs the program to its end; exit code and everything it said.
pub(super) fn run(arguments: &[&str], data: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ikrar"))
        .args(arguments)
        .env_remove("IKRAR_TEST_LONG")
        .env_remove("IKRAR_TEST_ROUNDS")
        .env("IKRAR_DATA", data)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&text).into_owned(),
    )
}
