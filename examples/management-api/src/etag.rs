//! ETag and If-Match: an update or a delete that applies only to the version that its client has
//! read.

use axum::http::{HeaderMap, header};

/// The versions that a client accepts: all if it sends no If-Match.
#[derive(Clone, Debug)]
pub enum IfMatch {
    Any,
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Reads `*` or a list of tags. A tag that is not of this server matches nothing.
    pub fn of(headers: &HeaderMap) -> IfMatch {
        let mut versions = Vec::new();
        for value in headers.get_all(header::IF_MATCH) {
            for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
                if tag == "*" {
                    return IfMatch::Any;
                }
                let digits = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or_default();
                versions.extend(digits.parse::<i64>().ok().filter(|version| etag(*version) == tag));
            }
        }
        if headers.contains_key(header::IF_MATCH) { IfMatch::Versions(versions) } else { IfMatch::Any }
    }

    pub fn accepts(&self, version: i64) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Versions(versions) => versions.contains(&version),
        }
    }

    /// None for all.
    pub fn versions(&self) -> Option<&[i64]> {
        match self {
            IfMatch::Any => None,
            IfMatch::Versions(versions) => Some(versions),
        }
    }
}

pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}
