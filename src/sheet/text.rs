//! Physical lines of a text as UTF-8, whatever it was encoded in. Absent: delimiters and quotes.
//!
//! Without a mark, a text is UTF-8 until a line shows otherwise, and Windows-1252 from then on (WHATWG Encoding).
//! A file whose lines show both is refused: guessing would put wrong letters into people's names.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;

use encoding_rs::Decoder;
use encoding_rs::UTF_16BE;
use encoding_rs::UTF_16LE;
use encoding_rs::WINDOWS_1252;

use crate::sheet::SheetError;
use crate::sheet::sniff::Mark;

/// What the lines so far have shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Ascii,
    Utf8,
    Windows1252,
}

/// Reads lines.
pub(crate) struct Lines<'a> {
    reader: BufReader<Box<dyn Read + Send + 'a>>,
    shown: Shown,
    marked: bool,
    line: u64,
    bytes: Vec<u8>,
    line_bytes_max: u64,
    end: u8,
}

impl<'a> Lines<'a> {
    /// Lines of `reader`, whose first bytes carry `mark`. No line may be longer than `line_bytes_max`.
    pub(crate) fn new(reader: impl Read + Send + 'a, mark: Mark, line_bytes_max: u64) -> Self {
        let reader: Box<dyn Read + Send + 'a> = match mark {
            Mark::Utf16Le => Box::new(Utf16::new(reader, UTF_16LE.new_decoder_with_bom_removal())),
            Mark::Utf16Be => Box::new(Utf16::new(reader, UTF_16BE.new_decoder_with_bom_removal())),
            Mark::None | Mark::Utf8 => Box::new(reader),
        };
        let marked = mark != Mark::None;
        let shown = if marked { Shown::Utf8 } else { Shown::Ascii };
        let reader = BufReader::with_capacity(1 << 16, reader);
        Self {
            reader,
            shown,
            marked,
            line: 0,
            bytes: Vec::new(),
            line_bytes_max,
            end: b'\n',
        }
    }

    /// What is already in the buffer, for a look ahead.
    pub(crate) fn peek(&mut self) -> Result<&[u8], SheetError> {
        self.reader.fill_buf().map_err(SheetError::from_io)
    }

    /// Takes the carriage return for the end of a line, as "CSV (Macintosh)" has it.
    pub(crate) fn end_at_return(&mut self) {
        self.end = b'\r';
    }

    /// Number of the line last given, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Appends the next line to `out`, with its line feed; `false` at the end.
    pub(crate) fn next_into(&mut self, out: &mut String) -> Result<bool, SheetError> {
        self.bytes.clear();
        let max = self.line_bytes_max;
        let read = self
            .reader
            .by_ref()
            .take(max)
            .read_until(self.end, &mut self.bytes)
            .map_err(SheetError::from_io)?;
        if read == 0 {
            return Ok(false);
        }
        self.line += 1;
        if u64::try_from(read).is_ok_and(|read| read >= max) {
            let max = usize::try_from(max).unwrap_or(usize::MAX);
            return Err(SheetError::CellTooLong { line: self.line, max });
        }
        let bytes = self.bytes.as_slice();
        let bytes = if self.line == 1 {
            bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
        } else {
            bytes
        };
        if bytes.contains(&0) {
            return Err(SheetError::NotATable);
        }
        self.shown = decode(bytes, self.shown, self.marked, self.line, out)?;
        Ok(true)
    }
}

/// Decodes one line by what the lines before have shown.
fn decode(
    bytes: &[u8],
    shown: Shown,
    marked: bool,
    line: u64,
    out: &mut String,
) -> Result<Shown, SheetError> {
    if bytes.is_ascii() || shown != Shown::Windows1252 {
        if let Ok(text) = std::str::from_utf8(bytes) {
            out.push_str(text);
            return Ok(if bytes.is_ascii() { shown } else { Shown::Utf8 });
        }
        if marked || shown == Shown::Utf8 {
            return Err(SheetError::Encoding { line });
        }
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    out.push_str(&text);
    Ok(Shown::Windows1252)
}

/// UTF-16 as UTF-8. Broken units become U+FFFD, which the roster refuses in a name.
struct Utf16<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(inner: R, decoder: Decoder) -> Self {
        Self {
            inner,
            decoder,
            input: vec![0; 1 << 14],
            output: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        while self.given >= self.output.len() && !self.ended {
            let read = self.inner.read(&mut self.input)?;
            self.ended = read == 0;
            let input = self.input.get(..read).unwrap_or_default();
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(1 << 17);
            self.output.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
            self.output.truncate(written);
            self.given = 0;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.refill()?;
        let rest = self.output.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(target), Some(source)) = (buffer.get_mut(..count), rest.get(..count)) {
            target.copy_from_slice(source);
        }
        self.given += count;
        Ok(count)
    }
}
