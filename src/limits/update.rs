//! The limits that an update of a text newly breaks, judged by what the body brings.
//!
//! Members that the body does not name cannot become worse. So only its entries are measured, and
//! the number of keys and the size are carried as differences. A violation of either needs no look
//! at what was stored. Repeated keys, and fields that are replaced, are judged by comparing texts.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use super::check::{by_field, change_violations};
use super::size::punctuation;
use super::{Check, Document, Limit, Measured, Object, View, Violation, check_change_text};
use crate::error::Error;
use crate::text::body::{Body, Effect, Entry};
use crate::text::measure::{compact_size, depth, first_value, is_scalar};
use crate::text::write::{Log, Outcome};

/// An update that was written.
pub(crate) struct Update<'a> {
    pub(crate) stored: &'a str,
    /// The body.
    pub(crate) request: &'a Body<'a>,
    pub(crate) outcome: Outcome,
    /// The fields and attributes that were merged, sorted.
    pub(crate) log: &'a Log<'a>,
    /// The result.
    pub(crate) text: &'a str,
}

impl Update<'_> {
    /// Returns what [`check_change_text`] does.
    pub(crate) fn violations(&self, limits: &[Limit]) -> Result<Vec<Violation>, Error> {
        let root = self.root();
        if root.repeats() {
            // Values are not where they were noted.
            return check_change_text(limits, self.stored, self.text);
        }
        let mut violations = Vec::new();
        for limits in by_field(limits) {
            match limits.first().and_then(|limit| limit.field.as_deref()) {
                Some(field) => self.judge_field(field, limits, &mut violations)?,
                None => root.judge(limits, &mut violations),
            }
        }
        Ok(violations)
    }

    fn judge_field(&self, field: &str, limits: &[Limit], violations: &mut Vec<Violation>) -> Result<(), Error> {
        let entry = self.request.entries().iter().rfind(|entry| entry.is(field));
        let Some(entry) = entry.filter(|entry| entry.effect != Effect::Remove) else { return Ok(()) };
        let merged = self.merged(entry);
        if let Some(merged) = merged.as_ref().filter(|merged| !merged.repeats()) {
            merged.judge(limits, violations);
            return Ok(());
        }
        let new = merged.map_or_else(|| self.replacement(entry), |merged| merged.text);
        let object = View::Text(new).object();
        if object.is_some_and(|object| limits.iter().all(|limit| limit.violations(&object, |_| None).is_empty())) {
            return Ok(());
        }
        let named = |value| Object::of(vec![(Cow::Borrowed(field), View::Text(value))]);
        let old = entry.found(self.stored).map_or_else(|| Object::of(Vec::new()), |old| named(first_value(old)));
        violations.extend(change_violations(limits, &Document::of(old), &named(new))?);
        Ok(())
    }

    fn root(&self) -> Applied<'_> {
        Applied {
            update: self,
            entries: self.request.entries(),
            sent: self.request.text,
            outcome: self.outcome,
            old: Some(self.stored),
            text: self.text,
        }
    }

    /// Returns the object that an entry of the body was merged into.
    fn merged(&self, entry: &Entry<'_>) -> Option<Applied<'_>> {
        if entry.effect != Effect::Merge {
            return None;
        }
        let merged = self.log.find(entry)?;
        Some(Applied {
            update: self,
            entries: self.log.entries(merged),
            sent: entry.value(self.request.text),
            outcome: merged.outcome,
            old: if merged.created { None } else { entry.found(self.stored) },
            text: merged.text_in(self.text),
        })
    }

    /// Returns the value that an entry of the body stores without merging it.
    fn replacement(&self, entry: &Entry<'_>) -> &str {
        if entry.effect == Effect::Replace { entry.value(self.request.text) } else { "{}" }
    }
}

/// An object that a body was applied to.
struct Applied<'u> {
    update: &'u Update<'u>,
    entries: &'u [Entry<'u>],
    /// The text of the entries.
    sent: &'u str,
    outcome: Outcome,
    /// The text from the object on that was stored. If none was, nothing is old.
    old: Option<&'u str>,
    /// The result.
    text: &'u str,
}

impl Applied<'_> {
    /// Returns whether keys were left out because they repeat.
    fn repeats(&self) -> bool {
        self.outcome.repeats || self.entries.iter().any(Entry::is_repeated)
    }

    fn judge(&self, limits: &[Limit], violations: &mut Vec<Violation>) {
        for limit in limits {
            if let Some(found) = self.measure(&limit.check) {
                violations.push(limit.violated(None, found));
            }
            let mut members: Vec<_> = match limit.check {
                Check::MaxKeyLength(max) => {
                    let long = self.added().filter(|entry| entry.key_length() > max);
                    long.filter_map(|entry| self.measure_member(limit, entry)).collect()
                }
                Check::KeyCharacters(_) | Check::ReservedNames(_) => {
                    self.added().filter_map(|entry| self.measure_member(limit, entry)).collect()
                }
                Check::Strings | Check::MaxValueLength(_) => {
                    self.set().filter_map(|entry| self.measure_member(limit, entry)).collect()
                }
                Check::MaxKeys(_) | Check::MaxSize(_) | Check::MaxDepth(_) => continue,
            };
            members.sort_by_key(|(entry, _)| entry.place());
            violations.extend(members.into_iter().map(|(entry, found)| limit.violated(Some(&entry.name()), found)));
        }
    }

    /// Measures the object as a whole, if it breaks the limit and did not before, or is worse.
    fn measure(&self, check: &Check) -> Option<Measured> {
        let (found, max, measured): (_, _, fn(usize) -> Measured) = match *check {
            Check::MaxKeys(max) => {
                let found = self.keys_after();
                if found > max && found <= self.keys_before() {
                    return None;
                }
                (found, max, Measured::Keys)
            }
            // A text has no more bytes without whitespace.
            Check::MaxSize(max) if self.text.len() > max && (self.old.is_none() || self.grows()) => {
                (compact_size(self.text), max, Measured::Bytes)
            }
            Check::MaxDepth(max) if self.new_depth() > max => {
                let found = depth(self.text);
                if self.old.is_some_and(|old| depth(first_value(old)) >= found) {
                    return None;
                }
                (found, max, Measured::Depth)
            }
            _ => return None,
        };
        (found > max).then(|| measured(found))
    }

    /// Measures the member of an entry, if it breaks the limit and did not before, or is worse.
    fn measure_member<'e>(&self, limit: &Limit, entry: &'e Entry<'e>) -> Option<(&'e Entry<'e>, Measured)> {
        let name = entry.name();
        let found = limit.measure_member(&name, &View::Text(self.value(entry)))?;
        let old = self.found(entry).and_then(|old| limit.measure_member(&name, &View::Text(first_value(old))));
        old.is_none_or(|old| found.is_worse_than(old)).then_some((entry, found))
    }

    /// Returns the entries that count.
    fn entries(&self) -> impl Iterator<Item = &Entry<'_>> {
        self.entries.iter().filter(|entry| !entry.is_shadowed())
    }

    /// Returns the entries that store a value.
    fn set(&self) -> impl Iterator<Item = &Entry<'_>> {
        self.entries().filter(|entry| entry.effect != Effect::Remove)
    }

    /// Returns the entries that store a key.
    fn added(&self) -> impl Iterator<Item = &Entry<'_>> {
        self.entries.iter().filter(|entry| entry.is_new())
    }

    fn keys_before(&self) -> usize {
        self.outcome.kept + self.entries().filter(|entry| self.found(entry).is_some()).count()
    }

    fn keys_after(&self) -> usize {
        self.outcome.kept + self.set().count()
    }

    /// Returns the depth of the object with nothing but what the body stores.
    fn new_depth(&self) -> usize {
        // Most values are scalars.
        let deep = |entry: &&Entry<'_>| entry.effect == Effect::Clear || !is_scalar(entry.value(self.sent));
        let depths = self.set().filter(deep).map(|entry| match self.update.merged(entry) {
            Some(merged) => merged.new_depth(),
            None => depth(self.value(entry)),
        });
        1 + depths.max().unwrap_or(0)
    }

    fn grows(&self) -> bool {
        let (new, gone) = self.bytes();
        new > gone
    }

    /// Returns the numbers of bytes that are new and that are gone, without whitespace.
    fn bytes(&self) -> (usize, usize) {
        let (mut new, mut gone) = (punctuation(self.keys_after()), punctuation(self.keys_before()));
        for entry in self.entries() {
            let key = |length: usize| "\"\":".len() + length;
            match (self.found(entry), entry.effect) {
                (None, Effect::Remove) => {}
                (None, _) => new += key(entry.key_length()) + compact_size(self.value(entry)),
                (Some(old), Effect::Remove) => {
                    gone += key(entry.found_key_length(self.update.stored)) + compact_size(first_value(old));
                }
                (Some(old), _) => {
                    let (more, less) = match self.update.merged(entry).filter(|merged| merged.old.is_some()) {
                        Some(merged) if !merged.repeats() => merged.bytes(),
                        _ => (compact_size(self.value(entry)), compact_size(first_value(old))),
                    };
                    new += more;
                    gone += less;
                }
            }
        }
        (new, gone)
    }

    /// Returns the text from the value on that was stored under the key of an entry.
    fn found(&self, entry: &Entry<'_>) -> Option<&str> {
        entry.found(self.update.stored)
    }

    /// Returns the value that an entry stores.
    fn value(&self, entry: &Entry<'_>) -> &str {
        match entry.effect {
            Effect::Remove | Effect::Clear => "{}",
            Effect::Replace => entry.value(self.sent),
            Effect::Merge => self.update.merged(entry).map_or("{}", |merged| merged.text),
        }
    }
}
