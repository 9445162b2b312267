//! `ikrar keygen`.

use crate::app::keys;
use crate::config::Config;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let folder = config.keys_dir();
    let made = keys::generate(&folder)?;
    if made.is_empty() {
        println!("All keys are there already, in {}.", folder.display());
    } else {
        println!(
            "Made {} in {}. Back them up apart from the database.",
            made.join(", "),
            folder.display()
        );
    }
    if !config.origin.is_empty() {
        println!(
            "Log key: {}",
            keys::Keys::load(&folder, &config.origin)?.log.vkey()
        );
    }
    Ok(())
}
