//! The operations of the adapter protocol, as a Rust trait.

use alloc::string::{String, ToString};

use serde_json::{Map, Value};

use crate::error::Error;

/// The operations of the adapter protocol.
pub const OPERATIONS: &[&str] = &[
    "merge",
    "text",
    "compose",
    "diff",
    "undo",
    "commute",
    "changes",
    "reconcile",
    "reconcile_resource",
    "deny_removals",
    "deny_wipe",
    "create",
    "update",
    "limits",
];

/// An implementation of the rules, in any language.
///
/// A closure that takes an operation and its arguments is an implementation. [`merge_only`] wraps a
/// merge function.
///
/// ```
/// use metadata_merge::conformance::{Implementation, Refusal};
/// use serde_json::{Map, Value, json};
///
/// let mut replaces = |op: &str, arguments: &Map<String, Value>| match op {
///     "merge" => Ok(arguments["patch"].clone()),
///     _ => Err(Refusal::Unsupported),
/// };
/// let arguments = Map::from_iter([("target".to_owned(), json!({})), ("patch".to_owned(), json!({"a": 1}))]);
/// assert_eq!(replaces.call("merge", &arguments), Ok(json!({"a": 1})));
/// ```
pub trait Implementation {
    /// Performs an operation of the adapter protocol (`adapters/PROTOCOL.md`, in the repository),
    /// and returns its result. An argument may be any JSON value.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] if the rules reject the arguments, or one is missing or has the wrong
    /// type. [`Refusal::Unsupported`] if the implementation does not offer the operation. Only
    /// `merge` is required.
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal>;
}

impl<F: FnMut(&str, &Map<String, Value>) -> Result<Value, Refusal>> Implementation for F {
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        self(op, arguments)
    }
}

/// The reason why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The implementation rejects the arguments, for this reason.
    Rejected(String),
    /// The implementation does not offer the operation.
    Unsupported,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Rejected(error.to_string())
    }
}

/// Returns an implementation that offers only `merge`. Any `Err` counts as a rejection.
///
/// ```
/// use metadata_merge::conformance::{check, merge_only};
///
/// check(&mut merge_only(metadata_merge::merge)).assert_conforms();
/// ```
pub fn merge_only<E>(mut merge: impl FnMut(&Value, &Value) -> Result<Value, E>) -> impl Implementation {
    move |op: &str, arguments: &Map<String, Value>| match (op, arguments.get("target"), arguments.get("patch")) {
        ("merge", Some(target), Some(patch)) => merge(target, patch).map_err(|_| Refusal::Rejected(String::new())),
        ("merge", None, _) => Err(Refusal::Rejected("merge needs the argument target".to_string())),
        ("merge", ..) => Err(Refusal::Rejected("merge needs the argument patch".to_string())),
        _ => Err(Refusal::Unsupported),
    }
}
