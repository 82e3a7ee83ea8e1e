//! Standard output, standard error, and the progress bar between them.

use std::io::{self, Write};
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};

use super::input::{Batch, Input};
use super::tally::Tally;
use crate::output::print;

/// Writes what became of the lines, and counts them.
pub(super) struct Sink {
    /// The counts so far.
    pub(super) tally: Tally,
    /// The size of a file is known, so the bar is that of its bytes.
    of_bytes: bool,
    /// It is hidden unless standard error is a terminal.
    bar: ProgressBar,
}

impl Sink {
    pub(super) fn new(input: &Input) -> Sink {
        let (bar, template) = match input.size {
            Some(size) => (ProgressBar::new(size), "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left"),
            None => (ProgressBar::new_spinner(), "{human_pos} lines, {per_sec}, {elapsed}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Sink { tally: Tally::default(), of_bytes: input.size.is_some(), bar }
    }

    /// Writes a batch. It breaks off if nobody reads standard output any more.
    pub(super) fn write(&mut self, batch: &Batch) -> Result<ControlFlow<()>, String> {
        self.tally.add(&batch.tally);
        self.bar.inc(if self.of_bytes { batch.consumed } else { batch.tally.lines });
        let written = self.bar.suspend(|| {
            let mut output = io::stdout().lock();
            output.write_all(batch.output.as_bytes()).and_then(|()| output.flush())
        });
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(format!("standard output: {error}")),
            Ok(()) => {
                self.report(&batch.reports);
                Ok(ControlFlow::Continue(()))
            }
        }
    }

    fn report(&self, reports: &str) {
        if reports.is_empty() {
            return;
        }
        // If it is closed, nobody reads it.
        self.bar.suspend(|| drop(io::stderr().write_all(reports.as_bytes())));
    }

    /// Prints the line at the end.
    pub(super) fn finish(&self, summary: &str) -> Result<(), String> {
        self.bar.finish_and_clear();
        print(summary)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
