//! `ikrar witness serve` as a process of its own, in a folder of its own: killed without warning, and started again at the same address.
//! Absent: stories.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use ikrar::ledger::cosignature::LogKey;
use ikrar::ledger::cosignature::WitnessKey;
use ikrar::ledger::witness::origin_hash;

use crate::harness::Browser;
use crate::harness::Page;

/// See the module.
pub(crate) struct WitnessProgram {
    /// Where it listens.
    pub(crate) url: String,
    name: String,
    log: LogKey,
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl WitnessProgram {
    /// Makes keys and starts one that watches a log, of which it knows no address.
    pub(crate) fn start(name: &str, log: &LogKey) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new(env!("CARGO_BIN_EXE_ikrar"))
            .args([
                "witness",
                "keygen",
                "--name",
                &format!("{name}.example/witness"),
                "--dir",
            ])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let mut witness = Self {
            url: "http://127.0.0.1:0".to_owned(),
            name: name.to_owned(),
            log: log.clone(),
            folder,
            child: None,
        };
        witness.restart(None);
        witness
    }

    /// Its line in a policy.
    pub(crate) fn line(&self) -> String {
        format!("witness {} {} {}\n", self.name, self.key(), self.url)
    }

    /// What others verify with.
    pub(crate) fn key(&self) -> WitnessKey {
        let vkeys = std::fs::read_to_string(self.folder.path().join("witness.vkey")).unwrap();
        WitnessKey::parse(vkeys.lines().next().unwrap()).unwrap()
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it keeps of the log.
    pub(crate) fn record(&self) -> PathBuf {
        self.folder.path().join(origin_hash(self.log.name()))
    }

    /// A path below the log's own.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/{}/{name}", origin_hash(self.log.name()))
    }

    /// Ends the process at once, whatever it is doing.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts it at the address that it had, perhaps with the log's address.
    pub(crate) fn restart(&mut self, log_url: Option<&str>) {
        self.kill();
        let listen = self.url.strip_prefix("http://").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ikrar"))
            .args(["witness", "serve", "--listen", listen, "--log"])
            .arg(format!("{} {}", self.log, log_url.unwrap_or_default()))
            .arg("--dir")
            .arg(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        self.child = Some(child);
        let url = line.trim_end().strip_prefix("ready ");
        url.unwrap_or_else(|| panic!("it did not start: {line:?}"))
            .clone_into(&mut self.url);
    }

    /// Posts a body.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Page {
        Browser::new(&self.url).send(path, &[], body)
    }

    /// Opens a page.
    pub(crate) fn get(&self, path: &str) -> Page {
        Browser::new(&self.url).get(path)
    }
}

impl Drop for WitnessProgram {
    fn drop(&mut self) {
        self.kill();
    }
}
