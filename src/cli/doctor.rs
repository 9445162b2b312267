//! `ikrar doctor`: looks at everything an installation needs and says, line by line, what is wrong and what to do. Changes nothing.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::net::ToSocketAddrs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use anyhow::bail;

use crate::app::keys;
use crate::app::keys::Keys;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::MailTransport;
use crate::service;
use crate::service::DatabaseUrl;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::store;

/// Free space below which the doctor speaks up, in KiB.
const DISK_FREE_KIB_MIN: u64 = 512 * 1024;
/// The day this program was written: no clock is right that stands before it. 2023-01-01.
const CLOCK_S_MIN: i64 = 1_672_531_200;

/// Looks at one thing: what was found, or what is wrong and what to do.
type Check = fn(&Config) -> anyhow::Result<String>;

pub(super) fn run(config: &Config) -> ExitCode {
    let checks: [(&str, Check); 8] = [
        ("configuration", configuration),
        ("database", database),
        ("keys", keys),
        ("ledger", ledger),
        ("witnesses", witnesses),
        ("clock", clock),
        ("mail", mail),
        ("disk", disk),
    ];
    let mut problems = 0_u32;
    for (name, check) in checks {
        match check(config) {
            Ok(found) => println!("ok       {name}: {found}"),
            Err(problem) => {
                problems = problems.saturating_add(1);
                println!("problem  {name}: {problem:#}");
            }
        }
    }
    if problems == 0 {
        println!("Everything holds.");
        return ExitCode::SUCCESS;
    }
    println!("{problems} of {} do not hold.", checks.len());
    ExitCode::from(1)
}

fn configuration(config: &Config) -> anyhow::Result<String> {
    config.check()?;
    Ok(format!("{} at {}", config.origin, config.web.public_url))
}

fn database(config: &Config) -> anyhow::Result<String> {
    let url = DatabaseUrl::new(config.database_url());
    if !url.is_postgres() && !std::path::Path::new(&config.database_url()).exists() {
        bail!("there is none yet; `ikrar migrate` makes it");
    }
    let mut conn = url
        .connect()
        .context("cannot connect; look at `database` in the configuration")?;
    if service::migrations_pending(&mut conn)? {
        bail!("tables are not up to date; run `ikrar migrate`");
    }
    let (waiting, failed) = (
        service::mail::count(&mut conn, "queued")?,
        service::mail::count(&mut conn, "failed")?,
    );
    let kind = if url.is_postgres() { "PostgreSQL" } else { "SQLite" };
    Ok(format!(
        "{kind}, tables up to date; {waiting} mails waiting, {failed} failed"
    ))
}

fn keys(config: &Config) -> anyhow::Result<String> {
    let folder = config.keys_dir();
    Keys::load(&folder, &config.origin)?;
    keys::load_key(&folder.join(keys::OFFICER_KEY))?;
    let mode = std::fs::metadata(&folder)?.permissions().mode();
    if mode & 0o022 != 0 {
        bail!("others may write to {0}; run `chmod 700 {0}`", folder.display());
    }
    Ok(format!(
        "all there, for their owner alone, in {}",
        folder.display()
    ))
}

fn ledger(config: &Config) -> anyhow::Result<String> {
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    let head = store::ledger::head(&mut conn)?;
    let keys = Keys::load(&config.keys_dir(), &config.origin)?;
    if head.size == 0 {
        bail!("it has not begun; `ikrar officer add` begins it");
    }
    let folder = LogFolder::open(config.log_dir())?;
    let Some(published) = publish::read(&folder, keys.log.vkey())? else {
        bail!("nothing is published; `ikrar serve` publishes at its start");
    };
    if published.size > head.size {
        bail!(
            "{} entries are published, the database holds {}: was an old copy restored? The portal only reads until the newer one is back",
            published.size,
            head.size
        );
    }
    if publish::root_at(&mut conn, published.size)? != published.root {
        bail!(
            "the published log has another history than the database. The portal only reads until somebody has found out which is right"
        );
    }
    if published.size < head.size {
        bail!(
            "{} of {} entries are published; `ikrar serve` publishes the rest at its start",
            published.size,
            head.size
        );
    }
    Ok(format!("{} entries, all published", head.size))
}

fn witnesses(config: &Config) -> anyhow::Result<String> {
    let keys = Keys::load(&config.keys_dir(), &config.origin)?;
    if !keys.log.is_witnessed() {
        return Ok(format!(
            "none is asked; {} would name them, and without them nobody outside can tell whether the log was ever changed",
            keys.folder.join(keys::POLICY).display()
        ));
    }
    let policy = keys.log.policy();
    let silent: Vec<&str> = policy
        .witnesses()
        .iter()
        .filter(|witness| witness.url.is_none())
        .map(|witness| witness.name.as_str())
        .collect();
    let asked: BTreeSet<&str> = policy
        .witnesses()
        .iter()
        .filter(|witness| witness.url.is_some())
        .map(|witness| witness.name.as_str())
        .collect();
    if !policy.can_form_quorum(&asked) {
        bail!(
            "the policy gives no address for {}: no quorum can ever be reached",
            silent.join(", ")
        );
    }
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    let size = store::ledger::head(&mut conn)?.size;
    match store::witness::find_newest(&mut conn, size)? {
        Some(row) => Ok(format!(
            "{} in the policy; {} of {size} entries have their quorum",
            policy.witnesses().len(),
            row.size
        )),
        None if size == 0 => Ok(format!(
            "{} in the policy; nothing to cosign yet",
            policy.witnesses().len()
        )),
        None => bail!("no checkpoint has their quorum yet; `ikrar serve` asks them and logs why one refuses"),
    }
}

fn clock(config: &Config) -> anyhow::Result<String> {
    let now_s = Clock::machine().now_s();
    if now_s < CLOCK_S_MIN {
        bail!("it stands before 2023; set the time, best by NTP");
    }
    let last_s = DatabaseUrl::new(config.database_url())
        .connect()
        .ok()
        .and_then(|mut conn| store::ledger::head(&mut conn).ok())
        .map_or(0, |head| head.last_at_s);
    if last_s > now_s.saturating_add(60) {
        bail!(
            "it stands {} s before the newest entry; set the time, best by NTP",
            last_s.saturating_sub(now_s)
        );
    }
    Ok("after the newest entry".to_owned())
}

fn mail(config: &Config) -> anyhow::Result<String> {
    if config.mail.transport == MailTransport::Folder {
        return Ok(format!(
            "written to {}, which reaches nobody",
            config.mail_dir().display()
        ));
    }
    let (host, port) = (config.mail.host.as_str(), config.mail.port);
    let addresses = (host, port)
        .to_socket_addrs()
        .with_context(|| format!("{host} is unknown; look at `mail.host`"))?;
    for address in addresses {
        if TcpStream::connect_timeout(&address, Duration::from_secs(5)).is_ok() {
            return Ok(format!("{host}:{port} answers"));
        }
    }
    bail!("{host}:{port} does not answer; look at `mail.host`, `mail.port` and the firewall")
}

fn disk(config: &Config) -> anyhow::Result<String> {
    let told = Command::new("df")
        .args(["-Pk", "--"])
        .arg(&config.data)
        .output()
        .context("df is not there to ask")?;
    let text = String::from_utf8_lossy(&told.stdout);
    let free_kib: u64 = free_kib(&text).with_context(|| format!("no folder {}", config.data.display()))?;
    if free_kib < DISK_FREE_KIB_MIN {
        bail!(
            "{} MiB free; make room: a full disk stops writing",
            free_kib / 1024
        );
    }
    Ok(format!("{} MiB free", free_kib / 1024))
}

/// The fourth column of the second line, as POSIX lays `df -P` out.
fn free_kib(df: &str) -> Option<u64> {
    df.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn df_is_read_as_posix_lays_it_out() {
        let text =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 40 60 40% /data\n";
        assert_eq!(free_kib(text), Some(60));
        assert_eq!(free_kib(""), None);
    }
}
