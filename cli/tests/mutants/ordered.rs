//! JSON with members in their order, as a streaming parser reads them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

/// A value that keeps the order of members and repeated keys.
pub(crate) enum Node {
    Leaf(Value),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A change of the members of one object.
type Change<'a> = &'a dyn Fn(&mut Vec<(String, Node)>);

/// Changes the members of all objects of a line.
pub(crate) fn ordered(line: &str, change: Change<'_>) -> String {
    serde_json::from_str(line).map_or_else(
        |_| line.to_owned(),
        |mut node: Node| {
            node.change_all(change);
            node.to_string()
        },
    )
}

/// Changes the members of the outermost object.
pub(crate) fn top_level(line: &str, change: Change<'_>) -> String {
    serde_json::from_str(line).map_or_else(
        |_| line.to_owned(),
        |mut node: Node| {
            node.change(change);
            node.to_string()
        },
    )
}

impl Node {
    pub(crate) fn change(&mut self, change: Change<'_>) {
        if let Node::Object(members) = self {
            change(members);
        }
    }

    fn change_all(&mut self, change: Change<'_>) {
        self.change(change);
        match self {
            Node::Leaf(_) => {}
            Node::Array(items) => items.iter_mut().for_each(|item| item.change_all(change)),
            Node::Object(members) => members.iter_mut().for_each(|(_, member)| member.change_all(change)),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Leaf(value) => value.fmt(f),
            Node::Array(items) => {
                let items: Vec<String> = items.iter().map(Node::to_string).collect();
                write!(f, "[{}]", items.join(","))
            }
            Node::Object(members) => {
                let members: Vec<String> =
                    members.iter().map(|(key, member)| format!("{}:{member}", json!(key))).collect();
                write!(f, "{{{}}}", members.join(","))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(Parser)
    }
}

struct Parser;

impl<'de> Visitor<'de> for Parser {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Node, E> {
        Ok(Node::Leaf(bool.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Leaf(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Leaf(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Leaf(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Leaf(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Node::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(Node::Object(all))
    }
}
