//! Every document of a small scope.

use serde_json::{Map, Value};

/// Every object over `keys` where each key is absent or has one of `values`.
pub(crate) fn objects(keys: &[&str], values: &[Value]) -> Vec<Map<String, Value>> {
    keys.iter().fold(vec![Map::new()], |objects, key| {
        let mut more = objects.clone();
        for value in values {
            more.extend(objects.iter().cloned().map(|mut object| {
                object.insert((*key).to_owned(), value.clone());
                object
            }));
        }
        more
    })
}
