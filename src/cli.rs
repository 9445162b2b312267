//! The command line: one file a subcommand. Absent: use-cases ([`crate::service`]).

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its terminal"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::Subcommand;

use crate::clock::Clock;
use crate::config::Config;

pub mod act;
pub mod audit;
pub mod backup;
pub mod complaints;
pub mod config;
pub mod demo;
mod desk;
pub mod doctor;
pub mod election;
mod file;
pub mod journal;
mod key;
pub mod keygen;
pub mod ledger;
pub mod link;
pub mod migrate;
pub mod monitor;
pub mod officer;
pub mod pact;
mod policy;
mod published;
pub mod restore;
pub mod roster;
mod rotate;
pub mod serve;
pub mod verify;
pub mod witness;

/// Integrity pacts signed digitally, in a ledger that anyone can verify.
///
/// To look around with synthetic people: `ikrar demo`. A new installation, in this order: `keygen`, `officer add`, `serve`, `doctor`,
/// `election create`, `pact publish`, `roster import`; then HR invites from the portal. Each has a `--help` with examples.
#[derive(Debug, Parser)]
#[command(name = "ikrar", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration; without it, defaults and IKRAR_* variables.
    #[arg(long, short, global = true, value_name = "FILE", env = "IKRAR_CONFIG")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a synthetic ministry to look around in: one command, no other service.
    Demo(demo::DemoArgs),
    /// Run the portal.
    Serve(serve::ServeArgs),
    /// Make this installation's keys where they are missing.
    Keygen(keygen::KeygenArgs),
    /// Add, list, approve and end officers and their keys.
    #[command(subcommand)]
    Officer(officer::OfficerCommand),
    /// List, sign and take back acts that two officers sign.
    #[command(subcommand)]
    Act(act::ActCommand),
    /// Publish, amend and close elections.
    #[command(subcommand)]
    Election(election::ElectionCommand),
    /// Publish the text that people sign.
    #[command(subcommand)]
    Pact(pact::PactCommand),
    /// Import who is asked to sign.
    #[command(subcommand)]
    Roster(roster::RosterCommand),
    /// Import complaints of an authority.
    #[command(subcommand)]
    Complaints(complaints::ComplaintsCommand),
    /// Find who is meant by complaints: files in, file out, no database.
    Link(link::LinkArgs),
    /// Check a receipt's proof file.
    Verify(verify::VerifyArgs),
    /// Check a whole published log.
    Audit(audit::AuditArgs),
    /// Follow a portal's log from outside.
    Monitor(monitor::MonitorArgs),
    /// Run a witness of portals' logs: for a body that watches over them.
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Make the public files of the ledger again.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Read the private journal, prove its lines, and check such proofs.
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// Copy a whole installation while it runs.
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty installation.
    Restore(restore::RestoreArgs),
    /// Look at everything an installation needs and say what to do.
    Doctor,
    /// Show or check the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Bring the database's tables to this version; `serve` does it too.
    Migrate,
}

/// Runs what was asked for; the exit code says how it went.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ikrar: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<ExitCode> {
    let load = || -> anyhow::Result<Config> { Ok(Config::load(cli.config.as_deref())?) };
    match &cli.command {
        Command::Serve(args) => serve::run(load()?, args, Clock::machine())?,
        Command::Demo(args) => demo::run(args)?,
        Command::Migrate => migrate::run(&load()?)?,
        Command::Keygen(args) => keygen::run(&load()?, args)?,
        Command::Officer(command) => officer::run(command, load()?)?,
        Command::Act(command) => act::run(command, load()?)?,
        Command::Election(command) => election::run(command, load()?)?,
        Command::Pact(command) => pact::run(command, load()?)?,
        Command::Verify(args) => return Ok(verify::run(args)),
        Command::Audit(args) => return Ok(audit::run(args)),
        Command::Monitor(args) => return Ok(monitor::run(args, &Clock::machine())),
        Command::Witness(command) => witness::run(command)?,
        Command::Ledger(command) => ledger::run(command, &load()?)?,
        Command::Journal(command) => return journal::run(command, load),
        Command::Backup(args) => backup::run(args, &load()?, &Clock::machine())?,
        Command::Restore(args) => restore::run(args, &load()?)?,
        Command::Doctor => return Ok(doctor::run(&load()?)),
        Command::Config(command) => config::run(command, &load()?)?,
        Command::Complaints(command) => complaints::run(command, &load()?, &Clock::machine())?,
        Command::Roster(command) => roster::run(command, load()?, Clock::machine())?,
        Command::Link(args) => link::run(args)?,
    }
    Ok(ExitCode::SUCCESS)
}
