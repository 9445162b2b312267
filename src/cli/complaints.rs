//! `ikrar complaints`: an authority's file comes in, each complaint compared with the roster. Absent: deciding, which a person does on the
//! portal.

use std::fs::File;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::Subcommand;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::complaint::Received;
use crate::domain::complaint::Refusal;
use crate::domain::complaint::json;
use crate::domain::complaint::table::Parser;
use crate::service;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::complaint;
use crate::service::complaint::AuthorityRow;
use crate::service::complaint::Taken;
use crate::service::crossref::Proposal;
use crate::service::crossref::Roster;
use crate::service::journal;
use crate::sheet;
use crate::sheet::Limits;

/// The largest JSON file, in bytes: it is read whole.
const JSON_BYTES_MAX: u64 = 256 << 20;
/// Complaints in one transaction.
const BATCH: usize = 500;

/// What to do with complaints.
#[derive(Debug, Subcommand)]
pub enum ComplaintsCommand {
    /// Take in a file of complaints (CSV, XLSX or JSON) and compare each with the roster.
    ///
    /// Columns: complaint_id,channel,accused_name,unit,city,position,nip_fragment,handle,incident_date; others are kept as received.
    /// The same file twice changes nothing; a reference that comes with another content is refused, and told.
    Import(ImportArgs),
    /// List the authorities that complaints come from.
    Authorities,
}

/// Arguments of `ikrar complaints import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file
    pub file: PathBuf,
    /// Short name of the authority that sent it
    #[arg(long, value_name = "SLUG")]
    pub authority: String,
    /// Adds the authority under this name, if there is none yet
    #[arg(long, value_name = "NAME")]
    pub authority_name: Option<String>,
    /// First day of the authority, for a new one
    #[arg(long, value_name = "DATE", requires = "authority_name")]
    pub valid_from: Option<String>,
    /// Last day of the authority, for a new one
    #[arg(long, value_name = "DATE", requires = "authority_name")]
    pub valid_to: Option<String>,
    /// Tells what would happen and writes nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs a command.
pub fn run(command: &ComplaintsCommand, config: &Config, clock: &Clock) -> anyhow::Result<()> {
    let mut conn = DatabaseUrl::new(config.database_url()).connect()?;
    service::migrate(&mut conn)?;
    match command {
        ComplaintsCommand::Import(args) => import(&mut conn, args, clock.now_s()),
        ComplaintsCommand::Authorities => {
            for row in complaint::list_authorities(&mut conn)? {
                let day = |day: Option<String>| day.unwrap_or_else(|| "-".to_owned());
                println!(
                    "{}\t{}\t{}\t{}",
                    row.slug,
                    row.name,
                    day(row.valid_from),
                    day(row.valid_to)
                );
            }
            Ok(())
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    added: u64,
    unchanged: u64,
    different: u64,
    refused: u64,
}

fn import(conn: &mut Conn, args: &ImportArgs, now_s: i64) -> anyhow::Result<()> {
    let (complaints, refused) = read(&args.file)?;
    for refusal in &refused {
        eprintln!("{}: {refusal}", args.file.display());
    }
    let mut counts = Counts {
        refused: u64::try_from(refused.len())?,
        ..Counts::default()
    };
    let authority = authority(conn, args, now_s)?;
    if args.dry_run {
        for received in &complaints {
            let known = match &authority {
                Some(row) => complaint::known(conn, row.id, received)?,
                None => None,
            };
            count(&mut counts, known.as_ref());
        }
    } else if let Some(authority) = authority {
        let roster = Roster::load(conn)?;
        for batch in complaints.chunks(BATCH) {
            // Compared before the lock: a portal on the same database waits for as short as can be.
            let proposed: Vec<_> = batch
                .iter()
                .map(|received| (received, roster.propose(received)))
                .collect();
            let taken = service::write(conn, |conn| take(conn, authority.id, &proposed, now_s))?;
            for one in &taken {
                count(&mut counts, Some(one));
            }
        }
    }
    let Counts {
        added,
        unchanged,
        different,
        refused,
    } = counts;
    let verb = if args.dry_run { "would be added" } else { "added" };
    println!(
        "{added} {verb}, {unchanged} known already, {different} differ from what was received before, {refused} refused."
    );
    anyhow::ensure!(
        refused == 0 && different == 0,
        "not every complaint could be taken in"
    );
    Ok(())
}

fn take(
    conn: &mut Conn,
    authority_id: i64,
    batch: &[(&Received, Proposal)],
    now_s: i64,
) -> Result<Vec<Taken>, service::Error> {
    let mut all = Vec::new();
    for (received, proposal) in batch {
        let taken = complaint::take(conn, authority_id, received, proposal, now_s)?;
        if let Taken::Added(id) = taken {
            journal::note(conn, now_s, None, "complaint-entered", &format!("complaint {id}"))?;
        }
        all.push(taken);
    }
    Ok(all)
}

/// Counts what became of a complaint; `None` is one that would be added. Of two that differ the columns are told.
fn count(counts: &mut Counts, taken: Option<&Taken>) {
    match taken {
        None | Some(Taken::Added(_)) => counts.added += 1,
        Some(Taken::Unchanged(_)) => counts.unchanged += 1,
        Some(Taken::Different(different)) => {
            counts.different += 1;
            eprintln!(
                "complaint {}: another content was received before",
                different.reference
            );
            // Titles alone: a terminal's log is no place for people.
            let titles = different.columns.iter().map(|column| &column.title);
            for title in titles.chain(&different.others) {
                eprintln!("  {title:?} differs");
            }
        }
    }
}

/// The authority, made if its name was given; none in a dry run that would make it.
fn authority(conn: &mut Conn, args: &ImportArgs, now_s: i64) -> anyhow::Result<Option<AuthorityRow>> {
    if let Some(row) = complaint::find_authority(conn, &args.authority)? {
        return Ok(Some(row));
    }
    let name = args.authority_name.as_deref().with_context(|| {
        format!(
            "there is no authority {}: add --authority-name to make it",
            args.authority
        )
    })?;
    if args.dry_run {
        return Ok(None);
    }
    let (from, to) = (args.valid_from.as_deref(), args.valid_to.as_deref());
    let row = service::write(conn, |conn| {
        let row = complaint::add_authority(conn, &args.authority, name, from, to)?;
        journal::note(
            conn,
            now_s,
            None,
            "authority-added",
            &format!("authority {}", row.id),
        )?;
        Ok::<_, service::Error>(row)
    })?;
    Ok(Some(row))
}

fn read(path: &Path) -> anyhow::Result<(Vec<Received>, Vec<Refusal>)> {
    let told = || path.display().to_string();
    let mut head = Vec::new();
    let open = || File::open(path).with_context(|| format!("cannot open {}", path.display()));
    open()?.take(1024).read_to_end(&mut head).with_context(told)?;
    let (mut complaints, mut refused) = (Vec::new(), Vec::new());
    let mut sort = |one: Result<Received, Refusal>| match one {
        Ok(received) => complaints.push(received),
        Err(refusal) => refused.push(refusal),
    };
    if json::looks_like(&head) {
        let mut bytes = Vec::new();
        open()?
            .take(JSON_BYTES_MAX)
            .read_to_end(&mut bytes)
            .with_context(told)?;
        json::parse(&bytes)
            .with_context(told)?
            .into_iter()
            .for_each(&mut sort);
    } else {
        let mut parser = Parser::default();
        for row in sheet::open(BufReader::new(open()?), &Limits::COMMAND_LINE).with_context(told)? {
            let read = parser.push(&row.with_context(told)?);
            anyhow::ensure!(
                parser.has_header() || read.is_ok(),
                "{}: {}",
                told(),
                read.map_or_else(|e| e.to_string(), |_| String::new())
            );
            if let Some(one) = read.transpose() {
                sort(one);
            }
        }
        parser.finish().with_context(told)?;
    }
    Ok((complaints, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(file: PathBuf, dry_run: bool) -> ImportArgs {
        ImportArgs {
            file,
            authority: "bawaslu".to_owned(),
            authority_name: Some("Bawaslu".to_owned()),
            valid_from: None,
            valid_to: None,
            dry_run,
        }
    }

    #[test]
    fn a_file_is_imported_once_and_a_dry_run_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        std::fs::write(&file, "complaint_id;accused_name;catatan\nA1;Budi;x\nA2;Dewi;y\n").unwrap();
        let mut conn = DatabaseUrl::new(":memory:").connect().unwrap();
        service::migrate(&mut conn).unwrap();
        import(&mut conn, &args(file.clone(), true), 5).unwrap();
        assert_eq!(complaint::list_authorities(&mut conn).unwrap(), []);
        for _ in 0..2 {
            import(&mut conn, &args(file.clone(), false), 5).unwrap();
        }
        let all = complaint::Filter::default();
        assert_eq!(complaint::count(&mut conn, &all).unwrap(), 2);
        std::fs::write(
            &file,
            r#"[{"complaint_id":"A1","accused_name":"Bambang"},{"complaint_id":""}]"#,
        )
        .unwrap();
        assert!(import(&mut conn, &args(file, false), 5).is_err());
        assert_eq!(complaint::count(&mut conn, &all).unwrap(), 2);
    }

    #[test]
    fn a_file_without_the_columns_is_refused_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        std::fs::write(&file, "complaint_id,city\nA1,Bandung\n").unwrap();
        assert!(format!("{:#}", read(&file).unwrap_err()).contains("accused_name"));
        std::fs::write(&file, b"complaint_id,accused_name\nA1,Budi \xe9\n").unwrap();
        assert_eq!(read(&file).unwrap().0[0].accused_name, "Budi \u{e9}");
    }
}
