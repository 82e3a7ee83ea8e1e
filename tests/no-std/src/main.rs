//! A program without the standard library, which uses each part of the crate from outside; its exit code says whether all of it
//! did what it should. It has its own panic handler, so that `std` leaking in is an error of the compiler (E0152: the handler
//! would be there twice).

#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::ToString;
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_int;

use metadata_merge::conformance::{self, Reference};
use metadata_merge::resource::USER;
use metadata_merge::{Patch, laws, limits, merge, merge_in_place, text};
use serde_json::{Value, json};

#[link(name = "c")]
unsafe extern "C" {
    fn aligned_alloc(alignment: usize, size: usize) -> *mut u8;
    fn free(memory: *mut u8);
    fn abort() -> !;
}

/// The C library's.
struct Memory;

// SAFETY: `aligned_alloc` answers with so much memory, so aligned, or with null, and takes alignments from a pointer's on.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = layout.align_to(align_of::<usize>()).map(|layout| layout.pad_to_align());
        layout.map_or(core::ptr::null_mut(), |layout| unsafe { aligned_alloc(layout.align(), layout.size()) })
    }
    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        unsafe { free(memory) }
    }
}

#[global_allocator]
static MEMORY: Memory = Memory;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unsafe { abort() }
}

// The libraries that come with the compiler name these two, though nothing unwinds here.

#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    unsafe { abort() }
}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let (document, body) = (json!({"a": 1}), json!({"b": 2}));
    let mut in_place = Value::Null;
    let refused = merge_in_place(&mut in_place, body.clone()).is_err_and(|error| !error.to_string().is_empty());
    let patch: Patch = serde_json::from_str(r#"{"a": null}"#).unwrap_or_default();
    let all = refused
        && merge(&document, &body) == Ok(json!({"a": 1, "b": 2}))
        && text::merge(r#"{"a":1.50}"#, r#"{"b":2}"#).is_ok_and(|merged| merged == r#"{"a":1.50,"b":2}"#)
        && patch.then(Patch::clear()).bodies().len() == 1
        && USER.update(&json!({}), &json!({"user_metadata": {"a": null}})) == Ok(json!({"user_metadata": {}}))
        && limits::check(limits::USER, &json!({"app_metadata": {"_id": 1}})).is_ok_and(|broken| broken.len() == 1)
        && laws::check(&mut Reference, [&document, &body], [&body, &document, &body]).is_ok()
        && conformance::check(merge).conforms();
    c_int::from(!all)
}
