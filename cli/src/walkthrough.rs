//! `metadata-merge` without arguments: the story of the service's page, step by step.

use metadata_merge::resource::{CLIENT, Resource, USER};
use metadata_merge::{Error, object};
use serde_json::{Map, Value};

struct Step {
    title: &'static str,
    resource: Resource<'static>,
    method: &'static str,
    body: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        title: "A user is created, with a hobby and a plan.",
        resource: USER,
        method: "POST",
        body: "{\"email\": \"jane.doe@example.com\", \"user_metadata\": {\"hobby\": \"surfing\"}, \
               \"app_metadata\": {\"plan\": \"full\"}}",
    },
    Step {
        title: "She adds her home address. Root properties merge: the hobby stays.",
        resource: USER,
        method: "PATCH",
        body: r#"{"user_metadata": {"addresses": {"home": "123 Main Street, Anytown, ST 12345"}}}"#,
    },
    Step {
        title: "She adds her work address and sends it alone. A nested object is replaced as a whole: home is gone.",
        resource: USER,
        method: "PATCH",
        body: r#"{"user_metadata": {"addresses": {"work": "100 Industrial Way, Anytown, ST 12345"}}}"#,
    },
    Step {
        title: "She sends both. To change a nested value, send the whole root property.",
        resource: USER,
        method: "PATCH",
        body: "{\"user_metadata\": {\"addresses\": {\"home\": \"123 Main Street, Anytown, ST 12345\", \
               \"work\": \"100 Industrial Way, Anytown, ST 12345\"}}}",
    },
    Step {
        title: "The empty object clears the field. The other field is untouched.",
        resource: USER,
        method: "PATCH",
        body: r#"{"user_metadata": {}}"#,
    },
    Step {
        title: "A cleared app_metadata is not stored at all.",
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
        title: "Red turns to blue.",
        resource: CLIENT,
        method: "PATCH",
        body: r#"{"client_metadata": {"mycolor": "blue"}}"#,
    },
    Step {
        title: "A key that is sent as null is deleted.",
        resource: CLIENT,
        method: "PATCH",
        body: r#"{"client_metadata": {"mycolor": null}}"#,
    },
];

/// Returns the story: each request, what it changes, and what is stored after it.
///
/// # Errors
///
/// None, as long as the story follows the rules.
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
    Ok(text + "Try your own: metadata-merge patch DOCUMENT.json PATCH.json, or --help")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}\n")).collect()
}
