//! `text` has the results of decoding, `merge` and encoding; and it keeps bytes, buffers and
//! positions.

use common::config;
use common::json_test_suite::{ACCEPTED, NOT_UTF8, REJECTED};
use common::json_text::{self, COLLIDING, Members, array, beyond_f64, object};
use insta::assert_snapshot;
use metadata_merge::{Error, Found, Input, JsonType, merge, text};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

mod common;

/// Merges trees. Returns `Ok(None)` if only `serde_json` without `arbitrary_precision` rejects a
/// text, because a number is beyond `f64`.
fn merge_trees(target: &[u8], patch: &[u8]) -> Result<Option<Value>, ()> {
    let decode = |text| match serde_json::from_slice::<Value>(text) {
        Ok(value) => Ok(Some(value)),
        Err(error) if beyond_f64(&error) => Ok(None),
        Err(_) => Err(()),
    };
    match (decode(target)?, decode(patch)?) {
        (Some(target), Some(patch)) => merge(&target, &patch).map(Some).map_err(drop),
        _ => Ok(None),
    }
}

/// Asserts that text and trees are both rejected, or have the same result.
#[track_caller]
fn assert_same_as_trees(target: &[u8], patch: &[u8]) {
    let merged = text::merge_bytes(target, patch);
    let case = || format!("{:?} {:?}", String::from_utf8_lossy(target), String::from_utf8_lossy(patch));
    match (merge_trees(target, patch), &merged) {
        (Err(()), Err(_)) | (Ok(None), _) => {}
        (Ok(Some(tree)), Ok(text)) => {
            let decoded: Value =
                serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text} {}", case()));
            assert_eq!(decoded, tree, "{text} {}", case());
            assert_eq!(root_keys(text), tree.as_object().map_or(0, Map::len), "each key once: {text} {}", case());
            if let (Ok(target), Ok(patch)) = (std::str::from_utf8(target), std::str::from_utf8(patch)) {
                assert_eq!(text::merge(target, patch), merged, "{}", case());
            }
        }
        (tree, _) => unreachable!("{tree:?} but {merged:?} {}", case()),
    }
}

/// Returns the number of members of a root object, with repeated keys.
fn root_keys(text: &str) -> usize {
    Members::of(text).0.len()
}

/// Returns an object with a member for each key. The values are the numbers from 0 on.
fn numbered<K: AsRef<str>>(keys: impl Iterator<Item = K>) -> String {
    let members: Vec<String> = keys.enumerate().map(|(n, key)| format!("\"{}\":{n}", key.as_ref())).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(feature = "conformance")]
#[test]
fn text_passes_the_cases_of_merge() {
    use metadata_merge::conformance::{Outcome, rules};

    for case in rules().into_iter().flat_map(|rule| rule.cases).filter(|case| case.op == "merge") {
        let [target, patch] = ["target", "patch"].map(|name| case.arguments[name].to_string());
        let outcome = match text::merge(&target, &patch) {
            Ok(merged) => Outcome::Result(serde_json::from_str(&merged).expect("JSON")),
            Err(_) => Outcome::Rejected,
        };
        assert!(case.accepts(&outcome), "{}: {outcome}", case.id);
    }
}

#[test]
fn untouched_members_keep_their_bytes() {
    let cases = [
        // document, patch, merged
        (
            " {\n  \"a\" : 1.50,\n  \"b\\u0062\": [ 1E0 ]\n}\n",
            r#"{"x":null}"#,
            " {\n  \"a\" : 1.50,\n  \"b\\u0062\": [ 1E0 ]\n}\n",
        ),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", r#"{"b":null}"#, "{\n  \"a\": 1\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", r#"{"a":null}"#, "{\n  \"b\": 2\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "{ \"b\" : [ 3 ] }", "{\n  \"a\": 1,\n  \"b\": [ 3 ]\n}\n"),
        (
            "{\n  \"a\": 1\n}",
            "{\n  \"b\": 2,\n  \"c\": 3 ,\n  \"d\": null,\n  \"e\" :4\n}",
            "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"e\" :4\n}",
        ),
        ("{\"a\":1 , \"b\":2 , \"c\":3 }", r#"{"b":null}"#, "{\"a\":1, \"c\":3 }"),
        ("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", r#"{"a":null,"c":null}"#, r#"{"b":2,"d":4}"#),
        (r#"{"\u0061":1}"#, r#"{"a":2}"#, r#"{"\u0061":2}"#),
        (r#"{"a":1}"#, r#"{"\u0061":2,"\u0062":3}"#, r#"{"a":2,"\u0062":3}"#),
        (" { } ", r#"{"a":1}"#, r#" {"a":1 } "#),
        (" { \"a\" : 1 } ", r#"{"a":null}"#, "{}"),
        (" { } ", r#"{"a":null}"#, "{}"),
        (" { \"a\" : 1 } ", " { } ", "{}"),
    ];
    for (document, patch, merged) in cases {
        assert_eq!(text::merge(document, patch).as_deref(), Ok(merged), "{document} {patch}");
    }
}

#[test]
fn a_repeated_root_key_keeps_its_last_value() {
    let cases = [
        (r#"{"a":1,"b":2,"a":3}"#, r#"{"c":4}"#, r#"{"b":2,"a":3,"c":4}"#),
        (r#"{"a":1,"a":2,"\u0061":3}"#, r#"{"c":4}"#, r#"{"\u0061":3,"c":4}"#),
        (r#"{"a":1,"b":2,"a":3}"#, r#"{"a":4}"#, r#"{"a":4,"b":2}"#),
        (r#"{"a":1,"b":2,"a":3}"#, r#"{"a":null}"#, r#"{"b":2}"#),
        (r#"{"a":1}"#, r#"{"b":1,"c":2,"b":3}"#, r#"{"a":1,"c":2,"b":3}"#),
        (r#"{"a":1}"#, r#"{"b":1,"\u0062":null}"#, r#"{"a":1}"#),
        (r#"{"a":1}"#, r#"{"a":null,"a":2}"#, r#"{"a":2}"#),
        (r#"{"a":1}"#, r#"{"a":2,"a":null}"#, "{}"),
    ];
    for (document, patch, merged) in cases {
        assert_eq!(text::merge(document, patch).as_deref(), Ok(merged), "{document} {patch}");
    }
    // Errors in a shadowed value are still errors.
    assert!(text::merge(r#"{"a":[01],"a":1}"#, r#"{"b":1}"#).is_err());
    assert!(text::merge(r#"{"a":1}"#, r#"{"b":"\ud800","b":1}"#).is_err());
    // A repeated nested key is data.
    assert_eq!(text::merge("{}", r#"{"a":{"b":1,"b":2}}"#).as_deref(), Ok(r#"{"a":{"b":1,"b":2}}"#));
}

/// Keys are kept in different lists and filters depending on their number.
#[test]
fn a_repeated_key_is_written_once_however_many_there_are() {
    for count in [1, 2, 7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 63, 64, 65, 1_023, 1_024, 1_025, 2_500] {
        for repeated in [0, count / 2, count - 1] {
            let keys = || (0..count).chain([repeated]).map(|number| format!("k{number}"));
            let document = numbered(keys());
            for patch in [r#"{"z":1}"#, r#"{"z":null}"#, &numbered(('a'..='j').map(String::from))] {
                assert_same_as_trees(document.as_bytes(), patch.as_bytes());
                assert_same_as_trees(patch.as_bytes(), document.as_bytes());
            }
            assert_same_as_trees(document.as_bytes(), document.as_bytes());
        }
    }
}

#[test]
fn colliding_keys_stay_apart() {
    for count in 0..=12 {
        for other in 0..=12 {
            let [document, patch] = [numbered(COLLIDING.iter().take(count)), numbered(COLLIDING.iter().skip(other))];
            assert_same_as_trees(document.as_bytes(), patch.as_bytes());
            let repeated = document.replace('}', r#","00000118Ov1I_gp4":"again"}"#).replace("{,", "{");
            assert_same_as_trees(repeated.as_bytes(), patch.as_bytes());
            assert_same_as_trees(patch.as_bytes(), repeated.as_bytes());
        }
    }
}

/// The bytes after the quote may be in the same word of eight.
#[test]
fn a_key_ends_at_its_quote() {
    for key in ["", "a", "é", "ab", "aé", "abc", "abcde", "abcdefgh"] {
        for after in ["1", "\"\"", "\"é\"", "\"\u{7f}\"", "\"\\n\"", "[\"é\"]", "{\"é\":\"é\"}"] {
            for space in ["", " ", "\n"] {
                let document = format!("{{\"{key}\"{space}:{space}{after},\"é\":2}}");
                assert_same_as_trees(document.as_bytes(), format!("{{\"{key}\":3}}").as_bytes());
                assert_same_as_trees(format!("{{\"{key}\":3}}").as_bytes(), document.as_bytes());
            }
        }
    }
}

#[test]
fn merge_into_appends_and_restores_out_after_an_error() {
    let mut out = String::from("é");
    assert_eq!(text::merge_into(r#"{"a":1}"#, r#"{"b":2}"#, &mut out), Ok(()));
    assert_eq!(out, r#"é{"a":1,"b":2}"#);
    assert_eq!(text::merge_into(r#"{"a":1}"#, "{}", &mut out), Ok(()));
    assert_eq!(text::merge_into(r#"{"a":1}"#, r#"{"a":null}"#, &mut out), Ok(()));
    assert_eq!(text::merge_into(r#"{"é":1,"b":2,"é":3}"#, r#"{"c":null}"#, &mut out), Ok(()));
    let before = r#"é{"a":1,"b":2}{}{}{"b":2,"é":3}"#;
    assert_eq!(out, before);
    for (document, patch) in
        [(r#"{"a":1,"b":2"#, r#"{"a":null}"#), ("[]", r#"{"a":1}"#), ("{}", "[]"), ("{}", "{"), ("{", "{}")]
    {
        assert!(text::merge_into(document, patch, &mut out).is_err(), "{document} {patch}");
        assert_eq!(out, before, "{document} {patch}");
    }
}

#[test]
fn the_document_is_validated_first() {
    let input = |document: &str, patch: &str| match text::merge(document, patch) {
        Err(Error::Syntax { input, .. } | Error::NotAnObject { input, .. }) => Some(input),
        _ => None,
    };
    for document in ["[]", " 1 ", "[", "{", "{} 1", "[[[1,]]]", "\u{feff}{}", ""] {
        for patch in ["{}", r#"{"a":1}"#, "[]", "{", ""] {
            assert_eq!(input(document, patch), Some(Input::Document), "{document} {patch}");
        }
    }
    for patch in ["[]", "[", "{", "{} 1", r#"{"a":1}}"#, ""] {
        assert_eq!(input(r#"{"a":1}"#, patch), Some(Input::Patch), "{patch}");
    }
    let bytes = |document: &[u8], patch: &[u8]| text::merge_bytes(document, patch).map_err(|error| error.to_string());
    for document in [&b"\xff"[..], b"{", b"[]"] {
        assert!(bytes(document, b"\xff").is_err_and(|error| error.starts_with("the document")));
    }
    assert!(bytes(b"{}", b"\xff").is_err_and(|error| error.starts_with("the patch")));
}

#[test]
fn a_value_that_is_not_an_object_is_named_by_type() {
    let values = [
        ("null", JsonType::Null),
        (" true", JsonType::Boolean),
        ("false ", JsonType::Boolean),
        ("\n-1.5e3", JsonType::Number),
        ("\r0", JsonType::Number),
        ("\"{}\"", JsonType::String),
        ("\t[{}]", JsonType::Array),
    ];
    for (value, found) in values {
        assert_eq!(text::merge(value, "{}"), Err(Error::NotAnObject { input: Input::Document, found }), "{value}");
        assert_eq!(text::merge("{}", value), Err(Error::NotAnObject { input: Input::Patch, found }), "{value}");
    }
}

/// One text for each error.
const INVALID: &[&str] = &[
    "",
    " ",
    "{",
    "{]",
    "{,",
    "{\"a\"",
    "{\"a\" 1",
    "{\"a\":",
    "{\"a\":}",
    "{\"a\":1",
    "{\"a\":1]",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":[",
    "{\"a\":[1",
    "{\"a\":[1}",
    "{\"a\":[1,]",
    "{\"a\":{\"b\":1]",
    "{\"a\":tru}",
    "{\"a\":nUll}",
    "{\"a\":-}",
    "{\"a\":1.}",
    "{\"a\":1e+}",
    "{\"a\":01}",
    "{\"a\":\"b",
    "{\"a\":\"b\u{1}\"}",
    "{\"a\":\"b\n\"}",
    "{\"a\":\"b\\",
    "{\"a\":\"b\\x\"}",
    "{\"a\":\"b\\u12",
    "{\"a\":\"b\\u12G4\"}",
    "{\"a\":\"\\udc00\"}",
    "{\"a\":\"\\ud800\"}",
    "{\"a\":\"\\ud800\\u0041\"}",
    "{\"a\":\"\\ud800\\n\"}",
    "{\"a\":\"\\ud83d\\",
    "{} {}",
    "\u{feff}{}",
    "{\"a\":é}",
    "{\"a\":&}",
    "{\n  \"a\": [\n    1,\n    2\n    3\n  ]\n}",
];

#[test]
fn errors_name_what_was_expected_and_found() {
    let deep = "[".repeat(200);
    let errors = INVALID.iter().copied().chain([deep.as_str()]).map(|text| {
        let error = text::merge(text, "{}").expect_err("rejected").to_string();
        assert_eq!(
            text::merge("{}", text).expect_err("rejected").to_string(),
            error.replace("the document", "the patch")
        );
        format!("{:.40} => {error}", text.escape_debug())
    });
    let bytes = text::merge_bytes(b"{\n\"a\":\"\xe9\"}", b"{}").expect_err("not UTF-8").to_string();
    assert_snapshot!(errors.collect::<Vec<_>>().join("\n") + "\n" + &bytes);
}

/// A text that ends too early is wrong at its end, even within an escape sequence.
#[test]
fn a_cut_text_is_wrong_at_its_end() {
    for document in DOCUMENTS {
        let document = document.trim_end();
        for end in (0..document.len()).filter(|end| document.is_char_boundary(*end)) {
            let cut = &document[..end];
            let Err(Error::Syntax { found, line, column, .. }) = text::merge(cut, "{}") else {
                unreachable!("{cut:?}")
            };
            let last = cut.rsplit('\n').next().unwrap_or_default();
            assert_eq!((found, line, column), (Found::End, cut.matches('\n').count() + 1, last.len() + 1), "{cut:?}");
        }
    }
}

#[test]
fn a_cut_surrogate_pair_is_wrong_at_its_end() {
    let error = text::merge("{}", r#"{"a":"\ud83d\"#).expect_err("cut");
    assert_eq!(
        error.to_string(),
        "the patch is not valid JSON at line 1, column 14: \
         expected the second half of a surrogate pair, found the end of the text"
    );
}

#[test]
fn accepts_and_rejects_what_serde_json_does() {
    let accepted = ACCEPTED.iter().map(|value| (*value, true));
    for (value, is_valid) in accepted.chain(REJECTED.iter().map(|value| (*value, false))) {
        let decoded = serde_json::from_str::<Value>(value);
        assert_eq!(decoded.is_ok(), is_valid, "serde_json: {value} {decoded:?}");
        for text in [
            value.to_owned(),
            format!("{{\"k\":{value}}}"),
            format!("{{\"k\":[{value},{value}]}}"),
            format!("{{\"k\":{{\"l\":{value}}}}}"),
        ] {
            assert_same_as_trees(text.as_bytes(), br#"{"x":1}"#);
            assert_same_as_trees(br#"{"x":1}"#, text.as_bytes());
        }
        let merged = text::merge(value, r#"{"x":1}"#);
        assert_eq!(matches!(merged, Err(Error::Syntax { .. })), !is_valid, "{value}");
        if value.starts_with('"') {
            assert_same_as_trees(format!("{{{value}:1}}").as_bytes(), format!("{{\"\":2,{value}:3}}").as_bytes());
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_are_rejected() {
    for bytes in NOT_UTF8 {
        for text in [
            bytes.to_vec(),
            [b"{\"a\":\"", *bytes, b"\"}"].concat(),
            [b"{\"", *bytes, b"\":1}"].concat(),
            [b"{\"a\":1}", *bytes].concat(),
        ] {
            assert!(text::merge_bytes(&text, b"{}").is_err());
            assert_same_as_trees(&text, b"{}");
            assert_same_as_trees(b"{}", &text);
        }
    }
    // UTF-16, with a byte order mark and without.
    assert!(text::merge_bytes(b"\xff\xfe{\0}\0", b"{}").is_err());
    assert!(text::merge_bytes(b"{\0}\0", b"{}").is_err());
}

#[test]
fn numbers_are_never_evaluated() {
    for number in [
        "1e999",
        "-1e999",
        "123123e100000",
        "0.4e00669999999999999999999999999999999999999999999999999999",
        "1E400",
        "1.000000000000000000000000000000000001",
        "100000000000000000000",
    ] {
        let document = format!("{{\"a\":{number},\"b\":1}}");
        assert_eq!(text::merge(&document, r#"{"b":null}"#), Ok(format!("{{\"a\":{number}}}")));
        assert_eq!(text::merge(r#"{"b":1}"#, &document), Ok(format!("{{\"b\":1,\"a\":{number}}}")));
    }
}

/// `serde_json` marks a number in a tree with this key, if it has `arbitrary_precision`.
#[test]
fn the_private_key_of_numbers_is_an_ordinary_key() {
    let number = r#"{"$serde_json::private::Number":"1"}"#;
    assert_eq!(text::merge(number, r#"{"a":1}"#).as_deref(), Ok(r#"{"$serde_json::private::Number":"1","a":1}"#));
    assert_eq!(text::merge(r#"{"a":1}"#, number).as_deref(), Ok(r#"{"a":1,"$serde_json::private::Number":"1"}"#));
}

#[test]
fn containers_nest_as_deep_as_in_serde_json() {
    let shapes: [(&str, &str); 4] = [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("[[{\"\":[", "]}]]")];
    for (open, close) in shapes {
        let levels = open.matches(['[', '{']).count();
        for depth in (1..=136).map(|depth| depth / levels) {
            for inner in ["1", "[]", "{}", "[1", "[[]]"] {
                let value = open.repeat(depth) + inner + &close.repeat(depth);
                assert_same_as_trees(value.as_bytes(), b"{}");
                let document = format!("{{\"k\":{value}}}");
                assert_same_as_trees(document.as_bytes(), br#"{"x":1}"#);
                assert_same_as_trees(b"{}", document.as_bytes());
            }
        }
    }
    let arrays = |depth: usize| format!("{{\"k\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(text::merge(&arrays(127), "{}").is_ok() && text::merge(&arrays(127), r#"{"a":1}"#).is_ok());
    assert!(text::merge(&arrays(128), "{}").is_err() && text::merge(&arrays(128), r#"{"a":1}"#).is_err());
}

const DOCUMENTS: [&str; 4] = [
    r#"{"a":[1,-2.5e+3,true,null],"b\n\u0041":"c\ud83d\ude00d","é":{"x":{},"y":[]}}"#,
    "{ \"a\" : \"0123456789abcdef\" ,\r\n\t\"b\" : [ { } , [ ] , 10 , 0.25 ] , \"a\" : false }\n",
    r#"{"0":123456789012,"12345678":"","":{"k":"\\\"\/\b","l":-0},"a":1}"#,
    r#"{"a":null}"#,
];

#[test]
fn every_part_of_a_text_merges_like_its_tree() {
    for document in DOCUMENTS.map(str::as_bytes) {
        for end in 0..=document.len() {
            for start in 0..=end {
                assert_same_as_trees(&document[start..end], br#"{"a":1,"z":2}"#);
            }
            assert_same_as_trees(br#"{"z":1,"a":2}"#, &document[..end]);
            assert_same_as_trees(&document[..end], b"{}");
        }
    }
}

#[test]
fn every_changed_byte_merges_like_its_tree() {
    for document in DOCUMENTS.map(str::as_bytes) {
        let mut changed = document.to_vec();
        for place in 0..document.len() {
            for byte in 0..=255 {
                changed[place] = byte;
                assert_same_as_trees(&changed, br#"{"a":1,"z":2}"#);
                assert_same_as_trees(br#"{"z":1,"a":2}"#, &changed);
            }
            changed[place] = document[place];
        }
    }
}

#[test]
fn errors_are_where_serde_json_finds_them() {
    let mut compared = 0;
    for document in DOCUMENTS {
        for place in 0..document.len() {
            for byte in 0..0x80_u8 {
                let (Some(before), Some(rest)) = (document.get(..place), document.get(place + 1..)) else { continue };
                let text = [before, std::str::from_utf8(&[byte]).expect("ASCII"), rest].concat();
                let (Err(error), Err(Error::Syntax { line, column, .. })) =
                    (serde_json::from_str::<Value>(&text), text::merge(&text, "{}"))
                else {
                    continue;
                };
                let here = text.split('\n').take(line - 1).map(|line| line.len() + 1).sum::<usize>() + column - 1;
                let there = text.split('\n').take(error.line() - 1).map(|line| line.len() + 1).sum::<usize>()
                    + error.column()
                    - 1;
                // serde_json counts what it has read, so it may be later.
                assert!(here.abs_diff(there) <= 12, "{text:?} {here} {there} {error}");
                compared += usize::from(here == there);
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

/// All objects of up to two root members over a few keys and values, and some of three, printed in
/// several ways.
#[test]
fn small_texts_merge_like_their_trees() {
    let keys = [r#""a""#, r#""\u0061""#, r#""b""#, r#""""#];
    let values = ["null", "1", r#"{"a":null}"#];
    let prints: [(&str, &str, &str, &str, &str); 3] =
        [("{", ":", ",", "}", ""), ("\n{ ", " : ", " , ", " }\r\n", " "), ("{\n\t", ":\t", ",\n\t", "\n}", "")];
    let members: Vec<(&str, &str)> =
        keys.iter().flat_map(|key| values.iter().map(move |value| (*key, *value))).collect();
    let mut objects: Vec<Vec<(&str, &str)>> = vec![vec![]];
    objects.extend(members.iter().map(|member| vec![*member]));
    objects.extend(members.iter().flat_map(|first| members.iter().map(move |second| vec![*first, *second])));
    objects.extend(members.iter().map(|member| vec![*member, (r#""b""#, "2"), (r#""a""#, "3")]));
    let mut pairs = 0;
    for (number, document) in objects.iter().enumerate() {
        for (other, patch) in objects.iter().enumerate() {
            let print = |object: &[(&str, &str)], (open, colon, comma, close, end): (&str, &str, &str, &str, &str)| {
                let members: Vec<String> = object.iter().map(|(key, value)| format!("{key}{colon}{value}")).collect();
                format!("{open}{}{close}{end}", members.join(comma))
            };
            let (document, patch) = (print(document, prints[(number + other) % 3]), print(patch, prints[other % 3]));
            assert_same_as_trees(document.as_bytes(), patch.as_bytes());
            pairs += 1;
        }
    }
    assert_eq!(pairs, 169 * 169);
}

#[test]
fn hostile_texts_merge_like_their_trees() {
    let size = 300_000;
    let set = r#"{"a":1,"z":null}"#;
    for text in [
        "[".repeat(size),
        "{\"a\":".repeat(size),
        format!("{{\"a\":{}", "[".repeat(size)),
        "\"".repeat(size),
        " ".repeat(size),
    ] {
        assert!(text::merge(&text, set).is_err());
        assert!(text::merge(set, &text).is_err());
    }
    // One key many times, in the document and in the patch.
    let again = format!("{{{}\"k\":0}}", "\"k\":1,".repeat(size / 6));
    assert_eq!(text::merge(&again, set).as_deref(), Ok(r#"{"k":0,"a":1}"#));
    assert_eq!(text::merge(set, &again).as_deref(), Ok(r#"{"a":1,"z":null,"k":0}"#));
    assert_eq!(text::merge(&again, &again).as_deref(), Ok(r#"{"k":0}"#));
    // Each key twice, once with an escape sequence.
    let escaped: String = (0..size / 40).map(|number| format!("\"\\u006b{number}\":1,\"k{number}\":2,")).collect();
    let merged = text::merge(&format!("{{{escaped}\"a\":0}}"), set).expect("an object");
    assert_eq!(root_keys(&merged), size / 40 + 1);
}

/// The texts of keys: few that are often equal, some that collide, and many.
fn key() -> impl Strategy<Value = String> {
    let few = select(vec![
        "a",
        "\\u0061",
        "A",
        "b",
        "",
        "\\n",
        "\\u000a",
        "é",
        "\\u00E9",
        "\\ud83d\\ude00",
        "😀",
        "a long key, of three words",
        "a long k\\u0065y, of three words",
    ]);
    prop_oneof![
        3 => few.prop_map(|key| format!("\"{key}\"")),
        1 => select(COLLIDING.to_vec()).prop_map(|key| format!("\"{key}\"")),
        2 => (0..60).prop_map(|number| format!("\"k{number}\"")),
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-12",
        "1.50",
        "12345678",
        "123456789",
        "1E0",
        "-2.5e-3",
        "\"\"",
        "\"a\"",
        "\"\\u0061\"",
        "\"\\ud83d\\ude00\"",
        "\"é😀\"",
        "\"seven..\"",
        "\"a string of more than eight bytes\"",
        "\"\\\\\"",
        "\"a string\\nof lines\\t\"",
        "{}",
        "[]",
    ])
    .prop_map(str::to_owned);
    prop_oneof![2 => Just("null".to_owned()), 5 => leaf]
        .prop_recursive(3, 12, 4, |inner| prop_oneof![array(inner.clone()), object(key(), inner, 0..4)])
}

fn document() -> impl Strategy<Value = String> {
    prop_oneof![6 => object(key(), value(), 0..6), 2 => object(key(), value(), 0..50), 1 => value()]
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let pieces =
        json_text::pieces(&["1", ".", "e", "\\ud800", "\\udc00", "\\u0061", "\u{1f600}", "\n", "\"a\":1,", ",\"a\":2"]);
    let pieces = pieces.into_iter().map(|piece| piece.as_bytes().to_vec()).collect();
    json_text::mutated(document().prop_map(String::into_bytes), pieces)
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn texts_merge_like_their_trees(document in document(), patch in document()) {
        assert_same_as_trees(document.as_bytes(), patch.as_bytes());
    }

    #[test]
    fn flawed_texts_merge_like_their_trees(document in mutated(), patch in mutated(), sound in document()) {
        assert_same_as_trees(&document, sound.as_bytes());
        assert_same_as_trees(sound.as_bytes(), &patch);
    }

    #[test]
    fn a_patch_without_effect_keeps_the_text(document in object(key(), value(), 1..8)) {
        let decoded: Value = serde_json::from_str(&document).expect("JSON");
        if root_keys(&document) > decoded.as_object().map_or(0, Map::len) {
            return Ok(()); // a repeated key is removed
        }
        prop_assert_eq!(text::merge(&document, r#"{"no such key":null}"#), Ok(document));
    }
}
