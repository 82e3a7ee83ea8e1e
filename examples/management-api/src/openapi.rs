//! The OpenAPI document. It is made from the kinds, so that it names what the routes serve.

use serde_json::{Value, json};

use crate::kind::{KINDS, Kind};

// Parameters: the name, the place and the type.
const ID: [&str; 3] = ["id", "path", "string"];
const IF_MATCH: [&str; 3] = ["If-Match", "header", "string"];
const PAGING: [[&str; 3]; 3] =
    [["page", "query", "integer"], ["per_page", "query", "integer"], ["include_totals", "query", "boolean"]];

pub fn document() -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Management API", "version": env!("CARGO_PKG_VERSION")},
        "paths": {},
        "components": {
            "schemas": {"error": object(json!({"message": {"type": "string"}, "errorCode": {"type": "string"}}), &[])},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    });
    for kind in KINDS {
        let (name, all) = (kind.resource.name, format!("/api/v2/{}", kind.collection));
        let known = json!({"$ref": format!("#/components/schemas/{name}")});
        let stored = json!({"allOf": [known, object(json!({}), &[kind.id])]});
        let list = json!({"type": "array", "items": stored});
        let page = object(json!({(kind.collection): list, "total": {"type": "integer"}}), &["total", kind.collection]);
        let operation = |verb: &str, parameters: &[[&str; 3]], status: &str, answer: Value| {
            let parameter = |[name, place, of]: &[&str; 3]| json!({"name": name, "in": place, "required": *place == "path", "schema": {"type": of}});
            let parameters: Vec<Value> = parameters.iter().map(parameter).collect();
            let responses = json!({status: answer, "default": content(&json!({"$ref": "#/components/schemas/error"}))});
            json!({"operationId": format!("{verb}_{name}"), "parameters": parameters, "responses": responses})
        };
        let updated =
            content(&json!({"oneOf": [stored, object(json!({"changes": {"type": "object"}}), &["changes"])]}));
        let one = &mut document["paths"][format!("{all}/{{id}}")];
        one["get"] = operation("read", &[ID], "200", content(&stored));
        one["patch"] = operation("update", &[ID, IF_MATCH, ["dry_run", "query", "boolean"]], "200", updated);
        one["patch"]["requestBody"] = content(&known);
        one["delete"] = operation("delete", &[ID, IF_MATCH], "204", json!({"description": "It is deleted"}));
        let all = &mut document["paths"][all];
        all["get"] = operation("list", &PAGING, "200", content(&json!({"oneOf": [list, page]})));
        all["post"] = operation("create", &[], "201", content(&stored));
        all["post"]["requestBody"] = content(&json!({"allOf": [known, object(json!({}), kind.required.as_slice())]}));
        document["components"]["schemas"][name] = schema(kind);
    }
    document
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
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
        properties[name] = json!({"readOnly": true, "type": ["string", "number", "boolean", "array", "object"]});
    }
    for (names, of) in [(kind.texts, "string"), (kind.booleans, "boolean")] {
        for name in names {
            let is_permanent = kind.permanent.contains(name);
            properties[name] = if is_permanent { json!({"type": of}) } else { json!({"type": [of, "null"]}) };
        }
    }
    object(properties, &[])
}

#[cfg(test)]
mod tests {
    use metadata_merge::Patch;
    use metadata_merge::resource::Replacement;
    use serde::Deserialize;
    use utoipa::openapi::OpenApi;
    use utoipa::{PartialSchema, ToSchema};

    use super::{Value, document, json};

    #[test]
    fn the_document_is_openapi() -> Result<(), serde_json::Error> {
        let read: OpenApi = serde_json::from_value(document())?;
        let written = serde_json::to_value(&read)?;
        for (path, item) in document()["paths"].as_object().into_iter().flatten() {
            for (verb, operation) in item.as_object().into_iter().flatten() {
                let read = &written["paths"][path][verb];
                assert_eq!(
                    (&read["operationId"], &read["parameters"]),
                    (&operation["operationId"], &operation["parameters"])
                );
            }
        }
        Ok(())
    }

    /// A typed body, as the docs of `Patch` and of `Replacement` describe it.
    #[derive(Deserialize, ToSchema)]
    #[allow(dead_code)] // only its schema is read
    struct Body {
        #[serde(default, skip_serializing_if = "Patch::is_omit")]
        #[schema(value_type = Object)]
        user_metadata: Patch,
        #[serde(default, skip_serializing_if = "Replacement::is_omit")]
        #[schema(value_type = Option<Object>)]
        metadata: Replacement,
    }

    #[test]
    fn a_typed_body_has_a_schema() -> Result<(), serde_json::Error> {
        let schema: Value = serde_json::to_value(Body::schema())?;
        assert_eq!(
            schema["properties"],
            json!({
                "user_metadata": {"type": "object"},
                "metadata": {"type": ["object", "null"]},
            })
        );
        assert!(schema.get("required").is_none());
        Ok(())
    }
}
