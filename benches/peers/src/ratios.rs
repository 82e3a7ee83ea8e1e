//! Prints the ratio of the time of each peer to that of this crate, as rows of a Markdown table. A figure is followed by its goal,
//! and is bold if it misses it. Each figure is the median over rounds in which the two take turns. Both drop what they own.
//! `ratios.sh` prints the whole table.

use std::hint::black_box;
use std::time::{Duration, Instant};

use metadata_merge::limits::{self, Limit};
use metadata_merge::resource::USER;
use metadata_merge::{merge, merge_in_place, text};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use workloads::{Workload, all, broken_requests, requests, variants};

mod peers;

/// A workload and the limits on its result.
type Case = (Workload, Vec<Limit>);

/// A way to do the work of a case.
#[derive(Clone, Copy)]
enum Way {
    Text(fn(&Case)),
    /// Owns both sides.
    Tree(fn(Value, Value)),
}

/// The workloads of a row.
#[derive(Clone, Copy)]
enum Inputs {
    Documents,
    /// Variants of the documents, with this word in their names.
    Variants(&'static str),
    Requests,
    /// The variant of the requests.
    Pretty,
    /// Requests that break limits which were broken before.
    Broken,
}

struct Row {
    ours: &'static str,
    way: Way,
    peer: &'static str,
    peer_way: Way,
    inputs: Inputs,
    /// The least ratio to reach in each column, or 0.
    goals: [f64; 8],
}

const COLUMNS: [&str; 8] =
    ["tiny", "typical", "flat-large", "nested-large", "delete-heavy", "patch-large", "clear", "user"];

const MERGE: Way = Way::Text(|(workload, _)| {
    drop(black_box(text::merge(&workload.document_text, &workload.patch_text)));
});
const UPDATE: Way = Way::Text(|(workload, _)| {
    drop(black_box(USER.update_text(&workload.document_text, &workload.patch_text)));
});
const CHECKED: Way = Way::Text(|(workload, limits)| {
    drop(black_box(USER.update_text_checked(limits, &workload.document_text, &workload.patch_text)));
});
const IN_PLACE: Way = Way::Tree(|mut document, patch| {
    merge_in_place(&mut document, patch).expect("objects");
    drop(black_box(document));
});
const PURE: Way = Way::Tree(|document, patch| drop(black_box(merge(&document, &patch))));
const JSON_PATCH: Way = Way::Tree(|mut document, patch| {
    json_patch::merge(&mut document, &patch);
    drop(black_box(document));
});
const CLONE: Way = Way::Tree(|document, patch| {
    let mut merged = document.clone();
    json_patch::merge(&mut merged, &patch);
    drop(black_box(merged));
});
const JSON_PATCH_TEXT: Way =
    Way::Text(|(workload, _)| drop(black_box(peers::json_patch(&workload.document_text, &workload.patch_text))));
const SONIC_RS: Way =
    Way::Text(|(workload, _)| drop(black_box(peers::sonic_rs(&workload.document_text, &workload.patch_text))));
const SIMD_JSON: Way =
    Way::Text(|(workload, _)| drop(black_box(peers::simd_json(&workload.document_text, &workload.patch_text))));
/// Validates both texts with serde_json, and builds nothing.
const VALIDATION: Way = Way::Text(|(workload, _)| {
    for text in [&workload.document_text, &workload.patch_text] {
        serde_json::from_str::<IgnoredAny>(text).expect("JSON");
    }
});
const MERGE_DECODE_CHECK: Way = Way::Text(|(workload, limits)| {
    let text = USER.update_text(&workload.document_text, &workload.patch_text).expect("objects");
    let updated: Map<String, Value> = serde_json::from_str(&text).expect("an object");
    drop(black_box((limits::check(limits, &updated).expect("objects"), text)));
});
const TREES: Way = Way::Text(|(workload, limits)| {
    let mut stored: Map<String, Value> = serde_json::from_str(&workload.document_text).expect("an object");
    let body: Value = serde_json::from_str(&workload.patch_text).expect("JSON");
    USER.update_in_place(&mut stored, body).expect("objects");
    let violations = limits::check(limits, &stored).expect("objects");
    drop(black_box((violations, Value::Object(stored).to_string())));
});

const NONE: [f64; 8] = [0.0; 8];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("`merge_in_place`", IN_PLACE, "json-patch", JSON_PATCH, Inputs::Documents, [1.1, 1.4, 1.1, 1.0, 1.0, 8.0, 1.0, 0.0]),
    row("`merge`", PURE, "a clone and json-patch", CLONE, Inputs::Documents, NONE),
    row("`text::merge`", MERGE, "serde_json and json-patch", JSON_PATCH_TEXT, Inputs::Documents, [5.0, 10.0, 9.0, 9.0, 11.0, 15.0, 17.0, 0.0]),
    row("`text::merge`", MERGE, "sonic-rs", SONIC_RS, Inputs::Documents, [6.5, 4.5, 5.5, 3.5, 4.2, 10.0, 7.0, 0.0]),
    row("`text::merge`", MERGE, "simd-json", SIMD_JSON, Inputs::Documents, NONE),
    row("`text::merge`", MERGE, "validation alone", VALIDATION, Inputs::Documents, [1.1, 1.6, 1.05, 1.7, 0.95, 1.0, 1.7, 0.0]),
    row("`text::merge`, shuffled", MERGE, "validation alone", VALIDATION, Inputs::Variants("shuffled"), [0.0, 0.0, 0.9, 0.0, 0.66, 0.95, 0.0, 0.0]),
    row("`text::merge`, appended", MERGE, "validation alone", VALIDATION, Inputs::Variants("appended"), NONE),
    row("`text::merge`, pretty", MERGE, "validation alone", VALIDATION, Inputs::Variants("pretty"), NONE),
    row("`update_text`", UPDATE, "validation alone", VALIDATION, Inputs::Requests, NONE),
    row("`update_text_checked`", CHECKED, "validation alone", VALIDATION, Inputs::Requests, [0.6, 1.1, 0.9, 1.6, 0.75, 0.6, 1.6, 1.0]),
    row("`update_text_checked`, pretty", CHECKED, "validation alone", VALIDATION, Inputs::Pretty, NONE),
    row("`update_text_checked`", CHECKED, "`update_text`, decoded and checked", MERGE_DECODE_CHECK, Inputs::Requests, [4.0, 8.0, 12.0, 10.0, 5.0, 9.0, 1.0, 8.0]),
    row("`update_text_checked`", CHECKED, "trees, decoded, updated, checked and encoded", TREES, Inputs::Requests, [5.0, 9.0, 12.0, 10.0, 12.0, 9.0, 12.0, 9.0]),
    row("`update_text_checked`, old violations", CHECKED, "validation alone", VALIDATION, Inputs::Broken, [0.0, 0.0, 0.33, 0.5, 0.0, 0.0, 0.0, 0.5]),
];

/// The crate of an earlier commit, for which `ratios.sh` makes a dependency.
#[cfg(before)]
#[rustfmt::skip]
const BEFORE: &[Row] = {
    const MERGE_BEFORE: Way = Way::Text(|(workload, _)| {
        drop(black_box(metadata_merge_before::text::merge(&workload.document_text, &workload.patch_text)));
    });
    const UPDATE_BEFORE: Way = Way::Text(|(workload, _)| {
        drop(black_box(metadata_merge_before::resource::USER.update_text(&workload.document_text, &workload.patch_text)));
    });
    const IN_PLACE_BEFORE: Way = Way::Tree(|mut document, patch| {
        metadata_merge_before::merge_in_place(&mut document, patch).expect("objects");
        drop(black_box(document));
    });
    const PURE_BEFORE: Way = Way::Tree(|document, patch| drop(black_box(metadata_merge_before::merge(&document, &patch))));
    const GOALS: [f64; 8] = [0.97; 8];
    &[
        row("`merge_in_place`", IN_PLACE, "before", IN_PLACE_BEFORE, Inputs::Documents, GOALS),
        row("`merge`", PURE, "before", PURE_BEFORE, Inputs::Documents, NONE), // the definition is naive
        row("`text::merge`", MERGE, "before", MERGE_BEFORE, Inputs::Documents, GOALS),
        row("`text::merge`, shuffled", MERGE, "before", MERGE_BEFORE, Inputs::Variants("shuffled"), GOALS),
        row("`text::merge`, appended", MERGE, "before", MERGE_BEFORE, Inputs::Variants("appended"), GOALS),
        row("`text::merge`, pretty", MERGE, "before", MERGE_BEFORE, Inputs::Variants("pretty"), GOALS),
        row("`update_text`", UPDATE, "before", UPDATE_BEFORE, Inputs::Requests, GOALS),
        row("`update_text`, pretty", UPDATE, "before", UPDATE_BEFORE, Inputs::Pretty, GOALS),
    ]
};
#[cfg(not(before))]
const BEFORE: &[Row] = &[];

const fn row(ours: &'static str, way: Way, peer: &'static str, peer_way: Way, inputs: Inputs, goals: [f64; 8]) -> Row {
    Row { ours, way, peer, peer_way, inputs, goals }
}

impl Inputs {
    /// Returns the case of each column.
    fn cases(self) -> [Option<Case>; 8] {
        let unlimited = |workloads: Vec<Workload>| workloads.into_iter().map(|workload| (workload, vec![])).collect();
        let (cases, variant): (Vec<Case>, _) = match self {
            Inputs::Documents => (unlimited(all()), ""),
            Inputs::Variants(variant) => (unlimited(variants()), variant),
            Inputs::Requests => (requests(), ""),
            Inputs::Pretty => (requests(), "pretty"),
            Inputs::Broken => (broken_requests(), ""),
        };
        let mut cases: Vec<_> = cases.into_iter().map(Some).collect();
        let name = |column: &str| if variant.is_empty() { column.to_owned() } else { format!("{column}, {variant}") };
        COLUMNS.map(|column| {
            let is_named = |case: &&mut Option<Case>| case.as_ref().is_some_and(|case| case.0.name == name(column));
            cases.iter_mut().find(is_named).and_then(Option::take)
        })
    }
}

fn main() {
    let ordered = cfg!(feature = "preserve_order");
    let map = if ordered { "in order" } else { "sorted" };
    // Text uses no map, so it is measured under one of them.
    let rows = ROWS.iter().chain(BEFORE).filter(|row| !ordered || matches!(row.way, Way::Tree(_)));
    for row in rows {
        print!("| {map} | {} | {} |", row.ours, row.peer);
        for (case, goal) in row.inputs.cases().iter().zip(row.goals) {
            match case.as_ref().map(|case| ratio(case, row.way, row.peer_way)) {
                None => print!(" |"),
                Some(ratio) if goal == 0.0 || ordered && row.peer != "before" => print!(" {ratio:.2} |"),
                Some(ratio) if ratio < goal => print!(" **{ratio:.2}** ({goal}) |"),
                Some(ratio) => print!(" {ratio:.2} ({goal}) |"),
            }
        }
        println!();
    }
}

fn ratio(case: &Case, ours: Way, peer: Way) -> f64 {
    // A batch takes about a millisecond, so that reading the clock costs nothing. Its inputs fit into a cache.
    let once = (0..3).map(|_| time(case, peer, 1)).min().expect("three times").as_secs_f64();
    let batch = (1e-3 / once).clamp(1.0, 64.0) as usize;
    let start = Instant::now();
    let mut ratios = Vec::new();
    while ratios.len() < 21 || start.elapsed() < Duration::from_millis(700) && ratios.len() < 301 {
        let (ours, peer) = if ratios.len() % 2 == 0 {
            let ours = time(case, ours, batch);
            (ours, time(case, peer, batch))
        } else {
            let peer = time(case, peer, batch);
            (time(case, ours, batch), peer)
        };
        ratios.push(peer.as_secs_f64() / ours.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn time(case: &Case, way: Way, batch: usize) -> Duration {
    match way {
        Way::Text(work) => {
            let start = Instant::now();
            for _ in 0..batch {
                work(black_box(case));
            }
            start.elapsed()
        }
        Way::Tree(work) => {
            let inputs: Vec<_> = (0..batch).map(|_| (case.0.document.clone(), case.0.patch.clone())).collect();
            let start = Instant::now();
            for (document, patch) in inputs {
                work(document, patch);
            }
            start.elapsed()
        }
    }
}
