//! RULES.md: its tables of rules are those of the vectors, and it names every rule, operation and
//! table. README.md has the rules of a merge.

#![cfg(feature = "conformance")]

use std::path::Path;
use std::{env, fs};

use metadata_merge::conformance::{OPERATIONS, Rule, VECTORS, rules};
use metadata_merge::{limits, resource};
use serde_json::Value;

const RULES: &str = include_str!("../RULES.md");

/// Returns the rules of one file of the vectors as a table of Markdown.
fn table(text: &str) -> String {
    let file: Value = serde_json::from_str(text).expect("JSON");
    let ids: Vec<&str> =
        file["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["id"].as_str()).collect();
    let row = |rule: &Rule| {
        let cells = [format!("`{}`", rule.id), rule.statement.clone(), rule.basis().to_string(), rule.source.clone()];
        format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
    };
    let rows: String = rules().iter().filter(|rule| ids.contains(&rule.id.as_str())).map(row).collect();
    format!("| id | statement | basis | source or reason |\n|---|---|---|---|\n{rows}")
}

/// Returns RULES.md with its tables made anew.
fn generated() -> String {
    let mut rules = RULES.to_owned();
    for (name, text) in VECTORS {
        let begin = format!("<!-- rules of {name} -->\n");
        let start = rules.find(&begin).expect("a table of each file") + begin.len();
        let end = start + rules[start..].find("<!-- end -->").expect("an end of the table");
        rules.replace_range(start..end, &table(text));
    }
    rules
}

#[test]
fn the_tables_are_those_of_the_vectors() {
    let generated = generated();
    if env::var_os("UPDATE").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("RULES.md"), &generated).expect("RULES.md is written");
        return;
    }
    for (line, (actual, expected)) in RULES.lines().zip(generated.lines()).enumerate() {
        assert_eq!(actual, expected, "RULES.md line {}: UPDATE=1 cargo test --test rules writes it", line + 1);
    }
    assert!(RULES == generated, "UPDATE=1 cargo test --test rules writes RULES.md");
}

#[test]
fn the_readme_has_the_rules_of_a_merge() {
    let (_, text) = VECTORS.iter().find(|(name, _)| *name == "document.json").expect("the rules of a merge");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let cell = |rule: &Value, name: &str| rule[name].as_str().expect("a string").replace('|', "\\|");
    let row = |rule| format!("| `{}` | {} |\n", cell(rule, "id"), cell(rule, "statement"));
    let rows: String = file["rules"].as_array().expect("rules").iter().map(row).collect();
    assert!(include_str!("../README.md").contains(&rows), "README.md does not have these rows:\n{rows}");
}

#[test]
fn every_operation_resource_and_limit_is_described() {
    for op in OPERATIONS {
        assert!(RULES.contains(&format!("`{op}`")), "RULES.md does not have the operation {op}");
    }
    for resource in resource::ALL {
        for field in resource.fields {
            let row = format!("| `{}` | `{}` | ", resource.name, field.name);
            assert_eq!(RULES.matches(&row).count(), 2, "{row}: one row of fields, one of limits");
        }
    }
    let tables = resource::ALL.iter().map(|resource| resource.limits()).chain([limits::SIGN_UP]);
    for limit in tables.flatten() {
        assert!(RULES.contains(&format!("`{}`", limit.check.id())), "{:?}", limit.check);
    }
}

#[test]
fn prose_is_at_most_100_columns_wide() {
    for (line, text) in RULES.lines().enumerate().filter(|(_, text)| !text.starts_with('|')) {
        assert!(text.chars().count() <= 100, "RULES.md line {}", line + 1);
    }
}

#[test]
fn the_sections_are_numbered_and_linked() {
    let numbers = RULES.lines().filter_map(|line| line.strip_prefix("## ")?.split_once(". ")).map(|(number, _)| number);
    let numbers: Vec<usize> = numbers.map(|number| number.parse().expect("a number")).collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
    let anchor = |heading: &str| heading.to_lowercase().replace(['.', ','], "").replace(' ', "-");
    let anchors: Vec<String> = RULES.lines().filter_map(|line| Some(anchor(line.strip_prefix("## ")?))).collect();
    for link in RULES.split("](#").skip(1).filter_map(|rest| rest.split_once(')')) {
        assert!(anchors.iter().any(|anchor| anchor == link.0), "no section {}", link.0);
    }
}
