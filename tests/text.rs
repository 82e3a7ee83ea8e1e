//! `text` against decoding, merging and encoding; and what it promises beyond: bytes, errors, buffers.

use insta::assert_snapshot;
use json_text::{array, beyond_f64, config, object};
use metadata_merge::{Error, JsonType, Side, conformance, merge, text};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

mod json_text;

/// By a tree: `Ok(None)` where only serde_json without arbitrary precision refuses, since a number is beyond `f64`.
fn tree(target: &[u8], patch: &[u8]) -> Result<Option<Value>, ()> {
    let decode = |text| match serde_json::from_slice::<Value>(text) {
        Ok(value) => Ok(Some(value)),
        Err(error) if beyond_f64(&error) => Ok(None),
        Err(_) => Err(()),
    };
    let (target, patch) = (decode(target)?, decode(patch)?);
    match (target, patch) {
        (Some(target), Some(patch)) => merge(&target, &patch).map(Some).map_err(drop),
        _ => Ok(None),
    }
}

/// Whether both refuse, or both give the same value; panics otherwise.
#[track_caller]
fn agree(target: &[u8], patch: &[u8]) {
    let merged = text::merge_bytes(target, patch);
    let case = || format!("{:?} {:?}", String::from_utf8_lossy(target), String::from_utf8_lossy(patch));
    match (tree(target, patch), &merged) {
        (Err(()), Err(_)) | (Ok(None), _) => {}
        (Ok(Some(tree)), Ok(text)) => {
            let decoded: Value =
                serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text} {}", case()));
            assert_eq!(decoded, tree, "{text} {}", case());
            // Each root key once: the text is as long as the tree is.
            assert_eq!(root_keys(text), tree.as_object().map_or(0, serde_json::Map::len), "{text} {}", case());
            if let (Ok(target), Ok(patch)) = (std::str::from_utf8(target), std::str::from_utf8(patch)) {
                assert_eq!(text::merge(target, patch), merged, "{}", case());
            }
        }
        (tree, _) => unreachable!("{tree:?} but {merged:?} {}", case()),
    }
}

/// How many members the root object of a text has, repeated keys included.
fn root_keys(text: &str) -> usize {
    struct Count(usize);
    impl<'de> serde::Deserialize<'de> for Count {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Count, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Count;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
                    let mut count = 0;
                    while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {
                        count += 1;
                    }
                    Ok(Count(count))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Count>(text).map_or(0, |count| count.0)
}

#[test]
fn the_vectors_pass_through_text() {
    conformance::check(|document, patch| {
        let merged = text::merge(&document.to_string(), &patch.to_string())?;
        Ok::<Value, Error>(serde_json::from_str(&merged).expect("JSON"))
    })
    .assert_conforms();
}

#[test]
fn what_is_not_touched_keeps_its_bytes() {
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
fn of_a_repeated_root_key_the_last_value_counts_and_the_key_is_written_once() {
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
    // What is wrong in a value that does not count is wrong all the same.
    assert!(text::merge(r#"{"a":[01],"a":1}"#, r#"{"b":1}"#).is_err());
    assert!(text::merge(r#"{"a":1}"#, r#"{"b":"\ud800","b":1}"#).is_err());
    // Nested, it is data.
    assert_eq!(text::merge("{}", r#"{"a":{"b":1,"b":2}}"#).as_deref(), Ok(r#"{"a":{"b":1,"b":2}}"#));
}

/// Whatever follows, within the eight bytes that are looked at together.
#[test]
fn a_key_ends_at_its_quote() {
    for key in ["", "a", "é", "ab", "aé", "abc", "abcde", "abcdefgh"] {
        for behind in ["1", "\"\"", "\"é\"", "\"\u{7f}\"", "\"\\n\"", "[\"é\"]", "{\"é\":\"é\"}"] {
            for space in ["", " ", "\n"] {
                let document = format!("{{\"{key}\"{space}:{space}{behind},\"é\":2}}");
                agree(document.as_bytes(), format!("{{\"{key}\":3}}").as_bytes());
                agree(format!("{{\"{key}\":3}}").as_bytes(), document.as_bytes());
            }
        }
    }
}

#[test]
fn out_is_appended_to_and_on_error_is_as_it_was() {
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
fn the_document_is_judged_first() {
    let side = |document: &str, patch: &str| match text::merge(document, patch) {
        Err(Error::Syntax { side, .. } | Error::NotAnObject { side, .. }) => Some(side),
        _ => None,
    };
    for document in ["[]", " 1 ", "[", "{", "{} 1", "[[[1,]]]", "\u{feff}{}", ""] {
        for patch in ["{}", r#"{"a":1}"#, "[]", "{", ""] {
            assert_eq!(side(document, patch), Some(Side::Document), "{document} {patch}");
        }
    }
    for patch in ["[]", "[", "{", "{} 1", r#"{"a":1}}"#, ""] {
        assert_eq!(side(r#"{"a":1}"#, patch), Some(Side::Patch), "{patch}");
    }
    let bytes = |document: &[u8], patch: &[u8]| text::merge_bytes(document, patch).map_err(|error| error.to_string());
    for document in [&b"\xff"[..], b"{", b"[]"] {
        assert!(bytes(document, b"\xff").is_err_and(|error| error.starts_with("the document")));
    }
    assert!(bytes(b"{}", b"\xff").is_err_and(|error| error.starts_with("the patch")));
}

#[test]
fn what_is_json_but_no_object_is_named() {
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
        assert_eq!(text::merge(value, "{}"), Err(Error::NotAnObject { side: Side::Document, found }), "{value}");
        assert_eq!(text::merge("{}", value), Err(Error::NotAnObject { side: Side::Patch, found }), "{value}");
    }
}

#[test]
fn every_error() {
    let deep = "[".repeat(200);
    let texts = [
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
        "{} {}",
        "\u{feff}{}",
        "{\"a\":é}",
        "{\"a\":&}",
        "{\n  \"a\": [\n    1,\n    2\n    3\n  ]\n}",
        &deep,
    ];
    let errors = texts.map(|text| {
        let error = text::merge(text, "{}").expect_err("refused").to_string();
        assert_eq!(
            text::merge("{}", text).expect_err("refused").to_string(),
            error.replace("the document", "the patch")
        );
        format!("{:.40} => {error}", text.escape_debug())
    });
    let bytes = text::merge_bytes(b"{\n\"a\":\"\xe9\"}", b"{}").expect_err("no UTF-8").to_string();
    assert_snapshot!(errors.join("\n") + "\n" + &bytes);
}

/// The kinds of the JSONTestSuite: what must be accepted, what must not, and what is left open, with this crate's choice.
#[test]
fn accepts_and_refuses_what_serde_json_does() {
    let accepted = [
        // y_array
        "[[]   ]",
        "[]",
        "[\"\"]",
        "[\"a\"]",
        "[false]",
        "[null, 1, \"1\", {}]",
        "[null]",
        "[1\n]",
        " [1]",
        "[1,null,null,null,2]",
        "[2] ",
        // y_number
        "123e65",
        "0e+1",
        "0e1",
        " 4",
        "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "20e1",
        "-0",
        "-123",
        "-1",
        "1E22",
        "1E-2",
        "1E+2",
        "123e45",
        "123.456e78",
        "1e-2",
        "1e+2",
        "123",
        "123.456789",
        "12345678",
        "123456789",
        "1234567890123456",
        "0.1",
        "0",
        "12345678.12345678e12345678901234567890e".split_at(17).0,
        "0e12345678901",
        // y_object
        r#"{"asd":"sdf", "dfg":"fgh"}"#,
        r#"{"asd":"sdf"}"#,
        r#"{"a":"b","a":"c"}"#,
        r#"{"a":"b","a":"b"}"#,
        "{}",
        r#"{"":0}"#,
        r#"{"foo\u0000bar": 42}"#,
        r#"{ "min": -1.0e+28, "max": 1.0e+28 }"#,
        r#"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]}"#,
        r#"{"a":[]}"#,
        r#"{"title":"\u041f\u043e" }"#,
        "{\n\"a\": \"b\"\n}",
        // y_string
        r#""\u0060\u012a\u12AB""#,
        r#""\uD801\udc37""#,
        r#""\ud83d\ude39\ud83d\udc8d""#,
        r#""\"\\\/\b\f\n\r\t""#,
        r#""\\u0000""#,
        r#""\"""#,
        r#""a/*b*/c/*d//e""#,
        r#""\\a""#,
        r#""\\n""#,
        r#""\u0012""#,
        r#""\uFFFF""#,
        "\"asd\"",
        "\"\u{10ffff}\"",
        "\"new\u{a0}line\"",
        "\"\u{1bfff}\"",
        "\"\u{2342}\u{3248}\u{fffe}\u{ffff}\"",
        r#""\u0000""#,
        "\"\u{2c7f}\"",
        "\"\u{2028}\u{2029}\"",
        "\" \"",
        r#""\uDBFF\uDFFF""#,
        r#""new\u00A0line""#,
        r#""\u0022""#,
        r#""\u005C""#,
        "\"\u{7f}\"",
        "\"a\u{7f}a, and on beyond a word\"",
        // y_structure
        "false",
        "42",
        "-0.1",
        "null",
        "\"asd\"",
        "true",
        "\"\"",
        "[\"a\"]\n",
        "[true]",
        " [] ",
        "\t\r\n [\t\r\n ]\t\r\n ",
        // i_: open; serde_json accepts them, and so does this crate
        "-1e-9999",
        "0.4e-66",
        "1.5e-9999",
        "123456789012345678901234567890",
        "-123123123123123123123123123123",
        "\"\u{fffd}\"",
    ];
    let refused = [
        // n_array
        "[1 true]",
        "[\"\": 1]",
        "[\"\"],",
        "[,1]",
        "[1,,2]",
        "[\"x\",,]",
        "[\"x\"]]",
        "[\"\",]",
        "[\"x\"",
        "[x",
        "[3[4]]",
        "[1:2]",
        "[,]",
        "[-]",
        "[   , \"\"]",
        "[\"a\",\n4\n,1,",
        "[1,]",
        "[1,,]",
        "[\"\u{b}a\"\\f]",
        "[*]",
        "[\"\"",
        "[1,",
        "[1,\n1\n,1",
        "[{}",
        "[",
        "[1",
        "[nul]",
        "[tru]",
        "[fals]",
        "[truE]",
        "[nulL]",
        // n_number
        "++1234",
        "+1",
        "+Inf",
        "-01",
        "-1.0.",
        "-2.",
        "-NaN",
        ".-1",
        ".2e-3",
        "0.1.2",
        "0.3e+",
        "0.3e",
        "0.e1",
        "0E+",
        "0E",
        "0e",
        "1.0e+",
        "1.0e-",
        "1.0e",
        "1 000.0",
        "1eE2",
        "2.e+3",
        "2.e-3",
        "2.e3",
        "9.e+",
        "Inf",
        "NaN",
        "1+2",
        "0x1",
        "0x42",
        "Infinity",
        "0e+-1",
        "-123.123foo",
        "-Infinity",
        "-foo",
        "- 1",
        "-012",
        "-.123",
        "1ea",
        "1.",
        ".123",
        "1.2a-3",
        "1.8011670033376514H-308",
        "012",
        "00",
        "-00",
        "1_000",
        "\u{ff11}",
        "123456789a",
        "12345678.",
        "012345678",
        "1.e12345678",
        "12345678e",
        "-",
        // n_object
        "[\"x\", truth]",
        "{[: \"x\"}\n",
        r#"{"x", null}"#,
        r#"{"x"::"b"}"#,
        "{\u{1f1e8}}",
        r#"{"a":"a" 123}"#,
        "{key: 'value'}",
        r#"{"a" b}"#,
        r#"{:"b"}"#,
        r#"{"a" "b"}"#,
        r#"{"a":"#,
        r#"{"a""#,
        "{1:1}",
        "{9999E9999:1}",
        "{null:null,null:null}",
        r#"{"id":0,,,,,}"#,
        "{'a':0}",
        r#"{"id":0,}"#,
        r#"{"a":"b"}/**/"#,
        r#"{"a":"b"}/**//"#,
        r#"{"a":"b"}//"#,
        r#"{"a":"b"}/"#,
        r#"{"a":"b",,"c":"d"}"#,
        "{a: \"b\"}",
        r#"{"a":"a"#,
        "{ \"foo\" : \"bar\", \"a\" }",
        r#"{"a":"b"}#"#,
        "{",
        "{\"a\":1",
        "{\"a\":{\"b\":1}",
        "{\"a\":[1}}",
        "{\"a\":1}}",
        "{,}",
        "{\"a\":{,}}",
        "{\"a\":{\"b\":1,}}",
        "{\"a\":{\"b\":1,1}}",
        "{\"a\":{1:1}}",
        "{\"a\":{\"b\"1}}",
        // n_single, n_string
        " ",
        "",
        r#""\uD800\""#,
        r#""\uD800\u""#,
        r#""\uD800\u1""#,
        r#""\uD800\u1x""#,
        "[\u{e9}]",
        r#""\x00""#,
        r#""\\\""#,
        "\"\\\t\"",
        "\"\\\u{1f300}\"",
        r#""\""#,
        r#""\u00A""#,
        r#""\uD834\uDd""#,
        r#""\uD800\uD800\x""#,
        r#""\a""#,
        r#""\uqqqq""#,
        r#""\u00zz""#,
        "\"\\",
        "[\\u0020\"asd\"]",
        "[\\n]",
        "\"",
        "['single quote']",
        "abc",
        "[\"\\",
        "\"new\nline\"",
        "\"\t\"",
        "\"a\u{0}a\"",
        "\"a\u{1f}a\"",
        "\"\\u00G0\"",
        "\"\\U0041\"",
        "\"\\u+041\"",
        "\"x\"x",
        r#""\u""#,
        "\"abcdefghijklm\u{1}nopqrs\"",
        "\"\u{80}\u{0}\"",
        "\"abcdefg\\",
        "\"abcdefgh\\q\"",
        // n_structure
        "\u{2060}",
        "\u{feff}",
        "\u{feff}{}",
        "<.>",
        "[<null>]",
        "[1]x",
        "[1]]",
        "[\"asd]",
        "a\u{e5}",
        "[True]",
        "1]",
        "{\"x\": true,",
        "[][]",
        "]",
        "{}}",
        "{\"\":",
        "{\"a\":/*comment*/\"b\"}",
        "{\"a\": true} \"x\"",
        "['",
        "[,",
        "[{\"\":[{\"\":[",
        "[\"a",
        "[\"a\"",
        "{,",
        "{[",
        "{\"a",
        "{'a'",
        "[\"\\{[\"\\{[\"\\{[\"\\{",
        "\u{e9}",
        "*",
        "{\"a\":\"b\"}#{}",
        "[\\u000A\"\"]",
        "[1",
        "[ false, nul",
        "[ true, fals",
        "[ false, tru",
        "{\"asd\":\"asd\"",
        "\u{c}",
        "[\u{c}]",
        "[\u{a0}]",
        "\u{2028}[]",
        "[1]\u{0}",
        "\u{0}",
        "{\"a\":1}\u{b}",
        "[1,\u{0}2]",
        // i_: open; serde_json refuses them when it decodes a string, and so does this crate
        r#""\uDADA""#,
        r#""\uD888\u1234""#,
        r#""\uD800\n""#,
        r#""\uDd1ea""#,
        r#""\uD800\uD800\n""#,
        r#""\ud800""#,
        r#""\ud800abc""#,
        r#""\uDd1e\uD834""#,
        r#""\uDFAA""#,
    ];
    for (value, well_formed) in
        accepted.map(|value| (value, true)).into_iter().chain(refused.map(|value| (value, false)))
    {
        let decoded = serde_json::from_str::<Value>(value);
        assert_eq!(decoded.is_ok(), well_formed, "serde_json: {value} {decoded:?}");
        for text in [
            value.to_owned(),
            format!("{{\"k\":{value}}}"),
            format!("{{\"k\":[{value},{value}]}}"),
            format!("{{\"k\":{{\"l\":{value}}}}}"),
        ] {
            agree(text.as_bytes(), br#"{"x":1}"#);
            agree(br#"{"x":1}"#, text.as_bytes());
        }
        let side = text::merge(value, r#"{"x":1}"#);
        assert_eq!(matches!(side, Err(Error::Syntax { .. })), !well_formed, "{value}");
        if value.starts_with('"') {
            agree(format!("{{{value}:1}}").as_bytes(), format!("{{\"\":2,{value}:3}}").as_bytes());
        }
    }
    // Bytes that are no UTF-8, which the suite has among its n_ and i_ files.
    for bytes in [
        &b"\xff"[..],
        b"\xe9",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xf4\xbf\xbf\xbf",
        b"\x81",
        b"\xe0\xff",
        b"\xfc\x83\xbf\xbf\xbf\xbf",
        b"\xe6\x97\xa5\xd1\x88\xfa",
    ] {
        for text in [
            bytes.to_vec(),
            [b"{\"a\":\"", bytes, b"\"}"].concat(),
            [b"{\"", bytes, b"\":1}"].concat(),
            [b"{\"a\":1}", bytes].concat(),
        ] {
            assert!(text::merge_bytes(&text, b"{}").is_err());
            agree(&text, b"{}");
            agree(b"{}", &text);
        }
    }
    // UTF-16, with its mark and without.
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

/// The key by which serde_json, with arbitrary precision, marks a number in a tree.
#[test]
fn the_private_key_of_numbers_is_a_key() {
    let number = r#"{"$serde_json::private::Number":"1"}"#;
    assert_eq!(text::merge(number, r#"{"a":1}"#).as_deref(), Ok(r#"{"$serde_json::private::Number":"1","a":1}"#));
    assert_eq!(text::merge(r#"{"a":1}"#, number).as_deref(), Ok(r#"{"a":1,"$serde_json::private::Number":"1"}"#));
}

#[test]
fn containers_nest_as_deep_as_serde_json_takes_them() {
    let shapes: [(&str, &str); 4] = [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("[[{\"\":[", "]}]]")];
    for (open, close) in shapes {
        let levels = open.matches(['[', '{']).count();
        for depth in (1..=136).map(|depth| depth / levels) {
            for inner in ["1", "[]", "{}", "[1", "[[]]"] {
                let value = open.repeat(depth) + inner + &close.repeat(depth);
                agree(value.as_bytes(), b"{}");
                let document = format!("{{\"k\":{value}}}");
                agree(document.as_bytes(), br#"{"x":1}"#);
                agree(b"{}", document.as_bytes());
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
fn every_cut_of_a_text_is_judged_as_serde_json_does() {
    for document in DOCUMENTS.map(str::as_bytes) {
        for end in 0..=document.len() {
            for start in 0..=end {
                agree(&document[start..end], br#"{"a":1,"z":2}"#);
            }
            agree(br#"{"z":1,"a":2}"#, &document[..end]);
            agree(&document[..end], b"{}");
        }
    }
}

#[test]
fn every_change_of_a_byte_is_judged_as_serde_json_does() {
    for document in DOCUMENTS.map(str::as_bytes) {
        let mut changed = document.to_vec();
        for place in 0..document.len() {
            for byte in 0..=255 {
                changed[place] = byte;
                agree(&changed, br#"{"a":1,"z":2}"#);
                agree(br#"{"z":1,"a":2}"#, &changed);
            }
            changed[place] = document[place];
        }
    }
}

/// Where serde_json says that the text is wrong, so is it here; where it says that it ends too early, its end is.
#[test]
fn errors_are_where_serde_json_sees_them() {
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
                // It counts what it has read, which may be the byte behind.
                assert!(here.abs_diff(there) <= 12, "{text:?} {here} {there} {error}");
                compared += usize::from(here == there);
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

/// Every object of up to two root members over a few keys and values, and some of three, printed in several ways.
#[test]
fn every_small_document_and_patch_merges_as_trees_do() {
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
            agree(document.as_bytes(), patch.as_bytes());
            pairs += 1;
        }
    }
    assert_eq!(pairs, 169 * 169);
}

#[test]
fn hostile_texts_come_to_the_same_end() {
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
    // One key again and again, in the document and in the patch.
    let again = format!("{{{}\"k\":0}}", "\"k\":1,".repeat(size / 6));
    assert_eq!(text::merge(&again, set).as_deref(), Ok(r#"{"k":0,"a":1}"#));
    assert_eq!(text::merge(set, &again).as_deref(), Ok(r#"{"a":1,"z":null,"k":0}"#));
    assert_eq!(text::merge(&again, &again).as_deref(), Ok(r#"{"k":0}"#));
    // Keys in which everything is escaped, and every one comes twice.
    let escaped: String = (0..size / 40).map(|number| format!("\"\\u006b{number}\":1,\"k{number}\":2,")).collect();
    let merged = text::merge(&format!("{{{escaped}\"a\":0}}"), set).expect("an object");
    assert_eq!(root_keys(&merged), size / 40 + 1);
}

/// A key as a text writes it, quotes included: few that mean the same, and many.
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
    prop_oneof![2 => few.prop_map(|key| format!("\"{key}\"")), 1 => (0..60).prop_map(|number| format!("\"k{number}\""))]
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
    fn generated_texts_merge_as_trees_do(document in document(), patch in document()) {
        agree(document.as_bytes(), patch.as_bytes());
    }

    #[test]
    fn mutated_texts_are_judged_as_serde_json_does(document in mutated(), patch in mutated(), sound in document()) {
        agree(&document, sound.as_bytes());
        agree(sound.as_bytes(), &patch);
    }

    #[test]
    fn a_patch_that_changes_nothing_leaves_the_text_alone(document in object(key(), value(), 1..8)) {
        let decoded: Value = serde_json::from_str(&document).expect("JSON");
        if root_keys(&document) > decoded.as_object().map_or(0, serde_json::Map::len) {
            return Ok(()); // a repeated key goes
        }
        prop_assert_eq!(text::merge(&document, r#"{"no such key":null}"#), Ok(document));
    }
}
