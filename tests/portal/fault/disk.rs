//! Writes, syncs and renames of the running program fail: `strace` answers for the kernel. The program may end or refuse; the next start
//! goes on, and nobody was told what is not there.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::fault::Dice;
use crate::fault::given_server;
use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::rounds;
use crate::fault::site::Site;
use crate::fault::site::Start;

/// The system calls that fail, how, and which of them: the first lies below the number. With a file, only those on it.
struct Fault {
    calls: &'static str,
    error: &'static str,
    file: Option<&'static str>,
    below: u64,
}

const fn fault(calls: &'static str, error: &'static str, file: Option<&'static str>, below: u64) -> Fault {
    Fault {
        calls,
        error,
        file,
        below,
    }
}

const SYNCS: &str = "fsync,fdatasync";
const RENAMES: &str = "rename,renameat,renameat2";
const WRITES: &str = "write,pwrite64";

/// Of the database's own files: the server's business where there is one.
const DATABASE: [Fault; 6] = [
    fault(WRITES, "EIO", Some("db.sqlite-wal"), 60),
    fault(WRITES, "ENOSPC", Some("db.sqlite-wal"), 60),
    fault(SYNCS, "EIO", Some("db.sqlite-wal"), 15),
    fault(WRITES, "EIO", Some("db.sqlite"), 20),
    fault(SYNCS, "EIO", Some("db.sqlite"), 3),
    fault(SYNCS, "ENOSPC", None, 40),
];

/// Of the log folder: each file is written beside its place and moved there, and then the folder is synced.
const LOG: [Fault; 7] = [
    fault(SYNCS, "EIO", None, 60),
    fault(RENAMES, "EIO", None, 25),
    fault(WRITES, "EIO", Some("log/.writing"), 6),
    fault(WRITES, "ENOSPC", Some("log/tile/0/000.p/.writing"), 6),
    fault(SYNCS, "EIO", Some("log/tile/entries/000.p"), 6),
    fault(RENAMES, "ENOSPC", None, 25),
    fault(SYNCS, "EIO", Some("log"), 6),
];

impl Fault {
    /// The tracer's command line, for the n-th of these calls, or from the n-th on.
    fn tracer(&self, site: &Site, trace: &Path, number: u64, lasting: bool) -> Vec<String> {
        let every = if lasting { "+" } else { "" };
        let mut words: Vec<String> = ["strace", "-f", "-qq", "--seccomp-bpf"].map(str::to_owned).into();
        words.extend([
            "-e".to_owned(),
            format!("trace={}", self.calls),
            "-e".to_owned(),
            format!("inject={}:error={}:when={number}{every}", self.calls, self.error),
            "-o".to_owned(),
            trace.to_string_lossy().into_owned(),
        ]);
        if let Some(file) = self.file {
            words.extend([
                "-P".to_owned(),
                site.data().join(file).to_string_lossy().into_owned(),
            ]);
        }
        words
    }
}

/// Waits until the fault has struck; whether it did. A call that comes too seldom is no reason to wait for ever.
fn wait_struck(trace: &Path) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if std::fs::read_to_string(trace).is_ok_and(|text| text.contains("(INJECTED)")) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// Starts the portal with a fault ahead, or says that the start itself met it.
fn start(site: &Site, tracer: &[String], trace: &Path) -> Option<crate::fault::site::Served> {
    let how = Start {
        tracer,
        ..Start::default()
    };
    match site.start(&how) {
        Ok(served) => Some(served),
        Err(said) => {
            assert!(
                !said.contains("ptrace") && !said.contains("strace:"),
                "strace cannot trace here, so no fault can be injected; these tests need the right to trace their own children \
                 (ptrace):\n{said}"
            );
            assert!(
                wait_struck(trace),
                "the portal did not start, and no fault had struck:\n{said}"
            );
            None
        }
    }
}

#[test]
fn no_acknowledged_signature_is_lost_to_failing_writes_syncs_and_renames() {
    let version = std::process::Command::new("strace").arg("-V").output();
    assert!(version.is_ok(), "strace is missing: scripts/setup installs it");
    let mut dice = Dice::new("disk");
    let faults: Vec<&Fault> = if given_server().is_some() {
        LOG.iter().collect()
    } else {
        DATABASE.iter().chain(&LOG).collect()
    };
    let rounds = rounds(faults.len());
    let (people, pause) = if rounds > faults.len() {
        (10_000, 200)
    } else {
        (1500, 20)
    };
    let site = Arc::new(Site::new(people));
    let mut load = Load::begin(&site, Duration::from_millis(pause));
    let (mut struck, mut ended) = (0, 0);
    for (round, fault) in faults.iter().cycle().take(rounds).enumerate() {
        let trace: PathBuf = site.beside(&format!("trace-{round}"));
        let number = 1 + dice.below(fault.below);
        let lasting = dice.below(3) == 0;
        let tracer = fault.tracer(&site, &trace, number, lasting);
        let Some(mut served) = start(&site, &tracer, &trace) else {
            struck += 1;
            ended += 1;
            continue;
        };
        load.go_to(&[&served.url]);
        struck += usize::from(wait_struck(&trace));
        dice.pause(300);
        ended += usize::from(served.has_ended());
        served.kill();
        load.go_to(&[]);
        outcome::check_folder(&site, &load.known());
        std::fs::remove_file(&trace).unwrap();
    }
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    served.ready().ok();
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    assert!(
        struck * 10 >= rounds * 8,
        "only {struck} of {rounds} faults struck"
    );
    outcome::check(
        &site,
        &load.known(),
        &format!("{rounds} faults of the disk, {struck} struck, {ended} ended the program"),
    );
}
