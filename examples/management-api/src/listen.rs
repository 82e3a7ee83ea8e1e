//! Connections: how many, and how long each may keep the server waiting.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;

use crate::log;

/// The most connections at a time. Others wait until one is closed.
const CONNECTIONS: usize = 512;

/// The time that requests in progress have after the order to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop`, and then answers the requests in progress. A connection is closed if it
/// sends no whole header, or reads nothing of an answer, for `idle`.
pub async fn serve(listener: TcpListener, service: Router, idle: Duration, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(idle);
    tokio::pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        // An answer is small, and waits for nothing more to be sent with it.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(idle));
        let service = TowerToHyperService::new(service.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
        tokio::spawn(async move {
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let ended = async { (graceful.shutdown().await, crate::http::settled().await) };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        log::line(json!({"event": "overdue"}));
    }
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let place = places.clone().acquire_owned().await;
        match (listener.accept().await, place) {
            (Ok((stream, _)), Ok(place)) => return (stream, place),
            // There are too many open files, or the client is gone already.
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
