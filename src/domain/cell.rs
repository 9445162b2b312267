//! One row of a table as an office sent it: cells of text or number, and the line it stood on.
//! Absent: where the row came from (`crate::sheet`) and what its columns mean (`crate::domain::roster`).

/// The largest whole number that Excel keeps exactly: 15 significant digits.
const EXACT_MAX: f64 = 999_999_999_999_999.0;

/// What one cell holds. A number stays a number, because a long one has already lost its last digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, or only blanks.
    Empty,
    /// Text as it stood, not trimmed.
    Text(&'a str),
    /// A number of a workbook. Beyond 15 digits its end is not to be trusted.
    Number(f64),
}

impl Cell<'_> {
    /// Whether the cell is a number too long to have survived a spreadsheet.
    pub fn is_damaged_number(&self) -> bool {
        matches!(self, Self::Number(number) if number.abs() > EXACT_MAX)
    }

    /// The cell as text: whole numbers without a fraction.
    ///
    /// ```
    /// use ikrar::domain::cell::Cell;
    /// assert_eq!(Cell::Number(12.0).to_text(), "12");
    /// assert_eq!(Cell::Text(" a ").to_text(), " a ");
    /// ```
    pub fn to_text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => (*text).to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Where a cell's content lies in its row.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slot {
    Empty,
    Text { start: usize, end: usize },
    Number(f64),
}

/// A row: its line in the file, counted from 1 as the office's own program counts, and its cells.
#[derive(Clone, PartialEq)]
pub struct Row {
    line: u64,
    text: String,
    slots: Vec<Slot>,
}

impl Row {
    /// An empty row at `line` (from 1).
    pub fn new(line: u64) -> Self {
        Self {
            line,
            text: String::new(),
            slots: Vec::new(),
        }
    }

    /// A row of text cells, for callers that have them at hand.
    ///
    /// ```
    /// use ikrar::domain::cell::{Cell, Row};
    /// let row = Row::of_text(3, &["NIP", " ", "NAMA"]);
    /// assert_eq!((row.line(), row.len()), (3, 3));
    /// assert_eq!(row.cell(1), Cell::Empty);
    /// assert_eq!(row.cell(2), Cell::Text("NAMA"));
    /// assert_eq!(row.cell(9), Cell::Empty);
    /// ```
    pub fn of_text(line: u64, cells: &[&str]) -> Self {
        let mut row = Self::new(line);
        for cell in cells {
            row.push_text(cell);
        }
        row
    }

    /// Adds a text cell at the right end; blanks alone make it empty.
    pub fn push_text(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.slots.push(Slot::Empty);
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.slots.push(Slot::Text {
            start,
            end: self.text.len(),
        });
    }

    /// Adds a number at the right end.
    pub fn push_number(&mut self, number: f64) {
        self.slots.push(Slot::Number(number));
    }

    /// Adds empty cells until the row has `len` cells.
    pub fn pad_to(&mut self, len: usize) {
        while self.slots.len() < len {
            self.slots.push(Slot::Empty);
        }
    }

    /// Drops the empty cells at the right end.
    pub fn trim_end(&mut self) {
        while matches!(self.slots.last(), Some(Slot::Empty)) {
            self.slots.pop();
        }
    }

    /// The line in the file, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many cells the row has.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no cell holds anything.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(|slot| matches!(slot, Slot::Empty))
    }

    /// The cell at `column` (from 0); beyond the end it is empty.
    pub fn cell(&self, column: usize) -> Cell<'_> {
        match self.slots.get(column) {
            None | Some(Slot::Empty) => Cell::Empty,
            Some(Slot::Number(number)) => Cell::Number(*number),
            Some(Slot::Text { start, end }) => self.text.get(*start..*end).map_or(Cell::Empty, Cell::Text),
        }
    }

    /// All cells from left to right.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.slots.len()).map(|column| self.cell(column))
    }
}

/// Shows the place only: cells hold people's data, which no log may carry.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row")
            .field("line", &self.line)
            .field("cells", &self.slots.len())
            .finish_non_exhaustive()
    }
}
