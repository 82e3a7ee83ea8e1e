//! Strategies for JSON text with any whitespace, with repeated keys and with flaws.

use std::fmt::Debug;
use std::ops::Range;

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Keys that all have one hash.
pub(crate) const COLLIDING: [&str; 12] = [
    "00000118Ov1I_gp4",
    "00002842CKTF^FkR",
    "00006993/$n)hqHk",
    "00027377~jvr>>{F",
    "00029600-v~#C!R'",
    "00038433pjrzjJR3",
    "00039751g67x[c *",
    "00046705ljfLs?n|",
    "00047263:eb yBl*",
    "00047350'%:y2<-!",
    "00047524+Mz.$iM;",
    "00047602n9V#91/.",
];

fn whitespace() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "", " ", "\n", "\t\r\n", "          "])
}

/// Arrays of up to three items.
pub(crate) fn array(item: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let item = (whitespace(), item, whitespace()).prop_map(|(before, item, after)| format!("{before}{item}{after}"));
    collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(",")))
}

/// Objects. `key` is the text of a key, with its quotes.
pub(crate) fn object(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = String>,
    members: Range<usize>,
) -> impl Strategy<Value = String> {
    let spaces = [(); 4].map(|()| whitespace());
    let member = (key, value, spaces).prop_map(|(key, value, [a, b, c, d])| format!("{a}{key}{b}:{c}{value}{d}"));
    (collection::vec(member, members), whitespace())
        .prop_map(|(members, space)| format!("{{{}{space}}}", members.join(",")))
}

/// Returns texts that make a flaw in any JSON text, and `more`.
pub(crate) fn pieces(more: &[&'static str]) -> Vec<&'static str> {
    let any = ["", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", " ", "null", "\\u", "\u{0}", "é"];
    [&any, more].concat()
}

/// Texts, as bytes or characters, in which pieces replace some of these.
pub(crate) fn mutated<T: Clone + Debug + 'static>(
    text: impl Strategy<Value = Vec<T>>,
    pieces: Vec<Vec<T>>,
) -> impl Strategy<Value = Vec<T>> {
    (text, collection::vec((any::<Index>(), 0..4_usize, select(pieces)), 1..3)).prop_map(|(mut text, changes)| {
        for (place, length, piece) in changes {
            let start = place.index(text.len() + 1);
            text.splice(start..(start + length).min(text.len()), piece);
        }
        text
    })
}

/// Returns whether only a tree rejects the text, because a number is beyond `f64`.
pub(crate) fn beyond_f64(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

/// The members of an object in the order of its text, with repeated keys. Any other value has none.
#[derive(Debug, Default)]
pub(crate) struct Members(pub(crate) Vec<(String, Members)>);

impl Members {
    /// Returns the members of a valid text.
    pub(crate) fn of(text: &str) -> Members {
        serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text}"))
    }

    /// Returns the last value of a key.
    pub(crate) fn last(&self, key: &str) -> Option<&Members> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, members)| members)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Members;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Members, A::Error> {
        while items.next_element::<Members>()?.is_some() {}
        Ok(Members::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Members, E> {
        Ok(Members::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Members, E> {
        Ok(Members::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Members, E> {
        Ok(Members::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Members, E> {
        Ok(Members::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Members, E> {
        Ok(Members::default())
    }

    fn visit_unit<E>(self) -> Result<Members, E> {
        Ok(Members::default())
    }
}
