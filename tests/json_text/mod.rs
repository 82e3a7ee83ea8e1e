//! JSON texts as strategies: odd blanks, members in the order in which they are written, repeated keys included, and flaws; and
//! where trees must differ.

use std::fmt::Debug;
use std::ops::Range;

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::{Index, select};
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

/// What a flaw in a text puts there, `more` beside what any text may have.
pub(crate) fn pieces(more: &[&'static str]) -> Vec<&'static str> {
    let any = ["", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", " ", "null", "\\u", "\u{0}", "é"];
    [&any, more].concat()
}

/// A text, in bytes or characters, with pieces in the place of a few of these.
pub(crate) fn mutated<T: Clone + Debug + 'static>(
    text: impl Strategy<Value = Vec<T>>,
    pieces: Vec<Vec<T>>,
) -> impl Strategy<Value = Vec<T>> {
    (text, collection::vec((any::<Index>(), 0..4_usize, select(pieces)), 1..3)).prop_map(|(mut text, changes)| {
        for (place, length, piece) in changes {
            let start = place.index(text.len() + 1);
            text.splice(start..(start + length).min(text.len()), piece);
        }
        text
    })
}

/// Whether a tree alone refuses the text, for a number beyond `f64`.
pub(crate) fn beyond_f64(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

/// How many samples a property sees, the same ones each time: `PROPTEST_CASES`, or so many.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(4), ..ProptestConfig::default() }
}
