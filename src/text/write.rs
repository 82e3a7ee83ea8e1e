//! The writer: copies the target, and applies the entries of a body to it.

use alloc::string::String;

use super::body::{Body, Effect, Entry};
use super::repeats::{Repeats, keep_the_last};
use super::scan::{Depth, Member, Scanned, Scanner};

/// Appends `target` to `out` as a patch changes it, whose entries remove or replace. The scanner is after the
/// opening brace of `target`. On error it is at the offending byte, and `out` holds a part of the result.
pub(super) fn write(target: &str, scanner: &mut Scanner<'_>, patch: &mut Body<'_>, out: &mut String) -> Scanned {
    let target = Target { text: target, from: 0, open: scanner.at(), depth: Depth::Root };
    let (at, written) = write_flat(target, patch, out);
    scanner.seek(at);
    written
}

/// Appends `target` to `out` as the body of a request changes it, whose entries may have any effect. As
/// [`write`]; and afterwards the entries know what the target has for their keys.
pub(crate) fn write_request(target: &str, scanner: &mut Scanner<'_>, body: &mut Body<'_>, out: &mut String) -> Scanned {
    let target = Target { text: target, from: 0, open: scanner.at(), depth: Depth::Root };
    let (at, written) = write_members(target, Entries::MayMerge, body, out);
    scanner.seek(at);
    written
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

/// The effects that the entries of a body may have.
enum Entries {
    RemoveOrReplace,
    MayMerge,
}

#[inline(never)]
fn write_flat(target: Target<'_>, patch: &mut Body<'_>, out: &mut String) -> (usize, Scanned) {
    write_members(target, Entries::RemoveOrReplace, patch, out)
}

/// Returns the offset at which the scanner ends. A scanner that is passed by reference would not stay in
/// registers.
#[inline(always)]
fn write_members(target: Target<'_>, entries: Entries, body: &mut Body<'_>, out: &mut String) -> (usize, Scanned) {
    let mut scanner = Scanner::new(target.text);
    scanner.seek(target.open);
    let written = scan_and_write(target, entries, &mut scanner, body, out);
    (scanner.at(), written)
}

#[inline(always)]
fn scan_and_write(
    target: Target<'_>,
    entries: Entries,
    scanner: &mut Scanner<'_>,
    body: &mut Body<'_>,
    out: &mut String,
) -> Scanned {
    let (sent, begin) = (body.text, out.len());
    let mut repeats = Repeats::new(body, target.text.len() - target.from);
    let mut end = scanner.at();
    let mut writer = Writer { text: target.text, from: target.from, to: end, broken: false, empty: true, out };
    let mut next = scanner.first()?;
    while let Some(start) = next {
        let key = scanner.key()?;
        let token = scanner.token();
        let value = scanner.at();
        let merges = match entries {
            Entries::MayMerge if token == b'{' => body.find(key).filter(|entry| entry.merges()),
            _ => None,
        };
        if let Some(entry) = merges {
            entry.note(token);
            entry.find();
            let out = writer.begin_value(start, value);
            let (at, merged) = merge_object(target.text, value, entry.value(sent), out);
            scanner.seek(at);
            merged?;
            end = at;
            writer.end_value(end);
            next = scanner.next()?;
            continue;
        }
        scanner.value(token, target.depth)?;
        end = scanner.at();
        let member = Member { start, value, end };
        let is_new = repeats.mark(key);
        match if is_new { None } else { body.find(key) } {
            Some(entry) => {
                if let Entries::MayMerge = entries {
                    entry.note(token)
                }
                writer.apply(entry, &member, sent)
            }
            None => {
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
    if repeats.found() {
        keep_the_last(out, begin); // repeated-key
    }
    Ok(())
}

/// Appends the object at the offset `from` as `sent`, the valid text of an object, changes it.
#[inline(never)]
fn merge_object(text: &str, from: usize, sent: &str, out: &mut String) -> (usize, Scanned) {
    let target = Target { text, from, open: from + 1, depth: Depth::Member };
    let (mut body, mut members) = (Body::new(sent), Scanner::new(sent));
    members.open();
    match body.read(&mut members) {
        Ok(()) => write_flat(target, &mut body, out),
        Err(expected) => (target.from, Err(expected)),
    }
}

/// Appends the value of an entry whose effect is not that of a plain patch, where no object is stored.
#[cold]
#[inline(never)]
fn write_value(entry: &Entry<'_>, sent: &str, out: &mut String) {
    match entry.effect {
        Effect::Merge => drop(merge_object("{}", 0, entry.value(sent), out)), // absent
        _ => out.push_str("{}"),                                              // cleared-form
    }
}

/// Copies adjacent members of a text at once.
struct Writer<'t, 'o> {
    text: &'t str,
    /// The part of the text that is not copied yet.
    from: usize,
    to: usize,
    /// Whether the next member is not adjacent to that part.
    broken: bool,
    /// Whether no member was written.
    empty: bool,
    out: &'o mut String,
}

impl<'t> Writer<'t, '_> {
    /// Applies an entry to a member of the target that has its key.
    #[inline(always)]
    fn apply(&mut self, entry: &mut Entry<'_>, member: &Member, sent: &str) {
        if !entry.find() {
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
                write_value(entry, sent, self.begin_value(member.start, member.value));
                self.end_value(member.end);
            }
        }
    }

    /// Appends the entries that the target does not have.
    #[inline(always)]
    fn append(&mut self, body: &Body<'t>) {
        self.flush();
        (self.text, self.from, self.to, self.broken) = (body.text, 0, 0, true);
        for entry in body.entries() {
            match entry.effect {
                _ if !entry.is_new() => self.broken = true,  // delete-missing
                Effect::Replace => self.keep(&entry.member), // set, shallow, verbatim
                _ => {
                    write_value(entry, body.text, self.begin_value(entry.member.start, entry.member.value));
                    self.end_value(entry.member.end);
                }
            }
        }
        self.flush();
    }

    /// Keeps a member as it is.
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

    /// Keeps a member up to its value, and returns where to write another value.
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

    /// Copies the rest of the target, which is after the last member that was kept or left out.
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
