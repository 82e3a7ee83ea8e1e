//! Lines of a file or of standard input, in batches.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use super::tally::Tally;
use crate::documents::file_name;

/// The most bytes of a line with its ending. A longer line is skipped, so that a file without line
/// feeds does not fill the memory.
pub const LONGEST: usize = 64 << 20;
/// The bytes at which a batch is full. Its last line may exceed them.
const FULL: usize = 1 << 18;
/// The lines at which a batch is full, because each may have a report.
const MANY: usize = 1 << 12;

/// Some lines with their output. A batch is reused, to save allocations.
#[derive(Default)]
pub(super) struct Batch {
    /// The number of its first line, from 1.
    pub(super) first: u64,
    /// The text of its lines.
    pub(super) bytes: Vec<u8>,
    /// The range of each line with its ending, or `None` if the line is too long.
    pub(super) lines: Vec<Option<Range<usize>>>,
    /// The number of bytes read, with skipped lines.
    pub(super) consumed: u64,
    /// For standard output.
    pub(super) output: String,
    /// For standard error.
    pub(super) reports: String,
    /// The counts of its lines.
    pub(super) tally: Tally,
}

impl Batch {
    /// Clears the batch, and frees the memory of a huge line.
    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2 * FULL);
        self.output.clear();
        self.output.shrink_to(4 * FULL);
        self.reports.clear();
        self.reports.shrink_to(FULL);
        self.lines.clear();
        (self.consumed, self.tally) = (0, Tally::default());
    }
}

/// The condition to return a batch before it is full.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Hurry {
    /// The reader would wait for input. Each line of a slow stream is then answered.
    BeforeWaiting,
    /// Never.
    None,
}

/// The source of the lines.
pub(super) struct Input {
    /// Its name, for messages.
    pub(super) name: String,
    /// The number of its bytes, if it is a file.
    pub(super) size: Option<u64>,
    reader: BufReader<Box<dyn Read>>,
    next: u64,
    failure: Option<io::Error>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(path: &OsStr) -> Result<Input, String> {
        let name = file_name(path);
        if path == "-" {
            return Ok(Input::new(name, None, Box::new(io::stdin())));
        }
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|error| format!("{name}: {error}"))?;
        // The size of a pipe or a device has no meaning.
        let size = metadata.is_file().then_some(metadata.len());
        Ok(Input::new(name, size, Box::new(file)))
    }

    fn new(name: String, size: Option<u64>, reader: Box<dyn Read>) -> Input {
        Input { name, size, reader: BufReader::with_capacity(FULL, reader), next: 1, failure: None }
    }

    /// Fills a batch with the next lines. It has no lines at the end and after a failure.
    pub(super) fn fill(&mut self, batch: &mut Batch, hurry: Hurry) {
        batch.clear();
        batch.first = self.next;
        while self.failure.is_none() && batch.bytes.len() < FULL && batch.lines.len() < MANY {
            match self.read_line(batch) {
                Ok(true) => self.next += 1,
                Ok(false) => break,
                Err(error) => self.failure = Some(error),
            }
            if hurry == Hurry::BeforeWaiting && self.reader.buffer().is_empty() {
                break;
            }
        }
    }

    /// Reads a line. Returns false at the end.
    fn read_line(&mut self, batch: &mut Batch) -> io::Result<bool> {
        let start = batch.bytes.len();
        let read = self.reader.by_ref().take(LONGEST as u64).read_until(b'\n', &mut batch.bytes)?;
        batch.consumed += read as u64;
        if read == LONGEST && batch.bytes.last() != Some(&b'\n') {
            batch.bytes.truncate(start);
            batch.consumed += self.reader.skip_until(b'\n')? as u64;
            batch.lines.push(None);
        } else if read > 0 {
            batch.lines.push(Some(start..batch.bytes.len()));
        }
        Ok(read > 0)
    }

    /// Returns the error that ended the lines early, if there is one.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.failure.take().map_or(Ok(()), |error| Err(format!("{}: {error}", self.name)))
    }
}
