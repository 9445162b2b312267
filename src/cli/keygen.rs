//! `ikrar keygen`.

use clap::Args;

use crate::app::keys;
use crate::app::keys::Keys;
use crate::config::Config;

/// Arguments of `keygen`.
#[derive(Debug, Args)]
pub struct KeygenArgs {
    /// Make the key that will follow the log's key. It signs nothing before two officers have put it in the ledger.
    #[arg(long)]
    pub next: bool,
}

pub(super) fn run(config: &Config, args: &KeygenArgs) -> anyhow::Result<()> {
    let folder = config.keys_dir();
    let mut made = keys::generate(&folder)?;
    if config.log_ml_dsa && keys::generate_ml_dsa(&folder)? {
        made.push(keys::ML_DSA_LOG_KEY);
    }
    if args.next && keys::generate_next(&folder)? {
        made.push(keys::NEXT_LOG_KEY);
    }
    if made.is_empty() {
        println!("All keys are there already, in {}.", folder.display());
    } else {
        println!(
            "Made {} in {}. Back them up apart from the database.",
            made.join(", "),
            folder.display()
        );
    }
    if config.origin.is_empty() {
        return Ok(());
    }
    let log = Keys::of(config)?.log;
    println!("Log key: {}", log.vkey());
    if let Some(key) = log.ml_dsa() {
        println!("Second log key: {key}");
    }
    if let Some(next) = log.next() {
        println!("Next log key: {next}");
        println!(
            "Two officers put it in the ledger, every witness gets it, then `ikrar ledger rotate` finishes."
        );
    }
    Ok(())
}
