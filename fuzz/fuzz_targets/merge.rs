//! A document and a patch, a line each: merging in place, and applying the parsed patch, do what the definition does, and a refusal
//! changes nothing.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use metadata_merge::{Patch, merge, merge_in_place};
use metadata_merge_fuzz::lines;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some([document, patch]) = lines(input) else { return Corpus::Reject };
    let wanted = merge(&document, &patch);

    let mut in_place = document.clone();
    let done = merge_in_place(&mut in_place, patch.clone());
    match &wanted {
        Ok(merged) => assert_eq!((&in_place, done), (merged, Ok(()))),
        Err(error) => assert_eq!((&in_place, done), (&document, Err(error.clone()))),
    }

    if let (Some(document), Ok(patch)) = (document.as_object(), Patch::try_from(patch)) {
        let mut applied = document.clone();
        patch.clone().apply(&mut applied);
        assert_eq!(Some(&applied), in_place.as_object());
        // Where the map keeps order, both must keep the same.
        assert!(applied.keys().eq(wanted.expect("objects").as_object().expect("an object").keys()));
        assert_eq!(patch.changes(document).is_empty(), applied == *document);
    }
    Corpus::Keep
});
