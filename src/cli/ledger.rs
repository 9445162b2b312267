//! `ikrar ledger export`: the public files of the log, made again from the database.
#![expect(clippy::print_stdout, reason = "a command says what it did")]

use std::path::PathBuf;

use anyhow::Context;

use crate::app::keys::Keys;
use crate::config::Config;
use crate::service::DatabaseUrl;
use crate::service::publish;
use crate::service::publish::LogFolder;

/// The public ledger.
#[derive(Debug, clap::Subcommand)]
pub enum LedgerCommand {
    /// Write checkpoint, tiles and key into a folder, from the database. A folder that holds an earlier state is brought up to date.
    Export {
        /// Where to
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Runs the command.
pub fn run(command: &LedgerCommand, config: &Config) -> anyhow::Result<()> {
    let LedgerCommand::Export { folder } = command;
    let keys = Keys::load(&config.keys_dir(), &config.origin)?;
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    anyhow::ensure!(
        !crate::service::migrations_pending(&mut conn)?,
        "the database's tables are not of this version: run `ikrar migrate` first"
    );
    anyhow::ensure!(
        crate::service::ledger_size(&mut conn)? > 0,
        "the ledger is empty: there is nothing to export"
    );
    let log = LogFolder::open(folder).with_context(|| format!("open {}", folder.display()))?;
    let published = publish::publish(&mut conn, &log, &keys.log)?.context("nothing to publish")?;
    println!(
        "{} entries, root {}, in {}",
        published.size,
        published.root,
        folder.display()
    );
    println!("Check them: ikrar audit {}", folder.display());
    Ok(())
}
