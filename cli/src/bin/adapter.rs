//! This crate behind the adapter protocol: see `protocol`.

use std::io::{self, BufRead, Write};

use metadata_merge_runner::protocol::reply;

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let mut reply = reply(&line).to_string();
        reply.push('\n');
        match output.write_all(reply.as_bytes()).and_then(|()| output.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break, // nobody asks any more
            written => written?,
        }
        line.clear();
        line.shrink_to(1 << 16); // one huge line is no reason to hold on to its memory
    }
    Ok(())
}
