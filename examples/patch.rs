//! What a PATCH does to a stored metadata object, shown before it happens. See `--help`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use metadata_merge::{Error, JsonType, Patch};
use serde_json::{Map, Value};

const HELP: &str = "\
Usage: patch                         walk through the life of a user's and an application's metadata
       patch DOCUMENT PATCH          print DOCUMENT as it is after PATCH, and on standard error what changes
       patch --diff BEFORE AFTER     print the smallest PATCH body that turns BEFORE into AFTER, if they differ

The arguments are files of JSON; one of the two may be - for standard input. No file is written.
Exit status: 0 if all went well, 2 if the input is not as it must be.";

/// A metadata object.
type Object = Map<String, Value>;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
    let done = match arguments[..] {
        [] => print(story()),
        [option] if option == "--help" || option == "-h" => print(vec![HELP.to_owned()]),
        [option, before, after] if option == "--diff" => diff(before, after),
        [document, patch] if ![document, patch].iter().any(|path| is_option(path)) => merge(document, patch),
        _ => Err("wrong arguments: try --help".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tell(&format!("patch: {why}"));
            ExitCode::from(2)
        }
    }
}

fn is_option(argument: &OsStr) -> bool {
    argument.len() > 1 && argument.as_encoded_bytes().starts_with(b"-")
}

fn merge(document: &OsStr, patch: &OsStr) -> Result<(), String> {
    let [mut document, patch] = read(document, patch)?;
    let patch = Patch::from(patch);
    tell(&patch.changes(&document).to_string());
    patch.apply(&mut document);
    print(vec![pretty(document)])
}

fn diff(before: &OsStr, after: &OsStr) -> Result<(), String> {
    let [before, after] = read(before, after)?;
    let patch = Patch::diff(&before, &after).map_err(|error: Error| error.to_string())?;
    tell(&patch.changes(&before).to_string());
    print(patch.bodies().map(pretty).collect())
}

fn read(first: &OsStr, second: &OsStr) -> Result<[Object; 2], String> {
    if first == "-" && second == "-" {
        return Err("only one of the two can be standard input".to_owned());
    }
    Ok([object(first)?, object(second)?])
}

/// The object in a file. What goes wrong is said with the file's name, and with the position where it is not JSON.
fn object(path: &OsStr) -> Result<Object, String> {
    let (name, bytes) = if path == "-" {
        let mut bytes = Vec::new();
        ("standard input".to_owned(), io::stdin().read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (format!("{path:?}"), fs::read(path))
    };
    let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(format!("{name}: must be a JSON object, but is {}", JsonType::of(&other))),
        Err(error) => Err(format!("{name}: not JSON: {error}")),
    }
}

fn pretty(object: Object) -> String {
    format!("{:#}", Value::Object(object))
}

/// To standard output; that nobody reads to its end is no error.
fn print(texts: Vec<String>) -> Result<(), String> {
    let mut output = io::stdout().lock();
    match texts.iter().try_for_each(|text| writeln!(output, "{text}")).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}

/// To standard error, for people; if it is closed, there is nobody to tell.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The life of a user and of a client: what is told, the request, and its body.
const STORY: [(&str, &str, &str); 9] = [
    (
        "A user is created, with a hobby and a plan.",
        "POST /api/v2/users",
        r#"{"email": "jane.doe@example.com", "user_metadata": {"hobby": "surfing"}, "app_metadata": {"plan": "full"}}"#,
    ),
    (
        "She adds her home address. Root properties merge: the hobby stays.",
        "PATCH /api/v2/users/{id}",
        r#"{"user_metadata": {"addresses": {"home": "123 Main Street, Anytown, ST 12345"}}}"#,
    ),
    (
        "She adds her work address, and sends it alone. Nested objects are replaced as a whole: home is gone!",
        "PATCH /api/v2/users/{id}",
        r#"{"user_metadata": {"addresses": {"work": "100 Industrial Way, Anytown, ST 12345"}}}"#,
    ),
    (
        "So she sends both. This is how to change what is nested: send all of it.",
        "PATCH /api/v2/users/{id}",
        r#"{"user_metadata": {"addresses": {"home": "123 Main Street, Anytown, ST 12345", "work": "100 Industrial Way, Anytown, ST 12345"}}}"#,
    ),
    (
        "The empty object clears the field. The other field is untouched.",
        "PATCH /api/v2/users/{id}",
        r#"{"user_metadata": {}}"#,
    ),
    (
        "Cleared in the same way, app_metadata is not there at all.",
        "PATCH /api/v2/users/{id}",
        r#"{"app_metadata": {}}"#,
    ),
    (
        "An application is created.",
        "POST /api/v2/clients",
        r#"{"name": "My App", "client_metadata": {"mycolor": "red", "myflavor": "grape"}}"#,
    ),
    ("Red turns to blue.", "PATCH /api/v2/clients/{id}", r#"{"client_metadata": {"mycolor": "blue"}}"#),
    (
        "A key that is sent as null is deleted.",
        "PATCH /api/v2/clients/{id}",
        r#"{"client_metadata": {"mycolor": null}}"#,
    ),
];

/// Each step of the story with its request, what that changes, and what is stored then.
fn story() -> Vec<String> {
    let mut stored = Object::new();
    let mut lines = Vec::new();
    for (number, (title, request, body)) in STORY.into_iter().enumerate() {
        if request.starts_with("POST") {
            stored.clear();
        }
        lines.push(format!("{}. {title}\n\n   {request}\n   {body}\n", number + 1));
        let body: Object = serde_json::from_str(body).expect("the story is JSON");
        for (field, value) in body {
            let Value::Object(patch) = value else {
                stored.insert(field, value);
                continue;
            };
            let patch = Patch::from(patch);
            let mut metadata = match stored.remove(&field) {
                Some(Value::Object(metadata)) => metadata,
                _ => Object::new(),
            };
            lines.push(indented(&format!("{field}\n{}\n", patch.changes(&metadata))));
            let absent = field == "app_metadata" && patch == Patch::clear();
            patch.apply(&mut metadata);
            if !absent {
                stored.insert(field, Value::Object(metadata));
            }
        }
        lines.push(indented(&format!("stored: {}\n", pretty(stored.clone()))));
    }
    lines.push("Try your own: cargo run --example patch -- DOCUMENT.json PATCH.json".to_owned());
    lines
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}\n")).collect()
}
