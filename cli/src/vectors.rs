//! `metadata-merge vectors`: prints all vectors as one document.

use metadata_merge::conformance::VECTORS;

/// Returns the document `{"version", "release", "rules"}`. The cases keep their text, with its
/// member order and numbers.
#[must_use]
pub fn document() -> String {
    let lists = VECTORS.iter().filter_map(|(_, text)| {
        let (_, list) = text.split_once("\"rules\": [")?;
        Some(list.rsplit_once(']')?.0.trim_end())
    });
    let head = VECTORS.first().and_then(|(_, text)| text.split_once("\"rules\": [")).map_or("{", |(head, _)| head);
    let rules = lists.collect::<Vec<_>>().join(",");
    format!("{head}\"rules\": [{rules}\n  ]\n}}")
}
