//! Samples from the bytes of a fuzzer.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::{Map, Value, json};

use super::Sample;

/// Structured samples for a fuzz target. All documents and bodies are objects. Root keys are four, so that collisions are
/// common, and values are small, so that counterexamples are short.
///
/// ```
/// use arbitrary::{Arbitrary, Unstructured};
/// use metadata_merge::laws::{self, Sample};
/// use metadata_merge::{conformance::merge_only, merge};
///
/// // With cargo-fuzz: fuzz_target!(|sample: Sample| { … });
/// let sample = Sample::arbitrary(&mut Unstructured::new(b"the bytes of a fuzzer"))?;
/// assert_eq!(laws::check(&mut merge_only(merge), &sample), Ok(()));
/// # Ok::<(), arbitrary::Error>(())
/// ```
impl<'a> Arbitrary<'a> for Sample {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Sample> {
        let mut document = || object(bytes, 8);
        let documents = [document()?, document()?];
        let mut body = || object(bytes, 2);
        Ok(Sample { documents, patches: [body()?, body()?, body()?] })
    }
}

/// Returns up to four root members, of which one in `one_in` is null.
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

/// Returns one of four keys. Two differ only by case, and one is empty.
fn key<'a>(bytes: &mut Unstructured<'_>) -> Result<&'a str> {
    bytes.choose(&["a", "A", "b", ""]).copied()
}

/// Returns anything but null, with at most `levels` levels below it, which may hold nulls.
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
