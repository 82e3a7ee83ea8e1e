//! A library without the standard library that depends on `metadata-merge`. If any dependency links
//! `std`, its panic handler collides with the one here, and `cargo check` fails (E0152).

#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

pub use metadata_merge::{conformance, laws, limits, merge, resource, text};

struct NoMemory;

// SAFETY: null is a valid answer, which says that no memory was allocated. So there is nothing to
// free.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NO_MEMORY: NoMemory = NoMemory;

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {}
}
