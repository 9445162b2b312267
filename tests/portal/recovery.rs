//! Backup and restore, and the two ways between database and tiles, with the real program beside a running portal.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use diesel::connection::SimpleConnection;
use ikrar::app::App;
use ikrar::app::chores;
use ikrar::app::witnesses;
use ikrar::service::DatabaseUrl;
use ikrar::service::Error;

use crate::harness::Behaviour;
use crate::harness::NOW_S;
use crate::harness::ORIGIN;
use crate::harness::TestPortal;
use crate::sign::sign;
use crate::witness;

/// An installation's settings in a file, as an operator has them.
struct Installation {
    folder: tempfile::TempDir,
    database: Option<String>,
}

impl Installation {
    /// Nothing is in it. On PostgreSQL it has an empty database of its own.
    fn vacant(portal: &TestPortal) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = portal
            .database_url()
            .map(|url| fresh_database(&url, folder.path()));
        Self { folder, database }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The portal that `ikrar serve` would run here, by another one's settings and clock.
    fn open(&self, like: &TestPortal) -> App {
        let mut config = like.app.config().clone();
        self.folder.path().clone_into(&mut config.data);
        if let Some(url) = &self.database {
            config.database = url.clone().into();
        }
        App::open(config, like.app.clock().clone()).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        run(self.folder.path(), self.database.as_deref(), arguments)
    }

    #[track_caller]
    fn says(&self, arguments: &[&str], code: i32, words: &str) -> String {
        check(self.run(arguments), arguments, code, words)
    }
}

/// The same schema name in a database of its own: that is what a dump goes back into.
fn fresh_database(url: &str, folder: &Path) -> String {
    let name = format!(
        "r{}",
        folder
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "")
            .to_lowercase()
    );
    let (server, options) = url.split_once('?').unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    let mut conn = DatabaseUrl::new(url).connect().unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let fresh = format!("{server}/{name}?{options}");
    let schema = options.rsplit_once("%3D").unwrap().1;
    let mut conn = DatabaseUrl::new(fresh.as_str()).connect().unwrap();
    conn.batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
    fresh
}

fn run(data: &Path, database: Option<&str>, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikrar"));
    command.env("IKRAR_DATA", data).env("IKRAR_ORIGIN", ORIGIN);
    if let Some(url) = database {
        command.env("IKRAR_DATABASE", url);
    }
    let output = command.args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[track_caller]
fn check((ended, text): (i32, String), arguments: &[&str], code: i32, words: &str) -> String {
    assert_eq!(ended, code, "{arguments:?}\n{text}");
    assert!(text.contains(words), "{words:?} is not in\n{text}");
    text
}

/// Runs a command on the portal's own installation.
#[track_caller]
pub(crate) fn beside(portal: &TestPortal, arguments: &[&str], code: i32, words: &str) -> String {
    let url = portal.database_url();
    check(
        run(portal.folder(), url.as_deref(), arguments),
        arguments,
        code,
        words,
    )
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn signed() -> TestPortal {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    sign(&portal, &mut portal.sign_in(0), 0);
    portal
}

#[test]
fn a_backup_taken_while_the_portal_runs_comes_back_whole() {
    let portal = signed();
    let keep = tempfile::tempdir().unwrap();
    let backup = keep.path().join("monday");
    beside(
        &portal,
        &["backup", &text(&backup)],
        0,
        "the copy was audited and holds",
    );
    beside(&portal, &["backup", &text(&backup)], 1, "is there already");
    assert_eq!(
        std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let key = backup.join("keys/log.key");
    assert_eq!(
        std::fs::metadata(key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let settings = std::fs::read_to_string(backup.join("ikrar.toml")).unwrap();
    assert!(settings.contains(ORIGIN), "{settings}");
    assert_eq!(
        std::fs::read_dir(keep.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let new = Installation::vacant(&portal);
    new.says(&["restore", &text(&backup)], 0, "restored, published and audited");
    new.says(&["audit", &text(&new.path("log"))], 0, "1 of 3 signed");
    for file in ["checkpoint", "checkpoint.latest", "log.vkey"] {
        assert_eq!(
            std::fs::read(new.path("log").join(file)).unwrap(),
            std::fs::read(portal.folder().join("log").join(file)).unwrap()
        );
    }
    assert_eq!(
        std::fs::read(new.path("keys/log.key")).unwrap(),
        std::fs::read(portal.folder().join("keys/log.key")).unwrap()
    );
    new.says(
        &["restore", &text(&backup)],
        1,
        "nothing is ever restored over one",
    );
    // The people are back with it: an act that needs them is entered.
    new.says(
        &[
            "officer",
            "add",
            "--email",
            "a@b.example",
            "--name",
            "Ani",
            "--role",
            "hr",
        ],
        0,
        "may sign in",
    );
}

#[test]
fn a_backup_that_was_touched_is_refused() {
    let portal = signed();
    let keep = tempfile::tempdir().unwrap();
    let backup = keep.path().join("monday");
    beside(&portal, &["backup", &text(&backup)], 0, "holds");
    let new = Installation::vacant(&portal);
    let refused = |words: &str| new.says(&["restore", &text(&backup)], 1, words);
    let bundle = std::fs::read_dir(backup.join("log/tile/entries/000.p"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    for file in ["database", "keys/pepper", "log/checkpoint"]
        .map(|name| backup.join(name))
        .iter()
        .chain([&bundle])
    {
        let whole = std::fs::read(file).unwrap();
        let mut changed = whole.clone();
        changed[10] ^= 1;
        std::fs::write(file, changed).unwrap();
        refused("is not what the manifest says");
        std::fs::remove_file(file).unwrap();
        refused("is missing");
        std::fs::write(file, whole).unwrap();
    }
    std::fs::write(backup.join("more"), "x").unwrap();
    refused("more is not in the manifest");
    std::fs::remove_file(backup.join("more")).unwrap();
    let manifest = backup.join("manifest");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, whole.replace("ikrar/backup/v1", "ikrar/backup/v2")).unwrap();
    refused("first line");
    std::fs::write(&manifest, whole).unwrap();
    assert!(!new.path("db.sqlite").exists() && !new.path("keys").exists());
    new.says(&["restore", &text(keep.path())], 1, "is this a backup?");
    refused_elsewhere(&new, &backup);
    new.says(&["restore", &text(&backup)], 0, "restored");
}

/// Another log's settings, another kind of database, another key in place.
fn refused_elsewhere(new: &Installation, backup: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_ikrar"))
        .env("IKRAR_DATA", new.folder.path())
        .env("IKRAR_ORIGIN", "ikrar.example/other")
        .args(["restore", &text(backup)])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("the settings name ikrar.example/other"));
    std::fs::create_dir_all(new.path("keys")).unwrap();
    std::fs::write(new.path("keys/log.key"), "another").unwrap();
    new.says(&["restore", &text(backup)], 1, "is another key than the backup's");
    std::fs::remove_file(new.path("keys/log.key")).unwrap();
}

#[test]
fn an_older_backup_than_the_world_has_seen_is_not_gone_on_with() {
    let portal = signed();
    let keep = tempfile::tempdir().unwrap();
    let backup = keep.path().join("monday");
    beside(&portal, &["backup", &text(&backup)], 0, "holds");
    sign(&portal, &mut portal.sign_in(1), 1);
    let new = Installation::vacant(&portal);
    // A mirror, here the portal itself, knows more.
    let refused = new.says(&["restore", &text(&backup), "--known", &portal.url], 1, "ALARM");
    assert!(
        refused.contains("knows 6 entries, this backup holds 5"),
        "{refused}"
    );
    // So does a log folder that survived.
    copy_folder(&portal.folder().join("log"), &new.path("log"));
    new.says(&["restore", &text(&backup)], 1, "ALARM");
    assert!(!new.path("db.sqlite").exists());
    // With the newer backup it goes on, over the folder that survived.
    let newer = keep.path().join("tuesday");
    beside(&portal, &["backup", &text(&newer)], 0, "6 entries");
    new.says(&["restore", &text(&newer), "--known", &portal.url], 0, "restored");
    new.says(&["audit", &text(&new.path("log"))], 0, "2 of 3 signed");
}

#[test]
fn a_backup_of_another_history_than_the_world_has_seen_is_not_gone_on_with() {
    let portal = signed();
    let keep = tempfile::tempdir().unwrap();
    let backup = keep.path().join("monday");
    beside(&portal, &["backup", &text(&backup)], 0, "holds");
    // The same key showed somebody else as many entries, or fewer, of its own making.
    let other = TestPortal::new().with_election().with_pact().with_people(2);
    assert!(other.read(ikrar::service::ledger_size) <= portal.read(ikrar::service::ledger_size));
    let new = Installation::vacant(&portal);
    let restore = ["restore", &text(&backup), "--known", &other.url];
    new.says(&restore, 1, "shows another history");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn tiles_come_back_from_the_database_and_public_tables_from_tiles() {
    let portal = signed();
    let log = portal.folder().join("log");
    let before = std::fs::read(log.join("tile/0/000.p/5")).unwrap();
    std::fs::write(log.join("tile/0/000.p/5"), "damaged").unwrap();
    beside(&portal, &["ledger", "rebuild", "--tiles"], 0, "made anew");
    assert_eq!(std::fs::read(log.join("tile/0/000.p/5")).unwrap(), before);
    beside(&portal, &["ledger", "rebuild"], 2, "--tiles");
    let url = portal.url.as_str();
    beside(
        &portal,
        &["ledger", "rebuild", "--from-tiles", url],
        1,
        "is not empty",
    );
    let key = portal.app.keys().log.vkey().to_string();
    let new = Installation::vacant(&portal);
    new.says(&["ledger", "rebuild", "--from-tiles", url], 1, "give --vkey");
    let other = Installation::vacant(&portal);
    other.says(&["keygen"], 0, "Log key");
    other.says(
        &["ledger", "rebuild", "--from-tiles", url],
        1,
        "nothing was written",
    );
    let text = new.says(
        &["ledger", "rebuild", "--from-tiles", url, "--vkey", &key],
        0,
        "5 entries",
    );
    assert!(text.contains("Who signed is not in the tiles"), "{text}");
    // With the keys back it is published, identical, but nothing is added that needs the people.
    copy_folder(&portal.folder().join("keys"), &new.path("keys"));
    let mirror = new.path("mirror").to_string_lossy().into_owned();
    new.says(&["ledger", "export", &mirror], 0, "5 entries");
    assert_eq!(
        std::fs::read(new.path("mirror/checkpoint")).unwrap(),
        std::fs::read(log.join("checkpoint")).unwrap()
    );
    let close = ["election", "close", "pemilu-2024", "--yes"];
    new.says(&close, 1, "made from tiles alone");
    let pact = ["pact", "publish", "--election", "pemilu-2024", "--default"];
    new.says(&pact, 1, "made from tiles alone");
}

#[test]
fn a_portal_on_a_log_made_from_tiles_adds_nothing_by_itself() {
    let (portal, _witnesses) = witness::witnessed();
    witness::sign(&portal, 0);
    witnesses::ask_once(&portal.app).unwrap();
    chores::run_once(&portal.app).unwrap();
    witness::sign(&portal, 1);
    let size = portal.read(ikrar::service::ledger_size);
    let kinds = portal.audit();
    assert_eq!(kinds.custody().anchors().len(), 1);
    let new = Installation::vacant(&portal);
    let key = portal.app.keys().log.vkey().to_string();
    let words = format!("{size} entries");
    let rebuild = ["ledger", "rebuild", "--from-tiles", &portal.url, "--vkey", &key];
    new.says(&rebuild, 0, &words);
    copy_folder(&portal.folder().join("keys"), &new.path("keys"));
    let again = new.open(&portal);
    witnesses::ask_once(&again).unwrap();
    again.witnesses().gate().check().unwrap();
    // Days later a map, two seals and an anchor would be due. It knows no signature and no line of the journal.
    let later = NOW_S + 2 * 86_400;
    portal.set_clock(later);
    let refused = chores::run_once(&again);
    assert!(matches!(refused, Err(Error::Tampered(_))), "{refused:?}");
    assert_eq!(again.read_here(ikrar::service::ledger_size).unwrap(), size);
    again.settle_here().unwrap();
    assert!(
        witnesses::ask_once(&again).unwrap(),
        "what is there is cosigned on"
    );
    portal.set_clock(later + 30);
    let refused = chores::run_once(&again);
    assert!(matches!(refused, Err(Error::Tampered(_))), "{refused:?}");
    assert_eq!(again.read_here(ikrar::service::ledger_size).unwrap(), size);
    new.says(&["audit", &text(&new.path("log"))], 0, "2 of 3 signed");
}

#[test]
fn a_lost_database_begins_no_second_history_under_the_old_key() {
    let (portal, witnesses) = witness::witnessed();
    witnesses::ask_once(&portal.app).unwrap();
    let new = Installation::vacant(&portal);
    copy_folder(&portal.folder().join("keys"), &new.path("keys"));
    let email = "ani@kementerian.example";
    let add = [
        "officer", "add", "--email", email, "--name", "Ani", "--role", "hr",
    ];
    let told = "a witness knows more entries than the database";
    new.says(&add, 1, told);
    let again = new.open(&portal);
    witnesses::ask_once(&again).unwrap();
    assert!(matches!(
        again.witnesses().gate().check(),
        Err(Error::Tampered(_))
    ));
    drop(again);
    for witness in &witnesses[1..] {
        witness.behave(Behaviour::Status(500));
    }
    witnesses[0].behave(Behaviour::Status(403));
    new.says(&add, 1, "too few witnesses");
    assert!(!new.path("log/checkpoint.latest").exists());
    // Two of three that never heard of the log cannot have cosigned it, and it begins.
    for witness in &witnesses[1..] {
        witness.behave(Behaviour::Status(404));
    }
    new.says(&add, 0, "has begun");
}
