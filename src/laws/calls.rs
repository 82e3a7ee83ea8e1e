//! The operations of an implementation, with their types.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use crate::conformance::{Implementation, Refusal};
use crate::error::JsonType;

pub(super) struct Calls<'i>(pub(super) &'i mut dyn Implementation);

impl Calls<'_> {
    pub(super) fn merge(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.call("merge", json!({"target": target, "patch": patch}))
    }

    pub(super) fn compose(&mut self, patches: &[Value]) -> Result<Vec<Value>, Refusal> {
        self.list("compose", json!({"patches": patches}))
    }

    pub(super) fn diff(&mut self, before: &Value, after: &Value) -> Result<Vec<Value>, Refusal> {
        self.list("diff", json!({"before": before, "after": after}))
    }

    pub(super) fn undo(&mut self, document: &Value, patch: &Value) -> Result<Vec<Value>, Refusal> {
        self.list("undo", json!({"document": document, "patch": patch}))
    }

    pub(super) fn commute(&mut self, first: &Value, second: &Value) -> Result<Value, Refusal> {
        self.call("commute", json!({"first": first, "second": second}))
    }

    pub(super) fn changes(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.call("changes", json!({"target": target, "patch": patch}))
    }

    pub(super) fn reconcile(&mut self, base: &Value, mine: &Value, theirs: &Value) -> Result<Value, Refusal> {
        self.call("reconcile", json!({"base": base, "mine": mine, "theirs": theirs}))
    }

    pub(super) fn reconcile_resource(&mut self, resource: &str, sides: [Value; 3]) -> Result<Value, Refusal> {
        let [base, mine, theirs] = sides;
        let arguments = json!({"resource": resource, "base": base, "mine": mine, "theirs": theirs});
        self.call("reconcile_resource", arguments)
    }

    pub(super) fn guarded(&mut self, guard: &str, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.call(guard, json!({"target": target, "patch": patch}))
    }

    pub(super) fn update(&mut self, resource: &str, stored: Value, body: Value) -> Result<Value, Refusal> {
        self.call("update", json!({"resource": resource, "stored": stored, "body": body}))
    }

    fn call(&mut self, op: &str, arguments: Value) -> Result<Value, Refusal> {
        match arguments {
            Value::Object(arguments) => self.0.call(op, &arguments),
            _ => self.0.call(op, &Map::<String, Value>::new()),
        }
    }

    fn list(&mut self, op: &str, arguments: Value) -> Result<Vec<Value>, Refusal> {
        match self.call(op, arguments)? {
            Value::Array(list) => Ok(list),
            other => {
                Err(Refusal::Rejected(format!("the result of {op} must be an array, but is {}", JsonType::of(&other))))
            }
        }
    }
}
