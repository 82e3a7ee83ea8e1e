//! The writer: copies the target, and applies the entries of a body to it.

use alloc::string::String;
use core::cell::RefCell;

use super::body::{Body, Effect, Entry, FEW};
use super::input::{open, syntax_error};
use super::key::Key;
use super::list::List;
use super::repeats::{Repeats, keep_the_last};
use super::scan::{Depth, Member, Scanned, Scanner};
use crate::error::{Error, Input};

/// Applies `patch` to `target` and appends the result to `out`. All entries must have the effect
/// `Remove` or `Replace`. After an error, `out` is unchanged.
#[inline(always)]
pub(super) fn write<'a>(input: Input, target: &'a str, patch: &mut Body<'a>, out: &mut String) -> Result<(), Error> {
    let (begin, root) = (out.len(), Target::root(input, target)?);
    reserve(target.len() + patch.text.len(), out);
    let written = write_object(root, Entries::RemoveOrReplace, patch, out, None);
    finish(input, target, written, begin, out).map(|_| ())
}

/// Applies `body`, whose entries may have any effect, as [`write`] does. Each entry then knows the
/// target's value for its key. `log` receives one record per merged object.
pub(crate) fn write_request<'a>(
    input: Input,
    target: &'a str,
    body: &mut Body<'a>,
    out: &mut String,
    log: Option<&RefCell<Log<'a>>>,
) -> Result<Outcome, Error> {
    let (begin, root) = (out.len(), Target::root(input, target)?);
    // A created object adds `{}`, which is in neither text. The two braces of the body cover that.
    reserve(target.len() + body.text.len(), out);
    let written = write_any(root, body, out, log);
    finish(input, target, written, begin, out)
}

#[inline(always)]
fn reserve(bytes: usize, out: &mut String) {
    if out.capacity() == 0 {
        *out = String::with_capacity(bytes); // faster than `reserve` for small inputs
    } else {
        out.reserve(bytes);
    }
}

#[inline(always)]
fn finish(
    input: Input,
    target: &str,
    (at, written): (usize, Scanned<Outcome>),
    begin: usize,
    out: &mut String,
) -> Result<Outcome, Error> {
    written.map_err(|expected| {
        out.truncate(begin);
        syntax_error(input, target.as_bytes(), at, expected)
    })
}

/// The statistics of one merge.
#[derive(Clone, Copy, Default)]
pub(crate) struct Outcome {
    /// The number of members that the body does not name.
    pub(crate) kept: usize,
    /// Whether a kept key may have been repeated. Only its last member was written.
    pub(crate) repeats: bool,
}

/// The objects that a body was merged into. A few need no allocation.
pub(crate) struct Log<'a> {
    merged: List<Merged, 2>,
    /// The merged entries, by object.
    entries: List<Entry<'a>, FEW>,
}

/// An object that was merged.
#[derive(Clone, Copy, Default)]
pub(crate) struct Merged {
    /// The offset of its entry in the body.
    at: usize,
    /// The number of its first entry in the log.
    first: usize,
    count: usize,
    pub(crate) outcome: Outcome,
    /// Whether the target had no object for this key.
    pub(crate) created: bool,
    /// The range of the object in the result.
    begin: usize,
    end: usize,
}

impl<'a> Log<'a> {
    pub(crate) fn new() -> RefCell<Log<'a>> {
        RefCell::new(Log { merged: List::new(), entries: List::new() })
    }

    /// Sorts the objects, so that they can be looked up.
    pub(crate) fn sort(&mut self) {
        self.merged.items_mut().sort_unstable_by_key(|merged| merged.at);
    }

    /// Returns the object that an entry of the body was merged into.
    pub(crate) fn find(&self, entry: &Entry<'_>) -> Option<&Merged> {
        let merged = self.merged.items();
        merged.get(merged.binary_search_by_key(&entry.member.start, |merged| merged.at).ok()?)
    }

    /// Returns the entries that were merged into an object.
    pub(crate) fn entries(&self, merged: &Merged) -> &[Entry<'a>] {
        self.entries.items().get(merged.first..merged.first + merged.count).unwrap_or_default()
    }

    fn add(&mut self, merged: Merged, body: Body<'a>) {
        let entries = body.into_entries();
        let merged = Merged { first: self.entries.len(), count: entries.len(), ..merged };
        self.entries.append(entries);
        if !self.merged.try_push(merged) {
            self.merged.push(merged, 0);
        }
    }
}

impl Merged {
    /// Returns the object's text in the result.
    pub(crate) fn text_in<'t>(&self, result: &'t str) -> &'t str {
        result.get(self.begin..self.end).unwrap_or_default()
    }
}

/// The object that a body is applied to.
#[derive(Clone, Copy)]
struct Target<'t> {
    text: &'t str,
    /// The offset of its opening brace; for the root object, of the whitespace before it.
    from: usize,
    /// The offset after its opening brace.
    open: usize,
    depth: Depth,
}

impl<'t> Target<'t> {
    #[inline(always)]
    fn root(input: Input, text: &'t str) -> Result<Target<'t>, Error> {
        Ok(Target { text, from: 0, open: open(input, text)?.at(), depth: Depth::Root })
    }
}

/// The effects that the entries of a body may have.
#[derive(Clone, Copy)]
enum Entries {
    RemoveOrReplace,
    Any,
}

#[inline(never)]
fn write_any<'a>(
    target: Target<'a>,
    body: &mut Body<'a>,
    out: &mut String,
    log: Option<&RefCell<Log<'a>>>,
) -> (usize, Scanned<Outcome>) {
    write_object(target, Entries::Any, body, out, log)
}

/// Applies a body to a target. Returns the scanner's final offset and the outcome. The scanner is
/// local, because a reference would keep it out of registers.
#[inline(always)]
fn write_object<'a>(
    target: Target<'a>,
    entries: Entries,
    body: &mut Body<'a>,
    out: &mut String,
    log: Option<&RefCell<Log<'a>>>,
) -> (usize, Scanned<Outcome>) {
    let begin = out.len();
    let mut scanner = Scanner::new(target.text);
    scanner.seek(target.open);
    let mut repeats = Repeats::new(body, target.text.len() - target.from);
    let mut writer = Writer::new(target, out, log);
    let end = match write_stored(target, entries, &mut scanner, body, &mut repeats, &mut writer) {
        Ok(end) => end,
        Err(expected) => return (scanner.at(), Err(expected)),
    };
    let close = scanner.at();
    if body.entries().iter().any(Entry::is_new) {
        writer.append(body);
        writer.out.push_str(target.text.get(end..close).unwrap_or_default());
    } else {
        writer.close(end, close);
    }
    if writer.empty {
        out.truncate(begin);
        out.push_str("{}"); // emptied
    }
    let kept = repeats.kept();
    let repeats = repeats.found();
    if repeats {
        keep_the_last(out, begin); // repeated-key
    }
    (close, Ok(Outcome { kept, repeats }))
}

/// Writes the members of the target. Returns the offset after the last one.
#[inline(always)]
fn write_stored<'a>(
    target: Target<'a>,
    entries: Entries,
    scanner: &mut Scanner<'a>,
    body: &mut Body<'a>,
    repeats: &mut Repeats,
    writer: &mut Writer<'a, '_>,
) -> Scanned<usize> {
    let sent = body.text;
    let mut end = scanner.at();
    let mut next = scanner.first()?;
    while let Some(start) = next {
        let key = scanner.key()?;
        let token = scanner.token();
        let value = scanner.at();
        if let Some(entry) = entries.merging(body, key, token) {
            entry.mark_found();
            entry.note(value);
            let log = writer.log;
            let (at, merged) = merge_object(target.text, value, entry, sent, writer.begin_value(start, value), log);
            scanner.seek(at);
            merged?;
            end = at;
            writer.end_value(end);
        } else {
            scanner.value(token, target.depth)?;
            end = scanner.at();
            let member = Member { start, value, end };
            let is_new = repeats.mark(key);
            if let Some(entry) = if is_new { None } else { body.find(key) } {
                writer.apply(entry, &member, sent);
                if let Entries::Any = entries {
                    entry.note(value);
                }
            } else {
                if !is_new {
                    repeats.suspect(key);
                }
                repeats.keep(key, body, start - target.from);
                writer.keep(&member); // keep, stored-null
            }
        }
        next = scanner.next()?;
    }
    if let Depth::Root = target.depth {
        scanner.end()?;
    }
    Ok(end)
}

impl Entries {
    /// Returns the entry that merges into the stored value. `token` is that value's first byte.
    #[inline(always)]
    fn merging<'p, 'a>(self, body: &'p mut Body<'a>, key: Key<'_>, token: u8) -> Option<&'p mut Entry<'a>> {
        match self {
            Entries::Any if token == b'{' => body.find(key).filter(|entry| entry.merges()),
            _ => None,
        }
    }
}

/// Applies the value of an entry, which is an object, to the object at the offset `from`.
#[inline(never)]
fn merge_object<'a>(
    text: &'a str,
    from: usize,
    entry: &Entry<'a>,
    sent: &'a str,
    out: &mut String,
    log: Option<&RefCell<Log<'a>>>,
) -> (usize, Scanned) {
    let target = Target { text, from, open: from + 1, depth: Depth::Member };
    let value = entry.value(sent);
    let (mut body, mut members) = (Body::new(value), Scanner::new(value));
    let begin = out.len();
    members.open();
    if let Err(expected) = body.read(&mut members) {
        return (target.from, Err(expected));
    }
    let (at, written) = write_any(target, &mut body, out, None);
    match (log, written) {
        (_, Err(expected)) => (at, Err(expected)),
        (None, Ok(_)) => (at, Ok(())),
        (Some(log), Ok(outcome)) => {
            let created = from == 0; // A stored object is after the brace of the root.
            let merged =
                Merged { at: entry.member.start, outcome, created, begin, end: out.len(), ..Merged::default() };
            log.borrow_mut().add(merged, body);
            (at, Ok(()))
        }
    }
}

/// Appends the value of a `Clear` or `Merge` entry whose key has no stored object.
#[cold]
#[inline(never)]
fn write_value<'a>(entry: &Entry<'a>, sent: &'a str, out: &mut String, log: Option<&RefCell<Log<'a>>>) {
    match entry.effect {
        Effect::Merge => {
            let _ = merge_object("{}", 0, entry, sent, out, log); // absent; both texts are valid
        }
        _ => out.push_str("{}"), // cleared-form
    }
}

/// Copies adjacent members of a text at once.
struct Writer<'t, 'o> {
    text: &'t str,
    /// The part of the text that is not copied yet.
    from: usize,
    to: usize,
    /// Whether the next kept member starts a new part.
    broken: bool,
    /// Whether no member was written.
    empty: bool,
    out: &'o mut String,
    log: Option<&'o RefCell<Log<'t>>>,
}

impl<'t, 'o> Writer<'t, 'o> {
    #[inline(always)]
    fn new(target: Target<'t>, out: &'o mut String, log: Option<&'o RefCell<Log<'t>>>) -> Writer<'t, 'o> {
        Writer { text: target.text, from: target.from, to: target.open, broken: false, empty: true, out, log }
    }

    /// Applies an entry to a member of the target with the same key.
    #[inline(always)]
    fn apply(&mut self, entry: &mut Entry<'t>, member: &Member, sent: &'t str) {
        if !entry.mark_found() {
            self.broken = true; // repeated-key
            return;
        }
        match entry.effect {
            Effect::Remove => self.broken = true, // delete
            Effect::Replace => {
                self.begin_value(member.start, member.value).push_str(entry.value(sent)); // set
                self.end_value(member.end);
            }
            Effect::Clear | Effect::Merge => {
                let log = self.log;
                write_value(entry, sent, self.begin_value(member.start, member.value), log);
                self.end_value(member.end);
            }
        }
    }

    /// Appends the new members.
    #[inline(always)]
    fn append(&mut self, body: &Body<'t>) {
        self.flush();
        (self.text, self.from, self.to, self.broken) = (body.text, 0, 0, true);
        for entry in body.entries() {
            match entry.effect {
                _ if !entry.is_new() => self.broken = true,  // delete-missing
                Effect::Replace => self.keep(&entry.member), // set, shallow, verbatim
                _ => {
                    let log = self.log;
                    write_value(entry, body.text, self.begin_value(entry.member.start, entry.member.value), log);
                    self.end_value(entry.member.end);
                }
            }
        }
        self.flush();
    }

    /// Keeps a member verbatim.
    #[inline(always)]
    fn keep(&mut self, member: &Member) {
        if self.broken {
            self.flush();
            if !self.empty {
                self.out.push(',');
            }
            self.from = member.start;
            self.broken = false;
        }
        self.to = member.end;
        self.empty = false;
    }

    /// Keeps a member up to its value, and returns the output for another value.
    #[inline(always)]
    fn begin_value(&mut self, start: usize, value: usize) -> &mut String {
        self.keep(&Member { start, value, end: value });
        self.flush();
        self.out
    }

    /// Continues after the value that was replaced.
    #[inline(always)]
    fn end_value(&mut self, end: usize) {
        (self.from, self.to) = (end, end);
    }

    /// Copies the rest of the target, whose last member ends at `end`.
    #[inline(always)]
    fn close(&mut self, end: usize, close: usize) {
        if self.broken {
            self.flush();
            self.from = end;
        }
        self.to = close;
        self.flush();
    }

    #[inline(always)]
    fn flush(&mut self) {
        self.out.push_str(self.text.get(self.from..self.to).unwrap_or_default());
    }
}
