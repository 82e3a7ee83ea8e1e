//! How long a value is as compact JSON text, without the text.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use serde_json::{Value, map};

/// How many bytes `serde_json::to_string` would give. Containers that are begun are kept in a list, not on the stack.
pub(crate) fn compact_size(value: &Value) -> usize {
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

/// What is left of a container.
enum Container<'a> {
    Array(core::slice::Iter<'a, Value>),
    Object(map::Iter<'a>),
}

/// Brackets, and the commas between so many values.
fn punctuation(values: usize) -> usize {
    2 + values.saturating_sub(1)
}

/// With its quotes and escapes.
fn string(text: &str) -> usize {
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
    // A counter takes whatever it is given.
    let _ = write!(counter, "{number}");
    counter.0
}
