//! The arguments of each command, and their help.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use metadata_merge::resource;

const FILES: &str = "\
Each file holds one JSON object; - is standard input. NAME is user, client, custom_domain, organization, session or
refresh_token.";

const OF_PROGRAM: &str = "\
Each file holds one JSON object, or one on each line with `patch --lines`; - is standard input. The program writes no
files. Options may come after the files, but in `check` they come before COMMAND.

Exit status:
  0  Success
  1  patch: a limit refuses the result, or a line cannot be compared or patched
     reconcile: there are conflicts
     check: the implementation does not conform
  2  Invalid arguments or input, or a fault of the adapter

Example: metadata-merge patch user.json body.json --resource user";

const OF_PATCH: &str = "\
Each file holds one JSON object, except DOCUMENT with --lines; - is standard input. NAME is user, client, custom_domain,
organization, session or refresh_token.

With --resource, a PATCH of {} changes nothing, and {} as a metadata field clears that field. Members that PATCH does
not name keep their text. Numbers compare by value: a 1 that becomes 1.0 is stored as sent, but is not listed as a
change.

Violations of limits begin with \"refused\", or with \"warned\" if the service stores the resource all the same. If one is
refused, no document and no changes are printed. With --limits and --json, but not --lines, one object holds the changes
and the violations.

With --lines, each document is on one line, so a pretty-printed document cannot be read. A line has at most 64 MiB. A
line that is empty, not a document, or refused by a limit has no output. It is named on standard error, and the other
lines are patched. A document with a number beyond the range of doubles can be patched, but not compared. Without
--lines, it is an error.

With --lines, changes are listed only with --dry-run, and --json and --mask need it. The last line of standard output
then counts the documents that would change, be emptied, only be written in another way, or break a limit. It also
counts those that cannot be read or compared. With --json, each line of standard output is one object.

Exit status:
  0  Success
  1  A limit refuses the result, or a line cannot be compared or patched
  2  Invalid arguments or input

Example: metadata-merge patch user.json body.json --resource user --limits";

const OF_DIFF: &str = "\
With --resource, an attribute that is null counts as absent. So does an empty metadata field.

Exit status:
  0  Success, even if the documents are equal
  2  Invalid arguments or input, or AFTER holds a null at a root key where BEFORE does not

Example: metadata-merge diff before.json after.json >patch.json";

const OF_RECONCILE: &str = "\
Each root key is decided on its own. If THEIRS equals BASE there, the patch sets the key to MINE's value, or removes it
if MINE lacks it. A key that differs in all three files is a conflict, and so is one that others changed and you did
not. The patch leaves it out. A key that only THEIRS holds is kept. Standard error has one line for each conflict:

  conflict: KEY: is THEIRS, was BASE, should be MINE

Indented lines list the nested changes from THEIRS to MINE. With --force, the lines begin with \"overwritten\". With
--mask, \"*** (changed)\" is a hidden value that differs from that of THEIRS.

Exit status:
  0  No conflicts, or --force
  1  There are conflicts; the patch holds the other changes
  2  Invalid arguments or input, or MINE holds a null at a root key where THEIRS does not

Example: metadata-merge reconcile applied.json wanted.json stored.json >patch.json";

const OF_CHECK: &str = "\
The adapter protocol is in adapters/PROTOCOL.md. All options come before COMMAND: in `check perl adapter.pl --random 5`,
the adapter gets --random, and no samples are generated.

Exit status:
  0  The implementation conforms
  1  It does not
  2  Invalid arguments, or a fault: the adapter does not start, does not reply in time, exits, or breaks the protocol

Example: metadata-merge check --random 100 metadata-merge adapter";

const OF_ADAPTER: &str = "\
The adapter protocol is in adapters/PROTOCOL.md. Each request is one line, and so is each reply.

Exit status:
  0  Success, even if the reader closes standard output
  2  Standard input or output fails

Example: echo '{\"seq\": 1, \"op\": \"merge\", \"target\": {}, \"patch\": {\"a\": 1}}' | metadata-merge adapter";

const OF_VECTORS: &str = "\
Exit status:
  0  Success, even if the reader closes standard output
  2  Standard output fails

Example: metadata-merge vectors >vectors.json";

pub(crate) fn command() -> Command {
    Command::new("metadata-merge")
        .version(env!("CARGO_PKG_VERSION"))
        .about(
            "Applies, compares and tests metadata patches of Auth0's Management API\n\
             Without a command, prints a worked example.",
        )
        .after_help(OF_PROGRAM)
        .subcommands([patch_command(), diff_command(), reconcile_command(), check_command()])
        .subcommand(
            Command::new("adapter")
                .after_help(OF_ADAPTER)
                .about("Answers the requests of the adapter protocol on standard input, by the rules"),
        )
        .subcommand(
            Command::new("vectors")
                .after_help(OF_VECTORS)
                .about("Prints the rules and their test cases as one JSON document"),
        )
}

fn patch_command() -> Command {
    Command::new("patch")
        .after_help(OF_PATCH)
        .about("Applies a patch, and prints the new document; the list of changes goes to standard error")
        .args([
            path("DOCUMENT", "The stored document"),
            path("PATCH", "The changes by key. Without --resource, null removes a key, and {} clears the document"),
        ])
        .arg(of_resource("DOCUMENT is a whole resource, and PATCH is the body of a PATCH request"))
        .args([
            flag("limits", "Lists new and growing violations of the service's limits; needs --resource"),
            flag("dry-run", "Prints the list of changes to standard output, and no document"),
            flag("json", "Prints the list of changes as JSON; with --lines, needs --dry-run"),
        ])
        .arg(mask("the list of changes", "the document"))
        .args([
            flag("lines", "Reads one document from each line of DOCUMENT, and prints the new ones in the same order"),
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(threads)
                .help("The number of threads; needs --lines [default: 1]"),
        ])
}

fn diff_command() -> Command {
    Command::new("diff")
        .after_help(format!("{FILES}\n\n{OF_DIFF}"))
        .about("Prints the smallest patch that turns BEFORE into AFTER, or nothing if they are equal")
        .args([path("BEFORE", "The stored document"), path("AFTER", "The wanted document")])
        .arg(of_resource("BEFORE and AFTER are whole resources; the patch is the body of a PATCH request"))
}

fn reconcile_command() -> Command {
    Command::new("reconcile")
        .after_help(format!("{FILES}\n\n{OF_RECONCILE}"))
        .about("Prints the patch that makes your changes, except to keys that others changed, and lists those")
        .args([
            path("BASE", "The document that you applied the previous time"),
            path("MINE", "The wanted document"),
            path("THEIRS", "The document stored now"),
        ])
        .arg(of_resource("The files are whole resources; the patch is the body of a PATCH request"))
        .args([
            flag("force", "Also changes keys in conflict to MINE's values, and removes those that MINE lacks"),
            flag("json", "Prints the conflicts as one JSON object, even if there are none"),
            mask("the conflicts", "the patch"),
        ])
}

fn check_command() -> Command {
    let number = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(whole_number).help(help)
    };
    Command::new("check")
        .after_help(OF_CHECK)
        .about("Tests an implementation in any language against the rules, and names the rules that it breaks")
        .args([
            number("random", "N", "Also tests each operation and law with N random samples [default: 0]"),
            number("seed", "S", "Repeats the samples of the report that names S; needs --random"),
        ])
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .value_parser(seconds)
                .help("The most seconds to wait for a reply [default: 10]"),
        )
        .args([
            flag("exact-numbers", "Also tests integers of up to 64 bits, and -0"),
            flag("no-nul", "Sends no U+0000, which some stores cannot hold"),
            flag("json", "Prints the report as JSON"),
        ])
        .arg(
            Arg::new("COMMAND")
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .value_parser(value_parser!(OsString))
                .help("The adapter to test, with its arguments [default: the implementation in this program]"),
        )
}

fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).required(true).value_parser(value_parser!(OsString)).help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn mask(masked: &str, unmasked: &str) -> Arg {
    Arg::new("mask")
        .long("mask")
        .value_name("KEY")
        .action(ArgAction::Append)
        .help(format!("Hides the values of KEY in {masked}, at any depth, but not in {unmasked} (repeatable)"))
}

fn of_resource(help: &'static str) -> Arg {
    let names = PossibleValuesParser::new(resource::ALL.iter().map(|resource| resource.name));
    Arg::new("resource").long("resource").value_name("NAME").value_parser(names).hide_possible_values(true).help(help)
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or("expected a number of seconds above 0, at most 1e19")
}

fn threads(text: &str) -> Result<u16, &'static str> {
    let threads = text.parse().ok().filter(|threads| (1..=256).contains(threads));
    threads.ok_or("expected a whole number from 1 to 256")
}

fn whole_number(text: &str) -> Result<u64, &'static str> {
    text.parse().map_err(|_| "expected a whole number from 0 to 18446744073709551615")
}

/// Returns whether an argument of an adapter looks like an option of `check`.
pub(crate) fn is_option_of_check(argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    let name = argument.strip_prefix("--").and_then(|option| option.split('=').next());
    name.is_some_and(|name| check_command().get_arguments().any(|option| option.get_long() == Some(name)))
}
