//! `ikrar ledger rotate`: the log's next key takes the place of its key, once nobody is left who does not know it.
//!
//! Before it: `ikrar keygen --next`, a `logkey` act of two officers (from then on the log signs with both), and the new key at every witness.

use anyhow::Context;
use anyhow::bail;
use anyhow::ensure;

use crate::app::keys;
use crate::app::keys::Keys;
use crate::app::witnesses::Witnesses;
use crate::config::Config;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Vkey;
use crate::service;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::Pool;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::service::publish::Publisher;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let keys = Keys::of(config)?;
    let url = DatabaseUrl::new(config.database_url());
    let mut conn = url.connect()?;
    publish::check_identity(&mut conn, keys.log.vkey())?;
    let Some(next) = keys.log.next().cloned() else {
        bail!("there is no next key: `ikrar keygen --next` makes it");
    };
    check_ledger(&mut conn, &keys.log, &next)?;
    let log = LogFolder::open(config.log_dir())?;
    check_published(&log, &next)?;
    let witnesses = Witnesses::new(keys.log.clone(), log, Pool::new(url, 1)?);
    let unaware = witnesses.list_unaware()?;
    ensure!(
        unaware.is_empty(),
        "not every witness takes the next key yet; give them {next} and try again\n{}",
        unaware.join("\n")
    );
    let old = keys.log.vkey().clone();
    let kept = keys::rotate(&keys.folder, &old)?;
    println!("The log's key is now {next}");
    println!(
        "The key before is kept as {}. Restart `ikrar serve`.",
        kept.display()
    );
    Ok(())
}

fn check_ledger(conn: &mut Conn, publisher: &Publisher, next: &Vkey) -> anyhow::Result<()> {
    let size = service::ledger_size(conn)?;
    ensure!(
        publish::log_keys(conn, size)?.contains(&next.to_string()),
        "the ledger does not name the next key: two officers put it there, with the act `logkey`"
    );
    let named = publisher
        .policy()
        .logs()
        .iter()
        .any(|log| log.key.to_string() == next.to_string());
    ensure!(
        named || !publisher.is_witnessed(),
        "{} does not name the next key: add the line `log {next}`, and leave the other one in",
        keys::POLICY
    );
    Ok(())
}

/// Both public checkpoints carry the next key's signature, so that a reader who knows only that one reads on.
fn check_published(log: &LogFolder, next: &Vkey) -> anyhow::Result<()> {
    for name in [publish::LATEST, publish::CHECKPOINT] {
        let bytes = log
            .read(name)?
            .with_context(|| format!("{name} is not published"))?;
        let note = String::from_utf8(bytes).with_context(|| format!("{name} is no text"))?;
        Checkpoint::open(&note, next).with_context(|| {
            format!("{name} is not signed with the next key yet: has `ikrar serve` been restarted since?")
        })?;
    }
    Ok(())
}
