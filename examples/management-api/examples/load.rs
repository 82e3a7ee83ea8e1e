//! PATCHes users over loopback as fast as they are answered, and tells how fast that was. Each
//! connection has a user of its own, or all share one.
//!
//! Usage: load ADDRESS TOKEN CONNECTIONS SECONDS own|shared

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Done<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [address, token, connections, seconds, users] = &arguments[..] else {
        return Err("usage: load ADDRESS TOKEN CONNECTIONS SECONDS own|shared".into());
    };
    let shared = (users == "shared").then(|| Connection::open(address, token)?.create()).transpose()?;
    let (connections, seconds): (usize, u64) = (connections.parse()?, seconds.parse()?);
    let run = Duration::from_secs(seconds);
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let (address, token, shared) = (address.clone(), token.clone(), shared.clone());
            thread::spawn(move || patches(&address, &token, shared, run))
        })
        .collect();
    let mut micros = Vec::new();
    for thread in threads {
        micros.extend(thread.join().map_err(|_| "a connection panicked")??);
    }
    micros.sort_unstable();
    let at = |part: f64| micros[((micros.len() - 1) as f64 * part) as usize];
    let rate = micros.len() as f64 / run.as_secs_f64();
    println!(
        "{}",
        json!({"requests": micros.len(), "per_second": rate.round(), "p50_micros": at(0.5), "p99_micros": at(0.99)})
    );
    Ok(())
}

/// How long each PATCH took, in microseconds.
fn patches(address: &str, token: &str, shared: Option<String>, run: Duration) -> Done<Vec<u64>> {
    let mut connection = Connection::open(address, token)?;
    let path = shared.map_or_else(|| connection.create(), Ok)?;
    let mut micros = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < run {
        let turn = micros.len();
        // One nested set, one replacement, and one removal of what the turn before has set.
        let body = json!({"user_metadata": {
            "addresses": {"home": format!("{turn} Main Street, Anytown, ST 12345"), "work": "100 Industrial Way, Anytown, ST 12345"},
            "last_seen": format!("turn {turn}"),
            format!("flag_{}", turn % 2): true,
            format!("flag_{}", (turn + 1) % 2): null,
        }});
        let sent = Instant::now();
        connection.call("PATCH", &path, &body)?;
        micros.push(sent.elapsed().as_micros() as u64);
    }
    Ok(micros)
}

struct Connection<'a> {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
    token: &'a str,
}

impl Connection<'_> {
    fn open<'a>(address: &str, token: &'a str) -> Done<Connection<'a>> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Connection { reader: BufReader::new(stream.try_clone()?), stream, token })
    }

    /// The path of a new user.
    fn create(&mut self) -> Done<String> {
        let created = self.call("POST", "/api/v2/users", &typical())?;
        Ok(format!("/api/v2/users/{}", created["user_id"].as_str().ok_or("no user")?))
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Done<Value> {
        let (body, token) = (body.to_string(), self.token);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: loopback\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes())?;
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let start = head.len();
            self.reader.read_line(&mut head)?;
            match &head[start..] {
                "\r\n" | "" => break,
                line => {
                    let line = line.to_ascii_lowercase();
                    if let Some(value) = line.strip_prefix("content-length:") {
                        length = value.trim().parse()?;
                    }
                }
            }
        }
        let mut answer = vec![0; length];
        self.reader.read_exact(&mut answer)?;
        if !head.starts_with("HTTP/1.1 20") {
            return Err(
                format!("{}: {}", head.lines().next().unwrap_or_default(), String::from_utf8_lossy(&answer)).into()
            );
        }
        Ok(serde_json::from_slice(&answer)?)
    }
}

/// A user with 12 root keys of metadata, about 1.3 KB.
fn typical() -> Value {
    let nested =
        |name: &str| json!({"name": name, "values": ["a", "b", {"deep": [1, 2.5, null]}], "text": "x".repeat(120)});
    json!({
        "user_metadata": {
            "addresses": {"home": "123 Main Street, Anytown, ST 12345"},
            "hobby": "surfing",
            "last_seen": "never",
            "level": 3,
            "locale": "en-US",
            "nested_a": nested("a"),
            "nested_b": nested("b"),
            "nested_c": nested("c"),
            "newsletter": true,
            "notes": "y".repeat(200),
            "tags": ["one", "two", "three"],
            "theme": "dark",
        },
        "app_metadata": {"plan": "full", "roles": ["admin", "editor"]},
    })
}
