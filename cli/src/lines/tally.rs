//! The counts of the lines.

use serde_json::json;

use crate::patch::Format;

/// The number of lines of each kind.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    /// Lines with a changed value.
    pub(super) changed: u64,
    /// Lines in which a document loses its last member.
    pub(super) emptied: u64,
    /// Lines in which only the text changes.
    pub(super) rewritten: u64,
    /// Lines with a new violation of a limit.
    pub(super) beyond_limits: u64,
    pub(super) refused: u64,
    pub(super) bad: u64,
    /// Lines whose changes may be printed rounded.
    pub(super) rounded: u64,
}

impl Tally {
    /// Adds the counts of more lines.
    pub(super) fn add(&mut self, other: &Tally) {
        self.lines += other.lines;
        self.changed += other.changed;
        self.emptied += other.emptied;
        self.rewritten += other.rewritten;
        self.beyond_limits += other.beyond_limits;
        self.refused += other.refused;
        self.bad += other.bad;
        self.rounded += other.rounded;
    }

    /// Returns the number of lines without output.
    pub(super) fn failures(&self) -> u64 {
        self.refused + self.bad
    }

    /// Returns the last line of a preview.
    pub(super) fn summary(&self, format: Format, limits: bool) -> String {
        let Tally { lines, changed, emptied, rewritten, beyond_limits, refused, bad, .. } = *self;
        if format == Format::Json {
            let limits = limits.then_some(beyond_limits);
            return json!({"summary": {
                "lines": lines, "changed": changed, "emptied": emptied, "rewritten": rewritten,
                "beyond_limits": limits, "refused": limits.map(|_| refused), "unreadable": bad,
            }})
            .to_string();
        }
        let mut parts = vec![format!("{changed} would change"), format!("{emptied} would be emptied")];
        if rewritten > 0 {
            parts.push(format!("{rewritten} would only be written in another way"));
        }
        if limits {
            parts.push(format!("{beyond_limits} would break a limit, which refuses {refused}"));
        }
        parts.push(format!("{bad} cannot be read or compared"));
        format!("{lines} lines: {}", parts.join("; "))
    }
}
