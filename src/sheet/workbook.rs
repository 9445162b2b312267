//! The fullest visible sheet of an XLSX as rows, merged cells filled. Absent: the guard (`container`), meaning.

use std::io::Cursor;

use calamine::Data;
use calamine::DataRef;
use calamine::Dimensions;
use calamine::Reader;
use calamine::SheetType;
use calamine::SheetVisible;
use calamine::Xlsx;
use calamine::XlsxError;

use crate::domain::cell::Row;
use crate::sheet::Limits;
use crate::sheet::SheetError;

/// What a cell takes in memory beside its text.
const CELL_COST: u64 = 24;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// A sheet that was read.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) others: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// Reads every visible sheet and keeps the one with the most rows: cover sheets are short.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Sheet, SheetError> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut budget = Budget {
        left: limits.unpacked_bytes_max,
    };
    let mut best: Option<(String, Vec<Row>)> = None;
    let mut others = Vec::new();
    for name in names {
        let rows = sheet(&mut book, &name, limits, &mut budget)?;
        if rows.is_empty() {
            continue;
        }
        let is_fuller = best.as_ref().is_none_or(|(_, best)| rows.len() > best.len());
        let shorter = if is_fuller {
            best.replace((name, rows)).map(|(name, _)| name)
        } else {
            Some(name)
        };
        others.extend(shorter);
    }
    let (name, rows) = best.ok_or(SheetError::NoSheet)?;
    Ok(Sheet { name, others, rows })
}

/// What all cells together may still take: a shared text of 32 KiB may be named by a million cells.
struct Budget {
    left: u64,
}

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<(), SheetError> {
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(CELL_COST);
        self.left = self.left.checked_sub(cost).ok_or(SheetError::Bomb)?;
        Ok(())
    }
}

/// Cells of one line, before they are put in order.
type Line = Vec<(u32, Data)>;

fn sheet(
    book: &mut Book<'_>,
    name: &str,
    limits: &Limits,
    budget: &mut Budget,
) -> Result<Vec<Row>, SheetError> {
    let mut merges = book
        .merge_cells_by_sheet_name(name)
        .map_err(|error| broken(&error))?;
    merges.sort_by_key(|area| area.start);
    let mut merges = Merges {
        waiting: merges.into_iter().peekable(),
        open: Vec::new(),
    };
    let mut cells = book
        .worksheet_cells_reader(name)
        .map_err(|error| broken(&error))?;
    let mut rows = Vec::new();
    let mut current: Option<(u32, Line)> = None;
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        let (line, column) = cell.get_position();
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        if usize::try_from(column).is_ok_and(|column| column >= limits.columns_max) {
            return Err(SheetError::TooManyColumns {
                line: u64::from(line) + 1,
                max: limits.columns_max,
            });
        }
        budget.spend(text_bytes(cell.get_value()))?;
        match &mut current {
            Some((at, cells)) if *at == line => cells.push((column, owned(cell.get_value()))),
            // Rows out of order would break the fill of merged cells, and no spreadsheet writes them.
            Some((at, _)) if *at > line => return Err(SheetError::Damaged),
            _ => {
                if let Some((at, cells)) = current.replace((line, vec![(column, owned(cell.get_value()))])) {
                    rows.extend(finish(at, cells, &mut merges, limits, budget)?);
                }
            }
        }
        if u64::try_from(rows.len()).unwrap_or(u64::MAX) > limits.rows_max {
            return Err(SheetError::TooManyRows { max: limits.rows_max });
        }
    }
    if let Some((at, cells)) = current {
        rows.extend(finish(at, cells, &mut merges, limits, budget)?);
    }
    Ok(rows)
}

/// Merged areas that a row may lie in.
struct Merges {
    waiting: std::iter::Peekable<std::vec::IntoIter<Dimensions>>,
    open: Vec<(Dimensions, Option<Data>)>,
}

impl Merges {
    /// Fills the merged cells of a line with the content of their first one.
    fn fill(
        &mut self,
        at: u32,
        cells: &mut Line,
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<(), SheetError> {
        let columns_max = u32::try_from(limits.columns_max).unwrap_or(u32::MAX);
        self.open.retain(|(area, _)| area.end.0 >= at);
        while let Some(area) = self.waiting.next_if(|area| area.start.0 <= at) {
            let content = cells
                .iter()
                .find(|(column, _)| *column == area.start.1 && area.start.0 == at);
            self.open.push((area, content.map(|(_, data)| data.clone())));
        }
        for (area, content) in &self.open {
            let Some(content) = content else { continue };
            for column in area.start.1..=area.end.1.min(columns_max.saturating_sub(1)) {
                budget.spend(0)?;
                if !cells.iter().any(|(other, _)| *other == column) {
                    if let Data::String(text) = content {
                        budget.spend(text.len())?;
                    }
                    cells.push((column, content.clone()));
                }
            }
        }
        Ok(())
    }
}

/// Puts a line's cells in order, fills merges, checks limits. `None` if nothing is in it.
fn finish(
    at: u32,
    mut cells: Line,
    merges: &mut Merges,
    limits: &Limits,
    budget: &mut Budget,
) -> Result<Option<Row>, SheetError> {
    let line = u64::from(at) + 1;
    merges.fill(at, &mut cells, limits, budget)?;
    cells.sort_by_key(|(column, _)| *column);
    let mut row = Row::new(line);
    for (column, data) in cells {
        row.pad_to(usize::try_from(column).unwrap_or(usize::MAX));
        if push(&mut row, &data) > limits.cell_bytes_max {
            return Err(SheetError::CellTooLong {
                line,
                max: limits.cell_bytes_max,
            });
        }
    }
    row.trim_end();
    Ok((!row.is_empty()).then_some(row))
}

/// Adds a cell and gives the bytes of its text.
fn push(row: &mut Row, data: &Data) -> usize {
    let text = match data {
        Data::Float(number) => return push_number(row, *number),
        Data::Int(number) => number.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Bool(flag) => flag.to_string(),
        Data::Error(_) | Data::Empty => String::new(),
    };
    row.push_text(&text);
    text.len()
}

fn push_number(row: &mut Row, number: f64) -> usize {
    row.push_number(number);
    0
}

fn text_bytes(data: &DataRef<'_>) -> usize {
    match data {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        _ => 0,
    }
}

fn owned(data: &DataRef<'_>) -> Data {
    Data::from(data.clone())
}

fn broken(error: &XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::Encrypted,
        _ => SheetError::Damaged,
    }
}
