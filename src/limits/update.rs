//! The limits that an update of a text may break, judged by what the body brings.
//!
//! Members that the body does not name cannot become worse. So only its entries are looked at, and
//! the number of keys and the size are carried as differences. What this does not settle is left to
//! [`check_change_text`](super::check_change_text).

use alloc::vec::Vec;

use super::size::{punctuation, string};
use super::{Check, Limit, View};
use crate::text::body::{Body, Effect, Entry};
use crate::text::measure::{compact_size, depth, first_value};
use crate::text::write::{Merged, Outcome};

/// An update that was written.
pub(crate) struct Update<'a> {
    pub(crate) stored: &'a str,
    /// The body.
    pub(crate) request: Body<'a>,
    pub(crate) outcome: Outcome,
    /// The fields and attributes that were merged.
    pub(crate) merged: Vec<Merged<'a>>,
    /// The result.
    pub(crate) text: &'a str,
}

/// Returns the limits that may be broken by something new or worse, in their order. A limit that is
/// left out is certainly not.
pub(crate) fn doubtful(limits: &[Limit], mut update: Update<'_>) -> Vec<Limit> {
    update.merged.sort_unstable_by(|one, other| one.entry.order(&other.entry));
    // If a root key was left out afterwards, values are not where they were noted in the result.
    // Repeated keys of a field count before and after, so the differences are right.
    let moved = update.outcome.repeats;
    limits.iter().filter(|limit| moved || !update.keeps(limit)).cloned().collect()
}

impl Update<'_> {
    /// Returns whether the update certainly introduces and worsens no violation of a limit.
    fn keeps(&self, limit: &Limit) -> bool {
        let Some(field) = limit.field.as_deref() else { return self.root().keeps(limit) };
        let Some(entry) = self.request.entries().iter().rfind(|entry| entry.is(field)) else {
            return true; // not touched
        };
        match entry.effect {
            Effect::Remove => true,
            Effect::Clear => holds(limit, "{}"),
            Effect::Replace => holds(limit, entry.value(self.request.text)),
            Effect::Merge => self.merged(entry).is_some_and(|object| object.keeps(limit)),
        }
    }

    fn root(&self) -> Object<'_> {
        Object { update: self, body: &self.request, kept: self.outcome.kept, created: false, text: self.text }
    }

    /// Returns the object that an entry of the body was merged into.
    fn merged(&self, entry: &Entry<'_>) -> Option<Object<'_>> {
        if entry.effect != Effect::Merge {
            return None;
        }
        let place = self.merged.binary_search_by(|merged| merged.entry.order(entry)).ok()?;
        let merged = self.merged.get(place)?;
        let text = self.text.get(merged.written.clone())?;
        let (kept, created) = (merged.outcome.kept, merged.created);
        Some(Object { update: self, body: &merged.body, kept, created, text })
    }
}

/// Returns whether a value is an object without a violation of a limit.
fn holds(limit: &Limit, text: &str) -> bool {
    View::Text(text).members().is_some_and(|members| limit.violations(&members, |_| None).is_empty())
}

/// An object that a body was applied to.
struct Object<'u> {
    update: &'u Update<'u>,
    body: &'u Body<'u>,
    /// The number of members that the body does not name.
    kept: usize,
    /// Whether no object was stored, so that nothing in it is old.
    created: bool,
    /// The result.
    text: &'u str,
}

impl Object<'_> {
    fn keeps(&self, limit: &Limit) -> bool {
        let holds = |entry: &Entry<'_>| limit.measure_member(&entry.name(), &self.view(entry)).is_none();
        match limit.check {
            Check::MaxKeys(max) => self.keys_after() <= max || self.keys_after() <= self.keys_before(),
            Check::MaxSize(max) => {
                // A text has no more bytes without whitespace.
                self.text.len() <= max || !self.created && !self.grows() || compact_size(self.text) <= max
            }
            Check::MaxDepth(max) => self.depth() <= max,
            Check::MaxKeyLength(max) => self.added().all(|entry| entry.key_length() <= max || holds(entry)),
            Check::KeyCharacters(_) | Check::ReservedNames(_) => self.added().all(holds),
            Check::Strings | Check::MaxValueLength(_) => self.set().all(holds),
        }
    }

    /// Returns the entries that count.
    fn entries(&self) -> impl Iterator<Item = &Entry<'_>> {
        self.body.entries().iter().filter(|entry| !entry.is_shadowed())
    }

    /// Returns the entries that store a value.
    fn set(&self) -> impl Iterator<Item = &Entry<'_>> {
        self.entries().filter(|entry| entry.effect != Effect::Remove)
    }

    /// Returns the entries that store a key.
    fn added(&self) -> impl Iterator<Item = &Entry<'_>> {
        self.body.entries().iter().filter(|entry| entry.is_new())
    }

    fn keys_before(&self) -> usize {
        self.kept + self.entries().filter(|entry| self.old(entry).is_some()).count()
    }

    fn keys_after(&self) -> usize {
        self.kept + self.set().count()
    }

    /// Returns the depth of what the body brings.
    fn depth(&self) -> usize {
        let depths = self.set().map(|entry| match self.update.merged(entry) {
            Some(merged) => merged.depth(),
            None => depth(self.value(entry)),
        });
        1 + depths.max().unwrap_or(0)
    }

    /// Returns whether the size may grow. New keys count as they are written. Removed keys count as
    /// compact JSON, which is never longer.
    fn grows(&self) -> bool {
        let (more, less) = self.differences();
        more > less
    }

    /// Returns at least the number of bytes that are new, and at most the number that are gone.
    fn differences(&self) -> (usize, usize) {
        let mut more = punctuation(self.keys_after());
        let mut less = punctuation(self.keys_before());
        for entry in self.entries() {
            match (self.old(entry), entry.effect) {
                (None, Effect::Remove) => {}
                (None, _) => more += "\"\":".len() + entry.key_length() + compact_size(self.value(entry)),
                (Some(old), Effect::Remove) => {
                    less += string(&entry.name()) + ":".len() + compact_size(first_value(old))
                }
                (Some(old), _) => match self.update.merged(entry) {
                    Some(merged) if !merged.created => {
                        let (new, gone) = merged.differences();
                        more += new;
                        less += gone;
                    }
                    _ => {
                        more += compact_size(self.value(entry));
                        less += compact_size(first_value(old));
                    }
                },
            }
        }
        (more, less)
    }

    /// Returns the text from the value on that was stored under the key of an entry.
    fn old(&self, entry: &Entry<'_>) -> Option<&str> {
        entry.found(self.update.stored)
    }

    /// Returns the value that an entry stores.
    fn value(&self, entry: &Entry<'_>) -> &str {
        match entry.effect {
            Effect::Remove | Effect::Clear => "{}",
            Effect::Replace => entry.value(self.body.text),
            Effect::Merge => self.update.merged(entry).map_or("{}", |merged| merged.text),
        }
    }

    fn view(&self, entry: &Entry<'_>) -> View<'_> {
        View::Text(self.value(entry))
    }
}
