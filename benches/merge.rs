//! Wall-clock times of every way to merge and to update, compared with serde_json and json-patch. Each workload is a group.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use metadata_merge::limits::Limit;
use metadata_merge::resource::USER;
use metadata_merge::{Patch, merge, merge_in_place, text};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

#[allow(unreachable_pub)] // the library of benches/peers
mod workloads;

use workloads::{Workload, all, broken_requests, requests, variants};

fn bench(criterion: &mut Criterion) {
    for workload in all() {
        let mut group = criterion.benchmark_group(workload.name);
        bench_text(&mut group, &workload);

        // Both own the patch and drop the rest of it. The document is dropped after the clock has stopped.
        let owned = || (workload.document.clone(), workload.patch.clone());
        group.bench_function("merge_in_place", |b| {
            b.iter_batched(
                owned,
                |(mut document, patch)| {
                    let done = merge_in_place(&mut document, patch);
                    (document, done)
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function("json-patch", |b| {
            b.iter_batched(
                owned,
                |(mut document, patch)| {
                    json_patch::merge(&mut document, &patch);
                    document
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function("merge", |b| b.iter(|| merge(black_box(&workload.document), black_box(&workload.patch))));
        let patch = || Patch::try_from(workload.patch.clone()).expect("an object");
        group.bench_function("then", |b| {
            b.iter_batched(|| (patch(), patch()), |(first, next)| first.then(next), BatchSize::LargeInput);
        });
        let merged = merge(&workload.document, &workload.patch).expect("objects");
        let [before, after] = [&workload.document, &merged].map(|value| value.as_object().expect("an object"));
        group.bench_function("diff", |b| b.iter(|| Patch::diff(black_box(before), black_box(after))));
        group.finish();
    }
    for workload in variants() {
        bench_text(&mut criterion.benchmark_group(workload.name), &workload);
    }
    for (workload, limits) in requests() {
        bench_request(&mut criterion.benchmark_group(format!("PATCH: {}", workload.name)), &workload, &limits);
    }
    for (workload, limits) in broken_requests() {
        let name = format!("PATCH with old violations: {}", workload.name);
        bench_request(&mut criterion.benchmark_group(name), &workload, &limits);
    }
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

fn bench_text(group: &mut Group<'_>, workload: &Workload) {
    let (document, body) = (workload.document_text.as_str(), workload.patch_text.as_str());
    group.bench_function("text::merge", |b| b.iter(|| text::merge(black_box(document), black_box(body))));
    group.bench_function("text::merge_into", |b| {
        let mut out = String::new();
        b.iter(|| {
            out.clear();
            text::merge_into(black_box(document), black_box(body), &mut out)
        });
    });
    group.bench_function("serde_json and json-patch, text", |b| {
        b.iter(|| round_trip(black_box(document), black_box(body)))
    });
    bench_validation(group, workload);
}

fn bench_validation(group: &mut Group<'_>, workload: &Workload) {
    group.bench_function("validation alone", |b| {
        let texts = [&workload.document_text, &workload.patch_text];
        b.iter(|| texts.map(|text| serde_json::from_str::<IgnoredAny>(black_box(text)).expect("JSON")));
    });
}

/// A whole PATCH, with limits.
fn bench_request(group: &mut Group<'_>, workload: &Workload, limits: &[Limit]) {
    let (stored, body) = (workload.document_text.as_str(), workload.patch_text.as_str());
    group.bench_function("update_text", |b| b.iter(|| USER.update_text(black_box(stored), black_box(body))));
    group.bench_function("update_text_checked", |b| {
        b.iter(|| USER.update_text_checked(limits, black_box(stored), black_box(body)));
    });
    group.bench_function("trees, text", |b| b.iter(|| update_trees(limits, black_box(stored), black_box(body))));
    bench_validation(group, workload);
}

/// Decodes, checks, updates and encodes.
fn update_trees(limits: &[Limit], stored: &str, body: &str) -> String {
    let mut stored: Map<String, Value> = serde_json::from_str(stored).expect("an object");
    let plan = USER.plan(serde_json::from_str::<Value>(body).expect("JSON")).expect("an object");
    black_box(plan.check(limits, &stored).expect("objects"));
    plan.apply(&mut stored).expect("objects");
    Value::Object(stored).to_string()
}

/// Decodes, merges by RFC 7396 with `json-patch`, and encodes.
fn round_trip(document: &str, patch: &str) -> String {
    let [mut document, patch] = [document, patch].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    json_patch::merge(&mut document, &patch);
    document.to_string()
}

criterion_group!(benches, bench);
criterion_main!(benches);
