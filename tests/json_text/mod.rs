//! JSON texts as strategies: odd blanks, and members in the order in which they are written, repeated keys included.

use std::ops::Range;

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

fn blanks() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "", " ", "\n", "\t\r\n", "          "])
}

/// Of up to three items.
pub(crate) fn array(item: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let item = (blanks(), item, blanks()).prop_map(|(before, item, after)| format!("{before}{item}{after}"));
    collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(",")))
}

/// Of so many members; keys come with their quotes.
pub(crate) fn object(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = String>,
    members: Range<usize>,
) -> impl Strategy<Value = String> {
    let blank = [(); 4].map(|()| blanks());
    let member = (key, value, blank).prop_map(|(key, value, [a, b, c, d])| format!("{a}{key}{b}:{c}{value}{d}"));
    (collection::vec(member, members), blanks())
        .prop_map(|(members, blanks)| format!("{{{}{blanks}}}", members.join(",")))
}

/// How many samples a property sees, the same ones each time: `PROPTEST_CASES`, or so many.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(4), ..ProptestConfig::default() }
}
