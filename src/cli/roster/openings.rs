//! `ikrar roster openings`: whom every label of an election stands for, as a file for an oversight body. Absent: what the body does
//! with it (`ikrar audit --openings`).

use std::fs::File;
use std::io::BufWriter;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use clap::Args;

use crate::cli::desk::Desk;
use crate::config::Config;
use crate::domain::openings::print_end;
use crate::domain::text::Id;
use crate::service;
use crate::service::roster;
use crate::service::roster::Openings;

/// Arguments of `roster openings`.
#[derive(Debug, Args)]
pub struct OpeningsArgs {
    /// Of which election.
    #[arg(long, value_name = "ID")]
    pub election: Id,
    /// A file that is not there yet; it gets mode 0600.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

pub(super) fn run(args: &OpeningsArgs, config: Config) -> anyhow::Result<()> {
    let mut desk = Desk::open(config)?;
    let key = desk.officer_key()?.verifying_key().to_bytes();
    if !desk.read(|conn| roster::may_open(conn, &key))? {
        bail!("keys/officer.key is no key of HR in force: only HR hands out whom labels stand for");
    }
    let path = &args.out;
    let file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("write {}", path.display()))?;
    match write(&mut desk, &args.election, file) {
        Ok((openings, count)) => {
            tell(&openings, count, path);
            Ok(())
        }
        Err(error) => {
            // Half of it would accuse somebody.
            let _gone = std::fs::remove_file(path);
            Err(error)
        }
    }
}

fn write(desk: &mut Desk, election: &Id, file: File) -> anyhow::Result<(Openings, u64)> {
    let (origin, now_s) = (desk.origin.clone(), desk.now_s());
    // The journal's line stands before anything leaves. The ledger gets none: this works where nothing can be signed.
    let mut openings = service::write(&mut desk.conn, |conn| {
        Openings::begin(conn, &origin, election, now_s)
    })
    .with_context(|| format!("election {election}; `ikrar election list` shows all"))?;
    let mut out = BufWriter::new(file);
    let mut count = 0_u64;
    out.write_all(&openings.header.print())?;
    while let Some(opening) = desk.read(|conn| openings.next(conn))? {
        out.write_all(&opening.print())?;
        count += 1;
    }
    out.write_all(&print_end(count))?;
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)?
        .sync_all()?;
    if desk.read(|conn| openings.is_stale(conn))? {
        bail!("the roster changed meanwhile: try again");
    }
    Ok((openings, count))
}

fn tell(openings: &Openings, count: u64, path: &Path) {
    println!(
        "{count} labels of {} in {}, as of {} entries.",
        openings.header.election,
        path.display(),
        openings.header.size
    );
    if openings.broken > 0 {
        println!(
            "{} of them do not open to the person the database names: `ikrar audit --openings` shows which.",
            openings.broken
        );
    }
    println!(
        "It says who every signer is: hand it over encrypted, to the oversight body alone, and delete it."
    );
}
