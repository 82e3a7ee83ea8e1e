//! Prints the ratio of the time of each peer to that of this crate, as rows of a Markdown table. Each figure is the median over
//! rounds in which the two take turns. Both drop what they own. `ratios.sh` prints the whole table.

use std::hint::black_box;
use std::time::{Duration, Instant};

use metadata_merge::{merge, merge_in_place, text};
use serde::de::IgnoredAny;
use serde_json::Value;
use workloads::{Workload, all};

mod peers;

/// A way to merge a workload.
enum Way {
    Text(fn(&str, &str)),
    /// Owns both sides.
    Tree(fn(Value, Value)),
}

const ROWS: [(&str, Way, &str, Way); 6] = [
    (
        "text::merge",
        TEXT,
        "serde_json and json-patch",
        Way::Text(|document, patch| drop(black_box(peers::json_patch(document, patch)))),
    ),
    ("text::merge", TEXT, "sonic-rs", Way::Text(|document, patch| drop(black_box(peers::sonic_rs(document, patch))))),
    ("text::merge", TEXT, "simd-json", Way::Text(|document, patch| drop(black_box(peers::simd_json(document, patch))))),
    ("text::merge", TEXT, "validation alone", Way::Text(validate)),
    (
        "merge_in_place",
        Way::Tree(|mut document, patch| {
            merge_in_place(&mut document, patch).expect("objects");
            drop(black_box(document));
        }),
        "json-patch",
        JSON_PATCH,
    ),
    (
        "merge",
        Way::Tree(|document, patch| drop(black_box(merge(&document, &patch)))),
        "a clone and json-patch",
        Way::Tree(|document, patch| {
            let mut merged = document.clone();
            json_patch::merge(&mut merged, &patch);
            drop(black_box(merged));
        }),
    ),
];

const TEXT: Way = Way::Text(|document, patch| drop(black_box(text::merge(document, patch))));

const JSON_PATCH: Way = Way::Tree(|mut document, patch| {
    json_patch::merge(&mut document, &patch);
    drop(black_box(document));
});

/// Validates both texts with serde_json, and builds nothing.
fn validate(document: &str, patch: &str) {
    for text in [document, patch] {
        serde_json::from_str::<IgnoredAny>(text).expect("JSON");
    }
}

fn main() {
    let map = if cfg!(feature = "preserve_order") { "in order" } else { "sorted" };
    let workloads = all();
    for (ours, our_way, peer, peer_way) in ROWS {
        print!("| {map} | `{ours}` | {peer} |");
        for workload in &workloads {
            print!(" {:.2} |", ratio(workload, &our_way, &peer_way));
        }
        println!();
    }
}

fn ratio(workload: &Workload, ours: &Way, peer: &Way) -> f64 {
    // A batch takes about a millisecond, so that reading the clock costs nothing. Its inputs fit into a cache.
    let batch = (1..=64).rev().find(|batch| time(workload, peer, *batch) < Duration::from_millis(1)).unwrap_or(1);
    let rounds = if batch > 1 { 101 } else { 41 };
    let mut ratios: Vec<f64> = (0..rounds)
        .map(|round| {
            let (ours, peer) = if round % 2 == 0 {
                let ours = time(workload, ours, batch);
                (ours, time(workload, peer, batch))
            } else {
                let peer = time(workload, peer, batch);
                (time(workload, ours, batch), peer)
            };
            peer.as_secs_f64() / ours.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[rounds / 2]
}

fn time(workload: &Workload, way: &Way, batch: usize) -> Duration {
    match way {
        Way::Text(merge) => {
            let start = Instant::now();
            for _ in 0..batch {
                merge(black_box(&workload.document_text), black_box(&workload.patch_text));
            }
            start.elapsed()
        }
        Way::Tree(merge) => {
            let inputs: Vec<_> = (0..batch).map(|_| (workload.document.clone(), workload.patch.clone())).collect();
            let start = Instant::now();
            for (document, patch) in inputs {
                merge(document, patch);
            }
            start.elapsed()
        }
    }
}
