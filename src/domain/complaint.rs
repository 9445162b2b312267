//! A complaint as an authority sent it, or as an officer typed it: its fields, and everything else it came with.
//! Absent: who is meant (`crate::linkage`), what was decided (`crate::service::crossref`), files (`crate::sheet`).
//!
//! [`table::Parser`] reads rows of a table, [`json::parse`] reads JSON, [`Received::new`] what was typed. A refusal names its
//! line, its field and its reason; what is not refused is kept unaltered in [`Received::pairs`].

mod day;
pub mod json;
pub mod table;

pub use day::DayError;
pub use day::IncidentDay;
pub use day::ZONE;

use crate::domain::nip::is_scientific;

/// The longest content of one of the known fields, in characters.
pub const FIELD_CHARS_MAX: usize = 400;
/// The most bytes that a complaint may have altogether, with the columns this portal does not know.
pub const COMPLAINT_BYTES_MAX: usize = 64 * 1024;

/// A known field of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The authority's own number of the complaint.
    Reference,
    /// By which way it came to the authority.
    Channel,
    /// The name as the public wrote it.
    AccusedName,
    /// Unit or agency.
    Unit,
    /// City.
    City,
    /// Position.
    Position,
    /// A NIP or a part of it.
    NipFragment,
    /// A social-media account.
    Handle,
    /// The day of the act.
    IncidentDate,
}

impl Field {
    /// All, in the order of the published header.
    pub const ALL: [Self; 9] = [
        Self::Reference,
        Self::Channel,
        Self::AccusedName,
        Self::Unit,
        Self::City,
        Self::Position,
        Self::NipFragment,
        Self::Handle,
        Self::IncidentDate,
    ];

    /// The column's name in files, in JSON and in forms.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reference => "complaint_id",
            Self::Channel => "channel",
            Self::AccusedName => "accused_name",
            Self::Unit => "unit",
            Self::City => "city",
            Self::Position => "position",
            Self::NipFragment => "nip_fragment",
            Self::Handle => "handle",
            Self::IncidentDate => "incident_date",
        }
    }

    /// The field that a column's title means, whatever its case, blanks and punctuation.
    ///
    /// ```
    /// use ikrar::domain::complaint::Field;
    /// assert_eq!(Field::of_title(" Nama Terlapor "), Some(Field::AccusedName));
    /// assert_eq!(Field::of_title("complaint-id"), Some(Field::Reference));
    /// assert_eq!(Field::of_title("pelapor"), None);
    /// ```
    pub fn of_title(title: &str) -> Option<Self> {
        let words: Vec<String> = title
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        Some(match words.join("_").as_str() {
            "complaint_id" | "id" | "nomor_aduan" | "no_aduan" | "id_aduan" | "nomor_pengaduan"
            | "nomor_laporan" | "reference" => Self::Reference,
            "channel" | "kanal" | "saluran" => Self::Channel,
            "accused_name" | "nama_terlapor" | "terlapor" | "nama" | "name" => Self::AccusedName,
            "unit" | "unit_kerja" | "instansi" | "unit_organisasi" | "unor" => Self::Unit,
            "city" | "kota" | "kabupaten" | "kabupaten_kota" | "kab_kota" => Self::City,
            "position" | "jabatan" => Self::Position,
            "nip_fragment" | "nip" | "nip_terlapor" => Self::NipFragment,
            "handle" | "akun" | "akun_media_sosial" | "akun_medsos" => Self::Handle,
            "incident_date" | "tanggal_kejadian" | "tgl_kejadian" => Self::IncidentDate,
            _ => return None,
        })
    }

    /// Fields of which at least one must say something: they point at a person.
    fn points(self) -> bool {
        matches!(
            self,
            Self::AccusedName | Self::NipFragment | Self::Handle | Self::Position | Self::Unit
        )
    }
}

/// Why a complaint, or a whole file, cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A field that must be there is empty.
    #[error("is empty")]
    Missing,
    /// Nothing in it points at a person.
    #[error("nothing points at a person: no name, NIP, account, position or unit")]
    Nobody,
    /// A field is too long.
    #[error("is longer than {FIELD_CHARS_MAX} characters")]
    TooLong,
    /// The complaint as a whole is too large.
    #[error("the complaint is larger than {COMPLAINT_BYTES_MAX} bytes")]
    TooLarge,
    /// It holds a character that no text has.
    #[error("holds a control character")]
    Control,
    /// The date cannot be read.
    #[error("{0}")]
    Date(#[from] DayError),
    /// A spreadsheet has rounded the number.
    #[error("is a number that a spreadsheet has rounded: export the column as text")]
    Rounded,
    /// A list or an object stands where a text belongs.
    #[error("is neither text nor number")]
    NotText,
    /// A record of a JSON list is not an object.
    #[error("is not an object")]
    NotObject,
    /// The file is not JSON.
    #[error("is not JSON that can be read")]
    NotJson,
    /// The file has more records, or more in them, than are read at once.
    #[error("holds too many records for one JSON file: split it, or send CSV")]
    TooMany,
    /// A column that must be there is not.
    #[error("the column is missing")]
    NoColumn,
    /// Two columns mean the same.
    #[error("two columns mean the same")]
    TwoColumns,
}

impl Reason {
    /// Stable key, e.g. for catalogues.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Nobody => "nobody",
            Self::TooLong => "too-long",
            Self::TooLarge => "too-large",
            Self::Control => "control",
            Self::Date(DayError::Shape) => "date-shape",
            Self::Date(DayError::Calendar) => "date-calendar",
            Self::Date(DayError::Zone) => "date-zone",
            Self::Rounded => "rounded",
            Self::NotText => "not-text",
            Self::NotObject => "not-object",
            Self::NotJson => "not-json",
            Self::TooMany => "too-many",
            Self::NoColumn => "no-column",
            Self::TwoColumns => "two-columns",
        }
    }
}

/// A complaint that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {}: {reason}", .field.map_or("record", Field::key))]
pub struct Refusal {
    /// Line of a table, or place in a JSON list, from 1.
    pub line: u64,
    /// The field, unless it is the record as a whole.
    pub field: Option<Field>,
    /// Why.
    pub reason: Reason,
    /// The complaint's reference where it could be read, so that somebody can find it; personal data stay out.
    pub reference: String,
}

/// A complaint as received.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// The authority's own number.
    pub reference: String,
    /// Channel.
    pub channel: String,
    /// The name as written.
    pub accused_name: String,
    /// Unit.
    pub unit: String,
    /// City.
    pub city: String,
    /// Position.
    pub position: String,
    /// NIP or part of one.
    pub nip_fragment: String,
    /// Account.
    pub handle: String,
    /// Day of the act.
    pub incident_day: Option<IncidentDay>,
    /// Every column as it came, unaltered: title and content, in order.
    pub pairs: Vec<(String, String)>,
}

/// Personal data stay out of every log.
impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Received(*** in {} columns)", self.pairs.len())
    }
}

impl Received {
    /// Reads the known fields from `pairs` (title and content, as they came).
    pub fn new(pairs: Vec<(String, String)>) -> Result<Self, (Option<Field>, Reason)> {
        let bytes: usize = pairs.iter().map(|(title, text)| title.len() + text.len()).sum();
        if bytes > COMPLAINT_BYTES_MAX {
            return Err((None, Reason::TooLarge));
        }
        let mut texts: [(Field, String); 9] = Field::ALL.map(|field| (field, String::new()));
        for (title, text) in &pairs {
            let slot = Field::of_title(title)
                .and_then(|field| texts.iter_mut().find(|(of_slot, _)| *of_slot == field));
            if let Some((field, slot)) = slot
                && slot.is_empty()
            {
                *slot = clean(text).map_err(|reason| (Some(*field), reason))?;
            }
        }
        if texts
            .iter()
            .all(|(field, text)| !field.points() || text.is_empty())
        {
            return Err((None, Reason::Nobody));
        }
        let [
            reference,
            channel,
            accused_name,
            unit,
            city,
            position,
            nip_fragment,
            handle,
            date,
        ] = texts.map(|(_, text)| text);
        if reference.is_empty() {
            return Err((Some(Field::Reference), Reason::Missing));
        }
        // What is left of its digits would be read as something that nobody wrote.
        if is_scientific(&nip_fragment) {
            return Err((Some(Field::NipFragment), Reason::Rounded));
        }
        let incident_day = Some(date)
            .filter(|date| !date.is_empty())
            .map(|date| IncidentDay::parse(&date))
            .transpose()
            .map_err(|error| (Some(Field::IncidentDate), error.into()))?;
        Ok(Self {
            reference,
            channel,
            accused_name,
            unit,
            city,
            position,
            nip_fragment,
            handle,
            incident_day,
            pairs,
        })
    }

    /// Whether another delivery under the same reference says the same: order and empty columns do not matter.
    pub fn says_the_same(&self, other: &[(String, String)]) -> bool {
        let told = |pairs: &[(String, String)]| {
            let mut told: Vec<(String, String)> = pairs
                .iter()
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(title, text)| (plain(title), text.trim().to_owned()))
                .collect();
            told.sort();
            told
        };
        told(&self.pairs) == told(other)
    }
}

/// Whether a column may tell who complained, which is a right of its own to see. Everything but the known fields may: an address,
/// a telephone number or a story does so under any title.
pub fn may_tell_complainant(title: &str) -> bool {
    Field::of_title(title).is_none()
}

/// Whether two titles mean the same column.
pub fn is_same_title(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

fn plain(title: &str) -> String {
    Field::of_title(title).map_or_else(|| title.trim().to_lowercase(), |field| field.key().to_owned())
}

/// Blanks and line ends become single blanks; anything else that is no text is refused.
fn clean(text: &str) -> Result<String, Reason> {
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(Reason::Control);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > FIELD_CHARS_MAX {
        return Err(Reason::TooLong);
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
