//! The options of the program.

use std::env;
use std::net::SocketAddr;

use clap::{Parser, value_parser};

/// The users and clients of a management API, on SQLite or PostgreSQL.
#[derive(Debug, Parser)]
#[command(after_help = "\
MANAGEMENT_API_TOKEN in the environment is the bearer token that every request must carry. Without it, every program on
this machine may do everything, and only a loopback address may be listened on.

SIGTERM or SIGINT stops the program after the requests in progress, or after 10 seconds. Every line on standard error is
a JSON object, except a warning at the start. Exit status: 0 if it was stopped, 2 if it could not start.")]
pub struct Options {
    /// Where to listen. Port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4010")]
    pub listen: SocketAddr,
    /// Where to store: sqlite: (in memory), sqlite:PATH, or postgres://…
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "sqlite:")]
    pub database: String,
    /// How long a request waits for the database before it is answered with 503. A connection that
    /// sends nothing is closed after three times as long
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
}

/// Reads the token, which is no argument, because every program can read those.
pub fn token() -> Result<Option<String>, &'static str> {
    let Some(token) = env::var_os("MANAGEMENT_API_TOKEN") else { return Ok(None) };
    let token = token.into_string().unwrap_or_default();
    // A line feed at its end, as from a file, would make a token that no request can carry.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("MANAGEMENT_API_TOKEN must be visible ASCII characters without spaces, and at least one");
    }
    Ok(Some(token))
}
