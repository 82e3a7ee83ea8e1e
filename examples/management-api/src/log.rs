//! What the program tells about itself: a JSON object a line, on standard error. No line holds
//! anything that a user sent: of a request it has the route, not the path, and of an error its
//! kind.

use std::io::{self, Write};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// A thread of its own writes, so that a reader of the log that hangs does not stop the service.
static WRITER: LazyLock<SyncSender<(String, SyncSender<()>)>> = LazyLock::new(|| {
    let (sender, lines) = sync_channel::<(String, SyncSender<()>)>(1024);
    thread::spawn(move || {
        for (line, written) in lines {
            // If standard error is closed, there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
            let _ = written.try_send(());
        }
    });
    sender
});

/// Writes a line later, or never if too many wait. The receiver hears when it is written.
pub fn line(mut event: Value) -> Receiver<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    event["unix_millis"] = (now.as_millis() as u64).into();
    let (sender, written) = sync_channel(1);
    let _ = WRITER.try_send((event.to_string(), sender));
    written
}
