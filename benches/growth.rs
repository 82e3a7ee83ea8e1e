//! One operation on a document of so many root keys, for `benches/growth.sh` to count its instructions:
//!
//! ```text
//! growth OPERATION KEYS
//! ```

use std::env;
use std::hint::black_box;

use metadata_merge::{Patch, merge_in_place};
use serde_json::{Map, Value, json};

/// What is counted.
#[inline(never)]
fn measured<T>(operation: impl FnOnce() -> T) -> T {
    operation()
}

fn flat(numbers: impl Iterator<Item = u64>, value: impl Fn(u64) -> Value) -> Map<String, Value> {
    numbers.map(|number| (format!("key_{number:07}"), value(number))).collect()
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let (operation, keys) = match &arguments[..] {
        [_, operation, keys] => (operation.as_str(), keys.parse().expect("a number")),
        // As cargo runs every bench: there is nothing to time here.
        _ => return println!("growth: run benches/growth.sh"),
    };
    let document = flat(0..keys, Value::from);
    let mut target = Value::Object(document.clone());
    let null = |_| Value::Null;
    let new = |number| json!({"n": number});
    let patch = match operation {
        "remove-all" | "diff" | "then" => flat(0..keys, null),
        "remove-half" => flat((0..keys).step_by(2), null),
        "set-all" => flat(0..keys, new),
        "set-half-remove-half" => flat(0..keys, |number| if number % 2 == 0 { Value::Null } else { new(number) }),
        "add-all-remove-all" => {
            let mut patch = flat(keys..2 * keys, new);
            patch.extend(flat(0..keys, null));
            patch
        }
        "clear" => Map::new(),
        other => unreachable!("no operation {other}"),
    };
    match operation {
        "diff" => drop(black_box(measured(|| Patch::diff(&document, &Map::new())))),
        "then" => {
            let (first, next) = (Patch::clear().then(Patch::from(flat(0..keys, new))), Patch::from(patch));
            let composed = measured(|| first.then(next));
            assert_eq!(black_box(measured(|| composed.bodies().len())), 1);
        }
        _ => measured(|| merge_in_place(&mut target, Value::Object(patch))).expect("objects"),
    }
    black_box(target);
}
