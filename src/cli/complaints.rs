//! `ikrar complaints`: an authority's file comes in, each complaint compared with the roster. Absent: deciding, which a person does on the
//! portal.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::Subcommand;

use crate::app::complaint_file::ComplaintFile;
use crate::app::complaint_file::FileLimits;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::complaint::Received;
use crate::service;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::complaint;
use crate::service::complaint::AuthorityRow;
use crate::service::complaint::Taken;
use crate::service::crossref::Roster;
use crate::service::journal;

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
    let mut counts = Counts::default();
    // To its end first, so that nothing is stored of a file that breaks off.
    for one in open(&args.file)? {
        if let Err(refusal) = one.with_context(|| args.file.display().to_string())? {
            eprintln!("{}: {refusal}", args.file.display());
            counts.refused += 1;
        }
    }
    let authority = authority(conn, args, now_s)?;
    let mut complaints = open(&args.file)?;
    let mut roster = None;
    loop {
        let batch: Vec<Received> = complaints.by_ref().flatten().flatten().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let (known, new) = match &authority {
            Some(row) => complaint::sort_out_known(conn, row.id, batch)?,
            None => (Vec::new(), batch),
        };
        for one in &known {
            count(&mut counts, one);
        }
        match &authority {
            Some(row) if !args.dry_run && !new.is_empty() => {
                let roster = match &mut roster {
                    Some(roster) => roster,
                    none => none.insert(Roster::load(conn)?),
                };
                for one in take(conn, row.id, roster, &new, now_s)? {
                    count(&mut counts, &one);
                }
            }
            _ => counts.added += u64::try_from(new.len())?,
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
    roster: &Roster,
    batch: &[Received],
    now_s: i64,
) -> Result<Vec<Taken>, service::Error> {
    // Compared before the lock: a portal on the same database waits for as short as can be.
    let proposed: Vec<_> = batch
        .iter()
        .map(|received| (received, roster.propose(received)))
        .collect();
    service::write(conn, |conn| {
        let mut all = Vec::new();
        for (received, proposal) in &proposed {
            let taken = complaint::take(conn, authority_id, received, proposal, now_s)?;
            if let Taken::Added(id) = taken {
                journal::note(conn, now_s, None, "complaint-entered", &format!("complaint {id}"))?;
            }
            all.push(taken);
        }
        Ok(all)
    })
}

/// Counts what became of a complaint. Of two that differ the columns are told.
fn count(counts: &mut Counts, taken: &Taken) {
    match taken {
        Taken::Added(_) => counts.added += 1,
        Taken::Unchanged(_) => counts.unchanged += 1,
        Taken::Different(different) => {
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

fn open(path: &Path) -> anyhow::Result<ComplaintFile> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    ComplaintFile::open(BufReader::new(file), &FileLimits::COMMAND_LINE)
        .with_context(|| path.display().to_string())
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
        let read = || open(&file).unwrap().next().unwrap();
        assert!(read().unwrap_err().to_string().contains("accused_name"));
        std::fs::write(&file, b"complaint_id,accused_name\nA1,Budi \xe9\n").unwrap();
        assert_eq!(read().unwrap().unwrap().accused_name, "Budi \u{e9}");
    }

    #[test]
    fn nothing_is_stored_of_a_file_that_breaks_off() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        let rows: Vec<String> = (0..BATCH + 9).map(|number| format!("A{number},Budi\n")).collect();
        let whole = format!("complaint_id,accused_name\n{}", rows.concat());
        let broken = format!("{whole}A-1,{}\n", "x".repeat(40_000));
        std::fs::write(&file, broken).unwrap();
        let mut conn = DatabaseUrl::new(":memory:").connect().unwrap();
        service::migrate(&mut conn).unwrap();
        assert!(import(&mut conn, &args(file.clone(), false), 5).is_err());
        let all = complaint::Filter::default();
        assert_eq!(complaint::count(&mut conn, &all).unwrap(), 0);
        std::fs::write(&file, whole).unwrap();
        import(&mut conn, &args(file, false), 5).unwrap();
        let stored = usize::try_from(complaint::count(&mut conn, &all).unwrap()).unwrap();
        assert_eq!(stored, BATCH + 9);
    }
}
