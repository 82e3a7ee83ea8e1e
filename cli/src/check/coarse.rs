//! Shrinks a large sample by halves, which takes few requests.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::values::{keys, length};

/// The length at which a sample is small enough.
const SMALL: usize = 200;

/// A test whether a sample still fails.
type Ask<'a> = &'a mut dyn FnMut(&[Value]) -> bool;

/// Removes keys, members, items, levels and ends of strings, and replaces values, by halves.
pub(super) fn shrink(mut sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    loop {
        let before = length(&sample);
        if before <= SMALL {
            return sample;
        }
        sample = fewer_keys(sample, ask);
        sample = fewer_levels(sample, ask);
        sample = fewer_parts(sample, ask);
        sample = simpler_leaves(sample, ask);
        sample = shorter_strings(sample, ask);
        if length(&sample) >= before {
            return sample;
        }
    }
}

/// Removes members of lists at the first level, by halves.
pub(super) fn fewer_members(mut sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    for index in 0..sample.len() {
        sample = by_halves(
            sample,
            ask,
            |sample| children(&sample[index]),
            |sample, range| {
                let mut sample = sample.to_vec();
                remove(&mut sample[index], &range);
                Some(sample)
            },
        );
    }
    sample
}

/// Tries to remove all parts, then halves, quarters and so on. `count` returns the number of parts.
fn by_halves(
    mut sample: Vec<Value>,
    ask: Ask<'_>,
    count: impl Fn(&[Value]) -> usize,
    without: impl Fn(&[Value], Range<usize>) -> Option<Vec<Value>>,
) -> Vec<Value> {
    let mut size = count(&sample);
    while size > 0 {
        let mut start = 0;
        // Removing a part may remove others.
        while start < count(&sample) {
            let end = (start + size).min(count(&sample));
            match without(&sample, start..end).filter(|smaller| ask(smaller)) {
                Some(smaller) => sample = smaller,
                None => start = end,
            }
        }
        size /= 2;
    }
    sample
}

/// Removes keys from all values at once, so that equal documents stay equal.
fn fewer_keys(sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    by_halves(
        sample,
        ask,
        |sample| keys(sample).len(),
        |sample, range| {
            let gone = &keys(sample)[range];
            Some(sample.iter().map(|value| without_all(value, gone)).collect())
        },
    )
}

fn without_all(value: &Value, gone: &[String]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| without_all(item, gone)).collect(),
        Value::Object(members) => {
            let kept = members.iter().filter(|(key, _)| gone.binary_search(key).is_err());
            Value::Object(kept.map(|(key, member)| (key.clone(), without_all(member, gone))).collect())
        }
        other => other.clone(),
    }
}

/// Removes members and items of one value at a time, the outer ones first.
fn fewer_parts(mut sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    let mut index = 0;
    // Each removal changes the paths.
    while let Some(path) = paths(&sample, |value| children(value) > 1).get(index).cloned() {
        let count = |sample: &[Value]| at(sample, &path).map_or(0, children);
        sample = by_halves(sample, ask, count, |sample, range| {
            let mut sample = sample.to_vec();
            remove(at_mut(&mut sample, &path)?, &range);
            Some(sample)
        });
        index += 1;
    }
    sample
}

/// Replaces a value by one that is nested in it, deep ones first.
fn fewer_levels(mut sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    for step in [64, 32, 16, 8, 4, 2, 1] {
        let deep = paths(&sample, |value| depth(value) > step.max(3));
        for path in deep.into_iter().filter(|path| path.len() > 1).take(32) {
            let Some(inner) = at(&sample, &path).and_then(|value| below(value, step)).cloned() else { continue };
            let mut smaller = sample.clone();
            if let Some(value) = at_mut(&mut smaller, &path) {
                *value = inner;
            }
            if ask(&smaller) {
                sample = smaller;
            }
        }
    }
    sample
}

/// Replaces booleans, numbers and strings by 1.
fn simpler_leaves(sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    let is_leaf = |value: &Value| match value {
        Value::String(text) => text.len() > 1,
        Value::Bool(_) | Value::Number(_) => *value != json!(1),
        _ => false,
    };
    by_halves(
        sample,
        ask,
        |sample| paths(sample, is_leaf).len(),
        |sample, range| {
            let mut simpler = sample.to_vec();
            for path in paths(sample, is_leaf).get(range)? {
                *at_mut(&mut simpler, path)? = json!(1);
            }
            Some(simpler)
        },
    )
}

/// Removes parts of long strings.
fn shorter_strings(mut sample: Vec<Value>, ask: Ask<'_>) -> Vec<Value> {
    let is_long = |value: &Value| value.as_str().is_some_and(|text| text.len() > 12);
    for path in paths(&sample, is_long).into_iter().take(32) {
        let count = at(&sample, &path).and_then(Value::as_str).map_or(0, |text| text.chars().count());
        let mut size = count;
        // Smaller and smaller parts of the end are cut.
        while size > 0 {
            let mut shorter = sample.clone();
            let Some(Value::String(text)) = at_mut(&mut shorter, &path) else { break };
            let kept = text.chars().count().saturating_sub(size);
            *text = text.chars().take(kept).collect();
            if kept > 0 && ask(&shorter) {
                sample = shorter;
            } else {
                size /= 2;
            }
        }
    }
    sample
}

/// Returns the paths to the wanted values, outer ones first. A path starts with the index of the
/// argument.
fn paths(sample: &[Value], wanted: impl Fn(&Value) -> bool) -> Vec<Vec<usize>> {
    let (mut found, mut level) = (Vec::new(), Vec::new());
    level.extend(sample.iter().enumerate().map(|(index, value)| (vec![index], value)));
    while !level.is_empty() {
        let mut next = Vec::new();
        for (path, value) in level {
            let nested = (0..children(value)).filter_map(|index| {
                let below = [&path[..], &[index]].concat();
                Some((below, child(value, index)?))
            });
            next.extend(nested);
            if wanted(value) {
                found.push(path);
            }
        }
        level = next;
    }
    found
}

fn at<'v>(sample: &'v [Value], path: &[usize]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(sample.get(*first)?, |value, index| child(value, *index))
}

fn at_mut<'v>(sample: &'v mut [Value], path: &[usize]) -> Option<&'v mut Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(sample.get_mut(*first)?, |value, index| match value {
        Value::Array(items) => items.get_mut(*index),
        Value::Object(members) => members.values_mut().nth(*index),
        _ => None,
    })
}

fn child(value: &Value, index: usize) -> Option<&Value> {
    match value {
        Value::Array(items) => items.get(index),
        Value::Object(members) => members.values().nth(index),
        _ => None,
    }
}

fn children(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

fn depth(value: &Value) -> usize {
    let below = (0..children(value)).filter_map(|index| child(value, index)).map(depth).max();
    below.map_or(0, |below| below + 1)
}

/// Returns the value `levels` levels below, along the deepest path.
fn below(value: &Value, levels: usize) -> Option<&Value> {
    if levels == 0 {
        return Some(value);
    }
    let deepest = (0..children(value)).filter_map(|index| child(value, index)).max_by_key(|child| depth(child))?;
    below(deepest, levels - 1)
}

fn remove(value: &mut Value, gone: &Range<usize>) {
    match value {
        Value::Array(items) => drop(items.drain(gone.clone())),
        Value::Object(members) => {
            let kept = members.iter().enumerate().filter(|(index, _)| !gone.contains(index));
            let kept: Map<String, Value> = kept.map(|(_, (key, member))| (key.clone(), member.clone())).collect();
            *members = kept;
        }
        _ => {}
    }
}
