//! `ikrar ledger export` and `rebuild`: the public files of the log, made again from the database, and the way back.
#![expect(clippy::print_stdout, reason = "a command says what it did")]

use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;

use crate::app::keys::Keys;
use crate::app::witnesses;
use crate::cli::rotate;
use crate::config::Config;
use crate::service::DatabaseUrl;
use crate::service::publish;
use crate::service::publish::LogFolder;

mod rebuild;

/// The public ledger.
#[derive(Debug, clap::Subcommand)]
pub enum LedgerCommand {
    /// Write checkpoint, tiles and key into a folder, from the database. A folder that holds an earlier state is brought up to date.
    Export {
        /// Where to
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Make tiles anew from the database, or the database's public tables from tiles.
    Rebuild(rebuild::RebuildArgs),
    /// Put the log's next key in the place of its key: after `ikrar keygen --next`, the officers' act, and with every witness knowing it.
    Rotate,
}

/// Runs the command.
pub fn run(command: &LedgerCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        LedgerCommand::Export { folder } => export(folder, config),
        LedgerCommand::Rebuild(args) => rebuild::run(args, config),
        LedgerCommand::Rotate => rotate::run(config),
    }
}

fn export(folder: &Path, config: &Config) -> anyhow::Result<()> {
    let keys = Keys::of(config)?;
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    anyhow::ensure!(
        !crate::service::migrations_pending(&mut conn)?,
        "the database's tables are not of this version: run `ikrar migrate` first"
    );
    anyhow::ensure!(
        crate::service::ledger_size(&mut conn)? > 0,
        "the ledger is empty: there is nothing to export"
    );
    let own = LogFolder::open(config.log_dir())?;
    witnesses::hear(&keys.log, &own, &DatabaseUrl::new(config.database_url()))?;
    // The installation's own folder comes first: it knows what was published, and refuses a database that says otherwise. A fresh
    // folder knows nothing, and would get a signature over any history.
    publish::publish(&mut conn, &own, &keys.log)?;
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

#[cfg(test)]
mod tests {
    use crate::domain::entry::Body;
    use crate::domain::entry::Channel;
    use crate::domain::entry::Dispute;
    use crate::service;
    use crate::store;

    use super::*;

    fn append(config: &Config, nonce: u8) {
        let mut conn = DatabaseUrl::new(config.database_url()).connect().unwrap();
        service::migrate(&mut conn).unwrap();
        let body = Body::Dispute(Dispute {
            signature: 1,
            channel: Channel::Link,
            nonce: [nonce; 16],
        });
        store::write::<_, store::StoreError>(&mut conn, |conn| store::ledger::append(conn, 60, body, vec![]))
            .unwrap();
    }

    #[test]
    fn a_database_with_another_history_gets_no_signature_in_a_fresh_folder() {
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            data: data.path().to_owned(),
            origin: "ikrar.test/1".to_owned(),
            ..Config::default()
        };
        crate::app::keys::generate(&config.keys_dir()).unwrap();
        let export = |name: &str| {
            run(
                &LedgerCommand::Export {
                    folder: data.path().join(name),
                },
                &config,
            )
        };
        append(&config, 1);
        export("mirror").unwrap();
        let note = std::fs::read(data.path().join("mirror/checkpoint")).unwrap();
        assert_eq!(note, std::fs::read(config.log_dir().join("checkpoint")).unwrap());
        for file in ["db.sqlite", "db.sqlite-wal", "db.sqlite-shm"] {
            let _not_there = std::fs::remove_file(data.path().join(file));
        }
        append(&config, 2);
        assert!(export("fork").unwrap_err().to_string().contains("tampered"));
        assert!(!data.path().join("fork/checkpoint").exists());
    }
}
