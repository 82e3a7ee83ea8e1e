use metadata_merge::conformance::{Implementation, Reference, check_rules, rules};
#[test]
fn reference_passes() {
    check_rules(rules(), |case| Reference.call(&case.op, &case.arguments)).assert_conforms();
}
