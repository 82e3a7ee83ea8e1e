//! The runner on wrong implementations in this process.

use metadata_merge::conformance::{Implementation, OPERATIONS, Reference, Refusal};
use metadata_merge::laws::Profile;
use metadata_merge_cli::check::{Samples, Subject, Until, Verdict, judge};
use serde_json::{Map, Value, json};

use crate::{Mutant, rows};

fn verdict(implementation: &mut dyn Implementation, samples: u64) -> Verdict {
    // Includes the cases that need exact numbers.
    let samples = Samples { count: samples, seed: 1, profile: Profile::new().with_exact_numbers(), until: Until::End };
    judge(Subject::in_process(implementation), &samples).expect("no fault in this process")
}

/// Offers only merge and the operations of a mutant.
struct Narrow(Mutant);

impl Implementation for Narrow {
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        match op == "merge" || self.0.0.2.contains(&op) {
            true => self.0.call(op, arguments),
            false => Err(Refusal::Unsupported),
        }
    }
}

#[test]
fn every_mutant_is_reported_under_its_rule_with_a_small_input() {
    let mut large = Vec::new();
    for row in rows().filter(|row| row.2.len() < OPERATIONS.len()) {
        let (name, rule, ..) = row;
        let report = verdict(&mut Narrow(Mutant(row)), 0).to_json();
        let rules = report["rules"].as_array().expect("rules");
        let found = rules.iter().find(|found| found["id"] == *rule).expect("the rule");
        assert_eq!(found["holds"], false, "«{name}» keeps {rule}");
        assert!(report["broken"].as_array().expect("a list").contains(&json!(format!("rule {rule}"))), "«{name}»");
        let smallest = found["smallest"].as_object().expect("an input").iter();
        let inputs = smallest.filter(|(name, _)| !["expected", "found", "op", "note", "sent"].contains(&name.as_str()));
        let size: usize = inputs.map(|(_, input)| input.to_string().len()).sum();
        large.extend((size > 320).then_some((*rule, *name)));
    }
    // These rules need long keys, values, texts or lists.
    let about_length = ["too-many-keys", "key-too-long", "value-too-long", "too-large", "json-text"];
    large.retain(|(rule, _)| !about_length.contains(rule));
    assert_eq!(large, []);
}

#[test]
fn the_smallest_input_of_a_rule_is_about_that_rule() {
    for (name, rule, expected) in [
        ("strips nested nulls from what is stored", "keep", json!([{"a": {"x": null}}, {"b": 1}])),
        ("drops falsy values from the patch", "set", json!([{}, {"a": 0}])),
        ("merges one level deep", "shallow", json!([{"a": {"x": 1}}, {"a": {}}])),
        ("strips nested nulls from the patch", "verbatim", json!([{}, {"a": {"x": null}}])),
        ("refuses to delete what is not there", "delete-missing", json!([{}, {"a": null}])),
        ("keeps the last key", "emptied", json!([{"a": 1}, {"a": null}])),
        ("takes a patch of nulls for a clear", "emptied", json!([{"b": 2}, {"a": null}])),
        ("takes null as patch for no change", "reject", json!([1, null])),
        ("purges stored nulls", "stored-null", json!([{"a": null}, {"b": 2}])),
        ("reads leading zeros as numbers", "exact-keys", json!([{}, {"01": 1}])),
    ] {
        let row = rows().find(|row| row.0 == name).expect("the mutant");
        let report = verdict(&mut Narrow(Mutant(row)), 0).to_json();
        let rules = report["rules"].as_array().expect("rules");
        let smallest = &rules.iter().find(|found| found["id"] == rule).expect("the rule")["smallest"];
        assert_eq!(json!([smallest["target"], smallest["patch"]]), expected, "{name}");
    }
}

#[test]
fn cases_that_fail_because_of_another_rule_name_it() {
    let row = rows().find(|row| row.0 == "purges stored nulls").expect("the mutant");
    let verdict = verdict(&mut Narrow(Mutant(row)), 0);
    assert!(verdict.to_string().contains("\n    delete (fails with stored-null)\n"), "{verdict}");
}

/// Wrong for one value that is in no case. Offers only merge and one operation.
struct Hidden(&'static str);

impl Implementation for Hidden {
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        if op != "merge" && op != self.0 {
            return Err(Refusal::Unsupported);
        }
        let right = Reference.call(op, arguments)?;
        let hides = op == self.0 && Value::from(arguments.clone()).to_string().contains("2.5");
        Ok(if hides { json!(["wrong"]) } else { right })
    }
}

#[test]
fn a_fault_that_only_samples_show_has_a_smallest_input() {
    for op in OPERATIONS.iter().copied().filter(|op| !["text", "limits"].contains(op)) {
        let mut hidden = Hidden(op);
        let found = verdict(&mut hidden, 100);
        assert!(!found.conforms(), "{op}");
        let (text, data) = (found.to_string(), found.to_json());
        assert!(text.contains("BROKEN"), "{text}");
        assert!(text.ends_with(&format!("\nBROKEN: {}", found.broken().join(", "))), "{text}");
        let named = if op == "merge" { "rule " } else { &format!("operation {op}") };
        assert!(found.broken().iter().any(|broken| broken.starts_with(named)), "{op}: {:?}", found.broken());
        let lists = ["rules", "laws", "operations"].map(|list| data[list].as_array().expect("a list").clone());
        for item in lists.concat().iter().filter(|item| item["holds"] == false) {
            // A wrong merge is reported under its rules.
            let told = op == "merge" && item["op"] == "merge" || item["smallest"].to_string().contains("2.5");
            assert!(told, "{op}: {item}");
        }
    }
}

#[test]
fn an_answer_that_is_right_when_repeated_is_unstable() {
    let mut calls = 0;
    let mut flaky = |op: &str, arguments: &Map<String, Value>| {
        calls += usize::from(op == "merge");
        if op == "merge" && calls % 199 == 0 { Ok(json!({"flaky": true})) } else { Reference.call(op, arguments) }
    };
    let found = verdict(&mut flaky, 100);
    assert!(!found.conforms() && found.to_string().contains("note      unstable: "), "{found}");
}

#[test]
fn a_large_sample_is_shrunk_with_few_requests() {
    let count = |value: &Value| value.as_object().map_or(0, Map::len);
    // Offers only merge, and loses documents with more members than those of the vectors.
    let check = |most: usize| {
        let mut asked = 0;
        let mut loses = |op: &str, arguments: &Map<String, Value>| {
            asked += 1;
            match op {
                "merge" => {
                    Reference.call(op, arguments).map(|right| if count(&right) > most { json!({}) } else { right })
                }
                _ => Err(Refusal::Unsupported),
            }
        };
        let report = verdict(&mut loses, 300).to_json();
        (report, asked)
    };
    let (_, asked_of_right) = check(1_000);
    let (report, asked) = check(80);
    let rules = report["rules"].as_array().expect("rules");
    let smallest = &rules.iter().find(|rule| rule["holds"] == false).expect("a broken rule")["smallest"];
    let members = count(&smallest["target"]) + count(&smallest["patch"]);
    assert!((81..=82).contains(&members) && smallest.to_string().len() < 81 * 30, "{smallest}");
    assert!(asked < asked_of_right + 8_000, "{asked} {asked_of_right}");
}
