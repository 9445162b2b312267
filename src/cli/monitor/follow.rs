//! One round of following a log: its newest checkpoint, then that it grew from what was seen, then every new entry.
//!
//! A round is one piece: what it fetches is tied to the signed root before it is kept, and its lines are said when all of it
//! was understood. A round that fails leaves the folder as it was, but for evidence; the next one begins where the last good
//! one ended. Absent: the rules, and what a line says of an entry.

use std::collections::BTreeMap;

use crate::cli::audit::source::Source;
use crate::cli::audit::source::SourceError;
use crate::cli::monitor::entry;
use crate::cli::monitor::fold::Fold;
use crate::cli::monitor::fork;
use crate::cli::monitor::fork::NoProof;
use crate::cli::monitor::fork::Side;
use crate::cli::monitor::line::Line;
use crate::cli::monitor::line::Weight;
use crate::cli::monitor::state::State;
use crate::cli::monitor::watch::Watch;
use crate::domain::election::civil_day;
use crate::domain::text::Time;
use crate::ledger::audit::audit_files;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::LogKey;
use crate::ledger::cosignature::parse_checkpoint_note;
use crate::ledger::equivocation::Equivocation;
use crate::ledger::hash::leaf_hash;
use crate::ledger::note::Note;
use crate::ledger::policy::Judgement;
use crate::ledger::policy::Policy;
use crate::ledger::tile::EntryBundle;
use crate::ledger::tile::TILE_WIDTH;
use crate::ledger::tile::TileReader;
use crate::ledger::tile::TileReaderError;
use crate::ledger::tile::tile_bytes;
use crate::ledger::tile::tiles_for_growth;
use crate::ledger::tree::HashReader;
use crate::ledger::tree::TreeError;
use crate::ledger::tree::root;
use crate::ledger::tree::stored_hash_index;

/// An entry whose time lies so far ahead of this machine's clock was not written at that time.
const AHEAD_MAX_S: i64 = 900;
/// A day is sealed when it is over; so long after its end its seal is missing.
const SEAL_DAYS: i64 = 2;
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// Missing seals that are named.
const SEALS_NAMED: usize = 5;

/// Follows one log.
#[derive(Debug)]
pub(super) struct Follower {
    place: String,
    policy: Policy,
    watch: Watch,
    state: State,
    max_age_s: u64,
    /// Somebody is told of notices: they are kept until that succeeded.
    tells: bool,
    /// What was verified so far; read again from the folder at the start and after a round that failed.
    known: Option<Known>,
}

#[derive(Debug, Default)]
struct Known {
    fold: Fold,
    checkpoint: Option<(String, Checkpoint)>,
}

/// Why a round ended early.
enum Stop {
    /// Something is wrong.
    Alarm(String),
    /// Something could not be had.
    Unsure(String),
}

type Tiles<'a> = TileReader<Box<dyn FnMut(&str) -> Result<Option<Vec<u8>>, SourceError> + 'a>>;
type TilesError = TreeError<TileReaderError<SourceError>>;

impl Follower {
    pub(super) fn new(
        place: String,
        policy: Policy,
        watch: Watch,
        state: State,
        max_age_s: u64,
        tells: bool,
    ) -> Self {
        Self {
            place,
            policy,
            watch,
            state,
            max_age_s,
            tells,
            known: None,
        }
    }

    /// What is kept.
    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Where the log is.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Looks once.
    pub(super) fn round(&mut self, now_s: i64) -> Vec<Line> {
        let mut lines = Vec::new();
        if let Err(stop) = self.look(now_s, &mut lines) {
            self.known = None;
            lines.retain(|line| line.weight == Weight::Alarm);
            lines.push(match stop {
                Stop::Alarm(text) => Line::alarm(text),
                Stop::Unsure(text) => Line::unsure(text),
            });
        }
        lines
    }

    fn look(&mut self, now_s: i64, lines: &mut Vec<Line>) -> Result<(), Stop> {
        let mut known = match self.known.take() {
            Some(known) => known,
            None => self.remember().map_err(Stop::Unsure)?,
        };
        let mut source = Source::new(&self.place);
        let (text, note, judgement) = self.checkpoint(&mut source)?;
        let checkpoint = &judgement.checkpoint;
        self.state
            .keep_evidence(checkpoint.size, &text)
            .map_err(Stop::Unsure)?;
        if !judgement.has_quorum {
            lines.push(Line::alarm(format!(
                "quorum: the checkpoint of {} entries lacks the policy's quorum of witnesses",
                checkpoint.size
            )));
        }
        source.expect_size(checkpoint.size);
        self.compare(&mut known, &note, checkpoint, &mut source)?;
        if checkpoint.size > known.fold.size() {
            self.grow(&mut known.fold, checkpoint, &mut source, lines)?;
        }
        if self.tells {
            self.keep_notices(lines).map_err(Stop::Unsure)?;
        }
        self.settle(&mut known, text, checkpoint)?;
        lines.extend(known.fold.uncounted_lines());
        self.time_alarms(&known.fold, &judgement, now_s, lines);
        self.known = Some(known);
        Ok(())
    }

    /// Before what they tell of is settled: whoever is to be told will be, whatever ends this round.
    fn keep_notices(&self, lines: &[Line]) -> Result<(), String> {
        let mut unsent = self.state.unsent();
        let before = unsent.len();
        for line in lines.iter().filter(|line| line.weight == Weight::Notice) {
            // A round that was cut short after this is done again.
            if !unsent.contains(&line.text) {
                unsent.push(line.text.clone());
            }
        }
        if unsent.len() == before {
            return Ok(());
        }
        self.state.keep_unsent(&unsent)
    }

    /// What earlier rounds verified, verified again from the folder.
    fn remember(&self) -> Result<Known, String> {
        let Some(text) = self.state.checkpoint()? else {
            return Ok(Known::default());
        };
        let damaged = |what: String| {
            format!(
                "the kept log in {} is damaged: {what}. Keep the folder as evidence and begin with another",
                self.state.log().display()
            )
        };
        let (note, checkpoint) = parse_checkpoint_note(&text).map_err(|error| damaged(error.to_string()))?;
        self.policy
            .judge(&note)
            .map_err(|error| format!("the kept checkpoint, under the keys given now: {error}"))?;
        let mut kept = Source::new(&self.state.log().to_string_lossy());
        let (mut fold, mut broken) = (Fold::default(), None);
        let watch = &self.watch;
        audit_files(
            &checkpoint,
            |name| kept.read(name),
            |index, bytes| {
                if broken.is_some() {
                    return;
                }
                match fold.add(bytes) {
                    Ok((prepared, verdict)) => {
                        // What was said before is not said again; where watched labels signed is noted.
                        drop(entry::lines(index, prepared.entry(), &verdict, &mut fold, watch));
                    }
                    Err(error) => broken = Some(error),
                }
            },
        )
        .map_err(|error| damaged(error.to_string()))?;
        match broken {
            Some(error) => Err(damaged(error)),
            None => Ok(Known {
                fold,
                checkpoint: Some((text, checkpoint)),
            }),
        }
    }

    /// The log's newest checkpoint, signed by a key of the policy.
    fn checkpoint(&self, source: &mut Source) -> Result<(String, Note, Judgement), Stop> {
        let bytes = source
            .read("checkpoint")
            .map_err(|error| Stop::Unsure(format!("cannot read checkpoint: {error}")))?
            .ok_or_else(|| Stop::Alarm("checkpoint: the log shows none".to_owned()))?;
        let refused = |error: String| Stop::Alarm(format!("checkpoint: not to be believed: {error}"));
        let text = String::from_utf8(bytes).map_err(|_not_utf8| refused("not UTF-8".to_owned()))?;
        let (note, _) = parse_checkpoint_note(&text).map_err(|error| refused(error.to_string()))?;
        let judgement = self
            .policy
            .judge(&note)
            .map_err(|error| refused(error.to_string()))?;
        Ok((text, note, judgement))
    }

    /// Did this tree grow from the one that is known?
    fn compare(
        &self,
        known: &mut Known,
        note: &Note,
        checkpoint: &Checkpoint,
        source: &mut Source,
    ) -> Result<(), Stop> {
        let Some((kept_text, kept)) = &known.checkpoint else {
            return Ok(());
        };
        if kept.origin != checkpoint.origin {
            return Err(Stop::Alarm(format!(
                "another log: this folder follows {}, the checkpoint is of {}",
                kept.origin.as_str(),
                checkpoint.origin.as_str()
            )));
        }
        let (old, new) = (kept.size, checkpoint.size);
        if new <= old {
            if known.fold.root_at(new) == Some(checkpoint.root) {
                return if new == old {
                    Ok(())
                } else {
                    Err(Stop::Alarm(format!(
                        "rollback: the log shows {new} entries and had {old} before"
                    )))
                };
            }
        } else {
            let mut tiles = tiles(checkpoint, source);
            match root(old, &mut tiles) {
                Ok(earlier) if earlier == kept.root => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(unread(&error)),
            }
        }
        let kept_note = Note::parse(kept_text).map_err(|error| Stop::Unsure(error.to_string()))?;
        let first = Side {
            note: kept_note,
            size: old,
            hashes: &mut known.fold.tree,
        };
        Err(self.fork(first, note, checkpoint, source))
    }

    /// Two stories under one key: proves it as far as the log's own files allow, and keeps the proof.
    fn fork<R: HashReader>(
        &self,
        first: Side<'_, R>,
        note: &Note,
        checkpoint: &Checkpoint,
        source: &mut Source,
    ) -> Stop {
        let (old, new) = (first.size, checkpoint.size);
        let signed_both = |key: &&LogKey| {
            [&first.note, note]
                .iter()
                .all(|note| key.verify(note).unwrap_or(false))
        };
        // What an Ed25519 key signed, every reader can judge.
        let of = |is_ed25519: bool| {
            let keys = self.policy.log_keys(&checkpoint.origin);
            keys.filter(move |key| key.vkey().is_some() == is_ed25519)
        };
        let key = of(true).chain(of(false)).find(signed_both).cloned();
        let Some(key) = key else {
            return Stop::Alarm(format!(
                "fork: the trees of {old} and {new} entries disagree, signed by different keys of the log; both checkpoints are kept"
            ));
        };
        let same_size =
            (old == new).then(|| Equivocation::same_size(key.clone(), first.note.clone(), note.clone()));
        let mut tiles = tiles(checkpoint, source);
        let second = Side {
            note: note.clone(),
            size: new,
            hashes: &mut tiles,
        };
        let proof = match fork::prove(key, first, second) {
            Ok(proof) => Some(proof),
            Err(NoProof::Agree | NoProof::First(_) | NoProof::Second(_)) => same_size,
        };
        let what = format!("fork: the log showed {old} entries before and now {new} of another history");
        let Some(proof) = proof else {
            return Stop::Alarm(format!(
                "{what}; its files do not let it be proved, both checkpoints are kept"
            ));
        };
        let from = proof.conflict.as_ref().map_or_else(String::new, |conflict| {
            format!(", from entry {} on", conflict.index)
        });
        match self.state.keep_equivocation(&proof.to_string()) {
            Ok(path) => Stop::Alarm(format!("{what}{from}; the proof is {}", path.display())),
            Err(error) => Stop::Alarm(format!("{what}{from}; {error}")),
        }
    }

    /// Fetches, ties to the root, keeps and understands every new entry.
    fn grow(
        &self,
        fold: &mut Fold,
        checkpoint: &Checkpoint,
        source: &mut Source,
        lines: &mut Vec<Line>,
    ) -> Result<(), Stop> {
        let (old, new) = (fold.size(), checkpoint.size);
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let (source, width_full) = (std::cell::RefCell::new(source), u64::from(TILE_WIDTH));
        let fetch = |name: &str| source.borrow_mut().read(name);
        let mut tiles = TileReader::new(checkpoint, fetch);
        for number in old / width_full..new.div_ceil(width_full) {
            let width = u16::try_from((new - number * width_full).min(width_full)).unwrap_or(TILE_WIDTH);
            let bundle = EntryBundle::new(number, width).map_err(|error| Stop::Alarm(error.to_string()))?;
            let first = bundle.first_entry();
            let places: Vec<u64> = (first..first + u64::from(width))
                .map(|index| stored_hash_index(0, index))
                .collect();
            let leaves = tiles
                .read_hashes(&places)
                .map_err(|error| unread(&TreeError::Read(error)))?;
            let bytes = whole_or_part(bundle, fetch)?;
            let entries = bundle
                .decode(&bytes)
                .map_err(|error| files(&format!("{}: {error}", bundle.path())))?;
            for ((index, entry), leaf) in (first..).zip(&entries).zip(&leaves) {
                if leaf_hash(entry) != *leaf {
                    return Err(files(&format!(
                        "entry {index} is not the one that the checkpoint covers"
                    )));
                }
            }
            self.state.keep(&bundle.path(), &bytes).map_err(Stop::Unsure)?;
            for (index, bytes) in (first..).zip(entries).filter(|(index, _)| *index >= old) {
                let (prepared, verdict) = fold
                    .add(bytes)
                    .map_err(|error| Stop::Alarm(format!("rules: {error}")))?;
                let kind = kinds.entry(prepared.entry().body.kind().to_owned()).or_default();
                *kind = kind.saturating_add(1);
                lines.extend(entry::lines(index, prepared.entry(), &verdict, fold, &self.watch));
            }
        }
        let kinds: Vec<String> = kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        lines.push(Line::change(format!(
            "log: from {old} to {new} entries: {}",
            kinds.join(", ")
        )));
        Ok(())
    }

    /// Keeps tiles and checkpoint of what was verified, the checkpoint last.
    fn settle(&self, known: &mut Known, text: String, checkpoint: &Checkpoint) -> Result<(), Stop> {
        let named = known.fold.log.custody().keys();
        let is_named = self
            .policy
            .log_keys(&checkpoint.origin)
            .filter_map(LogKey::vkey)
            .any(|key| named.contains(key));
        if checkpoint.size > 0 && !(is_named && known.fold.is_of(checkpoint)) {
            return Err(Stop::Alarm(
                "another log: neither its first entry nor a logkey entry names the key that was given"
                    .to_owned(),
            ));
        }
        let old = known.checkpoint.as_ref().map_or(0, |(_, kept)| kept.size);
        if known.checkpoint.as_ref().is_some_and(|(kept, _)| *kept == text) {
            return Ok(());
        }
        for tile in tiles_for_growth(old, checkpoint.size).tiles {
            let bytes =
                tile_bytes(&tile, &mut known.fold.tree).map_err(|error| Stop::Unsure(error.to_string()))?;
            self.state.keep(&tile.path(), &bytes).map_err(Stop::Unsure)?;
        }
        self.state
            .keep("checkpoint", text.as_bytes())
            .map_err(Stop::Unsure)?;
        self.state.forget_partials(old, checkpoint.size);
        known.checkpoint = Some((text, checkpoint.clone()));
        Ok(())
    }

    /// What this machine's clock says about the log.
    fn time_alarms(&self, fold: &Fold, judgement: &Judgement, now_s: i64, lines: &mut Vec<Line>) {
        let Some(last) = fold.log.last_at() else { return };
        let last_s = last.unix_i64();
        let cosigned = judgement.cosigned.iter().map(|(_, time_s)| *time_s).max();
        let newest = i64::try_from(cosigned.unwrap_or(0)).map_or(last_s, |cosigned| cosigned.max(last_s));
        if now_s.saturating_sub(newest) > i64::try_from(self.max_age_s).unwrap_or(i64::MAX) {
            lines.push(Line::alarm(format!(
                "age: nothing new since {}; an honest log is sealed every day",
                entry::moment(newest)
            )));
        }
        if last_s > now_s.saturating_add(AHEAD_MAX_S) {
            lines.push(Line::alarm(format!(
                "clock: the newest entry says {}, which is not yet",
                entry::moment(last_s)
            )));
        }
        let through = now_s.saturating_sub(SEAL_DAYS * DAY_S);
        let through = u64::try_from(through).ok().and_then(|s| Time::from_unix(s).ok());
        let Some(through) = through.map(|time| civil_day(time, &jiff::tz::TimeZone::UTC)) else {
            return;
        };
        let custody = fold.log.custody();
        // Of one that never sealed only its own entries tell that days have passed; that it stands still, its age.
        let lived =
            civil_day(last, &jiff::tz::TimeZone::UTC).saturating_sub(jiff::Span::new().days(SEAL_DAYS));
        let through = if custody.seals().is_empty() {
            through.min(lived)
        } else {
            through
        };
        let (count, named) = custody.missing_seals(through, SEALS_NAMED);
        if count > 0 {
            let days: Vec<String> = named.iter().map(ToString::to_string).collect();
            lines.push(Line::alarm(format!(
                "seal: {count} days have none, the first {}",
                days.join(", ")
            )));
        }
    }
}

fn tiles<'a>(checkpoint: &Checkpoint, source: &'a mut Source) -> Tiles<'a> {
    TileReader::new(checkpoint, Box::new(|name: &str| source.read(name)))
}

/// A bundle as wide as it should be, cut from its full one where only that is left.
fn whole_or_part<F>(bundle: EntryBundle, mut fetch: F) -> Result<Vec<u8>, Stop>
where
    F: FnMut(&str) -> Result<Option<Vec<u8>>, SourceError>,
{
    for found in [bundle, bundle.full()] {
        let path = found.path();
        let bytes = fetch(&path).map_err(|error| Stop::Unsure(format!("cannot read {path}: {error}")))?;
        let Some(bytes) = bytes else { continue };
        if found == bundle {
            return Ok(bytes);
        }
        let malformed = |error| files(&format!("{path}: {error}"));
        let entries = found.decode(&bytes).map_err(malformed)?;
        let part: Vec<&[u8]> = entries.into_iter().take(bundle.width().into()).collect();
        return bundle.encode(&part).map_err(malformed);
    }
    Err(Stop::Unsure(format!(
        "{} is missing, though the checkpoint promises it",
        bundle.path()
    )))
}

fn files(what: &impl std::fmt::Display) -> Stop {
    Stop::Alarm(format!(
        "files: they do not belong to the signed checkpoint: {what}"
    ))
}

/// Tiles that are missing or unread say nothing about the log; tiles of another tree do.
fn unread(error: &TilesError) -> Stop {
    match error {
        TreeError::Read(inner @ (TileReaderError::Missing { .. } | TileReaderError::Range { .. })) => {
            Stop::Unsure(format!("{inner}, though the checkpoint promises it"))
        }
        TreeError::Read(inner @ TileReaderError::Read { source, .. }) => {
            Stop::Unsure(format!("{inner}: {source}"))
        }
        TreeError::Read(inner) => files(inner),
        other => Stop::Unsure(other.to_string()),
    }
}
