//! The users and clients of a management API, with metadata that merges as `metadata-merge` has it. See `--help`.

mod body;
mod error;
mod exact;
mod http;
mod kind;
mod log;
mod options;
mod query;
mod store;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::options::Options;
use crate::store::Store;

/// How long requests that have begun may take after the order to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let done = match options::read() {
        Ok(Some(options)) => run(options).await,
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

async fn run(options: Options) -> Result<(), String> {
    if options.token.is_none() {
        if !options.listen.ip().is_loopback() {
            return Err("without MANAGEMENT_API_TOKEN only a loopback address may be listened on".to_owned());
        }
        eprintln!("WARNING: MANAGEMENT_API_TOKEN is not set. EVERYBODY ON THIS MACHINE MAY READ AND WRITE EVERYTHING.");
    }
    let store = Store::open(&options.database, Duration::from_secs(10)).await?;
    let listener = TcpListener::bind(options.listen).await.map_err(|error| format!("{}: {error}", options.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    log::line(json!({"event": "listening", "address": address.to_string(), "store": store.name()}));

    let (order, ordered) = oneshot::channel();
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        log::line(json!({"event": "stopping"}));
        let _ = order.send(());
    };
    let service = http::service(Arc::new(store), options.token);
    // An answer is small, and waits for nothing more to be sent with it.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let served = axum::serve(listener, service).with_graceful_shutdown(stop);
    let overdue = async {
        let _ = ordered.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        done = served => done.map_err(|error| error.to_string())?,
        () = overdue => log::line(json!({"event": "overdue"})),
    }
    log::line(json!({"event": "stopped"}));
    Ok(())
}
