//! `ikrar config show|check`.

use clap::Subcommand;

use crate::config::Config;

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the configuration in force, secrets masked.
    Show,
    /// Say whether it can work.
    Check,
}

pub(super) fn run(command: &ConfigCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Show => print!("{}", config.show()?),
        ConfigCommand::Check => {
            config.check()?;
            println!("The configuration is good.");
        }
    }
    Ok(())
}
