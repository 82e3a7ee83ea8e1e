//! What the program is told at its start.

use std::env;
use std::net::SocketAddr;

pub const HELP: &str = "\
The users and clients of a management API, on SQLite or PostgreSQL.

Usage: management-api [--listen ADDRESS:PORT] [--database DATABASE]

  --listen ADDRESS:PORT   where to listen: 127.0.0.1:4010 unless said otherwise; port 0 takes a free one
  --database DATABASE     where to store: sqlite: (in memory, the default), sqlite:PATH, or postgres://…
                          If it is not given, DATABASE_URL is read from the environment.

MANAGEMENT_API_TOKEN in the environment is the bearer token that every request must carry. Without it there is no
check, and only a loopback address may be listened on.

SIGTERM or SIGINT stops the program after the requests that have begun. Every line on standard error is a JSON object,
apart from a warning at the start. Exit status: 0 if it was stopped, 2 if it could not start.";

pub struct Options {
    pub listen: SocketAddr,
    pub database: String,
    pub token: Option<String>,
}

/// From the command line and the environment; none if help is asked for.
pub fn read() -> Result<Option<Options>, String> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 4010));
    let mut database = env::var("DATABASE_URL").ok();
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
            _ => return Err("wrong arguments: try --help".to_owned()),
        }
    }
    let token = match env::var("MANAGEMENT_API_TOKEN") {
        Ok(token) if token.is_empty() => return Err("MANAGEMENT_API_TOKEN is empty".to_owned()),
        Ok(token) => Some(token),
        Err(env::VarError::NotPresent) => None,
        Err(env::VarError::NotUnicode(_)) => return Err("MANAGEMENT_API_TOKEN is not text".to_owned()),
    };
    Ok(Some(Options { listen, database: database.unwrap_or_else(|| "sqlite:".to_owned()), token }))
}
