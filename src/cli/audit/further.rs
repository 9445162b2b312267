//! What an oversight body asks of a log that holds: do all labels open, and whose signatures are drawn? Absent: what an openings
//! file shows ([`crate::domain::openings`]), how a sample is drawn ([`crate::domain::sample`]).

use std::collections::HashMap;
use std::fmt::Write;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;

use serde::Serialize;

use crate::cli::audit::AuditArgs;
use crate::cli::audit::USAGE;
use crate::cli::backup;
use crate::domain::log::ElectionState;
use crate::domain::log::LogState;
use crate::domain::openings::LINE_BYTES_MAX;
use crate::domain::openings::LabelOpening;
use crate::domain::openings::OpeningsAudit;
use crate::domain::openings::OpeningsHeader;
use crate::domain::openings::OpeningsLine;
use crate::domain::openings::OpeningsReader;
use crate::domain::openings::OpeningsReport;
use crate::domain::person::PersonNumber;
use crate::domain::sample;
use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::print_hex;
use crate::domain::verdict::Verdict;
use crate::ledger::checkpoint::Checkpoint;

/// Openings and sample, as far as they were asked for.
#[derive(Debug, Default, Serialize)]
pub(super) struct Further {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) openings: Option<Openings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sample: Option<Sample>,
    /// Where the numbers of the people drawn were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) numbers: Option<String>,
}

/// What became of an openings file.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Openings {
    Read(Box<OpeningsReport>),
    /// Why it says nothing.
    Unreadable(String),
}

/// Signatures drawn.
#[derive(Debug, Serialize)]
pub(super) struct Sample {
    pub(super) election: String,
    /// The seed's size: only signatures below it are drawn.
    pub(super) size: u64,
    /// The seed's root, in hex.
    pub(super) root: String,
    /// The words that joined the seed.
    pub(super) beacon: Option<String>,
    /// How many there are.
    pub(super) population: u64,
    pub(super) drawn: Vec<Drawn>,
}

/// A signature drawn.
#[derive(Debug, Serialize)]
pub(super) struct Drawn {
    pub(super) index: u64,
    pub(super) label: String,
    /// `live`, `voided`, or `off` where the label has left the roster.
    pub(super) state: &'static str,
}

/// Exit code and message.
pub(super) type Stop = (u8, String);

/// What was asked for, opened before the long part.
#[derive(Debug)]
pub(super) struct Asked {
    openings: Option<BufReader<File>>,
}

/// What is drawn from: the seed's checkpoint, how many, and the beacon.
pub(super) struct Draw<'a> {
    pub(super) seed: Checkpoint,
    pub(super) count: u32,
    pub(super) beacon: Option<&'a Prose<400>>,
}

impl Asked {
    /// Opens what the arguments name.
    pub(super) fn open(args: &AuditArgs) -> Result<Self, Stop> {
        let openings = args.openings.as_ref().map(|path| {
            File::open(path)
                .map(BufReader::new)
                .map_err(|error| (USAGE, format!("cannot read {}: {error}", path.display())))
        });
        if let Some(path) = args.numbers.as_ref().filter(|path| path.exists()) {
            return Err((USAGE, format!("{} is there already", path.display())));
        }
        Ok(Self {
            openings: openings.transpose()?,
        })
    }

    /// Answers from a log that holds.
    pub(super) fn answer(
        self,
        args: &AuditArgs,
        state: &LogState,
        draw: Option<&Draw<'_>>,
    ) -> Result<Further, Stop> {
        let mut further = Further::default();
        if state.has_unknown_kind() {
            return Ok(further);
        }
        if let Some(draw) = draw {
            further.sample = Some(draw_sample(args, state, draw)?);
        }
        let mut wanted = Wanted::of(further.sample.as_ref().filter(|_| args.numbers.is_some()));
        if let Some(mut file) = self.openings {
            further.openings = Some(match check(&mut file, args, state, &mut wanted)? {
                Ok(report) => Openings::Read(Box::new(report)),
                Err(why) => Openings::Unreadable(why),
            });
        }
        if let (Some(path), Some(sample), Some(Openings::Read(_))) =
            (&args.numbers, &further.sample, &further.openings)
        {
            write_numbers(path, sample, &wanted)?;
            further.numbers = Some(path.display().to_string());
        }
        Ok(further)
    }
}

impl Further {
    /// What they add to the log's own verdict.
    pub(super) fn verdict(&self) -> Verdict {
        match &self.openings {
            None => Verdict::Valid,
            Some(Openings::Read(report)) => report.verdict,
            Some(Openings::Unreadable(_)) => Verdict::CannotTell,
        }
    }
}

/// Whose numbers are wanted, by label.
struct Wanted(HashMap<String, Option<PersonNumber>>);

impl Wanted {
    fn of(sample: Option<&Sample>) -> Self {
        let drawn = sample.iter().flat_map(|sample| &sample.drawn);
        Self(drawn.map(|drawn| (drawn.label.clone(), None)).collect())
    }

    fn note(&mut self, opening: &LabelOpening) {
        if !self.0.is_empty()
            && let Some(found) = self.0.get_mut(&print_hex(&opening.label))
        {
            *found = opening.numbers.first().cloned();
        }
    }
}

/// Reads an openings file to its end, in memory of one line. The inner error says why the file shows nothing.
fn check(
    file: &mut BufReader<File>,
    args: &AuditArgs,
    state: &LogState,
    wanted: &mut Wanted,
) -> Result<Result<OpeningsReport, String>, Stop> {
    let line_max = u64::try_from(LINE_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(2);
    let mut reader = OpeningsReader::new();
    let mut audit: Option<OpeningsAudit<'_>> = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        match file.by_ref().take(line_max).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => return Ok(Err(error.to_string())),
        }
        match reader.take(&line) {
            Err(error) => return Ok(Err(error.to_string())),
            Ok(OpeningsLine::Header(header)) => match suits(&header, args, state) {
                Ok(election) => audit = Some(OpeningsAudit::new(header, election)),
                Err((USAGE, why)) => return Err((USAGE, why)),
                Err((_, why)) => return Ok(Err(why)),
            },
            Ok(OpeningsLine::Open(opening)) => {
                if let Some(audit) = &mut audit
                    && audit.take(reader.line(), &opening)
                {
                    wanted.note(&opening);
                }
            }
            Ok(OpeningsLine::Head | OpeningsLine::End) => {}
        }
    }
    if let Err(error) = reader.finish() {
        return Ok(Err(error.to_string()));
    }
    Ok(audit.map(OpeningsAudit::finish).ok_or_else(String::new))
}

/// The election that a file is about, if the file is about this log.
fn suits<'a>(
    header: &OpeningsHeader,
    args: &AuditArgs,
    state: &'a LogState,
) -> Result<&'a ElectionState, Stop> {
    let ours = state
        .genesis()
        .is_some_and(|genesis| genesis.origin == header.origin);
    if !ours {
        return Err((USAGE, "these openings are of another log".to_owned()));
    }
    let election = &header.election;
    if args.election.as_ref().is_some_and(|id| id != election.as_str()) {
        return Err((USAGE, format!("these openings are of the election {election}")));
    }
    let Some(found) = state.elections().get(election) else {
        return Err((USAGE, format!("there is no election {election} in this log")));
    };
    if header.size > state.size() {
        let why = format!(
            "made when the log had {} entries, here it has {}: take a newer copy of the log",
            header.size,
            state.size()
        );
        return Err((Verdict::CannotTell.exit_code(), why));
    }
    Ok(found)
}

/// The only election of the log, or the one that is named.
fn find_election<'a>(args: &AuditArgs, state: &'a LogState) -> Result<(&'a Id, &'a ElectionState), Stop> {
    let mut found = state
        .elections()
        .iter()
        .filter(|(id, _)| args.election.as_ref().is_none_or(|wanted| wanted == id.as_str()));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err((USAGE, "there is no such election in this log".to_owned())),
        (Some(_), Some(_)) => Err((USAGE, "of which election? Give --election".to_owned())),
    }
}

fn draw_sample(args: &AuditArgs, state: &LogState, draw: &Draw<'_>) -> Result<Sample, Stop> {
    let (id, election) = find_election(args, state)?;
    let size = draw.seed.size;
    let population = election.signatures().partition_point(|index| *index < size);
    let population = u64::try_from(population).unwrap_or(u64::MAX);
    let seed = sample::seed(&draw.seed, id, draw.beacon);
    let count = usize::try_from(draw.count).unwrap_or(usize::MAX);
    let places = sample::draw(&seed, population, count);
    let drawn = places.iter().filter_map(|place| {
        let nth = usize::try_from(*place).ok()?;
        let index = *election.signatures().get(nth)?;
        let signer = election.signer_at(nth)?;
        let state = match signer.signature {
            Some(live) if live == index && signer.on => "live",
            Some(live) if live == index => "off",
            _ => "voided",
        };
        let label = print_hex(&signer.label);
        Some(Drawn { index, label, state })
    });
    Ok(Sample {
        election: id.to_string(),
        size,
        root: draw.seed.root.to_string(),
        beacon: draw.beacon.map(ToString::to_string),
        population,
        drawn: drawn.collect(),
    })
}

/// `<nth> <index> <label> <number>`, a line each; `-` where the label did not open.
fn write_numbers(path: &Path, sample: &Sample, wanted: &Wanted) -> Result<(), Stop> {
    let mut text = String::new();
    for (nth, drawn) in (1..).zip(&sample.drawn) {
        let number = wanted.0.get(&drawn.label).and_then(Option::as_ref);
        let number = number.map_or("-", PersonNumber::as_str);
        let _infallible = writeln!(text, "{nth} {} {} {number}", drawn.index, drawn.label);
    }
    backup::write_private(path, text.as_bytes()).map_err(|error| (USAGE, format!("{error:#}")))
}
