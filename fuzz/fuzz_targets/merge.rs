//! A document and a patch, one per line, or those of a sample: merging in place, and applying the parsed
//! patch, give the same as the definition. An error changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::{Patch, json_eq, merge, merge_in_place, object};
use metadata_merge_fuzz::{lines, sample};

fuzz_target!(|input: &[u8]| {
    let [document, patch] = lines(input).unwrap_or_else(|| {
        let sample = sample(input);
        [sample.documents[0].clone(), sample.patches[0].clone()]
    });
    let expected = merge(&document, &patch);

    let mut in_place = document.clone();
    let done = merge_in_place(&mut in_place, patch.clone());
    match &expected {
        Ok(merged) => assert_eq!((&in_place, done), (merged, Ok(()))),
        Err(error) => assert_eq!((&in_place, done), (&document, Err(error.clone()))),
    }

    if let (Ok(stored), Ok(merged), Ok(patch)) = (object(&document), object(&in_place), Patch::try_from(patch)) {
        let mut applied = stored.clone();
        patch.clone().apply(&mut applied);
        assert_eq!(applied, *merged);
        // A map that keeps an order must keep the same one.
        let expected = expected.expect("objects");
        assert!(applied.keys().eq(object(&expected).expect("an object").keys()));

        let changes = patch.changes(stored);
        assert_eq!(changes.is_empty(), json_eq(&document, &expected));
        if let Ok(revert) = changes.revert() {
            revert.apply(&mut applied);
            assert!(json_eq(&applied.into(), &document));
        }
    }
});
