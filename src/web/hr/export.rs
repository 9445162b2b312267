//! The list as a file: exactly what the filter shows, as CSV or XLSX.
//!
//! Excel with Indonesian settings writes decimals with a comma and so expects `;` between cells; it reads UTF-8 only behind a
//! byte-order mark. Hence both. It would turn 18 digits into a rounded number, so a CSV carries the NIP in its printed groups
//! (`19860926 200901 1 001`), which our own import reads back; in XLSX the cell is text. A cell that a spreadsheet could take
//! for a formula gets an apostrophe in front (OWASP, "CSV Injection").

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Query;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::Workbook;
use rust_xlsxwriter::XlsxError;

use crate::domain::nip::Nip;
use crate::domain::role::Action;
use crate::render;
use crate::service::Error;
use crate::service::Problem;
use crate::service::dashboard::Member;
use crate::service::election::ElectionRow;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;
use crate::web::hr::Asked;
use crate::web::hr::check;
use crate::web::hr::filtered;

/// Columns, by the keys of their titles.
const TITLES: [&str; 9] = [
    "hr-column-nip",
    "hr-column-name",
    "hr-column-unit",
    "hr-column-path",
    "hr-column-position",
    "hr-column-city",
    "hr-column-state",
    "hr-column-reason",
    "hr-column-signed",
];

/// `GET /hr/export.csv`.
pub async fn csv(officer: OfficerVisitor, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let (election, rows) = rows(&officer, asked.into_inner(), Nip::spaced).await?;
    let bytes = write_csv(&rows).map_err(Error::internal)?;
    Ok(file(&election, "csv", "text/csv; charset=utf-8", bytes))
}

/// `GET /hr/export.xlsx`.
pub async fn xlsx(officer: OfficerVisitor, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let (election, rows) = rows(&officer, asked.into_inner(), |nip| nip.as_str().to_owned()).await?;
    let bytes = actix_web::web::block(move || write_xlsx(&rows))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(&election, "xlsx", kind, bytes))
}

type Row = Vec<String>;

async fn rows(
    officer: &OfficerVisitor,
    asked: Asked,
    print: impl Fn(&Nip) -> String,
) -> Result<(ElectionRow, Vec<Row>), Failure> {
    check(&officer.officer, Action::ExportPeople)?;
    let (election, members) = filtered(officer, asked, Action::ExportPeople).await?;
    officer
        .note("people-exported", format!("election {}", election.id))
        .await?;
    let words = |key: &'static str| officer.visitor.words(&Problem::new(key));
    let mut rows = vec![TITLES.into_iter().map(words).collect::<Result<Row, _>>()?];
    let say = |key: String| {
        let visitor = &officer.visitor;
        visitor.app.render().text(visitor.lang, &key, &[])
    };
    for member in &members {
        let state = say(format!("hr-state-{}", member.state.key()))?;
        let reason = match &member.reason {
            Some(reason) => say(format!("roster-duty-{reason}"))?,
            None => String::new(),
        };
        let signed = member
            .signed_s
            .and_then(|at_s| render::datetime(at_s, &election.zone, officer.visitor.lang))
            .unwrap_or_default();
        rows.push(row(member, &print, state, reason, signed));
    }
    Ok((election, rows))
}

fn row(
    member: &Member,
    print: impl Fn(&Nip) -> String,
    state: String,
    reason: String,
    signed: String,
) -> Row {
    let person = &member.person;
    vec![
        Nip::parse(&person.nip).map(|nip| print(&nip)).unwrap_or_default(),
        person.name.clone(),
        person.unit.clone(),
        person.unit_path.replace('\u{1f}', " / "),
        person.position.clone(),
        person.city.clone(),
        state,
        reason,
        signed,
    ]
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn write_csv(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell).into_owned()))?;
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

fn write_xlsx(rows: &[Row]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let text = Format::new().set_num_format("@");
    let title = Format::new().set_bold();
    let sheet = book.add_worksheet();
    for (line, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            let format = if line == 0 { &title } else { &text };
            sheet.write_string_with_format(line, column, harmless(cell), format)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    book.save_to_buffer()
}

fn file(election: &ElectionRow, suffix: &str, kind: &'static str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.{suffix}\"", election.id),
        ))
        .body(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_file_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("Budi - Santoso"), "Budi - Santoso");
    }

    #[test]
    fn the_csv_is_what_excel_in_indonesia_opens() {
        let rows = vec![
            vec!["NIP".to_owned(), "Nama".to_owned()],
            vec![
                "19860926 200901 1 001".to_owned(),
                "=HYPERLINK(\"x\");Budi".to_owned(),
            ],
        ];
        let text = String::from_utf8(write_csv(&rows).unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{feff}NIP;Nama\r\n19860926 200901 1 001;\"'=HYPERLINK(\"\"x\"\");Budi\"\r\n"
        );
    }

    #[test]
    fn a_number_in_the_workbook_stays_text() {
        let rows = vec![vec!["198609262009011001".to_owned(), "=1".to_owned()]];
        let bytes = write_xlsx(&rows).unwrap();
        let table = crate::sheet::read(&bytes, &crate::sheet::Limits::UPLOAD).unwrap();
        let cells: Vec<_> = table.rows[0].cells().collect();
        assert_eq!(cells[0], crate::domain::cell::Cell::Text("198609262009011001"));
        assert_eq!(cells[1], crate::domain::cell::Cell::Text("'=1"));
    }
}
