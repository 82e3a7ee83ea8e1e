//! A program without the standard library, which uses the crate from outside. It has its own panic handler, so that `std` leaking
//! in is an error of the compiler (E0152: the handler would be there twice).

#![no_std]

extern crate alloc;

use alloc::string::ToString;
use core::alloc::{GlobalAlloc, Layout};

use metadata_merge::conformance::{self, Reference};
use metadata_merge::{Patch, laws, merge, merge_in_place};
use serde_json::{Value, json};

struct NoMemory;

// SAFETY: an allocator may always answer that there is no memory.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

/// Calls each part of the crate, so that each is linked.
#[unsafe(no_mangle)]
pub extern "C" fn everything() -> bool {
    let (document, body) = (json!({"a": 1}), json!({"b": 2}));
    let mut in_place = Value::Null;
    let refused = merge_in_place(&mut in_place, body.clone()).is_err_and(|error| !error.to_string().is_empty());
    let patch: Patch = serde_json::from_str(r#"{"a": null}"#).unwrap_or_default();
    refused
        && merge(&document, &body).is_ok()
        && patch.then(Patch::clear()).bodies().len() == 1
        && laws::check(&mut Reference, [&document, &body], [&body, &document, &body]).is_ok()
        && conformance::check(merge).conforms()
}
