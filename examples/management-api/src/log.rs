//! What the program tells about itself: a JSON object a line, on standard error. No line holds
//! anything that a user sent: of a request it has the route, not the path, and of an error its
//! kind.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

pub fn line(mut event: Value) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    event["unix_millis"] = (now.as_millis() as u64).into();
    // If standard error is closed, there is nobody to tell.
    let _ = writeln!(io::stderr(), "{event}");
}
