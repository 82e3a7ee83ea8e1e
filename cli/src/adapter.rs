//! `metadata-merge adapter`: an implementation behind the adapter protocol.

use std::io::{self, BufRead, Write};

use metadata_merge::JsonType;
use metadata_merge::conformance::{Implementation, Refusal};
use serde_json::{Map, Value, json};

use crate::documents;

/// Answers each request of standard input with a line on standard output.
///
/// # Errors
///
/// Standard input or output fails. A reader that closes standard output is not an error.
pub fn run(implementation: &mut dyn Implementation) -> Result<(), String> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line).map_err(|error| format!("standard input: {error}"))? > 0 {
        let mut reply = reply(implementation, &line).to_string();
        reply.push('\n');
        match output.write_all(reply.as_bytes()).and_then(|()| output.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            written => written.map_err(|error| format!("standard output: {error}"))?,
        }
        line.clear();
        line.shrink_to(1 << 16); // frees the memory of a huge line
    }
    Ok(())
}

/// Returns the reply to one line.
pub fn reply(implementation: &mut dyn Implementation, line: &[u8]) -> Value {
    let (request, op) = match parse(line) {
        Ok(request) => request,
        Err(why) => return json!({"seq": null, "rejected": format!("invalid request: {why}")}),
    };
    let seq = &request["seq"];
    match implementation.call(&op, &request) {
        Ok(result) => json!({"seq": seq, "result": result}),
        Err(Refusal::Rejected(why)) => json!({"seq": seq, "rejected": why}),
        Err(Refusal::Unsupported) => json!({"seq": seq, "unsupported": true}),
    }
}

/// Returns a request and its operation, or the fault of the line.
fn parse(line: &[u8]) -> Result<(Map<String, Value>, String), String> {
    let request = documents::protocol_line(line)?;
    let member = |name| request.get(name).map_or_else(|| format!("no {name}"), |found| JsonType::of(found).to_string());
    match request.get("seq") {
        Some(seq) if seq.is_i64() || seq.is_u64() => {}
        Some(Value::Number(_)) => return Err("expected an integer seq, found another number".to_owned()),
        _ => return Err(format!("expected an integer seq, found {}", member("seq"))),
    }
    let Some(Value::String(op)) = request.get("op") else {
        return Err(format!("expected a string op, found {}", member("op")));
    };
    let op = op.clone();
    Ok((request, op))
}
