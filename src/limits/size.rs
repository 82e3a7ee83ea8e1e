//! The size and the depth of a value, without recursion.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use serde_json::{Value, map};

/// Returns the number of bytes that `serde_json::to_string` writes. Open containers are kept on the
/// heap.
pub(super) fn compact_size(value: &Value) -> usize {
    let mut bytes = 0;
    let mut open = Vec::new();
    let mut next = Some(value);
    loop {
        bytes += next.take().map_or(0, |value| match value {
            Value::Null => 4,
            Value::Bool(boolean) => 5 - usize::from(*boolean),
            Value::Number(number) => displayed(number),
            Value::String(text) => string(text),
            Value::Array(items) => {
                open.push(Container::Array(items.iter()));
                punctuation(items.len())
            }
            Value::Object(members) => {
                open.push(Container::Object(members.iter()));
                punctuation(members.len())
            }
        });
        let Some(container) = open.last_mut() else { return bytes };
        next = match container {
            Container::Array(items) => items.next(),
            Container::Object(members) => members.next().map(|(key, value)| {
                bytes += string(key) + ":".len();
                value
            }),
        };
        if next.is_none() {
            open.pop();
        }
    }
}

/// Returns the size of an object whose members have these sizes.
pub(super) fn object_size<'k>(members: impl ExactSizeIterator<Item = (&'k str, usize)>) -> usize {
    punctuation(members.len()) + members.map(|(key, size)| string(key) + ":".len() + size).sum::<usize>()
}

/// Returns the nesting depth: 0 for a scalar, 1 for a container of scalars.
pub(super) fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut pending = Vec::from([(value, 0)]);
    while let Some((value, level)) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(members) => pending.extend(members.values().map(|member| (member, level + 1))),
            _ => continue,
        }
        deepest = deepest.max(level + 1);
    }
    deepest
}

/// The rest of a container.
enum Container<'a> {
    Array(core::slice::Iter<'a, Value>),
    Object(map::Iter<'a>),
}

/// Returns the size of the brackets and of the commas between this many values.
pub(super) fn punctuation(values: usize) -> usize {
    2 + values.saturating_sub(1)
}

/// Returns the size of a string with its quotes and escapes.
pub(super) fn string(text: &str) -> usize {
    let escapes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\x08' | b'\t' | b'\n' | b'\x0c' | b'\r' => 1,
        0..0x20 => 5,
        _ => 0,
    });
    2 + text.len() + escapes.sum::<usize>()
}

fn displayed(number: &impl fmt::Display) -> usize {
    struct Counter(usize);
    impl Write for Counter {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // A counter accepts any text, so this cannot fail.
    let _ = write!(counter, "{number}");
    counter.0
}
