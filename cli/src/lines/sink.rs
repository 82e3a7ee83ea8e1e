//! Writes standard output, standard error and the progress bar.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};

use super::input::{Batch, Input};
use super::tally::Tally;

/// Writes the output of the lines, and counts them.
pub(super) struct Sink {
    tally: Tally,
    /// Whether the bar counts bytes, because the size of the file is known.
    of_bytes: bool,
    to_terminal: bool,
    /// Hidden unless standard error is a terminal.
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

    /// Writes a batch. Breaks if standard output is closed.
    pub(super) fn write(&mut self, batch: &Batch) -> Result<ControlFlow<()>, String> {
        self.tally.add(&batch.tally);
        self.bar.inc(if self.of_bytes { batch.consumed } else { batch.tally.lines });
        // Output to the terminal of the bar must not overwrite it.
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
    // A closed standard error is ignored.
    let _ = io::stderr().write_all(batch.reports.as_bytes());
    Ok(())
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
