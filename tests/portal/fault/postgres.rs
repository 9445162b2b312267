//! PostgreSQL ends, comes back, comes back older, or its answers are lost. Only where `TEST_DATABASE_URL` names a server; whoever ends a
//! server has one of its own (see `scripts/with-postgres`).

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use ikrar::service::DatabaseUrl;

use crate::fault::Dice;
use crate::fault::given_server;
use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::proxy::Wire;
use crate::fault::rounds;
use crate::fault::site::Site;
use crate::fault::site::signal;
use crate::fault::snapshot::nothing_is_added;

/// A server of this story's own.
struct Cluster {
    folder: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("ikrar-cluster-")
            .tempdir_in("/tmp")
            .unwrap();
        let [high, low] = ikrar::app::random::<2>().unwrap();
        let cluster = Self {
            bin: bin(),
            folder,
            port: 15_000 + u16::from_be_bytes([high, low]) % 15_000,
        };
        if let Some(user) = server_user() {
            let path = cluster.folder.path().to_string_lossy().into_owned();
            let given = Command::new("chown").args([user, &path]).status();
            assert!(given.unwrap().success());
        }
        cluster.run(
            "initdb",
            &["-U", "ikrar", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        );
        cluster.resume();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of the server's programs on its data, as the user who may.
    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = match server_user() {
            None => Command::new(self.bin.join(program)),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid", user, "--regid", user, "--clear-groups", "--"])
                    .arg(self.bin.join(program));
                command
            }
        };
        let output = command
            .arg("-D")
            .arg(self.data())
            .args(arguments)
            .current_dir("/tmp")
            .env_remove("PGDATA")
            .stdout(std::fs::File::create(self.folder.path().join("said")).unwrap())
            .stderr(std::process::Stdio::null())
            .status();
        output.unwrap().success()
    }

    /// Starts it on what is there. After a kill the old one's last children may hold its memory for a moment.
    fn resume(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -p {} -k {} -c fsync=on -c max_connections=50",
            self.port,
            self.folder.path().display()
        );
        let log = self.folder.path().join("data/server.log");
        let log = log.to_string_lossy();
        let begun = Instant::now();
        while !self.run("pg_ctl", &["-l", &log, "-w", "-t", "60", "start", "-o", &options]) {
            let said = std::fs::read_to_string(self.data().join("server.log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(30), "{said}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn stop_at_once(&self) {
        assert!(self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]));
    }

    fn kill(&self) {
        signal("KILL", self.pid());
    }

    fn pid(&self) -> u32 {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }

    /// Ends one of the portal's connections, so that the server begins anew for everybody.
    fn kill_backend(&self) {
        #[derive(diesel::QueryableByName)]
        struct Backend {
            #[diesel(sql_type = Integer)]
            pid: i32,
        }
        let sql = "SELECT pid FROM pg_stat_activity WHERE datname = 'postgres' AND pid <> pg_backend_pid() \
                   ORDER BY xact_start NULLS LAST LIMIT 1";
        let mut conn = DatabaseUrl::new(self.url()).connect().unwrap();
        let found: Vec<Backend> = diesel::sql_query(sql).load(&mut conn).unwrap();
        signal("KILL", u32::try_from(found[0].pid).unwrap());
    }

    fn url(&self) -> String {
        format!("postgres://ikrar@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

/// The newest server's programs.
fn bin() -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|folder| {
            let path = folder.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            path.join("bin/initdb").exists().then_some((version, path))
        })
        .collect();
    versions.sort();
    let Some((_, newest)) = versions.pop() else {
        panic!("no PostgreSQL server here: run scripts/setup");
    };
    newest.join("bin")
}

/// The server refuses to run as root; then somebody else owns it.
fn server_user() -> Option<&'static str> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().unwrap();
        output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return None;
    }
    Some(if id(&["-u", "postgres"]).is_some() {
        "postgres"
    } else {
        "nobody"
    })
}

#[test]
fn the_portal_outlives_its_database_server() {
    if given_server().is_none() {
        return;
    }
    let rounds = rounds(3);
    let cluster = Cluster::start();
    let folder = tempfile::tempdir().unwrap();
    let site = Arc::new(Site::on(
        folder,
        Some(cluster.url()),
        if rounds > 3 { 8000 } else { 800 },
    ));
    let mut dice = Dice::new("server");
    let mut load = Load::begin(&site, Duration::from_millis(if rounds > 3 { 200 } else { 20 }));
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    for round in 0..rounds {
        load.wait_more(5);
        dice.pause(300);
        match round % 3 {
            0 => cluster.kill_backend(),
            1 => {
                cluster.kill();
                cluster.resume();
            }
            _ => {
                cluster.stop_at_once();
                cluster.resume();
            }
        }
        // The same process goes on by itself.
        load.wait_more(5);
        served.wait_ready_says("\"published\":true");
    }
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    outcome::check(&site, &load.known(), &format!("{rounds} ends of the server"));
    let statuses: Vec<u16> = load.known().refused.keys().copied().collect();
    assert_eq!(statuses, [503], "{}", served.stderr());
}

#[test]
fn a_commit_without_an_answer_is_recorded_once_and_published() {
    let Some(given) = given_server() else {
        return;
    };
    let rounds = rounds(9);
    let mut site = Site::new(if rounds > 9 { 8000 } else { 1000 });
    let (address, wire) = wired(site.database_url().unwrap(), &given);
    site.set_database_url(address);
    let site = Arc::new(site);
    let mut load = Load::begin(&site, Duration::from_millis(10));
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    wire.cut_every(5);
    for round in 0..rounds {
        load.wait_until("cuts", |_| wire.cuts() > round);
    }
    wire.cut_every(usize::MAX);
    load.wait_more(5);
    served.wait_ready_says("\"published\":true");
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    outcome::check(&site, &load.known(), &format!("{} cuts at a COMMIT", wire.cuts()));
}

/// The same database by way of a wire.
fn wired(url: &str, server: &str) -> (String, Wire) {
    let (_, rest) = server.rsplit_once('@').unwrap();
    let address = rest.split('/').next().unwrap();
    let wire = Wire::to(address);
    let by_wire = url.replacen(address, &format!("127.0.0.1:{}", wire.port), 1);
    (by_wire, wire)
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success());
}

#[test]
fn an_older_server_behind_a_running_portal_adds_nothing() {
    if given_server().is_none() {
        return;
    }
    let cluster = Cluster::start();
    let (old, newer) = (
        cluster.folder.path().join("old"),
        cluster.folder.path().join("newer"),
    );
    let site = Arc::new(Site::on(tempfile::tempdir().unwrap(), Some(cluster.url()), 600));
    let mut load = Load::begin(&site, Duration::from_millis(20));
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    cluster.stop_at_once();
    copy(&cluster.data(), &old);
    cluster.resume();
    load.wait_more(5);

    cluster.stop_at_once();
    std::fs::rename(cluster.data(), &newer).unwrap();
    std::fs::rename(&old, cluster.data()).unwrap();
    cluster.resume();
    served.wait_ready_says("\"published\":false");
    let before = entries(&cluster);
    nothing_is_added(&site, &load);
    assert_eq!(entries(&cluster), before, "the old copy was written to");

    cluster.stop_at_once();
    std::fs::rename(cluster.data(), cluster.folder.path().join("thrown-away")).unwrap();
    std::fs::rename(&newer, cluster.data()).unwrap();
    cluster.resume();
    load.wait_more(5);
    served.wait_ready_says("\"published\":true");
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    outcome::check(&site, &load.known(), "an older server");
}

fn entries(cluster: &Cluster) -> u64 {
    let mut conn = DatabaseUrl::new(cluster.url()).connect().unwrap();
    conn.batch_execute("SELECT 1").unwrap();
    ikrar::service::ledger_size(&mut conn).unwrap()
}
