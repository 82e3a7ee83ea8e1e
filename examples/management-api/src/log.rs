//! What the program tells about itself: a JSON object a line, on standard error. No line holds anything that a user sent: of a
//! request it has the route, not the path, and of an error its kind.

use std::io::{self, Write};

use serde_json::Value;

pub fn line(event: Value) {
    // If standard error is closed, there is nobody to tell.
    let _ = writeln!(io::stderr(), "{event}");
}
