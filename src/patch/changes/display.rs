//! Changes as text for people.

use alloc::string::{String, ToString};
use core::fmt;

use serde_json::{Map, Value};

use super::Changes;
use crate::equality::json_eq;
use crate::excerpt::{Excerpt, Quoted};

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no change");
        }
        write!(f, "{}", Lines(self, 0))?;
        let (added, replaced, removed) = (self.added().len(), self.replaced().len(), self.removed().len());
        write!(f, "{added} added, {replaced} replaced, {removed} removed")?;
        if self.is_emptied() {
            f.write_str(": NOTHING IS LEFT")?;
        }
        Ok(())
    }
}

/// One line for each change, and for each member below it that differs, at a level of indentation.
pub(in crate::patch) struct Lines<'c, 'a>(pub(in crate::patch) &'c Changes<'a>, pub(in crate::patch) usize);

impl fmt::Display for Lines<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines(changes, level) = *self;
        for (key, old) in changes.removed() {
            line(f, '-', key, old, level)?;
        }
        for (key, old, new) in changes.replaced() {
            replacement(f, key, old, new, level)?;
        }
        for (key, new) in changes.added() {
            line(f, '+', key, new, level)?;
        }
        Ok(())
    }
}

/// The number of levels below the root whose members are compared.
const DEEPEST: usize = 8;

/// Writes the differences between the members of two objects.
fn members(
    f: &mut fmt::Formatter<'_>,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    level: usize,
) -> fmt::Result {
    for (key, value) in old {
        match new.get(key) {
            None => line(f, '-', key, value, level)?,
            Some(other) if json_eq(other, value) => {}
            Some(other) => replacement(f, key, value, other, level)?,
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        line(f, '+', key, value, level)?;
    }
    Ok(())
}

fn replacement(f: &mut fmt::Formatter<'_>, key: &str, old: &Value, new: &Value, level: usize) -> fmt::Result {
    indent(f, level)?;
    write!(f, "~ {}:", Quoted(key))?;
    if let (Value::Object(old), Value::Object(new), true) = (old, new, level < DEEPEST) {
        f.write_str(if level == 0 { " replaced as a whole\n" } else { "\n" })?;
        return members(f, old, new, level + 1);
    }
    if excerpts_differ(old, new) {
        return writeln!(f, " {} -> {}", Excerpt::short(old), Excerpt::short(new));
    }
    f.write_str(" they differ")?;
    first_difference(f, old, new)
}

fn excerpts_differ(old: &Value, new: &Value) -> bool {
    Excerpt::short(old).to_string() != Excerpt::short(new).to_string()
}

/// Writes the place where two values first differ, and both values there. Both are cut to the same
/// text.
fn first_difference(f: &mut fmt::Formatter<'_>, mut old: &Value, mut new: &Value) -> fmt::Result {
    let mut before = " at ";
    for _ in 0..DEEPEST {
        let found = match (old, new) {
            (Value::Array(old), Value::Array(new)) => {
                let index = old.iter().zip(new).take_while(|(old, new)| json_eq(old, new)).count();
                if index == old.len() && index == new.len() {
                    break; // a mask hides the difference
                }
                write!(f, "{before}item {index}")?;
                old.get(index).zip(new.get(index)).ok_or([old.get(index), new.get(index)])
            }
            (Value::Object(old), Value::Object(new)) => {
                let mut keys = old.keys().chain(new.keys());
                let differs = |key: &&String| match (old.get(*key), new.get(*key)) {
                    (Some(old), Some(new)) => !json_eq(old, new),
                    _ => true,
                };
                let Some(key) = keys.find(differs) else { break };
                write!(f, "{before}{}", Quoted(key))?;
                old.get(key).zip(new.get(key)).ok_or([old.get(key), new.get(key)])
            }
            (Value::String(old), Value::String(new)) => {
                let offset = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
                let rest = |text: &str| text.chars().skip(offset).collect::<String>().into();
                let (old, new) = (rest(old), rest(new));
                return writeln!(f, "{before}character {offset}: {} -> {}", Excerpt::short(&old), Excerpt::short(&new));
            }
            _ => break,
        };
        match found {
            Ok((one, other)) if excerpts_differ(one, other) => {
                return writeln!(f, ": {} -> {}", Excerpt::short(one), Excerpt::short(other));
            }
            Ok(both) => (old, new) = both,
            Err(sides) => {
                let [old, new] = sides.map(|side| side.map_or("absent".into(), |it| Excerpt::short(it).to_string()));
                return writeln!(f, ": {old} -> {new}");
            }
        }
        before = ", ";
    }
    f.write_str(" further on\n")
}

fn line(f: &mut fmt::Formatter<'_>, sign: char, key: &str, value: &Value, level: usize) -> fmt::Result {
    indent(f, level)?;
    writeln!(f, "{sign} {}: {}", Quoted(key), Excerpt::short(value))
}

fn indent(f: &mut fmt::Formatter<'_>, level: usize) -> fmt::Result {
    (0..level).try_for_each(|_| f.write_str("    "))
}
