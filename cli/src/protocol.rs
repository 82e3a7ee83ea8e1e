//! This crate behind the adapter protocol, by which an implementation in any language is put to the test.
//!
//! One JSON request a line on standard input, one JSON reply a line on standard output, in order:
//!
//! ```text
//! $ echo '{"seq": 1, "op": "merge", "target": {"a": 1, "b": 2}, "patch": {"a": null}}' | cargo run -q --bin adapter
//! {"result":{"b":2},"seq":1}
//! ```
//!
//! Every request has `seq`, an integer, which the reply repeats, and `op`, a string. The reply holds exactly one of `result`,
//! `"rejected": WHY` (the rules refuse the input, or an argument is missing or of the wrong type) and `"unsupported": true`
//! (no such `op` here). A line that is not a request is answered with `seq` null and `rejected`. At the end of input the program
//! exits 0.
//!
//! | op | arguments | result |
//! |---|---|---|
//! | `merge` | `target`, `patch` | the document |
//! | `text` | `target`, `patch`: strings that hold JSON text | a string that holds the document as JSON text |
//! | `compose` | `patches`: bodies in the order of application | the shortest list of 0 to 2 bodies that does the same |
//! | `diff` | `before`, `after` | a list of 0 or 1 bodies |
//! | `undo` | `document`, `patch` | a list of 0 or 1 bodies |
//! | `commute` | `first`, `second`: bodies | whether either order gives the same, for every document |
//! | `changes` | `target`, `patch` | `{"added": {KEY: NEW}, "replaced": {KEY: {"old": OLD, "new": NEW}}, "removed": {KEY: OLD}}` |
//! | `reconcile` | `base`, `mine`, `theirs` | `{"bodies": a list of 0 or 1, "conflicts": {KEY: {"base": B, "mine": M, "theirs": T}}}` |
//! | `deny_removals` | `target`, `patch` | the document; rejected if a root key of it would be gone |
//! | `deny_wipe` | `target`, `patch` | the document; rejected if nothing would be left of one that is not empty |
//! | `create` | `resource`: `user`, `client`, `custom_domain` or `organization`; `body` | the stored resource |
//! | `update` | `resource`, `stored`, `body` | the stored resource |
//! | `limits` | `resource`, `stored` | a list of `{"path": JSON Pointer, "limit": SLUG, "strength": "refused" or "warned"}` |

use metadata_merge::JsonType;
use metadata_merge::conformance::{Implementation, Reference, Refusal};
use metadata_merge::text;
use serde_json::{Map, Value, json};

/// The reply to a line of input.
pub fn reply(line: &[u8]) -> Value {
    let request = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(error) => return json!({"seq": null, "rejected": format!("not a line of JSON: {error}")}),
    };
    let Some((seq, op, arguments)) = parts(&request) else {
        return json!({"seq": null, "rejected": "not a request: an object with an integer seq and a string op"});
    };
    match answer(op, arguments) {
        Ok(result) => json!({"seq": seq, "result": result}),
        Err(Refusal::Rejected(why)) => json!({"seq": seq, "rejected": why}),
        Err(Refusal::Unsupported) => json!({"seq": seq, "unsupported": true}),
    }
}

fn parts(request: &Value) -> Option<(&Value, &str, &Map<String, Value>)> {
    let seq = request.get("seq").filter(|seq| seq.is_i64() || seq.is_u64())?;
    Some((seq, request.get("op")?.as_str()?, request.as_object()?))
}

fn answer(op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
    let argument =
        |name: &str| arguments.get(name).ok_or_else(|| Refusal::Rejected(format!("{op} needs the argument {name}")));
    let resource = || {
        let name = argument("resource")?.as_str();
        name.ok_or_else(|| Refusal::Rejected("resource must be a string".to_owned()))
    };
    match op {
        "merge" => Reference.merge(argument("target")?, argument("patch")?),
        "text" => {
            let string = |name| {
                let string = argument(name)?.as_str();
                string.ok_or_else(|| Refusal::Rejected(format!("{name} must be a string that holds JSON text")))
            };
            Ok(text::merge(string("target")?, string("patch")?)?.into())
        }
        "compose" => {
            let patches = argument("patches")?;
            let wrong = || format!("patches must be an array, but is {}", JsonType::of(patches));
            Reference.compose(patches.as_array().ok_or_else(|| Refusal::Rejected(wrong()))?).map(Value::Array)
        }
        "diff" => Reference.diff(argument("before")?, argument("after")?).map(Value::Array),
        "undo" => Reference.undo(argument("document")?, argument("patch")?).map(Value::Array),
        "commute" => Reference.commute(argument("first")?, argument("second")?).map(Value::Bool),
        "changes" => Reference.changes(argument("target")?, argument("patch")?),
        "reconcile" => Reference.reconcile(argument("base")?, argument("mine")?, argument("theirs")?),
        "deny_removals" => Reference.deny_removals(argument("target")?, argument("patch")?),
        "deny_wipe" => Reference.deny_wipe(argument("target")?, argument("patch")?),
        "create" => Reference.create(resource()?, argument("body")?),
        "update" => Reference.update(resource()?, argument("stored")?, argument("body")?),
        "limits" => Reference.limits(resource()?, argument("stored")?).map(Value::Array),
        _ => Err(Refusal::Unsupported),
    }
}
