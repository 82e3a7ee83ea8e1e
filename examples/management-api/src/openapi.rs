//! The OpenAPI document. It is made from the kinds, so that it names what the routes serve.

use serde_json::{Value, json};

use crate::kind::{KINDS, Kind};

pub fn document() -> Value {
    let error = content(&json!({"$ref": "#/components/schemas/error"}));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Management API", "version": env!("CARGO_PKG_VERSION")},
        "paths": {},
        "components": {
            "schemas": {"error": {"properties": {"message": {"type": "string"}, "errorCode": {"type": "string"}}}},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    });
    for kind in KINDS {
        let (name, all) = (kind.resource.name, format!("/api/v2/{}", kind.collection));
        let known = json!({"$ref": format!("#/components/schemas/{name}")});
        let new = json!({"allOf": [known], "required": kind.required.as_slice()});
        let stored = json!({"allOf": [known], "required": [kind.id]});
        let list = json!({"type": "array", "items": stored});
        let with_total = json!({"properties": {(kind.collection): list}, "required": ["total", kind.collection]});
        let changes = json!({"properties": {"changes": {"type": "object"}}, "required": ["changes"]});
        let (page, per_page) = (parameter("page", "query", "integer"), parameter("per_page", "query", "integer"));
        let include_totals = parameter("include_totals", "query", "boolean");
        let (id, if_match) = (parameter("id", "path", "string"), parameter("If-Match", "header", "string"));
        let dry_run = parameter("dry_run", "query", "boolean");
        let operation = |verb: &str, parameters: &[&Value], status: &str, answer: Value| {
            let responses = json!({status: answer, "default": error});
            json!({"operationId": format!("{verb}_{name}"), "parameters": parameters, "responses": responses})
        };
        let listed = content(&json!({"oneOf": [list, with_total]}));
        let updated = content(&json!({"oneOf": [stored, changes]}));
        let gone = json!({"description": "The resource does not exist any more"});
        let one = &mut document["paths"][format!("{all}/{{id}}")];
        one["get"] = operation("read", &[&id], "200", content(&stored));
        one["patch"] = operation("update", &[&id, &if_match, &dry_run], "200", updated);
        one["patch"]["requestBody"] = content(&known);
        one["delete"] = operation("delete", &[&id, &if_match], "204", gone);
        let all = &mut document["paths"][all];
        all["get"] = operation("list", &[&page, &per_page, &include_totals], "200", listed);
        all["post"] = operation("create", &[], "201", content(&stored));
        all["post"]["requestBody"] = content(&new);
        document["components"]["schemas"][name] = schema(kind);
    }
    document
}

fn parameter(name: &str, place: &str, of: &str) -> Value {
    json!({"name": name, "in": place, "required": place == "path", "schema": {"type": of}})
}

fn content(schema: &Value) -> Value {
    json!({"description": "JSON", "content": {"application/json": {"schema": schema}}})
}

/// A resource or a body: the metadata fields, and the attributes whose type is validated. Null removes
/// an attribute that is not permanent. Others are accepted.
fn schema(kind: &Kind) -> Value {
    let mut properties = json!({});
    for field in kind.resource.fields {
        properties[field.name] = json!({"type": "object"});
    }
    for name in kind.read_only {
        properties[name] = json!({"readOnly": true});
    }
    for (names, of) in [(kind.texts, "string"), (kind.booleans, "boolean")] {
        for name in names {
            let is_permanent = kind.permanent.contains(name);
            properties[name] = if is_permanent { json!({"type": of}) } else { json!({"type": [of, "null"]}) };
        }
    }
    json!({"type": "object", "properties": properties})
}
