//! The OpenAPI document. It is made from the kinds, so that it names what the routes serve.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type as JsonType};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};

use crate::error::ApiError;
use crate::kind::{KINDS, Kind};

pub fn document() -> Result<String, ApiError> {
    let info = InfoBuilder::new().title("Management API").version(env!("CARGO_PKG_VERSION")).build();
    let mut components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .schema("error", error());
    let mut paths = PathsBuilder::new();
    for kind in KINDS {
        let name = kind.resource.name;
        let path = format!("/api/v2/{}", kind.collection);
        let one = || Ref::from_schema_name(name);
        let page =
            [("page", JsonType::Integer), ("per_page", JsonType::Integer), ("include_totals", JsonType::Boolean)];
        let page = page.map(|(name, of)| parameter(name, ParameterIn::Query, of));
        let id = || parameter("id", ParameterIn::Path, JsonType::String).required(Required::True);
        let if_match = || parameter("If-Match", ParameterIn::Header, JsonType::String);
        let dry_run = parameter("dry_run", ParameterIn::Query, JsonType::Boolean);
        let list = operation("list", kind, page).response("200", json("A page", ArrayBuilder::new().items(one())));
        let create = operation("create", kind, []).response("201", json("The new resource", one()));
        let read = operation("read", kind, [id()]).response("200", json("The resource", one()));
        let update = operation("update", kind, [id(), dry_run, if_match()])
            .summary(Some("Metadata merges at its root: null removes a key, and {} clears"))
            .response("200", json("The resource, or its changes", one()));
        let gone = ResponseBuilder::new().description("The resource does not exist any more");
        let delete = operation("delete", kind, [id(), if_match()]).response("204", gone);
        let all = PathItem::new(HttpMethod::Get, list);
        let all = merged(all, HttpMethod::Post, create.request_body(Some(body(one()))));
        let each = PathItem::new(HttpMethod::Get, read);
        let each = merged(each, HttpMethod::Patch, update.request_body(Some(body(one()))));
        let each = merged(each, HttpMethod::Delete, delete);
        paths = paths.path(&path, all).path(format!("{path}/{{id}}"), each);
        components = components.schema(name, resource(kind));
    }
    let token = SecurityRequirement::new::<_, [&str; 0], &str>("token", []);
    let document = OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build()));
    let document = document.security(Some([token])).build();
    document.to_json().map_err(|_| ApiError::internal("the OpenAPI document cannot be encoded"))
}

fn merged(mut path: PathItem, method: HttpMethod, operation: OperationBuilder) -> PathItem {
    path.merge_operations(PathItem::new(method, operation));
    path
}

fn operation<const N: usize>(verb: &str, kind: &Kind, parameters: [ParameterBuilder; N]) -> OperationBuilder {
    let error = json("An error, which names the field or the key", Ref::from_schema_name("error"));
    let operation = OperationBuilder::new().operation_id(Some(format!("{verb}_{}", kind.resource.name)));
    operation.parameters(Some(parameters.map(ParameterBuilder::build))).response("default", error)
}

fn parameter(name: &str, place: ParameterIn, of: JsonType) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(place).schema(Some(ObjectBuilder::new().schema_type(of)))
}

fn body(schema: Ref) -> RequestBody {
    let content = Content::new(Some(schema));
    RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build()
}

fn json(description: &str, schema: impl Into<RefOr<Schema>>) -> ResponseBuilder {
    ResponseBuilder::new().description(description).content("application/json", Content::new(Some(schema)))
}

/// A resource or a body: the metadata fields, and the attributes whose type is validated, which null
/// removes. Others are accepted.
fn resource(kind: &Kind) -> ObjectBuilder {
    let id = ObjectBuilder::new().schema_type(JsonType::String).read_only(Some(true));
    let fields = kind.resource.fields.iter().map(|field| (field.name, SchemaType::from(JsonType::Object)));
    let or_null = |name: &'static str, of: JsonType| match kind.permanent.contains(&name) {
        true => (name, SchemaType::from(of)),
        false => (name, SchemaType::from_iter([of, JsonType::Null])),
    };
    let texts = kind.texts.iter().map(|name| or_null(name, JsonType::String));
    let booleans = kind.booleans.iter().map(|name| or_null(name, JsonType::Boolean));
    fields.chain(texts).chain(booleans).fold(ObjectBuilder::new().property(kind.id, id), |object, (name, of)| {
        object.property(name, ObjectBuilder::new().schema_type(of))
    })
}

fn error() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(JsonType::String);
    ObjectBuilder::new()
        .property("statusCode", ObjectBuilder::new().schema_type(JsonType::Integer))
        .property("error", text())
        .property("message", text())
        .property("errorCode", text())
}
