//! Structured samples for fuzz targets, from a fuzzer's bytes.
//!
//! ```
//! use arbitrary::{Arbitrary, Unstructured};
//! use metadata_merge::arbitrary::Sample;
//! use metadata_merge::{conformance::merge_only, laws, merge};
//!
//! // With cargo-fuzz: fuzz_target!(|sample: Sample| { … });
//! let sample = Sample::arbitrary(&mut Unstructured::new(b"what a fuzzer has come up with"))?;
//! let mut implementation = merge_only(merge);
//! let verdict = laws::check(&mut implementation, sample.documents.each_ref(), sample.patches.each_ref());
//! assert_eq!(verdict, Ok(()));
//! # Ok::<(), arbitrary::Error>(())
//! ```

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use ::arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::{Map, Value, json};

/// Two documents and three bodies, as [`laws::check`](crate::laws::check) takes them. All are objects.
///
/// Root keys are four, so that collisions are common, and values are small, so that counterexamples are short.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Stored documents, now and then with a null at the root.
    pub documents: [Value; 2],
    /// What clients may send: sets, removals, both, or `{}`.
    pub patches: [Value; 3],
}

impl<'a> Arbitrary<'a> for Sample {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Sample> {
        let mut document = || object(bytes, 8);
        let documents = [document()?, document()?];
        let mut body = || object(bytes, 2);
        Ok(Sample { documents, patches: [body()?, body()?, body()?] })
    }
}

/// Up to four root members, of which one in so many is null.
fn object(bytes: &mut Unstructured<'_>, one_in: u8) -> Result<Value> {
    let mut members = Map::new();
    bytes.arbitrary_loop(None, Some(4), |bytes| {
        let key = key(bytes)?.to_owned();
        let value = if bytes.ratio(1, one_in)? { Value::Null } else { value(bytes, 2)? };
        members.insert(key, value);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Value::Object(members))
}

/// Two of the keys differ only by case, and one is empty.
fn key<'a>(bytes: &mut Unstructured<'_>) -> Result<&'a str> {
    bytes.choose(&["a", "A", "b", ""]).copied()
}

/// Anything but null, with so many levels below it, nulls among them.
fn value(bytes: &mut Unstructured<'_>, levels: u8) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=if levels == 0 { 7 } else { 9 })? {
        0 => json!(0),
        1 => json!(1),
        2 => json!(false),
        3 => json!(""),
        4 => json!("a"),
        5 => json!(2.5),
        6 => json!({}),
        7 => json!([]),
        8 => {
            let mut items = Vec::new();
            bytes.arbitrary_loop(None, Some(2), |bytes| {
                items.push(nested(bytes, levels - 1)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Value::Array(items)
        }
        _ => {
            let mut members = Map::new();
            bytes.arbitrary_loop(None, Some(2), |bytes| {
                members.insert(key(bytes)?.to_owned(), nested(bytes, levels - 1)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Value::Object(members)
        }
    })
}

fn nested(bytes: &mut Unstructured<'_>, levels: u8) -> Result<Value> {
    if bytes.ratio(1, 4)? { Ok(Value::Null) } else { value(bytes, levels) }
}
