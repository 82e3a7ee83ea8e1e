//! The operations that an implementation of the rules offers, over plain JSON.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use crate::excerpt::Quoted;
use crate::resource::{self, Resource};
use crate::{Error, Patch, limits, merge};

/// An implementation of the rules, in whatever language, as [`laws`](crate::laws) puts it to the test: bodies and documents
/// are plain JSON, and any argument may be any JSON value. All but `merge` is optional.
///
/// A function that merges becomes one by [`merge_only`].
pub trait Implementation {
    /// `target` after a PATCH with `patch`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object.
    fn merge(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal>;

    /// The shortest list of bodies (none, one or two) that does what `patches` do in their order.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where one of them is no object.
    fn compose(&mut self, patches: &[Value]) -> Result<Vec<Value>, Refusal> {
        let _ = patches;
        Err(Refusal::Unsupported)
    }

    /// The smallest body, or none, that turns `before` into `after`; never `{}`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object, or `after` holds a root null that `before` does not.
    fn diff(&mut self, before: &Value, after: &Value) -> Result<Vec<Value>, Refusal> {
        let _ = (before, after);
        Err(Refusal::Unsupported)
    }

    /// The smallest body, or none, that brings `document` back after `patch` was applied to it; never `{}`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object, or `patch` changes a root null of `document`.
    fn undo(&mut self, document: &Value, patch: &Value) -> Result<Vec<Value>, Refusal> {
        let _ = (document, patch);
        Err(Refusal::Unsupported)
    }

    /// Whether the two bodies give the same in either order, for every document.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object.
    fn commute(&mut self, first: &Value, second: &Value) -> Result<bool, Refusal> {
        let _ = (first, second);
        Err(Refusal::Unsupported)
    }

    /// What `patch` really changes in `target`, in the form that [`Changes`](crate::Changes) serializes to.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object.
    fn changes(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        let _ = (target, patch);
        Err(Refusal::Unsupported)
    }

    /// What brings `theirs` to `mine` where `base` was applied before, in the form that
    /// [`Reconciliation`](crate::Reconciliation) serializes to; never `{}` among its bodies.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where one of them is no object, or `mine` holds a root null that `theirs` does not.
    fn reconcile(&mut self, base: &Value, mine: &Value, theirs: &Value) -> Result<Value, Refusal> {
        let _ = (base, mine, theirs);
        Err(Refusal::Unsupported)
    }

    /// `target` after a PATCH with `patch`, which must not remove a root key of it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object, or a root key of `target` would be gone.
    fn deny_removals(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        let _ = (target, patch);
        Err(Refusal::Unsupported)
    }

    /// `target` after a PATCH with `patch`, which must not empty it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where either is no object, or nothing would be left of a `target` that is not empty.
    fn deny_wipe(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        let _ = (target, patch);
        Err(Refusal::Unsupported)
    }

    /// What is stored after the resource of this name (`user`, `client`, `custom_domain`, `organization`) was created with
    /// `body`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where there is no such resource, or the rules refuse the body.
    fn create(&mut self, resource: &str, body: &Value) -> Result<Value, Refusal> {
        let _ = (resource, body);
        Err(Refusal::Unsupported)
    }

    /// `stored`, a resource of this name, after a PATCH with `body`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where there is no such resource, or the rules refuse what is stored or the body.
    fn update(&mut self, resource: &str, stored: &Value, body: &Value) -> Result<Value, Refusal> {
        let _ = (resource, stored, body);
        Err(Refusal::Unsupported)
    }

    /// The limits that `stored`, a resource of this name, breaks, in any order, each as
    /// `{"path": JSON Pointer, "limit": slug, "strength": "refused" or "warned"}`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] where there is no such resource, or `stored`, or a field of it that has limits, is no object.
    fn limits(&mut self, resource: &str, stored: &Value) -> Result<Vec<Value>, Refusal> {
        let _ = (resource, stored);
        Err(Refusal::Unsupported)
    }
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The rules refuse the input, for this reason.
    Rejected(String),
    /// The implementation does not offer the operation.
    Unsupported,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Rejected(error.to_string())
    }
}

/// An implementation that offers `merge` alone. Whatever its error is, it counts as a rejection.
///
/// ```
/// use metadata_merge::conformance::{Implementation, merge_only};
/// use serde_json::json;
///
/// let mut replaces_all = merge_only(|_, patch| Ok::<_, ()>(patch.clone()));
/// assert_eq!(replaces_all.merge(&json!({"a": 1}), &json!({"b": 2})), Ok(json!({"b": 2})));
/// ```
pub fn merge_only<E>(merge: impl FnMut(&Value, &Value) -> Result<Value, E>) -> impl Implementation {
    MergeOnly(merge)
}

struct MergeOnly<F>(F);

impl<E, F: FnMut(&Value, &Value) -> Result<Value, E>> Implementation for MergeOnly<F> {
    fn merge(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        (self.0)(target, patch).map_err(|_| Refusal::Rejected(String::new()))
    }
}

/// This crate as an [`Implementation`].
///
/// ```
/// use metadata_merge::conformance::{Implementation, Reference};
/// use serde_json::json;
///
/// let composed = Reference.compose(&[json!({"a": 1}), json!({}), json!({"b": 2, "c": null})]);
/// assert_eq!(composed, Ok(vec![json!({}), json!({"b": 2})]));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

impl Implementation for Reference {
    fn merge(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        Ok(merge(target, patch)?)
    }

    fn compose(&mut self, patches: &[Value]) -> Result<Vec<Value>, Refusal> {
        let mut composed = Patch::omit();
        for patch in patches {
            composed = composed.then(body(patch)?);
        }
        Ok(bodies(composed))
    }

    fn diff(&mut self, before: &Value, after: &Value) -> Result<Vec<Value>, Refusal> {
        Ok(bodies(Patch::diff(object("before", before)?, object("after", after)?)?))
    }

    fn undo(&mut self, document: &Value, patch: &Value) -> Result<Vec<Value>, Refusal> {
        Ok(bodies(body(patch)?.undo(object("document", document)?)?))
    }

    fn commute(&mut self, first: &Value, second: &Value) -> Result<bool, Refusal> {
        Ok(body(first)?.commutes_with(&body(second)?))
    }

    fn changes(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        let patch = body(patch)?;
        let changes = patch.changes(object("target", target)?);
        serde_json::to_value(changes).map_err(|error| Refusal::Rejected(error.to_string()))
    }

    fn reconcile(&mut self, base: &Value, mine: &Value, theirs: &Value) -> Result<Value, Refusal> {
        let (base, mine, theirs) = (object("base", base)?, object("mine", mine)?, object("theirs", theirs)?);
        let reconciliation = Patch::reconcile(base, mine, theirs)?;
        serde_json::to_value(reconciliation).map_err(|error| Refusal::Rejected(error.to_string()))
    }

    fn deny_removals(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        guarded(target, patch, Patch::deny_removals)
    }

    fn deny_wipe(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        guarded(target, patch, Patch::deny_wipe)
    }

    fn create(&mut self, resource: &str, body: &Value) -> Result<Value, Refusal> {
        Ok(known(resource)?.create(body)?)
    }

    fn update(&mut self, resource: &str, stored: &Value, body: &Value) -> Result<Value, Refusal> {
        Ok(known(resource)?.update(stored, body)?)
    }

    fn limits(&mut self, resource: &str, stored: &Value) -> Result<Vec<Value>, Refusal> {
        let table = match known(resource)?.name {
            "user" => limits::USER,
            "client" => limits::CLIENT,
            _ => &[],
        };
        let violations = limits::check(table, stored)?.into_iter().map(|violation| {
            let (limit, strength) = (violation.limit.check.slug(), violation.limit.strength.to_string());
            json!({"path": violation.path, "limit": limit, "strength": strength})
        });
        Ok(violations.collect())
    }
}

/// The resource of the service's model with this name.
fn known(name: &str) -> Result<Resource<'static>, Refusal> {
    let resource = resource::ALL.into_iter().find(|resource| resource.name == name);
    resource.ok_or_else(|| Refusal::Rejected(format!("there is no resource {}", Quoted(name))))
}

fn body(patch: &Value) -> Result<Patch, Error> {
    Patch::try_from(patch.clone())
}

fn bodies(patch: Patch) -> Vec<Value> {
    patch.bodies().map(Value::Object).collect()
}

/// `target` after `patch`, if the guard lets it pass.
fn guarded(
    target: &Value,
    patch: &Value,
    guard: fn(Patch, &Map<String, Value>) -> Result<Patch, Error>,
) -> Result<Value, Refusal> {
    let mut document = object("target", target)?.clone();
    guard(body(patch)?, &document)?.apply(&mut document);
    Ok(Value::Object(document))
}

/// The object in `value`; `name` is the argument's.
fn object<'a>(name: &str, value: &'a Value) -> Result<&'a Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| {
        Refusal::Rejected(format!("{name} must be a JSON object, but is {}", crate::JsonType::of(value)))
    })
}
