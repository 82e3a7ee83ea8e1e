//! Wide samples: many, long, deep and unusual values. All documents and patches draw from the same
//! members, so that they share keys, and most values.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Number, Value, json};

use super::choices::Choices;
use super::{Sample, narrow};

/// The maximum number of members of an object, and of items of an array.
const MOST: usize = 400;
/// The nesting depth of the deepest document. Every implementation must accept this depth.
const DEPTH: usize = 100;
/// The longest key, in bytes as JSON.
const KEY: usize = 2_100;
/// The bytes for keys and values. Large samples are slow, so they are less common.
const ROOMS: &[usize] = &[512, 512, 2_048, 8_192];
/// The bytes of a string that is longer than common buffers, which few samples have.
const LONG: usize = 70_000;

pub(super) fn sample(choices: &mut Choices<'_>) -> Sample {
    let members = Draft::draw(choices);
    let document = document(choices, &members);
    let other = if choices.one_in(16) { document.clone() } else { self::document(choices, &members) };
    let mut body = || body(choices, &members);
    Sample { documents: [document, other], patches: [body(), body(), body()] }
}

/// The members from which documents and bodies are drawn.
struct Draft<'c, 's> {
    choices: &'c mut Choices<'s>,
    members: Vec<(String, Value)>,
    /// The approximate number of bytes left for keys and values.
    room: usize,
}

impl Draft<'_, '_> {
    fn draw(choices: &mut Choices<'_>) -> Vec<(String, Value)> {
        let room = *choices.pick(ROOMS);
        let mut draft = Draft { choices, members: Vec::new(), room };
        if draft.choices.one_in(24) {
            let (key, value) = (draft.key(16), draft.choices.long(LONG).into());
            draft.members.push((key, value));
        }
        if draft.choices.one_in(4) {
            // As many as were chosen, since each of them is small.
            for _ in 0..draft.choices.length(MOST) {
                let (key, value) = (draft.key(16), draft.scalar(16));
                draft.members.push((key, value));
            }
        } else {
            for _ in 0..=draft.choices.length(16) {
                let (key, value) = (draft.key(KEY), draft.value(DEPTH - 1));
                draft.members.push((key, value));
            }
        }
        draft.members
    }

    fn key(&mut self, longest: usize) -> String {
        let known = (!self.members.is_empty()).then(|| self.choices.below(self.members.len()));
        let known = known.map(|index| self.members[index].0.as_str()).filter(|known| known.len() <= self.room);
        let key = self.choices.key(known, self.room.min(longest));
        self.spend(key.len());
        key
    }

    /// Returns anything but null, with at most `levels` levels.
    fn value(&mut self, levels: usize) -> Value {
        if levels == 0 || self.room == 0 {
            return self.scalar(0);
        }
        match self.choices.below(8) {
            0 => narrow::value(self.choices, levels.min(3) - 1),
            1..=3 => self.scalar(self.room),
            4 => self.array(levels),
            5 | 6 => self.object(levels),
            _ => self.deep(levels),
        }
    }

    /// Returns a boolean, a number, or a string of at most `longest` bytes if it is a long one.
    fn scalar(&mut self, longest: usize) -> Value {
        let value = match self.choices.below(6) {
            0 => json!(false),
            1 => json!(true),
            2 | 3 => self.choices.number(),
            _ => self.choices.string(longest).into(),
        };
        self.spend(value.as_str().map_or(4, str::len));
        value
    }

    fn array(&mut self, levels: usize) -> Value {
        let mut items = Vec::new();
        for _ in 0..self.choices.length(MOST) {
            if self.room == 0 {
                break;
            }
            items.push(self.item(levels - 1));
        }
        Value::Array(items)
    }

    fn object(&mut self, levels: usize) -> Value {
        let mut members = Map::new();
        for _ in 0..self.choices.length(MOST) {
            if self.room == 0 {
                break;
            }
            members.insert(self.key(64), self.item(levels - 1));
        }
        Value::Object(members)
    }

    fn item(&mut self, levels: usize) -> Value {
        self.spend(0);
        match self.choices.below(16) {
            0 => self.value(levels),
            1 | 2 => Value::Null,
            _ => self.scalar(16),
        }
    }

    /// Returns a scalar in arrays and objects, one in another.
    fn deep(&mut self, levels: usize) -> Value {
        let mut value = self.scalar(16);
        for _ in 0..self.choices.length(levels) {
            value = if self.choices.one_in(2) {
                Value::Array([value].into())
            } else {
                Value::Object([(self.key(16), value)].into_iter().collect())
            };
        }
        value
    }

    fn spend(&mut self, bytes: usize) {
        self.room = self.room.saturating_sub(bytes + 2);
    }
}

/// Returns a document of no, few, half, most or all members, as they are or a little changed.
fn document(choices: &mut Choices<'_>, members: &[(String, Value)]) -> Value {
    let share = *choices.pick(&[0, 1, 4, 7, 8, 8]);
    drawn(choices, members, share, |choices, known| match choices.below(8) {
        0..=4 => known.clone(),
        5 | 6 => changed(choices, known),
        _ if choices.one_in(2) => Value::Null,
        _ => narrow::value(choices, 2),
    })
}

/// Returns a body: `{}`, removals, sets, or both.
fn body(choices: &mut Choices<'_>, members: &[(String, Value)]) -> Value {
    let kind = choices.below(8);
    let share = if kind == 0 { 0 } else { *choices.pick(&[1, 4, 7, 8]) };
    drawn(choices, members, share, |choices, known| match (kind, choices.below(8)) {
        (1, _) | (3.., 0..=2) => Value::Null,
        (_, 3) => narrow::value(choices, 2),
        (_, 4 | 5) => changed(choices, known),
        _ => known.clone(),
    })
}

/// Returns `share` of eight members, in an order that is not that of their keys.
fn drawn(
    choices: &mut Choices<'_>,
    members: &[(String, Value)],
    share: usize,
    value: impl Fn(&mut Choices<'_>, &Value) -> Value,
) -> Value {
    let (late, early) = members.split_at(choices.below(members.len() + 1));
    let mut order: Vec<_> = early.iter().chain(late).collect();
    if choices.one_in(2) {
        order.reverse();
    }
    let mut object = Map::new();
    for (key, known) in order {
        if share == 8 || (share > 0 && choices.below(8) < share) {
            object.insert(key.clone(), value(choices, known));
        }
    }
    Value::Object(object)
}

/// Returns a value that differs in its last part, and is not null.
fn changed(choices: &mut Choices<'_>, value: &Value) -> Value {
    let mut value = value.clone();
    match &mut value {
        Value::Null => value = json!(0),
        Value::Bool(bool) => *bool = !*bool,
        Value::Number(number) => *number = Number::from(choices.below(1_000)),
        Value::String(string) => {
            if string.pop().is_none() || choices.one_in(2) {
                string.push('b');
            }
        }
        Value::Array(items) => {
            if items.pop().is_none() || choices.one_in(2) {
                items.push(json!({}));
            }
        }
        Value::Object(members) => match members.iter_mut().next_back() {
            Some((_, last)) if choices.one_in(2) => *last = if last.is_null() { json!(0) } else { Value::Null },
            Some((last, _)) => {
                let last = last.clone();
                members.remove(&last);
            }
            None => drop(members.insert(String::new(), Value::Null)),
        },
    }
    value
}
