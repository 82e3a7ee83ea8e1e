//! Shrinks a failing sample.

use serde_json::{Value, json};

use super::coarse;
use super::example::Example;
use super::line::Style;
use super::subject::Subject;
use super::texts;
use super::values::{keys, length, without};

/// Samples up to this length are shrunk in small steps.
const SMALL: usize = 4_096;

pub(super) const UNSTABLE: &str = "unstable: the same request got the right answer later";
pub(super) const STALE: &str = "differs in a fresh process: there, the same request got the right answer";

/// The steps that shrinking may take besides smaller values.
#[derive(Clone, Copy)]
pub(super) struct Freedom {
    /// The number of values that must stay.
    pub(super) least: usize,
    /// Whether keys may be renamed. They may not where a key has a meaning.
    pub(super) rename: bool,
    pub(super) content: Content,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Content {
    Json,
    /// Drafts of texts.
    Text,
}

/// Tests a sample, and returns the smallest example that fails in the same way.
///
/// A sample that passes when it is repeated, here or in a fresh process, gets a note. It is not
/// shrunk, because a smaller one could fail for another reason.
pub(super) fn smallest(
    subject: &mut Subject<'_>,
    sample: Vec<Value>,
    freedom: Freedom,
    mut test: impl FnMut(&mut Subject<'_>, &[Value]) -> Option<Example>,
) -> Option<Example> {
    let first = test(subject, &sample)?;
    if let Some(note) = note(subject, |subject| test(subject, &sample).is_some()) {
        return Some(Example { note: Some(note), ..first });
    }
    let style = subject.style;
    subject.style = Style::Plain;
    if !test(subject, &sample).is_some_and(|found| found.is_like(&first)) {
        subject.style = style;
    }
    let tries = subject.tries;
    let sample =
        shrink(sample, freedom, tries, |smaller| test(subject, smaller).is_some_and(|found| found.is_like(&first)));
    let example = test(subject, &sample).unwrap_or(first);
    let note = note(subject, |subject| test(subject, &sample).is_some());
    Some(Example { note, ..example })
}

/// Repeats the request, here and in a fresh process. Returns a note if the answer is then right.
fn note(subject: &mut Subject<'_>, mut fails: impl FnMut(&mut Subject<'_>) -> bool) -> Option<&'static str> {
    if !fails(subject) {
        return Some(UNSTABLE);
    }
    let mut fresh = subject.fresh()?;
    let right = !fails(&mut fresh) && !fresh.is_broken();
    right.then_some(STALE)
}

/// Shrinks `sample` as long as it `still_fails`, with at most `tries` tests. Nulls stay, because
/// null has a special meaning. A valid text stays valid, and an invalid one stays invalid.
fn shrink(
    sample: Vec<Value>,
    freedom: Freedom,
    mut tries: usize,
    mut still_fails: impl FnMut(&[Value]) -> bool,
) -> Vec<Value> {
    let of_text = freedom.content == Content::Text;
    let valid: Vec<bool> = if of_text { sample.iter().map(texts::is_document).collect() } else { Vec::new() };
    let mut ask = |sample: &[Value]| {
        if tries == 0 || !valid.iter().zip(sample).all(|(valid, text)| texts::is_document(text) == *valid) {
            return false;
        }
        tries -= 1;
        still_fails(sample)
    };
    let mut sample = if of_text { coarse::fewer_members(sample, &mut ask) } else { coarse::shrink(sample, &mut ask) };
    while length(&sample) <= SMALL {
        let now = length(&sample);
        let mut candidates = candidates(&sample, freedom);
        candidates.retain(|candidate| length(candidate) < now); // ensures that the loop ends
        candidates.sort_by_key(|candidate| length(candidate));
        match candidates.into_iter().find(|candidate| ask(candidate)) {
            Some(candidate) => sample = candidate,
            None => break,
        }
    }
    sample
}

fn candidates(sample: &[Value], freedom: Freedom) -> Vec<Vec<Value>> {
    let mut candidates = Vec::new();
    for (index, value) in sample.iter().enumerate() {
        let all = if freedom.content == Content::Text { texts::smaller(value, smaller) } else { smaller(value) };
        candidates.extend(all.into_iter().map(|value| replaced(sample, index, value)));
        if sample.len() > freedom.least {
            candidates.push(sample.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, v)| v.clone()).collect());
        }
    }
    if freedom.content == Content::Text {
        return candidates;
    }
    let keys = keys(sample);
    let short = ["a", "b", "c", "d"].iter().find(|short| !keys.iter().any(|key| key == *short));
    for key in &keys {
        // A key is removed from all values at once, so that equal documents stay equal.
        candidates.push(sample.iter().map(|value| without(value, key)).collect());
        if let Some(short) = short.filter(|short| freedom.rename && key.len() != short.len()) {
            candidates.push(sample.iter().map(|value| renamed(value, key, short)).collect());
        }
    }
    candidates
}

fn replaced(sample: &[Value], index: usize, value: Value) -> Vec<Value> {
    let mut sample = sample.to_vec();
    sample[index] = value;
    sample
}

/// Returns smaller values.
fn smaller(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![],
        Value::Bool(_) | Value::Number(_) => vec![json!(1), json!(0)],
        Value::String(text) => {
            let mut all = vec![json!(""), json!("a"), json!(1)];
            let characters: Vec<char> = text.chars().collect();
            // In a short string, each character is removed alone.
            let short = characters.len() <= 12;
            let each = characters.iter().enumerate().filter(|_| short);
            all.extend(each.map(|(index, _)| {
                let rest = characters.iter().enumerate().filter(|(other, _)| *other != index);
                rest.map(|(_, character)| *character).collect::<String>().into()
            }));
            all
        }
        Value::Array(items) => {
            let mut all = vec![json!([]), json!(1)];
            for (index, item) in items.iter().enumerate() {
                let mut fewer = items.clone();
                fewer.remove(index);
                all.push(Value::Array(fewer));
                all.extend(smaller(item).into_iter().map(|item| Value::Array(replaced(items, index, item))));
            }
            all
        }
        Value::Object(members) => {
            let mut all = vec![json!({}), json!(1)];
            for (key, member) in members {
                all.push(without(value, key));
                all.extend(smaller(member).into_iter().map(|member| {
                    let mut members = members.clone();
                    members.insert(key.clone(), member);
                    Value::Object(members)
                }));
            }
            all
        }
    }
}

/// Renames a key at any depth.
fn renamed(value: &Value, key: &str, short: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| renamed(item, key, short)).collect(),
        Value::Object(members) => {
            let name = |other: &String| if other == key { short.to_owned() } else { other.clone() };
            Value::Object(members.iter().map(|(other, member)| (name(other), renamed(member, key, short))).collect())
        }
        other => other.clone(),
    }
}
