//! An [`Index`] as bytes, so that a large roster is read once and loaded in moments. Where the bytes lie is the caller's.
//!
//! `ikrar/link-index/v1`, a line feed, the model version, a line feed; then columns of little-endian numbers and lists of
//! texts, each with its count before it; last the SHA-256 of everything before. Made and read by the same model version only:
//! words and phrases are stored as the tables of that version made them.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::io::Read;
use std::io::Write;

use sha2::Digest;
use sha2::Sha256;

use super::MODEL_VERSION;
use super::index::Columns;
use super::index::GONE;
use super::index::Index;
use super::index::NONE;
use super::numbers::Numbers;
use super::phrase::Kept;
use super::phrase::Phrases;
use super::vocabulary::Vocabulary;
use super::vocabulary::at;

/// The first line of a snapshot.
pub const SNAPSHOT_LINE: &[u8] = b"ikrar/link-index/v1\n";

/// More of anything is not a roster.
const COUNT_MAX: u64 = 1 << 32;
/// The longest text.
const TEXT_BYTES_MAX: u32 = 1 << 16;

/// Why a snapshot cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Not a snapshot at all.
    #[error("this is no snapshot of an index (it must begin with `ikrar/link-index/v1`)")]
    Foreign,
    /// Another model's.
    #[error(
        "the snapshot was made by another version of the model than {MODEL_VERSION}; make it anew from the roster"
    )]
    Version,
    /// Cut short, or changed.
    #[error("the snapshot is damaged ({0}); make it anew from the roster")]
    Damaged(&'static str),
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Index {
    /// Writes the index.
    pub fn save(&self, to: &mut dyn Write) -> Result<(), SnapshotError> {
        let mut writer = Writer {
            to,
            digest: Sha256::new(),
        };
        writer.bytes(SNAPSHOT_LINE)?;
        writer.bytes(MODEL_VERSION.as_bytes())?;
        writer.bytes(b"\n")?;
        writer.u32s([self.live].into_iter())?;
        let columns = &self.columns;
        for column in [
            &columns.starts,
            &columns.words,
            &columns.unit,
            &columns.city,
            &columns.position,
        ] {
            writer.u32s(column.iter().copied())?;
        }
        writer.u64s(columns.numbers.iter().copied())?;
        writer.u32s(self.odd.keys().copied())?;
        writer.texts(self.odd.values().map(String::as_str))?;
        let words = self.names.entries();
        writer.texts(words.iter().map(|word| word.text.as_str()))?;
        for phrases in [&self.units, &self.cities, &self.positions] {
            phrases.save(&mut writer)?;
        }
        for shared in [&self.unit_city, &self.unit_position] {
            let mut pairs: Vec<_> = shared.iter().collect();
            pairs.sort_unstable();
            writer.u32s(
                pairs
                    .into_iter()
                    .flat_map(|((unit, other), people)| [*unit, *other, *people]),
            )?;
        }
        let numbers = &self.numbers;
        writer.u64s(numbers.ordered.iter().map(|(number, _)| *number))?;
        writer.u32s(numbers.ordered.iter().map(|(_, owner)| *owner))?;
        writer.u32s(numbers.turned.iter().copied())?;
        let digest = writer.digest.finalize();
        Ok(to.write_all(&digest)?)
    }

    /// Reads an index that [`Index::save`] wrote. `from` should be buffered.
    pub fn load(from: &mut dyn Read) -> Result<Self, SnapshotError> {
        let mut reader = Reader {
            from,
            digest: Sha256::new(),
        };
        reader.line(SNAPSHOT_LINE, SnapshotError::Foreign)?;
        reader.line(MODEL_VERSION.as_bytes(), SnapshotError::Version)?;
        reader.line(b"\n", SnapshotError::Version)?;
        let mut index = Self::empty();
        index.live = reader.u32s()?.first().copied().unwrap_or(0);
        let [starts, words, unit, city, position] = reader.columns()?;
        index.columns = Columns {
            starts,
            words,
            numbers: reader.u64s()?,
            unit,
            city,
            position,
        };
        let odd = reader.u32s()?;
        index.odd = odd.into_iter().zip(reader.texts()?).collect::<BTreeMap<_, _>>();
        index.names = Vocabulary::of(reader.texts()?);
        let columns = &index.columns;
        for place in 0..columns.numbers.len() {
            let id = u32::try_from(place).unwrap_or(u32::MAX);
            // Who left bears no word any more, and keeps the place alone.
            let gone = columns.numbers.get(place) == Some(&GONE);
            for word in columns.words_of(place).filter(|_| !gone).unwrap_or_default() {
                index.names.bear_again(*word, id);
            }
        }
        for phrases in [&mut index.units, &mut index.cities, &mut index.positions] {
            phrases.load(&mut reader)?;
        }
        index.unit_city = reader.shares()?;
        index.unit_position = reader.shares()?;
        let ordered = reader.u64s()?.into_iter();
        let ordered = ordered.zip(reader.u32s()?).collect();
        index.numbers = Numbers::of(ordered, reader.u32s()?);
        reader.finish()?;
        index.check()?;
        index.seal();
        Ok(index)
    }

    /// Columns of different lengths, and places that do not exist, would give answers about the wrong people.
    fn check(&self) -> Result<(), SnapshotError> {
        let columns = &self.columns;
        let people = columns.numbers.len();
        let lengths = [
            columns.unit.len(),
            columns.city.len(),
            columns.position.len(),
            columns.starts.len().saturating_sub(1),
        ];
        let ascending =
            columns.starts.is_sorted() && columns.starts.last().copied().map(at) == Some(columns.words.len());
        let within =
            |column: &[u32], length: usize| column.iter().all(|value| *value == NONE || at(*value) < length);
        let placed = columns
            .words
            .iter()
            .all(|word| at(*word) < self.names.entries().len())
            && within(&columns.unit, self.units.known.len())
            && within(&columns.city, self.cities.known.len())
            && within(&columns.position, self.positions.known.len())
            && [&self.units, &self.cities, &self.positions]
                .iter()
                .all(|phrases| phrases.is_sound());
        let live = columns.numbers.iter().filter(|number| **number != GONE).count();
        let sound = placed && self.numbers.is_sound(people) && at(self.live) == live;
        if lengths.iter().all(|length| *length == people) && ascending && sound {
            Ok(())
        } else {
            Err(SnapshotError::Damaged("its columns do not belong together"))
        }
    }
}

/// Writes what it is given, and hashes it.
pub(super) struct Writer<'a> {
    to: &'a mut dyn Write,
    digest: Sha256,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        self.digest.update(bytes);
        Ok(self.to.write_all(bytes)?)
    }

    fn chunked<const N: usize>(
        &mut self,
        count: usize,
        numbers: impl Iterator<Item = [u8; N]>,
    ) -> Result<(), SnapshotError> {
        self.bytes(&u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes())?;
        let mut chunk: Vec<u8> = Vec::with_capacity(CHUNK);
        for number in numbers {
            chunk.extend_from_slice(&number);
            if chunk.len() >= CHUNK {
                self.bytes(&chunk)?;
                chunk.clear();
            }
        }
        self.bytes(&chunk)
    }

    pub(super) fn u32s(&mut self, numbers: impl Iterator<Item = u32>) -> Result<(), SnapshotError> {
        let numbers: Vec<u32> = numbers.collect();
        self.chunked(numbers.len(), numbers.iter().map(|number| number.to_le_bytes()))
    }

    fn u64s(&mut self, numbers: impl Iterator<Item = u64>) -> Result<(), SnapshotError> {
        let numbers: Vec<u64> = numbers.collect();
        self.chunked(numbers.len(), numbers.iter().map(|number| number.to_le_bytes()))
    }

    pub(super) fn texts<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> Result<(), SnapshotError> {
        let texts: Vec<&str> = texts.collect();
        self.u32s(texts.iter().map(|text| super::vocabulary::count(text.len())))?;
        texts.iter().try_for_each(|text| self.bytes(text.as_bytes()))
    }
}

/// How many bytes are moved at once.
const CHUNK: usize = 1 << 16;

/// Reads what was written, and hashes it.
pub(super) struct Reader<'a> {
    from: &'a mut dyn Read,
    digest: Sha256,
}

impl Reader<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), SnapshotError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => SnapshotError::Damaged("it ends too early"),
            _ => SnapshotError::Io(error),
        })?;
        self.digest.update(bytes);
        Ok(())
    }

    fn line(&mut self, expected: &[u8], otherwise: SnapshotError) -> Result<(), SnapshotError> {
        let mut found = vec![0; expected.len()];
        match self.fill(&mut found) {
            Ok(()) if found == expected => Ok(()),
            Ok(()) | Err(SnapshotError::Damaged(_)) => Err(otherwise),
            Err(error) => Err(error),
        }
    }

    fn numbers<const N: usize, T>(&mut self, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, SnapshotError> {
        let mut count = [0; 8];
        self.fill(&mut count)?;
        let mut left = u64::from_le_bytes(count);
        if left > COUNT_MAX {
            return Err(SnapshotError::Damaged("it claims more people than there are"));
        }
        // A damaged count is met by the end of the file, not by an allocation of its size.
        let mut numbers: Vec<T> = Vec::new();
        let mut chunk = vec![0_u8; CHUNK / N * N];
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len() / N);
            let bytes = chunk.get_mut(..now.saturating_mul(N)).unwrap_or_default();
            self.fill(bytes)?;
            let (words, _) = bytes.as_chunks::<N>();
            numbers.extend(words.iter().map(|word| read(*word)));
            left = left.saturating_sub(u64::try_from(now).unwrap_or(u64::MAX));
        }
        Ok(numbers)
    }

    pub(super) fn u32s(&mut self) -> Result<Vec<u32>, SnapshotError> {
        self.numbers(u32::from_le_bytes)
    }

    fn u64s(&mut self) -> Result<Vec<u64>, SnapshotError> {
        self.numbers(u64::from_le_bytes)
    }

    fn columns<const N: usize>(&mut self) -> Result<[Vec<u32>; N], SnapshotError> {
        let mut columns = [const { Vec::new() }; N];
        for column in &mut columns {
            *column = self.u32s()?;
        }
        Ok(columns)
    }

    pub(super) fn texts(&mut self) -> Result<Vec<String>, SnapshotError> {
        let lengths = self.u32s()?;
        let mut texts = Vec::with_capacity(lengths.len());
        for length in lengths {
            if length > TEXT_BYTES_MAX {
                return Err(SnapshotError::Damaged("a text is too long"));
            }
            let mut bytes = vec![0; at(length)];
            self.fill(&mut bytes)?;
            let text = String::from_utf8(bytes);
            texts.push(text.map_err(|_error| SnapshotError::Damaged("a text is not UTF-8"))?);
        }
        Ok(texts)
    }

    fn shares(&mut self) -> Result<HashMap<(u32, u32), u32>, SnapshotError> {
        let flat = self.u32s()?;
        let (triples, _) = flat.as_chunks::<3>();
        Ok(triples
            .iter()
            .map(|[unit, other, people]| ((*unit, *other), *people))
            .collect())
    }

    fn finish(self) -> Result<(), SnapshotError> {
        let expected = self.digest.finalize();
        let mut found = [0; 32];
        match self.from.read_exact(&mut found) {
            Ok(()) if found.as_slice() == expected.as_slice() => Ok(()),
            Ok(()) => Err(SnapshotError::Damaged("its bytes were changed")),
            Err(_) => Err(SnapshotError::Damaged("it ends too early")),
        }
    }
}

/// What [`Phrases`] keep in a snapshot.
impl Phrases {
    fn save(&self, writer: &mut Writer<'_>) -> Result<(), SnapshotError> {
        let words = self.vocabulary.entries();
        writer.texts(words.iter().map(|word| word.text.as_str()))?;
        let lengths = self
            .known
            .iter()
            .map(|phrase| super::vocabulary::count(phrase.words.len()));
        writer.u32s(lengths)?;
        writer.u32s(self.known.iter().flat_map(|phrase| phrase.words.iter().copied()))?;
        writer.u32s(self.known.iter().map(|phrase| phrase.people))?;
        writer.u32s(self.known.iter().map(|phrase| phrase.government))?;
        writer.u32s(self.known.iter().map(|phrase| phrase.seat))?;
        writer.u64s(self.known.iter().map(|phrase| phrase.begins))?;
        writer.u64s(self.known.iter().map(|phrase| phrase.joined))?;
        writer.u32s([self.people].into_iter())?;
        for map in [self.forms(), self.acronyms_sorted()] {
            writer.texts(map.iter().map(|(text, _)| *text))?;
            writer.u32s(map.iter().map(|(_, phrase)| *phrase))?;
        }
        Ok(())
    }

    /// Whether every word and every phrase that is named is there.
    fn is_sound(&self) -> bool {
        let words = self.vocabulary.entries().len();
        let mut named = self.known.iter().flat_map(|phrase| &phrase.words);
        named.all(|word| at(*word) < words)
            && self.phrases_named().all(|phrase| at(phrase) < self.known.len())
    }

    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let texts = reader.texts()?;
        let [lengths, words, people, governments, seats] = reader.columns()?;
        let (begins, joined) = (reader.u64s()?, reader.u64s()?);
        let all = reader.u32s()?;
        let forms = reader.texts()?.into_iter().zip(reader.u32s()?).collect();
        let acronyms: Vec<(String, u32)> = reader.texts()?.into_iter().zip(reader.u32s()?).collect();
        self.restore(
            Vocabulary::of(texts),
            (lengths, words),
            Kept {
                people,
                governments,
                seats,
                begins,
                joined,
            },
            forms,
            acronyms,
        );
        self.people = all.first().copied().unwrap_or(0);
        Ok(())
    }
}
