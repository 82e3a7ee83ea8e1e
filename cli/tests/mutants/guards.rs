//! Wrong implementations of `deny_removals` and `deny_wipe`.

use metadata_merge::{Patch, merge};
use serde_json::{Value, json};

use crate::call::{Call, Object, Reply, Row, falsy, owned};

const DENY_REMOVALS: &[&str] = &["deny_removals"];
const DENY_WIPE: &[&str] = &["deny_wipe"];

pub(crate) const ROWS: &[Row] = &[
    ("denies nothing", "deny-removals", DENY_REMOVALS, |call| call.merged()),
    ("denies every change", "deny-removals", DENY_REMOVALS, |call| {
        passing(call, |document, patch| patch.iter().all(|(key, new)| document.get(key) == Some(new)))
    }),
    ("denies by nulls alone, and so lets a clear pass", "deny-removals", DENY_REMOVALS, |call| {
        passing(call, |document, patch| patch.iter().all(|(key, new)| !new.is_null() || !document.contains_key(key)))
    }),
    ("denies every null and every clear", "deny-removals", DENY_REMOVALS, |call| {
        passing(call, |_, patch| !patch.is_empty() && !patch.values().any(Value::is_null))
    }),
    ("denies by falsy values", "deny-removals", DENY_REMOVALS, |call| {
        passing(call, |document, patch| {
            let goes = |(key, new): (&String, &Value)| falsy(new) && document.contains_key(key);
            (!patch.is_empty() || document.is_empty()) && !patch.iter().any(goes)
        })
    }),
    ("lets falsy values go", "deny-removals", DENY_REMOVALS, |call| {
        passing(call, |document, patch| {
            let goes =
                |(key, new): (&String, &Value)| new.is_null() && document.get(key).is_some_and(|old| !falsy(old));
            (!patch.is_empty() || document.is_empty()) && !patch.iter().any(goes)
        })
    }),
    ("lets stored nulls go", "deny-removals", DENY_REMOVALS, |call| {
        passing(call, |document, patch| {
            let goes =
                |(key, new): (&String, &Value)| new.is_null() && document.get(key).is_some_and(|old| !old.is_null());
            (!patch.is_empty() || document.is_empty()) && !patch.iter().any(goes)
        })
    }),
    ("denies that members go", "deny-removals", DENY_REMOVALS, |call| {
        let (stored, sent) = call.objects()?;
        let loses = |(key, new): (&String, &Value)| match (stored.get(key), new) {
            (Some(Value::Object(old)), Value::Object(new)) => old.keys().any(|key| !new.contains_key(key)),
            _ => false,
        };
        if sent.iter().any(loses) { Err(()) } else { call.right() }
    }),
    ("applies what it may, and leaves the removals out", "deny-removals", DENY_REMOVALS, |call| {
        let (stored, sent) = call.objects()?;
        match call.right() {
            Err(()) => {
                let sets: Object = sent.iter().filter(|(_, new)| !new.is_null()).map(owned).collect();
                if sets.is_empty() { Err(()) } else { merge(&json!(stored), &json!(sets)).map_err(drop) }
            }
            done => done,
        }
    }),
    ("takes null for a patch that is refused by nobody", "deny-removals", DENY_REMOVALS, |call| {
        if call.get("patch").is_null() { Ok(call.get("target").clone()) } else { call.right() }
    }),
    ("denies {} alone", "deny-wipe", DENY_WIPE, |call| {
        passing(call, |document, patch| document.is_empty() || !patch.is_empty())
    }),
    ("lets {} pass, since that is meant", "deny-wipe", DENY_WIPE, |call| {
        if *call.get("patch") == json!({}) { call.merged() } else { call.right() }
    }),
    ("denies {} to what is empty", "deny-wipe", DENY_WIPE, |call| {
        if *call.get("patch") == json!({}) { Err(()) } else { call.right() }
    }),
    ("denies every result that is empty", "deny-wipe", DENY_WIPE, |call| {
        let done = call.right()?;
        if done == json!({}) && *call.get("patch") != json!({}) { Err(()) } else { Ok(done) }
    }),
    ("counts removals", "deny-wipe", DENY_WIPE, |call| {
        passing(call, |document, patch| {
            let removals = patch.values().filter(|new| new.is_null()).count();
            document.is_empty() || (removals != document.len() && !patch.is_empty())
        })
    }),
    ("counts removals and lets more pass", "deny-wipe", DENY_WIPE, |call| {
        let (stored, sent) = call.objects()?;
        let more = sent.len() > stored.len() && !stored.is_empty() && sent.values().all(Value::is_null);
        if more { call.merged() } else { call.right() }
    }),
    ("denies every removal", "deny-wipe", DENY_WIPE, |call| {
        let (document, patch) = call.objects()?;
        Patch::from_body(patch.clone()).deny_removals(document).map_err(drop)?;
        call.merged()
    }),
    ("counts no stored nulls", "deny-wipe", DENY_WIPE, |call| {
        let (stored, _) = call.objects()?;
        let merged = call.right()?;
        let none = |object: &Object| object.values().all(Value::is_null);
        let wiped = !none(stored) && merged.as_object().is_some_and(none);
        if wiped { Err(()) } else { Ok(merged) }
    }),
    ("lets a document of nulls go", "deny-wipe", DENY_WIPE, |call| {
        let (stored, _) = call.objects()?;
        if stored.values().all(Value::is_null) { call.merged() } else { call.right() }
    }),
    ("takes falsy values for nothing left", "deny-wipe", DENY_WIPE, |call| {
        let (stored, _) = call.objects()?;
        let merged = call.right()?;
        let left = merged.as_object().is_some_and(|merged| !merged.is_empty() && merged.values().all(falsy));
        if !stored.is_empty() && left { Err(()) } else { Ok(merged) }
    }),
    ("takes null for an empty document", "deny-wipe", DENY_WIPE, |call| {
        if call.get("target").is_null() { call.with([("target", json!({}))]) } else { call.right() }
    }),
    ("takes an array for an empty document", "deny-removals", DENY_REMOVALS, |call| {
        if call.get("target").is_array() { call.with([("target", json!({}))]) } else { call.right() }
    }),
    ("takes an array for a patch that changes nothing", "deny-wipe", DENY_WIPE, |call| {
        if call.get("patch").is_array() { Ok(call.get("target").clone()) } else { call.right() }
    }),
];

/// Accepts a patch if the wrong condition holds.
fn passing(call: &Call<'_>, pass: fn(&Object, &Object) -> bool) -> Reply {
    let (stored, sent) = call.objects()?;
    if pass(stored, sent) { call.merged() } else { Err(()) }
}
