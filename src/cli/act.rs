//! `ikrar act`: acts of two officers for those whose key is a file: what waits, the first signature, the second, taking back.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::Subcommand;
use ed25519_dalek::SigningKey;

use crate::app;
use crate::app::keys;
use crate::cli::desk::Desk;
use crate::config::Config;
use crate::domain::entry::Body;
use crate::domain::entry::LogKey;
use crate::domain::entry::Outcome;
use crate::domain::entry::Policy;
use crate::domain::entry::Resolution;
use crate::domain::text::Id;
use crate::service::Error;
use crate::service::erasure;
use crate::service::joint_act;
use crate::service::joint_act::Desk as At;
use crate::service::journal;
use crate::service::officer;

const EXAMPLES: &str = "Examples:
  ikrar act list
  ikrar act sign 4
  ikrar act resolve 17 upheld

An act of two officers waits after the first signature, for 14 days; it comes into the ledger with the second, which must be of another
officer and another key. Officers with a key in their browser sign on the page /acts.";

/// Acts that two officers sign.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum ActCommand {
    /// List the acts that wait for a second officer.
    List,
    /// Sign an act as the second officer; it comes into the ledger.
    Sign {
        /// Its number, from `ikrar act list`.
        id: i64,
        /// Which key.
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Take an act back, or decline it.
    Withdraw {
        /// Its number, from `ikrar act list`.
        id: i64,
    },
    /// Sign as the first officer what a dispute's examination found.
    Resolve {
        /// The dispute's index in the ledger.
        dispute: u64,
        /// `upheld` (the signature is voided) or `dismissed` (it stands).
        outcome: Outcome,
        /// Which key.
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Sign as the first officer the erasure of a person's data in one election.
    Erase {
        /// The election.
        #[arg(long, value_name = "ID")]
        election: Id,
        /// The person's number.
        #[arg(long)]
        nip: String,
        /// The ground, a short word: retention, request, deceased, court, or another.
        #[arg(long, default_value = "retention")]
        ground: Id,
        /// Which key.
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Sign as the first officer the witnesses' policy; in force seven days after it is entered.
    Policy {
        /// The policy (C2SP tlog-policy).
        file: PathBuf,
        /// Which key.
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Sign as the first officer the log's next key.
    Logkey {
        /// The next verifier key.
        vkey: String,
        /// Which key.
        #[command(flatten)]
        key: KeyArgs,
    },
}

/// The officer's key.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// The key file; without it, keys/officer.key.
    #[arg(long = "key", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl KeyArgs {
    fn load(&self, desk: &Desk) -> anyhow::Result<SigningKey> {
        match &self.file {
            Some(file) => keys::load_key(file),
            None => desk.officer_key(),
        }
    }
}

pub(super) fn run(command: &ActCommand, config: Config) -> anyhow::Result<()> {
    let mut desk = Desk::open(config)?;
    match command {
        ActCommand::List => list(&mut desk),
        ActCommand::Sign { id, key } => sign(&mut desk, *id, key),
        ActCommand::Withdraw { id } => {
            let now_s = desk.now_s();
            desk.write(|conn| {
                joint_act::withdraw(conn, *id, now_s)?;
                journal::note(conn, now_s, None, "act-withdrawn", &format!("act {id}"))
            })?;
            println!("Act {id} is taken back; nothing was entered.");
            Ok(())
        }
        ActCommand::Resolve {
            dispute,
            outcome,
            key,
        } => {
            let body = Body::Resolution(Resolution {
                dispute: *dispute,
                outcome: *outcome,
                nonce: app::random()?,
            });
            propose(&mut desk, body, key)
        }
        ActCommand::Erase {
            election,
            nip,
            ground,
            key,
        } => {
            let nonce = app::random()?;
            let body = desk.read(|conn| {
                let found = erasure::search(conn, nip)?;
                let memberships = found.iter().flat_map(|person| &person.memberships);
                let member = memberships
                    .filter(|row| row.election_id == election.as_str())
                    .map(|row| row.member_id);
                let [id] = member.collect::<Vec<_>>()[..] else {
                    return Err(Error::NotFound);
                };
                erasure::draft(conn, id, ground, nonce)
            })?;
            propose(&mut desk, body, key)
        }
        ActCommand::Policy { file, key } => {
            let policy = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
            let body = Body::Policy(Policy {
                policy,
                nonce: app::random()?,
            });
            propose(&mut desk, body, key)
        }
        ActCommand::Logkey { vkey, key } => {
            let body = Body::LogKey(LogKey {
                vkey: vkey.parse().context("that is no verifier key")?,
                nonce: app::random()?,
            });
            propose(&mut desk, body, key)
        }
    }
}

/// Signs as the first officer: the act then waits.
fn propose(desk: &mut Desk, body: Body, key: &KeyArgs) -> anyhow::Result<()> {
    let (key, origin, now_s) = (key.load(desk)?, desk.origin.clone(), desk.now_s());
    let kind = body.kind().to_owned();
    let act = officer::sign_act(&origin, body, &key);
    let id = desk.write(|conn| {
        let id = joint_act::propose(conn, &origin, &act, At::CommandLine, now_s)?;
        journal::note(conn, now_s, None, "act-proposed", &format!("act {id} {kind}"))?;
        Ok(id)
    })?;
    println!("Act {id} ({kind}) waits for a second officer: `ikrar act sign {id}`, or the page /acts.");
    Ok(())
}

fn sign(desk: &mut Desk, id: i64, key: &KeyArgs) -> anyhow::Result<()> {
    let (key, origin, now_s) = (key.load(desk)?, desk.origin.clone(), desk.now_s());
    let waiting = desk.read(|conn| joint_act::find(conn, &origin, id, now_s))?;
    print!("{}", String::from_utf8_lossy(&waiting.act));
    let act = officer::sign_act(&origin, waiting.body, &key);
    let by = *act.by.first().context("an act without its signature")?;
    let index = desk.write(|conn| {
        let index = joint_act::join(conn, &origin, id, by, At::CommandLine, now_s)?;
        let subject = format!("act {id} {}, entry {index}", act.body.kind());
        journal::note(conn, now_s, None, "act-joined", &subject)?;
        Ok(index)
    })?;
    println!("Act {id} is in the ledger (entry {index}).");
    Ok(())
}

fn list(desk: &mut Desk) -> anyhow::Result<()> {
    let (origin, now_s) = (desk.origin.clone(), desk.now_s());
    let acts = desk.read(|conn| joint_act::list(conn, &origin, now_s))?;
    if acts.is_empty() {
        println!("No act waits for a second officer.");
    }
    for act in acts {
        let name = act.first.name.as_deref().unwrap_or("the command line");
        let days = act.expires_s.saturating_sub(now_s).div_euclid(24 * 3600);
        println!(
            "{}  {}, signed by {name} ({}); {days} days left",
            act.id,
            act.body.kind(),
            act.first.roles
        );
        for line in String::from_utf8_lossy(&act.body.own_lines()).lines() {
            println!("     {line}");
        }
    }
    Ok(())
}
