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

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::options::Options;
use crate::store::Store;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = match options::read() {
        Ok(Some(options)) => serve(options),
        Ok(None) => {
            println!("{}", options::HELP);
            Ok(())
        }
        Err(why) => Err(why),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("management-api: {why}");
            ExitCode::from(2)
        }
    }
}

fn serve(options: Options) -> Result<(), String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let store = runtime.block_on(run(options))?;
    // Nothing is written after "stopped": no commit follows this line, and requests that still wait
    // are dropped.
    store.close();
    runtime.shutdown_timeout(Duration::from_secs(1));
    log::line(json!({"event": "stopped"}));
    Ok(())
}

async fn run(options: Options) -> Result<Arc<Store>, String> {
    if options.token.is_none() {
        if !options.listen.ip().is_loopback() {
            return Err("without MANAGEMENT_API_TOKEN only a loopback address may be listened on".to_owned());
        }
        eprintln!(
            "WARNING: MANAGEMENT_API_TOKEN is not set. EVERY PROGRAM ON THIS MACHINE MAY READ AND WRITE EVERYTHING."
        );
    }
    let store = Arc::new(Store::open(&options.database, options.timeout).await?);
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
    let service = http::service(store.clone(), options.token, options.timeout);
    listen::serve(listener, service, options.timeout * 3, stop).await;
    Ok(store)
}
