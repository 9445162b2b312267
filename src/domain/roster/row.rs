//! One row of the table: a person, a refusal, or no person at all. Absent: the header, and what needs the whole file.

use jiff::civil::Date;

use crate::domain::cell::Cell;
use crate::domain::cell::Row;
use crate::domain::nip::Kind;
use crate::domain::nip::Nip;
use crate::domain::nip::Sex;
use crate::domain::nip::former_number;
use crate::domain::roster::Columns;
use crate::domain::roster::Duty;
use crate::domain::roster::Employment;
use crate::domain::roster::Field;
use crate::domain::roster::Parsed;
use crate::domain::roster::Refusal;
use crate::domain::roster::RefusalReason;
use crate::domain::roster::RosterRow;
use crate::domain::roster::Skip;
use crate::domain::roster::WarningKind;
use crate::domain::roster::standing;
use crate::domain::roster::text::TextError;
use crate::domain::roster::text::VALUE_BYTES_MAX;
use crate::domain::roster::text::clean;

/// Words that begin the row under a list.
const FOOTERS: [&str; 8] = [
    "jumlah",
    "total",
    "sub total",
    "subtotal",
    "grand total",
    "keterangan",
    "catatan",
    "mengetahui",
];

/// Reads one row below the header. Columns that no [`Field`] names are never looked at.
pub fn parse_row(columns: &Columns, row: &Row) -> Parsed {
    if let Some(skip) = skip(columns, row) {
        return Parsed::Skipped(row.line(), skip);
    }
    match person(columns, row) {
        Ok((person, warnings)) => Parsed::Person(Box::new(person), warnings),
        Err((field, reason)) => Parsed::Refused(Box::new(refusal(columns, row, field, reason))),
    }
}

/// Which field, and why.
type Fault = (Field, RefusalReason);

fn person(columns: &Columns, row: &Row) -> Result<(RosterRow, Vec<WarningKind>), Fault> {
    let text = |field: Field| {
        clean(columns.cell(row, field)).map_err(|error| match error {
            TextError::Letters => (field, RefusalReason::Letters),
            TextError::Long => (field, RefusalReason::TooLong),
        })
    };
    let nip =
        Nip::from_cell(columns.cell(row, Field::Nip)).map_err(|e| (Field::Nip, RefusalReason::Nip(e)))?;
    let mut warnings = nip_warnings(columns, row, &nip);
    let name = text(Field::Name)?;
    if !name.chars().any(char::is_alphabetic) {
        return Err((Field::Name, RefusalReason::NameMissing));
    }
    let name = with_titles(&text(Field::TitleBefore)?, &name, &text(Field::TitleAfter)?);
    if name.len() > VALUE_BYTES_MAX {
        return Err((Field::Name, RefusalReason::TooLong));
    }
    let levels = (1..=5)
        .map(|level| text(Field::UnitLevel(level)))
        .collect::<Result<Vec<_>, _>>()?;
    let unit_path = unit_path(&text(Field::UnitRoot)?, &levels, &text(Field::Unit)?);
    let unit = unit_path.last().cloned().unwrap_or_default();
    if unit.is_empty() {
        warnings.push(WarningKind::NoUnit);
    }
    let email = email(columns, row, &mut warnings);
    let standing = text(Field::Standing)?;
    let duty = duty(columns, &standing).map_err(|reason| (Field::Standing, reason))?;
    let employment = employment(
        &nip,
        &text(Field::Employment)?,
        &text(Field::Probation)?,
        &standing,
    );
    let former_nip =
        former_number(columns.cell(row, Field::FormerNip)).filter(|former| former != nip.as_str());
    let person = RosterRow {
        line: row.line(),
        former_nip,
        name,
        unit,
        unit_path,
        position: text(Field::Position)?,
        city: text(Field::City)?,
        grade: text(Field::Grade)?,
        email,
        employment,
        duty,
        nip,
    };
    Ok((person, warnings))
}

/// Whether the row is no person.
fn skip(columns: &Columns, row: &Row) -> Option<Skip> {
    let nip = columns.cell(row, Field::Nip);
    let name = columns.cell(row, Field::Name);
    let digits = nip.to_text().bytes().filter(u8::is_ascii_digit).count();
    if digits >= 9 {
        // Nothing but a person carries such a number.
        return None;
    }
    if row.is_empty() {
        return Some(Skip::Blank);
    }
    if columns.is_repeated(row) {
        return Some(Skip::RepeatedHeader);
    }
    if is_column_numbers(row) {
        return Some(Skip::ColumnNumbers);
    }
    if is_footer(row) {
        return Some(Skip::Footer);
    }
    let is_blank = |cell: Cell<'_>| !cell.to_text().chars().any(char::is_alphanumeric);
    // A heading over the whole width stands in every merged cell.
    let is_heading = nip == name;
    ((is_blank(nip) && is_blank(name)) || is_heading).then_some(Skip::NoPerson)
}

fn is_footer(row: &Row) -> bool {
    let first = row.cells().find(|cell| *cell != Cell::Empty);
    let Some(Cell::Text(text)) = first else {
        return false;
    };
    let text = text.trim().to_lowercase();
    FOOTERS.iter().any(|footer| {
        text.strip_prefix(footer)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// `1 2 3 4` or `(1) (2) (3)` under a header.
fn is_column_numbers(row: &Row) -> bool {
    let cells: Vec<String> = row
        .cells()
        .filter(|cell| *cell != Cell::Empty)
        .map(|cell| cell.to_text())
        .collect();
    let number = |text: &String| text.trim_matches(['(', ')', ' ', '.']).parse::<u16>().ok();
    let numbers: Vec<u16> = cells.iter().map_while(number).collect();
    let is_rising = numbers.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    numbers.len() >= 3
        && numbers.len() == cells.len()
        && is_rising
        && numbers.iter().all(|number| *number <= 100)
}

/// NAMA between GELAR DEPAN and GELAR BELAKANG, unless the name carries them already.
fn with_titles(before: &str, name: &str, after: &str) -> String {
    let lower = name.to_lowercase();
    let mut full = String::new();
    if !before.is_empty() && !lower.starts_with(&before.to_lowercase()) {
        full.push_str(before);
        full.push(' ');
    }
    full.push_str(name);
    let after = after.trim_start_matches([',', ' ']);
    if !after.is_empty() && !lower.ends_with(&after.to_lowercase()) {
        full.push_str(", ");
        full.push_str(after);
    }
    full
}

/// From the top down: SATUAN KERJA, the levels, the unit; each once.
fn unit_path(root: &str, levels: &[String], unit: &str) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    let parts = split_unit(root)
        .into_iter()
        .chain(levels.iter().map(String::as_str))
        .chain(split_unit(unit));
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        if !path
            .iter()
            .any(|other| other.to_lowercase() == part.to_lowercase())
        {
            path.push(part.to_owned());
        }
    }
    path
}

/// ` - ` climbs up, as SIASN writes UNOR NAMA; ` / ` and ` > ` climb down.
fn split_unit(unit: &str) -> Vec<&str> {
    if unit.contains(" - ") {
        return unit.split(" - ").collect::<Vec<_>>().into_iter().rev().collect();
    }
    let down = [" / ", " > ", " » "]
        .into_iter()
        .find(|separator| unit.contains(separator));
    down.map_or_else(|| vec![unit], |separator| unit.split(separator).collect())
}

fn duty(columns: &Columns, standing: &str) -> Result<Duty, RefusalReason> {
    if !columns.has(Field::Standing) {
        return Ok(Duty::Required);
    }
    if standing.is_empty() {
        return Err(RefusalReason::StandingMissing);
    }
    standing::read(standing).ok_or_else(|| RefusalReason::StandingUnknown {
        value: standing.chars().take(60).collect(),
    })
}

fn employment(nip: &Nip, employment: &str, probation: &str, standing: &str) -> Employment {
    if matches!(nip.kind(), Kind::Pppk { .. }) {
        return Employment::Pppk;
    }
    let says_cpns = |text: &str| text.to_lowercase().split_whitespace().next() == Some("cpns");
    let is_cpns = says_cpns(employment) || says_cpns(standing) || says_cpns(probation);
    if is_cpns || probation.eq_ignore_ascii_case("c") {
        Employment::Cpns
    } else {
        Employment::Pns
    }
}

/// The official address, else another; what is no address is warned about and left out.
fn email(columns: &Columns, row: &Row, warnings: &mut Vec<WarningKind>) -> Option<String> {
    let mut any = false;
    for field in [Field::Email, Field::EmailOther] {
        let text = clean(columns.cell(row, field)).unwrap_or_default();
        any |= !text.is_empty();
        let addresses = text.split([';', ',', ' ', '/']).filter(|part| !part.is_empty());
        if let Some(address) = addresses
            .filter(|part| is_address(part))
            .map(str::to_ascii_lowercase)
            .next()
        {
            return Some(address);
        }
    }
    if any {
        warnings.push(WarningKind::BadEmail);
    }
    None
}

/// A plain address: the dot-atom of RFC 5322 §3.2.3 at a host name, at most 254 bytes (RFC 5321 §4.5.3.1.3).
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-=?^_`{|}~".contains(&b))
    };
    let is_label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.len() <= 63
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 254
        && local.len() <= 64
        && local.split('.').all(is_atom)
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

fn nip_warnings(columns: &Columns, row: &Row, nip: &Nip) -> Vec<WarningKind> {
    let birth_date = date(&columns.cell(row, Field::BirthDate).to_text());
    let sex = sex(&columns.cell(row, Field::Sex).to_text());
    nip.warnings(birth_date, sex)
        .into_iter()
        .map(WarningKind::Nip)
        .collect()
}

/// `1986-09-26` or `26-09-1986`, with any of `-`, `/`, `.` between.
fn date(text: &str) -> Option<Date> {
    let text = text.trim().split([' ', 'T']).next()?;
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else {
        return None;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn sex(text: &str) -> Option<Sex> {
    match text.trim().to_lowercase().as_str() {
        "m" | "l" | "pria" | "laki-laki" | "laki - laki" | "laki laki" | "1" | "male" => Some(Sex::Male),
        "f" | "p" | "wanita" | "perempuan" | "2" | "female" => Some(Sex::Female),
        _ => None,
    }
}

fn refusal(columns: &Columns, row: &Row, field: Field, reason: RefusalReason) -> Refusal {
    let value = columns.cell(row, field).to_text();
    let hint = match field {
        Field::Standing => None,
        _ => Some(mask(&value)).filter(|hint| !hint.is_empty()),
    };
    let name = clean(columns.cell(row, Field::Name))
        .ok()
        .filter(|name| !name.is_empty());
    let nip = Nip::from_cell(columns.cell(row, Field::Nip)).ok();
    Refusal {
        line: row.line(),
        column: columns.title(field).to_owned(),
        reason,
        hint,
        nip,
        name,
    }
}

/// The first four letters, then dots for what stands for something.
fn mask(value: &str) -> String {
    let keep = |(place, letter): (usize, char)| match letter {
        letter if letter.is_control() => ' ',
        letter if place >= 4 && letter.is_alphanumeric() => '•',
        letter => letter,
    };
    value.trim().chars().take(24).enumerate().map(keep).collect()
}
