//! How a property fails.

use metadata_merge::conformance::{Outcome, Refusal};
use metadata_merge::laws::Broken;
use serde_json::Value;

/// How a property fails.
pub(crate) struct Breach {
    pub(crate) wanted: String,
    pub(crate) actual: String,
}

impl From<Broken> for Breach {
    fn from(broken: Broken) -> Breach {
        let side = |side: Result<Value, Refusal>| match side {
            Ok(value) => Outcome::Document(value).to_string(),
            Err(Refusal::Rejected(why)) if why.is_empty() => "rejected".to_owned(),
            Err(Refusal::Rejected(why)) => format!("rejected: {}", Outcome::Document(why.into())),
            Err(Refusal::Unsupported) => "unsupported".to_owned(),
        };
        Breach { wanted: side(broken.wanted), actual: side(broken.actual) }
    }
}
