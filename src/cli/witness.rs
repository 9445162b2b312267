//! `ikrar witness keygen` and `ikrar witness serve`: a witness for an oversight body. No database, no configuration of a portal.
//!
//! ```text
//! DIR/witness.key              Ed25519, mode 0600; must sign for this witness alone
//! DIR/witness.ml-dsa-44.key    the same for a second line beside it, where `keygen --ml-dsa` made it
//! DIR/witness.vkey             what others verify with, a line a key
//! DIR/logs                     the logs that are watched, a line `log VKEY [URL]` each (C2SP tlog-policy)
//! ```
//! Absent: what a witness does ([`crate::witness`]).

use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::bail;
use anyhow::ensure;

use crate::app::keys;
use crate::cli::audit::source::Source;
use crate::cli::serve::start_logging;
use crate::clock::Clock;
use crate::config::Logging;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::cosignature::WitnessKey;
use crate::ledger::note::KeyName;
use crate::ledger::policy::Policy;
use crate::ledger::policy::PolicyError;
use crate::ledger::policy::PolicyLog;
use crate::witness::Witness;
use crate::witness::follow::Unread;

const KEY: &str = "witness.key";
const ML_DSA_KEY: &str = "witness.ml-dsa-44.key";
const VKEY: &str = "witness.vkey";
const LOGS: &str = "logs";

/// How often is looked whether there is something to read in a log.
const LOOK: Duration = Duration::from_secs(1);
/// The wait after a log could not be read; it doubles with each.
const RETRY: Duration = Duration::from_secs(2);
/// The longest wait between such failures.
const RETRY_MAX: Duration = Duration::from_mins(5);

/// What can be done with a witness.
#[derive(Debug, clap::Subcommand)]
pub enum WitnessCommand {
    /// Make a witness's keys where they are missing, and print the line that a portal's policy needs.
    Keygen(KeygenArgs),
    /// Cosign checkpoints of these logs, keep what was seen, take disputes.
    ///
    /// Example: ikrar witness serve --dir DIR --listen 127.0.0.1:8090 --log 'VKEY URL'
    Serve(ServeArgs),
}

/// Arguments of `witness keygen`.
#[derive(Debug, clap::Args)]
pub struct KeygenArgs {
    /// The witness's name, like an address without https://: koran.example/ikrar
    #[arg(long)]
    pub name: String,
    /// Its folder
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// A second key, ML-DSA-44, that signs beside the first one
    #[arg(long)]
    pub ml_dsa: bool,
}

/// Arguments of `witness serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Its folder, made by `witness keygen`
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// Where to listen; TLS is the reverse proxy's
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8090")]
    pub listen: String,
    /// A log's key and, after a space, its address; again for a second key or another log. Beside those in DIR/logs
    #[arg(long, value_name = "VKEY [URL]")]
    pub log: Vec<String>,
    /// The program's own log as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(command: &WitnessCommand) -> anyhow::Result<()> {
    match command {
        WitnessCommand::Keygen(args) => keygen(args),
        WitnessCommand::Serve(args) => serve(args),
    }
}

fn keygen(args: &KeygenArgs) -> anyhow::Result<()> {
    let (dir, name) = (&args.dir, KeyName::parse(&args.name)?);
    if dir.join(VKEY).exists() {
        let known = read_vkeys(dir)?;
        ensure!(
            known.iter().all(|key| *key.name() == name),
            "the keys in {} have another name; a name is for ever",
            dir.display()
        );
    }
    std::fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
    let mut made = Vec::new();
    if keys::make_key(&dir.join(KEY))? {
        made.push(KEY);
    }
    if args.ml_dsa && keys::make_seed(&dir.join(ML_DSA_KEY))? {
        made.push(ML_DSA_KEY);
    }
    let keys = load(dir, &name)?;
    let lines = keys
        .iter()
        .fold(String::new(), |text, key| text + &key.key().to_string() + "\n");
    std::fs::write(dir.join(VKEY), lines).with_context(|| format!("write {}", dir.join(VKEY).display()))?;
    if made.is_empty() {
        println!("All keys are there already, in {}.", dir.display());
    } else {
        println!(
            "Made {} in {}. Back them up; they are for this witness alone.",
            made.join(", "),
            dir.display()
        );
    }
    for (key, said) in keys
        .iter()
        .zip(["Line for a policy:", "Or in its place, by its ML-DSA-44 key:"])
    {
        println!("{said} witness {name} {} https://ADDRESS", key.key());
    }
    Ok(())
}

/// The keys of a folder, by their files.
fn load(dir: &Path, name: &KeyName) -> anyhow::Result<Vec<Cosigner>> {
    let path = dir.join(KEY);
    ensure!(
        path.exists(),
        "{} is not there; `ikrar witness keygen` makes it",
        path.display()
    );
    let mut found = vec![Cosigner::ed25519(name.clone(), keys::load_key(&path)?)?];
    let second = dir.join(ML_DSA_KEY);
    if second.exists() {
        found.push(Cosigner::ml_dsa_44(name.clone(), *keys::load_seed(&second)?)?);
    }
    Ok(found)
}

fn read_vkeys(dir: &Path) -> anyhow::Result<Vec<WitnessKey>> {
    let path = dir.join(VKEY);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("read {}; `ikrar witness keygen` makes it", path.display()))?;
    let keys: Vec<WitnessKey> = text
        .lines()
        .map(WitnessKey::parse)
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} holds something other than keys", path.display()))?;
    Ok(keys)
}

/// The keys of a folder, which must be those that it shows.
fn open_keys(dir: &Path) -> anyhow::Result<Vec<Cosigner>> {
    let shown = read_vkeys(dir)?;
    let Some(first) = shown.first() else {
        bail!("{} is empty", dir.join(VKEY).display());
    };
    let found = load(dir, first.name())?;
    ensure!(
        found.iter().map(Cosigner::key).eq(&shown),
        "{} does not name the keys beside it; if they were changed on purpose, run `ikrar witness keygen` again",
        dir.join(VKEY).display()
    );
    Ok(found)
}

/// The logs of the command line and of the folder's list.
fn logs(args: &ServeArgs) -> anyhow::Result<Vec<PolicyLog>> {
    let path = args.dir.join(LOGS);
    let mut text = args
        .log
        .iter()
        .fold(String::new(), |text, line| text + "log " + line + "\n");
    if path.exists() {
        text += &std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let policy = match Policy::parse(&text) {
        Err(PolicyError::NoQuorum) => Policy::parse(&format!("{text}quorum none\n")),
        read => read,
    };
    let policy = policy.with_context(|| format!("the logs of --log, then those of {}", path.display()))?;
    ensure!(
        !policy.logs().is_empty(),
        "no log to watch: give --log 'VKEY URL', or lines `log VKEY URL` in {}",
        path.display()
    );
    Ok(policy.logs().to_vec())
}

fn serve(args: &ServeArgs) -> anyhow::Result<()> {
    start_logging(&Logging {
        json: args.json,
        ..Logging::default()
    })?;
    let (keys, logs) = (open_keys(&args.dir)?, logs(args)?);
    let witness = Arc::new(Witness::open(&args.dir, keys, &logs, Clock::machine())?);
    let listener = TcpListener::bind(&args.listen).with_context(|| format!("listen on {}", args.listen))?;
    let address = listener.local_addr()?;
    for (index, log) in witness.logs().iter().enumerate() {
        let Some(url) = log.url().map(str::to_owned) else {
            continue;
        };
        let witness = Arc::clone(&witness);
        // They end with the process: what they keep is whole at every moment.
        std::thread::Builder::new()
            .name(format!("log-{index}"))
            .spawn(move || follow(&witness, index, &url))?;
    }
    crate::witness::http::run(witness, listener, || println!("ready http://{address}"))?;
    Ok(())
}

/// Reads a log's own files whenever there is something new in them.
fn follow(witness: &Witness, index: usize, url: &str) {
    let Some(log) = witness.logs().get(index) else {
        return;
    };
    let (mut failures, mut not_before) = (0_u32, Instant::now());
    loop {
        if Instant::now() >= not_before && log.has_news() {
            let mut source = Source::new(url);
            match log.look(|name| source.read(name).map_err(|error| Unread(error.to_string()))) {
                Ok(()) => failures = 0,
                Err(error) => {
                    if failures == 0 {
                        let origin = log.origin().as_str();
                        tracing::warn!(
                            origin,
                            error = format!("{error:#}"),
                            "the log's files cannot be read; trying again at growing intervals"
                        );
                    }
                    not_before = Instant::now() + RETRY.saturating_mul(1 << failures.min(8)).min(RETRY_MAX);
                    failures = failures.saturating_add(1);
                }
            }
        }
        std::thread::park_timeout(LOOK);
    }
}
