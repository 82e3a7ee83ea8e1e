//! The options of the program.

use std::env;
use std::net::SocketAddr;
use std::time::Duration;

pub const HELP: &str = "\
The users and clients of a management API, on SQLite or PostgreSQL.

Usage: management-api [--listen ADDRESS:PORT] [--database DATABASE] [--timeout SECONDS]

  --listen ADDRESS:PORT   where to listen; by default 127.0.0.1:4010; port 0 takes a free one
  --database DATABASE     where to store: sqlite: (in memory, the default), sqlite:PATH, or postgres://…
                          Without this option, DATABASE_URL is read from the environment.
  --timeout SECONDS       how long a request waits for the database before it is answered with 503; by default 10.
                          A connection that sends nothing is closed after three times as long.

MANAGEMENT_API_TOKEN in the environment is the bearer token that every request must carry. Without it, every program on
this machine may do everything, and only a loopback address may be listened on.

SIGTERM or SIGINT stops the program after the requests in progress, or after 10 seconds. Every line on standard error is
a JSON object, except a warning at the start. Exit status: 0 if it was stopped, 2 if it could not start.";

pub struct Options {
    pub listen: SocketAddr,
    pub database: String,
    pub token: Option<String>,
    pub timeout: Duration,
}

/// Reads the command line and the environment. Returns none if help is asked for.
pub fn read() -> Result<Option<Options>, String> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 4010));
    let mut database = env::var("DATABASE_URL").ok();
    let mut timeout = Duration::from_secs(10);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || value.clone().or_else(|| arguments.next()).ok_or(format!("{name} needs a value"));
        match name {
            "--help" | "-h" => return Ok(None),
            "--listen" => listen = value()?.parse().map_err(|_| "--listen takes ADDRESS:PORT".to_owned())?,
            "--database" => database = Some(value()?),
            "--timeout" => timeout = seconds(&value()?)?,
            _ => return Err("wrong arguments: try --help".to_owned()),
        }
    }
    let token = match env::var("MANAGEMENT_API_TOKEN") {
        Ok(token) if token.is_empty() => return Err("MANAGEMENT_API_TOKEN is empty".to_owned()),
        // A line feed at its end, as from a file, would make a token that no request can carry.
        Ok(token) if !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            return Err("MANAGEMENT_API_TOKEN must be visible ASCII characters without spaces".to_owned());
        }
        Ok(token) => Some(token),
        Err(env::VarError::NotPresent) => None,
        Err(env::VarError::NotUnicode(_)) => return Err("MANAGEMENT_API_TOKEN is not text".to_owned()),
    };
    Ok(Some(Options { listen, database: database.unwrap_or_else(|| "sqlite:".to_owned()), token, timeout }))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "--timeout takes a number of seconds from 1 to 3600".to_owned())
}
