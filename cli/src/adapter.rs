//! `metadata-merge adapter`: an implementation behind the adapter protocol.

use std::io::{self, BufRead, Write};

use metadata_merge::conformance::{Implementation, Refusal};
use serde_json::{Value, json};

/// Answers each request of standard input with a line on standard output.
///
/// # Errors
///
/// The reason why standard input or output fails. A reader that closes standard output ends the
/// program without an error.
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
        line.shrink_to(1 << 16); // one huge line must not hold its memory for good
    }
    Ok(())
}

/// Returns the reply to one line.
pub fn reply(implementation: &mut dyn Implementation, line: &[u8]) -> Value {
    let request = match serde_json::from_slice(line) {
        Ok(Value::Object(request)) => request,
        Ok(_) => return json!({"seq": null, "rejected": "not a request: expected an object"}),
        Err(error) => return json!({"seq": null, "rejected": format!("not a line of JSON: {error}")}),
    };
    let seq = request.get("seq").filter(|seq| seq.is_i64() || seq.is_u64());
    let (Some(seq), Some(op)) = (seq, request.get("op").and_then(Value::as_str)) else {
        return json!({"seq": null, "rejected": "not a request: expected an integer seq and a string op"});
    };
    match implementation.call(op, &request) {
        Ok(result) => json!({"seq": seq, "result": result}),
        Err(Refusal::Rejected(why)) => json!({"seq": seq, "rejected": why}),
        Err(Refusal::Unsupported) => json!({"seq": seq, "unsupported": true}),
    }
}
