//! What a PATCH does to a stored metadata object, shown before it happens. See `--help`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use metadata_merge::resource::{CLIENT, USER};
use metadata_merge::{Error, JsonType, Patch, text};
use serde_json::{Map, Value};

const HELP: &str = "\
Usage: patch                         walk through the life of a user's and an application's metadata
       patch DOCUMENT PATCH          print DOCUMENT as it is after PATCH, and on standard error what changes
       patch --diff BEFORE AFTER     print the smallest PATCH body that turns BEFORE into AFTER, if they differ

The arguments are files of JSON; one of the two may be - for standard input. No file is written. What PATCH does not
touch is printed as it stands in DOCUMENT; what changes, and the body that --diff prints, have numbers as doubles hold them.
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
    let [(document, stored), (patch, body)] = read(document, patch)?;
    tell(&Patch::from(body).changes(&stored).to_string());
    let merged = text::merge(&document, &patch).map_err(|error: Error| error.to_string())?;
    print(vec![merged.strip_suffix('\n').unwrap_or(&merged).to_owned()])
}

fn diff(before: &OsStr, after: &OsStr) -> Result<(), String> {
    let [(_, before), (_, after)] = read(before, after)?;
    let patch = Patch::diff(&before, &after).map_err(|error: Error| error.to_string())?;
    tell(&patch.changes(&before).to_string());
    print(patch.bodies().map(pretty).collect())
}

/// Two objects, each with its text.
fn read(first: &OsStr, second: &OsStr) -> Result<[(String, Object); 2], String> {
    if first == "-" && second == "-" {
        return Err("only one of the two can be standard input".to_owned());
    }
    Ok([object(first)?, object(second)?])
}

/// The object in a file. What goes wrong is said with the file's name, and with the position where it is not JSON.
fn object(path: &OsStr) -> Result<(String, Object), String> {
    let (name, bytes) = if path == "-" {
        let mut bytes = Vec::new();
        ("standard input".to_owned(), io::stdin().read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (format!("{path:?}"), fs::read(path))
    };
    let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{name}: not UTF-8: {}", error.utf8_error()))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok((text, object)),
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
    let mut stored = Value::Null;
    let mut lines = Vec::new();
    for (number, (title, request, body)) in STORY.into_iter().enumerate() {
        if request.starts_with("POST") {
            stored = Value::Object(Object::new());
        }
        let resource = if request.contains("/clients") { CLIENT } else { USER };
        lines.push(format!("{}. {title}\n\n   {request}\n   {body}\n", number + 1));
        let body: Value = body.parse().expect("the story is JSON");
        let plan = resource.plan(body.clone()).expect("metadata are objects");
        let changes = plan.changes(stored.as_object().expect("an object")).expect("metadata are objects");
        lines.push(indented(&format!("{changes}\n")));
        resource.update_in_place(&mut stored, body).expect("metadata are objects");
        lines.push(indented(&format!("stored: {stored:#}\n")));
    }
    lines.push("Try your own: cargo run --example patch -- DOCUMENT.json PATCH.json".to_owned());
    lines
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}\n")).collect()
}
