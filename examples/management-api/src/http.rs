//! The routes.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, RawQuery, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::body;
use crate::error::ApiError;
use crate::kind::{KINDS, Kind};
use crate::log;
use crate::query::Page;
use crate::store::{Event, Store, Written};

/// The largest body that is read, in bytes.
const BODY: usize = 1 << 20;

type Body = Result<Bytes, BytesRejection>;
type Id = Result<Path<String>, PathRejection>;
type Kinds = Extension<&'static Kind>;

pub fn service(store: Arc<Store>, token: Option<String>) -> Router {
    let router = KINDS.into_iter().fold(Router::new(), |router, kind| router.merge(routes(kind)));
    let router = router
        .fallback(async || ApiError::not_found("not_found", "There is no such route."))
        .method_not_allowed_fallback(async || ApiError::method())
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(store);
    let router = match token {
        Some(token) => router.layer(middleware::from_fn_with_state(Arc::<str>::from(token), authorized)),
        None => router,
    };
    router.layer(middleware::from_fn(logged))
}

fn routes(kind: &'static Kind) -> Router<Arc<Store>> {
    let path = format!("/api/v2/{}", kind.collection);
    Router::new()
        .route(&path, get(list).post(create))
        .route(&format!("{path}/{{id}}"), get(read).patch(update).delete(delete))
        .layer(Extension(kind))
}

async fn create(State(store): State<Arc<Store>>, Extension(kind): Kinds, body: Body) -> Result<Response, ApiError> {
    let change = body::create(kind, &whole(body)?)?;
    let id = kind.new_id()?;
    let created = finished(async move { store.write(kind, id, change, Event::Create).await }).await?;
    created.map(|created| written(StatusCode::CREATED, created)).ok_or_else(|| kind.missing())
}

async fn read(State(store): State<Arc<Store>>, Extension(kind): Kinds, id: Id) -> Result<Response, ApiError> {
    let id = known(kind, id)?;
    let found = finished(async move { store.read(kind, id).await }).await?;
    found.map(|found| answer(StatusCode::OK, found.text)).ok_or_else(|| kind.missing())
}

async fn update(
    State(store): State<Arc<Store>>,
    Extension(kind): Kinds,
    id: Id,
    body: Body,
) -> Result<Response, ApiError> {
    let change = body::update(kind, &whole(body)?)?;
    let id = known(kind, id)?;
    // A plan that changes nothing needs no statement.
    if change.plan.is_omit() {
        let found = finished(async move { store.read(kind, id).await }).await?;
        return found.map(|found| answer(StatusCode::OK, found.text)).ok_or_else(|| kind.missing());
    }
    let updated = finished(async move { store.write(kind, id, change, Event::Update).await }).await?;
    updated.map(|updated| written(StatusCode::OK, updated)).ok_or_else(|| kind.missing())
}

/// To delete a resource that does not exist is not an error, so that a retry is safe.
async fn delete(State(store): State<Arc<Store>>, Extension(kind): Kinds, id: Id) -> Result<Response, ApiError> {
    if let Ok(id) = known(kind, id) {
        finished(async move { store.delete(kind, id).await }).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list(
    State(store): State<Arc<Store>>,
    Extension(kind): Kinds,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let page = Page::read(query.as_deref().unwrap_or_default())?;
    let (resources, total) = finished(async move { store.list(kind, page).await }).await?;
    // The stored texts are JSON already.
    let length = resources.len();
    let texts: Vec<_> = resources.into_iter().map(|stored| stored.text).collect();
    let list = format!("[{}]", texts.join(","));
    let (start, limit, name) = (page.start(), page.per_page, kind.collection);
    let listed = match total {
        Some(total) => {
            format!(r#"{{"start":{start},"limit":{limit},"length":{length},"total":{total},"{name}":{list}}}"#)
        }
        None => list,
    };
    Ok(answer(StatusCode::OK, listed))
}

/// The whole body, if it is not too large.
fn whole(body: Body) -> Result<Bytes, ApiError> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(BODY),
        _ => ApiError::body("the body could not be read"),
    })
}

/// An id that could be stored. Any other does not exist.
fn known(kind: &Kind, id: Id) -> Result<String, ApiError> {
    match id {
        Ok(Path(id)) if !id.contains('\0') => Ok(id),
        _ => Err(kind.missing()),
    }
}

/// Lets the store finish even if the client goes away in the meantime, so that no transaction stays open.
async fn finished<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(ApiError::internal("a request panicked")))
}

fn written(status: StatusCode, written: Written) -> Response {
    answer(status, Value::Object(written.resource).to_string())
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn authorized(State(token): State<Arc<str>>, request: Request, next: Next) -> Result<Response, ApiError> {
    let header =
        request.headers().get(header::AUTHORIZATION).ok_or_else(|| ApiError::token("Missing authentication"))?;
    let sent = header.as_bytes().split_at_checked("bearer ".len());
    let sent = sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer ")).map(|(_, sent)| sent);
    match sent {
        Some(sent) if sent.ct_eq(token.as_bytes()).into() => Ok(next.run(request).await),
        _ => Err(ApiError::token("Invalid token")),
    }
}

async fn logged(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    // A method may be any word that the client makes up.
    let known = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    let method = known.into_iter().find(|method| method == request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let (status, micros) = (response.status().as_u16(), begin.elapsed().as_micros() as u64);
    log::line(
        json!({"event": "request", "method": method.as_ref().map(Method::as_str), "route": route, "status": status, "micros": micros}),
    );
    response
}
