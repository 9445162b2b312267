//! `ikrar migrate`.

use crate::config::Config;
use crate::service;
use crate::service::DatabaseUrl;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data)?;
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    let done = service::migrate(&mut conn)?;
    if done.is_empty() {
        println!("The tables are up to date.");
    } else {
        println!("Ran {} migrations: {}.", done.len(), done.join(", "));
    }
    Ok(())
}
