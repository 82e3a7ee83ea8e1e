//! The crate json-patch behind the adapter protocol.

use std::io;

use serde_json::{Value, json};

fn main() -> io::Result<()> {
    for line in io::stdin().lines() {
        let mut request: Value = serde_json::from_str(&line?)?;
        let seq = &request["seq"].take();
        let reply = if request["op"] == "merge" {
            let mut merged = request["target"].take();
            json_patch::merge(&mut merged, &request["patch"]);
            json!({"seq": seq, "result": merged})
        } else {
            json!({"seq": seq, "unsupported": true})
        };
        println!("{reply}");
    }
    Ok(())
}
