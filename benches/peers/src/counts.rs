//! Instruction counts by callgrind. They are deterministic, so a change of 1 % is visible. `counts.sh` compares them with
//! the committed table.

use std::hint::black_box;

use ::workloads::{Object, Workload, all, broken_requests, flat, flat_patch, nulls, requests};
use gungraun::{library_benchmark, library_benchmark_group, main};
use metadata_merge::limits::{Check, Limit};
use metadata_merge::resource::{Checked, USER};
use metadata_merge::{Error, Patch, merge, merge_in_place, text};
use serde::de::IgnoredAny;
use serde_json::Value;

// Inputs and results are dropped outside the count.

type Texts = (String, String);
type Trees = (Value, Value);

fn workload(name: &str) -> Workload {
    all().into_iter().find(|workload| workload.name == name).expect("a workload of this name")
}

/// Makes the allocator consolidate the memory that the setup has freed, before the count begins.
fn settled<T>(input: T) -> T {
    drop(black_box(Vec::<u8>::with_capacity(1 << 16)));
    input
}

fn texts(name: &str) -> Texts {
    let Workload { document_text, patch_text, .. } = workload(name);
    settled((document_text, patch_text))
}

fn trees(name: &str) -> Trees {
    let Workload { document, patch, .. } = workload(name);
    settled((document, patch))
}

#[library_benchmark(setup = texts)]
#[bench::tiny("tiny")]
#[bench::typical("typical")]
#[bench::flat_large("flat-large")]
#[bench::nested_large("nested-large")]
#[bench::delete_heavy("delete-heavy")]
#[bench::patch_large("patch-large")]
#[bench::clear("clear")]
fn text_merge((document, patch): Texts) -> (Texts, Result<String, Error>) {
    let merged = text::merge(black_box(&document), black_box(&patch));
    ((document, patch), merged)
}

#[library_benchmark(setup = texts)]
#[bench::tiny("tiny")]
#[bench::typical("typical")]
#[bench::flat_large("flat-large")]
#[bench::nested_large("nested-large")]
#[bench::delete_heavy("delete-heavy")]
#[bench::patch_large("patch-large")]
#[bench::clear("clear")]
fn validation_alone((document, patch): Texts) -> Texts {
    for text in [&document, &patch] {
        serde_json::from_str::<IgnoredAny>(black_box(text)).expect("JSON");
    }
    (document, patch)
}

#[library_benchmark(setup = trees)]
#[bench::tiny("tiny")]
#[bench::typical("typical")]
#[bench::flat_large("flat-large")]
#[bench::nested_large("nested-large")]
#[bench::delete_heavy("delete-heavy")]
#[bench::patch_large("patch-large")]
#[bench::clear("clear")]
fn tree_merge_in_place((mut document, patch): Trees) -> (Value, Result<(), Error>) {
    let done = merge_in_place(black_box(&mut document), black_box(patch));
    (document, done)
}

#[library_benchmark(setup = trees)]
#[bench::tiny("tiny")]
#[bench::typical("typical")]
#[bench::flat_large("flat-large")]
#[bench::nested_large("nested-large")]
#[bench::delete_heavy("delete-heavy")]
#[bench::patch_large("patch-large")]
#[bench::clear("clear")]
fn tree_merge((document, patch): Trees) -> (Trees, Result<Value, Error>) {
    let merged = merge(black_box(&document), black_box(&patch));
    ((document, patch), merged)
}

type Request = (Texts, Vec<Limit>);

fn request(name: &str) -> Request {
    named(requests(), name)
}

fn broken_request(name: &str) -> Request {
    named(broken_requests(), name)
}

fn named(requests: Vec<(Workload, Vec<Limit>)>, name: &str) -> Request {
    let named = requests.into_iter().find(|(workload, _)| workload.name == name);
    let (Workload { document_text, patch_text, .. }, limits) = named.expect("a request of this name");
    settled(((document_text, patch_text), limits))
}

#[library_benchmark(setup = request)]
#[bench::tiny("tiny")]
#[bench::typical("typical")]
#[bench::flat_large("flat-large")]
#[bench::nested_large("nested-large")]
#[bench::delete_heavy("delete-heavy")]
#[bench::patch_large("patch-large")]
#[bench::clear("clear")]
#[bench::user("user")]
fn text_update(((stored, body), limits): Request) -> (Request, Result<String, Error>) {
    let updated = USER.update_text(black_box(&stored), black_box(&body));
    (((stored, body), limits), updated)
}

#[library_benchmark(setup = request)]
#[bench::tiny("tiny")]
#[bench::typical("typical")]
#[bench::flat_large("flat-large")]
#[bench::nested_large("nested-large")]
#[bench::delete_heavy("delete-heavy")]
#[bench::patch_large("patch-large")]
#[bench::clear("clear")]
#[bench::user("user")]
#[bench::old_flat_large(args = ("flat-large"), setup = broken_request)]
#[bench::old_nested_large(args = ("nested-large"), setup = broken_request)]
#[bench::old_user(args = ("user"), setup = broken_request)]
fn text_update_checked(((stored, body), limits): Request) -> (Request, Result<Checked, Error>) {
    let checked = USER.update_text_checked(&limits, black_box(&stored), black_box(&body));
    (((stored, body), limits), checked)
}

/// Returns a flat document with this number of members, and a patch of the named mix for it.
fn mix(name: &str, members: u32) -> (Object, Object) {
    let patch = match name {
        "remove-all" => nulls(0..members),
        "remove-half" => nulls((0..members).step_by(2)),
        "set-all" => flat(0..members),
        "half-and-half" => flat((0..members).step_by(2)).into_iter().chain(nulls((1..members).step_by(2))).collect(),
        "add-all-remove-all" => flat(members..2 * members).into_iter().chain(nulls(0..members)).collect(),
        "few" => flat_patch(members),
        other => unreachable!("no mix {other}"),
    };
    settled((flat(0..members), patch))
}

fn mixed_texts(name: &str, members: u32) -> Texts {
    let (document, patch) = mix(name, members);
    let texts = [document, patch].map(|object| Value::Object(object).to_string());
    settled(texts.into())
}

fn mixed_trees(name: &str, members: u32) -> Trees {
    let (document, patch) = mix(name, members);
    settled((Value::Object(document), Value::Object(patch)))
}

fn mixed_patches(name: &str, members: u32) -> (Patch, Patch) {
    let (document, patch) = mix(name, members);
    settled((Patch::from_body(document), Patch::from_body(patch)))
}

#[library_benchmark(setup = mixed_texts)]
#[bench::remove_all_1000("remove-all", 1_000)]
#[bench::remove_all_10000("remove-all", 10_000)]
#[bench::remove_all_100000("remove-all", 100_000)]
#[bench::remove_half_1000("remove-half", 1_000)]
#[bench::remove_half_10000("remove-half", 10_000)]
#[bench::remove_half_100000("remove-half", 100_000)]
#[bench::set_all_1000("set-all", 1_000)]
#[bench::set_all_10000("set-all", 10_000)]
#[bench::set_all_100000("set-all", 100_000)]
#[bench::half_and_half_1000("half-and-half", 1_000)]
#[bench::half_and_half_10000("half-and-half", 10_000)]
#[bench::half_and_half_100000("half-and-half", 100_000)]
#[bench::add_all_remove_all_1000("add-all-remove-all", 1_000)]
#[bench::add_all_remove_all_10000("add-all-remove-all", 10_000)]
#[bench::add_all_remove_all_100000("add-all-remove-all", 100_000)]
#[bench::few_1000("few", 1_000)]
#[bench::few_10000("few", 10_000)]
#[bench::few_100000("few", 100_000)]
fn text_growth((document, patch): Texts) -> (Texts, Result<String, Error>) {
    let merged = text::merge(black_box(&document), black_box(&patch));
    ((document, patch), merged)
}

/// Returns texts that are made to be slow: every key of the document and of the patch is repeated, or all keys have one hash or
/// one long prefix.
fn hostile_texts(name: &str, members: usize) -> Texts {
    let prefixed = |name: &str| (0..members).map(|number| format!("{}{name}{number:05}", "a".repeat(40))).collect();
    let twice = |name: &str| (0..members).map(|number| format!("{name}_{:05}", number / 2)).collect();
    let [document, patch]: [Vec<String>; 2] = match name {
        "repeated" => ["key", "new"].map(twice),
        "colliding" => [(); 2].map(|()| colliding(members)),
        "one-prefix" => ["key", "new"].map(prefixed),
        other => unreachable!("no texts {other}"),
    };
    let object = |keys: Vec<String>| {
        let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    settled((object(document), object(patch)))
}

/// Returns keys with the same hash. `src/text/key.rs` folds eight bytes at a time, and a word that equals the hash so far resets
/// it to 0. A change of `Hash` there needs a change here.
fn colliding(count: usize) -> Vec<String> {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let printable = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    let to_zero = |before: u64| {
        let pairs = (0_u32..).filter_map(move |number| {
            let first = format!("{number:08}");
            let word = u64::from_le_bytes(first.as_bytes().try_into().ok()?);
            let product = u128::from(before ^ word) * u128::from(MIX.rotate_left(32));
            let second = (product as u64 ^ (product >> 64) as u64).to_le_bytes();
            second.iter().all(printable).then(|| first + &String::from_utf8_lossy(&second))
        });
        pairs.take(count.isqrt() + 1).collect::<Vec<_>>()
    };
    let (starts, ends) = (to_zero(MIX), to_zero(0));
    starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).take(count).collect()
}

#[library_benchmark(setup = hostile_texts)]
#[bench::repeated_1000("repeated", 1_000)]
#[bench::repeated_10000("repeated", 10_000)]
#[bench::repeated_100000("repeated", 100_000)]
#[bench::colliding_1000("colliding", 1_000)]
#[bench::colliding_10000("colliding", 10_000)]
#[bench::colliding_100000("colliding", 100_000)]
fn text_hostile_growth((document, patch): Texts) -> (Texts, Result<String, Error>) {
    let merged = text::merge(black_box(&document), black_box(&patch));
    ((document, patch), merged)
}

/// Each key breaks a limit, and so do their number, the size and the depth.
fn hostile_request(name: &str, members: usize) -> Request {
    let (document, patch) = hostile_texts(name, members);
    let request = |object: String| format!("{{\"user_metadata\":{object}}}");
    let checks = [Check::MaxKeys(1), Check::MaxKeyLength(1), Check::Strings, Check::MaxSize(1), Check::MaxDepth(0)];
    let limits = checks.map(|check| Limit::on("user_metadata", check)).to_vec();
    settled(((request(document), request(patch)), limits))
}

#[library_benchmark(setup = hostile_request)]
#[bench::repeated_1000("repeated", 1_000)]
#[bench::repeated_10000("repeated", 10_000)]
#[bench::repeated_100000("repeated", 100_000)]
#[bench::colliding_1000("colliding", 1_000)]
#[bench::colliding_10000("colliding", 10_000)]
#[bench::colliding_100000("colliding", 100_000)]
#[bench::one_prefix_1000("one-prefix", 1_000)]
#[bench::one_prefix_10000("one-prefix", 10_000)]
#[bench::one_prefix_100000("one-prefix", 100_000)]
fn text_checked_hostile_growth(((stored, body), limits): Request) -> (Request, Result<Checked, Error>) {
    let checked = USER.update_text_checked(&limits, black_box(&stored), black_box(&body));
    (((stored, body), limits), checked)
}

#[library_benchmark(setup = settled)]
#[bench::repeated_1000(1_000)]
#[bench::repeated_10000(10_000)]
#[bench::repeated_100000(100_000)]
fn text_append_growth(merges: usize) -> String {
    // Each merge appends to the same buffer. The document repeats a key.
    let mut out = String::new();
    for _ in 0..merges {
        let merged = text::merge_into(black_box(r#"{"a":1,"a":2}"#), black_box(r#"{"b":3}"#), &mut out);
        merged.expect("objects");
    }
    out
}

#[library_benchmark(setup = mixed_trees)]
#[bench::remove_all_1000("remove-all", 1_000)]
#[bench::remove_all_10000("remove-all", 10_000)]
#[bench::remove_all_100000("remove-all", 100_000)]
#[bench::remove_half_1000("remove-half", 1_000)]
#[bench::remove_half_10000("remove-half", 10_000)]
#[bench::remove_half_100000("remove-half", 100_000)]
#[bench::set_all_1000("set-all", 1_000)]
#[bench::set_all_10000("set-all", 10_000)]
#[bench::set_all_100000("set-all", 100_000)]
#[bench::half_and_half_1000("half-and-half", 1_000)]
#[bench::half_and_half_10000("half-and-half", 10_000)]
#[bench::half_and_half_100000("half-and-half", 100_000)]
#[bench::add_all_remove_all_1000("add-all-remove-all", 1_000)]
#[bench::add_all_remove_all_10000("add-all-remove-all", 10_000)]
#[bench::add_all_remove_all_100000("add-all-remove-all", 100_000)]
#[bench::few_1000("few", 1_000)]
#[bench::few_10000("few", 10_000)]
#[bench::few_100000("few", 100_000)]
fn tree_growth((mut document, patch): Trees) -> (Value, Result<(), Error>) {
    let done = merge_in_place(black_box(&mut document), black_box(patch));
    (document, done)
}

#[library_benchmark(setup = mixed_patches)]
#[bench::set_all_1000("set-all", 1_000)]
#[bench::set_all_10000("set-all", 10_000)]
#[bench::set_all_100000("set-all", 100_000)]
#[bench::add_all_remove_all_1000("add-all-remove-all", 1_000)]
#[bench::add_all_remove_all_10000("add-all-remove-all", 10_000)]
#[bench::add_all_remove_all_100000("add-all-remove-all", 100_000)]
fn tree_then_growth((first, next): (Patch, Patch)) -> Patch {
    black_box(first).then(black_box(next))
}

#[library_benchmark(setup = mix)]
#[bench::set_all_1000("set-all", 1_000)]
#[bench::set_all_10000("set-all", 10_000)]
#[bench::set_all_100000("set-all", 100_000)]
fn tree_diff_growth((before, after): (Object, Object)) -> ((Object, Object), Result<Patch, Error>) {
    let diff = Patch::diff(black_box(&before), black_box(&after));
    ((before, after), diff)
}

library_benchmark_group!(
    name = workloads;
    benchmarks = text_merge, text_update, text_update_checked, validation_alone, tree_merge_in_place, tree_merge
);
library_benchmark_group!(
    name = growth;
    benchmarks = text_growth, text_hostile_growth, text_checked_hostile_growth, text_append_growth, tree_growth,
        tree_then_growth, tree_diff_growth
);
main!(library_benchmark_groups = workloads, growth);
