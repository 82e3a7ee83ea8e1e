//! `metadata-merge` without arguments: the example of Auth0's page on metadata, step by step.

use metadata_merge::resource::{CLIENT, Resource, USER};
use metadata_merge::{Error, object};
use serde_json::{Map, Value};

const TRY: &str = "\
To patch your own files: metadata-merge patch USER.json BODY.json --resource user
From a checkout: cargo run -- patch USER.json BODY.json --resource user
All commands: metadata-merge --help";

struct Step {
    title: &'static str,
    resource: Resource<'static>,
    method: &'static str,
    body: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        title: "A user is created with a hobby and a plan.",
        resource: USER,
        method: "POST",
        body: "{\"email\": \"jane.doe@example.com\", \"user_metadata\": {\"hobby\": \"surfing\"}, \
               \"app_metadata\": {\"plan\": \"full\"}}",
    },
    Step {
        title: "She adds her home address. Root keys merge, so the hobby stays.",
        resource: USER,
        method: "PATCH",
        body: r#"{"user_metadata": {"addresses": {"home": "123 Main Street, Anytown, ST 12345"}}}"#,
    },
    Step {
        title: "She sends only her work address. Nested objects are replaced as a whole, so the home address is lost.",
        resource: USER,
        method: "PATCH",
        body: r#"{"user_metadata": {"addresses": {"work": "100 Industrial Way, Anytown, ST 12345"}}}"#,
    },
    Step {
        title: "She sends both addresses. To change a nested value, send the whole value of its root key.",
        resource: USER,
        method: "PATCH",
        body: "{\"user_metadata\": {\"addresses\": {\"home\": \"123 Main Street, Anytown, ST 12345\", \
               \"work\": \"100 Industrial Way, Anytown, ST 12345\"}}}",
    },
    Step {
        title: "{} clears user_metadata. The field stays, stored as {}. app_metadata is not named, so it is unchanged.",
        resource: USER,
        method: "PATCH",
        body: r#"{"user_metadata": {}}"#,
    },
    Step {
        title: "{} clears app_metadata. Auth0 documents that this removes the field itself. A cleared user_metadata \
                stays as {}.",
        resource: USER,
        method: "PATCH",
        body: r#"{"app_metadata": {}}"#,
    },
    Step {
        title: "An application is created.",
        resource: CLIENT,
        method: "POST",
        body: r#"{"name": "My App", "client_metadata": {"mycolor": "red", "myflavor": "grape"}}"#,
    },
    Step {
        title: "Its color changes. The other key stays.",
        resource: CLIENT,
        method: "PATCH",
        body: r#"{"client_metadata": {"mycolor": "blue"}}"#,
    },
    Step {
        title: "Null removes a key.",
        resource: CLIENT,
        method: "PATCH",
        body: r#"{"client_metadata": {"mycolor": null}}"#,
    },
];

/// Returns the example: each request, its changes, and the stored resource after it.
///
/// # Errors
///
/// A step breaks the rules.
pub fn story() -> Result<String, Error> {
    let mut stored = Map::new();
    let mut text = String::new();
    for (number, step) in STEPS.iter().enumerate() {
        if step.method == "POST" {
            stored.clear();
        }
        let path = match (step.method, step.resource.name) {
            ("POST", name) => format!("/api/v2/{name}s"),
            (_, name) => format!("/api/v2/{name}s/{{id}}"),
        };
        let body: Value = step.body.parse().unwrap_or_default();
        let plan = step.resource.plan(object(&body)?.clone())?;
        let changes = plan.changes(&stored)?.to_string();
        plan.apply(&mut stored)?;
        let after = format!("stored: {:#}", Value::Object(stored.clone()));
        text += &format!("{}. {}\n\n   {} {path}\n   {}\n\n", number + 1, step.title, step.method, step.body);
        text += &format!("{}\n{}\n", indented(&changes), indented(&after));
    }
    Ok(text + TRY)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}\n")).collect()
}
