//! `metadata-merge patch --lines`: applies one body to a stream of documents, one on each line.
//!
//! Memory is bounded: a line by [`LONGEST`], and waiting lines by a few batches for each thread.

use std::ffi::OsStr;
use std::process::ExitCode;

use crate::documents;
use crate::output::{print, tell};
use crate::patch::{Format, Limits, Options, Output};

mod input;
mod job;
mod pipeline;
mod preview;
mod sink;
mod tally;

use self::input::Input;
pub use self::input::LONGEST;
use self::job::Job;
use self::sink::Sink;

/// Prints each line after the patch, or its changes. Reports the lines that cannot be patched on
/// standard error.
///
/// # Errors
///
/// Invalid options, an invalid body, or lines that cannot be read or written.
pub fn run(lines: &OsStr, patch: &OsStr, options: &Options, threads: usize) -> Result<ExitCode, String> {
    if lines == "-" && patch == "-" {
        return Err(documents::ONE_INPUT.to_owned());
    }
    if options.output == Output::Document && (options.format == Format::Json || !options.mask.is_empty()) {
        return Err("with --lines, --json and --mask need --dry-run: no changes are printed without it".to_owned());
    }
    let [patch] = documents::read([patch])?;
    let mut input = Input::open(lines)?;
    let name = input.name.clone();
    let job = Job::new(&patch, &name, options)?;
    if let Some(found) = patch.wide_integer().filter(|_| options.output == Output::Changes) {
        tell(&format!("warning: {found}: the changes show an integer of more than 64 bits rounded"));
    }
    let mut sink = Sink::new(&input);
    if pipeline::run(&job, &mut input, &mut sink, threads)?.is_break() {
        return Ok(ExitCode::SUCCESS); // as for the other commands
    }
    let tally = sink.finish();
    let failures = tally.failures();
    if options.output == Output::Changes {
        print(&tally.summary(options.format, options.limits == Limits::Judged))?;
    }
    if tally.rounded > 0 {
        let rounded = tally.rounded;
        tell(&format!(
            "warning: {name}: integers of more than 64 bits in {rounded} of {} lines: the changes show them rounded",
            tally.lines
        ));
    }
    if failures > 0 {
        let verb = if options.output == Output::Changes { "compared or patched" } else { "patched" };
        tell(&format!("{name}: {failures} of {} lines cannot be {verb}", tally.lines));
    }
    Ok(if failures > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
