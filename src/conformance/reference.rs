//! The adapter protocol, implemented with this crate.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::implementation::{Implementation, Refusal};
use crate::error::{Error, JsonType};
use crate::limits;
use crate::merge::merge;
use crate::patch::Patch;
use crate::resource::{self, Resource};
use crate::text;

/// This crate as an [`Implementation`] of every operation.
///
/// ```
/// use metadata_merge::conformance::{Implementation, Reference};
/// use serde_json::{Map, json};
///
/// let arguments = Map::from_iter([("patches".to_owned(), json!([{"a": 1}, {}, {"b": 2, "c": null}]))]);
/// assert_eq!(Reference.call("compose", &arguments), Ok(json!([{}, {"b": 2}])));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

impl Implementation for Reference {
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let arguments = Arguments { op, arguments };
        match op {
            "merge" => Ok(merge(arguments.get("target")?, arguments.get("patch")?)?),
            "text" => Ok(text::merge(arguments.string("target")?, arguments.string("patch")?)?.into()),
            "compose" => arguments.compose(),
            "diff" => Ok(bodies(Patch::diff(arguments.object("before")?, arguments.object("after")?)?)),
            "undo" => Ok(bodies(arguments.patch("patch")?.undo(arguments.object("document")?)?)),
            "commute" => Ok(arguments.patch("first")?.commutes_with(&arguments.patch("second")?).into()),
            "changes" => arguments.changes(),
            "reconcile" => {
                let [base, mine, theirs] = arguments.three()?;
                data(Patch::reconcile(base, mine, theirs)?)
            }
            "reconcile_resource" => {
                let [base, mine, theirs] = arguments.three()?;
                data(arguments.resource()?.reconcile(base, mine, theirs)?)
            }
            "deny_removals" => arguments.guarded(Patch::deny_removals),
            "deny_wipe" => arguments.guarded(Patch::deny_wipe),
            "create" => Ok(arguments.resource()?.create(arguments.get("body")?.clone())?.into()),
            "update" => {
                let (resource, body) = (arguments.resource()?, arguments.get("body")?.clone());
                Ok(resource.update(arguments.object("stored")?, body)?.into())
            }
            "limits" => arguments.limits(),
            _ => Err(Refusal::Unsupported),
        }
    }
}

struct Arguments<'a> {
    op: &'a str,
    arguments: &'a Map<String, Value>,
}

impl<'a> Arguments<'a> {
    fn get(&self, name: &str) -> Result<&'a Value, Refusal> {
        let missing = || Refusal::Rejected(format!("{} needs the argument {name}", self.op));
        self.arguments.get(name).ok_or_else(missing)
    }

    fn string(&self, name: &str) -> Result<&'a str, Refusal> {
        let value = self.get(name)?;
        value.as_str().ok_or_else(|| mistyped(name, "a string", value))
    }

    fn object(&self, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
        let value = self.get(name)?;
        value.as_object().ok_or_else(|| mistyped(name, "an object", value))
    }

    fn patch(&self, name: &str) -> Result<Patch, Refusal> {
        read_patch(name, self.get(name)?)
    }

    /// Returns `base`, `mine` and `theirs`.
    fn three(&self) -> Result<[&'a Map<String, Value>; 3], Refusal> {
        Ok([self.object("base")?, self.object("mine")?, self.object("theirs")?])
    }

    fn resource(&self) -> Result<Resource<'static>, Refusal> {
        let name = self.string("resource")?;
        let resource = resource::ALL.iter().find(|resource| resource.name == name);
        resource.copied().ok_or_else(|| {
            let mut names: Vec<_> = resource::ALL.iter().map(|resource| resource.name).collect();
            if self.op == "limits" {
                names.push("sign_up");
            }
            Refusal::Rejected(format!("resource must be one of {}", names.join(", ")))
        })
    }

    fn compose(&self) -> Result<Value, Refusal> {
        let value = self.get("patches")?;
        let patches = value.as_array().ok_or_else(|| mistyped("patches", "an array", value))?;
        let mut composed = Patch::omit();
        for (index, patch) in patches.iter().enumerate() {
            composed = composed.then(read_patch(&format!("patches[{index}]"), patch)?);
        }
        Ok(bodies(composed))
    }

    fn changes(&self) -> Result<Value, Refusal> {
        let (patch, document) = (self.patch("patch")?, self.object("target")?);
        let mut changes = data(patch.changes(document))?;
        if let Value::Object(members) = &mut changes {
            members.remove("emptied"); // the protocol leaves it out
        }
        Ok(changes)
    }

    /// Merges if the guard returns the patch.
    fn guarded(&self, guard: fn(Patch, &Map<String, Value>) -> Result<Patch, Error>) -> Result<Value, Refusal> {
        let mut document = self.object("target")?.clone();
        guard(self.patch("patch")?, &document)?.apply(&mut document);
        Ok(Value::Object(document))
    }

    fn limits(&self) -> Result<Value, Refusal> {
        let table = match self.string("resource")? {
            "sign_up" => limits::SIGN_UP,
            _ => self.resource()?.limits(),
        };
        let violations = limits::check(table, self.object("stored")?)?.into_iter().map(|violation| {
            let (limit, strength) = (violation.limit.check.id(), violation.limit.strength);
            json!({"path": violation.path, "limit": limit, "strength": strength})
        });
        Ok(violations.collect())
    }
}

fn read_patch(name: &str, body: &Value) -> Result<Patch, Refusal> {
    Patch::try_from(body.clone()).map_err(|_| mistyped(name, "an object", body))
}

fn bodies(patch: Patch) -> Value {
    patch.bodies().map(Value::Object).collect()
}

fn data(result: impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(result).map_err(|error| Refusal::Rejected(format!("{error}")))
}

fn mistyped(name: &str, expected: &str, found: &Value) -> Refusal {
    Refusal::Rejected(format!("{name} must be {expected}, but is {}", JsonType::of(found)))
}
