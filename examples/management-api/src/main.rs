//! The users and clients of a management API, with metadata that merges as `metadata-merge` defines
//! it. See `--help`.

mod access;
mod body;
mod error;
mod etag;
mod exact;
mod http;
mod kind;
mod listen;
mod log;
mod openapi;
mod options;
mod query;
mod store;

use std::io::{Write, stderr};
use std::process::exit;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::options::Options;
use crate::store::Store;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() {
    if let Err(why) = serve(Options::parse()).await {
        let _ = writeln!(stderr(), "management-api: {why}");
        exit(2);
    }
    // Requests that still wait are dropped.
    exit(0);
}

async fn serve(options: Options) -> Result<(), String> {
    let (token, timeout) = (options::token()?, Duration::from_secs(options.timeout));
    if token.is_none() {
        if !options.listen.ip().is_loopback() {
            return Err("without MANAGEMENT_API_TOKEN only a loopback address may be listened on".to_owned());
        }
        let open = "without MANAGEMENT_API_TOKEN, every program on this machine may read and write everything.";
        let _ = writeln!(stderr(), "WARNING: {open}");
    }
    let store = Arc::new(Store::open(&options.database, timeout).await?);
    let listener = TcpListener::bind(options.listen).await.map_err(|error| format!("{}: {error}", options.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    log::line(json!({"event": "listening", "address": address.to_string(), "store": store.name()}));
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        log::line(json!({"event": "stopping"}));
    };
    listen::serve(listener, http::service(store.clone(), token, timeout), timeout * 3, stop).await;
    // Nothing is written after "stopped": no commit follows this line.
    store.close().await;
    let written = log::line(json!({"event": "stopped"}));
    let _ = written.recv_timeout(Duration::from_secs(1));
    Ok(())
}
