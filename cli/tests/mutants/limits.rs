//! Wrong implementations of `limits`.

use metadata_merge::limits::{self, Characters, Check, Limit};
use serde_json::{Value, json};

use crate::call::{Call, Object, Reply, Row};

const LIMITS: &[&str] = &["limits"];

pub(crate) const ROWS: &[Row] = &[
    ("allows nine keys", "too-many-keys", LIMITS, |call| {
        at(call, "client_metadata", |keys| keys.len() > 9, "too-many-keys")
    }),
    ("allows any number of keys", "too-many-keys", LIMITS, |call| without(call, "too-many-keys")),
    ("counts a user's keys", "too-many-keys", LIMITS, |call| {
        at(call, "user_metadata", |keys| keys.len() > 10, "too-many-keys")
    }),
    ("allows keys of 254 bytes", "key-too-long", LIMITS, |call| {
        each(call, "client_metadata", |key, _| key.len() > 254, "key-too-long")
    }),
    ("allows keys of any length", "key-too-long", LIMITS, |call| without(call, "key-too-long")),
    ("limits a user's keys", "key-too-long", LIMITS, |call| {
        each(call, "app_metadata", |key, _| key.len() > 255, "key-too-long")
    }),
    ("allows letters and digits alone", "key-characters", LIMITS, |call| {
        each(
            call,
            "client_metadata",
            |key, _| !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '#' || c == '\n'),
            "key-characters",
        )
    }),
    ("refuses the empty key", "key-characters", LIMITS, |call| {
        each(call, "client_metadata", |key, _| key.is_empty(), "key-characters")
    }),
    ("allows the letters of any language", "key-characters", LIMITS, |call| {
        select(call, |violation| {
            violation["limit"] != "key-characters" || violation["path"].as_str().is_some_and(str::is_ascii)
        })
    }),
    ("allows any character in a client's keys", "key-characters", LIMITS, |call| {
        select(call, |violation| {
            violation["limit"] != "key-characters"
                || !violation["path"].as_str().is_some_and(|path| path.starts_with("/client"))
        })
    }),
    ("allows dots", "key-characters", LIMITS, |call| {
        select(call, |violation| {
            violation["limit"] != "key-characters" || !violation["path"].as_str().is_some_and(|path| path.contains('.'))
        })
    }),
    ("takes a user's keys for a client's", "key-characters", LIMITS, |call| {
        each(
            call,
            "user_metadata",
            |key, _| !key.chars().all(|c| c.is_ascii_alphanumeric() || ".$".contains(c)),
            "key-characters",
        )
    }),
    ("looks below the root", "key-characters", LIMITS, |call| {
        let nested = |_: &str, value: &Value| {
            value.as_object().is_some_and(|members| members.keys().any(|key| key.contains(['.', '$'])))
        };
        each(call, "user_metadata", nested, "key-characters")
    }),
    ("looks at the characters of values", "key-characters", LIMITS, |call| {
        each(
            call,
            "client_metadata",
            |_, value| value.as_str().is_some_and(|value| value.contains(['.', '$'])),
            "key-characters",
        )
    }),
    ("does not escape pointers", "key-characters", LIMITS, |call| {
        let violations = violations(call)?.into_iter().map(|mut violation| {
            violation["path"] =
                violation["path"].as_str().map(|path| path.replace("~1", "/").replace("~0", "~")).into();
            violation
        });
        Ok(violations.collect())
    }),
    ("looks at the names of attributes", "key-characters", LIMITS, |call| {
        let mut violations = violations(call)?;
        let dotted = call.get("stored").as_object().ok_or(())?.keys().filter(|key| key.contains('.'));
        violations.extend(dotted.map(|key| violation(&format!("/{key}"), "key-characters")));
        Ok(violations.into())
    }),
    ("stops at the first violation of a key", "key-characters", LIMITS, |call| {
        let mut violations = violations(call)?;
        violations.dedup_by_key(|violation| violation["limit"].clone());
        Ok(violations.into())
    }),
    ("allows any value", "value-type", LIMITS, |call| without(call, "value-type")),
    ("allows null", "value-type", LIMITS, |call| {
        select(call, |violation| violation["limit"] != "value-type" || violation["path"] != "/client_metadata/c")
    }),
    ("wants a value that is not empty", "value-type", LIMITS, |call| {
        each(call, "client_metadata", |_, value| *value == json!(""), "value-type")
    }),
    ("wants strings of a user", "value-type", LIMITS, |call| {
        each(call, "user_metadata", |key, value| key == "b" && !value.is_string(), "value-type")
    }),
    ("counts bytes", "value-too-long", LIMITS, |call| {
        let long =
            |_: &str, value: &Value| value.as_str().is_some_and(|text| text.len() > 255 && text.chars().count() <= 255);
        each(call, "client_metadata", long, "value-too-long")
    }),
    ("counts UTF-16 units", "value-too-long", LIMITS, |call| {
        let long = |_: &str, value: &Value| {
            value.as_str().is_some_and(|text| text.encode_utf16().count() > 255 && text.chars().count() <= 255)
        };
        each(call, "client_metadata", long, "value-too-long")
    }),
    ("allows values of any length", "value-too-long", LIMITS, |call| without(call, "value-too-long")),
    ("stops at the first violation", "value-too-long", LIMITS, |call| {
        Ok(violations(call)?.into_iter().take(1).collect())
    }),
    ("takes the limits of a sign-up for all", "value-too-long", LIMITS, |call| {
        each(call, "user_metadata", |_, value| value.as_str().is_some_and(|text| text.len() > 500), "value-too-long")
    }),
    ("reserves no names", "reserved-name", LIMITS, |call| without(call, "reserved-name")),
    ("reserves some of the names", "reserved-name", LIMITS, |call| {
        select(call, |violation| {
            violation["limit"] != "reserved-name" || violation["path"].as_str() < Some("/app_metadata/f")
        })
    }),
    ("reserves names in any case", "reserved-name", LIMITS, |call| {
        each(call, "app_metadata", |key, _| key == "Email", "reserved-name")
    }),
    ("reserves names everywhere", "reserved-name", LIMITS, |call| {
        each(call, "user_metadata", |key, _| key == "email", "reserved-name")
    }),
    ("knows no profile that is too large", "too-large", LIMITS, |call| without(call, "too-large")),
    ("takes 10 KB for 10,000 bytes", "too-large", LIMITS, |call| whole(call, "user", 10_000)),
    ("limits the size of everything", "too-large", LIMITS, |call| whole(call, "client", 10_240)),
    ("refuses a profile that is too large", "too-large", LIMITS, |call| {
        let violations = violations(call)?.into_iter().map(|mut violation| {
            violation["strength"] = json!("refused");
            violation
        });
        Ok(violations.collect())
    }),
    ("limits the keys of an organization", "too-many-keys", LIMITS, |call| {
        at(call, "metadata", |keys| keys.len() > 10, "too-many-keys")
    }),
    ("finds nothing in what it cannot judge", "reject", LIMITS, |call| call.right().or(Ok(json!([])))),
    ("refuses as many keys as are allowed", "too-many-keys", LIMITS, |call| {
        tabled(call, |table| {
            for limit in table {
                if let Check::MaxKeys(max) = &mut limit.check {
                    *max -= 1;
                }
            }
        })
    }),
    ("allows a key more", "too-many-keys", LIMITS, |call| {
        tabled(call, |table| {
            for limit in table {
                if let Check::MaxKeys(max) = &mut limit.check {
                    *max += 1;
                }
            }
        })
    }),
    ("limits the keys of attributes", "too-many-keys", LIMITS, |call| {
        tabled(call, |table| table.push(Limit::on("addons", Check::MaxKeys(10))))
    }),
    ("limits the keys of custom domains", "key-too-long", LIMITS, |call| {
        tabled(call, |table| table.push(Limit::on("domain_metadata", Check::MaxKeyLength(255))))
    }),
    ("limits the characters of every key", "key-characters", LIMITS, |call| {
        tabled(call, |table| {
            for field in ["domain_metadata", "metadata"] {
                table.push(Limit::on(field, Check::KeyCharacters(Characters::AllBut(".$".into()))));
            }
        })
    }),
    ("limits sign-ups as users", "key-characters", LIMITS, |call| {
        let user = *call.get("resource") == "sign_up";
        if user { call.with([("resource", json!("user"))]) } else { call.right() }
    }),
    ("takes inherited names for reserved", "reserved-name", LIMITS, |call| {
        const INHERITED: &[&str] = &["constructor", "toString", "__proto__", "hasOwnProperty", "length"];
        each(call, "app_metadata", |key, _| INHERITED.contains(&key), "reserved-name")
    }),
    ("limits the length of attributes", "value-too-long", LIMITS, |call| {
        let long = |value: &Value| value.as_str().is_some_and(|text| text.len() > 255);
        let mut violations = violations(call)?;
        let attributes = call.get("stored").as_object().into_iter().flatten().filter(|(_, value)| long(value));
        violations.extend(attributes.map(|(name, _)| violation(&format!("/{name}"), "value-too-long")));
        Ok(violations.into())
    }),
    ("rejects any field that is not an object", "reject", LIMITS, |call| {
        let field = |(key, value): (&String, &Value)| key.ends_with("metadata") && !value.is_object();
        if call.get("stored").as_object().into_iter().flatten().any(field) { Err(()) } else { call.right() }
    }),
];

/// Checks with another table.
fn tabled(call: &Call<'_>, change: fn(&mut Vec<Limit>)) -> Reply {
    let table = if *call.get("resource") == "sign_up" { limits::SIGN_UP } else { call.resource()?.limits() };
    let mut table = table.to_vec();
    change(&mut table);
    let stored = call.get("stored").as_object().ok_or(())?;
    let violations = limits::check(&table, stored).map_err(drop)?;
    let mut violations = serde_json::to_value(violations).map_err(drop)?;
    for violation in violations.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        violation.remove("message");
    }
    Ok(violations)
}

fn violation(path: &str, limit: &str) -> Value {
    json!({"path": path, "limit": limit, "strength": "refused"})
}

/// Keeps some of the right violations.
fn select(call: &Call<'_>, those: fn(&Value) -> bool) -> Reply {
    let mut violations = violations(call)?;
    violations.retain(those);
    Ok(violations.into())
}

fn without(call: &Call<'_>, limit: &str) -> Reply {
    let mut violations = violations(call)?;
    violations.retain(|violation| violation["limit"] != limit);
    Ok(violations.into())
}

/// Adds a violation of each field whose keys match.
fn at(call: &Call<'_>, field: &str, wrong: fn(&Object) -> bool, limit: &str) -> Reply {
    let mut violations = violations(call)?;
    let violation = violation(&format!("/{field}"), limit);
    if call.get("stored")[field].as_object().is_some_and(wrong) && !violations.contains(&violation) {
        violations.push(violation);
    }
    Ok(violations.into())
}

/// Adds a violation of each matching key of a field.
fn each(call: &Call<'_>, field: &str, wrong: fn(&str, &Value) -> bool, limit: &str) -> Reply {
    let mut violations = violations(call)?;
    for (key, _) in call.get("stored")[field].as_object().into_iter().flatten().filter(|(key, value)| wrong(key, value))
    {
        let violation = violation(&format!("/{field}/{key}"), limit);
        if !violations.contains(&violation) {
            violations.push(violation);
        }
    }
    Ok(violations.into())
}

/// Adds a warning for a resource of this name with more bytes.
fn whole(call: &Call<'_>, resource: &str, bytes: usize) -> Reply {
    let mut violations = violations(call)?;
    violations.retain(|violation| violation["limit"] != "too-large");
    if *call.get("resource") == resource && call.get("stored").to_string().len() > bytes {
        violations.push(json!({"path": "", "limit": "too-large", "strength": "warned"}));
    }
    Ok(violations.into())
}

/// Returns the right violations.
fn violations(call: &Call<'_>) -> Result<Vec<Value>, ()> {
    call.right()?.as_array().cloned().ok_or(())
}
