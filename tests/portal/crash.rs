//! What survives when a process is killed in mid-append, or when the disk takes no more.
//!
//! A child process (this test binary again, told by a variable) appends as fast as it can and prints each entry it was told
//! is recorded. The parent ends it without warning, starts it again, and in the end holds the public log against every line it
//! was ever shown.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use diesel::RunQueryDsl;
use ikrar::app::App;
use ikrar::app::keys;
use ikrar::clock::Clock;
use ikrar::config::Config;
use ikrar::domain::election::Election;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::text::Origin;
use ikrar::ledger::audit::audit_files;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::service::Conn;
use ikrar::service::Error;
use ikrar::service::election;
use ikrar::service::journal;
use ikrar::service::officer;
use ikrar::service::publish;

use crate::harness::TestPortal;

const CHILD_DATA: &str = "IKRAR_TEST_CRASH_DATA";
const THREADS: u32 = 4;

fn config(data: &Path) -> Config {
    let mut config = Config {
        data: data.to_owned(),
        origin: "ikrar.test/crash".to_owned(),
        ..Config::default()
    };
    config.database_connections_max = 4;
    config
}

fn open(data: &Path) -> App {
    keys::generate(&data.join("keys")).unwrap();
    let app = App::open(config(data), Clock::machine()).unwrap();
    let now_s = app.now_s();
    let (first, vkey) = (
        keys::load_key(&data.join("keys/officer.key")).unwrap(),
        app.keys().log.vkey().clone(),
    );
    app.write_here(move |conn| officer::begin(conn, &origin(), &vkey, &first, [1; 16], now_s))
        .unwrap();
    app
}

fn origin() -> Origin {
    "ikrar.test/crash".parse().unwrap()
}

/// Appends one election that nobody else appends; its index once it is acknowledged.
fn append(app: &App, data: &Path, id: &str) -> Result<u64, ikrar::service::Error> {
    let election = Election {
        id: id.parse().unwrap(),
        title: "Pemilu".parse().unwrap(),
        opens: "60".parse().unwrap(),
        closes: "120".parse().unwrap(),
        zone: "Asia/Jakarta".parse().unwrap(),
        contests: Vec::new(),
        lookup: "receipt".parse().unwrap(),
    };
    let key = keys::load_key(&data.join("keys/officer.key")).unwrap();
    let nonce = ikrar::app::random().unwrap();
    let act = officer::sign_act(
        &origin(),
        Body::Election(entry::Election { election, nonce }),
        &key,
    );
    let now_s = app.now_s();
    app.write_here(move |conn| election::publish(conn, &origin(), act, now_s))
}

/// Not a test by itself: the process that gets killed.
#[test]
#[expect(clippy::print_stdout, reason = "its lines are what the parent reads")]
fn child() {
    let Some(data) = std::env::vars()
        .find(|(name, _)| name == CHILD_DATA)
        .map(|(_, value)| value)
    else {
        return;
    };
    let data = Path::new(&data);
    let app = open(data);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let app = app.clone();
            scope.spawn(move || {
                for n in 0.. {
                    let id = format!("e{}-{thread}-{n}", std::process::id());
                    match append(&app, data, &id) {
                        Ok(index) => println!("\nrecorded {index} {id}"),
                        Err(error) => {
                            println!("\nrefused {error}");
                            return;
                        }
                    }
                }
            });
        }
    });
}

fn spawn(data: &Path, limit_blocks: Option<u64>) -> Child {
    let this = std::env::current_exe().unwrap();
    let args = ["--exact", "crash::child", "--nocapture", "--test-threads=1"];
    let mut command = match limit_blocks {
        None => Command::new(this),
        Some(blocks) => {
            // A file that may not grow fails its writes as a full disk does, without root's right to mount one.
            let mut shell = Command::new("bash");
            shell
                .args([
                    "-c",
                    &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
                ])
                .arg(this);
            shell
        }
    };
    command
        .args(args)
        .env(CHILD_DATA, data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Reads what the child was told until `enough` says so or it ends.
fn listen(
    child: &mut Child,
    told: &mut BTreeMap<u64, String>,
    mut enough: impl FnMut(usize) -> bool,
) -> bool {
    let mut heard = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("refused ") {
            return true;
        }
        if let Some((index, id)) = line
            .strip_prefix("recorded ")
            .and_then(|rest| rest.split_once(' '))
        {
            let before = told.insert(index.parse().unwrap(), id.to_owned());
            assert_eq!(before, None, "index {index} was given twice");
            heard += 1;
        }
        if enough(heard) {
            break;
        }
    }
    false
}

/// Starts once more (which repairs forward) and holds the public files against everything that was acknowledged.
fn check(data: &Path, told: &BTreeMap<u64, String>) {
    assert!(told.len() >= 10, "only {} entries were acknowledged", told.len());
    check_log(&open(data), told);
}

fn check_log(app: &App, told: &BTreeMap<u64, String>) {
    let note = String::from_utf8(app.log().read(publish::LATEST).unwrap().unwrap()).unwrap();
    let checkpoint = Checkpoint::open(&note, app.keys().log.vkey()).unwrap();
    let mut published = BTreeMap::new();
    audit_files(
        &checkpoint,
        |path| app.log().read(path),
        |index, bytes| {
            published.insert(index, bytes.to_vec());
        },
    )
    .unwrap();
    for (index, id) in told {
        let text = String::from_utf8(published[index].clone()).unwrap();
        assert!(
            text.contains(&format!("\nelection {id}\n")),
            "entry {index} is not the one acknowledged"
        );
    }
}

#[test]
fn no_acknowledged_entry_is_lost_to_a_kill_at_any_moment() {
    let data = tempfile::tempdir().unwrap();
    let mut told = BTreeMap::new();
    for round in 0..6_u64 {
        let mut child = spawn(data.path(), None);
        let started = Instant::now();
        let lifetime = Duration::from_millis(40 + 70 * round);
        listen(&mut child, &mut told, |heard| {
            heard > 1 && started.elapsed() > lifetime
        });
        child.kill().unwrap();
        child.wait().unwrap();
    }
    check(data.path(), &told);
}

/// How large the database is, its write-ahead file too.
fn database_blocks(data: &Path) -> u64 {
    ["db.sqlite", "db.sqlite-wal"]
        .into_iter()
        .filter_map(|name| std::fs::metadata(data.join(name)).ok())
        .map(|file| file.len().div_ceil(1024))
        .sum()
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let mut told = BTreeMap::new();
    // 1 KiB blocks: enough for the tables, which are there already, soon too small for what comes.
    drop(open(data.path()));
    let mut child = spawn(data.path(), Some(database_blocks(data.path()) + 600));
    let refused = listen(&mut child, &mut told, |_| false);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(refused, "the limit was never met");
    check(data.path(), &told);
    let app = open(data.path());
    append(&app, data.path(), "after").unwrap();
}

#[test]
fn an_entry_that_cannot_be_published_is_kept_and_published_later() {
    let data = tempfile::tempdir().unwrap();
    let app = open(data.path());
    let (tiles, aside) = (data.path().join("log/tile"), data.path().join("aside"));
    std::fs::rename(&tiles, &aside).unwrap();
    std::fs::write(&tiles, "in the way").unwrap();
    let refused = append(&app, data.path(), "kept").unwrap_err();
    assert!(refused.to_string().contains("problem-not-published"), "{refused}");
    assert!(!app.is_published());
    std::fs::remove_file(&tiles).unwrap();
    std::fs::rename(&aside, &tiles).unwrap();
    let index = append(&app, data.path(), "next").unwrap();
    assert!(app.is_published());
    let told: BTreeMap<u64, String> = [(index - 1, "kept".to_owned()), (index, "next".to_owned())].into();
    check_log(&app, &told);
}

/// The writer's connection breaks under it, as when the database server is restarted.
fn break_connection(conn: &mut Conn) -> Result<(), Error> {
    let sql = match conn {
        Conn::Sqlite(_) => "ROLLBACK",
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => "SELECT pg_terminate_backend(pg_backend_pid())",
    };
    diesel::sql_query(sql)
        .execute(conn)
        .map_err(Error::internal)
        .map(|_rows| ())
}

#[test]
fn the_writer_outlives_a_broken_connection_and_a_panic() {
    let portal = TestPortal::new();
    let note = |conn: &mut Conn| journal::note(conn, 60, None, "people-viewed", "election a");
    let broken = portal.app.write_here(break_connection);
    assert!(broken.is_err());
    portal.app.write_here(note).unwrap();
    let panicked = portal
        .app
        .write_here(|conn| -> Result<(), Error> {
            journal::note(conn, 60, None, "people-viewed", "election b")?;
            std::panic::resume_unwind(Box::new("a fault in one request"))
        })
        .unwrap_err();
    assert!(matches!(panicked, Error::Busy(_)));
    portal.app.write_here(note).unwrap();
    let lines = portal
        .app
        .read_here(|conn| Ok(journal::list_newest(conn, i64::MAX, 10)?))
        .unwrap();
    let subjects: Vec<&str> = lines.iter().map(|line| line.subject.as_str()).collect();
    assert_eq!(subjects, ["election a", "election a"]);
}

/// A table that no use-case knows, outside any request.
fn with_scratch_table(portal: &TestPortal) -> impl Fn() -> usize {
    let statements = ["DROP TABLE IF EXISTS scratch", "CREATE TABLE scratch (n INTEGER)"];
    for sql in statements {
        portal.write(|conn| run(conn, sql)).unwrap();
    }
    || {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Integer)]
            #[diesel(column_name = n)]
            _n: i32,
        }
        portal
            .read(|conn| {
                diesel::sql_query("SELECT n FROM scratch")
                    .load::<Row>(conn)
                    .map_err(Error::internal)
            })
            .len()
    }
}

fn run(conn: &mut Conn, sql: &str) -> Result<(), Error> {
    diesel::sql_query(sql)
        .execute(conn)
        .map_err(Error::internal)
        .map(|_rows| ())
}

#[test]
fn nobody_is_told_of_work_that_its_savepoint_lost() {
    let portal = TestPortal::new();
    let count = with_scratch_table(&portal);
    let told = portal.write(|conn| {
        run(conn, "INSERT INTO scratch VALUES (1)")?;
        // A use-case that goes on after a refusal of the database: PostgreSQL keeps nothing of it, SQLite does.
        let _ignored = run(conn, "INSERT INTO no_such_table VALUES (1)");
        Ok(())
    });
    assert_eq!(told.is_ok(), count() == 1, "{told:?}");
    // Others in the same batch, and later ones, are not touched.
    portal
        .write(|conn| run(conn, "INSERT INTO scratch VALUES (2)"))
        .unwrap();
}

#[test]
fn a_commit_of_unknown_outcome_is_looked_for_and_published() {
    let portal = TestPortal::new();
    let (origin, nonce) = (portal.origin(), portal.nonce());
    let election = crate::harness::election("unknown");
    let act = officer::sign_act(
        &origin,
        Body::Election(entry::Election { election, nonce }),
        &crate::harness::office_key(),
    );
    let now_s = portal.app.now_s();
    let told = portal.write(move |conn| {
        let index = election::publish(conn, &origin, act, now_s)?;
        // It is carried out, and the writer does not hear of it.
        run(conn, "COMMIT")?;
        Ok(index)
    });
    assert!(matches!(told, Err(Error::Busy(_))), "{told:?}");
    portal.app.settle_here().unwrap();
    let size = portal.read(ikrar::service::ledger_size);
    assert_eq!(size, 2);
    let published = publish::read(portal.app.log(), portal.app.keys().log.vkey()).unwrap();
    assert_eq!(published.unwrap().size, size);
    assert!(portal.app.is_published());
}

/// The database alone, as a copy that was made at night: its newest pages are in the write-ahead file.
fn copy_database(data: &Path, to: &Path) {
    for name in ["db.sqlite", "db.sqlite-wal"] {
        if data.join(name).exists() {
            std::fs::copy(data.join(name), to.join(name)).unwrap();
        }
    }
}

#[test]
fn an_old_copy_of_the_database_is_read_but_adds_nothing_to_the_log() {
    let (data, aside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut told = BTreeMap::new();
    let mut child = spawn(data.path(), None);
    listen(&mut child, &mut told, |heard| heard > 3);
    child.kill().unwrap();
    child.wait().unwrap();
    copy_database(data.path(), aside.path());
    let mut child = spawn(data.path(), None);
    listen(&mut child, &mut told, |heard| heard > 8);
    child.kill().unwrap();
    child.wait().unwrap();
    for name in ["db.sqlite", "db.sqlite-wal", "db.sqlite-shm"] {
        let _was_not_there = std::fs::remove_file(data.path().join(name));
    }
    copy_database(aside.path(), data.path());
    let public = std::fs::read(data.path().join("log/checkpoint.latest")).unwrap();

    let app = App::open(config(data.path()), Clock::machine()).unwrap();
    assert!(!app.is_published(), "readyz must say so");
    let size = app.read_here(ikrar::service::ledger_size).unwrap();
    assert!(size > 0);
    let refused = append(&app, data.path(), "fork").unwrap_err();
    assert!(matches!(refused, ikrar::service::Error::Tampered(_)), "{refused}");
    assert_eq!(app.read_here(ikrar::service::ledger_size).unwrap(), size);
    app.write_here(|_| Ok(())).unwrap();
    app.settle_here().unwrap_err();
    assert_eq!(
        std::fs::read(data.path().join("log/checkpoint.latest")).unwrap(),
        public
    );
}

#[test]
fn a_start_makes_a_damaged_log_folder_whole_again() {
    let data = tempfile::tempdir().unwrap();
    let app = open(data.path());
    let told: BTreeMap<u64, String> = (0..4)
        .map(|n| {
            (
                append(&app, data.path(), &format!("e{n}")).unwrap(),
                format!("e{n}"),
            )
        })
        .collect();
    drop(app);
    let log = data.path().join("log");
    std::fs::remove_dir_all(log.join("tile")).unwrap();
    std::fs::remove_file(log.join("log.vkey")).unwrap();
    std::fs::write(log.join("checkpoint"), "ikrar.te").unwrap();
    let app = open(data.path());
    assert!(app.is_published());
    check_log(&app, &told);
    for name in ["checkpoint", "log.vkey"] {
        let bytes = std::fs::read(log.join(name)).unwrap();
        assert!(bytes.len() > 60, "{name}");
    }
}

#[test]
fn another_name_or_key_than_the_logs_does_not_start() {
    let data = tempfile::tempdir().unwrap();
    drop(open(data.path()));
    let mut other = config(data.path());
    other.origin = "ikrar.test/other".to_owned();
    let refused = App::open(other, Clock::machine()).err().unwrap().to_string();
    assert!(
        refused.contains("ikrar.test/crash+") && refused.contains("ikrar.test/other+"),
        "{refused}"
    );
    std::fs::remove_file(data.path().join("keys/log.key")).unwrap();
    keys::generate(&data.path().join("keys")).unwrap();
    let refused = App::open(config(data.path()), Clock::machine())
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("this database holds the log"), "{refused}");
}
