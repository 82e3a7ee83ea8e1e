//! Standard output, standard error, and the progress bar between them.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};

use super::input::{Batch, Input};
use super::tally::Tally;

/// Writes what became of the lines, and counts them.
pub(super) struct Sink {
    tally: Tally,
    /// The size of a file is known, so the bar is that of its bytes.
    of_bytes: bool,
    to_terminal: bool,
    /// It is hidden unless standard error is a terminal.
    bar: ProgressBar,
}

impl Sink {
    pub(super) fn new(input: &Input) -> Sink {
        let (bar, template) = match input.size {
            Some(size) => (ProgressBar::new(size), "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left"),
            None => (ProgressBar::new_spinner(), "{human_pos} lines in {elapsed}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Sink { tally: Tally::default(), of_bytes: input.size.is_some(), to_terminal: io::stdout().is_terminal(), bar }
    }

    /// Writes a batch. It breaks off if nobody reads standard output any more.
    pub(super) fn write(&mut self, batch: &Batch) -> Result<ControlFlow<()>, String> {
        self.tally.add(&batch.tally);
        self.bar.inc(if self.of_bytes { batch.consumed } else { batch.tally.lines });
        // The bar is drawn anew around what goes to its terminal.
        let beside = batch.reports.is_empty() && !self.to_terminal;
        match if beside { deliver(batch) } else { self.bar.suspend(|| deliver(batch)) } {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(format!("standard output: {error}")),
            Ok(()) => Ok(ControlFlow::Continue(())),
        }
    }

    /// Removes the bar, and returns the counts.
    pub(super) fn finish(self) -> Tally {
        self.tally
    }
}

fn deliver(batch: &Batch) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(batch.output.as_bytes())?;
    output.flush()?;
    // If standard error is closed, nobody reads it.
    let _ = io::stderr().write_all(batch.reports.as_bytes());
    Ok(())
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
