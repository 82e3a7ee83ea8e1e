//! JSON Pointers (RFC 6901).

use alloc::string::String;
use alloc::vec::Vec;

/// Returns the pointer to the member under these names.
pub(crate) fn pointer<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut pointer = String::new();
    for name in names {
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// Returns the names in a pointer.
pub(crate) fn names(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
}
