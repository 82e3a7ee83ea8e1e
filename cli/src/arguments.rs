//! The arguments of each command, and their help.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use metadata_merge::resource;

const STATUS: &str = "\
Exit status: 0 if all is done; 1 if an implementation does not conform, a reconcile has conflicts, a limit refuses the
result, or a line cannot be patched; 2 if the input or the arguments are wrong, or an adapter hangs, dies or breaks the
protocol.

FILE arguments are JSON objects, and - is standard input. No file is written.";

const OF_PATCH: &str = "\
NAME is user, client, custom_domain, organization, session or refresh_token.

Numbers compare by value: a 1 that becomes 1.0 is stored as it is sent, and is not shown as a change. If nothing else
changes, the text says so.

With --lines, each line of DOCUMENT is one document, of at most 64 MiB; a pretty-printed document spans several lines
and cannot be read. A line that is empty, not a document, or refused by a limit has no output. It is named on standard
error, and the others go on. With --dry-run, the last line counts the documents that would change, be emptied or break a
limit; --json prints one object a line. A number beyond the range of doubles can be patched but not shown: with
--dry-run, its line counts as one that cannot be read.

Exit status: 0 if all is done; 1 if a limit refuses the result, or a line cannot be patched; 2 if the input or the
arguments are wrong.";

const OF_DIFF: &str = "\
NAME is user, client, custom_domain, organization, session or refresh_token.

Exit status: 0 if all is done, whether or not the documents differ; 2 if the input or the arguments are wrong, or if no
body turns one document into the other.";

const OF_RECONCILE: &str = "\
NAME is user, client, custom_domain, organization, session or refresh_token.

Exit status: 0 if there are no conflicts, or --force overwrites them; 1 if there are conflicts; 2 if the input or the
arguments are wrong.";

const OF_CHECK: &str = "\
The options stand before COMMAND. Everything after it goes to the adapter: in `check perl adapter.pl --random 5`, the
adapter gets --random, and no sample is generated.

Exit status: 0 if the implementation conforms; 1 if it does not; 2 if the arguments are wrong, or the adapter does not
start, hangs, dies or breaks the protocol.";

const OF_OUTPUT: &str =
    "Exit status: 0 if all is done, also if nobody reads the output; 2 if standard input or output fails.";

pub(crate) fn command() -> Command {
    Command::new("metadata-merge")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Shows what a metadata PATCH does. Without a command, walks through the life of a user's metadata.")
        .after_help(STATUS)
        .disable_help_subcommand(true)
        .subcommands([patch_command(), diff_command(), reconcile_command(), check_command()])
        .subcommand(
            Command::new("adapter")
                .after_help(OF_OUTPUT)
                .about("Answers requests of the adapter protocol, one JSON line each, as this crate does"),
        )
        .subcommand(
            Command::new("vectors")
                .after_help(OF_OUTPUT)
                .about("Prints all rules with their cases as one JSON document"),
        )
}

fn patch_command() -> Command {
    Command::new("patch")
        .after_help(OF_PATCH)
        .about("Prints a document after a patch, with untouched text as it is; the changes go to standard error")
        .args([path("DOCUMENT", "The stored document"), path("PATCH", "The body of the PATCH")])
        .arg(of_resource("DOCUMENT is a stored resource, and PATCH the body of a request on it"))
        .args([
            flag("limits", "Judges the limits of the resource: what is new or worse").requires("resource"),
            flag("dry-run", "Prints the changes alone, to standard output"),
            flag("json", "Prints the changes as JSON"),
        ])
        .arg(mask("the changes"))
        .args([
            flag("lines", "Patches each line of DOCUMENT, which holds one document a line, and prints them in order"),
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .requires("lines")
                .value_parser(value_parser!(u16).range(1..=256))
                .help("The number of threads that patch lines [default: 1]"),
        ])
}

fn diff_command() -> Command {
    Command::new("diff")
        .after_help(OF_DIFF)
        .about("Prints the smallest body that turns one document into another; nothing if they are equal")
        .args([path("BEFORE", "The stored document"), path("AFTER", "The document to reach")])
        .arg(of_resource("The documents are stored resources"))
}

fn reconcile_command() -> Command {
    Command::new("reconcile")
        .after_help(OF_RECONCILE)
        .about("Prints the body that brings THEIRS to MINE, without what others changed since BASE")
        .args([
            path("BASE", "What was applied last"),
            path("MINE", "What is wanted"),
            path("THEIRS", "What is stored now"),
        ])
        .arg(of_resource("The documents are whole resources"))
        .args([
            flag("force", "Overwrites what others changed"),
            flag("json", "Prints the conflicts as JSON, an empty object if there are none"),
            mask("the conflicts"),
        ])
}

fn check_command() -> Command {
    let number = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(u64)).help(help)
    };
    Command::new("check")
        .after_help(OF_CHECK)
        .about("Checks an implementation by the vectors and by generated samples, and names what is broken")
        .args([
            number("random", "N", "The number of generated samples [default: 0]"),
            number("seed", "S", "The seed of the samples; the report prints it"),
        ])
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .value_parser(seconds)
                .help("How long a reply may take [default: 10]"),
        )
        .args([
            flag("exact-numbers", "Adds integers of up to 64 bits, and -0"),
            flag("no-nul", "Leaves out U+0000"),
            flag("json", "Prints the report as JSON"),
        ])
        .arg(
            Arg::new("COMMAND")
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .value_parser(value_parser!(OsString))
                .help("The adapter with its arguments; without it, this crate is checked"),
        )
}

fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).required(true).value_parser(value_parser!(OsString)).help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn mask(shown: &str) -> Arg {
    Arg::new("mask")
        .long("mask")
        .value_name("KEY")
        .action(ArgAction::Append)
        .help(format!("Hides the values of this key in {shown}, at any depth (repeatable)"))
}

fn of_resource(help: &'static str) -> Arg {
    let names = PossibleValuesParser::new(resource::ALL.iter().map(|resource| resource.name));
    Arg::new("resource").long("resource").value_name("NAME").value_parser(names).hide_possible_values(true).help(help)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| "expected seconds".to_owned())
}

/// Returns whether an argument of an adapter looks like an option of `check`.
pub(crate) fn is_option_of_check(argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    let name = argument.strip_prefix("--").and_then(|option| option.split('=').next());
    name.is_some_and(|name| check_command().get_arguments().any(|option| option.get_long() == Some(name)))
}
