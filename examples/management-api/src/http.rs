//! The routes, and the log of requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{MatchedPath, Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::FutureExt;
use metadata_merge::resource::Plan;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::access;
use crate::body::{self, Body, Change};
use crate::error::ApiError;
use crate::etag::{IfMatch, etag};
use crate::kind::{KINDS, Kind};
use crate::log;
use crate::openapi;
use crate::query::{Nothing, Page, Parameters, Update};
use crate::store::{Event, Store, Stored, Written};

/// The most requests in progress at a time: reads, writes, and writes with large bodies, which take
/// many times their size while they are parsed. So none of them keeps the others waiting.
const PLACES: [u32; 3] = [6, 8, 2];
static READS: Semaphore = Semaphore::const_new(PLACES[0] as usize);
static WRITES: Semaphore = Semaphore::const_new(PLACES[1] as usize);
static LARGE_WRITES: Semaphore = Semaphore::const_new(PLACES[2] as usize);

/// The size from which a body is large.
const LARGE: usize = 1 << 17;

type Id = Result<Path<String>, PathRejection>;
type Answer = Result<Response, ApiError>;

/// What the routes of one kind share.
#[derive(Clone)]
struct Service {
    kind: &'static Kind,
    store: Arc<Store>,
    patience: Duration,
}

pub fn service(store: Arc<Store>, token: Option<String>, patience: Duration) -> Router {
    let mut router = Router::new().route("/api/v2/openapi.json", get(openapi));
    for kind in KINDS {
        let path = format!("/api/v2/{}", kind.collection);
        let routes = Router::new()
            .route(&path, get(list).post(create))
            .route(&format!("{path}/{{id}}"), get(read).patch(update).delete(delete));
        router = router.merge(routes.with_state(Service { kind, store: store.clone(), patience }));
    }
    let router = router
        .fallback(async || ApiError::new(StatusCode::NOT_FOUND, "not_found", "There is no such route."))
        .method_not_allowed_fallback(async || {
            let message = "The route does not have this method.";
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        });
    let router = match token {
        Some(token) => router.layer(middleware::from_fn_with_state(Arc::<str>::from(token), access::with_token)),
        None => router.layer(middleware::from_fn(access::without_token)),
    };
    router.layer(middleware::from_fn(logged))
}

/// Waits until no write is in progress, which may go on after its client has hung up.
pub async fn settled() {
    let _ = tokio::join!(WRITES.acquire_many(PLACES[1]), LARGE_WRITES.acquire_many(PLACES[2]));
}

async fn create(State(service): State<Service>, query: Parameters<Nothing>, headers: HeaderMap, body: Body) -> Answer {
    query?;
    let kind = service.kind;
    let if_match = IfMatch::of(&headers);
    let created = service.run(places_for(&body), async move |store| {
        let change = Change { if_match, ..body::read(kind, &body, Event::Create)? };
        store.write(kind, kind.new_id()?, change, Event::Create).await
    });
    created.await?.map(|created| resource(StatusCode::CREATED, created.stored)).ok_or_else(|| kind.missing())
}

async fn read(State(service): State<Service>, id: Id, query: Parameters<Nothing>) -> Answer {
    query?;
    let kind = service.kind;
    let id = known(kind, id)?;
    let found = service.run(&READS, async move |store| store.read(kind, id).await).await?;
    found.map(|found| resource(StatusCode::OK, found)).ok_or_else(|| kind.missing())
}

async fn update(
    State(service): State<Service>,
    id: Id,
    query: Parameters<Update>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let kind = service.kind;
    let Query(Update { dry_run }) = query?;
    let if_match = IfMatch::of(&headers);
    let updated = service.run(places_for(&body), async move |store| {
        let change = Change { if_match, dry_run, ..body::read(kind, &body, Event::Update)? };
        let id = known(kind, id)?;
        store.write(kind, id, change, Event::Update).await
    });
    match updated.await? {
        Some(Written { changes, .. }) if dry_run => Ok(json_text(format!(r#"{{"changes":{changes}}}"#))),
        Some(Written { stored, .. }) => Ok(resource(StatusCode::OK, stored)),
        None => Err(kind.missing()),
    }
}

/// To delete a resource that does not exist is not an error, so that a retry is safe.
async fn delete(State(service): State<Service>, id: Id, query: Parameters<Nothing>, headers: HeaderMap) -> Answer {
    query?;
    let kind = service.kind;
    let change =
        Change { plan: Plan::new(kind.resource), unique: None, if_match: IfMatch::of(&headers), dry_run: false };
    if let Ok(id) = known(kind, id) {
        service.run(&WRITES, async move |store| store.write(kind, id, change, Event::Delete).await).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list(State(service): State<Service>, query: Parameters<Page>) -> Answer {
    let (kind, page) = (service.kind, query?.validated()?);
    let (found, total) = service.run(&READS, async move |store| store.list(kind, page).await).await?;
    // The stored texts are JSON already.
    let texts: Vec<_> = found.iter().map(|stored| &*stored.text).collect();
    let (list, length) = (format!("[{}]", texts.join(",")), texts.len());
    let (start, limit, name) = (page.start(), page.per_page, kind.collection);
    let with_total = total.map(|total| {
        format!(r#"{{"start":{start},"limit":{limit},"length":{length},"total":{total},"{name}":{list}}}"#)
    });
    Ok(json_text(with_total.unwrap_or(list)))
}

async fn openapi(query: Parameters<Nothing>) -> Answer {
    query?;
    Ok(json_text(openapi::document().to_string()))
}

/// An id that could be stored. Any other does not exist.
fn known(kind: &Kind, id: Id) -> Result<String, ApiError> {
    match id {
        Ok(Path(id)) if !id.contains('\0') => Ok(id),
        _ => Err(kind.missing()),
    }
}

fn places_for(body: &Body) -> &'static Semaphore {
    if body.0.len() > LARGE { &LARGE_WRITES } else { &WRITES }
}

impl Service {
    /// Runs `work` when there is a place, and to its end even if the client goes away in the
    /// meantime, so that no transaction stays open.
    async fn run<T, W>(&self, places: &'static Semaphore, work: impl FnOnce(Arc<Store>) -> W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let place = tokio::time::timeout(self.patience / 2, places.acquire()).await;
        let Ok(Ok(place)) = place else { return Err(ApiError::unavailable("too many requests are in progress")) };
        let work = work(self.store.clone());
        let done = tokio::spawn(work.inspect(move |_| drop(place)));
        done.await.unwrap_or_else(|_| Err(ApiError::internal("a request panicked")))
    }
}

fn resource(status: StatusCode, stored: Stored) -> Response {
    (status, [(header::ETAG, etag(stored.version))], json_text(stored.text)).into_response()
}

fn json_text(json: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn logged(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    // A method may be any word that the client makes up.
    let known = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    let method = known.into_iter().find(|method| method == request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let (status, micros) = (response.status().as_u16(), begin.elapsed().as_micros() as u64);
    let method = method.as_ref().map(Method::as_str);
    log::line(json!({"event": "request", "method": method, "route": route, "status": status, "micros": micros}));
    response
}
