//! Faults that users report, as adapters in this process. The vectors catch those that a small case
//! can show. Samples catch the others, with a verdict that names the cause.
//!
//! `SAMPLES=10000 cargo test --release --test mutants kinds -- --nocapture` prints the number of
//! samples until each is caught.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use metadata_merge::conformance::Reference;
use metadata_merge::laws::Profile;
use metadata_merge_cli::adapter::reply;
use metadata_merge_cli::check::{Adapter, Samples, Subject, Until, judge};
use serde_json::{Value, json};

use crate::damage;
use crate::ordered::{Node, ordered, top_level};

/// The part of a check that catches a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Caught {
    /// The vectors.
    Vectors,
    /// Samples, with this verdict; empty for a broken rule, law or operation.
    Samples(&'static str),
}
use Caught::{Samples as BySamples, Vectors};

const WRONG: Caught = BySamples("");
const DEPENDS: Caught = BySamples("differs in a fresh process");
const FLAKY: Caught = BySamples("unstable");

/// A fault, the part of a check that catches it, and the adapter.
type Kind = (&'static str, Caught, fn() -> Adapter);

const KINDS: &[Kind] = &[
    ("appends members, and so repeats keys in a reply", Vectors, || {
        stateless(|line| match (line["op"].as_str(), line["target"].as_object(), line["patch"].as_object()) {
            (Some("merge"), Some(target), Some(patch)) if !patch.is_empty() && !target.is_empty() => {
                let nulls = patch.values().any(Value::is_null);
                let merged = right(line);
                let (old, new) = (line["target"].to_string(), line["patch"].to_string());
                if nulls { merged } else { with_result(line, &format!("{},{}", &old[..old.len() - 1], &new[1..])) }
            }
            _ => right(line),
        })
    }),
    ("stops at lines of more than 4,096 bytes", WRONG, || longest(4_096)),
    ("stops at lines of more than 65,536 bytes", WRONG, || longest(65_536)),
    ("counts the first of repeated keys in a request", WRONG, || {
        of_lines(|line| reply_to(&ordered(line, &|members| members.reverse())))
    }),
    ("takes sorted members for granted", Vectors, || {
        of_lines(|line| {
            let top = |members: &mut Vec<(String, Node)>| {
                members.iter_mut().filter(|(name, _)| name == "patch").for_each(|(_, patch)| patch.change(&in_order))
            };
            reply_to(&top_level(line, &top))
        })
    }),
    ("memoizes by the patch", DEPENDS, || memo(|line| format!("{}{}", line["op"], line["patch"]), "merge")),
    ("memoizes by the length of the line", DEPENDS, || memo(|line| line.to_string().len().to_string(), "merge")),
    ("memoizes by the start of the line", DEPENDS, || {
        memo(|line| line["patch"].to_string().chars().take(40).collect(), "diff")
    }),
    ("denies a request that comes again", DEPENDS, || {
        let mut known = BTreeSet::new();
        of_lines(move |line| {
            let mut request: Value = line.parse().unwrap_or_default();
            let seq = request["seq"].take();
            if known.insert(request.to_string()) {
                reply_to(line)
            } else {
                json!({"seq": seq, "rejected": "it was answered before"}).to_string()
            }
        })
    }),
    ("merges into what it merged before", DEPENDS, || {
        let mut last = json!({});
        of_lines(move |line| {
            let mut request: Value = line.parse().unwrap_or_default();
            if request["op"] == "merge" && request["target"] == json!({}) {
                request["target"] = last.clone();
            }
            let reply: Value = right(&request).parse().unwrap_or_default();
            if reply["result"].is_object() && request["op"] == "merge" {
                last = reply["result"].clone();
            }
            reply.to_string()
        })
    }),
    ("gives one wrong answer in 500", FLAKY, || one_in(500, "merge")),
    ("gives one wrong answer in 5,000", FLAKY, || one_in(5_000, "")),
    ("loses keys beyond 64 in a document", WRONG, || damaged("merge", |value| cut(value, 64))),
    ("loses what is nested deeper than 64 levels", Vectors, || damaged("", |value| damage::shallow(value, 64))),
    ("loses what is nested deeper than 99 levels", WRONG, || damaged("", |value| damage::shallow(value, 99))),
    ("cuts strings at 255 characters", Vectors, || damaged("", |value| strings(value, 255))),
    ("cuts strings at 4,000 characters", WRONG, || damaged("", |value| strings(value, 4_000))),
    ("cuts strings at 65,535 characters", WRONG, || damaged("", |value| strings(value, 65_535))),
    ("cuts arrays at 100 items", WRONG, || damaged("", |value| arrays(value, 100))),
    ("reads `%41` as a character", WRONG, || {
        damaged("", |value| damage::strings(value, &|text| text.replace("%41", "A").replace("%20", " ").into()))
    }),
    ("folds compatibility forms in keys", Vectors, || {
        damaged("", |value| {
            damage::keys(value, &|key| key.replace('\u{212a}', "K").replace('ﬁ', "fi").replace('Ａ', "A"))
        })
    }),
    ("rounds integers beyond 2^53", Vectors, || {
        damaged("", |value| {
            damage::numbers(value, &|number| match number.as_i64() {
                Some(large) if large.unsigned_abs() > 1 << 53 => json!(large as f64),
                _ => number.clone().into(),
            })
        })
    }),
    ("loses the escapes of surrogate pairs in a request", WRONG, || {
        of_lines(|line| reply_to(&line.replace("\\ud83d\\ude00", "?")))
    }),
    ("refuses `$` at the start of a key alone", Vectors, || {
        violations(|violation| {
            let path = violation["path"].as_str().unwrap_or_default();
            violation["limit"] != "key-characters" || !path.contains('$') || path.contains("/$")
        })
    }),
    ("counts escaped slashes in the size", Vectors, || sized(|text| text.replace('/', "\\/"))),
    ("counts escapes of other letters in the size", Vectors, || sized(|text| text.replace('\u{e9}', "\\u00e9"))),
    ("counts escapes of HTML in the size", Vectors, || {
        sized(|text| text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }),
];

#[test]
fn every_kind_of_damage_is_caught_by_its_verdict() {
    let by_hand: Option<u64> = env::var("SAMPLES").ok().and_then(|count| count.parse().ok());
    let wrong: Vec<String> = KINDS.iter().filter_map(|kind| try_kind(kind, by_hand)).collect();
    assert_eq!(wrong, [""; 0]);
}

/// Returns the faults with an unexpected verdict.
fn try_kind((name, caught, start): &Kind, by_hand: Option<u64>) -> Option<String> {
    let (mut found, _) = broken(start, 0);
    if let Some(count) = by_hand {
        let (by_samples, first) = broken(start, count);
        let first = first.map_or(String::new(), |first| first.to_string());
        println!("| {name} | {} | {first} | {} |", found.join(", "), by_samples.join(", "));
    }
    let by_vectors = !found.is_empty();
    if !by_vectors {
        (found, _) = broken(start, by_hand.unwrap_or(300));
    }
    let unstable = |broken: &String| [DEPENDS, FLAKY].iter().any(|verdict| verdict.names(broken));
    let right = match *caught {
        Vectors => by_vectors,
        WRONG => !found.is_empty() && !found.iter().any(unstable),
        named => found.iter().any(|broken| named.names(broken)),
    };
    (!right).then(|| format!("{name}: {found:?}, by vectors: {by_vectors}"))
}

impl Caught {
    fn names(self, broken: &str) -> bool {
        matches!(self, BySamples(verdict) if broken.starts_with(verdict))
    }
}

/// Returns the verdict, and the number of the first wrong sample.
fn broken(start: &fn() -> Adapter, count: u64) -> (Vec<String>, Option<u64>) {
    let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3);
    let samples = Samples { count, seed, profile: Profile::new().with_exact_numbers(), until: Until::Wrong };
    let verdict = judge(Subject::of_lines(start), &samples).expect("no fault");
    (verdict.broken(), verdict.first_wrong_sample())
}

fn of_lines(mut answer: impl FnMut(&str) -> String + 'static) -> Adapter {
    Box::new(move |line| answer(line))
}

fn stateless(answer: impl Fn(&Value) -> String + 'static) -> Adapter {
    of_lines(move |line| answer(&line.parse().unwrap_or_default()))
}

/// Returns the right reply to a line.
fn reply_to(line: &str) -> String {
    reply(&mut Reference, line.as_bytes()).to_string()
}

fn right(request: &Value) -> String {
    reply_to(&request.to_string())
}

fn with_result(request: &Value, result: &str) -> String {
    format!("{{\"seq\":{},\"result\":{result}}}", request["seq"])
}

/// Rejects a line that is longer than a reader's buffer.
fn longest(bytes: usize) -> Adapter {
    of_lines(move |line| {
        if line.len() <= bytes {
            return reply_to(line);
        }
        let request: Value = line.parse().unwrap_or_default();
        json!({"seq": request["seq"], "rejected": "not JSON"}).to_string()
    })
}

fn memo(key: fn(&Value) -> String, op: &'static str) -> Adapter {
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    of_lines(move |line| {
        let mut request: Value = line.parse().unwrap_or_default();
        if request["op"] != op {
            return reply_to(line);
        }
        let seq = request["seq"].take();
        request["seq"] = json!(0);
        let mut reply =
            known.entry(key(&request)).or_insert_with(|| right(&request).parse().unwrap_or_default()).clone();
        reply["seq"] = seq;
        reply.to_string()
    })
}

fn one_in(count: u64, op: &'static str) -> Adapter {
    let mut asked = 0;
    of_lines(move |line| {
        let request: Value = line.parse().unwrap_or_default();
        asked += u64::from(op.is_empty() || request["op"] == op);
        if asked > 0 && asked % count == 0 {
            asked += 1;
            return with_result(&request, "{\"flaky\":true}");
        }
        reply_to(line)
    })
}

/// Damages the arguments of one operation, or of all.
fn damaged(op: &'static str, damage: fn(&Value) -> Value) -> Adapter {
    of_lines(move |line| {
        let mut request: Value = line.parse().unwrap_or_default();
        let text = request["op"] == "text";
        if let (Some(members), true) = (request.as_object_mut(), !text) {
            let named = op.is_empty() || members["op"] == op;
            let damageable = |name: &str| named && !["seq", "op", "resource"].contains(&name);
            members.iter_mut().filter(|(name, _)| damageable(name)).for_each(|(_, value)| *value = damage(value));
        }
        right(&request)
    })
}

/// Keeps each member of an object that is not smaller than the previous one.
fn in_order(members: &mut Vec<(String, Node)>) {
    let mut last = String::new();
    members.retain(|(key, _)| {
        let kept = *key >= last;
        if kept {
            last.clone_from(key);
        }
        kept
    });
}

fn cut(value: &Value, count: usize) -> Value {
    damage::cut(value, count)
}

fn strings(value: &Value, count: usize) -> Value {
    damage::strings(value, &|text| text.chars().take(count).collect::<String>().into())
}

fn arrays(value: &Value, count: usize) -> Value {
    damage::arrays(value, &|items| items.iter().take(count).cloned().collect())
}

/// Keeps some of the violations.
fn violations(kept: fn(&Value) -> bool) -> Adapter {
    stateless(move |request| {
        let mut reply: Value = right(request).parse().unwrap_or_default();
        if let (true, Some(violations)) =
            (request["op"] == "limits", reply.get_mut("result").and_then(Value::as_array_mut))
        {
            violations.retain(kept);
        }
        reply.to_string()
    })
}

/// Computes the size of a user with the given writer.
fn sized(write: fn(&str) -> String) -> Adapter {
    stateless(move |request| {
        let mut reply: Value = right(request).parse().unwrap_or_default();
        let user = request["op"] == "limits" && request["resource"] == "user";
        if let (true, Some(violations)) = (user, reply.get_mut("result").and_then(Value::as_array_mut)) {
            violations.retain(|violation| violation["limit"] != "too-large");
            if write(&request["stored"].to_string()).len() > 10_240 {
                violations.push(json!({"path": "", "limit": "too-large", "strength": "warned"}));
            }
        }
        reply.to_string()
    })
}
