//! `ikrar monitor`: follows a published log from outside, and says when something is not as it should be. No database, no
//! configuration: a folder of its own, in which it keeps every entry and every checkpoint that it saw.
//!
//! Absent: the rules ([`crate::domain::log`]), one round (`follow`), what is kept (`state`), who is told (`send`).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the changes go to the terminal, what kept it from looking too"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::key;
use crate::cli::policy;
use crate::clock::Clock;
use crate::domain::verdict::Verdict;
use crate::ledger::policy::Policy;

mod entry;
mod fold;
mod follow;
mod fork;
mod line;
mod send;
mod state;
mod watch;

use follow::Follower;
use line::Line;
use line::Weight;
use send::Sender;
use state::State;
use watch::Watch;

/// What was not asked rightly.
const USAGE: u8 = 2;

/// Follow a portal's log from outside: growth without a fork, every new entry by the rules of `audit`, watched labels, changes of
/// policy and keys, seals, age.
///
/// One line a change on standard output, by weight: `change`; `notice` (a watched label, the policy, a log key); `alarm` (something is
/// wrong); `unsure` (could not be looked at). Exit code of one round: 0 nothing wrong, 1 alarm, 2 wrong usage, 3 cannot tell.
#[derive(Debug, clap::Args)]
pub struct MonitorArgs {
    /// The log: the portal's address (https://…), or a folder
    #[arg(value_name = "URL|DIR")]
    pub log: String,
    /// Log keys, witnesses and quorum that you believe (C2SP tlog-policy)
    #[arg(long, value_name = "FILE", conflicts_with = "vkey")]
    pub policy: Option<PathBuf>,
    /// Instead of a policy, the log's key alone, from a source you trust: a file or the key itself
    #[arg(long, value_name = "FILE|KEY", required_unless_present = "policy")]
    pub vkey: Option<String>,
    /// Where to keep what was seen; one folder a log
    #[arg(long, value_name = "DIR")]
    pub state: PathBuf,
    /// Labels to watch: one a line in hex, perhaps a space and a name for it
    #[arg(long, value_name = "FILE")]
    pub watch: Option<PathBuf>,
    /// Look once and end (the default): for a timer
    #[arg(long, conflicts_with = "every")]
    pub once: bool,
    /// Look again after so many seconds, and go on
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub every: Option<u64>,
    /// A log with nothing new for so long is an alarm (an honest one is sealed every day)
    #[arg(long, value_name = "SECONDS", default_value_t = 172_800)]
    pub max_age: u64,
    /// Send notices and alarms to this address
    #[arg(long, value_name = "TO", requires = "smtp")]
    pub mail: Option<String>,
    /// By this mail server; encrypted where it can
    #[arg(long, value_name = "HOST:PORT", requires = "mail")]
    pub smtp: Option<String>,
    /// From this address
    #[arg(long, value_name = "FROM", default_value = "ikrar-monitor@localhost")]
    pub mail_from: String,
    /// Post notices and alarms as JSON to this address
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
}

/// Runs the command.
pub fn run(args: &MonitorArgs, clock: &Clock) -> ExitCode {
    let (follower, sender) = match open(args) {
        Ok(opened) => opened,
        Err((code, message)) => {
            eprintln!("ikrar: {message}");
            return ExitCode::from(code);
        }
    };
    let mut monitor = Monitor {
        follower,
        sender,
        alarms: BTreeSet::new(),
    };
    loop {
        let code = monitor.round(clock.now_s());
        let Some(seconds) = args.every else {
            return ExitCode::from(code);
        };
        std::thread::sleep(Duration::from_secs(seconds));
    }
}

fn open(args: &MonitorArgs) -> Result<(Follower, Sender), (u8, String)> {
    let usage = |error: String| (USAGE, error);
    let policy = match (&args.policy, &args.vkey) {
        (Some(path), _) => policy::read(path).map_err(usage)?,
        (None, Some(text)) => Policy::none(&key::given(text).map_err(usage)?),
        (None, None) => return Err(usage("give --policy or --vkey".to_owned())),
    };
    let watch = args
        .watch
        .as_deref()
        .map(Watch::read)
        .transpose()
        .map_err(usage)?;
    let sender = Sender::new(args).map_err(usage)?;
    let cannot_tell = |error: String| (Verdict::CannotTell.exit_code(), error);
    let state = State::open(&args.state).map_err(cannot_tell)?;
    let follower = Follower::new(
        args.log.clone(),
        policy,
        watch.unwrap_or_default(),
        state,
        args.max_age,
        sender.is_wanted(),
    );
    Ok((follower, sender))
}

/// A follower, and who is told.
struct Monitor {
    follower: Follower,
    sender: Sender,
    /// The alarms of the round before: what stays wrong is not said again and again.
    alarms: BTreeSet<String>,
}

impl Monitor {
    /// Looks once, says what changed, tells whoever is to be told. Gives the exit code.
    fn round(&mut self, now_s: i64) -> u8 {
        let lines = self.follower.round(now_s);
        let lasting = |line: &Line| matches!(line.weight, Weight::Alarm | Weight::Unsure);
        let alarms: BTreeSet<String> = lines
            .iter()
            .filter(|line| lasting(line))
            .map(ToString::to_string)
            .collect();
        for line in &lines {
            if !lasting(line) || !self.alarms.contains(&line.to_string()) {
                println!("{line}");
            }
        }
        self.alarms = alarms;
        let weight = lines.iter().map(|line| line.weight).max();
        let told = self.tell(&lines);
        match weight {
            Some(Weight::Alarm) => Verdict::NotValid.exit_code(),
            _ if !told => Verdict::CannotTell.exit_code(),
            Some(Weight::Unsure) => Verdict::CannotTell.exit_code(),
            _ => Verdict::Valid.exit_code(),
        }
    }

    /// Sends the notices that nobody was told yet, and alarms when they are others than those that were sent last, both also of an
    /// earlier process.
    fn tell(&mut self, lines: &[Line]) -> bool {
        if !self.sender.is_wanted() {
            return true;
        }
        let of = |weight: Weight| lines.iter().filter(move |line| line.weight == weight).cloned();
        let alarms = of(Weight::Alarm).fold(String::new(), |text, line| text + &line.to_string() + "\n");
        let state = self.follower.state();
        let (sent, unsent) = (state.sent(), state.unsent());
        let mut news: Vec<Line> = unsent.iter().map(Line::notice).collect();
        // While nothing can be seen, an alarm is neither new nor over.
        let is_blind = alarms.is_empty() && of(Weight::Unsure).next().is_some();
        let has_changed = sent != alarms && !is_blind;
        if has_changed && alarms.is_empty() {
            news.push(Line::notice("what was alarming is over"));
        } else if has_changed {
            news.extend(of(Weight::Alarm));
        }
        if news.is_empty() {
            return true;
        }
        let result = self.sender.send(self.follower.place(), &news).and_then(|()| {
            if !unsent.is_empty() {
                state.keep_unsent(&[])?;
            }
            if has_changed {
                state.keep_sent(&alarms)
            } else {
                Ok(())
            }
        });
        if let Err(error) = &result {
            eprintln!("ikrar: nobody was told: {error}");
        }
        result.is_ok()
    }
}
