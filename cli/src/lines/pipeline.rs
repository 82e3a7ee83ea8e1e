//! Reads, patches and writes batches in order.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::input::{Batch, Hurry, Input};
use super::job::Job;
use super::sink::Sink;

/// The most batches of a thread that are not yet written. It bounds the channels.
const AHEAD: usize = 4;

const GONE: &str = "a thread ended early";

/// Reads, patches and writes all lines. Breaks if standard output is closed.
pub(super) fn run(
    job: &Job<'_>,
    input: &mut Input,
    sink: &mut Sink,
    threads: usize,
) -> Result<ControlFlow<()>, String> {
    let flow = if threads < 2 { alone(job, input, sink) } else { together(job, input, sink, threads) }?;
    if flow.is_continue() {
        input.finish()?;
    }
    Ok(flow)
}

fn alone(job: &Job<'_>, input: &mut Input, sink: &mut Sink) -> Result<ControlFlow<()>, String> {
    let mut batch = Batch::default();
    loop {
        input.fill(&mut batch, Hurry::BeforeWaiting);
        if batch.lines.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        job.run(&mut batch);
        if sink.write(&batch)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
}

/// Each thread gets every `threads`th batch and has two channels of its own. This thread reads and
/// writes, and receives the batches in the order in which it sent them.
fn together(job: &Job<'_>, input: &mut Input, sink: &mut Sink, threads: usize) -> Result<ControlFlow<()>, String> {
    thread::scope(|scope| {
        let (inward, outward): (Vec<Sender<Batch>>, Vec<Receiver<Batch>>) = (0..threads)
            .map(|_| {
                let ((send, work), (done, receive)) = (channel::<Batch>(), channel());
                scope.spawn(move || {
                    for mut batch in work {
                        job.run(&mut batch);
                        if done.send(batch).is_err() {
                            break;
                        }
                    }
                });
                (send, receive)
            })
            .unzip();
        let (mut sent, mut written) = (0, 0);
        loop {
            let mut batch = Batch::default();
            if sent - written == threads * AHEAD {
                batch = outward[written % threads].recv().map_err(|_| GONE)?;
                written += 1;
                if sink.write(&batch)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            input.fill(&mut batch, Hurry::None);
            if batch.lines.is_empty() {
                break;
            }
            inward[sent % threads].send(batch).map_err(|_| GONE)?;
            sent += 1;
        }
        while written < sent {
            let batch = outward[written % threads].recv().map_err(|_| GONE)?;
            written += 1;
            if sink.write(&batch)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })
}
