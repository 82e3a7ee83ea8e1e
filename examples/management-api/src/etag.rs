//! ETag and If-Match: an update or a delete that applies only to the version that its client has
//! read.

use axum::http::{HeaderMap, header};

/// The versions that a client accepts: all if there is no list.
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
    /// Reads `*` or a list of tags. A tag that is not of this server matches nothing.
    pub fn of(headers: &HeaderMap) -> IfMatch {
        let values = headers.get_all(header::IF_MATCH).iter().map(|value| value.to_str().unwrap_or_default());
        let list = values.collect::<Vec<_>>().join(",");
        if list.trim() == "*" || !headers.contains_key(header::IF_MATCH) {
            return IfMatch(None);
        }
        let versions = list.split(',').filter_map(|tag| {
            let digits = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
            digits.parse().ok().filter(|version| etag(*version) == tag.trim())
        });
        IfMatch(Some(versions.collect()))
    }

    pub fn accepts(&self, version: i64) -> bool {
        self.0.as_ref().is_none_or(|versions| versions.contains(&version))
    }
}

pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}
