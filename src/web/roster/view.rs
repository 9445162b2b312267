//! An import as its pages show it. Numbers of people are masked.

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::app::App;
use crate::domain::nip::Nip;
use crate::domain::text::Origin;
use crate::ledger::encoding;
use crate::service::Error;
use crate::service::election::Standing;
use crate::service::roster::Change;
use crate::service::roster::Content;
use crate::service::roster::Counts;
use crate::service::roster::ImportRow;
use crate::service::roster::Kind;
use crate::service::roster::Note;
use crate::web::error::Failure;

/// Rows on a page.
const PAGE_ROWS: usize = 50;

/// What is wrong with a field of the form.
#[derive(Serialize)]
pub(super) struct FormError {
    pub(super) field: &'static str,
    pub(super) text: String,
}

pub(super) fn status(errors: &[FormError]) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// An election to choose.
#[derive(Serialize)]
pub(super) struct Choice {
    value: String,
    label: String,
}

/// Those that are not over.
pub(super) fn choice(standing: &Standing) -> Option<Choice> {
    (standing.state != "closed").then(|| Choice {
        value: standing.id.clone(),
        label: standing.title.clone(),
    })
}

pub(super) fn origin(app: &App) -> Result<Origin, Failure> {
    app.config()
        .origin
        .parse()
        .map_err(|e| Failure::from(Error::internal(format!("origin: {e}"))))
}

/// An import in one line.
#[derive(Serialize)]
pub(super) struct Import {
    id: i64,
    election_id: String,
    election_title: String,
    zone: String,
    file_name: String,
    created_s: i64,
    confirmed_s: Option<i64>,
    state: String,
    counts: Counts,
    nothing: bool,
    failure: Option<Failed>,
}

/// Why a file was refused.
#[derive(Serialize)]
struct Failed {
    key: String,
    args: Args,
}

/// Every value that a sentence about a file or a line may need.
#[derive(Default, Serialize)]
struct Args {
    line: String,
    max: String,
    mib: String,
    digits: String,
    value: String,
    years: String,
}

impl Args {
    fn of(values: &[(String, String)]) -> Self {
        let mut args = Self::default();
        for (name, value) in values {
            let place = match name.as_str() {
                "line" => &mut args.line,
                "max" => &mut args.max,
                "mib" => &mut args.mib,
                "digits" => &mut args.digits,
                "years" => &mut args.years,
                _ => &mut args.value,
            };
            place.clone_from(value);
        }
        args
    }
}

pub(super) fn import(row: &ImportRow, standing: &Standing) -> Result<Import, Failure> {
    let counts = Counts::of(row)?;
    Ok(Import {
        id: row.id,
        election_id: row.election_id.clone(),
        election_title: standing.title.clone(),
        zone: standing.zone.clone(),
        file_name: row.file_name.clone(),
        created_s: row.created_s,
        confirmed_s: row.confirmed_s,
        state: row.state.clone(),
        nothing: counts.is_nothing(),
        failure: counts.failure.as_ref().map(|(key, values)| Failed {
            key: key.clone(),
            args: Args::of(values),
        }),
        counts,
    })
}

pub(super) fn imports(rows: &[ImportRow], standings: &[Standing]) -> Result<Vec<Import>, Failure> {
    rows.iter()
        .filter_map(|row| Some((row, standings.iter().find(|s| s.id == row.election_id)?)))
        .map(|(row, standing)| import(row, standing))
        .collect()
}

/// The preview page: numbers, one list, and the acts to sign.
#[derive(Serialize)]
pub(super) struct Preview {
    import: Import,
    tabs: Vec<Tab>,
    show: &'static str,
    people: Vec<Person>,
    notes: Vec<Line>,
    page_now: usize,
    page_last: usize,
    page_href: String,
    acts: Vec<String>,
    account_id: i64,
    origin: String,
}

#[derive(Serialize)]
struct Tab {
    name: &'static str,
    href: String,
    count: usize,
    current: bool,
}

#[derive(Serialize)]
struct Person {
    line: u64,
    nip: String,
    old_nip: Option<String>,
    evidence: Option<String>,
    name: String,
    unit: String,
    position: String,
    employment: String,
    duty: String,
    diffs: Vec<Diff>,
}

#[derive(Serialize)]
struct Diff {
    field: String,
    old: String,
    new: String,
    coded: &'static str,
}

#[expect(
    clippy::struct_field_names,
    reason = "the template's names: a line of the file"
)]
#[derive(Serialize)]
struct Line {
    line: u64,
    column: String,
    key: String,
    args: Args,
    hint: Option<String>,
    name: Option<String>,
}

impl Preview {
    pub(super) fn new(
        import: Import,
        content: &Content,
        show: &str,
        page: usize,
        account_id: i64,
        origin: String,
    ) -> Self {
        let counts = &import.counts;
        let lists = [
            ("added", counts.added),
            ("excluded", counts.excluded),
            ("changed", counts.changed),
            ("renumbered", counts.renumbered),
            ("gone", counts.gone),
            ("refused", content.refused.len()),
            ("warnings", content.warnings.len()),
        ];
        let wanted = lists.iter().find(|(name, _)| *name == show);
        let first = lists.iter().find(|(_, count)| *count > 0);
        let (show, total) = wanted.or(first).copied().unwrap_or(("added", 0));
        let page_last = total.div_ceil(PAGE_ROWS).max(1);
        let page_now = page.clamp(1, page_last);
        let skip = (page_now - 1) * PAGE_ROWS;
        let notes = match show {
            "refused" => content.refused.as_slice(),
            "warnings" => content.warnings.as_slice(),
            _ => &[],
        };
        let kind = kind(show);
        let people = content.changes.iter().filter(|change| Some(change.kind) == kind);
        Self {
            tabs: lists
                .iter()
                .filter(|(name, count)| *count > 0 || *name == show)
                .map(|(name, count)| Tab {
                    name,
                    href: format!("/roster/{}?show={name}", import.id),
                    count: *count,
                    current: *name == show,
                })
                .collect(),
            show,
            people: people.skip(skip).take(PAGE_ROWS).map(person).collect(),
            notes: notes.iter().skip(skip).take(PAGE_ROWS).map(line).collect(),
            page_now,
            page_last,
            page_href: format!("/roster/{}?show={show}&page=", import.id),
            acts: content
                .acts
                .iter()
                .map(|act| encoding::encode_base64(act.text.as_bytes()))
                .collect(),
            account_id,
            origin,
            import,
        }
    }
}

fn kind(show: &str) -> Option<Kind> {
    Some(match show {
        "added" => Kind::Added,
        "excluded" => Kind::Excluded,
        "changed" => Kind::Changed,
        "renumbered" => Kind::Renumbered,
        "gone" => Kind::Gone,
        _ => return None,
    })
}

fn person(change: &Change) -> Person {
    let mask = |nip: &str| Nip::parse(nip).map(|nip| nip.masked()).unwrap_or_default();
    Person {
        line: change.line,
        nip: mask(&change.nip),
        old_nip: change.old_nip.as_deref().map(mask),
        evidence: change.evidence.clone(),
        name: change.name.clone(),
        unit: change.unit.clone(),
        position: change.position.clone(),
        employment: change.employment.clone(),
        duty: change.duty.clone(),
        diffs: change
            .diffs
            .iter()
            .map(|diff| Diff {
                field: diff.field.clone(),
                old: diff.old.clone(),
                new: diff.new.clone(),
                coded: match diff.field.as_str() {
                    "duty" => "duty",
                    "employment" => "employment",
                    _ => "",
                },
            })
            .collect(),
    }
}

fn line(note: &Note) -> Line {
    Line {
        line: note.line,
        column: note.column.clone(),
        key: note.key.clone(),
        args: Args::of(&note.args),
        hint: note.hint.clone(),
        name: note.name.clone(),
    }
}
