//! `ikrar pact`: publish a version of an election's pact with the officer key file.

use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;
use clap::Args;
use clap::Subcommand;

use crate::app;
use crate::cli::desk::Desk;
use crate::config::Config;
use crate::domain::entry;
use crate::domain::entry::Body;
use crate::domain::pact::Language;
use crate::domain::pact::PactText;
use crate::domain::pact_default::default_pact;
use crate::domain::text::Id;
use crate::domain::text::print_hex;
use crate::service::election as service;

const EXAMPLES: &str = "Examples:
  ikrar pact publish --election pemilu-2024 --default
  ikrar pact publish --election pemilu-2024 --file pakta.txt

The file is plain text: the title on the first line, then the preamble, then one clause a line beginning with its number (\"1. ...\"), then
the closing. A version is entered whole in the ledger and can never be changed; the next one gets the next number.";

/// The text that people sign.
#[derive(Debug, Subcommand)]
pub enum PactCommand {
    /// Publish the next version of an election's pact.
    #[command(after_help = EXAMPLES)]
    Publish(PublishArgs),
}

/// Which text.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// The election.
    #[arg(long, value_name = "ID")]
    election: Id,
    /// Which text.
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// A plain text file.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The default pact of four points, in this ministry's name.
    #[arg(long)]
    default: bool,
}

pub(super) fn run(command: &PactCommand, config: Config) -> anyhow::Result<()> {
    let PactCommand::Publish(args) = command;
    let mut desk = Desk::open(config)?;
    let version = desk.read(|conn| service::next_pact_version(conn, args.election.as_str()))?;
    let mut text = match &args.source.file {
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
            read(&bytes, &args.election).with_context(|| path.display().to_string())?
        }
        None => default_pact(args.election.clone(), &desk.config.ministry)
            .context("the ministry's name cannot stand in a pact")?,
    };
    text.version = version;
    text.check()?;
    let hash = print_hex(&text.hash());
    let body = Body::Pact(Box::new(entry::Pact {
        election: args.election.clone(),
        text,
        nonce: app::random()?,
    }));
    let index = desk.act(body, service::publish_pact)?;
    println!(
        "Version {version} of {}'s pact is published (entry {index}).",
        args.election
    );
    println!("Its name is {hash}.");
    Ok(())
}

/// Title, preamble, numbered clauses, closing; or the exact `ikrar/pact/v1` text.
fn read(bytes: &[u8], election: &Id) -> anyhow::Result<PactText> {
    if bytes.starts_with(b"ikrar/pact/v1\n") {
        return Ok(PactText::parse(bytes)?);
    }
    let text = std::str::from_utf8(bytes).context("the file is not UTF-8")?;
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let title = lines.next().context("the file is empty")?;
    let (mut preamble, mut clauses, mut closing) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        match clause(line) {
            Some((number, _)) if number != clauses.len().saturating_add(1) => {
                bail!(
                    "clause {number} comes where {} was due",
                    clauses.len().saturating_add(1)
                )
            }
            Some((_, words)) if closing.is_empty() => clauses.push(words.parse().context("a clause")?),
            Some(_) => bail!("a clause comes after the closing; write each clause on one line"),
            None if clauses.is_empty() => preamble.push(line),
            None => closing.push(line),
        }
    }
    if clauses.is_empty() {
        bail!("no clause found: begin each on a line of its own with its number, as in \"1. ...\"");
    }
    Ok(PactText {
        election: election.clone(),
        version: 1,
        language: Language::Id,
        title: title.parse().context("the title")?,
        preamble: preamble.join(" ").parse().context("the preamble")?,
        clauses,
        closing: if closing.is_empty() {
            None
        } else {
            Some(closing.join(" ").parse().context("the closing")?)
        },
    })
}

/// `1. words` or `1) words`.
fn clause(line: &str) -> Option<(usize, &str)> {
    let (number, words) = line.split_once(['.', ')'])?;
    Some((number.parse().ok()?, words.trim()))
}

#[cfg(test)]
mod tests {
    use crate::domain::text::Prose;

    use super::*;

    fn id() -> Id {
        "pemilu-2024".parse().unwrap()
    }

    #[test]
    fn a_plain_file_becomes_a_pact() {
        let text = "Pakta\n\nSaya menyatakan\nbahwa saya akan:\n1. netral;\n2) jujur.\n\nDemikian.\n";
        let pact = read(text.as_bytes(), &id()).unwrap();
        assert_eq!(pact.preamble.as_str(), "Saya menyatakan bahwa saya akan:");
        let clauses: Vec<&str> = pact.clauses.iter().map(Prose::as_str).collect();
        assert_eq!(clauses, ["netral;", "jujur."]);
        assert_eq!(pact.closing.as_ref().unwrap().as_str(), "Demikian.");
        assert_eq!(read(&pact.print(), &id()).unwrap(), pact);
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("Pakta\nSaya akan:\n", "no clause"),
            ("Pakta\nSaya:\n1. a\n3. c\n", "clause 3"),
            ("Pakta\nSaya:\n1. a\nlanjutan\n2. b\n", "after the closing"),
        ] {
            let error = format!("{:#}", read(text.as_bytes(), &id()).unwrap_err());
            assert!(error.contains(reason), "{error}");
        }
    }
}
