//! The routes, and the log of requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use metadata_merge::resource::ResourceChanges;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::access;
use crate::body::{self, Body};
use crate::error::ApiError;
use crate::etag::{IfMatch, etag};
use crate::kind::{KINDS, Kind};
use crate::log;
use crate::openapi;
use crate::query::{self, Page};
use crate::store::{Event, Store, Stored, Written};

/// The most requests in progress at a time: reads, writes, and writes with large bodies, which take
/// many times their size while they are parsed. So none of them keeps the others waiting.
const PLACES: [usize; 3] = [6, 8, 2];

/// The size from which a body is large.
const LARGE: usize = 1 << 17;

type Id = Result<Path<String>, PathRejection>;
type Kinds = Extension<&'static Kind>;
type Answer = Result<Response, ApiError>;

#[derive(Clone)]
struct Service {
    store: Arc<Store>,
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    large_writes: Arc<Semaphore>,
    patience: Duration,
}

pub fn service(store: Arc<Store>, token: Option<String>, patience: Duration) -> Router {
    let [reads, writes, large_writes] = PLACES.map(|places| Arc::new(Semaphore::new(places)));
    let router = KINDS.into_iter().fold(Router::new(), |router, kind| router.merge(routes(kind)));
    let router = router
        .route("/api/v2/openapi.json", get(async || Ok::<_, ApiError>(with_type(StatusCode::OK, openapi::document()?))))
        .fallback(async || ApiError::new(StatusCode::NOT_FOUND, "not_found", "There is no such route."))
        .method_not_allowed_fallback(async || {
            let message = "The route does not have this method.";
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        })
        .layer(DefaultBodyLimit::max(body::LARGEST))
        .with_state(Service { store, reads, writes, large_writes, patience });
    let router = match token {
        Some(token) => router.layer(middleware::from_fn_with_state(Arc::<str>::from(token), access::with_token)),
        None => router.layer(middleware::from_fn(access::without_token)),
    };
    router.layer(middleware::from_fn(logged))
}

fn routes(kind: &'static Kind) -> Router<Service> {
    let path = format!("/api/v2/{}", kind.collection);
    Router::new()
        .route(&path, get(list).post(create))
        .route(&format!("{path}/{{id}}"), get(read).patch(update).delete(delete))
        .layer(Extension(kind))
}

async fn create(
    State(service): State<Service>,
    Extension(kind): Kinds,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer {
    query::none(&query.unwrap_or_default())?;
    let created = service.run(service.of_body(&body), async move |store| {
        let change = body::create(kind, &body)?;
        store.write(kind, kind.new_id()?, change, Event::Create).await
    });
    created.await?.map(|created| written(StatusCode::CREATED, created)).ok_or_else(|| kind.missing())
}

async fn read(State(service): State<Service>, Extension(kind): Kinds, id: Id, RawQuery(query): RawQuery) -> Answer {
    query::none(&query.unwrap_or_default())?;
    let id = known(kind, id)?;
    let found = service.run(&service.reads, async move |store| store.read(kind, id).await).await?;
    found.map(stored).ok_or_else(|| kind.missing())
}

async fn update(
    State(service): State<Service>,
    Extension(kind): Kinds,
    id: Id,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let dry_run = query::dry_run(&query.unwrap_or_default())?;
    let if_match = IfMatch::of(&headers);
    let updated = service.run(service.of_body(&body), async move |store| {
        let change = body::Change { if_match, dry_run, ..body::update(kind, &body)? };
        let id = known(kind, id)?;
        if !change.plan.is_omit() {
            let updated = store.write(kind, id, change, Event::Update).await?;
            return Ok(updated
                .map(|updated| if dry_run { changes(&updated.changes) } else { written(StatusCode::OK, updated) }));
        }
        // A plan that changes nothing needs no statement.
        match store.read(kind, id).await? {
            Some(found) if !change.if_match.accepts(found.version) => Err(ApiError::changed()),
            Some(_) if dry_run => Ok(Some(changes(&json!(ResourceChanges::default()).to_string()))),
            found => Ok(found.map(stored)),
        }
    });
    updated.await?.ok_or_else(|| kind.missing())
}

/// To delete a resource that does not exist is not an error, so that a retry is safe.
async fn delete(
    State(service): State<Service>,
    Extension(kind): Kinds,
    id: Id,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    query::none(&query.unwrap_or_default())?;
    let if_match = IfMatch::of(&headers);
    if let Ok(id) = known(kind, id) {
        service.run(&service.writes, async move |store| store.delete(kind, id, if_match).await).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list(State(service): State<Service>, Extension(kind): Kinds, RawQuery(query): RawQuery) -> Answer {
    let page = Page::read(&query.unwrap_or_default())?;
    let (resources, total) = service.run(&service.reads, async move |store| store.list(kind, page).await).await?;
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
    Ok(with_type(StatusCode::OK, listed))
}

/// An id that could be stored. Any other does not exist.
fn known(kind: &Kind, id: Id) -> Result<String, ApiError> {
    match id {
        Ok(Path(id)) if !id.contains('\0') => Ok(id),
        _ => Err(kind.missing()),
    }
}

impl Service {
    fn of_body(&self, body: &Body) -> &Arc<Semaphore> {
        if body.len() > LARGE { &self.large_writes } else { &self.writes }
    }

    /// Runs `work` when there is a place, and to its end even if the client goes away in the
    /// meantime, so that no transaction stays open.
    async fn run<T, W>(&self, places: &Arc<Semaphore>, work: impl FnOnce(Arc<Store>) -> W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let place = tokio::time::timeout(self.patience / 2, places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(ApiError::unavailable("too many requests are in progress")) };
        let work = work(self.store.clone());
        let done = tokio::spawn(async move {
            let done = work.await;
            drop(place);
            done
        });
        done.await.unwrap_or_else(|_| Err(ApiError::internal("a request panicked")))
    }
}

fn stored(stored: Stored) -> Response {
    (StatusCode::OK, [(header::ETAG, etag(stored.version))], with_type(StatusCode::OK, stored.text)).into_response()
}

fn written(status: StatusCode, written: Written) -> Response {
    let text = Value::Object(written.resource).to_string();
    (status, [(header::ETAG, etag(written.version))], with_type(status, text)).into_response()
}

fn changes(changes: &str) -> Response {
    with_type(StatusCode::OK, format!(r#"{{"changes":{changes}}}"#))
}

fn with_type(status: StatusCode, json: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], json).into_response()
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
